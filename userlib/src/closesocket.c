// SPDX-License-Identifier: MIT
/* closesocket. */
#include "wsalib.h"

/*
 * Who waits for a file holds it open: close(2) alone would leave them waiting
 * (row 68), and the next file with its number would be taken for it. So the
 * waiters leave first. A pending attempt with nobody waiting ends with the file (row 67).
 */
int wsa_close_fd(int fd, struct wsa_sock *sk)
{
	uint32_t flags = sock_flags(sk);
	struct sys_state state;

	/* The program may have closed it by close(2), and another file have its number. */
	if (sys_state(fd, &state) < 0) {
		wsa_sock_forget(fd);
		return wsa_fail(WSAENOTSOCK);
	}
	/* Of two threads that close one wins. */
	do {
		if (!(flags & SOCK_F_USED))
			return wsa_fail(WSAENOTSOCK);
	} while (!atomic_compare_exchange_weak(&sk->flags, &flags,
					       (flags & SOCK_F_KIND) | SOCK_F_CLOSING));
	message_forget(sk);
	callee_forget(sk);
	wait_evict(fd, sk);
	sys_close(fd);
	/* unless another socket has the number already */
	flags = sock_flags(sk);
	while (flags & SOCK_F_CLOSING &&
	       !atomic_compare_exchange_weak(&sk->flags, &flags, flags & SOCK_F_KIND))
		;
	return wsa_ok(0);
}

/**
 * closesocket - close a socket
 * @s: socket
 *
 * Calls that wait for it in other threads return WSAEINTR; select and WSAPoll report it.
 * From a signal handler of a thread that waits for it: that call ends when the
 * handler returns.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK or WSAEINPROGRESS
 * (in a blocking hook).
 */
int WSAAPI closesocket(SOCKET s)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);

	if (fd < 0)
		return SOCKET_ERROR;
	return wsa_close_fd(fd, sk);
}
