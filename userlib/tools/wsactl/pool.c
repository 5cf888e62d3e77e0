// SPDX-License-Identifier: MIT
/* Pools, by the module's generic netlink family. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netlink.h>
#include <linux/wsa_netlink.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "wsactl.h"

static int family;
/* The kernel's one line about what failed last. */
static char reason[256];

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *data)
{
	struct nlmsghdr *head = (struct nlmsghdr *)((char *)error - NLMSG_HDRLEN);
	int len = (int)head->nlmsg_len - NLMSG_HDRLEN - (int)sizeof(*error);
	struct nlattr *text;

	(void)from;
	*(int *)data = error->error;
	text = len > 0 ? nla_find((struct nlattr *)(error + 1), len, NLMSGERR_ATTR_MSG) : NULL;
	snprintf(reason, sizeof(reason), "%s", text ? nla_get_string(text) : "");
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *data)
{
	(void)msg;
	*(int *)data = 0;
	return NL_STOP;
}

static struct nl_sock *wsa_family(void)
{
	static struct nl_sock *netlink;
	int err, on = 1;

	if (netlink)
		return netlink;
	netlink = need(nl_socket_alloc());
	err = genl_connect(netlink);
	if (err)
		die("genetlink: %s", nl_geterror(err));
	family = genl_ctrl_resolve(netlink, WSA_GENL_NAME);
	if (family < 0)
		die("wsa.ko is not loaded: run 'modprobe wsa'");
	setsockopt(nl_socket_get_fd(netlink), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl_socket_get_fd(netlink), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return netlink;
}

static struct nl_msg *message(int command, int flags)
{
	struct nl_msg *msg = need(nlmsg_alloc());

	wsa_family();
	need(genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command,
			 WSA_GENL_VERSION));
	return msg;
}

/* 0 or the kernel's negative errno, with its @reason. */
static int ask(struct nl_msg *msg, nl_recvmsg_msg_cb_t answer, void *data)
{
	struct nl_cb *cb = need(nl_cb_alloc(NL_CB_DEFAULT));
	struct nl_sock *netlink = wsa_family();
	int err, result = 1;

	reason[0] = 0;
	err = nl_send_auto(netlink, msg);
	nlmsg_free(msg);
	if (err < 0)
		die("genetlink: %s", nl_geterror(err));
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, &result);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, &result);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_finish, &result);
	if (answer)
		nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, answer, data);
	while (result == 1) {
		err = nl_recvmsgs(netlink, cb);
		if (err < 0 && result == 1)
			die("genetlink: %s", nl_geterror(err));
	}
	nl_cb_put(cb);
	return result;
}

static void complain(const char *name, int err)
{
	if (reason[0])
		fprintf(stderr, "wsactl: %s %s\n", name, reason);
	else
		fprintf(stderr, "wsactl: %s: %s\n", name, strerror(-err));
}

bool pool_enable(const char *name, const struct wsactl_pool *pool)
{
	struct nl_msg *msg = message(WSA_CMD_POOL_ENABLE, NLM_F_REQUEST | NLM_F_ACK);
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
	err = ask(msg, NULL, NULL);
	if (err)
		complain(name, err);
	return !err;
}

void pool_disable(const char *name, unsigned int ifindex)
{
	struct nl_msg *msg = message(WSA_CMD_POOL_DISABLE, NLM_F_REQUEST | NLM_F_ACK);
	int err;

	nla_put_u32(msg, WSA_POOL_IFINDEX, ifindex);
	err = ask(msg, NULL, NULL);
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
	struct visit visit = { each, data };
	int err = ask(message(WSA_CMD_POOL_GET, NLM_F_REQUEST | NLM_F_DUMP), on_pool, &visit);

	if (err)
		die("pools: %s", strerror(-err));
}

static void keep(const struct wsactl_pool *pool, void *data)
{
	*(struct wsactl_pool *)data = *pool;
}

struct wsactl_pool pool_get(const char *name, unsigned int ifindex)
{
	struct nl_msg *msg = message(WSA_CMD_POOL_GET, NLM_F_REQUEST | NLM_F_ACK);
	struct wsactl_pool pool = { 0 };
	struct visit visit = { keep, &pool };
	int err;

	nla_put_u32(msg, WSA_POOL_IFINDEX, ifindex);
	err = ask(msg, on_pool, &visit);
	if (err) {
		complain(name, err);
		die("nothing was changed");
	}
	return pool;
}
