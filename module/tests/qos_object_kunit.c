// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of qos_object_cases.h in a kernel. */
#include <kunit/test.h>

#include "../rules/qos_object.c"
#include "qos_object_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_qos_object_test_cases[] = {
	WSA_QOS_OBJECT_CASES(CASE)
	{}
};

static struct kunit_suite wsa_qos_object_suite = {
	.name = "wsa_qos_object",
	.test_cases = wsa_qos_object_test_cases,
};

kunit_test_suite(wsa_qos_object_suite);
