// SPDX-License-Identifier: GPL-2.0
/* What a flow lives through while there is traffic, and what remains of it. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "module.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"
#include "steady.h"

#define RATE 400000
#define SLOW 20000
#define LOST_FLAGS (WSA_QOS_KEPT | WSA_QOS_ACTIVE | WSA_QOS_LOST)

FIXTURE(life) {
	struct wsa_flowspec spec;
	struct wsa_qos_set arg;
	struct name peer;
	int listener;
	int s;
	int there;		/* the other end of s */
	struct steady traffic;
};

FIXTURE_VARIANT(life) {
	struct sort sort;
	int type;
	const char *qdisc;
};

FIXTURE_VARIANT_ADD(life, family_v4) { { FAMILY, AF_INET, false }, SOCK_STREAM, "hfsc" };
FIXTURE_VARIANT_ADD(life, family_v6) { { FAMILY, AF_INET6, false }, SOCK_DGRAM, "htb" };
FIXTURE_VARIANT_ADD(life, adopt_v4) { { ADOPT, AF_INET, false }, SOCK_DGRAM, "hfsc" };
FIXTURE_VARIANT_ADD(life, adopt_dual) { { ADOPT, AF_INET6, true }, SOCK_STREAM, "htb" };

static int make_pool(const FIXTURE_VARIANT(life) *variant)
{
	char command[96];

	snprintf(command, sizeof(command), "qos enable v0 --rate 100mbit --share 8mbit --qdisc %s",
		 variant->qdisc);
	return wsactl(command);
}

static bool no_pool(void)
{
	return !wsactl("qos show") && !*wsactl_said();
}

FIXTURE_SETUP(life)
{
	hosts_make();
	ASSERT_EQ(0, make_pool(variant)) TH_LOG("%s", wsactl_said());
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	self->listener = listen_there(&variant->sort, variant->type, &self->peer);
	ASSERT_LE(0, self->listener);
	self->s = open_sort(&variant->sort, variant->type);
}

FIXTURE_TEARDOWN(life)
{
	COUNTERS_BALANCE();
	if (if_nametoindex("v0"))
		EXPECT_TRUE(flows_gone("v0"));
}

#define EXPECT_GRANTED(arg) do { \
	EXPECT_EQ(0, (arg).wsa); \
	EXPECT_TRUE(class_there("v0", (arg).classid)); \
} while (0)

static int accepted(const FIXTURE_VARIANT(life) *variant, int listener)
{
	return variant->type == SOCK_STREAM ? accept(listener, NULL, NULL) : dup(listener);
}

/* A connected socket with a flow, and what it sends on its way. */
#define BEGIN_TRAFFIC() do { \
	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg)); \
	EXPECT_GRANTED(self->arg); \
	self->there = accepted(variant, self->listener); \
	ASSERT_LE(0, self->there); \
	steady_start(&self->traffic, self->s, self->there); \
	EXPECT_TRUE(steady_moves(&self->traffic)); \
} while (0)

static bool is_lost(int fd)
{
	int i;

	for (i = 0; i < 6000 && qos_get(fd).flags != LOST_FLAGS; i++)
		usleep(10000);
	return qos_get(fd).flags == LOST_FLAGS &&
	       qos_get(fd).status == WSA_QOS_TRAFFIC_CTRL_ERROR;
}

/* The class's line of tc, into a file of the guest's. */
static void show_class(const struct wsa_qos_set *arg, const char *path)
{
	char command[128];

	snprintf(command, sizeof(command),
		 "tc class show dev v0 classid 1:%x | sed 's/ leaf [0-9a-f]*://' >%s",
		 arg->classid & 0xffff, path);
	run_command(command);
}

static void run_on_class(const char *format, const struct wsa_qos_set *arg)
{
	char command[160];

	snprintf(command, sizeof(command), format, arg->classid & 0xffff);
	run_command(command);
}

TEST_F(life, qdisc_that_is_deleted__r291)
{
	struct wsa_qos_set again;
	long before;

	BEGIN_TRAFFIC();
	run_command("tc qdisc del dev v0 root");
	EXPECT_TRUE(steady_moves(&self->traffic));
	EXPECT_TRUE(is_lost(self->s));
	EXPECT_TRUE(no_pool());
	EXPECT_TRUE(steady_moves(&self->traffic));

	/* where there is a pool again, a flow is, under a number of its own */
	ASSERT_EQ(0, make_pool(variant)) TH_LOG("%s", wsactl_said());
	EXPECT_TRUE(is_lost(self->s));
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &again));
	EXPECT_GRANTED(again);
	EXPECT_NE(self->arg.classid, again.classid);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
	before = class_packets("v0", again.classid);
	EXPECT_TRUE(steady_moves(&self->traffic));
	EXPECT_LT(before + 10, class_packets("v0", again.classid));
	steady_stop(&self->traffic);
	EXPECT_EQ(1, pool_number("flows"));
}

TEST_F(life, class_that_somebody_deletes__r291)
{
	BEGIN_TRAFFIC();
	run_on_class("tc class del dev v0 classid 1:%x", &self->arg);
	EXPECT_TRUE(steady_moves(&self->traffic));
	EXPECT_TRUE(is_lost(self->s));
	EXPECT_TRUE(pool_empty());
	EXPECT_TRUE(steady_moves(&self->traffic));
	steady_stop(&self->traffic);
}

/* Whoever may change it has the last word, until the program asks again. */
TEST_F(life, class_that_somebody_changes)
{
	struct wsa_qos_set again;

	BEGIN_TRAFFIC();
	show_class(&self->arg, "/tmp/before");
	if (strcmp(variant->qdisc, "htb"))
		run_on_class("tc class change dev v0 parent 1:3 classid 1:%x hfsc ls m2 800kbit",
			     &self->arg);
	else
		run_on_class("tc class change dev v0 parent 1:3 classid 1:%x htb rate 800kbit",
			     &self->arg);
	run_on_class("tc qdisc add dev v0 parent 1:%x handle 77: pfifo limit 7", &self->arg);
	show_class(&self->arg, "/tmp/changed");
	run_command("! cmp -s /tmp/before /tmp/changed");
	EXPECT_TRUE(steady_moves(&self->traffic));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);

	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &again));
	EXPECT_EQ(0, again.wsa);
	EXPECT_EQ(self->arg.classid, again.classid);
	show_class(&self->arg, "/tmp/changed");
	run_command("cmp /tmp/before /tmp/changed");
	run_command("! tc qdisc show dev v0 | grep -q pfifo.77:");
	EXPECT_TRUE(steady_moves(&self->traffic));
	steady_stop(&self->traffic);
}

/* The pool's own class cannot be deleted while it has flows; without it there is no pool. */
TEST_F(life, parent_that_somebody_deletes)
{
	struct wsa_qos_set arg;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &self->arg));
	EXPECT_GRANTED(self->arg);
	run_command("! tc class del dev v0 classid 1:3 2>/dev/null");
	close(self->s);
	EXPECT_TRUE(flows_gone("v0"));
	run_command("tc class del dev v0 classid 1:3");

	self->s = open_sort(&variant->sort, variant->type);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)arg.status);
	EXPECT_EQ(0, arg.classid);
	EXPECT_EQ(0, flows_there("v0"));
	EXPECT_EQ(0, qos_get(self->s).flags);
	EXPECT_TRUE(no_pool());

	run_command("tc qdisc del dev v0 root");
	ASSERT_EQ(0, make_pool(variant)) TH_LOG("%s", wsactl_said());
	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &arg));
	EXPECT_GRANTED(arg);
}

TEST_F(life, link_that_goes_down_and_comes_up)
{
	long before;

	BEGIN_TRAFFIC();
	run_command("echo 1 >/proc/sys/net/ipv6/conf/v0/keep_addr_on_down;"
		    "ip link set v0 down");
	usleep(100000);
	EXPECT_TRUE(class_there("v0", self->arg.classid));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags & ~WSA_QOS_LOST);
	before = class_packets("v0", self->arg.classid);
	run_command("ip link set v0 up");
	EXPECT_TRUE(steady_moves(&self->traffic));
	EXPECT_LT(before + 1, class_packets("v0", self->arg.classid));
	EXPECT_TRUE(class_there("v0", self->arg.classid));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
	EXPECT_EQ(self->arg.classid, qos_get(self->s).classid);
	EXPECT_EQ(1, pool_number("flows"));
	steady_stop(&self->traffic);
}

TEST_F(life, device_that_goes__r291)
{
	BEGIN_TRAFFIC();
	run_command("ip link del v0");
	EXPECT_EQ(LOST_FLAGS, qos_get(self->s).flags);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)qos_get(self->s).status);
	EXPECT_TRUE(no_pool());
	usleep(100000);
	steady_stop(&self->traffic);
}

/* A route by another device takes the packets, not the flow; nor does a refusal (row 36). */
TEST_F(life, route_that_moves__r36)
{
	struct wsa_qos_set arg;
	bool v6 = variant->sort.af == AF_INET6 && !variant->sort.dual;

	hosts_second_link();
	BEGIN_TRAFFIC();
	run_command(v6 ? "ip route add fd07::2/128 dev w0" : "ip route add 10.7.0.2/32 dev w0");
	EXPECT_TRUE(steady_moves(&self->traffic));
	EXPECT_EQ(LOST_FLAGS, qos_get(self->s).flags);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)qos_get(self->s).status);
	EXPECT_TRUE(class_there("v0", self->arg.classid));

	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)arg.status);
	EXPECT_EQ(if_nametoindex("w0"), arg.ifindex);
	EXPECT_EQ(self->arg.classid, qos_get(self->s).classid);
	EXPECT_TRUE(class_there("v0", self->arg.classid));

	/* to there and back */
	run_command(v6 ? "ip route del fd07::2/128 dev w0" : "ip route del 10.7.0.2/32 dev w0");
	EXPECT_TRUE(steady_moves(&self->traffic));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);

	/* and to there with a pool: asked again, it has a class there and none here */
	ASSERT_EQ(0, wsactl("qos enable w0 --rate 100mbit"));
	run_command(v6 ? "ip route add fd07::2/128 dev w0" : "ip route add 10.7.0.2/32 dev w0");
	EXPECT_TRUE(steady_moves(&self->traffic));
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(if_nametoindex("w0"), arg.ifindex);
	EXPECT_TRUE(class_there("w0", arg.classid));
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
	EXPECT_TRUE(steady_moves(&self->traffic));
	EXPECT_LT(10, class_packets("w0", arg.classid));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
	steady_stop(&self->traffic);
}

/* A flow that is held to its rate, and whose leaf holds two seconds of it. */
#define BEGIN_SLOW() do { \
	self->spec = flowspec(NETWORK_CONTROL, SLOW); \
	self->spec.token_bucket = 3000; \
	ASSERT_EQ(0, connect_with(self->s, &self->spec, &self->peer, &self->arg)); \
	EXPECT_GRANTED(self->arg); \
	run_on_class("tc qdisc add dev v0 parent 1:%x handle 77: bfifo limit 100000", \
		     &self->arg); \
	self->there = accepted(variant, self->listener); \
	ASSERT_LE(0, self->there); \
} while (0)

static size_t queue_up(int fd)
{
	char data[1000];
	size_t sent = 0;

	memset(data, 'q', sizeof(data));
	while (sent < 2 * SLOW && send(fd, data, sizeof(data), MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		sent += sizeof(data);
	return sent;
}

/* What is queued at the close leaves by the class, and then that goes. */
TEST_F(life, closed_with_queued_data)
{
	size_t sent, got;

	BEGIN_SLOW();
	sent = queue_up(self->s);
	EXPECT_EQ(2 * SLOW, sent);
	close(self->s);
	got = read_some(self->there, sent / 2);
	EXPECT_LE(sent / 2, got);
	EXPECT_TRUE(class_there("v0", self->arg.classid));
	EXPECT_EQ(1, pool_number("flows"));
	got += read_some(self->there, sent - got);
	EXPECT_EQ(sent, got);
	EXPECT_TRUE(class_gone("v0", self->arg.classid));
	EXPECT_TRUE(pool_empty());
}

/*
 * No socket is open, so the module may go, with flows that drain. Streams send what they have
 * all the same.
 */
TEST_F(life, module_that_is_unloaded_while_flows_drain)
{
	size_t sent, got;

	BEGIN_SLOW();
	sent = queue_up(self->s);
	EXPECT_EQ(2 * SLOW, sent);
	EXPECT_EQ(-1, module_unload());
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_TRUE(class_there("v0", self->arg.classid));
	close(self->s);
	EXPECT_TRUE(class_there("v0", self->arg.classid));
	EXPECT_EQ(0, module_unload());
	EXPECT_FALSE(class_there("v0", self->arg.classid));
	run_command("ip -d link show v0 | grep -q 'gso_max_segs 65535'");
	if (variant->type == SOCK_STREAM) {
		got = read_some(self->there, sent);
		EXPECT_EQ(sent, got);
	}

	EXPECT_EQ(0, module_load(""));
	EXPECT_TRUE(no_pool());
	run_command("tc qdisc del dev v0 root");
	EXPECT_EQ(0, make_pool(variant)) TH_LOG("%s", wsactl_said());
	EXPECT_TRUE(pool_empty());
}

/* A child's own two hosts: it dies with flows active, with data queued and more on its way. */
static void live_and_be_killed(const FIXTURE_VARIANT(life) *variant, int ready, int go)
{
	struct wsa_flowspec spec = flowspec(CONTROLLEDLOAD, SLOW);
	struct steady traffic;
	struct wsa_qos_set arg;
	struct name peer;
	int listener, s, i;
	char octet;

	hosts_make();
	hosts_there();
	if (write(ready, "t", 1) != 1 || read(go, &octet, 1) != 1)
		_exit(1);
	hosts_here();
	if (make_pool(variant))
		_exit(2);
	listener = listen_there(&variant->sort, variant->type, &peer);
	for (i = 0; i < 3; i++) {
		s = open_sort(&variant->sort, variant->type);
		if (connect_with(s, &spec, &peer, &arg) || arg.wsa)
			_exit(3);
		steady_start(&traffic, s, accepted(variant, listener));
		if (!steady_moves(&traffic))
			_exit(4);
		queue_up(s);
	}
	if (write(ready, "r", 1) != 1)
		_exit(5);
	pause();
}

TEST_F(life, namespace_that_ends)
{
	int ready[2], go[2], status, ns, i;
	char path[64], octet = 0;
	pid_t pid;

	ASSERT_EQ(0, pipe(ready));
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	if (!pid) {
		close(self->listener);
		close(self->s);
		live_and_be_killed(variant, ready[1], go[0]);
		_exit(0);
	}
	close(ready[1]);
	ASSERT_EQ(1, read(ready[0], &octet, 1));
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	ns = open(path, O_RDONLY);	/* where its packets arrive */
	ASSERT_LE(0, ns);
	ASSERT_EQ(1, write(go[1], "g", 1));
	octet = 0;
	EXPECT_EQ(1, read(ready[0], &octet, 1));
	EXPECT_EQ('r', octet);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(SIGKILL, status);

	/* a device's other end goes with the namespace that it was in */
	ASSERT_EQ(0, setns(ns, CLONE_NEWNET));
	for (i = 0; i < 12000 && if_nametoindex("v1"); i++)
		usleep(10000);
	EXPECT_EQ(0, if_nametoindex("v1"));
	close(ns);
	hosts_here();
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
