// SPDX-License-Identifier: GPL-2.0
/*
 * Peers that break off, count wrongly, change their class or take their time, to a listener, to a
 * caller and on a connection. Whatever comes, there is an outcome, and the next peer is served.
 */
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

FIXTURE(broken) {
	const struct kind *kind;
	struct name here;
	int l;			/* our listener */
	struct name there;
	int tl;			/* a plain one, for our callers */
};

/* What is read of a peer does not depend on the kind of socket. */
FIXTURE_VARIANT(broken) { struct kind kind; };
FIXTURE_VARIANT_ADD(broken, record_v6) { .kind = { AF_INET6, SOCK_SEQPACKET } };

FIXTURE_SETUP(broken)
{
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
	self->l = iso_listener(self->kind, &self->here);
	set_nonblock(self->l, true);
	self->tl = tcp_listener(self->kind, &self->there);
}

FIXTURE_TEARDOWN(broken)
{
	COUNTERS_BALANCE();
}

#define DATA 5

/* Worked frames. The receiver's reference is put in where it has one. */
static const struct frame {
	unsigned char len, octet[32];
} frames[] = {
	{ 27, { 3, 0, 0, 27, 17, 0xe0, 0, 0, 0x12, 0x34, 0x21, 0xc0, 1, 13,
		0xc1, 2, 1, 0, 0xc2, 2, 1, 2, 'h', 'e', 'l', 'l', 'o' } },
	{ 16, { 3, 0, 0, 16, 9, 0xd0, 0, 0, 0xab, 0xcd, 0x21, 0xc0, 1, 12, 'o', 'k' } },
	{ 14, { 3, 0, 0, 14, 6, 0x80, 0, 0, 0, 0, 136, 'n', 'o', '!' } },
	{ 10, { 3, 0, 0, 10, 5, 0xc0, 0, 0, 0xab, 0xcd } },
	{ 9, { 3, 0, 0, 9, 4, 0x70, 0, 0, 2 } },
	{ 12, { 3, 0, 0, 12, 4, 0xf0, 0, 0, 0x80, 'a', 'b', 'c' } },
};

enum { CR, CC, DR, DC, ER, DT };

static struct frame frame_to(int which, int ref)
{
	struct frame frame = frames[which];

	if (which != CR) {
		frame.octet[6] = ref >> 8;
		frame.octet[7] = ref;
	}
	return frame;
}

static bool nobody_to_accept(int l)
{
	return !revents_of(l, POLLIN, 0) && accept(l, NULL, NULL) == -1 && errno == EAGAIN;
}

static int port_of(const struct name *name)
{
	return name_port(name);
}

/* A call that is none of the broken ones. */
static void serves(struct __test_metadata *_metadata, FIXTURE_DATA(broken) *self)
{
	int p = tcp_call(self->kind, &self->here), c;

	ASSERT_TRUE(give(p, frames[CR].octet, frames[CR].len));
	ASSERT_TRUE(revents_of(self->l, POLLIN, SOON) & POLLIN);
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(DATA, iso_get(c).data_len);
	close(c);
	close(p);
}

/* A call of ours, whose request has come; its reference. */
static int our_call(struct __test_metadata *_metadata, FIXTURE_DATA(broken) *self, int *s, int *p)
{
	unsigned char cr[14];
	struct name name;

	*s = iso_open(self->kind);
	set_nonblock(*s, true);
	EXPECT_EQ(EINPROGRESS, connect_to(*s, &self->there).error);
	*p = accept_soon(self->tl);
	EXPECT_TRUE(take(*p, cr, sizeof(cr)));
	name = local_name(*s);
	return port_of(&name);
}

static void call_ends(struct __test_metadata *_metadata, int s, int p, int wsa)
{
	ASSERT_TRUE(revents_of(s, POLLOUT, SOON) & POLLERR);
	EXPECT_EQ(WSA_STATE_FAILED, state_of(s).state);
	EXPECT_EQ(wsa, (int)state_of(s).so_error);
	EXPECT_TRUE(over(p));
	close(s);
	close(p);
}

/* A connection, ours accepted; the reference of ours is its port. */
static int connection(struct __test_metadata *_metadata, FIXTURE_DATA(broken) *self, int cls,
		      int *p)
{
	unsigned char cr[] = { 3, 0, 0, 14, 9, 0xe0, 0, 0, 0x12, 0x34, cls ? 0x21 : 0, 0xc0, 1, 9 };
	int c;

	*p = tcp_call(self->kind, &self->here);
	EXPECT_TRUE(give(*p, cr, sizeof(cr)));
	EXPECT_TRUE(revents_of(self->l, POLLIN, SOON) & POLLIN);
	c = accept(self->l, NULL, NULL);
	EXPECT_TRUE(take(*p, cr, sizeof(cr)));
	EXPECT_EQ(0xd0, cr[5]);
	return c;
}

TEST_F(broken, cut_off_calls)
{
	unsigned int i, len;
	int p;

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		for (len = 0; len < frames[i].len; len++) {
			p = tcp_call(self->kind, &self->here);
			if (len)
				ASSERT_TRUE(give(p, frames[i].octet, len));
			shutdown(p, SHUT_WR);
			EXPECT_TRUE(over(p));
			close(p);
		}
	}
	EXPECT_TRUE(nobody_to_accept(self->l));
	serves(_metadata, self);
}

/* Half of them are more than a listener waits for; the rest is left after a time. */
TEST_F(broken, calls_that_stop)
{
	unsigned int i, len, n = 0;
	int p[128];

	iso_timeout(1);
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		for (len = 0; len < frames[i].len; len++, n++) {
			p[n] = tcp_call(self->kind, &self->here);
			if (len)
				ASSERT_TRUE(give(p[n], frames[i].octet, len));
		}
	}
	serves(_metadata, self);
	for (i = 0; i < n; i++) {
		EXPECT_TRUE(over(p[i]));
		close(p[i]);
	}
	EXPECT_TRUE(nobody_to_accept(self->l));
	iso_timeout(20);
	serves(_metadata, self);
}

TEST_F(broken, cut_off_answers__r293)
{
	unsigned int i, len;
	struct frame frame;
	int s, p;

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		for (len = 0; len < frames[i].len; len++) {
			frame = frame_to(i, our_call(_metadata, self, &s, &p));
			if (len)
				ASSERT_TRUE(give(p, frame.octet, len));
			shutdown(p, SHUT_WR);
			/* of data the head is enough to see that it should not be there */
			call_ends(_metadata, s, p, i == DT && len >= 9 ? WSAENETDOWN :
							   WSAECONNREFUSED);
		}
	}
}

TEST_F(broken, cut_off_connections__r293)
{
	unsigned int i, len;
	struct frame frame;
	int c, p, error;
	char in[8];

	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		for (len = 0; len < frames[i].len; len++) {
			c = connection(_metadata, self, 2, &p);
			frame = frame_to(i, port_of(&self->here));
			if (len)
				ASSERT_TRUE(give(p, frame.octet, len));
			shutdown(p, SHUT_WR);
			if (i == DT && len > 9)
				EXPECT_EQ((int)len - 9, recv(c, in, sizeof(in), MSG_WAITALL));
			error = len ? ECONNRESET : 0;
			errno = 0;
			EXPECT_EQ(len ? -1 : 0, recv(c, in, sizeof(in), 0));
			EXPECT_EQ(error, errno) {
				TH_LOG("%u octets of frame %u", len, i);
			}
			EXPECT_EQ(0, iso_get(c).flags);
			close(c);
			close(p);
		}
	}
}

TEST_F(broken, calls_that_count_wrongly)
{
	static const struct {
		unsigned char at, octet;
		signed char data;	/* octets of the caller's data, -1 for no call */
	} rows[] = {
		{ 3, 26, 4 }, { 3, 28, -1 },		/* TPKT */
		{ 2, 1, -1 }, { 2, 0xff, -1 },
		{ 4, 16, -1 }, { 4, 18, -1 },		/* length indicator */
		{ 12, 0, -1 }, { 12, 2, -1 },		/* size */
		/* of the caller's selector: what is left makes a parameter that means nothing */
		{ 15, 1, -1 }, { 15, 3, 5 },
		{ 19, 1, -1 }, { 19, 3, -1 },
	};
	struct frame frame;
	unsigned int i;
	char in;
	int p, c;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		frame = frames[CR];
		frame.octet[rows[i].at] = rows[i].octet;
		p = tcp_call(self->kind, &self->here);
		ASSERT_TRUE(give(p, frame.octet, frame.len));
		shutdown(p, SHUT_WR);
		if (rows[i].data < 0) {
			EXPECT_TRUE(over(p));
			EXPECT_TRUE(nobody_to_accept(self->l)) {
				TH_LOG("octet %u is %u", rows[i].at, rows[i].octet);
			}
		} else {
			ASSERT_TRUE(revents_of(self->l, POLLIN, SOON) & POLLIN);
			c = accept(self->l, NULL, NULL);
			EXPECT_EQ(rows[i].data, iso_get(c).data_len);
			/* where an octet too few was said the last one begins no TPDU */
			errno = 0;
			EXPECT_EQ(rows[i].data < DATA ? -1 : 0, recv(c, &in, 1, 0));
			EXPECT_EQ(rows[i].data < DATA ? EPROTO : 0, errno);
			close(c);
		}
		close(p);
	}
	serves(_metadata, self);
}

TEST_F(broken, answers_that_count_wrongly__r292_r293)
{
	static const struct {
		unsigned char which, at, octet;
		int wsa;
		unsigned char said;	/* octets of the callee's data */
	} rows[] = {
		{ CC, 3, 15, 0, 1 },
		{ CC, 3, 17, WSAECONNREFUSED, 0 },
		{ CC, 4, 8, WSAENETDOWN, 0 },
		{ CC, 4, 10, WSAENETDOWN, 0 },
		{ CC, 12, 0, WSAENETDOWN, 0 },
		{ CC, 12, 2, WSAENETDOWN, 0 },
		{ DR, 3, 13, WSAECONNREFUSED, 2 },
		{ DR, 3, 15, WSAECONNREFUSED, 0 },
		{ DR, 4, 5, WSAENETDOWN, 0 },
		{ DR, 4, 7, WSAENETDOWN, 0 },
	};
	struct wsa_iso_get get;
	struct frame frame;
	unsigned int i;
	int s, p;
	char in;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		frame = frame_to(rows[i].which, our_call(_metadata, self, &s, &p));
		frame.octet[rows[i].at] = rows[i].octet;
		ASSERT_TRUE(give(p, frame.octet, frame.len));
		shutdown(p, SHUT_WR);
		ASSERT_TRUE(revents_of(s, POLLOUT, SOON) & POLLOUT);
		get = iso_get(s);
		EXPECT_EQ(rows[i].said, get.data_len + get.bye_len) {
			TH_LOG("row %u", i);
		}
		if (rows[i].wsa) {
			call_ends(_metadata, s, p, rows[i].wsa);
			continue;
		}
		EXPECT_EQ(WSA_STATE_CONNECTED, state_of(s).state);
		EXPECT_EQ(-1, recv(s, &in, 1, 0));
		EXPECT_EQ(EPROTO, errno);
		close(s);
		close(p);
	}
}

TEST_F(broken, data_that_counts_wrongly__r293)
{
	static const struct {
		unsigned char which, at, octet;
		int data, error;	/* octets received, and what then comes */
	} rows[] = {
		{ DT, 3, 11, 2, EPROTO },
		{ DT, 3, 13, 3, ECONNRESET },
		{ DT, 4, 3, 0, EPROTO },
		{ DT, 4, 5, 0, EPROTO },
		{ DR, 3, 15, 0, ECONNRESET },
		{ DR, 4, 5, 0, EPROTO },
		{ DR, 4, 7, 0, EPROTO },
		{ DC, 3, 9, 0, EPROTO },
		{ DC, 3, 11, 0, ECONNRESET },
		{ DC, 4, 4, 0, EPROTO },
		{ DC, 4, 6, 0, EPROTO },
	};
	struct frame frame;
	unsigned int i;
	char in[8];
	int c, p;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		c = connection(_metadata, self, 2, &p);
		frame = frame_to(rows[i].which, port_of(&self->here));
		frame.octet[rows[i].at] = rows[i].octet;
		ASSERT_TRUE(give(p, frame.octet, frame.len));
		shutdown(p, SHUT_WR);
		if (rows[i].data)
			EXPECT_EQ(rows[i].data, recv(c, in, sizeof(in), MSG_WAITALL));
		EXPECT_EQ(-1, recv(c, in, sizeof(in), 0));
		EXPECT_EQ(rows[i].error, errno) {
			TH_LOG("row %u", i);
		}
		EXPECT_EQ(0, iso_get(c).flags);
		close(c);
		close(p);
	}
}

/* What class 0 has, and what it has not. */
TEST_F(broken, class_changes)
{
	static const struct {
		unsigned char cls, len, octet[16];
		int error;
	} rows[] = {
		{ 0, 10, { 3, 0, 0, 10, 4, 0xf0, 0, 0, 0x80, 'x' }, EPROTO },
		{ 0, 11, { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0x12, 0x34, 0x21 }, EPROTO },
		{ 0, 10, { 3, 0, 0, 10, 5, 0xc0, 0, 0, 0x12, 0x34 }, EPROTO },
		{ 2, 8, { 3, 0, 0, 8, 2, 0xf0, 0x80, 'x' }, EPROTO },
		{ 2, 11, { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0x12, 0x34, 0 }, EPROTO },
		{ 2, 11, { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0 }, EPROTO },
	};
	unsigned int i;
	int c, p;
	char in;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		c = connection(_metadata, self, rows[i].cls, &p);
		EXPECT_EQ(rows[i].cls ? 0 : WSA_ISO_F_CLASS0, iso_get(c).flags);
		ASSERT_TRUE(give(p, rows[i].octet, rows[i].len));
		EXPECT_EQ(-1, recv(c, &in, 1, 0));
		EXPECT_EQ(rows[i].error, errno) {
			TH_LOG("row %u", i);
		}
		/* class 2 is told why */
		if (rows[i].cls)
			EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 11, 6, 0x80)));
		close(c);
		close(p);
	}
}

/* Some of its peers say so before they close, and do not count a head. */
TEST_F(broken, class_0_as_it_is_spoken)
{
	unsigned char dt[7 + 512] = { 3, 0, 2, 7, 2, 0xf0, 0 }, in[1024];
	int c, p;

	c = connection(_metadata, self, 0, &p);
	EXPECT_EQ(512, iso_get(c).tpdu_size);
	ASSERT_TRUE(give(p, dt, sizeof(dt)));
	ASSERT_TRUE(give(p, OCTETS(3, 0, 0, 8, 2, 0xf0, 0x80, 'x',
				   3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0)));
	EXPECT_EQ(513, recv(c, in, sizeof(in), MSG_WAITALL));
	EXPECT_EQ('x', in[512]);
	EXPECT_EQ(0, recv(c, in, sizeof(in), 0));
	EXPECT_EQ(WSA_ISO_F_CLASS0 | WSA_ISO_F_ENDED, iso_get(c).flags);
	EXPECT_EQ(WSAEDISCON, iso_get(c).end_wsa);
	/* no confirmation, which would be another octet that they do not know */
	EXPECT_TRUE(over(p));
	close(c);
	close(p);

	c = connection(_metadata, self, 0, &p);
	dt[3]++;
	ASSERT_TRUE(give(p, dt, sizeof(dt)));
	EXPECT_EQ(-1, recv(c, in, sizeof(in), 0));
	EXPECT_EQ(EPROTO, errno);
}

TEST_F(broken, called_twice)
{
	int p = tcp_call(self->kind, &self->here), c;
	char in;

	ASSERT_TRUE(give(p, OCTETS(3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x21,
				   3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x21)));
	ASSERT_TRUE(revents_of(self->l, POLLIN, SOON) & POLLIN);
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_TRUE(nobody_to_accept(self->l));
	EXPECT_EQ(-1, recv(c, &in, 1, 0));
	EXPECT_EQ(EPROTO, errno);
	EXPECT_TRUE(took(p, OCTETS(3, 0, 0, 11, 6, 0xd0, 0x12, 0x34)));
	EXPECT_TRUE(took(p, OCTETS(port_of(&self->here) >> 8, port_of(&self->here), 0x21,
				   3, 0, 0, 11, 6, 0x80, 0x12, 0x34)));
}

TEST_F(broken, confirmed_twice)
{
	int s, p, ref = our_call(_metadata, self, &s, &p);
	char in;

	ASSERT_TRUE(give(p, OCTETS(3, 0, 0, 11, 6, 0xd0, ref >> 8, ref, 0xab, 0xcd, 0x21,
				   3, 0, 0, 11, 6, 0xd0, ref >> 8, ref, 0xab, 0xcd, 0)));
	ASSERT_TRUE(revents_of(s, POLLOUT, SOON) & POLLOUT);
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(s).state);
	EXPECT_EQ(-1, recv(s, &in, 1, 0));
	EXPECT_EQ(EPROTO, errno);
	EXPECT_EQ(0, iso_get(s).flags);		/* still of class 2 */
}

/* An octet now and then does not prolong the time there is. */
TEST_F(broken, too_slow)
{
	struct frame frame;
	unsigned int i;
	int p, s, q;

	iso_timeout(2);
	p = tcp_call(self->kind, &self->here);
	frame = frame_to(CC, our_call(_metadata, self, &s, &q));
	for (i = 0; i < 12; i++) {
		send(p, frames[CR].octet + i, 1, MSG_NOSIGNAL);
		send(q, frame.octet + i, 1, MSG_NOSIGNAL);
		usleep(300000);
	}
	EXPECT_TRUE(over(p));
	EXPECT_TRUE(nobody_to_accept(self->l));
	call_ends(_metadata, s, q, WSAETIMEDOUT);
	iso_timeout(20);
	serves(_metadata, self);
}

TEST_F(broken, much_of_nothing)
{
	static const unsigned char nothing[65536];
	int p = tcp_call(self->kind, &self->here), c;
	char in;

	send(p, nothing, sizeof(nothing), MSG_NOSIGNAL);
	EXPECT_TRUE(over(p));
	EXPECT_TRUE(nobody_to_accept(self->l));
	serves(_metadata, self);

	/* behind a call that waits to be taken */
	p = tcp_call(self->kind, &self->here);
	ASSERT_TRUE(give(p, frames[CR].octet, frames[CR].len));
	ASSERT_TRUE(give(p, nothing, sizeof(nothing)));
	ASSERT_TRUE(revents_of(self->l, POLLIN, SOON) & POLLIN);
	c = accept(self->l, NULL, NULL);
	ASSERT_LE(0, c);
	EXPECT_EQ(DATA, iso_get(c).data_len);
	EXPECT_EQ(-1, recv(c, &in, 1, 0));
	EXPECT_EQ(EPROTO, errno);
	close(c);

	c = connection(_metadata, self, 2, &p);
	ASSERT_TRUE(give(p, nothing, sizeof(nothing)));
	EXPECT_EQ(-1, recv(c, &in, 1, 0));
	EXPECT_EQ(EPROTO, errno);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
