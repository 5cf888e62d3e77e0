/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a socket holds of quality of service.
 *
 * Locks: @setting is outermost, then RTNL or the sk lock (never both), then the wait
 * queue's. Grants are under the wait queue's lock, since an attempt's failure is seen in a
 * wake-up; their marks on the socket likewise, and under the sk lock but for that. The rest
 * is under the sk lock.
 */
#ifndef WSA_QOS_SOCK_PRIVATE_H
#define WSA_QOS_SOCK_PRIVATE_H

#include "qos.h"
#include "wsa_sock.h"

/**
 * struct wsa_direction - what a socket sends, or what it receives
 * @asked: as it was asked for last
 * @active: it has this; NULL for nothing
 * @staged: waits for a connect(2); NULL for nothing
 * @told: the loss of what is active was told by WSA_IOC_QOS_GET
 */
struct wsa_direction {
	struct wsa_flowspec asked;
	struct wsa_grant *active;
	struct wsa_grant *staged;
	bool told;
};

/**
 * struct wsa_qos - a socket's quality of service, from the first request on
 * @setting: one WSA_IOC_QOS_SET at a time
 * @sending: what it sends
 * @receiving: what it receives
 * @objects: what was said with @sending
 * @kept: something was asked for
 * @cookie: of the connect(2) that what is staged waits for; 0 when nothing waits
 * @classid: SO_PRIORITY while something that is sent has a class, else 0; no lock
 * @priority: SO_PRIORITY but for that
 * @tos: IP_TOS but for what is active
 * @tclass: IPV6_TCLASS but for that
 */
struct wsa_qos {
	struct mutex setting;		/* see above */
	struct wsa_direction sending;
	struct wsa_direction receiving;
	struct wsa_qos_objects objects;
	bool kept;
	u64 cookie;
	u32 classid;
	u32 priority;
	u8 tos;
	u8 tclass;
};

static inline u32 wsa_grant_class(const struct wsa_grant *grant)
{
	return grant ? grant->class[0].id : 0;
}

/* qos.c */
int wsa_qos_of(struct socket *sock, struct wsa_qos **found);
void wsa_qos_send_in(struct wsa_sock *ws, struct wsa_grant *grant);
void wsa_qos_receive_in(struct wsa_sock *ws, struct wsa_grant *grant);
void wsa_qos_mark(struct wsa_sock *ws);

#endif /* WSA_QOS_SOCK_PRIVATE_H */
