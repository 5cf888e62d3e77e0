// SPDX-License-Identifier: MIT
/* WSAPoll. */
#include <string.h>

#include "wait.h"
#include "watch.h"

#define EVENTS	(POLLRDNORM | POLLRDBAND | POLLWRNORM)

static int to_linux(int events)
{
	return (events & POLLRDNORM ? LX_POLLIN : 0) | (events & POLLRDBAND ? LX_POLLPRI : 0) |
	       (events & POLLWRNORM ? LX_POLLOUT : 0);
}

static int fail_all(LPWSAPOLLFD fds, ULONG count, SHORT revents, int code)
{
	while (count--)
		fds++->revents = revents;
	return wsa_fail(code);
}

/* One entry, of whatever kind; see gather(). */
static void gather_one(struct watch *watch, struct watch_near *near, LPWSAPOLLFD f,
		       unsigned int *asked)
{
	int events = to_linux(f->events);
	struct wsa_sock *sk;

	if (!watch_is_plain(*near, f->fd)) {
		sk = watch_find(near, f->fd);
		if (!sk) {
			*asked |= (INT_PTR)f->fd < 0 ? 0 : f->events;
			f->revents = POLLNVAL;
			return;
		}
		if (watch_known(sk) & ready_wanted_by_poll[events])
			watch->known++;
	}
	*asked |= f->events;
	f->revents = 0;
	watch->fds[watch->n++] = (struct sys_pollfd){
		.fd = (int)f->fd, .events = events | LX_POLLRDHUP,
	};
}

/* Thousands of connections are gathered in batches, for what each costs adds up. */
#define BATCH	4

/* Plain sockets that are near each other, and of which the same is asked? */
static inline int batch_is_plain(struct watch_near near, LPWSAPOLLFD f, SHORT events)
{
	uint32_t flags = SOCK_F_PLAIN;
	SOCKET any = 0;
	int i;

#pragma GCC unroll 4
	for (i = 0; i < BATCH; i++) {
		if (f[i].events != events)
			return 0;
		any |= f[i].fd - near.first;
	}
	if (any >= near.n)	/* a power of two, or 0 */
		return 0;
#pragma GCC unroll 4
	for (i = 0; i < BATCH; i++)
		flags &= sock_flags(&near.leaf[f[i].fd - near.first]);
	return !!flags;
}

/*
 * Entries that are no sockets get POLLNVAL, the others 0 and a place in @watch. A
 * negative one is there to be passed over, whatever its events (row 198).
 */
static int gather(struct watch *watch, LPWSAPOLLFD fds, ULONG count)
{
	const LPWSAPOLLFD end = fds + count;
	struct watch_near near = { .n = 0 };
	LPWSAPOLLFD f = fds, last;
	unsigned int asked = 0;

	while (f < end) {
		const SHORT answered[2] = { f->events, 0 };	/* and revents */
		short lx = to_linux(f->events) | LX_POLLRDHUP;
		struct watch_near here;
		struct sys_pollfd *p;
		int i;

		gather_one(watch, &near, f++, &asked);
		here = near;
		p = watch->fds + watch->n;
		last = end - f < BATCH ? f : end - BATCH + 1;
		for (; f < last && batch_is_plain(here, f, answered[0]); f += BATCH, p += BATCH) {
#pragma GCC unroll 4
			for (i = 0; i < BATCH; i++) {
				p[i].fd = (int)f[i].fd;
				p[i].events = lx;
				memcpy(&f[i].events, answered, sizeof(answered));
			}
		}
		watch->n = p - watch->fds;
	}
	if (!watch->n)
		return fail_all(fds, count, POLLNVAL, WSAENOTSOCK);
	if (asked & ~EVENTS)
		return fail_all(fds, count, 0, WSAEINVAL);	/* row 196 */
	return 0;
}

/* Where all entries are sockets, and none has a condition that is not asked for. */
static void report_common(const struct watch *watch, LPWSAPOLLFD fds)
{
	const struct sys_pollfd *p = watch->fds, *end = p + watch->n;

#pragma GCC unroll 16
	for (; p < end; p++, fds++)
		fds->revents = ready_revents_common[p->revents];
}

static void report(const struct watch *watch, LPWSAPOLLFD fds, ULONG count)
{
	const struct sys_pollfd *p = watch->fds;
	ULONG i;

	if (watch->n == count && watch->seen < 8) {
		report_common(watch, fds);
		return;
	}
	for (i = 0; i < count; i++)
		if (!fds[i].revents) {
			fds[i].revents = ready_revents(p->revents, fds[i].events);
			p++;
		}
}

/**
 * WSAPoll - wait until one of several sockets is ready
 * @fdArray: sockets, and what is asked of them; revents are written
 * @fds: how many
 * @timeout: milliseconds, 0 not to wait, negative to wait for ever
 *
 * events are POLLRDNORM, POLLRDBAND (POLLIN is both) and POLLWRNORM (POLLOUT). revents
 * tell without being asked: POLLHUP, the peer has finished; POLLERR with POLLHUP, the
 * connection was lost or the last attempt failed (rows 192, 194); POLLNVAL, no socket
 * (rows 198, 199). Entries that are no sockets when the call begins are not waited for
 * and not counted. Signals do not end the wait.
 *
 * Return: how many entries have revents, 0 when the time is over, or SOCKET_ERROR
 * with WSANOTINITIALISED, WSAEFAULT, WSAEINVAL (@fds is 0, or an event that cannot be
 * asked for; revents are 0), WSAENOTSOCK (all entries; revents are POLLNVAL), WSAENOBUFS.
 */
int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout)
{
	struct watch *watch;
	size_t octets;
	int r;

	r = wsa_refused();
	if (r)
		return wsa_fail(r);
	if (!fds)
		return wsa_fail(WSAEINVAL);
	if (__builtin_mul_overflow(fds, sizeof(*fdArray), &octets) ||
	    !sys_writable(fdArray, octets))
		return wsa_fail(WSAEFAULT);
	watch = watch_take(fds);
	if (!watch)
		return wsa_fail(WSAENOBUFS);
	r = gather(watch, fdArray, fds);
	if (r < 0)
		goto out;
	r = watch_wait(watch, ready_wanted_by_poll, wait_deadline(timeout < 0 ? -1 : timeout));
	callee_settle_all();
	if (r < 0) {
		r = wait_fail(r);
		goto out;
	}
	if (r)
		report(watch, fdArray, fds);
	wsa_ok(0);
out:
	watch_give(watch);
	return r;
}
