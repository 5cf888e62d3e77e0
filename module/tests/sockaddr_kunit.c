// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of sockaddr_cases.h in a kernel. */
#include <kunit/test.h>
#include <linux/limits.h>

#include "../rules/sockaddr.c"
#include "sockaddr_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_sockaddr_test_cases[] = {
	WSA_SOCKADDR_CASES(CASE)
	{}
};

static struct kunit_suite wsa_sockaddr_suite = {
	.name = "wsa_sockaddr",
	.test_cases = wsa_sockaddr_test_cases,
};

kunit_test_suite(wsa_sockaddr_suite);
