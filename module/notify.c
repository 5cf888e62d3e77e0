// SPDX-License-Identifier: GPL-2.0
/*
 * The watch: sees how a non-blocking attempt ends, and what network events are of.
 *
 * It rides on the socket's own wait queue, so neither ULP nor sockmap displaces
 * it and children do not inherit it. It has to look in the wake-up itself: a
 * getsockopt(SO_ERROR) or an io_uring completion takes sk_err away afterwards.
 */
#include <net/tcp_states.h>

#include "mib.h"
#include "wsa_sock.h"

static void attempt_look(struct wsa_sock *ws)
{
	struct sock *sk = ws->sock->sk;
	int error = READ_ONCE(sk->sk_err);

	/* a timeout or an ICMP error is announced before the state changes */
	if (error && !ws->outcome)
		WRITE_ONCE(ws->outcome, error);

	switch (READ_ONCE(sk->sk_state)) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return;
	case TCP_CLOSE:
		ws->over_wsa = wsa_attempt_code(ws);
		if (unlikely(ws->qos))
			wsa_qos_failed(ws);
		wsa_count(sock_net(sk), WSA_MIB_FAILED);
		break;
	default:
		if (wsa_iso_calling(ws))
			return;
		WRITE_ONCE(ws->outcome, 0);
		WRITE_ONCE(ws->established, true);
		ws->over_wsa = 0;
		wsa_set_ops(ws, WSA_OPS_LEAN);
		wsa_count(sock_net(sk), WSA_MIB_ESTABLISHED);
		break;
	}
	ws->over = true;
	ws->attempting = false;
}

/* A watch that has nothing to wait for leaves; it is not put off by its own wake-up. */
static void watch_look(struct wsa_sock *ws)
{
	lockdep_assert_held(&ws->sock->wq.wait.lock);

	if (ws->iso)
		wsa_iso_woken(ws);
	if (ws->attempting)
		attempt_look(ws);
	if (ws->events) {
		wsa_events_look(ws);
	} else if (!ws->attempting && ws->queued && !wsa_iso_stays(ws)) {
		list_del_init(&ws->watch.entry);
		ws->queued = false;
	}
}

static int watch_wake(struct wait_queue_entry *watch, unsigned int mode, int sync, void *key)
{
	watch_look(container_of(watch, struct wsa_sock, watch));
	return 0;
}

/**
 * wsa_watch_queue - put the watch on the queue, unless it is there
 * @ws: the state; what to watch for is set
 *
 * What is there to be seen already is seen.
 *
 * Context: sk lock and the wait queue's lock held.
 */
void wsa_watch_queue(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;

	lockdep_assert_held(&queue->lock);

	if (!ws->queued) {
		init_waitqueue_func_entry(&ws->watch, watch_wake);
		__add_wait_queue(queue, &ws->watch);
		ws->queued = true;
		/* pairs with skwq_has_sleeper(): on the queue, then look */
		smp_mb();
	}
	watch_look(ws);
}

/**
 * wsa_watch_start - watch the attempt that has just been started
 * @ws: a stream's state; the attempt may be watched already
 *
 * Context: sk lock held; an outcome that is there already is seen.
 */
void wsa_watch_start(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);

	spin_lock_irqsave(&queue->lock, flags);
	if (!ws->attempting) {
		ws->attempting = true;
		wsa_watch_queue(ws);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * wsa_watch_always - watch for what wsa_iso_stays() says
 * @ws: a state with a transport connection
 *
 * Context: process; the wait queue's lock is taken.
 */
void wsa_watch_always(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	wsa_watch_queue(ws);
	spin_unlock_irqrestore(&queue->lock, flags);
}

static void watch_remove(struct wsa_sock *ws, bool all)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	if (!READ_ONCE(ws->watch.func))
		return;		/* never started */

	spin_lock_irqsave(&queue->lock, flags);
	ws->attempting = false;
	if (ws->queued && (all || !ws->events)) {
		list_del_init(&ws->watch.entry);
		ws->queued = false;
	}
	spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * wsa_watch_stop - watch no attempt any longer
 * @ws: the state
 *
 * Network events are watched on. When this returns the watch does not look, and
 * will not look, for an attempt's outcome.
 *
 * Context: sk lock held.
 */
void wsa_watch_stop(struct wsa_sock *ws)
{
	watch_remove(ws, false);
}

/**
 * wsa_watch_end - take the watch off the queue for good
 * @ws: the state
 *
 * When this returns the watch is not running and will not run.
 *
 * Context: the socket is being released.
 */
void wsa_watch_end(struct wsa_sock *ws)
{
	watch_remove(ws, true);
}
