/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/admission.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_ADMISSION_CASES_H
#define WSA_TESTS_ADMISSION_CASES_H

#include "../rules/admission.h"

#define LAST_KNEE	0x4000000

static struct wsa_budget *new_budget(struct kunit *test, u64 capacity, u32 max_flows)
{
	struct wsa_budget *budget = kunit_kzalloc(test, sizeof(*budget), GFP_KERNEL);

	if (!budget) {
		KUNIT_FAIL(test, "out of memory");
		return NULL;
	}
	budget->capacity = capacity;
	budget->max_flows = max_flows;
	return budget;
}

static struct wsa_curve curve_of(u64 m1, u32 d, u64 m2)
{
	return (struct wsa_curve){ .m1 = m1, .d = d, .m2 = m2 };
}

static u32 add(struct wsa_budget *budget, u64 m1, u32 d, u64 m2)
{
	struct wsa_curve curve = curve_of(m1, d, m2);

	return wsa_budget_add(budget, NULL, NULL, &curve);
}

static void drop(struct wsa_budget *budget, u64 m1, u32 d, u64 m2)
{
	struct wsa_curve curve = curve_of(m1, d, m2);

	wsa_budget_remove(budget, NULL, NULL, &curve);
}

/* Five significant bits, whatever the size. */
static bool is_knee_time(u32 time)
{
	while (time > 31 && !(time & 1))
		time >>= 1;
	return time <= 31;
}

static void knee__nearest(struct kunit *test)
{
	u32 time, down, up, knees = 0, last = 0;

	for (time = 0; time <= 70000; time++) {
		down = wsa_knee(time, false);
		up = wsa_knee(time, true);
		KUNIT_EXPECT_TRUE_MSG(test, is_knee_time(down) && is_knee_time(up) &&
				      down <= time && up >= time && down >= last,
				      "%u: %u, %u", time, down, up);
		KUNIT_EXPECT_TRUE_MSG(test, (down == time) == is_knee_time(time) &&
				      (up == time) == is_knee_time(time), "%u: %u, %u", time,
				      down, up);
		last = down;
	}
	for (time = 0; time != 0xffffffff; time = wsa_knee(time + 1, true))
		knees++;
	KUNIT_EXPECT_EQ(test, knees, WSA_KNEES);
	KUNIT_EXPECT_EQ(test, wsa_knee(LAST_KNEE, true), LAST_KNEE);
	KUNIT_EXPECT_EQ(test, wsa_knee(LAST_KNEE + 1, true), 0xffffffff);
	KUNIT_EXPECT_EQ(test, wsa_knee(0xffffffff, true), 0xffffffff);
	KUNIT_EXPECT_EQ(test, wsa_knee(0xffffffff, false), LAST_KNEE);
	KUNIT_EXPECT_EQ(test, wsa_knee(LAST_KNEE - 1, false), 31U << 21);
	KUNIT_EXPECT_EQ(test, wsa_knee(17U << 22, false), LAST_KNEE);
}

static void budget__rates_up_to_the_capacity(struct kunit *test)
{
	struct wsa_budget *budget = new_budget(test, 1000, 100);
	u32 i;

	if (!budget)
		return;
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, add(budget, 100, 0, 100), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 1, 0, 1), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, budget->m1, 1000);
	KUNIT_EXPECT_EQ(test, budget->m2, 1000);
	KUNIT_EXPECT_EQ(test, budget->flows, 10);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 0, 0), 0);
	drop(budget, 100, 0, 100);
	KUNIT_EXPECT_EQ(test, add(budget, 101, 0, 101), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, 100, 0, 100), 0);
	kunit_kfree(test, budget);
}

static void budget__at_once_and_in_the_long_run(struct kunit *test)
{
	struct wsa_budget *budget = new_budget(test, 1000, 100);

	if (!budget)
		return;
	KUNIT_EXPECT_EQ(test, add(budget, 1001, 10, 1), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, 1001, 1, 0), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, ~(u64)0, 1, 0), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 10, 1001), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, 600, 1000, 100), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 401, 1, 1), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, 0, LAST_KNEE, 901), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, 0, LAST_KNEE, 900), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 400, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, budget->m1, 1000);
	KUNIT_EXPECT_EQ(test, budget->m2, 1000);
	kunit_kfree(test, budget);
}

/*
 * 600 for 992 us, then 100; what starts at d with 900 has to fit where both run: at 992 us
 * there are 595,200 + 900 * (992 - d) of 992,000, which is from d = 552 on. Knees there are
 * 544 and 576.
 */
static void budget__at_a_knee(struct kunit *test)
{
	struct wsa_budget *budget = new_budget(test, 1000, 100);

	if (!budget)
		return;
	KUNIT_EXPECT_EQ(test, add(budget, 600, 992, 100), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 544, 900), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, budget->m1, 600);
	KUNIT_EXPECT_EQ(test, budget->m2, 100);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 576, 900), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 576, 0), 0);
	drop(budget, 0, 576, 900);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 544, 900), WSA_QOS_ADMISSION_FAILURE);
	drop(budget, 600, 992, 100);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 544, 900), 0);
	/* and the other way round */
	KUNIT_EXPECT_EQ(test, add(budget, 600, 992, 100), WSA_QOS_ADMISSION_FAILURE);
	kunit_kfree(test, budget);
}

/* What bends between knees is counted as bending where it serves more. */
static void budget__between_knees(struct kunit *test)
{
	struct wsa_budget *budget = new_budget(test, 1000, 100);
	static const s64 none[WSA_KNEES];

	if (!budget)
		return;
	KUNIT_EXPECT_EQ(test, add(budget, 0, 545, 900), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 600, 990, 100), WSA_QOS_ADMISSION_FAILURE);
	drop(budget, 0, 559, 900);
	KUNIT_EXPECT_EQ(test, add(budget, 600, 961, 100), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 559, 900), WSA_QOS_ADMISSION_FAILURE);
	drop(budget, 600, 990, 100);
	/* a bend nobody sees any more is none */
	KUNIT_EXPECT_EQ(test, add(budget, 600, LAST_KNEE + 1, 100), 0);
	KUNIT_EXPECT_EQ(test, budget->m2, 600);
	KUNIT_EXPECT_EQ(test, add(budget, 100, 0xffffffff, 400), 0);
	KUNIT_EXPECT_EQ(test, budget->m1, 700);
	KUNIT_EXPECT_EQ(test, budget->m2, 1000);
	drop(budget, 600, 0xffffffff, 100);
	drop(budget, 100, LAST_KNEE, 400);
	KUNIT_EXPECT_TRUE(test, !memcmp(budget->bend, none, sizeof(none)));
	KUNIT_EXPECT_TRUE(test, !budget->m1 && !budget->m2 && !budget->flows);
	kunit_kfree(test, budget);
}

static void budget__flows_of_pool_user_and_namespace(struct kunit *test)
{
	struct wsa_budget *budget = new_budget(test, 1000, 4);
	struct wsa_account user = { .max_flows = 1 }, other = { .max_flows = 9 };
	struct wsa_account net = { .max_flows = 3 };
	struct wsa_curve curve = curve_of(100, 0, 100), much = curve_of(901, 0, 901);

	if (!budget)
		return;
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, &user, &net, &curve), 0);
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, &user, &net, &curve), WSA_QOS_POLICY_FAILURE);
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, &other, &net, &much),
			WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, other.flows, 0);
	KUNIT_EXPECT_EQ(test, net.flows, 1);
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, &other, &net, &curve), 0);
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, &other, &net, &curve), 0);
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, &other, &net, &curve),
			WSA_QOS_POLICY_FAILURE);
	KUNIT_EXPECT_EQ(test, other.flows, 2);
	KUNIT_EXPECT_EQ(test, net.flows, 3);
	KUNIT_EXPECT_EQ(test, add(budget, 100, 0, 100), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 0, 0), WSA_QOS_POLICY_FAILURE);
	KUNIT_EXPECT_EQ(test, budget->flows, 4);
	KUNIT_EXPECT_EQ(test, budget->m2, 400);
	wsa_budget_remove(budget, &user, &net, &curve);
	KUNIT_EXPECT_EQ(test, user.flows, 0);
	KUNIT_EXPECT_EQ(test, net.flows, 2);
	KUNIT_EXPECT_EQ(test, budget->flows, 3);
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, &user, &net, &curve), 0);
	kunit_kfree(test, budget);
}

static void budget__change_or_leave(struct kunit *test)
{
	struct wsa_budget *budget = new_budget(test, 1000, 2);
	struct wsa_curve big = curve_of(900, 0, 900), small = curve_of(100, 0, 100);
	struct wsa_curve bent = curve_of(900, 64, 100), bigger = curve_of(901, 64, 100);

	if (!budget)
		return;
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, NULL, NULL, &big), 0);
	KUNIT_EXPECT_EQ(test, wsa_budget_add(budget, NULL, NULL, &small), 0);
	/* its own place is its to use again */
	KUNIT_EXPECT_EQ(test, wsa_budget_change(budget, &big, &bent), 0);
	KUNIT_EXPECT_EQ(test, budget->m1, 1000);
	KUNIT_EXPECT_EQ(test, budget->m2, 200);
	KUNIT_EXPECT_EQ(test, wsa_budget_change(budget, &bent, &bigger),
			WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, budget->m1, 1000);
	KUNIT_EXPECT_EQ(test, budget->m2, 200);
	KUNIT_EXPECT_EQ(test, budget->flows, 2);
	wsa_budget_remove(budget, NULL, NULL, &bent);
	KUNIT_EXPECT_EQ(test, budget->m1, 100);
	KUNIT_EXPECT_EQ(test, budget->m2, 100);
	kunit_kfree(test, budget);
}

static void budget__capacity(struct kunit *test)
{
	struct wsa_budget *budget = new_budget(test, 1000, 9);

	if (!budget)
		return;
	KUNIT_EXPECT_EQ(test, add(budget, 600, 992, 0), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 576, 900), 0);
	/* 969,600 at 992 us */
	KUNIT_EXPECT_TRUE(test, !wsa_budget_set_capacity(budget, 977));
	KUNIT_EXPECT_TRUE(test, wsa_budget_set_capacity(budget, 978));
	KUNIT_EXPECT_TRUE(test, wsa_budget_set_capacity(budget, 1000));
	KUNIT_EXPECT_TRUE(test, !wsa_budget_set_capacity(budget, 0));
	KUNIT_EXPECT_EQ(test, budget->capacity, 1000);
	KUNIT_EXPECT_TRUE(test, !wsa_budget_set_capacity(budget, WSA_RATE_MAX + 1));
	KUNIT_EXPECT_EQ(test, budget->capacity, 1000);
	KUNIT_EXPECT_TRUE(test, wsa_budget_set_capacity(budget, WSA_RATE_MAX));
	KUNIT_EXPECT_EQ(test, budget->capacity, WSA_RATE_MAX);
	KUNIT_EXPECT_TRUE(test, wsa_budget_set_capacity(budget, 1000));
	drop(budget, 0, 576, 900);
	KUNIT_EXPECT_TRUE(test, wsa_budget_set_capacity(budget, 600));
	KUNIT_EXPECT_TRUE(test, !wsa_budget_set_capacity(budget, 599));
	kunit_kfree(test, budget);
}

static void budget__largest_numbers(struct kunit *test)
{
	struct wsa_budget *budget = new_budget(test, WSA_RATE_MAX, 0xffffffff);

	if (!budget)
		return;
	KUNIT_EXPECT_EQ(test, add(budget, ~(u64)0, 0, ~(u64)0), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, ~(u64)0, 5, 1), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, 1, 5, ~(u64)0), WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, WSA_RATE_MAX + 1, 0, WSA_RATE_MAX + 1),
			WSA_QOS_ADMISSION_FAILURE);
	KUNIT_EXPECT_EQ(test, add(budget, WSA_RATE_MAX, LAST_KNEE, WSA_RATE_MAX), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 0, LAST_KNEE, 1), WSA_QOS_ADMISSION_FAILURE);
	drop(budget, WSA_RATE_MAX, LAST_KNEE, WSA_RATE_MAX);
	KUNIT_EXPECT_EQ(test, add(budget, 0, 1, WSA_RATE_MAX), 0);
	KUNIT_EXPECT_EQ(test, add(budget, WSA_RATE_MAX, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, add(budget, 0, LAST_KNEE, 1), WSA_QOS_ADMISSION_FAILURE);
	kunit_kfree(test, budget);
}

/* Thousands come and go; sums are asked of the curves themselves, one by one. */
static void budget__random_walk(struct kunit *test)
{
	enum { MANY = 64 };
	struct wsa_budget *budget = new_budget(test, 1000000, MANY);
	struct wsa_curve *held = kunit_kzalloc(test, MANY * sizeof(*held), GFP_KERNEL);
	u32 random = 1, admitted = 0, refused = 0, n = 0, step, i, k;

	if (!budget || !held)
		return;
	for (step = 0; step < 4000; step++) {
		struct wsa_curve curve;
		u32 status;

		random = random * 1664525 + 1013904223;
		if (n == MANY || (n && random >> 30 == 0)) {
			i = (random >> 8) % n;
			wsa_budget_remove(budget, NULL, NULL, &held[i]);
			held[i] = held[--n];
			continue;
		}
		curve = curve_of((random >> 4) % 150000, wsa_knee(1 + (random >> 9) % 9999, false),
				 0);
		random = random * 1664525 + 1013904223;
		curve.m2 = (random >> 4) % 150000;
		if (random & 8)
			curve.m1 = 0;
		status = wsa_budget_add(budget, NULL, NULL, &curve);
		held[n] = curve;
		for (k = 0; k <= n; k++) {
			u64 sum = 0, time = held[k].d;

			for (i = 0; i <= n; i++) {
				u64 first = time < held[i].d ? time : held[i].d;

				sum += held[i].m1 * first + held[i].m2 * (time - first);
			}
			if (sum > budget->capacity * time)
				break;
		}
		if (!status)
			KUNIT_EXPECT_EQ_MSG(test, k, n + 1, "step %u: too much at a knee", step);
		else if (k > n)
			KUNIT_EXPECT_TRUE_MSG(test,
					      budget->m1 + curve.m1 > budget->capacity ||
					      budget->m2 + curve.m2 > budget->capacity,
					      "step %u: refused for nothing", step);
		if (status)
			refused++;
		else
			admitted++;
		n += !status;
	}
	KUNIT_EXPECT_TRUE_MSG(test, admitted > 500 && refused > 500, "%u and %u", admitted,
			      refused);
	while (n)
		wsa_budget_remove(budget, NULL, NULL, &held[--n]);
	KUNIT_EXPECT_TRUE(test, !budget->m1 && !budget->m2 && !budget->flows);
	for (i = 0; i < WSA_KNEES; i++)
		KUNIT_EXPECT_EQ(test, budget->bend[i], 0);
	kunit_kfree(test, held);
	kunit_kfree(test, budget);
}

#define WSA_ADMISSION_CASES(X) \
	X(knee__nearest) \
	X(budget__rates_up_to_the_capacity) \
	X(budget__at_once_and_in_the_long_run) \
	X(budget__at_a_knee) \
	X(budget__between_knees) \
	X(budget__flows_of_pool_user_and_namespace) \
	X(budget__change_or_leave) \
	X(budget__capacity) \
	X(budget__largest_numbers) \
	X(budget__random_walk)

#endif /* WSA_TESTS_ADMISSION_CASES_H */
