// SPDX-License-Identifier: GPL-2.0
/* Runs the cases of packet_cases.h in a kernel. */
#include <kunit/test.h>

#include "../rules/packet.c"
#include "packet_cases.h"

#define CASE(name) KUNIT_CASE(name),
static struct kunit_case wsa_packet_test_cases[] = {
	WSA_PACKET_CASES(CASE)
	{}
};

static struct kunit_suite wsa_packet_suite = {
	.name = "wsa_packet",
	.test_cases = wsa_packet_test_cases,
};

kunit_test_suite(wsa_packet_suite);
