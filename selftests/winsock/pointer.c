// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is not there, one pointer at a time: WSAEFAULT, never a signal. A case that the
 * library answers with SIGSEGV ends alone.
 */
#include "case.h"

#include <kselftest_harness.h>

FIXTURE(pointer) {
	const struct sort *sort;
	SOCKET s, a;		/* connected */
	SOCKET u;		/* bound, with a datagram queued */
	SOCKET l;		/* listening, with a connection queued */
	struct place at_u, at_l;
	char *bad[3];
	DWORD n, flags;
};

DOORS(pointer);

FIXTURE_SETUP(pointer)
{
	SOCKET client;

	host_fresh();
	host_dummies();
	self->sort = &variant->sort;
	start(self->sort);
	self->s = make_pair(self->sort, &self->a);
	self->u = make_bound(self->sort, SOCK_DGRAM, &self->at_u);
	self->l = make_listener(self->sort, &self->at_l);
	client = make(self->sort, SOCK_STREAM);
	ASSERT_EQ(0, connect_at(client, &self->at_l));
	ASSERT_EQ(3, send(self->a, "abc", 3, 0));
	ASSERT_TRUE(soon_queued(self->s, 3));
	ASSERT_EQ(3, sendto(self->u, "abc", 3, 0, &self->at_u.sa, self->at_u.len));
	/* a call that goes wrong fails; it does not wait */
	ASSERT_EQ(0, nonblocking(self->s, true));
	ASSERT_EQ(0, nonblocking(self->u, true));
	ASSERT_EQ(0, nonblocking(self->l, true));
	self->bad[0] = (char *)16;		/* an integer passed for a pointer */
	self->bad[1] = host_fence();		/* a page that must not be touched */
	self->bad[2] = host_fence() - 1;	/* one octet before it */
	self->n = 0;
	self->flags = 0;
}

FIXTURE_TEARDOWN(pointer)
{
	FINISH();
}

#define EACH(i) for (i = 0; i < (int)ARRAY_SIZE(self->bad); i++)

/* NULL is told everywhere; lengths below zero too. */
CASE(pointer, null__everywhere_r19_r134_r135_r241)
{
	char octets[4] = "pqr";
	WSABUF buffer = { .len = 3, .buf = octets };
	struct place name = { .len = sizeof(name.octets) };

	EXPECT_REFUSES(WSAEFAULT, self->s, getsockname(self->s, NULL, &name.len));
	EXPECT_REFUSES(WSAEFAULT, self->s, getsockname(self->s, &name.sa, NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, getpeername(self->s, NULL, &name.len));
	EXPECT_REFUSES(WSAEFAULT, self->s, getpeername(self->s, &name.sa, NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, send(self->s, NULL, 10, 0));
	EXPECT_REFUSES(WSAEFAULT, self->s, send(self->s, "x", -1, 0));
	EXPECT_REFUSES(WSAEFAULT, self->s, WSASend(self->s, NULL, 1, &self->n, 0, NULL, NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, WSASend(self->s, &buffer, 1, NULL, 0, NULL, NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, recv(self->s, NULL, 3, 0));
	EXPECT_REFUSES(WSAEFAULT, self->s, recv(self->s, octets, -1, 0));
	EXPECT_REFUSES(WSAEFAULT, self->u, recv(self->u, NULL, 3, 0));
	EXPECT_REFUSES(WSAEFAULT, self->u, recv(self->u, octets, -1, 0));
	EXPECT_REFUSES(WSAEFAULT, self->s, WSARecv(self->s, NULL, 1, &self->n, &self->flags, NULL,
						   NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, WSARecv(self->s, &buffer, 1, NULL, &self->flags, NULL,
						   NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, WSARecv(self->s, &buffer, 1, &self->n, NULL, NULL,
						   NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, ioctlsocket(self->s, FIONREAD, NULL));
	EXPECT_REFUSES(WSAEFAULT, self->s, WSAIoctl(self->s, FIONREAD, NULL, 0, &self->n, 4, NULL,
						    NULL, NULL));
	EXPECT_NO_SOCKET(WSAEFAULT, accept(self->l, &name.sa, NULL));
	EXPECT_GIVES(0, send(self->s, NULL, 0, 0));
	EXPECT_STREQ("pqr", octets);
	EXPECT_EQ(0U, self->n);
	EXPECT_EQ(0, queued(self->a));
}

CASE(pointer, getsockname__name_r135)
{
	int i, len;

	EACH(i) {
		len = 128;
		EXPECT_REFUSES(WSAEFAULT, self->s, getsockname(self->s,
							       (struct sockaddr *)self->bad[i],
							       &len));
		EXPECT_EQ(128, len);
	}
}

CASE(pointer, getsockname__len_r135)
{
	struct place name;
	int i;

	memset(&name, 0xa5, sizeof(name));
	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->s, getsockname(self->s, &name.sa,
							       (int *)self->bad[i]));
	EXPECT_TRUE(all_octets(&name, 0xa5, sizeof(name)));
}

CASE(pointer, getpeername__name_r134)
{
	int i, len;

	EACH(i) {
		len = 128;
		EXPECT_REFUSES(WSAEFAULT, self->s, getpeername(self->s,
							       (struct sockaddr *)self->bad[i],
							       &len));
		EXPECT_EQ(128, len);
	}
}

CASE(pointer, getpeername__len_r134)
{
	struct place name;
	int i;

	memset(&name, 0xa5, sizeof(name));
	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->s, getpeername(self->s, &name.sa,
							       (int *)self->bad[i]));
	EXPECT_TRUE(all_octets(&name, 0xa5, sizeof(name)));
}

/* Without a peer nobody looks at the pointers (row 133). */
CASE(pointer, getpeername__not_connected_r133)
{
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAENOTCONN, self->u, getpeername(self->u,
								 (struct sockaddr *)self->bad[i],
								 (int *)self->bad[i]));
}

CASE(pointer, bind__name_r25)
{
	SOCKET fresh = make(self->sort, SOCK_STREAM);
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, fresh, bind(fresh, (struct sockaddr *)self->bad[i], 16));
}

CASE(pointer, connect__name_r25)
{
	SOCKET fresh = make(self->sort, SOCK_STREAM);
	int i;

	EACH(i)
		EXPECT_CONNECT_REFUSES(WSAEFAULT, fresh, self->bad[i], 16);
}

/* The connection is not lost with the call. */
CASE(pointer, accept__addr)
{
	int i, len;

	EACH(i) {
		len = 128;
		EXPECT_NO_SOCKET(WSAEFAULT, accept(self->l, (struct sockaddr *)self->bad[i], &len));
	}
	EXPECT_NE(INVALID_SOCKET, accept(self->l, NULL, NULL));
}

CASE(pointer, accept__addrlen)
{
	struct place name;
	int i;

	EACH(i)
		EXPECT_NO_SOCKET(WSAEFAULT, accept(self->l, &name.sa, (int *)self->bad[i]));
	EXPECT_NE(INVALID_SOCKET, accept(self->l, NULL, NULL));
}

CASE(pointer, getsockopt__value)
{
	int i, len;

	EACH(i) {
		len = 4;
		EXPECT_FAILS(WSAEFAULT, getsockopt(self->s, SOL_SOCKET, SO_TYPE, self->bad[i],
						   &len));
		EXPECT_EQ(4, len);
		EXPECT_FAILS(WSAEFAULT, getsockopt(self->s, SOL_SOCKET, SO_ERROR, self->bad[i],
						   &len));
		EXPECT_FAILS(WSAEFAULT, getsockopt(self->s, SOL_SOCKET, SO_CONNECT_TIME,
						   self->bad[i], &len));
	}
}

CASE(pointer, getsockopt__len)
{
	DWORD value = 0xa5a5;
	int i;

	EACH(i)
		EXPECT_FAILS(WSAEFAULT, getsockopt(self->s, SOL_SOCKET, SO_TYPE, (char *)&value,
						   (int *)self->bad[i]));
	EXPECT_EQ(0xa5a5U, value);
}

CASE(pointer, setsockopt__value)
{
	int i;

	EACH(i) {
		EXPECT_REFUSES(WSAEFAULT, self->s,
			       setsockopt(self->s, SOL_SOCKET, SO_RCVTIMEO, self->bad[i], 4));
		EXPECT_REFUSES(WSAEFAULT, self->s,
			       setsockopt(self->s, SOL_SOCKET, SO_BROADCAST, self->bad[i], 4));
	}
}

CASE(pointer, ioctlsocket__value)
{
	int i;

	EACH(i) {
		EXPECT_REFUSES(WSAEFAULT, self->s, ioctlsocket(self->s, FIONREAD,
							       (u_long *)self->bad[i]));
		EXPECT_REFUSES(WSAEFAULT, self->s, ioctlsocket(self->s, FIONBIO,
							       (u_long *)self->bad[i]));
	}
}

CASE(pointer, ioctl__in)
{
	int i;

	EACH(i) {
		EXPECT_REFUSES(WSAEFAULT, self->u, WSAIoctl(self->u, SIO_UDP_CONNRESET,
							    self->bad[i], 4, NULL, 0,
							    &self->n, NULL, NULL));
		EXPECT_REFUSES(WSAEFAULT, self->u, WSAIoctl(self->u, (DWORD)FIONBIO, self->bad[i],
							    4, NULL, 0, &self->n, NULL, NULL));
	}
}

CASE(pointer, ioctl__out)
{
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->u, WSAIoctl(self->u, FIONREAD, NULL, 0,
							    self->bad[i], 4, &self->n, NULL, NULL));
}

CASE(pointer, ioctl__returned_r241)
{
	DWORD value = 0xa5a5;
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->u, WSAIoctl(self->u, FIONREAD, NULL, 0, &value, 4,
							    (DWORD *)self->bad[i], NULL, NULL));
	EXPECT_EQ(0xa5a5U, value);
}

CASE(pointer, send__data)
{
	int i;

	EACH(i) {
		EXPECT_REFUSES(WSAEFAULT, self->s, send(self->s, self->bad[i], 10, 0));
		EXPECT_REFUSES(WSAEFAULT, self->u,
			       sendto(self->u, self->bad[i], 10, 0, &self->at_u.sa,
				      self->at_u.len));
	}
	EXPECT_TRUE(pass_on(self->s, self->a));		/* nothing went before it */
}

CASE(pointer, sendto__to)
{
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->u,
			       sendto(self->u, "x", 1, 0, (struct sockaddr *)self->bad[i], 16));
}

/* What is queued stays queued. */
CASE(pointer, recv__data)
{
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->s, recv(self->s, self->bad[i], 3, 0));
}

CASE(pointer, recvfrom__from)
{
	char octets[4] = "pqr";
	int i, len;

	EACH(i) {
		len = 128;
		EXPECT_FAILS(WSAEFAULT, recvfrom(self->u, octets, 3, 0,
						 (struct sockaddr *)self->bad[i], &len));
		EXPECT_EQ(128, len);
	}
}

CASE(pointer, recvfrom__fromlen)
{
	struct place from;
	char octets[4] = "pqr";
	int i;

	EACH(i)
		EXPECT_FAILS(WSAEFAULT, recvfrom(self->u, octets, 3, 0, &from.sa,
						 (int *)self->bad[i]));
	EXPECT_STREQ("pqr", octets);
}

CASE(pointer, wsasend__buffers)
{
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->s,
			       WSASend(self->s, (WSABUF *)self->bad[i], 1, &self->n, 0, NULL,
				       NULL));
}

CASE(pointer, wsasend__data)
{
	WSABUF buffers[2] = { { .len = 1, .buf = "x" }, { .len = 10 } };
	int i;

	EACH(i) {
		buffers[0] = (WSABUF){ .len = 10, .buf = self->bad[i] };
		EXPECT_REFUSES(WSAEFAULT, self->s, WSASend(self->s, buffers, 1, &self->n, 0, NULL,
							   NULL));
	}
	EXPECT_EQ(0U, self->n);
}

/* Told before anything is sent: a program cannot know how much went. */
CASE(pointer, wsasend__count)
{
	WSABUF buffer = { .len = 1, .buf = "x" };
	int i;

	EACH(i)
		EXPECT_FAILS(WSAEFAULT, WSASend(self->s, &buffer, 1, (DWORD *)self->bad[i], 0, NULL,
						NULL));
}

CASE(pointer, wsarecv__buffers)
{
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->s, WSARecv(self->s, (WSABUF *)self->bad[i], 1,
							   &self->n, &self->flags, NULL, NULL));
}

CASE(pointer, wsarecv__flags)
{
	char octets[4] = "pqr";
	WSABUF buffer = { .len = 3, .buf = octets };
	int i;

	EACH(i)
		EXPECT_REFUSES(WSAEFAULT, self->s, WSARecv(self->s, &buffer, 1, &self->n,
							   (DWORD *)self->bad[i], NULL, NULL));
	EXPECT_STREQ("pqr", octets);
}

CASE(pointer, wsarecv__received)
{
	char octets[4] = "pqr";
	WSABUF buffer = { .len = 3, .buf = octets };
	int i;

	EACH(i)
		EXPECT_FAILS(WSAEFAULT, WSARecv(self->s, &buffer, 1, (DWORD *)self->bad[i],
						&self->flags, NULL, NULL));
}

/* Too many buffers, an overlapped structure, unknown flags: refused, nothing moves. */
CASE(pointer, wsasend__other_refusals)
{
	WSABUF buffer = { .len = 1, .buf = "x" };
	WSAOVERLAPPED overlapped = {};

	EXPECT_REFUSES(WSAENOBUFS, self->s, WSASend(self->s, &buffer, 0xffffffff, &self->n, 0, NULL,
						    NULL));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s, WSASend(self->s, &buffer, 1, &self->n, 0,
						       &overlapped, NULL));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s,
		       WSARecv(self->s, &buffer, 1, &self->n, &self->flags, &overlapped, NULL));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s, send(self->s, "x", 1, 0x4000));
	EXPECT_REFUSES(WSAEOPNOTSUPP, self->s, recv(self->s, (char *)&self->n, 1, 0x40));
	EXPECT_EQ(0, queued(self->a));
	EXPECT_EQ(0U, self->n);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
