// SPDX-License-Identifier: GPL-2.0
/* WSAAsyncSelect: which messages come, in which order, and to whom. */
#include "record.h"

#include <kselftest_harness.h>

#include <stdatomic.h>
#include <sys/wait.h>

FIXTURE(message) {
	const struct sort *sort;
	SOCKET s;
	HWND window;
};

SORTS(message);

enum { NUMBER = WM_USER + 7 };

FIXTURE_SETUP(message)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->window = wsaconnect_window();
	ASSERT_NE(NULL, self->window);
}

FIXTURE_TEARDOWN(message)
{
	FINISH();
}

/* The next message is exactly this one. */
static bool gets(HWND window, UINT number, SOCKET s, int event, int code)
{
	MSG message;
	int ret;

	memset(&message, 0xab, sizeof(message));
	WSASetLastError(POISON_CODE);
	ret = wsaconnect_get_message(window, &message, HUNG_MS);
	if (ret != 1 || WSAGetLastError()) {
		printf("# no message: %d, code %d\n", ret, WSAGetLastError());
		return false;
	}
	if (message.hwnd == window && message.message == number && message.wParam == s &&
	    message.lParam == MAKELONG(event, code) &&
	    WSAGETSELECTEVENT(message.lParam) == event && WSAGETSELECTERROR(message.lParam) == code)
		return true;
	printf("# window %p message %#x socket %ld event %#x code %d\n", (void *)message.hwnd,
	       message.message, (long)message.wParam, WSAGETSELECTEVENT(message.lParam),
	       WSAGETSELECTERROR(message.lParam));
	return false;
}

/* There is none, and the memory for it is untouched. */
static bool gets_nothing(HWND window, DWORD timeout)
{
	MSG message;
	int ret;

	memset(&message, 0xab, sizeof(message));
	WSASetLastError(POISON_CODE);
	ret = wsaconnect_get_message(window, &message, timeout);
	if (!ret && !WSAGetLastError() && all_octets(&message, 0xab, sizeof(message)))
		return true;
	printf("# returned %d, code %d; event %#x\n", ret, WSAGetLastError(),
	       WSAGETSELECTEVENT(message.lParam));
	return false;
}

#define SELECT(s, events) EXPECT_WORKS(WSAAsyncSelect(s, self->window, NUMBER, events))
#define GETS_CODE(s, event, code) EXPECT_TRUE(gets(self->window, NUMBER, s, event, code))
#define GETS(s, event) GETS_CODE(s, event, 0)
#define NOTHING() EXPECT_TRUE(gets_nothing(self->window, 20))
#define FD (wsaconnect_window_fd(self->window))

/* Selected after the connect, so that there is no message of that; the first one is taken. */
#define SELECTED_PAIR(s, a, events) \
	do { \
		s = make_pair(self->sort, &a); \
		SELECT(s, events); \
		if ((events) & FD_WRITE) \
			GETS(s, FD_WRITE); \
		NOTHING(); \
	} while (0)

CASE(message, select__makes_nonblocking_r205)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;

	SELECT(s, FD_READ);
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(s, &octet, 1, 0));
	EXPECT_REFUSES(WSAEINVAL, s, nonblocking(s, false));
	EXPECT_WORKS(WSAAsyncSelect(a, NULL, 0, 0));
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(a, &octet, 1, 0));
	EXPECT_WORKS(WSAAsyncSelect(s, NULL, 0, 0));
	EXPECT_WORKS(nonblocking(s, false));
}

CASE(message, select__refuses_r205_r207)
{
	SOCKET a, s = make_pair(self->sort, &a);
	HWND closed = wsaconnect_window(), never = (HWND)(intptr_t)12345;

	EXPECT_WORKS(wsaconnect_window_close(closed));
	EXPECT_REFUSES(WSAEINVAL, s, WSAAsyncSelect(s, NULL, NUMBER, FD_READ));
	EXPECT_REFUSES(WSAEINVAL, s, WSAAsyncSelect(s, never, NUMBER, FD_READ));
	EXPECT_REFUSES(WSAEINVAL, s, WSAAsyncSelect(s, closed, NUMBER, FD_READ));
	EXPECT_REFUSES(WSAEINVAL, s, WSAAsyncSelect(s, (HWND)s, NUMBER, FD_READ));
	EXPECT_REFUSES(WSAEINVAL, s, WSAAsyncSelect(s, self->window, NUMBER, FD_ALL_EVENTS + 1));
	EXPECT_REFUSES(WSAEINVAL, s, WSAAsyncSelect(s, self->window, NUMBER, -1));
	EXPECT_FAILS(WSAENOTSOCK, WSAAsyncSelect(INVALID_SOCKET, self->window, NUMBER, FD_READ));
	EXPECT_FAILS(WSAENOTSOCK, WSAAsyncSelect((SOCKET)FD, self->window, NUMBER, FD_READ));
	NOTHING();
	SELECT(s, FD_READ);
	EXPECT_FAILS(WSAEINVAL, WSAAsyncSelect(s, closed, NUMBER, FD_WRITE));
	EXPECT_FAILS(WSAEINVAL, WSAAsyncSelect(s, self->window, NUMBER + 1, -1));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	GETS(s, FD_READ);
	NOTHING();
}

CASE(message, connect__before_write_r211)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at);

	SELECT(self->s, FD_ALL_EVENTS);
	NOTHING();
	EXPECT_FALSE(host_readable(FD, 0));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	EXPECT_TRUE(host_readable(FD, HUNG_MS));
	EXPECT_TRUE(host_epoll_readable(FD, HUNG_MS));
	GETS(self->s, FD_CONNECT);
	EXPECT_TRUE(host_readable(FD, 0));
	GETS(self->s, FD_WRITE);
	NOTHING();
	EXPECT_FALSE(host_readable(FD, 0));
	ASSERT_NE(INVALID_SOCKET, accept(l, NULL, NULL));
	NOTHING();
}

CASE(message, reselect__write_again_r212)
{
	SOCKET a, s;

	SELECTED_PAIR(s, a, FD_ALL_EVENTS);
	EXPECT_WORKS(WSAAsyncSelect(s, self->window, NUMBER, 0));
	NOTHING();
	SELECT(s, FD_ALL_EVENTS);
	GETS(s, FD_WRITE);
	NOTHING();
	SELECT(s, FD_ALL_EVENTS);
	GETS(s, FD_WRITE);
	NOTHING();
	/* and whatever else lasts, in their order */
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	GETS(s, FD_READ);
	EXPECT_WORKS(shutdown(a, SD_SEND));
	GETS(s, FD_CLOSE);
	SELECT(s, FD_ALL_EVENTS);
	GETS(s, FD_WRITE);
	GETS(s, FD_READ);
	GETS(s, FD_CLOSE);
	NOTHING();
}

CASE(message, connected_before__write_only_r213_r214)
{
	SOCKET a, s = make_pair(self->sort, &a), l;
	struct place at;

	SELECT(s, FD_ALL_EVENTS);
	GETS(s, FD_WRITE);
	NOTHING();

	l = make_listener(self->sort, &at);
	SELECT(self->s, FD_READ | FD_CLOSE);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	ASSERT_TRUE(soon_connected(self->s));
	NOTHING();
	SELECT(self->s, FD_ALL_EVENTS);
	GETS(self->s, FD_WRITE);
	NOTHING();
	ASSERT_NE(INVALID_SOCKET, accept(l, NULL, NULL));
}

/* Windows posted it when it occurred; here it was not asked for yet. */
CASE(message, connect__not_lost_by_selecting_again_r211)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at);
	HWND other = wsaconnect_window();

	SELECT(self->s, FD_CONNECT | FD_WRITE);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	ASSERT_TRUE(soon_connected(self->s));
	SELECT(self->s, FD_READ | FD_WRITE);
	GETS(self->s, FD_CONNECT);
	GETS(self->s, FD_WRITE);
	NOTHING();

	self->s = make(self->sort, SOCK_STREAM);
	SELECT(self->s, FD_CONNECT);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	ASSERT_TRUE(soon_connected(self->s));
	EXPECT_WORKS(WSAAsyncSelect(self->s, other, NUMBER, FD_WRITE));
	EXPECT_TRUE(gets(other, NUMBER, self->s, FD_CONNECT, 0));
	EXPECT_TRUE(gets(other, NUMBER, self->s, FD_WRITE, 0));
	EXPECT_TRUE(gets_nothing(other, 20));
	NOTHING();
	ASSERT_NE(INVALID_SOCKET, accept(l, NULL, NULL));
}

CASE(message, connect_fails__code_r216_r217)
{
	struct place at;
	SOCKET holder = refused_at(self->sort, &at);
	int i;

	SELECT(self->s, FD_ALL_EVENTS);
	for (i = 0; i < 2; i++) {
		EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
		GETS_CODE(self->s, FD_CONNECT, WSAECONNREFUSED);
		NOTHING();
	}
	SELECT(self->s, FD_ALL_EVENTS);
	NOTHING();
	ASSERT_WORKS(listen(holder, 5));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	GETS(self->s, FD_CONNECT);
	GETS(self->s, FD_WRITE);
	NOTHING();
}

CASE(message, connect_fails__silent_r216)
{
	struct place to = place_silent(self->sort, 5000);

	host_sysctl("/proc/sys/net/ipv4/tcp_syn_retries", "1");
	SELECT(self->s, FD_ALL_EVENTS);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	GETS_CODE(self->s, FD_CONNECT, WSAETIMEDOUT);
	NOTHING();
}

CASE(message, connect_fails__unreachable_r216)
{
	int code = self->sort->af == AF_INET6 && !self->sort->dual ? WSAENETUNREACH
								   : WSAEHOSTUNREACH;
	struct place to = place_for(self->sort, "10.6.0.5", "fd06::5", 5);

	host_router();
	SELECT(self->s, FD_ALL_EVENTS);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &to));
	GETS_CODE(self->s, FD_CONNECT, code);
	NOTHING();
}

CASE(message, event_instead__replaces_r207)
{
	WSAEVENT event = WSACreateEvent();
	SOCKET a, s;
	char octet;

	SELECTED_PAIR(s, a, FD_READ);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(host_readable(FD, HUNG_MS));
	EXPECT_WORKS(WSAEventSelect(s, event, FD_READ));
	NOTHING();
	EXPECT_TRUE(soon_takes(s, event, FD_READ));
	SELECT(s, FD_READ);
	GETS(s, FD_READ);
	EXPECT_GIVES(1, recv(s, &octet, 1, 0));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	GETS(s, FD_READ);
	EXPECT_FALSE(is_set(event));
	NOTHING();
}

CASE(message, another_window__replaces_r207)
{
	HWND other = wsaconnect_window();
	SOCKET a, s;

	SELECTED_PAIR(s, a, FD_READ);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(host_readable(FD, HUNG_MS));
	EXPECT_WORKS(WSAAsyncSelect(s, other, NUMBER + 1, FD_READ));
	EXPECT_TRUE(gets(other, NUMBER + 1, s, FD_READ, 0));
	EXPECT_TRUE(gets_nothing(other, 20));
	NOTHING();
	EXPECT_FALSE(host_readable(FD, 0));
}

CASE(message, send__write_only_when_it_blocked_r220_r221_r226)
{
	struct host_look look;
	SOCKET a, s;
	int round;

	SELECTED_PAIR(s, a, FD_WRITE);
	EXPECT_TRUE(small(s) && small(a));
	EXPECT_EQ(0, nonblocking(a, true));
	for (round = 0; round < 2; round++) {
		EXPECT_TRUE(fill(s));
		host_look((int)s, &look);
		NOTHING();
		while (!host_readable(FD, 0) && soon_queued(a, 1))
			drain(a);
		GETS(s, FD_WRITE);
		EXPECT_GIVES(1, send(s, "x", 1, 0));
		NOTHING();
		host_pause(50);
		drain(a);
		NOTHING();
	}
}

CASE(message, read__rearmed_r222)
{
	SOCKET a, s;
	char octets[8];

	SELECTED_PAIR(s, a, FD_READ);
	EXPECT_GIVES(4, send(a, "abcd", 4, 0));
	GETS(s, FD_READ);
	NOTHING();
	EXPECT_FAILS(WSAEFAULT, recv(s, host_fence(), 1, 0));
	GETS(s, FD_READ);
	NOTHING();
	EXPECT_GIVES(2, recv(s, octets, 2, 0));
	GETS(s, FD_READ);
	NOTHING();
	EXPECT_GIVES(2, recv(s, octets, 8, 0));
	NOTHING();
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(s, octets, 8, 0));
	NOTHING();
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	GETS(s, FD_READ);
}

CASE(message, close__codes_r223_r224)
{
	SOCKET a, s;
	char octet;

	SELECTED_PAIR(s, a, FD_ALL_EVENTS);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	GETS(s, FD_READ);
	EXPECT_WORKS(closesocket(a));
	GETS(s, FD_CLOSE);
	NOTHING();
	EXPECT_GIVES(1, recv(s, &octet, 1, 0));
	EXPECT_GIVES(0, recv(s, &octet, 1, 0));
	NOTHING();

	SELECTED_PAIR(s, a, FD_ALL_EVENTS);
	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	GETS_CODE(s, FD_CLOSE, WSAECONNABORTED);
	EXPECT_FAILS(WSAECONNRESET, recv(s, &octet, 1, 0));
	NOTHING();
}

CASE(message, accepted__inherits_r225)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a, b;

	SELECT(l, FD_ACCEPT | FD_READ | FD_WRITE | FD_CLOSE);
	NOTHING();
	EXPECT_WORKS(connect_at(self->s, &at));
	EXPECT_WORKS(connect_at(make(self->sort, SOCK_STREAM), &at));
	GETS(l, FD_ACCEPT);
	NOTHING();
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_REFUSES(WSAEINVAL, a, nonblocking(a, false));
	EXPECT_GIVES(1, send(self->s, "x", 1, 0));
	EXPECT_TRUE(soon_queued(a, 1));
	GETS(l, FD_ACCEPT);
	GETS(a, FD_WRITE);
	GETS(a, FD_READ);
	NOTHING();
	b = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, b);
	GETS(b, FD_WRITE);
	NOTHING();
	/* the child's selection is its own */
	EXPECT_WORKS(WSAAsyncSelect(l, NULL, 0, 0));
	EXPECT_WORKS(closesocket(self->s));
	GETS(a, FD_CLOSE);
	NOTHING();
	EXPECT_WORKS(closesocket(a));
	EXPECT_WORKS(WSAAsyncSelect(b, self->window, NUMBER, FD_WRITE));
	GETS(b, FD_WRITE);
}

CASE(message, poll__repeats_nothing_r226)
{
	struct host_look look;
	SOCKET a, s;

	SELECTED_PAIR(s, a, FD_ALL_EVENTS);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	GETS(s, FD_READ);
	host_look((int)s, &look);
	EXPECT_TRUE(host_epoll_readable((int)s, 0));
	look_all_ways(s);
	NOTHING();
}

/* What was not asked for yet, and what waited for its turn. */
CASE(message, closesocket__ends_messages_r227)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a, s, again;

	SELECTED_PAIR(s, a, FD_ALL_EVENTS);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(host_readable(FD, HUNG_MS));
	EXPECT_WORKS(closesocket(s));
	EXPECT_FALSE(host_readable(FD, 0));
	NOTHING();

	SELECT(self->s, FD_ALL_EVENTS);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	GETS(self->s, FD_CONNECT);
	EXPECT_TRUE(host_readable(FD, HUNG_MS));
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_FALSE(host_readable(FD, 0));
	NOTHING();
	/* nor is one taken for its successor's */
	again = make(self->sort, SOCK_STREAM);
	EXPECT_EQ(self->s, again);
	EXPECT_WORKS(connect_at(again, &at));
	NOTHING();
	EXPECT_WORKS(closesocket(l));
}

/* By close(2): whoever has the number next has nothing to do with it. */
CASE(message, plain_close__ends_messages)
{
	WSAEVENT event = WSACreateEvent();
	struct place at;
	SOCKET l = make_listener(self->sort, &at), a, s, again;

	EXPECT_WORKS(WSAEventSelect(l, event, FD_ACCEPT | FD_WRITE));
	EXPECT_WORKS(connect_at(self->s, &at));
	EXPECT_TRUE(soon_takes(l, event, FD_ACCEPT));
	SELECTED_PAIR(s, a, FD_ALL_EVENTS);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(host_readable(FD, HUNG_MS));
	host_close((int)s);
	again = accept(l, NULL, NULL);
	EXPECT_EQ(s, again);
	NOTHING();
	EXPECT_TRUE(soon_takes(again, event, FD_WRITE));

	SELECTED_PAIR(s, a, FD_ALL_EVENTS);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(host_readable(FD, HUNG_MS));
	host_close((int)s);
	NOTHING();
	EXPECT_FALSE(host_readable(FD, 0));
}

CASE(message, group_qos__never_r229)
{
	SOCKET a, s = make_pair(self->sort, &a);

	SELECT(s, FD_GROUP_QOS);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_WORKS(closesocket(a));
	EXPECT_TRUE(host_readable((int)s, HUNG_MS));
	NOTHING();
}

CASE(message, dgram__read_and_write_r176_r222)
{
	SOCKET u = make(self->sort, SOCK_DGRAM), from = make(self->sort, SOCK_DGRAM);
	struct place any = place_loopback(self->sort, 0), at;
	char octet;

	SELECT(u, FD_ALL_EVENTS);
	GETS(u, FD_WRITE);
	NOTHING();
	EXPECT_WORKS(bind(u, &any.sa, any.len));
	NOTHING();
	at = place_local(u);
	EXPECT_GIVES(1, sendto(from, "x", 1, 0, &at.sa, at.len));
	GETS(u, FD_READ);
	EXPECT_GIVES(1, sendto(from, "y", 1, 0, &at.sa, at.len));
	NOTHING();
	EXPECT_GIVES(1, recv(u, &octet, 1, 0));
	GETS(u, FD_READ);
	EXPECT_GIVES(1, recv(u, &octet, 1, 0));
	NOTHING();
}

CASE(message, dgram__connect_is_no_message_r177)
{
	SOCKET u = make(self->sort, SOCK_DGRAM);
	struct place to = place_silent(self->sort, 5000);

	SELECT(u, FD_ALL_EVENTS);
	GETS(u, FD_WRITE);
	EXPECT_WORKS(connect_at(u, &to));
	NOTHING();
}

/* Messages carry the descriptor that selected, and end with it. */
CASE(message, dup__the_one_that_selected_r227)
{
	SOCKET a, s, copy;

	SELECTED_PAIR(s, a, FD_READ | FD_CLOSE);
	copy = (SOCKET)host_dup((int)s);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	GETS(s, FD_READ);
	EXPECT_WORKS(closesocket(s));
	EXPECT_WORKS(closesocket(a));
	EXPECT_TRUE(host_readable((int)copy, HUNG_MS));
	NOTHING();
	SELECT(copy, FD_READ | FD_CLOSE);
	GETS(copy, FD_READ);
	GETS(copy, FD_CLOSE);
	NOTHING();
}

/* Of a child as its exit status: the step that failed. */
static int in_child(HWND window, SOCKET s)
{
	HWND own;
	MSG message;

	if (wsaconnect_get_message(window, &message, 0) != SOCKET_ERROR ||
	    WSAGetLastError() != WSA_INVALID_HANDLE)
		return 1;
	if (wsaconnect_post_message(window, 1, 2, 3) != SOCKET_ERROR)
		return 2;
	own = wsaconnect_window();
	if (!own || wsaconnect_post_message(own, NUMBER, 2, MAKELONG(3, 0)))
		return 3;
	if (!gets(own, NUMBER, 2, 3, 0))
		return 4;
	if (closesocket(s) || wsaconnect_window_close(own))
		return 5;
	return 0;
}

CASE(message, fork__windows_are_the_parents_r227)
{
	int status = -1;
	SOCKET a, s;
	pid_t pid;

	SELECTED_PAIR(s, a, FD_READ | FD_CLOSE);
	EXPECT_WORKS(wsaconnect_post_message(self->window, NUMBER, 9, 1));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(in_child(self->window, s));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status) {
		TH_LOG("the child failed at %d", WEXITSTATUS(status));
	}
	EXPECT_TRUE(gets(self->window, NUMBER, 9, 1, 0));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	GETS(s, FD_READ);
	EXPECT_WORKS(closesocket(a));
	GETS(s, FD_CLOSE);
	NOTHING();
}

CASE(message, cleanup__ends_messages_r18_r227)
{
	SOCKET a, s;

	SELECTED_PAIR(s, a, FD_ALL_EVENTS);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(host_readable(FD, HUNG_MS));
	finish();
	NOTHING();
	EXPECT_WORKS(wsaconnect_post_message(self->window, NUMBER, 9, 1));
	EXPECT_TRUE(gets(self->window, NUMBER, 9, 1, 0));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
