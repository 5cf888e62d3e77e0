// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "qos.h"
#include "sockets.h"
#include "traffic.h"

/* What is queued in a sender's socket, and what may wait unread there. */
#define SNDBUF		8192
#define RCVBUF		(1 << 20)
#define PACKET_MOST	1500
#define NS_PER_SEC	1000000000LL
/* Longer than anything is queued. */
#define ON_ITS_WAY	500000

static struct {
	pthread_t thread;
	atomic_bool stop;
	int epoll;
} sink;

static struct {
	pthread_t thread;
	atomic_bool stop;
	struct samples *samples;
} lateness;

static long long clock_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

/* That of the received packets' times. */
long long traffic_clock(void)
{
	return clock_of(CLOCK_REALTIME);
}

static void sleep_until(long long ns)
{
	struct timespec ts = { .tv_sec = ns / NS_PER_SEC, .tv_nsec = ns % NS_PER_SEC };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

/* Before all that send as much as they can: what is to be measured is the link. */
static void be_first(void)
{
	struct sched_param param = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &param))
		err(1, "SCHED_FIFO");
}

static bool receive(struct flow *flow)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct timespec))];
	} control;
	unsigned char octets[PACKET_MOST];
	struct iovec iov = { octets, sizeof(octets) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(flow->sink, &msg, MSG_DONTWAIT);
	struct cmsghdr *head;
	struct timespec ts;
	long long sent;

	if (n < 0)
		return false;
	head = CMSG_FIRSTHDR(&msg);
	if (n < (ssize_t)sizeof(sent) || !head || head->cmsg_type != SCM_TIMESTAMPNS)
		errx(1, "a datagram without its times");
	memcpy(&sent, octets, sizeof(sent));
	memcpy(&ts, CMSG_DATA(head), sizeof(ts));
	flow->received++;
	if (flow->came)
		flow->came(flow, sent, ts.tv_sec * NS_PER_SEC + ts.tv_nsec, n);
	return true;
}

static void *sink_run(void *data)
{
	struct epoll_event ready[32];
	int n, i;

	be_first();
	while (!atomic_load(&sink.stop)) {
		n = epoll_wait(sink.epoll, ready, 32, 100);
		for (i = 0; i < n; i++) {
			while (receive(ready[i].data.ptr))
				;
		}
	}
	return NULL;
}

void traffic_begin(void)
{
	sink.epoll = epoll_create1(EPOLL_CLOEXEC);
	atomic_store(&sink.stop, false);
	if (sink.epoll < 0 || pthread_create(&sink.thread, NULL, sink_run, NULL))
		err(1, "sink");
}

void traffic_end(void)
{
	usleep(ON_ITS_WAY);
	atomic_store(&sink.stop, true);
	pthread_join(sink.thread, NULL);
	close(sink.epoll);
}

static void open_sink(struct flow *flow, struct name *at)
{
	struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = flow };
	int on = 1, room = RCVBUF;

	hosts_there();
	flow->sink = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	hosts_here();
	*at = name_of("10.7.0.2", 0);
	if (flow->sink < 0 || bind(flow->sink, &at->sa, at->len) ||
	    setsockopt(flow->sink, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(flow->sink, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    epoll_ctl(sink.epoll, EPOLL_CTL_ADD, flow->sink, &wanted))
		err(1, "sink");
	*at = local_name(flow->sink);
}

unsigned int traffic_open(struct flow *flow)
{
	static const struct sort ours = { .door = FAMILY, .af = AF_INET };
	static const struct sort plain = { .door = PLAIN, .af = AF_INET };
	struct wsa_flowspec spec = flowspec(flow->service, flow->rate);
	struct timeval limit = { .tv_usec = 100000 };
	struct wsa_qos_set arg = { 0 };
	int room = SNDBUF;
	struct name peer;

	flow->classid = 0;
	flow->bound = 0;
	flow->sent = 0;
	flow->received = 0;
	open_sink(flow, &peer);
	flow->fd = open_sort(flow->service == BESTEFFORT ? &plain : &ours, SOCK_DGRAM);
	setsockopt(flow->fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	setsockopt(flow->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (flow->service == BESTEFFORT) {
		if (connect(flow->fd, &peer.sa, peer.len))
			err(1, "connect");
		return 0;
	}
	spec.token_bucket = flow->burst * flow->packet;
	spec.latency = flow->latency;
	spec.max_sdu = flow->packet;
	if (qos_set(flow->fd, &spec, &peer, &arg))
		err(1, "WSA_IOC_QOS_SET");
	if (arg.status) {
		close(flow->fd);
		close(flow->sink);
		return arg.status;
	}
	if (connect_staged(flow->fd, &peer, &arg))
		err(1, "connect");
	flow->classid = arg.classid;
	flow->bound = qos_get(flow->fd).bound;
	return 0;
}

static void send_one(struct flow *flow)
{
	unsigned char octets[PACKET_MOST] = { 0 };
	long long time = traffic_clock();

	memcpy(octets, &time, sizeof(time));
	if (send(flow->fd, octets, flow->packet, MSG_NOSIGNAL) == (ssize_t)flow->packet)
		flow->sent++;
}

/* A late bucket is followed by one as late: what conforms never comes too soon. */
static void *send_run(void *data)
{
	struct flow *flow = data;
	long long bucket, begin;
	unsigned int i;

	while (flow->greedy && !atomic_load(&flow->stop))
		send_one(flow);
	if (flow->greedy)
		return NULL;
	be_first();
	/* a hundredth more, for the time that sending takes */
	bucket = NS_PER_SEC * flow->burst * flow->packet / flow->rate * 101 / 100;
	while (!atomic_load(&flow->stop)) {
		begin = clock_of(CLOCK_MONOTONIC);
		for (i = 0; i < flow->burst; i++)
			send_one(flow);
		sleep_until(begin + bucket);
	}
	return NULL;
}

void traffic_start(struct flow *flow)
{
	atomic_store(&flow->stop, false);
	if (pthread_create(&flow->thread, NULL, send_run, flow))
		err(1, "sender");
}

void traffic_stop(struct flow *flow)
{
	atomic_store(&flow->stop, true);
	pthread_join(flow->thread, NULL);
}

void traffic_close(struct flow *flow)
{
	close(flow->fd);
	close(flow->sink);
}

static void *lateness_run(void *data)
{
	long long next = clock_of(CLOCK_MONOTONIC);

	be_first();
	while (!atomic_load(&lateness.stop)) {
		next += 1000000;
		sleep_until(next);
		samples_add(lateness.samples, clock_of(CLOCK_MONOTONIC) - next);
	}
	return NULL;
}

void lateness_begin(struct samples *samples)
{
	lateness.samples = samples;
	atomic_store(&lateness.stop, false);
	if (pthread_create(&lateness.thread, NULL, lateness_run, NULL))
		err(1, "lateness");
}

void lateness_end(void)
{
	atomic_store(&lateness.stop, true);
	pthread_join(lateness.thread, NULL);
}

void samples_add(struct samples *samples, long long ns)
{
	if (samples->n == samples->room) {
		samples->room = samples->room ? 2 * samples->room : 1024;
		samples->ns = reallocarray(samples->ns, samples->room, sizeof(ns));
		if (!samples->ns)
			err(1, "samples");
	}
	samples->ns[samples->n++] = ns;
}

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

void samples_sort(struct samples *samples)
{
	qsort(samples->ns, samples->n, sizeof(samples->ns[0]), compare);
}

/* The least that so many of them do not exceed. */
long long samples_at(const struct samples *samples, double part)
{
	size_t i = samples->n * part;

	if (i && i == samples->n * part)
		i--;
	return samples->ns[i < samples->n ? i : samples->n - 1];
}

void samples_print(const struct samples *samples, const char *name)
{
	static const double parts[] = { 0, 0.5, 0.9, 0.99, 0.999, 1 };
	size_t i;

	printf("# %s of %zu, microseconds:", name, samples->n);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		printf(" %g %% %.1f", parts[i] * 100, samples_at(samples, parts[i]) / 1e3);
	printf("\n");
}

void samples_free(struct samples *samples)
{
	free(samples->ns);
	*samples = (struct samples){ 0 };
}
