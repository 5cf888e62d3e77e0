/* SPDX-License-Identifier: MIT */
/* Microsoft's extensions, as far as the library has them. */
#ifndef WSACONNECT_MSWSOCK_H
#define WSACONNECT_MSWSOCK_H
#pragma GCC system_header
#include "winsock2.h"

#define SIO_UDP_CONNRESET	_WSAIOW(IOC_VENDOR, 12)
#define SIO_UDP_NETRESET	_WSAIOW(IOC_VENDOR, 15)

#endif /* WSACONNECT_MSWSOCK_H */
