// SPDX-License-Identifier: GPL-2.0
#define FD_SETSIZE 8192		/* a program for Windows chooses before it includes */
#include "case.h"

#include <err.h>

#include "loop.h"

#define HUNG_MS	60000

_Static_assert(LOOP_SOCKETS <= FD_SETSIZE, "every socket fits into a set");

typedef void happened_fn(struct member *m, int event, int error);

/* By the socket; sockets are small numbers. NULL once a member has left. */
static struct member *members[LOOP_NUMBERS];
static int selected;

static void must(bool fine, const char *what)
{
	if (!fine)
		errx(1, "%s: %d", what, WSAGetLastError());
}

static void join(struct member *m)
{
	must(m->s < LOOP_NUMBERS, "too many sockets");
	members[m->s] = m;
}

static void level_begin(int mask)
{
}

/* Accepted ones are non-blocking as their listener is. */
static void level_add(struct member *m, bool accepted)
{
	join(m);
	if (!accepted)
		must(!nonblocking(m->s, true), "FIONBIO");
}

/* select: three sets that are kept, and copies that the call may change. */
static fd_set reading, writing, failing;

static void set_member(fd_set *set, struct member *m, int events, int wants)
{
	if (wants & events && !(m->wants & events))
		FD_SET(m->s, set);
	if (m->wants & events && !(wants & events))
		FD_CLR(m->s, set);
}

static void select_change(struct member *m, int wants)
{
	set_member(&reading, m, FD_READ | FD_ACCEPT, wants);
	set_member(&writing, m, FD_WRITE | FD_CONNECT, wants);
	set_member(&failing, m, FD_CONNECT, wants);
	m->wants = wants;
}

static void select_add(struct member *m, bool accepted)
{
	int wants = m->wants;

	level_add(m, accepted);
	m->wants = 0;
	select_change(m, wants);
}

static void select_remove(struct member *m)
{
	select_change(m, 0);
	members[m->s] = NULL;
}

/* A member may have left, or want something else, since the call. */
static void tell_set(fd_set *set, int events, bool failed, happened_fn *happened)
{
	struct member *m;
	u_int i;

	for (i = 0; i < set->fd_count; i++) {
		m = members[set->fd_array[i]];
		if (m && m->wants & events)
			happened(m, m->wants & events, failed ? so_error(m->s) : 0);
	}
}

static bool select_turn(happened_fn *happened)
{
	static fd_set readable, writable, failed;
	struct timeval hung = { .tv_sec = HUNG_MS / 1000 };
	int n;

	readable = reading;
	writable = writing;
	failed = failing;
	n = select(0, &readable, &writable, &failed, &hung);
	must(n >= 0, "select");
	must((u_int)n == readable.fd_count + writable.fd_count + failed.fd_count, "select's count");
	tell_set(&failed, FD_CONNECT, true, happened);
	tell_set(&writable, FD_CONNECT | FD_WRITE, false, happened);
	tell_set(&readable, FD_ACCEPT | FD_READ, false, happened);
	return n;
}

const struct loop_kind loop_select = {
	.name = "select", .begin = level_begin, .add = select_add, .change = select_change,
	.remove = select_remove, .turn = select_turn,
};

/* WSAPoll: one array; the last entry takes the place of one that leaves. */
static WSAPOLLFD polled[LOOP_SOCKETS];
static ULONG n_polled;

static void poll_change(struct member *m, int wants)
{
	m->wants = wants;
	polled[m->place].events = (wants & (FD_READ | FD_ACCEPT) ? POLLRDNORM : 0) |
				  (wants & (FD_WRITE | FD_CONNECT) ? POLLWRNORM : 0);
}

static void poll_add(struct member *m, bool accepted)
{
	must(n_polled < LOOP_SOCKETS, "too many sockets");
	level_add(m, accepted);
	m->place = n_polled++;
	polled[m->place] = (WSAPOLLFD){ .fd = m->s };
	poll_change(m, m->wants);
}

static void poll_remove(struct member *m)
{
	WSAPOLLFD *last = &polled[--n_polled];

	members[m->s] = NULL;
	if (last->fd == m->s)
		return;
	polled[m->place] = *last;
	members[last->fd]->place = m->place;
}

/* What was asked for, or came unasked: an attempt that failed, an end. */
static void tell_polled(struct member *m, int revents, happened_fn *happened)
{
	int wants = m->wants;

	if (wants & FD_CONNECT) {
		happened(m, FD_CONNECT, revents & POLLERR ? so_error(m->s) : 0);
		return;
	}
	if (revents & POLLWRNORM && wants & FD_WRITE)
		happened(m, FD_WRITE, 0);
	/* the event before may have been this member's last */
	wants = members[m->s] == m ? m->wants : 0;
	if (revents & (POLLRDNORM | POLLHUP | POLLERR) && wants & (FD_READ | FD_ACCEPT))
		happened(m, wants & (FD_READ | FD_ACCEPT), 0);
}

/* From the end, so that whoever takes another's place has been looked at. */
static bool poll_turn(happened_fn *happened)
{
	int n = WSAPoll(polled, n_polled, HUNG_MS), seen = 0;
	ULONG i;

	must(n >= 0, "WSAPoll");
	for (i = n_polled; i--;) {
		if (!polled[i].revents)
			continue;
		seen++;
		must(!(polled[i].revents & POLLNVAL), "WSAPoll: POLLNVAL");
		tell_polled(members[polled[i].fd], polled[i].revents, happened);
	}
	must(seen == n, "WSAPoll's count");
	return n;
}

const struct loop_kind loop_poll = {
	.name = "WSAPoll", .begin = level_begin, .add = poll_add, .change = poll_change,
	.remove = poll_remove, .turn = poll_turn,
};

/*
 * Events: no more can be waited for than WSA_MAXIMUM_WAIT_EVENTS, so sockets share them. The first
 * is for those that listen.
 */
#define GROUPS		WSA_MAXIMUM_WAIT_EVENTS
#define IN_A_GROUP	(LOOP_SOCKETS / (GROUPS - 1) + 1)

static struct group {
	struct member *member[IN_A_GROUP];
	int n;
} groups[GROUPS];

static WSAEVENT events[GROUPS];
static int next_group;

static void events_begin(int mask)
{
	int i;

	selected = mask;
	for (i = 0; i < GROUPS; i++) {
		events[i] = WSACreateEvent();
		must(events[i] != WSA_INVALID_EVENT, "WSACreateEvent");
	}
}

/* One that is accepted has its listener's event until it gets its group's. */
static void events_add(struct member *m, bool accepted)
{
	struct group *group;

	if (m->wants & FD_ACCEPT)
		m->place = 0;
	else
		m->place = 1 + next_group++ % (GROUPS - 1);
	group = &groups[m->place];
	must(group->n < IN_A_GROUP, "too many sockets");
	join(m);
	group->member[group->n++] = m;
	must(!WSAEventSelect(m->s, events[m->place], selected), "WSAEventSelect");
}

static void events_change(struct member *m, int wants)
{
	m->wants = wants;
}

static void events_remove(struct member *m)
{
	struct group *group = &groups[m->place];
	int i;

	members[m->s] = NULL;
	for (i = 0; group->member[i] != m; i++)
		;
	group->member[i] = group->member[--group->n];
}

/* In the order in which Windows posts them as messages (row 211). */
static const int order[] = {
	FD_CONNECT_BIT, FD_ACCEPT_BIT, FD_OOB_BIT, FD_WRITE_BIT, FD_READ_BIT, FD_CLOSE_BIT,
};

static void tell_network_events(struct member *m, happened_fn *happened)
{
	SOCKET s = m->s;
	WSANETWORKEVENTS seen;
	size_t i;

	memset(&seen, 0xa5, sizeof(seen));
	must(!WSAEnumNetworkEvents(s, WSA_INVALID_EVENT, &seen), "WSAEnumNetworkEvents");
	must(!(seen.lNetworkEvents & ~selected), "an event that nobody selected");
	for (i = 0; i < sizeof(order) / sizeof(*order) && members[s] == m; i++)
		if (seen.lNetworkEvents & 1 << order[i])
			happened(m, 1 << order[i], seen.iErrorCode[order[i]]);
}

/* Reset first: what happens from then on sets the event again. */
static void tell_group(int number, happened_fn *happened)
{
	struct group *group = &groups[number];
	int i;

	must(WSAResetEvent(events[number]), "WSAResetEvent");
	for (i = group->n; i--;)
		tell_network_events(group->member[i], happened);
}

/* The lowest that is set is told of, so those behind it are looked at as well. */
static bool events_turn(happened_fn *happened)
{
	DWORD i, r = WSAWaitForMultipleEvents(GROUPS, events, FALSE, HUNG_MS, FALSE);

	if (r == WSA_WAIT_TIMEOUT)
		return false;
	must(r < WSA_WAIT_EVENT_0 + GROUPS, "WSAWaitForMultipleEvents");
	tell_group(r - WSA_WAIT_EVENT_0, happened);
	for (i = r - WSA_WAIT_EVENT_0 + 1; i < GROUPS; i++)
		if (WSAWaitForMultipleEvents(1, &events[i], FALSE, 0, FALSE) == WSA_WAIT_EVENT_0)
			tell_group(i, happened);
	return true;
}

const struct loop_kind loop_events = {
	.name = "events", .events = true, .begin = events_begin, .add = events_add,
	.change = events_change, .remove = events_remove, .turn = events_turn,
};

/* Messages: accepted sockets inherit the selection, and need no call. */
static HWND window;

static void messages_begin(int mask)
{
	selected = mask;
	window = wsaconnect_window();
	must(window, "wsaconnect_window");
}

static void messages_add(struct member *m, bool accepted)
{
	join(m);
	if (!accepted)
		must(!WSAAsyncSelect(m->s, window, WM_USER, selected), "WSAAsyncSelect");
}

static void messages_change(struct member *m, int wants)
{
	m->wants = wants;
}

static void messages_remove(struct member *m)
{
	members[m->s] = NULL;
}

static bool messages_turn(happened_fn *happened)
{
	struct member *m;
	MSG message;
	int r = wsaconnect_get_message(window, &message, HUNG_MS);

	must(r >= 0, "wsaconnect_get_message");
	if (!r)
		return false;
	must(message.hwnd == window && message.message == WM_USER, "somebody else's message");
	/* row 227: one that was closed sends none */
	m = message.wParam < LOOP_NUMBERS ? members[message.wParam] : NULL;
	must(m, "a message of a closed socket");
	happened(m, WSAGETSELECTEVENT(message.lParam), WSAGETSELECTERROR(message.lParam));
	return true;
}

const struct loop_kind loop_messages = {
	.name = "messages", .events = true, .begin = messages_begin, .add = messages_add,
	.change = messages_change, .remove = messages_remove, .turn = messages_turn,
};
