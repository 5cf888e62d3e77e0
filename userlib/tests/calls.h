/* SPDX-License-Identifier: MIT */
/* Checks, sockets and helpers of the test program calls. */
#ifndef CALLS_H
#define CALLS_H
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <wsaconnect.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern int count, bad;

void ok_at(int good, const char *name, int line);

#define OK(good, name)	ok_at(!!(good), name, __LINE__)

/* A call that must fail with @code: the slot is poisoned first. */
#define FAILS(call, code, name) do { \
	WSASetLastError(12345); \
	int r_ = (int)(call); \
	int e_ = WSAGetLastError(); \
	if (r_ != -1 || e_ != (code)) \
		printf("# returned %d, last error %d, expected %d\n", r_, e_, (int)(code)); \
	OK(r_ == -1 && e_ == (code), name); \
} while (0)
#define WORKS(call, name) do { \
	WSASetLastError(12345); \
	int r_ = (int)(call); \
	OK(r_ != -1 && WSAGetLastError() == 0, name); \
} while (0)

static inline struct sockaddr_in at(const char *text, int port)
{
	struct sockaddr_in in;

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_port = htons((u_short)port);
	inet_pton(AF_INET, text, &in.sin_addr);
	return in;
}

static inline int port_of(SOCKET s)
{
	struct sockaddr_in in;
	int len = sizeof(in);

	return getsockname(s, (struct sockaddr *)&in, &len) ? -1 : ntohs(in.sin_port);
}

static inline int connect_to(SOCKET s, const char *text, int port)
{
	struct sockaddr_in in = at(text, port);

	return connect(s, (struct sockaddr *)&in, sizeof(in));
}

static inline SOCKET stream(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static inline SOCKET dgram(void) { return socket(AF_INET, SOCK_DGRAM, 0); }

static inline SOCKET bound(SOCKET s)
{
	struct sockaddr_in in = at("127.0.0.1", 0);

	bind(s, (struct sockaddr *)&in, sizeof(in));
	return s;
}

static inline SOCKET listener(int *port)
{
	SOCKET s = bound(stream());

	listen(s, SOMAXCONN);
	*port = port_of(s);
	return s;
}

static inline void nonblocking(SOCKET s, u_long on)
{
	ioctlsocket(s, FIONBIO, &on);
}

static inline void pair(SOCKET *a, SOCKET *b)
{
	int port;
	SOCKET l = listener(&port);

	*a = stream();
	connect_to(*a, "127.0.0.1", port);
	*b = accept(l, NULL, NULL);
	closesocket(l);
}

static inline int closed_port(void)
{
	int port;
	SOCKET s = listener(&port);

	closesocket(s);
	return port;
}

static inline DWORD option(SOCKET s, int level, int name)
{
	DWORD value = 0xabababab;
	int len = sizeof(value);

	getsockopt(s, level, name, (char *)&value, &len);
	return value;
}

/* calls_connect.c */
void test_connect_arguments(void);
void test_nonblocking(void);
void test_waiting(void);

/* calls_io.c */
void test_stream(void);
void test_dgram(void);

#endif /* CALLS_H */
