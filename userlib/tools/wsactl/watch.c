// SPDX-License-Identifier: MIT
/* Flows as they send: a table on a terminal, a line for each elsewhere. */
#include <getopt.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "wsactl.h"

#define HOME_AND_CLEAR	"\033[H\033[2J"
#define LINE_SIZE	512
/* Of a terminal that does not tell its size. */
#define ROWS		24
#define COLUMNS		80

struct sight {
	struct wsactl_flows flows;
	struct timespec at;
};

static struct sight look(unsigned int ifindex)
{
	struct sight sight = { .flows = flows_get(ifindex) };

	clock_gettime(CLOCK_MONOTONIC, &sight.at);
	return sight;
}

/* What left the class since then, headers included; false while that is not known. */
static bool rate_now(const struct wsactl_flow *flow, const struct sight *now,
		     const struct sight *then, uint64_t *rate)
{
	const struct wsactl_flow *old = flows_find(&then->flows, flow->ifindex, flow->classid);
	double seconds = now->at.tv_sec - then->at.tv_sec +
			 (now->at.tv_nsec - then->at.tv_nsec) / 1e9;

	if (!old || !old->counted || !flow->counted || flow->octets < old->octets || seconds <= 0)
		return false;
	*rate = (flow->octets - old->octets) / seconds;
	return true;
}

static void format_now(const struct wsactl_flow *flow, const struct sight *now,
		       const struct sight *then, char *text, size_t size)
{
	uint64_t rate;

	if (rate_now(flow, now, then, &rate))
		format_rate(rate, text, size);
	else
		snprintf(text, size, "-");
}

static void print_lines(const struct sight *now, const struct sight *then)
{
	char rate[24];
	size_t i;

	for (i = 0; i < now->flows.number; i++) {
		show_flow(&now->flows.flow[i]);
		format_now(&now->flows.flow[i], now, then, rate, sizeof(rate));
		printf(" now %s\n", rate);
	}
}

static void table_line(const struct wsactl_flow *flow, const char *now, char *line)
{
	char device[IF_NAMESIZE], class[16], pid[12] = "-", asked[24] = "-", bound[24] = "-";
	char names[2 * NAME_SIZE + 16], drops[24] = "-";

	format_device(flow->ifindex, device);
	snprintf(class, sizeof(class), "%x:%x", flow->classid >> 16, flow->classid & 0xffff);
	if (flow->pid)
		snprintf(pid, sizeof(pid), "%u", flow->pid);
	if (flow->spec.token_rate != UNSPECIFIED)
		format_rate(flow->spec.token_rate, asked, sizeof(asked));
	if (flow->bound)
		format_time(flow->bound / 1000, bound, sizeof(bound));
	if (flow->counted)
		snprintf(drops, sizeof(drops), "%llu", (unsigned long long)flow->drops);
	if (flow->protocol)
		snprintf(names, sizeof(names), "%s %s %c %s", flow->protocol, flow->local,
			 flow->receiving ? '<' : '>', flow->peer);
	else
		snprintf(names, sizeof(names), "%s%s", flow->receiving ? "in " : "",
			 flow_state(flow));
	snprintf(line, LINE_SIZE, "%-8s %-9s %6u %7s %-15s %-14s %9s %9s %6s %7s %s", device,
		 class, flow->uid, pid, flow->comm, flow_service(flow), asked, now, drops, bound,
		 names);
}

static void print_pool(const struct wsactl_pool *pool, void *data)
{
	const unsigned int *ifindex = data;

	if (*ifindex && *ifindex != pool->ifindex)
		return;
	show_pool(pool, NULL);
	putchar('\n');
}

static void count_pool(const struct wsactl_pool *pool, void *data)
{
	(void)pool;
	++*(size_t *)data;
}

static void print_table(unsigned int ifindex, const struct sight *now, const struct sight *then)
{
	struct winsize window = { 0 };
	size_t i, rows, pools = 0;
	char line[LINE_SIZE], rate[24];

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) || !window.ws_row || !window.ws_col)
		window = (struct winsize){ .ws_row = ROWS, .ws_col = COLUMNS };
	fputs(HOME_AND_CLEAR, stdout);
	pool_each(print_pool, &ifindex);
	pool_each(count_pool, &pools);
	snprintf(line, sizeof(line), "%-8s %-9s %6s %7s %-15s %-14s %9s %9s %6s %7s %s", "DEVICE",
		 "CLASS", "UID", "PID", "COMMAND", "SERVICE", "ASKED", "NOW", "DROPS", "BOUND",
		 "SOCKET");
	printf("%.*s\n", window.ws_col, line);
	/* one for the header, one for what is left out */
	rows = window.ws_row > pools + 2 ? window.ws_row - pools - 2 : 1;
	for (i = 0; i < now->flows.number && i < rows; i++) {
		format_now(&now->flows.flow[i], now, then, rate, sizeof(rate));
		table_line(&now->flows.flow[i], rate, line);
		printf("%.*s\n", window.ws_col, line);
	}
	if (i < now->flows.number)
		printf("and %zu more", now->flows.number - i);
}

/* False when the user has had enough. */
static bool wait_for(const sigset_t *ends, double seconds)
{
	struct timespec time = { .tv_sec = seconds };

	time.tv_nsec = (seconds - time.tv_sec) * 1e9;
	return sigtimedwait(ends, NULL, &time) < 0;
}

static void repeat(unsigned int ifindex, double interval, uint32_t count)
{
	bool terminal = isatty(STDOUT_FILENO);
	struct sight now, then = { 0 };
	sigset_t ends;
	uint32_t i;

	/* taken only between two rounds: no line ends in its middle */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	for (i = 0; !count || i < count; i++) {
		if (i && !wait_for(&ends, interval))
			break;
		now = look(ifindex);
		if (terminal)
			print_table(ifindex, &now, &then);
		else
			print_lines(&now, &then);
		fflush(stdout);
		free(then.flows.flow);
		then = now;
	}
	free(then.flows.flow);
	if (terminal)
		putchar('\n');
}

int watch(int argc, char **argv)
{
	static const struct option options[] = {
		{ "interval", required_argument, NULL, 'i' },
		{ "count", required_argument, NULL, 'c' },
		{ 0 },
	};
	unsigned int ifindex = 0;
	double interval = 1;
	uint32_t count = 0;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'i':
			interval = parse_seconds("--interval", optarg);
			break;
		case 'c':
			count = parse_count("--count", optarg);
			break;
		default:
			bad_usage();
		}
	}
	if (argc - optind > 1)
		bad_usage();
	if (optind < argc) {
		struct rtnl_link *link = device_find(argv[optind]);

		ifindex = rtnl_link_get_ifindex(link);
		rtnl_link_put(link);
	}
	repeat(ifindex, interval, count);
	return 0;
}
