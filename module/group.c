// SPDX-License-Identifier: GPL-2.0
/*
 * Inner classes, which keep siblings few.
 *
 * HFSC looks at all of a class's siblings whenever one is made or deleted. The first flows of
 * a pool are children of the pool's own class, where an administrator expects them; more of
 * them are put into inner classes that share the link as their flows together would. HTB does
 * not look at siblings, and has them all in one place.
 */
#include <linux/slab.h>

#include "qos.h"

#define FLOWS_PER_GROUP	128

static bool is_full(const struct wsa_pool *pool, const struct wsa_group *group)
{
	return pool->scheduler == WSA_SCHEDULER_HFSC && group->flows >= FLOWS_PER_GROUP;
}

/* Its part of what is left is its flows'; what they are promised is theirs alone. */
static int set_share(struct wsa_pool *pool, struct wsa_group *group)
{
	u64 rate = min_t(u64, group->rate, U32_MAX);
	struct wsa_plan plan = {
		.hfsc.ls = { .m1 = rate, .m2 = rate },
	};

	if (group == &pool->own)
		return 0;
	/* an administrator may have deleted it, with all that was in it */
	if (group->class.cl && !wsa_class_there(pool, &group->class))
		return -ENOENT;
	return wsa_class_set(pool, &group->class, pool->parent, &plan, 1);
}

static void group_free(struct wsa_qos_net *qn, struct wsa_group *group)
{
	wsa_minor_free(qn, &group->class);
	list_del(&group->list);
	kfree(group);
}

/**
 * wsa_group_join - a place for one flow more
 * @qn: the pool's namespace
 * @pool: the pool, alive
 * @rate: the flow's link-sharing rate
 * @joined: out: the class that is to be the flow's parent
 *
 * Context: RTNL held; may sleep.
 * Return: 0, or the WSA_QOS_* reason of a refusal, which changed nothing.
 */
u32 wsa_group_join(struct wsa_qos_net *qn, struct wsa_pool *pool, u64 rate,
		   struct wsa_group **joined)
{
	struct wsa_group *group = list_first_entry(&pool->groups, struct wsa_group, list);
	bool fresh = is_full(pool, group);
	u32 status = 0;
	int err;

	if (fresh) {
		group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
		if (!group)
			return WSA_QOS_GENERIC_ERROR;
		list_add(&group->list, &pool->groups);
		status = wsa_minor_take(qn, pool, NULL, &group->class);
	}
	group->rate += rate;
	err = status ? 0 : set_share(pool, group);
	if (err)
		status = wsa_qos_status(err);
	if (status) {
		group->rate -= rate;
		if (fresh)
			group_free(qn, group);
		return status;
	}
	group->flows++;
	if (is_full(pool, group))
		list_move_tail(&group->list, &pool->groups);
	*joined = group;
	return 0;
}

/**
 * wsa_group_leave - a flow's class is gone
 * @qn: the pool's namespace
 * @pool: the pool
 * @group: where wsa_group_join() put it
 * @rate: its link-sharing rate
 *
 * Context: RTNL held; may sleep.
 */
void wsa_group_leave(struct wsa_qos_net *qn, struct wsa_pool *pool, struct wsa_group *group,
		     u64 rate)
{
	group->flows--;
	group->rate -= rate;
	list_move(&group->list, &pool->groups);
	if (group == &pool->own)
		return;
	if (group->flows) {
		if (wsa_pool_alive(pool))
			set_share(pool, group);
		return;
	}
	if (wsa_pool_alive(pool))
		wsa_class_delete(pool, &group->class);
	group_free(qn, group);
}

/**
 * wsa_group_change - a flow has another link-sharing rate
 * @pool: the pool, alive
 * @group: where the flow is
 * @from: what it had
 * @to: what it has
 *
 * Context: RTNL held; may sleep.
 */
void wsa_group_change(struct wsa_pool *pool, struct wsa_group *group, u64 from, u64 to)
{
	group->rate += to - from;
	set_share(pool, group);
}
