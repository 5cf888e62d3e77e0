// SPDX-License-Identifier: GPL-2.0
/* What only Winsock 1.1 has: cancelling a blocking call, and the hook that runs while one waits. */
#include "case.h"

#include <kselftest_harness.h>

#include <signal.h>
#include <winsock.h>

#include "block.h"

FIXTURE(legacy) {
	const struct sort *sort;
	struct block block;
	struct attempt attempt;
};

SORTS(legacy);

static void start_version(const struct sort *sort, WORD version)
{
	WSADATA data;

	setenv("LIBWSACONNECT_DOOR", sort->door, 1);
	setenv("LIBWSACONNECT_COMPAT", sort->compat, 1);
	if (WSAStartup(version, &data))
		abort();
}

static volatile int turns;
static volatile int failed_at;
static SOCKET in_hook;
static const struct sort *sort_in_hook;

FIXTURE_SETUP(legacy)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start_version(self->sort, MAKEWORD(1, 1));
	turns = 0;
	failed_at = 0;
	sort_in_hook = self->sort;
}

FIXTURE_TEARDOWN(legacy)
{
	FINISH();
}

#define EACH(kind) for (kind = 0; kind < BLOCK_KINDS; kind++)
#define SAY(kind) { TH_LOG("in %s", block_names[kind]); }

#define EXPECT_NO_HOOK(code, call) \
	do { \
		WSASetLastError(POISON_CODE); \
		EXPECT_TRUE((call) == NULL); \
		EXPECT_EQ((code), WSAGetLastError()); \
	} while (0)

static int count_turn(void)
{
	turns = turns + 1;
	return FALSE;
}

static bool soon_turns(int wanted)
{
	int tries;

	for (tries = 0; tries < 6000 && turns < wanted; tries++)
		host_pause(10);
	return turns >= wanted;
}

CASE(legacy, winsock2__has_none_of_it_r246_r252)
{
	/* One part of the program that asks for 2.x is enough. */
	start_version(self->sort, MAKEWORD(2, 2));
	EXPECT_FAILS(WSAEOPNOTSUPP, WSACancelBlockingCall());
	EXPECT_NO_HOOK(WSAEOPNOTSUPP, WSASetBlockingHook(count_turn));
	EXPECT_FAILS(WSAEOPNOTSUPP, WSAUnhookBlockingHook());
	EXPECT_FALSE(WSAIsBlocking());
	finish();
	EXPECT_FAILS(WSANOTINITIALISED, WSACancelBlockingCall());
	EXPECT_NO_HOOK(WSANOTINITIALISED, WSASetBlockingHook(count_turn));
	EXPECT_FAILS(WSANOTINITIALISED, WSAUnhookBlockingHook());
	start_version(self->sort, MAKEWORD(2, 2));
	EXPECT_FAILS(WSAEOPNOTSUPP, WSACancelBlockingCall());
	/* ... and 1.1 asked for later does not bring it back */
	start_version(self->sort, MAKEWORD(1, 1));
	EXPECT_FAILS(WSAEOPNOTSUPP, WSACancelBlockingCall());
	EXPECT_NO_HOOK(WSAEOPNOTSUPP, WSASetBlockingHook(count_turn));
	finish();
	start_version(self->sort, MAKEWORD(1, 0));
	EXPECT_NO_HOOK(0, WSASetBlockingHook(count_turn));
}

CASE(legacy, cancel__nothing_r248)
{
	struct place to;
	SOCKET s;

	EXPECT_FAILS(WSAEINVAL, WSACancelBlockingCall());
	/* A non-blocking attempt is no blocking call (row 247). */
	s = make_pending(self->sort, &to);
	EXPECT_FAILS(WSAEINVAL, WSACancelBlockingCall());
	EXPECT_EQ(1, host_syn_sent());
	EXPECT_REFUSES(WSAEINVAL, s, connect_at(s, &to));
}

CASE(legacy, pending__is_einval_r10)
{
	struct place to;
	SOCKET s = make_pending(self->sort, &to);

	EXPECT_REFUSES(WSAEINVAL, s, connect_at(s, &to));
	EXPECT_EQ(1, host_syn_sent());
	start_version(self->sort, MAKEWORD(2, 2));
	EXPECT_REFUSES(WSAEALREADY, s, connect_at(s, &to));
}

static int cancel_turn(void)
{
	turns = turns + 1;
	if (!WSAIsBlocking())
		failed_at = __LINE__;
	if (turns < 3)
		return FALSE;
	WSASetLastError(POISON_CODE);
	if (WSACancelBlockingCall() || WSAGetLastError())
		failed_at = __LINE__;
	/* Asked for more turns, it still gets none. */
	return TRUE;
}

static int hooked_block(struct attempt *attempt)
{
	int ret, code;

	WSASetBlockingHook(cancel_turn);
	ret = block_call(attempt);
	code = WSAGetLastError();
	WSAUnhookBlockingHook();
	WSASetLastError(code);
	return ret;
}

CASE(legacy, cancel__in_hook_r247_r249)
{
	int kind;

	EACH(kind) {
		turns = 0;
		block_make(&self->block, self->sort, kind);
		attempt_launch(&self->attempt, hooked_block, (SOCKET)&self->block);
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
		EXPECT_EQ(3, turns);
		EXPECT_EQ(0, failed_at);
		EXPECT_EQ(0, host_syn_sent());
		EXPECT_FALSE(WSAIsBlocking());
		EXPECT_FAILS(WSAEINVAL, WSACancelBlockingCall());
		/* All that is promised of the socket. */
		EXPECT_WORKS(closesocket(self->block.s));
	}
}

static void cancel_in_handler(int number)
{
	if (WSACancelBlockingCall())
		failed_at = __LINE__;
}

static HANDLE waiting;

static int known_block(struct attempt *attempt)
{
	waiting = wsaconnect_thread();
	return block_call(attempt);
}

static void cancel_in_procedure(ULONG_PTR unused)
{
	cancel_in_handler(0);
}

/* Without a hook: from a signal handler, and from a procedure. */
CASE(legacy, cancel__without_hook_r247_r252)
{
	struct sigaction action = { .sa_handler = cancel_in_handler };
	int kind;

	ASSERT_EQ(0, sigaction(SIGUSR2, &action, NULL));
	EACH(kind) {
		block_make(&self->block, self->sort, kind);
		block_begin(&self->attempt, &self->block);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		ASSERT_EQ(0, pthread_kill(self->attempt.thread, SIGUSR2));
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
		EXPECT_EQ(0, host_syn_sent());
		EXPECT_WORKS(closesocket(self->block.s));

		block_make(&self->block, self->sort, kind);
		attempt_begin(&self->attempt, known_block, (SOCKET)&self->block, NULL);
		ASSERT_FALSE(self->attempt.ended_first) SAY(kind);
		EXPECT_NE(0, QueueUserAPC(cancel_in_procedure, waiting, 0));
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
		EXPECT_EQ(0, host_syn_sent());
		EXPECT_WORKS(closesocket(self->block.s));
	}
	EXPECT_EQ(0, failed_at);
}

static int cancel_twice_turn(void)
{
	turns = turns + 1;
	WSACancelBlockingCall();
	WSACancelBlockingCall();
	return FALSE;
}

static int cancelled_then_not(struct attempt *attempt)
{
	WSASetBlockingHook(cancel_twice_turn);
	if (block_call(attempt) != SOCKET_ERROR || WSAGetLastError() != WSAEINTR)
		return 1;
	WSASetBlockingHook(count_turn);
	return block_call(attempt);
}

/* A cancellation is for one call. */
CASE(legacy, cancel__spares_the_next_call_r247)
{
	block_make(&self->block, self->sort, BLOCK_RECVFROM);
	attempt_launch(&self->attempt, cancelled_then_not, (SOCKET)&self->block);
	ASSERT_TRUE(soon_turns(5));
	EXPECT_TRUE(block_finish(&self->block));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	EXPECT_EQ(0, self->attempt.code);
}

static SOCKET peer_of_handler;

static void cancel_too_late(int number)
{
	if (send(peer_of_handler, "x", 1, 0) != 1 || WSACancelBlockingCall())
		failed_at = __LINE__;
}

static int block_twice(struct attempt *attempt)
{
	if (block_call(attempt))
		return 1;
	turns = 1;
	return block_call(attempt);
}

/* One that comes when the call has what it waited for cancels nothing, and no later call either. */
CASE(legacy, cancel__too_late_r247)
{
	struct sigaction action = { .sa_handler = cancel_too_late };

	ASSERT_EQ(0, sigaction(SIGUSR2, &action, NULL));
	block_make(&self->block, self->sort, BLOCK_RECV);
	peer_of_handler = self->block.peer;
	attempt_begin(&self->attempt, block_twice, (SOCKET)&self->block, NULL);
	ASSERT_FALSE(self->attempt.ended_first);
	ASSERT_EQ(0, pthread_kill(self->attempt.thread, SIGUSR2));
	ASSERT_TRUE(soon_turns(1));
	EXPECT_TRUE(host_sleeps(self->attempt.tid));
	EXPECT_TRUE(block_finish(&self->block));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	EXPECT_EQ(0, self->attempt.code);
	EXPECT_EQ(0, failed_at);
}

static int counted_block(struct attempt *attempt)
{
	WSASetBlockingHook(count_turn);
	return block_call(attempt);
}

/* It is called again and again while the call waits, which then gives what it always gives. */
CASE(legacy, hook__runs_while_a_call_waits_r253)
{
	int kind;

	EACH(kind) {
		turns = 0;
		block_make(&self->block, self->sort, kind);
		attempt_launch(&self->attempt, counted_block, (SOCKET)&self->block);
		ASSERT_TRUE(soon_turns(5)) SAY(kind);
		EXPECT_TRUE(block_finish(&self->block)) SAY(kind);
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(0, self->attempt.ret) SAY(kind);
		EXPECT_EQ(0, self->attempt.code) SAY(kind);
		EXPECT_WORKS(closesocket(self->block.s));
	}
}

CASE(legacy, hook__not_run_without_a_wait_r253)
{
	struct place here, at;
	SOCKET s, a, u, l, c;
	char octet;

	EXPECT_NO_HOOK(0, WSASetBlockingHook(count_turn));
	s = make_pair(self->sort, &a);
	turns = 0;
	u = make_bound(self->sort, SOCK_DGRAM, &here);
	l = make_listener(self->sort, &at);
	EXPECT_GIVES(1, send(s, "x", 1, 0));
	EXPECT_TRUE(soon_queued(a, 1));
	EXPECT_GIVES(1, recv(a, &octet, 1, 0));
	EXPECT_GIVES(1, sendto(u, "x", 1, 0, &here.sa, here.len));
	EXPECT_GIVES(1, recv(u, &octet, 1, 0));
	EXPECT_WORKS(connect_at(u, &here));
	c = make(self->sort, SOCK_STREAM);
	EXPECT_WORKS(nonblocking(c, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(c, &at));
	EXPECT_TRUE(host_readable((int)l, 60000));
	EXPECT_NE(INVALID_SOCKET, accept(l, NULL, NULL));
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(c, &octet, 1, 0));
	EXPECT_FAILS(WSAEISCONN, connect_at(s, &at));
	/* no Winsock call */
	EXPECT_EQ(0, SleepEx(30, FALSE));
	EXPECT_EQ(0, SleepEx(30, TRUE));
	EXPECT_EQ(0, turns);
	EXPECT_WORKS(WSAUnhookBlockingHook());
}

/* It is the thread's own, and the last one set; at first, and after Unhook, there is none. */
CASE(legacy, hook__belongs_to_the_thread_r252)
{
	EXPECT_NO_HOOK(0, WSASetBlockingHook(count_turn));
	EXPECT_TRUE(WSASetBlockingHook(cancel_turn) == count_turn);
	EXPECT_TRUE(WSASetBlockingHook(count_turn) == cancel_turn);
	block_make(&self->block, self->sort, BLOCK_RECV);
	block_begin(&self->attempt, &self->block);
	ASSERT_FALSE(self->attempt.ended_first);
	EXPECT_EQ(0, turns);
	EXPECT_TRUE(block_finish(&self->block));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	EXPECT_EQ(0, turns);
	EXPECT_WORKS(WSAUnhookBlockingHook());
	EXPECT_WORKS(WSAUnhookBlockingHook());
	EXPECT_NO_HOOK(0, WSASetBlockingHook(NULL));
}

#define IN_HOOK(code, fails) \
	do { \
		WSASetLastError(POISON_CODE); \
		if (!(fails) || WSAGetLastError() != (code)) \
			failed_at = __LINE__; \
	} while (0)

static int calling_turn(void)
{
	ADDRINFOA *list = NULL;
	WSADATA data;
	char name[64];

	turns = turns + 1;
	if (sweep(in_hook, WSAEINPROGRESS, false) || sweep(in_hook, WSAEINPROGRESS, true))
		failed_at = __LINE__;
	IN_HOOK(WSAEINPROGRESS, socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
	IN_HOOK(WSAEINPROGRESS, WSACleanup() == SOCKET_ERROR);
	IN_HOOK(WSAEINPROGRESS, !WSASetBlockingHook(count_turn));
	IN_HOOK(WSAEINPROGRESS, WSAUnhookBlockingHook() == SOCKET_ERROR);
	IN_HOOK(WSAEINPROGRESS, gethostname(name, sizeof(name)) == SOCKET_ERROR);
	IN_HOOK(WSAEINPROGRESS, !gethostbyname("127.0.0.1"));
	IN_HOOK(WSAEINPROGRESS, getaddrinfo("127.0.0.1", "5", NULL, &list) == WSAEINPROGRESS);
	if (WSAStartup(MAKEWORD(1, 1), &data) != WSAEINPROGRESS)
		failed_at = __LINE__;
	if (!WSAIsBlocking())
		failed_at = __LINE__;
	return turns % 3;
}

static int calling_block(struct attempt *attempt)
{
	WSASetBlockingHook(calling_turn);
	return block_call(attempt);
}

CASE(legacy, hook__may_call_nothing_r250)
{
	int kind;

	EACH(kind) {
		turns = 0;
		block_make(&self->block, self->sort, kind);
		in_hook = self->block.s;
		attempt_launch(&self->attempt, calling_block, (SOCKET)&self->block);
		ASSERT_TRUE(soon_turns(4)) SAY(kind);
		/* another thread may */
		EXPECT_NE(INVALID_SOCKET, make(self->sort, SOCK_STREAM));
		EXPECT_TRUE(block_finish(&self->block)) SAY(kind);
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(0, self->attempt.ret) SAY(kind);
		EXPECT_EQ(0, self->attempt.code) SAY(kind);
		EXPECT_EQ(0, failed_at) SAY(kind);
		EXPECT_WORKS(closesocket(self->block.s));
	}
}

/* closesocket by another thread ends a call whose hook runs. */
CASE(legacy, hook__closed_by_another_thread_r68)
{
	int kind;

	EACH(kind) {
		turns = 0;
		block_make(&self->block, self->sort, kind);
		attempt_launch(&self->attempt, counted_block, (SOCKET)&self->block);
		ASSERT_TRUE(soon_turns(3)) SAY(kind);
		EXPECT_WORKS(closesocket(self->block.s));
		ASSERT_TRUE(attempt_ended(&self->attempt)) SAY(kind);
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret) SAY(kind);
		EXPECT_EQ(WSAEINTR, self->attempt.code) SAY(kind);
		EXPECT_EQ(0, host_syn_sent());
	}
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
