/* SPDX-License-Identifier: MIT */
/* wait.c: the one place where a thread waits, and what else may end the wait. */
#ifndef WSACONNECT_WAIT_H
#define WSACONNECT_WAIT_H
#include <stddef.h>
#include <stdint.h>

#include "sys.h"

#define WAIT_FOREVER	UINT64_MAX

/* Return -EINTR once queued procedures have run, instead of waiting on. */
#define WAIT_F_RETURN	0x1
/* Not an alertable wait: procedures stay queued. */
#define WAIT_F_DEAF	0x2

/** wait_deadline - when @timeout ms from now are over; 0 and INFINITE as wait_poll has them */
static inline uint64_t wait_deadline(uint32_t timeout)
{
	return !timeout ? 0 : timeout == UINT32_MAX ? WAIT_FOREVER : sys_now_ms() + timeout;
}

int wait_poll(struct sys_pollfd *fds, size_t n, uint64_t deadline, int flags);

#endif /* WSACONNECT_WAIT_H */
