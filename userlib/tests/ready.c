// SPDX-License-Identifier: MIT
/*
 * ready - the translation from poll(2) to select and WSAPoll, without a kernel
 *
 * Compiled with src/ready.c. TAP on stdout.
 */
#include <stdio.h>

#include <wsalib.h>
#include <ready.h>

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

enum {
	IN = LX_POLLIN, PRI = LX_POLLPRI, OUT = LX_POLLOUT, ERR = LX_POLLERR, HUP = LX_POLLHUP,
	RDHUP = LX_POLLRDHUP, NVAL = LX_POLLNVAL,
	/* what poll(2) says of a stream that is closed, for whatever reason */
	GONE = IN | OUT | RDHUP | HUP,
	STREAM = SOCK_F_USED | SOCK_F_STREAM, DGRAM = SOCK_F_USED,
	RD = SOCK_F_SHUT_RD, WR = SOCK_F_SHUT_WR,
	SOUGHT = READY_READ | READY_WRITE | READY_OOB,
	STATE = READY_ASK_STATE, UNREAD = READY_ASK_UNREAD, ENDED = READY_ASK_ENDED,
	INLINE = READY_ASK_INLINE, ERROR = READY_ASK_ERROR,
};

static const struct row {
	const char *desc;
	uint32_t flags;
	int revents;
	unsigned int questions;
	struct ready_facts facts;
	unsigned int conditions;
} rows[] = {
	{ "connected__writable", STREAM, OUT, 0, { 0 }, READY_WRITE },
	{ "connected__data", STREAM, IN | OUT, 0, { 0 }, READY_READ | READY_WRITE },
	{ "connected__urgent", STREAM, PRI | OUT, INLINE, { 0 }, READY_OOB | READY_WRITE },
	{ "connected__urgent_in_stream", STREAM, IN | PRI, INLINE, { .oobinline = 1 }, READY_READ },
	{ "connected__error_queue", STREAM, OUT | ERR, STATE, { .state = SYS_CONNECTED },
	  READY_WRITE },
	{ "idle__nothing_r186", STREAM, OUT | HUP, STATE, { .state = SYS_IDLE }, 0 },
	{ "pending__nothing", STREAM, OUT | HUP, STATE, { .state = SYS_PENDING }, 0 },
	{ "failed__r89_r90_r91", STREAM, OUT | HUP, STATE, { .state = SYS_FAILED }, READY_FAILED },
	{ "failed_unread__r188_r194", STREAM, GONE | ERR, STATE | UNREAD, { .state = SYS_FAILED },
	  READY_FAILED },
	{ "reset__r191_r192", STREAM, GONE | ERR, STATE | UNREAD, { .state = SYS_CLOSED },
	  READY_RESET },
	{ "reset_and_told", STREAM | SOCK_F_RESET | WR, GONE, STATE | UNREAD,
	  { .state = SYS_CLOSED }, READY_RESET },
	{ "reset_after_own_end", STREAM | WR, GONE | ERR, STATE | UNREAD, { .state = SYS_CLOSED },
	  READY_RESET },
	{ "closed_without_own_end", STREAM, GONE, STATE | UNREAD, { .state = SYS_CLOSED },
	  READY_RESET },
	{ "finished", STREAM | WR, GONE, STATE | UNREAD, { .state = SYS_CLOSED },
	  READY_HUP | READY_WRITE },
	{ "finished__data_left", STREAM | WR, GONE, STATE | UNREAD,
	  { .state = SYS_CLOSED, .unread = 1 }, READY_HUP | READY_WRITE | READY_READ },
	{ "peer_ended", STREAM, IN | OUT | RDHUP, UNREAD, { 0 }, READY_HUP | READY_WRITE },
	{ "peer_ended__data_left", STREAM, IN | OUT | RDHUP, UNREAD, { .unread = 1 },
	  READY_HUP | READY_WRITE | READY_READ },
	{ "peer_ended__nobody_reads", STREAM, OUT | RDHUP, 0, { 0 }, READY_HUP | READY_WRITE },
	{ "own_receiving_ended", STREAM | RD, IN | OUT | RDHUP, ENDED, { 0 }, READY_WRITE },
	{ "own_receiving_ended__peer_too", STREAM | RD, IN | OUT | RDHUP, ENDED, { .ended = 1 },
	  READY_HUP | READY_WRITE },
	{ "both_ended_here", STREAM | RD | WR, GONE, STATE | ENDED, { .state = SYS_CONNECTED },
	  READY_WRITE },
	{ "both_ended_here__peer_too", STREAM | RD | WR, GONE, STATE | ENDED,
	  { .state = SYS_CONNECTED, .ended = 1 }, READY_HUP | READY_WRITE },
	{ "listening", STREAM, IN, 0, { 0 }, READY_READ },
	{ "no_descriptor", STREAM, NVAL, 0, { 0 }, READY_BAD },
	{ "dgram__writable_r174", DGRAM, OUT, 0, { 0 }, READY_WRITE },
	{ "dgram__data", DGRAM, IN | OUT, 0, { 0 }, READY_READ | READY_WRITE },
	{ "dgram__error_r173", DGRAM, OUT | ERR, 0, { 0 }, READY_READ | READY_WRITE },
	{ "dgram__error_unwanted_r170", DGRAM | SOCK_F_NO_CONNRESET, OUT | ERR, ERROR,
	  { .ignored = 1 }, READY_WRITE },
	{ "dgram__error_wanted", DGRAM | SOCK_F_NO_NETRESET, ERR, ERROR, { 0 }, READY_READ },
	{ "dgram__error_unwanted_but_data", DGRAM | SOCK_F_NO_CONNRESET, IN | ERR, ERROR,
	  { .ignored = 1 }, READY_READ },
	{ "dgram__receiving_ended", DGRAM | RD, IN | OUT | RDHUP, 0, { 0 }, READY_WRITE },
	{ "dgram__no_descriptor", DGRAM, NVAL, 0, { 0 }, READY_BAD },
};

/* What of it each set, and WSAPoll asked for @events, makes. */
static const struct told {
	const char *desc;
	unsigned int conditions;
	int events;
	int revents;
	int in_read, in_write, in_except;
} tellings[] = {
	{ "nothing", 0, 0x310, 0, 0, 0, 0 },
	{ "read", READY_READ, 0x300, 0x100, 1, 0, 0 },
	{ "write", READY_WRITE, 0x10, 0x10, 0, 1, 0 },
	{ "urgent", READY_OOB, 0x200, 0x200, 0, 0, 1 },
	{ "all", SOUGHT, 0x310, 0x310, 1, 1, 1 },
	{ "peer_ended", READY_HUP, 0, 0x2, 1, 0, 0 },
	{ "peer_ended_writable", READY_HUP | READY_WRITE, 0x310, 0x12, 1, 1, 0 },
	{ "failed_r188_r194", READY_FAILED, 0x310, 0x13, 0, 0, 1 },
	{ "failed_write_not_asked", READY_FAILED, 0x300, 0x3, 0, 0, 1 },
	{ "failed_nothing_asked", READY_FAILED, 0, 0x3, 0, 0, 1 },
	{ "failed_and_listening_r92", READY_FAILED | READY_READ, 0x310, 0x113, 1, 0, 1 },
	{ "reset_r191_r192", READY_RESET, 0x310, 0x13, 1, 1, 0 },
	{ "reset_read_asked", READY_RESET, 0x100, 0x3, 1, 1, 0 },
	{ "closed_r199_r200", READY_CLOSED, 0x310, 0x4, 1, 0, 0 },
	{ "bad_r198", READY_BAD, 0, 0x4, 0, 0, 0 },
};

static int cases, failures;

static void result(const char *group, const char *desc, int fine)
{
	cases++;
	failures += !fine;
	printf("%sok %d %s__%s\n", fine ? "" : "not ", cases, group, desc);
}

static void judge_row(const struct row *row)
{
	unsigned int asked = ready_questions(row->revents, row->flags, SOUGHT);
	unsigned int found = ready_conditions(row->revents, row->flags, asked, &row->facts);

	result("conditions", row->desc, asked == row->questions && found == row->conditions);
	if (asked != row->questions || found != row->conditions)
		printf("# asks %#x, wanted %#x; finds %#x, wanted %#x\n", asked, row->questions,
		       found, row->conditions);
}

/* Whatever is told has to be waited for, and nothing else. */
static int waited_for(const struct told *told)
{
	int by_select = 0;

	by_select |= told->in_read ? IN : 0;
	by_select |= told->in_write ? OUT : 0;
	by_select |= told->in_except ? PRI : 0;
	return !told->conditions || told->conditions & READY_BAD ||
	       ready_wanted_by_select[by_select] & told->conditions;
}

static void judge_telling(const struct told *told)
{
	int revents = ready_revents(told->conditions, told->events);

	result("told", told->desc,
	       revents == told->revents &&
	       !!(told->conditions & READY_FOR_READ) == told->in_read &&
	       !!(told->conditions & READY_FOR_WRITE) == told->in_write &&
	       !!(told->conditions & READY_FOR_EXCEPT) == told->in_except && waited_for(told));
	if (revents != told->revents)
		printf("# revents %#x, wanted %#x\n", revents, told->revents);
}

/* Where nobody wants to read, nothing that only reading needs is asked. */
static void judge_thrift(void)
{
	result("questions", "unread_only_for_readers",
	       !(ready_questions(IN | RDHUP, STREAM, READY_WRITE) & UNREAD) &&
	       ready_questions(IN | RDHUP, STREAM, READY_READ) & UNREAD);
	result("questions", "none_of_the_healthy",
	       !ready_questions(IN | OUT, STREAM, SOUGHT) &&
	       !ready_questions(IN | OUT, DGRAM, SOUGHT));
}

static void judge_wanted(void)
{
	unsigned int all = READY_RESET | READY_HUP | READY_FAILED | READY_CLOSED | READY_BAD;
	int i, fine = 1;

	for (i = 0; i < 8; i++)
		fine &= ready_wanted_by_poll[i] == (i | all);
	result("wanted", "by_poll__ends_unasked", fine);
	result("wanted", "by_select__what_its_sets_tell",
	       ready_wanted_by_select[0] == (READY_CLOSED | READY_BAD) &&
	       ready_wanted_by_select[IN] == (READY_FOR_READ | READY_BAD) &&
	       ready_wanted_by_select[OUT] == (READY_FOR_WRITE | READY_CLOSED | READY_BAD) &&
	       ready_wanted_by_select[PRI] == (READY_FOR_EXCEPT | READY_CLOSED | READY_BAD) &&
	       ready_wanted_by_select[7] == 0xff);
}

int main(void)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		judge_row(&rows[i]);
	for (i = 0; i < COUNT(tellings); i++)
		judge_telling(&tellings[i]);
	judge_thrift();
	judge_wanted();
	printf("1..%d\n", cases);
	return !!failures;
}
