/* SPDX-License-Identifier: MIT */
/* Objects that come with a flow: whom it goes to, and why it was refused or lost. */
#ifndef WSACONNECT_QOSSP_H
#define WSACONNECT_QOSSP_H
#pragma GCC system_header
#include "winsock2.h"

#define RSVP_OBJECT_ID_BASE		1000
#define RSVP_OBJECT_STATUS_INFO		(0 + RSVP_OBJECT_ID_BASE)

/**
 * struct _RSVP_STATUS_INFO - why a flow was refused, or its promise lost
 * @ObjectHdr: of type RSVP_OBJECT_STATUS_INFO
 * @StatusCode: WSA_QOS_*, 0 for none
 * @ExtendedStatus1: 0
 * @ExtendedStatus2: 0
 *
 * WSAConnect and SIO_SET_QOS fill in one that they find among the flow's objects;
 * SIO_GET_QOS adds one where there is something to tell.
 */
typedef struct _RSVP_STATUS_INFO {
	QOS_OBJECT_HDR	ObjectHdr;
	ULONG		StatusCode;
	ULONG		ExtendedStatus1;
	ULONG		ExtendedStatus2;
} RSVP_STATUS_INFO, *LPRSVP_STATUS_INFO;

/**
 * struct _QOS_DESTADDR - whom the flow of an unconnected socket goes to
 * @ObjectHdr: of type QOS_OBJECT_DESTADDR
 * @SocketAddress: address in the socket's family
 * @SocketAddressLength: octets there
 */
typedef struct _QOS_DESTADDR {
	QOS_OBJECT_HDR		ObjectHdr;
	const struct sockaddr	*SocketAddress;
	ULONG			SocketAddressLength;
} QOS_DESTADDR, *LPQOS_DESTADDR;

/* What SIO_CHK_QOS can be asked. */
#define ALLOWED_TO_SEND_DATA		50001
#define ABLE_TO_RECV_RSVP		50002
#define LINE_RATE			50003
#define LOCAL_TRAFFIC_CONTROL		50004
#define LOCAL_QOSABILITY		50005
#define END_TO_END_QOSABILITY		50006

#endif /* WSACONNECT_QOSSP_H */
