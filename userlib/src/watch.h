/* SPDX-License-Identifier: MIT */
/* watch.c: the sockets that one call of select or WSAPoll waits for. */
#ifndef WSACONNECT_WATCH_H
#define WSACONNECT_WATCH_H
#include "ready.h"
#include "wsalib.h"

/**
 * struct watch - the sockets of a call
 * @fds: one each; after watch_wait() revents are READY_*
 * @n: how many there are
 * @room: how many fit, and one more
 * @place: where in @fds a descriptor is, if it is there at all
 * @places: entries of @place
 * @began: wait_closings before the first was added
 * @epoll: watches those put aside, -1 when there is none
 * @known: of how many the library itself knows that they are ready
 * @seen: all the conditions that were found
 */
struct watch {
	struct sys_pollfd *fds;
	size_t n;
	size_t room;
	uint32_t *place;
	size_t places;
	uint64_t began;
	int epoll;
	size_t known;
	unsigned int seen;
};

/* The part of the table that the last descriptor was in: the next is likely to be there. */
struct watch_near {
	SOCKET first;
	SOCKET n;
	struct wsa_sock *leaf;
};

struct watch *watch_take(size_t n);
void watch_give(struct watch *watch);
struct wsa_sock *watch_find(struct watch_near *near, SOCKET s);
unsigned int watch_known(struct wsa_sock *sk);
int watch_add(struct watch *watch, struct watch_near *near, SOCKET s, int events,
	      unsigned int wanted);
struct sys_pollfd *watch_of(struct watch *watch, SOCKET s);
int watch_wait(struct watch *watch, const unsigned char *wanted, uint64_t deadline);

/**
 * watch_is_plain - is it a stream whose readiness poll(2) alone knows?
 *
 * Most are, and this is what every member of every call costs.
 */
static inline int watch_is_plain(struct watch_near near, SOCKET s)
{
	SOCKET i = s - near.first;

	return i < near.n && sock_flags(&near.leaf[i]) & SOCK_F_PLAIN;
}

#endif /* WSACONNECT_WATCH_H */
