/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_PACKET_H
#define WSA_RULES_PACKET_H

#include "types.h"

/* Octets of a packet that always hold its ports, when it has any that are looked for. */
#define WSA_PACKET_HEAD		64

/**
 * struct wsa_packet - between which ports a packet is on its way
 * @protocol: IPPROTO_TCP or IPPROTO_UDP
 * @from: port, in network order
 * @to: likewise
 * @source: address; of IPv4 its first four octets
 * @dest: likewise
 */
struct wsa_packet {
	u8 protocol;
	__be16 from;
	__be16 to;
	struct in6_addr source;
	struct in6_addr dest;
};

bool wsa_packet_parse(const u8 *octets, size_t len, bool ipv6, struct wsa_packet *packet);

#endif /* WSA_RULES_PACKET_H */
