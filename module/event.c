// SPDX-License-Identifier: GPL-2.0
/*
 * Network events: a socket's conditions are looked at whenever somebody wakes it
 * and after each call that enables an event; what is new is recorded, and an
 * eventfd signalled.
 *
 * Everything here is under the lock of the socket's wait queue, so a wake-up and an
 * enabling call never miss each other. Conditions are therefore peeked at without
 * the socket's own lock, as poll does.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/inet_connection_sock.h>
#include <net/tcp.h>
#include <net/tcp_states.h>

#include "mib.h"
#include "wsa_sock.h"

static struct kmem_cache *wsa_events_cache;

/* Is there an octet to be received? An end and an urgent octet count in TCP's numbers. */
static bool tcp_has_data(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 copied = READ_ONCE(tp->copied_seq);
	u32 waiting = READ_ONCE(tp->rcv_nxt) - copied;

	if (waiting && sock_flag(sk, SOCK_DONE))
		waiting--;
	if (waiting && READ_ONCE(tp->urg_data) && !sock_flag(sk, SOCK_URGINLINE) &&
	    READ_ONCE(tp->urg_seq) - copied < waiting)
		waiting--;
	return (int)waiting > 0;
}

static void stream_facts(const struct wsa_sock *ws, struct wsa_event_facts *facts)
{
	struct sock *sk = ws->sock->sk;
	unsigned char tcp = READ_ONCE(sk->sk_state);

	facts->stream = true;
	facts->attempt_over = ws->over;
	facts->attempt_error = ws->over_wsa;
	if (ws->iso) {
		wsa_iso_facts(ws, facts);
		return;
	}
	if (tcp == TCP_LISTEN) {
		facts->listening = true;
		facts->acceptable = !reqsk_queue_empty(&inet_csk(sk)->icsk_accept_queue);
		return;
	}
	if (!READ_ONCE(ws->established))
		return;
	facts->established = true;
	facts->ended = tcp == TCP_CLOSE || sock_flag(sk, SOCK_DONE);
	facts->aborted = tcp == TCP_CLOSE && !sock_flag(sk, SOCK_DONE);
	facts->urgent = READ_ONCE(tcp_sk(sk)->urg_data) & TCP_URG_VALID &&
			!sock_flag(sk, SOCK_URGINLINE);
	facts->readable = tcp_has_data(sk);
	facts->writable = !(READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN) &&
			  sk_stream_is_writeable(sk);
}

/* An error that receive will return is readable: nothing else tells of it. */
static void dgram_facts(const struct wsa_sock *ws, struct wsa_event_facts *facts)
{
	struct sock *sk = ws->sock->sk;

	facts->bound = READ_ONCE(inet_sk(sk)->inet_num);
	facts->attempt_over = READ_ONCE(sk->sk_state) == TCP_ESTABLISHED;
	facts->writable = sock_writeable(sk);
	facts->readable = !skb_queue_empty_lockless(&sk->sk_receive_queue) || READ_ONCE(sk->sk_err);
	if (ws->kind->type == SOCK_DGRAM && !facts->readable)
		facts->readable = !skb_queue_empty_lockless(&udp_sk(sk)->reader_queue);
}

static void facts_of(const struct wsa_sock *ws, struct wsa_event_facts *facts)
{
	*facts = (struct wsa_event_facts){};
	if (ws->kind->type == SOCK_STREAM)
		stream_facts(ws, facts);
	else
		dgram_facts(ws, facts);
	if (unlikely(READ_ONCE(ws->qos)))
		facts->flow_lost = wsa_qos_lost(ws);
}

static void signal(const struct wsa_events *events)
{
	if (events->signal)
		wsa_eventfd_signal(events->signal);
}

/**
 * wsa_events_look - record what is new, and signal it
 * @ws: a state with events
 *
 * Context: any; the wait queue's lock held.
 */
void wsa_events_look(struct wsa_sock *ws)
{
	struct wsa_event_facts facts;

	lockdep_assert_held(&ws->sock->wq.wait.lock);

	facts_of(ws, &facts);
	if (wsa_event_post(&ws->events->record, &facts))
		signal(ws->events);
}

/**
 * wsa_events_enable - a call that enables events was made
 * @ws: a state, with events or without
 * @enabled: WSA_EVENT_* bits, 0 to look only
 *
 * Context: process; the wait queue's lock is taken.
 */
void wsa_events_enable(struct wsa_sock *ws, u32 enabled)
{
	wait_queue_head_t *queue;
	unsigned long flags;

	if (!READ_ONCE(ws->events))
		return;

	/* TCP wakes nobody for space unless it was told that somebody lacks it */
	if (enabled & WSA_EVENT_WRITE && ws->kind->type == SOCK_STREAM) {
		set_bit(SOCK_NOSPACE, &ws->sock->flags);
		/* pairs with the barrier in sk_stream_write_space()'s callers, as in poll */
		smp_mb__after_atomic();
	}

	queue = &ws->sock->wq.wait;
	spin_lock_irqsave(&queue->lock, flags);
	wsa_event_enable(&ws->events->record, enabled);
	wsa_events_look(ws);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * wsa_events_attempt - an attempt is about to start
 * @ws: a stream's state
 *
 * The last one's outcome is no longer a condition.
 *
 * Context: sk lock held.
 */
void wsa_events_attempt(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);

	ws->outcome = 0;
	if (!ws->events) {
		ws->over = false;
		ws->established = false;
		return;
	}
	spin_lock_irqsave(&queue->lock, flags);
	ws->over = false;
	ws->established = false;
	wsa_event_enable(&ws->events->record, WSA_EVENT_CONNECT);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * wsa_events_over - an attempt has ended and its caller knows
 * @ws: a stream's state
 * @code: Winsock code, 0 for success
 *
 * Context: sk lock held.
 */
void wsa_events_over(struct wsa_sock *ws, u16 code)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);

	if (!ws->events) {
		ws->over = true;
		ws->over_wsa = code;
		WRITE_ONCE(ws->established, !code);
		return;
	}
	spin_lock_irqsave(&queue->lock, flags);
	ws->over = true;
	ws->over_wsa = code;
	WRITE_ONCE(ws->established, !code);
	wsa_events_look(ws);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* The socket has events from here on. */
static void wsa_events_install(struct wsa_sock *ws, struct wsa_events *events)
{
	lockdep_assert_held(&ws->sock->wq.wait.lock);

	WRITE_ONCE(ws->events, events);
	/* pairs with wsa_set_ops() and wsa_sk() */
	smp_mb();
	WRITE_ONCE(ws->sock->ops, &ws->kind->ops[WSA_OPS_EVENTS]);
}

/**
 * wsa_events_inherit - select for an accepted socket what its listener has selected
 * @child: its own state, with events that are not installed yet
 * @listener: the listener's
 *
 * Context: process; nobody else uses the child; the wait queues' locks are taken in turn.
 */
void wsa_events_inherit(struct wsa_sock *child, const struct wsa_sock *listener)
{
	wait_queue_head_t *queue = &listener->sock->wq.wait;
	struct wsa_events *events = child->events;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	wsa_event_inherit(&events->record, &listener->events->record);
	if (listener->events->eventfd) {
		events->eventfd = get_file(listener->events->eventfd);
		events->signal = listener->events->signal;
	}
	spin_unlock_irqrestore(&queue->lock, flags);

	queue = &child->sock->wq.wait;
	spin_lock_irqsave(&queue->lock, flags);
	wsa_events_install(child, events);
	wsa_watch_queue(child);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/* Winsock says that a selection makes the socket non-blocking, even one of nothing (row 205). */
static void make_nonblocking(struct file *file)
{
	spin_lock(&file->f_lock);
	file->f_flags |= O_NONBLOCK;
	spin_unlock(&file->f_lock);
}

/**
 * wsa_events_select - WSA_IOC_EVENT_SELECT
 * @sock: the socket
 * @eventfd: descriptor of an eventfd, -1 with an empty mask
 * @mask: WSA_EVENT_* bits
 * @messages: WSA_SELECT_F_MESSAGES
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0, -EBADF, -EINVAL or -ENOMEM; a failed call changes nothing.
 */
int wsa_events_select(struct socket *sock, int eventfd, u32 mask, bool messages)
{
	struct wsa_sock *ws = wsa_sk(sock), *spare = NULL;
	wait_queue_head_t *queue = &sock->wq.wait;
	struct eventfd_ctx *ctx = NULL;
	struct wsa_events *events;
	struct wsa_event_facts facts;
	struct file *file = NULL;
	unsigned long flags;
	int err = -ENOMEM;

	if (mask) {
		file = fget(eventfd);
		if (!file)
			return -EBADF;
		ctx = eventfd_ctx_fileget(file);
		if (IS_ERR(ctx)) {
			err = PTR_ERR(ctx);
			goto out_file;
		}
		eventfd_ctx_put(ctx);		/* the file holds it */
	}
	events = wsa_events_alloc();
	if (!events)
		goto out_file;
	if (ws->shared) {
		spare = wsa_sock_alloc_accepted(ws);
		if (!spare)
			goto out_events;
	}

	lock_sock(sock->sk);
	ws = wsa_sock_own(sock, &spare);
	spin_lock_irqsave(&queue->lock, flags);
	if (!ws->events) {
		wsa_events_install(ws, events);
		events = NULL;
	}
	swap(ws->events->eventfd, file);
	ws->events->signal = ctx;
	wsa_watch_queue(ws);
	facts_of(ws, &facts);
	if (wsa_event_choose(&ws->events->record, mask, messages, &facts))
		signal(ws->events);
	spin_unlock_irqrestore(&queue->lock, flags);
	make_nonblocking(sock->file);
	release_sock(sock->sk);
	err = 0;

	if (spare)
		wsa_sock_free(spare);
out_events:
	if (events)
		wsa_events_free(events);
out_file:
	if (file)
		fput(file);
	return err;
}

/* There is no call to reset an eventfd from the kernel but as part of leaving its queue. */
static void reset_event(struct eventfd_ctx *ctx)
{
	wait_queue_entry_t nobody;
	u64 count;

	init_wait(&nobody);
	eventfd_ctx_remove_wait_queue(ctx, &nobody, &count);
}

/**
 * wsa_events_take - WSA_IOC_EVENT_ENUM
 * @sock: the socket
 * @reset: descriptor of an eventfd to be reset in the same step, or -1
 * @events: out: WSA_EVENT_* bits
 * @error: out: WSA_EVENT_MAX codes, of those events
 *
 * Context: may sleep; takes the wait queue's lock.
 * Return: 0, -EBADF or -EINVAL.
 */
int wsa_events_take(struct socket *sock, int reset, u32 *events, u32 *error)
{
	wait_queue_head_t *queue = &sock->wq.wait;
	struct eventfd_ctx *ctx = NULL;
	struct wsa_sock *ws;
	unsigned long flags;

	if (reset >= 0) {
		ctx = eventfd_ctx_fdget(reset);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
	}

	spin_lock_irqsave(&queue->lock, flags);
	ws = wsa_sk(sock);
	*events = ws->events ? wsa_event_take(&ws->events->record, error) : 0;
	if (ctx)
		reset_event(ctx);
	spin_unlock_irqrestore(&queue->lock, flags);

	if (ctx)
		eventfd_ctx_put(ctx);
	return 0;
}

/**
 * wsa_events_give_back - events that were taken could not be told
 * @sock: the socket
 * @events: WSA_EVENT_* bits, as taken
 *
 * Context: process; takes the wait queue's lock.
 */
void wsa_events_give_back(struct socket *sock, u32 events)
{
	wait_queue_head_t *queue = &sock->wq.wait;
	struct wsa_sock *ws = wsa_sk(sock);
	unsigned long flags;

	if (!events)
		return;
	spin_lock_irqsave(&queue->lock, flags);
	ws->events->record.pending |= events;
	signal(ws->events);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * wsa_events_alloc - room for a socket's events
 *
 * Charged to the caller's memory cgroup.
 *
 * Context: may sleep.
 * Return: the room, owned by the caller until a socket has it, or NULL.
 */
struct wsa_events *wsa_events_alloc(void)
{
	return kmem_cache_zalloc(wsa_events_cache, GFP_KERNEL);
}

/**
 * wsa_events_free - end of a socket's events
 * @events: they are not watched any longer
 */
void wsa_events_free(struct wsa_events *events)
{
	if (events->eventfd)
		fput(events->eventfd);
	kmem_cache_free(wsa_events_cache, events);
}

static int events_sendmsg(struct socket *sock, struct msghdr *msg, size_t size)
{
	struct wsa_sock *ws = wsa_sk(sock);
	bool stream = ws->kind->type == SOCK_STREAM;
	int ret;

	ret = ws->kind->ops[WSA_OPS_GUARD].sendmsg(sock, msg, size);
	if (ret == -EAGAIN)
		wsa_events_enable(ws, WSA_EVENT_WRITE);
	else if (!stream)
		wsa_events_enable(ws, 0);	/* it may have been given its port */
	return ret;
}

static int events_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct wsa_sock *ws = wsa_sk(sock);
	int ret = ws->kind->ops[WSA_OPS_GUARD].recvmsg(sock, msg, size, flags);

	if (!(flags & MSG_ERRQUEUE))
		wsa_events_enable(ws, flags & MSG_OOB ? WSA_EVENT_OOB : WSA_EVENT_READ);
	return ret;
}

static ssize_t events_splice_read(struct socket *sock, loff_t *ppos, struct pipe_inode_info *pipe,
				  size_t len, unsigned int flags)
{
	struct wsa_sock *ws = wsa_sk(sock);
	ssize_t ret = ws->base->splice_read(sock, ppos, pipe, len, flags);

	wsa_events_enable(ws, WSA_EVENT_READ);
	return ret;
}

/* TCP_ZEROCOPY_RECEIVE is a receive. */
static int events_getsockopt(struct socket *sock, int level, int optname, char __user *optval,
			     int __user *optlen)
{
	struct wsa_sock *ws = wsa_sk(sock);
	int err = ws->base->getsockopt(sock, level, optname, optval, optlen);

	if (level == SOL_TCP && optname == TCP_ZEROCOPY_RECEIVE)
		wsa_events_enable(ws, WSA_EVENT_READ);
	return err;
}

#if WSA_HAS_SENDPAGE
static ssize_t events_sendpage(struct socket *sock, struct page *page, int offset, size_t size,
			       int flags)
{
	struct wsa_sock *ws = wsa_sk(sock);
	ssize_t ret = ws->base->sendpage(sock, page, offset, size, flags);

	if (ret == -EAGAIN)
		wsa_events_enable(ws, WSA_EVENT_WRITE);
	return ret;
}
#endif

static int events_bind(struct socket *sock, struct sockaddr *addr, int len)
{
	struct wsa_sock *ws = wsa_sk(sock);
	int err = ws->base->bind(sock, addr, len);

	wsa_events_enable(ws, 0);
	return err;
}

static int events_dgram_connect(struct socket *sock, struct sockaddr *addr, int len, int flags)
{
	int err = wsa_dgram_connect(sock, addr, len, flags);

	wsa_events_enable(wsa_sk(sock), err ? 0 : WSA_EVENT_CONNECT);
	return err;
}

/**
 * wsa_fill_event_ops - make a kind's table for sockets with events
 * @kind: the kind, its other tables filled
 *
 * Context: module load.
 */
void __init wsa_fill_event_ops(struct wsa_kind *kind)
{
	struct proto_ops *ops = &kind->ops[WSA_OPS_EVENTS];

	*ops = kind->ops[WSA_OPS_GUARD];
	ops->sendmsg = events_sendmsg;
	ops->recvmsg = events_recvmsg;
	if (kind->type == SOCK_STREAM) {
		ops->splice_read = events_splice_read;
		ops->getsockopt = events_getsockopt;
#if WSA_HAS_SENDPAGE
		ops->sendpage = events_sendpage;
#endif
	} else {
		ops->bind = events_bind;
		ops->connect = events_dgram_connect;
	}
}

/**
 * wsa_events_init - make what events need
 *
 * Context: module load.
 * Return: 0 or -ENOMEM.
 */
int __init wsa_events_init(void)
{
	wsa_events_cache = KMEM_CACHE(wsa_events, SLAB_ACCOUNT | SLAB_NO_MERGE);
	return wsa_events_cache ? 0 : -ENOMEM;
}

/** wsa_events_exit - undo wsa_events_init() */
void wsa_events_exit(void)
{
	kmem_cache_destroy(wsa_events_cache);
}
