// SPDX-License-Identifier: GPL-2.0
/*
 * wire: writes to stdout, as a capture, what ISO sockets say to one another. wire.py has another
 * program decode it and knows what is to be seen; the conversations and their order are the same
 * there as here.
 */
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "iso.h"
#include "netns.h"

#define HUNG	60000
#define MOST	"abcdefghijklmnopqrstuvwxyz012345"
#define LARGE	20000
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

struct pair {
	const struct kind *kind;
	int l, a, b;		/* listener; caller and callee */
	struct call call;
};

/* A call that nobody has answered yet, to a listener with this selector. */
static void begin(struct pair *pair, int port, const char *selector, struct wsa_iso_set words)
{
	struct name at = name_of(pair->kind->af == AF_INET ? "127.0.0.1" : "::1", port);
	int one = 1;

	pair->l = iso_open(pair->kind);
	if (setsockopt(pair->l, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    iso_set(pair->l, selector, "", "") || bind(pair->l, &at.sa, at.len) ||
	    listen(pair->l, 4))
		err(1, "listener");
	pair->a = iso_open(pair->kind);
	pair->b = -1;
	if (ioctl(pair->a, WSA_IOC_ISO_SET, &words))
		err(1, "WSA_IOC_ISO_SET");
	connect_later(&pair->call, pair->a, &at);
}

static void answer_with(struct pair *pair, unsigned int flags, const char *data)
{
	struct wsa_iso_look look;

	if (!(revents_of(pair->l, POLLIN, HUNG) & POLLIN) || iso_look(pair->l, &look) ||
	    iso_answer(pair->l, look.id, flags, data))
		err(1, "answer");
}

static void take_call(struct pair *pair)
{
	pair->b = accept(pair->l, NULL, NULL);
	if (pair->b < 0 || !call_ended(&pair->call) || pair->call.outcome.error)
		errx(1, "no connection");
}

static void refused(struct pair *pair)
{
	if (!call_ended(&pair->call) || pair->call.outcome.wsa != WSAECONNREFUSED)
		errx(1, "a call was taken");
}

static void pass(int from, int to, size_t len, int flags)
{
	static char out[LARGE], in[LARGE];
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = 'a' + i % 26;
	if (send(from, out, len, flags) != (ssize_t)len ||
	    recv(to, in, len, MSG_WAITALL) != (ssize_t)len || memcmp(in, out, len))
		errx(1, "%zu octets did not come", len);
}

static void end(struct pair *pair)
{
	char in;

	close(pair->a);
	if (pair->b >= 0 && recv(pair->b, &in, 1, 0))
		errx(1, "octets after the last");
	close(pair->b);
	close(pair->l);
}

static void with_data(struct pair *pair)
{
	begin(pair, 399, "", iso_words("\x01\x03", "\x01\x02", "hello"));
	answer_with(pair, 0, "ok");
	take_call(pair);
	pass(pair->a, pair->b, LARGE, 0);
	pass(pair->b, pair->a, 2, 0);
	pass(pair->a, pair->b, 3, MSG_MORE);
	pass(pair->a, pair->b, 4, 0);
	if (iso_bye(pair->a, "goodbye"))
		err(1, "WSA_IOC_ISO_BYE");
	end(pair);
}

static void refused_with_data(struct pair *pair)
{
	begin(pair, 399, "", iso_words("\x01\x03", "\x01\x02", "hello"));
	answer_with(pair, WSA_ISO_REJECT, "no!");
	refused(pair);
	end(pair);
}

static void class_0(struct pair *pair)
{
	struct wsa_iso_set words = iso_words("\x01\x03", "\x01\x02", "");

	words.flags = WSA_ISO_F_CLASS0;
	words.tpdu_size = 1024;
	begin(pair, 102, "", words);
	take_call(pair);
	pass(pair->a, pair->b, 3000, 0);
	pass(pair->b, pair->a, 2, 0);
	end(pair);
}

static void nothing_to_say(struct pair *pair)
{
	begin(pair, 399, "", iso_words("", "", ""));
	take_call(pair);
	end(pair);
}

static void another_selector(struct pair *pair)
{
	begin(pair, 399, "\x01\x04", iso_words("", "\x01\x02", ""));
	refused(pair);
	end(pair);
}

static void the_most(struct pair *pair)
{
	begin(pair, 399, "", iso_words(MOST, MOST, MOST));
	answer_with(pair, 0, MOST);
	take_call(pair);
	if (iso_bye(pair->a, MOST MOST))
		err(1, "WSA_IOC_ISO_BYE");
	end(pair);
}

static int capture_begin(void)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex("lo"),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0), room = 16 << 20;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)))
		err(1, "AF_PACKET");
	return fd;
}

/* Each packet once: a loopback device shows it going out and coming in. */
static void capture_write(int fd)
{
	/* magic number, version 2.4, time zone, digits, size of the largest, Ethernet */
	const uint32_t head[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 1 << 18, 1 };
	static unsigned char packet[1 << 18];
	struct tpacket_stats stats;
	struct sockaddr_ll from;
	socklen_t len = sizeof(from), size = sizeof(stats);
	uint32_t n = 0;
	ssize_t octets;

	fwrite(head, sizeof(head), 1, stdout);
	while ((octets = recvfrom(fd, packet, sizeof(packet), MSG_DONTWAIT,
				  (struct sockaddr *)&from, &len)) > 0) {
		const uint32_t before[] = { 0, n++, octets, octets };

		if (from.sll_pkttype == PACKET_OUTGOING)
			continue;
		fwrite(before, sizeof(before), 1, stdout);
		fwrite(packet, octets, 1, stdout);
	}
	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size) || stats.tp_drops)
		errx(1, "%u packets were not captured", stats.tp_drops);
	if (fflush(stdout))
		err(1, "stdout");
}

int main(void)
{
	static void (*const conversations[])(struct pair *pair) = {
		with_data, refused_with_data, class_0, nothing_to_say, another_selector, the_most,
	};
	static const struct kind kinds[] = {
		{ AF_INET, SOCK_SEQPACKET }, { AF_INET6, SOCK_SEQPACKET },
	};
	unsigned int i, j;
	int fd;

	netns_fresh();
	fd = capture_begin();
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		for (j = 0; j < ARRAY_SIZE(conversations); j++) {
			struct pair pair = { .kind = &kinds[i] };

			conversations[j](&pair);
		}
	}
	usleep(300000);		/* what ends the last one */
	capture_write(fd);
	return 0;
}
