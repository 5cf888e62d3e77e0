// SPDX-License-Identifier: GPL-2.0
/* A flow from its request to its end: its class, its mark, and that nothing stays. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>
#include <linux/rtnetlink.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define RATE 250000
#define OTHER_RATE 400000

/* A flow's class: ours, on v0, and there. */
#define EXPECT_GRANTED(arg) do { \
	EXPECT_EQ(0, (arg).wsa); \
	EXPECT_EQ(0, (arg).status); \
	EXPECT_EQ(if_nametoindex("v0"), (arg).ifindex); \
	EXPECT_LE(0x11000, (arg).classid); \
	EXPECT_TRUE(class_there("v0", (arg).classid)); \
} while (0)

#define EXPECT_QOS_REFUSED(code, why, arg) do { \
	EXPECT_EQ(code, (int)(arg).wsa); \
	EXPECT_EQ(why, (int)(arg).status); \
	EXPECT_EQ(0, (arg).cookie); \
	EXPECT_EQ(0, (arg).classid); \
} while (0)

unsigned int if_nametoindex(const char *name);

FIXTURE(flow) {
	const struct sort *sort;
	struct name peer;		/* listens there */
	struct name silent;		/* on the link, and nobody */
	struct wsa_flowspec spec;
	int listener;
	int s;
};

SORTS(flow);

FIXTURE_SETUP(flow)
{
	hosts_make();
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 100mbit --share 8mbit"))
		TH_LOG("%s", wsactl_said());
	self->sort = &variant->sort;
	self->listener = listen_there(self->sort, SOCK_STREAM, &self->peer);
	ASSERT_LE(0, self->listener);
	self->silent = name_for(self->sort, "10.7.0.77", "fd07::77", 9);
	self->spec = flowspec(CONTROLLEDLOAD, RATE);
	self->s = open_sort(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(flow)
{
	COUNTERS_BALANCE();
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
	EXPECT_EQ(0, wsactl("qos disable v0"));
}

static int priority_of(int fd)
{
	int value = -1;
	socklen_t len = sizeof(value);

	getsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, &len);
	return value;
}

static int tos_of(int fd, const struct sort *sort)
{
	bool v6 = sort->af == AF_INET6 && !sort->dual;
	int value = -1;
	socklen_t len = sizeof(value);

	getsockopt(fd, v6 ? SOL_IPV6 : SOL_IP, v6 ? 67 /* IPV6_TCLASS */ : IP_TOS, &value, &len);
	return value;
}

static int set_tos(int fd, const struct sort *sort, int value)
{
	bool v6 = sort->af == AF_INET6 && !sort->dual;

	return setsockopt(fd, v6 ? SOL_IPV6 : SOL_IP, v6 ? 67 : IP_TOS, &value, sizeof(value));
}

/* The SYN is the first packet that the class sees. */
TEST_F(flow, class_is_there_before_the_syn)
{
	struct wsa_qos_set arg;
	struct wsa_qos_get got;
	unsigned int classid = 0;
	int monitor = monitor_open();

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	EXPECT_GRANTED(arg);
	EXPECT_NE(0, arg.cookie);
	EXPECT_EQ(0, class_packets("v0", arg.classid));
	EXPECT_EQ(RTM_NEWTCLASS, monitor_next(monitor, &classid));
	EXPECT_EQ(arg.classid, classid);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(self->s).flags);
	EXPECT_EQ(0, priority_of(self->s));

	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &arg));
	EXPECT_LE(2, class_packets("v0", arg.classid));	/* the SYN, and its answer's answer */
	EXPECT_EQ(arg.classid, (unsigned int)priority_of(self->s));
	EXPECT_EQ(24 << 2, tos_of(self->s, self->sort) & 0xfc);
	got = qos_get(self->s);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, got.flags);
	EXPECT_EQ(arg.classid, got.classid);
	EXPECT_EQ(arg.ifindex, got.ifindex);
	EXPECT_EQ(24, got.dscp);
	EXPECT_EQ(0, got.status);
	EXPECT_EQ(RATE, got.sending.token_rate);

	EXPECT_EQ(0, close(self->s));
	EXPECT_TRUE(class_gone("v0", arg.classid));
	EXPECT_EQ(RTM_DELTCLASS, monitor_next(monitor, &classid));
	EXPECT_EQ(arg.classid, classid);
	close(monitor);
}

TEST_F(flow, without_the_cookie_nothing_is_used)
{
	struct wsa_qos_set arg, forged;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	EXPECT_GRANTED(arg);
	forged = arg;
	forged.cookie ^= 1;
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &forged));
	EXPECT_EQ(0, class_packets("v0", arg.classid));
	EXPECT_EQ(0, priority_of(self->s));
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_STAGED, qos_get(self->s).flags);

	arg = (struct wsa_qos_set){ .size = sizeof(arg), .flags = WSA_QOS_SET_UNSTAGE };
	EXPECT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	EXPECT_TRUE(flows_gone("v0"));
}

TEST_F(flow, refused_connect_gives_all_back__r282)
{
	struct wsa_qos_set arg;
	int i;

	close(self->listener);
	for (i = 0; i < 5; i++) {	/* each of them is most of the share */
		self->spec.token_rate = 800000;
		ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
		EXPECT_GRANTED(arg);
		EXPECT_EQ(ECONNREFUSED, connect_staged(self->s, &self->peer, &arg));
		EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
		EXPECT_EQ(0, priority_of(self->s));
		EXPECT_EQ(0, tos_of(self->s, self->sort) & 0xfc);
	}
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* Nobody is asked for an outcome, and the class goes all the same. */
TEST_F(flow, refused_later_gives_all_back__r282)
{
	struct wsa_qos_set arg;

	close(self->listener);
	set_nonblock(self->s, true);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	EXPECT_EQ(EINPROGRESS, connect_staged(self->s, &self->peer, &arg));
	EXPECT_TRUE(class_gone("v0", arg.classid));
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	EXPECT_EQ(0, priority_of(self->s));
}

TEST_F(flow, call_that_a_check_refuses_gives_all_back)
{
	struct name zero = self->peer;
	struct wsa_qos_set arg;

	zero.v4.sin_port = 0;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	EXPECT_NE(0, connect_staged(self->s, &zero, &arg));
	EXPECT_TRUE(class_gone("v0", arg.classid));
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
}

TEST_F(flow, cancelled_attempt_gives_all_back)
{
	struct wsa_qos_set arg;

	set_nonblock(self->s, true);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(EINPROGRESS, connect_staged(self->s, &self->silent, &arg));
	EXPECT_EQ(arg.classid, (unsigned int)priority_of(self->s));
	EXPECT_EQ(0, cancel(self->s));
	EXPECT_TRUE(class_gone("v0", arg.classid));
}

TEST_F(flow, connected_has_it_at_once__r280)
{
	struct wsa_qos_set arg, again;

	ASSERT_EQ(0, connect(self->s, &self->peer.sa, self->peer.len));
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_GRANTED(arg);
	EXPECT_EQ(0, arg.cookie);
	EXPECT_EQ(arg.classid, (unsigned int)priority_of(self->s));
	EXPECT_EQ(1, write(self->s, "x", 1));
	EXPECT_LE(1, class_packets("v0", arg.classid));
	EXPECT_LE(RATE, pool_number("promised"));

	/* another flowspec: the same class, and no moment without one */
	self->spec.token_rate = OTHER_RATE;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &again));
	EXPECT_GRANTED(again);
	EXPECT_EQ(arg.classid, again.classid);
	EXPECT_LE(OTHER_RATE, pool_number("promised"));
	EXPECT_GT(OTHER_RATE + RATE, pool_number("promised"));
	EXPECT_EQ(OTHER_RATE, qos_get(self->s).sending.token_rate);

	/* refused: it has what it had */
	self->spec.token_rate = 2000000;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &again));
	EXPECT_QOS_REFUSED(WSAEOPNOTSUPP, WSA_QOS_ADMISSION_FAILURE, again);
	EXPECT_EQ(OTHER_RATE, qos_get(self->s).sending.token_rate);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE, qos_get(self->s).flags);
	EXPECT_GT(OTHER_RATE + RATE, pool_number("promised"));

	/* NOCHANGE: so it is */
	self->spec.service_type = NOCHANGE;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &again));
	EXPECT_EQ(0, again.wsa);
	EXPECT_EQ(arg.classid, qos_get(self->s).classid);

	/* best effort ends it */
	self->spec = flowspec(BESTEFFORT, UNSPECIFIED);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &again));
	EXPECT_EQ(0, again.wsa);
	EXPECT_EQ(0, again.classid);
	EXPECT_EQ(0, priority_of(self->s));
	EXPECT_TRUE(class_gone("v0", arg.classid));
	EXPECT_TRUE(pool_empty());
}

TEST_F(flow, kept_until_connect__r280)
{
	struct wsa_qos_set arg, kept;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(0, arg.wsa);
	EXPECT_EQ(0, arg.cookie);
	EXPECT_EQ(0, arg.ifindex);
	EXPECT_EQ(WSA_QOS_KEPT, qos_get(self->s).flags);
	EXPECT_EQ(0, flows_there("v0"));

	kept = (struct wsa_qos_set){
		.size = sizeof(kept), .flags = WSA_QOS_SET_KEPT,
		.name = (unsigned long)self->peer.octets, .namelen = self->peer.len,
	};
	ASSERT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &kept));
	EXPECT_GRANTED(kept);
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &kept));
	EXPECT_LE(2, class_packets("v0", kept.classid));
}

TEST_F(flow, refusals_change_nothing__r36_r283_r285_r286_r287)
{
	static const struct {
		unsigned int service, rate, peak, status;
	} rows[] = {
		{ CONTROLLEDLOAD, 0, UNSPECIFIED, WSA_QOS_EFLOWSPEC },
		{ CONTROLLEDLOAD, UNSPECIFIED, UNSPECIFIED, WSA_QOS_EFLOWSPEC },
		{ CONTROLLEDLOAD, RATE, RATE - 1, WSA_QOS_EFLOWSPEC },
		{ 7, RATE, UNSPECIFIED, WSA_QOS_ESERVICETYPE },
		{ CONTROLLEDLOAD, 1000001, UNSPECIFIED, WSA_QOS_ADMISSION_FAILURE },
		{ CONTROLLEDLOAD, 0xfffffffd, UNSPECIFIED, WSA_QOS_ADMISSION_FAILURE },
	};
	struct wsa_qos_set arg;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		self->spec = flowspec(rows[i].service, rows[i].rate);
		self->spec.peak_bandwidth = rows[i].peak;
		ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
		EXPECT_QOS_REFUSED(WSAEOPNOTSUPP, (int)rows[i].status, arg);
		EXPECT_EQ(0, qos_get(self->s).flags);
		EXPECT_EQ(0, flows_there("v0"));
		EXPECT_EQ(0, pool_number("promised"));
	}
	/* to receive is promised by nobody */
	self->spec = flowspec(BESTEFFORT, UNSPECIFIED);
	arg = (struct wsa_qos_set){
		.size = sizeof(arg), .sending = self->spec,
		.receiving = flowspec(CONTROLLEDLOAD, RATE),
		.name = (unsigned long)self->peer.octets, .namelen = self->peer.len,
	};
	ASSERT_EQ(0, ioctl(self->s, WSA_IOC_QOS_SET, &arg));
	EXPECT_QOS_REFUSED(WSAEOPNOTSUPP, WSA_QOS_TRAFFIC_CTRL_ERROR, arg);
	EXPECT_EQ(0, qos_get(self->s).flags);
}

/* Of the share, the first that does not fit is refused, and fits when another has gone. */
TEST_F(flow, sum_of_promises_stays_below_the_share)
{
	int fd[8], i, granted = 0;
	struct wsa_qos_set arg;

	for (i = 0; i < 8; i++) {
		fd[i] = open_sort(self->sort, SOCK_STREAM);
		ASSERT_EQ(0, qos_set(fd[i], &self->spec, &self->peer, &arg));
		if (arg.wsa)
			break;
		granted++;
	}
	EXPECT_EQ(3, granted);		/* of 250,000 and their headers, in 1,000,000 */
	EXPECT_QOS_REFUSED(WSAEOPNOTSUPP, WSA_QOS_ADMISSION_FAILURE, arg);
	EXPECT_GE(1000000, pool_number("promised"));
	EXPECT_EQ(3, pool_number("flows"));
	close(fd[0]);
	ASSERT_EQ(0, qos_set(fd[3], &self->spec, &self->peer, &arg));
	EXPECT_GRANTED(arg);
}

TEST_F(flow, mark_outlives_the_programs_own)
{
	struct wsa_qos_set arg;
	int priority = 5, before;

	EXPECT_EQ(0, set_tos(self->s, self->sort, 0x20));
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &arg));
	EXPECT_EQ(24 << 2, tos_of(self->s, self->sort) & 0xfc);

	EXPECT_EQ(0, set_tos(self->s, self->sort, 0x40));
	EXPECT_EQ(arg.classid, (unsigned int)priority_of(self->s));
	EXPECT_EQ(24 << 2, tos_of(self->s, self->sort) & 0xfc);

	EXPECT_EQ(0, setsockopt(self->s, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority)));
	before = class_packets("v0", arg.classid);
	EXPECT_EQ(1, write(self->s, "x", 1));
	EXPECT_LT(before, class_packets("v0", arg.classid));
	EXPECT_EQ(arg.classid, (unsigned int)priority_of(self->s));

	/* and is the program's when the flow ends */
	self->spec = flowspec(NOTRAFFIC, UNSPECIFIED);
	ASSERT_EQ(0, qos_set(self->s, &self->spec, NULL, &arg));
	EXPECT_EQ(5, priority_of(self->s));
	EXPECT_EQ(0x40, tos_of(self->s, self->sort) & 0xfc);
}

/* What is queued when the program closes still leaves by the class. */
TEST_F(flow, drains_before_its_class_goes)
{
	static char data[200000];
	struct wsa_qos_set arg;
	size_t sent = 0, got = 0;
	bool gone = false;
	ssize_t n;
	int peer;

	self->spec.service_type = CONTROLLEDLOAD;
	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &arg));
	peer = accept(self->listener, NULL, NULL);
	ASSERT_LE(0, peer);
	set_nonblock(self->s, true);
	while (sent < sizeof(data) && (n = write(self->s, data, sizeof(data) - sent)) > 0)
		sent += n;
	EXPECT_LT(0, sent);
	EXPECT_EQ(0, close(self->s));
	while ((n = read(peer, data, sizeof(data))) > 0) {
		got += n;
		if (got < sent / 2 && !class_there("v0", arg.classid))
			gone = true;
	}
	EXPECT_EQ(0, n);
	EXPECT_FALSE(gone);
	EXPECT_EQ(sent, got);
	EXPECT_TRUE(class_gone("v0", arg.classid));
	close(peer);
}

/* It belongs to the socket, whoever holds it. */
TEST_F(flow, goes_with_the_socket__dup_fork)
{
	struct wsa_qos_set arg;
	int status, copy;
	pid_t pid;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &arg));
	copy = dup(self->s);
	close(self->s);
	pid = fork();
	if (!pid)
		_exit(qos_get(copy).classid != arg.classid);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(class_there("v0", arg.classid));
	EXPECT_EQ(arg.classid, qos_get(copy).classid);
	close(copy);
	EXPECT_TRUE(class_gone("v0", arg.classid));
}

TEST_F(flow, class_that_an_administrator_deletes)
{
	struct wsa_qos_set arg;
	char command[64];
	int i;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &arg));
	snprintf(command, sizeof(command), "tc class del dev v0 classid 1:%x",
		 arg.classid & 0xffff);
	run_command(command);
	for (i = 0; i < 3000 && !(qos_get(self->s).flags & WSA_QOS_LOST); i++)
		usleep(10000);
	EXPECT_EQ(WSA_QOS_KEPT | WSA_QOS_ACTIVE | WSA_QOS_LOST, qos_get(self->s).flags);
	EXPECT_EQ(WSA_QOS_TRAFFIC_CTRL_ERROR, (int)qos_get(self->s).status);
	EXPECT_EQ(1, write(self->s, "x", 1));	/* goes on without */
	EXPECT_TRUE(pool_empty());
}

TEST_F(flow, link_down_and_up)
{
	struct wsa_qos_set arg;

	ASSERT_EQ(0, qos_set(self->s, &self->spec, &self->peer, &arg));
	ASSERT_EQ(0, connect_staged(self->s, &self->peer, &arg));
	run_command("echo 1 >/proc/sys/net/ipv6/conf/v0/keep_addr_on_down;"
		    "ip link set v0 down && ip link set v0 up");
	EXPECT_TRUE(class_there("v0", arg.classid));
	EXPECT_EQ(arg.classid, qos_get(self->s).classid);
	EXPECT_EQ(0, qos_get(self->s).status);
}

TEST_F(flow, accepted_children_start_with_none_and_may_ask)
{
	struct wsa_qos_set arg;
	struct name here = name_for(self->sort, "10.7.0.1", "fd07::1", 0);
	struct sort plain = *self->sort;
	int listener = open_sort(self->sort, SOCK_STREAM), child, peer;

	plain.door = PLAIN;
	ASSERT_EQ(0, qos_set(listener, &self->spec, NULL, &arg));
	ASSERT_EQ(0, bind(listener, &here.sa, here.len));
	ASSERT_EQ(0, listen(listener, 1));
	here = local_name(listener);
	hosts_there();
	peer = open_sort(&plain, SOCK_STREAM);
	hosts_here();
	ASSERT_EQ(0, connect(peer, &here.sa, here.len));
	child = accept(listener, NULL, NULL);
	ASSERT_LE(0, child);
	EXPECT_EQ(0, qos_get(child).flags);
	EXPECT_EQ(0, priority_of(child));

	ASSERT_EQ(0, qos_set(child, &self->spec, NULL, &arg));
	EXPECT_GRANTED(arg);
	EXPECT_EQ(1, write(child, "x", 1));
	EXPECT_LE(1, class_packets("v0", arg.classid));
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
