// SPDX-License-Identifier: MIT
/* Flows, by the module's generic netlink family, and what there is to say of one. */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/wsa_netlink.h>

#include <netlink/genl/genl.h>

#include "wsactl.h"

#define SERVICE_BITS	0x00ff000fU

static const struct {
	uint32_t type;
	const char *name;
} services[] = {
	{ 0x0, "notraffic" }, { 0x1, "besteffort" }, { 0x2, "controlledload" },
	{ 0x3, "guaranteed" }, { 0x6, "nochange" }, { 0xa, "networkcontrol" },
	{ 0xd, "qualitative" }, { 0x10000, "besteffort" }, { 0x20000, "controlledload" },
	{ 0x40000, "guaranteed" }, { 0x200000, "qualitative" },
};

const char *flow_service(const struct wsactl_flow *flow)
{
	size_t i;

	for (i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (services[i].type == (flow->spec.service_type & SERVICE_BITS))
			return services[i].name;
	}
	return "unknown";
}

const char *flow_state(const struct wsactl_flow *flow)
{
	static const char * const names[] = {
		[WSA_FLOW_STAGED] = "staged",
		[WSA_FLOW_ACTIVE] = "active",
		[WSA_FLOW_DRAINING] = "draining",
	};

	return flow->state < sizeof(names) / sizeof(names[0]) ? names[flow->state] : "unknown";
}

static void format_name(struct nlattr *attr, char *text)
{
	const struct sockaddr_in6 *sin6 = nla_data(attr);
	const struct sockaddr_in *sin = nla_data(attr);
	char address[INET6_ADDRSTRLEN];

	if (sin->sin_family == AF_INET) {
		inet_ntop(AF_INET, &sin->sin_addr, address, sizeof(address));
		snprintf(text, NAME_SIZE, "%s:%u", address, ntohs(sin->sin_port));
	} else if (IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr)) {
		inet_ntop(AF_INET, &sin6->sin6_addr.s6_addr[12], address, sizeof(address));
		snprintf(text, NAME_SIZE, "%s:%u", address, ntohs(sin6->sin6_port));
	} else {
		inet_ntop(AF_INET6, &sin6->sin6_addr, address, sizeof(address));
		snprintf(text, NAME_SIZE, "[%s]:%u", address, ntohs(sin6->sin6_port));
	}
}

static const char *protocol_name(int protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	default:
		return "raw";
	}
}

/* A process chooses its name itself. */
static void copy_comm(char *comm, size_t size, struct nlattr *attr)
{
	nla_strlcpy(comm, attr, size);
	for (; *comm; comm++) {
		if (!isgraph((unsigned char)*comm))
			*comm = '?';
	}
}

struct collection {
	struct wsactl_flows flows;
	unsigned int ifindex;
};

static int on_flow(struct nl_msg *msg, void *data)
{
	static struct nla_policy policy[WSA_FLOW_MAX + 1] = {
		[WSA_FLOW_IFINDEX] = { .type = NLA_U32 },
		[WSA_FLOW_CLASSID] = { .type = NLA_U32 },
		[WSA_FLOW_STATE] = { .type = NLA_U32 },
		[WSA_FLOW_UID] = { .type = NLA_U32 },
		[WSA_FLOW_PID] = { .type = NLA_U32 },
		[WSA_FLOW_COMM] = { .type = NLA_STRING },
		[WSA_FLOW_PROTOCOL] = { .type = NLA_U8 },
		[WSA_FLOW_LOCAL] = { .minlen = sizeof(struct sockaddr_in) },
		[WSA_FLOW_PEER] = { .minlen = sizeof(struct sockaddr_in) },
		[WSA_FLOW_SPEC] = { .minlen = sizeof(struct wsa_flowspec) },
		[WSA_FLOW_DSCP] = { .type = NLA_U8 },
		[WSA_FLOW_BOUND] = { .type = NLA_U64 },
		[WSA_FLOW_RECEIVING] = { .type = NLA_FLAG },
	};
	struct nlattr *attrs[WSA_FLOW_MAX + 1];
	struct collection *collection = data;
	struct wsactl_flows *flows = &collection->flows;
	struct wsactl_flow *flow;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, WSA_FLOW_MAX, policy) ||
	    !attrs[WSA_FLOW_IFINDEX] || !attrs[WSA_FLOW_CLASSID] || !attrs[WSA_FLOW_STATE] ||
	    !attrs[WSA_FLOW_UID] || !attrs[WSA_FLOW_COMM] || !attrs[WSA_FLOW_SPEC] ||
	    !attrs[WSA_FLOW_DSCP])
		return NL_SKIP;
	if (collection->ifindex && collection->ifindex != nla_get_u32(attrs[WSA_FLOW_IFINDEX]))
		return NL_OK;
	flows->flow = need(realloc(flows->flow, (flows->number + 1) * sizeof(*flow)));
	flow = &flows->flow[flows->number++];
	memset(flow, 0, sizeof(*flow));
	flow->ifindex = nla_get_u32(attrs[WSA_FLOW_IFINDEX]);
	flow->classid = nla_get_u32(attrs[WSA_FLOW_CLASSID]);
	flow->state = nla_get_u32(attrs[WSA_FLOW_STATE]);
	flow->uid = nla_get_u32(attrs[WSA_FLOW_UID]);
	flow->dscp = nla_get_u8(attrs[WSA_FLOW_DSCP]);
	copy_comm(flow->comm, sizeof(flow->comm), attrs[WSA_FLOW_COMM]);
	memcpy(&flow->spec, nla_data(attrs[WSA_FLOW_SPEC]), sizeof(flow->spec));
	if (attrs[WSA_FLOW_PID])
		flow->pid = nla_get_u32(attrs[WSA_FLOW_PID]);
	flow->receiving = attrs[WSA_FLOW_RECEIVING];
	if (attrs[WSA_FLOW_BOUND])
		flow->bound = nla_get_u64(attrs[WSA_FLOW_BOUND]);
	if (attrs[WSA_FLOW_PROTOCOL] && attrs[WSA_FLOW_LOCAL] && attrs[WSA_FLOW_PEER]) {
		flow->protocol = protocol_name(nla_get_u8(attrs[WSA_FLOW_PROTOCOL]));
		format_name(attrs[WSA_FLOW_LOCAL], flow->local);
		format_name(attrs[WSA_FLOW_PEER], flow->peer);
	}
	return NL_OK;
}

static int by_class(const void *a, const void *b)
{
	const struct wsactl_flow *x = a, *y = b;

	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	return x->classid < y->classid ? -1 : x->classid > y->classid;
}

struct wsactl_flow *flows_find(const struct wsactl_flows *flows, unsigned int ifindex,
			       uint32_t classid)
{
	struct wsactl_flow key = { .ifindex = ifindex, .classid = classid };

	if (!flows->number)
		return NULL;
	return bsearch(&key, flows->flow, flows->number, sizeof(key), by_class);
}

struct wsactl_flows flows_get(unsigned int ifindex)
{
	struct collection collection = { .ifindex = ifindex };
	struct wsactl_flows *flows = &collection.flows;
	int err = wsa_ask(wsa_message(WSA_CMD_FLOW_GET, NLM_F_REQUEST | NLM_F_DUMP), on_flow,
			  &collection);
	size_t i;

	if (err)
		die("flows: %s", strerror(-err));
	if (!flows->number)
		return *flows;
	qsort(flows->flow, flows->number, sizeof(*flows->flow), by_class);
	for (i = 0; i < flows->number; i++) {
		if (!i || flows->flow[i].ifindex != flows->flow[i - 1].ifindex)
			device_count(flows->flow[i].ifindex, flows);
	}
	return *flows;
}
