// SPDX-License-Identifier: MIT
/* Questions about a socket that the table answers, or else the kernel. */
#include "wsalib.h"

/** sock_bound - has the socket a local port? Asks the kernel until it has. */
int sock_bound(int fd, struct wsa_sock *sk)
{
	struct sys_state state;

	if (sock_flags(sk) & SOCK_F_BOUND)
		return 1;
	if (sys_state(fd, &state) < 0 || !state.bound)
		return 0;
	sock_set(sk, SOCK_F_BOUND);
	return 1;
}

/**
 * sock_unconnected - has a connect been tried that has not succeeded?
 *
 * Only a socket marked so costs a question; the mark goes once a connect
 * succeeded.
 */
int sock_unconnected(int fd, struct wsa_sock *sk)
{
	struct sys_state state;

	if (!(sock_flags(sk) & SOCK_F_PENDING) || sys_state(fd, &state) < 0)
		return 0;
	if (state.state == SYS_PENDING || state.state == SYS_FAILED)
		return 1;
	callee_settle(sk);	/* before another thread finds the mark gone */
	sock_clear(sk, SOCK_F_PENDING);
	return 0;
}

/** sock_has_dest - has a datagram socket a default destination? Asked once per connect. */
int sock_has_dest(int fd, struct wsa_sock *sk)
{
	struct sys_state state;

	if (sock_flags(sk) & SOCK_F_DEST)
		return 1;
	if (sys_state(fd, &state) < 0)
		return 1;	/* the send will tell */
	if (state.state != SYS_CONNECTED)
		return 0;
	sock_set(sk, SOCK_F_DEST);
	return 1;
}

/** sock_blocking - for failure paths: what the descriptor says, not the table */
int sock_blocking(int fd, struct wsa_sock *sk)
{
	int nonblocking = sys_is_nonblocking(fd);

	if (nonblocking < 0)
		return !(sock_flags(sk) & SOCK_F_NONBLOCK);
	if (nonblocking)
		sock_set(sk, SOCK_F_NONBLOCK);
	else
		sock_clear(sk, SOCK_F_NONBLOCK);
	return !nonblocking;
}
