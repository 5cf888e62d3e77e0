// SPDX-License-Identifier: GPL-2.0
/* A stream's attempt: how it starts, what may be done while it goes on, how it ends. */
#include "case.h"

#include <kselftest_harness.h>

FIXTURE(stream) {
	const struct sort *sort;
	SOCKET s;
};

SORTS(stream);

FIXTURE_SETUP(stream)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(stream)
{
	FINISH();
}

CASE(stream, blocking__accepted_r48_r136)
{
	struct place at, local, peer, loopback = place_loopback(self->sort, 0);
	SOCKET l = make_listener(self->sort, &at), a;

	EXPECT_WORKS(connect_at(self->s, &at));
	local = place_local(self->s);
	peer = place_peer(self->s);
	EXPECT_NE(0, place_port(&local));
	EXPECT_TRUE(same_host(&local, &loopback));
	EXPECT_TRUE(same_place(&peer, &at));
	EXPECT_EQ(0, so_error(self->s));
	EXPECT_TRUE(has_connect_time(self->s));
	if (self->sort->af == AF_INET)
		EXPECT_TRUE(all_octets(local.v4.sin_zero, 0, sizeof(local.v4.sin_zero)));

	memset(&peer, 0xa5, sizeof(peer));
	peer.len = sizeof(peer.octets);
	WSASetLastError(POISON_CODE);
	a = accept(l, &peer.sa, &peer.len);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_EQ(0, WSAGetLastError());
	EXPECT_TRUE(same_place(&peer, &local));
	peer = place_peer(a);
	EXPECT_TRUE(same_place(&peer, &local));
	EXPECT_TRUE(pass_on(self->s, a));
	EXPECT_TRUE(pass_on(a, self->s));
}

/* The same by connect(). */
CASE(stream, connect__accepted_r48)
{
	struct place at;

	make_listener(self->sort, &at);
	EXPECT_WORKS(connect(self->s, &at.sa, at.len));
	EXPECT_TRUE(has_connect_time(self->s));
}

/* Even where the handshake has happened before the call returns. */
CASE(stream, nonblocking__would_block_r49_r50_r112)
{
	struct place at, peer;
	SOCKET l = make_listener(self->sort, &at), a;

	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	ASSERT_TRUE(soon_connected(self->s));
	EXPECT_EQ(0, so_error(self->s));
	/* asking by calling again: never 0 */
	EXPECT_REFUSES(WSAEISCONN, self->s, connect_at(self->s, &at));
	EXPECT_REFUSES(WSAEISCONN, self->s, connect(self->s, &at.sa, at.len));
	peer = place_peer(self->s);
	EXPECT_TRUE(same_place(&peer, &at));
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(pass_on(self->s, a));
}

/* Many, for the handshake may be done at any moment. */
CASE(stream, nonblocking__never_zero_r49)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), s, a;
	int i;

	for (i = 0; i < 50; i++) {
		s = make(self->sort, SOCK_STREAM);
		EXPECT_EQ(0, nonblocking(s, true));
		EXPECT_FAILS(WSAEWOULDBLOCK, connect(s, &at.sa, at.len));
		a = accept(l, NULL, NULL);
		EXPECT_NE(INVALID_SOCKET, a);
		EXPECT_WORKS(closesocket(a));
		EXPECT_WORKS(closesocket(s));
	}
}

/* Nothing that may be called meanwhile disturbs the attempt; it still ends well. */
CASE(stream, pending__calls_r51_r52_r59_r60_r62_r63_r64_r65_r66)
{
	struct place to, other = place_silent_too(self->sort, 77), local, peer, at;
	struct place any = place_loopback(self->sort, 0);
	SOCKET s = make_pending(self->sort, &to), l, a;
	char octets[4] = "abc";
	WSABUF buffer = { .len = 3, .buf = octets };
	DWORD n = 0xa5a5, flags = 0;

	EXPECT_REFUSES(WSAEALREADY, s, connect_at(s, &to));
	EXPECT_REFUSES(WSAEALREADY, s, connect(s, &to.sa, to.len));
	EXPECT_REFUSES(WSAEALREADY, s, connect_at(s, &other));
	local = place_local(s);
	EXPECT_NE(0, place_port(&local));
	memset(&peer, 0xa5, sizeof(peer));
	peer.len = sizeof(peer.octets);
	EXPECT_WORKS(getpeername(s, &peer.sa, &peer.len));
	EXPECT_TRUE(same_place(&peer, &to));

	EXPECT_REFUSES(WSAENOTCONN, s, recv(s, octets, 3, 0));
	EXPECT_REFUSES(WSAENOTCONN, s, recv(s, octets, 3, MSG_PEEK));
	EXPECT_REFUSES(WSAENOTCONN, s, WSARecv(s, &buffer, 1, &n, &flags, NULL, NULL));
	EXPECT_REFUSES(WSAENOTCONN, s, send(s, "abc", 3, 0));
	EXPECT_REFUSES(WSAENOTCONN, s, WSASend(s, &buffer, 1, &n, 0, NULL, NULL));
	EXPECT_REFUSES(WSAENOTCONN, s, sendto(s, "abc", 3, 0, &to.sa, to.len));
	EXPECT_EQ(0xa5a5U, n);
	EXPECT_STREQ("abc", octets);
	EXPECT_REFUSES(WSAENOTCONN, s, shutdown(s, SD_RECEIVE));
	EXPECT_REFUSES(WSAENOTCONN, s, shutdown(s, SD_SEND));
	EXPECT_REFUSES(WSAENOTCONN, s, shutdown(s, SD_BOTH));
	EXPECT_REFUSES(WSAEINVAL, s, listen(s, 5));
	EXPECT_REFUSES(WSAEINVAL, s, bind(s, &any.sa, any.len));
	EXPECT_NO_SOCKET(WSAEINVAL, accept(s, NULL, NULL));
	EXPECT_FALSE(has_connect_time(s));
	EXPECT_EQ(1, host_syn_sent());

	host_answer(self->sort->af == AF_INET6 && !self->sort->dual);
	l = make(self->sort, SOCK_STREAM);
	at = to;
	ASSERT_WORKS(bind(l, &at.sa, at.len));
	ASSERT_WORKS(listen(l, 5));
	ASSERT_TRUE(soon_connected(s));
	EXPECT_EQ(0, so_error(s));
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(pass_on(s, a));
	EXPECT_TRUE(pass_on(a, s));
}

/* A blocking call on a socket whose attempt goes on does not wait either. */
CASE(stream, pending__blocking_again_r51)
{
	struct place to;
	SOCKET s = make_pending(self->sort, &to);

	EXPECT_EQ(0, nonblocking(s, false));
	EXPECT_REFUSES(WSAEALREADY, s, connect_at(s, &to));
	EXPECT_REFUSES(WSAENOTCONN, s, recv(s, (char *)&to, 3, 0));
	EXPECT_REFUSES(WSAENOTCONN, s, send(s, "abc", 3, 0));
}

CASE(stream, listening__refuses_r57)
{
	struct place at, other;
	SOCKET l = make_listener(self->sort, &at), s;

	make_listener(self->sort, &other);
	EXPECT_CONNECT_REFUSES(WSAEINVAL, l, &other.sa, other.len);
	EXPECT_CONNECT_REFUSES(WSAEINVAL, l, &at.sa, at.len);
	/* it listens still */
	s = make(self->sort, SOCK_STREAM);
	EXPECT_WORKS(connect_at(s, &at));
	EXPECT_NE(INVALID_SOCKET, accept(l, NULL, NULL));
}

CASE(stream, pending__closesocket_abandons_r67)
{
	struct place to;
	SOCKET s = make_pending(self->sort, &to);

	EXPECT_EQ(1, host_syn_sent());
	EXPECT_WORKS(closesocket(s));
	EXPECT_EQ(0, host_syn_sent());
	EXPECT_FAILS(WSAENOTSOCK, connect_at(s, &to));
}

/* SO_SNDTIMEO and SO_RCVTIMEO are for sends and receives. */
CASE(stream, blocking__send_limit_does_not_end_it_r70)
{
	struct place to = place_silent(self->sort, 5000), local;
	struct attempt attempt;
	SOCKET l;

	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_SNDTIMEO, 50));
	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_RCVTIMEO, 50));
	attempt_begin(&attempt, run_connect, self->s, &to);
	host_pause(400);
	local = place_local(self->s);
	EXPECT_NE(0, place_port(&local));
	host_answer(self->sort->af == AF_INET6 && !self->sort->dual);
	l = make(self->sort, SOCK_STREAM);
	ASSERT_WORKS(bind(l, &to.sa, to.len));
	ASSERT_WORKS(listen(l, 5));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(0, attempt.ret);
	EXPECT_EQ(0, attempt.code);
	EXPECT_EQ(50, option(self->s, SOL_SOCKET, SO_SNDTIMEO));
}

CASE(stream, blocking__refused_r71_r73_r88)
{
	struct place at;

	refused_at(self->sort, &at);
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &at));
	EXPECT_EQ(WSA_REASON_REFUSED, wsaconnect_last_reason(NULL, 0));
	EXPECT_EQ(0, so_error(self->s));
	EXPECT_FALSE(has_connect_time(self->s));
	EXPECT_FAILS(WSAENOTCONN, send(self->s, "x", 1, 0));
	EXPECT_FAILS(WSAENOTCONN, getpeername(self->s, NULL, NULL));
}

CASE(stream, nonblocking__refused_r74)
{
	struct place at;

	refused_at(self->sort, &at);
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	EXPECT_TRUE(soon_failed(self->s, WSAECONNREFUSED));
	EXPECT_FALSE(has_connect_time(self->s));
	EXPECT_FAILS(WSAENOTCONN, getpeername(self->s, NULL, NULL));
}

/* The namespace gives up after two SYNs. */
#define GIVE_UP_EARLY() host_sysctl("/proc/sys/net/ipv4/tcp_syn_retries", "1")

CASE(stream, blocking__silent_peer_r75)
{
	struct place to = place_silent(self->sort, 5000);

	GIVE_UP_EARLY();
	EXPECT_FAILS(WSAETIMEDOUT, connect_at(self->s, &to));
	EXPECT_EQ(WSA_REASON_TIMED_OUT, wsaconnect_last_reason(NULL, 0));
	EXPECT_EQ(0, so_error(self->s));
}

CASE(stream, nonblocking__silent_peer_r75_r130)
{
	struct place to = place_silent(self->sort, 5000);

	GIVE_UP_EARLY();
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	EXPECT_TRUE(soon_failed(self->s, WSAETIMEDOUT));
}

/* At once, also where it need not wait. */
#define EXPECT_AT_ONCE(code, to) \
	do { \
		struct place at_; \
		EXPECT_FAILS(code, connect_at(self->s, &(to))); \
		EXPECT_EQ(0, so_error(self->s)); \
		EXPECT_EQ(0, nonblocking(self->s, true)); \
		EXPECT_FAILS(code, connect_at(self->s, &(to))); \
		EXPECT_EQ(0, so_error(self->s)); \
		EXPECT_FALSE(has_connect_time(self->s)); \
		EXPECT_EQ(0, nonblocking(self->s, false)); \
		make_listener(self->sort, &at_); \
		EXPECT_WORKS(connect_at(self->s, &at_)); \
	} while (0)

CASE(stream, route__none_r79)
{
	struct place to = place_for(self->sort, "203.0.113.5", "2001:db8::5", 5);

	EXPECT_AT_ONCE(WSAENETUNREACH, to);
}

CASE(stream, route__prohibited_r81)
{
	struct place to = place_for(self->sort, "203.0.113.5", "2001:db8::5", 5);

	host_ip("route add prohibit 203.0.113.0/24\nroute add prohibit 2001:db8::/64\n");
	EXPECT_AT_ONCE(WSAEACCES, to);
}

CASE(stream, route__unreachable_r78)
{
	struct place to = place_for(self->sort, "203.0.113.5", "2001:db8::5", 5);

	host_ip("route add unreachable 203.0.113.0/24\nroute add unreachable 2001:db8::/64\n");
	EXPECT_AT_ONCE(WSAEHOSTUNREACH, to);
}

/* A router behind a wire says so: by IPv4 of the host, by IPv6 of the route. */
CASE(stream, icmp__unreachable_r78)
{
	int code = self->sort->af == AF_INET6 &&
	!self->sort->dual ? WSAENETUNREACH : WSAEHOSTUNREACH;
	struct place to = place_for(self->sort, "10.6.0.5", "fd06::5", 5);
	SOCKET s = make(self->sort, SOCK_STREAM);

	host_router();
	EXPECT_FAILS(code, connect_at(self->s, &to));
	EXPECT_EQ(0, so_error(self->s));
	EXPECT_EQ(0, nonblocking(s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(s, &to));
	EXPECT_TRUE(soon_failed(s, code));
}

/* Nobody answers the question for the link address. */
CASE(stream, neighbour__missing_r80)
{
	struct place to = place_for(self->sort, "10.7.0.77", "fd07::77", 5);
	SOCKET s = make(self->sort, SOCK_STREAM);

	host_router();
	EXPECT_FAILS(WSAEHOSTUNREACH, connect_at(self->s, &to));
	EXPECT_EQ(WSA_REASON_HOST_UNREACHABLE, wsaconnect_last_reason(NULL, 0));
	EXPECT_EQ(0, nonblocking(s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(s, &to));
	EXPECT_TRUE(soon_failed(s, WSAEHOSTUNREACH));
}

/* No port is left to be had. */
CASE(stream, ports__exhausted_r82_r145)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), s;
	int i, code = 0;

	host_sysctl("/proc/sys/net/ipv4/ip_local_port_range", "50000 50003");
	for (i = 0; i < 8 && !code; i++) {
		s = make(self->sort, SOCK_STREAM);
		WSASetLastError(POISON_CODE);
		if (connect_at(s, &at))
			code = WSAGetLastError();
	}
	EXPECT_EQ(5, i);
	EXPECT_TRUE(code == WSAENOBUFS || code == WSAEADDRINUSE);
	EXPECT_EQ(0, place_local(s).len);
	EXPECT_EQ(0, so_error(s));
	/* one that is given back is taken */
	EXPECT_EQ(0, nonblocking(l, true));
	host_sysctl("/proc/sys/net/ipv4/ip_local_port_range", "50000 50010");
	EXPECT_WORKS(connect_at(s, &at));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
