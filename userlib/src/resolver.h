/* SPDX-License-Identifier: MIT */
/* The C library's resolver, in types and numbers of nobody's. */
#ifndef WSACONNECT_RESOLVER_H
#define WSACONNECT_RESOLVER_H
#include <stddef.h>
#include <stdint.h>

/* AI_* and NI_* have these, Windows', numbers on the Winsock side. */
enum {
	LX_AI_PASSIVE		= 0x1,
	LX_AI_CANONNAME		= 0x2,
	LX_AI_NUMERICHOST	= 0x4,
	LX_AI_NUMERICSERV	= 0x8,
	LX_AI_ALL		= 0x100,
	LX_AI_ADDRCONFIG	= 0x400,
	LX_AI_V4MAPPED		= 0x800,

	LX_NI_NOFQDN		= 0x1,
	LX_NI_NUMERICHOST	= 0x2,
	LX_NI_NAMEREQD		= 0x4,
	LX_NI_NUMERICSERV	= 0x8,
	LX_NI_DGRAM		= 0x10,
};

enum lx_lookup {
	LX_LOOKUP_OK,
	LX_LOOKUP_AGAIN,
	LX_LOOKUP_BADFLAGS,
	LX_LOOKUP_FAIL,
	LX_LOOKUP_FAMILY,
	LX_LOOKUP_MEMORY,
	LX_LOOKUP_NONAME,
	LX_LOOKUP_SERVICE,
	LX_LOOKUP_SOCKTYPE,
	LX_LOOKUP_OVERFLOW,
};

/**
 * struct lx_result - one address found
 * @addr: sockaddr, @addrlen octets
 * @canonname: on the first result when asked for
 */
struct lx_result {
	int family;
	int socktype;
	int protocol;
	unsigned int addrlen;
	unsigned char addr[28];
	char *canonname;
	struct lx_result *next;
};

int lx_getaddrinfo(const char *node, const char *service, int flags, int family, int socktype,
		   int protocol, struct lx_result **list);
void lx_freeaddrinfo(struct lx_result *list);
int lx_lookup_code(int r);
int lx_getnameinfo(const void *sa, unsigned int salen, char *host, unsigned int hostlen,
		   char *service, unsigned int servicelen, int flags);
int lx_pton(int family, const char *text, void *address);
const char *lx_ntop(int family, const void *address, char *text, unsigned int size);
int lx_aton(const char *text, uint32_t *address);
int lx_hostname(char *name, size_t size);

#endif /* WSACONNECT_RESOLVER_H */
