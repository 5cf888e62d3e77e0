// SPDX-License-Identifier: GPL-2.0
/* How packets of a flow are marked, seen where they arrive, whatever the program sets. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define RATE 250000
#define HUNG 60000		/* milliseconds */
#define ETH_P_ALL 3
#define MARK (24 << 2)		/* of controlled load */

FIXTURE(mark) {
	struct wsa_flowspec spec;
	struct wsa_qos_set arg;
	struct name peer;
	bool v6;
	int wire;
	int s;
};

FIXTURE_VARIANT(mark) {
	struct sort sort;
	int type;
};

FIXTURE_VARIANT_ADD(mark, family_v4) { { FAMILY, AF_INET, false }, SOCK_STREAM };
FIXTURE_VARIANT_ADD(mark, family_v6) { { FAMILY, AF_INET6, false }, SOCK_STREAM };
FIXTURE_VARIANT_ADD(mark, adopt_v6) { { ADOPT, AF_INET6, false }, SOCK_DGRAM };
FIXTURE_VARIANT_ADD(mark, adopt_dual) { { ADOPT, AF_INET6, true }, SOCK_DGRAM };

FIXTURE_SETUP(mark)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };

	hosts_make();
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --share 8mbit"))
		TH_LOG("%s", wsactl_said());
	sysctl_write("/proc/sys/net/ipv4/tcp_ecn", "1");
	hosts_there();
	sysctl_write("/proc/sys/net/ipv4/tcp_ecn", "1");
	self->wire = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	at.sll_ifindex = if_nametoindex("v1");
	ASSERT_EQ(0, bind(self->wire, (struct sockaddr *)&at, sizeof(at)));
	hosts_here();
	self->v6 = variant->sort.af == AF_INET6 && !variant->sort.dual;
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	ASSERT_LE(0, listen_there(&variant->sort, variant->type, &self->peer));
	self->s = open_sort(&variant->sort, variant->type);
}

FIXTURE_TEARDOWN(mark)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* TOS or traffic class of a packet for @port, -1 of another; @data: it carries some. */
static int mark_of(const unsigned char *packet, bool v6, int port, bool stream, bool *data)
{
	int head = v6 ? 40 : (packet[0] & 15) * 4;
	int length = v6 ? 40 + (packet[4] << 8 | packet[5]) : packet[2] << 8 | packet[3];
	int protocol = v6 ? packet[6] : packet[9];

	if (packet[0] >> 4 != (v6 ? 6 : 4) || protocol != (stream ? IPPROTO_TCP : IPPROTO_UDP) ||
	    (packet[head + 2] << 8 | packet[head + 3]) != port)
		return -1;
	*data = length > head + (stream ? packet[head + 12] / 16 * 4 : 8);
	return v6 ? (packet[0] & 15) << 4 | packet[1] >> 4 : packet[1];
}

/* The mark of the next packet that goes to the peer, one with data or one without. */
static int next_mark(const FIXTURE_DATA(mark) *self, const FIXTURE_VARIANT(mark) *variant,
		     bool with_data)
{
	struct pollfd poller = { .fd = self->wire, .events = POLLIN };
	unsigned char packet[2000] = { 0 };
	bool data = false;
	int mark;

	while (poll(&poller, 1, HUNG) == 1 && recv(self->wire, packet, sizeof(packet), 0) > 0) {
		mark = mark_of(packet, self->v6, name_port(&self->peer),
			       variant->type == SOCK_STREAM, &data);
		if (mark >= 0 && data == with_data)
			return mark;
	}
	return -1;
}

static int set_tos(const FIXTURE_DATA(mark) *self, int value)
{
	return setsockopt(self->s, self->v6 ? SOL_IPV6 : SOL_IP,
			  self->v6 ? 67 /* IPV6_TCLASS */ : IP_TOS, &value, sizeof(value));
}

/* The ECN bits are TCP's own, and otherwise the program's. */
#define EXPECT_MARK(dscp, ecn) do { \
	int ecn_ = variant->type == SOCK_STREAM ? 2 : (ecn); \
	EXPECT_EQ(1, send(self->s, "x", 1, 0)); \
	EXPECT_EQ((dscp) | ecn_, next_mark(self, variant, true)); \
} while (0)

TEST_F(mark, whatever_the_program_sets)
{
	int priority = 5;
	long before;

	EXPECT_EQ(0, set_tos(self, 0x23));
	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg));
	ASSERT_EQ(0, self->arg.wsa);
	if (variant->type == SOCK_STREAM)
		EXPECT_EQ(MARK, next_mark(self, variant, false));	/* the SYN */
	EXPECT_MARK(MARK, 3);

	EXPECT_EQ(0, set_tos(self, 0x41));
	before = class_packets("v0", self->arg.classid);
	EXPECT_MARK(MARK, 1);
	EXPECT_LT(before, class_packets("v0", self->arg.classid));

	EXPECT_EQ(0, setsockopt(self->s, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority)));
	before = class_packets("v0", self->arg.classid);
	EXPECT_MARK(MARK, 1);
	EXPECT_LT(before, class_packets("v0", self->arg.classid));

	/* another service, another mark; and then the program's own */
	self->spec.service_type = NETWORK_CONTROL;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_MARK(48 << 2, 1);
	self->spec.service_type = NOTRAFFIC;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_MARK(0x40, 1);
}

/* The promise is lost: what is sent goes on under its mark, which nobody else will have. */
TEST_F(mark, of_a_flow_that_was_lost)
{
	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg));
	ASSERT_EQ(0, wsactl("qos disable v0"));
	EXPECT_TRUE(qos_get(self->s).flags & WSA_QOS_LOST);
	EXPECT_MARK(MARK, 0);
	self->spec.service_type = NOTRAFFIC;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_MARK(0, 0);
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit"));
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
