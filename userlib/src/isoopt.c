// SPDX-License-Identifier: MIT
/* Options of ISO transport: selectors, and the older way to connect and disconnect data. */
#include <string.h>

#include "wsalib.h"
#include "mswsock.h"
#include "wshisotp.h"

/** iso_has_option - is it one of these? */
int iso_has_option(int level, int name)
{
	if (level == SOL_ISO)
		return name >= ISO_LOCAL_TSEL && name <= ISO_TPDU_SIZE;
	return level == SOL_SOCKET && name >= SO_CONNDATA && name <= SO_DISCOPTLEN;
}

static int give(char *value, int *len, const void *octets, int n)
{
	if (*len < n)
		return WSAEFAULT;
	memcpy(value, octets, n);
	*len = n;
	return 0;
}

static int give_number(char *value, int *len, DWORD number)
{
	return give(value, len, &number, sizeof(number));
}

/**
 * iso_getopt - read such an option
 * @fd: socket
 * @sk: the same
 * @name: option
 * @value: receives it
 * @len: octets there, then octets used
 *
 * Return: 0 or a code.
 */
int iso_getopt(int fd, struct wsa_sock *sk, int name, char *value, int *len)
{
	struct sys_iso iso;
	int r;

	if (!(sock_flags(sk) & SOCK_F_ISO))
		return WSAENOPROTOOPT;
	r = sys_iso_get(fd, &iso);
	if (r < 0)
		return wsa_code(r);
	switch (name) {
	case ISO_LOCAL_TSEL:
		return give(value, len, iso.own, iso.own_len);
	case ISO_REMOTE_TSEL:
		return give(value, len, iso.peer, iso.peer_len);
	case ISO_TPDU_SIZE:
		return give_number(value, len, iso.tpdu_size);
	case SO_CONNDATA:
		return give(value, len, iso.data, iso.data_len);
	case SO_CONNDATALEN:
		return give_number(value, len, iso.data_len);
	case SO_DISCDATA:
		return give(value, len, iso.bye, iso.bye_len);
	case SO_DISCDATALEN:
		return give_number(value, len, iso.bye_len);
	case SO_CONNOPT:
	case SO_DISCOPT:
		*len = 0;
		return 0;
	case SO_CONNOPTLEN:
	case SO_DISCOPTLEN:
		return give_number(value, len, 0);
	default:
		return WSAENOPROTOOPT;
	}
}

/* Class 0 stays class 0. */
static int set_tpdu_size(int fd, const char *value, int len)
{
	struct sys_iso iso;
	DWORD size;
	int r;

	if (len < (int)sizeof(size))
		return -EFAULT;
	memcpy(&size, value, sizeof(size));
	r = sys_iso_get(fd, &iso);
	if (r < 0)
		return r;
	return sys_iso_set_class(fd, !!(iso.flags & SYS_ISO_CLASS0), size);
}

/**
 * iso_setopt - set such an option
 * @fd: socket
 * @sk: the same
 * @name: option
 * @value: readable
 * @len: octets there
 *
 * Return: 0 or a code.
 */
int iso_setopt(int fd, struct wsa_sock *sk, int name, const char *value, int len)
{
	int r;

	if (!(sock_flags(sk) & SOCK_F_ISO))
		return WSAENOPROTOOPT;
	switch (name) {
	case ISO_LOCAL_TSEL:
		r = sys_iso_set(fd, SYS_ISO_OWN, value, len);
		break;
	case ISO_REMOTE_TSEL:
		r = sys_iso_set(fd, SYS_ISO_PEER, value, len);
		break;
	case ISO_TPDU_SIZE:
		r = set_tpdu_size(fd, value, len);
		break;
	case SO_CONNDATA:
		r = sys_iso_set(fd, SYS_ISO_DATA, value, len);
		break;
	case SO_DISCDATA:
		r = len > SYS_ISO_BYE ? -EMSGSIZE : sys_iso_bye(fd, 1, value, len);
		break;
	case SO_CONNOPT:
	case SO_DISCOPT:
		return len ? WSAENOPROTOOPT : 0;
	default:
		return WSAENOPROTOOPT;
	}
	if (r == -EMSGSIZE)
		return WSAEFAULT;	/* as row 41 */
	return r < 0 ? wsa_code(r) : 0;
}
