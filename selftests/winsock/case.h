/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the cases share: sockets by either door, addresses, and a picture of a socket that a
 * failed call must not change. Include this first, for Winsock's headers come before libc's, and
 * then the harness.
 */
#ifndef SELFTESTS_CASE_H
#define SELFTESTS_CASE_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <wsamessage.h>
#include <wsaconnect.h>

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "host.h"
#include "left.h"

/**
 * struct sort - how a case's sockets are made
 * @door: LIBWSACONNECT_DOOR
 * @compat: LIBWSACONNECT_COMPAT
 * @af: AF_INET or AF_INET6
 * @dual: an AF_INET6 socket that reaches IPv4
 */
struct sort {
	const char *door;
	const char *compat;
	int af;
	bool dual;
};

#define SORT(fixture, name, d, c, a, both) \
	FIXTURE_VARIANT_ADD(fixture, name) { \
		.sort = { .door = d, .compat = c, .af = a, .dual = both } }

#define SORTS(fixture) \
	FIXTURE_VARIANT(fixture) { struct sort sort; }; \
	SORT(fixture, family_v4, "family", "documented", AF_INET, false); \
	SORT(fixture, family_v6, "family", "documented", AF_INET6, false); \
	SORT(fixture, family_dual, "family", "documented", AF_INET6, true); \
	SORT(fixture, adopt_v4, "adopt", "documented", AF_INET, false); \
	SORT(fixture, adopt_v6, "adopt", "documented", AF_INET6, false); \
	SORT(fixture, adopt_dual, "adopt", "documented", AF_INET6, true)

#define IPV6_SORTS(fixture) \
	FIXTURE_VARIANT(fixture) { struct sort sort; }; \
	SORT(fixture, family_v6, "family", "documented", AF_INET6, false); \
	SORT(fixture, family_dual, "family", "documented", AF_INET6, true); \
	SORT(fixture, adopt_v6, "adopt", "documented", AF_INET6, false); \
	SORT(fixture, adopt_dual, "adopt", "documented", AF_INET6, true)

#define DUAL_SORTS(fixture) \
	FIXTURE_VARIANT(fixture) { struct sort sort; }; \
	SORT(fixture, family_dual, "family", "documented", AF_INET6, true); \
	SORT(fixture, adopt_dual, "adopt", "documented", AF_INET6, true)

#define DOORS(fixture) \
	FIXTURE_VARIANT(fixture) { struct sort sort; }; \
	SORT(fixture, family, "family", "documented", AF_INET, false); \
	SORT(fixture, adopt, "adopt", "documented", AF_INET, false)

#define DOORS_AND_MODES(fixture) \
	FIXTURE_VARIANT(fixture) { struct sort sort; }; \
	SORT(fixture, family_documented, "family", "documented", AF_INET, false); \
	SORT(fixture, family_windows, "family", "windows", AF_INET, false); \
	SORT(fixture, adopt_documented, "adopt", "documented", AF_INET, false); \
	SORT(fixture, adopt_windows, "adopt", "windows", AF_INET, false)

/* An emulated machine with every check of the kernel switched on takes its time. */
#define CASE(fixture, name) TEST_F_TIMEOUT(fixture, name, 180)

/**
 * struct place - a socket address and its length
 */
struct place {
	int len;
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		unsigned char octets[160];
	};
};

/**
 * struct picture - everything a failed call must leave alone
 */
struct picture {
	int local_code;
	int peer_code;
	struct place local;
	struct place peer;
	int error;
	int queued;
	int connect_time_known;
	int broadcast;
	int receive_limit;
	int send_limit;
	struct host_look host;
};

/* A connect in a thread of its own. */
struct attempt {
	pthread_t thread;
	volatile int tid;
	SOCKET s;
	struct place place;
	int ret;
	int code;
	int ended_first;
	int (*run)(struct attempt *attempt);
};

enum { POISON_CODE = 0x5a5a };

void start(const struct sort *sort);
void finish(void);

SOCKET make(const struct sort *sort, int type);
SOCKET make_bound(const struct sort *sort, int type, struct place *at);
SOCKET make_listener(const struct sort *sort, struct place *at);
SOCKET make_pair(const struct sort *sort, SOCKET *accepted);
SOCKET make_pending(const struct sort *sort, struct place *to);
bool make_dgram_pair(const struct sort *sort, SOCKET pair[2], struct place at[2]);
SOCKET refused_at(const struct sort *sort, struct place *at);

struct place place_at(const char *ip, int port);
struct place place_for(const struct sort *sort, const char *ipv4, const char *ipv6, int port);
struct place place_loopback(const struct sort *sort, int port);
struct place place_silent(const struct sort *sort, int port);
struct place place_silent_too(const struct sort *sort, int port);
struct place place_local(SOCKET s);
struct place place_peer(SOCKET s);
int place_port(const struct place *place);
void place_set_port(struct place *place, int port);
bool same_place(const struct place *a, const struct place *b);
bool same_host(const struct place *a, const struct place *b);

int connect_at(SOCKET s, const struct place *place);
int option(SOCKET s, int level, int name);
int set_option(SOCKET s, int level, int name, DWORD value);
int so_error(SOCKET s);
bool has_connect_time(SOCKET s);
int queued(SOCKET s);
int nonblocking(SOCKET s, bool on);
void reset_on_close(SOCKET s);

bool soon_connected(SOCKET s);
bool soon_failed(SOCKET s, int code);
bool soon_queued(SOCKET s, int octets);
bool soon_reset(SOCKET s);
bool soon_nothing_pending(void);
bool pass_on(SOCKET from, SOCKET to);

void attempt_begin(struct attempt *attempt, int (*run)(struct attempt *attempt), SOCKET s,
		   const struct place *place);
/* The same without a look at how far it comes. */
void attempt_launch(struct attempt *attempt, int (*run)(struct attempt *attempt), SOCKET s);
int run_connect(struct attempt *attempt);
bool attempt_ended(struct attempt *attempt);

void take_picture(SOCKET s, struct picture *picture);
bool same_picture(SOCKET s, const struct picture *before);

/* Calls every function that takes a socket; tells how many did not fail with @code, or wrote. */
int sweep(SOCKET s, int code, bool null_pointers);

bool all_octets(const void *memory, int octet, size_t n);
QOS best_effort(void);
QOS guaranteed(void);

#define EXPECT_FAILS(code, call) \
	do { \
		WSASetLastError(POISON_CODE); \
		EXPECT_EQ(SOCKET_ERROR, (call)); \
		EXPECT_EQ((code), WSAGetLastError()); \
	} while (0)

#define EXPECT_NO_SOCKET(code, call) \
	do { \
		WSASetLastError(POISON_CODE); \
		EXPECT_EQ(INVALID_SOCKET, (call)); \
		EXPECT_EQ((code), WSAGetLastError()); \
	} while (0)

/* Succeeds with a value, and the last error becomes 0 (row 11). */
#define EXPECT_GIVES(value, call) \
	do { \
		WSASetLastError(POISON_CODE); \
		EXPECT_EQ((value), (call)); \
		EXPECT_EQ(0, WSAGetLastError()); \
	} while (0)

#define EXPECT_WORKS(call) EXPECT_GIVES(0, call)

#define ASSERT_WORKS(call) \
	do { \
		WSASetLastError(POISON_CODE); \
		ASSERT_EQ(0, (call)); \
		ASSERT_EQ(0, WSAGetLastError()); \
	} while (0)

/* Fails, and the socket looks as before. */
#define EXPECT_REFUSES(code, s, call) \
	do { \
		struct picture before_; \
		take_picture(s, &before_); \
		EXPECT_FAILS(code, call); \
		EXPECT_TRUE(same_picture(s, &before_)); \
	} while (0)

/* By both functions, blocking and not. */
#define EXPECT_CONNECT_REFUSES(code, s, address, length) \
	do { \
		const struct sockaddr *address_ = (const struct sockaddr *)(address); \
		EXPECT_REFUSES(code, s, connect(s, address_, length)); \
		EXPECT_REFUSES(code, s, WSAConnect(s, address_, length, NULL, NULL, NULL, NULL)); \
		EXPECT_EQ(0, nonblocking(s, true)); \
		EXPECT_REFUSES(code, s, connect(s, address_, length)); \
		EXPECT_REFUSES(code, s, WSAConnect(s, address_, length, NULL, NULL, NULL, NULL)); \
		EXPECT_EQ(0, nonblocking(s, false)); \
	} while (0)

/* For a teardown. */
#define FINISH() \
	do { \
		finish(); \
		COUNTERS_BALANCE(); \
	} while (0)

#endif /* SELFTESTS_CASE_H */
