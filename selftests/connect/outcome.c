// SPDX-License-Identifier: GPL-2.0
/* How an attempt starts and ends, what is remembered of it, and the attempt after it. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(outcome) {
	const struct sort *sort;
	int s;
};

SORTS(outcome);

FIXTURE_SETUP(outcome)
{
	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	self->s = open_sort(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(outcome)
{
	COUNTERS_BALANCE();
}

static int so_error_of(int fd)
{
	int error = -1;
	socklen_t len = sizeof(error);

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

static void reset_by_peer(int child)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(child, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(child);
}

TEST_F(outcome, fresh_socket__r136)
{
	struct wsa_state state = state_of(self->s);

	EXPECT_EQ(sizeof(state), state.size);
	EXPECT_EQ(0, state.flags);
	EXPECT_EQ(WSA_STATE_IDLE, state.state);
	EXPECT_EQ(0, state.so_error);
	EXPECT_EQ(0, state.attempt);
	EXPECT_EQ(0, state.peer_len);
	EXPECT_EQ(WSA_COMPAT_DOCUMENTED, state.compat);
	EXPECT_EQ(0, state.reserved);
}

TEST_F(outcome, blocking_succeeds__r48_r136)
{
	struct name at, source;
	struct wsa_state state;
	int l = listener_at(self->sort, &at), child;

	EXPECT_CONNECTED(connect_to(self->s, &at));
	child = accept(l, NULL, NULL);
	ASSERT_LE(0, child);
	EXPECT_TRUE(pass_octet(self->s, child));
	EXPECT_TRUE(pass_octet(child, self->s));

	state = state_of(self->s);
	EXPECT_EQ(WSA_STATE_CONNECTED, state.state);
	EXPECT_EQ(WSA_STATE_F_BOUND, state.flags);
	EXPECT_EQ(0, state.so_error);
	EXPECT_EQ(1, state.attempt);
	ASSERT_EQ(at.len, state.peer_len);
	EXPECT_EQ(0, memcmp(state.peer, at.octets, at.len));

	source = local_name(self->s);
	EXPECT_NE(0, name_port(&source));
	source.v4.sin_port = at.v4.sin_port;
	EXPECT_TRUE(same_name(&source, &at));	/* a specific address, not the wildcard */
	EXPECT_EQ(1, wsa_counter("ATTEMPTS"));
	EXPECT_EQ(1, wsa_counter("ESTABLISHED"));
	EXPECT_EQ(0, wsa_counter("FAILED"));
}

TEST_F(outcome, nonblocking_starts_then_is_connected__r49_r50_r112)
{
	struct name at;
	int l = listener_at(self->sort, &at), child;

	set_nonblock(self->s, true);
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, connect_to(self->s, &at));
	EXPECT_EQ(POLLOUT, revents_of(self->s, POLLOUT, 60000));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(self->s, &at));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(self->s, &at));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
	EXPECT_EQ(0, state_of(self->s).so_error);
	EXPECT_EQ(1, state_of(self->s).attempt);
	child = accept(l, NULL, NULL);
	EXPECT_TRUE(pass_octet(self->s, child));
	EXPECT_EQ(1, wsa_counter("ESTABLISHED"));
}

TEST_F(outcome, refused_then_retried_on_the_same_port__r71_r73_r83_r88_r93)
{
	struct name closed, at, before, after;
	int l = listener_at(self->sort, &at), child;

	closed_port(self->sort, &closed);
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED,
		       connect_to(self->s, &closed));
	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
	EXPECT_EQ(WSA_STATE_F_BOUND, state_of(self->s).flags);
	EXPECT_EQ(0, state_of(self->s).so_error);
	EXPECT_EQ(0, state_of(self->s).peer_len);
	before = local_name(self->s);
	EXPECT_NE(0, name_port(&before));

	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED,
		       connect_to(self->s, &closed));
	EXPECT_CONNECTED(connect_to(self->s, &at));
	after = local_name(self->s);
	EXPECT_EQ(name_port(&before), name_port(&after));
	child = accept(l, NULL, NULL);
	EXPECT_TRUE(pass_octet(child, self->s));
	EXPECT_EQ(3, state_of(self->s).attempt);
	EXPECT_EQ(2, wsa_counter("FAILED"));
}

TEST_F(outcome, so_error_stays_until_success__r74_r84_r85_r86_r87_r93)
{
	struct name closed, at, before, after, nobody = silent(self->sort, 5);

	listener_at(self->sort, &at);
	closed_port(self->sort, &closed);
	set_nonblock(self->s, true);

	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
		       connect_to(self->s, &closed));
	before = local_name(self->s);
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_FAILED));
	EXPECT_EQ(WSAECONNREFUSED, state_of(self->s).so_error);
	EXPECT_EQ(WSAECONNREFUSED, state_of(self->s).so_error);

	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
		       connect_to(self->s, &nobody));
	EXPECT_EQ(WSA_STATE_PENDING, state_of(self->s).state);
	EXPECT_EQ(WSAECONNREFUSED, state_of(self->s).so_error);
	EXPECT_EQ(0, cancel(self->s));
	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);

	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, connect_to(self->s, &at));
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_CONNECTED));
	EXPECT_EQ(0, state_of(self->s).so_error);
	after = local_name(self->s);
	EXPECT_EQ(name_port(&before), name_port(&after));
	EXPECT_EQ(3, state_of(self->s).attempt);
}

TEST_F(outcome, another_reader_took_so_error__r74_r84_r85)
{
	struct name closed, at;

	listener_at(self->sort, &at);
	closed_port(self->sort, &closed);
	set_nonblock(self->s, true);
	connect_to(self->s, &closed);
	EXPECT_TRUE(revents_of(self->s, POLLOUT, 60000) & POLLERR);
	EXPECT_EQ(ECONNREFUSED, so_error_of(self->s));
	EXPECT_EQ(0, so_error_of(self->s));

	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
	EXPECT_EQ(WSAECONNREFUSED, state_of(self->s).so_error);
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, connect_to(self->s, &at));
	EXPECT_TRUE(wait_state(self->s, WSA_STATE_CONNECTED));
}

TEST_F(outcome, failed_nonblocking_then_blocking__r84_r88)
{
	struct name closed, at;

	listener_at(self->sort, &at);
	closed_port(self->sort, &closed);
	set_nonblock(self->s, true);
	connect_to(self->s, &closed);
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_FAILED));
	set_nonblock(self->s, false);
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED,
		       connect_to(self->s, &closed));
	EXPECT_EQ(0, state_of(self->s).so_error);
	EXPECT_CONNECTED(connect_to(self->s, &at));
}

TEST_F(outcome, pending_refuses_any_address__r51_r52_r59_r60)
{
	struct name nobody = silent(self->sort, 5), other = silent_too(self->sort, 6), at, source;
	struct snapshot before;

	listener_at(self->sort, &at);
	set_nonblock(self->s, true);
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
		       connect_to(self->s, &nobody));
	take_snapshot(self->s, &before);
	EXPECT_EQ(WSA_STATE_PENDING, before.state.state);
	ASSERT_EQ(nobody.len, before.state.peer_len);
	EXPECT_EQ(0, memcmp(before.state.peer, nobody.octets, nobody.len));
	source = local_name(self->s);
	EXPECT_NE(0, name_port(&source));

	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING, connect_to(self->s, &nobody));
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING, connect_to(self->s, &other));
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING, connect_to(self->s, &at));
	set_nonblock(self->s, false);	/* does not wait either: it is somebody's attempt */
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING, connect_to(self->s, &nobody));
	EXPECT_TRUE(unchanged(self->s, &before));
}

TEST_F_TIMEOUT(outcome, pending_is_answered_after_all__r52_r87_r112, 90)
{
	struct name nobody = silent(self->sort, 5), other = silent_too(self->sort, 6), peer;
	int l, child;

	set_nonblock(self->s, true);
	connect_to(self->s, &nobody);
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING, connect_to(self->s, &other));
	l = answer(self->sort, &nobody);
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_CONNECTED));
	peer = peer_name(self->s);
	EXPECT_TRUE(same_name(&peer, &nobody));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(self->s, &other));
	child = accept(l, NULL, NULL);
	EXPECT_TRUE(pass_octet(self->s, child));
}

TEST_F(outcome, listening_refuses__r57)
{
	struct name at, here = loopback(self->sort, 0);
	struct snapshot before;
	int c, nonblock;

	listener_at(self->sort, &at);
	ASSERT_EQ(0, bind(self->s, &here.sa, here.len));
	ASSERT_EQ(0, listen(self->s, 4));
	here = local_name(self->s);
	take_snapshot(self->s, &before);
	EXPECT_EQ(WSA_STATE_LISTENING, before.state.state);

	for (nonblock = 0; nonblock < 2; nonblock++) {
		set_nonblock(self->s, nonblock);
		EXPECT_OUTCOME(EISCONN, WSAEINVAL, WSA_REASON_LISTENING,
			       connect_to(self->s, &at));
	}
	EXPECT_TRUE(unchanged(self->s, &before));

	c = open_sort(self->sort, SOCK_STREAM);
	EXPECT_CONNECTED(connect_to(c, &here));
	EXPECT_LE(0, accept(self->s, NULL, NULL));
}

TEST_F(outcome, connected_refuses__r94_r98)
{
	struct name at, other;
	struct snapshot before;
	int l = listener_at(self->sort, &at), child, how;

	listener_at(self->sort, &other);
	EXPECT_CONNECTED(connect_to(self->s, &at));
	child = accept(l, NULL, NULL);
	take_snapshot(self->s, &before);
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(self->s, &at));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(self->s, &other));
	EXPECT_TRUE(unchanged(self->s, &before));
	EXPECT_TRUE(pass_octet(child, self->s));

	for (how = SHUT_RD; how <= SHUT_RDWR; how++) {
		EXPECT_EQ(0, shutdown(self->s, how));
		EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED,
			       connect_to(self->s, &other));
	}
	EXPECT_EQ(WSA_STATE_F_BOUND | WSA_STATE_F_SHUT_RD | WSA_STATE_F_SHUT_WR,
		  state_of(self->s).flags);
}

TEST_F(outcome, reset_connection_stays_used__r101)
{
	struct name at;
	int l = listener_at(self->sort, &at);

	EXPECT_CONNECTED(connect_to(self->s, &at));
	reset_by_peer(accept(l, NULL, NULL));
	EXPECT_TRUE(wait_state(self->s, WSA_STATE_CLOSED));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(self->s, &at));
	EXPECT_EQ(0, state_of(self->s).so_error);
}

TEST_F(outcome, unreported_connection_reset_stays_used__r101_r112)
{
	struct name at;
	int l = listener_at(self->sort, &at);

	set_nonblock(self->s, true);
	connect_to(self->s, &at);
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_CONNECTED));
	reset_by_peer(accept(l, NULL, NULL));
	EXPECT_TRUE(wait_state(self->s, WSA_STATE_CLOSED));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(self->s, &at));
}

TEST_F(outcome, unspec_never_disconnects__r29_r30)
{
	struct sockaddr_in6 unspec = { .sin6_family = AF_UNSPEC };
	struct name at, nobody = silent(self->sort, 5);
	socklen_t lens[] = { sizeof(struct sockaddr_in), sizeof(struct sockaddr_in6) };
	int l = listener_at(self->sort, &at), child, pending;
	struct snapshot before;
	unsigned int i;

	take_snapshot(self->s, &before);
	for (i = 0; i < 2; i++)
		EXPECT_OUTCOME(EAFNOSUPPORT, WSAEAFNOSUPPORT, WSA_REASON_FAMILY,
			       connect_raw(self->s, &unspec, lens[i]));
	EXPECT_TRUE(unchanged(self->s, &before));

	EXPECT_CONNECTED(connect_to(self->s, &at));
	child = accept(l, NULL, NULL);
	take_snapshot(self->s, &before);
	for (i = 0; i < 2; i++)
		EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED,
			       connect_raw(self->s, &unspec, lens[i]));
	EXPECT_TRUE(unchanged(self->s, &before));
	EXPECT_TRUE(pass_octet(self->s, child));

	pending = open_sort(self->sort, SOCK_STREAM | SOCK_NONBLOCK);
	connect_to(pending, &nobody);
	take_snapshot(pending, &before);
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING,
		       connect_raw(pending, &unspec, lens[1]));
	EXPECT_TRUE(unchanged(pending, &before));
}

TEST_F(outcome, shutdown_needs_a_connection__r64_r102_r103)
{
	struct name nobody = silent(self->sort, 5), here = loopback(self->sort, 0);
	int how, pending, listening, c;
	struct snapshot before;

	pending = open_sort(self->sort, SOCK_STREAM | SOCK_NONBLOCK);
	connect_to(pending, &nobody);
	listening = open_sort(self->sort, SOCK_STREAM);
	ASSERT_EQ(0, bind(listening, &here.sa, here.len));
	ASSERT_EQ(0, listen(listening, 4));
	here = local_name(listening);

	for (how = SHUT_RD; how <= SHUT_RDWR; how++) {
		take_snapshot(self->s, &before);
		EXPECT_EQ(-1, shutdown(self->s, how));
		EXPECT_EQ(ENOTCONN, errno);
		EXPECT_TRUE(unchanged(self->s, &before));

		take_snapshot(pending, &before);
		EXPECT_EQ(-1, shutdown(pending, how));
		EXPECT_EQ(ENOTCONN, errno);
		EXPECT_TRUE(unchanged(pending, &before));

		take_snapshot(listening, &before);
		EXPECT_EQ(-1, shutdown(listening, how));
		EXPECT_EQ(ENOTCONN, errno);
		EXPECT_TRUE(unchanged(listening, &before));
	}
	EXPECT_EQ(-1, shutdown(self->s, 3));
	EXPECT_EQ(EINVAL, errno);

	c = open_sort(self->sort, SOCK_STREAM);
	EXPECT_CONNECTED(connect_to(c, &here));
	EXPECT_LE(0, accept(listening, NULL, NULL));
}

TEST_F(outcome, failed_may_listen__r92)
{
	struct name closed, here = loopback(self->sort, 0);
	int c, child;

	closed_port(self->sort, &closed);
	ASSERT_EQ(0, bind(self->s, &here.sa, here.len));
	here = local_name(self->s);
	set_nonblock(self->s, true);
	connect_to(self->s, &closed);
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_FAILED));

	EXPECT_EQ(0, listen(self->s, 4));
	EXPECT_EQ(WSA_STATE_LISTENING, state_of(self->s).state);
	EXPECT_EQ(WSAECONNREFUSED, state_of(self->s).so_error);
	c = open_sort(self->sort, SOCK_STREAM);
	EXPECT_CONNECTED(connect_to(c, &here));
	child = accept(self->s, NULL, NULL);
	ASSERT_LE(0, child);
	EXPECT_TRUE(pass_octet(child, c));
	EXPECT_EQ(0, state_of(child).so_error);
}

TEST_F(outcome, pending_may_not_listen__r65)
{
	struct name nobody = silent(self->sort, 5);
	struct snapshot before;

	set_nonblock(self->s, true);
	connect_to(self->s, &nobody);
	take_snapshot(self->s, &before);
	EXPECT_EQ(-1, listen(self->s, 4));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(unchanged(self->s, &before));
}

TEST_F(outcome, record_is_read_once)
{
	struct name closed;
	struct outcome first, second;

	closed_port(self->sort, &closed);
	ASSERT_EQ(-1, connect(self->s, &closed.sa, closed.len));
	/* of another errno: not the record, and the record stays */
	EXPECT_OUTCOME(EPERM, WSAEACCES, WSA_REASON_POLICY, outcome_of(self->s, EPERM));
	EXPECT_OUTCOME(ETIMEDOUT, WSAETIMEDOUT, WSA_REASON_OTHER, outcome_of(self->s, ETIMEDOUT));
	first = outcome_of(self->s, ECONNREFUSED);
	second = outcome_of(self->s, ECONNREFUSED);
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED, first);
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_OTHER, second);
	EXPECT_EQ(1, first.attempt);
	EXPECT_EQ(1, second.attempt);
}

TEST_F(outcome, close_while_pending__r67)
{
	struct name nobody = silent(self->sort, 5);

	set_nonblock(self->s, true);
	connect_to(self->s, &nobody);
	EXPECT_EQ(0, close(self->s));
	EXPECT_EQ(1, wsa_counter("SOCKETS_GONE"));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
