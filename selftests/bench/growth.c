// SPDX-License-Identifier: GPL-2.0
/*
 * What a flow costs to be made and ended: does it grow with how many there are?
 *
 * growth BATCHES ROUNDS: for htb and hfsc, and every number of flows, BATCHES batches of ROUNDS
 * flows, each made and ended; the same classes made and deleted by tc(8), a process each. Writes
 * tab-separated rows to stdout:
 *
 *	growth	QDISC	FLOWS	WAY	MEDIAN
 *	numbers	HOW_MANY	SECONDS
 *
 * MEDIAN is nanoseconds per flow, which are instructions where the machine's clock counts them.
 * WAY is flow, tc, or a part of flow: see below. The last row is of classes' minor
 * numbers: how many were given before one was refused, and how long the first had rested when it
 * was given again. One that was given earlier is an error.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include <linux/wsa.h>
#include <linux/wsa_errors.h>

#define FLOWS		10000
#define BATCHES_MAX	100
#define MINORS		0x10000
#define REST		120	/* seconds, at least */
#define RATE		10000
#define TRACING		"/sys/kernel/tracing/"
/* tc is a process, and needs few to be even. */
#define TC_ROUNDS	10

/*
 * Of FLOW, SCHEDULER is what the qdisc's own operations take. Of that, BLOCKS is a walk over the
 * filter blocks of all classes there are, which the kernel takes where the driver of the device
 * offloads nothing, as here.
 */
enum way { FLOW, SCHEDULER, BLOCKS, TC, WAYS };

static const char *const way_name[WAYS] = { "flow", "scheduler", "blocks", "tc" };
static const char *const qdiscs[] = { "htb", "hfsc" };
static const int numbers[] = { 10, 100, 1000, FLOWS };
static int fds[FLOWS], made;

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "growth: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void run(const char *command)
{
	if (system(command))
		die(command);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ssize_t n;

	/* a filter takes a word at a time */
	for (; *text; text += n) {
		n = write(fd, text, strlen(text));
		if (n <= 0)
			die(path);
	}
	close(fd);
}

static int open_socket(void)
{
	static int family;
	FILE *file;
	int fd;

	if (!family) {
		file = fopen("/sys/module/wsa/parameters/family", "re");
		if (!file || fscanf(file, "%d", &family) != 1)
			die("family");
		fclose(file);
	}
	fd = socket(family, SOCK_DGRAM, WSA_PROTO(AF_INET, 0));
	if (fd < 0)
		die("socket");
	return fd;
}

/* Its class, or 0 for a refusal. */
static unsigned int ask(int fd)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	struct wsa_qos_set arg = {
		.size = sizeof(arg),
		.sending = {
			.token_rate = RATE, .token_bucket = 3000, .peak_bandwidth = -1,
			.latency = -1, .delay_variation = -1, .service_type = 2, .max_sdu = -1,
			.min_policed = -1,
		},
		.receiving = {
			.token_rate = -1, .token_bucket = -1, .peak_bandwidth = -1, .latency = -1,
			.delay_variation = -1, .service_type = 0, .max_sdu = -1, .min_policed = -1,
		},
		.name = (unsigned long)&to, .namelen = sizeof(to),
	};

	inet_pton(AF_INET, "10.7.0.77", &to.sin_addr);
	if (ioctl(fd, WSA_IOC_QOS_SET, &arg))
		die("WSA_IOC_QOS_SET");
	if (arg.wsa && arg.status != WSA_QOS_ADMISSION_FAILURE) {
		errno = arg.status;
		die("refused");
	}
	return arg.classid;
}

static void make_one(int fd)
{
	if (!ask(fd))
		die("no class");
}

static void end_one(int fd)
{
	struct wsa_qos_set arg = { .size = sizeof(arg), .flags = WSA_QOS_SET_UNSTAGE };

	if (ioctl(fd, WSA_IOC_QOS_SET, &arg))
		die("WSA_QOS_SET_UNSTAGE");
}

static void pool_make(const char *qdisc)
{
	char command[128];

	snprintf(command, sizeof(command),
		 "wsactl qos enable d0 --rate 10gbit --flows-per-user 16384 --qdisc %s", qdisc);
	run(command);
}

static void pool_end(void)
{
	run("wsactl qos disable d0");
	while (made)
		close(fds[--made]);
}

static long long flows(int rounds)
{
	int fd = open_socket();
	long long begin = now(), end;

	while (rounds--) {
		make_one(fd);
		end_one(fd);
	}
	end = now();
	close(fd);
	return end - begin;
}

static void run_tc(const char *command)
{
	char text[160], *argv[32], *rest = text;
	int n = 0, status;
	pid_t pid;

	snprintf(text, sizeof(text), "tc class %s", command);
	while ((argv[n] = strsep(&rest, " ")))
		n++;
	errno = posix_spawnp(&pid, "tc", NULL, NULL, argv, environ);
	if (errno || waitpid(pid, &status, 0) != pid || status)
		die(command);
}

/* A number below those of flows. */
static long long tcs(const char *qdisc, int rounds)
{
	long long begin = now();
	char add[128];

	snprintf(add, sizeof(add), "add dev d0 parent 1:3 classid 1:f00 %s %s", qdisc,
		 strcmp(qdisc, "htb") ? "ls rate 80kbit" : "rate 80kbit quantum 3028");
	while (rounds--) {
		run_tc(add);
		run_tc("del dev d0 classid 1:f00");
	}
	return now() - begin;
}

/* How long the traced functions took; none of them calls another. */
static long long traced(void)
{
	FILE *file = fopen(TRACING "trace", "re");
	char line[256];
	double us, sum = 0;

	if (!file)
		die("trace");
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lf us", &us) == 1)
			sum += us;
	}
	fclose(file);
	return sum * 1000;
}

static long long part(const char *functions, int rounds)
{
	long long ns;

	write_text(TRACING "set_ftrace_filter", functions);
	write_text(TRACING "options/funcgraph-cpu", "0\n");
	write_text(TRACING "options/funcgraph-overhead", "0\n");
	write_text(TRACING "current_tracer", "function_graph\n");
	flows(rounds);
	ns = traced();
	write_text(TRACING "current_tracer", "nop\n");
	if (!ns)
		die("nothing was traced");
	return ns;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static void measure(const char *qdisc, int many, int batches, int rounds)
{
	const char *operations = strcmp(qdisc, "htb") ? "hfsc_change_class hfsc_delete_class\n" :
							"htb_change_class htb_delete\n";
	static long long taken[WAYS][BATCHES_MAX];
	int way, i;

	for (; made < many; made++) {
		fds[made] = open_socket();
		make_one(fds[made]);
	}
	flows(rounds);
	tcs(qdisc, 1);
	for (i = 0; i < batches; i++) {
		taken[FLOW][i] = flows(rounds) / rounds;
		taken[SCHEDULER][i] = part(operations, rounds) / rounds;
		taken[BLOCKS][i] = part("flow_indr_dev_setup_offload\n", rounds) / rounds;
		taken[TC][i] = tcs(qdisc, TC_ROUNDS) / TC_ROUNDS;
	}
	for (way = 0; way < WAYS; way++) {
		qsort(taken[way], batches, sizeof(taken[way][0]), compare);
		printf("growth\t%s\t%d\t%s\t%lld\n", qdisc, many, way_name[way],
		       taken[way][batches / 2]);
	}
	fflush(stdout);
}

/* Every number is given once before the first one that has rested is given again. */
static void recycle(void)
{
	static long long ended[MINORS];
	unsigned int minor;
	int given = 0, fd;
	long long rest;

	for (;; given++) {
		fd = open_socket();
		minor = ask(fd) & (MINORS - 1);
		if (!minor)
			break;
		if (ended[minor])
			die("a number was given again at once");
		close(fd);
		ended[minor] = now();
	}
	while (!minor) {
		usleep(100000);
		minor = ask(fd) & (MINORS - 1);
	}
	rest = now() - ended[minor];
	if (!ended[minor] || rest < REST * 1000000000LL)
		die("a number was given again too early");
	printf("numbers\t%d\t%lld\n", given, rest / 1000000000LL);
	close(fd);
}

int main(int argc, char **argv)
{
	int batches = argc == 3 ? atoi(argv[1]) : 0, rounds = argc == 3 ? atoi(argv[2]) : 0;
	struct rlimit limit = { 2 * FLOWS, 2 * FLOWS };
	size_t q, i;

	if (batches < 1 || batches > BATCHES_MAX || rounds < 1) {
		fputs("usage: growth BATCHES(1..100) ROUNDS\n", stderr);
		return 2;
	}
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
	run("[ -e " TRACING "set_ftrace_filter ] || mount -t tracefs none " TRACING);
	run("ip link add d0 type dummy && ip addr add 10.7.0.1/24 dev d0 && ip link set d0 up");
	sleep(5);	/* what a machine does when it has just started */
	for (q = 0; q < sizeof(qdiscs) / sizeof(qdiscs[0]); q++) {
		pool_make(qdiscs[q]);
		for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
			measure(qdiscs[q], numbers[i], batches, rounds);
		pool_end();
	}
	sleep(2 * REST);
	pool_make("htb");
	recycle();
	pool_end();
	return 0;
}
