/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What rules/error.c must say, as KUnit cases that also run in user space.
 *
 * The numbers are written out: a list that is wrong cannot vouch for itself.
 */
#ifndef WSA_TESTS_ERROR_CASES_H
#define WSA_TESTS_ERROR_CASES_H

#include "../rules/error.h"

#define LAST_ERRNO 133

struct code_row {
	const char *name;
	int number;
	const char *text;
};

static const struct code_row code_rows[] = {
#define CODE_ROW(name, number, text) { #name, number, text },
	WSA_ERRORS(CODE_ROW)
#undef CODE_ROW
};

static bool is_code(u32 number)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(code_rows); i++) {
		if (code_rows[i].number == (int)number)
			return true;
	}
	return false;
}

static void errors__ascend_and_are_unique(struct kunit *test)
{
	size_t i, j;

	KUNIT_EXPECT_EQ(test, (int)ARRAY_SIZE(code_rows), 98);
	KUNIT_EXPECT_EQ(test, code_rows[0].number, 6);
	for (i = 1; i < ARRAY_SIZE(code_rows); i++) {
		KUNIT_EXPECT_TRUE_MSG(test, code_rows[i].number > code_rows[i - 1].number,
				      "%s is out of order", code_rows[i].name);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_TRUE_MSG(test, strcmp(code_rows[i].name, code_rows[j].name),
					      "%s twice", code_rows[i].name);
	}
}

static void errors__have_a_name_and_one_line_of_text(struct kunit *test)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(code_rows); i++) {
		const struct code_row *row = &code_rows[i];

		KUNIT_EXPECT_TRUE_MSG(test, !strncmp(row->name, "WSA", 3), "%s", row->name);
		n = strlen(row->text);
		KUNIT_EXPECT_TRUE_MSG(test, n > 3 && n < 60, "%s: %d octets of text", row->name,
				      (int)n);
		KUNIT_EXPECT_TRUE_MSG(test, n && row->text[n - 1] != '.', "%s: a full stop",
				      row->name);
		KUNIT_EXPECT_TRUE_MSG(test, !strchr(row->text, '\n'), "%s: two lines", row->name);
	}
}

/* what is not here is 10022 */
static const u32 plain_codes[LAST_ERRNO + 1] = {
	[EPERM] = 10013,
	[EINTR] = 10004,
	[EIO] = 10050,
	[ENXIO] = 10050,
	[EBADF] = 10038,
	[EAGAIN] = 10035,
	[ENOMEM] = 10055,
	[EACCES] = 10013,
	[EFAULT] = 10014,
	[EBUSY] = 10036,
	[ENODEV] = 10050,
	[EINVAL] = 10022,
	[ENFILE] = 10024,
	[EMFILE] = 10024,
	[EPIPE] = 10053,
	[ENAMETOOLONG] = 10063,
	[ENONET] = 10065,
	[EPROTO] = 10050,
	[ENOTSOCK] = 10038,
	[EDESTADDRREQ] = 10039,
	[EMSGSIZE] = 10040,
	[EPROTOTYPE] = 10041,
	[ENOPROTOOPT] = 10042,
	[EPROTONOSUPPORT] = 10043,
	[ESOCKTNOSUPPORT] = 10044,
	[EOPNOTSUPP] = 10045,
	[EPFNOSUPPORT] = 10047,
	[EAFNOSUPPORT] = 10047,
	[EADDRINUSE] = 10048,
	[EADDRNOTAVAIL] = 10049,
	[ENETDOWN] = 10050,
	[ENETUNREACH] = 10051,
	[ENETRESET] = 10052,
	[ECONNABORTED] = 10053,
	[ECONNRESET] = 10054,
	[ENOBUFS] = 10055,
	[EISCONN] = 10056,
	[ENOTCONN] = 10057,
	[ESHUTDOWN] = 10058,
	[ETOOMANYREFS] = 10059,
	[ETIMEDOUT] = 10060,
	[ECONNREFUSED] = 10061,
	[EHOSTDOWN] = 10065,
	[EHOSTUNREACH] = 10065,
	[EALREADY] = 10037,
	[EINPROGRESS] = 10035,
	[ECANCELED] = 10004,
};

/* EINPROGRESS is 10035 and never 10036 (row 50); EBADF is not WSAEBADF (row 14) */
static void errno_code__every_errno__r14_r50_r81_r82(struct kunit *test)
{
	int error;

	KUNIT_EXPECT_EQ(test, wsa_errno_code(0), 0U);
	for (error = 1; error <= LAST_ERRNO; error++) {
		u32 want = plain_codes[error] ? plain_codes[error] : 10022;

		KUNIT_EXPECT_TRUE_MSG(test, wsa_errno_code(error) == want, "errno %d: %u, not %u",
				      error, wsa_errno_code(error), want);
	}
}

static void errno_code__numbers_that_are_no_errno(struct kunit *test)
{
	static const int numbers[] = { -1, -EINVAL, -INT_MAX - 1, 134, 511, 512, 530, INT_MAX };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		KUNIT_EXPECT_TRUE_MSG(test, wsa_errno_code(numbers[i]) == 10022, "%d: %u",
				      numbers[i], wsa_errno_code(numbers[i]));
}

static const u32 reason_codes[] = {
	[WSA_REASON_NONE] = 0,
	[WSA_REASON_STARTED] = 10035,
	[WSA_REASON_NAME_SHORT] = 10014,
	[WSA_REASON_LISTENING] = 10022,
	[WSA_REASON_PENDING] = 10037,
	[WSA_REASON_CONNECTED] = 10056,
	[WSA_REASON_FAMILY] = 10047,
	[WSA_REASON_ADDR_ANY] = 10049,
	[WSA_REASON_PORT_ZERO] = 10049,
	[WSA_REASON_ADDR_BROADCAST] = 10049,
	[WSA_REASON_ADDR_MULTICAST] = 10049,
	[WSA_REASON_SCOPE] = 10049,
	[WSA_REASON_V6ONLY] = 10051,
	[WSA_REASON_SO_BROADCAST] = 10013,
	[WSA_REASON_PORTS_EXHAUSTED] = 10055,
	[WSA_REASON_TUPLE_IN_USE] = 10048,
	[WSA_REASON_SOURCE] = 10049,
	[WSA_REASON_NO_ROUTE] = 10051,
	[WSA_REASON_HOST_UNREACHABLE] = 10065,
	[WSA_REASON_NET_DOWN] = 10050,
	[WSA_REASON_POLICY] = 10013,
	[WSA_REASON_REFUSED] = 10061,
	[WSA_REASON_TIMED_OUT] = 10060,
	[WSA_REASON_CANCELLED] = 10004,
	[WSA_REASON_SIGNAL] = 10004,
	[WSA_REASON_NO_MEMORY] = 10055,
	[WSA_REASON_OUTCOME_TAKEN] = 10061,
	[WSA_REASON_OTHER] = 0,
	[WSA_REASON_PEER_CONGESTED] = 10055,
	[WSA_REASON_NO_TSAP] = 10061,
	[WSA_REASON_PEER_PROTOCOL] = 10050,
	[WSA_REASON_NO_CONNECT_DATA] = 10043,
	[WSA_REASON_CALLEE_ROOM] = 10014,
};

static void reason_code__every_reason__r49_r51_r71_r75_r79_r80(struct kunit *test)
{
	size_t i;

	KUNIT_EXPECT_EQ(test, (int)ARRAY_SIZE(reason_codes), 33);
	for (i = 0; i < ARRAY_SIZE(reason_codes); i++)
		KUNIT_EXPECT_TRUE_MSG(test, wsa_reason_code(i) == reason_codes[i],
				      "reason %d: %u, not %u", (int)i, wsa_reason_code(i),
				      reason_codes[i]);
	KUNIT_EXPECT_EQ(test, wsa_reason_code((enum wsa_reason)33), 0U);
	KUNIT_EXPECT_EQ(test, wsa_reason_code((enum wsa_reason)0x7fffffff), 0U);
}

static void reasons__are_dense_and_have_known_codes(struct kunit *test)
{
	static const struct {
		const char *name;
		int number;
		u32 code;
		const char *text;
	} rows[] = {
#define REASON_ROW(name, number, code, text) { #name, number, code, text },
		WSA_REASONS(REASON_ROW)
#undef REASON_ROW
	};
	size_t i;

	KUNIT_EXPECT_EQ(test, (int)ARRAY_SIZE(rows), 33);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_TRUE_MSG(test, rows[i].number == (int)i, "%s is %d", rows[i].name,
				      rows[i].number);
		KUNIT_EXPECT_TRUE_MSG(test, !rows[i].code || is_code(rows[i].code), "%s: code %u",
				      rows[i].name, rows[i].code);
		KUNIT_EXPECT_TRUE_MSG(test, strlen(rows[i].text) > 3, "%s: no text", rows[i].name);
	}
}

static void fault_code__every_reason_and_errno(struct kunit *test)
{
	int reason, error, wrong = 0;

	for (reason = 0; reason < (int)ARRAY_SIZE(reason_codes); reason++) {
		for (error = 0; error <= LAST_ERRNO; error++) {
			u32 want = reason_codes[reason];

			if (reason == WSA_REASON_OTHER && error)
				want = plain_codes[error] ? plain_codes[error] : 10022;
			if (wsa_fault_code(reason, error) != want && !wrong++)
				KUNIT_FAIL(test, "reason %d, errno %d: %u, not %u", reason, error,
					   wsa_fault_code(reason, error), want);
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
}

/* The facts of a fault as bits. */
enum {
	S = 1 << 0,	/* stream */
	A = 1 << 1,	/* attempt */
	P = 1 << 2,	/* port_chosen */
	B = 1 << 3,	/* so_broadcast */
	V = 1 << 4,	/* v6only */
	R = 1 << 5,	/* route_broadcast */
	M = 1 << 6,	/* dest.v4mapped */
	L = 1 << 7,	/* dest.link_local */
	C = 1 << 8,	/* cancelled */
	Q = 1 << 9,	/* source_chosen */
	FACTS = 1 << 10,
};

#define KIND(kind)	(1U << WSA_DEST_##kind)
#define EVERY_KIND	0xffU
#define PLAIN_KINDS	(EVERY_KIND & ~KIND(MULTICAST) & ~KIND(BROADCAST))

/*
 * What rows 78-81, 119-121, 124, 128, 129, 144-146 and the table of errnos ask
 * for. Rows do not overlap: whatever the order of the code, one answer is right.
 */
static const struct fault_spec {
	int error;
	unsigned int with;
	unsigned int without;
	unsigned int kinds;
	enum wsa_reason reason;
} fault_specs[] = {
	{ EINPROGRESS, 0, 0, EVERY_KIND, WSA_REASON_STARTED },
	{ EALREADY, 0, 0, EVERY_KIND, WSA_REASON_PENDING },
	{ EISCONN, 0, 0, EVERY_KIND, WSA_REASON_CONNECTED },
	{ EAFNOSUPPORT, 0, 0, EVERY_KIND, WSA_REASON_FAMILY },
	{ EAGAIN, 0, 0, EVERY_KIND, WSA_REASON_PORTS_EXHAUSTED },
	{ EADDRNOTAVAIL, S | P, A, EVERY_KIND, WSA_REASON_TUPLE_IN_USE },
	{ EADDRNOTAVAIL, S, A | P, EVERY_KIND, WSA_REASON_PORTS_EXHAUSTED },
	{ EADDRNOTAVAIL, S | A, 0, EVERY_KIND, WSA_REASON_SOURCE },
	{ EADDRNOTAVAIL, 0, S, EVERY_KIND, WSA_REASON_SOURCE },
	{ EADDRINUSE, 0, 0, EVERY_KIND, WSA_REASON_TUPLE_IN_USE },
	{ EINVAL, L, 0, EVERY_KIND, WSA_REASON_SCOPE },
	{ EINVAL, Q, L, EVERY_KIND, WSA_REASON_SOURCE },
	{ EINVAL, 0, L | Q, EVERY_KIND, WSA_REASON_NO_ROUTE },
	{ ENODEV, L, 0, EVERY_KIND, WSA_REASON_SCOPE },
	{ ENODEV, 0, L, EVERY_KIND, WSA_REASON_NET_DOWN },
	{ ENXIO, L, 0, EVERY_KIND, WSA_REASON_SCOPE },
	{ ENXIO, 0, L, EVERY_KIND, WSA_REASON_NET_DOWN },
	{ ENETDOWN, 0, 0, EVERY_KIND, WSA_REASON_NET_DOWN },
	{ ENETUNREACH, S, 0, KIND(MULTICAST), WSA_REASON_ADDR_MULTICAST },
	{ ENETUNREACH, S, 0, KIND(BROADCAST), WSA_REASON_ADDR_BROADCAST },
	{ ENETUNREACH, S | R, 0, PLAIN_KINDS, WSA_REASON_ADDR_BROADCAST },
	{ ENETUNREACH, S | M | V, R, PLAIN_KINDS, WSA_REASON_V6ONLY },
	{ ENETUNREACH, S | M, R | V, PLAIN_KINDS, WSA_REASON_NO_ROUTE },
	{ ENETUNREACH, S, R | M, PLAIN_KINDS, WSA_REASON_NO_ROUTE },
	{ ENETUNREACH, M | V, S, EVERY_KIND, WSA_REASON_V6ONLY },
	{ ENETUNREACH, M, S | V, EVERY_KIND, WSA_REASON_NO_ROUTE },
	{ ENETUNREACH, 0, S | M, EVERY_KIND, WSA_REASON_NO_ROUTE },
	{ EHOSTUNREACH, 0, 0, EVERY_KIND, WSA_REASON_HOST_UNREACHABLE },
	{ EHOSTDOWN, 0, 0, EVERY_KIND, WSA_REASON_HOST_UNREACHABLE },
	{ ENONET, 0, 0, EVERY_KIND, WSA_REASON_HOST_UNREACHABLE },
	{ ECONNREFUSED, 0, 0, EVERY_KIND, WSA_REASON_REFUSED },
	{ ECONNRESET, A, 0, EVERY_KIND, WSA_REASON_REFUSED },
	{ ENOPROTOOPT, A, 0, EVERY_KIND, WSA_REASON_NO_ROUTE },
	{ EPROTO, A, 0, EVERY_KIND, WSA_REASON_NO_ROUTE },
	{ ECONNABORTED, 0, 0, EVERY_KIND, WSA_REASON_OUTCOME_TAKEN },
	{ ETIMEDOUT, 0, 0, EVERY_KIND, WSA_REASON_TIMED_OUT },
	{ EPERM, 0, 0, EVERY_KIND, WSA_REASON_POLICY },
	{ EACCES, S, 0, EVERY_KIND, WSA_REASON_POLICY },
	{ EACCES, B, S, EVERY_KIND, WSA_REASON_POLICY },
	{ EACCES, 0, S | B, KIND(BROADCAST), WSA_REASON_SO_BROADCAST },
	{ EACCES, R, S | B, EVERY_KIND & ~KIND(BROADCAST), WSA_REASON_SO_BROADCAST },
	{ EACCES, 0, S | B | R, EVERY_KIND & ~KIND(BROADCAST), WSA_REASON_POLICY },
	{ ENOMEM, 0, 0, EVERY_KIND, WSA_REASON_NO_MEMORY },
	{ ENOBUFS, 0, 0, EVERY_KIND, WSA_REASON_NO_MEMORY },
	{ EINTR, 0, 0, EVERY_KIND, WSA_REASON_SIGNAL },
	{ ERESTARTSYS, 0, 0, EVERY_KIND, WSA_REASON_SIGNAL },
	{ ECANCELED, 0, 0, EVERY_KIND, WSA_REASON_CANCELLED },
};

/* -1 when rows contradict each other */
static int spec_reason(int error, unsigned int facts, unsigned int kind)
{
	int reason = WSA_REASON_OTHER;
	bool found = false;
	size_t i;

	if (!error)
		return WSA_REASON_NONE;
	if (facts & C)
		return WSA_REASON_CANCELLED;
	for (i = 0; i < ARRAY_SIZE(fault_specs); i++) {
		const struct fault_spec *spec = &fault_specs[i];

		if (spec->error != error || (facts & spec->with) != spec->with ||
		    (facts & spec->without) || !(spec->kinds & 1U << kind))
			continue;
		if (found)
			return -1;
		found = true;
		reason = spec->reason;
	}
	return reason;
}

static struct wsa_fault fault_of(int error, unsigned int facts, unsigned int kind)
{
	return (struct wsa_fault){
		.error = error,
		.stream = facts & S,
		.attempt = facts & A,
		.port_chosen = facts & P,
		.source_chosen = facts & Q,
		.so_broadcast = facts & B,
		.v6only = facts & V,
		.route_broadcast = facts & R,
		.cancelled = facts & C,
		.dest = { .kind = kind, .v4mapped = facts & M, .link_local = facts & L },
	};
}

/* Walks every combination of facts and kinds for one errno. */
static void walk_errno(struct kunit *test, int error)
{
	unsigned int facts, kind, wrong = 0;

	for (facts = 0; facts < FACTS; facts++) {
		for (kind = 0; kind <= WSA_DEST_MULTICAST; kind++) {
			struct wsa_fault fault = fault_of(error, facts, kind);
			int want = spec_reason(error, facts, kind);
			int got = wsa_fault_reason(&fault);

			if (got != want && !wrong++)
				KUNIT_FAIL(test, "errno %d, facts %#x, kind %u: reason %d, not %d",
					   error, facts, kind, got, want);
		}
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
}

static void fault_reason__every_errno_and_fact__r50_r71_r75_r78_r82(struct kunit *test)
{
	int error;

	for (error = 0; error <= LAST_ERRNO; error++)
		walk_errno(test, error);
	walk_errno(test, ERESTARTSYS);
}

/* One errno, three codes. */
static void fault_reason__source_port_and_tuple__r129_r144_r145_r146(struct kunit *test)
{
	static const struct {
		unsigned int facts;
		u32 code;
	} rows[] = {
		{ S | P, 10048 },
		{ S, 10055 },
		{ S | A, 10049 },
		{ S | A | P, 10049 },
		{ 0, 10049 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wsa_fault fault = fault_of(EADDRNOTAVAIL, rows[i].facts, WSA_DEST_UNICAST);
		u32 code = wsa_fault_code(wsa_fault_reason(&fault), fault.error);

		KUNIT_EXPECT_TRUE_MSG(test, code == rows[i].code, "facts %#x: %u, not %u",
				      rows[i].facts, code, rows[i].code);
	}
}

static void fault_reason__address_not_network__r119_r120_r121_r124_r128(struct kunit *test)
{
	static const struct {
		int error;
		unsigned int facts;
		enum wsa_dest_kind kind;
		u32 code;
	} rows[] = {
		{ ENETUNREACH, S, WSA_DEST_BROADCAST, 10049 },
		{ ENETUNREACH, S | R, WSA_DEST_UNICAST, 10049 },
		{ ENETUNREACH, S, WSA_DEST_MULTICAST, 10049 },
		{ ENETUNREACH, S, WSA_DEST_UNICAST, 10051 },
		{ ENETUNREACH, 0, WSA_DEST_BROADCAST, 10051 },
		{ ENETUNREACH, 0, WSA_DEST_MULTICAST, 10051 },
		{ ENETUNREACH, S | M | V, WSA_DEST_UNICAST, 10051 },
		{ EACCES, 0, WSA_DEST_BROADCAST, 10013 },
		{ EINVAL, S | L, WSA_DEST_UNICAST, 10049 },
		{ ENODEV, S | L, WSA_DEST_UNICAST, 10049 },
		{ ENODEV, S, WSA_DEST_UNICAST, 10050 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wsa_fault fault = fault_of(rows[i].error, rows[i].facts, rows[i].kind);
		u32 code = wsa_fault_code(wsa_fault_reason(&fault), fault.error);

		KUNIT_EXPECT_TRUE_MSG(test, code == rows[i].code,
				      "errno %d, facts %#x, kind %d: %u, not %u", rows[i].error,
				      rows[i].facts, rows[i].kind, code, rows[i].code);
	}
}

/* A cancelled attempt is that, whatever errno it ended with. */
static void fault_reason__cancelled_wins__r67_r68(struct kunit *test)
{
	int error;

	for (error = 1; error <= LAST_ERRNO; error++) {
		struct wsa_fault fault = fault_of(error, S | A | C, WSA_DEST_UNICAST);

		KUNIT_EXPECT_EQ(test, (int)wsa_fault_reason(&fault), (int)WSA_REASON_CANCELLED);
	}
	KUNIT_EXPECT_EQ(test, wsa_fault_code(WSA_REASON_CANCELLED, ECONNRESET), 10004U);
}

/* What the transport protocol said goes before any errno, and after a cancellation. */
static void fault_reason__what_the_transport_said__r293(struct kunit *test)
{
	struct wsa_fault fault = { .stream = true, .attempt = true };
	int error;

	for (error = 1; error <= LAST_ERRNO; error++) {
		fault.error = error;
		fault.told = WSA_REASON_PEER_CONGESTED;
		fault.cancelled = false;
		KUNIT_EXPECT_EQ(test, (int)wsa_fault_reason(&fault), (int)fault.told);
		fault.cancelled = true;
		KUNIT_EXPECT_EQ(test, (int)wsa_fault_reason(&fault), (int)WSA_REASON_CANCELLED);
	}
	fault.error = 0;
	KUNIT_EXPECT_EQ(test, (int)wsa_fault_reason(&fault), (int)WSA_REASON_NONE);
}

#define WSA_ERROR_CASES(X) \
	X(fault_reason__what_the_transport_said__r293) \
	X(errors__ascend_and_are_unique) \
	X(errors__have_a_name_and_one_line_of_text) \
	X(errno_code__every_errno__r14_r50_r81_r82) \
	X(errno_code__numbers_that_are_no_errno) \
	X(reason_code__every_reason__r49_r51_r71_r75_r79_r80) \
	X(reasons__are_dense_and_have_known_codes) \
	X(fault_code__every_reason_and_errno) \
	X(fault_reason__every_errno_and_fact__r50_r71_r75_r78_r82) \
	X(fault_reason__source_port_and_tuple__r129_r144_r145_r146) \
	X(fault_reason__address_not_network__r119_r120_r121_r124_r128) \
	X(fault_reason__cancelled_wins__r67_r68)

#endif /* WSA_TESTS_ERROR_CASES_H */
