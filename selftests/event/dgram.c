// SPDX-License-Identifier: GPL-2.0
/* Network events of datagram and raw sockets, events in other hands, and what is refused. */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "dgram.h"
#include "event.h"
#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(dgram) {
	const struct sort *sort;
	struct name here;
	int s;
	int event;
};

SORTS(dgram);

FIXTURE_SETUP(dgram)
{
	netns_fresh();
	self->sort = &variant->sort;
	self->s = open_sort(self->sort, SOCK_DGRAM | SOCK_NONBLOCK);
	self->event = event_new();
}

FIXTURE_TEARDOWN(dgram)
{
	COUNTERS_BALANCE();
}

/* Binds, and takes the event of it. */
static void bound(FIXTURE_DATA(dgram) *self, struct __test_metadata *_metadata)
{
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	self->here = loopback(self->sort, 0);
	EXPECT_EQ(0, bind(self->s, &self->here.sa, self->here.len));
	self->here = local_name(self->s);
	EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
}

TEST_F(dgram, bound_can_write__r209)
{
	bound(self, _metadata);
	EXPECT_EQ(1, sendto(self->s, "x", 1, 0, &self->here.sa, self->here.len));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
}

TEST_F(dgram, selected_when_bound__r209)
{
	self->here = loopback(self->sort, 0);
	EXPECT_EQ(0, bind(self->s, &self->here.sa, self->here.len));
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(dgram, bound_by_a_send__r209)
{
	struct name at;

	closed_port(self->sort, &at);
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_WRITE, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(1, sendto(self->s, "x", 1, 0, &at.sa, at.len));
	EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
}

TEST_F(dgram, destination_is_told__r150_r176_r177)
{
	struct name at, wrong = name_for(self->sort, "0.0.0.0", "::", 5);
	int round;

	bound_at(self->sort, SOCK_DGRAM, &at);
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_CONNECTED(connect_to(self->s, &at));
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
	for (round = 0; round < 2; round++) {
		EXPECT_EQ(EADDRNOTAVAIL, connect_to(self->s, &wrong).error);
		EXPECT_NO_EVENTS(self->s, self->event);
		EXPECT_CONNECTED(connect_to(self->s, &at));
		EXPECT_EVENTS(WSA_EVENT_CONNECT, self->s, self->event);
	}
}

TEST_F(dgram, destination_is_no_message__r176_r177)
{
	struct name at;

	bound_at(self->sort, SOCK_DGRAM, &at);
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, WSA_SELECT_F_MESSAGES));
	EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
	EXPECT_CONNECTED(connect_to(self->s, &at));
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(dgram, receive_enables_read__r222)
{
	int peer = dgram_bound(self->sort, &(struct name){}), i;
	char octet;

	bound(self, _metadata);
	for (i = 0; i < 3; i++) {
		EXPECT_TRUE(say(peer, &self->here, "a"));
		EXPECT_TRUE(say(peer, &self->here, "b"));
		EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
		EXPECT_NO_EVENTS(self->s, self->event);
		EXPECT_EQ(1, recv(self->s, &octet, 1, 0));
		EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
		EXPECT_EQ(1, recv(self->s, &octet, 1, 0));
		EXPECT_EQ('b', octet);
		EXPECT_EQ(-1, recv(self->s, &octet, 1, 0));
		EXPECT_NO_EVENTS(self->s, self->event);
	}
}

/* The filter of a changed destination works on in the table of events. */
TEST_F(dgram, destination_still_filters__r155_r222)
{
	struct name a, b;
	int pa = dgram_bound(self->sort, &a), pb = dgram_bound(self->sort, &b);

	bound(self, _metadata);
	EXPECT_CONNECTED(connect_to(self->s, &a));
	EXPECT_TRUE(say(pa, &self->here, "old"));
	EXPECT_CONNECTED(connect_to(self->s, &b));
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_READ, self->s, self->event);
	EXPECT_STREQ("(nothing)", heard(self->s, 0));
	EXPECT_TRUE(say(pb, &self->here, "new"));
	EXPECT_TRUE(event_comes(self->event));
	EXPECT_EQ(WSA_EVENT_READ, event_take(self->s, self->event).events);
	EXPECT_STREQ("new", heard(self->s, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(dgram, refused_datagram_can_be_received__r169_r222)
{
	struct name at;
	char octet;

	closed_port(self->sort, &at);
	bound(self, _metadata);
	EXPECT_CONNECTED(connect_to(self->s, &at));
	EXPECT_EVENTS(WSA_EVENT_CONNECT, self->s, self->event);
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	EXPECT_EQ(-1, recv(self->s, &octet, 1, 0));
	EXPECT_EQ(ECONNREFUSED, errno);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(dgram, raw_socket__r209_r222)
{
	int raw = open_proto(self->sort->door, AF_INET, SOCK_RAW, 253);
	struct name at = name_of("127.0.0.1", 0);
	char octets[64];

	EXPECT_EQ(0, event_select(raw, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EVENTS(WSA_EVENT_WRITE, raw, self->event);
	EXPECT_EQ(1, sendto(raw, "x", 1, 0, &at.sa, at.len));
	EXPECT_EVENTS(WSA_EVENT_READ, raw, self->event);
	EXPECT_EQ(21, recv(raw, octets, sizeof(octets), 0));
	EXPECT_NO_EVENTS(raw, self->event);
}

TEST_F(dgram, event_in_epoll_and_a_ring__r211)
{
	struct __kernel_timespec limit = { .tv_sec = 20 };
	struct epoll_event watch = { .events = EPOLLIN };
	int epoll = epoll_create1(0);
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe;
	struct io_uring ring;

	EXPECT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->event, &watch));
	ASSERT_EQ(0, io_uring_queue_init(8, &ring, 0));
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_poll_add(sqe, self->event, POLLIN);
	EXPECT_EQ(1, io_uring_submit(&ring));
	EXPECT_EQ(0, epoll_wait(epoll, &watch, 1, 0));

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	self->here = loopback(self->sort, 0);
	EXPECT_EQ(0, bind(self->s, &self->here.sa, self->here.len));
	EXPECT_EQ(1, epoll_wait(epoll, &watch, 1, 20000));
	EXPECT_EQ(0, io_uring_wait_cqe_timeout(&ring, &cqe, &limit));
	EXPECT_EQ(POLLIN, cqe->res);
	io_uring_cqe_seen(&ring, cqe);
	EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
	EXPECT_EQ(0, epoll_wait(epoll, &watch, 1, 0));
	io_uring_queue_exit(&ring);
}

/* A ring's receives and sends are watched too. */
TEST_F(dgram, ring_receives__r222)
{
	struct __kernel_timespec limit = { .tv_sec = 20 };
	int peer = dgram_bound(self->sort, &(struct name){});
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe;
	struct io_uring ring;
	char octet = 0;

	bound(self, _metadata);
	ASSERT_EQ(0, io_uring_queue_init(8, &ring, 0));
	EXPECT_TRUE(say(peer, &self->here, "a"));
	EXPECT_TRUE(say(peer, &self->here, "b"));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_recv(sqe, self->s, &octet, 1, 0);
	EXPECT_EQ(1, io_uring_submit(&ring));
	EXPECT_EQ(0, io_uring_wait_cqe_timeout(&ring, &cqe, &limit));
	EXPECT_EQ(1, cqe->res);
	EXPECT_EQ('a', octet);
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	io_uring_queue_exit(&ring);
}

static int select_raw(int fd, unsigned int size, unsigned int flags, int event, unsigned int mask)
{
	struct wsa_event_select select = { size, flags, event, mask };

	return ioctl(fd, WSA_IOC_EVENT_SELECT, &select) ? errno : 0;
}

TEST_F(dgram, bad_selection_changes_nothing__r205)
{
	int plain = open("/dev/null", O_RDONLY), other = event_new(), flags;

	fcntl(self->s, F_SETFL, 0);
	EXPECT_EQ(EINVAL, select_raw(self->s, 12, 0, other, 1));
	EXPECT_EQ(E2BIG, select_raw(self->s, 5000, 0, other, 1));
	EXPECT_EQ(EINVAL, select_raw(self->s, 16, 2, other, 1));
	EXPECT_EQ(EINVAL, select_raw(self->s, 16, 0, other, 1 << WSA_EVENT_MAX));
	EXPECT_EQ(EINVAL, select_raw(self->s, 16, 0, other, 0));
	EXPECT_EQ(EINVAL, select_raw(self->s, 16, 0, plain, 1));
	EXPECT_EQ(EINVAL, select_raw(self->s, 16, 0, self->s, 1));
	EXPECT_EQ(EBADF, select_raw(self->s, 16, 0, -1, 1));
	EXPECT_EQ(EBADF, select_raw(self->s, 16, 0, 999, 1));
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_EVENT_SELECT, NULL));
	EXPECT_EQ(EFAULT, errno);
	flags = fcntl(self->s, F_GETFL);
	EXPECT_FALSE(flags & O_NONBLOCK);
	EXPECT_FALSE(state_of(self->s).flags & WSA_STATE_F_SELECTED);
	EXPECT_NO_EVENTS(self->s, other);

	/* nor an earlier selection */
	bound(self, _metadata);
	EXPECT_EQ(EBADF, select_raw(self->s, 16, 0, 999, WSA_EVENT_READ));
	EXPECT_EQ(1, sendto(self->s, "x", 1, 0, &self->here.sa, self->here.len));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	close(plain);
}

TEST_F(dgram, bad_enumeration_loses_nothing__r210)
{
	struct wsa_event_enum take = { .size = sizeof(take), .eventfd = -1 };
	struct wsa_event_enum *page;

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	self->here = loopback(self->sort, 0);
	EXPECT_EQ(0, bind(self->s, &self->here.sa, self->here.len));

	take.size = sizeof(take) - 4;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_EVENT_ENUM, &take));
	EXPECT_EQ(EINVAL, errno);
	take.size = sizeof(take);
	take.flags = 2;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_EVENT_ENUM, &take));
	EXPECT_EQ(EINVAL, errno);
	take.flags = 0;
	take.eventfd = self->event;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_EVENT_ENUM, &take));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(EBADF, event_take(self->s, 999).errno_);
	EXPECT_EQ(EINVAL, event_take(self->s, self->s).errno_);

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)page);
	page->size = sizeof(*page);
	page->flags = WSA_ENUM_F_RESET;
	page->eventfd = self->event;
	EXPECT_EQ(0, mprotect(page, 4096, PROT_READ));
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_EVENT_ENUM, page));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
