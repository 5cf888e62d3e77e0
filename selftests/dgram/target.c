// SPDX-License-Identifier: GPL-2.0
/* A datagram socket's default destination: set, change, forget, and refuse. */
#include <errno.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "dgram.h"
#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(target) {
	const struct sort *sort;
	struct name here;	/* where s is bound */
	struct name a, b;
	int s, pa, pb;		/* two peers */
};

SORTS(target);

FIXTURE_SETUP(target)
{
	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	self->s = dgram_bound(self->sort, &self->here);
	self->pa = bound_at(self->sort, SOCK_DGRAM, &self->a);
	self->pb = bound_at(self->sort, SOCK_DGRAM, &self->b);
}

FIXTURE_TEARDOWN(target)
{
	COUNTERS_BALANCE();
}

TEST_F(target, set__r138_r150)
{
	struct name source, peer;
	struct wsa_state state;
	int nonblock, s;

	for (nonblock = 0; nonblock < 2; nonblock++) {
		s = open_sort(self->sort, SOCK_DGRAM | (nonblock ? SOCK_NONBLOCK : 0));
		EXPECT_EQ(WSA_STATE_IDLE, state_of(s).state);
		EXPECT_CONNECTED(connect_to(s, &self->a));
		state = state_of(s);
		EXPECT_EQ(WSA_STATE_CONNECTED, state.state);
		EXPECT_EQ(WSA_STATE_F_BOUND, state.flags);
		EXPECT_EQ(0, state.so_error);
		EXPECT_EQ(self->a.len, state.peer_len);
		EXPECT_EQ(0, memcmp(state.peer, self->a.octets, state.peer_len));
		peer = peer_name(s);
		EXPECT_TRUE(same_name(&peer, &self->a));
		source = local_name(s);
		EXPECT_NE(0, name_port(&source));
		source.v4.sin_port = self->a.v4.sin_port;
		EXPECT_TRUE(same_name(&source, &self->a));
		EXPECT_TRUE(pass_octet(s, self->pa));
	}
	EXPECT_EQ(2, wsa_counter("RETARGETED"));
}

TEST_F(target, port_zero__r117)
{
	struct name zero = loopback(self->sort, 0), peer;

	EXPECT_CONNECTED(connect_to(self->s, &zero));
	peer = peer_name(self->s);
	/* a peer with port 0 is none to getpeername(2) */
	EXPECT_EQ(0, peer.len);
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
}

TEST_F(target, multicast__r123)
{
	struct name group = name_for(self->sort, "224.0.0.9", "ff05::9", 9);

	ip_batch("route add 224.0.0.0/4 dev d0\n");
	self->s = open_sort(self->sort, SOCK_DGRAM);
	EXPECT_CONNECTED(connect_to(self->s, &group));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
}

TEST_F(target, same_peer_keeps_the_queue__r156)
{
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, "1"));
	ASSERT_TRUE(say(self->pa, &self->here, "2"));
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_HEARD("1", self->s);
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_HEARD("2", self->s);
	EXPECT_SILENT(self->s);
	EXPECT_EQ(0, wsa_counter("FLUSHED"));
}

TEST_F(target, other_peer_discards_the_queue__r157_r165)
{
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, "1"));
	ASSERT_TRUE(say(self->pa, &self->here, "2"));
	ASSERT_TRUE(say(self->pa, &self->here, "3"));
	EXPECT_CONNECTED(connect_to(self->s, &self->b));
	EXPECT_EQ(3, wsa_counter("FLUSHED"));
	EXPECT_SILENT(self->s);
	say(self->pa, &self->here, "4");
	ASSERT_TRUE(say(self->pb, &self->here, "new"));
	EXPECT_HEARD("new", self->s);
	EXPECT_SILENT(self->s);
	EXPECT_TRUE(pass_octet(self->s, self->pb));
}

/* Same host, another port: another peer. */
TEST_F(target, back_and_forth__r157)
{
	int i;

	for (i = 0; i < 20; i++) {
		EXPECT_CONNECTED(connect_to(self->s, i & 1 ? &self->a : &self->b));
		ASSERT_TRUE(say(i & 1 ? self->pa : self->pb, &self->here, "it"));
		if (i % 3) {
			EXPECT_HEARD("it", self->s);
			EXPECT_SILENT(self->s);
		}
	}
}

TEST_F(target, reset_by_unspec__r158_r162_r163_r164)
{
	struct sockaddr_in6 unspec = { .sin6_family = AF_UNSPEC };
	struct name local;

	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, "old"));
	EXPECT_CONNECTED(connect_raw(self->s, &unspec, sizeof(struct sockaddr_in)));
	EXPECT_EQ(WSA_STATE_IDLE, state_of(self->s).state);
	EXPECT_EQ(0, peer_name(self->s).len);
	EXPECT_SILENT(self->s);
	EXPECT_EQ(1, wsa_counter("FLUSHED"));
	EXPECT_EQ(1, wsa_counter("RESET"));
	local = local_name(self->s);
	EXPECT_EQ(name_port(&self->here), name_port(&local));

	EXPECT_EQ(-1, send(self->s, "x", 1, 0));
	EXPECT_TRUE(errno == EDESTADDRREQ || errno == ENOTCONN);
	EXPECT_EQ(1, sendto(self->s, "x", 1, 0, &self->b.sa, self->b.len));
	ASSERT_TRUE(say(self->pb, &self->here, "b"));
	ASSERT_TRUE(say(self->pa, &self->here, "a"));
	EXPECT_HEARD("b", self->s);
	EXPECT_HEARD("a", self->s);
}

TEST_F(target, reset_by_zeroes__r159_r163)
{
	struct name zero = name_of(self->sort->af == AF_INET ? "0.0.0.0" : "::", 0);

	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	ASSERT_TRUE(say(self->pa, &self->here, "old"));
	EXPECT_CONNECTED(connect_to(self->s, &zero));
	EXPECT_EQ(WSA_STATE_IDLE, state_of(self->s).state);
	EXPECT_SILENT(self->s);
	ASSERT_TRUE(say(self->pb, &self->here, "b"));
	EXPECT_HEARD("b", self->s);
}

TEST_F(target, reset_keeps_an_automatic_port__r164)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	char name[16] = {};
	struct name before, after;
	int s = open_sort(self->sort, SOCK_DGRAM), i;

	memcpy(name, &unspec, sizeof(unspec));
	EXPECT_CONNECTED(connect_to(s, &self->a));
	before = local_name(s);
	for (i = 0; i < 3; i++) {
		EXPECT_CONNECTED(connect_raw(s, name, sizeof(name)));
		after = local_name(s);
		EXPECT_EQ(name_port(&before), name_port(&after));
		EXPECT_CONNECTED(connect_to(s, i & 1 ? &self->a : &self->b));
		after = local_name(s);
		EXPECT_EQ(name_port(&before), name_port(&after));
	}
	ASSERT_TRUE(say(self->pb, &after, "x"));
	EXPECT_HEARD("x", s);
}

TEST_F(target, reset_without_a_destination__r161)
{
	struct sockaddr_in unspec = { .sin_family = AF_UNSPEC };
	int fresh = open_sort(self->sort, SOCK_DGRAM);
	struct snapshot before;

	take_snapshot(fresh, &before);
	EXPECT_CONNECTED(connect_raw(fresh, &unspec, sizeof(unspec)));
	EXPECT_TRUE(unchanged(fresh, &before));

	ASSERT_TRUE(say(self->pa, &self->here, "kept"));
	take_snapshot(self->s, &before);
	EXPECT_CONNECTED(connect_raw(self->s, &unspec, sizeof(unspec)));
	EXPECT_TRUE(unchanged(self->s, &before));
	EXPECT_HEARD("kept", self->s);
}

/* Every refusal: destination, source and queue are as they were. */
#define EXPECT_REFUSED(error, code, why, address, len) \
	do { \
		struct snapshot before_; \
		take_snapshot(self->s, &before_); \
		EXPECT_OUTCOME(error, code, why, connect_raw(self->s, address, len)); \
		EXPECT_TRUE(unchanged(self->s, &before_)); \
	} while (0)

TEST_F(target, refusals_leave_everything__r20_r26_r30_r160)
{
	struct name any = name_for(self->sort, "0.0.0.0", "::", 5), foreign = self->b;
	struct name lost = name_for(self->sort, "192.0.2.9", "2001:db8::9", 5);
	int round;
	unsigned int len;

	foreign.sa.sa_family = 0xdead;
	for (round = 0; round < 2; round++) {	/* without a destination, then with */
		EXPECT_REFUSED(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_ANY,
			       &any.sa, any.len);
		EXPECT_REFUSED(EAFNOSUPPORT, WSAEAFNOSUPPORT, WSA_REASON_FAMILY,
			       &foreign.sa, foreign.len);
		for (len = 0; len < self->b.len; len++)
			EXPECT_REFUSED(EINVAL, WSAEFAULT, WSA_REASON_NAME_SHORT,
				       &self->b.sa, len);
		EXPECT_REFUSED(EFAULT, WSAEFAULT, WSA_REASON_OTHER, NULL, self->b.len);
		EXPECT_REFUSED(ENETUNREACH, WSAENETUNREACH, WSA_REASON_NO_ROUTE,
			       &lost.sa, lost.len);
		if (!round) {
			EXPECT_CONNECTED(connect_to(self->s, &self->a));
			ASSERT_TRUE(say(self->pa, &self->here, "kept"));
		}
	}
	EXPECT_HEARD("kept", self->s);
	ASSERT_TRUE(say(self->pa, &self->here, "more"));
	EXPECT_HEARD("more", self->s);
	EXPECT_TRUE(pass_octet(self->s, self->pa));
}

TEST_F(target, sendto_elsewhere__r166)
{
	struct name peer;

	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_EQ(1, sendto(self->s, "x", 1, 0, &self->b.sa, self->b.len));
	EXPECT_HEARD("x", self->pb);
	EXPECT_SILENT(self->pa);
	peer = peer_name(self->s);
	EXPECT_TRUE(same_name(&peer, &self->a));
}

TEST_F(target, shutdown_without_a_destination__r179_r180)
{
	int s = open_sort(self->sort, SOCK_DGRAM);

	EXPECT_EQ(0, shutdown(s, SHUT_RD));
	EXPECT_EQ(WSA_STATE_F_SHUT_RD, state_of(s).flags);
	EXPECT_EQ(0, shutdown(s, SHUT_WR));
	EXPECT_EQ(0, shutdown(s, SHUT_WR));
	EXPECT_EQ(WSA_STATE_F_SHUT_RD | WSA_STATE_F_SHUT_WR, state_of(s).flags);
	EXPECT_EQ(-1, sendto(s, "x", 1, MSG_NOSIGNAL, &self->a.sa, self->a.len));
	EXPECT_EQ(EPIPE, errno);
	EXPECT_EQ(-1, shutdown(self->s, 3));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(target, cancel_and_accept_are_not_for_datagrams)
{
	EXPECT_CONNECTED(connect_to(self->s, &self->a));
	EXPECT_EQ(-1, cancel(self->s));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, listen(self->s, 1));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_TRUE(pass_octet(self->s, self->pa));
}

FIXTURE(mapped) {};
FIXTURE_VARIANT(mapped) { struct sort sort; };
SORT(mapped, family, FAMILY, AF_INET6, false);
SORT(mapped, adopt, ADOPT, AF_INET6, false);

FIXTURE_SETUP(mapped)
{
	netns_fresh();
}

FIXTURE_TEARDOWN(mapped)
{
	COUNTERS_BALANCE();
}

TEST_F(mapped, v6only_excludes_it__r124)
{
	struct name name = name_of("::ffff:127.0.0.1", 5);
	int s = open_sort(&variant->sort, SOCK_DGRAM), off = 0;
	struct snapshot before;

	take_snapshot(s, &before);
	EXPECT_OUTCOME(ENETUNREACH, WSAENETUNREACH, WSA_REASON_V6ONLY, connect_to(s, &name));
	EXPECT_TRUE(unchanged(s, &before));
	setsockopt(s, SOL_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	EXPECT_CONNECTED(connect_to(s, &name));
}

/* A dual socket goes from one family's peer to the other's and back. */
TEST_F(mapped, crosses_families__r157)
{
	struct sort v4 = { PLAIN, AF_INET, false }, v6 = { PLAIN, AF_INET6, false };
	struct name a4, a6, mapped, here4, here6;
	int off = 0, s = open_sort(&variant->sort, SOCK_DGRAM), p4, p6, i;
	struct name any = name_of("::", 0);

	setsockopt(s, SOL_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	ASSERT_EQ(0, bind(s, &any.sa, any.len));
	any = local_name(s);
	here4 = name_of("127.0.0.1", name_port(&any));
	here6 = name_of("::1", name_port(&any));
	p4 = bound_at(&v4, SOCK_DGRAM, &a4);
	p6 = bound_at(&v6, SOCK_DGRAM, &a6);
	mapped = name_of("::ffff:127.0.0.1", name_port(&a4));
	for (i = 0; i < 3; i++) {
		EXPECT_CONNECTED(connect_to(s, &mapped));
		say(p6, &here6, "six");
		EXPECT_EQ(3, sendto(p4, "old", 3, 0, &here4.sa, here4.len));
		EXPECT_CONNECTED(connect_to(s, &a6));
		EXPECT_SILENT(s);
		EXPECT_EQ(3, sendto(p6, "new", 3, 0, &here6.sa, here6.len));
		EXPECT_HEARD("new", s);
	}
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
