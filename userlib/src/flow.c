// SPDX-License-Identifier: MIT
/* Flow specifications: the kernel decides, these ask and tell. */
#include <string.h>

#include "wsalib.h"
#include "qossp.h"

/**
 * flow_readable - may all memory behind a QOS be read, and is its object list sound?
 * @qos: what the program passed, not NULL
 *
 * Return: 1, or 0 where WSAEFAULT is due (rows 34, 35).
 */
int flow_readable(const QOS *qos)
{
	const char *at;
	ULONG left;

	if (!sys_readable(qos, sizeof(*qos)))
		return 0;
	at = qos->ProviderSpecific.buf;
	left = qos->ProviderSpecific.len;
	if (!left)
		return 1;
	if (!sys_readable(at, left))
		return 0;
	while (left) {
		QOS_OBJECT_HDR head;

		if (left < sizeof(head))
			return 0;
		memcpy(&head, at, sizeof(head));
		if (head.ObjectLength < sizeof(head) || head.ObjectLength > left)
			return 0;
		if (head.ObjectType == QOS_OBJECT_END_OF_LIST)
			return 1;
		at += head.ObjectLength;
		left -= head.ObjectLength;
	}
	return 1;
}

/* Tell the program why, where it has left room for that. */
static void tell_status(const QOS *qos, uint32_t status)
{
	char *at = qos->ProviderSpecific.buf;
	ULONG left = qos->ProviderSpecific.len;
	RSVP_STATUS_INFO info;

	while (left) {
		memcpy(&info.ObjectHdr, at, sizeof(info.ObjectHdr));
		if (info.ObjectHdr.ObjectType == QOS_OBJECT_END_OF_LIST)
			return;
		if (info.ObjectHdr.ObjectType == RSVP_OBJECT_STATUS_INFO &&
		    info.ObjectHdr.ObjectLength >= sizeof(info) && sys_writable(at, sizeof(info))) {
			info.StatusCode = status;
			info.ExtendedStatus1 = 0;
			info.ExtendedStatus2 = 0;
			memcpy(at, &info, sizeof(info));
			return;
		}
		at += info.ObjectHdr.ObjectLength;
		left -= info.ObjectHdr.ObjectLength;
	}
}

/* Returns 0 or a code. */
static int ask_for(int fd, const QOS *qos, const struct sockaddr *name, int len,
		   struct sys_qos_answer *answer)
{
	struct sys_qos_ask ask;
	int r;

	if (qos) {
		memcpy(&ask.sending, &qos->SendingFlowspec, sizeof(ask.sending));
		memcpy(&ask.receiving, &qos->ReceivingFlowspec, sizeof(ask.receiving));
		ask.objects = qos->ProviderSpecific.buf;
		ask.objects_len = qos->ProviderSpecific.len;
	}
	r = sys_qos_set(fd, qos ? &ask : NULL, name, len, answer);
	if (r < 0)
		return wsa_code(-r);
	if (qos)
		tell_status(qos, answer->status);
	return answer->code;
}

/**
 * flow_stage - have a flow admitted that begins with a connect(2) to come
 * @fd: socket
 * @qos: readable; NULL for the flow that SIO_SET_QOS has set (row 38)
 * @name: readable address
 * @len: octets of an address in the socket's family; what follows is ignored
 * @with: receives what to call connect(2) with
 *
 * Return: 0 or a code, which was told in @qos, too (row 36).
 */
int flow_stage(int fd, const QOS *qos, const struct sockaddr *name, int len, struct flow_name *with)
{
	struct sys_qos_answer answer;
	int code = ask_for(fd, qos, name, len, &answer);

	if (code)
		return code;
	memcpy(with->octets, name, len);
	with->len = len;
	if (answer.cookie) {
		memcpy(with->octets + len, &answer.cookie, sizeof(answer.cookie));
		with->len += sizeof(answer.cookie);
	}
	return 0;
}

/**
 * flow_set - SIO_SET_QOS
 * @fd: socket
 * @sk: the same
 * @in: QOS
 * @size: octets there
 *
 * At once on a connected socket, with the next connect on others (row 280), but for those that
 * a QOS_DESTADDR gives a destination; the kernel reads that.
 *
 * Return: 0 or a code.
 */
int flow_set(int fd, struct wsa_sock *sk, const void *in, DWORD size)
{
	struct sys_qos_answer answer;
	int code;

	if (size < sizeof(QOS) || !flow_readable(in))
		return WSAEFAULT;
	code = ask_for(fd, in, NULL, 0, &answer);
	if (!code)
		sock_set(sk, SOCK_F_QOS);
	return code;
}

/* One that receives may ask when it is bound, one that sends when it is connected (row 288). */
static int may_get(int fd, const struct sys_flow *flow)
{
	FLOWSPEC receiving;
	struct sys_state state;
	int r = sys_state(fd, &state);

	if (r < 0)
		return wsa_code(-r);
	if (state.state == SYS_CONNECTED)
		return 0;
	memcpy(&receiving, &flow->receiving, sizeof(receiving));
	return state.bound && flow->flags & SYS_FLOW_KEPT &&
	       receiving.ServiceType != SERVICETYPE_NOTRAFFIC ? 0 : WSAENOTCONN;
}

/**
 * flow_get - SIO_GET_QOS
 * @fd: socket
 * @out: receives a QOS; of a lost promise with the reason, in an RSVP_STATUS_INFO behind it
 * @size: octets there
 * @returned: receives the octets written, or wanted when @size is too small (row 289)
 *
 * Return: 0 or a code.
 */
int flow_get(int fd, void *out, DWORD size, DWORD *returned)
{
	static const FLOWSPEC nothing = {
		QOS_NOT_SPECIFIED, QOS_NOT_SPECIFIED, QOS_NOT_SPECIFIED, QOS_NOT_SPECIFIED,
		QOS_NOT_SPECIFIED, SERVICETYPE_BESTEFFORT, QOS_NOT_SPECIFIED, QOS_NOT_SPECIFIED,
	};
	struct {
		QOS qos;
		RSVP_STATUS_INFO info;
		QOS_OBJECT_HDR end;
	} got = {
		{ nothing, nothing, { 0, NULL } },
		{ { RSVP_OBJECT_STATUS_INFO, sizeof(got.info) }, 0, 0, 0 },
		{ QOS_OBJECT_END_OF_LIST, sizeof(got.end) },
	};
	size_t need = sizeof(got.qos);
	struct sys_flow flow;
	int code, r = sys_qos_get(fd, &flow);

	if (r < 0)
		return wsa_code(-r);
	code = may_get(fd, &flow);
	if (code)
		return code;
	if (flow.flags & SYS_FLOW_KEPT) {
		memcpy(&got.qos.SendingFlowspec, &flow.sending, sizeof(flow.sending));
		memcpy(&got.qos.ReceivingFlowspec, &flow.receiving, sizeof(flow.receiving));
	}
	if (flow.flags & SYS_FLOW_LOST) {
		need = sizeof(got.info) + sizeof(got.end);
		got.qos.ProviderSpecific.len = (ULONG)need;
		got.qos.ProviderSpecific.buf = (char *)out + sizeof(got.qos);
		got.info.StatusCode = flow.status;
		need += sizeof(got.qos);
	}
	*returned = (DWORD)need;
	if (size < need || !sys_writable(out, need))
		return WSAEFAULT;
	memcpy(out, &got, need);
	return 0;
}

/**
 * flow_check - SIO_CHK_QOS
 * @fd: socket
 * @in: DWORD, what is asked
 * @in_size: octets there
 * @out: receives a DWORD
 * @out_size: octets there
 * @returned: receives the octets written
 *
 * Nobody here speaks RSVP, so nothing is known of the way beyond this machine.
 *
 * Return: 0 or a code.
 */
int flow_check(int fd, const void *in, DWORD in_size, void *out, DWORD out_size, DWORD *returned)
{
	struct sys_flow flow;
	DWORD what, value;
	int r;

	if (in_size < sizeof(what) || !sys_readable(in, sizeof(what)) ||
	    out_size < sizeof(value) || !sys_writable(out, sizeof(value)))
		return WSAEFAULT;
	memcpy(&what, in, sizeof(what));
	r = sys_qos_get(fd, &flow);
	if (r < 0)
		return wsa_code(-r);
	switch (what) {
	case ALLOWED_TO_SEND_DATA:
		value = TRUE;
		break;
	case ABLE_TO_RECV_RSVP:
	case END_TO_END_QOSABILITY:
		value = FALSE;
		break;
	case LINE_RATE:
		value = QOS_NOT_SPECIFIED;
		break;
	case LOCAL_TRAFFIC_CONTROL:
	case LOCAL_QOSABILITY:
		value = flow.classid && !(flow.flags & SYS_FLOW_LOST);
		break;
	default:
		return WSAEINVAL;
	}
	memcpy(out, &value, sizeof(value));
	*returned = sizeof(value);
	return 0;
}
