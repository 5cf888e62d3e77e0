// SPDX-License-Identifier: GPL-2.0
/*
 * What promises are worth beside fifty senders that want the whole link. Times are the guest's:
 * exact where its clock counts instructions, which is asked for first.
 *
 * With QOS_ROWS, "row" lines have the distributions of delays, for who draws.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"
#include "traffic.h"

#define SENDERS		50
#define FLOWS		20
/* 20mbit, of which 16 can be promised */
#define LINE		2500000
#define SHARE		2000000
#define RATE		50000
#define KEPT		0.97
#define PACKETS		10000
#define NS_PER_SEC	1000000000LL

/* With time to spare: its curve may start late, and leaves room for others. */
static const struct flow steady = { .rate = RATE, .packet = 1000, .burst = 2, .latency = 60000 };
static const struct flow greed = { .service = BESTEFFORT, .packet = 1400, .greedy = true };
/* Nineteen of these and the next are almost all that can be promised, at once and for good. */
static const struct flow full = {
	.service = GUARANTEED, .rate = 70000, .packet = 1000, .burst = 2, .latency = UNSPECIFIED,
	.greedy = true,
};

/* A thousand packets a second, five at once, each to be there in 3 ms. */
static const struct flow timed = {
	.service = GUARANTEED, .rate = 200000, .packet = 200, .burst = 5, .latency = 3000,
};

/* Ethernet's, IPv4's and UDP's, which the link carries too. */
#define HEADERS		42

/* What came between two moments: what was sent, and what it is on the link. */
struct window {
	long long from;
	long long until;
	unsigned long long octets;
	unsigned long long frames;
};

static void count(struct flow *flow, long long sent, long long came, size_t octets)
{
	struct window *window = flow->data;

	if (came < window->from || came >= window->until)
		return;
	window->octets += octets;
	window->frames += octets + HEADERS;
}

static void keep(struct flow *flow, long long sent, long long came, size_t octets)
{
	samples_add(flow->data, came - sent);
}

FIXTURE(load) {
	struct flow senders[SENDERS];
	struct flow flows[FLOWS];
	struct window windows[FLOWS];
	struct window rest;
};

FIXTURE_VARIANT(load) {
	const char *qdisc;
	unsigned int service;
};

FIXTURE_VARIANT_ADD(load, htb) { .qdisc = "htb", .service = CONTROLLEDLOAD };
FIXTURE_VARIANT_ADD(load, hfsc) { .qdisc = "hfsc", .service = GUARANTEED };

/* @data is for each of them, as long as they are received by one thread. */
static void senders_begin(struct flow *senders, typeof(count) *came, void *data)
{
	int i;

	for (i = 0; i < SENDERS; i++) {
		senders[i] = greed;
		senders[i].came = came;
		senders[i].data = data;
		traffic_open(&senders[i]);
		traffic_start(&senders[i]);
	}
}

static void senders_end(struct flow *senders)
{
	int i;

	for (i = 0; i < SENDERS; i++)
		traffic_stop(&senders[i]);
}

static void close_all(struct flow *flows, int n)
{
	while (n--)
		traffic_close(&flows[n]);
}

FIXTURE_SETUP(load)
{
	char command[96];

	hosts_make();
	snprintf(command, sizeof(command), "qos enable v0 --rate 20mbit --share 16mbit --qdisc %s",
		 variant->qdisc);
	ASSERT_EQ(0, wsactl(command)) TH_LOG("%s", wsactl_said());
	traffic_begin();
}

FIXTURE_TEARDOWN(load)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* Each wants more than it was promised, and what it was promised it has. */
TEST_F_TIMEOUT(load, twenty_flows_keep_their_rate_beside_fifty_senders, 300)
{
	long long from = traffic_clock() + NS_PER_SEC, until = from + 4 * NS_PER_SEC;
	unsigned long long all;
	int i;

	self->rest = (struct window){ .from = from, .until = until };
	senders_begin(self->senders, count, &self->rest);
	for (i = 0; i < FLOWS; i++) {
		self->windows[i] = (struct window){ .from = from, .until = until };
		self->flows[i] = steady;
		self->flows[i].service = variant->service;
		self->flows[i].greedy = true;
		self->flows[i].came = count;
		self->flows[i].data = &self->windows[i];
		ASSERT_EQ(0, traffic_open(&self->flows[i]));
		traffic_start(&self->flows[i]);
	}
	while (traffic_clock() < until)
		usleep(10000);
	senders_end(self->senders);
	for (i = 0; i < FLOWS; i++)
		traffic_stop(&self->flows[i]);
	traffic_end();

	for (i = 0, all = self->rest.frames; i < FLOWS; i++)
		all += self->windows[i].frames;
	EXPECT_LT(0.95 * LINE * 4, all);
	EXPECT_GT(1.05 * LINE * 4, all);
	for (i = 0; i < SENDERS; i++)
		EXPECT_LT(0, self->senders[i].received);
	for (i = 0; i < FLOWS; i++) {
		EXPECT_LE(KEPT * RATE * 4, self->windows[i].octets)
			TH_LOG("flow %d: %llu octets in 4 s", i, self->windows[i].octets);
		/* what is beyond it comes behind them */
		EXPECT_GE(1.1 * RATE * 4, self->windows[i].octets)
			TH_LOG("flow %d: %llu octets in 4 s", i, self->windows[i].octets);
	}
	TH_LOG("link %.1f %%, first flow %.1f %%", all / (LINE * 4.0) * 100,
	       self->windows[0].octets / (RATE * 4.0) * 100);
	close_all(self->flows, FLOWS);
	close_all(self->senders, SENDERS);
}

FIXTURE(delay) {
	struct flow senders[SENDERS];
	struct flow flows[FLOWS];
	struct samples delays;
	struct samples others;
	struct samples lateness;
};

FIXTURE_SETUP(delay)
{
	hosts_make();
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 20mbit --share 16mbit --qdisc hfsc"))
		TH_LOG("%s", wsactl_said());
	traffic_begin();
}

FIXTURE_TEARDOWN(delay)
{
	samples_free(&self->delays);
	samples_free(&self->others);
	samples_free(&self->lateness);
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* How many take longer, from all of them to the last, in even steps of a logarithm. */
static void print_rows(const struct samples *samples, const char *name)
{
	double more;

	for (more = 1; more * samples->n >= 1; more /= 1.03)
		printf("row %s %g %lld\n", name, more, samples_at(samples, 1 - more));
}

/* A whole bucket at a time is the most that conforms, and waits longest. */
TEST_F_TIMEOUT(delay, conforming_flow_has_its_bound_beside_fifty_senders, 900)
{
	struct flow *one = &self->flows[0];
	long long bound, late;
	int i;

	for (i = 0; i < FLOWS; i++) {
		self->flows[i] = i ? full : timed;
		ASSERT_EQ(0, traffic_open(&self->flows[i]));
	}
	senders_begin(self->senders, keep, &self->others);
	EXPECT_LE(0.9 * SHARE, pool_number("promised") + timed.rate);
	for (i = 1; i < FLOWS; i++)
		traffic_start(&self->flows[i]);
	sleep(1);
	one->came = keep;
	one->data = &self->delays;
	lateness_begin(&self->lateness);
	traffic_start(one);
	while (one->sent < PACKETS)
		usleep(10000);
	lateness_end();
	for (i = 0; i < FLOWS; i++)
		traffic_stop(&self->flows[i]);
	senders_end(self->senders);
	traffic_end();

	/* none was dropped: the bound is one of all that were sent */
	for (i = 0; i < FLOWS; i++)
		EXPECT_EQ(self->flows[i].sent, self->flows[i].received);
	EXPECT_EQ(one->sent, self->delays.n);
	ASSERT_LE(PACKETS, self->delays.n);
	samples_sort(&self->delays);
	samples_sort(&self->others);
	samples_sort(&self->lateness);
	bound = one->bound;
	late = samples_at(&self->lateness, 0.999);
	samples_print(&self->delays, "delay");
	samples_print(&self->others, "delay without a promise");
	samples_print(&self->lateness, "lateness of timers");
	TH_LOG("bound %.1f us, 99.9 %% in %.1f", bound / 1e3,
	       samples_at(&self->delays, 0.999) / 1e3);
	if (getenv("QOS_ROWS")) {
		printf("row bound 1 %lld\n", bound);
		print_rows(&self->delays, "delay");
		print_rows(&self->others, "others");
		print_rows(&self->lateness, "lateness");
	}
	EXPECT_LT(0, bound);
	EXPECT_GE(1000LL * timed.latency, bound);
	EXPECT_GE(bound + late, samples_at(&self->delays, 0.999));
	EXPECT_LT(bound, samples_at(&self->others, 0.5));
	close_all(self->flows, FLOWS);
	close_all(self->senders, SENDERS);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
