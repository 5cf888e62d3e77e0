// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "steady.h"

#define PIECE 500
#define PAUSE 2000		/* microseconds */
#define HUNG 60000		/* milliseconds */

static void *send_on(void *data)
{
	struct steady *traffic = data;
	static const char piece[PIECE];

	while (!atomic_load(&traffic->stop)) {
		send(traffic->from, piece, sizeof(piece), MSG_DONTWAIT | MSG_NOSIGNAL);
		usleep(PAUSE);
	}
	return NULL;
}

static void *receive_on(void *data)
{
	struct steady *traffic = data;
	char piece[PIECE];

	while (!atomic_load(&traffic->stop)) {
		if (recv(traffic->to, piece, sizeof(piece), MSG_DONTWAIT) > 0)
			atomic_fetch_add(&traffic->got, 1);
		else
			usleep(PAUSE);
	}
	return NULL;
}

void steady_start(struct steady *traffic, int from, int to)
{
	traffic->from = from;
	traffic->to = to;
	atomic_init(&traffic->stop, false);
	atomic_init(&traffic->got, 0);
	if (pthread_create(&traffic->threads[0], NULL, send_on, traffic) ||
	    pthread_create(&traffic->threads[1], NULL, receive_on, traffic))
		errx(1, "no thread");
}

bool steady_moves(struct steady *traffic)
{
	unsigned long before = atomic_load(&traffic->got);
	int i;

	for (i = 0; i < HUNG / 10; i++) {
		if (atomic_load(&traffic->got) > before + 20)
			return true;
		usleep(10000);
	}
	return false;
}

void steady_stop(struct steady *traffic)
{
	atomic_store(&traffic->stop, true);
	pthread_join(traffic->threads[0], NULL);
	pthread_join(traffic->threads[1], NULL);
}

size_t read_some(int fd, size_t octets)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	char piece[2000];
	size_t got = 0, want;
	ssize_t n;

	while (got < octets && poll(&poller, 1, HUNG) == 1) {
		want = octets - got < sizeof(piece) ? octets - got : sizeof(piece);
		n = recv(fd, piece, want, 0);
		if (n <= 0)
			break;
		got += n;
	}
	return got;
}
