/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of ISO transport for cases under Winsock's names. Include case.h first. */
#ifndef SELFTESTS_WINSOCK_ISO_H
#define SELFTESTS_WINSOCK_ISO_H

#include <wshisotp.h>

#include <err.h>

#define ISO_KIND(fixture, name, a, t) \
	FIXTURE_VARIANT_ADD(fixture, name) { \
		.sort = { .door = "family", .compat = "documented", .af = a }, .type = t }

#define ISO_KINDS(fixture) \
	FIXTURE_VARIANT(fixture) { struct sort sort; int type; }; \
	ISO_KIND(fixture, record_v4, AF_INET, SOCK_SEQPACKET); \
	ISO_KIND(fixture, record_v6, AF_INET6, SOCK_SEQPACKET); \
	ISO_KIND(fixture, stream_v4, AF_INET, SOCK_STREAM)

static inline SOCKET iso_make(const struct sort *sort, int type)
{
	SOCKET s = socket(sort->af, type, ISOPROTO_TP2);

	if (s == INVALID_SOCKET)
		errx(1, "socket: %d", WSAGetLastError());
	return s;
}

static inline SOCKET iso_listener(const struct sort *sort, int type, struct place *at)
{
	struct place any = place_loopback(sort, 0);
	SOCKET s = iso_make(sort, type);

	if (bind(s, &any.sa, any.len) || listen(s, 8))
		errx(1, "listen: %d", WSAGetLastError());
	*at = place_local(s);
	return s;
}

/**
 * struct call - a WSAConnect with connect data, in a thread of its own or not
 * @attempt: the thread; first, for its function gets no more
 * @caller: the caller's data
 * @callee: room for the callee's
 * @in: which is there
 */
struct call {
	struct attempt attempt;
	WSABUF caller;
	WSABUF callee;
	char in[80];
};

enum { POISON = 0x5a };

static inline void call_init(struct call *call, const char *data, ULONG room)
{
	memset(call, 0, sizeof(*call));
	memset(call->in, POISON, sizeof(call->in));
	call->caller.buf = (char *)data;
	call->caller.len = strlen(data);
	call->callee.buf = call->in;
	call->callee.len = room;
}

static inline int call_now(struct call *call, SOCKET s, const struct place *at)
{
	return WSAConnect(s, &at->sa, at->len, &call->caller, &call->callee, NULL, NULL);
}

static inline int call_run(struct attempt *attempt)
{
	return call_now((struct call *)attempt, attempt->s, &attempt->place);
}

/* Exactly these came, and nothing behind them was written. */
static inline bool call_got(const struct call *call, const char *data)
{
	size_t n = strlen(data);

	return call->callee.len == n && call->callee.buf == call->in &&
	       !memcmp(call->in, data, n) && all_octets(call->in + n, POISON, sizeof(call->in) - n);
}

static inline bool call_untouched(const struct call *call, ULONG room)
{
	return call->callee.len == room && all_octets(call->in, POISON, sizeof(call->in));
}

/**
 * struct answer - what a condition function says, and what it saw
 * @verdict: CF_*
 * @data: for the caller
 * @more: what else it does
 * @asked: how often
 * @room: octets there were for @data
 * @caller: address of the caller
 * @callee: address that was called
 * @seen: the caller's data
 * @has_data: there was some
 * @odd: an argument was not as it should be
 */
struct answer {
	int verdict;
	const char *data;
	void (*more)(struct answer *answer);
	int asked;
	ULONG room;
	struct place caller;
	struct place callee;
	char seen[40];
	bool has_data;
	bool odd;
};

static inline void place_of(struct place *place, const WSABUF *id)
{
	place->len = id->len;
	memcpy(place->octets, id->buf, id->len);
}

static inline int CALLBACK condition(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos,
				     LPQOS gqos, LPWSABUF callee_id, LPWSABUF callee_data,
				     GROUP *group, DWORD_PTR data)
{
	struct answer *answer = (struct answer *)data;
	size_t n = answer->data ? strlen(answer->data) : 0;

	answer->asked++;
	answer->odd = sqos || gqos || group || !caller_id || !callee_id || !callee_data;
	if (answer->odd)
		return -1;
	place_of(&answer->caller, caller_id);
	place_of(&answer->callee, callee_id);
	answer->has_data = caller_data;
	memset(answer->seen, 0, sizeof(answer->seen));
	if (caller_data && caller_data->len < sizeof(answer->seen))
		memcpy(answer->seen, caller_data->buf, caller_data->len);
	answer->room = callee_data->len;
	if (n <= callee_data->len)
		memcpy(callee_data->buf, answer->data ? answer->data : "", n);
	callee_data->len = n;
	if (answer->more)
		answer->more(answer);
	return answer->verdict;
}

static inline SOCKET accept_if(SOCKET l, struct answer *answer, int verdict, const char *data)
{
	answer->verdict = verdict;
	answer->data = data;
	return WSAAccept(l, NULL, NULL, condition, (DWORD_PTR)answer);
}

/* A connection that carried @out and @back, the end of the caller in @caller. */
static inline SOCKET iso_pair(SOCKET l, const struct place *at, SOCKET s)
{
	struct attempt attempt;
	SOCKET b;

	attempt_begin(&attempt, run_connect, s, at);
	b = accept(l, NULL, NULL);
	if (b == INVALID_SOCKET || !attempt_ended(&attempt) || attempt.ret)
		errx(1, "no pair: %d", attempt.code);
	return b;
}

#endif /* SELFTESTS_WINSOCK_ISO_H */
