// SPDX-License-Identifier: GPL-2.0
/*
 * Pools of a network namespace: devices where promises can be kept.
 *
 * The administrator names a class of the device's root qdisc, nobody else's, and how much
 * may be promised; flows become leaves under it (grant.c). A pool lives until it is
 * disabled, or its qdisc, its device or its namespace goes.
 */
#include <linux/if_arp.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/netns/generic.h>
#include <net/pkt_sched.h>
#include <net/rtnetlink.h>

#include "qos.h"
#include "wsa_sock.h"

static unsigned int wsa_qos_net_id;

/**
 * wsa_qos_net - a namespace's pools and grants
 * @net: the namespace
 *
 * Return: them; as long as the namespace lives.
 */
struct wsa_qos_net *wsa_qos_net(const struct net *net)
{
	return net_generic(net, wsa_qos_net_id);
}

/**
 * wsa_pool_find - the pool of a device
 * @qn: the namespace
 * @ifindex: the device
 *
 * Context: RTNL held.
 * Return: the pool, which may have lost its qdisc, or NULL.
 */
struct wsa_pool *wsa_pool_find(struct wsa_qos_net *qn, int ifindex)
{
	struct wsa_pool *pool;

	ASSERT_RTNL();
	list_for_each_entry(pool, &qn->pools, list) {
		if (pool->dev->ifindex == ifindex)
			return pool;
	}
	return NULL;
}

/**
 * wsa_pool_for - where a flow gets its class
 * @qn: the namespace
 * @ifindex: the device that it leaves or comes in by
 * @receiving: it comes in
 *
 * Context: RTNL held.
 * Return: the pool, alive, or NULL.
 */
struct wsa_pool *wsa_pool_for(struct wsa_qos_net *qn, int ifindex, bool receiving)
{
	struct wsa_pool *pool;

	ASSERT_RTNL();
	list_for_each_entry(pool, &qn->pools, list) {
		const struct net_device *by = pool->receives_for ?: pool->dev;

		if (by->ifindex == ifindex && !pool->receives_for == !receiving &&
		    wsa_pool_alive(pool))
			return pool;
	}
	return NULL;
}

static bool is_kind(const struct net_device *dev, const char * const *kinds)
{
	if (!dev->rtnl_link_ops)
		return false;
	for (; *kinds; kinds++) {
		if (!strcmp(dev->rtnl_link_ops->kind, *kinds))
			return true;
	}
	return false;
}

/* Why what is queued at this device is not what its line sends; NULL when it is. */
static const char *refusal_of_device(struct net_device *dev)
{
	static const char * const tunnels[] = {
		"vxlan", "geneve", "gretap", "ip6gretap", "erspan", "ip6erspan", NULL,
	};
	struct net_device *master = netdev_master_upper_dev_get(dev);
	struct list_head *lower = dev->adj_list.lower.next;

	if (dev->flags & IFF_LOOPBACK)
		return "is the loopback device, which has no rate";
	if (netif_is_bond_master(dev) || netif_is_team_master(dev))
		return "is a bond, whose ports share its frames: route by a device of its own";
	if (netif_is_bridge_master(dev) || netif_is_ovs_master(dev))
		return "is a bridge, whose ports share its frames: route by a device of its own";
	if (is_vlan_dev(dev))
		return "is a VLAN on a shared device: enable that one and route by it";
	if (dev->type != ARPHRD_ETHER || is_kind(dev, tunnels))
		return "is a tunnel or not Ethernet: enable what carries it and route by that";
	if (netdev_lower_get_next(dev, &lower))
		return "stands on another device: enable that one and route by it";
	if (master && !netif_is_l3_master(master))
		return "is a port of a bond or bridge: no route is its own; take it out first";
	return NULL;
}

/* Packets whose route moves to another device keep their classid, and find its class there. */
static bool shares_handle(const struct net_device *dev, const struct Qdisc *q)
{
	const struct net_device *other;
	const struct Qdisc *root;

	for_each_netdev(dev_net(dev), other) {
		root = rtnl_dereference(other->qdisc);
		if (other != dev && root->handle == q->handle && root->ops->cl_ops)
			return true;
	}
	return false;
}

static const char *refusal_of_class(struct Qdisc *q, u32 id)
{
	const struct Qdisc_class_ops *ops = q->ops->cl_ops;
	unsigned long cl = TC_H_MIN(id) && TC_H_MAJ(id) == q->handle ? ops->find(q, id) : 0;
	struct Qdisc *leaf;

	if (!cl)
		return "has no such class: the parent must be one of its root qdisc";
	leaf = ops->leaf(q, cl);
	if (!leaf)
		return "has classes below that one: the parent must be one that nobody uses";
	if (leaf->handle)
		return "has a qdisc in that class: the parent must be one that nobody uses";
	return NULL;
}

static const char *refusal_of_root(const struct net_device *dev, u32 parent)
{
	struct Qdisc *q = rtnl_dereference(dev->qdisc);

	if (!strcmp(q->ops->id, "mq") || !strcmp(q->ops->id, "mqprio"))
		return "has an mq root, queues without a common rate: give it an htb root";
	if (q->flags & TCQ_F_MQROOT)
		return "has htb in hardware, with a queue a class: make it without offload";
	if (strcmp(q->ops->id, "htb") && strcmp(q->ops->id, "hfsc"))
		return "has a root qdisc that is neither htb nor hfsc: give it one";
	if (shares_handle(dev, q))
		return "has its root's handle in common with another device: change one of them";
	return refusal_of_class(q, parent);
}

static const char *refusal_of_receiving(struct wsa_qos_net *qn, const struct net_device *ifb,
					int receives_for)
{
	static const char * const ifbs[] = { "ifb", NULL };

	if (!is_kind(ifb, ifbs))
		return "is not an ifb, and nothing that is received can be queued by another";
	if (!wsa_pool_for(qn, receives_for, false))
		return "is to receive for a device that has no pool: enable that first";
	if (wsa_pool_for(qn, receives_for, true))
		return "is to receive for a device that has an ifb: disable that first";
	return NULL;
}

/*
 * One super-packet of anybody's is a burst no scheduler can cut, and voids every bound. What is
 * received may be one when it comes, and cutting it would not undo that.
 */
static void segments_limit(struct wsa_pool *pool)
{
	pool->gso_max_segs = pool->dev->gso_max_segs;
	WRITE_ONCE(pool->dev->gso_max_segs, 1);
}

static void segments_restore(struct wsa_pool *pool)
{
	if (pool->dev->gso_max_segs == 1)
		WRITE_ONCE(pool->dev->gso_max_segs, pool->gso_max_segs);
}

/* The flows lose their classes; what is sent goes on without. */
static void pool_end(struct wsa_pool *pool)
{
	struct wsa_grant *grant, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(grant, next, &pool->grants, of_pool)
		wsa_grant_lose(grant, WSA_QOS_TRAFFIC_CTRL_ERROR);

	list_del(&pool->list);
	if (pool->receives_for) {
		wsa_receiver_end(pool);
		netdev_put(pool->receives_for, &pool->receives_tracker);
	} else {
		segments_restore(pool);
	}
	qdisc_put(pool->q);
	netdev_put(pool->dev, &pool->tracker);
	kfree(pool);
}

/**
 * wsa_pools_look - end what is no longer there
 * @qn: the namespace
 *
 * A qdisc is replaced, and a class deleted, without anybody being told in the kernel.
 *
 * Context: RTNL held.
 */
void wsa_pools_look(struct wsa_qos_net *qn)
{
	struct wsa_grant *grant, *next_grant;
	struct wsa_pool *pool, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(pool, next, &qn->pools, list) {
		if (!wsa_pool_alive(pool)) {
			pool_end(pool);
			continue;
		}
		list_for_each_entry_safe(grant, next_grant, &pool->grants, of_pool) {
			if (!wsa_class_there(pool, &grant->class[0]))
				wsa_grant_lose(grant, WSA_QOS_TRAFFIC_CTRL_ERROR);
		}
	}
}

static int pool_make(struct wsa_qos_net *qn, struct net_device *dev,
		     struct net_device *receives_for, const struct wsa_pool_config *config)
{
	struct wsa_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL_ACCOUNT);
	int err;

	if (!pool)
		return -ENOMEM;
	pool->dev = dev;
	if (receives_for) {
		err = wsa_receiver_start(pool, receives_for);
		if (err) {
			kfree(pool);
			return err;
		}
		pool->receives_for = receives_for;
		netdev_hold(receives_for, &pool->receives_tracker, GFP_KERNEL);
	} else {
		segments_limit(pool);
	}
	netdev_hold(dev, &pool->tracker, GFP_KERNEL);
	pool->q = rtnl_dereference(dev->qdisc);
	qdisc_refcount_inc(pool->q);
	pool->scheduler = strcmp(pool->q->ops->id, "htb") ? WSA_SCHEDULER_HFSC : WSA_SCHEDULER_HTB;
	pool->parent = config->parent;
	pool->rate = config->rate;
	pool->flows_per_user = config->flows_per_user;
	pool->made = config->made;
	pool->device_made = config->device_made;
	pool->budget.capacity = config->share;
	pool->budget.max_flows = config->flows;
	INIT_LIST_HEAD(&pool->grants);
	INIT_LIST_HEAD(&pool->groups);
	pool->own.class.id = pool->parent;
	pool->own.class.cl = pool->q->ops->cl_ops->find(pool->q, pool->parent);
	list_add(&pool->own.list, &pool->groups);
	list_add_tail(&pool->list, &qn->pools);
	wsa_grants_wake(qn);
	return 0;
}

/**
 * wsa_pool_enable - make a pool
 * @net: the namespace
 * @config: the pool; numbers are in range
 * @extack: out: the reason of a refusal, to be read behind the device's name
 *
 * Context: takes RTNL; may sleep.
 * Return: 0, -ENODEV, -EEXIST, -EOPNOTSUPP or -ENOMEM.
 */
int wsa_pool_enable(struct net *net, const struct wsa_pool_config *config,
		    struct netlink_ext_ack *extack)
{
	struct net_device *dev, *receives_for = NULL;
	struct wsa_qos_net *qn = wsa_qos_net(net);
	const char *refusal;
	int err;

	rtnl_lock();
	wsa_pools_look(qn);
	dev = __dev_get_by_index(net, config->ifindex);
	if (!dev) {
		err = -ENODEV;
		goto out;
	}
	if (wsa_pool_find(qn, config->ifindex)) {
		NL_SET_ERR_MSG(extack, "has a pool: disable that first");
		err = -EEXIST;
		goto out;
	}
	refusal = refusal_of_device(dev) ?: refusal_of_root(dev, config->parent);
	if (!refusal && config->receives_for) {
		refusal = refusal_of_receiving(qn, dev, config->receives_for);
		receives_for = __dev_get_by_index(net, config->receives_for);
	}
	if (refusal) {
		if (extack)
			extack->_msg = refusal;
		err = -EOPNOTSUPP;
		goto out;
	}
	err = pool_make(qn, dev, receives_for, config);
	if (err == -EOPNOTSUPP)
		NL_SET_ERR_MSG(extack, "cannot receive: the kernel lacks NETFILTER_INGRESS");
out:
	rtnl_unlock();
	return err;
}

/**
 * wsa_pool_disable - end a pool
 * @net: the namespace
 * @ifindex: its device
 * @extack: out: the reason of a refusal, to be read behind the device's name
 *
 * Context: takes RTNL; may sleep.
 * Return: 0 or -ENOENT.
 */
int wsa_pool_disable(struct net *net, int ifindex, struct netlink_ext_ack *extack)
{
	struct wsa_pool *pool;
	int err = 0;

	rtnl_lock();
	pool = wsa_pool_find(wsa_qos_net(net), ifindex);
	if (pool) {
		pool_end(pool);
	} else {
		NL_SET_ERR_MSG(extack, "has no pool");
		err = -ENOENT;
	}
	rtnl_unlock();
	return err;
}

/* The device is going, or moving to another namespace; its qdisc has gone already. */
static int wsa_pool_device_event(struct notifier_block *block, unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct wsa_pool *pool, *next;

	if (event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	list_for_each_entry_safe(pool, next, &wsa_qos_net(dev_net(dev))->pools, list) {
		if (pool->dev == dev || pool->receives_for == dev)
			pool_end(pool);
	}
	return NOTIFY_DONE;
}

static struct notifier_block wsa_pool_notifier = {
	.notifier_call = wsa_pool_device_event,
};

static int __net_init wsa_qos_net_init(struct net *net)
{
	struct wsa_qos_net *qn = wsa_qos_net(net);

	qn->net = net;
	INIT_LIST_HEAD(&qn->pools);
	wsa_grants_init(qn);
	return 0;
}

static void __net_exit wsa_qos_net_exit(struct net *net)
{
	struct wsa_qos_net *qn = wsa_qos_net(net);
	struct wsa_pool *pool, *next;

	cancel_delayed_work_sync(&qn->work);
	rtnl_lock();
	list_for_each_entry_safe(pool, next, &qn->pools, list)
		pool_end(pool);
	wsa_grants_end(qn);
	rtnl_unlock();
}

static struct pernet_operations wsa_qos_net_ops = {
	.init = wsa_qos_net_init,
	.exit = wsa_qos_net_exit,
	.id = &wsa_qos_net_id,
	.size = sizeof(struct wsa_qos_net),
};

/**
 * wsa_qos_init - have pools in every namespace
 *
 * Context: module load; may sleep.
 * Return: 0 or a negative errno.
 */
int __init wsa_qos_init(void)
{
	int err;

	err = register_pernet_subsys(&wsa_qos_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&wsa_pool_notifier);
	if (err)
		goto out_net;
	err = wsa_netlink_init();
	if (err)
		goto out_notifier;
	return 0;

out_notifier:
	unregister_netdevice_notifier(&wsa_pool_notifier);
out_net:
	unregister_pernet_subsys(&wsa_qos_net_ops);
	return err;
}

/** wsa_qos_exit - end every pool */
void wsa_qos_exit(void)
{
	wsa_netlink_exit();
	unregister_netdevice_notifier(&wsa_pool_notifier);
	unregister_pernet_subsys(&wsa_qos_net_ops);
}
