// SPDX-License-Identifier: GPL-2.0
/* Who shares a pool. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define RATE 100000
#define SHARE 1000000
#define MANY 300
#define THREADS 8
#define ROUNDS 40

static const struct sort ipv4 = { .door = FAMILY, .af = AF_INET };

FIXTURE(share) {
	struct wsa_flowspec spec;
	struct name silent;
	struct wsa_qos_set arg;
	int s;
};

FIXTURE_VARIANT(share) { const char *qdisc; };
FIXTURE_VARIANT_ADD(share, htb) { .qdisc = "htb" };
FIXTURE_VARIANT_ADD(share, hfsc) { .qdisc = "hfsc" };

static bool is_hfsc(const FIXTURE_VARIANT(share) *variant)
{
	return !strcmp(variant->qdisc, "hfsc");
}

FIXTURE_SETUP(share)
{
	char command[128];

	hosts_make();
	snprintf(command, sizeof(command),
		 "qos enable v0 --rate 100mbit --share 8mbit --flows-per-user 1000 --qdisc %s",
		 variant->qdisc);
	ASSERT_EQ(0, wsactl(command)) TH_LOG("%s", wsactl_said());
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	self->silent = name_of("10.7.0.77", 9);
	self->s = open_sort(&ipv4, SOCK_DGRAM);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &self->arg));
	ASSERT_EQ(0, self->arg.wsa);
	ASSERT_EQ(0, connect_staged(self->s, &self->silent, &self->arg));
}

FIXTURE_TEARDOWN(share)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
	EXPECT_EQ(0, wsactl("qos disable v0"));
}

static atomic_int over, granted, refused;

struct contender {
	pthread_t thread;
	struct name silent;
	bool curves;
	int held;
};

/* Of another size in each round, and by hfsc of other shapes: bursts, late ones, mere rates. */
static struct wsa_flowspec some_flow(bool curves, int round)
{
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, (1 + round % 3) * RATE);

	if (curves && round % 4) {
		spec.service_type = GUARANTEED;
		spec.token_bucket = 3000;
		spec.latency = round % 4 * 10000;
	}
	return spec;
}

/* Nobody may ever see more promised than there is. */
static void *contend(void *data)
{
	struct contender *one = data;
	struct wsa_flowspec spec;
	struct wsa_qos_set arg;
	int round, fd, held = -1;

	/* each keeps what it has until it has asked for more: not all can have any */
	for (round = 0; round < ROUNDS; round++) {
		fd = open_sort(&ipv4, SOCK_DGRAM);
		spec = some_flow(one->curves, round);
		if (qos_set(fd, &spec, &one->silent, &arg)) {
			atomic_fetch_add(&over, 1);
		} else if (!arg.wsa) {
			atomic_fetch_add(&granted, 1);
			if (connect_staged(fd, &one->silent, &arg))
				atomic_fetch_add(&over, 1);
		} else if (arg.status == WSA_QOS_ADMISSION_FAILURE) {
			atomic_fetch_add(&refused, 1);
		} else {
			atomic_fetch_add(&over, 1);
		}
		close(held);
		held = fd;
		sched_yield();
	}
	one->held = held;
	return NULL;
}

TEST_F_TIMEOUT(share, eight_threads_cannot_have_more_than_there_is, 120)
{
	static const double times[] = { 1e3, 1e4, 1e5, 1e7 };
	unsigned long promised = pool_number("promised");
	struct contender contenders[THREADS];
	int i, t;

	atomic_store(&over, 0);
	atomic_store(&granted, 0);
	atomic_store(&refused, 0);
	for (i = 0; i < THREADS; i++) {
		contenders[i].silent = self->silent;
		contenders[i].curves = is_hfsc(variant);
		ASSERT_EQ(0, pthread_create(&contenders[i].thread, NULL, contend, &contenders[i]));
	}
	for (i = 0; i < 20; i++)
		EXPECT_GE(SHARE, pool_number("promised"));
	for (i = 0; i < THREADS; i++)
		pthread_join(contenders[i].thread, NULL);
	/* neither do the classes that are left, in any time */
	for (t = 0; t < 4; t++) {
		EXPECT_GE(SHARE * times[t] / 1e6 * 1.001, classes_promise("v0", times[t]));
		EXPECT_LT(0, classes_promise("v0", times[t]));
	}
	for (i = 0; i < THREADS; i++)
		close(contenders[i].held);
	/* what they had is there again, to the last octet */
	for (i = 0; i < 6000 && pool_number("flows") != 1; i++)
		usleep(10000);
	EXPECT_EQ(1, pool_number("flows"));
	EXPECT_EQ(promised, pool_number("promised"));
	EXPECT_EQ(0, atomic_load(&over));
	EXPECT_EQ(THREADS * ROUNDS, atomic_load(&granted) + atomic_load(&refused));
	EXPECT_LT(0, atomic_load(&granted));
	EXPECT_LT(0, atomic_load(&refused));
	TH_LOG("granted %d, refused %d", atomic_load(&granted), atomic_load(&refused));
	EXPECT_EQ(self->arg.classid, qos_get(self->s).classid);
}

/* What is left is promised, the next flow is refused, and fits when another has gone. */
TEST_F(share, first_that_does_not_fit_is_refused)
{
	unsigned long left = SHARE - pool_number("promised");
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, 0);
	int next, last = open_sort(&ipv4, SOCK_DGRAM);
	struct wsa_qos_set arg;
	unsigned int rate;

	/* so much of payload is more on the link: the most that fits is looked for */
	for (rate = left; rate > left / 2; rate -= 256) {
		spec.token_rate = rate;
		ASSERT_EQ(0, qos_set(last, &spec, &self->silent, &arg));
		if (!arg.status)
			break;
		EXPECT_EQ(WSA_QOS_ADMISSION_FAILURE, (int)arg.status);
		EXPECT_EQ(0, arg.classid);
	}
	EXPECT_EQ(0, arg.status);
	EXPECT_EQ(2, pool_number("flows"));
	EXPECT_EQ(2, flows_there("v0"));
	EXPECT_GE(SHARE, pool_number("promised"));
	EXPECT_LE(SHARE - 512, pool_number("promised"));

	next = open_sort(&ipv4, SOCK_DGRAM);
	spec.token_rate = 512;
	ASSERT_EQ(0, qos_set(next, &spec, &self->silent, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_ADMISSION_FAILURE, (int)arg.status);
	EXPECT_EQ(2, pool_number("flows"));
	EXPECT_EQ(2, flows_there("v0"));
	close(last);
	ASSERT_EQ(0, qos_set(next, &spec, &self->silent, &arg));
	EXPECT_EQ(0, arg.status);
	EXPECT_EQ(2, pool_number("flows"));
}

/* More than a class of hfsc is to have below it: there are two further ones, and then none. */
TEST_F(share, many_flows_come_and_go)
{
	int inner = is_hfsc(variant) ? 2 : 0, fd[MANY], i;
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, 1000);
	struct wsa_qos_set arg[MANY], again;

	for (i = 0; i < MANY; i++) {
		fd[i] = open_sort(&ipv4, SOCK_DGRAM);
		ASSERT_EQ(0, qos_set(fd[i], &spec, &self->silent, &arg[i]));
		ASSERT_EQ(0, arg[i].status);
	}
	EXPECT_EQ(1 + MANY, pool_number("flows"));
	EXPECT_EQ(1 + MANY + inner, flows_there("v0"));
	i = MANY - 1;
	ASSERT_EQ(0, connect_staged(fd[i], &self->silent, &arg[i]));
	EXPECT_EQ(1, send(fd[i], "x", 1, 0));
	EXPECT_EQ(arg[i].classid, qos_get(fd[i]).classid);
	spec.token_rate = 2000;
	ASSERT_EQ(0, qos_set(fd[i], &spec, NULL, &again));
	EXPECT_EQ(0, again.status);
	EXPECT_EQ(arg[i].classid, again.classid);

	/* from everywhere, and each place is taken again */
	for (i = 0; i < MANY - 1; i += 2) {
		close(fd[i]);
		fd[i] = open_sort(&ipv4, SOCK_DGRAM);
		ASSERT_EQ(0, qos_set(fd[i], &spec, &self->silent, &arg[i]));
		ASSERT_EQ(0, arg[i].status);
	}
	EXPECT_EQ(1 + MANY, pool_number("flows"));
	EXPECT_EQ(1 + MANY + inner, flows_there("v0"));
	for (i = 0; i < MANY; i++)
		close(fd[i]);
	for (i = 0; i < 6000 && pool_number("flows") != 1; i++)
		usleep(10000);
	EXPECT_EQ(1, flows_there("v0"));
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
