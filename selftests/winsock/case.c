// SPDX-License-Identifier: GPL-2.0
#include "case.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Longer than anything takes; only a hang reaches it. */
#define HUNG_SECONDS 60

void start(const struct sort *sort)
{
	WSADATA data;
	int code;

	setenv("LIBWSACONNECT_DOOR", sort->door, 1);
	setenv("LIBWSACONNECT_COMPAT", sort->compat, 1);
	code = WSAStartup(MAKEWORD(2, 2), &data);
	if (code)
		errx(1, "WSAStartup: %d", code);
}

void finish(void)
{
	while (!WSACleanup())
		;
}

static void must(bool fine, const char *what)
{
	if (!fine)
		errx(1, "%s: %d", what, WSAGetLastError());
}

SOCKET make(const struct sort *sort, int type)
{
	DWORD off = 0;
	SOCKET s = socket(sort->af, type, 0);

	must(s != INVALID_SOCKET, "socket");
	if (sort->dual)
		must(!setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof(off)),
		     "IPV6_V6ONLY");
	return s;
}

SOCKET make_bound(const struct sort *sort, int type, struct place *at)
{
	struct place any = place_loopback(sort, 0);
	SOCKET s = make(sort, type);

	must(!bind(s, &any.sa, any.len), "bind");
	*at = place_local(s);
	return s;
}

SOCKET make_listener(const struct sort *sort, struct place *at)
{
	SOCKET s = make_bound(sort, SOCK_STREAM, at);

	must(!listen(s, 16), "listen");
	return s;
}

SOCKET make_pair(const struct sort *sort, SOCKET *accepted)
{
	struct place at;
	SOCKET l = make_listener(sort, &at), s = make(sort, SOCK_STREAM);

	must(!connect(s, &at.sa, at.len), "connect");
	*accepted = accept(l, NULL, NULL);
	must(*accepted != INVALID_SOCKET, "accept");
	must(!closesocket(l), "closesocket");
	return s;
}

SOCKET make_pending(const struct sort *sort, struct place *to)
{
	SOCKET s = make(sort, SOCK_STREAM);

	*to = place_silent(sort, 5000);
	must(!nonblocking(s, true), "FIONBIO");
	must(connect(s, &to->sa, to->len) && WSAGetLastError() == WSAEWOULDBLOCK, "connect");
	return s;
}

bool make_dgram_pair(const struct sort *sort, SOCKET pair[2], struct place at[2])
{
	pair[0] = make_bound(sort, SOCK_DGRAM, &at[0]);
	pair[1] = make_bound(sort, SOCK_DGRAM, &at[1]);
	return !connect(pair[0], &at[1].sa, at[1].len) && !connect(pair[1], &at[0].sa, at[0].len);
}

/* Taken, so that nobody else gets it, and answered with a reset until somebody listens on it. */
SOCKET refused_at(const struct sort *sort, struct place *at)
{
	return make_bound(sort, SOCK_STREAM, at);
}

/* IP, or IP%INTERFACE. */
struct place place_at(const char *ip, int port)
{
	struct place place = {};
	char copy[64], *scope;

	snprintf(copy, sizeof(copy), "%s", ip);
	scope = strchr(copy, '%');
	if (scope)
		*scope++ = 0;
	if (strchr(copy, ':')) {
		place.len = sizeof(place.v6);
		place.v6.sin6_family = AF_INET6;
		place.v6.sin6_port = htons(port);
		place.v6.sin6_scope_id = scope ? host_interface(scope) : 0;
		must(inet_pton(AF_INET6, copy, &place.v6.sin6_addr) == 1, ip);
	} else {
		place.len = sizeof(place.v4);
		place.v4.sin_family = AF_INET;
		place.v4.sin_port = htons(port);
		must(inet_pton(AF_INET, copy, &place.v4.sin_addr) == 1, ip);
	}
	return place;
}

struct place place_for(const struct sort *sort, const char *ipv4, const char *ipv6, int port)
{
	char mapped[64];

	if (sort->af == AF_INET)
		return place_at(ipv4, port);
	if (!sort->dual)
		return place_at(ipv6, port);
	snprintf(mapped, sizeof(mapped), "::ffff:%s", ipv4);
	return place_at(mapped, port);
}

struct place place_loopback(const struct sort *sort, int port)
{
	return place_for(sort, "127.0.0.1", "::1", port);
}

struct place place_silent(const struct sort *sort, int port)
{
	return place_for(sort, "10.9.0.2", "fd09::2", port);
}

struct place place_silent_too(const struct sort *sort, int port)
{
	return place_for(sort, "10.9.0.3", "fd09::3", port);
}

/* Length 0 when there is none. */
struct place place_local(SOCKET s)
{
	struct place place = { .len = sizeof(place.octets) };

	if (getsockname(s, &place.sa, &place.len))
		memset(&place, 0, sizeof(place));
	return place;
}

struct place place_peer(SOCKET s)
{
	struct place place = { .len = sizeof(place.octets) };

	if (getpeername(s, &place.sa, &place.len))
		memset(&place, 0, sizeof(place));
	return place;
}

/* At the same place in both structures. */
int place_port(const struct place *place)
{
	return ntohs(place->v4.sin_port);
}

void place_set_port(struct place *place, int port)
{
	place->v4.sin_port = htons(port);
}

bool same_place(const struct place *a, const struct place *b)
{
	return a->len == b->len && !memcmp(a->octets, b->octets, a->len);
}

bool same_host(const struct place *a, const struct place *b)
{
	if (a->len != b->len || a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	return !memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr));
}

int connect_at(SOCKET s, const struct place *place)
{
	return WSAConnect(s, &place->sa, place->len, NULL, NULL, NULL, NULL);
}

/* The value, or minus the code. */
int option(SOCKET s, int level, int name)
{
	DWORD value = 0;
	int len = sizeof(value);

	if (getsockopt(s, level, name, (char *)&value, &len))
		return -WSAGetLastError();
	return value;
}

int set_option(SOCKET s, int level, int name, DWORD value)
{
	return setsockopt(s, level, name, (const char *)&value, sizeof(value));
}

int so_error(SOCKET s)
{
	return option(s, SOL_SOCKET, SO_ERROR);
}

bool has_connect_time(SOCKET s)
{
	DWORD seconds = 0xffffffff;
	int len = sizeof(seconds);

	return !getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &len) &&
	       seconds != 0xffffffff;
}

int queued(SOCKET s)
{
	u_long n = 0;

	return ioctlsocket(s, FIONREAD, &n) ? -WSAGetLastError() : (int)n;
}

int nonblocking(SOCKET s, bool on)
{
	u_long value = on;

	return ioctlsocket(s, FIONBIO, &value);
}

void reset_on_close(SOCKET s)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	must(!setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof(linger)), "SO_LINGER");
}

static bool is_failed(SOCKET s, int code)
{
	return so_error(s) == code;
}

static bool is_connected(SOCKET s, int unused)
{
	return has_connect_time(s);
}

static bool is_queued(SOCKET s, int octets)
{
	return queued(s) >= octets;
}

/* Linux's view, for Winsock's SO_ERROR does not show it. */
static bool is_reset(SOCKET s, int unused)
{
	struct host_look look;

	host_look((int)s, &look);
	return look.tcp_state == 7;	/* TCP_CLOSE */
}

/* Whatever SO_ERROR says of it. */
static bool is_nothing_pending(SOCKET s, int unused)
{
	return !host_syn_sent();
}

static bool soon(bool (*is)(SOCKET s, int number), SOCKET s, int number)
{
	int tries;

	for (tries = 0; tries < HUNG_SECONDS * 100; tries++) {
		if (is(s, number))
			return true;
		host_pause(10);
	}
	return false;
}

bool soon_connected(SOCKET s)
{
	return soon(is_connected, s, 0);
}

bool soon_failed(SOCKET s, int code)
{
	return soon(is_failed, s, code);
}

bool soon_queued(SOCKET s, int octets)
{
	return soon(is_queued, s, octets);
}

bool soon_reset(SOCKET s)
{
	return soon(is_reset, s, 0);
}

bool soon_nothing_pending(void)
{
	return soon(is_nothing_pending, 0, 0);
}

bool pass_on(SOCKET from, SOCKET to)
{
	char octet = 0;

	return send(from, "x", 1, 0) == 1 && soon_queued(to, 1) && recv(to, &octet, 1, 0) == 1 &&
	       octet == 'x';
}

int run_connect(struct attempt *attempt)
{
	return connect_at(attempt->s, &attempt->place);
}

static void *attempt_thread(void *arg)
{
	struct attempt *attempt = arg;

	attempt->tid = host_tid();
	WSASetLastError(POISON_CODE);
	attempt->ret = attempt->run(attempt);
	attempt->code = WSAGetLastError();
	return NULL;
}

static void launch(struct attempt *attempt)
{
	attempt->ret = 0xdead;
	if (pthread_create(&attempt->thread, NULL, attempt_thread, attempt))
		errx(1, "no thread");
}

void attempt_launch(struct attempt *attempt, int (*run)(struct attempt *attempt), SOCKET s)
{
	memset(attempt, 0, sizeof(*attempt));
	attempt->s = s;
	attempt->run = run;
	launch(attempt);
}

/* Returns when the call waits, or has ended. */
void attempt_begin(struct attempt *attempt, int (*run)(struct attempt *attempt), SOCKET s,
		   const struct place *place)
{
	memset(attempt, 0, sizeof(*attempt));
	attempt->s = s;
	attempt->run = run;
	if (place)
		attempt->place = *place;
	launch(attempt);
	while (!attempt->tid)
		host_pause(1);
	attempt->ended_first = !host_sleeps(attempt->tid);
}

bool attempt_ended(struct attempt *attempt)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += HUNG_SECONDS;
	return !pthread_timedjoin_np(attempt->thread, NULL, &deadline);
}

void take_picture(SOCKET s, struct picture *picture)
{
	int last = WSAGetLastError();

	memset(picture, 0, sizeof(*picture));
	picture->local.len = sizeof(picture->local.octets);
	picture->peer.len = sizeof(picture->peer.octets);
	if (getsockname(s, &picture->local.sa, &picture->local.len))
		picture->local_code = WSAGetLastError();
	if (getpeername(s, &picture->peer.sa, &picture->peer.len))
		picture->peer_code = WSAGetLastError();
	picture->error = so_error(s);
	picture->queued = queued(s);
	picture->connect_time_known = has_connect_time(s);
	picture->broadcast = option(s, SOL_SOCKET, SO_BROADCAST);
	picture->receive_limit = option(s, SOL_SOCKET, SO_RCVTIMEO);
	picture->send_limit = option(s, SOL_SOCKET, SO_SNDTIMEO);
	host_look((int)s, &picture->host);
	WSASetLastError(last);
}

static bool differs(const char *what, const void *before, const void *now, size_t size)
{
	const unsigned char *a = before, *b = now;
	size_t i;

	if (!memcmp(before, now, size))
		return false;
	for (i = 0; a[i] == b[i]; i++)
		;
	printf("# %s changed: octet %zu was %#x, is %#x\n", what, i, a[i], b[i]);
	return true;
}

#define DIFFERS(member) differs(#member, &before->member, &now.member, sizeof(now.member))

bool same_picture(SOCKET s, const struct picture *before)
{
	struct picture now;
	int changes = 0;

	take_picture(s, &now);
	changes += DIFFERS(local_code);
	changes += DIFFERS(peer_code);
	changes += DIFFERS(local);
	changes += DIFFERS(peer);
	changes += DIFFERS(error);
	changes += DIFFERS(queued);
	changes += DIFFERS(connect_time_known);
	changes += DIFFERS(broadcast);
	changes += DIFFERS(receive_limit);
	changes += DIFFERS(send_limit);
	changes += DIFFERS(host);
	return !changes;
}

/* Everything a call could write to. */
struct outputs {
	struct place place;
	int len;
	char data[32];
	WSABUF buffer;
	DWORD count;
	DWORD flags;
	u_long number;
};

static int call_nth(int n, SOCKET s, struct outputs *o, bool null)
{
	struct sockaddr *sa = null ? NULL : &o->place.sa;
	WSABUF *buffer = null ? NULL : &o->buffer;
	DWORD *count = null ? NULL : &o->count, *flags = null ? NULL : &o->flags;
	char *data = null ? NULL : o->data;
	int *len = null ? NULL : &o->len;
	int namelen = null ? 0 : (int)sizeof(struct sockaddr_in6);

	switch (n) {
	case 0:
		return bind(s, sa, namelen);
	case 1:
		return listen(s, 5);
	case 2:
		return accept(s, sa, len) == INVALID_SOCKET ? SOCKET_ERROR : 0;
	case 3:
		return connect(s, sa, namelen);
	case 4:
		return WSAConnect(s, sa, namelen, buffer, buffer, NULL, NULL);
	case 5:
		return shutdown(s, SD_BOTH);
	case 6:
		return getsockname(s, sa, len);
	case 7:
		return getpeername(s, sa, len);
	case 8:
		return getsockopt(s, SOL_SOCKET, SO_TYPE, data, len);
	case 9:
		return setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, data, 4);
	case 10:
		return ioctlsocket(s, FIONREAD, null ? NULL : &o->number);
	case 11:
		return WSAIoctl(s, SIO_UDP_CONNRESET, data, 4, data, 4, count, NULL, NULL);
	case 12:
		return send(s, data, 4, 0);
	case 13:
		return sendto(s, data, 4, 0, sa, namelen);
	case 14:
		return recv(s, data, 4, 0);
	case 15:
		return recvfrom(s, data, 4, 0, sa, len);
	case 16:
		return WSASend(s, buffer, 1, count, 0, NULL, NULL);
	case 17:
		return WSASendTo(s, buffer, 1, count, 0, sa, namelen, NULL, NULL);
	case 18:
		return WSARecv(s, buffer, 1, count, flags, NULL, NULL);
	case 19:
		return WSARecvFrom(s, buffer, 1, count, flags, sa, len, NULL, NULL);
	case 20:
		return closesocket(s);
	default:
		return 1;
	}
}

int sweep(SOCKET s, int code, bool null_pointers)
{
	int n, bad = 0, ret, last;

	for (n = 0; n <= 20; n++) {
		struct outputs o, before;

		memset(&o, 0xa5, sizeof(o));
		memset(&o.place, 0, sizeof(o.place));
		o.place.v4.sin_family = AF_INET;
		o.place.v4.sin_port = htons(5);
		o.place.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		o.len = sizeof(o.place.octets);
		o.buffer.len = sizeof(o.data);
		o.buffer.buf = o.data;
		o.flags = 0;
		before = o;
		WSASetLastError(POISON_CODE);
		ret = call_nth(n, s, &o, null_pointers);
		last = WSAGetLastError();
		if (ret != SOCKET_ERROR || last != code) {
			printf("# call %d on %#lx: returned %d, code %d\n", n, (long)s, ret, last);
			bad++;
		}
		if (memcmp(&o, &before, sizeof(o))) {
			printf("# call %d on %#lx wrote\n", n, (long)s);
			bad++;
		}
	}
	return bad;
}

bool all_octets(const void *memory, int octet, size_t n)
{
	const unsigned char *p = memory;

	while (n--)
		if (*p++ != octet)
			return false;
	return true;
}

static FLOWSPEC flow(SERVICETYPE service)
{
	return (FLOWSPEC){
		.TokenRate = QOS_NOT_SPECIFIED, .TokenBucketSize = QOS_NOT_SPECIFIED,
		.PeakBandwidth = QOS_NOT_SPECIFIED, .Latency = QOS_NOT_SPECIFIED,
		.DelayVariation = QOS_NOT_SPECIFIED, .ServiceType = service,
		.MaxSduSize = QOS_NOT_SPECIFIED, .MinimumPolicedSize = QOS_NOT_SPECIFIED,
	};
}

QOS best_effort(void)
{
	QOS qos = {};

	qos.SendingFlowspec = flow(SERVICETYPE_BESTEFFORT);
	qos.ReceivingFlowspec = flow(SERVICETYPE_BESTEFFORT);
	return qos;
}

QOS guaranteed(void)
{
	QOS qos = best_effort();

	qos.SendingFlowspec = flow(SERVICETYPE_GUARANTEED);
	qos.SendingFlowspec.TokenRate = 12500;
	qos.SendingFlowspec.TokenBucketSize = 3000;
	qos.SendingFlowspec.PeakBandwidth = 25000;
	qos.SendingFlowspec.Latency = 50000;
	qos.SendingFlowspec.MaxSduSize = 1500;
	qos.SendingFlowspec.MinimumPolicedSize = 64;
	return qos;
}
