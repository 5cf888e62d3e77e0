/* SPDX-License-Identifier: GPL-2.0 */
/* A program in another language, beside a test. */
#ifndef SELFTESTS_CHILD_H
#define SELFTESTS_CHILD_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/**
 * struct child - a program that runs
 * @pid: its process
 * @said: its stdout
 */
struct child {
	pid_t pid;
	FILE *said;
};

void child_start(struct child *child, char *const argv[]);
bool child_ready(struct child *child);
bool child_ended_well(struct child *child);

#endif /* SELFTESTS_CHILD_H */
