/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_ADMISSION_H
#define WSA_RULES_ADMISSION_H

#include "flowspec.h"

/*
 * Curves bend at one of these times only: every microsecond up to 32, then 16 to an
 * octave, up to 2^26 (67 s).
 */
#define WSA_KNEES	(32 + 21 * 16 + 1)

/**
 * struct wsa_budget - what a pool has promised, of what it may promise
 * @capacity: octets per second that may be promised, at most WSA_TSPEC_MAX
 * @m1: sum of the promises' first slopes
 * @m2: sum of their last slopes: the rate promised in the long run
 * @flows: flows counted, whether or not they promise
 * @max_flows: how many there may be
 * @bend: by knee, by how much the sum of promises changes its slope there
 *
 * About 3 KB, of one size whatever it counts; nothing is ever allocated. The caller's lock
 * protects it. A zeroed one with @capacity and @max_flows set is ready.
 */
struct wsa_budget {
	u64 capacity;
	u64 m1;
	u64 m2;
	u32 flows;
	u32 max_flows;
	s64 bend[WSA_KNEES];
};

/**
 * struct wsa_account - how many flows somebody has: a user, or a network namespace
 * @flows: now
 * @max_flows: how many there may be
 */
struct wsa_account {
	u32 flows;
	u32 max_flows;
};

/**
 * wsa_budget_add - admit a flow, and count it
 * @budget: the pool's
 * @user: the flow's owner's, or NULL
 * @net: the network namespace's, or NULL
 * @promise: wsa_plan.promise; all zero for a flow that is only counted
 *
 * The sum of promises stays below @capacity times t for all t > 0: at once, at every knee, and
 * in the long run. Costs one pass over the knees, whatever the number of flows.
 *
 * Return: 0, WSA_QOS_ADMISSION_FAILURE, or WSA_QOS_POLICY_FAILURE when one of the three has no
 * more flows to give. A refusal changes nothing.
 */
u32 wsa_budget_add(struct wsa_budget *budget, struct wsa_account *user,
		   struct wsa_account *net, const struct wsa_curve *promise);

/**
 * wsa_budget_remove - what was admitted is over
 * @budget: the pool's
 * @user: the same as when it was added
 * @net: the same
 * @promise: the same
 *
 * Costs the same for any number of flows, and no pass.
 */
void wsa_budget_remove(struct wsa_budget *budget, struct wsa_account *user,
		       struct wsa_account *net, const struct wsa_curve *promise);

/**
 * wsa_budget_change - replace a flow's promise by another
 * @budget: the pool's
 * @from: what was added
 * @to: what is to be instead
 *
 * Return: 0 or WSA_QOS_ADMISSION_FAILURE, which changes nothing.
 */
u32 wsa_budget_change(struct wsa_budget *budget, const struct wsa_curve *from,
		      const struct wsa_curve *to);

/**
 * wsa_budget_set_capacity - change what may be promised
 * @budget: the pool's
 * @capacity: octets per second, at most WSA_TSPEC_MAX
 *
 * Return: false, and nothing is changed, when more has been promised already.
 */
bool wsa_budget_set_capacity(struct wsa_budget *budget, u64 capacity);

/**
 * wsa_knee - the time nearest to another at which a curve may bend
 * @microseconds: the time
 * @up: the next one not before it, else the last one not after it
 *
 * Return: microseconds; rounding up past the last gives U32_MAX, which is no knee.
 */
u32 wsa_knee(u32 microseconds, bool up);

/**
 * wsa_budget_at - the sum of promises at one time
 * @budget: the pool's
 * @microseconds: the time, at most 2^26
 *
 * Return: octets times 1,000,000 promised within that time.
 */
u64 wsa_budget_at(const struct wsa_budget *budget, u32 microseconds);

#endif /* WSA_RULES_ADMISSION_H */
