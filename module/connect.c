// SPDX-License-Identifier: GPL-2.0
/*
 * Stream connect: lock, ask the rules, do it, wait.
 *
 * connect(2) is the only thing that connects, and what it returns is Linux's own:
 * security modules, io_uring and strace see an ordinary connect. The Winsock
 * code of a failure is kept beside the socket, for WSA_IOC_ATTEMPT.
 */
#include <net/inet_common.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

#include "mib.h"
#include "wsa_sock.h"

/**
 * wsa_sock_phase - where a stream stands
 * @sock: the socket
 *
 * Context: sk lock held.
 * Return: the phase.
 */
enum wsa_phase wsa_sock_phase(struct socket *sock)
{
	const struct wsa_sock *ws = wsa_sk(sock);
	unsigned char tcp = READ_ONCE(sock->sk->sk_state);
	struct wsa_stream_facts facts = {
		.listening = tcp == TCP_LISTEN,
		.syn = tcp == TCP_SYN_SENT || tcp == TCP_SYN_RECV ||
		       (wsa_iso_calling(ws) && tcp != TCP_CLOSE),
		.closed = tcp == TCP_CLOSE,
		.connecting = sock->state == SS_CONNECTING,
		.connected = sock->state == SS_CONNECTED,
		.established = READ_ONCE(ws->established),
		.detached = ws->detached,
		.waited = ws->waiters,
	};

	sock_owned_by_me(sock->sk);
	return wsa_stream_phase(&facts);
}

/**
 * wsa_call_init - describe a call of connect to the rules
 * @sock: the socket
 * @name: the address, in kernel memory
 * @len: its length
 * @call: out: all but the phase and whether to wait
 */
void wsa_call_init(struct socket *sock, const void *name, int len,
		   struct wsa_connect_call *call)
{
	int af = wsa_sk(sock)->kind->af;

	call->phase = WSA_PHASE_IDLE;
	call->nonblock = false;
	call->v6only = af == AF_INET6 && ipv6_only_sock(sock->sk);
	wsa_dest_parse(af, name, len, &call->dest);
}

/*
 * A link-local destination binds the socket to its interface, and Linux leaves it
 * bound when the attempt fails; the next attempt may go elsewhere.
 */
static void interface_forget(struct wsa_sock *ws)
{
	if (!ws->implied_dev)
		return;
	WRITE_ONCE(ws->sock->sk->sk_bound_dev_if, 0);
	ws->implied_dev = false;
}

/**
 * wsa_stream_tidy - clear a failed non-blocking attempt away
 * @ws: a stream in WSA_PHASE_FAILED
 *
 * The socket is as after a failed blocking attempt: unconnected, its port kept, and
 * its SO_ERROR remembered.
 *
 * Context: sk lock held.
 */
void wsa_stream_tidy(struct wsa_sock *ws)
{
	struct sock *sk = ws->sock->sk;

	ws->so_error = wsa_so_error(ws->sock);
	wsa_watch_stop(ws);
	sock_error(sk);
	sk->sk_prot->disconnect(sk, O_NONBLOCK);
	interface_forget(ws);
	ws->sock->state = SS_UNCONNECTED;
	ws->failed = true;
}

/* The attempt is over, and the call that waited for it says so. */
static int wsa_stream_finish(struct wsa_sock *ws, int err, bool attempt,
			     const struct wsa_dest *dest, bool nonblock)
{
	struct net *net = sock_net(ws->sock->sk);
	bool watched = ws->detached;	/* and counted by the watch */
	struct wsa_fault fault;

	wsa_watch_stop(ws);
	ws->detached = false;

	if (!err) {
		ws->failed = false;
		ws->so_error = 0;
		wsa_set_ops(ws, WSA_OPS_LEAN);
		wsa_events_over(ws, 0);
		if (!watched)
			wsa_count(net, WSA_MIB_ESTABLISHED);
		return 0;
	}

	/* somebody read SO_ERROR while we waited; the watch may have seen it first */
	if (err == -ECONNABORTED && ws->outcome)
		err = -ws->outcome;
	if (ws->cancelled)
		err = -ECANCELED;

	ws->failed = true;
	interface_forget(ws);
	if (unlikely(ws->qos))
		wsa_qos_start(ws, (struct wsa_grants){});
	if (!nonblock)
		ws->so_error = 0;
	if (!watched)
		wsa_count(net, WSA_MIB_FAILED);

	wsa_fault_init(ws, -err, &fault);
	fault.attempt = attempt;
	if (dest)
		fault.dest = *dest;
	err = wsa_record(ws, -err, wsa_fault_reason(&fault));
	wsa_events_over(ws, ws->call_wsa);
	return err;
}

static int wsa_stream_wait(struct wsa_sock *ws, int flags)
{
	int err;

	ws->waiters++;
	err = ws->iso ? wsa_iso_call_wait(ws) :
			__inet_stream_connect(ws->sock, NULL, 0, flags & ~O_NONBLOCK, 0);
	ws->waiters--;

	switch (err) {
	case -EALREADY:			/* SO_SNDTIMEO is over */
		ws->detached = true;
		wsa_watch_start(ws);
		return wsa_record(ws, EINPROGRESS, WSA_REASON_STARTED);
	case -ERESTARTSYS:
	case -EINTR:
		ws->detached = true;
		wsa_watch_start(ws);
		return wsa_record(ws, -err, WSA_REASON_SIGNAL);
	default:
		return wsa_stream_finish(ws, err, true, NULL, false);
	}
}

static int wsa_stream_start(struct wsa_sock *ws, struct sockaddr *addr, int len, int flags,
			    const struct wsa_connect_call *call, bool staged)
{
	struct sock *sk = ws->sock->sk;
	int err;

	ws->port_chosen = inet_sk(sk)->inet_num;
	ws->implied_dev = call->dest.link_local && !sk->sk_bound_dev_if;
	ws->cancelled = false;
	wsa_events_attempt(ws);
	if (ws->iso)
		wsa_iso_call_start(ws, staged);

	err = __inet_stream_connect(ws->sock, addr, len, flags | O_NONBLOCK, 0);
	switch (err) {
	case -EINPROGRESS:
		break;
	case 0:				/* TCP_REPAIR has no handshake */
		return wsa_stream_finish(ws, 0, true, NULL, call->nonblock);
	default:
		ws->failed = true;
		wsa_iso_call_stop(ws);
		interface_forget(ws);
		if (unlikely(ws->qos))
			wsa_qos_start(ws, (struct wsa_grants){});
		if (!call->nonblock)
			ws->so_error = 0;
		return wsa_refused_at_once(ws, err, addr, &call->dest);
	}

	ws->attempt++;
	wsa_count(sock_net(sk), WSA_MIB_ATTEMPTS);

	/* before the answer can come in: a failed attempt would give an automatic
	 * port away, and a retry is to have the same one (row 93)
	 */
	sk->sk_userlocks |= SOCK_BINDPORT_LOCK;

	if (ws->iso)
		wsa_watch_always(ws);
	if (call->nonblock) {
		wsa_watch_start(ws);
		return wsa_record(ws, EINPROGRESS, WSA_REASON_STARTED);
	}
	return wsa_stream_wait(ws, flags);
}

/**
 * wsa_stream_connect - proto_ops.connect of streams
 * @sock: the socket
 * @addr: the destination, in kernel memory
 * @len: its length
 * @flags: O_NONBLOCK or not
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or Linux's negative errno; the Winsock code is recorded.
 */
int wsa_stream_connect(struct socket *sock, struct sockaddr *addr, int len, int flags)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct wsa_decision decision;
	struct wsa_connect_call call;
	struct wsa_grants grants = {};
	struct sockaddr_in6 scoped;
	struct sock *sk = sock->sk;
	bool staged;
	int err;

	wsa_call_init(sock, addr, len, &call);
	call.nonblock = flags & O_NONBLOCK;

	lock_sock(sk);
	call.phase = wsa_sock_phase(sock);
	decision = wsa_stream_decide(&call);
	if (unlikely(ws->qos))
		grants = wsa_qos_take(ws, addr, len);
	staged = wsa_iso_claim(ws, addr, len);

	if (decision.action == WSA_ACTION_START || decision.action == WSA_ACTION_RESTART) {
		addr = wsa_scope_fill(sk, addr, &call.dest, &scoped);
		if (!addr)
			decision = wsa_refuse(ENETUNREACH, WSA_REASON_SCOPE);
	}

	switch (decision.action) {
	case WSA_ACTION_RESTART:
		wsa_stream_tidy(ws);
		fallthrough;
	case WSA_ACTION_START:
		if (unlikely(ws->qos)) {	/* before the SYN */
			wsa_qos_start(ws, grants);
			grants = (struct wsa_grants){};
		}
		err = wsa_stream_start(ws, addr, len, flags, &call, staged);
		break;
	case WSA_ACTION_WAIT:
		err = wsa_stream_wait(ws, flags);
		break;
	default:
		/* Linux counts an attempt as done when connect(2) has said so */
		if (decision.reason == WSA_REASON_CONNECTED)
			sock->state = SS_CONNECTED;
		wsa_count(sock_net(sk), WSA_MIB_REFUSED);
		err = wsa_record(ws, decision.error, decision.reason);
		break;
	}
	if (unlikely(ws->qos))
		wsa_grants_let_go(grants);
	release_sock(sk);
	return err;
}

/**
 * wsa_stream_cancel - abandon a pending attempt
 * @sock: a socket
 *
 * A connect(2) that waits for it returns -ECANCELED.
 *
 * Context: sk lock held.
 * Return: 0, or -ENOTCONN when nothing is pending.
 */
int wsa_stream_cancel(struct socket *sock)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct sock *sk = sock->sk;

	sock_owned_by_me(sk);
	if (ws->kind->type != SOCK_STREAM || sock->state != SS_CONNECTING ||
	    (!((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) && !wsa_iso_calling(ws)))
		return -ENOTCONN;

	ws->cancelled = true;
	wsa_iso_call_stop(ws);
	return sk->sk_prot->disconnect(sk, O_NONBLOCK);
}
