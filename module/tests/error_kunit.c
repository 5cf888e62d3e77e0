// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of error_cases.h in a kernel. */
#include <kunit/test.h>
#include <linux/limits.h>

#include "../rules/error.c"
#include "error_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_error_test_cases[] = {
	WSA_ERROR_CASES(CASE)
	{}
};

static struct kunit_suite wsa_error_suite = {
	.name = "wsa_error",
	.test_cases = wsa_error_test_cases,
};

kunit_test_suite(wsa_error_suite);

MODULE_DESCRIPTION("Tests of the Winsock rules");
MODULE_LICENSE("GPL");
