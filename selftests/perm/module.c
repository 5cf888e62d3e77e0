// SPDX-License-Identifier: GPL-2.0
/* Loading and unloading: who holds the module, and which family numbers it takes. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "module.h"
#include "netns.h"
#include "sockets.h"

FIXTURE(module) {
	int family;
};

static const struct sort plain4 = { PLAIN, AF_INET, false };

FIXTURE_SETUP(module)
{
	self->family = module_family();
	ASSERT_LE(0, self->family);
	netns_fresh();
}

/* Whatever happened, the next test finds the module as this one did. */
FIXTURE_TEARDOWN(module)
{
	if (module_family() != self->family) {
		module_unload_soon();
		EXPECT_EQ(0, module_load(""));
	}
}

static bool gone(void)
{
	struct stat st;

	return stat("/sys/module/wsa", &st) && stat("/dev/wsa", &st) &&
	       stat("/proc/thread-self/net/wsa", &st);
}

#define EXPECT_HELD() \
	do { \
		EXPECT_EQ(-1, module_unload()); \
		EXPECT_EQ(EAGAIN, errno); \
	} while (0)

TEST_F(module, held_by_a_socket)
{
	struct name here = loopback(&plain4, 0);
	int family, adopt, dgram, raw, l, c, child, dev;

	family = open_proto(FAMILY, AF_INET, SOCK_STREAM, 0);
	EXPECT_HELD();
	close(family);
	adopt = open_proto(ADOPT, AF_INET6, SOCK_STREAM, 0);
	EXPECT_HELD();
	close(adopt);
	dgram = open_proto(FAMILY, AF_INET, SOCK_DGRAM, 0);
	EXPECT_HELD();
	close(dgram);
	raw = open_proto(ADOPT, AF_INET, SOCK_RAW, IPPROTO_ICMP);
	EXPECT_HELD();
	close(raw);
	dev = open("/dev/wsa", O_RDWR);
	EXPECT_HELD();
	close(dev);

	l = open_proto(FAMILY, AF_INET, SOCK_STREAM, 0);
	bind(l, &here.sa, here.len);
	listen(l, 1);
	here = local_name(l);
	c = open_sort(&plain4, SOCK_STREAM);
	ASSERT_EQ(0, connect(c, &here.sa, here.len));
	child = accept(l, NULL, NULL);
	close(l);
	EXPECT_HELD();			/* by the child alone */
	close(child);
	EXPECT_EQ(0, module_unload());
	EXPECT_TRUE(gone());
}

/* The last reference of an adopted or accepted socket was not given back twice either. */
TEST_F(module, held_by_nothing)
{
	struct name at;
	int i, s;

	listener_at(&plain4, &at);
	for (i = 0; i < 10; i++) {
		s = open_proto(i & 1 ? ADOPT : FAMILY, AF_INET, SOCK_STREAM, 0);
		ASSERT_EQ(0, connect(s, &at.sa, at.len));
		close(s);		/* TIME_WAIT, or FIN_WAIT for a while: not ours */
	}
	EXPECT_EQ(0, wsa_references());
	EXPECT_EQ(0, module_unload());
	EXPECT_TRUE(gone());
	EXPECT_EQ(-1, socket(self->family, SOCK_STREAM, WSA_PROTO(AF_INET, 0)));
	EXPECT_EQ(EAFNOSUPPORT, errno);
}

TEST_F(module, not_held_after_its_namespace_died)
{
	struct name at;
	int s, i, child;
	pid_t pid = fork();

	if (!pid) {
		netns_fresh();
		netns_dummies();
		at = name_of("10.9.0.2", 5);
		for (i = 0; i < 8; i++) {
			s = open_proto(i & 1 ? ADOPT : FAMILY, AF_INET,
				       (i & 2 ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);
			connect(s, &at.sa, at.len);
		}
		pause();
	}
	for (i = 0; i < 600 && wsa_references() != 8; i++)
		usleep(100000);
	EXPECT_EQ(8, wsa_references());
	EXPECT_HELD();
	kill(pid, SIGKILL);
	waitpid(pid, &child, 0);
	EXPECT_EQ(0, module_unload_soon());
}

static int features_family(void)
{
	struct wsa_features arg = { .size = sizeof(arg) };
	int dev = open("/dev/wsa", O_RDWR | O_CLOEXEC), ret;

	ret = ioctl(dev, WSA_IOC_FEATURES, &arg);
	close(dev);
	return ret ? -1 : (int)arg.family;
}

TEST_F(module, family_22)
{
	int s;

	ASSERT_EQ(0, module_unload());
	ASSERT_EQ(0, module_load("family=22"));
	EXPECT_EQ(22, wsa_family());
	EXPECT_EQ(22, features_family());
	s = open_proto(FAMILY, AF_INET, SOCK_STREAM, 0);
	EXPECT_LE(0, s);
	close(s);
	EXPECT_EQ(-1, socket(18, SOCK_STREAM, WSA_PROTO(AF_INET, 0)));
	EXPECT_EQ(EAFNOSUPPORT, errno);
	EXPECT_EQ(0, module_unload());
	EXPECT_EQ(-1, socket(22, SOCK_STREAM, WSA_PROTO(AF_INET, 0)));
}

TEST_F(module, family_0_leaves_the_adopt_door)
{
	struct name at;
	int s;

	listener_at(&plain4, &at);
	ASSERT_EQ(0, module_unload());
	ASSERT_EQ(0, module_load("family=0"));
	EXPECT_EQ(0, features_family());
	EXPECT_EQ(-1, socket(18, SOCK_STREAM, WSA_PROTO(AF_INET, 0)));
	EXPECT_EQ(EAFNOSUPPORT, errno);
	EXPECT_EQ(-1, socket(0, SOCK_STREAM, WSA_PROTO(AF_INET, 0)));
	s = open_proto(ADOPT, AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, s);
	EXPECT_CONNECTED(connect_to(s, &at));
	close(s);
	EXPECT_EQ(0, module_unload());
}

/* The line in the log is the only place where the reason can be told. */
static bool log_says(const char *text)
{
	static char line[8192];
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool found = false;
	ssize_t n;

	while ((n = read(fd, line, sizeof(line) - 1)) > 0 || errno == EPIPE) {
		line[n > 0 ? n : 0] = 0;
		found |= !!strstr(line, text);
	}
	close(fd);
	return found;
}

TEST_F(module, family_taken_or_out_of_range)
{
	static const struct {
		const char *parameters, *says;
		int error;
	} rows[] = {
		{ "family=2", "wsa: family 2 is taken", EEXIST },
		{ "family=10", "wsa: family 10 is taken", EEXIST },
		{ "family=46", "wsa: family=46 is out of range", EINVAL },
		{ "family=-1", "wsa: family=-1 is out of range", EINVAL },
		{ "family=1000000", "wsa: family=1000000 is out of range", EINVAL },
	};
	unsigned int i;

	ASSERT_EQ(0, module_unload());
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		EXPECT_EQ(-1, module_load(rows[i].parameters));
		EXPECT_EQ(rows[i].error, errno);
		EXPECT_TRUE(log_says(rows[i].says));
		EXPECT_TRUE(gone());
	}
	EXPECT_EQ(0, module_load(""));		/* undone well enough to do it again */
	EXPECT_EQ(18, wsa_family());
}

TEST_F(module, loaded_once)
{
	EXPECT_EQ(-1, module_load(""));
	EXPECT_EQ(EEXIST, errno);
}

/* Plain sockets made before, during and after work all the same. */
TEST_F(module, plain_sockets_do_not_notice)
{
	int l, c[3], child[3], i, j;
	struct name at;

	l = listener_at(&plain4, &at);
	for (i = 0; i < 3; i++) {
		c[i] = open_sort(&plain4, SOCK_STREAM);
		EXPECT_EQ(0, connect(c[i], &at.sa, at.len));
		child[i] = accept(l, NULL, NULL);
		for (j = 0; j <= i; j++)
			EXPECT_TRUE(pass_octet(c[j], child[j]));
		if (i == 0)
			ASSERT_EQ(0, module_unload());
		if (i == 1)
			ASSERT_EQ(0, module_load(""));
	}
}

/* After a WSA socket was refused TLS, the first plain one to use it, and an unload. */
TEST_F(module, tls_template_is_not_ours)
{
	int s = open_proto(FAMILY, AF_INET, SOCK_STREAM, 0), c, child, l;
	struct name at;

	l = listener_at(&plain4, &at);
	EXPECT_EQ(0, connect(s, &at.sa, at.len));
	EXPECT_EQ(-1, setsockopt(s, SOL_TCP, TCP_ULP, "tls", 4));
	close(s);
	close(accept(l, NULL, NULL));
	c = open_sort(&plain4, SOCK_STREAM);
	EXPECT_EQ(0, connect(c, &at.sa, at.len));
	child = accept(l, NULL, NULL);
	EXPECT_EQ(0, setsockopt(c, SOL_TCP, TCP_ULP, "tls", 4));
	EXPECT_EQ(0, module_unload());
	EXPECT_TRUE(pass_octet(c, child));
	EXPECT_TRUE(pass_octet(child, c));
	close(c);
}

TEST_HARNESS_MAIN
