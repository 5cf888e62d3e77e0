// SPDX-License-Identifier: GPL-2.0
/*
 * Network events: conditions in, a record out (rows 208-225).
 *
 * Conditions are levels, so nothing is lost when two change at once or when
 * somebody looks late; the record makes each an event that is told once.
 */
#include "netevent.h"

/*
 * Of a datagram socket a window is told other things than an event object is: that it
 * can be written before it is bound, and nothing of a destination (rows 176, 177).
 */
static u32 dgram_levels(const struct wsa_event_facts *facts, bool messages)
{
	u32 events = 0;

	if (facts->readable)
		events |= WSA_EVENT_READ;
	if (facts->writable && (facts->bound || messages))
		events |= WSA_EVENT_WRITE;
	if (facts->attempt_over && !messages)
		events |= WSA_EVENT_CONNECT;
	return events;
}

/* The conditions that are events now. */
static u32 stream_levels(const struct wsa_event_facts *facts)
{
	bool alive = facts->established && !facts->aborted;
	u32 events = 0;

	if (facts->listening)
		return facts->acceptable ? WSA_EVENT_ACCEPT : 0;

	if (facts->attempt_over)
		events |= WSA_EVENT_CONNECT;
	if (alive && facts->readable)
		events |= WSA_EVENT_READ;
	if (alive && facts->writable)
		events |= WSA_EVENT_WRITE;
	if (alive && facts->urgent)
		events |= WSA_EVENT_OOB;
	if (facts->established && facts->ended)
		events |= WSA_EVENT_CLOSE;
	return events;
}

/**
 * wsa_event_post - record what is new
 * @record: the socket's
 * @facts: its conditions
 *
 * An end without the peer's having finished is WSAECONNABORTED whatever caused it,
 * as Windows reports it; receive tells of a reset (row 224).
 *
 * Return: true when an event of the mask was recorded, to be signalled.
 */
bool wsa_event_post(struct wsa_netevent *record, const struct wsa_event_facts *facts)
{
	u32 fresh = facts->stream ? stream_levels(facts) : dgram_levels(facts, record->messages);

	if (facts->flow_lost)
		fresh |= WSA_EVENT_QOS;
	fresh &= ~record->reported;

	if (fresh & WSA_EVENT_CONNECT)
		record->error[4] = facts->attempt_error;
	if (fresh & WSA_EVENT_CLOSE)
		record->error[5] = facts->aborted ? WSAECONNABORTED : 0;
	record->pending |= fresh;
	record->reported |= fresh;
	return fresh & record->mask;
}

/**
 * wsa_event_enable - the call that enables events was made
 * @record: the socket's
 * @events: WSA_EVENT_* bits
 *
 * Conditions that last are to be posted afterwards.
 */
void wsa_event_enable(struct wsa_netevent *record, u32 events)
{
	record->pending &= ~events;
	record->reported &= ~events;
}

/**
 * wsa_event_choose - replace the selection
 * @record: the socket's
 * @mask: WSA_EVENT_* bits, 0 for none
 * @messages: conditions that last are told again, the outcome of an attempt is not
 *	(rows 212-214)
 * @facts: the socket's conditions
 *
 * Return: true when an event of the mask waits, to be signalled.
 */
bool wsa_event_choose(struct wsa_netevent *record, u32 mask, bool messages,
		      const struct wsa_event_facts *facts)
{
	record->mask = mask;
	record->messages = messages;
	if (messages) {
		record->pending = 0;
		record->reported = facts->attempt_over ? WSA_EVENT_CONNECT : 0;
	}
	wsa_event_post(record, facts);
	return record->pending & mask;
}

/**
 * wsa_event_inherit - the record of an accepted socket (row 225)
 * @child: its record, zero
 * @listener: the listener's
 */
void wsa_event_inherit(struct wsa_netevent *child, const struct wsa_netevent *listener)
{
	child->mask = listener->mask;
	child->messages = listener->messages;
}

/**
 * wsa_event_take - take the selected events that wait
 * @record: the socket's
 * @error: out: WSA_EVENT_MAX codes; those of events not taken are left alone
 *
 * Return: WSA_EVENT_* bits. They stay reported.
 */
u32 wsa_event_take(struct wsa_netevent *record, u32 *error)
{
	u32 events = record->pending & record->mask;
	int i;

	for (i = 0; i < WSA_EVENT_MAX; i++)
		if (events & (1U << i))
			error[i] = record->error[i];
	record->pending &= ~events;
	return events;
}
