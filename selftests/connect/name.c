// SPDX-License-Identifier: GPL-2.0
/* Names a stream refuses, and in which order; a refused call changes nothing. */
#include <errno.h>
#include <net/if.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(name) {
	const struct sort *sort;
	int s;
	int l;
	struct name at;
	struct snapshot before;
};

SORTS(name);

FIXTURE_SETUP(name)
{
	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	self->s = open_sort(self->sort, SOCK_STREAM);
	self->l = listener_at(self->sort, &self->at);
	take_snapshot(self->s, &self->before);
}

FIXTURE_TEARDOWN(name)
{
	COUNTERS_BALANCE();
}

/* Refused the same way blocking and not, as WSA_IOC_CHECK foretells, and still usable. */
#define EXPECT_REFUSED(error, code, why, address, len_) \
	do { \
		unsigned int reason_; \
		EXPECT_EQ((unsigned int)(code), check_of(self->s, address, len_, &reason_)); \
		EXPECT_EQ((unsigned int)(why), reason_); \
		EXPECT_OUTCOME(error, code, why, connect_raw(self->s, address, len_)); \
		set_nonblock(self->s, true); \
		EXPECT_OUTCOME(error, code, why, connect_raw(self->s, address, len_)); \
		set_nonblock(self->s, false); \
		EXPECT_TRUE(unchanged(self->s, &self->before)); \
	} while (0)

#define EXPECT_USABLE() EXPECT_CONNECTED(connect_to(self->s, &self->at))

static void *unreadable_page(void)
{
	return mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

TEST_F(name, bad_pointer__r19_r25)
{
	char *page = unreadable_page();

	EXPECT_OUTCOME(EFAULT, WSAEFAULT, WSA_REASON_OTHER,
		       connect_raw(self->s, NULL, self->at.len));
	EXPECT_OUTCOME(EFAULT, WSAEFAULT, WSA_REASON_OTHER,
		       connect_raw(self->s, page, self->at.len));
	/* begins before the page and ends in it */
	mprotect(page, 4096, PROT_READ | PROT_WRITE);
	munmap(page, 4096);
	EXPECT_OUTCOME(EFAULT, WSAEFAULT, WSA_REASON_OTHER,
		       connect_raw(self->s, page + 4090, self->at.len));
	EXPECT_TRUE(unchanged(self->s, &self->before));
	EXPECT_USABLE();
}

TEST_F(name, too_short__r20_r21_r22_r27)
{
	unsigned int len;

	for (len = 0; len < self->at.len; len++)
		EXPECT_REFUSED(EINVAL, WSAEFAULT, WSA_REASON_NAME_SHORT, &self->at.sa, len);
	EXPECT_USABLE();
}

TEST_F(name, null_and_no_length__r19_r21)
{
	EXPECT_REFUSED(EINVAL, WSAEFAULT, WSA_REASON_NAME_SHORT, NULL, 0);
	EXPECT_USABLE();
}

/* What the system call refuses never gets here: its errno is all there is. */
TEST_F(name, too_long_or_negative__r24)
{
	static const int lens[] = { 129, 4096, 0x7fffffff, -1, (int)0x80000000 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lens); i++)
		EXPECT_OUTCOME(EINVAL, WSAEINVAL, WSA_REASON_OTHER,
			       connect_raw(self->s, &self->at.sa, lens[i]));
	EXPECT_TRUE(unchanged(self->s, &self->before));
	EXPECT_USABLE();
}

TEST_F(name, longer_is_accepted__r23)
{
	self->at.len = sizeof(self->at.octets);
	memset(self->at.octets + sizeof(self->at.v6), 0xff,
	       sizeof(self->at.octets) - sizeof(self->at.v6));
	EXPECT_EQ(0, check_of(self->s, &self->at.sa, self->at.len, NULL));
	EXPECT_USABLE();
}

TEST_F(name, foreign_family__r26_r28)
{
	static const unsigned short families[] = { 0xdead, AF_UNIX, AF_NETLINK, 18, 255 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		struct name name = self->at;

		name.sa.sa_family = families[i];
		EXPECT_REFUSED(EAFNOSUPPORT, WSAEAFNOSUPPORT, WSA_REASON_FAMILY,
			       &name.sa, name.len);
	}
	EXPECT_USABLE();
}

TEST_F(name, other_internet_family__r27_r28)
{
	struct name other = self->sort->af == AF_INET ? name_of("::1", 5) :
							name_of("127.0.0.1", 5);

	other.len = sizeof(struct sockaddr_in6);
	EXPECT_REFUSED(EAFNOSUPPORT, WSAEAFNOSUPPORT, WSA_REASON_FAMILY, &other.sa, other.len);
	EXPECT_USABLE();
}

TEST_F(name, wildcard__r113_r114_r115)
{
	struct name any = name_for(self->sort, "0.0.0.0", "::", name_port(&self->at));
	struct name zero = name_for(self->sort, "0.0.0.0", "::", 0);

	EXPECT_REFUSED(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_ANY, &any.sa, any.len);
	EXPECT_REFUSED(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_ANY, &zero.sa, zero.len);
	EXPECT_USABLE();
}

/* An AF_INET6 socket that reaches IPv4 refuses its own wildcard too. */
TEST_F(name, ipv6_wildcard__r114)
{
	struct name any = name_of("::", name_port(&self->at));

	if (self->sort->af == AF_INET)
		EXPECT_REFUSED(EAFNOSUPPORT, WSAEAFNOSUPPORT, WSA_REASON_FAMILY, &any.sa, any.len);
	else
		EXPECT_REFUSED(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_ANY,
			       &any.sa, any.len);
	EXPECT_USABLE();
}

TEST_F(name, port_zero__r116)
{
	struct name name = loopback(self->sort, 0);

	EXPECT_REFUSED(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_PORT_ZERO, &name.sa, name.len);
	EXPECT_USABLE();
}

TEST_F(name, multicast__r120)
{
	static const char * const ipv4[] = { "224.0.0.1", "239.255.255.255" };
	static const char * const ipv6[] = { "ff02::1", "ff0e::5" };
	unsigned int i;

	ip_batch("route add 224.0.0.0/4 dev d0\n");	/* not for want of a route */
	for (i = 0; i < 2; i++) {
		struct name name = name_for(self->sort, ipv4[i], ipv6[i], 5);

		EXPECT_REFUSED(ENETUNREACH, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_MULTICAST,
			       &name.sa, name.len);
	}
	EXPECT_USABLE();
}

TEST_F(name, limited_broadcast__r119)
{
	struct name name = name_for(self->sort, "255.255.255.255", "ff02::1", 5);
	bool ipv6 = self->sort->af == AF_INET6 && !self->sort->dual;

	ip_batch("route add default dev d0\n");
	EXPECT_REFUSED(ENETUNREACH, WSAEADDRNOTAVAIL,
		       ipv6 ? WSA_REASON_ADDR_MULTICAST : WSA_REASON_ADDR_BROADCAST,
		       &name.sa, name.len);
	EXPECT_USABLE();
}

FIXTURE(directed) {};

FIXTURE_VARIANT(directed) { struct sort sort; };
SORT(directed, family_v4, FAMILY, AF_INET, false);
SORT(directed, family_dual, FAMILY, AF_INET6, true);
SORT(directed, adopt_v4, ADOPT, AF_INET, false);
SORT(directed, adopt_dual, ADOPT, AF_INET6, true);

FIXTURE_SETUP(directed)
{
	netns_fresh();
	netns_dummies();
}

FIXTURE_TEARDOWN(directed)
{
	COUNTERS_BALANCE();
}

/* Known from the routing table only: the state of the socket is as after any failure. */
TEST_F(directed, broadcast_of_an_interface__r119)
{
	static const char * const ips[] = { "10.9.0.255", "127.255.255.255" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ips); i++) {
		struct name name = name_for(&variant->sort, ips[i], NULL, 5), at;
		int s = open_sort(&variant->sort, SOCK_STREAM);

		listener_at(&variant->sort, &at);
		EXPECT_OUTCOME(ENETUNREACH, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_BROADCAST,
			       connect_to(s, &name));
		EXPECT_EQ(0, state_of(s).so_error);
		EXPECT_EQ(0, state_of(s).peer_len);
		EXPECT_EQ(0, state_of(s).attempt);
		EXPECT_CONNECTED(connect_to(s, &at));
	}
}

FIXTURE(order) {
	const struct sort *sort;
	int pending;
	int listening;
	int connected;
};

SORTS(order);

FIXTURE_SETUP(order)
{
	struct name nobody, here, at;

	netns_fresh();
	netns_dummies();
	self->sort = &variant->sort;
	nobody = silent(self->sort, 5);
	here = loopback(self->sort, 0);
	self->pending = open_sort(self->sort, SOCK_STREAM | SOCK_NONBLOCK);
	connect_to(self->pending, &nobody);
	self->listening = open_sort(self->sort, SOCK_STREAM);
	ASSERT_EQ(0, bind(self->listening, &here.sa, here.len));
	ASSERT_EQ(0, listen(self->listening, 1));
	listener_at(self->sort, &at);
	self->connected = open_sort(self->sort, SOCK_STREAM);
	ASSERT_CONNECTED(connect_to(self->connected, &at));
}

FIXTURE_TEARDOWN(order)
{
	COUNTERS_BALANCE();
}

/* Length before state before family before address. */
TEST_F(order, length_then_state_then_family_then_address__r32)
{
	struct name foreign = loopback(self->sort, 5), any;
	int fds[] = { self->pending, self->listening, self->connected };
	static const int codes[] = { WSAEALREADY, WSAEINVAL, WSAEISCONN };
	struct snapshot before;
	unsigned int i, reason;

	foreign.sa.sa_family = 0xdead;
	any = name_for(self->sort, "0.0.0.0", "::", 0);
	for (i = 0; i < 3; i++) {
		take_snapshot(fds[i], &before);
		EXPECT_EQ(WSAEFAULT, connect_raw(fds[i], &foreign.sa, 8).wsa);
		EXPECT_EQ(codes[i], (int)connect_to(fds[i], &foreign).wsa);
		EXPECT_EQ(codes[i], (int)connect_to(fds[i], &any).wsa);
		EXPECT_EQ(WSAEFAULT, check_of(fds[i], &foreign.sa, 8, &reason));
		EXPECT_EQ(codes[i], (int)check_of(fds[i], &foreign.sa, foreign.len, &reason));
		EXPECT_EQ(codes[i], (int)check_of(fds[i], &any.sa, any.len, &reason));
		EXPECT_TRUE(unchanged(fds[i], &before));
	}
}

FIXTURE(ipv6) {
	int s;
	struct snapshot before;
};

FIXTURE_VARIANT(ipv6) { struct sort sort; };
SORT(ipv6, family, FAMILY, AF_INET6, false);
SORT(ipv6, adopt, ADOPT, AF_INET6, false);

FIXTURE_SETUP(ipv6)
{
	netns_fresh();
	self->s = open_sort(&variant->sort, SOCK_STREAM);
	take_snapshot(self->s, &self->before);
}

FIXTURE_TEARDOWN(ipv6)
{
	COUNTERS_BALANCE();
}

TEST_F(ipv6, v6only_excludes_mapped__r124_r125)
{
	struct sort v4 = { PLAIN, AF_INET, false };
	struct name at, mapped, peer;
	int off = 0, on = -1;
	socklen_t len = sizeof(on);

	EXPECT_EQ(0, getsockopt(self->s, SOL_IPV6, IPV6_V6ONLY, &on, &len));
	EXPECT_EQ(1, on);
	listener_at(&v4, &at);
	mapped = name_of("::ffff:127.0.0.1", name_port(&at));
	EXPECT_REFUSED(ENETUNREACH, WSAENETUNREACH, WSA_REASON_V6ONLY, &mapped.sa, mapped.len);

	EXPECT_EQ(0, setsockopt(self->s, SOL_IPV6, IPV6_V6ONLY, &off, sizeof(off)));
	EXPECT_CONNECTED(connect_to(self->s, &mapped));
	peer = peer_name(self->s);
	EXPECT_TRUE(same_name(&peer, &mapped));
}

/* With one link-local interface there is one thing fe80:: can mean. */
TEST_F(ipv6, link_local_without_scope__r127)
{
	struct name name = name_of("fe80::2", 5), peer;
	struct wsa_state state;

	EXPECT_OUTCOME(EINVAL, WSAEADDRNOTAVAIL, WSA_REASON_SCOPE, connect_to(self->s, &name));
	EXPECT_EQ(0, state_of(self->s).so_error);

	ip_batch("link add d0 type dummy\nlink set d0 up\n");
	netns_ready();
	set_nonblock(self->s, true);
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, connect_to(self->s, &name));
	state = state_of(self->s);
	memcpy(peer.octets, state.peer, state.peer_len);
	EXPECT_EQ(if_nametoindex("d0"), peer.v6.sin6_scope_id);
	EXPECT_EQ(0, close(self->s));

	ip_batch("link add d1 type dummy\nlink set d1 up\n");
	netns_ready();
	self->s = open_sort(&variant->sort, SOCK_STREAM | SOCK_NONBLOCK);
	take_snapshot(self->s, &self->before);
	EXPECT_OUTCOME(EINVAL, WSAEADDRNOTAVAIL, WSA_REASON_SCOPE, connect_to(self->s, &name));
	EXPECT_EQ(self->before.bound_dev, 0);
	name.v6.sin6_scope_id = if_nametoindex("d1");
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, connect_to(self->s, &name));
}

TEST_F(ipv6, link_local_with_bogus_scope__r128)
{
	struct name name = name_of("fe80::2", 5), at;
	struct sort plain = { PLAIN, AF_INET6, false };
	struct snapshot after;

	ip_batch("link add d0 type dummy\nlink set d0 up\n");
	netns_ready();
	listener_at(&plain, &at);
	name.v6.sin6_scope_id = 9999;
	EXPECT_OUTCOME(ENETUNREACH, WSAEADDRNOTAVAIL, WSA_REASON_SCOPE, connect_to(self->s, &name));
	take_snapshot(self->s, &after);
	EXPECT_EQ(0, after.bound_dev);
	/* the bad scope is forgotten with the call */
	EXPECT_CONNECTED(connect_to(self->s, &at));
}

TEST_F(ipv6, failed_link_local_leaves_no_interface__r93_r128)
{
	struct sort plain = { PLAIN, AF_INET6, false };
	struct name name, at;
	struct snapshot after;

	ip_batch("link add d0 type dummy\nlink set d0 up\naddr add fe80::7/64 dev d0 nodad\n");
	netns_ready();
	listener_at(&plain, &at);
	name = name_of("fe80::7%d0", 1);	/* this host, a closed port */
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED,
		       connect_to(self->s, &name));
	take_snapshot(self->s, &after);
	EXPECT_EQ(0, after.bound_dev);
	EXPECT_CONNECTED(connect_to(self->s, &at));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
