/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a Winsock program cannot say: namespaces, routes, ordinary Linux sockets and files.
 * Names no type of either world's sockets, so that both can include it.
 */
#ifndef SELFTESTS_HOST_H
#define SELFTESTS_HOST_H

#include <stdbool.h>
#include <stddef.h>

/* A namespace of lib/netns.h: lo, d0 10.9.0.1 fd09::1, d1 10.8.0.1 fd08::1. */
void host_fresh(void);
void host_dummies(void);
/* What is mounted from then on ends with the process. */
void host_mounts_fresh(void);
void host_mount(const char *type, const char *where);
void host_make_file(const char *dir, const char *name);
void host_ip(const char *commands);
/* Is this the kernel that checks everything, and takes its time? */
bool host_checks_everything(void);
void host_sysctl(const char *path, const char *value);
/* Of the namespace it was opened in, wherever one is when it is written. */
int host_sysctl_open(const char *path);
void host_sysctl_put(int fd, const char *value);
unsigned int host_interface(const char *name);

/*
 * A router at 10.7.0.2 and fd07::2, on a wire from 10.7.0.1 and fd07::1 here. Behind it 10.6.0.0/16
 * and fd06::/32 are unreachable.
 */
void host_router(void);

/* Addresses that did not answer do from now on. */
void host_answer(bool ipv6);

/* Attempts on their way in this namespace. */
int host_syn_sent(void);

/* Descriptors that are no WSA sockets. */
enum host_thing {
	HOST_FILE, HOST_DIRECTORY, HOST_DEVICE, HOST_PIPE, HOST_EVENTFD, HOST_EPOLL,
	HOST_UNIX, HOST_INET, HOST_INET_DGRAM, HOST_INET6, HOST_NETLINK, HOST_THINGS,
};

int host_open(enum host_thing thing);
const char *host_thing_name(enum host_thing thing);
bool host_is_open(int fd);
/* How many there are, and a few more, always the same. */
int host_open_files(void);
int host_dup(int fd);
void host_close(int fd);
void host_descriptor_limit(int n);

/* Libc's own calls, from a file that never heard of Winsock. Errors are negative errnos. */
int host_socket(int af, int type, int protocol);
int host_connect_loopback(int fd, int port);
int host_domain(int fd);
int host_listen_loopback(int *port);
int host_is_wsa(int fd);
/* How often a SYN of a stream's is repeated. */
int host_syn_retries(int fd);
/* Linux' own SO_SNDTIMEO, in microseconds. */
long host_send_limit(int fd);

/**
 * struct host_look - Linux's view of a socket
 */
struct host_look {
	int nonblock;
	int revents;
	unsigned int tcp_state;
	unsigned int queued;
};

void host_look(int fd, struct host_look *look);
bool host_readable(int fd, int milliseconds);

/* The error that getsockopt(2) takes away. */
int host_take_so_error(int fd);

/* An eventfd's count, which is 0 afterwards. */
unsigned long host_event_count(int fd);
/* Is a descriptor readable, to each of Linux's ways to ask? */
bool host_epoll_readable(int fd, int milliseconds);
bool host_uring_readable(int fd, int milliseconds);

/* Signals to the calling thread, as fast as it takes them; the end tells how many it took. */
void host_storm_begin(bool restart);
int host_storm_end(void);
/* A SIGPIPE would be counted here. */
void host_count_sigpipe(void);
int host_sigpipes(void);

bool host_sleeps(int tid);
int host_tid(void);
/* Processor time of the calling thread. */
long host_cpu_ms(void);
void host_pause(int milliseconds);

/* A page that cannot be touched, and the one before it, which can. */
char *host_fence(void);
char *host_read_only_page(void);

#endif /* SELFTESTS_HOST_H */
