// SPDX-License-Identifier: MIT
/*
 * WSAAccept: the program is asked before a connection is taken.
 *
 * The kernel shows who would be accepted next and takes nothing, so one that is put off stays
 * where it is. A call of ISO transport is answered by its number, and nobody else can answer it
 * then. Of TCP's connections another process may take the one that was shown; the one that
 * comes in its stead is asked about when it is there already.
 */
#include <errno.h>
#include <string.h>

#include "wsalib.h"

/**
 * struct question - whom to ask
 * @condition: the program's
 * @data: for it
 * @answer: data for the caller
 * @len: its octets
 */
struct question {
	LPCONDITIONPROC condition;
	DWORD_PTR data;
	char answer[SYS_ISO_CALL];
	ULONG len;
};

/* Returns CF_*, or -1 for an answer that is none. */
static int ask(const struct wsa_sock *sk, struct question *question, struct sys_call *call)
{
	char caller[TP_NAME_MAX], callee[TP_NAME_MAX];
	WSABUF caller_id = { .len = call->addr_len, .buf = (char *)call->addr };
	WSABUF callee_id = { .len = call->addr_len, .buf = (char *)call->local };
	WSABUF caller_data = { .len = call->data_len, .buf = (char *)call->data };
	WSABUF callee_data = { .len = call->room, .buf = question->answer };
	struct waiter *w = wait_thread();
	int answer, inside;

	if (!w)
		return -1;
	if (sock_flags(sk) & SOCK_F_TP) {
		caller_id.len = tp_name_give(call->peer, call->peer_len, call->addr, call->addr_len,
					     caller);
		caller_id.buf = caller;
		callee_id.len = tp_name_give(call->own, call->own_len, call->local, call->addr_len,
					     callee);
		callee_id.buf = callee;
	}
	inside = w->inside;
	w->inside = INSIDE_CONDITION;
	atomic_fetch_or(&w->wants, WANT_INSIDE);
	answer = question->condition(&caller_id, call->data_len ? &caller_data : NULL, NULL, NULL,
				     &callee_id, &callee_data, NULL, question->data);
	w->inside = inside;
	if (!inside)
		atomic_fetch_and(&w->wants, ~WANT_INSIDE);
	question->len = callee_data.len;
	if (callee_data.len > (ULONG)call->room)
		return -1;
	return answer == CF_ACCEPT || answer == CF_REJECT || answer == CF_DEFER ? answer : -1;
}

/* A connection of TCP's that is not wanted: its peer is reset. */
static void reset(int fd)
{
	struct { int on, seconds; } linger = { 1, 0 };

	sys_setopt(fd, LX_SOL_SOCKET, LX_SO_LINGER, &linger, sizeof(linger));
	sys_close(fd);
}

static int code_of(int fd)
{
	return fd == -ECONNABORTED ? WSAECONNRESET : wsa_code(fd);
}

/* The next connection, which is, or has just been, @shown. */
static SOCKET take(int listener, struct wait_call *call, struct question *question,
		   struct sys_call *shown, int answer, struct sockaddr *addr, int *addrlen)
{
	struct wsa_sock *sk = call->sk;
	struct sockaddr_storage peer;
	unsigned int len;
	int fd;

	do {
		len = sizeof(peer);
		fd = accept_take(listener, call, (struct sockaddr *)&peer, &len, 1);
	} while (fd == -EINTR);
	if (fd < 0)
		return accept_refuse(code_of(fd));
	if (!shown->id && ((int)len != shown->addr_len || memcmp(&peer, shown->addr, len))) {
		memcpy(shown->addr, &peer, len < sizeof(shown->addr) ? len : sizeof(shown->addr));
		answer = ask(sk, question, shown);
	}
	if (answer != CF_ACCEPT) {
		reset(fd);
		return accept_refuse(answer == CF_REJECT ? WSAECONNREFUSED :
				     answer == CF_DEFER ? WSATRY_AGAIN : WSAEINVAL);
	}
	return accept_taken(fd, sk, (struct sockaddr *)&peer, len, addr, addrlen);
}

/* Waits until somebody can be shown. Returns 0 or a negative errno. */
static int look(int listener, struct wait_call *call, struct sys_call *shown)
{
	struct wsa_sock *sk = call->sk;
	int again = 0, r;

	for (;;) {
		r = sys_look(listener, !!(sock_flags(sk) & SOCK_F_ISO), shown);
		if (r != -EAGAIN || !sock_blocking(listener, sk))
			return r;
		r = io_wait(listener, call, 0, WAIT_FOREVER, again++);
		if (r < 0)
			return r;
	}
}

/**
 * WSAAccept - take a connection when the program wants it
 * @s: listening socket
 * @addr: receives the peer's address, may be NULL
 * @addrlen: octets at @addr, then octets used; ignored when @addr is NULL
 * @condition: decides; NULL accepts
 * @data: for @condition
 *
 * @condition is called by this thread, with the caller's address; the data of its call, NULL
 * when there is none; NULL for both flows; the address that was called; a buffer for data that
 * the caller is to get, whose len is 0 where the protocol carries none, and which becomes
 * the octets it has written; NULL for the group; and @data. It returns CF_ACCEPT, CF_REJECT, or
 * CF_DEFER to be asked again by a later call (row 294). In it nothing may wait, nor connect (row
 * 251).
 *
 * A caller of ISO transport is connected when it is accepted, and refused with WSAECONNREFUSED
 * and data. One of TCP's is connected before @condition is asked, and reset when it is refused.
 *
 * Return: the socket, or INVALID_SOCKET with accept's codes; WSAECONNREFUSED (CF_REJECT),
 * WSATRY_AGAIN (CF_DEFER), WSAEINVAL (@condition returned something else, or wrote more than
 * there is room for: the call stays where it is), WSAEINPROGRESS (in such a procedure).
 */
SOCKET WSAAPI WSAAccept(SOCKET s, struct sockaddr *addr, LPINT addrlen, LPCONDITIONPROC condition,
			DWORD_PTR data)
{
	struct question question = { .condition = condition, .data = data };
	struct sys_call shown;
	struct wait_call call;
	struct wsa_sock *sk;
	int listener = wsa_enter(s, &sk), answer, r;

	if (listener < 0)
		return INVALID_SOCKET;
	if (!condition)
		return accept_any(listener, sk, addr, addrlen);
	r = accept_fault(sk, addr, addrlen);
	if (r)
		return accept_refuse(r);
	if (wait_self && wait_self->inside == INSIDE_CONDITION)
		return accept_refuse(WSAEINPROGRESS);
	wait_begin(&call, sk);
	do {
		r = look(listener, &call, &shown);
		if (r < 0)
			return accept_refuse(wsa_code(r));
		answer = ask(sk, &question, &shown);
		if (answer == CF_DEFER)
			return accept_refuse(WSATRY_AGAIN);
		if (answer < 0)
			return accept_refuse(WSAEINVAL);
		/* another thread may have answered it meanwhile */
		r = shown.id ? sys_iso_answer(listener, shown.id, answer == CF_REJECT,
					      question.answer, question.len) : 0;
	} while (r == -ENOENT);
	if (r < 0)
		return accept_refuse(wsa_code(r));
	if (shown.id && answer == CF_REJECT)
		return accept_refuse(WSAECONNREFUSED);
	return take(listener, &call, &question, &shown, answer, addr, addrlen);
}
