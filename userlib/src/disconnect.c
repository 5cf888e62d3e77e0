// SPDX-License-Identifier: MIT
/* WSASendDisconnect and WSARecvDisconnect. */
#include <errno.h>
#include <string.h>

#include "wsalib.h"

/* A buffer of the program's: 0, or a code. */
static int fault(const WSABUF *data, int writable)
{
	if (!data)
		return 0;
	return (writable ? sys_writable((void *)data, sizeof(*data)) :
			   sys_readable(data, sizeof(*data))) ? 0 : WSAEFAULT;
}

static int send_code(const struct wsa_sock *sk, int r)
{
	switch (r) {
	case -EPIPE:
		return sock_flags(sk) & SOCK_F_SHUT_WR ? WSAESHUTDOWN : WSAENOTCONN;
	case -EPROTONOSUPPORT:
		return WSAENOPROTOOPT;
	default:
		return wsa_code(r);
	}
}

/**
 * WSASendDisconnect - end sending, with data for the peer
 * @s: socket
 * @data: for the peer, may be NULL: then, with ISO transport, what SO_DISCDATA has set
 *
 * As shutdown with SD_SEND where the protocol carries no such data. With ISO transport it releases
 * the connection: what was sent arrives before it, and what the peer has sent can be
 * received, but the peer can send no more.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT (@data cannot be
 * read, or is longer than the 64 octets there are), WSAENOPROTOOPT (the protocol carries no
 * such data), WSAENOTCONN, WSAESHUTDOWN (sending ended before).
 */
int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF data)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int code, r;

	if (fd < 0)
		return SOCKET_ERROR;
	code = fault(data, 0);
	if (!code && data && data->len && !sys_readable(data->buf, data->len))
		code = WSAEFAULT;
	if (code)
		return wsa_fail(code);
	if (!(sock_flags(sk) & SOCK_F_ISO))
		return data && data->len ? wsa_fail(WSAENOPROTOOPT) : shutdown_fd(fd, sk, SD_SEND);
	if (data && data->len > SYS_ISO_BYE)
		return wsa_fail(WSAEFAULT);
	r = sys_iso_bye(fd, 0, data && data->len ? data->buf : "", data ? data->len : 0);
	if (r < 0)
		return wsa_fail(send_code(sk, r));
	sock_set(sk, SOCK_F_SHUT_WR);
	return wsa_ok(0);
}

/**
 * WSARecvDisconnect - end receiving, and get the peer's disconnect data
 * @s: socket
 * @data: receives it, and its len the octets; may be NULL
 *
 * There is data when the peer has released the connection and what it sent before was received
 * (FD_CLOSE), or when it has refused a connect (row 293); otherwise len becomes 0. Waits for
 * nothing.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT (@data is bad, or too
 * small: nothing has changed then), WSAENOTCONN.
 */
int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF data)
{
	struct sys_iso iso = { .flags = 0 };
	struct sys_state state;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int r;

	if (fd < 0)
		return SOCKET_ERROR;
	r = fault(data, 1);
	if (r)
		return wsa_fail(r);
	if (sock_flags(sk) & SOCK_F_ISO) {
		r = sys_iso_get(fd, &iso);
		if (r < 0)
			return wsa_fail(wsa_code(r));
	}
	if (data && (data->len < (ULONG)iso.bye_len ||
		     (iso.bye_len && !sys_writable(data->buf, iso.bye_len))))
		return wsa_fail(WSAEFAULT);
	r = sys_shutdown(fd, SD_RECEIVE);
	if (r < 0 && !(r == -ENOTCONN && iso.flags & SYS_ISO_ENDED))
		return wsa_fail(wsa_code(r));
	/* a refused call's socket may yet be connected */
	if (!r || (!sys_state(fd, &state) && state.state == SYS_CLOSED))
		sock_set(sk, SOCK_F_SHUT_RD);
	if (data) {
		memcpy(data->buf, iso.bye, iso.bye_len);
		data->len = iso.bye_len;
	}
	return wsa_ok(0);
}
