/* SPDX-License-Identifier: MIT */
/*
 * Base types of the Winsock headers, and peace with the C library's.
 *
 * Every other header of this directory includes this one first. It
 * - takes the place of <sys/socket.h>, <netinet/in.h>, <netinet/tcp.h>,
 *   <arpa/inet.h> and <netdb.h>: they declare the same names with other types,
 *   so a later #include of them is made empty and an earlier one is an error;
 * - includes <sys/types.h> and <sys/select.h>, which <stdlib.h> would drag in
 *   later, and renames the few names of theirs that Winsock defines otherwise;
 * - defines Windows' integer types with Windows' widths: DWORD, ULONG, LONG and
 *   u_long have 32 bits, WCHAR has 16 (L"" literals have 32: use u"").
 *
 * _WIN32 is not defined: the rest of the system is not Windows.
 */
#ifndef WSACONNECT_WSATYPES_H
#define WSACONNECT_WSATYPES_H
#pragma GCC system_header

#if defined(_SYS_SOCKET_H) || defined(_NETINET_IN_H) || defined(_ARPA_INET_H) || \
	defined(_NETDB_H) || defined(_NETINET_TCP_H)
#error "include <winsock2.h> before <sys/socket.h>, <netinet/*.h>, <arpa/inet.h>, <netdb.h>"
#endif
#define _SYS_SOCKET_H		1
#define _NETINET_IN_H		1
#define _NETINET_TCP_H		1
#define _ARPA_INET_H		1
#define _NETDB_H		1

/* A number of the program's own (-DFD_SETSIZE=256) outlives <sys/select.h>. */
#if defined(FD_SETSIZE) && (!defined(_SYS_SELECT_H) || FD_SETSIZE != __FD_SETSIZE)
#define WSACONNECT_FD_SETSIZE	1
#pragma push_macro("FD_SETSIZE")
#undef FD_SETSIZE
#endif
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/select.h>
#undef FD_SETSIZE
#ifdef WSACONNECT_FD_SETSIZE
#pragma pop_macro("FD_SETSIZE")
#undef WSACONNECT_FD_SETSIZE
#else
#define FD_SETSIZE		64
#endif

/*
 * WSACONNECT_ALIAS - a name of libc's, bound to the library's own symbol
 *
 * No macro is involved: std::bind, a method called connect or a member called
 * send keep working, and libc's socket(), connect()... stay what they are for
 * the rest of the process.
 */
#define WSACONNECT_ALIAS(symbol)	__asm__(symbol)

#ifdef WSACONNECT_BUILDING
#define WSACONNECT_API	__attribute__((visibility("default"))) extern
#else
#define WSACONNECT_API	extern
#endif

#ifdef __cplusplus
#define WSACONNECT_BEGIN	extern "C" {
#define WSACONNECT_END		}
#else
#define WSACONNECT_BEGIN
#define WSACONNECT_END
#endif

#ifndef FAR
#define FAR
#endif
#ifndef PASCAL
#define PASCAL
#endif
#ifndef WSAAPI
#define WSAAPI
#endif
#ifndef CALLBACK
#define CALLBACK
#endif
#ifndef CONST
#define CONST	const
#endif
#ifndef TRUE
#define TRUE	1
#endif
#ifndef FALSE
#define FALSE	0
#endif

typedef void			VOID, *PVOID, *LPVOID;
typedef const void		*LPCVOID;
typedef char			CHAR, *PCHAR, *LPSTR, *PSTR;
typedef const char		*LPCSTR, *PCSTR;
typedef unsigned char		UCHAR, *PUCHAR, BYTE, *PBYTE, *LPBYTE;
typedef short			SHORT, *PSHORT;
typedef unsigned short		USHORT, *PUSHORT, WORD, *PWORD, *LPWORD;
typedef int			INT, *PINT, *LPINT;
typedef unsigned int		UINT, *PUINT;
typedef int			LONG, *PLONG, *LPLONG;
typedef unsigned int		ULONG, *PULONG;
typedef unsigned int		DWORD, *PDWORD, *LPDWORD;
typedef int			BOOL, *PBOOL, *LPBOOL;
typedef unsigned char		BOOLEAN, *PBOOLEAN;
typedef int64_t			LONGLONG, LONG64, INT64;
typedef uint64_t		ULONGLONG, ULONG64, DWORD64, UINT64;
typedef int8_t			INT8;
typedef uint8_t			UINT8;
typedef int16_t			INT16;
typedef uint16_t		UINT16;
typedef int32_t			INT32, LONG32;
typedef uint32_t		UINT32, ULONG32, DWORD32;
typedef intptr_t		INT_PTR, LONG_PTR;
typedef uintptr_t		UINT_PTR, ULONG_PTR, DWORD_PTR;
typedef size_t			SIZE_T, *PSIZE_T;
typedef ssize_t			SSIZE_T;
typedef void			*HANDLE, **PHANDLE, **LPHANDLE;
typedef struct HWND__		*HWND;
typedef UINT_PTR		WPARAM;
typedef LONG_PTR		LPARAM;
#if defined(__cplusplus) && __cplusplus >= 201103L
typedef char16_t		WCHAR;
#else
typedef unsigned short		WCHAR;
#endif
typedef WCHAR			*PWCHAR, *LPWSTR, *PWSTR;
typedef const WCHAR		*LPCWSTR, *PCWSTR;

/* Winsock's BSD names; <sys/types.h> has a u_long of 64 bits. */
typedef unsigned int		wsaconnect_u_long;
#define u_long			wsaconnect_u_long
#ifndef __USE_MISC
typedef unsigned char		u_char;
typedef unsigned short		u_short;
typedef unsigned int		u_int;
#endif

/* <unistd.h> has an unsigned socklen_t; Winsock's lengths are int. */
typedef int			wsaconnect_socklen_t;
#define socklen_t		wsaconnect_socklen_t
#ifndef __socklen_t_defined
#define __socklen_t_defined
#endif

#ifndef GUID_DEFINED
#define GUID_DEFINED
typedef struct _GUID {
	ULONG	Data1;
	USHORT	Data2;
	USHORT	Data3;
	UCHAR	Data4[8];
} GUID, *LPGUID;
#endif

typedef struct _OVERLAPPED {
	ULONG_PTR	Internal;
	ULONG_PTR	InternalHigh;
	union {
		struct {
			DWORD	Offset;
			DWORD	OffsetHigh;
		};
		PVOID	Pointer;
	};
	HANDLE		hEvent;
} OVERLAPPED, *LPOVERLAPPED;

#define MAKEWORD(low, high) \
	((WORD)(((DWORD_PTR)(low) & 0xff) | ((DWORD_PTR)(high) & 0xff) << 8))
#define MAKELONG(low, high) \
	((LONG)(((DWORD_PTR)(low) & 0xffff) | ((DWORD_PTR)(high) & 0xffff) << 16))
#define LOWORD(value)	((WORD)((DWORD_PTR)(value) & 0xffff))
#define HIWORD(value)	((WORD)(((DWORD_PTR)(value) >> 16) & 0xffff))
#define LOBYTE(value)	((BYTE)((DWORD_PTR)(value) & 0xff))
#define HIBYTE(value)	((BYTE)(((DWORD_PTR)(value) >> 8) & 0xff))

#endif /* WSACONNECT_WSATYPES_H */
