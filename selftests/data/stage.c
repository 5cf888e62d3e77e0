// SPDX-License-Identifier: GPL-2.0
/* What is prepared for one connect(2), and what is seen of a connection before accept(2). */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "iso.h"
#include "left.h"
#include "netns.h"

#define SOON 60000

FIXTURE(stage) {
	const struct kind *kind;
	struct name at;
	int l, s;
};

KINDS(stage);

FIXTURE_SETUP(stage)
{
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->l = iso_listener(self->kind, &self->at);
	self->s = iso_open(self->kind);
	set_nonblock(self->l, true);
	set_nonblock(self->s, true);
}

FIXTURE_TEARDOWN(stage)
{
	COUNTERS_BALANCE();
}

/* The cookie, 0 for a failure. */
static __u64 stage(int fd, const char *data, int room)
{
	struct wsa_iso_set set = iso_words("", "", data);

	set.flags = WSA_ISO_F_STAGE;
	set.room = room;
	return ioctl(fd, WSA_IOC_ISO_SET, &set) ? 0 : set.cookie;
}

/* @skip octets of something else stand between the address and the cookie. */
static struct outcome connect_with(int fd, const struct name *to, int skip, __u64 cookie)
{
	struct name name = *to;

	memset(name.octets + name.len, 0x77, skip);
	memcpy(name.octets + name.len + skip, &cookie, sizeof(cookie));
	return connect_raw(fd, name.octets, name.len + skip + sizeof(cookie));
}

#define STARTED(outcome) EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED, outcome)

/* The next call carries this; it is refused. */
static bool call_says(FIXTURE_DATA(stage) *self, const char *data)
{
	struct wsa_iso_look look;

	if (!revents_of(self->l, POLLIN, SOON) || iso_look(self->l, &look))
		return false;
	return look.data_len == strlen(data) && !memcmp(look.data, data, look.data_len) &&
	       !iso_answer(self->l, look.id, WSA_ISO_REJECT, "") &&
	       wait_state(self->s, WSA_STATE_FAILED);
}

TEST_F(stage, one_connect_carries_it)
{
	struct name port_0 = self->at;
	__u64 cookie;

	EXPECT_EQ(0, iso_set(self->s, "", "", "always"));
	cookie = stage(self->s, "once", 32);
	ASSERT_NE(0, cookie);
	STARTED(connect_to(self->s, &self->at));
	EXPECT_TRUE(call_says(self, "always"));
	STARTED(connect_with(self->s, &self->at, 0, cookie + 1));
	EXPECT_TRUE(call_says(self, "always"));
	STARTED(connect_with(self->s, &self->at, 0, cookie));
	EXPECT_TRUE(call_says(self, "once"));
	STARTED(connect_with(self->s, &self->at, 0, cookie));
	EXPECT_TRUE(call_says(self, "always"));

	/* behind another cookie; a later one takes its place; one of nothing */
	cookie = stage(self->s, "dropped", 32);
	EXPECT_NE(cookie, stage(self->s, "twice", 32));
	STARTED(connect_with(self->s, &self->at, 8, cookie));
	EXPECT_TRUE(call_says(self, "always"));
	cookie = stage(self->s, "twice", 32);
	STARTED(connect_with(self->s, &self->at, 8, cookie));
	EXPECT_TRUE(call_says(self, "twice"));
	cookie = stage(self->s, "", 32);
	STARTED(connect_with(self->s, &self->at, 0, cookie));
	EXPECT_TRUE(call_says(self, "always"));

	/* a connect that is refused uses it up */
	cookie = stage(self->s, "thrice", 32);
	port_0.v4.sin_port = 0;
	EXPECT_OUTCOME(EADDRNOTAVAIL, WSAEADDRNOTAVAIL, WSA_REASON_PORT_ZERO,
		       connect_with(self->s, &port_0, 0, cookie));
	STARTED(connect_with(self->s, &self->at, 0, cookie));
	EXPECT_TRUE(call_says(self, "always"));
}

TEST_F(stage, room_is_for_the_callee__r45)
{
	struct wsa_iso_look look;
	struct call call;
	struct name name;
	__u64 cookie;
	int c;

	set_nonblock(self->s, false);
	cookie = stage(self->s, "", 1);
	name = self->at;
	memcpy(name.octets + name.len, &cookie, sizeof(cookie));
	name.len += sizeof(cookie);
	connect_later(&call, self->s, &name);
	ASSERT_TRUE(revents_of(self->l, POLLIN, SOON));
	ASSERT_EQ(0, iso_look(self->l, &look));
	EXPECT_EQ(0, iso_answer(self->l, look.id, 0, "ok"));
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	ASSERT_TRUE(call_ended(&call));
	EXPECT_OUTCOME(EMSGSIZE, WSAEFAULT, WSA_REASON_CALLEE_ROOM, call.outcome);
	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
	EXPECT_EQ(0, iso_get(self->s).data_len);
	EXPECT_TRUE(over(c));

	/* without a limit of its own the next has all there is */
	connect_later(&call, self->s, &self->at);
	ASSERT_TRUE(revents_of(self->l, POLLIN, SOON));
	ASSERT_EQ(0, iso_look(self->l, &look));
	EXPECT_EQ(0, iso_answer(self->l, look.id, 0, "01234567890123456789012345678901"));
	EXPECT_LE(0, accept(self->l, NULL, NULL));
	ASSERT_TRUE(call_ended(&call));
	EXPECT_CONNECTED(call.outcome);
	EXPECT_EQ(32, iso_get(self->s).data_len);
}

#define KEEP (WSA_ISO_F_KEEP_CLASS | WSA_ISO_F_KEEP_OWN | WSA_ISO_F_KEEP_PEER | \
	      WSA_ISO_F_KEEP_DATA)

static int set_only(int fd, unsigned int what, struct wsa_iso_set set)
{
	set.flags |= KEEP & ~what;
	return ioctl(fd, WSA_IOC_ISO_SET, &set) ? errno : 0;
}

TEST_F(stage, one_thing_is_set)
{
	struct wsa_iso_set set = iso_words("own", "peer", "data");
	struct wsa_iso_get get;

	set.tpdu_size = 1024;
	ASSERT_EQ(0, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(0, set_only(self->s, 0, iso_words("x", "y", "z")));
	EXPECT_EQ(0, set_only(self->s, WSA_ISO_F_KEEP_OWN, iso_words("OWN", "y", "z")));
	get = iso_get(self->s);
	EXPECT_EQ(1024, get.tpdu_size);
	EXPECT_EQ(0, memcmp(get.own, "OWN", 4));
	EXPECT_EQ(0, memcmp(get.peer, "peer", 5));
	EXPECT_EQ(0, set_only(self->s, WSA_ISO_F_KEEP_PEER, iso_words("x", "", "z")));
	get = iso_get(self->s);
	EXPECT_EQ(3, get.own_len);
	EXPECT_EQ(0, get.peer_len);
	EXPECT_EQ(0, get.data_len);	/* the peer's, which has said nothing */
	EXPECT_EQ(0, get.flags);

	set = iso_words("", "", "");
	set.flags = WSA_ISO_F_CLASS0;
	EXPECT_EQ(EPROTONOSUPPORT, set_only(self->s, WSA_ISO_F_KEEP_CLASS, set));
	EXPECT_EQ(1024, iso_get(self->s).tpdu_size);
	STARTED(connect_to(self->s, &self->at));
	EXPECT_TRUE(call_says(self, "data"));
	EXPECT_EQ(0, set_only(self->s, WSA_ISO_F_KEEP_DATA, iso_words("x", "y", "")));
	EXPECT_EQ(0, set_only(self->s, WSA_ISO_F_KEEP_CLASS, set));
	get = iso_get(self->s);
	EXPECT_EQ(2048, get.tpdu_size);
	EXPECT_EQ(WSA_ISO_F_CLASS0 | WSA_ISO_F_ENDED, get.flags);
	EXPECT_EQ(EPROTONOSUPPORT, set_only(self->s, WSA_ISO_F_KEEP_DATA, iso_words("", "", "d")));
	EXPECT_EQ(0, stage(self->s, "d", 32));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
	EXPECT_NE(0, stage(self->s, "", 0));
}

TEST_F(stage, what_cannot_be_staged)
{
	struct wsa_iso_set set = iso_words("", "", "data");
	struct wsa_iso_get raw = { .size = sizeof(raw) };
	int tcp = open_proto(FAMILY, self->kind->af, SOCK_STREAM, 0);

	set.data_len = 33;
	set.flags = WSA_ISO_F_STAGE;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EMSGSIZE, errno);
	set.data_len = 1;
	set.own_len = 1;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	set.own_len = 0;
	set.flags |= WSA_ISO_F_KEEP_OWN;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	set.flags = WSA_ISO_F_STAGE;
	EXPECT_EQ(-1, ioctl(tcp, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(0, set.cookie);
	/* at any time: the connect tells why not */
	EXPECT_NE(0, stage(self->l, "x", 32));
	EXPECT_EQ(0, ioctl(self->s, WSA_IOC_ISO_GET, &raw));
	EXPECT_EQ(self->kind->type == SOCK_SEQPACKET ? WSA_ISO_F_RECORDS : 0, raw.flags);
}

static int bye_later(int fd, const char *data)
{
	struct wsa_iso_bye bye = {
		.size = sizeof(bye), .flags = WSA_ISO_LATER, .data_len = strlen(data),
	};

	memcpy(bye.data, data, bye.data_len < sizeof(bye.data) ? bye.data_len : 64);
	return ioctl(fd, WSA_IOC_ISO_BYE, &bye) ? errno : 0;
}

/* The accepted end of a connection from @s. */
static int reached(FIXTURE_DATA(stage) *self, int s)
{
	set_nonblock(s, true);
	connect_to(s, &self->at);
	if (!revents_of(self->l, POLLIN, SOON))
		return -1;
	return accept(self->l, NULL, NULL);
}

static bool bye_says(int fd, const char *data)
{
	struct wsa_iso_get get;

	if (!over(fd))
		return false;
	get = iso_get(fd);
	return get.bye_len == strlen(data) && !memcmp(get.bye, data, get.bye_len);
}

TEST_F(stage, last_words_are_kept__r293)
{
	int tcp = open_proto(FAMILY, self->kind->af, SOCK_STREAM, 0), other, c;
	char longest[66] = "";

	memset(longest, 'z', 65);
	EXPECT_EQ(EMSGSIZE, bye_later(self->s, longest));
	EXPECT_EQ(EOPNOTSUPP, bye_later(tcp, "x"));
	longest[64] = 0;
	EXPECT_EQ(0, bye_later(self->s, longest));
	EXPECT_EQ(0, bye_later(self->s, "so long"));
	c = reached(self, self->s);
	ASSERT_LE(0, c);
	EXPECT_TRUE(wait_state(self->s, WSA_STATE_CONNECTED));
	close(self->s);
	EXPECT_TRUE(bye_says(c, "so long"));

	other = iso_open(self->kind);
	c = reached(self, other);
	EXPECT_TRUE(wait_state(other, WSA_STATE_CONNECTED));
	EXPECT_EQ(0, bye_later(other, longest));
	EXPECT_EQ(0, iso_bye(other, "at once"));
	EXPECT_TRUE(bye_says(c, "at once"));

	other = iso_open(self->kind);
	c = reached(self, other);
	EXPECT_TRUE(wait_state(other, WSA_STATE_CONNECTED));
	EXPECT_EQ(0, bye_later(other, longest));
	EXPECT_EQ(0, iso_bye(other, ""));
	EXPECT_TRUE(bye_says(c, longest));
}

FIXTURE(look) {
	const struct sort *sort;
	struct name at;
	int l;
};

DOORS(look);

FIXTURE_SETUP(look)
{
	netns_fresh();
	self->sort = &variant->sort;
	self->l = open_sort(self->sort, SOCK_STREAM);
	self->at = loopback(self->sort, 0);
	ASSERT_EQ(0, bind(self->l, &self->at.sa, self->at.len));
	ASSERT_EQ(0, listen(self->l, 8));
	self->at = local_name(self->l);
	set_nonblock(self->l, true);
}

FIXTURE_TEARDOWN(look)
{
	COUNTERS_BALANCE();
}

static int accept_look(int fd, struct wsa_accept_look *look)
{
	memset(look, 0xa5, sizeof(*look));
	look->size = sizeof(*look);
	look->flags = 0;
	look->reserved = 0;
	return ioctl(fd, WSA_IOC_ACCEPT_LOOK, look) ? errno : 0;
}

static bool shows(FIXTURE_DATA(look) *self, int fd)
{
	struct name theirs = local_name(fd);
	struct wsa_accept_look look;

	return !accept_look(self->l, &look) && look.addr_len == theirs.len &&
	       !memcmp(look.peer, theirs.octets, theirs.len) &&
	       !memcmp(look.local, self->at.octets, self->at.len);
}

TEST_F(look, shows_and_takes_nothing__r294)
{
	struct kind iso = { AF_INET, SOCK_STREAM };
	struct wsa_accept_look look;
	struct linger linger = { 1, 0 };
	int a = open_sort(self->sort, SOCK_STREAM), b = open_sort(self->sort, SOCK_STREAM);
	unsigned char theirs[32];

	EXPECT_EQ(EAGAIN, accept_look(self->l, &look));
	EXPECT_CONNECTED(connect_to(a, &self->at));
	EXPECT_CONNECTED(connect_to(b, &self->at));
	EXPECT_TRUE(shows(self, a));
	EXPECT_TRUE(shows(self, a));
	EXPECT_LE(0, accept(self->l, NULL, NULL));
	EXPECT_TRUE(shows(self, b));
	/* one that has gone since, too: accept(2) will give it */
	EXPECT_EQ(0, accept_look(self->l, &look));
	memcpy(theirs, look.peer, sizeof(theirs));
	EXPECT_EQ(0, setsockopt(b, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	close(b);
	EXPECT_EQ(0, accept_look(self->l, &look));
	EXPECT_EQ(0, memcmp(theirs, look.peer, sizeof(theirs)));
	EXPECT_EQ(EINVAL, accept_look(a, &look));
	EXPECT_EQ(EOPNOTSUPP, accept_look(open_sort(self->sort, SOCK_DGRAM), &look));
	EXPECT_EQ(EOPNOTSUPP, accept_look(iso_open(&iso), &look));
	EXPECT_LE(0, accept(self->l, NULL, NULL));
	EXPECT_EQ(EAGAIN, accept_look(self->l, &look));
}

TEST_HARNESS_MAIN
