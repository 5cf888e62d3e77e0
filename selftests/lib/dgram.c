// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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

/*
 * Loopback delivers in the call itself, or leaves it to ksoftirqd; in order, for
 * each processor: once a datagram to ourselves is here, those before it are, too.
 */
void dgram_settle(void)
{
	struct sockaddr_in here = { .sin_family = AF_INET };
	socklen_t len = sizeof(here);
	char octet;
	int fd;

	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&here, len) ||
	    getsockname(fd, (struct sockaddr *)&here, &len) ||
	    sendto(fd, "", 1, 0, (struct sockaddr *)&here, len) != 1 || recv(fd, &octet, 1, 0) != 1)
		err(1, "settle");
	close(fd);
}

/* It is queued, or dropped, when this returns. */
bool say(int from, const struct name *to, const char *text)
{
	cpu_set_t before, here;
	bool sent;

	if (sched_getaffinity(0, sizeof(before), &before))
		err(1, "sched_getaffinity");
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	if (sched_setaffinity(0, sizeof(here), &here))
		err(1, "sched_setaffinity");
	sent = sendto(from, text, strlen(text), 0, &to->sa, to->len) == (ssize_t)strlen(text);
	dgram_settle();
	if (sched_setaffinity(0, sizeof(before), &before))
		err(1, "sched_setaffinity");
	return sent;
}

/* The next datagram's text; "(nothing)" when none is queued. */
const char *heard(int fd, int flags)
{
	static char text[256];
	ssize_t n;

	dgram_settle();
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
