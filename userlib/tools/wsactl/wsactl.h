/* SPDX-License-Identifier: MIT */
/* wsactl: what its files share. Whatever fails has printed one line and ends the program. */
#ifndef WSACTL_H
#define WSACTL_H

#include <stdbool.h>
#include <stdint.h>

#include <netlink/netlink.h>
#include <netlink/route/link.h>

struct wsactl_pool {
	unsigned int ifindex;
	uint32_t parent;
	uint64_t rate;			/* octets per second, and below */
	uint64_t share;
	uint64_t promised;
	uint32_t flows_per_user;	/* 0: the kernel's default */
	uint32_t flows;			/* likewise */
	uint32_t active;
	bool made;
	char qdisc[16];
};

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *need(void *memory);

/* device.c: links, qdiscs and classes by rtnetlink */
struct rtnl_link *device_find(const char *name);
uint32_t device_make_qdisc(struct rtnl_link *link, const struct wsactl_pool *pool, bool force);
void device_drop_qdisc(struct rtnl_link *link);

/* pool.c: pools by generic netlink */
bool pool_enable(const char *name, const struct wsactl_pool *pool);
void pool_disable(const char *name, unsigned int ifindex);
struct wsactl_pool pool_get(const char *name, unsigned int ifindex);
void pool_each(void (*each)(const struct wsactl_pool *pool, void *data), void *data);

/* units.c */
uint64_t parse_rate(const char *what, const char *text);
uint64_t parse_share(const char *text, uint64_t rate);
uint32_t parse_count(const char *what, const char *text);
void format_rate(uint64_t octets, char *text, size_t size);

#endif /* WSACTL_H */
