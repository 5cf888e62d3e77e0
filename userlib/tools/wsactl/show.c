// SPDX-License-Identifier: MIT
/* Pools and flows as they are now, as lines or as JSON. */
#include <getopt.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include "wsactl.h"

void format_device(unsigned int ifindex, char *name)
{
	if (!if_indextoname(ifindex, name))
		snprintf(name, IF_NAMESIZE, "if%u", ifindex);
}

void show_pool(const struct wsactl_pool *pool, void *data)
{
	char name[IF_NAMESIZE], from[IF_NAMESIZE], rate[24], share[24], promised[24];

	(void)data;
	format_device(pool->ifindex, name);
	format_rate(pool->rate, rate, sizeof(rate));
	format_rate(pool->share, share, sizeof(share));
	format_rate(pool->promised, promised, sizeof(promised));
	printf("%s: %s %x:%x rate %s share %s promised %s flows %u of %u, %u a user", name,
	       pool->qdisc, pool->parent >> 16, pool->parent & 0xffff, rate, share, promised,
	       pool->active, pool->flows, pool->flows_per_user);
	if (pool->receives_for) {
		format_device(pool->receives_for, from);
		printf(", receives for %s", from);
	}
}

static void show_pool_line(const struct wsactl_pool *pool, void *data)
{
	show_pool(pool, data);
	putchar('\n');
}

/* Names of devices and processes have neither quotes nor control characters only by custom. */
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

static void print_text(const char *member, const char *text)
{
	printf(",\"%s\":", member);
	print_string(text);
}

static void print_number(const char *member, uint64_t value)
{
	printf(",\"%s\":%llu", member, (unsigned long long)value);
}

static void print_device(unsigned int ifindex, bool first)
{
	char name[IF_NAMESIZE];

	format_device(ifindex, name);
	printf("%s{\"dev\":", first ? "" : ",\n ");
	print_string(name);
}

static void show_pool_json(const struct wsactl_pool *pool, void *data)
{
	char from[IF_NAMESIZE];
	bool *first = data;

	print_device(pool->ifindex, *first);
	printf(",\"qdisc\":\"%s\",\"parent\":\"%x:%x\"", pool->qdisc, pool->parent >> 16,
	       pool->parent & 0xffff);
	print_number("rate", pool->rate);
	print_number("share", pool->share);
	print_number("promised", pool->promised);
	print_number("flows", pool->active);
	print_number("flows_max", pool->flows);
	print_number("flows_per_user", pool->flows_per_user);
	if (pool->receives_for) {
		format_device(pool->receives_for, from);
		print_text("receives_for", from);
	}
	printf(",\"made\":%s}", pool->made ? "true" : "false");
	*first = false;
}

static void print_specified(const char *member, uint32_t value)
{
	if (value != UNSPECIFIED)
		print_number(member, value);
}

static void show_flow_json(const struct wsactl_flow *flow, bool first)
{
	print_device(flow->ifindex, first);
	printf(",\"class\":\"%x:%x\"", flow->classid >> 16, flow->classid & 0xffff);
	print_text("direction", flow->receiving ? "in" : "out");
	print_text("state", flow_state(flow));
	print_number("uid", flow->uid);
	if (flow->pid)
		print_number("pid", flow->pid);
	print_text("comm", flow->comm);
	if (flow->protocol) {
		print_text("protocol", flow->protocol);
		print_text("local", flow->local);
		print_text("peer", flow->peer);
	}
	print_text("service", flow_service(flow));
	print_specified("token_rate", flow->spec.token_rate);
	print_specified("token_bucket", flow->spec.token_bucket);
	print_specified("peak_bandwidth", flow->spec.peak_bandwidth);
	print_specified("latency", flow->spec.latency);
	print_specified("delay_variation", flow->spec.delay_variation);
	print_specified("max_sdu", flow->spec.max_sdu);
	print_specified("min_policed", flow->spec.min_policed);
	print_number("dscp", flow->dscp);
	if (flow->bound)
		print_number("bound_ns", flow->bound);
	if (flow->counted) {
		print_number("sent", flow->octets);
		print_number("packets", flow->packets);
		print_number("drops", flow->drops);
	}
	putchar('}');
}

static void print_time(const char *member, uint64_t us)
{
	char text[24];

	format_time(us, text, sizeof(text));
	printf(" %s %s", member, text);
}

void show_flow(const struct wsactl_flow *flow)
{
	char name[IF_NAMESIZE], rate[24];

	format_device(flow->ifindex, name);
	printf("%s %x:%x %s%s uid %u", name, flow->classid >> 16, flow->classid & 0xffff,
	       flow->receiving ? "in " : "", flow_state(flow), flow->uid);
	if (flow->pid)
		printf(" pid %u", flow->pid);
	printf(" %s", flow->comm);
	if (flow->protocol)
		printf(" %s %s %c %s", flow->protocol, flow->local, flow->receiving ? '<' : '>',
		       flow->peer);
	printf(" %s", flow_service(flow));
	if (flow->spec.token_rate != UNSPECIFIED) {
		format_rate(flow->spec.token_rate, rate, sizeof(rate));
		printf(" rate %s", rate);
	}
	if (flow->spec.token_bucket != UNSPECIFIED)
		printf(" bucket %u", flow->spec.token_bucket);
	if (flow->spec.peak_bandwidth != UNSPECIFIED) {
		format_rate(flow->spec.peak_bandwidth, rate, sizeof(rate));
		printf(" peak %s", rate);
	}
	if (flow->spec.latency != UNSPECIFIED)
		print_time("latency", flow->spec.latency);
	if (flow->bound)
		print_time("bound", flow->bound / 1000);
	if (flow->counted)
		printf(" sent %llu drops %llu", (unsigned long long)flow->octets,
		       (unsigned long long)flow->drops);
}

static void show_flows(bool json)
{
	struct wsactl_flows flows = flows_get(0);
	size_t i;

	for (i = 0; i < flows.number; i++) {
		if (json) {
			show_flow_json(&flows.flow[i], !i);
		} else {
			show_flow(&flows.flow[i]);
			putchar('\n');
		}
	}
	free(flows.flow);
}

int show(int argc, char **argv)
{
	static const struct option options[] = {
		{ "flows", no_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ 0 },
	};
	bool flows = false, json = false, first = true;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'f':
			flows = true;
			break;
		case 'j':
			json = true;
			break;
		default:
			bad_usage();
		}
	}
	if (optind != argc)
		bad_usage();
	if (json)
		putchar('[');
	if (flows)
		show_flows(json);
	else if (json)
		pool_each(show_pool_json, &first);
	else
		pool_each(show_pool_line, NULL);
	if (json)
		puts("]");
	return 0;
}
