// SPDX-License-Identifier: MIT
/* WSAEventSelect and WSAEnumNetworkEvents: the kernel records, these ask. */
#include <errno.h>

#include "wsalib.h"

/**
 * WSAEventSelect - have an event set when network events occur
 * @s: socket
 * @event: the event; may be WSA_INVALID_EVENT when @events is 0
 * @events: FD_*; 0 ends the selection
 *
 * Makes the socket non-blocking, also with 0 (row 205), and replaces an earlier selection,
 * WSAAsyncSelect's too (row 207). What occurred before is told as well (rows 213, 214).
 * Accepted sockets inherit the selection (row 225).
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEINVAL (@event is none,
 * a bit of @events is unknown), WSAENOBUFS. A failed call changes nothing.
 */
int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT event, LONG events)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk), to = event_fd(event), r;

	if (fd < 0)
		return SOCKET_ERROR;
	/* with events, the kernel looks at it */
	if (events ? to < 0 : event && sys_event_check(to) < 0)
		return wsa_fail(WSAEINVAL);
	r = message_replace(fd, sk, events ? to : -1, (uint32_t)events);
	if (r < 0)
		return wsa_fail(r == -EBADF ? WSAEINVAL : wsa_code(r));
	sock_set(sk, SOCK_F_NONBLOCK);
	return wsa_ok(0);
}

/**
 * WSAEnumNetworkEvents - take the network events that occurred
 * @s: socket
 * @event: reset in the same step, WSA_INVALID_EVENT for none (row 218)
 * @events: receives them, and the codes of those that occurred; other codes are left as
 *	they are (row 210)
 *
 * Each occurrence is told once, until the call that enables the event again: a receive for
 * FD_READ and FD_OOB, accept for FD_ACCEPT, a send that would block for FD_WRITE, a new
 * connect for FD_CONNECT.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT (@events),
 * WSAEINVAL (@event is none). A failed call takes nothing.
 */
int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT event, LPWSANETWORKEVENTS events)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk), reset = event_fd(event), r;
	uint32_t taken;

	if (fd < 0)
		return SOCKET_ERROR;
	if (!sys_writable(events, sizeof(*events)))
		return wsa_fail(WSAEFAULT);
	if (event && reset < 0)
		return wsa_fail(WSAEINVAL);
	atomic_fetch_add(&event_resets.begun, 1);
	r = sys_event_enum(fd, reset, &taken, events->iErrorCode);
	atomic_fetch_add(&event_resets.ended, 1);
	if (r < 0)
		return wsa_fail(r == -EBADF ? WSAEINVAL : wsa_code(r));
	callee_settle(sk);
	events->lNetworkEvents = (LONG)taken;
	return wsa_ok(0);
}
