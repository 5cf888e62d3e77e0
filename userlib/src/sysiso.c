// SPDX-License-Identifier: MIT
/* The way into the kernel for ISO transport, and for connections that are not accepted yet. */
#define _GNU_SOURCE
#include "sys.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/wsa.h>

_Static_assert(SYS_ISO_CLASS0 == WSA_ISO_F_CLASS0 && SYS_ISO_ENDED == WSA_ISO_F_ENDED &&
	       SYS_ISO_RECORDS == WSA_ISO_F_RECORDS, "SYS_ISO_*");
_Static_assert(SYS_ISO_CALL == WSA_ISO_CALL_MAX && SYS_ISO_BYE == WSA_ISO_BYE_MAX &&
	       SYS_ISO_CALL == WSA_ISO_TSAP_MAX, "limits");

#define KEEP_ALL \
	(WSA_ISO_F_KEEP_CLASS | WSA_ISO_F_KEEP_OWN | WSA_ISO_F_KEEP_PEER | WSA_ISO_F_KEEP_DATA)

static int control(int fd, unsigned long code, void *arg)
{
	return ioctl(fd, code, arg) < 0 ? -errno : 0;
}

/**
 * sys_iso_get - what a socket of ISO transport has said and heard
 * @fd: WSA socket
 * @iso: receives it
 *
 * Return: 0, or -EOPNOTSUPP on a socket of another protocol.
 */
int sys_iso_get(int fd, struct sys_iso *iso)
{
	struct wsa_iso_get get = { .size = sizeof(get) };
	int r = control(fd, WSA_IOC_ISO_GET, &get);

	if (r < 0)
		return r;
	iso->flags = get.flags;
	iso->code = (int)get.end_wsa;
	iso->tpdu_size = get.tpdu_size;
	iso->own_len = get.own_len;
	iso->peer_len = get.peer_len;
	iso->data_len = get.data_len;
	iso->bye_len = get.bye_len;
	memcpy(iso->own, get.own, sizeof(iso->own));
	memcpy(iso->peer, get.peer, sizeof(iso->peer));
	memcpy(iso->data, get.data, sizeof(iso->data));
	memcpy(iso->bye, get.bye, sizeof(iso->bye));
	return 0;
}

/**
 * sys_iso_set - set a selector, or the data that every call carries
 * @fd: ISO socket
 * @part: which
 * @octets: the value
 * @len: its octets, 0 for none
 *
 * Return: 0, -EMSGSIZE, -EPROTONOSUPPORT or -EISCONN.
 */
int sys_iso_set(int fd, enum sys_iso_part part, const void *octets, unsigned int len)
{
	struct wsa_iso_set set = { .size = sizeof(set), .flags = KEEP_ALL };

	if (len > SYS_ISO_CALL)
		return -EMSGSIZE;
	switch (part) {
	case SYS_ISO_OWN:
		set.flags &= ~WSA_ISO_F_KEEP_OWN;
		set.own_len = len;
		memcpy(set.own, octets, len);
		break;
	case SYS_ISO_PEER:
		set.flags &= ~WSA_ISO_F_KEEP_PEER;
		set.peer_len = len;
		memcpy(set.peer, octets, len);
		break;
	case SYS_ISO_DATA:
		set.flags &= ~WSA_ISO_F_KEEP_DATA;
		set.data_len = len;
		memcpy(set.data, octets, len);
		break;
	}
	return control(fd, WSA_IOC_ISO_SET, &set);
}

/** sys_iso_set_class - set class and TPDU size; a size of 0 is the class's largest */
int sys_iso_set_class(int fd, int class0, uint32_t tpdu_size)
{
	struct wsa_iso_set set = {
		.size = sizeof(set),
		.flags = (KEEP_ALL & ~WSA_ISO_F_KEEP_CLASS) | (class0 ? WSA_ISO_F_CLASS0 : 0),
		.tpdu_size = tpdu_size,
	};

	return control(fd, WSA_IOC_ISO_SET, &set);
}

/**
 * sys_iso_stage - prepare one connect(2)
 * @fd: ISO socket
 * @data: the caller's data
 * @len: its octets, at most SYS_ISO_CALL
 * @room: octets for the callee's
 * @cookie: receives what connect(2) is to carry
 *
 * Return: 0, or -EPROTONOSUPPORT for data that the class does not carry.
 */
int sys_iso_stage(int fd, const void *data, unsigned int len, unsigned int room,
		  uint64_t *cookie)
{
	struct wsa_iso_set set = {
		.size = sizeof(set),
		.flags = WSA_ISO_F_STAGE,
		.data_len = len,
		.room = room,
	};
	int r;

	memcpy(set.data, data, len);
	r = control(fd, WSA_IOC_ISO_SET, &set);
	*cookie = set.cookie;
	return r;
}

/**
 * sys_iso_answer - accept or refuse a call
 * @fd: listener
 * @id: of sys_look()
 * @reject: refuse it
 * @data: for the caller
 * @len: its octets
 *
 * Return: 0, or -ENOENT when it is gone or answered.
 */
int sys_iso_answer(int fd, uint32_t id, int reject, const void *data, unsigned int len)
{
	struct wsa_iso_answer answer = {
		.size = sizeof(answer),
		.flags = reject ? WSA_ISO_REJECT : 0,
		.id = id,
		.data_len = len,
	};

	memcpy(answer.data, data, len);
	return control(fd, WSA_IOC_ISO_ANSWER, &answer);
}

/**
 * sys_iso_bye - release a connection
 * @fd: ISO socket
 * @later: only keep the data for it
 * @data: for the peer
 * @len: its octets, at most SYS_ISO_BYE
 *
 * Return: 0, -ENOTCONN, -EPIPE or -EPROTONOSUPPORT.
 */
int sys_iso_bye(int fd, int later, const void *data, unsigned int len)
{
	struct wsa_iso_bye bye = {
		.size = sizeof(bye),
		.flags = later ? WSA_ISO_LATER : 0,
		.data_len = len,
	};

	memcpy(bye.data, data, len);
	return control(fd, WSA_IOC_ISO_BYE, &bye);
}

static int look_iso(int fd, struct sys_call *call)
{
	struct wsa_iso_look look = { .size = sizeof(look) };
	int r = control(fd, WSA_IOC_ISO_LOOK, &look);

	if (r < 0)
		return r;
	call->id = look.id;
	call->room = look.flags & WSA_ISO_F_CLASS0 ? 0 : SYS_ISO_CALL;
	call->data_len = look.data_len;
	call->addr_len = look.addr_len;
	call->own_len = look.own_len;
	call->peer_len = look.peer_len;
	memcpy(call->own, look.own, sizeof(call->own));
	memcpy(call->peer, look.peer, sizeof(call->peer));
	memcpy(call->data, look.data, sizeof(call->data));
	memcpy(call->addr, look.addr, sizeof(call->addr));
	memcpy(call->local, look.local, sizeof(call->local));
	return 0;
}

/**
 * sys_look - see who would be accepted
 * @fd: listener
 * @iso: of ISO transport
 * @call: receives the first
 *
 * Return: 0, -EAGAIN or -EINVAL.
 */
int sys_look(int fd, int iso, struct sys_call *call)
{
	struct wsa_accept_look look = { .size = sizeof(look) };
	int r;

	if (iso)
		return look_iso(fd, call);
	r = control(fd, WSA_IOC_ACCEPT_LOOK, &look);
	if (r < 0)
		return r;
	call->id = 0;
	call->room = 0;
	call->data_len = 0;
	call->addr_len = (int)look.addr_len;
	memcpy(call->addr, look.peer, sizeof(call->addr));
	memcpy(call->local, look.local, sizeof(call->local));
	return 0;
}
