/* SPDX-License-Identifier: GPL-2.0 */
/* What rules/flowspec.c must say, as KUnit cases that also run in user space. */
#ifndef WSA_TESTS_FLOWSPEC_CASES_H
#define WSA_TESTS_FLOWSPEC_CASES_H

#include "../rules/flowspec.h"

#define NO_VALUE	WSA_FLOW_NOT_SPECIFIED
#define PATH_MTU	1500

/* Parses into memory that is not zero; a refusal must leave nothing in it. */
static u32 parse_flow(struct kunit *test, const struct wsa_flowspec *spec, bool receiving,
		      struct wsa_flow *flow)
{
	static const struct wsa_flow zero;
	u32 status;

	memset(flow, 0xa5, sizeof(*flow));
	status = wsa_flow_parse(spec, receiving, PATH_MTU, flow);
	if (status)
		KUNIT_EXPECT_TRUE_MSG(test, !memcmp(flow, &zero, sizeof(zero)),
				      "status %u and something left", status);
	return status;
}

/* A flowspec that says no more than it must. */
static struct wsa_flowspec bare_spec(u32 type, u32 rate)
{
	return (struct wsa_flowspec){
		.token_rate = rate, .token_bucket = NO_VALUE, .peak_bandwidth = NO_VALUE,
		.latency = NO_VALUE, .delay_variation = NO_VALUE, .service_type = type,
		.max_sdu = NO_VALUE, .min_policed = NO_VALUE,
	};
}

static const struct {
	u32 type;
	u32 status;
	u32 service;
	bool no_control;
} type_table[] = {
	{ 0x0, 0, WSA_SERVICE_NOTRAFFIC, false },
	{ 0x1, 0, WSA_SERVICE_BESTEFFORT, false },
	{ 0x2, 0, WSA_SERVICE_CONTROLLEDLOAD, false },
	{ 0x3, 0, WSA_SERVICE_GUARANTEED, false },
	{ 0x6, 0, WSA_SERVICE_NOCHANGE, false },
	{ 0xa, 0, WSA_SERVICE_NETWORK_CONTROL, false },
	{ 0xd, 0, WSA_SERVICE_QUALITATIVE, false },
	{ 0x80010000, 0, WSA_SERVICE_BESTEFFORT, false },
	{ 0x80020000, 0, WSA_SERVICE_CONTROLLEDLOAD, false },
	{ 0x80040000, 0, WSA_SERVICE_GUARANTEED, false },
	{ 0x80200000, 0, WSA_SERVICE_QUALITATIVE, false },
	{ 0x40000003, 0, WSA_SERVICE_GUARANTEED, false },
	{ 0xc0040000, 0, WSA_SERVICE_GUARANTEED, false },
	{ 0x81000000, 0, WSA_SERVICE_NOTRAFFIC, true },
	{ 0x81000003, 0, WSA_SERVICE_GUARANTEED, true },
	{ 0xc1000006, 0, WSA_SERVICE_NOCHANGE, true },
	{ 0x81040000, 0, WSA_SERVICE_GUARANTEED, true },
	{ 0x4, WSA_QOS_ESERVICETYPE },
	{ 0x5, WSA_QOS_ESERVICETYPE },
	{ 0x7, WSA_QOS_ESERVICETYPE },
	{ 0x9, WSA_QOS_ESERVICETYPE },
	{ 0xe, WSA_QOS_ESERVICETYPE },
	{ 0x10003, WSA_QOS_ESERVICETYPE },
	{ 0x01000003, WSA_QOS_ESERVICETYPE },
	{ 0x80000000, WSA_QOS_ESERVICETYPE },
	{ 0x80000003, WSA_QOS_ESERVICETYPE },
	{ 0x80030000, WSA_QOS_ESERVICETYPE },
	{ 0x80080000, WSA_QOS_ESERVICETYPE },
	{ 0x80040003, WSA_QOS_ESERVICETYPE },
	{ 0x81040003, WSA_QOS_ESERVICETYPE },
	{ 0x81000004, WSA_QOS_ESERVICETYPE },
	{ 0x20000003, WSA_QOS_ESERVICETYPE },
	{ 0xfffffffe, WSA_QOS_ESERVICETYPE },
	{ 0xffffffff, WSA_QOS_ESERVICETYPE },
};

static void type__both_encodings__r287(struct kunit *test)
{
	struct wsa_flow flow;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(type_table); i++) {
		struct wsa_flowspec spec = bare_spec(type_table[i].type, 1000);
		u32 status = parse_flow(test, &spec, i & 1, &flow);

		KUNIT_EXPECT_EQ_MSG(test, status, type_table[i].status, "type %#x: status %u",
				    type_table[i].type, status);
		KUNIT_EXPECT_EQ_MSG(test, flow.service, type_table[i].service,
				    "type %#x: service %u", type_table[i].type, flow.service);
		KUNIT_EXPECT_EQ_MSG(test, flow.no_control, type_table[i].no_control,
				    "type %#x: no_control", type_table[i].type);
	}
}

static void type__members_that_do_not_matter__r283_r284(struct kunit *test)
{
	static const u32 types[] = { 0x0, 0x6, 0x81000003, 0x81020000 };
	struct wsa_flowspec spec = {
		.token_rate = 5, .peak_bandwidth = 4, .token_bucket = 0, .max_sdu = 0xfffffffe,
		.min_policed = 0xfffffffe,
	};
	struct wsa_flow flow;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		spec.service_type = types[i];
		KUNIT_EXPECT_EQ(test, parse_flow(test, &spec, false, &flow), 0);
		KUNIT_EXPECT_EQ(test, flow.tspec.rate, 0);
		KUNIT_EXPECT_EQ(test, flow.tspec.packet, 0);
		KUNIT_EXPECT_EQ(test, flow.delay_us, NO_VALUE);
	}
}

static const struct {
	u32 type;
	u32 rate;
	u32 sending;
	u32 receiving;
} rate_table[] = {
	{ WSA_SERVICE_GUARANTEED, 0, WSA_QOS_EFLOWSPEC, WSA_QOS_EFLOWSPEC },
	{ WSA_SERVICE_GUARANTEED, NO_VALUE, WSA_QOS_EFLOWSPEC, WSA_QOS_EFLOWSPEC },
	{ WSA_SERVICE_GUARANTEED, WSA_FLOW_INFINITE,
	  WSA_QOS_ADMISSION_FAILURE, WSA_QOS_ADMISSION_FAILURE },
	{ WSA_SERVICE_GUARANTEED, 1, 0, 0 },
	{ WSA_SERVICE_GUARANTEED, WSA_FLOW_INFINITE - 1, 0, 0 },
	{ WSA_SERVICE_CONTROLLEDLOAD, 0, WSA_QOS_EFLOWSPEC, WSA_QOS_EFLOWSPEC },
	{ WSA_SERVICE_CONTROLLEDLOAD, NO_VALUE, WSA_QOS_EFLOWSPEC, 0 },
	{ WSA_SERVICE_CONTROLLEDLOAD, WSA_FLOW_INFINITE,
	  WSA_QOS_ADMISSION_FAILURE, WSA_QOS_ADMISSION_FAILURE },
	{ WSA_SERVICE_CONTROLLEDLOAD, 1, 0, 0 },
	{ WSA_SERVICE_BESTEFFORT, 0, 0, 0 },
	{ WSA_SERVICE_BESTEFFORT, NO_VALUE, 0, 0 },
	{ WSA_SERVICE_BESTEFFORT, WSA_FLOW_INFINITE, 0, 0 },
	{ WSA_SERVICE_BESTEFFORT, 1000, 0, 0 },
	{ WSA_SERVICE_QUALITATIVE, NO_VALUE, 0, 0 },
	{ WSA_SERVICE_QUALITATIVE, 0, 0, 0 },
	{ WSA_SERVICE_NETWORK_CONTROL, NO_VALUE, 0, 0 },
	{ WSA_SERVICE_NETWORK_CONTROL, 0, 0, 0 },
	{ WSA_SERVICE_NETWORK_CONTROL, WSA_FLOW_INFINITE, 0, 0 },
	{ WSA_SERVICE_NETWORK_CONTROL, 1000, 0, 0 },
};

static void rate__who_needs_one__r285(struct kunit *test)
{
	struct wsa_flow flow;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rate_table); i++) {
		struct wsa_flowspec spec = bare_spec(rate_table[i].type, rate_table[i].rate);
		bool number = spec.token_rate < WSA_FLOW_INFINITE;
		u32 status;

		status = parse_flow(test, &spec, false, &flow);
		KUNIT_EXPECT_EQ_MSG(test, status, rate_table[i].sending, "%zu: sending %u", i,
				    status);
		if (!status)
			KUNIT_EXPECT_EQ(test, flow.tspec.rate, number ? spec.token_rate : 0);
		status = parse_flow(test, &spec, true, &flow);
		KUNIT_EXPECT_EQ_MSG(test, status, rate_table[i].receiving, "%zu: receiving %u", i,
				    status);
	}
}

static const struct {
	u32 rate;
	u32 peak;
	u32 status;
	u64 kept;
} peak_table[] = {
	{ 1000, 999, WSA_QOS_EFLOWSPEC, 0 },
	{ 1000, 0, WSA_QOS_EFLOWSPEC, 0 },
	{ 1000, 1000, 0, 1000 },
	{ 1000, 1001, 0, 1001 },
	{ 1000, WSA_FLOW_INFINITE - 1, 0, WSA_FLOW_INFINITE - 1 },
	{ 1000, WSA_FLOW_INFINITE, 0, 0 },
	{ 1000, NO_VALUE, 0, 0 },
};

static void peak__not_below_the_rate__r286(struct kunit *test)
{
	static const u32 types[] = {
		WSA_SERVICE_BESTEFFORT, WSA_SERVICE_CONTROLLEDLOAD, WSA_SERVICE_GUARANTEED,
		WSA_SERVICE_NETWORK_CONTROL, WSA_SERVICE_QUALITATIVE,
	};
	struct wsa_flowspec spec;
	struct wsa_flow flow;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(peak_table) * ARRAY_SIZE(types); i++) {
		size_t row = i / ARRAY_SIZE(types);
		u32 status;

		spec = bare_spec(types[i % ARRAY_SIZE(types)], peak_table[row].rate);
		spec.peak_bandwidth = peak_table[row].peak;
		status = parse_flow(test, &spec, i & 1, &flow);
		KUNIT_EXPECT_EQ_MSG(test, status, peak_table[row].status, "peak %u, type %#x: %u",
				    spec.peak_bandwidth, spec.service_type, status);
		KUNIT_EXPECT_EQ(test, flow.tspec.peak, peak_table[row].kept);
	}
	spec = bare_spec(WSA_SERVICE_BESTEFFORT, NO_VALUE);
	spec.peak_bandwidth = 7;
	KUNIT_EXPECT_EQ(test, parse_flow(test, &spec, false, &flow), 0);
	KUNIT_EXPECT_EQ(test, flow.tspec.peak, 7);
}

static const struct {
	const char *desc;
	u32 rate;
	u32 bucket;
	u32 sdu;
	u32 policed;
	u32 promised;		/* status of controlled load */
	u64 promised_bucket;
	u64 promised_packet;
	u64 effort_bucket;	/* best effort is never refused */
	u64 effort_packet;
} size_table[] = {
	{ "nothing", 1000, NO_VALUE, NO_VALUE, NO_VALUE, 0, 1500, 1500, 1500, 1500 },
	{ "20 ms", 1000001, NO_VALUE, NO_VALUE, NO_VALUE, 0, 20001, 1500, 20001, 1500 },
	{ "bucket", 1000, 9000, NO_VALUE, NO_VALUE, 0, 9000, 1500, 9000, 1500 },
	{ "small bucket", 1000, 600, NO_VALUE, NO_VALUE, 0, 600, 600, 600, 600 },
	{ "bucket of one", 1000, 1, NO_VALUE, NO_VALUE, 0, 1, 1, 1, 1 },
	{ "packet", 1000, NO_VALUE, 100, NO_VALUE, 0, 100, 100, 100, 100 },
	{ "both", 1000, 3000, 1500, NO_VALUE, 0, 3000, 1500, 3000, 1500 },
	{ "as large", 1000, 1500, 1500, 1500, 0, 1500, 1500, 1500, 1500 },
	{ "no bucket", 1000, 0, NO_VALUE, NO_VALUE, WSA_QOS_EFLOWSPEC, 0, 0, 1500, 1500 },
	{ "no packet", 1000, 3000, 0, NO_VALUE, WSA_QOS_EFLOWSPEC, 0, 0, 3000, 1500 },
	{ "nothing at all", 1000, 0, 0, 0, WSA_QOS_EFLOWSPEC, 0, 0, 1500, 1500 },
	{ "packet above path", 1000, 3000, 1501, NO_VALUE, WSA_QOS_EFLOWSPEC, 0, 0, 3000, 1500 },
	{ "packet above bucket", 1000, 999, 1000, NO_VALUE, WSA_QOS_EFLOWSPEC, 0, 0,
	  1000, 1000 },
	{ "floor above packet", 1000, 3000, 1000, 1001, WSA_QOS_EFLOWSPEC, 0, 0, 3000, 1000 },
	{ "floor above bucket", 1000, 600, NO_VALUE, 601, WSA_QOS_EFLOWSPEC, 0, 0, 600, 600 },
	{ "largest", 1000, WSA_FLOW_INFINITE, WSA_FLOW_INFINITE, WSA_FLOW_INFINITE,
	  WSA_QOS_EFLOWSPEC, 0, 0, WSA_FLOW_INFINITE, 1500 },
};

static void sizes__defaults_and_contradictions(struct kunit *test)
{
	struct wsa_flowspec spec;
	struct wsa_flow flow;
	u32 status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(size_table); i++) {
		const char *desc = size_table[i].desc;

		spec = bare_spec(WSA_SERVICE_CONTROLLEDLOAD, size_table[i].rate);
		spec.token_bucket = size_table[i].bucket;
		spec.max_sdu = size_table[i].sdu;
		spec.min_policed = size_table[i].policed;
		status = parse_flow(test, &spec, false, &flow);
		KUNIT_EXPECT_EQ_MSG(test, status, size_table[i].promised, "%s: %u", desc, status);
		KUNIT_EXPECT_EQ_MSG(test, flow.tspec.bucket, size_table[i].promised_bucket,
				    "%s: bucket %llu", desc,
				    (unsigned long long)flow.tspec.bucket);
		KUNIT_EXPECT_EQ_MSG(test, flow.tspec.packet, size_table[i].promised_packet,
				    "%s: packet %llu", desc,
				    (unsigned long long)flow.tspec.packet);
		if (!status && spec.min_policed != NO_VALUE)
			KUNIT_EXPECT_EQ(test, flow.min_policed, spec.min_policed);

		spec.service_type = WSA_SERVICE_BESTEFFORT;
		KUNIT_EXPECT_EQ(test, parse_flow(test, &spec, false, &flow), 0);
		KUNIT_EXPECT_EQ_MSG(test, flow.tspec.bucket, size_table[i].effort_bucket,
				    "%s: best effort's bucket", desc);
		KUNIT_EXPECT_EQ_MSG(test, flow.tspec.packet, size_table[i].effort_packet,
				    "%s: best effort's packet", desc);
		KUNIT_EXPECT_EQ(test, flow.min_policed, 0);
	}
}

static void sizes__network_control_is_strict_with_a_rate(struct kunit *test)
{
	struct wsa_flowspec spec = bare_spec(WSA_SERVICE_NETWORK_CONTROL, NO_VALUE);
	struct wsa_flow flow;

	spec.max_sdu = 0;
	KUNIT_EXPECT_EQ(test, parse_flow(test, &spec, false, &flow), 0);
	spec.token_rate = 1000;
	KUNIT_EXPECT_EQ(test, parse_flow(test, &spec, false, &flow), WSA_QOS_EFLOWSPEC);
}

static const struct {
	u32 latency;
	u32 variation;
	u32 sending;
	u32 receiving;
} delay_table[] = {
	{ NO_VALUE, NO_VALUE, NO_VALUE, NO_VALUE },
	{ 5000, NO_VALUE, 5000, 5000 },
	{ NO_VALUE, 4000, 4000, NO_VALUE },
	{ 5000, 4000, 4000, 5000 },
	{ 5000, 6000, 5000, 5000 },
	{ 0, NO_VALUE, 0, 0 },
	{ 5000, 0, 0, 5000 },
	{ 0xfffffffe, 0xfffffffe, 0xfffffffe, 0xfffffffe },
};

static void delay__the_nearer_of_two(struct kunit *test)
{
	struct wsa_flow flow;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(delay_table); i++) {
		struct wsa_flowspec spec = bare_spec(WSA_SERVICE_GUARANTEED, 1000);

		spec.latency = delay_table[i].latency;
		spec.delay_variation = delay_table[i].variation;
		KUNIT_EXPECT_EQ(test, parse_flow(test, &spec, false, &flow), 0);
		KUNIT_EXPECT_EQ(test, flow.delay_us, delay_table[i].sending);
		KUNIT_EXPECT_EQ(test, parse_flow(test, &spec, true, &flow), 0);
		KUNIT_EXPECT_EQ(test, flow.delay_us, delay_table[i].receiving);
	}
}

static void qos_code__every_status__r35_r36(struct kunit *test)
{
	u32 status, code;

	KUNIT_EXPECT_EQ(test, wsa_qos_code(0), 0);
	for (status = WSA_QOS_RECEIVERS; status <= WSA_QOS_RESERVED_PETYPE; status++) {
		code = status == WSA_QOS_EPROVSPECBUF || status == WSA_QOS_EOBJLENGTH ?
		       WSAEFAULT : WSAEOPNOTSUPP;
		KUNIT_EXPECT_EQ_MSG(test, wsa_qos_code(status), code, "status %u", status);
	}
}

#define WSA_FLOWSPEC_CASES(X) \
	X(type__both_encodings__r287) \
	X(type__members_that_do_not_matter__r283_r284) \
	X(rate__who_needs_one__r285) \
	X(peak__not_below_the_rate__r286) \
	X(sizes__defaults_and_contradictions) \
	X(sizes__network_control_is_strict_with_a_rate) \
	X(delay__the_nearer_of_two) \
	X(qos_code__every_status__r35_r36)

#endif /* WSA_TESTS_FLOWSPEC_CASES_H */
