/* SPDX-License-Identifier: MIT */
/* Microsoft's extensions, as far as the library has them. */
#ifndef WSACONNECT_MSWSOCK_H
#define WSACONNECT_MSWSOCK_H
#pragma GCC system_header
#include "winsock2.h"

/*
 * Options of level SOL_SOCKET that carry connect data, where the protocol does (wshisotp.h). None
 * carries options, so what there is of them is empty.
 */
#define SO_CONNDATA		0x7000
#define SO_CONNOPT		0x7001
#define SO_DISCDATA		0x7002
#define SO_DISCOPT		0x7003
#define SO_CONNDATALEN		0x7004
#define SO_CONNOPTLEN		0x7005
#define SO_DISCDATALEN		0x7006
#define SO_DISCOPTLEN		0x7007

#define SIO_UDP_CONNRESET	_WSAIOW(IOC_VENDOR, 12)
#define SIO_UDP_NETRESET	_WSAIOW(IOC_VENDOR, 15)

#endif /* WSACONNECT_MSWSOCK_H */
