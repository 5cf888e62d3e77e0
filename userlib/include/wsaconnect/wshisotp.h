/* SPDX-License-Identifier: MIT */
/*
 * ISO transport, the protocol whose calls carry data.
 *
 * The families are AF_INET and AF_INET6, for it runs over TCP (RFC 1006, RFC 2126), and an
 * address is that of the host and the port: socket(AF_INET, SOCK_SEQPACKET, ISOPROTO_TP2). The
 * transport selectors are options, or part of the address where that is a SOCKADDR_TP.
 */
#ifndef WSACONNECT_WSHISOTP_H
#define WSACONNECT_WSHISOTP_H
#pragma GCC system_header
#include "winsock2.h"
#include <string.h>

/* protocols */
#define ISOPROTO_TP0		25	/* class 0: without data in calls and releases */
#define ISOPROTO_TP2		27	/* class 2 */

/* the ports that RFC 1006 and RFC 2126 give them */
#define ISO_TP0_PORT		102
#define ISO_TP2_PORT		399

#define ISO_MAX_CONNECT_DATA	32
#define ISO_MAX_DISCONNECT_DATA	64
#define ISO_MAX_TSEL		32

#define AF_ISO			7
#define ISO_MAX_ADDR_LENGTH	64
#define ISO_HIERARCHICAL	0

/**
 * struct sockaddr_tp - a name of ISO transport: a selector, and whose
 * @tp_family: AF_ISO
 * @tp_addr_type: ISO_HIERARCHICAL
 * @tp_taddr_len: octets in @tp_addr
 * @tp_tsel_len: how many of them are the selector, at most ISO_MAX_TSEL
 * @tp_addr: the selector, then a struct sockaddr_in or sockaddr_in6, as the socket's family is
 *
 * bind, connect and WSAConnect take it in place of the address alone. A socket that was given one
 * also answers in this form, and what it accepts does.
 */
typedef struct sockaddr_tp {
	u_short tp_family;
	u_short tp_addr_type;
	u_short tp_taddr_len;
	u_short tp_tsel_len;
	u_char tp_addr[ISO_MAX_ADDR_LENGTH];
} SOCKADDR_TP, *PSOCKADDR_TP, *LPSOCKADDR_TP;

/* port is the selector; node is the address */
#define ISO_SET_TP_ADDR(sa_tp, port, portlen, node, nodelen) \
	((sa_tp)->tp_family = AF_ISO, \
	 (sa_tp)->tp_addr_type = ISO_HIERARCHICAL, \
	 (sa_tp)->tp_tsel_len = (u_short)(portlen), \
	 (sa_tp)->tp_taddr_len = (u_short)((portlen) + (nodelen)), \
	 memcpy((sa_tp)->tp_addr, (port), (portlen)), \
	 memcpy((sa_tp)->tp_addr + (portlen), (node), (nodelen)))

/* options of level SOL_ISO, to be set before connect or listen */
#define SOL_ISO			0x8224
#define ISO_LOCAL_TSEL		1	/* octets: this end's selector */
#define ISO_REMOTE_TSEL		2	/* octets: the selector to be called; then the peer's */
#define ISO_TPDU_SIZE		3	/* DWORD: largest TPDU, 128 to 8192, 0 for the most */

#endif /* WSACONNECT_WSHISOTP_H */
