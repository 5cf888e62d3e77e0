// SPDX-License-Identifier: GPL-2.0
/* Datagram sockets: a default destination, what arrives, what is told of what did not. */
#include "case.h"

#include <kselftest_harness.h>

FIXTURE(dgram) {
	const struct sort *sort;
	SOCKET u;		/* fresh */
	SOCKET a, b;		/* two peers, bound */
	struct place at_a, at_b, here;
	SOCKET mine;		/* bound */
};

SORTS(dgram);

FIXTURE_SETUP(dgram)
{
	host_fresh();
	host_dummies();
	host_count_sigpipe();
	self->sort = &variant->sort;
	start(self->sort);
	self->u = make(self->sort, SOCK_DGRAM);
	self->a = make_bound(self->sort, SOCK_DGRAM, &self->at_a);
	self->b = make_bound(self->sort, SOCK_DGRAM, &self->at_b);
	self->mine = make_bound(self->sort, SOCK_DGRAM, &self->here);
}

FIXTURE_TEARDOWN(dgram)
{
	EXPECT_EQ(0, host_sigpipes());
	FINISH();
}

#define POST(from, text) \
	ASSERT_EQ((int)strlen(text), \
		  sendto(from, text, strlen(text), 0, &self->here.sa, self->here.len))

#define EXPECT_TEXT(text, s) \
	do { \
		char got_[32] = {}; \
		EXPECT_GIVES((int)strlen(text), recv(s, got_, sizeof(got_) - 1, 0)); \
		EXPECT_STREQ(text, got_); \
	} while (0)

#define EXPECT_EMPTY(s) \
	do { \
		char got_[32]; \
		EXPECT_EQ(0, nonblocking(s, true)); \
		EXPECT_FAILS(WSAEWOULDBLOCK, recv(s, got_, sizeof(got_), 0)); \
		EXPECT_EQ(0, nonblocking(s, false)); \
	} while (0)

CASE(dgram, connect__at_once_r150)
{
	struct place peer, local, silent = place_silent(self->sort, 5);

	EXPECT_WORKS(connect_at(self->u, &self->at_a));
	peer = place_peer(self->u);
	EXPECT_TRUE(same_place(&peer, &self->at_a));
	local = place_local(self->u);
	EXPECT_NE(0, place_port(&local));
	EXPECT_GIVES(5, send(self->u, "hello", 5, 0));
	EXPECT_TEXT("hello", self->a);
	/* non-blocking, and whoever is there */
	EXPECT_EQ(0, nonblocking(self->u, true));
	EXPECT_WORKS(connect_at(self->u, &silent));
	EXPECT_WORKS(connect(self->u, &self->at_b.sa, self->at_b.len));
}

CASE(dgram, never_connected__send_r151_r155)
{
	WSABUF buffer = { .len = 1, .buf = "x" };
	DWORD n = 0xa5a5;

	EXPECT_REFUSES(WSAENOTCONN, self->u, send(self->u, "x", 1, 0));
	EXPECT_REFUSES(WSAENOTCONN, self->u, WSASend(self->u, &buffer, 1, &n, 0, NULL, NULL));
	EXPECT_REFUSES(WSAENOTCONN, self->u, sendto(self->u, "x", 1, 0, NULL, 0));
	EXPECT_REFUSES(WSAENOTCONN, self->mine, send(self->mine, "x", 1, 0));
	EXPECT_REFUSES(WSAENOTCONN, self->mine, WSASend(self->mine, &buffer, 1, &n, 0, NULL, NULL));
	EXPECT_EQ(0xa5a5U, n);
	EXPECT_EQ(0, place_local(self->u).len);
}

CASE(dgram, never_bound__recv_r152)
{
	struct place from;
	char octets[4] = "abc";
	WSABUF buffer = { .len = 3, .buf = octets };
	DWORD n = 0xa5a5, flags = 0;

	memset(&from, 0xa5, sizeof(from));
	from.len = sizeof(from.octets);
	EXPECT_REFUSES(WSAEINVAL, self->u, recv(self->u, octets, 3, 0));
	EXPECT_REFUSES(WSAEINVAL, self->u, recvfrom(self->u, octets, 3, 0, &from.sa, &from.len));
	EXPECT_REFUSES(WSAEINVAL, self->u, WSARecv(self->u, &buffer, 1, &n, &flags, NULL, NULL));
	EXPECT_EQ((int)sizeof(from.octets), from.len);
	EXPECT_TRUE(all_octets(from.octets, 0xa5, sizeof(from.octets)));
	EXPECT_STREQ("abc", octets);
	EXPECT_EQ(0xa5a5U, n);
	/* a send binds it, and then it may receive */
	EXPECT_GIVES(1, sendto(self->u, "x", 1, 0, &self->at_a.sa, self->at_a.len));
	EXPECT_EMPTY(self->u);
}

CASE(dgram, bound__recv_r153_r154)
{
	struct place from = { .len = sizeof(from.octets) };
	char octets[8] = {};

	EXPECT_EMPTY(self->mine);
	POST(self->a, "one");
	POST(self->b, "two");
	EXPECT_TEXT("one", self->mine);
	EXPECT_GIVES(3, recvfrom(self->mine, octets, 8, 0, &from.sa, &from.len));
	EXPECT_STREQ("two", octets);
	EXPECT_TRUE(same_place(&from, &self->at_b));
}

CASE(dgram, connect__same_keeps_queue_r156)
{
	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	POST(self->a, "one");
	ASSERT_TRUE(soon_queued(self->mine, 3));
	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	EXPECT_TEXT("one", self->mine);
}

CASE(dgram, connect__other_discards_queue_r157)
{
	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	POST(self->a, "one");
	POST(self->a, "more");
	ASSERT_TRUE(soon_queued(self->mine, 3));
	EXPECT_WORKS(connect_at(self->mine, &self->at_b));
	EXPECT_EQ(0, queued(self->mine));
	EXPECT_EMPTY(self->mine);
	POST(self->b, "new");
	EXPECT_TEXT("new", self->mine);
}

/* The connect that fails has discarded nothing. */
CASE(dgram, connect__refused_keeps_queue_r157)
{
	struct place unreachable = place_for(self->sort, "203.0.113.5", "2001:db8::5", 5), peer;
	struct place any = place_for(self->sort, "0.0.0.0", "::", 5);

	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	POST(self->a, "one");
	ASSERT_TRUE(soon_queued(self->mine, 3));
	EXPECT_REFUSES(WSAEADDRNOTAVAIL, self->mine, connect_at(self->mine, &any));
	EXPECT_REFUSES(WSAEFAULT, self->mine, connect(self->mine, &self->at_b.sa, 15));
	EXPECT_FAILS(WSAENETUNREACH, connect_at(self->mine, &unreachable));
	peer = place_peer(self->mine);
	EXPECT_TRUE(same_place(&peer, &self->at_a));
	EXPECT_TEXT("one", self->mine);
	EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
}

/* Forgotten by the two spellings of nothing, blocking or not. */
CASE(dgram, forget__spellings_r158_r159)
{
	struct place unspec = { .len = 16 }, zero = place_for(self->sort, "0.0.0.0", "::", 0);
	struct place all[] = { unspec, unspec, zero };
	size_t i;

	if (self->sort->dual)
		zero = place_at("::", 0);
	all[1].len = self->at_a.len;
	all[2] = zero;
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		EXPECT_WORKS(connect_at(self->mine, &self->at_a));
		EXPECT_NE(0, place_peer(self->mine).len);
		EXPECT_WORKS(connect_at(self->mine, &all[i]));
		EXPECT_FAILS(WSAENOTCONN, getpeername(self->mine, NULL, NULL));
		EXPECT_WORKS(connect(self->mine, &self->at_a.sa, self->at_a.len));
		EXPECT_EQ(0, nonblocking(self->mine, true));
		EXPECT_WORKS(connect(self->mine, &all[i].sa, all[i].len));
		EXPECT_EQ(0, nonblocking(self->mine, false));
		EXPECT_FAILS(WSAENOTCONN, getpeername(self->mine, NULL, NULL));
	}
}

CASE(dgram, forget__wildcard_with_port_does_not_r160)
{
	struct place any = place_for(self->sort, "0.0.0.0", "::", 5), peer;

	EXPECT_CONNECT_REFUSES(WSAEADDRNOTAVAIL, self->u, &any.sa, any.len);
	EXPECT_EQ(0, place_local(self->u).len);
	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	EXPECT_CONNECT_REFUSES(WSAEADDRNOTAVAIL, self->mine, &any.sa, any.len);
	peer = place_peer(self->mine);
	EXPECT_TRUE(same_place(&peer, &self->at_a));
}

CASE(dgram, forget__nothing_to_forget_r161)
{
	struct place unspec = { .len = 16 };

	EXPECT_WORKS(connect_at(self->u, &unspec));
	EXPECT_WORKS(connect_at(self->mine, &unspec));
	EXPECT_FAILS(WSAENOTCONN, getpeername(self->u, NULL, NULL));
	POST(self->a, "one");
	EXPECT_TEXT("one", self->mine);
}

CASE(dgram, forgotten__calls_r162_r163_r164)
{
	struct place unspec = { .len = 16 }, local;
	char octets[8] = {};

	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	POST(self->a, "old");
	ASSERT_TRUE(soon_queued(self->mine, 3));
	EXPECT_WORKS(connect_at(self->mine, &unspec));
	EXPECT_FAILS(WSAENOTCONN, send(self->mine, "x", 1, 0));
	EXPECT_FAILS(WSAENOTCONN, WSASend(self->mine, &(WSABUF){ 1, octets }, 1, &(DWORD){ 0 }, 0,
					  NULL, NULL));
	EXPECT_EMPTY(self->mine);
	local = place_local(self->mine);
	EXPECT_TRUE(same_place(&local, &self->here));
	EXPECT_GIVES(3, sendto(self->mine, "abc", 3, 0, &self->at_b.sa, self->at_b.len));
	EXPECT_TEXT("abc", self->b);
	POST(self->b, "new");
	EXPECT_TEXT("new", self->mine);
}

/* The port that connect chose stays, too. */
CASE(dgram, forgotten__automatic_port_stays_r164)
{
	struct place unspec = { .len = 16 }, before, after;

	EXPECT_WORKS(connect_at(self->u, &self->at_a));
	before = place_local(self->u);
	EXPECT_WORKS(connect_at(self->u, &unspec));
	after = place_local(self->u);
	EXPECT_NE(0, place_port(&before));
	EXPECT_EQ(place_port(&before), place_port(&after));
	/* somebody who knows it reaches it still */
	EXPECT_GIVES(1, sendto(self->a, "x", 1, 0, &before.sa, before.len));
	EXPECT_TEXT("x", self->u);
}

CASE(dgram, connected__filters_r165)
{
	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	POST(self->b, "stranger");
	POST(self->a, "friend");
	EXPECT_TEXT("friend", self->mine);
	EXPECT_EMPTY(self->mine);
}

CASE(dgram, connected__sendto_other_r166)
{
	struct place peer;

	EXPECT_WORKS(connect_at(self->mine, &self->at_a));
	EXPECT_GIVES(3, sendto(self->mine, "abc", 3, 0, &self->at_b.sa, self->at_b.len));
	EXPECT_TEXT("abc", self->b);
	peer = place_peer(self->mine);
	EXPECT_TRUE(same_place(&peer, &self->at_a));
	EXPECT_GIVES(3, send(self->mine, "def", 3, 0));
	EXPECT_TEXT("def", self->a);
}

CASE(dgram, unconnected__sendto_does_not_connect_r167)
{
	EXPECT_GIVES(1, sendto(self->mine, "x", 1, 0, &self->at_a.sa, self->at_a.len));
	EXPECT_FAILS(WSAENOTCONN, getpeername(self->mine, NULL, NULL));
	EXPECT_FAILS(WSAENOTCONN, send(self->mine, "x", 1, 0));
}

/* A port nobody has. */
#define CONNECT_TO_CLOSED() \
	do { \
		EXPECT_WORKS(closesocket(self->a)); \
		EXPECT_WORKS(connect_at(self->mine, &self->at_a)); \
	} while (0)

CASE(dgram, closed_port__sends_succeed_r168)
{
	WSABUF buffer = { .len = 1, .buf = "x" };
	DWORD n;
	int i;

	CONNECT_TO_CLOSED();
	for (i = 0; i < 10; i++) {
		EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
		EXPECT_WORKS(WSASend(self->mine, &buffer, 1, &n, 0, NULL, NULL));
		EXPECT_GIVES(1, sendto(self->mine, "x", 1, 0, &self->at_a.sa, self->at_a.len));
	}
}

CASE(dgram, closed_port__recv_tells_once_r169)
{
	char octet;
	int i;

	for (i = 0; i < 3; i++) {
		if (!i)
			CONNECT_TO_CLOSED();
		EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
		EXPECT_FAILS(WSAECONNRESET, recv(self->mine, &octet, 1, 0));
		EXPECT_EMPTY(self->mine);
	}
	/* also when a send came first */
	EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
	EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
	EXPECT_FAILS(WSAECONNRESET, recv(self->mine, &octet, 1, 0));
}

CASE(dgram, closed_port__not_wanted_r170)
{
	BOOL wanted = FALSE;
	DWORD n = 0xa5a5;

	CONNECT_TO_CLOSED();
	EXPECT_WORKS(WSAIoctl(self->mine, SIO_UDP_CONNRESET, &wanted, sizeof(wanted), NULL, 0, &n,
			      NULL, NULL));
	EXPECT_EQ(0U, n);
	EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
	EXPECT_EMPTY(self->mine);
	EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
	EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
	EXPECT_EMPTY(self->mine);
	wanted = TRUE;
	EXPECT_WORKS(WSAIoctl(self->mine, SIO_UDP_CONNRESET, &wanted, sizeof(wanted), NULL, 0, &n,
			      NULL, NULL));
	EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
	EXPECT_FAILS(WSAECONNRESET, recv(self->mine, (char *)&n, 1, 0));
}

/* Windows tells who has no destination, too. */
CASE(dgram, closed_port__told_without_destination_r172_r173)
{
	struct timeval soon = { 10, 0 };
	fd_set readable = { .fd_count = 1, .fd_array = { self->mine } };
	char octet;

	EXPECT_WORKS(closesocket(self->a));
	EXPECT_GIVES(1, sendto(self->mine, "x", 1, 0, &self->at_a.sa, self->at_a.len));
	EXPECT_GIVES(1, select(0, &readable, NULL, NULL, &soon));
	EXPECT_FAILS(WSAECONNRESET, recv(self->mine, &octet, 1, 0));
	EXPECT_EMPTY(self->mine);
	/* who sends to many learns of one, and hears the others */
	EXPECT_GIVES(1, sendto(self->mine, "x", 1, 0, &self->at_a.sa, self->at_a.len));
	EXPECT_GIVES(1, sendto(self->mine, "y", 1, 0, &self->at_b.sa, self->at_b.len));
	POST(self->b, "new");
	EXPECT_FAILS(WSAECONNRESET, recv(self->mine, &octet, 1, 0));
	EXPECT_TEXT("new", self->mine);
	EXPECT_TEXT("y", self->b);
}

CASE(dgram, closed_port__not_wanted_without_destination_r170_r172)
{
	BOOL wanted = FALSE;
	DWORD n;

	EXPECT_WORKS(closesocket(self->a));
	EXPECT_WORKS(WSAIoctl(self->mine, SIO_UDP_CONNRESET, &wanted, sizeof(wanted), NULL, 0, &n,
			      NULL, NULL));
	EXPECT_GIVES(1, sendto(self->mine, "x", 1, 0, &self->at_a.sa, self->at_a.len));
	EXPECT_EMPTY(self->mine);
}

/* The router's answer; without a destination, and with one. */
CASE(dgram, network_unreachable__told_r171)
{
	struct timeval soon = { 10, 0 };
	BOOL wanted = FALSE;
	struct place far;
	fd_set readable;
	char octet;
	SOCKET s;
	DWORD n;
	int i;

	host_router();
	far = place_for(self->sort, "10.6.0.1", "fd06::1", 9);
	s = make(self->sort, SOCK_DGRAM);
	for (i = 0; i < 2; i++) {
		EXPECT_GIVES(1, sendto(s, "x", 1, 0, &far.sa, far.len));
		readable = (fd_set){ .fd_count = 1, .fd_array = { s } };
		EXPECT_GIVES(1, select(0, &readable, NULL, NULL, &soon));
		EXPECT_FAILS(WSAENETRESET, recv(s, &octet, 1, 0));
		EXPECT_EMPTY(s);
		EXPECT_WORKS(connect_at(s, &far));
	}
	EXPECT_WORKS(WSAIoctl(s, SIO_UDP_NETRESET, &wanted, sizeof(wanted), NULL, 0, &n,
			      NULL, NULL));
	EXPECT_GIVES(1, sendto(s, "x", 1, 0, &far.sa, far.len));
	EXPECT_EMPTY(s);
}

/* An error of the old destination is not the new one's. */
CASE(dgram, closed_port__error_goes_with_destination_r157_r169)
{
	CONNECT_TO_CLOSED();
	EXPECT_GIVES(1, send(self->mine, "x", 1, 0));
	EXPECT_WORKS(connect_at(self->mine, &self->at_b));
	EXPECT_EMPTY(self->mine);
	POST(self->b, "new");
	EXPECT_TEXT("new", self->mine);
}

CASE(dgram, connect_time__never_r178)
{
	DWORD seconds = 0xa5a5;
	int len = sizeof(seconds);

	EXPECT_WORKS(getsockopt(self->u, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &len));
	EXPECT_EQ(0xffffffff, seconds);
	EXPECT_WORKS(connect_at(self->u, &self->at_a));
	seconds = 0xa5a5;
	EXPECT_WORKS(getsockopt(self->u, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &len));
	EXPECT_EQ(0xffffffff, seconds);
}

/* Neither destination nor port is needed for it. */
CASE(dgram, shutdown__receive_r179)
{
	struct place from = { .len = sizeof(from.octets) };
	char octet = 'p';
	SOCKET all[] = { self->u, self->mine };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		EXPECT_WORKS(shutdown(all[i], SD_RECEIVE));
		EXPECT_FAILS(WSAESHUTDOWN, recvfrom(all[i], &octet, 1, 0, &from.sa, &from.len));
		EXPECT_FAILS(WSAESHUTDOWN, recv(all[i], &octet, 1, 0));
		EXPECT_WORKS(shutdown(all[i], SD_RECEIVE));
		EXPECT_EQ('p', octet);
		/* sending is another thing */
		EXPECT_GIVES(1, sendto(all[i], "x", 1, 0, &self->at_a.sa, self->at_a.len));
	}
}

CASE(dgram, shutdown__send_r180)
{
	SOCKET all[] = { self->u, self->mine };
	WSABUF buffer = { .len = 1, .buf = "x" };
	DWORD n = 0xa5a5;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		EXPECT_WORKS(shutdown(all[i], SD_SEND));
		EXPECT_WORKS(shutdown(all[i], SD_SEND));
		EXPECT_FAILS(WSAESHUTDOWN, sendto(all[i], "x", 1, 0, &self->at_a.sa,
						  self->at_a.len));
		EXPECT_FAILS(WSAESHUTDOWN, WSASendTo(all[i], &buffer, 1, &n, 0, &self->at_a.sa,
						     self->at_a.len, NULL, NULL));
	}
	EXPECT_EQ(0xa5a5U, n);
	POST(self->a, "in");
	EXPECT_TEXT("in", self->mine);
}

CASE(dgram, recv__shorter_than_datagram_r183)
{
	char octets[8], more[4];
	WSABUF buffers[2] = { { .len = 2, .buf = octets }, { .len = 1, .buf = more } };
	struct place from = { .len = sizeof(from.octets) };
	DWORD n = 0xa5a5, flags = 0;

	memset(octets, 0xa5, sizeof(octets));
	POST(self->a, "abcdef");
	POST(self->a, "ghijkl");
	POST(self->a, "mnopqr");
	POST(self->a, "last");
	EXPECT_FAILS(WSAEMSGSIZE, recv(self->mine, octets, 3, 0));
	EXPECT_EQ(0, memcmp(octets, "abc\xa5\xa5", 5));
	EXPECT_FAILS(WSAEMSGSIZE, recvfrom(self->mine, octets, 3, 0, &from.sa, &from.len));
	EXPECT_EQ(0, memcmp(octets, "ghi", 3));
	EXPECT_TRUE(same_place(&from, &self->at_a));
	EXPECT_FAILS(WSAEMSGSIZE, WSARecv(self->mine, buffers, 2, &n, &flags, NULL, NULL));
	EXPECT_EQ(0, memcmp(octets, "mn", 2));
	EXPECT_EQ('o', more[0]);
	/* consumed each time */
	EXPECT_TEXT("last", self->mine);
	EXPECT_EMPTY(self->mine);
	/* a look does not consume */
	POST(self->a, "abcdef");
	EXPECT_FAILS(WSAEMSGSIZE, recv(self->mine, octets, 3, MSG_PEEK));
	EXPECT_TEXT("abcdef", self->mine);
	/* just enough room is enough, and none for nothing */
	POST(self->a, "abc");
	EXPECT_GIVES(3, recv(self->mine, octets, 3, 0));
	EXPECT_GIVES(0, sendto(self->a, "", 0, 0, &self->here.sa, self->here.len));
	EXPECT_GIVES(0, recv(self->mine, octets, 3, 0));
}

CASE(dgram, recvfrom__bad_room)
{
	struct place from;
	char octets[4] = "abc";
	int length;

	POST(self->a, "one");
	memset(&from, 0xa5, sizeof(from));
	for (length = -1; length < self->at_a.len; length++) {
		from.len = length;
		EXPECT_FAILS(WSAEFAULT, recvfrom(self->mine, octets, 3, 0, &from.sa, &from.len));
		EXPECT_EQ(length, from.len);
	}
	EXPECT_FAILS(WSAEFAULT, recvfrom(self->mine, octets, 3, 0, &from.sa, NULL));
	EXPECT_TRUE(all_octets(from.octets, 0xa5, sizeof(from.octets)));
	EXPECT_STREQ("abc", octets);
	EXPECT_TEXT("one", self->mine);
}

CASE(dgram, sendto__too_long)
{
	static char big[70000];

	EXPECT_REFUSES(WSAEMSGSIZE, self->mine,
		       sendto(self->mine, big, sizeof(big), 0, &self->at_a.sa, self->at_a.len));
	EXPECT_REFUSES(WSAEFAULT, self->mine,
		       sendto(self->mine, big, -1, 0, &self->at_a.sa, self->at_a.len));
}

/* Raw: no ports, a source filter, and privilege to have one. */
CASE(dgram, raw__connect_r184)
{
	struct place to = place_for(self->sort, "10.9.0.2", "fd09::2", 0), peer;
	SOCKET raw = socket(self->sort->af, SOCK_RAW, 200);

	ASSERT_NE(INVALID_SOCKET, raw);
	EXPECT_EQ(SOCK_RAW, option(raw, SOL_SOCKET, SO_TYPE));
	if (self->sort->dual)
		to = place_at("fd09::2", 0);
	EXPECT_WORKS(connect_at(raw, &to));
	peer = place_peer(raw);
	EXPECT_TRUE(same_host(&peer, &to));
	EXPECT_GIVES(4, send(raw, "abcd", 4, 0));
	to = place_for(self->sort, "10.9.0.3", "fd09::3", 77);
	if (self->sort->dual)
		to = place_at("fd09::3", 77);
	EXPECT_WORKS(connect_at(raw, &to));
	peer = place_peer(raw);
	EXPECT_TRUE(same_host(&peer, &to));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
