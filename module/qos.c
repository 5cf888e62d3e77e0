// SPDX-License-Identifier: GPL-2.0
/*
 * A socket's quality of service: what it has, and what that does to it.
 *
 * WSA_IOC_QOS_SET (qos_set.c) does what may wait: it finds the route, admits the flows and
 * makes their classes. connect(2) only takes what was staged, by its cookie, and marks the
 * socket before the SYN leaves.
 */
#include <net/inet_ecn.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "qos_sock.h"

static u8 *tclass_of(struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		return &inet6_sk(sk)->tclass;
#endif
	return NULL;
}

static u8 with_dscp(u8 tos, u8 dscp)
{
	return dscp << 2 | (tos & INET_ECN_MASK);
}

/* The mark and the class of what is sent from now on; the ECN bits are the protocol's. */
static void mark(struct wsa_sock *ws)
{
	const struct wsa_grant *grant = ws->qos->sending.active;
	struct sock *sk = ws->sock->sk;
	u8 *tclass = tclass_of(sk);

	if (grant->levels)
		WRITE_ONCE(sk->sk_priority, grant->class[0].id);
	WRITE_ONCE(inet_sk(sk)->tos, with_dscp(inet_sk(sk)->tos, grant->plan.dscp));
	if (tclass)
		WRITE_ONCE(*tclass, with_dscp(*tclass, grant->plan.dscp));
}

static void remember(struct wsa_sock *ws)
{
	struct wsa_qos *qos = ws->qos;
	struct sock *sk = ws->sock->sk;
	u8 *tclass = tclass_of(sk);

	qos->priority = sk->sk_priority;
	qos->tos = inet_sk(sk)->tos;
	if (tclass)
		qos->tclass = *tclass;
}

static void unmark(struct wsa_sock *ws)
{
	struct wsa_qos *qos = ws->qos;
	struct sock *sk = ws->sock->sk;
	u8 *tclass = tclass_of(sk);

	WRITE_ONCE(sk->sk_priority, qos->priority);
	WRITE_ONCE(inet_sk(sk)->tos, with_dscp(inet_sk(sk)->tos, qos->tos >> 2));
	if (tclass)
		WRITE_ONCE(*tclass, with_dscp(*tclass, qos->tclass >> 2));
}

/* Put @grant in place of what one direction has. */
static struct wsa_grant *activate(struct wsa_sock *ws, struct wsa_direction *direction,
				  struct wsa_grant *grant)
{
	struct wsa_grant *old = direction->active;

	lockdep_assert_held(&ws->sock->wq.wait.lock);

	if (grant && grant->levels)
		wsa_grant_own(grant, ws->sock->sk);
	direction->active = grant;
	direction->told = false;
	return old;
}

static void send_in(struct wsa_sock *ws, struct wsa_grant *grant)
{
	struct wsa_qos *qos = ws->qos;
	struct wsa_grant *old = qos->sending.active;

	if (!old && grant)
		remember(ws);
	activate(ws, &qos->sending, grant);
	WRITE_ONCE(qos->classid, wsa_grant_class(grant));
	if (grant)
		mark(ws);
	else if (old)
		unmark(ws);
	wsa_grant_let_go(old, NULL);
}

static void receive_in(struct wsa_sock *ws, struct wsa_grant *grant)
{
	wsa_grant_let_go(activate(ws, &ws->qos->receiving, grant), NULL);
}

/* Lost before it had an owner to be told. */
static void look_for_loss(struct wsa_sock *ws, const struct wsa_grant *grant)
{
	if (grant && unlikely(READ_ONCE(grant->lost)) && ws->events)
		wsa_events_look(ws);
}

/**
 * wsa_qos_send_in - what a socket sends has a grant from now on
 * @ws: a socket's state that has a quality of service
 * @grant: the grant, the socket's from now on; NULL ends what there was
 *
 * Context: sk lock held.
 */
void wsa_qos_send_in(struct wsa_sock *ws, struct wsa_grant *grant)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);
	spin_lock_irqsave(&queue->lock, flags);
	send_in(ws, grant);
	look_for_loss(ws, grant);
	spin_unlock_irqrestore(&queue->lock, flags);
	/* a route may depend on the mark, and it tells what segments there may be */
	if (grant) {
		wsa_set_ops(ws, WSA_OPS_GUARD);
		sk_dst_reset(ws->sock->sk);
	}
}

/**
 * wsa_qos_receive_in - what a socket receives has a grant from now on
 * @ws: a socket's state that has a quality of service
 * @grant: the grant, the socket's from now on; NULL ends what there was
 *
 * Context: sk lock held.
 */
void wsa_qos_receive_in(struct wsa_sock *ws, struct wsa_grant *grant)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);
	spin_lock_irqsave(&queue->lock, flags);
	receive_in(ws, grant);
	look_for_loss(ws, grant);
	spin_unlock_irqrestore(&queue->lock, flags);
}

/**
 * wsa_qos_mark - what is sent is another plan now
 * @ws: a socket's state that has a quality of service
 *
 * Context: sk lock held.
 */
void wsa_qos_mark(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);
	spin_lock_irqsave(&queue->lock, flags);
	if (ws->qos->sending.active)
		mark(ws);
	spin_unlock_irqrestore(&queue->lock, flags);
	sk_dst_reset(ws->sock->sk);
}

/**
 * wsa_grants_let_go - nothing of these is used any longer
 * @grants: what wsa_qos_take() gave
 *
 * Context: any; does not sleep.
 */
void wsa_grants_let_go(struct wsa_grants grants)
{
	wsa_grant_let_go(grants.sending, NULL);
	wsa_grant_let_go(grants.receiving, NULL);
}

/**
 * wsa_qos_take - what was staged for this call of connect(2)
 * @ws: a socket's state that has a quality of service
 * @addr: the address
 * @len: its length, with the cookie
 *
 * Context: sk lock held.
 * Return: the grants, now the caller's.
 */
struct wsa_grants wsa_qos_take(struct wsa_sock *ws, const struct sockaddr *addr, int len)
{
	int at = addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					       sizeof(struct sockaddr_in);
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	struct wsa_qos *qos = ws->qos;
	struct wsa_grants grants = {};
	unsigned long flags;
	u64 cookie;

	sock_owned_by_me(ws->sock->sk);
	if (len < at + (int)sizeof(cookie))
		return grants;
	memcpy(&cookie, (const u8 *)addr + at, sizeof(cookie));
	spin_lock_irqsave(&queue->lock, flags);
	if (cookie && cookie == qos->cookie) {
		grants.sending = qos->sending.staged;
		grants.receiving = qos->receiving.staged;
		qos->sending.staged = NULL;
		qos->receiving.staged = NULL;
		qos->cookie = 0;
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return grants;
}

/**
 * wsa_qos_start - what is sent and received from now on has these grants
 * @ws: a socket's state that has a quality of service
 * @grants: what wsa_qos_take() gave; NULL ends what there was
 *
 * Context: sk lock held.
 */
void wsa_qos_start(struct wsa_sock *ws, struct wsa_grants grants)
{
	wsa_qos_send_in(ws, grants.sending);
	wsa_qos_receive_in(ws, grants.receiving);
}

/**
 * wsa_qos_failed - an attempt has failed, its grants are released (row 282)
 * @ws: a stream's state that has a quality of service
 *
 * Context: the wait queue's lock held.
 */
void wsa_qos_failed(struct wsa_sock *ws)
{
	send_in(ws, NULL);
	receive_in(ws, NULL);
}

static bool is_news(const struct wsa_direction *direction)
{
	return direction->active && !direction->told && READ_ONCE(direction->active->lost);
}

/**
 * wsa_qos_lost - is a promise lost that nobody was told of?
 * @ws: a socket's state that has a quality of service
 *
 * Told is who asks: an event is an edge (row 228).
 *
 * Context: the wait queue's lock held.
 */
bool wsa_qos_lost(const struct wsa_sock *ws)
{
	const struct wsa_qos *qos = ws->qos;

	lockdep_assert_held(&ws->sock->wq.wait.lock);
	return is_news(&qos->sending) || is_news(&qos->receiving);
}

/**
 * wsa_qos_close - the socket is being released
 * @ws: its state, still a socket's
 *
 * Return: the grant of what it sends, which is to be let go of when the base protocol has closed
 * it, or NULL.
 */
struct wsa_grant *wsa_qos_close(struct wsa_sock *ws)
{
	struct wsa_qos *qos = ws->qos;
	struct wsa_grant *active = qos->sending.active;

	wsa_grant_let_go(qos->sending.staged, NULL);
	wsa_grant_let_go(qos->receiving.staged, NULL);
	wsa_grant_let_go(qos->receiving.active, NULL);
	qos->receiving = (struct wsa_direction){};
	/* a closed socket keeps its mark: it may still have to send */
	qos->sending = (struct wsa_direction){};
	return active;
}

/**
 * wsa_qos_free - end of a socket's quality of service
 * @qos: it; wsa_qos_close() was called
 */
void wsa_qos_free(struct wsa_qos *qos)
{
	mutex_destroy(&qos->setting);
	kfree(qos);
}

/**
 * wsa_qos_remark - the program has set an option that may have replaced the mark
 * @ws: a socket's state that has a quality of service
 *
 * What it set counts when the flow ends; a value that is the mark's cannot be told from it.
 *
 * Context: takes the sk lock.
 */
void wsa_qos_remark(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	struct wsa_qos *qos = ws->qos;
	struct sock *sk = ws->sock->sk;
	u8 *tclass = tclass_of(sk);
	unsigned long flags;

	lock_sock(sk);
	spin_lock_irqsave(&queue->lock, flags);
	if (qos->sending.active) {
		const struct wsa_grant *grant = qos->sending.active;

		if (!grant->levels || sk->sk_priority != grant->class[0].id)
			qos->priority = sk->sk_priority;
		if (inet_sk(sk)->tos >> 2 != grant->plan.dscp)
			qos->tos = inet_sk(sk)->tos;
		if (tclass && *tclass >> 2 != grant->plan.dscp)
			qos->tclass = *tclass;
		mark(ws);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	release_sock(sk);
}

/**
 * wsa_qos_sending - something is about to be sent
 * @ws: a socket's state that has a quality of service
 *
 * The kernel does not tell us of SO_PRIORITY.
 *
 * Context: takes the sk lock.
 */
void wsa_qos_sending(struct wsa_sock *ws)
{
	u32 classid = READ_ONCE(ws->qos->classid);

	if (unlikely(classid && READ_ONCE(ws->sock->sk->sk_priority) != classid))
		wsa_qos_remark(ws);
}

/**
 * wsa_qos_of - a socket's own, made when it is first asked for
 * @sock: the socket
 * @found: out: it; stays until release
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or -ENOMEM.
 */
int wsa_qos_of(struct socket *sock, struct wsa_qos **found)
{
	struct wsa_sock *ws = wsa_sk(sock), *spare = NULL;
	struct wsa_qos *qos = NULL;
	int err = -ENOMEM;

	if (ws->shared) {
		spare = wsa_sock_alloc_accepted(ws);
		if (!spare)
			return -ENOMEM;
	}
	qos = kzalloc(sizeof(*qos), GFP_KERNEL_ACCOUNT);
	if (!qos)
		goto out;
	mutex_init(&qos->setting);

	lock_sock(sock->sk);
	ws = wsa_sock_own(sock, &spare);
	if (!ws->qos) {
		/* pairs with the dependent loads of who finds it without the sk lock */
		smp_store_release(&ws->qos, qos);
		qos = NULL;
	}
	*found = ws->qos;
	release_sock(sock->sk);
	err = 0;
out:
	if (qos)
		wsa_qos_free(qos);
	if (spare)
		wsa_sock_free(spare);
	return err;
}

/* A promise is lost with its class, and on a socket whose packets leave elsewhere. */
static u32 lost(struct wsa_sock *ws, const struct wsa_grant *grant)
{
	struct dst_entry *dst;
	u32 status;

	status = READ_ONCE(grant->lost);
	if (status || !grant->levels)
		return status;
	dst = sk_dst_get(ws->sock->sk);
	/* a dead one tells nothing: the next packet finds another */
	if (dst && dst->obsolete <= 0 && dst->dev->ifindex != grant->ifindex)
		status = WSA_QOS_TRAFFIC_CTRL_ERROR;
	dst_release(dst);
	return status;
}

/* A loss that is told once; where both directions have one, what is sent comes first. */
static void tell_loss(struct wsa_direction *direction, u32 status, struct wsa_qos_get *arg)
{
	direction->told = READ_ONCE(direction->active->lost);
	if (status)
		arg->flags |= WSA_QOS_LOST;
	if (!arg->status)
		arg->status = status;
}

/**
 * wsa_qos_get - WSA_IOC_QOS_GET
 * @sock: the socket
 * @arg: out: all but size, which stays; zero on entry
 *
 * Context: may sleep; takes the sk lock.
 */
void wsa_qos_get(struct socket *sock, struct wsa_qos_get *arg)
{
	wait_queue_head_t *queue = &sock->wq.wait;
	const struct wsa_grant *grant;
	struct wsa_qos *qos;
	struct wsa_sock *ws;
	unsigned long flags;

	lock_sock(sock->sk);
	ws = wsa_sk(sock);
	qos = ws->qos;
	if (!qos)
		goto out;
	if (qos->kept) {
		arg->flags |= WSA_QOS_KEPT;
		arg->sending = qos->sending.asked;
		arg->receiving = qos->receiving.asked;
	}
	spin_lock_irqsave(&queue->lock, flags);
	if (qos->sending.staged || qos->receiving.staged)
		arg->flags |= WSA_QOS_STAGED;
	grant = qos->sending.active;
	if (grant) {
		arg->flags |= WSA_QOS_ACTIVE;
		arg->ifindex = grant->ifindex;
		arg->classid = wsa_grant_class(grant);
		arg->dscp = grant->plan.dscp;
		arg->bound = grant->plan.bound_ns;
		tell_loss(&qos->sending, lost(ws, grant), arg);
	}
	grant = qos->receiving.active;
	if (grant) {
		arg->flags |= WSA_QOS_RECEIVES;
		arg->in_ifindex = grant->ifindex;
		arg->in_classid = wsa_grant_class(grant);
		tell_loss(&qos->receiving, READ_ONCE(grant->lost), arg);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
out:
	release_sock(sock->sk);
	wsa_events_enable(ws, WSA_EVENT_QOS);
}
