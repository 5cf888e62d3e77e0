// SPDX-License-Identifier: GPL-2.0
/* As many flows as there can be, and numbers: none is given twice, and all come back. */
#include <sys/resource.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define FIRST 0x1000
#define LAST 0xfffe
#define FLOWS_MAX 16384

static const struct sort ipv4 = { .door = FAMILY, .af = AF_INET };

FIXTURE(most) {
	struct wsa_flowspec spec;
	struct wsa_qos_set arg;
	struct name silent;
	int s;
};

FIXTURE_SETUP(most)
{
	hosts_make();
	self->spec = flowspec(CONTROLLEDLOAD, 100);
	self->spec.token_bucket = 2000;
	self->silent = name_of("10.7.0.77", 9);
	self->s = open_sort(&ipv4, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(most)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

static void ask(FIXTURE_DATA(most) *self)
{
	if (qos_set(self->s, &self->spec, &self->silent, &self->arg))
		self->arg.wsa = 0xdead;
}

#define EXPECT_REFUSED(why) do { \
	EXPECT_EQ(WSAEOPNOTSUPP, (int)self->arg.wsa); \
	EXPECT_EQ(why, (int)self->arg.status); \
	EXPECT_EQ(0, self->arg.cookie); \
	EXPECT_EQ(0, self->arg.classid); \
} while (0)

/* Every number there is, each once; then none, until they have rested. */
TEST_F_TIMEOUT(most, they_run_out, 600)
{
	static unsigned char used[LAST + 1];
	int n, minor, twice = 0;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --flows-per-user 16384"));
	for (n = 0; n <= LAST; n++) {
		ask(self);
		if (self->arg.wsa)
			break;
		minor = self->arg.classid & 0xffff;
		twice += minor > LAST || used[minor]++;
	}
	/* the last one waits for its connect(2), and is in no need of a number */
	EXPECT_EQ(LAST - FIRST + 1, n);
	EXPECT_EQ(0, twice);
	EXPECT_REFUSED(WSA_QOS_ADMISSION_FAILURE);
	EXPECT_EQ(1, pool_number("flows"));
	EXPECT_EQ(1, flows_there("v0"));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(self->s).flags);
	sleep(130);
	ask(self);
	EXPECT_EQ(0, self->arg.wsa);
	ASSERT_EQ(0, connect_staged(self->s, &self->silent, &self->arg));
	EXPECT_TRUE(class_there("v0", self->arg.classid));
}

/* So many at once, whoever has them. */
TEST_F_TIMEOUT(most, flows_of_a_namespace, 600)
{
	struct rlimit files = { FLOWS_MAX + 100, FLOWS_MAX + 100 };
	static int fd[FLOWS_MAX];
	int n;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --flows-per-user 16384"));
	for (n = 0; n < FLOWS_MAX; n++) {
		fd[n] = open_sort(&ipv4, SOCK_DGRAM);
		if (qos_set(fd[n], &self->spec, &self->silent, &self->arg) || self->arg.wsa)
			break;
	}
	EXPECT_EQ(FLOWS_MAX, n);
	EXPECT_EQ(0, self->arg.wsa);
	ask(self);
	EXPECT_REFUSED(WSA_QOS_POLICY_FAILURE);
	EXPECT_EQ(FLOWS_MAX, pool_number("flows"));
	close(fd[n / 2]);
	ask(self);
	EXPECT_EQ(0, self->arg.wsa);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
