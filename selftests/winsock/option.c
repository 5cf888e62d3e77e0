// SPDX-License-Identifier: GPL-2.0
/* Options and control codes around connect. */
#include "case.h"
#include <mstcpip.h>

#include <kselftest_harness.h>

FIXTURE(options) {
	const struct sort *sort;
	SOCKET s;
	SOCKET u;
	DWORD value;
	int len;
	DWORD n;
};

SORTS(options);

FIXTURE_SETUP(options)
{
	host_fresh();
	host_dummies();
	host_count_sigpipe();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->u = make(self->sort, SOCK_DGRAM);
	self->value = 0xa5a5a5a5;
	self->len = sizeof(self->value);
	self->n = 0xa5a5a5a5;
}

FIXTURE_TEARDOWN(options)
{
	EXPECT_EQ(0, host_sigpipes());
	FINISH();
}

#define GET(s, level, name) getsockopt(s, level, name, (char *)&self->value, &self->len)
#define SET(s, level, name) setsockopt(s, level, name, (const char *)&self->value, self->len)
#define CONNECT_TIME(s) GET(s, SOL_SOCKET, SO_CONNECT_TIME)
#define UNTOUCHED() (self->value == 0xa5a5a5a5 && self->len == sizeof(self->value))

CASE(options, connect_time__unconnected_r230)
{
	struct place at, silent;
	SOCKET all[] = {
		self->s, make_listener(self->sort, &at), make_pending(self->sort, &silent),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		self->value = 0;
		EXPECT_WORKS(CONNECT_TIME(all[i]));
		EXPECT_EQ(0xffffffff, self->value);
		EXPECT_EQ((int)sizeof(self->value), self->len);
	}
	EXPECT_FAILS(WSAECONNREFUSED, (refused_at(self->sort, &at), connect_at(self->s, &at)));
	self->value = 0;
	EXPECT_WORKS(CONNECT_TIME(self->s));
	EXPECT_EQ(0xffffffff, self->value);
}

/* Seconds that have passed: on the machine's clock never more than the case may take. */
CASE(options, connect_time__connected_r231)
{
	SOCKET a, s = make_pair(self->sort, &a), all[] = { s, a };
	DWORD first;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		EXPECT_WORKS(CONNECT_TIME(all[i]));
		EXPECT_LT(self->value, 180);
	}
	first = self->value;
	host_pause(1100);
	EXPECT_WORKS(CONNECT_TIME(a));
	EXPECT_LT(first, self->value);
	EXPECT_LT(self->value, 180);
}

CASE(options, error__writable_r233)
{
	static const DWORD values[] = { 0xdeadbeef, 1, WSAECONNREFUSED, 0 };
	SOCKET all[] = { self->s, self->u };
	size_t i, j;

	for (j = 0; j < ARRAY_SIZE(all); j++) {
		for (i = 0; i < ARRAY_SIZE(values); i++) {
			self->value = values[i];
			EXPECT_WORKS(SET(all[j], SOL_SOCKET, SO_ERROR));
			self->value = 0xa5a5a5a5;
			EXPECT_WORKS(GET(all[j], SOL_SOCKET, SO_ERROR));
			EXPECT_EQ(values[i], self->value);
		}
	}
}

/* What was written is what there is, until an attempt has its own outcome to tell. */
CASE(options, error__written_then_attempts_r233_r87)
{
	struct place at;
	SOCKET holder = refused_at(self->sort, &at);

	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_ERROR, 77));
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	EXPECT_TRUE(soon_nothing_pending());
	EXPECT_EQ(WSAECONNREFUSED, so_error(self->s));
	ASSERT_WORKS(listen(holder, 5));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_at(self->s, &at));
	ASSERT_TRUE(soon_connected(self->s));
	EXPECT_EQ(0, so_error(self->s));
}

CASE(options, error__short_room_r234)
{
	SOCKET all[] = { self->s, self->u };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		for (self->len = -1; self->len < 4; self->len++) {
			int before = self->len;

			EXPECT_FAILS(WSAEFAULT, GET(all[i], SOL_SOCKET, SO_ERROR));
			EXPECT_EQ(before, self->len);
			EXPECT_EQ(0xa5a5a5a5, self->value);
		}
	}
}

CASE(options, error__reset_does_not_show_r235)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;

	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	ASSERT_TRUE(soon_reset(s));
	EXPECT_EQ(0, so_error(s));
	EXPECT_EQ(0, so_error(s));
	EXPECT_FAILS(WSAECONNRESET, recv(s, &octet, 1, 0));
	EXPECT_EQ(0, so_error(s));
}

/* Asking SO_ERROR first must not take the reset away from the call that tells it. */
CASE(options, error__reset_still_told_r235)
{
	SOCKET a, s = make_pair(self->sort, &a);

	reset_on_close(a);
	EXPECT_WORKS(closesocket(a));
	ASSERT_TRUE(soon_reset(s));
	EXPECT_EQ(0, so_error(s));
	EXPECT_FAILS(WSAECONNRESET, send(s, "x", 1, 0));
}

/* The peer has gone altogether; what is sent then is answered with a reset. */
CASE(options, peer_closed__send_then_recv_r236)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;

	EXPECT_WORKS(closesocket(a));
	EXPECT_GIVES(0, recv(s, &octet, 1, 0));
	EXPECT_GIVES(1, send(s, "x", 1, 0));
	ASSERT_TRUE(soon_reset(s));
	EXPECT_FAILS(WSAECONNABORTED, recv(s, &octet, 1, 0));
	EXPECT_EQ(0, so_error(s));
}

CASE(options, protocol_info__both_widths_r237)
{
	SOCKET all[] = { self->s, self->u };
	static const int flags[] = { 0x20066, 0x20609 };
	WSAPROTOCOL_INFOA a;
	WSAPROTOCOL_INFOW w;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		memset(&a, 0xa5, sizeof(a));
		memset(&w, 0xa5, sizeof(w));
		self->len = sizeof(a);
		EXPECT_WORKS(getsockopt(all[i], SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&a,
					&self->len));
		EXPECT_EQ((int)sizeof(a), self->len);
		self->len = sizeof(w);
		EXPECT_WORKS(getsockopt(all[i], SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&w,
					&self->len));
		EXPECT_EQ((int)sizeof(w), self->len);
		EXPECT_EQ(self->sort->af, a.iAddressFamily);
		EXPECT_EQ(i ? SOCK_DGRAM : SOCK_STREAM, a.iSocketType);
		EXPECT_EQ(i ? IPPROTO_UDP : IPPROTO_TCP, a.iProtocol);
		EXPECT_EQ(flags[i], (int)a.dwServiceFlags1);
		EXPECT_EQ(self->sort->af == AF_INET ? 16 : 28, a.iMaxSockAddr);
		EXPECT_EQ(0, memcmp(&a, &w, offsetof(WSAPROTOCOL_INFOA, szProtocol)));
		EXPECT_EQ((WCHAR)a.szProtocol[0], w.szProtocol[0]);
		EXPECT_NE(NULL, memchr(a.szProtocol, 0, sizeof(a.szProtocol)));
		/* too little room */
		memset(&a, 0xa5, sizeof(a));
		self->len = sizeof(a) - 1;
		EXPECT_FAILS(WSAEFAULT,
			     getsockopt(all[i], SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&a,
					&self->len));
		EXPECT_EQ((int)sizeof(a) - 1, self->len);
		EXPECT_TRUE(all_octets(&a, 0xa5, sizeof(a)));
	}
}

CASE(options, unknown__level_r238)
{
	static const int levels[] = { -1, 1, 7, 0xfffe, 0x10000, 0x7fffffff };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		EXPECT_FAILS(WSAEINVAL, GET(self->s, levels[i], SO_ERROR));
		EXPECT_TRUE(UNTOUCHED());
		EXPECT_REFUSES(WSAEINVAL, self->s, SET(self->s, levels[i], SO_KEEPALIVE));
	}
}

CASE(options, unknown__option_r238)
{
	static const int levels[] = { SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6 };
	static const int names[] = { 0x7fff, -99, 0x4fff };
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(levels); i++) {
		for (j = 0; j < ARRAY_SIZE(names); j++) {
			EXPECT_FAILS(WSAENOPROTOOPT, GET(self->s, levels[i], names[j]));
			EXPECT_TRUE(UNTOUCHED());
			EXPECT_REFUSES(WSAENOPROTOOPT, self->s, SET(self->s, levels[i], names[j]));
		}
	}
}

/* Linux's own numbers mean nothing here: TCP_ULP would change what the socket is. */
CASE(options, linux_numbers__do_not_pass_r238)
{
	EXPECT_FAILS(WSAENOPROTOOPT, setsockopt(self->s, IPPROTO_TCP, 31, "tls", 4));
	EXPECT_FAILS(WSAEINVAL, GET(self->s, 1, 4));
	EXPECT_FAILS(WSAENOPROTOOPT, setsockopt(self->s, SOL_SOCKET, 25, "d0", 3));
	EXPECT_TRUE(UNTOUCHED());
}

CASE(options, null__pointers_r234)
{
	EXPECT_FAILS(WSAEFAULT, getsockopt(self->s, SOL_SOCKET, SO_TYPE, NULL, &self->len));
	EXPECT_FAILS(WSAEFAULT, getsockopt(self->s, SOL_SOCKET, SO_TYPE, (char *)&self->value,
					   NULL));
	EXPECT_FAILS(WSAEFAULT, setsockopt(self->s, SOL_SOCKET, SO_KEEPALIVE, NULL, 4));
	EXPECT_TRUE(UNTOUCHED());
	EXPECT_FAILS(WSAEFAULT, setsockopt(self->s, SOL_SOCKET, SO_RCVBUF, (char *)&self->value,
					   3));
	EXPECT_FAILS(WSAEFAULT, setsockopt(self->s, SOL_SOCKET, SO_RCVBUF, (char *)&self->value,
					   -1));
	EXPECT_FAILS(WSAEFAULT, setsockopt(self->s, SOL_SOCKET, SO_LINGER, (char *)&self->value,
					   3));
}

/* Windows's shapes: milliseconds, undoubled buffers, flags of one octet. */
CASE(options, shapes__as_on_windows)
{
	char flag = 1;
	int length = 1;
	struct linger linger = { 1, 7 }, got = {};

	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_RCVTIMEO, 1234));
	EXPECT_EQ(1234, option(self->s, SOL_SOCKET, SO_RCVTIMEO));
	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_SNDTIMEO, 2));
	EXPECT_EQ(2, option(self->s, SOL_SOCKET, SO_SNDTIMEO));
	EXPECT_EQ(1234, option(self->s, SOL_SOCKET, SO_RCVTIMEO));
	EXPECT_WORKS(set_option(self->s, SOL_SOCKET, SO_RCVBUF, 8192));
	EXPECT_EQ(8192, option(self->s, SOL_SOCKET, SO_RCVBUF));
	EXPECT_WORKS(setsockopt(self->s, IPPROTO_TCP, TCP_NODELAY, &flag, 1));
	flag = 0;
	EXPECT_WORKS(getsockopt(self->s, IPPROTO_TCP, TCP_NODELAY, &flag, &length));
	EXPECT_EQ(1, flag);
	EXPECT_EQ(1, length);
	EXPECT_WORKS(setsockopt(self->s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof(linger)));
	length = sizeof(got);
	EXPECT_WORKS(getsockopt(self->s, SOL_SOCKET, SO_LINGER, (char *)&got, &length));
	EXPECT_EQ(7, got.l_linger);
	EXPECT_EQ(0, option(self->s, SOL_SOCKET, SO_DONTLINGER));
	EXPECT_EQ(SOCK_STREAM, option(self->s, SOL_SOCKET, SO_TYPE));
	EXPECT_EQ(SOCK_DGRAM, option(self->u, SOL_SOCKET, SO_TYPE));
}

CASE(options, limit__ends_a_recv)
{
	SOCKET a, s = make_pair(self->sort, &a);
	char octet;

	EXPECT_WORKS(set_option(s, SOL_SOCKET, SO_RCVTIMEO, 50));
	EXPECT_FAILS(WSAETIMEDOUT, recv(s, &octet, 1, 0));
	EXPECT_TRUE(pass_on(a, s));
}

CASE(options, ioctl__count_is_wanted_r241)
{
	static const DWORD codes[] = { FIONREAD, (DWORD)FIONBIO, SIO_UDP_CONNRESET, 0xdeadbeef, 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		EXPECT_REFUSES(WSAEFAULT, self->u,
			       WSAIoctl(self->u, codes[i], &self->value, 4, &self->value, 4, NULL,
					NULL, NULL));
		EXPECT_REFUSES(WSAEFAULT, self->s,
			       WSAIoctl(self->s, codes[i], NULL, 0, NULL, 0, NULL, NULL, NULL));
	}
	EXPECT_TRUE(UNTOUCHED());
}

CASE(options, ioctl__unknown_r242)
{
	static const DWORD codes[] = { 0xdeadbeef, 0, 0x5401, 0xe702, 0xe700 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		self->n = 0xa5a5a5a5;
		EXPECT_FAILS(WSAEOPNOTSUPP, WSAIoctl(self->s, codes[i], &self->value, 4,
						     &self->value, 4, &self->n, NULL, NULL));
		EXPECT_EQ(0U, self->n);
		EXPECT_FAILS(WSAEOPNOTSUPP, ioctlsocket(self->s, (int)codes[i], &self->value));
	}
	EXPECT_TRUE(UNTOUCHED());
}

CASE(options, ioctl__known)
{
	SOCKET a, s = make_pair(self->sort, &a);
	u_long on = 1;

	EXPECT_GIVES(3, send(a, "abc", 3, 0));
	ASSERT_TRUE(soon_queued(s, 3));
	EXPECT_WORKS(WSAIoctl(s, FIONREAD, NULL, 0, &self->value, 4, &self->n, NULL, NULL));
	EXPECT_EQ(3U, self->value);
	EXPECT_EQ(4U, self->n);
	EXPECT_FAILS(WSAEFAULT, WSAIoctl(s, FIONREAD, NULL, 0, &self->value, 3, &self->n, NULL,
					 NULL));
	EXPECT_FAILS(WSAEFAULT, WSAIoctl(s, FIONREAD, NULL, 0, NULL, 4, &self->n, NULL, NULL));
	EXPECT_WORKS(WSAIoctl(s, (DWORD)FIONBIO, &on, sizeof(on), NULL, 0, &self->n, NULL, NULL));
	EXPECT_GIVES(3, recv(s, (char *)&self->value, 4, 0));
	EXPECT_FAILS(WSAEWOULDBLOCK, recv(s, (char *)&self->value, 4, 0));
	EXPECT_FAILS(WSAEFAULT, ioctlsocket(s, FIONBIO, NULL));
	EXPECT_FAILS(WSAEOPNOTSUPP, WSAIoctl(self->s, SIO_UDP_CONNRESET, &on, 4, NULL, 0, &self->n,
					     NULL, NULL));
}

CASE(options, ioctl__backlog_of_sends_r107)
{
	SOCKET a, s = make_pair(self->sort, &a);

	EXPECT_REFUSES(WSAENOTCONN, self->s,
		       WSAIoctl(self->s, SIO_IDEAL_SEND_BACKLOG_QUERY, NULL, 0, &self->value, 4,
				&self->n, NULL, NULL));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->u,
		       WSAIoctl(self->u, SIO_IDEAL_SEND_BACKLOG_QUERY, NULL, 0, &self->value, 4,
				&self->n, NULL, NULL));
	EXPECT_FAILS(WSAEFAULT, WSAIoctl(s, SIO_IDEAL_SEND_BACKLOG_QUERY, NULL, 0, &self->value, 3,
					 &self->n, NULL, NULL));
	EXPECT_TRUE(UNTOUCHED());
	EXPECT_WORKS(WSAIoctl(s, SIO_IDEAL_SEND_BACKLOG_QUERY, NULL, 0, &self->value, 4, &self->n,
			      NULL, NULL));
	EXPECT_EQ(0x10000U, self->value);
	EXPECT_EQ(4U, self->n);
	EXPECT_TRUE(pass_on(a, s));
}

static int set_rto(SOCKET s, USHORT rtt, UCHAR most)
{
	TCP_INITIAL_RTO_PARAMETERS asked = { .Rtt = rtt, .MaxSynRetransmissions = most };
	DWORD n = 0xa5a5a5a5;
	int r = WSAIoctl(s, SIO_TCP_INITIAL_RTO, &asked, sizeof(asked), NULL, 0, &n, NULL, NULL);

	return n ? -2 : r;
}

CASE(options, ioctl__first_retransmissions_r72)
{
	int by_default = host_syn_retries(self->s);
	struct place to;
	SOCKET holder = refused_at(self->sort, &to);
	unsigned char short_one[3] = { 0xff, 0xff, 0xfe };

	EXPECT_WORKS(set_rto(self->s, TCP_INITIAL_RTO_UNSPECIFIED_RTT, 3));
	EXPECT_EQ(3, host_syn_retries(self->s));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s, set_rto(self->s, 300, 4));
	EXPECT_REFUSES(WSAEINVAL, self->s, set_rto(self->s, TCP_INITIAL_RTO_DEFAULT_RTT, 128));
	EXPECT_REFUSES(WSAEFAULT, self->s,
		       WSAIoctl(self->s, SIO_TCP_INITIAL_RTO, short_one, sizeof(short_one), NULL, 0,
				&self->n, NULL, NULL));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->u, set_rto(self->u, TCP_INITIAL_RTO_DEFAULT_RTT, 3));
	EXPECT_WORKS(set_rto(self->s, TCP_INITIAL_RTO_UNSPECIFIED_RTT,
			     TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS));
	EXPECT_EQ(3, host_syn_retries(self->s));
	EXPECT_WORKS(set_rto(self->s, TCP_INITIAL_RTO_DEFAULT_RTT,
			     TCP_INITIAL_RTO_DEFAULT_MAX_SYN_RETRANSMISSIONS));
	EXPECT_EQ(by_default, host_syn_retries(self->s));

	EXPECT_WORKS(set_rto(self->s, TCP_INITIAL_RTO_UNSPECIFIED_RTT,
			     TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS));
	EXPECT_EQ(1, host_syn_retries(self->s));
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &to));
	EXPECT_WORKS(closesocket(holder));
}

CASE(options, ioctl__no_flows_of_groups_r290)
{
	static const DWORD codes[] = { SIO_SET_GROUP_QOS, SIO_GET_GROUP_QOS };
	QOS qos = best_effort(), before = qos;
	SOCKET all[] = { self->s, self->u };
	size_t i, j;

	for (j = 0; j < ARRAY_SIZE(all); j++) {
		for (i = 0; i < ARRAY_SIZE(codes); i++) {
			EXPECT_REFUSES(WSAENOPROTOOPT, all[j],
				       WSAIoctl(all[j], codes[i], &qos, sizeof(qos), &qos,
						sizeof(qos), &self->n, NULL, NULL));
			EXPECT_EQ(0, memcmp(&qos, &before, sizeof(qos)));
			EXPECT_EQ(0U, self->n);
		}
	}
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
