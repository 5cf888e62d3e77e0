// SPDX-License-Identifier: MIT
/*
 * The qdisc and the classes that a pool needs:
 *
 *	1:	htb or hfsc, the root; another number where another device's root has that
 *	1:1	all of the device
 *	1:2	who has no flow: what is not promised, and whatever is left
 *	1:3	the pool; flows are below, each with what it was promised
 */
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/pkt_sched.h>

#include <netlink/route/class.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/qdisc/hfsc.h>
#include <netlink/route/qdisc/htb.h>
#include <netlink/route/tc.h>

#include "wsactl.h"

/* Minor numbers, below the root's handle. */
#define ALL		1
#define OTHERS		2
#define POOL		3

/* Between the classes of flows that are promised something and those that are not. */
#define OTHERS_PRIO	4
/*
 * What flows send beyond their promises comes behind the others: of the device, the pool's class
 * has next to nothing of its own that they could share.
 */
#define EXCESS(rate)	((rate) / 100 + 100)
/* Part of a second that a class may send at once. */
#define BURSTS		250

struct nl_sock *route(void)
{
	static struct nl_sock *netlink;
	int err;

	if (netlink)
		return netlink;
	netlink = need(nl_socket_alloc());
	err = nl_connect(netlink, NETLINK_ROUTE);
	if (err)
		die("rtnetlink: %s", nl_geterror(err));
	return netlink;
}

struct rtnl_link *device_find(const char *name)
{
	struct rtnl_link *link;
	int err;

	err = rtnl_link_get_kernel(route(), 0, name, &link);
	if (err)
		die("%s: %s", name, nl_geterror(err));
	return link;
}

struct rtnl_link *device_at(unsigned int ifindex)
{
	struct rtnl_link *link;
	int err;

	err = rtnl_link_get_kernel(route(), ifindex, NULL, &link);
	if (err)
		die("if%u: %s", ifindex, nl_geterror(err));
	return link;
}

static struct nl_cache *load_qdiscs(void)
{
	struct nl_cache *cache;
	int err = rtnl_qdisc_alloc_cache(route(), &cache);

	if (err)
		die("qdiscs: %s", nl_geterror(err));
	return cache;
}

/* The qdisc there; 0 for one the kernel chose by itself, which nobody would miss. */
static uint32_t qdisc_at(struct rtnl_link *link, uint32_t parent, char *kind, size_t size)
{
	struct nl_cache *cache = load_qdiscs();
	struct nl_object *object;
	uint32_t handle = 0;

	snprintf(kind, size, "none");
	for (object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
		struct rtnl_tc *tc = TC_CAST(object);

		if (rtnl_tc_get_ifindex(tc) != rtnl_link_get_ifindex(link) ||
		    rtnl_tc_get_parent(tc) != parent)
			continue;
		handle = rtnl_tc_get_handle(tc);
		snprintf(kind, size, "%s", rtnl_tc_get_kind(tc));
	}
	nl_cache_free(cache);
	return handle;
}

/* clsact is at the same place. */
bool device_has_ingress(struct rtnl_link *link)
{
	char kind[16];

	return qdisc_at(link, TC_H_INGRESS, kind, sizeof(kind));
}

/* The first handle that no root qdisc of another device has, as the kernel wants it. */
static uint32_t free_handle(struct rtnl_link *link)
{
	struct nl_cache *cache = load_qdiscs();
	struct nl_object *object;
	uint32_t handle = 0;

	do {
		handle += TC_H_MAKE(1 << 16, 0);
		for (object = nl_cache_get_first(cache); object;
		     object = nl_cache_get_next(object)) {
			struct rtnl_tc *tc = TC_CAST(object);

			if (rtnl_tc_get_ifindex(tc) != rtnl_link_get_ifindex(link) &&
			    rtnl_tc_get_parent(tc) == TC_H_ROOT &&
			    rtnl_tc_get_handle(tc) == handle)
				break;
		}
	} while (object);
	nl_cache_free(cache);
	return handle;
}

static struct rtnl_qdisc *qdisc_of(struct rtnl_link *link, uint32_t parent)
{
	struct rtnl_qdisc *qdisc = need(rtnl_qdisc_alloc());

	rtnl_tc_set_link(TC_CAST(qdisc), link);
	rtnl_tc_set_parent(TC_CAST(qdisc), parent);
	return qdisc;
}

void device_drop_qdisc(struct rtnl_link *link)
{
	struct rtnl_qdisc *qdisc = qdisc_of(link, TC_H_ROOT);
	int err = rtnl_qdisc_delete(route(), qdisc);

	rtnl_qdisc_put(qdisc);
	if (err)
		complain("%s: the root qdisc stays: %s", rtnl_link_get_name(link),
			 nl_geterror(err));
}

static int set_htb(struct rtnl_link *link, struct rtnl_class *class, uint64_t rate, uint64_t ceil)
{
	uint64_t frame = rtnl_link_get_mtu(link) + ETH_HLEN;
	uint64_t burst = ceil / BURSTS < 2 * frame ? 2 * frame : ceil / BURSTS;
	int err;

	err = rtnl_htb_set_rate64(class, rate);
	if (!err)
		err = rtnl_htb_set_ceil64(class, ceil);
	if (!err)
		err = rtnl_htb_set_rbuffer(class, burst);
	if (!err)
		err = rtnl_htb_set_cbuffer(class, burst);
	if (!err)
		err = rtnl_htb_set_quantum(class, 2 * frame < 1000 ? 1000 : 2 * frame);
	if (!err)
		err = rtnl_htb_set_prio(class, OTHERS_PRIO);
	return err;
}

/* Shares of what is left by the flows' own real-time curves; none above all of the device. */
static int set_hfsc(struct rtnl_class *class, uint64_t rate, uint64_t ceil)
{
	struct tc_service_curve share = { .m1 = rate, .m2 = rate };
	struct tc_service_curve limit = { .m1 = ceil, .m2 = ceil };
	int err;

	if (ceil > UINT32_MAX)
		return -NLE_RANGE;
	err = rtnl_class_hfsc_set_fsc(class, &share);
	if (!err && rate == ceil)
		err = rtnl_class_hfsc_set_usc(class, &limit);
	return err;
}

static int add_class(struct rtnl_link *link, const char *kind, uint32_t parent, uint32_t id,
		     uint64_t rate, uint64_t ceil)
{
	struct rtnl_class *class = need(rtnl_class_alloc());
	int err;

	rtnl_tc_set_link(TC_CAST(class), link);
	rtnl_tc_set_parent(TC_CAST(class), parent);
	rtnl_tc_set_handle(TC_CAST(class), id);
	rtnl_tc_set_linktype(TC_CAST(class), ARPHRD_ETHER);
	err = rtnl_tc_set_kind(TC_CAST(class), kind);
	if (!err)
		err = strcmp(kind, "htb") ? set_hfsc(class, rate, ceil) :
					    set_htb(link, class, rate, ceil);
	if (!err)
		err = rtnl_class_add(route(), class, NLM_F_CREATE | NLM_F_EXCL);
	rtnl_class_put(class);
	return err;
}

static int add_root(struct rtnl_link *link, const char *kind, uint32_t root)
{
	struct rtnl_qdisc *qdisc = qdisc_of(link, TC_H_ROOT);
	int err;

	rtnl_tc_set_handle(TC_CAST(qdisc), root);
	err = rtnl_tc_set_kind(TC_CAST(qdisc), kind);
	if (!err)
		err = strcmp(kind, "htb") ?
		      rtnl_qdisc_hfsc_set_defcls(qdisc, OTHERS) :
		      rtnl_htb_set_defcls(qdisc, OTHERS);
	if (!err)
		err = rtnl_qdisc_add(route(), qdisc, NLM_F_CREATE | NLM_F_EXCL);
	rtnl_qdisc_put(qdisc);
	return err;
}

/* What the others had before, on most systems; a kernel without it gives them a fifo. */
static void add_fair_queue(struct rtnl_link *link, uint32_t parent)
{
	struct rtnl_qdisc *qdisc = qdisc_of(link, parent);

	if (!rtnl_tc_set_kind(TC_CAST(qdisc), "fq_codel"))
		rtnl_qdisc_add(route(), qdisc, NLM_F_CREATE | NLM_F_EXCL);
	rtnl_qdisc_put(qdisc);
}

uint32_t device_make_qdisc(struct rtnl_link *link, const struct wsactl_pool *pool, bool force)
{
	const char *name = rtnl_link_get_name(link);
	uint64_t others = pool->rate - pool->share;
	uint32_t handle, root;
	char kind[16];
	int err;

	handle = qdisc_at(link, TC_H_ROOT, kind, sizeof(kind));
	if (!strcmp(kind, "mq") && !force)
		die("%s has an mq root: --force replaces it, and its queues then share one lock",
		    name);
	if (handle && !force)
		die("%s has a root qdisc, %s %x: --parent names a class of it, --force replaces it",
		    name, kind, handle >> 16);
	if (handle)
		device_drop_qdisc(link);

	root = free_handle(link);
	err = add_root(link, pool->qdisc, root);
	if (err)
		die("%s: %s: %s", name, pool->qdisc, nl_geterror(err));
	undo_later(device_drop_qdisc, link);
	err = add_class(link, pool->qdisc, root, root | ALL, pool->rate, pool->rate);
	/* before its share is taken: what comes meanwhile has the whole device */
	if (!err)
		err = add_class(link, pool->qdisc, root | ALL, root | OTHERS, others ? others : 1,
				pool->rate);
	if (!err)
		err = add_class(link, pool->qdisc, root | ALL, root | POOL, EXCESS(pool->rate),
				pool->rate);
	if (err)
		die("%s: %s class: %s", name, pool->qdisc, nl_geterror(err));
	add_fair_queue(link, root | OTHERS);
	return root | POOL;
}

void device_count(unsigned int ifindex, struct wsactl_flows *flows)
{
	struct nl_object *object;
	struct nl_cache *cache;

	/* the device may have gone meanwhile */
	if (rtnl_class_alloc_cache(route(), ifindex, &cache))
		return;
	for (object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
		struct rtnl_tc *tc = TC_CAST(object);
		struct wsactl_flow *flow = flows_find(flows, ifindex, rtnl_tc_get_handle(tc));

		if (!flow)
			continue;
		flow->counted = true;
		flow->octets = rtnl_tc_get_stat(tc, RTNL_TC_BYTES);
		flow->packets = rtnl_tc_get_stat(tc, RTNL_TC_PACKETS);
		flow->drops = rtnl_tc_get_stat(tc, RTNL_TC_DROPS);
	}
	nl_cache_free(cache);
}
