// SPDX-License-Identifier: MIT
/* listen. */
#include <errno.h>

#include "wsalib.h"

/**
 * listen - let a bound stream accept connections
 * @s: bound socket
 * @backlog: connections that may wait; SOMAXCONN, SOMAXCONN_HINT(n) or a number
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEINVAL
 * (not bound, or a connect is pending: row 65), WSAEISCONN, WSAEOPNOTSUPP (not
 * a stream), WSAEADDRINUSE.
 */
int WSAAPI listen(SOCKET s, int backlog)
{
	struct wsa_sock *sk;
	struct sys_state state;
	int fd = wsa_enter(s, &sk);
	int on = 1, r;

	if (fd < 0)
		return SOCKET_ERROR;
	if (!(sock_flags(sk) & SOCK_F_STREAM))
		return wsa_fail(WSAEOPNOTSUPP);
	if (!sock_bound(fd, sk))
		return wsa_fail(WSAEINVAL);
	if (backlog < 0)
		backlog = backlog == -0x7fffffff - 1 ? 0x7fffffff : -backlog;
	r = sys_listen(fd, backlog);
	if (r == -EINVAL && !sys_state(fd, &state) &&
	    (state.state == SYS_CONNECTED || state.state == SYS_CLOSED))
		return wsa_fail(WSAEISCONN);
	if (r < 0)
		return wsa_fail(wsa_code(r));
	/* The failure stays a condition of the socket, and Linux forgets it (row 92). */
	if (sock_flags(sk) & SOCK_F_PENDING)
		sock_clear(sk, SOCK_F_PLAIN);
	/* Connections accepted from here may be bound over once in TIME_WAIT: see bind.c. */
	if (!(sock_flags(sk) & SOCK_F_REUSE))
		sys_setopt(fd, LX_SOL_SOCKET, LX_SO_REUSEADDR, &on, sizeof(on));
	return wsa_ok(0);
}
