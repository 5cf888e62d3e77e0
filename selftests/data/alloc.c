// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of a call on an ISO socket made to fail in turn, by
 * /proc/thread-self/fail-nth: a documented errno, and no connection that is half of one.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "iso.h"
#include "left.h"
#include "netns.h"

#define MOST 400

FIXTURE(alloc) {
	const struct kind *kind;
	struct name at;
	int l;
};

KINDS(alloc);

static void fail_everything(void)
{
	static const char * const files[] = {
		"/sys/kernel/debug/failslab/ignore-gfp-wait",
		"/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(files); i++)
		sysctl_write(files[i], "N");
	sysctl_write("/sys/kernel/debug/failslab/verbose", "0");
	sysctl_write("/sys/kernel/debug/fail_page_alloc/verbose", "0");
}

FIXTURE_SETUP(alloc)
{
	fail_everything();
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->l = iso_listener(self->kind, &self->at);
}

FIXTURE_TEARDOWN(alloc)
{
	COUNTERS_BALANCE();
}

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

static bool did_fail(void)
{
	char text[16] = {};
	bool failed;

	failed = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;
	fail_nth(0);
	return failed;
}

static bool documented(int error)
{
	return error == ENOMEM || error == ENOBUFS || error == ENFILE || error == EMFILE ||
	       error == EFAULT;
}

TEST_F_TIMEOUT(alloc, socket, 120)
{
	int family = wsa_family(), fd, n, failures = 0, error;
	bool hit = true;

	for (n = 1; n < MOST && hit; n++) {
		fail_nth(n);
		fd = socket(family, self->kind->type, WSA_PROTO(self->kind->af, WSAPROTO_ISO));
		error = errno;
		hit = did_fail();
		if (fd < 0) {
			failures++;
			EXPECT_TRUE(documented(error)) {
				TH_LOG("%d: %s", n, strerror(error));
			}
		} else {
			close(fd);
		}
	}
	EXPECT_FALSE(hit);
	EXPECT_LT(3, failures);
}

struct pair {
	int a, b;
};

static void make_pair(struct __test_metadata *_metadata, FIXTURE_DATA(alloc) *self,
		      struct pair *pair)
{
	struct call call;

	pair->a = iso_open(self->kind);
	connect_later(&call, pair->a, &self->at);
	pair->b = accept(self->l, NULL, NULL);
	ASSERT_LE(0, pair->b);
	ASSERT_TRUE(call_ended(&call));
	ASSERT_CONNECTED(call.outcome);
}

/* Sent as a whole, or nothing of it and the connection is as before, or the connection is over. */
TEST_F_TIMEOUT(alloc, send, 300)
{
	static char out[30000], in[30000];
	struct pair pair;
	bool hit = true;
	ssize_t sent;
	int n, error;

	memset(out, 'x', sizeof(out));
	for (n = 1; n < MOST && hit; n++) {
		make_pair(_metadata, self, &pair);
		fail_nth(n);
		sent = send(pair.a, out, sizeof(out), MSG_NOSIGNAL);
		error = errno;
		hit = did_fail();
		if (sent < 0)
			EXPECT_TRUE(documented(error) || error == ECONNABORTED) {
				TH_LOG("%d: %s", n, strerror(error));
			}
		/* what was said to be sent arrives, and nothing else */
		if (sent > 0)
			EXPECT_TRUE(take(pair.b, in, sent));
		if (send(pair.a, "y", 1, MSG_NOSIGNAL) == 1) {
			ASSERT_EQ(1, recv(pair.b, in, 1, 0));
			EXPECT_EQ('y', in[0]);
		} else {
			EXPECT_EQ(EPIPE, errno);
			EXPECT_GE(0, recv(pair.b, in, 1, 0));
		}
		close(pair.a);
		close(pair.b);
	}
	EXPECT_FALSE(hit);
	EXPECT_LT(1, n);
}

/* A call that could not be accepted is still there, or its caller is told of an end. */
TEST_F_TIMEOUT(alloc, accept, 300)
{
	unsigned char cc[11];
	int n, c, error, p, calls = 0;
	bool hit = true;

	for (n = 1; n < MOST && hit; n++) {
		p = tcp_call(self->kind, &self->at);
		ASSERT_TRUE(give(p, OCTETS(3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x21)));
		ASSERT_TRUE(revents_of(self->l, POLLIN, 60000) & POLLIN);
		fail_nth(n);
		c = accept(self->l, NULL, NULL);
		error = errno;
		hit = did_fail();
		if (c < 0) {
			EXPECT_TRUE(documented(error)) {
				TH_LOG("%d: %s", n, strerror(error));
			}
			c = accept(self->l, NULL, NULL);
			ASSERT_LE(0, c);
		}
		if (take(p, cc, sizeof(cc)))
			calls++;
		else
			EXPECT_TRUE(over(p));
		close(c);
		close(p);
	}
	EXPECT_FALSE(hit);
	EXPECT_LT(1, calls);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
