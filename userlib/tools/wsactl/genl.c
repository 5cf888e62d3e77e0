// SPDX-License-Identifier: MIT
/* Requests to the module's generic netlink family. */
#include <stdio.h>
#include <sys/socket.h>

#include <linux/netlink.h>
#include <linux/wsa_netlink.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include "wsactl.h"

static int family;
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

struct nl_msg *wsa_message(int command, int flags)
{
	struct nl_msg *msg = need(nlmsg_alloc());

	wsa_family();
	need(genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command,
			 WSA_GENL_VERSION));
	return msg;
}

int wsa_ask(struct nl_msg *msg, nl_recvmsg_msg_cb_t answer, void *data)
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

const char *wsa_reason(void)
{
	return reason;
}
