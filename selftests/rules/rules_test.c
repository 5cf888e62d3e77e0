// SPDX-License-Identifier: GPL-2.0
/* Runs the KUnit cases of the rules in user space, under sanitizers. */
#include "kunit_shim.h"

#include "../../module/rules/types.h"
#include "../../module/tests/error_cases.h"
#include "../../module/tests/sockaddr_cases.h"
#include "../../module/tests/connect_rules_cases.h"
#include "../../module/tests/netevent_cases.h"
#include "../../module/tests/tspec_cases.h"
#include "../../module/tests/flowspec_cases.h"
#include "../../module/tests/qos_object_cases.h"
#include "../../module/tests/plan_cases.h"
#include "../../module/tests/admission_cases.h"
#include "../../module/tests/packet_cases.h"
#include "../../module/tests/cotp_cases.h"
#include "../../module/tests/cotp_rules_cases.h"

#define CASE(name) KUNIT_CASE(name),
static const struct kunit_case cases[] = {
	WSA_ERROR_CASES(CASE)
	WSA_CONNECT_RULES_CASES(CASE)
	WSA_SOCKADDR_CASES(CASE)
	WSA_NETEVENT_CASES(CASE)
	WSA_TSPEC_CASES(CASE)
	WSA_FLOWSPEC_CASES(CASE)
	WSA_QOS_OBJECT_CASES(CASE)
	WSA_PLAN_CASES(CASE)
	WSA_ADMISSION_CASES(CASE)
	WSA_PACKET_CASES(CASE)
	WSA_COTP_CASES(CASE)
	WSA_COTP_RULES_CASES(CASE)
};

int main(void)
{
	unsigned int failed = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kunit test = { 0 };

		cases[i].run(&test);
		printf("%sok %s\n", test.faults ? "not " : "", cases[i].name);
		fflush(stdout);
		failed += !!test.faults;
	}
	return !!failed;
}
