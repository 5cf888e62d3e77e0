/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ISO transport on a TCP socket: who owns what.
 *
 * A socket of WSAPROTO_ISO has a struct wsa_iso beside its struct wsa_sock. What TCP has
 * received stays in TCP's queue until its reader takes exactly the octets of a TPDU; nothing
 * is buffered here, and nothing that TCP has taken for sending was promised without being
 * there: a DT is queued as a whole.
 *
 * The handshake is work, queued by the watch (notify.c), and so runs whoever waits.
 * A listener's work takes connections onto internal sockets, one struct wsa_sock each; a
 * call that has arrived there waits for accept(2), which moves the TCP socket to the user's.
 *
 * Locks, outermost first:
 *
 *   sk lock                    all of struct wsa_iso but what is said below
 *     @lock of a listener      its lists and counts, and of the calls on them @node, @id,
 *                              @answered, @answer_len, @answer, @dead
 *
 * A call on a listener's lists is destroyed by whoever took it off, with no lock held: its
 * work and timer are waited for. The listener outlives its calls.
 */
#ifndef WSA_COTP_SOCK_H
#define WSA_COTP_SOCK_H

#include <linux/workqueue.h>

#include "rules/cotp_rules.h"
#include "wsa_sock.h"

/* Connections whose call has not arrived yet, per listener; the oldest makes room for another. */
#define WSA_ISO_SILENT	64

/**
 * enum wsa_iso_phase - where a transport connection stands
 * @WSA_ISO_IDLE: none, or the attempt failed
 * @WSA_ISO_CALLING: TCP connects, or the call was sent and not answered yet
 * @WSA_ISO_OPEN: connected
 * @WSA_ISO_ENDED: released, or broken
 * @WSA_ISO_LISTENING: a listener
 * @WSA_ISO_SILENT_CALL: internal: the peer's call has not arrived yet
 * @WSA_ISO_CALLED: internal: it has
 */
enum wsa_iso_phase {
	WSA_ISO_IDLE,
	WSA_ISO_CALLING,
	WSA_ISO_OPEN,
	WSA_ISO_ENDED,
	WSA_ISO_LISTENING,
	WSA_ISO_SILENT_CALL,
	WSA_ISO_CALLED,
};

/**
 * struct wsa_iso - transport connection, call or listener
 * @ws: the socket's state
 * @work: does what the watch saw to be done
 * @accepts: a listener's work
 * @timer: ends a call that is not answered, or does not come
 * @phase: enum wsa_iso_phase; read without the lock as a hint
 * @records: SOCK_SEQPACKET
 * @class0: propose class 0
 * @size: exponent of the TPDU size to propose
 * @called: the call was sent
 * @sending: the last DT that was sent did not end its record
 * @mid: a part of the record that comes has been received
 * @eot: the DT that is being received is its record's last
 * @left: octets of that DT that are still to be received
 * @readable: a receive would return something; for network events
 * @failure: why the attempt failed, enum wsa_reason
 * @error: why the connection broke, a positive errno
 * @own: this end's selector
 * @peer: the selector to be called
 * @data_len: octets used in @data
 * @data: the caller's data
 * @cookie: of what is staged for one connect(2); 0 for nothing
 * @staged_room: as @room
 * @staged_len: octets used in @staged
 * @staged: the caller's data
 * @room: octets of data that the confirmation may carry
 * @last_len: octets used in @last
 * @last: data of the release to come
 * @cr: the call: ours, or the peer's
 * @terms: what was agreed on
 * @told_len: octets used in @told
 * @told: the peer's connect data
 * @end_reason: reason of the peer's disconnect request
 * @bye_len: octets used in @bye
 * @bye: data of the peer's disconnect request
 * @released: the peer's disconnect request came
 * @lock: of a listener
 * @silent: connections without a call, oldest first
 * @ready: calls, oldest first
 * @n_silent: length of @silent
 * @n_ready: length of @ready
 * @last_id: id of the last call
 * @listener: of a call: who listens
 * @node: of a call: on one of the listener's lists
 * @id: of a call
 * @dead: of a call: to be destroyed by the listener's work
 * @addr_len: octets used in @addr and in @local
 * @addr: of a call: the caller's address
 * @local: of a call: the address it came to
 * @answered: of a call: accepted by WSA_IOC_ISO_ANSWER
 * @answer_len: octets used in @answer
 * @answer: data for the caller
 */
struct wsa_iso {
	struct wsa_sock *ws;
	struct work_struct work;
	struct work_struct accepts;
	struct delayed_work timer;
	u8 phase;
	bool records;
	bool class0;
	u8 size;
	bool called;
	bool sending;
	bool mid;
	bool eot;
	u16 left;
	bool readable;
	u16 failure;
	int error;

	struct wsa_tsap own;
	struct wsa_tsap peer;
	u8 data_len;
	u8 data[WSA_COTP_CALL_DATA];
	u64 cookie;
	u8 staged_room;
	u8 staged_len;
	u8 staged[WSA_COTP_CALL_DATA];
	u8 room;
	u8 last_len;
	u8 last[WSA_COTP_BYE_DATA];

	struct wsa_tpdu cr;
	struct wsa_cotp_terms terms;
	u8 told_len;
	u8 told[WSA_COTP_CALL_DATA];
	u8 end_reason;
	u8 bye_len;
	u8 bye[WSA_COTP_BYE_DATA];
	bool released;

	spinlock_t lock;		/* of a listener: its lists and what is on them */
	struct list_head silent;
	struct list_head ready;
	u32 n_silent;
	u32 n_ready;
	u32 last_id;

	struct wsa_iso *listener;
	struct list_head node;
	u32 id;
	bool dead;
	u8 addr_len;
	u8 addr[32];
	u8 local[32];
	bool answered;
	u8 answer_len;
	u8 answer[WSA_COTP_CALL_DATA];
};

static inline struct sock *wsa_iso_sk(const struct wsa_iso *iso)
{
	return iso->ws->sock->sk;
}

/* cotp_sock.c */
void wsa_iso_kick(struct wsa_iso *iso);
void wsa_iso_arm(struct wsa_iso *iso);
void wsa_iso_stop(struct wsa_iso *iso);
void wsa_iso_mark(struct sock *sk, bool on);
int wsa_iso_set(struct socket *sock, struct wsa_iso_set *set);
int wsa_iso_get(struct socket *sock, struct wsa_iso_get *get);

/* cotp_wire.c */
size_t wsa_iso_copy(struct sock *sk, u32 offset, void *to, size_t len);
int wsa_iso_peek(struct sock *sk, u32 offset, struct wsa_tpdu *tpdu, u32 *len);
int wsa_iso_take(struct sock *sk, u32 len);
int wsa_iso_put(struct sock *sk, const struct wsa_tpdu *tpdu, struct msghdr *payload);

/* cotp_call.c */
int wsa_iso_stage(struct socket *sock, struct wsa_iso_set *set);
void wsa_iso_call_step(struct wsa_iso *iso);
void wsa_iso_call_failed(struct wsa_iso *iso, int error, enum wsa_reason reason);

/* cotp_listen.c */
void wsa_iso_listen_step(struct wsa_iso *iso);
void wsa_iso_arrival_step(struct wsa_iso *iso);
void wsa_iso_call_dead(struct wsa_iso *iso);
void wsa_iso_listener_end(struct wsa_iso *iso);
int wsa_iso_accept(struct socket *sock, struct socket *newsock, WSA_ACCEPT_ARGS);
int wsa_iso_look(struct socket *sock, struct wsa_iso_look *look);
int wsa_iso_answer(struct socket *sock, const struct wsa_iso_answer *answer);

/* cotp_data.c */
int wsa_iso_sendmsg(struct socket *sock, struct msghdr *msg, size_t size);
int wsa_iso_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags);
__poll_t wsa_iso_poll(struct file *file, struct socket *sock, poll_table *wait);
void wsa_iso_end(struct wsa_iso *iso, int error);
void wsa_iso_look_ahead(struct wsa_iso *iso);
int wsa_iso_unread(struct socket *sock);
int wsa_iso_bye(struct socket *sock, const u8 *data, u8 len);
int wsa_iso_bye_later(struct socket *sock, const u8 *data, u8 len);

#endif /* WSA_COTP_SOCK_H */
