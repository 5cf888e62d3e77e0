// SPDX-License-Identifier: GPL-2.0
/* An ifb for what a device receives: how an administrator makes it, sees it, and is refused. */
#include <errno.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "iso.h"
#include "left.h"
#include "netns.h"
#include "pool.h"
#include "qos.h"
#include "sockets.h"
#include "steady.h"

#define RATE 250000

static const struct sort ipv4 = { .door = FAMILY, .af = AF_INET };

#define EXPECT_REFUSED(why, arg) do { \
	EXPECT_EQ(WSAEOPNOTSUPP, (int)(arg).wsa); \
	EXPECT_EQ(why, (int)(arg).status); \
	EXPECT_EQ(0, (arg).cookie); \
	EXPECT_EQ(0, (arg).classid); \
} while (0)

FIXTURE(ingress) {
	int s;
	struct name silent;
};

FIXTURE_SETUP(ingress)
{
	hosts_make();
	self->s = open_sort(&ipv4, SOCK_DGRAM);
	self->silent = name_of("10.7.0.77", 9);
}

FIXTURE_TEARDOWN(ingress)
{
	COUNTERS_BALANCE();
}

#define ENABLE "qos enable v0 --rate 16mbit --ingress "

#define EXPECT_SAID(text) do { \
	EXPECT_NE(NULL, strstr(wsactl_said(), text)) TH_LOG("%s", wsactl_said()); \
	EXPECT_EQ(wsactl_said(), strstr(wsactl_said(), "wsactl: ")); \
} while (0)

/* All there is of links, qdiscs and classes, but for what counts packets or comes with them. */
static void note(const char *path)
{
	char command[320];

	snprintf(command, sizeof(command),
		 "{ ip -o link; ip -d -o link show v0 | grep -o 'gso_max_segs [0-9]*';"
		 " tc qdisc; tc class show dev v0; tc class show dev ifb0; wsactl qos show;"
		 " } >/tmp/all 2>/dev/null;"
		 "sed '/class fq_codel/d; s/direct_packets_stat [0-9]*//' /tmp/all >%s", path);
	run_command(command);
}

#define EXPECT_NOTHING_CHANGED() do { \
	note("/tmp/after"); \
	run_command("cmp /tmp/before /tmp/after || { diff /tmp/before /tmp/after; false; }"); \
} while (0)

TEST_F(ingress, enable_show_disable)
{
	note("/tmp/before");
	ASSERT_EQ(0, wsactl(ENABLE "ifb0 --share 50% --flows 7")) TH_LOG("%s", wsactl_said());
	EXPECT_EQ(2000000, pool_number_of("ifb0", "rate"));
	EXPECT_EQ(1000000, pool_number_of("ifb0", "share"));
	EXPECT_EQ(7, pool_number_of("ifb0", "flows_max"));
	EXPECT_EQ(2000000, pool_number_of("v0", "rate"));
	run_command("wsactl qos show | grep -q '^ifb0: htb 2:3 .*, receives for v0$'");
	run_command("wsactl qos show | grep -q '^v0: htb 1:3 .* a user$'");
	run_command("wsactl qos show --json | grep ifb0 | grep -q '\"receives_for\":\"v0\"'");
	run_command("ip -d -o link show ifb0 | grep -q 'UP.* ifb .*gso_max_segs 65535'");
	EXPECT_EQ(0, wsactl("qos disable v0"));
	EXPECT_NOTHING_CHANGED();

	/* one that is there stays; and each end of the two can be ended alone */
	run_command("ip link add ifb0 type ifb");
	EXPECT_EQ(0, wsactl(ENABLE "ifb0")) TH_LOG("%s", wsactl_said());
	EXPECT_EQ(0, wsactl("qos disable v0"));
	run_command("ip link set ifb0 down");
	EXPECT_NE(0, if_nametoindex("ifb0"));
	EXPECT_EQ(0, wsactl(ENABLE "ifb0")) TH_LOG("%s", wsactl_said());
	EXPECT_EQ(0, wsactl("qos disable ifb0"));
	EXPECT_EQ(-1, pool_number_of("ifb0", "rate"));
	EXPECT_EQ(2000000, pool_number_of("v0", "rate"));
	EXPECT_EQ(0, wsactl("qos disable v0"));
	EXPECT_EQ(0, wsactl(ENABLE "ifb0")) TH_LOG("%s", wsactl_said());
	run_command("tc qdisc del dev v0 root");
	EXPECT_EQ(-1, pool_number_of("v0", "rate"));
	EXPECT_EQ(2000000, pool_number_of("ifb0", "rate"));
	EXPECT_EQ(0, wsactl("qos disable v0"));
	EXPECT_EQ(-1, pool_number_of("ifb0", "rate"));
	EXPECT_NE(0, wsactl("qos disable v0"));
	EXPECT_SAID("v0 has no pool");
	run_command("ip link del ifb0");
	EXPECT_NOTHING_CHANGED();
}

/* One line that says why, and nothing changed: neither what was made before that step. */
TEST_F(ingress, refusals)
{
	run_command("ip link add d0 type dummy; ip link add ifb1 type ifb;"
		    "tc qdisc add dev ifb1 root handle 7: htb");
	note("/tmp/before");
	EXPECT_EQ(1, wsactl(ENABLE "d0"));
	EXPECT_SAID("d0 is not an ifb");
	EXPECT_NOTHING_CHANGED();
	EXPECT_EQ(1, wsactl(ENABLE "v0"));
	EXPECT_SAID("v0 is not an ifb");
	EXPECT_NOTHING_CHANGED();
	EXPECT_EQ(1, wsactl(ENABLE "ifb1"));
	EXPECT_SAID("ifb1 has a root qdisc, htb 7");
	EXPECT_NOTHING_CHANGED();
	EXPECT_EQ(1, wsactl(ENABLE "a_name_of_16_octs"));
	EXPECT_SAID("a_name_of_16_octs");
	EXPECT_NOTHING_CHANGED();

	run_command("tc qdisc add dev v0 clsact");
	note("/tmp/before");
	EXPECT_EQ(1, wsactl(ENABLE "ifb0 --force"));
	EXPECT_SAID("v0 has an ingress qdisc");
	EXPECT_NOTHING_CHANGED();
	run_command("tc qdisc del dev v0 clsact; tc qdisc add dev v0 ingress");
	note("/tmp/before");
	EXPECT_EQ(1, wsactl(ENABLE "ifb0"));
	EXPECT_SAID("v0 has an ingress qdisc");
	EXPECT_NOTHING_CHANGED();
	run_command("tc qdisc del dev v0 ingress");

	/* each device has one ifb, and each ifb one device */
	EXPECT_EQ(0, wsactl(ENABLE "ifb0"));
	hosts_second_link();
	note("/tmp/before");
	EXPECT_EQ(1, wsactl("qos enable w0 --rate 16mbit --ingress ifb0"));
	EXPECT_SAID("ifb0 has a root qdisc, htb 2");
	EXPECT_NOTHING_CHANGED();
}

/* Said by the kernel itself, whoever asks. */
TEST_F(ingress, kernel_refuses)
{
	struct pool_request request;
	int netlink = pool_open(), v0 = if_nametoindex("v0"), ifb0, d0;

	run_command("ip link add ifb0 type ifb; ip link set ifb0 up; ip link add d0 type dummy;"
		    "tc qdisc add dev ifb0 root handle 7: htb;"
		    "tc class add dev ifb0 parent 7: classid 7:3 htb rate 8mbit;"
		    "tc qdisc add dev d0 root handle 8: htb;"
		    "tc class add dev d0 parent 8: classid 8:3 htb rate 8mbit");
	ifb0 = if_nametoindex("ifb0");
	d0 = if_nametoindex("d0");
	pool_receive_request(&request, ifb0, 0x70003, 1000000, 500000, v0);
	EXPECT_EQ(EOPNOTSUPP, pool_ask(netlink, &request, NULL));	/* v0 has no pool */
	EXPECT_EQ(0, wsactl("qos enable v0 --rate 16mbit"));
	pool_receive_request(&request, d0, 0x80003, 1000000, 500000, v0);
	EXPECT_EQ(EOPNOTSUPP, pool_ask(netlink, &request, NULL));	/* no ifb */
	pool_receive_request(&request, ifb0, 0x70003, 1000000, 500000, 4711);
	EXPECT_EQ(EOPNOTSUPP, pool_ask(netlink, &request, NULL));	/* no device */
	pool_receive_request(&request, ifb0, 0x70003, 1000000, 500000, ifb0);
	EXPECT_EQ(EOPNOTSUPP, pool_ask(netlink, &request, NULL));
	EXPECT_EQ(-1, pool_number_of("ifb0", "rate"));
	EXPECT_EQ(-1, pool_number_of("d0", "rate"));
	pool_receive_request(&request, ifb0, 0x70003, 1000000, 500000, v0);
	EXPECT_EQ(0, pool_ask(netlink, &request, NULL));
	EXPECT_EQ(1000000, pool_number_of("ifb0", "rate"));
	run_command("ip link add ifb1 type ifb; tc qdisc add dev ifb1 root handle 9: htb;"
		    "tc class add dev ifb1 parent 9: classid 9:3 htb rate 8mbit");
	pool_receive_request(&request, if_nametoindex("ifb1"), 0x90003, 1000000, 500000, v0);
	EXPECT_EQ(EOPNOTSUPP, pool_ask(netlink, &request, NULL));	/* v0 has one already */
	close(netlink);
}

static void shows(const char *arguments, const char *pattern)
{
	char command[160];

	snprintf(command, sizeof(command), "wsactl qos %s | grep -q '%s'", arguments, pattern);
	run_command(command);
}

/* Flows of either direction are told apart. */
TEST_F(ingress, flows_are_shown)
{
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, RATE);
	struct wsa_qos_set arg;

	ASSERT_EQ(0, wsactl(ENABLE "ifb0"));
	ASSERT_EQ(0, qos_ask(self->s, &spec, &spec, &self->silent, &arg));
	ASSERT_EQ(0, arg.wsa);
	shows("show --flows", "^ifb0 2:100[01] in staged uid 0 ");
	shows("show --flows", "^v0 1:100[01] staged uid 0 ");
	ASSERT_EQ(0, connect_staged(self->s, &self->silent, &arg));
	shows("show --flows", "^ifb0 2:1.* in active .* udp 10.7.0.1:[0-9]* < 10.7.0.77:9 con");
	shows("show --flows", "^v0 1:100[01] active .* udp 10.7.0.1:[0-9]* > 10.7.0.77:9 con");
	shows("show --flows --json", "\"ifb0\".*\"direction\":\"in\"");
	shows("show --flows --json", "\"v0\".*\"direction\":\"out\"");
	shows("watch ifb0 --count 1", "^ifb0 .* in active .* < ");
}

/* What a raw socket receives is a copy. */
TEST_F(ingress, raw_sockets_are_promised_nothing)
{
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, RATE), none = flowspec(NOTRAFFIC, 0);
	int raw = open_proto(FAMILY, AF_INET, SOCK_RAW, 200);
	struct wsa_qos_set arg;

	ASSERT_EQ(0, wsactl(ENABLE "ifb0"));
	ASSERT_EQ(0, qos_ask(raw, &none, &spec, &self->silent, &arg));
	EXPECT_REFUSED(WSA_QOS_TRAFFIC_CTRL_ERROR, arg);
	EXPECT_EQ(0, qos_get(raw).flags);
	EXPECT_TRUE(pools_empty());
	ASSERT_EQ(0, qos_ask(raw, &spec, &none, &self->silent, &arg));
	EXPECT_EQ(0, arg.wsa);
}

TEST_F(ingress, accepted_children_start_with_none_and_may_ask)
{
	static const struct sort plain = { .door = PLAIN, .af = AF_INET };
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, RATE), none = flowspec(NOTRAFFIC, 0);
	struct name here = name_of("10.7.0.1", 0);
	int listener = open_sort(&ipv4, SOCK_STREAM), child, there;
	struct wsa_qos_set arg;

	ASSERT_EQ(0, wsactl(ENABLE "ifb0"));
	ASSERT_EQ(0, qos_ask(listener, &none, &spec, NULL, &arg));
	EXPECT_EQ(0, arg.wsa);
	ASSERT_EQ(0, bind(listener, &here.sa, here.len));
	ASSERT_EQ(0, listen(listener, 1));
	here = local_name(listener);
	hosts_there();
	there = open_sort(&plain, SOCK_STREAM);
	hosts_here();
	ASSERT_EQ(0, connect(there, &here.sa, here.len));
	child = accept(listener, NULL, NULL);
	ASSERT_LE(0, child);
	EXPECT_EQ(0, qos_get(child).flags);
	EXPECT_EQ(0, flows_there("ifb0"));

	ASSERT_EQ(0, qos_ask(child, &none, &spec, NULL, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_TRUE(class_there("ifb0", qos_get(child).in_classid));
	EXPECT_TRUE(pass_octet(there, child));
	EXPECT_LT(0, class_packets("ifb0", qos_get(child).in_classid));
}

/* What comes as one packet has room in its class, whatever its rate. */
TEST_F(ingress, super_packets_stay_whole)
{
	static const struct sort plain = { .door = PLAIN, .af = AF_INET };
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, RATE), none = flowspec(NOTRAFFIC, 0);
	struct name peer, here;
	int there = listen_there(&plain, SOCK_DGRAM, &peer), segment = 1400;
	static char octets[60000];
	struct wsa_qos_set arg;

	ASSERT_EQ(0, wsactl(ENABLE "ifb0"));
	ASSERT_EQ(0, qos_ask(self->s, &none, &spec, &peer, &arg));
	EXPECT_EQ(0, arg.wsa);
	ASSERT_EQ(0, connect_staged(self->s, &peer, &arg));
	here = local_name(self->s);
	ASSERT_EQ(0, connect(there, &here.sa, here.len));
	ASSERT_EQ(0, setsockopt(there, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)));
	EXPECT_EQ(sizeof(octets), send(there, octets, sizeof(octets), 0));
	EXPECT_EQ(sizeof(octets), read_some(self->s, sizeof(octets)));
	EXPECT_LT(sizeof(octets), class_octets("ifb0", qos_get(self->s).in_classid));
}

/* Transport connections are TCP's to all that looks at packets. */
TEST_F(ingress, iso_transport)
{
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, RATE), none = flowspec(NOTRAFFIC, 0);
	static const struct kind kind = { AF_INET, SOCK_SEQPACKET };
	struct name at = name_of("10.7.0.2", 0);
	int listener, s = iso_open(&kind), child;
	struct wsa_qos_set arg;
	long before;

	ASSERT_EQ(0, wsactl(ENABLE "ifb0"));
	hosts_there();
	listener = iso_open(&kind);
	hosts_here();
	ASSERT_EQ(0, bind(listener, &at.sa, at.len));
	ASSERT_EQ(0, listen(listener, 1));
	at = local_name(listener);
	set_nonblock(s, true);
	ASSERT_EQ(0, qos_ask(s, &none, &spec, &at, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(EINPROGRESS, connect_staged(s, &at, &arg));
	child = accept(listener, NULL, NULL);
	ASSERT_LE(0, child);
	ASSERT_TRUE(wait_state(s, WSA_STATE_CONNECTED));
	set_nonblock(s, false);
	before = class_packets("ifb0", qos_get(s).in_classid);
	EXPECT_LT(1, before);			/* TCP's answer, and the call's */
	EXPECT_EQ(1, send(child, "x", 1, 0));
	EXPECT_EQ(1, read_some(s, 1));
	EXPECT_LT(before, class_packets("ifb0", qos_get(s).in_classid));
}

/* The first version of the structure had no such members. */
TEST_F(ingress, older_programs_are_answered)
{
	union {
		struct wsa_qos_get get;
		unsigned char octets[sizeof(struct wsa_qos_get)];
	} arg;

	memset(&arg, 0xa5, sizeof(arg));
	arg.get.size = WSA_QOS_GET_SIZE_FIRST;
	arg.get.flags = 0;
	EXPECT_EQ(0, ioctl(self->s, WSA_IOC_QOS_GET, &arg));
	EXPECT_EQ(0, arg.get.flags);
	EXPECT_EQ(0, arg.get.bound);
	EXPECT_EQ(0xa5a5a5a5, arg.get.in_ifindex);
	EXPECT_EQ(0xa5a5a5a5, arg.get.in_classid);
	arg.get.size = WSA_QOS_GET_SIZE_FIRST - 4;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_QOS_GET, &arg));
	EXPECT_EQ(EINVAL, errno);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
