// SPDX-License-Identifier: GPL-2.0
/* Addresses by what they mean, to streams and to datagram sockets. */
#include "case.h"

#include <kselftest_harness.h>

FIXTURE(address) {
	const struct sort *sort;
	SOCKET s;
	SOCKET u;
};

SORTS(address);

FIXTURE_SETUP(address)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->u = make(self->sort, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(address)
{
	FINISH();
}

static bool has_ipv4(const struct sort *sort)
{
	return sort->af == AF_INET || sort->dual;
}

#define EXPECT_STREAM_REFUSES(code, ...) \
	do { \
		struct place place_ = __VA_ARGS__; \
		EXPECT_CONNECT_REFUSES(code, self->s, &place_.sa, place_.len); \
		EXPECT_EQ(0, place_local(self->s).len); \
	} while (0)

#define EXPECT_STREAM_USABLE() \
	do { \
		struct place at_; \
		make_listener(self->sort, &at_); \
		EXPECT_WORKS(connect_at(self->s, &at_)); \
	} while (0)

/* Somebody listens on the port: it is the address that is refused. */
CASE(address, stream__wildcard_r113_r114_r115)
{
	struct place at, any = place_for(self->sort, "0.0.0.0", "::", 0);
	SOCKET l = make(self->sort, SOCK_STREAM);

	ASSERT_WORKS(bind(l, &any.sa, any.len));
	ASSERT_WORKS(listen(l, 5));
	at = place_local(l);
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_for(self->sort, "0.0.0.0", "::",
							  place_port(&at)));
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_for(self->sort, "0.0.0.0", "::", 0));
	EXPECT_EQ(0, nonblocking(l, true));
	EXPECT_NO_SOCKET(WSAEWOULDBLOCK, accept(l, NULL, NULL));
	EXPECT_STREAM_USABLE();
}

CASE(address, stream__port_zero_r116)
{
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_loopback(self->sort, 0));
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_silent(self->sort, 0));
	EXPECT_STREAM_USABLE();
}

CASE(address, stream__broadcast_r119)
{
	if (has_ipv4(self->sort)) {
		EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_for(self->sort, "255.255.255.255",
								  "::", 5));
		EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_for(self->sort, "10.9.0.255", "::",
								  5));
		EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_for(self->sort, "10.8.0.255", "::",
								  5));
	} else {
		/* what IPv6 has in its place */
		EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_at("ff02::1%d0", 5));
	}
	EXPECT_STREAM_USABLE();
}

CASE(address, stream__multicast_r120)
{
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_for(self->sort, "224.0.0.1", "ff02::1", 5));
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_for(self->sort, "239.255.255.255", "ff0e::1",
							  5));
	EXPECT_STREAM_USABLE();
}

/* There is a number for it to send to, but nothing to receive with: connecting is enough. */
CASE(address, dgram__port_zero_r117)
{
	struct place to = place_loopback(self->sort, 0), local;

	EXPECT_WORKS(connect_at(self->u, &to));
	local = place_local(self->u);
	EXPECT_NE(0, place_port(&local));
}

CASE(address, dgram__sendto_port_zero_r118)
{
	struct place to = place_loopback(self->sort, 0), local;
	WSABUF buffer = { .len = 3, .buf = "abc" };
	DWORD n = 0xa5a5;

	EXPECT_GIVES(5, sendto(self->u, "hello", 5, 0, &to.sa, to.len));
	EXPECT_WORKS(WSASendTo(self->u, &buffer, 1, &n, 0, &to.sa, to.len, NULL, NULL));
	EXPECT_EQ(3U, n);
	/* the datagram has gone, as far as the program can tell: from a port */
	local = place_local(self->u);
	EXPECT_NE(0, place_port(&local));
}

CASE(address, dgram__broadcast_allowed_r122)
{
	struct place to = place_for(self->sort, "10.9.0.255", "::1", 5), peer;

	EXPECT_WORKS(set_option(self->u, SOL_SOCKET, SO_BROADCAST, 1));
	EXPECT_WORKS(connect_at(self->u, &to));
	peer = place_peer(self->u);
	EXPECT_TRUE(same_place(&peer, &to));
	if (has_ipv4(self->sort))
		EXPECT_GIVES(1, send(self->u, "x", 1, 0));
	/* all ones wants a way out */
	host_ip("route add default dev d0\n");
	to = place_for(self->sort, "255.255.255.255", "::1", 5);
	EXPECT_WORKS(connect_at(self->u, &to));
}

CASE(address, dgram__multicast_r123)
{
	struct place to = place_for(self->sort, "224.0.0.5", "ff02::5%d0", 5), peer;

	host_ip("route add 224.0.0.0/4 dev d0\n");
	EXPECT_EQ(0, option(self->u, SOL_SOCKET, SO_BROADCAST));
	EXPECT_WORKS(connect_at(self->u, &to));
	peer = place_peer(self->u);
	EXPECT_EQ(place_port(&peer), place_port(&to));
	EXPECT_GIVES(1, send(self->u, "x", 1, 0));
}

/* IPV6_V6ONLY starts on, and reads so on a socket that has no IPv6. */
CASE(address, v6only__default_r124_r126)
{
	SOCKET s = socket(self->sort->af, SOCK_STREAM, 0);
	SOCKET u = socket(self->sort->af, SOCK_DGRAM, 0);

	EXPECT_EQ(1, option(s, IPPROTO_IPV6, IPV6_V6ONLY));
	EXPECT_EQ(1, option(u, IPPROTO_IPV6, IPV6_V6ONLY));
	EXPECT_EQ(0, WSAGetLastError());
}

/*
 * Bound to the loopback interface's address, and sent elsewhere. Only IPv4 looks at that before
 * it sends; by IPv6 it is an attempt that nobody answers.
 */
CASE(address, stream__source_cannot_reach_r129)
{
	struct place from = place_loopback(self->sort, 0), to = place_silent(self->sort, 5);
	int code = has_ipv4(self->sort) ? WSAEADDRNOTAVAIL : WSAEWOULDBLOCK;

	ASSERT_WORKS(bind(self->s, &from.sa, from.len));
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(code, connect_at(self->s, &to));
	EXPECT_EQ(0, so_error(self->s));
}

/* What only IPv6 sockets know. */
FIXTURE(ipv6) {
	const struct sort *sort;
	SOCKET s;
	SOCKET u;
};

IPV6_SORTS(ipv6);

FIXTURE_SETUP(ipv6)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->u = make(self->sort, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(ipv6)
{
	FINISH();
}

CASE(ipv6, v6only__excludes_mapped_r124)
{
	struct sort v4 = { .af = AF_INET };
	struct place at, mapped;

	make_listener(&v4, &at);
	mapped = place_at("::ffff:127.0.0.1", place_port(&at));
	EXPECT_EQ(0, set_option(self->s, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	EXPECT_EQ(0, set_option(self->u, IPPROTO_IPV6, IPV6_V6ONLY, 1));
	EXPECT_CONNECT_REFUSES(WSAENETUNREACH, self->s, &mapped.sa, mapped.len);
	EXPECT_CONNECT_REFUSES(WSAENETUNREACH, self->u, &mapped.sa, mapped.len);
	EXPECT_WORKS(set_option(self->s, IPPROTO_IPV6, IPV6_V6ONLY, 0));
	EXPECT_WORKS(connect_at(self->s, &mapped));
}

/* d0 is the only interface that could be meant. */
CASE(ipv6, link_local__one_candidate_r127)
{
	struct place to = place_at("fe80::77", 5), peer;

	host_ip("link set d1 down\n");
	EXPECT_WORKS(connect_at(self->u, &to));
	peer = place_peer(self->u);
	EXPECT_EQ(host_interface("d0"), peer.v6.sin6_scope_id);
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	EXPECT_EQ(1, host_syn_sent());
}

CASE(ipv6, link_local__bind_without_scope_r127)
{
	struct place here = place_at("fe80::99", 0), local;

	host_ip("addr add fe80::99/64 dev d0 nodad\n");
	EXPECT_WORKS(bind(self->s, &here.sa, here.len));
	local = place_local(self->s);
	EXPECT_EQ(host_interface("d0"), local.v6.sin6_scope_id);
}

CASE(ipv6, link_local__no_such_scope_r128)
{
	struct place to = place_at("fe80::77", 5), at;

	to.v6.sin6_scope_id = 9999;
	EXPECT_REFUSES(WSAEADDRNOTAVAIL, self->u, bind(self->u, &to.sa, to.len));
	EXPECT_CONNECT_REFUSES(WSAEADDRNOTAVAIL, self->s, &to.sa, to.len);
	EXPECT_CONNECT_REFUSES(WSAEADDRNOTAVAIL, self->u, &to.sa, to.len);
	EXPECT_REFUSES(WSAEADDRNOTAVAIL, self->s, bind(self->s, &to.sa, to.len));
	to.v6.sin6_scope_id = 0;	/* d0 or d1: nobody can tell */
	EXPECT_CONNECT_REFUSES(WSAEADDRNOTAVAIL, self->s, &to.sa, to.len);
	EXPECT_EQ(0, place_local(self->s).len);
	make_listener(self->sort, &at);
	EXPECT_WORKS(connect_at(self->s, &at));
}

/* What only those know that reach IPv4 too. */
FIXTURE(mapped) {
	const struct sort *sort;
	SOCKET s;
};

DUAL_SORTS(mapped);

FIXTURE_SETUP(mapped)
{
	host_fresh();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(mapped)
{
	FINISH();
}

CASE(mapped, stream__wildcards_r114_r115)
{
	struct place any = place_at("::", 0), at;
	SOCKET l = make(self->sort, SOCK_STREAM);

	ASSERT_WORKS(bind(l, &any.sa, any.len));
	ASSERT_WORKS(listen(l, 5));
	at = place_local(l);
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_at("::", place_port(&at)));
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_at("::ffff:0.0.0.0", place_port(&at)));
	EXPECT_STREAM_REFUSES(WSAEADDRNOTAVAIL, place_at("::ffff:0.0.0.0", 0));
	EXPECT_STREAM_USABLE();
}

CASE(mapped, dual__names_r125)
{
	struct sort v4 = { .af = AF_INET };
	struct place at, local, peer;
	SOCKET l = make_listener(&v4, &at), a;

	at = place_at("::ffff:127.0.0.1", place_port(&at));
	EXPECT_WORKS(connect_at(self->s, &at));
	peer = place_peer(self->s);
	local = place_local(self->s);
	EXPECT_TRUE(same_place(&peer, &at));
	EXPECT_EQ(AF_INET6, local.sa.sa_family);
	EXPECT_TRUE(IN6_IS_ADDR_V4MAPPED(&local.v6.sin6_addr));
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_EQ(AF_INET, place_peer(a).sa.sa_family);
	EXPECT_TRUE(pass_on(self->s, a));
}

/* The row on which page and Windows differ. */
FIXTURE(broadcast) {
	SOCKET u;
	bool windows;
	struct place to;
};

DOORS_AND_MODES(broadcast);

FIXTURE_SETUP(broadcast)
{
	host_fresh();
	host_dummies();
	start(&variant->sort);
	self->windows = !strcmp(variant->sort.compat, "windows");
	self->u = make(&variant->sort, SOCK_DGRAM);
	self->to = place_at("10.9.0.255", 5);
}

FIXTURE_TEARDOWN(broadcast)
{
	FINISH();
}

CASE(broadcast, dgram__not_allowed_r121)
{
	if (!self->windows) {
		EXPECT_CONNECT_REFUSES(WSAEACCES, self->u, &self->to.sa, self->to.len);
		EXPECT_EQ(WSA_REASON_SO_BROADCAST, wsaconnect_last_reason(NULL, 0));
		EXPECT_EQ(0, place_local(self->u).len);
		EXPECT_WORKS(set_option(self->u, SOL_SOCKET, SO_BROADCAST, 1));
		EXPECT_WORKS(connect_at(self->u, &self->to));
		return;
	}
	EXPECT_WORKS(connect_at(self->u, &self->to));
	EXPECT_EQ(0, option(self->u, SOL_SOCKET, SO_BROADCAST));
}

/* Windows sends to where it has let the socket connect. */
CASE(broadcast, dgram__send_after_r121)
{
	if (!self->windows) {
		EXPECT_FAILS(WSAEACCES, connect_at(self->u, &self->to));
		EXPECT_FAILS(WSAENOTCONN, send(self->u, "x", 1, 0));
		return;
	}
	ASSERT_WORKS(connect_at(self->u, &self->to));
	EXPECT_GIVES(1, send(self->u, "x", 1, 0));
	EXPECT_EQ(0, option(self->u, SOL_SOCKET, SO_BROADCAST));
}

/* sendto() asks for permission in either mode, and the option works at once. */
CASE(broadcast, dgram__sendto_r121_r185)
{
	if (self->windows)
		EXPECT_WORKS(connect_at(self->u, &self->to));
	EXPECT_FAILS(WSAEACCES, sendto(self->u, "x", 1, 0, &self->to.sa, self->to.len));
	EXPECT_WORKS(set_option(self->u, SOL_SOCKET, SO_BROADCAST, 1));
	EXPECT_GIVES(1, sendto(self->u, "x", 1, 0, &self->to.sa, self->to.len));
	EXPECT_WORKS(set_option(self->u, SOL_SOCKET, SO_BROADCAST, 0));
	EXPECT_FAILS(WSAEACCES, sendto(self->u, "x", 1, 0, &self->to.sa, self->to.len));
}

/* Rows that name two sides and are not switched: the same in either mode. */
CASE(broadcast, dgram__rows_that_stay_r153_r160)
{
	struct place any = place_at("0.0.0.0", 5), at;
	SOCKET u = make_bound(&variant->sort, SOCK_DGRAM, &at);
	char octet;

	EXPECT_CONNECT_REFUSES(WSAEADDRNOTAVAIL, self->u, &any.sa, any.len);
	EXPECT_EQ(0, nonblocking(u, true));
	EXPECT_REFUSES(WSAEWOULDBLOCK, u, recv(u, &octet, 1, 0));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
