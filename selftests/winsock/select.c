// SPDX-License-Identifier: GPL-2.0
/* select: which sets a socket stays in. */
#include "sets.h"

#include <kselftest_harness.h>

FIXTURE(sets) {
	const struct sort *sort;
	SOCKET s;		/* a fresh stream */
	SOCKET holder;		/* of a port that refuses until it listens */
	struct place at;
};

SORTS(sets);

FIXTURE_SETUP(sets)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->holder = refused_at(self->sort, &self->at);
}

FIXTURE_TEARDOWN(sets)
{
	FINISH();
}

static bool answer(const struct sort *sort, const struct place *at)
{
	SOCKET l = make(sort, SOCK_STREAM);

	host_answer(sort->af == AF_INET6 && !sort->dual);
	return !bind(l, &at->sa, at->len) && !listen(l, 5);
}

CASE(sets, never_connected__nothing_r186)
{
	EXPECT_WAITS(self->s, ALL);
	EXPECT_WAITS(self->s, R);
	EXPECT_WAITS(self->s, W);
	EXPECT_WAITS(self->s, X);
	EXPECT_WAITS(self->holder, ALL);
}

CASE(sets, pending__nothing_until_connected_r187)
{
	struct place to;
	SOCKET s = make_pending(self->sort, &to);

	EXPECT_WAITS(s, ALL);
	ASSERT_TRUE(answer(self->sort, &to));
	EXPECT_STAYS(W, s, ALL);
	EXPECT_EQ(0, so_error(s));
	EXPECT_WAITS(s, R | X);
}

CASE(sets, refused__except_only_r74_r188_r189_r190)
{
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	EXPECT_STAYS(X, self->s, ALL);
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
	EXPECT_STAYS(X, self->s, ALL);
	EXPECT_STAYS(X, self->s, X);
	EXPECT_WAITS(self->s, R | W);
	EXPECT_WAITS(self->s, W);
}

CASE(sets, refused_blocking__except_only_r88_r89_r90)
{
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &self->at));
	EXPECT_EQ(0, so_error(self->s));
	EXPECT_STAYS(X, self->s, ALL);
	EXPECT_WAITS(self->s, W);
	EXPECT_EQ(0, so_error(self->s));
	EXPECT_STAYS(X, self->s, X);
}

/* Until the next attempt begins; then its own outcome counts. */
CASE(sets, refused__until_next_attempt_r84_r86_r87_r190)
{
	struct place silent = place_silent(self->sort, 5);

	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	EXPECT_STAYS(X, self->s, ALL);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	EXPECT_STAYS(X, self->s, ALL);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &silent));
	EXPECT_WAITS(self->s, ALL);
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
	ASSERT_TRUE(answer(self->sort, &silent));
	EXPECT_STAYS(W, self->s, ALL);
	EXPECT_EQ(0, so_error(self->s));
}

CASE(sets, refused_then_listening__except_and_read_r92)
{
	struct place to = place_loopback(self->sort, 0), local;
	SOCKET s, a;

	ASSERT_WORKS(bind(self->s, &to.sa, to.len));
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	EXPECT_STAYS(X, self->s, X);
	EXPECT_WORKS(listen(self->s, 5));
	EXPECT_STAYS(X, self->s, ALL);
	EXPECT_WAITS(self->s, R | W);
	local = place_local(self->s);
	s = make(self->sort, SOCK_STREAM);
	EXPECT_WORKS(connect_at(s, &local));
	EXPECT_STAYS(R | X, self->s, ALL);
	EXPECT_STAYS(R, self->s, R | W);
	a = accept(self->s, NULL, NULL);
	EXPECT_NE(INVALID_SOCKET, a);
	EXPECT_STAYS(X, self->s, ALL);
	/* it is the listener's, not the connection's */
	EXPECT_STAYS(W, a, ALL);
}

CASE(sets, listening__read)
{
	SOCKET s, a;

	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_WAITS(self->holder, ALL);
	EXPECT_WORKS(connect_at(self->s, &self->at));
	EXPECT_STAYS(R, self->holder, ALL);
	EXPECT_STAYS(W, self->s, ALL);
	a = accept(self->holder, NULL, NULL);
	EXPECT_NE(INVALID_SOCKET, a);
	EXPECT_WAITS(self->holder, ALL);
	/* after an attempt that succeeded, and was never looked at */
	s = make(self->sort, SOCK_STREAM);
	EXPECT_EQ(0, nonblocking(s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(s, &self->at));
	EXPECT_STAYS(W, s, ALL);
}

CASE(sets, connected__data)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octets[4];

	EXPECT_STAYS(W, s, ALL);
	EXPECT_GIVES(4, send(a, "1234", 4, 0));
	EXPECT_STAYS(R | W, s, ALL);
	EXPECT_STAYS(R, s, R | X);
	EXPECT_WAITS(s, X);
	EXPECT_GIVES(4, recv(s, octets, 4, 0));
	EXPECT_STAYS(W, s, ALL);
	EXPECT_WAITS(s, R | X);
}

CASE(sets, peer_ended__read)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;

	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_WORKS(shutdown(a, SD_SEND));
	EXPECT_STAYS(R | W, s, ALL);
	EXPECT_GIVES(1, recv(s, &octet, 1, 0));
	EXPECT_STAYS(R | W, s, ALL);
	EXPECT_GIVES(0, recv(s, &octet, 1, 0));
	EXPECT_STAYS(R, s, R | X);
	EXPECT_WAITS(s, X);
	/* both have */
	EXPECT_WORKS(shutdown(s, SD_SEND));
	EXPECT_STAYS(R | W, s, ALL);
	EXPECT_WAITS(s, X);
}

/* Only the peer's end is told. */
CASE(sets, own_end__nothing)
{
	SOCKET a, s = make_pair(self->sort, &a);

	EXPECT_WORKS(shutdown(s, SD_RECEIVE));
	EXPECT_STAYS(W, s, ALL);
	EXPECT_WAITS(s, R | X);
	EXPECT_WORKS(shutdown(s, SD_SEND));
	EXPECT_STAYS(W, s, ALL);
	EXPECT_WAITS(s, R | X);
	EXPECT_WORKS(shutdown(a, SD_SEND));
	EXPECT_STAYS(R, s, R | X);
	EXPECT_STAYS(R | W, s, ALL);
}

CASE(sets, reset__read_and_write_r191_r235)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;
	int i;

	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	for (i = 0; i < 2; i++) {
		EXPECT_STAYS(R | W, s, ALL);
		EXPECT_STAYS(R, s, R);
		EXPECT_STAYS(W, s, W);
		EXPECT_WAITS(s, X);
		EXPECT_EQ(0, so_error(s));
		EXPECT_FAILS(WSAECONNRESET, recv(s, &octet, 1, 0));
	}
}

CASE(sets, urgent__except)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet = 0;

	EXPECT_GIVES(1, send(a, "A", 1, MSG_OOB));
	EXPECT_STAYS(X, s, R | X);
	EXPECT_GIVES(1, recv(s, &octet, 1, MSG_OOB));
	EXPECT_EQ('A', octet);
	EXPECT_WAITS(s, R | X);
	/* in the stream it is data */
	EXPECT_WORKS(set_option(s, SOL_SOCKET, SO_OOBINLINE, 1));
	EXPECT_GIVES(1, send(a, "B", 1, MSG_OOB));
	EXPECT_STAYS(R, s, R | X);
	EXPECT_WAITS(s, X);
}

CASE(sets, dgram__write_r174)
{
	struct place at;
	SOCKET u = make(self->sort, SOCK_DGRAM), b = make_bound(self->sort, SOCK_DGRAM, &at);
	char octet;

	EXPECT_STAYS(W, u, ALL);
	EXPECT_WAITS(u, R | X);
	EXPECT_STAYS(W, b, ALL);
	EXPECT_GIVES(1, sendto(u, "x", 1, 0, &at.sa, at.len));
	EXPECT_STAYS(R, b, R | X);
	EXPECT_GIVES(1, recv(b, &octet, 1, 0));
	EXPECT_WAITS(b, R | X);
}

/* A datagram socket whose last send found a closed port. */
static SOCKET unreachable(const struct sort *sort)
{
	struct place at;
	SOCKET u = make(sort, SOCK_DGRAM), closed = make_bound(sort, SOCK_DGRAM, &at);

	if (closesocket(closed) || connect_at(u, &at) || send(u, "x", 1, 0) != 1)
		return INVALID_SOCKET;
	return u;
}

CASE(sets, dgram_error__read_r169_r173)
{
	SOCKET u = unreachable(self->sort);
	char octet;

	EXPECT_STAYS(R | W, u, ALL);
	EXPECT_STAYS(R, u, R | X);
	EXPECT_WAITS(u, X);
	EXPECT_FAILS(WSAECONNRESET, recv(u, &octet, 1, 0));
	EXPECT_WAITS(u, R | X);
	/* a second send does not take it */
	EXPECT_GIVES(1, send(u, "x", 1, 0));
	EXPECT_STAYS(R, u, R);
	EXPECT_GIVES(1, send(u, "x", 1, 0));
	EXPECT_STAYS(R | W, u, ALL);
	EXPECT_WAITS(u, X);
	EXPECT_FAILS(WSAECONNRESET, recv(u, &octet, 1, 0));
}

CASE(sets, dgram_error__unwanted_r170)
{
	SOCKET u = unreachable(self->sort);
	DWORD off = 0, n;

	EXPECT_STAYS(R | W, u, ALL);
	EXPECT_WORKS(WSAIoctl(u, SIO_UDP_CONNRESET, &off, sizeof(off), NULL, 0, &n, NULL, NULL));
	EXPECT_STAYS(W, u, ALL);
	EXPECT_WAITS(u, R | X);
	EXPECT_GIVES(1, send(u, "x", 1, 0));
	EXPECT_WAITS(u, R | X);
}

CASE(sets, members__once_and_in_order_r203)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct timeval zero = in_ms(0);
	fd_set w = { .fd_count = 6, .fd_array = { a, s, self->s, s, a, s } };

	EXPECT_GIVES(2, select(0, NULL, &w, NULL, &zero));
	EXPECT_EQ(2, w.fd_count);
	EXPECT_EQ(a, w.fd_array[0]);
	EXPECT_EQ(s, w.fd_array[1]);
	w = (fd_set){ .fd_count = 3, .fd_array = { self->s, s, a } };
	EXPECT_GIVES(2, select(0, NULL, &w, NULL, &zero));
	EXPECT_EQ(s, w.fd_array[0]);
	EXPECT_EQ(a, w.fd_array[1]);
}

/* One set for two questions: those stay to which either answer is yes. */
CASE(sets, members__of_one_set_twice)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct timeval zero = in_ms(0);
	fd_set both = { .fd_count = 3, .fd_array = { s, self->s, a } };

	EXPECT_GIVES(2, select(0, &both, &both, NULL, &zero));
	EXPECT_EQ(2, both.fd_count);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	ASSERT_TRUE(soon_queued(s, 1));
	both = (fd_set){ .fd_count = 2, .fd_array = { a, s } };
	EXPECT_GIVES(1, select(0, &both, NULL, &both, &zero));
	EXPECT_EQ(1, both.fd_count);
	EXPECT_EQ(s, both.fd_array[0]);
}

CASE(sets, nothing__refused_r202)
{
	struct timeval zero = in_ms(0);
	fd_set r, w, x;

	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&x);
	EXPECT_FAILS(WSAEINVAL, select(1, NULL, NULL, NULL, &zero));
	EXPECT_FAILS(WSAEINVAL, select(1, NULL, NULL, NULL, NULL));
	EXPECT_FAILS(WSAEINVAL, select(1, &r, &w, &x, &zero));
	EXPECT_FAILS(WSAEINVAL, select(1, &r, NULL, NULL, NULL));
	EXPECT_FAILS(WSAEINVAL, select(1, &r, &r, &r, NULL));
}

static int refuse(SOCKET bad, SOCKET good, int where, int code)
{
	struct timeval zero = in_ms(0);
	fd_set set[3], before[3];
	int i, ret;

	memset(set, 0xa5, sizeof(set));
	for (i = 0; i < 3; i++) {
		set[i].fd_count = 0;
		FD_SET(good, &set[i]);
	}
	FD_SET(bad, &set[where]);
	FD_SET(good + 1000000, &set[where]);
	FD_CLR(good + 1000000, &set[where]);
	memcpy(before, set, sizeof(set));
	WSASetLastError(POISON_CODE);
	ret = select(0, &set[0], &set[1], &set[2], &zero);
	return ret == SOCKET_ERROR && WSAGetLastError() == code &&
	       !memcmp(before, set, sizeof(set));
}

CASE(sets, bad_member__refused_r13_r14_r201)
{
	SOCKET a, s = make_pair(self->sort, &a), gone = make(self->sort, SOCK_STREAM);
	const SOCKET bad[] = { INVALID_SOCKET, gone, 0, 1, 2, 1 << 30, (SOCKET)-2,
			       (SOCKET)1 << 33 };
	size_t i;
	int where;

	EXPECT_WORKS(closesocket(gone));
	for (where = 0; where < 3; where++) {
		for (i = 0; i < ARRAY_SIZE(bad); i++)
			EXPECT_TRUE(refuse(bad[i], s, where, WSAENOTSOCK));
		for (i = 0; i < HOST_THINGS; i++) {
			int fd = host_open(i);

			EXPECT_TRUE(refuse(fd, s, where, WSAENOTSOCK)) {
				TH_LOG("%s", host_thing_name(i));
			}
			host_close(fd);
		}
	}
	/* closed behind the library's back */
	gone = make(self->sort, SOCK_STREAM);
	host_close((int)gone);
	EXPECT_TRUE(refuse(gone, s, 0, WSAENOTSOCK));
}

CASE(sets, bad_pointer__refused)
{
	fd_set set = just(self->s);
	struct timeval timeout = { -1, 0 };
	char *fence = host_fence();
	fd_set *cut = (fd_set *)(fence - offsetof(fd_set, fd_array[1]));
	SOCKET a, s = make_pair(self->sort, &a);

	EXPECT_FAILS(WSAEFAULT, select(0, (fd_set *)fence, NULL, NULL, NULL));
	EXPECT_FAILS(WSAEFAULT, select(0, NULL, (fd_set *)(fence - 2), NULL, NULL));
	EXPECT_FAILS(WSAEFAULT, select(0, NULL, NULL, &set, (struct timeval *)fence));
	EXPECT_FAILS(WSAEINVAL, select(0, NULL, NULL, &set, &timeout));
	timeout = (struct timeval){ 0, -1 };
	EXPECT_FAILS(WSAEINVAL, select(0, NULL, NULL, &set, &timeout));
	EXPECT_EQ(1, set.fd_count);
	/* no more of a set is touched than there are members */
	cut->fd_count = 1;
	cut->fd_array[0] = s;
	EXPECT_GIVES(1, select(0, NULL, cut, NULL, NULL));
	EXPECT_EQ(s, cut->fd_array[0]);
	cut->fd_count = 2;
	EXPECT_FAILS(WSAEFAULT, select(0, NULL, cut, NULL, NULL));
}

CASE(sets, not_started__refused_r1)
{
	fd_set set = just(self->s), before = set;

	finish();
	EXPECT_FAILS(WSANOTINITIALISED, select(0, &set, NULL, NULL, NULL));
	EXPECT_FAILS(WSANOTINITIALISED, select(0, NULL, NULL, NULL, NULL));
	EXPECT_EQ(0, memcmp(&before, &set, sizeof(set)));
	start(self->sort);
}

CASE(sets, macros__as_windows)
{
	static fd_set set;
	SOCKET s;

	FD_ZERO(&set);
	EXPECT_EQ(0, set.fd_count);
	for (s = 0; s < FD_SETSIZE + 5; s++)
		FD_SET(s + 70000, &set);
	EXPECT_EQ(FD_SETSIZE, set.fd_count);
	FD_SET(70003, &set);
	EXPECT_EQ(FD_SETSIZE, set.fd_count);
	EXPECT_EQ(1, FD_ISSET(70003, &set));
	EXPECT_EQ(1, __WSAFDIsSet(70000 + FD_SETSIZE - 1, &set));
	EXPECT_EQ(0, __WSAFDIsSet(70000 + FD_SETSIZE, &set));
	FD_CLR(70003, &set);
	EXPECT_EQ(FD_SETSIZE - 1, set.fd_count);
	EXPECT_EQ(0, FD_ISSET(70003, &set));
	EXPECT_EQ(70004, set.fd_array[3]);
	FD_CLR(70003, &set);
	EXPECT_EQ(FD_SETSIZE - 1, set.fd_count);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
