/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pools, the traffic classes in them, and what a socket holds of them.
 *
 * A pool is a device, a class of its root qdisc, and how much of its rate may be
 * promised; one that receives is an ifb's, by which goes what another device receives
 * (receive.c). A grant is a flow that was admitted: its classes are leaves under the
 * pool's, and it is counted against pool, user and namespace. A socket (qos.c) owns its
 * grants and lets go of them; from then on they are the namespace's:
 *
 *   granted -> let go -> draining (until what is queued has left, its classes stay)
 *	     -> resting (no class; its number is not given again) -> freed
 *
 * Locks: RTNL protects all of this, but for what says otherwise. It is taken by
 * WSA_IOC_QOS_SET, by the administrator's requests and by the namespace's work; never by
 * connect(2) or close(2), which only hand a grant over through wsa_qos_net.let_go. RTNL
 * and the sk lock are never held together.
 *
 * A socket's own grants are under the lock of its wait queue (see qos.c).
 */
#ifndef WSA_QOS_PRIVATE_H
#define WSA_QOS_PRIVATE_H

#include <linux/idr.h>
#include <linux/llist.h>
#include <linux/netdevice.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/sch_generic.h>

#include "rules/admission.h"
#include "rules/flowspec.h"

/* Flows a namespace may have; the numbers of as many others can rest. */
#define WSA_QOS_FLOWS_MAX	16384

/**
 * struct wsa_class - a traffic class of ours
 * @id: its classid
 * @cl: what the qdisc knows it by; 0 when there is none. Another's of the same classid
 *	has another
 */
struct wsa_class {
	u32 id;
	unsigned long cl;
};

/**
 * struct wsa_group - a class whose children are flows
 * @list: in wsa_pool.groups
 * @class: it; the pool's own is the administrator's, and only looked at
 * @flows: how many it has
 * @rate: the sum of their link-sharing rates
 */
struct wsa_group {
	struct list_head list;
	struct wsa_class class;
	u32 flows;
	u64 rate;
};

struct wsa_receiver;

/**
 * struct wsa_pool - where flows of a device get their classes
 * @list: in wsa_qos_net.pools
 * @dev: the device, held
 * @tracker: of that hold
 * @q: its root qdisc, held; the pool is alive while it is that
 * @parent: class that is the parent of all of ours; the pool is alive while it is there
 * @rate: octets per second the device sends
 * @flows_per_user: flows one user may have
 * @gso_max_segs: what the device's was
 * @made: the qdisc was made for the pool
 * @device_made: so was the device
 * @receives_for: device whose packets come in by way of @dev, held; NULL for a pool that sends
 * @receives_tracker: of that hold
 * @receiver: what brings them there; NULL for a pool that sends
 * @scheduler: what @q is
 * @grants: with classes in it, by wsa_grant.of_pool
 * @own: of @parent itself
 * @groups: it, and further ones while it is full; the full ones last
 * @budget: what is promised
 */
struct wsa_pool {
	struct list_head list;
	struct net_device *dev;
	netdevice_tracker tracker;
	struct Qdisc *q;
	u32 parent;
	u64 rate;
	u32 flows_per_user;
	u16 gso_max_segs;
	bool made;
	bool device_made;
	struct net_device *receives_for;
	netdevice_tracker receives_tracker;
	struct wsa_receiver *receiver;
	enum wsa_scheduler scheduler;
	struct list_head grants;
	struct wsa_group own;
	struct list_head groups;
	struct wsa_budget budget;
};

/**
 * struct wsa_pool_config - a pool to be made
 * @ifindex: its device
 * @parent: as wsa_pool.parent
 * @rate: as wsa_pool.rate
 * @share: octets per second that may be promised
 * @flows_per_user: as wsa_pool.flows_per_user
 * @flows: flows it may have
 * @made: as wsa_pool.made
 * @device_made: as wsa_pool.device_made
 * @receives_for: index of the device that it receives for; 0 for a pool that sends
 */
struct wsa_pool_config {
	int ifindex;
	u32 parent;
	u64 rate;
	u64 share;
	u32 flows_per_user;
	u32 flows;
	bool made;
	bool device_made;
	int receives_for;
};

/**
 * struct wsa_user - a user's flows in a namespace
 * @account: those that count
 * @resting: numbers of his that rest
 * @grants: grants of his with numbers, also those that neither count nor rest: lost ones
 */
struct wsa_user {
	struct wsa_account account;
	u32 resting;
	u32 grants;
};

/**
 * struct wsa_grant - a flow that was admitted
 * @qn: its namespace
 * @pool: where its classes are; NULL when they are gone, or when it has none
 * @group: where they are there; NULL when they are gone
 * @of_pool: in wsa_pool.grants
 * @list: in wsa_qos_net.draining or .resting
 * @let_go: in wsa_qos_net.let_go; no lock
 * @uid: whom it is charged to
 * @ifindex: its device, 0 when it has no class
 * @levels: how many classes it has
 * @class: they are, the leaf first
 * @spec: what was asked for
 * @plan: what it became
 * @lost: WSA_QOS_* reason why the promise is lost, or 0; no lock
 * @owner: the socket to wake when that happens, held, or NULL; wsa_qos_net.owners
 * @receiver: finds it by @owner, while that is held; NULL for one that sends, and when its
 *	classes are gone; wsa_qos_net.owners
 * @of_sock: in @receiver's table; likewise
 * @sk: a closed socket that may still send, held; or NULL; wsa_qos_net.owners and RTNL: each is
 *	enough to read it
 * @asker: the process that asked
 * @comm: its name then
 * @until: jiffies: end of draining, then of resting
 * @rcu: of its end: a packet may just have found it
 */
struct wsa_grant {
	struct wsa_qos_net *qn;
	struct wsa_pool *pool;
	struct wsa_group *group;
	struct list_head of_pool;
	struct list_head list;
	struct llist_node let_go;
	kuid_t uid;
	int ifindex;
	unsigned int levels;
	struct wsa_class class[2];
	struct wsa_flowspec spec;
	struct wsa_plan plan;
	u16 lost;
	struct sock *owner;
	struct wsa_receiver *receiver;
	struct hlist_node of_sock;
	struct sock *sk;
	struct pid *asker;
	char comm[TASK_COMM_LEN];
	unsigned long until;
	struct rcu_head rcu;
};

/**
 * struct wsa_qos_net - pools and grants of a namespace
 * @net: the namespace
 * @pools: its pools
 * @minors: every number in use or at rest, to its grant; NULL for a group's
 * @users: struct wsa_user by uid
 * @account: all flows of the namespace
 * @owners: of the grants' sockets, and of the tables that grants are found in by them; innermost
 * @let_go: grants their sockets let go of; no lock
 * @draining: grants whose queues are not empty yet
 * @resting: grants whose numbers rest, the oldest first
 * @work: looks after all of these
 * @look: jiffies: when it next looks at the pools and every class in them
 */
struct wsa_qos_net {
	struct net *net;
	struct list_head pools;
	struct idr minors;
	struct xarray users;
	struct wsa_account account;
	spinlock_t owners;		/* see above */
	struct llist_head let_go;
	struct list_head draining;
	struct list_head resting;
	struct delayed_work work;
	unsigned long look;
};

/**
 * struct wsa_way - how a flow's packets leave
 * @ifindex: by this device; 0 when there is nobody to send to yet
 * @mtu: most a packet holds of what the program sends
 * @headers: octets of a frame around that, at most
 */
struct wsa_way {
	int ifindex;
	u32 mtu;
	u32 headers;
};

/* WSA_QOS_GENERIC_ERROR is want of memory, and becomes ENOMEM on its way out. */
static inline u32 wsa_qos_status(int err)
{
	return err == -ENOMEM || err == -ENOBUFS ? WSA_QOS_GENERIC_ERROR :
						   WSA_QOS_TRAFFIC_CTRL_ERROR;
}

struct wsa_qos_net *wsa_qos_net(const struct net *net);

/* pool.c */
struct wsa_pool *wsa_pool_find(struct wsa_qos_net *qn, int ifindex);
struct wsa_pool *wsa_pool_for(struct wsa_qos_net *qn, int ifindex, bool receiving);
int wsa_pool_enable(struct net *net, const struct wsa_pool_config *config,
		    struct netlink_ext_ack *extack);
int wsa_pool_disable(struct net *net, int ifindex, struct netlink_ext_ack *extack);
void wsa_pools_look(struct wsa_qos_net *qn);

/* grant.c */
void wsa_grants_init(struct wsa_qos_net *qn);
void wsa_grants_end(struct wsa_qos_net *qn);
void wsa_grants_look(struct wsa_qos_net *qn);
void wsa_grants_wake(struct wsa_qos_net *qn);
u32 wsa_grant_make(struct wsa_qos_net *qn, struct wsa_pool *pool, const struct wsa_plan *plan,
		   struct wsa_grant **made);
void wsa_grant_unmake(struct wsa_grant *grant);
u32 wsa_grant_change(struct wsa_grant *grant, const struct wsa_plan *plan);
void wsa_grant_lose(struct wsa_grant *grant, u16 status);
void wsa_grant_own(struct wsa_grant *grant, struct sock *sk);
struct sock *wsa_grant_sock(struct wsa_grant *grant, bool *owned);
struct wsa_grant *wsa_grant_next(struct wsa_qos_net *qn, int *minor);
u32 wsa_minor_take(struct wsa_qos_net *qn, const struct wsa_pool *pool, struct wsa_grant *grant,
		   struct wsa_class *class);
void wsa_minor_free(struct wsa_qos_net *qn, const struct wsa_class *class);

/* group.c */
u32 wsa_group_join(struct wsa_qos_net *qn, struct wsa_pool *pool, u64 rate,
		   struct wsa_group **joined);
void wsa_group_leave(struct wsa_qos_net *qn, struct wsa_pool *pool, struct wsa_group *group,
		     u64 rate);
void wsa_group_change(struct wsa_pool *pool, struct wsa_group *group, u64 from, u64 to);

/* receive.c */
#ifdef CONFIG_NETFILTER
int wsa_receiver_start(struct wsa_pool *pool, struct net_device *dev);
void wsa_receiver_end(struct wsa_pool *pool);
void wsa_receiver_add(struct wsa_grant *grant);
void wsa_receiver_remove(struct wsa_grant *grant);
#else
static inline int wsa_receiver_start(struct wsa_pool *pool, struct net_device *dev)
{
	return -EOPNOTSUPP;
}

static inline void wsa_receiver_end(struct wsa_pool *pool) {}
static inline void wsa_receiver_add(struct wsa_grant *grant) {}
static inline void wsa_receiver_remove(struct wsa_grant *grant) {}
#endif

/* tc_class.c */
bool wsa_pool_alive(const struct wsa_pool *pool);
int wsa_class_set(struct wsa_pool *pool, struct wsa_class *class, u32 parent,
		  const struct wsa_plan *plan, unsigned int level);
void wsa_class_delete(struct wsa_pool *pool, struct wsa_class *class);
bool wsa_class_there(const struct wsa_pool *pool, const struct wsa_class *class);
bool wsa_class_taken(const struct wsa_pool *pool, u32 id);
bool wsa_class_empty(const struct wsa_pool *pool, const struct wsa_class *class);

/* way.c */
bool wsa_way_peer(const struct sock *sk, struct sockaddr_storage *peer);
int wsa_way_to(struct sock *sk, const struct sockaddr *name, struct wsa_way *way);

/* netlink.c */
int wsa_netlink_init(void);
void wsa_netlink_exit(void);

#endif /* WSA_QOS_PRIVATE_H */
