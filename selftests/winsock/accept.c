// SPDX-License-Identifier: GPL-2.0
/* WSAAccept: a connection is shown, and taken, refused or put off. */
#include "case.h"

#include <kselftest_harness.h>

#include "iso.h"

#define HUNG_MS 60000

FIXTURE(accept) {
	const struct sort *sort;
	int type;
	bool iso;
	struct place at;
	SOCKET l, s;
	struct attempt attempt;
	struct answer answer;
};

/* TCP where the type is 0. */
FIXTURE_VARIANT(accept) { struct sort sort; int type; };
ISO_KIND(accept, record_v4, AF_INET, SOCK_SEQPACKET);
ISO_KIND(accept, stream_v6, AF_INET6, SOCK_STREAM);
FIXTURE_VARIANT_ADD(accept, tcp_v4) { .sort = { "adopt", "documented", AF_INET, false } };
FIXTURE_VARIANT_ADD(accept, tcp_dual) { .sort = { "family", "documented", AF_INET6, true } };

static SOCKET caller(FIXTURE_DATA(accept) *self)
{
	return self->iso ? iso_make(self->sort, self->type) : make(self->sort, SOCK_STREAM);
}

FIXTURE_SETUP(accept)
{
	host_fresh();
	self->sort = &variant->sort;
	self->type = variant->type;
	self->iso = self->type;
	start(self->sort);
	self->l = self->iso ? iso_listener(self->sort, self->type, &self->at) :
			      make_listener(self->sort, &self->at);
	self->s = caller(self);
	memset(&self->answer, 0, sizeof(self->answer));
}

FIXTURE_TEARDOWN(accept)
{
	FINISH();
}

/* Its connection waits to be accepted when this returns. */
static void call(FIXTURE_DATA(accept) *self, SOCKET s)
{
	nonblocking(s, true);
	if (!connect_at(s, &self->at) || WSAGetLastError() != WSAEWOULDBLOCK ||
	    !host_readable((int)self->l, HUNG_MS))
		errx(1, "connect: %d", WSAGetLastError());
}

static SOCKET decide(FIXTURE_DATA(accept) *self, int verdict)
{
	return accept_if(self->l, &self->answer, verdict, NULL);
}

static bool nobody_waits(FIXTURE_DATA(accept) *self)
{
	bool nobody;

	nonblocking(self->l, true);
	nobody = decide(self, CF_ACCEPT) == INVALID_SOCKET && WSAGetLastError() == WSAEWOULDBLOCK;
	nonblocking(self->l, false);
	return nobody;
}

CASE(accept, condition__sees_who_calls_r294)
{
	struct place peer = { .len = sizeof(peer.octets) }, theirs;
	SOCKET b;

	call(self, self->s);
	self->answer.verdict = CF_ACCEPT;
	memset(peer.octets, POISON, sizeof(peer.octets));
	WSASetLastError(POISON_CODE);
	b = WSAAccept(self->l, &peer.sa, &peer.len, condition, (DWORD_PTR)&self->answer);
	ASSERT_NE(INVALID_SOCKET, b);
	EXPECT_EQ(0, WSAGetLastError());
	theirs = place_local(self->s);
	EXPECT_TRUE(same_place(&theirs, &peer));
	EXPECT_TRUE(all_octets(peer.octets + peer.len, POISON, sizeof(peer.octets) - peer.len));
	EXPECT_EQ(1, self->answer.asked);
	EXPECT_FALSE(self->answer.odd);
	EXPECT_FALSE(self->answer.has_data);
	EXPECT_EQ(self->iso ? ISO_MAX_CONNECT_DATA : 0, self->answer.room);
	EXPECT_TRUE(same_place(&theirs, &self->answer.caller));
	EXPECT_TRUE(same_place(&self->at, &self->answer.callee));
	EXPECT_TRUE(soon_connected(self->s));
	EXPECT_TRUE(pass_on(self->s, b));
	EXPECT_TRUE(nobody_waits(self));
	EXPECT_EQ(1, self->answer.asked);
}

CASE(accept, no_condition__is_accept_r294)
{
	struct place peer = { .len = sizeof(peer.octets) }, theirs;
	SOCKET b;

	call(self, self->s);
	b = WSAAccept(self->l, &peer.sa, &peer.len, NULL, 0);
	ASSERT_NE(INVALID_SOCKET, b);
	theirs = place_local(self->s);
	EXPECT_TRUE(same_place(&theirs, &peer));
	EXPECT_TRUE(soon_connected(self->s));
	EXPECT_TRUE(pass_on(b, self->s));
}

/* Of TCP's, the caller was connected by then, and is reset. */
CASE(accept, rejected__caller_is_refused_r294)
{
	char octet;

	call(self, self->s);
	EXPECT_NO_SOCKET(WSAECONNREFUSED, decide(self, CF_REJECT));
	EXPECT_EQ(1, self->answer.asked);
	if (self->iso) {
		EXPECT_TRUE(soon_failed(self->s, WSAECONNREFUSED));
		EXPECT_FALSE(has_connect_time(self->s));
	} else {
		EXPECT_TRUE(soon_reset(self->s));
		EXPECT_FAILS(WSAECONNRESET, recv(self->s, &octet, 1, 0));
	}
	EXPECT_TRUE(nobody_waits(self));
}

CASE(accept, deferred__stays_where_it_is_r294)
{
	struct place first;
	WSAPOLLFD p = { .fd = self->l, .events = POLLRDNORM };
	SOCKET b, other = caller(self);

	call(self, self->s);
	EXPECT_NO_SOCKET(WSATRY_AGAIN, decide(self, CF_DEFER));
	first = self->answer.caller;
	call(self, other);
	EXPECT_EQ(1, WSAPoll(&p, 1, 0));
	EXPECT_NO_SOCKET(WSATRY_AGAIN, decide(self, CF_DEFER));
	EXPECT_TRUE(same_place(&first, &self->answer.caller));
	EXPECT_EQ(0, so_error(self->s));
	b = decide(self, CF_ACCEPT);
	ASSERT_NE(INVALID_SOCKET, b);
	EXPECT_EQ(3, self->answer.asked);
	EXPECT_TRUE(same_place(&first, &self->answer.caller));
	EXPECT_TRUE(soon_connected(self->s));
	EXPECT_TRUE(pass_on(self->s, b));
	/* accept takes one that was put off, too */
	EXPECT_NO_SOCKET(WSATRY_AGAIN, decide(self, CF_DEFER));
	b = accept(self->l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, b);
	EXPECT_TRUE(soon_connected(other));
	EXPECT_TRUE(pass_on(b, other));
}

CASE(accept, no_verdict__stays_where_it_is_r294)
{
	call(self, self->s);
	EXPECT_NO_SOCKET(WSAEINVAL, decide(self, 3));
	EXPECT_NO_SOCKET(WSAEINVAL, decide(self, -1));
	EXPECT_NO_SOCKET(WSAEINVAL, accept_if(self->l, &self->answer, CF_ACCEPT,
					      "012345678901234567890123456789012"));
	EXPECT_EQ(3, self->answer.asked);
	EXPECT_NE(INVALID_SOCKET, decide(self, CF_ACCEPT));
	EXPECT_TRUE(soon_connected(self->s));
}

static int run_accept(struct attempt *attempt)
{
	struct answer answer = { .verdict = CF_ACCEPT };
	SOCKET b = WSAAccept(attempt->s, NULL, NULL, condition, (DWORD_PTR)&answer);

	return b == INVALID_SOCKET ? -1 : answer.asked;
}

CASE(accept, blocking__waits_for_a_call_r294)
{
	attempt_begin(&self->attempt, run_accept, self->l, NULL);
	EXPECT_FALSE(self->attempt.ended_first);
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	EXPECT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(1, self->attempt.ret);
	EXPECT_TRUE(soon_connected(self->s));
}

CASE(accept, closed__while_it_waits_r68)
{
	attempt_begin(&self->attempt, run_accept, self->l, NULL);
	EXPECT_WORKS(closesocket(self->l));
	EXPECT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(-1, self->attempt.ret);
	EXPECT_EQ(WSAEINTR, self->attempt.code);
}

/* Each call is one thread's, whoever saw it first. */
CASE(accept, several_threads__share_the_calls_r294)
{
	struct attempt threads[3];
	SOCKET callers[3];
	int i;

	for (i = 0; i < 3; i++)
		attempt_begin(&threads[i], run_accept, self->l, NULL);
	for (i = 0; i < 3; i++) {
		callers[i] = caller(self);
		EXPECT_EQ(0, nonblocking(callers[i], true));
		EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(callers[i], &self->at));
	}
	for (i = 0; i < 3; i++) {
		EXPECT_TRUE(attempt_ended(&threads[i]));
		EXPECT_LE(1, threads[i].ret);
		EXPECT_TRUE(soon_connected(callers[i]));
	}
	EXPECT_TRUE(nobody_waits(self));
}

CASE(accept, events__come_again_but_for_what_is_put_off_r222_r294)
{
	WSANETWORKEVENTS events;
	WSAEVENT event = WSACreateEvent();
	SOCKET other = caller(self);

	EXPECT_WORKS(WSAEventSelect(self->l, event, FD_ACCEPT));
	call(self, self->s);
	call(self, other);
	ASSERT_EQ(WSA_WAIT_EVENT_0, WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE));
	EXPECT_WORKS(WSAEnumNetworkEvents(self->l, event, &events));
	EXPECT_EQ(FD_ACCEPT, events.lNetworkEvents);
	EXPECT_NO_SOCKET(WSATRY_AGAIN, decide(self, CF_DEFER));
	EXPECT_WORKS(WSAEnumNetworkEvents(self->l, event, &events));
	EXPECT_EQ(0, events.lNetworkEvents);
	EXPECT_NO_SOCKET(WSAECONNREFUSED, decide(self, CF_REJECT));
	/* the other's call may have come only now */
	EXPECT_EQ(WSA_WAIT_EVENT_0, WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE));
	EXPECT_WORKS(WSAEnumNetworkEvents(self->l, event, &events));
	EXPECT_EQ(FD_ACCEPT, events.lNetworkEvents);
	EXPECT_NE(INVALID_SOCKET, decide(self, CF_ACCEPT));
	EXPECT_WORKS(WSAEnumNetworkEvents(self->l, event, &events));
	EXPECT_EQ(0, events.lNetworkEvents);
	EXPECT_NO_SOCKET(WSAEWOULDBLOCK, decide(self, CF_ACCEPT));
	self->s = caller(self);
	call(self, self->s);
	EXPECT_EQ(WSA_WAIT_EVENT_0, WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE));
	EXPECT_WORKS(WSAEnumNetworkEvents(self->l, event, &events));
	EXPECT_EQ(FD_ACCEPT, events.lNetworkEvents);
}

/* What a condition function tried. */
static struct {
	SOCKET s, l;
	struct place at;
	int connect, data, accept, again;
	bool held;
} inside;

static void try_inside(struct answer *answer)
{
	WSABUF buffer = { 0, NULL };

	inside.connect = connect_at(inside.s, &inside.at) ? WSAGetLastError() : 0;
	nonblocking(inside.s, true);
	inside.data = WSAConnect(inside.s, &inside.at.sa, inside.at.len, NULL, &buffer, NULL,
				 NULL) ? WSAGetLastError() : 0;
	inside.accept = WSAAccept(inside.l, NULL, NULL, condition, (DWORD_PTR)answer) ==
			INVALID_SOCKET ? WSAGetLastError() : 0;
	inside.again = accept(inside.l, NULL, NULL) == INVALID_SOCKET ? WSAGetLastError() : 0;
	inside.held = place_local(inside.s).len == 0;
}

CASE(accept, inside__nothing_waits_r251)
{
	SOCKET b;

	memset(&inside, 0, sizeof(inside));
	inside.s = caller(self);
	inside.l = self->iso ? iso_listener(self->sort, self->type, &inside.at) :
			       make_listener(self->sort, &inside.at);
	inside.at = self->at;
	self->answer.more = try_inside;
	call(self, self->s);
	b = decide(self, CF_ACCEPT);
	ASSERT_NE(INVALID_SOCKET, b);
	EXPECT_EQ(1, self->answer.asked);
	EXPECT_EQ(WSAEINPROGRESS, inside.connect);
	EXPECT_EQ(WSAEINPROGRESS, inside.data);
	EXPECT_EQ(WSAEINPROGRESS, inside.accept);
	EXPECT_EQ(WSAEINPROGRESS, inside.again);
	EXPECT_TRUE(inside.held);	/* not even bound */
	/* afterwards it may */
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(inside.s, &inside.at));
	EXPECT_TRUE(soon_connected(self->s));
}

CASE(accept, refused__takes_nothing_r13_r25)
{
	struct place peer = { .len = 15 };
	SOCKET idle = caller(self), u = make(self->sort, SOCK_DGRAM);
	DWORD_PTR answer = (DWORD_PTR)&self->answer;

	call(self, self->s);
	EXPECT_NO_SOCKET(WSAEFAULT, WSAAccept(self->l, &peer.sa, &peer.len, condition, answer));
	EXPECT_EQ(15, peer.len);
	EXPECT_NO_SOCKET(WSAEFAULT, WSAAccept(self->l, &peer.sa, NULL, condition, answer));
	EXPECT_NO_SOCKET(WSAEFAULT, WSAAccept(self->l, (struct sockaddr *)host_fence(), &peer.len,
					      condition, answer));
	EXPECT_NO_SOCKET(WSAEINVAL, WSAAccept(idle, NULL, NULL, condition, answer));
	EXPECT_NO_SOCKET(WSAEOPNOTSUPP, WSAAccept(u, NULL, NULL, condition, answer));
	EXPECT_NO_SOCKET(WSAENOTSOCK, WSAAccept(INVALID_SOCKET, NULL, NULL, condition, answer));
	EXPECT_EQ(0, self->answer.asked);
	EXPECT_NE(INVALID_SOCKET, decide(self, CF_ACCEPT));
	EXPECT_TRUE(nobody_waits(self));
}

TEST_HARNESS_MAIN
