// SPDX-License-Identifier: GPL-2.0
/*
 * A datagram socket's default destination: set, change, forget.
 *
 * Linux keeps what an earlier peer sent; Winsock discards it. What is queued when
 * the destination changes is flushed, bounded by its number, so that a flood from
 * the new peer cannot hold the call. What was on its way into the queue is
 * recognised by its source when it is received, until an RCU grace period has
 * passed: from then on the socket lookup itself sees the new peer only.
 */
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>
#include <net/udp.h>

#include "mib.h"
#include "wsa_sock.h"

static bool is_peer_ipv4(const struct sock *sk, __be32 addr)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		return ipv6_addr_v4mapped(&sk->sk_v6_daddr) &&
		       sk->sk_v6_daddr.s6_addr32[3] == addr;
#endif
	return inet_sk(sk)->inet_daddr == addr;
}

static bool is_peer_ipv6(const struct sock *sk, const struct in6_addr *addr)
{
#if IS_ENABLED(CONFIG_IPV6)
	return ipv6_addr_equal(&sk->sk_v6_daddr, addr);
#else
	return false;
#endif
}

/* Raw sockets have no port. */
static bool is_peer_port(const struct sock *sk, __be16 port)
{
	return sk->sk_type != SOCK_DGRAM || inet_sk(sk)->inet_dport == port;
}

static bool is_peer_host(const struct sock *sk, const struct sockaddr *name)
{
	if (name->sa_family == AF_INET6)
		return is_peer_ipv6(sk, &((const struct sockaddr_in6 *)name)->sin6_addr);
	return is_peer_ipv4(sk, ((const struct sockaddr_in *)name)->sin_addr.s_addr);
}

static bool is_peer_name(const struct sock *sk, const struct sockaddr *name)
{
	/* the port is at the same place in both families */
	return is_peer_host(sk, name) &&
	       is_peer_port(sk, ((const struct sockaddr_in *)name)->sin_port);
}

static bool is_from_peer(const struct sock *sk, const struct sk_buff *skb)
{
	if (sk->sk_type == SOCK_DGRAM && !is_peer_port(sk, udp_hdr(skb)->source))
		return false;
	if (skb->protocol == htons(ETH_P_IP))
		return is_peer_ipv4(sk, ip_hdr(skb)->saddr);
	return is_peer_ipv6(sk, &ipv6_hdr(skb)->saddr);
}

static unsigned int queued(const struct sock *sk)
{
	unsigned int n = skb_queue_len_lockless(&sk->sk_receive_queue);

	if (sk->sk_type == SOCK_DGRAM)
		n += skb_queue_len_lockless(&udp_sk(sk)->reader_queue);
	return n;
}

static struct sk_buff *take(struct sock *sk, int flags, int *err)
{
	int off = 0;

	flags |= MSG_DONTWAIT;
	if (sk->sk_type == SOCK_DGRAM)
		return __skb_recv_udp(sk, flags, &off, err);
	return skb_recv_datagram(sk, flags, err);
}

static void drop(struct sock *sk, struct sk_buff *skb)
{
	if (sk->sk_type == SOCK_DGRAM)
		skb_consume_udp(sk, skb, skb->len);
	else
		skb_free_datagram(sk, skb);
}

static bool peer_is_at_head(struct sock *sk)
{
	struct sk_buff *skb;
	bool ours;
	int err;

	skb = take(sk, MSG_PEEK, &err);
	if (!skb)
		return true;
	ours = is_from_peer(sk, skb);
	consume_skb(skb);
	return ours;
}

/**
 * flush - discard datagrams from the head of the queue
 * @sk: the socket
 * @most: how many at most: no more than were queued before the destination changed
 * @until_peer: stop at the first one that the present peer sent
 *
 * Goes through the protocol's own receive, which knows of UDP's second queue and
 * gives the memory back. A pending error belongs to an earlier peer and goes too.
 *
 * Return: how many were discarded.
 */
static unsigned int flush(struct sock *sk, unsigned int most, bool until_peer)
{
	unsigned int n = 0, errors = 0;
	struct sk_buff *skb;
	int err;

	sock_error(sk);
	while (n < most) {
		if (until_peer && peer_is_at_head(sk))
			break;
		skb = take(sk, 0, &err);
		if (skb) {
			drop(sk, skb);
			n++;
		} else if (err == -EAGAIN || ++errors > 1) {
			break;		/* empty; once, it may have been a late error */
		}
	}
	return n;
}

/**
 * struct source - the automatic parts of a socket's local address
 * @saddr: IPv4 source of sends
 * @rcv_saddr: IPv4 address received on
 * @saddr6: as @saddr
 * @rcv_saddr6: as @rcv_saddr
 * @dev: interface a link-local destination bound the socket to
 */
struct source {
	__be32 saddr;
	__be32 rcv_saddr;
	struct in6_addr saddr6;
	struct in6_addr rcv_saddr6;
	int dev;
};

/*
 * Forget what an earlier destination chose, so that the next one chooses anew; the
 * hash is moved by the connect that follows, or left as it was when that fails.
 */
static void source_forget(struct wsa_sock *ws, struct sock *sk, struct source *kept)
{
	struct inet_sock *inet = inet_sk(sk);

	kept->saddr = inet->inet_saddr;
	kept->rcv_saddr = inet->inet_rcv_saddr;
	kept->dev = sk->sk_bound_dev_if;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		kept->saddr6 = inet6_sk(sk)->saddr;
		kept->rcv_saddr6 = sk->sk_v6_rcv_saddr;
	}
#endif
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		inet_reset_saddr(sk);
	if (ws->implied_dev)
		WRITE_ONCE(sk->sk_bound_dev_if, 0);
}

static void source_restore(struct sock *sk, const struct source *kept)
{
	inet_sk(sk)->inet_saddr = kept->saddr;
	WRITE_ONCE(inet_sk(sk)->inet_rcv_saddr, kept->rcv_saddr);
	WRITE_ONCE(sk->sk_bound_dev_if, kept->dev);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		inet6_sk(sk)->saddr = kept->saddr6;
		sk->sk_v6_rcv_saddr = kept->rcv_saddr6;
	}
#endif
}

static int wsa_dgram_reset(struct wsa_sock *ws, int flags)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	struct sock *sk = ws->sock->sk;
	unsigned int most = queued(sk);
	int err, dev;

	if (READ_ONCE(sk->sk_state) != TCP_ESTABLISHED)
		return 0;		/* row 161 */

	/* the port stays (row 164), and a raw socket stays hashed */
	lock_sock(sk);
	sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	dev = ws->implied_dev ? 0 : sk->sk_bound_dev_if;
	release_sock(sk);

	err = ws->base->connect(ws->sock, &unspec, sizeof(unspec), flags);

	lock_sock(sk);
	if (err) {
		wsa_record(ws, -err, WSA_REASON_OTHER);
	} else {
		/* Linux forgets an interface bound by hand, and goes on filtering by
		 * an IPv6 peer
		 */
		WRITE_ONCE(sk->sk_bound_dev_if, dev);
#if IS_ENABLED(CONFIG_IPV6)
		if (sk->sk_family == AF_INET6)
			sk->sk_v6_daddr = in6addr_any;
#endif
		ws->implied_dev = false;
		ws->lends = false;
	}
	release_sock(sk);
	if (err)
		return err;

	wsa_set_ops(ws, WSA_OPS_LEAN);
	wsa_count_add(sock_net(sk), WSA_MIB_FLUSHED, flush(sk, most, false));
	wsa_count(sock_net(sk), WSA_MIB_RESET);
	return 0;
}

/*
 * Set a destination in place of another, from a source that suits it.
 *
 * Linux keeps the source of the first destination for good, which is wrong for one
 * that another address or interface of this host leads to. To look for a source costs
 * a second route lookup, which another port of the same host does not need.
 */
static int reconnect(struct wsa_sock *ws, struct sockaddr *addr, int len, int flags)
{
	struct sock *sk = ws->sock->sk;
	struct source kept;
	int err;

	if (is_peer_host(sk, addr) && !ws->base->connect(ws->sock, addr, len, flags))
		return 0;

	lock_sock(sk);
	source_forget(ws, sk, &kept);
	release_sock(sk);

	err = ws->base->connect(ws->sock, addr, len, flags);
	if (!err)
		return 0;

	lock_sock(sk);
	source_restore(sk, &kept);
	release_sock(sk);
	return err;
}

/*
 * Windows lets any socket connect to a broadcast address and send to it, but not
 * send to one by name (row 121). Linux asks for SO_BROADCAST each time it looks the
 * route up, so the flag is lent for the length of a call.
 */
static bool lend(struct wsa_sock *ws)
{
	struct sock *sk = ws->sock->sk;
	bool lent;

	lock_sock(sk);
	lent = ws->lenders || !sock_flag(sk, SOCK_BROADCAST);
	if (lent) {
		ws->lenders++;
		sock_set_flag(sk, SOCK_BROADCAST);
	}
	release_sock(sk);
	return lent;
}

static void give_back(struct wsa_sock *ws)
{
	struct sock *sk = ws->sock->sk;

	lock_sock(sk);
	if (!--ws->lenders)
		sock_reset_flag(sk, SOCK_BROADCAST);
	release_sock(sk);
}

/*
 * The base protocol binds the socket before it finds that the destination is a
 * broadcast address; a failed check is to change nothing (rows 47, 121).
 */
static bool denied_unbound(struct sock *sk, const struct sockaddr *addr,
			   const struct wsa_dest *dest)
{
	return !inet_sk(sk)->inet_num && !sock_flag(sk, SOCK_BROADCAST) &&
	       (dest->kind == WSA_DEST_BROADCAST || wsa_dest_is_broadcast(sk, addr, dest));
}

static int wsa_dgram_target(struct wsa_sock *ws, struct sockaddr *addr, int len, int flags,
			    const struct wsa_dest *dest)
{
	struct sock *sk = ws->sock->sk;
	bool was = READ_ONCE(sk->sk_state) == TCP_ESTABLISHED;
	bool windows = READ_ONCE(ws->compat) == WSA_COMPAT_WINDOWS;
	bool same = was && is_peer_name(sk, addr);
	unsigned int most = queued(sk);
	bool lent, free_dev;
	int err;

	free_dev = !READ_ONCE(sk->sk_bound_dev_if) || READ_ONCE(ws->implied_dev);
	lent = windows && lend(ws);

	if (!windows && denied_unbound(sk, addr, dest))
		err = -EACCES;
	else if (was)
		err = reconnect(ws, addr, len, flags);
	else
		err = ws->base->connect(ws->sock, addr, len, flags);

	if (lent)
		give_back(ws);

	/* the lock only for what there is to write */
	if (windows || err || dest->link_local || READ_ONCE(ws->implied_dev)) {
		lock_sock(sk);
		if (err) {
			if (!was && free_dev)
				WRITE_ONCE(sk->sk_bound_dev_if, 0);
			wsa_refused_at_once(ws, err, addr, dest);
		} else {
			ws->implied_dev = dest->link_local && free_dev;
			ws->lends = lent && (dest->kind == WSA_DEST_BROADCAST ||
					     wsa_dest_is_broadcast(sk, addr, dest));
		}
		release_sock(sk);
	}
	if (err)
		return err;

	wsa_count(sock_net(sk), WSA_MIB_RETARGETED);
	if (same)
		return 0;		/* row 156 */

	WRITE_ONCE(ws->gp, get_state_synchronize_rcu());
	wsa_set_ops(ws, WSA_OPS_GUARD);

	/* before a first destination, only strangers' datagrams are discarded: the
	 * peer's own may be what made the program connect to it
	 */
	if (most || READ_ONCE(sk->sk_err))
		wsa_count_add(sock_net(sk), WSA_MIB_FLUSHED, flush(sk, most, !was));
	return 0;
}

static int dgram_connect(struct socket *sock, struct sockaddr *addr, int len, int flags)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct wsa_decision decision;
	struct wsa_connect_call call;
	struct sockaddr_in6 scoped;

	wsa_call_init(sock, addr, len, &call);
	decision = wsa_dgram_decide(&call);
	if (decision.action == WSA_ACTION_TARGET) {
		addr = wsa_scope_fill(sock->sk, addr, &call.dest, &scoped);
		if (!addr)
			decision = wsa_refuse(ENETUNREACH, WSA_REASON_SCOPE);
	}

	switch (decision.action) {
	case WSA_ACTION_RESET:
		return wsa_dgram_reset(ws, flags);
	case WSA_ACTION_TARGET:
		return wsa_dgram_target(ws, addr, len, flags, &call.dest);
	default:
		wsa_count(sock_net(sock->sk), WSA_MIB_REFUSED);
		lock_sock(sock->sk);
		wsa_record(ws, decision.error, decision.reason);
		release_sock(sock->sk);
		return -decision.error;
	}
}

/* A flow goes to one destination: with another it has what was staged for that, or nothing. */
static int qos_connect(struct wsa_sock *ws, struct sockaddr *addr, int len, int flags)
{
	struct sock *sk = ws->sock->sk;
	struct wsa_grants grants;
	int err;

	lock_sock(sk);
	grants = wsa_qos_take(ws, addr, len);
	release_sock(sk);

	err = dgram_connect(ws->sock, addr, len, flags);
	if (err) {
		wsa_grants_let_go(grants);
		return err;
	}
	lock_sock(sk);
	wsa_qos_start(ws, grants);
	release_sock(sk);
	return 0;
}

/**
 * wsa_dgram_connect - proto_ops.connect of datagram and raw sockets
 * @sock: the socket
 * @addr: the destination, in kernel memory
 * @len: its length
 * @flags: O_NONBLOCK or not; it completes at once either way (row 150)
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or Linux's negative errno; the Winsock code is recorded. A failed call
 * leaves destination, source and queue as they were.
 */
int wsa_dgram_connect(struct socket *sock, struct sockaddr *addr, int len, int flags)
{
	struct wsa_sock *ws = wsa_sk(sock);

	if (unlikely(READ_ONCE(ws->qos)))
		return qos_connect(ws, addr, len, flags);
	return dgram_connect(sock, addr, len, flags);
}

/* Once nothing of an earlier peer can arrive, the base protocol's own calls are put back. */
static void relax(struct wsa_sock *ws)
{
	if (!queued(ws->sock->sk) && !READ_ONCE(ws->lends) &&
	    poll_state_synchronize_rcu(READ_ONCE(ws->gp)))
		wsa_set_ops(ws, WSA_OPS_LEAN);
}

/**
 * wsa_dgram_sendmsg - send while SO_BROADCAST may have to be lent
 * @sock: a datagram or raw socket with a default destination
 * @msg: as for proto_ops.sendmsg
 * @size: likewise
 *
 * Return: as the base protocol.
 */
int wsa_dgram_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct wsa_sock *ws = wsa_sk(sock);
	int ret;

	if (unlikely(READ_ONCE(ws->qos)))
		wsa_qos_sending(ws);
	if (likely(!READ_ONCE(ws->lends)) || msg->msg_name || !lend(ws)) {
		relax(ws);
		return ws->kind->ops[WSA_OPS_LEAN].sendmsg(sock, msg, size);
	}
	ret = ws->kind->ops[WSA_OPS_LEAN].sendmsg(sock, msg, size);
	give_back(ws);
	return ret;
}

/**
 * wsa_dgram_recvmsg - receive while something of an earlier peer may still arrive
 * @sock: a datagram or raw socket with a default destination
 * @msg: as for proto_ops.recvmsg
 * @size: likewise
 * @flags: likewise
 *
 * A datagram of somebody else is discarded and the receive goes on as if it had
 * never come.
 *
 * Return: as the base protocol.
 */
int wsa_dgram_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct sockaddr_storage source;
	struct msghdr saved = *msg;
	struct sock *sk = sock->sk;
	bool unnamed = !msg->msg_name;
	int ret;

	if (flags & MSG_ERRQUEUE)
		return ws->base->recvmsg(sock, msg, size, flags);

	for (;;) {
		if (unnamed)
			msg->msg_name = &source;
		ret = ws->base->recvmsg(sock, msg, size, flags);
		if (ret < 0 || READ_ONCE(sk->sk_state) != TCP_ESTABLISHED ||
		    !msg->msg_namelen || is_peer_name(sk, msg->msg_name))
			break;

		wsa_count(sock_net(sk), WSA_MIB_FILTERED);
		if (flags & MSG_PEEK)
			flush(sk, 1, true);
		*msg = saved;
	}
	if (unnamed) {
		msg->msg_name = NULL;
		msg->msg_namelen = 0;
	}
	relax(ws);
	return ret;
}
