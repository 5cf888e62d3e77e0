/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Generic netlink interface of wsa.ko: pools, where flowspecs become traffic classes.
 *
 * A pool belongs to a network namespace. Who changes one needs CAP_NET_ADMIN in the
 * namespace's user namespace; anybody may look.
 */
#ifndef _UAPI_LINUX_WSA_NETLINK_H
#define _UAPI_LINUX_WSA_NETLINK_H

#define WSA_GENL_NAME		"wsa"
#define WSA_GENL_VERSION	1

/**
 * enum wsa_genl_cmd - requests
 * @WSA_CMD_UNSPEC: none
 * @WSA_CMD_POOL_ENABLE: make a pool: IFINDEX, PARENT, RATE, SHARE, and as wanted
 *	FLOWS_PER_USER, FLOWS and MADE
 * @WSA_CMD_POOL_DISABLE: end a pool and its flows' classes: IFINDEX
 * @WSA_CMD_POOL_GET: of one pool, or all of them: every attribute
 */
enum wsa_genl_cmd {
	WSA_CMD_UNSPEC,
	WSA_CMD_POOL_ENABLE,
	WSA_CMD_POOL_DISABLE,
	WSA_CMD_POOL_GET,
};

#define WSA_CMD_MAX		WSA_CMD_POOL_GET

/**
 * enum wsa_pool_attr - what is said of a pool
 * @WSA_POOL_UNSPEC: none
 * @WSA_POOL_PAD: alignment
 * @WSA_POOL_IFINDEX: u32, the device
 * @WSA_POOL_PARENT: u32, class of the device's root qdisc (htb) that becomes the
 *	parent of every flow's class; nobody else may use it
 * @WSA_POOL_RATE: u64, octets per second the device sends
 * @WSA_POOL_SHARE: u64, octets per second that may be promised, at most RATE
 * @WSA_POOL_FLOWS_PER_USER: u32, flows one user may have
 * @WSA_POOL_FLOWS: u32, flows the pool may have
 * @WSA_POOL_MADE: flag, the root qdisc was made for the pool and goes with it
 * @WSA_POOL_QDISC: string, kind of the root qdisc
 * @WSA_POOL_PROMISED: u64, octets per second promised now
 * @WSA_POOL_ACTIVE: u32, flows that count now
 */
enum wsa_pool_attr {
	WSA_POOL_UNSPEC,
	WSA_POOL_PAD,
	WSA_POOL_IFINDEX,
	WSA_POOL_PARENT,
	WSA_POOL_RATE,
	WSA_POOL_SHARE,
	WSA_POOL_FLOWS_PER_USER,
	WSA_POOL_FLOWS,
	WSA_POOL_MADE,
	WSA_POOL_QDISC,
	WSA_POOL_PROMISED,
	WSA_POOL_ACTIVE,
};

#define WSA_POOL_MAX		WSA_POOL_ACTIVE

#endif /* _UAPI_LINUX_WSA_NETLINK_H */
