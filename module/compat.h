/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every difference between the supported kernels, and nowhere else.
 */
#ifndef WSA_COMPAT_H
#define WSA_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0) || \
	LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#error "wsa supports Linux 6.1 to 6.12"
#endif

/* 6.10 packed the arguments of proto_ops.accept into a structure */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define WSA_ACCEPT_ARGS		struct proto_accept_arg *arg
#define WSA_ACCEPT_PASS		arg
#define WSA_ACCEPT_FLAGS	(arg->flags)
#define WSA_ACCEPT_NOW		(&(struct proto_accept_arg){ .flags = O_NONBLOCK, .kern = true })
#else
#define WSA_ACCEPT_ARGS		int flags, bool kern
#define WSA_ACCEPT_PASS		flags, kern
#define WSA_ACCEPT_FLAGS	flags
#define WSA_ACCEPT_NOW		O_NONBLOCK, true
#endif

/* 6.8 signals an eventfd by one */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define wsa_eventfd_signal(ctx)	eventfd_signal(ctx)
#else
#define wsa_eventfd_signal(ctx)	eventfd_signal(ctx, 1)
#endif

/* 6.5 sends pages by sendmsg */
#define WSA_HAS_SENDPAGE	(LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0))

/* 6.6 and 6.7 made atomic bits of these two */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define wsa_recverr(sk)		inet_test_bit(RECVERR, sk)
#define wsa_recverr6(sk)	inet6_test_bit(RECVERR6, sk)
#define wsa_recverr_set(sk, on)	inet_assign_bit(RECVERR, sk, on)
#define wsa_recverr6_set(sk, on) inet6_assign_bit(RECVERR6, sk, on)
#else
#define wsa_recverr(sk)		(inet_sk(sk)->recverr)
#define wsa_recverr6(sk)	(inet6_sk(sk)->recverr)
#define wsa_recverr_set(sk, on)	(inet_sk(sk)->recverr = (on))
#define wsa_recverr6_set(sk, on) (inet6_sk(sk)->recverr = (on))
#endif

/* 6.2 may give a namespace a table of its own */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define wsa_udp_table(net)	((net)->ipv4.udp_table)
#else
#define wsa_udp_table(net)	(&udp_table)
#endif

/* 6.5 can keep a slab cache to itself, which makes its object count exact */
#ifndef SLAB_NO_MERGE
#define SLAB_NO_MERGE		0
#endif

#endif /* WSA_COMPAT_H */
