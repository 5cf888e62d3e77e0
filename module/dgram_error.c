// SPDX-License-Identifier: GPL-2.0
/*
 * What the network answers to a datagram.
 *
 * Winsock tells of it with the next receive, whether the socket has a default destination
 * or not (rows 169-172); a send never does (row 168). Linux tells sockets without one only
 * with IP_RECVERR, which also queues a copy of each answer for recvmsg(MSG_ERRQUEUE). So
 * that is switched on for every UDP socket, and the copies, which nobody asked for, are
 * dropped as they come; what is left is the error itself. A program that asks for
 * IP_RECVERR gets what Linux does.
 */
#include <linux/errqueue.h>
#include <linux/ipv6.h>
#include <net/inet_sock.h>

#include "wsa_sock.h"

static void (*base_report)(struct sock *sk) __ro_after_init;

static bool is_answer(struct sk_buff *skb)
{
	switch (SKB_EXT_ERR(skb)->ee.ee_origin) {
	case SO_EE_ORIGIN_ICMP:
	case SO_EE_ORIGIN_ICMP6:
	case SO_EE_ORIGIN_LOCAL:
		return true;
	default:
		return false;		/* time stamps, zero-copy notices */
	}
}

static void drop_answers(struct sock *sk)
{
	struct sk_buff_head *queue = &sk->sk_error_queue;
	struct sk_buff *skb, *next;
	struct sk_buff_head gone;
	unsigned long flags;

	__skb_queue_head_init(&gone);
	spin_lock_irqsave(&queue->lock, flags);
	skb_queue_walk_safe(queue, skb, next) {
		if (is_answer(skb)) {
			__skb_unlink(skb, queue);
			__skb_queue_tail(&gone, skb);
		}
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	__skb_queue_purge(&gone);
}

/*
 * sk->sk_error_report: called when a copy was queued, and again with the error set. That a
 * path takes less, or cannot read a header, is no failure of the program's (row 77).
 */
static void report(struct sock *sk)
{
	drop_answers(sk);
	cmpxchg(&sk->sk_err, EMSGSIZE, 0);
	cmpxchg(&sk->sk_err, EPROTO, 0);
	if (READ_ONCE(sk->sk_err))
		base_report(sk);
}

static bool is_ours(const struct sock *sk)
{
	return READ_ONCE(sk->sk_error_report) == report;
}

static bool is_asked(const struct sock *sk)
{
	return wsa_recverr(sk) || (sk->sk_family == AF_INET6 && wsa_recverr6(sk));
}

/* An IPv6 socket has IPv4 destinations, too. */
static void ask(struct sock *sk)
{
	wsa_recverr_set(sk, 1);
	if (sk->sk_family == AF_INET6)
		wsa_recverr6_set(sk, 1);
}

/**
 * wsa_dgram_errors_learn - learn how the base protocol tells of an error
 * @sk: a fresh UDP socket
 *
 * Context: module load.
 */
void __init wsa_dgram_errors_learn(const struct sock *sk)
{
	base_report = sk->sk_error_report;
}

/**
 * wsa_dgram_errors_start - have answers told to a socket that may have no destination
 * @sk: a UDP socket; left alone where somebody watches its errors already
 *
 * Context: nobody else uses the socket, or the sk lock is held.
 */
void wsa_dgram_errors_start(struct sock *sk)
{
	if (sk->sk_error_report != base_report || is_asked(sk))
		return;
	ask(sk);
	WRITE_ONCE(sk->sk_error_report, report);
}

/**
 * wsa_dgram_errors_asked - the program has set IP_RECVERR or IPV6_RECVERR
 * @sk: a UDP socket
 * @level: SOL_IP or SOL_IPV6
 *
 * Switching it off gives back what a socket starts with.
 *
 * Context: sk lock held.
 */
void wsa_dgram_errors_asked(struct sock *sk, int level)
{
	bool on = level == SOL_IP ? wsa_recverr(sk) : wsa_recverr6(sk);

	sock_owned_by_me(sk);
	if (!is_ours(sk)) {
		wsa_dgram_errors_start(sk);
	} else if (!on) {
		ask(sk);
	} else {
		/* the other one was not asked for by anybody but us */
		if (level == SOL_IPV6)
			wsa_recverr_set(sk, 0);
		else if (sk->sk_family == AF_INET6)
			wsa_recverr6_set(sk, 0);
		WRITE_ONCE(sk->sk_error_report, base_report);
	}
}

/**
 * wsa_dgram_errors_end - the socket is being released
 * @sk: a UDP socket
 */
void wsa_dgram_errors_end(struct sock *sk)
{
	if (is_ours(sk))
		WRITE_ONCE(sk->sk_error_report, base_report);
}

/**
 * wsa_udp_sendmsg - proto_ops.sendmsg of UDP sockets
 * @sock: the socket
 * @msg: as for proto_ops.sendmsg
 * @size: likewise
 *
 * What an earlier datagram earned stays for a receive (row 168). With IP_RECVERR Linux
 * says ENOBUFS where the interface has dropped one; without it that is a datagram lost on
 * its way like any other.
 *
 * Return: as the base protocol.
 */
int wsa_udp_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct sock *sk = sock->sk;
	int ret, err = 0;

	if (unlikely(READ_ONCE(sk->sk_err)))
		err = sock_error(sk);
	ret = ws->base->sendmsg(sock, msg, size);
	if (unlikely(err) && !cmpxchg(&sk->sk_err, 0, -err))
		sk_error_report(sk);
	return unlikely(ret == -ENOBUFS) && is_ours(sk) ? (int)size : ret;
}
