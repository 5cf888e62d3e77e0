// SPDX-License-Identifier: GPL-2.0
/* accept(2) on a WSA listener makes WSA sockets. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(accept) {
	const struct sort *sort;
	struct name here;
	int l;
};

SORTS(accept);

FIXTURE_SETUP(accept)
{
	netns_fresh();
	self->sort = &variant->sort;
	self->l = open_sort(self->sort, SOCK_STREAM);
	self->here = loopback(self->sort, 0);
	ASSERT_EQ(0, bind(self->l, &self->here.sa, self->here.len));
	ASSERT_EQ(0, listen(self->l, 8));
	self->here = local_name(self->l);
}

FIXTURE_TEARDOWN(accept)
{
	COUNTERS_BALANCE();
}

static int client(const struct sort *sort, const struct name *at)
{
	struct sort plain = *sort;
	int fd;

	plain.door = PLAIN;
	fd = open_sort(&plain, SOCK_STREAM);
	return connect(fd, &at->sa, at->len) ? -1 : fd;
}

TEST_F(accept, nobody_there__r94)
{
	struct snapshot before;
	int i;

	set_nonblock(self->l, true);
	take_snapshot(self->l, &before);
	for (i = 0; i < 50; i++) {
		EXPECT_EQ(-1, accept(self->l, NULL, NULL));
		EXPECT_EQ(EAGAIN, errno);
	}
	EXPECT_TRUE(unchanged(self->l, &before));
	EXPECT_EQ(0, wsa_counter("ACCEPTED"));
	EXPECT_EQ(wsa_counter("SOCKETS_GONE") + 1, wsa_counter("SOCKETS_MADE"));
}

TEST_F(accept, not_listening)
{
	struct snapshot before;
	int s = open_sort(self->sort, SOCK_STREAM), d = open_sort(self->sort, SOCK_DGRAM);

	take_snapshot(s, &before);
	EXPECT_EQ(-1, accept(s, NULL, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(unchanged(s, &before));
	EXPECT_EQ(-1, accept(d, NULL, NULL));
	EXPECT_EQ(EOPNOTSUPP, errno);
}

TEST_F(accept, flags)
{
	static const int flags[] = { 0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK | SOCK_CLOEXEC };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		int child;

		ASSERT_LE(0, client(self->sort, &self->here));
		child = accept4(self->l, NULL, NULL, flags[i]);
		ASSERT_LE(0, child);
		EXPECT_EQ(flags[i] & SOCK_NONBLOCK ? O_NONBLOCK : 0,
			  fcntl(child, F_GETFL) & O_NONBLOCK);
		EXPECT_EQ(flags[i] & SOCK_CLOEXEC ? FD_CLOEXEC : 0, fcntl(child, F_GETFD));
	}
	EXPECT_EQ(-1, accept4(self->l, NULL, NULL, 0x10));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(accept, child_is_a_wsa_socket__r94)
{
	struct name from = { .len = sizeof(from.octets) }, theirs;
	int c = client(self->sort, &self->here), child;
	struct wsa_state state;

	memset(from.octets, 0xa5, sizeof(from.octets));
	child = accept(self->l, &from.sa, &from.len);
	ASSERT_LE(0, child);
	theirs = local_name(c);
	EXPECT_TRUE(same_name(&from, &theirs));

	state = state_of(child);
	EXPECT_EQ(WSA_STATE_CONNECTED, state.state);
	EXPECT_EQ(WSA_STATE_F_BOUND, state.flags);
	EXPECT_EQ(0, state.attempt);
	EXPECT_EQ(0, state.so_error);
	EXPECT_EQ(theirs.len, state.peer_len);
	EXPECT_EQ(0, memcmp(state.peer, theirs.octets, theirs.len));
	EXPECT_TRUE(pass_octet(c, child));
	EXPECT_TRUE(pass_octet(child, c));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(child, &self->here));
	EXPECT_EQ(-1, setsockopt(child, SOL_TCP, TCP_ULP, "tls", 4));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(1, wsa_counter("ACCEPTED"));
}

TEST_F(accept, compat_is_inherited__r225)
{
	int child[2];

	ASSERT_LE(0, client(self->sort, &self->here));
	child[0] = accept(self->l, NULL, NULL);
	ASSERT_EQ(0, set_compat(self->l, WSA_COMPAT_WINDOWS));
	ASSERT_LE(0, client(self->sort, &self->here));
	child[1] = accept(self->l, NULL, NULL);
	EXPECT_EQ(WSA_COMPAT_DOCUMENTED, state_of(child[0]).compat);
	EXPECT_EQ(WSA_COMPAT_WINDOWS, state_of(child[1]).compat);
	ASSERT_EQ(0, set_compat(self->l, WSA_COMPAT_DOCUMENTED));
	EXPECT_EQ(WSA_COMPAT_WINDOWS, state_of(child[1]).compat);
}

TEST_F(accept, children_outlive_their_listener)
{
	int c = client(self->sort, &self->here), child = accept(self->l, NULL, NULL);

	EXPECT_EQ(0, close(self->l));
	EXPECT_TRUE(pass_octet(c, child));
	EXPECT_EQ(0, shutdown(child, SHUT_WR));
	EXPECT_EQ(WSA_STATE_F_BOUND | WSA_STATE_F_SHUT_WR, state_of(child).flags);
	EXPECT_TRUE(revents_of(c, POLLRDHUP, 60000) & POLLRDHUP);
}

TEST_F(accept, connection_reset_in_the_queue)
{
	struct linger now = { .l_onoff = 1 };
	int c = client(self->sort, &self->here), child;

	setsockopt(c, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(c);
	set_nonblock(self->l, true);
	child = accept(self->l, NULL, NULL);
	ASSERT_LE(0, child);
	EXPECT_EQ(WSA_STATE_CLOSED, state_of(child).state);
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(child, &self->here));
}

/* Running out of descriptors must not lose what the module allocated. */
TEST_F(accept, no_descriptor_left)
{
	struct rlimit limit = { 64, 64 };
	int fds[64], n = 0, child;

	ASSERT_LE(0, client(self->sort, &self->here));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	while ((fds[n] = dup(0)) >= 0)
		n++;
	EXPECT_EQ(-1, accept(self->l, NULL, NULL));
	EXPECT_EQ(EMFILE, errno);
	close(fds[--n]);
	child = accept(self->l, NULL, NULL);
	EXPECT_LE(0, child);
	close(child);
	while (n)
		close(fds[--n]);
	EXPECT_EQ(1, wsa_counter("ACCEPTED"));
}

static void *accept_thread(void *arg)
{
	return (void *)(long)accept(*(int *)arg, NULL, NULL);
}

TEST_F(accept, waiting_call_gets_the_connection)
{
	pthread_t thread;
	void *child = (void *)-1L;

	ASSERT_EQ(0, pthread_create(&thread, NULL, accept_thread, &self->l));
	usleep(100000);
	ASSERT_LE(0, client(self->sort, &self->here));
	pthread_join(thread, &child);
	ASSERT_LE(0, (long)child);
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of((long)child).state);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
