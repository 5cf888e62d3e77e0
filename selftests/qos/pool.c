// SPDX-License-Identifier: GPL-2.0
/* Pools: who may make them where, what they refuse, and how they end. */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

static const struct sort ipv4 = { .door = FAMILY, .af = AF_INET };

FIXTURE(pool) {
	struct wsa_flowspec spec;
	struct name silent;
	int s;
};

FIXTURE_SETUP(pool)
{
	hosts_make();
	self->spec = flowspec(CONTROLLEDLOAD, 100000);
	self->silent = name_of("10.7.0.77", 9);
	self->s = open_sort(&ipv4, SOCK_DGRAM);
}

FIXTURE_TEARDOWN(pool)
{
	COUNTERS_BALANCE();
}

/* What wsactl says names the device and ends there, in one line. */
#define EXPECT_SAID(text) do { \
	EXPECT_NE(NULL, strstr(wsactl_said(), text)) TH_LOG("%s", wsactl_said()); \
	EXPECT_EQ(wsactl_said(), strstr(wsactl_said(), "wsactl: ")); \
} while (0)

static int make_staged(int fd, const struct wsa_flowspec *spec, const struct name *name,
		       struct wsa_qos_set *arg)
{
	int error = qos_set(fd, spec, name, arg);

	return error ? error : connect_staged(fd, name, arg);
}

TEST_F(pool, without_one_a_promise_is_refused)
{
	static const unsigned int granted[] = { NOTRAFFIC, BESTEFFORT, 13, 0x40000001, 0x81000003 };
	static const unsigned int refused[] = { CONTROLLEDLOAD, GUARANTEED, NETWORK_CONTROL };
	struct wsa_qos_set arg;
	size_t i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		self->spec.service_type = refused[i];
		ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
		EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa) TH_LOG("service %u", refused[i]);
		EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)arg.status);
		EXPECT_EQ(if_nametoindex("v0"), arg.ifindex);
		EXPECT_EQ(0, qos_get(self->s).flags);
	}
	for (i = 0; i < sizeof(granted) / sizeof(granted[0]); i++) {
		self->spec.service_type = granted[i];
		ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
		EXPECT_EQ(0, arg.wsa) TH_LOG("service %x", granted[i]);
		EXPECT_EQ(0, arg.status);
		EXPECT_EQ(0, arg.classid);
	}
}

TEST_F(pool, no_route_is_no_quality)
{
	struct name nowhere = name_of("192.0.2.1", 9);
	struct wsa_qos_set arg;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &nowhere, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)arg.status);
	EXPECT_EQ(0, arg.ifindex);
	EXPECT_EQ(0, qos_get(self->s).flags);

	self->spec.service_type = BESTEFFORT;
	EXPECT_EQ(ENETUNREACH, make_staged(self->s, &self->spec, &nowhere, &arg));
	EXPECT_EQ(0, arg.wsa);
}

TEST_F(pool, enable_show_disable)
{
	struct wsa_qos_set arg;

	EXPECT_NE(0, wsactl("qos disable v0"));
	EXPECT_SAID("v0 has no pool");
	EXPECT_EQ(0, wsactl("qos show"));
	EXPECT_STREQ("", wsactl_said());
	EXPECT_EQ(0, wsactl("qos show --json"));
	EXPECT_STREQ("[]", wsactl_said());

	EXPECT_EQ(0, wsactl("qos enable v0 --rate 10mbit --share 50% --flows-per-user 7"));
	EXPECT_EQ(1250000, pool_number("rate"));
	EXPECT_EQ(625000, pool_number("share"));
	EXPECT_EQ(7, pool_number("flows_per_user"));
	EXPECT_EQ(0, pool_number("flows"));
	EXPECT_NE(0, wsactl("qos enable v0 --rate 10mbit"));
	EXPECT_SAID("v0 has a root qdisc, htb 1: --parent");
	EXPECT_NE(0, wsactl("qos enable v0 --rate 10mbit --parent 1:3"));
	EXPECT_SAID("v0 has a pool");
	EXPECT_EQ(1250000, pool_number("rate"));

	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(1, pool_number("flows"));
	EXPECT_EQ(0, wsactl("qos disable v0"));
	EXPECT_FALSE(class_there("v0", POOL_CLASS));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE | WSA_QOS_LOST, qos_get(self->s).flags);
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	run_command("tc qdisc show dev v0 | grep -q noqueue");
}

TEST_F(pool, super_packets_are_cut_while_it_lasts)
{
	run_command("ip -d link show v0 | grep -q 'gso_max_segs 65535'");
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	run_command("ip -d link show v0 | grep -q 'gso_max_segs 1 '");
	ASSERT_EQ(0, wsactl("qos disable v0"));
	run_command("ip -d link show v0 | grep -q 'gso_max_segs 65535'");
}

TEST_F(pool, devices_it_is_refused_on)
{
	static const struct {
		const char *make, *name, *said;
	} rows[] = {
		{ ":", "lo", "lo is the loopback device" },
		{ "ip link add bond7 type bond", "bond7", "bond7 is a bond" },
		{ "ip link add br7 type bridge", "br7", "br7 is a bridge" },
		{ "ip link add link v0 name v0.5 type vlan id 5", "v0.5", "v0.5 is a VLAN" },
		{ "ip link add tun7 type ipip local 10.7.0.1 remote 10.7.0.2", "tun7",
		  "tun7 is a tunnel" },
		{ "ip link add d7 type dummy; ip link set d7 master br7", "d7", "d7 is a port" },
	};
	char command[128];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run_command(rows[i].make);
		snprintf(command, sizeof(command), "qos enable %s --rate 10mbit", rows[i].name);
		EXPECT_NE(0, wsactl(command));
		EXPECT_SAID(rows[i].said);
		snprintf(command, sizeof(command), "! tc qdisc show dev %s | grep -q htb",
			 rows[i].name);
		run_command(command);
	}
	EXPECT_EQ(0, wsactl("qos show"));
	EXPECT_STREQ("", wsactl_said());
}

/* Delays can be promised by hfsc alone, down to what the line itself takes. */
TEST_F(pool, guarantee_needs_hfsc)
{
	struct wsa_qos_set arg;
	struct wsa_qos_get got;

	self->spec = flowspec(GUARANTEED, 100000);
	self->spec.token_bucket = 3000;
	self->spec.latency = 20000;
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(0, flows_there("v0"));
	ASSERT_EQ(0, wsactl("qos disable v0"));

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit --qdisc hfsc"));
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(1, flows_there("v0"));
	got = qos_get(self->s);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, got.flags);
	EXPECT_EQ(40, got.dscp);
	EXPECT_LT(0, got.bound);
	EXPECT_GE(20000000, got.bound);
	EXPECT_EQ(1, send(self->s, "x", 1, 0));

	/* another bound, in the same class */
	self->spec.latency = 10000;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(got.classid, arg.classid);
	EXPECT_GE(10000000, qos_get(self->s).bound);

	/* less than a frame takes */
	self->spec.latency = 1000;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_ADMISSION_FAILURE, (int)arg.status);
	EXPECT_GE(10000000, qos_get(self->s).bound);
	EXPECT_LT(0, qos_get(self->s).bound);
	close(self->s);
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
	EXPECT_EQ(0, wsactl("qos disable v0"));
}

TEST_F(pool, qdiscs_of_others_stay)
{
	run_command("tc qdisc add dev v0 root handle 9: pfifo limit 77");
	EXPECT_NE(0, wsactl("qos enable v0 --rate 10mbit"));
	EXPECT_SAID("v0 has a root qdisc, pfifo 9:");
	EXPECT_NE(0, wsactl("qos enable v0 --rate 10mbit --parent 9:1"));
	EXPECT_SAID("v0 has a root qdisc that is neither");
	run_command("tc qdisc show dev v0 | grep -q 'pfifo 9:.*limit 77'");
	EXPECT_EQ(0, wsactl("qos enable v0 --rate 10mbit --force"));
	run_command("tc qdisc show dev v0 | grep -q 'htb 1:'");
}

TEST_F(pool, class_of_the_administrators_own)
{
	struct wsa_qos_set arg;

	run_command("tc qdisc add dev v0 root handle 7: htb default 5\n"
		    "tc class add dev v0 parent 7: classid 7:5 htb rate 5mbit\n"
		    "tc class add dev v0 parent 7: classid 7:6 htb rate 5mbit\n"
		    "tc class add dev v0 parent 7: classid 7:1000 htb rate 1mbit");
	EXPECT_NE(0, wsactl("qos enable v0 --rate 5mbit --parent 7:8"));
	EXPECT_SAID("v0 has no such class");
	EXPECT_NE(0, wsactl("qos enable v0 --rate 5mbit --parent 1:6"));
	EXPECT_SAID("v0 has no such class");
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 5mbit --parent 7:6"));

	/* his number is passed over */
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(0x71001, arg.classid);
	EXPECT_TRUE(class_there("v0", 0x71000));

	/* his qdisc is his */
	EXPECT_EQ(0, wsactl("qos disable v0"));
	EXPECT_TRUE(class_there("v0", 0x70006));
	EXPECT_TRUE(class_there("v0", 0x71000));
	EXPECT_FALSE(class_there("v0", 0x71001));
}

TEST_F(pool, caps)
{
	struct wsa_qos_set arg;
	int fd[5], i;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --flows-per-user 3 --flows 4"));
	for (i = 0; i < 3; i++) {
		fd[i] = open_sort(&ipv4, SOCK_DGRAM);
		ASSERT_EQ(0, qos_set(fd[i], &self->spec, &self->silent, &arg));
		EXPECT_EQ(0, arg.wsa);
	}
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_POLICY_FAILURE, (int)arg.status);
	EXPECT_EQ(3, pool_number("flows"));
	EXPECT_EQ(3, flows_there("v0"));

	/* another user has his own, until the pool is full */
	for (i = 3; i < 5; i++) {
		fd[i] = open_sort(&ipv4, SOCK_DGRAM);
		ASSERT_EQ(0, seteuid(1000));
		ASSERT_EQ(0, qos_set(fd[i], &self->spec, &self->silent, &arg));
		ASSERT_EQ(0, seteuid(0));
		EXPECT_EQ(i == 3 ? 0 : WSAEOPNOTSUPP, (int)arg.wsa);
	}
	EXPECT_EQ(4, flows_there("v0"));
	close(fd[0]);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(0, arg.wsa);
}

/* Numbers are the namespace's, whatever the device, and are not given again at once. */
TEST_F(pool, numbers_are_unique_and_rest)
{
	struct name other = name_of("10.9.0.2", 9);
	struct wsa_qos_set first, second, arg;
	int fd = open_sort(&ipv4, SOCK_DGRAM), i;

	netns_dummies();
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --share 99mbit"));
	ASSERT_EQ(0, wsactl("qos enable d0 --rate 100mbit"));
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &first));
	ASSERT_EQ(0, qos_set(fd, &self->spec, &other, &second));
	EXPECT_EQ(0, first.wsa);
	EXPECT_EQ(0, second.wsa);
	EXPECT_NE(first.classid & 0xffff, second.classid & 0xffff);
	EXPECT_NE(first.classid >> 16, second.classid >> 16);
	EXPECT_TRUE(class_there("d0", second.classid));
	EXPECT_FALSE(class_there("v0", second.classid));

	for (i = 0; i < 200; i++) {
		close(self->s);
		self->s = open_sort(&ipv4, SOCK_DGRAM);
		ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
		ASSERT_EQ(0, arg.wsa);
		ASSERT_EQ((second.classid & 0xffff) + 1 + i, arg.classid & 0xffff);
	}
}

TEST_F(pool, only_an_administrator)
{
	int status;
	pid_t pid;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	pid = fork();
	if (!pid) {
		if (setresuid(1000, 1000, 1000))
			_exit(1);
		/* whoever asks may look */
		if (wsactl("qos show") || strncmp(wsactl_said(), "v0: htb 1:3", 11))
			_exit(2);
		if (!wsactl("qos disable v0") || !strstr(wsactl_said(), "v0: "))
			_exit(3);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, wsactl("qos disable v0"));
}

/* Whoever may not make a pool may have a flow. */
TEST_F(pool, anybody_may_ask)
{
	struct wsa_qos_set arg;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, seteuid(1000));
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_NE(0, arg.classid);
	ASSERT_EQ(0, seteuid(0));
}

TEST_F(pool, qdisc_that_is_deleted_under_it)
{
	struct wsa_qos_set arg;
	int i;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	run_command("tc qdisc del dev v0 root");
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(WSAEOPNOTSUPP, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)arg.status);
	for (i = 0; i < 3000 && !(qos_get(self->s).flags & WSA_QOS_LOST); i++)
		usleep(10000);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE | WSA_QOS_LOST, qos_get(self->s).flags);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)qos_get(self->s).status);
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EQ(0, wsactl("qos show"));
	EXPECT_STREQ("", wsactl_said());
	run_command("ip -d link show v0 | grep -q 'gso_max_segs 65535'");

	/* and it can be had again */
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
}

TEST_F(pool, device_that_goes)
{
	struct wsa_qos_set arg;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	run_command("ip link del v0");
	EXPECT_EQ(WSA_QOS_LOST, qos_get(self->s).flags & WSA_QOS_LOST);
	EXPECT_EQ(0, wsactl("qos show"));
	EXPECT_STREQ("", wsactl_said());
}

TEST_F(pool, device_that_moves_to_another_namespace)
{
	struct wsa_qos_set arg;
	char command[64];

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	snprintf(command, sizeof(command), "ip link set v0 netns 1");
	run_command(command);
	EXPECT_EQ(WSA_QOS_LOST, qos_get(self->s).flags & WSA_QOS_LOST);
	EXPECT_EQ(0, wsactl("qos show"));
	EXPECT_STREQ("", wsactl_said());
	hosts_there();
	run_command("ip link del v1");	/* and its other end with it */
	hosts_here();
}

/* The namespace goes with its pool, and a socket that still has a flow. */
TEST_F(pool, namespace_that_ends)
{
	struct wsa_qos_set arg;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
}

TEST_F(pool, route_that_moves_to_another_device)
{
	struct wsa_qos_set arg;

	netns_dummies();
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EQ(0, qos_get(self->s).status);
	ip_batch("route add 10.7.0.77/32 dev d0\n");
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)qos_get(self->s).status);
	ip_batch("route del 10.7.0.77/32 dev d0\n");
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	EXPECT_EQ(0, qos_get(self->s).status);
}

TEST_F(pool, datagrams_of_another_destination_have_none)
{
	struct name other = name_of("10.7.0.78", 9);
	struct wsa_qos_set arg;

	ASSERT_EQ(0, wsactl("qos enable v0 --rate 10mbit"));
	ASSERT_EQ(0, make_staged(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
	ASSERT_EQ(0, connect(self->s, &other.sa, other.len));
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	EXPECT_TRUE(class_gone("v0", arg.classid));
}

TEST_F(pool, requests_that_make_no_sense)
{
	struct wsa_qos_set arg = { .size = sizeof(arg), .flags = WSA_QOS_SET_KEPT };

	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	EXPECT_EQ(EINVAL, errno);	/* nothing is kept */
	arg.flags = WSA_QOS_SET_UNSTAGE | WSA_QOS_SET_KEPT;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	EXPECT_EQ(EINVAL, errno);
	arg = (struct wsa_qos_set){ .size = sizeof(arg), .namelen = 15,
				    .name = (unsigned long)self->silent.octets };
	EXPECT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	EXPECT_EQ(WSAEFAULT, (int)arg.wsa);
	arg.namelen = 16;
	arg.name = 0;
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	EXPECT_EQ(EFAULT, errno);
	arg.namelen = 0;
	arg.objects_len = WSA_QOS_OBJECTS_MAX + 1;
	EXPECT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	EXPECT_EQ(WSAEFAULT, (int)arg.wsa);
	EXPECT_EQ(WSA_QOS_EPROVSPECBUF, (int)arg.status);
	EXPECT_EQ(0, qos_get(self->s).flags);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
