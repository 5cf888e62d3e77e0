// SPDX-License-Identifier: MIT
/* accept. */
#include <errno.h>
#include <string.h>

#include "wsalib.h"

#define INHERITED \
	(SOCK_F_KIND | SOCK_F_NONBLOCK | SOCK_F_REUSE | SOCK_F_EXCLUSIVE | SOCK_F_TP)

/** accept_refuse - fail a call that returns a socket */
SOCKET accept_refuse(int code)
{
	wsa_fail(code);
	return INVALID_SOCKET;
}

/** accept_fault - why nothing can be accepted into that memory: a code, or 0 */
int accept_fault(const struct wsa_sock *sk, const struct sockaddr *addr, const int *addrlen)
{
	int least = sock_flags(sk) & SOCK_F_TP ? TP_NAME_MAX : sock_addr_min(sk);

	/* before a connection is taken that could not be given to anybody */
	if (addr && (!sys_writable((void *)addrlen, sizeof(*addrlen)) || *addrlen < least ||
		     !sys_writable((void *)addr, least)))
		return WSAEFAULT;
	return sock_flags(sk) & SOCK_F_STREAM ? 0 : WSAEOPNOTSUPP;
}

/**
 * accept_take - one accept4(2), and the wait before it when that is not to be the kernel's
 * @listener: its descriptor
 * @call: from wait_begin
 * @addr: receives the peer's address, may be NULL
 * @len: octets there, then octets used
 * @again: not the first of the operation
 *
 * Return: a descriptor or a negative errno.
 */
int accept_take(int listener, struct wait_call *call, struct sockaddr *addr, unsigned int *len,
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

static int give_peer(int fd, const struct wsa_sock *sk, const struct sockaddr *peer,
		     unsigned int len, struct sockaddr *addr, int room)
{
	struct sys_iso iso;

	if (sock_flags(sk) & SOCK_F_TP && !sys_iso_get(fd, &iso))
		return tp_name_give(iso.peer, iso.peer_len, peer, len, addr);
	if (peer != addr)
		memcpy(addr, peer, len < (unsigned int)room ? len : (unsigned int)room);
	return (int)len;
}

/**
 * accept_taken - what was accepted becomes a socket of the program's
 * @fd: from accept_take
 * @sk: the listener
 * @peer: the peer's address
 * @len: octets of it, or what there would have been without a limit
 * @addr: receives it, may be NULL and may be @peer
 * @addrlen: octets there, then octets used
 *
 * Return: the socket, or INVALID_SOCKET with the last error set and @fd closed.
 */
SOCKET accept_taken(int fd, struct wsa_sock *sk, const struct sockaddr *peer, unsigned int len,
		    struct sockaddr *addr, int *addrlen)
{
	struct wsa_sock *child;
	uint32_t ms;
	int error;

	child = wsa_sock_add(fd, (sock_flags(sk) & INHERITED) | SOCK_F_BOUND | SOCK_F_CONNECTED);
	if (!child) {
		sys_close(fd);
		return accept_refuse(WSAENOBUFS);
	}
	ms = atomic_load_explicit(&sk->rcvtimeo, memory_order_relaxed);
	atomic_store_explicit(&child->rcvtimeo, ms, memory_order_relaxed);
	ms = atomic_load_explicit(&sk->sndtimeo, memory_order_relaxed);
	atomic_store_explicit(&child->sndtimeo, ms, memory_order_relaxed);
	atomic_store_explicit(&child->since, (uint32_t)(sys_now_ms() / 1000), memory_order_relaxed);
	error = message_inherit(sk, fd, child);
	if (error < 0) {
		wsa_close_fd(fd, child);
		return accept_refuse(wsa_code(error));
	}
	if (addr)
		*addrlen = give_peer(fd, sk, peer, len, addr, *addrlen);
	wsa_ok(0);
	return (SOCKET)fd;
}

/**
 * accept_any - accept without a condition
 * @listener: its descriptor
 * @sk: the same
 * @addr: as accept's
 * @addrlen: as accept's
 *
 * Return: as accept's.
 */
SOCKET accept_any(int listener, struct wsa_sock *sk, struct sockaddr *addr, int *addrlen)
{
	struct sockaddr_storage storage;
	struct sockaddr *peer = addr;
	int again = 0, room, fd;
	struct wait_call call;
	unsigned int len = 0;

	fd = accept_fault(sk, addr, addrlen);
	if (fd)
		return accept_refuse(fd);
	room = addr ? *addrlen : 0;
	if (addr && sock_flags(sk) & SOCK_F_TP) {
		peer = (struct sockaddr *)&storage;
		room = sizeof(storage);
	}
	wait_begin(&call, sk);
	do {
		len = room;
		fd = accept_take(listener, &call, peer, peer ? &len : NULL, again++);
	} while (fd == -EINTR || (fd == -EAGAIN && sock_blocking(listener, sk)));
	if (fd < 0)
		return accept_refuse(fd == -ECONNABORTED ? WSAECONNRESET : wsa_code(fd));
	return accept_taken(fd, sk, peer, len, addr, addrlen);
}

/**
 * accept - take a connection
 * @s: listening socket
 * @addr: receives the peer's address, may be NULL; a SOCKADDR_TP where the listener was bound to
 *	one
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
	struct wsa_sock *sk;
	int listener = wsa_enter(s, &sk);

	return listener < 0 ? INVALID_SOCKET : accept_any(listener, sk, addr, addrlen);
}
