/* SPDX-License-Identifier: MIT */
/* ready.c: what poll(2) says of a socket, in Winsock's terms. Asks nobody, changes nothing. */
#ifndef WSACONNECT_READY_H
#define WSACONNECT_READY_H
#include <stdint.h>

#include "sys.h"

/* Conditions of a socket. Three are poll(2)'s own bits: most sockets need no translation. */
#define READY_READ	0x01	/* LX_POLLIN: something can be received, or accepted */
#define READY_OOB	0x02	/* LX_POLLPRI: an urgent octet, outside the stream */
#define READY_WRITE	0x04	/* LX_POLLOUT */
#define READY_RESET	0x08	/* the connection was lost */
#define READY_HUP	0x10	/* the peer has finished */
#define READY_FAILED	0x20	/* the last attempt failed */
#define READY_CLOSED	0x40	/* by closesocket in another thread */
#define READY_BAD	0x80	/* no socket */

/* Of which of them each of select's sets tells. */
#define READY_FOR_READ		(READY_READ | READY_HUP | READY_RESET | READY_CLOSED)
#define READY_FOR_WRITE		(READY_WRITE | READY_RESET)
#define READY_FOR_EXCEPT	(READY_OOB | READY_FAILED)

/* What has to be asked before ready_conditions() can tell. */
#define READY_ASK_STATE		0x1
#define READY_ASK_UNREAD	0x2	/* is anything left to receive? */
#define READY_ASK_ENDED		0x4	/* has the peer finished? */
#define READY_ASK_INLINE	0x8	/* SO_OOBINLINE */
#define READY_ASK_ERROR		0x10	/* a datagram socket's SO_ERROR */

/**
 * struct ready_facts - the answers; those that were not asked for are 0
 * @state: enum sys_state_kind
 * @unread: something is left to receive
 * @ended: the peer has finished
 * @oobinline: urgent data comes in the stream
 * @released: the peer of a transport connection has released it
 * @ignored: the program does not want to hear of the error that there is
 */
struct ready_facts {
	int state;
	int unread;
	int ended;
	int oobinline;
	int released;
	int ignored;
};

extern const unsigned char ready_wanted_by_poll[8];
extern const unsigned char ready_wanted_by_select[8];

unsigned int ready_questions(int revents, uint32_t flags, unsigned int wanted);
unsigned int ready_conditions(int revents, uint32_t flags, unsigned int asked,
			      const struct ready_facts *facts);
int ready_revents_odd(unsigned int conditions, int events);

extern const unsigned short ready_revents_common[8];

/** ready_revents - conditions as WSAPoll reports them, to one who asked for @events */
static inline int ready_revents(unsigned int conditions, int events)
{
	return conditions < 8 ? ready_revents_common[conditions] :
				ready_revents_odd(conditions, events);
}

#endif /* WSACONNECT_READY_H */
