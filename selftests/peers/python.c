// SPDX-License-Identifier: GPL-2.0
/* ISO sockets and peer.py, which was written from the layouts and shares nothing with us. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "child.h"
#include "iso.h"
#include "left.h"
#include "netns.h"

#define SOON 60000

FIXTURE(python) {
	const struct kind *kind;
	const char *ip;
	bool records;
	struct name at;
	struct child peer;
};

KINDS(python);

FIXTURE_SETUP(python)
{
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->ip = self->kind->af == AF_INET ? "127.0.0.1" : "::1";
	self->records = self->kind->type == SOCK_SEQPACKET;
	self->at = name_of(self->ip, 399);
}

FIXTURE_TEARDOWN(python)
{
	COUNTERS_BALANCE();
}

static void peer_does(FIXTURE_DATA(python) *self, char *what)
{
	char *const argv[] = { "python3", "-S", "peers/peer.py", what, (char *)self->ip, NULL };

	child_start(&self->peer, argv);
}

/* The octets that peer.py knows, too. */
static bool is_pattern(const unsigned char *octets, size_t len)
{
	size_t i;

	for (i = 0; i < len && octets[i] == (unsigned char)(i * 7 + i / 251); i++)
		;
	return i == len;
}

static void send_pattern(struct __test_metadata *_metadata, int fd, size_t len)
{
	unsigned char out[2048];
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = i * 7 + i / 251;
	EXPECT_EQ((ssize_t)len, send(fd, out, len, 0));
}

/* One record, or as many octets of a stream. */
static bool receive_all(FIXTURE_DATA(python) *self, int fd, unsigned char *in, size_t len)
{
	struct iovec vec = { in, len + self->records };
	struct msghdr msg = { .msg_iov = &vec, .msg_iovlen = 1 };

	return recvmsg(fd, &msg, MSG_WAITALL) == (ssize_t)len &&
	       !(msg.msg_flags & MSG_EOR) == !self->records;
}

static int listener(FIXTURE_DATA(python) *self)
{
	int l = iso_open(self->kind);

	if (bind(l, &self->at.sa, self->at.len) || listen(l, 4))
		return -1;
	return l;
}

static bool arrives(int l, struct wsa_iso_look *look)
{
	return revents_of(l, POLLIN, SOON) & POLLIN && !iso_look(l, look);
}

TEST_F(python, confirms__r292)
{
	unsigned char in[1024];
	struct wsa_iso_get get;
	int s = iso_open(self->kind);

	peer_does(self, "confirms");
	ASSERT_TRUE(child_ready(&self->peer));
	ASSERT_EQ(0, iso_set(s, "\x01\x03", "\x01\x02", "hello"));
	ASSERT_CONNECTED(connect_to(s, &self->at));
	get = iso_get(s);
	EXPECT_EQ(3, get.data_len);
	EXPECT_EQ(0, memcmp(get.data, "ok!", 4));
	EXPECT_EQ(512, get.tpdu_size);
	EXPECT_EQ(0, get.flags);
	send_pattern(_metadata, s, 1500);
	EXPECT_TRUE(receive_all(self, s, in, 511));
	EXPECT_TRUE(is_pattern(in, 507));
	EXPECT_EQ(0, memcmp(in + 507, "xend", 4));
	EXPECT_TRUE(receive_all(self, s, in, 8));
	EXPECT_EQ(0, memcmp(in, "one more", 8));
	EXPECT_EQ(0, iso_bye(s, "goodbye"));
	EXPECT_TRUE(child_ended_well(&self->peer));
	EXPECT_EQ(0, recv(s, in, 1, 0));
	EXPECT_EQ(0, iso_get(s).flags);
}

TEST_F(python, refuses__r293)
{
	int s = iso_open(self->kind);
	struct wsa_iso_set words = { .size = sizeof(words), .own_len = 32, .peer_len = 32,
				     .data_len = 32 };
	struct wsa_iso_get get;

	memset(words.own, 'c', 32);
	memset(words.peer, 'C', 32);
	memset(words.data, 'd', 32);
	peer_does(self, "refuses");
	ASSERT_TRUE(child_ready(&self->peer));
	ASSERT_EQ(0, ioctl(s, WSA_IOC_ISO_SET, &words));
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED,
		       connect_to(s, &self->at));
	get = iso_get(s);
	EXPECT_EQ(WSA_ISO_F_ENDED, get.flags);
	EXPECT_EQ(136, get.end_reason);
	EXPECT_EQ(3, get.bye_len);
	EXPECT_EQ(0, memcmp(get.bye, "no!", 4));
	EXPECT_EQ(0, get.data_len);
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(python, releases__r293)
{
	int s = iso_open(self->kind), i;
	unsigned char in[8];
	struct wsa_iso_get get;

	peer_does(self, "releases");
	ASSERT_TRUE(child_ready(&self->peer));
	ASSERT_CONNECTED(connect_to(s, &self->at));
	EXPECT_EQ(32, iso_get(s).data_len);
	EXPECT_TRUE(receive_all(self, s, in, 4));
	EXPECT_EQ(0, memcmp(in, "last", 4));
	EXPECT_EQ(0, recv(s, in, 1, 0));
	get = iso_get(s);
	EXPECT_EQ(WSA_ISO_F_ENDED, get.flags);
	EXPECT_EQ(WSAEDISCON, get.end_wsa);
	EXPECT_EQ(128, get.end_reason);
	ASSERT_EQ(64, get.bye_len);
	for (i = 0; i < 64; i++)
		EXPECT_EQ('D', get.bye[i]);
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(python, calls__r294)
{
	int l = listener(self), c;
	struct wsa_iso_look look;
	unsigned char in[1024];
	struct wsa_iso_get get;

	ASSERT_LE(0, l);
	peer_does(self, "calls");
	ASSERT_TRUE(arrives(l, &look));
	EXPECT_EQ(0, look.flags);
	EXPECT_EQ(32, look.data_len);
	EXPECT_EQ('h', look.data[31]);
	EXPECT_EQ(2, look.own_len);
	EXPECT_EQ(0, memcmp(look.own, "\x01\x02", 3));
	EXPECT_EQ(2, look.peer_len);
	EXPECT_EQ(0, memcmp(look.peer, "py", 3));
	ASSERT_EQ(0, iso_answer(l, look.id, 0, "welcome"));
	c = accept(l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(256, iso_get(c).tpdu_size);
	EXPECT_TRUE(receive_all(self, c, in, 503));
	EXPECT_TRUE(is_pattern(in, 251));
	EXPECT_TRUE(is_pattern(in + 251, 251));
	EXPECT_EQ('!', in[502]);
	send_pattern(_metadata, c, 800);
	EXPECT_EQ(0, recv(c, in, 1, 0));
	get = iso_get(c);
	EXPECT_EQ(WSAEDISCON, get.end_wsa);
	EXPECT_EQ(3, get.bye_len);
	EXPECT_EQ(0, memcmp(get.bye, "bye", 4));
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(python, is_refused__r293_r294)
{
	int l = listener(self);
	struct wsa_iso_look look;

	ASSERT_LE(0, l);
	peer_does(self, "is_refused");
	ASSERT_TRUE(arrives(l, &look));
	EXPECT_EQ(5, look.data_len);
	ASSERT_EQ(0, iso_answer(l, look.id, WSA_ISO_REJECT, "not now"));
	EXPECT_TRUE(child_ended_well(&self->peer));
	EXPECT_EQ(0, revents_of(l, POLLIN, 0));
}

TEST_F(python, is_released__r293)
{
	int l = listener(self), c;
	char most[65] = "", in;

	ASSERT_LE(0, l);
	memset(most, 'e', 64);
	peer_does(self, "is_released");
	ASSERT_TRUE(revents_of(l, POLLIN, SOON) & POLLIN);
	c = accept(l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(0, iso_get(c).tpdu_size);
	EXPECT_EQ(0, iso_bye(c, most));
	EXPECT_TRUE(child_ended_well(&self->peer));
	EXPECT_EQ(0, recv(c, &in, 1, 0));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
