// SPDX-License-Identifier: GPL-2.0
/* SOCKADDR_TP: addresses of ISO transport with a selector in them. */
#include "case.h"

#include <kselftest_harness.h>

#include "iso.h"

FIXTURE(tpname) {
	const struct sort *sort;
	int type;
	struct place at;
	SOCKET l, s;
};

ISO_KINDS(tpname);

/* @selector at the host and port of @node. */
static struct place tp(const char *selector, const struct place *node)
{
	struct place place = {};
	SOCKADDR_TP name = {};

	ISO_SET_TP_ADDR(&name, selector, strlen(selector), &node->sa, node->len);
	place.len = offsetof(SOCKADDR_TP, tp_addr) + name.tp_taddr_len;
	memcpy(place.octets, &name, place.len);
	return place;
}

FIXTURE_SETUP(tpname)
{
	struct place any, name;

	host_fresh();
	self->sort = &variant->sort;
	self->type = variant->type;
	start(self->sort);
	any = place_loopback(self->sort, 0);
	name = tp("printer", &any);
	self->l = iso_make(self->sort, self->type);
	if (bind(self->l, &name.sa, name.len) || listen(self->l, 8))
		errx(1, "listen: %d", WSAGetLastError());
	self->at = place_local(self->l);
	self->s = iso_make(self->sort, self->type);
}

FIXTURE_TEARDOWN(tpname)
{
	FINISH();
}

/* The address without the selector. */
static struct place node_of(const struct place *name)
{
	struct place node = {};
	SOCKADDR_TP given;

	memcpy(&given, name->octets, sizeof(given));
	node.len = given.tp_taddr_len - given.tp_tsel_len;
	memcpy(node.octets, given.tp_addr + given.tp_tsel_len, node.len);
	return node;
}

/* Calls, is accepted, and is connected; returns the name that accept told. */
static struct place call_accepted(FIXTURE_DATA(tpname) *self, SOCKET *b)
{
	struct place peer = { .len = sizeof(SOCKADDR_TP) };

	nonblocking(self->s, true);
	if (!connect_at(self->s, &self->at) || WSAGetLastError() != WSAEWOULDBLOCK)
		errx(1, "connect: %d", WSAGetLastError());
	memset(peer.octets, POISON, sizeof(peer.octets));
	*b = accept(self->l, &peer.sa, &peer.len);
	if (*b == INVALID_SOCKET || !soon_connected(self->s))
		errx(1, "accept: %d", WSAGetLastError());
	nonblocking(self->s, false);
	return peer;
}

CASE(tpname, selectors_travel)
{
	struct place node = node_of(&self->at), mine, want, seen;
	SOCKET b;

	want = tp("printer", &node);
	EXPECT_TRUE(same_place(&want, &self->at));
	EXPECT_EQ((size_t)node.len, self->sort->af == AF_INET ? sizeof(struct sockaddr_in) :
								sizeof(struct sockaddr_in6));
	mine = place_loopback(self->sort, 0);
	mine = tp("me", &mine);
	EXPECT_WORKS(bind(self->s, &mine.sa, mine.len));
	mine = place_local(self->s);
	seen = call_accepted(self, &b);
	EXPECT_TRUE(same_place(&mine, &seen));
	EXPECT_TRUE(all_octets(seen.octets + seen.len, POISON, sizeof(SOCKADDR_TP) - seen.len));
	seen = place_peer(self->s);
	EXPECT_TRUE(same_place(&self->at, &seen));
	seen = place_peer(b);
	EXPECT_TRUE(same_place(&mine, &seen));
	seen = place_local(b);
	EXPECT_TRUE(same_place(&self->at, &seen));
	EXPECT_TRUE(pass_on(self->s, b));
}

CASE(tpname, another_selector__refused)
{
	struct place node = node_of(&self->at), other = tp("plotter", &node), peer = {}, mine;
	char selector[ISO_MAX_TSEL];
	int len = sizeof(selector);
	SOCKET b;

	EXPECT_FAILS(WSAEADDRINUSE, bind(self->s, &other.sa, other.len));
	EXPECT_WORKS(getsockopt(self->s, SOL_ISO, ISO_LOCAL_TSEL, selector, &len));
	EXPECT_EQ(0, len);
	mine = place_loopback(self->sort, 0);
	mine = tp("me", &mine);
	EXPECT_WORKS(bind(self->s, &mine.sa, mine.len));

	EXPECT_WORKS(setsockopt(self->s, SOL_ISO, ISO_REMOTE_TSEL, "scanner", 7));
	EXPECT_FAILS(WSAECONNREFUSED, connect_at(self->s, &other));
	len = sizeof(selector);
	EXPECT_WORKS(getsockopt(self->s, SOL_ISO, ISO_REMOTE_TSEL, selector, &len));
	EXPECT_EQ(7, len);
	EXPECT_EQ(0, memcmp("scanner", selector, 7));
	peer.len = sizeof(peer.octets);
	EXPECT_FAILS(WSAENOTCONN, getpeername(self->s, &peer.sa, &peer.len));
	/* the same socket, and the right one */
	call_accepted(self, &b);
	EXPECT_FAILS(WSAEISCONN, connect_at(self->s, &other));
	len = sizeof(selector);
	EXPECT_WORKS(getsockopt(self->s, SOL_ISO, ISO_REMOTE_TSEL, selector, &len));
	EXPECT_EQ(0, memcmp("printer", selector, len));
	EXPECT_EQ(7, len);
}

CASE(tpname, condition__and_data_r292_r294)
{
	struct answer answer = { .verdict = CF_ACCEPT, .data = "welcome" };
	struct place peer = { .len = sizeof(SOCKADDR_TP) }, seen;
	struct call call;
	SOCKET b;

	call_init(&call, "hello", 32);
	EXPECT_EQ(0, nonblocking(self->s, true));
	EXPECT_FAILS(WSAEWOULDBLOCK, call_now(&call, self->s, &self->at));
	b = WSAAccept(self->l, &peer.sa, &peer.len, condition, (DWORD_PTR)&answer);
	ASSERT_NE(INVALID_SOCKET, b);
	EXPECT_FALSE(answer.odd);
	EXPECT_STREQ("hello", answer.seen);
	EXPECT_TRUE(soon_connected(self->s));
	EXPECT_TRUE(call_got(&call, "welcome"));
	seen = place_peer(b);
	EXPECT_TRUE(same_place(&peer, &seen));
	EXPECT_TRUE(same_place(&peer, &answer.caller));
	EXPECT_TRUE(same_place(&self->at, &answer.callee));
}

/* Lengths that contradict each other, and what the socket is not. */
CASE(tpname, bad_ones__change_nothing_r19_r26)
{
	struct place node = node_of(&self->at), good = tp("x", &node), before = {}, bad;
	SOCKET tcp = make(self->sort, SOCK_STREAM);
	SOCKADDR_TP name;
	size_t i;

	static const struct {
		int code, type, taddr, tsel, shorter;
	} faults[] = {
		{ WSAEFAULT, 0, 0, 0, 1 },		/* less there than said */
		{ WSAEFAULT, 0, 0, 1, 0 },		/* too little left for the address */
		{ WSAEFAULT, 0, -1, 0, 0 },
		{ WSAEFAULT, 0, 60, 0, 0 },		/* more than fits */
		{ WSAEFAULT, 0, 0, ISO_MAX_TSEL, 0 },
		{ WSAEFAULT, 0, ISO_MAX_TSEL, ISO_MAX_TSEL, -ISO_MAX_TSEL },
		{ WSAEAFNOSUPPORT, 1, 0, 0, 0 },
	};

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		bad = good;
		memcpy(&name, bad.octets, sizeof(name));
		name.tp_addr_type += faults[i].type;
		name.tp_taddr_len += faults[i].taddr;
		name.tp_tsel_len += faults[i].tsel;
		memcpy(bad.octets, &name, sizeof(name));
		bad.len -= faults[i].shorter;
		EXPECT_FAILS(faults[i].code, connect_at(self->s, &bad));
		EXPECT_FAILS(faults[i].code, bind(self->s, &bad.sa, bad.len));
	}
	before.len = sizeof(before.octets);
	EXPECT_FAILS(WSAEINVAL, getsockname(self->s, &before.sa, &before.len));
	EXPECT_FAILS(WSAEAFNOSUPPORT, connect_at(tcp, &good));
	/* no room for all of it */
	before.len = offsetof(SOCKADDR_TP, tp_addr) + 1;
	EXPECT_FAILS(WSAEFAULT, getsockname(self->l, &before.sa, &before.len));
}

TEST_HARNESS_MAIN
