/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/qos_object.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_QOS_OBJECT_CASES_H
#define WSA_TESTS_QOS_OBJECT_CASES_H

#include "../rules/qos_object.h"

#define WORDS_MAX	10
#define END		2001, 8
#define SD_MODE		2002
#define SHAPING_RATE	2003
#define DESTADDR	2004
#define DS_CLASS	4001
#define TRAFFIC_CLASS	4002
#define DIFFSERV	4003

#define UNSAID		{ WSA_EXCESS_DEFAULT, 0, WSA_MARK_DEFAULT, WSA_MARK_DEFAULT }

static const struct wsa_qos_objects unsaid = UNSAID;

static bool same_objects(const struct wsa_qos_objects *a, const struct wsa_qos_objects *b)
{
	return a->excess == b->excess && a->shaping_rate == b->shaping_rate &&
	       a->dscp == b->dscp && a->user_priority == b->user_priority && a->dest == b->dest &&
	       a->dest_len == b->dest_len;
}

/* Parses a copy that ends where its allocation ends. */
static u32 parse_list(struct kunit *test, const void *list, size_t len,
		      struct wsa_qos_objects *objects)
{
	u8 *exact = kunit_kzalloc(test, len + !len, GFP_KERNEL);
	u32 status;

	memset(objects, 0xa5, sizeof(*objects));
	if (!exact) {
		KUNIT_FAIL(test, "out of memory");
		return 0;
	}
	memcpy(exact, list, len);
	status = wsa_qos_objects_parse(exact, len, objects);
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(exact, list, len), "the list was changed");
	if (status)
		KUNIT_EXPECT_TRUE_MSG(test, same_objects(objects, &unsaid),
				      "status %u and something left", status);
	kunit_kfree(test, exact);
	return status;
}

static const struct {
	const char *desc;
	u32 len;
	u32 list[WORDS_MAX];
	u32 status;
	struct wsa_qos_objects objects;
} lists[] = {
	{ "no object", 0, { 0 }, 0, UNSAID },
	{ "the end", 8, { END }, 0, UNSAID },
	{ "behind the end", 20, { END, SD_MODE, 12, 99 }, 0, UNSAID },
	{ "no end", 12, { SD_MODE, 12, 1 }, 0,
	  { 1, 0, 0xff, 0xff } },
	{ "borrow", 20, { SD_MODE, 12, 0, END }, 0,
	  { WSA_EXCESS_BORROW, 0, 0xff, 0xff } },
	{ "discard", 20, { SD_MODE, 12, 2, END }, 0,
	  { WSA_EXCESS_DISCARD, 0, 0xff, 0xff } },
	{ "borrow plus", 20, { SD_MODE, 12, 3, END }, 0,
	  { WSA_EXCESS_BORROW_PLUS, 0, 0xff, 0xff } },
	{ "the later counts", 24, { SD_MODE, 12, 3, SD_MODE, 12, 1 }, 0,
	  { WSA_EXCESS_SHAPE, 0, 0xff, 0xff } },
	{ "longer than it need be", 16, { SD_MODE, 16, 1, 77 }, 0,
	  { WSA_EXCESS_SHAPE, 0, 0xff, 0xff } },
	{ "shaping rate", 12, { SHAPING_RATE, 12, 64000 }, 0,
	  { WSA_EXCESS_DEFAULT, 64000, 0xff, 0xff } },
	{ "fastest shaping rate", 12, { SHAPING_RATE, 12, 0xfffffffd }, 0,
	  { WSA_EXCESS_DEFAULT, 0xfffffffd, 0xff, 0xff } },
	{ "infinite shaping rate", 12, { SHAPING_RATE, 12, 0xfffffffe }, 0, UNSAID },
	{ "address of 64 bits", 24, { DESTADDR, 24, 0x1000, 0x7fff, 16, 0 }, 0,
	  { WSA_EXCESS_DEFAULT, 0, 0xff, 0xff, 0x7fff00001000ULL, 16 } },
	{ "address of 32 bits", 16, { DESTADDR, 16, 0x1000, 28 }, 0,
	  { WSA_EXCESS_DEFAULT, 0, 0xff, 0xff, 0x1000, 28 } },
	{ "code point", 12, { DS_CLASS, 12, 0x3f }, 0,
	  { WSA_EXCESS_DEFAULT, 0, 0x3f, 0xff } },
	{ "user priority", 12, { TRAFFIC_CLASS, 12, 7 }, 0,
	  { WSA_EXCESS_DEFAULT, 0, 0xff, 7 } },
	{ "several", 36, { DS_CLASS, 12, 46, TRAFFIC_CLASS, 12, 6, SD_MODE, 12, 1 }, 0,
	  { WSA_EXCESS_SHAPE, 0, 46, 6 } },
	{ "rules, the second for 0", 24, { DIFFSERV, 24, 2, 0x0103020a, 0x002e0001, 0x00000501 },
	  0, { WSA_EXCESS_DEFAULT, 0, 46, 1 } },
	{ "rules, none for 0", 20, { DIFFSERV, 20, 1, 0x0503020a, 0x00000001 }, 0, UNSAID },
	{ "rules of largest numbers", 24, { DIFFSERV, 24, 2, 0x073f3f3f, 0x3f3f0007, 0x0707 }, 0,
	  { WSA_EXCESS_DEFAULT, 0, 0x3f, 7 } },
	{ "no rules", 12, { DIFFSERV, 12, 0 }, 0, UNSAID },
	{ "rules and a code point", 36, { DS_CLASS, 12, 46, DIFFSERV, 12, 0, TRAFFIC_CLASS, 12, 6 },
	  0, UNSAID },
	{ "without a meaning here", 36, { 4004, 8, 1000, 20, 1, 2, 3, 4005, 8 }, 0, UNSAID },

	{ "half a head", 7, { SD_MODE, 12 }, WSA_QOS_EPROVSPECBUF },
	{ "a head less", 12, { 4004, 8, 4004 }, WSA_QOS_EPROVSPECBUF },
	{ "list too short", 11, { SD_MODE, 12, 1 }, WSA_QOS_EPROVSPECBUF },
	{ "end too long", 8, { 2001, 9 }, WSA_QOS_EPROVSPECBUF },
	{ "length of all ones", 12, { SD_MODE, 0xffffffff, 1 }, WSA_QOS_EPROVSPECBUF },
	{ "length 0", 12, { SD_MODE, 0, 1 }, WSA_QOS_EOBJLENGTH },
	{ "length below a head", 12, { SD_MODE, 7, 1 }, WSA_QOS_EOBJLENGTH },
	{ "end of length 0", 8, { 2001, 0 }, WSA_QOS_EOBJLENGTH },
	{ "mode without one", 8, { SD_MODE, 8 }, WSA_QOS_EOBJLENGTH },
	{ "mode of three octets", 12, { SD_MODE, 11, 1 }, WSA_QOS_EOBJLENGTH },
	{ "rate without one", 8, { SHAPING_RATE, 8 }, WSA_QOS_EOBJLENGTH },
	{ "address too short", 15, { DESTADDR, 15, 0x1000, 28 }, WSA_QOS_EOBJLENGTH },
	{ "status too short", 16, { 1000, 16, 1, 2 }, WSA_QOS_EOBJLENGTH },
	{ "rules too short", 16, { DIFFSERV, 16, 1, 0 }, WSA_QOS_EOBJLENGTH },
	{ "rules without end", 16, { DIFFSERV, 16, 0xffffffff, 0 }, WSA_QOS_EOBJLENGTH },
	{ "unknown", 8, { 2005, 8 }, WSA_QOS_EUNKNOWNPSOBJ },
	{ "of RSVP", 16, { 1001, 16, 0, 0 }, WSA_QOS_EUNKNOWNPSOBJ },
	{ "type 0", 8, { 0, 8 }, WSA_QOS_EUNKNOWNPSOBJ },
	{ "unknown behind a good one", 20, { SD_MODE, 12, 1, 0xffffffff, 8 },
	  WSA_QOS_EUNKNOWNPSOBJ },
	{ "unknown mode", 12, { SD_MODE, 12, 4 }, WSA_QOS_ESDMODEOBJ },
	{ "mode of all ones", 12, { SD_MODE, 12, 0xffffffff }, WSA_QOS_ESDMODEOBJ },
	{ "no shaping rate", 12, { SHAPING_RATE, 12, 0 }, WSA_QOS_ESHAPERATEOBJ },
	{ "unspecified shaping rate", 12, { SHAPING_RATE, 12, 0xffffffff },
	  WSA_QOS_ESHAPERATEOBJ },
	{ "null address", 24, { DESTADDR, 24, 0, 0, 16, 0 }, WSA_QOS_BAD_OBJECT },
	{ "empty address", 16, { DESTADDR, 16, 0x1000, 0 }, WSA_QOS_BAD_OBJECT },
	{ "code point of seven bits", 12, { DS_CLASS, 12, 0x40 }, WSA_QOS_BAD_OBJECT },
	{ "priority of four bits", 12, { TRAFFIC_CLASS, 12, 8 }, WSA_QOS_BAD_OBJECT },
	{ "rule for seven bits", 20, { DIFFSERV, 20, 1, 0x05030240, 1 }, WSA_QOS_BAD_OBJECT },
	{ "rule to seven bits", 20, { DIFFSERV, 20, 1, 0x05034000, 1 }, WSA_QOS_BAD_OBJECT },
	{ "other to seven bits", 20, { DIFFSERV, 20, 1, 0x05400200, 1 }, WSA_QOS_BAD_OBJECT },
	{ "rule to priority 8", 20, { DIFFSERV, 20, 1, 0x08030200, 1 }, WSA_QOS_BAD_OBJECT },
	{ "other to priority 8", 20, { DIFFSERV, 20, 1, 0x05030200, 8 }, WSA_QOS_BAD_OBJECT },
};

static void objects__every_kind_and_fault__r35(struct kunit *test)
{
	struct wsa_qos_objects objects;
	u32 status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		status = parse_list(test, lists[i].list, lists[i].len, &objects);
		KUNIT_EXPECT_EQ_MSG(test, status, lists[i].status, "%s: %u", lists[i].desc,
				    status);
		if (!status)
			KUNIT_EXPECT_TRUE_MSG(test, same_objects(&objects, &lists[i].objects),
					      "%s: says something else", lists[i].desc);
	}
}

/* Whatever is cut off, nothing behind the end is looked at, and nothing is granted by it. */
static void objects__every_length__r35(struct kunit *test)
{
	static const u32 list[] = {
		SD_MODE, 12, 1, DESTADDR, 24, 0x1000, 0x7fff, 16, 0, DIFFSERV, 20, 1,
		0x0503020a, 1, END,
	};
	struct wsa_qos_objects objects;
	size_t len;
	u32 status;

	for (len = 0; len <= sizeof(list); len++) {
		status = parse_list(test, list, len, &objects);
		if (len == 0 || len == 12 || len == 36 || len == 56 || len == 64)
			KUNIT_EXPECT_EQ_MSG(test, status, 0, "%zu octets: %u", len, status);
		else
			KUNIT_EXPECT_EQ_MSG(test, status, WSA_QOS_EPROVSPECBUF, "%zu octets: %u",
					    len, status);
	}
}

#define WSA_QOS_OBJECT_CASES(X) \
	X(objects__every_kind_and_fault__r35) \
	X(objects__every_length__r35)

#endif /* WSA_TESTS_QOS_OBJECT_CASES_H */
