// SPDX-License-Identifier: GPL-2.0
/* Calls of an ISO socket, to a peer that is plain TCP: the octets are written out here. */
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

FIXTURE(call) {
	const struct kind *kind;
	struct name there;
	int l, s, p;		/* listener, our socket, its peer */
};

KINDS(call);

FIXTURE_SETUP(call)
{
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->l = tcp_listener(self->kind, &self->there);
	self->s = iso_open(self->kind);
}

FIXTURE_TEARDOWN(call)
{
	COUNTERS_BALANCE();
}

static int port_of(int fd)
{
	struct name name = local_name(fd);

	return name_port(&name);
}

/* A non-blocking call, taken by TCP; its request comes as these octets, the reference put in. */
static bool call_comes(struct __test_metadata *_metadata, FIXTURE_DATA(call) *self,
		       const unsigned char *want, size_t len)
{
	unsigned char cr[128];

	set_nonblock(self->s, true);
	EXPECT_OUTCOME(EINPROGRESS, WSAEWOULDBLOCK, WSA_REASON_STARTED,
		       connect_to(self->s, &self->there));
	self->p = accept_soon(self->l);
	if (self->p < 0)
		return false;
	memcpy(cr, want, len);
	cr[8] = port_of(self->s) >> 8;
	cr[9] = port_of(self->s);
	return took(self->p, cr, len);
}

#define PLAIN_CR OCTETS(3, 0, 0, 14, 9, 0xe0, 0, 0, 0, 0, 0x21, 0xc0, 1, 13)

/* A confirmation: its destination reference is ours. */
static bool confirm(FIXTURE_DATA(call) *self, const unsigned char *cc, size_t len)
{
	unsigned char octets[512];

	memcpy(octets, cc, len);
	octets[6] = port_of(self->s) >> 8;
	octets[7] = port_of(self->s);
	return give(self->p, octets, len);
}

static bool wait_writable(int fd)
{
	return revents_of(fd, POLLOUT, SOON) & POLLOUT;
}

TEST_F(call, data_goes_and_comes__r292)
{
	struct wsa_iso_get get;
	struct msghdr msg = {};
	struct iovec vec;
	char in[8];

	ASSERT_EQ(0, iso_set(self->s, "\x01\x03", "\x01\x02", "hello"));
	ASSERT_TRUE(call_comes(_metadata, self,
			       OCTETS(3, 0, 0, 27, 17, 0xe0, 0, 0, 0, 0, 0x21, 0xc0, 1, 13,
				      0xc1, 2, 1, 3, 0xc2, 2, 1, 2, 'h', 'e', 'l', 'l', 'o')));

	/* TCP is connected, the socket is not */
	EXPECT_EQ(0, revents_of(self->s, POLLIN | POLLOUT, 200));
	EXPECT_EQ(WSA_STATE_PENDING, state_of(self->s).state);
	EXPECT_OUTCOME(EALREADY, WSAEALREADY, WSA_REASON_PENDING,
		       connect_to(self->s, &self->there));
	EXPECT_EQ(-1, send(self->s, "x", 1, MSG_NOSIGNAL));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, recv(self->s, in, 1, 0));
	EXPECT_EQ(ENOTCONN, errno);
	EXPECT_EQ(-1, iso_set(self->s, "", "", ""));
	EXPECT_EQ(EISCONN, errno);

	/* the first data in the same segment */
	ASSERT_TRUE(confirm(self, OCTETS(3, 0, 0, 16, 9, 0xd0, 0, 0, 0xab, 0xcd, 0x21, 0xc0, 1, 12,
					 'o', 'k',
					 3, 0, 0, 12, 4, 0xf0, port_of(self->s) >> 8,
					 port_of(self->s), 0x80, 'a', 'b', 'c')));
	ASSERT_TRUE(wait_writable(self->s));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
	EXPECT_EQ(0, state_of(self->s).so_error);
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED,
		       connect_to(self->s, &self->there));
	get = iso_get(self->s);
	EXPECT_EQ(2, get.data_len);
	EXPECT_EQ(0, memcmp(get.data, "ok", 3));
	EXPECT_EQ(0, get.flags);
	EXPECT_EQ(4096, get.tpdu_size);
	EXPECT_EQ(2, get.own_len);
	EXPECT_EQ(0, memcmp(get.own, "\x01\x03", 3));
	EXPECT_EQ(2, get.peer_len);
	EXPECT_EQ(0, memcmp(get.peer, "\x01\x02", 3));
	EXPECT_EQ(0, get.bye_len);

	memset(in, 0, sizeof(in));
	vec = (struct iovec){ in, sizeof(in) };
	msg.msg_iov = &vec;
	msg.msg_iovlen = 1;
	ASSERT_EQ(3, recvmsg(self->s, &msg, 0));
	EXPECT_EQ(0, memcmp(in, "abc", 3));
	EXPECT_EQ(self->kind->type == SOCK_SEQPACKET ? MSG_EOR : 0, msg.msg_flags & MSG_EOR);
	EXPECT_EQ(3, send(self->s, "xyz", 3, 0));
	EXPECT_TRUE(took(self->p, OCTETS(3, 0, 0, 12, 4, 0xf0, 0xab, 0xcd, 0x80, 'x', 'y', 'z')));
}

TEST_F(call, nothing_to_say__r292)
{
	int port;

	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
	ASSERT_TRUE(confirm(self, OCTETS(3, 0, 0, 11, 6, 0xd0, 0, 0, 0xab, 0xcd, 0x21)));
	ASSERT_TRUE(wait_writable(self->s));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
	EXPECT_EQ(0, iso_get(self->s).data_len);
	EXPECT_EQ(8192, iso_get(self->s).tpdu_size);
	/* release: for reason 128 */
	port = port_of(self->s);
	close(self->s);
	EXPECT_TRUE(took(self->p, OCTETS(3, 0, 0, 11, 6, 0x80, 0xab, 0xcd, port >> 8, port, 128)));
	EXPECT_TRUE(over(self->p));
}

TEST_F(call, one_octet_at_a_time)
{
	unsigned char cc[] = { 3, 0, 0, 16, 9, 0xd0, 0, 0, 0xab, 0xcd, 0x21, 0xc0, 1, 12, 'o',
			       'k' };
	unsigned int i;

	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
	cc[6] = port_of(self->s) >> 8;
	cc[7] = port_of(self->s);
	for (i = 0; i < sizeof(cc); i++) {
		EXPECT_EQ(WSA_STATE_PENDING, state_of(self->s).state);
		ASSERT_TRUE(give(self->p, cc + i, 1));
		usleep(1000);
	}
	ASSERT_TRUE(wait_writable(self->s));
	EXPECT_EQ(2, iso_get(self->s).data_len);
}

TEST_F(call, blocking)
{
	unsigned char cr[14];
	struct call call;

	connect_later(&call, self->s, &self->there);
	self->p = accept_soon(self->l);
	ASSERT_LE(0, self->p);
	ASSERT_TRUE(take(self->p, cr, sizeof(cr)));
	EXPECT_EQ(WSA_STATE_PENDING, state_of(self->s).state);
	ASSERT_TRUE(confirm(self, OCTETS(3, 0, 0, 13, 6, 0xd0, 0, 0, 0xab, 0xcd, 0x21, 'o', 'k')));
	ASSERT_TRUE(call_ended(&call));
	EXPECT_CONNECTED(call.outcome);
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
	EXPECT_EQ(2, iso_get(self->s).data_len);
}

TEST_F(call, refused_with_data_then_again__r293)
{
	static const struct {
		int reason, wsa, why;
	} rows[] = {
		{ 136, WSAECONNREFUSED, WSA_REASON_REFUSED },
		{ 0, WSAECONNREFUSED, WSA_REASON_REFUSED },
		{ 128, WSAECONNREFUSED, WSA_REASON_REFUSED },
		{ 1, WSAENOBUFS, WSA_REASON_PEER_CONGESTED },
		{ 129, WSAENOBUFS, WSA_REASON_PEER_CONGESTED },
		{ 135, WSAENOBUFS, WSA_REASON_PEER_CONGESTED },
		{ 2, WSAECONNREFUSED, WSA_REASON_NO_TSAP },
		{ 3, WSAECONNREFUSED, WSA_REASON_NO_TSAP },
		{ 130, WSAENETDOWN, WSA_REASON_PEER_PROTOCOL },
		{ 133, WSAENETDOWN, WSA_REASON_PEER_PROTOCOL },
		{ 138, WSAENETDOWN, WSA_REASON_PEER_PROTOCOL },
	};
	struct wsa_iso_get get;
	struct call call;
	unsigned char cr[14];
	unsigned int i;
	int port = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		set_nonblock(self->s, false);
		connect_later(&call, self->s, &self->there);
		self->p = accept_soon(self->l);
		ASSERT_LE(0, self->p);
		ASSERT_TRUE(take(self->p, cr, sizeof(cr)));
		ASSERT_TRUE(confirm(self, OCTETS(3, 0, 0, 14, 6, 0x80, 0, 0, 0, 0, rows[i].reason,
						 'n', 'o', '!')));
		ASSERT_TRUE(call_ended(&call));
		EXPECT_OUTCOME(ECONNREFUSED, rows[i].wsa, rows[i].why, call.outcome);
		EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
		get = iso_get(self->s);
		EXPECT_EQ(WSA_ISO_F_ENDED, get.flags);
		EXPECT_EQ(rows[i].reason, get.end_reason);
		EXPECT_EQ(rows[i].wsa, get.end_wsa);
		EXPECT_EQ(3, get.bye_len);
		EXPECT_EQ(0, memcmp(get.bye, "no!", 4));
		EXPECT_EQ(0, get.data_len);
		close(self->p);
		/* the port is kept */
		EXPECT_TRUE(!port || port == port_of(self->s));
		port = port_of(self->s);
	}
	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
	ASSERT_TRUE(confirm(self, OCTETS(3, 0, 0, 11, 6, 0xd0, 0, 0, 0xab, 0xcd, 0x21)));
	ASSERT_TRUE(wait_writable(self->s));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
	EXPECT_EQ(0, iso_get(self->s).flags);
	EXPECT_EQ(0, iso_get(self->s).bye_len);
}

/* Sends these octets instead of a confirmation; a call that fails is a case of its own. */
static void fails_with(struct __test_metadata *_metadata, FIXTURE_DATA(call) *self,
		       const unsigned char *octets, size_t len, int wsa)
{
	int error;
	socklen_t size = sizeof(error);

	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
	ASSERT_TRUE(confirm(self, octets, len));
	ASSERT_TRUE(revents_of(self->s, POLLOUT, SOON) & POLLERR);
	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
	EXPECT_EQ(wsa, (int)state_of(self->s).so_error) {
		TH_LOG("length %zu, first %02x", len, octets[0]);
	}
	EXPECT_TRUE(over(self->p));
	ASSERT_EQ(0, getsockopt(self->s, SOL_SOCKET, SO_ERROR, &error, &size));
	EXPECT_NE(0, error);
	/* who took SO_ERROR changed nothing */
	EXPECT_EQ(wsa, (int)state_of(self->s).so_error);
	close(self->p);
}

TEST_F(call, answers_that_are_none__r293)
{
	static const struct {
		unsigned char len, octet[24];
	} rows[] = {
		{ 11, { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0xab, 0xcd, 0x41 } },	/* class 4 */
		{ 11, { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0xab, 0xcd, 0x11 } },	/* class 1 */
		{ 11, { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0xab, 0xcd, 0x20 } },	/* flow control */
		{ 11, { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0xab, 0xcd, 0x23 } },	/* extended */
		{ 11, { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0, 0, 0x21 } },	/* no reference */
		{ 14, { 3, 0, 0, 14, 9, 0xd0, 0, 0, 0xab, 0xcd, 0x21, 0xc0, 1, 14 } },	/* 16384 */
		{ 9, { 3, 0, 0, 9, 4, 0xf0, 0, 0, 0x80 } },		/* DT before CC */
		{ 11, { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0xab, 0xcd, 0x21 } },	/* CR */
		{ 10, { 3, 0, 0, 10, 5, 0xc0, 0, 0, 0xab, 0xcd } },	/* DC */
		{ 9, { 3, 0, 0, 9, 4, 0x70, 0, 0, 2 } },			/* ER */
		{ 10, { 3, 0, 0, 10, 5, 0xd0, 0, 0, 0xab, 0xcd } },	/* short */
		{ 8, { 2, 0, 0, 8, 3, 0xd0, 0, 0 } },
		{ 8, { 'H', 'T', 'T', 'P', '/', '1', '.', '1' } },
		{ 8, { 0x16, 3, 1, 0, 5, 1, 0, 0 } },
		{ 8, { 3, 0, 0, 4, 9, 9, 9, 9 } },
		{ 8, { 3, 0, 255, 255, 254, 0xd0, 0, 0 } },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		fails_with(_metadata, self, rows[i].octet, rows[i].len, WSAENETDOWN);
}

TEST_F(call, every_truncation_then_the_end)
{
	static const unsigned char cc[] = { 3, 0, 0, 16, 9, 0xd0, 0, 0, 0xab, 0xcd, 0x21, 0xc0, 1,
					    12, 'o', 'k' };
	unsigned char octets[sizeof(cc)];
	unsigned int len;

	for (len = 0; len < sizeof(cc); len++) {
		ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
		memcpy(octets, cc, sizeof(cc));
		octets[6] = port_of(self->s) >> 8;
		octets[7] = port_of(self->s);
		if (len)
			ASSERT_TRUE(give(self->p, octets, len));
		shutdown(self->p, SHUT_WR);
		ASSERT_TRUE(revents_of(self->s, POLLOUT, SOON) & POLLERR);
		EXPECT_EQ(WSAECONNREFUSED, state_of(self->s).so_error);
		close(self->p);
	}
}

TEST_F(call, much_of_nothing)
{
	static const unsigned char nothing[65536];

	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
	send(self->p, nothing, sizeof(nothing), MSG_NOSIGNAL);
	ASSERT_TRUE(revents_of(self->s, POLLOUT, SOON) & POLLERR);
	EXPECT_EQ(WSAENETDOWN, state_of(self->s).so_error);
}

TEST_F(call, class_0_is_selected__r292)
{
	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
	ASSERT_TRUE(confirm(self, OCTETS(3, 0, 0, 14, 9, 0xd0, 0, 0, 0xab, 0xcd, 0, 0xc0, 1, 10)));
	ASSERT_TRUE(wait_writable(self->s));
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
	EXPECT_EQ(WSA_ISO_F_CLASS0, iso_get(self->s).flags);
	EXPECT_EQ(1024, iso_get(self->s).tpdu_size);
	ASSERT_EQ(2, send(self->s, "hi", 2, 0));
	EXPECT_TRUE(took(self->p, OCTETS(3, 0, 0, 9, 2, 0xf0, 0x80, 'h', 'i')));
}

TEST_F(call, class_0_throws_data_away__r292)
{
	ASSERT_EQ(0, iso_set(self->s, "", "", "x"));
	ASSERT_TRUE(call_comes(_metadata, self, OCTETS(3, 0, 0, 15, 9, 0xe0, 0, 0, 0, 0, 0x21, 0xc0,
						       1, 13, 'x')));
	ASSERT_TRUE(confirm(self, OCTETS(3, 0, 0, 11, 6, 0xd0, 0, 0, 0xab, 0xcd, 0)));
	ASSERT_TRUE(revents_of(self->s, POLLOUT, SOON) & POLLERR);
	EXPECT_EQ(WSAEPROTONOSUPPORT, state_of(self->s).so_error);
	EXPECT_TRUE(over(self->p));
}

TEST_F(call, class_0_is_proposed)
{
	struct wsa_iso_set set = iso_words("\x01\x03", "\x01\x02", "x");

	set.flags = WSA_ISO_F_CLASS0;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
	set.data_len = 0;
	set.tpdu_size = 4096;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	set.tpdu_size = 1024;
	ASSERT_EQ(0, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	ASSERT_TRUE(call_comes(_metadata, self,
			       OCTETS(3, 0, 0, 22, 17, 0xe0, 0, 0, 0, 0, 0, 0xc0, 1, 10,
				      0xc1, 2, 1, 3, 0xc2, 2, 1, 2)));
	ASSERT_TRUE(confirm(self, OCTETS(3, 0, 0, 14, 9, 0xd0, 0, 0, 0, 1, 0, 0xc0, 1, 9)));
	ASSERT_TRUE(wait_writable(self->s));
	EXPECT_EQ(512, iso_get(self->s).tpdu_size);
	EXPECT_EQ(-1, iso_bye(self->s, "x"));
	EXPECT_EQ(EPROTONOSUPPORT, errno);
	EXPECT_EQ(0, iso_bye(self->s, ""));
	EXPECT_TRUE(over(self->p));
}

TEST_F(call, what_cannot_be_said__r292)
{
	struct wsa_iso_set set = iso_words("a", "b", "c");
	struct wsa_iso_get before = iso_get(self->s);

	set.data_len = 33;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EMSGSIZE, errno);
	set.data_len = 0;
	set.own_len = 33;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EMSGSIZE, errno);
	set.own_len = 0;
	set.peer_len = 255;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EMSGSIZE, errno);
	set.peer_len = 1;
	set.tpdu_size = 1000;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	set.tpdu_size = 64;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	set.tpdu_size = 16384;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	set.tpdu_size = 0;
	set.flags = WSA_ISO_F_ENDED;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	set.flags = 0;
	set.room = 1;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	set.room = 0;
	set.size--;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ISO_SET, &set));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, memcmp(&before, (struct wsa_iso_get[]){ iso_get(self->s) }, sizeof(before)));
	EXPECT_EQ(-1, iso_bye(self->s, ""));
	EXPECT_EQ(ENOTCONN, errno);
	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
}

TEST_F(call, no_answer_in_time__r75)
{
	iso_timeout(1);
	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
	ASSERT_TRUE(give(self->p, OCTETS(3, 0, 0)));
	ASSERT_TRUE(revents_of(self->s, POLLOUT, SOON) & POLLERR);
	EXPECT_EQ(WSAETIMEDOUT, state_of(self->s).so_error);
	EXPECT_TRUE(over(self->p));
	iso_timeout(20);
}

TEST_F(call, cancelled)
{
	unsigned char cr[14];
	struct call call;

	connect_later(&call, self->s, &self->there);
	self->p = accept_soon(self->l);
	ASSERT_TRUE(take(self->p, cr, sizeof(cr)));
	ASSERT_EQ(0, cancel(self->s));
	ASSERT_TRUE(call_ended(&call));
	EXPECT_OUTCOME(ECANCELED, WSAEINTR, WSA_REASON_CANCELLED, call.outcome);
	EXPECT_TRUE(over(self->p));
	EXPECT_EQ(-1, cancel(self->s));
	EXPECT_EQ(ENOTCONN, errno);
	close(self->p);
	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
}

TEST_F(call, nobody_listens__r71)
{
	close(self->l);
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED,
		       connect_to(self->s, &self->there));
}

TEST_F(call, closed_while_calling)
{
	ASSERT_TRUE(call_comes(_metadata, self, PLAIN_CR));
	close(self->s);
	EXPECT_TRUE(over(self->p));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
