// SPDX-License-Identifier: GPL-2.0
/*
 * The socket kinds there are.
 *
 * Neither the IPv6 operations nor the raw protocols are exported; one socket of
 * each kind, made at load and thrown away, shows them.
 */
#include <linux/in.h>
#include <linux/module.h>

#include "wsa_sock.h"

static const struct {
	int af, type, ipproto;
	bool iso;
} wsa_kind_list[] = {
	{ AF_INET,  SOCK_STREAM, IPPROTO_TCP },
	{ AF_INET,  SOCK_DGRAM,  IPPROTO_UDP },
	{ AF_INET,  SOCK_RAW,    IPPROTO_RAW },
	{ AF_INET6, SOCK_STREAM, IPPROTO_TCP },
	{ AF_INET6, SOCK_DGRAM,  IPPROTO_UDP },
	{ AF_INET6, SOCK_RAW,    IPPROTO_RAW },
	{ AF_INET,  SOCK_STREAM, IPPROTO_TCP, true },
	{ AF_INET6, SOCK_STREAM, IPPROTO_TCP, true },
};

static struct wsa_kind wsa_kinds[ARRAY_SIZE(wsa_kind_list)] __ro_after_init;
static struct wsa_sock accepted[ARRAY_SIZE(wsa_kind_list)][WSA_COMPAT_WINDOWS + 1] __ro_after_init;

static int __init wsa_kind_learn(struct wsa_kind *kind, int af, int type, int ipproto, bool iso)
{
	struct wsa_sock *child = wsa_kind_accepted(kind, 0);
	struct socket *sock;
	u32 compat;
	int err;

	err = sock_create_kern(&init_net, af, type, ipproto, &sock);
	if (err)
		return err;

	kind->af = af;
	kind->type = type;
	kind->iso = iso;
	kind->prot = sock->sk->sk_prot;
	kind->base = sock->ops;
	wsa_fill_ops(kind);
	if (type == SOCK_DGRAM)
		wsa_dgram_errors_learn(sock->sk);
	sock_release(sock);

	for (compat = 0; compat <= WSA_COMPAT_WINDOWS; compat++) {
		child[compat].kind = kind;
		child[compat].base = kind->base;
		child[compat].established = true;
		child[compat].shared = true;
		child[compat].compat = compat;
	}
	return 0;
}

/**
 * wsa_kinds_init - learn the base operations of every kind
 *
 * A kernel without IPv6 has half of them.
 *
 * Context: module load; may sleep.
 * Return: 0 or the errno of the first IPv4 socket that could not be made.
 */
int __init wsa_kinds_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(wsa_kind_list); i++) {
		err = wsa_kind_learn(&wsa_kinds[i], wsa_kind_list[i].af,
				     wsa_kind_list[i].type, wsa_kind_list[i].ipproto,
				     wsa_kind_list[i].iso);
		if (err && wsa_kind_list[i].af == AF_INET)
			return err;
	}
	return 0;
}

/**
 * wsa_kind_of - the kind of a plain inet socket
 * @sock: the socket
 *
 * By protocol and operations, not by number: MPTCP calls itself TCP to some, and a
 * socket whose operations were replaced already is nobody's to adopt.
 *
 * Return: the kind, or NULL when it is none of ours.
 */
const struct wsa_kind *wsa_kind_of(const struct socket *sock)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(wsa_kinds); i++) {
		if (wsa_kinds[i].prot && !wsa_kinds[i].iso &&
		    wsa_kinds[i].base == READ_ONCE(sock->ops) &&
		    wsa_kinds[i].prot == READ_ONCE(sock->sk->sk_prot))
			return &wsa_kinds[i];
	}
	return NULL;
}

/**
 * wsa_kind_iso - the kind of a socket that is to speak ISO transport
 * @tcp: what it is now
 *
 * Return: the kind.
 */
const struct wsa_kind *wsa_kind_iso(const struct wsa_kind *tcp)
{
	const struct wsa_kind *kind = wsa_kinds;

	while (!kind->iso || kind->af != tcp->af)
		kind++;
	return kind;
}

/**
 * wsa_kind_accepted - the state of accepted sockets
 * @kind: their kind
 * @compat: enum wsa_compat
 *
 * Return: the state, shared and read-only.
 */
struct wsa_sock *wsa_kind_accepted(const struct wsa_kind *kind, u32 compat)
{
	return &accepted[kind - wsa_kinds][compat];
}

/**
 * wsa_kind_wanted - may the family door make such a socket?
 * @af: address family
 * @type: socket type
 * @ipproto: IP protocol, 0 for the type's own
 *
 * Asked before anything is made, so that no protocol module is loaded in vain.
 *
 * Return: true for TCP, UDP and raw over IPv4 and IPv6.
 */
bool wsa_kind_wanted(int af, int type, int ipproto)
{
	if (af != AF_INET && af != AF_INET6)
		return false;

	switch (type) {
	case SOCK_STREAM:
		return !ipproto || ipproto == IPPROTO_TCP;
	case SOCK_DGRAM:
		return !ipproto || ipproto == IPPROTO_UDP;
	case SOCK_RAW:
		return ipproto > 0 && ipproto < IPPROTO_MAX && ipproto <= 255;
	default:
		return false;
	}
}
