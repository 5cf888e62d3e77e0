// SPDX-License-Identifier: MIT
/* Pools, by the module's generic netlink family. */
#include <stdlib.h>
#include <string.h>

#include <linux/wsa_netlink.h>

#include <netlink/genl/genl.h>

#include "wsactl.h"

static void explain(const char *name, int err)
{
	if (*wsa_reason())
		complain("%s %s", name, wsa_reason());
	else
		complain("%s: %s", name, strerror(-err));
}

static int disable(unsigned int ifindex)
{
	struct nl_msg *msg = wsa_message(WSA_CMD_POOL_DISABLE, NLM_F_REQUEST | NLM_F_ACK);

	nla_put_u32(msg, WSA_POOL_IFINDEX, ifindex);
	return wsa_ask(msg, NULL, NULL);
}

static void undo_enable(struct rtnl_link *link)
{
	disable(rtnl_link_get_ifindex(link));
}

void pool_enable(struct rtnl_link *link, const struct wsactl_pool *pool)
{
	struct nl_msg *msg = wsa_message(WSA_CMD_POOL_ENABLE, NLM_F_REQUEST | NLM_F_ACK);
	int err;

	nla_put_u32(msg, WSA_POOL_IFINDEX, pool->ifindex);
	nla_put_u32(msg, WSA_POOL_PARENT, pool->parent);
	nla_put_u64(msg, WSA_POOL_RATE, pool->rate);
	nla_put_u64(msg, WSA_POOL_SHARE, pool->share);
	if (pool->flows_per_user)
		nla_put_u32(msg, WSA_POOL_FLOWS_PER_USER, pool->flows_per_user);
	if (pool->flows)
		nla_put_u32(msg, WSA_POOL_FLOWS, pool->flows);
	if (pool->made)
		nla_put_flag(msg, WSA_POOL_MADE);
	if (pool->receives_for)
		nla_put_u32(msg, WSA_POOL_RECEIVES_FOR, pool->receives_for);
	if (pool->device_made)
		nla_put_flag(msg, WSA_POOL_DEVICE_MADE);
	err = wsa_ask(msg, NULL, NULL);
	if (err) {
		explain(rtnl_link_get_name(link), err);
		exit(1);
	}
	undo_later(undo_enable, link);
}

void pool_disable(const char *name, unsigned int ifindex)
{
	int err = disable(ifindex);

	if (err) {
		explain(name, err);
		die("nothing was changed");
	}
}

static uint32_t number(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static uint64_t large(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

struct visit {
	void (*each)(const struct wsactl_pool *pool, void *data);
	void *data;
};

static int on_pool(struct nl_msg *msg, void *data)
{
	struct nlattr *attrs[WSA_POOL_MAX + 1];
	const struct visit *visit = data;
	struct wsactl_pool pool = { 0 };

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, WSA_POOL_MAX, NULL))
		return NL_SKIP;
	pool.ifindex = number(attrs[WSA_POOL_IFINDEX]);
	pool.parent = number(attrs[WSA_POOL_PARENT]);
	pool.rate = large(attrs[WSA_POOL_RATE]);
	pool.share = large(attrs[WSA_POOL_SHARE]);
	pool.promised = large(attrs[WSA_POOL_PROMISED]);
	pool.flows_per_user = number(attrs[WSA_POOL_FLOWS_PER_USER]);
	pool.flows = number(attrs[WSA_POOL_FLOWS]);
	pool.active = number(attrs[WSA_POOL_ACTIVE]);
	pool.receives_for = number(attrs[WSA_POOL_RECEIVES_FOR]);
	pool.made = attrs[WSA_POOL_MADE];
	pool.device_made = attrs[WSA_POOL_DEVICE_MADE];
	if (attrs[WSA_POOL_QDISC])
		nla_strlcpy(pool.qdisc, attrs[WSA_POOL_QDISC], sizeof(pool.qdisc));
	visit->each(&pool, visit->data);
	return NL_OK;
}

void pool_each(void (*each)(const struct wsactl_pool *pool, void *data), void *data)
{
	struct nl_msg *msg = wsa_message(WSA_CMD_POOL_GET, NLM_F_REQUEST | NLM_F_DUMP);
	struct visit visit = { each, data };
	int err = wsa_ask(msg, on_pool, &visit);

	if (err)
		die("pools: %s", strerror(-err));
}
