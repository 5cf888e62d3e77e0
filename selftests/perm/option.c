// SPDX-License-Identifier: GPL-2.0
/* What would take a socket out of our hands is refused; everything else passes. */
#include <errno.h>
#include <linux/tls.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(option) {
	const struct sort *sort;
	struct name at;
	int l, s;
};

SORTS(option);

FIXTURE_SETUP(option)
{
	netns_fresh();
	self->sort = &variant->sort;
	self->l = listener_at(self->sort, &self->at);
	self->s = open_sort(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(option)
{
	COUNTERS_BALANCE();
}

/* Two ends of a plain connection that speak TLS records. */
static bool tls_works(void)
{
	struct tls12_crypto_info_aes_gcm_128 key = {
		.info = { .version = TLS_1_2_VERSION, .cipher_type = TLS_CIPHER_AES_GCM_128 },
	};
	struct sort plain = { PLAIN, AF_INET, false };
	struct name at;
	int l = listener_at(&plain, &at), c, child;

	c = open_sort(&plain, SOCK_STREAM);
	if (connect(c, &at.sa, at.len))
		return false;
	child = accept(l, NULL, NULL);
	return !setsockopt(c, SOL_TCP, TCP_ULP, "tls", sizeof("tls")) &&
	       !setsockopt(child, SOL_TCP, TCP_ULP, "tls", sizeof("tls")) &&
	       !setsockopt(c, SOL_TLS, TLS_TX, &key, sizeof(key)) &&
	       !setsockopt(child, SOL_TLS, TLS_RX, &key, sizeof(key)) &&
	       pass_octet(c, child);
}

/* The first TLS user's operations are the template for all others: not ours, ever. */
TEST_F(option, upper_layer_protocols)
{
	int child;

	EXPECT_EQ(-1, setsockopt(self->s, SOL_TCP, TCP_ULP, "tls", sizeof("tls")));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_CONNECTED(connect_to(self->s, &self->at));
	EXPECT_EQ(-1, setsockopt(self->s, SOL_TCP, TCP_ULP, "tls", sizeof("tls")));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_EQ(-1, setsockopt(self->s, SOL_TCP, TCP_ULP, "mptcp", sizeof("mptcp")));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_TRUE(tls_works());
	child = accept(self->l, NULL, NULL);
	EXPECT_TRUE(pass_octet(self->s, child));
	EXPECT_OUTCOME(EISCONN, WSAEISCONN, WSA_REASON_CONNECTED, connect_to(self->s, &self->at));
}

TEST_F(option, fastopen_connect)
{
	int on = 1;
	struct snapshot before;

	take_snapshot(self->s, &before);
	EXPECT_EQ(-1, setsockopt(self->s, SOL_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)));
	EXPECT_EQ(ENOPROTOOPT, errno);
	EXPECT_TRUE(unchanged(self->s, &before));
}

/* Connects without connect(2), and so past everyone who watches that. */
TEST_F(option, fastopen_send)
{
	struct snapshot before;
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_name = &self->at.sa, .msg_namelen = self->at.len,
		.msg_iov = &iov, .msg_iovlen = 1,
	};
	struct mmsghdr two = { .msg_hdr = msg };
	struct name closed;

	sysctl_write("/proc/sys/net/ipv4/tcp_fastopen", "1543");
	take_snapshot(self->s, &before);
	EXPECT_EQ(-1, sendto(self->s, "x", 1, MSG_FASTOPEN, &self->at.sa, self->at.len));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, sendmsg(self->s, &msg, MSG_FASTOPEN));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(-1, sendmmsg(self->s, &two, 1, MSG_FASTOPEN));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_TRUE(unchanged(self->s, &before));

	closed_port(self->sort, &closed);
	connect_to(self->s, &closed);		/* failed, which is no other thing */
	EXPECT_EQ(-1, sendto(self->s, "x", 1, MSG_FASTOPEN, &self->at.sa, self->at.len));
	EXPECT_EQ(EOPNOTSUPP, errno);
	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
	set_nonblock(self->l, true);
	EXPECT_EQ(-1, accept(self->l, NULL, NULL));
}

TEST_F(option, addrform)
{
	int ipv4 = AF_INET, domain = -1;
	socklen_t len = sizeof(domain);

	EXPECT_CONNECTED(connect_to(self->s, &self->at));
	EXPECT_EQ(-1, setsockopt(self->s, SOL_IPV6, IPV6_ADDRFORM, &ipv4, sizeof(ipv4)));
	EXPECT_EQ(ENOPROTOOPT, errno);
	getsockopt(self->s, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	EXPECT_EQ(self->sort->af, domain);
	EXPECT_EQ(WSA_STATE_CONNECTED, state_of(self->s).state);
}

TEST_F(option, others_pass)
{
	int value = 1, got = -1;
	socklen_t len = sizeof(got);

	EXPECT_EQ(0, setsockopt(self->s, SOL_TCP, TCP_NODELAY, &value, sizeof(value)));
	EXPECT_EQ(0, getsockopt(self->s, SOL_TCP, TCP_NODELAY, &got, &len));
	EXPECT_EQ(1, got);
	value = 30000;
	EXPECT_EQ(0, setsockopt(self->s, SOL_SOCKET, SO_RCVBUF, &value, sizeof(value)));
	EXPECT_EQ(-1, setsockopt(self->s, SOL_TCP, 9999, &value, sizeof(value)));
	EXPECT_EQ(ENOPROTOOPT, errno);
}

/* The same calls on a plain socket go on doing what they did. */
TEST_F(option, plain_sockets_are_untouched)
{
	struct sort plain = *self->sort;
	int s, on = 1;

	plain.door = PLAIN;
	s = open_sort(&plain, SOCK_STREAM);
	EXPECT_EQ(0, setsockopt(s, SOL_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on)));
	s = open_sort(&plain, SOCK_STREAM);
	sysctl_write("/proc/sys/net/ipv4/tcp_fastopen", "1543");
	EXPECT_NE(EOPNOTSUPP, sendto(s, "x", 1, MSG_FASTOPEN, &self->at.sa, self->at.len) < 0 ?
		  errno : 0);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
