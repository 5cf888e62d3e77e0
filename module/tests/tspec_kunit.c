// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of tspec_cases.h in a kernel. */
#include <kunit/test.h>

#include "../rules/tspec.c"
#include "../rules/wide.c"
#include "tspec_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_tspec_test_cases[] = {
	WSA_TSPEC_CASES(CASE)
	{}
};

static struct kunit_suite wsa_tspec_suite = {
	.name = "wsa_tspec",
	.test_cases = wsa_tspec_test_cases,
};

kunit_test_suite(wsa_tspec_suite);
