/* SPDX-License-Identifier: GPL-2.0 */
/* Pools by the kernel's own interface: no process, and each step is the caller's. */
#ifndef SELFTESTS_POOL_H
#define SELFTESTS_POOL_H

#include <linux/genetlink.h>
#include <linux/netlink.h>

#include <linux/wsa_netlink.h>

/**
 * struct pool_request - a message, to be sent as often as one likes
 */
struct pool_request {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	unsigned char attrs[128];
};

/**
 * struct pool_numbers - what there is
 * @promised: octets per second
 * @flows: flows that count
 */
struct pool_numbers {
	unsigned long long promised;
	unsigned int flows;
};

int pool_open(void);
void pool_enable_request(struct pool_request *request, int ifindex, unsigned int parent,
			 unsigned long long rate, unsigned long long share);
void pool_receive_request(struct pool_request *request, int ifindex, unsigned int parent,
			  unsigned long long rate, unsigned long long share, int receives_for);
void pool_disable_request(struct pool_request *request, int ifindex);
void pool_get_request(struct pool_request *request, int ifindex);

int pool_send(int fd, const struct pool_request *request);	/* errno */
int pool_answer(int fd, struct pool_numbers *numbers);		/* errno; numbers may be NULL */
int pool_ask(int fd, const struct pool_request *request, struct pool_numbers *numbers);

#endif /* SELFTESTS_POOL_H */
