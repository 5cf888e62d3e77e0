// SPDX-License-Identifier: MIT
/* getsockname and getpeername. */
#include <errno.h>
#include <string.h>

#include "wsalib.h"

/* Linux shortens an address to fit; Winsock refuses and writes nothing (rows 134, 135). */
static int give(const void *have, unsigned int have_len, struct sockaddr *name, int *namelen)
{
	if (!sys_writable(namelen, sizeof(*namelen)) || *namelen < (int)have_len ||
	    sys_copy_out(name, have, have_len) < 0)
		return wsa_fail(WSAEFAULT);
	*namelen = have_len;
	return wsa_ok(0);
}

/* As a SOCKADDR_TP where the program has used one. */
static int give_name(int fd, const struct wsa_sock *sk, enum sys_iso_part part, const void *have,
		     unsigned int have_len, struct sockaddr *name, int *namelen)
{
	char tp[TP_NAME_MAX];
	struct sys_iso iso;
	int r;

	if (!(sock_flags(sk) & SOCK_F_TP))
		return give(have, have_len, name, namelen);
	r = sys_iso_get(fd, &iso);
	if (r < 0)
		return wsa_fail(wsa_code(r));
	if (part == SYS_ISO_OWN)
		r = tp_name_give(iso.own, iso.own_len, have, have_len, tp);
	else
		r = tp_name_give(iso.peer, iso.peer_len, have, have_len, tp);
	return give(tp, r, name, namelen);
}

/* A raw socket's "port" is its protocol: only bind or connect bind it. */
static int has_local_name(int fd, struct wsa_sock *sk, const struct sockaddr_storage *name)
{
	USHORT port;

	if (sock_flags(sk) & (SOCK_F_BOUND | SOCK_F_RAW))
		return sock_flags(sk) & SOCK_F_BOUND;
	/* sin_port and sin6_port are in the same place */
	memcpy(&port, (const char *)name + offsetof(struct sockaddr_in, sin_port), sizeof(port));
	return port || sock_bound(fd, sk);
}

/**
 * getsockname - the socket's local address
 * @s: socket
 * @name: receives it
 * @namelen: octets at @name, then octets used
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEINVAL
 * (not bound: row 132), WSAEFAULT (row 135). A call that fails writes nothing.
 */
int WSAAPI getsockname(SOCKET s, struct sockaddr *name, int *namelen)
{
	struct sockaddr_storage have;
	unsigned int len = sizeof(have);
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int r;

	if (fd < 0)
		return SOCKET_ERROR;
	r = sys_getsockname(fd, &have, &len);
	if (r < 0)
		return wsa_fail(wsa_code(r));
	if (!has_local_name(fd, sk, &have))
		return wsa_fail(WSAEINVAL);
	return give_name(fd, sk, SYS_ISO_OWN, &have, len, name, namelen);
}

/**
 * getpeername - the address the socket is connected, or being connected, to
 * @s: socket
 * @name: receives it
 * @namelen: octets at @name, then octets used
 *
 * Also answers while a connect is pending (row 60) and after the connection
 * has ended (row 98).
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAENOTCONN
 * (row 133, before the pointers are looked at), WSAEFAULT (row 134).
 */
int WSAAPI getpeername(SOCKET s, struct sockaddr *name, int *namelen)
{
	struct sockaddr_storage have;
	unsigned int len = sizeof(have);
	struct sys_state state;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int r;

	if (fd < 0)
		return SOCKET_ERROR;
	r = sys_getpeername(fd, &have, &len);
	if (r == -ENOTCONN && !sys_state(fd, &state) && state.peer_len &&
	    (state.state == SYS_PENDING || state.state == SYS_CONNECTED ||
	     state.state == SYS_CLOSED)) {
		len = state.peer_len;
		memcpy(&have, state.peer, len);
		r = 0;
	}
	if (r < 0)
		return wsa_fail(wsa_code(r));
	return give_name(fd, sk, SYS_ISO_PEER, &have, len, name, namelen);
}
