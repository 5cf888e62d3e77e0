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
	"              [--parent MAJOR:MINOR] [--flows-per-user N] [--flows N]\n"
	"              [--ingress IFB] [--force]\n"
	"       wsactl qos disable DEV\n"
	"       wsactl qos show [--flows] [--json]\n"
	"       wsactl qos watch [DEV] [--interval SECONDS] [--count N]\n";

static void print_line(const char *format, va_list args)
{
	fputs("wsactl: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
}

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
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

static void make_pool(struct rtnl_link *link, struct wsactl_pool *pool, bool force)
{
	pool->ifindex = rtnl_link_get_ifindex(link);
	if (!pool->parent) {
		pool->parent = device_make_qdisc(link, pool, force);
		pool->made = true;
	}
	pool_enable(link, pool);
}

/* What is received gets what is sent has: the same scheduler, rate, share and numbers. */
static void make_ingress(const char *name, const struct wsactl_pool *pool, bool force)
{
	struct wsactl_pool in = *pool;
	struct rtnl_link *link = ifb_get(name, &in.device_made);

	in.receives_for = pool->ifindex;
	in.parent = 0;
	make_pool(link, &in, force);
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
		{ "ingress", required_argument, NULL, 'i' },
		{ "force", no_argument, NULL, 'f' },
		{ 0 },
	};
	const char *share = SHARE_DEFAULT, *parent = NULL, *ingress = NULL;
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
		case 'i':
			ingress = optarg;
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

	if (parent && rtnl_tc_str2handle(parent, &pool.parent))
		die("--parent %s: no classid", parent);
	link = device_find(name);
	if (ingress && device_has_ingress(link))
		die("%s has an ingress qdisc, whose filters come first: delete it", name);
	make_pool(link, &pool, force);
	if (ingress)
		make_ingress(ingress, &pool, force);
	undo_nothing();
	rtnl_link_put(link);
	return 0;
}

static void end_pool(const char *name, const struct wsactl_pool *pool)
{
	struct rtnl_link *link = device_at(pool->ifindex);

	pool_disable(name, pool->ifindex);
	if (pool->device_made)
		ifb_delete(link);
	else if (pool->made)
		device_drop_qdisc(link);
	rtnl_link_put(link);
}

/* Pools of a device; without an ifindex there is none. */
struct pools {
	unsigned int ifindex;
	struct wsactl_pool sending;
	struct wsactl_pool receiving;
};

static void find_pools(const struct wsactl_pool *pool, void *data)
{
	struct pools *pools = data;

	if (pool->ifindex == pools->ifindex)
		pools->sending = *pool;
	else if (pool->receives_for == pools->ifindex)
		pools->receiving = *pool;
}

static int disable(int argc, char **argv)
{
	struct pools pools = { 0 };
	struct rtnl_link *link;

	if (argc != 2)
		bad_usage();
	link = device_find(argv[1]);
	pools.ifindex = rtnl_link_get_ifindex(link);
	rtnl_link_put(link);
	pool_each(find_pools, &pools);
	if (pools.receiving.ifindex)
		end_pool(argv[1], &pools.receiving);
	else if (!pools.sending.ifindex)
		die("%s has no pool", argv[1]);
	if (pools.sending.ifindex)
		end_pool(argv[1], &pools.sending);
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
