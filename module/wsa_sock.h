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
 *     sock->wq.wait.lock       @watch being on the queue, @watched, @outcome;
 *                              taken in softirq by whoever wakes the socket
 *
 * @gp is a word of its own that any datagram connect may overwrite: a later one
 * only makes the filter last longer. Readers that need no more than a hint read
 * @outcome and @implied_dev with READ_ONCE. The ops
 * pointer of the socket is replaced with WRITE_ONCE, also from softirq; either
 * table is right at any time, the lean one is only shorter.
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

/**
 * enum wsa_ops - a socket's two operation tables
 * @WSA_OPS_GUARD: also watches sends (streams before they are connected:
 *	MSG_FASTOPEN connects) or both (datagrams while something sent by an
 *	earlier peer may be queued, or while SO_BROADCAST is lent)
 * @WSA_OPS_LEAN: sends and receives are the base protocol's own
 * @WSA_OPS_MAX: how many there are
 */
enum wsa_ops {
	WSA_OPS_GUARD,
	WSA_OPS_LEAN,
	WSA_OPS_MAX,
};

/**
 * struct wsa_kind - one of the socket kinds there are: {TCP, UDP, raw} x {4, 6}
 * @af: AF_INET or AF_INET6
 * @type: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW
 * @prot: the protocol's struct proto; what tells the kind from, say, MPTCP
 * @base: the family's own operations
 * @ops: ours, which call @base
 *
 * Written at load, read-only afterwards.
 */
struct wsa_kind {
	int af;
	int type;
	const struct proto *prot;
	const struct proto_ops *base;
	struct proto_ops ops[WSA_OPS_MAX];
};

/**
 * struct wsa_sock - Winsock state of a socket
 * @kind: the socket's kind
 * @base: the family's own operations; here, and not behind the ops pointer,
 *	because kernel TLS copies operation tables
 * @sock: the socket; NULL in a shared state
 * @watch: wait-queue entry of a non-blocking attempt
 * @watched: @watch is on the queue
 * @outcome: positive errno of the attempt, as first seen by @watch
 * @established: the handshake was seen to end well
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
	bool watched;
	int outcome;
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
	return READ_ONCE(SOCK_INODE(sock)->i_private);
}

static inline void wsa_set_ops(struct wsa_sock *ws, enum wsa_ops which)
{
	WRITE_ONCE(ws->sock->ops, &ws->kind->ops[which]);
}

/* main.c */
struct wsa_sock *wsa_sock_alloc(const struct wsa_kind *kind);
void wsa_sock_free(struct wsa_sock *ws);
void wsa_sock_start(struct wsa_sock *ws, struct socket *sock);
void wsa_sock_accepted(struct socket *sock, const struct wsa_sock *listener);

/* kind.c */
int wsa_kinds_init(void);
const struct wsa_kind *wsa_kind_of(const struct socket *sock);
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

/* dest.c */
bool wsa_dest_is_broadcast(struct sock *sk, const struct sockaddr *addr,
			   const struct wsa_dest *dest);
struct sockaddr *wsa_scope_fill(struct sock *sk, struct sockaddr *addr,
				const struct wsa_dest *dest, struct sockaddr_in6 *scoped);

/* dgram.c */
int wsa_dgram_connect(struct socket *sock, struct sockaddr *addr, int len, int flags);
int wsa_dgram_sendmsg(struct socket *sock, struct msghdr *msg, size_t size);
int wsa_dgram_recvmsg(struct socket *sock, struct msghdr *msg, size_t size, int flags);

/* notify.c */
void wsa_watch_start(struct wsa_sock *ws);
void wsa_watch_stop(struct wsa_sock *ws);

/* ioctl.c */
int wsa_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
#ifdef CONFIG_COMPAT
int wsa_compat_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg);
#endif
int wsa_copy_in(void *karg, size_t ksize, size_t least, const void __user *uarg);
int wsa_copy_out(void __user *uarg, const void *karg, size_t ksize);
long wsa_ioctl_features(void __user *uarg);

/* mib.c */
int wsa_mib_init(void);
void wsa_mib_exit(void);

#endif /* WSA_SOCK_H */
