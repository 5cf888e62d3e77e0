// SPDX-License-Identifier: GPL-2.0
/*
 * Threads ask for flows, use them and let go of them, while an administrator makes and ends
 * pools under them. There is nothing to expect of a single call but that it returns; of all of
 * them, that no more is promised than there is, and that nothing is left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "event.h"
#include "left.h"
#include "netns.h"
#include "pool.h"
#include "qos.h"
#include "sockets.h"

#define THREADS 3
#define ROUNDS 120
#define POOL_RATE 12500000
#define POOL_SHARE 1000000

FIXTURE(race) {
	struct pool_request enable, disable, get;
	int netlink;
};

FIXTURE_VARIANT(race) {
	const char *qdisc;
	struct sort sort;
	int type;
	unsigned int seed;
};

FIXTURE_VARIANT_ADD(race, family_v4) { "hfsc", { FAMILY, AF_INET, false }, SOCK_STREAM, 1 };
FIXTURE_VARIANT_ADD(race, family_v6) { "htb", { FAMILY, AF_INET6, false }, SOCK_STREAM, 2 };
FIXTURE_VARIANT_ADD(race, adopt_v4) { "htb", { ADOPT, AF_INET, false }, SOCK_DGRAM, 3 };
FIXTURE_VARIANT_ADD(race, adopt_dual) { "hfsc", { ADOPT, AF_INET6, true }, SOCK_DGRAM, 4 };

static int make_qdisc_and_pool(const FIXTURE_VARIANT(race) *variant)
{
	char command[96];

	snprintf(command, sizeof(command), "qos enable v0 --rate 100mbit --share 8mbit --qdisc %s",
		 variant->qdisc);
	return wsactl(command);
}

FIXTURE_SETUP(race)
{
	signal(SIGPIPE, SIG_IGN);
	hosts_make();
	ASSERT_EQ(0, make_qdisc_and_pool(variant)) TH_LOG("%s", wsactl_said());
	self->netlink = pool_open();
	pool_enable_request(&self->enable, if_nametoindex("v0"), POOL_CLASS, POOL_RATE,
			    POOL_SHARE);
	pool_disable_request(&self->disable, if_nametoindex("v0"));
	pool_get_request(&self->get, if_nametoindex("v0"));
	sysctl_write("/proc/sys/net/ipv4/tcp_syn_retries", "1");
}

FIXTURE_TEARDOWN(race)
{
	COUNTERS_BALANCE();
}

/* Descriptors that everybody uses, replaced by whoever feels like it. */
struct shared {
	const FIXTURE_VARIANT(race) *variant;
	int fd[2];
	int event;
	struct name names[3];
	atomic_ulong granted, used;
};

struct runner {
	struct shared *shared;
	unsigned int seed;
};

static int remake(const struct shared *shared)
{
	int fd = open_sort(&shared->variant->sort, shared->variant->type | SOCK_NONBLOCK);
	struct timeval limit = { .tv_usec = 20000 };

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return fd;
}

static struct wsa_flowspec any_spec(unsigned int *seed)
{
	static const unsigned int services[] = {
		CONTROLLEDLOAD, CONTROLLEDLOAD, NETWORK_CONTROL, GUARANTEED, BESTEFFORT, NOCHANGE,
	};
	struct wsa_flowspec spec = flowspec(services[rand_r(seed) % 6],
					    10000 + rand_r(seed) % 400000);

	if (rand_r(seed) & 1)
		spec.peak_bandwidth = 2 * spec.token_rate;
	return spec;
}

static void once(struct shared *shared, unsigned int *seed)
{
	const struct name *name = &shared->names[rand_r(seed) % 3];
	struct wsa_cancel stop = { .size = sizeof(stop) };
	struct wsa_flowspec spec = any_spec(seed);
	int fd = shared->fd[rand_r(seed) & 1];
	struct wsa_qos_get got = { .size = sizeof(got) };
	struct wsa_qos_set arg = { .size = sizeof(arg) };
	int value = rand_r(seed) % 8, copy, error;

	switch (rand_r(seed) % 16) {
	case 0 ... 3:
		if (!qos_set(fd, &spec, name, &arg) && arg.cookie) {
			atomic_fetch_add(&shared->granted, 1);
			error = connect_staged(fd, name, &arg);
			if (!error || error == EINPROGRESS)
				atomic_fetch_add(&shared->used, 1);
		}
		break;
	case 4 ... 5:
		qos_set(fd, &spec, NULL, &arg);
		break;
	case 6:
		qos_set(fd, &spec, name, &arg);
		break;
	case 7:
		arg.flags = WSA_QOS_SET_UNSTAGE;
		ioctl(fd, WSA_IOC_QOS_SET, &arg);
		break;
	case 8:
		ioctl(fd, WSA_IOC_QOS_GET, &got);
		break;
	case 9:
		connect(fd, &name->sa, name->len);
		break;
	case 10:
		setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, sizeof(value));
		value <<= 5;
		setsockopt(fd, SOL_IP, IP_TOS, &value, sizeof(value));
		break;
	case 11:
		send(fd, "text", 4, MSG_NOSIGNAL | MSG_DONTWAIT);
		break;
	case 12:
		ioctl(fd, WSA_IOC_CANCEL, &stop);
		break;
	case 13:
		event_select(fd, shared->event, WSA_EVENT_ALL, 0);
		break;
	default:
		/* atomically: nobody else's descriptor may get the number in between */
		copy = remake(shared);
		dup2(copy, fd);
		close(copy);
		break;
	}
}

static void *run(void *arg)
{
	struct runner *runner = arg;
	int i;

	for (i = 0; i < ROUNDS; i++)
		once(runner->shared, &runner->seed);
	return NULL;
}

static void shared_init(struct shared *shared, const FIXTURE_VARIANT(race) *variant)
{
	int i, fd;

	*shared = (struct shared){ .variant = variant };
	if (listen_there(&variant->sort, variant->type, &shared->names[0]) < 0 ||
	    listen_there(&variant->sort, variant->type, &shared->names[1]) < 0)
		_exit(1);
	close(listen_there(&variant->sort, variant->type, &shared->names[2]));
	shared->event = event_new();
	for (i = 0; i < 2; i++) {
		fd = remake(shared);
		shared->fd[i] = fcntl(fd, F_DUPFD, 200);
		close(fd);
	}
}

static void start(struct shared *shared, struct runner *runners, pthread_t *threads)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		runners[i] = (struct runner){ shared, shared->variant->seed * THREADS + i };
		if (pthread_create(&threads[i], NULL, run, &runners[i]))
			_exit(1);
	}
}

TEST_F_TIMEOUT(race, users_alone, 280)
{
	struct pool_numbers numbers = { 0 };
	struct runner runners[THREADS];
	pthread_t threads[THREADS];
	struct shared shared;
	int i, looks = 0;

	shared_init(&shared, variant);
	start(&shared, runners, threads);
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(0, pool_ask(self->netlink, &self->get, &numbers));
		EXPECT_GE(POOL_SHARE, numbers.promised);
		looks++;
		usleep(1000);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	EXPECT_LT(0, atomic_load(&shared.granted));
	EXPECT_LT(0, atomic_load(&shared.used));
	TH_LOG("%lu granted, %lu used, %d looks", atomic_load(&shared.granted),
	       atomic_load(&shared.used), looks);
	close(shared.fd[0]);
	close(shared.fd[1]);
	EXPECT_TRUE(flows_gone("v0"));
	EXPECT_TRUE(pool_empty());
}

/* Pools, their qdisc and the link come and go. */
TEST_F_TIMEOUT(race, under_an_administrator, 280)
{
	static const char * const deeds[] = {
		"tc qdisc del dev v0 root",
		"ip link set v0 down; ip link set v0 up",
		"tc class del dev v0 classid 1:1002; tc class del dev v0 classid 1:1005",
		"ip route add 10.7.0.2/32 dev lo; ip route del 10.7.0.2/32 dev lo",
	};
	struct runner runners[THREADS];
	pthread_t threads[THREADS];
	struct shared shared;
	char command[256];
	int i;

	shared_init(&shared, variant);
	start(&shared, runners, threads);
	for (i = 0; i < 9; i++) {
		pool_ask(self->netlink, &self->disable, NULL);
		pool_ask(self->netlink, &self->enable, NULL);
		if (i % 3)
			continue;
		snprintf(command, sizeof(command), "(%s) 2>/dev/null; :", deeds[i / 3 % 4]);
		run_command(command);
		if (pool_ask(self->netlink, &self->get, NULL))
			make_qdisc_and_pool(variant);
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	close(shared.fd[0]);
	close(shared.fd[1]);
	EXPECT_TRUE(flows_gone("v0"));
	/* whatever was lost meanwhile, it works */
	run_command("tc qdisc del dev v0 root 2>/dev/null; :");
	EXPECT_EQ(0, make_qdisc_and_pool(variant)) TH_LOG("%s", wsactl_said());
	EXPECT_TRUE(pool_empty());
}

/* A whole process at it is killed, and its namespaces end with what it had. */
TEST_F_TIMEOUT(race, killed_with_its_namespace, 280)
{
	struct runner runners[THREADS];
	pthread_t threads[THREADS];
	struct shared shared;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		hosts_make();
		if (make_qdisc_and_pool(variant))
			_exit(1);
		shared_init(&shared, variant);
		start(&shared, runners, threads);
		while (atomic_load(&shared.used) < 5)
			usleep(1000);
		raise(SIGKILL);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(SIGKILL, status);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
