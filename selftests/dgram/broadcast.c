// SPDX-License-Identifier: GPL-2.0
/* SO_BROADCAST: the page asks for it at connect, Windows only at sendto. */
#include <errno.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(broadcast) {
	const struct sort *sort;
	int s;
	struct name directed, limited;
};

FIXTURE_VARIANT(broadcast) { struct sort sort; };
SORT(broadcast, family_v4, FAMILY, AF_INET, false);
SORT(broadcast, family_dual, FAMILY, AF_INET6, true);
SORT(broadcast, adopt_v4, ADOPT, AF_INET, false);
SORT(broadcast, adopt_dual, ADOPT, AF_INET6, true);

FIXTURE_SETUP(broadcast)
{
	netns_fresh();
	netns_dummies();
	ip_batch("route add default dev d0\n");
	self->sort = &variant->sort;
	self->s = open_sort(self->sort, SOCK_DGRAM);
	self->directed = name_for(self->sort, "10.9.0.255", NULL, 9);
	self->limited = name_for(self->sort, "255.255.255.255", NULL, 9);
}

FIXTURE_TEARDOWN(broadcast)
{
	COUNTERS_BALANCE();
}

static int so_broadcast(int fd)
{
	int value = -1;
	socklen_t len = sizeof(value);

	getsockopt(fd, SOL_SOCKET, SO_BROADCAST, &value, &len);
	return value;
}

TEST_F(broadcast, page_asks_for_the_option__r121)
{
	struct name peer = name_for(self->sort, "10.9.0.2", NULL, 9);
	struct name any = name_for(self->sort, "0.0.0.0", NULL, 0);
	struct snapshot before;
	int round;

	if (self->sort->dual)
		any = name_of("::", 0);
	ASSERT_EQ(0, bind(self->s, &any.sa, any.len));
	for (round = 0; round < 2; round++) {	/* without a destination, then with */
		take_snapshot(self->s, &before);
		EXPECT_OUTCOME(EACCES, WSAEACCES, WSA_REASON_SO_BROADCAST,
			       connect_to(self->s, &self->directed));
		EXPECT_OUTCOME(EACCES, WSAEACCES, WSA_REASON_SO_BROADCAST,
			       connect_to(self->s, &self->limited));
		EXPECT_TRUE(unchanged(self->s, &before));
		EXPECT_CONNECTED(connect_to(self->s, &peer));
	}
}

TEST_F(broadcast, refused_stays_unbound__r47_r121)
{
	struct snapshot before;

	take_snapshot(self->s, &before);
	EXPECT_OUTCOME(EACCES, WSAEACCES, WSA_REASON_SO_BROADCAST,
		       connect_to(self->s, &self->directed));
	EXPECT_TRUE(unchanged(self->s, &before));
}

TEST_F(broadcast, with_the_option__r122)
{
	int on = 1;

	ASSERT_EQ(0, setsockopt(self->s, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)));
	EXPECT_CONNECTED(connect_to(self->s, &self->directed));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_CONNECTED(connect_to(self->s, &self->limited));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EQ(1, so_broadcast(self->s));
}

TEST_F(broadcast, windows_does_not__r121_r185)
{
	int other = open_sort(self->sort, SOCK_DGRAM);

	ASSERT_EQ(0, set_compat(self->s, WSA_COMPAT_WINDOWS));
	EXPECT_CONNECTED(connect_to(self->s, &self->directed));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EQ(0, so_broadcast(self->s));
	EXPECT_EQ(-1, sendto(self->s, "x", 1, 0, &self->directed.sa, self->directed.len));
	EXPECT_EQ(EACCES, errno);
	EXPECT_CONNECTED(connect_to(self->s, &self->limited));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	/* of one socket only */
	EXPECT_OUTCOME(EACCES, WSAEACCES, WSA_REASON_SO_BROADCAST,
		       connect_to(other, &self->directed));
	ASSERT_EQ(0, set_compat(self->s, WSA_COMPAT_DOCUMENTED));
	EXPECT_OUTCOME(EACCES, WSAEACCES, WSA_REASON_SO_BROADCAST,
		       connect_to(self->s, &self->directed));
}

/* A route that changes elsewhere makes Linux look again, and ask again. */
TEST_F(broadcast, windows_still_sends_after_a_route_change__r121)
{
	ASSERT_EQ(0, set_compat(self->s, WSA_COMPAT_WINDOWS));
	EXPECT_CONNECTED(connect_to(self->s, &self->directed));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	ip_batch("addr add 10.7.0.1/24 dev d1\n");
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
