// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dgram.h"

/* A WSA socket at a loopback port of its own. */
int dgram_bound(const struct sort *sort, struct name *here)
{
	int fd = open_sort(sort, SOCK_DGRAM);

	*here = loopback(sort, 0);
	if (bind(fd, &here->sa, here->len))
		err(1, "bind");
	*here = local_name(fd);
	return fd;
}

/* Loopback delivers in the call itself: it is queued, or dropped, when this returns. */
bool say(int from, const struct name *to, const char *text)
{
	return sendto(from, text, strlen(text), 0, &to->sa, to->len) == (ssize_t)strlen(text);
}

/* The next datagram's text; "(nothing)" when none is queued. */
const char *heard(int fd, int flags)
{
	static char text[256];
	ssize_t n;

	memset(text, 0xa5, sizeof(text));
	n = recv(fd, text, sizeof(text) - 1, flags | MSG_DONTWAIT);
	if (n >= 0)
		text[n] = 0;
	else if (errno == EAGAIN)
		strcpy(text, "(nothing)");
	else
		snprintf(text, sizeof(text), "(%s)", strerror(errno));
	return text;
}
