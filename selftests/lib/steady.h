/* SPDX-License-Identifier: GPL-2.0 */
/* Something on its way from one socket to another, in threads of its own. */
#ifndef SELFTESTS_STEADY_H
#define SELFTESTS_STEADY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct steady - about 250,000 octets a second, or what the way lets through
 * @threads: the one that sends, and the one that receives
 * @from: socket
 * @to: socket
 * @stop: they are to end
 * @got: receives that were not empty
 */
struct steady {
	pthread_t threads[2];
	int from;
	int to;
	atomic_bool stop;
	atomic_ulong got;
};

void steady_start(struct steady *traffic, int from, int to);
bool steady_moves(struct steady *traffic);	/* more arrives, in some time */
void steady_stop(struct steady *traffic);

size_t read_some(int fd, size_t octets);	/* so many, or what comes before nothing does */

#endif /* SELFTESTS_STEADY_H */
