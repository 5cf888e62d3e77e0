// SPDX-License-Identifier: GPL-2.0
/*
 * Products of 128 bits and quotients of 64. Pure.
 *
 * Not every kernel has a type for it, and none divides by one. This is for the moment a flow
 * is asked for, not for packets: it is as short as it can be, not as fast.
 */
#include "wide.h"

/**
 * wsa_wide_mul - multiply
 * @a: one factor
 * @b: the other
 *
 * Return: the product; it always fits.
 */
struct wsa_wide wsa_wide_mul(u64 a, u64 b)
{
	u64 low = (a & 0xffffffff) * (b & 0xffffffff);
	u64 mid = (a >> 32) * (b & 0xffffffff) + (low >> 32);
	u64 mid2 = (a & 0xffffffff) * (b >> 32) + (mid & 0xffffffff);

	return (struct wsa_wide){
		.hi = (a >> 32) * (b >> 32) + (mid >> 32) + (mid2 >> 32),
		.lo = mid2 << 32 | (low & 0xffffffff),
	};
}

/**
 * wsa_wide_scale - multiply by 32 bits
 * @a: below 2^96
 * @by: the other factor
 *
 * Return: the product.
 */
struct wsa_wide wsa_wide_scale(struct wsa_wide a, u32 by)
{
	struct wsa_wide product = wsa_wide_mul(a.lo, by);

	product.hi += a.hi * by;
	return product;
}

/**
 * wsa_wide_add - add
 * @a: below 2^127
 * @b: below 2^127
 *
 * Return: the sum.
 */
struct wsa_wide wsa_wide_add(struct wsa_wide a, struct wsa_wide b)
{
	u64 lo = a.lo + b.lo;

	return (struct wsa_wide){ .hi = a.hi + b.hi + (lo < a.lo), .lo = lo };
}

/**
 * wsa_wide_less - compare
 * @a: one
 * @b: the other
 *
 * Return: true when @a is below @b.
 */
bool wsa_wide_less(struct wsa_wide a, struct wsa_wide b)
{
	return a.hi != b.hi ? a.hi < b.hi : a.lo < b.lo;
}

/**
 * wsa_wide_div - divide
 * @a: what
 * @by: below 2^127
 * @up: round up, else down
 *
 * Return: the quotient; U64_MAX when it does not fit or @by is 0.
 */
u64 wsa_wide_div(struct wsa_wide a, struct wsa_wide by, bool up)
{
	struct wsa_wide rest = { 0 };
	u64 quotient = 0;
	int i;

	for (i = 0; i < 128; i++) {
		rest.hi = rest.hi << 1 | rest.lo >> 63;
		rest.lo = rest.lo << 1 | a.hi >> 63;
		a.hi = a.hi << 1 | a.lo >> 63;
		a.lo <<= 1;
		if (quotient >> 63)
			return ~(u64)0;
		quotient <<= 1;
		if (!wsa_wide_less(rest, by)) {
			rest.hi -= by.hi + (rest.lo < by.lo);
			rest.lo -= by.lo;
			quotient |= 1;
		}
	}
	return up && (rest.hi || rest.lo) ? wsa_add(quotient, 1) : quotient;
}

/**
 * wsa_mul_div - multiply, divide and round up
 * @a: one factor
 * @b: the other
 * @by: below 2^63
 *
 * Return: @a * @b / @by; U64_MAX when it does not fit or @by is 0.
 */
u64 wsa_mul_div(u64 a, u64 b, u64 by)
{
	return wsa_wide_div(wsa_wide_mul(a, b), (struct wsa_wide){ .lo = by }, true);
}

/**
 * wsa_add - add up to a limit
 * @a: one
 * @b: the other
 *
 * Return: the sum, U64_MAX when it does not fit.
 */
u64 wsa_add(u64 a, u64 b)
{
	return a + b < a ? ~(u64)0 : a + b;
}
