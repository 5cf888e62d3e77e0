/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_SOCKADDR_H
#define WSA_RULES_SOCKADDR_H

#include "types.h"

/**
 * enum wsa_dest_kind - what a socket address is, seen from one socket
 * @WSA_DEST_SHORT: too short for the socket's family (rows 20-22, 27)
 * @WSA_DEST_UNSPEC: AF_UNSPEC
 * @WSA_DEST_FOREIGN: another family (rows 26, 28)
 * @WSA_DEST_ZERO: own family, everything else zero (row 159)
 * @WSA_DEST_ANY: wildcard address with a port (rows 113-115, 160)
 * @WSA_DEST_UNICAST: an address of one host, as far as the octets tell
 * @WSA_DEST_BROADCAST: 255.255.255.255
 * @WSA_DEST_MULTICAST: 224.0.0.0/4 or ff00::/8
 */
enum wsa_dest_kind {
	WSA_DEST_SHORT,
	WSA_DEST_UNSPEC,
	WSA_DEST_FOREIGN,
	WSA_DEST_ZERO,
	WSA_DEST_ANY,
	WSA_DEST_UNICAST,
	WSA_DEST_BROADCAST,
	WSA_DEST_MULTICAST,
};

/**
 * struct wsa_dest - a classified destination
 * @kind: what it is
 * @port_zero: the port is 0
 * @v4mapped: ::ffff:a.b.c.d on an AF_INET6 socket
 * @link_local: fe80::/10, which needs a scope
 * @scope: sin6_scope_id, 0 for IPv4
 */
struct wsa_dest {
	enum wsa_dest_kind kind;
	bool port_zero;
	bool v4mapped;
	bool link_local;
	u32 scope;
};

void wsa_dest_parse(u16 family, const void *name, int len, struct wsa_dest *dest);

#endif /* WSA_RULES_SOCKADDR_H */
