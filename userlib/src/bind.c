// SPDX-License-Identifier: MIT
/* bind. */
#include <errno.h>
#include <string.h>

#include "wsalib.h"

/*
 * Windows lets a stream be bound over connections in TIME_WAIT without being
 * asked (row 149), and yet no second socket to a port that one holds (row 142).
 * Linux' SO_REUSEADDR grants the first where the old connections had it too,
 * which those of our listeners have (listen.c); two sockets that both have it
 * could also share a port. So it is tried only after a plain bind found the
 * port taken.
 */
static int bind_over_time_wait(int fd, const void *name, unsigned int len)
{
	int on = 1, off = 0, r;

	if (sys_setopt(fd, LX_SOL_SOCKET, LX_SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -EADDRINUSE;
	r = sys_bind(fd, name, len);
	if (r < 0)
		sys_setopt(fd, LX_SOL_SOCKET, LX_SO_REUSEADDR, &off, sizeof(off));
	return r;
}

/*
 * Linux wants to know which interface a link-local address is on; Windows
 * finds the one that has it (row 127).
 */
static int bind_link_local(int fd, const void *name)
{
	struct sockaddr_in6 in6;
	int r;

	memcpy(&in6, name, sizeof(in6));
	if (in6.sin6_scope_id || !IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr))
		return -EINVAL;
	if (sys_scope_of(&in6.sin6_addr, &in6.sin6_scope_id) < 0)
		return -EADDRNOTAVAIL;
	r = sys_bind(fd, &in6, sizeof(in6));
	return r == -ENODEV ? -EADDRNOTAVAIL : r;
}

/*
 * A bind to an interface that does not exist leaves the socket tied to it on
 * Linux, though it fails: it must not be tried (row 128).
 */
static int bogus_scope(int fd, struct wsa_sock *sk, const void *name)
{
	struct sockaddr_in6 in6;

	if (!sys_readable(name, sizeof(in6)))
		return 0;
	memcpy(&in6, name, sizeof(in6));
	return in6.sin6_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr) &&
	       in6.sin6_scope_id && !sys_scope_valid(fd, in6.sin6_scope_id) && !sock_bound(fd, sk);
}

static int bind_node(int fd, struct wsa_sock *sk, const struct sockaddr *name, int namelen)
{
	uint32_t flags;
	int r;

	if (!name || namelen < sock_addr_min(sk))
		return wsa_fail(WSAEFAULT);
	if (namelen > (int)sizeof(struct sockaddr_storage))
		namelen = sizeof(struct sockaddr_storage);
	flags = sock_flags(sk);
	if (flags & SOCK_F_INET6 && bogus_scope(fd, sk, name))
		return wsa_fail(WSAEADDRNOTAVAIL);
	r = sys_bind(fd, name, namelen);
	if (r == -EADDRINUSE && flags & SOCK_F_STREAM &&
	    !(flags & (SOCK_F_REUSE | SOCK_F_EXCLUSIVE)))
		r = bind_over_time_wait(fd, name, namelen);
	if (r == -EINVAL && !sock_bound(fd, sk) && flags & SOCK_F_INET6)
		r = bind_link_local(fd, name);
	if (!r) {
		sock_set(sk, SOCK_F_BOUND);
		return wsa_ok(0);
	}
	switch (r) {
	case -EADDRINUSE:
		return wsa_fail(flags & SOCK_F_REUSE ? WSAEACCES : WSAEADDRINUSE);
	case -ENODEV:
		return wsa_fail(WSAEADDRNOTAVAIL);
	default:
		return wsa_fail(wsa_code(r));
	}
}

/**
 * bind - give a socket its local address
 * @s: socket
 * @name: address in the socket's family, or with ISO transport a SOCKADDR_TP; port 0 lets the
 *	system choose
 * @namelen: octets at @name, at least the family's; more are ignored
 *
 * SO_REUSEADDR shares a port only where both sides ask for it: a holder that
 * did not ask counts as one with SO_EXCLUSIVEADDRUSE (row 143).
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT
 * (rows 19-25), WSAEAFNOSUPPORT (rows 26, 28), WSAEINVAL (bound already, rows
 * 66, 139, 140), WSAEADDRNOTAVAIL (rows 128, 141), WSAEADDRINUSE (row 142),
 * WSAEACCES (row 143, or a port that needs privilege).
 */
int WSAAPI bind(SOCKET s, const struct sockaddr *name, int namelen)
{
	struct tp_name tp;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int r, with;

	if (fd < 0)
		return SOCKET_ERROR;
	with = tp_name_of(sk, name, namelen, &tp);
	if (with < 0)
		return bind_node(fd, sk, name, namelen);
	if (with)
		return wsa_fail(with);
	r = tp_name_change(fd, SYS_ISO_OWN, &tp);
	if (r < 0)
		return wsa_fail(wsa_code(r));
	r = bind_node(fd, sk, (const struct sockaddr *)&tp.node, tp.node_len);
	if (r)
		tp_name_change(fd, SYS_ISO_OWN, &tp);
	else
		sock_set(sk, SOCK_F_TP);
	return r;
}
