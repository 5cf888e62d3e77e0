/* SPDX-License-Identifier: MIT */
/* Flow specifications. */
#ifndef WSACONNECT_QOS_H
#define WSACONNECT_QOS_H
#pragma GCC system_header
#include "wsatypes.h"

typedef ULONG SERVICETYPE;

#define SERVICETYPE_NOTRAFFIC			0x00000000
#define SERVICETYPE_BESTEFFORT			0x00000001
#define SERVICETYPE_CONTROLLEDLOAD		0x00000002
#define SERVICETYPE_GUARANTEED			0x00000003
#define SERVICETYPE_NETWORK_UNAVAILABLE		0x00000004
#define SERVICETYPE_GENERAL_INFORMATION		0x00000005
#define SERVICETYPE_NOCHANGE			0x00000006
#define SERVICETYPE_NONCONFORMING		0x00000009
#define SERVICETYPE_NETWORK_CONTROL		0x0000000a
#define SERVICETYPE_QUALITATIVE			0x0000000d

#define SERVICE_BESTEFFORT			0x80010000u
#define SERVICE_CONTROLLEDLOAD			0x80020000u
#define SERVICE_GUARANTEED			0x80040000u
#define SERVICE_QUALITATIVE			0x80200000u

#define SERVICE_NO_TRAFFIC_CONTROL		0x81000000u
#define SERVICE_NO_QOS_SIGNALING		0x40000000u

#define QOS_NOT_SPECIFIED			0xffffffffu
#define POSITIVE_INFINITY_RATE			0xfffffffeu

/**
 * struct _flowspec - what one direction of a flow asks for, 32 octets
 * @TokenRate: octets per second
 * @TokenBucketSize: octets of credit
 * @PeakBandwidth: octets per second, not below TokenRate
 * @Latency: microseconds
 * @DelayVariation: microseconds
 * @ServiceType: SERVICETYPE_*
 * @MaxSduSize: octets
 * @MinimumPolicedSize: octets
 *
 * QOS_NOT_SPECIFIED stands for "no value" in each but ServiceType.
 */
typedef struct _flowspec {
	ULONG		TokenRate;
	ULONG		TokenBucketSize;
	ULONG		PeakBandwidth;
	ULONG		Latency;
	ULONG		DelayVariation;
	SERVICETYPE	ServiceType;
	ULONG		MaxSduSize;
	ULONG		MinimumPolicedSize;
} FLOWSPEC, *PFLOWSPEC, *LPFLOWSPEC;

/**
 * struct QOS_OBJECT_HDR - head of each object in QOS.ProviderSpecific
 * @ObjectType: QOS_OBJECT_*
 * @ObjectLength: octets, this head included
 */
typedef struct {
	ULONG	ObjectType;
	ULONG	ObjectLength;
} QOS_OBJECT_HDR, *LPQOS_OBJECT_HDR;

#define QOS_GENERAL_ID_BASE		2000
#define QOS_OBJECT_END_OF_LIST		(1 + QOS_GENERAL_ID_BASE)
#define QOS_OBJECT_SD_MODE		(2 + QOS_GENERAL_ID_BASE)
#define QOS_OBJECT_SHAPING_RATE		(3 + QOS_GENERAL_ID_BASE)
#define QOS_OBJECT_DESTADDR		(4 + QOS_GENERAL_ID_BASE)

typedef struct _QOS_SD_MODE {
	QOS_OBJECT_HDR	ObjectHdr;
	ULONG		ShapeDiscardMode;
} QOS_SD_MODE, *LPQOS_SD_MODE;

/**
 * struct QOS_SHAPING_RATE - a rate beside the flowspec's
 * @ObjectHdr: of type QOS_OBJECT_SHAPING_RATE
 * @ShapingRate: octets per second
 */
typedef struct _QOS_SHAPING_RATE {
	QOS_OBJECT_HDR	ObjectHdr;
	ULONG		ShapingRate;
} QOS_SHAPING_RATE, *LPQOS_SHAPING_RATE;

#define TC_NONCONF_BORROW		0
#define TC_NONCONF_SHAPE		1
#define TC_NONCONF_DISCARD		2
#define TC_NONCONF_BORROW_PLUS		3

#endif /* WSACONNECT_QOS_H */
