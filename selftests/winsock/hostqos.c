// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hostqos.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

void host_pool_fresh(void)
{
	hosts_make();
	host_pool_enable();
}

void host_pool_enable(void)
{
	if (wsactl("qos enable v0 --rate 100mbit --share 8mbit"))
		errx(1, "%s", wsactl_said());
}

void host_ingress_enable(void)
{
	if (wsactl("qos enable v0 --rate 100mbit --share 8mbit --ingress ifb0"))
		errx(1, "%s", wsactl_said());
}

void host_pool_disable(void)
{
	if (wsactl("qos disable v0"))
		errx(1, "%s", wsactl_said());
}

int host_listen_there(bool ipv6)
{
	struct name at = name_of(ipv6 ? HOST_THERE6 : HOST_THERE4, 0);
	int fd;

	hosts_there();
	fd = socket(at.sa.sa_family, SOCK_STREAM, 0);
	if (fd < 0 || bind(fd, &at.sa, at.len) || listen(fd, 16))
		err(1, "listen");
	at = local_name(fd);
	hosts_here();
	return ntohs(at.v4.sin_port);	/* where IPv6 has it, too */
}

unsigned int host_class_of(int fd)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, SO_PRIORITY, &value, &len))
		err(1, "SO_PRIORITY");
	return value & 0xffff0000 ? value : 0;
}

bool host_class_there(unsigned int classid)
{
	return class_there("v0", classid);
}

bool host_class_sends(unsigned int classid)
{
	int i;

	for (i = 0; i < 3000 && class_packets("v0", classid) < 1; i++)
		usleep(10000);
	return i < 3000;
}

bool host_flows_gone(void)
{
	return flows_gone("v0") && pool_empty();
}

int host_flows_received(void)
{
	return flows_there("ifb0");
}

bool host_flows_received_are(int flows)
{
	int i;

	for (i = 0; i < 3000 && flows_there("ifb0") != flows; i++)
		usleep(10000);
	return i < 3000;
}
