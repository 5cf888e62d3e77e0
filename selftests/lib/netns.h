/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A network namespace per case.
 *
 *	lo	127.0.0.1/8 ::1
 *	d0	10.9.0.1/24 fd09::1/64 fe80::/64	a dummy: whoever else is behind it is silent
 *	d1	10.8.0.1/24 fd08::1/64 fe80::/64	likewise
 */
#ifndef SELFTESTS_NETNS_H
#define SELFTESTS_NETNS_H

#include "sockets.h"

void netns_fresh(void);
void netns_dummies(void);
void netns_answer(bool ipv6);		/* silent() becomes an address of this host */
void ip_batch(const char *commands);
/* Waits until every IPv6 address can be used. */
void netns_ready(void);
void run_command(const char *command);
void sysctl_write(const char *path, const char *value);

/* silent() never answers, until answer() makes it one of this host's addresses. */
struct name silent(const struct sort *sort, int port);
struct name silent_too(const struct sort *sort, int port);
int answer(const struct sort *sort, struct name *at);

#endif /* SELFTESTS_NETNS_H */
