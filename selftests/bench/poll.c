// SPDX-License-Identifier: GPL-2.0
/*
 * What WSAPoll and select cost beside poll(2) of the same sockets.
 *
 * poll BATCHES NANOSECONDS: for every case, BATCHES rounds of one batch per call, in turns;
 * a batch lasts at least NANOSECONDS and has as many calls for every one. Writes
 * tab-separated rows to stdout:
 *
 *	poll	CASE	CALL	CALLS	MEDIAN	RATIO
 *
 * in nanoseconds per call, which are instructions where the machine's clock counts them.
 * RATIO is to poll(2); its second row tells what noise does.
 */
#define _GNU_SOURCE
#include <poll.h>

#define SOCKETS		1000

/* Before Winsock takes the names. */
static struct pollfd plain[SOCKETS];

static void plain_prepare(int i, int fd, int out)
{
	plain[i] = (struct pollfd){ fd, out ? POLLOUT : POLLIN, 0 };
}

static int plain_poll(int ms)
{
	return poll(plain, SOCKETS, ms);
}

#define FD_SETSIZE	1000

#include <winsock2.h>
#include <ws2tcpip.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define WARMUPS		3
#define PAUSE		20000
#define ROUNDS_MAX	1000

enum call { PLAIN, PLAIN_AGAIN, POLL, SELECT, CALLS };

static const char *const call_name[CALLS] = { "poll(2)", "again", "WSAPoll", "select" };

/* @events are asked of all sockets; the first @readable have something to read. */
static const struct variant {
	const char *name;
	int out;
	int readable;
	int timeout;
} variants[] = {
	{ "none_ready", 0, 0, 0 },
	{ "one_readable", 0, 1, -1 },
	{ "all_readable", 0, SOCKETS, -1 },
	{ "all_writable", 1, 0, -1 },
};

static SOCKET ours[SOCKETS], theirs[SOCKETS];
static WSAPOLLFD polled[SOCKETS];
static fd_set members, set;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "poll: %s: %d\n", what, WSAGetLastError());
	exit(1);
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* As a server has them: with descriptors in a row. */
static void connect_all(void)
{
	struct rlimit limit = { 4096, 4096 };
	struct sockaddr_in at = { .sin_family = AF_INET };
	int i, len = sizeof(at);
	SOCKET listener;

	setrlimit(RLIMIT_NOFILE, &limit);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener == INVALID_SOCKET || bind(listener, (struct sockaddr *)&at, len) ||
	    getsockname(listener, (struct sockaddr *)&at, &len) || listen(listener, SOCKETS))
		die("listener");
	for (i = 0; i < SOCKETS; i++) {
		theirs[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(theirs[i], (struct sockaddr *)&at, len))
			die("connect");
	}
	for (i = 0; i < SOCKETS; i++) {
		ours[i] = accept(listener, NULL, NULL);
		if (ours[i] == INVALID_SOCKET)
			die("accept");
	}
}

static void prepare(const struct variant *variant)
{
	int i;

	FD_ZERO(&members);
	for (i = 0; i < SOCKETS; i++) {
		plain_prepare(i, (int)ours[i], variant->out);
		polled[i] = (WSAPOLLFD){ ours[i], variant->out ? POLLOUT : POLLIN, 0 };
		members.fd_array[members.fd_count++] = ours[i];
		if (i >= SOCKETS - variant->readable && send(theirs[i], "x", 1, 0) != 1)
			die("send");
	}
}

static void finish(const struct variant *variant)
{
	char octet;
	int i;

	for (i = SOCKETS - variant->readable; i < SOCKETS; i++)
		if (recv(ours[i], &octet, 1, 0) != 1)
			die("recv");
}

static void call_once(enum call call, const struct variant *variant)
{
	int ready = variant->out ? SOCKETS : variant->readable, r;
	struct timeval zero = { 0, 0 };

	switch (call) {
	case POLL:
		r = WSAPoll(polled, SOCKETS, variant->timeout);
		break;
	case SELECT:
		memcpy(&set, &members, sizeof(set));
		r = select(0, variant->out ? NULL : &set, variant->out ? &set : NULL, NULL,
			   variant->timeout ? NULL : &zero);
		break;
	default:
		r = plain_poll(variant->timeout);
	}
	if (r != ready)
		die(call_name[call]);
}

static long long batch(enum call call, const struct variant *variant, unsigned int n)
{
	long long start;

	usleep(PAUSE);
	start = now();
	while (n--)
		call_once(call, variant);
	return now() - start;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void measure(const struct variant *variant, unsigned int rounds, long long least)
{
	static long long taken[CALLS][ROUNDS_MAX];
	unsigned int n, r;
	double first;
	int c;

	prepare(variant);
	batch(PLAIN, variant, 2);
	n = 4 * least / batch(PLAIN, variant, 4) + 1;
	for (r = 0; r < WARMUPS; r++)
		for (c = 0; c < CALLS; c++)
			batch(c, variant, n);
	for (r = 0; r < rounds; r++)
		for (c = 0; c < CALLS; c++)
			taken[c][r] = batch(c, variant, n);
	finish(variant);
	for (c = 0; c < CALLS; c++) {
		qsort(taken[c], rounds, sizeof(taken[c][0]), compare);
		first = (double)taken[PLAIN][rounds / 2];
		printf("poll\t%s\t%s\t%u\t%.0f\t%.4f\n", variant->name, call_name[c], n,
		       (double)taken[c][rounds / 2] / n, (double)taken[c][rounds / 2] / first);
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
		fputs("usage: poll BATCHES(5..1000) NANOSECONDS(1000000..)\n", stderr);
		return 2;
	}
	if (WSAStartup(MAKEWORD(2, 2), &data))
		die("WSAStartup");
	connect_all();
	for (i = 0; i < sizeof(variants) / sizeof(variants[0]); i++)
		measure(&variants[i], rounds, least);
	return 0;
}
