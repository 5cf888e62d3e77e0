// SPDX-License-Identifier: GPL-2.0
/* select while it waits: what other threads do, procedures, signals, thousands of members. */
#include "sets.h"

#include <kselftest_harness.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

FIXTURE(watch) {
	const struct sort *sort;
	SOCKET s;		/* a fresh stream */
	SOCKET holder;		/* of a port that refuses until it listens */
	struct place at;
};

SORTS(watch);

static void setup(FIXTURE_DATA(watch) *self, const struct sort *sort)
{
	host_fresh();
	host_dummies();
	self->sort = sort;
	start(sort);
	self->s = make(sort, SOCK_STREAM);
	self->holder = refused_at(sort, &self->at);
}

FIXTURE_SETUP(watch)
{
	setup(self, &variant->sort);
}

FIXTURE_TEARDOWN(watch)
{
	FINISH();
}

/* A select that waits in another thread, while this one does something to a member. */
static int members_asked;
static fd_set left[3];

static int run_select(struct attempt *attempt)
{
	fd_set *r = &left[0], *w = &left[1], *x = &left[2];

	*r = just(attempt->s);
	*w = *r;
	*x = *r;
	return select(0, members_asked & R ? r : NULL, members_asked & W ? w : NULL,
		      members_asked & X ? x : NULL, NULL);
}

static void select_begin(struct attempt *attempt, SOCKET s, int asked)
{
	members_asked = asked;
	attempt_begin(attempt, run_select, s, NULL);
}

CASE(watch, closed_meanwhile__readable_or_refused_r200)
{
	static const int asked[] = { R, R | X, ALL, X, W | X };
	struct attempt attempt;
	size_t i;
	int kind;

	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		for (kind = 0; kind < 3; kind++) {
			SOCKET a = INVALID_SOCKET, s = make(self->sort, SOCK_STREAM);
			struct place to;

			/* never connected, pending, connected */
			if (kind == 1)
				s = make_pending(self->sort, &to);
			if (kind == 2)
				s = make_pair(self->sort, &a);
			if (kind == 2 && asked[i] & W)
				continue;
			select_begin(&attempt, s, asked[i]);
			ASSERT_FALSE(attempt.ended_first);
			EXPECT_WORKS(closesocket(s));
			ASSERT_TRUE(attempt_ended(&attempt));
			if (asked[i] & R) {
				EXPECT_EQ(1, attempt.ret);
				EXPECT_EQ(0, attempt.code);
				EXPECT_EQ(1, FD_ISSET(s, &left[0]));
			} else {
				EXPECT_EQ(SOCKET_ERROR, attempt.ret);
				EXPECT_EQ(WSAENOTSOCK, attempt.code);
			}
			if (asked[i] & W)
				EXPECT_EQ(0, left[1].fd_count);
			if (asked[i] & X)
				EXPECT_EQ(0, left[2].fd_count);
		}
	}
}

/* A member that is ready for Linux all the time becomes so for Winsock. */
CASE(watch, put_aside__connected_meanwhile_r186_r187)
{
	struct attempt attempt;

	ASSERT_WORKS(listen(self->holder, 5));
	select_begin(&attempt, self->s, ALL);
	ASSERT_FALSE(attempt.ended_first);
	EXPECT_WORKS(connect_at(self->s, &self->at));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(1, attempt.ret);
	EXPECT_EQ(0, left[0].fd_count + left[2].fd_count);
	EXPECT_EQ(1, FD_ISSET(self->s, &left[1]));
}

CASE(watch, put_aside__refused_meanwhile_r188)
{
	struct attempt attempt;

	select_begin(&attempt, self->s, ALL);
	ASSERT_FALSE(attempt.ended_first);
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &self->at));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(1, attempt.ret);
	EXPECT_EQ(0, left[0].fd_count + left[1].fd_count);
	EXPECT_EQ(1, FD_ISSET(self->s, &left[2]));
}

CASE(watch, put_aside__listening_meanwhile)
{
	struct attempt attempt;

	select_begin(&attempt, self->holder, ALL);
	ASSERT_FALSE(attempt.ended_first);
	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_WORKS(connect_at(self->s, &self->at));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(1, attempt.ret);
	EXPECT_EQ(1, FD_ISSET(self->holder, &left[0]));
}

CASE(watch, put_aside__peer_ends_meanwhile)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct attempt attempt;
	int i;

	EXPECT_WORKS(shutdown(s, SD_RECEIVE));
	select_begin(&attempt, s, R);
	ASSERT_FALSE(attempt.ended_first);
	/* data is nothing to it */
	for (i = 0; i < 20; i++)
		EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_FALSE(!host_sleeps(attempt.tid));
	EXPECT_WORKS(shutdown(a, SD_SEND));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(1, attempt.ret);
	EXPECT_EQ(1, FD_ISSET(s, &left[0]));
}

/* It does not keep the others from being noticed. */
CASE(watch, put_aside__others_still_count)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct timeval timeout = in_ms(HUNG);
	fd_set r = { .fd_count = 3, .fd_array = { self->s, s, self->holder } }, x = r;

	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_GIVES(1, select(0, &r, NULL, &x, &timeout));
	EXPECT_EQ(1, r.fd_count);
	EXPECT_EQ(s, r.fd_array[0]);
	EXPECT_EQ(0, x.fd_count);
}

static int procedures;

static void CALLBACK count_procedure(ULONG_PTR data)
{
	procedures += (int)data;
}

static void CALLBACK send_procedure(ULONG_PTR data)
{
	procedures++;
	send((SOCKET)data, "x", 1, 0);
}

static void CALLBACK select_procedure(ULONG_PTR data)
{
	procedures += stays((SOCKET)data, ALL, 0) == W;
	procedures += stays((SOCKET)data, R, 50) == -WSAEINPROGRESS;
}

/* Queued procedures run when it really waits, and the wait goes on. */
CASE(watch, procedure__only_in_a_wait_r204_r244)
{
	SOCKET a, s = make_pair(self->sort, &a);

	procedures = 0;
	ASSERT_NE(0, QueueUserAPC(count_procedure, wsaconnect_thread(), 1));
	EXPECT_EQ(W, stays(s, W, HUNG));
	EXPECT_EQ(0, stays(s, R, 0));
	EXPECT_EQ(0, stays(self->s, ALL, 0));
	EXPECT_EQ(0, procedures);
	EXPECT_EQ(0, stays(s, R, 200));
	EXPECT_EQ(1, procedures);
	ASSERT_NE(0, QueueUserAPC(count_procedure, wsaconnect_thread(), 1));
	EXPECT_EQ(0, stays(self->s, ALL, 200));
	EXPECT_EQ(2, procedures);
	ASSERT_NE(0, QueueUserAPC(send_procedure, wsaconnect_thread(), a));
	EXPECT_EQ(R, stays(s, R, HUNG));
	EXPECT_EQ(3, procedures);
	/* may look, but not wait */
	ASSERT_NE(0, QueueUserAPC(select_procedure, wsaconnect_thread(), a));
	EXPECT_EQ(0, stays(self->s, ALL, 200));
	EXPECT_EQ(5, procedures);
}

static int stormy_select(struct attempt *attempt)
{
	int ret;

	host_storm_begin(false);
	ret = stays(attempt->s, R, 1000);
	return host_storm_end() > 10 ? ret : -1;
}

CASE(watch, signals__do_not_end_it)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct attempt attempt;

	attempt_begin(&attempt, stormy_select, s, NULL);
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(0, attempt.ret);
	attempt_begin(&attempt, stormy_select, self->s, NULL);
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(0, attempt.ret);
}

/* More than select(2) could name, half of them put aside. */
CASE(watch, thousands__one_ready)
{
	static fd_set r, w, x;
	struct rlimit limit = { 8192, 8192 };
	SOCKET a, s, one = INVALID_SOCKET;
	int i;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	s = make_pair(self->sort, &a);
	FD_ZERO(&r);
	for (i = 0; i < 3000; i++) {
		one = make(self->sort, i & 1 ? SOCK_STREAM : SOCK_DGRAM);
		FD_SET(one, &r);
		if (i == 2000)
			FD_SET(s, &r);
	}
	ASSERT_LT(3000, one);
	ASSERT_EQ(3001, r.fd_count);
	x = r;
	EXPECT_EQ(0, stays(s, R | X, 0));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_GIVES(1, select(0, &r, NULL, &x, NULL));
	EXPECT_EQ(1, r.fd_count);
	EXPECT_EQ(s, r.fd_array[0]);
	EXPECT_EQ(0, x.fd_count);
	/* in all sets more than the process may have files */
	limit.rlim_cur = 3100;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	FD_ZERO(&r);
	for (i = 0; i < 3000; i++)
		FD_SET(one - i, &r);
	w = r;
	x = r;
	EXPECT_LT(1400, select(0, &r, &w, &x, NULL));
	EXPECT_GE(1, r.fd_count);
	EXPECT_EQ(0, x.fd_count);
	limit.rlim_cur = 8192;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
}

/* Threads that look at sockets which others connect, close and make anew. */
enum { CROWD = 40, CHANGES = 2000 };

static struct {
	_Atomic(SOCKET) s[CROWD];
	const struct sort *sort;
	struct place refuses, accepts;
	atomic_int changes, wrong;
} crowd;

static void *change_crowd(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg;

	while (atomic_fetch_add(&crowd.changes, 1) < CHANGES) {
		SOCKET s = make(crowd.sort, rand_r(&seed) % 4 ? SOCK_STREAM : SOCK_DGRAM);

		nonblocking(s, true);
		if (rand_r(&seed) % 2)
			connect_at(s, rand_r(&seed) % 2 ? &crowd.refuses : &crowd.accepts);
		if (closesocket(atomic_exchange(&crowd.s[rand_r(&seed) % CROWD], s)))
			atomic_fetch_add(&crowd.wrong, 1);
	}
	return NULL;
}

/* What is told is well-formed, and only a closed socket is a reason to fail. */
static bool poll_crowd(unsigned int *seed)
{
	WSAPOLLFD fds[CROWD];
	int i, told = 0, n = 1 + rand_r(seed) % CROWD, ret;

	for (i = 0; i < n; i++)
		fds[i] = (WSAPOLLFD){ .fd = crowd.s[rand_r(seed) % CROWD],
				      .events = rand_r(seed) & 0x310, .revents = 0x5a5a };
	ret = WSAPoll(fds, n, rand_r(seed) % 10);
	if (ret == SOCKET_ERROR)
		return WSAGetLastError() == WSAENOTSOCK;
	for (i = 0; i < n; i++) {
		if (fds[i].revents & ~(0x317))
			return false;
		told += !!fds[i].revents;
	}
	return ret <= told;
}

static bool select_crowd(unsigned int *seed)
{
	struct timeval timeout = in_ms(rand_r(seed) % 10);
	fd_set sets[3];
	int i, set, ret;

	for (set = 0; set < 3; set++) {
		FD_ZERO(&sets[set]);
		for (i = rand_r(seed) % CROWD; i >= 0; i--)
			FD_SET(crowd.s[rand_r(seed) % CROWD], &sets[set]);
	}
	ret = select(0, &sets[0], &sets[1], &sets[2], &timeout);
	if (ret == SOCKET_ERROR)
		return WSAGetLastError() == WSAENOTSOCK;
	return (u_int)ret == sets[0].fd_count + sets[1].fd_count + sets[2].fd_count;
}

static void *watch_crowd(void *arg)
{
	unsigned int seed = (unsigned int)(uintptr_t)arg;

	while (atomic_load(&crowd.changes) < CHANGES)
		if (!(rand_r(&seed) % 2 ? poll_crowd(&seed) : select_crowd(&seed)))
			atomic_fetch_add(&crowd.wrong, 1);
	return NULL;
}

CASE(watch, crowd__told_right_and_nothing_left_open)
{
	pthread_t threads[5];
	int i, files;

	crowd.sort = self->sort;
	crowd.refuses = self->at;
	atomic_store(&crowd.changes, 0);
	atomic_store(&crowd.wrong, 0);
	make_listener(self->sort, &crowd.accepts);
	for (i = 0; i < CROWD; i++)
		atomic_store(&crowd.s[i], make(self->sort, SOCK_STREAM));
	files = host_open_files();
	for (i = 0; i < 5; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, i < 2 ? change_crowd : watch_crowd,
					    (void *)(uintptr_t)(i + 1)));
	for (i = 0; i < 5; i++)
		ASSERT_EQ(0, pthread_join(threads[i], NULL));
	EXPECT_EQ(0, atomic_load(&crowd.wrong));
	EXPECT_EQ(files, host_open_files());
}

/* The kernel polls devices itself for a while before it sleeps. */
static int busy_poll;

FIXTURE(busy) {
	FIXTURE_DATA(watch) watch;
};

DOORS(busy);

FIXTURE_SETUP(busy)
{
	/* of the first namespace, and for all */
	busy_poll = host_sysctl_open("/proc/sys/net/core/busy_poll");
	host_sysctl_put(busy_poll, "50");
	setup(&self->watch, &variant->sort);
}

FIXTURE_TEARDOWN(busy)
{
	host_sysctl_put(busy_poll, "0");
	FINISH();
}

CASE(busy, poll__changes_nothing_r186_r188_r190)
{
	SOCKET a, s = make_pair(self->watch.sort, &a), fresh = make(self->watch.sort, SOCK_STREAM);
	WSAPOLLFD fd = { .fd = self->watch.s, .events = POLLOUT };

	EXPECT_WAITS(fresh, ALL);
	EXPECT_STAYS(W, s, ALL);
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_STAYS(R | W, s, ALL);
	EXPECT_EQ(0, nonblocking(self->watch.s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->watch.s, &self->watch.at));
	EXPECT_STAYS(X, self->watch.s, ALL);
	EXPECT_WAITS(self->watch.s, R | W);
	EXPECT_GIVES(1, WSAPoll(&fd, 1, HUNG));
	EXPECT_EQ(POLLERR | POLLHUP | POLLWRNORM, fd.revents);
	fd = (WSAPOLLFD){ .fd = fresh, .events = POLLOUT };
	EXPECT_GIVES(0, WSAPoll(&fd, 1, 100));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
