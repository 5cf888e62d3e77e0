// SPDX-License-Identifier: GPL-2.0
/* Structures are copied from and to user space here, and with what is here in cotp_ioctl.c. */
#include <linux/compat.h>
#include <linux/uaccess.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>
#include <asm/ioctls.h>

#include "rules/flowspec.h"
#include "wsa_sock.h"

/**
 * wsa_copy_in - take an extensible structure from user space
 * @karg: out: the structure; what the caller does not know is zero
 * @ksize: its size here
 * @least: the smallest size it ever had
 * @uarg: user pointer; the first word is the caller's size
 *
 * Context: may sleep.
 * Return: 0; -EFAULT; -EINVAL when the caller's size is below @least; -E2BIG when it
 * is above @ksize and the rest is not zero, or above a page.
 */
int wsa_copy_in(void *karg, size_t ksize, size_t least, const void __user *uarg)
{
	u32 usize;

	if (get_user(usize, (const u32 __user *)uarg))
		return -EFAULT;
	if (usize < least)
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(karg, ksize, uarg, usize);
}

/**
 * wsa_copy_out - give an extensible structure to user space
 * @uarg: user pointer, as wsa_copy_in() read it
 * @karg: the structure; its first word is the caller's size, which stays
 * @ksize: its size here
 *
 * Context: may sleep.
 * Return: 0 or -EFAULT. What the caller knows and this kernel does not is zeroed.
 */
int wsa_copy_out(void __user *uarg, const void *karg, size_t ksize)
{
	u32 usize = *(const u32 *)karg;
	size_t n = min_t(size_t, usize, ksize);

	if (copy_to_user(uarg, karg, n))
		return -EFAULT;
	if (usize > n && clear_user((char __user *)uarg + n, usize - n))
		return -EFAULT;
	return 0;
}

/**
 * wsa_ioctl_features - WSA_IOC_FEATURES
 * @uarg: struct wsa_features
 *
 * Return: 0 or a negative errno.
 */
long wsa_ioctl_features(void __user *uarg)
{
	struct wsa_features arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags)
		return -EINVAL;
	arg.abi = WSA_ABI;
	arg.family = wsa_family_number();
	arg.features = WSA_FEATURE_CONNECT | WSA_FEATURE_DGRAM | WSA_FEATURE_CANCEL |
		       WSA_FEATURE_COMPAT | WSA_FEATURE_CHECK | WSA_FEATURE_EVENT |
		       WSA_FEATURE_QOS | WSA_FEATURE_LOOK | WSA_FEATURE_RECEIVE |
		       WSA_FEATURE_ISO;
	return wsa_copy_out(uarg, &arg, sizeof(arg));
}

/* Of a call that did not reach us, or of an accepted socket, which keeps no record. */
static enum wsa_reason unrecorded_reason(int error)
{
	switch (error) {
	case 0:
		return WSA_REASON_NONE;
	case EISCONN:
		return WSA_REASON_CONNECTED;
	case EACCES:
	case EPERM:
		return WSA_REASON_POLICY;
	default:
		return WSA_REASON_OTHER;
	}
}

static int wsa_ioctl_attempt(struct socket *sock, void __user *uarg)
{
	struct wsa_sock *ws = wsa_sk(sock);
	struct sock *sk = sock->sk;
	struct wsa_attempt arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags || arg.error < 0)
		return -EINVAL;

	lock_sock(sk);
	if (ws->call_error && ws->call_error == arg.error) {
		arg.wsa = ws->call_wsa;
		arg.reason = ws->call_reason;
		ws->call_error = 0;
	} else {
		arg.wsa = wsa_errno_code(arg.error);
		arg.reason = unrecorded_reason(arg.error);
	}
	arg.attempt = ws->attempt;
	release_sock(sk);
	return wsa_copy_out(uarg, &arg, sizeof(arg));
}

static u32 state_of_stream(struct socket *sock)
{
	const struct wsa_sock *ws = wsa_sk(sock);

	switch (wsa_sock_phase(sock)) {
	case WSA_PHASE_LISTENING:
		return WSA_STATE_LISTENING;
	case WSA_PHASE_PENDING:
	case WSA_PHASE_DETACHED:
		return WSA_STATE_PENDING;
	case WSA_PHASE_FAILED:
		return WSA_STATE_FAILED;
	case WSA_PHASE_UNREPORTED:
		return READ_ONCE(ws->established) ? WSA_STATE_CONNECTED : WSA_STATE_FAILED;
	case WSA_PHASE_CONNECTED:
		return sock->sk->sk_state == TCP_CLOSE ? WSA_STATE_CLOSED :
							     WSA_STATE_CONNECTED;
	case WSA_PHASE_IDLE:
		break;
	}
	return ws->failed ? WSA_STATE_FAILED : WSA_STATE_IDLE;
}

static u32 state_of_dgram(const struct socket *sock)
{
	return sock->sk->sk_state == TCP_ESTABLISHED ? WSA_STATE_CONNECTED : WSA_STATE_IDLE;
}

/* Linux says of a peer without a port, every raw socket's, that there is none. */
static u32 dgram_peer(const struct sock *sk, void *peer)
{
	struct sockaddr_in6 *sin6 = peer;
	struct sockaddr_in *sin = peer;

	if (sk->sk_state != TCP_ESTABLISHED)
		return 0;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = inet_sk(sk)->inet_dport;
		sin6->sin6_addr = sk->sk_v6_daddr;
		sin6->sin6_scope_id = ipv6_iface_scope_id(&sk->sk_v6_daddr, sk->sk_bound_dev_if);
		return sizeof(*sin6);
	}
#endif
	sin->sin_family = AF_INET;
	sin->sin_port = inet_sk(sk)->inet_dport;
	sin->sin_addr.s_addr = inet_sk(sk)->inet_daddr;
	return sizeof(*sin);
}

static int wsa_ioctl_state(struct socket *sock, void __user *uarg)
{
	struct wsa_sock *ws = wsa_sk(sock);
	bool stream = ws->kind->type == SOCK_STREAM;
	struct sock *sk = sock->sk;
	struct sockaddr_storage peer = {};
	struct wsa_state arg;
	u32 size;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags || arg.reserved)
		return -EINVAL;
	size = arg.size;
	arg = (struct wsa_state){ .size = size };

	lock_sock(sk);
	arg.state = stream ? state_of_stream(sock) : state_of_dgram(sock);
	arg.so_error = stream ? wsa_so_error(sock) : 0;
	arg.attempt = ws->attempt;
	arg.compat = ws->compat;
	if (inet_sk(sk)->inet_num)
		arg.flags |= WSA_STATE_F_BOUND;
	if (ws->events && READ_ONCE(ws->events->record.mask))
		arg.flags |= WSA_STATE_F_SELECTED;
	if (arg.state != WSA_STATE_FAILED && (sk->sk_shutdown & RCV_SHUTDOWN))
		arg.flags |= WSA_STATE_F_SHUT_RD;
	if (arg.state != WSA_STATE_FAILED && (sk->sk_shutdown & SEND_SHUTDOWN))
		arg.flags |= WSA_STATE_F_SHUT_WR;
	if (!stream)
		arg.peer_len = dgram_peer(sk, arg.peer);
	release_sock(sk);
	if (!stream)
		return wsa_copy_out(uarg, &arg, sizeof(arg));

	/* 2: also while the handshake goes on (row 60) */
	err = ws->base->getname(sock, (struct sockaddr *)&peer, 2);
	if (err > 0 && err <= sizeof(arg.peer)) {
		arg.peer_len = err;
		memcpy(arg.peer, &peer, err);
	}
	return wsa_copy_out(uarg, &arg, sizeof(arg));
}

static int wsa_ioctl_cancel(struct socket *sock, void __user *uarg)
{
	struct wsa_cancel arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags)
		return -EINVAL;

	lock_sock(sock->sk);
	err = wsa_stream_cancel(sock);
	release_sock(sock->sk);
	return err;
}

static int wsa_ioctl_compat(struct socket *sock, void __user *uarg)
{
	struct wsa_compat_set arg;
	struct wsa_sock *ws;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags || arg.reserved || arg.compat > WSA_COMPAT_WINDOWS)
		return -EINVAL;

	lock_sock(sock->sk);
	ws = wsa_sk(sock);
	if (ws->shared)
		WRITE_ONCE(SOCK_INODE(sock)->i_private, wsa_kind_accepted(ws->kind, arg.compat));
	else
		WRITE_ONCE(ws->compat, arg.compat);
	release_sock(sock->sk);
	return 0;
}

static int wsa_ioctl_check(struct socket *sock, void __user *uarg)
{
	bool stream = wsa_sk(sock)->kind->type == SOCK_STREAM;
	struct sockaddr_storage name = {};
	struct wsa_decision decision;
	struct wsa_connect_call call;
	struct sockaddr_in6 scoped;
	struct wsa_check arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags || arg.reserved)
		return -EINVAL;

	/* connect(2) takes no longer address, and says EINVAL before it comes to us */
	if (arg.namelen > sizeof(name)) {
		arg.wsa = WSAEFAULT;
		arg.reason = WSA_REASON_OTHER;
		return wsa_copy_out(uarg, &arg, sizeof(arg));
	}
	if (copy_from_user(&name, u64_to_user_ptr(arg.name), arg.namelen))
		return -EFAULT;

	wsa_call_init(sock, &name, arg.namelen, &call);
	call.nonblock = true;
	lock_sock(sock->sk);
	if (stream)
		call.phase = wsa_sock_phase(sock);
	release_sock(sock->sk);

	decision = stream ? wsa_stream_decide(&call) : wsa_dgram_decide(&call);
	if (decision.action != WSA_ACTION_REFUSE &&
	    !wsa_scope_fill(sock->sk, (struct sockaddr *)&name, &call.dest, &scoped))
		decision = wsa_refuse(ENETUNREACH, WSA_REASON_SCOPE);
	arg.reason = decision.action == WSA_ACTION_REFUSE ? decision.reason : WSA_REASON_NONE;
	arg.wsa = wsa_fault_code(arg.reason, decision.error);
	return wsa_copy_out(uarg, &arg, sizeof(arg));
}

static int wsa_ioctl_accept_look(struct socket *sock, void __user *uarg)
{
	struct wsa_accept_look arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags || arg.reserved)
		return -EINVAL;
	err = wsa_accept_look(sock, &arg);
	return err ?: wsa_copy_out(uarg, &arg, sizeof(arg));
}

static int wsa_ioctl_event_select(struct socket *sock, void __user *uarg)
{
	struct wsa_event_select arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags & ~WSA_SELECT_F_MESSAGES || arg.mask & ~WSA_EVENT_ALL ||
	    (!arg.mask && arg.eventfd != -1))
		return -EINVAL;
	return wsa_events_select(sock, arg.eventfd, arg.mask, arg.flags & WSA_SELECT_F_MESSAGES);
}

static int wsa_ioctl_event_enum(struct socket *sock, void __user *uarg)
{
	struct wsa_event_enum arg;
	bool reset;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	reset = arg.flags & WSA_ENUM_F_RESET;
	if (arg.flags & ~WSA_ENUM_F_RESET || (!reset && arg.eventfd != -1))
		return -EINVAL;
	if (reset && arg.eventfd < 0)
		return -EBADF;

	memset(arg.error, 0, sizeof(arg.error));
	err = wsa_events_take(sock, arg.eventfd, &arg.events, arg.error);
	if (err)
		return err;
	err = wsa_copy_out(uarg, &arg, sizeof(arg));
	if (err)
		wsa_events_give_back(sock, arg.events);
	return err;
}

/* Whom a flow goes to; @wrong receives the code of an address that is not the socket's. */
static int qos_addr_in(struct socket *sock, u64 addr, u32 len, struct sockaddr_storage *to,
		       u32 *wrong)
{
	struct wsa_dest dest;

	memset(to, 0, sizeof(*to));
	if (copy_from_user(to, u64_to_user_ptr(addr), len))
		return -EFAULT;
	wsa_dest_parse(wsa_sk(sock)->kind->af, to, len, &dest);
	if (dest.kind == WSA_DEST_SHORT)
		*wrong = WSAEFAULT;
	else if (dest.kind == WSA_DEST_FOREIGN || dest.kind == WSA_DEST_UNSPEC)
		*wrong = WSAEAFNOSUPPORT;
	return 0;
}

/* The objects; what is wrong with them is told by @arg. */
static int qos_objects_in(struct wsa_qos_set *arg, struct wsa_qos_objects *objects)
{
	void *list = NULL;

	if (arg->objects_len) {
		list = memdup_user(u64_to_user_ptr(arg->objects), arg->objects_len);
		if (IS_ERR(list))
			return PTR_ERR(list);
	}
	arg->status = wsa_qos_objects_parse(list, arg->objects_len, objects);
	arg->wsa = wsa_qos_code(arg->status);
	kfree(list);
	return 0;
}

/* Do the objects say whom to? Who has a peer or names one says so himself. */
static bool qos_has_dest(struct socket *sock, const struct wsa_qos_set *arg,
			 const struct wsa_qos_objects *objects)
{
	return objects->dest && !arg->flags && !arg->namelen &&
	       wsa_sk(sock)->kind->type != SOCK_STREAM &&
	       READ_ONCE(sock->sk->sk_state) != TCP_ESTABLISHED;
}

/* What is behind the largest of addresses is ignored, as what is behind a smaller one (row 23). */
static int qos_dest_in(struct socket *sock, const struct wsa_qos_objects *objects,
		       struct sockaddr_storage *to, struct wsa_qos_set *arg)
{
	u32 len = min_t(u32, objects->dest_len, sizeof(*to));
	u32 wrong = 0;
	int err;

	err = qos_addr_in(sock, objects->dest, len, to, &wrong);
	if (wrong) {
		arg->status = WSA_QOS_BAD_OBJECT;
		arg->wsa = wsa_qos_code(arg->status);
	}
	return err;
}

static int wsa_ioctl_qos_set(struct socket *sock, void __user *uarg)
{
	struct wsa_qos_objects objects;
	struct sockaddr_storage to;
	struct wsa_qos_set arg;
	bool has_dest;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if ((arg.flags & ~(WSA_QOS_SET_KEPT | WSA_QOS_SET_UNSTAGE)) ||
	    (arg.flags & WSA_QOS_SET_UNSTAGE && (arg.flags & WSA_QOS_SET_KEPT || arg.namelen)))
		return -EINVAL;
	arg.cookie = 0;
	arg.wsa = 0;
	arg.status = 0;
	arg.ifindex = 0;
	arg.classid = 0;

	if (arg.namelen > sizeof(to)) {
		arg.wsa = WSAEFAULT;
	} else if (arg.namelen) {
		err = qos_addr_in(sock, arg.name, arg.namelen, &to, &arg.wsa);
		if (err)
			return err;
	}
	if (!arg.wsa && arg.objects_len > WSA_QOS_OBJECTS_MAX) {
		arg.wsa = WSAEFAULT;
		arg.status = WSA_QOS_EPROVSPECBUF;
	}
	if (arg.wsa)
		return wsa_copy_out(uarg, &arg, sizeof(arg));

	/* before anything is changed */
	err = wsa_copy_out(uarg, &arg, sizeof(arg));
	if (err)
		return err;
	err = qos_objects_in(&arg, &objects);
	has_dest = !err && qos_has_dest(sock, &arg, &objects);
	if (has_dest)
		err = qos_dest_in(sock, &objects, &to, &arg);
	if (!err && !arg.wsa)
		err = wsa_qos_set(sock, &arg, arg.namelen || has_dest ? &to : NULL, &objects);
	if (err)
		return err;
	err = wsa_copy_out(uarg, &arg, sizeof(arg));
	if (err && arg.cookie)
		wsa_qos_unstage(sock);
	return err;
}

static int wsa_ioctl_qos_get(struct socket *sock, void __user *uarg)
{
	struct wsa_qos_get arg;
	u32 size;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), WSA_QOS_GET_SIZE_FIRST, uarg);
	if (err)
		return err;
	if (arg.flags)
		return -EINVAL;
	size = arg.size;
	memset(&arg, 0, sizeof(arg));
	arg.size = size;
	wsa_qos_get(sock, &arg);
	return wsa_copy_out(uarg, &arg, sizeof(arg));
}

static int wsa_do_ioctl(struct socket *sock, unsigned int cmd, void __user *uarg)
{
	switch (cmd) {
	case WSA_IOC_ATTEMPT:
		return wsa_ioctl_attempt(sock, uarg);
	case WSA_IOC_STATE:
		return wsa_ioctl_state(sock, uarg);
	case WSA_IOC_CANCEL:
		return wsa_ioctl_cancel(sock, uarg);
	case WSA_IOC_COMPAT:
		return wsa_ioctl_compat(sock, uarg);
	case WSA_IOC_CHECK:
		return wsa_ioctl_check(sock, uarg);
	case WSA_IOC_EVENT_SELECT:
		return wsa_ioctl_event_select(sock, uarg);
	case WSA_IOC_EVENT_ENUM:
		return wsa_ioctl_event_enum(sock, uarg);
	case WSA_IOC_QOS_SET:
		return wsa_ioctl_qos_set(sock, uarg);
	case WSA_IOC_QOS_GET:
		return wsa_ioctl_qos_get(sock, uarg);
	case WSA_IOC_ACCEPT_LOOK:
		return wsa_ioctl_accept_look(sock, uarg);
	default:
		return wsa_iso_ioctl(sock, cmd, uarg);
	}
}

/**
 * wsa_ioctl - proto_ops.ioctl
 * @sock: the socket
 * @cmd: one of ours, or the base protocol's
 * @arg: user pointer
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0 or a negative errno.
 */
int wsa_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct wsa_sock *ws = wsa_sk(sock);

	if (ws->iso && cmd == FIONREAD)
		return wsa_iso_ioctl(sock, cmd, (void __user *)arg);
	if (_IOC_TYPE(cmd) != WSA_IOC_MAGIC)
		return ws->base->ioctl(sock, cmd, arg);
	return wsa_do_ioctl(sock, cmd, (void __user *)arg);
}

#ifdef CONFIG_COMPAT
/**
 * wsa_compat_ioctl - proto_ops.compat_ioctl
 * @sock: the socket
 * @cmd: one of ours, or the base protocol's
 * @arg: 32-bit user pointer; our structures are the same on both
 *
 * Return: 0 or a negative errno.
 */
int wsa_compat_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct wsa_sock *ws = wsa_sk(sock);

	if (_IOC_TYPE(cmd) == WSA_IOC_MAGIC)
		return wsa_do_ioctl(sock, cmd, compat_ptr(arg));
	if (!ws->base->compat_ioctl)
		return -ENOIOCTLCMD;
	return ws->base->compat_ioctl(sock, cmd, arg);
}
#endif
