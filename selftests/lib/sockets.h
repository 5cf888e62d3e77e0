/* SPDX-License-Identifier: GPL-2.0 */
/* WSA sockets by either door, addresses to connect to, and what became of it. */
#ifndef SELFTESTS_SOCKETS_H
#define SELFTESTS_SOCKETS_H

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>

#include <linux/wsa.h>
#include <linux/wsa_errors.h>

enum door { FAMILY, ADOPT, PLAIN };

/**
 * struct sort - what kind of socket a case is about
 * @door: how it is made
 * @af: AF_INET or AF_INET6
 * @dual: an AF_INET6 socket that reaches IPv4
 */
struct sort {
	enum door door;
	int af;
	bool dual;
};

/* SORTS - the six kinds a fixture is run with; its variant has a member sort */
#define SORTS(fixture) \
	FIXTURE_VARIANT(fixture) { struct sort sort; }; \
	SORT(fixture, family_v4, FAMILY, AF_INET, false); \
	SORT(fixture, family_v6, FAMILY, AF_INET6, false); \
	SORT(fixture, family_dual, FAMILY, AF_INET6, true); \
	SORT(fixture, adopt_v4, ADOPT, AF_INET, false); \
	SORT(fixture, adopt_v6, ADOPT, AF_INET6, false); \
	SORT(fixture, adopt_dual, ADOPT, AF_INET6, true)

/* DOORS - the two kinds a fixture is run with where the address makes no difference */
#define DOORS(fixture) \
	FIXTURE_VARIANT(fixture) { struct sort sort; }; \
	SORT(fixture, family, FAMILY, AF_INET, false); \
	SORT(fixture, adopt, ADOPT, AF_INET, false)

#define SORT(fixture, name, d, a, both) \
	FIXTURE_VARIANT_ADD(fixture, name) { .sort = { .door = d, .af = a, .dual = both } }

/**
 * struct name - a socket address and its length
 */
struct name {
	socklen_t len;
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		unsigned char octets[128];
	};
};

/**
 * struct outcome - what a call of connect(2) said
 * @error: errno, 0 on success
 * @wsa: Winsock code
 * @reason: enum wsa_reason
 * @attempt: number of attempts started so far
 */
struct outcome {
	int error;
	unsigned int wsa;
	unsigned int reason;
	unsigned int attempt;
};

/**
 * struct snapshot - everything a failed call must leave alone
 */
struct snapshot {
	struct name local;
	struct name peer;
	struct wsa_state state;
	int revents;		/* POLLERR: an error is pending, and stays so */
	unsigned int tcp_state;
	int next;		/* octets readable */
	unsigned int queued;	/* memory of what is queued */
	int bound_dev;
};

/* A call of connect(2) in a thread of its own. */
struct call {
	pthread_t thread;
	int fd;
	struct name name;
	struct outcome outcome;
};

int wsa_family(void);
int wsa_adopt_fd(int fd, unsigned int compat);
int open_sort(const struct sort *sort, int type);
int open_proto(enum door door, int af, int type, int ipproto);

struct name name_of(const char *ip, int port);
struct name name_for(const struct sort *sort, const char *ipv4, const char *ipv6, int port);
struct name loopback(const struct sort *sort, int port);
struct name local_name(int fd);
struct name peer_name(int fd);
int name_port(const struct name *name);
bool same_name(const struct name *a, const struct name *b);

int bound_at(const struct sort *sort, int type, struct name *at);
int listener_at(const struct sort *sort, struct name *at);
int closed_port(const struct sort *sort, struct name *at);

struct outcome connect_raw(int fd, const void *address, socklen_t len);
struct outcome connect_to(int fd, const struct name *name);
struct outcome outcome_of(int fd, int error);
struct wsa_state state_of(int fd);
int cancel(int fd);
int set_compat(int fd, unsigned int compat);
unsigned int check_of(int fd, const void *address, unsigned int len, unsigned int *reason);

void take_snapshot(int fd, struct snapshot *shot);
bool unchanged(int fd, const struct snapshot *before);

void set_nonblock(int fd, bool on);
int revents_of(int fd, int events, int milliseconds);
bool wait_state(int fd, unsigned int state);
void connect_later(struct call *call, int fd, const struct name *name);
bool call_ended(struct call *call);
bool pass_octet(int from, int to);

#define EXPECT_OUTCOME(want_error, want_wsa, want_reason, outcome_) \
	do { \
		struct outcome seen_ = (outcome_); \
		EXPECT_EQ(want_error, seen_.error); \
		EXPECT_EQ((unsigned int)(want_wsa), seen_.wsa); \
		EXPECT_EQ((unsigned int)(want_reason), seen_.reason); \
	} while (0)

#define EXPECT_CONNECTED(outcome_) EXPECT_OUTCOME(0, 0, WSA_REASON_NONE, outcome_)

#define ASSERT_CONNECTED(outcome_) ASSERT_EQ(0, (outcome_).error)

#endif /* SELFTESTS_SOCKETS_H */
