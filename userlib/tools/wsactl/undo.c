// SPDX-License-Identifier: MIT
/* Steps are undone, the last first, where the program ends before all of them are done. */
#include <stdlib.h>

#include "wsactl.h"

#define STEPS	8

static struct {
	void (*undo)(struct rtnl_link *link);
	struct rtnl_link *link;
} steps[STEPS];
static size_t done;

static void undo_all(void)
{
	while (done) {
		done--;
		steps[done].undo(steps[done].link);
	}
}

void undo_later(void (*undo)(struct rtnl_link *link), struct rtnl_link *link)
{
	static bool listed;

	if (!listed && atexit(undo_all))
		die("no memory");
	listed = true;
	if (done == STEPS)
		abort();
	steps[done].undo = undo;
	steps[done].link = link;
	done++;
}

void undo_nothing(void)
{
	done = 0;
}
