// SPDX-License-Identifier: GPL-2.0
/* WSAConnect's arguments, one fault at a time. */
#include "case.h"

#include <kselftest_harness.h>

FIXTURE(argument) {
	const struct sort *sort;
	SOCKET s;	/* a fresh stream */
	SOCKET u;	/* a fresh datagram socket */
	SOCKET l;
	struct place at;
};

SORTS(argument);

FIXTURE_SETUP(argument)
{
	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make(self->sort, SOCK_STREAM);
	self->u = make(self->sort, SOCK_DGRAM);
	self->l = make_listener(self->sort, &self->at);
}

FIXTURE_TEARDOWN(argument)
{
	FINISH();
}

/* Both kinds refuse, by both functions, blocking and not, and stay unbound (row 47). */
#define EXPECT_BOTH_REFUSE(code, address, length) \
	do { \
		EXPECT_CONNECT_REFUSES(code, self->s, address, length); \
		EXPECT_CONNECT_REFUSES(code, self->u, address, length); \
		EXPECT_EQ(0, place_local(self->s).len); \
		EXPECT_EQ(0, place_local(self->u).len); \
	} while (0)

#define EXPECT_USABLE() \
	do { \
		EXPECT_WORKS(connect_at(self->s, &self->at)); \
		EXPECT_WORKS(connect_at(self->u, &self->at)); \
	} while (0)

CASE(argument, name__null_r19_r47)
{
	static const int lengths[] = { 0, 1, 16, 28, 128, 0x7fffffff, -1, (int)0x80000000 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		EXPECT_BOTH_REFUSE(WSAEFAULT, NULL, lengths[i]);
		EXPECT_REFUSES(WSAEFAULT, self->s, bind(self->s, NULL, lengths[i]));
		EXPECT_REFUSES(WSAEFAULT, self->u, bind(self->u, NULL, lengths[i]));
	}
	EXPECT_USABLE();
}

CASE(argument, name__too_short_r20_r21_r22_r47)
{
	int length;

	for (length = 0; length < self->at.len; length++)
		EXPECT_BOTH_REFUSE(WSAEFAULT, &self->at.sa, length);
	EXPECT_USABLE();
}

CASE(argument, bind__too_short_r20_r21_r22)
{
	struct place any = place_loopback(self->sort, 0);
	int length;

	for (length = 0; length < any.len; length++) {
		EXPECT_REFUSES(WSAEFAULT, self->s, bind(self->s, &any.sa, length));
		EXPECT_REFUSES(WSAEFAULT, self->u, bind(self->u, &any.sa, length));
		EXPECT_REFUSES(WSAEFAULT, self->u, sendto(self->u, "x", 1, 0, &any.sa, length));
	}
	EXPECT_WORKS(bind(self->s, &any.sa, any.len));
}

/* Room behind the address is no fault, however much of it is claimed. */
CASE(argument, name__longer_r23)
{
	static const int lengths[] = { 29, 64, 127, 128, 129, 1000, 4096, 0x7fffffff };
	static union { struct place place; char octets[4096]; } big;
	size_t i;

	memset(&big, 0xff, sizeof(big));
	big.place = self->at;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		SOCKET s = make(self->sort, SOCK_STREAM), u = make(self->sort, SOCK_DGRAM);
		struct place any = place_loopback(self->sort, 0), peer;

		EXPECT_WORKS(connect(s, &big.place.sa, lengths[i]));
		EXPECT_WORKS(connect(u, &big.place.sa, lengths[i]));
		peer = place_peer(s);
		EXPECT_TRUE(same_place(&self->at, &peer));
		EXPECT_WORKS(closesocket(s));
		EXPECT_WORKS(closesocket(u));
		s = make(self->sort, SOCK_STREAM);
		memcpy(&big.place, &any, sizeof(any));
		EXPECT_WORKS(bind(s, &big.place.sa, lengths[i]));
		EXPECT_WORKS(closesocket(s));
		memcpy(&big.place, &self->at, sizeof(self->at));
	}
}

CASE(argument, name__negative_length_r24_r47)
{
	static const int lengths[] = { -1, -16, -28, (int)0x80000000, (int)0x80000010 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		EXPECT_BOTH_REFUSE(WSAEFAULT, &self->at.sa, lengths[i]);
		EXPECT_REFUSES(WSAEFAULT, self->s, bind(self->s, &self->at.sa, lengths[i]));
		EXPECT_REFUSES(WSAEFAULT, self->u,
			       sendto(self->u, "x", 1, 0, &self->at.sa, lengths[i]));
	}
	EXPECT_USABLE();
}

CASE(argument, name__unreadable_r25_r47)
{
	char *fence = host_fence();
	int before;

	EXPECT_BOTH_REFUSE(WSAEFAULT, fence, self->at.len);
	EXPECT_BOTH_REFUSE(WSAEFAULT, (char *)16, self->at.len);
	for (before = 1; before < self->at.len; before += 3) {
		memcpy(fence - before, &self->at.sa, before);
		EXPECT_BOTH_REFUSE(WSAEFAULT, fence - before, self->at.len);
		EXPECT_REFUSES(WSAEFAULT, self->s,
			       bind(self->s, (struct sockaddr *)(fence - before), self->at.len));
		EXPECT_REFUSES(WSAEFAULT, self->u,
			       sendto(self->u, "x", 1, 0, (struct sockaddr *)(fence - before),
				      self->at.len));
	}
	/* the last octet of the page is the address's last */
	memcpy(fence - self->at.len, &self->at.sa, self->at.len);
	EXPECT_WORKS(connect(self->s, (struct sockaddr *)(fence - self->at.len), self->at.len));
}

CASE(argument, name__foreign_family_r26_r28_r47)
{
	static const ADDRESS_FAMILY families[] = { 0xdead, AF_UNIX, 23, 17, 16, 18, 255, 0xffff };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		struct place place = self->at;

		place.sa.sa_family = families[i];
		EXPECT_BOTH_REFUSE(WSAEAFNOSUPPORT, &place.sa, place.len);
		EXPECT_BOTH_REFUSE(WSAEAFNOSUPPORT, &place.sa, 128);
	}
	EXPECT_USABLE();
}

/* The length is measured by the socket's family, then the families are compared. */
CASE(argument, name__other_ip_version_r27_r28_r47)
{
	struct place v4 = place_at("127.0.0.1", 5), v6 = place_at("::1", 5);

	if (self->sort->af == AF_INET) {
		EXPECT_BOTH_REFUSE(WSAEAFNOSUPPORT, &v6.sa, v6.len);
	} else {
		EXPECT_BOTH_REFUSE(WSAEFAULT, &v4.sa, v4.len);
		EXPECT_BOTH_REFUSE(WSAEAFNOSUPPORT, &v4.sa, 28);
	}
	EXPECT_USABLE();
}

CASE(argument, name__unspec_r29_r30_r47)
{
	struct place none = { .len = self->at.len };
	SOCKET accepted, connected = make_pair(self->sort, &accepted);

	EXPECT_CONNECT_REFUSES(WSAEAFNOSUPPORT, self->s, &none.sa, none.len);
	EXPECT_EQ(0, place_local(self->s).len);
	EXPECT_CONNECT_REFUSES(WSAEISCONN, connected, &none.sa, none.len);
	EXPECT_CONNECT_REFUSES(WSAEISCONN, accepted, &none.sa, none.len);
	EXPECT_TRUE(pass_on(connected, accepted));
	EXPECT_USABLE();
}

CASE(argument, group_qos__is_refused_r31_r47)
{
	QOS qos = best_effort();

	EXPECT_REFUSES(WSAEINVAL, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, NULL, &qos));
	EXPECT_REFUSES(WSAEINVAL, self->u,
		       WSAConnect(self->u, &self->at.sa, self->at.len, NULL, NULL, NULL, &qos));
	EXPECT_REFUSES(WSAEINVAL, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, &qos, &qos));
	/* it is not looked at */
	EXPECT_REFUSES(WSAEINVAL, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, NULL,
				  (QOS *)host_fence()));
	EXPECT_EQ(0, place_local(self->s).len);
	EXPECT_USABLE();
}

CASE(argument, group_qos__short_name_first_r32)
{
	QOS qos = best_effort();

	EXPECT_REFUSES(WSAEFAULT, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len - 1, NULL, NULL, NULL, &qos));
	EXPECT_REFUSES(WSAEFAULT, self->s, WSAConnect(self->s, NULL, self->at.len, NULL, NULL, NULL,
						      &qos));
}

CASE(argument, group_qos__listening_r33)
{
	QOS qos = best_effort();

	EXPECT_REFUSES(WSAEINVAL, self->l,
		       WSAConnect(self->l, &self->at.sa, self->at.len, NULL, NULL, NULL, &qos));
}

CASE(argument, qos__unreadable_r34_r47)
{
	char *fence = host_fence();
	QOS qos = best_effort();
	size_t before;

#define EXPECT_QOS_FAULT(pointer) \
	do { \
		EXPECT_REFUSES(WSAEFAULT, self->s, \
			       WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, \
					  pointer, NULL)); \
		EXPECT_REFUSES(WSAEFAULT, self->u, \
			       WSAConnect(self->u, &self->at.sa, self->at.len, NULL, NULL, \
					  pointer, NULL)); \
	} while (0)

	EXPECT_QOS_FAULT((QOS *)fence);
	EXPECT_QOS_FAULT((QOS *)8);
	for (before = 8; before < sizeof(qos); before += 8) {
		memcpy(fence - before, &qos, before);
		EXPECT_QOS_FAULT((QOS *)(fence - before));
	}
	qos.ProviderSpecific.len = 16;
	qos.ProviderSpecific.buf = NULL;
	EXPECT_QOS_FAULT(&qos);
	qos.ProviderSpecific.buf = fence;
	EXPECT_QOS_FAULT(&qos);
	qos.ProviderSpecific.buf = fence - 15;
	EXPECT_QOS_FAULT(&qos);
	qos.ProviderSpecific.buf = fence - 4096;
	qos.ProviderSpecific.len = 0xffffffff;
	EXPECT_QOS_FAULT(&qos);
	EXPECT_USABLE();
}

CASE(argument, qos__objects_longer_than_buffer_r35_r47)
{
	struct { QOS_SD_MODE mode; QOS_OBJECT_HDR end; } objects = {
		{ { QOS_OBJECT_SD_MODE, sizeof(QOS_SD_MODE) }, TC_NONCONF_BORROW },
		{ QOS_OBJECT_END_OF_LIST, sizeof(QOS_OBJECT_HDR) },
	};
	QOS qos = best_effort();

	qos.ProviderSpecific.buf = (char *)&objects;
	for (qos.ProviderSpecific.len = 1; qos.ProviderSpecific.len < sizeof(QOS_SD_MODE);
	     qos.ProviderSpecific.len++)
		EXPECT_QOS_FAULT(&qos);
	qos.ProviderSpecific.len = sizeof(objects);
	objects.mode.ObjectHdr.ObjectLength = sizeof(objects) + 1;
	EXPECT_QOS_FAULT(&qos);
	objects.mode.ObjectHdr.ObjectLength = 0xffffffff;
	EXPECT_QOS_FAULT(&qos);
	objects.mode.ObjectHdr.ObjectLength = 0;
	EXPECT_QOS_FAULT(&qos);
	objects.mode.ObjectHdr.ObjectLength = sizeof(QOS_SD_MODE);
	EXPECT_WORKS(WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, &qos, NULL));
}

CASE(argument, qos__not_satisfiable_r36_r37_r47)
{
	QOS qos = guaranteed(), before = qos;

	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, &qos, NULL));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->u,
		       WSAConnect(self->u, &self->at.sa, self->at.len, NULL, NULL, &qos, NULL));
	/* the other direction counts as much */
	qos.ReceivingFlowspec = before.SendingFlowspec;
	qos.SendingFlowspec = before.ReceivingFlowspec;
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, &qos, NULL));
	qos = before;
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, &qos, NULL));
	EXPECT_EQ(0, memcmp(&qos, &before, sizeof(qos)));
	EXPECT_EQ(0, place_local(self->s).len);
	/* nobody was connected to */
	EXPECT_EQ(0, nonblocking(self->l, true));
	EXPECT_NO_SOCKET(WSAEWOULDBLOCK, accept(self->l, NULL, NULL));
	EXPECT_EQ(0, nonblocking(self->s, false));
	EXPECT_USABLE();
}

CASE(argument, qos__services_r285_r286_r287)
{
	static const struct { SERVICETYPE service; ULONG rate, peak; } refused[] = {
		{ SERVICETYPE_GUARANTEED, 0, QOS_NOT_SPECIFIED },
		{ SERVICETYPE_GUARANTEED, QOS_NOT_SPECIFIED, QOS_NOT_SPECIFIED },
		{ SERVICETYPE_CONTROLLEDLOAD, 0, QOS_NOT_SPECIFIED },
		{ SERVICETYPE_CONTROLLEDLOAD, 1000, 999 },
		{ SERVICETYPE_BESTEFFORT, 1000, 999 },
		{ SERVICE_GUARANTEED, 1000, 1000 },
		{ 0x77, QOS_NOT_SPECIFIED, QOS_NOT_SPECIFIED },
		{ 0x7fffffff, QOS_NOT_SPECIFIED, QOS_NOT_SPECIFIED },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		QOS qos = best_effort();

		qos.SendingFlowspec.ServiceType = refused[i].service;
		qos.SendingFlowspec.TokenRate = refused[i].rate;
		qos.SendingFlowspec.PeakBandwidth = refused[i].peak;
		EXPECT_REFUSES(WSAEOPNOTSUPP, self->s,
			       WSAConnect(self->s, &self->at.sa, self->at.len, NULL, NULL, &qos,
					  NULL));
	}
	EXPECT_USABLE();
}

/* What promises nothing is granted; the structure stays as it was. */
CASE(argument, qos__granted_r36_r283_r284)
{
	static const SERVICETYPE granted[] = {
		SERVICETYPE_BESTEFFORT, SERVICETYPE_NOTRAFFIC, SERVICETYPE_NOCHANGE,
		SERVICE_BESTEFFORT, SERVICE_GUARANTEED | SERVICE_NO_TRAFFIC_CONTROL,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(granted); i++) {
		SOCKET s = make(self->sort, SOCK_STREAM), u = make(self->sort, SOCK_DGRAM);
		QOS qos = best_effort(), before;

		qos.SendingFlowspec.ServiceType = granted[i];
		before = qos;
		EXPECT_WORKS(WSAConnect(s, &self->at.sa, self->at.len, NULL, NULL, &qos, NULL));
		EXPECT_WORKS(WSAConnect(u, &self->at.sa, self->at.len, NULL, NULL, &qos, NULL));
		EXPECT_EQ(0, memcmp(&qos, &before, sizeof(qos)));
		EXPECT_TRUE(has_connect_time(s));
		EXPECT_WORKS(closesocket(s));
		EXPECT_WORKS(closesocket(u));
	}
}

CASE(argument, caller_data__stream_refuses_r40_r47)
{
	char octets[64] = "hello";
	WSABUF caller = { .len = 5, .buf = octets }, callee = { .len = 64, .buf = octets };

	EXPECT_REFUSES(WSAEPROTONOSUPPORT, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len, &caller, NULL, NULL, NULL));
	EXPECT_REFUSES(WSAEPROTONOSUPPORT, self->s,
		       WSAConnect(self->s, &self->at.sa, self->at.len, &caller, &callee, NULL,
				  NULL));
	EXPECT_EQ(5U, caller.len);
	EXPECT_EQ(64U, callee.len);
	EXPECT_STREQ("hello", octets);
	EXPECT_EQ(0, nonblocking(self->l, true));
	EXPECT_NO_SOCKET(WSAEWOULDBLOCK, accept(self->l, NULL, NULL));
	EXPECT_USABLE();
}

CASE(argument, caller_data__empty_r42_r44)
{
	char octets[64] = "hello";
	WSABUF caller = { .len = 0, .buf = octets }, callee = { .len = 64, .buf = octets };
	SOCKET s = make(self->sort, SOCK_STREAM);

	EXPECT_WORKS(WSAConnect(self->s, &self->at.sa, self->at.len, &caller, NULL, NULL, NULL));
	caller.buf = NULL;
	EXPECT_WORKS(WSAConnect(s, &self->at.sa, self->at.len, &caller, &callee, NULL, NULL));
	EXPECT_EQ(0U, callee.len);
	EXPECT_STREQ("hello", octets);
}

CASE(argument, connect_data__unreadable_r34_r47)
{
	char *fence = host_fence();
	WSABUF caller = { .len = 5, .buf = fence }, callee = { .len = 5, .buf = fence };
	const WSABUF *read_only = (WSABUF *)host_read_only_page();

#define EXPECT_DATA_FAULT(to_peer, from_peer) \
	EXPECT_REFUSES(WSAEFAULT, self->s, \
		       WSAConnect(self->s, &self->at.sa, self->at.len, to_peer, from_peer, \
				  NULL, NULL))

	EXPECT_DATA_FAULT((WSABUF *)fence, NULL);
	EXPECT_DATA_FAULT((WSABUF *)(fence - 8), NULL);
	EXPECT_DATA_FAULT(&caller, NULL);
	caller.buf = fence - 4;
	EXPECT_DATA_FAULT(&caller, NULL);
	caller.buf = NULL;
	EXPECT_DATA_FAULT(&caller, NULL);
	EXPECT_DATA_FAULT(NULL, (WSABUF *)fence);
	EXPECT_DATA_FAULT(NULL, (WSABUF *)(fence - 8));
	EXPECT_DATA_FAULT(NULL, (WSABUF *)read_only);
	EXPECT_EQ(5U, callee.len);
	EXPECT_USABLE();
}

/* Neither pointer is looked at. */
CASE(argument, connect_data__datagram_ignores_r43)
{
	char octets[8] = "hello";
	WSABUF caller = { .len = 5, .buf = octets }, callee = { .len = 8, .buf = octets };
	WSABUF *fence = (WSABUF *)host_fence();

	EXPECT_WORKS(WSAConnect(self->u, &self->at.sa, self->at.len, &caller, &callee, NULL, NULL));
	EXPECT_EQ(5U, caller.len);
	EXPECT_EQ(8U, callee.len);
	EXPECT_STREQ("hello", octets);
	EXPECT_WORKS(WSAConnect(self->u, &self->at.sa, self->at.len, fence, fence, NULL, NULL));
}

CASE(argument, callee_data__nothing_arrives_r44_r292)
{
	char octets[8] = "poison";
	WSABUF callee = { .len = 8, .buf = octets };

	EXPECT_WORKS(WSAConnect(self->s, &self->at.sa, self->at.len, NULL, &callee, NULL, NULL));
	EXPECT_EQ(0U, callee.len);
	EXPECT_EQ(&octets[0], callee.buf);
	EXPECT_STREQ("poison", octets);
}

/* Known at the latest when the connection is; a call that starts nothing leaves it alone. */
CASE(argument, callee_data__nonblocking_r46)
{
	char octets[8] = "poison";
	WSABUF callee = { .len = 8, .buf = octets };
	struct place silent;
	SOCKET pending = make_pending(self->sort, &silent);

	EXPECT_REFUSES(WSAEALREADY, pending,
		       WSAConnect(pending, &silent.sa, silent.len, NULL, &callee, NULL, NULL));
	EXPECT_EQ(8U, callee.len);
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK,
		     WSAConnect(self->s, &self->at.sa, self->at.len, NULL, &callee, NULL, NULL));
	ASSERT_TRUE(soon_connected(self->s));
	EXPECT_EQ(0U, callee.len);
	EXPECT_STREQ("poison", octets);
}

/* A connect that fails leaves the caller's length alone. */
CASE(argument, callee_data__refused_r44)
{
	char octets[8] = "poison";
	WSABUF callee = { .len = 8, .buf = octets };
	struct place at;

	refused_at(self->sort, &at);
	EXPECT_FAILS(WSAECONNREFUSED, WSAConnect(self->s, &at.sa, at.len, NULL, &callee, NULL,
						 NULL));
	EXPECT_EQ(8U, callee.len);
	EXPECT_STREQ("poison", octets);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
