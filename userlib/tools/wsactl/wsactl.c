// SPDX-License-Identifier: MIT
/* wsactl: devices where programs may have quality of service. */
#include <getopt.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/route/tc.h>

#include "wsactl.h"

#define SHARE_DEFAULT "80%"

static const char usage[] =
	"usage: wsactl qos enable DEV --rate RATE [--share RATE|PERCENT%] [--qdisc htb|hfsc]\n"
	"              [--parent MAJOR:MINOR] [--flows-per-user N] [--flows N] [--force]\n"
	"       wsactl qos disable DEV\n"
	"       wsactl qos show [--json]\n";

void die(const char *format, ...)
{
	va_list args;

	fputs("wsactl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

void *need(void *memory)
{
	if (!memory)
		die("no memory");
	return memory;
}

_Noreturn static void bad_usage(void)
{
	fputs(usage, stderr);
	exit(2);
}

static int enable(int argc, char **argv)
{
	static const struct option options[] = {
		{ "rate", required_argument, NULL, 'r' },
		{ "share", required_argument, NULL, 's' },
		{ "qdisc", required_argument, NULL, 'q' },
		{ "parent", required_argument, NULL, 'p' },
		{ "flows-per-user", required_argument, NULL, 'u' },
		{ "flows", required_argument, NULL, 'n' },
		{ "force", no_argument, NULL, 'f' },
		{ 0 },
	};
	const char *share = SHARE_DEFAULT, *parent = NULL;
	struct wsactl_pool pool = { .qdisc = "htb" };
	struct rtnl_link *link;
	bool force = false;
	const char *name;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'r':
			pool.rate = parse_rate("--rate", optarg);
			break;
		case 's':
			share = optarg;
			break;
		case 'q':
			if (strcmp(optarg, "htb") && strcmp(optarg, "hfsc"))
				die("--qdisc %s: it has to be htb or hfsc", optarg);
			snprintf(pool.qdisc, sizeof(pool.qdisc), "%s", optarg);
			break;
		case 'p':
			parent = optarg;
			break;
		case 'u':
			pool.flows_per_user = parse_count("--flows-per-user", optarg);
			break;
		case 'n':
			pool.flows = parse_count("--flows", optarg);
			break;
		case 'f':
			force = true;
			break;
		default:
			bad_usage();
		}
	}
	if (optind + 1 != argc || !pool.rate)
		bad_usage();
	name = argv[optind];
	pool.share = parse_share(share, pool.rate);

	link = device_find(name);
	pool.ifindex = rtnl_link_get_ifindex(link);
	if (parent) {
		if (rtnl_tc_str2handle(parent, &pool.parent))
			die("--parent %s: no classid", parent);
	} else {
		pool.parent = device_make_qdisc(link, &pool, force);
		pool.made = true;
	}
	if (!pool_enable(name, &pool)) {
		if (pool.made)
			device_drop_qdisc(link);
		return 1;
	}
	rtnl_link_put(link);
	return 0;
}

static int disable(int argc, char **argv)
{
	struct wsactl_pool pool;
	struct rtnl_link *link;

	if (argc != 2)
		bad_usage();
	link = device_find(argv[1]);
	pool = pool_get(argv[1], rtnl_link_get_ifindex(link));
	pool_disable(argv[1], pool.ifindex);
	if (pool.made)
		device_drop_qdisc(link);
	rtnl_link_put(link);
	return 0;
}

static void name_of(const struct wsactl_pool *pool, char *name)
{
	if (!if_indextoname(pool->ifindex, name))
		snprintf(name, IF_NAMESIZE, "if%u", pool->ifindex);
}

static void show_line(const struct wsactl_pool *pool, void *data)
{
	char name[IF_NAMESIZE], rate[24], share[24], promised[24];

	(void)data;
	name_of(pool, name);
	format_rate(pool->rate, rate, sizeof(rate));
	format_rate(pool->share, share, sizeof(share));
	format_rate(pool->promised, promised, sizeof(promised));
	printf("%s: %s %x:%x rate %s share %s promised %s flows %u of %u, %u a user\n", name,
	       pool->qdisc, pool->parent >> 16, pool->parent & 0xffff, rate, share, promised,
	       pool->active, pool->flows, pool->flows_per_user);
}

/* Names of devices have neither quotes nor control characters only by custom. */
static void print_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			printf("\\u%04x", *text);
		else
			putchar(*text);
	}
	putchar('"');
}

static void print_number(const char *member, uint64_t value)
{
	printf(",\"%s\":%llu", member, (unsigned long long)value);
}

static void show_json(const struct wsactl_pool *pool, void *data)
{
	bool *first = data;
	char name[IF_NAMESIZE];

	name_of(pool, name);
	printf("%s{\"dev\":", *first ? "" : ",\n ");
	print_string(name);
	printf(",\"qdisc\":\"%s\",\"parent\":\"%x:%x\"", pool->qdisc, pool->parent >> 16,
	       pool->parent & 0xffff);
	print_number("rate", pool->rate);
	print_number("share", pool->share);
	print_number("promised", pool->promised);
	print_number("flows", pool->active);
	print_number("flows_max", pool->flows);
	print_number("flows_per_user", pool->flows_per_user);
	printf(",\"made\":%s}", pool->made ? "true" : "false");
	*first = false;
}

static int show(int argc, char **argv)
{
	bool first = true;

	if (argc == 1) {
		pool_each(show_line, NULL);
		return 0;
	}
	if (argc != 2 || strcmp(argv[1], "--json"))
		bad_usage();
	putchar('[');
	pool_each(show_json, &first);
	puts("]");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 3 || strcmp(argv[1], "qos"))
		bad_usage();
	argc -= 2;
	argv += 2;
	if (!strcmp(argv[0], "enable"))
		return enable(argc, argv);
	if (!strcmp(argv[0], "disable"))
		return disable(argc, argv);
	if (!strcmp(argv[0], "show"))
		return show(argc, argv);
	bad_usage();
}
