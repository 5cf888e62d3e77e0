// SPDX-License-Identifier: GPL-2.0
/* Flows under Winsock's names: lpSQOS, SIO_SET_QOS, SIO_GET_QOS, where there is a pool. */
#include "case.h"

#include <kselftest_harness.h>

#include <qossp.h>

#include "hostqos.h"

#define RATE		250000
#define OTHER_RATE	400000
#define TOO_MUCH	2000000		/* of the 1,000,000 that may be promised */

FIXTURE(flow) {
	const struct sort *sort;
	struct place at;
	SOCKET s, u;
};

SORTS(flow);

FIXTURE_SETUP(flow)
{
	bool ipv6 = variant->sort.af == AF_INET6 && !variant->sort.dual;

	host_pool_fresh();
	self->sort = &variant->sort;
	start(self->sort);
	self->at = place_for(self->sort, HOST_THERE4, HOST_THERE6, host_listen_there(ipv6));
	self->s = make(self->sort, SOCK_STREAM);
	self->u = make(self->sort, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(flow)
{
	FINISH();
	EXPECT_TRUE(host_flows_gone());
}

static QOS rate_of(ULONG rate)
{
	QOS qos = best_effort();

	qos.SendingFlowspec.ServiceType = SERVICETYPE_CONTROLLEDLOAD;
	qos.SendingFlowspec.TokenRate = rate;
	qos.SendingFlowspec.TokenBucketSize = 3000;
	return qos;
}

static int connect_with(SOCKET s, const struct place *at, QOS *qos)
{
	return WSAConnect(s, &at->sa, at->len, NULL, NULL, qos, NULL);
}

static int set_qos(SOCKET s, QOS *qos)
{
	DWORD returned;

	return WSAIoctl(s, SIO_SET_QOS, qos, sizeof(*qos), NULL, 0, &returned, NULL, NULL);
}

struct got {
	QOS qos;
	RSVP_STATUS_INFO info;
	QOS_OBJECT_HDR end;
};

/* Without what the compiler puts behind it. */
#define GOT_SIZE	(offsetof(struct got, end) + sizeof(QOS_OBJECT_HDR))

static int get_qos(SOCKET s, struct got *got, DWORD size, DWORD *returned)
{
	memset(got, 0xa5, sizeof(*got));
	return WSAIoctl(s, SIO_GET_QOS, NULL, 0, got, size, returned, NULL, NULL);
}

/* The rate SIO_GET_QOS tells; 0 when it fails. */
static ULONG rate_got(SOCKET s)
{
	struct got got;
	DWORD returned;

	if (get_qos(s, &got, sizeof(got), &returned) || returned < sizeof(QOS))
		return 0;
	return got.qos.SendingFlowspec.TokenRate;
}

#define EXPECT_FLOW(rate, s) \
	do { \
		EXPECT_TRUE(host_class_there(host_class_of((int)(s)))); \
		EXPECT_EQ(rate, rate_got(s)); \
	} while (0)

#define EXPECT_NO_FLOW(s) EXPECT_EQ(0U, host_class_of((int)(s)))

CASE(flow, granted__has_its_class_r36)
{
	QOS qos = rate_of(RATE), before = qos;

	EXPECT_WORKS(connect_with(self->s, &self->at, &qos));
	EXPECT_FLOW(RATE, self->s);
	EXPECT_WORKS(connect_with(self->u, &self->at, &qos));
	EXPECT_FLOW(RATE, self->u);
	EXPECT_NE(host_class_of((int)self->s), host_class_of((int)self->u));
	EXPECT_EQ(0, memcmp(&before, &qos, sizeof(qos)));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_WORKS(closesocket(self->u));
	EXPECT_TRUE(host_flows_gone());
}

/* A rate for what is received is had where an ifb receives it. */
CASE(flow, receiving__where_there_is_an_ifb_r36)
{
	QOS qos = best_effort();
	struct got got;
	DWORD returned;

	qos.ReceivingFlowspec.ServiceType = SERVICETYPE_CONTROLLEDLOAD;
	qos.ReceivingFlowspec.TokenRate = RATE;
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s, connect_with(self->s, &self->at, &qos));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->u, connect_with(self->u, &self->at, &qos));

	host_pool_disable();
	host_ingress_enable();
	EXPECT_WORKS(connect_with(self->s, &self->at, &qos));
	EXPECT_EQ(1, host_flows_received());
	EXPECT_WORKS(connect_with(self->u, &self->at, &qos));
	EXPECT_EQ(2, host_flows_received());
	EXPECT_NO_FLOW(self->s);
	EXPECT_WORKS(get_qos(self->s, &got, sizeof(got), &returned));
	EXPECT_EQ(sizeof(QOS), returned);
	EXPECT_EQ((ULONG)RATE, got.qos.ReceivingFlowspec.TokenRate);

	qos.ReceivingFlowspec.ServiceType = SERVICETYPE_NOTRAFFIC;
	EXPECT_WORKS(set_qos(self->u, &qos));
	EXPECT_TRUE(host_flows_received_are(1));
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_TRUE(host_flows_received_are(0));
}

/* What does not fit is refused, the reason told, and the socket as it was. */
CASE(flow, refused__tells_why_r36_r47)
{
	struct { RSVP_STATUS_INFO info; QOS_OBJECT_HDR end; } objects = {
		{ { RSVP_OBJECT_STATUS_INFO, sizeof(objects.info) }, 1, 2, 3 },
		{ QOS_OBJECT_END_OF_LIST, sizeof(objects.end) },
	};
	QOS qos = rate_of(TOO_MUCH);

	qos.ProviderSpecific.buf = (char *)&objects;
	qos.ProviderSpecific.len = sizeof(objects);
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s, connect_with(self->s, &self->at, &qos));
	EXPECT_EQ((ULONG)WSA_QOS_ADMISSION_FAILURE, objects.info.StatusCode);
	EXPECT_EQ(0U, objects.info.ExtendedStatus1);
	EXPECT_EQ(0U, objects.info.ExtendedStatus2);
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->u, connect_with(self->u, &self->at, &qos));
	EXPECT_FAILS(WSAEOPNOTSUPP, (WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL,
						&qos, NULL)));
	EXPECT_TRUE(host_flows_gone());
	qos.SendingFlowspec.TokenRate = RATE;
	EXPECT_WORKS(connect_with(self->s, &self->at, &qos));
	EXPECT_EQ(0U, objects.info.StatusCode);
	EXPECT_FLOW(RATE, self->s);
}

CASE(flow, failed_connect__releases_it_r282)
{
	struct place closed = self->at;
	QOS qos = rate_of(RATE);

	place_set_port(&closed, 9);
	EXPECT_FAILS(WSAECONNREFUSED, connect_with(self->s, &closed, &qos));
	EXPECT_NO_FLOW(self->s);
	EXPECT_TRUE(host_flows_gone());
	EXPECT_WORKS(connect_with(self->s, &self->at, &qos));
	EXPECT_FLOW(RATE, self->s);
	/* ... and one that never started leaves what there is */
	EXPECT_FAILS(WSAEISCONN, connect_with(self->s, &self->at, &qos));
	EXPECT_FLOW(RATE, self->s);
}

CASE(flow, pending__has_it_until_closed_r282)
{
	struct place silent = place_for(self->sort, HOST_SILENT4, HOST_SILENT6, 9);
	QOS qos = rate_of(RATE);

	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, connect_with(self->s, &silent, &qos));
	EXPECT_TRUE(host_class_there(host_class_of((int)self->s)));
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_TRUE(host_flows_gone());
}

CASE(flow, set__waits_for_connect_r38_r280)
{
	QOS qos = rate_of(RATE);

	EXPECT_WORKS(set_qos(self->s, &qos));
	EXPECT_NO_FLOW(self->s);
	EXPECT_WORKS(connect_at(self->s, &self->at));
	EXPECT_FLOW(RATE, self->s);
	EXPECT_WORKS(set_qos(self->u, &qos));
	EXPECT_WORKS(connect_with(self->u, &self->at, NULL));
	EXPECT_FLOW(RATE, self->u);
}

CASE(flow, set__at_once_when_connected_r280)
{
	QOS qos = rate_of(RATE);

	EXPECT_WORKS(connect_at(self->s, &self->at));
	EXPECT_NO_FLOW(self->s);
	EXPECT_WORKS(set_qos(self->s, &qos));
	EXPECT_FLOW(RATE, self->s);
	qos = rate_of(TOO_MUCH);
	EXPECT_FAILS(WSAEOPNOTSUPP, set_qos(self->s, &qos));
	EXPECT_FLOW(RATE, self->s);
	qos = rate_of(OTHER_RATE);
	EXPECT_WORKS(set_qos(self->s, &qos));
	EXPECT_FLOW(OTHER_RATE, self->s);
	qos = best_effort();
	EXPECT_WORKS(set_qos(self->s, &qos));
	EXPECT_NO_FLOW(self->s);
	EXPECT_TRUE(host_flows_gone());
}

/* Whom an unconnected socket sends to is said by an object, and elsewhere that is not read. */
CASE(flow, set__with_a_destination_r280)
{
	struct { QOS_DESTADDR to; QOS_OBJECT_HDR end; } objects = {
		{ { QOS_OBJECT_DESTADDR, sizeof(objects.to) }, &self->at.sa, self->at.len },
		{ QOS_OBJECT_END_OF_LIST, sizeof(objects.end) },
	};
	QOS qos = rate_of(RATE);
	struct got got;
	DWORD returned;

	qos.ProviderSpecific.buf = (char *)&objects;
	qos.ProviderSpecific.len = sizeof(objects);
	objects.to.SocketAddressLength = self->at.len - 1;
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->u, set_qos(self->u, &qos));
	objects.to.SocketAddressLength = self->at.len;
	objects.to.SocketAddress = (const struct sockaddr *)8;
	EXPECT_REFUSES(WSAEFAULT, self->u, set_qos(self->u, &qos));
	EXPECT_WORKS(set_qos(self->s, &qos));
	EXPECT_NO_FLOW(self->s);
	EXPECT_NO_FLOW(self->u);

	objects.to.SocketAddress = &self->at.sa;
	EXPECT_WORKS(set_qos(self->u, &qos));
	EXPECT_TRUE(host_class_there(host_class_of((int)self->u)));
	EXPECT_FAILS(WSAENOTCONN, get_qos(self->u, &got, sizeof(got), &returned));
	EXPECT_EQ(1, sendto(self->u, "x", 1, 0, &self->at.sa, self->at.len));
	EXPECT_TRUE(host_class_sends(host_class_of((int)self->u)));
	EXPECT_WORKS(connect_at(self->u, &self->at));
	EXPECT_FLOW(RATE, self->u);
}

CASE(flow, lpsqos__replaces_what_was_set_r281)
{
	QOS set = rate_of(RATE), given = rate_of(OTHER_RATE);

	EXPECT_WORKS(set_qos(self->s, &set));
	EXPECT_WORKS(connect_with(self->s, &self->at, &given));
	EXPECT_FLOW(OTHER_RATE, self->s);
}

CASE(flow, nochange__leaves_a_direction_r283)
{
	QOS qos = rate_of(RATE);

	EXPECT_WORKS(connect_with(self->s, &self->at, &qos));
	qos.SendingFlowspec.ServiceType = SERVICETYPE_NOCHANGE;
	qos.SendingFlowspec.TokenRate = OTHER_RATE;
	EXPECT_WORKS(set_qos(self->s, &qos));
	EXPECT_FLOW(RATE, self->s);
}

CASE(flow, get__wants_a_connection_r288)
{
	QOS qos = rate_of(RATE);
	struct got got, poison;
	DWORD returned = 7;

	memset(&poison, 0xa5, sizeof(poison));
	EXPECT_FAILS(WSAENOTCONN, get_qos(self->s, &got, sizeof(got), &returned));
	EXPECT_WORKS(set_qos(self->s, &qos));
	EXPECT_FAILS(WSAENOTCONN, get_qos(self->s, &got, sizeof(got), &returned));
	EXPECT_EQ(0, memcmp(&poison, &got, sizeof(got)));
	EXPECT_EQ(0U, returned);
	EXPECT_WORKS(connect_at(self->s, &self->at));
	EXPECT_WORKS(get_qos(self->s, &got, sizeof(got), &returned));
	EXPECT_EQ(sizeof(QOS), returned);
	EXPECT_EQ(0, memcmp(&qos, &got.qos, offsetof(QOS, ProviderSpecific)));
	EXPECT_EQ(0U, got.qos.ProviderSpecific.len);
	EXPECT_EQ(NULL, got.qos.ProviderSpecific.buf);
	EXPECT_EQ(0, memcmp(&poison.info, &got.info, sizeof(got.info)));
	/* nothing was asked for: the best there is without */
	EXPECT_WORKS(connect_at(self->u, &self->at));
	EXPECT_WORKS(get_qos(self->u, &got, sizeof(got), &returned));
	EXPECT_EQ((SERVICETYPE)SERVICETYPE_BESTEFFORT, got.qos.SendingFlowspec.ServiceType);
	EXPECT_EQ(QOS_NOT_SPECIFIED, got.qos.SendingFlowspec.TokenRate);
}

CASE(flow, get__into_a_short_buffer_r289)
{
	struct got got, poison;
	DWORD returned;

	memset(&poison, 0xa5, sizeof(poison));
	EXPECT_WORKS(connect_at(self->s, &self->at));
	EXPECT_FAILS(WSAEFAULT, get_qos(self->s, &got, sizeof(QOS) - 1, &returned));
	EXPECT_EQ(sizeof(QOS), returned);
	EXPECT_EQ(0, memcmp(&poison, &got, sizeof(got)));
	EXPECT_FAILS(WSAEFAULT, get_qos(self->s, &got, 0, &returned));
	EXPECT_EQ(sizeof(QOS), returned);
}

/* The administrator takes the pool away: the connection goes on without. */
CASE(flow, lost__is_told_by_get_r291)
{
	QOS qos = rate_of(RATE);
	struct got got;
	DWORD returned;

	EXPECT_WORKS(connect_with(self->s, &self->at, &qos));
	host_pool_disable();
	EXPECT_WORKS(get_qos(self->s, &got, sizeof(got), &returned));
	EXPECT_EQ(GOT_SIZE, returned);
	EXPECT_EQ(sizeof(got.info) + sizeof(got.end), got.qos.ProviderSpecific.len);
	EXPECT_EQ((char *)&got.info, got.qos.ProviderSpecific.buf);
	EXPECT_EQ((ULONG)RSVP_OBJECT_STATUS_INFO, got.info.ObjectHdr.ObjectType);
	EXPECT_NE(0U, got.info.StatusCode);
	EXPECT_EQ((ULONG)QOS_OBJECT_END_OF_LIST, got.end.ObjectType);
	EXPECT_FAILS(WSAEFAULT, get_qos(self->s, &got, sizeof(QOS), &returned));
	EXPECT_EQ(GOT_SIZE, returned);
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	host_pool_enable();
}

#define EXPECT_QOS_EVENT(events_, s, event) \
	do { \
		WSANETWORKEVENTS got_ = { 0x5a5a5a5a, {} }; \
		EXPECT_WORKS(WSAEnumNetworkEvents(s, event, &got_)); \
		EXPECT_EQ(events_, got_.lNetworkEvents); \
		EXPECT_EQ(0, got_.iErrorCode[FD_QOS_BIT]); \
	} while (0)

static bool set_in_time(WSAEVENT event)
{
	return WSAWaitForMultipleEvents(1, &event, TRUE, 60000, FALSE) == WSA_WAIT_EVENT_0;
}

/* Once, and again only for another loss. */
CASE(flow, lost__is_an_event_r228_r291)
{
	QOS qos = rate_of(RATE);
	WSAEVENT event = WSACreateEvent();
	SOCKET all[] = { self->s, self->u };
	struct got got;
	DWORD returned;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		EXPECT_WORKS(connect_with(all[i], &self->at, &qos));
		EXPECT_WORKS(WSAEventSelect(all[i], event, FD_QOS));
		EXPECT_QOS_EVENT(0, all[i], event);
		host_pool_disable();
		EXPECT_TRUE(set_in_time(event));
		EXPECT_QOS_EVENT(FD_QOS, all[i], event);
		EXPECT_QOS_EVENT(0, all[i], event);
		EXPECT_WORKS(get_qos(all[i], &got, sizeof(got), &returned));
		EXPECT_EQ(GOT_SIZE, returned);
		EXPECT_QOS_EVENT(0, all[i], event);
		host_pool_enable();
		EXPECT_WORKS(set_qos(all[i], &qos));
		EXPECT_FLOW(RATE, all[i]);
		EXPECT_QOS_EVENT(0, all[i], event);
		host_pool_disable();
		EXPECT_TRUE(set_in_time(event));
		EXPECT_QOS_EVENT(FD_QOS, all[i], event);
		host_pool_enable();
	}
	EXPECT_TRUE(WSACloseEvent(event));
}

static int check(SOCKET s, DWORD what, DWORD *value)
{
	DWORD returned = 0;
	int r = WSAIoctl(s, SIO_CHK_QOS, &what, sizeof(what), value, sizeof(*value), &returned,
			 NULL, NULL);

	return !r && returned != sizeof(*value) ? 7 : r;
}

CASE(flow, check__tells_of_this_machine)
{
	QOS qos = rate_of(RATE);
	DWORD value = 7;

	EXPECT_FAILS(WSAEINVAL, check(self->s, 50000, &value));
	EXPECT_EQ(7U, value);
	EXPECT_WORKS(check(self->s, LOCAL_TRAFFIC_CONTROL, &value));
	EXPECT_EQ(0U, value);
	EXPECT_WORKS(connect_with(self->s, &self->at, &qos));
	EXPECT_WORKS(check(self->s, LOCAL_TRAFFIC_CONTROL, &value));
	EXPECT_EQ(1U, value);
	EXPECT_WORKS(check(self->s, ALLOWED_TO_SEND_DATA, &value));
	EXPECT_EQ(1U, value);
	EXPECT_WORKS(check(self->s, END_TO_END_QOSABILITY, &value));
	EXPECT_EQ(0U, value);
}

TEST_HARNESS_MAIN
