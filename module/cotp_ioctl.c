// SPDX-License-Identifier: GPL-2.0
/* The requests of WSAPROTO_ISO, with their structures checked and copied. */
#include <asm/ioctls.h>
#include <linux/uaccess.h>

#include "cotp_sock.h"

#define KEEP	(WSA_ISO_F_KEEP_CLASS | WSA_ISO_F_KEEP_OWN | WSA_ISO_F_KEEP_PEER | \
		 WSA_ISO_F_KEEP_DATA)

static int ioctl_set(struct socket *sock, void __user *uarg)
{
	struct wsa_iso_set arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.cookie)
		return -EINVAL;
	if (arg.flags == WSA_ISO_F_STAGE) {
		if (arg.tpdu_size || arg.own_len || arg.peer_len)
			return -EINVAL;
		err = wsa_iso_set(sock, &arg);
		return err ?: wsa_copy_out(uarg, &arg, sizeof(arg));
	}
	if (arg.flags & ~(WSA_ISO_F_CLASS0 | KEEP) || arg.room)
		return -EINVAL;
	return wsa_iso_set(sock, &arg);
}

static int ioctl_get(struct socket *sock, void __user *uarg)
{
	struct wsa_iso_get arg;
	u32 size;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags || arg.reserved[0] || arg.reserved[1] || arg.reserved[2])
		return -EINVAL;
	size = arg.size;
	memset(&arg, 0, sizeof(arg));
	arg.size = size;
	err = wsa_iso_get(sock, &arg);
	return err ?: wsa_copy_out(uarg, &arg, sizeof(arg));
}

static int ioctl_look(struct socket *sock, void __user *uarg)
{
	struct wsa_iso_look arg;
	u32 size;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags)
		return -EINVAL;
	size = arg.size;
	memset(&arg, 0, sizeof(arg));
	arg.size = size;
	err = wsa_iso_look(sock, &arg);
	return err ?: wsa_copy_out(uarg, &arg, sizeof(arg));
}

static int ioctl_answer(struct socket *sock, void __user *uarg)
{
	struct wsa_iso_answer arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags & ~WSA_ISO_REJECT)
		return -EINVAL;
	if (arg.data_len > (arg.flags & WSA_ISO_REJECT ? WSA_ISO_BYE_MAX : WSA_ISO_CALL_MAX))
		return -EMSGSIZE;
	return wsa_iso_answer(sock, &arg);
}

static int ioctl_bye(struct socket *sock, void __user *uarg)
{
	struct wsa_iso_bye arg;
	int err;

	err = wsa_copy_in(&arg, sizeof(arg), sizeof(arg), uarg);
	if (err)
		return err;
	if (arg.flags & ~WSA_ISO_LATER || arg.reserved)
		return -EINVAL;
	if (arg.data_len > WSA_ISO_BYE_MAX)
		return -EMSGSIZE;
	if (arg.flags & WSA_ISO_LATER)
		return wsa_iso_bye_later(sock, arg.data, arg.data_len);
	return wsa_iso_bye(sock, arg.data, arg.data_len);
}

static int ioctl_unread(struct socket *sock, void __user *uarg)
{
	int n = wsa_iso_unread(sock);

	return n < 0 ? n : put_user(n, (int __user *)uarg);
}

/**
 * wsa_iso_ioctl - proto_ops.ioctl of what only WSAPROTO_ISO has
 * @sock: a WSA socket
 * @cmd: WSA_IOC_ISO_*, or FIONREAD of an ISO socket
 * @uarg: user pointer
 *
 * Context: may sleep; takes the sk lock.
 * Return: 0; -ENOTTY; -EOPNOTSUPP on a socket of another protocol; another negative errno.
 */
int wsa_iso_ioctl(struct socket *sock, unsigned int cmd, void __user *uarg)
{
	switch (cmd) {
	case WSA_IOC_ISO_SET:
		return ioctl_set(sock, uarg);
	case WSA_IOC_ISO_GET:
		return ioctl_get(sock, uarg);
	case WSA_IOC_ISO_LOOK:
		return ioctl_look(sock, uarg);
	case WSA_IOC_ISO_ANSWER:
		return ioctl_answer(sock, uarg);
	case WSA_IOC_ISO_BYE:
		return ioctl_bye(sock, uarg);
	case FIONREAD:
		return ioctl_unread(sock, uarg);
	default:
		return -ENOTTY;
	}
}
