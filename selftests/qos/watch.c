// SPDX-License-Identifier: GPL-2.0
/* Flows as an administrator sees them: listed, watched, and told by netlink in parts. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/wsa_netlink.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>

#include <kselftest_harness.h>

#include "left.h"
#include "netns.h"
#include "qos.h"
#include "sockets.h"

#define MANY	300

static const struct sort ipv4 = { .door = FAMILY, .af = AF_INET };
static const struct sort dual = { .door = FAMILY, .af = AF_INET6, .dual = true };
static const struct sort ipv6 = { .door = FAMILY, .af = AF_INET6 };

FIXTURE(watch) {
	struct wsa_flowspec spec;
	struct name silent;
	int s;
};

FIXTURE_SETUP(watch)
{
	hosts_make();
	self->spec = flowspec(CONTROLLEDLOAD, 100000);
	self->silent = name_of("10.7.0.77", 9);
	self->s = open_sort(&ipv4, SOCK_DGRAM);
	ip_batch("neigh add 10.7.0.77 lladdr 02:00:00:00:00:77 dev v0\n");
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 1gbit --qdisc hfsc"));
}

FIXTURE_TEARDOWN(watch)
{
	COUNTERS_BALANCE();
}

/* All that it says, which the next call overwrites. */
static const char *says(const char *arguments)
{
	static char text[65536];
	char command[256];
	FILE *pipe;
	size_t n;

	fflush(stdout);
	snprintf(command, sizeof(command), "wsactl %s 2>&1", arguments);
	pipe = popen(command, "re");
	if (!pipe)
		err(1, "wsactl");
	n = fread(text, 1, sizeof(text) - 1, pipe);
	text[n] = 0;
	if (pclose(pipe))
		errx(1, "wsactl %s: %s", arguments, text);
	return text;
}

static int lines_of(const char *text)
{
	int n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

#define EXPECT_IN(text, part) \
	EXPECT_NE(NULL, strstr(text, part)) TH_LOG("no \"%s\" in %s", part, text)
#define EXPECT_NOT_IN(text, part) \
	EXPECT_EQ(NULL, strstr(text, part)) TH_LOG("\"%s\" in %s", part, text)

static int granted(int fd, const struct wsa_flowspec *spec, const struct name *name,
		   struct wsa_qos_set *arg)
{
	int error = qos_set(fd, spec, name, arg);

	return error ? error : arg->wsa ? (int)arg->wsa : connect_staged(fd, name, arg);
}

TEST_F(watch, shows_whose_it_is_and_what)
{
	struct name there = name_of("fd07::77", 10);
	struct wsa_qos_set arg, staged;
	struct name own;
	char expected[128];
	const char *text;
	int fd, waiting;

	EXPECT_STREQ("", says("qos show --flows"));
	EXPECT_STREQ("[]\n", says("qos show --flows --json"));

	self->spec.service_type = GUARANTEED;
	self->spec.token_bucket = 3000;
	self->spec.latency = 20000;
	ASSERT_EQ(0, granted(self->s, &self->spec, &self->silent, &arg));
	EXPECT_EQ(1, send(self->s, "x", 1, 0));
	text = says("qos show --flows");
	EXPECT_EQ(1, lines_of(text));
	snprintf(expected, sizeof(expected), "v0 1:%x active uid 0 pid %d ", arg.classid & 0xffff,
		 getpid());
	EXPECT_EQ(text, strstr(text, expected)) TH_LOG("%s", text);
	own = local_name(self->s);
	snprintf(expected, sizeof(expected), " watch udp 10.7.0.1:%d > 10.7.0.77:9 guaranteed ",
		 name_port(&own));
	EXPECT_IN(text, expected);
	EXPECT_IN(text, " rate 800kbit bucket 3000 latency 20ms bound ");
	EXPECT_IN(text, " drops 0\n");

	/* the names of IPv6, and IPv4's in IPv6 */
	fd = open_sort(&ipv6, SOCK_DGRAM);
	self->spec = flowspec(0x80020000, 50000);
	ASSERT_EQ(0, granted(fd, &self->spec, &there, &arg));
	text = says("qos show --flows");
	EXPECT_EQ(2, lines_of(text));
	EXPECT_IN(text, "udp [fd07::1]:");
	EXPECT_IN(text, " > [fd07::77]:10 controlledload rate 400kbit sent");
	close(fd);
	EXPECT_TRUE(class_gone("v0", arg.classid));
	fd = open_sort(&dual, SOCK_DGRAM);
	there = name_of("::ffff:10.7.0.78", 11);
	ASSERT_EQ(0, granted(fd, &self->spec, &there, &arg));
	EXPECT_IN(says("qos show --flows"), " > 10.7.0.78:11 controlledload");

	/* what waits for its connect has no names yet */
	waiting = open_sort(&ipv4, SOCK_STREAM);
	ASSERT_EQ(0, qos_set(waiting, &self->spec, &self->silent, &staged));
	snprintf(expected, sizeof(expected), "v0 1:%x staged uid 0 pid %d watch controlledload",
		 staged.classid & 0xffff, getpid());
	EXPECT_IN(says("qos show --flows"), expected);

	text = says("qos show --flows --json");
	EXPECT_EQ(text, strstr(text, "[{\"dev\":\"v0\",\"class\":\"1:"));
	EXPECT_IN(text, "\"state\":\"active\",\"uid\":0,\"pid\":");
	EXPECT_IN(text, "\"service\":\"guaranteed\",\"token_rate\":100000,\"token_bucket\":3000,");
	EXPECT_IN(text, "\"token_bucket\":3000,\"latency\":20000,\"dscp\":40,\"bound_ns\":");
	EXPECT_IN(text, "\"service\":\"controlledload\",\"token_rate\":50000,\"dscp\":24,");
	EXPECT_IN(text, "\"packets\":1,\"drops\":0}");
	EXPECT_EQ(text + strlen(text) - 3, strstr(text, "}]\n"));
	EXPECT_EQ(3, lines_of(text));
	close(fd);
	close(waiting);
}

/* A process that has ended has no number, its socket goes on; a closed stream sends by itself. */
TEST_F(watch, shows_what_is_left_of_it)
{
	struct name at = name_of("10.7.0.2", 0), peer;
	struct wsa_qos_set arg;
	int listener, fd, status;
	const char *text;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(granted(self->s, &self->spec, &self->silent, &arg));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	ASSERT_EQ(0, status);
	text = says("qos show --flows");
	EXPECT_EQ(1, lines_of(text));
	EXPECT_IN(text, " active uid 0 watch udp 10.7.0.1:");
	EXPECT_NOT_IN(text, " pid ");

	hosts_there();
	listener = open_sort(&(struct sort){ .door = PLAIN, .af = AF_INET }, SOCK_STREAM);
	ASSERT_EQ(0, bind(listener, &at.sa, at.len));
	ASSERT_EQ(0, listen(listener, 1));
	peer = local_name(listener);
	hosts_here();
	fd = open_sort(&ipv4, SOCK_STREAM);
	ASSERT_EQ(0, granted(fd, &self->spec, &peer, &arg));
	EXPECT_IN(says("qos show --flows"), " active uid 0 pid ");
	EXPECT_IN(says("qos show --flows"), " tcp 10.7.0.1:");
	/* nobody takes it, so it is sent again and again */
	hosts_there();
	ip_batch("link set v1 down\n");
	hosts_here();
	EXPECT_EQ(1, send(fd, "x", 1, 0));
	close(fd);
	text = says("qos show --flows");
	EXPECT_IN(text, " draining uid 0 pid ");
	EXPECT_IN(text, " watch tcp 10.7.0.1:");
	hosts_there();
	ip_batch("link set v1 up\n");
	hosts_here();
	EXPECT_TRUE(class_gone("v0", arg.classid));
	EXPECT_EQ(1, lines_of(says("qos show --flows")));
	close(listener);
}

/* As user @uid; the exit status, 0 when it says @lines lines. */
static int lines_for(uid_t uid, int lines)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (setresuid(uid, uid, uid))
			_exit(99);
		_exit(lines_of(says("qos show --flows")) != lines);
	}
	waitpid(pid, &status, 0);
	return status;
}

TEST_F(watch, others_flows_are_for_the_administrator)
{
	struct wsa_qos_set arg;
	int fd = open_sort(&ipv4, SOCK_DGRAM);

	ASSERT_EQ(0, granted(self->s, &self->spec, &self->silent, &arg));
	ASSERT_EQ(0, seteuid(1000));
	ASSERT_EQ(0, granted(fd, &self->spec, &self->silent, &arg));
	ASSERT_EQ(0, seteuid(0));
	EXPECT_EQ(2, lines_of(says("qos show --flows")));
	EXPECT_EQ(0, lines_for(1000, 1));
	EXPECT_EQ(0, lines_for(1001, 0));
	EXPECT_EQ(0, lines_for(0, 2));
	close(fd);
}

struct list {
	unsigned int id[2 * MANY];
	int n;
	bool done;
};

/* One read(2): libnl would go on to the end. */
static void read_part(int fd, struct list *list)
{
	static char part[65536];
	struct nlattr *attrs[WSA_FLOW_MAX + 1];
	struct nlmsghdr *message = (struct nlmsghdr *)part;
	int left = recv(fd, part, sizeof(part), 0);

	if (left <= 0)
		err(1, "recv");
	for (; nlmsg_ok(message, left); message = nlmsg_next(message, &left)) {
		list->done = message->nlmsg_type == NLMSG_DONE;
		if (!list->done && !genlmsg_parse(message, 0, attrs, WSA_FLOW_MAX, NULL) &&
		    list->n < 2 * MANY)
			list->id[list->n++] = nla_get_u32(attrs[WSA_FLOW_CLASSID]);
	}
}

/* Flows come and go between two parts: one that stays is told once, none twice. */
TEST_F(watch, told_in_parts__each_once)
{
	struct nl_sock *netlink = nl_socket_alloc(), *resolver = nl_socket_alloc();
	struct wsa_qos_set arg[MANY], late;
	struct list list = { .n = 0 };
	int fd[MANY], i, j, family, parts = 0, first, fresh;

	ASSERT_EQ(0, wsactl("qos disable v0"));
	ASSERT_EQ(0, wsactl("qos enable v0 --rate 1gbit --flows-per-user 400"));
	/* of its own: parts grow with what a socket was read before */
	ASSERT_EQ(0, genl_connect(resolver));
	family = genl_ctrl_resolve(resolver, WSA_GENL_NAME);
	ASSERT_LT(0, family);
	nl_socket_free(resolver);
	ASSERT_EQ(0, genl_connect(netlink));
	for (i = 0; i < MANY; i++) {
		fd[i] = open_sort(&ipv4, SOCK_DGRAM);
		ASSERT_EQ(0, granted(fd[i], &self->spec, &self->silent, &arg[i]));
	}
	ASSERT_LT(0, genl_send_simple(netlink, family, WSA_CMD_FLOW_GET, WSA_GENL_VERSION,
				      NLM_F_DUMP));
	read_part(nl_socket_get_fd(netlink), &list);
	first = list.n;
	EXPECT_LT(0, first);
	EXPECT_GT(MANY / 2, first);
	/* of what was told, and of what will not have been read ahead: half */
	for (i = 0; i < MANY; i += 2) {
		if (i >= first && i < MANY - first)
			continue;
		close(fd[i]);
		fd[i] = -1;
		EXPECT_TRUE(class_gone("v0", arg[i].classid));
	}
	fresh = open_sort(&ipv4, SOCK_DGRAM);
	ASSERT_EQ(0, granted(fresh, &self->spec, &self->silent, &late));
	for (; !list.done; parts++)
		read_part(nl_socket_get_fd(netlink), &list);
	EXPECT_LT(2, parts);
	for (i = 1; i < list.n; i++)
		EXPECT_LT(list.id[i - 1], list.id[i]);
	for (i = 0; i < MANY; i++) {
		int told = 0;

		for (j = 0; j < list.n; j++)
			told += list.id[j] == arg[i].classid;
		if (fd[i] < 0) {	/* those of the first part were told, the others not */
			EXPECT_EQ(i < first, told);
			continue;
		}
		EXPECT_EQ(1, told);
		close(fd[i]);
	}
	EXPECT_EQ(late.classid, list.id[list.n - 1]);
	close(fresh);
	nl_socket_free(netlink);
	EXPECT_TRUE(flows_gone("v0"));
}

static pid_t start(const char *const *argv, int out)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	errno = posix_spawnp(&pid, "wsactl", &actions, NULL, (char *const *)argv, environ);
	if (errno)
		err(1, "wsactl");
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static int ended(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static unsigned long long after(const char *line, const char *word)
{
	const char *at = strstr(line, word);

	if (!at)
		errx(1, "no%sin %s", word, line);
	return strtoull(at + strlen(word), NULL, 10);
}

TEST_F(watch, a_line_for_each_round)
{
	static const char * const argv[] = { "wsactl", "qos", "watch", "v0", "--interval", "0.2",
					     NULL };
	unsigned long long sent, rates = 0;
	struct wsa_qos_set arg;
	char line[512];
	int ends[2], i;
	FILE *lines;
	pid_t pid;

	ASSERT_EQ(0, granted(self->s, &self->spec, &self->silent, &arg));
	ASSERT_EQ(0, pipe2(ends, O_CLOEXEC));
	pid = start(argv, ends[1]);
	close(ends[1]);
	lines = fdopen(ends[0], "r");
	ASSERT_NE(NULL, fgets(line, sizeof(line), lines));
	EXPECT_IN(line, " now -\n");
	sent = after(line, " sent ");

	/* what leaves is seen, and that no more does */
	for (i = 0; i < 10; i++)
		EXPECT_EQ(5, send(self->s, "12345", 5, 0));
	for (i = 0; i < 100 && after(line, " sent ") < sent + 10 * 47; i++) {
		ASSERT_NE(NULL, fgets(line, sizeof(line), lines));
		rates += !strstr(line, " now 0kbit\n");
	}
	EXPECT_LE(sent + 10 * 47, after(line, " sent "));
	EXPECT_LT(0, rates);
	for (i = 0; i < 100 && !strstr(line, " now 0kbit\n"); i++)
		ASSERT_NE(NULL, fgets(line, sizeof(line), lines));
	EXPECT_GT(100, i);

	EXPECT_EQ(0, kill(pid, SIGINT));
	while (fgets(line, sizeof(line), lines))
		EXPECT_IN(line, "\n");
	EXPECT_EQ(0, ended(pid));
	fclose(lines);
}

TEST_F(watch, count_and_interval)
{
	struct wsa_qos_set arg;
	int fd = open_sort(&ipv4, SOCK_DGRAM);

	EXPECT_STREQ("", says("qos watch --count 2 --interval 0.1"));
	ASSERT_EQ(0, granted(self->s, &self->spec, &self->silent, &arg));
	ASSERT_EQ(0, granted(fd, &self->spec, &self->silent, &arg));
	EXPECT_EQ(6, lines_of(says("qos watch --count 3 --interval 0.1")));
	EXPECT_EQ(2, lines_of(says("qos watch v0 --count 1")));
	EXPECT_STREQ("", says("qos watch lo --count 1"));
	EXPECT_EQ(1, wsactl("qos watch nothing --count 1"));
	EXPECT_EQ(1, wsactl("qos watch --count 0"));
	EXPECT_EQ(1, wsactl("qos watch --interval 0"));
	EXPECT_EQ(2, wsactl("qos watch v0 v1"));
	EXPECT_EQ(2, wsactl("qos show --flow s"));
	close(fd);
}

/* Reads until @text comes for the @times-th time. */
static bool reads(int fd, const char *text, int times, char *all, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size - 1 && (got = read(fd, all + n, size - 1 - n)) > 0) {
		const char *at = all;
		int seen = 0;

		n += got;
		all[n] = 0;
		for (; (at = strstr(at, text)); at += strlen(text))
			seen++;
		if (seen >= times)
			return true;
	}
	return false;
}

/* On a terminal it stays on one page, whatever there is. */
TEST_F(watch, table_on_a_terminal)
{
	static const char * const argv[] = { "wsactl", "qos", "watch", "--interval", "0.1", NULL };
	struct winsize window = { .ws_row = 12, .ws_col = 90 };
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), other, fd[30], i;
	static char all[65536];
	struct wsa_qos_set arg;
	char *line, *page = all;
	pid_t pid;

	ASSERT_LE(0, terminal);
	ASSERT_EQ(0, grantpt(terminal));
	ASSERT_EQ(0, unlockpt(terminal));
	ASSERT_EQ(0, ioctl(terminal, TIOCSWINSZ, &window));
	other = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
	ASSERT_LE(0, other);
	pid = start(argv, other);	/* and inherits none of these */
	for (i = 0; i < 30; i++) {
		fd[i] = open_sort(&ipv4, SOCK_DGRAM);
		ASSERT_EQ(0, granted(fd[i], &self->spec, &self->silent, &arg));
	}
	ASSERT_TRUE(reads(terminal, "and 21 more\033[H\033[2J", 1, all, sizeof(all)));
	strstr(all, "and 21 more")[11] = 0;
	for (line = all; (line = strstr(line, "\033[H\033[2J")); line++)
		page = line;
	page = strtok(page + 7, "\033");
	EXPECT_EQ(page, strstr(page, "v0: hfsc 1:3 rate 1gbit "));
	EXPECT_IN(page, "DEVICE   CLASS        UID     PID COMMAND         SERVICE");
	EXPECT_IN(page, " watch           controlledload   800kbit ");
	EXPECT_IN(page, "and 21 more");
	i = 0;
	for (line = strtok(page, "\r\n"); line; line = strtok(NULL, "\r\n")) {
		EXPECT_GE(90, strlen(line)) TH_LOG("%s", line);
		i++;
	}
	EXPECT_EQ(12, i);

	/* flows and the device go while it looks */
	for (i = 0; i < 30; i++)
		close(fd[i]);
	EXPECT_TRUE(reads(terminal, "flows 0 of", 1, all, sizeof(all)));
	run_command("ip link del v0");
	EXPECT_TRUE(reads(terminal, "\033[2JDEVICE ", 1, all, sizeof(all)));
	EXPECT_EQ(0, kill(pid, SIGINT));
	EXPECT_EQ(0, ended(pid));
	close(other);
	close(terminal);
}

NOTHING_LEFT()

TEST_HARNESS_MAIN
