// SPDX-License-Identifier: MIT
/* gethostbyname and gethostname. */
#include <stdio.h>
#include <string.h>

#include "wsalib.h"
#include "resolver.h"

#define MOST_ADDRESSES	32

static struct hostent *no_host(int code)
{
	wsa_fail(code);
	return NULL;
}

/**
 * gethostbyname - IPv4 addresses of a host
 * @name: host name or dotted address; NULL or "" for this host
 *
 * For old programs; getaddrinfo knows IPv6 too. At most 32 addresses.
 *
 * Return: a structure that lasts until the thread's next call, or NULL with
 * WSANOTINITIALISED, WSAHOST_NOT_FOUND, WSATRY_AGAIN, WSANO_RECOVERY.
 */
struct hostent *WSAAPI gethostbyname(const char *name)
{
	static _Thread_local struct {
		struct hostent host;
		char name[256];
		char *aliases[1];
		char *list[MOST_ADDRESSES + 1];
		struct in_addr addr[MOST_ADDRESSES];
	} answer;
	ADDRINFOA hints, *found, *one;
	char self[256];
	int n = 0, code = wsa_refused();

	if (code)
		return no_host(code);
	if (!name || !*name) {
		if (lx_hostname(self, sizeof(self)) < 0)
			return no_host(WSANO_RECOVERY);
		name = self;
	}
	memset(&hints, 0, sizeof(hints));
	hints.ai_family = AF_INET;
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_CANONNAME;
	code = getaddrinfo(name, NULL, &hints, &found);
	if (code)
		return no_host(code);
	memset(&answer, 0, sizeof(answer));
	snprintf(answer.name, sizeof(answer.name), "%s",
		 found->ai_canonname ? found->ai_canonname : name);
	for (one = found; one && n < MOST_ADDRESSES; one = one->ai_next, n++) {
		answer.addr[n] = ((struct sockaddr_in *)one->ai_addr)->sin_addr;
		answer.list[n] = (char *)&answer.addr[n];
	}
	freeaddrinfo(found);
	answer.host.h_name = answer.name;
	answer.host.h_aliases = answer.aliases;
	answer.host.h_addrtype = AF_INET;
	answer.host.h_length = sizeof(struct in_addr);
	answer.host.h_addr_list = answer.list;
	wsa_ok(0);
	return &answer.host;
}

/**
 * gethostname - this host's name
 * @name: receives it
 * @namelen: octets at @name, the terminating zero included
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED or WSAEFAULT (NULL, or too
 * small).
 */
int gethostname(char *name, size_t namelen)
{
	char *where = name;	/* the prototype, libc's, swears it is not NULL */
	char self[256];
	int code;

	__asm__("" : "+r"(where));
	code = wsa_refused();
	if (code)
		return wsa_fail(code);
	if (lx_hostname(self, sizeof(self)) < 0)
		return wsa_fail(WSAENETDOWN);
	self[sizeof(self) - 1] = '\0';
	if (!where || namelen > 0x7fffffff || strlen(self) >= namelen)
		return wsa_fail(WSAEFAULT);
	memcpy(where, self, strlen(self) + 1);
	return wsa_ok(0);
}
