// SPDX-License-Identifier: MIT
/*
 * Procedures queued to a thread: QueueUserAPC, SleepEx, wsaconnect_thread.
 *
 * Who queues pushes onto a list that its owner takes away as a whole; the lock
 * only keeps a thread from ending, and its record from changing hands, between.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "wsalib.h"

/* A thread that a signal handler keeps away for longer looks into its queue at its next wait. */
#define HEAR_MS	1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void drop(struct wait_procedure *list)
{
	struct wait_procedure *next;

	for (; list; list = next) {
		next = list->next;
		free(list);
	}
}

/** wait_drop_procedures - the thread has ended: what is queued never runs */
void wait_drop_procedures(struct waiter *w)
{
	pthread_mutex_lock(&lock);
	if (w != wait_self)
		atomic_store(&w->handle, 0);
	drop(atomic_exchange(&w->queue, NULL));
	pthread_mutex_unlock(&lock);
	drop(w->ready);
	w->ready = NULL;
	atomic_fetch_and(&w->wants, ~WANT_PROCEDURES);
}

/** wait_procedures_forked - in a forked child: whoever held the lock is not there */
void wait_procedures_forked(void)
{
	pthread_mutex_init(&lock, NULL);
}

static struct wait_procedure *take(struct waiter *w)
{
	struct wait_procedure *p = w->ready, *newest;

	if (!p) {
		atomic_fetch_and(&w->wants, ~WANT_PROCEDURES);
		newest = atomic_exchange(&w->queue, NULL);
		while (newest) {
			p = newest;
			newest = p->next;
			p->next = w->ready;
			w->ready = p;
		}
	}
	if (p)
		w->ready = p->next;
	return p;
}

/**
 * wait_procedures - run what is queued, the oldest first
 * @w: the calling thread's record
 *
 * Those that the procedures queue run too. Nothing in them may wait (row 244).
 *
 * Return: how many ran.
 */
int wait_procedures(struct waiter *w)
{
	struct wait_procedure *p;
	int ran = 0;

	w->inside = INSIDE_PROCEDURE;
	atomic_fetch_or(&w->wants, WANT_INSIDE);
	while ((p = take(w))) {
		p->run(p->data);
		free(p);
		ran++;
	}
	w->inside = INSIDE_NOTHING;
	atomic_fetch_and(&w->wants, ~WANT_INSIDE);
	return ran;
}

/* With the lock held. */
static struct waiter *by_handle(uintptr_t handle)
{
	struct waiter *w = handle ? wait_first() : NULL;

	while (w && atomic_load(&w->handle) != handle)
		w = w->next;
	return w;
}

/**
 * wsaconnect_thread - a handle of the calling thread, for QueueUserAPC
 *
 * Valid in the whole process until the thread ends; never used again, needs no
 * closing. In a forked child the handle of the thread that forked stays valid.
 *
 * Return: the handle, NULL without memory.
 */
HANDLE WSAAPI wsaconnect_thread(void)
{
	struct waiter *w = wait_thread();

	return w ? (HANDLE)atomic_load(&w->handle) : NULL;
}

/**
 * QueueUserAPC - have a thread run a procedure when it next waits
 * @procedure: what to run
 * @thread: from wsaconnect_thread()
 * @data: passed on
 *
 * It runs in that thread, after those queued before, while a Winsock call blocks
 * that has to wait, which then waits on for the rest of its time (rows 204, 243,
 * 245), or in an alertable SleepEx or WSAWaitForMultipleEvents, which then return.
 * A thread that ends first never runs it.
 *
 * Return: not 0, or 0 with WSA_INVALID_HANDLE, WSA_INVALID_PARAMETER (no
 * procedure) or WSA_NOT_ENOUGH_MEMORY as last error.
 */
DWORD WSAAPI QueueUserAPC(PAPCFUNC procedure, HANDLE thread, ULONG_PTR data)
{
	struct wait_procedure *p;
	struct waiter *w;
	int tries;

	if (!procedure) {
		wsa_fail(WSA_INVALID_PARAMETER);
		return 0;
	}
	p = malloc(sizeof(*p));
	if (!p) {
		wsa_fail(WSA_NOT_ENOUGH_MEMORY);
		return 0;
	}
	p->run = procedure;
	p->data = data;
	pthread_mutex_lock(&lock);
	w = by_handle((uintptr_t)thread);
	if (w) {
		p->next = atomic_load(&w->queue);
		while (!atomic_compare_exchange_weak(&w->queue, &p->next, p))
			;
		atomic_fetch_or(&w->wants, WANT_PROCEDURES);
	}
	pthread_mutex_unlock(&lock);
	if (!w) {
		free(p);
		wsa_fail(WSA_INVALID_HANDLE);
		return 0;
	}
	for (tries = 0; tries < HEAR_MS && w != wait_self && wait_alertable(w); tries++) {
		sys_wake(atomic_load(&w->tid));
		sys_pause_ms(tries ? 1 : 0);
	}
	return 1;
}

/**
 * SleepEx - wait for time to pass, or for a procedure
 * @ms: milliseconds, or INFINITE
 * @alertable: run the procedures queued to the thread, and return then
 *
 * Inside a procedure or a blocking hook it sleeps and runs nothing.
 *
 * Return: 0 when the time has passed, WAIT_IO_COMPLETION after procedures ran.
 */
DWORD WSAAPI SleepEx(DWORD ms, BOOL alertable)
{
	uint64_t deadline = ms == INFINITE ? WAIT_FOREVER : sys_now_ms() + ms, now;
	struct waiter *w = wait_thread();
	int r;

	if (alertable && w && !w->inside && wait_procedures(w))
		return WAIT_IO_COMPLETION;
	if (!ms)
		return 0;
	if (w && !w->inside) {
		do
			r = wait_poll(NULL, 0, deadline, alertable ? WAIT_F_RETURN : WAIT_F_DEAF);
		while (r == -ECANCELED);
		return r == -EINTR ? WAIT_IO_COMPLETION : 0;
	}
	while ((now = sys_now_ms()) < deadline)
		sys_pause_ms(deadline - now > 1000 ? 1000 : (int)(deadline - now));
	return 0;
}
