// SPDX-License-Identifier: MIT
/* Pools, by the module's generic netlink family. */
#include <stdio.h>
#include <string.h>

#include <linux/wsa_netlink.h>

#include <netlink/genl/genl.h>

#include "wsactl.h"

static void complain(const char *name, int err)
{
	if (*wsa_reason())
		fprintf(stderr, "wsactl: %s %s\n", name, wsa_reason());
	else
		fprintf(stderr, "wsactl: %s: %s\n", name, strerror(-err));
}

bool pool_enable(const char *name, const struct wsactl_pool *pool)
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
	err = wsa_ask(msg, NULL, NULL);
	if (err)
		complain(name, err);
	return !err;
}

void pool_disable(const char *name, unsigned int ifindex)
{
	struct nl_msg *msg = wsa_message(WSA_CMD_POOL_DISABLE, NLM_F_REQUEST | NLM_F_ACK);
	int err;

	nla_put_u32(msg, WSA_POOL_IFINDEX, ifindex);
	err = wsa_ask(msg, NULL, NULL);
	if (err) {
		complain(name, err);
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
	pool.made = attrs[WSA_POOL_MADE];
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

static void keep(const struct wsactl_pool *pool, void *data)
{
	*(struct wsactl_pool *)data = *pool;
}

struct wsactl_pool pool_get(const char *name, unsigned int ifindex)
{
	struct nl_msg *msg = wsa_message(WSA_CMD_POOL_GET, NLM_F_REQUEST | NLM_F_ACK);
	struct wsactl_pool pool = { 0 };
	struct visit visit = { keep, &pool };
	int err;

	nla_put_u32(msg, WSA_POOL_IFINDEX, ifindex);
	err = wsa_ask(msg, on_pool, &visit);
	if (err) {
		complain(name, err);
		die("nothing was changed");
	}
	return pool;
}
