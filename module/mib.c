// SPDX-License-Identifier: GPL-2.0
/* Per-namespace counters and their listing, /proc/net/wsa. */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "mib.h"
#include "wsa_sock.h"

unsigned int wsa_net_id;

static const char * const counter_names[] = {
#define WSA_COUNTERS_NAME(name, comment) #name,
	WSA_COUNTERS(WSA_COUNTERS_NAME)
#undef WSA_COUNTERS_NAME
};

static int wsa_mib_show(struct seq_file *seq, void *unused)
{
	struct wsa_net *wn = net_generic(seq_file_single_net(seq), wsa_net_id);
	int i, cpu;

	seq_printf(seq, "FAMILY %u\n", wsa_family_number());
	for (i = 0; i < WSA_MIB_MAX; i++) {
		unsigned long sum = 0;

		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(wn->mib, cpu)->counter[i]);
		seq_printf(seq, "%s %lu\n", counter_names[i], sum);
	}
	return 0;
}

static int __net_init wsa_net_init(struct net *net)
{
	struct wsa_net *wn = net_generic(net, wsa_net_id);

	wn->mib = alloc_percpu_gfp(struct wsa_mib, GFP_KERNEL_ACCOUNT);
	if (!wn->mib)
		return -ENOMEM;
	if (!proc_create_net_single("wsa", 0444, net->proc_net, wsa_mib_show, NULL)) {
		free_percpu(wn->mib);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit wsa_net_exit(struct net *net)
{
	struct wsa_net *wn = net_generic(net, wsa_net_id);

	remove_proc_entry("wsa", net->proc_net);
	free_percpu(wn->mib);
}

static struct pernet_operations wsa_net_ops = {
	.init = wsa_net_init,
	.exit = wsa_net_exit,
	.id = &wsa_net_id,
	.size = sizeof(struct wsa_net),
};

/**
 * wsa_mib_init - start counting in every namespace
 *
 * Context: module load; may sleep.
 * Return: 0 or -ENOMEM.
 */
int wsa_mib_init(void)
{
	return register_pernet_subsys(&wsa_net_ops);
}

/** wsa_mib_exit - stop counting */
void wsa_mib_exit(void)
{
	unregister_pernet_subsys(&wsa_net_ops);
}
