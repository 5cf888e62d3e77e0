// SPDX-License-Identifier: GPL-2.0
/*
 * What a token bucket lets arrive, and what that costs in delay or rate: RFC 2212. Pure.
 *
 * Of each formula the fraction is built whole and divided once, so that results are exact
 * but for one rounding.
 */
#include "tspec.h"
#include "wide.h"

/**
 * wsa_tspec_bound - RFC 2212's bound of the delay
 * @tspec: what arrives
 * @rate: octets per second reserved
 * @c_tot: octets, at most WSA_TSPEC_MAX
 * @d_tot_ns: nanoseconds
 *
 * With p > R the bucket comes faster than it goes,
 *
 *	(b - M) / R * (p - R) / (p - r) + (M + C) / R + D
 *
 * and without only the first packet waits for itself: (M + C) / R + D.
 *
 * Return: nanoseconds, exact and then rounded up; U64_MAX when there is no bound: @rate is 0
 * or below @tspec.rate, or the result does not fit.
 */
u64 wsa_tspec_bound(const struct wsa_tspec *tspec, u64 rate, u64 c_tot, u64 d_tot_ns)
{
	u64 above = tspec->peak - tspec->rate;
	struct wsa_wide octets, by;

	if (!rate || rate < tspec->rate)
		return ~(u64)0;
	if (!tspec->peak)
		return wsa_add(wsa_mul_div(tspec->bucket + c_tot, WSA_NS_PER_SEC, rate), d_tot_ns);
	if (rate >= tspec->peak) {
		by = (struct wsa_wide){ .lo = rate };
		octets = (struct wsa_wide){ .lo = tspec->packet + c_tot };
	} else {
		by = wsa_wide_mul(rate, above);
		octets = wsa_wide_add(wsa_wide_mul(tspec->bucket - tspec->packet,
						   tspec->peak - rate),
				      wsa_wide_mul(tspec->packet + c_tot, above));
	}
	return wsa_add(wsa_wide_div(wsa_wide_scale(octets, WSA_NS_PER_SEC), by, true), d_tot_ns);
}

/**
 * wsa_tspec_rate - the least rate that keeps a delay, the inverse of wsa_tspec_bound()
 * @tspec: what arrives
 * @delay_ns: nanoseconds wanted
 * @c_tot: octets, at most WSA_TSPEC_MAX
 * @d_tot_ns: nanoseconds
 *
 * With L = delay - D, where the first packet alone does not need as much as the peak,
 *
 *	(p * (b - M) / (p - r) + M + C) / (L + (b - M) / (p - r))
 *
 * else (M + C) / L.
 *
 * Return: octets per second, exact and then rounded up, not below @tspec.rate; 0 when no rate
 * keeps it.
 */
u64 wsa_tspec_rate(const struct wsa_tspec *tspec, u64 delay_ns, u64 c_tot, u64 d_tot_ns)
{
	u64 burst = tspec->bucket - tspec->packet;
	u64 above = tspec->peak - tspec->rate;
	u64 first = tspec->packet + c_tot;
	struct wsa_wide octets, by;
	u64 left, rate;

	if (delay_ns <= d_tot_ns)
		return 0;
	left = delay_ns - d_tot_ns;
	if (!tspec->peak) {
		rate = wsa_mul_div(burst + first, WSA_NS_PER_SEC, left);
	} else if (!above || !wsa_wide_less(wsa_wide_mul(first, WSA_NS_PER_SEC),
					    wsa_wide_mul(left, tspec->peak))) {
		rate = wsa_mul_div(first, WSA_NS_PER_SEC, left);
	} else {
		octets = wsa_wide_add(wsa_wide_mul(tspec->peak, burst),
				      wsa_wide_mul(first, above));
		by = wsa_wide_add(wsa_wide_mul(left, above), wsa_wide_mul(burst, WSA_NS_PER_SEC));
		rate = wsa_wide_div(wsa_wide_scale(octets, WSA_NS_PER_SEC), by, true);
	}
	if (rate == ~(u64)0)
		return 0;
	return rate > tspec->rate ? rate : tspec->rate;
}

/**
 * wsa_tspec_burst_time - how long a rate takes for all that comes at more than tspec.rate
 * @tspec: what arrives
 * @rate: octets per second, not 0
 *
 * Until the bucket is empty there arrive M + p * (b - M) / (p - r) octets; with no peak, b; at
 * a peak that is the rate, M.
 *
 * Return: microseconds, exact and then rounded up; U64_MAX when it does not fit.
 */
u64 wsa_tspec_burst_time(const struct wsa_tspec *tspec, u64 rate)
{
	u64 above = tspec->peak - tspec->rate;
	struct wsa_wide octets;

	if (!tspec->peak)
		return wsa_mul_div(tspec->bucket, WSA_US_PER_SEC, rate);
	if (!above)
		return wsa_mul_div(tspec->packet, WSA_US_PER_SEC, rate);
	octets = wsa_wide_add(wsa_wide_mul(tspec->packet, above),
			      wsa_wide_mul(tspec->peak, tspec->bucket - tspec->packet));
	return wsa_wide_div(wsa_wide_scale(octets, WSA_US_PER_SEC), wsa_wide_mul(rate, above),
			    true);
}

/**
 * wsa_tspec_envelope - the most that arrives in some time
 * @tspec: what arrives
 * @time_ns: nanoseconds
 *
 * Return: octets, exact and then rounded up; U64_MAX when it does not fit.
 */
u64 wsa_tspec_envelope(const struct wsa_tspec *tspec, u64 time_ns)
{
	u64 bucket = wsa_add(wsa_mul_div(tspec->rate, time_ns, WSA_NS_PER_SEC), tspec->bucket);
	u64 peak = wsa_add(wsa_mul_div(tspec->peak, time_ns, WSA_NS_PER_SEC), tspec->packet);

	return tspec->peak && peak < bucket ? peak : bucket;
}
