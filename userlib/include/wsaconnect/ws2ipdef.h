/* SPDX-License-Identifier: MIT */
/* IPv4 and IPv6: sockaddr_in6, options, membership structures. */
#ifndef WSACONNECT_WS2IPDEF_H
#define WSACONNECT_WS2IPDEF_H
#pragma GCC system_header
#include "ws2def.h"
#include "in6addr.h"

typedef struct sockaddr_in6 {
	ADDRESS_FAMILY	sin6_family;
	USHORT		sin6_port;
	ULONG		sin6_flowinfo;
	IN6_ADDR	sin6_addr;
	ULONG		sin6_scope_id;
} SOCKADDR_IN6, *PSOCKADDR_IN6, *LPSOCKADDR_IN6;

typedef struct sockaddr_in6 SOCKADDR_IN6_LH, *PSOCKADDR_IN6_LH;

typedef union _SOCKADDR_INET {
	SOCKADDR_IN	Ipv4;
	SOCKADDR_IN6	Ipv6;
	ADDRESS_FAMILY	si_family;
} SOCKADDR_INET, *PSOCKADDR_INET;

#define INET_ADDRSTRLEN		22
#define INET6_ADDRSTRLEN	65

#define IN6ADDR_ANY_INIT	{{{0}}}
#define IN6ADDR_LOOPBACK_INIT	{{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}}}

WSACONNECT_BEGIN
/* libc's own objects: same layout */
extern const struct in6_addr in6addr_any;
extern const struct in6_addr in6addr_loopback;
WSACONNECT_END

#define WSACONNECT_IN6_ZERO(a, from, to) \
	(WSACONNECT_IN6_OR((a)->u.Word, from, to) == 0)

static __inline__ int WSACONNECT_IN6_OR(const USHORT *word, int from, int to)
{
	int any = 0;

	while (from < to)
		any |= word[from++];
	return any;
}

#define IN6_IS_ADDR_UNSPECIFIED(a)	WSACONNECT_IN6_ZERO(a, 0, 8)
#define IN6_IS_ADDR_LOOPBACK(a) \
	(WSACONNECT_IN6_ZERO(a, 0, 7) && (a)->u.Byte[14] == 0 && (a)->u.Byte[15] == 1)
#define IN6_IS_ADDR_MULTICAST(a)	((a)->u.Byte[0] == 0xff)
#define IN6_IS_ADDR_LINKLOCAL(a)	((a)->u.Byte[0] == 0xfe && ((a)->u.Byte[1] & 0xc0) == 0x80)
#define IN6_IS_ADDR_SITELOCAL(a)	((a)->u.Byte[0] == 0xfe && ((a)->u.Byte[1] & 0xc0) == 0xc0)
#define IN6_IS_ADDR_GLOBAL(a) \
	(((a)->u.Byte[0] & 0xe0) != 0 && ((a)->u.Byte[0] & 0xe0) != 0xe0)
#define IN6_IS_ADDR_V4MAPPED(a) \
	(WSACONNECT_IN6_ZERO(a, 0, 5) && (a)->u.Word[5] == 0xffff)
#define IN6_IS_ADDR_V4COMPAT(a) \
	(WSACONNECT_IN6_ZERO(a, 0, 6) && !(WSACONNECT_IN6_ZERO(a, 6, 7) && \
	 (a)->u.Byte[14] == 0 && (a)->u.Byte[15] <= 1))
#define IN6_IS_ADDR_MC_NODELOCAL(a)	(IN6_IS_ADDR_MULTICAST(a) && ((a)->u.Byte[1] & 0xf) == 0x1)
#define IN6_IS_ADDR_MC_LINKLOCAL(a)	(IN6_IS_ADDR_MULTICAST(a) && ((a)->u.Byte[1] & 0xf) == 0x2)
#define IN6_IS_ADDR_MC_SITELOCAL(a)	(IN6_IS_ADDR_MULTICAST(a) && ((a)->u.Byte[1] & 0xf) == 0x5)
#define IN6_IS_ADDR_MC_ORGLOCAL(a)	(IN6_IS_ADDR_MULTICAST(a) && ((a)->u.Byte[1] & 0xf) == 0x8)
#define IN6_IS_ADDR_MC_GLOBAL(a)	(IN6_IS_ADDR_MULTICAST(a) && ((a)->u.Byte[1] & 0xf) == 0xe)

/* IPPROTO_IP options */
#define IP_OPTIONS			1
#define IP_HDRINCL			2
#define IP_TOS				3
#define IP_TTL				4
#define IP_MULTICAST_IF			9
#define IP_MULTICAST_TTL		10
#define IP_MULTICAST_LOOP		11
#define IP_ADD_MEMBERSHIP		12
#define IP_DROP_MEMBERSHIP		13
#define IP_DONTFRAGMENT			14
#define IP_ADD_SOURCE_MEMBERSHIP	15
#define IP_DROP_SOURCE_MEMBERSHIP	16
#define IP_BLOCK_SOURCE			17
#define IP_UNBLOCK_SOURCE		18
#define IP_PKTINFO			19
#define IP_UNICAST_IF			31
#define IP_MTU_DISCOVER			71
#define IP_MTU				73

/* IPPROTO_IPV6 options */
#define IPV6_HDRINCL			2
#define IPV6_UNICAST_HOPS		4
#define IPV6_MULTICAST_IF		9
#define IPV6_MULTICAST_HOPS		10
#define IPV6_MULTICAST_LOOP		11
#define IPV6_ADD_MEMBERSHIP		12
#define IPV6_JOIN_GROUP			IPV6_ADD_MEMBERSHIP
#define IPV6_DROP_MEMBERSHIP		13
#define IPV6_LEAVE_GROUP		IPV6_DROP_MEMBERSHIP
#define IPV6_DONTFRAG			14
#define IPV6_PKTINFO			19
#define IPV6_CHECKSUM			26
#define IPV6_V6ONLY			27
#define IPV6_UNICAST_IF			31
#define IPV6_MTU_DISCOVER		71
#define IPV6_MTU			72

typedef struct ip_mreq {
	IN_ADDR	imr_multiaddr;
	IN_ADDR	imr_interface;
} IP_MREQ, *PIP_MREQ;

typedef struct ip_mreq_source {
	IN_ADDR	imr_multiaddr;
	IN_ADDR	imr_sourceaddr;
	IN_ADDR	imr_interface;
} IP_MREQ_SOURCE, *PIP_MREQ_SOURCE;

typedef struct ipv6_mreq {
	IN6_ADDR	ipv6mr_multiaddr;
	ULONG		ipv6mr_interface;
} IPV6_MREQ, *PIPV6_MREQ;

#endif /* WSACONNECT_WS2IPDEF_H */
