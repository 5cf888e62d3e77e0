/* SPDX-License-Identifier: MIT */
/* IPv6 address. */
#ifndef WSACONNECT_IN6ADDR_H
#define WSACONNECT_IN6ADDR_H
#pragma GCC system_header
#include "wsatypes.h"

/* The third member only gives the structure Linux' alignment. */
typedef struct in6_addr {
	union {
		UCHAR	Byte[16];
		USHORT	Word[8];
		ULONG	wsaconnect_align[4];
	} u;
} IN6_ADDR, *PIN6_ADDR, *LPIN6_ADDR;

#define in_addr6	in6_addr
#define s6_addr		u.Byte
#define s6_bytes	u.Byte
#define s6_words	u.Word

#endif /* WSACONNECT_IN6ADDR_H */
