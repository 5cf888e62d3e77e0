/* SPDX-License-Identifier: MIT */
/*
 * Families, types, levels, address structures.
 *
 * Address structures have Linux' layout, which for IPv4 and IPv6 is Windows'
 * too, except for one number: AF_INET6 is Linux' 10, so that addresses pass
 * to and from the rest of the system untouched. Use the name.
 */
#ifndef WSACONNECT_WS2DEF_H
#define WSACONNECT_WS2DEF_H
#pragma GCC system_header
#include "wsatypes.h"
#include "inaddr.h"

typedef USHORT ADDRESS_FAMILY;

#define AF_UNSPEC	0
#define AF_UNIX		1
#define AF_INET		2
#define AF_INET6	10
#define PF_UNSPEC	AF_UNSPEC
#define PF_UNIX		AF_UNIX
#define PF_INET		AF_INET
#define PF_INET6	AF_INET6

#define SOCK_STREAM	1
#define SOCK_DGRAM	2
#define SOCK_RAW	3
#define SOCK_RDM	4
#define SOCK_SEQPACKET	5

#define IPPROTO_IP	0
#define IPPROTO_ICMP	1
#define IPPROTO_IGMP	2
#define IPPROTO_IPV4	4
#define IPPROTO_TCP	6
#define IPPROTO_UDP	17
#define IPPROTO_IPV6	41
#define IPPROTO_ICMPV6	58
#define IPPROTO_RAW	255

/* socket options: Windows' numbers, translated by the library */
#define SOL_SOCKET			0xffff
#define SO_DEBUG			0x0001
#define SO_ACCEPTCONN			0x0002
#define SO_REUSEADDR			0x0004
#define SO_KEEPALIVE			0x0008
#define SO_DONTROUTE			0x0010
#define SO_BROADCAST			0x0020
#define SO_USELOOPBACK			0x0040
#define SO_LINGER			0x0080
#define SO_OOBINLINE			0x0100
#define SO_DONTLINGER			((int)(~SO_LINGER))
#define SO_EXCLUSIVEADDRUSE		((int)(~SO_REUSEADDR))
#define SO_SNDBUF			0x1001
#define SO_RCVBUF			0x1002
#define SO_SNDLOWAT			0x1003
#define SO_RCVLOWAT			0x1004
#define SO_SNDTIMEO			0x1005
#define SO_RCVTIMEO			0x1006
#define SO_ERROR			0x1007
#define SO_TYPE				0x1008
#define SO_BSP_STATE			0x1009
#define SO_GROUP_ID			0x2001
#define SO_GROUP_PRIORITY		0x2002
#define SO_MAX_MSG_SIZE			0x2003
#define SO_PROTOCOL_INFOA		0x2004
#define SO_PROTOCOL_INFOW		0x2005
#ifdef UNICODE
#define SO_PROTOCOL_INFO		SO_PROTOCOL_INFOW
#else
#define SO_PROTOCOL_INFO		SO_PROTOCOL_INFOA
#endif
#define SO_CONDITIONAL_ACCEPT		0x3002
#define SO_PAUSE_ACCEPT			0x3003
#define SO_COMPARTMENT_ID		0x3004
#define SO_RANDOMIZE_PORT		0x3005
#define SO_PORT_SCALABILITY		0x3006
#define SO_REUSE_UNICASTPORT		0x3007

/* IPPROTO_TCP options */
#define TCP_NODELAY			1
#define TCP_EXPEDITED_1122		2
#define TCP_KEEPALIVE			3
#define TCP_KEEPIDLE			TCP_KEEPALIVE
#define TCP_MAXSEG			4
#define TCP_MAXRT			5
#define TCP_STDURG			6
#define TCP_NOURG			7
#define TCP_ATMARK			8
#define TCP_NOSYNRETRIES		9
#define TCP_TIMESTAMPS			10
#define TCP_CONGESTION_ALGORITHM	12
#define TCP_DELAY_FIN_ACK		13
#define TCP_MAXRTMS			14
#define TCP_FASTOPEN			15
#define TCP_KEEPCNT			16
#define TCP_KEEPINTVL			17
#define TCP_FAIL_CONNECT_ON_ICMP_ERROR	18
#define TCP_ICMP_ERROR_INFO		19

#define SOMAXCONN		0x7fffffff
#define SOMAXCONN_HINT(backlog)	(-(backlog))

/* control codes */
#define IOCPARM_MASK	0x7f
#define IOC_VOID	0x20000000
#define IOC_OUT		0x40000000
#define IOC_IN		0x80000000u
#define IOC_INOUT	(IOC_IN | IOC_OUT)
#define IOC_UNIX	0x00000000
#define IOC_WS2		0x08000000
#define IOC_PROTOCOL	0x10000000
#define IOC_VENDOR	0x18000000
#define _WSAIO(type, code)	(IOC_VOID | (type) | (code))
#define _WSAIOR(type, code)	(IOC_OUT | (type) | (code))
#define _WSAIOW(type, code)	(IOC_IN | (type) | (code))
#define _WSAIORW(type, code)	(IOC_INOUT | (type) | (code))

#define INADDR_ANY		((ULONG)0x00000000)
#define INADDR_LOOPBACK		0x7f000001
#define INADDR_BROADCAST	((ULONG)0xffffffff)
#define INADDR_NONE		0xffffffff
#define ADDR_ANY		INADDR_ANY
#define IN_CLASSD(i)		(((ULONG)(i) & 0xf0000000) == 0xe0000000)
#define IN_MULTICAST(i)		IN_CLASSD(i)
#define IPPORT_RESERVED		1024

typedef struct sockaddr {
	ADDRESS_FAMILY	sa_family;
	CHAR		sa_data[14];
} SOCKADDR, *PSOCKADDR, *LPSOCKADDR;

typedef struct sockaddr_in {
	ADDRESS_FAMILY	sin_family;
	USHORT		sin_port;
	IN_ADDR		sin_addr;
	CHAR		sin_zero[8];
} SOCKADDR_IN, *PSOCKADDR_IN, *LPSOCKADDR_IN;

typedef struct sockaddr_storage {
	ADDRESS_FAMILY	ss_family;
	CHAR		wsaconnect_pad[128 - sizeof(ADDRESS_FAMILY) - sizeof(uint64_t)];
	uint64_t	wsaconnect_align;
} SOCKADDR_STORAGE, *PSOCKADDR_STORAGE, *LPSOCKADDR_STORAGE;

typedef struct _SOCKET_ADDRESS {
	LPSOCKADDR	lpSockaddr;
	INT		iSockaddrLength;
} SOCKET_ADDRESS, *PSOCKET_ADDRESS, *LPSOCKET_ADDRESS;

/**
 * struct _WSABUF - one buffer
 * @len: octets
 * @buf: the caller's
 */
typedef struct _WSABUF {
	ULONG	len;
	CHAR	*buf;
} WSABUF, *LPWSABUF;

#define AI_PASSIVE			0x00000001
#define AI_CANONNAME			0x00000002
#define AI_NUMERICHOST			0x00000004
#define AI_NUMERICSERV			0x00000008
#define AI_ALL				0x00000100
#define AI_ADDRCONFIG			0x00000400
#define AI_V4MAPPED			0x00000800

typedef struct addrinfo {
	int		ai_flags;
	int		ai_family;
	int		ai_socktype;
	int		ai_protocol;
	size_t		ai_addrlen;
	char		*ai_canonname;
	struct sockaddr	*ai_addr;
	struct addrinfo	*ai_next;
} ADDRINFOA, *PADDRINFOA;

#endif /* WSACONNECT_WS2DEF_H */
