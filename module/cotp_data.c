// SPDX-License-Identifier: GPL-2.0
/*
 * Data and release. A receive walks over heads and data where TCP has queued them, copies,
 * and then takes off the queue exactly what it used; poll, FIONREAD and MSG_PEEK walk the
 * same way and take nothing.
 */
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <net/tcp.h>

#include "cotp_sock.h"

/* Taken off the queue at the latest after so many octets. */
#define TAKE_AFTER	65536

/**
 * struct walk - a place in what was received
 * @off: octets from the head of TCP's queue
 * @len: at a release: octets of its TPDU
 * @left: octets of a DT's data from here on
 * @eot: that DT is the last of its record
 * @mid: a part of that record lies before this place
 */
struct walk {
	u32 off;
	u32 len;
	u16 left;
	bool eot;
	bool mid;
};

/* Where a walk stands; a negative enum wsa_dr_reason is a peer that broke the protocol. */
enum where {
	AT_NOTHING,		/* more has to come */
	AT_DATA,
	AT_RECORD_END,		/* which had no data of its own */
	AT_RELEASE,
};

static struct walk walk_start(const struct wsa_iso *iso)
{
	return (struct walk){ .left = iso->left, .eot = iso->eot, .mid = iso->mid };
}

static int walk_on(const struct wsa_iso *iso, struct walk *walk, struct wsa_tpdu *tpdu)
{
	struct sock *sk = wsa_iso_sk(iso);
	u8 reason;
	int found;

	while (!walk->left) {
		found = wsa_iso_peek(sk, walk->off, tpdu, &walk->len);
		if (found <= 0)
			return found;
		reason = wsa_cotp_check(&iso->terms, tpdu);
		if (reason)
			return -reason;
		if (tpdu->type != WSA_TPDU_DT)
			return AT_RELEASE;
		walk->off += walk->len;
		walk->left = tpdu->payload;
		walk->eot = tpdu->eot;
		if (!walk->left && walk->eot && walk->mid)
			return AT_RECORD_END;
	}
	return AT_DATA;
}

/**
 * wsa_iso_end - both directions are over
 * @iso: a connection
 * @error: why, a positive errno; 0 for an end that is none
 *
 * Context: sk lock held; may sleep.
 */
void wsa_iso_end(struct wsa_iso *iso, int error)
{
	struct sock *sk = wsa_iso_sk(iso);

	WRITE_ONCE(iso->error, error);
	WRITE_ONCE(iso->phase, WSA_ISO_ENDED);
	WRITE_ONCE(iso->readable, false);
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	sk->sk_prot->shutdown(sk, SEND_SHUTDOWN);
	sk->sk_state_change(sk);
}

static void connection_break(struct wsa_iso *iso, u8 reason, int error)
{
	struct wsa_tpdu dr = {
		.type = WSA_TPDU_DR,
		.dst_ref = iso->terms.peer_ref,
		.src_ref = iso->terms.own_ref,
		.reason = reason,
	};

	if (iso->terms.cls && !(wsa_iso_sk(iso)->sk_shutdown & SEND_SHUTDOWN))
		wsa_iso_put(wsa_iso_sk(iso), &dr, NULL);
	wsa_iso_end(iso, error);
}

/* What a walk passed is taken off the queue. */
static int walk_take(struct wsa_iso *iso, struct walk *walk)
{
	int err = wsa_iso_take(wsa_iso_sk(iso), walk->off);

	walk->off = 0;
	iso->left = walk->left;
	iso->eot = walk->eot;
	iso->mid = walk->mid;
	if (err)
		connection_break(iso, WSA_DR_PROTOCOL, EPROTO);
	return err;
}

/* A disconnect request is confirmed, where there are confirmations; the connection is over. */
static void release_come(struct wsa_iso *iso, struct walk *walk, const struct wsa_tpdu *tpdu)
{
	struct wsa_tpdu dc = {
		.type = WSA_TPDU_DC,
		.dst_ref = iso->terms.peer_ref,
		.src_ref = iso->terms.own_ref,
	};

	walk->off += walk->len;
	if (walk_take(iso, walk))
		return;
	if (tpdu->type == WSA_TPDU_DR) {
		iso->end_reason = tpdu->reason;
		iso->bye_len = tpdu->data_len;
		memcpy(iso->bye, tpdu->data, tpdu->data_len);
		WRITE_ONCE(iso->released, true);
		if (iso->terms.cls && !(wsa_iso_sk(iso)->sk_shutdown & SEND_SHUTDOWN))
			wsa_iso_put(wsa_iso_sk(iso), &dc, NULL);
	}
	wsa_iso_end(iso, 0);
}

/**
 * wsa_iso_look_ahead - see what a receive would find
 * @iso: a connection
 *
 * A release that nothing stands before takes effect at once.
 *
 * Context: sk lock held; may sleep.
 */
void wsa_iso_look_ahead(struct wsa_iso *iso)
{
	struct walk walk = walk_start(iso);
	struct sock *sk = wsa_iso_sk(iso);
	struct wsa_tpdu tpdu;
	bool readable = true;

	sock_owned_by_me(sk);
	if (iso->phase != WSA_ISO_OPEN)
		return;

	switch (walk_on(iso, &walk, &tpdu)) {
	case AT_NOTHING:
		readable = false;
		break;
	case AT_DATA:
		readable = tcp_inq(sk) > (int)walk.off;
		break;
	case AT_RELEASE:
		release_come(iso, &walk, &tpdu);
		readable = false;
		break;
	}
	WRITE_ONCE(iso->readable, readable);
}

/**
 * wsa_iso_unread - FIONREAD
 * @sock: an ISO socket
 *
 * Context: may sleep; takes the sk lock.
 * Return: octets that can be received without waiting: with records, of the first one;
 * -EINVAL when listening.
 */
int wsa_iso_unread(struct socket *sock)
{
	struct wsa_iso *iso = wsa_sk(sock)->iso;
	struct sock *sk = sock->sk;
	struct wsa_tpdu tpdu;
	struct walk walk;
	int total = 0, n;

	lock_sock(sk);
	if (sk->sk_state == TCP_LISTEN)
		total = -EINVAL;
	if (iso->phase != WSA_ISO_OPEN)
		goto out;

	walk = walk_start(iso);
	while (walk_on(iso, &walk, &tpdu) == AT_DATA) {
		n = clamp_t(int, tcp_inq(sk) - (int)walk.off, 0, walk.left);
		total += n;
		if (n < walk.left || (walk.eot && iso->records))
			break;
		walk.off += n;
		walk.left = 0;
		walk.mid = iso->records;
	}
out:
	release_sock(sk);
	return total;
}

static int copy_data(struct sock *sk, u32 offset, struct msghdr *msg, size_t len)
{
	u32 seq = tcp_sk(sk)->copied_seq + offset;
	struct sk_buff *skb;
	size_t copied = 0;

	skb_queue_walk(&sk->sk_receive_queue, skb) {
		u32 at = seq - TCP_SKB_CB(skb)->seq;
		size_t n;

		if (at >= skb->len)
			continue;
		n = min_t(size_t, skb->len - at, len - copied);
		if (skb_copy_datagram_msg(skb, at, msg, n))
			return copied ?: -EFAULT;
		copied += n;
		seq += n;
		if (copied == len)
			break;
	}
	return copied;
}

static bool receive_over(const struct sock *sk)
{
	return sk->sk_shutdown & RCV_SHUTDOWN || sk->sk_state == TCP_CLOSE;
}

static void wait_for_octets(struct wsa_iso *iso, long *timeo)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	struct sock *sk = wsa_iso_sk(iso);
	u32 seen = tcp_sk(sk)->rcv_nxt;

	/* not sk_wait_data(): it would miss octets that TCP appends to what is queued already */
	add_wait_queue(sk_sleep(sk), &wait);
	sk_set_bit(SOCKWQ_ASYNC_WAITDATA, sk);
	sk_wait_event(sk, timeo, READ_ONCE(tcp_sk(sk)->rcv_nxt) != seen || READ_ONCE(sk->sk_err) ||
		      receive_over(sk) || iso->phase != WSA_ISO_OPEN, &wait);
	sk_clear_bit(SOCKWQ_ASYNC_WAITDATA, sk);
	remove_wait_queue(sk_sleep(sk), &wait);
}

/* Nothing is there: 0 to wait, 1 at the end, or a negative errno. */
static int nothing_there(struct wsa_iso *iso, const struct walk *walk, long timeo)
{
	struct sock *sk = wsa_iso_sk(iso);

	if (READ_ONCE(sk->sk_err))
		return sock_error(sk) ?: 1;
	if (receive_over(sk))		/* in the middle of a TPDU it is no end */
		return walk->left || tcp_inq(sk) > (int)walk->off ? -ECONNRESET : 1;
	if (!timeo)
		return -EAGAIN;
	return signal_pending(current) ? sock_intr_errno(timeo) : 0;
}

static int receive_phase(const struct wsa_iso *iso)
{
	switch (iso->phase) {
	case WSA_ISO_OPEN:
		return 0;
	case WSA_ISO_ENDED:
		return iso->error ? -iso->error : 1;
	default:
		return -ENOTCONN;
	}
}

/* Returns octets copied, or when there are none a negative errno or 0 for the end. */
static int receive(struct wsa_iso *iso, struct msghdr *msg, size_t size, int flags)
{
	struct sock *sk = wsa_iso_sk(iso);
	long timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	bool peek = flags & MSG_PEEK;
	struct walk walk = walk_start(iso);
	struct wsa_tpdu tpdu;
	size_t copied = 0;
	int err, n, where;

	while (!(err = receive_phase(iso)) && copied < size) {
		where = walk_on(iso, &walk, &tpdu);
		if (where == AT_DATA) {
			n = copy_data(sk, walk.off, msg, min_t(size_t, walk.left, size - copied));
			if (n < 0) {
				err = n;
				break;
			}
			copied += n;
			walk.off += n;
			walk.left -= n;
			walk.mid = true;
			if (n && !walk.left && walk.eot)
				where = AT_RECORD_END;
			else if (n && (peek || walk.off < TAKE_AFTER))
				continue;
			else if (n && walk_take(iso, &walk))
				break;
			else if (n)
				continue;
		}
		if (where == AT_RECORD_END) {
			walk.mid = false;
			if (!iso->records)
				continue;
			msg->msg_flags |= MSG_EOR;
			break;
		}
		if (where == AT_RELEASE) {
			if (copied || peek)
				break;
			release_come(iso, &walk, &tpdu);
			continue;
		}
		if (where < 0) {
			if (!copied)
				connection_break(iso, -where, EPROTO);
			if (copied)
				break;
			continue;
		}
		/* nothing there, or of a DT only what was copied */
		if (copied && (peek || !(flags & MSG_WAITALL)))
			break;
		err = nothing_there(iso, &walk, timeo);
		if (err)
			break;
		if (!peek && walk_take(iso, &walk))
			break;
		wait_for_octets(iso, &timeo);
		walk = walk_start(iso);
	}
	if (!peek && iso->phase == WSA_ISO_OPEN)
		walk_take(iso, &walk);
	wsa_iso_look_ahead(iso);
	return copied ?: min(err, 0);
}

/**
 * wsa_iso_recvmsg - proto_ops.recvmsg
 * @sock: the socket
 * @msg: where to; MSG_EOR is set when a record's last octet was taken
 * @size: room there
 * @flags: MSG_DONTWAIT, MSG_PEEK, MSG_WAITALL, MSG_ERRQUEUE
 *
 * No more than one record; what has no room is left for the next receive.
 *
 * Context: may sleep; takes the sk lock.
 * Return: octets, 0 at the end, or a negative errno.
 */
int wsa_iso_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct wsa_sock *ws = wsa_sk(sock);
	int ret;

	if (unlikely(flags & MSG_ERRQUEUE))
		return ws->base->recvmsg(sock, msg, size, flags);
	if (flags & (MSG_OOB | MSG_TRUNC))
		return -EOPNOTSUPP;

	lock_sock(sock->sk);
	ret = receive(ws->iso, msg, min_t(size_t, size, INT_MAX), flags);
	release_sock(sock->sk);
	if (ret >= 0)
		msg->msg_namelen = 0;
	return ret;
}

static int send_phase(const struct wsa_iso *iso)
{
	if (iso->phase == WSA_ISO_ENDED || wsa_iso_sk(iso)->sk_shutdown & SEND_SHUTDOWN)
		return -EPIPE;
	return iso->phase == WSA_ISO_OPEN ? 0 : -ENOTCONN;
}

/* One DT of what is left to be sent. Returns its octets of data, or a negative errno. */
static int send_one(struct wsa_iso *iso, struct msghdr *msg, bool more)
{
	size_t left = msg_data_left(msg), n = min_t(size_t, left, wsa_cotp_room(&iso->terms));
	struct wsa_tpdu dt = {
		.type = WSA_TPDU_DT,
		.cls = iso->terms.cls,
		.dst_ref = iso->terms.cls ? iso->terms.peer_ref : 0,
	};
	int err;

	if (n) {
		n -= fault_in_iov_iter_readable(&msg->msg_iter, n);
		if (!n)
			return -EFAULT;
	}
	dt.payload = n;
	dt.eot = n == left && !more;
	if (n < left || more)
		msg->msg_flags |= MSG_MORE;
	else
		msg->msg_flags &= ~MSG_MORE;
	err = wsa_iso_put(wsa_iso_sk(iso), &dt, msg);
	if (err) {
		/* its head is on the way: nothing that follows would be understood */
		if (err == -ECONNABORTED)
			wsa_iso_end(iso, ECONNABORTED);
		return err;
	}
	iso->sending = !dt.eot;
	return n;
}

/* The buffer has room, or is waited for. */
static int wait_for_room(struct wsa_iso *iso, long *timeo)
{
	struct sock *sk = wsa_iso_sk(iso);
	int err = 0;

	while (!err && !sk_stream_memory_free(sk)) {
		set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		err = sk_stream_wait_memory(sk, timeo);
		if (!err)
			err = send_phase(iso);
	}
	return err;
}

/**
 * wsa_iso_sendmsg - proto_ops.sendmsg
 * @sock: the socket
 * @msg: what; without MSG_MORE its last octet ends a record
 * @size: octets
 *
 * Context: may sleep; takes the sk lock.
 * Return: octets that were taken, fewer than @size when the rest would have to wait: the
 * record goes on with the next send then. Or a negative errno.
 */
int wsa_iso_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct wsa_iso *iso = wsa_sk(sock)->iso;
	int flags = msg->msg_flags, sent = 0, err, n;
	struct sock *sk = sock->sk;
	long timeo;

	if (flags & (MSG_OOB | MSG_FASTOPEN | MSG_ZEROCOPY))
		return -EOPNOTSUPP;

	lock_sock(sk);
	timeo = sock_sndtimeo(sk, flags & MSG_DONTWAIT);
	err = send_phase(iso);
	/* nothing to be sent ends a record that is open */
	while (!err && (msg_data_left(msg) || (!size && iso->sending && !(flags & MSG_MORE)))) {
		err = wait_for_room(iso, &timeo);
		if (err)
			break;
		n = send_one(iso, msg, flags & MSG_MORE);
		if (n < 0)
			err = n;
		else
			sent += n;
	}
	if (err && !sent)
		err = sk_stream_error(sk, flags, err);
	release_sock(sk);
	return sent ?: err;
}

/**
 * wsa_iso_bye_later - keep data for the release to come
 * @sock: a socket
 * @data: data for the peer
 * @len: its octets, at most WSA_ISO_BYE_MAX
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or -EOPNOTSUPP.
 */
int wsa_iso_bye_later(struct socket *sock, const u8 *data, u8 len)
{
	struct wsa_iso *iso = wsa_sk(sock)->iso;

	if (!iso)
		return -EOPNOTSUPP;

	lock_sock(sock->sk);
	iso->last_len = len;
	memcpy(iso->last, data, len);
	release_sock(sock->sk);
	return 0;
}

/**
 * wsa_iso_bye - release the connection
 * @sock: an ISO socket
 * @data: data for the peer
 * @len: its octets, at most WSA_ISO_BYE_MAX; 0 for what was kept for it
 *
 * What the peer has sent can still be received.
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0, -EOPNOTSUPP, -ENOTCONN, -EPIPE or -EPROTONOSUPPORT.
 */
int wsa_iso_bye(struct socket *sock, const u8 *data, u8 len)
{
	struct wsa_iso *iso = wsa_sk(sock)->iso;
	struct wsa_tpdu dr = { .type = WSA_TPDU_DR, .reason = WSA_DR_NORMAL };
	struct sock *sk = sock->sk;
	int err;

	if (!iso)
		return -EOPNOTSUPP;

	lock_sock(sk);
	err = send_phase(iso);
	if (!err && len && !iso->terms.cls)
		err = -EPROTONOSUPPORT;
	if (err)
		goto out;
	if (iso->terms.cls) {
		dr.dst_ref = iso->terms.peer_ref;
		dr.src_ref = iso->terms.own_ref;
		dr.data_len = len ?: iso->last_len;
		memcpy(dr.data, len ? data : iso->last, dr.data_len);
		err = wsa_iso_put(sk, &dr, NULL);
	}
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | SEND_SHUTDOWN);
	sk->sk_prot->shutdown(sk, SEND_SHUTDOWN);
out:
	release_sock(sk);
	return err;
}

static __poll_t poll_open(struct wsa_iso *iso)
{
	struct sock *sk = wsa_iso_sk(iso);
	__poll_t mask = 0;

	wsa_iso_look_ahead(iso);
	if (iso->phase == WSA_ISO_ENDED || sk->sk_state == TCP_CLOSE ||
	    sk->sk_shutdown == SHUTDOWN_MASK)
		mask |= EPOLLHUP;
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (iso->readable)
		mask |= EPOLLIN | EPOLLRDNORM;
	if (sk->sk_shutdown & SEND_SHUTDOWN || sk_stream_is_writeable(sk)) {
		mask |= EPOLLOUT | EPOLLWRNORM;
	} else {
		sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
		set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
		/* as in tcp_poll(): room that came before the bit was seen wakes nobody */
		smp_mb__after_atomic();
		if (sk_stream_is_writeable(sk))
			mask |= EPOLLOUT | EPOLLWRNORM;
	}
	if (READ_ONCE(sk->sk_err) || iso->error)
		mask |= EPOLLERR;
	return mask;
}

/**
 * wsa_iso_poll - proto_ops.poll
 * @file: the file
 * @sock: its socket
 * @wait: poll table
 *
 * Context: may sleep; takes the sk lock.
 * Return: what a call would not wait for.
 */
__poll_t wsa_iso_poll(struct file *file, struct socket *sock, poll_table *wait)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct wsa_iso *iso = ws->iso;
	__poll_t mask = 0;

	sock_poll_wait(file, sock, wait);
	if (READ_ONCE(iso->phase) == WSA_ISO_LISTENING)
		return list_empty_careful(&iso->ready) ? 0 : EPOLLIN | EPOLLRDNORM;

	lock_sock(sock->sk);
	if (iso->phase == WSA_ISO_OPEN || iso->phase == WSA_ISO_ENDED)
		mask = poll_open(iso);
	else if (iso->phase == WSA_ISO_IDLE)
		mask = ws->base->poll(file, sock, NULL);
	release_sock(sock->sk);
	return mask;
}
