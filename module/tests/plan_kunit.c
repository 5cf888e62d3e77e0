// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of plan_cases.h in a kernel. */
#include <kunit/test.h>

#include "../rules/plan.c"
#include "plan_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_plan_test_cases[] = {
	WSA_PLAN_CASES(CASE)
	{}
};

static struct kunit_suite wsa_plan_suite = {
	.name = "wsa_plan",
	.test_cases = wsa_plan_test_cases,
};

kunit_test_suite(wsa_plan_suite);
