// SPDX-License-Identifier: GPL-2.0
/*
 * What connect does: the order of the checks and the state machine. Pure.
 *
 * The order is fixed: length, state, family, address. A call that fails here
 * has changed nothing.
 */
#include "connect_rules.h"

static struct wsa_decision act(enum wsa_action action)
{
	return (struct wsa_decision){ .action = action };
}

/**
 * wsa_stream_phase - where a stream stands
 * @facts: what the socket shows
 *
 * A non-blocking attempt that succeeded is CONNECTED although connect(2) never
 * returned 0 (row 112). One whose caller was taken away by a signal is not:
 * its outcome belongs to the next connect(2), which may be the same call restarted.
 *
 * Return: the phase.
 */
enum wsa_phase wsa_stream_phase(const struct wsa_stream_facts *facts)
{
	if (facts->listening)
		return WSA_PHASE_LISTENING;
	if (facts->connected)
		return WSA_PHASE_CONNECTED;
	if (!facts->connecting)
		return WSA_PHASE_IDLE;
	if (facts->waited)
		return WSA_PHASE_PENDING;
	if (facts->syn)
		return facts->detached ? WSA_PHASE_DETACHED : WSA_PHASE_PENDING;
	if (facts->detached)
		return WSA_PHASE_UNREPORTED;
	if (facts->closed && !facts->established)
		return WSA_PHASE_FAILED;
	return WSA_PHASE_CONNECTED;
}

static struct wsa_decision check_stream_dest(const struct wsa_connect_call *call)
{
	const struct wsa_dest *dest = &call->dest;

	switch (dest->kind) {
	case WSA_DEST_SHORT:
	case WSA_DEST_UNSPEC:
	case WSA_DEST_FOREIGN:
		return wsa_refuse(EAFNOSUPPORT, WSA_REASON_FAMILY);
	case WSA_DEST_ZERO:
	case WSA_DEST_ANY:
		return wsa_refuse(EADDRNOTAVAIL, WSA_REASON_ADDR_ANY);
	case WSA_DEST_BROADCAST:
		return wsa_refuse(ENETUNREACH, WSA_REASON_ADDR_BROADCAST);
	case WSA_DEST_MULTICAST:
		return wsa_refuse(ENETUNREACH, WSA_REASON_ADDR_MULTICAST);
	case WSA_DEST_UNICAST:
		break;
	}
	if (dest->port_zero)
		return wsa_refuse(EADDRNOTAVAIL, WSA_REASON_PORT_ZERO);
	if (dest->v4mapped && call->v6only)
		return wsa_refuse(ENETUNREACH, WSA_REASON_V6ONLY);
	return act(WSA_ACTION_START);
}

/**
 * wsa_stream_decide - what connect does on a stream
 * @call: the call
 *
 * Rows 20-30, 51, 52, 57, 84, 94, 98, 112-116, 119, 120, 124.
 *
 * Return: REFUSE, START, RESTART or WAIT.
 */
struct wsa_decision wsa_stream_decide(const struct wsa_connect_call *call)
{
	struct wsa_decision decision;

	if (call->dest.kind == WSA_DEST_SHORT)
		return wsa_refuse(EINVAL, WSA_REASON_NAME_SHORT);

	switch (call->phase) {
	case WSA_PHASE_LISTENING:
		return wsa_refuse(EISCONN, WSA_REASON_LISTENING);
	case WSA_PHASE_CONNECTED:
		return wsa_refuse(EISCONN, WSA_REASON_CONNECTED);
	case WSA_PHASE_PENDING:
		return wsa_refuse(EALREADY, WSA_REASON_PENDING);
	case WSA_PHASE_DETACHED:
		if (call->nonblock)
			return wsa_refuse(EALREADY, WSA_REASON_PENDING);
		return act(WSA_ACTION_WAIT);
	case WSA_PHASE_UNREPORTED:
		return act(WSA_ACTION_WAIT);
	case WSA_PHASE_IDLE:
	case WSA_PHASE_FAILED:
		break;
	}

	decision = check_stream_dest(call);
	if (decision.action == WSA_ACTION_START && call->phase == WSA_PHASE_FAILED)
		decision.action = WSA_ACTION_RESTART;
	return decision;
}

/**
 * wsa_dgram_decide - what connect does on a datagram or raw socket
 * @call: the call; @call->phase is not looked at
 *
 * The whole name zero, or AF_UNSPEC, forgets the default destination (rows
 * 158-161); a wildcard address with a port does not (row 160). Port 0 and
 * multicast are destinations (rows 117, 123); broadcast is left to the route
 * and SO_BROADCAST (rows 121, 122).
 *
 * Return: REFUSE, TARGET or RESET.
 */
struct wsa_decision wsa_dgram_decide(const struct wsa_connect_call *call)
{
	const struct wsa_dest *dest = &call->dest;

	switch (dest->kind) {
	case WSA_DEST_SHORT:
		return wsa_refuse(EINVAL, WSA_REASON_NAME_SHORT);
	case WSA_DEST_FOREIGN:
		return wsa_refuse(EAFNOSUPPORT, WSA_REASON_FAMILY);
	case WSA_DEST_UNSPEC:
	case WSA_DEST_ZERO:
		return act(WSA_ACTION_RESET);
	case WSA_DEST_ANY:
		return wsa_refuse(EADDRNOTAVAIL, WSA_REASON_ADDR_ANY);
	case WSA_DEST_UNICAST:
	case WSA_DEST_BROADCAST:
	case WSA_DEST_MULTICAST:
		break;
	}
	if (dest->v4mapped && call->v6only)
		return wsa_refuse(ENETUNREACH, WSA_REASON_V6ONLY);
	return act(WSA_ACTION_TARGET);
}
