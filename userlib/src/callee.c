// SPDX-License-Identifier: MIT
/*
 * Callee data of connects that are on their way.
 *
 * A non-blocking WSAConnect leaves a buffer behind, to be filled before the program can know
 * that it is connected (row 46). So every call that could tell looks here first, and the waits
 * for events and messages, which name no socket, look at all that is awaited.
 */
#include <pthread.h>
#include <stdlib.h>

#include "wsalib.h"

/**
 * struct callee - one buffer
 * @next: of all
 * @number: never used again
 * @sk: the socket
 * @fd: its descriptor
 * @buffer: the program's; its len becomes what came
 * @room: what its len was
 * @octets: what its buf was
 * @begun: the attempt that it is for has begun
 */
struct callee {
	struct callee *next;
	uint64_t number;
	struct wsa_sock *sk;
	int fd;
	WSABUF *buffer;
	ULONG room;
	char *octets;
	int begun;
};

/* Held while a buffer is filled: who finds nothing awaited finds it filled. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct callee *list;
static uint64_t last_number;
atomic_int callee_awaited;

static void drop(struct callee **link)
{
	struct callee *callee = *link, *other;

	*link = callee->next;
	for (other = list; other && other->sk != callee->sk; other = other->next)
		;
	if (!other)
		sock_clear(callee->sk, SOCK_F_CALLEE);
	atomic_fetch_sub(&callee_awaited, 1);
	free(callee);
}

/* The kernel has seen to it that it fits. */
static void fill(const struct callee *callee)
{
	struct sys_iso iso;
	ULONG len = 0;

	if (!sys_iso_get(callee->fd, &iso) && (ULONG)iso.data_len <= callee->room &&
	    (!iso.data_len || !sys_copy_out(callee->octets, iso.data, iso.data_len)))
		len = (ULONG)iso.data_len;
	sys_copy_out(&callee->buffer->len, &len, sizeof(len));
}

/* Returns 1 when nothing is awaited any longer. */
static int look(const struct callee *callee)
{
	struct sys_state state;

	if (sys_state(callee->fd, &state) < 0)
		return 1;
	switch (state.state) {
	case SYS_PENDING:
		return 0;
	case SYS_CONNECTED:
	case SYS_CLOSED:
		fill(callee);
		return 1;
	default:
		return callee->begun;
	}
}

/* NULL for every socket's. */
static void look_at(const struct wsa_sock *sk)
{
	struct callee **link = &list;

	pthread_mutex_lock(&lock);
	while (*link)
		if ((!sk || (*link)->sk == sk) && look(*link))
			drop(link);
		else
			link = &(*link)->next;
	pthread_mutex_unlock(&lock);
}

void callee_look(struct wsa_sock *sk)
{
	look_at(sk);
}

void callee_look_all(void)
{
	look_at(NULL);
}

/**
 * callee_expect - a connect that wants callee data is about to begin
 * @fd: the socket's descriptor
 * @sk: the socket
 * @buffer: the program's
 *
 * Return: a number for callee_begun() or callee_cancel(), or 0 without memory.
 */
uint64_t callee_expect(int fd, struct wsa_sock *sk, WSABUF *buffer)
{
	struct callee *callee = calloc(1, sizeof(*callee));
	uint64_t number;

	if (!callee)
		return 0;
	callee->sk = sk;
	callee->fd = fd;
	callee->buffer = buffer;
	callee->room = buffer->len;
	callee->octets = buffer->buf;
	pthread_mutex_lock(&lock);
	number = ++last_number;
	callee->number = number;
	callee->next = list;
	list = callee;
	atomic_fetch_add(&callee_awaited, 1);
	sock_set(sk, SOCK_F_CALLEE);
	pthread_mutex_unlock(&lock);
	return number;
}

/** callee_begun - its attempt is on its way: from now on a failure ends it */
void callee_begun(uint64_t number)
{
	struct callee *callee;

	pthread_mutex_lock(&lock);
	for (callee = list; callee; callee = callee->next)
		if (callee->number == number)
			callee->begun = 1;
	pthread_mutex_unlock(&lock);
}

/** callee_cancel - the connect was refused, or has failed */
void callee_cancel(struct wsa_sock *sk, uint64_t number)
{
	struct callee **link;

	pthread_mutex_lock(&lock);
	for (link = &list; *link; link = &(*link)->next)
		if ((*link)->sk == sk && (*link)->number == number) {
			drop(link);
			break;
		}
	pthread_mutex_unlock(&lock);
}

/** callee_forget - a socket is gone, or is about to be */
void callee_forget(struct wsa_sock *sk)
{
	struct callee **link = &list;

	if (!(sock_flags(sk) & SOCK_F_CALLEE) && !atomic_load(&callee_awaited))
		return;
	pthread_mutex_lock(&lock);
	while (*link)
		if ((*link)->sk == sk)
			drop(link);
		else
			link = &(*link)->next;
	pthread_mutex_unlock(&lock);
}

void callee_fork_begin(void)
{
	pthread_mutex_lock(&lock);
}

/* In the parent, and in the child: its buffers are copies, and filled when it looks. */
void callee_fork_end(void)
{
	pthread_mutex_unlock(&lock);
}
