/* SPDX-License-Identifier: MIT */
/*
 * Procedures that run in a thread while it waits. Windows programs find these
 * calls in <windows.h>; <winsock2.h> includes this.
 */
#ifndef WSACONNECT_WSAAPC_H
#define WSACONNECT_WSAAPC_H
#pragma GCC system_header
#include "wsatypes.h"

#define WAIT_IO_COMPLETION	0x000000c0
#define INFINITE		0xffffffff

typedef VOID (CALLBACK *PAPCFUNC)(ULONG_PTR data);

WSACONNECT_BEGIN

/**
 * wsaconnect_thread - a handle of the calling thread, for QueueUserAPC
 *
 * Stands for the handles that CreateThread and DuplicateHandle give. Valid until
 * the thread ends; needs no closing.
 *
 * Return: the handle, NULL without memory.
 */
WSACONNECT_API HANDLE WSAAPI wsaconnect_thread(void);
WSACONNECT_API DWORD WSAAPI QueueUserAPC(PAPCFUNC procedure, HANDLE thread, ULONG_PTR data);
WSACONNECT_API DWORD WSAAPI SleepEx(DWORD ms, BOOL alertable);

WSACONNECT_END

#endif /* WSACONNECT_WSAAPC_H */
