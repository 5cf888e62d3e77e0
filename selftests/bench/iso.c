// SPDX-License-Identifier: GPL-2.0
/*
 * What ISO transport in the kernel costs beside the same octets from a program: a handshake, with
 * data both ways, and records of 32 KiB.
 *
 * iso BATCHES NANOSECONDS: for every work, BATCHES rounds of one batch per variant; a batch lasts
 * at least NANOSECONDS. Writes tab-separated rows to stdout:
 *
 *	iso	WORK	VARIANT	OPERATIONS	MEDIAN
 *
 * in nanoseconds per operation, which are instructions where the machine's clock counts them.
 * A program's framing is done in its best way, one call per record, and in the plainest, one per
 * head and one per TPDU's data. Calls are accepted by a thread of their own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <linux/wsa.h>

#define WARMUPS		3
#define PAUSE		20000
#define ROUNDS_MAX	1000
#define CALLS		16	/* that are open at the same time */
#define RECORD		32768
#define HEAD		9	/* of a DT */
#define ROOM		8187	/* octets of data in one of 8192 */
#define PARTS		((RECORD + ROOM - 1) / ROOM)
#define WORDS		"thirty-two octets of connect data"

enum variant { PLAIN, AGAIN, PIECES, OURS, VARIANTS };

static const char *const variant_name[VARIANTS] = { "program", "again", "pieces", "kernel" };

/* Both ends of a variant. */
struct side {
	enum variant variant;
	int listener;
	struct sockaddr_in to;
	int a, b;			/* a connection */
	int caller[CALLS], callee[CALLS];
};

struct work {
	const char *name;
	int most;			/* operations between two calls of @drain */
	void (*prepare)(struct side *side);
	void (*op)(struct side *side, int i);
	void (*drain)(struct side *side, int n);
};

/* The request and the confirmation, as the kernel's own are, but for the references. */
static const unsigned char request[] = {
	3, 0, 0, 54, 17, 0xe0, 0, 0, 0x12, 0x34, 0x21, 0xc0, 1, 13, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2,
	't', 'h', 'i', 'r', 't', 'y', '-', 't', 'w', 'o', ' ', 'o', 'c', 't', 'e', 't',
	's', ' ', 'o', 'f', ' ', 'c', 'o', 'n', 'n', 'e', 'c', 't', ' ', 'd', 'a', 't',
};

static char record[RECORD], got[RECORD];
static int family;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "iso: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int make(const struct side *side)
{
	int fd = side->variant == OURS ?
		 socket(family, SOCK_SEQPACKET, WSA_PROTO(AF_INET, WSAPROTO_ISO)) :
		 socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static void listen_as(struct side *side)
{
	struct linger reset = { .l_onoff = 1 };
	socklen_t len = sizeof(side->to);
	int room = 1 << 20;

	side->listener = make(side);
	side->to.sin_family = AF_INET;
	side->to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (setsockopt(side->listener, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) ||
	    setsockopt(side->listener, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    bind(side->listener, (struct sockaddr *)&side->to, len) ||
	    listen(side->listener, 2 * CALLS) ||
	    getsockname(side->listener, (struct sockaddr *)&side->to, &len))
		die("listen");
}

/* The called side: it sees the caller's data and answers with its own. */

static int answer_ours(const struct side *side)
{
	struct pollfd p = { .fd = side->listener, .events = POLLIN };
	struct wsa_iso_look look = { .size = sizeof(look) };
	struct wsa_iso_answer answer = { .size = sizeof(answer), .data_len = 32 };
	int c;

	if (poll(&p, 1, -1) != 1 || ioctl(side->listener, WSA_IOC_ISO_LOOK, &look) ||
	    look.data_len != 32)
		die("look");
	answer.id = look.id;
	memcpy(answer.data, look.data, 32);
	if (ioctl(side->listener, WSA_IOC_ISO_ANSWER, &answer))
		die("answer");
	c = accept4(side->listener, NULL, NULL, 0);
	if (c < 0)
		die("accept");
	return c;
}

static int answer_plain(const struct side *side)
{
	unsigned char octets[sizeof(request)];
	int c = accept4(side->listener, NULL, NULL, 0);

	if (c < 0 || recv(c, octets, sizeof(octets), MSG_WAITALL) != sizeof(octets))
		die("accept");
	octets[5] = 0xd0;
	if (send(c, octets, sizeof(octets), 0) != sizeof(octets))
		die("confirm");
	return c;
}

static void *callee(void *arg)
{
	struct side *side = arg;
	unsigned int i;

	for (i = 0;; i++)
		side->callee[i % CALLS] = side->variant == OURS ? answer_ours(side) :
								  answer_plain(side);
	return NULL;
}

static void prepare_calls(struct side *side)
{
	pthread_t thread;

	listen_as(side);
	if (pthread_create(&thread, NULL, callee, side))
		die("thread");
}

static void call_ours(int fd, const struct sockaddr_in *to)
{
	struct wsa_iso_set set = { .size = sizeof(set), .own_len = 2, .peer_len = 2,
				   .data_len = 32, .own = { 1, 0 }, .peer = { 1, 2 } };
	struct wsa_iso_get get = { .size = sizeof(get) };

	memcpy(set.data, WORDS, 32);
	if (ioctl(fd, WSA_IOC_ISO_SET, &set) || connect(fd, (struct sockaddr *)to, sizeof(*to)) ||
	    ioctl(fd, WSA_IOC_ISO_GET, &get) || get.data_len != 32)
		die("call");
}

static void call_plain(int fd, const struct sockaddr_in *to)
{
	unsigned char octets[sizeof(request)];

	if (connect(fd, (struct sockaddr *)to, sizeof(*to)) ||
	    send(fd, request, sizeof(request), 0) != sizeof(request) ||
	    recv(fd, octets, sizeof(octets), MSG_WAITALL) != sizeof(octets) || octets[5] != 0xd0)
		die("call");
}

static void handshake(struct side *side, int i)
{
	side->caller[i] = make(side);
	if (side->variant == OURS)
		call_ours(side->caller[i], &side->to);
	else
		call_plain(side->caller[i], &side->to);
}

/* The callees reset, and no port is kept. */
static void drain_calls(struct side *side, int n)
{
	int i;

	usleep(1000);		/* until the callee waits again */
	for (i = 0; i < n; i++) {
		close(side->callee[i]);
		close(side->caller[i]);
	}
}

/* Records. */

static void prepare_connection(struct side *side)
{
	static pthread_t thread;
	int one = 1, room = 1 << 20;

	listen_as(side);
	memset(side->callee, -1, sizeof(side->callee));
	if (pthread_create(&thread, NULL, callee, side))
		die("thread");
	handshake(side, 0);
	usleep(1000);
	side->a = side->caller[0];
	side->b = side->callee[0];
	if (setsockopt(side->a, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(side->a, SOL_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("SO_SNDBUFFORCE");
}

static void send_framed(int fd)
{
	unsigned char head[PARTS][HEAD];
	struct iovec vec[2 * PARTS];
	struct msghdr msg = { .msg_iov = vec, .msg_iovlen = 2 * PARTS };
	size_t left = RECORD;
	int i;

	for (i = 0; i < PARTS; i++) {
		size_t n = left < ROOM ? left : ROOM;
		unsigned char *h = head[i];

		memcpy(h, (unsigned char[]){ 3, 0, 0, 0, 4, 0xf0, 0x12, 0x34, 0 }, HEAD);
		h[2] = (n + HEAD) >> 8;
		h[3] = n + HEAD;
		h[8] = n == left ? 0x80 : 0;
		vec[2 * i] = (struct iovec){ h, HEAD };
		vec[2 * i + 1] = (struct iovec){ record + RECORD - left, n };
		left -= n;
	}
	if (sendmsg(fd, &msg, 0) != RECORD + PARTS * HEAD)
		die("send");
}

static size_t payload_of(const unsigned char *head)
{
	if (head[0] != 3 || head[4] != 4 || head[5] != 0xf0 || head[6] != 0x12 || head[7] != 0x34)
		die("head");
	return (head[2] << 8 | head[3]) - HEAD;
}

/* What there is, in one call; the record is put together from it. */
static void receive_framed(int fd)
{
	static unsigned char octets[2 * RECORD];
	size_t have = 0, at = 0, to = 0, n;
	ssize_t more;

	for (;;) {
		while (have - at >= HEAD && (n = payload_of(octets + at)) + HEAD <= have - at) {
			memcpy(got + to, octets + at + HEAD, n);
			to += n;
			at += HEAD + n;
			if (octets[at - n - 1] & 0x80)
				return;
		}
		more = recv(fd, octets + have, sizeof(octets) - have, 0);
		if (more <= 0)
			die("recv");
		have += more;
	}
}

static void receive_pieces(int fd)
{
	unsigned char head[HEAD];
	size_t to = 0, n;

	do {
		if (recv(fd, head, HEAD, MSG_WAITALL) != HEAD)
			die("recv");
		n = payload_of(head);
		if (recv(fd, got + to, n, MSG_WAITALL) != (ssize_t)n)
			die("recv");
		to += n;
	} while (!(head[8] & 0x80));
}

static void bulk(struct side *side, int i)
{
	(void)i;
	if (side->variant != OURS)
		send_framed(side->a);
	else if (send(side->a, record, RECORD, 0) != RECORD)
		die("send");

	if (side->variant == PIECES)
		receive_pieces(side->b);
	else if (side->variant != OURS)
		receive_framed(side->b);
	else if (recv(side->b, got, RECORD, MSG_WAITALL) != RECORD)
		die("recv");
	if (got[RECORD - 1] != record[RECORD - 1])
		die("record");
}

static void drain_nothing(struct side *side, int n)
{
	(void)side;
	(void)n;
}

static const struct work works[] = {
	{ "handshake", CALLS, prepare_calls, handshake, drain_calls },
	{ "bulk_32k", INT_MAX, prepare_connection, bulk, drain_nothing },
};

/* Measuring, as in doors.c. */

static long long batch(const struct work *work, struct side *side, int n)
{
	long long sum = 0, start;
	int i, some;

	usleep(PAUSE);
	for (; n; n -= some) {
		some = n < work->most ? n : work->most;
		start = now();
		for (i = 0; i < some; i++)
			work->op(side, i);
		sum += now() - start;
		work->drain(side, some);
	}
	return sum;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void measure(const struct work *work, int rounds, long long least)
{
	static long long taken[VARIANTS][ROUNDS_MAX];
	static struct side sides[VARIANTS];
	int v, r, n;

	memset(sides, 0, sizeof(sides));
	for (v = 0; v < VARIANTS; v++) {
		sides[v].variant = v;
		work->prepare(&sides[v]);
	}
	/* whole rounds of a callee's places */
	batch(work, &sides[PLAIN], 4 * CALLS);
	n = 4 * CALLS * least / batch(work, &sides[PLAIN], 4 * CALLS);
	n = (n / CALLS + 1) * CALLS;
	for (r = -WARMUPS; r < rounds; r++) {
		for (v = 0; v < VARIANTS; v++) {
			long long ns = batch(work, &sides[v], n);

			if (r >= 0)
				taken[v][r] = ns;
		}
	}
	for (v = 0; v < VARIANTS; v++) {
		qsort(taken[v], rounds, sizeof(taken[v][0]), compare);
		printf("iso\t%s\t%s\t%d\t%.0f\n", work->name, variant_name[v], n,
		       (double)taken[v][rounds / 2] / n);
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	long long least = argc == 3 ? atoll(argv[2]) : 0;
	int rounds = argc == 3 ? atoi(argv[1]) : 0;
	FILE *file = fopen("/sys/module/wsa/parameters/family", "re");
	size_t i;

	if (rounds < 5 || rounds > ROUNDS_MAX || least < 1000000) {
		fputs("usage: iso BATCHES(5..1000) NANOSECONDS(1000000..)\n", stderr);
		return 2;
	}
	if (!file || fscanf(file, "%d", &family) != 1)
		die("wsa.ko is not loaded");
	fclose(file);
	memset(record, 'r', sizeof(record));
	for (i = 0; i < sizeof(works) / sizeof(works[0]); i++)
		measure(&works[i], rounds, least);
	return 0;
}
