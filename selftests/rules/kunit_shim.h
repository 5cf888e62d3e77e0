/* SPDX-License-Identifier: GPL-2.0 */
/* The few words of KUnit that the cases in module/tests use, for user space. */
#ifndef WSA_SELFTESTS_KUNIT_SHIM_H
#define WSA_SELFTESTS_KUNIT_SHIM_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct kunit {
	unsigned int faults;
};

struct kunit_case {
	const char *name;
	void (*run)(struct kunit *test);
};

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define GFP_KERNEL		0

#define KUNIT_CASE(case_)	{ #case_, case_ }

#define KUNIT_FAIL(test, ...)						\
	do {								\
		(test)->faults++;					\
		printf("# %s:%d: ", __FILE__, __LINE__);		\
		printf(__VA_ARGS__);					\
		printf("\n");						\
	} while (0)

#define KUNIT_EXPECT_TRUE_MSG(test, condition, ...)			\
	do {								\
		if (!(condition))					\
			KUNIT_FAIL(test, __VA_ARGS__);			\
	} while (0)

#define KUNIT_EXPECT_TRUE(test, condition)				\
	KUNIT_EXPECT_TRUE_MSG(test, condition, "%s", #condition)

#define KUNIT_EXPECT_EQ_MSG(test, left, right, ...)			\
	KUNIT_EXPECT_TRUE_MSG(test, (left) == (right), __VA_ARGS__)

#define KUNIT_EXPECT_EQ(test, left, right)				\
	KUNIT_EXPECT_EQ_MSG(test, left, right, "%s is %lld, not %s",	\
			    #left, (long long)(left), #right)

static inline void *kunit_kzalloc(struct kunit *test, size_t size, int gfp)
{
	(void)test;
	(void)gfp;
	return calloc(1, size);
}

static inline void kunit_kfree(struct kunit *test, void *buffer)
{
	(void)test;
	free(buffer);
}

#endif /* WSA_SELFTESTS_KUNIT_SHIM_H */
