// SPDX-License-Identifier: MIT
/*
 * Event objects.
 *
 * An event is an eventfd: setting adds to its count, resetting takes the count, and it is set
 * while the count is not 0. A wait only looks, so events are reset by hand alone, as Winsock
 * has them.
 */
#include <errno.h>
#include <limits.h>

#include "wsalib.h"

struct event_resets event_resets;

/** event_fd - the descriptor an event is, -1 for what cannot be one */
int event_fd(WSAEVENT event)
{
	intptr_t fd = (intptr_t)event;

	return fd > 0 && fd <= INT_MAX ? (int)fd : -1;
}

/** event_reset_fd - take the count of an event; 0 or a negative errno */
int event_reset_fd(int fd)
{
	int r;

	atomic_fetch_add(&event_resets.begun, 1);
	r = sys_event_reset(fd);
	atomic_fetch_add(&event_resets.ended, 1);
	return r;
}

/* In a forked child: a reset that another thread was in ends in the parent. */
void event_forked(void)
{
	atomic_store(&event_resets.ended, atomic_load(&event_resets.begun));
}

/* The calls do not name a socket. Returns 1, or 0 with the last error set. */
static int started(void)
{
	int code = wsa_refused();

	if (code)
		wsa_fail(code);
	return !code;
}

/* What a call that changes an event returns. */
static BOOL changed(int r)
{
	if (r < 0)
		wsa_fail(WSA_INVALID_HANDLE);
	else
		wsa_ok(0);
	return r >= 0;
}

/**
 * WSACreateEvent - make an event object, not set
 *
 * Its value is the descriptor of an eventfd(2), which poll, epoll and io_uring take as it is.
 * A program that is executed does not inherit it.
 *
 * Return: the event, or WSA_INVALID_EVENT with WSANOTINITIALISED, WSAEINPROGRESS (in a
 * blocking hook) or WSA_NOT_ENOUGH_MEMORY (no memory, or too many descriptors).
 */
WSAEVENT WSAAPI WSACreateEvent(void)
{
	int fd;

	if (!started())
		return WSA_INVALID_EVENT;
	fd = sys_event_new();
	if (fd < 0) {
		wsa_fail(WSA_NOT_ENOUGH_MEMORY);
		return WSA_INVALID_EVENT;
	}
	wsa_ok(0);
	return (WSAEVENT)(intptr_t)fd;
}

/**
 * WSACloseEvent - close an event object
 * @event: from WSACreateEvent
 *
 * A socket that has selected it keeps it, unseen, until it selects another.
 *
 * Return: TRUE, or FALSE with WSANOTINITIALISED, WSAEINPROGRESS (in a blocking hook) or
 * WSA_INVALID_HANDLE.
 */
BOOL WSAAPI WSACloseEvent(WSAEVENT event)
{
	int fd = event_fd(event);

	if (!started())
		return FALSE;
	/* somebody else's descriptor is not to be closed */
	return changed(sys_event_check(fd) < 0 ? -1 : sys_close(fd));
}

/**
 * WSASetEvent - set an event
 * @event: from WSACreateEvent
 *
 * Return: TRUE, or FALSE with WSANOTINITIALISED, WSAEINPROGRESS (in a blocking hook) or
 * WSA_INVALID_HANDLE.
 */
BOOL WSAAPI WSASetEvent(WSAEVENT event)
{
	if (!started())
		return FALSE;
	return changed(sys_event_set(event_fd(event)));
}

/**
 * WSAResetEvent - reset an event
 * @event: from WSACreateEvent
 *
 * Return: TRUE, or FALSE with WSANOTINITIALISED, WSAEINPROGRESS (in a blocking hook) or
 * WSA_INVALID_HANDLE.
 */
BOOL WSAAPI WSAResetEvent(WSAEVENT event)
{
	if (!started())
		return FALSE;
	return changed(event_reset_fd(event_fd(event)));
}

static DWORD wait_failed(int code)
{
	wsa_fail(code);
	return WSA_WAIT_FAILED;
}

/* @r: of wait_poll, when nothing became ready */
static DWORD wait_ended(int r)
{
	switch (r) {
	case 0:
		return (DWORD)wsa_ok(WSA_WAIT_TIMEOUT);
	case -EINTR:
		return (DWORD)wsa_ok(WSA_WAIT_IO_COMPLETION);
	default:
		return (DWORD)wait_fail(r);	/* SOCKET_ERROR, and so WSA_WAIT_FAILED */
	}
}

/* What poll found: -1 when a descriptor is none, else the first that is set, or is not; or @n. */
static int first(const struct sys_pollfd *fds, int n, int set)
{
	int i, found = n;

	for (i = n - 1; i >= 0; i--) {
		if (fds[i].revents & LX_POLLNVAL)
			return -1;
		if (!!fds[i].revents == set)
			found = i;
	}
	return found;
}

/* An alertable wait runs what is queued though it has no time to wait, as SleepEx does. */
static int wait_some(struct sys_pollfd *fds, int n, uint64_t deadline, int flags)
{
	struct waiter *w = wait_self;
	int r = wait_poll(fds, n, deadline, flags);

	if (!r && !deadline && flags & WAIT_F_RETURN && w && !w->inside && wait_procedures(w))
		return -EINTR;
	return r;
}

static DWORD wait_any(struct sys_pollfd *fds, int n, uint64_t deadline, int flags)
{
	int r = wait_some(fds, n, deadline, flags);

	if (r <= 0)
		return wait_ended(r);
	r = first(fds, n, 1);
	return r < 0 ? wait_failed(WSA_INVALID_HANDLE) : (DWORD)wsa_ok(WSA_WAIT_EVENT_0 + r);
}

/*
 * poll looks at one after the other. When each was found set and none was reset meanwhile,
 * all were set when it had looked at the last. Until then only one that is not set is waited for:
 * those that are would end the wait at once.
 */
static DWORD wait_all(struct sys_pollfd *fds, int n, uint64_t deadline, int flags)
{
	unsigned int resets;
	int r;

	for (;;) {
		resets = atomic_load(&event_resets.ended);
		r = wait_poll(fds, n, 0, WAIT_F_DEAF);
		if (r < 0)
			return wait_ended(r);
		r = first(fds, n, 0);
		if (r < 0)
			return wait_failed(WSA_INVALID_HANDLE);
		if (r == n) {
			if (atomic_load(&event_resets.begun) == resets)
				return (DWORD)wsa_ok(WSA_WAIT_EVENT_0);
			continue;
		}
		r = wait_some(&fds[r], 1, deadline, flags);
		if (r <= 0)
			return wait_ended(r);
	}
}

static int repeated(const WSAEVENT *events, DWORD count)
{
	DWORD i, j;

	for (i = 0; i < count; i++)
		for (j = 0; j < i; j++)
			if (events[i] == events[j])
				return 1;
	return 0;
}

/**
 * WSAWaitForMultipleEvents - wait for events to be set
 * @count: 1 to WSA_MAXIMUM_WAIT_EVENTS
 * @events: that many; for @all, no event twice
 * @all: TRUE to wait until all are set at the same moment, FALSE for any
 * @timeout: ms; 0 only looks, WSA_INFINITE waits for ever
 * @alertable: TRUE when queued procedures are to run and to end the wait
 *
 * Changes no event. Signals do not end the wait. Any descriptor that can be polled may stand
 * for an event; it is set while it is readable.
 *
 * Return: WSA_WAIT_EVENT_0 plus the lowest index of an event that is set, WSA_WAIT_EVENT_0 when
 * all are; WSA_WAIT_TIMEOUT; WSA_WAIT_IO_COMPLETION; or WSA_WAIT_FAILED with WSANOTINITIALISED,
 * WSAEINPROGRESS (inside a procedure), WSA_INVALID_PARAMETER (@count, @events, an event twice)
 * or WSA_INVALID_HANDLE.
 */
DWORD WSAAPI WSAWaitForMultipleEvents(DWORD count, const WSAEVENT *events, BOOL all,
				      DWORD timeout, BOOL alertable)
{
	struct sys_pollfd fds[WSA_MAXIMUM_WAIT_EVENTS];
	int flags = alertable ? WAIT_F_RETURN : WAIT_F_DEAF;
	uint64_t deadline;
	DWORD i, r;

	if (!started())
		return WSA_WAIT_FAILED;
	if (!count || count > WSA_MAXIMUM_WAIT_EVENTS ||
	    !sys_readable(events, count * sizeof(*events)) || (all && repeated(events, count)))
		return wait_failed(WSA_INVALID_PARAMETER);
	for (i = 0; i < count; i++) {
		fds[i] = (struct sys_pollfd){ .fd = event_fd(events[i]), .events = LX_POLLIN };
		if (fds[i].fd < 0)
			return wait_failed(WSA_INVALID_HANDLE);
	}
	deadline = wait_deadline(timeout);
	r = all ? wait_all(fds, (int)count, deadline, flags)
		: wait_any(fds, (int)count, deadline, flags);
	callee_settle_all();
	return r;
}
