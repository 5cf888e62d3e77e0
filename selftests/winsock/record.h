/* SPDX-License-Identifier: GPL-2.0 */
/* What the cases of network events share: take what is recorded, and judge it. */
#ifndef SELFTESTS_RECORD_H
#define SELFTESTS_RECORD_H

#include "case.h"

#include <stdio.h>

enum {
	HUNG_MS = 60000,
	UNTOUCHED = (int)0xabababab,
	NO_CODE = -1,
	ALL_OF_A_STREAM = FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE,
};

static inline bool is_set(WSAEVENT event)
{
	return WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_EVENT_0;
}

static inline bool soon_set(WSAEVENT event)
{
	return WSAWaitForMultipleEvents(1, &event, FALSE, HUNG_MS, FALSE) == WSA_WAIT_EVENT_0;
}

/* Joins to @sum what is recorded. False when the call fails, or touches other codes. */
static inline bool take_more(SOCKET s, WSAEVENT event, WSANETWORKEVENTS *sum)
{
	WSANETWORKEVENTS now;
	int i;

	memset(&now, 0xab, sizeof(now));
	WSASetLastError(POISON_CODE);
	if (WSAEnumNetworkEvents(s, event, &now) || WSAGetLastError()) {
		printf("# enumeration fails: %d\n", WSAGetLastError());
		return false;
	}
	for (i = 0; i < FD_MAX_EVENTS; i++) {
		if (now.lNetworkEvents & 1 << i) {
			sum->iErrorCode[i] = now.iErrorCode[i];
		} else if (now.iErrorCode[i] != UNTOUCHED) {
			printf("# code %d is %#x\n", i, now.iErrorCode[i]);
			return false;
		}
	}
	if (sum->lNetworkEvents & now.lNetworkEvents)
		printf("# twice: %#x\n", sum->lNetworkEvents & now.lNetworkEvents);
	sum->lNetworkEvents |= now.lNetworkEvents;
	return true;
}

/* Exactly @events; all codes 0 but that of @bit, which is @code. */
static inline bool is_record(const WSANETWORKEVENTS *record, LONG events, int bit, int code)
{
	int i, bad = 0;

	if (record->lNetworkEvents != events) {
		printf("# events %#x, not %#x\n", record->lNetworkEvents, events);
		bad++;
	}
	for (i = 0; i < FD_MAX_EVENTS; i++)
		if (record->lNetworkEvents & 1 << i &&
		    record->iErrorCode[i] != (i == bit ? code : 0)) {
			printf("# code of event %d: %d\n", i, record->iErrorCode[i]);
			bad++;
		}
	return !bad;
}

/* Now. */
static inline bool takes_code(SOCKET s, WSAEVENT event, LONG events, int bit, int code)
{
	WSANETWORKEVENTS sum = {};

	return take_more(s, event, &sum) && is_record(&sum, events, bit, code);
}

static inline bool takes(SOCKET s, WSAEVENT event, LONG events)
{
	return takes_code(s, event, events, NO_CODE, 0);
}

/* Each in its time, and then nothing else. */
static inline bool soon_takes_code(SOCKET s, WSAEVENT event, LONG events, int bit, int code)
{
	WSANETWORKEVENTS sum = {};

	while ((sum.lNetworkEvents & events) != events)
		if (!soon_set(event) || !take_more(s, event, &sum)) {
			printf("# so far %#x of %#x\n", sum.lNetworkEvents, events);
			return false;
		}
	host_pause(20);
	return take_more(s, event, &sum) && is_record(&sum, events, bit, code) && !is_set(event);
}

static inline bool soon_takes(SOCKET s, WSAEVENT event, LONG events)
{
	return soon_takes_code(s, event, events, NO_CODE, 0);
}

/* Neither signalled nor recorded. */
static inline bool quiet(SOCKET s, WSAEVENT event)
{
	host_pause(20);
	return !is_set(event) && takes(s, event, 0);
}

/* Asks for everything, in each of Winsock's ways to ask. */
static inline void look_all_ways(SOCKET s)
{
	WSAPOLLFD item = { .fd = s, .events = POLLRDNORM | POLLRDBAND | POLLWRNORM };
	struct timeval now = {};
	fd_set sets[3];
	int i;

	for (i = 0; i < 3; i++) {
		FD_ZERO(&sets[i]);
		FD_SET(s, &sets[i]);
	}
	select(0, &sets[0], &sets[1], &sets[2], &now);
	WSAPoll(&item, 1, 0);
}

/* Sends until it would block. */
static inline bool fill(SOCKET s)
{
	static const char octets[4096];

	while (send(s, octets, sizeof(octets), 0) > 0)
		;
	return WSAGetLastError() == WSAEWOULDBLOCK;
}

/* Receives what there is. */
static inline void drain(SOCKET s)
{
	char octets[4096];

	while (recv(s, octets, sizeof(octets), 0) > 0)
		;
}

/* Small buffers, to be filled soon. */
static inline bool small(SOCKET s)
{
	return !set_option(s, SOL_SOCKET, SO_SNDBUF, 4096) &&
	       !set_option(s, SOL_SOCKET, SO_RCVBUF, 4096);
}

#endif /* SELFTESTS_RECORD_H */
