// SPDX-License-Identifier: GPL-2.0
/* What this host's tables say of a destination. */
#include <linux/netdevice.h>
#include <net/addrconf.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "wsa_sock.h"

/**
 * wsa_dest_is_broadcast - does the routing table call it a broadcast address?
 * @sk: whose namespace to look in
 * @addr: the address
 * @dest: the same, classified
 *
 * Directed broadcasts cannot be told from their octets.
 *
 * Context: any.
 * Return: true when it is; IPv6 has none.
 */
bool wsa_dest_is_broadcast(struct sock *sk, const struct sockaddr *addr,
			   const struct wsa_dest *dest)
{
	__be32 ip;

	if (dest->v4mapped)
		ip = ((const struct sockaddr_in6 *)addr)->sin6_addr.s6_addr32[3];
	else if (addr->sa_family == AF_INET)
		ip = ((const struct sockaddr_in *)addr)->sin_addr.s_addr;
	else
		return false;
	return inet_addr_type(sock_net(sk), ip) == RTN_BROADCAST;
}

static bool has_link_local(struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	struct inet6_ifaddr *ifa;
	bool found = false;

	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list)
		found |= ifa->scope == IFA_LINK;
	read_unlock_bh(&idev->lock);
	return found;
}

static bool has_interface(struct net *net, int ifindex)
{
	bool found;

	rcu_read_lock();
	found = dev_get_by_index_rcu(net, ifindex);
	rcu_read_unlock();
	return found;
}

/* The only interface a link-local address can mean, or 0. */
static int only_link(struct net *net)
{
	struct net_device *dev;
	int ifindex = 0;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (!(dev->flags & IFF_UP) || (dev->flags & IFF_LOOPBACK) || !has_link_local(dev))
			continue;
		if (ifindex) {
			ifindex = 0;
			break;
		}
		ifindex = dev->ifindex;
	}
	rcu_read_unlock();
	return ifindex;
}

/**
 * wsa_scope_fill - give a link-local destination the scope it must mean
 * @sk: the socket
 * @addr: the destination
 * @dest: the same, classified
 * @scoped: room for a changed copy; @addr itself may be the caller's for a retry
 *
 * Windows takes scope id 0 where one interface is the only candidate (row 127);
 * with none or several the base protocol refuses it. Linux would bind the socket
 * to an interface that does not exist before it finds no route.
 *
 * Context: sk lock held or not; takes RCU.
 * Return: @addr, or @scoped, or NULL when the scope names no interface (row 128).
 */
struct sockaddr *wsa_scope_fill(struct sock *sk, struct sockaddr *addr,
				const struct wsa_dest *dest, struct sockaddr_in6 *scoped)
{
	int ifindex;

	if (!dest->link_local)
		return addr;
	if (dest->scope)
		return has_interface(sock_net(sk), dest->scope) ? addr : NULL;
	if (READ_ONCE(sk->sk_bound_dev_if))
		return addr;
	ifindex = only_link(sock_net(sk));
	if (!ifindex)
		return addr;

	*scoped = *(struct sockaddr_in6 *)addr;
	scoped->sin6_scope_id = ifindex;
	return (struct sockaddr *)scoped;
}
