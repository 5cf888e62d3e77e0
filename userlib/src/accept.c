// SPDX-License-Identifier: MIT
/* accept. */
#include <errno.h>

#include "wsalib.h"

static SOCKET refuse(int code)
{
	wsa_fail(code);
	return INVALID_SOCKET;
}

/* One accept4(2), and the wait before it when that is not to be the kernel's. */
static int take(int listener, struct wait_call *call, struct sockaddr *addr, unsigned int *len,
		int again)
{
	int nonblock = !!(sock_flags(call->sk) & SOCK_F_NONBLOCK);
	int r = wait_enter(call, 0);

	if (!r) {
		if (sock_blocking(listener, call->sk))
			r = io_wait(listener, call, 0, WAIT_FOREVER, again);
		if (r >= 0)
			r = wait_enter(call, ~0u);
	}
	if (r < 0)
		return r;
	return (int)wait_leave(call, sys_accept(listener, addr, len, nonblock));
}

/**
 * accept - take a connection
 * @s: listening socket
 * @addr: receives the peer's address, may be NULL
 * @addrlen: octets at @addr, then octets used; ignored when @addr is NULL
 *
 * The new socket is non-blocking when the listener is, and inherits its selection of
 * events or messages (row 225). Neither a signal nor
 * SO_RCVTIMEO ends the wait.
 *
 * Return: the socket, or INVALID_SOCKET with WSANOTINITIALISED, WSAENOTSOCK,
 * WSAEFAULT (@addrlen missing or too small; nothing is taken), WSAEINVAL (not
 * listening), WSAEOPNOTSUPP (not a stream), WSAEWOULDBLOCK, WSAECONNRESET (the
 * connection was gone before it was taken), WSAEMFILE, WSAENOBUFS, WSAEINTR (closed by
 * another thread), WSAEINPROGRESS (would wait, in a procedure).
 */
SOCKET WSAAPI accept(SOCKET s, struct sockaddr *addr, int *addrlen)
{
	struct wsa_sock *sk, *child;
	int listener = wsa_enter(s, &sk);
	uint32_t flags, ms;
	unsigned int len = 0;
	struct wait_call call;
	int again = 0, fd, error;

	if (listener < 0)
		return INVALID_SOCKET;
	/* before a connection is taken that could not be given to anybody */
	if (addr && (!sys_writable(addrlen, sizeof(*addrlen)) ||
		     *addrlen < sock_addr_min(sk) || !sys_writable(addr, sock_addr_min(sk))))
		return refuse(WSAEFAULT);
	flags = sock_flags(sk);
	if (!(flags & SOCK_F_STREAM))
		return refuse(WSAEOPNOTSUPP);
	wait_begin(&call, sk);
	do {
		len = addr ? *addrlen : 0;
		fd = take(listener, &call, addr, addr ? &len : NULL, again++);
	} while (fd == -EINTR || (fd == -EAGAIN && sock_blocking(listener, sk)));
	if (fd < 0)
		return refuse(fd == -ECONNABORTED ? WSAECONNRESET : wsa_code(fd));

	child = wsa_sock_add(fd, (flags & (SOCK_F_STREAM | SOCK_F_INET6 | SOCK_F_NONBLOCK |
					   SOCK_F_REUSE | SOCK_F_EXCLUSIVE)) |
					 SOCK_F_BOUND | SOCK_F_CONNECTED);
	if (!child) {
		sys_close(fd);
		return refuse(WSAENOBUFS);
	}
	ms = atomic_load_explicit(&sk->rcvtimeo, memory_order_relaxed);
	atomic_store_explicit(&child->rcvtimeo, ms, memory_order_relaxed);
	ms = atomic_load_explicit(&sk->sndtimeo, memory_order_relaxed);
	atomic_store_explicit(&child->sndtimeo, ms, memory_order_relaxed);
	atomic_store_explicit(&child->since, (uint32_t)(sys_now_ms() / 1000), memory_order_relaxed);
	error = message_inherit(sk, fd, child);
	if (error < 0) {
		wsa_close_fd(fd, child);
		return refuse(wsa_code(error));
	}
	if (addr)
		*addrlen = len;
	wsa_ok(0);
	return (SOCKET)fd;
}
