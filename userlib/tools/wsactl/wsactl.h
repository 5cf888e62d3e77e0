/* SPDX-License-Identifier: MIT */
/* wsactl: what its files share. Whatever fails has printed one line and ends the program. */
#ifndef WSACTL_H
#define WSACTL_H

#include <stdbool.h>
#include <stdint.h>

#include <netlink/netlink.h>
#include <netlink/route/link.h>

#include <linux/wsa.h>

/* In a member of a flowspec. */
#define UNSPECIFIED	0xffffffffU
/* An address and a port, written out. */
#define NAME_SIZE	64

struct wsactl_pool {
	unsigned int ifindex;
	uint32_t parent;
	uint64_t rate;			/* octets per second, and below */
	uint64_t share;
	uint64_t promised;
	uint32_t flows_per_user;	/* 0: the kernel's default */
	uint32_t flows;			/* likewise */
	uint32_t active;
	unsigned int receives_for;	/* a device; 0: of what is sent */
	bool made;
	bool device_made;
	char qdisc[16];
};

struct wsactl_flow {
	unsigned int ifindex;
	uint32_t classid;
	uint32_t state;
	uint32_t uid;
	uint32_t pid;			/* 0: it has ended, or is not to be seen from here */
	char comm[16];
	const char *protocol;		/* NULL while no socket sends, and then no names either */
	char local[NAME_SIZE];
	char peer[NAME_SIZE];
	struct wsa_flowspec spec;
	unsigned int dscp;
	uint64_t bound;			/* nanoseconds, 0 for none */
	bool receiving;
	bool counted;			/* its class was there to be asked for these: */
	uint64_t octets;
	uint64_t packets;
	uint64_t drops;
};

/* In the order of devices and classes. */
struct wsactl_flows {
	struct wsactl_flow *flow;
	size_t number;
};

_Noreturn void bad_usage(void);
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *need(void *memory);

/* undo.c: what was done is undone where the program ends before all is */
void undo_later(void (*undo)(struct rtnl_link *link), struct rtnl_link *link);
void undo_nothing(void);

/* device.c: links, qdiscs and classes by rtnetlink */
struct nl_sock *route(void);
struct rtnl_link *device_find(const char *name);
struct rtnl_link *device_at(unsigned int ifindex);
bool device_has_ingress(struct rtnl_link *link);
uint32_t device_make_qdisc(struct rtnl_link *link, const struct wsactl_pool *pool, bool force);
void device_drop_qdisc(struct rtnl_link *link);

/* ifb.c */
struct rtnl_link *ifb_get(const char *name, bool *made);
void ifb_delete(struct rtnl_link *link);
void device_count(unsigned int ifindex, struct wsactl_flows *flows);

/* genl.c: asking gives 0 or the kernel's negative errno, which may have a reason to it */
struct nl_msg *wsa_message(int command, int flags);
int wsa_ask(struct nl_msg *msg, nl_recvmsg_msg_cb_t answer, void *data);
const char *wsa_reason(void);

/* pool.c: pools by generic netlink */
void pool_enable(struct rtnl_link *link, const struct wsactl_pool *pool);
void pool_disable(const char *name, unsigned int ifindex);
void pool_each(void (*each)(const struct wsactl_pool *pool, void *data), void *data);

/* flow.c: flows likewise, of a device or, with 0, of all */
struct wsactl_flows flows_get(unsigned int ifindex);
struct wsactl_flow *flows_find(const struct wsactl_flows *flows, unsigned int ifindex,
			       uint32_t classid);
const char *flow_service(const struct wsactl_flow *flow);
const char *flow_state(const struct wsactl_flow *flow);

/* show.c: what it shows of one has no end of line yet */
int show(int argc, char **argv);
void show_pool(const struct wsactl_pool *pool, void *data);
void show_flow(const struct wsactl_flow *flow);
void format_device(unsigned int ifindex, char *name);

/* watch.c */
int watch(int argc, char **argv);

/* units.c */
uint64_t parse_rate(const char *what, const char *text);
uint64_t parse_share(const char *text, uint64_t rate);
uint32_t parse_count(const char *what, const char *text);
double parse_seconds(const char *what, const char *text);
void format_rate(uint64_t octets, char *text, size_t size);
void format_time(uint64_t us, char *text, size_t size);

#endif /* WSACTL_H */
