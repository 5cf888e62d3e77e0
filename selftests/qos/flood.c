// SPDX-License-Identifier: GPL-2.0
/*
 * What a socket is promised to receive, and receives, beside a flood. What comes by v0 goes by an
 * ifb, which is slower than the link.
 *
 *	there		    here
 *	v1 --------------> v0 -> ifb0 (2 MB/s, of which 1 MB/s may be promised) -> sockets
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"
#include "steady.h"

#define LINE 2000000
#define RATE 250000
#define WINDOW 2
#define FLOODS 20
#define PIECE 1000

FIXTURE(flood) {
	struct wsa_flowspec in;
	struct wsa_flowspec none;
	struct wsa_qos_set arg;
	int s;			/* connected */
	int there;		/* its other end */
};

FIXTURE_VARIANT(flood) {
	struct sort sort;
	int type;
	const char *qdisc;
};

FIXTURE_VARIANT_ADD(flood, family_v4) { { FAMILY, AF_INET, false }, SOCK_STREAM, "htb" };
FIXTURE_VARIANT_ADD(flood, family_v6) { { FAMILY, AF_INET6, false }, SOCK_STREAM, "hfsc" };
FIXTURE_VARIANT_ADD(flood, adopt_v6) { { ADOPT, AF_INET6, false }, SOCK_DGRAM, "htb" };
FIXTURE_VARIANT_ADD(flood, family_dual) { { FAMILY, AF_INET6, true }, SOCK_DGRAM, "hfsc" };

FIXTURE_SETUP(flood)
{
	struct name peer, here;
	char command[128];
	int listener;

	hosts_make();
	snprintf(command, sizeof(command),
		 "qos enable v0 --rate 16mbit --share 8mbit --qdisc %s --ingress ifb0",
		 variant->qdisc);
	ASSERT_EQ(0, wsactl(command)) TH_LOG("%s", wsactl_said());
	self->in = flowspec(CONTROLLEDLOAD, RATE);
	self->none = flowspec(NOTRAFFIC, UNSPECIFIED);
	listener = listen_there(&variant->sort, variant->type, &peer);
	ASSERT_LE(0, listener);
	self->s = open_sort(&variant->sort, variant->type);
	ASSERT_EQ(0, connect(self->s, &peer.sa, peer.len));
	here = local_name(self->s);
	self->there = listener;
	if (variant->type == SOCK_STREAM)
		self->there = accept(listener, NULL, NULL);
	else
		ASSERT_EQ(0, connect(self->there, &here.sa, here.len));
	ASSERT_LE(0, self->there);
}

FIXTURE_TEARDOWN(flood)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("ifb0"));
}

/* What is sent from there all the time, and how much of it comes. */
struct load {
	pthread_t thread;
	atomic_bool stop;
	int fd;			/* sends twice RATE; -1 for nobody */
	int flood[FLOODS];	/* send twice LINE together */
	int sink;		/* where they send to */
};

static void fill(int fd, int pieces)
{
	static const char piece[PIECE];

	while (pieces--)
		send(fd, piece, sizeof(piece), MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void *load_run(void *data)
{
	struct timespec pause = { .tv_nsec = 4000000 };
	struct load *load = data;
	int i;

	while (!atomic_load(&load->stop)) {
		if (load->fd >= 0)
			fill(load->fd, 2);
		for (i = 0; i < FLOODS; i++)
			fill(load->flood[i], 1);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

static void load_start(struct load *load, int fd)
{
	static const struct sort plain = { .door = PLAIN, .af = AF_INET };
	struct name at = name_of("10.7.0.1", 0);
	int i;

	load->fd = fd;
	load->sink = open_sort(&plain, SOCK_DGRAM);
	if (bind(load->sink, &at.sa, at.len))
		err(1, "sink");
	at = local_name(load->sink);
	hosts_there();
	for (i = 0; i < FLOODS; i++) {
		load->flood[i] = open_sort(&plain, SOCK_DGRAM);
		if (connect(load->flood[i], &at.sa, at.len))
			err(1, "flood");
	}
	hosts_here();
	atomic_store(&load->stop, false);
	if (pthread_create(&load->thread, NULL, load_run, load))
		err(1, "load");
}

static void load_stop(struct load *load)
{
	atomic_store(&load->stop, true);
	pthread_join(load->thread, NULL);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static size_t drain(int fd)
{
	static char octets[65536];
	size_t got = 0;
	ssize_t n;

	while ((n = recv(fd, octets, sizeof(octets), MSG_DONTWAIT)) > 0)
		got += n;
	return got;
}

/**
 * struct seen - octets per second
 * @flow: of the socket
 * @flood: of all others together
 */
struct seen {
	double flow;
	double flood;
};

static struct seen look(const struct load *load, int fd, double seconds)
{
	double begin, end;
	struct seen seen = { 0 };

	/* what was queued before is not of this time */
	for (begin = now(); now() < begin + 0.5; usleep(5000)) {
		drain(fd);
		drain(load->sink);
	}
	for (begin = now(); now() < begin + seconds; usleep(5000)) {
		seen.flow += drain(fd);
		seen.flood += drain(load->sink);
	}
	end = now();
	seen.flow /= end - begin;
	seen.flood /= end - begin;
	return seen;
}

/* Without a promise it has its part of what is left, and with one what it was promised. */
TEST_F_TIMEOUT(flood, rate_beside_a_flood, 300)
{
	long long before, after;
	struct load load;
	struct seen seen;

	load_start(&load, self->there);
	seen = look(&load, self->s, WINDOW);
	TH_LOG("without: flow %.0f, flood %.0f", seen.flow, seen.flood);
	EXPECT_GT(0.8 * RATE, seen.flow);
	EXPECT_LT(0.8 * LINE, seen.flow + seen.flood);

	ASSERT_EQ(0, qos_ask(self->s, &self->none, &self->in, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	before = class_octets("ifb0", qos_get(self->s).in_classid);
	seen = look(&load, self->s, WINDOW);
	after = class_octets("ifb0", qos_get(self->s).in_classid);
	TH_LOG("with: flow %.0f, flood %.0f, its class %lld in %d s and half", seen.flow,
	       seen.flood, after - before, WINDOW);
	EXPECT_LE(0.97 * RATE, seen.flow);
	EXPECT_GT(LINE - 0.97 * RATE, seen.flood);
	EXPECT_LT(0.7 * (LINE - RATE), seen.flood);
	/* in its class is what it got, and next to nothing else */
	EXPECT_LT(seen.flow * WINDOW, after - before);
	EXPECT_GT(seen.flow * (WINDOW + 0.5) * 1.3 + 150000, after - before);

	/* and when it ends, it has a part again */
	ASSERT_EQ(0, qos_ask(self->s, &self->none, &self->none, NULL, &self->arg));
	seen = look(&load, self->s, WINDOW);
	TH_LOG("without again: flow %.0f, flood %.0f", seen.flow, seen.flood);
	EXPECT_GT(0.8 * RATE, seen.flow);
	load_stop(&load);
}

/* What comes with a priority that is the class's number is not of the class for that. */
TEST_F(flood, priority_of_others)
{
	struct load load;
	char command[160];
	long before;

	ASSERT_EQ(0, qos_ask(self->s, &self->none, &self->in, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	snprintf(command, sizeof(command),
		 "tc qdisc add dev v0 ingress;"
		 "tc filter add dev v0 ingress matchall action skbedit priority %x:%x continue",
		 qos_get(self->s).in_classid >> 16, qos_get(self->s).in_classid & 0xffff);
	run_command(command);
	before = class_packets("ifb0", qos_get(self->s).in_classid);
	load_start(&load, -1);
	usleep(200000);
	load_stop(&load);
	EXPECT_LT(0, drain(load.sink));
	EXPECT_EQ(before, class_packets("ifb0", qos_get(self->s).in_classid));
	EXPECT_EQ(1, send(self->there, "x", 1, 0));
	EXPECT_EQ(1, read_some(self->s, 1));
	EXPECT_LT(before, class_packets("ifb0", qos_get(self->s).in_classid));
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
