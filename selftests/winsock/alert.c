// SPDX-License-Identifier: GPL-2.0
/* What another thread may do to one that waits: close its socket, queue procedures, fork. */
#include "case.h"

#include <kselftest_harness.h>

#include <signal.h>
#include <sys/wait.h>

#include "block.h"

FIXTURE(alert) {
	const struct sort *sort;
	struct block block;
	struct attempt attempt;
};

SORTS(alert);

FIXTURE_SETUP(alert)
{
	host_fresh();
	host_dummies();
	host_count_sigpipe();
	self->sort = &variant->sort;
	start(self->sort);
}

FIXTURE_TEARDOWN(alert)
{
	EXPECT_EQ(0, host_sigpipes());
	FINISH();
}

/* Each blocking call in turn. */
#define EACH(kind) for (kind = 0; kind < BLOCK_KINDS; kind++)

#define EXPECT_ENDS(expected_ret, expected_code, attempt) \
	do { \
		ASSERT_TRUE(attempt_ended(attempt)); \
		EXPECT_EQ(expected_ret, (attempt)->ret); \
		EXPECT_EQ(expected_code, (attempt)->code); \
	} while (0)

#define SAY(kind) { TH_LOG("in %s", block_names[kind]); }

CASE(alert, close__ends_each_call_r68)
{
	int kind;

	EACH(kind) {
		block_make(&self->block, self->sort, kind);
		block_begin(&self->attempt, &self->block);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		EXPECT_WORKS(closesocket(self->block.s));
		EXPECT_FALSE(host_is_open((int)self->block.s)) SAY(kind);
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
		EXPECT_EQ(0, host_syn_sent());
		EXPECT_EQ(0, sweep(self->block.s, WSAENOTSOCK, false));
	}
}

static int deaf_block(struct attempt *attempt)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	return block_call(attempt);
}

/* A thread that blocks every signal, as many programs have them. */
CASE(alert, close__ends_calls_without_signals_r68)
{
	int kind;

	EACH(kind) {
		block_make(&self->block, self->sort, kind);
		attempt_begin(&self->attempt, deaf_block, (SOCKET)&self->block, NULL);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		EXPECT_WORKS(closesocket(self->block.s));
		EXPECT_ENDS(SOCKET_ERROR, WSAEINTR, &self->attempt);
	}
}

static int stormy_block(struct attempt *attempt)
{
	int ret, code;

	host_storm_begin(false);
	ret = block_call(attempt);
	code = WSAGetLastError();
	if (host_storm_end() < 10)
		code = -1;
	WSASetLastError(code);
	return ret;
}

/* No signal of the program's own shows in a call, and a close is seen among them. */
CASE(alert, signals__in_each_call_r68_r69)
{
	int kind;

	EACH(kind) {
		block_make(&self->block, self->sort, kind);
		attempt_begin(&self->attempt, stormy_block, (SOCKET)&self->block, NULL);
		host_pause(100);
		EXPECT_WORKS(closesocket(self->block.s));
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);

		block_make(&self->block, self->sort, kind);
		attempt_begin(&self->attempt, stormy_block, (SOCKET)&self->block, NULL);
		host_pause(300);
		EXPECT_TRUE(block_finish(&self->block)) SAY(kind);
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(0, self->attempt.ret) SAY(kind);
		EXPECT_EQ(0, self->attempt.code) SAY(kind);
		EXPECT_WORKS(closesocket(self->block.s));
	}
}

static void set_limits(SOCKET s, DWORD ms)
{
	set_option(s, SOL_SOCKET, SO_RCVTIMEO, ms);
	set_option(s, SOL_SOCKET, SO_SNDTIMEO, ms);
}

/*
 * Signals neither end a call with a limit nor give it the whole time again. A connect and an
 * accept have none (row 70); of a stream's send what was taken counts.
 */
CASE(alert, signals__limits_are_kept_r69_r70)
{
	int kind;

	EACH(kind) {
		bool unlimited = kind == BLOCK_CONNECT || kind == BLOCK_ACCEPT;

		block_make(&self->block, self->sort, kind);
		set_limits(self->block.s, 300);
		attempt_begin(&self->attempt, stormy_block, (SOCKET)&self->block, NULL);
		if (unlimited) {
			host_pause(600);
			EXPECT_TRUE(block_finish(&self->block)) SAY(kind);
		}
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		if (unlimited) {
			EXPECT_EQ(0, self->attempt.ret) SAY(kind);
			EXPECT_EQ(0, self->attempt.code) SAY(kind);
		} else if (kind == BLOCK_SEND) {
			EXPECT_EQ(BLOCK_PARTLY, self->attempt.ret);
			EXPECT_EQ(0, self->attempt.code);
		} else {
			EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
			EXPECT_EQ(WSAETIMEDOUT, self->attempt.code) SAY(kind);
		}
		EXPECT_WORKS(closesocket(self->block.s));
	}
}

/* After a signal the library itself waits for the rest of the limit: that ends too. */
CASE(alert, close__ends_calls_with_a_limit_r68)
{
	int kind;

	EACH(kind) {
		block_make(&self->block, self->sort, kind);
		set_limits(self->block.s, 1000 * 1000);
		attempt_begin(&self->attempt, stormy_block, (SOCKET)&self->block, NULL);
		host_pause(100);
		EXPECT_WORKS(closesocket(self->block.s));
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
	}
}

CASE(alert, close__ends_all_who_wait_r68)
{
	struct attempt attempts[4];
	int i;

	block_make(&self->block, self->sort, BLOCK_RECVFROM);
	for (i = 0; i < 4; i++) {
		block_begin(&attempts[i], &self->block);
		ASSERT_FALSE(attempts[i].ended_first);
	}
	EXPECT_WORKS(closesocket(self->block.s));
	for (i = 0; i < 4; i++)
		EXPECT_ENDS(SOCKET_ERROR, WSAEINTR, &attempts[i]);
}

/* The last WSACleanup closes, too. */
CASE(alert, cleanup__ends_each_call_r3_r68)
{
	int kind;

	EACH(kind) {
		block_make(&self->block, self->sort, kind);
		block_begin(&self->attempt, &self->block);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		finish();
		EXPECT_ENDS(SOCKET_ERROR, WSAEINTR, &self->attempt);
		start(self->sort);
	}
}

static SOCKET to_close;
static volatile int closed;

static void close_it(int number)
{
	closed = !closesocket(to_close);
}

/* From a signal handler of the thread that waits: it cannot wait for itself. */
CASE(alert, close__in_own_handler_r68)
{
	struct sigaction action = { .sa_handler = close_it };
	int kind, restart;

	for (restart = 0; restart < 2; restart++) {
		action.sa_flags = restart ? SA_RESTART : 0;
		ASSERT_EQ(0, sigaction(SIGUSR2, &action, NULL));
		EACH(kind) {
			closed = 0;
			block_make(&self->block, self->sort, kind);
			to_close = self->block.s;
			block_begin(&self->attempt, &self->block);
			ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
			ASSERT_EQ(0, pthread_kill(self->attempt.thread, SIGUSR2));
			ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
			EXPECT_EQ(1, closed);
			EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
			EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
		}
	}
}

static pthread_barrier_t ready;

static void spin(volatile int turns)
{
	while (turns > 0)
		turns--;
}

static int hasty_block(struct attempt *attempt)
{
	pthread_barrier_wait(&ready);
	return block_call(attempt);
}

/* Whichever moment of a call it meets, before, on its way or in the kernel, it ends it. */
CASE(alert, close__races_the_call_r68)
{
	int round;

	pthread_barrier_init(&ready, NULL, 2);
	for (round = 0; round < 60; round++) {
		struct attempt *attempt = &self->attempt;

		block_make(&self->block, self->sort, round % BLOCK_KINDS);
		attempt_launch(attempt, hasty_block, (SOCKET)&self->block);
		pthread_barrier_wait(&ready);
		spin(round * 400);
		EXPECT_WORKS(closesocket(self->block.s));
		ASSERT_TRUE(attempt_ended(attempt)) SAY(round % BLOCK_KINDS);
		EXPECT_EQ(SOCKET_ERROR, attempt->ret);
		EXPECT_TRUE(attempt->code == WSAEINTR || attempt->code == WSAENOTSOCK) {
			TH_LOG("%s: code %d", block_names[round % BLOCK_KINDS], attempt->code);
		}
	}
}

static volatile int heard;

static void hear(int number)
{
	heard++;
}

/* The library takes a signal that the program has left alone, and another when it has not. */
CASE(alert, signal__of_the_program_is_left_alone_r68)
{
	struct sigaction action = { .sa_handler = hear }, now;
	int taken = SIGRTMAX - 1;

	finish();
	/* Here it had taken it; a program that comes later takes it back. */
	ASSERT_EQ(0, sigaction(taken, &action, NULL));
	start(self->sort);
	block_make(&self->block, self->sort, BLOCK_RECV);
	block_begin(&self->attempt, &self->block);
	EXPECT_WORKS(closesocket(self->block.s));
	EXPECT_ENDS(SOCKET_ERROR, WSAEINTR, &self->attempt);
	EXPECT_EQ(0, heard);
	ASSERT_EQ(0, sigaction(taken, NULL, &now));
	EXPECT_TRUE(now.sa_handler == hear);
}

CASE(alert, signal__survives_reset_of_all_r68)
{
	int number;

	block_make(&self->block, self->sort, BLOCK_RECV);
	for (number = SIGRTMIN; number <= SIGRTMAX; number++)
		signal(number, SIG_DFL);
	block_begin(&self->attempt, &self->block);
	EXPECT_WORKS(closesocket(self->block.s));
	EXPECT_ENDS(SOCKET_ERROR, WSAEINTR, &self->attempt);
}

/* The records of a child are its own: what waits in the parent is not there. */
static int in_child(const struct sort *sort, struct block *of_parent)
{
	struct attempt attempt;
	struct block block;
	int kind;

	if (closesocket(of_parent->s))
		return 1;
	EACH(kind) {
		block_make(&block, sort, kind);
		block_begin(&attempt, &block);
		if (attempt.ended_first)
			return 2;
		if (closesocket(block.s) || !attempt_ended(&attempt))
			return 3;
		if (attempt.ret != SOCKET_ERROR || attempt.code != WSAEINTR)
			return 4;
	}
	return 0;
}

CASE(alert, fork__while_another_thread_waits_r68)
{
	int kind, status;
	pid_t pid;

	EACH(kind) {
		block_make(&self->block, self->sort, kind);
		block_begin(&self->attempt, &self->block);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		status = -1;
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			_exit(in_child(self->sort, &self->block));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(0, status) {
			TH_LOG("%s: the child failed at %d", block_names[kind],
			       WEXITSTATUS(status));
		}
		/* A silent place answers once only. */
		if (kind == BLOCK_CONNECT) {
			EXPECT_EQ(1, host_syn_sent());
			EXPECT_WORKS(closesocket(self->block.s));
			EXPECT_ENDS(SOCKET_ERROR, WSAEINTR, &self->attempt);
			continue;
		}
		EXPECT_TRUE(block_finish(&self->block)) SAY(kind);
		EXPECT_ENDS(0, 0, &self->attempt);
		EXPECT_WORKS(closesocket(self->block.s));
	}
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
