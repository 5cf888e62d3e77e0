// SPDX-License-Identifier: GPL-2.0
/*
 * What is another's stays as it is, and where no promise can be kept none is given: root qdiscs,
 * classes, devices that stand on others, users.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define USER	1000

static const struct sort ipv4 = { .door = FAMILY, .af = AF_INET };

FIXTURE(refuse) {
	struct wsa_flowspec spec;
	struct name silent;
	int s;
};

FIXTURE_SETUP(refuse)
{
	hosts_make();
	self->spec = flowspec(CONTROLLEDLOAD, 100000);
	self->silent = name_of("10.7.0.77", 9);
	self->s = open_sort(&ipv4, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(refuse)
{
	COUNTERS_BALANCE();
}

/* Refused with one line that begins with the device. */
#define EXPECT_REFUSED(arguments, text) do { \
	EXPECT_EQ(1, wsactl(arguments)); \
	EXPECT_EQ(wsactl_said(), strstr(wsactl_said(), "wsactl: " text)) \
		TH_LOG("%s", wsactl_said()); \
} while (0)

/*
 * All there is to a device's scheduling, as tc(8) shows it, less lines with @but. A pool is a
 * reference to the qdisc; the order of classes is that of a table that grows; what fq_codel
 * calls classes is its traffic.
 */
static void tc_show(const char *device, const char *but, char *text, size_t size)
{
	char command[512];
	FILE *pipe;
	size_t n;

	snprintf(command, sizeof(command),
		 "{ tc qdisc show dev %s | sed 's/ refcnt [0-9]*//'; tc class show dev %s | sort\n"
		 "tc filter show dev %s\n"
		 "ip -d link show dev %s | grep -o 'gso_max_segs [0-9]*'; } |\n"
		 "grep -Ev 'class fq_codel|%s'",
		 device, device, device, device, but);
	fflush(stdout);
	pipe = popen(command, "re");
	if (!pipe)
		err(1, "tc");
	n = fread(text, 1, size - 1, pipe);
	text[n] = 0;
	if (pclose(pipe) || n < 10)
		errx(1, "tc says nothing of %s", device);
}

static char before[8192], now[8192];

#define REMEMBER(device)	tc_show(device, "^$", before, sizeof(before))
#define EXPECT_SAME(device) do { \
	tc_show(device, "^$", now, sizeof(now)); \
	EXPECT_STREQ(before, now); \
} while (0)

TEST_F(refuse, root_qdiscs_are_replaced_by_force_only)
{
	static const struct {
		const char *make, *said;
	} rows[] = {
		{ "htb default 5", "wsactl: v0 has a root qdisc, htb 9: --parent names" },
		{ "hfsc default 5", "wsactl: v0 has a root qdisc, hfsc 9: --parent names" },
		{ "prio", "wsactl: v0 has a root qdisc, prio 9: --parent names" },
		{ "tbf rate 1mbit burst 10kb limit 100kb", "wsactl: v0 has a root qdisc, tbf 9:" },
		{ "fq_codel", "wsactl: v0 has a root qdisc, fq_codel 9:" },
		{ "mq", "wsactl: v0 has an mq root: --force replaces it" },
	};
	char command[128];
	size_t i;

	run_command("ip link del v0; ip link add v0 numtxqueues 4 type veth peer name v1\n"
		    "ip link set v0 up");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(command, sizeof(command), "tc qdisc add dev v0 root handle 9: %s",
			 rows[i].make);
		run_command(command);
		REMEMBER("v0");
		EXPECT_EQ(1, wsactl("qos enable v0 --rate 10mbit"));
		EXPECT_EQ(wsactl_said(), strstr(wsactl_said(), rows[i].said))
			TH_LOG("%s", wsactl_said());
		EXPECT_EQ(1, wsactl("qos enable v0 --rate 10mbit --qdisc hfsc"));
		EXPECT_SAME("v0");
		EXPECT_EQ(0, wsactl("qos enable v0 --rate 10mbit --force"));
		run_command("tc qdisc show dev v0 root | grep -q '^qdisc htb 1: root'");
		EXPECT_EQ(0, wsactl("qos disable v0"));
	}
}

/* The kernel itself refuses a parent there, whatever asks it. */
TEST_F(refuse, queues_without_a_common_rate)
{
	run_command("ip link add m0 numtxqueues 4 type ifb; ip link set m0 up");
	run_command("tc qdisc show dev m0 root | grep -q '^qdisc mq 0:'");
	REMEMBER("m0");
	EXPECT_REFUSED("qos enable m0 --rate 10mbit", "m0 has an mq root: --force replaces it");
	EXPECT_REFUSED("qos enable m0 --rate 10mbit --parent 1:1",
		       "m0 has an mq root, queues without a common rate: give it");
	EXPECT_SAME("m0");
	run_command("tc qdisc add dev m0 root handle 8: mqprio num_tc 2 \\\n"
		    "map 0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1 queues 2@0 2@2 hw 0");
	REMEMBER("m0");
	EXPECT_REFUSED("qos enable m0 --rate 10mbit", "m0 has a root qdisc, mqprio 8:");
	EXPECT_REFUSED("qos enable m0 --rate 10mbit --parent 8:1",
		       "m0 has an mq root, queues without a common rate: give it");
	EXPECT_SAME("m0");
	EXPECT_EQ(0, wsactl("qos enable m0 --rate 10mbit --force"));
	run_command("tc qdisc show dev m0 | grep -q '^qdisc htb 1: root'");
	EXPECT_EQ(0, wsactl("qos disable m0"));
}

/* Its route leaves by something that stands on a device with a pool: that is not the pool. */
TEST_F(refuse, routes_by_what_stands_on_others__r36)
{
	static const struct {
		const char *make, *device, *said;
	} rows[] = {
		{ "link add e0 link v0 type vlan id 5", "e0", "e0 is a VLAN" },
		{ "link add e1 link v0 type macvlan mode bridge", "e1", "e1 stands on another" },
		{ "link add e2 type ipip local 10.7.0.1 remote 10.7.0.2", "e2", "e2 is a tunnel" },
		{ "link add e3 type bridge", "e3", "e3 is a bridge" },
		{ "link add e4 type bond", "e4", "e4 is a bond" },
	};
	char command[256];
	size_t i;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	REMEMBER("v0");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wsa_qos_set arg;
		struct name there;

		snprintf(command, sizeof(command),
			 "%s\nlink set %s up\naddr add 10.20.%zu.1/24 dev %s\n", rows[i].make,
			 rows[i].device, i, rows[i].device);
		ip_batch(command);
		snprintf(command, sizeof(command), "10.20.%zu.2", i);
		there = name_of(command, 9);
		ASSERT_EQ(0, qos_set(self->s, &self->spec, &there, &arg));
		EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
		EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)arg.status);
		EXPECT_EQ(if_nametoindex(rows[i].device), arg.ifindex);
		EXPECT_EQ(0, arg.cookie);
		EXPECT_EQ(0, qos_get(self->s).flags);

		snprintf(command, sizeof(command), "qos enable %s --rate 10mbit", rows[i].device);
		EXPECT_EQ(1, wsactl(command));
		EXPECT_EQ(wsactl_said() + 8, strstr(wsactl_said(), rows[i].said))
			TH_LOG("%s", wsactl_said());
		snprintf(command, sizeof(command), "! tc qdisc show dev %s | grep -q htb",
			 rows[i].device);
		run_command(command);
	}
	EXPECT_EQ(0, flows_there("v0"));
	EXPECT_SAME("v0");
}

static const char anothers_tree[] =
	"tc qdisc add dev v0 root handle 7: %s default 5\n"
	"tc class add dev v0 parent 7: classid 7:1 %s\n"
	"tc class add dev v0 parent 7:1 classid 7:5 %s\n"
	"tc class add dev v0 parent 7:1 classid 7:6 %s\n"
	"tc class add dev v0 parent 7:1 classid 7:1000 %s\n"
	"tc class add dev v0 parent 7:1000 classid 7:1001 %s\n"
	"tc qdisc add dev v0 parent 7:5 handle 70: pfifo limit 33\n"
	"tc filter add dev v0 parent 7: prio 3 u32 match ip dst 10.7.0.9/32 flowid 7:5\n"
	"tc filter add dev v0 parent 7: prio 4 u32 match ip dport 99 0xffff flowid 7:1001\n";

static void make_tree(const char *qdisc)
{
	const char *class = strcmp(qdisc, "htb") ? "hfsc sc rate 5mbit" : "htb rate 5mbit";
	char command[2048];

	snprintf(command, sizeof(command), anothers_tree, qdisc, class, class, class, class,
		 class);
	run_command(command);
}

FIXTURE(tree) {
	struct wsa_flowspec spec;
	struct name silent;
	int s;
};

FIXTURE_VARIANT(tree) {
	const char *qdisc;
};

FIXTURE_VARIANT_ADD(tree, htb) { .qdisc = "htb" };
FIXTURE_VARIANT_ADD(tree, hfsc) { .qdisc = "hfsc" };

FIXTURE_SETUP(tree)
{
	hosts_make();
	self->spec = flowspec(CONTROLLEDLOAD, 100000);
	self->silent = name_of("10.7.0.77", 9);
	self->s = open_sort(&ipv4, SOCK_DGRAM);
	make_tree(variant->qdisc);
	REMEMBER("v0");
}

FIXTURE_TEARDOWN(tree)
{
	COUNTERS_BALANCE();
}

/* Not the flows, their parent, nor what a pool does to the device's packets. */
#define BUT_OURS	"7:6|7:100[2-6]|gso_max_segs"

/* Classes, filters and qdiscs of another's are the same octets before, while and after. */
TEST_F(tree, anothers_classes_are_the_same_after_it)
{
	struct wsa_qos_set arg[5], last;
	static char others[8192];
	int fd[5], i;

	tc_show("v0", BUT_OURS, others, sizeof(others));
	EXPECT_NE(NULL, strstr(others, "class ")) TH_LOG("%s", others);

	EXPECT_REFUSED("qos enable v0 --rate 5mbit --parent 7:9", "v0 has no such class: ");
	EXPECT_REFUSED("qos enable v0 --rate 5mbit --parent 7:", "v0 has no such class: ");
	EXPECT_REFUSED("qos enable v0 --rate 5mbit --parent 1:6", "v0 has no such class: ");
	EXPECT_REFUSED("qos enable v0 --rate 5mbit --parent 7:1", "v0 has classes below that one");
	EXPECT_REFUSED("qos enable v0 --rate 5mbit --parent 7:1000",
		       "v0 has classes below that one");
	EXPECT_REFUSED("qos enable v0 --rate 5mbit --parent 7:5", "v0 has a qdisc in that class");
	EXPECT_SAME("v0");

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 50mbit --share 5mbit --parent 7:6"));
	for (i = 0; i < 5; i++) {
		fd[i] = open_sort(&ipv4, SOCK_DGRAM);
		ASSERT_EQ(0, qos_set(fd[i], &self->spec, &self->silent, &arg[i]));
		EXPECT_EQ(0, arg[i].wsa);
		EXPECT_EQ(0x71002U + i, arg[i].classid);	/* past the two that he has */
		ASSERT_EQ(0, connect_staged(fd[i], &self->silent, &arg[i]));
		EXPECT_EQ(1, send(fd[i], "x", 1, 0));
	}
	self->spec.token_rate = 5000000;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &last));
	EXPECT_EQ(WSA_QOS_ADMISSION_FAILURE, (int)last.status);
	run_command("tc class show dev v0 | grep -c '7:100[2-6] parent 7:6' | grep -qx 5");
	tc_show("v0", BUT_OURS, now, sizeof(now));
	EXPECT_STREQ(others, now);
	for (i = 0; i < 4; i++)
		close(fd[i]);
	EXPECT_TRUE(class_gone("v0", arg[0].classid));
	EXPECT_TRUE(class_gone("v0", arg[3].classid));
	ASSERT_EQ(0, wsactl("qos disable v0"));
	EXPECT_SAME("v0");
	close(fd[4]);
}

/* A packet whose route moves keeps its classid: no other device may have that number. */
TEST_F(tree, handles_are_not_shared)
{
	netns_dummies();
	run_command("tc qdisc add dev d0 root handle 7: prio");
	EXPECT_REFUSED("qos enable v0 --rate 5mbit --parent 7:6",
		       "v0 has its root's handle in common with another device: change");
	EXPECT_SAME("v0");
	run_command("tc qdisc replace dev d0 root handle 1: prio");
	EXPECT_EQ(0, wsactl("qos enable v0 --rate 5mbit --parent 7:6"));

	/* one that it makes gets the next */
	EXPECT_EQ(0, wsactl("qos enable d1 --rate 5mbit"));
	run_command("tc qdisc show dev d1 | grep -q '^qdisc htb 2: root'");
	run_command("tc class show dev d1 | grep -q '^class htb 2:3 parent 2:1'");
	EXPECT_EQ(0, wsactl("qos disable d1"));
	EXPECT_EQ(0, wsactl("qos disable v0"));
	EXPECT_SAME("v0");
}

/* Everybody who listens is told of each class that comes, changes and goes. */
FIXTURE(told) {
	struct wsa_flowspec spec;
	struct name silent;
	int s;
};

FIXTURE_VARIANT(told) {
	const char *qdisc;
	int classes;		/* that a flow with a rate and a peak has */
};

FIXTURE_VARIANT_ADD(told, htb) { .qdisc = "htb", .classes = 2 };
FIXTURE_VARIANT_ADD(told, hfsc) { .qdisc = "hfsc", .classes = 1 };

FIXTURE_SETUP(told)
{
	char command[64];

	hosts_make();
	self->spec = flowspec(CONTROLLEDLOAD, 100000);
	self->silent = name_of("10.7.0.77", 9);
	self->s = open_sort(&ipv4, SOCK_DGRAM);
	snprintf(command, sizeof(command), "qos enable v0 --rate 100mbit --qdisc %s",
		 variant->qdisc);
	ASSERT_EQ(0, wsactl(command));
}

FIXTURE_TEARDOWN(told)
{
	COUNTERS_BALANCE();
}

TEST_F(told, of_classes_that_come_change_and_go)
{
	int monitor = monitor_open(), i, fd = open_sort(&ipv4, SOCK_DGRAM);
	struct wsa_qos_set arg, other;
	unsigned int classid = 0;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
	ASSERT_EQ(0, connect_staged(self->s, &self->silent, &arg));
	EXPECT_EQ(RTM_NEWTCLASS, monitor_next(monitor, &classid));
	EXPECT_EQ(arg.classid, classid);
	EXPECT_EQ(0, monitor_next(monitor, &classid));

	self->spec.token_rate = 200000;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(RTM_NEWTCLASS, monitor_next(monitor, &classid));
	EXPECT_EQ(arg.classid, classid);
	EXPECT_EQ(0, monitor_next(monitor, &classid));

	/* a refusal tells nobody anything */
	self->spec.token_rate = 20000000;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &other));
	EXPECT_EQ(WSA_QOS_ADMISSION_FAILURE, (int)other.status);
	EXPECT_EQ(0, monitor_next(monitor, &classid));

	self->spec = flowspec(GUARANTEED, 100000);
	if (variant->classes == 2)
		self->spec.service_type = NETWORK_CONTROL;
	self->spec.peak_bandwidth = 300000;
	ASSERT_EQ(0, qos_set(fd, &self->spec, &self->silent, &other));
	EXPECT_EQ(0, other.wsa);
	for (i = 0; i < variant->classes; i++)
		EXPECT_EQ(RTM_NEWTCLASS, monitor_next(monitor, &classid));
	EXPECT_EQ(other.classid, classid);
	EXPECT_EQ(0, monitor_next(monitor, &classid));

	close(self->s);
	EXPECT_TRUE(class_gone("v0", arg.classid));
	EXPECT_EQ(RTM_DELTCLASS, monitor_next(monitor, &classid));
	EXPECT_EQ(arg.classid, classid);
	ASSERT_EQ(0, wsactl("qos disable v0"));
	for (i = 0; i < variant->classes; i++)
		EXPECT_EQ(RTM_DELTCLASS, monitor_next(monitor, &classid));
	EXPECT_EQ(0, monitor_next(monitor, &classid));
	close(monitor);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err(1, "%s", path);
	close(fd);
}

/* A user who is root of a namespace that he made, and of nothing else. */
static void root_of_his_own(int namespaces)
{
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER) || unshare(namespaces))
		err(1, "unshare");
	prctl(PR_SET_DUMPABLE, 1);	/* or these are another's files */
	write_file("/proc/self/setgroups", "deny");
	write_file("/proc/self/uid_map", "0 1000 1");
	write_file("/proc/self/gid_map", "0 1000 1");
}

static int result_of(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(refuse, user_namespaces_make_no_administrator)
{
	struct wsa_qos_set arg;
	pid_t pid;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	REMEMBER("v0");
	pid = fork();
	if (!pid) {
		root_of_his_own(CLONE_NEWUSER);
		if (!wsactl("qos disable v0") || !strstr(wsactl_said(), "v0"))
			_exit(1);
		if (!wsactl("qos enable v0 --rate 1mbit --parent 1:2"))
			_exit(2);
		if (!wsactl("qos enable v0 --rate 1mbit --force"))
			_exit(3);
		/* he may ask, and is counted as himself */
		if (qos_set(self->s, &self->spec, &self->silent, &arg) || arg.wsa)
			_exit(4);
		_exit(0);
	}
	EXPECT_EQ(0, result_of(pid));
	EXPECT_EQ(1, pool_number("flows"));
	EXPECT_EQ(0, wsactl("qos show --flows"));
	EXPECT_NE(NULL, strstr(wsactl_said(), " staged uid 1000 ")) TH_LOG("%s", wsactl_said());
	close(self->s);
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_SAME("v0");
}

/* In a network namespace of his own he is the administrator, and counted there. */
TEST_F(refuse, network_namespaces_have_their_own)
{
	struct name there = name_of("10.9.0.2", 9);
	struct wsa_qos_set arg;
	pid_t pid;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit --flows-per-user 1"));
	pid = fork();
	if (!pid) {
		int fd[2];

		root_of_his_own(CLONE_NEWUSER | CLONE_NEWNET);
		netns_dummies();
		if (wsactl("qos show") || *wsactl_said())
			_exit(1);
		if (wsactl("qos enable d0 --rate 10mbit --flows-per-user 2"))
			_exit(2);
		fd[0] = open_sort(&ipv4, SOCK_DGRAM);
		fd[1] = open_sort(&ipv4, SOCK_DGRAM);
		if (qos_set(fd[0], &self->spec, &there, &arg) || arg.wsa)
			_exit(3);
		if (qos_set(fd[1], &self->spec, &there, &arg) || arg.wsa)
			_exit(4);
		/* the other's pools are not there */
		if (!wsactl("qos disable v0"))
			_exit(5);
		if (wsactl("qos show --flows") || !strstr(wsactl_said(), " staged uid 0 "))
			_exit(6);
		_exit(0);
	}
	EXPECT_EQ(0, result_of(pid));
	EXPECT_EQ(0, pool_number("flows"));
	ASSERT_EQ(0, seteuid(USER));
	EXPECT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(0, arg.wsa);
	ASSERT_EQ(0, seteuid(0));
}

/* However many sockets and processes a user has: a flow is charged to who asks for it. */
TEST_F(refuse, caps_hold_over_sockets_and_fork)
{
	int fd[6], i;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --flows-per-user 3"));
	for (i = 0; i < 6; i++)
		fd[i] = open_sort(i & 1 ? &ipv4 : &(struct sort){ .door = ADOPT, .af = AF_INET },
				  i & 2 ? SOCK_DGRAM : SOCK_STREAM);
	for (i = 0; i < 6; i++) {
		pid_t pid = fork();

		if (!pid) {
			struct wsa_qos_set arg;

			if (setresuid(USER, USER, USER) ||
			    qos_set(fd[i], &self->spec, &self->silent, &arg))
				_exit(1);
			if (i < 3)
				_exit(arg.wsa ? 2 : 0);
			_exit(arg.wsa != WSAEOPNOTSUPP || arg.status != WSA_QOS_POLICY_FAILURE);
		}
		EXPECT_EQ(0, result_of(pid));
	}
	EXPECT_EQ(3, pool_number("flows"));
	EXPECT_EQ(3, flows_there("v0"));
	close(fd[0]);
	EXPECT_EQ(2, pool_number("flows"));
	for (i = 1; i < 6; i++)
		close(fd[i]);
	EXPECT_TRUE(pool_empty());
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
