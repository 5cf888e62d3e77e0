// SPDX-License-Identifier: GPL-2.0
/* Loading, using and unloading over and over, and namespaces that die with sockets open. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "module.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(load) {};

FIXTURE_SETUP(load)
{
	netns_fresh();
}

FIXTURE_TEARDOWN(load)
{
	if (module_family() < 0)
		EXPECT_EQ(0, module_load(""));
}

static const struct sort plain4 = { PLAIN, AF_INET, false };

TEST_F_TIMEOUT(load, two_hundred_times, 280)
{
	struct name at, peer;
	int i, s, d, l;

	l = listener_at(&plain4, &at);
	bound_at(&plain4, SOCK_DGRAM, &peer);
	for (i = 0; i < 200; i++) {
		enum door door = i & 1 ? ADOPT : FAMILY;

		ASSERT_EQ(0, module_unload_soon());
		ASSERT_EQ(0, module_load(""));
		s = open_proto(door, AF_INET, SOCK_STREAM, 0);
		d = open_proto(door, AF_INET, SOCK_DGRAM, 0);
		ASSERT_EQ(0, connect(s, &at.sa, at.len));
		close(accept(l, NULL, NULL));
		ASSERT_EQ(0, connect(d, &peer.sa, peer.len));
		close(s);
		close(d);
	}
}

/* Every kind of socket in every state, killed in the middle of it. */
static void die_with_sockets(int number)
{
	struct sort sort = { number & 1 ? ADOPT : FAMILY, number & 2 ? AF_INET6 : AF_INET, false };
	struct name nobody, at, closed, here;
	struct call calls[3];
	int i, s;

	netns_fresh();
	netns_dummies();
	nobody = silent(&sort, 5);
	here = loopback(&sort, 0);
	listener_at(&sort, &at);
	closed_port(&sort, &closed);
	connect_to(open_sort(&sort, SOCK_STREAM | SOCK_NONBLOCK), &nobody);
	connect_to(open_sort(&sort, SOCK_STREAM | SOCK_NONBLOCK), &closed);
	connect_to(open_sort(&sort, SOCK_STREAM), &at);
	connect_to(open_sort(&sort, SOCK_DGRAM), &at);
	s = open_sort(&sort, SOCK_STREAM);
	bind(s, &here.sa, here.len);
	listen(s, 4);
	here = local_name(s);
	connect_to(open_sort(&sort, SOCK_STREAM), &here);	/* its child waits to be accepted */
	for (i = 0; i < 3; i++)
		connect_later(&calls[i], open_sort(&sort, SOCK_STREAM), &nobody);
	usleep(50000);
	kill(getpid(), SIGKILL);
}

TEST_F_TIMEOUT(load, twenty_namespaces_killed, 280)
{
	int i, status;
	pid_t pid;

	for (i = 0; i < 20; i++) {
		pid = fork();
		if (!pid)
			die_with_sockets(i);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
	EXPECT_EQ(0, module_unload_soon());
	EXPECT_EQ(0, module_load(""));
}

TEST_HARNESS_MAIN
