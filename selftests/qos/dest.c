// SPDX-License-Identifier: GPL-2.0
/* The flow of an unconnected socket, whose objects say whom it sends to. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define RATE		250000
#define OTHER_RATE	400000
#define TOO_MUCH	2000000		/* of the 1,000,000 that may be promised */
#define RAW_PROTO	253		/* nobody's: for experiments */

#define DESTADDR	2004
#define SD_MODE		2002
#define SHAPE		1
#define END_OF_LIST	2001

/**
 * struct objects - held to the rate, and whom to: as a 64-bit program has it
 */
struct objects {
	unsigned int mode_type, mode_len, mode;
	unsigned int dest_type, dest_len, addr[2], addr_len, padding;
	unsigned int end_type, end_len;
};

FIXTURE(dest) {
	struct wsa_flowspec spec;
	struct wsa_qos_set arg;
	struct objects objects;
	struct name peer;
	int receiver;		/* there */
	int s;
};

FIXTURE_VARIANT(dest) {
	struct sort sort;
	int type;
};

FIXTURE_VARIANT_ADD(dest, family_v4) { { FAMILY, AF_INET, false }, SOCK_DGRAM };
FIXTURE_VARIANT_ADD(dest, family_v6_raw) { { FAMILY, AF_INET6, false }, SOCK_RAW };
FIXTURE_VARIANT_ADD(dest, adopt_v4_raw) { { ADOPT, AF_INET, false }, SOCK_RAW };
FIXTURE_VARIANT_ADD(dest, adopt_v6) { { ADOPT, AF_INET6, false }, SOCK_DGRAM };
FIXTURE_VARIANT_ADD(dest, adopt_dual) { { ADOPT, AF_INET6, true }, SOCK_DGRAM };

static int open_one(const FIXTURE_VARIANT(dest) *variant)
{
	if (variant->type == SOCK_DGRAM)
		return open_sort(&variant->sort, SOCK_DGRAM);
	return open_proto(variant->sort.door, variant->sort.af, SOCK_RAW, RAW_PROTO);
}

static int receive_there(const FIXTURE_VARIANT(dest) *variant, struct name *at)
{
	int fd;

	if (variant->type == SOCK_DGRAM)
		return listen_there(&variant->sort, SOCK_DGRAM, at);
	*at = name_for(&variant->sort, "10.7.0.2", "fd07::2", 0);
	hosts_there();
	fd = open_proto(PLAIN, variant->sort.af, SOCK_RAW, RAW_PROTO);
	hosts_here();
	return fd;
}

static void set_addr(struct objects *objects, const void *addr, unsigned int len)
{
	unsigned long at = (unsigned long)addr;

	*objects = (struct objects){
		SD_MODE, 12, SHAPE,
		DESTADDR, 24, { at, at >> 32 }, len, 0,
		END_OF_LIST, 8,
	};
}

FIXTURE_SETUP(dest)
{
	hosts_make();
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --share 8mbit"))
		TH_LOG("%s", wsactl_said());
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	self->receiver = receive_there(variant, &self->peer);
	ASSERT_LE(0, self->receiver);
	self->s = open_one(variant);
	ASSERT_LE(0, self->s);
	set_addr(&self->objects, self->peer.octets, self->peer.len);
}

FIXTURE_TEARDOWN(dest)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* The errno; what is out is poisoned first. */
static int ask(int fd, const struct wsa_flowspec *sending, const struct name *name,
	       const void *objects, unsigned int len, struct wsa_qos_set *arg)
{
	*arg = (struct wsa_qos_set){
		.size = sizeof(*arg),
		.sending = *sending,
		.receiving = flowspec(NOTRAFFIC, UNSPECIFIED),
		.objects = (unsigned long)objects,
		.objects_len = len,
		.name = name ? (unsigned long)name->octets : 0,
		.namelen = name ? name->len : 0,
		.cookie = 0xdeaddeaddeaddeadULL,
		.wsa = 0xdead,
		.status = 0xdead,
		.ifindex = 0xdead,
		.classid = 0xdead,
	};
	return ioctl(fd, WSA_IOC_QOS_SET, arg) ? errno : 0;
}

#define ASK(fd) ask(fd, &self->spec, NULL, &self->objects, sizeof(self->objects), &self->arg)

#define EXPECT_ACTIVE(fd, rate) do { \
	struct wsa_qos_get got_ = qos_get(fd); \
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, got_.flags); \
	EXPECT_EQ(rate, got_.sending.token_rate); \
	EXPECT_LE(0x11000, got_.classid); \
	EXPECT_EQ(if_nametoindex("v0"), got_.ifindex); \
	EXPECT_EQ(got_.classid, (unsigned int)priority_of(fd)); \
	EXPECT_TRUE(class_there("v0", got_.classid)); \
} while (0)

#define EXPECT_GRANTED(fd, arg, rate) do { \
	EXPECT_EQ(0, (arg).wsa); \
	EXPECT_EQ(0, (arg).status); \
	EXPECT_EQ(0, (arg).cookie); \
	EXPECT_EQ(if_nametoindex("v0"), (arg).ifindex); \
	EXPECT_EQ((arg).classid, qos_get(fd).classid); \
	EXPECT_ACTIVE(fd, rate); \
} while (0)

#define EXPECT_QOS_REFUSED(why, arg) do { \
	EXPECT_EQ(WSAEOPNOTSUPP, (int)(arg).wsa); \
	EXPECT_EQ(why, (int)(arg).status); \
	EXPECT_EQ(0, (arg).cookie); \
	EXPECT_EQ(0, (arg).classid); \
} while (0)

static int priority_of(int fd)
{
	int value = -1;
	socklen_t len = sizeof(value);

	getsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, &len);
	return value;
}

static int send_there(int fd, const struct name *peer)
{
	return sendto(fd, "x", 1, 0, &peer->sa, peer->len);
}

/* What was received was counted before. */
static bool receive(int fd, int packets)
{
	char data[2048];

	while (packets && recv(fd, data, sizeof(data), 0) > 0)
		packets--;
	return !packets;
}

TEST_F(dest, class_is_there_before_the_first_sendto)
{
	int stranger = open_one(variant), i;

	ASSERT_EQ(0, ASK(self->s));
	EXPECT_GRANTED(self->s, self->arg, RATE);
	EXPECT_EQ(0, class_packets("v0", self->arg.classid));
	EXPECT_EQ(24, qos_get(self->s).dscp);
	EXPECT_EQ(WSA_STATE_IDLE, state_of(self->s).state);
	EXPECT_LE(RATE, pool_number("promised"));
	for (i = 1; i <= 3; i++) {
		EXPECT_EQ(1, send_there(self->s, &self->peer));
		EXPECT_TRUE(receive(self->receiver, 1));
		EXPECT_EQ(i, class_packets("v0", self->arg.classid));
	}
	/* what others send to the same is not in it */
	EXPECT_EQ(1, send_there(stranger, &self->peer));
	EXPECT_TRUE(receive(self->receiver, 1));
	EXPECT_EQ(3, class_packets("v0", self->arg.classid));
	EXPECT_EQ(0, close(self->s));
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
}

/* A pointer of 32 bits and its length in two words, and no end of the list. */
TEST_F(dest, object_of_a_32_bit_program)
{
	void *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	unsigned int objects[] = { DESTADDR, 16, (unsigned long)low, self->peer.len };

	ASSERT_NE(MAP_FAILED, low);
	memcpy(low, self->peer.octets, self->peer.len);
	ASSERT_EQ(0, ask(self->s, &self->spec, NULL, objects, sizeof(objects), &self->arg));
	EXPECT_GRANTED(self->s, self->arg, RATE);
	EXPECT_EQ(1, send_there(self->s, &self->peer));
	EXPECT_TRUE(receive(self->receiver, 1));
	EXPECT_EQ(1, class_packets("v0", self->arg.classid));
}

/* On a socket that has nothing, and on one that has a flow already. */
TEST_F(dest, refusals_change_nothing__r36)
{
	struct name foreign = name_of(variant->sort.af == AF_INET ? "fd07::2" : "10.7.0.2", 9);
	struct name nobody = self->peer, elsewhere = loopback(&variant->sort, 9);
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct { const void *addr; unsigned int len; int error, status; } rows[] = {
		{ self->peer.octets, self->peer.len - 1, 0, WSA_QOS_BAD_OBJECT },
		{ self->peer.octets, 1, 0, WSA_QOS_BAD_OBJECT },
		{ foreign.octets, sizeof(foreign.octets), 0, WSA_QOS_BAD_OBJECT },
		{ nobody.octets, self->peer.len, 0, WSA_QOS_BAD_OBJECT },
		{ elsewhere.octets, elsewhere.len, 0, WSA_QOS_TRAFFIC_CTRL_ERROR },
		{ page + 4096 - 8, self->peer.len, EFAULT, 0 },
		{ (void *)8, self->peer.len, EFAULT, 0 },
		{ (void *)-8, self->peer.len, EFAULT, 0 },
		{ (void *)-8, -1, EFAULT, 0 },
	};
	int has_flow, classid = 0;
	size_t i;

	ASSERT_NE(MAP_FAILED, page);
	ASSERT_EQ(0, munmap(page + 4096, 4096));
	memcpy(page + 4096 - 8, self->peer.octets, 8);
	nobody.sa.sa_family = AF_UNSPEC;
	for (has_flow = 0; has_flow < 2; has_flow++) {
		for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			self->spec.token_rate = OTHER_RATE;
			set_addr(&self->objects, rows[i].addr, rows[i].len);
			EXPECT_EQ(rows[i].error, ASK(self->s)) TH_LOG("row %zu", i);
			if (!rows[i].error)
				EXPECT_QOS_REFUSED(rows[i].status, self->arg);
			EXPECT_EQ(has_flow, flows_there("v0"));
			if (has_flow) {
				EXPECT_ACTIVE(self->s, RATE);
				EXPECT_EQ(classid, priority_of(self->s));
			} else {
				EXPECT_EQ(0, qos_get(self->s).flags);
				EXPECT_EQ(0, priority_of(self->s));
			}
		}
		/* the address is right, and the rate is not */
		set_addr(&self->objects, self->peer.octets, self->peer.len);
		self->spec.token_rate = TOO_MUCH;
		EXPECT_EQ(0, ASK(self->s));
		EXPECT_QOS_REFUSED(WSA_QOS_ADMISSION_FAILURE, self->arg);
		EXPECT_EQ(has_flow, flows_there("v0"));

		self->spec.token_rate = RATE;
		ASSERT_EQ(0, ASK(self->s));
		EXPECT_GRANTED(self->s, self->arg, RATE);
		classid = self->arg.classid;
	}
}

/* Octets behind an address do not count, however many. */
TEST_F(dest, address_with_octets_behind_it__r23)
{
	set_addr(&self->objects, self->peer.octets, -1);
	ASSERT_EQ(0, ASK(self->s));
	EXPECT_GRANTED(self->s, self->arg, RATE);
}

/* Whom to is said by who connects, or is connected: the pointer is not followed. */
TEST_F(dest, not_read_where_a_peer_is_known)
{
	int stream = open_sort(&variant->sort, SOCK_STREAM);
	struct wsa_qos_set kept = {
		.size = sizeof(kept), .flags = WSA_QOS_SET_KEPT,
		.objects = (unsigned long)&self->objects, .objects_len = sizeof(self->objects),
	};
	struct wsa_qos_get got;

	set_addr(&self->objects, (void *)8, self->peer.len);
	ASSERT_EQ(0, ASK(stream));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(stream).flags);
	close(stream);

	ASSERT_EQ(0, ask(self->s, &self->spec, &self->peer, &self->objects, sizeof(self->objects),
			 &self->arg));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_NE(0, self->arg.cookie);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(self->s).flags);
	/* nor with what is kept */
	EXPECT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &kept));
	EXPECT_EQ(0, kept.wsa);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(self->s).flags);
	EXPECT_EQ(0, connect_staged(self->s, &self->peer, &self->arg));
	EXPECT_ACTIVE(self->s, RATE);

	self->spec.token_rate = OTHER_RATE;
	ASSERT_EQ(0, ASK(self->s));
	EXPECT_GRANTED(self->s, self->arg, OTHER_RATE);

	/* its form is looked at everywhere */
	set_addr(&self->objects, NULL, self->peer.len);
	ASSERT_EQ(0, ASK(self->s));
	EXPECT_QOS_REFUSED(WSA_QOS_BAD_OBJECT, self->arg);
	got = qos_get(self->s);
	EXPECT_EQ(OTHER_RATE, got.sending.token_rate);
}

/* A change is made to the class there is; what is said without an address waits for a connect. */
TEST_F(dest, changed_and_ended)
{
	struct wsa_qos_set arg;
	unsigned int classid;

	ASSERT_EQ(0, ASK(self->s));
	EXPECT_GRANTED(self->s, self->arg, RATE);
	classid = self->arg.classid;
	self->spec.token_rate = OTHER_RATE;
	ASSERT_EQ(0, ASK(self->s));
	EXPECT_GRANTED(self->s, self->arg, OTHER_RATE);
	EXPECT_EQ(classid, self->arg.classid);
	EXPECT_EQ(1, flows_there("v0"));

	self->spec = flowspec(BESTEFFORT, UNSPECIFIED);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
	EXPECT_EQ(classid, qos_get(self->s).classid);

	/* held to no rate it would be refused: without that */
	self->objects.mode = 0;
	ASSERT_EQ(0, ASK(self->s));
	EXPECT_EQ(0, self->arg.wsa);
	EXPECT_EQ(0, self->arg.classid);
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	EXPECT_EQ(0, priority_of(self->s));
	EXPECT_TRUE(class_gone("v0", classid));
}

/* It has what comes with a connect, or nothing; one that fails leaves what there is. */
TEST_F(dest, connect_replaces_it)
{
	struct wsa_qos_set staged;

	ASSERT_EQ(0, ASK(self->s));
	EXPECT_GRANTED(self->s, self->arg, RATE);
	EXPECT_NE(0, connect(self->s, &self->peer.sa, 4));
	EXPECT_ACTIVE(self->s, RATE);

	self->spec.token_rate = OTHER_RATE;
	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &staged));
	EXPECT_EQ(0, staged.wsa);
	EXPECT_NE(self->arg.classid, staged.classid);
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
	EXPECT_ACTIVE(self->s, OTHER_RATE);

	close(self->s);
	EXPECT_TRUE(flows_gone("v0"));
	self->s = open_one(variant);
	ASSERT_EQ(0, ASK(self->s));
	EXPECT_GRANTED(self->s, self->arg, OTHER_RATE);
	EXPECT_EQ(0, connect(self->s, &self->peer.sa, self->peer.len));
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	EXPECT_EQ(0, priority_of(self->s));
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
}

/* Held to its rate, most of it is still queued when the socket is closed. */
TEST_F(dest, drains_before_its_class_goes)
{
	static const char data[1000];
	int i;

	ASSERT_EQ(0, ASK(self->s));
	EXPECT_GRANTED(self->s, self->arg, RATE);
	for (i = 0; i < 40; i++)
		EXPECT_EQ(sizeof(data), sendto(self->s, data, sizeof(data), 0, &self->peer.sa,
					       self->peer.len));
	EXPECT_EQ(0, close(self->s));
	EXPECT_TRUE(receive(self->receiver, 40));
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
