// SPDX-License-Identifier: GPL-2.0
/*
 * What a device receives is queued by an ifb before anybody gets it.
 *
 * A hook at the device's ingress redirects it, as tc's mirred and nft's fwd do, and first gives
 * each packet the class of the socket that it is for. It cannot be at the ifb's egress instead:
 * netfilter does not see there what tc redirects. The ifb gives what its qdisc lets go of to the
 * device again, behind all hooks.
 */
#include <linux/hashtable.h>
#include <linux/if_vlan.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/ipv6_stubs.h>
#include <net/l3mdev.h>
#include <net/udp.h>

#include "compat.h"
#include "qos.h"
#include "rules/packet.h"

#define GRANTS_BITS	10

/**
 * struct wsa_receiver - the hook of a pool that receives, and who has a class there
 * @rcu: of its end
 * @ops: the hook at the device that is received for
 * @ifb: the pool's device
 * @grants: by socket; changed under wsa_qos_net.owners, read under RCU
 */
struct wsa_receiver {
	struct rcu_head rcu;
	struct nf_hook_ops ops;
	struct net_device *ifb;
	DECLARE_HASHTABLE(grants, GRANTS_BITS);
};

static u32 class_of(const struct wsa_receiver *receiver, const struct sock *sk)
{
	const struct wsa_grant *grant;

	hash_for_each_possible_rcu(receiver->grants, grant, of_sock, (unsigned long)sk) {
		if (READ_ONCE(grant->owner) == sk)
			return grant->class[0].id;
	}
	return 0;
}

static u32 class_of_tcp(const struct wsa_receiver *receiver, struct net *net,
			const struct wsa_packet *packet, bool ipv6, int dif, int sdif)
{
	struct inet_hashinfo *hashinfo = net->ipv4.tcp_death_row.hashinfo;
	u16 to = ntohs(packet->to);
	struct sock *sk = NULL;
	u32 classid;

	if (!ipv6)
		sk = __inet_lookup_established(net, hashinfo, packet->source.s6_addr32[0],
					       packet->from, packet->dest.s6_addr32[0], to, dif,
					       sdif);
#if IS_ENABLED(CONFIG_IPV6)
	else
		sk = __inet6_lookup_established(net, hashinfo, &packet->source, packet->from,
						&packet->dest, to, dif, sdif);
#endif
	if (!sk)
		return 0;
	classid = class_of(receiver, sk);
	sock_gen_put(sk);
	return classid;
}

/* Where several sockets share a port by a program, no packet is there for it to look at. */
static u32 class_of_udp(const struct wsa_receiver *receiver, struct net *net,
			const struct wsa_packet *packet, bool ipv6, int dif, int sdif)
{
	struct sock *sk = NULL;

	if (!ipv6)
		sk = __udp4_lib_lookup(net, packet->source.s6_addr32[0], packet->from,
				       packet->dest.s6_addr32[0], packet->to, dif, sdif,
				       wsa_udp_table(net), NULL);
#if IS_ENABLED(CONFIG_IPV6)
	else if (ipv6_bpf_stub)
		sk = ipv6_bpf_stub->udp6_lib_lookup(net, &packet->source, packet->from,
						    &packet->dest, packet->to, dif, sdif,
						    wsa_udp_table(net), NULL);
#endif
	return sk ? class_of(receiver, sk) : 0;
}

/* Of the socket that it is for; 0 for what is for none with a class. */
static u32 class_of_packet(const struct wsa_receiver *receiver, struct net *net,
			   const struct sk_buff *skb)
{
	bool ipv6 = skb->protocol == htons(ETH_P_IPV6);
	u32 len = min_t(u32, skb->len, WSA_PACKET_HEAD);
	struct wsa_packet packet;
	u8 room[WSA_PACKET_HEAD];
	const u8 *octets;
	int dif, master;

	if (skb->pkt_type != PACKET_HOST || (!ipv6 && skb->protocol != htons(ETH_P_IP)))
		return 0;
	octets = skb_header_pointer(skb, 0, len, room);
	if (!octets || !wsa_packet_parse(octets, len, ipv6, &packet))
		return 0;
	dif = skb->dev->ifindex;
	master = l3mdev_master_ifindex_rcu(skb->dev);
	if (packet.protocol == IPPROTO_TCP)
		return class_of_tcp(receiver, net, &packet, ipv6, master ?: dif, master ? dif : 0);
	return class_of_udp(receiver, net, &packet, ipv6, master ?: dif, master ? dif : 0);
}

/* A priority that came with the packet is somebody else's, and might be a class here. */
static unsigned int receive_hook(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	const struct wsa_receiver *receiver = priv;

	/* whoever sets the ifb down does not cut the host off */
	if (!(READ_ONCE(receiver->ifb->flags) & IFF_UP))
		return NF_ACCEPT;
	skb->priority = class_of_packet(receiver, state->net, skb);
	skb_push_rcsum(skb, skb->mac_len);
	skb_set_redirected(skb, true);
	skb->dev = receiver->ifb;
	dev_queue_xmit(skb);
	return NF_STOLEN;
}

/**
 * wsa_receiver_start - have what a device receives queued by a pool's device
 * @pool: the pool; @dev is held for it
 * @dev: the device that is received for
 *
 * Context: RTNL held; may sleep.
 * Return: 0, -ENOMEM, or -EOPNOTSUPP where the kernel has no such hook.
 */
int wsa_receiver_start(struct wsa_pool *pool, struct net_device *dev)
{
	struct wsa_receiver *receiver;
	int err;

	receiver = kzalloc(sizeof(*receiver), GFP_KERNEL_ACCOUNT);
	if (!receiver)
		return -ENOMEM;
	hash_init(receiver->grants);
	receiver->ifb = pool->dev;
	receiver->ops = (struct nf_hook_ops){
		.hook = receive_hook,
		.priv = receiver,
		.dev = dev,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		/* what comes back from the ifb meets no hook again, so this is the last */
		.priority = INT_MAX,
	};
	err = nf_register_net_hook(dev_net(dev), &receiver->ops);
	if (err) {
		kfree(receiver);
		return err;
	}
	pool->receiver = receiver;
	return 0;
}

/**
 * wsa_receiver_end - the device receives as before
 * @pool: a pool that receives, without a grant
 *
 * Context: RTNL held; may sleep. The hook may run until a grace period is over, and the devices
 * are there as long.
 */
void wsa_receiver_end(struct wsa_pool *pool)
{
	struct wsa_receiver *receiver = pool->receiver;

	nf_unregister_net_hook(dev_net(receiver->ops.dev), &receiver->ops);
	pool->receiver = NULL;
	kfree_rcu(receiver, rcu);
}

/**
 * wsa_receiver_add - what is for a grant's owner has its class from now on
 * @grant: a grant that has an owner; nothing is done for one that sends
 *
 * Context: any; wsa_qos_net.owners held.
 */
void wsa_receiver_add(struct wsa_grant *grant)
{
	lockdep_assert_held(&grant->qn->owners);
	if (grant->receiver)
		hash_add_rcu(grant->receiver->grants, &grant->of_sock,
			     (unsigned long)grant->owner);
}

/**
 * wsa_receiver_remove - what is for a grant's owner has no class from now on
 * @grant: the grant, which is not freed before a grace period is over
 *
 * Context: any; wsa_qos_net.owners held.
 */
void wsa_receiver_remove(struct wsa_grant *grant)
{
	lockdep_assert_held(&grant->qn->owners);
	hash_del_rcu(&grant->of_sock);
}
