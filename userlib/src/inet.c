// SPDX-License-Identifier: MIT
/* Addresses as text. */
#include <string.h>

#include "wsalib.h"
#include "resolver.h"

/**
 * inet_addr - IPv4 address from text
 * @text: dotted; one to four parts, decimal, octal or hexadecimal
 *
 * Return: the address in network byte order; INADDR_NONE for anything else,
 * INADDR_ANY for an empty or blank string, as Windows has it. NULL is
 * WSAEFAULT.
 */
ULONG WSAAPI inet_addr(const char *text)
{
	uint32_t address;

	if (!text) {
		wsa_fail(WSAEFAULT);
		return INADDR_NONE;
	}
	if (!*text || !strcmp(text, " "))
		return INADDR_ANY;
	return lx_aton(text, &address) ? address : INADDR_NONE;
}

/**
 * inet_ntoa - IPv4 address as text
 * @in: address
 *
 * Return: a string that lasts until the thread's next inet_ntoa; NULL with
 * WSANOTINITIALISED.
 */
char *WSAAPI inet_ntoa(struct in_addr in)
{
	static _Thread_local char text[16];

	if (atomic_load(&wsa_started) <= 0) {
		wsa_fail(WSANOTINITIALISED);
		return NULL;
	}
	return (char *)lx_ntop(AF_INET, &in, text, sizeof(text));
}

/**
 * inet_pton - address from text
 * @family: AF_INET or AF_INET6
 * @text: dotted with four decimal parts, or IPv6 text
 * @address: receives 4 or 16 octets in network byte order
 *
 * Return: 1; 0 for other text; -1 with WSAEAFNOSUPPORT or WSAEFAULT.
 */
INT WSAAPI inet_pton(INT family, PCSTR text, PVOID address)
{
	if (family != AF_INET && family != AF_INET6)
		return wsa_fail(WSAEAFNOSUPPORT);
	if (!text || !address)
		return wsa_fail(WSAEFAULT);
	return lx_pton(family, text, address);
}

/**
 * inet_ntop - address as text
 * @family: AF_INET or AF_INET6
 * @address: 4 or 16 octets
 * @text: receives the text
 * @size: characters at @text, the terminating zero included
 *
 * Return: @text, or NULL with WSAEAFNOSUPPORT, WSAEFAULT, or
 * WSA_INVALID_PARAMETER when it does not fit.
 */
PCSTR WSAAPI inet_ntop(INT family, const VOID *address, PSTR text, size_t size)
{
	int code = 0;

	if (family != AF_INET && family != AF_INET6)
		code = WSAEAFNOSUPPORT;
	else if (!address || !text)
		code = WSAEFAULT;
	else if (!lx_ntop(family, address, text, size > 64 ? 64 : (unsigned int)size))
		code = WSA_INVALID_PARAMETER;
	if (!code)
		return text;
	wsa_fail(code);
	return NULL;
}

/** InetPtonW - inet_pton of UTF-16 text */
INT WSAAPI InetPtonW(INT family, PCWSTR text, PVOID address)
{
	char narrow[64];
	size_t i;

	if (family != AF_INET && family != AF_INET6)
		return wsa_fail(WSAEAFNOSUPPORT);
	if (!text || !address)
		return wsa_fail(WSAEFAULT);
	for (i = 0; text[i]; i++) {
		if (text[i] > 0x7f || i == sizeof(narrow) - 1)
			return 0;
		narrow[i] = (char)text[i];
	}
	narrow[i] = '\0';
	return lx_pton(family, narrow, address);
}

/** InetNtopW - inet_ntop as UTF-16 text; @size in characters */
PCWSTR WSAAPI InetNtopW(INT family, const VOID *address, PWSTR text, size_t size)
{
	char narrow[64];
	size_t i;

	if (!inet_ntop(family, address, text ? narrow : NULL, sizeof(narrow)))
		return NULL;
	if (strlen(narrow) >= size) {
		wsa_fail(WSA_INVALID_PARAMETER);
		return NULL;
	}
	for (i = 0; i <= strlen(narrow); i++)
		text[i] = (unsigned char)narrow[i];
	return text;
}
