// SPDX-License-Identifier: MIT
/* recv, recvfrom, WSARecv, WSARecvFrom. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wsalib.h"

#define FLAGS	(MSG_OOB | MSG_PEEK | MSG_WAITALL | MSG_PUSH_IMMEDIATE | MSG_PARTIAL)

/* The end of a transport connection, which a message-oriented socket tells from no data. */
static long iso_end(int fd, struct wsa_sock *sk)
{
	struct sys_iso iso;

	if (sock_flags(sk) & SOCK_F_RESET)
		return wsa_fail(WSAECONNRESET);
	if (!sys_iso_get(fd, &iso) && iso.flags & SYS_ISO_ENDED && iso.code != WSAEDISCON)
		return wsa_fail(iso.code);
	return sock_flags(sk) & SOCK_F_RECORDS ? wsa_fail(WSAEDISCON) : wsa_ok(0);
}

/*
 * Linux returns 0 at the end of a stream, but also once a reset was told, and
 * where one came after the peer's end (row 236).
 */
static long stream_end(int fd, struct wsa_sock *sk)
{
	struct sys_state state;

	if (sock_flags(sk) & SOCK_F_ISO)
		return iso_end(fd, sk);
	if (sock_flags(sk) & SOCK_F_RESET)
		return wsa_fail(WSAECONNRESET);
	/* Closed although our side never ended: what we sent after the peer's end was refused. */
	if (!(sock_flags(sk) & SOCK_F_SHUT_WR) && !sys_state(fd, &state) &&
	    state.state == SYS_CLOSED)
		return wsa_fail(WSAECONNABORTED);
	return wsa_ok(0);
}

static int stream_code(int fd, struct wsa_sock *sk, int err)
{
	struct sys_state state;

	switch (err) {
	case ECONNRESET:
		sock_set(sk, SOCK_F_RESET);
		return WSAECONNRESET;
	case ENOTCONN:
		return sock_flags(sk) & SOCK_F_RESET ? WSAECONNRESET : WSAENOTCONN;
	case ECONNREFUSED:
		if (!sys_state(fd, &state) && state.state == SYS_FAILED)
			return WSAECONNREFUSED;
		return WSAECONNRESET;
	default:
		return wsa_code(err);
	}
}

/* What was received before the end, a failure or the time limit is a success. */
static long stream_recv(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int lx)
{
	size_t got = 0;
	struct wsa_io io;
	long r;

	io_begin(&io, fd, sk, 0);
	for (;;) {
		int flags;

		if (io_enter(&io) < 0)
			return SOCKET_ERROR;
		flags = lx | io.dontwait;
		/* Row 109: a stream's sender is not told. */
		r = n == 1 ? sys_recv(fd, iov->base, iov->len, flags, NULL, NULL)
			   : sys_recvmsg(fd, iov, n, &flags, NULL, NULL);
		r = io_leave(&io, r);
		if (r > 0) {
			got += r;
			if ((lx & (LX_WAITALL | LX_PEEK)) != LX_WAITALL)
				return wsa_ok(r);
			/* Less than all: a signal came, or the time limit, or the end. */
			io_advance(&iov, &n, r);
			if (!n)
				return wsa_ok(got);
			io.again = 1;
			io.dontwait = io.limit ? LX_DONTWAIT : 0;
			continue;
		}
		if (!r)
			return got || !io_total(iov, n) ? wsa_ok(got) : stream_end(fd, sk);
		if (r == -EINTR || r == -EAGAIN) {
			if (io_again(&io, -r))
				continue;
			return got && wsa_last_error != WSAEINTR ? wsa_ok(got) : SOCKET_ERROR;
		}
		wsa_fail(stream_code(fd, sk, -r));
		return got && r != -ECANCELED ? wsa_ok(got) : SOCKET_ERROR;
	}
}

/*
 * One record, or as much of it as there is room for: the rest is for the next receive. A call
 * that may wait does so for all of it, unless the program asks for what there is.
 */
static long record_recv(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int lx,
			int partial, int *out)
{
	size_t got = 0, room = io_total(iov, n);
	struct wsa_io io;
	int flags;
	long r;

	io_begin(&io, fd, sk, 0);
	lx |= partial || lx & LX_PEEK ? 0 : LX_WAITALL;
	while (!got || (got < room && lx & LX_WAITALL && !(sock_flags(sk) & SOCK_F_NONBLOCK))) {
		if (io_enter(&io) < 0)
			return SOCKET_ERROR;
		flags = lx | io.dontwait;
		r = io_leave(&io, sys_recvmsg(fd, iov, n, &flags, NULL, NULL));
		if (r > 0) {
			got += r;
			if (flags & LX_EOR)
				return wsa_ok(got);
			io_advance(&iov, &n, r);
			io.again = 1;
			io.dontwait = io.limit ? LX_DONTWAIT : 0;
			continue;
		}
		if (!r && !got)
			return room ? stream_end(fd, sk) : wsa_ok(0);
		if (!r)
			break;
		if (r == -EINTR || r == -EAGAIN) {
			if (io_again(&io, -r))
				continue;
			if (!got || wsa_last_error == WSAEINTR)
				return SOCKET_ERROR;
			break;
		}
		wsa_fail(stream_code(fd, sk, -r));
		if (!got || r == -ECANCELED)
			return SOCKET_ERROR;
		break;
	}
	*out = MSG_PARTIAL;
	return wsa_ok(got);
}

/** wsa_dgram_code - code of a datagram socket's asynchronous error, 0 when none is wanted */
int wsa_dgram_code(const struct wsa_sock *sk, int err)
{
	uint32_t flags = sock_flags(sk);

	switch (err) {
	case ECONNREFUSED:
		return flags & SOCK_F_NO_CONNRESET ? 0 : WSAECONNRESET;	/* rows 169, 170 */
	case EHOSTUNREACH:
	case ENETUNREACH:
		return flags & SOCK_F_NO_NETRESET ? 0 : WSAENETRESET;	/* row 171 */
	default:
		return wsa_code(err);
	}
}

static long dgram_recv(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int lx, int *out,
		       struct sockaddr *from, int *fromlen)
{
	size_t i, room = 0;
	struct sys_state state;
	struct wsa_io io;
	unsigned int len;
	int code;
	long r;

	code = atomic_load_explicit(&sk->pending_error, memory_order_relaxed);
	if (code)
		code = atomic_exchange(&sk->pending_error, 0);
	if (code)
		return wsa_fail(code);
	for (i = 0; i < n; i++)
		room += iov[i].len;
	io_begin(&io, fd, sk, 0);
	for (;;) {
		int flags;

		if (io_enter(&io) < 0)
			return SOCKET_ERROR;
		flags = lx | LX_TRUNC | io.dontwait;
		len = from ? *fromlen : 0;
		r = n == 1 ? sys_recv(fd, iov->base, iov->len, flags, from, from ? &len : NULL)
			   : sys_recvmsg(fd, iov, n, &flags, from, from ? &len : NULL);
		r = io_leave(&io, r);
		if (r >= 0)
			break;
		if (r == -EINTR || r == -EAGAIN) {
			if (io_again(&io, -r))
				continue;
			return SOCKET_ERROR;
		}
		code = wsa_dgram_code(sk, -r);
		if (code)
			return wsa_fail(code);
	}
	/* An empty datagram, or nothing because receiving was shut down elsewhere. */
	if (!r && !sys_state(fd, &state) && state.shut_rd) {
		sock_set(sk, SOCK_F_SHUT_RD);
		return wsa_fail(WSAESHUTDOWN);
	}
	if (from)
		*fromlen = len;
	if ((size_t)r > room) {		/* row 183: the rest is gone */
		*out = MSG_PARTIAL;
		return wsa_fail(WSAEMSGSIZE);
	}
	return wsa_ok(r);
}

/** wsa_recv_iov - the one way in; @flags are Windows', in and out */
long wsa_recv_iov(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int *flags,
		  struct sockaddr *from, int *fromlen)
{
	uint32_t marks = sock_flags(sk);
	int lx, partial;

	if (io_flags(*flags, FLAGS, &lx) < 0)
		return SOCKET_ERROR;
	partial = *flags & MSG_PARTIAL;
	*flags = 0;
	if (marks & SOCK_F_SHUT_RD)
		return wsa_fail(WSAESHUTDOWN);	/* rows 111, 179 */
	if (marks & SOCK_F_STREAM) {
		if (sock_unconnected(fd, sk))
			return wsa_fail(WSAENOTCONN);	/* row 62 */
		return marks & SOCK_F_RECORDS ? record_recv(fd, sk, iov, n, lx, partial, flags) :
						stream_recv(fd, sk, iov, n, lx);
	}
	if (!sock_bound(fd, sk))
		return wsa_fail(WSAEINVAL);	/* row 152 */
	/* before a datagram is taken that could not be given to anybody */
	if (from && (!sys_writable(fromlen, sizeof(*fromlen)) ||
		     *fromlen < sock_addr_min(sk) || !sys_writable(from, sock_addr_min(sk))))
		return wsa_fail(WSAEFAULT);
	return dgram_recv(fd, sk, iov, n, lx & ~LX_WAITALL, flags, from, fromlen);
}

/**
 * recvfrom - receive, and learn who sent it
 * @s: socket
 * @buf: where the data goes
 * @len: octets at @buf
 * @flags: MSG_OOB, MSG_PEEK, MSG_WAITALL
 * @from: receives a datagram's sender, may be NULL; not written on streams (row 109)
 * @fromlen: octets at @from, then octets used
 *
 * No signal ends the wait; SO_RCVTIMEO does. Of a socket with records one is received; when
 * it is longer than @len the call fails with WSAEMSGSIZE, and the rest is received next.
 *
 * Return: octets received, 0 at the end of a stream, or SOCKET_ERROR with
 * WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT, WSAEOPNOTSUPP (@flags), WSAENOTCONN
 * (rows 62, 105), WSAEINVAL (a datagram socket without a port, row 152),
 * WSAESHUTDOWN, WSAEWOULDBLOCK, WSAETIMEDOUT, WSAEMSGSIZE (a datagram was
 * shortened to @len, row 183; a record is longer), WSAECONNRESET, WSAECONNABORTED (rows 169, 236),
 * WSAENETRESET (row 171).
 */
int WSAAPI recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from, int *fromlen)
{
	struct sys_iov iov = { .base = buf, .len = len };
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	long r;

	if (fd < 0)
		return SOCKET_ERROR;
	if (len < 0 || (!buf && len))
		return wsa_fail(WSAEFAULT);
	r = wsa_recv_iov(fd, sk, &iov, 1, &flags, from, fromlen);
	if (!(sock_flags(sk) & SOCK_F_RECORDS))
		return (int)r;
	/* this call has no other words for these */
	if (r < 0 && wsa_last_error == WSAEDISCON)
		return wsa_ok(0);
	return r == len && flags & MSG_PARTIAL ? wsa_fail(WSAEMSGSIZE) : (int)r;
}

/** recv - receive: recvfrom without an address */
int WSAAPI recv(SOCKET s, char *buf, int len, int flags)
{
	return recvfrom(s, buf, len, flags, NULL, NULL);
}

/**
 * WSARecvFrom - receive into several buffers
 * @s: socket
 * @buffers: where the data goes
 * @count: buffers, 1 to 1024
 * @received: receives the octets received
 * @flags: as recvfrom's, and MSG_PARTIAL to get what there is of a record; then MSG_PARTIAL
 *	when a datagram was shortened, or a record goes on with the next receive
 * @from: as recvfrom's
 * @fromlen: as recvfrom's
 * @overlapped: must be NULL
 * @routine: ignored without @overlapped
 *
 * Return: 0, or SOCKET_ERROR with recvfrom's codes but WSAEMSGSIZE for a record; WSAEDISCON at
 * the end of a connection with records, WSAEOPNOTSUPP for @overlapped, WSAEINVAL for no buffer.
 */
int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD received, LPDWORD flags,
		       struct sockaddr *from, LPINT fromlen, LPWSAOVERLAPPED overlapped,
		       LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
	struct sys_iov few[WSA_FEW_BUFFERS], *iov;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int inout;
	long r;

	(void)routine;
	if (fd < 0)
		return SOCKET_ERROR;
	if (overlapped)
		return wsa_fail(WSAEOPNOTSUPP);
	if (!sys_writable(received, sizeof(*received)) || !sys_writable(flags, sizeof(*flags)))
		return wsa_fail(WSAEFAULT);
	if (!count)
		return wsa_fail(WSAEINVAL);
	if (wsabuf_to_iov(buffers, count, &iov, few) < 0)
		return SOCKET_ERROR;
	inout = (int)*flags;
	r = wsa_recv_iov(fd, sk, iov, count, &inout, from, fromlen);
	if (r < 0 && inout == MSG_PARTIAL && wsa_last_error == WSAEMSGSIZE) {
		DWORD i;

		for (i = 0, *received = 0; i < count; i++)
			*received += buffers[i].len;
		*flags = MSG_PARTIAL;
	}
	if (iov != few)
		free(iov);
	if (r < 0)
		return SOCKET_ERROR;
	*received = (DWORD)r;
	*flags = inout;
	return 0;
}

/** WSARecv - WSARecvFrom without an address */
int WSAAPI WSARecv(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD received, LPDWORD flags,
		   LPWSAOVERLAPPED overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
	return WSARecvFrom(s, buffers, count, received, flags, NULL, NULL, overlapped, routine);
}
