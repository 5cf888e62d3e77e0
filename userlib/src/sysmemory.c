// SPDX-License-Identifier: MIT
/* May memory be used that a caller points to? Only the kernel can tell. */
#define _GNU_SOURCE
#include "sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define WORD_MASK	((uintptr_t)sizeof(uint64_t) - 1)
#define PAGE_MASK	((uintptr_t)4095)

/*
 * rt_sigprocmask(2) reads its new set before it looks at the operation, so an
 * operation that does not exist asks whether eight octets can be read, and
 * does nothing else. An aligned word never straddles two pages.
 */
static int word_readable(uintptr_t address)
{
	return syscall(SYS_rt_sigprocmask, ~0, address & ~WORD_MASK, NULL, 8) == 0 ||
	       errno != EFAULT;
}

/** sys_readable - may @len octets at @p be read? */
int sys_readable(const void *p, size_t len)
{
	uintptr_t at = (uintptr_t)p, last;

	if (!len)
		return 1;
	last = at + len - 1;
	if (!p || last < at)
		return 0;
	for (;; at = (at | PAGE_MASK) + 1) {
		if (!word_readable(at))
			return 0;
		if ((at | PAGE_MASK) >= last)
			return 1;
	}
}

/* The same through a pipe, for kernels and filters without process_vm_writev(2). */
static int copy_through_pipe(void *to, const void *from, size_t len)
{
	int end[2];
	ssize_t n;

	if (pipe2(end, O_CLOEXEC) < 0) {
		memcpy(to, from, len);
		return 0;
	}
	n = write(end[1], from, len);
	if (n == (ssize_t)len)
		n = read(end[0], to, len);
	close(end[0]);
	close(end[1]);
	return n == (ssize_t)len ? 0 : -EFAULT;
}

/**
 * sys_copy_out - copy to memory of the caller's that may not be there
 * @to: the caller's
 * @from: ours
 * @len: octets, at most PIPE_BUF
 *
 * Return: 0 or -EFAULT.
 */
int sys_copy_out(void *to, const void *from, size_t len)
{
	struct iovec source = { .iov_base = (void *)from, .iov_len = len };
	struct iovec target = { .iov_base = to, .iov_len = len };
	ssize_t n;

	if (!to)
		return -EFAULT;
	n = process_vm_writev(getpid(), &source, 1, &target, 1, 0);
	if (n == (ssize_t)len)
		return 0;
	if (n >= 0 || errno == EFAULT)
		return -EFAULT;
	return copy_through_pipe(to, from, len);
}

/*
 * Pages that this thread was seen to write. A receive loop passes the same few
 * variables again and again; to ask the kernel each time would cost more than the
 * receive. A page that is taken away afterwards is found out the hard way.
 */
#define SEEN_PAGES	8
static __thread uintptr_t seen_pages[SEEN_PAGES];

static int page_writable(unsigned char *p)
{
	uintptr_t page = (uintptr_t)p & ~PAGE_MASK;
	uintptr_t *seen = &seen_pages[page / (PAGE_MASK + 1) % SEEN_PAGES];
	unsigned char octet;

	if (page && *seen == page)
		return 1;
	if (!sys_readable(p, 1))
		return 0;
	octet = *p;
	if (sys_copy_out(p, &octet, 1) < 0)
		return 0;
	*seen = page;
	return 1;
}

/**
 * sys_writable - may @len octets at @p, at most a page, be read and written?
 *
 * Asks for the first and the last octet.
 */
int sys_writable(void *p, size_t len)
{
	unsigned char *first = p;

	return !len || (p && page_writable(first) && page_writable(first + len - 1));
}
