// SPDX-License-Identifier: GPL-2.0
/* Data between two ISO sockets, and between one and a peer that breaks the protocol. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "iso.h"
#include "left.h"
#include "netns.h"

#define SOON 60000
#define LARGE 100000

FIXTURE(record) {
	const struct kind *kind;
	bool records;
	int l, a, b;		/* listener; caller and callee */
};

KINDS(record);

FIXTURE_SETUP(record)
{
	struct name here;
	struct call call;

	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->records = self->kind->type == SOCK_SEQPACKET;
	self->l = iso_listener(self->kind, &here);
	self->a = iso_open(self->kind);
	connect_later(&call, self->a, &here);
	self->b = accept(self->l, NULL, NULL);
	ASSERT_LE(0, self->b);
	ASSERT_TRUE(call_ended(&call));
	ASSERT_CONNECTED(call.outcome);
}

FIXTURE_TEARDOWN(record)
{
	COUNTERS_BALANCE();
}

/* MSG_EOR or not. */
static ssize_t receive(int fd, void *to, size_t size, int flags, bool *end)
{
	struct iovec vec = { to, size };
	struct msghdr msg = { .msg_iov = &vec, .msg_iovlen = 1, .msg_flags = 0x5a5a };
	ssize_t n = recvmsg(fd, &msg, flags);

	*end = n >= 0 && msg.msg_flags & MSG_EOR;
	return n;
}

static unsigned char *pattern(size_t len)
{
	unsigned char *octets = malloc(len);
	size_t i;

	for (i = 0; i < len; i++)
		octets[i] = i * 7 + i / 251;
	return octets;
}

TEST_F(record, boundaries_are_kept)
{
	char in[16];
	bool end;

	ASSERT_EQ(3, send(self->a, "one", 3, 0));
	ASSERT_EQ(3, send(self->a, "two", 3, 0));
	ASSERT_EQ(5, send(self->a, "three", 5, 0));
	ASSERT_TRUE(revents_of(self->b, POLLIN, SOON) & POLLIN);
	usleep(100000);
	if (self->records) {
		ASSERT_EQ(3, receive(self->b, in, sizeof(in), 0, &end));
		EXPECT_TRUE(end);
		EXPECT_EQ(0, memcmp(in, "one", 3));
		/* what has no room stays */
		ASSERT_EQ(2, receive(self->b, in, 2, 0, &end));
		EXPECT_FALSE(end);
		ASSERT_EQ(1, receive(self->b, in, sizeof(in), 0, &end));
		EXPECT_TRUE(end);
		EXPECT_EQ('o', in[0]);
		ASSERT_EQ(5, receive(self->b, in, 5, 0, &end));
		EXPECT_TRUE(end);
	} else {
		ASSERT_EQ(11, receive(self->b, in, sizeof(in), 0, &end));
		EXPECT_FALSE(end);
		EXPECT_EQ(0, memcmp(in, "onetwothree", 11));
	}
	EXPECT_EQ(-1, recv(self->b, in, 1, MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, revents_of(self->b, POLLIN, 0));
}

TEST_F(record, one_of_several_sends)
{
	char in[16];
	bool end;

	ASSERT_EQ(2, send(self->a, "ab", 2, MSG_MORE));
	ASSERT_EQ(2, send(self->a, "cd", 2, MSG_MORE));
	ASSERT_EQ(0, send(self->a, "", 0, 0));
	ASSERT_EQ(1, send(self->a, "e", 1, 0));
	ASSERT_EQ(0, send(self->a, "", 0, 0));
	ASSERT_EQ(4, receive(self->b, in, 4, MSG_WAITALL, &end));
	EXPECT_EQ(0, memcmp(in, "abcd", 4));
	if (self->records) {
		/* its end came by itself */
		EXPECT_FALSE(end);
		EXPECT_EQ(0, receive(self->b, in, sizeof(in), 0, &end));
		EXPECT_TRUE(end);
	}
	ASSERT_EQ(1, receive(self->b, in, sizeof(in), 0, &end));
	EXPECT_EQ('e', in[0]);
	EXPECT_EQ(self->records, end);
}

TEST_F(record, peek_takes_nothing)
{
	char in[16];
	bool end;
	int n;

	ASSERT_EQ(3, send(self->a, "one", 3, 0));
	ASSERT_EQ(3, send(self->a, "two", 3, 0));
	ASSERT_TRUE(revents_of(self->b, POLLIN, SOON) & POLLIN);
	usleep(100000);
	for (n = 0; n < 3; n++) {
		memset(in, 0, sizeof(in));
		ASSERT_EQ(self->records ? 3 : 6, receive(self->b, in, sizeof(in), MSG_PEEK, &end));
		EXPECT_EQ(self->records, end);
		EXPECT_EQ(0, strcmp(in, self->records ? "one" : "onetwo"));
		ASSERT_EQ(2, receive(self->b, in, 2, MSG_PEEK, &end));
		EXPECT_FALSE(end);
	}
	ASSERT_EQ(0, ioctl(self->b, FIONREAD, &n));
	EXPECT_EQ(self->records ? 3 : 6, n);
	ASSERT_EQ(2, receive(self->b, in, 2, 0, &end));
	ASSERT_EQ(0, ioctl(self->b, FIONREAD, &n));
	EXPECT_EQ(self->records ? 1 : 4, n);
	ASSERT_EQ(self->records ? 1 : 4, receive(self->b, in, sizeof(in), 0, &end));
}

static void *send_large(void *arg)
{
	unsigned char *out = pattern(LARGE);
	ssize_t n = send(*(int *)arg, out, LARGE, 0);

	free(out);
	return (void *)n;
}

TEST_F(record, large_one)
{
	unsigned char *want = pattern(LARGE), *in = malloc(LARGE);
	size_t got = 0;
	void *sent;
	pthread_t thread;
	bool end = false;
	ssize_t n;

	ASSERT_EQ(0, pthread_create(&thread, NULL, send_large, &self->a));
	while (got < LARGE) {
		EXPECT_FALSE(end);
		n = receive(self->b, in + got, LARGE - got, 0, &end);
		ASSERT_LT(0, n);
		got += n;
	}
	pthread_join(thread, &sent);
	EXPECT_EQ(LARGE, (long)sent);
	EXPECT_EQ(self->records, end);
	EXPECT_EQ(0, memcmp(want, in, LARGE));
	EXPECT_EQ(0, revents_of(self->b, POLLIN, 0));

	ASSERT_EQ(0, pthread_create(&thread, NULL, send_large, &self->a));
	memset(in, 0, LARGE);
	EXPECT_EQ(LARGE, receive(self->b, in, LARGE, MSG_WAITALL, &end));
	pthread_join(thread, &sent);
	EXPECT_EQ(self->records, end);
	EXPECT_EQ(0, memcmp(want, in, LARGE));
}

/* A sender that would block is told how much was taken, and the record goes on. */
TEST_F(record, back_pressure)
{
	unsigned char *out = pattern(4 << 20), *in = malloc(4 << 20);
	size_t sent = 0, got = 0, len = 4 << 20;
	bool end = false;
	int full = 0, ends = 0;
	ssize_t n;

	set_nonblock(self->a, true);
	set_nonblock(self->b, true);
	while (got < len) {
		if (sent < len) {
			n = send(self->a, out + sent, len - sent, MSG_NOSIGNAL);
			if (n < 0)
				ASSERT_EQ(EAGAIN, errno);
			full += n < (ssize_t)(len - sent);
			sent += n < 0 ? 0 : n;
		}
		n = receive(self->b, in + got, 50000, 0, &end);
		if (n > 0)
			got += n;
		else
			ASSERT_EQ(EAGAIN, errno);
		ends += end;
		if (n < 0 && (sent == len || full))
			ASSERT_TRUE(revents_of(self->b, POLLIN, SOON) & POLLIN);
	}
	EXPECT_LT(0, full);
	EXPECT_EQ(self->records, ends);
	EXPECT_EQ(0, memcmp(out, in, len));
	ASSERT_TRUE(revents_of(self->a, POLLOUT, SOON) & POLLOUT);
}

TEST_F(record, poll_waits_for_room)
{
	unsigned char *out = pattern(65536), *in = malloc(65536);
	bool end;

	set_nonblock(self->a, true);
	while (send(self->a, out, 65536, MSG_NOSIGNAL) > 0)
		;
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, revents_of(self->a, POLLOUT, 0));
	set_nonblock(self->b, true);
	while (!(revents_of(self->a, POLLOUT, 0) & POLLOUT)) {
		if (receive(self->b, in, 65536, 0, &end) < 0)
			ASSERT_TRUE(revents_of(self->b, POLLIN, SOON) & POLLIN);
	}
	EXPECT_LT(0, send(self->a, out, 100, MSG_NOSIGNAL));
}

TEST_F(record, receive_gives_up)
{
	struct timeval soon = { .tv_usec = 200000 };
	char in;

	ASSERT_EQ(0, setsockopt(self->b, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)));
	EXPECT_EQ(-1, recv(self->b, &in, 1, 0));
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_EQ(1, send(self->a, "x", 1, 0));
	EXPECT_EQ(1, recv(self->b, &in, 1, 0));
}

TEST_F(record, released_with_data__r293)
{
	struct wsa_iso_get get;
	char in[8];

	ASSERT_EQ(4, send(self->a, "last", 4, 0));
	ASSERT_EQ(1, send(self->b, "q", 1, 0));
	ASSERT_EQ(0, iso_bye(self->a, "goodbye"));
	EXPECT_EQ(-1, iso_bye(self->a, ""));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(-1, send(self->a, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);

	/* what was sent before comes before */
	ASSERT_TRUE(take(self->b, in, 4));
	EXPECT_EQ(0, memcmp(in, "last", 4));
	EXPECT_EQ(0, recv(self->b, in, sizeof(in), 0));
	get = iso_get(self->b);
	EXPECT_EQ(WSA_ISO_F_ENDED, get.flags);
	EXPECT_EQ(WSAEDISCON, get.end_wsa);
	EXPECT_EQ(128, get.end_reason);
	EXPECT_EQ(7, get.bye_len);
	EXPECT_EQ(0, memcmp(get.bye, "goodbye", 8));
	EXPECT_EQ(-1, send(self->b, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(0, recv(self->b, in, sizeof(in), 0));
	EXPECT_TRUE(revents_of(self->b, POLLIN | POLLRDHUP, 0) & POLLRDHUP);
	EXPECT_EQ(-1, iso_bye(self->b, ""));

	/* and what the other had sent is still there */
	ASSERT_TRUE(take(self->a, in, 1));
	EXPECT_EQ('q', in[0]);
	EXPECT_TRUE(over(self->a));
	EXPECT_EQ(0, iso_get(self->a).flags);
}

TEST_F(record, closed)
{
	struct wsa_iso_get get;
	char in;

	close(self->a);
	EXPECT_EQ(0, recv(self->b, &in, 1, 0));
	get = iso_get(self->b);
	EXPECT_EQ(WSA_ISO_F_ENDED, get.flags);
	EXPECT_EQ(WSAEDISCON, get.end_wsa);
	EXPECT_EQ(0, get.bye_len);
}

TEST_F(record, shut_down)
{
	char in[8];

	ASSERT_EQ(2, send(self->a, "ab", 2, 0));
	ASSERT_EQ(0, shutdown(self->a, SHUT_WR));
	EXPECT_EQ(-1, send(self->a, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(EPIPE, errno);
	ASSERT_TRUE(take(self->b, in, 2));
	EXPECT_EQ(0, recv(self->b, in, 1, 0));
	ASSERT_EQ(2, send(self->b, "cd", 2, 0));
	ASSERT_TRUE(take(self->a, in, 2));
	EXPECT_EQ(0, memcmp(in, "cd", 2));
	EXPECT_EQ(0, iso_get(self->b).flags);
}

TEST_F(record, reset)
{
	struct linger now = { .l_onoff = 1 };
	char in;

	setsockopt(self->a, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(self->a);
	ASSERT_TRUE(revents_of(self->b, POLLIN, SOON) & POLLERR);
	EXPECT_EQ(-1, recv(self->b, &in, 1, 0));
	EXPECT_EQ(ECONNRESET, errno);
	EXPECT_EQ(0, recv(self->b, &in, 1, 0));
	EXPECT_EQ(WSA_STATE_CLOSED, state_of(self->b).state);
}

TEST_F(record, what_is_not_offered)
{
	int one = 1, low = 4, fds[2];
	struct { unsigned long address; unsigned int length, pad[16]; } zc = {};
	socklen_t len = sizeof(zc);
	char in[4];

	EXPECT_EQ(-1, send(self->a, "x", 1, MSG_OOB));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, recv(self->a, in, 1, MSG_OOB));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, recv(self->a, in, 1, MSG_TRUNC));
	EXPECT_EQ(EOPNOTSUPP, errno);
	ASSERT_EQ(0, setsockopt(self->a, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)));
	EXPECT_EQ(-1, send(self->a, "x", 1, MSG_ZEROCOPY));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, setsockopt(self->a, SOL_SOCKET, SO_RCVLOWAT, &low, sizeof(low)));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(-1, setsockopt(self->a, SOL_TCP, TCP_REPAIR, &one, sizeof(one)));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(-1, setsockopt(self->a, SOL_TCP, TCP_ULP, "tls", 4));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(-1, getsockopt(self->a, SOL_TCP, TCP_ZEROCOPY_RECEIVE, &zc, &len));
	EXPECT_EQ(ENOPROTOOPT, errno);

	/* splice works, by copying */
	ASSERT_EQ(0, pipe(fds));
	ASSERT_EQ(3, write(fds[1], "abc", 3));
	ASSERT_EQ(3, splice(fds[0], NULL, self->a, NULL, 3, 0));
	ASSERT_TRUE(revents_of(self->b, POLLIN, SOON) & POLLIN);
	ASSERT_EQ(3, splice(self->b, NULL, fds[1], NULL, 16, 0));
	ASSERT_EQ(3, read(fds[0], in, 3));
	EXPECT_EQ(0, memcmp(in, "abc", 3));
}

/* Else a program could take the octets from under the transport. */
TEST_F(record, sockmap_is_refused)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_SOCKMAP, .key_size = 4, .value_size = 4, .max_entries = 1,
	};
	int key = 0, fds[] = { self->a, self->b, self->l };
	unsigned int i;
	int map;

	map = syscall(__NR_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	ASSERT_LE(0, map);
	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		memset(&attr, 0, sizeof(attr));
		attr.map_fd = map;
		attr.key = (uintptr_t)&key;
		attr.value = (uintptr_t)&fds[i];
		EXPECT_EQ(-1, syscall(__NR_bpf, BPF_MAP_UPDATE_ELEM, &attr, sizeof(attr)));
		EXPECT_EQ(EBUSY, errno) {
			TH_LOG("socket %u", i);
		}
	}
	EXPECT_EQ(1, send(self->a, "x", 1, 0));
	EXPECT_TRUE(take(self->b, (char[1]){ 0 }, 1));
}

static int raw_pair(struct __test_metadata *_metadata, FIXTURE_DATA(record) *self, int *ours)
{
	struct name at = local_name(self->l);
	int p = tcp_call(self->kind, &at);

	EXPECT_TRUE(give(p, OCTETS(3, 0, 0, 14, 9, 0xe0, 0, 0, 0x12, 0x34, 0x21, 0xc0, 1, 8)));
	*ours = accept(self->l, NULL, NULL);
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 14, 9, 0xd0, 0x12, 0x34)));
	EXPECT_TRUE(take(p, (unsigned char[6]){ 0 }, 6));
	return p;
}

TEST_F(record, peers_that_break_the_protocol)
{
	static const struct {
		unsigned char reason, len, octet[16];
	} rows[] = {
		{ 133, 11, { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x21 } },	/* CR twice */
		{ 133, 11, { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0x12, 0x34, 0x21 } },	/* CC */
		{ 133, 7, { 3, 0, 0, 7, 2, 0xf0, 0x80 } },		/* class changes */
		{ 132, 10, { 3, 0, 0, 10, 4, 0xf0, 0, 1, 0x80, 'x' } },	/* another's */
		{ 138, 9, { 3, 0, 1, 5, 4, 0xf0, 0, 0, 0x80 } },		/* above 256 */
		{ 138, 12, { 3, 0, 0, 12, 7, 0xf0, 0, 0, 0x80, 0, 0, 0 } },
		{ 133, 9, { 3, 0, 0, 9, 4, 0x60, 0, 0, 0 } },			/* AK */
		{ 133, 9, { 3, 0, 0, 9, 4, 0x70, 0, 0, 2 } },			/* ER */
		{ 133, 8, { 2, 0, 0, 8, 4, 0xf0, 0, 0 } },
		{ 138, 8, { 3, 0, 0, 6, 4, 0xf0, 0, 0 } },
	};
	struct name at = local_name(self->l);
	unsigned char octet[16];
	unsigned int i;
	int p, c;
	char in;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p = raw_pair(_metadata, self, &c);
		memcpy(octet, rows[i].octet, sizeof(octet));
		if (rows[i].reason != 132 && (octet[5] == 0xf0 || octet[5] == 0x70) &&
		    octet[4] != 2) {
			octet[6] = name_port(&at) >> 8;
			octet[7] = name_port(&at);
		}
		ASSERT_TRUE(give(p, octet, rows[i].len));
		EXPECT_EQ(-1, recv(c, &in, 1, 0));
		EXPECT_EQ(EPROTO, errno) {
			TH_LOG("row %u", i);
		}
		EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 11, 6, 0x80, 0x12, 0x34, name_port(&at) >> 8,
					   name_port(&at), rows[i].reason)));
		EXPECT_TRUE(over(p));
		EXPECT_EQ(-1, send(c, "x", 1, MSG_NOSIGNAL));
		EXPECT_EQ(EPIPE, errno);
		EXPECT_EQ(-1, recv(c, &in, 1, 0));
		EXPECT_EQ(EPROTO, errno);
		EXPECT_TRUE(revents_of(c, POLLIN, 0) & POLLERR);
		close(c);
		close(p);
	}
}

TEST_F(record, part_of_a_head_is_not_readable)
{
	struct name at = local_name(self->l);
	unsigned char dt[] = { 3, 0, 0, 11, 4, 0xf0, name_port(&at) >> 8, name_port(&at), 0x80,
			       'h', 'i' };
	unsigned int i;
	char in[4];
	bool end;
	int p, c;

	p = raw_pair(_metadata, self, &c);
	for (i = 0; i < 9; i++) {
		ASSERT_TRUE(give(p, dt + i, 1));
		usleep(5000);
		EXPECT_EQ(0, revents_of(c, POLLIN, 0));
		EXPECT_EQ(-1, recv(c, in, sizeof(in), MSG_DONTWAIT));
		EXPECT_EQ(EAGAIN, errno);
	}
	ASSERT_TRUE(give(p, dt + 9, 1));
	ASSERT_TRUE(revents_of(c, POLLIN, SOON) & POLLIN);
	ASSERT_EQ(1, receive(c, in, sizeof(in), 0, &end));
	EXPECT_FALSE(end);
	EXPECT_EQ(0, revents_of(c, POLLIN, 0));
	ASSERT_TRUE(give(p, dt + 10, 1));
	ASSERT_EQ(1, receive(c, in, sizeof(in), 0, &end));
	EXPECT_EQ(self->records, end);
	EXPECT_EQ('i', in[0]);

	/* an end in the middle of a TPDU is none */
	ASSERT_TRUE(give(p, dt, 7));
	shutdown(p, SHUT_WR);
	EXPECT_EQ(-1, recv(c, in, sizeof(in), 0));
	EXPECT_EQ(ECONNRESET, errno);
}

/* Octets that are appended to what TCP has queued wake a receive that waits for them. */
static void *receive_thread(void *arg)
{
	char in[8];

	return (void *)(long)recv(*(int *)arg, in, sizeof(in), 0);
}

TEST_F(record, a_head_in_pieces_wakes)
{
	struct name at = local_name(self->l);
	unsigned char dt[] = { 3, 0, 0, 11, 4, 0xf0, name_port(&at) >> 8, name_port(&at), 0x80,
			       'h', 'i' };
	pthread_t thread;
	unsigned int i;
	void *n;
	int p, c;

	p = raw_pair(_metadata, self, &c);
	ASSERT_EQ(0, pthread_create(&thread, NULL, receive_thread, &c));
	for (i = 0; i < sizeof(dt); i++) {
		ASSERT_TRUE(give(p, dt + i, 1));
		usleep(20000);
	}
	pthread_join(thread, &n);
	EXPECT_LT(0, (long)n);
}

TEST_F(record, urgent_data_has_no_place)
{
	char in;
	int p, c;

	p = raw_pair(_metadata, self, &c);
	ASSERT_EQ(1, send(p, "\x03", 1, MSG_OOB));
	ASSERT_TRUE(give(p, OCTETS(3, 0, 0, 9, 4, 0xf0)));
	usleep(100000);
	set_nonblock(c, true);
	EXPECT_GE(0, recv(c, &in, 1, 0));
	close(p);
	revents_of(c, POLLIN, SOON);
	EXPECT_GE(0, recv(c, &in, 1, 0));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
