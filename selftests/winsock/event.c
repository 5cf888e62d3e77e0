// SPDX-License-Identifier: GPL-2.0
/*
 * Event objects: what they are to Linux, and waits for them. Network events of datagram sockets and
 * of sockets that are shared; those of streams are in eventselect.c.
 */
#include "record.h"

#include <kselftest_harness.h>

#include <stdatomic.h>
#include <sys/wait.h>

FIXTURE(event) {
	const struct sort *sort;
	WSAEVENT event;
};

DOORS(event);

FIXTURE_SETUP(event)
{
	host_fresh();
	self->sort = &variant->sort;
	start(self->sort);
	self->event = WSACreateEvent();
	ASSERT_NE(WSA_INVALID_EVENT, self->event);
}

FIXTURE_TEARDOWN(event)
{
	FINISH();
}

static int descriptor(WSAEVENT event)
{
	return (int)(intptr_t)event;
}

#define EXPECT_FALSE_AND(code, call) \
	do { \
		WSASetLastError(POISON_CODE); \
		EXPECT_EQ(FALSE, (call)); \
		EXPECT_EQ((code), WSAGetLastError()); \
	} while (0)

#define EXPECT_WAIT_FAILS(code, call) \
	do { \
		WSASetLastError(POISON_CODE); \
		EXPECT_EQ(WSA_WAIT_FAILED, (call)); \
		EXPECT_EQ((code), WSAGetLastError()); \
	} while (0)

CASE(event, object__is_a_descriptor)
{
	int fd = descriptor(self->event);

	EXPECT_FALSE(is_set(self->event));
	EXPECT_FALSE(host_readable(fd, 0));
	EXPECT_GIVES(TRUE, WSASetEvent(self->event));
	EXPECT_GIVES(TRUE, WSASetEvent(self->event));
	EXPECT_TRUE(is_set(self->event));
	EXPECT_TRUE(host_readable(fd, 0));
	EXPECT_TRUE(host_epoll_readable(fd, 0));
	EXPECT_TRUE(host_uring_readable(fd, HUNG_MS));
	/* a wait changes nothing */
	EXPECT_EQ(2UL, host_event_count(fd));
	EXPECT_FALSE(is_set(self->event));
	EXPECT_FALSE(host_uring_readable(fd, 20));
	EXPECT_GIVES(TRUE, WSASetEvent(self->event));
	EXPECT_GIVES(TRUE, WSAResetEvent(self->event));
	EXPECT_FALSE(is_set(self->event));
	EXPECT_GIVES(TRUE, WSAResetEvent(self->event));
	EXPECT_FALSE(host_epoll_readable(fd, 0));
	EXPECT_GIVES(TRUE, WSACloseEvent(self->event));
	EXPECT_FALSE(host_is_open(fd));
}

/* Descriptor 0 would be WSA_INVALID_EVENT, and no window. */
CASE(event, object__is_never_zero)
{
	WSAEVENT event;
	HWND window;

	host_close(0);
	event = WSACreateEvent();
	EXPECT_LT(0, descriptor(event));
	EXPECT_FALSE(host_is_open(0));
	EXPECT_GIVES(TRUE, WSASetEvent(event));
	EXPECT_TRUE(is_set(event));
	EXPECT_GIVES(TRUE, WSACloseEvent(event));
	window = wsaconnect_window();
	EXPECT_NE(NULL, window);
	EXPECT_FALSE(host_is_open(0));
	EXPECT_WORKS(wsaconnect_window_close(window));
	EXPECT_NE(NULL, freopen("/dev/null", "r", stdin));
}

/* Nothing is written to, read from or closed that is no event. */
CASE(event, object__others_are_refused)
{
	static const intptr_t never[] = { 0, -1, 999, 0x7fffffff, (intptr_t)0x80000000 };
	SOCKET a, s = make_pair(self->sort, &a);
	WSAEVENT event;
	int thing, fd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(never); i++) {
		event = (WSAEVENT)never[i];
		EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSASetEvent(event));
		EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSAResetEvent(event));
		EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSACloseEvent(event));
		EXPECT_WAIT_FAILS(WSA_INVALID_HANDLE,
				  WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE));
		EXPECT_WAIT_FAILS(WSA_INVALID_HANDLE,
				  WSAWaitForMultipleEvents(1, &event, TRUE, HUNG_MS, FALSE));
	}
	for (thing = 0; thing < HOST_THINGS; thing++) {
		if (thing == HOST_EVENTFD)
			continue;
		fd = host_open(thing);
		event = (WSAEVENT)(intptr_t)fd;
		EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSASetEvent(event));
		EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSAResetEvent(event));
		EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSACloseEvent(event));
		EXPECT_TRUE(host_is_open(fd)) {
			TH_LOG("%s was closed", host_thing_name(thing));
		}
		host_close(fd);
	}
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(soon_queued(s, 1));
	EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSASetEvent((WSAEVENT)s));
	EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSAResetEvent((WSAEVENT)s));
	EXPECT_FALSE_AND(WSA_INVALID_HANDLE, WSACloseEvent((WSAEVENT)s));
	EXPECT_EQ(1, queued(s));
	EXPECT_EQ(0, queued(a));
}

CASE(event, started__is_asked_first_r1)
{
	WSANETWORKEVENTS record;

	finish();
	EXPECT_EQ(WSA_INVALID_EVENT, WSACreateEvent());
	EXPECT_EQ(WSANOTINITIALISED, WSAGetLastError());
	EXPECT_FALSE_AND(WSANOTINITIALISED, WSASetEvent(self->event));
	EXPECT_FALSE_AND(WSANOTINITIALISED, WSAResetEvent(NULL));
	EXPECT_FALSE_AND(WSANOTINITIALISED, WSACloseEvent(self->event));
	EXPECT_WAIT_FAILS(WSANOTINITIALISED,
			  WSAWaitForMultipleEvents(0, NULL, FALSE, 0, FALSE));
	EXPECT_FAILS(WSANOTINITIALISED, WSAEventSelect(INVALID_SOCKET, NULL, -1));
	EXPECT_FAILS(WSANOTINITIALISED, WSAEnumNetworkEvents(INVALID_SOCKET, NULL, &record));
	EXPECT_FAILS(WSANOTINITIALISED, WSAAsyncSelect(INVALID_SOCKET, NULL, 0, -1));
	EXPECT_EQ(NULL, wsaconnect_window());
	EXPECT_EQ(WSANOTINITIALISED, WSAGetLastError());
	EXPECT_TRUE(host_is_open(descriptor(self->event)));
}

CASE(event, descriptors__none_left)
{
	WSAEVENT events[64];
	int i, n;

	host_descriptor_limit(40);
	for (n = 0; n < 64; n++) {
		WSASetLastError(POISON_CODE);
		events[n] = WSACreateEvent();
		if (!events[n])
			break;
	}
	EXPECT_EQ(WSA_NOT_ENOUGH_MEMORY, WSAGetLastError());
	ASSERT_LT(0, n);
	ASSERT_GT(64, n);
	EXPECT_EQ(NULL, wsaconnect_window());
	EXPECT_EQ(WSAEMFILE, WSAGetLastError());
	/* nor is one lost by half a window */
	EXPECT_GIVES(TRUE, WSACloseEvent(events[--n]));
	EXPECT_EQ(NULL, wsaconnect_window());
	events[n++] = WSACreateEvent();
	EXPECT_NE(NULL, events[n - 1]);
	for (i = 0; i < n; i++)
		EXPECT_GIVES(TRUE, WSACloseEvent(events[i]));
}

CASE(event, wait__refuses)
{
	WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS + 1];
	DWORD n = ARRAY_SIZE(events), i;
	BOOL all;

	for (i = 0; i < n; i++)
		events[i] = self->event;
	for (all = FALSE; all <= TRUE; all++) {
		EXPECT_WAIT_FAILS(WSA_INVALID_PARAMETER,
				  WSAWaitForMultipleEvents(0, events, all, 0, FALSE));
		EXPECT_WAIT_FAILS(WSA_INVALID_PARAMETER,
				  WSAWaitForMultipleEvents(n, events, all, 0, FALSE));
		EXPECT_WAIT_FAILS(WSA_INVALID_PARAMETER,
				  WSAWaitForMultipleEvents(1, NULL, all, 0, FALSE));
		EXPECT_WAIT_FAILS(WSA_INVALID_PARAMETER,
				  WSAWaitForMultipleEvents(1, (WSAEVENT *)host_fence(), all, 0,
							   FALSE));
	}
	/* one twice is no moment at which all are set, says Winsock */
	EXPECT_WAIT_FAILS(WSA_INVALID_PARAMETER,
			  WSAWaitForMultipleEvents(2, events, TRUE, 0, FALSE));
	EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(2, events, FALSE, 0, FALSE));
	/* one that is none spoils the rest */
	EXPECT_GIVES(TRUE, WSASetEvent(self->event));
	events[1] = WSACreateEvent();
	EXPECT_GIVES(TRUE, WSACloseEvent(events[1]));
	EXPECT_WAIT_FAILS(WSA_INVALID_HANDLE,
			  WSAWaitForMultipleEvents(2, events, FALSE, HUNG_MS, FALSE));
	EXPECT_WAIT_FAILS(WSA_INVALID_HANDLE,
			  WSAWaitForMultipleEvents(2, events, TRUE, HUNG_MS, FALSE));
	EXPECT_TRUE(is_set(self->event));
}

CASE(event, wait__any_is_the_lowest)
{
	WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS];
	DWORD n = ARRAY_SIZE(events), i;

	for (i = 0; i < n; i++)
		events[i] = WSACreateEvent();
	EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(n, events, FALSE, 0, FALSE));
	EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(n, events, FALSE, 20, FALSE));
	EXPECT_GIVES(TRUE, WSASetEvent(events[63]));
	EXPECT_GIVES(63U, WSAWaitForMultipleEvents(n, events, FALSE, WSA_INFINITE, FALSE));
	EXPECT_GIVES(TRUE, WSASetEvent(events[17]));
	EXPECT_GIVES(TRUE, WSASetEvent(events[40]));
	for (i = 0; i < 3; i++)
		EXPECT_GIVES(17U, WSAWaitForMultipleEvents(n, events, FALSE, 0, FALSE));
	EXPECT_GIVES(17U, WSAWaitForMultipleEvents(n, events, FALSE, HUNG_MS, TRUE));
	EXPECT_GIVES(TRUE, WSAResetEvent(events[17]));
	EXPECT_GIVES(40U, WSAWaitForMultipleEvents(n, events, FALSE, 0, FALSE));
	EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(40, events, FALSE, 0, TRUE));
	for (i = 0; i < n; i++)
		EXPECT_GIVES(TRUE, WSACloseEvent(events[i]));
}

/* Runs in a thread: waits as it is told. */
static struct {
	WSAEVENT events[3];
	DWORD count;
	BOOL all;
	DWORD result;
} waiting;

static int run_wait(struct attempt *attempt)
{
	waiting.result = WSAWaitForMultipleEvents(waiting.count, waiting.events, waiting.all,
						  WSA_INFINITE, FALSE);
	return 0;
}

static void make_waiting(DWORD count, BOOL all)
{
	DWORD i;

	waiting.count = count;
	waiting.all = all;
	waiting.result = 0xa5a5;
	for (i = 0; i < count; i++)
		waiting.events[i] = WSACreateEvent();
}

CASE(event, wait__another_thread_sets)
{
	struct attempt attempt;

	make_waiting(3, FALSE);
	attempt_begin(&attempt, run_wait, 0, NULL);
	ASSERT_FALSE(attempt.ended_first);
	EXPECT_GIVES(TRUE, WSASetEvent(waiting.events[2]));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(2U, waiting.result);
	EXPECT_EQ(0, attempt.code);
}

CASE(event, wait__all)
{
	struct attempt attempt;

	make_waiting(3, TRUE);
	EXPECT_GIVES(TRUE, WSASetEvent(waiting.events[1]));
	EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(3, waiting.events, TRUE, 0, FALSE));
	EXPECT_GIVES(WSA_WAIT_TIMEOUT,
		     WSAWaitForMultipleEvents(3, waiting.events, TRUE, 20, FALSE));
	attempt_begin(&attempt, run_wait, 0, NULL);
	ASSERT_FALSE(attempt.ended_first);
	EXPECT_GIVES(TRUE, WSASetEvent(waiting.events[2]));
	/* never all at the same moment */
	EXPECT_GIVES(TRUE, WSAResetEvent(waiting.events[1]));
	EXPECT_GIVES(TRUE, WSASetEvent(waiting.events[0]));
	EXPECT_TRUE(host_sleeps(attempt.tid));
	EXPECT_EQ(0xa5a5U, waiting.result);
	EXPECT_GIVES(TRUE, WSASetEvent(waiting.events[1]));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ((DWORD)WSA_WAIT_EVENT_0, waiting.result);
	EXPECT_GIVES((DWORD)WSA_WAIT_EVENT_0,
		     WSAWaitForMultipleEvents(3, waiting.events, TRUE, 0, TRUE));
}

static atomic_bool enough;

static WSAEVENT first_and_last[2];

static void *toggle(void *unused)
{
	int i = 0;

	while (!atomic_load(&enough)) {
		WSASetEvent(first_and_last[i]);
		WSAResetEvent(first_and_last[i]);
		i = !i;
	}
	return NULL;
}

/* One is reset before the other is set, so there is no moment at which all are. */
CASE(event, wait__all_at_one_moment)
{
	WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS];
	DWORD n = ARRAY_SIZE(events);
	pthread_t thread;
	int i, wrong = 0;

	for (i = 0; i < (int)n; i++) {
		events[i] = WSACreateEvent();
		if (i && i < (int)n - 1)
			EXPECT_GIVES(TRUE, WSASetEvent(events[i]));
	}
	first_and_last[0] = events[0];
	first_and_last[1] = events[n - 1];
	atomic_store(&enough, false);
	ASSERT_EQ(0, pthread_create(&thread, NULL, toggle, NULL));
	for (i = 0; i < 20000; i++)
		wrong += WSAWaitForMultipleEvents(n, events, TRUE, 0, FALSE) != WSA_WAIT_TIMEOUT;
	for (i = 0; i < 20; i++)
		wrong += WSAWaitForMultipleEvents(n, events, TRUE, 5, FALSE) != WSA_WAIT_TIMEOUT;
	EXPECT_EQ(0, wrong);
	atomic_store(&enough, true);
	pthread_join(thread, NULL);
}

static int stormy_wait(struct attempt *attempt)
{
	host_storm_begin(false);
	run_wait(attempt);
	return host_storm_end();
}

CASE(event, wait__signals_do_not_end_it_r69)
{
	struct attempt attempt;
	BOOL all;

	for (all = FALSE; all <= TRUE; all++) {
		make_waiting(2, all);
		attempt_begin(&attempt, stormy_wait, 0, NULL);
		host_pause(200);
		EXPECT_EQ(0xa5a5U, waiting.result);
		EXPECT_GIVES(TRUE, WSASetEvent(waiting.events[1]));
		EXPECT_GIVES(TRUE, WSASetEvent(waiting.events[0]));
		ASSERT_TRUE(attempt_ended(&attempt));
		EXPECT_LT(10, attempt.ret);
		EXPECT_GE(1U, waiting.result);
	}
}

static int procedures;
static WSAEVENT procedure_sets;

static void procedure(ULONG_PTR data)
{
	procedures += (int)data;
	if (procedure_sets)
		WSASetEvent(procedure_sets);
}

static int run_alertable(struct attempt *attempt)
{
	waiting.result = WSAWaitForMultipleEvents(waiting.count, waiting.events, waiting.all,
						  WSA_INFINITE, TRUE);
	return procedures;
}

#define QUEUE(n) EXPECT_NE(0U, QueueUserAPC(procedure, wsaconnect_thread(), n))

/* They run only when the wait is alertable, and nothing else ends it. */
CASE(event, wait__runs_procedures_r245)
{
	WSAEVENT events[2] = { WSACreateEvent(), self->event };
	BOOL all;

	for (all = FALSE; all <= TRUE; all++) {
		procedures = 0;
		QUEUE(1);
		QUEUE(10);
		EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(2, events, all, 0, FALSE));
		EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(2, events, all, 20, FALSE));
		EXPECT_GIVES(TRUE, WSASetEvent(events[0]));
		EXPECT_GIVES(TRUE, WSASetEvent(events[1]));
		EXPECT_GIVES(0U, WSAWaitForMultipleEvents(2, events, all, 0, TRUE));
		EXPECT_GIVES(0U, WSAWaitForMultipleEvents(2, events, all, HUNG_MS, TRUE));
		EXPECT_EQ(0, procedures);
		EXPECT_GIVES(TRUE, WSAResetEvent(events[0]));
		EXPECT_GIVES(TRUE, WSAResetEvent(events[1]));
		EXPECT_GIVES((DWORD)WSA_WAIT_IO_COMPLETION,
			     WSAWaitForMultipleEvents(2, events, all, HUNG_MS, TRUE));
		EXPECT_EQ(11, procedures);
		EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(2, events, all, 20, TRUE));
		QUEUE(100);
		EXPECT_GIVES((DWORD)WSA_WAIT_IO_COMPLETION,
			     WSAWaitForMultipleEvents(2, events, all, 0, TRUE));
		EXPECT_EQ(111, procedures);
	}
}

static HANDLE waiter;

static int run_alertable_thread(struct attempt *attempt)
{
	waiter = wsaconnect_thread();
	return run_alertable(attempt);
}

/* Even where a procedure has set what was waited for. */
CASE(event, wait__ended_by_a_procedure_r243)
{
	struct attempt attempt;
	int i;

	for (i = 0; i < 2; i++) {
		make_waiting(2, FALSE);
		procedures = 0;
		procedure_sets = i ? waiting.events[1] : NULL;
		attempt_begin(&attempt, run_alertable_thread, 0, NULL);
		ASSERT_FALSE(attempt.ended_first);
		EXPECT_NE(0U, QueueUserAPC(procedure, waiter, 1));
		ASSERT_TRUE(attempt_ended(&attempt));
		EXPECT_EQ((DWORD)WSA_WAIT_IO_COMPLETION, waiting.result);
		EXPECT_EQ(1, attempt.ret);
	}
}

static DWORD inner_result, inner_code, inner_look;

static void waiting_procedure(ULONG_PTR event)
{
	WSAEVENT events[1] = { (WSAEVENT)event };

	inner_result = WSAWaitForMultipleEvents(1, events, FALSE, HUNG_MS, TRUE);
	inner_code = WSAGetLastError();
	inner_look = WSAWaitForMultipleEvents(1, events, FALSE, 0, TRUE);
}

CASE(event, wait__in_a_procedure_r244)
{
	EXPECT_NE(0U, QueueUserAPC(waiting_procedure, wsaconnect_thread(), (ULONG_PTR)self->event));
	EXPECT_GIVES((DWORD)WSA_WAIT_IO_COMPLETION,
		     WSAWaitForMultipleEvents(1, &self->event, FALSE, HUNG_MS, TRUE));
	EXPECT_EQ(WSA_WAIT_FAILED, inner_result);
	EXPECT_EQ((DWORD)WSAEINPROGRESS, inner_code);
	EXPECT_EQ((DWORD)WSA_WAIT_TIMEOUT, inner_look);
}

/* Whatever can be polled may stand for an event. */
CASE(event, wait__for_a_socket)
{
	SOCKET a, s = make_pair(self->sort, &a);
	WSAEVENT events[2] = { self->event, (WSAEVENT)s };

	EXPECT_GIVES(WSA_WAIT_TIMEOUT, WSAWaitForMultipleEvents(2, events, FALSE, 0, FALSE));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_GIVES(1U, WSAWaitForMultipleEvents(2, events, FALSE, HUNG_MS, FALSE));
	EXPECT_EQ(1, queued(s));
}

FIXTURE(other) {
	const struct sort *sort;
	WSAEVENT event;
};

SORTS(other);

FIXTURE_SETUP(other)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->event = WSACreateEvent();
	ASSERT_NE(WSA_INVALID_EVENT, self->event);
}

FIXTURE_TEARDOWN(other)
{
	FINISH();
}

#define SELECT(s, events) EXPECT_WORKS(WSAEventSelect(s, self->event, events))
#define TAKES(s, events) EXPECT_TRUE(takes(s, self->event, events))
#define SOON_TAKES(s, events) EXPECT_TRUE(soon_takes(s, self->event, events))
#define QUIET(s) EXPECT_TRUE(quiet(s, self->event))

CASE(other, dgram__nothing_until_bound_r176_r209)
{
	SOCKET u = make(self->sort, SOCK_DGRAM);
	struct place any = place_loopback(self->sort, 0);

	SELECT(u, FD_READ | FD_WRITE | FD_CLOSE);
	QUIET(u);
	EXPECT_WORKS(bind(u, &any.sa, any.len));
	SOON_TAKES(u, FD_WRITE);

	u = make(self->sort, SOCK_DGRAM);
	SELECT(u, FD_READ | FD_WRITE | FD_CLOSE);
	EXPECT_GIVES(1, sendto(u, "x", 1, 0, &any.sa, any.len));
	SOON_TAKES(u, FD_WRITE);
}

CASE(other, dgram__connect_and_write_r177_r150)
{
	SOCKET u = make(self->sort, SOCK_DGRAM);
	struct place to = place_silent(self->sort, 5000);

	SELECT(u, FD_READ | FD_WRITE | FD_CONNECT | FD_CLOSE);
	QUIET(u);
	EXPECT_WORKS(connect_at(u, &to));
	SOON_TAKES(u, FD_CONNECT | FD_WRITE);
}

CASE(other, dgram__read_rearmed_r222)
{
	SOCKET u[2];
	struct place at[2];
	char octets[8];

	ASSERT_TRUE(make_dgram_pair(self->sort, u, at));
	SELECT(u[0], FD_READ);
	QUIET(u[0]);
	EXPECT_GIVES(2, send(u[1], "ab", 2, 0));
	SOON_TAKES(u[0], FD_READ);
	EXPECT_GIVES(2, send(u[1], "cd", 2, 0));
	QUIET(u[0]);
	EXPECT_GIVES(2, recv(u[0], octets, 8, 0));
	SOON_TAKES(u[0], FD_READ);
	EXPECT_FAILS(WSAEMSGSIZE, recv(u[0], octets, 1, 0));
	QUIET(u[0]);
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(u[0], octets, 8, 0));
	QUIET(u[0]);
	/* an empty one is one */
	EXPECT_GIVES(0, send(u[1], "", 0, 0));
	SOON_TAKES(u[0], FD_READ);
}

/* The error of an earlier send is received, so it is read. */
CASE(other, dgram__read_for_an_error_r173_r169)
{
	SOCKET u = make(self->sort, SOCK_DGRAM), closed;
	struct place to;
	char octet;

	closed = make_bound(self->sort, SOCK_DGRAM, &to);
	EXPECT_WORKS(closesocket(closed));
	EXPECT_WORKS(connect_at(u, &to));
	SELECT(u, FD_READ | FD_CLOSE);
	EXPECT_GIVES(1, send(u, "x", 1, 0));
	SOON_TAKES(u, FD_READ);
	EXPECT_FAILS(WSAECONNRESET, recv(u, &octet, 1, 0));
	QUIET(u);
}

/* What the call itself tells is no event; the next attempt is. */
CASE(other, connect_fails_at_once__nothing_r216_r79)
{
	struct place to = place_for(self->sort, "203.0.113.5", "2001:db8::5", 5);
	SOCKET s = make(self->sort, SOCK_STREAM);

	SELECT(s, ALL_OF_A_STREAM);
	EXPECT_FAILS(WSAENETUNREACH, connect_at(s, &to));
	QUIET(s);
	refused_at(self->sort, &to);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(s, &to));
	EXPECT_TRUE(soon_takes_code(s, self->event, FD_CONNECT, FD_CONNECT_BIT, WSAECONNREFUSED));
}

/* The record is the socket's, whichever descriptor is asked. */
CASE(other, dup__one_record_r215)
{
	SOCKET a, s = make_pair(self->sort, &a), copy = (SOCKET)host_dup((int)s);
	char octet;

	SELECT(s, FD_CONNECT | FD_WRITE | FD_READ | FD_CLOSE);
	TAKES(copy, FD_CONNECT | FD_WRITE);
	QUIET(s);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	SOON_TAKES(s, FD_READ);
	EXPECT_GIVES(1, recv(copy, &octet, 1, 0));
	EXPECT_GIVES(1, send(a, "y", 1, 0));
	SOON_TAKES(copy, FD_READ);
	/* one closed, the other goes on */
	EXPECT_WORKS(closesocket(s));
	EXPECT_WORKS(closesocket(a));
	SOON_TAKES(copy, FD_CLOSE);
	EXPECT_REFUSES(WSAEINVAL, copy, nonblocking(copy, false));
	SELECT(copy, 0);
	EXPECT_WORKS(nonblocking(copy, false));
}

/* Of a child as its exit status: the step that failed. */
static int in_child(SOCKET s, WSAEVENT event)
{
	char octet;

	if (!soon_set(event))
		return 1;
	if (!takes(s, event, FD_READ))
		return 2;
	if (is_set(event))
		return 3;
	if (recv(s, &octet, 1, 0) != 1 || octet != 'x')
		return 4;
	return closesocket(s) ? 5 : 0;
}

CASE(other, fork__one_record)
{
	SOCKET a, s = make_pair(self->sort, &a);
	int status = -1;
	pid_t pid;

	SELECT(s, FD_READ | FD_CLOSE);
	QUIET(s);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(in_child(s, self->event));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status) {
		TH_LOG("the child failed at %d", WEXITSTATUS(status));
	}
	QUIET(s);
	EXPECT_GIVES(1, send(a, "y", 1, 0));
	SOON_TAKES(s, FD_READ);
}

/* The socket keeps what it has selected, though nobody sees it any longer. */
CASE(other, closed_event__harms_nobody)
{
	SOCKET a, s = make_pair(self->sort, &a);
	WSAEVENT other;

	SELECT(s, FD_READ);
	EXPECT_GIVES(TRUE, WSACloseEvent(self->event));
	other = WSACreateEvent();
	EXPECT_EQ(self->event, other);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_TRUE(soon_queued(s, 1));
	EXPECT_FALSE(is_set(other));
	EXPECT_WORKS(WSAEventSelect(s, other, FD_READ));
	EXPECT_TRUE(soon_takes(s, other, FD_READ));
}

/* The last WSACleanup closes the sockets; the events are the program's. */
CASE(other, cleanup__signals_nothing_r18)
{
	struct place to = place_silent(self->sort, 5000);
	SOCKET s = make(self->sort, SOCK_STREAM);

	SELECT(s, ALL_OF_A_STREAM);
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(s, &to));
	finish();
	EXPECT_FALSE(host_readable((int)(intptr_t)self->event, 50));
	EXPECT_EQ(0, host_syn_sent());
	start(self->sort);
	EXPECT_FALSE(is_set(self->event));
	EXPECT_GIVES(TRUE, WSACloseEvent(self->event));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
