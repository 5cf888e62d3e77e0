// SPDX-License-Identifier: MIT
/*
 * connect and WSAConnect.
 *
 * A connect that succeeds is one system call. Everything else here happens
 * after it failed, or because the program passed one of WSAConnect's last four
 * arguments.
 */
#include <errno.h>
#include <string.h>

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

	if (wait_self && wait_self->inside == INSIDE_CONDITION)
		return later_fault(fd, name, namelen, WSAEINPROGRESS);	/* row 251 */
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

/* Nowhere: a datagram socket's destination is removed, and a stream's call will fail. */
static int name_is_nowhere(const struct wsa_sock *sk, const struct sockaddr *name)
{
	static const struct in6_addr nowhere;
	struct sockaddr_in6 sin6;
	struct sockaddr_in sin;

	if (sock_flags(sk) & SOCK_F_INET6) {
		memcpy(&sin6, name, sizeof(sin6));
		return sin6.sin6_family != AF_INET6 ||
		       !memcmp(&sin6.sin6_addr, &nowhere, sizeof(nowhere));
	}
	memcpy(&sin, name, sizeof(sin));
	return sin.sin_family != AF_INET || !sin.sin_addr.s_addr;
}

/*
 * A connect whose flow, @qos or the one that SIO_SET_QOS has set (row 38), is admitted first. The
 * kernel's connect(2) waits for no change of the network's configuration, so this is a call of
 * its own. @name is readable; @data is the cookie of connect data, 0 without.
 */
static int connect_flow(int fd, struct wsa_sock *sk, const struct sockaddr *name, int namelen,
			const QOS *qos, uint64_t data)
{
	struct flow_name with;
	int staged, code, r;

	with.len = sock_addr_min(sk);
	memcpy(with.octets, name, with.len);
	if (qos || (sock_flags(sk) & SOCK_F_QOS && !name_is_nowhere(sk, name))) {
		code = flow_stage(fd, qos, name, with.len, &with);
		if (code)
			return later_fault(fd, name, namelen, code);
	}
	staged = with.len > sock_addr_min(sk);
	if (data) {
		memcpy(with.octets + with.len, &data, sizeof(data));
		with.len += sizeof(data);
	}
	r = do_connect(fd, sk, (const struct sockaddr *)with.octets, with.len);
	if (r && wsa_last_error != WSAEWOULDBLOCK && staged)
		sys_qos_unstage(fd);
	return r;
}

/*
 * A connect of ISO transport with connect data. What was prepared for a connect(2) that is
 * refused, or never comes to the socket, is nobody else's: only that one has the cookie.
 */
static int connect_data(int fd, struct wsa_sock *sk, const struct sockaddr *name, int namelen,
			const WSABUF *caller, WSABUF *callee, const QOS *qos)
{
	ULONG len = caller ? caller->len : 0, room = SYS_ISO_CALL;
	uint64_t cookie, awaited = 0;
	int r;

	if (len > SYS_ISO_CALL)
		return later_fault(fd, name, namelen, WSAEFAULT);	/* row 41 */
	if (callee && callee->len < room)
		room = callee->len;
	r = sys_iso_stage(fd, len ? caller->buf : "", len, room, &cookie);
	if (r < 0)
		return later_fault(fd, name, namelen, wsa_code(r));
	if (callee) {
		awaited = callee_expect(fd, sk, callee);
		if (!awaited)
			return later_fault(fd, name, namelen, WSAENOBUFS);
	}
	r = connect_flow(fd, sk, name, namelen, qos, cookie);
	if (!r)
		callee_settle(sk);
	else if (wsa_last_error == WSAEWOULDBLOCK)
		callee_begun(awaited);
	else
		callee_cancel(sk, awaited);
	return r;
}

static int data_readable(const WSABUF *caller)
{
	return !caller || (sys_readable(caller, sizeof(*caller)) &&
			   (!caller->len || sys_readable(caller->buf, caller->len)));
}

/* Where an ISO socket's peer may have to say something, there has to be room for all of it. */
static int data_writable(const struct wsa_sock *sk, WSABUF *callee)
{
	ULONG most;

	if (!callee)
		return 1;
	if (!sys_writable(callee, sizeof(*callee)))
		return 0;
	most = callee->len < SYS_ISO_CALL ? callee->len : SYS_ISO_CALL;
	return !(sock_flags(sk) & SOCK_F_ISO) || sys_writable(callee->buf, most);
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

/* Four NULL pointers. */
static int connect_plain(int fd, struct wsa_sock *sk, const struct sockaddr *name, int namelen)
{
	if (!name || namelen < 0)
		return fail_for(WSAEFAULT, WSA_REASON_NONE);
	if (!(sock_flags(sk) & SOCK_F_QOS) || namelen < sock_addr_min(sk) ||
	    !sys_readable(name, sock_addr_min(sk)))
		return do_connect(fd, sk, name, namelen);
	return connect_flow(fd, sk, name, namelen, NULL, 0);
}

static int connect_node(int fd, struct wsa_sock *sk, const struct sockaddr *name, int namelen,
			LPWSABUF lpCallerData, LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS)
{
	int stream = !!(sock_flags(sk) & SOCK_F_STREAM);
	int r;

	if (!stream) {
		lpCallerData = NULL;
		lpCalleeData = NULL;
	}
	if (!lpCallerData && !lpCalleeData && !lpSQOS && !lpGQOS)
		return connect_plain(fd, sk, name, namelen);

	r = name_fault(sk, name, namelen);
	if (r)
		return r;
	if (!sys_readable(name, sock_addr_min(sk)) || !data_readable(lpCallerData) ||
	    !data_writable(sk, lpCalleeData) || (lpSQOS && !flow_readable(lpSQOS)))
		return fail_for(WSAEFAULT, WSA_REASON_NONE);
	if (lpGQOS)
		return fail_for(WSAEINVAL, WSA_REASON_NONE);
	if (sock_flags(sk) & SOCK_F_ISO && (lpCallerData || lpCalleeData))
		return connect_data(fd, sk, name, namelen, lpCallerData, lpCalleeData, lpSQOS);
	if (lpCallerData && lpCallerData->len)
		return later_fault(fd, name, namelen, WSAEPROTONOSUPPORT);
	r = lpSQOS || sock_flags(sk) & SOCK_F_QOS ?
		connect_flow(fd, sk, name, namelen, lpSQOS, 0) : do_connect(fd, sk, name, namelen);
	if (lpCalleeData && (!r || wsa_last_error == WSAEWOULDBLOCK))
		lpCalleeData->len = 0;
	return r;
}

/* The selector that is called is that of a connect that began. */
static int connect_tp(int fd, struct wsa_sock *sk, struct tp_name *tp, LPWSABUF lpCallerData,
		      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS)
{
	const struct sockaddr *node = (const struct sockaddr *)&tp->node;
	int r = tp_name_change(fd, SYS_ISO_PEER, tp);

	if (r < 0)
		return later_fault(fd, node, tp->node_len, wsa_code(r));
	r = connect_node(fd, sk, node, tp->node_len, lpCallerData, lpCalleeData, lpSQOS, lpGQOS);
	if (r && wsa_last_error != WSAEWOULDBLOCK)
		tp_name_change(fd, SYS_ISO_PEER, tp);
	else
		sock_set(sk, SOCK_F_TP);
	return r;
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
	return WSAConnect(s, name, namelen, NULL, NULL, NULL, NULL);
}

/**
 * WSAConnect - connect, with connect data and flow specifications
 * @s: socket
 * @name: address in the socket's family, or with ISO transport a SOCKADDR_TP
 * @namelen: octets at @name
 * @lpCallerData: data for the peer, up to 32 octets with ISO transport; TCP carries none, so
 *	there this must be NULL or empty; ignored on datagram sockets (rows 40-43)
 * @lpCalleeData: where the peer's data goes; its len becomes what came. With TCP that is 0, for
 *	a non-blocking socket at once. With ISO transport a non-blocking connect keeps the
 *	pointer, and both are valid before the program can know the outcome; too little room
 *	fails the connect. Ignored on datagram sockets (rows 43-46)
 * @lpSQOS: the socket's flow, in place of the one that SIO_SET_QOS has set; NULL keeps
 *	that. A promise is granted where the administrator has made a pool of the device the
 *	packets leave by (rows 34-39); RSVP_STATUS_INFO among its objects receives the reason
 * @lpGQOS: reserved, must be NULL (row 31)
 *
 * Faults are looked for in one fixed order, the kernel's; a call that fails
 * before it started an attempt changes nothing. Signals do not end the wait,
 * nor does SO_SNDTIMEO (rows 69, 70). All memory stays the caller's.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT (also: data that
 * is too long, or for which there is too little room),
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
	struct tp_name tp;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int with;

	if (fd < 0)
		return SOCKET_ERROR;
	callee_settle(sk);	/* of an attempt before this one */
	with = tp_name_of(sk, name, namelen, &tp);
	if (with > 0)
		return fail_for(with, WSA_REASON_NONE);
	if (!with)
		return connect_tp(fd, sk, &tp, lpCallerData, lpCalleeData, lpSQOS, lpGQOS);
	return connect_node(fd, sk, name, namelen, lpCallerData, lpCalleeData, lpSQOS, lpGQOS);
}
