// SPDX-License-Identifier: GPL-2.0
/*
 * What is discarded when the destination changes, and what the guard hides of what
 * could not be. A first connect stops discarding at the peer's own first datagram,
 * so that a stranger's behind it stands for one that was on its way.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "dgram.h"
#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(flush) {
	const struct sort *sort;
	struct name here;
	struct name a, b;
	int s, pa, pb;
};

SORTS(flush);

FIXTURE_SETUP(flush)
{
	netns_fresh();
	self->sort = &variant->sort;
	self->s = dgram_bound(self->sort, &self->here);
	self->pa = bound_at(self->sort, SOCK_DGRAM, &self->a);
	self->pb = bound_at(self->sort, SOCK_DGRAM, &self->b);
}

FIXTURE_TEARDOWN(flush)
{
	COUNTERS_BALANCE();
}

/* Nothing queued, no memory held. */
#define EXPECT_EMPTY(fd) \
	do { \
		struct snapshot now_; \
		take_snapshot(fd, &now_); \
		EXPECT_EQ(0, now_.queued); \
		EXPECT_EQ(0, now_.next); \
		EXPECT_EQ(0, now_.revents & (POLLIN | POLLERR)); \
	} while (0)

TEST_F(flush, peeked_datagrams__r157)
{
	char text[8];

	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, "1"));
	ASSERT_TRUE(say(self->pa, &self->here, "2"));
	/* moves them to UDP's second queue */
	EXPECT_EQ(1, recv(self->s, text, sizeof(text), MSG_PEEK | MSG_DONTWAIT));
	ASSERT_TRUE(say(self->pa, &self->here, "3"));
	EXPECT_CONNECTED(connect_to(self->s, &self->b));
	EXPECT_EMPTY(self->s);
	EXPECT_SILENT(self->s);
	EXPECT_EQ(3, wsa_counter("FLUSHED"));
}

/* The error is about the old peer. */
TEST_F(flush, pending_error__r157_r169)
{
	int error = -1;
	socklen_t len = sizeof(error);

	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, "1"));
	ASSERT_TRUE(say(self->pa, &self->here, "2"));
	close(self->pa);
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_TRUE(revents_of(self->s, POLLIN, 60000) & POLLERR);
	EXPECT_CONNECTED(connect_to(self->s, &self->b));
	EXPECT_EMPTY(self->s);
	EXPECT_EQ(0, getsockopt(self->s, SOL_SOCKET, SO_ERROR, &error, &len));
	EXPECT_EQ(0, error);
	EXPECT_SILENT(self->s);
	ASSERT_TRUE(say(self->pb, &self->here, "new"));
	EXPECT_HEARD("new", self->s);
}

TEST_F(flush, pending_error_and_reset__r158_r163)
{
	struct sockaddr_in unspec = { .sin_family = AF_UNSPEC };

	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, "1"));
	close(self->pa);
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_TRUE(revents_of(self->s, POLLIN, 60000) & POLLERR);
	EXPECT_CONNECTED(connect_raw(self->s, &unspec, sizeof(unspec)));
	EXPECT_EMPTY(self->s);
}

TEST_F(flush, peek_offset__r157)
{
	int zero = 0;

	ASSERT_EQ(0, setsockopt(self->s, SOL_SOCKET, SO_PEEK_OFF, &zero, sizeof(zero)));
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, "12345"));
	ASSERT_TRUE(say(self->pa, &self->here, "67890"));
	EXPECT_EQ(3, recv(self->s, (char[3]){}, 3, MSG_PEEK | MSG_DONTWAIT));
	EXPECT_CONNECTED(connect_to(self->s, &self->b));
	EXPECT_EMPTY(self->s);
	ASSERT_TRUE(say(self->pb, &self->here, "abcdef"));
	EXPECT_STREQ("abcdef", heard(self->s, MSG_PEEK));
	EXPECT_HEARD("abcdef", self->s);
	EXPECT_SILENT(self->s);
}

TEST_F(flush, truncated_and_empty_datagrams__r157)
{
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, ""));
	ASSERT_TRUE(say(self->pa, &self->here, "x"));
	ASSERT_TRUE(say(self->pa, &self->here, ""));
	EXPECT_CONNECTED(connect_to(self->s, &self->b));
	EXPECT_SILENT(self->s);
	EXPECT_EQ(3, wsa_counter("FLUSHED"));
	ASSERT_TRUE(say(self->pb, &self->here, ""));
	EXPECT_HEARD("", self->s);
}

/* A full receive buffer gives its memory back. */
TEST_F(flush, full_queue__r157)
{
	char big[1000] = {};
	int i;

	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	for (i = 0; i < 1000; i++)
		sendto(self->pa, big, sizeof(big), 0, &self->here.sa, self->here.len);
	EXPECT_CONNECTED(connect_to(self->s, &self->b));
	EXPECT_EMPTY(self->s);
	EXPECT_LE(10, wsa_counter("FLUSHED"));
	ASSERT_TRUE(say(self->pb, &self->here, "new"));
	EXPECT_HEARD("new", self->s);
}

static unsigned int memory_queued(int fd)
{
	struct snapshot shot;

	take_snapshot(fd, &shot);
	return shot.queued;
}

struct flood {
	pthread_t thread;
	int fd;
	struct name to;
	volatile bool stop;
	volatile unsigned long sent;
};

static void *flood_thread(void *arg)
{
	struct flood *flood = arg;

	while (!flood->stop) {
		say(flood->fd, &flood->to, "flood");
		flood->sent++;
	}
	return NULL;
}

/*
 * The call discards what was queued when it came, and no more: the new peer's flood
 * neither holds it nor is lost to it.
 */
TEST_F_TIMEOUT(flush, flood_from_the_new_peer__r157, 120)
{
	struct flood flood = { .fd = self->pb, .to = self->here };
	unsigned long flushed, most, one;
	int round, i;

	ASSERT_TRUE(say(self->pb, &self->here, "flood"));
	one = memory_queued(self->s);
	EXPECT_HEARD("flood", self->s);

	ASSERT_EQ(0, pthread_create(&flood.thread, NULL, flood_thread, &flood));
	while (!flood.sent)
		usleep(1000);
	for (round = 0; round < 10; round++) {
		EXPECT_CONNECTED(connect_to(self->s, &self->a));
		for (i = 0; i < 5; i++)
			ASSERT_TRUE(say(self->pa, &self->here, "old"));
		/* loopback may leave them to ksoftirqd, which the flood keeps busy */
		for (i = 0; i < 10000 && memory_queued(self->s) < 5 * one; i++)
			usleep(1000);
		/* those five, and what was on its way when the last change was made */
		most = memory_queued(self->s) / one;
		flushed = wsa_counter("FLUSHED");
		EXPECT_CONNECTED(connect_to(self->s, &self->b));
		EXPECT_LE(5, wsa_counter("FLUSHED") - flushed);
		EXPECT_GE(most, wsa_counter("FLUSHED") - flushed);
		EXPECT_TRUE(revents_of(self->s, POLLIN, 60000) & POLLIN);
		EXPECT_HEARD("flood", self->s);
	}
	flood.stop = true;
	pthread_join(flood.thread, NULL);
}

/* In the queue: stranger, peer, stranger, peer, stranger. */
static void mix(const int *from, const struct name *to)
{
	say(from[0], to, "s1");
	say(from[1], to, "p1");
	say(from[0], to, "s2");
	say(from[1], to, "p2");
	say(from[0], to, "s3");
}

#define MIX() mix((int[]){ self->pb, self->pa }, &self->here)

TEST_F(flush, first_destination_keeps_its_own__r150_r165)
{
	MIX();
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_HEARD("p1", self->s);
	EXPECT_HEARD("p2", self->s);
	EXPECT_SILENT(self->s);
	EXPECT_EMPTY(self->s);
	EXPECT_EQ(1, wsa_counter("FLUSHED"));
	EXPECT_EQ(2, wsa_counter("FILTERED"));
}

TEST_F(flush, only_strangers__r165)
{
	say(self->pb, &self->here, "s1");
	say(self->pb, &self->here, "s2");
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_EMPTY(self->s);
	EXPECT_SILENT(self->s);
}

TEST_F(flush, peek_hides_strangers__r165)
{
	MIX();
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_STREQ("p1", heard(self->s, MSG_PEEK));
	EXPECT_STREQ("p1", heard(self->s, MSG_PEEK));
	EXPECT_HEARD("p1", self->s);
	EXPECT_STREQ("p2", heard(self->s, MSG_PEEK));
	EXPECT_HEARD("p2", self->s);
	EXPECT_STREQ("(nothing)", heard(self->s, MSG_PEEK));
	EXPECT_SILENT(self->s);
}

static void *blocked_reader(void *arg)
{
	static char text[16];
	ssize_t n = recv(*(int *)arg, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = 0;
	return text;
}

/* A stranger's datagram does not end the wait. */
TEST_F(flush, blocked_reader__r165)
{
	pthread_t thread;
	void *text;

	MIX();
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_HEARD("p1", self->s);
	EXPECT_HEARD("p2", self->s);
	/* s3 is at the head */
	ASSERT_EQ(0, pthread_create(&thread, NULL, blocked_reader, &self->s));
	usleep(100000);
	say(self->pb, &self->here, "s4");
	ASSERT_TRUE(say(self->pa, &self->here, "p3"));
	pthread_join(thread, &text);
	EXPECT_STREQ("p3", (char *)text);
}

/* A reader that waits while the destination changes hears the new peer. */
TEST_F(flush, reader_blocked_across_the_change__r157)
{
	pthread_t thread;
	void *text;

	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_EQ(0, pthread_create(&thread, NULL, blocked_reader, &self->s));
	usleep(100000);
	EXPECT_CONNECTED(connect_to(self->s, &self->b));
	say(self->pa, &self->here, "old");
	ASSERT_TRUE(say(self->pb, &self->here, "new"));
	pthread_join(thread, &text);
	EXPECT_STREQ("new", (char *)text);
}

/* After the strangers the message is as if they had never come: name, control, flags. */
TEST_F(flush, recvmsg_is_whole__r165)
{
	bool ipv6 = self->sort->af == AF_INET6;
	char text[64] = {}, control[256];
	struct name from = { .len = sizeof(from.octets) };
	struct iovec iov[2] = { { text, 1 }, { text + 1, sizeof(text) - 1 } };
	struct msghdr msg = {
		.msg_name = &from.sa, .msg_namelen = from.len, .msg_iov = iov, .msg_iovlen = 2,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int on = 1;

	setsockopt(self->s, ipv6 ? SOL_IPV6 : SOL_IP, ipv6 ? IPV6_RECVPKTINFO : IP_PKTINFO,
		   &on, sizeof(on));
	say(self->pa, &self->here, "p1");
	say(self->pb, &self->here, "a stranger's, and longer");
	say(self->pb, &self->here, "");
	say(self->pa, &self->here, "p2");
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_HEARD("p1", self->s);

	memset(control, 0xa5, sizeof(control));
	EXPECT_EQ(2, recvmsg(self->s, &msg, MSG_DONTWAIT));
	EXPECT_EQ(0, memcmp("p2", text, 2));
	from.len = msg.msg_namelen;
	EXPECT_TRUE(same_name(&from, &self->a));
	EXPECT_EQ(0, msg.msg_flags);
	cmsg = CMSG_FIRSTHDR(&msg);
	ASSERT_NE(NULL, cmsg);
	EXPECT_EQ(ipv6 ? SOL_IPV6 : SOL_IP, cmsg->cmsg_level);
	EXPECT_EQ(ipv6 ? IPV6_PKTINFO : IP_PKTINFO, cmsg->cmsg_type);
	EXPECT_EQ(NULL, CMSG_NXTHDR(&msg, cmsg));
}

TEST_F(flush, recvmmsg_and_readv__r165)
{
	char text[4][16] = {};
	struct iovec iov[4];
	struct mmsghdr msgs[4] = {};
	int i;

	for (i = 0; i < 4; i++) {
		iov[i] = (struct iovec){ text[i], sizeof(text[i]) };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	MIX();
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_EQ(2, recvmmsg(self->s, msgs, 4, MSG_DONTWAIT, NULL));
	EXPECT_STREQ("p1", text[0]);
	EXPECT_STREQ("p2", text[1]);
	EXPECT_EQ(0, msgs[0].msg_hdr.msg_namelen);

	set_nonblock(self->s, true);
	EXPECT_EQ(-1, readv(self->s, iov, 1));
	EXPECT_EQ(EAGAIN, errno);
	say(self->pa, &self->here, "p3");
	EXPECT_EQ(2, readv(self->s, iov, 1));
	EXPECT_EQ(0, memcmp("p3", text[0], 2));
}

/* MSG_TRUNC tells the peer's length, not a stranger's. */
TEST_F(flush, short_buffer__r165_r183)
{
	char octet;

	say(self->pa, &self->here, "p1");
	say(self->pb, &self->here, "stranger");
	say(self->pa, &self->here, "peer");
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_HEARD("p1", self->s);
	EXPECT_EQ(4, recv(self->s, &octet, 1, MSG_TRUNC | MSG_DONTWAIT));
	EXPECT_EQ('p', octet);
	EXPECT_SILENT(self->s);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
