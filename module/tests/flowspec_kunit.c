// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of flowspec_cases.h in a kernel. */
#include <kunit/test.h>

#include "../rules/flowspec.c"
#include "flowspec_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_flowspec_test_cases[] = {
	WSA_FLOWSPEC_CASES(CASE)
	{}
};

static struct kunit_suite wsa_flowspec_suite = {
	.name = "wsa_flowspec",
	.test_cases = wsa_flowspec_test_cases,
};

kunit_test_suite(wsa_flowspec_suite);
