// SPDX-License-Identifier: GPL-2.0
/* WSAStartup, WSACleanup, the last error, and what is no socket. */
#include "case.h"

#include <kselftest_harness.h>

#include <stdlib.h>

/* Nothing was started yet. */
FIXTURE(fresh) {
	WSADATA data;
};

DOORS(fresh);

FIXTURE_SETUP(fresh)
{
	host_fresh();
	setenv("LIBWSACONNECT_DOOR", variant->sort.door, 1);
	setenv("LIBWSACONNECT_COMPAT", variant->sort.compat, 1);
	memset(&self->data, 0xa5, sizeof(self->data));
}

FIXTURE_TEARDOWN(fresh)
{
	FINISH();
}

#define EXPECT_NOT_STARTED() \
	do { \
		EXPECT_FAILS(WSANOTINITIALISED, WSACleanup()); \
		EXPECT_NO_SOCKET(WSANOTINITIALISED, socket(AF_INET, SOCK_STREAM, 0)); \
	} while (0)

CASE(fresh, startup__grants_2_2_r5)
{
	ASSERT_EQ(0, WSAStartup(MAKEWORD(2, 2), &self->data));
	EXPECT_EQ(0x0202, self->data.wVersion);
	EXPECT_EQ(0x0202, self->data.wHighVersion);
	EXPECT_NE(NULL, memchr(self->data.szDescription, 0, sizeof(self->data.szDescription)));
	EXPECT_NE(NULL, memchr(self->data.szSystemStatus, 0, sizeof(self->data.szSystemStatus)));
	EXPECT_NE(INVALID_SOCKET, socket(AF_INET, SOCK_STREAM, 0));
}

CASE(fresh, startup__falls_to_2_2_r6)
{
	static const WORD versions[] = {
		MAKEWORD(9, 9), MAKEWORD(2, 3), MAKEWORD(3, 0), MAKEWORD(255, 255),
		MAKEWORD(2, 255),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		memset(&self->data, 0xa5, sizeof(self->data));
		EXPECT_EQ(0, WSAStartup(versions[i], &self->data));
		EXPECT_EQ(0x0202, self->data.wVersion);
		EXPECT_EQ(0x0202, self->data.wHighVersion);
	}
}

CASE(fresh, startup__older_as_asked_r5)
{
	static const WORD versions[] = {
		MAKEWORD(1, 0), MAKEWORD(1, 1), MAKEWORD(2, 0), MAKEWORD(2, 1),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		memset(&self->data, 0xa5, sizeof(self->data));
		EXPECT_EQ(0, WSAStartup(versions[i], &self->data));
		EXPECT_EQ(versions[i], self->data.wVersion);
		EXPECT_EQ(0x0202, self->data.wHighVersion);
	}
}

CASE(fresh, startup__major_zero_r7_r9)
{
	static const WORD versions[] = { MAKEWORD(0, 0), MAKEWORD(0, 1), MAKEWORD(0, 2),
		MAKEWORD(0, 255) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		EXPECT_EQ(WSAVERNOTSUPPORTED, WSAStartup(versions[i], &self->data));
		EXPECT_TRUE(all_octets(&self->data, 0xa5, sizeof(self->data)));
		EXPECT_NOT_STARTED();
	}
	EXPECT_EQ(WSAVERNOTSUPPORTED, WSAStartup(MAKEWORD(0, 2), NULL));
}

CASE(fresh, startup__bad_pointer_r8_r9)
{
	char *fence = host_fence();

	EXPECT_EQ(WSAEFAULT, WSAStartup(MAKEWORD(2, 2), NULL));
	EXPECT_NOT_STARTED();
	EXPECT_EQ(WSAEFAULT, WSAStartup(MAKEWORD(2, 2), (WSADATA *)fence));
	EXPECT_NOT_STARTED();
	EXPECT_EQ(WSAEFAULT, WSAStartup(MAKEWORD(2, 2), (WSADATA *)(fence - 8)));
	EXPECT_NOT_STARTED();
	EXPECT_EQ(WSAEFAULT, WSAStartup(MAKEWORD(2, 2), (WSADATA *)host_read_only_page()));
	EXPECT_NOT_STARTED();
	EXPECT_EQ(0, WSAStartup(MAKEWORD(2, 2), &self->data));
}

/* The count of an earlier success stays, too. */
CASE(fresh, startup__failure_leaves_count_r7_r8)
{
	ASSERT_EQ(0, WSAStartup(MAKEWORD(2, 2), &self->data));
	EXPECT_EQ(WSAEFAULT, WSAStartup(MAKEWORD(2, 2), NULL));
	EXPECT_EQ(WSAVERNOTSUPPORTED, WSAStartup(MAKEWORD(0, 2), &self->data));
	EXPECT_WORKS(WSACleanup());
	EXPECT_NOT_STARTED();
}

CASE(fresh, startup__misspelt_choice)
{
	setenv("LIBWSACONNECT_DOOR", "famly", 1);
	EXPECT_EQ(WSASYSNOTREADY, WSAStartup(MAKEWORD(2, 2), &self->data));
	EXPECT_TRUE(all_octets(&self->data, 0xa5, sizeof(self->data)));
	EXPECT_NOT_STARTED();
	setenv("LIBWSACONNECT_DOOR", variant->sort.door, 1);
	setenv("LIBWSACONNECT_COMPAT", "Windows", 1);
	EXPECT_EQ(WSASYSNOTREADY, WSAStartup(MAKEWORD(2, 2), &self->data));
	EXPECT_NOT_STARTED();
}

/* The rest of this theme stands on it: each variant really takes its door. */
CASE(fresh, startup__door_is_the_one_asked_for)
{
	unsigned long want = !strcmp(variant->sort.door, "adopt");
	int before = host_open(HOST_FILE), after;
	SOCKET s;

	host_close(before);
	ASSERT_EQ(0, WSAStartup(MAKEWORD(2, 2), &self->data));
	after = host_open(HOST_FILE);
	EXPECT_EQ(before, after);	/* no descriptor stays open */
	s = socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_NE(INVALID_SOCKET, s);
	EXPECT_EQ(1UL, wsa_counter("SOCKETS_MADE"));
	EXPECT_EQ(want, wsa_counter("ADOPTED"));
	EXPECT_EQ(1, host_is_wsa((int)s));
}

CASE(fresh, not_started__every_call_r1)
{
	char name[8] = "poison";
	ADDRINFOA *list = (ADDRINFOA *)0x5a5a;

	EXPECT_EQ(0, sweep(0, WSANOTINITIALISED, false));
	EXPECT_EQ(0, sweep(INVALID_SOCKET, WSANOTINITIALISED, true));
	EXPECT_NO_SOCKET(WSANOTINITIALISED, socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
	EXPECT_NO_SOCKET(WSANOTINITIALISED, socket(99, 99, 99));
	EXPECT_NO_SOCKET(WSANOTINITIALISED, WSASocketA(AF_INET, SOCK_DGRAM, 0, NULL, 0, 0));
	EXPECT_NO_SOCKET(WSANOTINITIALISED, WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, 0));
	EXPECT_FAILS(WSANOTINITIALISED, gethostname(name, sizeof(name)));
	EXPECT_STREQ("poison", name);
	WSASetLastError(POISON_CODE);
	EXPECT_EQ(NULL, gethostbyname("localhost"));
	EXPECT_EQ(WSANOTINITIALISED, WSAGetLastError());
	EXPECT_EQ(WSANOTINITIALISED, getaddrinfo("127.0.0.1", "80", NULL, &list));
	EXPECT_TRUE(!list || list == (ADDRINFOA *)0x5a5a);
	EXPECT_FAILS(WSANOTINITIALISED, WSACleanup());
	EXPECT_EQ(0UL, wsa_counter("SOCKETS_MADE"));
}

CASE(fresh, lasterror__works_before_startup_r12)
{
	static const int codes[] = { 0, 1, WSAEFAULT, -1, 0x7fffffff };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		WSASetLastError(codes[i]);
		EXPECT_EQ(codes[i], WSAGetLastError());
		EXPECT_EQ(codes[i], WSAGetLastError());	/* reading does not clear it */
	}
}

CASE(fresh, cleanup__counts_r2_r4)
{
	int i;
	SOCKET s;

	EXPECT_FAILS(WSANOTINITIALISED, WSACleanup());
	for (i = 0; i < 3; i++)
		ASSERT_EQ(0, WSAStartup(MAKEWORD(2, 2), &self->data));
	s = make(&variant->sort, SOCK_STREAM);
	EXPECT_WORKS(WSACleanup());
	EXPECT_WORKS(WSACleanup());
	EXPECT_FAILS(WSAENOTCONN, send(s, "x", 1, 0));	/* a socket still */
	EXPECT_WORKS(WSACleanup());
	EXPECT_NOT_STARTED();
	EXPECT_NOT_STARTED();
	EXPECT_FALSE(host_is_open((int)s));
}

static int cleanup_in_thread(struct attempt *attempt)
{
	return WSACleanup();
}

/* The count is the process's. */
CASE(fresh, cleanup__by_another_thread_r2)
{
	struct attempt attempt;

	ASSERT_EQ(0, WSAStartup(MAKEWORD(2, 2), &self->data));
	attempt_begin(&attempt, cleanup_in_thread, 0, NULL);
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(0, attempt.ret);
	EXPECT_NOT_STARTED();
}

/* Started. */
FIXTURE(started) {
	SOCKET s;
};

DOORS(started);

FIXTURE_SETUP(started)
{
	host_fresh();
	host_dummies();
	start(&variant->sort);
	self->s = make(&variant->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(started)
{
	FINISH();
}

CASE(started, cleanup__closes_every_socket_r3)
{
	SOCKET all[8];
	struct place at;
	size_t i, n = 0;
	int fence = host_open(HOST_FILE);

	all[n++] = self->s;
	all[n++] = make_listener(&variant->sort, &at);
	all[n++] = make_bound(&variant->sort, SOCK_DGRAM, &at);
	all[n++] = make_pair(&variant->sort, &all[4]);
	n++;
	all[n++] = make_pending(&variant->sort, &at);
	all[n++] = socket(AF_INET, SOCK_RAW, 200);
	/* a duplicate the library has met */
	all[n++] = (SOCKET)host_dup((int)self->s);
	EXPECT_EQ(0, nonblocking(all[n - 1], false));
	ASSERT_EQ(ARRAY_SIZE(all), n);

	EXPECT_WORKS(WSACleanup());
	for (i = 0; i < n; i++)
		EXPECT_FALSE(host_is_open((int)all[i]));
	EXPECT_TRUE(host_is_open(fence));	/* and nothing else */
	start(&variant->sort);
	for (i = 0; i < n; i++)
		EXPECT_EQ(0, sweep(all[i], WSAENOTSOCK, false));
}

CASE(started, cleanup__ends_blocked_connect_r18)
{
	struct place silent = place_silent(&variant->sort, 5000);
	struct attempt attempt;

	attempt_begin(&attempt, run_connect, self->s, &silent);
	ASSERT_FALSE(attempt.ended_first);
	EXPECT_WORKS(WSACleanup());
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(SOCKET_ERROR, attempt.ret);
	EXPECT_EQ(WSAEINTR, attempt.code);
	EXPECT_FALSE(host_is_open((int)self->s));
	EXPECT_EQ(0, host_syn_sent());
}

CASE(started, lasterror__zero_after_success_r11)
{
	struct place at;
	SOCKET l = make_listener(&variant->sort, &at), a;
	SOCKET u = make_bound(&variant->sort, SOCK_DGRAM, &at);
	DWORD n, flags = 0;
	char octets[4] = "abc";
	WSABUF buffer = { .len = 3, .buf = octets };
	struct place name = { .len = sizeof(name.octets) };
	int len = sizeof(n);

	at = place_local(l);
	EXPECT_WORKS(connect_at(self->s, &at));
	WSASetLastError(POISON_CODE);
	a = accept(l, NULL, NULL);
	ASSERT_NE(INVALID_SOCKET, a);
	EXPECT_EQ(0, WSAGetLastError());
	EXPECT_WORKS(getsockname(a, &name.sa, &name.len));
	EXPECT_WORKS(getpeername(a, &name.sa, &name.len));
	EXPECT_WORKS(getsockopt(a, SOL_SOCKET, SO_TYPE, (char *)&n, &len));
	EXPECT_WORKS(set_option(a, SOL_SOCKET, SO_KEEPALIVE, 1));
	EXPECT_WORKS(nonblocking(a, false));
	EXPECT_GIVES(3, send(self->s, "abc", 3, 0));
	EXPECT_GIVES(3, recv(a, octets, 3, MSG_WAITALL));
	EXPECT_WORKS(WSASend(a, &buffer, 1, &n, 0, NULL, NULL));
	EXPECT_EQ(3U, n);
	EXPECT_WORKS(WSARecv(self->s, &buffer, 1, &n, &flags, NULL, NULL));
	at = place_local(u);
	EXPECT_GIVES(3, sendto(u, "abc", 3, 0, &at.sa, at.len));
	EXPECT_GIVES(3, recvfrom(u, octets, 3, 0, NULL, NULL));
	EXPECT_WORKS(connect_at(u, &at));
	EXPECT_WORKS(shutdown(a, SD_SEND));
	EXPECT_WORKS(closesocket(a));
	EXPECT_WORKS(listen(l, 5));
	WSASetLastError(POISON_CODE);
	EXPECT_NE(INVALID_SOCKET, WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0,
					     WSA_FLAG_OVERLAPPED));
	EXPECT_EQ(0, WSAGetLastError());
}

static int fail_otherwise(struct attempt *attempt)
{
	int ret;

	if (WSAGetLastError() != POISON_CODE)
		return 1;
	ret = shutdown(attempt->s, 77);
	return ret == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL ? 0 : 2;
}

CASE(started, lasterror__is_per_thread_r12)
{
	struct attempt attempt;

	EXPECT_FAILS(WSAENOTSOCK, closesocket(INVALID_SOCKET));
	attempt_begin(&attempt, fail_otherwise, self->s, NULL);
	ASSERT_TRUE(attempt_ended(&attempt));
	EXPECT_EQ(0, attempt.ret);
	EXPECT_EQ(WSAEINVAL, attempt.code);
	EXPECT_EQ(WSAENOTSOCK, WSAGetLastError());
}

CASE(started, not_a_socket__unknown_r13)
{
	static const SOCKET none[] = {
		INVALID_SOCKET, (SOCKET)-2, 900, 0x7fffffff, (SOCKET)0x80000000u, (SOCKET)1 << 32,
		(SOCKET)1 << 63,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		EXPECT_EQ(0, sweep(none[i], WSAENOTSOCK, false));
		EXPECT_EQ(0, sweep(none[i], WSAENOTSOCK, true));
	}
	/* the upper half is not cut off: this is not our socket */
	EXPECT_EQ(0, sweep(self->s | (SOCKET)1 << 32, WSAENOTSOCK, false));
	EXPECT_GIVES(1, (int)(option(self->s, SOL_SOCKET, SO_TYPE)));
}

CASE(started, not_a_socket__something_else_r14)
{
	enum host_thing thing;
	int fd;

	for (thing = 0; thing < HOST_THINGS; thing++) {
		fd = host_open(thing);
		EXPECT_EQ(0, sweep((SOCKET)fd, WSAENOTSOCK, false)) {
			TH_LOG("%s", host_thing_name(thing));
		}
		EXPECT_EQ(0, sweep((SOCKET)fd, WSAENOTSOCK, true));
		EXPECT_TRUE(host_is_open(fd));
		host_close(fd);
	}
}

CASE(started, not_a_socket__closed_r13)
{
	EXPECT_WORKS(closesocket(self->s));
	EXPECT_FALSE(host_is_open((int)self->s));
	EXPECT_EQ(0, sweep(self->s, WSAENOTSOCK, false));
}

/* What asks the kernel learns that the descriptor is no longer the socket it was. */
#define EXPECT_STALE(s) \
	do { \
		struct place name_ = place_loopback(&variant->sort, 5), was_ = name_; \
		EXPECT_FAILS(WSAENOTSOCK, bind(s, &name_.sa, name_.len)); \
		EXPECT_FAILS(WSAENOTSOCK, connect(s, &name_.sa, name_.len)); \
		EXPECT_FAILS(WSAENOTSOCK, connect_at(s, &name_)); \
		EXPECT_FAILS(WSAENOTSOCK, getsockname(s, &name_.sa, &name_.len)); \
		EXPECT_FAILS(WSAENOTSOCK, getpeername(s, &name_.sa, &name_.len)); \
		EXPECT_NO_SOCKET(WSAENOTSOCK, accept(s, NULL, NULL)); \
		EXPECT_FAILS(WSAENOTSOCK, send(s, "x", 1, 0)); \
		EXPECT_FAILS(WSAENOTSOCK, recv(s, (char *)&name_, 1, 0)); \
		EXPECT_FAILS(WSAENOTSOCK, shutdown(s, SD_BOTH)); \
		EXPECT_FAILS(WSAENOTSOCK, set_option(s, SOL_SOCKET, SO_KEEPALIVE, 1)); \
		EXPECT_EQ(0, memcmp(&name_, &was_, sizeof(name_))); \
	} while (0)

/* close(2) behind the library's back ... */
CASE(started, not_a_socket__closed_elsewhere_r13)
{
	host_close((int)self->s);
	EXPECT_STALE(self->s);
	EXPECT_FAILS(WSAENOTSOCK, closesocket(self->s));
}

/* ... and another file in its place. */
CASE(started, not_a_socket__replaced_by_a_file_r14)
{
	int fd;

	host_close((int)self->s);
	fd = host_open(HOST_FILE);
	ASSERT_EQ((int)self->s, fd);
	EXPECT_STALE(self->s);
}

CASE(started, closesocket__replaced_by_a_file_r14)
{
	int fd;

	host_close((int)self->s);
	fd = host_open(HOST_FILE);
	ASSERT_EQ((int)self->s, fd);
	EXPECT_FAILS(WSAENOTSOCK, closesocket(self->s));
	EXPECT_TRUE(host_is_open(fd));
}

CASE(started, socket__bad_arguments)
{
	unsigned long made = wsa_counter("SOCKETS_MADE");

	EXPECT_NO_SOCKET(WSAEAFNOSUPPORT, socket(0xdead, SOCK_STREAM, 0));
	EXPECT_NO_SOCKET(WSAEAFNOSUPPORT, socket(AF_UNIX, SOCK_STREAM, 0));
	EXPECT_NO_SOCKET(WSAEAFNOSUPPORT, socket(-1, SOCK_STREAM, 0));
	EXPECT_NO_SOCKET(WSAESOCKTNOSUPPORT, socket(AF_INET, 0xdead, 0));
	EXPECT_NO_SOCKET(WSAESOCKTNOSUPPORT, socket(AF_INET, -1, 0));
	EXPECT_NO_SOCKET(WSAEPROTONOSUPPORT, socket(AF_INET, SOCK_STREAM, 0xdead));
	EXPECT_NO_SOCKET(WSAEPROTONOSUPPORT, socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
	EXPECT_NO_SOCKET(WSAEPROTONOSUPPORT, socket(AF_INET, SOCK_DGRAM, IPPROTO_TCP));
	EXPECT_NO_SOCKET(WSAEINVAL, socket(0, 0, 0));
	EXPECT_NO_SOCKET(WSAEINVAL, WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0x8000));
	/* Linux's flags in the type are no types */
	EXPECT_NO_SOCKET(WSAESOCKTNOSUPPORT, socket(AF_INET, SOCK_STREAM | 04000, 0));
	EXPECT_EQ(made, wsa_counter("SOCKETS_MADE"));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
