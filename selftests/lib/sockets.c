// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "sockets.h"

/* Longer than anything takes on an emulated processor; only a hang reaches it. */
#define HUNG_SECONDS 60

int wsa_family(void)
{
	FILE *file = fopen("/sys/module/wsa/parameters/family", "r");
	int family = -1;

	if (!file || fscanf(file, "%d", &family) != 1)
		errx(1, "wsa.ko is not loaded");
	fclose(file);
	return family;
}

int wsa_adopt_fd(int fd, unsigned int compat)
{
	struct wsa_adopt arg = { .size = sizeof(arg), .fd = fd, .compat = compat };
	int dev = open("/dev/wsa", O_RDWR | O_CLOEXEC);
	int ret, error;

	if (dev < 0)
		return -1;
	ret = ioctl(dev, WSA_IOC_ADOPT, &arg);
	error = errno;
	close(dev);
	errno = error;
	return ret;
}

int open_proto(enum door door, int af, int type, int ipproto)
{
	int fd, error;

	if (door == FAMILY)
		return socket(wsa_family(), type, WSA_PROTO(af, ipproto));

	fd = socket(af, type, ipproto);
	if (fd >= 0 && door == ADOPT && wsa_adopt_fd(fd, WSA_COMPAT_DOCUMENTED)) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

int open_sort(const struct sort *sort, int type)
{
	int fd = open_proto(sort->door, sort->af, type, 0);
	int v6only = !sort->dual;

	if (fd < 0)
		err(1, "socket");
	/* ours says so itself; a plain one is to be the same */
	if (sort->af == AF_INET6 && (sort->dual || sort->door == PLAIN) &&
	    setsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only)))
		err(1, "IPV6_V6ONLY");
	return fd;
}

/* IP, or IP%INTERFACE. */
struct name name_of(const char *ip, int port)
{
	struct name name = {};
	char copy[64], *scope;

	snprintf(copy, sizeof(copy), "%s", ip);
	scope = strchr(copy, '%');
	if (scope)
		*scope++ = 0;

	if (strchr(copy, ':')) {
		name.len = sizeof(name.v6);
		name.v6.sin6_family = AF_INET6;
		name.v6.sin6_port = htons(port);
		name.v6.sin6_scope_id = scope ? if_nametoindex(scope) : 0;
		if (inet_pton(AF_INET6, copy, &name.v6.sin6_addr) != 1)
			errx(1, "%s: no address", ip);
	} else {
		name.len = sizeof(name.v4);
		name.v4.sin_family = AF_INET;
		name.v4.sin_port = htons(port);
		if (inet_pton(AF_INET, copy, &name.v4.sin_addr) != 1)
			errx(1, "%s: no address", ip);
	}
	return name;
}

struct name name_for(const struct sort *sort, const char *ipv4, const char *ipv6, int port)
{
	char mapped[64];

	if (sort->af == AF_INET)
		return name_of(ipv4, port);
	if (!sort->dual)
		return name_of(ipv6, port);
	snprintf(mapped, sizeof(mapped), "::ffff:%s", ipv4);
	return name_of(mapped, port);
}

struct name loopback(const struct sort *sort, int port)
{
	return name_for(sort, "127.0.0.1", "::1", port);
}

struct name local_name(int fd)
{
	struct name name = { .len = sizeof(name.octets) };

	if (getsockname(fd, &name.sa, &name.len))
		err(1, "getsockname");
	return name;
}

/* Length 0 when there is none. */
struct name peer_name(int fd)
{
	struct name name = { .len = sizeof(name.octets) };

	if (getpeername(fd, &name.sa, &name.len))
		return (struct name){};
	return name;
}

int name_port(const struct name *name)
{
	return ntohs(name->v4.sin_port);	/* at the same place in both */
}

bool same_name(const struct name *a, const struct name *b)
{
	return a->len == b->len && !memcmp(a->octets, b->octets, a->len);
}

/* A plain socket at a loopback port of its own. */
int bound_at(const struct sort *sort, int type, struct name *at)
{
	struct sort plain = *sort;
	int fd;

	plain.door = PLAIN;
	fd = open_sort(&plain, type);
	*at = loopback(sort, 0);
	if (bind(fd, &at->sa, at->len))
		err(1, "bind");
	*at = local_name(fd);
	return fd;
}

int listener_at(const struct sort *sort, struct name *at)
{
	int fd = bound_at(sort, SOCK_STREAM, at);

	if (listen(fd, 16))
		err(1, "listen");
	return fd;
}

/* Taken, so that nobody else gets it, and answered with a reset. */
int closed_port(const struct sort *sort, struct name *at)
{
	return bound_at(sort, SOCK_STREAM, at);
}

struct outcome outcome_of(int fd, int error)
{
	struct wsa_attempt arg = {
		.size = sizeof(arg), .error = error, .wsa = 0xdead, .reason = 0xdead,
	};

	if (ioctl(fd, WSA_IOC_ATTEMPT, &arg))
		err(1, "WSA_IOC_ATTEMPT");
	return (struct outcome){ error, arg.wsa, arg.reason, arg.attempt };
}

struct outcome connect_raw(int fd, const void *address, socklen_t len)
{
	if (!connect(fd, address, len))
		return (struct outcome){};
	return outcome_of(fd, errno);
}

struct outcome connect_to(int fd, const struct name *name)
{
	return connect_raw(fd, &name->sa, name->len);
}

struct wsa_state state_of(int fd)
{
	struct wsa_state arg;

	memset(&arg, 0xa5, sizeof(arg));
	arg.size = sizeof(arg);
	arg.flags = 0;
	arg.reserved = 0;
	if (ioctl(fd, WSA_IOC_STATE, &arg))
		err(1, "WSA_IOC_STATE");
	return arg;
}

int cancel(int fd)
{
	struct wsa_cancel arg = { .size = sizeof(arg) };

	return ioctl(fd, WSA_IOC_CANCEL, &arg);
}

int set_compat(int fd, unsigned int compat)
{
	struct wsa_compat_set arg = { .size = sizeof(arg), .compat = compat };

	return ioctl(fd, WSA_IOC_COMPAT, &arg);
}

unsigned int check_of(int fd, const void *address, unsigned int len, unsigned int *reason)
{
	struct wsa_check arg = {
		.size = sizeof(arg), .name = (uintptr_t)address, .namelen = len,
		.wsa = 0xdead, .reason = 0xdead,
	};

	if (ioctl(fd, WSA_IOC_CHECK, &arg))
		err(1, "WSA_IOC_CHECK");
	if (reason)
		*reason = arg.reason;
	return arg.wsa;
}

void take_snapshot(int fd, struct snapshot *shot)
{
	unsigned int meminfo[SK_MEMINFO_VARS] = {};
	struct tcp_info info = {};
	socklen_t len;

	memset(shot, 0, sizeof(*shot));
	shot->local = local_name(fd);
	shot->peer = peer_name(fd);
	shot->state = state_of(fd);
	shot->revents = revents_of(fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	len = sizeof(info);
	if (!getsockopt(fd, SOL_TCP, TCP_INFO, &info, &len))
		shot->tcp_state = info.tcpi_state;
	if (ioctl(fd, FIONREAD, &shot->next))
		shot->next = -errno;
	len = sizeof(meminfo);
	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, meminfo, &len))
		err(1, "SO_MEMINFO");
	shot->queued = meminfo[SK_MEMINFO_RMEM_ALLOC];
	len = sizeof(shot->bound_dev);
	if (getsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &shot->bound_dev, &len))
		err(1, "SO_BINDTOIFINDEX");
}

static bool differ(const char *what, const void *before, const void *now, size_t size)
{
	const unsigned char *a = before, *b = now;
	size_t i;

	if (!memcmp(before, now, size))
		return false;
	for (i = 0; a[i] == b[i]; i++)
		;
	printf("# %s changed: octet %zu was %#x, is %#x\n", what, i, a[i], b[i]);
	return true;
}

#define DIFFER(member) differ(#member, &before->member, &now.member, sizeof(now.member))

bool unchanged(int fd, const struct snapshot *before)
{
	struct snapshot now;
	int changes = 0;

	take_snapshot(fd, &now);
	changes += DIFFER(local);
	changes += DIFFER(peer);
	changes += DIFFER(state);
	changes += DIFFER(revents);
	changes += DIFFER(tcp_state);
	changes += DIFFER(next);
	changes += DIFFER(queued);
	changes += DIFFER(bound_dev);
	return !changes;
}

void set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	if (fcntl(fd, F_SETFL, flags))
		err(1, "F_SETFL");
}

int revents_of(int fd, int events, int milliseconds)
{
	struct pollfd poller = { .fd = fd, .events = events };

	if (poll(&poller, 1, milliseconds) < 0)
		err(1, "poll");
	return poller.revents;
}

bool wait_state(int fd, unsigned int state)
{
	int i;

	for (i = 0; i < HUNG_SECONDS * 100; i++) {
		if (state_of(fd).state == state)
			return true;
		usleep(10000);
	}
	return false;
}

static void *call_thread(void *arg)
{
	struct call *call = arg;

	call->outcome = connect_to(call->fd, &call->name);
	return NULL;
}

void connect_later(struct call *call, int fd, const struct name *name)
{
	*call = (struct call){ .fd = fd, .name = *name, .outcome = { .error = -1 } };
	if (pthread_create(&call->thread, NULL, call_thread, call))
		errx(1, "no thread");
}

bool call_ended(struct call *call)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += HUNG_SECONDS;
	return !pthread_timedjoin_np(call->thread, NULL, &deadline);
}

bool pass_octet(int from, int to)
{
	char in = 0;

	return send(from, "x", 1, MSG_NOSIGNAL) == 1 &&
	       (revents_of(to, POLLIN, HUNG_SECONDS * 1000) & POLLIN) &&
	       recv(to, &in, 1, 0) == 1 && in == 'x';
}
