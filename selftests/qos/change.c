// SPDX-License-Identifier: GPL-2.0
/* What takes the place of a flow, what does not, and what is told of one that was lost. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "event.h"
#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define RATE 250000
#define OTHER_RATE 400000
#define TOO_MUCH 2000000	/* of the 1,000,000 that may be promised */

FIXTURE(change) {
	struct wsa_flowspec spec;
	struct wsa_qos_set arg;
	struct name peer, other;
	int s;
};

FIXTURE_VARIANT(change) {
	struct sort sort;
	int type;
	const char *qdisc;
};

FIXTURE_VARIANT_ADD(change, family_v4) { { FAMILY, AF_INET, false }, SOCK_STREAM, "hfsc" };
FIXTURE_VARIANT_ADD(change, family_v6) { { FAMILY, AF_INET6, false }, SOCK_STREAM, "htb" };
FIXTURE_VARIANT_ADD(change, adopt_v4) { { ADOPT, AF_INET, false }, SOCK_DGRAM, "htb" };
FIXTURE_VARIANT_ADD(change, adopt_dual) { { ADOPT, AF_INET6, true }, SOCK_DGRAM, "hfsc" };

static int make_pool(const FIXTURE_VARIANT(change) *variant)
{
	char command[96];

	snprintf(command, sizeof(command), "qos enable v0 --rate 100mbit --share 8mbit --qdisc %s",
		 variant->qdisc);
	return wsactl(command);
}

FIXTURE_SETUP(change)
{
	hosts_make();
	ASSERT_EQ(0, make_pool(variant)) TH_LOG("%s", wsactl_said());
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	ASSERT_LE(0, listen_there(&variant->sort, variant->type, &self->peer));
	ASSERT_LE(0, listen_there(&variant->sort, variant->type, &self->other));
	self->s = open_sort(&variant->sort, variant->type);
}

FIXTURE_TEARDOWN(change)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* The flow that @arg was granted is the one in use, and there is no other. */
#define EXPECT_ONLY(granted) do { \
	struct wsa_qos_get got_ = qos_get(self->s); \
	EXPECT_EQ(0, (granted).wsa); \
	EXPECT_EQ((granted).classid, got_.classid); \
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, got_.flags); \
	EXPECT_EQ(0, got_.status); \
	EXPECT_TRUE(class_there("v0", (granted).classid)); \
	EXPECT_EQ(1, pool_number("flows")); \
	EXPECT_EQ(1, flows_there("v0")); \
} while (0)

static struct wsa_qos_set ask_kept(int fd, const struct name *name)
{
	struct wsa_qos_set arg = {
		.size = sizeof(arg), .flags = WSA_QOS_SET_KEPT,
		.name = (unsigned long)name->octets, .namelen = name->len,
	};

	if (ioctl(fd, WSA_IOC_QOS_SET, &arg))
		arg.wsa = 0xdead;
	return arg;
}

/* Refused where it goes to another destination, where it is connected already, or to none. */
TEST_F(change, connect_that_is_refused_leaves_the_old_one__r36_r282)
{
	struct name zero = name_for(&variant->sort, "0.0.0.0", "::", 9), peer;
	struct wsa_qos_set staged;

	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg));
	EXPECT_ONLY(self->arg);

	/* no flow: the call is never made */
	self->spec.token_rate = TOO_MUCH;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->other, &staged));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)staged.wsa);
	EXPECT_EQ(WSA_QOS_ADMISSION_FAILURE, (int)staged.status);
	EXPECT_EQ(0, staged.cookie);
	EXPECT_ONLY(self->arg);
	EXPECT_EQ(RATE, qos_get(self->s).sending.token_rate);

	/* no attempt: what was staged goes, and what was in use stays */
	self->spec.token_rate = OTHER_RATE;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->other, &staged));
	EXPECT_EQ(0, staged.wsa);
	EXPECT_NE(self->arg.classid, staged.classid);
	EXPECT_EQ(2, flows_there("v0"));
	EXPECT_NE(0, connect_staged(self->s, &zero, &staged));
	EXPECT_TRUE(class_gone("v0", staged.classid));
	EXPECT_ONLY(self->arg);
	peer = peer_name(self->s);
	EXPECT_TRUE(same_name(&self->peer, &peer));
}

/* A stream keeps what it is connected with; a datagram socket has what came with the last. */
TEST_F(change, connect_elsewhere)
{
	struct wsa_qos_set staged;
	int error;

	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg));
	self->spec.token_rate = OTHER_RATE;
	error = connect_with(self->s, &self->spec, &self->other, &staged);
	EXPECT_EQ(0, staged.wsa);
	EXPECT_NE(self->arg.classid, staged.classid);
	if (variant->type == SOCK_STREAM) {
		EXPECT_EQ(EISCONN, error);
		EXPECT_TRUE(class_gone("v0", staged.classid));
		EXPECT_ONLY(self->arg);
	} else {
		EXPECT_EQ(0, error);
		EXPECT_TRUE(class_gone("v0", self->arg.classid));
		EXPECT_ONLY(staged);
	}
}

/* Only what was staged last can be used; the cookie of what it replaced is worth nothing. */
TEST_F(change, staged_twice)
{
	struct wsa_qos_set again;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &self->arg));
	self->spec.token_rate = OTHER_RATE;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &again));
	EXPECT_EQ(0, again.wsa);
	EXPECT_NE(self->arg.cookie, again.cookie);
	EXPECT_TRUE(class_gone("v0", self->arg.classid));

	/* refused: what waits goes on waiting */
	self->spec.token_rate = TOO_MUCH;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &self->arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)self->arg.wsa);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(self->s).flags);
	EXPECT_EQ(OTHER_RATE, qos_get(self->s).sending.token_rate);
	EXPECT_TRUE(class_there("v0", again.classid));
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &again));
	EXPECT_ONLY(again);
}

/* Kept before there is a connection, and in use from connect on; so if that says "no change". */
TEST_F(change, kept_is_used_by_connect__r38_r283)
{
	struct wsa_flowspec nochange = flowspec(NOCHANGE, TOO_MUCH);
	struct wsa_qos_set kept;
	int i, error = 0;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &self->arg));
		EXPECT_EQ(0, self->arg.wsa);
		EXPECT_EQ(0, flows_there("v0"));
		if (i)
			error = qos_set(self->s, &nochange, &self->peer, &kept);
		else
			kept = ask_kept(self->s, &self->peer);
		ASSERT_EQ(0, error);
		EXPECT_EQ(0, kept.wsa);
		EXPECT_NE(0, kept.cookie);
		EXPECT_NE(0, kept.classid);
		ASSERT_EQ(0, connect_staged(self->s, &self->peer, &kept));
		EXPECT_ONLY(kept);
		EXPECT_EQ(RATE, qos_get(self->s).sending.token_rate);
		EXPECT_EQ(CONTROLLEDLOAD, qos_get(self->s).sending.service_type);
		close(self->s);
		EXPECT_TRUE(flows_gone("v0"));
		self->s = open_sort(&variant->sort, variant->type);
	}
}

/* "No change" with nothing before it is nothing. */
TEST_F(change, no_change_of_nothing__r283)
{
	struct wsa_flowspec nochange = flowspec(NOCHANGE, RATE);

	ASSERT_EQ(0, qos_set(self->s, &nochange, &self->peer, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_EQ(0, self->arg.cookie);
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &self->arg));
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	EXPECT_EQ(0, flows_there("v0"));
	ASSERT_EQ(0, qos_set(self->s, &nochange, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_EQ(0, flows_there("v0"));
}

/* What was said of a flow in objects is kept with it: this one is held to its rate. */
TEST_F(change, objects_are_kept)
{
	unsigned int shape[] = { 2002, 12, 1, 2001, 8 };
	struct wsa_qos_set arg = {
		.size = sizeof(arg), .sending = self->spec,
		.receiving = flowspec(NOTRAFFIC, UNSPECIFIED),
		.objects = (unsigned long)shape, .objects_len = sizeof(shape),
	};
	char command[128];

	ASSERT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	EXPECT_EQ(0, arg.wsa);
	arg = ask_kept(self->s, &self->peer);
	EXPECT_EQ(0, arg.wsa);
	snprintf(command, sizeof(command), "tc class show dev v0 classid 1:%x | grep -q '%s'",
		 arg.classid & 0xffff,
		 strcmp(variant->qdisc, "htb") ? " ul " : "rate \\([0-9]*Kbit\\) ceil \\1 ");
	run_command(command);
}

/* It is its user's until it is closed, and no longer counted: others' ends do not end him. */
TEST_F(change, lost_and_then_closed)
{
	struct wsa_qos_set arg;
	int fd = open_sort(&variant->sort, variant->type);
	int others = open_sort(&variant->sort, variant->type);

	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg));
	ASSERT_EQ(0, wsactl("qos disable v0"));
	EXPECT_TRUE(qos_get(self->s).flags & WSA_QOS_LOST);
	ASSERT_EQ(0, make_pool(variant)) TH_LOG("%s", wsactl_said());

	/* somebody else has most of the share, so that he is refused, and has none */
	self->spec.token_rate = 3 * RATE;
	ASSERT_EQ(0, seteuid(1000));
	ASSERT_EQ(0, qos_set(others, &self->spec, &self->peer, &arg));
	ASSERT_EQ(0, seteuid(0));
	EXPECT_EQ(0, arg.wsa);
	ASSERT_EQ(0, qos_set(fd, &self->spec, &self->peer, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_ADMISSION_FAILURE, (int)arg.status);
	close(self->s);
	EXPECT_EQ(1, pool_number("flows"));
	close(others);
	ASSERT_EQ(0, qos_set(fd, &self->spec, &self->peer, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(1, pool_number("flows"));
}

/* Lost while it waited for connect, when there was nobody to tell: told when there is. */
TEST_F(change, lost_while_staged__r228_r291)
{
	int event = event_new();

	ASSERT_EQ(0, event_select(self->s, event, WSA_EVENT_QOS, 0));
	set_nonblock(self->s, false);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	ASSERT_EQ(0, wsactl("qos disable v0"));
	EXPECT_NO_EVENTS(self->s, event);
	/* a stream's event comes with its connection */
	EXPECT_NE(EOPNOTSUPP, connect_staged(self->s, &self->peer, &self->arg));
	EXPECT_EVENTS(WSA_EVENT_QOS, self->s, event);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE | WSA_QOS_LOST, qos_get(self->s).flags);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)qos_get(self->s).status);
	EXPECT_NO_EVENTS(self->s, event);
	ASSERT_EQ(0, make_pool(variant)) TH_LOG("%s", wsactl_said());
}

/* And if it is lost while it is in use, once. */
TEST_F(change, lost_while_active__r228_r291)
{
	int event = event_new(), other = event_new();
	int fd = open_sort(&variant->sort, variant->type);

	ASSERT_EQ(0, connect(fd, &self->other.sa, self->other.len));
	ASSERT_EQ(0, event_select(fd, other, WSA_EVENT_QOS, 0));
	ASSERT_EQ(0, event_select(self->s, event, WSA_EVENT_QOS, 0));
	set_nonblock(self->s, false);
	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg));
	EXPECT_NO_EVENTS(self->s, event);
	run_command("tc qdisc del dev v0 root");
	EXPECT_EVENTS(WSA_EVENT_QOS, self->s, event);
	EXPECT_TRUE(qos_get(self->s).flags & WSA_QOS_LOST);
	EXPECT_NO_EVENTS(self->s, event);
	EXPECT_NO_EVENTS(fd, other);		/* nothing to do with it */
	ASSERT_EQ(0, make_pool(variant)) TH_LOG("%s", wsactl_said());
	EXPECT_NO_EVENTS(self->s, event);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
