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

/** io_begin - note when a call with a time limit began */
void io_begin(struct wsa_io *io, int fd, struct wsa_sock *sk, int send)
{
	io->fd = fd;
	io->sk = sk;
	io->send = send;
	io->limit =
		atomic_load_explicit(send ? &sk->sndtimeo : &sk->rcvtimeo, memory_order_relaxed);
	io->start = io->limit ? sys_now_ms() : 0;
}

/**
 * io_again - may a call that gave EINTR or EAGAIN be made again?
 * @io: from io_begin
 * @err: errno
 * @dontwait: set when the next call must not wait by itself
 *
 * A signal never ends a blocking call; nor does it give it its whole time
 * again, so with a time limit the rest is waited for here.
 *
 * Return: 1 to call again, or 0 with the last error set: WSAEWOULDBLOCK, or
 * WSAETIMEDOUT when the socket blocks.
 */
int io_again(struct wsa_io *io, int err, int *dontwait)
{
	uint64_t used, left;
	int r;

	if (err == EINTR && !io->limit)
		return 1;
	if (err == EAGAIN && !*dontwait) {
		wsa_fail(sock_flags(io->sk) & SOCK_F_NONBLOCK || !sock_blocking(io->fd, io->sk)
			 ? WSAEWOULDBLOCK : WSAETIMEDOUT);
		return 0;
	}
	*dontwait = 1;
	do {
		used = sys_now_ms() - io->start;
		left = used < io->limit ? io->limit - used : 0;
		if (left > INT_MAX)
			left = INT_MAX;
		r = left ? sys_wait(io->fd, io->send, (int)left) : 0;
	} while (r == -EINTR);
	if (r)
		return 1;
	wsa_fail(WSAETIMEDOUT);
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
