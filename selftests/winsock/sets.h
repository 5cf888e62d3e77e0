/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of select share: a set of one socket, and in which sets it stays. */
#ifndef SELFTESTS_SETS_H
#define SELFTESTS_SETS_H

#define FD_SETSIZE 4096
#include "case.h"

/* Sets, as bits. */
enum { R = 1, W = 2, X = 4, ALL = R | W | X };

enum { HUNG = 60000 };

static inline struct timeval in_ms(int ms)
{
	return (struct timeval){ ms / 1000, ms % 1000 * 1000 };
}

static inline fd_set just(SOCKET s)
{
	fd_set set;

	FD_ZERO(&set);
	FD_SET(s, &set);
	return set;
}

/* The sets that a socket stays in, of those that are asked for; or minus the code. */
static inline int stays(SOCKET s, int asked, int ms)
{
	fd_set r = just(s), w = r, x = r;
	struct timeval timeout = in_ms(ms), before = timeout;
	int ret, sets = 0;

	WSASetLastError(POISON_CODE);
	ret = select(-5, asked & R ? &r : NULL, asked & W ? &w : NULL, asked & X ? &x : NULL,
		     &timeout);
	if (memcmp(&timeout, &before, sizeof(timeout)))
		return 0x100;		/* row 189 */
	if (ret == SOCKET_ERROR)
		return -WSAGetLastError();
	if (WSAGetLastError())
		return 0x200;
	sets |= asked & R && FD_ISSET(s, &r) ? R : 0;
	sets |= asked & W && FD_ISSET(s, &w) ? W : 0;
	sets |= asked & X && FD_ISSET(s, &x) ? X : 0;
	if (ret != !!(sets & R) + !!(sets & W) + !!(sets & X))
		return 0x400;
	return sets;
}

/* Not ready, at once and later, and the wait is no busy one. */
#define EXPECT_WAITS(s, asked) \
	do { \
		long cpu_ = host_cpu_ms(); \
		EXPECT_EQ(0, stays(s, asked, 0)); \
		EXPECT_EQ(0, stays(s, asked, 500)); \
		EXPECT_GT(250, host_cpu_ms() - cpu_); \
	} while (0)

#define EXPECT_STAYS(sets, s, asked) \
	do { \
		EXPECT_EQ(sets, stays(s, asked, HUNG)); \
		EXPECT_EQ(sets, stays(s, asked, 0)); \
	} while (0)

#endif /* SELFTESTS_SETS_H */
