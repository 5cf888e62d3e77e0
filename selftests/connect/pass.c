// SPDX-License-Identifier: GPL-2.0
/* Everything else Linux does with a socket goes on working. */
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif
#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif

#define SIZE 100000

FIXTURE(pass) {
	const struct sort *sort;
	int c, child;		/* both are WSA sockets */
	char *data;
};

SORTS(pass);

FIXTURE_SETUP(pass)
{
	struct name here;
	int l, i;

	netns_fresh();
	self->sort = &variant->sort;
	here = loopback(self->sort, 0);
	l = open_sort(self->sort, SOCK_STREAM);
	ASSERT_EQ(0, bind(l, &here.sa, here.len));
	ASSERT_EQ(0, listen(l, 1));
	here = local_name(l);
	self->c = open_sort(self->sort, SOCK_STREAM);
	ASSERT_CONNECTED(connect_to(self->c, &here));
	self->child = accept(l, NULL, NULL);
	ASSERT_LE(0, self->child);
	self->data = malloc(SIZE);
	for (i = 0; i < SIZE; i++)
		self->data[i] = i * 7 + i / 256;
}

FIXTURE_TEARDOWN(pass)
{
	free(self->data);
	COUNTERS_BALANCE();
}

struct sink {
	int fd;
	char data[SIZE];
	size_t got;
};

static void *sink_thread(void *arg)
{
	struct sink *sink = arg;
	ssize_t n;

	while (sink->got < SIZE &&
	       (n = recv(sink->fd, sink->data + sink->got, SIZE - sink->got, 0)) > 0)
		sink->got += n;
	return NULL;
}

#define START_SINK(sink, thread, from) \
	do { \
		memset(&(sink), 0, sizeof(sink)); \
		(sink).fd = from; \
		ASSERT_EQ(0, pthread_create(&(thread), NULL, sink_thread, &(sink))); \
	} while (0)

#define EXPECT_SUNK(sink, thread) \
	do { \
		pthread_join(thread, NULL); \
		EXPECT_EQ((size_t)SIZE, (sink).got); \
		EXPECT_EQ(0, memcmp(self->data, (sink).data, SIZE)); \
	} while (0)

static struct sink sink;

TEST_F(pass, sendfile)
{
	int file = memfd_create("f", MFD_CLOEXEC);
	pthread_t thread;
	off_t off = 0;

	ASSERT_EQ(SIZE, write(file, self->data, SIZE));
	START_SINK(sink, thread, self->child);
	while (off < SIZE)
		ASSERT_LT(0, sendfile(self->c, file, &off, SIZE - off));
	EXPECT_SUNK(sink, thread);
	close(file);
}

TEST_F(pass, splice_in_and_out)
{
	int out[2], in[2];
	ssize_t n, left;
	pthread_t thread;
	char *at;

	ASSERT_EQ(0, pipe(out));
	ASSERT_EQ(0, pipe(in));
	START_SINK(sink, thread, self->child);
	for (at = self->data; at < self->data + SIZE; at += n) {
		n = self->data + SIZE - at < 4096 ? self->data + SIZE - at : 4096;
		ASSERT_EQ(n, write(out[1], at, n));
		for (left = n; left; ) {
			ssize_t moved = splice(out[0], NULL, self->c, NULL, left, 0);

			ASSERT_LT(0, moved);
			left -= moved;
		}
	}
	EXPECT_SUNK(sink, thread);

	ASSERT_EQ(4, send(self->child, "back", 4, 0));
	EXPECT_EQ(4, splice(self->c, NULL, in[1], NULL, 4, 0));
	EXPECT_EQ(4, read(in[0], sink.data, 4));
	EXPECT_EQ(0, memcmp("back", sink.data, 4));
}

TEST_F(pass, zerocopy)
{
	char control[256];
	struct msghdr msg = { .msg_control = control, .msg_controllen = sizeof(control) };
	struct sock_extended_err *done = NULL;
	struct cmsghdr *cmsg;
	pthread_t thread;
	ssize_t n, sent;
	int on = 1;

	ASSERT_EQ(0, setsockopt(self->c, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)));
	START_SINK(sink, thread, self->child);
	for (sent = 0; sent < SIZE; sent += n) {
		n = send(self->c, self->data + sent, SIZE - sent, MSG_ZEROCOPY);
		ASSERT_LT(0, n);
	}
	EXPECT_SUNK(sink, thread);
	EXPECT_TRUE(revents_of(self->c, 0, 60000) & POLLERR);
	EXPECT_EQ(0, recvmsg(self->c, &msg, MSG_ERRQUEUE));
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
		done = (void *)CMSG_DATA(cmsg);
	ASSERT_NE(NULL, done);
	EXPECT_EQ(SO_EE_ORIGIN_ZEROCOPY, done->ee_origin);
}

/* The administrator's view. */
TEST_F(pass, ss_shows_it)
{
	struct name local = local_name(self->c);
	char port[16], line[2048];
	bool established = false, inode = false;
	FILE *pipe;

	snprintf(port, sizeof(port), ":%d ", name_port(&local));
	fflush(stdout);
	pipe = popen("ss -tneiOH state established", "re");
	ASSERT_NE(NULL, pipe);
	while (fgets(line, sizeof(line), pipe)) {
		if (!strstr(line, port))
			continue;
		established = true;
		inode |= strstr(line, "ino:") && strstr(line, "rto:");
	}
	EXPECT_EQ(0, pclose(pipe));
	EXPECT_TRUE(established);
	EXPECT_TRUE(inode);
}

TEST_F(pass, names_itself_an_inet_socket)
{
	static const int names[] = { SO_DOMAIN, SO_TYPE, SO_PROTOCOL, SO_ACCEPTCONN };
	int want[] = { self->sort->af, SOCK_STREAM, IPPROTO_TCP, 0 }, value, fds[2], i, j;
	char link[64], path[64];
	socklen_t len;
	ssize_t n;

	fds[0] = self->c;
	fds[1] = self->child;
	for (i = 0; i < 2; i++) {
		for (j = 0; j < 4; j++) {
			len = sizeof(value);
			value = -1;
			EXPECT_EQ(0, getsockopt(fds[i], SOL_SOCKET, names[j], &value, &len));
			EXPECT_EQ(want[j], value);
		}
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[i]);
		n = readlink(path, link, sizeof(link) - 1);
		ASSERT_LT(0, n);
		link[n] = 0;
		EXPECT_EQ(0, strncmp(link, "socket:[", 8));
	}
}

TEST_F(pass, urgent_data)
{
	char octet = 0;

	EXPECT_EQ(1, send(self->c, "u", 1, MSG_OOB));
	EXPECT_TRUE(revents_of(self->child, POLLPRI, 60000) & POLLPRI);
	EXPECT_EQ(1, recv(self->child, &octet, 1, MSG_OOB));
	EXPECT_EQ('u', octet);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
