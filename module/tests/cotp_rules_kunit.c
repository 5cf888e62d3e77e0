// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of cotp_rules_cases.h in a kernel. */
#include <kunit/test.h>
#include <linux/limits.h>

#include "../rules/cotp_rules.c"
#include "cotp_rules_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_cotp_rules_test_cases[] = {
	WSA_COTP_RULES_CASES(CASE)
	{}
};

static struct kunit_suite wsa_cotp_rules_suite = {
	.name = "wsa_cotp_rules",
	.test_cases = wsa_cotp_rules_test_cases,
};

kunit_test_suite(wsa_cotp_rules_suite);
