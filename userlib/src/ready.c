// SPDX-License-Identifier: MIT
/*
 * From poll(2) to select and WSAPoll.
 *
 * Linux and Windows agree on sockets that are connected, listening or datagram
 * sockets without an error. They differ where poll(2) says POLLHUP, POLLERR,
 * POLLRDHUP or POLLPRI: for Linux a stream that was never connected has hung up,
 * and a failed attempt is readable and writable.
 */
#include "wsalib.h"
#include "ready.h"

_Static_assert(READY_READ == LX_POLLIN && READY_OOB == LX_POLLPRI && READY_WRITE == LX_POLLOUT,
	       "the common conditions are Linux's bits");

#define ALWAYS_BY_POLL \
	(READY_RESET | READY_HUP | READY_FAILED | READY_CLOSED | READY_BAD)
#define ALWAYS_BY_SELECT	(READY_CLOSED | READY_BAD)

#define BY_POLL(events)	((events) | ALWAYS_BY_POLL)
#define BY_SELECT(events) \
	(((events) & LX_POLLIN ? READY_FOR_READ : 0) | \
	 ((events) & LX_POLLOUT ? READY_FOR_WRITE : 0) | \
	 ((events) & LX_POLLPRI ? READY_FOR_EXCEPT : 0) | ALWAYS_BY_SELECT)

/* By LX_POLLIN | LX_POLLPRI | LX_POLLOUT as they were asked for. */
const unsigned char ready_wanted_by_poll[8] = {
	BY_POLL(0), BY_POLL(1), BY_POLL(2), BY_POLL(3),
	BY_POLL(4), BY_POLL(5), BY_POLL(6), BY_POLL(7),
};

const unsigned char ready_wanted_by_select[8] = {
	BY_SELECT(0), BY_SELECT(1), BY_SELECT(2), BY_SELECT(3),
	BY_SELECT(4), BY_SELECT(5), BY_SELECT(6), BY_SELECT(7),
};

/**
 * ready_questions - what poll(2) leaves open
 * @revents: poll(2)'s
 * @flags: the socket's SOCK_F_*
 * @wanted: READY_* that the caller waits for
 *
 * Return: READY_ASK_*.
 */
unsigned int ready_questions(int revents, uint32_t flags, unsigned int wanted)
{
	unsigned int ask = 0;

	if (revents & LX_POLLNVAL)
		return 0;
	if (!(flags & SOCK_F_STREAM)) {
		if (revents & LX_POLLERR && flags & (SOCK_F_NO_CONNRESET | SOCK_F_NO_NETRESET))
			ask |= READY_ASK_ERROR;
		return ask;
	}
	if (revents & (LX_POLLHUP | LX_POLLERR))
		ask |= READY_ASK_STATE;
	if (revents & LX_POLLPRI)
		ask |= READY_ASK_INLINE;
	if (revents & LX_POLLRDHUP && flags & SOCK_F_SHUT_RD)
		ask |= READY_ASK_ENDED;
	/* Who waits for both takes one for the other. */
	else if (revents & LX_POLLRDHUP && wanted & READY_READ && revents & LX_POLLIN)
		ask |= READY_ASK_UNREAD;
	return ask;
}

static unsigned int dgram_conditions(int revents, uint32_t flags, const struct ready_facts *facts)
{
	unsigned int ready = revents & (READY_READ | READY_WRITE);

	/* Receiving would tell of the error (row 173). */
	if (revents & LX_POLLERR && !facts->ignored)
		ready |= READY_READ;
	if (flags & SOCK_F_SHUT_RD)
		ready &= ~READY_READ;
	return ready;
}

/* Linux has forgotten the connection: did it end well? */
static int was_reset(int revents, uint32_t flags)
{
	return revents & LX_POLLERR || flags & SOCK_F_RESET || !(flags & SOCK_F_SHUT_WR);
}

/**
 * ready_conditions - the conditions of a socket
 * @revents: poll(2)'s
 * @flags: the socket's SOCK_F_*
 * @asked: what ready_questions() said
 * @facts: the answers
 *
 * Ending one's own receiving is no condition: Windows tells of the peer's end only.
 *
 * Return: READY_*.
 */
unsigned int ready_conditions(int revents, uint32_t flags, unsigned int asked,
			      const struct ready_facts *facts)
{
	unsigned int ready = revents & (READY_READ | READY_OOB | READY_WRITE);
	int ended = revents & LX_POLLRDHUP;

	if (revents & LX_POLLNVAL)
		return READY_BAD;
	if (!(flags & SOCK_F_STREAM))
		return dgram_conditions(revents, flags, facts);
	if (asked & READY_ASK_STATE) {
		switch (facts->state) {
		case SYS_IDLE:
		case SYS_PENDING:
			return 0;	/* row 186 */
		case SYS_FAILED:
			return READY_FAILED;	/* rows 89-91, 188, 194 */
		case SYS_CLOSED:
			if (!facts->released && was_reset(revents, flags))
				return READY_RESET;	/* rows 191, 192 */
			break;
		}
	}
	if (asked & READY_ASK_INLINE && facts->oobinline)
		ready &= ~READY_OOB;
	if (asked & READY_ASK_ENDED) {
		ended = facts->ended;
		ready &= ~READY_READ;
	} else if (asked & READY_ASK_UNREAD && !facts->unread) {
		ready &= ~READY_READ;
	}
	return ready | (ended ? READY_HUP : 0);
}

/* What only comes when it was asked for. */
const unsigned short ready_revents_common[8] = {
	0, POLLRDNORM, POLLRDBAND, POLLRDNORM | POLLRDBAND,
	POLLWRNORM, POLLWRNORM | POLLRDNORM, POLLWRNORM | POLLRDBAND,
	POLLWRNORM | POLLRDNORM | POLLRDBAND,
};

/**
 * ready_revents_odd - ready_revents() of what is asked for by nobody
 * @conditions: READY_*, wanted by @events
 * @events: what the program asked for, Windows' bits
 *
 * Return: Windows' bits.
 */
int ready_revents_odd(unsigned int conditions, int events)
{
	int revents = ready_revents_common[conditions & 7];

	if (conditions & (READY_CLOSED | READY_BAD))
		return POLLNVAL;
	if (conditions & READY_HUP)
		revents |= POLLHUP;
	if (conditions & (READY_RESET | READY_FAILED))
		revents |= POLLWRNORM | POLLHUP | POLLERR;
	return revents & (events | POLLHUP | POLLERR);
}
