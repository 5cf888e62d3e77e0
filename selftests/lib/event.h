/* SPDX-License-Identifier: GPL-2.0 */
/* Selecting and taking network events by the kernel interface. */
#ifndef SELFTESTS_EVENT_H
#define SELFTESTS_EVENT_H

#include <linux/wsa.h>

/**
 * struct taken - what an enumeration gave
 * @errno_: its errno, 0 on success
 * @events: WSA_EVENT_* bits
 * @connect: code of CONNECT, 77 when the kernel did not write it
 * @close: code of CLOSE, likewise
 */
struct taken {
	int errno_;
	unsigned int events;
	unsigned int connect;
	unsigned int close;
};

int event_new(void);
int event_select(int fd, int event, unsigned int mask, unsigned int flags);
struct taken event_take(int fd, int reset);
bool event_set(int event);
bool event_comes(int event);

/* EXPECT_EVENTS - @event is set, and these are the events; both are used up */
#define EXPECT_EVENTS(want, fd, event) \
	do { \
		EXPECT_TRUE(event_comes(event)); \
		EXPECT_EQ((unsigned int)(want), event_take(fd, event).events); \
		EXPECT_FALSE(event_set(event)); \
	} while (0)

/* EXPECT_NO_EVENTS - neither the one nor the other */
#define EXPECT_NO_EVENTS(fd, event) \
	do { \
		EXPECT_FALSE(event_set(event)); \
		EXPECT_EQ(0U, event_take(fd, -1).events); \
	} while (0)

#endif /* SELFTESTS_EVENT_H */
