// SPDX-License-Identifier: GPL-2.0
/*
 * The door a program gets where a security module labels sockets by their family: adopt, so that
 * they keep their class. Runs on a kernel that was started with SELinux; Smack is not in Debian's
 * kernels, so of it there is only the sign by which it is known.
 */
#include "case.h"

#include <kselftest_harness.h>

#include <stdlib.h>

FIXTURE(label) {
	unsigned long adopted;
};

FIXTURE_SETUP(label)
{
	host_fresh();
	host_mounts_fresh();
	unsetenv("LIBWSACONNECT_DOOR");
	unsetenv("LIBWSACONNECT_COMPAT");
	self->adopted = wsa_counter("ADOPTED");
}

FIXTURE_TEARDOWN(label)
{
	FINISH();
}

/* The socket works, and came by the adopt door @adopted times. */
static void check(struct __test_metadata *_metadata, FIXTURE_DATA(label) *self, int adopted)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int port, listener = host_listen_loopback(&port);
	WSADATA data;
	SOCKET s;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at.sin_port = htons(port);
	ASSERT_EQ(0, WSAStartup(MAKEWORD(2, 2), &data));
	s = socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_NE(INVALID_SOCKET, s);
	EXPECT_TRUE(host_is_wsa((int)s));
	EXPECT_EQ(self->adopted + adopted, wsa_counter("ADOPTED"));
	EXPECT_EQ(0, WSAConnect(s, (struct sockaddr *)&at, sizeof(at), NULL, NULL, NULL, NULL));
	EXPECT_EQ(0, closesocket(s));
	host_close(listener);
}

CASE(label, none__by_family)
{
	check(_metadata, self, 0);
}

CASE(label, selinux__adopts)
{
	host_mount("selinuxfs", "/sys/fs/selinux");
	check(_metadata, self, 1);
}

CASE(label, smack__adopts)
{
	host_mount("tmpfs", "/sys/fs");
	host_make_file("/sys/fs/smackfs", "load2");
	check(_metadata, self, 1);
}

CASE(label, selinux_and_no_device__by_family)
{
	host_mount("selinuxfs", "/sys/fs/selinux");
	host_mount("tmpfs", "/dev");
	check(_metadata, self, 0);
}

CASE(label, selinux__told_to_use_the_family)
{
	host_mount("selinuxfs", "/sys/fs/selinux");
	setenv("LIBWSACONNECT_DOOR", "family", 1);
	check(_metadata, self, 0);
}

TEST_HARNESS_MAIN
