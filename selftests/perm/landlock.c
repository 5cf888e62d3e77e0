// SPDX-License-Identifier: GPL-2.0
/* A sandbox that limits TCP connects limits ours, however they are asked for. */
#include <err.h>
#include <errno.h>
#include <liburing.h>
#include <linux/landlock.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

/* Since ABI 4; the installed header may be older. */
#define RULE_NET_PORT 2
#define ACCESS_NET_CONNECT_TCP (1ULL << 1)

struct ruleset_attr {
	__u64 handled_access_fs;
	__u64 handled_access_net;
};

struct net_port_attr {
	__u64 allowed_access;
	__u64 port;
};

FIXTURE(landlock) {
	const struct sort *sort;
	struct name good, bad;
	int s, early;
};

SORTS(landlock);

/* From here on this process may connect to @port only. */
static void allow_only(int port)
{
	struct ruleset_attr attr = { .handled_access_net = ACCESS_NET_CONNECT_TCP };
	struct net_port_attr rule = { .allowed_access = ACCESS_NET_CONNECT_TCP, .port = port };
	int fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd < 0 || syscall(SYS_landlock_add_rule, fd, RULE_NET_PORT, &rule, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_landlock_restrict_self, fd, 0))
		err(1, "landlock");
	close(fd);
}

FIXTURE_SETUP(landlock)
{
	netns_fresh();
	self->sort = &variant->sort;
	listener_at(self->sort, &self->good);
	listener_at(self->sort, &self->bad);
	self->early = open_sort(self->sort, SOCK_STREAM);
	allow_only(name_port(&self->good));
	self->s = open_sort(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(landlock)
{
	COUNTERS_BALANCE();
}

#define EXPECT_DENIED(fd) \
	do { \
		struct snapshot before_; \
		take_snapshot(fd, &before_); \
		EXPECT_OUTCOME(EACCES, WSAEACCES, WSA_REASON_POLICY, connect_to(fd, &self->bad)); \
		EXPECT_TRUE(unchanged(fd, &before_)); \
	} while (0)

TEST_F(landlock, connect__r81)
{
	EXPECT_DENIED(self->s);
	EXPECT_CONNECTED(connect_to(self->s, &self->good));
}

/* Made before the sandbox was entered. */
TEST_F(landlock, socket_from_before__r81)
{
	EXPECT_DENIED(self->early);
	EXPECT_CONNECTED(connect_to(self->early, &self->good));
}

TEST_F(landlock, nonblocking_and_retry__r81_r84)
{
	set_nonblock(self->s, true);
	EXPECT_DENIED(self->s);
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
		       connect_to(self->s, &self->good));
	EXPECT_TRUE(wait_state(self->s, WSA_STATE_CONNECTED));
}

TEST_F(landlock, longer_name__r23_r81)
{
	self->bad.len = sizeof(self->bad.octets);
	EXPECT_DENIED(self->s);
}

TEST_F(landlock, io_uring__r81)
{
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	struct io_uring ring;

	ASSERT_EQ(0, io_uring_queue_init(4, &ring, 0));
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_connect(sqe, self->s, &self->bad.sa, self->bad.len);
	io_uring_submit(&ring);
	ASSERT_EQ(0, io_uring_wait_cqe(&ring, &cqe));
	EXPECT_EQ(-EACCES, cqe->res);
	EXPECT_OUTCOME(EACCES, WSAEACCES, WSA_REASON_POLICY, outcome_of(self->s, EACCES));
	io_uring_queue_exit(&ring);
}

TEST_F(landlock, fastopen__r81)
{
	int on = 1;

	/* newer Landlocks ask before we do */
	EXPECT_EQ(-1, sendto(self->s, "x", 1, MSG_FASTOPEN, &self->bad.sa, self->bad.len));
	EXPECT_TRUE(errno == EOPNOTSUPP || errno == EACCES);
	EXPECT_EQ(-1, sendto(self->s, "x", 1, MSG_FASTOPEN, &self->good.sa, self->good.len));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, setsockopt(self->s, SOL_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(WSA_STATE_IDLE, state_of(self->s).state);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
