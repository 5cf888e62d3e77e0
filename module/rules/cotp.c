// SPDX-License-Identifier: GPL-2.0
/*
 * ISO transport over TCP: octets to TPDUs and back. Pure.
 *
 * TPKT framing as in RFC 1006, the TPDUs of X.224 clause 13 that classes 0 and 2
 * without explicit flow control have, but for expedited data.
 */
#include "cotp.h"

#define TPKT_VERSION	3
#define TPKT_LEAST	7

/* Where a TPDU's fields are, from the TPKT's first octet on. */
#define AT_LI		4
#define AT_CODE		5
#define AT_DST_REF	6
#define AT_SRC_REF	8
#define AT_CLASS	10
#define AT_REASON	10
#define AT_CAUSE	8

/* The length indicator counts what follows it. */
#define LI_DT_CLASS0	2
#define LI_DT_CLASS2	4
#define LI_ER		4
#define LI_DC		5
#define LI_CALL		6

#define OPTION_NO_FLOW	0x01
#define OPTION_EXTENDED	0x02
#define EOT		0x80

#define PARAM_SIZE		0xc0
#define PARAM_CALLING		0xc1
#define PARAM_CALLED		0xc2
#define PARAM_ALTERNATIVES	0xc7

static u16 get_be16(const u8 *octet)
{
	return octet[0] << 8 | octet[1];
}

static u8 *put_be16(u8 *octet, u16 value)
{
	octet[0] = value >> 8;
	octet[1] = value;
	return octet + 2;
}

/**
 * wsa_cotp_next - how many octets to read next
 * @octet: the TPKT so far
 * @have: octets there are
 *
 * A reader that never takes more than it is told leaves user data of a DT, and whatever
 * comes behind any other TPDU, where it is.
 *
 * Return: octets to read before asking again, 0 when the TPDU, or a DT's head, is
 * there; -WSA_DR_PROTOCOL or -WSA_DR_LENGTH when it will never be one.
 */
int wsa_cotp_next(const u8 *octet, size_t have)
{
	size_t whole, head;

	if (have && octet[0] != TPKT_VERSION)
		return -WSA_DR_PROTOCOL;
	if (have < WSA_COTP_TPKT)
		return WSA_COTP_TPKT - have;
	whole = get_be16(octet + 2);
	if (whole < TPKT_LEAST)
		return -WSA_DR_LENGTH;
	if (have <= AT_CODE)
		return AT_CODE + 1 - have;
	head = AT_LI + 1 + octet[AT_LI];
	if (octet[AT_LI] < LI_DT_CLASS0 || head > WSA_COTP_HEAD || head > whole)
		return -WSA_DR_LENGTH;
	if (octet[AT_CODE] != WSA_TPDU_DT) {
		if (whole > WSA_COTP_MOST)
			return -WSA_DR_LENGTH;
		head = whole;
	}
	return have < head ? head - have : 0;
}

static u8 decode_tsap(struct wsa_tsap *tsap, const u8 *value, size_t len)
{
	if (len > sizeof(tsap->id))
		return WSA_DR_LENGTH;
	memset(tsap, 0, sizeof(*tsap));
	tsap->len = len;
	memcpy(tsap->id, value, len);
	return 0;
}

static u8 decode_alternatives(struct wsa_tpdu *tpdu, const u8 *value, size_t len)
{
	u8 classes = 0;

	for (; len; len--, value++) {
		if (*value >> 4 > 4)
			return WSA_DR_PROTOCOL;
		classes |= 1 << (*value >> 4);
	}
	tpdu->alternatives = classes;
	return 0;
}

/* What is not for us is passed over; a parameter that comes twice counts as it was said last. */
static u8 decode_parameter(struct wsa_tpdu *tpdu, u8 code, const u8 *value, size_t len)
{
	if (tpdu->type != WSA_TPDU_CR && tpdu->type != WSA_TPDU_CC)
		return 0;

	switch (code) {
	case PARAM_SIZE:
		if (len != 1)
			return WSA_DR_LENGTH;
		if (*value < WSA_COTP_SIZE_LEAST || *value > WSA_COTP_SIZE_MOST)
			return WSA_DR_PROTOCOL;
		tpdu->size = *value;
		return 0;
	case PARAM_CALLING:
		return decode_tsap(&tpdu->calling, value, len);
	case PARAM_CALLED:
		return decode_tsap(&tpdu->called, value, len);
	case PARAM_ALTERNATIVES:
		if (tpdu->type == WSA_TPDU_CC)
			return WSA_DR_PROTOCOL;
		return decode_alternatives(tpdu, value, len);
	default:
		return 0;
	}
}

static u8 decode_parameters(struct wsa_tpdu *tpdu, const u8 *octet, size_t len)
{
	size_t n;
	u8 reason;

	while (len) {
		if (len < 2 || octet[1] > len - 2)
			return WSA_DR_LENGTH;
		n = octet[1];
		reason = decode_parameter(tpdu, octet[0], octet + 2, n);
		if (reason)
			return reason;
		octet += 2 + n;
		len -= 2 + n;
	}
	return 0;
}

static u8 decode_data(struct wsa_tpdu *tpdu, const u8 *octet, size_t len, size_t most)
{
	if (len > most)
		return WSA_DR_LENGTH;
	tpdu->data_len = len;
	memcpy(tpdu->data, octet, len);
	return 0;
}

static u8 decode_call(struct wsa_tpdu *tpdu, const u8 *octet)
{
	u8 options = octet[AT_CLASS] & 0x0f;

	tpdu->cls = octet[AT_CLASS] >> 4;
	tpdu->no_flow = options & OPTION_NO_FLOW;
	tpdu->extended = options & OPTION_EXTENDED;
	if (tpdu->cls > 4 || options & ~(OPTION_NO_FLOW | OPTION_EXTENDED))
		return WSA_DR_PROTOCOL;
	if (tpdu->type == WSA_TPDU_CR && tpdu->dst_ref)
		return WSA_DR_MISMATCHED;
	return 0;
}

static u8 decode_dt(struct wsa_tpdu *tpdu, const u8 *octet)
{
	size_t head = AT_LI + 1 + octet[AT_LI];
	u8 last = octet[head - 1];

	switch (octet[AT_LI]) {
	case LI_DT_CLASS0:
		break;
	case LI_DT_CLASS2:
		tpdu->cls = 2;
		tpdu->dst_ref = get_be16(octet + AT_DST_REF);
		break;
	default:
		return WSA_DR_LENGTH;
	}
	tpdu->eot = last & EOT;
	tpdu->number = last & ~EOT;
	tpdu->payload = get_be16(octet + 2) - head;
	return 0;
}

/* Octets before the parameters, those of the TPKT included; 0 for what we do not speak. */
static size_t fixed_part(u8 type)
{
	switch (type) {
	case WSA_TPDU_CR:
	case WSA_TPDU_CC:
	case WSA_TPDU_DR:
		return AT_LI + 1 + LI_CALL;
	case WSA_TPDU_DC:
		return AT_LI + 1 + LI_DC;
	case WSA_TPDU_ER:
		return AT_LI + 1 + LI_ER;
	default:
		return 0;
	}
}

static size_t most_data(u8 type)
{
	switch (type) {
	case WSA_TPDU_CR:
	case WSA_TPDU_CC:
		return WSA_COTP_CALL_DATA;
	case WSA_TPDU_DR:
		return WSA_COTP_BYE_DATA;
	default:
		return 0;
	}
}

/**
 * wsa_cotp_decode - read a TPDU
 * @octet: the TPKT
 * @len: octets there are, as many as wsa_cotp_next() wanted; what is behind them is not read
 * @tpdu: out: the TPDU, wholly written; undefined but for @tpdu->type when it is refused
 *
 * Return: 0, or the reason (enum wsa_dr_reason, never 0) a connection ends for.
 */
u8 wsa_cotp_decode(const u8 *octet, size_t len, struct wsa_tpdu *tpdu)
{
	int next = wsa_cotp_next(octet, len);
	size_t whole, head, fixed;
	u8 reason = 0;

	memset(tpdu, 0, sizeof(*tpdu));
	if (next)
		return next < 0 ? -next : WSA_DR_LENGTH;

	tpdu->type = octet[AT_CODE];
	if (tpdu->type == WSA_TPDU_DT)
		return decode_dt(tpdu, octet);

	fixed = fixed_part(tpdu->type);
	if (!fixed)
		return WSA_DR_PROTOCOL;
	whole = get_be16(octet + 2);
	head = AT_LI + 1 + octet[AT_LI];
	if (head < fixed)
		return WSA_DR_LENGTH;

	tpdu->dst_ref = get_be16(octet + AT_DST_REF);
	if (tpdu->type == WSA_TPDU_ER) {
		tpdu->reason = octet[AT_CAUSE];
	} else {
		tpdu->src_ref = get_be16(octet + AT_SRC_REF);
		if (tpdu->type == WSA_TPDU_DR)
			tpdu->reason = octet[AT_REASON];
		else if (tpdu->type != WSA_TPDU_DC)
			reason = decode_call(tpdu, octet);
	}
	if (!reason)
		reason = decode_parameters(tpdu, octet + fixed, head - fixed);
	if (!reason)
		reason = decode_data(tpdu, octet + head, whole - head, most_data(tpdu->type));
	return reason;
}

static u8 *encode_tsap(u8 *octet, u8 code, const struct wsa_tsap *tsap)
{
	if (!tsap->len)
		return octet;
	*octet++ = code;
	*octet++ = tsap->len;
	memcpy(octet, tsap->id, tsap->len);
	return octet + tsap->len;
}

static u8 *encode_call(const struct wsa_tpdu *tpdu, u8 *octet)
{
	u8 *count;
	int n;

	*octet++ = tpdu->cls << 4 | (tpdu->no_flow ? OPTION_NO_FLOW : 0) |
		   (tpdu->extended ? OPTION_EXTENDED : 0);
	if (tpdu->size) {
		*octet++ = PARAM_SIZE;
		*octet++ = 1;
		*octet++ = tpdu->size;
	}
	octet = encode_tsap(octet, PARAM_CALLING, &tpdu->calling);
	octet = encode_tsap(octet, PARAM_CALLED, &tpdu->called);
	if (tpdu->alternatives) {
		*octet++ = PARAM_ALTERNATIVES;
		count = octet++;
		for (n = 0; n <= 4; n++) {
			if (tpdu->alternatives & 1 << n)
				*octet++ = n << 4;
		}
		*count = octet - count - 1;
	}
	return octet;
}

static bool can_encode(const struct wsa_tpdu *tpdu)
{
	if (tpdu->data_len > most_data(tpdu->type))
		return false;
	if (tpdu->type == WSA_TPDU_DT)
		return tpdu->number < EOT &&
		       (tpdu->cls ? tpdu->cls == 2 && tpdu->payload <= WSA_COTP_PAYLOAD2 :
				    !tpdu->dst_ref && tpdu->payload <= WSA_COTP_PAYLOAD0);
	if (!fixed_part(tpdu->type) || tpdu->payload)
		return false;
	if (tpdu->size && (tpdu->size < WSA_COTP_SIZE_LEAST || tpdu->size > WSA_COTP_SIZE_MOST))
		return false;
	return tpdu->cls <= 4 && tpdu->alternatives < 1 << 5 &&
	       tpdu->calling.len <= WSA_COTP_TSAP && tpdu->called.len <= WSA_COTP_TSAP;
}

/**
 * wsa_cotp_encode - write a TPDU
 * @tpdu: the TPDU; of DT the head is written, @tpdu->payload octets are to follow
 * @octet: out: room for WSA_COTP_MOST octets
 *
 * Return: octets written; 0 when the TPDU has no such form.
 */
size_t wsa_cotp_encode(const struct wsa_tpdu *tpdu, u8 *octet)
{
	u8 *end = octet + AT_CODE;

	if (!can_encode(tpdu))
		return 0;

	*end++ = tpdu->type;
	if (tpdu->type != WSA_TPDU_DT || tpdu->cls)
		end = put_be16(end, tpdu->dst_ref);

	switch (tpdu->type) {
	case WSA_TPDU_DT:
		*end++ = (tpdu->eot ? EOT : 0) | tpdu->number;
		break;
	case WSA_TPDU_ER:
		*end++ = tpdu->reason;
		break;
	case WSA_TPDU_DC:
		end = put_be16(end, tpdu->src_ref);
		break;
	case WSA_TPDU_DR:
		end = put_be16(end, tpdu->src_ref);
		*end++ = tpdu->reason;
		break;
	default:
		end = encode_call(tpdu, put_be16(end, tpdu->src_ref));
		break;
	}
	octet[AT_LI] = end - octet - AT_LI - 1;

	memcpy(end, tpdu->data, tpdu->data_len);
	end += tpdu->data_len;
	octet[0] = TPKT_VERSION;
	octet[1] = 0;
	put_be16(octet + 2, end - octet + tpdu->payload);
	return end - octet;
}
