// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "left.h"

static int references_before;
static long objects_before;

unsigned long wsa_counter(const char *name)
{
	unsigned long value = 0, one;
	FILE *file;
	char row[64];
	bool found = false;

	/* not /proc/net: that is the namespace of the first thread */
	file = fopen("/proc/thread-self/net/wsa", "r");
	if (!file)
		err(1, "/proc/net/wsa");
	while (fscanf(file, "%63s %lu", row, &one) == 2) {
		if (!strcmp(row, name)) {
			value = one;
			found = true;
		}
	}
	fclose(file);
	if (!found)
		errx(1, "/proc/net/wsa has no %s", name);
	return value;
}

int wsa_references(void)
{
	FILE *file = fopen("/sys/module/wsa/refcnt", "r");
	int references = -1;

	if (!file || fscanf(file, "%d", &references) != 1)
		errx(1, "wsa.ko is not loaded");
	fclose(file);
	return references;
}

/*
 * States allocated now; -1 where the cache is shared with others, as stock kernels do.
 * Shrinking first makes the number exact: per-processor slabs count as full.
 */
static long objects(void)
{
	struct stat st;
	long count = -1;
	FILE *file;
	int fd;

	if (lstat("/sys/kernel/slab/wsa_sock", &st) || S_ISLNK(st.st_mode))
		return -1;
	fd = open("/sys/kernel/slab/wsa_sock/shrink", O_WRONLY);
	if (fd < 0 || write(fd, "1", 1) != 1)
		err(1, "shrink");
	close(fd);
	file = fopen("/sys/kernel/slab/wsa_sock/objects", "r");
	if (!file || fscanf(file, "%ld", &count) != 1)
		errx(1, "/sys/kernel/slab/wsa_sock/objects");
	fclose(file);
	return count;
}

/* Before the harness' own constructors, and so before any case. */
__attribute__((constructor(101))) static void remember(void)
{
	struct stat st;

	if (stat("/sys/module/wsa", &st))
		return;		/* a program that loads the module itself */
	references_before = wsa_references();
	objects_before = objects();
}

bool close_all_sockets_gone(void)
{
	unsigned long made, gone;
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int fd;

	dir = opendir("/proc/thread-self/fd");
	if (!dir)
		err(1, "/proc/thread-self/fd");
	while ((entry = readdir(dir))) {
		fd = atoi(entry->d_name);
		if (fd > 2 && fd != dirfd(dir) && !fstat(fd, &st) && S_ISSOCK(st.st_mode))
			close(fd);
	}
	closedir(dir);

	made = wsa_counter("SOCKETS_MADE");
	gone = wsa_counter("SOCKETS_GONE");
	if (made != gone)
		printf("# %lu sockets made, %lu gone\n", made, gone);
	return made == gone;
}

bool nothing_left(void)
{
	int references = -1, i;
	long now = -1;

	/* descriptors of a process that was killed go away in their own time */
	for (i = 0; i < 600; i++) {
		references = wsa_references();
		now = objects();
		if (references == references_before && now == objects_before)
			return true;
		usleep(100000);
	}
	printf("# references: %d before, %d now; states: %ld before, %ld now\n",
	       references_before, references, objects_before, now);
	return false;
}
