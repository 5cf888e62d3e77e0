// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "module.h"

/* Where selftests/vm puts it. */
#define MODULE "/run.ko"

/* Both return 0 or -1 with errno. */
int module_load(const char *parameters)
{
	int fd = open(MODULE, O_RDONLY | O_CLOEXEC), ret, error;

	if (fd < 0)
		return -1;
	ret = syscall(SYS_finit_module, fd, parameters, 0);
	error = errno;
	close(fd);
	errno = error;
	return ret;
}

int module_unload(void)
{
	return syscall(SYS_delete_module, "wsa", O_NONBLOCK);
}

/* After what holds it has been left to go away, for as long as half a minute. */
int module_unload_soon(void)
{
	int i;

	for (i = 0; i < 300; i++) {
		if (!module_unload())
			return 0;
		if (errno != EAGAIN)
			return -1;
		usleep(100000);
	}
	return -1;
}

int module_family(void)
{
	FILE *file = fopen("/sys/module/wsa/parameters/family", "r");
	int family = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%d", &family) != 1)
		family = -1;
	fclose(file);
	return family;
}
