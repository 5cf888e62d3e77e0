// SPDX-License-Identifier: GPL-2.0
/*
 * The called side of a handshake. A listener's work takes TCP's connections onto internal
 * sockets; each reads its call by itself, under a timer, so one slow or silent peer delays
 * nobody. accept(2) confirms a call that has arrived and moves its TCP socket to the user's.
 */
#include <linux/module.h>
#include <net/inet_connection_sock.h>
#include <net/tcp_states.h>

#include "cotp_sock.h"

static void call_destroy(struct wsa_iso *iso)
{
	struct wsa_sock *ws = iso->ws;
	struct socket *sock = ws->sock;

	wsa_watch_end(ws);
	wsa_iso_stop(iso);
	sock_release(sock);
	wsa_sock_free(ws);
}

/* Take a call off its list; its listener's lock is held. */
static void call_unlink(struct wsa_iso *iso)
{
	struct wsa_iso *listener = iso->listener;

	lockdep_assert_held(&listener->lock);
	list_del_init(&iso->node);
	if (iso->id)
		listener->n_ready--;
	else
		listener->n_silent--;
}

/**
 * wsa_iso_call_dead - a connection will never be a call
 * @iso: the call; the listener's work destroys it
 *
 * Context: the call's sk lock held.
 */
void wsa_iso_call_dead(struct wsa_iso *iso)
{
	struct wsa_iso *listener = iso->listener;

	WRITE_ONCE(iso->phase, WSA_ISO_ENDED);
	spin_lock_bh(&listener->lock);
	iso->dead = true;
	spin_unlock_bh(&listener->lock);
	wsa_iso_kick(listener);
}

static void call_refuse(struct wsa_iso *iso, u8 reason, const u8 *data, u8 len)
{
	struct wsa_tpdu dr = {
		.type = WSA_TPDU_DR,
		.dst_ref = iso->cr.src_ref,
		.reason = reason,
	};

	/* class 0 has no room for it */
	if (iso->cr.cls) {
		dr.data_len = len;
		memcpy(dr.data, data, len);
	}
	wsa_iso_put(wsa_iso_sk(iso), &dr, NULL);
}

static u8 call_check(struct wsa_iso *iso)
{
	const struct wsa_tsap *own = &iso->listener->own, *called = &iso->cr.called;

	if (own->len && (own->len != called->len || memcmp(own->id, called->id, own->len)))
		return WSA_DR_NO_SESSION;
	return wsa_cotp_answer(&iso->cr, ntohs(inet_sk(wsa_iso_sk(iso))->inet_sport), &iso->terms);
}

/**
 * wsa_iso_arrival_step - read a peer's call as far as it came
 * @iso: a connection without a call
 *
 * Context: its sk lock held; may sleep.
 */
void wsa_iso_arrival_step(struct wsa_iso *iso)
{
	struct wsa_iso *listener = iso->listener;
	struct sock *sk = wsa_iso_sk(iso), *lsk = wsa_iso_sk(listener);
	u32 len;
	u8 reason;
	int err;

	sock_owned_by_me(sk);

	err = wsa_iso_peek(sk, 0, &iso->cr, &len);
	if (!err) {
		if (sk->sk_state == TCP_CLOSE || sk->sk_shutdown & RCV_SHUTDOWN)
			wsa_iso_call_dead(iso);
		return;
	}
	if (err < 0 || wsa_iso_take(sk, len) || iso->cr.type != WSA_TPDU_CR) {
		wsa_iso_call_dead(iso);
		return;
	}
	reason = call_check(iso);
	if (reason) {
		call_refuse(iso, reason, NULL, 0);
		wsa_iso_call_dead(iso);
		return;
	}

	iso->told_len = iso->cr.data_len;
	memcpy(iso->told, iso->cr.data, iso->told_len);
	WRITE_ONCE(iso->phase, WSA_ISO_CALLED);
	spin_lock_bh(&listener->lock);
	/* else it has just been taken off, to be destroyed */
	if (!iso->dead) {
		call_unlink(iso);
		if (!++listener->last_id)
			listener->last_id++;
		iso->id = listener->last_id;
		list_add_tail(&iso->node, &listener->ready);
		listener->n_ready++;
	}
	spin_unlock_bh(&listener->lock);
	lsk->sk_data_ready(lsk);
}

static int internal_accept(struct wsa_sock *ws, struct socket **res)
{
	struct socket *sock;
	int err;

	err = sock_create_lite(ws->kind->af, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return err;
	__module_get(ws->base->owner);
	sock->ops = ws->base;
	err = ws->base->accept(ws->sock, sock, WSA_ACCEPT_NOW);
	if (err < 0) {
		sock_release(sock);
		return err;
	}
	*res = sock;
	return 0;
}

/* One of TCP's connections becomes a call to come. */
static int take_connection(struct wsa_iso *listener)
{
	struct wsa_sock *ws = wsa_sock_alloc_accepted(listener->ws);
	struct wsa_iso *iso;
	int err;

	if (!ws || !ws->iso) {
		err = -ENOMEM;
		goto out_free;
	}
	err = internal_accept(listener->ws, &ws->sock);
	if (err)
		goto out_free;

	iso = ws->iso;
	iso->phase = WSA_ISO_SILENT_CALL;
	iso->records = listener->records;
	iso->listener = listener;
	iso->addr_len = wsa_look_addresses(ws->sock->sk, iso->local, iso->addr);
	wsa_iso_mark(ws->sock->sk, true);
	spin_lock_bh(&listener->lock);
	list_add_tail(&iso->node, &listener->silent);
	listener->n_silent++;
	spin_unlock_bh(&listener->lock);
	wsa_iso_arm(iso);
	/* the last word: its call may come, be accepted and closed at once */
	wsa_watch_always(ws);
	return 0;

out_free:
	if (ws)
		wsa_sock_free(ws);
	return err;
}

/* The next to be destroyed: who is dead, and who was silent longest when there are too many. */
static struct wsa_iso *next_dead(struct wsa_iso *listener)
{
	struct wsa_iso *iso, *found = NULL;

	spin_lock_bh(&listener->lock);
	list_for_each_entry(iso, &listener->silent, node) {
		if (iso->dead || listener->n_silent > WSA_ISO_SILENT) {
			found = iso;
			call_unlink(iso);
			iso->dead = true;
			break;
		}
	}
	spin_unlock_bh(&listener->lock);
	return found;
}

/**
 * wsa_iso_listen_step - take connections, and clear dead ones away
 * @iso: a listener
 *
 * As many calls wait as the backlog says; what is behind them waits in TCP's own queue.
 *
 * Context: process; no lock held.
 */
void wsa_iso_listen_step(struct wsa_iso *iso)
{
	struct sock *sk = wsa_iso_sk(iso);
	struct wsa_iso *dead;
	int err = 0;

	do {
		while ((dead = next_dead(iso)))
			call_destroy(dead);
		if (READ_ONCE(sk->sk_state) != TCP_LISTEN ||
		    reqsk_queue_empty(&inet_csk(sk)->icsk_accept_queue) ||
		    READ_ONCE(iso->n_ready) > READ_ONCE(sk->sk_max_ack_backlog))
			return;
		err = take_connection(iso);
		cond_resched();
	} while (!err);

	/* no memory: nobody will wake us, look again */
	if (err != -EAGAIN)
		wsa_iso_arm(iso);
}

/**
 * wsa_iso_listener_end - destroy the calls of a listener
 * @iso: a listener whose own work has ended for good
 *
 * Context: process; no lock held.
 */
void wsa_iso_listener_end(struct wsa_iso *iso)
{
	struct wsa_iso *call;

	for (;;) {
		spin_lock_bh(&iso->lock);
		call = list_first_entry_or_null(&iso->silent, struct wsa_iso, node) ?:
		       list_first_entry_or_null(&iso->ready, struct wsa_iso, node);
		if (call) {
			call_unlink(call);
			call->dead = true;
		}
		spin_unlock_bh(&iso->lock);
		if (!call)
			return;
		call_destroy(call);
	}
}

/* What accept(2) takes: the first call that was answered, or the first of all. */
static struct wsa_iso *take_ready(struct wsa_iso *listener)
{
	struct wsa_iso *iso, *found = NULL;

	spin_lock_bh(&listener->lock);
	list_for_each_entry(iso, &listener->ready, node) {
		if (iso->answered) {
			found = iso;
			break;
		}
		if (!found)
			found = iso;
	}
	if (found)
		call_unlink(found);
	spin_unlock_bh(&listener->lock);
	return found;
}

static int wait_ready(struct wsa_iso *listener, long timeo, struct wsa_iso **res)
{
	struct sock *sk = wsa_iso_sk(listener);
	DEFINE_WAIT(wait);
	int err;

	for (;;) {
		prepare_to_wait_exclusive(sk_sleep(sk), &wait, TASK_INTERRUPTIBLE);
		err = -EINVAL;
		if (sk->sk_state != TCP_LISTEN)
			break;
		err = 0;
		*res = take_ready(listener);
		if (*res)
			break;
		err = -EAGAIN;
		if (!timeo)
			break;
		err = sock_intr_errno(timeo);
		if (signal_pending(current))
			break;
		release_sock(sk);
		timeo = schedule_timeout(timeo);
		lock_sock(sk);
	}
	finish_wait(sk_sleep(sk), &wait);
	return err;
}

/* The call is confirmed, and its TCP socket becomes the user's. */
static void hand_over(struct wsa_iso *iso, struct socket *newsock)
{
	struct wsa_sock *ws = iso->ws;
	struct socket *internal = ws->sock;
	struct sock *sk = internal->sk;
	struct wsa_tpdu cc;
	int err;

	wsa_watch_end(ws);
	wsa_iso_stop(iso);
	iso->listener = NULL;

	lock_sock(sk);
	wsa_cotp_confirm(&iso->cr, &iso->terms, &cc);
	cc.data_len = iso->answer_len;
	memcpy(cc.data, iso->answer, iso->answer_len);
	/* one that is gone is handed over all the same, as TCP does; receiving tells */
	err = wsa_iso_put(sk, &cc, NULL);
	iso->own = iso->cr.called;
	iso->peer = iso->cr.calling;
	WRITE_ONCE(iso->phase, WSA_ISO_OPEN);
	if (err && err != -EPIPE)
		wsa_iso_end(iso, -err);
	release_sock(sk);

	sock_graft(sk, newsock);
	internal->sk = NULL;
	sock_release(internal);
	newsock->state = SS_CONNECTED;
	ws->sock = newsock;
}

/* proto_ops.accept: takes the sk lock; may sleep. */
int wsa_iso_accept(struct socket *sock, struct socket *newsock, WSA_ACCEPT_ARGS)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct wsa_events *events = NULL;
	struct sock *sk = sock->sk;
	struct wsa_iso *iso = NULL;
	int err;

	if (unlikely(READ_ONCE(ws->events))) {
		events = wsa_events_alloc();
		if (!events)
			return -ENOBUFS;
	}
	lock_sock(sk);
	err = wait_ready(ws->iso, sock_rcvtimeo(sk, WSA_ACCEPT_FLAGS & O_NONBLOCK), &iso);
	release_sock(sk);
	if (!err) {
		hand_over(iso, newsock);
		swap(iso->ws->events, events);
		wsa_sock_accepted(newsock, ws, iso->ws);
		wsa_iso_kick(ws->iso);		/* there is room for another */
	}
	if (events)
		wsa_events_free(events);
	wsa_events_enable(ws, WSA_EVENT_ACCEPT);
	return err;
}

/**
 * wsa_iso_look - WSA_IOC_ISO_LOOK
 * @sock: a listener
 * @look: out: the first call without an answer
 *
 * Return: 0, -EINVAL or -EAGAIN.
 */
int wsa_iso_look(struct socket *sock, struct wsa_iso_look *look)
{
	struct wsa_iso *listener = wsa_sk(sock)->iso, *iso;
	int err = -EAGAIN;

	if (!listener)
		return -EOPNOTSUPP;
	if (READ_ONCE(sock->sk->sk_state) != TCP_LISTEN)
		return -EINVAL;

	spin_lock_bh(&listener->lock);
	list_for_each_entry(iso, &listener->ready, node) {
		if (iso->answered)
			continue;
		look->flags = iso->terms.cls ? 0 : WSA_ISO_F_CLASS0;
		look->id = iso->id;
		look->own_len = iso->cr.called.len;
		memcpy(look->own, iso->cr.called.id, sizeof(look->own));
		look->peer_len = iso->cr.calling.len;
		memcpy(look->peer, iso->cr.calling.id, sizeof(look->peer));
		look->data_len = iso->told_len;
		memcpy(look->data, iso->told, sizeof(look->data));
		look->addr_len = iso->addr_len;
		memcpy(look->addr, iso->addr, sizeof(look->addr));
		memcpy(look->local, iso->local, sizeof(look->local));
		err = 0;
		break;
	}
	spin_unlock_bh(&listener->lock);
	if (err)
		wsa_events_enable(listener->ws, WSA_EVENT_ACCEPT);
	return err;
}

/**
 * wsa_iso_answer - WSA_IOC_ISO_ANSWER
 * @sock: a listener
 * @answer: what to answer; its lengths were checked
 *
 * Context: may sleep.
 * Return: 0, -EINVAL, -ENOENT or -EPROTONOSUPPORT.
 */
int wsa_iso_answer(struct socket *sock, const struct wsa_iso_answer *answer)
{
	bool reject = answer->flags & WSA_ISO_REJECT;
	struct wsa_iso *listener = wsa_sk(sock)->iso, *iso;
	int err = -ENOENT;

	if (!listener)
		return -EOPNOTSUPP;
	if (READ_ONCE(sock->sk->sk_state) != TCP_LISTEN)
		return -EINVAL;

	spin_lock_bh(&listener->lock);
	list_for_each_entry(iso, &listener->ready, node) {
		if (iso->id != answer->id || iso->answered)
			continue;
		err = -EPROTONOSUPPORT;
		if (answer->data_len && !iso->terms.cls)
			break;
		err = 0;
		if (reject) {
			call_unlink(iso);
			break;
		}
		iso->answered = true;
		iso->answer_len = answer->data_len;
		memcpy(iso->answer, answer->data, answer->data_len);
		break;
	}
	spin_unlock_bh(&listener->lock);
	if (err || !reject)
		return err;

	lock_sock(wsa_iso_sk(iso));
	call_refuse(iso, WSA_DR_REFUSED, answer->data, answer->data_len);
	release_sock(wsa_iso_sk(iso));
	call_destroy(iso);
	wsa_iso_kick(listener);
	wsa_events_enable(listener->ws, WSA_EVENT_ACCEPT);
	return 0;
}
