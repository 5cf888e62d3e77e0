/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/sockaddr.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_SOCKADDR_CASES_H
#define WSA_TESTS_SOCKADDR_CASES_H

#include "../rules/sockaddr.h"

#define LONGEST 128

/*
 * Parses a copy that ends where its allocation ends, so that a sanitizer sees
 * any octet read behind it, and asks that every field of the result be written.
 */
static struct wsa_dest parse(struct kunit *test, u16 family, const void *name, int len)
{
	size_t size = len > 0 ? len : 0;
	u8 *exact = kunit_kzalloc(test, size + !size, GFP_KERNEL);
	struct wsa_dest dest;

	memset(&dest, 0xa5, sizeof(dest));
	if (!exact) {
		KUNIT_FAIL(test, "out of memory");
		return dest;
	}
	memcpy(exact, name, size);
	wsa_dest_parse(family, exact, len, &dest);
	KUNIT_EXPECT_TRUE_MSG(test, !memcmp(exact, name, size), "the name was changed");
	kunit_kfree(test, exact);
	return dest;
}

static void expect_dest(struct kunit *test, const char *desc, struct wsa_dest got,
			struct wsa_dest want)
{
	KUNIT_EXPECT_TRUE_MSG(test, got.kind == want.kind, "%s: kind %d, not %d", desc, got.kind,
			      want.kind);
	KUNIT_EXPECT_TRUE_MSG(test, got.port_zero == want.port_zero, "%s: port_zero", desc);
	KUNIT_EXPECT_TRUE_MSG(test, got.v4mapped == want.v4mapped, "%s: v4mapped", desc);
	KUNIT_EXPECT_TRUE_MSG(test, got.link_local == want.link_local, "%s: link_local", desc);
	KUNIT_EXPECT_TRUE_MSG(test, got.scope == want.scope, "%s: scope %u", desc, got.scope);
}

/* A name of LONGEST octets; what lies behind the structure is not zero. */
static void fill(u8 *name, u16 family, const void *struct_, size_t size)
{
	memset(name, 0xff, LONGEST);
	memcpy(name, struct_, size);
	memcpy(name, &family, sizeof(family));
}

static void fill_ipv4(u8 *name, u32 addr, u16 port)
{
	struct sockaddr_in sin = { .sin_port = htons(port), .sin_addr.s_addr = htonl(addr) };

	memset(&sin.sin_zero, 0xee, sizeof(sin.sin_zero));
	fill(name, AF_INET, &sin, sizeof(sin));
}

static void fill_ipv6(u8 *name, const u8 *addr, u16 port, u32 scope)
{
	struct sockaddr_in6 sin6 = { .sin6_port = htons(port), .sin6_scope_id = scope };

	memcpy(&sin6.sin6_addr, addr, 16);
	fill(name, AF_INET6, &sin6, sizeof(sin6));
}

static void parse__every_length_of_an_ipv4_socket__r20_r21_r23_r24_r26_r28(struct kunit *test)
{
	static const u16 families[] = { AF_INET, AF_INET6, AF_UNSPEC, 1, 0xdead, 0xffff };
	u8 name[LONGEST];
	size_t i;
	int len;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		fill_ipv4(name, 0xc0000201, 80);
		memcpy(name, &families[i], 2);
		for (len = -1; len <= LONGEST; len++) {
			struct wsa_dest dest = parse(test, AF_INET, name, len);
			enum wsa_dest_kind want = WSA_DEST_FOREIGN;

			if (len < 16)
				want = WSA_DEST_SHORT;
			else if (families[i] == AF_INET)
				want = WSA_DEST_UNICAST;
			else if (families[i] == AF_UNSPEC)
				want = WSA_DEST_UNSPEC;
			expect_dest(test, "IPv4", dest, (struct wsa_dest){ .kind = want });
		}
	}
}

/* The length counts first (row 27); AF_UNSPEC needs 16 octets on either family (row 158). */
static void parse__every_length_of_an_ipv6_socket__r22_r23_r24_r27_r158(struct kunit *test)
{
	static const u16 families[] = { AF_INET6, AF_INET, AF_UNSPEC, 1, 0xdead, 0xffff };
	static const u8 addr[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };
	u8 name[LONGEST];
	size_t i;
	int len;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		fill_ipv6(name, addr, 80, 7);
		memcpy(name, &families[i], 2);
		for (len = -1; len <= LONGEST; len++) {
			struct wsa_dest dest = parse(test, AF_INET6, name, len);
			struct wsa_dest want = { .kind = WSA_DEST_FOREIGN };

			if (len < 16)
				want.kind = WSA_DEST_SHORT;
			else if (families[i] == AF_UNSPEC)
				want.kind = WSA_DEST_UNSPEC;
			else if (len < 28)
				want.kind = WSA_DEST_SHORT;
			else if (families[i] == AF_INET6)
				want = (struct wsa_dest){ .kind = WSA_DEST_UNICAST, .scope = 7 };
			expect_dest(test, "IPv6", dest, want);
		}
	}
}

static void parse__lengths_that_are_none__r24(struct kunit *test)
{
	static const int lengths[] = { -1, -16, -28, -INT_MAX - 1 };
	static const u16 families[] = { AF_INET, AF_INET6 };
	u8 name[LONGEST];
	size_t i, j;

	fill_ipv4(name, 0xc0000201, 80);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		for (j = 0; j < ARRAY_SIZE(families); j++) {
			struct wsa_dest dest = parse(test, families[j], name, lengths[i]);

			KUNIT_EXPECT_EQ(test, (int)dest.kind, (int)WSA_DEST_SHORT);
		}
	}
}

static enum wsa_dest_kind ipv4_kind(u32 addr)
{
	u32 first = addr >> 24;

	if (addr == 0)
		return WSA_DEST_ANY;
	if (addr == 0xffffffff)
		return WSA_DEST_BROADCAST;
	return first >= 224 && first <= 239 ? WSA_DEST_MULTICAST : WSA_DEST_UNICAST;
}

static void parse__every_ipv4_class__r113_r116_r119_r120_r159_r160(struct kunit *test)
{
	static const u32 tails[] = { 0, 1, 0xff, 0x00ffff, 0xfffffe, 0xffffff };
	u8 name[LONGEST];
	u32 first;
	size_t i;

	for (first = 0; first < 256; first++) {
		for (i = 0; i < ARRAY_SIZE(tails); i++) {
			u32 addr = first << 24 | tails[i];
			struct wsa_dest want = { .kind = ipv4_kind(addr) };

			fill_ipv4(name, addr, 0x0100);
			expect_dest(test, "with a port", parse(test, AF_INET, name, 16), want);
			fill_ipv4(name, addr, 0x0001);
			expect_dest(test, "with another", parse(test, AF_INET, name, 16), want);

			want.port_zero = true;
			if (!addr)
				want.kind = WSA_DEST_ZERO;
			fill_ipv4(name, addr, 0);
			expect_dest(test, "no port", parse(test, AF_INET, name, 16), want);
		}
	}
}

static const struct ipv6_row {
	const char *desc;
	u8 addr[16];
	enum wsa_dest_kind kind;
	bool v4mapped;
	bool link_local;
} ipv6_rows[] = {
	{ "::", { 0 }, WSA_DEST_ANY },
	{ "::1", { [15] = 1 }, WSA_DEST_UNICAST },
	{ "::192.0.2.1", { [12] = 192, 0, 2, 1 }, WSA_DEST_UNICAST },
	{ "2001:db8::1", { 0x20, 1, 0xd, 0xb8, [15] = 1 }, WSA_DEST_UNICAST },
	{ "fc00::", { 0xfc }, WSA_DEST_UNICAST },
	{ "fe7f::1", { 0xfe, 0x7f, [15] = 1 }, WSA_DEST_UNICAST },
	{ "fe80::", { 0xfe, 0x80 }, WSA_DEST_UNICAST, false, true },
	{ "fe80::1", { 0xfe, 0x80, [15] = 1 }, WSA_DEST_UNICAST, false, true },
	{ "febf:ffff::1", { 0xfe, 0xbf, 0xff, 0xff, [15] = 1 }, WSA_DEST_UNICAST, false, true },
	{ "fec0::1", { 0xfe, 0xc0, [15] = 1 }, WSA_DEST_UNICAST },
	{ "ff01::1", { 0xff, 0x01, [15] = 1 }, WSA_DEST_MULTICAST },
	{ "ff02::1", { 0xff, 0x02, [15] = 1 }, WSA_DEST_MULTICAST, false, true },
	{ "ff12::1", { 0xff, 0x12, [15] = 1 }, WSA_DEST_MULTICAST, false, true },
	{ "ff05::2", { 0xff, 0x05, [15] = 2 }, WSA_DEST_MULTICAST },
	{ "ff0e::1", { 0xff, 0x0e, [15] = 1 }, WSA_DEST_MULTICAST },
	{ "::ffff:0.0.0.0", { [10] = 0xff, 0xff }, WSA_DEST_ANY, true },
	{ "::ffff:127.0.0.1", { [10] = 0xff, 0xff, 127, 0, 0, 1 }, WSA_DEST_UNICAST, true },
	{ "::ffff:169.254.0.1", { [10] = 0xff, 0xff, 169, 254, 0, 1 }, WSA_DEST_UNICAST, true },
	{ "::ffff:224.0.0.0", { [10] = 0xff, 0xff, 224, 0, 0, 0 }, WSA_DEST_MULTICAST, true },
	{ "::ffff:239.1.2.3", { [10] = 0xff, 0xff, 239, 1, 2, 3 }, WSA_DEST_MULTICAST, true },
	{ "::ffff:240.0.0.1", { [10] = 0xff, 0xff, 240, 0, 0, 1 }, WSA_DEST_UNICAST, true },
	{ "::ffff:255.255.255.255", { [10] = 0xff, 0xff, 255, 255, 255, 255 },
	  WSA_DEST_BROADCAST, true },
};

static void parse__every_ipv6_class__r114_r115_r116_r120_r124_r127_r159(struct kunit *test)
{
	static const u32 scopes[] = { 0, 1, 0xffffffff };
	static const u16 ports[] = { 0, 1, 0x0100, 65535 };
	u8 name[LONGEST];
	size_t i, j, k;

	for (i = 0; i < ARRAY_SIZE(ipv6_rows); i++) {
		const struct ipv6_row *row = &ipv6_rows[i];

		for (j = 0; j < ARRAY_SIZE(scopes); j++) {
			for (k = 0; k < ARRAY_SIZE(ports); k++) {
				struct wsa_dest want = {
					.kind = row->kind, .port_zero = !ports[k],
					.v4mapped = row->v4mapped, .link_local = row->link_local,
					.scope = scopes[j],
				};

				if (i == 0 && !ports[k] && !scopes[j])
					want.kind = WSA_DEST_ZERO;
				fill_ipv6(name, row->addr, ports[k], scopes[j]);
				expect_dest(test, row->desc, parse(test, AF_INET6, name, 28), want);
			}
		}
	}
}

/* ::ffff:0:0/96 is all 96 bits. */
static void parse__one_bit_off_is_not_mapped__r115_r124(struct kunit *test)
{
	static const u8 mapped[16] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };
	u8 name[LONGEST], addr[16];
	struct wsa_dest dest;
	int bit;

	fill_ipv6(name, mapped, 80, 0);
	KUNIT_EXPECT_TRUE(test, parse(test, AF_INET6, name, 28).v4mapped);
	for (bit = 0; bit < 96; bit++) {
		memcpy(addr, mapped, sizeof(addr));
		addr[bit / 8] ^= 1 << bit % 8;
		fill_ipv6(name, addr, 80, 0);
		dest = parse(test, AF_INET6, name, 28);
		KUNIT_EXPECT_TRUE_MSG(test, !dest.v4mapped, "bit %d", bit);
		KUNIT_EXPECT_TRUE_MSG(test, dest.kind == WSA_DEST_UNICAST, "bit %d: kind %d", bit,
				      dest.kind);
	}
}

/* A pointer from user space may have any alignment. */
static void parse__any_alignment(struct kunit *test)
{
	u8 name[LONGEST], moved[LONGEST + 8];
	struct wsa_dest dest;
	int offset;
	size_t i;

	for (offset = 0; offset < 8; offset++) {
		for (i = 0; i < ARRAY_SIZE(ipv6_rows); i++) {
			fill_ipv6(name, ipv6_rows[i].addr, 80, 3);
			memcpy(moved + offset, name, 28);
			wsa_dest_parse(AF_INET6, moved + offset, 28, &dest);
			KUNIT_EXPECT_TRUE_MSG(test, dest.kind == ipv6_rows[i].kind, "%s at +%d",
					      ipv6_rows[i].desc, offset);
		}
		fill_ipv4(name, 0xe0000001, 80);
		memcpy(moved + offset, name, 16);
		wsa_dest_parse(AF_INET, moved + offset, 16, &dest);
		KUNIT_EXPECT_EQ(test, (int)dest.kind, (int)WSA_DEST_MULTICAST);
	}
}

#define WSA_SOCKADDR_CASES(X) \
	X(parse__every_length_of_an_ipv4_socket__r20_r21_r23_r24_r26_r28) \
	X(parse__every_length_of_an_ipv6_socket__r22_r23_r24_r27_r158) \
	X(parse__lengths_that_are_none__r24) \
	X(parse__every_ipv4_class__r113_r116_r119_r120_r159_r160) \
	X(parse__every_ipv6_class__r114_r115_r116_r120_r124_r127_r159) \
	X(parse__one_bit_off_is_not_mapped__r115_r124) \
	X(parse__any_alignment)

#endif /* WSA_TESTS_SOCKADDR_CASES_H */
