// SPDX-License-Identifier: GPL-2.0
/*
 * Four threads do at random, to one shared socket, everything a program may. There is
 * nothing to expect of a single call but that it returns; of all of them, that nothing is
 * left behind and that the kernel has no complaint.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "event.h"
#include "left.h"
#include "netns.h"
#include "sockets.h"

#define THREADS 4
#define ROUNDS 600

FIXTURE(race) {};

FIXTURE_VARIANT(race) {
	struct sort sort;
	int type;
	unsigned int seed;
};

FIXTURE_VARIANT_ADD(race, family_v4_stream) { { FAMILY, AF_INET, false }, SOCK_STREAM, 1 };
FIXTURE_VARIANT_ADD(race, adopt_v4_stream) { { ADOPT, AF_INET, false }, SOCK_STREAM, 2 };
FIXTURE_VARIANT_ADD(race, family_v6_stream) { { FAMILY, AF_INET6, false }, SOCK_STREAM, 3 };
FIXTURE_VARIANT_ADD(race, adopt_dual_stream) { { ADOPT, AF_INET6, true }, SOCK_STREAM, 4 };
FIXTURE_VARIANT_ADD(race, family_v4_dgram) { { FAMILY, AF_INET, false }, SOCK_DGRAM, 5 };
FIXTURE_VARIANT_ADD(race, adopt_v4_dgram) { { ADOPT, AF_INET, false }, SOCK_DGRAM, 6 };
FIXTURE_VARIANT_ADD(race, family_dual_dgram) { { FAMILY, AF_INET6, true }, SOCK_DGRAM, 7 };
FIXTURE_VARIANT_ADD(race, adopt_v6_dgram) { { ADOPT, AF_INET6, false }, SOCK_DGRAM, 8 };

FIXTURE_SETUP(race)
{
	netns_fresh();
	netns_dummies();
}

FIXTURE_TEARDOWN(race)
{
	COUNTERS_BALANCE();
}

/* One descriptor, replaced by whoever feels like it. */
struct shared {
	const FIXTURE_VARIANT(race) *variant;
	int fd;
	int events[2];
	struct name names[4];
	unsigned long done[THREADS];
};

struct runner {
	struct shared *shared;
	int number;
	unsigned int seed;
};

static int remake(const struct shared *shared)
{
	int fd = open_sort(&shared->variant->sort, shared->variant->type | SOCK_NONBLOCK);
	struct timeval limit = { .tv_usec = 20000 };

	/* so that a call on a descriptor somebody made blocking comes back */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static void once(struct shared *shared, unsigned int *seed)
{
	struct wsa_attempt attempt = { .size = sizeof(attempt), .error = rand_r(seed) % 120 };
	struct wsa_compat_set compat = { .size = sizeof(compat), .compat = rand_r(seed) & 1 };
	struct wsa_state state = { .size = sizeof(state) };
	struct sockaddr_in6 unspec = { .sin6_family = AF_UNSPEC };
	const struct name *name = &shared->names[rand_r(seed) % 4];
	struct wsa_cancel stop = { .size = sizeof(stop) };
	struct pollfd poller = { .fd = shared->fd, .events = POLLIN | POLLOUT };
	char text[64];
	int fd = shared->fd, copy, error;
	socklen_t len = sizeof(error);

	switch (rand_r(seed) % 24) {
	case 0 ... 5:
		connect(fd, &name->sa, name->len);
		break;
	case 6:
		ioctl(fd, WSA_IOC_CANCEL, &stop);
		break;
	case 7:
		ioctl(fd, WSA_IOC_STATE, &state);
		break;
	case 8:
		ioctl(fd, WSA_IOC_ATTEMPT, &attempt);
		break;
	case 9:
		ioctl(fd, WSA_IOC_COMPAT, &compat);
		break;
	case 10:
		poll(&poller, 1, rand_r(seed) % 3);
		break;
	case 11:
		shutdown(fd, rand_r(seed) % 4);
		break;
	case 12:
		copy = dup(fd);
		connect(copy, &name->sa, name->len);
		close(copy);
		break;
	case 13:
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
		break;
	case 14:
		connect(fd, (void *)&unspec, sizeof(unspec));
		break;
	case 15:
		send(fd, "text", 4, MSG_NOSIGNAL | MSG_DONTWAIT);
		break;
	case 16:
		recv(fd, text, sizeof(text), MSG_DONTWAIT | (rand_r(seed) & 1 ? MSG_PEEK : 0));
		break;
	case 17:
		if (rand_r(seed) % 4 == 0)
			listen(fd, 4);
		break;
	case 18:
		close(accept4(fd, NULL, NULL, SOCK_NONBLOCK));
		break;
	case 19 ... 20:
		event_select(fd, shared->events[rand_r(seed) & 1], 1 + rand_r(seed) % WSA_EVENT_ALL,
			     rand_r(seed) & WSA_SELECT_F_MESSAGES);
		break;
	case 21:
		event_select(fd, -1, 0, 0);
		break;
	case 22:
		event_take(fd, rand_r(seed) & 1 ? shared->events[0] : -1);
		break;
	default:
		/* atomically: nobody else's descriptor may get the number in between */
		copy = remake(shared);
		dup2(copy, fd);
		close(copy);
		fcntl(fd, F_SETFL, rand_r(seed) & 3 ? O_NONBLOCK : 0);
		break;
	}
}

static void *run(void *arg)
{
	struct runner *runner = arg;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		once(runner->shared, &runner->seed);
		runner->shared->done[runner->number]++;
	}
	return NULL;
}

TEST_F_TIMEOUT(race, four_threads_one_socket, 280)
{
	struct shared shared = { .variant = variant };
	struct runner runners[THREADS];
	pthread_t threads[THREADS];
	int i;

	signal(SIGPIPE, SIG_IGN);
	sysctl_write("/proc/sys/net/ipv4/tcp_syn_retries", "1");
	if (variant->type == SOCK_STREAM)
		listener_at(&variant->sort, &shared.names[0]);
	else
		bound_at(&variant->sort, SOCK_DGRAM, &shared.names[0]);
	bound_at(&variant->sort, variant->type, &shared.names[1]);
	shared.names[2] = silent(&variant->sort, 5);
	shared.names[3] = name_for(&variant->sort, "0.0.0.0", "::", 0);
	shared.events[0] = event_new();
	shared.events[1] = event_new();
	shared.fd = fcntl(remake(&shared), F_DUPFD, 100);
	for (i = 0; i < THREADS; i++) {
		runners[i] = (struct runner){ &shared, i, variant->seed * THREADS + i };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, run, &runners[i]));
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		EXPECT_EQ(ROUNDS, shared.done[i]);
	}
}

/* The watch is on the queue while the socket is torn down, many times over. */
TEST_F_TIMEOUT(race, close_during_the_answer, 280)
{
	struct name names[2];
	int i, s, child, l = -1;

	if (variant->type == SOCK_STREAM)
		l = listener_at(&variant->sort, &names[0]);
	else
		bound_at(&variant->sort, SOCK_DGRAM, &names[0]);
	bound_at(&variant->sort, variant->type, &names[1]);
	for (i = 0; i < 300; i++) {
		s = open_sort(&variant->sort, variant->type | SOCK_NONBLOCK);
		connect(s, &names[i & 1].sa, names[i & 1].len);
		close(s);
		if (l >= 0 && !(i & 1)) {
			child = accept4(l, NULL, NULL, SOCK_NONBLOCK);
			EXPECT_LE(0, child);
			close(child);
		}
	}
	EXPECT_EQ(300, wsa_counter("SOCKETS_GONE"));
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
