// SPDX-License-Identifier: GPL-2.0
/* What two ends of a transport connection agree on, and what breaks it. Pure. */
#include "cotp_rules.h"
#include "error.h"

/* Octets of a DT's head that its TPDU size counts. */
static u32 head_of_data(const struct wsa_cotp_terms *terms)
{
	return terms->cls ? 5 : 3;
}

/**
 * wsa_cotp_answer - what to answer a connection request
 * @cr: the request
 * @own_ref: the reference this end would have
 * @terms: out: what it is answered with
 *
 * Of the classes there are, 0 and 2 without explicit flow control are spoken. A
 * caller that prefers 3 or 4 must take 2, one that prefers 1 must take 0 (X.224, table 3).
 *
 * Return: 0, or the reason to refuse for.
 */
u8 wsa_cotp_answer(const struct wsa_tpdu *cr, u16 own_ref, struct wsa_cotp_terms *terms)
{
	u8 most = WSA_COTP_SIZE_MOST;

	*terms = (struct wsa_cotp_terms){ .own_ref = own_ref, .peer_ref = cr->src_ref };
	if (cr->cls >= 2 && cr->no_flow)
		terms->cls = 2;
	else if (cr->cls >= 2 && !(cr->alternatives & 1))
		return WSA_DR_NEGOTIATION;

	if (cr->cls && !cr->src_ref)
		return WSA_DR_PROTOCOL;
	if (!terms->cls)
		most = WSA_COTP_SIZE_CLASS0;
	terms->size = cr->size < most ? cr->size : most;
	return 0;
}

/**
 * wsa_cotp_confirm - the confirmation that goes with an answer
 * @cr: the request
 * @terms: what wsa_cotp_answer() said
 * @cc: out: the confirmation, without user data
 */
void wsa_cotp_confirm(const struct wsa_tpdu *cr, const struct wsa_cotp_terms *terms,
		      struct wsa_tpdu *cc)
{
	memset(cc, 0, sizeof(*cc));
	cc->type = WSA_TPDU_CC;
	cc->dst_ref = terms->peer_ref;
	cc->src_ref = terms->own_ref;
	cc->cls = terms->cls;
	cc->no_flow = terms->cls == 2;
	cc->size = terms->size;
	cc->calling = cr->calling;
	cc->called = cr->called;
}

/**
 * wsa_cotp_agree - is the confirmation one of the request's?
 * @cr: the request that was sent, of class 0 or 2
 * @cc: the confirmation
 * @terms: out: what was agreed on
 *
 * Class 0 has no user data: who selects it has thrown the caller's away. A size that is
 * not confirmed stays as it was proposed, for RFC 1006 has no smaller default.
 *
 * Return: WSA_REASON_NONE, or why there is no connection.
 */
enum wsa_reason wsa_cotp_agree(const struct wsa_tpdu *cr, const struct wsa_tpdu *cc,
			       struct wsa_cotp_terms *terms)
{
	*terms = (struct wsa_cotp_terms){
		.cls = cc->cls,
		.size = cc->size ? cc->size : cr->size,
		.own_ref = cr->src_ref,
		.peer_ref = cc->src_ref,
	};
	if (cc->dst_ref != cr->src_ref)
		return WSA_REASON_PEER_PROTOCOL;
	if (cc->cls && (cc->cls != cr->cls || !cc->no_flow || cc->extended || !cc->src_ref))
		return WSA_REASON_PEER_PROTOCOL;
	if (cr->size && cc->size > cr->size)
		return WSA_REASON_PEER_PROTOCOL;
	if (!cc->cls && cr->data_len)
		return WSA_REASON_NO_CONNECT_DATA;
	return WSA_REASON_NONE;
}

/**
 * wsa_cotp_check - may this TPDU come on an established connection?
 * @terms: what was agreed on
 * @tpdu: what came
 *
 * Peers of class 0 are known that do not count a DT's head, and that say a DR before they close.
 * Both are understood there.
 *
 * Return: 0 for data and for a release that is the connection's, else the reason to
 * end the connection for.
 */
u8 wsa_cotp_check(const struct wsa_cotp_terms *terms, const struct wsa_tpdu *tpdu)
{
	u32 head = terms->cls ? head_of_data(terms) : 0;

	switch (tpdu->type) {
	case WSA_TPDU_DT:
		if (tpdu->cls != terms->cls)
			return WSA_DR_PROTOCOL;
		if (terms->size && tpdu->payload + head > 1u << terms->size)
			return WSA_DR_LENGTH;
		break;
	case WSA_TPDU_DR:
		break;
	case WSA_TPDU_DC:
		if (!terms->cls)
			return WSA_DR_PROTOCOL;
		break;
	default:
		return WSA_DR_PROTOCOL;
	}
	if (terms->cls && tpdu->dst_ref != terms->own_ref)
		return WSA_DR_MISMATCHED;
	return 0;
}

/**
 * wsa_cotp_room - user data that fits in one DT
 * @terms: what was agreed on
 *
 * Return: octets; where no size was named, as for the largest that can be.
 */
u16 wsa_cotp_room(const struct wsa_cotp_terms *terms)
{
	u8 size = terms->size ? terms->size : WSA_COTP_SIZE_MOST;

	return (1 << size) - head_of_data(terms);
}

/**
 * wsa_cotp_reason - why a call was refused
 * @reason: what the DR says, enum wsa_dr_reason or any octet
 *
 * Return: the reason that connect keeps.
 */
enum wsa_reason wsa_cotp_reason(u8 reason)
{
	switch (reason) {
	case WSA_DR_UNSPECIFIED:
	case WSA_DR_NORMAL:
	case WSA_DR_REFUSED:
		return WSA_REASON_REFUSED;
	case WSA_DR_CONGESTED:
	case WSA_DR_REMOTE_CONGESTED:
	case WSA_DR_OVERFLOW:
		return WSA_REASON_PEER_CONGESTED;
	case WSA_DR_NO_SESSION:
	case WSA_DR_NO_ADDRESS:
		return WSA_REASON_NO_TSAP;
	default:
		return WSA_REASON_PEER_PROTOCOL;
	}
}

/**
 * wsa_cotp_end_code - why an established connection was ended
 * @reason: what the DR says
 *
 * Return: a Winsock code: WSAEDISCON where the peer's user ended it.
 */
u32 wsa_cotp_end_code(u8 reason)
{
	if (reason == WSA_DR_NORMAL || reason == WSA_DR_UNSPECIFIED)
		return WSAEDISCON;
	return wsa_reason_code(wsa_cotp_reason(reason));
}
