// SPDX-License-Identifier: MIT
/* send, receive, options, accept, shutdown, on streams and datagram sockets. */
#include "calls.h"

void test_stream(void)
{
	struct sockaddr_in in = at("127.0.0.1", 1), from;
	struct linger hard = { 1, 0 };
	WSABUF two[2];
	char x[4], y[16], big[64];
	DWORD n, flags = 0;
	u_long queued = 0;
	int len, on = 1;
	SOCKET a, b;

	pair(&a, &b);
	WORKS(sendto(a, "abc", 3, 0, (struct sockaddr *)&in, 3),
	      "sendto__stream_ignores_address row 108");
	len = 99;
	memset(&from, 0xab, sizeof(from));
	WORKS(recvfrom(b, y, sizeof(y), 0, (struct sockaddr *)&from, &len), "recvfrom__stream");
	OK(len == 99 && from.sin_family == 0xabab, "recvfrom__stream_address_untouched row 109");
	two[0].buf = "hello "; two[0].len = 6; two[1].buf = "world"; two[1].len = 5;
	OK(!WSASend(a, two, 2, &n, 0, NULL, NULL) && n == 11, "WSASend__two_buffers");
	usleep(20000);
	WORKS(ioctlsocket(b, FIONREAD, &queued), "FIONREAD__works");
	OK(queued == 11, "FIONREAD__value");
	two[0].buf = x; two[0].len = 4; two[1].buf = y; two[1].len = 16;
	OK(!WSARecv(b, two, 2, &n, &flags, NULL, NULL) && n == 11 && !memcmp(x, "hell", 4),
	   "WSARecv__two_buffers");
	FAILS(WSASend(a, two, 2, NULL, 0, NULL, NULL), WSAEFAULT, "WSASend__no_count");
	FAILS(WSAIoctl(a, 0x12345678, NULL, 0, NULL, 0, NULL, NULL, NULL), WSAEFAULT,
	      "WSAIoctl__no_count row 241");
	n = 77;
	FAILS(WSAIoctl(a, 0x12345678, NULL, 0, NULL, 0, &n, NULL, NULL), WSAEOPNOTSUPP,
	      "WSAIoctl__unknown row 242");
	OK(n == 0, "WSAIoctl__count_zero row 242");
	FAILS(recv(a, y, 1, 0x4000), WSAEOPNOTSUPP, "recv__bad_flag");
	len = 15;
	FAILS(getpeername(a, (struct sockaddr *)&in, &len), WSAEFAULT,
	      "getpeername__short row 134");
	OK(len == 15, "getpeername__len_untouched row 134");

	/* options */
	FAILS(getsockopt(a, 0x7777, 1, y, &len), WSAEINVAL, "getsockopt__level row 238");
	len = 4;
	FAILS(getsockopt(a, SOL_SOCKET, 0x7777, y, &len), WSAENOPROTOOPT,
	      "getsockopt__name row 238");
	len = 1;
	FAILS(getsockopt(a, SOL_SOCKET, SO_ERROR, y, &len), WSAEFAULT,
	      "SO_ERROR__one_octet row 234");
	n = 10061;
	WORKS(setsockopt(a, SOL_SOCKET, SO_ERROR, (char *)&n, 4), "SO_ERROR__set row 233");
	OK(option(a, SOL_SOCKET, SO_ERROR) == 10061, "SO_ERROR__reads_back row 233");
	OK(option(a, IPPROTO_IPV6, IPV6_V6ONLY) == 1, "IPV6_V6ONLY__v4 row 126");
	y[0] = 1;
	WORKS(setsockopt(a, IPPROTO_TCP, TCP_NODELAY, y, 1), "TCP_NODELAY__one_octet");
	OK(option(a, IPPROTO_TCP, TCP_NODELAY) == 1, "TCP_NODELAY__reads_back");
	WORKS(setsockopt(a, SOL_SOCKET, SO_LINGER, (char *)&hard, sizeof(hard)), "SO_LINGER__set");
	OK(option(a, SOL_SOCKET, SO_DONTLINGER) == 0, "SO_DONTLINGER__follows");
	n = 20000;
	setsockopt(a, SOL_SOCKET, SO_RCVBUF, (char *)&n, 4);
	OK(option(a, SOL_SOCKET, SO_RCVBUF) == 20000, "SO_RCVBUF__reads_back");

	/* reset by the peer */
	closesocket(a);
	usleep(20000);
	FAILS(recv(b, y, 1, 0), WSAECONNRESET, "recv__reset");
	FAILS(recv(b, y, 1, 0), WSAECONNRESET, "recv__reset_again");
	FAILS(send(b, y, 1, 0), WSAECONNRESET, "send__reset");
	OK(option(b, SOL_SOCKET, SO_ERROR) == 0, "SO_ERROR__reset row 235");
	FAILS(connect_to(b, "127.0.0.1", 9), WSAEISCONN, "connect__after_reset row 101");
	closesocket(b);

	/* peer ends, then is sent to */
	pair(&a, &b);
	closesocket(b);
	usleep(20000);
	OK(recv(a, y, 1, 0) == 0, "recv__end");
	WORKS(send(a, "x", 1, 0), "send__after_peer_end row 110");
	usleep(20000);
	FAILS(recv(a, y, 1, 0), WSAECONNABORTED, "recv__aborted row 236");
	FAILS(send(a, "x", 1, 0), WSAECONNRESET, "send__aborted");
	closesocket(a);

	/* own shutdown */
	pair(&a, &b);
	WORKS(shutdown(a, SD_SEND), "shutdown__send");
	FAILS(send(a, "x", 1, 0), WSAESHUTDOWN, "send__after_shutdown row 110");
	FAILS(connect_to(a, "127.0.0.1", 9), WSAEISCONN, "connect__after_shutdown row 98");
	send(b, "yz", 2, 0);
	OK(recv(a, y, 2, MSG_WAITALL) == 2, "recv__after_own_send_shutdown");
	WORKS(shutdown(a, SD_RECEIVE), "shutdown__receive");
	FAILS(recv(a, y, 1, 0), WSAESHUTDOWN, "recv__after_shutdown row 111");
	closesocket(b);
	usleep(20000);
	len = sizeof(from);
	WORKS(getpeername(a, (struct sockaddr *)&from, &len), "getpeername__after_end row 98");
	closesocket(a);

	/* accepted sockets take after the listener */
	a = listener(&len);
	nonblocking(a, 1);
	FAILS(accept(a, NULL, NULL), WSAEWOULDBLOCK, "accept__nothing");
	b = stream();
	FAILS(accept(b, NULL, NULL), WSAEINVAL, "accept__not_listening");
	connect_to(b, "127.0.0.1", len);
	usleep(20000);
	len = 15;
	FAILS(accept(a, (struct sockaddr *)&from, &len), WSAEFAULT, "accept__short");
	len = sizeof(from);
	{
		SOCKET c = accept(a, (struct sockaddr *)&from, &len);

		OK(c != INVALID_SOCKET && len == sizeof(from) && ntohs(from.sin_port) == port_of(b),
		   "accept__works");
		FAILS(recv(c, y, 1, 0), WSAEWOULDBLOCK, "accept__inherits_nonblocking");
		closesocket(c);
	}
	FAILS(setsockopt(b, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, 0), WSAEFAULT,
	      "setsockopt__no_value");
	closesocket(a);
	closesocket(b);
	(void)big;
}

void test_dgram(void)
{
	struct sockaddr_in in = at("127.0.0.1", 0), zero, from;
	SOCKET s = dgram(), p = bound(dgram()), q = bound(dgram());
	char buf[16], out[8] = "12345678";
	WSABUF callee = { 4, out }, caller = { 4, out };
	int len = sizeof(in), on = 1, port = port_of(p), i, good;
	DWORD n, flags = 0;
	BOOL off = FALSE;
	WSABUF small = { 4, buf };

	memset(&zero, 0, sizeof(zero));
	FAILS(send(s, "x", 1, 0), WSAENOTCONN, "send__dgram_unconnected row 151");
	FAILS(recv(s, buf, 4, 0), WSAEINVAL, "recv__dgram_unbound row 152");
	WORKS(connect(s, (struct sockaddr *)&zero, sizeof(zero)),
	      "connect__dgram_reset_fresh row 161");
	callee.len = 4;
	in = at("127.0.0.1", port);
	WORKS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), &caller, &callee, NULL, NULL),
	      "WSAConnect__dgram_data_ignored rows 43 150");
	OK(callee.len == 4, "WSAConnect__dgram_callee_untouched row 43");
	OK(option(s, SOL_SOCKET, SO_CONNECT_TIME) == 0xffffffff, "SO_CONNECT_TIME__dgram row 178");
	WORKS(send(s, out, 8, 0), "send__dgram");
	len = 15;
	FAILS(recvfrom(p, buf, 16, 0, (struct sockaddr *)&from, &len), WSAEFAULT,
	      "recvfrom__short_address");
	FAILS(recv(p, buf, 4, 0), WSAEMSGSIZE, "recv__truncated row 183");
	OK(!memcmp(buf, "1234", 4), "recv__truncated_data row 183");
	nonblocking(p, 1);
	FAILS(recv(p, buf, 4, 0), WSAEWOULDBLOCK, "recv__truncated_consumed rows 153 183");
	send(s, out, 8, 0);
	usleep(10000);
	n = 77;
	FAILS(WSARecv(p, &small, 1, &n, &flags, NULL, NULL), WSAEMSGSIZE,
	      "WSARecv__truncated row 183");
	OK(n == 4 && flags == MSG_PARTIAL, "WSARecv__partial");
	in = at("127.0.0.1", port_of(q));
	WORKS(sendto(s, "other", 5, 0, (struct sockaddr *)&in, sizeof(in)),
	      "sendto__connected_elsewhere row 166");
	OK(recv(q, buf, 16, 0) == 5, "sendto__arrived row 166");
	len = sizeof(from);
	OK(!getpeername(s, (struct sockaddr *)&from, &len) && ntohs(from.sin_port) == port,
	   "sendto__peer_unchanged row 166");
	FAILS(sendto(s, "x", 1, 0, (struct sockaddr *)&in, 15), WSAEFAULT, "sendto__short");
	in = at("127.0.0.1", 0);
	OK(sendto(s, "xyz", 3, 0, (struct sockaddr *)&in, sizeof(in)) == 3,
	   "sendto__port_zero row 118");
	WORKS(connect_to(s, "127.0.0.1", 0), "connect__dgram_port_zero row 117");
	closesocket(s);
	s = dgram();
	if (getenv("LIBWSACONNECT_COMPAT"))
		WORKS(connect_to(s, "192.0.2.255", 9), "connect__dgram_broadcast_windows row 121");
	else
		FAILS(connect_to(s, "192.0.2.255", 9), WSAEACCES,
		      "connect__dgram_broadcast row 121");
	connect_to(s, "127.0.0.1", 0);
	in = at("192.0.2.255", 9);
	FAILS(sendto(s, "x", 1, 0, (struct sockaddr *)&in, sizeof(in)), WSAEADDRNOTAVAIL,
	      "sendto__from_loopback");
	closesocket(s);
	s = dgram();
	FAILS(sendto(s, "x", 1, 0, (struct sockaddr *)&in, sizeof(in)), WSAEACCES,
	      "sendto__broadcast row 185");
	setsockopt(s, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof(on));
	WORKS(connect_to(s, "192.0.2.255", 9), "connect__dgram_broadcast_on row 122");
	WORKS(connect(s, (struct sockaddr *)&zero, sizeof(zero)), "connect__dgram_reset row 158");
	FAILS(getpeername(s, (struct sockaddr *)&from, &len), WSAENOTCONN,
	      "getpeername__reset row 158");
	FAILS(send(s, "x", 1, 0), WSAENOTCONN, "send__reset row 162");
	OK(port_of(s) > 0, "getsockname__reset row 164");
	closesocket(s);

	/* port unreachable */
	s = dgram();
	i = closed_port();
	connect_to(s, "127.0.0.1", i);
	for (good = 0, i = 0; i < 10; i++)
		good += send(s, "x", 1, 0) == 1;
	OK(good == 10, "send__unreachable_port row 168");
	FAILS(recv(s, buf, 4, 0), WSAECONNRESET, "recv__unreachable_port row 169");
	nonblocking(s, 1);
	recv(s, buf, 4, 0);
	recv(s, buf, 4, 0);
	FAILS(recv(s, buf, 4, 0), WSAEWOULDBLOCK, "recv__told_once row 169");
	WORKS(WSAIoctl(s, SIO_UDP_CONNRESET, &off, sizeof(off), NULL, 0, &n, NULL, NULL),
	      "SIO_UDP_CONNRESET__off");
	send(s, "x", 1, 0);
	usleep(10000);
	FAILS(recv(s, buf, 4, 0), WSAEWOULDBLOCK, "recv__not_told row 170");
	closesocket(s);

	/* shutdown of an unconnected socket */
	s = bound(dgram());
	in = at("127.0.0.1", port);
	WORKS(shutdown(s, SD_RECEIVE), "shutdown__dgram_receive row 179");
	len = sizeof(from);
	FAILS(recvfrom(s, buf, 4, 0, (struct sockaddr *)&from, &len), WSAESHUTDOWN,
	      "recvfrom__dgram_shutdown row 179");
	WORKS(shutdown(s, SD_SEND), "shutdown__dgram_send row 180");
	WORKS(shutdown(s, SD_SEND), "shutdown__dgram_send_twice row 180");
	FAILS(sendto(s, "x", 1, 0, (struct sockaddr *)&in, sizeof(in)), WSAESHUTDOWN,
	      "sendto__dgram_shutdown row 180");
	closesocket(s);
	closesocket(p);
	closesocket(q);
}
