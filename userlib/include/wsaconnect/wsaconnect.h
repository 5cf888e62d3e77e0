/* SPDX-License-Identifier: MIT */
/*
 * What libwsaconnect offers beyond Winsock. Needs no other header and may be
 * used together with Linux' own socket headers.
 */
#ifndef WSACONNECT_WSACONNECT_H
#define WSACONNECT_WSACONNECT_H
#include <stddef.h>
#include "wsareasons.h"

#ifndef WSACONNECT_API
#define WSACONNECT_API	extern
#define WSACONNECT_API_LOCAL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/**
 * wsaconnect_last_reason - why this thread's last failed connect failed
 * @buf: receives "10049 WSAEADDRNOTAVAIL: the port is zero", may be NULL
 * @n: octets in @buf, the terminating zero included
 *
 * Kept per thread until the next connect or WSAConnect of the thread fails.
 * Finer than the code: six reasons stand behind WSAEADDRNOTAVAIL.
 *
 * Return: the reason, WSA_REASON_*; WSA_REASON_NONE when nothing failed yet.
 */
WSACONNECT_API int wsaconnect_last_reason(char *buf, size_t n);

/**
 * wsaconnect_error_name - "WSAECONNREFUSED" for 10061
 * @code: Winsock code
 *
 * Return: a constant string, NULL for an unknown code.
 */
WSACONNECT_API const char *wsaconnect_error_name(int code);

/**
 * wsaconnect_error_text - a few words about a code, in English
 * @code: Winsock code
 *
 * Return: a constant string, NULL for an unknown code.
 */
WSACONNECT_API const char *wsaconnect_error_text(int code);

#ifdef __cplusplus
}
#endif

#ifdef WSACONNECT_API_LOCAL
#undef WSACONNECT_API
#undef WSACONNECT_API_LOCAL
#endif

#endif /* WSACONNECT_WSACONNECT_H */
