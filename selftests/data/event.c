// SPDX-License-Identifier: GPL-2.0
/* Network events of ISO sockets: when the transport says so, not when TCP does. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "event.h"
#include "iso.h"
#include "left.h"
#include "netns.h"

FIXTURE(event) {
	const struct kind *kind;
	struct name at;
	int l, s, p, event;
};

KINDS(event);

FIXTURE_SETUP(event)
{
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->l = tcp_listener(self->kind, &self->at);
	self->s = iso_open(self->kind);
	self->event = event_new();
}

FIXTURE_TEARDOWN(event)
{
	COUNTERS_BALANCE();
}

static int our_ref(FIXTURE_DATA(event) *self)
{
	struct name name = local_name(self->s);

	return name_port(&name);
}

static void called(struct __test_metadata *_metadata, FIXTURE_DATA(event) *self)
{
	unsigned char cr[14];

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->at).error);
	self->p = accept_soon(self->l);
	ASSERT_LE(0, self->p);
	ASSERT_TRUE(take(self->p, cr, sizeof(cr)));
	usleep(50000);
	EXPECT_NO_EVENTS(self->s, self->event);
}

static void connected(struct __test_metadata *_metadata, FIXTURE_DATA(event) *self)
{
	int ref;

	called(_metadata, self);
	ref = our_ref(self);
	ASSERT_TRUE(give(self->p, OCTETS(3, 0, 0, 13, 6, 0xd0, ref >> 8, ref, 0xab, 0xcd, 0x21, 'o',
					 'k')));
}

TEST_F(event, connect_comes_with_the_confirmation__r292)
{
	struct taken taken;

	connected(_metadata, self);
	ASSERT_TRUE(event_comes(self->event));
	/* what the callee said is there */
	EXPECT_EQ(2, iso_get(self->s).data_len);
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, taken.events);
	EXPECT_EQ(0, taken.connect);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(event, connect_comes_with_the_refusal__r293)
{
	struct taken taken;
	int ref;

	called(_metadata, self);
	ref = our_ref(self);
	ASSERT_TRUE(give(self->p, OCTETS(3, 0, 0, 12, 6, 0x80, ref >> 8, ref, 0, 0, 129, 'n')));
	ASSERT_TRUE(event_comes(self->event));
	EXPECT_EQ(1, iso_get(self->s).bye_len);
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CONNECT, taken.events);
	EXPECT_EQ(WSAENOBUFS, taken.connect);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(event, no_answer_in_time)
{
	struct taken taken;

	iso_timeout(1);
	called(_metadata, self);
	ASSERT_TRUE(event_comes(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CONNECT, taken.events);
	EXPECT_EQ(WSAETIMEDOUT, taken.connect);
	iso_timeout(20);
}

TEST_F(event, read_needs_an_octet_of_data)
{
	unsigned char head[9] = { 3, 0, 0, 11, 4, 0xf0, 0, 0, 0x80 };
	unsigned int i;
	char in[4];

	connected(_metadata, self);
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
	head[6] = our_ref(self) >> 8;
	head[7] = our_ref(self);
	for (i = 0; i < sizeof(head); i++)
		ASSERT_TRUE(give(self->p, head + i, 1));
	usleep(50000);
	EXPECT_NO_EVENTS(self->s, self->event);
	ASSERT_TRUE(give(self->p, "a", 1));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	ASSERT_TRUE(give(self->p, "b", 1));
	usleep(50000);
	EXPECT_NO_EVENTS(self->s, self->event);
	/* a receive that leaves something enables it again */
	ASSERT_EQ(1, recv(self->s, in, 1, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	ASSERT_EQ(1, recv(self->s, in, 1, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(-1, recv(self->s, in, 1, 0));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(event, close_comes_with_the_release__r293)
{
	struct taken taken;
	int ref;

	connected(_metadata, self);
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
	ref = our_ref(self);
	ASSERT_TRUE(give(self->p, OCTETS(3, 0, 0, 13, 6, 0x80, ref >> 8, ref, 0xab, 0xcd, 128, 'b',
					 'y')));
	ASSERT_TRUE(event_comes(self->event));
	EXPECT_EQ(2, iso_get(self->s).bye_len);
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CLOSE, taken.events);
	EXPECT_EQ(0, taken.close);
	/* confirmed, and the end */
	EXPECT_TRUE(took(self->p, OCTETS(3, 0, 0, 10, 5, 0xc0, 0xab, 0xcd, ref >> 8, ref)));
	EXPECT_TRUE(over(self->p));
}

TEST_F(event, close_comes_after_the_data)
{
	char in[4];
	int ref;

	connected(_metadata, self);
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
	ref = our_ref(self);
	ASSERT_TRUE(give(self->p, OCTETS(3, 0, 0, 10, 4, 0xf0, ref >> 8, ref, 0x80, 'x',
					 3, 0, 0, 11, 6, 0x80, ref >> 8, ref, 0xab, 0xcd, 128)));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	ASSERT_EQ(1, recv(self->s, in, sizeof(in), 0));
	EXPECT_EVENTS(WSA_EVENT_CLOSE, self->s, self->event);
	EXPECT_EQ(0, recv(self->s, in, sizeof(in), 0));
}

TEST_F(event, close_of_a_reset)
{
	struct linger now = { .l_onoff = 1 };
	struct taken taken;

	connected(_metadata, self);
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
	setsockopt(self->p, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(self->p);
	ASSERT_TRUE(event_comes(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_TRUE(taken.events & WSA_EVENT_CLOSE);
	EXPECT_EQ(WSAECONNABORTED, taken.close);
}

TEST_F(event, accept_comes_with_the_call__r225_r294)
{
	struct name at;
	int l = iso_listener(self->kind, &at), c;

	ASSERT_EQ(0, event_select(l, self->event, WSA_EVENT_ALL, 0));
	self->p = tcp_call(self->kind, &at);
	usleep(50000);
	EXPECT_NO_EVENTS(l, self->event);
	ASSERT_TRUE(give(self->p, OCTETS(3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x21)));
	EXPECT_EVENTS(WSA_EVENT_ACCEPT, l, self->event);
	c = accept(l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_TRUE(took(self->p, OCTETS(3, 0, 0, 11, 6, 0xd0, 0x12, 0x34)));
	/* the selection is inherited */
	EXPECT_EVENTS(WSA_EVENT_WRITE, c, self->event);
	EXPECT_EQ(0, event_take(l, -1).events);
	close(self->p);
	ASSERT_TRUE(event_comes(self->event));
	EXPECT_TRUE(event_take(c, self->event).events & (WSA_EVENT_READ | WSA_EVENT_CLOSE));
}

TEST_F(event, write_comes_with_room)
{
	static char out[65536], in[65536];
	struct name at;
	int l = iso_listener(self->kind, &at), c, s = iso_open(self->kind);

	ASSERT_EQ(0, event_select(s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(s, &at).error);
	c = accept(l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, s, self->event);
	while (send(s, out, sizeof(out), MSG_NOSIGNAL) > 0)
		;
	ASSERT_EQ(EAGAIN, errno);
	EXPECT_NO_EVENTS(s, self->event);
	set_nonblock(c, true);
	while (!event_set(self->event)) {
		if (recv(c, in, sizeof(in), 0) < 0)
			ASSERT_TRUE(revents_of(c, POLLIN, 1000) & POLLIN || event_set(self->event));
	}
	EXPECT_EQ(WSA_EVENT_WRITE, event_take(s, self->event).events);
}

/* The raw descriptor's own view: epoll, both ways of triggering. */
TEST_F(event, epoll)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET }, got;
	int ep = epoll_create1(0), ref;
	char in[4];

	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->s, &event));
	epoll_wait(ep, &got, 1, 0);		/* of the fresh socket */
	called(_metadata, self);
	while (epoll_wait(ep, &got, 1, 50) > 0)
		EXPECT_FALSE(got.events & (EPOLLIN | EPOLLERR));
	ref = our_ref(self);
	ASSERT_TRUE(give(self->p, OCTETS(3, 0, 0, 11, 6, 0xd0, ref >> 8, ref, 0xab, 0xcd, 0x21)));
	ASSERT_EQ(1, epoll_wait(ep, &got, 1, 60000));
	EXPECT_EQ(EPOLLOUT, got.events);
	ASSERT_TRUE(give(self->p, OCTETS(3, 0, 0, 11, 4, 0xf0, ref >> 8, ref, 0x80)));
	EXPECT_EQ(0, epoll_wait(ep, &got, 1, 200) > 0 && got.events & EPOLLIN);
	ASSERT_TRUE(give(self->p, "hi", 2));
	do {
		ASSERT_EQ(1, epoll_wait(ep, &got, 1, 60000));
	} while (!(got.events & EPOLLIN));
	EXPECT_EQ(2, recv(self->s, in, sizeof(in), 0));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
