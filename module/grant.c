// SPDX-License-Identifier: GPL-2.0
/*
 * Grants: flows that were admitted, from admission until their number has rested.
 */
#include <linux/cred.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/tcp.h>
#include <net/tcp_states.h>

#include "qos.h"
#include "wsa_sock.h"

/* Below are the administrator's own classes; 0xffff means something else to tc. */
#define MINOR_FIRST	0x1000
#define MINOR_LAST	0xfffe
/* How often a number is passed over because the administrator has such a class after all. */
#define MINOR_TRIES	64

/* Longest that the class of a closed socket waits for what it still has to send. */
#define DRAIN_MOST	(60 * HZ)
#define DRAIN_LOOK	(HZ / 20)

/*
 * A socket in TIME_WAIT answers with its old priority, for a minute, after as much time
 * in FIN_WAIT_2.
 */
#define REST		(120 * HZ)
/* Numbers a user may have at rest, for each flow he may have. */
#define REST_PER_FLOW	16

static struct wsa_user *user_find(struct wsa_qos_net *qn, kuid_t uid)
{
	return xa_load(&qn->users, __kuid_val(uid));
}

/* For one grant more. */
static struct wsa_user *user_get(struct wsa_qos_net *qn, kuid_t uid)
{
	struct wsa_user *user = user_find(qn, uid);

	if (!user) {
		user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
		if (!user)
			return NULL;
		if (xa_err(xa_store(&qn->users, __kuid_val(uid), user, GFP_KERNEL_ACCOUNT))) {
			kfree(user);
			return NULL;
		}
	}
	user->grants++;
	return user;
}

static void user_put(struct wsa_qos_net *qn, kuid_t uid)
{
	struct wsa_user *user = user_find(qn, uid);

	if (--user->grants)
		return;
	xa_erase(&qn->users, __kuid_val(uid));
	kfree(user);
}

/* The promise, the count and the place are given back; the number is not. */
static void uncharge(struct wsa_grant *grant)
{
	struct wsa_user *user = user_find(grant->qn, grant->uid);

	wsa_budget_remove(&grant->pool->budget, &user->account, &grant->qn->account,
			  &grant->plan.promise);
	if (grant->group)
		wsa_group_leave(grant->qn, grant->pool, grant->group, grant->plan.hfsc.ls.m2);
	grant->group = NULL;
	list_del_init(&grant->of_pool);
	grant->pool = NULL;
}

static void classes_delete(struct wsa_grant *grant)
{
	unsigned int i;

	for (i = 0; i < grant->levels; i++)
		wsa_class_delete(grant->pool, &grant->class[i]);
}

static void minors_free(struct wsa_grant *grant)
{
	unsigned int i;

	for (i = 0; i < grant->levels; i++)
		wsa_minor_free(grant->qn, &grant->class[i]);
}

static void grant_free(struct wsa_grant *grant)
{
	if (!grant)
		return;
	put_pid(grant->asker);
	kfree_rcu(grant, rcu);
}

/**
 * wsa_grant_own - a socket sends or receives in a grant from now on
 * @grant: a grant with classes that nobody owns
 * @sk: the socket, which is woken when the promise is lost
 *
 * Context: any.
 */
void wsa_grant_own(struct wsa_grant *grant, struct sock *sk)
{
	unsigned long flags;

	sock_hold(sk);
	spin_lock_irqsave(&grant->qn->owners, flags);
	WRITE_ONCE(grant->owner, sk);
	wsa_receiver_add(grant);
	spin_unlock_irqrestore(&grant->qn->owners, flags);
}

/* Whoever takes the owner out has its reference; @sk takes its place in a closed one's. */
static struct sock *disown(struct wsa_grant *grant, struct sock *sk)
{
	unsigned long flags;
	struct sock *owner;

	spin_lock_irqsave(&grant->qn->owners, flags);
	wsa_receiver_remove(grant);
	owner = grant->owner;
	WRITE_ONCE(grant->owner, NULL);
	if (sk)
		grant->sk = sk;
	spin_unlock_irqrestore(&grant->qn->owners, flags);
	return owner;
}

/* No packet finds it any longer, nor if somebody comes to own it yet. */
static void receive_no_more(struct wsa_grant *grant)
{
	unsigned long flags;

	spin_lock_irqsave(&grant->qn->owners, flags);
	wsa_receiver_remove(grant);
	grant->receiver = NULL;
	spin_unlock_irqrestore(&grant->qn->owners, flags);
}

/**
 * wsa_grant_sock - the socket that sends or receives in a grant
 * @grant: the grant
 * @owned: out: it has it still; false for a closed stream that goes on by itself
 *
 * Context: RTNL held.
 * Return: the socket, held for the caller, or NULL.
 */
struct sock *wsa_grant_sock(struct wsa_grant *grant, bool *owned)
{
	unsigned long flags;
	struct sock *sk;

	ASSERT_RTNL();
	spin_lock_irqsave(&grant->qn->owners, flags);
	*owned = grant->owner;
	sk = grant->owner ?: grant->sk;
	if (sk)
		sock_hold(sk);
	spin_unlock_irqrestore(&grant->qn->owners, flags);
	return sk;
}

/* The socket's watch looks at what was lost. */
static void owner_wake(struct wsa_grant *grant)
{
	struct sock *sk = disown(grant, NULL);
	struct socket_wq *wq;

	if (!sk)
		return;
	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_all(&wq->wait);
	rcu_read_unlock();
	sock_put(sk);
}

/**
 * wsa_grant_lose - take a grant's classes away
 * @grant: a grant with classes
 * @status: WSA_QOS_* reason, for its owner; 0 when it has none any longer
 *
 * Context: RTNL held; may sleep.
 */
void wsa_grant_lose(struct wsa_grant *grant, u16 status)
{
	ASSERT_RTNL();
	receive_no_more(grant);
	if (wsa_pool_alive(grant->pool))
		classes_delete(grant);
	uncharge(grant);
	WRITE_ONCE(grant->lost, status);
	if (status)
		owner_wake(grant);
}

/**
 * wsa_minor_take - give a class a number
 * @qn: the namespace, in which it will be the only one of that number
 * @pool: where it will be
 * @grant: whose it is, for wsa_grant_next(); NULL for a group's
 * @class: the class
 *
 * Context: RTNL held; may sleep.
 * Return: 0, or the WSA_QOS_* reason of a refusal.
 */
u32 wsa_minor_take(struct wsa_qos_net *qn, const struct wsa_pool *pool, struct wsa_grant *grant,
		   struct wsa_class *class)
{
	u32 status = WSA_QOS_ADMISSION_FAILURE;
	int minor, tries;

	for (tries = 0; tries < MINOR_TRIES; tries++) {
		minor = idr_alloc_cyclic(&qn->minors, grant, MINOR_FIRST, MINOR_LAST + 1,
					 GFP_KERNEL_ACCOUNT);
		if (minor == -ENOMEM)
			status = WSA_QOS_GENERIC_ERROR;
		if (minor < 0)
			break;
		class->id = TC_H_MAKE(pool->q->handle, minor);
		if (!wsa_class_taken(pool, class->id))
			return 0;
		idr_remove(&qn->minors, minor);
	}
	class->id = 0;
	return status;
}

/**
 * wsa_minor_free - a number can be given again
 * @qn: the namespace
 * @class: who had it, if anybody
 *
 * Context: RTNL held.
 */
void wsa_minor_free(struct wsa_qos_net *qn, const struct wsa_class *class)
{
	if (class->id)
		idr_remove(&qn->minors, TC_H_MIN(class->id));
}

static u32 classes_make(struct wsa_grant *grant, const struct wsa_plan *plan)
{
	struct wsa_pool *pool = grant->pool;
	unsigned int i, levels;
	u32 parent, status;
	int err;

	status = wsa_group_join(grant->qn, pool, plan->hfsc.ls.m2, &grant->group);
	if (status)
		return status;
	parent = grant->group->class.id;
	levels = pool->scheduler == WSA_SCHEDULER_HTB ? plan->htb_levels : 1;
	for (i = 0; i < levels; i++) {
		status = wsa_minor_take(grant->qn, pool, grant, &grant->class[i]);
		if (status)
			return status;
		grant->levels = i + 1;
	}
	while (i--) {			/* the leaf last */
		err = wsa_class_set(pool, &grant->class[i], parent, plan, i);
		if (err) {
			classes_delete(grant);
			return wsa_qos_status(err);
		}
		parent = grant->class[i].id;
	}
	return 0;
}

/**
 * wsa_grant_make - admit a flow and make its classes
 * @qn: the namespace
 * @pool: where; NULL for a plan that needs no class
 * @plan: what it becomes
 * @made: out: the grant
 *
 * Charged to the caller, his memory cgroup included.
 *
 * Context: RTNL held; may sleep.
 * Return: 0, or the WSA_QOS_* reason of a refusal, which changed nothing.
 */
u32 wsa_grant_make(struct wsa_qos_net *qn, struct wsa_pool *pool, const struct wsa_plan *plan,
		   struct wsa_grant **made)
{
	struct wsa_grant *grant;
	struct wsa_user *user;
	u32 status;

	ASSERT_RTNL();
	grant = kzalloc(sizeof(*grant), GFP_KERNEL_ACCOUNT);
	if (!grant)
		return WSA_QOS_GENERIC_ERROR;
	grant->qn = qn;
	grant->uid = current_euid();
	grant->asker = get_pid(task_tgid(current));
	get_task_comm(grant->comm, current);
	INIT_LIST_HEAD(&grant->of_pool);
	INIT_LIST_HEAD(&grant->list);
	grant->plan = *plan;
	*made = grant;
	if (!plan->needs_class)
		return 0;

	user = user_get(qn, grant->uid);
	status = WSA_QOS_GENERIC_ERROR;
	if (!user)
		goto out_grant;
	status = WSA_QOS_POLICY_FAILURE;
	if (user->resting / REST_PER_FLOW >= pool->flows_per_user)
		goto out_user;
	user->account.max_flows = pool->flows_per_user;
	status = wsa_budget_add(&pool->budget, &user->account, &qn->account, &grant->plan.promise);
	if (status)
		goto out_user;

	grant->pool = pool;
	grant->receiver = pool->receiver;
	grant->ifindex = pool->dev->ifindex;
	list_add_tail(&grant->of_pool, &pool->grants);
	status = classes_make(grant, plan);
	if (status)
		goto out_charge;
	return 0;

out_charge:
	minors_free(grant);
	uncharge(grant);
out_user:
	user_put(qn, grant->uid);
out_grant:
	grant_free(grant);
	*made = NULL;
	return status;
}

/**
 * wsa_grant_unmake - take back what nobody has had yet
 * @grant: what wsa_grant_make() has just made, under the same hold of RTNL; or NULL
 *
 * Context: RTNL held; may sleep.
 */
void wsa_grant_unmake(struct wsa_grant *grant)
{
	ASSERT_RTNL();
	if (grant && grant->levels) {
		classes_delete(grant);
		minors_free(grant);
		uncharge(grant);
		user_put(grant->qn, grant->uid);
	}
	grant_free(grant);
}

static int classes_change(struct wsa_grant *grant, const struct wsa_plan *plan)
{
	u32 parent = grant->group->class.id;
	int i, err = 0;

	for (i = grant->levels - 1; i >= 0 && !err; i--) {
		err = wsa_class_set(grant->pool, &grant->class[i], parent, plan, i);
		parent = grant->class[i].id;
	}
	return err;
}

/**
 * wsa_grant_change - give a flow another plan in the classes it has
 * @grant: a grant with classes, in use; its pool is alive
 * @plan: the other plan, with as many classes
 *
 * Context: RTNL held; may sleep.
 * Return: 0, or the WSA_QOS_* reason of a refusal, which changed nothing.
 */
u32 wsa_grant_change(struct wsa_grant *grant, const struct wsa_plan *plan)
{
	struct wsa_budget *budget = &grant->pool->budget;
	u32 status;
	int err;

	ASSERT_RTNL();
	status = wsa_budget_change(budget, &grant->plan.promise, &plan->promise);
	if (status)
		return status;
	err = classes_change(grant, plan);
	if (err) {
		classes_change(grant, &grant->plan);
		wsa_budget_change(budget, &plan->promise, &grant->plan.promise);
		return wsa_qos_status(err);
	}
	wsa_group_change(grant->pool, grant->group, grant->plan.hfsc.ls.m2, plan->hfsc.ls.m2);
	grant->plan = *plan;
	return 0;
}

/**
 * wsa_grant_let_go - the socket does not use a grant any longer
 * @grant: the grant, or NULL
 * @sk: the socket, when it goes on sending by itself after a close; a reference to it,
 *	which this takes over. NULL when nothing new can come
 *
 * Context: any; does not sleep. The grant is no longer the caller's.
 */
void wsa_grant_let_go(struct wsa_grant *grant, struct sock *sk)
{
	struct sock *owner;

	if (!grant || !grant->levels) {
		grant_free(grant);
		if (sk)
			sock_put(sk);
		return;
	}
	owner = disown(grant, sk);
	if (owner)
		sock_put(owner);
	llist_add(&grant->let_go, &grant->qn->let_go);
	mod_delayed_work(system_unbound_wq, &grant->qn->work, 0);
}

/*
 * A stream that was closed sends what it has, and again what was lost; a datagram may wait for
 * its neighbour's address.
 */
static bool has_sent_all(const struct sock *sk)
{
	if (!sk)
		return true;
	if (sk->sk_type != SOCK_STREAM)
		return !sk_wmem_alloc_get(sk);
	return READ_ONCE(sk->sk_state) == TCP_CLOSE || tcp_rtx_and_write_queues_empty(sk);
}

static bool is_drained(const struct wsa_grant *grant)
{
	if (!grant->pool || !wsa_pool_alive(grant->pool))
		return true;
	return time_after_eq(jiffies, grant->until) ||
	       (has_sent_all(grant->sk) && wsa_class_empty(grant->pool, &grant->class[0]));
}

static void start_rest(struct wsa_grant *grant)
{
	struct wsa_user *user = user_find(grant->qn, grant->uid);

	if (grant->pool)
		wsa_grant_lose(grant, 0);
	if (grant->sk) {
		/* what it may still send would be of whoever has the number next */
		WRITE_ONCE(grant->sk->sk_priority, 0);
		sock_put(grant->sk);
	}
	grant->sk = NULL;
	user->resting++;
	grant->until = jiffies + REST;
	list_move_tail(&grant->list, &grant->qn->resting);
}

static void end_rest(struct wsa_grant *grant)
{
	struct wsa_qos_net *qn = grant->qn;

	minors_free(grant);
	list_del(&grant->list);
	user_find(qn, grant->uid)->resting--;
	user_put(qn, grant->uid);
	grant_free(grant);
}

static void collect(struct wsa_qos_net *qn)
{
	struct llist_node *list = llist_reverse_order(llist_del_all(&qn->let_go));
	struct wsa_grant *grant, *next;

	llist_for_each_entry_safe(grant, next, list, let_go) {
		grant->until = jiffies + DRAIN_MOST;
		list_add_tail(&grant->list, &qn->draining);
	}
}

/**
 * wsa_grants_look - go on with what was let go of
 * @qn: the namespace
 *
 * What a flow held can be promised again when its classes are empty.
 *
 * Context: RTNL held; may sleep.
 */
void wsa_grants_look(struct wsa_qos_net *qn)
{
	struct wsa_grant *grant, *next;

	ASSERT_RTNL();
	collect(qn);
	list_for_each_entry_safe(grant, next, &qn->draining, list) {
		if (is_drained(grant))
			start_rest(grant);
	}
	list_for_each_entry_safe(grant, next, &qn->resting, list) {
		if (time_before(jiffies, grant->until))
			break;
		end_rest(grant);
	}
}

static void wsa_grants_work(struct work_struct *work)
{
	struct wsa_qos_net *qn = container_of(work, struct wsa_qos_net, work.work);
	bool pools, draining, resting;

	rtnl_lock();
	/* it costs as much as there are flows, and every close(2) comes here */
	if (time_after_eq(jiffies, qn->look)) {
		wsa_pools_look(qn);
		qn->look = jiffies + HZ;
	}
	wsa_grants_look(qn);
	pools = !list_empty(&qn->pools);
	draining = !list_empty(&qn->draining);
	resting = !list_empty(&qn->resting);
	rtnl_unlock();

	/* not mod_: what was let go of meanwhile is to be looked at without delay */
	if (draining)
		queue_delayed_work(system_unbound_wq, &qn->work, DRAIN_LOOK);
	else if (pools || resting)
		queue_delayed_work(system_unbound_wq, &qn->work, HZ);
}

/**
 * wsa_grant_next - walk the grants that have classes
 * @qn: the namespace
 * @minor: in: the lowest number looked at, 0 first; out: that of the grant, its leaf's
 *
 * Context: RTNL held.
 * Return: the grant, or NULL after the last.
 */
struct wsa_grant *wsa_grant_next(struct wsa_qos_net *qn, int *minor)
{
	struct wsa_grant *grant;

	ASSERT_RTNL();
	for (;; ++*minor) {
		grant = idr_get_next(&qn->minors, minor);
		if (!grant || (grant->pool && TC_H_MIN(grant->class[0].id) == *minor))
			return grant;
	}
}

/**
 * wsa_grants_wake - have the namespace's work look
 * @qn: the namespace, which has something to look after now
 *
 * Context: any.
 */
void wsa_grants_wake(struct wsa_qos_net *qn)
{
	mod_delayed_work(system_unbound_wq, &qn->work, 0);
}

/**
 * wsa_grants_init - a namespace without grants
 * @qn: the namespace
 */
void wsa_grants_init(struct wsa_qos_net *qn)
{
	idr_init(&qn->minors);
	xa_init(&qn->users);
	qn->account.max_flows = WSA_QOS_FLOWS_MAX;
	spin_lock_init(&qn->owners);
	init_llist_head(&qn->let_go);
	INIT_LIST_HEAD(&qn->draining);
	INIT_LIST_HEAD(&qn->resting);
	INIT_DELAYED_WORK(&qn->work, wsa_grants_work);
	qn->look = jiffies;
}

/**
 * wsa_grants_end - forget every grant
 * @qn: a namespace whose sockets are gone, its pools too, and its work is not running
 *
 * Context: RTNL held; may sleep.
 */
void wsa_grants_end(struct wsa_qos_net *qn)
{
	struct wsa_grant *grant, *next;

	ASSERT_RTNL();
	collect(qn);
	list_for_each_entry_safe(grant, next, &qn->draining, list)
		start_rest(grant);
	list_for_each_entry_safe(grant, next, &qn->resting, list)
		end_rest(grant);
	idr_destroy(&qn->minors);
	xa_destroy(&qn->users);
}
