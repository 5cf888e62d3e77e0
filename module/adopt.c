// SPDX-License-Identifier: GPL-2.0
/*
 * The other door, /dev/wsa: an ordinary socket becomes a WSA socket.
 *
 * The socket was made by socket(AF_INET, ...) and keeps the label, the seccomp
 * decision and the sandbox rules that came with it.
 */
#include <linux/file.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>

#include "mib.h"
#include "wsa_sock.h"

/* Neither bound nor connected nor connecting; a raw socket's number is its protocol. */
static bool is_fresh(const struct socket *sock)
{
	const struct sock *sk = sock->sk;

	return sock->state == SS_UNCONNECTED && sk->sk_state == TCP_CLOSE &&
	       (sk->sk_type == SOCK_RAW || !inet_sk(sk)->inet_num);
}

static int wsa_adopt(struct socket *sock, u32 compat)
{
	const struct wsa_kind *kind;
	struct module *owner;
	struct wsa_sock *ws;
	int err = 0;

	lock_sock(sock->sk);
	if (wsa_sk(sock)) {
		err = -EALREADY;
		goto out;
	}
	kind = wsa_kind_of(sock);
	if (!kind) {
		err = -EOPNOTSUPP;
		goto out;
	}
	if (!is_fresh(sock)) {
		err = -EISCONN;
		goto out;
	}
	ws = wsa_sock_alloc(kind);
	if (!ws) {
		err = -ENOMEM;
		goto out;
	}

	/* the caller's open /dev/wsa holds the module while this is taken */
	__module_get(THIS_MODULE);
	owner = kind->base->owner;
	ws->compat = compat;
	wsa_sock_start(ws, sock);
	module_put(owner);
	wsa_count(sock_net(sock->sk), WSA_MIB_ADOPTED);
out:
	release_sock(sock->sk);
	return err;
}

static long wsa_ioctl_adopt(void __user *uarg)
{
	struct wsa_adopt arg;
	struct socket *sock;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags || arg.compat > WSA_COMPAT_WINDOWS)
		return -EINVAL;

	sock = sockfd_lookup(arg.fd, &err);
	if (!sock)
		return err;

	/* i_private and sk mean what we think only on inet sockets */
	if (sock->ops->family != AF_INET && sock->ops->family != AF_INET6)
		err = -EOPNOTSUPP;
	else
		err = wsa_adopt(sock, arg.compat);
	sockfd_put(sock);
	return err;
}

static long wsa_dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case WSA_IOC_FEATURES:
		return wsa_ioctl_features((void __user *)arg);
	case WSA_IOC_ADOPT:
		return wsa_ioctl_adopt((void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations wsa_dev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = wsa_dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice wsa_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "wsa",
	.mode = 0666,
	.fops = &wsa_dev_fops,
};

/**
 * wsa_adopt_register - open the adopt door
 *
 * Context: module load; may sleep.
 * Return: 0 or the errno of misc_register().
 */
int __init wsa_adopt_register(void)
{
	return misc_register(&wsa_dev);
}

/** wsa_adopt_unregister - shut the adopt door */
void wsa_adopt_unregister(void)
{
	misc_deregister(&wsa_dev);
}
