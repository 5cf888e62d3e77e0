/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Datagrams from here to there, each with its own times: when it was sent, by the program, and
 * when it came, by the kernel that received it. The hosts are qos.h's, and so is the clock.
 */
#ifndef SELFTESTS_TRAFFIC_H
#define SELFTESTS_TRAFFIC_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct flow - a socket with a thread that sends
 * @service: BESTEFFORT for one without a flowspec
 * @rate: TokenRate
 * @packet: octets of a datagram, MaxSduSize
 * @burst: datagrams that TokenBucketSize holds
 * @latency: microseconds, or UNSPECIFIED
 * @greedy: sends as much as the socket takes; else a whole bucket at once, and the next when
 *	that is full again
 * @came: called by the receiving thread for every datagram, or NULL; with times in ns
 * @data: for it
 * @classid: out: its class
 * @bound: out: nanoseconds, as promised
 * @sent: out: datagrams
 * @received: out: datagrams
 */
struct flow {
	unsigned int service;
	unsigned int rate;
	unsigned int packet;
	unsigned int burst;
	unsigned int latency;
	bool greedy;
	void (*came)(struct flow *flow, long long sent, long long came, size_t octets);
	void *data;
	unsigned int classid;
	unsigned long long bound;
	unsigned long sent;
	unsigned long received;
	/* traffic.c's own */
	pthread_t thread;
	atomic_bool stop;
	int fd;
	int sink;
};

/**
 * struct samples - nanoseconds that were measured, sorted for all but samples_add()
 */
struct samples {
	long long *ns;
	size_t n;
	size_t room;
};

long long traffic_clock(void);

/* A sink thread for those that are opened later; traffic_end() waits for what is on its way. */
void traffic_begin(void);
void traffic_end(void);

/* 0, or the WSA_QOS_* reason of a refusal. */
unsigned int traffic_open(struct flow *flow);
void traffic_start(struct flow *flow);
void traffic_stop(struct flow *flow);	/* it has sent its last */
void traffic_close(struct flow *flow);

/* How late this machine's timers are, one a millisecond, until lateness_end(). */
void lateness_begin(struct samples *samples);
void lateness_end(void);

void samples_add(struct samples *samples, long long ns);
void samples_sort(struct samples *samples);
long long samples_at(const struct samples *samples, double part);	/* 0.5: the median */
void samples_print(const struct samples *samples, const char *name);
void samples_free(struct samples *samples);

#endif /* SELFTESTS_TRAFFIC_H */
