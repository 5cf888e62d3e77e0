// SPDX-License-Identifier: GPL-2.0
/* io_uring reaches the same operations: its results are connect(2)'s own. */
#include <errno.h>
#include <liburing.h>
#include <poll.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(uring) {
	const struct sort *sort;
	struct io_uring ring;
	int s;
	int l;
	struct name at;
	struct name closed;
};

FIXTURE_VARIANT(uring) {
	struct sort sort;
	int type;
	bool by_ring;		/* IORING_OP_SOCKET makes it */
};

FIXTURE_VARIANT_ADD(uring, family_v4_blocking) { { FAMILY, AF_INET, false }, 0, false };
FIXTURE_VARIANT_ADD(uring, family_v4_nonblocking) {
	{ FAMILY, AF_INET, false }, SOCK_NONBLOCK, false };
FIXTURE_VARIANT_ADD(uring, family_v6_blocking) { { FAMILY, AF_INET6, false }, 0, false };
FIXTURE_VARIANT_ADD(uring, family_v4_by_ring) { { FAMILY, AF_INET, false }, 0, true };
FIXTURE_VARIANT_ADD(uring, family_v4_nonblocking_by_ring) {
	{ FAMILY, AF_INET, false }, SOCK_NONBLOCK, true };
FIXTURE_VARIANT_ADD(uring, adopt_v4_blocking) { { ADOPT, AF_INET, false }, 0, false };
FIXTURE_VARIANT_ADD(uring, adopt_v4_nonblocking) {
	{ ADOPT, AF_INET, false }, SOCK_NONBLOCK, false };
FIXTURE_VARIANT_ADD(uring, adopt_v6_nonblocking) {
	{ ADOPT, AF_INET6, false }, SOCK_NONBLOCK, false };

/* The result of one request; -ETIME when none comes. */
static int result_of(struct io_uring *ring)
{
	struct __kernel_timespec limit = { .tv_sec = 20 };
	struct io_uring_cqe *cqe;
	int ret;

	ret = io_uring_wait_cqe_timeout(ring, &cqe, &limit);
	if (ret)
		return ret;
	ret = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return ret;
}

static int ring_connect(struct io_uring *ring, int fd, const struct name *name)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	io_uring_prep_connect(sqe, fd, &name->sa, name->len);
	io_uring_submit(ring);
	return result_of(ring);
}

static int ring_accept(struct io_uring *ring, int fd, int flags)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	io_uring_prep_accept(sqe, fd, NULL, NULL, flags);
	io_uring_submit(ring);
	return result_of(ring);
}

FIXTURE_SETUP(uring)
{
	struct io_uring_sqe *sqe;

	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	ASSERT_EQ(0, io_uring_queue_init(8, &self->ring, 0));
	if (variant->by_ring) {
		sqe = io_uring_get_sqe(&self->ring);
		io_uring_prep_socket(sqe, wsa_family(), SOCK_STREAM | variant->type,
				     WSA_PROTO(variant->sort.af, 0), 0);
		io_uring_submit(&self->ring);
		self->s = result_of(&self->ring);
		ASSERT_LE(0, self->s);
	} else {
		self->s = open_sort(self->sort, SOCK_STREAM | variant->type);
	}
	self->l = listener_at(self->sort, &self->at);
	closed_port(self->sort, &self->closed);
}

FIXTURE_TEARDOWN(uring)
{
	io_uring_queue_exit(&self->ring);
	COUNTERS_BALANCE();
}

TEST_F(uring, accepted__r48_r49)
{
	int child;

	EXPECT_EQ(0, ring_connect(&self->ring, self->s, &self->at));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
	EXPECT_EQ(0, state_of(self->s).so_error);
	child = accept(self->l, NULL, NULL);
	EXPECT_TRUE(pass_octet(self->s, child));
	EXPECT_EQ(-EISCONN, ring_connect(&self->ring, self->s, &self->at));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, outcome_of(self->s, EISCONN));
}

/* The ring may have consumed SO_ERROR: the code is known all the same. */
TEST_F(uring, refused_then_retried__r74_r84_r93)
{
	struct name before, after;

	EXPECT_EQ(-ECONNREFUSED, ring_connect(&self->ring, self->s, &self->closed));
	before = local_name(self->s);
	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
	EXPECT_EQ(WSAECONNREFUSED, state_of(self->s).so_error);
	EXPECT_EQ(WSAECONNREFUSED, (int)outcome_of(self->s, ECONNREFUSED).wsa);
	EXPECT_EQ(-ECONNREFUSED, ring_connect(&self->ring, self->s, &self->closed));
	EXPECT_EQ(0, ring_connect(&self->ring, self->s, &self->at));
	EXPECT_EQ(0, state_of(self->s).so_error);
	EXPECT_EQ(3, state_of(self->s).attempt);
	after = local_name(self->s);
	EXPECT_EQ(name_port(&before), name_port(&after));
}

TEST_F(uring, refused_by_the_ring_then_by_connect__r84)
{
	EXPECT_EQ(-ECONNREFUSED, ring_connect(&self->ring, self->s, &self->closed));
	set_nonblock(self->s, false);
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED,
		       connect_to(self->s, &self->closed));
	EXPECT_CONNECTED(connect_to(self->s, &self->at));
}

TEST_F(uring, checks_are_the_same__r57_r113_r116)
{
	struct name any = name_for(self->sort, "0.0.0.0", "::", 5);
	struct name zero = loopback(self->sort, 0);
	struct snapshot before;

	take_snapshot(self->s, &before);
	EXPECT_EQ(-EADDRNOTAVAIL, ring_connect(&self->ring, self->s, &any));
	EXPECT_OUTCOME(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_ANY,
		       outcome_of(self->s, EADDRNOTAVAIL));
	EXPECT_EQ(-EADDRNOTAVAIL, ring_connect(&self->ring, self->s, &zero));
	EXPECT_OUTCOME(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_PORT_ZERO,
		       outcome_of(self->s, EADDRNOTAVAIL));
	EXPECT_TRUE(unchanged(self->s, &before));

	zero = loopback(self->sort, 0);
	ASSERT_EQ(0, bind(self->s, &zero.sa, zero.len));
	ASSERT_EQ(0, listen(self->s, 1));
	EXPECT_EQ(-EISCONN, ring_connect(&self->ring, self->s, &self->at));
	EXPECT_OUTCOME(EISCONN, WSAEINVAL, WSA_REASON_LISTENING, outcome_of(self->s, EISCONN));
}

TEST_F(uring, pending_refuses_a_second_one__r51)
{
	struct name nobody = silent(self->sort, 5);
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);

	io_uring_prep_connect(sqe, self->s, &nobody.sa, nobody.len);
	io_uring_submit(&self->ring);
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_PENDING));
	set_nonblock(self->s, true);
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING, connect_to(self->s, &nobody));
	EXPECT_EQ(0, cancel(self->s));
	/* what the ring says of it is the ring's own affair, but it is not success */
	EXPECT_GT(0, result_of(&self->ring));
	set_nonblock(self->s, false);
	EXPECT_CONNECTED(connect_to(self->s, &self->at));
}

TEST_F(uring, accept_makes_wsa_children)
{
	struct name here = loopback(self->sort, 0);
	struct wsa_state state;
	int c, child, i;

	ASSERT_EQ(0, bind(self->s, &here.sa, here.len));
	ASSERT_EQ(0, listen(self->s, 4));
	ASSERT_EQ(0, set_compat(self->s, WSA_COMPAT_WINDOWS));
	here = local_name(self->s);
	for (i = 0; i < 3; i++) {
		c = open_sort(self->sort, SOCK_STREAM);
		ASSERT_CONNECTED(connect_to(c, &here));
		child = ring_accept(&self->ring, self->s, SOCK_CLOEXEC);
		ASSERT_LE(0, child);
		state = state_of(child);
		EXPECT_EQ(WSA_STATE_CONNECTED, state.state);
		EXPECT_EQ(WSA_COMPAT_WINDOWS, state.compat);
		EXPECT_TRUE(pass_octet(c, child));
		EXPECT_TRUE(pass_octet(child, c));
		EXPECT_EQ(-EISCONN, ring_connect(&self->ring, child, &self->at));
	}
	EXPECT_EQ(3, wsa_counter("ACCEPTED"));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
