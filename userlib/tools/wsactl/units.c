// SPDX-License-Identifier: MIT
/* Rates and numbers, as tc(8) writes them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wsactl.h"

#define RATE_MOST	((uint64_t)1 << 37)
#define SECONDS_LEAST	0.01
#define SECONDS_MOST	86400.0

static const struct {
	const char *suffix;
	double octets;
} units[] = {
	{ "bit", 1e0 / 8 }, { "kbit", 1e3 / 8 }, { "mbit", 1e6 / 8 }, { "gbit", 1e9 / 8 },
	{ "bps", 1e0 }, { "kbps", 1e3 }, { "mbps", 1e6 }, { "gbps", 1e9 },
};

uint64_t parse_rate(const char *what, const char *text)
{
	double value, octets;
	char *end;
	size_t i;

	errno = 0;
	value = strtod(text, &end);
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (end == text || errno || strcasecmp(end, units[i].suffix))
			continue;
		octets = value * units[i].octets;
		if (octets >= 1 && octets <= (double)RATE_MOST)
			return octets;
	}
	die("%s %s: a rate is a number and bit, kbit, mbit, gbit, or bps, kbps, mbps, gbps",
	    what, text);
}

uint64_t parse_share(const char *text, uint64_t rate)
{
	double percent;
	uint64_t share;
	char *end;

	percent = strtod(text, &end);
	if (end != text && !strcmp(end, "%") && percent > 0 && percent <= 100)
		share = rate * percent / 100;
	else
		share = parse_rate("--share", text);
	if (!share || share > rate)
		die("--share %s: more than the device's rate, or nothing", text);
	return share;
}

uint32_t parse_count(const char *what, const char *text)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || end == text || *end || *text == '-' || !value || value > UINT32_MAX)
		die("%s %s: a number from 1 on is needed", what, text);
	return value;
}

double parse_seconds(const char *what, const char *text)
{
	double value;
	char *end;

	value = strtod(text, &end);
	if (end == text || *end || !(value >= SECONDS_LEAST && value <= SECONDS_MOST))
		die("%s %s: seconds are needed, from %g to %g", what, text, SECONDS_LEAST,
		    SECONDS_MOST);
	return value;
}

void format_time(uint64_t us, char *text, size_t size)
{
	if (us < 1000)
		snprintf(text, size, "%lluus", (unsigned long long)us);
	else if (us < 1000000)
		snprintf(text, size, "%.4gms", us / 1e3);
	else
		snprintf(text, size, "%.4gs", us / 1e6);
}

void format_rate(uint64_t octets, char *text, size_t size)
{
	double bits = octets * 8.0;

	if (bits >= 1e9)
		snprintf(text, size, "%.4ggbit", bits / 1e9);
	else if (bits >= 1e6)
		snprintf(text, size, "%.4gmbit", bits / 1e6);
	else
		snprintf(text, size, "%.4gkbit", bits / 1e3);
}
