// SPDX-License-Identifier: MIT
/* closesocket. */
#include "wsalib.h"

#define LEAVE_MS	200

/*
 * A connect that blocks in another thread holds the file open: close(2) alone
 * would leave it waiting (row 68). The thread may just be about to wait again
 * after a signal, so it is cancelled until it has left; not for ever, as the
 * caller may be a signal handler of that thread. A pending attempt with nobody
 * waiting ends with the file (row 67).
 */
int wsa_close_fd(int fd, struct wsa_sock *sk)
{
	struct sys_state state;
	int i;

	/* The program may have closed it by close(2), and another file have its number. */
	if (sys_state(fd, &state) < 0) {
		wsa_sock_forget(fd);
		return wsa_fail(WSAENOTSOCK);
	}
	/* Of two threads that close one wins. */
	if (!(atomic_exchange(&sk->flags, 0) & SOCK_F_USED))
		return wsa_fail(WSAENOTSOCK);
	message_forget(sk);
	for (i = 0; i < LEAVE_MS && atomic_load(&sk->connecting); i++) {
		sys_cancel(fd);
		sys_pause_ms(i ? 1 : 0);
	}
	sys_close(fd);
	return wsa_ok(0);
}

/**
 * closesocket - close a socket
 * @s: socket
 *
 * A connect blocked on it in another thread returns WSAEINTR.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED or WSAENOTSOCK.
 */
int WSAAPI closesocket(SOCKET s)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);

	if (fd < 0)
		return SOCKET_ERROR;
	return wsa_close_fd(fd, sk);
}
