/* SPDX-License-Identifier: MIT */
/*
 * ISO transport, the protocol whose calls carry data.
 *
 * The families are AF_INET and AF_INET6, for it runs over TCP (RFC 1006, RFC 2126), and an
 * address is that of the host and the port: socket(AF_INET, SOCK_SEQPACKET, ISOPROTO_TP2). The
 * transport selectors are options.
 */
#ifndef WSACONNECT_WSHISOTP_H
#define WSACONNECT_WSHISOTP_H
#pragma GCC system_header
#include "winsock2.h"

/* protocols */
#define ISOPROTO_TP0		25	/* class 0: without data in calls and releases */
#define ISOPROTO_TP2		27	/* class 2 */

/* the ports that RFC 1006 and RFC 2126 give them */
#define ISO_TP0_PORT		102
#define ISO_TP2_PORT		399

#define ISO_MAX_CONNECT_DATA	32
#define ISO_MAX_DISCONNECT_DATA	64
#define ISO_MAX_TSEL		32

/* options of level SOL_ISO, to be set before connect or listen */
#define SOL_ISO			0x8224
#define ISO_LOCAL_TSEL		1	/* octets: this end's selector */
#define ISO_REMOTE_TSEL		2	/* octets: the selector to be called; then the peer's */
#define ISO_TPDU_SIZE		3	/* DWORD: largest TPDU, 128 to 8192, 0 for the most */

#endif /* WSACONNECT_WSHISOTP_H */
