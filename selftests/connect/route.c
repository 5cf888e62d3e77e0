// SPDX-License-Identifier: GPL-2.0
/* What the network, the routing table and the port table answer. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(route) {
	const struct sort *sort;
	int s;
};

SORTS(route);

FIXTURE_SETUP(route)
{
	netns_fresh();
	self->sort = &variant->sort;
	self->s = open_sort(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(route)
{
	COUNTERS_BALANCE();
}

/*
 * Refused by a lookup: the same at once, blocking or not, no attempt was made, and the
 * socket connects elsewhere afterwards.
 */
#define EXPECT_AT_ONCE(error, code, why, name_) \
	do { \
		struct name here_; \
		EXPECT_OUTCOME(error, code, why, connect_to(self->s, &(name_))); \
		set_nonblock(self->s, true); \
		EXPECT_OUTCOME(error, code, why, connect_to(self->s, &(name_))); \
		set_nonblock(self->s, false); \
		EXPECT_EQ(0, state_of(self->s).attempt); \
		EXPECT_EQ(0, state_of(self->s).so_error); \
		EXPECT_EQ(0, state_of(self->s).peer_len); \
		listener_at(self->sort, &here_); \
		EXPECT_CONNECTED(connect_to(self->s, &here_)); \
	} while (0)

TEST_F(route, none__r79)
{
	struct name name = silent(self->sort, 5);

	EXPECT_AT_ONCE(ENETUNREACH, WSAENETUNREACH, WSA_REASON_NO_ROUTE, name);
}

TEST_F(route, unreachable__r78)
{
	struct name name = silent(self->sort, 5);

	ip_batch("route add unreachable 10.9.0.0/24\n"
		 "route add unreachable fd09::/64\n");
	EXPECT_AT_ONCE(EHOSTUNREACH, WSAEHOSTUNREACH, WSA_REASON_HOST_UNREACHABLE, name);
}

TEST_F(route, prohibit__r81)
{
	struct name name = silent(self->sort, 5);

	ip_batch("route add prohibit 10.9.0.0/24\n"
		 "route add prohibit fd09::/64\n");
	EXPECT_AT_ONCE(EACCES, WSAEACCES, WSA_REASON_POLICY, name);
}

/* Linux says EINVAL for a blackhole; to Winsock it is a network out of reach. */
TEST_F(route, blackhole__r79)
{
	struct name name = silent(self->sort, 5);

	ip_batch("route add blackhole 10.9.0.0/24\n"
		 "route add blackhole fd09::/64\n");
	EXPECT_AT_ONCE(EINVAL, WSAENETUNREACH, WSA_REASON_NO_ROUTE, name);
}

TEST_F(route, source_cannot_reach__r129)
{
	struct name from = loopback(self->sort, 0), name;
	struct outcome outcome;

	netns_dummies();
	name = silent(self->sort, 5);
	ASSERT_EQ(0, bind(self->s, &from.sa, from.len));
	set_nonblock(self->s, true);
	outcome = connect_to(self->s, &name);
	/* only IPv4 looks at it before it sends */
	if (self->sort->af == AF_INET6 && !self->sort->dual)
		EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, outcome);
	else
		EXPECT_OUTCOME(EINVAL, WSAEADDRNOTAVAIL, WSA_REASON_SOURCE, outcome);
}

static bool has_ipv4(const struct sort *sort)
{
	return sort->af == AF_INET || sort->dual;
}

static void reject_with(const struct sort *sort, const char *what, const char *what6)
{
	char command[300];

	snprintf(command, sizeof(command),
		 "nft -f - <<'END'\n"
		 "table inet t { chain c { type filter hook output priority 0;\n"
		 "%s daddr %s reject with %s;\n};\n};\nEND\n", has_ipv4(sort) ? "ip" : "ip6",
		 has_ipv4(sort) ? "10.9.0.2" : "fd09::2", has_ipv4(sort) ? what : what6);
	run_command(command);
}

static const struct reject {
	const char *ipv4, *ipv6;
	int error, wsa, reason;
} rejects[] = {
	{ "icmp type net-unreachable", "icmpv6 type no-route",
	  ENETUNREACH, WSAENETUNREACH, WSA_REASON_NO_ROUTE },
	{ "icmp type host-unreachable", "icmpv6 type addr-unreachable",
	  EHOSTUNREACH, WSAEHOSTUNREACH, WSA_REASON_HOST_UNREACHABLE },
	{ "icmp type port-unreachable", "icmpv6 type port-unreachable",
	  ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED },
	{ "icmp type prot-unreachable", "icmpv6 type no-route",
	  ENOPROTOOPT, WSAENETUNREACH, WSA_REASON_NO_ROUTE },
	{ "tcp reset", "tcp reset", ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED },
};

/* IPv4's code for a firewall is a host out of reach to Linux, IPv6's is a denial. */
TEST_F(route, administratively_prohibited__r78_r81)
{
	struct name name = silent(self->sort, 5);

	netns_dummies();
	reject_with(self->sort, "icmp type admin-prohibited", "icmpv6 type admin-prohibited");
	if (has_ipv4(self->sort))
		EXPECT_OUTCOME(EHOSTUNREACH, WSAEHOSTUNREACH, WSA_REASON_HOST_UNREACHABLE,
			       connect_to(self->s, &name));
	else
		EXPECT_OUTCOME(EACCES, WSAEACCES, WSA_REASON_POLICY, connect_to(self->s, &name));
}

TEST_F_TIMEOUT(route, rejected_by_a_firewall__r71_r78_r85, 120)
{
	struct name name = silent(self->sort, 5), here;
	unsigned int i;

	netns_dummies();
	for (i = 0; i < ARRAY_SIZE(rejects); i++) {
		const struct reject *reject = &rejects[i];
		int error = reject->error, taken = -1;
		socklen_t len = sizeof(taken);

		if (!has_ipv4(self->sort) && error == ENOPROTOOPT)
			error = ENETUNREACH;
		reject_with(self->sort, reject->ipv4, reject->ipv6);
		EXPECT_OUTCOME(error, reject->wsa, reject->reason, connect_to(self->s, &name));
		EXPECT_EQ(0, state_of(self->s).so_error);

		set_nonblock(self->s, true);
		EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
			       connect_to(self->s, &name));
		EXPECT_TRUE(wait_state(self->s, WSA_STATE_FAILED));
		/* another reader takes the error away, not the code */
		EXPECT_EQ(0, getsockopt(self->s, SOL_SOCKET, SO_ERROR, &taken, &len));
		EXPECT_EQ(error, taken);
		EXPECT_EQ(reject->wsa, (int)state_of(self->s).so_error);
		set_nonblock(self->s, false);
		run_command("nft flush ruleset");
	}
	listener_at(self->sort, &here);
	EXPECT_CONNECTED(connect_to(self->s, &here));
}

/* Nobody answers ARP, or neighbour discovery, on the other end of the cable. */
TEST_F_TIMEOUT(route, no_neighbour__r80, 90)
{
	struct name name = silent(self->sort, 5);
	int s = open_sort(self->sort, SOCK_STREAM | SOCK_NONBLOCK);

	ip_batch("link add v0 type veth peer name v1\n"
		 "link set v0 up\nlink set v1 up\n"
		 "addr add 10.9.0.1/24 dev v0\naddr add fd09::1/64 dev v0 nodad\n");
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, connect_to(s, &name));
	EXPECT_OUTCOME(EHOSTUNREACH, WSAEHOSTUNREACH, WSA_REASON_HOST_UNREACHABLE,
		       connect_to(self->s, &name));
	ASSERT_TRUE(wait_state(s, WSA_STATE_FAILED));
	EXPECT_EQ(WSAEHOSTUNREACH, state_of(s).so_error);
}

TEST_F_TIMEOUT(route, nobody_answers__r75_r130, 90)
{
	struct name name = silent(self->sort, 5);
	int s, one = 1;

	netns_dummies();
	sysctl_write("/proc/sys/net/ipv4/tcp_syn_retries", "1");
	s = open_sort(self->sort, SOCK_STREAM | SOCK_NONBLOCK);
	setsockopt(self->s, SOL_TCP, TCP_SYNCNT, &one, sizeof(one));
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, connect_to(s, &name));
	EXPECT_OUTCOME(ETIMEDOUT, WSAETIMEDOUT, WSA_REASON_TIMED_OUT, connect_to(self->s, &name));
	EXPECT_EQ(0, state_of(self->s).so_error);
	ASSERT_TRUE(wait_state(s, WSA_STATE_FAILED));
	EXPECT_EQ(WSAETIMEDOUT, state_of(s).so_error);
}

TEST_F(route, tuple_in_use__r144_r146)
{
	struct name at, from = loopback(self->sort, 0);
	struct snapshot before;
	int other, on = 1;

	listener_at(self->sort, &at);
	other = open_sort(self->sort, SOCK_STREAM);
	setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(self->s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	ASSERT_EQ(0, bind(other, &from.sa, from.len));
	from = local_name(other);
	ASSERT_EQ(0, bind(self->s, &from.sa, from.len));
	ASSERT_CONNECTED(connect_to(other, &at));

	take_snapshot(self->s, &before);
	EXPECT_OUTCOME(EADDRNOTAVAIL, WSAEADDRINUSE, WSA_REASON_TUPLE_IN_USE,
		       connect_to(self->s, &at));
	EXPECT_EQ(0, state_of(self->s).attempt);
	EXPECT_EQ(0, state_of(self->s).so_error);
	EXPECT_EQ(name_port(&before.local), name_port(&from));
	from = local_name(self->s);
	EXPECT_TRUE(same_name(&from, &before.local));
	listener_at(self->sort, &at);
	EXPECT_CONNECTED(connect_to(self->s, &at));
}

TEST_F(route, ports_exhausted__r145)
{
	struct name at, mine;
	int s[2], i;

	listener_at(self->sort, &at);
	sysctl_write("/proc/sys/net/ipv4/ip_local_port_range", "40000 40001");
	for (i = 0; i < 2; i++) {
		s[i] = open_sort(self->sort, SOCK_STREAM);
		ASSERT_CONNECTED(connect_to(s[i], &at));
	}
	EXPECT_OUTCOME(EADDRNOTAVAIL, WSAENOBUFS, WSA_REASON_PORTS_EXHAUSTED,
		       connect_to(self->s, &at));
	set_nonblock(self->s, true);
	EXPECT_OUTCOME(EADDRNOTAVAIL, WSAENOBUFS, WSA_REASON_PORTS_EXHAUSTED,
		       connect_to(self->s, &at));
	set_nonblock(self->s, false);
	EXPECT_EQ(0, state_of(self->s).attempt);
	EXPECT_EQ(0, state_of(self->s).flags);	/* not bound */

	sysctl_write("/proc/sys/net/ipv4/ip_local_port_range", "40000 40009");
	EXPECT_CONNECTED(connect_to(self->s, &at));
	mine = local_name(self->s);
	EXPECT_LE(40002, name_port(&mine));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
