// SPDX-License-Identifier: GPL-2.0
/*
 * What a flow is sent at, by the receiver's clock and by the class's own count. Times are
 * the guest's: exact where its clock counts instructions, which is asked for first.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

/* Half a window passes before it is measured, so that no bucket is left in it. */
#define WINDOW 2.0
#define PERCENT 3.0
/* QOS_OBJECT_SD_MODE with TC_NONCONF_SHAPE, QOS_OBJECT_END_OF_LIST */
static const unsigned int shape[] = { 2002, 12, 1, 2001, 8 };

FIXTURE(rate) {
	const struct sort *sort;
	struct name peer;
	int type;
	int s;
	int there;
};

FIXTURE_VARIANT(rate) {
	struct sort sort;
	int type;
	unsigned int rate;
	const char *qdisc;
};

#define RATE_VARIANT(name, d, a, t, r, q) \
	FIXTURE_VARIANT_ADD(rate, name) { \
		.sort = { .door = d, .af = a }, .type = t, .rate = r, .qdisc = q, \
	}
RATE_VARIANT(tcp4_64k, FAMILY, AF_INET, SOCK_STREAM, 64000, "htb");
RATE_VARIANT(tcp6_250k, ADOPT, AF_INET6, SOCK_STREAM, 250000, "htb");
RATE_VARIANT(tcp4_1250k, ADOPT, AF_INET, SOCK_STREAM, 1250000, "htb");
RATE_VARIANT(tcp6_12500k, FAMILY, AF_INET6, SOCK_STREAM, 12500000, "htb");
RATE_VARIANT(udp6_64k, FAMILY, AF_INET6, SOCK_DGRAM, 64000, "htb");
RATE_VARIANT(udp4_250k, ADOPT, AF_INET, SOCK_DGRAM, 250000, "htb");
RATE_VARIANT(udp6_1250k, ADOPT, AF_INET6, SOCK_DGRAM, 1250000, "htb");
RATE_VARIANT(udp4_12500k, FAMILY, AF_INET, SOCK_DGRAM, 12500000, "htb");
RATE_VARIANT(hfsc_udp4_64k, ADOPT, AF_INET, SOCK_DGRAM, 64000, "hfsc");
RATE_VARIANT(hfsc_tcp4_250k, FAMILY, AF_INET, SOCK_STREAM, 250000, "hfsc");
RATE_VARIANT(hfsc_udp6_1250k, ADOPT, AF_INET6, SOCK_DGRAM, 1250000, "hfsc");
RATE_VARIANT(hfsc_tcp6_12500k, ADOPT, AF_INET6, SOCK_STREAM, 12500000, "hfsc");
RATE_VARIANT(hfsc_udp4_12500k, FAMILY, AF_INET, SOCK_DGRAM, 12500000, "hfsc");

static atomic_bool stop;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

FIXTURE_SETUP(rate)
{
	struct sort plain = variant->sort;
	char command[80];

	hosts_make();
	self->sort = &variant->sort;
	self->type = variant->type;
	plain.door = PLAIN;
	hosts_there();
	self->there = open_sort(&plain, self->type);
	self->peer = name_for(self->sort, "10.7.0.2", "fd07::2", 0);
	ASSERT_EQ(0, bind(self->there, &self->peer.sa, self->peer.len));
	if (self->type == SOCK_STREAM)
		ASSERT_EQ(0, listen(self->there, 1));
	self->peer = local_name(self->there);
	hosts_here();
	snprintf(command, sizeof(command), "qos enable v0 --rate 200mbit --share 90%% --qdisc %s",
		 variant->qdisc);
	ASSERT_EQ(0, wsactl(command)) TH_LOG("%s", wsactl_said());
	self->s = open_sort(self->sort, self->type);
	atomic_store(&stop, false);
}

FIXTURE_TEARDOWN(rate)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
}

/* As much as it may; a datagram is as long as a packet takes. */
static void *send_all(void *data)
{
	static const char octets[1400];
	int fd = *(int *)data;

	while (!atomic_load(&stop)) {
		struct pollfd wait = { .fd = fd, .events = POLLOUT };

		if (poll(&wait, 1, 100) > 0)
			send(fd, octets, sizeof(octets), MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	return NULL;
}

/**
 * struct seen - what came between two moments
 * @payload: octets per second, as received
 * @frames: likewise, as the class counted them
 */
struct seen {
	double payload;
	double frames;
};

/* From a packet to a packet, so that the window holds whole ones. */
static struct seen receive(int fd, unsigned int classid)
{
	static char octets[1 << 18];
	long long got = 0, first_frames = -1;
	double begin = now(), first = 0, last = 0;
	struct seen seen;
	ssize_t n;

	while (!last) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		if (poll(&wait, 1, 60000) != 1)
			break;
		n = recv(fd, octets, sizeof(octets), MSG_DONTWAIT);
		if (n <= 0)
			continue;
		if (now() - begin < WINDOW / 2)
			continue;
		if (!first) {
			first_frames = class_octets("v0", classid);
			first = now();
			got = 0;
			continue;
		}
		got += n;
		if (now() - first >= WINDOW)
			last = now();
	}
	seen.payload = got / (last - first);
	seen.frames = (class_octets("v0", classid) - first_frames) / (now() - first);
	return seen;
}

static double deviation(double seen, double wanted)
{
	return (seen / wanted - 1) * 100;
}

/* A flow that is held to its token bucket and its peak. */
static void held(struct wsa_qos_set *arg, const struct name *peer, unsigned int rate,
		 unsigned int bucket, unsigned int peak)
{
	*arg = (struct wsa_qos_set){
		.size = sizeof(*arg),
		.sending = flowspec(CONTROLLEDLOAD, rate),
		.receiving = flowspec(NOTRAFFIC, UNSPECIFIED),
		.objects = (unsigned long)shape, .objects_len = sizeof(shape),
		.name = (unsigned long)peer->octets, .namelen = peer->len,
	};
	arg->sending.token_bucket = bucket;
	arg->sending.peak_bandwidth = peak;
	arg->sending.max_sdu = 1400;
}

TEST_F_TIMEOUT(rate, shaped_flow_has_its_token_rate, 300)
{
	struct wsa_qos_set arg;
	pthread_t sender;
	struct seen seen;
	int from;

	held(&arg, &self->peer, variant->rate, 3000, UNSPECIFIED);
	if (!strcmp(variant->qdisc, "hfsc"))
		arg.sending.service_type = GUARANTEED;
	if (self->type == SOCK_STREAM)
		arg.sending.max_sdu = UNSPECIFIED;
	ASSERT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	ASSERT_EQ(0, arg.wsa) TH_LOG("status %u", arg.status);
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &arg));
	from = self->type == SOCK_STREAM ? accept(self->there, NULL, NULL) : self->there;
	ASSERT_LE(0, from);
	ASSERT_EQ(0, pthread_create(&sender, NULL, send_all, &self->s));
	seen = receive(from, arg.classid);
	atomic_store(&stop, true);
	pthread_join(sender, NULL);

	TH_LOG("wanted %u: received %.0f (%+.2f %%), frames %.0f", variant->rate, seen.payload,
	       deviation(seen.payload, variant->rate), seen.frames);
	EXPECT_LT(-PERCENT, deviation(seen.payload, variant->rate));
	EXPECT_GT(PERCENT, deviation(seen.payload, variant->rate));
	EXPECT_LT(variant->rate * 0.97, seen.frames);
	EXPECT_GT(variant->rate * 1.10, seen.frames);
	close(self->s);
	self->s = -1;
}

FIXTURE(peak) {
	struct name peer;
	int s;
	int there;
};

FIXTURE_VARIANT(peak) {
	int type;
	const char *qdisc;
	unsigned int service;
	int classes;		/* htb has one for each of the two limits */
};

FIXTURE_VARIANT_ADD(peak, htb_udp) {
	.type = SOCK_DGRAM, .qdisc = "htb", .service = CONTROLLEDLOAD, .classes = 2,
};

FIXTURE_VARIANT_ADD(peak, htb_tcp) {
	.type = SOCK_STREAM, .qdisc = "htb", .service = CONTROLLEDLOAD, .classes = 2,
};

FIXTURE_VARIANT_ADD(peak, hfsc_udp) {
	.type = SOCK_DGRAM, .qdisc = "hfsc", .service = GUARANTEED, .classes = 1,
};

FIXTURE_VARIANT_ADD(peak, hfsc_tcp) {
	.type = SOCK_STREAM, .qdisc = "hfsc", .service = GUARANTEED, .classes = 1,
};

FIXTURE_SETUP(peak)
{
	static const struct sort v4 = { .door = FAMILY, .af = AF_INET };
	char command[80];

	hosts_make();
	hosts_there();
	self->there = socket(AF_INET, variant->type, 0);
	self->peer = name_of("10.7.0.2", 0);
	ASSERT_EQ(0, bind(self->there, &self->peer.sa, self->peer.len));
	if (variant->type == SOCK_STREAM)
		ASSERT_EQ(0, listen(self->there, 1));
	self->peer = local_name(self->there);
	hosts_here();
	snprintf(command, sizeof(command), "qos enable v0 --rate 200mbit --share 90%% --qdisc %s",
		 variant->qdisc);
	ASSERT_EQ(0, wsactl(command)) TH_LOG("%s", wsactl_said());
	self->s = open_sort(&v4, variant->type);
	atomic_store(&stop, false);
}

FIXTURE_TEARDOWN(peak)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
}

/* At 1,000,000 a bucket of 300,000 that fills at 250,000 lasts 0.4 s: 400,000 octets. */
TEST_F_TIMEOUT(peak, bucket_is_spent_at_the_peak, 300)
{
	static char octets[1 << 16];
	double begin = 0, half = 0, spent = 0, frames = 0;
	long long got = 0, before = 0, counted = 0;
	struct wsa_qos_set arg;
	pthread_t sender;
	ssize_t n;
	int from;

	held(&arg, &self->peer, 250000, 300000, 1000000);
	arg.sending.service_type = variant->service;
	ASSERT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	ASSERT_EQ(0, arg.wsa) TH_LOG("status %u", arg.status);
	EXPECT_EQ(variant->classes, flows_there("v0"));
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &arg));
	from = variant->type == SOCK_STREAM ? accept(self->there, NULL, NULL) : self->there;
	ASSERT_LE(0, from);
	ASSERT_EQ(0, pthread_create(&sender, NULL, send_all, &self->s));
	while (!begin || now() - begin < 3) {
		n = recv(from, octets, sizeof(octets), 0);
		if (n <= 0)
			break;
		if (!begin) {
			begin = now();
			counted = class_octets("v0", arg.classid);
		} else {
			got += n;
		}
		if (!half && got >= 200000) {
			half = now();
			frames = (class_octets("v0", arg.classid) - counted) / (half - begin);
		}
		if (!spent && now() - begin >= 1) {
			spent = now();
			before = got;
		}
	}
	TH_LOG("at first %.0f, frames %.0f, later %.0f", 200000 / (half - begin), frames,
	       (got - before) / (now() - spent));
	EXPECT_GT(5, deviation(200000 / (half - begin), 1000000));
	EXPECT_LT(-5, deviation(200000 / (half - begin), 1000000));
	EXPECT_GT(12, deviation(frames, 1000000));
	EXPECT_LT(-5, deviation(frames, 1000000));
	EXPECT_GT(3, deviation((got - before) / (now() - spent), 250000));
	EXPECT_LT(-3, deviation((got - before) / (now() - spent), 250000));
	atomic_store(&stop, true);
	pthread_join(sender, NULL);
	close(self->s);
	self->s = -1;
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
