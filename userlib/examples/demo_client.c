// SPDX-License-Identifier: MIT
/*
 * demo_client HTTP4 HTTP6 REDIS DNS NAME - speak to real servers through Winsock
 *
 * The first four are "address port" pairs in one argument, e.g. "127.0.0.1 80"
 * and "::1 80"; "-" leaves a server out. NAME is resolved at DNS.
 * Prints a line per step; the exit status is the number of surprises.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wsaconnect.h>

static int surprises;

static int failed(const char *step)
{
	int code = WSAGetLastError();
	char why[128];

	wsaconnect_last_reason(why, sizeof(why));
	printf("%-8s FAILED: %s (%d); last connect: %s\n", step, wsaconnect_error_name(code), code,
	       why);
	surprises++;
	return -1;
}

static int surprise(const char *step, const char *what)
{
	printf("%-8s FAILED: %s\n", step, what);
	surprises++;
	return -1;
}

/* A socket connected to "address port". */
static SOCKET open_to(const char *step, const char *where, int type)
{
	char address[64], port[16];
	ADDRINFOA hints, *info;
	SOCKET s;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = type;
	hints.ai_flags = AI_NUMERICHOST;
	if (sscanf(where, "%63s %15s", address, port) != 2 ||
	    getaddrinfo(address, port, &hints, &info)) {
		surprise(step, "no such address");
		return INVALID_SOCKET;
	}
	s = socket(info->ai_family, info->ai_socktype, info->ai_protocol);
	if (s == INVALID_SOCKET) {
		failed(step);
	} else if (WSAConnect(s, info->ai_addr, (int)info->ai_addrlen, NULL, NULL, NULL, NULL)) {
		failed(step);
		closesocket(s);
		s = INVALID_SOCKET;
	}
	freeaddrinfo(info);
	return s;
}

static void page(const char *step, const char *where)
{
	static const char ask[] = "GET / HTTP/1.0\r\nHost: demo\r\n\r\n";
	SOCKET s = open_to(step, where, SOCK_STREAM);
	char text[4096];
	int n, all = 0;

	if (s == INVALID_SOCKET)
		return;
	if (send(s, ask, sizeof(ask) - 1, 0) != sizeof(ask) - 1)
		failed(step);
	while (all < (int)sizeof(text) - 1 &&
	       (n = recv(s, text + all, sizeof(text) - 1 - all, 0)) > 0)
		all += n;
	text[all] = '\0';
	if (n < 0)
		failed(step);
	else if (strncmp(text, "HTTP/1.", 7) || !strstr(text, " 200 "))
		surprise(step, "no 200 answer");
	else
		printf("%-8s %.*s, %d octets\n", step, (int)strcspn(text, "\r\n"), text, all);
	closesocket(s);
}

/* One redis command and the start of its answer. */
static int command(SOCKET s, const char *ask, const char *expect)
{
	char answer[256];
	const char *shown;
	int n;

	if (send(s, ask, (int)strlen(ask), 0) != (int)strlen(ask))
		return failed("redis");
	n = recv(s, answer, sizeof(answer) - 1, 0);
	if (n <= 0)
		return failed("redis");
	answer[n] = '\0';
	if (strcmp(answer, expect))
		return surprise("redis", answer);
	/* a value follows its length, "$9", on a line of its own */
	shown = *answer == '$' ? strchr(answer, '\n') + 1 : answer;
	printf("%-8s %.*s -> %.*s\n", "redis", (int)strcspn(ask, "\r"), ask,
	       (int)strcspn(shown, "\r"), shown);
	return 0;
}

static void redis(const char *where)
{
	SOCKET s = open_to("redis", where, SOCK_STREAM);

	if (s == INVALID_SOCKET)
		return;
	command(s, "PING\r\n", "+PONG\r\n");
	command(s, "SET wsa connected\r\n", "+OK\r\n");
	command(s, "GET wsa\r\n", "$9\r\nconnected\r\n");
	closesocket(s);
}

/* An A query by hand over a connected datagram socket. */
static void dns(const char *where, const char *name)
{
	SOCKET s = open_to("dns", where, SOCK_DGRAM);
	unsigned char message[512] = { 0x12, 0x34, 1, 0, 0, 1 };
	DWORD wait = 5000;
	int at = 12, n, answers;
	struct in_addr found;
	const char *label = name;

	if (s == INVALID_SOCKET)
		return;
	if (setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (const char *)&wait, sizeof(wait)))
		failed("dns");
	while (*label && at < 400) {
		int length = (int)strcspn(label, ".");

		message[at++] = (unsigned char)length;
		memcpy(message + at, label, length);
		at += length;
		label += length + (label[length] == '.');
	}
	at += 2;
	message[at++] = 1;	/* type A */
	at++;
	message[at++] = 1;	/* class IN */
	n = at;
	if (send(s, (char *)message, n, 0) != n) {
		failed("dns");
		goto out;
	}
	n = recv(s, (char *)message, sizeof(message), 0);
	if (n < 0) {
		failed("dns");
		goto out;
	}
	answers = message[6] << 8 | message[7];
	if (n < at + 16 || message[0] != 0x12 || message[1] != 0x34 || (message[3] & 15) ||
	    !answers) {
		surprise("dns", "no answer to the question");
		goto out;
	}
	memcpy(&found, message + n - 4, 4);
	if (answers == 1)
		printf("%-8s %s is %s\n", "dns", name, inet_ntoa(found));
	else
		printf("%-8s %s has %d records\n", "dns", name, answers);
out:
	closesocket(s);
}

int main(int argc, char **argv)
{
	WSADATA data;
	int r;

	if (argc != 6) {
		fprintf(stderr,
			"usage: demo_client \"ADDRESS PORT\" \"ADDRESS6 PORT\" \"REDIS PORT\" \"DNS PORT\" NAME\n");
		return 2;
	}
	r = WSAStartup(MAKEWORD(2, 2), &data);
	if (r) {
		printf("WSAStartup FAILED: %s\n", wsaconnect_error_name(r));
		return 1;
	}
	if (strcmp(argv[1], "-"))
		page("http4", argv[1]);
	if (strcmp(argv[2], "-"))
		page("http6", argv[2]);
	if (strcmp(argv[3], "-"))
		redis(argv[3]);
	if (strcmp(argv[4], "-"))
		dns(argv[4], argv[5]);
	if (WSACleanup())
		failed("cleanup");
	return surprises;
}
