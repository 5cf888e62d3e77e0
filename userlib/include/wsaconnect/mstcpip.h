/* SPDX-License-Identifier: MIT */
/* Microsoft's control codes of TCP, as far as the library has them. */
#ifndef WSACONNECT_MSTCPIP_H
#define WSACONNECT_MSTCPIP_H
#pragma GCC system_header
#include "winsock2.h"

/* How a connect's first segments are repeated, for the connects to come. */
#define SIO_TCP_INITIAL_RTO	_WSAIOW(IOC_VENDOR, 17)

#define TCP_INITIAL_RTO_UNSPECIFIED_RTT				((USHORT)-1)
#define TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS	((UCHAR)-1)
#define TCP_INITIAL_RTO_DEFAULT_RTT				0
#define TCP_INITIAL_RTO_DEFAULT_MAX_SYN_RETRANSMISSIONS		0
#define TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS			((UCHAR)-2)

typedef struct _TCP_INITIAL_RTO_PARAMETERS {
	USHORT Rtt;			/* milliseconds; only the two names above */
	UCHAR MaxSynRetransmissions;
} TCP_INITIAL_RTO_PARAMETERS, *PTCP_INITIAL_RTO_PARAMETERS;

#endif /* WSACONNECT_MSTCPIP_H */
