// SPDX-License-Identifier: MIT
/* The last error and the last reason, per thread. */
#include <stdio.h>

#include "wsalib.h"
#include "wsaconnect.h"

_Thread_local int wsa_last_error;
static _Thread_local struct wsa_reason_note last_reason;

/** wsa_fail - set the last error; returns SOCKET_ERROR for the caller to return */
int wsa_fail(int code)
{
	wsa_last_error = code;
	return SOCKET_ERROR;
}

/**
 * WSAGetLastError - code of the thread's last failed call
 *
 * Works before WSAStartup (row 12). Calls that succeed set it to 0 (row 11).
 */
int WSAAPI WSAGetLastError(void)
{
	return wsa_last_error;
}

/**
 * WSASetLastError - set what WSAGetLastError returns in this thread
 * @code: any number
 */
void WSAAPI WSASetLastError(int code)
{
	wsa_last_error = code;
}

void wsa_note_reason(int code, int reason)
{
	last_reason.code = code;
	last_reason.reason = reason;
}

struct wsa_reason_note wsa_noted_reason(void)
{
	return last_reason;
}

int wsaconnect_last_reason(char *buf, size_t n)
{
	const char *name = wsaconnect_error_name(last_reason.code);

	if (buf && n)
		snprintf(buf, n, "%d %s: %s", last_reason.code, name ? name : "no error",
			 wsa_reason_text(last_reason.reason));
	return last_reason.reason;
}
