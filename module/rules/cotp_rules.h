/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_COTP_RULES_H
#define WSA_RULES_COTP_RULES_H

#include "cotp.h"

/**
 * struct wsa_cotp_terms - what both ends of a transport connection agreed on
 * @cls: protocol class, 0 or 2
 * @size: exponent of the TPDU size, 0 when nobody named one
 * @own_ref: this end's reference
 * @peer_ref: the other end's
 */
struct wsa_cotp_terms {
	u8 cls;
	u8 size;
	u16 own_ref;
	u16 peer_ref;
};

u8 wsa_cotp_answer(const struct wsa_tpdu *cr, u16 own_ref, struct wsa_cotp_terms *terms);
void wsa_cotp_confirm(const struct wsa_tpdu *cr, const struct wsa_cotp_terms *terms,
		      struct wsa_tpdu *cc);
enum wsa_reason wsa_cotp_agree(const struct wsa_tpdu *cr, const struct wsa_tpdu *cc,
			       struct wsa_cotp_terms *terms);
u8 wsa_cotp_check(const struct wsa_cotp_terms *terms, const struct wsa_tpdu *tpdu);
u16 wsa_cotp_room(const struct wsa_cotp_terms *terms);
enum wsa_reason wsa_cotp_reason(u8 reason);
u32 wsa_cotp_end_code(u8 reason);

#endif /* WSA_RULES_COTP_RULES_H */
