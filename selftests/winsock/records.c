// SPDX-License-Identifier: GPL-2.0
/* Data over ISO transport, under Winsock's names: records, their parts, and waits for them. */
#include "case.h"

#include <kselftest_harness.h>

#include "iso.h"

#define HUNG_MS 60000
#define LARGE 40000

FIXTURE(records) {
	const struct sort *sort;
	bool records;
	struct place at;
	SOCKET l, a, b;
};

ISO_KINDS(records);

FIXTURE_SETUP(records)
{
	host_fresh();
	host_count_sigpipe();
	self->sort = &variant->sort;
	self->records = variant->type == SOCK_SEQPACKET;
	start(self->sort);
	self->l = iso_listener(self->sort, variant->type, &self->at);
	self->a = iso_make(self->sort, variant->type);
	self->b = iso_pair(self->l, &self->at, self->a);
}

FIXTURE_TEARDOWN(records)
{
	EXPECT_EQ(0, host_sigpipes());
	FINISH();
}

/* WSARecv into one buffer: octets, or minus the code. */
static int receive(SOCKET s, char *to, ULONG size, DWORD *flags)
{
	WSABUF buffer = { size, to };
	DWORD n = 0xdead;

	return WSARecv(s, &buffer, 1, &n, flags, NULL, NULL) ? -WSAGetLastError() : (int)n;
}

#define EXPECT_RECEIVED(text, part, s, size, asked) \
	do { \
		DWORD flags_ = (asked); \
		char in_[16]; \
		memset(in_, POISON, sizeof(in_)); \
		EXPECT_EQ((int)strlen(text), receive(s, in_, size, &flags_)); \
		EXPECT_EQ(0, memcmp(in_, text, strlen(text))); \
		EXPECT_EQ(POISON, in_[strlen(text)]); \
		EXPECT_EQ((part) ? MSG_PARTIAL : 0, flags_); \
	} while (0)

CASE(records, each_send__is_one)
{
	char in[16];

	EXPECT_EQ(3, send(self->a, "one", 3, 0));
	EXPECT_EQ(5, send(self->a, "three", 5, 0));
	EXPECT_TRUE(soon_queued(self->b, self->records ? 3 : 8));
	EXPECT_EQ(self->records ? 3 : 8, queued(self->b));
	if (self->records) {
		EXPECT_GIVES(3, recv(self->b, in, sizeof(in), 0));
		EXPECT_EQ(0, memcmp(in, "one", 3));
		EXPECT_RECEIVED("three", false, self->b, 16, 0);
	} else {
		EXPECT_GIVES(8, recv(self->b, in, sizeof(in), 0));
		EXPECT_EQ(0, memcmp(in, "onethree", 8));
	}
	EXPECT_EQ(0, queued(self->b));
}

CASE(records, several_buffers__are_one)
{
	WSABUF out[2] = { { 3, "abc" }, { 4, "defg" } };
	char in[2][4];
	WSABUF to[2] = { { 4, in[0] }, { 4, in[1] } };
	DWORD n = 0, flags = 0;

	EXPECT_WORKS(WSASend(self->a, out, 2, &n, 0, NULL, NULL));
	EXPECT_EQ(7, n);
	EXPECT_TRUE(soon_queued(self->b, 7));
	EXPECT_WORKS(WSARecv(self->b, to, 2, &n, &flags, NULL, NULL));
	EXPECT_EQ(7, n);
	EXPECT_EQ(0, flags);
	EXPECT_EQ(0, memcmp(in, "abcdefg", 7));
}

/* One that is longer than its buffer is received in parts, and none is lost. */
CASE(records, too_long__the_rest_follows)
{
	char in[16];

	EXPECT_EQ(8, send(self->a, "abcdefgh", 8, 0));
	EXPECT_EQ(2, send(self->a, "ij", 2, 0));
	EXPECT_TRUE(soon_queued(self->b, 8));
	if (!self->records) {
		EXPECT_RECEIVED("abc", false, self->b, 3, 0);
		return;
	}
	memset(in, POISON, sizeof(in));
	EXPECT_FAILS(WSAEMSGSIZE, recv(self->b, in, 3, MSG_PEEK));
	EXPECT_FAILS(WSAEMSGSIZE, recv(self->b, in, 3, 0));
	EXPECT_EQ(0, memcmp(in, "abc", 3));
	EXPECT_EQ(POISON, in[3]);
	EXPECT_EQ(5, queued(self->b));
	EXPECT_RECEIVED("de", true, self->b, 2, 0);
	EXPECT_RECEIVED("fgh", false, self->b, 3, 0);
	EXPECT_RECEIVED("ij", false, self->b, 16, 0);
}

static int run_receive(struct attempt *attempt)
{
	char in[8];

	return recv(attempt->s, in, sizeof(in), 0);
}

/* A record of several sends; who waits for it waits for all of it. */
CASE(records, in_parts__until_the_last)
{
	struct attempt attempt;
	char in[16];

	EXPECT_EQ(2, send(self->a, "ab", 2, MSG_PARTIAL));
	EXPECT_TRUE(soon_queued(self->b, 2));
	EXPECT_RECEIVED("ab", self->records, self->b, 16, MSG_PARTIAL);
	EXPECT_EQ(2, send(self->a, "cd", 2, MSG_PARTIAL));
	EXPECT_TRUE(soon_queued(self->b, 2));
	if (!self->records)
		return;
	EXPECT_EQ(2, recv(self->b, in, 16, MSG_PEEK));
	attempt_begin(&attempt, run_receive, self->b, NULL);
	EXPECT_FALSE(attempt.ended_first);
	EXPECT_EQ(1, send(self->a, "e", 1, 0));
	EXPECT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(3, attempt.ret);
	/* what must not wait gets what there is */
	EXPECT_EQ(0, nonblocking(self->b, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(self->b, in, 16, 0));
	EXPECT_EQ(2, send(self->a, "fg", 2, MSG_PARTIAL));
	EXPECT_TRUE(soon_queued(self->b, 2));
	EXPECT_RECEIVED("fg", true, self->b, 16, 0);
	EXPECT_EQ(1, send(self->a, "h", 1, 0));
	EXPECT_TRUE(soon_queued(self->b, 1));
	EXPECT_RECEIVED("h", false, self->b, 16, 0);
}

CASE(records, peek__takes_nothing)
{
	char in[16];
	int i;

	EXPECT_EQ(4, send(self->a, "seen", 4, 0));
	EXPECT_TRUE(soon_queued(self->b, 4));
	for (i = 0; i < 3; i++) {
		EXPECT_GIVES(4, recv(self->b, in, sizeof(in), MSG_PEEK));
		EXPECT_EQ(0, memcmp(in, "seen", 4));
		EXPECT_RECEIVED("seen", false, self->b, 16, MSG_PEEK);
	}
	EXPECT_GIVES(4, recv(self->b, in, sizeof(in), 0));
	EXPECT_FAILS(WSAEOPNOTSUPP, send(self->a, "x", 1, MSG_OOB));
}

static char large[LARGE], copy[LARGE + 1];

static int run_send(struct attempt *attempt)
{
	return send(attempt->s, large, LARGE, 0);
}

CASE(records, large__comes_whole)
{
	struct attempt attempt;
	DWORD flags = 0;
	int i, got = 0, n;

	for (i = 0; i < LARGE; i++)
		large[i] = i * 7 + i / 256;
	EXPECT_WORKS(set_option(self->b, SOL_SOCKET, SO_RCVBUF, 8192));
	attempt_begin(&attempt, run_send, self->a, NULL);
	do {
		n = receive(self->b, copy + got, LARGE + 1 - got, &flags);
		EXPECT_EQ(0, flags);
		if (n > 0)
			got += n;
	} while (n > 0 && got < LARGE && !self->records);
	EXPECT_EQ(LARGE, got);
	EXPECT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(LARGE, attempt.ret);
	EXPECT_EQ(0, memcmp(large, copy, LARGE));
}

CASE(records, nothing_comes__in_time)
{
	char in[4];

	EXPECT_WORKS(set_option(self->b, SOL_SOCKET, SO_RCVTIMEO, 50));
	EXPECT_FAILS(WSAETIMEDOUT, recv(self->b, in, 4, 0));
	EXPECT_EQ(1, send(self->a, "a", 1, MSG_PARTIAL));
	EXPECT_TRUE(soon_queued(self->b, 1));
	/* a part that has come is not lost with the time */
	EXPECT_RECEIVED("a", self->records, self->b, 4, 0);
	EXPECT_FAILS(WSAETIMEDOUT, recv(self->b, in, 4, 0));
	EXPECT_EQ(1, send(self->a, "b", 1, 0));
	EXPECT_TRUE(soon_queued(self->b, 1));
	EXPECT_RECEIVED("b", false, self->b, 4, 0);
}

CASE(records, ready__as_tcp_is_r187_r193)
{
	struct timeval none = { 0, 0 };
	WSAPOLLFD p = { .fd = self->b, .events = POLLRDNORM | POLLWRNORM };
	WSAEVENT event = WSACreateEvent();
	WSANETWORKEVENTS events;
	fd_set r, w, x;
	char in[4];

	EXPECT_EQ(1, WSAPoll(&p, 1, 0));
	EXPECT_EQ(POLLWRNORM, p.revents);
	EXPECT_WORKS(WSAEventSelect(self->b, event, FD_READ | FD_WRITE | FD_CLOSE));
	EXPECT_WORKS(WSAEnumNetworkEvents(self->b, event, &events));
	EXPECT_EQ(FD_WRITE, events.lNetworkEvents);
	EXPECT_EQ(2, send(self->a, "ab", 2, 0));
	EXPECT_EQ(WSA_WAIT_EVENT_0, WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE));
	EXPECT_WORKS(WSAEnumNetworkEvents(self->b, event, &events));
	EXPECT_EQ(FD_READ, events.lNetworkEvents);
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&x);
	FD_SET(self->b, &r);
	FD_SET(self->b, &w);
	FD_SET(self->b, &x);
	EXPECT_EQ(2, select(0, &r, &w, &x, &none));
	EXPECT_TRUE(FD_ISSET(self->b, &r));
	EXPECT_TRUE(FD_ISSET(self->b, &w));
	EXPECT_EQ(1, WSAPoll(&p, 1, 0));
	EXPECT_EQ(POLLRDNORM | POLLWRNORM, p.revents);
	EXPECT_EQ(2, recv(self->b, in, 4, 0));
	EXPECT_EQ(1, WSAPoll(&p, 1, 0));
	EXPECT_EQ(POLLWRNORM, p.revents);
}

CASE(records, reset__is_a_reset_r191_r192_r235)
{
	WSAPOLLFD p = { .fd = self->b, .events = POLLRDNORM };
	char in[4];

	reset_on_close(self->a);
	EXPECT_WORKS(closesocket(self->a));
	EXPECT_TRUE(soon_reset(self->b));
	EXPECT_EQ(1, WSAPoll(&p, 1, HUNG_MS));
	EXPECT_EQ(POLLERR | POLLHUP, p.revents & ~POLLWRNORM);
	EXPECT_EQ(0, so_error(self->b));
	EXPECT_FAILS(WSAECONNRESET, recv(self->b, in, 4, 0));
	EXPECT_FAILS(WSAECONNRESET, recv(self->b, in, 4, 0));
	EXPECT_FAILS(WSAECONNRESET, send(self->b, "x", 1, 0));
}

/* A send that would wait takes what there is room for, and the record goes on with the next. */
CASE(records, no_room__would_block_r221)
{
	WSAPOLLFD p = { .fd = self->a, .events = POLLWRNORM };
	int sent = 0, got = 0, n, tries;
	DWORD flags;

	EXPECT_WORKS(set_option(self->a, SOL_SOCKET, SO_SNDBUF, 8192));
	EXPECT_WORKS(set_option(self->b, SOL_SOCKET, SO_RCVBUF, 8192));
	EXPECT_EQ(0, nonblocking(self->a, true));
	for (tries = 0; tries < 1000; tries++) {
		n = send(self->a, large, LARGE, 0);
		if (n < 0)
			break;
		sent += n;
	}
	EXPECT_EQ(-1, n);
	EXPECT_EQ(WSAEWOULDBLOCK, WSAGetLastError());
	EXPECT_EQ(0, WSAPoll(&p, 1, 0));
	EXPECT_EQ(0, nonblocking(self->b, true));
	while (got < sent) {
		flags = 0;
		n = receive(self->b, copy, LARGE, &flags);
		if (n < 0 && n != -WSAEWOULDBLOCK)
			break;
		if (n > 0)
			got += n;
		else
			host_pause(1);
	}
	EXPECT_EQ(sent, got);
	EXPECT_EQ(1, WSAPoll(&p, 1, HUNG_MS));
	EXPECT_EQ(POLLWRNORM, p.revents);
}

TEST_HARNESS_MAIN
