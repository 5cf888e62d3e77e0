// SPDX-License-Identifier: MIT
/* shutdown. */
#include "wsalib.h"

/** shutdown_fd - shutdown of a socket that was found, with a @how that there is */
int shutdown_fd(int fd, struct wsa_sock *sk, int how)
{
	int r = sys_shutdown(fd, how);

	if (r < 0)
		return wsa_fail(wsa_code(r));
	if (how != SD_SEND)
		sock_set(sk, SOCK_F_SHUT_RD);
	if (how != SD_RECEIVE)
		sock_set(sk, SOCK_F_SHUT_WR);
	return wsa_ok(0);
}

/**
 * shutdown - end sending, receiving or both
 * @s: socket
 * @how: SD_RECEIVE, SD_SEND, SD_BOTH
 *
 * Later sends or receives fail with WSAESHUTDOWN, on datagram sockets too
 * (rows 110, 111, 179, 180).
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEINVAL
 * (@how), WSAENOTCONN (a stream that is not connected, pending or listening:
 * rows 64, 102, 103).
 */
int WSAAPI shutdown(SOCKET s, int how)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);

	if (fd < 0)
		return SOCKET_ERROR;
	if (how != SD_RECEIVE && how != SD_SEND && how != SD_BOTH)
		return wsa_fail(WSAEINVAL);
	return shutdown_fd(fd, sk, how);
}
