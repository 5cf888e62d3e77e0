// SPDX-License-Identifier: MIT
/*
 * The process's sockets, by descriptor.
 *
 * A three-level table that grows on demand and never shrinks, so that a reader
 * needs no lock and no reference. An entry may outlive its descriptor when the
 * program calls close(2) itself: the kernel then says what the descriptor is.
 */
#include <stdlib.h>

#include "wsalib.h"

#define LEAF_BITS	10
#define NODE_BITS	11
#define ROOT_BITS	(31 - NODE_BITS - LEAF_BITS)
#define LEAF_SIZE	(1u << LEAF_BITS)
#define NODE_SIZE	(1u << NODE_BITS)
#define ROOT_SIZE	(1u << ROOT_BITS)

_Static_assert(LEAF_SIZE == WSA_LEAF_SIZE, "what watch.c knows of the table");

struct leaf {
	struct wsa_sock sock[LEAF_SIZE];
};

struct node {
	struct leaf *_Atomic leaf[NODE_SIZE];
};

static struct node *_Atomic root[ROOT_SIZE];

static struct wsa_sock *find(int fd)
{
	struct node *node = atomic_load_explicit(&root[(unsigned int)fd >> (NODE_BITS + LEAF_BITS)],
						 memory_order_acquire);
	struct leaf *leaf;

	if (!node)
		return NULL;
	leaf = atomic_load_explicit(&node->leaf[((unsigned int)fd >> LEAF_BITS) % NODE_SIZE],
				    memory_order_acquire);
	return leaf ? &leaf->sock[(unsigned int)fd % LEAF_SIZE] : NULL;
}

/* Of two threads that grow the same place one wins; the other's piece is freed. */
static struct wsa_sock *find_or_grow(int fd)
{
	struct node *_Atomic *at_node = &root[(unsigned int)fd >> (NODE_BITS + LEAF_BITS)];
	struct leaf *_Atomic *at_leaf;
	struct node *node = atomic_load(at_node), *no_node = NULL;
	struct leaf *leaf, *no_leaf = NULL;

	if (!node) {
		node = calloc(1, sizeof(*node));
		if (!node)
			return NULL;
		if (!atomic_compare_exchange_strong(at_node, &no_node, node)) {
			free(node);
			node = no_node;
		}
	}
	at_leaf = &node->leaf[((unsigned int)fd >> LEAF_BITS) % NODE_SIZE];
	leaf = atomic_load(at_leaf);
	if (!leaf) {
		leaf = calloc(1, sizeof(*leaf));
		if (!leaf)
			return NULL;
		if (!atomic_compare_exchange_strong(at_leaf, &no_leaf, leaf)) {
			free(leaf);
			leaf = no_leaf;
		}
	}
	return &leaf->sock[(unsigned int)fd % LEAF_SIZE];
}

/**
 * wsa_sock_add - enter a descriptor
 * @fd: new socket
 * @flags: SOCK_F_*; SOCK_F_USED and, for a stream, SOCK_F_PLAIN are added
 *
 * Return: the entry, NULL without memory.
 */
struct wsa_sock *wsa_sock_add(int fd, uint32_t flags)
{
	struct wsa_sock *sk = find_or_grow(fd);

	if (!sk)
		return NULL;
	message_forget(sk);
	callee_forget(sk);
	atomic_store(&sk->rcvtimeo, 0);
	atomic_store(&sk->sndtimeo, 0);
	atomic_store(&sk->since, 0);
	atomic_store(&sk->pending_error, 0);
	atomic_store(&sk->so_error, 0);
	if (flags & SOCK_F_STREAM)
		flags |= SOCK_F_PLAIN;
	atomic_store_explicit(&sk->flags, flags | SOCK_F_USED, memory_order_release);
	return sk;
}

/** wsa_sock_closed - is it being closed by closesocket, or was it since @began? */
int wsa_sock_closed(int fd, uint64_t began)
{
	struct wsa_sock *sk = find(fd);

	return sk && (atomic_load(&sk->flags) & SOCK_F_CLOSING || sock_closed_since(sk, began));
}

void wsa_sock_forget(int fd)
{
	struct wsa_sock *sk = find(fd);

	if (!sk)
		return;
	message_forget(sk);
	callee_forget(sk);
	atomic_fetch_and(&sk->flags, SOCK_F_KIND);
}

/*
 * A descriptor that came by fork, exec or SCM_RIGHTS: when the module owns it,
 * it is a socket of this process from now on. What it went through elsewhere
 * is asked of the kernel.
 */
static struct wsa_sock *take_in(int fd)
{
	struct sys_state state;
	struct sys_flow flow;
	struct sys_iso iso;
	struct wsa_sock *sk;
	int type = 0, domain = 0;
	unsigned int len = sizeof(type);
	uint32_t flags = 0, ms;

	if (sys_state(fd, &state) < 0 ||
	    sys_getopt(fd, LX_SOL_SOCKET, LX_SO_TYPE, &type, &len) < 0 ||
	    sys_getopt(fd, LX_SOL_SOCKET, LX_SO_DOMAIN, &domain, &len) < 0)
		return NULL;
	flags |= type == SOCK_STREAM ? SOCK_F_STREAM : 0;
	flags |= type == SOCK_RAW ? SOCK_F_RAW : 0;
	/* to everybody else it is TCP, and a stream */
	if (type == SOCK_STREAM && !sys_iso_get(fd, &iso))
		flags |= SOCK_F_ISO | (iso.flags & SYS_ISO_RECORDS ? SOCK_F_RECORDS : 0);
	flags |= domain == AF_INET6 ? SOCK_F_INET6 : 0;
	flags |= sys_is_nonblocking(fd) > 0 ? SOCK_F_NONBLOCK : 0;
	flags |= state.bound ? SOCK_F_BOUND : 0;
	/* A stream's flags also tell of the peer's end. */
	flags |= type != SOCK_STREAM && state.shut_rd ? SOCK_F_SHUT_RD : 0;
	flags |= type != SOCK_STREAM && state.shut_wr ? SOCK_F_SHUT_WR : 0;
	flags |= state.state == SYS_PENDING ? SOCK_F_PENDING : 0;
	flags |= !sys_qos_get(fd, &flow) && flow.flags & SYS_FLOW_KEPT ? SOCK_F_QOS : 0;
	sk = wsa_sock_add(fd, flags);
	if (!sk)
		return NULL;
	if (!sys_get_timeout(fd, 0, &ms))
		atomic_store(&sk->rcvtimeo, ms);
	if (!sys_get_timeout(fd, 1, &ms))
		atomic_store(&sk->sndtimeo, ms);
	return sk;
}

/**
 * wsa_enter - steps 1 to 3 of every call: started, not in a blocking hook, a socket of ours
 * @s: what the program passed
 * @sk: receives the entry
 *
 * Return: the descriptor, or -1 with WSANOTINITIALISED (row 1), WSAEINPROGRESS (row
 * 250) or WSAENOTSOCK (rows 13, 14) as last error.
 */
int wsa_enter(SOCKET s, struct wsa_sock **sk)
{
	int code = wsa_refused();

	if (code)
		return wsa_fail(code);
	if (s > 0x7fffffff)
		return wsa_fail(WSAENOTSOCK);
	*sk = find((int)s);
	if (*sk && sock_flags(*sk) & SOCK_F_USED)
		return (int)s;
	if (*sk && sock_flags(*sk) & SOCK_F_CLOSING)
		return wsa_fail(WSAENOTSOCK);
	*sk = take_in((int)s);
	return *sk ? (int)s : wsa_fail(WSAENOTSOCK);
}

static void leaf_each(int first, struct leaf *leaf, void (*what)(int fd, struct wsa_sock *sk))
{
	unsigned int i;

	for (i = 0; leaf && i < LEAF_SIZE; i++)
		if (sock_flags(&leaf->sock[i]) & (SOCK_F_USED | SOCK_F_CLOSING))
			what(first + i, &leaf->sock[i]);
}

/* Call @what for every socket the process knows, or is closing. */
static void wsa_sock_each(void (*what)(int fd, struct wsa_sock *sk))
{
	unsigned int i, j;

	for (i = 0; i < ROOT_SIZE; i++) {
		struct node *node = atomic_load(&root[i]);

		for (j = 0; node && j < NODE_SIZE; j++)
			leaf_each((int)(i << (NODE_BITS + LEAF_BITS) | j << LEAF_BITS),
				  atomic_load(&node->leaf[j]), what);
	}
}

static void nobody_waits(int fd, struct wsa_sock *sk)
{
	(void)fd;
	atomic_store(&sk->waiters, 0);
	sock_clear(sk, SOCK_F_APART | SOCK_F_CLOSING);
}

/* In a forked child: the threads that waited are the parent's. */
void wsa_sock_forked(void)
{
	wsa_sock_each(nobody_waits);
}

static void close_one(int fd, struct wsa_sock *sk)
{
	wsa_close_fd(fd, sk);
}

/** wsa_sock_close_all - the last WSACleanup (row 3) */
void wsa_sock_close_all(void)
{
	wsa_sock_each(close_one);
}
