// SPDX-License-Identifier: GPL-2.0
/*
 * The family: create, accept, release, and the operation tables.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/module.h>
#include <linux/tcp.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

#include "mib.h"
#include "wsa_sock.h"

static int family = WSA_FAMILY_DEFAULT;
module_param(family, int, 0444);
MODULE_PARM_DESC(family, "address family number to register; 0 shuts the family door");

static bool registered;

/* What a closed socket still has to send keeps its class until it has left. */
static int qos_release(struct wsa_sock *ws)
{
	struct wsa_grant *grant = wsa_qos_close(ws);
	struct sock *sk = ws->sock->sk;
	int err;

	/* and by it the namespace, whose the grant becomes */
	sock_hold(sk);
	if (grant)
		sock_hold(sk);
	err = ws->base->release(ws->sock);
	wsa_grant_let_go(grant, grant ? sk : NULL);
	sock_put(sk);
	return err;
}

static int wsa_release(struct socket *sock)
{
	struct wsa_sock *ws = wsa_sk(sock);
	int err;

	/* accept(2) gave the child our operations and then found no connection */
	if (!ws)
		return 0;

	wsa_count(sock_net(sock->sk), WSA_MIB_SOCKETS_GONE);
	if (ws->shared)
		return ws->base->release(sock);

	wsa_watch_end(ws);
	if (ws->kind->type == SOCK_DGRAM)
		wsa_dgram_errors_end(sock->sk);
	if (unlikely(ws->iso))
		wsa_iso_release(ws);
	if (unlikely(ws->qos))
		err = qos_release(ws);
	else
		err = ws->base->release(sock);
	WRITE_ONCE(SOCK_INODE(sock)->i_private, NULL);
	wsa_sock_free(ws);
	return err;
}

/*
 * Where events are selected the child inherits the selection (row 225), and what that
 * takes is made first: a connection that was taken cannot be given back.
 */
static int wsa_accept(struct socket *sock, struct socket *newsock, WSA_ACCEPT_ARGS)
{
	struct wsa_sock *ws = wsa_sk(sock), *child = NULL;
	int err;

	if (unlikely(READ_ONCE(ws->events))) {
		child = wsa_sock_alloc_accepted(ws);
		if (child)
			child->events = wsa_events_alloc();
		if (!child || !child->events) {
			if (child)
				wsa_sock_free(child);
			return -ENOBUFS;
		}
	}
	err = ws->base->accept(sock, newsock, WSA_ACCEPT_PASS);
	if (!err)
		wsa_sock_accepted(newsock, ws, child);
	else if (child)
		wsa_sock_free(child);
	wsa_events_enable(ws, WSA_EVENT_ACCEPT);
	return err;
}

/* A socket whose non-blocking attempt failed may listen (row 92). */
static int wsa_listen(struct socket *sock, int backlog)
{
	struct wsa_sock *ws = wsa_sk(sock);

	lock_sock(sock->sk);
	if (wsa_sock_phase(sock) == WSA_PHASE_FAILED)
		wsa_stream_tidy(ws);
	release_sock(sock->sk);

	return ws->iso ? wsa_iso_listen(sock, backlog) : ws->base->listen(sock, backlog);
}

/*
 * Linux would abandon a pending attempt and stop a listener; Winsock says that
 * there is nothing to shut down (rows 64, 102, 103). A datagram socket keeps the
 * flag, connected or not (rows 179, 180), which Linux does while it says ENOTCONN.
 */
static int wsa_shutdown(struct socket *sock, int how)
{
	struct wsa_sock *ws = wsa_sk(sock);
	bool connected;
	int err;

	if (ws->kind->type != SOCK_STREAM) {
		err = ws->base->shutdown(sock, how);
		return err == -ENOTCONN ? 0 : err;
	}

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;

	lock_sock(sock->sk);
	connected = wsa_sock_phase(sock) == WSA_PHASE_CONNECTED;
	release_sock(sock->sk);

	return connected ? ws->base->shutdown(sock, how) : -ENOTCONN;
}

/*
 * Refused, because each would take the socket out of our hands: an upper-layer
 * protocol copies our operations, IPV6_ADDRFORM replaces them, and
 * TCP_FASTOPEN_CONNECT moves the connect into the first send. TCP_REPAIR would take
 * a transport connection's octets.
 */
static bool wsa_option_refused(const struct wsa_sock *ws, int level, int optname)
{
	if (level == SOL_TCP)
		return optname == TCP_ULP || optname == TCP_FASTOPEN_CONNECT ||
		       (ws->iso && optname == TCP_REPAIR);
	return level == SOL_IPV6 && optname == IPV6_ADDRFORM;
}

/* Options that replace a flow's mark; SO_PRIORITY does not come here, see wsa_qos_sending(). */
static bool wsa_option_marks(int level, int optname)
{
	return (level == SOL_IP && optname == IP_TOS) ||
	       (level == SOL_IPV6 && optname == IPV6_TCLASS);
}

static bool wsa_option_reports(int level, int optname)
{
	return (level == SOL_IP && optname == IP_RECVERR) ||
	       (level == SOL_IPV6 && optname == IPV6_RECVERR);
}

static void wsa_reports_asked(struct sock *sk, int level)
{
	lock_sock(sk);
	wsa_dgram_errors_asked(sk, level);
	release_sock(sk);
}

static int wsa_setsockopt(struct socket *sock, int level, int optname, sockptr_t optval,
			  unsigned int optlen)
{
	struct wsa_sock *ws = wsa_sk(sock);
	int err;

	if (wsa_option_refused(ws, level, optname))
		return -ENOPROTOOPT;
	err = ws->base->setsockopt(sock, level, optname, optval, optlen);
	if (unlikely(!err && ws->kind->type == SOCK_DGRAM && wsa_option_reports(level, optname)))
		wsa_reports_asked(sock->sk, level);
	if (unlikely(READ_ONCE(ws->qos)) && !err && wsa_option_marks(level, optname))
		wsa_qos_remark(ws);
	return err;
}

/* MSG_FASTOPEN would connect without our rules and past the LSM's connect hook. */
static int wsa_stream_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct wsa_sock *ws = wsa_sk(sock);

	if (msg->msg_flags & MSG_FASTOPEN)
		return -EOPNOTSUPP;
	if (unlikely(READ_ONCE(ws->qos)))
		wsa_qos_sending(ws);
	return ws->base->sendmsg(sock, msg, size);
}

/**
 * wsa_fill_ops - make a kind's operation tables from its base operations
 * @kind: the kind, @kind->base set
 *
 * Context: module load.
 */
void __init wsa_fill_ops(struct wsa_kind *kind)
{
	struct proto_ops *guard = &kind->ops[WSA_OPS_GUARD];
	struct proto_ops *lean = &kind->ops[WSA_OPS_LEAN];

	*lean = *kind->base;
	lean->owner = THIS_MODULE;
	lean->release = wsa_release;
	lean->shutdown = wsa_shutdown;
	lean->setsockopt = wsa_setsockopt;
	lean->ioctl = wsa_ioctl;
#ifdef CONFIG_COMPAT
	lean->compat_ioctl = wsa_compat_ioctl;
#endif
	if (kind->type == SOCK_STREAM) {
		lean->connect = wsa_stream_connect;
		lean->accept = wsa_accept;
		lean->listen = wsa_listen;
	} else {
		lean->connect = wsa_dgram_connect;
	}
	if (kind->type == SOCK_DGRAM)
		lean->sendmsg = wsa_udp_sendmsg;

	*guard = *lean;
	if (kind->type == SOCK_STREAM) {
		guard->sendmsg = wsa_stream_sendmsg;
	} else {
		guard->sendmsg = wsa_dgram_sendmsg;
		guard->recvmsg = wsa_dgram_recvmsg;
	}
	wsa_fill_event_ops(kind);
	if (kind->iso)
		wsa_fill_iso_ops(kind);
}

/*
 * A normal inet socket is made and moved under the caller's struct socket, so every
 * check of socket(AF_INET) is asked, and what the user holds is the TCP socket.
 */
static int wsa_create(struct net *net, struct socket *sock, int protocol, int kern)
{
	int af = WSA_PROTO_AF(protocol), ipproto = WSA_PROTO_IP(protocol), type = sock->type;
	bool iso = ipproto == WSAPROTO_ISO;
	const struct wsa_kind *kind;
	struct socket *lower;
	struct wsa_sock *ws;
	int err;

	if (protocol < 0 || (af != AF_INET && af != AF_INET6))
		return -EAFNOSUPPORT;
	if (iso && (type == SOCK_STREAM || type == SOCK_SEQPACKET)) {
		type = SOCK_STREAM;
		ipproto = IPPROTO_TCP;
	}
	if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_RAW)
		return -ESOCKTNOSUPPORT;
	if (!wsa_kind_wanted(af, type, ipproto))
		return -EPROTONOSUPPORT;

	err = __sock_create(net, af, type, ipproto, &lower, kern);
	if (err)
		return err;

	kind = wsa_kind_of(lower);
	if (!kind) {			/* a BPF program replaced the protocol */
		err = -EPROTONOSUPPORT;
		goto out_lower;
	}
	ws = wsa_sock_alloc(iso ? wsa_kind_iso(kind) : kind);
	if (!ws) {
		err = -ENOBUFS;
		goto out_lower;
	}

	sock_graft(lower->sk, sock);
	lower->sk = NULL;
	sock->flags |= lower->flags;
	sock->state = lower->state;
	wsa_sock_start(ws, sock);
	if (iso)
		wsa_iso_start(ws, sock->type == SOCK_SEQPACKET);
out_lower:
	sock_release(lower);
	return err;
}

static const struct net_proto_family wsa_family_ops = {
	.family = WSA_FAMILY_DEFAULT,
	.create = wsa_create,
	.owner = THIS_MODULE,
};

static struct net_proto_family wsa_proto_family __ro_after_init;

/**
 * wsa_family_number - the registered family, 0 when the door is shut
 *
 * Return: the number.
 */
unsigned int wsa_family_number(void)
{
	return registered ? family : 0;
}

/**
 * wsa_family_register - open the family door
 *
 * Context: module load; may sleep.
 * Return: 0, or the errno of a number that is taken or out of range.
 */
int __init wsa_family_register(void)
{
	int err;

	if (!family)
		return 0;
	if (family < 0 || family >= AF_MAX) {
		pr_err("wsa: family=%d is out of range; use 0 to 45, 0 for none\n", family);
		return -EINVAL;
	}

	wsa_proto_family = wsa_family_ops;
	wsa_proto_family.family = family;
	err = sock_register(&wsa_proto_family);
	if (err) {
		pr_err("wsa: family %d is taken; load with family=22 or family=25\n", family);
		return err;
	}
	registered = true;
	return 0;
}

/** wsa_family_unregister - shut the family door */
void wsa_family_unregister(void)
{
	if (registered)
		sock_unregister(family);
}
