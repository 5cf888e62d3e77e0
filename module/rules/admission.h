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
 * @capacity: octets per second that may be promised, at most WSA_RATE_MAX
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

u32 wsa_budget_add(struct wsa_budget *budget, struct wsa_account *user,
		   struct wsa_account *net, const struct wsa_curve *promise);
void wsa_budget_remove(struct wsa_budget *budget, struct wsa_account *user,
		       struct wsa_account *net, const struct wsa_curve *promise);
u32 wsa_budget_change(struct wsa_budget *budget, const struct wsa_curve *from,
		      const struct wsa_curve *to);
bool wsa_budget_set_capacity(struct wsa_budget *budget, u64 capacity);
u32 wsa_knee(u32 microseconds, bool up);

#endif /* WSA_RULES_ADMISSION_H */
