/* SPDX-License-Identifier: MIT */
/*
 * Winsock 2 for Linux sockets.
 *
 * Numbers and structures are Windows' own, except where ws2def.h says so; the
 * sockets are Linux sockets, and a SOCKET is a file descriptor. Include this
 * before any of Linux' own socket headers. Link with -lwsaconnect.
 */
#ifndef WSACONNECT_WINSOCK2_H
#define WSACONNECT_WINSOCK2_H
#pragma GCC system_header
#include "wsatypes.h"
#include "wsaapc.h"
#include "wsaerrors.h"
#include "ws2def.h"
#include "qos.h"

#define WINSOCK_VERSION		MAKEWORD(2, 2)
#define WSADESCRIPTION_LEN	256
#define WSASYS_STATUS_LEN	128

typedef UINT_PTR SOCKET;
typedef unsigned int GROUP;

#define INVALID_SOCKET		((SOCKET)(~(SOCKET)0))
#define SOCKET_ERROR		(-1)
#define FROM_PROTOCOL_INFO	(-1)

typedef struct WSAData {
	WORD		wVersion;
	WORD		wHighVersion;
#if __SIZEOF_POINTER__ == 8
	unsigned short	iMaxSockets;
	unsigned short	iMaxUdpDg;
	char		*lpVendorInfo;
	char		szDescription[WSADESCRIPTION_LEN + 1];
	char		szSystemStatus[WSASYS_STATUS_LEN + 1];
#else
	char		szDescription[WSADESCRIPTION_LEN + 1];
	char		szSystemStatus[WSASYS_STATUS_LEN + 1];
	unsigned short	iMaxSockets;
	unsigned short	iMaxUdpDg;
	char		*lpVendorInfo;
#endif
} WSADATA, *LPWSADATA;

/**
 * struct _QualityOfService - a flow: both directions and provider objects
 * @SendingFlowspec: what is sent
 * @ReceivingFlowspec: what is received
 * @ProviderSpecific: list of QOS_OBJECT_HDR, or NULL and 0
 */
typedef struct _QualityOfService {
	FLOWSPEC	SendingFlowspec;
	FLOWSPEC	ReceivingFlowspec;
	WSABUF		ProviderSpecific;
} QOS, *LPQOS;

#define MAX_PROTOCOL_CHAIN	7
#define BASE_PROTOCOL		1
#define LAYERED_PROTOCOL	0
#define WSAPROTOCOL_LEN		255

typedef struct _WSAPROTOCOLCHAIN {
	int	ChainLen;
	DWORD	ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;

#define WSACONNECT_PROTOCOL_INFO(character) \
	DWORD			dwServiceFlags1; \
	DWORD			dwServiceFlags2; \
	DWORD			dwServiceFlags3; \
	DWORD			dwServiceFlags4; \
	DWORD			dwProviderFlags; \
	GUID			ProviderId; \
	DWORD			dwCatalogEntryId; \
	WSAPROTOCOLCHAIN	ProtocolChain; \
	int			iVersion; \
	int			iAddressFamily; \
	int			iMaxSockAddr; \
	int			iMinSockAddr; \
	int			iSocketType; \
	int			iProtocol; \
	int			iProtocolMaxOffset; \
	int			iNetworkByteOrder; \
	int			iSecurityScheme; \
	DWORD			dwMessageSize; \
	DWORD			dwProviderReserved; \
	character		szProtocol[WSAPROTOCOL_LEN + 1];

typedef struct _WSAPROTOCOL_INFOA {
	WSACONNECT_PROTOCOL_INFO(CHAR)
} WSAPROTOCOL_INFOA, *LPWSAPROTOCOL_INFOA;
typedef struct _WSAPROTOCOL_INFOW {
	WSACONNECT_PROTOCOL_INFO(WCHAR)
} WSAPROTOCOL_INFOW, *LPWSAPROTOCOL_INFOW;
#ifdef UNICODE
typedef WSAPROTOCOL_INFOW WSAPROTOCOL_INFO;
typedef LPWSAPROTOCOL_INFOW LPWSAPROTOCOL_INFO;
#else
typedef WSAPROTOCOL_INFOA WSAPROTOCOL_INFO;
typedef LPWSAPROTOCOL_INFOA LPWSAPROTOCOL_INFO;
#endif

#define PFL_MULTIPLE_PROTO_ENTRIES	0x00000001
#define PFL_RECOMMENDED_PROTO_ENTRY	0x00000002
#define PFL_HIDDEN			0x00000004
#define PFL_MATCHES_PROTOCOL_ZERO	0x00000008
#define XP1_CONNECTIONLESS		0x00000001
#define XP1_GUARANTEED_DELIVERY		0x00000002
#define XP1_GUARANTEED_ORDER		0x00000004
#define XP1_MESSAGE_ORIENTED		0x00000008
#define XP1_PSEUDO_STREAM		0x00000010
#define XP1_GRACEFUL_CLOSE		0x00000020
#define XP1_EXPEDITED_DATA		0x00000040
#define XP1_CONNECT_DATA		0x00000080
#define XP1_DISCONNECT_DATA		0x00000100
#define XP1_SUPPORT_BROADCAST		0x00000200
#define XP1_SUPPORT_MULTIPOINT		0x00000400
#define XP1_QOS_SUPPORTED		0x00002000
#define XP1_IFS_HANDLES			0x00020000
#define BIGENDIAN			0x0000
#define SECURITY_PROTOCOL_NONE		0x0000

#define SG_UNCONSTRAINED_GROUP		0x01
#define SG_CONSTRAINED_GROUP		0x02
#define WSA_FLAG_OVERLAPPED		0x01
#define WSA_FLAG_NO_HANDLE_INHERIT	0x80

#define SO_CONNECT_TIME			0x700C

#define CF_ACCEPT			0x0000
#define CF_REJECT			0x0001
#define CF_DEFER			0x0002

#define MSG_OOB				0x0001
#define MSG_PEEK			0x0002
#define MSG_DONTROUTE			0x0004
#define MSG_WAITALL			0x0008
#define MSG_PUSH_IMMEDIATE		0x0020
#define MSG_PARTIAL			0x8000

#define SD_RECEIVE			0
#define SD_SEND				1
#define SD_BOTH				2

#undef FIONREAD
#undef FIONBIO
#undef SIOCATMARK
#define FIONREAD			0x4004667f
#define FIONBIO				((int)0x8004667e)
#define SIOCATMARK			0x40047307

#define SIO_IDEAL_SEND_BACKLOG_QUERY	0x4004747bu
#define SIO_GET_QOS			0xc8000007u
#define SIO_GET_GROUP_QOS		0xc8000008u
#define SIO_SET_QOS			0x8800000bu
#define SIO_SET_GROUP_QOS		0x8800000cu
#define SIO_CHK_QOS			0xdc000001u

typedef struct linger {
	u_short	l_onoff;
	u_short	l_linger;	/* seconds */
} LINGER, *PLINGER, *LPLINGER;

typedef struct hostent {
	char	*h_name;
	char	**h_aliases;
	short	h_addrtype;
	short	h_length;
	char	**h_addr_list;
} HOSTENT, *PHOSTENT, *LPHOSTENT;
#define h_addr		h_addr_list[0]
#define h_errno		WSAGetLastError()
#define HOST_NOT_FOUND	WSAHOST_NOT_FOUND
#define TRY_AGAIN	WSATRY_AGAIN
#define NO_RECOVERY	WSANO_RECOVERY
#define NO_DATA		WSANO_DATA
#define NO_ADDRESS	WSANO_DATA
#define WSANO_ADDRESS	WSANO_DATA

typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL;

/*
 * Sets of sockets are counted lists, with room for FD_SETSIZE of them: define that before
 * the first header. <sys/select.h> came first, so the macros do not disturb it.
 */
typedef struct wsaconnect_fd_set {
	u_int	fd_count;
	SOCKET	fd_array[FD_SETSIZE];
} wsaconnect_fd_set, FD_SET, *PFD_SET, *LPFD_SET;
#define fd_set		wsaconnect_fd_set
#define select		wsaconnect_select
#undef FD_ZERO
#undef FD_SET
#undef FD_CLR
#undef FD_ISSET

static __inline__ void wsaconnect_fd_add(SOCKET s, wsaconnect_fd_set *set)
{
	u_int i;

	for (i = 0; i < set->fd_count; i++)
		if (set->fd_array[i] == s)
			return;
	if (i < FD_SETSIZE)
		set->fd_array[set->fd_count++] = s;
}

static __inline__ void wsaconnect_fd_clear(SOCKET s, wsaconnect_fd_set *set)
{
	u_int i;

	for (i = 0; i < set->fd_count; i++) {
		if (set->fd_array[i] != s)
			continue;
		for (set->fd_count--; i < set->fd_count; i++)
			set->fd_array[i] = set->fd_array[i + 1];
		return;
	}
}

#define FD_ZERO(set)		((void)(((wsaconnect_fd_set *)(set))->fd_count = 0))
#define FD_SET(s, set)		wsaconnect_fd_add((SOCKET)(s), (wsaconnect_fd_set *)(set))
#define FD_CLR(s, set)		wsaconnect_fd_clear((SOCKET)(s), (wsaconnect_fd_set *)(set))
#define FD_ISSET(s, set)	__WSAFDIsSet((SOCKET)(s), (wsaconnect_fd_set *)(set))

/*
 * WSAPoll's numbers and structure take the place of <poll.h>'s: a later #include of it is
 * made empty, and what came before one has Linux's.
 */
#define _SYS_POLL_H	1
#undef POLLRDNORM
#undef POLLRDBAND
#undef POLLIN
#undef POLLPRI
#undef POLLWRNORM
#undef POLLOUT
#undef POLLWRBAND
#undef POLLERR
#undef POLLHUP
#undef POLLNVAL
#define POLLRDNORM	0x0100
#define POLLRDBAND	0x0200
#define POLLIN		(POLLRDNORM | POLLRDBAND)
#define POLLPRI		0x0400
#define POLLWRNORM	0x0010
#define POLLOUT		POLLWRNORM
#define POLLWRBAND	0x0020
#define POLLERR		0x0001
#define POLLHUP		0x0002
#define POLLNVAL	0x0004

typedef struct wsaconnect_pollfd {
	SOCKET	fd;
	SHORT	events;
	SHORT	revents;
} WSAPOLLFD, *PWSAPOLLFD, *LPWSAPOLLFD;
#define pollfd		wsaconnect_pollfd

typedef struct _OVERLAPPED WSAOVERLAPPED, *LPWSAOVERLAPPED;
typedef void (CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(DWORD error, DWORD transferred,
							    LPWSAOVERLAPPED overlapped,
							    DWORD flags);

typedef int (CALLBACK *LPCONDITIONPROC)(LPWSABUF caller_id, LPWSABUF caller_data, LPQOS sqos,
					LPQOS gqos, LPWSABUF callee_id, LPWSABUF callee_data,
					GROUP *group, DWORD_PTR data);

typedef int (WSAAPI *FARPROC)(void);

#define MAXGETHOSTSTRUCT	1024

/*
 * Events. A WSAEVENT's value is the descriptor of an eventfd(2), which can be polled
 * like any other: it is readable while the event is set.
 */
typedef HANDLE WSAEVENT, *LPWSAEVENT;

#define WSA_INVALID_EVENT	((WSAEVENT)NULL)
#define WAIT_OBJECT_0		0
#define WAIT_TIMEOUT		258
#define WAIT_FAILED		0xffffffff
#define MAXIMUM_WAIT_OBJECTS	64
#define WSA_INFINITE		INFINITE
#define WSA_WAIT_EVENT_0	WAIT_OBJECT_0
#define WSA_WAIT_TIMEOUT	WAIT_TIMEOUT
#define WSA_WAIT_FAILED		WAIT_FAILED
#define WSA_MAXIMUM_WAIT_EVENTS	MAXIMUM_WAIT_OBJECTS

#define FD_READ_BIT			0
#define FD_WRITE_BIT			1
#define FD_OOB_BIT			2
#define FD_ACCEPT_BIT			3
#define FD_CONNECT_BIT			4
#define FD_CLOSE_BIT			5
#define FD_QOS_BIT			6
#define FD_GROUP_QOS_BIT		7
#define FD_ROUTING_INTERFACE_CHANGE_BIT	8
#define FD_ADDRESS_LIST_CHANGE_BIT	9
#define FD_MAX_EVENTS			10
#define FD_READ				(1 << FD_READ_BIT)
#define FD_WRITE			(1 << FD_WRITE_BIT)
#define FD_OOB				(1 << FD_OOB_BIT)
#define FD_ACCEPT			(1 << FD_ACCEPT_BIT)
#define FD_CONNECT			(1 << FD_CONNECT_BIT)
#define FD_CLOSE			(1 << FD_CLOSE_BIT)
#define FD_QOS				(1 << FD_QOS_BIT)
#define FD_GROUP_QOS			(1 << FD_GROUP_QOS_BIT)
#define FD_ROUTING_INTERFACE_CHANGE	(1 << FD_ROUTING_INTERFACE_CHANGE_BIT)
#define FD_ADDRESS_LIST_CHANGE		(1 << FD_ADDRESS_LIST_CHANGE_BIT)
#define FD_ALL_EVENTS			((1 << FD_MAX_EVENTS) - 1)

/**
 * struct _WSANETWORKEVENTS - the events a socket recorded
 * @lNetworkEvents: FD_*
 * @iErrorCode: code of each, by FD_*_BIT; written for the events of @lNetworkEvents only
 */
typedef struct _WSANETWORKEVENTS {
	LONG	lNetworkEvents;
	int	iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;

#define WSAMAKESELECTREPLY(event, error)	MAKELONG(event, error)
#define WSAGETSELECTEVENT(lParam)		LOWORD(lParam)
#define WSAGETSELECTERROR(lParam)		HIWORD(lParam)

WSACONNECT_BEGIN

WSACONNECT_API int WSAAPI WSAStartup(WORD version, LPWSADATA data);
WSACONNECT_API int WSAAPI WSACleanup(void);
WSACONNECT_API int WSAAPI WSAGetLastError(void);
WSACONNECT_API void WSAAPI WSASetLastError(int code);

/* Winsock 1.1 only */
WSACONNECT_API int WSAAPI WSACancelBlockingCall(void);
WSACONNECT_API FARPROC WSAAPI WSASetBlockingHook(FARPROC hook);
WSACONNECT_API int WSAAPI WSAUnhookBlockingHook(void);
WSACONNECT_API BOOL WSAAPI WSAIsBlocking(void);

WSACONNECT_API SOCKET WSAAPI socket(int af, int type, int protocol)
	WSACONNECT_ALIAS("wsaconnect_socket");
WSACONNECT_API SOCKET WSAAPI WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA info,
					GROUP group, DWORD flags);
WSACONNECT_API SOCKET WSAAPI WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW info,
					GROUP group, DWORD flags);
WSACONNECT_API int WSAAPI closesocket(SOCKET s);

WSACONNECT_API int WSAAPI bind(SOCKET s, const struct sockaddr *name, int namelen)
	WSACONNECT_ALIAS("wsaconnect_bind");
WSACONNECT_API int WSAAPI listen(SOCKET s, int backlog)
	WSACONNECT_ALIAS("wsaconnect_listen");
WSACONNECT_API SOCKET WSAAPI accept(SOCKET s, struct sockaddr *addr, int *addrlen)
	WSACONNECT_ALIAS("wsaconnect_accept");
WSACONNECT_API SOCKET WSAAPI WSAAccept(SOCKET s, struct sockaddr *addr, LPINT addrlen,
				       LPCONDITIONPROC condition, DWORD_PTR data);
WSACONNECT_API int WSAAPI connect(SOCKET s, const struct sockaddr *name, int namelen)
	WSACONNECT_ALIAS("wsaconnect_connect");
WSACONNECT_API int WSAAPI WSAConnect(SOCKET s, const struct sockaddr *name, int namelen,
				     LPWSABUF lpCallerData, LPWSABUF lpCalleeData,
				     LPQOS lpSQOS, LPQOS lpGQOS);
WSACONNECT_API int WSAAPI shutdown(SOCKET s, int how)
	WSACONNECT_ALIAS("wsaconnect_shutdown");
WSACONNECT_API int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF data);
WSACONNECT_API int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF data);

WSACONNECT_API int WSAAPI getsockname(SOCKET s, struct sockaddr *name, int *namelen)
	WSACONNECT_ALIAS("wsaconnect_getsockname");
WSACONNECT_API int WSAAPI getpeername(SOCKET s, struct sockaddr *name, int *namelen)
	WSACONNECT_ALIAS("wsaconnect_getpeername");
WSACONNECT_API int WSAAPI getsockopt(SOCKET s, int level, int optname, char *optval,
				     int *optlen)
	WSACONNECT_ALIAS("wsaconnect_getsockopt");
WSACONNECT_API int WSAAPI setsockopt(SOCKET s, int level, int optname, const char *optval,
				     int optlen)
	WSACONNECT_ALIAS("wsaconnect_setsockopt");
WSACONNECT_API int WSAAPI ioctlsocket(SOCKET s, int cmd, u_long *argp);
WSACONNECT_API int WSAAPI WSAIoctl(SOCKET s, DWORD code, LPVOID in, DWORD in_size, LPVOID out,
				   DWORD out_size, LPDWORD returned, LPWSAOVERLAPPED overlapped,
				   LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

WSACONNECT_API int WSAAPI send(SOCKET s, const char *buf, int len, int flags)
	WSACONNECT_ALIAS("wsaconnect_send");
WSACONNECT_API int WSAAPI sendto(SOCKET s, const char *buf, int len, int flags,
				 const struct sockaddr *to, int tolen)
	WSACONNECT_ALIAS("wsaconnect_sendto");
WSACONNECT_API int WSAAPI recv(SOCKET s, char *buf, int len, int flags)
	WSACONNECT_ALIAS("wsaconnect_recv");
WSACONNECT_API int WSAAPI recvfrom(SOCKET s, char *buf, int len, int flags,
				   struct sockaddr *from, int *fromlen)
	WSACONNECT_ALIAS("wsaconnect_recvfrom");
WSACONNECT_API int WSAAPI WSASend(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD sent,
				  DWORD flags, LPWSAOVERLAPPED overlapped,
				  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
WSACONNECT_API int WSAAPI WSASendTo(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD sent,
				    DWORD flags, const struct sockaddr *to, int tolen,
				    LPWSAOVERLAPPED overlapped,
				    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
WSACONNECT_API int WSAAPI WSARecv(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD received,
				  LPDWORD flags, LPWSAOVERLAPPED overlapped,
				  LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
WSACONNECT_API int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF buffers, DWORD count, LPDWORD received,
				      LPDWORD flags, struct sockaddr *from, LPINT fromlen,
				      LPWSAOVERLAPPED overlapped,
				      LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

WSACONNECT_API int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
				 const struct timeval *timeout);
WSACONNECT_API int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout);
WSACONNECT_API int WSAAPI __WSAFDIsSet(SOCKET s, fd_set *set);
WSACONNECT_API WSAEVENT WSAAPI WSACreateEvent(void);
WSACONNECT_API BOOL WSAAPI WSACloseEvent(WSAEVENT event);
WSACONNECT_API BOOL WSAAPI WSASetEvent(WSAEVENT event);
WSACONNECT_API BOOL WSAAPI WSAResetEvent(WSAEVENT event);
WSACONNECT_API DWORD WSAAPI WSAWaitForMultipleEvents(DWORD count, const WSAEVENT *events,
						     BOOL all, DWORD timeout, BOOL alertable);
WSACONNECT_API int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT event, LONG events);
WSACONNECT_API int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT event,
					       LPWSANETWORKEVENTS events);
/* The windows there are, and how to get messages from them, are in wsamessage.h. */
WSACONNECT_API int WSAAPI WSAAsyncSelect(SOCKET s, HWND window, u_int message, LONG events);

WSACONNECT_API ULONG WSAAPI inet_addr(const char *text)
	WSACONNECT_ALIAS("wsaconnect_inet_addr");
WSACONNECT_API char *WSAAPI inet_ntoa(struct in_addr in)
	WSACONNECT_ALIAS("wsaconnect_inet_ntoa");
WSACONNECT_API struct hostent *WSAAPI gethostbyname(const char *name)
	WSACONNECT_ALIAS("wsaconnect_gethostbyname");

/* libc's own functions: same types, same meaning */
extern u_short htons(u_short value);
extern u_short ntohs(u_short value);
extern ULONG htonl(ULONG value);
extern ULONG ntohl(ULONG value);

/* <unistd.h>, before or after this line, declares the same prototype. */
#define gethostname wsaconnect_gethostname
WSACONNECT_API int gethostname(char *name, size_t namelen) __THROW;

WSACONNECT_END

#ifdef UNICODE
#define WSASocket	WSASocketW
#else
#define WSASocket	WSASocketA
#endif

#endif /* WSACONNECT_WINSOCK2_H */
