/* SPDX-License-Identifier: MIT */
/* What error.c knows; in a header of its own because error.c has the kernel's enum of codes. */
#ifndef WSACONNECT_ERROR_H
#define WSACONNECT_ERROR_H

int wsa_code(int err);
const char *wsa_reason_text(int reason);

#endif /* WSACONNECT_ERROR_H */
