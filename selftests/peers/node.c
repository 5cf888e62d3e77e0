// SPDX-License-Identifier: GPL-2.0
/* ISO sockets of class 0 and the package iso-on-tcp, by way of peer.js. */
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

FIXTURE(node) {
	const struct kind *kind;
	const char *ip;
	struct name at;
	struct child peer;
};

FIXTURE_VARIANT(node) { struct kind kind; };
FIXTURE_VARIANT_ADD(node, record_v4) { .kind = { AF_INET, SOCK_SEQPACKET } };
FIXTURE_VARIANT_ADD(node, record_v6) { .kind = { AF_INET6, SOCK_SEQPACKET } };

FIXTURE_SETUP(node)
{
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->ip = self->kind->af == AF_INET ? "127.0.0.1" : "::1";
	self->at = name_of(self->ip, 102);
}

FIXTURE_TEARDOWN(node)
{
	COUNTERS_BALANCE();
}

static void peer_does(FIXTURE_DATA(node) *self, char *what)
{
	char *const argv[] = { "./node", "peers/peer.js", what, (char *)self->ip,
			       NULL };

	child_start(&self->peer, argv);
}

/* Whoever calls proposes class 0 or 2, with these selectors. */
static int caller(FIXTURE_DATA(node) *self, unsigned int flags, const char *data)
{
	struct wsa_iso_set words = iso_words("\x01\x03", "\x01\x02", data);
	int s = iso_open(self->kind);

	words.flags = flags;
	return ioctl(s, WSA_IOC_ISO_SET, &words) ? -1 : s;
}

static int listener(FIXTURE_DATA(node) *self)
{
	int l = iso_open(self->kind);

	return bind(l, &self->at.sa, self->at.len) || listen(l, 4) ? -1 : l;
}

static void send_pattern(struct __test_metadata *_metadata, int fd, size_t len)
{
	unsigned char out[4096];
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = i * 7 + i / 251;
	EXPECT_EQ((ssize_t)len, send(fd, out, len, 0));
}

/* One whole record, of the octets that peer.js knows, too. */
static bool receive_pattern(int fd, size_t len)
{
	unsigned char in[4096];
	struct iovec vec = { in, sizeof(in) };
	struct msghdr msg = { .msg_iov = &vec, .msg_iovlen = 1 };
	size_t i;

	if (recvmsg(fd, &msg, MSG_WAITALL) != (ssize_t)len || !(msg.msg_flags & MSG_EOR))
		return false;
	for (i = 0; i < len && in[i] == (unsigned char)(i * 7 + i / 251); i++)
		;
	return i == len;
}

TEST_F(node, confirms)
{
	int s = caller(self, WSA_ISO_F_CLASS0, "");

	peer_does(self, "confirms");
	ASSERT_TRUE(child_ready(&self->peer));
	ASSERT_CONNECTED(connect_to(s, &self->at));
	EXPECT_EQ(WSA_ISO_F_CLASS0, iso_get(s).flags);
	EXPECT_EQ(1024, iso_get(s).tpdu_size);
	send_pattern(_metadata, s, 3000);
	EXPECT_TRUE(receive_pattern(s, 1021));
	EXPECT_EQ(4, send(s, "more", 4, 0));
	close(s);
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(node, selects_class_0)
{
	int s = caller(self, 0, "");
	char in[4];

	peer_does(self, "selects");
	ASSERT_TRUE(child_ready(&self->peer));
	ASSERT_CONNECTED(connect_to(s, &self->at));
	EXPECT_EQ(WSA_ISO_F_CLASS0, iso_get(s).flags);
	EXPECT_EQ(2, recv(s, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, "hi", 2));
	close(s);
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(node, throws_data_away__r292)
{
	int s = caller(self, 0, "hello");

	peer_does(self, "throws_away");
	ASSERT_TRUE(child_ready(&self->peer));
	EXPECT_OUTCOME(EPROTONOSUPPORT, WSAEPROTONOSUPPORT, WSA_REASON_NO_CONNECT_DATA,
		       connect_to(s, &self->at));
	EXPECT_EQ(WSA_STATE_FAILED, state_of(s).state);
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(node, closes)
{
	int s = caller(self, WSA_ISO_F_CLASS0, "");
	char in[8];

	peer_does(self, "closes");
	ASSERT_TRUE(child_ready(&self->peer));
	ASSERT_CONNECTED(connect_to(s, &self->at));
	EXPECT_EQ(4, recv(s, in, sizeof(in), 0));
	EXPECT_EQ(0, memcmp(in, "last", 4));
	EXPECT_EQ(0, recv(s, in, sizeof(in), 0));
	EXPECT_EQ(WSAEDISCON, iso_get(s).end_wsa);
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(node, sends_large)
{
	int s = caller(self, WSA_ISO_F_CLASS0, "");

	peer_does(self, "sends_large");
	ASSERT_TRUE(child_ready(&self->peer));
	ASSERT_CONNECTED(connect_to(s, &self->at));
	EXPECT_TRUE(receive_pattern(s, 3000));
	close(s);
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(node, calls__r294)
{
	int l = listener(self), c;
	struct wsa_iso_look look;
	char in;

	ASSERT_LE(0, l);
	peer_does(self, "calls");
	ASSERT_TRUE(revents_of(l, POLLIN, SOON) & POLLIN);
	ASSERT_EQ(0, iso_look(l, &look));
	EXPECT_EQ(WSA_ISO_F_CLASS0, look.flags);
	EXPECT_EQ(0, look.data_len);
	EXPECT_EQ(2, look.own_len);
	EXPECT_EQ(0, memcmp(look.own, "\x01\x02", 3));
	EXPECT_EQ(2, look.peer_len);
	EXPECT_EQ(0, memcmp(look.peer, "\x01\x03", 3));
	ASSERT_EQ(0, iso_answer(l, look.id, 0, ""));
	c = accept(l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(512, iso_get(c).tpdu_size);
	EXPECT_TRUE(receive_pattern(c, 509));
	send_pattern(_metadata, c, 1200);
	EXPECT_EQ(0, recv(c, &in, 1, 0));
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(node, is_refused__r293_r294)
{
	int l = listener(self);
	struct wsa_iso_look look;

	ASSERT_LE(0, l);
	peer_does(self, "is_refused");
	ASSERT_TRUE(revents_of(l, POLLIN, SOON) & POLLIN);
	ASSERT_EQ(0, iso_look(l, &look));
	ASSERT_EQ(0, iso_answer(l, look.id, WSA_ISO_REJECT, ""));
	EXPECT_TRUE(child_ended_well(&self->peer));
}

TEST_F(node, hears_the_end)
{
	int l = listener(self), c;

	ASSERT_LE(0, l);
	peer_does(self, "hears_the_end");
	ASSERT_TRUE(revents_of(l, POLLIN, SOON) & POLLIN);
	c = accept(l, NULL, NULL);
	ASSERT_LE(0, c);
	close(c);
	EXPECT_TRUE(child_ended_well(&self->peer));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
