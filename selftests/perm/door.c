// SPDX-License-Identifier: GPL-2.0
/* Who may make a WSA socket, and of what. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

FIXTURE(door) {};

FIXTURE_SETUP(door)
{
	netns_fresh();
}

FIXTURE_TEARDOWN(door)
{
	COUNTERS_BALANCE();
}

static const struct sort plain4 = { PLAIN, AF_INET, false };

/* Refused with an errno, and the socket, where there is one, is none of ours. */
#define EXPECT_NOT_ADOPTED(error, fd) \
	do { \
		struct wsa_state state_ = { .size = sizeof(state_) }; \
		EXPECT_EQ(-1, wsa_adopt_fd(fd, WSA_COMPAT_DOCUMENTED)); \
		EXPECT_EQ(error, errno); \
		EXPECT_EQ(-1, ioctl(fd, WSA_IOC_STATE, &state_)); \
	} while (0)

TEST_F(door, adopt_wants_a_fresh_socket)
{
	struct name at, here = loopback(&plain4, 0), nobody = name_of("10.9.0.2", 5);
	int bound, listening, connected, connecting, dgram, raw;

	netns_dummies();
	listener_at(&plain4, &at);
	bound = open_sort(&plain4, SOCK_STREAM);
	ASSERT_EQ(0, bind(bound, &here.sa, here.len));
	EXPECT_NOT_ADOPTED(EISCONN, bound);

	listening = open_sort(&plain4, SOCK_STREAM);
	ASSERT_EQ(0, listen(listening, 1));
	EXPECT_NOT_ADOPTED(EISCONN, listening);
	here = local_name(listening);

	connected = open_sort(&plain4, SOCK_STREAM);
	ASSERT_EQ(0, connect(connected, &at.sa, at.len));
	EXPECT_NOT_ADOPTED(EISCONN, connected);
	EXPECT_EQ(1, send(connected, "x", 1, 0));

	connecting = open_sort(&plain4, SOCK_STREAM | SOCK_NONBLOCK);
	connect(connecting, &nobody.sa, nobody.len);
	EXPECT_NOT_ADOPTED(EISCONN, connecting);

	dgram = open_sort(&plain4, SOCK_DGRAM);
	ASSERT_EQ(0, connect(dgram, &at.sa, at.len));
	EXPECT_NOT_ADOPTED(EISCONN, dgram);

	raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	ASSERT_EQ(0, connect(raw, &at.sa, at.len));
	EXPECT_NOT_ADOPTED(EISCONN, raw);
	EXPECT_EQ(0, wsa_counter("ADOPTED"));
}

TEST_F(door, adopt_wants_tcp_udp_or_raw)
{
	int pair[2];

	sysctl_write("/proc/sys/net/ipv4/ping_group_range", "0 2147483647");
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_INET6, SOCK_STREAM, IPPROTO_MPTCP));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_UNIX, SOCK_STREAM, 0));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_NETLINK, SOCK_RAW, 0));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, socket(AF_PACKET, SOCK_RAW, 0));
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	EXPECT_NOT_ADOPTED(EOPNOTSUPP, pair[0]);
}

TEST_F(door, adopt_wants_a_socket)
{
	int fd, pipes[2];

	fd = open("/proc/self/exe", O_RDONLY);
	EXPECT_NOT_ADOPTED(ENOTSOCK, fd);
	/* not the lowest free number, which /dev/wsa itself will get */
	ASSERT_EQ(200, dup2(fd, 200));
	close(200);
	EXPECT_NOT_ADOPTED(EBADF, 200);
	EXPECT_NOT_ADOPTED(EBADF, -1);
	EXPECT_NOT_ADOPTED(EBADF, 0x7fffffff);
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_NOT_ADOPTED(ENOTSOCK, pipes[0]);
	fd = open("/dev/wsa", O_RDWR);
	EXPECT_NOT_ADOPTED(ENOTSOCK, fd);
	close(fd);
	fd = open("/proc/self/exe", O_PATH);
	EXPECT_NOT_ADOPTED(EBADF, fd);
}

TEST_F(door, adopt_only_once)
{
	struct name at;
	int by_adopt = open_proto(ADOPT, AF_INET, SOCK_STREAM, 0);
	int by_family = open_proto(FAMILY, AF_INET, SOCK_STREAM, 0), c;
	struct name here = loopback(&plain4, 0);

	EXPECT_EQ(0, set_compat(by_adopt, WSA_COMPAT_WINDOWS));
	EXPECT_EQ(-1, wsa_adopt_fd(by_adopt, WSA_COMPAT_DOCUMENTED));
	EXPECT_EQ(EALREADY, errno);
	EXPECT_EQ(WSA_COMPAT_WINDOWS, state_of(by_adopt).compat);
	EXPECT_EQ(-1, wsa_adopt_fd(by_family, WSA_COMPAT_DOCUMENTED));
	EXPECT_EQ(EALREADY, errno);

	ASSERT_EQ(0, bind(by_family, &here.sa, here.len));
	ASSERT_EQ(0, listen(by_family, 1));
	at = local_name(by_family);
	c = open_sort(&plain4, SOCK_STREAM);
	ASSERT_EQ(0, connect(c, &at.sa, at.len));
	EXPECT_EQ(-1, wsa_adopt_fd(accept(by_family, NULL, NULL), WSA_COMPAT_DOCUMENTED));
	EXPECT_EQ(EALREADY, errno);
	EXPECT_EQ(1, wsa_counter("ADOPTED"));
}

TEST_F(door, adopt_takes_compat)
{
	int fd = open_sort(&plain4, SOCK_STREAM);

	EXPECT_EQ(-1, wsa_adopt_fd(fd, 2));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, wsa_adopt_fd(fd, WSA_COMPAT_WINDOWS));
	EXPECT_EQ(WSA_COMPAT_WINDOWS, state_of(fd).compat);
}

static void send_fd(int over, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	if (sendmsg(over, &msg, 0) != 1)
		err(1, "SCM_RIGHTS");
}

static int take_fd(int over)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, octet;
	struct iovec iov = { &octet, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(over, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* Whoever holds the descriptor may adopt; the socket counts in its own namespace. */
TEST_F(door, adopt_of_a_socket_from_elsewhere)
{
	int pair[2], fd, status = -1;
	struct name at;
	pid_t pid;

	listener_at(&plain4, &at);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = fork();
	if (!pid) {
		netns_fresh();
		fd = take_fd(pair[1]);
		_exit(!(fd >= 0 && !wsa_adopt_fd(fd, 0) &&
			state_of(fd).state == WSA_STATE_IDLE &&
			!connect(fd, &at.sa, at.len) && !wsa_counter("ADOPTED")));
	}
	fd = open_sort(&plain4, SOCK_STREAM);
	send_fd(pair[0], fd);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, wsa_counter("ADOPTED"));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(fd).state);
}

/* A WSA socket is passed like any other. */
TEST_F(door, passed_to_another_process__r16)
{
	int pair[2], fd, l, status = -1, child;
	struct name at;
	pid_t pid;

	l = listener_at(&plain4, &at);
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = fork();
	if (!pid) {
		fd = take_fd(pair[1]);
		_exit(!(fd >= 0 && !connect_to(fd, &at).error && send(fd, "x", 1, 0) == 1));
	}
	fd = open_proto(FAMILY, AF_INET, SOCK_STREAM, 0);
	send_fd(pair[0], fd);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	child = accept(l, NULL, NULL);
	EXPECT_TRUE(pass_octet(fd, child));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(fd).state);
}

/* In flight and never received: freed by the garbage collector of unix sockets. */
TEST_F(door, lost_in_flight)
{
	int pair[2], fd = open_proto(FAMILY, AF_INET, SOCK_STREAM, 0);

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	send_fd(pair[0], fd);
	close(fd);
	EXPECT_EQ(0, wsa_counter("SOCKETS_GONE"));
	close(pair[0]);
	close(pair[1]);
	EXPECT_EQ(1, wsa_counter("SOCKETS_GONE"));
}

TEST_F(door, family_takes_what_it_can_make)
{
	static const struct {
		int type, protocol, error;
	} rows[] = {
		{ SOCK_STREAM, WSA_PROTO(AF_INET, 0), 0 },
		{ SOCK_STREAM, WSA_PROTO(AF_INET, IPPROTO_TCP), 0 },
		{ SOCK_DGRAM, WSA_PROTO(AF_INET6, IPPROTO_UDP), 0 },
		{ SOCK_RAW, WSA_PROTO(AF_INET, IPPROTO_ICMP), 0 },
		{ SOCK_RAW, WSA_PROTO(AF_INET6, 255), 0 },
		{ SOCK_STREAM, 0, EAFNOSUPPORT },
		{ SOCK_STREAM, IPPROTO_TCP, EAFNOSUPPORT },
		{ SOCK_STREAM, -1, EAFNOSUPPORT },
		{ SOCK_STREAM, (int)0x80000000, EAFNOSUPPORT },
		{ SOCK_STREAM, WSA_PROTO(AF_UNIX, 0), EAFNOSUPPORT },
		{ SOCK_STREAM, WSA_PROTO(AF_PACKET, 0), EAFNOSUPPORT },
		{ SOCK_STREAM, WSA_PROTO(18, 0), EAFNOSUPPORT },
		{ SOCK_SEQPACKET, WSA_PROTO(AF_INET, 0), ESOCKTNOSUPPORT },
		{ SOCK_RDM, WSA_PROTO(AF_INET, 0), ESOCKTNOSUPPORT },
		{ SOCK_STREAM, WSA_PROTO(AF_INET, IPPROTO_UDP), EPROTONOSUPPORT },
		{ SOCK_DGRAM, WSA_PROTO(AF_INET, IPPROTO_TCP), EPROTONOSUPPORT },
		{ SOCK_DGRAM, WSA_PROTO(AF_INET, IPPROTO_UDPLITE), EPROTONOSUPPORT },
		{ SOCK_DGRAM, WSA_PROTO(AF_INET, IPPROTO_ICMP), EPROTONOSUPPORT },
		{ SOCK_STREAM, WSA_PROTO(AF_INET, IPPROTO_MPTCP), EPROTONOSUPPORT },
		{ SOCK_STREAM, WSA_PROTO(AF_INET, IPPROTO_SCTP), EPROTONOSUPPORT },
		{ SOCK_RAW, WSA_PROTO(AF_INET, 0), EPROTONOSUPPORT },
		{ SOCK_RAW, WSA_PROTO(AF_INET, 256), EPROTONOSUPPORT },
	};
	unsigned int i;
	int fd, made = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		errno = 0;
		fd = socket(wsa_family(), rows[i].type, rows[i].protocol);
		if (rows[i].error) {
			EXPECT_EQ(-1, fd) TH_LOG("row %u", i);
			EXPECT_EQ(rows[i].error, errno) TH_LOG("row %u", i);
		} else {
			EXPECT_LE(0, fd) TH_LOG("row %u: %s", i, strerror(errno));
			made++;
		}
	}
	EXPECT_EQ(made, (int)wsa_counter("SOCKETS_MADE"));
	EXPECT_EQ(-1, socketpair(wsa_family(), SOCK_STREAM, WSA_PROTO(AF_INET, 0), (int[2]){}));
}

/* In a child that gave its privileges up; what it returns is errno of the first surprise. */
static int without_privilege(bool userns)
{
	int status = -1, fd;
	pid_t pid = fork();

	if (pid) {
		waitpid(pid, &status, 0);
		return status;
	}
	if (setresgid(1000, 1000, 1000) || setresuid(1000, 1000, 1000))
		_exit(200);
	if (userns && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		_exit(201);
	if (open_proto(FAMILY, AF_INET, SOCK_STREAM, 0) < 0 ||
	    open_proto(FAMILY, AF_INET6, SOCK_DGRAM, 0) < 0)
		_exit(202);
	if (open_proto(ADOPT, AF_INET, SOCK_STREAM, 0) < 0)
		_exit(203);
	fd = open_proto(FAMILY, AF_INET, SOCK_RAW, IPPROTO_ICMP);
	if (userns ? fd < 0 : fd >= 0 || errno != EPERM)
		_exit(204);
	if (userns && open_proto(ADOPT, AF_INET6, SOCK_RAW, IPPROTO_ICMPV6) < 0)
		_exit(205);
	_exit(0);
}

TEST_F(door, unprivileged__r184)
{
	struct stat st;

	ASSERT_EQ(0, stat("/dev/wsa", &st));
	EXPECT_EQ(S_IFCHR | 0666, st.st_mode);
	EXPECT_EQ(0, without_privilege(false));
}

TEST_F(door, unprivileged_user_namespace__r184)
{
	EXPECT_EQ(0, without_privilege(true));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
