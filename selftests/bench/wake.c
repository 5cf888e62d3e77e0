// SPDX-License-Identifier: GPL-2.0
/*
 * What waking for one of many sockets costs: does it grow with the many?
 *
 * wake BATCHES NANOSECONDS: for every number of connections, BATCHES rounds of one batch per way
 * to wait; a batch lasts at least NANOSECONDS. In each turn another connection's peer sends an
 * octet, the way says which socket has it, and the octet is taken. Writes tab-separated rows to
 * stdout:
 *
 *	wake	SOCKETS	WAY	TURNS	MEDIAN
 *
 * in nanoseconds per turn, which are instructions where the machine's clock counts them.
 */
#define _GNU_SOURCE
#include <sys/epoll.h>

#include <winsock2.h>
#include <wsamessage.h>
#include <ws2tcpip.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS		10000
#define WARMUPS		3
#define PAUSE		20000
#define ROUNDS_MAX	1000
#define BACKLOG		100

/*
 * EPOLL: a plain program's, of the sockets themselves. EVENTS: each socket's event is in an epoll
 * instance, and is enumerated. MESSAGES: of a window.
 */
enum way { EPOLL, EVENTS, MESSAGES, WAYS };

static const char *const way_name[WAYS] = { "epoll(7)", "events", "messages" };
static const int numbers[] = { 10, 100, 1000, SOCKETS };

static SOCKET ours[WAYS][SOCKETS], theirs[WAYS][SOCKETS], listener;
static WSAEVENT event[SOCKETS];
static int queue[WAYS], made;
static HWND window;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "wake: %s: %d\n", what, WSAGetLastError());
	exit(1);
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void begin(void)
{
	struct rlimit limit = { 100000, 100000 };
	struct sockaddr_in at = { .sin_family = AF_INET };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener == INVALID_SOCKET || bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(listener, BACKLOG))
		die("listener");
	queue[EPOLL] = epoll_create1(EPOLL_CLOEXEC);
	queue[EVENTS] = epoll_create1(EPOLL_CLOEXEC);
	window = wsaconnect_window();
	if (queue[EPOLL] < 0 || queue[EVENTS] < 0 || !window)
		die("queues");
}

static void watch(enum way way, int i)
{
	struct epoll_event wanted = { .events = EPOLLIN, .data.u32 = i };
	SOCKET s = ours[way][i];
	int r = 0;

	switch (way) {
	case EPOLL:
		r = epoll_ctl(queue[way], EPOLL_CTL_ADD, (int)s, &wanted);
		break;
	case EVENTS:
		event[i] = WSACreateEvent();
		if (event[i] == WSA_INVALID_EVENT || WSAEventSelect(s, event[i], FD_READ))
			die("WSAEventSelect");
		r = epoll_ctl(queue[way], EPOLL_CTL_ADD, (int)(intptr_t)event[i], &wanted);
		break;
	default:
		r = WSAAsyncSelect(s, window, WM_USER, FD_READ);
	}
	if (r)
		die(way_name[way]);
}

/* Until there are @many for each way, at an address of its own: ports would not suffice. */
static void grow(int many)
{
	struct sockaddr_in at;
	int way, len = sizeof(at);

	if (getsockname(listener, (struct sockaddr *)&at, &len))
		die("getsockname");
	for (; made < many; made++) {
		for (way = 0; way < WAYS; way++) {
			at.sin_addr.s_addr = htonl(INADDR_LOOPBACK + way);
			theirs[way][made] = socket(AF_INET, SOCK_STREAM, 0);
			if (connect(theirs[way][made], (struct sockaddr *)&at, len))
				die("connect");
			ours[way][made] = accept(listener, NULL, NULL);
			if (ours[way][made] == INVALID_SOCKET)
				die("accept");
			watch(way, made);
		}
	}
}

/* Which socket has it; of messages, the socket's own number. */
static SOCKET wait_for_one(enum way way)
{
	struct epoll_event ready;
	WSANETWORKEVENTS events;
	MSG message;
	int i;

	if (way == MESSAGES) {
		if (wsaconnect_get_message(window, &message, WSA_INFINITE) <= 0 ||
		    WSAGETSELECTEVENT(message.lParam) != FD_READ)
			die("message");
		return message.wParam;
	}
	if (epoll_wait(queue[way], &ready, 1, -1) != 1)
		die("epoll_wait");
	i = ready.data.u32;
	if (way == EVENTS && (WSAEnumNetworkEvents(ours[way][i], event[i], &events) ||
			      events.lNetworkEvents != FD_READ))
		die("WSAEnumNetworkEvents");
	return ours[way][i];
}

static long long batch(enum way way, int many, int turns)
{
	static unsigned int next[WAYS];
	long long start;
	char octet;
	SOCKET s;

	usleep(PAUSE);
	start = now();
	while (turns--) {
		int i = next[way]++ % many;

		if (send(theirs[way][i], "x", 1, 0) != 1)
			die("send");
		s = wait_for_one(way);
		if (s != ours[way][i] || recv(s, &octet, 1, 0) != 1)
			die("recv");
	}
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void measure(int many, int rounds, long long least)
{
	static long long taken[WAYS][ROUNDS_MAX];
	int way, r, turns;

	grow(many);
	batch(EPOLL, many, 100);
	turns = (int)(100 * least / batch(EPOLL, many, 100)) + 1;
	for (r = -WARMUPS; r < rounds; r++)
		for (way = 0; way < WAYS; way++) {
			long long ns = batch(way, many, turns);

			if (r >= 0)
				taken[way][r] = ns;
		}
	for (way = 0; way < WAYS; way++) {
		qsort(taken[way], rounds, sizeof(taken[way][0]), compare);
		printf("wake\t%d\t%s\t%d\t%.0f\n", many, way_name[way], turns,
		       (double)taken[way][rounds / 2] / turns);
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	long long least = argc == 3 ? atoll(argv[2]) : 0;
	int rounds = argc == 3 ? atoi(argv[1]) : 0;
	WSADATA data;
	size_t i;

	if (rounds < 5 || rounds > ROUNDS_MAX || least < 1000000) {
		fputs("usage: wake BATCHES(5..1000) NANOSECONDS(1000000..)\n", stderr);
		return 2;
	}
	if (WSAStartup(MAKEWORD(2, 2), &data))
		die("WSAStartup");
	begin();
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		measure(numbers[i], rounds, least);
	return 0;
}
