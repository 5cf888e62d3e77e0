// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of admission_cases.h in a kernel. */
#include <kunit/test.h>

#include "../rules/admission.c"
#include "admission_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_admission_test_cases[] = {
	WSA_ADMISSION_CASES(CASE)
	{}
};

static struct kunit_suite wsa_admission_suite = {
	.name = "wsa_admission",
	.test_cases = wsa_admission_test_cases,
};

kunit_test_suite(wsa_admission_suite);
