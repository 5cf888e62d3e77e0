// SPDX-License-Identifier: GPL-2.0
/* Connect and disconnect data: WSAConnect, WSASendDisconnect, WSARecvDisconnect, options. */
#include "case.h"

#include <kselftest_harness.h>

#include "iso.h"

#define HUNG_MS 60000

FIXTURE(data) {
	const struct sort *sort;
	int type;
	struct place at;
	SOCKET l, s;
	struct call call;
	struct answer answer;
};

ISO_KINDS(data);

FIXTURE_SETUP(data)
{
	host_fresh();
	self->sort = &variant->sort;
	self->type = variant->type;
	start(self->sort);
	self->l = iso_listener(self->sort, self->type, &self->at);
	self->s = iso_make(self->sort, self->type);
	memset(&self->answer, 0, sizeof(self->answer));
}

FIXTURE_TEARDOWN(data)
{
	FINISH();
}

/* Octets of an option of level SOL_SOCKET or SOL_ISO; minus the code of a failure. */
static int octets_of(SOCKET s, int level, int name, char *to, int room)
{
	int len = room;

	memset(to, POISON, room);
	if (getsockopt(s, level, name, to, &len))
		return -WSAGetLastError();
	return all_octets(to + len, POISON, room - len) ? len : -1;
}

static bool option_is(SOCKET s, int level, int name, const char *value)
{
	char have[72];
	int len = octets_of(s, level, name, have, sizeof(have));

	return len == (int)strlen(value) && !memcmp(have, value, len);
}

/* Waits for the connect's outcome as Linux has it, and so lets the library see nothing. */
static bool soon_over(SOCKET s)
{
	struct host_look look;
	int tries;

	for (tries = 0; tries < 6000; tries++) {
		host_look((int)s, &look);
		if (look.revents & 4)	/* POLLOUT */
			return true;
		host_pause(10);
	}
	return false;
}

static SOCKET take(FIXTURE_DATA(data) *self, int verdict, const char *data)
{
	return accept_if(self->l, &self->answer, verdict, data);
}

CASE(data, blocking__goes_and_comes_r46_r294)
{
	SOCKET b;

	call_init(&self->call, "hello", 40);
	attempt_begin(&self->call.attempt, call_run, self->s, &self->at);
	b = take(self, CF_ACCEPT, "ok");
	ASSERT_NE(INVALID_SOCKET, b);
	ASSERT_TRUE(attempt_ended(&self->call.attempt));
	EXPECT_EQ(0, self->call.attempt.ret);
	EXPECT_EQ(0, self->call.attempt.code);
	EXPECT_TRUE(call_got(&self->call, "ok"));
	EXPECT_EQ(1, self->answer.asked);
	EXPECT_FALSE(self->answer.odd);
	EXPECT_STREQ("hello", self->answer.seen);
	EXPECT_EQ(ISO_MAX_CONNECT_DATA, self->answer.room);
	EXPECT_TRUE(option_is(b, SOL_SOCKET, SO_CONNDATA, "hello"));
	EXPECT_TRUE(option_is(self->s, SOL_SOCKET, SO_CONNDATA, "ok"));
	EXPECT_TRUE(pass_on(self->s, b));
	EXPECT_TRUE(pass_on(b, self->s));
	EXPECT_FAILS(WSAEISCONN, call_now(&self->call, self->s, &self->at));
}

CASE(data, nothing_comes__len_is_0_r292)
{
	SOCKET b;

	call_init(&self->call, "01234567890123456789012345678901", 40);
	attempt_begin(&self->call.attempt, call_run, self->s, &self->at);
	b = accept(self->l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, b);
	ASSERT_TRUE(attempt_ended(&self->call.attempt));
	EXPECT_EQ(0, self->call.attempt.ret);
	EXPECT_TRUE(call_got(&self->call, ""));
	EXPECT_TRUE(option_is(b, SOL_SOCKET, SO_CONNDATA, "01234567890123456789012345678901"));
}

CASE(data, too_long__is_refused_r41_r47)
{
	struct place port_0 = self->at;
	SOCKET b;

	call_init(&self->call, "012345678901234567890123456789012", 40);
	EXPECT_REFUSES(WSAEFAULT, self->s, call_now(&self->call, self->s, &self->at));
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_REFUSES(WSAEFAULT, self->s, call_now(&self->call, self->s, &self->at));
	EXPECT_EQ(0, nonblocking(self->s, false));
	/* a fault that comes first */
	place_set_port(&port_0, 0);
	EXPECT_REFUSES(WSAEADDRNOTAVAIL, self->s, call_now(&self->call, self->s, &port_0));
	EXPECT_REFUSES(WSAEINVAL, self->l, call_now(&self->call, self->l, &self->at));
	/* data of a call that is refused is not left behind for another */
	self->call.caller.len = 5;
	EXPECT_REFUSES(WSAEADDRNOTAVAIL, self->s, call_now(&self->call, self->s, &port_0));
	EXPECT_TRUE(call_untouched(&self->call, 40));
	b = iso_pair(self->l, &self->at, self->s);
	EXPECT_TRUE(option_is(b, SOL_SOCKET, SO_CONNDATA, ""));
}

CASE(data, empty__is_none_r42)
{
	struct call *call = &self->call;

	call_init(call, "", 40);
	call->caller.buf = (char *)1;
	attempt_begin(&call->attempt, call_run, self->s, &self->at);
	EXPECT_NE(INVALID_SOCKET, take(self, CF_ACCEPT, "ok"));
	ASSERT_TRUE(attempt_ended(&call->attempt));
	EXPECT_EQ(0, call->attempt.ret);
	EXPECT_FALSE(self->answer.has_data);
	EXPECT_TRUE(call_got(call, "ok"));
}

CASE(data, bad_memory__is_refused_r25_r47)
{
	char *fence = host_fence();
	WSABUF fine = { 2, "ok" }, bad = { 2, fence }, behind = { 8, fence - 4 };
	WSABUF locked = { 2, host_read_only_page() };
	struct place *at = &self->at;

#define TRY(caller, callee) WSAConnect(self->s, &at->sa, at->len, caller, callee, NULL, NULL)
	EXPECT_REFUSES(WSAEFAULT, self->s, TRY((WSABUF *)fence, NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, TRY(&bad, NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, TRY(&behind, NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, TRY(&fine, (WSABUF *)fence));
	EXPECT_REFUSES(WSAEFAULT, self->s, TRY(&fine, &bad));
	EXPECT_REFUSES(WSAEFAULT, self->s, TRY(&fine, &behind));
	EXPECT_REFUSES(WSAEFAULT, self->s, TRY(&fine, &locked));
#undef TRY
}

CASE(data, room_too_small__aborts_r45_r83)
{
	struct call *call = &self->call;
	WSANETWORKEVENTS events;
	WSAEVENT event;
	SOCKET b;

	call_init(call, "x", 1);
	attempt_begin(&call->attempt, call_run, self->s, &self->at);
	b = take(self, CF_ACCEPT, "ok");
	ASSERT_NE(INVALID_SOCKET, b);
	ASSERT_TRUE(attempt_ended(&call->attempt));
	EXPECT_EQ(SOCKET_ERROR, call->attempt.ret);
	EXPECT_EQ(WSAEFAULT, call->attempt.code);
	EXPECT_TRUE(call_untouched(call, 1));
	EXPECT_TRUE(soon_reset(b));
	EXPECT_EQ(0, so_error(self->s));
	EXPECT_FALSE(has_connect_time(self->s));

	/* the same socket, not blocking */
	event = WSACreateEvent();
	EXPECT_WORKS(WSAEventSelect(self->s, event, FD_CONNECT | FD_WRITE | FD_CLOSE));
	EXPECT_EQ(0, WSAEnumNetworkEvents(self->s, event, &events));	/* of the first attempt */
	EXPECT_FAILS(WSAEWOULDBLOCK, call_now(call, self->s, &self->at));
	EXPECT_NE(INVALID_SOCKET, take(self, CF_ACCEPT, "ok"));
	ASSERT_EQ(WSA_WAIT_EVENT_0, WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE));
	ASSERT_EQ(0, WSAEnumNetworkEvents(self->s, event, &events));
	EXPECT_EQ(FD_CONNECT, events.lNetworkEvents);
	EXPECT_EQ(WSAEFAULT, events.iErrorCode[FD_CONNECT_BIT]);
	EXPECT_EQ(WSAEFAULT, so_error(self->s));
	EXPECT_TRUE(call_untouched(call, 1));

	/* and with room for all of it, exactly */
	call->callee.len = 2;
	EXPECT_FAILS(WSAEWOULDBLOCK, call_now(call, self->s, &self->at));
	EXPECT_NE(INVALID_SOCKET, take(self, CF_ACCEPT, "ok"));
	ASSERT_EQ(WSA_WAIT_EVENT_0, WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE));
	EXPECT_TRUE(call_got(call, "ok"));
	EXPECT_EQ(0, so_error(self->s));
}

enum way {
	BY_EVENT, BY_ENUM, BY_SELECT, BY_POLL, BY_SO_ERROR, BY_TIME, BY_SEND, BY_RECV, BY_CONNECT,
	BY_MESSAGE, WAYS,
};

/* Returns whether the way told that it is connected. */
static bool tells(enum way way, SOCKET s, const struct place *at, WSAEVENT event, HWND window)
{
	struct timeval none = { 0, 0 };
	WSANETWORKEVENTS events;
	WSAPOLLFD p = { .fd = s, .events = POLLWRNORM };
	MSG message;
	fd_set set;
	char octet;

	switch (way) {
	case BY_EVENT:
		return WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_EVENT_0;
	case BY_ENUM:
		return !WSAEnumNetworkEvents(s, NULL, &events) &&
		       events.lNetworkEvents & FD_CONNECT;
	case BY_SELECT:
		FD_ZERO(&set);
		FD_SET(s, &set);
		return select(0, NULL, &set, NULL, &none) == 1;
	case BY_POLL:
		return WSAPoll(&p, 1, 0) == 1 && p.revents == POLLWRNORM;
	case BY_SO_ERROR:
		return so_error(s) == 0;
	case BY_TIME:
		return has_connect_time(s);
	case BY_SEND:
		return send(s, "x", 1, 0) == 1;
	case BY_RECV:
		return recv(s, &octet, 1, 0) == -1 && WSAGetLastError() == WSAEWOULDBLOCK;
	case BY_CONNECT:
		return connect_at(s, at) && WSAGetLastError() == WSAEISCONN;
	case BY_MESSAGE:
		return wsaconnect_get_message(window, &message, 0) == 1 &&
		       message.lParam == WSAMAKESELECTREPLY(FD_CONNECT, 0);
	default:
		return false;
	}
}

/* Whichever call tells of the outcome, the callee's data is there when it does. */
CASE(data, nonblocking__there_when_told_r46)
{
	HWND window = wsaconnect_window();
	enum way way;

	for (way = 0; way < WAYS; way++) {
		WSAEVENT event = WSACreateEvent();
		SOCKET s = iso_make(self->sort, self->type), b;

		if (way == BY_MESSAGE)
			EXPECT_WORKS(WSAAsyncSelect(s, window, 7, FD_CONNECT));
		else if (way <= BY_ENUM)
			EXPECT_WORKS(WSAEventSelect(s, event, FD_CONNECT));
		EXPECT_EQ(0, nonblocking(s, true));
		call_init(&self->call, "hello", 40);
		EXPECT_FAILS(WSAEWOULDBLOCK, call_now(&self->call, s, &self->at));
		EXPECT_TRUE(call_untouched(&self->call, 40));
		b = take(self, CF_ACCEPT, "ok");
		ASSERT_NE(INVALID_SOCKET, b);
		EXPECT_TRUE(soon_over(s));
		EXPECT_TRUE(call_untouched(&self->call, 40));
		if (!tells(way, s, &self->at, event, window) || !call_got(&self->call, "ok")) {
			TH_LOG("way %d: code %d, len %u", way, WSAGetLastError(),
			       self->call.callee.len);
			EXPECT_TRUE(false);
		}
		EXPECT_WORKS(closesocket(s));
		EXPECT_WORKS(closesocket(b));
		EXPECT_TRUE(WSACloseEvent(event));
	}
}

/* What failed, was closed or belongs to a later call fills nothing. */
CASE(data, nonblocking__only_its_own_outcome_r46_r51)
{
	struct call other;
	SOCKET s = self->s, b;

	EXPECT_EQ(0, nonblocking(s, true));
	call_init(&self->call, "one", 40);
	EXPECT_FAILS(WSAEWOULDBLOCK, call_now(&self->call, s, &self->at));
	call_init(&other, "two", 3);
	EXPECT_FAILS(WSAEALREADY, call_now(&other, s, &self->at));
	EXPECT_NO_SOCKET(WSAECONNREFUSED, take(self, CF_REJECT, "no"));
	EXPECT_STREQ("one", self->answer.seen);
	EXPECT_TRUE(soon_failed(s, WSAECONNREFUSED));
	EXPECT_FAILS(WSAEWOULDBLOCK, call_now(&other, s, &self->at));
	b = take(self, CF_ACCEPT, "yes");
	ASSERT_NE(INVALID_SOCKET, b);
	EXPECT_STREQ("two", self->answer.seen);
	EXPECT_TRUE(soon_connected(s));
	EXPECT_TRUE(call_got(&other, "yes"));
	EXPECT_TRUE(call_untouched(&self->call, 40));

	s = iso_make(self->sort, self->type);
	EXPECT_EQ(0, nonblocking(s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, call_now(&self->call, s, &self->at));
	EXPECT_TRUE(host_readable((int)self->l, HUNG_MS));
	EXPECT_WORKS(closesocket(s));
	EXPECT_NE(INVALID_SOCKET, accept(self->l, NULL, NULL));	/* who has gone */
	s = iso_make(self->sort, self->type);
	b = iso_pair(self->l, &self->at, s);
	EXPECT_TRUE(has_connect_time(s));
	EXPECT_TRUE(call_untouched(&self->call, 40));
}

CASE(data, refused__with_data_r293_r83)
{
	struct call *call = &self->call;
	char in[64];
	WSABUF got = { sizeof(in), in };

	memset(in, POISON, sizeof(in));
	call_init(call, "hello", 40);
	attempt_begin(&call->attempt, call_run, self->s, &self->at);
	EXPECT_NO_SOCKET(WSAECONNREFUSED, take(self, CF_REJECT, "not now"));
	ASSERT_TRUE(attempt_ended(&call->attempt));
	EXPECT_EQ(SOCKET_ERROR, call->attempt.ret);
	EXPECT_EQ(WSAECONNREFUSED, call->attempt.code);
	EXPECT_TRUE(call_untouched(call, 40));
	EXPECT_TRUE(option_is(self->s, SOL_SOCKET, SO_DISCDATA, "not now"));
	EXPECT_EQ(7, option(self->s, SOL_SOCKET, SO_DISCDATALEN));
	got.len = 6;
	EXPECT_REFUSES(WSAEFAULT, self->s, WSARecvDisconnect(self->s, &got));
	EXPECT_TRUE(all_octets(in, POISON, sizeof(in)));
	got.len = 7;
	EXPECT_WORKS(WSARecvDisconnect(self->s, &got));
	EXPECT_EQ(7, got.len);
	EXPECT_EQ(0, memcmp(in, "not now", 7));

	attempt_begin(&call->attempt, call_run, self->s, &self->at);
	EXPECT_NE(INVALID_SOCKET, take(self, CF_ACCEPT, NULL));
	ASSERT_TRUE(attempt_ended(&call->attempt));
	EXPECT_EQ(0, call->attempt.ret);
	EXPECT_TRUE(call_got(call, ""));
	EXPECT_TRUE(option_is(self->s, SOL_SOCKET, SO_DISCDATA, ""));
}

CASE(data, options__carry_it_r239)
{
	SOCKET s = self->s, b, others[2];
	size_t i;

	EXPECT_WORKS(setsockopt(s, SOL_SOCKET, SO_CONNDATA, "always", 6));
	EXPECT_FAILS(WSAEFAULT, setsockopt(s, SOL_SOCKET, SO_CONNDATA,
					   "012345678901234567890123456789012", 33));
	EXPECT_FAILS(WSAEFAULT, setsockopt(s, SOL_SOCKET, SO_CONNDATA, NULL, 6));
	EXPECT_FAILS(WSAEFAULT, setsockopt(s, SOL_SOCKET, SO_CONNDATA, "x", -1));
	call_init(&self->call, "once", 40);
	attempt_begin(&self->call.attempt, call_run, s, &self->at);
	EXPECT_NO_SOCKET(WSAECONNREFUSED, take(self, CF_REJECT, NULL));
	EXPECT_TRUE(attempt_ended(&self->call.attempt));
	EXPECT_STREQ("once", self->answer.seen);

	b = iso_pair(self->l, &self->at, s);
	EXPECT_TRUE(option_is(b, SOL_SOCKET, SO_CONNDATA, "always"));
	EXPECT_EQ(6, option(b, SOL_SOCKET, SO_CONNDATALEN));
	EXPECT_EQ(0, option(s, SOL_SOCKET, SO_CONNDATALEN));
	EXPECT_FAILS(WSAEISCONN, setsockopt(s, SOL_SOCKET, SO_CONNDATA, "x", 1));
	EXPECT_TRUE(option_is(s, SOL_SOCKET, SO_CONNOPT, ""));
	EXPECT_TRUE(option_is(s, SOL_SOCKET, SO_DISCOPT, ""));
	EXPECT_EQ(0, option(s, SOL_SOCKET, SO_CONNOPTLEN));
	EXPECT_EQ(0, option(s, SOL_SOCKET, SO_DISCOPTLEN));
	EXPECT_WORKS(setsockopt(s, SOL_SOCKET, SO_CONNOPT, NULL, 0));
	EXPECT_FAILS(WSAENOPROTOOPT, setsockopt(s, SOL_SOCKET, SO_CONNOPT, "x", 1));
	EXPECT_FAILS(WSAENOPROTOOPT, setsockopt(s, SOL_SOCKET, SO_CONNDATALEN, "1234", 4));

	others[0] = make(self->sort, SOCK_STREAM);
	others[1] = make(self->sort, SOCK_DGRAM);
	for (i = 0; i < 2; i++) {
		s = others[i];
		EXPECT_FAILS(WSAENOPROTOOPT, setsockopt(s, SOL_SOCKET, SO_CONNDATA, "x", 1));
		EXPECT_EQ(-WSAENOPROTOOPT, option(s, SOL_SOCKET, SO_DISCDATALEN));
		EXPECT_FAILS(WSAENOPROTOOPT, setsockopt(s, SOL_ISO, ISO_LOCAL_TSEL, "x", 1));
		EXPECT_EQ(-WSAENOPROTOOPT, option(s, SOL_ISO, ISO_TPDU_SIZE));
	}
}

CASE(data, selectors__are_called_r293)
{
	SOCKET s = self->s, b, l;
	struct attempt attempt;
	struct place at;

	EXPECT_TRUE(option_is(s, SOL_ISO, ISO_LOCAL_TSEL, ""));
	EXPECT_WORKS(setsockopt(s, SOL_ISO, ISO_LOCAL_TSEL, "me", 2));
	EXPECT_WORKS(setsockopt(s, SOL_ISO, ISO_REMOTE_TSEL, "you", 3));
	EXPECT_FAILS(WSAEFAULT, setsockopt(s, SOL_ISO, ISO_REMOTE_TSEL,
					   "012345678901234567890123456789012", 33));
	EXPECT_WORKS(setsockopt(s, SOL_SOCKET, SO_CONNDATA, "and this", 8));
	EXPECT_EQ(8192, option(s, SOL_ISO, ISO_TPDU_SIZE));
	EXPECT_FAILS(WSAEINVAL, set_option(s, SOL_ISO, ISO_TPDU_SIZE, 1000));
	EXPECT_WORKS(set_option(s, SOL_ISO, ISO_TPDU_SIZE, 1024));
	EXPECT_FAILS(WSAENOPROTOOPT, set_option(s, SOL_ISO, 4, 1));
	EXPECT_TRUE(option_is(s, SOL_ISO, ISO_LOCAL_TSEL, "me"));
	EXPECT_TRUE(option_is(s, SOL_ISO, ISO_REMOTE_TSEL, "you"));

	l = iso_make(self->sort, self->type);
	at = place_loopback(self->sort, 0);
	EXPECT_WORKS(setsockopt(l, SOL_ISO, ISO_LOCAL_TSEL, "him", 3));
	EXPECT_WORKS(bind(l, &at.sa, at.len));
	EXPECT_WORKS(listen(l, 5));
	at = place_local(l);
	EXPECT_FAILS(WSAEISCONN, setsockopt(l, SOL_ISO, ISO_LOCAL_TSEL, "you", 3));
	attempt_begin(&attempt, run_connect, s, &at);
	EXPECT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(WSAECONNREFUSED, attempt.code);
	EXPECT_EQ(WSA_REASON_NONE, wsaconnect_last_reason(NULL, 0));	/* of that thread's */

	b = iso_pair(self->l, &self->at, s);
	EXPECT_TRUE(option_is(b, SOL_ISO, ISO_LOCAL_TSEL, "you"));
	EXPECT_TRUE(option_is(b, SOL_ISO, ISO_REMOTE_TSEL, "me"));
	EXPECT_TRUE(option_is(b, SOL_SOCKET, SO_CONNDATA, "and this"));
	EXPECT_EQ(1024, option(b, SOL_ISO, ISO_TPDU_SIZE));
	EXPECT_EQ(1024, option(s, SOL_ISO, ISO_TPDU_SIZE));
	EXPECT_FAILS(WSAEISCONN, set_option(s, SOL_ISO, ISO_TPDU_SIZE, 2048));
}

CASE(data, released__with_data_r293)
{
	SOCKET s = self->s, b = iso_pair(self->l, &self->at, s);
	char in[80], longest[65];
	WSABUF out = { 65, longest }, got = { sizeof(in), in };
	WSANETWORKEVENTS events;
	WSAEVENT event = WSACreateEvent();
	bool records = self->type == SOCK_SEQPACKET;
	DWORD n, flags = 0;

	memset(longest, 'z', sizeof(longest));
	memset(in, POISON, sizeof(in));
	EXPECT_WORKS(WSAEventSelect(b, event, FD_CLOSE | FD_READ));
	EXPECT_FAILS(WSAEFAULT, WSASendDisconnect(s, &out));
	EXPECT_FAILS(WSAEFAULT, WSASendDisconnect(s, (WSABUF *)host_fence()));
	EXPECT_EQ(4, send(s, "last", 4, 0));
	out.len = 64;
	EXPECT_WORKS(WSASendDisconnect(s, &out));
	EXPECT_FAILS(WSAESHUTDOWN, WSASendDisconnect(s, &out));
	EXPECT_FAILS(WSAESHUTDOWN, send(s, "x", 1, 0));

	/* what was sent before stands before it */
	EXPECT_TRUE(soon_queued(b, 4));
	EXPECT_EQ(0, option(b, SOL_SOCKET, SO_DISCDATALEN));
	EXPECT_EQ(4, recv(b, in, 10, 0));
	EXPECT_EQ(WSA_WAIT_EVENT_0, WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE));
	do {	/* FD_READ may come by itself */
		EXPECT_EQ(0, WSAEnumNetworkEvents(b, event, &events));
	} while (events.lNetworkEvents == FD_READ &&
	       WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE) == WSA_WAIT_EVENT_0);
	EXPECT_EQ(FD_CLOSE, events.lNetworkEvents & FD_CLOSE);
	EXPECT_EQ(0, events.iErrorCode[FD_CLOSE_BIT]);
	EXPECT_GIVES(0, recv(b, in, 10, 0));
	got.len = 10;
	if (records)
		EXPECT_FAILS(WSAEDISCON, WSARecv(b, &got, 1, &n, &flags, NULL, NULL));
	else
		EXPECT_WORKS(WSARecv(b, &got, 1, &n, &flags, NULL, NULL));
	EXPECT_FAILS(WSAECONNABORTED, send(b, "x", 1, 0));
	EXPECT_EQ(64, option(b, SOL_SOCKET, SO_DISCDATALEN));
	got.len = 63;
	memset(in, POISON, sizeof(in));
	EXPECT_FAILS(WSAEFAULT, WSARecvDisconnect(b, &got));
	EXPECT_TRUE(all_octets(in, POISON, sizeof(in)));
	got.len = sizeof(in);
	EXPECT_WORKS(WSARecvDisconnect(b, &got));
	EXPECT_EQ(64, got.len);
	EXPECT_TRUE(all_octets(in, 'z', 64));
	EXPECT_TRUE(all_octets(in + 64, POISON, sizeof(in) - 64));
	EXPECT_FAILS(WSAESHUTDOWN, recv(b, in, 10, 0));
}

CASE(data, closed__with_data_r239_r293)
{
	SOCKET s = self->s, b = iso_pair(self->l, &self->at, s);
	WSAPOLLFD p = { .fd = b, .events = POLLRDNORM };
	char octet, longer[65] = "";

	EXPECT_FAILS(WSAEFAULT, setsockopt(s, SOL_SOCKET, SO_DISCDATA, longer, 65));
	EXPECT_WORKS(setsockopt(s, SOL_SOCKET, SO_DISCDATA, "so long", 7));
	EXPECT_EQ(0, option(b, SOL_SOCKET, SO_DISCDATALEN));
	EXPECT_WORKS(closesocket(s));
	EXPECT_EQ(1, WSAPoll(&p, 1, HUNG_MS));
	EXPECT_EQ(POLLHUP, p.revents);
	EXPECT_GIVES(0, recv(b, &octet, 1, 0));
	EXPECT_TRUE(option_is(b, SOL_SOCKET, SO_DISCDATA, "so long"));
	/* once TCP has forgotten it, too */
	EXPECT_TRUE(soon_reset(b));
	EXPECT_EQ(1, WSAPoll(&p, 1, HUNG_MS));
	EXPECT_EQ(POLLHUP, p.revents);
	EXPECT_GIVES(0, recv(b, &octet, 1, 0));
	EXPECT_EQ(0, so_error(b));
}

CASE(data, class_0__carries_none_r40_r44)
{
	SOCKET l = socket(self->sort->af, self->type, ISOPROTO_TP0), b;
	SOCKET s = socket(self->sort->af, self->type, ISOPROTO_TP0);
	struct place at = place_loopback(self->sort, 0);
	WSABUF out = { 2, "ok" };

	EXPECT_WORKS(bind(l, &at.sa, at.len));
	EXPECT_WORKS(listen(l, 5));
	at = place_local(l);
	call_init(&self->call, "hello", 40);
	EXPECT_REFUSES(WSAEPROTONOSUPPORT, s, call_now(&self->call, s, &at));
	EXPECT_TRUE(call_untouched(&self->call, 40));
	EXPECT_FAILS(WSAEPROTONOSUPPORT, setsockopt(s, SOL_SOCKET, SO_CONNDATA, "x", 1));
	EXPECT_EQ(2048, option(s, SOL_ISO, ISO_TPDU_SIZE));
	EXPECT_WORKS(set_option(s, SOL_ISO, ISO_TPDU_SIZE, 512));
	self->call.caller.len = 0;
	attempt_begin(&self->call.attempt, call_run, s, &at);
	b = accept_if(l, &self->answer, CF_ACCEPT, NULL);
	ASSERT_NE(INVALID_SOCKET, b);
	EXPECT_EQ(0, self->answer.room);
	EXPECT_TRUE(attempt_ended(&self->call.attempt));
	EXPECT_EQ(0, self->call.attempt.ret);
	EXPECT_TRUE(call_got(&self->call, ""));
	EXPECT_TRUE(pass_on(s, b));
	EXPECT_FAILS(WSAENOPROTOOPT, WSASendDisconnect(s, &out));
	EXPECT_WORKS(WSASendDisconnect(s, NULL));
	EXPECT_EQ(512, option(b, SOL_ISO, ISO_TPDU_SIZE));
}

CASE(data, provider__says_what_it_is_r237)
{
	bool records = self->type == SOCK_SEQPACKET;
	WSAPROTOCOL_INFOA info;
	int len = sizeof(info);
	SOCKET again;

	memset(&info, POISON, sizeof(info));
	EXPECT_EQ(0, getsockopt(self->s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &len));
	EXPECT_EQ(XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE |
		  XP1_CONNECT_DATA | XP1_DISCONNECT_DATA | XP1_IFS_HANDLES |
		  (records ? XP1_MESSAGE_ORIENTED : 0), info.dwServiceFlags1);
	EXPECT_EQ(ISOPROTO_TP2, info.iProtocol);
	EXPECT_EQ(self->type, info.iSocketType);
	EXPECT_EQ(self->sort->af, info.iAddressFamily);
	EXPECT_EQ(records ? 0xffffffff : 0, info.dwMessageSize);
	EXPECT_EQ(self->type, option(self->s, SOL_SOCKET, SO_TYPE));
	EXPECT_EQ(records ? -1 : -WSAENOPROTOOPT, option(self->s, SOL_SOCKET, SO_MAX_MSG_SIZE));
	again = WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
	ASSERT_NE(INVALID_SOCKET, again);
	EXPECT_EQ(self->type, option(again, SOL_SOCKET, SO_TYPE));

	again = socket(self->sort->af, 0, ISOPROTO_TP0);
	ASSERT_NE(INVALID_SOCKET, again);
	EXPECT_EQ(SOCK_SEQPACKET, option(again, SOL_SOCKET, SO_TYPE));
	EXPECT_EQ(0, getsockopt(again, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &len));
	EXPECT_EQ(ISOPROTO_TP0, info.iProtocol);
	EXPECT_EQ(0, info.dwServiceFlags1 & (XP1_CONNECT_DATA | XP1_DISCONNECT_DATA));
	EXPECT_NO_SOCKET(WSAESOCKTNOSUPPORT, socket(self->sort->af, SOCK_SEQPACKET, 0));
	EXPECT_NO_SOCKET(WSAESOCKTNOSUPPORT, socket(self->sort->af, SOCK_SEQPACKET, 28));
	EXPECT_NO_SOCKET(WSAEPROTONOSUPPORT, socket(self->sort->af, SOCK_DGRAM, ISOPROTO_TP2));
}

/* A descriptor that came from elsewhere is known for what it is. */
CASE(data, taken_in__is_what_it_was_r16)
{
	SOCKET copy = (SOCKET)host_dup((int)self->s), b;

	EXPECT_EQ(self->type, option(copy, SOL_SOCKET, SO_TYPE));
	EXPECT_WORKS(setsockopt(copy, SOL_SOCKET, SO_CONNDATA, "copied", 6));
	b = iso_pair(self->l, &self->at, self->s);
	EXPECT_TRUE(option_is(b, SOL_SOCKET, SO_CONNDATA, "copied"));
	EXPECT_TRUE(pass_on(copy, b));
}

TEST_HARNESS_MAIN
