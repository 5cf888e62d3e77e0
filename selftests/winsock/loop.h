/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One event loop of each kind, as programs for Windows are written, behind one interface. A process
 * has one. What the kinds tell differs: levels as long as they last to who wants them, or events
 * once until they are enabled; whoever uses the loop is written for both.
 */
#ifndef SELFTESTS_LOOP_H
#define SELFTESTS_LOOP_H

#include <winsock2.h>

#include <stdbool.h>

/* As many sockets as a loop can have, and their descriptors' highest number. */
#define LOOP_SOCKETS	8192
#define LOOP_NUMBERS	(2 * LOOP_SOCKETS)

/**
 * struct member - a socket in the loop
 * @s: the socket
 * @wants: FD_ACCEPT, FD_CONNECT, FD_READ, FD_WRITE; kinds that tell levels wait for these
 * @place: where the loop has it
 */
struct member {
	SOCKET s;
	int wants;
	int place;
};

/**
 * struct loop_kind - a kind of event loop
 * @name: what it is called in reports
 * @events: tells events, once each, and the end as FD_CLOSE; else levels, and the end as FD_READ
 * @begin: before all else; FD_* that events are selected of
 * @add: a socket joins, non-blocking from then on; @accepted: from a member that listens
 * @change: @wants is to be another
 * @remove: before the socket is closed
 * @turn: waits, and tells what happened; false when nothing did for a minute
 */
struct loop_kind {
	const char *name;
	bool events;
	void (*begin)(int mask);
	void (*add)(struct member *m, bool accepted);
	void (*change)(struct member *m, int wants);
	void (*remove)(struct member *m);
	bool (*turn)(void (*happened)(struct member *m, int event, int error));
};

extern const struct loop_kind loop_select, loop_poll, loop_events, loop_messages;

#endif /* SELFTESTS_LOOP_H */
