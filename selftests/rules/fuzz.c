// SPDX-License-Identifier: GPL-2.0
/* libFuzzer: any octets as a name or a packet, any state of the socket, any fault. */
#include <stdlib.h>

#include "../../module/rules/connect_rules.h"
#include "../../module/rules/error.h"
#include "../../module/rules/packet.h"

#define HEAD 5

static void check(bool holds)
{
	if (!holds)
		abort();
}

static bool is_code(u32 code)
{
	return code > 10000 && code < 12000;
}

static void check_decision(struct wsa_decision decision)
{
	if (decision.action == WSA_ACTION_REFUSE) {
		check(decision.error > 0 && is_code(wsa_reason_code(decision.reason)));
		check(is_code(wsa_errno_code(decision.error)));
		check(decision.reason != WSA_REASON_OTHER);
	} else {
		check(!decision.error && decision.reason == WSA_REASON_NONE);
	}
}

static void check_parse(u16 family, int len, const struct wsa_dest *dest)
{
	int least = family == AF_INET6 ? 28 : 16;

	check(dest->kind <= WSA_DEST_MULTICAST);
	if (len < least)
		check(dest->kind == WSA_DEST_SHORT || dest->kind == WSA_DEST_UNSPEC);
	else
		check(dest->kind != WSA_DEST_SHORT);
	if (dest->kind == WSA_DEST_ZERO)
		check(dest->port_zero && !dest->scope && !dest->v4mapped);
	if (family == AF_INET)
		check(!dest->scope && !dest->v4mapped && !dest->link_local);
}

static void check_fault(const uint8_t *head, const struct wsa_connect_call *call)
{
	struct wsa_fault fault = {
		.error = head[2],
		.stream = head[3] & 1,
		.attempt = head[3] & 2,
		.port_chosen = head[3] & 4,
		.so_broadcast = head[3] & 8,
		.route_broadcast = head[3] & 16,
		.cancelled = head[3] & 32,
		.v6only = call->v6only,
		.dest = call->dest,
	};
	enum wsa_reason reason = wsa_fault_reason(&fault);
	u32 code = wsa_fault_code(reason, fault.error);

	check(fault.error ? is_code(code) : !code && reason == WSA_REASON_NONE);
}

static void check_packet(const uint8_t *data, size_t size)
{
	struct wsa_packet packet;
	bool ipv6 = data[0] >> 4 == 6;

	if (wsa_packet_parse(data, size, ipv6, &packet))
		check(packet.protocol == IPPROTO_TCP || packet.protocol == IPPROTO_UDP);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wsa_stream_facts facts;
	struct wsa_connect_call call;
	uint8_t *name;
	u16 family;
	int len;

	if (size < HEAD)
		return 0;
	check_packet(data, size);
	family = data[0] & 1 ? AF_INET6 : AF_INET;
	facts = (struct wsa_stream_facts){
		.listening = data[1] & 1,
		.syn = data[1] & 2,
		.closed = data[1] & 4,
		.connecting = data[1] & 8,
		.connected = data[1] & 16,
		.established = data[1] & 32,
		.detached = data[1] & 64,
		.waited = data[1] & 128,
	};
	call = (struct wsa_connect_call){
		.phase = wsa_stream_phase(&facts),
		.nonblock = data[0] & 2,
		.v6only = data[0] & 4,
	};
	check(call.phase <= WSA_PHASE_LISTENING);

	/* a buffer that ends where the name does; the right family more often than chance has it */
	len = size - HEAD;
	name = malloc(len + !len);
	check(name);
	memcpy(name, data + HEAD, len);
	if (len >= 2 && data[4] & 1)
		memcpy(name, &family, 2);
	wsa_dest_parse(family, name, len, &call.dest);
	free(name);

	check_parse(family, len, &call.dest);
	check_decision(wsa_stream_decide(&call));
	check_decision(wsa_dgram_decide(&call));
	check_fault(data, &call);
	return 0;
}
