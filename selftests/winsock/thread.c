// SPDX-License-Identifier: GPL-2.0
/* Calls that wait, and what may happen to them: signals, other threads, other processes. */
#include "case.h"

#include <kselftest_harness.h>

#include <sys/wait.h>

FIXTURE(waiting) {
	const struct sort *sort;
	SOCKET s;
	struct place silent;
	struct attempt attempt;
};

SORTS(waiting);

FIXTURE_SETUP(waiting)
{
	host_fresh();
	host_dummies();
	host_count_sigpipe();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->silent = place_silent(self->sort, 5000);
}

FIXTURE_TEARDOWN(waiting)
{
	EXPECT_EQ(0, host_sigpipes());
	FINISH();
}

/* The silent peer speaks. */
static SOCKET answer_now(const struct sort *sort, const struct place *at)
{
	SOCKET l = make(sort, SOCK_STREAM);

	host_answer(sort->af == AF_INET6 && !sort->dual);
	if (bind(l, &at->sa, at->len) || listen(l, 5))
		return INVALID_SOCKET;
	return l;
}

static int signals;

static int stormy_connect(struct attempt *attempt, bool restart)
{
	int ret, code;

	host_storm_begin(restart);
	ret = connect_at(attempt->s, &attempt->place);
	code = WSAGetLastError();
	signals = host_storm_end();
	WSASetLastError(code);
	return ret;
}

static int stormy_connect_restart(struct attempt *attempt)
{
	return stormy_connect(attempt, true);
}

static int stormy_connect_no_restart(struct attempt *attempt)
{
	return stormy_connect(attempt, false);
}

static const struct {
	const char *desc;
	int (*run)(struct attempt *attempt);
} storms[] = {
	{ "SA_RESTART", stormy_connect_restart },
	{ "no SA_RESTART", stormy_connect_no_restart },
};

static int storm_of(struct __test_metadata *_metadata, FIXTURE_DATA(waiting) *self, int which,
		    bool limited)
{
	SOCKET l;

	if (limited)
		EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_SNDTIMEO, 30));
	attempt_begin(&self->attempt, storms[which].run, self->s, &self->silent);
	host_pause(300);
	l = answer_now(self->sort, &self->silent);
	EXPECT_NE(INVALID_SOCKET, l);
	EXPECT_TRUE(attempt_ended(&self->attempt));
	EXPECT_LT(10, signals);
	EXPECT_EQ(0, self->attempt.code);
	EXPECT_TRUE(has_connect_time(self->s));
	return self->attempt.ret;
}

CASE(waiting, signals__connect_restart_r69)
{
	EXPECT_EQ(0, storm_of(_metadata, self, 0, false));
}

CASE(waiting, signals__connect_no_restart_r69)
{
	EXPECT_EQ(0, storm_of(_metadata, self, 1, false));
}

CASE(waiting, signals__connect_with_limit_r69_r70)
{
	EXPECT_EQ(0, storm_of(_metadata, self, 1, true));
}

/* The outcome of an attempt that signals interrupted is still the call's own. */
CASE(waiting, signals__connect_refused_r69_r71)
{
	SOCKET holder;

	attempt_begin(&self->attempt, stormy_connect_no_restart, self->s, &self->silent);
	host_pause(200);
	holder = make(self->sort, SOCK_STREAM);
	host_answer(self->sort->af == AF_INET6 && !self->sort->dual);
	EXPECT_WORKS(bind(holder, &self->silent.sa, self->silent.len));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(SOCKET_ERROR, self->attempt.ret);
	EXPECT_EQ(WSAECONNREFUSED, self->attempt.code);
	EXPECT_EQ(0, so_error(self->s));
	/* and another may be made */
	EXPECT_WORKS(listen(holder, 5));
	EXPECT_WORKS(connect_at(self->s, &self->silent));
}

static bool restart_wanted;
static SOCKET accepted;

static int stormy_accept(struct attempt *attempt)
{
	int code;

	host_storm_begin(restart_wanted);
	accepted = accept(attempt->s, NULL, NULL);
	code = WSAGetLastError();
	signals = host_storm_end();
	WSASetLastError(code);
	return accepted == INVALID_SOCKET ? SOCKET_ERROR : 0;
}

static int stormy_recv(struct attempt *attempt)
{
	char octet = 0;
	int ret, code;

	host_storm_begin(restart_wanted);
	ret = recv(attempt->s, &octet, 1, 0);
	code = WSAGetLastError();
	signals = host_storm_end();
	WSASetLastError(code);
	return ret == 1 && octet == 'x' ? 0 : SOCKET_ERROR;
}

CASE(waiting, signals__accept_r69)
{
	struct place at;
	SOCKET l = make_listener(self->sort, &at), s;
	int i;

	for (i = 0; i < 2; i++) {
		restart_wanted = i;
		attempt_begin(&self->attempt, stormy_accept, l, NULL);
		host_pause(200);
		s = make(self->sort, SOCK_STREAM);
		EXPECT_WORKS(connect_at(s, &at));
		ASSERT_TRUE(attempt_ended(&self->attempt));
		EXPECT_EQ(0, self->attempt.ret);
		EXPECT_EQ(0, self->attempt.code);
		EXPECT_LT(10, signals);
	}
}

CASE(waiting, signals__recv_r69)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct place at;
	SOCKET u = make_bound(self->sort, SOCK_DGRAM, &at), from = make(self->sort, SOCK_DGRAM);
	int i;

	for (i = 0; i < 4; i++) {
		restart_wanted = i & 1;
		attempt_begin(&self->attempt, stormy_recv, i & 2 ? u : s, NULL);
		host_pause(200);
		if (i & 2)
			EXPECT_GIVES(1, sendto(from, "x", 1, 0, &at.sa, at.len));
		else
			EXPECT_GIVES(1, send(a, "x", 1, 0));
		ASSERT_TRUE(attempt_ended(&self->attempt));
		EXPECT_EQ(0, self->attempt.ret);
		EXPECT_EQ(0, self->attempt.code);
		EXPECT_LT(10, signals);
	}
}

static int stormy_limited_recv(struct attempt *attempt)
{
	char octet;
	int ret, code;

	host_storm_begin(restart_wanted);
	ret = recv(attempt->s, &octet, 1, 0);
	code = WSAGetLastError();
	signals = host_storm_end();
	WSASetLastError(code);
	return ret;
}

/* Signals give a limited call no more time than it has. */
CASE(waiting, signals__limit_of_recv_is_kept_r69)
{
	SOCKET a, s = make_pair(self->sort, &a);

	EXPECT_WORKS(set_option(s, SOL_SOCKET, SO_RCVTIMEO, 300));
	for (restart_wanted = false;; restart_wanted = true) {
		attempt_begin(&self->attempt, stormy_limited_recv, s, NULL);
		ASSERT_TRUE(attempt_ended(&self->attempt));
		EXPECT_EQ(SOCKET_ERROR, self->attempt.ret);
		EXPECT_EQ(WSAETIMEDOUT, self->attempt.code);
		EXPECT_LT(10, signals);
		if (restart_wanted)
			break;
	}
}

CASE(waiting, closesocket__ends_connect_r68)
{
	attempt_begin(&self->attempt, run_connect, self->s, &self->silent);
	ASSERT_FALSE(self->attempt.ended_first);
	EXPECT_EQ(1, host_syn_sent());
	EXPECT_WORKS(closesocket(self->s));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(SOCKET_ERROR, self->attempt.ret);
	EXPECT_EQ(WSAEINTR, self->attempt.code);
	EXPECT_EQ(0, host_syn_sent());
	EXPECT_FAILS(WSAENOTSOCK, connect_at(self->s, &self->silent));
}

/* Even while signals make the waiting thread enter and leave the kernel all the time. */
CASE(waiting, closesocket__ends_connect_in_storm_r68_r69)
{
	attempt_begin(&self->attempt, stormy_connect_no_restart, self->s, &self->silent);
	host_pause(200);
	EXPECT_WORKS(closesocket(self->s));
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(SOCKET_ERROR, self->attempt.ret);
	EXPECT_EQ(WSAEINTR, self->attempt.code);
	EXPECT_EQ(0, host_syn_sent());
}

CASE(waiting, two_threads__second_is_refused_r254)
{
	struct attempt second;
	SOCKET l;

	attempt_begin(&self->attempt, run_connect, self->s, &self->silent);
	ASSERT_FALSE(self->attempt.ended_first);
	attempt_begin(&second, run_connect, self->s, &self->silent);
	ASSERT_TRUE(attempt_ended(&second));
	EXPECT_EQ(SOCKET_ERROR, second.ret);
	EXPECT_EQ(WSAEALREADY, second.code);
	l = answer_now(self->sort, &self->silent);
	ASSERT_NE(INVALID_SOCKET, l);
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	EXPECT_FAILS(WSAEISCONN, connect_at(self->s, &self->silent));
}

/* Of many that start together one connects; the others hear that it does, or has. */
CASE(waiting, many_threads__one_connects_r254_r94)
{
	struct attempt attempts[6];
	struct place at;
	int i, connected = 0, round;

	make_listener(self->sort, &at);
	for (round = 0; round < 5; round++) {
		SOCKET s = make(self->sort, SOCK_STREAM);

		connected = 0;
		for (i = 0; i < (int)ARRAY_SIZE(attempts); i++)
			attempt_begin(&attempts[i], run_connect, s, &at);
		for (i = 0; i < (int)ARRAY_SIZE(attempts); i++) {
			ASSERT_TRUE(attempt_ended(&attempts[i]));
			if (!attempts[i].ret)
				connected++;
			else
				EXPECT_TRUE(attempts[i].code == WSAEALREADY ||
					    attempts[i].code == WSAEISCONN);
		}
		EXPECT_EQ(1, connected);
		EXPECT_WORKS(closesocket(s));
	}
}

/* A duplicate is the same socket: its state is the kernel's, not the descriptor's. */
CASE(waiting, dup__shares_the_attempt_r51_r60)
{
	struct place to, peer;
	SOCKET s = make_pending(self->sort, &to), copy = (SOCKET)host_dup((int)s), l;

	EXPECT_REFUSES(WSAEALREADY, copy, connect_at(copy, &to));
	peer = place_peer(copy);
	EXPECT_TRUE(same_place(&peer, &to));
	EXPECT_REFUSES(WSAENOTCONN, copy, send(copy, "x", 1, 0));
	EXPECT_REFUSES(WSAENOTCONN, copy, shutdown(copy, SD_BOTH));
	/* the first one's end is not the attempt's */
	EXPECT_WORKS(closesocket(s));
	EXPECT_EQ(1, host_syn_sent());
	l = answer_now(self->sort, &to);
	ASSERT_NE(INVALID_SOCKET, l);
	ASSERT_TRUE(soon_connected(copy));
	EXPECT_FAILS(WSAEISCONN, connect_at(copy, &to));
	EXPECT_TRUE(pass_on(copy, accept(l, NULL, NULL)));
}

/* Answers of a child as its exit status: the step that failed. */
static int in_child(SOCKET s, const struct place *to)
{
	if (connect_at(s, to) != SOCKET_ERROR || WSAGetLastError() != WSAEALREADY)
		return 1;
	if (!place_peer(s).len)
		return 2;
	if (send(s, "x", 1, 0) != SOCKET_ERROR || WSAGetLastError() != WSAENOTCONN)
		return 3;
	if (!soon_connected(s))
		return 4;
	if (connect_at(s, to) != SOCKET_ERROR || WSAGetLastError() != WSAEISCONN)
		return 5;
	if (send(s, "x", 1, 0) != 1)
		return 6;
	return 0;
}

CASE(waiting, fork__shares_the_attempt_r51_r112)
{
	struct place to;
	SOCKET s = make_pending(self->sort, &to), l, a;
	char octet = 0;
	int status = -1;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(in_child(s, &to));
	host_pause(100);
	l = answer_now(self->sort, &to);
	ASSERT_NE(INVALID_SOCKET, l);
	ASSERT_TRUE(soon_connected(s));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status) {
		TH_LOG("the child failed at %d", WEXITSTATUS(status));
	}
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_GIVES(1, recv(a, &octet, 1, 0));
	EXPECT_EQ('x', octet);
	EXPECT_TRUE(pass_on(s, a));
}

/* A child whose parent waits in connect closes its own descriptor only. */
CASE(waiting, fork__child_closes_r67)
{
	SOCKET l;
	int status = -1;
	pid_t pid;

	attempt_begin(&self->attempt, run_connect, self->s, &self->silent);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(close((int)self->s));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(1, host_syn_sent());
	l = answer_now(self->sort, &self->silent);
	ASSERT_NE(INVALID_SOCKET, l);
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
}

/* ... by closesocket or the last WSACleanup as well as by close. */
CASE(waiting, fork__child_closesocket_leaves_parents_attempt_r67_r68)
{
	SOCKET l;
	int status = -1;
	pid_t pid;

	attempt_begin(&self->attempt, run_connect, self->s, &self->silent);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(closesocket(self->s) ? 1 : 0);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	l = answer_now(self->sort, &self->silent);
	ASSERT_NE(INVALID_SOCKET, l);
	ASSERT_TRUE(attempt_ended(&self->attempt));
	EXPECT_EQ(0, self->attempt.ret);
	EXPECT_EQ(0, self->attempt.code);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
