// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer: any octets as what a peer sends, read as a socket reads them; and any TPDU there can
 * be, written and read again.
 */
#include <stdlib.h>

#include "../../module/rules/cotp_rules.h"

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* A buffer that ends where the octets do. */
static uint8_t *exact(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size);

	check(copy);
	memcpy(copy, data, size);
	return copy;
}

static u8 decode(const uint8_t *data, size_t size, struct wsa_tpdu *tpdu)
{
	uint8_t *copy = exact(data, size);
	u8 reason = wsa_cotp_decode(copy, size, tpdu);

	free(copy);
	return reason;
}

static int next(const uint8_t *data, size_t size)
{
	uint8_t *copy = exact(data, size);
	int n = wsa_cotp_next(copy, size);

	free(copy);
	return n;
}

static bool same(const struct wsa_tpdu *a, const struct wsa_tpdu *b)
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

/* decode(encode(x)) is x. */
static void check_again(const struct wsa_tpdu *tpdu)
{
	uint8_t octet[WSA_COTP_MOST];
	struct wsa_tpdu got;
	size_t len = wsa_cotp_encode(tpdu, octet);

	check(len >= 7 && len <= sizeof(octet));
	check(!next(octet, len));
	check(next(octet, len - 1) == 1);
	memset(&got, 0xa5, sizeof(got));
	check(!decode(octet, len, &got));
	check(same(tpdu, &got));
}

static void check_rules(const struct wsa_tpdu *tpdu, u8 head)
{
	struct wsa_cotp_terms terms = {
		.cls = head & 1 ? 2 : 0, .size = head >> 4, .own_ref = tpdu->dst_ref,
	};
	struct wsa_tpdu cc;
	u8 reason;

	if (terms.size < WSA_COTP_SIZE_LEAST || terms.size > WSA_COTP_SIZE_MOST)
		terms.size = 0;
	reason = wsa_cotp_check(&terms, tpdu);
	if (!reason && tpdu->type == WSA_TPDU_DT && terms.size)
		check(tpdu->payload <= wsa_cotp_room(&terms) + (terms.cls ? 0 : 3));

	if (tpdu->type == WSA_TPDU_CR && !wsa_cotp_answer(tpdu, 9, &terms)) {
		check(!terms.cls || (terms.cls == 2 && terms.peer_ref));
		check(!terms.size || terms.size <= tpdu->size);
		wsa_cotp_confirm(tpdu, &terms, &cc);
		check_again(&cc);
	}
}

/* Reads one TPDU after the other, and takes no octet that was not asked for. */
static void read_all(const uint8_t *data, size_t size, u8 head)
{
	struct wsa_tpdu tpdu;
	size_t have;
	u8 reason;
	int n;

	for (;;) {
		for (have = 0; (n = next(data, have)) > 0; have += n) {
			check(have + n <= WSA_COTP_MOST);
			check(decode(data, have, &tpdu) == WSA_DR_LENGTH);
			if (have + n > size)
				return;
		}
		reason = decode(data, have, &tpdu);
		if (n < 0)
			check(reason == -n);
		if (reason)
			return;
		check(have >= 7);
		check_again(&tpdu);
		check_rules(&tpdu, head);
		data += have;
		size -= have;
		if (tpdu.payload > size)
			return;
		data += tpdu.payload;
		size -= tpdu.payload;
	}
}

struct octets {
	const uint8_t *data;
	size_t size;
};

static u8 take(struct octets *from)
{
	if (!from->size)
		return 0;
	from->size--;
	return *from->data++;
}

static u16 take16(struct octets *from)
{
	return take(from) << 8 | take(from);
}

static u8 take_id(struct octets *from, u8 *id, u8 most)
{
	u8 len = take(from) % (most + 1), i;

	for (i = 0; i < len; i++)
		id[i] = take(from);
	return len;
}

/* Any TPDU that can be. */
static void write_any(struct octets from)
{
	static const u8 types[] = { WSA_TPDU_CR, WSA_TPDU_CC, WSA_TPDU_DR, WSA_TPDU_DC,
				    WSA_TPDU_DT, WSA_TPDU_ER };
	struct wsa_tpdu tpdu;

	memset(&tpdu, 0, sizeof(tpdu));
	tpdu.type = types[take(&from) % ARRAY_SIZE(types)];
	if (tpdu.type != WSA_TPDU_CR)
		tpdu.dst_ref = take16(&from);
	if (tpdu.type != WSA_TPDU_DT && tpdu.type != WSA_TPDU_ER)
		tpdu.src_ref = take16(&from);
	switch (tpdu.type) {
	case WSA_TPDU_DT:
		tpdu.cls = take(&from) & 2;
		if (!tpdu.cls)
			tpdu.dst_ref = 0;
		tpdu.eot = take(&from) & 1;
		tpdu.number = take(&from) & 0x7f;
		tpdu.payload = take16(&from) %
			       ((tpdu.cls ? WSA_COTP_PAYLOAD2 : WSA_COTP_PAYLOAD0) + 1);
		break;
	case WSA_TPDU_ER:
		tpdu.reason = take(&from);
		break;
	case WSA_TPDU_DC:
		break;
	case WSA_TPDU_DR:
		tpdu.reason = take(&from);
		tpdu.data_len = take_id(&from, tpdu.data, WSA_COTP_BYE_DATA);
		break;
	default:
		if (tpdu.type == WSA_TPDU_CR)
			tpdu.alternatives = take(&from) & 0x1f;
		tpdu.cls = take(&from) % 5;
		tpdu.no_flow = take(&from) & 1;
		tpdu.extended = take(&from) & 1;
		tpdu.size = WSA_COTP_SIZE_LEAST - 1 + take(&from) % 8;
		if (tpdu.size < WSA_COTP_SIZE_LEAST)
			tpdu.size = 0;
		tpdu.calling.len = take_id(&from, tpdu.calling.id, WSA_COTP_TSAP);
		tpdu.called.len = take_id(&from, tpdu.called.id, WSA_COTP_TSAP);
		tpdu.data_len = take_id(&from, tpdu.data, WSA_COTP_CALL_DATA);
		break;
	}
	check_again(&tpdu);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	read_all(data + 1, size - 1, data[0]);
	write_any((struct octets){ data, size });
	return 0;
}
