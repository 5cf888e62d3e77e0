/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_CONNECT_RULES_H
#define WSA_RULES_CONNECT_RULES_H

#include "sockaddr.h"

/**
 * enum wsa_phase - where a socket stands, as connect sees it
 * @WSA_PHASE_IDLE: no attempt, or the last one's failure was returned by the call
 * @WSA_PHASE_PENDING: an attempt is on its way and somebody was told to wait for it
 * @WSA_PHASE_DETACHED: an attempt is on its way, but a signal or SO_SNDTIMEO took its
 *	caller away before the outcome was known
 * @WSA_PHASE_UNREPORTED: as DETACHED, and the outcome is known now
 * @WSA_PHASE_FAILED: a non-blocking attempt failed; select and events tell of it
 * @WSA_PHASE_CONNECTED: connected, now or once
 * @WSA_PHASE_LISTENING: listening
 */
enum wsa_phase {
	WSA_PHASE_IDLE,
	WSA_PHASE_PENDING,
	WSA_PHASE_DETACHED,
	WSA_PHASE_UNREPORTED,
	WSA_PHASE_FAILED,
	WSA_PHASE_CONNECTED,
	WSA_PHASE_LISTENING,
};

/**
 * struct wsa_stream_facts - a stream socket's raw facts
 * @listening: TCP_LISTEN
 * @syn: the handshake goes on
 * @closed: TCP_CLOSE
 * @connecting: an attempt's outcome has not been returned by connect(2)
 * @connected: connect(2) or accept(2) returned success
 * @established: the handshake was seen to end well
 * @detached: the attempt's caller left without an outcome
 * @waited: a blocking connect(2) waits for the attempt now
 */
struct wsa_stream_facts {
	bool listening;
	bool syn;
	bool closed;
	bool connecting;
	bool connected;
	bool established;
	bool detached;
	bool waited;
};

/**
 * enum wsa_action - what connect is to do
 * @WSA_ACTION_REFUSE: nothing; return the error
 * @WSA_ACTION_START: start an attempt
 * @WSA_ACTION_RESTART: clear the failed attempt away, keep its port, start another
 * @WSA_ACTION_WAIT: wait for the attempt's outcome and return it
 * @WSA_ACTION_TARGET: set the datagram default destination
 * @WSA_ACTION_RESET: forget the datagram default destination
 */
enum wsa_action {
	WSA_ACTION_REFUSE,
	WSA_ACTION_START,
	WSA_ACTION_RESTART,
	WSA_ACTION_WAIT,
	WSA_ACTION_TARGET,
	WSA_ACTION_RESET,
};

/**
 * struct wsa_connect_call - one call of connect
 * @phase: where the stream stands; unused for datagrams
 * @nonblock: the call must not wait
 * @v6only: IPV6_V6ONLY
 * @dest: the destination
 */
struct wsa_connect_call {
	enum wsa_phase phase;
	bool nonblock;
	bool v6only;
	struct wsa_dest dest;
};

/**
 * struct wsa_decision - what to do about it
 * @action: what
 * @error: the errno of a refusal, positive, Linux's own for such a fault
 * @reason: why it is refused
 */
struct wsa_decision {
	enum wsa_action action;
	int error;
	enum wsa_reason reason;
};

/**
 * wsa_refuse - the decision to do nothing
 * @error: errno to return, positive
 * @reason: why
 *
 * Return: the decision.
 */
static inline struct wsa_decision wsa_refuse(int error, enum wsa_reason reason)
{
	return (struct wsa_decision){
		.action = WSA_ACTION_REFUSE, .error = error, .reason = reason,
	};
}

enum wsa_phase wsa_stream_phase(const struct wsa_stream_facts *facts);
struct wsa_decision wsa_stream_decide(const struct wsa_connect_call *call);
struct wsa_decision wsa_dgram_decide(const struct wsa_connect_call *call);

#endif /* WSA_RULES_CONNECT_RULES_H */
