// SPDX-License-Identifier: GPL-2.0
/* Names: when a socket has one, who may have which, and how they are asked for. */
#include "case.h"

#include <kselftest_harness.h>

FIXTURE(binding) {
	const struct sort *sort;
	SOCKET s;
	SOCKET u;
	struct place any;
	struct place name;
};

SORTS(binding);

FIXTURE_SETUP(binding)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->u = make(self->sort, SOCK_DGRAM);
	self->any = place_loopback(self->sort, 0);
	memset(&self->name, 0xa5, sizeof(self->name));
	self->name.len = sizeof(self->name.octets);
}

FIXTURE_TEARDOWN(binding)
{
	FINISH();
}

#define NAME_UNTOUCHED() \
	(self->name.len == sizeof(self->name.octets) && \
	 all_octets(self->name.octets, 0xa5, sizeof(self->name.octets)))

CASE(binding, getsockname__fresh_r132)
{
	SOCKET all[] = { self->s, self->u, socket(self->sort->af, SOCK_RAW, 200) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		ASSERT_NE(INVALID_SOCKET, all[i]);
		EXPECT_REFUSES(WSAEINVAL, all[i],
			       getsockname(all[i], &self->name.sa, &self->name.len));
		EXPECT_TRUE(NAME_UNTOUCHED());
		EXPECT_FAILS(WSAEINVAL, getsockname(all[i], NULL, NULL));
	}
}

CASE(binding, getpeername__fresh_r133)
{
	SOCKET all[] = { self->s, self->u, make_bound(self->sort, SOCK_DGRAM, &self->any),
			 make_listener(self->sort, &self->any) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		EXPECT_FAILS(WSAENOTCONN, getpeername(all[i], NULL, NULL));
		EXPECT_FAILS(WSAENOTCONN, getpeername(all[i], &self->name.sa, NULL));
		EXPECT_FAILS(WSAENOTCONN, getpeername(all[i], &self->name.sa, &self->name.len));
		EXPECT_TRUE(NAME_UNTOUCHED());
	}
}

CASE(binding, names__bad_room_r134_r135)
{
	SOCKET a, s = make_pair(self->sort, &a);
	int length, least = self->any.len;

	EXPECT_FAILS(WSAEFAULT, getpeername(s, NULL, &self->name.len));
	EXPECT_FAILS(WSAEFAULT, getpeername(s, &self->name.sa, NULL));
	EXPECT_FAILS(WSAEFAULT, getpeername(s, NULL, NULL));
	EXPECT_FAILS(WSAEFAULT, getsockname(s, NULL, &self->name.len));
	EXPECT_FAILS(WSAEFAULT, getsockname(s, &self->name.sa, NULL));
	EXPECT_FAILS(WSAEFAULT, getsockname(s, NULL, NULL));
	EXPECT_TRUE(NAME_UNTOUCHED());
	for (length = -1; length < least; length++) {
		self->name.len = length;
		EXPECT_FAILS(WSAEFAULT, getpeername(s, &self->name.sa, &self->name.len));
		EXPECT_EQ(length, self->name.len);
		EXPECT_FAILS(WSAEFAULT, getsockname(s, &self->name.sa, &self->name.len));
		EXPECT_EQ(length, self->name.len);
	}
	EXPECT_TRUE(all_octets(self->name.octets, 0xa5, sizeof(self->name.octets)));
	self->name.len = least;
	EXPECT_WORKS(getpeername(s, &self->name.sa, &self->name.len));
	EXPECT_EQ(least, self->name.len);
	/* no octet more than that */
	EXPECT_TRUE(all_octets(self->name.octets + least, 0xa5, sizeof(self->name.octets) - least));
	memset(self->name.octets, 0xa5, sizeof(self->name.octets));
	self->name.len = 0x7fffffff;
	EXPECT_WORKS(getsockname(s, &self->name.sa, &self->name.len));
	EXPECT_EQ(least, self->name.len);
}

CASE(binding, connect__binds_r136)
{
	struct place at, other = place_for(self->sort, "10.9.0.2", "fd09::2", 5), local;
	struct place want = place_for(self->sort, "10.9.0.1", "fd09::1", 0);

	make_listener(self->sort, &at);
	EXPECT_WORKS(connect_at(self->s, &at));
	local = place_local(self->s);
	EXPECT_NE(0, place_port(&local));
	EXPECT_TRUE(same_host(&local, &self->any));
	/* the source is the one that the route takes */
	EXPECT_WORKS(connect_at(self->u, &other));
	local = place_local(self->u);
	EXPECT_TRUE(same_host(&local, &want));
}

CASE(binding, sendto__binds_r137_r167)
{
	struct place at, local, wildcard = place_for(self->sort, "0.0.0.0", "::", 0);
	SOCKET peer = make_bound(self->sort, SOCK_DGRAM, &at), u = make(self->sort, SOCK_DGRAM);
	WSABUF buffer = { .len = 1, .buf = "x" };
	DWORD n;
	char octet;

	if (self->sort->dual)
		wildcard = place_at("::", 0);
	EXPECT_GIVES(1, sendto(self->u, "x", 1, 0, &at.sa, at.len));
	local = place_local(self->u);
	EXPECT_NE(0, place_port(&local));
	EXPECT_TRUE(same_host(&local, &wildcard));
	EXPECT_FAILS(WSAENOTCONN, getpeername(self->u, NULL, NULL));
	EXPECT_WORKS(WSASendTo(u, &buffer, 1, &n, 0, &at.sa, at.len, NULL, NULL));
	local = place_local(u);
	EXPECT_NE(0, place_port(&local));
	EXPECT_GIVES(1, recv(peer, &octet, 1, 0));
}

CASE(binding, connected_dgram__name_r138)
{
	struct place at, local;

	make_bound(self->sort, SOCK_DGRAM, &at);
	EXPECT_WORKS(connect_at(self->u, &at));
	local = place_local(self->u);
	EXPECT_NE(0, place_port(&local));
	EXPECT_TRUE(same_host(&local, &self->any));
}

CASE(binding, bind__twice_r139_r140)
{
	struct place at;
	SOCKET a, s = make_pair(self->sort, &a), l = make_listener(self->sort, &at);
	SOCKET sent = make(self->sort, SOCK_DGRAM);

	EXPECT_WORKS(bind(self->s, &self->any.sa, self->any.len));
	EXPECT_REFUSES(WSAEINVAL, self->s, bind(self->s, &self->any.sa, self->any.len));
	EXPECT_WORKS(bind(self->u, &self->any.sa, self->any.len));
	EXPECT_REFUSES(WSAEINVAL, self->u, bind(self->u, &self->any.sa, self->any.len));
	EXPECT_REFUSES(WSAEINVAL, l, bind(l, &self->any.sa, self->any.len));
	EXPECT_REFUSES(WSAEINVAL, s, bind(s, &self->any.sa, self->any.len));
	EXPECT_REFUSES(WSAEINVAL, a, bind(a, &self->any.sa, self->any.len));
	EXPECT_GIVES(1, sendto(sent, "x", 1, 0, &at.sa, at.len));
	EXPECT_REFUSES(WSAEINVAL, sent, bind(sent, &self->any.sa, self->any.len));
}

/* An attempt that failed has bound the socket too. */
CASE(binding, bind__after_failed_attempt_r140_r93)
{
	struct place at;

	refused_at(self->sort, &at);
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &at));
	EXPECT_REFUSES(WSAEINVAL, self->s, bind(self->s, &self->any.sa, self->any.len));
}

CASE(binding, bind__not_ours_r141)
{
	struct place foreign = place_for(self->sort, "203.0.113.5", "2001:db8::5", 0);

	EXPECT_REFUSES(WSAEADDRNOTAVAIL, self->s, bind(self->s, &foreign.sa, foreign.len));
	EXPECT_REFUSES(WSAEADDRNOTAVAIL, self->u, bind(self->u, &foreign.sa, foreign.len));
	EXPECT_WORKS(bind(self->s, &self->any.sa, self->any.len));
}

CASE(binding, bind__taken_r142)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		struct place at;
		SOCKET holder = make_bound(self->sort, types[i], &at);
		SOCKET s = make(self->sort, types[i]);

		EXPECT_REFUSES(WSAEADDRINUSE, s, bind(s, &at.sa, at.len));
		if (types[i] == SOCK_STREAM) {
			EXPECT_WORKS(listen(holder, 5));
			EXPECT_REFUSES(WSAEADDRINUSE, s, bind(s, &at.sa, at.len));
		}
		EXPECT_WORKS(closesocket(holder));
		EXPECT_WORKS(bind(s, &at.sa, at.len));
		EXPECT_WORKS(closesocket(s));
	}
}

CASE(binding, bind__exclusive_r143)
{
	struct place at = self->any;
	SOCKET other = make(self->sort, SOCK_STREAM);

	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1));
	EXPECT_WORKS(bind(self->s, &at.sa, at.len));
	at = place_local(self->s);
	EXPECT_WORKS(set_option(other, SOL_SOCKET, SO_REUSEADDR, 1));
	EXPECT_REFUSES(WSAEACCES, other, bind(other, &at.sa, at.len));
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_WORKS(bind(other, &at.sa, at.len));
}

/* Both share the port; the same four numbers can be had once. */
CASE(binding, connect__tuple_in_use_r144_r146)
{
	struct place at, from = self->any;
	SOCKET l = make_listener(self->sort, &at), other = make(self->sort, SOCK_STREAM), a;

	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_REUSEADDR, 1));
	EXPECT_WORKS(set_option(other, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_WORKS(bind(self->s, &from.sa, from.len));
	from = place_local(self->s);
	ASSERT_WORKS(bind(other, &from.sa, from.len));
	EXPECT_WORKS(connect_at(self->s, &at));
	EXPECT_FAILS(WSAEADDRINUSE, connect_at(other, &at));
	EXPECT_EQ(WSA_REASON_TUPLE_IN_USE, wsaconnect_last_reason(NULL, 0));
	EXPECT_EQ(0, nonblocking(other, true));
	EXPECT_FAILS(WSAEADDRINUSE, connect_at(other, &at));
	EXPECT_EQ(0, so_error(other));
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(pass_on(self->s, a));
}

/* Bound to the wildcard, the connection is found only when the source is known. */
CASE(binding, connect__tuple_in_use_by_wildcard_r144)
{
	struct place at, from = place_for(self->sort, "0.0.0.0", "::", 0);
	SOCKET other = make(self->sort, SOCK_STREAM);

	make_listener(self->sort, &at);
	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_REUSEADDR, 1));
	EXPECT_WORKS(set_option(other, SOL_SOCKET, SO_REUSEADDR, 1));
	ASSERT_WORKS(bind(self->s, &from.sa, from.len));
	from = place_local(self->s);
	ASSERT_WORKS(bind(other, &from.sa, from.len));
	EXPECT_WORKS(connect_at(self->s, &at));
	EXPECT_FAILS(WSAEADDRINUSE, connect_at(other, &at));
	/* and still goes elsewhere */
	make_listener(self->sort, &at);
	EXPECT_WORKS(connect_at(other, &at));
}

/* The server ended first: its side of the connection is what stays in TIME_WAIT. */
CASE(binding, bind__over_time_wait_r149)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a, again = make(self->sort, SOCK_STREAM), client;
	char octet;

	ASSERT_WORKS(connect_at(self->s, &at));
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_WORKS(shutdown(a, SD_SEND));
	EXPECT_GIVES(0, recv(self->s, &octet, 1, 0));
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_GIVES(0, recv(a, &octet, 1, 0));
	EXPECT_WORKS(closesocket(a));
	EXPECT_WORKS(closesocket(l));
	EXPECT_WORKS(bind(again, &at.sa, at.len));
	EXPECT_WORKS(listen(again, 5));
	client = make(self->sort, SOCK_STREAM);
	EXPECT_WORKS(connect_at(client, &at));
	/* the port is this one's now */
	EXPECT_FAILS(WSAEADDRINUSE, bind(make(self->sort, SOCK_STREAM), &at.sa, at.len));
}

/* All numbers of a small range, each once. */
CASE(binding, bind__automatic_port_is_unique_r136)
{
	struct place at[8];
	int i, j;

	host_sysctl("/proc/sys/net/ipv4/ip_local_port_range", "50000 50007");
	for (i = 0; i < 4; i++) {
		make_bound(self->sort, SOCK_STREAM, &at[i]);
		for (j = 0; j < i; j++)
			EXPECT_NE(place_port(&at[i]), place_port(&at[j]));
	}
}

CASE(binding, listen__unbound)
{
	EXPECT_REFUSES(WSAEINVAL, self->s, listen(self->s, 5));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->u, listen(self->u, 5));
	EXPECT_WORKS(bind(self->s, &self->any.sa, self->any.len));
	EXPECT_WORKS(listen(self->s, SOMAXCONN));
	EXPECT_WORKS(listen(self->s, SOMAXCONN_HINT(10)));
	EXPECT_WORKS(listen(self->s, 0));
}

CASE(binding, accept__bad_room)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a;
	int length;

	ASSERT_WORKS(connect_at(self->s, &at));
	EXPECT_NO_SOCKET(WSAEFAULT, accept(l, &self->name.sa, NULL));
	for (length = -1; length < at.len; length++) {
		self->name.len = length;
		EXPECT_NO_SOCKET(WSAEFAULT, accept(l, &self->name.sa, &self->name.len));
		EXPECT_EQ(length, self->name.len);
	}
	EXPECT_TRUE(all_octets(self->name.octets, 0xa5, sizeof(self->name.octets)));
	/* none was taken */
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(pass_on(self->s, a));
	EXPECT_NO_SOCKET(WSAEINVAL, accept(self->s, NULL, NULL));
	EXPECT_NO_SOCKET(WSAEOPNOTSUPP, accept(self->u, NULL, NULL));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
