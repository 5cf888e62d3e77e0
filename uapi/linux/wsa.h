/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Kernel interface of wsa.ko: Winsock semantics for Linux sockets.
 *
 * Two doors lead to the same socket:
 *
 *   socket(family, type, WSA_PROTO(af, ipproto))     the family door
 *   ioctl(open("/dev/wsa"), WSA_IOC_ADOPT, &adopt)   the adopt door
 *
 * where family is published in /sys/module/wsa/parameters/family. Either way
 * the socket is an ordinary inet socket to every other system call.
 *
 * Every structure starts with its own size, as the caller knows it, and with
 * flags; unknown flags and non-zero reserved fields are EINVAL, non-zero
 * octets behind what the kernel knows are E2BIG. An unknown request is ENOTTY.
 */
#ifndef _UAPI_LINUX_WSA_H
#define _UAPI_LINUX_WSA_H

#include <linux/const.h>
#include <linux/ioctl.h>
#include <linux/types.h>

/** WSA_ABI - interface version; grows when a structure or request is added */
#define WSA_ABI			1

/** WSA_FAMILY_DEFAULT - family number asked for unless family= says otherwise */
#define WSA_FAMILY_DEFAULT	18

/**
 * WSA_PROTO - protocol argument of socket(2) at the family door
 * @af: AF_INET or AF_INET6
 * @ipproto: IP protocol, 0 for the type's own: TCP, UDP, or 1..255 for raw; or WSAPROTO_ISO
 */
#define WSA_PROTO(af, ipproto)	(((af) << 16) | (ipproto))
#define WSA_PROTO_AF(protocol)	((protocol) >> 16)
#define WSA_PROTO_IP(protocol)	((protocol) & 0xffff)

/**
 * WSAPROTO_ISO - ISO transport over TCP (RFC 1006, RFC 2126), whose calls carry data
 *
 * SOCK_SEQPACKET keeps record boundaries: a send without MSG_MORE ends a record, the
 * receive that takes a record's last octet says MSG_EOR. SOCK_STREAM has none. Either
 * way the socket is a TCP socket and is connected when the peer has confirmed the call.
 */
#define WSAPROTO_ISO	0x8224

/**
 * struct wsa_features - what this module is and can do
 * @size: sizeof(struct wsa_features)
 * @flags: 0
 * @abi: out: WSA_ABI
 * @family: out: registered family number, 0 when the family door is shut
 * @features: out: WSA_FEATURE_* bits
 */
struct wsa_features {
	__u32 size;
	__u32 flags;
	__u32 abi;
	__u32 family;
	__u64 features;
};

#define WSA_FEATURE_CONNECT	_BITULL(0)	/* connect rules, attempts */
#define WSA_FEATURE_DGRAM	_BITULL(1)	/* default destination, flush, filter */
#define WSA_FEATURE_CANCEL	_BITULL(2)	/* WSA_IOC_CANCEL */
#define WSA_FEATURE_COMPAT	_BITULL(3)	/* WSA_IOC_COMPAT */
#define WSA_FEATURE_CHECK	_BITULL(4)	/* WSA_IOC_CHECK */
#define WSA_FEATURE_EVENT	_BITULL(5)	/* WSA_IOC_EVENT_SELECT, WSA_IOC_EVENT_ENUM */
#define WSA_FEATURE_QOS		_BITULL(6)	/* WSA_IOC_QOS_SET, WSA_IOC_QOS_GET, pools */
#define WSA_FEATURE_LOOK	_BITULL(7)	/* WSA_IOC_ACCEPT_LOOK */
#define WSA_FEATURE_RECEIVE	_BITULL(8)	/* promises for what is received */
#define WSA_FEATURE_ISO		_BITULL(16)	/* WSAPROTO_ISO, WSA_IOC_ISO_* */

/**
 * enum wsa_compat - which side wins where the page and Windows differ
 * @WSA_COMPAT_DOCUMENTED: the reference page (default)
 * @WSA_COMPAT_WINDOWS: what Windows was seen to do
 */
enum wsa_compat {
	WSA_COMPAT_DOCUMENTED	= 0,
	WSA_COMPAT_WINDOWS	= 1,
};

/**
 * struct wsa_adopt - make a fresh inet socket a WSA socket
 * @size: sizeof(struct wsa_adopt)
 * @flags: 0
 * @fd: an AF_INET or AF_INET6 socket {STREAM, TCP}, {DGRAM, UDP} or RAW that is
 *	neither bound nor connected; it stays the caller's
 * @compat: enum wsa_compat
 *
 * Errors: EBADF, ENOTSOCK, EOPNOTSUPP (another protocol), EISCONN (not fresh),
 * EALREADY (a WSA socket already), EINVAL, ENOMEM. A failed call changes nothing.
 */
struct wsa_adopt {
	__u32 size;
	__u32 flags;
	__s32 fd;
	__u32 compat;
};

/**
 * struct wsa_attempt - why connect(2) did not return 0
 * @size: sizeof(struct wsa_attempt)
 * @flags: 0
 * @attempt: out: number of attempts started on this socket; wraps
 * @error: in: the errno that connect(2) gave, positive
 * @wsa: out: Winsock code
 * @reason: out: enum wsa_reason
 *
 * Reading consumes the record. When the record is of another errno, a security
 * module or a filter answered before the socket was reached, and @wsa is the
 * plain translation of @error.
 */
struct wsa_attempt {
	__u32 size;
	__u32 flags;
	__u32 attempt;
	__s32 error;
	__u32 wsa;
	__u32 reason;
};

/**
 * enum wsa_state_kind - where a socket stands
 * @WSA_STATE_IDLE: not connected, no outcome to tell
 * @WSA_STATE_PENDING: an attempt is on its way
 * @WSA_STATE_CONNECTED: connected, or a datagram socket with a default destination
 * @WSA_STATE_FAILED: the last attempt failed; connect starts a new one
 * @WSA_STATE_LISTENING: listening
 * @WSA_STATE_CLOSED: was connected and is no longer (reset, timed out, finished)
 */
enum wsa_state_kind {
	WSA_STATE_IDLE		= 0,
	WSA_STATE_PENDING	= 1,
	WSA_STATE_CONNECTED	= 2,
	WSA_STATE_FAILED	= 3,
	WSA_STATE_LISTENING	= 4,
	WSA_STATE_CLOSED	= 5,
};

/**
 * struct wsa_state - a socket's Winsock state
 * @size: sizeof(struct wsa_state)
 * @flags: in: 0; out: WSA_STATE_F_*
 * @state: out: enum wsa_state_kind
 * @so_error: out: code of the last failed non-blocking attempt; stays until an attempt succeeds
 * @attempt: out: number of attempts started
 * @peer_len: out: octets used in @peer, 0 when there is no peer
 * @compat: out: enum wsa_compat
 * @reserved: 0
 * @peer: out: address being connected to, or connected to
 */
struct wsa_state {
	__u32 size;
	__u32 flags;
	__u32 state;
	__u32 so_error;
	__u32 attempt;
	__u32 peer_len;
	__u32 compat;
	__u32 reserved;
	__u8  peer[32];
};

#define WSA_STATE_F_BOUND	_BITUL(0)	/* has a local port */
#define WSA_STATE_F_SHUT_RD	_BITUL(1)	/* shut down here, or the peer has finished */
#define WSA_STATE_F_SHUT_WR	_BITUL(2)	/* shut down here, or the connection is gone */
#define WSA_STATE_F_SELECTED	_BITUL(3)	/* events are selected: must stay non-blocking */

/**
 * struct wsa_cancel - abandon a pending attempt
 * @size: sizeof(struct wsa_cancel)
 * @flags: 0
 *
 * A blocked connect(2) returns ECANCELED and its code is WSAEINTR. ENOTCONN
 * when nothing is pending.
 */
struct wsa_cancel {
	__u32 size;
	__u32 flags;
};

/**
 * struct wsa_compat_set - choose between page and Windows for one socket
 * @size: sizeof(struct wsa_compat_set)
 * @flags: 0
 * @compat: enum wsa_compat; accepted sockets inherit it
 * @reserved: 0
 */
struct wsa_compat_set {
	__u32 size;
	__u32 flags;
	__u32 compat;
	__u32 reserved;
};

/**
 * struct wsa_check - would connect(2) pass its checks?
 * @size: sizeof(struct wsa_check)
 * @flags: 0
 * @name: in: user pointer to the socket address
 * @namelen: in: its length
 * @wsa: out: Winsock code of the first failing check, 0 when all pass
 * @reason: out: enum wsa_reason
 * @reserved: 0
 *
 * Covers name, state, family and address; changes nothing. A caller that
 * has later checks of its own (connect data, flowspec) uses it to report the
 * earliest fault.
 */
struct wsa_check {
	__u32 size;
	__u32 flags;
	__u64 name;
	__u32 namelen;
	__u32 wsa;
	__u32 reason;
	__u32 reserved;
};

/* Network events: Winsock's FD_* bits, and the same order in wsa_event_enum.error */
#define WSA_EVENT_READ		_BITUL(0)	/* data or an error can be received */
#define WSA_EVENT_WRITE		_BITUL(1)	/* sending would not block */
#define WSA_EVENT_OOB		_BITUL(2)	/* an urgent octet can be received */
#define WSA_EVENT_ACCEPT	_BITUL(3)	/* a connection can be accepted */
#define WSA_EVENT_CONNECT	_BITUL(4)	/* an attempt has ended */
#define WSA_EVENT_CLOSE		_BITUL(5)	/* the peer has finished, or all is over */
#define WSA_EVENT_QOS		_BITUL(6)	/* a flow has lost its promise */
#define WSA_EVENT_GROUP_QOS	_BITUL(7)	/* reserved; never reported */
#define WSA_EVENT_ROUTING	_BITUL(8)	/* the route to a destination may have changed */
#define WSA_EVENT_ADDRESSES	_BITUL(9)	/* the host's addresses have changed */
#define WSA_EVENT_MAX		10
#define WSA_EVENT_ALL		(_BITUL(WSA_EVENT_MAX) - 1)

/**
 * struct wsa_event_select - choose the events a socket reports, and where
 * @size: sizeof(struct wsa_event_select)
 * @flags: 0 or WSA_SELECT_F_MESSAGES
 * @eventfd: descriptor of an eventfd(2), signalled when an event of @mask is recorded
 *	and when one is waiting already; -1 when @mask is 0
 * @mask: WSA_EVENT_* bits; 0 ends the selection
 *
 * Makes the file non-blocking and replaces an earlier selection. Events that @mask
 * leaves out are recorded all the same and stay until one includes them. Accepted
 * sockets inherit the selection.
 *
 * Errors: EBADF, EINVAL (@mask, or not an eventfd), ENOMEM. A failed call changes nothing.
 */
struct wsa_event_select {
	__u32 size;
	__u32 flags;
	__s32 eventfd;
	__u32 mask;
};

/* Forget what was recorded: conditions that last are reported again, a connect is not. */
#define WSA_SELECT_F_MESSAGES	_BITUL(0)

/**
 * struct wsa_event_enum - take the events that were recorded
 * @size: sizeof(struct wsa_event_enum)
 * @flags: 0 or WSA_ENUM_F_RESET
 * @eventfd: with WSA_ENUM_F_RESET the eventfd to reset in the same step, otherwise -1
 * @events: out: WSA_EVENT_* bits that were recorded, of those selected
 * @error: out: Winsock code of each event in @events, 0 for success
 *
 * An event is recorded again after the call that enables it: receive for READ and
 * OOB, a send that would have blocked for WRITE, accept for ACCEPT, a new attempt
 * for CONNECT.
 */
struct wsa_event_enum {
	__u32 size;
	__u32 flags;
	__s32 eventfd;
	__u32 events;
	__u32 error[WSA_EVENT_MAX];
};

#define WSA_ENUM_F_RESET	_BITUL(0)

/**
 * struct wsa_accept_look - the connection that a listener's next accept(2) would take
 * @size: sizeof(struct wsa_accept_look)
 * @flags: 0
 * @addr_len: out: octets used in @local and in @peer
 * @reserved: 0
 * @local: out: the address it came to
 * @peer: out: the caller's
 *
 * Of TCP; WSA_IOC_ISO_LOOK shows the calls of WSAPROTO_ISO. Nothing is taken, so who looks
 * again sees the same, and others may take it meanwhile. EAGAIN when there is none, which
 * enables WSA_EVENT_ACCEPT as accept(2) does; EINVAL when not listening, EOPNOTSUPP for
 * another protocol.
 */
struct wsa_accept_look {
	__u32 size;
	__u32 flags;
	__u32 addr_len;
	__u32 reserved;
	__u8  local[32];
	__u8  peer[32];
};

/**
 * struct wsa_flowspec - what one direction of a flow asks for: Winsock's FLOWSPEC
 * @token_rate: TokenRate, octets per second
 * @token_bucket: TokenBucketSize, octets
 * @peak_bandwidth: PeakBandwidth, octets per second
 * @latency: Latency, microseconds
 * @delay_variation: DelayVariation, microseconds
 * @service_type: ServiceType, in either encoding
 * @max_sdu: MaxSduSize, octets
 * @min_policed: MinimumPolicedSize, octets
 *
 * What is counted is what the program sends, without the headers of any protocol.
 * 0xffffffff in a member but @service_type leaves it unspecified.
 */
struct wsa_flowspec {
	__u32 token_rate;
	__u32 token_bucket;
	__u32 peak_bandwidth;
	__u32 latency;
	__u32 delay_variation;
	__u32 service_type;
	__u32 max_sdu;
	__u32 min_policed;
};

/**
 * struct wsa_qos_set - ask for a quality of service
 * @size: sizeof(struct wsa_qos_set)
 * @flags: WSA_QOS_SET_*
 * @sending: for what the socket sends
 * @receiving: for what it receives
 * @objects: in: user pointer to Winsock's provider-specific objects
 * @name: in: user pointer to the address connect(2) will be called with
 * @objects_len: in: octets at @objects, 0 for none
 * @namelen: in: octets at @name, 0 for none
 * @cookie: out: what connect(2) is to carry, with a @name; otherwise 0
 * @wsa: out: Winsock code of a refusal, 0 when granted
 * @status: out: WSA_QOS_* reason of a refusal, 0 when granted
 * @ifindex: out: the device that it leaves by, 0 where none was looked for
 * @classid: out: the traffic class there of what is sent, 0 when it needs none
 *
 * Both directions are granted, or neither. With @name they are staged: classes are made now,
 * and used by the connect(2) to that address which has @cookie, eight octets in host order, right
 * behind the socket address and counted in its length. When that connect fails they go. Without
 * @name a connected socket has them at once; so has a datagram or raw socket that is not
 * connected, where a QOS_OBJECT_DESTADDR among @objects says whom it sends to. Others only
 * keep what they ask for, for WSA_QOS_SET_KEPT. In all other calls, the address of such an object
 * is not looked at. A refusal changes nothing.
 *
 * May wait for a change of the network's configuration; connect(2) then does not.
 *
 * Errors: EFAULT, EINVAL, E2BIG, EINTR, ENOMEM. A failed call changes nothing.
 */
struct wsa_qos_set {
	__u32 size;
	__u32 flags;
	struct wsa_flowspec sending;
	struct wsa_flowspec receiving;
	__u64 objects;
	__u64 name;
	__u32 objects_len;
	__u32 namelen;
	__u64 cookie;
	__u32 wsa;
	__u32 status;
	__u32 ifindex;
	__u32 classid;
};

#define WSA_QOS_SET_KEPT	_BITUL(0)	/* flowspecs and objects kept, not those given */
#define WSA_QOS_SET_UNSTAGE	_BITUL(1)	/* only drop what is staged */

/* Octets of provider-specific objects, at most. */
#define WSA_QOS_OBJECTS_MAX	1024

/**
 * struct wsa_qos_get - a socket's quality of service
 * @size: sizeof(struct wsa_qos_get)
 * @flags: in: 0; out: WSA_QOS_*
 * @sending: out: as it was asked for last, and granted or kept
 * @receiving: out: likewise
 * @status: out: WSA_QOS_* reason why a promise was lost, 0 when none was; of two, what is sent
 *	comes first
 * @ifindex: out: the device with the traffic class of what is sent, 0 without
 * @classid: out: that class, 0 without
 * @dscp: out: the mark, 0 to 63
 * @bound: out: promised bound of the delay in nanoseconds, 0 for none
 * @in_ifindex: out: the ifb with the traffic class of what is received, 0 without
 * @in_classid: out: that class, 0 without
 *
 * The first version ended with @bound.
 */
struct wsa_qos_get {
	__u32 size;
	__u32 flags;
	struct wsa_flowspec sending;
	struct wsa_flowspec receiving;
	__u32 status;
	__u32 ifindex;
	__u32 classid;
	__u32 dscp;
	__u64 bound;
	__u32 in_ifindex;
	__u32 in_classid;
};

#define WSA_QOS_GET_SIZE_FIRST	96		/* octets of the first version */

#define WSA_QOS_KEPT		_BITUL(0)	/* there are flowspecs */
#define WSA_QOS_ACTIVE		_BITUL(1)	/* what is sent has its class or mark */
#define WSA_QOS_STAGED		_BITUL(2)	/* waits for connect(2) */
#define WSA_QOS_LOST		_BITUL(3)	/* a promise is no longer kept */
#define WSA_QOS_RECEIVES	_BITUL(4)	/* what is received has its class */

#define WSA_ISO_TSAP_MAX	32	/* octets of a transport selector */
#define WSA_ISO_CALL_MAX	32	/* octets of data that a call or its confirmation carries */
#define WSA_ISO_BYE_MAX		64	/* octets of data that a refusal or a release carries */

/**
 * struct wsa_iso_set - what a socket of WSAPROTO_ISO says when it calls or listens
 * @size: sizeof(struct wsa_iso_set)
 * @flags: 0, WSA_ISO_F_CLASS0, WSA_ISO_F_KEEP_*, or WSA_ISO_F_STAGE alone
 * @tpdu_size: largest TPDU to be proposed, a power of two from 128 to 8192; 0 for 8192,
 *	in class 0 for 2048, which is the most there
 * @own_len: octets used in @own
 * @peer_len: octets used in @peer
 * @data_len: octets used in @data
 * @room: with WSA_ISO_F_STAGE: the most octets of data that a confirmation may carry; else 0
 * @own: this end's selector; a listener with one refuses calls for another
 * @peer: the selector to be called
 * @data: the caller's data, carried by every attempt until it is set again
 * @cookie: in: 0; out, with WSA_ISO_F_STAGE: what connect(2) is to carry
 *
 * Replaces what was set before, but for what WSA_ISO_F_KEEP_* excepts.
 *
 * With WSA_ISO_F_STAGE, @data and @room are only for the connect(2) that has @cookie, eight
 * octets in host order, right behind the socket address, or behind the cookie of a flow
 * (struct wsa_qos_set), and counted in its length. Whatever that does, the cookie is used up.
 * An attempt whose confirmation carries more than @room is given up: EMSGSIZE, WSAEFAULT.
 *
 * Errors: EOPNOTSUPP (another protocol), EISCONN (connected, listening, or an attempt is on
 * its way; not with WSA_ISO_F_STAGE), EPROTONOSUPPORT (data in class 0), EMSGSIZE (a length
 * above its limit), EINVAL. A failed call changes nothing.
 */
struct wsa_iso_set {
	__u32 size;
	__u32 flags;
	__u32 tpdu_size;
	__u8  own_len;
	__u8  peer_len;
	__u8  data_len;
	__u8  room;
	__u8  own[WSA_ISO_TSAP_MAX];
	__u8  peer[WSA_ISO_TSAP_MAX];
	__u8  data[WSA_ISO_CALL_MAX];
	__u64 cookie;
};

#define WSA_ISO_F_CLASS0	_BITUL(0)	/* transport class 0, which carries no data */
#define WSA_ISO_F_ENDED		_BITUL(1)	/* the peer has refused or released it */
#define WSA_ISO_F_STAGE		_BITUL(2)	/* for the connect(2) with the cookie */
#define WSA_ISO_F_KEEP_CLASS	_BITUL(3)	/* class and TPDU size stay as they were */
#define WSA_ISO_F_KEEP_OWN	_BITUL(4)	/* ... this end's selector */
#define WSA_ISO_F_KEEP_PEER	_BITUL(5)	/* ... the selector to be called */
#define WSA_ISO_F_KEEP_DATA	_BITUL(6)	/* ... the caller's data */
#define WSA_ISO_F_RECORDS	_BITUL(7)	/* SOCK_SEQPACKET */

/**
 * struct wsa_iso_get - what the peer of a socket of WSAPROTO_ISO said
 * @size: sizeof(struct wsa_iso_get)
 * @flags: in: 0; out: WSA_ISO_F_CLASS0, WSA_ISO_F_ENDED and WSA_ISO_F_RECORDS
 * @tpdu_size: out: TPDU size of the connection, 0 when none was named; before there is one,
 *	what is to be proposed
 * @end_wsa: out: with WSA_ISO_F_ENDED the Winsock code of the end, WSAEDISCON for a release
 * @end_reason: out: with WSA_ISO_F_ENDED the reason octet of the peer's disconnect request
 * @own_len: out: octets used in @own
 * @peer_len: out: octets used in @peer
 * @data_len: out: octets used in @data
 * @bye_len: out: octets used in @bye
 * @reserved: 0
 * @own: out: this end's selector
 * @peer: out: the peer's
 * @data: out: data of the peer's call or confirmation
 * @bye: out: data of the peer's disconnect request
 */
struct wsa_iso_get {
	__u32 size;
	__u32 flags;
	__u32 tpdu_size;
	__u32 end_wsa;
	__u8  end_reason;
	__u8  own_len;
	__u8  peer_len;
	__u8  data_len;
	__u8  bye_len;
	__u8  reserved[3];
	__u8  own[WSA_ISO_TSAP_MAX];
	__u8  peer[WSA_ISO_TSAP_MAX];
	__u8  data[WSA_ISO_CALL_MAX];
	__u8  bye[WSA_ISO_BYE_MAX];
};

/**
 * struct wsa_iso_look - the call that a listener's next accept(2) would take
 * @size: sizeof(struct wsa_iso_look)
 * @flags: in: 0; out: WSA_ISO_F_CLASS0
 * @id: out: names the call to WSA_IOC_ISO_ANSWER; never 0
 * @own_len: out: octets used in @own
 * @peer_len: out: octets used in @peer
 * @data_len: out: octets used in @data
 * @addr_len: out: octets used in @addr
 * @own: out: the selector that is called
 * @peer: out: the caller's
 * @data: out: the caller's data
 * @addr: out: the caller's address
 * @local: out: the address it came to, as long
 *
 * Answered calls are passed over. EAGAIN when there is none, which enables WSA_EVENT_ACCEPT as
 * accept(2) does; EINVAL when not listening.
 */
struct wsa_iso_look {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u8  own_len;
	__u8  peer_len;
	__u8  data_len;
	__u8  addr_len;
	__u8  own[WSA_ISO_TSAP_MAX];
	__u8  peer[WSA_ISO_TSAP_MAX];
	__u8  data[WSA_ISO_CALL_MAX];
	__u8  addr[32];
	__u8  local[32];
};

/**
 * struct wsa_iso_answer - accept or refuse a call that WSA_IOC_ISO_LOOK showed
 * @size: sizeof(struct wsa_iso_answer)
 * @flags: 0 to accept, WSA_ISO_REJECT to refuse
 * @id: the call
 * @data_len: octets used in @data: at most WSA_ISO_CALL_MAX to accept
 * @data: data for the caller
 *
 * An accepted call is what the next accept(2) takes, and is confirmed then. A call that
 * gets no answer stays where it is. ENOENT when the call is gone or answered already,
 * EPROTONOSUPPORT when its class carries no data.
 */
struct wsa_iso_answer {
	__u32 size;
	__u32 flags;
	__u32 id;
	__u32 data_len;
	__u8  data[WSA_ISO_BYE_MAX];
};

#define WSA_ISO_REJECT		_BITUL(0)

/**
 * struct wsa_iso_bye - release the connection
 * @size: sizeof(struct wsa_iso_bye)
 * @flags: 0 or WSA_ISO_LATER
 * @data_len: octets used in @data
 * @reserved: 0
 * @data: data for the peer
 *
 * What was sent before arrives before it; nothing can be sent afterwards. ENOTCONN when
 * not connected, EPIPE when released already, EPROTONOSUPPORT for data in class 0.
 *
 * With WSA_ISO_LATER nothing is released yet: the data goes with close(2), or with a release
 * that has none of its own. Class 0 then goes without.
 */
struct wsa_iso_bye {
	__u32 size;
	__u32 flags;
	__u32 data_len;
	__u32 reserved;
	__u8  data[WSA_ISO_BYE_MAX];
};

#define WSA_ISO_LATER		_BITUL(0)

#define WSA_IOC_MAGIC		0xe7
#define WSA_IOC_FEATURES	_IO(WSA_IOC_MAGIC, 0)	/* on /dev/wsa */
#define WSA_IOC_ADOPT		_IO(WSA_IOC_MAGIC, 1)	/* on /dev/wsa */
#define WSA_IOC_ATTEMPT		_IO(WSA_IOC_MAGIC, 2)	/* on a WSA socket, and below */
#define WSA_IOC_STATE		_IO(WSA_IOC_MAGIC, 3)
#define WSA_IOC_CANCEL		_IO(WSA_IOC_MAGIC, 4)
#define WSA_IOC_COMPAT		_IO(WSA_IOC_MAGIC, 5)
#define WSA_IOC_CHECK		_IO(WSA_IOC_MAGIC, 6)
#define WSA_IOC_EVENT_SELECT	_IO(WSA_IOC_MAGIC, 7)
#define WSA_IOC_EVENT_ENUM	_IO(WSA_IOC_MAGIC, 8)
#define WSA_IOC_QOS_SET		_IO(WSA_IOC_MAGIC, 9)
#define WSA_IOC_QOS_GET		_IO(WSA_IOC_MAGIC, 10)
#define WSA_IOC_ACCEPT_LOOK	_IO(WSA_IOC_MAGIC, 11)
#define WSA_IOC_ISO_SET		_IO(WSA_IOC_MAGIC, 0x20)
#define WSA_IOC_ISO_GET		_IO(WSA_IOC_MAGIC, 0x21)
#define WSA_IOC_ISO_LOOK	_IO(WSA_IOC_MAGIC, 0x22)
#define WSA_IOC_ISO_ANSWER	_IO(WSA_IOC_MAGIC, 0x23)
#define WSA_IOC_ISO_BYE		_IO(WSA_IOC_MAGIC, 0x24)

#endif /* _UAPI_LINUX_WSA_H */
