/* SPDX-License-Identifier: MIT */
/*
 * For programs written to Winsock 1.1. They ask WSAStartup for MAKEWORD(1, 1), or
 * the calls that only 1.1 has are refused.
 */
#ifndef WSACONNECT_WINSOCK_H
#define WSACONNECT_WINSOCK_H
#pragma GCC system_header
#include "winsock2.h"

#endif /* WSACONNECT_WINSOCK_H */
