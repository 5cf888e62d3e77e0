// SPDX-License-Identifier: MIT
/*
 * connect and WSAConnect.
 *
 * A connect that succeeds is one system call. Everything else here happens
 * after it failed, or because the program passed one of WSAConnect's last four
 * arguments.
 */
#include <errno.h>

#include "wsalib.h"

/* The kernel takes no longer address than this; what follows the sockaddr is ignored (row 23). */
#define LONGEST_NAME	((int)sizeof(struct sockaddr_storage))

static int fail_for(int code, int reason)
{
	wsa_note_reason(code, reason);
	return wsa_fail(code);
}

/* connect(2) gave @err and the attempt is over, or never began: which code is it? */
static int failed(int fd, const struct wsa_sock *sk, int namelen, int err)
{
	int code, reason, r;

	switch (err) {
	case EBADF:
	case ENOTSOCK:
		return fail_for(WSAENOTSOCK, WSA_REASON_NONE);
	case ECANCELED:
		/* By closesocket: the descriptor may be another file's by now (rows 68, 247). */
		return fail_for(WSAEINTR, WSA_REASON_CANCELLED);
	case EFAULT:
		return fail_for(WSAEFAULT, WSA_REASON_NONE);
	case EAFNOSUPPORT:
	case EINVAL:
		/* A security module may judge the length before the socket does (row 20). */
		if (namelen < sock_addr_min(sk))
			return fail_for(WSAEFAULT, WSA_REASON_NAME_SHORT);
		break;
	}
	r = sys_attempt(fd, err, &code, &reason);
	if (r == -ENOTTY)
		return fail_for(WSAENOTSOCK, WSA_REASON_NONE);
	if (r < 0 || !code) {
		code = wsa_code(err);
		reason = WSA_REASON_NONE;
	}
	/* Winsock 1.1 did not say that one is pending (row 10). */
	if (code == WSAEALREADY && atomic_load_explicit(&wsa_legacy, memory_order_relaxed))
		code = WSAEINVAL;
	return fail_for(code, reason);
}

static int connected(struct wsa_sock *sk)
{
	uint32_t flags = sock_flags(sk);

	if (flags & SOCK_F_STREAM) {
		atomic_store_explicit(&sk->since, (uint32_t)(sys_now_ms() / 1000),
				      memory_order_relaxed);
		sock_set(sk, SOCK_F_BOUND | SOCK_F_CONNECTED);
		sock_clear(sk, SOCK_F_PENDING | SOCK_F_SO_ERROR);
		return wsa_ok(0);
	}
	if (atomic_load_explicit(&sk->pending_error, memory_order_relaxed))
		atomic_store(&sk->pending_error, 0);
	sock_clear(sk, SOCK_F_DEST);	/* it may have been removed */
	sock_set(sk, SOCK_F_BOUND);
	return wsa_ok(0);
}

/* A fault of a later step: the kernel says whether an earlier one stands before it. */
static int later_fault(int fd, const struct sockaddr *name, int namelen, int code)
{
	int earlier, reason;

	namelen = namelen < LONGEST_NAME ? namelen : LONGEST_NAME;
	if (!sys_check(fd, name, namelen, &earlier, &reason) && earlier)
		return fail_for(earlier, reason);
	return fail_for(code, WSA_REASON_NONE);
}

/*
 * The wait for an attempt when it is not to be connect(2)'s own: procedures are
 * queued, or a hook is set. SO_SNDTIMEO makes connect(2) return soon, with the attempt
 * on its way; its outcome is then fetched as after a signal. Meanwhile the
 * kernel sees nobody wait, and would let another thread's connect join (row 254).
 */
static int connect_apart(int fd, struct wait_call *call, const struct sockaddr *name,
			 unsigned int len, int again)
{
	struct wsa_sock *sk = call->sk;
	int r = wait_enter(call, ~0u);

	if (r < 0)
		return r;
	if (!again) {
		wait_afresh(call);
		sys_set_timeout(fd, 1, 1);
		r = sys_connect(fd, name, len);
		sys_set_timeout(fd, 1, atomic_load(&sk->sndtimeo));
		return (int)wait_leave(call, r);
	}
	sock_set(sk, SOCK_F_APART);
	r = io_wait(fd, call, 1, WAIT_FOREVER, 1);
	sock_clear(sk, SOCK_F_APART);
	if (r == -ECANCELED)
		sys_cancel(fd);
	if (r > 0)
		r = sys_connect(fd, name, len);
	return (int)wait_leave(call, r);
}

/* One connect(2). */
static int connect_once(int fd, struct wait_call *call, const struct sockaddr *name,
			unsigned int len, int again)
{
	int r;

	if (!(sock_flags(call->sk) & SOCK_F_STREAM))
		return sys_connect(fd, name, len);
	r = wait_enter(call, 0);
	if (r < 0)
		return r;
	if (r)
		return (int)wait_leave(call, sys_connect(fd, name, len));
	if (sock_blocking(fd, call->sk))
		return connect_apart(fd, call, name, len, again);
	return sys_connect(fd, name, len);
}

/*
 * A signal, or SO_SNDTIMEO, ends the wait but not the attempt: connect(2)
 * called again waits on (rows 69, 70). The attempt is then this call's own, so
 * its having succeeded meanwhile is this call's success.
 */
static int do_connect(int fd, struct wsa_sock *sk, const struct sockaddr *name, int namelen)
{
	unsigned int len = namelen < LONGEST_NAME ? namelen : LONGEST_NAME;
	uint32_t flags = sock_flags(sk);
	struct wait_call call;
	int again = 0, r;

	if (flags & SOCK_F_APART)
		return failed(fd, sk, namelen, EALREADY);
	if (flags & SOCK_F_STREAM) {
		if (wait_self && wait_self->inside && sock_blocking(fd, sk))
			return later_fault(fd, name, namelen, WSAEINPROGRESS);
		sock_set(sk, SOCK_F_PENDING);
	}
	wait_begin(&call, sk);
	do
		r = connect_once(fd, &call, name, len, again++);
	while (r == -EINTR || (r == -EINPROGRESS && sock_blocking(fd, sk)));
	if (!r || (r == -EISCONN && again > 1))
		return connected(sk);
	if (r == -EINPROGRESS) {
		atomic_store_explicit(&sk->since, (uint32_t)(sys_now_ms() / 1000),
				      memory_order_relaxed);
		sock_set(sk, SOCK_F_BOUND | SOCK_F_CONNECTED);
		return fail_for(WSAEWOULDBLOCK, WSA_REASON_STARTED);
	}
	return failed(fd, sk, namelen, -r);
}

/* Step 4 of the check order, as far as the library sees it. */
static int name_fault(const struct wsa_sock *sk, const struct sockaddr *name, int namelen)
{
	if (!name || namelen < 0)
		return fail_for(WSAEFAULT, WSA_REASON_NONE);
	if (namelen < sock_addr_min(sk))
		return fail_for(WSAEFAULT, WSA_REASON_NAME_SHORT);
	return 0;
}

/**
 * connect - connect a stream, or set a datagram socket's default destination
 * @s: socket
 * @name: address in the socket's family; a datagram socket also takes an
 *	all-zero address, which removes the default destination
 * @namelen: octets at @name, at least the family's; more are ignored
 *
 * As WSAConnect with four NULL pointers.
 */
int WSAAPI connect(SOCKET s, const struct sockaddr *name, int namelen)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);

	if (fd < 0)
		return SOCKET_ERROR;
	if (!name || namelen < 0)
		return fail_for(WSAEFAULT, WSA_REASON_NONE);
	return do_connect(fd, sk, name, namelen);
}

/**
 * WSAConnect - connect, with connect data and flow specifications
 * @s: socket
 * @name: address in the socket's family
 * @namelen: octets at @name
 * @lpCallerData: data for the peer; TCP carries none, so this must be NULL or
 *	empty on a stream; ignored on datagram sockets (rows 40, 42, 43)
 * @lpCalleeData: where the peer's data goes; on a stream its len becomes 0, for
 *	a non-blocking socket at once; ignored on datagram sockets (rows 43, 44, 46)
 * @lpSQOS: the socket's flow, or NULL; only flows that promise nothing (best
 *	effort, no traffic, no change) are granted (rows 34-39)
 * @lpGQOS: reserved, must be NULL (row 31)
 *
 * Faults are looked for in one fixed order, the kernel's; a call that fails
 * before it started an attempt changes nothing. Signals do not end the wait,
 * nor does SO_SNDTIMEO (rows 69, 70). All memory stays the caller's.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT,
 * WSAEINVAL (@lpGQOS, or listening), WSAEALREADY, WSAEISCONN, WSAEAFNOSUPPORT,
 * WSAEADDRNOTAVAIL, WSAEPROTONOSUPPORT (@lpCallerData), WSAEOPNOTSUPP (@lpSQOS),
 * WSAEACCES, WSAEADDRINUSE, WSAENOBUFS, WSAENETUNREACH, WSAEHOSTUNREACH,
 * WSAENETDOWN, WSAEWOULDBLOCK (non-blocking: started), WSAECONNREFUSED,
 * WSAETIMEDOUT, WSAEINTR (closed by another thread). wsaconnect_last_reason()
 * knows more.
 */
int WSAAPI WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
		      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int stream, r;

	if (fd < 0)
		return SOCKET_ERROR;
	stream = !!(sock_flags(sk) & SOCK_F_STREAM);
	if (!stream) {
		lpCallerData = NULL;
		lpCalleeData = NULL;
	}
	if (!lpCallerData && !lpCalleeData && !lpSQOS && !lpGQOS) {
		if (!name || namelen < 0)
			return fail_for(WSAEFAULT, WSA_REASON_NONE);
		return do_connect(fd, sk, name, namelen);
	}

	r = name_fault(sk, name, namelen);
	if (r)
		return r;
	if (!sys_readable(name, sock_addr_min(sk)) ||
	    (lpCallerData && !sys_readable(lpCallerData, sizeof(*lpCallerData))) ||
	    (lpCallerData && lpCallerData->len &&
	     !sys_readable(lpCallerData->buf, lpCallerData->len)) ||
	    (lpCalleeData && !sys_writable(lpCalleeData, sizeof(*lpCalleeData))) ||
	    (lpSQOS && !flow_readable(lpSQOS)))
		return fail_for(WSAEFAULT, WSA_REASON_NONE);
	if (lpGQOS)
		return fail_for(WSAEINVAL, WSA_REASON_NONE);
	if (lpCallerData && lpCallerData->len)
		return later_fault(fd, name, namelen, WSAEPROTONOSUPPORT);
	if (lpSQOS && !flow_granted(lpSQOS))
		return later_fault(fd, name, namelen, WSAEOPNOTSUPP);

	r = do_connect(fd, sk, name, namelen);
	if (lpCalleeData && (!r || wsa_last_error == WSAEWOULDBLOCK))
		lpCalleeData->len = 0;
	return r;
}
