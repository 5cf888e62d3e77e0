// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "iso.h"

#define HUNG 60000	/* milliseconds; only a hang reaches it */

int iso_open(const struct kind *kind)
{
	int fd = socket(wsa_family(), kind->type, WSA_PROTO(kind->af, WSAPROTO_ISO));

	if (fd < 0)
		err(1, "socket");
	return fd;
}

static struct name here(const struct kind *kind)
{
	return name_of(kind->af == AF_INET ? "127.0.0.1" : "::1", 0);
}

static int listen_at(int fd, const struct kind *kind, struct name *at)
{
	*at = here(kind);
	if (bind(fd, &at->sa, at->len) || listen(fd, 8))
		err(1, "listen");
	*at = local_name(fd);
	return fd;
}

int iso_listener(const struct kind *kind, struct name *at)
{
	return listen_at(iso_open(kind), kind, at);
}

int tcp_listener(const struct kind *kind, struct name *at)
{
	return listen_at(socket(kind->af, SOCK_STREAM, 0), kind, at);
}

int tcp_call(const struct kind *kind, const struct name *at)
{
	int fd = socket(kind->af, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, &at->sa, at->len))
		err(1, "connect");
	return fd;
}

int accept_soon(int fd)
{
	if (!(revents_of(fd, POLLIN, HUNG) & POLLIN))
		return -1;
	return accept(fd, NULL, NULL);
}

struct wsa_iso_set iso_words(const char *own, const char *peer, const char *data)
{
	struct wsa_iso_set set = {
		.size = sizeof(set), .own_len = strlen(own), .peer_len = strlen(peer),
		.data_len = strlen(data),
	};

	memcpy(set.own, own, set.own_len);
	memcpy(set.peer, peer, set.peer_len);
	memcpy(set.data, data, set.data_len);
	return set;
}

int iso_set(int fd, const char *own, const char *peer, const char *data)
{
	struct wsa_iso_set set = iso_words(own, peer, data);

	return ioctl(fd, WSA_IOC_ISO_SET, &set);
}

struct wsa_iso_get iso_get(int fd)
{
	struct wsa_iso_get get;

	memset(&get, 0xa5, sizeof(get));
	get.size = sizeof(get);
	get.flags = 0;
	memset(get.reserved, 0, sizeof(get.reserved));
	if (ioctl(fd, WSA_IOC_ISO_GET, &get))
		err(1, "WSA_IOC_ISO_GET");
	get.flags &= ~WSA_ISO_F_RECORDS;	/* its kind, which the case knows */
	return get;
}

int iso_look(int fd, struct wsa_iso_look *look)
{
	memset(look, 0xa5, sizeof(*look));
	look->size = sizeof(*look);
	look->flags = 0;
	return ioctl(fd, WSA_IOC_ISO_LOOK, look);
}

int iso_answer(int fd, unsigned int id, unsigned int flags, const char *data)
{
	struct wsa_iso_answer answer = {
		.size = sizeof(answer), .flags = flags, .id = id, .data_len = strlen(data),
	};

	memcpy(answer.data, data, answer.data_len);
	return ioctl(fd, WSA_IOC_ISO_ANSWER, &answer);
}

int iso_bye(int fd, const char *data)
{
	struct wsa_iso_bye bye = { .size = sizeof(bye), .data_len = strlen(data) };

	memcpy(bye.data, data, bye.data_len);
	return ioctl(fd, WSA_IOC_ISO_BYE, &bye);
}

/* For all sockets: the machine is the test's own. */
void iso_timeout(int seconds)
{
	FILE *file = fopen("/sys/module/wsa/parameters/iso_timeout", "w");

	if (!file || fprintf(file, "%d\n", seconds) < 0 || fclose(file))
		err(1, "iso_timeout");
}

bool give(int fd, const void *octets, size_t len)
{
	return send(fd, octets, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* Exactly so many octets; they may come in pieces. */
bool take(int fd, void *octets, size_t len)
{
	unsigned char *to = octets;
	ssize_t n;

	while (len) {
		if (!revents_of(fd, POLLIN, HUNG))
			return false;
		n = recv(fd, to, len, 0);
		if (n <= 0)
			return false;
		to += n;
		len -= n;
	}
	return true;
}

/* Exactly these. */
bool took(int fd, const void *octets, size_t len)
{
	const unsigned char *want = octets;
	unsigned char got[512];
	size_t i;

	if (!take(fd, got, len)) {
		printf("# %zu octets did not come\n", len);
		return false;
	}
	for (i = 0; i < len; i++) {
		if (got[i] != want[i])
			printf("# octet %zu is %02x, not %02x\n", i, got[i], want[i]);
	}
	return !memcmp(got, want, len);
}

/* Nothing more comes: the peer has finished or reset. */
bool over(int fd)
{
	char octet;

	return revents_of(fd, POLLIN, HUNG) && recv(fd, &octet, 1, 0) <= 0;
}
