// SPDX-License-Identifier: GPL-2.0
/*
 * Whose a packet is, as far as its first octets tell. Pure.
 *
 * Only whole packets of TCP and UDP: of a fragment only the first has ports, and in IPv6 it is the
 * extension headers that say so.
 */
#include "packet.h"

#define IPV4_HEADER	20
#define IPV6_HEADER	40
#define PORTS		4

/* RFC 791: more fragments, or where this one belongs. */
#define IPV4_FRAGMENT	0x3fff

static bool parse_ports(const u8 *octets, size_t len, size_t at, struct wsa_packet *packet)
{
	if (packet->protocol != IPPROTO_TCP && packet->protocol != IPPROTO_UDP)
		return false;
	if (at + PORTS > len)
		return false;
	memcpy(&packet->from, octets + at, sizeof(packet->from));
	memcpy(&packet->to, octets + at + sizeof(packet->from), sizeof(packet->to));
	return true;
}

static bool parse_ipv4(const u8 *octets, size_t len, struct wsa_packet *packet)
{
	size_t header = (octets[0] & 0xf) * 4;

	if (octets[0] >> 4 != 4 || header < IPV4_HEADER)
		return false;
	if ((octets[6] << 8 | octets[7]) & IPV4_FRAGMENT)
		return false;
	packet->protocol = octets[9];
	memcpy(&packet->source, octets + 12, 4);
	memcpy(&packet->dest, octets + 16, 4);
	return parse_ports(octets, len, header, packet);
}

static bool parse_ipv6(const u8 *octets, size_t len, struct wsa_packet *packet)
{
	if (octets[0] >> 4 != 6)
		return false;
	packet->protocol = octets[6];
	memcpy(&packet->source, octets + 8, sizeof(packet->source));
	memcpy(&packet->dest, octets + 24, sizeof(packet->dest));
	return parse_ports(octets, len, IPV6_HEADER, packet);
}

/**
 * wsa_packet_parse - find a packet's ports
 * @octets: the packet from its IP header on, or its first WSA_PACKET_HEAD octets
 * @len: octets there
 * @ipv6: what it was said to be where it came in
 * @packet: out: its ports; wholly written, zero where there are none
 *
 * Return: false for what has no ports here: other protocols, fragments, IPv6 with extension
 * headers, and what is cut off.
 */
bool wsa_packet_parse(const u8 *octets, size_t len, bool ipv6, struct wsa_packet *packet)
{
	bool found;

	memset(packet, 0, sizeof(*packet));
	if (len < (ipv6 ? IPV6_HEADER : IPV4_HEADER))
		return false;
	found = ipv6 ? parse_ipv6(octets, len, packet) : parse_ipv4(octets, len, packet);
	if (!found)
		memset(packet, 0, sizeof(*packet));
	return found;
}
