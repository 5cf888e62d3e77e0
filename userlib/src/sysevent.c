// SPDX-License-Identifier: MIT
/* The way into the kernel for events: eventfds, epoll instances, a socket's network events. */
#define _GNU_SOURCE
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/wsa.h>

_Static_assert(SYS_EVENTS == WSA_EVENT_MAX, "SYS_EVENTS");

static inline int ret(int r)
{
	return r < 0 ? -errno : r;
}

/* A handle of 0 is none. */
static int not_zero(int fd)
{
	int other;

	if (fd)
		return fd;
	other = ret(fcntl(fd, F_DUPFD_CLOEXEC, 1));
	close(fd);
	return other;
}

int sys_event_new(void)
{
	return not_zero(ret(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)));
}

/*
 * What is not even a file without a name is told apart first: eight octets must not
 * get into somebody's file or connection.
 */
static int anonymous(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? -errno : st.st_mode & S_IFMT ? -EINVAL : 0;
}

static int write_count(int fd, uint64_t count)
{
	int r = anonymous(fd);

	if (r < 0)
		return r;
	return write(fd, &count, sizeof(count)) == sizeof(count) || errno == EAGAIN ? 0 : -errno;
}

/** sys_event_check - is it an eventfd? Nothing else takes eight octets of zero */
int sys_event_check(int fd)
{
	return write_count(fd, 0);
}

int sys_event_set(int fd)
{
	return write_count(fd, 1);
}

int sys_event_reset(int fd)
{
	uint64_t count;
	int r = anonymous(fd);

	if (r < 0)
		return r;
	/* not by read(2): no thread may be cancelled here, see struct event_resets */
	r = ret(syscall(SYS_read, fd, &count, sizeof(count)));
	return r < 0 && r != -EAGAIN ? r : 0;
}

/**
 * sys_event_select - choose a socket's network events
 * @fd: WSA socket
 * @event: eventfd to signal, -1 with an empty mask
 * @mask: WSA_EVENT_* bits
 * @messages: conditions that last are told again
 */
int sys_event_select(int fd, int event, uint32_t mask, int messages)
{
	struct wsa_event_select choice = {
		.size = sizeof(choice),
		.flags = messages ? WSA_SELECT_F_MESSAGES : 0,
		.eventfd = event,
		.mask = mask,
	};

	return ret(ioctl(fd, WSA_IOC_EVENT_SELECT, &choice));
}

/**
 * sys_event_enum - take a socket's network events
 * @fd: WSA socket
 * @event: eventfd to reset in the same step, or -1
 * @events: receives the bits
 * @error: receives their codes; those of other events are left alone
 */
int sys_event_enum(int fd, int event, uint32_t *events, int error[SYS_EVENTS])
{
	struct wsa_event_enum taken = {
		.size = sizeof(taken),
		.flags = event >= 0 ? WSA_ENUM_F_RESET : 0,
		.eventfd = event,
	};
	int i, r = ret(ioctl(fd, WSA_IOC_EVENT_ENUM, &taken));

	if (r < 0)
		return r;
	*events = taken.events;
	for (i = 0; i < SYS_EVENTS; i++)
		if (taken.events & 1U << i)
			error[i] = taken.error[i];
	return 0;
}

int sys_queue_new(void)
{
	return not_zero(ret(epoll_create1(EPOLL_CLOEXEC)));
}

int sys_queue_add(int queue, int fd, void *data)
{
	struct epoll_event item = { .events = EPOLLIN, .data.ptr = data };

	return ret(epoll_ctl(queue, EPOLL_CTL_ADD, fd, &item));
}

int sys_queue_remove(int queue, int fd)
{
	return ret(epoll_ctl(queue, EPOLL_CTL_DEL, fd, NULL));
}

/**
 * sys_queue_next - one of the descriptors that are ready, each in its turn
 * @queue: from sys_queue_new
 * @data: receives what it was added with
 *
 * Return: 1, 0 when none is, or a negative errno.
 */
int sys_queue_next(int queue, void **data)
{
	struct epoll_event item;
	int r = ret(epoll_wait(queue, &item, 1, 0));

	if (r > 0)
		*data = item.data.ptr;
	return r;
}
