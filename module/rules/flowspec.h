/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_FLOWSPEC_H
#define WSA_RULES_FLOWSPEC_H

#include "qos_object.h"
#include "tspec.h"

/* No value in any member but the service type. */
#define WSA_FLOW_NOT_SPECIFIED	0xffffffffU
/* A rate without a limit. */
#define WSA_FLOW_INFINITE	0xfffffffeU

/* Octets per second of the fastest pool: no sum overflows up to here. */
#define WSA_RATE_MAX		((u64)1 << 37)

/**
 * enum wsa_service - the service types that can be asked for, by their plain numbers
 * @WSA_SERVICE_NOTRAFFIC: nothing is sent in this direction (row 284)
 * @WSA_SERVICE_BESTEFFORT: no promise
 * @WSA_SERVICE_CONTROLLEDLOAD: a rate
 * @WSA_SERVICE_GUARANTEED: a rate and a delay
 * @WSA_SERVICE_NOCHANGE: this direction stays as it is (row 283)
 * @WSA_SERVICE_NETWORK_CONTROL: a small rate, before all others
 * @WSA_SERVICE_QUALITATIVE: no promise
 */
enum wsa_service {
	WSA_SERVICE_NOTRAFFIC		= 0x0,
	WSA_SERVICE_BESTEFFORT		= 0x1,
	WSA_SERVICE_CONTROLLEDLOAD	= 0x2,
	WSA_SERVICE_GUARANTEED		= 0x3,
	WSA_SERVICE_NOCHANGE		= 0x6,
	WSA_SERVICE_NETWORK_CONTROL	= 0xa,
	WSA_SERVICE_QUALITATIVE		= 0xd,
};

/**
 * struct wsa_flow - one direction of a flow: defaults filled in, contradictions refused
 * @service: what is asked for
 * @no_control: the caller wants no traffic control: nothing is promised, nothing is held
 * @tspec: what it may send, counted as the flowspec counts; only @tspec.rate and
 *	@tspec.peak mean anything where @service promises nothing and names no rate
 * @min_policed: smaller packets count as this many octets; 0 where none was given, and packets
 *	are taken to be of @tspec.packet
 * @delay_us: wanted bound of the delay, WSA_FLOW_NOT_SPECIFIED for none
 */
struct wsa_flow {
	enum wsa_service service;
	bool no_control;
	struct wsa_tspec tspec;
	u32 min_policed;
	u32 delay_us;
};

/**
 * enum wsa_scheduler - which qdisc a pool is made of
 * @WSA_SCHEDULER_HTB: rates, no delay
 * @WSA_SCHEDULER_HFSC: rates and delays
 */
enum wsa_scheduler {
	WSA_SCHEDULER_HTB,
	WSA_SCHEDULER_HFSC,
};

/**
 * struct wsa_link - what a pool's device and scheduler are like
 * @scheduler: the qdisc
 * @rate: octets per second that the pool's class may send, at most WSA_RATE_MAX, not 0
 * @line_rate: octets per second of the line itself, not below @rate
 * @mtu: largest IP packet, 1 to 65535
 * @overhead: octets the scheduler counts for each packet beyond those the flowspec counts:
 *	14 on Ethernet, 0 where the qdisc's size table takes them off; at most 256
 * @ring_ns: how long the device may hold a packet after the scheduler gave it away
 */
struct wsa_link {
	enum wsa_scheduler scheduler;
	u64 rate;
	u64 line_rate;
	u32 mtu;
	u32 overhead;
	u32 ring_ns;
};

/**
 * struct wsa_curve - a service curve of two pieces, tc_service_curve with room
 * @m1: octets per second until @d
 * @d: microseconds; where a promise bends it is a value of wsa_knee()
 * @m2: octets per second from then on
 *
 * @m1 == @m2 with @d == 0 is a rate; all zero is no curve. For HFSC @m1 and @m2 fit in 32 bits.
 */
struct wsa_curve {
	u64 m1;
	u32 d;
	u64 m2;
};

/**
 * struct wsa_htb_class - tc_htb_opt in octets and nanoseconds
 * @rate: octets per second, not 0; may need TCA_HTB_RATE64
 * @ceil: octets per second, not below @rate; may need TCA_HTB_CEIL64
 * @burst: octets
 * @cburst: octets
 * @burst_ns: @burst's time at @rate: tc_htb_opt.buffer by PSCHED_NS2TICKS(), which fits
 * @cburst_ns: @cburst's time at @ceil
 * @quantum: octets
 * @mpu: octets
 * @prio: 0 (first) to 7
 */
struct wsa_htb_class {
	u64 rate;
	u64 ceil;
	u32 burst;
	u32 cburst;
	u64 burst_ns;
	u64 cburst_ns;
	u32 quantum;
	u16 mpu;
	u8 prio;
};

/**
 * struct wsa_hfsc_class - the curves of an HFSC class, all zero where there is none
 * @rt: real-time: the promise
 * @ls: link-sharing: its part of what is left
 * @ul: upper limit
 */
struct wsa_hfsc_class {
	struct wsa_curve rt;
	struct wsa_curve ls;
	struct wsa_curve ul;
};

/**
 * struct wsa_plan - what a flow becomes
 * @needs_class: a class is to be made; without, only the mark is set. False means that
 *	the flow is granted where there is no pool, too
 * @promises: something is promised: @promise counts against the pool, which has to admit it
 * @promise: what admission adds up, @m1 == @m2 with HTB; all zero unless @promises
 * @htb: with HTB: the classes, the leaf first
 * @htb_levels: how many of @htb there are: 1, or 2 when the leaf needs a class of its own
 *	above it, which holds it to the token bucket while the leaf holds it to the peak
 * @hfsc: with HFSC: the leaf's curves
 * @limit: octets of the leaf's queue (bfifo)
 * @dscp: 0 to 63, to be set above the ECN bits
 * @user_priority: 802.1p, 0 to 7
 * @bound_ns: the delay promised, from the scheduler's queue to the line; 0 for none
 */
struct wsa_plan {
	bool needs_class;
	bool promises;
	struct wsa_curve promise;
	struct wsa_htb_class htb[2];
	unsigned int htb_levels;
	struct wsa_hfsc_class hfsc;
	u32 limit;
	u8 dscp;
	u8 user_priority;
	u64 bound_ns;
};

u32 wsa_flow_parse(const struct wsa_flowspec *spec, bool receiving, u32 mtu,
		   struct wsa_flow *flow);
u32 wsa_flow_plan(const struct wsa_flow *flow, const struct wsa_qos_objects *objects,
		  const struct wsa_link *link, struct wsa_plan *plan);
u32 wsa_qos_code(u32 status);

#endif /* WSA_RULES_FLOWSPEC_H */
