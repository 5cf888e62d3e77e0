// SPDX-License-Identifier: GPL-2.0
/*
 * The library takes Winsock's names in files that include its headers, and nothing else: libc's
 * calls in host.c, part of the same program, make ordinary sockets.
 */
#include "case.h"

#include <kselftest_harness.h>

#include <dlfcn.h>
#include <link.h>

enum { LINUX_AF_INET = 2, LINUX_AF_INET6 = 10, LINUX_SOCK_STREAM = 1 };

FIXTURE(plain) {
	unsigned long made;
};

DOORS(plain);

FIXTURE_SETUP(plain)
{
	host_fresh();
	start(&variant->sort);
	self->made = wsa_counter("SOCKETS_MADE");
}

FIXTURE_TEARDOWN(plain)
{
	FINISH();
}

CASE(plain, socket__is_libcs)
{
	int fd = host_socket(LINUX_AF_INET, LINUX_SOCK_STREAM, 0);

	ASSERT_LE(0, fd);
	EXPECT_EQ(LINUX_AF_INET, host_domain(fd));
	EXPECT_EQ(0, host_is_wsa(fd));
	EXPECT_EQ(self->made, wsa_counter("SOCKETS_MADE"));
	EXPECT_FAILS(WSAENOTSOCK, closesocket((SOCKET)fd));
	EXPECT_TRUE(host_is_open(fd));
}

/* An errno, not a code, and Linux's own answers. */
CASE(plain, connect__is_libcs)
{
	int fd = host_socket(LINUX_AF_INET, LINUX_SOCK_STREAM, 0);
	int port, l = host_listen_loopback(&port);

	ASSERT_LE(0, fd);
	WSASetLastError(POISON_CODE);
	EXPECT_EQ(0, host_connect_loopback(fd, port));
	EXPECT_EQ(-106, host_connect_loopback(fd, port));	/* EISCONN */
	EXPECT_EQ(-97, host_socket(99, LINUX_SOCK_STREAM, 0));	/* EAFNOSUPPORT */
	EXPECT_EQ(POISON_CODE, WSAGetLastError());
	EXPECT_EQ(self->made, wsa_counter("SOCKETS_MADE"));
	host_close(l);
}

/* Both kinds meet over the loopback interface. */
CASE(plain, both__talk_r48)
{
	int port, l = host_listen_loopback(&port);
	struct place at = place_at("127.0.0.1", port);
	SOCKET s = make(&variant->sort, SOCK_STREAM);

	EXPECT_WORKS(connect_at(s, &at));
	EXPECT_TRUE(host_readable(l, 60000));
	EXPECT_EQ(1, host_is_wsa((int)s));
	host_close(l);
}

static int exports;

/* Names that libc has are libc's: the library's own symbols are not called that. */
CASE(plain, names__are_not_exported)
{
	static const char * const names[] = {
		"socket", "connect", "bind", "listen", "accept", "accept4", "shutdown", "send",
		"sendto", "sendmsg", "recv", "recvfrom", "recvmsg", "getsockname", "getpeername",
		"getsockopt",
		"setsockopt", "select", "poll", "ioctl", "close", "read", "write", "getaddrinfo",
		"freeaddrinfo", "getnameinfo", "gethostbyname", "gethostname", "inet_pton",
		"inet_ntop",
		"inet_addr", "inet_ntoa", "fcntl", "dup", "fork", "errno", "__errno_location",
	};
	void *library = dlopen("libwsaconnect.so.0", RTLD_NOW | RTLD_NOLOAD), *symbol;
	Dl_info info;
	size_t i;

	ASSERT_NE(NULL, library);
	ASSERT_NE(NULL, dlsym(library, "WSAConnect"));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		/* a handle's scope includes what it needs, libc too: ask where it was found */
		symbol = dlsym(library, names[i]);
		if (!symbol || !dladdr(symbol, &info))
			continue;
		exports++;
		EXPECT_EQ(NULL, strstr(info.dli_fname, "wsaconnect")) {
			TH_LOG("%s", names[i]);
		}
	}
	EXPECT_LT(20, exports);		/* libc's, or nothing was looked at */
}

/* The functions of the header are not libc's either. */
CASE(plain, names__lead_to_the_library)
{
	Dl_info info;

	ASSERT_NE(0, dladdr((void *)socket, &info));
	EXPECT_NE(NULL, strstr(info.dli_fname, "wsaconnect"));
	ASSERT_NE(0, dladdr((void *)connect, &info));
	EXPECT_NE(NULL, strstr(info.dli_fname, "wsaconnect"));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
