// SPDX-License-Identifier: MIT
/* Flow specifications: are they there, and can they be granted? */
#include "wsalib.h"

#define OBJECT_FRIENDLY_NAME	4005

/**
 * flow_readable - may all memory behind a QOS be read, and is its object list sound?
 * @qos: what the program passed, not NULL
 *
 * Return: 1, or 0 where WSAEFAULT is due (rows 34, 35).
 */
int flow_readable(const QOS *qos)
{
	const char *at;
	ULONG left;

	if (!sys_readable(qos, sizeof(*qos)))
		return 0;
	at = qos->ProviderSpecific.buf;
	left = qos->ProviderSpecific.len;
	if (!left)
		return 1;
	if (!sys_readable(at, left))
		return 0;
	while (left) {
		QOS_OBJECT_HDR head;

		if (left < sizeof(head))
			return 0;
		__builtin_memcpy(&head, at, sizeof(head));
		if (head.ObjectLength < sizeof(head) || head.ObjectLength > left)
			return 0;
		if (head.ObjectType == QOS_OBJECT_END_OF_LIST)
			return 1;
		at += head.ObjectLength;
		left -= head.ObjectLength;
	}
	return 1;
}

/* The service asked for, in either encoding; -1: no traffic control wanted; 0xff: unknown. */
static int service_of(SERVICETYPE type)
{
	if ((type & SERVICE_NO_TRAFFIC_CONTROL) == SERVICE_NO_TRAFFIC_CONTROL)
		return -1;
	type &= ~SERVICE_NO_QOS_SIGNALING;
	switch (type) {
	case SERVICE_BESTEFFORT:
		return SERVICETYPE_BESTEFFORT;
	case SERVICE_CONTROLLEDLOAD:
		return SERVICETYPE_CONTROLLEDLOAD;
	case SERVICE_GUARANTEED:
		return SERVICETYPE_GUARANTEED;
	case SERVICE_QUALITATIVE:
		return SERVICETYPE_QUALITATIVE;
	default:
		return type <= SERVICETYPE_QUALITATIVE ? (int)type : 0xff;
	}
}

static int direction_granted(const FLOWSPEC *flow)
{
	if (flow->PeakBandwidth != QOS_NOT_SPECIFIED && flow->TokenRate != QOS_NOT_SPECIFIED &&
	    flow->PeakBandwidth < flow->TokenRate)
		return 0;	/* row 286 */
	switch (service_of(flow->ServiceType)) {
	case -1:
	case SERVICETYPE_NOTRAFFIC:
	case SERVICETYPE_BESTEFFORT:
	case SERVICETYPE_NOCHANGE:
		return 1;
	default:
		return 0;
	}
}

/**
 * flow_granted - can a flow be granted where nothing is promised?
 * @qos: readable
 *
 * Best effort, no traffic and no change ask for no resource and are granted;
 * everything else needs a promise nobody makes here (rows 36, 37). The same
 * goes for provider objects that would have to change packets.
 */
int flow_granted(const QOS *qos)
{
	const char *at = qos->ProviderSpecific.buf;
	ULONG left = qos->ProviderSpecific.len;

	if (!direction_granted(&qos->SendingFlowspec) ||
	    !direction_granted(&qos->ReceivingFlowspec))
		return 0;
	while (left) {
		QOS_SD_MODE object;

		__builtin_memcpy(&object.ObjectHdr, at, sizeof(object.ObjectHdr));
		switch (object.ObjectHdr.ObjectType) {
		case QOS_OBJECT_END_OF_LIST:
			return 1;
		case QOS_OBJECT_DESTADDR:
		case OBJECT_FRIENDLY_NAME:
			break;
		case QOS_OBJECT_SD_MODE:
			if (object.ObjectHdr.ObjectLength < sizeof(object))
				return 0;
			__builtin_memcpy(&object, at, sizeof(object));
			if (object.ShapeDiscardMode == TC_NONCONF_BORROW)
				break;
			return 0;
		default:
			return 0;
		}
		at += object.ObjectHdr.ObjectLength;
		left -= object.ObjectHdr.ObjectLength;
	}
	return 1;
}
