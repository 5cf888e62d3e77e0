// SPDX-License-Identifier: MIT
/* ioctlsocket and WSAIoctl. */
#include <string.h>

#include "wsalib.h"
#include "mstcpip.h"
#include "mswsock.h"

/* As it is printed in one place of Microsoft's. */
#define SIO_GET_QOS_OUT		0x48000007u

#define SEND_BACKLOG	0x10000		/* octets: what Windows begins with */
#define SYN_RETRIES_MOST	127

/* One control code; @value in and out. Returns 0 or a code. */
static int control(int fd, struct wsa_sock *sk, DWORD code, DWORD *value)
{
	struct sys_state state;
	uint32_t queued;
	int r, at, inline_oob = 0;
	unsigned int len = sizeof(inline_oob);

	switch (code) {
	case (DWORD)FIONBIO:
		if (!*value && !sys_state(fd, &state) && state.selected)
			return WSAEINVAL;	/* row 206 */
		r = sys_set_nonblocking(fd, !!*value);
		if (r < 0)
			return wsa_code(r);
		if (*value)
			sock_set(sk, SOCK_F_NONBLOCK);
		else
			sock_clear(sk, SOCK_F_NONBLOCK);
		return 0;
	case FIONREAD:
		r = sys_bytes_queued(fd, &queued);
		if (r < 0)
			return wsa_code(r);
		*value = queued;
		return 0;
	case SIOCATMARK:
		/* TRUE when no urgent octet is next; Linux tells the opposite. */
		if (!(sock_flags(sk) & SOCK_F_STREAM))
			return WSAEINVAL;
		*value = TRUE;
		r = sys_getopt(fd, LX_SOL_SOCKET, LX_SO_OOBINLINE, &inline_oob, &len);
		if (r < 0 || !inline_oob)
			return r < 0 ? wsa_code(r) : 0;
		r = sys_at_mark(fd, &at);
		if (r < 0)
			return wsa_code(r);
		*value = !at;
		return 0;
	default:
		return WSAEOPNOTSUPP;
	}
}

/**
 * ioctlsocket - control a socket
 * @s: socket
 * @cmd: FIONBIO, FIONREAD, SIOCATMARK; the numbers <sys/ioctl.h> gives FIONBIO
 *	and FIONREAD are accepted too, should it have been included later
 * @argp: value in and out
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT
 * (@argp NULL), WSAEINVAL (FIONBIO with 0 while events are selected, row 206),
 * WSAEOPNOTSUPP (unknown @cmd).
 */
int WSAAPI ioctlsocket(SOCKET s, int cmd, u_long *argp)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int code;

	if (fd < 0)
		return SOCKET_ERROR;
	if (!sys_writable(argp, sizeof(*argp)))
		return wsa_fail(WSAEFAULT);
	if (cmd == 0x5421)
		cmd = FIONBIO;
	if (cmd == 0x541b)
		cmd = FIONREAD;
	code = control(fd, sk, (DWORD)cmd, argp);
	return code ? wsa_fail(code) : wsa_ok(0);
}

/* A BOOL that says whether an asynchronous error is wanted: rows 170, 171. */
static int set_report(struct wsa_sock *sk, uint32_t mark, const void *in, DWORD size)
{
	BOOL wanted;

	if (sock_flags(sk) & SOCK_F_STREAM)
		return WSAEOPNOTSUPP;
	if (size < sizeof(wanted) || !sys_readable(in, sizeof(wanted)))
		return WSAEFAULT;
	memcpy(&wanted, in, sizeof(wanted));
	if (wanted)
		sock_clear(sk, mark);
	else
		sock_set(sk, mark);
	return 0;
}

/* Row 107: how much to keep on its way; there is no other answer. */
static int send_backlog(int fd, struct wsa_sock *sk, void *out, DWORD size, DWORD *returned)
{
	const ULONG backlog = SEND_BACKLOG;
	struct sys_state state;
	int r;

	if (!(sock_flags(sk) & SOCK_F_STREAM))
		return WSAEOPNOTSUPP;
	r = sys_state(fd, &state);
	if (r < 0)
		return wsa_code(r);
	if (state.state != SYS_CONNECTED)
		return WSAENOTCONN;
	if (size < sizeof(backlog) || !sys_writable(out, sizeof(backlog)))
		return WSAEFAULT;
	memcpy(out, &backlog, sizeof(backlog));
	*returned = sizeof(backlog);
	return 0;
}

/* Row 72. Linux has one initial timeout for all, and repeats a SYN at least once. */
static int set_initial_rto(int fd, struct wsa_sock *sk, const void *in, DWORD size)
{
	TCP_INITIAL_RTO_PARAMETERS asked;
	int r, retries;

	if (!(sock_flags(sk) & SOCK_F_STREAM))
		return WSAEOPNOTSUPP;
	if (size < sizeof(asked) || !sys_readable(in, sizeof(asked)))
		return WSAEFAULT;
	memcpy(&asked, in, sizeof(asked));
	if (asked.Rtt != TCP_INITIAL_RTO_DEFAULT_RTT &&
	    asked.Rtt != TCP_INITIAL_RTO_UNSPECIFIED_RTT)
		return WSAEOPNOTSUPP;
	switch (asked.MaxSynRetransmissions) {
	case TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS:
		return 0;
	case TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS:
		retries = 1;
		break;
	case TCP_INITIAL_RTO_DEFAULT_MAX_SYN_RETRANSMISSIONS:
		r = sys_syn_retries(&retries);
		if (r < 0)
			return wsa_code(r);
		break;
	default:
		retries = asked.MaxSynRetransmissions;
		if (retries > SYN_RETRIES_MOST)
			return WSAEINVAL;
	}
	r = sys_setopt(fd, IPPROTO_TCP, LX_TCP_SYNCNT, &retries, sizeof(retries));
	return r < 0 ? wsa_code(r) : 0;
}

/**
 * WSAIoctl - control a socket
 * @s: socket
 * @code: FIONBIO, FIONREAD, SIOCATMARK, SIO_UDP_CONNRESET, SIO_UDP_NETRESET,
 *	SIO_TCP_INITIAL_RTO, SIO_IDEAL_SEND_BACKLOG_QUERY, SIO_SET_QOS, SIO_GET_QOS, SIO_CHK_QOS
 * @in: input
 * @in_size: octets at @in
 * @out: output
 * @out_size: octets at @out
 * @returned: receives the octets written to @out
 * @overlapped: must be NULL
 * @routine: ignored without @overlapped
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT
 * (@returned NULL, row 241; a buffer missing or too small; of SIO_GET_QOS @returned says
 * what is wanted, row 289), WSAENOPROTOOPT (the group's QOS codes, row 290), WSAENOTCONN
 * (SIO_GET_QOS, row 288; SIO_IDEAL_SEND_BACKLOG_QUERY, row 107), WSAEINVAL (more than 127
 * repetitions), WSAEOPNOTSUPP (a flow that cannot be granted, row 36; any other
 * code, row 242; @overlapped).
 */
int WSAAPI WSAIoctl(SOCKET s, DWORD code, LPVOID in, DWORD in_size, LPVOID out, DWORD out_size,
		    LPDWORD returned, LPWSAOVERLAPPED overlapped,
		    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	DWORD value = 0;
	int error;

	(void)routine;
	if (fd < 0)
		return SOCKET_ERROR;
	if (!sys_writable(returned, sizeof(*returned)))
		return wsa_fail(WSAEFAULT);
	*returned = 0;
	if (overlapped)
		return wsa_fail(WSAEOPNOTSUPP);
	switch (code) {
	case (DWORD)FIONBIO:
		if (in_size < sizeof(value) || !sys_readable(in, sizeof(value)))
			return wsa_fail(WSAEFAULT);
		memcpy(&value, in, sizeof(value));
		error = control(fd, sk, code, &value);
		break;
	case FIONREAD:
	case SIOCATMARK:
		if (out_size < sizeof(value) || !sys_writable(out, sizeof(value)))
			return wsa_fail(WSAEFAULT);
		error = control(fd, sk, code, &value);
		if (!error) {
			memcpy(out, &value, sizeof(value));
			*returned = sizeof(value);
		}
		break;
	case SIO_UDP_CONNRESET:
		error = set_report(sk, SOCK_F_NO_CONNRESET, in, in_size);
		break;
	case SIO_UDP_NETRESET:
		error = set_report(sk, SOCK_F_NO_NETRESET, in, in_size);
		break;
	case SIO_TCP_INITIAL_RTO:
		error = set_initial_rto(fd, sk, in, in_size);
		break;
	case SIO_IDEAL_SEND_BACKLOG_QUERY:
		error = send_backlog(fd, sk, out, out_size, returned);
		break;
	case SIO_SET_QOS:
		error = flow_set(fd, sk, in, in_size);
		break;
	case SIO_GET_QOS:
	case SIO_GET_QOS_OUT:
		error = flow_get(fd, out, out_size, returned);
		break;
	case SIO_CHK_QOS:
		error = flow_check(fd, in, in_size, out, out_size, returned);
		break;
	case SIO_SET_GROUP_QOS:
	case SIO_GET_GROUP_QOS:
		error = WSAENOPROTOOPT;
		break;
	default:
		error = WSAEOPNOTSUPP;
		break;
	}
	return error ? wsa_fail(error) : wsa_ok(0);
}
