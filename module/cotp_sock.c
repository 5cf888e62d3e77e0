// SPDX-License-Identifier: GPL-2.0
/* WSAPROTO_ISO: a socket's transport connection, its work, its operations and its end. */
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "cotp_sock.h"

static unsigned int iso_timeout = 20;
module_param(iso_timeout, uint, 0644);
MODULE_PARM_DESC(iso_timeout, "seconds that a call of ISO transport may take to come or to be answered");

static struct workqueue_struct *iso_queue;

/* What stands in sk_user_data, so that nobody else's redirection takes the octets away. */
static const u64 iso_mark;

/**
 * wsa_iso_kick - have the work done that there is
 * @iso: the connection
 *
 * Context: any.
 */
void wsa_iso_kick(struct wsa_iso *iso)
{
	queue_work(iso_queue, READ_ONCE(iso->phase) == WSA_ISO_LISTENING ? &iso->accepts :
									   &iso->work);
}

/**
 * wsa_iso_arm - start the timer
 * @iso: the connection
 *
 * Context: any.
 */
void wsa_iso_arm(struct wsa_iso *iso)
{
	unsigned int seconds = clamp(READ_ONCE(iso_timeout), 1U, 3600U);

	mod_delayed_work(iso_queue, &iso->timer, seconds * HZ);
}

/**
 * wsa_iso_stop - have no work done any longer
 * @iso: the connection; its watch is off the queue
 *
 * Context: may sleep; sk lock not held.
 */
void wsa_iso_stop(struct wsa_iso *iso)
{
	cancel_work_sync(&iso->accepts);
	cancel_work_sync(&iso->work);
	cancel_delayed_work_sync(&iso->timer);
}

static void iso_work(struct work_struct *work)
{
	struct wsa_iso *iso = container_of(work, struct wsa_iso, work);
	struct sock *sk = wsa_iso_sk(iso);

	lock_sock(sk);
	switch (iso->phase) {
	case WSA_ISO_CALLING:
		wsa_iso_call_step(iso);
		break;
	case WSA_ISO_SILENT_CALL:
		wsa_iso_arrival_step(iso);
		break;
	case WSA_ISO_OPEN:
		wsa_iso_look_ahead(iso);
		break;
	}
	release_sock(sk);
	wsa_events_enable(iso->ws, 0);
}

/* Not the same work: it waits for that of the calls it destroys. */
static void iso_accepts(struct work_struct *work)
{
	wsa_iso_listen_step(container_of(work, struct wsa_iso, accepts));
}

static void iso_late(struct work_struct *work)
{
	struct wsa_iso *iso = container_of(to_delayed_work(work), struct wsa_iso, timer);
	struct sock *sk = wsa_iso_sk(iso);

	if (READ_ONCE(iso->phase) == WSA_ISO_LISTENING) {
		wsa_iso_kick(iso);
		return;
	}
	lock_sock(sk);
	if (iso->phase == WSA_ISO_CALLING)
		wsa_iso_call_failed(iso, ETIMEDOUT, WSA_REASON_TIMED_OUT);
	else if (iso->phase == WSA_ISO_SILENT_CALL)
		wsa_iso_call_dead(iso);
	release_sock(sk);
}

/**
 * wsa_iso_mark - keep sockmap and others who redirect octets away
 * @sk: the socket
 * @on: or give it back
 *
 * Context: process; the socket's callback lock is taken.
 */
void wsa_iso_mark(struct sock *sk, bool on)
{
	void *mark = on ? (void *)&iso_mark : NULL;

	write_lock_bh(&sk->sk_callback_lock);
	__rcu_assign_sk_user_data_with_flags(sk, mark, on ? SK_USER_DATA_NOCOPY : 0);
	write_unlock_bh(&sk->sk_callback_lock);
}

/**
 * wsa_iso_alloc - room for a transport connection
 * @ws: whose it will be
 *
 * Charged to the caller's memory cgroup.
 *
 * Context: may sleep.
 * Return: the room, or NULL.
 */
struct wsa_iso *wsa_iso_alloc(struct wsa_sock *ws)
{
	struct wsa_iso *iso = kzalloc(sizeof(*iso), GFP_KERNEL_ACCOUNT);

	if (!iso)
		return NULL;
	iso->ws = ws;
	iso->size = WSA_COTP_SIZE_MOST;
	INIT_WORK(&iso->work, iso_work);
	INIT_WORK(&iso->accepts, iso_accepts);
	INIT_DELAYED_WORK(&iso->timer, iso_late);
	spin_lock_init(&iso->lock);
	INIT_LIST_HEAD(&iso->silent);
	INIT_LIST_HEAD(&iso->ready);
	INIT_LIST_HEAD(&iso->node);
	return iso;
}

/**
 * wsa_iso_free - end of a transport connection
 * @iso: nothing is under way for it
 */
void wsa_iso_free(struct wsa_iso *iso)
{
	kfree(iso);
}

/**
 * wsa_iso_start - a socket of WSAPROTO_ISO was made
 * @ws: its state
 * @records: SOCK_SEQPACKET
 *
 * Context: nobody else uses the socket.
 */
void wsa_iso_start(struct wsa_sock *ws, bool records)
{
	ws->iso->records = records;
	wsa_iso_mark(ws->sock->sk, true);
}

/**
 * wsa_iso_woken - the watch of an ISO socket was woken
 * @ws: its state
 *
 * Context: any; the wait queue's lock held.
 */
void wsa_iso_woken(struct wsa_sock *ws)
{
	if (wsa_iso_stays(ws) || (ws->events && READ_ONCE(ws->iso->phase) == WSA_ISO_OPEN))
		wsa_iso_kick(ws->iso);
}

/**
 * wsa_iso_stays - does the watch stay on the queue for the transport's sake?
 * @ws: a state, of any protocol
 *
 * Context: any.
 * Return: true during a handshake and while listening.
 */
bool wsa_iso_stays(const struct wsa_sock *ws)
{
	if (!ws->iso)
		return false;
	switch (READ_ONCE(ws->iso->phase)) {
	case WSA_ISO_CALLING:
	case WSA_ISO_LISTENING:
	case WSA_ISO_SILENT_CALL:
		return true;
	default:
		return false;
	}
}

/**
 * wsa_iso_listen - proto_ops.listen
 * @sock: the socket
 * @backlog: calls that may wait to be accepted
 *
 * TCP listens on nothing that calls itself other than a stream.
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or a negative errno.
 */
int wsa_iso_listen(struct socket *sock, int backlog)
{
	struct wsa_sock *ws = wsa_sk(sock);
	int err;

	sock->type = SOCK_STREAM;
	err = ws->base->listen(sock, backlog);
	sock->type = ws->iso->records ? SOCK_SEQPACKET : SOCK_STREAM;
	if (err)
		return err;

	lock_sock(sock->sk);
	WRITE_ONCE(ws->iso->phase, WSA_ISO_LISTENING);
	release_sock(sock->sk);
	wsa_watch_always(ws);
	return 0;
}

/**
 * wsa_iso_release - the socket is being closed
 * @ws: its state, its watch off the queue
 *
 * The peer is told, unless the socket is to be reset.
 *
 * Context: may sleep; takes the sk lock.
 */
void wsa_iso_release(struct wsa_sock *ws)
{
	struct wsa_iso *iso = ws->iso;
	struct sock *sk = ws->sock->sk;

	if (iso->phase == WSA_ISO_LISTENING) {
		WRITE_ONCE(iso->phase, WSA_ISO_ENDED);
		wsa_iso_stop(iso);
		wsa_iso_listener_end(iso);
	}
	/* the last of its calls may have asked for work */
	wsa_iso_stop(iso);

	if (iso->phase == WSA_ISO_OPEN && iso->terms.cls &&
	    !(sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime))
		wsa_iso_bye(ws->sock, NULL, 0);
	wsa_iso_mark(sk, false);
}

/**
 * wsa_iso_facts - what there is to be told of an ISO socket
 * @ws: its state
 * @facts: out
 *
 * Context: any; the wait queue's lock held.
 */
void wsa_iso_facts(const struct wsa_sock *ws, struct wsa_event_facts *facts)
{
	const struct wsa_iso *iso = ws->iso;
	struct sock *sk = ws->sock->sk;
	unsigned char tcp = READ_ONCE(sk->sk_state);
	u8 phase = READ_ONCE(iso->phase);

	if (phase == WSA_ISO_LISTENING) {
		facts->listening = true;
		facts->acceptable = !list_empty_careful(&iso->ready);
		return;
	}
	if (!READ_ONCE(ws->established))
		return;
	facts->established = true;
	facts->ended = phase == WSA_ISO_ENDED || tcp == TCP_CLOSE || sock_flag(sk, SOCK_DONE);
	facts->aborted = READ_ONCE(iso->error) ||
			 (tcp == TCP_CLOSE && !sock_flag(sk, SOCK_DONE) &&
			  !READ_ONCE(iso->released));
	facts->readable = phase == WSA_ISO_OPEN && READ_ONCE(iso->readable);
	facts->writable = phase == WSA_ISO_OPEN && !(READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN) &&
			  sk_stream_is_writeable(sk);
}

/**
 * wsa_iso_failure - what the transport protocol says of a failed attempt
 * @ws: a state, of any protocol
 *
 * Return: WSA_REASON_NONE where it has nothing to say.
 */
enum wsa_reason wsa_iso_failure(const struct wsa_sock *ws)
{
	return ws->iso ? READ_ONCE(ws->iso->failure) : WSA_REASON_NONE;
}

static void put_tsap(struct wsa_tsap *tsap, const u8 *id, u8 len)
{
	memset(tsap, 0, sizeof(*tsap));
	tsap->len = len;
	memcpy(tsap->id, id, len);
}

/**
 * wsa_iso_set - WSA_IOC_ISO_SET
 * @sock: the socket
 * @set: what to say; flags were checked. @set->cookie is written
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or a negative errno; a failed call changes nothing.
 */
int wsa_iso_set(struct socket *sock, struct wsa_iso_set *set)
{
	bool class0 = set->flags & WSA_ISO_F_CLASS0;
	u8 size = class0 ? WSA_COTP_SIZE_CLASS0 : WSA_COTP_SIZE_MOST;
	struct wsa_iso *iso = wsa_sk(sock)->iso;
	u8 data_len;
	int err = 0;

	if (!iso)
		return -EOPNOTSUPP;
	if (set->own_len > WSA_ISO_TSAP_MAX || set->peer_len > WSA_ISO_TSAP_MAX ||
	    set->data_len > WSA_ISO_CALL_MAX)
		return -EMSGSIZE;
	if (set->flags & WSA_ISO_F_STAGE)
		return wsa_iso_stage(sock, set);
	if (set->tpdu_size) {
		if (!is_power_of_2(set->tpdu_size) || set->tpdu_size > 1 << size ||
		    set->tpdu_size < 1 << WSA_COTP_SIZE_LEAST)
			return -EINVAL;
		size = ilog2(set->tpdu_size);
	}

	lock_sock(sock->sk);
	if (set->flags & WSA_ISO_F_KEEP_CLASS) {
		class0 = iso->class0;
		size = iso->size;
	}
	data_len = set->flags & WSA_ISO_F_KEEP_DATA ? iso->data_len : set->data_len;
	if (iso->phase != WSA_ISO_IDLE) {
		err = -EISCONN;
	} else if (class0 && data_len) {
		err = -EPROTONOSUPPORT;
	} else {
		iso->class0 = class0;
		iso->size = size;
		if (!(set->flags & WSA_ISO_F_KEEP_OWN))
			put_tsap(&iso->own, set->own, set->own_len);
		if (!(set->flags & WSA_ISO_F_KEEP_PEER))
			put_tsap(&iso->peer, set->peer, set->peer_len);
		if (!(set->flags & WSA_ISO_F_KEEP_DATA))
			memcpy(iso->data, set->data, data_len);
		iso->data_len = data_len;
	}
	release_sock(sock->sk);
	return err;
}

/**
 * wsa_iso_get - WSA_IOC_ISO_GET
 * @sock: the socket
 * @get: out: zeroed, but for @get->size
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or -EOPNOTSUPP.
 */
int wsa_iso_get(struct socket *sock, struct wsa_iso_get *get)
{
	struct wsa_iso *iso = wsa_sk(sock)->iso;
	bool class0;

	if (!iso)
		return -EOPNOTSUPP;

	lock_sock(sock->sk);
	/* a release that nobody has asked for yet is seen */
	wsa_iso_look_ahead(iso);
	if (iso->records)
		get->flags |= WSA_ISO_F_RECORDS;
	if (iso->phase == WSA_ISO_OPEN || iso->phase == WSA_ISO_ENDED) {
		get->tpdu_size = iso->terms.size ? 1 << iso->terms.size : 0;
		class0 = !iso->terms.cls;
	} else {
		get->tpdu_size = 1 << iso->size;
		class0 = iso->class0;
	}
	if (class0)
		get->flags |= WSA_ISO_F_CLASS0;
	get->own_len = iso->own.len;
	memcpy(get->own, iso->own.id, sizeof(get->own));
	get->peer_len = iso->peer.len;
	memcpy(get->peer, iso->peer.id, sizeof(get->peer));
	get->data_len = iso->told_len;
	memcpy(get->data, iso->told, iso->told_len);
	if (iso->released) {
		get->flags |= WSA_ISO_F_ENDED;
		get->end_reason = iso->end_reason;
		get->end_wsa = iso->failure ? wsa_reason_code(iso->failure) :
					      wsa_cotp_end_code(iso->end_reason);
		get->bye_len = iso->bye_len;
		memcpy(get->bye, iso->bye, iso->bye_len);
	}
	release_sock(sock->sk);
	return 0;
}

/* It would take octets from TCP without asking us. */
static int iso_getsockopt(struct socket *sock, int level, int optname, char __user *optval,
			  int __user *optlen)
{
	if (level == SOL_TCP && optname == TCP_ZEROCOPY_RECEIVE)
		return -ENOPROTOOPT;
	return wsa_sk(sock)->base->getsockopt(sock, level, optname, optval, optlen);
}

/* TCP would wake nobody for a record shorter than that. */
static int iso_set_rcvlowat(struct sock *sk, int val)
{
	return -ENOPROTOOPT;
}

/**
 * wsa_fill_iso_ops - change a kind's operation tables for ISO transport
 * @kind: the kind, its tables filled as TCP's
 *
 * What moves octets without a look at them is taken away; splice and sendfile then
 * receive and send as everybody does.
 *
 * Context: module load.
 */
void __init wsa_fill_iso_ops(struct wsa_kind *kind)
{
	int i;

	kind->ops[WSA_OPS_GUARD].sendmsg = wsa_iso_sendmsg;
	kind->ops[WSA_OPS_GUARD].recvmsg = wsa_iso_recvmsg;
	kind->ops[WSA_OPS_LEAN].sendmsg = wsa_iso_sendmsg;
	kind->ops[WSA_OPS_LEAN].recvmsg = wsa_iso_recvmsg;
	for (i = 0; i < WSA_OPS_MAX; i++) {
		struct proto_ops *ops = &kind->ops[i];

		ops->accept = wsa_iso_accept;
		ops->poll = wsa_iso_poll;
		ops->getsockopt = iso_getsockopt;
		ops->set_rcvlowat = iso_set_rcvlowat;
		ops->mmap = sock_no_mmap;
		ops->splice_read = NULL;
		ops->read_sock = NULL;
		ops->read_skb = NULL;
		ops->peek_len = NULL;
		ops->set_peek_off = NULL;
		ops->sendmsg_locked = NULL;
#if WSA_HAS_SENDPAGE
		ops->sendpage = sock_no_sendpage;
		ops->sendpage_locked = NULL;
#endif
	}
}

/**
 * wsa_iso_init - make what transport connections need
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int __init wsa_iso_init(void)
{
	iso_queue = alloc_workqueue("wsa_iso", WQ_UNBOUND, 0);
	return iso_queue ? 0 : -ENOMEM;
}

/** wsa_iso_exit - undo wsa_iso_init() */
void wsa_iso_exit(void)
{
	destroy_workqueue(iso_queue);
}
