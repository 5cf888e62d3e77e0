// SPDX-License-Identifier: MIT
/* The device by which goes what another receives. */
#include <net/if.h>
#include <string.h>

#include <netlink/errno.h>

#include "wsactl.h"

#define KIND	"ifb"

void ifb_delete(struct rtnl_link *link)
{
	int err = rtnl_link_delete(route(), link);

	if (err)
		complain("%s stays: %s", rtnl_link_get_name(link), nl_geterror(err));
}

static bool make(const char *name)
{
	struct rtnl_link *link = need(rtnl_link_alloc());
	int err;

	rtnl_link_set_name(link, name);
	err = rtnl_link_set_type(link, KIND);
	if (!err)
		err = rtnl_link_add(route(), link, NLM_F_CREATE | NLM_F_EXCL);
	rtnl_link_put(link);
	if (err && err != -NLE_EXIST)
		die("%s: %s", name, nl_geterror(err));
	return !err;
}

static int set_up(struct rtnl_link *link, bool up)
{
	struct rtnl_link *change = need(rtnl_link_alloc());
	int err;

	if (up)
		rtnl_link_set_flags(change, IFF_UP);
	else
		rtnl_link_unset_flags(change, IFF_UP);
	err = rtnl_link_change(route(), link, change, 0);
	rtnl_link_put(change);
	return err;
}

static void set_down(struct rtnl_link *link)
{
	set_up(link, false);
}

/* The kernel's module has some when it is loaded: one may exist that was not there before. */
struct rtnl_link *ifb_get(const char *name, bool *made)
{
	struct rtnl_link *link;
	const char *kind;
	int err;

	if (strlen(name) >= IFNAMSIZ)
		die("--ingress %s: no device has so long a name", name);
	*made = !if_nametoindex(name) && make(name);
	link = device_find(name);
	kind = rtnl_link_get_type(link);
	if (!kind || strcmp(kind, KIND))
		die("%s is not an ifb: --ingress takes one, or makes it", name);
	if (*made)
		undo_later(ifb_delete, link);
	if (rtnl_link_get_flags(link) & IFF_UP)
		return link;
	err = set_up(link, true);
	if (err)
		die("%s: %s", name, nl_geterror(err));
	if (!*made)
		undo_later(set_down, link);
	return link;
}
