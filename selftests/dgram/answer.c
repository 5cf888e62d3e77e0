// SPDX-License-Identifier: GPL-2.0
/* What the network answers to a datagram, whether the socket has a destination or not. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/errqueue.h>

#include <kselftest_harness.h>

#include "dgram.h"
#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define HUNG 10000	/* ms */

FIXTURE(answer) {
	const struct sort *sort;
	struct name nobody;
	int s;
};

SORTS(answer);

FIXTURE_SETUP(answer)
{
	hosts_make();
	run_command("ip link set lo up");
	self->sort = &variant->sort;
	self->nobody = name_for(self->sort, "10.7.0.2", "fd07::2", 9);
	self->s = open_sort(self->sort, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(answer)
{
	close(self->s);
	COUNTERS_BALANCE();
}

static int send_to(int fd, const struct name *to)
{
	return sendto(fd, "x", 1, 0, &to->sa, to->len) == 1 ? 0 : errno;
}

static int receive(int fd, int flags)
{
	char octet[4];

	return recv(fd, octet, sizeof(octet), flags | MSG_DONTWAIT) < 0 ? errno : 0;
}

/* What recvmsg(MSG_ERRQUEUE) says: 0 for a copy, or errno. */
static int copy(int fd)
{
	char octets[64], control[256];
	struct iovec iov = { octets, sizeof(octets) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};

	return recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0 ? errno : 0;
}

#define EXPECT_TOLD(error, fd) \
	do { \
		EXPECT_EQ(POLLERR, revents_of(fd, 0, HUNG)); \
		EXPECT_EQ(error, receive(fd, 0)); \
		EXPECT_NOTHING(fd); \
	} while (0)

#define EXPECT_NOTHING(fd) \
	do { \
		EXPECT_EQ(0, revents_of(fd, POLLIN, 0)); \
		EXPECT_EQ(EAGAIN, receive(fd, 0)); \
		EXPECT_EQ(EAGAIN, copy(fd)); \
	} while (0)

TEST_F(answer, port_unreachable_without_destination__r172_r173)
{
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT_EQ(0, send_to(self->s, &self->nobody));
		EXPECT_TOLD(ECONNREFUSED, self->s);
	}
}

TEST_F(answer, port_unreachable_with_destination__r169)
{
	EXPECT_CONNECTED(connect_to(self->s, &self->nobody));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_TOLD(ECONNREFUSED, self->s);
}

TEST_F(answer, no_send_tells__r168)
{
	struct name other;
	int t = dgram_bound(self->sort, &other);

	EXPECT_EQ(0, send_to(self->s, &self->nobody));
	EXPECT_EQ(POLLERR, revents_of(self->s, 0, HUNG));
	EXPECT_EQ(0, send_to(self->s, &other));
	EXPECT_EQ(0, send_to(self->s, &other));
	EXPECT_TOLD(ECONNREFUSED, self->s);
	close(t);
}

/* The hop limit ends at a router; the other host is one for this. */
TEST_F(answer, hop_limit_exceeded__r171)
{
	struct name behind = name_for(self->sort, "10.66.0.1", "fd66::1", 9);
	bool ipv6 = self->sort->af == AF_INET6 && !self->sort->dual;
	int one = 1, err;

	hosts_there();
	sysctl_write("/proc/sys/net/ipv4/ip_forward", "1");
	sysctl_write("/proc/sys/net/ipv6/conf/all/forwarding", "1");
	run_command("ip route add default dev v1; ip -6 route add default dev v1");
	hosts_here();
	run_command("ip route add default via 10.7.0.2; ip -6 route add default via fd07::2");
	err = ipv6 ? setsockopt(self->s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &one, sizeof(one))
		   : setsockopt(self->s, IPPROTO_IP, IP_TTL, &one, sizeof(one));
	ASSERT_EQ(0, err);
	EXPECT_EQ(0, send_to(self->s, &behind));
	EXPECT_TOLD(EHOSTUNREACH, self->s);
	EXPECT_CONNECTED(connect_to(self->s, &behind));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_TOLD(EHOSTUNREACH, self->s);
}

/* Linux queues a copy of this one, too, when asked to queue any. */
TEST_F(answer, own_refusal_is_no_answer)
{
	static char much[70000];

	EXPECT_EQ(-1, sendto(self->s, much, sizeof(much), 0, &self->nobody.sa, self->nobody.len));
	EXPECT_EQ(EMSGSIZE, errno);
	EXPECT_NOTHING(self->s);
}

TEST_F(answer, full_interface_loses_it)
{
	int i;

	/* to wait for a neighbour is to be sent */
	run_command("ip neigh replace 10.7.0.2 lladdr 02:00:00:00:00:02 dev v0");
	run_command("ip neigh replace fd07::2 lladdr 02:00:00:00:00:02 dev v0");
	run_command("tc qdisc replace dev v0 root bfifo limit 1");
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, send_to(self->s, &self->nobody));
	EXPECT_NOTHING(self->s);
}

TEST_F(answer, goes_with_the_destination__r157)
{
	struct name other;
	int t = dgram_bound(self->sort, &other);

	EXPECT_EQ(0, send_to(self->s, &self->nobody));
	EXPECT_EQ(POLLERR, revents_of(self->s, 0, HUNG));
	EXPECT_CONNECTED(connect_to(self->s, &other));
	EXPECT_NOTHING(self->s);
	close(t);
}

static int report_option(const struct sort *sort, int fd, int on)
{
	bool ipv6 = sort->af == AF_INET6 && !sort->dual;

	return setsockopt(fd, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_RECVERR : IP_RECVERR,
			  &on, sizeof(on));
}

/* Who asks for the copies gets them, and what there was before when he has had enough. */
TEST_F(answer, copies_for_who_asks)
{
	int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, report_option(self->sort, self->s, 1));
		EXPECT_EQ(0, send_to(self->s, &self->nobody));
		EXPECT_EQ(POLLERR, revents_of(self->s, 0, HUNG));
		EXPECT_EQ(ECONNREFUSED, receive(self->s, 0));
		EXPECT_EQ(POLLERR, revents_of(self->s, 0, 0));
		EXPECT_EQ(0, copy(self->s));
		EXPECT_NOTHING(self->s);
		ASSERT_EQ(0, report_option(self->sort, self->s, 0));
		ASSERT_EQ(0, report_option(self->sort, self->s, 0));
		EXPECT_EQ(0, send_to(self->s, &self->nobody));
		EXPECT_TOLD(ECONNREFUSED, self->s);
	}
}

/* Adopted with the copies asked for, it goes on having them. */
TEST(adopted_with_copies)
{
	struct name nobody;
	int s, one = 1;

	hosts_make();
	nobody = name_of("10.7.0.2", 9);
	s = socket(AF_INET, SOCK_DGRAM, 0);
	ASSERT_EQ(0, setsockopt(s, IPPROTO_IP, IP_RECVERR, &one, sizeof(one)));
	ASSERT_EQ(0, wsa_adopt_fd(s, 0));
	EXPECT_EQ(0, send_to(s, &nobody));
	EXPECT_EQ(POLLERR, revents_of(s, 0, HUNG));
	EXPECT_EQ(ECONNREFUSED, receive(s, 0));
	EXPECT_EQ(0, copy(s));
	EXPECT_NOTHING(s);
	close(s);
	COUNTERS_BALANCE();
}

TEST_HARNESS_MAIN
