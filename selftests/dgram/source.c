// SPDX-License-Identifier: GPL-2.0
/* The parts of the local address that a destination chose go when it goes. */
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "dgram.h"
#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(source) {
	const struct sort *sort;
	int s;
	struct name net9, net8;
};

SORTS(source);

FIXTURE_SETUP(source)
{
	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	self->s = open_sort(self->sort, SOCK_DGRAM);
	self->net9 = name_for(self->sort, "10.9.0.2", "fd09::2", 9);
	self->net8 = name_for(self->sort, "10.8.0.2", "fd08::2", 8);
}

FIXTURE_TEARDOWN(source)
{
	COUNTERS_BALANCE();
}

#define EXPECT_SOURCE(ipv4, ipv6) \
	do { \
		struct name now_ = local_name(self->s), want_; \
		want_ = name_for(self->sort, ipv4, ipv6, name_port(&now_)); \
		EXPECT_TRUE(same_name(&now_, &want_)); \
	} while (0)

TEST_F(source, follows_the_destination__r138_r157_r164)
{
	struct name first, now;
	int i;

	EXPECT_CONNECTED(connect_to(self->s, &self->net9));
	EXPECT_SOURCE("10.9.0.1", "fd09::1");
	first = local_name(self->s);
	for (i = 0; i < 3; i++) {
		EXPECT_CONNECTED(connect_to(self->s, &self->net8));
		EXPECT_SOURCE("10.8.0.1", "fd08::1");
		EXPECT_CONNECTED(connect_to(self->s, &self->net9));
		EXPECT_SOURCE("10.9.0.1", "fd09::1");
	}
	now = local_name(self->s);
	EXPECT_EQ(name_port(&first), name_port(&now));
}

/* The way out is the same, the source is not. */
TEST_F(source, two_networks_on_one_interface__r138_r157)
{
	struct name net7 = name_for(self->sort, "10.7.0.2", "fd07::2", 7);
	int i;

	ip_batch("addr add 10.7.0.1/24 dev d0\naddr add fd07::1/64 dev d0 nodad\n");
	for (i = 0; i < 3; i++) {
		EXPECT_CONNECTED(connect_to(self->s, &self->net9));
		EXPECT_SOURCE("10.9.0.1", "fd09::1");
		EXPECT_CONNECTED(connect_to(self->s, &net7));
		EXPECT_SOURCE("10.7.0.1", "fd07::1");
	}
}

/* What arrives at the new source is heard: the socket's place in the table moved too. */
TEST_F(source, receives_at_the_new_source__r157)
{
	struct sort plain = *self->sort;
	struct name from, here;
	int peer;

	plain.door = PLAIN;
	EXPECT_CONNECTED(connect_to(self->s, &self->net9));
	peer = open_sort(&plain, SOCK_DGRAM);
	from = name_for(self->sort, "10.8.0.1", "fd08::1", 8);	/* this host's own */
	ASSERT_EQ(0, bind(peer, &from.sa, from.len));
	EXPECT_CONNECTED(connect_to(self->s, &from));
	here = local_name(self->s);
	ASSERT_TRUE(say(peer, &here, "x"));
	EXPECT_TRUE(revents_of(self->s, POLLIN, 60000) & POLLIN);
	EXPECT_HEARD("x", self->s);
}

TEST_F(source, bound_address_stays__r157_r164)
{
	struct name bound = name_for(self->sort, "10.9.0.1", "fd09::1", 0);
	struct sockaddr_in6 unspec = { .sin6_family = AF_UNSPEC };

	ASSERT_EQ(0, bind(self->s, &bound.sa, bound.len));
	bound = local_name(self->s);
	EXPECT_CONNECTED(connect_to(self->s, &self->net9));
	EXPECT_CONNECTED(connect_to(self->s, &self->net8));
	EXPECT_SOURCE("10.9.0.1", "fd09::1");
	EXPECT_CONNECTED(connect_raw(self->s, &unspec, sizeof(unspec)));
	EXPECT_SOURCE("10.9.0.1", "fd09::1");
}

TEST_F(source, reset_gives_the_wildcard_back__r164)
{
	struct sockaddr_in6 unspec = { .sin6_family = AF_UNSPEC };
	struct name before, after;

	EXPECT_CONNECTED(connect_to(self->s, &self->net9));
	before = local_name(self->s);
	EXPECT_CONNECTED(connect_raw(self->s, &unspec, sizeof(unspec)));
	after = local_name(self->s);
	EXPECT_EQ(name_port(&before), name_port(&after));
	EXPECT_EQ(0, state_of(self->s).peer_len);
	EXPECT_CONNECTED(connect_to(self->s, &self->net8));
	EXPECT_SOURCE("10.8.0.1", "fd08::1");
}

/* Anyone: also hosts other than the one it was connected to. */
TEST_F(source, reset_hears_every_host__r158_r162)
{
	struct name zero = name_of(self->sort->af == AF_INET ? "0.0.0.0" : "::", 0), to;
	struct name hosts[] = { name_for(self->sort, "10.9.0.1", "fd09::1", 0),
				name_for(self->sort, "10.8.0.1", "fd08::1", 0) };
	struct sort plain = *self->sort;
	int peers[2], i;

	plain.door = PLAIN;
	for (i = 0; i < 2; i++) {
		peers[i] = open_sort(&plain, SOCK_DGRAM);
		ASSERT_EQ(0, bind(peers[i], &hosts[i].sa, hosts[i].len));
		hosts[i] = local_name(peers[i]);
	}
	ASSERT_EQ(0, bind(self->s, &zero.sa, zero.len));
	EXPECT_CONNECTED(connect_to(self->s, &hosts[0]));
	EXPECT_CONNECTED(connect_to(self->s, &zero));
	to = local_name(self->s);
	for (i = 0; i < 2; i++) {
		struct name at = hosts[i];

		at.v4.sin_port = to.v4.sin_port;
		ASSERT_TRUE(say(peers[i], &at, i ? "other" : "old"));
		EXPECT_HEARD(i ? "other" : "old", self->s);
	}
}

TEST_F(source, failed_change_leaves_it__r157)
{
	struct name lost = name_for(self->sort, "192.0.2.9", "2001:db8::9", 5);
	struct name from = name_for(self->sort, "10.9.0.1", "fd09::1", 9), here;
	struct sort plain = *self->sort;
	struct snapshot before;
	int peer;

	plain.door = PLAIN;
	peer = open_sort(&plain, SOCK_DGRAM);
	ASSERT_EQ(0, bind(peer, &from.sa, from.len));
	EXPECT_CONNECTED(connect_to(self->s, &from));
	here = local_name(self->s);
	ASSERT_TRUE(say(peer, &here, "kept"));
	take_snapshot(self->s, &before);
	EXPECT_OUTCOME(ENETUNREACH, WSAENETUNREACH, WSA_REASON_NO_ROUTE,
		       connect_to(self->s, &lost));
	EXPECT_TRUE(unchanged(self->s, &before));
	EXPECT_HEARD("kept", self->s);
	ASSERT_TRUE(say(peer, &here, "more"));
	EXPECT_HEARD("more", self->s);
}

FIXTURE(scope) {
	int s;
};

FIXTURE_VARIANT(scope) { struct sort sort; };

SORT(scope, family, FAMILY, AF_INET6, false);
SORT(scope, adopt, ADOPT, AF_INET6, false);

FIXTURE_SETUP(scope)
{
	netns_fresh();
	netns_dummies();
	self->s = open_sort(&variant->sort, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(scope)
{
	COUNTERS_BALANCE();
}

static int bound_dev(int fd)
{
	struct snapshot shot;

	take_snapshot(fd, &shot);
	return shot.bound_dev;
}

TEST_F(scope, interface_follows_the_destination__r127_r157)
{
	struct name here = name_of("fe80::2%d0", 9), there = name_of("fe80::2%d1", 9), now;
	struct name global = name_of("fd09::2", 9);
	int i;

	for (i = 0; i < 3; i++) {
		EXPECT_CONNECTED(connect_to(self->s, &here));
		now = local_name(self->s);
		EXPECT_EQ(if_nametoindex("d0"), now.v6.sin6_scope_id);
		EXPECT_EQ(1, send(self->s, "x", 1, 0));
		EXPECT_CONNECTED(connect_to(self->s, &there));
		now = local_name(self->s);
		EXPECT_EQ(if_nametoindex("d1"), now.v6.sin6_scope_id);
		EXPECT_EQ(1, send(self->s, "x", 1, 0));
		EXPECT_CONNECTED(connect_to(self->s, &global));
		EXPECT_EQ(0, bound_dev(self->s));
		now = local_name(self->s);
		EXPECT_EQ(0, now.v6.sin6_scope_id);
	}
}

TEST_F(scope, first_link_local_then_global__r157)
{
	struct name link = name_of("fe80::2%d0", 9), global = name_of("fd08::2", 9);

	EXPECT_CONNECTED(connect_to(self->s, &link));
	EXPECT_CONNECTED(connect_to(self->s, &global));
	EXPECT_EQ(0, bound_dev(self->s));
}

TEST_F(scope, reset_forgets_the_interface__r164)
{
	struct name link = name_of("fe80::2%d0", 9), global = name_of("fd08::2", 9);
	struct sockaddr_in unspec = { .sin_family = AF_UNSPEC };

	EXPECT_CONNECTED(connect_to(self->s, &link));
	EXPECT_CONNECTED(connect_raw(self->s, &unspec, sizeof(unspec)));
	EXPECT_EQ(0, bound_dev(self->s));
	EXPECT_CONNECTED(connect_to(self->s, &global));
}

TEST_F(scope, device_bound_by_hand_stays)
{
	struct name here = name_of("fe80::2%d0", 9), there = name_of("fe80::2%d1", 9);
	struct name global = name_of("fd09::2", 9);
	struct snapshot before;

	ASSERT_EQ(0, setsockopt(self->s, SOL_SOCKET, SO_BINDTODEVICE, "d0", 3));
	EXPECT_CONNECTED(connect_to(self->s, &here));
	take_snapshot(self->s, &before);
	EXPECT_OUTCOME(EINVAL, WSAEADDRNOTAVAIL, WSA_REASON_SCOPE, connect_to(self->s, &there));
	EXPECT_TRUE(unchanged(self->s, &before));
	EXPECT_CONNECTED(connect_to(self->s, &global));
	EXPECT_EQ(if_nametoindex("d0"), bound_dev(self->s));
}

TEST_F(scope, reset_keeps_a_device_bound_by_hand__r164)
{
	struct name global = name_of("fd09::2", 9);
	struct sockaddr_in unspec = { .sin_family = AF_UNSPEC };

	ASSERT_EQ(0, setsockopt(self->s, SOL_SOCKET, SO_BINDTODEVICE, "d0", 3));
	EXPECT_CONNECTED(connect_to(self->s, &global));
	EXPECT_CONNECTED(connect_raw(self->s, &unspec, sizeof(unspec)));
	EXPECT_EQ(if_nametoindex("d0"), bound_dev(self->s));
}

/* A refused destination leaves no interface behind, with a destination or without. */
TEST_F(scope, bogus_scope_leaves_everything__r128)
{
	struct name bogus = name_of("fe80::2", 9), global = name_of("fd09::2", 9);
	struct snapshot before;
	int round;

	bogus.v6.sin6_scope_id = 9999;
	for (round = 0; round < 2; round++) {
		take_snapshot(self->s, &before);
		EXPECT_EQ(WSAEADDRNOTAVAIL, connect_to(self->s, &bogus).wsa);
		EXPECT_TRUE(unchanged(self->s, &before));
		EXPECT_CONNECTED(connect_to(self->s, &global));
	}
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
