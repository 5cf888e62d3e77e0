// SPDX-License-Identifier: GPL-2.0
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/*
 * It ends when the caller does, and holds none of the caller's sockets open. What it says on stderr
 * is for whoever reads the test's output.
 */
void child_start(struct child *child, char *const argv[])
{
	int ends[2];

	fflush(stdout);
	if (pipe2(ends, O_CLOEXEC))
		err(1, "pipe2");
	child->pid = fork();
	if (child->pid < 0)
		err(1, "fork");
	if (!child->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(ends[1], STDOUT_FILENO);
		close_range(STDERR_FILENO + 1, ~0U, 0);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	close(ends[1]);
	child->said = fdopen(ends[0], "r");
	if (!child->said)
		err(1, "fdopen");
}

/* It has said "ready". */
bool child_ready(struct child *child)
{
	char line[16];

	return fgets(line, sizeof(line), child->said) && !strcmp(line, "ready\n");
}

/* It ends, with status 0. Whatever it has said since is shown. */
bool child_ended_well(struct child *child)
{
	char line[256];
	int status;

	while (fgets(line, sizeof(line), child->said))
		printf("# %s", line);
	fclose(child->said);
	return waitpid(child->pid, &status, 0) == child->pid && !status;
}
