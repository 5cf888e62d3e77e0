// SPDX-License-Identifier: GPL-2.0
/* Who shares a pool. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define RATE 100000
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

FIXTURE_SETUP(share)
{
	char command[80];

	hosts_make();
	snprintf(command, sizeof(command), "qos enable v0 --rate 100mbit --share 8mbit --qdisc %s",
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
};

/* Nobody may ever see more promised than there is. */
static void *contend(void *data)
{
	struct contender *one = data;
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, 3 * RATE);
	struct wsa_qos_set arg;
	int round, fd, held = -1;

	/* each keeps what it has until it has asked for more: not all can have any */
	for (round = 0; round < ROUNDS; round++) {
		fd = open_sort(&ipv4, SOCK_DGRAM);
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
	close(held);
	return NULL;
}

TEST_F_TIMEOUT(share, eight_threads_cannot_have_more_than_there_is, 120)
{
	struct contender contenders[THREADS];
	int i;

	atomic_store(&over, 0);
	atomic_store(&granted, 0);
	atomic_store(&refused, 0);
	for (i = 0; i < THREADS; i++) {
		contenders[i].silent = self->silent;
		ASSERT_EQ(0, pthread_create(&contenders[i].thread, NULL, contend, &contenders[i]));
	}
	for (i = 0; i < 20; i++)
		EXPECT_GE(1000000, pool_number("promised"));
	for (i = 0; i < THREADS; i++)
		pthread_join(contenders[i].thread, NULL);
	EXPECT_EQ(0, atomic_load(&over));
	EXPECT_EQ(THREADS * ROUNDS, atomic_load(&granted) + atomic_load(&refused));
	EXPECT_LT(0, atomic_load(&granted));
	EXPECT_LT(0, atomic_load(&refused));
	TH_LOG("granted %d, refused %d", atomic_load(&granted), atomic_load(&refused));
	EXPECT_EQ(self->arg.classid, qos_get(self->s).classid);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
