// SPDX-License-Identifier: MIT
/* SOCKADDR_TP, the form of address that has a selector in it. */
#include <string.h>

#include "wsalib.h"
#include "wshisotp.h"

#define HEAD	((int)offsetof(SOCKADDR_TP, tp_addr))

_Static_assert(ISO_MAX_TSEL + sizeof(struct sockaddr_in6) <= ISO_MAX_ADDR_LENGTH, "tp_addr");
_Static_assert(sizeof(SOCKADDR_TP) == TP_NAME_MAX, "TP_NAME_MAX");

/**
 * tp_name_of - is an address of this form?
 * @sk: socket
 * @name: address, as the program passed it
 * @namelen: octets there
 * @tp: receives what is in it
 *
 * Return: 0; -1 for another form, or none; or WSAEFAULT, WSAEAFNOSUPPORT.
 */
int tp_name_of(const struct wsa_sock *sk, const struct sockaddr *name, int namelen,
	       struct tp_name *tp)
{
	SOCKADDR_TP given;
	int node;

	if (!(sock_flags(sk) & SOCK_F_ISO) || !name || namelen < HEAD || !sys_readable(name, HEAD))
		return -1;
	memcpy(&given, name, HEAD);
	if (given.tp_family != AF_ISO)
		return -1;
	node = given.tp_taddr_len - given.tp_tsel_len;
	if (given.tp_tsel_len > ISO_MAX_TSEL || given.tp_taddr_len > ISO_MAX_ADDR_LENGTH ||
	    node < sock_addr_min(sk) || namelen < HEAD + given.tp_taddr_len ||
	    !sys_readable((const char *)name + HEAD, given.tp_taddr_len))
		return WSAEFAULT;
	if (given.tp_addr_type != ISO_HIERARCHICAL)
		return WSAEAFNOSUPPORT;
	tp->tsel_len = given.tp_tsel_len;
	memcpy(tp->tsel, (const char *)name + HEAD, tp->tsel_len);
	tp->node_len = sock_addr_min(sk);
	memcpy(&tp->node, (const char *)name + HEAD + tp->tsel_len, tp->node_len);
	return 0;
}

/**
 * tp_name_give - write such an address
 * @tsel: the selector
 * @tsel_len: its octets
 * @node: the address
 * @node_len: its octets
 * @name: receives it, TP_NAME_MAX octets at most
 *
 * Return: octets written.
 */
int tp_name_give(const void *tsel, int tsel_len, const void *node, int node_len, void *name)
{
	SOCKADDR_TP tp = { .tp_family = AF_ISO };

	ISO_SET_TP_ADDR(&tp, tsel, tsel_len, node, node_len);
	memcpy(name, &tp, HEAD + tp.tp_taddr_len);
	return HEAD + tp.tp_taddr_len;
}

/**
 * tp_name_change - give a socket a selector
 * @fd: socket
 * @part: SYS_ISO_OWN or SYS_ISO_PEER
 * @tp: the selector; receives the one there was
 *
 * Return: 0 or a negative errno.
 */
int tp_name_change(int fd, enum sys_iso_part part, struct tp_name *tp)
{
	struct sys_iso iso;
	int r = sys_iso_get(fd, &iso);

	if (!r)
		r = sys_iso_set(fd, part, tp->tsel, tp->tsel_len);
	if (r < 0)
		return r;
	tp->tsel_len = part == SYS_ISO_OWN ? iso.own_len : iso.peer_len;
	memcpy(tp->tsel, part == SYS_ISO_OWN ? iso.own : iso.peer, tp->tsel_len);
	return 0;
}
