/* SPDX-License-Identifier: GPL-2.0 */
/* Counters per network namespace, shown in /proc/net/wsa. */
#ifndef WSA_MIB_H
#define WSA_MIB_H

#include <linux/percpu.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

/**
 * WSA_COUNTERS - X(name, comment)
 * @X: macro applied to each row, in the order of /proc/net/wsa
 */
#define WSA_COUNTERS(X) \
	X(SOCKETS_MADE,     "sockets made by either door or accepted") \
	X(SOCKETS_GONE,     "sockets released") \
	X(ADOPTED,          "of those made: by the adopt door") \
	X(ACCEPTED,         "of those made: accepted") \
	X(ATTEMPTS,         "stream connection attempts started") \
	X(ESTABLISHED,      "attempts seen to end well by their caller or by the watch") \
	X(FAILED,           "attempts seen to fail") \
	X(REFUSED,          "connect calls refused by a check") \
	X(RETARGETED,       "datagram default destinations set or changed") \
	X(RESET,            "datagram default destinations forgotten") \
	X(FLUSHED,          "datagrams discarded because the destination changed") \
	X(FILTERED,         "datagrams of an earlier peer discarded at receive")

#define WSA_COUNTERS_ENUM(name, comment) WSA_MIB_##name,
enum wsa_counter { WSA_COUNTERS(WSA_COUNTERS_ENUM) WSA_MIB_MAX };
#undef WSA_COUNTERS_ENUM

struct wsa_mib {
	unsigned long counter[WSA_MIB_MAX];
};

struct wsa_net {
	struct wsa_mib __percpu *mib;
};

extern unsigned int wsa_net_id;

/**
 * wsa_count_add - add to a counter of a namespace
 * @net: the namespace
 * @counter: which
 * @n: how many
 *
 * Context: any.
 */
static inline void wsa_count_add(struct net *net, enum wsa_counter counter, unsigned long n)
{
	struct wsa_net *wn = net_generic(net, wsa_net_id);

	this_cpu_add(wn->mib->counter[counter], n);
}

/**
 * wsa_count - add one to a counter of a namespace
 * @net: the namespace
 * @counter: which
 *
 * Context: any.
 */
static inline void wsa_count(struct net *net, enum wsa_counter counter)
{
	wsa_count_add(net, counter, 1);
}

#endif /* WSA_MIB_H */
