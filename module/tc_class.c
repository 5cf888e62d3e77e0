// SPDX-License-Identifier: GPL-2.0
/*
 * A flow's traffic class, made by the qdisc's own class operations.
 *
 * Directly, and not by a netlink message to ourselves: that walks all qdiscs of the
 * device each time. Who listens is told as by tc(8).
 */
#include <linux/netdevice.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/pkt_sched.h>

#include "qos.h"

#define ATTRIBUTES_ROOM	512

/**
 * wsa_pool_alive - is the pool's qdisc still the device's, and its class there?
 * @pool: the pool
 *
 * A class that is somebody's parent cannot be deleted; htb would make children of one that
 * is gone the root's own, and nothing would hold them to the pool's rate.
 *
 * Context: RTNL held.
 * Return: true when it is; otherwise none of its classes may be touched.
 */
bool wsa_pool_alive(const struct wsa_pool *pool)
{
	return rtnl_dereference(pool->dev->qdisc) == pool->q &&
	       wsa_class_there(pool, &pool->own.class);
}

static void tell(const struct wsa_pool *pool, unsigned long cl, int event, struct sk_buff *skb)
{
	struct Qdisc *q = pool->q;
	struct nlmsghdr *nlh;
	struct tcmsg *tcm;

	nlh = nlmsg_put(skb, 0, 0, event, sizeof(*tcm), 0);
	if (!nlh)
		return;
	tcm = nlmsg_data(nlh);
	*tcm = (struct tcmsg){
		.tcm_family = AF_UNSPEC,
		.tcm_ifindex = pool->dev->ifindex,
		.tcm_parent = q->handle,
		.tcm_handle = q->handle,
	};
	if (nla_put_string(skb, TCA_KIND, q->ops->id) ||
	    q->ops->cl_ops->dump(q, cl, skb, tcm) < 0)
		nlmsg_cancel(skb, nlh);
	else
		nlmsg_end(skb, nlh);
}

/* What a listener is told of the class, or NULL; a message that is lost loses nothing else. */
static struct sk_buff *message_of(const struct wsa_pool *pool, unsigned long cl, int event)
{
	struct sk_buff *skb;

	if (!rtnl_has_listeners(dev_net(pool->dev), RTNLGRP_TC))
		return NULL;
	skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (skb)
		tell(pool, cl, event, skb);
	return skb;
}

static void send_message(const struct wsa_pool *pool, struct sk_buff *skb)
{
	if (!skb)
		return;
	if (skb->len)
		rtnl_notify(skb, dev_net(pool->dev), 0, RTNLGRP_TC, NULL, GFP_KERNEL);
	else
		kfree_skb(skb);
}

static int put_htb(struct sk_buff *skb, const struct wsa_htb_class *htb)
{
	struct tc_htb_opt opt = {
		.rate.linklayer = TC_LINKLAYER_ETHERNET,
		.rate.mpu = htb->mpu,
		.rate.rate = min_t(u64, htb->rate, U32_MAX),
		.ceil.linklayer = TC_LINKLAYER_ETHERNET,
		.ceil.mpu = htb->mpu,
		.ceil.rate = min_t(u64, htb->ceil, U32_MAX),
		.buffer = PSCHED_NS2TICKS(htb->burst_ns),
		.cbuffer = PSCHED_NS2TICKS(htb->cburst_ns),
		.quantum = htb->quantum,
		.prio = htb->prio,
	};

	if (nla_put(skb, TCA_HTB_PARMS, sizeof(opt), &opt))
		return -EMSGSIZE;
	if (htb->rate > U32_MAX && nla_put_u64_64bit(skb, TCA_HTB_RATE64, htb->rate, TCA_HTB_PAD))
		return -EMSGSIZE;
	if (htb->ceil > U32_MAX && nla_put_u64_64bit(skb, TCA_HTB_CEIL64, htb->ceil, TCA_HTB_PAD))
		return -EMSGSIZE;
	return 0;
}

static int put_curve(struct sk_buff *skb, int type, const struct wsa_curve *curve)
{
	struct tc_service_curve sc = { .m1 = curve->m1, .d = curve->d, .m2 = curve->m2 };

	return curve->m1 || curve->m2 ? nla_put(skb, type, sizeof(sc), &sc) : 0;
}

static int put_hfsc(struct sk_buff *skb, const struct wsa_hfsc_class *hfsc)
{
	return put_curve(skb, TCA_HFSC_RSC, &hfsc->rt) ?:
	       put_curve(skb, TCA_HFSC_FSC, &hfsc->ls) ?:
	       put_curve(skb, TCA_HFSC_USC, &hfsc->ul);
}

/* The leaf's queue is counted in octets: the default one, in packets, may hold seconds. */
static int set_leaf(struct wsa_pool *pool, const struct wsa_class *class, u32 limit)
{
	const struct Qdisc_class_ops *ops = pool->q->ops->cl_ops;
	struct Qdisc *leaf = ops->leaf(pool->q, class->cl), *old = NULL;
	int err;

	if (leaf && leaf->ops == &bfifo_qdisc_ops)
		return fifo_set_limit(leaf, limit);

	leaf = qdisc_create_dflt(pool->q->dev_queue, &bfifo_qdisc_ops, class->id, NULL);
	if (!leaf)
		return -ENOMEM;
	err = fifo_set_limit(leaf, limit);
	if (!err)
		err = ops->graft(pool->q, class->cl, leaf, &old, NULL);
	if (err) {
		qdisc_put(leaf);
		return err;
	}
	qdisc_hash_add(leaf, true);
	qdisc_put(old);
	return 0;
}

/**
 * wsa_class_set - make a class, or change it
 * @pool: the pool, alive
 * @class: the class; made when its @cl is 0
 * @parent: its parent
 * @plan: what it is to be
 * @level: 0 for the leaf, 1 for the class above it
 *
 * Context: RTNL held; may sleep.
 * Return: 0 or the scheduler's negative errno; a class that could not be made is not there.
 */
int wsa_class_set(struct wsa_pool *pool, struct wsa_class *class, u32 parent,
		  const struct wsa_plan *plan, unsigned int level)
{
	const struct Qdisc_class_ops *ops = pool->q->ops->cl_ops;
	struct nlattr *tca[TCA_MAX + 1] = {};
	struct netlink_ext_ack extack = {};
	bool fresh = !class->cl;
	struct nlattr *options;
	struct sk_buff *skb;
	int err;

	ASSERT_RTNL();
	skb = alloc_skb(ATTRIBUTES_ROOM, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	options = nla_nest_start_noflag(skb, TCA_OPTIONS);
	err = -EMSGSIZE;
	if (!options)
		goto out;
	if (pool->scheduler == WSA_SCHEDULER_HTB)
		err = put_htb(skb, &plan->htb[level]);
	else
		err = put_hfsc(skb, &plan->hfsc);
	if (err)
		goto out;
	nla_nest_end(skb, options);

	tca[TCA_OPTIONS] = options;
	err = ops->change(pool->q, class->id, parent, tca, &class->cl, &extack);
	if (err)
		goto out;
	if (!level) {
		err = set_leaf(pool, class, plan->limit);
		if (err && fresh) {
			ops->delete(pool->q, class->cl, &extack);
			class->cl = 0;
		}
		if (err)
			goto out;
	}
	send_message(pool, message_of(pool, class->cl, RTM_NEWTCLASS));
out:
	kfree_skb(skb);
	return err;
}

/**
 * wsa_class_there - is a class still there, and ours?
 * @pool: its pool, whose qdisc is the device's
 * @class: the class
 *
 * Context: RTNL held.
 * Return: true when it is; an administrator may have deleted it.
 */
bool wsa_class_there(const struct wsa_pool *pool, const struct wsa_class *class)
{
	return class->cl && pool->q->ops->cl_ops->find(pool->q, class->id) == class->cl;
}

/**
 * wsa_class_taken - does anybody have a class of this classid?
 * @pool: the pool, alive
 * @id: the classid
 *
 * Context: RTNL held.
 * Return: true when somebody has.
 */
bool wsa_class_taken(const struct wsa_pool *pool, u32 id)
{
	return pool->q->ops->cl_ops->find(pool->q, id);
}

/**
 * wsa_class_empty - has everything left the class?
 * @pool: its pool, alive
 * @class: a leaf
 *
 * Context: RTNL held.
 * Return: true when nothing is queued.
 */
bool wsa_class_empty(const struct wsa_pool *pool, const struct wsa_class *class)
{
	struct Qdisc *leaf;

	if (!wsa_class_there(pool, class))
		return true;
	leaf = pool->q->ops->cl_ops->leaf(pool->q, class->cl);
	return !leaf || !READ_ONCE(leaf->q.qlen);
}

/**
 * wsa_class_delete - delete a class and what is queued in it
 * @pool: its pool, alive
 * @class: the class; one that is not there any longer is left alone
 *
 * Context: RTNL held; may sleep. One with an administrator's filters stays, empty.
 */
void wsa_class_delete(struct wsa_pool *pool, struct wsa_class *class)
{
	struct netlink_ext_ack extack = {};
	struct sk_buff *skb;

	ASSERT_RTNL();
	if (wsa_class_there(pool, class)) {
		skb = message_of(pool, class->cl, RTM_DELTCLASS);
		if (pool->q->ops->cl_ops->delete(pool->q, class->cl, &extack))
			kfree_skb(skb);
		else
			send_message(pool, skb);
	}
	class->cl = 0;
}
