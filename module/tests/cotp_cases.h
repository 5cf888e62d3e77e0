/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/cotp.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_COTP_CASES_H
#define WSA_TESTS_COTP_CASES_H

#include "../rules/cotp.h"

#define TPDU_SPARE 8	/* octets of something else behind a frame */
#define STARVED 255	/* more was asked for than there is */

struct tpdu_row {
	const char *desc;
	u16 len;
	u16 head;	/* what a reader takes; of DT less than @len */
	u8 octet[48];
	struct wsa_tpdu tpdu;
};

#define TSAP(...) { .len = sizeof((u8[]){ __VA_ARGS__ }), .id = { __VA_ARGS__ } }

/* The octets are written out by hand, from the layouts. */
static const struct tpdu_row tpdu_rows[] = {
	{
		"CR of class 2 with data", 27, 27,
		{ 0x03, 0x00, 0x00, 0x1b, 0x11, 0xe0, 0x00, 0x00, 0x12, 0x34, 0x21, 0xc0,
		  0x01, 0x0d, 0xc1, 0x02, 0x01, 0x00, 0xc2, 0x02, 0x01, 0x02, 0x68, 0x65,
		  0x6c, 0x6c, 0x6f },
		{ .type = WSA_TPDU_CR, .cls = 2, .no_flow = true, .size = 13, .src_ref = 0x1234,
		  .calling = TSAP(1, 0), .called = TSAP(1, 2), .data_len = 5, .data = "hello" },
	}, {
		"CC of class 2 with data", 16, 16,
		{ 0x03, 0x00, 0x00, 0x10, 0x09, 0xd0, 0x12, 0x34, 0xab, 0xcd, 0x21, 0xc0,
		  0x01, 0x0d, 0x6f, 0x6b },
		{ .type = WSA_TPDU_CC, .cls = 2, .no_flow = true, .size = 13, .dst_ref = 0x1234,
		  .src_ref = 0xabcd, .data_len = 2, .data = "ok" },
	}, {
		"DR that refuses", 14, 14,
		{ 0x03, 0x00, 0x00, 0x0e, 0x06, 0x80, 0x12, 0x34, 0x00, 0x00, 0x88, 0x6e,
		  0x6f, 0x21 },
		{ .type = WSA_TPDU_DR, .dst_ref = 0x1234, .reason = 136, .data_len = 3,
		  .data = "no!" },
	}, {
		"CR of class 0, as on port 102", 22, 22,
		{ 0x03, 0x00, 0x00, 0x16, 0x11, 0xe0, 0x00, 0x00, 0x00, 0x02, 0x00, 0xc0,
		  0x01, 0x0a, 0xc1, 0x02, 0x01, 0x00, 0xc2, 0x02, 0x01, 0x02 },
		{ .type = WSA_TPDU_CR, .size = 10, .src_ref = 2,
		  .calling = TSAP(1, 0), .called = TSAP(1, 2) },
	}, {
		"CR that leaves the class open", 15, 15,
		{ 0x03, 0x00, 0x00, 0x0f, 0x0a, 0xe0, 0x00, 0x00, 0x12, 0x34, 0x43, 0xc7,
		  0x02, 0x00, 0x20 },
		{ .type = WSA_TPDU_CR, .cls = 4, .no_flow = true, .extended = true,
		  .alternatives = 1 << 0 | 1 << 2, .src_ref = 0x1234 },
	}, {
		"DT of class 2", 12, 9,
		{ 0x03, 0x00, 0x00, 0x0c, 0x04, 0xf0, 0xab, 0xcd, 0x80, 0x61, 0x62, 0x63 },
		{ .type = WSA_TPDU_DT, .cls = 2, .dst_ref = 0xabcd, .eot = true, .payload = 3 },
	}, {
		"DT of class 2, not the last, empty", 9, 9,
		{ 0x03, 0x00, 0x00, 0x09, 0x04, 0xf0, 0xab, 0xcd, 0x7f },
		{ .type = WSA_TPDU_DT, .cls = 2, .dst_ref = 0xabcd, .number = 0x7f },
	}, {
		"DT of class 0", 9, 7,
		{ 0x03, 0x00, 0x00, 0x09, 0x02, 0xf0, 0x80, 0x61, 0x62 },
		{ .type = WSA_TPDU_DT, .eot = true, .payload = 2 },
	}, {
		"DC", 10, 10,
		{ 0x03, 0x00, 0x00, 0x0a, 0x05, 0xc0, 0x12, 0x34, 0xab, 0xcd },
		{ .type = WSA_TPDU_DC, .dst_ref = 0x1234, .src_ref = 0xabcd },
	}, {
		"ER", 9, 9,
		{ 0x03, 0x00, 0x00, 0x09, 0x04, 0x70, 0x12, 0x34, 0x02 },
		{ .type = WSA_TPDU_ER, .dst_ref = 0x1234, .reason = 2 },
	},
};

static bool same_tpdu(const struct wsa_tpdu *a, const struct wsa_tpdu *b)
{
	return a->type == b->type && a->cls == b->cls && a->no_flow == b->no_flow &&
	       a->extended == b->extended && a->alternatives == b->alternatives &&
	       a->size == b->size && a->reason == b->reason && a->eot == b->eot &&
	       a->number == b->number && a->data_len == b->data_len &&
	       a->dst_ref == b->dst_ref && a->src_ref == b->src_ref && a->payload == b->payload &&
	       !memcmp(&a->calling, &b->calling, sizeof(a->calling)) &&
	       !memcmp(&a->called, &b->called, sizeof(a->called)) &&
	       !memcmp(a->data, b->data, sizeof(a->data));
}

/*
 * Reads as a socket's reader does: no octet that was not asked for, each buffer ending where
 * its allocation ends. Returns the reason, or STARVED; @taken octets were taken.
 */
static u8 read_tpdu(struct kunit *test, const u8 *octet, size_t len, struct wsa_tpdu *tpdu,
		    size_t *taken)
{
	size_t have = 0;
	u8 *exact, reason;
	int next;

	*taken = 0;
	memset(tpdu, 0xa5, sizeof(*tpdu));
	for (;;) {
		exact = kunit_kzalloc(test, have + !have, GFP_KERNEL);
		if (!exact) {
			KUNIT_FAIL(test, "out of memory");
			return WSA_DR_LENGTH;
		}
		memcpy(exact, octet, have);
		next = wsa_cotp_next(exact, have);
		if (next <= 0)
			break;
		kunit_kfree(test, exact);
		if (have + next > len || have + next > WSA_COTP_MOST)
			return STARVED;
		have += next;
		*taken = have;
	}
	reason = wsa_cotp_decode(exact, have, tpdu);
	if (next < 0)
		KUNIT_EXPECT_EQ(test, (int)reason, -next);
	kunit_kfree(test, exact);
	return reason;
}

static void cotp_decode__worked_frames__r292_r293_r294(struct kunit *test)
{
	u8 octet[48 + TPDU_SPARE];
	struct wsa_tpdu got;
	size_t i, taken;

	for (i = 0; i < ARRAY_SIZE(tpdu_rows); i++) {
		const struct tpdu_row *row = &tpdu_rows[i];

		memset(octet, 0x03, sizeof(octet));
		memcpy(octet, row->octet, row->len);
		KUNIT_EXPECT_TRUE_MSG(test, !read_tpdu(test, octet, sizeof(octet), &got, &taken),
				      "%s: refused", row->desc);
		KUNIT_EXPECT_TRUE_MSG(test, taken == row->head, "%s: took %d octets", row->desc,
				      (int)taken);
		KUNIT_EXPECT_TRUE_MSG(test, same_tpdu(&got, &row->tpdu), "%s: read wrongly",
				      row->desc);
	}
}

static void cotp_encode__worked_frames__r292_r293_r294(struct kunit *test)
{
	u8 octet[WSA_COTP_MOST + 1];
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(tpdu_rows); i++) {
		const struct tpdu_row *row = &tpdu_rows[i];

		memset(octet, 0xa5, sizeof(octet));
		len = wsa_cotp_encode(&row->tpdu, octet);
		KUNIT_EXPECT_TRUE_MSG(test, len == row->head, "%s: %d octets", row->desc, (int)len);
		KUNIT_EXPECT_TRUE_MSG(test, !memcmp(octet, row->octet, row->head),
				      "%s: written wrongly", row->desc);
		KUNIT_EXPECT_TRUE_MSG(test, octet[row->head] == 0xa5, "%s: wrote too far",
				      row->desc);
	}
}

/* Whatever is cut off, the rest is asked for, and no more; what there is decodes to nothing. */
static void cotp_next__every_truncation__r292(struct kunit *test)
{
	struct wsa_tpdu got;
	size_t i, have, taken;
	u8 *exact;
	int next;

	for (i = 0; i < ARRAY_SIZE(tpdu_rows); i++) {
		const struct tpdu_row *row = &tpdu_rows[i];

		for (have = 0; have < row->head; have++) {
			exact = kunit_kzalloc(test, have + !have, GFP_KERNEL);
			if (!exact) {
				KUNIT_FAIL(test, "out of memory");
				return;
			}
			memcpy(exact, row->octet, have);
			next = wsa_cotp_next(exact, have);
			KUNIT_EXPECT_TRUE_MSG(test, next > 0 && have + next <= row->head,
					      "%s cut at %d: next %d", row->desc, (int)have, next);
			KUNIT_EXPECT_TRUE_MSG(test, wsa_cotp_decode(exact, have, &got) ==
					      WSA_DR_LENGTH, "%s cut at %d: decoded", row->desc,
					      (int)have);
			kunit_kfree(test, exact);
			KUNIT_EXPECT_TRUE_MSG(test, read_tpdu(test, row->octet, have, &got,
							      &taken) == STARVED,
					      "%s cut at %d: read", row->desc, (int)have);
		}
	}
}

/* A length that is wrong by one is refused, or means another TPDU. */
static void cotp_decode__lengths_off_by_one__r292(struct kunit *test)
{
	static const struct {
		u8 row, at;
	} lengths[] = {
		{ 0, 3 }, { 0, 4 }, { 0, 12 }, { 0, 15 }, { 0, 19 }, { 1, 3 }, { 1, 4 }, { 1, 12 },
		{ 2, 3 }, { 2, 4 }, { 3, 3 }, { 3, 4 }, { 3, 12 }, { 3, 15 }, { 3, 19 },
		{ 4, 3 }, { 4, 4 }, { 4, 12 }, { 5, 3 }, { 5, 4 }, { 6, 3 }, { 6, 4 }, { 7, 3 },
		{ 7, 4 }, { 8, 3 }, { 8, 4 }, { 9, 3 }, { 9, 4 },
	};
	u8 octet[48 + TPDU_SPARE];
	struct wsa_tpdu got;
	size_t i, taken;
	int delta;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		const struct tpdu_row *row = &tpdu_rows[lengths[i].row];

		for (delta = -1; delta <= 1; delta += 2) {
			memset(octet, 0, sizeof(octet));
			memcpy(octet, row->octet, row->len);
			octet[lengths[i].at] += delta;
			KUNIT_EXPECT_TRUE_MSG(test,
					      read_tpdu(test, octet, sizeof(octet), &got, &taken) ||
					      !same_tpdu(&got, &row->tpdu),
					      "%s: octet %d by %d and nobody saw", row->desc,
					      lengths[i].at, delta);
		}
	}
}

/* All of them in user space; in a kernel that watches each allocation, others of each octet. */
#ifdef __KERNEL__
#define VALUE_STEP	5
#else
#define VALUE_STEP	1
#endif

/* What is read can be written, and is read again as the same. */
static void cotp_decode__every_value_of_every_octet(struct kunit *test)
{
	static u8 octet[48], again[WSA_COTP_MOST];
	static struct wsa_tpdu got, second;
	size_t i, at, len, taken;
	int value;

	for (i = 0; i < ARRAY_SIZE(tpdu_rows); i++) {
		const struct tpdu_row *row = &tpdu_rows[i];

		for (at = 0; at < row->head; at++) {
			for (value = at % VALUE_STEP; value < 256; value += VALUE_STEP) {
				memcpy(octet, row->octet, sizeof(octet));
				octet[at] = value;
				if (read_tpdu(test, octet, row->len, &got, &taken))
					continue;
				len = wsa_cotp_encode(&got, again);
				KUNIT_EXPECT_TRUE_MSG(test, len && len <= WSA_COTP_MOST,
						      "%s: octet %d is %d: not written", row->desc,
						      (int)at, value);
				KUNIT_EXPECT_TRUE_MSG(test, !read_tpdu(test, again, len, &second,
								       &taken) &&
						      same_tpdu(&got, &second),
						      "%s: octet %d is %d: not the same again",
						      row->desc, (int)at, value);
			}
		}
	}
}

static const struct {
	const char *desc;
	u8 reason;
	u8 len;
	u8 octet[48];
} bad_tpdus[] = {
	{ "TPKT version", 133, 4, { 2, 0, 0, 7 } },
	{ "TPKT without a TPDU", 138, 4, { 3, 0, 0, 4 } },
	{ "TPKT of six", 138, 4, { 3, 0, 0, 6 } },
	{ "LI of 1", 138, 6, { 3, 0, 0, 7, 1, 0xf0 } },
	{ "LI of 255", 138, 6, { 3, 0, 4, 0, 255, 0xe0 } },
	{ "LI beyond the TPKT", 138, 6, { 3, 0, 0, 7, 3, 0xf0 } },
	{ "CR that is too long", 138, 6, { 3, 0, 1, 0x44, 6, 0xe0 } },
	{ "ED", 133, 9, { 3, 0, 0, 9, 4, 0x10, 0, 0, 0 } },
	{ "EA", 133, 9, { 3, 0, 0, 9, 4, 0x20, 0, 0, 0 } },
	{ "RJ", 133, 9, { 3, 0, 0, 9, 4, 0x50, 0, 0, 0 } },
	{ "AK", 133, 9, { 3, 0, 0, 9, 4, 0x60, 0, 0, 0 } },
	{ "CR with a credit", 133, 11, { 3, 0, 0, 11, 6, 0xe1, 0, 0, 0, 1, 0x21 } },
	{ "DT with a low bit", 133, 7, { 3, 0, 0, 7, 2, 0xf1, 0x80 } },
	{ "DT with LI 3", 138, 8, { 3, 0, 0, 8, 3, 0xf0, 0, 0x80 } },
	{ "DT of extended format", 138, 12, { 3, 0, 0, 12, 7, 0xf0, 0, 0, 0x80, 0, 0, 0 } },
	{ "short CR", 138, 10, { 3, 0, 0, 10, 5, 0xe0, 0, 0, 0, 1 } },
	{ "short DR", 138, 10, { 3, 0, 0, 10, 5, 0x80, 0, 0, 0, 1 } },
	{ "short DC", 138, 9, { 3, 0, 0, 9, 4, 0xc0, 0, 0, 0 } },
	{ "short ER", 138, 8, { 3, 0, 0, 8, 3, 0x70, 0, 0 } },
	{ "CR of class 5", 133, 11, { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0, 1, 0x51 } },
	{ "CR with an unknown option", 133, 11, { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0, 1, 0x25 } },
	{ "CR to a reference", 132, 11, { 3, 0, 0, 11, 6, 0xe0, 0, 1, 0, 1, 0x21 } },
	{ "parameter without a length", 138, 12, { 3, 0, 0, 12, 7, 0xe0, 0, 0, 0, 1, 0x21, 0xc0 } },
	{ "parameter that is cut", 138, 13,
	  { 3, 0, 0, 13, 8, 0xe0, 0, 0, 0, 1, 0x21, 0xc0, 1 } },
	{ "size of no octet", 138, 13, { 3, 0, 0, 13, 8, 0xe0, 0, 0, 0, 1, 0x21, 0xc0, 0 } },
	{ "size of two octets", 138, 15,
	  { 3, 0, 0, 15, 10, 0xe0, 0, 0, 0, 1, 0x21, 0xc0, 2, 10, 10 } },
	{ "size 64", 133, 14, { 3, 0, 0, 14, 9, 0xe0, 0, 0, 0, 1, 0x21, 0xc0, 1, 6 } },
	{ "size 16384", 133, 14, { 3, 0, 0, 14, 9, 0xe0, 0, 0, 0, 1, 0x21, 0xc0, 1, 14 } },
	{ "TSAP of 33", 138, 46,
	  { 3, 0, 0, 46, 41, 0xe0, 0, 0, 0, 1, 0x21, 0xc1, 33 } },
	{ "called TSAP of 33", 138, 46,
	  { 3, 0, 0, 46, 41, 0xe0, 0, 0, 0, 1, 0x21, 0xc2, 33 } },
	{ "alternative class 5", 133, 14,
	  { 3, 0, 0, 14, 9, 0xe0, 0, 0, 0, 1, 0x21, 0xc7, 1, 0x50 } },
	{ "CC with alternatives", 133, 14, { 3, 0, 0, 14, 9, 0xd0, 0, 1, 0, 1, 0x21, 0xc7, 1, 0 } },
	{ "CR with 33 octets of data", 138, 44, { 3, 0, 0, 44, 6, 0xe0, 0, 0, 0, 1, 0x21 } },
	{ "CC with 33 octets of data", 138, 44, { 3, 0, 0, 44, 6, 0xd0, 0, 1, 0, 1, 0x21 } },
	{ "DC with data", 138, 11, { 3, 0, 0, 11, 5, 0xc0, 0, 1, 0, 1, 7 } },
	{ "ER with data", 138, 10, { 3, 0, 0, 10, 4, 0x70, 0, 1, 0, 7 } },
};

static void cotp_decode__what_is_refused__r293(struct kunit *test)
{
	struct wsa_tpdu got;
	size_t i, taken;
	u8 reason;

	for (i = 0; i < ARRAY_SIZE(bad_tpdus); i++) {
		reason = read_tpdu(test, bad_tpdus[i].octet, bad_tpdus[i].len, &got, &taken);
		KUNIT_EXPECT_TRUE_MSG(test, reason == bad_tpdus[i].reason, "%s: %d",
				      bad_tpdus[i].desc, reason);
		KUNIT_EXPECT_TRUE_MSG(test, taken <= bad_tpdus[i].len, "%s: took %d",
				      bad_tpdus[i].desc, (int)taken);
	}
}

/* Parameters that mean nothing here, in any place; the later of two counts. */
static void cotp_decode__other_parameters(struct kunit *test)
{
	static const u8 cr[] = { 3, 0, 0, 34, 27, 0xe0, 0, 0, 0, 1, 0x21, 0xf0, 1, 64, 0xc0, 1, 9,
				 0xc3, 2, 1, 2, 0xc4, 1, 1, 0xc0, 1, 10, 0xc6, 1, 0, 0xff, 0,
				 'h', 'i' };
	static const u8 dr[] = { 3, 0, 0, 16, 10, 0x80, 0, 1, 0, 2, 128, 0xe0, 2, 1, 2, 'x' };
	struct wsa_tpdu got;
	size_t taken;
	u8 reason;

	reason = read_tpdu(test, cr, sizeof(cr), &got, &taken);
	KUNIT_EXPECT_EQ(test, (int)reason, 0);
	KUNIT_EXPECT_EQ(test, (int)got.size, 10);
	KUNIT_EXPECT_EQ(test, (int)got.data_len, 2);
	KUNIT_EXPECT_TRUE(test, got.data[0] == 'h' && got.data[1] == 'i');

	reason = read_tpdu(test, dr, sizeof(dr), &got, &taken);
	KUNIT_EXPECT_EQ(test, (int)reason, 0);
	KUNIT_EXPECT_EQ(test, (int)got.reason, 128);
	KUNIT_EXPECT_EQ(test, (int)got.data_len, 1);
}

/* The longest of each field, and all of them at once. */
static void cotp_encode__limits__r292_r293(struct kunit *test)
{
	static struct wsa_tpdu tpdu, got;
	static u8 octet[WSA_COTP_MOST];
	size_t len, taken;

	memset(&tpdu, 0, sizeof(tpdu));
	tpdu.type = WSA_TPDU_CR;
	tpdu.cls = 2;
	tpdu.no_flow = true;
	tpdu.alternatives = 0x1f;
	tpdu.size = 7;
	tpdu.src_ref = 0xffff;
	tpdu.calling.len = WSA_COTP_TSAP;
	tpdu.called.len = WSA_COTP_TSAP;
	memset(tpdu.calling.id, 0xc1, WSA_COTP_TSAP);
	memset(tpdu.called.id, 0xc2, WSA_COTP_TSAP);
	tpdu.data_len = WSA_COTP_CALL_DATA;
	memset(tpdu.data, 0x03, WSA_COTP_CALL_DATA);
	len = wsa_cotp_encode(&tpdu, octet);
	KUNIT_EXPECT_EQ(test, (int)len, 4 + 1 + 6 + 3 + 34 + 34 + 7 + 32);
	KUNIT_EXPECT_TRUE(test, !read_tpdu(test, octet, len, &got, &taken) &&
			  same_tpdu(&got, &tpdu));

	memset(&tpdu, 0, sizeof(tpdu));
	tpdu.type = WSA_TPDU_DR;
	tpdu.dst_ref = 1;
	tpdu.src_ref = 2;
	tpdu.reason = WSA_DR_NORMAL;
	tpdu.data_len = WSA_COTP_BYE_DATA;
	memset(tpdu.data, 0xff, WSA_COTP_BYE_DATA);
	len = wsa_cotp_encode(&tpdu, octet);
	KUNIT_EXPECT_EQ(test, (int)len, 11 + 64);
	KUNIT_EXPECT_TRUE(test, !read_tpdu(test, octet, len, &got, &taken) &&
			  same_tpdu(&got, &tpdu));

	memset(&tpdu, 0, sizeof(tpdu));
	tpdu.type = WSA_TPDU_DT;
	tpdu.cls = 2;
	tpdu.payload = WSA_COTP_PAYLOAD2;
	len = wsa_cotp_encode(&tpdu, octet);
	KUNIT_EXPECT_EQ(test, (int)len, 9);
	KUNIT_EXPECT_TRUE(test, octet[2] == 0xff && octet[3] == 0xff);
	KUNIT_EXPECT_TRUE(test, !read_tpdu(test, octet, len, &got, &taken) &&
			  same_tpdu(&got, &tpdu));
}

/* The first octet tells, before more is waited for. */
static void cotp_next__what_is_no_tpkt(struct kunit *test)
{
	int version;

	for (version = 0; version < 256; version++) {
		u8 octet[] = { version, 0, 0, 7 };
		int have;

		for (have = 1; have <= 4; have++)
			KUNIT_EXPECT_EQ(test, wsa_cotp_next(octet, have),
					version != 3 ? -133 : have < 4 ? 4 - have : 2);
	}
}

static void cotp_encode__what_has_no_form(struct kunit *test)
{
	static const struct wsa_tpdu bad[] = {
		{ .type = 0 },
		{ .type = 0x10 },
		{ .type = WSA_TPDU_CR, .cls = 5 },
		{ .type = WSA_TPDU_CR, .alternatives = 0x20 },
		{ .type = WSA_TPDU_CR, .size = 6 },
		{ .type = WSA_TPDU_CR, .size = 14 },
		{ .type = WSA_TPDU_CR, .calling = { .len = 33 } },
		{ .type = WSA_TPDU_CR, .called = { .len = 33 } },
		{ .type = WSA_TPDU_CR, .data_len = 33 },
		{ .type = WSA_TPDU_CR, .payload = 1 },
		{ .type = WSA_TPDU_CC, .data_len = 33 },
		{ .type = WSA_TPDU_DR, .data_len = 65 },
		{ .type = WSA_TPDU_DC, .data_len = 1 },
		{ .type = WSA_TPDU_ER, .data_len = 1 },
		{ .type = WSA_TPDU_DT, .data_len = 1 },
		{ .type = WSA_TPDU_DT, .cls = 1 },
		{ .type = WSA_TPDU_DT, .cls = 4 },
		{ .type = WSA_TPDU_DT, .number = 0x80 },
		{ .type = WSA_TPDU_DT, .dst_ref = 1 },
		{ .type = WSA_TPDU_DT, .payload = WSA_COTP_PAYLOAD0 + 1 },
		{ .type = WSA_TPDU_DT, .cls = 2, .payload = WSA_COTP_PAYLOAD2 + 1 },
	};
	u8 octet[WSA_COTP_MOST];
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		memset(octet, 0xa5, sizeof(octet));
		KUNIT_EXPECT_TRUE_MSG(test, !wsa_cotp_encode(&bad[i], octet), "row %d", (int)i);
		for (j = 0; j < sizeof(octet) && octet[j] == 0xa5; j++)
			;
		KUNIT_EXPECT_TRUE_MSG(test, j == sizeof(octet), "row %d: wrote", (int)i);
	}
}

#define WSA_COTP_CASES(X) \
	X(cotp_decode__worked_frames__r292_r293_r294) \
	X(cotp_encode__worked_frames__r292_r293_r294) \
	X(cotp_next__every_truncation__r292) \
	X(cotp_decode__lengths_off_by_one__r292) \
	X(cotp_decode__every_value_of_every_octet) \
	X(cotp_decode__what_is_refused__r293) \
	X(cotp_decode__other_parameters) \
	X(cotp_encode__limits__r292_r293) \
	X(cotp_next__what_is_no_tpkt) \
	X(cotp_encode__what_has_no_form)

#endif /* WSA_TESTS_COTP_CASES_H */
