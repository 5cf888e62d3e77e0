/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two hosts and a pool between them.
 *
 *	here			there
 *	v0 10.7.0.1/24		v1 10.7.0.2/24
 *	   fd07::1/64		   fd07::2/64
 */
#ifndef SELFTESTS_QOS_H
#define SELFTESTS_QOS_H

#include <linux/wsa.h>

#include "sockets.h"

#define BESTEFFORT	1
#define CONTROLLEDLOAD	2
#define GUARANTEED	3
#define NOCHANGE	6
#define NOTRAFFIC	0
#define NETWORK_CONTROL	10
#define UNSPECIFIED	0xffffffffU

/* Classids that wsactl makes, and the pool's flows below. */
#define POOL_CLASS	0x10003

void hosts_make(void);
void hosts_second_link(void);	/* w0 and w1, without addresses */
void hosts_there(void);		/* this thread is there now */
void hosts_here(void);
int listen_there(const struct sort *sort, int type, struct name *at);
int wsactl(const char *arguments);
const char *wsactl_said(void);	/* the first line of what it last said */
unsigned long pool_number(const char *member);
long pool_number_of(const char *device, const char *member);

struct wsa_flowspec flowspec(unsigned int service, unsigned int rate);
int qos_ask(int fd, const struct wsa_flowspec *sending, const struct wsa_flowspec *receiving,
	    const struct name *name, struct wsa_qos_set *arg);
int qos_set(int fd, const struct wsa_flowspec *sending, const struct name *name,
	    struct wsa_qos_set *arg);
struct wsa_qos_get qos_get(int fd);
int connect_staged(int fd, const struct name *name, const struct wsa_qos_set *staged);
int connect_with(int fd, const struct wsa_flowspec *sending, const struct name *name,
		 struct wsa_qos_set *arg);

bool class_there(const char *device, unsigned int classid);
bool class_gone(const char *device, unsigned int classid);	/* in some time */
long class_packets(const char *device, unsigned int classid);
long long class_octets(const char *device, unsigned int classid);
int flows_there(const char *device);		/* classes, inner ones too */
double classes_promise(const char *device, double microseconds);	/* octets */
bool flows_gone(const char *device);
bool pool_empty(void);
bool pools_empty(void);

int monitor_open(void);
int monitor_next(int fd, unsigned int *classid);	/* RTM_* of the next of ours; 0 for none */

#endif /* SELFTESTS_QOS_H */
