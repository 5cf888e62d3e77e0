/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/packet.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_PACKET_CASES_H
#define WSA_TESTS_PACKET_CASES_H

#include "../rules/packet.h"

#define PACKET_FROM	0x1234
#define PACKET_TO	0x5678

/* A packet of @protocol with a header of @header octets: what is behind it are its ports. */
static size_t packet_make(u8 *octets, bool ipv6, u8 protocol, size_t header)
{
	size_t i;

	memset(octets, 0, WSA_PACKET_HEAD);
	octets[0] = ipv6 ? 0x60 : 0x40 | header / 4;
	octets[ipv6 ? 6 : 9] = protocol;
	for (i = 0; i < (ipv6 ? 16 : 4); i++) {
		octets[(ipv6 ? 8 : 12) + i] = 0xa0 + i;
		octets[(ipv6 ? 24 : 16) + i] = 0xb0 + i;
	}
	octets[header] = PACKET_FROM >> 8;
	octets[header + 1] = PACKET_FROM & 0xff;
	octets[header + 2] = PACKET_TO >> 8;
	octets[header + 3] = PACKET_TO & 0xff;
	return header + 4;
}

static void packet_poison(struct wsa_packet *packet)
{
	memset(packet, 0xa5, sizeof(*packet));
}

/* Of the very octets that it is told of, so that a sanitizer sees any other that is read. */
static bool packet_parse(struct kunit *test, const u8 *octets, size_t len, bool ipv6,
			 struct wsa_packet *packet)
{
	u8 *copy = kunit_kzalloc(test, len ? len : 1, GFP_KERNEL);
	bool found;

	memcpy(copy, octets, len);
	packet_poison(packet);
	found = wsa_packet_parse(copy, len, ipv6, packet);
	kunit_kfree(test, copy);
	return found;
}

static bool packet_is_zero(const struct wsa_packet *packet)
{
	static const struct wsa_packet zero;

	return !memcmp(packet, &zero, sizeof(zero));
}

static void packet__ports_and_addresses(struct kunit *test)
{
	static const u8 protocols[] = { IPPROTO_TCP, IPPROTO_UDP };
	u8 octets[WSA_PACKET_HEAD];
	struct wsa_packet packet;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		len = packet_make(octets, false, protocols[i], 20);
		KUNIT_EXPECT_TRUE(test, packet_parse(test, octets, len, false, &packet));
		KUNIT_EXPECT_EQ(test, packet.protocol, protocols[i]);
		KUNIT_EXPECT_EQ(test, ntohs(packet.from), PACKET_FROM);
		KUNIT_EXPECT_EQ(test, ntohs(packet.to), PACKET_TO);
		KUNIT_EXPECT_TRUE(test, !memcmp(&packet.source, "\xa0\xa1\xa2\xa3\0\0\0\0", 8));
		KUNIT_EXPECT_TRUE(test, !memcmp(&packet.dest, "\xb0\xb1\xb2\xb3\0\0\0\0", 8));

		len = packet_make(octets, true, protocols[i], 40);
		KUNIT_EXPECT_TRUE(test, packet_parse(test, octets, len, true, &packet));
		KUNIT_EXPECT_EQ(test, packet.protocol, protocols[i]);
		KUNIT_EXPECT_EQ(test, ntohs(packet.from), PACKET_FROM);
		KUNIT_EXPECT_EQ(test, ntohs(packet.to), PACKET_TO);
		KUNIT_EXPECT_TRUE(test, !memcmp(&packet.source, octets + 8, 16));
		KUNIT_EXPECT_TRUE(test, !memcmp(&packet.dest, octets + 24, 16));
	}
}

static void packet__options_are_passed_over(struct kunit *test)
{
	u8 octets[WSA_PACKET_HEAD];
	struct wsa_packet packet;
	size_t header, len;

	for (header = 24; header <= 60; header += 4) {
		len = packet_make(octets, false, IPPROTO_TCP, header);
		KUNIT_EXPECT_TRUE(test, packet_parse(test, octets, len, false, &packet));
		KUNIT_EXPECT_EQ(test, ntohs(packet.to), PACKET_TO);
	}
	/* a header that ends before itself */
	for (header = 0; header < 20; header += 4) {
		len = packet_make(octets, false, IPPROTO_TCP, 20);
		octets[0] = 0x40 | header / 4;
		KUNIT_EXPECT_TRUE(test, !packet_parse(test, octets, len, false, &packet));
		KUNIT_EXPECT_TRUE(test, packet_is_zero(&packet));
	}
}

static void packet__what_is_cut_off_has_none(struct kunit *test)
{
	u8 octets[WSA_PACKET_HEAD];
	struct wsa_packet packet;
	size_t len, whole, kind;

	for (kind = 0; kind < 3; kind++) {
		whole = packet_make(octets, kind == 2, IPPROTO_UDP,
				    kind == 2 ? 40 : kind == 1 ? 60 : 20);
		for (len = 0; len < whole; len++) {
			KUNIT_EXPECT_TRUE(test,
					  !packet_parse(test, octets, len, kind == 2, &packet));
			KUNIT_EXPECT_TRUE(test, packet_is_zero(&packet));
		}
		KUNIT_EXPECT_TRUE(test, packet_parse(test, octets, whole, kind == 2, &packet));
	}
}

static void packet__fragments_have_none(struct kunit *test)
{
	static const struct {
		u8 high;
		u8 low;
		bool found;
	} rows[] = {
		{ 0x00, 0x00, true },
		{ 0x40, 0x00, true },		/* may not be one */
		{ 0x20, 0x00, false },		/* the first */
		{ 0x20, 0x01, false },
		{ 0x00, 0x01, false },		/* the last */
		{ 0x1f, 0xff, false },
	};
	u8 octets[WSA_PACKET_HEAD];
	struct wsa_packet packet;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		len = packet_make(octets, false, IPPROTO_UDP, 20);
		octets[6] = rows[i].high;
		octets[7] = rows[i].low;
		KUNIT_EXPECT_EQ(test, packet_parse(test, octets, len, false, &packet),
				rows[i].found);
		KUNIT_EXPECT_EQ(test, packet_is_zero(&packet), !rows[i].found);
	}
}

static void packet__others_have_none(struct kunit *test)
{
	u8 octets[WSA_PACKET_HEAD];
	struct wsa_packet packet;
	unsigned int protocol;
	size_t len;

	for (protocol = 0; protocol < 256; protocol++) {
		bool known = protocol == IPPROTO_TCP || protocol == IPPROTO_UDP;

		len = packet_make(octets, false, protocol, 20);
		KUNIT_EXPECT_EQ(test, packet_parse(test, octets, len, false, &packet), known);
		len = packet_make(octets, true, protocol, 40);
		KUNIT_EXPECT_EQ(test, packet_parse(test, octets, len, true, &packet), known);
	}
	/* of another version than it was said to be */
	packet_make(octets, false, IPPROTO_TCP, 20);
	KUNIT_EXPECT_TRUE(test, !packet_parse(test, octets, sizeof(octets), true, &packet));
	packet_make(octets, true, IPPROTO_TCP, 40);
	KUNIT_EXPECT_TRUE(test, !packet_parse(test, octets, sizeof(octets), false, &packet));
	KUNIT_EXPECT_TRUE(test, packet_is_zero(&packet));
}

#define WSA_PACKET_CASES(X) \
	X(packet__ports_and_addresses) \
	X(packet__options_are_passed_over) \
	X(packet__what_is_cut_off_has_none) \
	X(packet__fragments_have_none) \
	X(packet__others_have_none)

#endif /* WSA_TESTS_PACKET_CASES_H */
