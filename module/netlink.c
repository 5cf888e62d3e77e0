// SPDX-License-Identifier: GPL-2.0
/* Pools, as an administrator sees and changes them, and the flows in them: generic netlink. */
#include <linux/ipv6.h>
#include <linux/pid_namespace.h>
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include <linux/wsa_netlink.h>

#include "compat.h"
#include "qos.h"

#define FLOWS_PER_USER	256

static struct genl_family wsa_genl_family;

static const struct nla_policy wsa_pool_policy[WSA_POOL_MAX + 1] = {
	[WSA_POOL_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[WSA_POOL_PARENT] = { .type = NLA_U32 },
	[WSA_POOL_RATE] = { .type = NLA_U64 },
	[WSA_POOL_SHARE] = { .type = NLA_U64 },
	[WSA_POOL_FLOWS_PER_USER] = NLA_POLICY_RANGE(NLA_U32, 1, WSA_QOS_FLOWS_MAX),
	[WSA_POOL_FLOWS] = NLA_POLICY_RANGE(NLA_U32, 1, WSA_QOS_FLOWS_MAX),
	[WSA_POOL_MADE] = { .type = NLA_FLAG },
	[WSA_POOL_RECEIVES_FOR] = NLA_POLICY_MIN(NLA_U32, 1),
	[WSA_POOL_DEVICE_MADE] = { .type = NLA_FLAG },
};

static u32 number_or(struct nlattr *attr, u32 otherwise)
{
	return attr ? nla_get_u32(attr) : otherwise;
}

static int pool_enable(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct wsa_pool_config config;

	if (!attrs[WSA_POOL_IFINDEX] || !attrs[WSA_POOL_PARENT] || !attrs[WSA_POOL_RATE] ||
	    !attrs[WSA_POOL_SHARE]) {
		NL_SET_ERR_MSG(info->extack, "needs a device, a parent class, a rate and a share");
		return -EINVAL;
	}
	config = (struct wsa_pool_config){
		.ifindex = nla_get_u32(attrs[WSA_POOL_IFINDEX]),
		.parent = nla_get_u32(attrs[WSA_POOL_PARENT]),
		.rate = nla_get_u64(attrs[WSA_POOL_RATE]),
		.share = nla_get_u64(attrs[WSA_POOL_SHARE]),
		.flows_per_user = number_or(attrs[WSA_POOL_FLOWS_PER_USER], FLOWS_PER_USER),
		.flows = number_or(attrs[WSA_POOL_FLOWS], WSA_QOS_FLOWS_MAX),
		.made = nla_get_flag(attrs[WSA_POOL_MADE]),
		.device_made = nla_get_flag(attrs[WSA_POOL_DEVICE_MADE]),
		.receives_for = number_or(attrs[WSA_POOL_RECEIVES_FOR], 0),
	};
	if (!config.share || config.share > config.rate || config.rate > WSA_TSPEC_MAX) {
		NL_SET_ERR_MSG(info->extack, "needs a share, not above its rate");
		return -ERANGE;
	}
	return wsa_pool_enable(genl_info_net(info), &config, info->extack);
}

static int pool_disable(struct sk_buff *skb, struct genl_info *info)
{
	if (!info->attrs[WSA_POOL_IFINDEX]) {
		NL_SET_ERR_MSG(info->extack, "needs a device");
		return -EINVAL;
	}
	return wsa_pool_disable(genl_info_net(info), nla_get_u32(info->attrs[WSA_POOL_IFINDEX]),
				info->extack);
}

static int pool_put(struct sk_buff *skb, u32 portid, u32 seq, int flags,
		    const struct wsa_pool *pool)
{
	void *head = genlmsg_put(skb, portid, seq, &wsa_genl_family, flags, WSA_CMD_POOL_GET);

	if (!head)
		return -EMSGSIZE;
	if (nla_put_u32(skb, WSA_POOL_IFINDEX, pool->dev->ifindex) ||
	    nla_put_u32(skb, WSA_POOL_PARENT, pool->parent) ||
	    nla_put_u64_64bit(skb, WSA_POOL_RATE, pool->rate, WSA_POOL_PAD) ||
	    nla_put_u64_64bit(skb, WSA_POOL_SHARE, pool->budget.capacity, WSA_POOL_PAD) ||
	    nla_put_u32(skb, WSA_POOL_FLOWS_PER_USER, pool->flows_per_user) ||
	    nla_put_u32(skb, WSA_POOL_FLOWS, pool->budget.max_flows) ||
	    (pool->made && nla_put_flag(skb, WSA_POOL_MADE)) ||
	    nla_put_string(skb, WSA_POOL_QDISC, pool->q->ops->id) ||
	    nla_put_u64_64bit(skb, WSA_POOL_PROMISED, pool->budget.m2, WSA_POOL_PAD) ||
	    nla_put_u32(skb, WSA_POOL_ACTIVE, pool->budget.flows) ||
	    (pool->receives_for &&
	     nla_put_u32(skb, WSA_POOL_RECEIVES_FOR, pool->receives_for->ifindex)) ||
	    (pool->device_made && nla_put_flag(skb, WSA_POOL_DEVICE_MADE))) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

static int pool_get(struct sk_buff *skb, struct genl_info *info)
{
	struct wsa_qos_net *qn = wsa_qos_net(genl_info_net(info));
	struct wsa_pool *pool;
	struct sk_buff *reply;
	int err = -ENOENT;

	if (!info->attrs[WSA_POOL_IFINDEX]) {
		NL_SET_ERR_MSG(info->extack, "needs a device");
		return -EINVAL;
	}
	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	rtnl_lock();
	wsa_pools_look(qn);
	wsa_grants_look(qn);
	pool = wsa_pool_find(qn, nla_get_u32(info->attrs[WSA_POOL_IFINDEX]));
	if (pool)
		err = pool_put(reply, info->snd_portid, info->snd_seq, 0, pool);
	else
		NL_SET_ERR_MSG(info->extack, "has no pool");
	rtnl_unlock();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

/* In order of ifindex, so that pools that come and go between two parts disturb no other. */
static int pool_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct wsa_qos_net *qn = wsa_qos_net(sock_net(skb->sk));
	struct wsa_pool *pool, *next;
	int err = 0;

	rtnl_lock();
	if (!cb->args[0]) {
		wsa_pools_look(qn);
		wsa_grants_look(qn);
	}
	for (;;) {
		next = NULL;
		list_for_each_entry(pool, &qn->pools, list) {
			if (pool->dev->ifindex > cb->args[0] &&
			    (!next || pool->dev->ifindex < next->dev->ifindex))
				next = pool;
		}
		if (!next)
			break;
		err = pool_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, NLM_F_MULTI,
			       next);
		if (err)
			break;
		cb->args[0] = next->dev->ifindex;
	}
	rtnl_unlock();
	return skb->len ?: err;
}

static int put_name4(struct sk_buff *skb, int attr, __be32 addr, __be16 port)
{
	struct sockaddr_in name = {
		.sin_family = AF_INET,
		.sin_port = port,
		.sin_addr.s_addr = addr,
	};

	return nla_put(skb, attr, sizeof(name), &name);
}

static int put_name6(struct sk_buff *skb, int attr, const struct in6_addr *addr, __be16 port)
{
	struct sockaddr_in6 name = {
		.sin6_family = AF_INET6,
		.sin6_port = port,
		.sin6_addr = *addr,
	};

	return nla_put(skb, attr, sizeof(name), &name);
}

/* As they are this moment: the socket is not locked, as for sock_diag(7). */
static int put_socket(struct sk_buff *skb, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (nla_put_u8(skb, WSA_FLOW_PROTOCOL, sk->sk_protocol))
		return -EMSGSIZE;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6)
		return put_name6(skb, WSA_FLOW_LOCAL, &inet6_sk(sk)->saddr, inet->inet_sport) ?:
		       put_name6(skb, WSA_FLOW_PEER, &sk->sk_v6_daddr, inet->inet_dport);
#endif
	return put_name4(skb, WSA_FLOW_LOCAL, inet->inet_saddr, inet->inet_sport) ?:
	       put_name4(skb, WSA_FLOW_PEER, inet->inet_daddr, inet->inet_dport);
}

static int put_flow_socket(struct sk_buff *skb, struct wsa_grant *grant)
{
	enum wsa_flow_state state = WSA_FLOW_STAGED;
	struct sock *sk;
	bool owned;
	int err;

	sk = wsa_grant_sock(grant, &owned);
	if (owned)
		state = WSA_FLOW_ACTIVE;
	else if (sk || !list_empty(&grant->list))
		state = WSA_FLOW_DRAINING;
	err = nla_put_u32(skb, WSA_FLOW_STATE, state);
	if (!err && sk)
		err = put_socket(skb, sk);
	if (sk)
		sock_put(sk);
	return err;
}

/* A number is told while it is that process': later it may be another's. */
static int put_asker(struct sk_buff *skb, const struct wsa_grant *grant)
{
	pid_t pid = pid_nr_ns(grant->asker, task_active_pid_ns(current));
	bool alive;

	rcu_read_lock();
	alive = pid_task(grant->asker, PIDTYPE_TGID);
	rcu_read_unlock();
	if (alive && pid && nla_put_u32(skb, WSA_FLOW_PID, pid))
		return -EMSGSIZE;
	return nla_put_string(skb, WSA_FLOW_COMM, grant->comm);
}

static int flow_put(struct sk_buff *skb, const struct netlink_callback *cb,
		    struct wsa_grant *grant)
{
	struct user_namespace *users = sk_user_ns(NETLINK_CB(cb->skb).sk);
	void *head;

	head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &wsa_genl_family,
			   NLM_F_MULTI, WSA_CMD_FLOW_GET);
	if (!head)
		return -EMSGSIZE;
	if (nla_put_u32(skb, WSA_FLOW_IFINDEX, grant->ifindex) ||
	    nla_put_u32(skb, WSA_FLOW_CLASSID, grant->class[0].id) ||
	    nla_put_u32(skb, WSA_FLOW_UID, from_kuid_munged(users, grant->uid)) ||
	    nla_put(skb, WSA_FLOW_SPEC, sizeof(grant->spec), &grant->spec) ||
	    nla_put_u8(skb, WSA_FLOW_DSCP, grant->plan.dscp) ||
	    (grant->plan.bound_ns &&
	     nla_put_u64_64bit(skb, WSA_FLOW_BOUND, grant->plan.bound_ns, WSA_FLOW_PAD)) ||
	    (grant->pool->receives_for && nla_put_flag(skb, WSA_FLOW_RECEIVING)) ||
	    put_asker(skb, grant) || put_flow_socket(skb, grant)) {
		genlmsg_cancel(skb, head);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return 0;
}

/* In the order of numbers, which are given once: a flow that stays is told exactly once. */
static int flow_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct net *net = sock_net(skb->sk);
	struct wsa_qos_net *qn = wsa_qos_net(net);
	bool all = netlink_ns_capable(cb->skb, net->user_ns, CAP_NET_ADMIN);
	int minor = cb->args[0], err = 0;
	struct wsa_grant *grant;

	rtnl_lock();
	if (!minor) {
		wsa_pools_look(qn);
		wsa_grants_look(qn);
	}
	while ((grant = wsa_grant_next(qn, &minor))) {
		if (all || uid_eq(grant->uid, NETLINK_CB(cb->skb).creds.uid))
			err = flow_put(skb, cb, grant);
		if (err)
			break;
		minor++;
	}
	rtnl_unlock();
	cb->args[0] = minor;
	return skb->len ?: err;
}

static const struct genl_small_ops wsa_genl_ops[] = {
	{ .cmd = WSA_CMD_POOL_ENABLE, .doit = pool_enable, .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = WSA_CMD_POOL_DISABLE, .doit = pool_disable, .flags = GENL_UNS_ADMIN_PERM },
	{ .cmd = WSA_CMD_POOL_GET, .doit = pool_get, .dumpit = pool_dump },
	{ .cmd = WSA_CMD_FLOW_GET, .dumpit = flow_dump },
};

static struct genl_family wsa_genl_family __ro_after_init = {
	.name = WSA_GENL_NAME,
	.version = WSA_GENL_VERSION,
	.maxattr = WSA_POOL_MAX,
	.policy = wsa_pool_policy,
	.netnsok = true,
	.parallel_ops = true,
	.small_ops = wsa_genl_ops,
	.n_small_ops = ARRAY_SIZE(wsa_genl_ops),
	.resv_start_op = WSA_CMD_UNSPEC + 1,
	.module = THIS_MODULE,
};

/**
 * wsa_netlink_init - answer to administrators
 *
 * Context: module load; may sleep.
 * Return: 0 or a negative errno.
 */
int __init wsa_netlink_init(void)
{
	return genl_register_family(&wsa_genl_family);
}

/** wsa_netlink_exit - answer no longer */
void wsa_netlink_exit(void)
{
	genl_unregister_family(&wsa_genl_family);
}
