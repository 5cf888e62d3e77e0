// SPDX-License-Identifier: GPL-2.0
/*
 * Flows that come and go on a link that others fill: who gets what when.
 *
 * Writes "row NAME SECONDS OCTETS_PER_SECOND" lines, a tenth of a second each, and
 * "refused NAME SECONDS". Times are the guest's.
 */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"
#include "qos.h"
#include "traffic.h"

#define SENDERS		20
#define SECONDS		12
#define BINS_PER_SEC	10
#define BINS		(SECONDS * BINS_PER_SEC)
#define NS_PER_SEC	1000000000LL

/**
 * struct part - somebody's part of the link
 * @name: who
 * @flow: what he sends
 * @from: when he asks, in seconds
 * @until: when he goes
 * @open: he is there
 * @refused: he never was
 * @octets: what came from him, by tenths of a second
 */
struct part {
	const char *name;
	struct flow flow;
	int from;
	int until;
	bool open;
	bool refused;
	long long octets[BINS];
};

#define FLOW(r) { \
	.service = CONTROLLEDLOAD, .rate = r, .packet = 1000, .burst = 4, \
	.latency = UNSPECIFIED, .greedy = true, \
}

/* 10mbit, of which 8 can be promised: the last does not fit until another has gone. */
static struct part parts[] = {
	{ .name = "A", .flow = FLOW(400000), .from = 1, .until = 9 },
	{ .name = "B", .flow = FLOW(250000), .from = 3, .until = 8 },
	{ .name = "C", .flow = FLOW(150000), .from = 5, .until = 11 },
	{ .name = "D", .flow = FLOW(300000), .from = 6, .until = 11 },
	{ .name = "D", .flow = FLOW(300000), .from = 9, .until = 11 },
};

#define PARTS ((int)(sizeof(parts) / sizeof(parts[0])))

static struct part rest = { .name = "others" };
static struct flow senders[SENDERS];
static long long begin;

static void count(struct flow *flow, long long sent, long long came, size_t octets)
{
	struct part *part = flow->data;
	long long bin = (came - begin) * BINS_PER_SEC / NS_PER_SEC;

	if (came >= begin && bin < BINS)
		part->octets[bin] += octets;
}

static void come(struct part *part)
{
	part->flow.came = count;
	part->flow.data = part;
	if (traffic_open(&part->flow)) {
		part->refused = true;
		printf("refused %s %d\n", part->name, part->from);
		return;
	}
	part->open = true;
	traffic_start(&part->flow);
}

static void go(struct part *part)
{
	part->open = false;
	traffic_stop(&part->flow);
	/* what is queued still comes, and is counted */
	usleep(300000);
	traffic_close(&part->flow);
}

static void print_rows(const struct part *part)
{
	int i;

	for (i = 0; i < BINS; i++)
		printf("row %s %.1f %lld\n", part->name, (i + 0.5) / BINS_PER_SEC,
		       part->octets[i] * BINS_PER_SEC);
}

int main(void)
{
	int i, second;

	hosts_make();
	if (wsactl("qos enable v0 --rate 10mbit --share 8mbit"))
		errx(1, "%s", wsactl_said());
	traffic_begin();
	for (i = 0; i < SENDERS; i++) {
		senders[i] = (struct flow){
			.service = BESTEFFORT, .packet = 1400, .greedy = true, .came = count,
			.data = &rest,
		};
		traffic_open(&senders[i]);
		traffic_start(&senders[i]);
	}
	begin = traffic_clock() + NS_PER_SEC;
	for (second = 0; second < SECONDS; second++) {
		while (traffic_clock() < begin + second * NS_PER_SEC)
			usleep(1000);
		for (i = 0; i < PARTS; i++) {
			if (parts[i].open && parts[i].until == second)
				go(&parts[i]);
		}
		for (i = 0; i < PARTS; i++) {
			if (parts[i].from == second)
				come(&parts[i]);
		}
	}
	usleep(1000000);
	for (i = 0; i < SENDERS; i++)
		traffic_stop(&senders[i]);
	traffic_end();
	for (i = 0; i < PARTS; i++) {
		if (!parts[i].refused)
			print_rows(&parts[i]);
	}
	print_rows(&rest);
	return 0;
}
