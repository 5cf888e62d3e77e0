// SPDX-License-Identifier: MIT
/*
 * Waiting for many sockets: one poll(2), and questions about the odd ones only.
 *
 * Some sockets are ready for Linux and not for Winsock, all the time: a stream
 * that was never connected, for one. poll(2) would return at once for ever. They
 * are taken out of it and put into an epoll instance of the call's own, which is
 * edge-triggered: it tells when one of them changes, and then all are looked at
 * again.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "wait.h"
#include "watch.h"

#define FEW_PLACES	1024

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t spare;
static int have_spare;

static void throw_away(void *p)
{
	struct watch *watch = p;

	free(watch->fds);
	free(watch->place);
	free(watch);
}

static void prepare(void)
{
	have_spare = !pthread_key_create(&spare, throw_away);
}

/* A library that is unloaded must not be called when a thread ends. */
static void __attribute__((destructor)) unprepare(void)
{
	if (have_spare)
		pthread_key_delete(spare);
}

/**
 * watch_take - an empty watch
 * @n: how many sockets must fit
 *
 * The thread's own of last time, unless that is in use: a procedure, or a signal
 * handler, may poll while the thread waits.
 *
 * Return: the watch, for watch_give(); NULL without memory.
 */
struct watch *watch_take(size_t n)
{
	struct watch *watch = NULL;
	struct sys_pollfd *fds;

	pthread_once(&once, prepare);
	if (have_spare)
		watch = pthread_getspecific(spare);
	if (watch)
		pthread_setspecific(spare, NULL);
	else
		watch = calloc(1, sizeof(*watch));
	if (!watch)
		return NULL;
	if (n > watch->room || !watch->fds) {
		fds = realloc(watch->fds, (n + 1) * sizeof(*fds));
		if (!fds) {
			watch_give(watch);
			return NULL;
		}
		watch->fds = fds;
		watch->room = n;
	}
	watch->began = atomic_load(&wait_closings);
	watch->n = 0;
	watch->known = 0;
	watch->seen = 0;
	return watch;
}

/** watch_give - give a watch back */
void watch_give(struct watch *watch)
{
	if (!have_spare || pthread_getspecific(spare) || pthread_setspecific(spare, watch))
		throw_away(watch);
}

/** watch_find - a socket's entry, NULL when it is none; the last error may change */
struct wsa_sock *watch_find(struct watch_near *near, SOCKET s)
{
	struct wsa_sock *sk;
	int fd = wsa_enter(s, &sk);

	if (fd < 0)
		return NULL;
	near->first = s - s % WSA_LEAF_SIZE;
	near->n = WSA_LEAF_SIZE;
	near->leaf = sk - s % WSA_LEAF_SIZE;
	return sk;
}

/** watch_known - conditions that poll(2) does not know of */
unsigned int watch_known(struct wsa_sock *sk)
{
	uint32_t flags = sock_flags(sk);

	if (!(flags & SOCK_F_USED))
		return 0;
	if (flags & SOCK_F_STREAM)
		return flags & SOCK_F_PLAIN ? 0 : READY_FAILED;	/* row 92: see listen.c */
	if (flags & SOCK_F_SHUT_RD)
		return 0;
	return atomic_load_explicit(&sk->pending_error, memory_order_relaxed) ? READY_READ : 0;
}

static int find_place(struct watch *watch, SOCKET s)
{
	size_t places = watch->places ? watch->places : FEW_PLACES;
	uint32_t *place;

	if (s < watch->places)
		return 0;
	while (places <= s)
		places *= 2;
	place = realloc(watch->place, places * sizeof(*place));
	if (!place)
		return -ENOMEM;
	/* What is found there is checked, not trusted; but it has to be something. */
	for (; watch->places < places; watch->places++)
		place[watch->places] = 0;
	watch->place = place;
	return 0;
}

/**
 * watch_add - add a socket, or more events of it
 * @watch: has room for one more
 * @near: of the same call
 * @s: what the program passed
 * @events: LX_POLLIN, LX_POLLPRI, LX_POLLOUT
 * @wanted: READY_* that go with them
 *
 * Return: 0, -ENOTSOCK or -ENOMEM.
 */
int watch_add(struct watch *watch, struct watch_near *near, SOCKET s, int events,
	      unsigned int wanted)
{
	struct wsa_sock *sk;
	uint32_t i;

	if (!watch_is_plain(*near, s)) {
		sk = watch_find(near, s);
		if (!sk)
			return -ENOTSOCK;
		if (watch_known(sk) & wanted)
			watch->known++;
	}
	if (s >= watch->places && find_place(watch, s) < 0)
		return -ENOMEM;
	i = watch->place[s];
	if (i < watch->n && watch->fds[i].fd == (int)s) {
		watch->fds[i].events |= events;
		return 0;
	}
	i = watch->n++;
	watch->place[s] = i;
	watch->fds[i].fd = (int)s;
	watch->fds[i].events = events | LX_POLLRDHUP;
	return 0;
}

/** watch_of - a member's place, NULL when another thread has put it into the set since */
struct sys_pollfd *watch_of(struct watch *watch, SOCKET s)
{
	if (s >= watch->places || watch->place[s] >= watch->n)
		return NULL;
	return &watch->fds[watch->place[s]];
}

/* Takes the error from the kernel; unless it is ignored, the next receive will tell it. */
static int error_ignored(int fd, struct wsa_sock *sk)
{
	unsigned int len = sizeof(int);
	int error = 0, code;

	if (sys_getopt(fd, LX_SOL_SOCKET, LX_SO_ERROR, &error, &len) < 0 || !error)
		return 1;
	code = wsa_dgram_code(sk, error);
	if (code)
		atomic_store(&sk->pending_error, code);
	return !code;
}

/* What poll(2) said is not the whole truth. */
static unsigned int look(const struct watch *watch, const struct sys_pollfd *p, unsigned int wanted)
{
	struct watch_near near = { .n = 0 };
	struct ready_facts facts = { 0 };
	struct sys_state state;
	struct sys_iso iso;
	struct wsa_sock *sk;
	unsigned int ask;
	uint32_t n = 0;

	if (p->fd < 0 || wsa_sock_closed(p->fd, watch->began))
		return READY_CLOSED;
	sk = watch_find(&near, p->fd);
	if (!sk)
		return READY_BAD;
	ask = ready_questions(p->revents, sock_flags(sk), wanted);
	if (ask & READY_ASK_STATE) {
		if (sys_state(p->fd, &state) < 0)
			return READY_BAD;
		facts.state = state.state;
		if (state.state == SYS_CLOSED && sock_flags(sk) & SOCK_F_ISO)
			facts.released = !sys_iso_get(p->fd, &iso) &&
					 iso.flags & SYS_ISO_ENDED && iso.code == WSAEDISCON;
	}
	if (ask & READY_ASK_UNREAD)
		facts.unread = !sys_bytes_queued(p->fd, &n) && n;
	if (ask & READY_ASK_ENDED)
		facts.ended = sys_peer_ended(p->fd) > 0;
	if (ask & READY_ASK_INLINE)
		facts.oobinline = sys_oob_inline(p->fd) > 0;
	if (ask & READY_ASK_ERROR)
		facts.ignored = error_ignored(p->fd, sk);
	return ready_conditions(p->revents, sock_flags(sk), ask, &facts) | watch_known(sk);
}

#define COMMON	(LX_POLLIN | LX_POLLOUT)

/* Of whole entries, which are a word each. */
static int all_revents(const struct watch *watch)
{
	uint64_t all = 0, one;
	struct sys_pollfd sum;
	size_t i;

#pragma GCC unroll 16
	for (i = 0; i < watch->n; i++) {
		memcpy(&one, &watch->fds[i], sizeof(one));
		all |= one;
	}
	memcpy(&sum, &all, sizeof(sum));
	return sum.revents;
}

/*
 * poll(2)'s revents become READY_*; those of sockets that are not ready, their
 * complement as descriptor: poll(2) passes over them.
 */
static int judge(struct watch *watch, const unsigned char *wanted, int left)
{
	struct sys_pollfd *p;
	int ready = 0, seen;

	seen = all_revents(watch);
	if (!(seen & ~COMMON)) {
		watch->seen |= seen;
		return left;
	}
	for (p = watch->fds; left > 0; p++) {
		unsigned int wants = wanted[p->events & 7];

		if (!p->revents)
			continue;
		left--;
		if (p->revents & ~COMMON)
			p->revents = look(watch, p, wants) & wants;
		if (p->revents) {
			watch->seen |= p->revents;
			ready++;
		} else {
			p->fd = ~p->fd;
		}
	}
	return ready;
}

/* The same where the library knows more than poll(2): of all sockets. */
static int judge_all(struct watch *watch, const unsigned char *wanted)
{
	struct sys_pollfd *p;
	int ready = 0;

	for (p = watch->fds; p < watch->fds + watch->n; p++) {
		unsigned int wants = wanted[p->events & 7];

		p->revents = look(watch, p, wants) & wants;
		watch->seen |= p->revents;
		ready += !!p->revents;
	}
	return ready;
}

static int closed(struct watch *watch, struct sys_pollfd *p)
{
	if (!wsa_sock_closed(p->fd < 0 ? ~p->fd : p->fd, watch->began))
		return 0;
	p->revents = READY_CLOSED;
	watch->seen |= READY_CLOSED;
	return 1;
}

/*
 * The last of @fds becomes the epoll instance. Its number may have been a member's that
 * was closed meanwhile: from here on only what is closed later counts.
 */
static int open_epoll(struct watch *watch)
{
	struct sys_pollfd *p, *last = watch->fds + watch->n;
	uint64_t began;

	watch->epoll = sys_epoll();
	if (watch->epoll < 0)
		return watch->epoll;
	last->events = LX_POLLIN;
	began = atomic_load(&wait_closings);
	for (p = watch->fds; p < last; p++)
		if (closed(watch, p))
			return 1;
	watch->began = began;
	return 0;
}

/*
 * Has everything that judge() put aside watched for changes. Returns 1 when one of them
 * was closed meanwhile, and its number may be any file's.
 */
static int hush(struct watch *watch)
{
	struct sys_pollfd *p, *last = watch->fds + watch->n;
	int r = watch->epoll < 0 ? open_epoll(watch) : 0;

	for (p = watch->fds; !r && p < last; p++) {
		if (p->fd < 0)
			r = sys_epoll_add(watch->epoll, ~p->fd);
		if (r == -EEXIST)
			r = 0;
		else if (r < 0 && closed(watch, p))
			r = 1;
	}
	return r;
}

/*
 * Something put aside has changed, or was added just now: all are asked again. Not
 * when one was closed, for that is told only once.
 */
static int wake(struct watch *watch, int left)
{
	struct sys_pollfd *p, *last = watch->fds + watch->n;

	for (p = watch->fds; p < last; p++)
		if (p->revents & LX_POLLNVAL)
			return left - 1;
	sys_epoll_drain(watch->epoll);
	for (p = watch->fds; p < last; p++)
		if (p->fd < 0)
			p->fd = ~p->fd;
	return wait_poll(watch->fds, watch->n, 0, 0);
}

static int expired(uint64_t deadline)
{
	return !deadline || (deadline != WAIT_FOREVER && deadline <= sys_now_ms());
}

/* All for which poll(2) said something were put aside by judge(), and maybe others. */
static int wait_on(struct watch *watch, const unsigned char *wanted, uint64_t deadline)
{
	struct sys_pollfd *last = watch->fds + watch->n;
	int r;

	watch->epoll = -1;
	do {
		r = hush(watch);
		if (r)
			break;
		/* again, for whose number it had may count as closed still */
		last->fd = watch->epoll;
		r = wait_since(watch->began, watch->fds, watch->n + 1, deadline,
			       WAIT_F_LATER | WAIT_F_GOES_ON);
		if (r > 0 && last->revents)
			r = wake(watch, r);
		if (r <= 0)
			break;
		r = judge(watch, wanted, r);
	} while (!r && !expired(deadline));
	if (watch->epoll >= 0)
		sys_close(watch->epoll);
	return r;
}

/**
 * watch_wait - wait until a socket is ready
 * @watch: the sockets
 * @wanted: ready_wanted_by_poll or ready_wanted_by_select
 * @deadline: as wait_poll()'s
 *
 * Return: how many have conditions in revents; 0 at the deadline, with nothing in
 * revents; or wait_poll()'s negative errno.
 */
int watch_wait(struct watch *watch, const unsigned char *wanted, uint64_t deadline)
{
	int r;

	if (watch->known) {
		r = wait_poll(watch->fds, watch->n, 0, 0);
		if (r >= 0)
			r = judge_all(watch, wanted);
		if (r)
			return r;
		/* the error was told meanwhile */
	}
	if (deadline)
		r = wait_since(watch->began, watch->fds, watch->n, deadline, WAIT_F_LATER);
	else
		r = wait_poll(watch->fds, watch->n, 0, 0);
	if (r <= 0)
		return r;
	r = judge(watch, wanted, r);
	return r || expired(deadline) ? r : wait_on(watch, wanted, deadline);
}
