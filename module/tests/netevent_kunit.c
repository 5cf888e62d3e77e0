// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of netevent_cases.h in a kernel. */
#include <kunit/test.h>

#include "../rules/netevent.c"
#include "netevent_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_netevent_test_cases[] = {
	WSA_NETEVENT_CASES(CASE)
	{}
};

static struct kunit_suite wsa_netevent_suite = {
	.name = "wsa_netevent",
	.test_cases = wsa_netevent_test_cases,
};

kunit_test_suite(wsa_netevent_suite);
