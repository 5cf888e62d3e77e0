// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

#include "event.h"

int event_new(void)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd < 0)
		err(1, "eventfd");
	return fd;
}

/* 0 or an errno. */
int event_select(int fd, int event, unsigned int mask, unsigned int flags)
{
	struct wsa_event_select select = {
		.size = sizeof(select), .flags = flags, .eventfd = event, .mask = mask,
	};

	return ioctl(fd, WSA_IOC_EVENT_SELECT, &select) ? errno : 0;
}

/* Resets @reset, too, unless it is -1. */
struct taken event_take(int fd, int reset)
{
	struct wsa_event_enum take;
	struct taken taken = { .connect = 77, .close = 77 };

	memset(&take, 0xa5, sizeof(take));
	take.size = sizeof(take);
	take.flags = reset < 0 ? 0 : WSA_ENUM_F_RESET;
	take.eventfd = reset;
	if (ioctl(fd, WSA_IOC_EVENT_ENUM, &take)) {
		taken.errno_ = errno;
		return taken;
	}
	taken.events = take.events;
	if (take.events & WSA_EVENT_CONNECT)
		taken.connect = take.error[4];
	if (take.events & WSA_EVENT_CLOSE)
		taken.close = take.error[5];
	return taken;
}

static bool set_within(int event, int milliseconds)
{
	struct pollfd p = { .fd = event, .events = POLLIN };

	return poll(&p, 1, milliseconds) == 1 && p.revents == POLLIN;
}

bool event_set(int event)
{
	return set_within(event, 0);
}

bool event_comes(int event)
{
	return set_within(event, 60000);
}
