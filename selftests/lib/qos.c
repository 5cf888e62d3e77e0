// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <netlink/netlink.h>
#include <netlink/route/class.h>
#include <netlink/route/qdisc/hfsc.h>
#include <netlink/route/qdisc/htb.h>
#include <netlink/route/tc.h>

#include "netns.h"
#include "qos.h"

#define HUNG_TRIES 6000		/* of 10 ms */

static int here = -1, there = -1;
static char said[512];

static int this_netns(void)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "ns/net");
	return fd;
}

static void enter(int netns)
{
	if (setns(netns, CLONE_NEWNET))
		err(1, "setns");
}

void hosts_there(void)
{
	enter(there);
}

void hosts_here(void)
{
	enter(here);
}

void hosts_make(void)
{
	char command[128];

	netns_fresh();
	there = this_netns();
	netns_fresh();
	here = this_netns();
	/* the process' descriptor, for ip opens it by path */
	snprintf(command, sizeof(command),
		 "ip link add v0 type veth peer name v1 netns /proc/%d/fd/%d", getpid(), there);
	run_command(command);
	ip_batch("addr add 10.7.0.1/24 dev v0\n"
		 "addr add fd07::1/64 dev v0 nodad\n"
		 "link set v0 up\n");
	hosts_there();
	ip_batch("addr add 10.7.0.2/24 dev v1\n"
		 "addr add fd07::2/64 dev v1 nodad\n"
		 "link set v1 up\n");
	hosts_here();
	/* the address' route comes with the link, in the kernel's own time */
	run_command("until ip -6 route get fd07::2 2>&1 | grep -q 'dev v0'; do :; done");
}

/* Neighbours are known: neither of the two answers for addresses of the other link. */
void hosts_second_link(void)
{
	char command[160];

	snprintf(command, sizeof(command),
		 "ip link add w0 type veth peer name w1 address %s netns /proc/%d/fd/%d",
		 "02:00:00:00:00:02", getpid(), there);
	run_command(command);
	ip_batch("link set w0 up\n"
		 "neigh add 10.7.0.2 lladdr 02:00:00:00:00:02 dev w0\n"
		 "neigh add fd07::2 lladdr 02:00:00:00:00:02 dev w0\n");
	hosts_there();
	ip_batch("link set w1 up\n");
	hosts_here();
}

/* A plain socket there: a listener, or bound; -1 when it could not be. */
int listen_there(const struct sort *sort, int type, struct name *at)
{
	struct sort plain = *sort;
	int fd;

	plain.door = PLAIN;
	hosts_there();
	fd = open_sort(&plain, type);
	*at = name_for(sort, "10.7.0.2", "fd07::2", 0);
	if (bind(fd, &at->sa, at->len) || (type == SOCK_STREAM && listen(fd, 100))) {
		close(fd);
		fd = -1;
	}
	*at = local_name(fd);
	hosts_here();
	return fd;
}

int wsactl(const char *arguments)
{
	char command[256];
	FILE *pipe;
	int status;

	fflush(stdout);
	said[0] = 0;
	snprintf(command, sizeof(command), "wsactl %s 2>&1", arguments);
	pipe = popen(command, "re");
	if (!pipe)
		err(1, "wsactl");
	if (!fgets(said, sizeof(said), pipe))
		said[0] = 0;
	said[strcspn(said, "\n")] = 0;
	while (fgetc(pipe) != EOF)
		;
	status = pclose(pipe);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *wsactl_said(void)
{
	return said;
}

/* A number of the only pool, as "show --json" has it. */
unsigned long pool_number(const char *member)
{
	char quoted[64];
	char *at;

	if (wsactl("qos show --json"))
		errx(1, "wsactl qos show: %s", said);
	snprintf(quoted, sizeof(quoted), "\"%s\":", member);
	at = strstr(said, quoted);
	if (!at)
		errx(1, "no %s in %s", quoted, said);
	return strtoul(at + strlen(quoted), NULL, 10);
}

/* A number of a device's pool; -1 when it has none. */
long pool_number_of(const char *device, const char *member)
{
	char line[512], wanted[64];
	long number = -1;
	FILE *pipe;
	char *at;

	pipe = popen("wsactl qos show --json", "re");
	if (!pipe)
		err(1, "wsactl");
	snprintf(wanted, sizeof(wanted), "{\"dev\":\"%s\",", device);
	while (number < 0 && fgets(line, sizeof(line), pipe)) {
		if (!strstr(line, wanted))
			continue;
		snprintf(wanted, sizeof(wanted), "\"%s\":", member);
		at = strstr(line, wanted);
		if (!at)
			errx(1, "no %s in %s", wanted, line);
		number = strtol(at + strlen(wanted), NULL, 10);
	}
	pclose(pipe);
	return number;
}

struct wsa_flowspec flowspec(unsigned int service, unsigned int rate)
{
	return (struct wsa_flowspec){
		.token_rate = rate,
		.token_bucket = UNSPECIFIED,
		.peak_bandwidth = UNSPECIFIED,
		.latency = UNSPECIFIED,
		.delay_variation = UNSPECIFIED,
		.service_type = service,
		.max_sdu = UNSPECIFIED,
		.min_policed = UNSPECIFIED,
	};
}

/* The errno; what is out is poisoned first. */
int qos_ask(int fd, const struct wsa_flowspec *sending, const struct wsa_flowspec *receiving,
	    const struct name *name, struct wsa_qos_set *arg)
{
	*arg = (struct wsa_qos_set){
		.size = sizeof(*arg),
		.sending = *sending,
		.receiving = *receiving,
		.cookie = 0xdeaddeaddeaddeadULL,
		.wsa = 0xdead,
		.status = 0xdead,
		.ifindex = 0xdead,
		.classid = 0xdead,
	};
	if (name) {
		arg->name = (unsigned long)name->octets;
		arg->namelen = name->len;
	}
	return ioctl(fd, WSA_IOC_QOS_SET, arg) ? errno : 0;
}

/* For what is sent alone. */
int qos_set(int fd, const struct wsa_flowspec *sending, const struct name *name,
	    struct wsa_qos_set *arg)
{
	struct wsa_flowspec none = flowspec(NOTRAFFIC, UNSPECIFIED);

	return qos_ask(fd, sending, &none, name, arg);
}

struct wsa_qos_get qos_get(int fd)
{
	struct wsa_qos_get arg;

	memset(&arg, 0xa5, sizeof(arg));
	arg.size = sizeof(arg);
	arg.flags = 0;
	if (ioctl(fd, WSA_IOC_QOS_GET, &arg))
		err(1, "WSA_IOC_QOS_GET");
	return arg;
}

/* connect(2) with the cookie behind the address. */
int connect_staged(int fd, const struct name *name, const struct wsa_qos_set *staged)
{
	unsigned char octets[64];

	memcpy(octets, name->octets, name->len);
	memcpy(octets + name->len, &staged->cookie, sizeof(staged->cookie));
	return connect(fd, (struct sockaddr *)octets, name->len + sizeof(staged->cookie)) ?
	       errno : 0;
}

/* Asked for and used; the errno of either call. */
int connect_with(int fd, const struct wsa_flowspec *sending, const struct name *name,
		 struct wsa_qos_set *arg)
{
	int error = qos_set(fd, sending, name, arg);

	return error ? error : connect_staged(fd, name, arg);
}

static struct nl_cache *classes(const char *device)
{
	static struct nl_sock *netlink;
	struct nl_cache *cache;
	int e;

	/* anew each time: this thread may have changed its namespace */
	if (netlink)
		nl_socket_free(netlink);
	netlink = nl_socket_alloc();
	e = nl_connect(netlink, NETLINK_ROUTE);
	if (!e)
		e = rtnl_class_alloc_cache(netlink, if_nametoindex(device), &cache);
	if (e)
		errx(1, "classes: %s", nl_geterror(e));
	return cache;
}

static long long class_stat(const char *device, unsigned int classid, enum rtnl_tc_stat stat)
{
	struct nl_cache *cache = classes(device);
	struct nl_object *object;
	long long value = -1;

	for (object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
		if (rtnl_tc_get_handle(TC_CAST(object)) == classid)
			value = rtnl_tc_get_stat(TC_CAST(object), stat);
	}
	nl_cache_free(cache);
	return value;
}

long class_packets(const char *device, unsigned int classid)
{
	return class_stat(device, classid, RTNL_TC_PACKETS);
}

long long class_octets(const char *device, unsigned int classid)
{
	return class_stat(device, classid, RTNL_TC_BYTES);
}

bool class_there(const char *device, unsigned int classid)
{
	return class_packets(device, classid) >= 0;
}

bool class_gone(const char *device, unsigned int classid)
{
	int i;

	for (i = 0; i < HUNG_TRIES; i++) {
		if (!class_there(device, classid))
			return true;
		usleep(10000);
	}
	return false;
}

int flows_there(const char *device)
{
	struct nl_cache *cache = classes(device);
	struct nl_object *object;
	int n = 0;

	for (object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object))
		n += TC_H_MIN(rtnl_tc_get_handle(TC_CAST(object))) >= 0x1000;
	nl_cache_free(cache);
	return n;
}

static double class_promise(struct nl_object *object, double microseconds)
{
	struct rtnl_class *class = (struct rtnl_class *)object;
	struct tc_service_curve curve;
	uint64_t rate;

	if (!strcmp(rtnl_tc_get_kind(TC_CAST(object)), "htb"))
		return rtnl_htb_get_rate64(class, &rate) ? 0 : rate * microseconds / 1e6;
	if (rtnl_class_hfsc_get_rsc(class, &curve))
		return 0;
	if (microseconds <= curve.d)
		return curve.m1 * microseconds / 1e6;
	return (curve.m1 * (double)curve.d + curve.m2 * (microseconds - curve.d)) / 1e6;
}

/* All flows together in their first so many microseconds, as the classes themselves have it. */
double classes_promise(const char *device, double microseconds)
{
	struct nl_cache *cache = classes(device);
	struct nl_object *object;
	double sum = 0;

	for (object = nl_cache_get_first(cache); object; object = nl_cache_get_next(object)) {
		if (TC_H_MIN(rtnl_tc_get_handle(TC_CAST(object))) >= 0x1000)
			sum += class_promise(object, microseconds);
	}
	nl_cache_free(cache);
	return sum;
}

bool flows_gone(const char *device)
{
	int i;

	for (i = 0; i < HUNG_TRIES; i++) {
		if (!flows_there(device))
			return true;
		usleep(10000);
	}
	return false;
}

/* Nothing is promised, nobody is counted. */
bool pool_empty(void)
{
	int i;

	for (i = 0; i < HUNG_TRIES; i++) {
		if (!pool_number("flows") && !pool_number("promised"))
			return true;
		usleep(10000);
	}
	return false;
}

/* The same of v0 and of ifb0, which receives for it, and there is no class. */
bool pools_empty(void)
{
	int i;

	for (i = 0; i < HUNG_TRIES; i++) {
		if (!pool_number_of("v0", "promised") && !pool_number_of("ifb0", "promised") &&
		    !pool_number_of("v0", "flows") && !pool_number_of("ifb0", "flows"))
			return !flows_there("v0") && !flows_there("ifb0");
		usleep(10000);
	}
	return false;
}

int monitor_open(void)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_TC };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		err(1, "monitor");
	return fd;
}

int monitor_next(int fd, unsigned int *classid)
{
	union {
		struct nlmsghdr head;
		unsigned char octets[8192];
	} message;
	ssize_t n;

	while ((n = recv(fd, &message, sizeof(message), 0)) > 0) {
		const struct tcmsg *tcm = NLMSG_DATA(&message.head);

		if (message.head.nlmsg_type != RTM_NEWTCLASS &&
		    message.head.nlmsg_type != RTM_DELTCLASS)
			continue;
		*classid = tcm->tcm_handle;
		if (TC_H_MIN(*classid) >= 0x1000)
			return message.head.nlmsg_type;
	}
	return 0;
}
