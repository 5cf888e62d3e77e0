/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_QOS_OBJECT_H
#define WSA_RULES_QOS_OBJECT_H

#include "types.h"

/**
 * enum wsa_excess - what is done with what a flow sends beyond its token bucket
 * @WSA_EXCESS_BORROW: it uses what is left, behind best effort
 * @WSA_EXCESS_SHAPE: it waits until it conforms
 * @WSA_EXCESS_DISCARD: it is dropped
 * @WSA_EXCESS_BORROW_PLUS: it uses what is left, like what conforms
 * @WSA_EXCESS_DEFAULT: no object says: SHAPE for guaranteed flows and network control, else
 *	BORROW
 *
 * The first four are the numbers of TC_NONCONF_*.
 */
enum wsa_excess {
	WSA_EXCESS_BORROW	= 0,
	WSA_EXCESS_SHAPE	= 1,
	WSA_EXCESS_DISCARD	= 2,
	WSA_EXCESS_BORROW_PLUS	= 3,
	WSA_EXCESS_DEFAULT	= 4,
};

/* No value of wsa_qos_objects.dscp and .user_priority. */
#define WSA_MARK_DEFAULT	0xff

/**
 * struct wsa_qos_objects - what a list of provider-specific objects says
 * @excess: SD_MODE
 * @shaping_rate: SHAPING_RATE, octets per second; 0 for none
 * @dscp: DS_CLASS, or what a DIFFSERV rule makes of 0; WSA_MARK_DEFAULT for neither
 * @user_priority: TRAFFIC_CLASS, or the same rule's; WSA_MARK_DEFAULT for neither
 * @dest: DESTADDR: the program's pointer to a socket address, not looked at here; 0 for none
 * @dest_len: its length, as the program says; not 0 with a @dest
 */
struct wsa_qos_objects {
	enum wsa_excess excess;
	u32 shaping_rate;
	u8 dscp;
	u8 user_priority;
	u64 dest;
	u32 dest_len;
};

u32 wsa_qos_objects_parse(const void *list, size_t len, struct wsa_qos_objects *objects);

#endif /* WSA_RULES_QOS_OBJECT_H */
