// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "netns.h"

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

#define SILENT4 "10.9.0.2"
#define SILENT6 "fd09::2"

void netns_fresh(void)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd;

	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (ioctl(fd, SIOCGIFFLAGS, &request))
		err(1, "SIOCGIFFLAGS");
	request.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		err(1, "SIOCSIFFLAGS");
	close(fd);
}

void run_command(const char *command)
{
	fflush(stdout);
	if (system(command))
		errx(1, "failed: %s", command);
}

void ip_batch(const char *commands)
{
	FILE *pipe;

	fflush(stdout);
	pipe = popen("ip -batch -", "we");
	if (!pipe)
		err(1, "ip");
	fputs(commands, pipe);
	if (pclose(pipe))
		errx(1, "ip failed: %s", commands);
}

void netns_dummies(void)
{
	ip_batch("link add d0 type dummy\n"
		 "link add d1 type dummy\n"
		 "link set d0 up\n"
		 "link set d1 up\n"
		 "addr add 10.9.0.1/24 brd + dev d0\n"
		 "addr add 10.8.0.1/24 brd + dev d1\n"
		 "addr add fd09::1/64 dev d0 nodad\n"
		 "addr add fd08::1/64 dev d1 nodad\n");
}

void sysctl_write(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, value, strlen(value)) != (ssize_t)strlen(value))
		err(1, "%s", path);
	close(fd);
}

struct name silent(const struct sort *sort, int port)
{
	return name_for(sort, SILENT4, SILENT6, port);
}

struct name silent_too(const struct sort *sort, int port)
{
	return name_for(sort, "10.9.0.3", "fd09::3", port);
}

/*
 * A listener at @at, an address silent() gave. The next SYN, which a pending attempt
 * sends a second or so after the first, finds the new route.
 */
int answer(const struct sort *sort, struct name *at)
{
	struct sort plain = *sort;
	int fd, on = 1;

	plain.door = PLAIN;
	fd = open_sort(&plain, SOCK_STREAM);
	/* listens before there is the address: a SYN in between would be refused */
	setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on));
	setsockopt(fd, SOL_IPV6, IPV6_FREEBIND, &on, sizeof(on));
	if (bind(fd, &at->sa, at->len) || listen(fd, 16))
		err(1, "listen");
	ip_batch(sort->af == AF_INET6 && !sort->dual ?
		 "addr add " SILENT6 "/128 dev lo nodad\n" :
		 "addr add " SILENT4 "/32 dev lo\n");
	return fd;
}
