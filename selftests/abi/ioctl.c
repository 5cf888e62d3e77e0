// SPDX-License-Identifier: GPL-2.0
/*
 * Every request of the interface: what it answers, and that a refused one changes
 * neither the structure nor the socket. compat32.c is this in 32 bits.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include <linux/wsa.h>
#include <linux/wsa_errors.h>

#define POISON 0xa5

static int wsa_device(void)
{
	return open("/dev/wsa", O_RDWR | O_CLOEXEC);
}

static int error_of(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg) ? errno : 0;
}

static int family_number(void)
{
	FILE *file = fopen("/sys/module/wsa/parameters/family", "re");
	int number = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%d", &number) != 1)
		number = -1;
	fclose(file);
	return number;
}

static int adopt(int device, int fd)
{
	struct wsa_adopt arg = { .size = sizeof(arg), .fd = fd };

	return error_of(device, WSA_IOC_ADOPT, &arg);
}

static int adopted(int type)
{
	int device = wsa_device(), fd = socket(AF_INET, type, 0);

	if (adopt(device, fd)) {
		close(fd);
		fd = -1;
	}
	close(device);
	return fd;
}

static struct wsa_state state_of(int fd)
{
	struct wsa_state state;

	memset(&state, POISON, sizeof(state));
	state.size = sizeof(state);
	state.flags = 0;
	state.reserved = 0;
	if (error_of(fd, WSA_IOC_STATE, &state))
		memset(&state, POISON, sizeof(state));
	return state;
}

static struct sockaddr_in loopback(unsigned short port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* A port where nobody listens: bound, so that nobody will. */
static int quiet_port(struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*at = loopback(0);
	if (bind(fd, (struct sockaddr *)at, len) || getsockname(fd, (struct sockaddr *)at, &len)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Every request, with the size of its structure. */
static const struct {
	const char *name;
	unsigned long request;
	unsigned int size;
	bool on_device;
} requests[] = {
	{ "FEATURES", WSA_IOC_FEATURES, sizeof(struct wsa_features), true },
	{ "ADOPT", WSA_IOC_ADOPT, sizeof(struct wsa_adopt), true },
	{ "ATTEMPT", WSA_IOC_ATTEMPT, sizeof(struct wsa_attempt), false },
	{ "STATE", WSA_IOC_STATE, sizeof(struct wsa_state), false },
	{ "CANCEL", WSA_IOC_CANCEL, sizeof(struct wsa_cancel), false },
	{ "COMPAT", WSA_IOC_COMPAT, sizeof(struct wsa_compat_set), false },
	{ "CHECK", WSA_IOC_CHECK, sizeof(struct wsa_check), false },
	{ "EVENT_SELECT", WSA_IOC_EVENT_SELECT, sizeof(struct wsa_event_select), false },
	{ "EVENT_ENUM", WSA_IOC_EVENT_ENUM, sizeof(struct wsa_event_enum), false },
	{ "QOS_SET", WSA_IOC_QOS_SET, sizeof(struct wsa_qos_set), false },
	{ "QOS_GET", WSA_IOC_QOS_GET, sizeof(struct wsa_qos_get), false },
	{ "ACCEPT_LOOK", WSA_IOC_ACCEPT_LOOK, sizeof(struct wsa_accept_look), false },
};

#define REQUESTS (sizeof(requests) / sizeof(requests[0]))

FIXTURE(ioctl) {
	int device;
	int s;
	struct wsa_state before;
};

FIXTURE_SETUP(ioctl)
{
	self->device = wsa_device();
	ASSERT_LE(0, self->device);
	self->s = adopted(SOCK_STREAM);
	ASSERT_LE(0, self->s);
	self->before = state_of(self->s);
	ASSERT_EQ(sizeof(struct wsa_state), self->before.size);
}

FIXTURE_TEARDOWN(ioctl)
{
	close(self->s);
	close(self->device);
}

/* Refused with @error, and nothing was changed: neither @octets nor the socket. */
#define EXPECT_REFUSED(i, error, octets, n) do { \
	unsigned char kept[5000]; \
	struct wsa_state now; \
	memcpy(kept, octets, n); \
	EXPECT_EQ(error, error_of(requests[i].on_device ? self->device : self->s, \
				  requests[i].request, octets)) \
		TH_LOG("%s", requests[i].name); \
	EXPECT_EQ(0, memcmp(kept, octets, n)) \
		TH_LOG("%s: the structure was changed", requests[i].name); \
	now = state_of(self->s); \
	EXPECT_EQ(0, memcmp(&self->before, &now, sizeof(now))); \
} while (0)

static void set_size(unsigned char *octets, unsigned int size)
{
	memcpy(octets, &size, 4);
}

/* Octets of the first version, where there were several. */
static unsigned int first_size(size_t i)
{
	return requests[i].request == WSA_IOC_QOS_GET ? WSA_QOS_GET_SIZE_FIRST : requests[i].size;
}

TEST_F(ioctl, every_request__size_below_the_first)
{
	unsigned char octets[5000];
	unsigned int size;
	size_t i;

	for (i = 0; i < REQUESTS; i++) {
		for (size = 0; size < first_size(i); size++) {
			memset(octets, 0, sizeof(octets));
			set_size(octets, size);
			EXPECT_REFUSED(i, EINVAL, octets, requests[i].size);
		}
	}
}

TEST_F(ioctl, every_request__unknown_octets_that_are_not_zero)
{
	unsigned char octets[5000];
	size_t i;

	for (i = 0; i < REQUESTS; i++) {
		memset(octets, 0, sizeof(octets));
		set_size(octets, requests[i].size + 8);
		octets[requests[i].size + 7] = 1;
		EXPECT_REFUSED(i, E2BIG, octets, requests[i].size + 8);
	}
}

TEST_F(ioctl, every_request__size_above_a_page)
{
	unsigned char octets[5000] = { 0 };
	size_t i;

	for (i = 0; i < REQUESTS; i++) {
		set_size(octets, 4097);
		EXPECT_REFUSED(i, E2BIG, octets, 4097);
		set_size(octets, 0xffffffff);
		EXPECT_REFUSED(i, E2BIG, octets, 4097);
	}
}

TEST_F(ioctl, every_request__unknown_flags)
{
	unsigned char octets[128];
	unsigned int bit, flags;
	size_t i;

	for (i = 0; i < REQUESTS; i++) {
		for (bit = 0; bit < 32; bit++) {
			memset(octets, 0, sizeof(octets));
			set_size(octets, requests[i].size);
			flags = 1U << bit;
			memcpy(octets + 4, &flags, 4);
			if (requests[i].request == WSA_IOC_QOS_SET && flags == WSA_QOS_SET_UNSTAGE)
				continue;	/* the only one that is right by itself */
			EXPECT_REFUSED(i, EINVAL, octets, requests[i].size);
		}
	}
}

TEST_F(ioctl, every_request__bad_pointer)
{
	size_t i;

	for (i = 0; i < REQUESTS; i++) {
		int fd = requests[i].on_device ? self->device : self->s;

		EXPECT_EQ(EFAULT, error_of(fd, requests[i].request, NULL));
		EXPECT_EQ(EFAULT, error_of(fd, requests[i].request, (void *)-4L));
	}
}

TEST_F(ioctl, every_request__at_the_other_file)
{
	unsigned char octets[128] = { 0 };
	int plain = socket(AF_INET, SOCK_STREAM, 0);
	size_t i;

	ASSERT_LE(0, plain);
	for (i = 0; i < REQUESTS; i++) {
		set_size(octets, requests[i].size);
		EXPECT_EQ(ENOTTY, error_of(requests[i].on_device ? self->s : self->device,
					   requests[i].request, octets));
		EXPECT_EQ(ENOTTY, error_of(plain, requests[i].request, octets));
	}
	close(plain);
}

TEST_F(ioctl, unknown_request)
{
	unsigned char octets[128] = { 0 };
	unsigned int number;

	for (number = REQUESTS; number < 256; number++) {
		if (number >= 0x20 && number <= 0x24)
			continue;
		EXPECT_EQ(ENOTTY, error_of(self->s, _IO(WSA_IOC_MAGIC, number), octets));
		EXPECT_EQ(ENOTTY, error_of(self->device, _IO(WSA_IOC_MAGIC, number), octets));
	}
}

TEST_F(ioctl, reserved_fields)
{
	struct wsa_compat_set compat = {
		.size = sizeof(compat), .compat = WSA_COMPAT_WINDOWS, .reserved = 1,
	};
	struct wsa_state state = { .size = sizeof(state), .reserved = 1 };
	struct wsa_check check = { .size = sizeof(check), .reserved = 1 };

	EXPECT_REFUSED(3, EINVAL, &state, sizeof(state));
	EXPECT_REFUSED(5, EINVAL, &compat, sizeof(compat));
	EXPECT_REFUSED(6, EINVAL, &check, sizeof(check));
}

/* A newer program asks an older kernel: what that does not know reads as zero. */
TEST_F(ioctl, state__of_a_newer_program)
{
	struct {
		struct wsa_state known;
		unsigned char unknown[64];
		unsigned char behind[8];
	} arg = { .known = { .size = sizeof(struct wsa_state) + 64 } };
	unsigned char zero[64] = { 0 }, poison[8];

	memset(arg.behind, POISON, sizeof(arg.behind));
	memset(poison, POISON, sizeof(poison));
	memset(&arg.known.state, POISON, 20);
	EXPECT_EQ(0, error_of(self->s, WSA_IOC_STATE, &arg));
	EXPECT_EQ(sizeof(struct wsa_state) + 64, arg.known.size);
	EXPECT_EQ(WSA_STATE_IDLE, arg.known.state);
	EXPECT_EQ(0, arg.known.attempt);
	EXPECT_EQ(0, memcmp(arg.unknown, zero, sizeof(zero)));
	EXPECT_EQ(0, memcmp(arg.behind, poison, sizeof(poison)));
}

TEST_F(ioctl, features)
{
	struct wsa_features arg;

	memset(&arg, POISON, sizeof(arg));
	arg.size = sizeof(arg);
	arg.flags = 0;
	EXPECT_EQ(0, error_of(self->device, WSA_IOC_FEATURES, &arg));
	EXPECT_EQ(sizeof(arg), arg.size);
	EXPECT_EQ(0, arg.flags);
	EXPECT_EQ(WSA_ABI, arg.abi);
	EXPECT_EQ(family_number(), (int)arg.family);
	EXPECT_EQ(WSA_FEATURE_CONNECT | WSA_FEATURE_DGRAM | WSA_FEATURE_CANCEL |
		  WSA_FEATURE_COMPAT | WSA_FEATURE_CHECK, arg.features & 0x1f);
}

TEST_F(ioctl, adopt__refusals)
{
	int pipes[2], local, bound, fresh;
	struct sockaddr_in at = loopback(0);
	struct wsa_adopt arg = { .size = sizeof(arg), .compat = 2 };

	ASSERT_EQ(0, pipe(pipes));
	local = socket(AF_UNIX, SOCK_STREAM, 0);
	bound = socket(AF_INET, SOCK_STREAM, 0);
	fresh = socket(AF_INET, SOCK_STREAM, 0);
	ASSERT_LE(0, local);
	ASSERT_EQ(0, bind(bound, (struct sockaddr *)&at, sizeof(at)));

	EXPECT_EQ(EBADF, adopt(self->device, -1));
	EXPECT_EQ(EBADF, adopt(self->device, 1000));
	EXPECT_EQ(ENOTSOCK, adopt(self->device, pipes[0]));
	EXPECT_EQ(EOPNOTSUPP, adopt(self->device, local));
	EXPECT_EQ(EISCONN, adopt(self->device, bound));
	EXPECT_EQ(EALREADY, adopt(self->device, self->s));
	arg.fd = fresh;
	EXPECT_EQ(EINVAL, error_of(self->device, WSA_IOC_ADOPT, &arg));

	/* none of them is, and the last can still become a WSA socket */
	EXPECT_EQ(ENOTTY, error_of(fresh, WSA_IOC_STATE, &self->before));
	EXPECT_EQ(ENOTTY, error_of(bound, WSA_IOC_STATE, &self->before));
	EXPECT_EQ(0, adopt(self->device, fresh));
	EXPECT_EQ(WSA_STATE_IDLE, state_of(fresh).state);
	close(pipes[0]);
	close(pipes[1]);
	close(local);
	close(bound);
	close(fresh);
}

TEST_F(ioctl, adopt__keeps_the_descriptor)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int value = 0;
	socklen_t len = sizeof(value);

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, adopt(self->device, fd));
	EXPECT_EQ(FD_CLOEXEC, fcntl(fd, F_GETFD));
	EXPECT_NE(0, fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_EQ(0, getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &value, &len));
	EXPECT_EQ(AF_INET6, value);
	close(fd);
}

TEST_F(ioctl, attempt__of_a_refusal__r71_r83_r88)
{
	struct sockaddr_in at;
	struct wsa_attempt arg;
	int quiet = quiet_port(&at);

	ASSERT_LE(0, quiet);
	ASSERT_EQ(-1, connect(self->s, (struct sockaddr *)&at, sizeof(at)));
	ASSERT_EQ(ECONNREFUSED, errno);

	memset(&arg, POISON, sizeof(arg));
	arg.size = sizeof(arg);
	arg.flags = 0;
	arg.error = ECONNREFUSED;
	EXPECT_EQ(0, error_of(self->s, WSA_IOC_ATTEMPT, &arg));
	EXPECT_EQ(sizeof(arg), arg.size);
	EXPECT_EQ(1, arg.attempt);
	EXPECT_EQ(ECONNREFUSED, arg.error);
	EXPECT_EQ(WSAECONNREFUSED, arg.wsa);
	EXPECT_EQ(WSA_REASON_REFUSED, arg.reason);

	/* read once, it is gone: this is the plain translation */
	EXPECT_EQ(0, error_of(self->s, WSA_IOC_ATTEMPT, &arg));
	EXPECT_EQ(WSAECONNREFUSED, arg.wsa);
	EXPECT_EQ(WSA_REASON_OTHER, arg.reason);
	EXPECT_EQ(1, arg.attempt);

	EXPECT_EQ(0, state_of(self->s).so_error);
	EXPECT_EQ(WSA_STATE_FAILED, state_of(self->s).state);
	close(quiet);
}

/* A security module answered in our place: its errno is not the one on record. */
TEST_F(ioctl, attempt__of_another_errno__r81)
{
	struct wsa_attempt arg = { .size = sizeof(arg), .error = EACCES };

	EXPECT_EQ(0, error_of(self->s, WSA_IOC_ATTEMPT, &arg));
	EXPECT_EQ(WSAEACCES, arg.wsa);
	EXPECT_EQ(WSA_REASON_POLICY, arg.reason);
	EXPECT_EQ(0, arg.attempt);

	arg = (struct wsa_attempt){ .size = sizeof(arg), .error = EPERM };
	EXPECT_EQ(0, error_of(self->s, WSA_IOC_ATTEMPT, &arg));
	EXPECT_EQ(WSAEACCES, arg.wsa);

	arg = (struct wsa_attempt){ .size = sizeof(arg), .error = 100000 };
	EXPECT_EQ(0, error_of(self->s, WSA_IOC_ATTEMPT, &arg));
	EXPECT_EQ(WSAEINVAL, arg.wsa);

	arg = (struct wsa_attempt){ .size = sizeof(arg), .error = -EACCES };
	EXPECT_REFUSED(2, EINVAL, &arg, sizeof(arg));
}

TEST_F(ioctl, state__connected)
{
	struct sockaddr_in at = loopback(0);
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct wsa_state state;

	ASSERT_EQ(0, bind(listener, (struct sockaddr *)&at, len));
	ASSERT_EQ(0, listen(listener, 1));
	ASSERT_EQ(0, getsockname(listener, (struct sockaddr *)&at, &len));
	ASSERT_EQ(0, connect(self->s, (struct sockaddr *)&at, sizeof(at)));
	state = state_of(self->s);
	EXPECT_EQ(WSA_STATE_CONNECTED, state.state);
	EXPECT_EQ(WSA_STATE_F_BOUND, state.flags);
	EXPECT_EQ(0, state.so_error);
	EXPECT_EQ(1, state.attempt);
	EXPECT_EQ(sizeof(at), state.peer_len);
	EXPECT_EQ(0, memcmp(&at, state.peer, 8));

	ASSERT_EQ(0, shutdown(self->s, SHUT_WR));
	EXPECT_EQ(WSA_STATE_F_BOUND | WSA_STATE_F_SHUT_WR, state_of(self->s).flags);
	close(listener);
}

TEST_F(ioctl, cancel)
{
	struct wsa_cancel arg = { .size = sizeof(arg) };
	struct sockaddr_in at = loopback(0);
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM, 0), first = socket(AF_INET, SOCK_STREAM, 0);

	EXPECT_REFUSED(4, ENOTCONN, &arg, sizeof(arg));

	/* a full queue does not answer */
	ASSERT_EQ(0, bind(listener, (struct sockaddr *)&at, len));
	ASSERT_EQ(0, listen(listener, 0));
	ASSERT_EQ(0, getsockname(listener, (struct sockaddr *)&at, &len));
	ASSERT_EQ(0, connect(first, (struct sockaddr *)&at, sizeof(at)));
	ASSERT_EQ(0, fcntl(self->s, F_SETFL, O_NONBLOCK));
	ASSERT_EQ(-1, connect(self->s, (struct sockaddr *)&at, sizeof(at)));
	ASSERT_EQ(EINPROGRESS, errno);
	ASSERT_EQ(WSA_STATE_PENDING, state_of(self->s).state);

	EXPECT_EQ(0, error_of(self->s, WSA_IOC_CANCEL, &arg));
	EXPECT_NE(WSA_STATE_PENDING, state_of(self->s).state);
	EXPECT_NE(WSA_STATE_CONNECTED, state_of(self->s).state);
	EXPECT_EQ(ENOTCONN, error_of(self->s, WSA_IOC_CANCEL, &arg));
	close(first);
	close(listener);
}

TEST_F(ioctl, compat)
{
	struct wsa_compat_set arg = { .size = sizeof(arg), .compat = WSA_COMPAT_WINDOWS };

	EXPECT_EQ(WSA_COMPAT_DOCUMENTED, self->before.compat);
	EXPECT_EQ(0, error_of(self->s, WSA_IOC_COMPAT, &arg));
	EXPECT_EQ(WSA_COMPAT_WINDOWS, state_of(self->s).compat);
	arg.compat = 2;
	EXPECT_EQ(EINVAL, error_of(self->s, WSA_IOC_COMPAT, &arg));
	EXPECT_EQ(WSA_COMPAT_WINDOWS, state_of(self->s).compat);
	arg.compat = WSA_COMPAT_DOCUMENTED;
	EXPECT_EQ(0, error_of(self->s, WSA_IOC_COMPAT, &arg));
	EXPECT_EQ(WSA_COMPAT_DOCUMENTED, state_of(self->s).compat);
}

static int check(int fd, const void *name, unsigned int namelen, struct wsa_check *arg)
{
	memset(arg, POISON, sizeof(*arg));
	arg->size = sizeof(*arg);
	arg->flags = 0;
	arg->reserved = 0;
	arg->name = (uintptr_t)name;
	arg->namelen = namelen;
	return error_of(fd, WSA_IOC_CHECK, arg);
}

TEST_F(ioctl, check__every_step)
{
	static const struct {
		unsigned short family, port;
		unsigned int addr, len, wsa, reason;
	} rows[] = {
		{ AF_INET, 80, 0x7f000001, 16, 0, WSA_REASON_NONE },
		{ AF_INET, 80, 0x7f000001, 128, 0, WSA_REASON_NONE },
		{ AF_INET, 80, 0x7f000001, 15, WSAEFAULT, WSA_REASON_NAME_SHORT },
		{ AF_INET, 80, 0x7f000001, 0, WSAEFAULT, WSA_REASON_NAME_SHORT },
		{ 0xdead, 80, 0x7f000001, 16, WSAEAFNOSUPPORT, WSA_REASON_FAMILY },
		{ AF_UNSPEC, 80, 0x7f000001, 16, WSAEAFNOSUPPORT, WSA_REASON_FAMILY },
		{ AF_INET, 80, 0, 16, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_ANY },
		{ AF_INET, 0, 0x7f000001, 16, WSAEADDRNOTAVAIL, WSA_REASON_PORT_ZERO },
		{ AF_INET, 80, 0xffffffff, 16, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_BROADCAST },
		{ AF_INET, 80, 0xe0000001, 16, WSAEADDRNOTAVAIL, WSA_REASON_ADDR_MULTICAST },
	};
	unsigned char name[128];
	struct wsa_check arg;
	struct wsa_state now;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sockaddr_in sin = {
			.sin_family = rows[i].family, .sin_port = htons(rows[i].port),
			.sin_addr.s_addr = htonl(rows[i].addr),
		};

		memset(name, POISON, sizeof(name));
		memcpy(name, &sin, sizeof(sin));
		EXPECT_EQ(0, check(self->s, name, rows[i].len, &arg));
		EXPECT_EQ(rows[i].wsa, arg.wsa) TH_LOG("row %d", (int)i);
		EXPECT_EQ(rows[i].reason, arg.reason) TH_LOG("row %d", (int)i);
		EXPECT_EQ(rows[i].len, arg.namelen);
		now = state_of(self->s);
		EXPECT_EQ(0, memcmp(&self->before, &now, sizeof(now)));
	}
}

/* connect(2) takes no name above 128 octets, so neither may this */
TEST_F(ioctl, check__length_above_any_address)
{
	static unsigned char name[256];
	struct sockaddr_in sin = loopback(80);
	struct wsa_check arg;

	memcpy(name, &sin, sizeof(sin));
	EXPECT_EQ(0, check(self->s, name, 129, &arg));
	EXPECT_EQ(WSAEFAULT, arg.wsa);
	EXPECT_EQ(129, arg.namelen);
	EXPECT_EQ(0, check(self->s, name, (unsigned int)-1, &arg));
	EXPECT_EQ(WSAEFAULT, arg.wsa);
	EXPECT_EQ((unsigned int)-1, arg.namelen);
}

/* 64 bits of pointer are 64 bits: a 32-bit program's upper half is not dropped. */
TEST_F(ioctl, check__bad_name_pointer)
{
	struct sockaddr_in sin = loopback(80);
	struct wsa_check arg, kept;

	EXPECT_EQ(EFAULT, check(self->s, NULL, sizeof(sin), &arg));
	check(self->s, &sin, sizeof(sin), &arg);
	arg.name |= 1ULL << (sizeof(long) == 4 ? 32 : 63);
	kept = arg;
	EXPECT_EQ(EFAULT, error_of(self->s, WSA_IOC_CHECK, &arg));
	EXPECT_EQ(0, memcmp(&kept, &arg, sizeof(arg)));
}

/* What is not ours goes where it went before. */
TEST_F(ioctl, request_of_the_protocol)
{
	int queued = -1;

	EXPECT_EQ(ENOTTY, error_of(self->s, _IO('W', 99), &queued));
	EXPECT_EQ(0, error_of(self->s, FIONREAD, &queued));
	EXPECT_EQ(0, queued);
}

TEST_HARNESS_MAIN
