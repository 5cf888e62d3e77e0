// SPDX-License-Identifier: GPL-2.0
/* The caller's side of a handshake: what is done when TCP has connected, and has received. */
#include <linux/random.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>

#include "cotp_sock.h"

/**
 * wsa_iso_calling - is a call on its way?
 * @ws: a state, of any protocol
 *
 * Return: true from connect(2) until the outcome is known.
 */
bool wsa_iso_calling(const struct wsa_sock *ws)
{
	return ws->iso && READ_ONCE(ws->iso->phase) == WSA_ISO_CALLING;
}

/**
 * wsa_iso_stage - WSA_IOC_ISO_SET with WSA_ISO_F_STAGE
 * @sock: the socket
 * @set: what to say; lengths were checked. @set->cookie is written
 *
 * What was staged before is dropped.
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or -EPROTONOSUPPORT.
 */
int wsa_iso_stage(struct socket *sock, struct wsa_iso_set *set)
{
	struct wsa_iso *iso = wsa_sk(sock)->iso;
	int err = -EPROTONOSUPPORT;

	lock_sock(sock->sk);
	if (!set->data_len || !iso->class0) {
		iso->staged_room = set->room;
		iso->staged_len = set->data_len;
		memcpy(iso->staged, set->data, set->data_len);
		do
			get_random_bytes(&iso->cookie, sizeof(iso->cookie));
		while (!iso->cookie);
		set->cookie = iso->cookie;
		err = 0;
	}
	release_sock(sock->sk);
	return err;
}

/**
 * wsa_iso_claim - is what was staged for this call of connect(2)?
 * @ws: a state, of any protocol
 * @addr: the address, with cookies behind it
 * @len: its length
 *
 * Context: sk lock held.
 * Return: true for wsa_iso_call_start(); nobody else can claim it then.
 */
bool wsa_iso_claim(struct wsa_sock *ws, const void *addr, int len)
{
	struct wsa_iso *iso = ws->iso;
	u64 cookie;
	int at;

	if (likely(!iso) || !iso->cookie)
		return false;
	sock_owned_by_me(ws->sock->sk);
	at = ws->kind->af == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
	/* behind the address, or behind the cookie of a flow */
	for (; at + (int)sizeof(cookie) <= len; at += sizeof(cookie)) {
		memcpy(&cookie, (const u8 *)addr + at, sizeof(cookie));
		if (cookie == iso->cookie) {
			iso->cookie = 0;
			return true;
		}
	}
	return false;
}

/**
 * wsa_iso_call_start - an attempt is about to start
 * @ws: the state
 * @staged: with what was staged
 *
 * Context: sk lock held.
 */
void wsa_iso_call_start(struct wsa_sock *ws, bool staged)
{
	struct wsa_iso *iso = ws->iso;

	sock_owned_by_me(ws->sock->sk);

	memset(&iso->cr, 0, sizeof(iso->cr));
	iso->cr.type = WSA_TPDU_CR;
	iso->cr.cls = iso->class0 ? 0 : 2;
	iso->cr.no_flow = !iso->class0;
	iso->cr.size = iso->size;
	iso->cr.calling = iso->own;
	iso->cr.called = iso->peer;
	iso->cr.data_len = staged && iso->staged_len ? iso->staged_len : iso->data_len;
	memcpy(iso->cr.data, staged && iso->staged_len ? iso->staged : iso->data,
	       iso->cr.data_len);
	iso->room = staged ? iso->staged_room : WSA_COTP_CALL_DATA;

	iso->called = false;
	iso->sending = false;
	iso->mid = false;
	iso->left = 0;
	iso->readable = false;
	iso->failure = WSA_REASON_NONE;
	iso->error = 0;
	iso->told_len = 0;
	iso->bye_len = 0;
	iso->released = false;
	WRITE_ONCE(iso->phase, WSA_ISO_CALLING);
}

/**
 * wsa_iso_call_stop - the attempt has come to nothing, whoever ended it
 * @ws: the state
 *
 * Context: sk lock held.
 */
void wsa_iso_call_stop(struct wsa_sock *ws)
{
	if (wsa_iso_calling(ws))
		WRITE_ONCE(ws->iso->phase, WSA_ISO_IDLE);
}

/**
 * wsa_iso_call_failed - end an attempt
 * @iso: a call on its way
 * @error: positive errno
 * @reason: why
 *
 * Context: sk lock held.
 */
void wsa_iso_call_failed(struct wsa_iso *iso, int error, enum wsa_reason reason)
{
	struct sock *sk = wsa_iso_sk(iso);

	sock_owned_by_me(sk);

	iso->failure = reason;
	/* before the connection goes: whoever is woken then asks why */
	WRITE_ONCE(iso->ws->outcome, error);
	WRITE_ONCE(iso->phase, WSA_ISO_IDLE);
	sk->sk_prot->disconnect(sk, O_NONBLOCK);
	WRITE_ONCE(sk->sk_err, error);
}

static void call_answered(struct wsa_iso *iso, const struct wsa_tpdu *cc)
{
	struct sock *sk = wsa_iso_sk(iso);
	enum wsa_reason reason = wsa_cotp_agree(&iso->cr, cc, &iso->terms);

	if (reason) {
		wsa_iso_call_failed(iso, reason == WSA_REASON_NO_CONNECT_DATA ?
					 EPROTONOSUPPORT : EPROTO, reason);
		return;
	}
	if (cc->data_len > iso->room) {
		wsa_iso_call_failed(iso, EMSGSIZE, WSA_REASON_CALLEE_ROOM);
		return;
	}
	iso->told_len = cc->data_len;
	memcpy(iso->told, cc->data, cc->data_len);
	WRITE_ONCE(iso->phase, WSA_ISO_OPEN);
	wsa_iso_look_ahead(iso);
	sk->sk_state_change(sk);
}

static void call_refused(struct wsa_iso *iso, const struct wsa_tpdu *dr)
{
	iso->released = true;
	iso->end_reason = dr->reason;
	iso->bye_len = dr->data_len;
	memcpy(iso->bye, dr->data, dr->data_len);
	wsa_iso_call_failed(iso, ECONNREFUSED, wsa_cotp_reason(dr->reason));
}

/**
 * wsa_iso_call_step - go on with a call as far as it goes
 * @iso: a call on its way
 *
 * Context: sk lock held; may sleep.
 */
void wsa_iso_call_step(struct wsa_iso *iso)
{
	struct sock *sk = wsa_iso_sk(iso);
	struct wsa_tpdu tpdu;
	u32 len;
	int err;

	sock_owned_by_me(sk);

	switch (sk->sk_state) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return;
	case TCP_CLOSE:
		WRITE_ONCE(iso->phase, WSA_ISO_IDLE);
		return;
	}

	if (!iso->called) {
		iso->cr.src_ref = ntohs(inet_sk(sk)->inet_sport);
		err = wsa_iso_put(sk, &iso->cr, NULL);
		if (err) {
			if (err == -EPIPE)
				wsa_iso_call_failed(iso, ECONNREFUSED, WSA_REASON_REFUSED);
			else
				wsa_iso_call_failed(iso, ENOBUFS, WSA_REASON_NO_MEMORY);
			return;
		}
		iso->called = true;
		wsa_iso_arm(iso);
	}

	err = wsa_iso_peek(sk, 0, &tpdu, &len);
	if (!err) {
		if (sk->sk_shutdown & RCV_SHUTDOWN)
			wsa_iso_call_failed(iso, ECONNREFUSED, WSA_REASON_REFUSED);
		return;
	}
	if (err < 0 || wsa_iso_take(sk, len))
		wsa_iso_call_failed(iso, EPROTO, WSA_REASON_PEER_PROTOCOL);
	else if (tpdu.type == WSA_TPDU_CC)
		call_answered(iso, &tpdu);
	else if (tpdu.type == WSA_TPDU_DR && tpdu.dst_ref == iso->cr.src_ref)
		call_refused(iso, &tpdu);
	else
		wsa_iso_call_failed(iso, EPROTO, WSA_REASON_PEER_PROTOCOL);
}

/**
 * wsa_iso_call_wait - wait for a call's outcome as connect(2) does
 * @ws: the state; a call is on its way, or was
 *
 * Context: sk lock held; released while it sleeps.
 * Return: 0; the attempt's errno; -EALREADY when SO_SNDTIMEO is over; -ERESTARTSYS or -EINTR.
 */
int wsa_iso_call_wait(struct wsa_sock *ws)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	struct sock *sk = ws->sock->sk;
	long timeo = sock_sndtimeo(sk, false);
	int err = 0;

	sock_owned_by_me(sk);

	add_wait_queue(sk_sleep(sk), &wait);
	while (wsa_iso_calling(ws) && sk->sk_state != TCP_CLOSE) {
		if (!timeo)
			err = -EALREADY;
		else if (signal_pending(current))
			err = sock_intr_errno(timeo);
		if (err)
			break;
		release_sock(sk);
		timeo = wait_woken(&wait, TASK_INTERRUPTIBLE, timeo);
		lock_sock(sk);
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	if (err)
		return err;

	if (ws->iso->phase == WSA_ISO_OPEN || ws->iso->phase == WSA_ISO_ENDED) {
		ws->sock->state = SS_CONNECTED;
		return 0;
	}
	wsa_iso_call_stop(ws);
	err = sock_error(sk) ?: -ECONNABORTED;
	ws->sock->state = SS_UNCONNECTED;
	sk->sk_prot->disconnect(sk, O_NONBLOCK);
	return err;
}
