/* SPDX-License-Identifier: MIT */
/*
 * Windows for WSAAsyncSelect.
 *
 * Linux has no window system that everybody shares, so a window here is what WSAAsyncSelect
 * needs of one: a queue of messages. A thread takes them itself, in a loop of its own or when
 * another event loop tells that wsaconnect_window_fd() is readable:
 *
 *	HWND window = wsaconnect_window();
 *	MSG message;
 *
 *	WSAAsyncSelect(s, window, WM_USER, FD_CONNECT | FD_READ | FD_CLOSE);
 *	while (wsaconnect_get_message(window, &message, WSA_INFINITE) > 0)
 *		handle(message.wParam, WSAGETSELECTEVENT(message.lParam),
 *		       WSAGETSELECTERROR(message.lParam));
 */
#ifndef WSACONNECT_WSAMESSAGE_H
#define WSACONNECT_WSAMESSAGE_H
#pragma GCC system_header
#include "winsock2.h"

/* Numbers from here on are the program's. */
#define WM_USER		0x0400
#define WM_APP		0x8000

/**
 * struct tagMSG - a message
 * @hwnd: the window it came to
 * @message: its number, as WSAAsyncSelect or wsaconnect_post_message was told
 * @wParam: the socket, of one from WSAAsyncSelect
 * @lParam: WSAMAKESELECTREPLY(event, error), of one from WSAAsyncSelect
 */
typedef struct tagMSG {
	HWND	hwnd;
	UINT	message;
	WPARAM	wParam;
	LPARAM	lParam;
} MSG, *PMSG, *LPMSG;

WSACONNECT_BEGIN

WSACONNECT_API HWND WSAAPI wsaconnect_window(void);
WSACONNECT_API int WSAAPI wsaconnect_window_close(HWND window);
WSACONNECT_API int WSAAPI wsaconnect_window_fd(HWND window);
WSACONNECT_API int WSAAPI wsaconnect_get_message(HWND window, MSG *message, DWORD timeout);
WSACONNECT_API int WSAAPI wsaconnect_post_message(HWND window, UINT message, WPARAM wParam,
						  LPARAM lParam);

WSACONNECT_END

#endif /* WSACONNECT_WSAMESSAGE_H */
