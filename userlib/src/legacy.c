// SPDX-License-Identifier: MIT
/*
 * What only Winsock 1.1 has: cancelling the thread's blocking call, and the hook
 * that runs while one waits. WSAStartup granted 1.0 or 1.1, or they are refused.
 */
#include "wsalib.h"

/* Why a call of this file cannot be made now, 0 when it can. */
static int refused(void)
{
	if (atomic_load(&wsa_started) <= 0)
		return WSANOTINITIALISED;
	return wsa_legacy ? 0 : WSAEOPNOTSUPP;	/* row 246 */
}

/**
 * legacy_hook - a call has to wait: let the thread's hook do what it has to do
 * @w: the calling thread's record, with a hook
 */
void legacy_hook(struct waiter *w)
{
	int again;

	w->inside = INSIDE_HOOK;
	atomic_fetch_or(&w->wants, WANT_INSIDE);
	do
		again = w->hook();
	while (again && !(atomic_load(&w->wants) & WANT_CANCEL));
	w->inside = INSIDE_NOTHING;
	atomic_fetch_and(&w->wants, ~WANT_INSIDE);
}

/** legacy_in_hook - does the calling thread's hook run? */
int legacy_in_hook(void)
{
	return wait_self && wait_self->inside == INSIDE_HOOK;
}

/**
 * WSACancelBlockingCall - end the blocking call of this thread
 *
 * For the blocking hook, a procedure queued to the thread or a signal handler
 * without SA_RESTART, as only they run while the thread waits. The call fails with WSAEINTR. A
 * connect is abandoned, and its socket is good for closesocket only (rows 247, 249).
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED, WSAEOPNOTSUPP (Winsock 2),
 * WSAEINVAL (nothing to cancel).
 */
int WSAAPI WSACancelBlockingCall(void)
{
	struct waiter *w = wait_self;
	int code = refused();

	if (code)
		return wsa_fail(code);
	if (!w || (!w->inside && !atomic_load(&w->at)))
		return wsa_fail(WSAEINVAL);	/* row 248 */
	atomic_fetch_or(&w->wants, WANT_CANCEL);
	return wsa_ok(0);
}

/**
 * WSASetBlockingHook - what this thread runs while a call waits
 * @hook: returns TRUE to be called again before the wait goes on; NULL for none
 *
 * Called when a call on a blocking socket cannot finish at once (row 253).
 * Inside it every call but WSAIsBlocking, WSACancelBlockingCall and those of the
 * last error fails with WSAEINPROGRESS (row 250). There is none at first.
 *
 * Return: the hook of before, or NULL; when that is a failure, the last error is
 * WSANOTINITIALISED, WSAEOPNOTSUPP (Winsock 2) or WSAEINPROGRESS (in a hook), else 0.
 */
FARPROC WSAAPI WSASetBlockingHook(FARPROC hook)
{
	int code = refused();
	struct waiter *w;
	FARPROC before;

	if (code) {
		wsa_fail(code);
		return NULL;
	}
	w = wait_thread();
	if (!w || w->inside == INSIDE_HOOK) {
		wsa_fail(w ? WSAEINPROGRESS : WSAENOBUFS);
		return NULL;
	}
	before = w->hook;
	w->hook = hook;
	if (hook)
		atomic_fetch_or(&w->wants, WANT_HOOK);
	else
		atomic_fetch_and(&w->wants, ~WANT_HOOK);
	wsa_ok(0);
	return before;
}

/**
 * WSAUnhookBlockingHook - have no hook again
 *
 * Return: 0, or SOCKET_ERROR with WSASetBlockingHook's codes.
 */
int WSAAPI WSAUnhookBlockingHook(void)
{
	WSASetBlockingHook(NULL);
	return wsa_last_error ? SOCKET_ERROR : 0;
}

/**
 * WSAIsBlocking - does a blocking call of this thread wait?
 *
 * Return: TRUE in a blocking hook and in a procedure that runs while a call waits, else FALSE.
 */
BOOL WSAAPI WSAIsBlocking(void)
{
	return wait_self && (wait_self->inside || atomic_load(&wait_self->at));
}
