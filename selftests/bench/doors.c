// SPDX-License-Identifier: GPL-2.0
/*
 * What a socket of either door costs beside a plain one, in the same process.
 *
 * doors BATCHES NANOSECONDS LAYOUT: for every work, BATCHES rounds of one batch per
 * variant; a batch lasts at least NANOSECONDS and has as many operations for every
 * variant. LAYOUT shifts ports and slabs, so that several runs show what chance does.
 * Writes tab-separated rows to stdout:
 *
 *	work	NAME	VARIANT	OPERATIONS	MEDIAN	QUARTILE	QUARTILE
 *	memory	VARIANT	BYTES_PER_SOCKET	SLOT	OBJECT
 *	clock	INSTRUCTIONS	NANOSECONDS
 *
 * in nanoseconds per operation, which are instructions where the machine's clock counts
 * them; the clock row tells. Everything is single-threaded: over loopback a send has
 * arrived when it returns.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>

#include <linux/wsa.h>
#include <linux/wsa_errors.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define WARMUPS		3
#define PAUSE		20000
#define ROUNDS_MAX	1000
#define SOCKETS		8192
#define CHUNK		32768
#define QUEUE		16	/* what a listener's queue holds for sure */
#define CACHE		"/sys/kernel/slab/wsa_sock/"

/* CONTROL is PLAIN once more: what it differs by is noise. */
enum variant {
	PLAIN,
	CONTROL,
	ADOPT,
	FAMILY,
	VARIANTS,
};

static const char *const variant_name[VARIANTS] = { "plain", "control", "adopt", "family" };

/*
 * A variant's sockets in a work; those it does not use are -1. Both ends of a connection are
 * of the variant, but for connect_select_close, whose listener is not part of the work, and
 * the peers of udp_retarget.
 */
struct side {
	enum variant variant;
	int listener;
	int a, b, c;
	struct sockaddr_in to;
	struct sockaddr_in other;
	unsigned int turn;
	int event;		/* eventfd, or epoll instance of the plain variants */
	int ready[QUEUE];
	unsigned int left;	/* of ready */
};

/* Up to @most operations follow each other between @fill and @drain, which are not timed. */
struct work {
	const char *name;
	void (*prepare)(struct side *side);
	void (*fill)(struct side *side, unsigned int n);
	void (*op)(struct side *side);
	void (*drain)(struct side *side, unsigned int n);
	unsigned int most;
};

static int device = -1;
static int family;
static char chunk[CHUNK];

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	fputs("doors: ", stderr);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(error));
	exit(1);
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static long read_number(const char *path)
{
	FILE *file = fopen(path, "re");
	long number;

	if (!file || fscanf(file, "%ld", &number) != 1)
		die("%s", path);
	fclose(file);
	return number;
}

/* The sockets under test. */

static int make(enum variant variant, int type)
{
	struct wsa_adopt adopt = { .size = sizeof(adopt) };
	int fd;

	if (variant == FAMILY) {
		fd = socket(family, type, WSA_PROTO(AF_INET, 0));
		if (fd < 0)
			die("socket of family %d", family);
		return fd;
	}

	fd = socket(AF_INET, type, 0);
	if (fd < 0)
		die("socket");
	if (variant == ADOPT) {
		adopt.fd = fd;
		if (ioctl(device, WSA_IOC_ADOPT, &adopt))
			die("WSA_IOC_ADOPT");
	}
	return fd;
}

static void finish(int fd)
{
	if (close(fd))
		die("close");
}

static void name_of(int fd, struct sockaddr_in *name)
{
	socklen_t len = sizeof(*name);

	if (getsockname(fd, (struct sockaddr *)name, &len))
		die("getsockname");
}

static void bind_loopback(int fd, struct sockaddr_in *name)
{
	*name = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	if (bind(fd, (struct sockaddr *)name, sizeof(*name)))
		die("bind");
	name_of(fd, name);
}

static int aim(int fd, const struct sockaddr_in *to)
{
	return connect(fd, (const struct sockaddr *)to, sizeof(*to));
}

static void listen_as(struct side *side, enum variant variant)
{
	side->listener = make(variant, SOCK_STREAM);
	bind_loopback(side->listener, &side->to);
	if (listen(side->listener, 4096))
		die("listen");
}

/*
 * The children inherit that closing them resets the connection: the other side's
 * TIME_WAIT goes with it, and ports do not run out.
 */
static void listen_resetting(struct side *side, enum variant variant)
{
	struct linger reset = { .l_onoff = 1 };

	listen_as(side, variant);
	if (setsockopt(side->listener, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
		die("SO_LINGER");
}

static void send_all(int fd, size_t n)
{
	if (send(fd, chunk, n, 0) != (ssize_t)n)
		die("send of %zu octets", n);
}

static void recv_all(int fd, size_t n)
{
	if (recv(fd, chunk, n, MSG_WAITALL) != (ssize_t)n)
		die("recv of %zu octets", n);
}

/* The works. */

static void prepare_listener(struct side *side)
{
	listen_as(side, side->variant);
}

static void prepare_resetting(struct side *side)
{
	listen_resetting(side, side->variant);
}

/* The child first: TIME_WAIT is at the listener's port, and clients' ports do not run out. */
static void connect_accept_close(struct side *side)
{
	int client = make(side->variant, SOCK_STREAM);
	int child;

	if (aim(client, &side->to))
		die("connect");
	child = accept4(side->listener, NULL, NULL, 0);
	if (child < 0)
		die("accept");
	finish(child);
	finish(client);
}

static void prepare_queue(struct side *side)
{
	listen_resetting(side, PLAIN);
}

static void connect_select_close(struct side *side)
{
	int client = make(side->variant, SOCK_STREAM | SOCK_NONBLOCK);
	struct timeval limit = { .tv_sec = 10 };
	fd_set writable, failed;

	if (aim(client, &side->to) != -1 || errno != EINPROGRESS)
		die("connect is not in progress");
	FD_ZERO(&writable);
	FD_SET(client, &writable);
	failed = writable;
	if (select(client + 1, NULL, &writable, &failed, &limit) != 1 ||
	    !FD_ISSET(client, &writable))
		die("select");
	finish(client);
}

static void drain_queue(struct side *side, unsigned int n)
{
	while (n--) {
		int child = accept4(side->listener, NULL, NULL, SOCK_NONBLOCK);

		if (child < 0)
			die("accept of a connection that was select()ed");
		finish(child);
	}
}

static void prepare_event(struct side *side)
{
	listen_resetting(side, PLAIN);
	if (side->variant == PLAIN || side->variant == CONTROL)
		side->event = epoll_create1(EPOLL_CLOEXEC);
	else
		side->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (side->event < 0)
		die("event");
}

static void fill_fresh(struct side *side, unsigned int n)
{
	for (side->left = 0; side->left < n; side->left++)
		side->ready[side->left] = make(side->variant, SOCK_STREAM | SOCK_NONBLOCK);
}

/* Is told of the end of an attempt, and asks for its outcome. */
static void event_connect(struct side *side)
{
	int client = side->ready[--side->left], error = -1;
	struct wsa_event_select select = {
		.size = sizeof(select), .eventfd = side->event, .mask = WSA_EVENT_CONNECT,
	};
	struct wsa_event_enum take = {
		.size = sizeof(take), .flags = WSA_ENUM_F_RESET, .eventfd = side->event,
	};
	struct epoll_event watch = { .events = EPOLLOUT | EPOLLET };
	struct pollfd p = { .fd = side->event, .events = POLLIN };
	bool plain = side->variant == PLAIN || side->variant == CONTROL;
	socklen_t len = sizeof(error);

	if (plain ? epoll_ctl(side->event, EPOLL_CTL_ADD, client, &watch) :
		    ioctl(client, WSA_IOC_EVENT_SELECT, &select))
		die("selecting");
	if (aim(client, &side->to) != -1 || errno != EINPROGRESS)
		die("connect is not in progress");
	if (plain) {
		if (epoll_wait(side->event, &watch, 1, 10000) != 1 ||
		    getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &len) || error)
			die("epoll");
	} else if (poll(&p, 1, 10000) != 1 || ioctl(client, WSA_IOC_EVENT_ENUM, &take) ||
		   take.events != WSA_EVENT_CONNECT || take.error[4]) {
		die("event");
	}
}

static void drain_fresh(struct side *side, unsigned int n)
{
	unsigned int i;

	drain_queue(side, n);
	for (i = 0; i < n; i++)
		finish(side->ready[i]);
}

static void prepare_nothing(struct side *side)
{
	(void)side;
}

static void socket_close(struct side *side)
{
	finish(make(side->variant, SOCK_STREAM));
}

static void prepare_peers(struct side *side)
{
	side->a = make(side->variant, SOCK_DGRAM);
	side->b = make(PLAIN, SOCK_DGRAM);
	side->c = make(PLAIN, SOCK_DGRAM);
	bind_loopback(side->b, &side->to);
	bind_loopback(side->c, &side->other);
}

static void retarget(struct side *side)
{
	if (aim(side->a, side->turn++ & 1 ? &side->other : &side->to))
		die("connect to another peer");
}

static void prepare_stream(struct side *side)
{
	int one = 1, room = 1 << 20;

	listen_as(side, side->variant);
	side->a = make(side->variant, SOCK_STREAM);
	/* room for a whole chunk, or one thread would wait for itself */
	if (setsockopt(side->a, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(side->listener, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		die("SO_SNDBUFFORCE");
	if (aim(side->a, &side->to))
		die("connect");
	side->b = accept4(side->listener, NULL, NULL, 0);
	if (side->b < 0)
		die("accept");
	if (setsockopt(side->a, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	    setsockopt(side->b, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("TCP_NODELAY");
}

static void prepare_dgram(struct side *side)
{
	side->a = make(side->variant, SOCK_DGRAM);
	side->b = make(side->variant, SOCK_DGRAM);
	bind_loopback(side->a, &side->other);
	bind_loopback(side->b, &side->to);
	if (aim(side->a, &side->to) || aim(side->b, &side->other))
		die("connect");
	/* a receive after a grace period is the base protocol's own again */
	usleep(300000);
}

static void ping_pong(struct side *side)
{
	send_all(side->a, 1);
	recv_all(side->b, 1);
	send_all(side->b, 1);
	recv_all(side->a, 1);
}

static void bulk(struct side *side)
{
	send_all(side->a, CHUNK);
	recv_all(side->b, CHUNK);
}

static const struct work works[] = {
	{ "connect_accept_close", prepare_listener, NULL, connect_accept_close, NULL, UINT_MAX },
	{ "connect_accept_reset", prepare_resetting, NULL, connect_accept_close, NULL, UINT_MAX },
	{ "connect_select_close", prepare_queue, NULL, connect_select_close, drain_queue, QUEUE },
	{ "event_connect", prepare_event, fill_fresh, event_connect, drain_fresh, QUEUE },
	{ "socket_close", prepare_nothing, NULL, socket_close, NULL, UINT_MAX },
	{ "udp_retarget", prepare_peers, NULL, retarget, NULL, UINT_MAX },
	{ "tcp_ping_pong", prepare_stream, NULL, ping_pong, NULL, UINT_MAX },
	{ "tcp_bulk_32k", prepare_stream, NULL, bulk, NULL, UINT_MAX },
	{ "udp_ping_pong", prepare_dgram, NULL, ping_pong, NULL, UINT_MAX },
};

/* Measuring. */

/*
 * Ticks and what earlier batches left for RCU to free are there in every batch; the pause
 * makes them begin alike.
 */
static long long batch(const struct work *work, struct side *side, unsigned int n)
{
	long long sum = 0;

	usleep(PAUSE);
	while (n) {
		unsigned int i, some = n < work->most ? n : work->most;
		long long start;

		if (work->fill)
			work->fill(side, some);
		start = now();
		for (i = 0; i < some; i++)
			work->op(side);
		sum += now() - start;
		if (work->drain)
			work->drain(side, some);
		n -= some;
	}
	return sum;
}

/* As many operations as take @least, when everything is warm. */
static unsigned int batch_size(const struct work *work, struct side *side, long long least)
{
	unsigned int n = 64;
	long long taken;

	batch(work, side, n);
	taken = batch(work, side, n);
	return n * least / taken + 1;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void measure(const struct work *work, unsigned int rounds, long long least)
{
	static long long taken[VARIANTS][ROUNDS_MAX];
	struct side sides[VARIANTS];
	unsigned int i, n, r;
	int v;

	for (v = 0; v < VARIANTS; v++) {
		sides[v] = (struct side){ .variant = v, .listener = -1, .a = -1, .b = -1, .c = -1 };
		work->prepare(&sides[v]);
	}

	n = batch_size(work, &sides[PLAIN], least);
	for (i = 0; i < WARMUPS; i++)
		for (v = 0; v < VARIANTS; v++)
			batch(work, &sides[v], n);

	/* each variant in each place and, by turns, after either neighbour */
	for (r = 0; r < rounds; r++) {
		for (i = 0; i < VARIANTS; i++) {
			v = ((r & 1 ? VARIANTS - i : i) + r / 2) % VARIANTS;
			taken[v][r] = batch(work, &sides[v], n);
		}
	}

	for (v = 0; v < VARIANTS; v++) {
		qsort(taken[v], rounds, sizeof(taken[v][0]), compare);
		printf("work\t%s\t%s\t%u\t%.2f\t%.2f\t%.2f\n", work->name, variant_name[v], n,
		       (double)taken[v][rounds / 2] / n, (double)taken[v][rounds / 4] / n,
		       (double)taken[v][rounds - 1 - rounds / 4] / n);
		close(sides[v].a);
		close(sides[v].b);
		close(sides[v].c);
		close(sides[v].listener);
	}
	fflush(stdout);
}

/* The whole of the state's slab cache, which the kernel may share between users. */
static long cache_bytes(void)
{
	return read_number(CACHE "slabs") * (sysconf(_SC_PAGESIZE) << read_number(CACHE "order"));
}

static void measure_memory(enum variant variant)
{
	static int fds[SOCKETS];
	long before = cache_bytes();
	int i;

	for (i = 0; i < SOCKETS; i++)
		fds[i] = make(variant, SOCK_STREAM);
	printf("memory\t%s\t%.1f\t%ld\t%ld\n", variant_name[variant],
	       (double)(cache_bytes() - before) / SOCKETS,
	       read_number(CACHE "slab_size"), read_number(CACHE "object_size"));
	for (i = 0; i < SOCKETS; i++)
		finish(fds[i]);
}

#define TURNS	5000000

/* Two instructions a turn. */
static long long clock_of_turns(void)
{
	unsigned long long left = TURNS;
	long long start = now();

	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r" (left) : : "cc");
	return now() - start;
}

/* A young system has work of its own, such as testing its ciphers: until it is done. */
static void settle(void)
{
	struct rusage before, after;
	unsigned int i, quiet = 0;

	for (i = 0; i < 1000 && quiet < 10; i++) {
		usleep(100000);
		getrusage(RUSAGE_SELF, &before);
		clock_of_turns();
		getrusage(RUSAGE_SELF, &after);
		quiet = after.ru_nivcsw - before.ru_nivcsw <= 1 ? quiet + 1 : 0;
	}
	if (quiet < 10)
		fputs("doors: something else keeps this machine busy\n", stderr);
	printf("clock\t%d\t%lld\n", 2 * TURNS, clock_of_turns());
}

static void shift_layout(unsigned int layout)
{
	struct sockaddr_in name;
	unsigned int i;

	/* left open: the process's end is their end */
	for (i = 0; i < 7 * layout; i++) {
		bind_loopback(make(PLAIN, SOCK_STREAM), &name);
		bind_loopback(make(PLAIN, SOCK_DGRAM), &name);
		make(ADOPT, SOCK_STREAM);
	}
}

int main(int argc, char **argv)
{
	long long least = argc == 4 ? atoll(argv[2]) : 0;
	int rounds = argc == 4 ? atoi(argv[1]) : 0;
	size_t i;

	if (rounds < 21 || rounds > ROUNDS_MAX || least < 1000000) {
		fputs("usage: doors BATCHES(21..1000) NANOSECONDS(1000000..) LAYOUT\n", stderr);
		return 2;
	}

	device = open("/dev/wsa", O_RDWR | O_CLOEXEC);
	if (device < 0)
		die("/dev/wsa");
	family = read_number("/sys/module/wsa/parameters/family");

	settle();
	/* before the works: the slabs that their sockets leave behind would be reused */
	measure_memory(ADOPT);
	measure_memory(FAMILY);
	shift_layout(atoi(argv[3]));
	for (i = 0; i < ARRAY_SIZE(works); i++)
		measure(&works[i], rounds, least);
	return 0;
}
