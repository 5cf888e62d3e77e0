// SPDX-License-Identifier: GPL-2.0
/* Reads the list of provider-specific objects behind two flowspecs. Pure. */
#include "qos_object.h"

/* Types of objects. Those of RSVP are unknown: nobody signals here. */
enum {
	OBJECT_STATUS_INFO = 1000,
	OBJECT_END_OF_LIST = 2001,
	OBJECT_SD_MODE = 2002,
	OBJECT_SHAPING_RATE = 2003,
	OBJECT_DESTADDR = 2004,
	OBJECT_DS_CLASS = 4001,
	OBJECT_TRAFFIC_CLASS = 4002,
	OBJECT_DIFFSERV = 4003,
	OBJECT_TCP_TRAFFIC = 4004,
	OBJECT_FRIENDLY_NAME = 4005,
};

#define HEAD		8	/* type and length, head included */
#define WORD		4
#define RULE		5	/* of DIFFSERV: three DSCPs, two priorities */
#define RATE_INFINITE	0xfffffffeU
#define DSCP_MAX	0x3f
#define PRIORITY_MAX	7

static u32 word_at(const u8 *at)
{
	u32 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* The address behind a pointer of the program's, which has 32 or 64 bits. */
static u32 parse_dest(const u8 *body, u32 len, struct wsa_qos_objects *objects)
{
	if (len >= 16) {
		memcpy(&objects->dest, body, sizeof(objects->dest));
		objects->dest_len = word_at(body + 8);
	} else {
		objects->dest = word_at(body);
		objects->dest_len = word_at(body + 4);
	}
	return objects->dest && objects->dest_len ? 0 : WSA_QOS_BAD_OBJECT;
}

/* A program's packets are unmarked until now: the rule for 0 is theirs. */
static u32 parse_diffserv(const u8 *body, u32 len, struct wsa_qos_objects *rule_for_0)
{
	u32 count = word_at(body), i;

	if (count > (len - WORD) / RULE)
		return WSA_QOS_EOBJLENGTH;
	for (i = 0, body += WORD; i < count; i++, body += RULE) {
		if (body[0] > DSCP_MAX || body[1] > DSCP_MAX || body[2] > DSCP_MAX ||
		    body[3] > PRIORITY_MAX || body[4] > PRIORITY_MAX)
			return WSA_QOS_BAD_OBJECT;
		if (!body[0]) {
			rule_for_0->dscp = body[1];
			rule_for_0->user_priority = body[3];
		}
	}
	return 0;
}

/* What is behind the head, at least; -1 for an object nobody knows. */
static int least_body(u32 type)
{
	switch (type) {
	case OBJECT_SD_MODE:
	case OBJECT_SHAPING_RATE:
	case OBJECT_DS_CLASS:
	case OBJECT_TRAFFIC_CLASS:
	case OBJECT_DIFFSERV:
		return WORD;
	case OBJECT_DESTADDR:
		return 2 * WORD;
	case OBJECT_STATUS_INFO:
		return 3 * WORD;
	case OBJECT_TCP_TRAFFIC:
	case OBJECT_FRIENDLY_NAME:
		return 0;
	default:
		return -1;
	}
}

static u32 parse_object(u32 type, const u8 *body, u32 len, struct wsa_qos_objects *objects,
			struct wsa_qos_objects *diffserv)
{
	int least = least_body(type);
	u32 value;

	if (least < 0)
		return WSA_QOS_EUNKNOWNPSOBJ;
	if (len < least)
		return WSA_QOS_EOBJLENGTH;
	value = least ? word_at(body) : 0;

	switch (type) {
	case OBJECT_SD_MODE:
		if (value > WSA_EXCESS_BORROW_PLUS)
			return WSA_QOS_ESDMODEOBJ;
		objects->excess = value;
		break;
	case OBJECT_SHAPING_RATE:
		if (!value || value > RATE_INFINITE)
			return WSA_QOS_ESHAPERATEOBJ;
		objects->shaping_rate = value == RATE_INFINITE ? 0 : value;
		break;
	case OBJECT_DESTADDR:
		return parse_dest(body, len, objects);
	case OBJECT_DS_CLASS:
		if (value > DSCP_MAX)
			return WSA_QOS_BAD_OBJECT;
		objects->dscp = value;
		break;
	case OBJECT_TRAFFIC_CLASS:
		if (value > PRIORITY_MAX)
			return WSA_QOS_BAD_OBJECT;
		objects->user_priority = value;
		break;
	case OBJECT_DIFFSERV:
		return parse_diffserv(body, len, diffserv);
	}
	return 0;
}

/**
 * wsa_qos_objects_parse - read QOS.ProviderSpecific
 * @list: the objects, in memory of our own
 * @len: octets of @list; 0 for no object
 * @objects: out: what they say, wholly written; says nothing when refused
 *
 * END_OF_LIST ends the list, so does the last octet. Of two objects of a kind the later
 * counts; where there are DIFFSERV rules, DS_CLASS and TRAFFIC_CLASS do not. STATUS_INFO has
 * its room for an answer, FRIENDLY_NAME and TCP_TRAFFIC say nothing here.
 *
 * Return: 0; WSA_QOS_EPROVSPECBUF or WSA_QOS_EOBJLENGTH for a list that cannot be walked;
 * WSA_QOS_EUNKNOWNPSOBJ, WSA_QOS_ESDMODEOBJ, WSA_QOS_ESHAPERATEOBJ, or WSA_QOS_BAD_OBJECT for
 * an object that says nothing sensible.
 */
u32 wsa_qos_objects_parse(const void *list, size_t len, struct wsa_qos_objects *objects)
{
	static const struct wsa_qos_objects nothing = {
		.excess = WSA_EXCESS_DEFAULT,
		.dscp = WSA_MARK_DEFAULT,
		.user_priority = WSA_MARK_DEFAULT,
	};
	struct wsa_qos_objects diffserv = nothing;
	bool has_diffserv = false;
	u32 type, size, status;
	const u8 *at = list;

	*objects = nothing;
	for (; len; at += size, len -= size) {
		status = WSA_QOS_EPROVSPECBUF;
		if (len < HEAD)
			goto refuse;
		type = word_at(at);
		size = word_at(at + WORD);
		if (size > len)
			goto refuse;
		status = WSA_QOS_EOBJLENGTH;
		if (size < HEAD)
			goto refuse;
		if (type == OBJECT_END_OF_LIST)
			break;
		has_diffserv |= type == OBJECT_DIFFSERV;
		status = parse_object(type, at + HEAD, size - HEAD, objects, &diffserv);
		if (status)
			goto refuse;
	}
	if (has_diffserv) {
		objects->dscp = diffserv.dscp;
		objects->user_priority = diffserv.user_priority;
	}
	return 0;

refuse:
	*objects = nothing;
	return status;
}
