// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of a call made to fail in turn, by /proc/thread-self/fail-nth: the call
 * gives a documented errno or copes, and what it was called on goes on working.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "event.h"
#include "left.h"
#include "netns.h"
#include "sockets.h"

/* More allocations than any one of these calls has. */
#define MOST 400

FIXTURE(alloc) {
	const struct sort *sort;
	struct name at, closed;
	int l;
};

SORTS(alloc);

static void debugfs_write(const char *name, const char *value)
{
	static const char * const attrs[] = { "failslab", "fail_page_alloc" };
	char path[128];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(attrs); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", attrs[i], name);
		sysctl_write(path, value);
	}
}

FIXTURE_SETUP(alloc)
{
	debugfs_write("ignore-gfp-wait", "N");	/* also the ones that may wait */
	debugfs_write("verbose", "0");
	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	self->l = listener_at(self->sort, &self->at);
	closed_port(self->sort, &self->closed);
	wsa_family();
}

FIXTURE_TEARDOWN(alloc)
{
	COUNTERS_BALANCE();
}

/* The counter's file is open before: opening it allocates too. */
static int nth_fd = -1;

static void fail_nth(int n)
{
	char text[16];

	if (nth_fd < 0)
		nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	snprintf(text, sizeof(text), "%d", n);
	/* copies from user space fail too, and this is one: the second write gets through */
	if (nth_fd < 0 || (pwrite(nth_fd, text, strlen(text), 0) < 0 &&
			   pwrite(nth_fd, text, strlen(text), 0) < 0))
		err(1, "fail-nth");
}

/* Did it fail something? Turns it off if not. The read itself may be what it failed. */
static bool did_fail(void)
{
	char text[16] = {};
	bool failed;

	failed = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;
	fail_nth(0);
	return failed;
}

/* EFAULT: of a copy from or to user space, which is failed along with allocations. */
static bool documented(int error)
{
	return error == ENOMEM || error == ENOBUFS || error == ENFILE || error == EMFILE ||
	       error == EFAULT;
}

#define EXPECT_NO_MEMORY(error, s) \
	do { \
		if ((error) != EFAULT) \
			EXPECT_OUTCOME(error, WSAENOBUFS, WSA_REASON_NO_MEMORY, \
				       outcome_of(s, error)); \
	} while (0)

/*
 * EACH_ALLOCATION - run a statement until it gets through with no allocation failed
 * @call: sets error to 0 or an errno; runs with the nth allocation failing
 * @after: runs after every one of them
 */
#define EACH_ALLOCATION(call, after) \
	do { \
		int n_, failures_ = 0, error = 0; \
		bool hit_ = true; \
		for (n_ = 1; n_ < MOST && hit_; n_++) { \
			fail_nth(n_); \
			{ call; } \
			hit_ = did_fail(); \
			if (error) { \
				failures_++; \
				EXPECT_TRUE(hit_); \
				EXPECT_TRUE(documented(error)) \
					TH_LOG("%d: %s", n_, strerror(error)); \
			} \
			{ after; } \
		} \
		EXPECT_FALSE(hit_); \
		EXPECT_EQ(0, error); \
		EXPECT_LT(0, failures_) TH_LOG("nothing failed"); \
	} while (0)

TEST_F_TIMEOUT(alloc, socket_by_family, 120)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW };
	unsigned int i;
	int fd;

	if (self->sort->door != FAMILY)
		return;
	for (i = 0; i < 3; i++) {
		int protocol = WSA_PROTO(self->sort->af, i == 2 ? IPPROTO_ICMP : 0);

		EACH_ALLOCATION({
			fd = socket(18, types[i], protocol);
			error = fd < 0 ? errno : 0;
		}, {
			if (fd >= 0)
				close(fd);
		});
	}
	EXPECT_EQ(wsa_counter("SOCKETS_MADE"), wsa_counter("SOCKETS_GONE"));
}

TEST_F_TIMEOUT(alloc, adopt, 120)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct wsa_adopt arg = { .size = sizeof(arg) };
	int dev = open("/dev/wsa", O_RDWR | O_CLOEXEC);
	struct sort plain = *self->sort;
	unsigned int i;

	plain.door = PLAIN;
	for (i = 0; i < 2; i++) {
		arg.fd = open_sort(&plain, types[i]);
		EACH_ALLOCATION({
			error = ioctl(dev, WSA_IOC_ADOPT, &arg) ? errno : 0;
		}, {
			if (error) {		/* still a plain socket */
				struct wsa_state state = { .size = sizeof(state) };

				EXPECT_EQ(-1, ioctl(arg.fd, WSA_IOC_STATE, &state));
			} else {
				close(arg.fd);
				arg.fd = open_sort(&plain, types[i]);
			}
		});
	}
	close(dev);
}

/* A connection that could not be accepted is still in the queue. */
TEST_F_TIMEOUT(alloc, accept_keeps_the_connection, 120)
{
	struct name here = loopback(self->sort, 0);
	int l = open_sort(self->sort, SOCK_STREAM), c, child = -1;
	struct sort plain = *self->sort;

	plain.door = PLAIN;
	ASSERT_EQ(0, bind(l, &here.sa, here.len));
	ASSERT_EQ(0, listen(l, 4));
	here = local_name(l);
	set_nonblock(l, true);
	c = open_sort(&plain, SOCK_STREAM);
	ASSERT_EQ(0, connect(c, &here.sa, here.len));
	EACH_ALLOCATION({
		child = accept(l, NULL, NULL);
		error = child < 0 ? errno : 0;
	}, {
		if (child < 0) {
			child = accept(l, NULL, NULL);
			ASSERT_LE(0, child);
		}
		EXPECT_EQ(WSA_STATE_CONNECTED, state_of(child).state);
		EXPECT_TRUE(pass_octet(c, child));
		close(child);
		close(c);
		c = open_sort(&plain, SOCK_STREAM);
		ASSERT_EQ(0, connect(c, &here.sa, here.len));
	});
}

/* What the child inherits is made before it is taken. */
TEST_F_TIMEOUT(alloc, accept_with_a_selection__r225, 120)
{
	struct name here = loopback(self->sort, 0);
	int l = open_sort(self->sort, SOCK_STREAM), c, child = -1, event = event_new();
	struct sort plain = *self->sort;

	plain.door = PLAIN;
	ASSERT_EQ(0, bind(l, &here.sa, here.len));
	ASSERT_EQ(0, listen(l, 4));
	here = local_name(l);
	ASSERT_EQ(0, event_select(l, event, WSA_EVENT_ACCEPT | WSA_EVENT_WRITE, 0));
	c = open_sort(&plain, SOCK_STREAM);
	ASSERT_EQ(0, connect(c, &here.sa, here.len));
	EACH_ALLOCATION({
		child = accept(l, NULL, NULL);
		error = child < 0 ? errno : 0;
	}, {
		if (child < 0) {
			EXPECT_EQ(WSA_EVENT_ACCEPT, event_take(l, event).events);
			child = accept(l, NULL, NULL);
			ASSERT_LE(0, child);
		}
		EXPECT_EQ(WSA_EVENT_WRITE, event_take(child, event).events);
		EXPECT_TRUE(pass_octet(c, child));
		close(child);
		close(c);
		event_take(l, event);
		c = open_sort(&plain, SOCK_STREAM);
		ASSERT_EQ(0, connect(c, &here.sa, here.len));
	});
}

/* A selection that fails leaves the socket as it was, one with the shared state too. */
TEST_F_TIMEOUT(alloc, selection__r205, 120)
{
	struct name here = loopback(self->sort, 0);
	int l = open_sort(self->sort, SOCK_STREAM), s = -1, event = event_new(), accepted;
	struct sort plain = *self->sort;
	int c;

	plain.door = PLAIN;
	ASSERT_EQ(0, bind(l, &here.sa, here.len));
	ASSERT_EQ(0, listen(l, 4));
	here = local_name(l);
	for (accepted = 0; accepted < 2; accepted++) {
		c = open_sort(&plain, SOCK_STREAM);
		if (accepted) {
			ASSERT_EQ(0, connect(c, &here.sa, here.len));
			s = accept(l, NULL, NULL);
		} else {
			s = open_sort(self->sort, SOCK_STREAM);
		}
		EACH_ALLOCATION({
			error = event_select(s, event, WSA_EVENT_ALL, 0);
		}, {
			if (error) {
				EXPECT_FALSE(state_of(s).flags & WSA_STATE_F_SELECTED);
				EXPECT_FALSE(fcntl(s, F_GETFL) & O_NONBLOCK);
				EXPECT_EQ(0, event_take(s, event).events);
			}
		});
		EXPECT_TRUE(state_of(s).flags & WSA_STATE_F_SELECTED);
		EXPECT_EQ(accepted ? WSA_EVENT_WRITE : 0, event_take(s, event).events);
		close(s);
		close(c);
	}
}

/*
 * A stream that connects. Over IPv6 its source is bound beforehand: when Linux has
 * to choose one and runs out of memory there, tcp_v6_connect() forgets the route it
 * holds, on a plain socket too.
 */
static int open_client(const struct sort *sort, int type)
{
	struct sockaddr_in6 source = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
	int fd = open_sort(sort, type);

	if (sort->af == AF_INET6 && !sort->dual &&
	    bind(fd, (struct sockaddr *)&source, sizeof(source)))
		err(1, "bind");
	return fd;
}

/* Out of memory is 10055, and the same socket connects when there is some. */
TEST_F_TIMEOUT(alloc, connect_then_again__r82, 180)
{
	int s = open_client(self->sort, SOCK_STREAM), child;

	EACH_ALLOCATION({
		error = connect(s, &self->at.sa, self->at.len) ? errno : 0;
	}, {
		if (error) {
			EXPECT_NO_MEMORY(error, s);
			EXPECT_EQ(0, state_of(s).so_error);
			ASSERT_CONNECTED(connect_to(s, &self->at));
		}
		child = accept(self->l, NULL, NULL);
		EXPECT_TRUE(pass_octet(s, child));
		close(s);
		close(child);
		s = open_client(self->sort, SOCK_STREAM);
	});
}

TEST_F_TIMEOUT(alloc, nonblocking_connect_then_again__r82, 180)
{
	int s = open_client(self->sort, SOCK_STREAM | SOCK_NONBLOCK), child;

	EACH_ALLOCATION({
		error = connect(s, &self->at.sa, self->at.len) ? errno : 0;
		if (error == EINPROGRESS)
			error = 0;
	}, {
		if (error) {
			EXPECT_NO_MEMORY(error, s);
			EXPECT_EQ(EINPROGRESS, connect_to(s, &self->at).error);
		}
		ASSERT_TRUE(wait_state(s, WSA_STATE_CONNECTED));
		child = accept(self->l, NULL, NULL);
		close(s);
		close(child);
		s = open_client(self->sort, SOCK_STREAM | SOCK_NONBLOCK);
	});
}

/* After a refusal: clearing it away, and the new attempt. */
TEST_F_TIMEOUT(alloc, retry_after_a_refusal__r82_r84, 180)
{
	int s = open_client(self->sort, SOCK_STREAM | SOCK_NONBLOCK), child;

	connect_to(s, &self->closed);
	ASSERT_TRUE(wait_state(s, WSA_STATE_FAILED));
	EACH_ALLOCATION({
		error = connect(s, &self->at.sa, self->at.len) ? errno : 0;
		if (error == EINPROGRESS)
			error = 0;
	}, {
		if (error) {
			EXPECT_NO_MEMORY(error, s);
			EXPECT_EQ(EINPROGRESS, connect_to(s, &self->at).error);
		}
		ASSERT_TRUE(wait_state(s, WSA_STATE_CONNECTED));
		child = accept(self->l, NULL, NULL);
		close(s);
		close(child);
		s = open_client(self->sort, SOCK_STREAM | SOCK_NONBLOCK);
		connect_to(s, &self->closed);
		ASSERT_TRUE(wait_state(s, WSA_STATE_FAILED));
	});
}

/* A change that fails leaves destination, source and queue. */
TEST_F_TIMEOUT(alloc, datagram_destination__r82_r157, 180)
{
	struct name a, b;
	struct snapshot before;
	int s = open_sort(self->sort, SOCK_DGRAM);

	bound_at(self->sort, SOCK_DGRAM, &a);
	bound_at(self->sort, SOCK_DGRAM, &b);
	ASSERT_CONNECTED(connect_to(s, &a));
	ip_batch("addr add 10.7.0.1/24 dev d1\n");	/* no cached route */
	take_snapshot(s, &before);
	EACH_ALLOCATION({
		error = connect(s, &b.sa, b.len) ? errno : 0;
	}, {
		if (error) {
			EXPECT_TRUE(unchanged(s, &before));
		} else {
			close(s);
			s = open_sort(self->sort, SOCK_DGRAM);
			ASSERT_CONNECTED(connect_to(s, &a));
			take_snapshot(s, &before);
		}
	});
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
