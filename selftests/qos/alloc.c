// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation and copy of the calls that make, use and end flows made to fail in turn: a
 * documented errno, nothing changed, and what it was called on goes on working.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "fault.h"
#include "left.h"
#include "netns.h"
#include "pool.h"
#include "qos.h"
#include "sockets.h"

/* More than any one of these calls has. */
#define MOST 400
#define RATE 100000
#define OTHER_RATE 200000
#define PEAK 300000
#define POOL_RATE 12500000
#define POOL_SHARE 1000000

FIXTURE(alloc) {
	struct pool_request enable, disable, get;
	struct wsa_flowspec spec;
	struct name peer;
	int netlink, device, listener, monitor;
};

FIXTURE_VARIANT(alloc) {
	const char *qdisc;
	struct sort sort;
	int type;
};

FIXTURE_VARIANT_ADD(alloc, htb) { "htb", { FAMILY, AF_INET, false }, SOCK_STREAM };
FIXTURE_VARIANT_ADD(alloc, hfsc) { "hfsc", { ADOPT, AF_INET, false }, SOCK_DGRAM };

FIXTURE_SETUP(alloc)
{
	char command[80];

	hosts_make();
	snprintf(command, sizeof(command), "qos enable v0 --rate 100mbit --share 8mbit --qdisc %s",
		 variant->qdisc);
	ASSERT_EQ(0, wsactl(command)) TH_LOG("%s", wsactl_said());
	self->device = if_nametoindex("v0");
	self->netlink = pool_open();
	pool_enable_request(&self->enable, self->device, POOL_CLASS, POOL_RATE, POOL_SHARE);
	pool_disable_request(&self->disable, self->device);
	pool_get_request(&self->get, self->device);
	self->listener = listen_there(&variant->sort, variant->type, &self->peer);
	ASSERT_LE(0, self->listener);
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	/* who listens has to be told, and that takes memory */
	self->monitor = monitor_open();
	fault_everything();
}

FIXTURE_TEARDOWN(alloc)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* EFAULT: of a copy from or to user space, which is failed along with allocations. */
static bool documented(int error)
{
	return error == ENOMEM || error == ENOBUFS || error == EFAULT;
}

/*
 * EACH_FAULT - run a statement until it gets through with nothing failed
 * @call: sets error to 0 or an errno; runs with the nth allocation or copy failing
 * @after: runs after every one of them
 */
#define EACH_FAULT(call, after) \
	do { \
		int n_, failures_ = 0, error = 0; \
		bool hit_ = true; \
		for (n_ = 1; n_ < MOST && hit_; n_++) { \
			fault_nth(n_); \
			{ call; } \
			hit_ = fault_hit(); \
			if (error) { \
				failures_++; \
				EXPECT_TRUE(hit_); \
				EXPECT_TRUE(documented(error)) { \
					TH_LOG("%d: %s", n_, strerror(error)); \
				} \
			} \
			{ after; } \
		} \
		EXPECT_FALSE(hit_); \
		EXPECT_EQ(0, error); \
		EXPECT_LT(0, failures_) { TH_LOG("nothing failed"); } \
		TH_LOG("%d calls, %d failed", n_ - 1, failures_); \
	} while (0)

#define ARGUMENTS \
	struct __test_metadata *_metadata, FIXTURE_DATA(alloc) *self, \
	const FIXTURE_VARIANT(alloc) *variant

/* How many flows the kernel counts there; -1 when there is no pool. */
static int flows_at(const FIXTURE_DATA(alloc) *self, const struct pool_request *get)
{
	struct pool_numbers numbers = { .flows = 0xdead };

	return pool_ask(self->netlink, get, &numbers) ? -1 : (int)numbers.flows;
}

static int flows_of(const FIXTURE_DATA(alloc) *self)
{
	return flows_at(self, &self->get);
}

static unsigned long long promised_of(const FIXTURE_DATA(alloc) *self)
{
	struct pool_numbers numbers = { .promised = 0xdead };

	pool_ask(self->netlink, &self->get, &numbers);
	return numbers.promised;
}

/* Held to rate and peak: with htb these are two classes. */
static struct wsa_qos_set shaped(const FIXTURE_DATA(alloc) *self, const struct name *name)
{
	static const unsigned int shape[] = { 2002, 12, 1, 2001, 8 };
	struct wsa_qos_set arg = {
		.size = sizeof(arg), .sending = self->spec,
		.receiving = flowspec(NOTRAFFIC, UNSPECIFIED),
		.objects = (unsigned long)shape, .objects_len = sizeof(shape),
	};

	arg.sending.peak_bandwidth = PEAK;
	if (name) {
		arg.name = (unsigned long)name->octets;
		arg.namelen = name->len;
	}
	return arg;
}

static void unstage(int fd)
{
	struct wsa_qos_set arg = { .size = sizeof(arg), .flags = WSA_QOS_SET_UNSTAGE };

	ioctl(fd, WSA_IOC_QOS_SET, &arg);
}

static void enabling(ARGUMENTS)
{
	ASSERT_EQ(0, pool_ask(self->netlink, &self->disable, NULL));
	EACH_FAULT({
		error = pool_send(self->netlink, &self->enable);
	}, {
		/* an answer that could not be made is ENOBUFS, whatever was done */
		error = error ?: pool_answer(self->netlink, NULL);
		EXPECT_TRUE(!error || documented(error)) {
			TH_LOG("%s", strerror(error));
		}
		if (!error)
			EXPECT_EQ(0, flows_of(self));
		if (error == ENOMEM)
			EXPECT_EQ(-1, flows_of(self));
		if (flows_of(self) >= 0)
			EXPECT_EQ(0, pool_ask(self->netlink, &self->disable, NULL));
		EXPECT_EQ(-1, flows_of(self));
	});
	run_command("ip -d link show v0 | grep -q 'gso_max_segs 65535'");
	EXPECT_EQ(0, pool_ask(self->netlink, &self->enable, NULL));
}

/* Ended or not: when it is, the flow has lost its promise, and has it otherwise. */
static void disabling(ARGUMENTS)
{
	int s = open_sort(&variant->sort, variant->type);
	struct wsa_qos_set arg;

	ASSERT_EQ(0, connect_with(s, &self->spec, &self->peer, &arg));
	EACH_FAULT({
		error = pool_send(self->netlink, &self->disable);
	}, {
		error = error ?: pool_answer(self->netlink, NULL);
		EXPECT_TRUE(!error || documented(error)) {
			TH_LOG("%s", strerror(error));
		}
		if (flows_of(self) < 0) {
			EXPECT_TRUE(qos_get(s).flags & WSA_QOS_LOST);
			EXPECT_EQ(0, flows_there("v0"));
			EXPECT_EQ(0, pool_ask(self->netlink, &self->enable, NULL));
			ASSERT_EQ(0, qos_set(s, &self->spec, NULL, &arg));
		} else {
			EXPECT_NE(0, error);
		}
		EXPECT_EQ(0, arg.wsa);
		EXPECT_FALSE(qos_get(s).flags & WSA_QOS_LOST);
		EXPECT_EQ(1, flows_of(self));
		EXPECT_EQ(1, flows_there("v0"));
	});
	close(s);
	EXPECT_TRUE(flows_gone("v0"));
}

static void showing(ARGUMENTS)
{
	struct pool_numbers numbers;
	struct pool_request dump = self->get;

	dump.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	dump.head.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	EACH_FAULT({
		error = pool_send(self->netlink, &self->get);
	}, {
		numbers.flows = 0xdead;
		error = error ?: pool_answer(self->netlink, &numbers);
		EXPECT_EQ(error ? 0xdead : 0, numbers.flows);
		EXPECT_EQ(0, flows_of(self));
	});
	EACH_FAULT({
		error = pool_send(self->netlink, &dump);
	}, {
		/* a dump's end is no answer: read until nothing comes */
		while (pool_answer(self->netlink, &numbers) != EAGAIN)
			;
		EXPECT_EQ(0, flows_of(self));
	});
}

static void staging(ARGUMENTS)
{
	int s = open_sort(&variant->sort, variant->type);
	struct wsa_qos_set arg;

	EACH_FAULT({
		arg = shaped(self, &self->peer);
		error = ioctl(s, WSA_IOC_QOS_SET, &arg) ? errno : 0;
	}, {
		if (error) {
			EXPECT_EQ(0, qos_get(s).flags & (WSA_QOS_STAGED | WSA_QOS_ACTIVE));
			EXPECT_EQ(0, flows_of(self));
			EXPECT_EQ(0, promised_of(self));
			EXPECT_EQ(0, flows_there("v0"));
		} else {
			EXPECT_EQ(0, arg.wsa);
			EXPECT_EQ(1, flows_of(self));
			EXPECT_EQ(strcmp(variant->qdisc, "htb") ? 1 : 2, flows_there("v0"));
			unstage(s);
			EXPECT_TRUE(flows_gone("v0"));
		}
		close(s);
		s = open_sort(&variant->sort, variant->type);
	});
	close(s);
	EXPECT_TRUE(flows_gone("v0"));
}

/* What is staged waits on while asking for another fails: it can still be used. */
static void staging_again(ARGUMENTS)
{
	int s = open_sort(&variant->sort, variant->type);
	struct wsa_qos_set arg, again;
	struct wsa_qos_get before;

	ASSERT_EQ(0, qos_set(s, &self->spec, &self->peer, &arg));
	before = qos_get(s);
	EACH_FAULT({
		again = shaped(self, &self->peer);
		error = ioctl(s, WSA_IOC_QOS_SET, &again) ? errno : 0;
	}, {
		if (error == ENOMEM) {
			struct wsa_qos_get now = qos_get(s);

			EXPECT_EQ(0, memcmp(&before, &now, sizeof(now)));
			EXPECT_TRUE(class_there("v0", arg.classid));
			EXPECT_EQ(1, flows_of(self));
		} else if (!error || !(qos_get(s).flags & WSA_QOS_STAGED)) {
			/* done, or not told of what was done */
			ASSERT_EQ(0, qos_set(s, &self->spec, &self->peer, &arg));
			before = qos_get(s);
		}
	});
	EXPECT_EQ(0, connect_staged(s, &self->peer, &arg));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(s).flags);
	close(s);
	EXPECT_TRUE(flows_gone("v0"));
}

/* The attempt fails: its flow goes with it, and the next has another. */
static void connecting(ARGUMENTS)
{
	int s = open_sort(&variant->sort, variant->type), there;
	struct wsa_qos_set arg;

	ASSERT_EQ(0, qos_set(s, &self->spec, &self->peer, &arg));
	EACH_FAULT({
		error = connect_staged(s, &self->peer, &arg);
	}, {
		if (error) {
			EXPECT_EQ(0, qos_get(s).flags & WSA_QOS_ACTIVE);
			unstage(s);		/* where connect(2) did not get that far */
			EXPECT_TRUE(flows_gone("v0"));
			EXPECT_EQ(0, flows_of(self));
			ASSERT_EQ(0, connect_with(s, &self->spec, &self->peer, &arg));
			EXPECT_EQ(0, arg.wsa);
		}
		EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(s).flags);
		EXPECT_EQ(1, flows_of(self));
		if (variant->type == SOCK_STREAM) {
			there = accept(self->listener, NULL, NULL);
			close(there);
		}
		close(s);
		EXPECT_TRUE(flows_gone("v0"));
		s = open_sort(&variant->sort, variant->type);
		ASSERT_EQ(0, qos_set(s, &self->spec, &self->peer, &arg));
	});
	close(s);
	EXPECT_TRUE(flows_gone("v0"));
}

/* Changed in the class it has, or not at all. */
static void changing(ARGUMENTS)
{
	int s = open_sort(&variant->sort, variant->type), rounds = 0;
	struct wsa_qos_get before, now;
	unsigned long long promised;
	struct wsa_qos_set arg;

	ASSERT_EQ(0, connect_with(s, &self->spec, &self->peer, &arg));
	promised = promised_of(self);
	before = qos_get(s);
	EACH_FAULT({
		self->spec.token_rate = rounds++ & 1 ? RATE : OTHER_RATE;
		error = qos_set(s, &self->spec, NULL, &arg);
	}, {
		now = qos_get(s);
		EXPECT_EQ(before.classid, now.classid);
		EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, now.flags);
		EXPECT_EQ(1, flows_of(self));
		if (error == ENOMEM) {
			EXPECT_EQ(0, memcmp(&before, &now, sizeof(now)));
			EXPECT_EQ(promised, promised_of(self));
		} else if (!error) {
			EXPECT_EQ(self->spec.token_rate, now.sending.token_rate);
			EXPECT_NE(promised, promised_of(self));
		}
		/* to be changed by the next again */
		self->spec.token_rate = rounds & 1 ? OTHER_RATE : RATE;
		ASSERT_EQ(0, qos_set(s, &self->spec, NULL, &arg));
		EXPECT_EQ(0, arg.wsa);
		before = qos_get(s);
		promised = promised_of(self);
	});
	close(s);
	EXPECT_TRUE(flows_gone("v0"));
}

/* Another in its place, where there are more classes; or the old one, whole. */
static void replacing(ARGUMENTS)
{
	int s = open_sort(&variant->sort, variant->type);
	struct wsa_qos_get before, now;
	struct wsa_qos_set arg;

	ASSERT_EQ(0, connect_with(s, &self->spec, &self->peer, &arg));
	before = qos_get(s);
	EACH_FAULT({
		arg = shaped(self, NULL);
		error = ioctl(s, WSA_IOC_QOS_SET, &arg) ? errno : 0;
	}, {
		now = qos_get(s);
		EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, now.flags);
		EXPECT_TRUE(class_there("v0", now.classid));
		EXPECT_EQ(1, flows_of(self));
		if (error == ENOMEM) {
			EXPECT_EQ(0, memcmp(&before, &now, sizeof(now)));
			EXPECT_EQ(1, flows_there("v0"));
		} else {
			ASSERT_EQ(0, qos_set(s, &self->spec, NULL, &arg));
			EXPECT_EQ(0, arg.wsa);
			before = qos_get(s);
		}
	});
	close(s);
	EXPECT_TRUE(flows_gone("v0"));
}

/* An accepted socket shares its state with others until it asks. */
static void asking_of_accepted(ARGUMENTS)
{
	struct sort plain = { .door = PLAIN, .af = AF_INET };
	struct name here = name_of("10.7.0.1", 0);
	int l = open_sort(&variant->sort, SOCK_STREAM), c, child;
	struct wsa_qos_set arg;

	ASSERT_EQ(0, bind(l, &here.sa, here.len));
	ASSERT_EQ(0, listen(l, 4));
	here = local_name(l);
	hosts_there();
	c = open_sort(&plain, SOCK_STREAM);
	hosts_here();
	ASSERT_EQ(0, connect(c, &here.sa, here.len));
	child = accept(l, NULL, NULL);
	EACH_FAULT({
		error = qos_set(child, &self->spec, NULL, &arg);
	}, {
		if (error == ENOMEM) {
			EXPECT_EQ(0, qos_get(child).flags);
			EXPECT_EQ(0, flows_of(self));
		} else if (!error) {
			EXPECT_EQ(1, flows_of(self));
		}
		EXPECT_TRUE(pass_octet(c, child));
		close(c);
		close(child);
		EXPECT_TRUE(flows_gone("v0"));
		hosts_there();
		c = open_sort(&plain, SOCK_STREAM);
		hosts_here();
		ASSERT_EQ(0, connect(c, &here.sa, here.len));
		child = accept(l, NULL, NULL);
		ASSERT_LE(0, child);
	});
	close(l);
	close(c);
	close(child);
}

static void looking(ARGUMENTS)
{
	int s = open_sort(&variant->sort, variant->type);
	struct wsa_qos_get got = { .size = sizeof(got) };
	struct wsa_qos_set arg;

	ASSERT_EQ(0, connect_with(s, &self->spec, &self->peer, &arg));
	EACH_FAULT({
		got.flags = 0;
		error = ioctl(s, WSA_IOC_QOS_GET, &got) ? errno : 0;
	}, {
		EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(s).flags);
	});
	close(s);
	EXPECT_TRUE(flows_gone("v0"));
}

struct pool_requests {
	struct pool_request enable, disable, get;
};

static void enabling_to_receive(ARGUMENTS, const struct pool_requests *ifb)
{
	EACH_FAULT({
		error = pool_send(self->netlink, &ifb->enable);
	}, {
		error = error ?: pool_answer(self->netlink, NULL);
		if (!error)
			EXPECT_EQ(0, flows_at(self, &ifb->get));
		if (error == ENOMEM)
			EXPECT_EQ(-1, flows_at(self, &ifb->get));
		if (flows_at(self, &ifb->get) >= 0)
			EXPECT_EQ(0, pool_ask(self->netlink, &ifb->disable, NULL));
		EXPECT_EQ(-1, flows_at(self, &ifb->get));
	});
	EXPECT_EQ(0, pool_ask(self->netlink, &ifb->enable, NULL));
}

/* Both directions or neither, whichever of them has no memory. */
static void staging_both(ARGUMENTS, const struct pool_requests *ifb)
{
	int s = open_sort(&variant->sort, variant->type);
	struct wsa_qos_set arg;

	EACH_FAULT({
		error = qos_ask(s, &self->spec, &self->spec, &self->peer, &arg);
	}, {
		EXPECT_EQ(error ? 0 : 1, flows_of(self));
		EXPECT_EQ(error ? 0 : 1, flows_at(self, &ifb->get));
		EXPECT_EQ(error ? 0 : 1, flows_there("v0"));
		EXPECT_EQ(error ? 0 : 1, flows_there("ifb0"));
		close(s);
		EXPECT_TRUE(flows_gone("v0"));
		EXPECT_TRUE(flows_gone("ifb0"));
		s = open_sort(&variant->sort, variant->type);
	});
	close(s);
}

/* Both are changed, or neither: what was changed first is changed back. */
static void changing_both(ARGUMENTS, const struct pool_requests *ifb)
{
	int s = open_sort(&variant->sort, variant->type), rounds = 0;
	struct wsa_flowspec spec = self->spec;
	struct wsa_qos_get before, now;
	unsigned long long promised;
	struct wsa_qos_set arg;

	ASSERT_EQ(0, qos_ask(s, &spec, &spec, &self->peer, &arg));
	ASSERT_EQ(0, connect_staged(s, &self->peer, &arg));
	before = qos_get(s);
	promised = promised_of(self);
	EACH_FAULT({
		spec.token_rate = rounds++ & 1 ? RATE : OTHER_RATE;
		error = qos_ask(s, &spec, &spec, NULL, &arg);
	}, {
		now = qos_get(s);
		EXPECT_EQ(1, flows_of(self));
		EXPECT_EQ(1, flows_at(self, &ifb->get));
		if (error == ENOMEM) {
			EXPECT_EQ(0, memcmp(&before, &now, sizeof(now)));
			EXPECT_EQ(promised, promised_of(self));
			rounds--;
		}
		if (error == EFAULT)
			ASSERT_EQ(0, qos_ask(s, &spec, &spec, NULL, &arg));
		before = qos_get(s);
		promised = promised_of(self);
	});
	close(s);
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(flows_gone("ifb0"));
}

TEST_F_TIMEOUT(alloc, receiving, 300)
{
	struct pool_requests ifb;
	char command[96];
	int device;

	ASSERT_EQ(0, wsactl("qos disable v0"));
	snprintf(command, sizeof(command),
		 "qos enable v0 --rate 100mbit --share 8mbit --qdisc %s --ingress ifb0",
		 variant->qdisc);
	ASSERT_EQ(0, wsactl(command)) TH_LOG("%s", wsactl_said());
	device = if_nametoindex("ifb0");
	pool_receive_request(&ifb.enable, device, 0x20003, POOL_RATE, POOL_SHARE, self->device);
	pool_disable_request(&ifb.disable, device);
	pool_get_request(&ifb.get, device);
	ASSERT_EQ(0, pool_ask(self->netlink, &ifb.disable, NULL));
	enabling_to_receive(_metadata, self, variant, &ifb);
	staging_both(_metadata, self, variant, &ifb);
	changing_both(_metadata, self, variant, &ifb);
	EXPECT_EQ(0, pool_ask(self->netlink, &ifb.disable, NULL));
}

TEST_F_TIMEOUT(alloc, pool, 300)
{
	enabling(_metadata, self, variant);
	disabling(_metadata, self, variant);
	showing(_metadata, self, variant);
}

TEST_F_TIMEOUT(alloc, staged, 300)
{
	staging(_metadata, self, variant);
	staging_again(_metadata, self, variant);
	connecting(_metadata, self, variant);
}

TEST_F_TIMEOUT(alloc, active, 300)
{
	changing(_metadata, self, variant);
	replacing(_metadata, self, variant);
	looking(_metadata, self, variant);
}

TEST_F_TIMEOUT(alloc, accepted, 300)
{
	asking_of_accepted(_metadata, self, variant);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
