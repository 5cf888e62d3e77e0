/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_COTP_H
#define WSA_RULES_COTP_H

#include "types.h"

/* Lengths in octets. A head is what comes before user data, from the TPKT's first octet on. */
#define WSA_COTP_TPKT		4
#define WSA_COTP_CALL_DATA	32	/* user data of CR and CC */
#define WSA_COTP_BYE_DATA	64	/* user data of DR */
#define WSA_COTP_TSAP		32	/* a TSAP id */
#define WSA_COTP_HEAD		(WSA_COTP_TPKT + 1 + 254)
#define WSA_COTP_MOST		(WSA_COTP_HEAD + WSA_COTP_BYE_DATA)
#define WSA_COTP_PAYLOAD0	(65535 - 7)	/* of one DT of class 0 */
#define WSA_COTP_PAYLOAD2	(65535 - 9)	/* of one DT of class 2 */

/* Exponents of the TPDU size, which counts what follows the TPKT. */
#define WSA_COTP_SIZE_LEAST	7
#define WSA_COTP_SIZE_CLASS0	11
#define WSA_COTP_SIZE_MOST	13

/**
 * enum wsa_tpdu_type - a TPDU's code, its credit bits zero
 * @WSA_TPDU_ER: error
 * @WSA_TPDU_DR: disconnect request
 * @WSA_TPDU_DC: disconnect confirm
 * @WSA_TPDU_CC: connection confirm
 * @WSA_TPDU_CR: connection request
 * @WSA_TPDU_DT: data
 */
enum wsa_tpdu_type {
	WSA_TPDU_ER	= 0x70,
	WSA_TPDU_DR	= 0x80,
	WSA_TPDU_DC	= 0xc0,
	WSA_TPDU_CC	= 0xd0,
	WSA_TPDU_CR	= 0xe0,
	WSA_TPDU_DT	= 0xf0,
};

/**
 * enum wsa_dr_reason - why a transport connection is refused or ended
 * @WSA_DR_UNSPECIFIED: not specified
 * @WSA_DR_CONGESTED: congestion at the TSAP
 * @WSA_DR_NO_SESSION: nobody is attached to the TSAP
 * @WSA_DR_NO_ADDRESS: address unknown
 * @WSA_DR_NORMAL: the user has ended it
 * @WSA_DR_REMOTE_CONGESTED: congestion when the connection was requested
 * @WSA_DR_NEGOTIATION: negotiation failed
 * @WSA_DR_DUPLICATE: duplicate source reference
 * @WSA_DR_MISMATCHED: mismatched references
 * @WSA_DR_PROTOCOL: protocol error
 * @WSA_DR_OVERFLOW: reference overflow
 * @WSA_DR_REFUSED: connection request refused
 * @WSA_DR_LENGTH: header or parameter length invalid
 */
enum wsa_dr_reason {
	WSA_DR_UNSPECIFIED	= 0,
	WSA_DR_CONGESTED	= 1,
	WSA_DR_NO_SESSION	= 2,
	WSA_DR_NO_ADDRESS	= 3,
	WSA_DR_NORMAL		= 128,
	WSA_DR_REMOTE_CONGESTED	= 129,
	WSA_DR_NEGOTIATION	= 130,
	WSA_DR_DUPLICATE	= 131,
	WSA_DR_MISMATCHED	= 132,
	WSA_DR_PROTOCOL		= 133,
	WSA_DR_OVERFLOW		= 135,
	WSA_DR_REFUSED		= 136,
	WSA_DR_LENGTH		= 138,
};

/**
 * struct wsa_tsap - a transport selector
 * @len: octets used in @id
 * @id: the selector
 */
struct wsa_tsap {
	u8 len;
	u8 id[WSA_COTP_TSAP];
};

/**
 * struct wsa_tpdu - one TPDU; what its type does not have is zero
 * @type: enum wsa_tpdu_type
 * @cls: protocol class: proposed by CR, selected by CC; of DT the layout, 0 or 2
 * @no_flow: CR, CC: explicit flow control is not used
 * @extended: CR, CC: extended formats
 * @alternatives: CR: bit n says that class n would do, too
 * @size: CR, CC: exponent of the TPDU size, 0 when not said
 * @reason: DR: enum wsa_dr_reason; ER: the cause
 * @eot: DT: the last of a record
 * @number: DT: its number
 * @data_len: octets used in @data
 * @dst_ref: the receiver's reference
 * @src_ref: the sender's reference
 * @payload: DT: octets of user data, which stay where they are
 * @calling: CR, CC: the caller's selector
 * @called: CR, CC: the callee's selector
 * @data: CR, CC, DR: user data
 */
struct wsa_tpdu {
	u8 type;
	u8 cls;
	bool no_flow;
	bool extended;
	u8 alternatives;
	u8 size;
	u8 reason;
	bool eot;
	u8 number;
	u8 data_len;
	u16 dst_ref;
	u16 src_ref;
	u16 payload;
	struct wsa_tsap calling;
	struct wsa_tsap called;
	u8 data[WSA_COTP_BYE_DATA];
};

int wsa_cotp_next(const u8 *octet, size_t have);
u8 wsa_cotp_decode(const u8 *octet, size_t len, struct wsa_tpdu *tpdu);
size_t wsa_cotp_encode(const struct wsa_tpdu *tpdu, u8 *octet);

#endif /* WSA_RULES_COTP_H */
