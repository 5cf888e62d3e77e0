// SPDX-License-Identifier: GPL-2.0
/* Promises for what a socket receives, from their request to their end. */
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "event.h"
#include "left.h"
#include "module.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"
#include "steady.h"

#define RATE 250000
#define OTHER_RATE 400000
/* Frames are promised, so four of RATE are more than the share. */
#define TOO_MUCH 1000000
#define LOST_FLAGS (WSA_QOS_KEPT | WSA_QOS_RECEIVES | WSA_QOS_LOST)

FIXTURE(receive) {
	struct wsa_flowspec in;
	struct wsa_flowspec none;
	struct wsa_qos_set arg;
	struct name peer;
	int listener;
	int s;
	int there;		/* the other end of s */
};

FIXTURE_VARIANT(receive) {
	struct sort sort;
	int type;
	const char *qdisc;
};

FIXTURE_VARIANT_ADD(receive, family_v4) { { FAMILY, AF_INET, false }, SOCK_STREAM, "htb" };
FIXTURE_VARIANT_ADD(receive, family_v6) { { FAMILY, AF_INET6, false }, SOCK_STREAM, "hfsc" };
FIXTURE_VARIANT_ADD(receive, adopt_v6) { { ADOPT, AF_INET6, false }, SOCK_DGRAM, "htb" };
FIXTURE_VARIANT_ADD(receive, family_dual) { { FAMILY, AF_INET6, true }, SOCK_DGRAM, "hfsc" };

static int make_pools(const FIXTURE_VARIANT(receive) *variant)
{
	char command[128];

	snprintf(command, sizeof(command),
		 "qos enable v0 --rate 16mbit --share 8mbit --qdisc %s --ingress ifb0",
		 variant->qdisc);
	return wsactl(command);
}

FIXTURE_SETUP(receive)
{
	hosts_make();
	ASSERT_EQ(0, make_pools(variant)) TH_LOG("%s", wsactl_said());
	self->in = flowspec(CONTROLLEDLOAD, RATE);
	self->none = flowspec(NOTRAFFIC, UNSPECIFIED);
	self->listener = listen_there(&variant->sort, variant->type, &self->peer);
	ASSERT_LE(0, self->listener);
	self->s = open_sort(&variant->sort, variant->type);
	self->there = -1;
}

FIXTURE_TEARDOWN(receive)
{
	COUNTERS_BALANCE();
	if (if_nametoindex("ifb0"))
		EXPECT_TRUE(flows_gone("ifb0"));
	if (if_nametoindex("v0"))
		EXPECT_TRUE(flows_gone("v0"));
}

#define EXPECT_REFUSED(why, arg) do { \
	EXPECT_EQ(WSAEOPNOTSUPP, (int)(arg).wsa); \
	EXPECT_EQ(why, (int)(arg).status); \
	EXPECT_EQ(0, (arg).cookie); \
	EXPECT_EQ(0, (arg).classid); \
} while (0)

static unsigned int in_class(int fd)
{
	return qos_get(fd).in_classid;
}

/* What is received has a class of ours, on the ifb, and there. */
#define EXPECT_RECEIVES(fd) do { \
	struct wsa_qos_get got_ = qos_get(fd); \
	EXPECT_EQ(WSA_QOS_RECEIVES, got_.flags & (WSA_QOS_RECEIVES | WSA_QOS_LOST)); \
	EXPECT_EQ(if_nametoindex("ifb0"), got_.in_ifindex); \
	EXPECT_LE(0x1000, got_.in_classid & 0xffff); \
	EXPECT_EQ(0, got_.status); \
	EXPECT_TRUE(class_there("ifb0", got_.in_classid)); \
} while (0)

#define EXPECT_RECEIVES_NOT(fd) do { \
	struct wsa_qos_get got_ = qos_get(fd); \
	EXPECT_EQ(0, got_.flags & WSA_QOS_RECEIVES); \
	EXPECT_EQ(0, got_.in_ifindex); \
	EXPECT_EQ(0, got_.in_classid); \
} while (0)

/* The other end of a connected socket; of datagrams it sends to the socket, too. */
static int end_of(const FIXTURE_VARIANT(receive) *variant, int listener, int fd)
{
	struct name at = local_name(fd);
	int there;

	if (variant->type == SOCK_STREAM)
		return accept(listener, NULL, NULL);
	there = dup(listener);
	return connect(there, &at.sa, at.len) ? -1 : there;
}

#define CONNECT() do { \
	ASSERT_EQ(0, qos_ask(self->s, &self->none, &self->in, &self->peer, &self->arg)); \
	EXPECT_EQ(0, self->arg.wsa); \
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &self->arg)); \
	EXPECT_RECEIVES(self->s); \
	self->there = end_of(variant, self->listener, self->s); \
	ASSERT_LE(0, self->there); \
} while (0)

TEST_F(receive, refused_without_an_ifb__r36)
{
	struct wsa_flowspec out = flowspec(CONTROLLEDLOAD, RATE);

	ASSERT_EQ(0, wsactl("qos disable v0"));
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 16mbit --share 8mbit"));
	ASSERT_EQ(0, qos_ask(self->s, &out, &self->in, &self->peer, &self->arg));
	EXPECT_REFUSED(WSA_QOS_TRAFFIC_CTRL_ERROR, self->arg);
	EXPECT_EQ(0, qos_get(self->s).flags);
	EXPECT_EQ(0, flows_there("v0"));
	EXPECT_EQ(0, pool_number("promised"));
	EXPECT_EQ(0, pool_number("flows"));

	/* nor of a connected one, and what it sends stays as it is */
	ASSERT_EQ(0, qos_ask(self->s, &out, &self->none, &self->peer, &self->arg));
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &self->arg));
	out.token_rate = OTHER_RATE;
	ASSERT_EQ(0, qos_ask(self->s, &out, &self->in, NULL, &self->arg));
	EXPECT_REFUSED(WSA_QOS_TRAFFIC_CTRL_ERROR, self->arg);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
	EXPECT_EQ(RATE, qos_get(self->s).sending.token_rate);
	EXPECT_GT(OTHER_RATE, pool_number("promised"));
	EXPECT_EQ(1, flows_there("v0"));
}

/* A bound of the delay is nobody's to promise; rates are checked as for what is sent. */
TEST_F(receive, refused_with_one__r285_r286_r287)
{
	static const struct {
		unsigned int service, rate, peak, status;
	} rows[] = {
		{ GUARANTEED, RATE, UNSPECIFIED, WSA_QOS_TRAFFIC_CTRL_ERROR },
		{ GUARANTEED, UNSPECIFIED, UNSPECIFIED, WSA_QOS_EFLOWSPEC },
		{ CONTROLLEDLOAD, 0, UNSPECIFIED, WSA_QOS_EFLOWSPEC },
		{ CONTROLLEDLOAD, RATE, RATE - 1, WSA_QOS_EFLOWSPEC },
		{ 7, RATE, UNSPECIFIED, WSA_QOS_ESERVICETYPE },
		{ CONTROLLEDLOAD, TOO_MUCH, UNSPECIFIED, WSA_QOS_ADMISSION_FAILURE },
	};
	struct wsa_flowspec out = flowspec(CONTROLLEDLOAD, RATE);
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		self->in = flowspec(rows[i].service, rows[i].rate);
		self->in.peak_bandwidth = rows[i].peak;
		ASSERT_EQ(0, qos_ask(self->s, &out, &self->in, &self->peer, &self->arg));
		EXPECT_REFUSED((int)rows[i].status, self->arg);
		EXPECT_EQ(0, qos_get(self->s).flags);
		EXPECT_TRUE(pools_empty());
	}
}

/* Both directions, or neither: whichever of them does not fit. */
TEST_F(receive, both_or_neither__r36)
{
	struct wsa_flowspec out = flowspec(CONTROLLEDLOAD, RATE);
	struct wsa_flowspec much = flowspec(CONTROLLEDLOAD, TOO_MUCH);
	struct wsa_qos_get before, after;
	long promised[2];

	ASSERT_EQ(0, qos_ask(self->s, &out, &much, &self->peer, &self->arg));
	EXPECT_REFUSED(WSA_QOS_ADMISSION_FAILURE, self->arg);
	EXPECT_TRUE(pools_empty());
	ASSERT_EQ(0, qos_ask(self->s, &much, &out, &self->peer, &self->arg));
	EXPECT_REFUSED(WSA_QOS_ADMISSION_FAILURE, self->arg);
	EXPECT_TRUE(pools_empty());
	EXPECT_EQ(0, qos_get(self->s).flags);

	ASSERT_EQ(0, qos_ask(self->s, &out, &self->in, &self->peer, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &self->arg));
	EXPECT_RECEIVES(self->s);
	EXPECT_TRUE(class_there("v0", self->arg.classid));
	EXPECT_NE(self->arg.classid, in_class(self->s));
	before = qos_get(self->s);
	promised[0] = pool_number_of("v0", "promised");
	promised[1] = pool_number_of("ifb0", "promised");

	/* those that are there: one would be changed, and the other cannot be */
	out.token_rate = OTHER_RATE;
	ASSERT_EQ(0, qos_ask(self->s, &out, &much, NULL, &self->arg));
	EXPECT_REFUSED(WSA_QOS_ADMISSION_FAILURE, self->arg);
	ASSERT_EQ(0, qos_ask(self->s, &much, &out, NULL, &self->arg));
	EXPECT_REFUSED(WSA_QOS_ADMISSION_FAILURE, self->arg);
	after = qos_get(self->s);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
	EXPECT_EQ(promised[0], pool_number_of("v0", "promised"));
	EXPECT_EQ(promised[1], pool_number_of("ifb0", "promised"));

	/* and changed, when both fit */
	ASSERT_EQ(0, qos_ask(self->s, &out, &out, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_EQ(before.classid, self->arg.classid);
	EXPECT_EQ(before.in_classid, in_class(self->s));
	EXPECT_EQ(OTHER_RATE, qos_get(self->s).receiving.token_rate);
	EXPECT_LT(OTHER_RATE, pool_number_of("ifb0", "promised"));
}

TEST_F(receive, share_and_numbers_are_counted)
{
	struct wsa_qos_set arg;
	int fd[8], i, granted = 0;

	for (i = 0; i < 8; i++) {
		fd[i] = open_sort(&variant->sort, variant->type);
		ASSERT_EQ(0, qos_ask(fd[i], &self->none, &self->in, &self->peer, &arg));
		if (arg.wsa)
			break;
		granted++;
	}
	EXPECT_EQ(3, granted);
	EXPECT_REFUSED(WSA_QOS_ADMISSION_FAILURE, arg);
	EXPECT_EQ(3, pool_number_of("ifb0", "flows"));
	EXPECT_EQ(0, pool_number_of("v0", "flows"));
	close(fd[0]);
	ASSERT_EQ(0, qos_ask(fd[3], &self->none, &self->in, &self->peer, &arg));
	EXPECT_EQ(0, arg.wsa);
	for (i = 1; i < 4; i++)
		close(fd[i]);
	EXPECT_TRUE(pools_empty());

	/* a user's number is of both directions together */
	ASSERT_EQ(0, wsactl("qos disable v0"));
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 16mbit --flows-per-user 1 --ingress ifb0"));
	ASSERT_EQ(0, qos_ask(self->s, &self->in, &self->in, &self->peer, &arg));
	EXPECT_REFUSED(WSA_QOS_POLICY_FAILURE, arg);
	EXPECT_TRUE(pools_empty());
	ASSERT_EQ(0, qos_ask(self->s, &self->none, &self->in, &self->peer, &arg));
	EXPECT_EQ(0, arg.wsa);
}

TEST_F(receive, undone_when_connect_fails__r282)
{
	struct name zero = self->peer;
	int i;

	/* a call that a check refuses, or the network */
	zero.v4.sin_port = 0;
	close(self->listener);
	for (i = 0; i < 4; i++) {
		self->in.token_rate = 600000;
		ASSERT_EQ(0, qos_ask(self->s, &self->in, &self->in, &self->peer, &self->arg));
		EXPECT_EQ(0, self->arg.wsa);
		EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(self->s).flags);
		EXPECT_EQ(1, flows_there("ifb0"));
		if (variant->type == SOCK_STREAM) {
			const struct name *to = i & 1 ? &zero : &self->peer;

			EXPECT_NE(0, connect_staged(self->s, to, &self->arg));
		} else {
			struct wsa_qos_set unstage = {
				.size = sizeof(unstage), .flags = WSA_QOS_SET_UNSTAGE,
			};

			EXPECT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &unstage));
		}
		EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	}
	EXPECT_TRUE(pools_empty());
	if (variant->type != SOCK_STREAM)
		return;
	/* nobody asks for the outcome, and the class goes all the same */
	set_nonblock(self->s, true);
	ASSERT_EQ(0, qos_ask(self->s, &self->none, &self->in, &self->peer, &self->arg));
	EXPECT_EQ(EINPROGRESS, connect_staged(self->s, &self->peer, &self->arg));
	EXPECT_TRUE(pools_empty());
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
}

TEST_F(receive, nochange_keeps_and_the_rest_ends__r283_r284)
{
	static const unsigned int ends[] = { NOTRAFFIC, BESTEFFORT };
	struct wsa_flowspec change = flowspec(NOCHANGE, UNSPECIFIED);
	struct wsa_flowspec out = flowspec(CONTROLLEDLOAD, RATE);
	unsigned int classid;
	size_t i;

	CONNECT();
	classid = in_class(self->s);
	ASSERT_EQ(0, qos_ask(self->s, &out, &change, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_EQ(classid, in_class(self->s));
	EXPECT_EQ(CONTROLLEDLOAD, qos_get(self->s).receiving.service_type);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE | WSA_QOS_RECEIVES, qos_get(self->s).flags);
	for (i = 0; i < 2; i++) {
		struct wsa_flowspec end = flowspec(ends[i], UNSPECIFIED);

		ASSERT_EQ(0, qos_ask(self->s, &change, &end, NULL, &self->arg));
		EXPECT_EQ(0, self->arg.wsa);
		EXPECT_RECEIVES_NOT(self->s);
		EXPECT_TRUE(class_gone("ifb0", classid));
		EXPECT_EQ(0, pool_number_of("ifb0", "promised"));
		/* what is sent is not changed by it */
		EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
		EXPECT_EQ(1, flows_there("v0"));

		ASSERT_EQ(0, qos_ask(self->s, &change, &self->in, NULL, &self->arg));
		EXPECT_EQ(0, self->arg.wsa);
		EXPECT_RECEIVES(self->s);
		classid = in_class(self->s);
	}
	/* as it was is as it was, for the next connect as well */
	if (variant->type == SOCK_DGRAM) {
		ASSERT_EQ(0, qos_ask(self->s, &change, &change, &self->peer, &self->arg));
		EXPECT_EQ(0, self->arg.wsa);
		ASSERT_EQ(0, connect_staged(self->s, &self->peer, &self->arg));
		EXPECT_RECEIVES(self->s);
		EXPECT_NE(classid, in_class(self->s));
		EXPECT_TRUE(class_gone("ifb0", classid));
	}
}

TEST_F(receive, kept_until_connect__r280)
{
	struct wsa_qos_set kept = { .size = sizeof(kept), .flags = WSA_QOS_SET_KEPT };

	ASSERT_EQ(0, qos_ask(self->s, &self->none, &self->in, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	EXPECT_EQ(0, flows_there("ifb0"));
	kept.name = (unsigned long)self->peer.octets;
	kept.namelen = self->peer.len;
	ASSERT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &kept));
	EXPECT_EQ(0, kept.wsa);
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &kept));
	EXPECT_RECEIVES(self->s);
}

/* Of a closed socket nothing is received, so its class goes without delay. */
TEST_F(receive, goes_with_the_socket)
{
	int copy;

	CONNECT();
	copy = dup(self->s);
	close(self->s);
	EXPECT_RECEIVES(copy);
	close(copy);
	EXPECT_TRUE(pools_empty());
	send(self->there, "x", 1, MSG_NOSIGNAL);
}

#define BEGIN_LOSS() do { \
	CONNECT(); \
	event = event_new(); \
	ASSERT_EQ(0, event_select(self->s, event, WSA_EVENT_QOS, 0)); \
	EXPECT_FALSE(event_set(event)); \
} while (0)

#define EXPECT_LOSS() do { \
	EXPECT_EVENTS(WSA_EVENT_QOS, self->s, event); \
	EXPECT_EQ(LOST_FLAGS, qos_get(self->s).flags); \
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)qos_get(self->s).status); \
} while (0)

#define EXPECT_GOES_ON() do { \
	EXPECT_EQ(1, send(self->there, "x", 1, 0)); \
	EXPECT_EQ(1, read_some(self->s, 1)); \
} while (0)

TEST_F(receive, lost_with_the_pool__r228_r291)
{
	int event;

	BEGIN_LOSS();
	ASSERT_EQ(0, wsactl("qos disable v0"));
	EXPECT_LOSS();
	EXPECT_GOES_ON();
	EXPECT_EQ(0, if_nametoindex("ifb0"));

	/* and had again */
	ASSERT_EQ(0, make_pools(variant)) TH_LOG("%s", wsactl_said());
	ASSERT_EQ(0, qos_ask(self->s, &self->none, &self->in, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_RECEIVES(self->s);
	EXPECT_GOES_ON();
	EXPECT_LT(0, class_packets("ifb0", in_class(self->s)));
}

TEST_F(receive, lost_with_its_class__r228_r291)
{
	char command[80];
	int event;

	BEGIN_LOSS();
	snprintf(command, sizeof(command), "tc class del dev ifb0 classid %x:%x",
		 in_class(self->s) >> 16, in_class(self->s) & 0xffff);
	run_command(command);
	EXPECT_LOSS();
	EXPECT_GOES_ON();
	EXPECT_TRUE(pools_empty());
}

TEST_F(receive, lost_with_the_ifb__r228_r291)
{
	int event;

	BEGIN_LOSS();
	run_command("ip link del ifb0");
	EXPECT_LOSS();
	EXPECT_GOES_ON();
	EXPECT_EQ(-1, pool_number_of("ifb0", "flows"));
	EXPECT_EQ(0, pool_number_of("v0", "flows"));
}

/* Its qdisc is somebody's who deletes it: the ifb goes on without, and then is passed over. */
TEST_F(receive, lost_with_its_qdisc__r228_r291)
{
	int event;

	BEGIN_LOSS();
	run_command("tc qdisc del dev ifb0 root");
	EXPECT_GOES_ON();
	EXPECT_LOSS();
	EXPECT_EQ(-1, pool_number_of("ifb0", "flows"));
	EXPECT_GOES_ON();
}

TEST_F(receive, lost_with_the_device__r228_r291)
{
	int event;

	BEGIN_LOSS();
	run_command("ip link del v0");
	EXPECT_LOSS();
	EXPECT_EQ(-1, pool_number_of("ifb0", "flows"));
	EXPECT_EQ(-1, pool_number_of("v0", "flows"));
	run_command("ip link del ifb0");
}

/* A host whose ifb is down is not cut off, and has its promises again when that is up. */
TEST_F(receive, ifb_that_goes_down_and_comes_up)
{
	long before;

	CONNECT();
	run_command("ip link set ifb0 down");
	EXPECT_GOES_ON();
	run_command("ip link set ifb0 up");
	before = class_packets("ifb0", in_class(self->s));
	EXPECT_GOES_ON();
	EXPECT_RECEIVES(self->s);
	EXPECT_LT(before, class_packets("ifb0", in_class(self->s)));
}

/* Nobody holds the module any longer: what comes in does so as before. */
TEST_F(receive, module_that_is_unloaded)
{
	static const struct sort plain = { .door = PLAIN, .af = AF_INET };
	struct name here = name_of("10.7.0.1", 0);
	int at, from;

	CONNECT();
	EXPECT_GOES_ON();
	EXPECT_EQ(-1, module_unload());
	EXPECT_EQ(EAGAIN, errno);
	close(self->s);
	EXPECT_EQ(0, module_unload_soon());
	at = open_sort(&plain, SOCK_DGRAM);
	ASSERT_EQ(0, bind(at, &here.sa, here.len));
	here = local_name(at);
	hosts_there();
	from = open_sort(&plain, SOCK_DGRAM);
	hosts_here();
	ASSERT_EQ(0, connect(from, &here.sa, here.len));
	EXPECT_EQ(1, send(from, "x", 1, 0));
	EXPECT_EQ(1, read_some(at, 1));
	EXPECT_EQ(0, module_load(""));
	EXPECT_EQ(-1, pool_number_of("ifb0", "flows"));
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
