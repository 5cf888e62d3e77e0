// SPDX-License-Identifier: GPL-2.0
/* How a flow's packets will leave, found before there is a connection. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/ipv6_stubs.h>
#include <net/route.h>
#include <net/tcp_states.h>

#include "qos.h"

#define ETHERNET_HEADER		14
#define TCP_TIMESTAMPS		12

/**
 * wsa_way_peer - whom a connected socket sends to
 * @sk: the socket
 * @peer: out: its address
 *
 * Context: sk lock held.
 * Return: false when it is not connected.
 */
bool wsa_way_peer(const struct sock *sk, struct sockaddr_storage *peer)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)peer;
	struct sockaddr_in *sin = (struct sockaddr_in *)peer;

	if (!((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)))
		return false;
	memset(peer, 0, sizeof(*peer));
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = inet_sk(sk)->inet_dport;
		sin6->sin6_addr = sk->sk_v6_daddr;
		return true;
	}
#endif
	sin->sin_family = AF_INET;
	sin->sin_port = inet_sk(sk)->inet_dport;
	sin->sin_addr.s_addr = inet_sk(sk)->inet_daddr;
	return true;
}

static int way_ipv4(struct sock *sk, __be32 daddr, __be16 dport, struct wsa_way *way)
{
	struct flowi4 fl4;
	struct rtable *rt;

	rt = ip_route_output_ports(sock_net(sk), &fl4, sk, daddr, inet_sk(sk)->inet_saddr, dport,
				   inet_sk(sk)->inet_sport, sk->sk_protocol, ip_sock_rt_tos(sk),
				   READ_ONCE(sk->sk_bound_dev_if));
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	way->ifindex = rt->dst.dev->ifindex;
	way->mtu = dst_mtu(&rt->dst);
	way->headers = sizeof(struct iphdr);
	ip_rt_put(rt);
	return 0;
}

static int way_ipv6(struct sock *sk, const struct in6_addr *daddr, __be16 dport, int scope,
		    struct wsa_way *way)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct flowi6 fl6 = {
		.flowi6_proto = sk->sk_protocol,
		.daddr = *daddr,
		.saddr = inet6_sk(sk)->saddr,
		.flowlabel = ip6_make_flowinfo(inet6_sk(sk)->tclass, inet6_sk(sk)->flow_label),
		.flowi6_oif = scope ?: READ_ONCE(sk->sk_bound_dev_if),
		.flowi6_mark = READ_ONCE(sk->sk_mark),
		.fl6_dport = dport,
		.fl6_sport = inet_sk(sk)->inet_sport,
		.flowi6_uid = sk->sk_uid,
	};
	struct dst_entry *dst;

	security_sk_classify_flow(sk, flowi6_to_flowi_common(&fl6));
	dst = ipv6_stub->ipv6_dst_lookup_flow(sock_net(sk), sk, &fl6, NULL);
	if (IS_ERR(dst))
		return PTR_ERR(dst);
	way->ifindex = dst->dev->ifindex;
	way->mtu = dst_mtu(dst);
	way->headers = sizeof(struct ipv6hdr);
	dst_release(dst);
	return 0;
#else
	return -EAFNOSUPPORT;
#endif
}

/**
 * wsa_way_to - how a socket's packets will leave
 * @sk: the socket
 * @name: whom to, of the socket's family
 * @way: out: how
 *
 * A flowspec counts what the program sends; the scheduler counts frames.
 *
 * Context: sk lock held.
 * Return: 0 or the negative errno of the route.
 */
int wsa_way_to(struct sock *sk, const struct sockaddr *name, struct wsa_way *way)
{
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)name;
	const struct sockaddr_in *sin = (const struct sockaddr_in *)name;
	int err;

	if (name->sa_family == AF_INET)
		err = way_ipv4(sk, sin->sin_addr.s_addr, sin->sin_port, way);
	else if (ipv6_addr_v4mapped(&sin6->sin6_addr))
		err = way_ipv4(sk, sin6->sin6_addr.s6_addr32[3], sin6->sin6_port, way);
	else
		err = way_ipv6(sk, &sin6->sin6_addr, sin6->sin6_port, sin6->sin6_scope_id, way);
	if (err)
		return err;

	switch (sk->sk_type) {
	case SOCK_STREAM:
		way->headers += sizeof(struct tcphdr);
		if (READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_timestamps))
			way->headers += TCP_TIMESTAMPS;
		break;
	case SOCK_DGRAM:
		way->headers += sizeof(struct udphdr);
		break;
	}
	way->mtu = clamp_t(u32, way->mtu, way->headers + 1, U16_MAX) - way->headers;
	way->headers += ETHERNET_HEADER;
	return 0;
}

