/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/plan.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_PLAN_CASES_H
#define WSA_TESTS_PLAN_CASES_H

#include "../rules/admission.h"

#define MEGA	1000000ULL
#define MARK	WSA_MARK_DEFAULT

/* 100 and 1000 Mbit/s, as Ethernet counts and as a size table can make it count. */
static const struct wsa_link htb_link = {
	.scheduler = WSA_SCHEDULER_HTB, .rate = 12500000, .line_rate = 12500000, .mtu = 1500,
	.overhead = 14,
};

static const struct wsa_link hfsc_link = {
	.scheduler = WSA_SCHEDULER_HFSC, .rate = 100 * MEGA, .line_rate = 125 * MEGA, .mtu = 1500,
	.ring_ns = 8000,
};

static struct wsa_qos_objects objects_of(enum wsa_excess excess, u32 shaping_rate)
{
	return (struct wsa_qos_objects){
		.excess = excess, .shaping_rate = shaping_rate, .dscp = MARK,
		.user_priority = MARK,
	};
}

static struct wsa_flow flow_of(enum wsa_service service, u64 rate, u64 bucket, u64 peak,
			       u64 packet)
{
	return (struct wsa_flow){
		.service = service, .delay_us = WSA_FLOW_NOT_SPECIFIED,
		.tspec = { .rate = rate, .bucket = bucket, .peak = peak, .packet = packet },
	};
}

/* Plans into memory that is not zero; a refusal must leave nothing in it. */
static u32 make(struct kunit *test, const struct wsa_flow *flow,
		const struct wsa_qos_objects *objects, const struct wsa_link *link,
		struct wsa_plan *plan)
{
	static const struct wsa_plan zero;
	u32 status;

	memset(plan, 0xa5, sizeof(*plan));
	status = wsa_flow_plan(flow, objects, link, plan);
	if (status)
		KUNIT_EXPECT_TRUE_MSG(test, !memcmp(plan, &zero, sizeof(zero)),
				      "status %u and something left", status);
	return status;
}

static void expect_curve(struct kunit *test, const char *desc, const struct wsa_curve *curve,
			 u64 m1, u32 d, u64 m2)
{
	KUNIT_EXPECT_TRUE_MSG(test, curve->m1 == m1 && curve->d == d && curve->m2 == m2,
			      "%s: %llu until %u, then %llu", desc,
			      (unsigned long long)curve->m1, curve->d,
			      (unsigned long long)curve->m2);
}

static void expect_htb(struct kunit *test, const char *desc, const struct wsa_htb_class *htb,
		       const u64 *want)
{
	const u64 got[] = {
		htb->rate, htb->ceil, htb->burst, htb->cburst, htb->burst_ns, htb->cburst_ns,
		htb->quantum, htb->mpu, htb->prio,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(got); i++)
		KUNIT_EXPECT_TRUE_MSG(test, got[i] == want[i], "%s: member %zu is %llu", desc, i,
				      (unsigned long long)got[i]);
}

static const struct {
	enum wsa_service service;
	u8 dscp;
	u8 priority;
	u8 prio;
} mark_table[] = {
	{ WSA_SERVICE_NOTRAFFIC, 0, 0 },
	{ WSA_SERVICE_BESTEFFORT, 0, 0, 4 },
	{ WSA_SERVICE_CONTROLLEDLOAD, 24, 4, 2 },
	{ WSA_SERVICE_GUARANTEED, 40, 5, 1 },
	{ WSA_SERVICE_NETWORK_CONTROL, 48, 7, 0 },
	{ WSA_SERVICE_QUALITATIVE, 0, 0, 5 },
};

static void marks__defaults_and_overrides(struct kunit *test)
{
	struct wsa_qos_objects objects;
	struct wsa_plan plan;
	struct wsa_flow flow;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mark_table); i++) {
		objects = objects_of(WSA_EXCESS_DEFAULT, 0);
		flow = flow_of(mark_table[i].service, 64000, 3000, 0, 1500);
		KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &hfsc_link, &plan), 0);
		KUNIT_EXPECT_EQ(test, plan.dscp, mark_table[i].dscp);
		KUNIT_EXPECT_EQ(test, plan.user_priority, mark_table[i].priority);

		objects.dscp = 46;
		objects.user_priority = 0;
		KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &hfsc_link, &plan), 0);
		KUNIT_EXPECT_EQ(test, plan.dscp, 46);
		KUNIT_EXPECT_EQ(test, plan.user_priority, 0);

		flow.no_control = true;
		objects = objects_of(WSA_EXCESS_SHAPE, 1);
		KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &htb_link, &plan), 0);
		KUNIT_EXPECT_TRUE(test, !plan.needs_class && !plan.promises && !plan.dscp);
	}
}

static const struct {
	const char *desc;
	enum wsa_service service;
	u64 rate;
	enum wsa_excess excess;
	u32 shaping_rate;
	u32 alone;		/* status without a pool */
	bool needs_class;
	bool promises;
} class_table[] = {
	{ "no traffic", WSA_SERVICE_NOTRAFFIC, 64000, WSA_EXCESS_SHAPE, 1000, 0, false, false },
	{ "best effort", WSA_SERVICE_BESTEFFORT, 64000, WSA_EXCESS_DEFAULT, 0, 0, false, false },
	{ "borrowing", WSA_SERVICE_QUALITATIVE, 64000, WSA_EXCESS_BORROW, 0, 0, false, false },
	{ "all control", WSA_SERVICE_NETWORK_CONTROL, 0, WSA_EXCESS_DEFAULT, 0, 0, false, false },
	{ "a receiver", WSA_SERVICE_CONTROLLEDLOAD, 0, WSA_EXCESS_DEFAULT, 0, 0, false, false },
	{ "shaped", WSA_SERVICE_BESTEFFORT, 64000, WSA_EXCESS_SHAPE, 0,
	  WSA_QOS_TRAFFIC_CTRL_ERROR, true, false },
	{ "discarded", WSA_SERVICE_QUALITATIVE, 64000, WSA_EXCESS_DISCARD, 0,
	  WSA_QOS_TRAFFIC_CTRL_ERROR, true, false },
	{ "evenly", WSA_SERVICE_BESTEFFORT, 0, WSA_EXCESS_DEFAULT, 1000,
	  WSA_QOS_TRAFFIC_CTRL_ERROR, true, false },
	{ "load", WSA_SERVICE_CONTROLLEDLOAD, 64000, WSA_EXCESS_DEFAULT, 0,
	  WSA_QOS_TRAFFIC_CTRL_ERROR, true, true },
	{ "control", WSA_SERVICE_NETWORK_CONTROL, 64000, WSA_EXCESS_DEFAULT, 0,
	  WSA_QOS_TRAFFIC_CTRL_ERROR, true, true },
};

static void class__who_needs_one__r36_r37_r284(struct kunit *test)
{
	struct wsa_plan plan;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(class_table); i++) {
		const char *desc = class_table[i].desc;
		struct wsa_qos_objects objects = objects_of(class_table[i].excess,
							    class_table[i].shaping_rate);
		struct wsa_flow flow = flow_of(class_table[i].service, class_table[i].rate, 3000,
					       0, 1500);
		u32 status = make(test, &flow, &objects, NULL, &plan);

		KUNIT_EXPECT_EQ_MSG(test, status, class_table[i].alone, "%s: %u", desc, status);
		KUNIT_EXPECT_TRUE_MSG(test, !plan.needs_class, "%s: class of no pool", desc);
		status = make(test, &flow, &objects, i & 1 ? &htb_link : &hfsc_link, &plan);
		KUNIT_EXPECT_EQ_MSG(test, status, 0, "%s: %u", desc, status);
		KUNIT_EXPECT_EQ_MSG(test, plan.needs_class, class_table[i].needs_class,
				    "%s: class", desc);
		KUNIT_EXPECT_EQ_MSG(test, plan.promises, class_table[i].promises, "%s: promise",
				    desc);
		if (!plan.promises)
			expect_curve(test, desc, &plan.promise, 0, 0, 0);
	}
}

static const struct {
	const char *desc;
	enum wsa_service service;
	u64 rate;
	u32 least;
	enum wsa_excess excess;
	u32 shaping_rate;
	const struct wsa_link *link;
	u32 status;
} refusals[] = {
	{ "shape without a rate", WSA_SERVICE_BESTEFFORT, 0, 0, WSA_EXCESS_SHAPE, 0, &htb_link,
	  WSA_QOS_ESDMODEOBJ },
	{ "discard without a rate", WSA_SERVICE_CONTROLLEDLOAD, 0, 0, WSA_EXCESS_DISCARD, 0,
	  &htb_link, WSA_QOS_ESDMODEOBJ },
	{ "control shaped without a rate", WSA_SERVICE_NETWORK_CONTROL, 0, 0, WSA_EXCESS_SHAPE, 0,
	  NULL, WSA_QOS_ESDMODEOBJ },
	{ "shaped below the promise", WSA_SERVICE_CONTROLLEDLOAD, 64000, 0, WSA_EXCESS_DEFAULT,
	  63999, &htb_link, WSA_QOS_ESHAPERATEOBJ },
	{ "no delay with HTB", WSA_SERVICE_GUARANTEED, 64000, 0, WSA_EXCESS_DEFAULT, 0, &htb_link,
	  WSA_QOS_ADMISSION_FAILURE },
	{ "above the pool", WSA_SERVICE_CONTROLLEDLOAD, 12500000, 0, WSA_EXCESS_DEFAULT, 0,
	  &htb_link, WSA_QOS_ADMISSION_FAILURE },
	{ "above the pool by small packets", WSA_SERVICE_CONTROLLEDLOAD, 12000000, 28,
	  WSA_EXCESS_DEFAULT, 0, &htb_link, WSA_QOS_ADMISSION_FAILURE },
	{ "bucket of minutes", WSA_SERVICE_CONTROLLEDLOAD, 1, 0, WSA_EXCESS_DEFAULT, 0, &htb_link,
	  WSA_QOS_TRAFFIC_CTRL_ERROR },
	{ "bucket of minutes held", WSA_SERVICE_BESTEFFORT, 1, 0, WSA_EXCESS_SHAPE, 0, &htb_link,
	  WSA_QOS_TRAFFIC_CTRL_ERROR },
};

static void plan__refusals__r36(struct kunit *test)
{
	struct wsa_plan plan;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct wsa_qos_objects objects = objects_of(refusals[i].excess,
							    refusals[i].shaping_rate);
		struct wsa_flow flow = flow_of(refusals[i].service, refusals[i].rate, 3000, 0,
					       1500);
		u32 status;

		flow.min_policed = refusals[i].least;
		status = make(test, &flow, &objects, refusals[i].link, &plan);
		KUNIT_EXPECT_EQ_MSG(test, status, refusals[i].status, "%s: %u", refusals[i].desc,
				    status);
	}
}

/* Rates of 1,500,000 in packets of 1500 are 1,514,000 on the wire. */
static const struct {
	const char *desc;
	enum wsa_service service;
	u64 peak;
	u32 least;
	enum wsa_excess excess;
	u32 shaping_rate;
	unsigned int levels;
	u64 leaf[9];
	u64 above[9];
} htb_table[] = {
	{ "borrows the line", WSA_SERVICE_CONTROLLEDLOAD, 0, 0, WSA_EXCESS_DEFAULT, 0, 1,
	  { 1514000, 12500000, 30280, 12500, 20000000, 1000000, 3028, 0, 7 } },
	{ "borrows up to the peak", WSA_SERVICE_CONTROLLEDLOAD, 3000000, 0, WSA_EXCESS_BORROW, 0,
	  1, { 1514000, 3028000, 30280, 1514, 20000000, 500000, 3028, 0, 7 } },
	{ "borrows beside best effort", WSA_SERVICE_CONTROLLEDLOAD, 0, 0, WSA_EXCESS_BORROW_PLUS,
	  0, 1, { 1514000, 12500000, 30280, 12500, 20000000, 1000000, 3028, 0, 4 } },
	{ "borrows up to a shaping rate", WSA_SERVICE_CONTROLLEDLOAD, 6000000, 0,
	  WSA_EXCESS_BORROW, 3000000, 1,
	  { 1514000, 3028000, 30280, 1514, 20000000, 500000, 3028, 0, 7 } },
	{ "borrows up to its own rate", WSA_SERVICE_CONTROLLEDLOAD, 0, 0, WSA_EXCESS_BORROW,
	  1500000, 1, { 1514000, 1514000, 30280, 1514, 20000000, 1000000, 3028, 0, 7 } },
	{ "peak above the pool", WSA_SERVICE_CONTROLLEDLOAD, 50000000, 0, WSA_EXCESS_SHAPE, 0, 1,
	  { 1514000, 1514000, 30280, 30280, 20000000, 20000000, 3028, 0, 2 } },
	{ "shaped", WSA_SERVICE_CONTROLLEDLOAD, 0, 0, WSA_EXCESS_SHAPE, 0, 1,
	  { 1514000, 1514000, 30280, 30280, 20000000, 20000000, 3028, 0, 2 } },
	{ "shaped, peak is rate", WSA_SERVICE_CONTROLLEDLOAD, 1500000, 0, WSA_EXCESS_SHAPE, 0, 1,
	  { 1514000, 1514000, 30280, 1514, 20000000, 1000000, 3028, 0, 2 } },
	{ "shaped to rate and peak", WSA_SERVICE_CONTROLLEDLOAD, 3000000, 0, WSA_EXCESS_SHAPE, 0,
	  2, { 1514000, 3028000, 30280, 1514, 20000000, 500000, 3028, 0, 2 },
	  { 1514000, 1514000, 30280, 30280, 20000000, 20000000, 3028, 0, 2 } },
	{ "shaped to a shaping rate", WSA_SERVICE_CONTROLLEDLOAD, 0, 0, WSA_EXCESS_SHAPE, 3000000,
	  2, { 1514000, 3028000, 30280, 1514, 20000000, 500000, 3028, 0, 2 },
	  { 1514000, 1514000, 30280, 30280, 20000000, 20000000, 3028, 0, 2 } },
	{ "control is shaped", WSA_SERVICE_NETWORK_CONTROL, 0, 0, WSA_EXCESS_BORROW_PLUS, 0, 1,
	  { 1514000, 1514000, 30280, 30280, 20000000, 20000000, 3028, 0, 0 } },
	{ "small packets", WSA_SERVICE_CONTROLLEDLOAD, 0, 750, WSA_EXCESS_SHAPE, 0, 1,
	  { 1528000, 1528000, 30560, 30560, 20000000, 20000000, 3028, 764, 2 } },
	{ "best effort held", WSA_SERVICE_BESTEFFORT, 0, 0, WSA_EXCESS_SHAPE, 0, 1,
	  { 1, 1514000, 1, 30280, 1000000000, 20000000, 3028, 0, 4 } },
	{ "best effort held to its peak", WSA_SERVICE_BESTEFFORT, 3000000, 0, WSA_EXCESS_DISCARD,
	  0, 2, { 1, 3028000, 1, 1514, 1000000000, 500000, 3028, 0, 4 },
	  { 1, 1514000, 1, 30280, 1000000000, 20000000, 3028, 0, 4 } },
	{ "best effort, evenly", WSA_SERVICE_QUALITATIVE, 3000000, 0, WSA_EXCESS_DEFAULT, 750000,
	  1, { 1, 757000, 1, 1514, 1000000000, 2000000, 3028, 0, 5 } },
	{ "best effort, both", WSA_SERVICE_BESTEFFORT, 0, 0, WSA_EXCESS_SHAPE, 3000000, 2,
	  { 1, 3028000, 1, 1514, 1000000000, 500000, 3028, 0, 4 },
	  { 1, 1514000, 1, 30280, 1000000000, 20000000, 3028, 0, 4 } },
};

static void htb__classes(struct kunit *test)
{
	struct wsa_plan plan;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(htb_table); i++) {
		const char *desc = htb_table[i].desc;
		struct wsa_qos_objects objects = objects_of(htb_table[i].excess,
							    htb_table[i].shaping_rate);
		struct wsa_flow flow = flow_of(htb_table[i].service, 1500000, 30000,
					       htb_table[i].peak, 1500);
		u32 status;

		flow.min_policed = htb_table[i].least;
		status = make(test, &flow, &objects, &htb_link, &plan);
		KUNIT_EXPECT_EQ_MSG(test, status, 0, "%s: %u", desc, status);
		KUNIT_EXPECT_EQ_MSG(test, plan.htb_levels, htb_table[i].levels, "%s: %u levels",
				    desc, plan.htb_levels);
		expect_htb(test, desc, &plan.htb[0], htb_table[i].leaf);
		expect_htb(test, desc, &plan.htb[1], htb_table[i].above);
		KUNIT_EXPECT_EQ(test, plan.bound_ns, 0);
		if (plan.promises)
			expect_curve(test, desc, &plan.promise, htb_table[i].leaf[0], 0,
				     htb_table[i].leaf[0]);
	}
}

static void htb__buckets_of_a_frame_and_quanta(struct kunit *test)
{
	struct wsa_qos_objects objects = objects_of(WSA_EXCESS_SHAPE, 0);
	struct wsa_flow flow = flow_of(WSA_SERVICE_CONTROLLEDLOAD, 100000, 100, 0, 100);
	struct wsa_link link = htb_link;
	struct wsa_plan plan;

	link.overhead = 0;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.htb[0].rate, 100000);
	KUNIT_EXPECT_EQ(test, plan.htb[0].burst, 1500);
	KUNIT_EXPECT_EQ(test, plan.htb[0].cburst, 1500);

	link.mtu = 68;
	flow.tspec.packet = 68;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.htb[0].quantum, 1000);
	link.mtu = 65535;
	flow.min_policed = 65535;
	flow.tspec.packet = 65535;
	flow.tspec.bucket = 65535;
	link.overhead = 256;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.htb[0].quantum, 131582);
	KUNIT_EXPECT_EQ(test, plan.htb[0].mpu, 65535);
}

static void htb__what_fits(struct kunit *test)
{
	struct wsa_qos_objects objects = objects_of(WSA_EXCESS_SHAPE, 0);
	struct wsa_flow flow;
	struct wsa_link link = hfsc_link;
	struct wsa_plan plan;

	link.scheduler = WSA_SCHEDULER_HTB;
	/* octets */
	flow = flow_of(WSA_SERVICE_CONTROLLEDLOAD, 100 * MEGA, 0xffffffff, 0, 1500);
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.htb[0].burst, 0xffffffff);
	flow.tspec.bucket++;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_TRAFFIC_CTRL_ERROR);
	objects.excess = WSA_EXCESS_BORROW;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_TRAFFIC_CTRL_ERROR);
	objects.excess = WSA_EXCESS_SHAPE;
	flow.service = WSA_SERVICE_BESTEFFORT;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_TRAFFIC_CTRL_ERROR);

	/* time, 2^32 - 1 ticks of 64 ns */
	flow = flow_of(WSA_SERVICE_CONTROLLEDLOAD, 6250000, 1717986918, 0, 1500);
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.htb[0].burst_ns, 0xffffffffULL << 6);
	KUNIT_EXPECT_EQ(test, plan.htb[0].cburst_ns, 0xffffffffULL << 6);
	flow.tspec.bucket++;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_TRAFFIC_CTRL_ERROR);
	flow.service = WSA_SERVICE_BESTEFFORT;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_TRAFFIC_CTRL_ERROR);
	flow.service = WSA_SERVICE_CONTROLLEDLOAD;
	objects.excess = WSA_EXCESS_BORROW;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_TRAFFIC_CTRL_ERROR);

	/* a peak that is the pool's rate limits nothing */
	flow = flow_of(WSA_SERVICE_CONTROLLEDLOAD, 100 * MEGA, 3000, 100 * MEGA, 1500);
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	KUNIT_EXPECT_EQ(test, plan.htb[0].cburst, 100000);
	flow.tspec.rate++;
	flow.tspec.peak++;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_ADMISSION_FAILURE);
}

/* On the line a frame takes 12 us, and the ring another 8: of a delay 20 us are spent. */
static const struct {
	const char *desc;
	u64 rate;
	u64 bucket;
	u64 peak;
	u32 delay_us;
	u32 status;
	struct wsa_curve promise;
	u64 bound_ns;
} hfsc_table[] = {
	{ "any delay", 1000000, 10000, 0, WSA_FLOW_NOT_SPECIFIED, 0,
	  { 1000000, 0, 1000000 }, 10020000 },
	{ "just its own", 1000000, 10000, 0, 10020, 0, { 1000000, 0, 1000000 }, 10020000 },
	{ "half of it", 1000000, 10000, 0, 5020, 0, { 2000000, 5120, 1000000 }, 5020000 },
	{ "with a peak", 1000000, 10500, 2000000, 5020, 0, { 1392858, 14336, 1000000 }, 5019992 },
	{ "above its peak", 1000000, 10500, 2000000, 520, 0, { 3000000, 6656, 1000000 }, 520000 },
	{ "peak is rate", 1000000, 10500, 1000000, 1020, 0, { 1500000, 1024, 1000000 }, 1020000 },
	{ "time to spare", 1000000, 10000, 0, 13020, 0, { 0, 2944, 1000000 }, 12964000 },
	{ "all the time", 1000000, 10000, 0, 0xfffffffe, 0, { 0, 1 << 26, 1000000 },
	  67118884000ULL },
	{ "a microsecond to spare", 1000000, 10000, 0, 10021, 0, { 0, 1, 1000000 }, 10021000 },
	{ "a burst of hours", 10, 0xfffffffe, 0, 100000000, 0, { 42949682, 0, 42949682 },
	  99999998906ULL },
	{ "no time", 1000000, 10000, 0, 0, WSA_QOS_ADMISSION_FAILURE },
	{ "no time behind a frame", 1000000, 10000, 0, 20, WSA_QOS_ADMISSION_FAILURE },
	{ "more than the pool", 1000000, 10000, 0, 100, WSA_QOS_ADMISSION_FAILURE },
	{ "all of the pool", 1000000, 10000, 0, 120, 0, { 100000000, 100, 1000000 }, 120000 },
};

static void hfsc__guaranteed(struct kunit *test)
{
	struct wsa_qos_objects objects = objects_of(WSA_EXCESS_DEFAULT, 0);
	struct wsa_plan plan;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hfsc_table); i++) {
		const char *desc = hfsc_table[i].desc;
		const struct wsa_curve *promise = &hfsc_table[i].promise;
		struct wsa_flow flow = flow_of(WSA_SERVICE_GUARANTEED, hfsc_table[i].rate,
					       hfsc_table[i].bucket, hfsc_table[i].peak, 1500);
		u32 status;

		flow.delay_us = hfsc_table[i].delay_us;
		status = make(test, &flow, &objects, &hfsc_link, &plan);
		KUNIT_EXPECT_EQ_MSG(test, status, hfsc_table[i].status, "%s: %u", desc, status);
		expect_curve(test, desc, &plan.promise, promise->m1, promise->d, promise->m2);
		expect_curve(test, desc, &plan.hfsc.rt, promise->m1, promise->d, promise->m2);
		KUNIT_EXPECT_EQ_MSG(test, plan.bound_ns, hfsc_table[i].bound_ns, "%s: bound %llu",
				    desc, (unsigned long long)plan.bound_ns);
		if (status)
			continue;
		expect_curve(test, desc, &plan.hfsc.ls, flow.tspec.rate, 0, flow.tspec.rate);
		KUNIT_EXPECT_EQ(test, plan.htb_levels, 0);
		KUNIT_EXPECT_TRUE_MSG(test, flow.delay_us == WSA_FLOW_NOT_SPECIFIED ||
				      plan.bound_ns <= flow.delay_us * 1000ULL, "%s: late", desc);
	}
}

static const struct {
	const char *desc;
	enum wsa_service service;
	u64 peak;
	enum wsa_excess excess;
	u32 shaping_rate;
	struct wsa_curve rt;
	struct wsa_curve ul;
} limit_table[] = {
	{ "shaped", WSA_SERVICE_CONTROLLEDLOAD, 0, WSA_EXCESS_SHAPE, 0,
	  { 1000000, 0, 1000000 }, { 100000000, 102, 1000000 } },
	{ "shaped to a peak", WSA_SERVICE_CONTROLLEDLOAD, 2000000, WSA_EXCESS_SHAPE, 0,
	  { 1000000, 0, 1000000 }, { 2000000, 10000, 1000000 } },
	{ "peak is rate", WSA_SERVICE_CONTROLLEDLOAD, 1000000, WSA_EXCESS_SHAPE, 0,
	  { 1000000, 0, 1000000 }, { 1000000, 0, 1000000 } },
	{ "peak above the pool", WSA_SERVICE_CONTROLLEDLOAD, 200000000, WSA_EXCESS_SHAPE, 0,
	  { 1000000, 0, 1000000 }, { 100000000, 102, 1000000 } },
	{ "borrows", WSA_SERVICE_CONTROLLEDLOAD, 0, WSA_EXCESS_BORROW, 0,
	  { 1000000, 0, 1000000 }, { 0 } },
	{ "borrows up to a peak", WSA_SERVICE_CONTROLLEDLOAD, 2000000, WSA_EXCESS_BORROW_PLUS, 0,
	  { 1000000, 0, 1000000 }, { 2000000, 0, 2000000 } },
	{ "best effort held", WSA_SERVICE_BESTEFFORT, 0, WSA_EXCESS_DISCARD, 0,
	  { 0 }, { 100000000, 102, 1000000 } },
	{ "best effort, evenly", WSA_SERVICE_BESTEFFORT, 0, WSA_EXCESS_BORROW, 1000000,
	  { 0 }, { 1000000, 0, 1000000 } },
};

static void hfsc__limits(struct kunit *test)
{
	struct wsa_plan plan;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(limit_table); i++) {
		const char *desc = limit_table[i].desc;
		struct wsa_qos_objects objects = objects_of(limit_table[i].excess,
							    limit_table[i].shaping_rate);
		struct wsa_flow flow = flow_of(limit_table[i].service, 1000000, 10000,
					       limit_table[i].peak, 1500);

		KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &hfsc_link, &plan), 0);
		expect_curve(test, desc, &plan.hfsc.rt, limit_table[i].rt.m1, limit_table[i].rt.d,
			     limit_table[i].rt.m2);
		expect_curve(test, desc, &plan.hfsc.ls, 1000000, 0, 1000000);
		expect_curve(test, desc, &plan.hfsc.ul, limit_table[i].ul.m1, limit_table[i].ul.d,
			     limit_table[i].ul.m2);
		KUNIT_EXPECT_EQ(test, plan.bound_ns, 0);
	}
}

static void hfsc__slopes_of_32_bits(struct kunit *test)
{
	struct wsa_qos_objects objects = objects_of(WSA_EXCESS_SHAPE, 0);
	struct wsa_flow flow = flow_of(WSA_SERVICE_CONTROLLEDLOAD, 0xfffffffd, 3000, 0, 1500);
	struct wsa_link link = hfsc_link;
	struct wsa_plan plan;

	link.rate = WSA_RATE_MAX;
	link.line_rate = WSA_RATE_MAX;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	expect_curve(test, "rate", &plan.hfsc.rt, 0xfffffffd, 0, 0xfffffffd);
	expect_curve(test, "limit", &plan.hfsc.ul, 0xffffffff, 1500000000, 0xfffffffd);
	flow.tspec.rate = 0xffffffff;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	flow.tspec.rate++;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_ADMISSION_FAILURE);
	flow = flow_of(WSA_SERVICE_GUARANTEED, 1000000, 5000, 0, 1500);
	flow.delay_us = 2;
	link.mtu = 1;
	link.ring_ns = 0;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan), 0);
	flow.delay_us = 1;
	KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &link, &plan),
			WSA_QOS_ADMISSION_FAILURE);
}

static const struct {
	const char *desc;
	u64 rate;
	u64 bucket;
	u32 delay_us;
	enum wsa_excess excess;
	u32 limit;
} queue_table[] = {
	{ "two frames", 1000, 100, 1520, WSA_EXCESS_BORROW, 3000 },
	{ "discards", 1000000, 10000, 10020, WSA_EXCESS_DISCARD, 3000 },
	{ "bucket and rate times bound", 1000000, 10000, 10020, WSA_EXCESS_BORROW, 20020 },
	{ "and the larger rate's", 1000000, 10000, 5020, WSA_EXCESS_BORROW_PLUS, 20040 },
	{ "a send buffer", 1000000, 10000, 10020, WSA_EXCESS_SHAPE, 262144 },
	{ "more than that", 1000000, 1000000, 1000020, WSA_EXCESS_SHAPE, 2000020 },
	{ "no more than there are", 100000000, 0xfffffff0, 0xfffffff0, WSA_EXCESS_BORROW,
	  0xffffffff },
};

static void limit__of_the_leaf(struct kunit *test)
{
	struct wsa_plan plan;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(queue_table); i++) {
		struct wsa_qos_objects objects = objects_of(queue_table[i].excess, 0);
		struct wsa_flow flow = flow_of(WSA_SERVICE_GUARANTEED, queue_table[i].rate,
					       queue_table[i].bucket, 0, 100);

		flow.delay_us = queue_table[i].delay_us;
		KUNIT_EXPECT_EQ(test, make(test, &flow, &objects, &hfsc_link, &plan), 0);
		KUNIT_EXPECT_EQ_MSG(test, plan.limit, queue_table[i].limit, "%s: %u",
				    queue_table[i].desc, plan.limit);
	}
}

#define WSA_PLAN_CASES(X) \
	X(marks__defaults_and_overrides) \
	X(class__who_needs_one__r36_r37_r284) \
	X(plan__refusals__r36) \
	X(htb__classes) \
	X(htb__buckets_of_a_frame_and_quanta) \
	X(htb__what_fits) \
	X(hfsc__guaranteed) \
	X(hfsc__limits) \
	X(hfsc__slopes_of_32_bits) \
	X(limit__of_the_leaf)

#endif /* WSA_TESTS_PLAN_CASES_H */
