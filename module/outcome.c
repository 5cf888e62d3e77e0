// SPDX-License-Identifier: GPL-2.0
/* What became of a connect, as a Winsock code and a reason. */
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "wsa_sock.h"

/**
 * wsa_fault_init - describe a failed call to the rules
 * @ws: the socket's state
 * @error: the errno, positive
 * @fault: out: all but the destination and what the route says of it
 */
void wsa_fault_init(const struct wsa_sock *ws, int error, struct wsa_fault *fault)
{
	struct sock *sk = ws->sock->sk;

	*fault = (struct wsa_fault){
		.error = error,
		.stream = ws->kind->type == SOCK_STREAM,
		.port_chosen = ws->port_chosen,
		.source_chosen = sk->sk_userlocks & SOCK_BINDADDR_LOCK,
		.so_broadcast = sock_flag(sk, SOCK_BROADCAST),
		.v6only = ws->kind->af == AF_INET6 && ipv6_only_sock(sk),
		.cancelled = ws->cancelled,
		.told = wsa_iso_failure(ws),
	};
}

/**
 * wsa_record - keep the exact outcome of a call that did not return 0
 * @ws: the socket's state
 * @error: its errno, positive
 * @reason: why
 *
 * Context: sk lock held.
 * Return: -@error, to be returned by the call.
 */
int wsa_record(struct wsa_sock *ws, int error, enum wsa_reason reason)
{
	if (ws->shared)
		return -error;		/* WSA_IOC_ATTEMPT knows what it can be */

	sock_owned_by_me(ws->sock->sk);
	ws->call_error = error == ERESTARTSYS ? EINTR : error;
	ws->call_wsa = wsa_fault_code(reason, error);
	ws->call_reason = reason;
	return -error;
}

/**
 * wsa_attempt_code - why a non-blocking attempt failed
 * @ws: a stream's state, the attempt over
 *
 * Context: any.
 * Return: a Winsock code, never 0.
 */
u32 wsa_attempt_code(const struct wsa_sock *ws)
{
	int error = READ_ONCE(ws->outcome) ?: READ_ONCE(ws->sock->sk->sk_err) ?: ECONNABORTED;
	struct wsa_fault fault;

	wsa_fault_init(ws, error, &fault);
	fault.attempt = true;
	return wsa_fault_code(wsa_fault_reason(&fault), error);
}

/**
 * wsa_so_error - Winsock's SO_ERROR of a stream
 * @sock: the socket
 *
 * The failure of a non-blocking attempt stays until an attempt succeeds; that of a
 * blocking one was told by the call (rows 85-88).
 *
 * Context: sk lock held.
 * Return: a Winsock code or 0; never 0 for a failed non-blocking attempt.
 */
u32 wsa_so_error(struct socket *sock)
{
	const struct wsa_sock *ws = wsa_sk(sock);

	switch (wsa_sock_phase(sock)) {
	case WSA_PHASE_CONNECTED:
		return 0;
	case WSA_PHASE_FAILED:
		return wsa_attempt_code(ws);
	default:
		return ws->so_error;
	}
}

/**
 * wsa_refused_at_once - code of a connect that the base protocol refused
 * @ws: the socket's state
 * @err: negative errno
 * @addr: the destination
 * @dest: the same, classified
 *
 * Context: sk lock held.
 * Return: @err.
 */
int wsa_refused_at_once(struct wsa_sock *ws, int err, const struct sockaddr *addr,
			const struct wsa_dest *dest)
{
	struct wsa_fault fault;

	wsa_fault_init(ws, -err, &fault);
	fault.dest = *dest;
	fault.route_broadcast = wsa_dest_is_broadcast(ws->sock->sk, addr, dest);
	return wsa_record(ws, -err, wsa_fault_reason(&fault));
}
