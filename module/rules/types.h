/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the rules may see: types, errno values, socket addresses and the UAPI.
 * One source serves the module, KUnit and user-space builds.
 */
#ifndef WSA_RULES_TYPES_H
#define WSA_RULES_TYPES_H

#ifdef __KERNEL__
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
/* kernel-internal: a system call to be restarted after the signal */
#define ERESTARTSYS 512
#endif

#include <linux/wsa.h>
#include <linux/wsa_errors.h>

#endif /* WSA_RULES_TYPES_H */
