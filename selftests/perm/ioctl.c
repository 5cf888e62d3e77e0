// SPDX-License-Identifier: GPL-2.0
/* Every pointer bad, every length, unknown flags: a documented errno, nothing changed. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "sockets.h"

#define PAGE 4096

enum where { DEVICE, SOCKET, ISO };

FIXTURE(request) {
	int fd;
	int target;		/* what DEVICE's adopt names */
	char *page;		/* the last mapped page: what follows faults */
};

/* Variants are the requests: how large, what comes back, what has to be zero. */
FIXTURE_VARIANT(request) {
	unsigned int cmd;
	enum where where;
	unsigned int size;
	bool writes;
	int reserved;		/* offset of a word that must be zero, or -1 */
	int succeeds;		/* errno of a well-formed call, or 0 */
	int flag;		/* how many flags it knows */
};

FIXTURE_VARIANT_ADD(request, features) {
	WSA_IOC_FEATURES, DEVICE, sizeof(struct wsa_features), true, -1, 0, 0 };
FIXTURE_VARIANT_ADD(request, adopt) {
	WSA_IOC_ADOPT, DEVICE, sizeof(struct wsa_adopt), false, -1, 0, 0 };
FIXTURE_VARIANT_ADD(request, attempt) {
	WSA_IOC_ATTEMPT, SOCKET, sizeof(struct wsa_attempt), true, -1, 0, 0 };
FIXTURE_VARIANT_ADD(request, state) {
	WSA_IOC_STATE, SOCKET, sizeof(struct wsa_state), true, -1, 0, 0 };
FIXTURE_VARIANT_ADD(request, cancel) {
	WSA_IOC_CANCEL, SOCKET, sizeof(struct wsa_cancel), false, -1, ENOTCONN, 0 };
FIXTURE_VARIANT_ADD(request, compat) {
	WSA_IOC_COMPAT, SOCKET, sizeof(struct wsa_compat_set), false,
	offsetof(struct wsa_compat_set, reserved), 0, 0 };
FIXTURE_VARIANT_ADD(request, check) {
	WSA_IOC_CHECK, SOCKET, sizeof(struct wsa_check), true,
	offsetof(struct wsa_check, reserved), 0, 0 };
FIXTURE_VARIANT_ADD(request, event_select) {
	WSA_IOC_EVENT_SELECT, SOCKET, sizeof(struct wsa_event_select), false, -1, 0, 1 };
FIXTURE_VARIANT_ADD(request, event_enum) {
	WSA_IOC_EVENT_ENUM, SOCKET, sizeof(struct wsa_event_enum), true, -1, 0, 1 };
FIXTURE_VARIANT_ADD(request, qos_set) {
	WSA_IOC_QOS_SET, SOCKET, sizeof(struct wsa_qos_set), true, -1, 0, 2 };
FIXTURE_VARIANT_ADD(request, qos_get) {
	WSA_IOC_QOS_GET, SOCKET, sizeof(struct wsa_qos_get), true, -1, 0, 0 };
FIXTURE_VARIANT_ADD(request, iso_set) {
	WSA_IOC_ISO_SET, ISO, sizeof(struct wsa_iso_set), false,
	offsetof(struct wsa_iso_set, cookie), 0, 7 };
FIXTURE_VARIANT_ADD(request, iso_get) {
	WSA_IOC_ISO_GET, ISO, sizeof(struct wsa_iso_get), true, -1, 0, 0 };
FIXTURE_VARIANT_ADD(request, iso_look) {
	WSA_IOC_ISO_LOOK, ISO, sizeof(struct wsa_iso_look), false, -1, EINVAL, 0 };
FIXTURE_VARIANT_ADD(request, iso_answer) {
	WSA_IOC_ISO_ANSWER, ISO, sizeof(struct wsa_iso_answer), false, -1, EINVAL, 1 };
FIXTURE_VARIANT_ADD(request, iso_bye) {
	WSA_IOC_ISO_BYE, ISO, sizeof(struct wsa_iso_bye), false,
	offsetof(struct wsa_iso_bye, reserved), ENOTCONN, 1 };
FIXTURE_VARIANT_ADD(request, accept_look) {
	WSA_IOC_ACCEPT_LOOK, SOCKET, sizeof(struct wsa_accept_look), false,
	offsetof(struct wsa_accept_look, reserved), EINVAL, 0 };

FIXTURE_SETUP(request)
{
	netns_fresh();
	self->page = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->page);
	ASSERT_EQ(0, mprotect(self->page + 3 * PAGE, PAGE, PROT_NONE));
	self->target = socket(AF_INET, SOCK_STREAM, 0);
	if (variant->where == DEVICE)
		self->fd = open("/dev/wsa", O_RDWR | O_CLOEXEC);
	else
		self->fd = open_proto(FAMILY, AF_INET, SOCK_STREAM,
				      variant->where == ISO ? WSAPROTO_ISO : 0);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(request)
{
	COUNTERS_BALANCE();
}

static struct sockaddr_in somewhere = { .sin_family = AF_INET, .sin_port = 1 };

/* A call that would do: everything behind the known size is zero. */
static void well_formed(void *at, const FIXTURE_VARIANT(request) *variant,
			const FIXTURE_DATA(request) *self, unsigned int size, unsigned int room)
{
	somewhere.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memset(at, 0, room);
	*(unsigned int *)at = size;
	if (variant->cmd == WSA_IOC_ADOPT && room >= sizeof(struct wsa_adopt))
		((struct wsa_adopt *)at)->fd = self->target;
	if (variant->cmd == WSA_IOC_EVENT_SELECT && room >= sizeof(struct wsa_event_select))
		((struct wsa_event_select *)at)->eventfd = -1;
	if (variant->cmd == WSA_IOC_EVENT_ENUM && room >= sizeof(struct wsa_event_enum))
		((struct wsa_event_enum *)at)->eventfd = -1;
	if (variant->cmd == WSA_IOC_CHECK && room >= sizeof(struct wsa_check)) {
		((struct wsa_check *)at)->name = (uintptr_t)&somewhere;
		((struct wsa_check *)at)->namelen = sizeof(somewhere);
	}
}

static int try(const FIXTURE_VARIANT(request) *variant, const FIXTURE_DATA(request) *self,
	       void *arg)
{
	return ioctl(self->fd, variant->cmd, arg) ? errno : 0;
}

/* Refused, its buffer as it was; nor is the socket to be adopted one of ours. */
#define EXPECT_REFUSED(error, at, room) \
	do { \
		char copy_[3 * PAGE]; \
		struct wsa_state state_ = { .size = sizeof(state_) }; \
		memcpy(copy_, at, room); \
		EXPECT_EQ(error, try(variant, self, at)); \
		EXPECT_EQ(0, memcmp(copy_, at, room)); \
		EXPECT_EQ(-1, ioctl(self->target, WSA_IOC_STATE, &state_)); \
		if (variant->where != DEVICE) { \
			EXPECT_EQ(WSA_STATE_IDLE, state_of(self->fd).state); \
			EXPECT_EQ(WSA_COMPAT_DOCUMENTED, state_of(self->fd).compat); \
		} \
	} while (0)

TEST_F(request, well_formed)
{
	well_formed(self->page, variant, self, variant->size, variant->size);
	EXPECT_EQ(variant->succeeds, try(variant, self, self->page));
	EXPECT_EQ(variant->size, *(unsigned int *)self->page);
}

TEST_F(request, bad_pointers)
{
	char *end = self->page + 3 * PAGE;
	unsigned int n;

	EXPECT_EQ(EFAULT, try(variant, self, NULL));
	EXPECT_EQ(EFAULT, try(variant, self, (void *)1));
	EXPECT_EQ(EFAULT, try(variant, self, end));
	EXPECT_EQ(EFAULT, try(variant, self, (void *)-1L));
	EXPECT_EQ(EFAULT, try(variant, self, (void *)0xffff888000000000));
	for (n = 4; n < variant->size; n++) {	/* only n octets are there */
		well_formed(end - n, variant, self, variant->size, n);
		EXPECT_REFUSED(EFAULT, end - n, n);
	}
}

TEST_F(request, not_aligned)
{
	well_formed(self->page + 3, variant, self, variant->size, variant->size);
	EXPECT_EQ(variant->succeeds, try(variant, self, self->page + 3));
}

TEST_F(request, read_only)
{
	well_formed(self->page, variant, self, variant->size, variant->size);
	ASSERT_EQ(0, mprotect(self->page, PAGE, PROT_READ));
	EXPECT_EQ(variant->writes ? EFAULT : variant->succeeds,
		  try(variant, self, self->page));
}

/* Octets of the first version, where there were several. */
static unsigned int first_size(const FIXTURE_VARIANT(request) *variant)
{
	return variant->cmd == WSA_IOC_QOS_GET ? WSA_QOS_GET_SIZE_FIRST : variant->size;
}

TEST_F(request, too_small)
{
	unsigned int size;

	for (size = 0; size < first_size(variant); size++) {
		well_formed(self->page, variant, self, size, variant->size);
		EXPECT_REFUSED(EINVAL, self->page, variant->size);
	}
}

TEST_F(request, larger_than_known)
{
	unsigned int sizes[] = { variant->size + 1, variant->size + 4, variant->size + 8,
				 PAGE - 1, PAGE };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* the last octet says something nobody here understands */
		well_formed(self->page, variant, self, sizes[i], 3 * PAGE);
		self->page[sizes[i] - 1] = 1;
		EXPECT_REFUSED(E2BIG, self->page, 3 * PAGE);
	}
	well_formed(self->page, variant, self, PAGE, 3 * PAGE);
	self->page[PAGE] = 0x5a;	/* behind what the caller claims */
	EXPECT_EQ(variant->succeeds, try(variant, self, self->page));
	EXPECT_EQ(0x5a, self->page[PAGE]);
	EXPECT_EQ(PAGE, *(unsigned int *)self->page);
}

TEST_F(request, absurdly_large)
{
	static const unsigned int sizes[] = {
		PAGE + 1, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		well_formed(self->page, variant, self, sizes[i], 3 * PAGE);
		EXPECT_REFUSED(E2BIG, self->page, 3 * PAGE);
	}
}

TEST_F(request, unknown_flags)
{
	int bit;

	/* of the requests that know one, it is the first */
	for (bit = variant->flag; bit < 32; bit++) {
		well_formed(self->page, variant, self, variant->size, variant->size);
		((unsigned int *)self->page)[1] = 1U << bit;
		EXPECT_REFUSED(EINVAL, self->page, variant->size);
	}
}

TEST_F(request, reserved_is_zero)
{
	int bit;

	for (bit = 0; bit < 32 && variant->reserved >= 0; bit++) {
		well_formed(self->page, variant, self, variant->size, variant->size);
		*(unsigned int *)(self->page + variant->reserved) = 1U << bit;
		EXPECT_REFUSED(EINVAL, self->page, variant->size);
	}
}

TEST_F(request, on_the_wrong_descriptor)
{
	int other = variant->where == DEVICE ? open_proto(FAMILY, AF_INET, SOCK_STREAM, 0) :
					       open("/dev/wsa", O_RDWR | O_CLOEXEC);

	well_formed(self->page, variant, self, variant->size, variant->size);
	EXPECT_EQ(-1, ioctl(other, variant->cmd, self->page));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(self->target, variant->cmd, self->page));
	EXPECT_EQ(ENOTTY, errno);
	close(other);
}

FIXTURE(values) {
	const struct sort *sort;
	int s;
};

SORTS(values);

FIXTURE_SETUP(values)
{
	netns_fresh();
	self->sort = &variant->sort;
	self->s = open_sort(self->sort, SOCK_STREAM);
}

FIXTURE_TEARDOWN(values)
{
	COUNTERS_BALANCE();
}

TEST_F(values, unknown_requests)
{
	int dev = open("/dev/wsa", O_RDWR | O_CLOEXEC), n;
	unsigned int word = 0;

	for (n = 12; n < 256; n++) {
		if (n >= 0x20 && n <= 0x24)
			continue;
		EXPECT_EQ(-1, ioctl(self->s, _IO(WSA_IOC_MAGIC, n), &word));
		EXPECT_EQ(ENOTTY, errno);
		EXPECT_EQ(-1, ioctl(dev, _IO(WSA_IOC_MAGIC, n), &word));
		EXPECT_EQ(ENOTTY, errno);
	}
	/* the same number with a size and a direction is another request */
	EXPECT_EQ(-1, ioctl(self->s, _IOWR(WSA_IOC_MAGIC, 3, struct wsa_state), &word));
	EXPECT_EQ(ENOTTY, errno);
	EXPECT_EQ(-1, ioctl(dev, FIONREAD, &word));
	EXPECT_EQ(ENOTTY, errno);
	close(dev);
}

TEST_F(values, base_requests_pass)
{
	int word = -1;

	EXPECT_EQ(0, ioctl(self->s, FIONREAD, &word));
	EXPECT_EQ(0, word);
	EXPECT_EQ(-1, ioctl(self->s, 0x12345678, &word));
	EXPECT_EQ(ENOTTY, errno);
}

TEST_F(values, attempt_of_no_errno)
{
	struct wsa_attempt arg = { .size = sizeof(arg), .error = -1 };

	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ATTEMPT, &arg));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_OUTCOME(0, 0, WSA_REASON_NONE, outcome_of(self->s, 0));
	EXPECT_OUTCOME(0x7fffffff, WSAEINVAL, WSA_REASON_OTHER, outcome_of(self->s, 0x7fffffff));
}

/* A record that could not be delivered is not lost. */
TEST_F(values, attempt_record_survives_a_bad_pointer)
{
	struct name closed;

	closed_port(self->sort, &closed);
	ASSERT_EQ(-1, connect(self->s, &closed.sa, closed.len));
	EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_ATTEMPT, NULL));
	EXPECT_OUTCOME(ECONNREFUSED, WSAECONNREFUSED, WSA_REASON_REFUSED,
		       outcome_of(self->s, ECONNREFUSED));
}

TEST_F(values, compat_is_one_of_two)
{
	unsigned int compat;

	for (compat = 2; compat; compat <<= 1) {
		EXPECT_EQ(-1, set_compat(self->s, compat));
		EXPECT_EQ(EINVAL, errno);
	}
	EXPECT_EQ(WSA_COMPAT_DOCUMENTED, state_of(self->s).compat);
	EXPECT_EQ(0, set_compat(self->s, WSA_COMPAT_WINDOWS));
	EXPECT_EQ(WSA_COMPAT_WINDOWS, state_of(self->s).compat);
}

/* What connect(2) would say of the name, for every length and with nothing done. */
TEST_F(values, check_reads_no_more_than_it_is_given)
{
	struct name at = loopback(self->sort, 5);
	char *page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct wsa_check arg = { .size = sizeof(arg) };
	struct snapshot before;
	unsigned int len;

	mprotect(page + PAGE, PAGE, PROT_NONE);
	take_snapshot(self->s, &before);
	for (len = 0; len <= at.len; len++) {
		char *name = page + PAGE - len;

		memcpy(name, at.octets, len);
		EXPECT_EQ(len < at.len ? WSAEFAULT : 0,
			  (int)check_of(self->s, name, len, NULL));
		arg.name = (uintptr_t)name;
		arg.namelen = len + 1;
		EXPECT_EQ(-1, ioctl(self->s, WSA_IOC_CHECK, &arg));
		EXPECT_EQ(EFAULT, errno);
	}
	EXPECT_TRUE(unchanged(self->s, &before));
}

TEST_F(values, features)
{
	struct wsa_features arg;
	int dev = open("/dev/wsa", O_RDONLY | O_CLOEXEC);

	memset(&arg, 0xa5, sizeof(arg));
	arg.size = sizeof(arg);
	arg.flags = 0;
	EXPECT_EQ(0, ioctl(dev, WSA_IOC_FEATURES, &arg));
	EXPECT_EQ(WSA_ABI, arg.abi);
	EXPECT_EQ(wsa_family(), (int)arg.family);
	EXPECT_EQ(WSA_FEATURE_CONNECT | WSA_FEATURE_DGRAM | WSA_FEATURE_CANCEL |
		  WSA_FEATURE_COMPAT | WSA_FEATURE_CHECK, arg.features & 0x1f);
	close(dev);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
