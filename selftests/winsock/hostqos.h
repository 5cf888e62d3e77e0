/* SPDX-License-Identifier: GPL-2.0 */
/* A pool between two hosts, for programs that see no socket header of Linux'; see lib/qos.h. */
#ifndef WINSOCK_HOSTQOS_H
#define WINSOCK_HOSTQOS_H

#include <stdbool.h>

#define HOST_THERE4	"10.7.0.2"
#define HOST_THERE6	"fd07::2"
#define HOST_SILENT4	"10.7.0.77"
#define HOST_SILENT6	"fd07::77"

/* 8 Mbit/s of v0's 100 may be promised. */
void host_pool_fresh(void);
void host_pool_enable(void);
void host_ingress_enable(void);		/* the same, of what is received, too */
void host_pool_disable(void);

/* A listening port at the other host. */
int host_listen_there(bool ipv6);

unsigned int host_class_of(int fd);	/* 0 for none */
bool host_class_there(unsigned int classid);
bool host_class_sends(unsigned int classid);	/* a packet, in some time */
bool host_flows_gone(void);		/* in some time */
int host_flows_received(void);
bool host_flows_received_are(int flows);	/* in some time */

#endif /* WINSOCK_HOSTQOS_H */
