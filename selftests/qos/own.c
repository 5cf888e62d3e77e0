// SPDX-License-Identifier: GPL-2.0
/* Whose a flow is: the socket's, whoever holds that, until nobody does. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define RATE 100000

FIXTURE(own) {
	struct wsa_flowspec spec;
	struct wsa_qos_set arg;
	struct name peer;
	int listener;
	int s;			/* has a flow */
};

FIXTURE_VARIANT(own) {
	struct sort sort;
	int type;
};

FIXTURE_VARIANT_ADD(own, family_v4) { { FAMILY, AF_INET, false }, SOCK_STREAM };
FIXTURE_VARIANT_ADD(own, family_v6) { { FAMILY, AF_INET6, false }, SOCK_DGRAM };
FIXTURE_VARIANT_ADD(own, adopt_v4) { { ADOPT, AF_INET, false }, SOCK_DGRAM };
FIXTURE_VARIANT_ADD(own, adopt_dual) { { ADOPT, AF_INET6, true }, SOCK_STREAM };

FIXTURE_SETUP(own)
{
	hosts_make();
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --share 8mbit"))
		TH_LOG("%s", wsactl_said());
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	self->listener = listen_there(&variant->sort, variant->type, &self->peer);
	ASSERT_LE(0, self->listener);
	self->s = open_sort(&variant->sort, variant->type);
	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg));
	ASSERT_EQ(0, self->arg.wsa);
	ASSERT_TRUE(class_there("v0", self->arg.classid));
}

FIXTURE_TEARDOWN(own)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* Still there when one that nobody holds would long have gone. */
static bool class_stays(const struct wsa_qos_set *arg)
{
	usleep(300000);
	return class_there("v0", arg->classid);
}

/* A child that holds what it was forked with, and does what it is told by an octet. */
struct child {
	pid_t pid;
	int tell;
};

static void tell(struct child *child, char what)
{
	if (write(child->tell, &what, 1) != 1)
		_exit(99);
}

static int end_of(struct child *child)
{
	int status = -1;

	close(child->tell);
	if (waitpid(child->pid, &status, 0) != child->pid)
		return -1;
	return status;
}

/* In the child, returns the octet it was told. */
static char fork_child(struct child *child)
{
	int ends[2];
	char what = 0;

	if (pipe2(ends, O_CLOEXEC))
		_exit(99);
	child->tell = ends[1];
	child->pid = fork();
	if (child->pid) {
		close(ends[0]);
		return 0;
	}
	close(ends[1]);
	if (read(ends[0], &what, 1) != 1)
		_exit(98);
	return what;
}

TEST_F(own, stays_with_a_dup)
{
	int copy = dup(self->s);

	close(self->s);
	EXPECT_TRUE(class_stays(&self->arg));
	EXPECT_EQ(self->arg.classid, qos_get(copy).classid);
	EXPECT_EQ(1, send(copy, "x", 1, 0));
	EXPECT_EQ(0, qos_get(copy).status);
	close(copy);
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
}

TEST_F(own, stays_with_a_child)
{
	struct child child;

	if (fork_child(&child))
		_exit(qos_get(self->s).classid != self->arg.classid ||
		      send(self->s, "x", 1, 0) != 1);
	close(self->s);
	EXPECT_TRUE(class_stays(&self->arg));
	tell(&child, 'x');
	EXPECT_EQ(0, end_of(&child));
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
}

TEST_F(own, goes_with_a_child_that_is_killed)
{
	struct child child;

	if (fork_child(&child))
		_exit(1);
	close(self->s);
	EXPECT_TRUE(class_stays(&self->arg));
	kill(child.pid, SIGKILL);
	EXPECT_EQ(SIGKILL, end_of(&child));
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
}

static int pass_descriptor(int by, int fd)
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct msghdr msg = { .msg_control = room, .msg_controllen = sizeof(room) };
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(int));
	return sendmsg(by, &msg, 0);
}

static int taken_descriptor(int by)
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct msghdr msg = { .msg_control = room, .msg_controllen = sizeof(room) };
	int fd = -1;

	if (!recvmsg(by, &msg, 0) && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

/* On its way nobody has it open, and it stays; one that never arrives goes. */
TEST_F(own, stays_when_passed_on)
{
	int pair[2], other;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	ASSERT_EQ(0, pass_descriptor(pair[0], self->s));
	close(self->s);
	EXPECT_TRUE(class_stays(&self->arg));
	other = taken_descriptor(pair[1]);
	ASSERT_LE(0, other);
	EXPECT_EQ(self->arg.classid, qos_get(other).classid);
	EXPECT_EQ(1, send(other, "x", 1, 0));
	EXPECT_EQ(0, qos_get(other).status);
	EXPECT_TRUE(class_stays(&self->arg));

	ASSERT_EQ(0, pass_descriptor(pair[0], other));
	close(other);
	EXPECT_TRUE(class_stays(&self->arg));
	close(pair[0]);
	close(pair[1]);
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
}

/* Waits until a process is another program. */
static bool becomes_sleep(pid_t pid)
{
	char path[64], name[16];
	FILE *file;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	for (i = 0; i < 6000; i++) {
		file = fopen(path, "re");
		if (!file)
			return false;
		if (!fgets(name, sizeof(name), file))
			name[0] = 0;
		fclose(file);
		if (!strcmp(name, "sleep\n"))
			return true;
		usleep(10000);
	}
	return false;
}

static void be_sleep(int fd, int flag)
{
	char *const argv[] = { "sleep", "1000", NULL };

	if (!fcntl(fd, F_SETFD, flag))
		execvp(argv[0], argv);
	_exit(1);
}

TEST_F(own, goes_over_exec_with_close_on_exec)
{
	struct child child;

	if (fork_child(&child))
		be_sleep(self->s, FD_CLOEXEC);
	close(self->s);
	EXPECT_TRUE(class_stays(&self->arg));
	tell(&child, 'x');
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
	EXPECT_TRUE(becomes_sleep(child.pid));		/* and is not over */
	kill(child.pid, SIGKILL);
	EXPECT_EQ(SIGKILL, end_of(&child));
}

TEST_F(own, stays_over_exec_without)
{
	struct child child;

	if (fork_child(&child))
		be_sleep(self->s, 0);
	close(self->s);
	tell(&child, 'x');
	EXPECT_TRUE(becomes_sleep(child.pid));
	EXPECT_TRUE(class_stays(&self->arg));
	kill(child.pid, SIGKILL);
	EXPECT_EQ(SIGKILL, end_of(&child));
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
}

/* What waits for a connect(2) is the socket's too: any holder's, who knows the cookie. */
TEST_F(own, staged_here_and_connected_by_a_child)
{
	int s = open_sort(&variant->sort, variant->type);
	struct wsa_qos_set arg;
	struct child child;

	ASSERT_EQ(0, qos_set(s, &self->spec, &self->peer, &arg));
	ASSERT_EQ(0, arg.wsa);
	if (fork_child(&child))
		_exit(connect_staged(s, &self->peer, &arg));
	tell(&child, 'x');
	EXPECT_EQ(0, end_of(&child));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(s).flags);
	EXPECT_EQ(arg.classid, qos_get(s).classid);
	EXPECT_TRUE(class_stays(&arg));
	close(s);
	EXPECT_TRUE(class_gone("v0", arg.classid));
	EXPECT_TRUE(class_there("v0", self->arg.classid));
}

/* Staged and never used: it goes with the last descriptor all the same. */
TEST_F(own, staged_and_closed)
{
	int s = open_sort(&variant->sort, variant->type), copy = dup(s);
	struct wsa_qos_set arg;

	ASSERT_EQ(0, qos_set(s, &self->spec, &self->peer, &arg));
	ASSERT_EQ(0, arg.wsa);
	close(s);
	EXPECT_TRUE(class_stays(&arg));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(copy).flags);
	close(copy);
	EXPECT_TRUE(class_gone("v0", arg.classid));
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
