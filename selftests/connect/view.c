// SPDX-License-Identifier: GPL-2.0
/*
 * A plain Linux view of the descriptor stays a Linux view: poll, select, epoll and
 * SO_ERROR say what they say of an AF_INET socket that went the same way.
 */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(view) {
	struct sort sort[2];	/* the plain one, and ours */
};

SORTS(view);

FIXTURE_SETUP(view)
{
	netns_fresh();
	netns_dummies();
	self->sort[0] = variant->sort;
	self->sort[1] = variant->sort;
	self->sort[0].door = PLAIN;
}

FIXTURE_TEARDOWN(view)
{
	COUNTERS_BALANCE();
}

struct view {
	int revents;
	unsigned int epoll;
	int selected;		/* 1 read, 2 write, 4 except */
	int so_error;
	int so_error_again;
	int readable;
	int tcp_type[3];
};

#define EVERYTHING (POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLWRNORM | \
		    POLLRDBAND | POLLWRBAND)

static int option(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	getsockopt(fd, SOL_SOCKET, name, &value, &len);
	return value;
}

static void look(int fd, struct view *view)
{
	struct epoll_event event = { .events = EVERYTHING };
	struct timeval none = {};
	fd_set set[3];
	int i, ep = epoll_create1(EPOLL_CLOEXEC);

	memset(view, 0, sizeof(*view));
	view->revents = revents_of(fd, EVERYTHING, 0);
	epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event);
	event.events = 0;
	if (epoll_wait(ep, &event, 1, 0) == 1)
		view->epoll = event.events;
	close(ep);
	for (i = 0; i < 3; i++) {
		FD_ZERO(&set[i]);
		FD_SET(fd, &set[i]);
	}
	select(fd + 1, &set[0], &set[1], &set[2], &none);
	for (i = 0; i < 3; i++)
		view->selected |= FD_ISSET(fd, &set[i]) ? 1 << i : 0;
	view->so_error = option(fd, SO_ERROR);
	view->so_error_again = option(fd, SO_ERROR);
	if (ioctl(fd, FIONREAD, &view->readable))
		view->readable = -errno;
	view->tcp_type[0] = option(fd, SO_DOMAIN);
	view->tcp_type[1] = option(fd, SO_TYPE);
	view->tcp_type[2] = option(fd, SO_PROTOCOL);
}

#define EXPECT_SAME(views) \
	do { \
		EXPECT_EQ((views)[0].revents, (views)[1].revents); \
		EXPECT_EQ((views)[0].epoll, (views)[1].epoll); \
		EXPECT_EQ((views)[0].selected, (views)[1].selected); \
		EXPECT_EQ((views)[0].so_error, (views)[1].so_error); \
		EXPECT_EQ((views)[0].so_error_again, (views)[1].so_error_again); \
		EXPECT_EQ((views)[0].readable, (views)[1].readable); \
		EXPECT_EQ(0, memcmp((views)[0].tcp_type, (views)[1].tcp_type, \
				    sizeof((views)[0].tcp_type))); \
	} while (0)

TEST_F(view, fresh__r186)
{
	struct view views[2];
	int i;

	for (i = 0; i < 2; i++)
		look(open_sort(&self->sort[i], SOCK_STREAM), &views[i]);
	EXPECT_SAME(views);
	EXPECT_TRUE(views[1].revents & POLLHUP);
}

TEST_F(view, pending)
{
	struct name nobody = silent(&variant->sort, 5);
	struct view views[2];
	int i, s;

	for (i = 0; i < 2; i++) {
		s = open_sort(&self->sort[i], SOCK_STREAM | SOCK_NONBLOCK);
		EXPECT_EQ(-1, connect(s, &nobody.sa, nobody.len));
		EXPECT_EQ(EINPROGRESS, errno);
		look(s, &views[i]);
	}
	EXPECT_SAME(views);
	EXPECT_EQ(0, views[1].revents);
}

TEST_F(view, refused_nonblocking__r188)
{
	struct view views[2];
	struct name closed;
	int i, s;

	closed_port(&variant->sort, &closed);
	for (i = 0; i < 2; i++) {
		s = open_sort(&self->sort[i], SOCK_STREAM | SOCK_NONBLOCK);
		connect(s, &closed.sa, closed.len);
		EXPECT_TRUE(revents_of(s, POLLOUT, 60000) & POLLERR);
		look(s, &views[i]);
	}
	EXPECT_SAME(views);
	EXPECT_EQ(ECONNREFUSED, views[1].so_error);
	EXPECT_EQ(0, views[1].so_error_again);
}

TEST_F(view, refused_blocking__r89)
{
	struct view views[2];
	struct name closed;
	int i, s;

	closed_port(&variant->sort, &closed);
	for (i = 0; i < 2; i++) {
		s = open_sort(&self->sort[i], SOCK_STREAM);
		connect(s, &closed.sa, closed.len);
		look(s, &views[i]);
	}
	EXPECT_SAME(views);
}

TEST_F(view, waiter_is_woken__r187_r188)
{
	struct name nobody = silent(&variant->sort, 5);
	struct epoll_event event = { .events = EPOLLOUT | EPOLLET }, got[2] = {};
	int i, s, ep[2];

	for (i = 0; i < 2; i++) {
		s = open_sort(&self->sort[i], SOCK_STREAM | SOCK_NONBLOCK);
		connect(s, &nobody.sa, nobody.len);
		ep[i] = epoll_create1(EPOLL_CLOEXEC);
		epoll_ctl(ep[i], EPOLL_CTL_ADD, s, &event);
		EXPECT_EQ(0, epoll_wait(ep[i], &got[i], 1, 0));
	}
	answer(&variant->sort, &nobody);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(1, epoll_wait(ep[i], &got[i], 1, 60000));
		EXPECT_EQ(EPOLLOUT, got[i].events);
	}
}

TEST_F(view, connected_then_data_then_closed__r187)
{
	struct view views[3][2];
	struct name at;
	int i, s, l = listener_at(&variant->sort, &at), child;

	for (i = 0; i < 2; i++) {
		s = open_sort(&self->sort[i], SOCK_STREAM);
		EXPECT_EQ(0, connect(s, &at.sa, at.len));
		child = accept(l, NULL, NULL);
		look(s, &views[0][i]);
		EXPECT_EQ(3, send(child, "abc", 3, 0));
		EXPECT_TRUE(revents_of(s, POLLIN, 60000) & POLLIN);
		look(s, &views[1][i]);
		close(child);
		EXPECT_TRUE(revents_of(s, POLLRDHUP, 60000) & POLLRDHUP);
		look(s, &views[2][i]);
	}
	for (i = 0; i < 3; i++)
		EXPECT_SAME(views[i]);
	EXPECT_EQ(3, views[1][1].readable);
}

TEST_F(view, connected_then_reset__r191_r235)
{
	struct linger now = { .l_onoff = 1 };
	struct view views[2];
	struct name at;
	int i, s, l = listener_at(&variant->sort, &at), child;

	for (i = 0; i < 2; i++) {
		s = open_sort(&self->sort[i], SOCK_STREAM);
		EXPECT_EQ(0, connect(s, &at.sa, at.len));
		child = accept(l, NULL, NULL);
		setsockopt(child, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(child);
		EXPECT_TRUE(revents_of(s, POLLIN, 60000) & POLLHUP);
		look(s, &views[i]);
	}
	EXPECT_SAME(views);
	EXPECT_EQ(ECONNRESET, views[1].so_error);
}

TEST_F(view, listening_then_a_connection_waits)
{
	struct name here = loopback(&variant->sort, 0), at;
	struct view views[2][2];
	int i, s, c;

	for (i = 0; i < 2; i++) {
		s = open_sort(&self->sort[i], SOCK_STREAM);
		bind(s, &here.sa, here.len);
		listen(s, 2);
		look(s, &views[0][i]);
		at = local_name(s);
		c = open_sort(&self->sort[i], SOCK_STREAM);
		EXPECT_EQ(0, connect(c, &at.sa, at.len));
		EXPECT_EQ(POLLIN, revents_of(s, POLLIN, 60000));
		look(s, &views[1][i]);
	}
	EXPECT_SAME(views[0]);
	EXPECT_SAME(views[1]);
}

TEST_F(view, datagrams__r174)
{
	struct view views[3][2];
	struct name peer, here;
	int i, s, p = bound_at(&variant->sort, SOCK_DGRAM, &peer);

	for (i = 0; i < 2; i++) {
		s = open_sort(&self->sort[i], SOCK_DGRAM);
		look(s, &views[0][i]);
		EXPECT_EQ(0, connect(s, &peer.sa, peer.len));
		look(s, &views[1][i]);
		here = local_name(s);
		EXPECT_EQ(2, sendto(p, "ab", 2, 0, &here.sa, here.len));
		EXPECT_EQ(POLLIN, revents_of(s, POLLIN, 60000));
		look(s, &views[2][i]);
	}
	for (i = 0; i < 3; i++)
		EXPECT_SAME(views[i]);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
