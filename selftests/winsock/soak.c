// SPDX-License-Identifier: GPL-2.0
/*
 * Non-blocking connects by the thousand: each outcome is told once, with its code, and
 * nothing after closesocket. SOAK in the environment is how many, 20000 unless it is set.
 */
#include "case.h"

#include <wsamessage.h>

#include <stdlib.h>

#include <kselftest_harness.h>

#define FLIGHT	200	/* at a time */
#define CASES	14
/* Long enough for two SYNs to stay unanswered, and then for a loaded machine. */
#define HUNG_MS	120000

enum how { REFUSED, ACCEPTED, TIMED_OUT, CLOSED };

FIXTURE(soak) {
	const struct sort *sort;
	SOCKET l;
	struct place live, closed, silent;
	WSAEVENT event;
	HWND window;
};

FIXTURE_VARIANT(soak) {
	const char *name;
	enum how how;
	bool after;		/* selects when the attempt is on its way, or over */
	bool messages;		/* by WSAAsyncSelect */
	struct sort sort;
};

#define WAY(way, outcome, later, by_message, d, a, both) \
	FIXTURE_VARIANT_ADD(soak, way) { \
		.name = #way, .how = outcome, .after = later, .messages = by_message, \
		.sort = { .door = d, .compat = "documented", .af = a, .dual = both } }

WAY(refused_before_events, REFUSED, false, false, "family", AF_INET, false);
WAY(refused_after_events, REFUSED, true, false, "adopt", AF_INET6, false);
WAY(refused_before_messages, REFUSED, false, true, "adopt", AF_INET, false);
WAY(accepted_before_events, ACCEPTED, false, false, "family", AF_INET6, true);
WAY(accepted_after_events, ACCEPTED, true, false, "adopt", AF_INET, false);
WAY(accepted_before_messages, ACCEPTED, false, true, "family", AF_INET6, false);
WAY(timed_out_before_events, TIMED_OUT, false, false, "adopt", AF_INET6, true);
WAY(timed_out_after_events, TIMED_OUT, true, false, "family", AF_INET, false);
WAY(timed_out_before_messages, TIMED_OUT, false, true, "family", AF_INET6, false);
/* the outcome is still to come: a window is told of none that was there before (row 213) */
WAY(timed_out_after_messages, TIMED_OUT, true, true, "adopt", AF_INET, false);
WAY(closed_before_events, CLOSED, false, false, "family", AF_INET, false);
WAY(closed_after_events, CLOSED, true, false, "adopt", AF_INET6, false);
WAY(closed_before_messages, CLOSED, false, true, "family", AF_INET6, true);
WAY(closed_after_messages, CLOSED, true, true, "adopt", AF_INET, false);

FIXTURE_SETUP(soak)
{
	host_fresh();
	host_dummies();
	host_sysctl("/proc/sys/net/ipv4/tcp_syn_retries", "1");
	self->sort = &variant->sort;
	start(self->sort);
	self->l = make_listener(self->sort, &self->live);
	ASSERT_EQ(0, listen(self->l, SOMAXCONN));
	ASSERT_EQ(0, nonblocking(self->l, true));
	refused_at(self->sort, &self->closed);
	self->silent = place_silent(self->sort, 5000);
	self->event = WSACreateEvent();
	self->window = wsaconnect_window();
	ASSERT_NE(WSA_INVALID_EVENT, self->event);
	ASSERT_NE(NULL, self->window);
}

FIXTURE_TEARDOWN(soak)
{
	wsaconnect_window_close(self->window);
	WSACloseEvent(self->event);
	FINISH();
}

/* A connect on its way, and what was told of it. */
struct attempted {
	SOCKET s;
	const struct place *to;
	int connects;
	int writes;
	int code;
};

static struct attempted flight[FLIGHT];

/* No TIME_WAIT keeps the port. */
static void end(SOCKET s)
{
	reset_on_close(s);
	if (closesocket(s))
		abort();
}

/* Over all rounds. */
struct tally {
	unsigned long started;
	unsigned long told;
	unsigned long lost;
	unsigned long twice;
	unsigned long wrong;
	unsigned long after_close;
};

static int choose(const FIXTURE_DATA(soak) *self, const FIXTURE_VARIANT(soak) *variant, SOCKET s)
{
	long events = FD_CONNECT | FD_WRITE | FD_CLOSE;

	if (variant->messages)
		return WSAAsyncSelect(s, self->window, WM_USER, events);
	return WSAEventSelect(s, self->event, events);
}

static void told(struct attempted *a, int events, int code)
{
	if (events & FD_CONNECT) {
		a->connects++;
		a->code = code;
	}
	if (events & FD_WRITE)
		a->writes++;
}

static struct attempted *of_socket(SOCKET s)
{
	int i;

	for (i = 0; i < FLIGHT; i++)
		if (flight[i].s == s)
			return &flight[i];
	return NULL;
}

/* Takes what there is, waiting for it; false when nothing came. */
static bool take(const FIXTURE_DATA(soak) *self, const FIXTURE_VARIANT(soak) *variant,
		 DWORD milliseconds, struct tally *tally)
{
	WSANETWORKEVENTS events;
	struct attempted *a;
	MSG message;
	int i;

	if (variant->messages) {
		if (wsaconnect_get_message(self->window, &message, milliseconds) <= 0)
			return false;
		a = of_socket(message.wParam);
		if (a)
			told(a, WSAGETSELECTEVENT(message.lParam),
			     WSAGETSELECTERROR(message.lParam));
		else
			tally->after_close++;
		return true;
	}
	if (WSAWaitForMultipleEvents(1, &self->event, FALSE, milliseconds, FALSE) !=
	    WSA_WAIT_EVENT_0)
		return false;
	WSAResetEvent(self->event);
	for (i = 0; i < FLIGHT; i++)
		if (flight[i].s != INVALID_SOCKET &&
		    !WSAEnumNetworkEvents(flight[i].s, NULL, &events))
			told(&flight[i], events.lNetworkEvents, events.iErrorCode[FD_CONNECT_BIT]);
	return true;
}

static const struct place *destination(const FIXTURE_DATA(soak) *self, enum how how, int i)
{
	switch (how) {
	case REFUSED:
		return &self->closed;
	case ACCEPTED:
		return &self->live;
	case TIMED_OUT:
		return &self->silent;
	default:
		return i % 3 == 0 ? &self->silent : i % 3 == 1 ? &self->live : &self->closed;
	}
}

static int accept_all(SOCKET l)
{
	SOCKET s;
	int n = 0;

	while ((s = accept(l, NULL, NULL)) != INVALID_SOCKET) {
		end(s);
		n++;
	}
	return n;
}

static int outcomes(void)
{
	int i, n = 0;

	for (i = 0; i < FLIGHT; i++)
		n += flight[i].s != INVALID_SOCKET && flight[i].connects;
	return n;
}

static void count(const FIXTURE_VARIANT(soak) *variant, struct tally *tally)
{
	static const int codes[] = { WSAECONNREFUSED, 0, WSAETIMEDOUT };
	int i;

	for (i = 0; i < FLIGHT; i++) {
		struct attempted *a = &flight[i];
		bool write = variant->how == ACCEPTED;

		tally->told += a->connects;
		tally->lost += !a->connects || (write && !a->writes);
		tally->twice += a->connects > 1 || a->writes > 1;
		tally->wrong += a->connects && a->code != codes[variant->how];
		tally->wrong += !write && a->writes;
	}
}

static void one_round(struct __test_metadata *_metadata, FIXTURE_DATA(soak) *self,
		      const FIXTURE_VARIANT(soak) *variant, unsigned int number,
		      struct tally *tally)
{
	bool closes = variant->how == CLOSED;
	bool over = variant->after && !variant->messages && number & 1;
	int i;

	for (i = 0; i < FLIGHT; i++) {
		struct attempted *a = &flight[i];

		*a = (struct attempted){ .s = make(self->sort, SOCK_STREAM), .code = -1 };
		a->to = destination(self, variant->how, i);
		ASSERT_EQ(0, variant->after ? nonblocking(a->s, true) :
					      choose(self, variant, a->s));
		ASSERT_EQ(SOCKET_ERROR, connect_at(a->s, a->to));
		ASSERT_EQ(WSAEWOULDBLOCK, WSAGetLastError());
		tally->started++;
		if (variant->after && !over && !closes)
			ASSERT_EQ(0, choose(self, variant, a->s));
		if (closes && i % 4 == 0) {
			end(a->s);
			a->s = INVALID_SOCKET;
		}
	}
	if (over)
		host_pause(variant->how == TIMED_OUT ? 10000 : 10);
	for (i = 0; variant->after && (over || closes) && i < FLIGHT; i++)
		if (flight[i].s != INVALID_SOCKET)
			ASSERT_EQ(0, choose(self, variant, flight[i].s));

	while (!closes && outcomes() < FLIGHT) {
		for (i = 0; variant->how == REFUSED && i < FLIGHT; i += 3)
			host_take_so_error((int)flight[i].s);
		if (!take(self, variant, HUNG_MS, tally))
			break;
	}
	if (closes && number & 1)
		host_pause(number & 2 ? 1 : 10000);
	/* what comes on top would be twice */
	while (!closes && take(self, variant, 0, tally))
		;
	if (!closes)
		count(variant, tally);
	if (variant->how == ACCEPTED)
		EXPECT_EQ(FLIGHT, accept_all(self->l));
	for (i = 0; i < FLIGHT; i++)
		if (flight[i].s != INVALID_SOCKET) {
			end(flight[i].s);
			flight[i].s = INVALID_SOCKET;
		}
	accept_all(self->l);

	if (!variant->messages)
		WSAResetEvent(self->event);
	host_pause(1);
	while (take(self, variant, 0, tally))
		tally->after_close += !variant->messages;
}

static unsigned int rounds_wanted(void)
{
	const char *text = getenv("SOAK");
	long connects = text ? atol(text) : 20000;

	if (!text && host_checks_everything())
		connects = CASES * FLIGHT;
	return (connects + CASES * FLIGHT - 1) / (CASES * FLIGHT);
}

TEST_F_TIMEOUT(soak, every_outcome_once__r67_r74_r84_r216_r217_r227, 7200)
{
	unsigned int rounds = rounds_wanted(), number;
	struct tally tally = { 0 };

	for (number = 0; number < rounds && !tally.lost; number++)
		one_round(_metadata, self, variant, number, &tally);
	TH_LOG("%s: %lu connects, %lu outcomes, %lu lost, %lu twice, %lu wrong, %lu after close",
	       variant->name, tally.started, tally.told, tally.lost, tally.twice, tally.wrong,
	       tally.after_close);
	EXPECT_EQ((unsigned long)rounds * FLIGHT, tally.started);
	EXPECT_EQ(variant->how == CLOSED ? 0 : tally.started, tally.told);
	EXPECT_EQ(0, tally.lost);
	EXPECT_EQ(0, tally.twice);
	EXPECT_EQ(0, tally.wrong);
	EXPECT_EQ(0, tally.after_close);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
