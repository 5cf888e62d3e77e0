/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a test must not leave behind. A socket holds a reference on the module until
 * the last descriptor is gone, and counts as made and as gone in its namespace.
 */
#ifndef SELFTESTS_LEFT_H
#define SELFTESTS_LEFT_H

#include <stdbool.h>

unsigned long wsa_counter(const char *name);
int wsa_references(void);
bool close_all_sockets_gone(void);
bool nothing_left(void);

/* COUNTERS_BALANCE - for a teardown: nobody but this case used the namespace */
#define COUNTERS_BALANCE() EXPECT_TRUE(close_all_sockets_gone())

/* NOTHING_LEFT - the last case of a program */
#define NOTHING_LEFT() \
	FIXTURE(left) {}; \
	FIXTURE_SETUP(left) {} \
	FIXTURE_TEARDOWN(left) {} \
	TEST_F_TIMEOUT(left, module_is_unused_again, 120) { EXPECT_TRUE(nothing_left()); }

#endif /* SELFTESTS_LEFT_H */
