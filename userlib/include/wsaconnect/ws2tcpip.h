/* SPDX-License-Identifier: MIT */
/* Names and addresses, IPv4 and IPv6. */
#ifndef WSACONNECT_WS2TCPIP_H
#define WSACONNECT_WS2TCPIP_H
#pragma GCC system_header
#include "winsock2.h"
#include "ws2ipdef.h"

#define NI_NOFQDN	0x01
#define NI_NUMERICHOST	0x02
#define NI_NAMEREQD	0x04
#define NI_NUMERICSERV	0x08
#define NI_DGRAM	0x10
#define NI_MAXHOST	1025
#define NI_MAXSERV	32

#define EAI_AGAIN	WSATRY_AGAIN
#define EAI_BADFLAGS	WSAEINVAL
#define EAI_FAIL	WSANO_RECOVERY
#define EAI_FAMILY	WSAEAFNOSUPPORT
#define EAI_MEMORY	WSA_NOT_ENOUGH_MEMORY
#define EAI_NONAME	WSAHOST_NOT_FOUND
#define EAI_NODATA	EAI_NONAME
#define EAI_SERVICE	WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE	WSAESOCKTNOSUPPORT

WSACONNECT_BEGIN

WSACONNECT_API INT WSAAPI getaddrinfo(PCSTR node, PCSTR service, const ADDRINFOA *hints,
				      PADDRINFOA *result)
	WSACONNECT_ALIAS("wsaconnect_getaddrinfo");
WSACONNECT_API VOID WSAAPI freeaddrinfo(PADDRINFOA info)
	WSACONNECT_ALIAS("wsaconnect_freeaddrinfo");
WSACONNECT_API INT WSAAPI getnameinfo(const SOCKADDR *sa, int salen, PCHAR host, DWORD hostlen,
				      PCHAR service, DWORD servicelen, INT flags)
	WSACONNECT_ALIAS("wsaconnect_getnameinfo");
WSACONNECT_API char *WSAAPI gai_strerrorA(int code);

WSACONNECT_API INT WSAAPI inet_pton(INT family, PCSTR text, PVOID address)
	WSACONNECT_ALIAS("wsaconnect_inet_pton");
WSACONNECT_API PCSTR WSAAPI inet_ntop(INT family, const VOID *address, PSTR text, size_t size)
	WSACONNECT_ALIAS("wsaconnect_inet_ntop");
WSACONNECT_API INT WSAAPI InetPtonW(INT family, PCWSTR text, PVOID address);
WSACONNECT_API PCWSTR WSAAPI InetNtopW(INT family, const VOID *address, PWSTR text, size_t size);

WSACONNECT_END

#define InetPtonA	inet_pton
#define InetNtopA	inet_ntop
#define gai_strerror	gai_strerrorA
#define GetAddrInfoA	getaddrinfo
#define FreeAddrInfoA	freeaddrinfo
#define GetNameInfoA	getnameinfo
#ifdef UNICODE
#define InetPton	InetPtonW
#define InetNtop	InetNtopW
#else
#define InetPton	InetPtonA
#define InetNtop	InetNtopA
#endif

#endif /* WSACONNECT_WS2TCPIP_H */
