// SPDX-License-Identifier: GPL-2.0
/*
 * What the scheduler gets for a flow, and what the flow gets for it. Pure.
 *
 * Flowspecs count IP packets, schedulers count frames: everything is first said in frames.
 */
#include "admission.h"
#include "wide.h"

/* tc_htb_opt has 32 bits of 64 ns each for a bucket's time. */
#define HTB_NS_MAX		((u64)0xffffffff << 6)
#define NS_PER_US		1000U
/* HTB warns of smaller quanta. */
#define QUANTUM_MIN		1000
/* Who is promised nothing still needs a rate for its class. */
#define RATE_LEAST		1
/* Without a limit of its own a class may send this part of a second at once. */
#define LINE_BURSTS_PER_SEC	1000
/* How long a packet may wait in its leaf where no delay was wanted. */
#define QUEUE_NS		200000000U
/* A socket's usual send buffer: who is held waits in send, and loses nothing. */
#define QUEUE_SHAPED		(256 * 1024)

/* Order of the classes; excess and what is promised nothing come behind. */
#define PRIO_BESTEFFORT		4
#define PRIO_EXCESS		7

/* Windows' own marks, HTB's order, and what becomes of excess unless an object says. */
static const struct service {
	enum wsa_service service;
	u8 dscp;
	u8 user_priority;
	u8 prio;
	enum wsa_excess excess;
} services[] = {
	{ WSA_SERVICE_NOTRAFFIC, 0, 0, PRIO_BESTEFFORT, WSA_EXCESS_BORROW },
	{ WSA_SERVICE_BESTEFFORT, 0, 0, PRIO_BESTEFFORT, WSA_EXCESS_BORROW },
	{ WSA_SERVICE_CONTROLLEDLOAD, 24, 4, 2, WSA_EXCESS_BORROW },
	{ WSA_SERVICE_GUARANTEED, 40, 5, 1, WSA_EXCESS_SHAPE },
	{ WSA_SERVICE_NETWORK_CONTROL, 48, 7, 0, WSA_EXCESS_SHAPE },
	{ WSA_SERVICE_QUALITATIVE, 0, 0, 5, WSA_EXCESS_BORROW },
};

/* A flow on its way to a plan: @tspec is in frames. */
struct draft {
	const struct wsa_link *link;
	const struct service *service;
	enum wsa_excess excess;
	struct wsa_tspec tspec;
	u32 frame;
	u32 mpu;
	u32 delay_us;
};

static u64 max_of(u64 a, u64 b)
{
	return a > b ? a : b;
}

static u64 min_of(u64 a, u64 b)
{
	return a < b ? a : b;
}

static bool is_held(const struct draft *draft)
{
	return draft->excess == WSA_EXCESS_SHAPE || draft->excess == WSA_EXCESS_DISCARD;
}

static struct wsa_curve rate_curve(u64 rate)
{
	return (struct wsa_curve){ .m1 = rate, .m2 = rate };
}

/*
 * A packet of s octets takes s + overhead of the line: a rate in packets is a larger rate in
 * frames, by the most for the smallest packets the flow speaks of.
 */
static void count_frames(struct draft *draft, u32 min_policed)
{
	struct wsa_tspec *tspec = &draft->tspec;
	u32 overhead = draft->link->overhead;
	u64 least = min_policed ? min_policed : tspec->packet;

	tspec->rate = wsa_mul_div(tspec->rate, least + overhead, least);
	tspec->peak = wsa_mul_div(tspec->peak, least + overhead, least);
	tspec->bucket += wsa_mul_div(tspec->bucket, overhead, least);
	tspec->packet += overhead;
	draft->frame = draft->link->mtu + overhead;
	draft->mpu = min_policed ? min_policed + overhead : 0;
}

/* Conforming packets that wait for their bound are never dropped. */
static u32 leaf_limit(const struct draft *draft, const struct wsa_plan *plan)
{
	u64 rate = max_of(draft->tspec.rate, plan->promise.m1);
	u64 wait = plan->bound_ns ? plan->bound_ns : QUEUE_NS;
	u64 limit = wsa_add(draft->tspec.bucket, wsa_mul_div(rate, wait, WSA_NS_PER_SEC));

	if (draft->excess == WSA_EXCESS_DISCARD)
		limit = 0;
	else if (draft->excess == WSA_EXCESS_SHAPE)
		limit = max_of(limit, QUEUE_SHAPED);
	return min_of(max_of(limit, 2 * draft->frame), 0xffffffff);
}

/* A ceiling's bucket is at least a frame: a smaller one would lose time to a late timer. */
static bool htb_class(const struct draft *draft, u64 rate, u64 burst, u64 ceil, u64 cburst,
		      struct wsa_htb_class *htb)
{
	cburst = max_of(cburst, draft->frame);
	if (burst > 0xffffffff || cburst > 0xffffffff)
		return false;
	*htb = (struct wsa_htb_class){
		.rate = rate,
		.ceil = ceil,
		.burst = burst,
		.cburst = cburst,
		.burst_ns = wsa_mul_div(burst, WSA_NS_PER_SEC, rate),
		.cburst_ns = wsa_mul_div(cburst, WSA_NS_PER_SEC, ceil),
		.quantum = max_of(2 * draft->frame, QUANTUM_MIN),
		.mpu = min_of(draft->mpu, 0xffff),
		.prio = draft->service->prio,
	};
	if (draft->excess == WSA_EXCESS_BORROW)
		htb->prio = PRIO_EXCESS;
	if (draft->excess == WSA_EXCESS_BORROW_PLUS)
		htb->prio = PRIO_BESTEFFORT;
	return htb->burst_ns <= HTB_NS_MAX && htb->cburst_ns <= HTB_NS_MAX;
}

/*
 * A class that may borrow is held by its ceiling alone, and one bucket is all a ceiling has.
 * Who is to be held to rate and peak gets two: the leaf's ceiling is the peak, and above it a
 * class that may not borrow either has the token bucket.
 */
static u32 plan_htb(const struct draft *draft, struct wsa_plan *plan)
{
	const struct wsa_tspec *tspec = &draft->tspec;
	u64 line = draft->link->rate, rate = RATE_LEAST, burst = RATE_LEAST;
	bool peak = tspec->peak && tspec->peak < line;
	bool fits;

	if (plan->promises) {
		rate = tspec->rate;
		burst = max_of(tspec->bucket, draft->frame);
		plan->promise = rate_curve(rate);
	}
	plan->htb_levels = 1;
	if (!is_held(draft)) {
		fits = htb_class(draft, rate, burst, peak ? tspec->peak : line,
				 peak ? 0 : wsa_mul_div(line, 1, LINE_BURSTS_PER_SEC),
				 &plan->htb[0]);
	} else if (!peak || tspec->peak == tspec->rate) {
		fits = htb_class(draft, rate, burst, tspec->rate, peak ? 0 : tspec->bucket,
				 &plan->htb[0]);
	} else {
		plan->htb_levels = 2;
		fits = htb_class(draft, rate, burst, tspec->peak, 0, &plan->htb[0]) &&
		       htb_class(draft, rate, burst, tspec->rate, tspec->bucket,
				 &plan->htb[1]);
	}
	return fits ? 0 : WSA_QOS_TRAFFIC_CTRL_ERROR;
}

/*
 * The rate that keeps the delay is needed only for the burst; then the token rate will do. A
 * flow with time to spare gets a curve that starts late, and leaves its first moments to others.
 */
static u32 guarantee(const struct draft *draft, struct wsa_plan *plan)
{
	const struct wsa_link *link = draft->link;
	const struct wsa_tspec *tspec = &draft->tspec;
	u64 delay_ns = (u64)draft->delay_us * NS_PER_US;
	u64 d_tot, rate, time;

	/* a frame that has just begun, and what the device holds */
	d_tot = wsa_add(wsa_mul_div(draft->frame, WSA_NS_PER_SEC, link->line_rate),
			link->ring_ns);
	plan->promise = rate_curve(tspec->rate);
	plan->bound_ns = wsa_tspec_bound(tspec, tspec->rate, 0, d_tot);
	if (draft->delay_us == WSA_FLOW_NOT_SPECIFIED)
		return 0;

	rate = wsa_tspec_rate(tspec, delay_ns, 0, d_tot);
	if (!rate || rate > link->rate)
		return WSA_QOS_ADMISSION_FAILURE;
	if (rate > tspec->rate) {
		time = min_of(wsa_tspec_burst_time(tspec, rate), 0xffffffff);
		plan->promise.m1 = rate;
		plan->promise.d = wsa_knee(time, true);
		if (plan->promise.d == 0xffffffff)
			plan->promise = rate_curve(rate);
		plan->bound_ns = wsa_tspec_bound(tspec, rate, 0, d_tot);
	} else {
		time = wsa_wide_div((struct wsa_wide){ .lo = delay_ns - plan->bound_ns },
				    (struct wsa_wide){ .lo = NS_PER_US }, false);
		plan->promise.d = wsa_knee(time, false);
		if (plan->promise.d)
			plan->promise.m1 = 0;
		plan->bound_ns += (u64)plan->promise.d * NS_PER_US;
	}
	return 0;
}

/* min(p * t, b + r * t), or of that what a curve from 0 can say. */
static struct wsa_curve upper_limit(const struct draft *draft)
{
	const struct wsa_tspec *tspec = &draft->tspec;
	u64 line = min_of(draft->link->rate, 0xffffffff);
	u64 peak = tspec->peak ? min_of(tspec->peak, line) : line;
	u64 time;

	if (!is_held(draft))
		return rate_curve(peak < line ? peak : 0);
	if (peak <= tspec->rate)
		return rate_curve(tspec->rate);
	time = wsa_mul_div(tspec->bucket, WSA_US_PER_SEC, peak - tspec->rate);
	return (struct wsa_curve){
		.m1 = peak, .d = min_of(time, 0xffffffff), .m2 = tspec->rate,
	};
}

static u32 plan_hfsc(const struct draft *draft, struct wsa_plan *plan)
{
	u32 status = 0;

	if (draft->service->service == WSA_SERVICE_GUARANTEED)
		status = guarantee(draft, plan);
	else if (plan->promises)
		plan->promise = rate_curve(draft->tspec.rate);
	if (status)
		return status;
	if (max_of(plan->promise.m1, draft->tspec.rate) > 0xffffffff)
		return WSA_QOS_ADMISSION_FAILURE;
	plan->hfsc.rt = plan->promise;
	plan->hfsc.ls = rate_curve(draft->tspec.rate);
	plan->hfsc.ul = upper_limit(draft);
	return 0;
}

static const struct service *find_service(const struct wsa_flow *flow)
{
	size_t i = ARRAY_SIZE(services) - 1;

	while (i && (flow->no_control || services[i].service != flow->service))
		i--;
	return &services[i];
}

/*
 * A shaping rate is a peak nobody borrows beyond. Who is promised nothing is held to it, in
 * even steps, when it is less than the rate he named or when he named none.
 */
static u32 shape(const struct wsa_qos_objects *objects, bool promises, struct draft *draft)
{
	struct wsa_tspec *tspec = &draft->tspec;
	u64 rate = objects->shaping_rate;

	if (promises && rate < tspec->rate)
		return WSA_QOS_ESHAPERATEOBJ;
	if (promises || (is_held(draft) && tspec->rate && tspec->rate <= rate)) {
		tspec->peak = tspec->peak ? min_of(tspec->peak, rate) : rate;
		return 0;
	}
	tspec->rate = rate;
	tspec->peak = rate;
	tspec->bucket = tspec->packet;
	if (!is_held(draft))
		draft->excess = WSA_EXCESS_SHAPE;
	return 0;
}

static u32 make_plan(const struct wsa_flow *flow, const struct wsa_qos_objects *objects,
		     struct draft *draft, struct wsa_plan *plan)
{
	const struct service *service = draft->service;
	u32 status;

	plan->dscp = objects->dscp == WSA_MARK_DEFAULT ? service->dscp : objects->dscp;
	plan->user_priority = objects->user_priority == WSA_MARK_DEFAULT ?
			      service->user_priority : objects->user_priority;
	if (service->service == WSA_SERVICE_NOTRAFFIC)
		return 0;

	draft->excess = objects->excess == WSA_EXCESS_DEFAULT ? service->excess : objects->excess;
	/* nobody comes before best effort with what is not promised */
	if (service->service == WSA_SERVICE_NETWORK_CONTROL &&
	    draft->excess == WSA_EXCESS_BORROW_PLUS)
		draft->excess = WSA_EXCESS_SHAPE;

	plan->promises = service->prio < PRIO_BESTEFFORT && flow->tspec.rate;
	if (objects->shaping_rate) {
		status = shape(objects, plan->promises, draft);
		if (status)
			return status;
	}
	if (is_held(draft) && !draft->tspec.rate) {
		if (objects->excess != WSA_EXCESS_DEFAULT)
			return WSA_QOS_ESDMODEOBJ;
		return 0;
	}
	plan->needs_class = plan->promises || is_held(draft);
	if (!plan->needs_class)
		return 0;
	if (!draft->link)
		return WSA_QOS_TRAFFIC_CTRL_ERROR;

	count_frames(draft, flow->min_policed);
	if (plan->promises && draft->tspec.rate > draft->link->rate)
		return WSA_QOS_ADMISSION_FAILURE;
	if (draft->link->scheduler == WSA_SCHEDULER_HFSC)
		status = plan_hfsc(draft, plan);
	else if (service->service == WSA_SERVICE_GUARANTEED)
		status = WSA_QOS_ADMISSION_FAILURE;
	else
		status = plan_htb(draft, plan);
	plan->limit = leaf_limit(draft, plan);
	return status;
}

/**
 * wsa_flow_plan - what a flow becomes on a link
 * @flow: from wsa_flow_parse(); not NOCHANGE
 * @objects: from wsa_qos_objects_parse(), or of no object
 * @link: the pool's, or NULL where there is none: only what needs no class is granted
 * @plan: out: the plan, wholly written, zero when refused
 *
 * Rates and slopes are rounded up, and so are bounds; knees are rounded so that the class
 * serves more.
 *
 * Return: 0 or the WSA_QOS_* status of the refusal.
 */
u32 wsa_flow_plan(const struct wsa_flow *flow, const struct wsa_qos_objects *objects,
		  const struct wsa_link *link, struct wsa_plan *plan)
{
	struct draft draft = {
		.link = link,
		.service = find_service(flow),
		.tspec = flow->tspec,
		.delay_us = flow->delay_us,
	};
	u32 status;

	memset(plan, 0, sizeof(*plan));
	status = make_plan(flow, objects, &draft, plan);
	if (status)
		memset(plan, 0, sizeof(*plan));
	return status;
}
