// SPDX-License-Identifier: MIT
/* send, sendto, WSASend, WSASendTo. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wsalib.h"

#define FLAGS	(MSG_OOB | MSG_DONTROUTE | MSG_PARTIAL)

/* Why a stream could not send: EPIPE stands for three things. */
static int broken(int fd, struct wsa_sock *sk)
{
	struct sys_state state;
	struct sys_iso iso;

	if (sock_flags(sk) & SOCK_F_RESET)
		return WSAECONNRESET;
	if (sock_flags(sk) & SOCK_F_ISO && !sys_iso_get(fd, &iso) && iso.flags & SYS_ISO_ENDED)
		return WSAECONNABORTED;		/* the peer has released it */
	if (sys_state(fd, &state) < 0)
		return WSAECONNRESET;
	switch (state.state) {
	case SYS_CONNECTED:
		/* by another process: our own shutdown is known */
		return state.shut_wr ? WSAESHUTDOWN : WSAECONNRESET;
	case SYS_CLOSED:
		return WSAECONNRESET;
	default:
		return WSAENOTCONN;	/* rows 63, 104 */
	}
}

static int stream_code(int fd, struct wsa_sock *sk, int err)
{
	switch (err) {
	case EPIPE:
		return broken(fd, sk);
	case ECONNREFUSED:
	case ECONNRESET:
		sock_set(sk, SOCK_F_RESET);
		return WSAECONNRESET;
	default:
		return wsa_code(err);
	}
}

static int dgram_code(int fd, struct wsa_sock *sk, int err)
{
	(void)fd;
	switch (err) {
	case EDESTADDRREQ:
		return WSAENOTCONN;	/* rows 151, 155, 162 */
	case EPIPE:
		sock_set(sk, SOCK_F_SHUT_WR);
		return WSAESHUTDOWN;
	default:
		return wsa_code(err);
	}
}

/* A blocking stream takes all of it; what was sent before a failure is a success. */
static long stream_send(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int lx)
{
	struct wsa_io io;
	size_t want = io_total(iov, n), sent = 0;
	long r;

	io_begin(&io, fd, sk, 1);
	for (;;) {
		if (io_enter(&io) < 0)
			return SOCKET_ERROR;
		r = n == 1 ? sys_send(fd, iov->base, iov->len, lx | io.dontwait, NULL, 0)
			   : sys_sendmsg(fd, iov, n, lx | io.dontwait, NULL, 0);
		r = io_leave(&io, r);
		if (r >= 0) {
			sent += r;
			if (sent >= want || !r || sock_flags(sk) & SOCK_F_NONBLOCK)
				return wsa_ok(sent);
			io_advance(&iov, &n, r);
			io.again = 1;
			continue;
		}
		if (r == -EINTR || r == -EAGAIN) {
			if (io_again(&io, -r))
				continue;
			if (wsa_last_error == WSAEINTR)
				return SOCKET_ERROR;
			return sent ? wsa_ok(sent) : SOCKET_ERROR;
		}
		return sent && r != -ECANCELED ? wsa_ok(sent) :
						 wsa_fail(stream_code(fd, sk, -r));
	}
}

static int port_zero(const struct sockaddr *to)
{
	USHORT port;

	if (!to)
		return 0;
	memcpy(&port, (const char *)to + offsetof(struct sockaddr_in, sin_port), sizeof(port));
	return !port;
}

/*
 * An error that an earlier datagram earned is told by whichever call comes
 * next. Sends never tell it (row 168); the next receive does (row 169).
 */
static int earlier_datagrams(struct wsa_sock *sk, int err)
{
	if (err != ECONNREFUSED)
		return 0;
	if (!(sock_flags(sk) & SOCK_F_NO_CONNRESET))
		atomic_store(&sk->pending_error, WSAECONNRESET);
	return 1;
}

static long dgram_send(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int lx,
		       const struct sockaddr *to, int tolen)
{
	struct wsa_io io;
	long r;

	io_begin(&io, fd, sk, 1);
	for (;;) {
		if (io_enter(&io) < 0)
			return SOCKET_ERROR;
		r = io_leave(&io, sys_sendmsg(fd, iov, n, lx | io.dontwait, to, tolen));
		if (r >= 0)
			break;
		if (earlier_datagrams(sk, -r))
			continue;
		if (r == -EINTR || r == -EAGAIN) {
			if (io_again(&io, -r))
				continue;
			return SOCKET_ERROR;
		}
		if (r == -EINVAL && port_zero(to)) {	/* row 118 */
			r = io_total(iov, n);
			break;
		}
		if (r == -EINVAL && to)	/* no way from the socket's address to this one */
			return wsa_fail(WSAEADDRNOTAVAIL);
		return wsa_fail(dgram_code(fd, sk, -r));
	}
	sock_set(sk, SOCK_F_BOUND);
	return wsa_ok(r);
}

/** wsa_send_iov - the one way out; @flags are Windows' */
long wsa_send_iov(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int flags,
		  const struct sockaddr *to, int tolen)
{
	uint32_t marks = sock_flags(sk);
	int lx;

	if (io_flags(flags, FLAGS, &lx) < 0)
		return SOCKET_ERROR;
	if (marks & SOCK_F_SHUT_WR)
		return wsa_fail(WSAESHUTDOWN);	/* rows 110, 180 */
	if (marks & SOCK_F_STREAM) {
		if (sock_unconnected(fd, sk))
			return wsa_fail(WSAENOTCONN);	/* row 63 */
		if (flags & MSG_PARTIAL && marks & SOCK_F_RECORDS)
			lx |= LX_MORE;
		return stream_send(fd, sk, iov, n, lx);	/* row 108: the address is ignored */
	}
	if (to && tolen < sock_addr_min(sk))
		return wsa_fail(WSAEFAULT);
	if (to && tolen > (int)sizeof(struct sockaddr_storage))
		tolen = sizeof(struct sockaddr_storage);
	/* Linux would bind the socket before it fails (rows 151, 152). */
	if (!to && !sock_has_dest(fd, sk))
		return wsa_fail(WSAENOTCONN);
	return dgram_send(fd, sk, iov, n, lx, to, to ? tolen : 0);
}

/**
 * sendto - send to an address
 * @s: socket
 * @buf: data
 * @len: octets
 * @flags: MSG_OOB, MSG_DONTROUTE; MSG_PARTIAL for a part of a record, which others follow
 * @to: destination of a datagram, NULL for the default one; ignored on streams (row 108)
 * @tolen: octets at @to
 *
 * A datagram socket's default destination stays what it was (row 166); an
 * unbound one is bound (row 137). No SIGPIPE is raised, no signal ends the
 * wait; SO_SNDTIMEO does.
 *
 * Return: octets taken (all of them on a blocking stream, unless the time limit
 * came first), or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT,
 * WSAEOPNOTSUPP (@flags), WSAENOTCONN, WSAESHUTDOWN, WSAECONNRESET,
 * WSAECONNABORTED, WSAETIMEDOUT, WSAEWOULDBLOCK, WSAEMSGSIZE, WSAEACCES
 * (broadcast, row 185), WSAEADDRNOTAVAIL, WSAEAFNOSUPPORT, WSAENETUNREACH, WSAEHOSTUNREACH,
 * WSAENOBUFS.
 */
int WSAAPI sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to,
		  int tolen)
{
	struct sys_iov iov = { .base = (void *)buf, .len = len };
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);

	if (fd < 0)
		return SOCKET_ERROR;
	if (len < 0 || (!buf && len))
		return wsa_fail(WSAEFAULT);
	return (int)wsa_send_iov(fd, sk, &iov, 1, flags, to, tolen);
}

/** send - send on a connected socket: sendto without an address */
int WSAAPI send(SOCKET s, const char *buf, int len, int flags)
{
	return sendto(s, buf, len, flags, NULL, 0);
}

/**
 * WSASendTo - send from several buffers
 * @s: socket
 * @buffers: the data
 * @count: buffers, at most 1024
 * @sent: receives the octets taken
 * @flags: as sendto's
 * @to: as sendto's
 * @tolen: as sendto's
 * @overlapped: must be NULL
 * @routine: ignored without @overlapped
 *
 * Return: 0, or SOCKET_ERROR with sendto's codes; WSAEOPNOTSUPP for @overlapped.
 */
int WSAAPI WSASendTo(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
		     const struct sockaddr *to, int tolen, LPWSAOVERLAPPED overlapped,
		     LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
	struct sys_iov few[WSA_FEW_BUFFERS], *iov;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	long r;

	(void)routine;
	if (fd < 0)
		return SOCKET_ERROR;
	if (overlapped)
		return wsa_fail(WSAEOPNOTSUPP);
	if (!sys_writable(sent, sizeof(*sent)))
		return wsa_fail(WSAEFAULT);
	if (wsabuf_to_iov(buffers, count, &iov, few) < 0)
		return SOCKET_ERROR;
	r = wsa_send_iov(fd, sk, iov, count, flags, to, tolen);
	if (iov != few)
		free(iov);
	if (r < 0)
		return SOCKET_ERROR;
	*sent = (DWORD)r;
	return 0;
}

/** WSASend - WSASendTo without an address */
int WSAAPI WSASend(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD sent, DWORD flags,
		   LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
	return WSASendTo(s, buffers, count, sent, flags, NULL, 0, overlapped, routine);
}
