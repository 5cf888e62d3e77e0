// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "pool.h"

static int family;

static void begin(struct pool_request *request, int type, int command, int version)
{
	memset(request, 0, sizeof(*request));
	request->head.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	request->head.nlmsg_type = type;
	request->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->genl.cmd = command;
	request->genl.version = version;
}

static void put(struct pool_request *request, int type, const void *value, int size)
{
	struct nlattr *attr = (void *)((char *)request + request->head.nlmsg_len);

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + size;
	memcpy((char *)attr + NLA_HDRLEN, value, size);
	request->head.nlmsg_len += NLA_ALIGN(attr->nla_len);
}

static const struct nlattr *attr_of(const struct nlmsghdr *head, int type)
{
	const char *at = (const char *)head + NLMSG_HDRLEN + GENL_HDRLEN;
	const char *end = (const char *)head + head->nlmsg_len;
	const struct nlattr *attr;

	for (; at + NLA_HDRLEN <= end; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const struct nlattr *)at;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	}
	return NULL;
}

/* What has come, without waiting: requests are served before send(2) returns. */
static int receive(int fd, void *reply, size_t size)
{
	ssize_t n = recv(fd, reply, size, MSG_DONTWAIT);

	if (n < 0)
		return errno;
	return n < (ssize_t)sizeof(struct nlmsghdr) ? EBADMSG : 0;
}

int pool_open(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), error;
	struct pool_request request;
	union {
		struct nlmsghdr head;
		char room[4096];
	} reply;
	const struct nlattr *id = NULL;

	if (fd < 0 || connect(fd, (struct sockaddr *)&kernel, sizeof(kernel)))
		err(1, "generic netlink");
	begin(&request, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
	put(&request, CTRL_ATTR_FAMILY_NAME, WSA_GENL_NAME, sizeof(WSA_GENL_NAME));
	error = pool_send(fd, &request) ?: receive(fd, &reply, sizeof(reply));
	if (!error && reply.head.nlmsg_type == GENL_ID_CTRL)
		id = attr_of(&reply.head, CTRL_ATTR_FAMILY_ID);
	if (!id)
		errx(1, "no generic netlink family " WSA_GENL_NAME);
	family = *(const unsigned short *)((const char *)id + NLA_HDRLEN);
	pool_answer(fd, NULL);
	return fd;
}

void pool_enable_request(struct pool_request *request, int ifindex, unsigned int parent,
			 unsigned long long rate, unsigned long long share)
{
	begin(request, family, WSA_CMD_POOL_ENABLE, WSA_GENL_VERSION);
	put(request, WSA_POOL_IFINDEX, &ifindex, sizeof(ifindex));
	put(request, WSA_POOL_PARENT, &parent, sizeof(parent));
	put(request, WSA_POOL_RATE, &rate, sizeof(rate));
	put(request, WSA_POOL_SHARE, &share, sizeof(share));
}

void pool_receive_request(struct pool_request *request, int ifindex, unsigned int parent,
			  unsigned long long rate, unsigned long long share, int receives_for)
{
	pool_enable_request(request, ifindex, parent, rate, share);
	put(request, WSA_POOL_RECEIVES_FOR, &receives_for, sizeof(receives_for));
}

void pool_disable_request(struct pool_request *request, int ifindex)
{
	begin(request, family, WSA_CMD_POOL_DISABLE, WSA_GENL_VERSION);
	put(request, WSA_POOL_IFINDEX, &ifindex, sizeof(ifindex));
}

void pool_get_request(struct pool_request *request, int ifindex)
{
	begin(request, family, WSA_CMD_POOL_GET, WSA_GENL_VERSION);
	put(request, WSA_POOL_IFINDEX, &ifindex, sizeof(ifindex));
}

int pool_send(int fd, const struct pool_request *request)
{
	return send(fd, request, request->head.nlmsg_len, 0) < 0 ? errno : 0;
}

/* The acknowledgement's errno, or that of reading it. */
int pool_answer(int fd, struct pool_numbers *numbers)
{
	union {
		struct nlmsghdr head;
		char room[4096];
	} reply;
	const struct nlmsgerr *ack = NLMSG_DATA(&reply.head);
	const struct nlattr *attr;
	int error;

	while (!(error = receive(fd, &reply, sizeof(reply)))) {
		if (reply.head.nlmsg_type == NLMSG_ERROR)
			return -ack->error;
		if (reply.head.nlmsg_type != family || !numbers)
			continue;
		attr = attr_of(&reply.head, WSA_POOL_PROMISED);
		if (attr)
			memcpy(&numbers->promised, (const char *)attr + NLA_HDRLEN, 8);
		attr = attr_of(&reply.head, WSA_POOL_ACTIVE);
		if (attr)
			memcpy(&numbers->flows, (const char *)attr + NLA_HDRLEN, 4);
	}
	return error;
}

int pool_ask(int fd, const struct pool_request *request, struct pool_numbers *numbers)
{
	return pool_send(fd, request) ?: pool_answer(fd, numbers);
}
