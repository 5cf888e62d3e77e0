// SPDX-License-Identifier: MIT
/* wsactl: devices where programs may have quality of service. */
#include <getopt.h>
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
	"       wsactl qos show [--flows] [--json]\n"
	"       wsactl qos watch [DEV] [--interval SECONDS] [--count N]\n";

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

void bad_usage(void)
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
	if (!strcmp(argv[0], "watch"))
		return watch(argc, argv);
	bad_usage();
}
