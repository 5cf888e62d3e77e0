// SPDX-License-Identifier: GPL-2.0
/* WSAPoll: its bits, which are Windows' own, and its errors. */
#include "case.h"

#include <kselftest_harness.h>

#include <sys/resource.h>

enum { ALL = POLLRDNORM | POLLRDBAND | POLLWRNORM, LOST = POLLERR | POLLHUP, HUNG = 60000 };
enum { POISON = 0x5a5a };

FIXTURE(polled) {
	const struct sort *sort;
	SOCKET s;		/* a fresh stream */
	SOCKET holder;		/* of a port that refuses until it listens */
	struct place at;
};

SORTS(polled);

FIXTURE_SETUP(polled)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->holder = refused_at(self->sort, &self->at);
}

FIXTURE_TEARDOWN(polled)
{
	FINISH();
}

/* One socket's revents, or 0x8000 and more for what cannot be. */
static int revents_of(SOCKET s, int events, int ms)
{
	WSAPOLLFD one[3] = {
		{ .fd = 0xa5a5, .revents = POISON },
		{ .fd = s, .events = events, .revents = POISON },
		{ .fd = 0xa5a5, .revents = POISON },
	};
	int ret;

	WSASetLastError(POISON_CODE);
	ret = WSAPoll(&one[1], 1, ms);
	if (ret == SOCKET_ERROR)
		return 0x10000 + WSAGetLastError();
	if (WSAGetLastError() || ret != !!one[1].revents || one[1].fd != s ||
	    one[1].events != events || one[0].revents != POISON || one[2].revents != POISON)
		return 0x8000;
	return one[1].revents;
}

/* Not ready, at once and later, and the wait is no busy one. */
#define EXPECT_WAITS(s, events) \
	do { \
		long cpu_ = host_cpu_ms(); \
		EXPECT_EQ(0, revents_of(s, events, 0)); \
		EXPECT_EQ(0, revents_of(s, events, 500)); \
		EXPECT_GT(250, host_cpu_ms() - cpu_); \
	} while (0)

#define EXPECT_TELLS(revents, s, events) \
	do { \
		EXPECT_EQ(revents, revents_of(s, events, HUNG)); \
		EXPECT_EQ(revents, revents_of(s, events, 0)); \
	} while (0)

TEST(numbers__are_windows)
{
	EXPECT_EQ(0x100, POLLRDNORM);
	EXPECT_EQ(0x200, POLLRDBAND);
	EXPECT_EQ(0x300, POLLIN);
	EXPECT_EQ(0x400, POLLPRI);
	EXPECT_EQ(0x10, POLLWRNORM);
	EXPECT_EQ(0x10, POLLOUT);
	EXPECT_EQ(0x20, POLLWRBAND);
	EXPECT_EQ(1, POLLERR);
	EXPECT_EQ(2, POLLHUP);
	EXPECT_EQ(4, POLLNVAL);
	EXPECT_EQ(2 * sizeof(void *), sizeof(WSAPOLLFD));
	EXPECT_EQ(sizeof(void *), offsetof(WSAPOLLFD, events));
	EXPECT_EQ(sizeof(void *) + 2, offsetof(WSAPOLLFD, revents));
	EXPECT_EQ(sizeof(WSAPOLLFD), sizeof(struct pollfd));
}

CASE(polled, never_connected__nothing_r186)
{
	EXPECT_WAITS(self->s, ALL);
	EXPECT_WAITS(self->s, 0);
	EXPECT_WAITS(self->holder, ALL);
}

CASE(polled, listening__readable)
{
	SOCKET a;

	ASSERT_WORKS(listen(self->holder, 5));
	EXPECT_WAITS(self->holder, ALL);
	EXPECT_WORKS(connect_at(self->s, &self->at));
	EXPECT_TELLS(POLLRDNORM, self->holder, POLLIN);
	EXPECT_TELLS(POLLRDNORM, self->holder, ALL);
	EXPECT_WAITS(self->holder, POLLRDBAND | POLLWRNORM);
	a = accept(self->holder, NULL, NULL);
	EXPECT_NE(INVALID_SOCKET, a);
	EXPECT_WAITS(self->holder, ALL);
}

CASE(polled, pending__nothing_until_connected_r193)
{
	struct place to;
	SOCKET l, s = make_pending(self->sort, &to);

	EXPECT_WAITS(s, ALL);
	host_answer(self->sort->af == AF_INET6 && !self->sort->dual);
	l = make(self->sort, SOCK_STREAM);
	ASSERT_WORKS(bind(l, &to.sa, to.len));
	ASSERT_WORKS(listen(l, 5));
	EXPECT_TELLS(POLLWRNORM, s, ALL);
	EXPECT_TELLS(0x10, s, 0x310);
	EXPECT_WAITS(s, POLLIN);
	EXPECT_WAITS(s, 0);
}

CASE(polled, refused__told_unasked_r194_r195)
{
	int i;

	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &self->at));
	for (i = 0; i < 3; i++) {
		EXPECT_TELLS(0x13, self->s, ALL);
		EXPECT_TELLS(0x13, self->s, POLLWRNORM);
		EXPECT_TELLS(LOST, self->s, POLLIN);
		EXPECT_TELLS(LOST, self->s, 0);
		EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
		EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
	}
}

CASE(polled, refused_blocking__told_r88_r91)
{
	struct place silent = place_silent(self->sort, 5);

	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &self->at));
	EXPECT_TELLS(0x13, self->s, ALL);
	EXPECT_EQ(0, so_error(self->s));
	EXPECT_TELLS(LOST, self->s, POLLIN);
	/* until the next attempt */
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &silent));
	EXPECT_WAITS(self->s, ALL);
}

CASE(polled, refused_then_listening__told_r92)
{
	struct place to = place_loopback(self->sort, 0);

	ASSERT_WORKS(bind(self->s, &to.sa, to.len));
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &self->at));
	EXPECT_WORKS(listen(self->s, 5));
	EXPECT_TELLS(0x13, self->s, ALL);
	EXPECT_TELLS(LOST, self->s, POLLIN);
}

CASE(polled, connected__data)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octets[4];

	EXPECT_TELLS(POLLWRNORM, s, ALL);
	EXPECT_TELLS(POLLWRNORM, a, ALL);
	EXPECT_WAITS(s, POLLIN);
	EXPECT_GIVES(4, send(a, "1234", 4, 0));
	EXPECT_TELLS(POLLRDNORM, s, POLLIN);
	EXPECT_TELLS(POLLRDNORM | POLLWRNORM, s, ALL);
	EXPECT_TELLS(POLLWRNORM, a, ALL);
	EXPECT_WAITS(s, POLLRDBAND);
	EXPECT_GIVES(4, recv(s, octets, 4, 0));
	EXPECT_TELLS(POLLWRNORM, s, ALL);
}

CASE(polled, urgent__band)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet = 0;

	EXPECT_GIVES(1, send(a, "A", 1, MSG_OOB));
	EXPECT_TELLS(POLLRDBAND, s, POLLIN);
	EXPECT_TELLS(POLLRDBAND | POLLWRNORM, s, ALL);
	EXPECT_WAITS(s, POLLRDNORM);
	EXPECT_GIVES(1, recv(s, &octet, 1, MSG_OOB));
	EXPECT_EQ('A', octet);
	EXPECT_TELLS(POLLWRNORM, s, ALL);
	/* in the stream it is data */
	EXPECT_WORKS(set_option(s, SOL_SOCKET, SO_OOBINLINE, 1));
	EXPECT_GIVES(1, send(a, "B", 1, MSG_OOB));
	EXPECT_TELLS(POLLRDNORM, s, POLLIN);
	EXPECT_TELLS(POLLRDNORM | POLLWRNORM, s, ALL);
	EXPECT_WAITS(s, POLLRDBAND);
}

/* Each side's end, and what is left to read. */
CASE(polled, ends__hang_up)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octets[4];

	EXPECT_WORKS(shutdown(a, SD_RECEIVE));
	EXPECT_TELLS(POLLWRNORM, a, ALL);
	EXPECT_TELLS(POLLWRNORM, s, ALL);
	EXPECT_WAITS(a, POLLIN);
	EXPECT_GIVES(4, send(a, "data", 4, 0));
	EXPECT_WORKS(shutdown(a, SD_SEND));
	EXPECT_TELLS(POLLHUP, s, 0);
	EXPECT_TELLS(POLLHUP | POLLRDNORM, s, POLLIN);
	EXPECT_TELLS(POLLHUP | POLLRDNORM | POLLWRNORM, s, ALL);
	EXPECT_GIVES(4, recv(s, octets, 4, 0));
	EXPECT_TELLS(POLLHUP, s, POLLIN);
	EXPECT_TELLS(POLLHUP | POLLWRNORM, s, ALL);
	/* the one that ended itself has not been hung up on */
	EXPECT_TELLS(POLLWRNORM, a, ALL);
	EXPECT_WAITS(a, 0);
	EXPECT_WORKS(shutdown(s, SD_SEND));
	EXPECT_TELLS(POLLHUP, a, 0);
	EXPECT_TELLS(POLLHUP | POLLWRNORM, a, ALL);
	EXPECT_TELLS(POLLHUP | POLLWRNORM, s, ALL);
}

CASE(polled, ends__closed)
{
	SOCKET a, s = make_pair(self->sort, &a);

	EXPECT_WORKS(closesocket(a));
	EXPECT_TELLS(POLLHUP, s, 0);
	EXPECT_TELLS(POLLHUP | POLLWRNORM, s, ALL);
}

CASE(polled, reset__lost_r192)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;
	int i;

	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	for (i = 0; i < 2; i++) {
		EXPECT_TELLS(0x13, s, ALL);
		EXPECT_TELLS(LOST, s, POLLIN);
		EXPECT_TELLS(LOST, s, 0);
		EXPECT_FAILS(WSAECONNRESET, recv(s, &octet, 1, 0));
	}
}

CASE(polled, dgram__writable_r175)
{
	struct place at;
	SOCKET u = make(self->sort, SOCK_DGRAM), b = make_bound(self->sort, SOCK_DGRAM, &at);

	EXPECT_TELLS(POLLWRNORM, u, ALL);
	EXPECT_TELLS(POLLWRNORM, b, ALL);
	EXPECT_WAITS(b, POLLIN);
	EXPECT_GIVES(4, sendto(u, "data", 4, 0, &at.sa, at.len));
	EXPECT_TELLS(POLLRDNORM, b, POLLIN);
	EXPECT_TELLS(POLLRDNORM | POLLWRNORM, b, ALL);
	EXPECT_TELLS(POLLWRNORM, u, ALL);
}

CASE(polled, dgram_error__readable_r173)
{
	struct place at;
	SOCKET u = make(self->sort, SOCK_DGRAM), closed;
	char octet;

	closed = make_bound(self->sort, SOCK_DGRAM, &at);
	EXPECT_WORKS(closesocket(closed));
	EXPECT_WORKS(connect_at(u, &at));
	EXPECT_GIVES(1, send(u, "x", 1, 0));
	EXPECT_TELLS(POLLRDNORM, u, POLLIN);
	EXPECT_GIVES(1, send(u, "x", 1, 0));
	/* a send does not take it; two answers before a receive are told as one */
	EXPECT_TELLS(POLLRDNORM | POLLWRNORM, u, ALL);
	EXPECT_FAILS(WSAECONNRESET, recv(u, &octet, 1, 0));
	EXPECT_WAITS(u, POLLIN);
}

/* What cannot be asked for is refused, and nothing is told. */
CASE(polled, events__refused_r196)
{
	static const unsigned short bad[] = {
		POLLERR, POLLHUP, POLLNVAL, 0x8, POLLWRBAND, 0x40, 0x80, POLLPRI, 0x800, 0x1000,
		0x2000, 0x4000, 0x8000, POLLIN | POLLPRI, POLLOUT | 1,
	};
	SOCKET a, s = make_pair(self->sort, &a);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		WSAPOLLFD fds[] = {
			{ .fd = a, .events = POLLOUT, .revents = POISON },
			{ .fd = s, .events = (short)bad[i], .revents = POISON },
			{ .fd = INVALID_SOCKET, .revents = POISON },
		};

		EXPECT_FAILS(WSAEINVAL, WSAPoll(fds, 3, HUNG));
		EXPECT_EQ(0, fds[0].revents);
		EXPECT_EQ(0, fds[1].revents);
		EXPECT_EQ(0, fds[2].revents);
		EXPECT_FAILS(WSAEINVAL, WSAPoll(&fds[1], 1, 0));
		fds[1].events = ALL;
		EXPECT_GIVES(2, WSAPoll(fds, 2, 0));
	}
}

CASE(polled, nothing__refused_r197)
{
	WSAPOLLFD fd = { .fd = self->s, .events = ALL, .revents = POISON };
	char *fence = host_fence();

	EXPECT_FAILS(WSAEINVAL, WSAPoll(NULL, 0, 0));
	EXPECT_FAILS(WSAEFAULT, WSAPoll(NULL, 1, 0));
	EXPECT_FAILS(WSAEINVAL, WSAPoll(NULL, 0, 1));
	EXPECT_FAILS(WSAEFAULT, WSAPoll(NULL, 1, 1));
	EXPECT_FAILS(WSAEINVAL, WSAPoll(&fd, 0, -1));
	EXPECT_FAILS(WSAEFAULT, WSAPoll((WSAPOLLFD *)fence, 1, 0));
	EXPECT_FAILS(WSAEFAULT, WSAPoll((WSAPOLLFD *)(fence - sizeof(fd)), 2, 0));
	EXPECT_FAILS(WSAEFAULT, WSAPoll(&fd, 0xffffffff, 0));
	EXPECT_FAILS(WSAEFAULT, WSAPoll((WSAPOLLFD *)host_read_only_page(), 1, 0));
	EXPECT_EQ(POISON, fd.revents);
	finish();
	EXPECT_FAILS(WSANOTINITIALISED, WSAPoll(&fd, 1, 0));
	EXPECT_FAILS(WSANOTINITIALISED, WSAPoll(NULL, 0, 0));
	EXPECT_EQ(POISON, fd.revents);
	start(self->sort);
}

CASE(polled, bad_entry__not_counted_r13_r14_r198)
{
	SOCKET a, s = make_pair(self->sort, &a), gone = make(self->sort, SOCK_STREAM);
	WSAPOLLFD fds[5] = {
		{ .fd = INVALID_SOCKET, .events = POLLERR },
		{ .fd = s, .events = POLLIN },
		{ .fd = gone, .events = POLLIN },
		{ .fd = (SOCKET)1 << 33, .events = POLLOUT },
		{ .fd = a, .events = POLLIN },
	};
	int i, round;

	EXPECT_WORKS(closesocket(gone));
	for (round = 0; round < 3; round++) {
		for (i = 0; i < 5; i++)
			fds[i].revents = POISON;
		/* they do not end the wait, either */
		EXPECT_GIVES(round > 1, WSAPoll(fds, 5, round ? 300 : 0));
		EXPECT_EQ(POLLNVAL, fds[0].revents);
		EXPECT_EQ(0, fds[1].revents);
		EXPECT_EQ(POLLNVAL, fds[2].revents);
		EXPECT_EQ(POLLNVAL, fds[3].revents);
		EXPECT_EQ(round > 1 ? POLLRDNORM : 0, fds[4].revents);
		if (round == 1)
			EXPECT_GIVES(1, send(s, "x", 1, 0));
	}
	/* an event that cannot be asked for, of what could be a socket */
	fds[2].events = POLLERR;
	EXPECT_FAILS(WSAEINVAL, WSAPoll(fds, 5, 0));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(0, fds[i].revents);
}

CASE(polled, bad_entries_only__refused_r13_r14_r198)
{
	WSAPOLLFD fds[HOST_THINGS + 2];
	int i, n = 0;

	for (i = 0; i < HOST_THINGS; i++)
		fds[n++] = (WSAPOLLFD){ .fd = host_open(i), .events = POLLIN, .revents = POISON };
	fds[n++] = (WSAPOLLFD){ .fd = INVALID_SOCKET, .events = POLLERR, .revents = POISON };
	fds[n++] = (WSAPOLLFD){ .fd = 0xabacab, .events = POLLERR, .revents = POISON };
	EXPECT_FAILS(WSAENOTSOCK, WSAPoll(fds, n, HUNG));
	for (i = 0; i < n; i++)
		EXPECT_EQ(POLLNVAL, fds[i].revents);
	for (i = 0; i < HOST_THINGS; i++)
		host_close((int)fds[i].fd);
}

/* Unused places of an array may be more than a process may have files. */
CASE(polled, unused_entries__any_number_r198)
{
	static WSAPOLLFD fds[100000];
	SOCKET a, s = make_pair(self->sort, &a);
	int i;

	for (i = 0; i < 100000; i++)
		fds[i] = (WSAPOLLFD){ .fd = INVALID_SOCKET, .events = POLLIN };
	fds[70000] = (WSAPOLLFD){ .fd = s, .events = ALL };
	fds[99999] = (WSAPOLLFD){ .fd = a, .events = POLLIN };
	EXPECT_GIVES(1, WSAPoll(fds, 100000, HUNG));
	EXPECT_EQ(POLLWRNORM, fds[70000].revents);
	EXPECT_EQ(0, fds[99999].revents);
	EXPECT_EQ(POLLNVAL, fds[0].revents);
	EXPECT_EQ(POLLNVAL, fds[99998].revents);
}

CASE(polled, one_socket_twice__told_twice)
{
	SOCKET a, s = make_pair(self->sort, &a);
	WSAPOLLFD fds[] = {
		{ .fd = s, .events = POLLOUT }, { .fd = self->s, .events = POLLOUT },
		{ .fd = s, .events = POLLIN }, { .fd = s, .events = ALL },
		{ .fd = self->s, .events = POLLIN },
	};

	EXPECT_GIVES(2, WSAPoll(fds, 5, HUNG));
	EXPECT_EQ(POLLWRNORM, fds[0].revents);
	EXPECT_EQ(0, fds[1].revents);
	EXPECT_EQ(0, fds[2].revents);
	EXPECT_EQ(POLLWRNORM, fds[3].revents);
	EXPECT_EQ(0, fds[4].revents);
	EXPECT_WORKS(shutdown(a, SD_SEND));
	ASSERT_EQ(POLLHUP, revents_of(s, 0, HUNG));
	EXPECT_GIVES(3, WSAPoll(fds, 5, HUNG));
	EXPECT_EQ(POLLWRNORM | POLLHUP, fds[0].revents);
	EXPECT_EQ(POLLHUP, fds[2].revents);
}

static int events_of(SOCKET s, WSAEVENT event)
{
	WSANETWORKEVENTS events;

	return WSAEnumNetworkEvents(s, event, &events) ? -WSAGetLastError() : events.lNetworkEvents;
}

/* To look is not to take, nor to have told again. */
CASE(polled, events__not_repeated_r226)
{
	SOCKET a, s = make_pair(self->sort, &a);
	struct timeval zero = { 0, 0 };
	WSAEVENT event = WSACreateEvent();
	fd_set r = { .fd_count = 1, .fd_array = { s } }, w = r, x = r;
	int i;

	EXPECT_WORKS(WSAEventSelect(s, event, FD_READ | FD_WRITE | FD_CLOSE));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	ASSERT_EQ(POLLRDNORM, revents_of(s, POLLIN, HUNG));
	EXPECT_EQ(FD_READ | FD_WRITE, events_of(s, event));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(POLLRDNORM | POLLWRNORM, revents_of(s, ALL, HUNG));
		EXPECT_GIVES(2, select(0, &r, &w, &x, &zero));
		x = w;
		EXPECT_EQ(0, events_of(s, event));
	}
	EXPECT_TRUE(WSACloseEvent(event));
}

static WSAPOLLFD waited[2];

static int run_poll(struct attempt *attempt)
{
	waited[0] = (WSAPOLLFD){ .fd = attempt->s, .events = POLLIN, .revents = POISON };
	return WSAPoll(waited, waited[1].fd ? 2 : 1, -1);
}

static int procedures;

static void CALLBACK count_procedure(ULONG_PTR data)
{
	procedures += (int)data;
}

static int run_poll_with_procedure(struct attempt *attempt)
{
	if (!QueueUserAPC(count_procedure, wsaconnect_thread(), 1))
		return -2;
	return run_poll(attempt);
}

CASE(polled, closed_meanwhile__invalid_r199)
{
	struct attempt attempt;
	int kind;

	for (kind = 0; kind < 4; kind++) {
		SOCKET a, s = make(self->sort, SOCK_STREAM);
		struct place to;

		/* never connected, pending, connected, connected beside one never connected */
		if (kind == 1)
			s = make_pending(self->sort, &to);
		if (kind >= 2)
			s = make_pair(self->sort, &a);
		procedures = 0;
		waited[1] = (WSAPOLLFD){ .fd = kind == 3 ? self->s : 0, .revents = POISON };
		attempt_begin(&attempt, run_poll_with_procedure, s, NULL);
		ASSERT_FALSE(attempt.ended_first);
		EXPECT_EQ(1, procedures);
		EXPECT_WORKS(closesocket(s));
		ASSERT_TRUE(attempt_ended(&attempt));
		EXPECT_EQ(1, attempt.ret);
		EXPECT_EQ(0, attempt.code);
		EXPECT_EQ(POLLNVAL, waited[0].revents);
		if (kind == 3)
			EXPECT_EQ(0, waited[1].revents);
	}
}

CASE(polled, connected_meanwhile__told_r186_r193)
{
	struct attempt attempt;

	waited[1] = (WSAPOLLFD){ .fd = self->s, .events = ALL, .revents = POISON };
	ASSERT_WORKS(listen(self->holder, 5));
	attempt_begin(&attempt, run_poll, make(self->sort, SOCK_STREAM), NULL);
	ASSERT_FALSE(attempt.ended_first);
	EXPECT_WORKS(connect_at(self->s, &self->at));
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(1, attempt.ret);
	EXPECT_EQ(0, waited[0].revents);
	EXPECT_EQ(POLLWRNORM, waited[1].revents);
}

CASE(polled, thousands__one_ready)
{
	static WSAPOLLFD fds[3000];
	struct rlimit limit = { 8192, 8192 };
	SOCKET a, s = make_pair(self->sort, &a);
	int i, told = 0;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	for (i = 0; i < 3000; i++)
		fds[i] = (WSAPOLLFD){ .fd = make(self->sort, i & 1 ? SOCK_STREAM : SOCK_DGRAM),
				      .events = POLLIN, .revents = POISON };
	fds[2000].fd = s;
	EXPECT_GIVES(0, WSAPoll(fds, 3000, 0));
	EXPECT_GIVES(1, send(a, "x", 1, 0));
	EXPECT_GIVES(1, WSAPoll(fds, 3000, -1));
	for (i = 0; i < 3000; i++)
		told += !!fds[i].revents;
	EXPECT_EQ(1, told);
	EXPECT_EQ(POLLRDNORM, fds[2000].revents);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
