// SPDX-License-Identifier: MIT
/* getaddrinfo, freeaddrinfo, getnameinfo, gai_strerrorA. */
#include <stdlib.h>
#include <string.h>

#include "wsalib.h"
#include "resolver.h"
#include "wsaconnect.h"

_Static_assert(AI_PASSIVE == LX_AI_PASSIVE && AI_CANONNAME == LX_AI_CANONNAME &&
	       AI_NUMERICHOST == LX_AI_NUMERICHOST && AI_NUMERICSERV == LX_AI_NUMERICSERV &&
	       AI_ALL == LX_AI_ALL && AI_ADDRCONFIG == LX_AI_ADDRCONFIG &&
	       AI_V4MAPPED == LX_AI_V4MAPPED, "AI_*");
_Static_assert(NI_NOFQDN == LX_NI_NOFQDN && NI_NUMERICHOST == LX_NI_NUMERICHOST &&
	       NI_NAMEREQD == LX_NI_NAMEREQD && NI_NUMERICSERV == LX_NI_NUMERICSERV &&
	       NI_DGRAM == LX_NI_DGRAM, "NI_*");

#define KNOWN_AI	(AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_NUMERICSERV | AI_ALL | \
			 AI_ADDRCONFIG | AI_V4MAPPED)

/* These functions return their code, and leave it as the last error too. */
static int result(int code)
{
	wsa_last_error = code;
	return code;
}

static int code_of(int lookup)
{
	static const int code[] = {
		[LX_LOOKUP_OK] = 0,
		[LX_LOOKUP_AGAIN] = WSATRY_AGAIN,
		[LX_LOOKUP_BADFLAGS] = WSAEINVAL,
		[LX_LOOKUP_FAIL] = WSANO_RECOVERY,
		[LX_LOOKUP_FAMILY] = WSAEAFNOSUPPORT,
		[LX_LOOKUP_MEMORY] = WSA_NOT_ENOUGH_MEMORY,
		[LX_LOOKUP_NONAME] = WSAHOST_NOT_FOUND,
		[LX_LOOKUP_SERVICE] = WSATYPE_NOT_FOUND,
		[LX_LOOKUP_SOCKTYPE] = WSAESOCKTNOSUPPORT,
		[LX_LOOKUP_OVERFLOW] = WSAEFAULT,
	};

	return code[lookup];
}

/* The program's node: one piece of memory holds it, its address and its name. */
static ADDRINFOA *copy(const struct lx_result *from, int flags, int any_type)
{
	size_t name = from->canonname ? strlen(from->canonname) + 1 : 0;
	struct {
		ADDRINFOA info;
		SOCKADDR_IN6 addr;
		char name[];
	} *node = calloc(1, sizeof(*node) + name);

	if (!node)
		return NULL;
	node->info.ai_flags = flags;
	node->info.ai_family = from->family;
	node->info.ai_socktype = any_type ? 0 : from->socktype;
	node->info.ai_protocol = any_type ? 0 : from->protocol;
	node->info.ai_addrlen = from->addrlen;
	node->info.ai_addr = (struct sockaddr *)&node->addr;
	memcpy(&node->addr, from->addr, from->addrlen);
	if (name)
		node->info.ai_canonname = memcpy(node->name, from->canonname, name);
	return &node->info;
}

/**
 * getaddrinfo - addresses of a name
 * @node: host name or address; NULL for this host, "" for its own addresses
 * @service: service name or port, may be NULL
 * @hints: family, type, protocol and AI_* wanted; NULL for all
 * @list: receives the list, to be freed with freeaddrinfo
 *
 * The C library's resolver does the work, nsswitch.conf included. Without a
 * type in @hints each address comes once, with type and protocol 0, which
 * socket understands.
 *
 * Return: 0 or a code, which is the last error too: WSANOTINITIALISED, WSAEFAULT
 * (@list NULL), WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSATYPE_NOT_FOUND,
 * WSAEINVAL (flags), WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSA_NOT_ENOUGH_MEMORY.
 */
INT WSAAPI getaddrinfo(PCSTR node, PCSTR service, const ADDRINFOA *hints, PADDRINFOA *list)
{
	int flags = 0, family = AF_UNSPEC, type = 0, protocol = 0, any_type, r;
	struct lx_result *found, *one;
	ADDRINFOA **tail = list;
	char self[256];

	if (wsa_refused())
		return result(wsa_refused());
	if (!list)
		return result(WSAEFAULT);
	*list = NULL;
	if (!node && !service)
		return result(WSAHOST_NOT_FOUND);
	if (hints) {
		if (hints->ai_addrlen || hints->ai_canonname || hints->ai_addr || hints->ai_next)
			return result(WSANO_RECOVERY);
		flags = hints->ai_flags;
		family = hints->ai_family;
		type = hints->ai_socktype;
		protocol = hints->ai_protocol;
	}
	if (flags & ~KNOWN_AI || (flags & AI_CANONNAME && !node))
		return result(WSAEINVAL);
	if (family != AF_UNSPEC && family != AF_INET && family != AF_INET6)
		return result(WSAEAFNOSUPPORT);
	if (node && !*node) {
		if (lx_hostname(self, sizeof(self)) < 0)
			return result(WSANO_RECOVERY);
		node = self;
	}
	any_type = !type && !protocol;
	r = lx_getaddrinfo(node, service, flags, family, any_type ? SOCK_STREAM : type, protocol,
			   &found);
	if (r == LX_LOOKUP_SERVICE && any_type)
		r = lx_getaddrinfo(node, service, flags, family, SOCK_DGRAM, protocol, &found);
	if (r)
		return result(code_of(r));
	for (one = found; one; one = one->next) {
		*tail = copy(one, flags, any_type);
		if (!*tail) {
			lx_freeaddrinfo(found);
			freeaddrinfo(*list);
			*list = NULL;
			return result(WSA_NOT_ENOUGH_MEMORY);
		}
		tail = &(*tail)->ai_next;
	}
	lx_freeaddrinfo(found);
	return result(0);
}

/**
 * freeaddrinfo - free what getaddrinfo made
 * @info: list, may be NULL
 */
VOID WSAAPI freeaddrinfo(PADDRINFOA info)
{
	while (info) {
		PADDRINFOA next = info->ai_next;

		free(info);
		info = next;
	}
}

/**
 * getnameinfo - name of an address
 * @sa: address
 * @salen: octets at @sa
 * @host: receives the host's name, may be NULL
 * @hostlen: octets at @host
 * @service: receives the service's name, may be NULL
 * @servicelen: octets at @service
 * @flags: NI_*
 *
 * Return: 0 or a code, which is the last error too: WSANOTINITIALISED, WSAEFAULT,
 * WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY, WSAEINVAL, WSAEAFNOSUPPORT.
 */
INT WSAAPI getnameinfo(const SOCKADDR *sa, int salen, PCHAR host, DWORD hostlen, PCHAR service,
		       DWORD servicelen, INT flags)
{
	int min;

	if (wsa_refused())
		return result(wsa_refused());
	if (!sa || salen < (int)sizeof(sa->sa_family))
		return result(WSAEFAULT);
	if (sa->sa_family != AF_INET && sa->sa_family != AF_INET6)
		return result(WSAEAFNOSUPPORT);
	min = sa->sa_family == AF_INET ? (int)sizeof(SOCKADDR_IN) : (int)sizeof(SOCKADDR_IN6);
	if (salen < min)
		return result(WSAEFAULT);
	if ((!host || !hostlen) && (!service || !servicelen))
		return result(WSAHOST_NOT_FOUND);
	return result(code_of(lx_getnameinfo(sa, min, host, host ? hostlen : 0, service,
					     service ? servicelen : 0, flags)));
}

/**
 * gai_strerrorA - text of a code getaddrinfo returned
 * @code: Winsock code
 *
 * Return: a constant string; unlike Windows' it is not overwritten by the next call.
 */
char *WSAAPI gai_strerrorA(int code)
{
	const char *text = wsaconnect_error_text(code);

	return (char *)(text ? text : "unknown error");
}
