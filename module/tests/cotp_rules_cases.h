/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/cotp_rules.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_COTP_RULES_CASES_H
#define WSA_TESTS_COTP_RULES_CASES_H

#include "../rules/cotp_rules.h"

static const struct {
	const char *desc;
	struct wsa_tpdu cr;
	u8 reason, cls, size;
} answer_rows[] = {
	{ "2", { .cls = 2, .no_flow = true, .src_ref = 7, .size = 13 }, 0, 2, 13 },
	{ "2, small", { .cls = 2, .no_flow = true, .src_ref = 7, .size = 7 }, 0, 2, 7 },
	{ "2, no size", { .cls = 2, .no_flow = true, .src_ref = 7 }, 0, 2, 0 },
	{ "2 or 0", { .cls = 2, .no_flow = true, .alternatives = 1, .src_ref = 7 }, 0, 2, 0 },
	{ "2 with flow control", { .cls = 2, .src_ref = 7 }, 130, 0, 0 },
	{ "2 with flow control or 0", { .cls = 2, .alternatives = 1, .src_ref = 7, .size = 13 },
	  0, 0, 11 },
	{ "2 with flow control or 1", { .cls = 2, .alternatives = 2, .src_ref = 7 }, 130, 0, 0 },
	{ "4", { .cls = 4, .no_flow = true, .src_ref = 7, .size = 12 }, 0, 2, 12 },
	{ "4 with flow control", { .cls = 4, .src_ref = 7 }, 130, 0, 0 },
	{ "3", { .cls = 3, .no_flow = true, .src_ref = 7 }, 0, 2, 0 },
	{ "1", { .cls = 1, .src_ref = 7, .size = 10 }, 0, 0, 10 },
	{ "0", { .cls = 0, .src_ref = 7, .size = 13 }, 0, 0, 11 },
	{ "0, no reference", { .cls = 0, .size = 8 }, 0, 0, 8 },
	{ "2, no reference", { .cls = 2, .no_flow = true }, 133, 0, 0 },
};

static void cotp_answer__every_class__r294(struct kunit *test)
{
	struct wsa_cotp_terms terms;
	struct wsa_tpdu cc;
	size_t i;
	u8 reason;

	for (i = 0; i < ARRAY_SIZE(answer_rows); i++) {
		struct wsa_tpdu cr = answer_rows[i].cr;
		const char *desc = answer_rows[i].desc;

		cr.type = WSA_TPDU_CR;
		cr.calling.len = 1;
		cr.called.len = 2;
		cr.data_len = 3;
		memset(&terms, 0xa5, sizeof(terms));
		reason = wsa_cotp_answer(&cr, 9, &terms);
		KUNIT_EXPECT_TRUE_MSG(test, reason == answer_rows[i].reason, "%s: reason %d", desc,
				      reason);
		if (reason)
			continue;
		KUNIT_EXPECT_TRUE_MSG(test, terms.cls == answer_rows[i].cls, "%s: class %d", desc,
				      terms.cls);
		KUNIT_EXPECT_TRUE_MSG(test, terms.size == answer_rows[i].size, "%s: size %d", desc,
				      terms.size);
		KUNIT_EXPECT_EQ(test, (int)terms.own_ref, 9);
		KUNIT_EXPECT_EQ(test, (int)terms.peer_ref, (int)cr.src_ref);

		memset(&cc, 0xa5, sizeof(cc));
		wsa_cotp_confirm(&cr, &terms, &cc);
		KUNIT_EXPECT_TRUE_MSG(test, cc.type == WSA_TPDU_CC && cc.cls == terms.cls &&
				      cc.no_flow == (terms.cls == 2) && !cc.extended &&
				      cc.size == terms.size && cc.dst_ref == cr.src_ref &&
				      cc.src_ref == 9 && cc.calling.len == 1 &&
				      cc.called.len == 2 && !cc.data_len &&
				      !cc.alternatives, "%s: CC", desc);
	}
}

static const struct {
	const char *desc;
	struct wsa_tpdu cr, cc;
	enum wsa_reason reason;
	u8 size;
} agree_rows[] = {
	{ "2 and 2", { .cls = 2, .src_ref = 7, .size = 13, .data_len = 5 },
	  { .cls = 2, .no_flow = true, .dst_ref = 7, .src_ref = 9, .size = 10 },
	  WSA_REASON_NONE, 10 },
	{ "size not confirmed", { .cls = 2, .src_ref = 7, .size = 13 },
	  { .cls = 2, .no_flow = true, .dst_ref = 7, .src_ref = 9 }, WSA_REASON_NONE, 13 },
	{ "size not proposed", { .cls = 2, .src_ref = 7 },
	  { .cls = 2, .no_flow = true, .dst_ref = 7, .src_ref = 9, .size = 9 },
	  WSA_REASON_NONE, 9 },
	{ "2 and 0", { .cls = 2, .src_ref = 7, .size = 13 },
	  { .dst_ref = 7, .src_ref = 9, .size = 11 }, WSA_REASON_NONE, 11 },
	{ "2 and 0, data lost", { .cls = 2, .src_ref = 7, .size = 13, .data_len = 1 },
	  { .dst_ref = 7, .src_ref = 9, .size = 11 }, WSA_REASON_NO_CONNECT_DATA },
	{ "0 and 0", { .src_ref = 7, .size = 11 }, { .dst_ref = 7, .size = 10 },
	  WSA_REASON_NONE, 10 },
	{ "0 and 2", { .src_ref = 7, .size = 11 },
	  { .cls = 2, .no_flow = true, .dst_ref = 7, .src_ref = 9 }, WSA_REASON_PEER_PROTOCOL },
	{ "2 and 4", { .cls = 2, .src_ref = 7 },
	  { .cls = 4, .no_flow = true, .dst_ref = 7, .src_ref = 9 }, WSA_REASON_PEER_PROTOCOL },
	{ "2 and 1", { .cls = 2, .src_ref = 7 },
	  { .cls = 1, .no_flow = true, .dst_ref = 7, .src_ref = 9 }, WSA_REASON_PEER_PROTOCOL },
	{ "flow control", { .cls = 2, .src_ref = 7 },
	  { .cls = 2, .dst_ref = 7, .src_ref = 9 }, WSA_REASON_PEER_PROTOCOL },
	{ "extended formats", { .cls = 2, .src_ref = 7 },
	  { .cls = 2, .no_flow = true, .extended = true, .dst_ref = 7, .src_ref = 9 },
	  WSA_REASON_PEER_PROTOCOL },
	{ "another's", { .cls = 2, .src_ref = 7 },
	  { .cls = 2, .no_flow = true, .dst_ref = 8, .src_ref = 9 }, WSA_REASON_PEER_PROTOCOL },
	{ "no reference", { .cls = 2, .src_ref = 7 },
	  { .cls = 2, .no_flow = true, .dst_ref = 7 }, WSA_REASON_PEER_PROTOCOL },
	{ "a larger size", { .cls = 2, .src_ref = 7, .size = 9 },
	  { .cls = 2, .no_flow = true, .dst_ref = 7, .src_ref = 9, .size = 10 },
	  WSA_REASON_PEER_PROTOCOL },
};

static void cotp_agree__every_confirmation__r292_r293(struct kunit *test)
{
	struct wsa_cotp_terms terms;
	enum wsa_reason reason;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(agree_rows); i++) {
		memset(&terms, 0xa5, sizeof(terms));
		reason = wsa_cotp_agree(&agree_rows[i].cr, &agree_rows[i].cc, &terms);
		KUNIT_EXPECT_TRUE_MSG(test, reason == agree_rows[i].reason, "%s: %d",
				      agree_rows[i].desc, reason);
		if (reason)
			continue;
		KUNIT_EXPECT_TRUE_MSG(test, terms.cls == agree_rows[i].cc.cls &&
				      terms.size == agree_rows[i].size && terms.own_ref == 7 &&
				      terms.peer_ref == agree_rows[i].cc.src_ref, "%s: terms",
				      agree_rows[i].desc);
	}
}

static void cotp_check__what_may_come__r293(struct kunit *test)
{
	static const struct {
		const char *desc;
		struct wsa_tpdu tpdu;
		u8 class2, class0;	/* the reason in each */
	} rows[] = {
		{ "DT", { .type = WSA_TPDU_DT, .cls = 2, .dst_ref = 7, .payload = 3 }, 0, 133 },
		{ "DT of class 0", { .type = WSA_TPDU_DT, .payload = 3 }, 133, 0 },
		{ "DT, full", { .type = WSA_TPDU_DT, .cls = 2, .dst_ref = 7, .payload = 123 },
		  0, 133 },
		{ "DT, too long", { .type = WSA_TPDU_DT, .cls = 2, .dst_ref = 7, .payload = 124 },
		  138, 133 },
		{ "DT of class 0, full", { .type = WSA_TPDU_DT, .payload = 125 }, 133, 0 },
		{ "DT of class 0, its head not counted", { .type = WSA_TPDU_DT, .payload = 128 },
		  133, 0 },
		{ "DT of class 0, too long", { .type = WSA_TPDU_DT, .payload = 129 }, 133, 138 },
		{ "another's DT", { .type = WSA_TPDU_DT, .cls = 2, .dst_ref = 8 }, 132, 133 },
		{ "DR", { .type = WSA_TPDU_DR, .dst_ref = 7 }, 0, 0 },
		{ "another's DR", { .type = WSA_TPDU_DR, .dst_ref = 8 }, 132, 0 },
		{ "DC", { .type = WSA_TPDU_DC, .dst_ref = 7 }, 0, 133 },
		{ "ER", { .type = WSA_TPDU_ER, .dst_ref = 7 }, 133, 133 },
		{ "CR", { .type = WSA_TPDU_CR }, 133, 133 },
		{ "CC", { .type = WSA_TPDU_CC, .dst_ref = 7 }, 133, 133 },
	};
	struct wsa_cotp_terms terms = { .size = 7, .own_ref = 7, .peer_ref = 9 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		terms.cls = 2;
		KUNIT_EXPECT_TRUE_MSG(test, wsa_cotp_check(&terms, &rows[i].tpdu) ==
				      rows[i].class2, "%s in class 2", rows[i].desc);
		terms.cls = 0;
		KUNIT_EXPECT_TRUE_MSG(test, wsa_cotp_check(&terms, &rows[i].tpdu) ==
				      rows[i].class0, "%s in class 0", rows[i].desc);
	}
}

static void cotp_check__without_a_size_any_length_will_do(struct kunit *test)
{
	struct wsa_tpdu dt = { .type = WSA_TPDU_DT, .cls = 2, .dst_ref = 7,
			       .payload = WSA_COTP_PAYLOAD2 };
	struct wsa_cotp_terms terms = { .cls = 2, .own_ref = 7 };

	KUNIT_EXPECT_EQ(test, (int)wsa_cotp_check(&terms, &dt), 0);
	terms.size = 13;
	KUNIT_EXPECT_EQ(test, (int)wsa_cotp_check(&terms, &dt), 138);
	dt.payload = 8187;
	KUNIT_EXPECT_EQ(test, (int)wsa_cotp_check(&terms, &dt), 0);
}

static void cotp_room__every_size(struct kunit *test)
{
	struct wsa_cotp_terms terms = { 0 };
	int size;

	for (size = 7; size <= 13; size++) {
		terms.size = size;
		terms.cls = 0;
		KUNIT_EXPECT_EQ(test, (int)wsa_cotp_room(&terms), (128 << (size - 7)) - 3);
		terms.cls = 2;
		KUNIT_EXPECT_EQ(test, (int)wsa_cotp_room(&terms), (128 << (size - 7)) - 5);
	}
	terms.size = 0;
	KUNIT_EXPECT_EQ(test, (int)wsa_cotp_room(&terms), 8187);
}

/* The numbers are written out: of a refused call, and of a connection that was. */
static void cotp_reason__every_octet__r293(struct kunit *test)
{
	static const u16 codes[256][2] = {
		[0] = { 10061, 10101 }, [1] = { 10055, 10055 }, [2] = { 10061, 10061 },
		[3] = { 10061, 10061 }, [128] = { 10061, 10101 }, [129] = { 10055, 10055 },
		[135] = { 10055, 10055 }, [136] = { 10061, 10061 },
	};
	u32 call, end;
	int reason;

	for (reason = 0; reason < 256; reason++) {
		call = codes[reason][0] ? codes[reason][0] : 10050;
		end = codes[reason][1] ? codes[reason][1] : 10050;
		KUNIT_EXPECT_TRUE_MSG(test, wsa_reason_code(wsa_cotp_reason(reason)) == call,
				      "call refused for %d", reason);
		KUNIT_EXPECT_TRUE_MSG(test, wsa_cotp_end_code(reason) == end, "ended for %d",
				      reason);
	}
}

#define WSA_COTP_RULES_CASES(X) \
	X(cotp_answer__every_class__r294) \
	X(cotp_agree__every_confirmation__r292_r293) \
	X(cotp_check__what_may_come__r293) \
	X(cotp_check__without_a_size_any_length_will_do) \
	X(cotp_room__every_size) \
	X(cotp_reason__every_octet__r293)

#endif /* WSA_TESTS_COTP_RULES_CASES_H */
