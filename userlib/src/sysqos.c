// SPDX-License-Identifier: MIT
/* The way into the kernel for a socket's quality of service. */
#define _GNU_SOURCE
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/wsa.h>

_Static_assert(sizeof(struct sys_flowspec) == sizeof(struct wsa_flowspec), "sys_flowspec");
_Static_assert(SYS_FLOW_LOST == WSA_QOS_LOST && SYS_FLOW_KEPT == WSA_QOS_KEPT, "SYS_FLOW_*");

static int control(int fd, unsigned long code, void *arg)
{
	int r;

	/* it waits for nothing that a signal could decide */
	do
		r = ioctl(fd, code, arg);
	while (r && errno == EINTR);
	return r ? -errno : 0;
}

/**
 * sys_qos_set - ask for a quality of service
 * @fd: WSA socket
 * @ask: what for; NULL for the flowspecs kept
 * @name: where connect(2) will go, NULL for a setting of the socket's
 * @namelen: octets at @name
 * @answer: receives the verdict
 *
 * Return: 0, with the verdict in @answer, or a negative errno.
 */
int sys_qos_set(int fd, const struct sys_qos_ask *ask, const void *name, unsigned int namelen,
		struct sys_qos_answer *answer)
{
	struct wsa_qos_set set = {
		.size = sizeof(set),
		.flags = ask ? 0 : WSA_QOS_SET_KEPT,
		.name = (uintptr_t)name,
		.namelen = namelen,
	};
	int r;

	if (ask) {
		memcpy(&set.sending, &ask->sending, sizeof(set.sending));
		memcpy(&set.receiving, &ask->receiving, sizeof(set.receiving));
		set.objects = (uintptr_t)ask->objects;
		set.objects_len = ask->objects_len;
	}
	r = control(fd, WSA_IOC_QOS_SET, &set);
	if (r < 0)
		return r;
	answer->cookie = set.cookie;
	answer->code = set.wsa;
	answer->status = set.status;
	return 0;
}

/** sys_qos_unstage - connect(2) did not take what was staged for it */
void sys_qos_unstage(int fd)
{
	struct wsa_qos_set set = { .size = sizeof(set), .flags = WSA_QOS_SET_UNSTAGE };

	control(fd, WSA_IOC_QOS_SET, &set);
}

/**
 * sys_qos_get - a socket's quality of service
 * @fd: WSA socket
 * @flow: receives it
 */
int sys_qos_get(int fd, struct sys_flow *flow)
{
	struct wsa_qos_get get = { .size = sizeof(get) };
	int r = control(fd, WSA_IOC_QOS_GET, &get);

	if (r < 0)
		return r;
	memcpy(&flow->sending, &get.sending, sizeof(flow->sending));
	memcpy(&flow->receiving, &get.receiving, sizeof(flow->receiving));
	flow->flags = get.flags;
	flow->status = get.status;
	flow->classid = get.classid;
	return 0;
}
