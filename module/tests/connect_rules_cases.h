/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What rules/connect_rules.c must say, as KUnit cases that also run in user space.
 *
 * A specification is a table of rows that must not overlap and must leave nothing
 * out; which row applies does not depend on any order, so the code's order is tested.
 */
#ifndef WSA_TESTS_CONNECT_RULES_CASES_H
#define WSA_TESTS_CONNECT_RULES_CASES_H

#include "../rules/connect_rules.h"
#include "../rules/error.h"

#define PHASE(phase)	(1U << WSA_PHASE_##phase)
#define EVERY_PHASE	0x7fU
#define OPEN_PHASES	(PHASE(IDLE) | PHASE(FAILED))
#define KIND(kind)	(1U << WSA_DEST_##kind)
#define EVERY_KIND	0xffU
#define LONG_KINDS	(EVERY_KIND & ~KIND(SHORT))
#define PHASES		7U
#define KINDS		8U

/* The yes-or-no parts of a call as bits. */
enum {
	NONBLOCK = 1 << 0,
	V6ONLY = 1 << 1,
	PORT_ZERO = 1 << 2,
	MAPPED = 1 << 3,
	LINK_LOCAL = 1 << 4,
	SCOPE = 1 << 5,
	CALL_BITS = 1 << 6,
};

struct call_spec {
	const char *theme;
	unsigned int phases;
	unsigned int kinds;
	unsigned int with;
	unsigned int without;
	struct wsa_decision decision;
};

#define REFUSE(error_, reason_) \
	{ .action = WSA_ACTION_REFUSE, .error = error_, .reason = WSA_REASON_##reason_ }
#define ACT(action_) { .action = WSA_ACTION_##action_ }

static const struct call_spec stream_specs[] = {
	{ "length", EVERY_PHASE, KIND(SHORT), 0, 0, REFUSE(EINVAL, NAME_SHORT) },

	{ "state", PHASE(LISTENING), LONG_KINDS, 0, 0, REFUSE(EISCONN, LISTENING) },
	{ "state", PHASE(CONNECTED), LONG_KINDS, 0, 0, REFUSE(EISCONN, CONNECTED) },
	{ "state", PHASE(PENDING), LONG_KINDS, 0, 0, REFUSE(EALREADY, PENDING) },

	{ "resume", PHASE(DETACHED), LONG_KINDS, NONBLOCK, 0, REFUSE(EALREADY, PENDING) },
	{ "resume", PHASE(DETACHED), LONG_KINDS, 0, NONBLOCK, ACT(WAIT) },
	{ "resume", PHASE(UNREPORTED), LONG_KINDS, 0, 0, ACT(WAIT) },

	{ "family", OPEN_PHASES, KIND(UNSPEC), 0, 0, REFUSE(EAFNOSUPPORT, FAMILY) },
	{ "family", OPEN_PHASES, KIND(FOREIGN), 0, 0, REFUSE(EAFNOSUPPORT, FAMILY) },

	{ "address", OPEN_PHASES, KIND(ZERO) | KIND(ANY), 0, 0, REFUSE(EADDRNOTAVAIL, ADDR_ANY) },
	{ "address", OPEN_PHASES, KIND(BROADCAST), 0, 0, REFUSE(ENETUNREACH, ADDR_BROADCAST) },
	{ "address", OPEN_PHASES, KIND(MULTICAST), 0, 0, REFUSE(ENETUNREACH, ADDR_MULTICAST) },
	{ "address", OPEN_PHASES, KIND(UNICAST), PORT_ZERO, 0,
	  REFUSE(EADDRNOTAVAIL, PORT_ZERO) },
	{ "address", OPEN_PHASES, KIND(UNICAST), MAPPED | V6ONLY, PORT_ZERO,
	  REFUSE(ENETUNREACH, V6ONLY) },

	{ "start", PHASE(IDLE), KIND(UNICAST), 0, PORT_ZERO | MAPPED, ACT(START) },
	{ "start", PHASE(IDLE), KIND(UNICAST), MAPPED, PORT_ZERO | V6ONLY, ACT(START) },
	{ "start", PHASE(FAILED), KIND(UNICAST), 0, PORT_ZERO | MAPPED, ACT(RESTART) },
	{ "start", PHASE(FAILED), KIND(UNICAST), MAPPED, PORT_ZERO | V6ONLY, ACT(RESTART) },
};

#define TARGETS (KIND(UNICAST) | KIND(BROADCAST) | KIND(MULTICAST))

static const struct call_spec dgram_specs[] = {
	{ "length", EVERY_PHASE, KIND(SHORT), 0, 0, REFUSE(EINVAL, NAME_SHORT) },
	{ "family", EVERY_PHASE, KIND(FOREIGN), 0, 0, REFUSE(EAFNOSUPPORT, FAMILY) },
	{ "reset", EVERY_PHASE, KIND(UNSPEC) | KIND(ZERO), 0, 0, ACT(RESET) },
	{ "wildcard", EVERY_PHASE, KIND(ANY), 0, 0, REFUSE(EADDRNOTAVAIL, ADDR_ANY) },
	{ "target", EVERY_PHASE, TARGETS, MAPPED | V6ONLY, 0, REFUSE(ENETUNREACH, V6ONLY) },
	{ "target", EVERY_PHASE, TARGETS, MAPPED, V6ONLY, ACT(TARGET) },
	{ "target", EVERY_PHASE, TARGETS, 0, MAPPED, ACT(TARGET) },
};

static struct wsa_connect_call call_of(unsigned int phase, unsigned int kind, unsigned int bits)
{
	return (struct wsa_connect_call){
		.phase = phase,
		.nonblock = bits & NONBLOCK,
		.v6only = bits & V6ONLY,
		.dest = {
			.kind = kind, .port_zero = bits & PORT_ZERO, .v4mapped = bits & MAPPED,
			.link_local = bits & LINK_LOCAL, .scope = bits & SCOPE ? 2 : 0,
		},
	};
}

static bool applies(const struct call_spec *spec, unsigned int phase, unsigned int kind,
		    unsigned int bits)
{
	return spec->phases & 1U << phase && spec->kinds & 1U << kind &&
	       (bits & spec->with) == spec->with && !(bits & spec->without);
}

typedef struct wsa_decision decide_fn(const struct wsa_connect_call *call);

/* Walks every call; those whose row is of @theme are counted and compared. */
static void walk_calls(struct kunit *test, const struct call_spec *specs, size_t n,
		       decide_fn *decide, const char *theme)
{
	unsigned int at, calls = 0, wrong = 0;

	for (at = 0; at < PHASES * KINDS * CALL_BITS; at++) {
		unsigned int phase = at / CALL_BITS / KINDS;
		unsigned int kind = at / CALL_BITS % KINDS;
		unsigned int bits = at % CALL_BITS;
		struct wsa_connect_call call = call_of(phase, kind, bits);
		const struct call_spec *spec = NULL;
		struct wsa_decision got;
		size_t i, rows = 0;

		for (i = 0; i < n; i++) {
			if (applies(&specs[i], phase, kind, bits)) {
				spec = &specs[i];
				rows++;
			}
		}
		if (rows != 1) {
			if (!wrong++)
				KUNIT_FAIL(test, "phase %u, kind %u, bits %#x: %d rows", phase,
					   kind, bits, (int)rows);
			continue;
		}
		if (strcmp(spec->theme, theme))
			continue;
		calls++;
		got = decide(&call);
		if (got.action == spec->decision.action && got.error == spec->decision.error &&
		    got.reason == spec->decision.reason)
			continue;
		if (!wrong++)
			KUNIT_FAIL(test, "phase %u, kind %u, bits %#x: %d, errno %d, reason %d",
				   phase, kind, bits, got.action, got.error, got.reason);
	}
	KUNIT_EXPECT_EQ(test, wrong, 0U);
	KUNIT_EXPECT_TRUE_MSG(test, calls > 0, "no call of %s", theme);
}

static void walk_stream(struct kunit *test, const char *theme)
{
	walk_calls(test, stream_specs, ARRAY_SIZE(stream_specs), wsa_stream_decide, theme);
}

static void walk_dgram(struct kunit *test, const char *theme)
{
	walk_calls(test, dgram_specs, ARRAY_SIZE(dgram_specs), wsa_dgram_decide, theme);
}

static void stream__length_is_first__r20_r21_r22_r24_r27(struct kunit *test)
{
	walk_stream(test, "length");
}

static void stream__state_before_address__r29_r51_r52_r57_r94_r98_r101(struct kunit *test)
{
	walk_stream(test, "state");
}

/* A call that a signal or SO_SNDTIMEO ended is made again. */
static void stream__interrupted_call_goes_on__r69_r70(struct kunit *test)
{
	walk_stream(test, "resume");
}

static void stream__family_before_address__r26_r28_r30(struct kunit *test)
{
	walk_stream(test, "family");
}

static void stream__address__r113_r114_r115_r116_r119_r120_r124(struct kunit *test)
{
	walk_stream(test, "address");
}

static void stream__start_and_restart__r83_r84_r125(struct kunit *test)
{
	walk_stream(test, "start");
}

static void dgram__length_is_first__r20_r21_r22_r24_r27(struct kunit *test)
{
	walk_dgram(test, "length");
}

static void dgram__family__r26_r28(struct kunit *test)
{
	walk_dgram(test, "family");
}

static void dgram__reset__r158_r159_r161(struct kunit *test)
{
	walk_dgram(test, "reset");
}

static void dgram__wildcard_with_a_port__r160(struct kunit *test)
{
	walk_dgram(test, "wildcard");
}

/* Any valid address, port 0 too; broadcast is for the route and SO_BROADCAST to judge. */
static void dgram__target__r117_r121_r122_r123_r150_r156_r157(struct kunit *test)
{
	walk_dgram(test, "target");
}

/* The facts of a stream as bits. */
enum {
	LISTENS = 1 << 0,
	SYN = 1 << 1,
	CLOSED = 1 << 2,
	CONNECTING = 1 << 3,
	CONNECTED = 1 << 4,
	ESTABLISHED = 1 << 5,
	DETACHED = 1 << 6,
	WAITED = 1 << 7,
	FACT_BITS = 1 << 8,
};

#define NOT_YET (LISTENS | CONNECTED)

static const struct {
	unsigned int with;
	unsigned int without;
	enum wsa_phase phase;
} phase_specs[] = {
	{ LISTENS, 0, WSA_PHASE_LISTENING },
	{ CONNECTED, LISTENS, WSA_PHASE_CONNECTED },
	{ 0, NOT_YET | CONNECTING, WSA_PHASE_IDLE },
	{ CONNECTING | WAITED, NOT_YET, WSA_PHASE_PENDING },
	{ CONNECTING | SYN, NOT_YET | WAITED | DETACHED, WSA_PHASE_PENDING },
	{ CONNECTING | SYN | DETACHED, NOT_YET | WAITED, WSA_PHASE_DETACHED },
	{ CONNECTING | DETACHED, NOT_YET | WAITED | SYN, WSA_PHASE_UNREPORTED },
	{ CONNECTING | CLOSED, NOT_YET | WAITED | SYN | DETACHED | ESTABLISHED, WSA_PHASE_FAILED },
	{ CONNECTING | CLOSED | ESTABLISHED, NOT_YET | WAITED | SYN | DETACHED,
	  WSA_PHASE_CONNECTED },
	{ CONNECTING, NOT_YET | WAITED | SYN | DETACHED | CLOSED, WSA_PHASE_CONNECTED },
};

static enum wsa_phase phase_of(unsigned int bits)
{
	struct wsa_stream_facts facts = {
		.listening = bits & LISTENS,
		.syn = bits & SYN,
		.closed = bits & CLOSED,
		.connecting = bits & CONNECTING,
		.connected = bits & CONNECTED,
		.established = bits & ESTABLISHED,
		.detached = bits & DETACHED,
		.waited = bits & WAITED,
	};

	return wsa_stream_phase(&facts);
}

static void phase__every_combination_of_facts__r51_r57_r69_r84_r94_r112(struct kunit *test)
{
	unsigned int bits, rows;
	size_t i;

	for (bits = 0; bits < FACT_BITS; bits++) {
		enum wsa_phase want = WSA_PHASE_IDLE;

		rows = 0;
		for (i = 0; i < ARRAY_SIZE(phase_specs); i++) {
			if ((bits & phase_specs[i].with) == phase_specs[i].with &&
			    !(bits & phase_specs[i].without)) {
				want = phase_specs[i].phase;
				rows++;
			}
		}
		KUNIT_EXPECT_TRUE_MSG(test, rows == 1, "facts %#x: %u rows", bits, rows);
		KUNIT_EXPECT_TRUE_MSG(test, phase_of(bits) == want, "facts %#x: phase %d, not %d",
				      bits, phase_of(bits), want);
	}
}

/* What must hold however the phases are told apart. */
static void phase__invariants__r51_r57_r94_r254(struct kunit *test)
{
	unsigned int bits;

	for (bits = 0; bits < FACT_BITS; bits++) {
		enum wsa_phase phase = phase_of(bits);
		bool outcome_open = bits & CONNECTING && !(bits & NOT_YET);

		/* a listener never connects, and what connected once never does again */
		KUNIT_EXPECT_EQ_MSG(test, phase == WSA_PHASE_LISTENING, !!(bits & LISTENS),
				    "facts %#x", bits);
		if (bits & CONNECTED)
			KUNIT_EXPECT_TRUE_MSG(test, phase == WSA_PHASE_CONNECTED ||
					      phase == WSA_PHASE_LISTENING, "facts %#x", bits);
		/* while a handshake goes on no second attempt may start */
		if (outcome_open && bits & SYN)
			KUNIT_EXPECT_TRUE_MSG(test, phase == WSA_PHASE_PENDING ||
					      phase == WSA_PHASE_DETACHED, "facts %#x", bits);
		/* while a call waits, every other one is told so */
		if (outcome_open && bits & WAITED)
			KUNIT_EXPECT_TRUE_MSG(test, phase == WSA_PHASE_PENDING, "facts %#x", bits);
		/* a handshake that ended well is never a failure */
		if (bits & ESTABLISHED)
			KUNIT_EXPECT_TRUE_MSG(test, phase != WSA_PHASE_FAILED, "facts %#x", bits);
		/* without an attempt there is no outcome */
		if (!(bits & CONNECTING) && !(bits & NOT_YET))
			KUNIT_EXPECT_TRUE_MSG(test, phase == WSA_PHASE_IDLE, "facts %#x", bits);
	}
}

/* From the octets to the code, as a program sees it. */
static const struct name_row {
	const char *desc;
	u16 family;		/* of the socket */
	u16 of_name;
	int len;
	u8 octets[26];		/* behind the family: port, address... */
	u32 stream;		/* codes; 0: goes on */
	u32 dgram;
	bool v6only;
} name_rows[] = {
	{ "row 20", AF_INET, AF_INET, 15, { 0, 80, 127, 0, 0, 1 }, 10014, 10014 },
	{ "row 21", AF_INET, AF_INET, 2, { 0 }, 10014, 10014 },
	{ "row 21, nothing", AF_INET, AF_INET, 0, { 0 }, 10014, 10014 },
	{ "row 22", AF_INET6, AF_INET6, 24, { 0, 80, [21] = 1 }, 10014, 10014 },
	{ "row 24", AF_INET, AF_INET, -1, { 0, 80, 127, 0, 0, 1 }, 10014, 10014 },
	{ "row 26", AF_INET, 0xdead, 16, { 0, 80, 127, 0, 0, 1 }, 10047, 10047 },
	{ "row 27", AF_INET6, AF_INET, 16, { 0, 80, 127, 0, 0, 1 }, 10014, 10014 },
	{ "row 27, long", AF_INET6, AF_INET, 28, { 0, 80, 127, 0, 0, 1 }, 10047, 10047 },
	{ "row 28", AF_INET, AF_INET6, 28, { 0, 80, [21] = 1 }, 10047, 10047 },
	{ "row 30", AF_INET, AF_UNSPEC, 16, { 0 }, 10047, 0 },
	{ "row 30, IPv6", AF_INET6, AF_UNSPEC, 28, { 0 }, 10047, 0 },
	{ "row 113", AF_INET, AF_INET, 16, { 0, 80 }, 10049, 10049 },
	{ "row 114", AF_INET6, AF_INET6, 28, { 0, 80 }, 10049, 10049 },
	{ "row 115", AF_INET6, AF_INET6, 28, { 0, 80, [16] = 0xff, 0xff }, 10049, 10049 },
	{ "row 116", AF_INET, AF_INET, 16, { 0, 0, 127, 0, 0, 1 }, 10049, 0 },
	{ "row 116, IPv6", AF_INET6, AF_INET6, 28, { [21] = 1 }, 10049, 0 },
	{ "row 119", AF_INET, AF_INET, 16, { 0, 80, 255, 255, 255, 255 }, 10049, 0 },
	{ "row 120", AF_INET, AF_INET, 16, { 0, 80, 224, 0, 0, 1 }, 10049, 0 },
	{ "row 120, IPv6", AF_INET6, AF_INET6, 28, { 0, 80, [6] = 0xff, 0x0e }, 10049, 0 },
	{ "row 124", AF_INET6, AF_INET6, 28, { 0, 80, [16] = 0xff, 0xff, 127, 0, 0, 1 },
	  10051, 10051, true },
	{ "row 125", AF_INET6, AF_INET6, 28, { 0, 80, [16] = 0xff, 0xff, 127, 0, 0, 1 }, 0, 0 },
	{ "row 159", AF_INET, AF_INET, 16, { 0 }, 10049, 0 },
	{ "row 159, IPv6", AF_INET6, AF_INET6, 28, { 0 }, 10049, 0 },
	{ "IPv4", AF_INET, AF_INET, 16, { 0, 80, 192, 0, 2, 1 }, 0, 0 },
	{ "IPv6", AF_INET6, AF_INET6, 28, { 0, 80, [6] = 0x20, 1, [21] = 1 }, 0, 0 },
	{ "row 23", AF_INET, AF_INET, 28, { 0, 80, 192, 0, 2, 1 }, 0, 0 },
};

static u32 code_of(struct wsa_decision decision)
{
	if (decision.action != WSA_ACTION_REFUSE)
		return 0;
	return wsa_fault_code(decision.reason, decision.error);
}

static void names__to_codes__r20_r21_r23_r26_r30_r113_r116_r119_r124_r159(struct kunit *test)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(name_rows); i++) {
		const struct name_row *row = &name_rows[i];
		struct wsa_connect_call call = { .v6only = row->v6only };
		u8 name[28];

		memcpy(name, &row->of_name, 2);
		memcpy(name + 2, row->octets, sizeof(row->octets));
		wsa_dest_parse(row->family, name, row->len, &call.dest);
		KUNIT_EXPECT_TRUE_MSG(test, code_of(wsa_stream_decide(&call)) == row->stream,
				      "%s: stream gets %u", row->desc,
				      code_of(wsa_stream_decide(&call)));
		KUNIT_EXPECT_TRUE_MSG(test, code_of(wsa_dgram_decide(&call)) == row->dgram,
				      "%s: datagram gets %u", row->desc,
				      code_of(wsa_dgram_decide(&call)));
		call.phase = WSA_PHASE_CONNECTED;
		KUNIT_EXPECT_TRUE_MSG(test, code_of(wsa_stream_decide(&call)) ==
				      (row->stream == 10014 ? 10014 : 10056),
				      "%s: a connected stream gets %u", row->desc,
				      code_of(wsa_stream_decide(&call)));
	}
}

#define WSA_CONNECT_RULES_CASES(X) \
	X(stream__length_is_first__r20_r21_r22_r24_r27) \
	X(stream__state_before_address__r29_r51_r52_r57_r94_r98_r101) \
	X(stream__interrupted_call_goes_on__r69_r70) \
	X(stream__family_before_address__r26_r28_r30) \
	X(stream__address__r113_r114_r115_r116_r119_r120_r124) \
	X(stream__start_and_restart__r83_r84_r125) \
	X(dgram__length_is_first__r20_r21_r22_r24_r27) \
	X(dgram__family__r26_r28) \
	X(dgram__reset__r158_r159_r161) \
	X(dgram__wildcard_with_a_port__r160) \
	X(dgram__target__r117_r121_r122_r123_r150_r156_r157) \
	X(phase__every_combination_of_facts__r51_r57_r69_r84_r94_r112) \
	X(phase__invariants__r51_r57_r94_r254) \
	X(names__to_codes__r20_r21_r23_r26_r30_r113_r116_r119_r124_r159)

#endif /* WSA_TESTS_CONNECT_RULES_CASES_H */
