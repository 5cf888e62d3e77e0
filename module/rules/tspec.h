/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_TSPEC_H
#define WSA_RULES_TSPEC_H

#include "types.h"

#define WSA_NS_PER_SEC	1000000000U
#define WSA_US_PER_SEC	1000000U

/**
 * struct wsa_tspec - a token bucket: what a flow may send
 * @rate: octets per second, 0 for none
 * @bucket: octets, not below @packet
 * @peak: octets per second, not below @rate; 0 for no limit
 * @packet: octets of the largest packet, not 0
 *
 * In any time t there arrive at most min(@packet + @peak * t, @bucket + @rate * t) octets.
 */
struct wsa_tspec {
	u64 rate;
	u64 bucket;
	u64 peak;
	u64 packet;
};

/* What members of a wsa_tspec may be at most: no result overflows up to here. */
#define WSA_TSPEC_MAX	((u64)1 << 41)

u64 wsa_tspec_bound(const struct wsa_tspec *tspec, u64 rate, u64 c_tot, u64 d_tot_ns);
u64 wsa_tspec_rate(const struct wsa_tspec *tspec, u64 delay_ns, u64 c_tot, u64 d_tot_ns);
u64 wsa_tspec_burst_time(const struct wsa_tspec *tspec, u64 rate);
u64 wsa_tspec_envelope(const struct wsa_tspec *tspec, u64 time_ns);

#endif /* WSA_RULES_TSPEC_H */
