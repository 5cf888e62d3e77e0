// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of connect_rules_cases.h in a kernel. */
#include <kunit/test.h>
#include <linux/limits.h>

#include "../rules/connect_rules.c"
#include "connect_rules_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_connect_rules_test_cases[] = {
	WSA_CONNECT_RULES_CASES(CASE)
	{}
};

static struct kunit_suite wsa_connect_rules_suite = {
	.name = "wsa_connect_rules",
	.test_cases = wsa_connect_rules_test_cases,
};

kunit_test_suite(wsa_connect_rules_suite);
