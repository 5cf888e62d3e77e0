/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/netevent.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_NETEVENT_CASES_H
#define WSA_TESTS_NETEVENT_CASES_H

#include "../rules/netevent.h"

/* The yes-or-no facts as bits. */
enum {
	IS_STREAM = 1 << 0,
	IS_LISTENS = 1 << 1,
	IS_ACCEPTABLE = 1 << 2,
	IS_OVER = 1 << 3,
	IS_ESTABLISHED = 1 << 4,
	IS_ENDED = 1 << 5,
	IS_ABORTED = 1 << 6,
	IS_URGENT = 1 << 7,
	IS_READABLE = 1 << 8,
	IS_WRITABLE = 1 << 9,
	IS_BOUND = 1 << 10,
	IS_LOST = 1 << 11,
	EVENT_FACTS = 1 << 12,
};

static struct wsa_event_facts facts_from(unsigned int bits, u16 attempt_error)
{
	return (struct wsa_event_facts){
		.stream = bits & IS_STREAM,
		.listening = bits & IS_LISTENS,
		.acceptable = bits & IS_ACCEPTABLE,
		.attempt_over = bits & IS_OVER,
		.attempt_error = attempt_error,
		.established = bits & IS_ESTABLISHED,
		.ended = bits & IS_ENDED,
		.aborted = bits & IS_ABORTED,
		.urgent = bits & IS_URGENT,
		.readable = bits & IS_READABLE,
		.writable = bits & IS_WRITABLE,
		.bound = bits & IS_BOUND,
		.flow_lost = bits & IS_LOST,
	};
}

/* When an event is a condition: all of @with, none of @without. */
static const struct {
	u32 event;
	unsigned int with;
	unsigned int without;
} conditions[] = {
	{ WSA_EVENT_READ, IS_READABLE, IS_STREAM },
	{ WSA_EVENT_WRITE, IS_WRITABLE | IS_BOUND, IS_STREAM },
	{ WSA_EVENT_CONNECT, IS_OVER, IS_STREAM },
	{ WSA_EVENT_ACCEPT, IS_STREAM | IS_LISTENS | IS_ACCEPTABLE, 0 },
	{ WSA_EVENT_CONNECT, IS_STREAM | IS_OVER, IS_LISTENS },
	{ WSA_EVENT_READ, IS_STREAM | IS_ESTABLISHED | IS_READABLE, IS_LISTENS | IS_ABORTED },
	{ WSA_EVENT_WRITE, IS_STREAM | IS_ESTABLISHED | IS_WRITABLE, IS_LISTENS | IS_ABORTED },
	{ WSA_EVENT_OOB, IS_STREAM | IS_ESTABLISHED | IS_URGENT, IS_LISTENS | IS_ABORTED },
	{ WSA_EVENT_CLOSE, IS_STREAM | IS_ESTABLISHED | IS_ENDED, IS_LISTENS },
	{ WSA_EVENT_QOS, IS_LOST, 0 },
};

static u32 conditions_of(unsigned int bits)
{
	u32 events = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(conditions); i++)
		if ((bits & conditions[i].with) == conditions[i].with &&
		    !(bits & conditions[i].without))
			events |= conditions[i].event;
	return events;
}

static void post__every_combination_of_facts__r208_r209_r211_r216_r223(struct kunit *test)
{
	unsigned int bits;

	for (bits = 0; bits < EVENT_FACTS; bits++) {
		struct wsa_event_facts facts = facts_from(bits, 0);
		struct wsa_netevent record = { .mask = WSA_EVENT_ALL };
		bool signal = wsa_event_post(&record, &facts);

		KUNIT_EXPECT_EQ_MSG(test, record.pending, conditions_of(bits),
				    "facts %#x: %#x", bits, record.pending);
		KUNIT_EXPECT_EQ_MSG(test, record.reported, record.pending,
				    "facts %#x: reported %#x", bits, record.reported);
		KUNIT_EXPECT_EQ_MSG(test, signal, !!record.pending, "facts %#x: signal", bits);
		KUNIT_EXPECT_TRUE(test, !wsa_event_post(&record, &facts));
	}
}

static void post__codes__r211_r216_r223_r224(struct kunit *test)
{
	struct wsa_event_facts facts = facts_from(IS_STREAM | IS_OVER, WSAECONNREFUSED);
	struct wsa_netevent record = { .mask = WSA_EVENT_ALL };
	u32 error[WSA_EVENT_MAX] = { 0 };

	wsa_event_post(&record, &facts);
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_CONNECT);
	KUNIT_EXPECT_EQ(test, error[4], WSAECONNREFUSED);

	wsa_event_enable(&record, WSA_EVENT_CONNECT);
	facts = facts_from(IS_STREAM | IS_OVER | IS_ESTABLISHED |
						  IS_WRITABLE, 0);
	wsa_event_post(&record, &facts);
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_CONNECT | WSA_EVENT_WRITE);
	KUNIT_EXPECT_EQ(test, error[4], 0);

	facts = facts_from(IS_STREAM | IS_OVER | IS_ESTABLISHED | IS_ENDED, 0);
	error[5] = 1;
	wsa_event_post(&record, &facts);
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_CLOSE);
	KUNIT_EXPECT_EQ(test, error[5], 0);

	record = (struct wsa_netevent){ .mask = WSA_EVENT_ALL };
	facts = facts_from(IS_STREAM | IS_ESTABLISHED | IS_ENDED | IS_ABORTED, 0);
	wsa_event_post(&record, &facts);
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_CLOSE);
	KUNIT_EXPECT_EQ(test, error[5], WSAECONNABORTED);
}

static void post__told_until_enabled__r209_r220_r222(struct kunit *test)
{
	struct wsa_event_facts ready = facts_from(IS_STREAM | IS_ESTABLISHED | IS_READABLE |
						  IS_WRITABLE, 0);
	struct wsa_event_facts empty = facts_from(IS_STREAM | IS_ESTABLISHED | IS_WRITABLE, 0);
	struct wsa_netevent record = { .mask = WSA_EVENT_ALL };
	u32 error[WSA_EVENT_MAX] = { 0 };

	KUNIT_EXPECT_TRUE(test, wsa_event_post(&record, &ready));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_READ | WSA_EVENT_WRITE);
	KUNIT_EXPECT_TRUE(test, !wsa_event_post(&record, &ready));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), 0);

	wsa_event_enable(&record, WSA_EVENT_READ);
	KUNIT_EXPECT_TRUE(test, !wsa_event_post(&record, &empty));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), 0);
	KUNIT_EXPECT_TRUE(test, wsa_event_post(&record, &ready));
	KUNIT_EXPECT_EQ(test, record.pending, WSA_EVENT_READ);

	/* read before anybody took the event: it is not left behind */
	wsa_event_enable(&record, WSA_EVENT_READ);
	wsa_event_post(&record, &empty);
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), 0);
}

static void mask__keeps_what_it_leaves_out__r214_r215_r219(struct kunit *test)
{
	struct wsa_event_facts facts = facts_from(IS_STREAM | IS_OVER | IS_ESTABLISHED |
						  IS_WRITABLE, 0);
	struct wsa_netevent record = { .mask = WSA_EVENT_CONNECT };
	u32 error[WSA_EVENT_MAX] = { 0 };

	KUNIT_EXPECT_TRUE(test, wsa_event_post(&record, &facts));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_CONNECT);
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), 0);
	KUNIT_EXPECT_TRUE(test, !wsa_event_choose(&record, WSA_EVENT_READ, false, &facts));
	KUNIT_EXPECT_TRUE(test, wsa_event_choose(&record, WSA_EVENT_WRITE, false, &facts));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_WRITE);

	/* what is not selected does not signal */
	record = (struct wsa_netevent){ .mask = WSA_EVENT_READ };
	KUNIT_EXPECT_TRUE(test, !wsa_event_post(&record, &facts));
	KUNIT_EXPECT_EQ(test, record.pending, WSA_EVENT_CONNECT | WSA_EVENT_WRITE);
}

static void choose__again_repeats_nothing__r212_r213(struct kunit *test)
{
	struct wsa_event_facts facts = facts_from(IS_STREAM | IS_OVER | IS_ESTABLISHED |
						  IS_WRITABLE, 0);
	struct wsa_netevent record = { 0 };
	u32 error[WSA_EVENT_MAX] = { 0 };

	KUNIT_EXPECT_TRUE(test, wsa_event_choose(&record, WSA_EVENT_ALL, false, &facts));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_CONNECT | WSA_EVENT_WRITE);
	KUNIT_EXPECT_TRUE(test, !wsa_event_choose(&record, 0, false, &facts));
	KUNIT_EXPECT_TRUE(test, !wsa_event_choose(&record, WSA_EVENT_ALL, false, &facts));
}

static void choose__messages__r212_r213_r214(struct kunit *test)
{
	struct wsa_event_facts facts = facts_from(IS_STREAM | IS_OVER | IS_ESTABLISHED |
						  IS_WRITABLE, 0);
	struct wsa_netevent record = { 0 };
	u32 error[WSA_EVENT_MAX] = { 0 };

	KUNIT_EXPECT_TRUE(test, wsa_event_choose(&record, WSA_EVENT_ALL, true, &facts));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_WRITE);
	KUNIT_EXPECT_TRUE(test, wsa_event_choose(&record, WSA_EVENT_ALL, true, &facts));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_WRITE);

	/* an attempt whose outcome comes later is told of */
	record = (struct wsa_netevent){ 0 };
	facts = facts_from(IS_STREAM, 0);
	KUNIT_EXPECT_TRUE(test, !wsa_event_choose(&record, WSA_EVENT_ALL, true, &facts));
	facts = facts_from(IS_STREAM | IS_OVER, WSAETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, wsa_event_post(&record, &facts));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_CONNECT);
	KUNIT_EXPECT_EQ(test, error[4], WSAETIMEDOUT);
}

/* A window is told of a datagram socket what an event object is not, and the reverse. */
static void choose__messages_of_datagrams__r176_r177(struct kunit *test)
{
	struct wsa_event_facts fresh = facts_from(IS_WRITABLE, 0);
	struct wsa_event_facts aimed = facts_from(IS_WRITABLE | IS_BOUND | IS_OVER, 0);
	struct wsa_netevent record = { 0 };
	u32 error[WSA_EVENT_MAX] = { 0 };

	KUNIT_EXPECT_TRUE(test, !wsa_event_choose(&record, WSA_EVENT_ALL, false, &fresh));
	KUNIT_EXPECT_TRUE(test, wsa_event_post(&record, &aimed));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_CONNECT | WSA_EVENT_WRITE);

	KUNIT_EXPECT_TRUE(test, wsa_event_choose(&record, WSA_EVENT_ALL, true, &fresh));
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_WRITE);
	KUNIT_EXPECT_TRUE(test, !wsa_event_post(&record, &aimed));
}

static void take__leaves_other_codes_alone__r210(struct kunit *test)
{
	struct wsa_event_facts facts = facts_from(IS_STREAM | IS_ESTABLISHED | IS_READABLE, 0);
	struct wsa_netevent record = { .mask = WSA_EVENT_ALL };
	u32 error[WSA_EVENT_MAX];
	int i;

	memset(error, 0xab, sizeof(error));
	wsa_event_post(&record, &facts);
	KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), WSA_EVENT_READ);
	KUNIT_EXPECT_EQ(test, error[0], 0);
	for (i = 1; i < WSA_EVENT_MAX; i++)
		KUNIT_EXPECT_EQ(test, error[i], 0xabababab);
}

static void inherit__selection_without_events__r225(struct kunit *test)
{
	struct wsa_netevent listener = {
		.mask = WSA_EVENT_ACCEPT | WSA_EVENT_WRITE,
		.pending = WSA_EVENT_ACCEPT,
		.reported = WSA_EVENT_ACCEPT,
	};
	struct wsa_event_facts facts = facts_from(IS_STREAM | IS_ESTABLISHED | IS_WRITABLE, 0);
	struct wsa_netevent child = { 0 };

	wsa_event_inherit(&child, &listener);
	KUNIT_EXPECT_EQ(test, child.mask, listener.mask);
	KUNIT_EXPECT_EQ(test, child.pending | child.reported, 0);
	KUNIT_EXPECT_TRUE(test, wsa_event_post(&child, &facts));
	KUNIT_EXPECT_EQ(test, child.pending, WSA_EVENT_WRITE);
}

/* Whatever is done in whatever order: nothing waits that was not recorded, none is lost. */
static void record__random_walk__r209_r219_r221(struct kunit *test)
{
	struct wsa_netevent record = { 0 };
	u32 error[WSA_EVENT_MAX] = { 0 };
	u32 random = 12345, step, enabled, before;
	struct wsa_event_facts facts;
	unsigned int bits;

	for (step = 0; step < 200000; step++) {
		random = random * 1664525 + 1013904223;
		bits = random >> 8 & (EVENT_FACTS - 1);
		facts = facts_from(bits, 0);
		enabled = random >> 20 & WSA_EVENT_ALL;
		before = record.pending;
		switch (random >> 30) {
		case 0:
			wsa_event_enable(&record, enabled);
			KUNIT_EXPECT_EQ(test, record.pending, before & ~enabled);
			break;
		case 1:
			wsa_event_choose(&record, enabled, random & 64, &facts);
			KUNIT_EXPECT_EQ(test, record.mask, enabled);
			break;
		case 2:
			KUNIT_EXPECT_EQ(test, wsa_event_take(&record, error), before & record.mask);
			KUNIT_EXPECT_EQ(test, record.pending, before & ~record.mask);
			break;
		}
		wsa_event_post(&record, &facts);
		KUNIT_EXPECT_EQ(test, record.pending & ~record.reported, 0);
		if (!record.messages)
			KUNIT_EXPECT_EQ(test, conditions_of(bits) & ~record.reported, 0);
	}
}

#define WSA_NETEVENT_CASES(X) \
	X(post__every_combination_of_facts__r208_r209_r211_r216_r223) \
	X(post__codes__r211_r216_r223_r224) \
	X(post__told_until_enabled__r209_r220_r222) \
	X(mask__keeps_what_it_leaves_out__r214_r215_r219) \
	X(choose__again_repeats_nothing__r212_r213) \
	X(choose__messages__r212_r213_r214) \
	X(choose__messages_of_datagrams__r176_r177) \
	X(take__leaves_other_codes_alone__r210) \
	X(inherit__selection_without_events__r225) \
	X(record__random_walk__r209_r219_r221)

#endif /* WSA_TESTS_NETEVENT_CASES_H */
