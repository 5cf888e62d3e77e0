// SPDX-License-Identifier: GPL-2.0
/* Network events of streams: what is recorded, when it is told, and when again. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "event.h"
#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(stream) {
	const struct sort *sort;
	struct name at, closed;
	int l;
	int s;
	int event;
};

SORTS(stream);

static int wsa_listener(const struct sort *sort, struct name *at)
{
	int fd = open_sort(sort, SOCK_STREAM);

	*at = loopback(sort, 0);
	if (bind(fd, &at->sa, at->len) || listen(fd, 16))
		err(1, "listen");
	*at = local_name(fd);
	return fd;
}

FIXTURE_SETUP(stream)
{
	netns_fresh();
	self->sort = &variant->sort;
	self->l = wsa_listener(self->sort, &self->at);
	closed_port(self->sort, &self->closed);
	self->s = open_sort(self->sort, SOCK_STREAM);
	self->event = event_new();
}

FIXTURE_TEARDOWN(stream)
{
	COUNTERS_BALANCE();
}

/* Connects and takes the two events of it; the other end. */
static int connected(FIXTURE_DATA(stream) *self, struct __test_metadata *_metadata)
{
	int child;

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->at).error);
	child = accept(self->l, NULL, NULL);
	EXPECT_LE(0, child);
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
	return child;
}

static void reset_on_close(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

/* Sends until it would block. */
static void fill(int fd, struct __test_metadata *_metadata)
{
	static char octets[65536];
	int n = 0;

	while (send(fd, octets, sizeof(octets), MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
		EXPECT_GT(10000, ++n);
	EXPECT_EQ(EAGAIN, errno);
}

/* Receives until the sender has space again. */
static void drain(int fd)
{
	static char octets[65536];
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (poll(&p, 1, 2000) == 1 && recv(fd, octets, sizeof(octets), MSG_DONTWAIT) > 0)
		;
}

TEST_F(stream, selection_makes_nonblocking__r205)
{
	EXPECT_FALSE(fcntl(self->s, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(0, event_select(self->s, -1, 0, 0));
	EXPECT_TRUE(fcntl(self->s, F_GETFL) & O_NONBLOCK);
	EXPECT_FALSE(state_of(self->s).flags & WSA_STATE_F_SELECTED);

	EXPECT_EQ(0, event_select(self->l, self->event, WSA_EVENT_ACCEPT, 0));
	EXPECT_TRUE(fcntl(self->l, F_GETFL) & O_NONBLOCK);
	EXPECT_TRUE(state_of(self->l).flags & WSA_STATE_F_SELECTED);
}

TEST_F(stream, unconnected_has_none__r208)
{
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(stream, success_is_told_once__r209_r211)
{
	struct taken taken;

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
		       connect_to(self->s, &self->at));
	EXPECT_TRUE(event_comes(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, taken.events);
	EXPECT_EQ(0, taken.connect);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(stream, failure_is_told_once__r216_r217)
{
	struct taken taken;

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->closed).error);
	EXPECT_TRUE(event_comes(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CONNECT, taken.events);
	EXPECT_EQ(WSAECONNREFUSED, taken.connect);
	EXPECT_NO_EVENTS(self->s, self->event);

	/* only an attempt enables it again */
	EXPECT_EQ(-1, recv(self->s, &taken, 1, 0));
	EXPECT_EQ(-1, send(self->s, &taken, 1, MSG_NOSIGNAL));
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->at).error);
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
}

TEST_F(stream, code_outlives_so_error__r85_r216)
{
	int error, round;
	socklen_t len = sizeof(error);
	struct taken taken;

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	for (round = 0; round < 2; round++) {
		EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->closed).error);
		EXPECT_TRUE(event_comes(self->event));
		EXPECT_EQ(0, getsockopt(self->s, SOL_SOCKET, SO_ERROR, &error, &len));
		EXPECT_EQ(ECONNREFUSED, error);
		taken = event_take(self->s, self->event);
		EXPECT_EQ(WSA_EVENT_CONNECT, taken.events);
		EXPECT_EQ(WSAECONNREFUSED, taken.connect);
		EXPECT_EQ(WSAECONNREFUSED, state_of(self->s).so_error);
	}
}

TEST_F(stream, synchronous_failure_is_no_event__r79)
{
	struct name any = name_for(self->sort, "0.0.0.0", "::", 5);

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EADDRNOTAVAIL, connect_to(self->s, &any).error);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(stream, cancelled_attempt__r67_r216)
{
	struct name nobody;
	struct taken taken;

	netns_dummies();
	nobody = silent(self->sort, 5);
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &nobody).error);
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(0, cancel(self->s));
	EXPECT_TRUE(event_comes(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CONNECT, taken.events);
	EXPECT_EQ(WSAEINTR, taken.connect);
}

TEST_F(stream, timed_out_attempt__r75_r216)
{
	struct name nobody;
	struct taken taken;
	int syns = 1;

	netns_dummies();
	nobody = silent(self->sort, 5);
	setsockopt(self->s, SOL_TCP, TCP_SYNCNT, &syns, sizeof(syns));
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &nobody).error);
	EXPECT_TRUE(event_comes(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CONNECT, taken.events);
	EXPECT_EQ(WSAETIMEDOUT, taken.connect);
}

TEST_F(stream, selected_afterwards__r213_r214)
{
	EXPECT_CONNECTED(connect_to(self->s, &self->at));
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_WRITE, 0));
	EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EVENTS(WSA_EVENT_CONNECT, self->s, self->event);
	EXPECT_EQ(0, event_select(self->s, -1, 0, 0));
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(stream, selected_for_messages_afterwards__r212_r213)
{
	int round;

	EXPECT_CONNECTED(connect_to(self->s, &self->at));
	for (round = 0; round < 2; round++) {
		EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL,
					  WSA_SELECT_F_MESSAGES));
		EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
	}
}

TEST_F(stream, failure_selected_afterwards__r213_r216)
{
	struct taken taken;

	EXPECT_EQ(ECONNREFUSED, connect_to(self->s, &self->closed).error);
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_TRUE(event_set(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CONNECT, taken.events);
	EXPECT_EQ(WSAECONNREFUSED, taken.connect);
}

TEST_F(stream, events_outside_the_mask_stay__r219)
{
	int child;

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_CONNECT, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->at).error);
	EXPECT_EVENTS(WSA_EVENT_CONNECT, self->s, self->event);
	child = accept(self->l, NULL, NULL);
	EXPECT_EQ(1, send(child, "x", 1, 0));
	EXPECT_EQ(POLLIN, revents_of(self->s, POLLIN, 60000));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_READ, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
}

TEST_F(stream, enumeration_resets_only_if_asked__r218)
{
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->at).error);
	EXPECT_TRUE(event_comes(self->event));
	EXPECT_EQ(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, event_take(self->s, -1).events);
	EXPECT_TRUE(event_set(self->event));
	EXPECT_EQ(0, event_take(self->s, self->event).events);
	EXPECT_FALSE(event_set(self->event));
}

TEST_F(stream, later_selection_replaces__r207)
{
	int other = event_new();

	EXPECT_EQ(0, event_select(self->s, other, WSA_EVENT_ALL, 0));
	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->at).error);
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
	EXPECT_FALSE(event_set(other));
}

TEST_F(stream, send_leaves_write_alone__r220)
{
	int child;

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->at).error);
	EXPECT_TRUE(event_comes(self->event));
	child = accept(self->l, NULL, NULL);
	EXPECT_TRUE(pass_octet(self->s, child));
	EXPECT_EVENTS(WSA_EVENT_CONNECT | WSA_EVENT_WRITE, self->s, self->event);
	EXPECT_TRUE(pass_octet(self->s, child));
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(stream, write_again_whatever_was_polled__r221_r226)
{
	struct epoll_event watch = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	int child = connected(self, _metadata), epoll, round;

	epoll = epoll_create1(0);
	EXPECT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->s, &watch));
	for (round = 0; round < 4; round++) {
		fill(self->s, _metadata);
		EXPECT_NO_EVENTS(self->s, self->event);
		switch (round) {
		case 1:
			EXPECT_EQ(0, revents_of(self->s, POLLOUT, 0));
			break;
		case 2:
			epoll_wait(epoll, &watch, 1, 0);
			break;
		}
		drain(child);
		if (round == 3)
			EXPECT_EQ(POLLOUT, revents_of(self->s, POLLOUT, 60000));
		EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
		drain(child);
		EXPECT_NO_EVENTS(self->s, self->event);
	}
}

TEST_F(stream, write_again_after_sendfile__r221)
{
	int child = connected(self, _metadata);
	char path[] = "/tmp/event.XXXXXX";
	int file = mkstemp(path), n = 0;
	off_t at;

	EXPECT_EQ(0, ftruncate(file, 1 << 20));
	do {
		at = 0;
		EXPECT_GT(1000, ++n);
	} while (sendfile(self->s, file, &at, 1 << 20) > 0);
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_NO_EVENTS(self->s, self->event);
	drain(child);
	EXPECT_EVENTS(WSA_EVENT_WRITE, self->s, self->event);
	unlink(path);
	close(file);
}

static ssize_t by_recv(int fd, char *octet) { return recv(fd, octet, 1, 0); }
static ssize_t by_read(int fd, char *octet) { return read(fd, octet, 1); }
static ssize_t by_peek(int fd, char *octet) { return recv(fd, octet, 1, MSG_PEEK); }

static ssize_t by_splice(int fd, char *octet)
{
	int ends[2];
	ssize_t n;

	if (pipe(ends))
		return -1;
	n = splice(fd, NULL, ends[1], NULL, 1, SPLICE_F_NONBLOCK);
	if (n == 1)
		n = read(ends[0], octet, 1);
	close(ends[0]);
	close(ends[1]);
	return n;
}

TEST_F(stream, receive_enables_read__r222)
{
	static ssize_t (* const takes[])(int fd, char *octet) = {
		by_recv, by_read, by_peek, by_splice };
	int child = connected(self, _metadata);
	unsigned int i;
	char octet = 0;

	for (i = 0; i < ARRAY_SIZE(takes); i++) {
		EXPECT_EQ(2, send(child, "ab", 2, 0));
		EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
		EXPECT_NO_EVENTS(self->s, self->event);
		EXPECT_EQ(1, takes[i](self->s, &octet));
		EXPECT_EQ('a', octet);
		EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
		while (recv(self->s, &octet, 1, 0) == 1)
			;
		EXPECT_EQ(EAGAIN, errno);
		/* set while something was left, and nobody resets it but who takes events */
		EXPECT_EQ(0, event_take(self->s, self->event).events);
		EXPECT_NO_EVENTS(self->s, self->event);
	}
	/* more arrives before what came first was received: it is told no second time */
	EXPECT_EQ(1, send(child, "a", 1, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	EXPECT_EQ(1, send(child, "b", 1, 0));
	EXPECT_EQ(POLLIN, revents_of(self->s, POLLIN, 60000));
	EXPECT_NO_EVENTS(self->s, self->event);
}

/* struct tcp_zerocopy_receive, of which libc has the beginning only */
struct zerocopy {
	uint64_t address;
	uint32_t length;
	uint32_t recv_skip_hint;
	uint32_t inq;
	int32_t err;
	uint64_t copybuf_address;
	int32_t copybuf_len;
	uint32_t flags;
};

/* Too little for a page is copied, so nothing needs to be mapped. */
TEST_F(stream, zerocopy_receive_enables_read__r222)
{
	int child = connected(self, _metadata), i;
	char octets[2];

	for (i = 0; i < 2; i++) {
		struct zerocopy take = {
			.copybuf_address = (uintptr_t)octets,
			.copybuf_len = sizeof(octets),
		};
		socklen_t len = sizeof(take);

		EXPECT_EQ(2, send(child, "ab", 2, 0));
		EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
		memset(octets, 0, sizeof(octets));
		EXPECT_EQ(0, getsockopt(self->s, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, &take, &len));
		EXPECT_EQ(2, take.copybuf_len);
		EXPECT_EQ('b', octets[1]);
		EXPECT_NO_EVENTS(self->s, self->event);
	}
}

TEST_F(stream, failing_receive_enables_read__r222)
{
	int child = connected(self, _metadata);
	char octet;

	EXPECT_EQ(-1, recv(self->s, &octet, 1, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(1, send(child, "a", 1, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	EXPECT_EQ(-1, recv(self->s, NULL, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
}

TEST_F(stream, urgent_octet__r222)
{
	int child = connected(self, _metadata), on = 1;
	char octet = 0;

	EXPECT_EQ(1, send(child, "!", 1, MSG_OOB));
	EXPECT_EVENTS(WSA_EVENT_OOB, self->s, self->event);
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(1, recv(self->s, &octet, 1, MSG_OOB));
	EXPECT_EQ('!', octet);
	EXPECT_NO_EVENTS(self->s, self->event);

	EXPECT_EQ(2, send(child, "a!", 2, MSG_OOB));
	EXPECT_EVENTS(WSA_EVENT_OOB | WSA_EVENT_READ, self->s, self->event);
	EXPECT_EQ(1, recv(self->s, &octet, 1, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(1, recv(self->s, &octet, 1, MSG_OOB));

	/* in line it is data */
	EXPECT_EQ(0, setsockopt(self->s, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)));
	EXPECT_EQ(1, send(child, "!", 1, MSG_OOB));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
}

TEST_F(stream, end_of_the_peer__r223)
{
	int child = connected(self, _metadata);
	struct taken taken;
	char octet;

	EXPECT_EQ(0, shutdown(child, SHUT_WR));
	EXPECT_TRUE(event_comes(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CLOSE, taken.events);
	EXPECT_EQ(0, taken.close);
	EXPECT_EQ(0, recv(self->s, &octet, 1, 0));
	EXPECT_EQ(0, recv(self->s, &octet, 1, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
	close(child);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(stream, end_with_data_unread__r223)
{
	int child = connected(self, _metadata);
	char octets[8];

	EXPECT_EQ(3, send(child, "abc", 3, 0));
	EXPECT_EQ(0, close(child));
	EXPECT_EQ(POLLRDHUP, revents_of(self->s, POLLRDHUP, 60000));
	EXPECT_EVENTS(WSA_EVENT_READ | WSA_EVENT_CLOSE, self->s, self->event);
	EXPECT_EQ(2, recv(self->s, octets, 2, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, self->s, self->event);
	EXPECT_EQ(1, recv(self->s, octets, 8, 0));
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(stream, end_after_our_own__r223)
{
	int child = connected(self, _metadata);
	struct taken taken;

	EXPECT_EQ(0, shutdown(self->s, SHUT_RDWR));
	EXPECT_NO_EVENTS(self->s, self->event);
	EXPECT_EQ(0, close(child));
	EXPECT_TRUE(event_comes(self->event));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CLOSE, taken.events);
	EXPECT_EQ(0, taken.close);
}

TEST_F(stream, reset_by_the_peer__r224)
{
	int child = connected(self, _metadata), error;
	socklen_t len = sizeof(error);
	struct taken taken;

	reset_on_close(child);
	EXPECT_TRUE(event_comes(self->event));
	EXPECT_EQ(0, getsockopt(self->s, SOL_SOCKET, SO_ERROR, &error, &len));
	taken = event_take(self->s, self->event);
	EXPECT_EQ(WSA_EVENT_CLOSE, taken.events);
	EXPECT_EQ(WSAECONNABORTED, taken.close);
	EXPECT_NO_EVENTS(self->s, self->event);
}

TEST_F(stream, listener__r222_r225)
{
	int second = open_sort(self->sort, SOCK_STREAM), child, other;

	EXPECT_EQ(0, event_select(self->l, self->event, WSA_EVENT_ACCEPT, 0));
	EXPECT_NO_EVENTS(self->l, self->event);
	EXPECT_EQ(-1, accept(self->l, NULL, NULL));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_NO_EVENTS(self->l, self->event);
	EXPECT_CONNECTED(connect_to(self->s, &self->at));
	EXPECT_CONNECTED(connect_to(second, &self->at));
	EXPECT_EVENTS(WSA_EVENT_ACCEPT, self->l, self->event);
	EXPECT_NO_EVENTS(self->l, self->event);
	child = accept(self->l, NULL, NULL);
	EXPECT_EVENTS(WSA_EVENT_ACCEPT, self->l, self->event);
	other = accept(self->l, NULL, NULL);
	EXPECT_LE(0, child);
	EXPECT_LE(0, other);
	EXPECT_NO_EVENTS(self->l, self->event);
	EXPECT_NO_EVENTS(child, self->event);
}

TEST_F(stream, child_inherits__r225)
{
	int child, event = event_new();

	EXPECT_EQ(0, event_select(self->l, self->event,
				  WSA_EVENT_ACCEPT | WSA_EVENT_READ | WSA_EVENT_WRITE, 0));
	EXPECT_CONNECTED(connect_to(self->s, &self->at));
	EXPECT_EVENTS(WSA_EVENT_ACCEPT, self->l, self->event);
	child = accept(self->l, NULL, NULL);
	EXPECT_LE(0, child);
	EXPECT_TRUE(state_of(child).flags & WSA_STATE_F_SELECTED);
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(child).state);
	EXPECT_EVENTS(WSA_EVENT_WRITE, child, self->event);
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, child, self->event);

	/* the listener's later choice is not the child's */
	EXPECT_EQ(0, event_select(self->l, event, WSA_EVENT_ACCEPT, 0));
	close(self->s);
	EXPECT_EQ(POLLRDHUP, revents_of(child, POLLRDHUP, 60000));
	EXPECT_NO_EVENTS(child, self->event);
	EXPECT_EQ(0, event_select(child, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EVENTS(WSA_EVENT_CLOSE, child, self->event);
}

TEST_F(stream, accepted_socket_selects__r225)
{
	int child;

	EXPECT_CONNECTED(connect_to(self->s, &self->at));
	child = accept(self->l, NULL, NULL);
	EXPECT_NO_EVENTS(child, self->event);
	EXPECT_EQ(0, set_compat(child, WSA_COMPAT_WINDOWS));
	EXPECT_EQ(0, event_select(child, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EVENTS(WSA_EVENT_WRITE, child, self->event);
	EXPECT_EQ(WSA_COMPAT_WINDOWS, state_of(child).compat);
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(child).state);
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(child, &self->at));
	EXPECT_EQ(0, set_compat(child, WSA_COMPAT_DOCUMENTED));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, child, self->event);
}

TEST_F(stream, failed_attempt_listens__r92)
{
	struct name here;
	int other = open_sort(self->sort, SOCK_STREAM);

	EXPECT_EQ(0, event_select(self->s, self->event, WSA_EVENT_ALL, 0));
	here = loopback(self->sort, 0);
	EXPECT_EQ(0, bind(self->s, &here.sa, here.len));
	EXPECT_EQ(EINPROGRESS, connect_to(self->s, &self->closed).error);
	EXPECT_EVENTS(WSA_EVENT_CONNECT, self->s, self->event);
	EXPECT_EQ(0, listen(self->s, 5));
	EXPECT_NO_EVENTS(self->s, self->event);
	here = local_name(self->s);
	EXPECT_CONNECTED(connect_to(other, &here));
	EXPECT_EVENTS(WSA_EVENT_ACCEPT, self->s, self->event);
}

TEST_F(stream, copies_of_a_descriptor_share__r225)
{
	int child = connected(self, _metadata), copy = dup(self->s);

	EXPECT_EQ(0, close(self->s));
	EXPECT_EQ(1, send(child, "x", 1, 0));
	EXPECT_EVENTS(WSA_EVENT_READ, copy, self->event);
}

TEST_F(stream, event_closed_first__r227)
{
	int child = connected(self, _metadata);

	close(self->event);
	EXPECT_EQ(1, send(child, "x", 1, 0));
	EXPECT_EQ(POLLIN, revents_of(self->s, POLLIN, 60000));
	EXPECT_EQ(WSA_EVENT_READ, event_take(self->s, -1).events);
}

TEST_F(stream, nothing_after_close__r67_r227)
{
	int child = connected(self, _metadata);
	struct pollfd p = { .fd = child, .events = POLLRDHUP };
	struct name nobody;
	int s = open_sort(self->sort, SOCK_STREAM);

	close(self->s);
	EXPECT_EQ(1, poll(&p, 1, 60000));
	EXPECT_FALSE(event_set(self->event));

	netns_dummies();
	nobody = silent(self->sort, 5);
	EXPECT_EQ(0, event_select(s, self->event, WSA_EVENT_ALL, 0));
	EXPECT_EQ(EINPROGRESS, connect_to(s, &nobody).error);
	close(s);
	EXPECT_FALSE(event_set(self->event));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
