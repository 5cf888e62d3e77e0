// SPDX-License-Identifier: GPL-2.0
/*
 * What a pool may still promise. Pure.
 *
 * Curves can be kept when their sum never exceeds what the pool sends. The sum is straight
 * between knees, so it suffices to look at every knee, of which the first is as good as at
 * once, and at the long run; as knees are few and fixed, what is kept of a flow is one number
 * at its knee, and nothing of the flow itself.
 *
 * Sums cannot overflow: what was admitted is at most WSA_RATE_MAX times 2^26 microseconds, and
 * what is new is compared with what is left.
 */
#include "admission.h"

#define STEPS		16	/* to an octave */

static u32 knee_at(unsigned int i)
{
	return i < 2 * STEPS ? i : (STEPS + i % STEPS) << (i / STEPS - 1);
}

/* The last knee not after a time. */
static unsigned int knee_before(u32 microseconds)
{
	unsigned int octave = 0, i;

	for (; microseconds >= 2 * STEPS; microseconds >>= 1)
		octave++;
	i = microseconds + octave * STEPS;
	return i < WSA_KNEES ? i : WSA_KNEES - 1;
}

/**
 * wsa_knee - the time nearest to another at which a curve may bend
 * @microseconds: the time
 * @up: the next one not before it, else the last one not after it
 *
 * Return: microseconds; rounding up past the last gives U32_MAX, which is no knee.
 */
u32 wsa_knee(u32 microseconds, bool up)
{
	unsigned int i = knee_before(microseconds);

	if (!up || knee_at(i) == microseconds)
		return knee_at(i);
	return i + 1 < WSA_KNEES ? knee_at(i + 1) : 0xffffffff;
}

/* The curve as it is counted: one that bends between knees counts for more than it is. */
static struct wsa_curve counted(const struct wsa_curve *promise)
{
	struct wsa_curve curve = *promise;

	curve.d = wsa_knee(curve.d, curve.m1 > curve.m2);
	if (curve.d == 0xffffffff) {
		curve.d = 0;
		curve.m2 = curve.m1;
	}
	if (!curve.d)
		curve.m1 = curve.m2;
	return curve;
}

static u64 served(const struct wsa_curve *curve, u64 time)
{
	if (time <= curve->d)
		return curve->m1 * time;
	return curve->m1 * curve->d + curve->m2 * (time - curve->d);
}

static bool fits(const struct wsa_budget *budget, u64 capacity, const struct wsa_curve *more)
{
	u64 sum = 0, time = 0, next;
	s64 slope = budget->m1;
	unsigned int i;

	if (more->m2 > capacity || budget->m2 > capacity - more->m2)
		return false;
	for (i = 1; i < WSA_KNEES; i++) {
		next = knee_at(i);
		sum += slope * (next - time);
		time = next;
		if (sum > capacity * time || served(more, time) > capacity * time - sum)
			return false;
		slope += budget->bend[i];
	}
	return true;
}

static void count(struct wsa_budget *budget, const struct wsa_curve *curve, int sign)
{
	budget->m1 += sign * (s64)curve->m1;
	budget->m2 += sign * (s64)curve->m2;
	budget->bend[knee_before(curve->d)] += sign * ((s64)curve->m2 - (s64)curve->m1);
}

static bool is_full(const struct wsa_account *account)
{
	return account && account->flows >= account->max_flows;
}

/**
 * wsa_budget_add - admit a flow, and count it
 * @budget: the pool's
 * @user: the flow's owner's, or NULL
 * @net: the network namespace's, or NULL
 * @promise: wsa_plan.promise; all zero for a flow that is only counted
 *
 * Costs one pass over the knees, whatever the number of flows.
 *
 * Return: 0, WSA_QOS_ADMISSION_FAILURE, or WSA_QOS_POLICY_FAILURE when one of the three has no
 * more flows to give. A refusal changes nothing.
 */
u32 wsa_budget_add(struct wsa_budget *budget, struct wsa_account *user,
		   struct wsa_account *net, const struct wsa_curve *promise)
{
	struct wsa_curve curve = counted(promise);

	if (budget->flows >= budget->max_flows || is_full(user) || is_full(net))
		return WSA_QOS_POLICY_FAILURE;
	if (!fits(budget, budget->capacity, &curve))
		return WSA_QOS_ADMISSION_FAILURE;
	count(budget, &curve, 1);
	budget->flows++;
	if (user)
		user->flows++;
	if (net)
		net->flows++;
	return 0;
}

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
		       struct wsa_account *net, const struct wsa_curve *promise)
{
	struct wsa_curve curve = counted(promise);

	count(budget, &curve, -1);
	budget->flows--;
	if (user)
		user->flows--;
	if (net)
		net->flows--;
}

/**
 * wsa_budget_change - replace a flow's promise by another
 * @budget: the pool's
 * @from: what was added
 * @to: what is to be instead
 *
 * Return: 0 or WSA_QOS_ADMISSION_FAILURE, which changes nothing.
 */
u32 wsa_budget_change(struct wsa_budget *budget, const struct wsa_curve *from,
		      const struct wsa_curve *to)
{
	struct wsa_curve old = counted(from), curve = counted(to);
	bool granted;

	count(budget, &old, -1);
	granted = fits(budget, budget->capacity, &curve);
	count(budget, granted ? &curve : &old, 1);
	return granted ? 0 : WSA_QOS_ADMISSION_FAILURE;
}

/**
 * wsa_budget_set_capacity - change what may be promised
 * @budget: the pool's
 * @capacity: octets per second
 *
 * Return: false, and nothing is changed, when more has been promised already or @capacity is
 * above WSA_RATE_MAX.
 */
bool wsa_budget_set_capacity(struct wsa_budget *budget, u64 capacity)
{
	static const struct wsa_curve nothing;

	if (capacity > WSA_RATE_MAX || !fits(budget, capacity, &nothing))
		return false;
	budget->capacity = capacity;
	return true;
}
