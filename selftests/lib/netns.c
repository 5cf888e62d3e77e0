// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>

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
	char *const argv[] = { "ip", "-batch", "-", NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], status;
	pid_t pid;

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC))
		err(1, "pipe2");
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
	errno = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	if (errno)
		err(1, "ip");
	posix_spawn_file_actions_destroy(&actions);
	close(ends[0]);
	if (write(ends[1], commands, strlen(commands)) != (ssize_t)strlen(commands))
		err(1, "ip");
	close(ends[1]);
	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "ip failed: %s", commands);
}

static void netlink_done(const char *what, int result)
{
	if (result < 0)
		errx(1, "%s: %s", what, nl_geterror(result));
}

static struct nl_sock *netlink_open(void)
{
	struct nl_sock *netlink = nl_socket_alloc();

	if (!netlink)
		errx(1, "no memory");
	netlink_done("rtnetlink", nl_connect(netlink, NETLINK_ROUTE));
	return netlink;
}

/* What every case needs goes to the kernel without a process of ip's, ten times quicker. */
static void add_dummy(struct nl_sock *netlink, const char *name)
{
	struct rtnl_link *link = rtnl_link_alloc();

	rtnl_link_set_name(link, name);
	netlink_done(name, rtnl_link_set_type(link, "dummy"));
	rtnl_link_set_flags(link, IFF_UP);
	netlink_done(name, rtnl_link_add(netlink, link, NLM_F_CREATE | NLM_F_EXCL));
	rtnl_link_put(link);
}

static void add_address(struct nl_sock *netlink, const char *device, const char *text,
			const char *broadcast)
{
	struct rtnl_addr *address = rtnl_addr_alloc();
	struct nl_addr *local, *all = NULL;

	netlink_done(text, nl_addr_parse(text, AF_UNSPEC, &local));
	rtnl_addr_set_ifindex(address, if_nametoindex(device));
	netlink_done(text, rtnl_addr_set_local(address, local));
	if (broadcast) {
		netlink_done(broadcast, nl_addr_parse(broadcast, AF_INET, &all));
		netlink_done(broadcast, rtnl_addr_set_broadcast(address, all));
		nl_addr_put(all);
	}
	if (nl_addr_get_family(local) == AF_INET6)
		rtnl_addr_set_flags(address, IFA_F_NODAD);
	netlink_done(text, rtnl_addr_add(netlink, address, 0));
	nl_addr_put(local);
	rtnl_addr_put(address);
}

static void read_proc(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t n;

	if (!file)
		err(1, "%s", path);
	n = fread(text, 1, size - 1, file);
	if (n == size - 1)
		errx(1, "%s is too long", path);
	text[n] = 0;
	fclose(file);
}

/*
 * Is an IPv6 address, ours or a device's own, not usable yet? One without duplicate detection
 * still gets its local route in the kernel's own time, and after it has ceased to be
 * tentative; until then what is sent to it leaves by the device.
 */
static bool unready(void)
{
	static char addresses[16384], routes[65536];
	char route[48], *line, *next;
	unsigned int flags;

	read_proc("/proc/thread-self/net/if_inet6", addresses, sizeof(addresses));
	read_proc("/proc/thread-self/net/ipv6_route", routes, sizeof(routes));
	for (line = addresses; *line; line = next) {
		next = strchr(line, '\n') + 1;
		if (sscanf(line, "%*s %*s %*s %*s %x", &flags) != 1)
			errx(1, "if_inet6: %s", line);
		snprintf(route, sizeof(route), "%.32s 80 ", line);
		if (flags & IFA_F_TENTATIVE || !strstr(routes, route))
			return true;
	}
	return false;
}

void netns_ready(void)
{
	while (unready())
		usleep(100);
}

static void netlink_close(struct nl_sock *netlink)
{
	nl_socket_free(netlink);
	netns_ready();
}

void netns_dummies(void)
{
	struct nl_sock *netlink = netlink_open();

	add_dummy(netlink, "d0");
	add_dummy(netlink, "d1");
	add_address(netlink, "d0", "10.9.0.1/24", "10.9.0.255");
	add_address(netlink, "d1", "10.8.0.1/24", "10.8.0.255");
	add_address(netlink, "d0", "fd09::1/64", NULL);
	add_address(netlink, "d1", "fd08::1/64", NULL);
	netlink_close(netlink);
}

void netns_answer(bool ipv6)
{
	struct nl_sock *netlink = netlink_open();

	add_address(netlink, "lo", ipv6 ? SILENT6 "/128" : SILENT4 "/32", NULL);
	netlink_close(netlink);
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
	netns_answer(sort->af == AF_INET6 && !sort->dual);
	return fd;
}
