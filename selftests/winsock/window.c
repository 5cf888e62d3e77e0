// SPDX-License-Identifier: GPL-2.0
/* The windows: posted messages, turns, threads, and what a closed one leaves. */
#include "record.h"

#include <kselftest_harness.h>

#include <stdatomic.h>

FIXTURE(window) {
	const struct sort *sort;
	HWND window;
};

DOORS(window);

enum { NUMBER = WM_USER + 7, POSTED = WM_APP + 1 };

FIXTURE_SETUP(window)
{
	host_fresh();
	self->sort = &variant->sort;
	start(self->sort);
	self->window = wsaconnect_window();
	ASSERT_NE(NULL, self->window);
}

FIXTURE_TEARDOWN(window)
{
	FINISH();
}

#define SELECT(s, events) EXPECT_WORKS(WSAAsyncSelect(s, self->window, NUMBER, events))
#define GETS(m) EXPECT_GIVES(1, wsaconnect_get_message(self->window, m, HUNG_MS))
#define GETS_NOTHING(m) EXPECT_WORKS(wsaconnect_get_message(self->window, m, 0))
#define POST(w, l) EXPECT_WORKS(wsaconnect_post_message(self->window, POSTED, w, l))

CASE(window, posted__in_their_order)
{
	int fd = wsaconnect_window_fd(self->window), i, round;
	MSG message;

	EXPECT_LT(0, fd);
	for (round = 0; round < 2; round++) {
		EXPECT_FALSE(host_readable(fd, 0));
		for (i = 0; i < 100; i++)
			POST((WPARAM)i, -i);
		EXPECT_TRUE(host_epoll_readable(fd, 0));
		EXPECT_TRUE(host_uring_readable(fd, HUNG_MS));
		for (i = 0; i < 100; i++) {
			memset(&message, 0xab, sizeof(message));
			GETS(&message);
			EXPECT_EQ(self->window, message.hwnd);
			EXPECT_EQ((UINT)POSTED, message.message);
			EXPECT_EQ((WPARAM)i, message.wParam);
			EXPECT_EQ(-i, message.lParam);
		}
		EXPECT_FALSE(host_readable(fd, 0));
		GETS_NOTHING(&message);
		EXPECT_WORKS(wsaconnect_get_message(self->window, &message, 20));
	}
}

CASE(window, others_are_refused)
{
	static const intptr_t never[] = { 0, -1, 999, 0x7fffffff };
	HWND closed = wsaconnect_window(), window;
	MSG message;
	size_t i;
	int fd;

	EXPECT_NE(self->window, closed);
	fd = wsaconnect_window_fd(closed);
	EXPECT_WORKS(wsaconnect_post_message(closed, POSTED, 1, 2));
	EXPECT_WORKS(wsaconnect_window_close(closed));
	EXPECT_FALSE(host_is_open(fd));
	memset(&message, 0xab, sizeof(message));
	for (i = 0; i <= ARRAY_SIZE(never); i++) {
		window = i < ARRAY_SIZE(never) ? (HWND)never[i] : closed;
		EXPECT_FAILS(WSA_INVALID_HANDLE, wsaconnect_window_close(window));
		EXPECT_FAILS(WSA_INVALID_HANDLE, wsaconnect_window_fd(window));
		EXPECT_FAILS(WSA_INVALID_HANDLE, wsaconnect_post_message(window, 1, 2, 3));
		EXPECT_FAILS(WSA_INVALID_HANDLE, wsaconnect_get_message(window, &message, 0));
		EXPECT_FAILS(WSA_INVALID_HANDLE,
			     wsaconnect_get_message(window, &message, WSA_INFINITE));
	}
	/* an event is no window, nor the reverse */
	fd = host_open(HOST_EPOLL);
	EXPECT_FAILS(WSA_INVALID_HANDLE, wsaconnect_window_close((HWND)(intptr_t)fd));
	EXPECT_TRUE(host_is_open(fd));
	EXPECT_EQ(FALSE, WSASetEvent((WSAEVENT)self->window));
	EXPECT_EQ(FALSE, WSACloseEvent((WSAEVENT)self->window));
	EXPECT_TRUE(all_octets(&message, 0xab, sizeof(message)));
}

CASE(window, memory__is_asked_first)
{
	MSG message;

	POST(1, 2);
	EXPECT_FAILS(WSAEFAULT, wsaconnect_get_message(self->window, NULL, 0));
	EXPECT_FAILS(WSAEFAULT, wsaconnect_get_message(self->window, (MSG *)host_fence(), 0));
	EXPECT_FAILS(WSAEFAULT,
		     wsaconnect_get_message(self->window, (MSG *)host_read_only_page(), 0));
	GETS(&message);
	EXPECT_EQ((WPARAM)1, message.wParam);
}

/* One that is always busy, and a program that posts to itself, keep nobody waiting for long. */
CASE(window, turns__everybody_has_one)
{
	SOCKET busy_peer, busy = make_pair(self->sort, &busy_peer);
	SOCKET a, s = make_pair(self->sort, &a);
	int i, got_s = 0, got_busy = 0, got_posted = 0;
	char octets[4096] = {};
	MSG message;

	SELECT(busy, FD_READ);
	SELECT(s, FD_READ);
	EXPECT_GIVES((int)sizeof(octets), send(busy_peer, octets, sizeof(octets), 0));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(soon_queued(busy, sizeof(octets)));
	EXPECT_TRUE(soon_queued(s, 1));
	POST(0, 0);
	for (i = 0; i < 30; i++) {
		GETS(&message);
		if (message.message == POSTED) {
			got_posted++;
			POST(0, 0);
		} else if (message.wParam == s) {
			got_s++;
			EXPECT_GT(3, i);
		} else {
			got_busy++;
			EXPECT_EQ(busy, message.wParam);
			EXPECT_GIVES(1, recv(busy, octets, 1, 0));
		}
	}
	EXPECT_EQ(1, got_s);
	EXPECT_LT(10, got_busy);
	EXPECT_LT(10, got_posted);
}

static int run_get(struct attempt *attempt)
{
	MSG message;
	int ret = wsaconnect_get_message((HWND)attempt->s, &message, WSA_INFINITE);

	return ret == 1 ? (int)message.message : ret;
}

CASE(window, wait__a_post_ends_it)
{
	struct attempt attempt;

	attempt_begin(&attempt, run_get, (SOCKET)self->window, NULL);
	ASSERT_FALSE(attempt.ended_first);
	POST(1, 2);
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(POSTED, attempt.ret);
	EXPECT_EQ(0, attempt.code);
}

CASE(window, wait__a_socket_ends_it)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct attempt attempt;

	attempt_begin(&attempt, run_get, (SOCKET)self->window, NULL);
	ASSERT_FALSE(attempt.ended_first);
	/* selected while another thread waits */
	SELECT(s, FD_READ);
	EXPECT_TRUE(host_sleeps(attempt.tid));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(NUMBER, attempt.ret);
}

CASE(window, wait__closing_ends_it)
{
	struct attempt attempts[3];
	int fd = wsaconnect_window_fd(self->window);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attempts); i++)
		attempt_begin(&attempts[i], run_get, (SOCKET)self->window, NULL);
	EXPECT_WORKS(wsaconnect_window_close(self->window));
	for (i = 0; i < ARRAY_SIZE(attempts); i++) {
		ASSERT_TRUE(attempt_ended(&attempts[i]));
		EXPECT_EQ(SOCKET_ERROR, attempts[i].ret);
		EXPECT_EQ(WSA_INVALID_HANDLE, attempts[i].code);
	}
	EXPECT_FALSE(host_is_open(fd));
}

static int stormy_get(struct attempt *attempt)
{
	int ret;

	host_storm_begin(false);
	ret = run_get(attempt);
	if (host_storm_end() < 10)
		return 1;
	return ret;
}

CASE(window, wait__signals_do_not_end_it_r69)
{
	struct attempt attempt;

	attempt_begin(&attempt, stormy_get, (SOCKET)self->window, NULL);
	host_pause(200);
	POST(1, 2);
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(POSTED, attempt.ret);
}

static void procedure(ULONG_PTR data)
{
	*(int *)data = 1;
}

/* To wait for a message is not alertable. */
CASE(window, wait__runs_no_procedures_r245)
{
	MSG message;
	int ran = 0;

	EXPECT_NE(0U, QueueUserAPC(procedure, wsaconnect_thread(), (ULONG_PTR)&ran));
	EXPECT_WORKS(wsaconnect_get_message(self->window, &message, 0));
	EXPECT_WORKS(wsaconnect_get_message(self->window, &message, 30));
	EXPECT_EQ(0, ran);
	EXPECT_EQ((DWORD)WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	EXPECT_EQ(1, ran);
}

enum { MANY = 400, ENOUGH = 0x7777 };
static atomic_int seen[MANY];

static int run_many(struct attempt *attempt)
{
	MSG message;
	int n = 0;

	while (wsaconnect_get_message((HWND)attempt->s, &message, HUNG_MS) == 1) {
		if (message.wParam == ENOUGH)
			return n;
		if (message.wParam >= MANY)
			return -1;
		atomic_fetch_add(&seen[message.wParam], 1);
		n++;
	}
	return -1;
}

/* Each message is one thread's. */
CASE(window, threads__share)
{
	struct attempt attempts[4];
	int i, sum = 0;

	for (i = 0; i < (int)ARRAY_SIZE(attempts); i++)
		attempt_begin(&attempts[i], run_many, (SOCKET)self->window, NULL);
	for (i = 0; i < MANY; i++)
		POST((WPARAM)i, 0);
	for (i = 0; i < (int)ARRAY_SIZE(attempts); i++)
		POST(ENOUGH, 0);
	for (i = 0; i < (int)ARRAY_SIZE(attempts); i++) {
		ASSERT_TRUE(attempt_ended(&attempts[i]));
		EXPECT_LE(0, attempts[i].ret);
		sum += attempts[i].ret;
	}
	EXPECT_EQ(MANY, sum);
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(1, atomic_load(&seen[i]));
}

static atomic_int octets_seen, writes_seen;

static int run_reader(struct attempt *attempt)
{
	MSG message;
	char octet;

	while (wsaconnect_get_message((HWND)attempt->s, &message, HUNG_MS) == 1) {
		if (message.message == POSTED)
			return 0;
		if (WSAGETSELECTEVENT(message.lParam) == FD_WRITE)
			atomic_fetch_add(&writes_seen, 1);
		else if (recv((SOCKET)message.wParam, &octet, 1, 0) == 1)
			atomic_fetch_add(&octets_seen, 1);
	}
	return SOCKET_ERROR;
}

/* Several threads serve several sockets; none is served twice for one occurrence, none never. */
CASE(window, threads__serve_sockets_r222)
{
	struct attempt attempts[3];
	SOCKET a[4], s[4];
	int i, round;

	for (i = 0; i < (int)ARRAY_SIZE(s); i++) {
		s[i] = make_pair(self->sort, &a[i]);
		SELECT(s[i], FD_READ | FD_WRITE);
	}
	for (i = 0; i < (int)ARRAY_SIZE(attempts); i++)
		attempt_begin(&attempts[i], run_reader, (SOCKET)self->window, NULL);
	for (round = 0; round < 50; round++)
		for (i = 0; i < (int)ARRAY_SIZE(s); i++)
			EXPECT_GIVES(2, send(a[i], "xy", 2, 0));
	for (i = 0; i < HUNG_MS / 10 && atomic_load(&octets_seen) < 400; i++)
		host_pause(10);
	for (i = 0; i < (int)ARRAY_SIZE(attempts); i++)
		POST(0, 0);
	for (i = 0; i < (int)ARRAY_SIZE(attempts); i++) {
		ASSERT_TRUE(attempt_ended(&attempts[i]));
		EXPECT_EQ(0, attempts[i].ret);
	}
	EXPECT_EQ(400, atomic_load(&octets_seen));
	EXPECT_EQ(4, atomic_load(&writes_seen));
}

static atomic_bool enough;

static int run_sweeper(struct attempt *attempt)
{
	MSG message;
	int n = 0;

	while (!atomic_load(&enough))
		n += wsaconnect_get_message((HWND)attempt->s, &message, 1) > 0;
	return n;
}

/* Sockets come and go while others get their messages; afterwards there is none. */
CASE(window, threads__sockets_come_and_go_r227)
{
	struct attempt attempts[2];
	MSG message;
	SOCKET a, s;
	int i;

	atomic_store(&enough, false);
	for (i = 0; i < 2; i++)
		attempt_begin(&attempts[i], run_sweeper, (SOCKET)self->window, NULL);
	for (i = 0; i < 100; i++) {
		s = make_pair(self->sort, &a);
		SELECT(s, FD_ALL_EVENTS);
		EXPECT_GIVES(1, send(a, "x", 1, 0));
		if (i & 1)
			SELECT(s, FD_READ | FD_CLOSE);
		if (i & 2)
			EXPECT_WORKS(closesocket(a));
		EXPECT_WORKS(closesocket(s));
		if (!(i & 2))
			EXPECT_WORKS(closesocket(a));
	}
	atomic_store(&enough, true);
	for (i = 0; i < 2; i++)
		ASSERT_TRUE(attempt_ended(&attempts[i]));
	GETS_NOTHING(&message);
}

CASE(window, close__ends_the_selections_r206)
{
	SOCKET a, s = make_pair(self->sort, &a), b, t = make_pair(self->sort, &b);
	HWND window;
	MSG message;

	SELECT(s, FD_READ | FD_WRITE);
	SELECT(t, FD_READ);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_WORKS(wsaconnect_window_close(self->window));
	EXPECT_WORKS(nonblocking(s, false));
	EXPECT_WORKS(nonblocking(t, false));
	EXPECT_TRUE(pass_on(b, t));
	window = wsaconnect_window();
	EXPECT_WORKS(wsaconnect_get_message(window, &message, 20));
	EXPECT_WORKS(WSAAsyncSelect(s, window, NUMBER, FD_READ));
	EXPECT_GIVES(1, wsaconnect_get_message(window, &message, HUNG_MS));
	EXPECT_EQ(s, message.wParam);
}

/* A socket in a window costs a descriptor; without one nothing has changed. */
CASE(window, descriptors__none_left_r225)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a, s = make(self->sort, SOCK_STREAM);
	WSAEVENT events[64];
	int n;

	SELECT(l, FD_ACCEPT | FD_WRITE);
	EXPECT_WORKS(connect_at(s, &at));
	host_descriptor_limit(40);
	for (n = 0; n < 64; n++) {
		events[n] = WSACreateEvent();
		if (!events[n])
			break;
	}
	ASSERT_LT(1, n);
	EXPECT_REFUSES(WSAEMFILE, s, WSAAsyncSelect(s, self->window, NUMBER, FD_READ));
	EXPECT_WORKS(nonblocking(s, false));
	/* enough for the accepted socket, but not for its messages */
	EXPECT_GIVES(TRUE, WSACloseEvent(events[--n]));
	EXPECT_NO_SOCKET(WSAEMFILE, accept(l, NULL, NULL));
	EXPECT_GIVES(TRUE, WSACloseEvent(events[--n]));
	EXPECT_WORKS(connect_at(make(self->sort, SOCK_STREAM), &at));
	EXPECT_GIVES(TRUE, WSACloseEvent(events[--n]));
	a = accept(l, NULL, NULL);
	EXPECT_NE(INVALID_SOCKET, a);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
