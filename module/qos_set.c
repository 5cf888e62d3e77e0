// SPDX-License-Identifier: GPL-2.0
/*
 * WSA_IOC_QOS_SET: what a program asks for becomes grants, in both directions or in neither.
 *
 * A promise for what is sent is had of the pool of the device that the route leaves by; one for
 * what is received, of the pool that receives for that device: answers are taken to come in by
 * where questions leave.
 */
#include <linux/rtnetlink.h>

#include "qos_sock.h"

/**
 * struct half - one direction of a request
 * @spec: what is asked for
 * @flow: what that means
 * @change: it does not say NOCHANGE
 * @made: what it was granted, until the socket has it; NULL for nothing
 * @changed: what the socket has of it and was changed; NULL for nothing
 */
struct half {
	struct wsa_flowspec spec;
	struct wsa_flow flow;
	bool change;
	struct wsa_grant *made;
	struct wsa_grant *changed;
};

/**
 * struct request - a WSA_IOC_QOS_SET on its way
 * @sending: what is asked for
 * @receiving: likewise
 * @objects: what the provider-specific objects say; of what is sent
 * @staging: it is for a connect(2) to come
 * @way: how the packets will leave
 * @was: the plan that what is sent had, where that was changed
 */
struct request {
	struct half sending;
	struct half receiving;
	struct wsa_qos_objects objects;
	bool staging;
	struct wsa_way way;
	struct wsa_plan was;
};

static bool wants_promise(const struct wsa_flow *flow)
{
	return !flow->no_control && (flow->service == WSA_SERVICE_CONTROLLEDLOAD ||
				     flow->service == WSA_SERVICE_GUARANTEED ||
				     flow->service == WSA_SERVICE_NETWORK_CONTROL);
}

/* Where others queue no bound is kept; and what a raw socket receives is a copy of theirs. */
static bool is_impossible(const struct wsa_sock *ws, const struct wsa_flow *receiving)
{
	return wants_promise(receiving) && (receiving->service == WSA_SERVICE_GUARANTEED ||
					    ws->kind->type == SOCK_RAW);
}

static u32 parse_half(const struct wsa_sock *ws, u32 mtu, bool receiving, struct half *half)
{
	struct wsa_flowspec spec = half->spec;
	u32 status;

	/* a stream's messages are cut to what packets hold, however large they are */
	if (ws->kind->type == SOCK_STREAM && spec.max_sdu != WSA_FLOW_NOT_SPECIFIED)
		spec.max_sdu = min(spec.max_sdu, mtu);
	status = wsa_flow_parse(&spec, receiving, mtu, &half->flow);
	half->change = half->flow.service != WSA_SERVICE_NOCHANGE;
	return status;
}

static u32 parse_request(const struct wsa_sock *ws, struct request *request)
{
	struct half *sending = &request->sending, *receiving = &request->receiving;
	/* unchanged by a connect is what it would otherwise end */
	bool again = request->staging && ws->qos->kept;
	u32 mtu = request->way.mtu, status;

	status = parse_half(ws, mtu, false, sending);
	if (!status && !sending->change && again) {
		sending->spec = ws->qos->sending.asked;
		request->objects = ws->qos->objects;
		status = parse_half(ws, mtu, false, sending);
	}
	if (!status)
		status = parse_half(ws, mtu, true, receiving);
	if (!status && !receiving->change && again) {
		receiving->spec = ws->qos->receiving.asked;
		status = parse_half(ws, mtu, true, receiving);
	}
	if (!status && is_impossible(ws, &receiving->flow))
		status = WSA_QOS_TRAFFIC_CTRL_ERROR;
	return status;
}

/* Objects speak of what is sent. What is received may come in super-packets, which stay whole. */
static u32 plan_of(const struct request *request, const struct wsa_pool *pool, bool receiving,
		   struct wsa_plan *plan)
{
	static const struct wsa_qos_objects none = {
		.excess = WSA_EXCESS_DEFAULT,
		.dscp = WSA_MARK_DEFAULT,
		.user_priority = WSA_MARK_DEFAULT,
	};
	const struct wsa_flow *flow = receiving ? &request->receiving.flow : &request->sending.flow;
	struct wsa_link link;
	u32 status;

	if (pool)
		link = (struct wsa_link){
			.scheduler = pool->scheduler,
			.rate = pool->budget.capacity,
			.line_rate = pool->rate,
			.mtu = receiving ? U16_MAX : request->way.mtu,
			.overhead = request->way.headers,
		};
	else if (receiving && wants_promise(flow))
		return WSA_QOS_TRAFFIC_CTRL_ERROR;
	status = wsa_flow_plan(flow, receiving ? &none : &request->objects, pool ? &link : NULL,
			       plan);
	if (receiving)
		plan->dscp = 0;
	return status;
}

/* The grant may be changed where it is; it cannot go while RTNL is held. */
static struct wsa_grant *changeable(struct wsa_sock *ws, const struct wsa_direction *direction,
				    const struct wsa_pool *pool, const struct wsa_plan *plan)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	struct wsa_grant *grant;
	unsigned long flags;
	unsigned int levels;

	spin_lock_irqsave(&queue->lock, flags);
	grant = direction->active;
	if (grant && !grant->levels)
		grant = NULL;
	spin_unlock_irqrestore(&queue->lock, flags);

	levels = pool && pool->scheduler == WSA_SCHEDULER_HTB ? plan->htb_levels : 1;
	if (!grant || !pool || !plan->needs_class || grant->pool != pool ||
	    grant->levels != levels || !wsa_class_there(pool, &grant->class[0]))
		return NULL;
	return grant;
}

static u32 admit_half(struct wsa_sock *ws, struct request *request, bool receiving)
{
	const struct wsa_direction *direction = receiving ? &ws->qos->receiving : &ws->qos->sending;
	struct half *half = receiving ? &request->receiving : &request->sending;
	struct wsa_qos_net *qn = wsa_qos_net(sock_net(ws->sock->sk));
	struct wsa_grant *grant = NULL;
	struct wsa_pool *pool;
	struct wsa_plan plan;
	u32 status;

	if (!half->change)
		return 0;
	pool = wsa_pool_for(qn, request->way.ifindex, receiving);
	status = plan_of(request, pool, receiving, &plan);
	if (status || (!plan.needs_class && !plan.dscp))
		return status;
	if (!request->staging)
		grant = changeable(ws, direction, pool, &plan);
	if (!grant)
		return wsa_grant_make(qn, pool, &plan, &half->made);
	if (!receiving)
		request->was = grant->plan;
	status = wsa_grant_change(grant, &plan);
	if (!status)
		half->changed = grant;
	return status;
}

/* What is received was refused. */
static void undo_sending(struct request *request)
{
	struct half *sending = &request->sending;

	wsa_grant_unmake(sending->made);
	if (sending->changed)
		wsa_grant_change(sending->changed, &request->was);
	sending->made = NULL;
	sending->changed = NULL;
}

static void note_spec(const struct half *half)
{
	struct wsa_grant *grant = half->made ?: half->changed;

	if (grant)
		grant->spec = half->spec;
}

/**
 * admit - find what flows become and have them admitted, both or neither
 * @ws: the socket's state
 * @request: the request; out: what was made or changed of its halves
 * @status: out: 0, or the WSA_QOS_* reason of a refusal, which changed nothing
 *
 * Return: 0, -EINTR or -ENOMEM.
 */
static int admit(struct wsa_sock *ws, struct request *request, u32 *status)
{
	if (rtnl_lock_killable())
		return -EINTR;
	wsa_grants_look(wsa_qos_net(sock_net(ws->sock->sk)));
	*status = admit_half(ws, request, false);
	if (!*status) {
		*status = admit_half(ws, request, true);
		if (*status)
			undo_sending(request);
	}
	note_spec(&request->sending);
	note_spec(&request->receiving);
	rtnl_unlock();
	return *status == WSA_QOS_GENERIC_ERROR ? -ENOMEM : 0;
}

static void stage(struct wsa_sock *ws, struct wsa_grants grants)
{
	wait_queue_head_t *queue = &ws->sock->wq.wait;
	struct wsa_qos *qos = ws->qos;
	unsigned long flags;
	u64 cookie;

	do {
		cookie = get_random_u64();
	} while (!cookie);
	spin_lock_irqsave(&queue->lock, flags);
	swap(qos->sending.staged, grants.sending);
	swap(qos->receiving.staged, grants.receiving);
	qos->cookie = qos->sending.staged || qos->receiving.staged ? cookie : 0;
	spin_unlock_irqrestore(&queue->lock, flags);
	wsa_grants_let_go(grants);
}

static void keep(struct wsa_qos *qos, const struct request *request)
{
	if (request->sending.change || !qos->kept) {
		qos->sending.asked = request->sending.spec;
		qos->objects = request->objects;
	}
	if (request->receiving.change || !qos->kept)
		qos->receiving.asked = request->receiving.spec;
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
	stage(wsa_sk(sock), (struct wsa_grants){});
	release_sock(sock->sk);
}

/* What was admitted is in force at once. */
static void put_in_force(struct wsa_sock *ws, const struct request *request)
{
	const struct half *sending = &request->sending, *receiving = &request->receiving;

	if (sending->changed)
		wsa_qos_mark(ws);
	else if (sending->change)
		wsa_qos_send_in(ws, sending->made);
	if (receiving->change && !receiving->changed)
		wsa_qos_receive_in(ws, receiving->made);
}

static int set(struct socket *sock, struct wsa_qos *qos, struct request *request,
	       const struct sockaddr_storage *to, struct wsa_qos_set *arg)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct sockaddr_storage peer;
	u32 status;
	bool change;
	int err = 0;

	lock_sock(sock->sk);
	if (arg->flags & WSA_QOS_SET_KEPT) {
		if (!qos->kept) {
			release_sock(sock->sk);
			return -EINVAL;
		}
		request->sending.spec = qos->sending.asked;
		request->receiving.spec = qos->receiving.asked;
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

	status = parse_request(ws, request);
	change = !status && (request->sending.change || request->receiving.change);
	if (change && to) {
		err = admit(ws, request, &status);
		if (err)
			return err;
	}
	arg->status = status;
	arg->wsa = wsa_qos_code(status);
	if (status)
		return 0;

	lock_sock(sock->sk);
	keep(qos, request);
	if (change && request->staging) {
		stage(ws, (struct wsa_grants){ request->sending.made, request->receiving.made });
		arg->cookie = qos->cookie;
		arg->classid = wsa_grant_class(request->sending.made);
	} else if (change && to) {
		put_in_force(ws, request);
		arg->classid = wsa_grant_class(qos->sending.active);
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
		.sending.spec = arg->sending,
		.receiving.spec = arg->receiving,
		.objects = *objects,
		.staging = arg->namelen,
	};
	struct wsa_qos *qos;
	int err;

	err = wsa_qos_of(sock, &qos);
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
