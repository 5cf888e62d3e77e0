// SPDX-License-Identifier: GPL-2.0
/*
 * The watch: sees how a non-blocking attempt ends.
 *
 * It rides on the socket's own wait queue, so neither ULP nor sockmap displaces
 * it and children do not inherit it. It has to look in the wake-up itself: a
 * getsockopt(SO_ERROR) or an io_uring completion takes sk_err away afterwards.
 */
#include <net/tcp_states.h>

#include "mib.h"
#include "wsa_sock.h"

static void wsa_watch_look(struct wsa_sock *ws)
{
	struct sock *sk = ws->sock->sk;
	int error = READ_ONCE(sk->sk_err);

	lockdep_assert_held(&ws->sock->wq.wait.lock);

	/* a timeout or an ICMP error is announced before the state changes */
	if (error && !ws->outcome)
		WRITE_ONCE(ws->outcome, error);

	switch (READ_ONCE(sk->sk_state)) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		return;
	case TCP_CLOSE:
		wsa_count(sock_net(sk), WSA_MIB_FAILED);
		break;
	default:
		WRITE_ONCE(ws->outcome, 0);
		WRITE_ONCE(ws->established, true);
		wsa_set_ops(ws, WSA_OPS_LEAN);
		wsa_count(sock_net(sk), WSA_MIB_ESTABLISHED);
		break;
	}
	list_del_init(&ws->watch.entry);
	ws->watched = false;
}

static int wsa_watch_wake(struct wait_queue_entry *watch, unsigned int mode, int sync, void *key)
{
	wsa_watch_look(container_of(watch, struct wsa_sock, watch));
	return 0;
}

/**
 * wsa_watch_start - watch the attempt that has just been started
 * @ws: a stream's state; the entry may be on the queue already
 *
 * Context: sk lock held; an outcome that is there already is seen.
 */
void wsa_watch_start(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);

	spin_lock_irqsave(&queue->lock, flags);
	if (!ws->watched) {
		init_waitqueue_func_entry(&ws->watch, wsa_watch_wake);
		__add_wait_queue(queue, &ws->watch);
		ws->watched = true;
		/* pairs with skwq_has_sleeper(): on the queue, then look */
		smp_mb();
		wsa_watch_look(ws);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * wsa_watch_stop - take the watch off the queue
 * @ws: the state
 *
 * When this returns the watch is not running and will not run.
 *
 * Context: sk lock held, or the socket is being released.
 */
void wsa_watch_stop(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	if (!READ_ONCE(ws->watch.func))
		return;		/* never started */

	spin_lock_irqsave(&queue->lock, flags);
	if (ws->watched) {
		list_del_init(&ws->watch.entry);
		ws->watched = false;
	}
	spin_unlock_irqrestore(&queue->lock, flags);
}
