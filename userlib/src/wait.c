// SPDX-License-Identifier: MIT
/*
 * The one place where a thread waits.
 *
 * A blocking call is one system call, as on any Linux socket. So that another
 * thread can end or interrupt it, the thread says in its record what it waits
 * for, and then looks whether it still should; who wants it sets a mark first,
 * and then looks at the record. One of the two sees the other. A signal gets the
 * thread out of the kernel. It may come between the look and the system call,
 * and is then lost: it is sent again until the record says that it was heard.
 *
 * The signal is unblocked once, when the thread gets its record: programs block
 * all signals in their threads at the start, and a ppoll around each wait would
 * make two system calls of one. A thread that blocks it afterwards is deaf.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "wsalib.h"

/* Not for ever: who closes may be a signal handler of the thread that waits. */
#define LEAVE_MS	200
/* How long a blocking hook has to wait for its next turn. */
#define HOOK_MS		10
/* In a struct sys_pollfd: closed, until poll(2) has filled in the others. */
#define CLOSED		INT_MIN

/* So many descriptors leave no bit of a set out. */
#define MANY	256
#define SET_BIT(fd)	(1ul << ((unsigned int)(fd) % (sizeof(unsigned long) * CHAR_BIT)))

_Thread_local struct waiter *wait_self;

static struct waiter *_Atomic waiters;
static atomic_int pollers;		/* threads in wait_poll */
_Atomic uint64_t wait_closings;
static _Atomic uintptr_t handles;

/* struct waiter.at of wait_poll, and of one that runs no procedures. */
static struct wsa_sock several, several_deaf;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

/* The thread ends. */
static void release(void *record)
{
	struct waiter *w = record;

	wait_self = NULL;
	wait_drop_procedures(w);
	atomic_store(&w->at, NULL);
	atomic_store(&w->wants, 0);
	w->hook = NULL;
	w->inside = INSIDE_NOTHING;
	atomic_store(&w->tid, 0);
}

static void prepare_once(void)
{
	pthread_key_create(&key, release);
	sys_wake_prepare();
}

/** wait_prepare - take the signal; by the first WSAStartup, or the first thread that waits */
void wait_prepare(void)
{
	pthread_once(&once, prepare_once);
}

static struct waiter *claim(int tid)
{
	struct waiter *w;
	int free_one;

	for (w = atomic_load(&waiters); w; w = w->next) {
		free_one = 0;
		if (atomic_compare_exchange_strong(&w->tid, &free_one, tid))
			return w;
	}
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	atomic_store(&w->tid, tid);
	w->next = atomic_load(&waiters);
	while (!atomic_compare_exchange_weak(&waiters, &w->next, w))
		;
	return w;
}

/** wait_register - give the calling thread a record, before its first wait */
struct waiter *wait_register(void)
{
	struct waiter *w;

	wait_prepare();
	w = claim(sys_tid());
	if (!w)
		return NULL;
	pthread_setspecific(key, w);
	sys_wake_unblock();
	/* Windows' handles are multiples of four, too. */
	atomic_store(&w->handle, atomic_fetch_add(&handles, 4) + 4);
	wait_self = w;
	return w;
}

/** wait_first - all records: follow next; some are nobody's */
struct waiter *wait_first(void)
{
	return atomic_load(&waiters);
}

/** wait_alertable - is it in the kernel though procedures are queued that it would run? */
int wait_alertable(struct waiter *w)
{
	struct wsa_sock *at = atomic_load(&w->at);

	return at && at != &several_deaf &&
	       (atomic_load(&w->wants) & (WANT_PROCEDURES | WANT_INSIDE)) == WANT_PROCEDURES;
}

/** wait_forked - in a forked child: of all threads only this one is there */
void wait_forked(void)
{
	struct waiter *w;

	wait_procedures_forked();
	atomic_store(&pollers, 0);
	for (w = atomic_load(&waiters); w; w = w->next) {
		if (w == wait_self) {
			wait_drop_procedures(w);
			atomic_store(&w->tid, sys_tid());
			continue;
		}
		/* Its owner may have been amid its lists: they are left, not freed. */
		atomic_store(&w->queue, NULL);
		w->ready = NULL;
		atomic_store(&w->handle, 0);
		atomic_store(&w->at, NULL);
		atomic_store(&w->wants, 0);
		w->hook = NULL;
		w->inside = INSIDE_NOTHING;
		atomic_store(&w->tid, 0);
	}
}

/* Does a thread still wait for a socket, as far as it knew at closing number @number? */
static int waits_for(struct waiter *w, int fd, struct wsa_sock *sk, uint64_t number)
{
	struct wsa_sock *at = atomic_load(&w->at);

	if (at == sk)
		return 1;
	return (at == &several || at == &several_deaf) &&
	       atomic_load(&w->set) & SET_BIT(fd) &&
	       atomic_load(&w->seen) < number;
}

/**
 * wait_evict - end all waits for a socket
 * @fd: its descriptor, still open
 * @sk: marked SOCK_F_CLOSING, so that no new wait begins
 *
 * Returns when the threads have left, but for those that a signal handler keeps
 * away for long.
 */
void wait_evict(int fd, struct wsa_sock *sk)
{
	uint64_t number = atomic_fetch_add(&wait_closings, 1) + 1;
	struct waiter *w;
	int tries, left;

	atomic_store(&sk->closed_at, number);
	for (tries = 0; tries < LEAVE_MS; tries++) {
		if (!atomic_load(&sk->waiters) && !atomic_load(&pollers))
			return;
		if (atomic_load(&sk->waiters))
			sys_cancel(fd);
		for (w = atomic_load(&waiters), left = 0; w; w = w->next) {
			if (w == wait_self || !waits_for(w, fd, sk, number))
				continue;
			sys_wake(atomic_load(&w->tid));
			left++;
		}
		if (!left)
			return;
		sys_pause_ms(tries ? 1 : 0);
	}
}

static int watched(const struct sys_pollfd *p)
{
	return p->fd < 0 ? ~p->fd : p->fd;
}

static unsigned long fold(const struct sys_pollfd *fds, size_t n)
{
	unsigned long set = 0;

	if (n > MANY)
		return ~0ul;
	while (n--)
		set |= SET_BIT(watched(&fds[n]));
	return set;
}

static int mark_closed(uint64_t began, struct sys_pollfd *fds, size_t n)
{
	int closed = 0;

	for (; n--; fds++)
		if (wsa_sock_closed(watched(fds), began)) {
			fds->fd = CLOSED;
			closed++;
		}
	return closed;
}

/* Some are closed: what of the others? */
static int report_closed(struct sys_pollfd *fds, size_t n)
{
	int r = sys_poll(fds, n, 0);

	for (r = r < 0 ? 0 : r; n--; fds++)
		if (fds->fd == CLOSED) {
			fds->revents = LX_POLLNVAL;
			r++;
		}
	return r;
}

static int milliseconds(uint64_t deadline, uint64_t now, int most)
{
	if (deadline == WAIT_FOREVER)
		return most;
	if (deadline <= now)
		return 0;
	return most >= 0 && deadline - now > (uint64_t)most ? most :
	       deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now);
}

/* Once in the kernel, to be found by wait_evict and QueueUserAPC. */
static int poll_once(struct waiter *w, uint64_t began, struct sys_pollfd *fds, size_t n, int ms,
		     uint32_t ignored, int flags)
{
	struct wsa_sock *at = flags & WAIT_F_DEAF ? &several_deaf : &several;
	struct wsa_sock *outer = atomic_load(&w->at);
	unsigned long set = atomic_load(&w->set);
	uint64_t seen = atomic_load(&w->seen), number;
	int r = -EINTR, closed;

	atomic_fetch_add(&pollers, 1);
	atomic_store(&w->set, fold(fds, n));
	atomic_store(&w->seen, 0);
	atomic_store(&w->at, at);
	number = atomic_load(&wait_closings);
	closed = number == began && flags & WAIT_F_LATER ? 0 : mark_closed(began, fds, n);
	atomic_store(&w->seen, number);
	if (!closed && !(atomic_load(&w->wants) & ~ignored)) {
		r = sys_poll(fds, n, ms);
		if (atomic_load(&wait_closings) != number)
			closed = mark_closed(began, fds, n);
	}
	if (closed)
		r = report_closed(fds, n);
	atomic_store(&w->at, outer);
	atomic_store(&w->set, set);
	atomic_store(&w->seen, seen);
	atomic_fetch_sub(&pollers, 1);
	return r;
}

/* Is it a call of Winsock 1.1, which runs the thread's hook? */
static int hooked(struct waiter *w, int flags)
{
	return w->hook && !(flags & (WAIT_F_RETURN | WAIT_F_DEAF));
}

/* Before a wait, or in the middle: what else there is to do. */
static int attend(struct waiter *w, int flags)
{
	int ran = 0;

	if (!(flags & WAIT_F_DEAF) && atomic_load(&w->wants) & WANT_PROCEDURES)
		ran = wait_procedures(w);
	if (hooked(w, flags) && !(atomic_load(&w->wants) & WANT_CANCEL))
		legacy_hook(w);
	if (atomic_fetch_and(&w->wants, ~WANT_CANCEL) & WANT_CANCEL)
		return -ECANCELED;
	return ran && flags & WAIT_F_RETURN ? -EINTR : 0;
}

/**
 * wait_since - wait_poll for part of an operation
 * @began: wait_closings when the operation began: what was closed since counts
 * @fds: as wait_poll's
 * @n: as wait_poll's
 * @deadline: as wait_poll's
 * @flags: as wait_poll's
 */
int wait_since(uint64_t began, struct sys_pollfd *fds, size_t n, uint64_t deadline, int flags)
{
	uint32_t ignored = WANT_HOOK | (flags & WAIT_F_DEAF ? WANT_PROCEDURES : 0);
	struct waiter *w = wait_thread();
	uint64_t now;
	int r, ms;

	if (!w)
		return -ENOMEM;
	if (!(flags & WAIT_F_GOES_ON))
		atomic_fetch_and(&w->wants, ~WANT_CANCEL);
	for (;;) {
		now = deadline != WAIT_FOREVER ? sys_now_ms() : 0;
		if (atomic_load(&w->wants)) {
			/* Nothing but the wait itself is a reason to do anything else. */
			r = poll_once(w, began, fds, n, 0, ~0u, flags);
			if (r && r != -EINTR)
				return r;
			if (w->inside)
				return -EINPROGRESS;
			if (deadline <= now)
				return 0;
			r = attend(w, flags);
			if (r)
				return r;
		}
		ms = milliseconds(deadline, now, hooked(w, flags) ? HOOK_MS : -1);
		r = poll_once(w, began, fds, n, ms, ignored, flags);
		if (r && r != -EINTR)
			return r;
		if (!r && !(hooked(w, flags) && ms == HOOK_MS))
			return 0;
	}
}

/**
 * wait_poll - wait until a descriptor is ready, or something else ends the wait
 * @fds: descriptors, or the complement of one that is only watched for its end; one
 *	that another thread closes by closesocket gets revents LX_POLLNVAL and a negative fd
 * @n: how many
 * @deadline: in sys_now_ms() time; 0 does not wait, WAIT_FOREVER waits for ever
 * @flags: WAIT_F_RETURN, WAIT_F_DEAF
 *
 * Signals do not end the wait. Queued procedures run only when it really waits.
 *
 * Return: how many have revents, 0 at the deadline, or -ECANCELED (the call was
 * cancelled: WSAEINTR), -EINPROGRESS (inside a procedure or a blocking hook, where
 * nothing may wait), -EINTR (with WAIT_F_RETURN: procedures have run), -ENOMEM.
 * wait_fail() sets the code.
 */
int wait_poll(struct sys_pollfd *fds, size_t n, uint64_t deadline, int flags)
{
	int r;

	if (deadline)
		return wait_since(atomic_load(&wait_closings), fds, n, deadline, flags);
	do
		r = sys_poll(fds, n, 0);
	while (r == -EINTR);
	return r;
}

/**
 * wait_fail - set the code of what wait_poll, or wait_enter, returned
 * @err: negative errno
 */
int wait_fail(int err)
{
	return wsa_fail(err == -EINPROGRESS ? WSAEINPROGRESS : wsa_code(err));
}
