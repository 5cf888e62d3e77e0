// SPDX-License-Identifier: GPL-2.0
/*
 * TPDUs in and out of TCP's queues.
 *
 * What is looked at stays in TCP's queue until exactly its octets are taken, so nothing
 * behind a TPDU is ever lost, and MSG_PEEK, poll and FIONREAD are the same look.
 */
#include <net/tcp.h>

#include "cotp_sock.h"

/* Octets before the data of a DT of class 2, the longer of the two. */
#define HEAD_OF_DATA	9

/**
 * wsa_iso_copy - copy from the receive queue, and leave it as it is
 * @sk: the socket
 * @offset: octets to pass over
 * @to: kernel memory
 * @len: its size
 *
 * Context: sk lock held.
 * Return: octets copied.
 */
size_t wsa_iso_copy(struct sock *sk, u32 offset, void *to, size_t len)
{
	u32 seq = tcp_sk(sk)->copied_seq + offset;
	struct sk_buff *skb;
	size_t copied = 0;

	sock_owned_by_me(sk);

	skb_queue_walk(&sk->sk_receive_queue, skb) {
		u32 at = seq - TCP_SKB_CB(skb)->seq;
		size_t n;

		if (at >= skb->len)
			continue;
		n = min_t(size_t, skb->len - at, len - copied);
		if (skb_copy_bits(skb, at, to + copied, n))
			break;
		copied += n;
		seq += n;
		if (copied == len)
			break;
	}
	return copied;
}

/**
 * wsa_iso_peek - look at the TPDU that comes next
 * @sk: the socket
 * @offset: octets to pass over
 * @tpdu: out: the TPDU
 * @len: out: its octets; of DT those of its head
 *
 * Context: sk lock held.
 * Return: 1; 0 when it is not all there; a negative enum wsa_dr_reason when it is none.
 */
int wsa_iso_peek(struct sock *sk, u32 offset, struct wsa_tpdu *tpdu, u32 *len)
{
	u8 octet[WSA_COTP_MOST];
	/* most TPDUs are data: the whole head in one look */
	size_t have = wsa_iso_copy(sk, offset, octet, HEAD_OF_DATA);
	int next;

	while ((next = wsa_cotp_next(octet, have)) > 0) {
		if (wsa_iso_copy(sk, offset + have, octet + have, next) < next)
			return 0;
		have += next;
	}
	if (next < 0)
		return next;
	next = wsa_cotp_decode(octet, have, tpdu);
	if (next)
		return -next;
	*len = (octet[2] << 8 | octet[3]) - tpdu->payload;
	return 1;
}

static int take_octets(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset,
		       size_t len)
{
	len = min(len, desc->count);
	desc->count -= len;
	return len;
}

/**
 * wsa_iso_take - take octets off the receive queue
 * @sk: the socket
 * @len: how many; they are there
 *
 * Context: sk lock held.
 * Return: 0; -EPROTO when TCP does not give them: urgent data has no place here.
 */
int wsa_iso_take(struct sock *sk, u32 len)
{
	read_descriptor_t desc = { .count = len };

	sock_owned_by_me(sk);
	if (!len)
		return 0;
	return tcp_read_sock(sk, &desc, take_octets) == len ? 0 : -EPROTO;
}

/**
 * wsa_iso_put - send a TPDU
 * @sk: the socket
 * @tpdu: the TPDU
 * @payload: of DT: its user data, @tpdu->payload octets, and MSG_MORE when more follow
 *
 * A head promises its data: all of it is queued at once, whatever the send buffer has
 * room for. Who sends data asks for room before.
 *
 * Context: sk lock held; may sleep.
 * Return: 0; -ENOBUFS or -EPIPE when nothing was queued; -ECONNABORTED when a part was,
 * after which the connection is not to be used.
 */
int wsa_iso_put(struct sock *sk, const struct wsa_tpdu *tpdu, struct msghdr *payload)
{
	int more = payload ? payload->msg_flags & MSG_MORE : 0;
	struct msghdr head = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct tcp_sock *tp = tcp_sk(sk);
	u8 octet[WSA_COTP_MOST];
	size_t len = wsa_cotp_encode(tpdu, octet);
	struct kvec vec = { .iov_base = octet, .iov_len = len };
	int sndbuf = sk->sk_sndbuf, n;
	u32 lowat = tp->notsent_lowat;
	bool sent_head = false;

	sock_owned_by_me(sk);
	if (WARN_ON_ONCE(!len))
		return -EINVAL;
	if ((1 << sk->sk_state) & ~(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT))
		return -EPIPE;

	if (tpdu->payload || more)
		head.msg_flags |= MSG_MORE;
	iov_iter_kvec(&head.msg_iter, ITER_SOURCE, &vec, 1, len);

	WRITE_ONCE(sk->sk_sndbuf, INT_MAX / 2);
	WRITE_ONCE(tp->notsent_lowat, UINT_MAX);
	n = tcp_sendmsg_locked(sk, &head, len);
	if (n == len && tpdu->payload) {
		size_t behind = iov_iter_count(&payload->msg_iter) - tpdu->payload;

		iov_iter_truncate(&payload->msg_iter, tpdu->payload);
		payload->msg_flags |= MSG_DONTWAIT | MSG_NOSIGNAL;
		len = tpdu->payload;
		sent_head = true;
		n = tcp_sendmsg_locked(sk, payload, len);
		iov_iter_reexpand(&payload->msg_iter, iov_iter_count(&payload->msg_iter) + behind);
	}
	WRITE_ONCE(sk->sk_sndbuf, min(sndbuf, sk->sk_sndbuf));
	WRITE_ONCE(tp->notsent_lowat, lowat);

	if (n == len)
		return 0;
	if (n > 0 || sent_head)
		return -ECONNABORTED;
	return n == -EAGAIN ? -ENOBUFS : n;
}
