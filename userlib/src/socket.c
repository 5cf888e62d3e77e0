// SPDX-License-Identifier: MIT
/* socket, WSASocketA, WSASocketW. */
#include <errno.h>
#include <string.h>

#include "wsalib.h"
#include "wshisotp.h"

/* WSA_FLAG_OVERLAPPED is what every socket is; the others need what Linux has not. */
#define KNOWN_FLAGS	(WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT)

static int is_iso(int protocol)
{
	return protocol == ISOPROTO_TP2 || protocol == ISOPROTO_TP0;
}

/*
 * A type or a family of 0 is taken from the others, as far as they say it;
 * the family is judged first, then the type, then the protocol.
 */
static int resolve(int *af, int *type, int *protocol)
{
	if (!*af && !*type && !*protocol)
		return WSAEINVAL;
	if (!*af)
		*af = AF_INET;
	if (*af != AF_INET && *af != AF_INET6)
		return WSAEAFNOSUPPORT;
	if (!*type)
		*type = *protocol == IPPROTO_UDP ? SOCK_DGRAM :
			is_iso(*protocol) ? SOCK_SEQPACKET : SOCK_STREAM;
	if ((*type == SOCK_STREAM || *type == SOCK_SEQPACKET) && is_iso(*protocol))
		return 0;
	switch (*type) {
	case SOCK_STREAM:
		return *protocol == 0 || *protocol == IPPROTO_TCP ? 0 : WSAEPROTONOSUPPORT;
	case SOCK_DGRAM:
		return *protocol == 0 || *protocol == IPPROTO_UDP ? 0 : WSAEPROTONOSUPPORT;
	case SOCK_RAW:
		return *protocol > 0 && *protocol <= 255 ? 0 : WSAEPROTONOSUPPORT;
	default:
		return WSAESOCKTNOSUPPORT;
	}
}

static int open_socket(int af, int type, int protocol, int cloexec)
{
	int fd;

	if (wsa_config.adopt_first)
		return sys_socket_adopt(af, type, protocol, cloexec);
	fd = sys_socket_family(wsa_config.family, af, type, protocol, cloexec);
	if ((fd == -EAFNOSUPPORT || fd == -EACCES) && wsa_config.adopt_fallback &&
	    sys_device_usable())
		fd = sys_socket_adopt(af, type, protocol, cloexec);
	return fd;
}

/* There is one door to it, whatever is preferred. */
static int open_iso(int af, int type, int protocol, int cloexec)
{
	int fd, r;

	if (!wsa_config.family)
		return -EPROTONOSUPPORT;
	fd = sys_socket_family(wsa_config.family, af, type, SYS_PROTO_ISO, cloexec);
	if (fd < 0 || protocol == ISOPROTO_TP2)
		return fd;
	r = sys_iso_set_class(fd, 1, 0);
	if (!r)
		return fd;
	sys_close(fd);
	return r;
}

static SOCKET make(int af, int type, int protocol, DWORD flags)
{
	uint32_t marks = 0;
	int code, iso, fd, r;

	code = wsa_refused();
	if (code)
		return (SOCKET)wsa_fail(code);
	if (flags & ~KNOWN_FLAGS)
		return (SOCKET)wsa_fail(WSAEINVAL);
	code = resolve(&af, &type, &protocol);
	if (code)
		return (SOCKET)wsa_fail(code);
	iso = type != SOCK_RAW && is_iso(protocol);
	fd = (iso ? open_iso : open_socket)(af, type, protocol,
					    !!(flags & WSA_FLAG_NO_HANDLE_INHERIT));
	if (fd < 0)
		return (SOCKET)wsa_fail(wsa_code(fd));
	if (wsa_config.compat_windows) {
		r = sys_compat_windows(fd);
		if (r < 0) {
			sys_close(fd);
			return (SOCKET)wsa_fail(wsa_code(r));
		}
	}
	marks |= type == SOCK_STREAM || iso ? SOCK_F_STREAM : 0;
	marks |= iso ? SOCK_F_ISO : 0;
	marks |= type == SOCK_SEQPACKET ? SOCK_F_RECORDS : 0;
	marks |= type == SOCK_RAW ? SOCK_F_RAW : 0;
	marks |= af == AF_INET6 ? SOCK_F_INET6 : 0;
	if (!wsa_sock_add(fd, marks)) {
		sys_close(fd);
		return (SOCKET)wsa_fail(WSAENOBUFS);
	}
	wsa_ok(0);
	return (SOCKET)fd;
}

/**
 * socket - make a socket
 * @af: AF_INET or AF_INET6; AF_UNSPEC is AF_INET when a type or protocol is given
 * @type: SOCK_STREAM, SOCK_DGRAM or SOCK_RAW; with ISOPROTO_TP2 and ISOPROTO_TP0 SOCK_SEQPACKET
 *	(records) or SOCK_STREAM; 0 for the protocol's own
 * @protocol: 0 for the type's own, IPPROTO_TCP, IPPROTO_UDP, ISOPROTO_TP2, ISOPROTO_TP0,
 *	1 to 255 for raw
 *
 * The socket is a file descriptor of the caller's, inherited over exec as on
 * Windows; close it with closesocket. AF_INET6 sockets start with IPV6_V6ONLY
 * on (row 124).
 *
 * Return: the socket, or INVALID_SOCKET with WSANOTINITIALISED,
 * WSAEAFNOSUPPORT, WSAESOCKTNOSUPPORT, WSAEPROTONOSUPPORT, WSAEINVAL (all
 * zero), WSAEACCES (raw without privilege, row 184), WSAEMFILE, WSAENOBUFS.
 */
SOCKET WSAAPI socket(int af, int type, int protocol)
{
	return make(af, type, protocol, WSA_FLAG_OVERLAPPED);
}

/**
 * WSASocketA - make a socket
 * @af: as socket's, or FROM_PROTOCOL_INFO
 * @type: as socket's, or FROM_PROTOCOL_INFO
 * @protocol: as socket's, or FROM_PROTOCOL_INFO
 * @info: where FROM_PROTOCOL_INFO takes the values from, may be NULL
 * @group: reserved, ignored
 * @flags: WSA_FLAG_OVERLAPPED, WSA_FLAG_NO_HANDLE_INHERIT (close-on-exec)
 *
 * Return: as socket's; WSAEINVAL for any other flag.
 */
SOCKET WSAAPI WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA info, GROUP group,
			 DWORD flags)
{
	(void)group;
	if (info && af == FROM_PROTOCOL_INFO)
		af = info->iAddressFamily;
	if (info && type == FROM_PROTOCOL_INFO)
		type = info->iSocketType;
	if (info && protocol == FROM_PROTOCOL_INFO)
		protocol = info->iProtocol;
	return make(af, type, protocol, flags);
}

/** WSASocketW - as WSASocketA, with a wide protocol name in @info */
SOCKET WSAAPI WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW info, GROUP group,
			 DWORD flags)
{
	(void)group;
	if (info && af == FROM_PROTOCOL_INFO)
		af = info->iAddressFamily;
	if (info && type == FROM_PROTOCOL_INFO)
		type = info->iSocketType;
	if (info && protocol == FROM_PROTOCOL_INFO)
		protocol = info->iProtocol;
	return make(af, type, protocol, flags);
}

/**
 * wsa_protocol - the protocol that a socket was made for
 * @fd: its descriptor
 * @sk: the socket
 * @protocol: receives it; of ISO transport, the class that was agreed on
 *
 * Return: 0 or a negative errno.
 */
int wsa_protocol(int fd, const struct wsa_sock *sk, int *protocol)
{
	unsigned int len = sizeof(*protocol);
	struct sys_iso iso;
	int r;

	*protocol = 0;
	if (!(sock_flags(sk) & SOCK_F_ISO))
		return sys_getopt(fd, LX_SOL_SOCKET, LX_SO_PROTOCOL, protocol, &len);
	r = sys_iso_get(fd, &iso);
	if (!r)
		*protocol = iso.flags & SYS_ISO_CLASS0 ? ISOPROTO_TP0 : ISOPROTO_TP2;
	return r;
}

/* Of ISO transport; what all providers have in common is there. */
static void iso_info(uint32_t flags, WSAPROTOCOL_INFOA *info)
{
	int records = !!(flags & SOCK_F_RECORDS), v6 = !!(flags & SOCK_F_INET6);

	info->dwProviderFlags = 0;
	info->dwServiceFlags1 = XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER |
				XP1_GRACEFUL_CLOSE | XP1_IFS_HANDLES;
	if (info->iProtocol == ISOPROTO_TP2)
		info->dwServiceFlags1 |= XP1_CONNECT_DATA | XP1_DISCONNECT_DATA;
	if (records)
		info->dwServiceFlags1 |= XP1_MESSAGE_ORIENTED;
	info->iSocketType = records ? SOCK_SEQPACKET : SOCK_STREAM;
	info->dwMessageSize = records ? 0xffffffff : 0;	/* as large as one likes */
	info->dwCatalogEntryId = 1007 + records + 2 * v6;
	strcpy(info->szProtocol, v6 ? "wsa ISO/IPv6" : "wsa ISO/IP");
}

/**
 * wsa_protocol_info - describe a socket's provider (row 237)
 * @sk: socket
 * @protocol: its IP protocol
 * @info: filled
 */
int wsa_protocol_info(const struct wsa_sock *sk, int protocol, WSAPROTOCOL_INFOA *info)
{
	static const GUID tcpip4 = {
		0xe70f1aa0, 0xab8b, 0x11cf, { 0x8c, 0xa3, 0, 0x80, 0x5f, 0x48, 0xa1, 0x92 }
	};
	static const GUID tcpip6 = {
		0xf9eab0c0, 0x26d4, 0x11d0, { 0xbb, 0xbf, 0, 0xaa, 0, 0x6c, 0x34, 0xe4 }
	};
	uint32_t flags = sock_flags(sk);
	int v6 = !!(flags & SOCK_F_INET6);

	memset(info, 0, sizeof(*info));
	info->dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
	info->ProviderId = v6 ? tcpip6 : tcpip4;
	info->ProtocolChain.ChainLen = BASE_PROTOCOL;
	info->iVersion = 2;
	info->iAddressFamily = v6 ? AF_INET6 : AF_INET;
	info->iMinSockAddr = sock_addr_min(sk);
	info->iMaxSockAddr = info->iMinSockAddr;
	info->iProtocol = protocol;
	info->iNetworkByteOrder = BIGENDIAN;
	info->iSecurityScheme = SECURITY_PROTOCOL_NONE;
	if (flags & SOCK_F_ISO) {
		iso_info(flags, info);
		return 0;
	}
	if (flags & SOCK_F_STREAM) {
		info->iSocketType = SOCK_STREAM;
		info->dwServiceFlags1 = XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER |
					XP1_GRACEFUL_CLOSE | XP1_EXPEDITED_DATA | XP1_IFS_HANDLES;
		strcpy(info->szProtocol, v6 ? "wsa TCP/IPv6" : "wsa TCP/IP");
		info->dwCatalogEntryId = v6 ? 1004 : 1001;
		return 0;
	}
	info->dwServiceFlags1 = XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST |
				XP1_SUPPORT_MULTIPOINT | XP1_IFS_HANDLES;
	info->dwMessageSize = v6 ? 65527 : 65507;
	if (flags & SOCK_F_RAW) {
		info->iSocketType = SOCK_RAW;
		info->iProtocolMaxOffset = 255;
		info->dwProviderFlags |= PFL_HIDDEN;
		strcpy(info->szProtocol, v6 ? "wsa RAW/IPv6" : "wsa RAW/IP");
		info->dwCatalogEntryId = v6 ? 1006 : 1003;
		return 0;
	}
	info->iSocketType = SOCK_DGRAM;
	strcpy(info->szProtocol, v6 ? "wsa UDP/IPv6" : "wsa UDP/IP");
	info->dwCatalogEntryId = v6 ? 1005 : 1002;
	return 0;
}
