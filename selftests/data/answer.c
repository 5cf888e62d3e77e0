// SPDX-License-Identifier: GPL-2.0
/* An ISO listener, called by peers that are plain TCP: the octets are written out here. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "iso.h"
#include "left.h"
#include "netns.h"

#define SOON 60000

FIXTURE(answer) {
	const struct kind *kind;
	struct name here;
	int l;
};

KINDS(answer);

FIXTURE_SETUP(answer)
{
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->l = iso_listener(self->kind, &self->here);
	set_nonblock(self->l, true);
}

FIXTURE_TEARDOWN(answer)
{
	COUNTERS_BALANCE();
}

#define PLAIN_CR OCTETS(3, 0, 0, 14, 9, 0xe0, 0, 0, 0x12, 0x34, 0x21, 0xc0, 1, 13)
#define HELLO_CR OCTETS(3, 0, 0, 27, 17, 0xe0, 0, 0, 0x12, 0x34, 0x21, 0xc0, 1, 13, \
			0xc1, 2, 1, 0, 0xc2, 2, 1, 2, 'h', 'e', 'l', 'l', 'o')

static int port_of(FIXTURE_DATA(answer) *self)
{
	return name_port(&self->here);
}

static bool nobody_to_accept(FIXTURE_DATA(answer) *self)
{
	return !revents_of(self->l, POLLIN, 0) && accept(self->l, NULL, NULL) == -1 &&
	       errno == EAGAIN;
}

static int caller(FIXTURE_DATA(answer) *self, const void *octets, size_t len)
{
	int fd = tcp_call(self->kind, &self->here);

	return give(fd, octets, len) ? fd : -1;
}

static bool comes(FIXTURE_DATA(answer) *self)
{
	return revents_of(self->l, POLLIN, SOON) == POLLIN;
}

TEST_F(answer, plain_accept__r294)
{
	int p = caller(self, HELLO_CR), c;
	struct wsa_iso_get get;
	char in[8];

	ASSERT_TRUE(comes(self));
	EXPECT_EQ(0, revents_of(p, POLLIN, 100));	/* confirmed by accept, not before */
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	ASSERT_TRUE(took(p, OCTETS(3, 0, 0, 22, 17, 0xd0, 0x12, 0x34, port_of(self) >> 8,
				   port_of(self), 0x21, 0xc0, 1, 13, 0xc1, 2, 1, 0,
				   0xc2, 2, 1, 2)));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(c).state);
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(c, &self->here));
	get = iso_get(c);
	EXPECT_EQ(5, get.data_len);
	EXPECT_EQ(0, memcmp(get.data, "hello", 6));
	EXPECT_EQ(2, get.own_len);
	EXPECT_EQ(0, memcmp(get.own, "\x01\x02", 3));
	EXPECT_EQ(2, get.peer_len);
	EXPECT_EQ(0, memcmp(get.peer, "\x01\x00", 3));
	EXPECT_EQ(8192, get.tpdu_size);
	EXPECT_EQ(0, get.flags);

	ASSERT_EQ(2, send(c, "hi", 2, 0));
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 11, 4, 0xf0, 0x12, 0x34, 0x80, 'h', 'i')));
	ASSERT_TRUE(give(p, OCTETS(3, 0, 0, 10, 4, 0xf0, port_of(self) >> 8, port_of(self), 0x80,
				   '!')));
	ASSERT_TRUE(take(c, in, 1));
	EXPECT_EQ('!', in[0]);
	EXPECT_TRUE(nobody_to_accept(self));
	EXPECT_EQ(1, wsa_counter("ACCEPTED"));
}

TEST_F(answer, accepted_with_data__r294)
{
	int p = caller(self, HELLO_CR), c;
	struct wsa_iso_look look;
	struct name theirs;

	ASSERT_TRUE(comes(self));
	ASSERT_EQ(0, iso_look(self->l, &look));
	EXPECT_EQ(0, look.flags);
	EXPECT_NE(0, look.id);
	EXPECT_EQ(5, look.data_len);
	EXPECT_EQ(0, memcmp(look.data, "hello", 6));
	EXPECT_EQ(2, look.own_len);
	EXPECT_EQ(0, memcmp(look.own, "\x01\x02", 3));
	EXPECT_EQ(2, look.peer_len);
	EXPECT_EQ(0, memcmp(look.peer, "\x01\x00", 3));
	theirs = local_name(p);
	EXPECT_EQ(theirs.len, look.addr_len);
	EXPECT_EQ(0, memcmp(look.addr, theirs.octets, theirs.len));

	EXPECT_EQ(-1, iso_answer(self->l, look.id + 1, 0, ""));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, iso_answer(self->l, look.id, 0, "123456789012345678901234567890123"));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_EQ(0, iso_answer(self->l, look.id, 0, "ok"));
	EXPECT_EQ(-1, iso_answer(self->l, look.id, 0, "ko"));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(-1, iso_look(self->l, &look));
	EXPECT_EQ(EAGAIN, errno);
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	ASSERT_TRUE(took(p, OCTETS(3, 0, 0, 24, 17, 0xd0, 0x12, 0x34, port_of(self) >> 8,
				   port_of(self), 0x21, 0xc0, 1, 13, 0xc1, 2, 1, 0,
				   0xc2, 2, 1, 2, 'o', 'k')));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(c).state);
}

TEST_F(answer, rejected_with_data__r293_r294)
{
	unsigned char dr[11 + 64] = { 3, 0, 0, 75, 6, 0x80, 0x12, 0x34, 0, 0, 136 };
	int p = caller(self, HELLO_CR);
	struct wsa_iso_look look;
	char most[65] = "";

	memset(most, 'm', 64);
	memcpy(dr + 11, most, 64);
	ASSERT_TRUE(comes(self));
	ASSERT_EQ(0, iso_look(self->l, &look));
	ASSERT_EQ(0, iso_answer(self->l, look.id, WSA_ISO_REJECT, most));
	EXPECT_TRUE(took(p, dr, sizeof(dr)));
	EXPECT_TRUE(over(p));
	EXPECT_TRUE(nobody_to_accept(self));
	EXPECT_EQ(-1, iso_answer(self->l, look.id, WSA_ISO_REJECT, ""));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(0, wsa_counter("ACCEPTED"));
}

/* Without an answer it stays; another that is answered passes it. */
TEST_F(answer, deferred__r294)
{
	struct wsa_iso_look look, again;
	int p = caller(self, HELLO_CR), q, c;

	ASSERT_TRUE(comes(self));
	ASSERT_EQ(0, iso_look(self->l, &look));
	ASSERT_EQ(0, iso_look(self->l, &again));
	EXPECT_EQ(0, memcmp(&look, &again, sizeof(look)));
	q = caller(self, PLAIN_CR);
	usleep(100000);
	ASSERT_EQ(0, iso_look(self->l, &again));
	EXPECT_EQ(look.id, again.id);
	ASSERT_EQ(0, iso_answer(self->l, look.id + 1, 0, ""));
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(0, iso_get(c).data_len);
	EXPECT_TRUE(took(q, OCTETS(3, 0, 0, 14, 9, 0xd0, 0x12, 0x34)));
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(5, iso_get(c).data_len);
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 22, 17, 0xd0, 0x12, 0x34)));
}

TEST_F(answer, silent_peer_delays_nobody)
{
	int silent = tcp_call(self->kind, &self->here), p, c;
	int slow = tcp_call(self->kind, &self->here);

	ASSERT_TRUE(give(slow, OCTETS(3, 0, 0, 14, 9, 0xe0)));
	usleep(100000);
	EXPECT_TRUE(nobody_to_accept(self));
	p = caller(self, HELLO_CR);
	ASSERT_TRUE(comes(self));
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 22)));
	EXPECT_TRUE(nobody_to_accept(self));
	ASSERT_TRUE(give(slow, OCTETS(0, 0, 0x12, 0x34, 0x21, 0xc0, 1, 13)));
	ASSERT_TRUE(comes(self));
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(0, revents_of(silent, POLLIN, 0));
}

TEST_F(answer, one_octet_at_a_time)
{
	static const unsigned char cr[] = { 3, 0, 0, 15, 9, 0xe0, 0, 0, 0x12, 0x34, 0x21, 0xc0, 1,
					    13, 'x' };
	int p = tcp_call(self->kind, &self->here), c;
	unsigned int i;

	for (i = 0; i < sizeof(cr); i++) {
		EXPECT_EQ(0, revents_of(self->l, POLLIN, 10));
		ASSERT_TRUE(give(p, cr + i, 1));
	}
	ASSERT_TRUE(comes(self));
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(1, iso_get(c).data_len);
}

TEST_F(answer, data_behind_the_call)
{
	int p = caller(self, OCTETS(3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x21,
				    3, 0, 0, 12, 4, 0xf0, port_of(self) >> 8, port_of(self), 0x80,
				    'a', 'b', 'c')), c;
	char in[3];

	ASSERT_TRUE(comes(self));
	c = accept(self->l, NULL, NULL);
	ASSERT_TRUE(take(c, in, 3));
	EXPECT_EQ(0, memcmp(in, "abc", 3));
	EXPECT_LE(0, p);
}

TEST_F(answer, calls_that_are_none)
{
	static const struct {
		unsigned char len, octet[16];
	} rows[] = {
		{ 11, { 3, 0, 0, 11, 6, 0xe0, 0, 1, 0x12, 0x34, 0x21 } },	/* to a reference */
		{ 11, { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x51 } },	/* class 5 */
		{ 11, { 3, 0, 0, 11, 6, 0xd0, 0, 1, 0x12, 0x34, 0x21 } },	/* CC */
		{ 9, { 3, 0, 0, 9, 4, 0xf0, 0, 0, 0x80 } },			/* DT before CR */
		{ 7, { 3, 0, 0, 7, 2, 0xf0, 0x80 } },
		{ 11, { 3, 0, 0, 11, 6, 0x80, 0, 1, 0x12, 0x34, 128 } },	/* DR */
		{ 8, { 'G', 'E', 'T', ' ', '/', ' ', 'H', 'T' } },
		{ 8, { 0x16, 3, 1, 0, 5, 1, 0, 0 } },
		{ 8, { 3, 0, 255, 255, 254, 0xe0, 0, 0 } },
	};
	unsigned int i;
	int p;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p = caller(self, rows[i].octet, rows[i].len);
		EXPECT_TRUE(over(p)) {
			TH_LOG("row %u", i);
		}
		close(p);
	}
	EXPECT_TRUE(nobody_to_accept(self));
	p = caller(self, PLAIN_CR);
	EXPECT_TRUE(comes(self));
	EXPECT_LE(0, p);
}

TEST_F(answer, calls_that_are_refused__r293)
{
	static const struct {
		unsigned char reason, len, octet[16];
	} rows[] = {
		{ 130, 11, { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x20 } },	/* flow control */
		{ 130, 11, { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x40 } },
	};
	unsigned int i;
	int p;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p = caller(self, rows[i].octet, rows[i].len);
		EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 11, 6, 0x80, 0x12, 0x34, 0, 0,
					   rows[i].reason)));
		EXPECT_TRUE(over(p));
	}
	EXPECT_TRUE(nobody_to_accept(self));
}

TEST_F(answer, another_selector_is_called)
{
	int l = iso_open(self->kind), p, c;
	struct wsa_iso_set set = iso_words("\x01\x02", "", "");

	ASSERT_EQ(0, ioctl(l, WSA_IOC_ISO_SET, &set));
	self->here = name_of(self->kind->af == AF_INET ? "127.0.0.1" : "::1", 0);
	ASSERT_EQ(0, bind(l, &self->here.sa, self->here.len));
	ASSERT_EQ(0, listen(l, 4));
	EXPECT_EQ(-1, ioctl(l, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EISCONN, errno);
	self->here = local_name(l);
	p = caller(self, OCTETS(3, 0, 0, 15, 10, 0xe0, 0, 0, 0x12, 0x34, 0x21, 0xc2, 2, 1, 3));
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 11, 6, 0x80, 0x12, 0x34, 0, 0, 2)));
	EXPECT_TRUE(over(p));
	p = caller(self, PLAIN_CR);
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 11, 6, 0x80, 0x12, 0x34, 0, 0, 2)));
	p = caller(self, HELLO_CR);
	c = accept(l, NULL, NULL);
	EXPECT_LE(0, c);
	EXPECT_EQ(2, iso_get(c).own_len);
	EXPECT_LE(0, p);
}

TEST_F(answer, class_0)
{
	int p = caller(self, OCTETS(3, 0, 0, 22, 17, 0xe0, 0, 0, 0, 2, 0, 0xc0, 1, 10,
				    0xc1, 2, 1, 0, 0xc2, 2, 1, 2)), c;
	struct wsa_iso_look look;

	ASSERT_TRUE(comes(self));
	ASSERT_EQ(0, iso_look(self->l, &look));
	EXPECT_EQ(WSA_ISO_F_CLASS0, look.flags);
	EXPECT_EQ(-1, iso_answer(self->l, look.id, 0, "x"));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 22, 17, 0xd0, 0, 2, port_of(self) >> 8, port_of(self),
				   0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2)));
	ASSERT_EQ(2, send(c, "hi", 2, 0));
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 9, 2, 0xf0, 0x80, 'h', 'i')));
	close(c);
	EXPECT_TRUE(over(p));
}

TEST_F(answer, silent_for_too_long)
{
	int p, slow;

	iso_timeout(1);
	p = tcp_call(self->kind, &self->here);
	slow = caller(self, OCTETS(3, 0, 0, 14, 9));
	EXPECT_TRUE(over(p));
	EXPECT_TRUE(over(slow));
	EXPECT_TRUE(nobody_to_accept(self));
	iso_timeout(20);
}

TEST_F(answer, a_crowd_of_silent_ones)
{
	int silent[100], p, c;
	unsigned int i, gone = 0;

	for (i = 0; i < ARRAY_SIZE(silent); i++) {
		silent[i] = tcp_call(self->kind, &self->here);
		usleep(2000);
	}
	p = caller(self, HELLO_CR);
	ASSERT_TRUE(comes(self));
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 22)));
	for (i = 0; i < ARRAY_SIZE(silent); i++)
		gone += !!revents_of(silent[i], POLLIN, 0);
	EXPECT_LE(36, gone);
	/* the oldest went */
	EXPECT_TRUE(over(silent[0]));
	EXPECT_EQ(0, revents_of(silent[99], POLLIN, 0));
}

/* As many calls wait as the backlog says, the rest behind them; none is lost. */
TEST_F(answer, more_calls_than_the_backlog)
{
	int p[16], c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(p); i++)
		p[i] = caller(self, PLAIN_CR);
	for (i = 0; i < ARRAY_SIZE(p); i++) {
		ASSERT_TRUE(comes(self));
		c = accept(self->l, NULL, NULL);
		ASSERT_LE(0, c);
		close(c);
	}
	for (i = 0; i < ARRAY_SIZE(p); i++)
		EXPECT_TRUE(took(p[i], OCTETS(3, 0, 0, 14, 9, 0xd0, 0x12, 0x34)));
	EXPECT_TRUE(nobody_to_accept(self));
}

TEST_F(answer, listener_goes)
{
	int silent = tcp_call(self->kind, &self->here), p = caller(self, HELLO_CR);
	struct wsa_iso_look look;

	ASSERT_TRUE(comes(self));
	ASSERT_EQ(0, iso_look(self->l, &look));
	ASSERT_EQ(0, iso_answer(self->l, look.id, 0, "ok"));
	close(self->l);
	EXPECT_TRUE(over(silent));
	EXPECT_TRUE(over(p));
}

static void *accept_thread(void *arg)
{
	return (void *)(long)accept(*(int *)arg, NULL, NULL);
}

TEST_F(answer, waiting_call_gets_it)
{
	void *c = (void *)-1L;
	pthread_t thread;
	int silent, p;

	set_nonblock(self->l, false);
	ASSERT_EQ(0, pthread_create(&thread, NULL, accept_thread, &self->l));
	silent = tcp_call(self->kind, &self->here);
	usleep(100000);
	p = caller(self, HELLO_CR);
	pthread_join(thread, &c);
	ASSERT_LE(0, (long)c);
	EXPECT_EQ(5, iso_get((long)c).data_len);
	EXPECT_LE(0, silent);
	EXPECT_LE(0, p);
}

TEST_F(answer, accept_gives_up)
{
	struct timeval soon = { .tv_usec = 200000 };

	set_nonblock(self->l, false);
	ASSERT_EQ(0, setsockopt(self->l, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)));
	ASSERT_LE(0, tcp_call(self->kind, &self->here));
	EXPECT_EQ(-1, accept(self->l, NULL, NULL));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(answer, caller_goes_before_accept)
{
	struct linger now = { .l_onoff = 1 };
	int p = caller(self, HELLO_CR), c;
	char in;

	ASSERT_TRUE(comes(self));
	setsockopt(p, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(p);
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(-1, recv(c, &in, 1, 0));
	EXPECT_EQ(ECONNRESET, errno);
	EXPECT_EQ(0, recv(c, &in, 1, 0));
}

TEST_F(answer, of_others)
{
	struct wsa_iso_look look;
	struct sort sort = { FAMILY, AF_INET, false };
	int s = iso_open(self->kind), t = open_sort(&sort, SOCK_STREAM);

	EXPECT_EQ(-1, iso_look(s, &look));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, iso_answer(s, 1, 0, ""));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, accept(s, NULL, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, iso_look(t, &look));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, iso_answer(t, 1, 0, ""));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, iso_bye(t, ""));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, iso_set(t, "", "", ""));
	EXPECT_EQ(EOPNOTSUPP, errno);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
