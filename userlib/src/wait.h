/* SPDX-License-Identifier: MIT */
/*
 * wait.c: the one place where a thread waits, and what else may end the wait.
 *
 * wsalib.h has the two inline functions that a call makes around its system call.
 */
#ifndef WSACONNECT_WAIT_H
#define WSACONNECT_WAIT_H
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "sys.h"

#define WAIT_FOREVER	UINT64_MAX

/* Return -EINTR once queued procedures have run, instead of waiting on. */
#define WAIT_F_RETURN	0x1
/* Run no procedures. */
#define WAIT_F_DEAF	0x2
/* Part of a longer call: a cancellation of before counts. */
#define WAIT_F_GOES_ON	0x4
/* The sockets were looked up later than @began was read: none was closed before. */
#define WAIT_F_LATER	0x8

/** wait_deadline - when @timeout ms from now are over; 0 and INFINITE as wait_poll has them */
static inline uint64_t wait_deadline(uint32_t timeout)
{
	return !timeout ? 0 : timeout == UINT32_MAX ? WAIT_FOREVER : sys_now_ms() + timeout;
}

struct wsa_sock;

struct wait_procedure {
	struct wait_procedure *next;
	void (*run)(uintptr_t data);
	uintptr_t data;
};

/*
 * What others know of a thread. A record is never unlinked nor freed, only given
 * to another thread, so that closesocket may walk them in a signal handler.
 *
 * The members without _Atomic are the thread's own.
 */
struct waiter {
	struct waiter *next;
	atomic_int tid;				/* 0: nobody's */
	atomic_uintptr_t handle;		/* wsaconnect_thread's; 0 when it has ended */
	struct wsa_sock *_Atomic at;		/* waits for it; NULL when it does not wait */
	_Atomic unsigned long set;		/* in wait_poll: a bit per descriptor, folded */
	_Atomic uint64_t seen;			/* closings that wait_poll has looked at */
	_Atomic uint32_t wants;			/* WANT_*: why it must not just wait */
	struct wait_procedure *_Atomic queue;	/* the newest first */
	struct wait_procedure *ready;		/* taken from it, the oldest first */
	int inside;				/* INSIDE_* */
	int (*hook)(void);
};

#define WANT_PROCEDURES	0x1u	/* some are queued */
#define WANT_INSIDE	0x2u	/* inside is not 0 */
#define WANT_HOOK	0x4u	/* hook is set */
#define WANT_CANCEL	0x8u

enum { INSIDE_NOTHING, INSIDE_PROCEDURE, INSIDE_HOOK, INSIDE_CONDITION };

/* One operation on a socket: wait_begin, then wait_enter and wait_leave per system call. */
struct wait_call {
	struct waiter *w;
	struct wsa_sock *sk;
	struct wsa_sock *outer;		/* of the wait that a signal handler interrupted */
	uint64_t began;			/* wait_closings when the operation began */
};

/* Sockets closed so far: tells which were closed, and their numbers given away, since when. */
extern _Atomic uint64_t wait_closings;
extern _Thread_local struct waiter *wait_self __attribute__((tls_model("initial-exec")));

struct waiter *wait_register(void);
struct waiter *wait_first(void);
int wait_alertable(struct waiter *w);
void wait_prepare(void);
void wait_evict(int fd, struct wsa_sock *sk);
void wait_forked(void);
int wait_poll(struct sys_pollfd *fds, size_t n, uint64_t deadline, int flags);
int wait_since(uint64_t began, struct sys_pollfd *fds, size_t n, uint64_t deadline, int flags);
int wait_fail(int err);

/* apc.c */
int wait_procedures(struct waiter *w);
void wait_drop_procedures(struct waiter *w);
void wait_procedures_forked(void);

/* legacy.c */
void legacy_hook(struct waiter *w);
int legacy_in_hook(void);

/** wait_thread - the calling thread's record, NULL without memory */
static inline struct waiter *wait_thread(void)
{
	return wait_self ? wait_self : wait_register();
}

#endif /* WSACONNECT_WAIT_H */
