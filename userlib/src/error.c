// SPDX-License-Identifier: MIT
/*
 * Codes, their names, and the errno they come from. The lists are the
 * kernel's: linux/wsa_errors.h. Exceptions of single calls are in the calls.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include <linux/wsa_errors.h>

#define WSACONNECT_API __attribute__((visibility("default")))
/* The kernel's enum has the reasons already. */
#define WSACONNECT_WSAREASONS_H
#include "wsaconnect.h"
#include "error.h"

/**
 * wsa_code - the code of an errno where the call knows nothing better
 * @err: errno, either sign
 */
int wsa_code(int err)
{
	switch (err < 0 ? -err : err) {
#define ROW(number, code) case number: return code;
	WSA_ERRNOS(ROW)
#undef ROW
	default:
		return WSAEINVAL;
	}
}

const char *wsaconnect_error_name(int code)
{
	switch (code) {
#define ROW(name, number, text) case number: return #name;
	WSA_ERRORS(ROW)
#undef ROW
	default:
		return NULL;
	}
}

const char *wsaconnect_error_text(int code)
{
	switch (code) {
#define ROW(name, number, text) case number: return text;
	WSA_ERRORS(ROW)
#undef ROW
	default:
		return NULL;
	}
}

const char *wsa_reason_text(int reason)
{
	switch (reason) {
#define ROW(name, number, code, text) case number: return text;
	WSA_REASONS(ROW)
#undef ROW
	default:
		return "a reason this library does not know";
	}
}
