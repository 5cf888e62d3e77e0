// SPDX-License-Identifier: MIT
/*
 * The C library's resolver and address text. Like sys.c this file sees Linux'
 * headers and no Winsock's; flags and codes are Linux' numbers.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resolver.h"

/**
 * lx_getaddrinfo - look up
 * @list: receives results, to be freed with lx_freeaddrinfo
 *
 * Return: enum lx_lookup.
 */
int lx_getaddrinfo(const char *node, const char *service, int flags, int family, int socktype,
		   int protocol, struct lx_result **list)
{
	struct addrinfo hints = { .ai_family = family,
				  .ai_socktype = socktype,
				  .ai_protocol = protocol };
	struct addrinfo *all, *one;
	struct lx_result **tail = list;
	int r;

	*list = NULL;
	hints.ai_flags = (flags & LX_AI_PASSIVE ? AI_PASSIVE : 0) |
			 (flags & LX_AI_CANONNAME ? AI_CANONNAME : 0) |
			 (flags & LX_AI_NUMERICHOST ? AI_NUMERICHOST : 0) |
			 (flags & LX_AI_NUMERICSERV ? AI_NUMERICSERV : 0) |
			 (flags & LX_AI_ALL ? AI_ALL : 0) |
			 (flags & LX_AI_ADDRCONFIG ? AI_ADDRCONFIG : 0) |
			 (flags & LX_AI_V4MAPPED ? AI_V4MAPPED : 0);
	r = getaddrinfo(node, service, &hints, &all);
	if (r)
		return lx_lookup_code(r);
	for (one = all; one; one = one->ai_next) {
		struct lx_result *result;

		if (one->ai_addrlen > sizeof(result->addr))
			continue;
		result = calloc(1, sizeof(*result));
		if (!result)
			goto out_memory;
		*tail = result;
		tail = &result->next;
		result->family = one->ai_family;
		result->socktype = one->ai_socktype;
		result->protocol = one->ai_protocol;
		result->addrlen = one->ai_addrlen;
		memcpy(result->addr, one->ai_addr, one->ai_addrlen);
		if (one->ai_canonname) {
			result->canonname = strdup(one->ai_canonname);
			if (!result->canonname)
				goto out_memory;
		}
	}
	freeaddrinfo(all);
	return *list ? LX_LOOKUP_OK : LX_LOOKUP_NONAME;

out_memory:
	freeaddrinfo(all);
	lx_freeaddrinfo(*list);
	*list = NULL;
	return LX_LOOKUP_MEMORY;
}

void lx_freeaddrinfo(struct lx_result *list)
{
	while (list) {
		struct lx_result *next = list->next;

		free(list->canonname);
		free(list);
		list = next;
	}
}

int lx_lookup_code(int r)
{
	switch (r) {
	case 0:
		return LX_LOOKUP_OK;
	case EAI_AGAIN:
		return LX_LOOKUP_AGAIN;
	case EAI_BADFLAGS:
		return LX_LOOKUP_BADFLAGS;
	case EAI_FAMILY:
		return LX_LOOKUP_FAMILY;
	case EAI_MEMORY:
		return LX_LOOKUP_MEMORY;
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
	case EAI_NONAME:
		return LX_LOOKUP_NONAME;
	case EAI_SERVICE:
		return LX_LOOKUP_SERVICE;
	case EAI_SOCKTYPE:
		return LX_LOOKUP_SOCKTYPE;
	case EAI_OVERFLOW:
		return LX_LOOKUP_OVERFLOW;
	default:
		return LX_LOOKUP_FAIL;
	}
}

int lx_getnameinfo(const void *sa, unsigned int salen, char *host, unsigned int hostlen,
		   char *service, unsigned int servicelen, int flags)
{
	int lx = (flags & LX_NI_NOFQDN ? NI_NOFQDN : 0) |
		 (flags & LX_NI_NUMERICHOST ? NI_NUMERICHOST : 0) |
		 (flags & LX_NI_NAMEREQD ? NI_NAMEREQD : 0) |
		 (flags & LX_NI_NUMERICSERV ? NI_NUMERICSERV : 0) |
		 (flags & LX_NI_DGRAM ? NI_DGRAM : 0);

	return lx_lookup_code(getnameinfo(sa, salen, host, hostlen, service, servicelen, lx));
}

int lx_pton(int family, const char *text, void *address)
{
	return inet_pton(family, text, address);
}

const char *lx_ntop(int family, const void *address, char *text, unsigned int size)
{
	return inet_ntop(family, address, text, size);
}

int lx_aton(const char *text, uint32_t *address)
{
	struct in_addr in;

	if (!inet_aton(text, &in))
		return 0;
	*address = in.s_addr;
	return 1;
}

int lx_hostname(char *name, size_t size)
{
	return gethostname(name, size);
}
