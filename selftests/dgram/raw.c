// SPDX-License-Identifier: GPL-2.0
/* Raw sockets: a default destination and a filter by source, as for datagrams (row 184). */
#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "dgram.h"
#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(raw) {
	const struct sort *sort;
	int s;
	int pinger;
	struct name lo, d0;	/* two addresses of this host */
};

FIXTURE_VARIANT(raw) { struct sort sort; };
SORT(raw, family_v4, FAMILY, AF_INET, false);
SORT(raw, family_v6, FAMILY, AF_INET6, false);
SORT(raw, adopt_v4, ADOPT, AF_INET, false);
SORT(raw, adopt_v6, ADOPT, AF_INET6, false);

FIXTURE_SETUP(raw)
{
	int proto = variant->sort.af == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;

	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	self->s = open_proto(self->sort->door, self->sort->af, SOCK_RAW, proto);
	ASSERT_LE(0, self->s);
	self->pinger = open_proto(PLAIN, self->sort->af, SOCK_RAW, proto);
	self->lo = name_for(self->sort, "127.0.0.1", "::1", 0);
	self->d0 = name_for(self->sort, "10.9.0.1", "fd09::1", 0);
}

FIXTURE_TEARDOWN(raw)
{
	COUNTERS_BALANCE();
}

/* Type, code, checksum, id, sequence: the same layout in both. */
static int ping(int fd, const struct sort *sort, const struct name *to, unsigned char id)
{
	unsigned char echo[8] = { ICMP_ECHO, 0, 0, 0, 0, id, 0, 1 };
	unsigned int sum = (ICMP_ECHO << 8) + id + 1;
	int sent;

	echo[2] = ~sum >> 8;
	echo[3] = ~sum;
	if (sort->af == AF_INET6) {
		echo[0] = ICMP6_ECHO_REQUEST;	/* the kernel sums */
		echo[2] = 0;
		echo[3] = 0;
	}
	sent = to ? sendto(fd, echo, sizeof(echo), 0, &to->sa, to->len) :
		    send(fd, echo, sizeof(echo), 0);
	dgram_settle();		/* the request, */
	dgram_settle();		/* and the reply */
	return sent;
}

/* The id of the next echo reply; -1 when none is queued. */
static int pong(int fd, const struct sort *sort)
{
	unsigned char packet[256], *icmp;
	ssize_t n;

	while ((n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT)) > 0) {
		icmp = packet + (sort->af == AF_INET ? sizeof(struct iphdr) : 0);
		if (icmp[0] == (sort->af == AF_INET ? ICMP_ECHOREPLY : ICMP6_ECHO_REPLY))
			return icmp[5];
	}
	return -1;
}

TEST_F(raw, echo__r184)
{
	struct wsa_state state;

	EXPECT_CONNECTED(connect_to(self->s, &self->lo));
	state = state_of(self->s);
	EXPECT_EQ(WSA_STATE_CONNECTED, state.state);
	EXPECT_EQ(8, ping(self->s, self->sort, NULL, 7));
	EXPECT_TRUE(revents_of(self->s, POLLIN, 60000) & POLLIN);
	EXPECT_EQ(7, pong(self->s, self->sort));
}

/* There are no ports: whatever is given is ignored. */
TEST_F(raw, port_is_ignored__r117_r184)
{
	struct name other = self->lo;

	other.v4.sin_port = htons(77);
	EXPECT_CONNECTED(connect_to(self->s, &self->lo));
	ping(self->pinger, self->sort, &self->lo, 3);
	EXPECT_CONNECTED(connect_to(self->s, &other));	/* the same peer (row 156) */
	EXPECT_EQ(3, pong(self->s, self->sort));
	EXPECT_EQ(0, wsa_counter("FLUSHED"));
}

TEST_F(raw, filter_by_source__r165_r184)
{
	EXPECT_CONNECTED(connect_to(self->s, &self->d0));
	ping(self->pinger, self->sort, &self->lo, 1);
	EXPECT_EQ(1, pong(self->pinger, self->sort));
	EXPECT_EQ(-1, pong(self->s, self->sort));
	ping(self->s, self->sort, NULL, 2);
	EXPECT_EQ(2, pong(self->s, self->sort));
}

TEST_F(raw, change_discards__r157_r184)
{
	EXPECT_CONNECTED(connect_to(self->s, &self->lo));
	EXPECT_EQ(8, ping(self->s, self->sort, NULL, 1));
	EXPECT_CONNECTED(connect_to(self->s, &self->d0));
	EXPECT_EQ(-1, pong(self->s, self->sort));
	EXPECT_LE(1, wsa_counter("FLUSHED"));
	EXPECT_EQ(8, ping(self->s, self->sort, NULL, 2));
	EXPECT_EQ(2, pong(self->s, self->sort));
}

/* A first destination keeps what it said itself. */
TEST_F(raw, first_destination__r150_r184)
{
	ping(self->pinger, self->sort, &self->d0, 1);
	ping(self->pinger, self->sort, &self->lo, 2);
	ping(self->pinger, self->sort, &self->d0, 3);
	EXPECT_CONNECTED(connect_to(self->s, &self->lo));
	EXPECT_EQ(2, pong(self->s, self->sort));
	EXPECT_EQ(-1, pong(self->s, self->sort));
}

TEST_F(raw, reset_goes_on_receiving__r158_r184)
{
	struct sockaddr_in6 unspec = { .sin6_family = AF_UNSPEC };

	EXPECT_CONNECTED(connect_to(self->s, &self->d0));
	ping(self->s, self->sort, NULL, 1);
	EXPECT_CONNECTED(connect_raw(self->s, &unspec, sizeof(unspec)));
	EXPECT_EQ(WSA_STATE_IDLE, state_of(self->s).state);
	EXPECT_EQ(-1, pong(self->s, self->sort));
	ping(self->pinger, self->sort, &self->lo, 5);
	EXPECT_EQ(5, pong(self->s, self->sort));
	EXPECT_EQ(-1, ping(self->s, self->sort, NULL, 6));
	EXPECT_CONNECTED(connect_to(self->s, &self->lo));
	EXPECT_EQ(8, ping(self->s, self->sort, NULL, 7));
	EXPECT_EQ(7, pong(self->s, self->sort));
}

TEST_F(raw, refusals__r26_r160_r184)
{
	struct name any = name_for(self->sort, "0.0.0.0", "::", 5), foreign = self->lo;
	struct snapshot before;

	foreign.sa.sa_family = 0xdead;
	EXPECT_CONNECTED(connect_to(self->s, &self->lo));
	take_snapshot(self->s, &before);
	EXPECT_OUTCOME(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_ANY,
		       connect_to(self->s, &any));
	EXPECT_OUTCOME(EAFNOSUPPORT, WSAEAFNOSUPPORT, WSA_REASON_FAMILY,
		       connect_to(self->s, &foreign));
	EXPECT_OUTCOME(EINVAL, WSAEFAULT, WSA_REASON_NAME_SHORT,
		       connect_raw(self->s, &self->lo.sa, 8));
	EXPECT_TRUE(unchanged(self->s, &before));
	EXPECT_EQ(8, ping(self->s, self->sort, NULL, 7));
	EXPECT_EQ(7, pong(self->s, self->sort));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
