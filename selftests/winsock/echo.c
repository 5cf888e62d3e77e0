// SPDX-License-Identifier: GPL-2.0
/*
 * Echo, many times at once: a server and a client, a process each, with one event loop of the
 * same kind each.
 *
 *	client	begin, told of connect, send the message, told of the echo ... end, told of the
 *		end, close
 *	server	accept, told of the message, send it back ... told of the end, end, close
 *
 * Messages are of every length from 1 octet to many times what the buffers hold, so that sending
 * has to stop and go on. From a few the client receives nothing before all others have had an
 * octet of their echo, so that the server's sending has to stop as well. It ends none before all
 * have had one, so all are open at once; from then on half of them end with the message, the
 * others with the echo.
 */
#include "case.h"

#include <err.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <kselftest_harness.h>

#include "loop.h"

#define MANY		5000
/* Where every allocation is remembered, there is neither time nor memory for more. */
#define FEW		100
#define WINDOW		256		/* attempts at the same time */
#define LONGEST		65536
#define BUFFER		4096
#define SOCKET_BUFFER	8192
#define LONG_EVERY	32
#define LATE_EVERY	64		/* more would be more than TCP's memory here */
#define ACCEPTS		16		/* one after another, before others have their turn */

/**
 * struct tally - what one side saw, for the other process to see
 * @opened: connections
 * @most: open at the same time
 * @closed: connections after their whole course
 * @sent: octets
 * @received: octets
 * @told: events, by FD_*_BIT
 * @blocked: sends that would have blocked
 * @waits: turns of the loop
 * @calls: of the system; 0 where they cannot be counted
 * @wrong: things that must not happen
 * @code: Winsock code of the last of them that had one
 * @hung: nothing happened any more
 */
struct tally {
	int opened;
	int most;
	int closed;
	long sent;
	long received;
	int told[FD_MAX_EVENTS];
	int blocked;
	long waits;
	long calls;
	int wrong;
	int code;
	int hung;
};

/**
 * struct conn - one end of a connection
 * @member: in the loop
 * @number: of the client's: which message is its own
 * @opened: it is a connection
 * @readable: was told of, and is not received yet
 * @half: it ended its own sending
 * @ending: FD_CLOSE was told; all there is, and the end, can be received
 * @ended: the peer's end was received
 * @sent: octets of the message; of the server's: of @buffer
 * @received: octets of the echo; of the server's: in @buffer
 * @buffer: of the server's: what is to be sent back
 */
struct conn {
	struct member member;
	int number;
	bool opened;
	bool half;
	bool readable;
	bool ending;
	bool ended;
	int sent;
	int received;
	char buffer[];
};

static const struct loop_kind *kind;
static const struct sort *sort;
static struct tally *tally;
static struct place server;
static int many, begun, greeted;

/* Message n is a part of it: where, and how long. */
static char noise[2 * LONGEST];
static struct { int at, length; } message[MANY];

static uint32_t random_number(void)
{
	static uint32_t x = 2463534242;

	x ^= x << 13;
	x ^= x >> 17;
	return x ^= x << 5;
}

/* The same in every run, and in both processes. Some may be long. */
static long prepare_messages(void)
{
	long octets = 0;
	size_t n;
	int i;

	for (n = 0; n < sizeof(noise); n++)
		noise[n] = random_number() >> 8;
	for (i = 0; i < many; i++) {
		message[i].at = random_number() % LONGEST;
		message[i].length = 1 + random_number() % (i % LONG_EVERY ? 2048 : LONGEST);
	}
	message[0].length = LONGEST;
	message[1].length = 1;
	for (i = 0; i < many; i++)
		octets += message[i].length;
	return octets;
}

static void wrong(int code)
{
	tally->wrong++;
	tally->code = code;
}

static struct conn *join(SOCKET s, size_t room, int wants, bool accepted)
{
	struct conn *conn = calloc(1, sizeof(*conn) + room);

	if (!conn)
		errx(1, "no memory");
	conn->member.s = s;
	conn->member.wants = wants;
	kind->add(&conn->member, accepted);
	return conn;
}

static void want(struct conn *conn, int wants)
{
	if (conn->member.wants != wants)
		kind->change(&conn->member, wants);
}

static void opened(struct conn *conn)
{
	if (conn->opened)
		wrong(0);
	conn->opened = true;
	tally->opened++;
	if (tally->opened - tally->closed > tally->most)
		tally->most = tally->opened - tally->closed;
}

static void leave(struct conn *conn)
{
	kind->remove(&conn->member);
	if (closesocket(conn->member.s))
		wrong(WSAGetLastError());
	tally->closed++;
	free(conn);
}

/* Octets sent, 0 when it would block. */
static int send_some(struct conn *conn, const char *octets, int n)
{
	int r = send(conn->member.s, octets, n, 0);

	if (r > 0) {
		tally->sent += r;
		return r;
	}
	if (!r || WSAGetLastError() != WSAEWOULDBLOCK)
		wrong(WSAGetLastError());
	tally->blocked++;
	return 0;
}

/* Octets received, 0 when there is nothing; at the end, too. */
static int receive_some(struct conn *conn, char *octets)
{
	int r = recv(conn->member.s, octets, BUFFER, 0);

	if (r > 0) {
		tally->received += r;
		return r;
	}
	conn->ended = !r;
	/* who was told that it can be received does receive it */
	if (r && (conn->ending || WSAGetLastError() != WSAEWOULDBLOCK))
		wrong(WSAGetLastError());
	/* where the end is an event, nothing else tells of it */
	if (!r && kind->events && !conn->ending)
		wrong(0);
	return 0;
}

static int length(const struct conn *conn)
{
	return message[conn->number].length;
}

static int late(void)
{
	return (many - 1) / LATE_EVERY + 1;
}

/* Does the client receive from it by now? */
static bool is_turn(const struct conn *conn)
{
	return conn->number % LATE_EVERY || greeted >= many - late();
}

static void end_when_due(struct conn *conn)
{
	if (conn->half || greeted < many || conn->sent < length(conn) ||
	    (conn->number % 2 && conn->received < length(conn)))
		return;
	conn->half = true;
	if (shutdown(conn->member.s, SD_SEND))
		wrong(WSAGetLastError());
}

static struct conn *client[MANY];

static void want_more(struct conn *conn)
{
	want(conn, (is_turn(conn) ? FD_READ : 0) | (conn->sent < length(conn) ? FD_WRITE : 0));
}

/* All of the message that there is room for: then FD_WRITE will tell. */
static void upload(struct conn *conn)
{
	const char *text = noise + message[conn->number].at;
	int r;

	while (conn->sent < length(conn)) {
		r = send_some(conn, text + conn->sent, length(conn) - conn->sent);
		if (!r)
			break;
		conn->sent += r;
	}
	want_more(conn);
	end_when_due(conn);
}

static void download(struct conn *conn);

/* The first octet of an echo: the server has this one, too. */
static void greet(void)
{
	int i;

	greeted++;
	if (greeted == many - late()) {
		for (i = 0; i < many; i += LATE_EVERY) {
			want_more(client[i]);
			if (client[i]->readable)
				download(client[i]);
		}
	}
	if (greeted == many) {
		if (tally->opened != many || tally->closed)
			wrong(0);
		for (i = 0; i < many; i++)
			end_when_due(client[i]);
	}
}

/* One receive for one FD_READ: if there is more, it is told again. */
static void download(struct conn *conn)
{
	const char *text = noise + message[conn->number].at;
	char buffer[BUFFER];
	int before, n;

	conn->readable = !is_turn(conn);
	if (conn->readable)
		return;
	do {
		n = receive_some(conn, buffer);
		if (n > length(conn) - conn->received || memcmp(buffer, text + conn->received, n))
			wrong(0);
		before = conn->received;
		conn->received += n;
		if (n && !before)
			greet();
	} while (n && conn->ending);
	if (!conn->ended) {
		end_when_due(conn);
		return;
	}
	if (conn->received != length(conn))
		wrong(0);
	leave(conn);
}

static void begin_some(void)
{
	SOCKET s;

	for (; begun < many && begun - tally->opened < WINDOW; begun++) {
		s = make(sort, SOCK_STREAM);
		if (set_option(s, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER) ||
		    set_option(s, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER))
			errx(1, "no buffers: %d", WSAGetLastError());
		client[begun] = join(s, 0, FD_CONNECT, false);
		client[begun]->number = begun;
		if (!connect_at(s, &server) || WSAGetLastError() != WSAEWOULDBLOCK)
			wrong(WSAGetLastError());
	}
}

static int bit_of(int event)
{
	int bit = 0;

	while (event >> bit > 1)
		bit++;
	return bit;
}

static void client_told(struct member *m, int event, int error)
{
	struct conn *conn = (struct conn *)m;

	tally->told[bit_of(event)]++;
	if (error || (event != FD_CONNECT && !conn->opened)) {
		wrong(error);
		return;
	}
	switch (event) {
	case FD_CONNECT:
		opened(conn);
		want_more(conn);
		break;
	case FD_WRITE:
		upload(conn);
		break;
	case FD_READ:
		download(conn);
		break;
	case FD_CLOSE:
		conn->ending = true;
		download(conn);
		break;
	default:
		wrong(0);
	}
	begin_some();
}

/* True when all is sent back. */
static bool send_back(struct conn *conn)
{
	int r;

	while (conn->sent < conn->received) {
		r = send_some(conn, conn->buffer + conn->sent, conn->received - conn->sent);
		if (!r)
			return false;
		conn->sent += r;
	}
	conn->sent = 0;
	conn->received = 0;
	return true;
}

/* Receives no more than it could send back: the client has to wait. */
static void serve(struct conn *conn)
{
	while (send_back(conn) && conn->readable && !conn->ended) {
		conn->readable = conn->ending;
		conn->received = receive_some(conn, conn->buffer);
	}
	if (conn->ended) {
		if (shutdown(conn->member.s, SD_SEND))
			wrong(WSAGetLastError());
		leave(conn);
		return;
	}
	want(conn, conn->received ? FD_WRITE : FD_READ);
}

static void accept_some(struct member *m)
{
	int tries;
	SOCKET s;

	for (tries = 0; tries < ACCEPTS; tries++) {
		s = accept(m->s, NULL, NULL);
		if (s == INVALID_SOCKET) {
			if (WSAGetLastError() != WSAEWOULDBLOCK)
				wrong(WSAGetLastError());
			break;
		}
		opened(join(s, BUFFER, FD_READ, true));
	}
}

static void server_told(struct member *m, int event, int error)
{
	struct conn *conn = (struct conn *)m;

	tally->told[bit_of(event)]++;
	if (error)
		wrong(error);
	switch (event) {
	case FD_ACCEPT:
		accept_some(m);
		break;
	case FD_WRITE:
		serve(conn);
		break;
	case FD_READ:
	case FD_CLOSE:
		conn->ending |= event == FD_CLOSE;
		conn->readable = true;
		serve(conn);
		break;
	default:
		wrong(0);
	}
}

/* A descriptor that counts this process's system calls; -1 where the kernel has none. */
static int counter(void)
{
	struct perf_event_attr what = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(what) };
	FILE *file = fopen("/sys/kernel/debug/tracing/events/raw_syscalls/sys_enter/id", "r");
	int id, fd = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%d", &id) == 1) {
		what.config = id;
		fd = syscall(SYS_perf_event_open, &what, 0, -1, -1, 0);
	}
	fclose(file);
	return fd;
}

static void run(void (*told)(struct member *m, int event, int error), int calls)
{
	while (tally->closed < many && !tally->hung) {
		tally->hung = !kind->turn(told);
		tally->waits++;
	}
	if (calls < 0)
		return;
	if (read(calls, &tally->calls, sizeof(tally->calls)) != sizeof(tally->calls))
		err(1, "counter");
	close(calls);
}

static void run_client(SOCKET listener)
{
	int calls = counter();

	closesocket(listener);
	kind->begin(FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE);
	begin_some();
	run(client_told, calls);
	finish();
	_exit(0);
}

static void run_server(SOCKET listener)
{
	int calls = counter();
	struct conn *conn;

	kind->begin(FD_ACCEPT | FD_READ | FD_WRITE | FD_CLOSE);
	conn = join(listener, 0, FD_ACCEPT, false);
	run(server_told, calls);
	kind->remove(&conn->member);
	closesocket(listener);
	free(conn);
}

FIXTURE(echo) {
	struct tally *tallies;		/* the client's and the server's */
	SOCKET listener;
	long octets;
};

FIXTURE_VARIANT(echo) {
	struct sort sort;
};

SORT(echo, family_v4, "family", "documented", AF_INET, false);
SORT(echo, adopt_v6, "adopt", "documented", AF_INET6, false);

FIXTURE_SETUP(echo)
{
	host_fresh();
	host_descriptor_limit(LOOP_NUMBERS);
	host_sysctl("/proc/sys/net/core/somaxconn", "8192");
	many = !access("/sys/kernel/debug/kmemleak", F_OK) ? FEW : MANY;
	sort = &variant->sort;
	self->octets = prepare_messages();
	self->tallies = mmap(NULL, 2 * sizeof(*tally), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->tallies);
	start(sort);
	self->listener = make_bound(sort, SOCK_STREAM, &server);
	/* accepted sockets inherit the buffers */
	ASSERT_WORKS(set_option(self->listener, SOL_SOCKET, SO_SNDBUF, SOCKET_BUFFER));
	ASSERT_WORKS(set_option(self->listener, SOL_SOCKET, SO_RCVBUF, SOCKET_BUFFER));
	ASSERT_WORKS(listen(self->listener, SOMAXCONN));
}

FIXTURE_TEARDOWN(echo)
{
	munmap(self->tallies, 2 * sizeof(*tally));
	FINISH();
}

static void report(const char *side, const struct tally *seen)
{
	printf("# %s, %s: %d connections, %ld octets each way, %ld waits, %d sends would block",
	       kind->name, side, seen->most, seen->sent, seen->waits, seen->blocked);
	if (seen->calls)
		printf(", %.1f system calls per connection", (double)seen->calls / many);
	printf("\n");
	fflush(stdout);
}

/* In both directions, of both sides; nothing twice, nothing lost. */
static void both_sides(struct __test_metadata *_metadata, FIXTURE_DATA(echo) *self,
		       const struct loop_kind *loop)
{
	const struct tally *up = &self->tallies[0], *down = &self->tallies[1], *side;
	int status;
	pid_t pid;

	kind = loop;
	fflush(stdout);
	pid = fork();
	ASSERT_LE(0, pid);
	tally = &self->tallies[!!pid];
	if (!pid)
		run_client(self->listener);
	run_server(self->listener);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	report("client", up);
	report("server", down);
	for (side = up; side <= down; side++) {
		EXPECT_EQ(0, side->hung);
		EXPECT_EQ(0, side->wrong);
		EXPECT_EQ(0, side->code);
		EXPECT_EQ(many, side->opened);
		EXPECT_EQ(many, side->most);
		EXPECT_EQ(many, side->closed);
		EXPECT_EQ(self->octets, side->sent);
		EXPECT_EQ(self->octets, side->received);
		/* else no event was needed to go on; few connections may find room for all */
		EXPECT_LE(many == MANY, side->blocked);
		EXPECT_EQ(loop->events ? many : 0, side->told[FD_CLOSE_BIT]);
	}
	EXPECT_EQ(many, up->told[FD_CONNECT_BIT]);
	EXPECT_LT(0, down->told[FD_ACCEPT_BIT]);
}

CASE(echo, select__r187)
{
	both_sides(_metadata, self, &loop_select);
}

CASE(echo, poll__r193)
{
	both_sides(_metadata, self, &loop_poll);
}

CASE(echo, events__r205_r211_r221_r222_r223)
{
	both_sides(_metadata, self, &loop_events);
}

CASE(echo, messages__r205_r211_r221_r222_r223_r225_r227)
{
	both_sides(_metadata, self, &loop_messages);
}

NOTHING_LEFT();

TEST_HARNESS_MAIN
