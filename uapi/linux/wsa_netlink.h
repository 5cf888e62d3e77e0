/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Generic netlink interface of wsa.ko: pools, where flowspecs become traffic classes, and the
 * flows in them.
 *
 * A pool belongs to a network namespace. Who changes one needs CAP_NET_ADMIN in the
 * namespace's user namespace; anybody may look. Flows are shown to whom they are charged, and
 * to who has CAP_NET_ADMIN there.
 */
#ifndef _UAPI_LINUX_WSA_NETLINK_H
#define _UAPI_LINUX_WSA_NETLINK_H

#define WSA_GENL_NAME		"wsa"
#define WSA_GENL_VERSION	1

/**
 * enum wsa_genl_cmd - requests
 * @WSA_CMD_UNSPEC: none
 * @WSA_CMD_POOL_ENABLE: make a pool: IFINDEX, PARENT, RATE, SHARE, and as wanted
 *	FLOWS_PER_USER, FLOWS, MADE, DEVICE_MADE and RECEIVES_FOR
 * @WSA_CMD_POOL_DISABLE: end a pool and its flows' classes: IFINDEX
 * @WSA_CMD_POOL_GET: of one pool, or all of them: every attribute
 * @WSA_CMD_FLOW_GET: dump: flows that have a class, in the order of their numbers, each in a
 *	message of enum wsa_flow_attr
 */
enum wsa_genl_cmd {
	WSA_CMD_UNSPEC,
	WSA_CMD_POOL_ENABLE,
	WSA_CMD_POOL_DISABLE,
	WSA_CMD_POOL_GET,
	WSA_CMD_FLOW_GET,
};

#define WSA_CMD_MAX		WSA_CMD_FLOW_GET

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
 * @WSA_POOL_RECEIVES_FOR: u32, a device that has a pool: all that it receives goes by IFINDEX,
 *	an ifb, and flows are what sockets receive; absent for what sockets send
 * @WSA_POOL_DEVICE_MADE: flag, IFINDEX was made for the pool and goes with it
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
	WSA_POOL_RECEIVES_FOR,
	WSA_POOL_DEVICE_MADE,
};

#define WSA_POOL_MAX		WSA_POOL_DEVICE_MADE

/**
 * enum wsa_flow_state - what holds a flow
 * @WSA_FLOW_STAGED: it waits for the connect(2) it was asked for
 * @WSA_FLOW_ACTIVE: a socket sends or receives in it
 * @WSA_FLOW_DRAINING: its socket has let go of it; what is queued still leaves
 */
enum wsa_flow_state {
	WSA_FLOW_STAGED,
	WSA_FLOW_ACTIVE,
	WSA_FLOW_DRAINING,
};

/**
 * enum wsa_flow_attr - what is said of a flow
 * @WSA_FLOW_UNSPEC: none
 * @WSA_FLOW_PAD: alignment
 * @WSA_FLOW_IFINDEX: u32, the device
 * @WSA_FLOW_CLASSID: u32, its class there, which has its statistics
 * @WSA_FLOW_STATE: u32, enum wsa_flow_state
 * @WSA_FLOW_UID: u32, whom it is charged to
 * @WSA_FLOW_PID: u32, the process that asked, while it lives and the reader can see it; the
 *	socket may have others by now
 * @WSA_FLOW_COMM: string, its name when it asked
 * @WSA_FLOW_PROTOCOL: u8, IPPROTO_* of the socket; this and its names are absent while staged
 * @WSA_FLOW_LOCAL: struct sockaddr_in or sockaddr_in6, the socket's own name
 * @WSA_FLOW_PEER: likewise, whom it sends to, or receives from
 * @WSA_FLOW_SPEC: struct wsa_flowspec, what was asked for
 * @WSA_FLOW_DSCP: u8, the mark of its packets
 * @WSA_FLOW_BOUND: u64, nanoseconds, the delay that is promised; absent when none is
 * @WSA_FLOW_RECEIVING: flag, it is what the socket receives
 */
enum wsa_flow_attr {
	WSA_FLOW_UNSPEC,
	WSA_FLOW_PAD,
	WSA_FLOW_IFINDEX,
	WSA_FLOW_CLASSID,
	WSA_FLOW_STATE,
	WSA_FLOW_UID,
	WSA_FLOW_PID,
	WSA_FLOW_COMM,
	WSA_FLOW_PROTOCOL,
	WSA_FLOW_LOCAL,
	WSA_FLOW_PEER,
	WSA_FLOW_SPEC,
	WSA_FLOW_DSCP,
	WSA_FLOW_BOUND,
	WSA_FLOW_RECEIVING,
};

#define WSA_FLOW_MAX		WSA_FLOW_RECEIVING

#endif /* _UAPI_LINUX_WSA_NETLINK_H */
