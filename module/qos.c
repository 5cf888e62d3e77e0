// SPDX-License-Identifier: GPL-2.0
/*
 * A socket's quality of service.
 *
 * WSA_IOC_QOS_SET does what may wait: it finds the route, admits the flow and makes its
 * class. connect(2) only takes what was staged, by its cookie, and marks the socket
 * before the SYN leaves.
 *
 * Locks: @setting is outermost, then RTNL or the sk lock (never both), then the wait
 * queue's. @active and @staged are under the wait queue's lock, since an attempt's failure
 * is seen in a wake-up; their marks on the socket likewise, and under the sk lock but for
 * that. The rest is under the sk lock.
 */
#include <linux/rtnetlink.h>
#include <net/inet_ecn.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "qos.h"
#include "wsa_sock.h"

/**
 * struct wsa_qos - a socket's quality of service, from the first request on
 * @setting: one WSA_IOC_QOS_SET at a time
 * @sending: as it was asked for last
 * @receiving: likewise
 * @objects: what was said with @sending
 * @kept: there are such
 * @active: what is sent has; NULL for nothing
 * @staged: waits for a connect(2) with @cookie; NULL for nothing
 * @cookie: 0 when nothing waits
 * @told: the loss of what is active was told by WSA_IOC_QOS_GET
 * @classid: SO_PRIORITY while something with a class is active, else 0; no lock
 * @priority: SO_PRIORITY but for @active
 * @tos: IP_TOS but for @active
 * @tclass: IPV6_TCLASS but for @active
 */
struct wsa_qos {
	struct mutex setting;		/* see above */
	struct wsa_flowspec sending;
	struct wsa_flowspec receiving;
	struct wsa_qos_objects objects;
	bool kept;
	bool told;
	struct wsa_grant *active;
	struct wsa_grant *staged;
	u64 cookie;
	u32 classid;
	u32 priority;
	u8 tos;
	u8 tclass;
};

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

static u32 class_of(const struct wsa_grant *grant)
{
	return grant ? grant->class[0].id : 0;
}

/* The mark and the class of what is sent from now on; the ECN bits are the protocol's. */
static void mark(struct wsa_sock *ws)
{
	const struct wsa_grant *grant = ws->qos->active;
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

/* Put @grant in place of what is active. */
static void activate(struct wsa_sock *ws, struct wsa_grant *grant)
{
	struct wsa_qos *qos = ws->qos;
	struct wsa_grant *old = qos->active;

	lockdep_assert_held(&ws->sock->wq.wait.lock);

	if (!old && grant)
		remember(ws);
	if (grant && grant->levels)
		wsa_grant_own(grant, ws->sock->sk);
	qos->active = grant;
	qos->told = false;
	WRITE_ONCE(qos->classid, class_of(grant));
	if (grant)
		mark(ws);
	else if (old)
		unmark(ws);
	wsa_grant_let_go(old, NULL);
}

static void activate_locked(struct wsa_sock *ws, struct wsa_grant *grant)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);
	spin_lock_irqsave(&queue->lock, flags);
	activate(ws, grant);
	/* lost before it had an owner to be told */
	if (grant && unlikely(READ_ONCE(grant->lost)) && ws->events)
		wsa_events_look(ws);
	spin_unlock_irqrestore(&queue->lock, flags);
	/* a route may depend on the mark, and it tells what segments there may be */
	if (grant) {
		wsa_set_ops(ws, WSA_OPS_GUARD);
		sk_dst_reset(ws->sock->sk);
	}
}

/* What is active is another plan now. */
static void remark(struct wsa_sock *ws)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	unsigned long flags;

	sock_owned_by_me(ws->sock->sk);
	spin_lock_irqsave(&queue->lock, flags);
	if (ws->qos->active)
		mark(ws);
	spin_unlock_irqrestore(&queue->lock, flags);
	sk_dst_reset(ws->sock->sk);
}

/**
 * wsa_qos_take - what was staged for this call of connect(2)
 * @ws: a socket's state that has a quality of service
 * @addr: the address
 * @len: its length, with the cookie
 *
 * Context: sk lock held.
 * Return: the grant, now the caller's, or NULL.
 */
struct wsa_grant *wsa_qos_take(struct wsa_sock *ws, const struct sockaddr *addr, int len)
{
	int at = addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					       sizeof(struct sockaddr_in);
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	struct wsa_qos *qos = ws->qos;
	struct wsa_grant *grant = NULL;
	unsigned long flags;
	u64 cookie;

	sock_owned_by_me(ws->sock->sk);
	if (len < at + (int)sizeof(cookie))
		return NULL;
	memcpy(&cookie, (const u8 *)addr + at, sizeof(cookie));
	spin_lock_irqsave(&queue->lock, flags);
	if (cookie && cookie == qos->cookie) {
		grant = qos->staged;
		qos->staged = NULL;
		qos->cookie = 0;
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return grant;
}

/**
 * wsa_qos_start - what is sent from now on has a grant
 * @ws: a socket's state that has a quality of service
 * @grant: what wsa_qos_take() gave; NULL ends what there was
 *
 * Context: sk lock held.
 */
void wsa_qos_start(struct wsa_sock *ws, struct wsa_grant *grant)
{
	activate_locked(ws, grant);
}

/**
 * wsa_qos_failed - an attempt has failed, its grant is released (row 282)
 * @ws: a stream's state that has a quality of service
 *
 * Context: the wait queue's lock held.
 */
void wsa_qos_failed(struct wsa_sock *ws)
{
	activate(ws, NULL);
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
	return qos->active && !qos->told && READ_ONCE(qos->active->lost);
}

/**
 * wsa_qos_close - the socket is being released
 * @ws: its state, still a socket's
 *
 * Return: the grant that is to be let go of when the base protocol has closed it, or NULL.
 */
struct wsa_grant *wsa_qos_close(struct wsa_sock *ws)
{
	struct wsa_qos *qos = ws->qos;
	struct wsa_grant *active = qos->active;

	wsa_grant_let_go(qos->staged, NULL);
	qos->staged = NULL;
	/* a closed socket keeps its mark: it may still have to send */
	qos->active = NULL;
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
	if (qos->active) {
		const struct wsa_grant *grant = qos->active;

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

/* The socket's own, made when it is first asked for. */
static int qos_of(struct socket *sock, struct wsa_qos **found)
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

/**
 * struct request - a WSA_IOC_QOS_SET on its way
 * @sending: what is asked for
 * @receiving: likewise
 * @objects: what the provider-specific objects say
 * @staging: it is for a connect(2) to come
 * @way: how the packets will leave
 */
struct request {
	struct wsa_flowspec sending;
	struct wsa_flowspec receiving;
	struct wsa_qos_objects objects;
	bool staging;
	struct wsa_way way;
};

/* A stream's messages are cut to what packets hold, however large they are. */
static u32 parse(const struct wsa_sock *ws, const struct wsa_flowspec *asked, bool receiving,
		 u32 mtu, struct wsa_flow *flow)
{
	struct wsa_flowspec spec = *asked;

	if (ws->kind->type == SOCK_STREAM && spec.max_sdu != WSA_FLOW_NOT_SPECIFIED)
		spec.max_sdu = min(spec.max_sdu, mtu);
	return wsa_flow_parse(&spec, receiving, mtu, flow);
}

/* What comes in was queued elsewhere, so nothing can be promised of it. */
static u32 check_receiving(const struct wsa_sock *ws, const struct wsa_flowspec *spec)
{
	struct wsa_flow flow;
	u32 status = parse(ws, spec, true, U16_MAX, &flow);

	if (status || flow.no_control)
		return status;
	switch (flow.service) {
	case WSA_SERVICE_NOTRAFFIC:
	case WSA_SERVICE_NOCHANGE:
	case WSA_SERVICE_BESTEFFORT:
	case WSA_SERVICE_QUALITATIVE:
		return 0;
	default:
		return WSA_QOS_TRAFFIC_CTRL_ERROR;
	}
}

static u32 plan_of(const struct wsa_flow *flow, const struct request *request,
		   const struct wsa_pool *pool, struct wsa_plan *plan)
{
	struct wsa_link link;

	if (!pool)
		return wsa_flow_plan(flow, &request->objects, NULL, plan);
	link = (struct wsa_link){
		.scheduler = pool->scheduler,
		.rate = pool->budget.capacity,
		.line_rate = pool->rate,
		.mtu = request->way.mtu,
		.overhead = request->way.headers,
	};
	return wsa_flow_plan(flow, &request->objects, &link, plan);
}

/* The grant may be changed where it is; it cannot go while RTNL is held. */
static struct wsa_grant *changeable(struct wsa_sock *ws, const struct wsa_pool *pool,
				    const struct wsa_plan *plan)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	struct wsa_grant *grant;
	unsigned long flags;
	unsigned int levels;

	spin_lock_irqsave(&queue->lock, flags);
	grant = ws->qos->active;
	if (grant && !grant->levels)
		grant = NULL;
	spin_unlock_irqrestore(&queue->lock, flags);

	levels = pool && pool->scheduler == WSA_SCHEDULER_HTB ? plan->htb_levels : 1;
	if (!grant || !pool || !plan->needs_class || grant->pool != pool ||
	    grant->levels != levels || !wsa_class_there(pool, &grant->class[0]))
		return NULL;
	return grant;
}

/**
 * admit - find what a flow becomes and have it admitted
 * @ws: the socket's state
 * @flow: the flow
 * @request: the request
 * @made: out: the grant; NULL for a flow that needs none, or when the active one was changed
 * @changed: out: the active one was changed
 * @status: out: 0, or the WSA_QOS_* reason of a refusal, which changed nothing
 *
 * Return: 0, -EINTR or -ENOMEM.
 */
static int admit(struct wsa_sock *ws, const struct wsa_flow *flow, const struct request *request,
		 struct wsa_grant **made, bool *changed, u32 *status)
{
	struct wsa_qos_net *qn = wsa_qos_net(sock_net(ws->sock->sk));
	struct wsa_grant *grant = NULL;
	struct wsa_pool *pool;
	struct wsa_plan plan;

	*made = NULL;
	*changed = false;
	if (rtnl_lock_killable())
		return -EINTR;
	wsa_grants_look(qn);
	pool = wsa_pool_find(qn, request->way.ifindex);
	if (pool && !wsa_pool_alive(pool))
		pool = NULL;
	*status = plan_of(flow, request, pool, &plan);
	if (*status || (!plan.needs_class && !plan.dscp))
		goto out;
	if (!request->staging)
		grant = changeable(ws, pool, &plan);
	if (grant) {
		*status = wsa_grant_change(grant, &plan);
		*changed = !*status;
	} else {
		*status = wsa_grant_make(qn, pool, &plan, made);
		grant = *made;
	}
	if (grant && !*status)
		grant->spec = request->sending;
out:
	rtnl_unlock();
	return *status == WSA_QOS_GENERIC_ERROR ? -ENOMEM : 0;
}

static void stage(struct wsa_sock *ws, struct wsa_grant *grant)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	struct wsa_qos *qos = ws->qos;
	struct wsa_grant *old;
	unsigned long flags;
	u64 cookie;

	do {
		cookie = get_random_u64();
	} while (!cookie);
	spin_lock_irqsave(&queue->lock, flags);
	old = qos->staged;
	qos->staged = grant;
	qos->cookie = grant ? cookie : 0;
	spin_unlock_irqrestore(&queue->lock, flags);
	wsa_grant_let_go(old, NULL);
}

static void keep(struct wsa_qos *qos, const struct request *request, bool sending)
{
	if (sending || !qos->kept) {
		qos->sending = request->sending;
		qos->objects = request->objects;
	}
	qos->receiving = request->receiving;
	qos->kept = true;
}

/**
 * wsa_qos_unstage - nothing waits for a connect(2) any longer
 * @sock: a socket that has a quality of service
 *
 * Context: takes the sk lock.
 */
void wsa_qos_unstage(struct socket *sock)
{
	lock_sock(sock->sk);
	stage(wsa_sk(sock), NULL);
	release_sock(sock->sk);
}

static int set(struct socket *sock, struct wsa_qos *qos, struct request *request,
	       const struct sockaddr_storage *to, struct wsa_qos_set *arg)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct wsa_grant *grant = NULL;
	struct sockaddr_storage peer;
	bool changed = false, change;
	struct wsa_flow flow;
	u32 status;
	int err = 0;

	lock_sock(sock->sk);
	if (arg->flags & WSA_QOS_SET_KEPT) {
		if (!qos->kept) {
			release_sock(sock->sk);
			return -EINVAL;
		}
		request->sending = qos->sending;
		request->receiving = qos->receiving;
		request->objects = qos->objects;
	}
	/* also one that came since the program told @to */
	if (!request->staging && wsa_way_peer(sock->sk, &peer))
		to = &peer;
	if (to)
		err = wsa_way_to(sock->sk, (const struct sockaddr *)to, &request->way);
	release_sock(sock->sk);
	if (err == -ENOMEM || err == -ENOBUFS)
		return -ENOMEM;
	/* nowhere there is no pool, and that is found before the route is missed (row 36) */
	if (err || !to)
		request->way = (struct wsa_way){ .mtu = U16_MAX };
	arg->ifindex = request->way.ifindex;

	status = parse(ws, &request->sending, false, request->way.mtu, &flow);
	if (!status && flow.service == WSA_SERVICE_NOCHANGE && request->staging && qos->kept) {
		/* unchanged by a connect is what it would otherwise end */
		request->sending = qos->sending;
		request->objects = qos->objects;
		status = parse(ws, &request->sending, false, request->way.mtu, &flow);
	}
	if (!status)
		status = check_receiving(ws, &request->receiving);
	change = !status && flow.service != WSA_SERVICE_NOCHANGE;
	if (change && to) {
		err = admit(ws, &flow, request, &grant, &changed, &status);
		if (err)
			return err;
	}
	arg->status = status;
	arg->wsa = wsa_qos_code(status);
	if (status)
		return 0;

	lock_sock(sock->sk);
	keep(qos, request, change);
	if (change && request->staging) {
		stage(ws, grant);
		arg->cookie = qos->cookie;
		arg->classid = class_of(grant);
	} else if (change && to) {
		if (changed)
			remark(ws);
		else
			activate_locked(ws, grant);
		arg->classid = class_of(qos->active);
	}
	release_sock(sock->sk);
	return 0;
}

/**
 * wsa_qos_set - WSA_IOC_QOS_SET
 * @sock: the socket
 * @arg: in and out: as the interface says
 * @to: in kernel memory, of the socket's family: where connect(2) will go when @arg has a name,
 *	else where a socket that is not connected sends; or NULL
 * @objects: what the provider-specific objects say
 *
 * Context: may sleep, also until RTNL is free; takes the sk lock.
 * Return: 0, with the verdict in @arg; -EINVAL, -EINTR or -ENOMEM. A failed call changed
 * nothing.
 */
int wsa_qos_set(struct socket *sock, struct wsa_qos_set *arg, const struct sockaddr_storage *to,
		const struct wsa_qos_objects *objects)
{
	struct request request = {
		.sending = arg->sending,
		.receiving = arg->receiving,
		.objects = *objects,
		.staging = arg->namelen,
	};
	struct wsa_qos *qos;
	int err;

	err = qos_of(sock, &qos);
	if (err)
		return err;
	if (mutex_lock_interruptible(&qos->setting))
		return -EINTR;
	if (arg->flags & WSA_QOS_SET_UNSTAGE)
		wsa_qos_unstage(sock);
	else
		err = set(sock, qos, &request, to, arg);
	mutex_unlock(&qos->setting);
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
		arg->sending = qos->sending;
		arg->receiving = qos->receiving;
	}
	spin_lock_irqsave(&queue->lock, flags);
	if (qos->staged)
		arg->flags |= WSA_QOS_STAGED;
	grant = qos->active;
	if (grant) {
		arg->flags |= WSA_QOS_ACTIVE;
		arg->ifindex = grant->ifindex;
		arg->classid = class_of(grant);
		arg->dscp = grant->plan.dscp;
		arg->bound = grant->plan.bound_ns;
		arg->status = lost(ws, grant);
		qos->told = READ_ONCE(grant->lost);
		if (arg->status)
			arg->flags |= WSA_QOS_LOST;
	}
	spin_unlock_irqrestore(&queue->lock, flags);
out:
	release_sock(sock->sk);
	wsa_events_enable(ws, WSA_EVENT_QOS);
}
