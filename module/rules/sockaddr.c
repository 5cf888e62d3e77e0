// SPDX-License-Identifier: GPL-2.0
/* Classifies a destination address. Pure. */
#include "sockaddr.h"

static enum wsa_dest_kind kind_of_ipv4(u32 addr)
{
	if (!addr)
		return WSA_DEST_ANY;
	if (addr == INADDR_BROADCAST)
		return WSA_DEST_BROADCAST;
	if ((addr & 0xf0000000) == 0xe0000000)
		return WSA_DEST_MULTICAST;
	return WSA_DEST_UNICAST;
}

static void parse_ipv4(const void *name, struct wsa_dest *dest)
{
	struct sockaddr_in sin;

	memcpy(&sin, name, sizeof(sin));
	dest->port_zero = !sin.sin_port;
	dest->kind = kind_of_ipv4(ntohl(sin.sin_addr.s_addr));
	if (dest->kind == WSA_DEST_ANY && dest->port_zero)
		dest->kind = WSA_DEST_ZERO;
}

static void parse_ipv6(const void *name, struct wsa_dest *dest)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const u8 any[16];
	struct sockaddr_in6 sin6;
	const u8 *octet;

	memcpy(&sin6, name, sizeof(sin6));
	octet = sin6.sin6_addr.s6_addr;
	dest->port_zero = !sin6.sin6_port;
	dest->scope = sin6.sin6_scope_id;

	if (!memcmp(octet, any, sizeof(any))) {
		dest->kind = WSA_DEST_ANY;
		if (dest->port_zero && !dest->scope && !sin6.sin6_flowinfo)
			dest->kind = WSA_DEST_ZERO;
	} else if (!memcmp(octet, mapped, sizeof(mapped))) {
		dest->v4mapped = true;
		dest->kind = kind_of_ipv4((u32)octet[12] << 24 | octet[13] << 16 |
					  octet[14] << 8 | octet[15]);
	} else if (octet[0] == 0xff) {
		dest->kind = WSA_DEST_MULTICAST;
		dest->link_local = (octet[1] & 0x0f) == 2;
	} else {
		dest->kind = WSA_DEST_UNICAST;
		dest->link_local = octet[0] == 0xfe && (octet[1] & 0xc0) == 0x80;
	}
}

/**
 * wsa_dest_parse - classify a socket address for a socket
 * @family: the socket's family, AF_INET or AF_INET6
 * @name: the address, @len octets
 * @len: its length; octets behind the structure are ignored (row 23)
 * @dest: out: the classification, wholly written
 *
 * The length is tested against the socket's family before the address's own
 * family is looked at (row 27). AF_UNSPEC is taken at the length of a
 * sockaddr_in on either family (row 158).
 */
void wsa_dest_parse(u16 family, const void *name, int len, struct wsa_dest *dest)
{
	int least = family == AF_INET6 ? (int)sizeof(struct sockaddr_in6) :
					 (int)sizeof(struct sockaddr_in);
	u16 of_name;

	memset(dest, 0, sizeof(*dest));
	dest->kind = WSA_DEST_SHORT;
	if (len < (int)sizeof(struct sockaddr_in))
		return;

	memcpy(&of_name, name, sizeof(of_name));
	if (of_name == AF_UNSPEC) {
		dest->kind = WSA_DEST_UNSPEC;
		return;
	}
	if (len < least)
		return;

	if (of_name != family)
		dest->kind = WSA_DEST_FOREIGN;
	else if (family == AF_INET6)
		parse_ipv6(name, dest);
	else
		parse_ipv4(name, dest);
}
