// SPDX-License-Identifier: GPL-2.0
/* Procedures queued to a thread: when they run, in which order, and what they may do. */
#include "case.h"

#include <kselftest_harness.h>

#include <signal.h>
#include <sys/wait.h>

#include "block.h"

FIXTURE(procedure) {
	const struct sort *sort;
	struct block block;
	struct attempt attempt;
};

SORTS(procedure);

static volatile HANDLE waiting;		/* the thread of the attempt */
static volatile int turns;
static volatile int order[1024];
static pthread_t in_thread;

FIXTURE_SETUP(procedure)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	turns = 0;
	waiting = NULL;
}

FIXTURE_TEARDOWN(procedure)
{
	FINISH();
}

#define EACH(kind) for (kind = 0; kind < BLOCK_KINDS; kind++)
#define SAY(kind) { TH_LOG("in %s", block_names[kind]); }

static void note(ULONG_PTR number)
{
	in_thread = pthread_self();
	order[turns] = (int)number;
	turns = turns + 1;
}

static bool soon_turns(int wanted)
{
	int tries;

	for (tries = 0; tries < 6000 && turns < wanted; tries++)
		host_pause(10);
	return turns == wanted;
}

static int known_block(struct attempt *attempt)
{
	waiting = wsaconnect_thread();
	return block_call(attempt);
}

static void known_begin(struct attempt *attempt, struct block *block)
{
	attempt_begin(attempt, known_block, (SOCKET)block, NULL);
}

/* It runs in the thread that waits, and the call goes on. */
CASE(procedure, runs_in_each_call_r243)
{
	int kind;

	EACH(kind) {
		turns = 0;
		block_make(&self->block, self->sort, kind);
		known_begin(&self->attempt, &self->block);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		WSASetLastError(POISON_CODE);
		EXPECT_NE(0, QueueUserAPC(note, waiting, 7));
		EXPECT_EQ(POISON_CODE, WSAGetLastError());
		ASSERT_TRUE(soon_turns(1)) SAY(kind);
		EXPECT_EQ(7, order[0]);
		EXPECT_TRUE(pthread_equal(in_thread, self->attempt.thread));
		/* and again, now that the library waits, and not the call itself */
		ASSERT_TRUE(host_sleeps(self->attempt.tid)) SAY(kind);
		EXPECT_NE(0, QueueUserAPC(note, waiting, 8));
		ASSERT_TRUE(soon_turns(2)) SAY(kind);
		ASSERT_TRUE(host_sleeps(self->attempt.tid)) SAY(kind);
		EXPECT_TRUE(block_finish(&self->block)) SAY(kind);
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(0, self->attempt.ret) SAY(kind);
		EXPECT_EQ(0, self->attempt.code) SAY(kind);
		EXPECT_EQ(2, turns);
		EXPECT_WORKS(closesocket(self->block.s));
	}
}

static int deaf_block(struct attempt *attempt)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	return known_block(attempt);
}

CASE(procedure, runs_in_a_thread_without_signals_r243)
{
	block_make(&self->block, self->sort, BLOCK_RECV);
	attempt_begin(&self->attempt, deaf_block, (SOCKET)&self->block, NULL);
	ASSERT_FALSE(self->attempt.ended_first);
	EXPECT_NE(0, QueueUserAPC(note, waiting, 7));
	EXPECT_TRUE(soon_turns(1));
	EXPECT_TRUE(block_finish(&self->block));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
}

static volatile int in_handler;

static void linger_here(int number)
{
	int i;

	in_handler = 1;
	/* signals shorten each of them */
	for (i = 0; i < 50; i++)
		host_pause(5);
}

/*
 * A signal handler of the program's may hear, for the call it interrupted, what was meant for
 * the call; which then is restarted, and has to be told again.
 */
CASE(procedure, queued_while_a_handler_runs_r69_r243)
{
	struct sigaction action = { .sa_handler = linger_here, .sa_flags = SA_RESTART };

	ASSERT_EQ(0, sigaction(SIGUSR2, &action, NULL));
	block_make(&self->block, self->sort, BLOCK_RECV);
	known_begin(&self->attempt, &self->block);
	ASSERT_FALSE(self->attempt.ended_first);
	ASSERT_EQ(0, pthread_kill(self->attempt.thread, SIGUSR2));
	while (!in_handler)
		host_pause(1);
	EXPECT_NE(0, QueueUserAPC(note, waiting, 7));
	EXPECT_TRUE(soon_turns(1));
	EXPECT_TRUE(block_finish(&self->block));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	EXPECT_EQ(0, self->attempt.code);
}

static int early_block(struct attempt *attempt)
{
	waiting = wsaconnect_thread();
	QueueUserAPC(note, waiting, 1);
	QueueUserAPC(note, waiting, 2);
	return block_call(attempt);
}

/* Queued before the call: it runs when the call turns out to have to wait. */
CASE(procedure, queued_before_the_wait_r243)
{
	int kind;

	EACH(kind) {
		turns = 0;
		block_make(&self->block, self->sort, kind);
		attempt_begin(&self->attempt, early_block, (SOCKET)&self->block, NULL);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		ASSERT_TRUE(soon_turns(2)) SAY(kind);
		EXPECT_EQ(1, order[0]);
		EXPECT_EQ(2, order[1]);
		EXPECT_EQ(0, host_send_limit((int)self->block.s)) SAY(kind);
		EXPECT_TRUE(block_finish(&self->block)) SAY(kind);
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(0, self->attempt.ret) SAY(kind);
		EXPECT_EQ(0, self->attempt.code) SAY(kind);
		EXPECT_WORKS(closesocket(self->block.s));
	}
}

/* ... and closesocket, or a refusal, ends such a call as any other. */
CASE(procedure, queued_before_a_wait_that_fails_r68_r71_r243)
{
	struct place at;
	SOCKET s;
	int kind;

	EACH(kind) {
		turns = 0;
		block_make(&self->block, self->sort, kind);
		attempt_begin(&self->attempt, early_block, (SOCKET)&self->block, NULL);
		ASSERT_TRUE(soon_turns(2)) SAY(kind);
		ASSERT_TRUE(host_sleeps(self->attempt.tid)) SAY(kind);
		EXPECT_WORKS(closesocket(self->block.s));
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
		EXPECT_EQ(0, host_syn_sent());
	}
	turns = 0;
	refused_at(self->sort, &at);
	s = make(self->sort, SOCK_STREAM);
	EXPECT_NE(0, QueueUserAPC(note, wsaconnect_thread(), 1));
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(s, &at));
	EXPECT_EQ(0, so_error(s));
}

/* Another thread's connect is refused while the first waits, however it waits. */
CASE(procedure, second_connect_while_waiting_r243_r254)
{
	struct attempt second;

	block_make(&self->block, self->sort, BLOCK_CONNECT);
	attempt_begin(&self->attempt, early_block, (SOCKET)&self->block, NULL);
	ASSERT_TRUE(soon_turns(2));
	ASSERT_TRUE(host_sleeps(self->attempt.tid));
	attempt_begin(&second, run_connect, self->block.s, &self->block.at);
	ASSERT_TRUE(attempt_ended(&second));
	EXPECT_EQ(SOCKET_ERROR, second.ret);
	EXPECT_EQ(WSAEALREADY, second.code);
	EXPECT_TRUE(block_finish(&self->block));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	EXPECT_EQ(0, self->attempt.code);
	EXPECT_FAILS(WSAEISCONN, connect_at(self->block.s, &self->block.at));
}

/* What need not wait runs nothing; the next alertable wait does. */
CASE(procedure, not_run_without_a_wait_r245)
{
	SOCKET s, a, l, u, c;
	struct place at, here, to;
	char octets[4];

	s = make_pair(self->sort, &a);
	l = make_listener(self->sort, &at);
	u = make_bound(self->sort, SOCK_DGRAM, &here);
	EXPECT_NE(0, QueueUserAPC(note, wsaconnect_thread(), 1));

	EXPECT_GIVES(2, send(s, "xy", 2, 0));
	EXPECT_TRUE(soon_queued(a, 2));
	EXPECT_GIVES(1, recv(a, octets, 1, 0));
	EXPECT_GIVES(1, recv(a, octets, 1, MSG_WAITALL));
	EXPECT_GIVES(1, sendto(u, "x", 1, 0, &here.sa, here.len));
	EXPECT_GIVES(1, recvfrom(u, octets, 4, 0, NULL, NULL));
	EXPECT_WORKS(connect_at(u, &here));
	c = make(self->sort, SOCK_STREAM);
	EXPECT_WORKS(nonblocking(c, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(c, &at));
	EXPECT_TRUE(soon_connected(c));
	EXPECT_TRUE(host_readable((int)l, 60000));
	EXPECT_NE(INVALID_SOCKET, accept(l, NULL, NULL));
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(c, octets, 1, 0));
	EXPECT_WORKS(nonblocking(l, true));
	EXPECT_NO_SOCKET(WSAEWOULDBLOCK, accept(l, NULL, NULL));
	EXPECT_FAILS(WSAEISCONN, connect_at(s, &at));
	to = place_loopback(self->sort, 0);
	c = make(self->sort, SOCK_STREAM);
	EXPECT_FAILS(WSAEADDRNOTAVAIL, connect_at(c, &to));
	EXPECT_EQ(0, SleepEx(5, FALSE));
	EXPECT_EQ(0, turns);

	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	EXPECT_EQ(1, turns);
	EXPECT_EQ(0, SleepEx(0, TRUE));
	EXPECT_EQ(1, turns);
}

static void queue_two(ULONG_PTR number)
{
	note(number);
	QueueUserAPC(note, wsaconnect_thread(), number + 5);
	QueueUserAPC(note, wsaconnect_thread(), number + 6);
}

CASE(procedure, order_r243)
{
	int i;

	block_make(&self->block, self->sort, BLOCK_RECV);
	for (i = 0; i < 5; i++)
		EXPECT_NE(0, QueueUserAPC(i ? note : queue_two, wsaconnect_thread(), i));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(INFINITE, TRUE));
	ASSERT_EQ(7, turns);
	for (i = 0; i < 7; i++)
		EXPECT_EQ(i, order[i]);
}

enum { MANY = 300 };

static volatile int stop;

static int busy_block(struct attempt *attempt)
{
	struct block *block = (struct block *)attempt->s;
	char octet;

	waiting = wsaconnect_thread();
	while (!stop)
		if (recv(block->s, &octet, 1, 0) != 1 || SleepEx(0, TRUE) == (DWORD)-1)
			return SOCKET_ERROR;
	return 0;
}

/* Whichever moment it meets: none is lost, none runs twice, none overtakes another. */
CASE(procedure, races_the_wait_r243)
{
	int i;

	block_make(&self->block, self->sort, BLOCK_RECV);
	attempt_launch(&self->attempt, busy_block, (SOCKET)&self->block);
	while (!waiting)
		host_pause(1);
	for (i = 0; i < MANY; i++) {
		ASSERT_NE(0, QueueUserAPC(note, waiting, i));
		if (i % 3)
			ASSERT_EQ(1, send(self->block.peer, "x", 1, 0));
	}
	EXPECT_TRUE(soon_turns(MANY));
	stop = 1;
	EXPECT_EQ(1, send(self->block.peer, "x", 1, 0));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	for (i = 0; i < MANY; i++)
		ASSERT_EQ(i, order[i]);
}

static void come(ULONG_PTR unused)
{
	turns = 1;
}

static void *pester(void *unused)
{
	while (!stop) {
		QueueUserAPC(come, waiting, 0);
		host_pause(5);
	}
	return NULL;
}

/* A limit is not given again after each of them. */
CASE(procedure, leaves_the_limit_r243)
{
	pthread_t thread;

	block_make(&self->block, self->sort, BLOCK_RECV);
	set_option(self->block.s, SOL_SOCKET, SO_RCVTIMEO, 300);
	waiting = wsaconnect_thread();
	attempt_launch(&self->attempt, known_block, (SOCKET)&self->block);
	ASSERT_EQ(0, pthread_create(&thread, NULL, pester, NULL));
	EXPECT_TRUE(attempt_ended(&self->attempt));
	stop = 1;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(SOCKET_ERROR, self->attempt.ret);
	EXPECT_EQ(WSAETIMEDOUT, self->attempt.code);
	EXPECT_EQ(1, turns);
}

static struct inside {
	const struct sort *sort;
	SOCKET empty, other, listener, dgram, full;
	struct place at, here;
	int failed_at;
} inside;

#define INSIDE(fine) \
	do { \
		WSASetLastError(POISON_CODE); \
		if (!(fine) && !inside.failed_at) \
			inside.failed_at = __LINE__; \
	} while (0)

#define IN_PROGRESS(call) \
	INSIDE((int)(call) == SOCKET_ERROR && WSAGetLastError() == WSAEINPROGRESS)

static void call_others(ULONG_PTR unused)
{
	SOCKET s = make(inside.sort, SOCK_STREAM);
	struct picture before;
	struct place silent = place_silent(inside.sort, 5000), bad = place_loopback(inside.sort, 0);
	char octet;
	static char much[65536];
	int last;

	turns = turns + 1;
	IN_PROGRESS(recv(inside.empty, &octet, 1, 0));
	IN_PROGRESS(recv(inside.dgram, &octet, 1, 0));
	IN_PROGRESS(accept(inside.listener, NULL, NULL));
	take_picture(s, &before);
	IN_PROGRESS(connect_at(s, &silent));
	INSIDE(same_picture(s, &before));
	INSIDE(connect_at(s, &bad) == SOCKET_ERROR && WSAGetLastError() == WSAEADDRNOTAVAIL);
	while (send(inside.full, much, sizeof(much), 0) > 0)
		;
	last = WSAGetLastError();
	INSIDE(last == WSAEINPROGRESS);

	/* What need not wait works. */
	INSIDE(sendto(inside.dgram, "x", 1, 0, &inside.here.sa, inside.here.len) == 1);
	INSIDE(soon_queued(inside.dgram, 1));
	INSIDE(recv(inside.dgram, &octet, 1, 0) == 1 && octet == 'x');
	INSIDE(!connect_at(inside.dgram, &inside.here));
	INSIDE(!nonblocking(s, true));
	INSIDE(connect_at(s, &inside.at) == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK);
	INSIDE(host_readable((int)inside.listener, 60000));
	INSIDE(accept(inside.listener, NULL, NULL) != INVALID_SOCKET);
	INSIDE(recv(s, &octet, 1, 0) == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK);
	INSIDE(QueueUserAPC(note, wsaconnect_thread(), 9) && SleepEx(20, TRUE) == 0 && turns == 1);
	INSIDE(!closesocket(s));
}

CASE(procedure, nested_call_that_waits_r244)
{
	inside.sort = self->sort;
	inside.empty = make_pair(self->sort, &inside.other);
	inside.full = make_pair(self->sort, &inside.other);
	inside.listener = make_listener(self->sort, &inside.at);
	inside.dgram = make_bound(self->sort, SOCK_DGRAM, &inside.here);
	block_make(&self->block, self->sort, BLOCK_RECV);
	known_begin(&self->attempt, &self->block);
	ASSERT_FALSE(self->attempt.ended_first);
	EXPECT_NE(0, QueueUserAPC(call_others, waiting, 0));
	ASSERT_TRUE(soon_turns(2));
	EXPECT_EQ(9, order[1]);
	EXPECT_EQ(0, inside.failed_at);
	EXPECT_TRUE(block_finish(&self->block));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	EXPECT_EQ(0, self->attempt.code);
	/* a call in another thread is not nested */
	EXPECT_TRUE(pass_on(self->block.s, self->block.peer));
}

static SOCKET of_procedure, next;

static void close_of_wait(ULONG_PTR type)
{
	closesocket(of_procedure);
	do
		next = socket(inside.sort->af, (int)type, 0);
	while (next < of_procedure);
}

/* The procedure may close the very socket its thread waits for, and give its number to another. */
CASE(procedure, closes_the_socket_r68_r243)
{
	int kind;

	EACH(kind) {
		block_make(&self->block, self->sort, kind);
		of_procedure = self->block.s;
		inside.sort = self->sort;
		known_begin(&self->attempt, &self->block);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		EXPECT_NE(0, QueueUserAPC(close_of_wait, waiting,
					  kind == BLOCK_RECVFROM ? SOCK_DGRAM : SOCK_STREAM));
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
		EXPECT_EQ(0, host_syn_sent());
		EXPECT_EQ(self->block.s, next);
		EXPECT_EQ(0, place_peer(next).len);
	}
}

static int sleep_long(struct attempt *attempt)
{
	waiting = wsaconnect_thread();
	return (int)SleepEx(INFINITE, TRUE);
}

CASE(procedure, ends_a_sleep_r243)
{
	attempt_begin(&self->attempt, sleep_long, 0, NULL);
	ASSERT_FALSE(self->attempt.ended_first);
	EXPECT_NE(0, QueueUserAPC(note, waiting, 3));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(WAIT_IO_COMPLETION, self->attempt.ret);
	EXPECT_EQ(1, turns);
	EXPECT_EQ(3, order[0]);
}

static int queue_and_end(struct attempt *attempt)
{
	waiting = wsaconnect_thread();
	return QueueUserAPC(note, waiting, 1) ? 0 : SOCKET_ERROR;
}

#define EXPECT_NOT_QUEUED(code, call) \
	do { \
		WSASetLastError(POISON_CODE); \
		EXPECT_EQ(0, (call)); \
		EXPECT_EQ((code), WSAGetLastError()); \
	} while (0)

/* A thread that ends takes its queue with it, and its handle. */
CASE(procedure, handle_of_an_ended_thread_r243)
{
	HANDLE ended;

	attempt_launch(&self->attempt, queue_and_end, 0);
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	ended = waiting;
	EXPECT_NOT_QUEUED(WSA_INVALID_HANDLE, QueueUserAPC(note, ended, 1));
	EXPECT_NOT_QUEUED(WSA_INVALID_HANDLE, QueueUserAPC(note, NULL, 1));
	EXPECT_NOT_QUEUED(WSA_INVALID_HANDLE, QueueUserAPC(note, (HANDLE)0x1234, 1));
	EXPECT_NOT_QUEUED(WSA_INVALID_PARAMETER, QueueUserAPC(NULL, wsaconnect_thread(), 1));
	/* The next thread has the record, but neither the handle nor the procedures. */
	attempt_begin(&self->attempt, sleep_long, 0, NULL);
	ASSERT_FALSE(self->attempt.ended_first);
	EXPECT_EQ(0, turns);
	EXPECT_NE(ended, waiting);
	EXPECT_NE(wsaconnect_thread(), waiting);
	EXPECT_NE(0, QueueUserAPC(note, waiting, 2));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(1, turns);
	EXPECT_EQ(2, order[0]);
}

static int in_child(HANDLE mine, HANDLE other)
{
	if (SleepEx(0, TRUE) || turns)
		return 1;
	if (QueueUserAPC(note, other, 1))
		return 2;
	if (wsaconnect_thread() != mine || !QueueUserAPC(note, mine, 2))
		return 3;
	if (SleepEx(INFINITE, TRUE) != WAIT_IO_COMPLETION || turns != 1 || order[0] != 2)
		return 4;
	return 0;
}

/* What is queued stays with the parent. */
CASE(procedure, fork__child_has_an_empty_queue_r243)
{
	HANDLE mine = wsaconnect_thread();
	int status = -1;
	pid_t pid;

	block_make(&self->block, self->sort, BLOCK_RECV);
	known_begin(&self->attempt, &self->block);
	ASSERT_FALSE(self->attempt.ended_first);
	EXPECT_NE(0, QueueUserAPC(note, mine, 5));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(in_child(mine, waiting));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status) {
		TH_LOG("the child failed at %d", WEXITSTATUS(status));
	}
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	EXPECT_EQ(1, turns);
	EXPECT_EQ(5, order[0]);
	EXPECT_NE(0, QueueUserAPC(note, waiting, 6));
	EXPECT_TRUE(soon_turns(2));
	EXPECT_TRUE(block_finish(&self->block));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
