/* SPDX-License-Identifier: MIT */
/*
 * The way into the kernel. No Winsock type and no Linux socket header appears
 * here: sys*.c include the latter, everybody else the former.
 *
 * Every function returns 0 or a count, or a negative errno.
 */
#ifndef WSACONNECT_SYS_H
#define WSACONNECT_SYS_H
#include <stddef.h>
#include <stdint.h>

/*
 * Linux' numbers where the library needs them; sys.c asserts that they are
 * the C library's.
 */
enum {
	LX_CLOEXEC	= 02000000,
	LX_NONBLOCK	= 04000,

	LX_OOB		= 0x1,
	LX_PEEK		= 0x2,
	LX_DONTROUTE	= 0x4,
	LX_TRUNC	= 0x20,
	LX_DONTWAIT	= 0x40,
	LX_EOR		= 0x80,
	LX_WAITALL	= 0x100,
	LX_NOSIGNAL	= 0x4000,
	LX_MORE		= 0x8000,

	LX_SOL_SOCKET	= 1,
	LX_SO_DEBUG	= 1,
	LX_SO_REUSEADDR	= 2,
	LX_SO_TYPE	= 3,
	LX_SO_ERROR	= 4,
	LX_SO_DONTROUTE	= 5,
	LX_SO_BROADCAST	= 6,
	LX_SO_SNDBUF	= 7,
	LX_SO_RCVBUF	= 8,
	LX_SO_KEEPALIVE	= 9,
	LX_SO_OOBINLINE	= 10,
	LX_SO_LINGER	= 13,
	LX_SO_RCVLOWAT	= 18,
	LX_SO_ACCEPTCONN	= 30,
	LX_SO_PROTOCOL	= 38,
	LX_SO_DOMAIN	= 39,

	LX_TCP_NODELAY	= 1,
	LX_TCP_MAXSEG	= 2,
	LX_TCP_KEEPIDLE	= 4,
	LX_TCP_KEEPINTVL	= 5,
	LX_TCP_KEEPCNT	= 6,
	LX_TCP_SYNCNT	= 7,
	LX_TCP_USER_TIMEOUT	= 18,

	LX_IP_TOS	= 1,
	LX_IP_TTL	= 2,
	LX_IP_HDRINCL	= 3,
	LX_IP_MTU_DISCOVER	= 10,
	LX_IP_MTU	= 14,
	LX_IP_MULTICAST_IF	= 32,
	LX_IP_MULTICAST_TTL	= 33,
	LX_IP_MULTICAST_LOOP	= 34,
	LX_IP_ADD_MEMBERSHIP	= 35,
	LX_IP_DROP_MEMBERSHIP	= 36,
	LX_IP_UNBLOCK_SOURCE	= 37,
	LX_IP_BLOCK_SOURCE	= 38,
	LX_IP_ADD_SOURCE_MEMBERSHIP	= 39,
	LX_IP_DROP_SOURCE_MEMBERSHIP	= 40,
	LX_PMTUDISC_DONT	= 0,
	LX_PMTUDISC_DO	= 2,

	LX_IPV6_UNICAST_HOPS	= 16,
	LX_IPV6_MULTICAST_IF	= 17,
	LX_IPV6_MULTICAST_HOPS	= 18,
	LX_IPV6_MULTICAST_LOOP	= 19,
	LX_IPV6_ADD_MEMBERSHIP	= 20,
	LX_IPV6_DROP_MEMBERSHIP	= 21,
	LX_IPV6_MTU_DISCOVER	= 23,
	LX_IPV6_MTU	= 24,
	LX_IPV6_V6ONLY	= 26,
};

/**
 * struct sys_state - what WSA_IOC_STATE tells, in the library's words
 * @state: enum sys_state_kind
 * @so_error: sticky Winsock code
 * @bound: has a local port
 * @shut_rd: receiving was shut down
 * @shut_wr: sending was shut down
 * @selected: events are selected
 * @attempt: attempts started
 * @peer_len: octets in @peer
 * @peer: sockaddr
 */
struct sys_state {
	int state;
	int so_error;
	int bound;
	int shut_rd;
	int shut_wr;
	int selected;
	uint32_t attempt;
	int peer_len;
	unsigned char peer[32];
};

enum sys_state_kind {
	SYS_IDLE, SYS_PENDING, SYS_CONNECTED, SYS_FAILED, SYS_LISTENING, SYS_CLOSED,
};

/* poll(2)'s, and its bits */
struct sys_pollfd {
	int fd;
	short events;
	short revents;
};

enum {
	LX_POLLIN	= 0x1,
	LX_POLLPRI	= 0x2,
	LX_POLLOUT	= 0x4,
	LX_POLLERR	= 0x8,
	LX_POLLHUP	= 0x10,
	LX_POLLNVAL	= 0x20,
	LX_POLLRDHUP	= 0x2000,
};

#define SYS_EVENTS	10	/* network events there are */

/* FLOWSPEC, by its octets */
struct sys_flowspec {
	uint32_t member[8];
};

/**
 * struct sys_qos_ask - what a flow asks for
 * @sending: what the socket sends
 * @receiving: what it receives
 * @objects: provider-specific objects
 * @objects_len: octets there
 */
struct sys_qos_ask {
	struct sys_flowspec sending;
	struct sys_flowspec receiving;
	const void *objects;
	uint32_t objects_len;
};

/**
 * struct sys_qos_answer - the kernel's verdict
 * @cookie: what connect(2) is to carry, 0 for nothing
 * @code: Winsock code of a refusal, 0 when granted
 * @status: its WSA_QOS_* reason
 */
struct sys_qos_answer {
	uint64_t cookie;
	int code;
	uint32_t status;
};

/**
 * struct sys_flow - what a socket has
 * @sending: as it was granted or kept last
 * @receiving: likewise
 * @flags: SYS_FLOW_*
 * @status: WSA_QOS_* reason why the promise is lost, or 0
 * @classid: its traffic class, or 0
 */
struct sys_flow {
	struct sys_flowspec sending;
	struct sys_flowspec receiving;
	uint32_t flags;
	uint32_t status;
	uint32_t classid;
};

#define SYS_FLOW_KEPT	0x1u
#define SYS_FLOW_LOST	0x8u

/**
 * struct sys_iso - what a socket of ISO transport has said and heard
 * @flags: SYS_ISO_*
 * @code: with SYS_ISO_ENDED: Winsock code of the end, WSAEDISCON for a release
 * @tpdu_size: of the connection, or to be proposed
 * @own_len: octets in @own
 * @peer_len: octets in @peer
 * @data_len: octets in @data
 * @bye_len: octets in @bye
 * @own: this end's selector
 * @peer: the peer's
 * @data: the peer's connect data
 * @bye: the peer's disconnect data
 */
struct sys_iso {
	uint32_t flags;
	int code;
	uint32_t tpdu_size;
	int own_len;
	int peer_len;
	int data_len;
	int bye_len;
	unsigned char own[32];
	unsigned char peer[32];
	unsigned char data[32];
	unsigned char bye[64];
};

#define SYS_PROTO_ISO	0x8224

#define SYS_ISO_CLASS0	0x01u
#define SYS_ISO_ENDED	0x02u
#define SYS_ISO_RECORDS	0x80u

#define SYS_ISO_CALL	32	/* octets that a call or its confirmation carries */
#define SYS_ISO_BYE	64	/* ... a refusal or a release */

/* What sys_iso_set() sets. */
enum sys_iso_part { SYS_ISO_OWN, SYS_ISO_PEER, SYS_ISO_DATA };

/**
 * struct sys_call - a connection that can be accepted
 * @id: for sys_iso_answer(), 0 for TCP's
 * @room: octets of data that an answer may carry
 * @data_len: octets in @data
 * @addr_len: octets in @addr and in @local
 * @data: the caller's data
 * @addr: its address
 * @local: the address it came to
 * @own_len: octets in @own
 * @peer_len: octets in @peer
 * @own: the selector that is called
 * @peer: the caller's
 */
struct sys_call {
	uint32_t id;
	int room;
	int data_len;
	int addr_len;
	int own_len;
	int peer_len;
	unsigned char own[32];
	unsigned char peer[32];
	unsigned char data[SYS_ISO_CALL];
	unsigned char addr[32];
	unsigned char local[32];
};

struct sys_iov {
	void *base;
	size_t len;
};

/* doors */
int sys_family(void);
int sys_device_usable(void);
int sys_labelling_lsm(void);
int sys_socket_family(int family, int af, int type, int protocol, int cloexec);
int sys_socket_adopt(int af, int type, int protocol, int cloexec);
int sys_compat_windows(int fd);

/* what a WSA socket tells */
int sys_attempt(int fd, int error, int *code, int *reason);
int sys_check(int fd, const void *name, unsigned int namelen, int *code, int *reason);
int sys_state(int fd, struct sys_state *state);
int sys_syn_retries(int *retries);
int sys_cancel(int fd);

/* a socket's quality of service */
int sys_qos_set(int fd, const struct sys_qos_ask *ask, const void *name, unsigned int namelen,
		struct sys_qos_answer *answer);
void sys_qos_unstage(int fd);
int sys_qos_get(int fd, struct sys_flow *flow);

/* ISO transport, and what is not accepted yet */
int sys_iso_get(int fd, struct sys_iso *iso);
int sys_iso_set(int fd, enum sys_iso_part part, const void *octets, unsigned int len);
int sys_iso_set_class(int fd, int class0, uint32_t tpdu_size);
int sys_iso_stage(int fd, const void *data, unsigned int len, unsigned int room,
		  uint64_t *cookie);
int sys_iso_answer(int fd, uint32_t id, int reject, const void *data, unsigned int len);
int sys_iso_bye(int fd, int later, const void *data, unsigned int len);
int sys_look(int fd, int iso, struct sys_call *call);

/* event objects: eventfds, never descriptor 0 */
int sys_event_new(void);
int sys_event_check(int fd);
int sys_event_set(int fd);
int sys_event_reset(int fd);

/* network events of a socket */
int sys_event_select(int fd, int event, uint32_t mask, int messages);
int sys_event_enum(int fd, int event, uint32_t *events, int error[SYS_EVENTS]);

/* a set of descriptors that is itself one to be polled; never descriptor 0 */
int sys_queue_new(void);
int sys_queue_add(int queue, int fd, void *data);
int sys_queue_remove(int queue, int fd);
int sys_queue_next(int queue, void **data);

/* sockets */
int sys_connect(int fd, const void *name, unsigned int namelen);
int sys_bind(int fd, const void *name, unsigned int namelen);
int sys_listen(int fd, int backlog);
int sys_accept(int fd, void *name, unsigned int *namelen, int nonblock);
int sys_shutdown(int fd, int how);
int sys_close(int fd);
int sys_getsockname(int fd, void *name, unsigned int *namelen);
int sys_getpeername(int fd, void *name, unsigned int *namelen);
int sys_getopt(int fd, int level, int name, void *value, unsigned int *len);
int sys_setopt(int fd, int level, int name, const void *value, unsigned int len);
int sys_get_timeout(int fd, int send, uint32_t *ms);
int sys_set_timeout(int fd, int send, uint32_t ms);
int sys_is_nonblocking(int fd);
int sys_set_nonblocking(int fd, int on);
int sys_bytes_queued(int fd, uint32_t *n);
int sys_at_mark(int fd, int *at);
int sys_wait(int fd, int for_send, int ms);
int sys_poll(struct sys_pollfd *fds, size_t n, int ms);
int sys_epoll(void);
int sys_epoll_add(int epoll, int fd);
void sys_epoll_drain(int epoll);
int sys_peer_ended(int fd);
int sys_oob_inline(int fd);
long sys_send(int fd, const void *buf, size_t len, int flags, const void *to, unsigned int tolen);
long sys_recv(int fd, void *buf, size_t len, int flags, void *from, unsigned int *fromlen);
long sys_sendmsg(int fd, const struct sys_iov *iov, size_t n, int flags, const void *to,
		 unsigned int tolen);
long sys_recvmsg(int fd, const struct sys_iov *iov, size_t n, int *flags, void *from,
		 unsigned int *fromlen);
int sys_scope_valid(int fd, uint32_t scope);
int sys_scope_of(const void *in6, uint32_t *scope);

/* the signal that ends a thread's system call */
int sys_wake_prepare(void);
void sys_wake_unblock(void);
void sys_wake(int tid);
int sys_tid(void);

/* memory of the caller's, which may not be there */
int sys_readable(const void *p, size_t len);
int sys_writable(void *p, size_t len);
int sys_copy_out(void *to, const void *from, size_t len);

/* time; the clock is the vDSO's and costs no system call */
uint64_t sys_now_ms(void);
void sys_pause_ms(int ms);

#endif /* WSACONNECT_SYS_H */
