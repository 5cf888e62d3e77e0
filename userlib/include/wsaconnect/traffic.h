/* SPDX-License-Identifier: MIT */
/* Objects that mark a flow's packets. */
#ifndef WSACONNECT_TRAFFIC_H
#define WSACONNECT_TRAFFIC_H
#pragma GCC system_header
#include "qos.h"

#define QOS_TRAFFIC_GENERAL_ID_BASE	4000
#define QOS_OBJECT_DS_CLASS		(1 + QOS_TRAFFIC_GENERAL_ID_BASE)
#define QOS_OBJECT_TRAFFIC_CLASS	(2 + QOS_TRAFFIC_GENERAL_ID_BASE)
#define QOS_OBJECT_DIFFSERV		(3 + QOS_TRAFFIC_GENERAL_ID_BASE)
#define QOS_OBJECT_TCP_TRAFFIC		(4 + QOS_TRAFFIC_GENERAL_ID_BASE)
#define QOS_OBJECT_FRIENDLY_NAME	(5 + QOS_TRAFFIC_GENERAL_ID_BASE)

/**
 * struct _QOS_DS_CLASS - the DSCP of a flow's packets
 * @ObjectHdr: of type QOS_OBJECT_DS_CLASS
 * @DSField: 0 to 0x3f
 */
typedef struct _QOS_DS_CLASS {
	QOS_OBJECT_HDR	ObjectHdr;
	ULONG		DSField;
} QOS_DS_CLASS, *LPQOS_DS_CLASS;

/**
 * struct _QOS_TRAFFIC_CLASS - the 802.1p priority of a flow's packets
 * @ObjectHdr: of type QOS_OBJECT_TRAFFIC_CLASS
 * @TrafficClass: 0 to 7
 */
typedef struct _QOS_TRAFFIC_CLASS {
	QOS_OBJECT_HDR	ObjectHdr;
	ULONG		TrafficClass;
} QOS_TRAFFIC_CLASS, *LPQOS_TRAFFIC_CLASS;

/**
 * struct _QOS_DIFFSERV_RULE - marks of the packets that come with one
 * @InboundDSField: DSCP the rule is for
 * @ConformingOutboundDSField: DSCP of what conforms
 * @NonConformingOutboundDSField: DSCP of what does not
 * @ConformingUserPriority: 802.1p priority of what conforms
 * @NonConformingUserPriority: 802.1p priority of what does not
 */
typedef struct _QOS_DIFFSERV_RULE {
	UCHAR	InboundDSField;
	UCHAR	ConformingOutboundDSField;
	UCHAR	NonConformingOutboundDSField;
	UCHAR	ConformingUserPriority;
	UCHAR	NonConformingUserPriority;
} QOS_DIFFSERV_RULE, *LPQOS_DIFFSERV_RULE;

/**
 * struct _QOS_DIFFSERV - rules, one after another
 * @ObjectHdr: of type QOS_OBJECT_DIFFSERV
 * @DSFieldCount: rules
 * @DiffservRule: the first octet of the first struct _QOS_DIFFSERV_RULE
 */
typedef struct _QOS_DIFFSERV {
	QOS_OBJECT_HDR	ObjectHdr;
	ULONG		DSFieldCount;
	UCHAR		DiffservRule[1];
} QOS_DIFFSERV, *LPQOS_DIFFSERV;

#endif /* WSACONNECT_TRAFFIC_H */
