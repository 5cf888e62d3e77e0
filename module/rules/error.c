// SPDX-License-Identifier: GPL-2.0
/* From an errno and the state of the socket to a Winsock code. Pure. */
#include "error.h"

/**
 * wsa_errno_code - the code of an errno that nothing more is known about
 * @error: positive errno
 *
 * Return: a Winsock code; WSAEINVAL for an errno that WSA_ERRNOS does not list.
 */
u32 wsa_errno_code(int error)
{
#define WSA_ROW(number, code) { number, code },
	static const struct {
		int error;
		u32 code;
	} rows[] = { WSA_ERRNOS(WSA_ROW) };
#undef WSA_ROW
	size_t i;

	if (!error)
		return 0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].error == error)
			return rows[i].code;
	}
	return WSAEINVAL;
}

/**
 * wsa_reason_code - the code that goes with a reason
 * @reason: enum wsa_reason
 *
 * Return: a Winsock code; 0 where the reason has none of its own.
 */
u32 wsa_reason_code(enum wsa_reason reason)
{
#define WSA_ROW(name, number, code, text) \
	[name] = code,
	static const u32 codes[] = { WSA_REASONS(WSA_ROW) };
#undef WSA_ROW

	return (size_t)reason < ARRAY_SIZE(codes) ? codes[reason] : 0;
}

/**
 * wsa_fault_code - the code of a fault
 * @reason: what wsa_fault_reason() said
 * @error: the errno, positive
 *
 * Return: the reason's code, or the errno's where the reason has none.
 */
u32 wsa_fault_code(enum wsa_reason reason, int error)
{
	return reason == WSA_REASON_OTHER ? wsa_errno_code(error) :
					    wsa_reason_code(reason);
}

static enum wsa_reason unreachable_reason(const struct wsa_fault *fault)
{
	/* Linux has no route to these from a stream socket; Winsock says the
	 * address is at fault, not the network (rows 119, 120).
	 */
	if (fault->stream) {
		if (fault->dest.kind == WSA_DEST_MULTICAST)
			return WSA_REASON_ADDR_MULTICAST;
		if (fault->dest.kind == WSA_DEST_BROADCAST || fault->route_broadcast)
			return WSA_REASON_ADDR_BROADCAST;
	}
	if (fault->dest.v4mapped && fault->v6only)
		return WSA_REASON_V6ONLY;
	return WSA_REASON_NO_ROUTE;
}

/**
 * wsa_fault_reason - why connect(2) failed
 * @fault: the errno and what is known of the call
 *
 * Linux uses one errno for several Winsock codes: EADDRNOTAVAIL for three
 * (rows 128, 144, 145), EINVAL for a missing scope and for a source that cannot
 * reach the destination, ENETUNREACH for addresses no stream can have.
 *
 * Return: the reason; WSA_REASON_OTHER where the errno's plain translation is right.
 */
enum wsa_reason wsa_fault_reason(const struct wsa_fault *fault)
{
	if (!fault->error)
		return WSA_REASON_NONE;
	if (fault->cancelled)
		return WSA_REASON_CANCELLED;
	if (fault->told != WSA_REASON_NONE)
		return fault->told;

	switch (fault->error) {
	case EINPROGRESS:
		return WSA_REASON_STARTED;
	case EALREADY:
		return WSA_REASON_PENDING;
	case EISCONN:
		return WSA_REASON_CONNECTED;
	case EAFNOSUPPORT:
		return WSA_REASON_FAMILY;
	case EAGAIN:
		return WSA_REASON_PORTS_EXHAUSTED;
	case EADDRNOTAVAIL:
		if (fault->attempt || !fault->stream)
			return WSA_REASON_SOURCE;
		return fault->port_chosen ? WSA_REASON_TUPLE_IN_USE :
					    WSA_REASON_PORTS_EXHAUSTED;
	case EADDRINUSE:
		return WSA_REASON_TUPLE_IN_USE;
	case EINVAL:
		if (fault->dest.link_local)
			return WSA_REASON_SCOPE;
		/* nothing else is invalid but the route: a blackhole, a martian */
		return fault->source_chosen ? WSA_REASON_SOURCE : WSA_REASON_NO_ROUTE;
	case ENODEV:
	case ENXIO:
		return fault->dest.link_local ? WSA_REASON_SCOPE : WSA_REASON_NET_DOWN;
	case ENETDOWN:
		return WSA_REASON_NET_DOWN;
	case ENETUNREACH:
		return unreachable_reason(fault);
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENONET:
		return WSA_REASON_HOST_UNREACHABLE;
	case ECONNREFUSED:
		return WSA_REASON_REFUSED;
	case ECONNRESET:
		/* a reset before the handshake ended is a refusal */
		return fault->attempt ? WSA_REASON_REFUSED : WSA_REASON_OTHER;
	case ENOPROTOOPT:
	case EPROTO:
		/* ICMP protocol unreachable */
		return fault->attempt ? WSA_REASON_NO_ROUTE : WSA_REASON_OTHER;
	case ECONNABORTED:
		return WSA_REASON_OUTCOME_TAKEN;
	case ETIMEDOUT:
		return WSA_REASON_TIMED_OUT;
	case EPERM:
		return WSA_REASON_POLICY;
	case EACCES:
		if (!fault->stream && !fault->so_broadcast &&
		    (fault->dest.kind == WSA_DEST_BROADCAST || fault->route_broadcast))
			return WSA_REASON_SO_BROADCAST;
		return WSA_REASON_POLICY;
	case ENOMEM:
	case ENOBUFS:
		return WSA_REASON_NO_MEMORY;
	case EINTR:
	case ERESTARTSYS:
		return WSA_REASON_SIGNAL;
	case ECANCELED:
		return WSA_REASON_CANCELLED;
	default:
		return WSA_REASON_OTHER;
	}
}
