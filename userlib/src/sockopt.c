// SPDX-License-Identifier: MIT
/*
 * getsockopt and setsockopt.
 *
 * One table says what each of Windows' options is here and how its value
 * changes shape on the way; options that are no option of Linux' are functions.
 */
#include <errno.h>
#include <string.h>

#include "wsalib.h"
#include "wshisotp.h"

enum shape {
	FLAG,		/* BOOL, 1 to 4 octets or more */
	NUMBER,		/* DWORD */
	BUFFER,		/* DWORD; Linux reports twice what was set */
	SECONDS,	/* DWORD seconds; Linux takes milliseconds; -1 is the default */
	MILLISECONDS,	/* the same without scaling */
	DONT_FRAGMENT,	/* BOOL; Linux has path MTU modes */
	AS_IS,		/* same octets */
	SOURCE,		/* ip_mreq_source: members in another order */
	FUNCTION,
};

#define GET	1
#define SET	2

struct option {
	int level;
	int name;
	int lx_level;
	int lx_name;
	enum shape shape;
	int access;
	int (*get)(int fd, struct wsa_sock *sk, const struct option *option, char *value, int *len);
	int (*set)(int fd, struct wsa_sock *sk, const struct option *option, const char *value,
		   int len);
};

/* Codes, not errnos, from here on: 0 or WSAE*. */

static int code_of(int r)
{
	return r < 0 ? wsa_code(r) : 0;
}

static int give(char *value, int *len, const void *have, int have_len)
{
	if (*len < have_len)
		return WSAEFAULT;
	memcpy(value, have, have_len);
	*len = have_len;
	return 0;
}

/* As many octets of a little number as the program has room for. */
static int give_flag(char *value, int *len, int on)
{
	char octets[4] = { !!on };
	int n = *len < 4 ? *len : 4;

	if (n < 1)
		return WSAEFAULT;
	memcpy(value, octets, n);
	*len = n;
	return 0;
}

static int give_number(char *value, int *len, DWORD number)
{
	return give(value, len, &number, sizeof(number));
}

static int take_flag(const char *value, int len, int *on)
{
	int i;

	if (len < 1)
		return WSAEFAULT;
	for (*on = 0, i = 0; i < len && i < 4; i++)
		*on |= !!value[i];
	return 0;
}

static int take_number(const char *value, int len, DWORD *number)
{
	if (len < (int)sizeof(*number))
		return WSAEFAULT;
	memcpy(number, value, sizeof(*number));
	return 0;
}

static int get_lx(int fd, const struct option *option, int *number)
{
	unsigned int len = sizeof(*number);

	*number = 0;
	return code_of(sys_getopt(fd, option->lx_level, option->lx_name, number, &len));
}

static int set_lx(int fd, const struct option *option, int number)
{
	return code_of(sys_setopt(fd, option->lx_level, option->lx_name, &number, sizeof(number)));
}

/* SO_LINGER and SO_DONTLINGER: the same switch, told from either side. */
struct lx_linger {
	int on;
	int seconds;
};

static int get_linger(int fd, struct wsa_sock *sk, const struct option *option, char *value,
		      int *len)
{
	struct lx_linger lx;
	unsigned int lx_len = sizeof(lx);
	struct linger have;
	int code;

	if (!(sock_flags(sk) & SOCK_F_STREAM))
		return WSAENOPROTOOPT;
	code = code_of(sys_getopt(fd, LX_SOL_SOCKET, LX_SO_LINGER, &lx, &lx_len));
	if (code)
		return code;
	if (option->name == SO_DONTLINGER)
		return give_flag(value, len, !lx.on);
	have.l_onoff = !!lx.on;
	have.l_linger = lx.seconds > 0xffff ? 0xffff : lx.seconds;
	return give(value, len, &have, sizeof(have));
}

static int set_linger(int fd, struct wsa_sock *sk, const struct option *option, const char *value,
		      int len)
{
	struct lx_linger lx = { 0, 0 };
	struct linger wanted;
	int code, dont;

	if (!(sock_flags(sk) & SOCK_F_STREAM))
		return WSAENOPROTOOPT;
	if (option->name == SO_DONTLINGER) {
		code = take_flag(value, len, &dont);
		if (code)
			return code;
		lx.on = !dont;
	} else {
		if (len < (int)sizeof(wanted))
			return WSAEFAULT;
		memcpy(&wanted, value, sizeof(wanted));
		lx.on = !!wanted.l_onoff;
		lx.seconds = wanted.l_linger;
	}
	return code_of(sys_setopt(fd, LX_SOL_SOCKET, LX_SO_LINGER, &lx, sizeof(lx)));
}

/* SO_RCVTIMEO and SO_SNDTIMEO: milliseconds, 0 for none. */
static int get_timeout(int fd, struct wsa_sock *sk, const struct option *option, char *value,
		       int *len)
{
	(void)fd;
	return give_number(value, len, option->name == SO_SNDTIMEO ? atomic_load(&sk->sndtimeo) :
								     atomic_load(&sk->rcvtimeo));
}

static int set_timeout(int fd, struct wsa_sock *sk, const struct option *option, const char *value,
		       int len)
{
	int send = option->name == SO_SNDTIMEO;
	DWORD ms;
	int code = take_number(value, len, &ms);

	if (!code)
		code = code_of(sys_set_timeout(fd, send, ms));
	if (!code)
		atomic_store(send ? &sk->sndtimeo : &sk->rcvtimeo, ms);
	return code;
}

/*
 * SO_ERROR. A stream's is the code of its last failed non-blocking connect; it
 * is not cleared by reading, nor by a new attempt, but by a success, and a
 * reset of an established connection does not show (rows 85-88, 235). The
 * program may write it (row 233). A datagram socket's is the error its next
 * receive will report, and reading does not take it away from that.
 */
static int get_error(int fd, struct wsa_sock *sk, const struct option *option, char *value,
		     int *len)
{
	struct sys_state state;
	int error, code;

	if (*len < (int)sizeof(DWORD))
		return WSAEFAULT;	/* row 234 */
	if (sock_flags(sk) & SOCK_F_STREAM) {
		code = code_of(sys_state(fd, &state));
		if (code)
			return code;
		/* what the program wrote stays until a later attempt has an outcome */
		if (state.attempt != atomic_load(&sk->so_error_at) && state.state != SYS_PENDING)
			sock_clear(sk, SOCK_F_SO_ERROR);
		error = sock_flags(sk) & SOCK_F_SO_ERROR ? atomic_load(&sk->so_error) :
							   state.so_error;
		return give_number(value, len, error);
	}
	if (sock_flags(sk) & SOCK_F_SO_ERROR)
		return give_number(value, len, atomic_load(&sk->so_error));
	code = get_lx(fd, option, &error);
	if (code)
		return code;
	if (error == ECONNREFUSED && !(sock_flags(sk) & SOCK_F_NO_CONNRESET))
		atomic_store(&sk->pending_error, WSAECONNRESET);
	else if (error && error != ECONNREFUSED)
		atomic_store(&sk->pending_error, wsa_code(error));
	return give_number(value, len, atomic_load(&sk->pending_error));
}

static int set_error(int fd, struct wsa_sock *sk, const struct option *option, const char *value,
		     int len)
{
	struct sys_state state;
	DWORD error;
	int code = take_number(value, len, &error);

	(void)option;
	if (!code)
		code = code_of(sys_state(fd, &state));
	if (code)
		return code;
	atomic_store(&sk->so_error, (int)error);
	atomic_store(&sk->so_error_at, state.attempt);
	sock_set(sk, SOCK_F_SO_ERROR);
	return 0;
}

/*
 * SO_REUSEADDR and SO_EXCLUSIVEADDRUSE exclude each other. Linux always holds
 * a port exclusively unless both sides share it, so the second is only a mark.
 */
static int get_share(int fd, struct wsa_sock *sk, const struct option *option, char *value,
		     int *len)
{
	(void)fd;
	return give_flag(value, len, sock_flags(sk) &
			 (option->name == SO_REUSEADDR ? SOCK_F_REUSE : SOCK_F_EXCLUSIVE));
}

static int set_share(int fd, struct wsa_sock *sk, const struct option *option, const char *value,
		     int len)
{
	uint32_t mark = option->name == SO_REUSEADDR ? SOCK_F_REUSE : SOCK_F_EXCLUSIVE;
	uint32_t other = mark ^ (SOCK_F_REUSE | SOCK_F_EXCLUSIVE);
	int on, code = take_flag(value, len, &on);

	if (code)
		return code;
	if (on && sock_flags(sk) & other)
		return WSAEINVAL;
	if (option->name == SO_REUSEADDR)
		code = set_lx(fd, option, on);
	else if (on && sock_bound(fd, sk))
		code = WSAEINVAL;
	if (code)
		return code;
	if (on)
		sock_set(sk, mark);
	else
		sock_clear(sk, mark);
	return 0;
}

static int get_type(int fd, struct wsa_sock *sk, const struct option *option, char *value, int *len)
{
	uint32_t flags = sock_flags(sk);

	(void)fd;
	(void)option;
	return give_number(value, len, flags & SOCK_F_RECORDS ? SOCK_SEQPACKET :
				       flags & SOCK_F_STREAM ? SOCK_STREAM :
				       flags & SOCK_F_RAW ? SOCK_RAW : SOCK_DGRAM);
}

/*
 * Whole seconds since the connection was made; 0xffffffff while it is not
 * (rows 178, 230, 231). For a non-blocking connect the library knows when it
 * was started; for a socket from elsewhere, when it was first asked.
 */
static int get_connect_time(int fd, struct wsa_sock *sk, const struct option *option, char *value,
			    int *len)
{
	uint32_t now = (uint32_t)(sys_now_ms() / 1000);
	struct sys_state state;
	int code;

	(void)option;
	if (!(sock_flags(sk) & SOCK_F_STREAM))
		return give_number(value, len, 0xffffffff);
	code = code_of(sys_state(fd, &state));
	if (code)
		return code;
	if (state.state != SYS_CONNECTED && state.state != SYS_CLOSED)
		return give_number(value, len, 0xffffffff);
	if (!(sock_flags(sk) & SOCK_F_CONNECTED)) {
		atomic_store(&sk->since, now);
		sock_set(sk, SOCK_F_CONNECTED);
	}
	return give_number(value, len, now - atomic_load(&sk->since));
}

static int get_protocol_info(int fd, struct wsa_sock *sk, const struct option *option, char *value,
			     int *len)
{
	WSAPROTOCOL_INFOA info;
	WSAPROTOCOL_INFOW wide;
	int protocol, i;
	int code = code_of(wsa_protocol(fd, sk, &protocol));

	if (code)
		return code;
	wsa_protocol_info(sk, protocol, &info);
	if (option->name == SO_PROTOCOL_INFOA)
		return give(value, len, &info, sizeof(info));
	memset(&wide, 0, sizeof(wide));
	memcpy(&wide, &info, offsetof(WSAPROTOCOL_INFOA, szProtocol));
	for (i = 0; info.szProtocol[i]; i++)
		wide.szProtocol[i] = (unsigned char)info.szProtocol[i];
	return give(value, len, &wide, sizeof(wide));
}

static int get_max_message(int fd, struct wsa_sock *sk, const struct option *option, char *value,
			   int *len)
{
	WSAPROTOCOL_INFOA info;

	(void)fd;
	(void)option;
	if ((sock_flags(sk) & (SOCK_F_STREAM | SOCK_F_RECORDS)) == SOCK_F_STREAM)
		return WSAENOPROTOOPT;
	wsa_protocol_info(sk, 0, &info);
	return give_number(value, len, info.dwMessageSize);
}

/* Row 126: a socket that has no IPv6 is asked all the same. */
static int get_v6only(int fd, struct wsa_sock *sk, const struct option *option, char *value,
		      int *len)
{
	int on = 1, code = 0;

	if (sock_flags(sk) & SOCK_F_INET6)
		code = get_lx(fd, option, &on);
	return code ? code : give_flag(value, len, on);
}

static int set_v6only(int fd, struct wsa_sock *sk, const struct option *option, const char *value,
		      int len)
{
	int on, code = take_flag(value, len, &on);

	if (code)
		return code;
	if (!(sock_flags(sk) & SOCK_F_INET6))
		return WSAEINVAL;
	return set_lx(fd, option, on);
}

#define LX(level, name, lx_level, lx_name, shape, access) \
	{ level, name, lx_level, lx_name, shape, access, NULL, NULL }
#define FN(level, name, lx_level, lx_name, get, set) \
	{ level, name, lx_level, lx_name, FUNCTION, GET | SET, get, set }

static const struct option options[] = {
	LX(SOL_SOCKET, SO_DEBUG,	SOL_SOCKET, LX_SO_DEBUG,	FLAG, GET | SET),
	LX(SOL_SOCKET, SO_ACCEPTCONN,	SOL_SOCKET, LX_SO_ACCEPTCONN,	FLAG, GET),
	LX(SOL_SOCKET, SO_KEEPALIVE,	SOL_SOCKET, LX_SO_KEEPALIVE,	FLAG, GET | SET),
	LX(SOL_SOCKET, SO_DONTROUTE,	SOL_SOCKET, LX_SO_DONTROUTE,	FLAG, GET | SET),
	LX(SOL_SOCKET, SO_BROADCAST,	SOL_SOCKET, LX_SO_BROADCAST,	FLAG, GET | SET),
	LX(SOL_SOCKET, SO_OOBINLINE,	SOL_SOCKET, LX_SO_OOBINLINE,	FLAG, GET | SET),
	LX(SOL_SOCKET, SO_SNDBUF,	SOL_SOCKET, LX_SO_SNDBUF,	BUFFER, GET | SET),
	LX(SOL_SOCKET, SO_RCVBUF,	SOL_SOCKET, LX_SO_RCVBUF,	BUFFER, GET | SET),
	LX(SOL_SOCKET, SO_RCVLOWAT,	SOL_SOCKET, LX_SO_RCVLOWAT,	NUMBER, GET | SET),
	FN(SOL_SOCKET, SO_REUSEADDR,	SOL_SOCKET, LX_SO_REUSEADDR,	get_share, set_share),
	FN(SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0, 0,			get_share, set_share),
	FN(SOL_SOCKET, SO_LINGER,	0, 0,				get_linger, set_linger),
	FN(SOL_SOCKET, SO_DONTLINGER,	0, 0,				get_linger, set_linger),
	FN(SOL_SOCKET, SO_SNDTIMEO,	0, 0,				get_timeout, set_timeout),
	FN(SOL_SOCKET, SO_RCVTIMEO,	0, 0,				get_timeout, set_timeout),
	FN(SOL_SOCKET, SO_ERROR,	SOL_SOCKET, LX_SO_ERROR,	get_error, set_error),
	FN(SOL_SOCKET, SO_TYPE,		0, 0,				get_type, NULL),
	FN(SOL_SOCKET, SO_MAX_MSG_SIZE,	0, 0,				get_max_message, NULL),
	FN(SOL_SOCKET, SO_PROTOCOL_INFOA, 0, 0,				get_protocol_info, NULL),
	FN(SOL_SOCKET, SO_PROTOCOL_INFOW, 0, 0,				get_protocol_info, NULL),
	FN(SOL_SOCKET, SO_CONNECT_TIME,	0, 0,				get_connect_time, NULL),

	LX(IPPROTO_TCP, TCP_NODELAY,	IPPROTO_TCP, LX_TCP_NODELAY,	FLAG, GET | SET),
	LX(IPPROTO_TCP, TCP_KEEPALIVE,	IPPROTO_TCP, LX_TCP_KEEPIDLE,	NUMBER, GET | SET),
	LX(IPPROTO_TCP, TCP_KEEPINTVL,	IPPROTO_TCP, LX_TCP_KEEPINTVL,	NUMBER, GET | SET),
	LX(IPPROTO_TCP, TCP_KEEPCNT,	IPPROTO_TCP, LX_TCP_KEEPCNT,	NUMBER, GET | SET),
	LX(IPPROTO_TCP, TCP_MAXSEG,	IPPROTO_TCP, LX_TCP_MAXSEG,	NUMBER, GET),
	LX(IPPROTO_TCP, TCP_MAXRT,	IPPROTO_TCP, LX_TCP_USER_TIMEOUT, SECONDS, GET | SET),
	LX(IPPROTO_TCP, TCP_MAXRTMS,	IPPROTO_TCP, LX_TCP_USER_TIMEOUT, MILLISECONDS, GET | SET),

	LX(IPPROTO_IP, IP_HDRINCL,	IPPROTO_IP, LX_IP_HDRINCL,	FLAG, GET | SET),
	LX(IPPROTO_IP, IP_TOS,		IPPROTO_IP, LX_IP_TOS,		NUMBER, GET | SET),
	LX(IPPROTO_IP, IP_TTL,		IPPROTO_IP, LX_IP_TTL,		NUMBER, GET | SET),
	LX(IPPROTO_IP, IP_MULTICAST_IF,	IPPROTO_IP, LX_IP_MULTICAST_IF,	AS_IS, GET | SET),
	LX(IPPROTO_IP, IP_MULTICAST_TTL, IPPROTO_IP, LX_IP_MULTICAST_TTL, NUMBER, GET | SET),
	LX(IPPROTO_IP, IP_MULTICAST_LOOP, IPPROTO_IP, LX_IP_MULTICAST_LOOP, FLAG, GET | SET),
	LX(IPPROTO_IP, IP_ADD_MEMBERSHIP, IPPROTO_IP, LX_IP_ADD_MEMBERSHIP, AS_IS, SET),
	LX(IPPROTO_IP, IP_DROP_MEMBERSHIP, IPPROTO_IP, LX_IP_DROP_MEMBERSHIP, AS_IS, SET),
	LX(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP,
	   IPPROTO_IP, LX_IP_ADD_SOURCE_MEMBERSHIP, SOURCE, SET),
	LX(IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP,
	   IPPROTO_IP, LX_IP_DROP_SOURCE_MEMBERSHIP, SOURCE, SET),
	LX(IPPROTO_IP, IP_BLOCK_SOURCE,	IPPROTO_IP, LX_IP_BLOCK_SOURCE,	SOURCE, SET),
	LX(IPPROTO_IP, IP_UNBLOCK_SOURCE, IPPROTO_IP, LX_IP_UNBLOCK_SOURCE, SOURCE, SET),
	LX(IPPROTO_IP, IP_DONTFRAGMENT,	IPPROTO_IP, LX_IP_MTU_DISCOVER,	DONT_FRAGMENT, GET | SET),
	LX(IPPROTO_IP, IP_MTU,		IPPROTO_IP, LX_IP_MTU,		NUMBER, GET),

	FN(IPPROTO_IPV6, IPV6_V6ONLY,	IPPROTO_IPV6, LX_IPV6_V6ONLY,	get_v6only, set_v6only),
	LX(IPPROTO_IPV6, IPV6_UNICAST_HOPS, IPPROTO_IPV6, LX_IPV6_UNICAST_HOPS, NUMBER, GET | SET),
	LX(IPPROTO_IPV6, IPV6_MULTICAST_IF, IPPROTO_IPV6, LX_IPV6_MULTICAST_IF, NUMBER, GET | SET),
	LX(IPPROTO_IPV6, IPV6_MULTICAST_HOPS,
	   IPPROTO_IPV6, LX_IPV6_MULTICAST_HOPS, NUMBER, GET | SET),
	LX(IPPROTO_IPV6, IPV6_MULTICAST_LOOP,
	   IPPROTO_IPV6, LX_IPV6_MULTICAST_LOOP, FLAG, GET | SET),
	LX(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, IPPROTO_IPV6, LX_IPV6_ADD_MEMBERSHIP, AS_IS, SET),
	LX(IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, IPPROTO_IPV6, LX_IPV6_DROP_MEMBERSHIP, AS_IS, SET),
	LX(IPPROTO_IPV6, IPV6_DONTFRAG,
	   IPPROTO_IPV6, LX_IPV6_MTU_DISCOVER, DONT_FRAGMENT, GET | SET),
	LX(IPPROTO_IPV6, IPV6_MTU,	IPPROTO_IPV6, LX_IPV6_MTU,	NUMBER, GET),
};

/* Linux' level for Windows': only SOL_SOCKET differs. */
static int lx_level(int level)
{
	return level == SOL_SOCKET ? LX_SOL_SOCKET : level;
}

/* Row 238: an unknown level is WSAEINVAL, an unknown option of a known one WSAENOPROTOOPT. */
static int find(int level, int name, struct option *found)
{
	size_t i;

	switch (level) {
	case SOL_SOCKET:
	case IPPROTO_IP:
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_IPV6:
	case SOL_ISO:
		break;
	default:
		return WSAEINVAL;
	}
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].level == level && options[i].name == name) {
			*found = options[i];
			found->lx_level = lx_level(found->lx_level);
			return 0;
		}
	return WSAENOPROTOOPT;
}

static int get(int fd, struct wsa_sock *sk, const struct option *option, char *value, int *len)
{
	unsigned int lx_len = *len;
	int number, code;

	if (option->shape == FUNCTION)
		return option->get ? option->get(fd, sk, option, value, len) : WSAENOPROTOOPT;
	if (!(option->access & GET))
		return WSAENOPROTOOPT;
	if (option->shape == AS_IS) {
		code = code_of(sys_getopt(fd, option->lx_level, option->lx_name, value, &lx_len));
		if (!code)
			*len = lx_len;
		return code;
	}
	code = get_lx(fd, option, &number);
	if (code)
		return code;
	switch (option->shape) {
	case FLAG:
		return give_flag(value, len, number);
	case DONT_FRAGMENT:
		return give_flag(value, len, number >= LX_PMTUDISC_DO);
	case BUFFER:
		return give_number(value, len, number / 2);
	case SECONDS:
		return give_number(value, len, number ? (DWORD)number / 1000 : (DWORD)-1);
	case MILLISECONDS:
		return give_number(value, len, number ? (DWORD)number : (DWORD)-1);
	default:
		return give_number(value, len, number);
	}
}

static int set(int fd, struct wsa_sock *sk, const struct option *option, const char *value, int len)
{
	IP_MREQ_SOURCE source;
	DWORD number;
	int on, code;

	if (option->shape == FUNCTION)
		return option->set ? option->set(fd, sk, option, value, len) : WSAENOPROTOOPT;
	if (!(option->access & SET))
		return WSAENOPROTOOPT;
	switch (option->shape) {
	case FLAG:
	case DONT_FRAGMENT:
		code = take_flag(value, len, &on);
		if (code)
			return code;
		if (option->shape == DONT_FRAGMENT)
			on = on ? LX_PMTUDISC_DO : LX_PMTUDISC_DONT;
		return set_lx(fd, option, on);
	case AS_IS:
		return code_of(sys_setopt(fd, option->lx_level, option->lx_name, value, len));
	case SOURCE: {
		IN_ADDR lx[3];

		if (len < (int)sizeof(source))
			return WSAEFAULT;
		memcpy(&source, value, sizeof(source));
		lx[0] = source.imr_multiaddr;
		lx[1] = source.imr_interface;
		lx[2] = source.imr_sourceaddr;
		return code_of(sys_setopt(fd, option->lx_level, option->lx_name, lx, sizeof(lx)));
	}
	default:
		break;
	}
	code = take_number(value, len, &number);
	if (code)
		return code;
	if (option->shape == SECONDS)
		number = number == (DWORD)-1 ? 0 : number > 2147483 ? 2147483000 : number * 1000;
	if (option->shape == MILLISECONDS && number == (DWORD)-1)
		number = 0;
	return set_lx(fd, option, (int)number);
}

/**
 * getsockopt - read a socket option
 * @s: socket
 * @level: SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6, SOL_ISO
 * @optname: option; Windows' numbers
 * @optval: receives the value in Windows' shape
 * @optlen: octets at @optval, then octets used
 *
 * BOOL options fit any length from 1 octet on.
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAENOTSOCK, WSAEFAULT (NULL,
 * or too small: row 234), WSAEINVAL (unknown level, row 238), WSAENOPROTOOPT.
 */
int WSAAPI getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen)
{
	struct option option;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int iso = iso_has_option(level, optname), code;

	if (fd < 0)
		return SOCKET_ERROR;
	callee_settle(sk);
	code = iso ? 0 : find(level, optname, &option);
	if (!code && (!sys_writable(optlen, sizeof(*optlen)) || *optlen < 1 ||
		      !sys_writable(optval, *optlen)))
		code = WSAEFAULT;
	if (!code)
		code = iso ? iso_getopt(fd, sk, optname, optval, optlen)
			   : get(fd, sk, &option, optval, optlen);
	return code ? wsa_fail(code) : wsa_ok(0);
}

/**
 * setsockopt - set a socket option
 * @s: socket
 * @level: SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6, SOL_ISO
 * @optname: option; Windows' numbers
 * @optval: value in Windows' shape
 * @optlen: octets at @optval
 *
 * SO_RCVTIMEO and SO_SNDTIMEO are DWORD milliseconds and bound sends and
 * receives, not connects (row 70). SO_SNDBUF and SO_RCVBUF read back what was
 * set, within the system's limits.
 *
 * Return: as getsockopt's.
 */
int WSAAPI setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen)
{
	struct option option;
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);
	int iso = iso_has_option(level, optname), code;

	if (fd < 0)
		return SOCKET_ERROR;
	code = iso ? 0 : find(level, optname, &option);
	/* selectors and data may be empty */
	if (!code && (optlen < !iso || !sys_readable(optval, optlen)))
		code = WSAEFAULT;
	if (!code)
		code = iso ? iso_setopt(fd, sk, optname, optlen ? optval : "", optlen)
			   : set(fd, sk, &option, optval, optlen);
	return code ? wsa_fail(code) : wsa_ok(0);
}
