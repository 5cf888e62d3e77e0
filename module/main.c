// SPDX-License-Identifier: GPL-2.0
/* Load, unload, and the life of a socket's state. */
#include <linux/module.h>
#include <linux/slab.h>

#include "mib.h"
#include "wsa_sock.h"

static struct kmem_cache *wsa_sock_cache;

/**
 * wsa_sock_alloc - make the state of a socket to come
 * @kind: what it will be
 *
 * Charged to the caller's memory cgroup.
 *
 * Context: may sleep.
 * Return: the state, owned by the caller until wsa_sock_publish(), or NULL.
 */
struct wsa_sock *wsa_sock_alloc(const struct wsa_kind *kind)
{
	struct wsa_sock *ws = kmem_cache_zalloc(wsa_sock_cache, GFP_KERNEL);

	if (!ws)
		return NULL;
	ws->kind = kind;
	ws->base = kind->base;
	INIT_LIST_HEAD(&ws->watch.entry);
	if (kind->iso) {
		ws->iso = wsa_iso_alloc(ws);
		if (!ws->iso) {
			kmem_cache_free(wsa_sock_cache, ws);
			return NULL;
		}
	}
	return ws;
}

/**
 * wsa_sock_alloc_accepted - make a state of its own for an accepted socket
 * @from: the listener's state, or the shared one that the socket has
 *
 * Context: may sleep.
 * Return: the state, owned by the caller until the socket has it, or NULL.
 */
struct wsa_sock *wsa_sock_alloc_accepted(const struct wsa_sock *from)
{
	struct wsa_sock *ws = wsa_sock_alloc(from->kind);

	if (!ws)
		return NULL;
	ws->established = true;
	ws->compat = READ_ONCE(from->compat);
	return ws;
}

/**
 * wsa_sock_own - a socket's own state, in place of a shared one
 * @sock: the socket
 * @spare: a state from wsa_sock_alloc_accepted() when the socket's is shared; NULL
 *	afterwards when it was used
 *
 * Context: sk lock held.
 * Return: the state.
 */
struct wsa_sock *wsa_sock_own(struct socket *sock, struct wsa_sock **spare)
{
	struct wsa_sock *ws = wsa_sk(sock), *own = *spare;

	sock_owned_by_me(sock->sk);
	if (!ws->shared)
		return ws;
	own->compat = ws->compat;
	own->sock = sock;
	/* pairs with the dependent loads of whoever finds the pointer */
	smp_store_release(&SOCK_INODE(sock)->i_private, own);
	*spare = NULL;
	return own;
}

/**
 * wsa_sock_free - free a state that was never published or is no longer
 * @ws: the state, its events and quality of service; its watch is off the queue
 */
void wsa_sock_free(struct wsa_sock *ws)
{
	if (ws->events)
		wsa_events_free(ws->events);
	if (ws->qos)
		wsa_qos_free(ws->qos);
	if (ws->iso)
		wsa_iso_free(ws->iso);
	kmem_cache_free(wsa_sock_cache, ws);
}

static void wsa_sock_publish(struct wsa_sock *ws, struct socket *sock, enum wsa_ops which)
{
	WRITE_ONCE(SOCK_INODE(sock)->i_private, ws);
	/* pairs with wsa_sk() */
	smp_store_release(&sock->ops, &ws->kind->ops[which]);
	wsa_count(sock_net(sock->sk), WSA_MIB_SOCKETS_MADE);
}

/**
 * wsa_sock_start - make a fresh socket a WSA socket
 * @ws: its state; the socket owns it from here on
 * @sock: the socket, of @ws->kind
 *
 * An AF_INET6 socket excludes IPv4 until it says otherwise (row 124).
 *
 * Context: nobody else uses the socket, or the sk lock is held; the socket has a
 * reference on this module.
 */
void wsa_sock_start(struct wsa_sock *ws, struct socket *sock)
{
	if (ws->kind->af == AF_INET6)
		sock->sk->sk_ipv6only = 1;
	if (ws->kind->type == SOCK_DGRAM)
		wsa_dgram_errors_start(sock->sk);
	ws->sock = sock;
	wsa_sock_publish(ws, sock, ws->kind->type == SOCK_STREAM ? WSA_OPS_GUARD : WSA_OPS_LEAN);
}

/**
 * wsa_sock_accepted - make an accepted socket a WSA socket
 * @sock: the socket
 * @listener: state of the socket that accepted it; what is inherited comes from here
 * @own: a state for it alone, with events or a transport connection; NULL when the shared
 *	one will do
 *
 * Context: process; nobody else uses the socket.
 */
void wsa_sock_accepted(struct socket *sock, const struct wsa_sock *listener,
		       struct wsa_sock *own)
{
	if (likely(!own)) {
		wsa_sock_publish(wsa_kind_accepted(listener->kind, READ_ONCE(listener->compat)),
				 sock, WSA_OPS_LEAN);
	} else {
		own->sock = sock;
		wsa_sock_publish(own, sock, own->events ? WSA_OPS_EVENTS : WSA_OPS_LEAN);
		if (own->events)
			wsa_events_inherit(own, listener);
	}
	wsa_count(sock_net(sock->sk), WSA_MIB_ACCEPTED);
}

static int __init wsa_init(void)
{
	int err;

	wsa_sock_cache = KMEM_CACHE(wsa_sock, SLAB_ACCOUNT | SLAB_NO_MERGE);
	if (!wsa_sock_cache)
		return -ENOMEM;

	err = wsa_events_init();
	if (err)
		goto out_cache;

	err = wsa_iso_init();
	if (err)
		goto out_events;

	err = wsa_mib_init();
	if (err)
		goto out_iso;

	err = wsa_kinds_init();
	if (err)
		goto out_mib;

	err = wsa_qos_init();
	if (err)
		goto out_mib;

	err = wsa_adopt_register();
	if (err)
		goto out_qos;

	err = wsa_family_register();
	if (err)
		goto out_adopt;

	return 0;

out_adopt:
	wsa_adopt_unregister();
out_qos:
	wsa_qos_exit();
out_mib:
	wsa_mib_exit();
out_iso:
	wsa_iso_exit();
out_events:
	wsa_events_exit();
out_cache:
	kmem_cache_destroy(wsa_sock_cache);
	return err;
}

static void __exit wsa_exit(void)
{
	wsa_family_unregister();
	wsa_adopt_unregister();
	wsa_qos_exit();
	wsa_mib_exit();
	wsa_iso_exit();
	wsa_events_exit();
	kmem_cache_destroy(wsa_sock_cache);
}

module_init(wsa_init);
module_exit(wsa_exit);

MODULE_DESCRIPTION("Winsock semantics for Linux sockets");
MODULE_LICENSE("GPL");
