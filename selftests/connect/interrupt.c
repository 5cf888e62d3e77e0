// SPDX-License-Identifier: GPL-2.0
/* A connect(2) that waits, and what takes it away: signals, timers, threads, processes. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(interrupt) {
	const struct sort *sort;
	struct name nobody;
	struct call call;
	int s;
};

SORTS(interrupt);

FIXTURE_SETUP(interrupt)
{
	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	self->nobody = silent(self->sort, 5);
	self->s = open_sort(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(interrupt)
{
	COUNTERS_BALANCE();
}

static volatile sig_atomic_t handled;
static int handler_fd = -1;
static struct name handler_name;
static int handler_result;

static void handler(int signal)
{
	handled++;
	if (handler_fd < 0)
		return;
	handler_result = connect(handler_fd, &handler_name.sa, handler_name.len) ? errno : 0;
	handled++;
}

static void handle_signals(int flags)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigaction(SIGUSR1, &action, NULL);
}

/* Blocked in connect(2), as far as can be seen: an attempt is pending and time has passed. */
#define ASSERT_BLOCKED() \
	do { \
		connect_later(&self->call, self->s, &self->nobody); \
		ASSERT_TRUE(wait_state(self->s, WSA_STATE_PENDING)); \
		usleep(100000); \
	} while (0)

static bool signal_handled(struct call *call, int times)
{
	int i;

	pthread_kill(call->thread, SIGUSR1);
	for (i = 0; i < 6000 && handled < times; i++)
		usleep(10000);
	return handled >= times;
}

struct closing {
	int fd;
	struct name name;
	int error;
};

static void *closing_thread(void *arg)
{
	struct closing *closing = arg;

	closing->error = connect(closing->fd, &closing->name.sa, closing->name.len) ? errno : 0;
	return NULL;
}

TEST_F_TIMEOUT(interrupt, signal_ends_the_wait_not_the_attempt__r69, 90)
{
	struct call again;
	int l, child;

	handle_signals(0);
	ASSERT_BLOCKED();
	ASSERT_TRUE(signal_handled(&self->call, 1));
	ASSERT_TRUE(call_ended(&self->call));
	EXPECT_OUTCOME(EINTR, WSAEINTR, WSA_REASON_SIGNAL, self->call.outcome);
	EXPECT_EQ(WSA_STATE_PENDING, state_of(self->s).state);

	/* the next call waits for the same attempt */
	connect_later(&again, self->s, &self->nobody);
	usleep(100000);
	l = answer(self->sort, &self->nobody);
	ASSERT_TRUE(call_ended(&again));
	EXPECT_CONNECTED(again.outcome);
	EXPECT_EQ(1, state_of(self->s).attempt);
	child = accept(l, NULL, NULL);
	EXPECT_TRUE(pass_octet(self->s, child));
}

TEST_F_TIMEOUT(interrupt, restarted_call_goes_on_waiting__r69, 90)
{
	handle_signals(SA_RESTART);
	ASSERT_BLOCKED();
	ASSERT_TRUE(signal_handled(&self->call, 1));
	usleep(100000);
	ASSERT_TRUE(signal_handled(&self->call, 2));
	EXPECT_EQ(WSA_STATE_PENDING, state_of(self->s).state);
	answer(self->sort, &self->nobody);
	ASSERT_TRUE(call_ended(&self->call));
	EXPECT_CONNECTED(self->call.outcome);
	EXPECT_EQ(1, state_of(self->s).attempt);
}

/* The outcome became known while nobody waited: it belongs to the call that asks next. */
TEST_F_TIMEOUT(interrupt, outcome_waits_for_the_next_call__r69, 90)
{
	handle_signals(0);
	ASSERT_BLOCKED();
	ASSERT_TRUE(signal_handled(&self->call, 1));
	ASSERT_TRUE(call_ended(&self->call));
	answer(self->sort, &self->nobody);
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_CONNECTED));
	EXPECT_CONNECTED(connect_to(self->s, &self->nobody));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED,
		       connect_to(self->s, &self->nobody));
}

/* Of the two calls one tells of success, and neither hangs. */
TEST_F_TIMEOUT(interrupt, connect_in_the_handler__r69, 90)
{
	handle_signals(SA_RESTART);
	handler_fd = self->s;
	handler_name = self->nobody;
	ASSERT_BLOCKED();
	ASSERT_TRUE(signal_handled(&self->call, 1));
	usleep(100000);
	answer(self->sort, &self->nobody);
	ASSERT_TRUE(call_ended(&self->call));
	EXPECT_EQ(2, handled);
	EXPECT_EQ(0, handler_result);
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, self->call.outcome);
}

TEST_F_TIMEOUT(interrupt, send_timeout_leaves_the_attempt__r70, 90)
{
	struct timeval limit = { .tv_usec = 200000 };

	setsockopt(self->s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
		       connect_to(self->s, &self->nobody));
	EXPECT_EQ(WSA_STATE_PENDING, state_of(self->s).state);
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
		       connect_to(self->s, &self->nobody));
	EXPECT_EQ(1, state_of(self->s).attempt);
	limit.tv_usec = 0;
	setsockopt(self->s, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	answer(self->sort, &self->nobody);
	EXPECT_CONNECTED(connect_to(self->s, &self->nobody));
}

/* A waiting call holds the socket: the close of its descriptor is not an end. */
TEST_F_TIMEOUT(interrupt, close_from_another_thread__r68, 90)
{
	int copy = fcntl(self->s, F_DUPFD_CLOEXEC, 100);
	struct closing closing = { .fd = self->s, .name = self->nobody, .error = -1 };

	ASSERT_EQ(0, pthread_create(&self->call.thread, NULL, closing_thread, &closing));
	ASSERT_TRUE(wait_state(self->s, WSA_STATE_PENDING));
	usleep(100000);
	EXPECT_EQ(0, close(self->s));
	EXPECT_EQ(WSA_STATE_PENDING, state_of(copy).state);
	EXPECT_EQ(0, cancel(copy));
	EXPECT_EQ(0, close(copy));
	ASSERT_TRUE(call_ended(&self->call));
	EXPECT_EQ(ECANCELED, closing.error);
	EXPECT_EQ(wsa_counter("SOCKETS_MADE"), wsa_counter("SOCKETS_GONE"));
}

TEST_F_TIMEOUT(interrupt, cancel_wakes_the_call__r18_r68_r69, 90)
{
	struct name at, before, after;

	listener_at(self->sort, &at);
	ASSERT_BLOCKED();
	before = local_name(self->s);
	EXPECT_EQ(0, cancel(self->s));
	ASSERT_TRUE(call_ended(&self->call));
	EXPECT_OUTCOME(ECANCELED, WSAEINTR, WSA_REASON_CANCELLED, self->call.outcome);
	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
	EXPECT_EQ(0, state_of(self->s).so_error);

	EXPECT_EQ(-1, cancel(self->s));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_CONNECTED(connect_to(self->s, &at));
	after = local_name(self->s);
	EXPECT_EQ(name_port(&before), name_port(&after));
}

TEST_F_TIMEOUT(interrupt, cancel_nonblocking_then_retry, 90)
{
	struct name at;
	int i;

	listener_at(self->sort, &at);
	set_nonblock(self->s, true);
	for (i = 0; i < 3; i++) {
		EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
			       connect_to(self->s, &self->nobody));
		EXPECT_EQ(0, cancel(self->s));
		EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
		EXPECT_EQ(WSAEINTR, state_of(self->s).so_error);
	}
	set_nonblock(self->s, false);
	EXPECT_CONNECTED(connect_to(self->s, &at));
	EXPECT_EQ(0, state_of(self->s).so_error);
}

TEST_F(interrupt, cancel_needs_an_attempt)
{
	struct name at, closed, here = loopback(self->sort, 0);
	struct snapshot before;
	int l = listener_at(self->sort, &at), idle, listening, failed, fds[4], i;

	closed_port(self->sort, &closed);
	idle = open_sort(self->sort, SOCK_STREAM);
	listening = open_sort(self->sort, SOCK_STREAM);
	bind(listening, &here.sa, here.len);
	listen(listening, 1);
	failed = open_sort(self->sort, SOCK_STREAM);
	connect_to(failed, &closed);
	ASSERT_CONNECTED(connect_to(self->s, &at));
	accept(l, NULL, NULL);

	fds[0] = idle;
	fds[1] = listening;
	fds[2] = failed;
	fds[3] = self->s;
	for (i = 0; i < 4; i++) {
		take_snapshot(fds[i], &before);
		EXPECT_EQ(-1, cancel(fds[i]));
		EXPECT_EQ(ENOTCONN, errno);
		EXPECT_TRUE(unchanged(fds[i], &before));
	}
}

TEST_F_TIMEOUT(interrupt, second_thread_is_told_to_wait__r51_r254, 90)
{
	struct name other = silent_too(self->sort, 5);

	ASSERT_BLOCKED();
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING,
		       connect_to(self->s, &self->nobody));
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING, connect_to(self->s, &other));
	answer(self->sort, &self->nobody);
	ASSERT_TRUE(call_ended(&self->call));
	EXPECT_CONNECTED(self->call.outcome);
	EXPECT_EQ(1, state_of(self->s).attempt);
}

/* A copy of the descriptor is the same socket. */
TEST_F_TIMEOUT(interrupt, dup_and_fork_share_the_attempt__r16, 90)
{
	int copy = dup(self->s), l, child, status = -1;
	pid_t pid;

	set_nonblock(self->s, true);
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->nobody).error);
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING, connect_to(copy, &self->nobody));
	EXPECT_EQ(0, close(self->s));

	pid = fork();
	if (!pid) {
		struct outcome outcome = connect_to(copy, &self->nobody);

		_exit(!(outcome.error == EALREADY && outcome.wsa == WSAEALREADY &&
			state_of(copy).state == WSA_STATE_PENDING));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(WSA_STATE_PENDING, state_of(copy).state);
	l = answer(self->sort, &self->nobody);
	ASSERT_TRUE(wait_state(copy, WSA_STATE_CONNECTED));
	child = accept(l, NULL, NULL);
	EXPECT_TRUE(pass_octet(copy, child));
}

/* The process that connected is gone, the socket is not. */
TEST_F_TIMEOUT(interrupt, attempt_outlives_its_process__r16, 90)
{
	int status = -1;
	pid_t pid = fork();

	if (!pid) {
		set_nonblock(self->s, true);
		connect(self->s, &self->nobody.sa, self->nobody.len);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(WSA_STATE_PENDING, state_of(self->s).state);
	answer(self->sort, &self->nobody);
	EXPECT_TRUE(wait_state(self->s, WSA_STATE_CONNECTED));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
