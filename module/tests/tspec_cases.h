/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/wide.c and rules/tspec.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_TSPEC_CASES_H
#define WSA_TESTS_TSPEC_CASES_H

#include "../rules/tspec.h"
#include "../rules/wide.h"

#define FULL (~(u64)0)

static const struct {
	u64 a;
	u64 b;
	u64 hi;
	u64 lo;
} products[] = {
	{ 0, FULL, 0, 0 },
	{ 1, FULL, 0, FULL },
	{ 2, FULL, 1, FULL - 1 },
	{ FULL, FULL, FULL - 1, 1 },
	{ 1ULL << 32, 1ULL << 32, 1, 0 },
	{ 0xffffffff, 0xffffffff, 0, 0xfffffffe00000001ULL },
	{ 0x123456789abcdef0ULL, 0xfedcba9876543210ULL,
	  0x121fa00ad77d7422ULL, 0x236d88fe5618cf00ULL },
};

static void wide__products_and_quotients(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(products); i++) {
		u64 a = products[i].a, b = products[i].b;
		struct wsa_wide product = wsa_wide_mul(a, b), more;

		KUNIT_EXPECT_EQ(test, product.hi, products[i].hi);
		KUNIT_EXPECT_EQ(test, product.lo, products[i].lo);
		KUNIT_EXPECT_TRUE(test, !wsa_wide_less(product, product));
		if (!b)
			continue;
		KUNIT_EXPECT_EQ(test, wsa_wide_div(product, (struct wsa_wide){ .lo = b }, true),
				a);
		more = wsa_wide_add(product, (struct wsa_wide){ .lo = 1 });
		KUNIT_EXPECT_TRUE(test, wsa_wide_less(product, more));
		KUNIT_EXPECT_EQ(test, wsa_wide_div(more, (struct wsa_wide){ .lo = b }, false), a);
		KUNIT_EXPECT_EQ(test, wsa_wide_div(more, (struct wsa_wide){ .lo = b }, true),
				a == FULL ? FULL : a + 1);
	}
}

static void wide__what_does_not_fit(struct kunit *test)
{
	struct wsa_wide top = { .hi = FULL >> 1, .lo = FULL };

	KUNIT_EXPECT_EQ(test, wsa_mul_div(FULL, 2, 1), FULL);
	KUNIT_EXPECT_EQ(test, wsa_mul_div(FULL, 2, 2), FULL);
	KUNIT_EXPECT_EQ(test, wsa_mul_div(FULL - 1, 2, 2), FULL - 1);
	KUNIT_EXPECT_EQ(test, wsa_mul_div(1, 1, 0), FULL);
	KUNIT_EXPECT_EQ(test, wsa_mul_div(0, 1, 3), 0);
	KUNIT_EXPECT_EQ(test, wsa_mul_div(7, 1, 3), 3);
	KUNIT_EXPECT_EQ(test, wsa_wide_div(top, top, true), 1);
	KUNIT_EXPECT_EQ(test, wsa_wide_div(top, (struct wsa_wide){ .hi = 1 }, false), FULL >> 1);
	KUNIT_EXPECT_EQ(test, wsa_wide_scale((struct wsa_wide){ .hi = 1, .lo = FULL }, 3).hi, 5);
	KUNIT_EXPECT_EQ(test, wsa_add(FULL, 1), FULL);
	KUNIT_EXPECT_EQ(test, wsa_add(FULL - 1, 1), FULL);
	KUNIT_EXPECT_EQ(test, wsa_add(2, 3), 5);
}

/* A megabyte a second, twice that at the peak, ten packets at once. */
static const struct wsa_tspec mega = {
	.rate = 1000000, .bucket = 10000, .peak = 2000000, .packet = 1000,
};

static const struct wsa_tspec no_peak = {
	.rate = 1000000, .bucket = 10000, .packet = 1000,
};

static const struct wsa_tspec even = {
	.rate = 1000000, .bucket = 10000, .peak = 1000000, .packet = 1000,
};

static const struct wsa_tspec huge = {
	.rate = WSA_TSPEC_MAX, .bucket = WSA_TSPEC_MAX, .peak = WSA_TSPEC_MAX,
	.packet = WSA_TSPEC_MAX,
};

static const struct {
	const char *desc;
	const struct wsa_tspec *tspec;
	u64 rate;
	u64 c_tot;
	u64 d_tot;
	u64 bound;
} bounds[] = {
	{ "at the token rate", &mega, 1000000, 0, 0, 10000000 },
	{ "between rate and peak", &mega, 1500000, 0, 0, 3666667 },
	{ "just below the peak", &mega, 1999999, 0, 0, 500005 },
	{ "at the peak", &mega, 2000000, 0, 0, 500000 },
	{ "above the peak", &mega, 4000000, 1000, 5, 500005 },
	{ "between, with terms", &mega, 1500000, 1500, 7, 4666674 },
	{ "below the token rate", &mega, 999999, 0, 0, FULL },
	{ "no rate", &mega, 0, 0, 0, FULL },
	{ "no peak", &no_peak, 1000000, 0, 0, 10000000 },
	{ "no peak, more", &no_peak, 3000000, 500, 1, 3500001 },
	{ "peak is rate", &even, 1000000, 0, 0, 1000000 },
	{ "peak is rate, more", &even, 3000000, 0, 0, 333334 },
	{ "a late end", &mega, 2000000, 0, FULL - 499999, FULL },
	{ "the last end", &mega, 2000000, 0, FULL - 500001, FULL - 1 },
	{ "much", &huge, WSA_TSPEC_MAX, WSA_TSPEC_MAX, 0, 2000000000 },
	{ "all at once", &huge, FULL, 0, 0, 120 },
};

static void bound__worked_examples(struct kunit *test)
{
	const struct wsa_tspec slow = { .bucket = WSA_TSPEC_MAX, .packet = 1 };
	size_t i;
	u64 got;

	for (i = 0; i < ARRAY_SIZE(bounds); i++) {
		got = wsa_tspec_bound(bounds[i].tspec, bounds[i].rate, bounds[i].c_tot,
				      bounds[i].d_tot);
		KUNIT_EXPECT_EQ_MSG(test, got, bounds[i].bound, "%s: %llu", bounds[i].desc,
				    (unsigned long long)got);
	}
	KUNIT_EXPECT_EQ(test, wsa_tspec_bound(&slow, 1, 0, 0), FULL);
}

static const struct {
	const char *desc;
	const struct wsa_tspec *tspec;
	u64 delay;
	u64 c_tot;
	u64 d_tot;
	u64 rate;
} rates[] = {
	{ "the token rate is enough", &mega, 10000000, 0, 0, 1000000 },
	{ "more than enough", &mega, 60000000000ULL, 0, 0, 1000000 },
	{ "a nanosecond less", &mega, 9999999, 0, 0, 1000001 },
	{ "between rate and peak", &mega, 3666667, 0, 0, 1500000 },
	{ "between, with terms", &mega, 4666674, 1500, 7, 1500000 },
	{ "the peak", &mega, 500000, 0, 0, 2000000 },
	{ "above the peak", &mega, 250000, 0, 0, 4000000 },
	{ "above the peak, with terms", &mega, 500005, 1000, 5, 4000000 },
	{ "no time", &mega, 0, 0, 0, 0 },
	{ "no time left", &mega, 77, 0, 77, 0 },
	{ "a nanosecond left", &mega, 78, 0, 77, 1000000000000ULL },
	{ "no peak", &no_peak, 10000000, 0, 0, 1000000 },
	{ "no peak, less time", &no_peak, 3500001, 500, 1, 3000000 },
	{ "peak is rate", &even, 1000000, 0, 0, 1000000 },
	{ "peak is rate, less time", &even, 333334, 0, 0, 3000000 - 5 },
	{ "too much for any number", &huge, 1, 0, 0, 0 },
};

static void rate__worked_examples(struct kunit *test)
{
	size_t i;
	u64 got;

	for (i = 0; i < ARRAY_SIZE(rates); i++) {
		got = wsa_tspec_rate(rates[i].tspec, rates[i].delay, rates[i].c_tot,
				     rates[i].d_tot);
		KUNIT_EXPECT_EQ_MSG(test, got, rates[i].rate, "%s: %llu", rates[i].desc,
				    (unsigned long long)got);
	}
}

static void rate__is_the_least_that_keeps_the_delay(struct kunit *test)
{
	u32 random = 1, tried = 0;
	int i;

	for (i = 0; i < 20000; i++) {
		struct wsa_tspec tspec = { 0 };
		u64 delay, rate;

		random = random * 1664525 + 1013904223;
		tspec.rate = random >> (8 + i % 16);
		random = random * 1664525 + 1013904223;
		tspec.packet = 1 + (random >> 20);
		random = random * 1664525 + 1013904223;
		tspec.bucket = tspec.packet + (random >> (8 + i % 7));
		if (i & 1)
			tspec.peak = tspec.rate + (random & 0xfffff) + 1;
		delay = 1000 + (random >> 2);
		rate = wsa_tspec_rate(&tspec, delay, 100, 10);
		KUNIT_EXPECT_TRUE_MSG(test, rate && wsa_tspec_bound(&tspec, rate, 100, 10) <= delay,
				      "%d: the delay is not kept", i);
		if (rate - 1 <= tspec.rate)
			continue;
		tried++;
		KUNIT_EXPECT_TRUE_MSG(test, wsa_tspec_bound(&tspec, rate - 1, 100, 10) > delay,
				      "%d: less would do", i);
	}
	KUNIT_EXPECT_TRUE_MSG(test, tried > 5000, "%u tried", tried);
}

static void envelope__worked_examples(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&mega, 0), 1000);
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&mega, 1), 1001);
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&mega, 1000000), 3000);
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&mega, 9000000), 19000);
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&mega, 19000000), 29000);
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&no_peak, 0), 10000);
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&no_peak, 1000000), 11000);
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&even, 1000000), 2000);
	KUNIT_EXPECT_EQ(test, wsa_tspec_envelope(&huge, FULL), FULL);
}

static void burst_time__worked_examples(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wsa_tspec_burst_time(&mega, 1500000), 12667);
	KUNIT_EXPECT_EQ(test, wsa_tspec_burst_time(&no_peak, 1000000), 10000);
	KUNIT_EXPECT_EQ(test, wsa_tspec_burst_time(&even, 2000000), 500);
	KUNIT_EXPECT_EQ(test, wsa_tspec_burst_time(&huge, 1), (u64)1000000 << 41);
}

#define WSA_TSPEC_CASES(X) \
	X(wide__products_and_quotients) \
	X(wide__what_does_not_fit) \
	X(bound__worked_examples) \
	X(rate__worked_examples) \
	X(rate__is_the_least_that_keeps_the_delay) \
	X(envelope__worked_examples) \
	X(burst_time__worked_examples)

#endif /* WSA_TESTS_TSPEC_CASES_H */
