/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_NETEVENT_H
#define WSA_RULES_NETEVENT_H

#include "types.h"

/**
 * struct wsa_netevent - what a socket recorded of its network events
 * @mask: the events selected
 * @messages: selected by WSA_SELECT_F_MESSAGES
 * @pending: recorded and not yet taken; those outside @mask stay
 * @reported: not to be recorded again until the call that enables them
 * @error: Winsock code of each event, 0 for success
 *
 * A condition that lasts is recorded once: it has to be enabled by its own call
 * before it is recorded again.
 */
struct wsa_netevent {
	u32 mask;
	u32 pending;
	u32 reported;
	bool messages;
	u16 error[WSA_EVENT_MAX];
};

/**
 * struct wsa_event_facts - a socket's conditions now
 * @stream: TCP
 * @listening: listens
 * @acceptable: a connection can be accepted
 * @attempt_over: the attempt that connect(2) started last has ended; a datagram socket
 *	has a destination
 * @flow_lost: the promise made to its flow is lost, and nobody was told yet
 * @attempt_error: its Winsock code, 0 for success
 * @established: is or was connected
 * @ended: the peer has finished, or the connection is gone
 * @aborted: it is gone without the peer having finished
 * @urgent: an urgent octet can be received
 * @readable: something can be received
 * @writable: a send would not block
 * @bound: has a local port; asked of datagram sockets
 */
struct wsa_event_facts {
	bool stream;
	bool listening;
	bool acceptable;
	bool attempt_over;
	bool flow_lost;
	u16 attempt_error;
	bool established;
	bool ended;
	bool aborted;
	bool urgent;
	bool readable;
	bool writable;
	bool bound;
};

bool wsa_event_post(struct wsa_netevent *record, const struct wsa_event_facts *facts);
void wsa_event_enable(struct wsa_netevent *record, u32 events);
bool wsa_event_choose(struct wsa_netevent *record, u32 mask, bool messages,
		      const struct wsa_event_facts *facts);
void wsa_event_inherit(struct wsa_netevent *child, const struct wsa_netevent *listener);
u32 wsa_event_take(struct wsa_netevent *record, u32 *error);

#endif /* WSA_RULES_NETEVENT_H */
