// SPDX-License-Identifier: GPL-2.0
/* What accept(2) would take, shown before it is taken. */
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/request_sock.h>
#include <net/tcp_states.h>

#include "wsa_sock.h"

/**
 * wsa_look_addresses - both ends of a connection, also of one that has ended
 * @sk: the connection
 * @local: out: 32 octets, this end's address
 * @peer: out: 32 octets, the other's
 *
 * Context: any.
 * Return: octets used in each.
 */
int wsa_look_addresses(const struct sock *sk, u8 *local, u8 *peer)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct sockaddr_in6 *here6 = (void *)local, *there6 = (void *)peer;
	struct sockaddr_in *here = (void *)local, *there = (void *)peer;

	memset(local, 0, 32);
	memset(peer, 0, 32);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		here6->sin6_family = AF_INET6;
		here6->sin6_port = inet->inet_sport;
		here6->sin6_addr = sk->sk_v6_rcv_saddr;
		here6->sin6_scope_id = ipv6_iface_scope_id(&here6->sin6_addr,
							   sk->sk_bound_dev_if);
		there6->sin6_family = AF_INET6;
		there6->sin6_port = inet->inet_dport;
		there6->sin6_addr = sk->sk_v6_daddr;
		there6->sin6_scope_id = ipv6_iface_scope_id(&there6->sin6_addr,
							    sk->sk_bound_dev_if);
		return sizeof(*here6);
	}
#endif
	here->sin_family = AF_INET;
	here->sin_port = inet->inet_sport;
	here->sin_addr.s_addr = inet->inet_rcv_saddr;
	there->sin_family = AF_INET;
	there->sin_port = inet->inet_dport;
	there->sin_addr.s_addr = inet->inet_daddr;
	return sizeof(*here);
}

/**
 * wsa_accept_look - WSA_IOC_ACCEPT_LOOK
 * @sock: a socket
 * @look: out: the first connection
 *
 * Context: process; TCP's queue is locked.
 * Return: 0, -EOPNOTSUPP, -EINVAL or -EAGAIN.
 */
int wsa_accept_look(struct socket *sock, struct wsa_accept_look *look)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct request_sock_queue *queue;
	struct request_sock *first;

	if (ws->kind->type != SOCK_STREAM || ws->iso)
		return -EOPNOTSUPP;
	if (READ_ONCE(sock->sk->sk_state) != TCP_LISTEN)
		return -EINVAL;

	queue = &inet_csk(sock->sk)->icsk_accept_queue;
	spin_lock_bh(&queue->rskq_lock);
	first = queue->rskq_accept_head;
	if (first)
		look->addr_len = wsa_look_addresses(first->sk, look->local, look->peer);
	spin_unlock_bh(&queue->rskq_lock);
	if (first)
		return 0;

	wsa_events_enable(ws, WSA_EVENT_ACCEPT);
	return -EAGAIN;
}
