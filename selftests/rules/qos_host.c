// SPDX-License-Identifier: GPL-2.0
/* Answers qos_oracle.py: a line of numbers in, what the rules make of them out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../module/rules/admission.h"

#define ARGS_MAX 24

static struct wsa_budget budget;
static struct wsa_account user, net;

static void say(u64 number)
{
	printf("%" PRIu64 " ", number);
}

static struct wsa_tspec tspec_from(const u64 *arg)
{
	return (struct wsa_tspec){
		.rate = arg[0], .bucket = arg[1], .peak = arg[2], .packet = arg[3],
	};
}

static struct wsa_curve curve_from(const u64 *arg)
{
	return (struct wsa_curve){ .m1 = arg[0], .d = arg[1], .m2 = arg[2] };
}

static void say_curve(const struct wsa_curve *curve)
{
	say(curve->m1);
	say(curve->d);
	say(curve->m2);
}

static void say_htb(const struct wsa_htb_class *htb)
{
	say(htb->rate);
	say(htb->ceil);
	say(htb->burst);
	say(htb->cburst);
	say(htb->burst_ns);
	say(htb->cburst_ns);
	say(htb->quantum);
	say(htb->mpu);
	say(htb->prio);
}

static void plan(const u64 *arg)
{
	struct wsa_flowspec spec = {
		.token_rate = arg[0], .token_bucket = arg[1], .peak_bandwidth = arg[2],
		.latency = arg[3], .delay_variation = arg[4], .service_type = arg[5],
		.max_sdu = arg[6], .min_policed = arg[7],
	};
	struct wsa_qos_objects objects = {
		.excess = arg[10], .shaping_rate = arg[11], .dscp = arg[12],
		.user_priority = arg[13],
	};
	struct wsa_link link = {
		.scheduler = arg[15], .rate = arg[16], .line_rate = arg[17],
		.mtu = arg[9], .overhead = arg[18], .ring_ns = arg[19],
	};
	struct wsa_plan made;
	struct wsa_flow flow;
	u32 status;

	memset(&flow, 0x5a, sizeof(flow));
	memset(&made, 0x5a, sizeof(made));
	status = wsa_flow_parse(&spec, arg[8], arg[9], &flow);
	say(status);
	say(flow.service);
	say(flow.no_control);
	say(flow.tspec.rate);
	say(flow.tspec.bucket);
	say(flow.tspec.peak);
	say(flow.tspec.packet);
	say(flow.min_policed);
	say(flow.delay_us);
	if (status || flow.service == WSA_SERVICE_NOCHANGE)
		return;
	say(wsa_flow_plan(&flow, &objects, arg[14] ? &link : NULL, &made));
	say(made.needs_class);
	say(made.promises);
	say_curve(&made.promise);
	say(made.htb_levels);
	say_htb(&made.htb[0]);
	say_htb(&made.htb[1]);
	say_curve(&made.hfsc.rt);
	say_curve(&made.hfsc.ls);
	say_curve(&made.hfsc.ul);
	say(made.limit);
	say(made.dscp);
	say(made.user_priority);
	say(made.bound_ns);
}

static void answer(char what, const u64 *arg)
{
	struct wsa_tspec tspec = tspec_from(arg);
	struct wsa_curve curve = curve_from(arg), other = curve_from(arg + 3);

	switch (what) {
	case 'b':
		say(wsa_tspec_bound(&tspec, arg[4], arg[5], arg[6]));
		break;
	case 'r':
		say(wsa_tspec_rate(&tspec, arg[4], arg[5], arg[6]));
		break;
	case 't':
		say(wsa_tspec_burst_time(&tspec, arg[4]));
		break;
	case 'e':
		say(wsa_tspec_envelope(&tspec, arg[4]));
		break;
	case 'p':
		plan(arg);
		break;
	case 'k':
		say(wsa_knee(arg[0], arg[1]));
		break;
	case 'n':
		budget = (struct wsa_budget){ .capacity = arg[0], .max_flows = arg[1] };
		user = (struct wsa_account){ .max_flows = arg[2] };
		net = (struct wsa_account){ .max_flows = arg[3] };
		break;
	case '+':
		say(wsa_budget_add(&budget, &user, &net, &curve));
		break;
	case '-':
		wsa_budget_remove(&budget, &user, &net, &curve);
		break;
	case '=':
		say(wsa_budget_change(&budget, &curve, &other));
		break;
	case 'c':
		say(wsa_budget_set_capacity(&budget, arg[0]));
		break;
	default:
		exit(2);
	}
	if (strchr("n+-=c", what)) {
		say(budget.capacity);
		say(budget.m1);
		say(budget.m2);
		say(budget.flows);
		say(user.flows);
		say(net.flows);
	}
}

int main(void)
{
	char line[1024];

	while (fgets(line, sizeof(line), stdin)) {
		u64 arg[ARGS_MAX] = { 0 };
		char *at = line + 1, *end;
		int n;

		for (n = 0; n < ARGS_MAX; n++, at = end) {
			arg[n] = strtoull(at, &end, 10);
			if (end == at)
				break;
		}
		answer(line[0], arg);
		printf("\n");
	}
	return 0;
}
