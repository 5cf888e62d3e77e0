// SPDX-License-Identifier: GPL-2.0
/* The number of a class rests when that has gone. */
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define TIME_WAIT 60		/* seconds */

static const struct sort ipv4 = { .door = FAMILY, .af = AF_INET };

FIXTURE(minor) {
	struct wsa_flowspec spec;
	struct wsa_qos_set arg;
	struct name silent;
	int s;
};

FIXTURE_SETUP(minor)
{
	hosts_make();
	self->spec = flowspec(CONTROLLEDLOAD, 100);
	self->spec.token_bucket = 2000;
	self->silent = name_of("10.7.0.77", 9);
	self->s = open_sort(&ipv4, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(minor)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

static void ask(FIXTURE_DATA(minor) *self)
{
	if (qos_set(self->s, &self->spec, &self->silent, &self->arg))
		self->arg.wsa = 0xdead;
}

static void unstage(int fd)
{
	struct wsa_qos_set arg = { .size = sizeof(arg), .flags = WSA_QOS_SET_UNSTAGE };

	ioctl(fd, WSA_IOC_QOS_SET, &arg);
}

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

#define EXPECT_REFUSED(why) do { \
	EXPECT_EQ(WSAEOPNOTSUPP, (int)self->arg.wsa); \
	EXPECT_EQ(why, (int)self->arg.status); \
	EXPECT_EQ(0, self->arg.cookie); \
	EXPECT_EQ(0, self->arg.classid); \
} while (0)

/* Who makes flows only to end them comes to wait, at least for as long as TIME_WAIT lasts. */
TEST_F_TIMEOUT(minor, they_rest, 300)
{
	unsigned int used[64] = { 0 };
	int n = 0, i;
	long start;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --flows-per-user 2"));
	start = now();
	for (n = 0; n < 64; n++) {
		ask(self);
		if (self->arg.wsa)
			break;
		for (i = 0; i < n; i++)
			EXPECT_NE(used[i], self->arg.classid);
		used[n] = self->arg.classid;
		unstage(self->s);
	}
	EXPECT_EQ(2 * 16, n);
	EXPECT_REFUSED(WSA_QOS_POLICY_FAILURE);
	EXPECT_EQ(0, pool_number("flows"));
	EXPECT_EQ(0, flows_there("v0"));

	/* it is his alone */
	ASSERT_EQ(0, seteuid(1000));
	ask(self);
	ASSERT_EQ(0, seteuid(0));
	EXPECT_EQ(0, self->arg.wsa);
	unstage(self->s);

	for (i = 0; i < 600; i++) {
		ask(self);
		if (!self->arg.wsa)
			break;
		EXPECT_REFUSED(WSA_QOS_POLICY_FAILURE);
		usleep(1000000);
	}
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_LE(TIME_WAIT, now() - start);
	EXPECT_TRUE(class_there("v0", self->arg.classid));
	for (i = 0; i < n; i++)
		EXPECT_NE(used[i], self->arg.classid);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
