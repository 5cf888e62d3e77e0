/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A socket's Winsock state, and who owns what.
 *
 * The user's socket is the inet socket. Beside it stands struct wsa_sock, found
 * through the inode's i_private: nothing else in sockfs uses that word, every
 * proto_op reaches it. It lives from the door that made it until release().
 *
 * An accepted stream can never start an attempt, so it needs no state of its own:
 * all of a kind share one, which is read-only (@shared). Whatever writes to a state
 * is past a check that the socket is not connected.
 *
 * Locks, outermost first:
 *
 *   sk lock (lock_sock)        all of struct wsa_sock but what is said below
 *     sock->wq.wait.lock       @watch and what it records: @queued, @attempting,
 *                              @outcome, @over, @events; taken in softirq by
 *                              whoever wakes the socket
 *       the eventfd's own lock
 *
 * @gp is a word of its own that any datagram connect may overwrite: a later one
 * only makes the filter last longer. Readers that need no more than a hint read
 * @outcome and @implied_dev with READ_ONCE. The ops pointer of the socket is
 * replaced with WRITE_ONCE, also from softirq; the guarding and the lean table are
 * right at any time, and once there are events theirs stays (wsa_set_ops()).
 */
#ifndef WSA_SOCK_H
#define WSA_SOCK_H

#include <linux/net.h>
#include <linux/wait.h>
#include <net/sock.h>

#include <linux/wsa.h>
#include <linux/wsa_errors.h>

#include "compat.h"
#include "rules/connect_rules.h"
#include "rules/error.h"
#include "rules/netevent.h"

struct wsa_grant;
struct wsa_grant;
struct wsa_qos;
struct wsa_qos_objects;

/**
 * struct wsa_grants - a socket's
 * @sending: of what it sends; NULL for none
 * @receiving: of what it receives; likewise
 */
struct wsa_grants {
	struct wsa_grant *sending;
	struct wsa_grant *receiving;
};

/**
 * enum wsa_ops - a socket's operation tables
 * @WSA_OPS_GUARD: also watches sends (streams before they are connected:
 *	MSG_FASTOPEN connects) or both (datagrams while something sent by an
 *	earlier peer may be queued, or while SO_BROADCAST is lent); sends of both
 *	with a quality of service
 * @WSA_OPS_LEAN: sends and receives are the base protocol's own
 * @WSA_OPS_EVENTS: watches the calls that enable network events; once and for all
 * @WSA_OPS_MAX: how many there are
 */
enum wsa_ops {
	WSA_OPS_GUARD,
	WSA_OPS_LEAN,
	WSA_OPS_EVENTS,
	WSA_OPS_MAX,
};

struct wsa_iso;

/**
 * struct wsa_kind - one of the socket kinds there are: {TCP, UDP, raw, ISO} x {4, 6}
 * @af: AF_INET or AF_INET6
 * @type: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW
 * @iso: WSAPROTO_ISO, which is TCP to everybody else
 * @prot: the protocol's struct proto; what tells the kind from, say, MPTCP
 * @base: the family's own operations
 * @ops: ours, which call @base
 *
 * Written at load, read-only afterwards.
 */
struct wsa_kind {
	int af;
	int type;
	bool iso;
	const struct proto *prot;
	const struct proto_ops *base;
	struct proto_ops ops[WSA_OPS_MAX];
};

/**
 * struct wsa_events - network events of a socket that had some selected once
 * @eventfd: the eventfd's file; NULL when nothing is selected
 * @signal: the same, to be signalled
 * @record: what was recorded
 */
struct wsa_events {
	struct file *eventfd;
	struct eventfd_ctx *signal;
	struct wsa_netevent record;
};

/**
 * struct wsa_sock - Winsock state of a socket
 * @kind: the socket's kind
 * @base: the family's own operations; here, and not behind the ops pointer,
 *	because kernel TLS copies operation tables
 * @sock: the socket; NULL in a shared state
 * @watch: wait-queue entry of a non-blocking attempt and of network events
 * @events: network events; NULL until the first selection, then until release
 * @qos: quality of service; NULL until it is first asked for, then until release
 * @iso: transport connection; NULL but with WSAPROTO_ISO
 * @queued: @watch is on the queue
 * @attempting: @watch waits for the outcome of an attempt
 * @outcome: positive errno of the attempt, as first seen by @watch
 * @established: the handshake was seen to end well
 * @over: the attempt that was started last has ended
 * @over_wsa: its Winsock code, 0 for success
 * @detached: the attempt's caller left without an outcome
 * @cancelled: WSA_IOC_CANCEL ended the attempt
 * @waiters: blocking connect(2) calls that wait now
 * @port_chosen: the local port was the caller's or an earlier attempt's
 * @failed: the last attempt failed
 * @shared: this is the read-only state of all accepted sockets of a kind
 * @lends: connected to a broadcast address without SO_BROADCAST, as on Windows
 * @lenders: sends that have SO_BROADCAST lent to the socket now
 * @implied_dev: a link-local destination bound the socket to its interface
 * @compat: enum wsa_compat
 * @attempt: attempts started; wraps
 * @so_error: Winsock code of the last failed non-blocking attempt
 * @call_error: errno of the last connect(2) that reached us and failed, positive
 * @call_wsa: its Winsock code
 * @call_reason: its reason
 * @gp: RCU state after which no datagram of an earlier peer can still arrive
 */
struct wsa_sock {
	const struct wsa_kind *kind;
	const struct proto_ops *base;
	struct socket *sock;

	wait_queue_entry_t watch;
	struct wsa_events *events;
	struct wsa_qos *qos;
	struct wsa_iso *iso;
	int outcome;
	u16 over_wsa;
	bool over;
	bool queued;
	bool attempting;
	bool established;

	bool detached;
	bool cancelled;
	bool port_chosen;
	bool failed;
	bool shared;
	bool lends;
	bool implied_dev;
	u8 compat;
	u16 waiters;
	u16 lenders;
	u32 attempt;
	u32 so_error;

	int call_error;
	u16 call_wsa;
	u16 call_reason;

	unsigned long gp;
};

static inline struct wsa_sock *wsa_sk(struct socket *sock)
{
	/* pairs with the release of the ops that brought us here: they come after the state */
	smp_rmb();
	return READ_ONCE(SOCK_INODE(sock)->i_private);
}

/**
 * wsa_set_ops - choose between the guarding and the lean operations
 * @ws: the state
 * @which: one of the two
 *
 * A socket with a quality of service stays guarded.
 *
 * Context: any; a selection of events at the same time wins.
 */
static inline void wsa_set_ops(struct wsa_sock *ws, enum wsa_ops which)
{
	if (unlikely(READ_ONCE(ws->qos)))
		which = WSA_OPS_GUARD;
	WRITE_ONCE(ws->sock->ops, &ws->kind->ops[which]);
	/* pairs with wsa_events_install(): one of us sees what the other wrote */
	smp_mb();
	if (unlikely(READ_ONCE(ws->events)))
		WRITE_ONCE(ws->sock->ops, &ws->kind->ops[WSA_OPS_EVENTS]);
}

/* main.c */
struct wsa_sock *wsa_sock_alloc(const struct wsa_kind *kind);
struct wsa_sock *wsa_sock_alloc_accepted(const struct wsa_sock *listener);
struct wsa_sock *wsa_sock_own(struct socket *sock, struct wsa_sock **spare);
void wsa_sock_free(struct wsa_sock *ws);
void wsa_sock_start(struct wsa_sock *ws, struct socket *sock);
void wsa_sock_accepted(struct socket *sock, const struct wsa_sock *listener,
		       struct wsa_sock *own);

/* kind.c */
int wsa_kinds_init(void);
const struct wsa_kind *wsa_kind_of(const struct socket *sock);
const struct wsa_kind *wsa_kind_iso(const struct wsa_kind *tcp);
struct wsa_sock *wsa_kind_accepted(const struct wsa_kind *kind, u32 compat);
bool wsa_kind_wanted(int af, int type, int ipproto);

/* af_wsa.c */
void wsa_fill_ops(struct wsa_kind *kind);
int wsa_family_register(void);
void wsa_family_unregister(void);
unsigned int wsa_family_number(void);

/* adopt.c */
int wsa_adopt_register(void);
void wsa_adopt_unregister(void);

/* connect.c */
int wsa_stream_connect(struct socket *sock, struct sockaddr *addr, int len, int flags);
enum wsa_phase wsa_sock_phase(struct socket *sock);
void wsa_call_init(struct socket *sock, const void *name, int len,
		   struct wsa_connect_call *call);
void wsa_stream_tidy(struct wsa_sock *ws);
int wsa_stream_cancel(struct socket *sock);

/* outcome.c */
void wsa_fault_init(const struct wsa_sock *ws, int error, struct wsa_fault *fault);
int wsa_record(struct wsa_sock *ws, int error, enum wsa_reason reason);
int wsa_refused_at_once(struct wsa_sock *ws, int err, const struct sockaddr *addr,
			const struct wsa_dest *dest);
u32 wsa_so_error(struct socket *sock);
u32 wsa_attempt_code(const struct wsa_sock *ws);

/* dest.c */
bool wsa_dest_is_broadcast(struct sock *sk, const struct sockaddr *addr,
			   const struct wsa_dest *dest);
struct sockaddr *wsa_scope_fill(struct sock *sk, struct sockaddr *addr,
				const struct wsa_dest *dest, struct sockaddr_in6 *scoped);

/* dgram.c */
int wsa_dgram_connect(struct socket *sock, struct sockaddr *addr, int len, int flags);
int wsa_dgram_sendmsg(struct socket *sock, struct msghdr *msg, size_t size);
int wsa_dgram_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags);

/* dgram_error.c */
void wsa_dgram_errors_learn(const struct sock *sk);
void wsa_dgram_errors_start(struct sock *sk);
void wsa_dgram_errors_asked(struct sock *sk, int level);
void wsa_dgram_errors_end(struct sock *sk);
int wsa_udp_sendmsg(struct socket *sock, struct msghdr *msg, size_t size);

/* notify.c */
void wsa_watch_start(struct wsa_sock *ws);
void wsa_watch_stop(struct wsa_sock *ws);
void wsa_watch_end(struct wsa_sock *ws);
void wsa_watch_queue(struct wsa_sock *ws);
void wsa_watch_always(struct wsa_sock *ws);

/* event.c */
int wsa_events_init(void);
void wsa_events_exit(void);
struct wsa_events *wsa_events_alloc(void);
void wsa_events_free(struct wsa_events *events);
void wsa_events_look(struct wsa_sock *ws);
void wsa_events_enable(struct wsa_sock *ws, u32 enabled);
void wsa_events_attempt(struct wsa_sock *ws);
void wsa_events_over(struct wsa_sock *ws, u16 code);
void wsa_events_inherit(struct wsa_sock *child, const struct wsa_sock *listener);
int wsa_events_select(struct socket *sock, int eventfd, u32 mask, bool messages);
int wsa_events_take(struct socket *sock, int reset, u32 *events, u32 *error);
void wsa_events_give_back(struct socket *sock, u32 events);
void wsa_fill_event_ops(struct wsa_kind *kind);

/* qos_set.c */
int wsa_qos_set(struct socket *sock, struct wsa_qos_set *arg, const struct sockaddr_storage *to,
		const struct wsa_qos_objects *objects);
void wsa_qos_unstage(struct socket *sock);

/* qos.c */
void wsa_qos_get(struct socket *sock, struct wsa_qos_get *arg);
struct wsa_grants wsa_qos_take(struct wsa_sock *ws, const struct sockaddr *addr, int len);
void wsa_qos_start(struct wsa_sock *ws, struct wsa_grants grants);
void wsa_grants_let_go(struct wsa_grants grants);
void wsa_qos_failed(struct wsa_sock *ws);
void wsa_qos_remark(struct wsa_sock *ws);
void wsa_qos_sending(struct wsa_sock *ws);
struct wsa_grant *wsa_qos_close(struct wsa_sock *ws);
bool wsa_qos_lost(const struct wsa_sock *ws);
void wsa_qos_free(struct wsa_qos *qos);

/* pool.c */
int wsa_qos_init(void);
void wsa_qos_exit(void);

/* grant.c */
void wsa_grant_let_go(struct wsa_grant *grant, struct sock *sk);
/* cotp_sock.c */
int wsa_iso_init(void);
void wsa_iso_exit(void);
struct wsa_iso *wsa_iso_alloc(struct wsa_sock *ws);
void wsa_iso_free(struct wsa_iso *iso);
void wsa_iso_start(struct wsa_sock *ws, bool records);
void wsa_iso_woken(struct wsa_sock *ws);
bool wsa_iso_stays(const struct wsa_sock *ws);
int wsa_iso_listen(struct socket *sock, int backlog);
void wsa_iso_release(struct wsa_sock *ws);
void wsa_iso_facts(const struct wsa_sock *ws, struct wsa_event_facts *facts);
enum wsa_reason wsa_iso_failure(const struct wsa_sock *ws);
void wsa_fill_iso_ops(struct wsa_kind *kind);

/* cotp_call.c */
bool wsa_iso_calling(const struct wsa_sock *ws);
bool wsa_iso_claim(struct wsa_sock *ws, const void *addr, int len);
void wsa_iso_call_start(struct wsa_sock *ws, bool staged);
void wsa_iso_call_stop(struct wsa_sock *ws);
int wsa_iso_call_wait(struct wsa_sock *ws);

/* cotp_ioctl.c */
int wsa_iso_ioctl(struct socket *sock, unsigned int cmd, void __user *uarg);

/* ioctl.c */
int wsa_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
#ifdef CONFIG_COMPAT
int wsa_compat_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
#endif
int wsa_copy_in(void *karg, size_t ksize, size_t least, const void __user *uarg);
int wsa_copy_out(void __user *uarg, const void *karg, size_t ksize);
long wsa_ioctl_features(void __user *uarg);

/* look.c */
int wsa_accept_look(struct socket *sock, struct wsa_accept_look *look);
int wsa_look_addresses(const struct sock *sk, u8 *local, u8 *peer);

/* mib.c */
int wsa_mib_init(void);
void wsa_mib_exit(void);

#endif /* WSA_SOCK_H */
