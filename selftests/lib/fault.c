// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "netns.h"

/* The counter's file is open before: opening it allocates too. */
static int nth_fd = -1;

void fault_everything(void)
{
	sysctl_write("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	sysctl_write("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	sysctl_write("/sys/kernel/debug/failslab/verbose", "0");
	sysctl_write("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		err(1, "fail-nth");
}

void fault_nth(int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	/* copies from user space fail too, and this is one: the second write gets through */
	if (pwrite(nth_fd, text, strlen(text), 0) < 0 && pwrite(nth_fd, text, strlen(text), 0) < 0)
		err(1, "fail-nth");
}

bool fault_hit(void)
{
	char text[16] = {};
	bool hit;

	/* the read itself may be what it failed */
	hit = pread(nth_fd, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;
	fault_nth(0);
	return hit;
}
