// SPDX-License-Identifier: GPL-2.0
/*
 * Who waits for RTNL, the lock of the network's configuration: who asks for a flow, and may be
 * killed; nobody who connects, sends, looks or closes.
 *
 * The kernel reads the argument of IP_ADD_MEMBERSHIP while it holds that lock. Here it is on a
 * page that is not there until the test says so, by userfaultfd(2).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define RATE 100000
#define HUNG 60000		/* milliseconds */

/* RTNL, in the hands of a thread of ours. */
struct held {
	pthread_t thread;
	int fault;		/* the userfaultfd */
	void *page;
	int error;
	atomic_bool let_go;
};

FIXTURE(wait) {
	struct wsa_flowspec spec;
	struct name peer;
	int listener;
	int staged, closing, s;
	struct wsa_qos_set arg, other;
	struct held held;
};

FIXTURE_VARIANT(wait) {
	struct sort sort;
	int type;
};

FIXTURE_VARIANT_ADD(wait, family_v4) { { FAMILY, AF_INET, false }, SOCK_STREAM };
FIXTURE_VARIANT_ADD(wait, family_v6) { { FAMILY, AF_INET6, false }, SOCK_DGRAM };
FIXTURE_VARIANT_ADD(wait, adopt_v4) { { ADOPT, AF_INET, false }, SOCK_DGRAM };
FIXTURE_VARIANT_ADD(wait, adopt_dual) { { ADOPT, AF_INET6, true }, SOCK_STREAM };

FIXTURE_SETUP(wait)
{
	hosts_make();
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --share 8mbit"))
		TH_LOG("%s", wsactl_said());
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	self->listener = listen_there(&variant->sort, variant->type, &self->peer);
	ASSERT_LE(0, self->listener);
	self->staged = open_sort(&variant->sort, variant->type);
	self->closing = open_sort(&variant->sort, variant->type);
	self->s = open_sort(&variant->sort, variant->type);
	ASSERT_EQ(0, connect_with(self->closing, &self->spec, &self->peer, &self->other));
	ASSERT_EQ(0, self->other.wsa);
	ASSERT_EQ(0, qos_set(self->staged, &self->spec, &self->peer, &self->arg));
	ASSERT_EQ(0, self->arg.wsa);
}

FIXTURE_TEARDOWN(wait)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

static void *hold_on(void *data)
{
	struct held *held = data;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	held->error = setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, held->page,
				 sizeof(struct ip_mreqn)) ? errno : 0;
	atomic_store(&held->let_go, true);
	close(fd);
	return NULL;
}

/* Returns when the lock is held. */
static bool hold_rtnl(struct held *held)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct pollfd poller = { .events = POLLIN };
	struct uffd_msg msg;

	atomic_init(&held->let_go, false);
	held->page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	held->fault = syscall(SYS_userfaultfd, O_CLOEXEC);
	range.range.start = (unsigned long)held->page;
	range.range.len = 4096;
	if (held->page == MAP_FAILED || held->fault < 0 || ioctl(held->fault, UFFDIO_API, &api) ||
	    ioctl(held->fault, UFFDIO_REGISTER, &range) ||
	    pthread_create(&held->thread, NULL, hold_on, held))
		return false;
	poller.fd = held->fault;
	return poll(&poller, 1, HUNG) == 1 &&
	       read(held->fault, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT;
}

/* The page has zeros, which name no group: its setsockopt(2) fails. */
static int let_rtnl_go(struct held *held)
{
	struct uffdio_zeropage zero = { 0 };

	zero.range.start = (unsigned long)held->page;
	zero.range.len = 4096;
	if (ioctl(held->fault, UFFDIO_ZEROPAGE, &zero))
		return -errno;
	pthread_join(held->thread, NULL);
	close(held->fault);
	munmap(held->page, 4096);
	return held->error;
}

/* What stands in /proc is asleep and stays so. */
static bool still_waits(pid_t pid)
{
	int status;

	usleep(300000);
	return !waitpid(pid, &status, WNOHANG);
}

TEST_F(wait, connect_does_not)
{
	struct wsa_qos_get got;
	int there = -1;

	ASSERT_TRUE(hold_rtnl(&self->held));
	ASSERT_EQ(0, connect_staged(self->staged, &self->peer, &self->arg));
	got = qos_get(self->staged);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, got.flags);
	EXPECT_EQ(self->arg.classid, got.classid);
	EXPECT_EQ(1, send(self->staged, "x", 1, 0));
	if (variant->type == SOCK_STREAM) {
		there = accept(self->listener, NULL, NULL);
		ASSERT_LE(0, there);
	}
	EXPECT_EQ(0, close(self->staged));
	EXPECT_EQ(0, close(self->closing));
	EXPECT_EQ(0, connect(self->s, &self->peer.sa, self->peer.len));
	EXPECT_EQ(0, close(self->s));
	EXPECT_FALSE(atomic_load(&self->held.let_go));
	EXPECT_EQ(EINVAL, let_rtnl_go(&self->held));
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
	EXPECT_TRUE(class_gone("v0", self->other.classid));
	close(there);
}

/* An attempt that is refused gives its flow back without waiting, too. */
TEST_F(wait, failure_does_not)
{
	ASSERT_TRUE(hold_rtnl(&self->held));
	close(self->listener);
	if (variant->type == SOCK_STREAM) {
		EXPECT_EQ(ECONNREFUSED, connect_staged(self->staged, &self->peer, &self->arg));
		EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->staged).flags);
	} else {
		/* another destination, and nothing for it */
		EXPECT_EQ(0, connect(self->closing, &self->peer.sa, self->peer.len));
		EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->closing).flags);
	}
	EXPECT_FALSE(atomic_load(&self->held.let_go));
	EXPECT_EQ(EINVAL, let_rtnl_go(&self->held));
	EXPECT_TRUE(class_gone("v0", variant->type == SOCK_STREAM ? self->arg.classid :
								   self->other.classid));
}

/* Killed while it waits: no flow, and the socket can be asked for again. */
TEST_F(wait, who_asks_waits_and_can_be_killed)
{
	struct wsa_qos_set arg;
	int status = -1;
	pid_t pid;

	ASSERT_TRUE(hold_rtnl(&self->held));
	pid = fork();
	if (!pid)
		_exit(qos_set(self->s, &self->spec, &self->peer, &arg) ? 1 : 0);
	EXPECT_TRUE(still_waits(pid));
	EXPECT_FALSE(atomic_load(&self->held.let_go));
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(SIGKILL, status);
	EXPECT_EQ(0, qos_get(self->s).flags);
	EXPECT_FALSE(atomic_load(&self->held.let_go));
	EXPECT_EQ(EINVAL, let_rtnl_go(&self->held));
	EXPECT_EQ(2, pool_number("flows"));
	EXPECT_EQ(0, qos_get(self->s).flags);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	EXPECT_EQ(0, arg.wsa);
}

/* And is served when the lock is free; a second one of the same socket behind it. */
TEST_F(wait, who_asks_is_served_later)
{
	struct wsa_qos_set arg;
	int status = -1, i;
	pid_t pid[2];

	ASSERT_TRUE(hold_rtnl(&self->held));
	for (i = 0; i < 2; i++) {
		pid[i] = fork();
		if (!pid[i])
			_exit(qos_set(self->s, &self->spec, &self->peer, &arg) || arg.wsa);
		EXPECT_TRUE(still_waits(pid[i]));
	}
	kill(pid[1], SIGKILL);
	ASSERT_EQ(pid[1], waitpid(pid[1], &status, 0));
	EXPECT_EQ(SIGKILL, status);
	EXPECT_EQ(0, qos_get(self->s).flags);
	EXPECT_FALSE(atomic_load(&self->held.let_go));
	EXPECT_EQ(EINVAL, let_rtnl_go(&self->held));
	ASSERT_EQ(pid[0], waitpid(pid[0], &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(self->s).flags);
	EXPECT_EQ(3, pool_number("flows"));
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
