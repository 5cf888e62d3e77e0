// SPDX-License-Identifier: GPL-2.0
/*
 * Two faults at once: the one that is looked for first is told, and nothing has changed.
 *
 * Each fault spoils a call that would succeed. Those of the name are told apart by rank: a
 * name cannot be of another family and be the wildcard, and a socket has one state.
 */
#include "case.h"

#include <kselftest_harness.h>

#include <stdio.h>

struct call {
	SOCKET s;
	struct place place;
	const struct sockaddr *name;
	int namelen;
	WSABUF *caller;
	WSABUF *callee;
	QOS *sqos;
	QOS *gqos;
	struct place silent;
};

struct context {
	const struct sort *sort;
	struct place at;
	SOCKET listening;
	char *fence;
	char octets[8];
	WSABUF data;
	WSABUF bad_data;
	QOS promise;
	QOS bad_promise;
	QOS group;
};

static struct context context;

static void no_socket(struct call *call)
{
	call->s = INVALID_SOCKET;
}

static void null_name(struct call *call)
{
	call->name = NULL;
}

static void unreadable_name(struct call *call)
{
	call->name = (struct sockaddr *)context.fence;
}

static void short_name(struct call *call)
{
	call->namelen--;
}

static void unreadable_caller(struct call *call)
{
	call->caller = (WSABUF *)context.fence;
}

static void unreadable_caller_data(struct call *call)
{
	call->caller = &context.bad_data;
}

static void unreadable_callee(struct call *call)
{
	call->callee = (WSABUF *)context.fence;
}

static void unreadable_qos(struct call *call)
{
	call->sqos = (QOS *)context.fence;
}

static void unreadable_objects(struct call *call)
{
	call->sqos = &context.bad_promise;
}

static void group_qos(struct call *call)
{
	call->gqos = &context.group;
}

static void listening(struct call *call)
{
	struct place at;

	closesocket(call->s);
	call->s = make_listener(context.sort, &at);
}

static void pending(struct call *call)
{
	struct place to;

	closesocket(call->s);
	call->s = make_pending(context.sort, &to);
}

static void connected(struct call *call)
{
	if (connect_at(call->s, &context.at))
		call->s = INVALID_SOCKET;
}

static void foreign_family(struct call *call)
{
	call->place.sa.sa_family = 0xdead;
}

static void unspec_family(struct call *call)
{
	call->place.sa.sa_family = AF_UNSPEC;
}

static void wildcard(struct call *call)
{
	call->place = place_for(context.sort, "0.0.0.0", "::", 5);
}

static void port_zero(struct call *call)
{
	place_set_port(&call->place, 0);
}

static void multicast(struct call *call)
{
	call->place = place_for(context.sort, "224.0.0.5", "ff0e::5", 5);
}

static void caller_data(struct call *call)
{
	call->caller = &context.data;
}

static void promise(struct call *call)
{
	call->sqos = &context.promise;
}

static void no_route(struct call *call)
{
	call->place = place_for(context.sort, "203.0.113.5", "2001:db8::5", 5);
}

/* Of the same kind two cannot be combined. */
enum kind { SOCKET_VALUE, STATE, NAME, NAME_MEMORY, CALLER, CALLEE, FLOW, GROUP_FLOW };

/* In the order in which they are looked for; those of one step have the same code. */
static const struct fault {
	const char *desc;
	int step;
	int code;
	enum kind kind;
	void (*spoil)(struct call *call);
} faults[] = {
	{ "no socket", 3, WSAENOTSOCK, SOCKET_VALUE, no_socket },
	{ "null name", 4, WSAEFAULT, NAME_MEMORY, null_name },
	{ "unreadable name", 4, WSAEFAULT, NAME_MEMORY, unreadable_name },
	{ "short name", 4, WSAEFAULT, NAME_MEMORY, short_name },
	{ "unreadable caller", 4, WSAEFAULT, CALLER, unreadable_caller },
	{ "unreadable caller data", 4, WSAEFAULT, CALLER, unreadable_caller_data },
	{ "unreadable callee", 4, WSAEFAULT, CALLEE, unreadable_callee },
	{ "unreadable flow", 4, WSAEFAULT, FLOW, unreadable_qos },
	{ "unreadable objects", 4, WSAEFAULT, FLOW, unreadable_objects },
	{ "group flow", 5, WSAEINVAL, GROUP_FLOW, group_qos },
	{ "listening", 6, WSAEINVAL, STATE, listening },
	{ "pending", 7, WSAEALREADY, STATE, pending },
	{ "connected", 8, WSAEISCONN, STATE, connected },
	{ "foreign family", 9, WSAEAFNOSUPPORT, NAME, foreign_family },
	{ "AF_UNSPEC", 9, WSAEAFNOSUPPORT, NAME, unspec_family },
	{ "wildcard", 10, WSAEADDRNOTAVAIL, NAME, wildcard },
	{ "port 0", 10, WSAEADDRNOTAVAIL, NAME, port_zero },
	{ "multicast", 10, WSAEADDRNOTAVAIL, NAME, multicast },
	{ "caller data", 11, WSAEPROTONOSUPPORT, CALLER, caller_data },
	{ "promise", 12, WSAEOPNOTSUPP, FLOW, promise },
	{ "no route", 15, WSAENETUNREACH, NAME, no_route },
};

/* Returns what went wrong, as a count. */
static int both(const struct fault *first, const struct fault *second, bool nonblock)
{
	struct picture before;
	struct call call = {
		.s = make(context.sort, SOCK_STREAM), .place = context.at,
		.namelen = context.at.len,
	};
	int ret, code, bad = 0;
	SOCKET s = call.s;

	call.name = &call.place.sa;
	/* a state is made by a call of its own, before the name is spoilt */
	if (second->kind == STATE)
		second->spoil(&call);
	if (first->kind != SOCKET_VALUE)
		first->spoil(&call);
	if (second->kind != STATE)
		second->spoil(&call);
	s = call.s;
	if (first->kind == SOCKET_VALUE)
		first->spoil(&call);
	if (nonblock)
		nonblocking(s, true);

	take_picture(s, &before);
	WSASetLastError(POISON_CODE);
	ret = WSAConnect(call.s, call.name, call.namelen, call.caller, call.callee, call.sqos,
			 call.gqos);
	code = WSAGetLastError();
	if (ret != SOCKET_ERROR || code != first->code) {
		printf("# %s and %s: returned %d, code %d, not %d\n", first->desc, second->desc,
		       ret, code, first->code);
		bad++;
	}
	if (!same_picture(s, &before)) {
		printf("# %s and %s: the socket changed\n", first->desc, second->desc);
		bad++;
	}
	if (context.data.len != 5 || strcmp(context.octets, "hello"))
		bad++;
	closesocket(s);
	return bad;
}

/* Each fault of @step before each of a later one. */
static int before_all_later(int step)
{
	size_t i, j;
	int bad = 0, pairs = 0;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		for (j = i + 1; j < ARRAY_SIZE(faults) && faults[i].step == step; j++) {
			if (faults[j].step == step || faults[j].kind == faults[i].kind)
				continue;
			bad += both(&faults[i], &faults[j], false);
			bad += both(&faults[i], &faults[j], true);
			pairs++;
		}
	}
	return pairs ? bad : -1;
}

FIXTURE(order) {};

SORTS(order);

FIXTURE_SETUP(order)
{
	host_fresh();
	host_dummies();
	start(&variant->sort);
	context = (struct context){ .sort = &variant->sort, .octets = "hello" };
	context.fence = host_fence();
	context.listening = make_listener(context.sort, &context.at);
	context.data = (WSABUF){ .len = 5, .buf = context.octets };
	context.bad_data = (WSABUF){ .len = 5, .buf = context.fence };
	context.promise = guaranteed();
	context.bad_promise = guaranteed();
	context.bad_promise.ProviderSpecific = (WSABUF){ .len = 8, .buf = context.fence };
	context.group = best_effort();
}

FIXTURE_TEARDOWN(order)
{
	FINISH();
}

CASE(order, not_a_socket__before_all_r13)
{
	EXPECT_EQ(0, before_all_later(3));
}

CASE(order, memory__before_group_flow_and_later_r32_r19_r20)
{
	EXPECT_EQ(0, before_all_later(4));
}

CASE(order, group_flow__before_state_and_later_r31_r33)
{
	EXPECT_EQ(0, before_all_later(5));
}

CASE(order, listening__before_name_and_later_r57)
{
	EXPECT_EQ(0, before_all_later(6));
}

CASE(order, pending__before_name_and_later_r51)
{
	EXPECT_EQ(0, before_all_later(7));
}

CASE(order, connected__before_name_and_later_r94_r29)
{
	EXPECT_EQ(0, before_all_later(8));
}

CASE(order, family__before_data_and_flow_r26_r30)
{
	EXPECT_EQ(0, before_all_later(9));
}

CASE(order, address__before_data_and_flow_r113_r116_r120)
{
	EXPECT_EQ(0, before_all_later(10));
}

CASE(order, caller_data__before_flow_and_route_r40)
{
	EXPECT_EQ(0, before_all_later(11));
}

CASE(order, flow__before_route_r36)
{
	EXPECT_EQ(0, before_all_later(12));
}

/* Family before value within one name: neither is looked at once the first has failed. */
CASE(order, family__before_address_r26_r116)
{
	SOCKET s = make(context.sort, SOCK_STREAM);
	struct place place = place_for(context.sort, "0.0.0.0", "::", 0);

	place.sa.sa_family = 0xdead;
	EXPECT_CONNECT_REFUSES(WSAEAFNOSUPPORT, s, &place.sa, place.len);
}

/* Startup before everything. */
CASE(order, not_started__before_all_r1)
{
	SOCKET s = make(context.sort, SOCK_STREAM);

	finish();
	EXPECT_FAILS(WSANOTINITIALISED, WSAConnect(s, NULL, -1, NULL, NULL, &context.promise,
						   &context.group));
	EXPECT_FAILS(WSANOTINITIALISED, WSAConnect(INVALID_SOCKET, NULL, 0, NULL, NULL, NULL,
						   NULL));
}

/* There is no broadcast in IPv6: the step before it answers. */
static bool is_ipv6_only(void)
{
	return context.sort->af == AF_INET6 && !context.sort->dual;
}

/* The one check that only datagram sockets have: after the flow, before the route. */
CASE(order, broadcast__after_flow_r121)
{
	struct place place = place_for(context.sort, "10.9.0.255", "ff02::5", 5);
	SOCKET u = make(context.sort, SOCK_DGRAM);

	if (is_ipv6_only())
		place = place_at("::", 5);
	EXPECT_REFUSES(is_ipv6_only() ? WSAEADDRNOTAVAIL : WSAEOPNOTSUPP, u,
		       WSAConnect(u, &place.sa, place.len, NULL, NULL, &context.promise, NULL));
	EXPECT_REFUSES(WSAEINVAL, u,
		       WSAConnect(u, &place.sa, place.len, NULL, NULL, NULL, &context.group));
}

CASE(order, broadcast__before_route_r121)
{
	struct place place = place_for(context.sort, "255.255.255.255", "::", 5);
	SOCKET u = make(context.sort, SOCK_DGRAM);
	bool none = is_ipv6_only();

	EXPECT_CONNECT_REFUSES(none ? WSAEADDRNOTAVAIL : WSAEACCES, u, &place.sa, place.len);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
