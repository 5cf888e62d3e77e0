// SPDX-License-Identifier: GPL-2.0
/* WSAEventSelect and WSAEnumNetworkEvents: what is recorded, when, and how often it is told. */
#include "record.h"

#include <kselftest_harness.h>

#include <sys/wait.h>

FIXTURE(record) {
	const struct sort *sort;
	SOCKET s;
	WSAEVENT event;
};

SORTS(record);

FIXTURE_SETUP(record)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->event = WSACreateEvent();
	ASSERT_NE(WSA_INVALID_EVENT, self->event);
}

FIXTURE_TEARDOWN(record)
{
	FINISH();
}

#define SELECT(s, events) EXPECT_WORKS(WSAEventSelect(s, self->event, events))
#define TAKES(s, events) EXPECT_TRUE(takes(s, self->event, events))
#define SOON_TAKES(s, events) EXPECT_TRUE(soon_takes(s, self->event, events))
#define QUIET(s) EXPECT_TRUE(quiet(s, self->event))

/* Connected without events, then selected, and what it tells of that is taken. */
#define SELECTED_PAIR(s, a, events) \
	do { \
		s = make_pair(self->sort, &a); \
		SELECT(s, ALL_OF_A_STREAM); \
		TAKES(s, FD_CONNECT | FD_WRITE); \
		SELECT(s, events); \
		QUIET(s); \
	} while (0)

static bool is_nonblocking(SOCKET s)
{
	struct host_look look;
	char octet;

	host_look((int)s, &look);
	return look.nonblock && recv(s, &octet, 1, 0) == SOCKET_ERROR;
}

CASE(record, select__makes_nonblocking_r205)
{
	SOCKET a, s = make_pair(self->sort, &a), u[2];
	struct place at[2];

	ASSERT_TRUE(make_dgram_pair(self->sort, u, at));
	SELECT(s, FD_READ);
	EXPECT_TRUE(is_nonblocking(s));
	EXPECT_EQ(WSAEWOULDBLOCK, WSAGetLastError());
	EXPECT_WORKS(WSAEventSelect(a, WSA_INVALID_EVENT, 0));
	EXPECT_TRUE(is_nonblocking(a));
	EXPECT_EQ(WSAEWOULDBLOCK, WSAGetLastError());
	SELECT(u[0], FD_READ);
	EXPECT_TRUE(is_nonblocking(u[0]));
	EXPECT_EQ(WSAEWOULDBLOCK, WSAGetLastError());
	EXPECT_WORKS(WSAEventSelect(u[1], self->event, 0));
	EXPECT_TRUE(is_nonblocking(u[1]));
	EXPECT_EQ(WSAEWOULDBLOCK, WSAGetLastError());
}

/* What it refuses leaves the socket blocking, and the earlier selection in force. */
CASE(record, select__refuses_r205_r207)
{
	SOCKET a, s = make_pair(self->sort, &a);
	int thing, fd;

	EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, WSA_INVALID_EVENT, FD_READ));
	EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, self->event, FD_ALL_EVENTS + 1));
	EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, self->event, FD_READ | 1 << 30));
	EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, self->event, -1));
	EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, (WSAEVENT)(intptr_t)999, FD_READ));
	EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, (WSAEVENT)(intptr_t)999, 0));
	EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, (WSAEVENT)(intptr_t)-1, FD_READ));
	EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, (WSAEVENT)s, FD_READ));
	for (thing = 0; thing < HOST_THINGS; thing++) {
		if (thing == HOST_EVENTFD)
			continue;
		fd = host_open(thing);
		EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, (WSAEVENT)(intptr_t)fd, FD_READ));
		EXPECT_REFUSES(WSAEINVAL, s, WSAEventSelect(s, (WSAEVENT)(intptr_t)fd, 0));
		EXPECT_FAILS(WSAENOTSOCK, WSAEventSelect((SOCKET)fd, self->event, FD_READ));
		host_close(fd);
	}
	EXPECT_FAILS(WSAENOTSOCK, WSAEventSelect(INVALID_SOCKET, self->event, FD_READ));
	EXPECT_FALSE(is_set(self->event));

	SELECT(s, FD_READ);
	EXPECT_FAILS(WSAEINVAL, WSAEventSelect(s, self->event, FD_ALL_EVENTS + 1));
	EXPECT_FAILS(WSAEINVAL, WSAEventSelect(s, WSA_INVALID_EVENT, FD_WRITE));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	SOON_TAKES(s, FD_READ);
}

CASE(record, fionbio__refused_while_selected_r206)
{
	SOCKET a, s = make_pair(self->sort, &a);
	DWORD n = 0, off = 0;

	EXPECT_WORKS(nonblocking(s, false));
	SELECT(s, FD_READ);
	EXPECT_REFUSES(WSAEINVAL, s, nonblocking(s, false));
	EXPECT_REFUSES(WSAEINVAL, s, WSAIoctl(s, FIONBIO, &off, 4, NULL, 0, &n, NULL, NULL));
	EXPECT_TRUE(is_nonblocking(s));
	EXPECT_WORKS(nonblocking(s, true));
	EXPECT_WORKS(WSAEventSelect(s, WSA_INVALID_EVENT, 0));
	EXPECT_TRUE(is_nonblocking(s));
	EXPECT_WORKS(nonblocking(s, false));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(pass_on(s, a));
}

CASE(record, replaced__by_another_event_r207)
{
	WSAEVENT other = WSACreateEvent();
	SOCKET a, s;

	SELECTED_PAIR(s, a, FD_READ);
	EXPECT_WORKS(WSAEventSelect(s, other, FD_READ));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(soon_set(other));
	EXPECT_FALSE(is_set(self->event));
	EXPECT_TRUE(takes(s, other, FD_READ));
	EXPECT_WORKS(WSAEventSelect(s, WSA_INVALID_EVENT, 0));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(soon_queued(s, 2));
	QUIET(s);
	EXPECT_FALSE(is_set(other));
}

CASE(record, unconnected__nothing_r208)
{
	int i;

	SELECT(self->s, FD_READ | FD_WRITE);
	for (i = 0; i < 5; i++)
		QUIET(self->s);
	SELECT(self->s, FD_ALL_EVENTS);
	QUIET(self->s);
}

CASE(record, write__once_r209_r210)
{
	SOCKET a, s = make_pair(self->sort, &a), u;
	struct place at;
	int i;

	SELECT(s, FD_READ | FD_WRITE);
	SOON_TAKES(s, FD_WRITE);
	for (i = 0; i < 4; i++)
		QUIET(s);
	SELECT(s, FD_READ | FD_WRITE);
	QUIET(s);

	u = make_bound(self->sort, SOCK_DGRAM, &at);
	SELECT(u, FD_READ | FD_WRITE);
	SOON_TAKES(u, FD_WRITE);
	for (i = 0; i < 4; i++)
		QUIET(u);
	SELECT(u, FD_READ | FD_WRITE);
	QUIET(u);
}

CASE(record, connect__both_at_once_r211)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a;

	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	ASSERT_TRUE(soon_set(self->event));
	EXPECT_TRUE(takes(self->s, WSA_INVALID_EVENT, FD_CONNECT | FD_WRITE));
	host_pause(20);
	EXPECT_EQ(1UL, host_event_count((int)(intptr_t)self->event));
	QUIET(self->s);
	EXPECT_EQ(0, so_error(self->s));
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(pass_on(self->s, a));
	QUIET(self->s);
}

/* By a peer that answers late, so that the event is all there is to wait for. */
CASE(record, connect__answered_late_r211)
{
	struct place to = place_silent(self->sort, 5000);
	SOCKET l = make(self->sort, SOCK_STREAM);

	SELECT(self->s, FD_CONNECT | FD_WRITE);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	QUIET(self->s);
	EXPECT_FAILS(WSAEALREADY, connect_at(self->s, &to));
	EXPECT_FAILS(WSAENOTCONN, send(self->s, "x", 1, 0));
	QUIET(self->s);
	host_answer(self->sort->af == AF_INET6 && !self->sort->dual);
	ASSERT_WORKS(bind(l, &to.sa, to.len));
	ASSERT_WORKS(listen(l, 5));
	SOON_TAKES(self->s, FD_CONNECT | FD_WRITE);
}

CASE(record, reselect__repeats_nothing_r212)
{
	SOCKET a, s = make_pair(self->sort, &a);

	SELECT(s, ALL_OF_A_STREAM);
	SOON_TAKES(s, FD_CONNECT | FD_WRITE);
	EXPECT_WORKS(WSAEventSelect(s, WSA_INVALID_EVENT, 0));
	SELECT(s, ALL_OF_A_STREAM);
	QUIET(s);
	SELECT(s, ALL_OF_A_STREAM);
	QUIET(s);
}

/* Connected by a call that waits, and by one that does not, before anything is selected. */
CASE(record, connected_before__told_r213)
{
	SOCKET a, s = make_pair(self->sort, &a), l;
	struct place at;

	SELECT(s, ALL_OF_A_STREAM);
	EXPECT_TRUE(is_set(self->event));
	TAKES(s, FD_CONNECT | FD_WRITE);

	l = make_listener(self->sort, &at);
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	ASSERT_TRUE(soon_connected(self->s));
	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_TRUE(is_set(self->event));
	TAKES(self->s, FD_CONNECT | FD_WRITE);
	ASSERT_NE(INVALID_SOCKET, accept(l, NULL, NULL));
	QUIET(self->s);
}

CASE(record, connect_left_out__told_later_r214_r219)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at);

	SELECT(self->s, FD_READ | FD_WRITE | FD_CLOSE);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	SOON_TAKES(self->s, FD_WRITE);
	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_TRUE(is_set(self->event));
	TAKES(self->s, FD_CONNECT);
	ASSERT_NE(INVALID_SOCKET, accept(l, NULL, NULL));
	QUIET(self->s);
}

CASE(record, write_left_out__told_later_r215_r219)
{
	SOCKET a, s = make_pair(self->sort, &a);

	SELECT(s, ALL_OF_A_STREAM & ~FD_WRITE);
	SOON_TAKES(s, FD_CONNECT);
	QUIET(s);
	SELECT(s, ALL_OF_A_STREAM);
	EXPECT_TRUE(is_set(self->event));
	TAKES(s, FD_WRITE);
}

/* Exactly that; and nothing is left for a select of more. */
#define EXPECT_CONNECT_EVENT(code, s) \
	do { \
		EXPECT_TRUE(soon_takes_code(s, self->event, FD_CONNECT, FD_CONNECT_BIT, code)); \
		EXPECT_EQ(code, so_error(s)); \
		SELECT(s, FD_ALL_EVENTS); \
		QUIET(s); \
	} while (0)

CASE(record, connect_fails__refused_r216_r217)
{
	struct place at;
	SOCKET holder = refused_at(self->sort, &at);

	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	EXPECT_CONNECT_EVENT(WSAECONNREFUSED, self->s);
	/* and each attempt anew */
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	EXPECT_CONNECT_EVENT(WSAECONNREFUSED, self->s);
	ASSERT_WORKS(listen(holder, 5));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	SOON_TAKES(self->s, FD_CONNECT | FD_WRITE);
	EXPECT_EQ(0, so_error(self->s));
	EXPECT_FAILS(WSAEISCONN, connect_at(self->s, &at));
	QUIET(self->s);
}

CASE(record, connect_fails__silent_r216)
{
	struct place to = place_silent(self->sort, 5000);

	host_sysctl("/proc/sys/net/ipv4/tcp_syn_retries", "1");
	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	EXPECT_CONNECT_EVENT(WSAETIMEDOUT, self->s);
}

CASE(record, connect_fails__unreachable_r216)
{
	int code = self->sort->af == AF_INET6 && !self->sort->dual ? WSAENETUNREACH
								   : WSAEHOSTUNREACH;
	struct place to = place_for(self->sort, "10.6.0.5", "fd06::5", 5);

	host_router();
	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	EXPECT_CONNECT_EVENT(code, self->s);
}

/* Failed before it was selected, and its outcome is not known from anything else. */
CASE(record, connect_failed_before__told_r213_r216)
{
	struct place at;

	refused_at(self->sort, &at);
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	EXPECT_TRUE(soon_nothing_pending());
	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_CONNECT_EVENT(WSAECONNREFUSED, self->s);
}

/* A refused call is no attempt. */
CASE(record, connect_refused_by_checks__nothing_r216)
{
	struct place bad = place_loopback(self->sort, 0);

	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_FAILS(WSAEADDRNOTAVAIL, connect_at(self->s, &bad));
	EXPECT_FAILS(WSAEFAULT, connect_at(self->s, &(struct place){ .len = 1 }));
	QUIET(self->s);
}

CASE(record, enum__event_is_optional_r218)
{
	WSAEVENT other = WSACreateEvent();
	SOCKET a, s = make_pair(self->sort, &a);

	SELECT(s, FD_WRITE);
	EXPECT_TRUE(takes(s, WSA_INVALID_EVENT, FD_WRITE));
	EXPECT_TRUE(is_set(self->event));
	EXPECT_TRUE(takes(s, WSA_INVALID_EVENT, 0));
	EXPECT_TRUE(is_set(self->event));
	/* any may be reset */
	EXPECT_GIVES(TRUE, WSASetEvent(other));
	EXPECT_TRUE(takes(s, other, 0));
	EXPECT_FALSE(is_set(other));
	EXPECT_TRUE(is_set(self->event));
	TAKES(s, 0);
	EXPECT_FALSE(is_set(self->event));
}

CASE(record, enum__refuses_r218)
{
	WSANETWORKEVENTS record;
	SOCKET a, s = make_pair(self->sort, &a);
	int thing, fd;

	SELECT(s, FD_WRITE);
	memset(&record, 0xab, sizeof(record));
	EXPECT_FAILS(WSAEFAULT, WSAEnumNetworkEvents(s, self->event, NULL));
	EXPECT_FAILS(WSAEFAULT, WSAEnumNetworkEvents(s, self->event, (void *)host_fence()));
	EXPECT_FAILS(WSAEFAULT, WSAEnumNetworkEvents(s, self->event,
						     (void *)host_read_only_page()));
	EXPECT_FAILS(WSAEINVAL, WSAEnumNetworkEvents(s, (WSAEVENT)(intptr_t)999, &record));
	EXPECT_FAILS(WSAEINVAL, WSAEnumNetworkEvents(s, (WSAEVENT)(intptr_t)-1, &record));
	EXPECT_FAILS(WSAEINVAL, WSAEnumNetworkEvents(s, (WSAEVENT)s, &record));
	for (thing = 0; thing < HOST_THINGS; thing++) {
		if (thing == HOST_EVENTFD)
			continue;
		fd = host_open(thing);
		EXPECT_FAILS(WSAEINVAL, WSAEnumNetworkEvents(s, (WSAEVENT)(intptr_t)fd, &record));
		EXPECT_FAILS(WSAENOTSOCK, WSAEnumNetworkEvents((SOCKET)fd, self->event, &record));
		host_close(fd);
	}
	EXPECT_FAILS(WSAENOTSOCK, WSAEnumNetworkEvents(INVALID_SOCKET, self->event, NULL));
	EXPECT_TRUE(all_octets(&record, 0xab, sizeof(record)));
	EXPECT_TRUE(is_set(self->event));
	TAKES(s, FD_WRITE);
}

CASE(record, outside_mask__kept_r219)
{
	SOCKET a, s;

	SELECTED_PAIR(s, a, FD_WRITE);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(soon_queued(s, 1));
	QUIET(s);
	SELECT(s, FD_READ);
	EXPECT_TRUE(is_set(self->event));
	TAKES(s, FD_READ);
	QUIET(s);
}

CASE(record, send__leaves_write_r220)
{
	SOCKET a, s = make_pair(self->sort, &a);

	SELECT(s, FD_WRITE);
	EXPECT_GIVES(1, send(s, "x", 1, 0));
	EXPECT_TRUE(is_set(self->event));
	TAKES(s, FD_WRITE);
	EXPECT_GIVES(1, send(s, "x", 1, 0));
	QUIET(s);
}

/* Whatever looked at the socket between: poll takes nothing away, nor does a second send. */
CASE(record, write__again_when_there_is_space_r221_r226)
{
	SOCKET a, s;
	struct host_look look;
	int round;

	SELECTED_PAIR(s, a, FD_WRITE);
	EXPECT_TRUE(small(s) && small(a));
	EXPECT_EQ(0, nonblocking(a, true));
	for (round = 0; round < 3; round++) {
		EXPECT_TRUE(fill(s));
		host_look((int)s, &look);
		look_all_ways(s);
		if (round == 1)
			EXPECT_FAILS(WSAEWOULDBLOCK, send(s, "x", 1, 0));
		EXPECT_FALSE(host_readable((int)(intptr_t)self->event, 20));
		TAKES(s, 0);
		host_look((int)s, &look);
		while (!is_set(self->event) && soon_queued(a, 1))
			drain(a);
		SOON_TAKES(s, FD_WRITE);
		EXPECT_GIVES(1, send(s, "x", 1, 0));
		QUIET(s);
		host_pause(50);
		drain(a);
		QUIET(s);
	}
}

CASE(record, read__rearmed_by_recv_r222)
{
	SOCKET a, s;
	char octets[8];

	SELECTED_PAIR(s, a, FD_READ);
	EXPECT_GIVES(4, send(a, "abcd", 4, 0));
	SOON_TAKES(s, FD_READ);
	/* more is no news until something was received */
	EXPECT_GIVES(2, send(a, "ef", 2, 0));
	EXPECT_TRUE(soon_queued(s, 6));
	QUIET(s);
	EXPECT_GIVES(1, recv(s, octets, 1, 0));
	EXPECT_TRUE(is_set(self->event));
	TAKES(s, FD_READ);
	QUIET(s);
	EXPECT_GIVES(5, recv(s, octets, 8, 0));
	QUIET(s);
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(s, octets, 8, 0));
	QUIET(s);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	SOON_TAKES(s, FD_READ);
}

CASE(record, read__rearmed_by_failing_recv_r222)
{
	SOCKET a, s;
	char octet;

	SELECTED_PAIR(s, a, FD_READ);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	SOON_TAKES(s, FD_READ);
	EXPECT_FAILS(WSAEFAULT, recv(s, host_fence(), 1, 0));
	EXPECT_TRUE(is_set(self->event));
	TAKES(s, FD_READ);
	EXPECT_GIVES(1, recv(s, &octet, 1, MSG_PEEK));
	TAKES(s, FD_READ);
	QUIET(s);
	EXPECT_GIVES(1, recv(s, &octet, 1, 0));
	QUIET(s);
}

CASE(record, close__by_peer_r223)
{
	SOCKET a, s;
	char octet;

	SELECTED_PAIR(s, a, ALL_OF_A_STREAM);
	EXPECT_WORKS(shutdown(a, SD_SEND));
	SOON_TAKES(s, FD_CLOSE);
	EXPECT_GIVES(0, recv(s, &octet, 1, 0));
	QUIET(s);
	EXPECT_GIVES(0, recv(s, &octet, 1, 0));
	QUIET(s);
	EXPECT_WORKS(closesocket(a));
	QUIET(s);
}

/* What came before the end is told too, and stays to be received. */
CASE(record, close__with_data_r223_r222)
{
	SOCKET a, s;
	char octets[4];

	SELECTED_PAIR(s, a, ALL_OF_A_STREAM);
	EXPECT_GIVES(3, send(a, "abc", 3, 0));
	EXPECT_WORKS(closesocket(a));
	SOON_TAKES(s, FD_READ | FD_CLOSE);
	EXPECT_GIVES(1, recv(s, octets, 1, 0));
	SOON_TAKES(s, FD_READ);
	EXPECT_GIVES(2, recv(s, octets, 3, 0));
	QUIET(s);
	EXPECT_GIVES(0, recv(s, octets, 3, 0));
	QUIET(s);
}

CASE(record, close__by_reset_r224)
{
	SOCKET a, s;
	char octet;

	SELECTED_PAIR(s, a, ALL_OF_A_STREAM);
	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	EXPECT_TRUE(soon_takes_code(s, self->event, FD_CLOSE, FD_CLOSE_BIT, WSAECONNABORTED));
	EXPECT_FAILS(WSAECONNRESET, recv(s, &octet, 1, 0));
	QUIET(s);
}

/* Ended and reset before it was selected. */
CASE(record, close__before_select_r223_r224_r213)
{
	SOCKET a, s = make_pair(self->sort, &a);

	EXPECT_WORKS(closesocket(a));
	EXPECT_TRUE(host_readable((int)s, HUNG_MS));
	SELECT(s, FD_READ | FD_CLOSE);
	SOON_TAKES(s, FD_CLOSE);

	s = make_pair(self->sort, &a);
	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	EXPECT_TRUE(soon_reset(s));
	SELECT(s, FD_READ | FD_CLOSE);
	EXPECT_TRUE(soon_takes_code(s, self->event, FD_CLOSE, FD_CLOSE_BIT, WSAECONNABORTED));
}

CASE(record, accept__rearmed_by_accept_r225)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a;
	int i;

	SELECT(l, FD_ACCEPT);
	QUIET(l);
	EXPECT_WORKS(connect_at(self->s, &at));
	SOON_TAKES(l, FD_ACCEPT);
	EXPECT_WORKS(connect_at(make(self->sort, SOCK_STREAM), &at));
	QUIET(l);
	for (i = 0; i < 2; i++) {
		a = accept(l, NULL, NULL);
		ASSERT_NE(INVALID_SOCKET, a);
		if (!i)
			SOON_TAKES(l, FD_ACCEPT);
		QUIET(l);
		EXPECT_TRUE(quiet(a, self->event));
	}
	EXPECT_NO_SOCKET(WSAEWOULDBLOCK, accept(l, NULL, NULL));
	QUIET(l);
	EXPECT_WORKS(connect_at(make(self->sort, SOCK_STREAM), &at));
	SOON_TAKES(l, FD_ACCEPT);
}

/* The selection is the child's own from then on. */
CASE(record, accepted__inherits_r225_r206)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a;
	WSAEVENT other = WSACreateEvent();

	SELECT(l, FD_ACCEPT | FD_READ | FD_WRITE | FD_CLOSE);
	EXPECT_WORKS(connect_at(self->s, &at));
	SOON_TAKES(l, FD_ACCEPT);
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(is_nonblocking(a));
	EXPECT_REFUSES(WSAEINVAL, a, nonblocking(a, false));
	SOON_TAKES(a, FD_WRITE);
	EXPECT_GIVES(1, send(self->s, "x", 1, 0));
	SOON_TAKES(a, FD_READ);
	EXPECT_WORKS(WSAEventSelect(a, other, FD_CLOSE));
	EXPECT_WORKS(connect_at(make(self->sort, SOCK_STREAM), &at));
	SOON_TAKES(l, FD_ACCEPT);
	EXPECT_FALSE(is_set(other));
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_TRUE(soon_set(other));
	EXPECT_TRUE(takes(a, other, FD_CLOSE));
	QUIET(l);
}

CASE(record, poll__signals_nothing_again_r226)
{
	SOCKET a, s;
	struct host_look look;

	SELECTED_PAIR(s, a, ALL_OF_A_STREAM);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	SOON_TAKES(s, FD_READ);
	host_look((int)s, &look);
	EXPECT_TRUE(host_readable((int)s, 0));
	EXPECT_TRUE(host_epoll_readable((int)s, 0));
	look_all_ways(s);
	QUIET(s);
	EXPECT_WORKS(shutdown(a, SD_SEND));
	SOON_TAKES(s, FD_CLOSE);
	host_look((int)s, &look);
	EXPECT_TRUE(host_epoll_readable((int)s, 0));
	look_all_ways(s);
	QUIET(s);
}

/* A stream's whole life, with everything selected. */
CASE(record, group_qos__never_r229)
{
	WSANETWORKEVENTS sum = {};
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a;
	char octet;

	SELECT(self->s, FD_ALL_EVENTS);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_TRUE(soon_connected(self->s));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(soon_queued(self->s, 1));
	EXPECT_GIVES(1, recv(self->s, &octet, 1, 0));
	EXPECT_WORKS(closesocket(a));
	EXPECT_TRUE(host_readable((int)self->s, HUNG_MS));
	host_pause(20);
	EXPECT_TRUE(take_more(self->s, self->event, &sum));
	EXPECT_TRUE(is_record(&sum, FD_CONNECT | FD_WRITE | FD_CLOSE, NO_CODE, 0));
	SELECT(self->s, FD_GROUP_QOS);
	QUIET(self->s);
}

CASE(record, urgent__told_and_rearmed)
{
	SOCKET a, s;
	char octet = 0;

	SELECTED_PAIR(s, a, FD_OOB | FD_READ);
	EXPECT_GIVES(1, send(a, "u", 1, MSG_OOB));
	SOON_TAKES(s, FD_OOB);
	EXPECT_GIVES(1, recv(s, &octet, 1, MSG_OOB));
	EXPECT_EQ('u', octet);
	QUIET(s);
	EXPECT_GIVES(1, send(a, "v", 1, MSG_OOB));
	SOON_TAKES(s, FD_OOB);
}

/* The attempt goes with the socket, and nobody hears of it. */
CASE(record, pending__closed_r67)
{
	struct place to = place_silent(self->sort, 5000);

	SELECT(self->s, ALL_OF_A_STREAM);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_FALSE(host_readable((int)(intptr_t)self->event, 100));
	EXPECT_EQ(0, host_syn_sent());
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
