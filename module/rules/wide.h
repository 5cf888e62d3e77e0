/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_WIDE_H
#define WSA_RULES_WIDE_H

#include "types.h"

/**
 * struct wsa_wide - 128 bits, for products that are divided again
 * @hi: the upper 64
 * @lo: the lower 64
 */
struct wsa_wide {
	u64 hi;
	u64 lo;
};

struct wsa_wide wsa_wide_mul(u64 a, u64 b);
struct wsa_wide wsa_wide_scale(struct wsa_wide a, u32 by);
struct wsa_wide wsa_wide_add(struct wsa_wide a, struct wsa_wide b);
bool wsa_wide_less(struct wsa_wide a, struct wsa_wide b);
u64 wsa_wide_div(struct wsa_wide a, struct wsa_wide by, bool up);
u64 wsa_mul_div(u64 a, u64 b, u64 by);
u64 wsa_add(u64 a, u64 b);

#endif /* WSA_RULES_WIDE_H */
