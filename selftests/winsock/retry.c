// SPDX-License-Identifier: GPL-2.0
/* After an attempt: trying again, what SO_ERROR keeps, and the life of a connection. */
#include "case.h"

#include <kselftest_harness.h>

FIXTURE(retry) {
	const struct sort *sort;
	SOCKET s;
	SOCKET holder;		/* of a port that refuses until it listens */
	struct place at;
};

SORTS(retry);

FIXTURE_SETUP(retry)
{
	host_fresh();
	host_dummies();
	host_count_sigpipe();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->holder = refused_at(self->sort, &self->at);
}

FIXTURE_TEARDOWN(retry)
{
	EXPECT_EQ(0, host_sigpipes());
	FINISH();
}

/* A nonblocking attempt that is refused. */
#define FAIL_NONBLOCKING() \
	do { \
		EXPECT_EQ(0, nonblocking(self->s, true)); \
		EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at)); \
		ASSERT_TRUE(soon_failed(self->s, WSAECONNREFUSED)); \
	} while (0)

CASE(retry, blocking__refused_then_accepted_r71_r83_r88)
{
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &self->at));
		EXPECT_EQ(0, so_error(self->s));
	}
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_WORKS(connect_at(self->s, &self->at));
	EXPECT_TRUE(has_connect_time(self->s));
	EXPECT_EQ(0, so_error(self->s));
}

CASE(retry, blocking__still_bound_r83_r93)
{
	struct place first, second;

	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &self->at));
	first = place_local(self->s);
	ASSERT_NE(0, first.len);
	EXPECT_NE(0, place_port(&first));
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_WORKS(connect_at(self->s, &self->at));
	second = place_local(self->s);
	EXPECT_EQ(place_port(&first), place_port(&second));
}

/* Refused blocking, then a live listener without blocking. */
CASE(retry, blocking__then_nonblocking_r83)
{
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &self->at));
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	EXPECT_TRUE(soon_connected(self->s));
}

CASE(retry, timed_out__then_accepted_r83)
{
	struct place silent = place_silent(self->sort, 5);

	host_sysctl("/proc/sys/net/ipv4/tcp_syn_retries", "1");
	EXPECT_FAILS(WSAETIMEDOUT, connect_at(self->s, &silent));
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_WORKS(connect_at(self->s, &self->at));
}

CASE(retry, nonblocking__starts_again_r84_r85)
{
	FAIL_NONBLOCKING();
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	ASSERT_TRUE(soon_failed(self->s, WSAECONNREFUSED));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect(self->s, &self->at.sa, self->at.len));
	ASSERT_WORKS(listen(self->holder, 5));
	host_pause(50);
	/* the listener may have come in time for the third */
	if (!has_connect_time(self->s))
		EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	EXPECT_TRUE(soon_connected(self->s));
}

/* Nobody looked at SO_ERROR in between: nothing depends on that. */
CASE(retry, nonblocking__starts_again_unseen_r84)
{
	struct place to;
	int i;

	EXPECT_EQ(0, nonblocking(self->s, true));
	for (i = 0; i < 3; i++) {
		EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
		host_pause(100);
		EXPECT_EQ(0, host_syn_sent());
	}
	to = place_silent(self->sort, 5);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	EXPECT_EQ(1, host_syn_sent());
}

CASE(retry, nonblocking__then_blocking_r84)
{
	FAIL_NONBLOCKING();
	EXPECT_EQ(0, nonblocking(self->s, false));
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &self->at));
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_WORKS(connect_at(self->s, &self->at));
	EXPECT_EQ(0, so_error(self->s));
}

CASE(retry, error__stays_when_read_r85)
{
	int i;

	FAIL_NONBLOCKING();
	for (i = 0; i < 5; i++)
		EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
}

CASE(retry, error__stays_until_success_r86_r87)
{
	struct place silent = place_silent(self->sort, 5);
	SOCKET l;

	FAIL_NONBLOCKING();
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &silent));
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
	EXPECT_REFUSES(WSAEALREADY, self->s, connect_at(self->s, &silent));
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));

	host_answer(self->sort->af == AF_INET6 && !self->sort->dual);
	l = make(self->sort, SOCK_STREAM);
	ASSERT_WORKS(bind(l, &silent.sa, silent.len));
	ASSERT_WORKS(listen(l, 5));
	ASSERT_TRUE(soon_connected(self->s));
	EXPECT_EQ(0, so_error(self->s));
}

CASE(retry, nonblocking__listen_after_r92)
{
	struct place local, to;
	SOCKET s, a;

	to = place_loopback(self->sort, 0);
	ASSERT_WORKS(bind(self->s, &to.sa, to.len));
	FAIL_NONBLOCKING();
	EXPECT_WORKS(listen(self->s, 5));
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
	local = place_local(self->s);
	s = make(self->sort, SOCK_STREAM);
	EXPECT_WORKS(connect_at(s, &local));
	a = accept(self->s, NULL, NULL);
	EXPECT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(pass_on(s, a));
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
}

CASE(retry, nonblocking__same_port_r93)
{
	struct place during, after;

	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	during = place_local(self->s);
	ASSERT_NE(0, place_port(&during));
	ASSERT_TRUE(soon_failed(self->s, WSAECONNREFUSED));
	after = place_local(self->s);
	EXPECT_EQ(place_port(&during), place_port(&after));
}

/* A failed attempt connected nothing. */
CASE(retry, nonblocking__send_after_r104)
{
	FAIL_NONBLOCKING();
	EXPECT_FAILS(WSAENOTCONN, send(self->s, "x", 1, 0));
	EXPECT_FAILS(WSAENOTCONN, send(self->s, "x", 1, 0));
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
}

CASE(retry, nonblocking__recv_after_r105)
{
	char octet;

	FAIL_NONBLOCKING();
	EXPECT_FAILS(WSAENOTCONN, recv(self->s, &octet, 1, 0));
	EXPECT_FAILS(WSAENOTCONN, recv(self->s, &octet, 1, 0));
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
}

/* What was tried on it in between does not follow the socket into its connection. */
CASE(retry, nonblocking__send_after_is_forgotten_r84_r87)
{
	char octet;
	SOCKET a;

	FAIL_NONBLOCKING();
	EXPECT_EQ(SOCKET_ERROR, send(self->s, "x", 1, 0));
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_EQ(0, nonblocking(self->s, false));
	ASSERT_WORKS(connect_at(self->s, &self->at));
	EXPECT_EQ(0, so_error(self->s));
	a = accept(self->holder, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(pass_on(self->s, a));
	EXPECT_WORKS(closesocket(a));
	EXPECT_GIVES(0, recv(self->s, &octet, 1, 0));
}

CASE(retry, connected__refuses_r94_r98)
{
	static const int hows[] = { -1, SD_SEND, SD_RECEIVE, SD_BOTH };
	struct place garbage = place_for(self->sort, "0.0.0.0", "::", 0);
	size_t i;

	garbage.sa.sa_family = 0xdead;
	for (i = 0; i < ARRAY_SIZE(hows); i++) {
		SOCKET a, s = make_pair(self->sort, &a);
		struct place local = place_local(s), peer = place_peer(s), now;

		if (hows[i] >= 0)
			EXPECT_WORKS(shutdown(s, hows[i]));
		EXPECT_CONNECT_REFUSES(WSAEISCONN, s, &peer.sa, peer.len);
		EXPECT_CONNECT_REFUSES(WSAEISCONN, s, &self->at.sa, self->at.len);
		EXPECT_CONNECT_REFUSES(WSAEISCONN, s, &garbage.sa, garbage.len);
		EXPECT_CONNECT_REFUSES(WSAEISCONN, a, &self->at.sa, self->at.len);
		now = place_local(s);
		EXPECT_TRUE(same_place(&local, &now));
		now = place_peer(s);
		EXPECT_TRUE(same_place(&peer, &now));
	}
}

CASE(retry, connected__nonblocking_origin_refuses_r94_r112)
{
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	ASSERT_TRUE(soon_connected(self->s));
	EXPECT_EQ(0, nonblocking(self->s, false));
	EXPECT_REFUSES(WSAEISCONN, self->s, connect_at(self->s, &self->at));
	EXPECT_REFUSES(WSAEISCONN, self->s, connect_at(self->s, &self->at));
}

/* The old way to wait: call until it says it is connected. */
CASE(retry, polling__by_calling_r112)
{
	struct place silent = place_silent(self->sort, 5);
	SOCKET s, l;
	int i, code = 0;

	s = make_pending(self->sort, &silent);
	EXPECT_FAILS(WSAEALREADY, connect_at(s, &silent));
	host_answer(self->sort->af == AF_INET6 && !self->sort->dual);
	l = make(self->sort, SOCK_STREAM);
	ASSERT_WORKS(bind(l, &silent.sa, silent.len));
	ASSERT_WORKS(listen(l, 5));
	for (i = 0; i < 3000; i++) {
		WSASetLastError(POISON_CODE);
		ASSERT_EQ(SOCKET_ERROR, connect_at(s, &silent));
		code = WSAGetLastError();
		if (code != WSAEALREADY)
			break;
		host_pause(10);
	}
	EXPECT_EQ(WSAEISCONN, code);
}

CASE(retry, reset__refuses_until_closed_r101_r98)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;

	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	ASSERT_TRUE(soon_reset(s));
	EXPECT_FAILS(WSAEISCONN, connect_at(s, &self->at));
	EXPECT_FAILS(WSAECONNRESET, recv(s, &octet, 1, 0));
	EXPECT_FAILS(WSAEISCONN, connect_at(s, &self->at));
	EXPECT_FAILS(WSAECONNRESET, recv(s, &octet, 1, 0));
	EXPECT_FAILS(WSAECONNRESET, send(s, "x", 1, 0));
}

CASE(retry, unconnected__shutdown_r102)
{
	EXPECT_REFUSES(WSAENOTCONN, self->s, shutdown(self->s, SD_RECEIVE));
	EXPECT_REFUSES(WSAENOTCONN, self->s, shutdown(self->s, SD_SEND));
	EXPECT_REFUSES(WSAENOTCONN, self->s, shutdown(self->s, SD_BOTH));
	EXPECT_REFUSES(WSAEINVAL, self->s, shutdown(self->s, 3));
	EXPECT_REFUSES(WSAEINVAL, self->s, shutdown(self->s, -1));
	/* bound makes no difference */
	EXPECT_REFUSES(WSAENOTCONN, self->holder, shutdown(self->holder, SD_BOTH));
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_WORKS(connect_at(self->s, &self->at));
}

CASE(retry, listening__shutdown_r103)
{
	SOCKET a;

	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_REFUSES(WSAENOTCONN, self->holder, shutdown(self->holder, SD_RECEIVE));
	EXPECT_REFUSES(WSAENOTCONN, self->holder, shutdown(self->holder, SD_SEND));
	EXPECT_REFUSES(WSAENOTCONN, self->holder, shutdown(self->holder, SD_BOTH));
	EXPECT_WORKS(connect_at(self->s, &self->at));
	a = accept(self->holder, NULL, NULL);
	EXPECT_NE(INVALID_SOCKET, a);
}

/* Neither fresh, bound nor listening; blocking, too, and without SIGPIPE (teardown). */
CASE(retry, unconnected__send_and_recv_r104_r105)
{
	struct place other;
	SOCKET all[] = { self->s, self->holder, make_listener(self->sort, &other) };
	char octets[4] = "abc";
	WSABUF buffer = { .len = 3, .buf = octets };
	DWORD n = 0xa5a5, flags = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		EXPECT_REFUSES(WSAENOTCONN, all[i], send(all[i], "x", 1, 0));
		EXPECT_REFUSES(WSAENOTCONN, all[i], sendto(all[i], "x", 1, 0, &other.sa,
							   other.len));
		EXPECT_REFUSES(WSAENOTCONN, all[i], WSASend(all[i], &buffer, 1, &n, 0, NULL, NULL));
		EXPECT_REFUSES(WSAENOTCONN, all[i], recv(all[i], octets, 3, 0));
		EXPECT_REFUSES(WSAENOTCONN, all[i], recv(all[i], octets, 3, MSG_PEEK));
		EXPECT_REFUSES(WSAENOTCONN, all[i],
			       WSARecv(all[i], &buffer, 1, &n, &flags, NULL, NULL));
	}
	EXPECT_EQ(0xa5a5U, n);
	EXPECT_STREQ("abc", octets);
}

CASE(retry, connected__sendto_ignores_address_r108)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct place garbage = self->at;
	char octets[8] = {};

	garbage.sa.sa_family = 0xdead;
	EXPECT_GIVES(1, sendto(s, "a", 1, 0, &self->at.sa, self->at.len));
	EXPECT_GIVES(1, sendto(s, "b", 1, 0, &garbage.sa, garbage.len));
	EXPECT_GIVES(1, sendto(s, "c", 1, 0, &garbage.sa, 1));
	EXPECT_GIVES(1, sendto(s, "d", 1, 0, NULL, 128));
	EXPECT_GIVES(1, sendto(s, "e", 1, 0, (struct sockaddr *)host_fence(), 16));
	EXPECT_GIVES(1, sendto(s, "f", 1, 0, &garbage.sa, -1));
	EXPECT_GIVES(6, recv(a, octets, 6, MSG_WAITALL));
	EXPECT_STREQ("abcdef", octets);
}

CASE(retry, connected__recvfrom_writes_no_address_r109)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct place from;
	char octet;

	EXPECT_GIVES(2, send(s, "ab", 2, 0));
	memset(&from, 0xa5, sizeof(from));
	EXPECT_GIVES(1, recvfrom(a, &octet, 1, 0, &from.sa, &from.len));
	EXPECT_TRUE(all_octets(&from, 0xa5, sizeof(from)));
	from.len = 1;
	EXPECT_GIVES(1, recvfrom(a, &octet, 1, 0, &from.sa, &from.len));
	EXPECT_EQ(1, from.len);
	EXPECT_EQ('b', octet);
}

CASE(retry, shut_down__send_r110)
{
	SOCKET a, s = make_pair(self->sort, &a);
	WSABUF buffer = { .len = 1, .buf = "x" };
	DWORD n = 0xa5a5;
	char octet;

	EXPECT_WORKS(shutdown(s, SD_SEND));
	EXPECT_REFUSES(WSAESHUTDOWN, s, send(s, "x", 1, 0));
	EXPECT_REFUSES(WSAESHUTDOWN, s, sendto(s, "x", 1, 0, &self->at.sa, self->at.len));
	EXPECT_REFUSES(WSAESHUTDOWN, s, WSASend(s, &buffer, 1, &n, 0, NULL, NULL));
	EXPECT_EQ(0xa5a5U, n);
	EXPECT_WORKS(shutdown(s, SD_SEND));
	/* the other direction lives, and the peer's first send too */
	EXPECT_GIVES(0, recv(a, &octet, 1, 0));
	EXPECT_TRUE(pass_on(a, s));
}

CASE(retry, shut_down__recv_r111)
{
	SOCKET a, s = make_pair(self->sort, &a);
	WSABUF buffer;
	DWORD n = 0xa5a5, flags = 0;
	char octets[4] = "abc";

	EXPECT_GIVES(1, send(a, "x", 1, 0));
	ASSERT_TRUE(soon_queued(s, 1));
	EXPECT_WORKS(shutdown(s, SD_RECEIVE));
	buffer = (WSABUF){ .len = 3, .buf = octets };
	EXPECT_FAILS(WSAESHUTDOWN, recv(s, octets, 3, 0));
	EXPECT_FAILS(WSAESHUTDOWN, recv(s, octets, 3, MSG_PEEK));
	EXPECT_FAILS(WSAESHUTDOWN, WSARecv(s, &buffer, 1, &n, &flags, NULL, NULL));
	EXPECT_STREQ("abc", octets);
	EXPECT_EQ(0xa5a5U, n);
	EXPECT_TRUE(pass_on(s, a));
}

CASE(retry, shut_down__both_r110_r111)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;

	EXPECT_WORKS(shutdown(s, SD_BOTH));
	EXPECT_FAILS(WSAESHUTDOWN, send(s, "x", 1, 0));
	EXPECT_FAILS(WSAESHUTDOWN, recv(s, &octet, 1, 0));
	EXPECT_GIVES(0, recv(a, &octet, 1, 0));
}

/* The peer's end is no failure, however often it is read. */
CASE(retry, peer_ended__recv_gives_zero)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;

	EXPECT_WORKS(shutdown(a, SD_SEND));
	EXPECT_GIVES(0, recv(s, &octet, 1, 0));
	EXPECT_GIVES(0, recv(s, &octet, 1, 0));
	EXPECT_TRUE(pass_on(s, a));
}

/* Sends into a connection the peer has reset: an error, never a signal (teardown). */
CASE(retry, reset__no_sigpipe_r104)
{
	SOCKET a, s = make_pair(self->sort, &a);
	int i;

	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	ASSERT_TRUE(soon_reset(s));
	for (i = 0; i < 3; i++)
		EXPECT_FAILS(WSAECONNRESET, send(s, "x", 1, 0));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
