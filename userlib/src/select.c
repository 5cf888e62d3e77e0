// SPDX-License-Identifier: MIT
/* select and __WSAFDIsSet. */
#include <errno.h>
#include <stddef.h>

#include "wait.h"
#include "watch.h"

/**
 * struct member_set - one of select's sets
 * @set: the program's, NULL when it is not there
 * @events: what poll(2) is asked for its members; tells the sets apart, too
 * @tells: READY_* that make a member stay
 */
struct member_set {
	fd_set *set;
	int events;
	unsigned int tells;
};

#define SETS	3

/* Of any size: FD_SETSIZE is the program's. */
static int writable(fd_set *set)
{
	return sys_writable(set, offsetof(fd_set, fd_array)) &&
	       sys_writable(set->fd_array, set->fd_count * sizeof(SOCKET));
}

/* Checks the sets, and makes one of those that are the same memory. */
static int count_members(struct member_set *sets, size_t *members)
{
	int i, j;

	*members = 0;
	for (i = 0; i < SETS; i++) {
		if (!sets[i].set)
			continue;
		for (j = 0; j < i; j++) {
			if (sets[j].set != sets[i].set)
				continue;
			sets[j].events |= sets[i].events;
			sets[j].tells |= sets[i].tells;
			sets[i].set = NULL;
			break;
		}
		if (!sets[i].set)
			continue;
		if (!writable(sets[i].set))
			return wsa_fail(WSAEFAULT);
		*members += sets[i].set->fd_count;
	}
	return *members ? 0 : wsa_fail(WSAEINVAL);	/* row 202 */
}

static int gather(struct watch *watch, const struct member_set *sets)
{
	struct watch_near near = { .n = 0 };
	int i, r;
	u_int k;

	for (i = 0; i < SETS; i++) {
		for (k = 0; sets[i].set && k < sets[i].set->fd_count; k++) {
			r = watch_add(watch, &near, sets[i].set->fd_array[k], sets[i].events,
				      sets[i].tells);
			if (r < 0)
				return wsa_fail(r == -ENOTSOCK ? WSAENOTSOCK : WSAENOBUFS);
		}
	}
	return 0;
}

static int take_timeout(const struct timeval *timeout, uint64_t *deadline)
{
	*deadline = WAIT_FOREVER;
	if (!timeout)
		return 0;
	if (!sys_readable(timeout, sizeof(*timeout)))
		return wsa_fail(WSAEFAULT);
	if (timeout->tv_sec < 0 || timeout->tv_usec < 0)
		return wsa_fail(WSAEINVAL);
	*deadline = 0;
	if (timeout->tv_sec || timeout->tv_usec)
		*deadline = sys_now_ms() + (uint64_t)timeout->tv_sec * 1000 +
			    (timeout->tv_usec + 999) / 1000;
	return 0;
}

static void empty(const struct member_set *sets)
{
	int i;

	for (i = 0; i < SETS; i++)
		if (sets[i].set)
			sets[i].set->fd_count = 0;
}

/* One that was closed counts as readable; it is an error where nobody waits to read (row 200). */
static int closed_unread(const struct watch *watch)
{
	const struct sys_pollfd *p;

	for (p = watch->fds; p < watch->fds + watch->n; p++)
		if (p->revents & READY_CLOSED && !(p->events & LX_POLLIN))
			return 1;
	return 0;
}

/* Members that are ready stay, in their order; one that is there twice stays once (row 203). */
static int report(struct watch *watch, const struct member_set *sets)
{
	int i, total = 0;
	u_int k, kept;

	for (i = 0; i < SETS; i++) {
		fd_set *set = sets[i].set;

		if (!set)
			continue;
		for (k = 0, kept = 0; k < set->fd_count; k++) {
			SOCKET s = set->fd_array[k];
			struct sys_pollfd *p = watch_of(watch, s);

			if (!p || !(p->revents & sets[i].tells) || !(p->events & sets[i].events))
				continue;
			p->events &= ~sets[i].events;
			set->fd_array[kept++] = s;
		}
		set->fd_count = kept;
		total += kept;
	}
	return total;
}

/**
 * select - wait until a member of a set is ready
 * @nfds: ignored
 * @readfds: may be NULL. Stays: something can be received or accepted, the peer has
 *	finished, the connection was lost, the socket was closed meanwhile
 * @writefds: may be NULL. Stays: sending would not block; an attempt has succeeded; the
 *	connection was lost
 * @exceptfds: may be NULL. Stays: an urgent octet waits; the last attempt has failed,
 *	until another begins (rows 188, 190)
 * @timeout: the longest wait, NULL for ever; not changed (row 189)
 *
 * Sets may have any number of members. Signals do not end the wait.
 *
 * Return: members that stay, in all sets together; 0 when the time is over; or
 * SOCKET_ERROR with WSANOTINITIALISED, WSAEFAULT, WSAEINVAL (no member at all, or a
 * negative timeout), WSAENOTSOCK (a member is no socket: the sets are unchanged; one was
 * closed that is not in @readfds), WSAENOBUFS.
 */
int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
		  const struct timeval *timeout)
{
	struct member_set sets[SETS] = {
		{ readfds, LX_POLLIN, READY_FOR_READ },
		{ writefds, LX_POLLOUT, READY_FOR_WRITE },
		{ exceptfds, LX_POLLPRI, READY_FOR_EXCEPT },
	};
	struct watch *watch;
	uint64_t deadline;
	size_t members;
	int r;

	(void)nfds;
	r = wsa_refused();
	if (r)
		return wsa_fail(r);
	if (count_members(sets, &members) < 0)
		return SOCKET_ERROR;
	watch = watch_take(members);
	if (!watch)
		return wsa_fail(WSAENOBUFS);
	r = gather(watch, sets);
	if (r < 0)
		goto out;
	r = take_timeout(timeout, &deadline);
	if (r < 0)
		goto out;
	r = watch_wait(watch, ready_wanted_by_select, deadline);
	callee_settle_all();
	if (r < 0) {
		r = wait_fail(r);
		goto out;
	}
	if (watch->seen & READY_BAD) {
		r = wsa_fail(WSAENOTSOCK);
		goto out;
	}
	if (watch->seen & READY_CLOSED && closed_unread(watch)) {
		empty(sets);
		r = wsa_fail(WSAENOTSOCK);
		goto out;
	}
	if (r)
		r = report(watch, sets);
	else
		empty(sets);
	wsa_ok(0);
out:
	watch_give(watch);
	return r;
}

/** __WSAFDIsSet - is a socket a member of a set? FD_ISSET calls it. */
int WSAAPI __WSAFDIsSet(SOCKET s, fd_set *set)
{
	u_int i;

	for (i = 0; i < set->fd_count; i++)
		if (set->fd_array[i] == s)
			return 1;
	return 0;
}
