// SPDX-License-Identifier: GPL-2.0
/*
 * codes [--without-module] - provokes every Winsock code that can be provoked on
 * one machine, each by a real condition, and prints what came of it.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <wsaconnect.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SILENT	"192.0.2.9"	/* a neighbour that never answers */

static int colour, wrong;

static struct sockaddr_in at(const char *ip, int port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, ip, &sin.sin_addr);
	return sin;
}

static int to(SOCKET s, const char *ip, int port)
{
	struct sockaddr_in sin = at(ip, port);

	return WSAConnect(s, (struct sockaddr *)&sin, sizeof(sin), NULL, NULL, NULL, NULL);
}

static SOCKET stream(void)
{
	return socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
}

static SOCKET dgram(void)
{
	return socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
}

static SOCKET nonblocking(void)
{
	SOCKET s = stream();
	u_long on = 1;

	ioctlsocket(s, FIONBIO, &on);
	return s;
}

/* A listener on a port of its own choosing, and the port. */
static SOCKET listener(int *port)
{
	struct sockaddr_in sin = at("127.0.0.1", 0);
	int len = sizeof(sin);
	SOCKET s = stream();

	bind(s, (struct sockaddr *)&sin, sizeof(sin));
	listen(s, 5);
	getsockname(s, (struct sockaddr *)&sin, &len);
	*port = ntohs(sin.sin_port);
	return s;
}

static void expect(int code, const char *condition, int ret)
{
	int got = ret == SOCKET_ERROR ? WSAGetLastError() : 0;
	const char *on = "", *off = "";

	if (colour) {
		on = got == code ? "\033[32m" : "\033[31m";
		off = "\033[0m";
	}
	printf("%s%5d%s  %-20s %s\n", on, got, off,
	       got ? wsaconnect_error_name(got) : "no error", condition);
	if (got != code) {
		printf("       expected %d %s\n", code, wsaconnect_error_name(code));
		wrong = 1;
	}
}

static void expect_returned(int code, const char *condition, int returned)
{
	WSASetLastError(returned);
	expect(code, condition, returned ? SOCKET_ERROR : 0);
}

static void *close_later(void *socket)
{
	usleep(200000);
	closesocket(*(SOCKET *)socket);
	return NULL;
}

static void library(void)
{
	WSADATA data;
	char name[] = "no.such.example";
	struct addrinfo *list = NULL;

	expect(WSANOTINITIALISED, "a call before WSAStartup",
	       stream() == INVALID_SOCKET ? SOCKET_ERROR : 0);
	expect_returned(WSAVERNOTSUPPORTED, "WSAStartup of version 0.0", WSAStartup(0, &data));
	expect_returned(0, "WSAStartup of version 2.2", WSAStartup(MAKEWORD(2, 2), &data));
	expect_returned(WSAHOST_NOT_FOUND, "getaddrinfo of a name nobody has",
			getaddrinfo(name, NULL, NULL, &list));
}

static void making(void)
{
	SOCKET all[64];
	struct rlimit limit, few = { 16, 0 };
	int n;

	expect(WSAEAFNOSUPPORT, "socket of family 99",
	       socket(99, SOCK_STREAM, 0) == INVALID_SOCKET ? SOCKET_ERROR : 0);
	expect(WSAESOCKTNOSUPPORT, "socket of type 99",
	       socket(AF_INET, 99, 0) == INVALID_SOCKET ? SOCKET_ERROR : 0);
	expect(WSAEPROTONOSUPPORT, "a stream of protocol UDP",
	       socket(AF_INET, SOCK_STREAM, IPPROTO_UDP) == INVALID_SOCKET ? SOCKET_ERROR : 0);

	getrlimit(RLIMIT_NOFILE, &limit);
	few.rlim_max = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &few);
	for (n = 0; n < 64 && (all[n] = stream()) != INVALID_SOCKET; n++)
		;
	expect(WSAEMFILE, "one socket more than the process may have", n < 64 ? SOCKET_ERROR : 0);
	while (n--)
		closesocket(all[n]);
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void arguments(void)
{
	struct sockaddr_in sin = at("127.0.0.1", 80);
	struct sockaddr_in6 other = { .sin6_family = AF_INET6, .sin6_port = htons(80) };
	SOCKET s = stream(), gone = stream();
	char text[] = "hello";
	WSABUF caller = { sizeof(text), text };
	QOS qos;

	memset(&qos, 0, sizeof(qos));
	closesocket(gone);
	expect(WSAENOTSOCK, "connect on a socket that was closed", to(gone, "127.0.0.1", 80));
	expect(WSAEFAULT, "connect to a NULL name",
	       WSAConnect(s, NULL, sizeof(sin), NULL, NULL, NULL, NULL));
	expect(WSAEINVAL, "connect with a group flowspec",
	       WSAConnect(s, (struct sockaddr *)&sin, sizeof(sin), NULL, NULL, NULL, &qos));
	expect(WSAEAFNOSUPPORT, "connect an IPv4 socket to an IPv6 address",
	       WSAConnect(s, (struct sockaddr *)&other, sizeof(other), NULL, NULL, NULL, NULL));
	expect(WSAEADDRNOTAVAIL, "connect to 0.0.0.0", to(s, "0.0.0.0", 80));
	expect(WSAEPROTONOSUPPORT, "caller data on TCP",
	       WSAConnect(s, (struct sockaddr *)&sin, sizeof(sin), &caller, NULL, NULL, NULL));
	qos.SendingFlowspec.ServiceType = SERVICETYPE_GUARANTEED;
	qos.SendingFlowspec.TokenRate = 1000000;
	expect(WSAEOPNOTSUPP, "a guaranteed flow that no administrator offers",
	       WSAConnect(s, (struct sockaddr *)&sin, sizeof(sin), NULL, NULL, &qos, NULL));
	expect(WSAENOPROTOOPT, "an option nobody knows", setsockopt(s, SOL_SOCKET, 0x7abc, "", 1));
	closesocket(s);
}

static void states(void)
{
	SOCKET l, s, c;
	struct sockaddr_in sin;
	int port;

	l = listener(&port);
	expect(WSAEINVAL, "connect on a listening socket", to(l, "127.0.0.1", port));

	s = nonblocking();
	expect(WSAEWOULDBLOCK, "non-blocking connect to a silent host", to(s, SILENT, 80));
	expect(WSAEALREADY, "connect again while that is pending", to(s, SILENT, 80));
	closesocket(s);

	s = stream();
	expect(WSAENOTCONN, "send on a stream never connected", send(s, "x", 1, 0));
	expect(0, "blocking connect to a listener", to(s, "127.0.0.1", port));
	expect(WSAEISCONN, "connect once more", to(s, "127.0.0.1", port));
	c = accept(l, NULL, NULL);
	shutdown(s, SD_SEND);
	expect(WSAESHUTDOWN, "send after one's own shutdown", send(s, "x", 1, 0));
	closesocket(c);
	closesocket(s);

	sin = at("127.0.0.1", port);
	s = stream();
	expect(WSAEADDRINUSE, "bind to a port in use",
	       bind(s, (struct sockaddr *)&sin, sizeof(sin)));
	closesocket(s);
	closesocket(l);
}

static void network(void)
{
	pthread_t thread;
	SOCKET s = stream();

	expect(WSAECONNREFUSED, "connect to a port nobody listens on", to(s, "127.0.0.1", 9));
	expect(WSAENETUNREACH, "connect where no route leads", to(s, "203.0.113.1", 80));
	expect(WSAEHOSTUNREACH, "connect to a host the routing table calls unreachable",
	       to(s, "198.51.100.1", 80));
	expect(WSAETIMEDOUT, "blocking connect to a silent host", to(s, SILENT, 80));
	closesocket(s);

	s = stream();
	pthread_create(&thread, NULL, close_later, &s);
	expect(WSAEINTR, "closesocket by another thread during connect", to(s, SILENT, 80));
	pthread_join(thread, NULL);
}

static void write_text(const char *file, const char *text)
{
	FILE *f = fopen(file, "w");

	if (f) {
		fputs(text, f);
		fclose(f);
	}
}

static void exhaustion(void)
{
	const char *range = "/proc/sys/net/ipv4/ip_local_port_range";
	SOCKET l, one, two, three;
	int port;

	l = listener(&port);
	write_text(range, "50000 50001");
	one = stream();
	two = stream();
	three = stream();
	to(one, "127.0.0.1", port);
	to(two, "127.0.0.1", port);
	expect(WSAENOBUFS, "connect when every ephemeral port is taken",
	       to(three, "127.0.0.1", port));
	write_text(range, "32768 60999");
	closesocket(one);
	closesocket(two);
	closesocket(three);
	closesocket(l);
}

static void datagrams(void)
{
	struct sockaddr_in me = at("127.0.0.1", 0);
	SOCKET a = dgram(), b = dgram();
	int len = sizeof(me);
	DWORD ms = 50;
	char buf[4];

	expect(WSAEACCES, "connect to a broadcast address without SO_BROADCAST",
	       to(a, "192.0.2.255", 9));
	bind(a, (struct sockaddr *)&me, sizeof(me));
	getsockname(a, (struct sockaddr *)&me, &len);
	setsockopt(a, SOL_SOCKET, SO_RCVTIMEO, (char *)&ms, sizeof(ms));
	expect(WSAETIMEDOUT, "receive with a time-out of 50 ms", recv(a, buf, sizeof(buf), 0));
	sendto(b, "too long", 8, 0, (struct sockaddr *)&me, sizeof(me));
	expect(WSAEMSGSIZE, "a datagram longer than the buffer", recv(a, buf, sizeof(buf), 0));
	to(a, "127.0.0.1", 9);
	send(a, "x", 1, 0);
	expect(WSAECONNRESET, "receive after a datagram to a closed port",
	       recv(a, buf, sizeof(buf), 0));
	closesocket(a);
	closesocket(b);
}

int main(int argc, char **argv)
{
	WSADATA data;

	colour = getenv("COLOUR") && *getenv("COLOUR");
	if (argc > 1 && !strcmp(argv[1], "--without-module")) {
		expect_returned(WSASYSNOTREADY, "WSAStartup without the module",
				WSAStartup(MAKEWORD(2, 2), &data));
		return wrong;
	}

	printf(" code  name                 condition\n");
	library();
	making();
	arguments();
	states();
	network();
	exhaustion();
	datagrams();
	WSACleanup();
	return wrong;
}
