// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "netns.h"

void host_fresh(void)
{
	netns_fresh();
}

void host_dummies(void)
{
	netns_dummies();
}

void host_mounts_fresh(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		err(1, "mount namespace");
}

void host_mount(const char *type, const char *where)
{
	if (mount(type, where, type, 0, NULL))
		err(1, "mount %s at %s", type, where);
}

void host_make_file(const char *dir, const char *name)
{
	int at, fd = -1;

	if (mkdir(dir, 0755))
		err(1, "%s", dir);
	at = open(dir, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if (at >= 0)
		fd = openat(at, name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0)
		err(1, "%s/%s", dir, name);
	close(fd);
	close(at);
}

void host_ip(const char *commands)
{
	ip_batch(commands);
}

void host_sysctl(const char *path, const char *value)
{
	sysctl_write(path, value);
}

bool host_checks_everything(void)
{
	return !access("/sys/kernel/debug/kmemleak", F_OK);
}

int host_take_so_error(int fd)
{
	socklen_t len = sizeof(int);
	int error = -1;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

int host_sysctl_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

void host_sysctl_put(int fd, const char *value)
{
	if (pwrite(fd, value, strlen(value), 0) != (ssize_t)strlen(value))
		err(1, "sysctl");
}

unsigned int host_interface(const char *name)
{
	return if_nametoindex(name);
}

void host_descriptor_limit(int n)
{
	struct rlimit limit = { .rlim_cur = n, .rlim_max = n };

	if (setrlimit(RLIMIT_NOFILE, &limit))
		err(1, "setrlimit");
}

/* The router lives in a process of its own, and dies with this one. */
void host_router(void)
{
	int ready[2], go[2];
	char commands[256], octet = 0;
	pid_t pid;
	int fd;

	if (pipe2(ready, O_CLOEXEC) || pipe2(go, O_CLOEXEC))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* none of its parent's sockets is to live longer for it */
		for (fd = 3; fd < 256; fd++)
			if (fd != ready[1] && fd != go[0])
				close(fd);
		netns_fresh();
		if (write(ready[1], "x", 1) != 1 || read(go[0], &octet, 1) != 1)
			_exit(1);
		sysctl_write("/proc/sys/net/ipv4/ip_forward", "1");
		sysctl_write("/proc/sys/net/ipv6/conf/all/forwarding", "1");
		ip_batch("link set v1 up\n"
			 "addr add 10.7.0.2/24 dev v1\n"
			 "addr add fd07::2/64 dev v1 nodad\n"
			 "route add unreachable 10.6.0.0/16\n"
			 "route add unreachable fd06::/32\n");
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &octet, 1) != 1)
		errx(1, "no router");
	snprintf(commands, sizeof(commands),
		 "link add v0 type veth peer name v1 netns %d\n"
		 "link set v0 up\n"
		 "addr add 10.7.0.1/24 dev v0\n"
		 "addr add fd07::1/64 dev v0 nodad\n", pid);
	ip_batch(commands);
	if (write(go[1], "x", 1) != 1 || read(ready[0], &octet, 1) != 1)
		errx(1, "no router");
	ip_batch("route add 10.6.0.0/16 via 10.7.0.2\n"
		 "route add fd06::/32 via fd07::2\n");
}

void host_answer(bool ipv6)
{
	netns_answer(ipv6);
}

static int count_state(const char *path, unsigned int wanted)
{
	FILE *file = fopen(path, "r");
	unsigned int state;
	char line[256];
	int n = 0;

	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %*s %*s %x", &state) == 1)
			n += state == wanted;
	fclose(file);
	return n;
}

int host_syn_sent(void)
{
	return count_state("/proc/thread-self/net/tcp", TCP_SYN_SENT) +
	       count_state("/proc/thread-self/net/tcp6", TCP_SYN_SENT);
}

static const char * const things[HOST_THINGS] = {
	"file", "directory", "device", "pipe", "eventfd", "epoll",
	"AF_UNIX socket", "AF_INET socket", "AF_INET datagram socket", "AF_INET6 socket",
	"netlink socket",
};

const char *host_thing_name(enum host_thing thing)
{
	return things[thing];
}

int host_open(enum host_thing thing)
{
	int pair[2], fd = -1;

	switch (thing) {
	case HOST_FILE:
		fd = memfd_create("file", 0);
		break;
	case HOST_DIRECTORY:
		fd = open("/", O_RDONLY | O_DIRECTORY);
		break;
	case HOST_DEVICE:
		fd = open("/dev/null", O_RDWR);
		break;
	case HOST_PIPE:
		if (!pipe(pair)) {
			fd = pair[0];
			close(pair[1]);
		}
		break;
	case HOST_EVENTFD:
		fd = eventfd(0, 0);
		break;
	case HOST_EPOLL:
		fd = epoll_create1(0);
		break;
	case HOST_UNIX:
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		break;
	case HOST_INET:
		fd = socket(AF_INET, SOCK_STREAM, 0);
		break;
	case HOST_INET_DGRAM:
		fd = socket(AF_INET, SOCK_DGRAM, 0);
		break;
	case HOST_INET6:
		fd = socket(AF_INET6, SOCK_STREAM, 0);
		break;
	case HOST_NETLINK:
		fd = socket(AF_NETLINK, SOCK_RAW, 0);
		break;
	case HOST_THINGS:
		break;
	}
	if (fd < 0)
		err(1, "%s", host_thing_name(thing));
	return fd;
}

int host_open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (!dir)
		err(1, "/proc/self/fd");
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

bool host_is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

int host_dup(int fd)
{
	int copy = dup(fd);

	if (copy < 0)
		err(1, "dup");
	return copy;
}

void host_close(int fd)
{
	close(fd);
}

int host_socket(int af, int type, int protocol)
{
	int fd = socket(af, type, protocol);

	return fd < 0 ? -errno : fd;
}

int host_connect_loopback(int fd, int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	return connect(fd, (struct sockaddr *)&at, sizeof(at)) ? -errno : 0;
}

int host_listen_loopback(int *port)
{
	struct name at;
	int fd = listener_at(&(struct sort){ .door = PLAIN, .af = AF_INET }, &at);

	*port = name_port(&at);
	return fd;
}

int host_domain(int fd)
{
	int domain = -1;
	socklen_t len = sizeof(domain);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len))
		return -errno;
	return domain;
}

int host_syn_retries(int fd)
{
	int retries = -1;
	socklen_t len = sizeof(retries);

	return getsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &retries, &len) ? -1 : retries;
}

int host_is_wsa(int fd)
{
	struct wsa_state state = { .size = sizeof(state) };

	return !ioctl(fd, WSA_IOC_STATE, &state);
}

long host_send_limit(int fd)
{
	struct timeval limit = { .tv_sec = -1 };
	socklen_t len = sizeof(limit);

	if (getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, &len))
		return -errno;
	return limit.tv_sec * 1000000 + limit.tv_usec;
}

void host_look(int fd, struct host_look *look)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP };
	unsigned int meminfo[SK_MEMINFO_VARS] = {};
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	memset(look, 0, sizeof(*look));
	look->nonblock = !!(fcntl(fd, F_GETFL) & O_NONBLOCK);
	poll(&poller, 1, 0);
	look->revents = poller.revents;
	if (!getsockopt(fd, SOL_TCP, TCP_INFO, &info, &len))
		look->tcp_state = info.tcpi_state;
	/* goes on by itself, as soon as the peer has acknowledged our end */
	if (look->tcp_state == TCP_FIN_WAIT1)
		look->tcp_state = TCP_FIN_WAIT2;
	len = sizeof(meminfo);
	getsockopt(fd, SOL_SOCKET, SO_MEMINFO, meminfo, &len);
	look->queued = meminfo[SK_MEMINFO_RMEM_ALLOC];
}

bool host_readable(int fd, int milliseconds)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };

	return poll(&poller, 1, milliseconds) == 1;
}

unsigned long host_event_count(int fd)
{
	uint64_t count = 0;

	return read(fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

bool host_epoll_readable(int fd, int milliseconds)
{
	struct epoll_event item = { .events = EPOLLIN };
	int set = epoll_create1(EPOLL_CLOEXEC), ready;

	if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, fd, &item))
		err(1, "epoll");
	ready = epoll_wait(set, &item, 1, milliseconds);
	close(set);
	return ready == 1;
}

bool host_uring_readable(int fd, int milliseconds)
{
	struct __kernel_timespec limit = { .tv_sec = milliseconds / 1000,
					   .tv_nsec = milliseconds % 1000 * 1000000L };
	struct io_uring_cqe *end;
	struct io_uring ring;
	bool ready;

	if (io_uring_queue_init(4, &ring, 0))
		errx(1, "io_uring");
	io_uring_prep_poll_add(io_uring_get_sqe(&ring), fd, POLLIN);
	if (io_uring_submit(&ring) != 1)
		errx(1, "io_uring");
	ready = !io_uring_wait_cqe_timeout(&ring, &end, &limit) && end->res & POLLIN;
	io_uring_queue_exit(&ring);
	return ready;
}

static atomic_int signals, stop;
static pthread_t storm, stormed;

static void count_signal(int number)
{
	atomic_fetch_add(&signals, 1);
}

static void *storm_thread(void *unused)
{
	while (!atomic_load(&stop)) {
		pthread_kill(stormed, SIGUSR1);
		usleep(1000);
	}
	return NULL;
}

void host_storm_begin(bool restart)
{
	struct sigaction action = {
		.sa_handler = count_signal, .sa_flags = restart ? SA_RESTART : 0,
	};

	sigaction(SIGUSR1, &action, NULL);
	atomic_store(&signals, 0);
	atomic_store(&stop, 0);
	stormed = pthread_self();
	if (pthread_create(&storm, NULL, storm_thread, NULL))
		errx(1, "no thread");
}

int host_storm_end(void)
{
	atomic_store(&stop, 1);
	pthread_join(storm, NULL);
	return atomic_load(&signals);
}

static atomic_int sigpipes;

static void count_sigpipe(int number)
{
	atomic_fetch_add(&sigpipes, 1);
}

void host_count_sigpipe(void)
{
	atomic_store(&sigpipes, 0);
	signal(SIGPIPE, count_sigpipe);
}

int host_sigpipes(void)
{
	return atomic_load(&sigpipes);
}

/* Seen asleep three times in a row: in the call it makes, not on its way there. */
bool host_sleeps(int tid)
{
	char path[64], state = 0;
	int tries, seen = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	for (tries = 0; tries < 6000 && seen < 3; tries++) {
		file = fopen(path, "r");
		if (!file)
			return false;
		if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		fclose(file);
		seen = state == 'S' ? seen + 1 : 0;
		usleep(10000);
	}
	return seen == 3;
}

int host_tid(void)
{
	return syscall(SYS_gettid);
}

long host_cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
	       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

void host_pause(int milliseconds)
{
	usleep(milliseconds * 1000);
}

char *host_fence(void)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED || mprotect(pages + 4096, 4096, PROT_NONE))
		err(1, "mmap");
	memset(pages, 0xa5, 4096);
	return pages + 4096;
}

char *host_read_only_page(void)
{
	char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		err(1, "mmap");
	return page;
}
