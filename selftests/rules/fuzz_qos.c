// SPDX-License-Identifier: GPL-2.0
/* libFuzzer: any flowspec, any link, any octets as provider-specific objects. */
#include <stdlib.h>

#include "../../module/rules/admission.h"

#define HEAD (sizeof(struct wsa_flowspec) + 20)

static void check(bool holds)
{
	if (!holds)
		abort();
}

static u32 word_at(const uint8_t *at)
{
	u32 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

static void check_status(u32 status)
{
	u32 code = wsa_qos_code(status);

	check(!status || (status >= WSA_QOS_RECEIVERS && status <= WSA_QOS_RESERVED_PETYPE));
	check(status ? code == WSAEFAULT || code == WSAEOPNOTSUPP : !code);
}

static void check_flow(const struct wsa_flow *flow, u32 mtu)
{
	const struct wsa_tspec *tspec = &flow->tspec;

	check(tspec->packet <= tspec->bucket && tspec->packet <= mtu);
	check(!tspec->peak || tspec->peak >= tspec->rate);
	check(flow->min_policed <= tspec->packet);
	check(tspec->packet || flow->no_control || flow->service == WSA_SERVICE_NOTRAFFIC ||
	      flow->service == WSA_SERVICE_NOCHANGE);
}

static void check_htb(const struct wsa_htb_class *htb)
{
	check(htb->rate && htb->ceil >= htb->rate && htb->burst && htb->cburst);
	check(htb->burst_ns >> 6 <= 0xffffffff && htb->cburst_ns >> 6 <= 0xffffffff);
	check(htb->quantum >= 1000 && htb->quantum <= 200000 && htb->prio <= 7);
}

static void check_curve(const struct wsa_curve *curve)
{
	check(curve->m1 <= 0xffffffff && curve->m2 <= 0xffffffff);
	check(curve->m1 != curve->m2 || !curve->d);
}

static void check_class(const struct wsa_flow *flow, const struct wsa_link *link,
			const struct wsa_plan *plan)
{
	const struct wsa_curve *promise = &plan->promise;
	unsigned int i;

	check(plan->limit >= 2 * link->mtu);
	check(plan->promises || (!promise->m1 && !promise->m2));
	check(wsa_knee(promise->d, true) == promise->d);
	if (link->scheduler == WSA_SCHEDULER_HTB) {
		check(plan->htb_levels == 1 || plan->htb_levels == 2);
		for (i = 0; i < plan->htb_levels; i++)
			check_htb(&plan->htb[i]);
		check(!plan->bound_ns && !promise->d);
		return;
	}
	check_curve(promise);
	check_curve(&plan->hfsc.ls);
	check(plan->hfsc.ls.m2);
	check(plan->hfsc.rt.m2 || plan->hfsc.ul.m2);
	if (plan->promises)
		check(promise->m2 >= flow->tspec.rate);
	if (plan->bound_ns && flow->delay_us != WSA_FLOW_NOT_SPECIFIED)
		check(plan->bound_ns <= flow->delay_us * (u64)1000);
}

/* What is admitted alone is admitted as often as it fits, and leaves nothing behind. */
static void check_budget(const struct wsa_link *link, const struct wsa_curve *promise)
{
	struct wsa_budget budget = { .capacity = link->rate, .max_flows = 5 };
	static const s64 none[WSA_KNEES];
	u32 n = 0;

	while (!wsa_budget_add(&budget, NULL, NULL, promise))
		n++;
	check(n == budget.flows && n <= 5);
	check(budget.m1 <= link->rate && budget.m2 <= link->rate);
	check(n == 5 || promise->m1 || promise->m2);
	for (; n; n--)
		wsa_budget_remove(&budget, NULL, NULL, promise);
	check(!budget.m1 && !budget.m2 && !memcmp(budget.bend, none, sizeof(none)));
}

static void check_objects(const struct wsa_qos_objects *objects)
{
	check(objects->excess <= WSA_EXCESS_DEFAULT && objects->shaping_rate < 0xfffffffe);
	check(objects->dscp <= 63 || objects->dscp == WSA_MARK_DEFAULT);
	check(objects->user_priority <= 7 || objects->user_priority == WSA_MARK_DEFAULT);
	check(!objects->dest == !objects->dest_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wsa_qos_objects objects;
	struct wsa_flowspec spec;
	struct wsa_link link;
	struct wsa_flow flow;
	struct wsa_plan plan;
	uint8_t *list;
	u32 status;

	if (size < HEAD)
		return 0;
	memcpy(&spec, data, sizeof(spec));
	data += sizeof(spec);
	link = (struct wsa_link){
		.scheduler = data[0] & 1 ? WSA_SCHEDULER_HFSC : WSA_SCHEDULER_HTB,
		.rate = ((u64)word_at(data + 4) << (data[1] & 5)) + 1,
		.mtu = 1 + (word_at(data + 8) & 0xffff) % 65535,
		.overhead = data[2],
		.ring_ns = word_at(data + 12) >> (data[1] >> 3),
	};
	link.line_rate = link.rate + word_at(data + 16);

	list = malloc(size - HEAD + 1);
	check(list);
	memcpy(list, data + 20, size - HEAD);
	status = wsa_qos_objects_parse(list, size - HEAD, &objects);
	free(list);
	check_status(status);
	check_objects(&objects);

	status = wsa_flow_parse(&spec, data[0] & 2, link.mtu, &flow);
	check_status(status);
	if (status || flow.service == WSA_SERVICE_NOCHANGE)
		return 0;
	check_flow(&flow, link.mtu);
	status = wsa_flow_plan(&flow, &objects, data[0] & 4 ? NULL : &link, &plan);
	check_status(status);
	check(plan.dscp <= 63 && plan.user_priority <= 7);
	if (status)
		return 0;
	check(plan.needs_class || !plan.promises);
	check(!plan.needs_class || !(data[0] & 4));
	if (plan.needs_class)
		check_class(&flow, &link, &plan);
	check_budget(&link, &plan.promise);
	return 0;
}
