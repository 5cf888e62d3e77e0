// SPDX-License-Identifier: MIT
/*
 * This file, sysevent.c, sysqos.c, sysiso.c and sysmemory.c are the only ones that enter the
 * kernel.
 *
 * Calls go through the C library, so that cancellation, tracing and preloaded
 * wrappers see ordinary calls.
 */
#define _GNU_SOURCE
#include "sys.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <net/if.h>

#include <linux/wsa.h>
#include <linux/sockios.h>

#define EQUAL(ours, theirs)	_Static_assert((int)(ours) == (int)(theirs), #theirs)
#define SAME(number)		EQUAL(LX_##number, number)

EQUAL(LX_CLOEXEC, SOCK_CLOEXEC);
EQUAL(LX_NONBLOCK, SOCK_NONBLOCK);
EQUAL(LX_OOB, MSG_OOB);
EQUAL(LX_PEEK, MSG_PEEK);
EQUAL(LX_DONTROUTE, MSG_DONTROUTE);
EQUAL(LX_TRUNC, MSG_TRUNC);
EQUAL(LX_DONTWAIT, MSG_DONTWAIT);
EQUAL(LX_WAITALL, MSG_WAITALL);
EQUAL(LX_NOSIGNAL, MSG_NOSIGNAL);
EQUAL(LX_EOR, MSG_EOR);
EQUAL(LX_MORE, MSG_MORE);
EQUAL(LX_PMTUDISC_DONT, IP_PMTUDISC_DONT);
EQUAL(LX_PMTUDISC_DO, IP_PMTUDISC_DO);
SAME(SOL_SOCKET);
SAME(SO_DEBUG);
SAME(SO_REUSEADDR);
SAME(SO_TYPE);
SAME(SO_ERROR);
SAME(SO_DONTROUTE);
SAME(SO_BROADCAST);
SAME(SO_SNDBUF);
SAME(SO_RCVBUF);
SAME(SO_KEEPALIVE);
SAME(SO_OOBINLINE);
SAME(SO_LINGER);
SAME(SO_RCVLOWAT);
SAME(SO_ACCEPTCONN);
SAME(SO_PROTOCOL);
SAME(SO_DOMAIN);
SAME(TCP_NODELAY);
SAME(TCP_MAXSEG);
SAME(TCP_KEEPIDLE);
SAME(TCP_KEEPINTVL);
SAME(TCP_KEEPCNT);
SAME(TCP_SYNCNT);
SAME(TCP_USER_TIMEOUT);
SAME(IP_TOS);
SAME(IP_TTL);
SAME(IP_HDRINCL);
SAME(IP_MTU_DISCOVER);
SAME(IP_MTU);
SAME(IP_MULTICAST_IF);
SAME(IP_MULTICAST_TTL);
SAME(IP_MULTICAST_LOOP);
SAME(IP_ADD_MEMBERSHIP);
SAME(IP_DROP_MEMBERSHIP);
SAME(IP_UNBLOCK_SOURCE);
SAME(IP_BLOCK_SOURCE);
SAME(IP_ADD_SOURCE_MEMBERSHIP);
SAME(IP_DROP_SOURCE_MEMBERSHIP);
SAME(IPV6_UNICAST_HOPS);
SAME(IPV6_MULTICAST_IF);
SAME(IPV6_MULTICAST_HOPS);
SAME(IPV6_MULTICAST_LOOP);
SAME(IPV6_ADD_MEMBERSHIP);
SAME(IPV6_DROP_MEMBERSHIP);
SAME(IPV6_MTU_DISCOVER);
SAME(IPV6_MTU);
SAME(IPV6_V6ONLY);

EQUAL(LX_POLLIN, POLLIN);
EQUAL(LX_POLLPRI, POLLPRI);
EQUAL(LX_POLLOUT, POLLOUT);
EQUAL(LX_POLLERR, POLLERR);
EQUAL(LX_POLLHUP, POLLHUP);
EQUAL(LX_POLLNVAL, POLLNVAL);
EQUAL(LX_POLLRDHUP, POLLRDHUP);
EQUAL(sizeof(struct sys_pollfd), sizeof(struct pollfd));
EQUAL(offsetof(struct sys_pollfd, revents), offsetof(struct pollfd, revents));
EQUAL(SYS_PROTO_ISO, WSAPROTO_ISO);
EQUAL(SYS_IDLE, WSA_STATE_IDLE);
EQUAL(SYS_PENDING, WSA_STATE_PENDING);
EQUAL(SYS_CONNECTED, WSA_STATE_CONNECTED);
EQUAL(SYS_FAILED, WSA_STATE_FAILED);
EQUAL(SYS_LISTENING, WSA_STATE_LISTENING);
EQUAL(SYS_CLOSED, WSA_STATE_CLOSED);
EQUAL(sizeof(struct sys_iov), sizeof(struct iovec));
EQUAL(offsetof(struct sys_iov, len), offsetof(struct iovec, iov_len));

#define FAMILY_FILE	"/sys/module/wsa/parameters/family"
#define DEVICE		"/dev/wsa"

static inline int ret(int r)
{
	return r < 0 ? -errno : r;
}

static inline long retl(ssize_t r)
{
	return r < 0 ? -errno : r;
}

/**
 * sys_family - the registered family number
 *
 * Return: the number; 0 when the family door is shut but /dev/wsa is there;
 * -ENODEV when the module is not loaded.
 */
int sys_family(void)
{
	struct wsa_features features = { .size = sizeof(features) };
	char text[16];
	ssize_t n;
	int fd, r;

	fd = open(FAMILY_FILE, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
		if (n > 0) {
			text[n] = '\0';
			r = atoi(text);
			if (r > 0)
				return r;
		}
	}
	fd = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -ENODEV;
	r = ret(ioctl(fd, WSA_IOC_FEATURES, &features));
	close(fd);
	return r < 0 ? -ENODEV : (int)features.family;
}

/** sys_device_usable - can the adopt door be used? */
int sys_device_usable(void)
{
	return access(DEVICE, R_OK | W_OK) == 0;
}

/** sys_labelling_lsm - does a security module label sockets by their family? */
int sys_labelling_lsm(void)
{
	return access("/sys/fs/selinux/enforce", F_OK) == 0 ||
	       access("/sys/fs/smackfs/load2", F_OK) == 0;
}

/* ISO transport has SYS_PROTO_ISO for protocol, and this door only. */
int sys_socket_family(int family, int af, int type, int protocol, int cloexec)
{
	return ret(socket(family, type | (cloexec ? SOCK_CLOEXEC : 0), WSA_PROTO(af, protocol)));
}

/*
 * /dev/wsa is not kept open: a descriptor the program knows nothing of would
 * be closed, or mistaken for another, by whoever closes all descriptors.
 */
int sys_socket_adopt(int af, int type, int protocol, int cloexec)
{
	struct wsa_adopt adopt = { .size = sizeof(adopt) };
	int device, fd, r;

	fd = ret(socket(af, type | (cloexec ? SOCK_CLOEXEC : 0), protocol));
	if (fd < 0)
		return fd;
	device = ret(open(DEVICE, O_RDWR | O_CLOEXEC));
	if (device < 0) {
		r = device;
		goto out_close;
	}
	adopt.fd = fd;
	r = ret(ioctl(device, WSA_IOC_ADOPT, &adopt));
	close(device);
	if (!r)
		return fd;
out_close:
	close(fd);
	return r;
}

int sys_compat_windows(int fd)
{
	struct wsa_compat_set set = { .size = sizeof(set), .compat = WSA_COMPAT_WINDOWS };

	return ret(ioctl(fd, WSA_IOC_COMPAT, &set));
}

int sys_attempt(int fd, int error, int *code, int *reason)
{
	struct wsa_attempt attempt = { .size = sizeof(attempt), .error = error };
	int r = ret(ioctl(fd, WSA_IOC_ATTEMPT, &attempt));

	if (r < 0)
		return r;
	*code = attempt.wsa;
	*reason = attempt.reason;
	return 0;
}

int sys_check(int fd, const void *name, unsigned int namelen, int *code, int *reason)
{
	struct wsa_check check = {
		.size = sizeof(check),
		.name = (uintptr_t)name,
		.namelen = namelen,
	};
	int r = ret(ioctl(fd, WSA_IOC_CHECK, &check));

	if (r < 0)
		return r;
	*code = check.wsa;
	*reason = check.reason;
	return 0;
}

int sys_state(int fd, struct sys_state *state)
{
	struct wsa_state wsa = { .size = sizeof(wsa) };
	int r = ret(ioctl(fd, WSA_IOC_STATE, &wsa));

	if (r < 0)
		return r;
	state->state = wsa.state;
	state->so_error = wsa.so_error;
	state->bound = !!(wsa.flags & WSA_STATE_F_BOUND);
	state->shut_rd = !!(wsa.flags & WSA_STATE_F_SHUT_RD);
	state->shut_wr = !!(wsa.flags & WSA_STATE_F_SHUT_WR);
	state->selected = !!(wsa.flags & WSA_STATE_F_SELECTED);
	state->attempt = wsa.attempt;
	state->peer_len = wsa.peer_len <= sizeof(state->peer) ? wsa.peer_len : 0;
	memcpy(state->peer, wsa.peer, sizeof(state->peer));
	return 0;
}

int sys_cancel(int fd)
{
	struct wsa_cancel cancel = { .size = sizeof(cancel) };

	return ret(ioctl(fd, WSA_IOC_CANCEL, &cancel));
}

int sys_connect(int fd, const void *name, unsigned int namelen)
{
	return ret(connect(fd, name, namelen));
}

int sys_bind(int fd, const void *name, unsigned int namelen)
{
	return ret(bind(fd, name, namelen));
}

int sys_listen(int fd, int backlog)
{
	return ret(listen(fd, backlog));
}

int sys_accept(int fd, void *name, unsigned int *namelen, int nonblock)
{
	return ret(accept4(fd, name, namelen, nonblock ? SOCK_NONBLOCK : 0));
}

int sys_shutdown(int fd, int how)
{
	return ret(shutdown(fd, how));
}

int sys_close(int fd)
{
	return ret(close(fd));
}

int sys_getsockname(int fd, void *name, unsigned int *namelen)
{
	return ret(getsockname(fd, name, namelen));
}

int sys_getpeername(int fd, void *name, unsigned int *namelen)
{
	return ret(getpeername(fd, name, namelen));
}

int sys_getopt(int fd, int level, int name, void *value, unsigned int *len)
{
	return ret(getsockopt(fd, level, name, value, len));
}

void sys_pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

int sys_setopt(int fd, int level, int name, const void *value, unsigned int len)
{
	return ret(setsockopt(fd, level, name, value, len));
}

/* What a socket repeats that was not told: the namespace's. */
int sys_syn_retries(int *retries)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
	socklen_t len = sizeof(*retries);
	int r;

	if (fd < 0)
		return ret(fd);
	r = ret(getsockopt(fd, IPPROTO_TCP, LX_TCP_SYNCNT, retries, &len));
	close(fd);
	return r;
}

int sys_get_timeout(int fd, int send, uint32_t *ms)
{
	struct timeval tv;
	socklen_t len = sizeof(tv);
	int r = ret(getsockopt(fd, SOL_SOCKET, send ? SO_SNDTIMEO : SO_RCVTIMEO, &tv, &len));

	if (!r)
		*ms = tv.tv_sec * 1000 + (tv.tv_usec + 999) / 1000;
	return r;
}

int sys_set_timeout(int fd, int send, uint32_t ms)
{
	struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	return ret(setsockopt(fd, SOL_SOCKET, send ? SO_SNDTIMEO : SO_RCVTIMEO, &tv, sizeof(tv)));
}

int sys_is_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -errno : !!(flags & O_NONBLOCK);
}

int sys_set_nonblocking(int fd, int on)
{
	return ret(ioctl(fd, FIONBIO, &on));
}

int sys_bytes_queued(int fd, uint32_t *n)
{
	int value = 0;
	int r = ret(ioctl(fd, SIOCINQ, &value));

	if (!r)
		*n = value;
	return r;
}

int sys_at_mark(int fd, int *at)
{
	return ret(ioctl(fd, SIOCATMARK, at));
}

/** sys_wait - wait until a send or receive can go on; 0 when @ms have passed */
int sys_wait(int fd, int for_send, int ms)
{
	struct pollfd p = { .fd = fd, .events = for_send ? POLLOUT : POLLIN };

	return ret(poll(&p, 1, ms));
}

int sys_poll(struct sys_pollfd *fds, size_t n, int ms)
{
	return ret(poll((struct pollfd *)fds, n, ms));
}

/** sys_epoll - an epoll instance */
int sys_epoll(void)
{
	return ret(epoll_create1(EPOLL_CLOEXEC));
}

/** sys_epoll_add - have every change of a descriptor told, now as the first time */
int sys_epoll_add(int epoll, int fd)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET,
	};

	return ret(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

/** sys_epoll_drain - take all changes so far */
void sys_epoll_drain(int epoll)
{
	struct epoll_event events[64];
	int r;

	do
		r = epoll_wait(epoll, events, 64, 0);
	while (r == 64 || (r < 0 && errno == EINTR));
}

/** sys_peer_ended - has a stream's peer finished, or is the connection gone? */
int sys_peer_ended(int fd)
{
	unsigned char state = 0;
	socklen_t len = sizeof(state);

	/* the first member; as much is given as there is room for */
	_Static_assert(offsetof(struct tcp_info, tcpi_state) == 0, "tcpi_state");
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &state, &len) < 0)
		return -errno;
	return state == TCP_CLOSE_WAIT || state == TCP_LAST_ACK || state == TCP_CLOSING ||
	       state == TCP_TIME_WAIT || state == TCP_CLOSE;
}

/** sys_oob_inline - does urgent data come in the stream? */
int sys_oob_inline(int fd)
{
	int on = 0;
	socklen_t len = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, &len) < 0 ? -errno : on;
}

long sys_send(int fd, const void *buf, size_t len, int flags, const void *to, unsigned int tolen)
{
	return retl(sendto(fd, buf, len, flags | MSG_NOSIGNAL, to, tolen));
}

long sys_recv(int fd, void *buf, size_t len, int flags, void *from, unsigned int *fromlen)
{
	return retl(recvfrom(fd, buf, len, flags, from, fromlen));
}

long sys_sendmsg(int fd, const struct sys_iov *iov, size_t n, int flags, const void *to,
		 unsigned int tolen)
{
	struct msghdr msg = {
		.msg_name = (void *)to,
		.msg_namelen = tolen,
		.msg_iov = (struct iovec *)iov,
		.msg_iovlen = n,
	};

	return retl(sendmsg(fd, &msg, flags | MSG_NOSIGNAL));
}

long sys_recvmsg(int fd, const struct sys_iov *iov, size_t n, int *flags, void *from,
		 unsigned int *fromlen)
{
	struct msghdr msg = {
		.msg_name = from,
		.msg_namelen = from ? *fromlen : 0,
		.msg_iov = (struct iovec *)iov,
		.msg_iovlen = n,
	};
	long r = retl(recvmsg(fd, &msg, *flags));

	if (r >= 0) {
		*flags = msg.msg_flags;
		if (from)
			*fromlen = msg.msg_namelen;
	}
	return r;
}

/** sys_scope_valid - is there an interface of that index? */
int sys_scope_valid(int fd, uint32_t scope)
{
	struct ifreq request = { .ifr_ifindex = (int)scope };

	return ioctl(fd, SIOCGIFNAME, &request) == 0;
}

/**
 * sys_scope_of - the interface that has a link-local address
 * @in6: 16 octets
 * @scope: receives the interface index
 *
 * Return: 0, or -ENOENT when no interface has it.
 */
int sys_scope_of(const void *in6, uint32_t *scope)
{
	char want[33], line[128], have[33];
	const unsigned char *octet = in6;
	unsigned int index;
	FILE *list;
	int i, r = -ENOENT;

	for (i = 0; i < 16; i++)
		snprintf(want + 2 * i, 3, "%02x", octet[i]);
	list = fopen("/proc/net/if_inet6", "re");
	if (!list)
		return -ENOENT;
	while (r && fgets(line, sizeof(line), list))
		if (sscanf(line, "%32s %x", have, &index) == 2 && !strcmp(have, want)) {
			*scope = index;
			r = 0;
		}
	fclose(list);
	return r;
}

static atomic_int wake_signal;

/* Without SA_RESTART it ends the system call, which is all that it is for. */
static void woken(int number)
{
	(void)number;
}

/**
 * sys_wake_prepare - take a signal to wake threads with
 *
 * The highest real-time signal below SIGRTMAX, which debuggers and emulators
 * like to take, that the program has left alone. Looked at before each use: a
 * program may reset all signals, and this one would then kill it.
 *
 * Return: its number, or -EBUSY when every one is taken.
 */
int sys_wake_prepare(void)
{
	struct sigaction wake = { .sa_handler = woken }, have;
	int number = atomic_load(&wake_signal);

	for (number = number ? number : SIGRTMAX - 1; number >= SIGRTMIN; number--) {
		if (sigaction(number, NULL, &have) < 0)
			continue;
		if (have.sa_handler == woken ||
		    (have.sa_handler == SIG_DFL && !sigaction(number, &wake, NULL))) {
			atomic_store(&wake_signal, number);
			return number;
		}
	}
	return -EBUSY;
}

/** sys_wake_unblock - let the calling thread hear the signal */
void sys_wake_unblock(void)
{
	int number = sys_wake_prepare();
	sigset_t set;

	if (number < 0)
		return;
	sigemptyset(&set);
	sigaddset(&set, number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

/** sys_wake - send it to a thread of this process */
void sys_wake(int tid)
{
	int number = sys_wake_prepare();

	if (number > 0)
		syscall(SYS_tgkill, getpid(), tid, number);
}

int sys_tid(void)
{
	return (int)syscall(SYS_gettid);
}

uint64_t sys_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
