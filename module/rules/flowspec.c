// SPDX-License-Identifier: GPL-2.0
/*
 * A flowspec: what it means, and when it contradicts itself (rows 283-287). Pure.
 *
 * Who wants a promise has to say what for; of a flow that is promised nothing, sizes that
 * make no sense are only made sensible, for programs pass such with zeros in them.
 */
#include "flowspec.h"
#include "wide.h"

/* The other encoding of the service type: bits, under a bit that says so. */
#define TYPE_NO_SIGNALING	0x40000000U
#define TYPE_BITS		0x80000000U
#define TYPE_BIT_NO_CONTROL	0x01000000U
#define TYPE_BIT_SERVICES	0x00ff0000U

/* A bucket that nobody gave has room for what comes in this part of a second. */
#define BUCKET_PER_SEC		50

static const struct {
	u32 type;
	enum wsa_service service;
} services[] = {
	{ 0x0, WSA_SERVICE_NOTRAFFIC },
	{ 0x1, WSA_SERVICE_BESTEFFORT },
	{ 0x2, WSA_SERVICE_CONTROLLEDLOAD },
	{ 0x3, WSA_SERVICE_GUARANTEED },
	{ 0x6, WSA_SERVICE_NOCHANGE },
	{ 0xa, WSA_SERVICE_NETWORK_CONTROL },
	{ 0xd, WSA_SERVICE_QUALITATIVE },
	{ TYPE_BITS | 0x010000, WSA_SERVICE_BESTEFFORT },
	{ TYPE_BITS | 0x020000, WSA_SERVICE_CONTROLLEDLOAD },
	{ TYPE_BITS | 0x040000, WSA_SERVICE_GUARANTEED },
	{ TYPE_BITS | 0x200000, WSA_SERVICE_QUALITATIVE },
};

static bool parse_type(u32 type, struct wsa_flow *flow)
{
	size_t i;

	type &= ~TYPE_NO_SIGNALING;
	if (type & TYPE_BITS && type & TYPE_BIT_NO_CONTROL) {
		flow->no_control = true;
		type &= ~TYPE_BIT_NO_CONTROL;
		if (!(type & TYPE_BIT_SERVICES))
			type &= ~TYPE_BITS;
	}
	for (i = 0; i < ARRAY_SIZE(services); i++) {
		if (services[i].type == type) {
			flow->service = services[i].service;
			return true;
		}
	}
	return false;
}

static bool given(u32 value)
{
	return value != WSA_FLOW_NOT_SPECIFIED;
}

/* 0 stands for no rate; whether 0 may be asked for is somebody else's question. */
static u32 rate_of(u32 value)
{
	return value >= WSA_FLOW_INFINITE ? 0 : value;
}

/* Without a promise: whatever is not given, or makes no sense, is as if it was not given. */
static void make_sensible(struct wsa_flowspec *spec, u32 mtu)
{
	if (!spec->max_sdu || (given(spec->max_sdu) && spec->max_sdu > mtu))
		spec->max_sdu = mtu;
	if (!spec->token_bucket ||
	    (given(spec->max_sdu) && spec->token_bucket < spec->max_sdu))
		spec->token_bucket = WSA_FLOW_NOT_SPECIFIED;
	spec->min_policed = WSA_FLOW_NOT_SPECIFIED;
}

/* RFC 2212: m <= M <= b, and no packet is larger than the path takes. */
static bool parse_sizes(const struct wsa_flowspec *spec, u32 mtu, struct wsa_flow *flow)
{
	struct wsa_tspec *tspec = &flow->tspec;

	tspec->packet = mtu;
	if (given(spec->max_sdu))
		tspec->packet = spec->max_sdu;
	else if (spec->token_bucket < mtu)
		tspec->packet = spec->token_bucket;

	if (given(spec->token_bucket)) {
		tspec->bucket = spec->token_bucket;
	} else {
		tspec->bucket = wsa_mul_div(tspec->rate, 1, BUCKET_PER_SEC);
		if (tspec->bucket < tspec->packet)
			tspec->bucket = tspec->packet;
	}
	if (given(spec->min_policed))
		flow->min_policed = spec->min_policed;
	return tspec->packet && tspec->packet <= mtu && tspec->bucket >= tspec->packet &&
	       flow->min_policed <= tspec->packet;
}

static u32 parse_members(const struct wsa_flowspec *asked, bool receiving, u32 mtu,
			 struct wsa_flow *flow)
{
	struct wsa_flowspec spec = *asked;
	bool must, promise;

	/* row 286, whatever the service; a peak without a limit is above all rates */
	if (given(spec.token_rate) && spec.peak_bandwidth < spec.token_rate)
		return WSA_QOS_EFLOWSPEC;

	/* row 285; a receiver that names no rate takes any controlled load */
	must = flow->service == WSA_SERVICE_GUARANTEED ||
	       (flow->service == WSA_SERVICE_CONTROLLEDLOAD &&
		!(receiving && !given(spec.token_rate)));
	if (must && (!spec.token_rate || !given(spec.token_rate)))
		return WSA_QOS_EFLOWSPEC;
	if (must && spec.token_rate == WSA_FLOW_INFINITE)
		return WSA_QOS_ADMISSION_FAILURE;

	flow->tspec.rate = rate_of(spec.token_rate);
	flow->tspec.peak = rate_of(spec.peak_bandwidth);
	promise = must || (flow->service == WSA_SERVICE_NETWORK_CONTROL && flow->tspec.rate);
	if (!promise)
		make_sensible(&spec, mtu);
	if (!parse_sizes(&spec, mtu, flow))
		return WSA_QOS_EFLOWSPEC;

	/*
	 * Nothing is faster than at once: a bound of the delay bounds its variation. A
	 * receiver's member is the slack of RFC 2212 instead, which may be left unused.
	 */
	flow->delay_us = spec.latency;
	if (!receiving && spec.delay_variation < flow->delay_us)
		flow->delay_us = spec.delay_variation;
	return 0;
}

/**
 * wsa_flow_parse - check one direction's flowspec and fill its defaults in
 * @spec: what the program asks for
 * @receiving: it is the receiving direction's
 * @mtu: largest IP packet on the path, 1 to 65535; 65535 where the path is not known yet
 * @flow: out: the flow, wholly written, zero when refused
 *
 * Of NOTRAFFIC and NOCHANGE, and under SERVICE_NO_TRAFFIC_CONTROL, no member but the type is
 * looked at.
 *
 * Return: 0 or the WSA_QOS_* status of the refusal.
 */
u32 wsa_flow_parse(const struct wsa_flowspec *spec, bool receiving, u32 mtu,
		   struct wsa_flow *flow)
{
	u32 status = 0;

	memset(flow, 0, sizeof(*flow));
	flow->delay_us = WSA_FLOW_NOT_SPECIFIED;
	if (!parse_type(spec->service_type, flow))
		status = WSA_QOS_ESERVICETYPE;
	else if (!flow->no_control && flow->service != WSA_SERVICE_NOTRAFFIC &&
		 flow->service != WSA_SERVICE_NOCHANGE)
		status = parse_members(spec, receiving, mtu, flow);
	if (status)
		memset(flow, 0, sizeof(*flow));
	return status;
}

/**
 * wsa_qos_code - the Winsock code that goes with a status
 * @status: WSA_QOS_* or 0
 *
 * Return: 0 for 0, WSAEFAULT for a list of objects that cannot be walked (row 35), else
 * WSAEOPNOTSUPP (rows 36, 285-287).
 */
u32 wsa_qos_code(u32 status)
{
	switch (status) {
	case 0:
		return 0;
	case WSA_QOS_EPROVSPECBUF:
	case WSA_QOS_EOBJLENGTH:
		return WSAEFAULT;
	default:
		return WSAEOPNOTSUPP;
	}
}
