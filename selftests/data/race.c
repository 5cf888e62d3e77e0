// SPDX-License-Identifier: GPL-2.0
/* Everything at once: calls, accepts, answers, releases and closes, on several processors. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "iso.h"
#include "left.h"
#include "netns.h"

#define LOOPS 60
#define CALLERS 4

FIXTURE(race) {
	const struct kind *kind;
};

KINDS(race);

FIXTURE_SETUP(race)
{
	netns_fresh();
	iso_timeout(20);
	self->kind = &variant->kind;
}

FIXTURE_TEARDOWN(race)
{
	COUNTERS_BALANCE();
}

struct crowd {
	const struct kind *kind;
	struct name at;
	int l;
	unsigned int seed;
	long done;
};

static void *caller(void *arg)
{
	struct crowd *crowd = arg;
	char in[8];
	int i, s;

	for (i = 0; i < LOOPS; i++) {
		s = iso_open(crowd->kind);
		iso_set(s, "a", "b", "hello");
		if (!connect(s, &crowd->at.sa, crowd->at.len) &&
		    send(s, "x", 1, MSG_NOSIGNAL) == 1 &&
		    recv(s, in, sizeof(in), 0) == 1 && !recv(s, in, sizeof(in), 0) &&
		    iso_get(s).bye_len == 3)
			crowd->done++;
		close(s);
	}
	return NULL;
}

static void *callee(void *arg)
{
	struct crowd *crowd = arg;
	char in[8];
	int i, c;

	for (i = 0; i < LOOPS * CALLERS / 2; i++) {
		c = accept(crowd->l, NULL, NULL);
		if (recv(c, in, 1, 0) == 1 && send(c, in, 1, MSG_NOSIGNAL) == 1 &&
		    !iso_bye(c, "bye"))
			crowd->done++;
		recv(c, in, 1, 0);
		close(c);
	}
	return NULL;
}

/* No call is lost, and none is mixed up with another. */
TEST_F_TIMEOUT(race, many_callers_two_callees, 300)
{
	struct crowd callers[CALLERS], callees[2];
	pthread_t threads[CALLERS + 2];
	struct name at;
	int l = iso_listener(self->kind, &at), i;
	long calls = 0, answers = 0;

	for (i = 0; i < 2; i++) {
		callees[i] = (struct crowd){ .kind = self->kind, .l = l };
		pthread_create(&threads[CALLERS + i], NULL, callee, &callees[i]);
	}
	for (i = 0; i < CALLERS; i++) {
		callers[i] = (struct crowd){ .kind = self->kind, .at = at };
		pthread_create(&threads[i], NULL, caller, &callers[i]);
	}
	for (i = 0; i < CALLERS + 2; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < CALLERS; i++)
		calls += callers[i].done;
	for (i = 0; i < 2; i++)
		answers += callees[i].done;
	EXPECT_EQ(LOOPS * CALLERS, calls);
	EXPECT_EQ(LOOPS * CALLERS, answers);
}

static void *raw_callers(void *arg)
{
	struct crowd *crowd = arg;
	static const unsigned char cr[] = { 3, 0, 0, 11, 6, 0xe0, 0, 0, 0x12, 0x34, 0x21 };
	int i, fd;

	for (i = 0; i < LOOPS; i++) {
		fd = socket(crowd->kind->af, SOCK_STREAM, 0);
		if (!connect(fd, &crowd->at.sa, crowd->at.len))
			send(fd, cr, rand_r(&crowd->seed) % (sizeof(cr) + 1), MSG_NOSIGNAL);
		close(fd);
	}
	return NULL;
}

/* Listeners come and go while calls arrive, are answered, refused and accepted. */
TEST_F_TIMEOUT(race, listeners_come_and_go, 300)
{
	struct crowd crowd[2];
	pthread_t threads[2];
	struct wsa_iso_look look;
	struct name at = name_of(self->kind->af == AF_INET ? "127.0.0.1" : "::1", 4000);
	unsigned int seed = 7;
	int i, j, l, one = 1, c;

	for (i = 0; i < 2; i++) {
		crowd[i] = (struct crowd){ .kind = self->kind, .at = at, .seed = i };
		pthread_create(&threads[i], NULL, raw_callers, &crowd[i]);
	}
	for (i = 0; i < LOOPS; i++) {
		l = iso_open(self->kind);
		set_nonblock(l, true);
		setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		ASSERT_EQ(0, bind(l, &at.sa, at.len));
		ASSERT_EQ(0, listen(l, 4));
		for (j = rand_r(&seed) % 8; j; j--) {
			revents_of(l, POLLIN, 2);
			if (!iso_look(l, &look))
				iso_answer(l, look.id, j & 1 ? WSA_ISO_REJECT : 0, "x");
			c = accept(l, NULL, NULL);
			if (c >= 0)
				close(c);
		}
		close(l);
	}
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

static void *raw_callee(void *arg)
{
	struct crowd *crowd = arg;
	unsigned char cr[64], cc[] = { 3, 0, 0, 11, 6, 0xd0, 0, 0, 0xab, 0xcd, 0x21 };
	int c;

	while ((c = accept(crowd->l, NULL, NULL)) >= 0) {
		if (recv(c, cr, sizeof(cr), 0) >= 10) {
			cc[6] = cr[8];
			cc[7] = cr[9];
			send(c, cc, rand_r(&crowd->seed) % (sizeof(cc) + 1), MSG_NOSIGNAL);
		}
		close(c);
	}
	return NULL;
}

/* Calls are cancelled and closed while they are answered. */
TEST_F_TIMEOUT(race, calls_come_and_go, 300)
{
	struct crowd crowd = { .kind = self->kind };
	unsigned int seed = 5;
	pthread_t thread;
	int i, s;

	crowd.l = tcp_listener(self->kind, &crowd.at);
	pthread_create(&thread, NULL, raw_callee, &crowd);
	for (i = 0; i < LOOPS * 4; i++) {
		s = iso_open(self->kind);
		set_nonblock(s, true);
		connect(s, &crowd.at.sa, crowd.at.len);
		usleep(rand_r(&seed) % 1000);
		if (i & 1)
			cancel(s);
		if (i & 2)
			revents_of(s, POLLIN | POLLOUT, 1);
		close(s);
	}
	shutdown(crowd.l, SHUT_RDWR);
	pthread_join(thread, NULL);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
