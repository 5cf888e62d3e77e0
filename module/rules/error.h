/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WSA_RULES_ERROR_H
#define WSA_RULES_ERROR_H

#include "sockaddr.h"

/**
 * struct wsa_fault - what is known when connect(2) failed with an errno
 * @error: the errno, positive; 0 is no fault
 * @stream: connection-oriented socket
 * @attempt: the network or the peer answered an attempt; the call was not refused at once
 * @port_chosen: the local port was there before the call: bound, or an earlier attempt's
 * @source_chosen: the local address is the caller's
 * @so_broadcast: SO_BROADCAST is set
 * @v6only: IPV6_V6ONLY is set
 * @route_broadcast: the route says the destination is a broadcast address
 * @cancelled: WSA_IOC_CANCEL ended the attempt
 * @told: what a transport protocol above TCP said, WSA_REASON_NONE when it said nothing
 * @dest: the destination
 */
struct wsa_fault {
	int error;
	bool stream;
	bool attempt;
	bool port_chosen;
	bool source_chosen;
	bool so_broadcast;
	bool v6only;
	bool route_broadcast;
	bool cancelled;
	enum wsa_reason told;
	struct wsa_dest dest;
};

u32 wsa_errno_code(int error);
u32 wsa_reason_code(enum wsa_reason reason);
enum wsa_reason wsa_fault_reason(const struct wsa_fault *fault);
u32 wsa_fault_code(enum wsa_reason reason, int error);

#endif /* WSA_RULES_ERROR_H */
