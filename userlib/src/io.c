// SPDX-License-Identifier: MIT
/* What send and receive share: flags, signals, time limits, buffers. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "wsalib.h"

/**
 * io_flags - translate MSG_* flags
 * @flags: Windows' numbers
 * @allowed: those the call knows
 * @lx: receives Linux'
 *
 * Return: 0, or SOCKET_ERROR with WSAEOPNOTSUPP.
 */
int io_flags(int flags, int allowed, int *lx)
{
	if (flags & ~allowed)
		return wsa_fail(WSAEOPNOTSUPP);
	*lx = (flags & MSG_OOB ? LX_OOB : 0) | (flags & MSG_PEEK ? LX_PEEK : 0) |
	      (flags & MSG_DONTROUTE ? LX_DONTROUTE : 0) | (flags & MSG_WAITALL ? LX_WAITALL : 0);
	return 0;
}

/** io_total - octets in all of them */
size_t io_total(const struct sys_iov *iov, size_t n)
{
	size_t sum = 0;

	while (n--)
		sum += iov++->len;
	return sum;
}

/** io_advance - step over @done octets */
void io_advance(struct sys_iov **iov, size_t *n, size_t done)
{
	while (*n && done >= (*iov)->len) {
		done -= (*iov)->len;
		++*iov;
		--*n;
	}
	if (*n) {
		(*iov)->base = (char *)(*iov)->base + done;
		(*iov)->len -= done;
	}
}

/** io_begin - note when a call with a time limit began */
void io_begin(struct wsa_io *io, int fd, struct wsa_sock *sk, int send)
{
	io->fd = fd;
	io->sk = sk;
	io->send = send;
	io->dontwait = 0;
	io->again = 0;
	io->waited = 0;
	wait_begin(&io->call, sk);
	io->limit =
		atomic_load_explicit(send ? &sk->sndtimeo : &sk->rcvtimeo, memory_order_relaxed);
	io->start = io->limit ? sys_now_ms() : 0;
}

/**
 * io_not_now - wait_enter said no
 * @io: from io_begin
 * @why: what it returned
 *
 * Return: 0 to make a call that does not wait, or SOCKET_ERROR with the last error set.
 */
int io_not_now(struct wsa_io *io, int why)
{
	if (why < 0)
		return wait_fail(why);
	io->dontwait = LX_DONTWAIT;
	why = wait_enter(&io->call, ~0u);
	return why < 0 ? wait_fail(why) : 0;
}

/**
 * io_wait - wait where a system call of the operation itself must not
 * @fd: socket
 * @call: the operation
 * @send: for a send or a connect
 * @deadline: as wait_poll's
 * @again: the operation has waited before
 *
 * Return: 1, 0 at the deadline, or a negative errno that wsa_code() translates.
 */
int io_wait(int fd, const struct wait_call *call, int send, uint64_t deadline, int again)
{
	struct sys_pollfd p = { .fd = fd, .events = send ? LX_POLLOUT : LX_POLLIN };
	int r = wait_since(call->began, &p, 1, deadline, again ? WAIT_F_GOES_ON : 0);

	if (r == -EINPROGRESS)
		return -EBUSY;		/* the other is a connect's own */
	return r > 0 && p.revents & LX_POLLNVAL ? -ECANCELED : r;
}

/**
 * io_again - may a call that gave EINTR or EAGAIN be made again?
 * @io: from io_begin
 * @err: errno
 *
 * A signal never ends a blocking call; nor does it give it its whole time
 * again, so with a time limit the rest is waited for here.
 *
 * Return: 1 to call again, or 0 with the last error set: WSAEWOULDBLOCK,
 * WSAETIMEDOUT when the socket blocks, or what ended the wait.
 */
int io_again(struct wsa_io *io, int err)
{
	int again = io->again || err == EINTR, r;

	io->again = 1;
	if (err == EINTR && !io->limit)
		return 1;
	if (err == EAGAIN && !io->waited) {
		if (sock_flags(io->sk) & SOCK_F_NONBLOCK || !sock_blocking(io->fd, io->sk)) {
			wsa_fail(WSAEWOULDBLOCK);
			return 0;
		}
		if (!io->dontwait) {
			wsa_fail(WSAETIMEDOUT);
			return 0;
		}
	}
	io->dontwait = LX_DONTWAIT;
	io->waited = 1;
	r = io_wait(io->fd, &io->call, io->send,
		    io->limit ? io->start + io->limit : WAIT_FOREVER, again);
	if (r > 0)
		return 1;
	wsa_fail(r ? wsa_code(r) : WSAETIMEDOUT);
	return 0;
}

/**
 * wsabuf_to_iov - turn WSABUFs into an iovec
 * @buffers: the program's
 * @count: how many
 * @iov: receives @few, or an array to be freed
 * @few: WSA_FEW_BUFFERS of them on the caller's stack
 *
 * Return: 0, or SOCKET_ERROR with WSAEFAULT or WSAENOBUFS.
 */
int wsabuf_to_iov(const WSABUF *buffers, DWORD count, struct sys_iov **iov, struct sys_iov *few)
{
	DWORD i;

	if (count > WSA_MAX_BUFFERS)
		return wsa_fail(WSAENOBUFS);
	if (!sys_readable(buffers, count * sizeof(*buffers)))
		return wsa_fail(WSAEFAULT);
	*iov = few;
	if (count > WSA_FEW_BUFFERS) {
		*iov = malloc(count * sizeof(**iov));
		if (!*iov)
			return wsa_fail(WSAENOBUFS);
	}
	for (i = 0; i < count; i++) {
		(*iov)[i].base = buffers[i].buf;
		(*iov)[i].len = buffers[i].len;
	}
	return 0;
}
