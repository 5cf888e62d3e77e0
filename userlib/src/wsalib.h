/* SPDX-License-Identifier: MIT */
/* The library's private header: one block per file that defines the names. */
#ifndef WSACONNECT_WSALIB_H
#define WSACONNECT_WSALIB_H
#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>

#include "ws2tcpip.h"
#include "wsareasons.h"
#include "error.h"
#include "sys.h"
#include "wait.h"

/* lasterror.c: per thread */
int wsa_fail(int code);

struct wsa_reason_note {
	int code;
	int reason;
};

extern _Thread_local int wsa_last_error __attribute__((tls_model("initial-exec")));
void wsa_note_reason(int code, int reason);
struct wsa_reason_note wsa_noted_reason(void);

/** wsa_ok - a call succeeded (row 11) */
static inline int wsa_ok(int value)
{
	wsa_last_error = 0;
	return value;
}

/* startup.c */
struct wsa_config {
	int family;		/* 0: the family door is shut */
	int adopt_first;
	int adopt_fallback;
	int compat_windows;
};

extern atomic_int wsa_started;
extern atomic_int wsa_legacy;	/* Winsock 1.x was granted, and nothing newer */
extern struct wsa_config wsa_config;

/**
 * wsa_refused - steps 1 and 2 of every call
 *
 * Return: 0, WSANOTINITIALISED (row 1), or WSAEINPROGRESS in a blocking hook (row 250).
 */
static inline int wsa_refused(void)
{
	if (atomic_load_explicit(&wsa_started, memory_order_relaxed) <= 0)
		return WSANOTINITIALISED;
	return atomic_load_explicit(&wsa_legacy, memory_order_relaxed) && legacy_in_hook() ?
		WSAEINPROGRESS : 0;
}

/*
 * table.c: what the process knows of its sockets.
 *
 * Readers take no lock. Each member stands for itself and is only a copy of
 * what the kernel knows, or a mark that one has to be asked for.
 */
struct wsa_sock {
	_Atomic uint32_t flags;		/* SOCK_F_* */
	_Atomic uint32_t waiters;	/* threads in a call that waits for it */
	_Atomic uint64_t closed_at;	/* wait_closings at the last closesocket of this number */
	_Atomic uint32_t rcvtimeo;	/* ms, 0 for none */
	_Atomic uint32_t sndtimeo;
	_Atomic uint32_t since;		/* seconds, when the connection was made */
	_Atomic int32_t pending_error;	/* code for the next receive of a datagram socket */
	_Atomic int32_t so_error;	/* set by the program, with SOCK_F_SO_ERROR */
	_Atomic uint32_t so_error_at;	/* attempts that had been started by then */
	struct message_source *_Atomic messages;	/* message.c */
};

#define SOCK_F_USED		0x0001u
#define SOCK_F_STREAM		0x0002u
#define SOCK_F_RAW		0x0004u
#define SOCK_F_INET6		0x0008u
#define SOCK_F_NONBLOCK		0x0010u
#define SOCK_F_BOUND		0x0020u	/* known to be; not set says nothing */
#define SOCK_F_PENDING		0x0040u	/* an attempt was made; success not yet seen */
#define SOCK_F_SHUT_RD		0x0080u
#define SOCK_F_SHUT_WR		0x0100u
#define SOCK_F_RESET		0x0200u	/* the peer's reset was reported once */
#define SOCK_F_REUSE		0x0400u	/* SO_REUSEADDR, as the program set it */
#define SOCK_F_EXCLUSIVE	0x0800u	/* SO_EXCLUSIVEADDRUSE */
#define SOCK_F_NO_CONNRESET	0x1000u	/* SIO_UDP_CONNRESET FALSE */
#define SOCK_F_NO_NETRESET	0x2000u	/* SIO_UDP_NETRESET FALSE */
#define SOCK_F_SO_ERROR		0x4000u
#define SOCK_F_CONNECTED	0x8000u	/* since is valid */
#define SOCK_F_PLAIN	0x01000000u	/* a stream; poll(2) knows all that it is ready for */
#define SOCK_F_DEST 0x10000u /* a datagram socket known to have a default destination */
#define SOCK_F_CLOSING		0x20000u	/* with its kind only: closesocket waits */
#define SOCK_F_APART		0x40000u	/* a connect waits for it outside connect(2) */
#define SOCK_F_QOS		0x80000u	/* SIO_SET_QOS was used: connect has to ask */
#define SOCK_F_ISO		0x100000u	/* a stream of ISO transport */
#define SOCK_F_RECORDS		0x200000u	/* SOCK_SEQPACKET: an ISO stream of records */
#define SOCK_F_CALLEE		0x400000u	/* callee.c has something for it */
#define SOCK_F_TP		0x800000u	/* its addresses are SOCKADDR_TP */
/* Stays when the socket is gone, for calls that had begun. */
#define SOCK_F_KIND \
	(SOCK_F_STREAM | SOCK_F_RAW | SOCK_F_INET6 | SOCK_F_ISO | SOCK_F_RECORDS)

#define WSA_LEAF_SIZE	1024u	/* so many entries, from a multiple of it on, are an array */

struct wsa_sock *wsa_sock_add(int fd, uint32_t flags);
void wsa_sock_forget(int fd);
int wsa_sock_closed(int fd, uint64_t began);
int wsa_enter(SOCKET s, struct wsa_sock **sk);
void wsa_sock_close_all(void);
void wsa_sock_forked(void);

static inline uint32_t sock_flags(const struct wsa_sock *sk)
{
	return atomic_load_explicit(&sk->flags, memory_order_relaxed);
}

static inline void sock_set(struct wsa_sock *sk, uint32_t flags)
{
	if (~sock_flags(sk) & flags)
		atomic_fetch_or_explicit(&sk->flags, flags, memory_order_relaxed);
}

static inline void sock_clear(struct wsa_sock *sk, uint32_t flags)
{
	if (sock_flags(sk) & flags)
		atomic_fetch_and_explicit(&sk->flags, ~flags, memory_order_relaxed);
}

/** sock_addr_min - the least namelen of the socket's family (rows 20-22) */
static inline int sock_addr_min(const struct wsa_sock *sk)
{
	return sock_flags(sk) & SOCK_F_INET6 ? (int)sizeof(struct sockaddr_in6)
					     : (int)sizeof(struct sockaddr_in);
}

/** sock_closed_since - @began as in struct wait_call */
static inline int sock_closed_since(struct wsa_sock *sk, uint64_t began)
{
	return atomic_load(&sk->closed_at) > began;
}

/** wait_begin - an operation on a socket begins */
static inline void wait_begin(struct wait_call *call, struct wsa_sock *sk)
{
	call->sk = sk;
	call->began = atomic_load(&wait_closings);
}

/** wait_afresh - the first wait of an operation: a cancellation was meant for an earlier one */
static inline void wait_afresh(struct wait_call *call)
{
	atomic_fetch_and(&call->w->wants, ~WANT_CANCEL);
}

/**
 * wait_enter - before a system call that may wait for a socket
 * @call: from wait_begin
 * @ignored: WANT_*, constant; what has been attended to
 *
 * Return: 1 to make the call, and wait_leave() after it; 0 when it must not wait,
 * which is for wait_poll() to do; -ECANCELED when the socket is closed; -ENOMEM.
 * Then there is nothing to leave.
 */
static inline int wait_enter(struct wait_call *call, uint32_t ignored)
{
	struct waiter *w = wait_thread();
	struct wsa_sock *sk = call->sk;
	int used;

	if (!w)
		return -ENOMEM;
	call->w = w;
	call->outer = atomic_load_explicit(&w->at, memory_order_relaxed);
	atomic_store(&w->at, sk);
	atomic_fetch_add(&sk->waiters, 1);
	used = atomic_load(&sk->flags) & SOCK_F_USED && !sock_closed_since(sk, call->began);
	if (__builtin_expect(used && !(atomic_load(&w->wants) & ~ignored), 1))
		return 1;
	atomic_store_explicit(&w->at, call->outer, memory_order_release);
	atomic_fetch_sub(&sk->waiters, 1);
	return used ? 0 : -ECANCELED;
}

/**
 * wait_leave - after the system call
 * @call: from wait_enter
 * @r: what the system call returned
 *
 * Once it has left the descriptor may be another file's.
 *
 * Return: @r; -ECANCELED for a failure when the socket is being closed.
 */
static inline long wait_leave(struct wait_call *call, long r)
{
	if (r < 0 && !(atomic_load(&call->sk->flags) & SOCK_F_USED))
		r = -ECANCELED;
	atomic_store_explicit(&call->w->at, call->outer, memory_order_release);
	atomic_fetch_sub(&call->sk->waiters, 1);
	return r;
}

/* state.c */
int sock_bound(int fd, struct wsa_sock *sk);
int sock_unconnected(int fd, struct wsa_sock *sk);
int sock_has_dest(int fd, struct wsa_sock *sk);
int sock_blocking(int fd, struct wsa_sock *sk);

/* socket.c */
int wsa_protocol_info(const struct wsa_sock *sk, int protocol, WSAPROTOCOL_INFOA *info);
int wsa_protocol(int fd, const struct wsa_sock *sk, int *protocol);

/* accept.c */
SOCKET accept_refuse(int code);
int accept_fault(const struct wsa_sock *sk, const struct sockaddr *addr, const int *addrlen);
int accept_take(int listener, struct wait_call *call, struct sockaddr *addr, unsigned int *len,
		int again);
SOCKET accept_taken(int fd, struct wsa_sock *listener, const struct sockaddr *peer,
		    unsigned int len, struct sockaddr *addr, int *addrlen);
SOCKET accept_any(int listener, struct wsa_sock *sk, struct sockaddr *addr, int *addrlen);

/* shutdown.c */
int shutdown_fd(int fd, struct wsa_sock *sk, int how);

/* callee.c */
uint64_t callee_expect(int fd, struct wsa_sock *sk, WSABUF *buffer);
void callee_begun(uint64_t number);
void callee_cancel(struct wsa_sock *sk, uint64_t number);
void callee_look(struct wsa_sock *sk);
void callee_look_all(void);
void callee_forget(struct wsa_sock *sk);
void callee_fork_begin(void);
void callee_fork_end(void);

extern atomic_int callee_awaited;

/** callee_settle - the caller is about to see how a connect ended: its callee data too */
static inline void callee_settle(struct wsa_sock *sk)
{
	if (__builtin_expect(sock_flags(sk) & SOCK_F_CALLEE, 0))
		callee_look(sk);
}

/** callee_settle_all - the same of any socket's connect */
static inline void callee_settle_all(void)
{
	if (__builtin_expect(atomic_load_explicit(&callee_awaited, memory_order_relaxed), 0))
		callee_look_all();
}

/**
 * struct tp_name - what is in a SOCKADDR_TP
 * @tsel_len: octets in @tsel
 * @node_len: octets in @node
 * @tsel: the selector
 * @node: the address
 */
struct tp_name {
	int tsel_len;
	int node_len;
	unsigned char tsel[32];
	struct sockaddr_storage node;
};

#define TP_NAME_MAX	72

/* tpname.c */
int tp_name_of(const struct wsa_sock *sk, const struct sockaddr *name, int namelen,
	       struct tp_name *tp);
int tp_name_give(const void *tsel, int tsel_len, const void *node, int node_len, void *name);
int tp_name_change(int fd, enum sys_iso_part part, struct tp_name *tp);

/* isoopt.c */
int iso_has_option(int level, int name);
int iso_getopt(int fd, struct wsa_sock *sk, int name, char *value, int *len);
int iso_setopt(int fd, struct wsa_sock *sk, int name, const char *value, int len);

/* closesocket.c */
int wsa_close_fd(int fd, struct wsa_sock *sk);

/*
 * event.c
 *
 * Resets of event objects, so that a wait for all knows when none was reset while it
 * looked at one after the other.
 */
struct event_resets {
	atomic_uint begun;
	atomic_uint ended;
};

extern struct event_resets event_resets;
int event_fd(WSAEVENT event);
int event_reset_fd(int fd);
void event_forked(void);

/* message.c */
int message_replace(int fd, struct wsa_sock *sk, int event, uint32_t mask);
int message_inherit(struct wsa_sock *listener, int fd, struct wsa_sock *child);
void message_forget(struct wsa_sock *sk);
void message_fork_begin(void);
void message_fork_parent(void);
void message_fork_child(void);

/* flow.c */
/**
 * struct flow_name - an address for connect(2), and what was staged for it
 * @octets: socket address, and the cookies of a flow and of connect data behind it
 * @len: octets used
 */
struct flow_name {
	unsigned char octets[sizeof(struct sockaddr_in6) + 2 * sizeof(uint64_t)];
	int len;
};

int flow_readable(const QOS *qos);
int flow_stage(int fd, const QOS *qos, const struct sockaddr *name, int len,
	       struct flow_name *with);
int flow_set(int fd, struct wsa_sock *sk, const void *in, DWORD size);
int flow_get(int fd, void *out, DWORD size, DWORD *returned);
int flow_check(int fd, const void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned);

/* io.c */
struct wsa_io {
	int fd;
	struct wsa_sock *sk;
	uint64_t start;		/* ms; 0 when no time limit is set */
	uint32_t limit;		/* ms; 0 for none */
	int send;
	int dontwait;		/* LX_DONTWAIT when the next call must not wait by itself */
	int again;		/* not the first system call: the operation has begun */
	int waited;		/* by io_wait: it is known to block */
	struct wait_call call;
};

void io_begin(struct wsa_io *io, int fd, struct wsa_sock *sk, int send);
size_t io_total(const struct sys_iov *iov, size_t n);
void io_advance(struct sys_iov **iov, size_t *n, size_t done);
int io_not_now(struct wsa_io *io, int why);
int io_again(struct wsa_io *io, int err);
int io_wait(int fd, const struct wait_call *call, int send, uint64_t deadline, int again);
int io_flags(int flags, int allowed, int *lx);

/**
 * io_enter - before each system call of an operation
 *
 * Return: 0, or SOCKET_ERROR with the last error set.
 */
static inline int io_enter(struct wsa_io *io)
{
	int r = wait_enter(&io->call, io->dontwait ? ~0u : 0);

	return r > 0 ? 0 : io_not_now(io, r);
}

/** io_leave - after it; the result, see wait_leave */
static inline long io_leave(struct wsa_io *io, long r)
{
	return wait_leave(&io->call, r);
}

/* send.c, recv.c */
long wsa_send_iov(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int flags,
		  const struct sockaddr *to, int tolen);
long wsa_recv_iov(int fd, struct wsa_sock *sk, struct sys_iov *iov, size_t n, int *flags,
		  struct sockaddr *from, int *fromlen);
int wsa_dgram_code(const struct wsa_sock *sk, int err);
int wsabuf_to_iov(const WSABUF *buffers, DWORD count, struct sys_iov **iov, struct sys_iov *few);
#define WSA_FEW_BUFFERS	8
#define WSA_MAX_BUFFERS	1024

#endif /* WSACONNECT_WSALIB_H */
