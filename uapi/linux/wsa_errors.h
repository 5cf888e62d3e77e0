/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The one list of Winsock codes: module, library, tests and documentation
 * are all generated from it.
 *
 * Numbers are those of winsock2.h and winerror.h.
 */
#ifndef _UAPI_LINUX_WSA_ERRORS_H
#define _UAPI_LINUX_WSA_ERRORS_H

/**
 * WSA_ERRORS - every code: X(name, number, text)
 * @X: macro applied to each row; rows ascend by number
 */
#define WSA_ERRORS(X) \
	X(WSA_INVALID_HANDLE,            6, "event object handle is invalid") \
	X(WSA_NOT_ENOUGH_MEMORY,         8, "not enough memory") \
	X(WSA_INVALID_PARAMETER,        87, "a parameter is invalid") \
	X(WSA_WAIT_IO_COMPLETION,      192, "wait ended by an asynchronous procedure call") \
	X(WSA_OPERATION_ABORTED,       995, "overlapped operation aborted") \
	X(WSA_IO_INCOMPLETE,           996, "overlapped operation not yet complete") \
	X(WSA_IO_PENDING,              997, "overlapped operation will complete later") \
	X(WSAEINTR,                  10004, "blocking call cancelled") \
	X(WSAEBADF,                  10009, "bad file handle") \
	X(WSAEACCES,                 10013, "access denied") \
	X(WSAEFAULT,                 10014, "bad pointer or length") \
	X(WSAEINVAL,                 10022, "invalid argument or state") \
	X(WSAEMFILE,                 10024, "too many open sockets") \
	X(WSAEWOULDBLOCK,            10035, "cannot complete at once") \
	X(WSAEINPROGRESS,            10036, "a blocking call is in progress") \
	X(WSAEALREADY,               10037, "a connect is already in progress") \
	X(WSAENOTSOCK,               10038, "not a socket") \
	X(WSAEDESTADDRREQ,           10039, "destination address required") \
	X(WSAEMSGSIZE,               10040, "message too long") \
	X(WSAEPROTOTYPE,             10041, "protocol does not fit the socket type") \
	X(WSAENOPROTOOPT,            10042, "unknown or unsupported option") \
	X(WSAEPROTONOSUPPORT,        10043, "protocol or connect data not supported") \
	X(WSAESOCKTNOSUPPORT,        10044, "socket type not supported") \
	X(WSAEOPNOTSUPP,             10045, "operation not supported") \
	X(WSAEPFNOSUPPORT,           10046, "protocol family not supported") \
	X(WSAEAFNOSUPPORT,           10047, "address family not supported") \
	X(WSAEADDRINUSE,             10048, "address in use") \
	X(WSAEADDRNOTAVAIL,          10049, "address not available") \
	X(WSAENETDOWN,               10050, "network is down") \
	X(WSAENETUNREACH,            10051, "network unreachable") \
	X(WSAENETRESET,              10052, "connection dropped by the network") \
	X(WSAECONNABORTED,           10053, "connection aborted locally") \
	X(WSAECONNRESET,             10054, "connection reset by peer") \
	X(WSAENOBUFS,                10055, "no buffer space or port") \
	X(WSAEISCONN,                10056, "already connected") \
	X(WSAENOTCONN,               10057, "not connected") \
	X(WSAESHUTDOWN,              10058, "socket was shut down") \
	X(WSAETOOMANYREFS,           10059, "too many references") \
	X(WSAETIMEDOUT,              10060, "timed out") \
	X(WSAECONNREFUSED,           10061, "connection refused") \
	X(WSAELOOP,                  10062, "cannot translate name") \
	X(WSAENAMETOOLONG,           10063, "name too long") \
	X(WSAEHOSTDOWN,              10064, "host is down") \
	X(WSAEHOSTUNREACH,           10065, "host unreachable") \
	X(WSAENOTEMPTY,              10066, "directory not empty") \
	X(WSAEPROCLIM,               10067, "too many processes") \
	X(WSAEUSERS,                 10068, "user quota exceeded") \
	X(WSAEDQUOT,                 10069, "disk quota exceeded") \
	X(WSAESTALE,                 10070, "stale file handle") \
	X(WSAEREMOTE,                10071, "item is remote") \
	X(WSASYSNOTREADY,            10091, "network subsystem is not ready") \
	X(WSAVERNOTSUPPORTED,        10092, "Winsock version not supported") \
	X(WSANOTINITIALISED,         10093, "WSAStartup not yet performed") \
	X(WSAEDISCON,                10101, "graceful shutdown in progress") \
	X(WSAENOMORE,                10102, "no more results") \
	X(WSAECANCELLED,             10103, "call cancelled") \
	X(WSAEINVALIDPROCTABLE,      10104, "procedure table is invalid") \
	X(WSAEINVALIDPROVIDER,       10105, "service provider is invalid") \
	X(WSAEPROVIDERFAILEDINIT,    10106, "service provider failed to initialise") \
	X(WSASYSCALLFAILURE,         10107, "system call failed") \
	X(WSASERVICE_NOT_FOUND,      10108, "service not found") \
	X(WSATYPE_NOT_FOUND,         10109, "class type not found") \
	X(WSA_E_NO_MORE,             10110, "no more results") \
	X(WSA_E_CANCELLED,           10111, "call cancelled") \
	X(WSAEREFUSED,               10112, "database query refused") \
	X(WSAHOST_NOT_FOUND,         11001, "host not found") \
	X(WSATRY_AGAIN,              11002, "host not found, try again") \
	X(WSANO_RECOVERY,            11003, "non-recoverable lookup error") \
	X(WSANO_DATA,                11004, "name valid, no data of that type") \
	X(WSA_QOS_RECEIVERS,         11005, "at least one receiver has arrived") \
	X(WSA_QOS_SENDERS,           11006, "at least one sender has arrived") \
	X(WSA_QOS_NO_SENDERS,        11007, "there are no senders") \
	X(WSA_QOS_NO_RECEIVERS,      11008, "there are no receivers") \
	X(WSA_QOS_REQUEST_CONFIRMED, 11009, "reservation confirmed") \
	X(WSA_QOS_ADMISSION_FAILURE, 11010, "not enough resources to admit the flow") \
	X(WSA_QOS_POLICY_FAILURE,    11011, "policy refuses the flow") \
	X(WSA_QOS_BAD_STYLE,         11012, "unknown or conflicting style") \
	X(WSA_QOS_BAD_OBJECT,        11013, "bad object in the provider-specific buffer") \
	X(WSA_QOS_TRAFFIC_CTRL_ERROR, 11014, "traffic control failed") \
	X(WSA_QOS_GENERIC_ERROR,     11015, "general QOS error") \
	X(WSA_QOS_ESERVICETYPE,      11016, "unknown service type") \
	X(WSA_QOS_EFLOWSPEC,         11017, "flowspec is inconsistent") \
	X(WSA_QOS_EPROVSPECBUF,      11018, "provider-specific buffer is malformed") \
	X(WSA_QOS_EFILTERSTYLE,      11019, "filter style is invalid") \
	X(WSA_QOS_EFILTERTYPE,       11020, "filter type is invalid") \
	X(WSA_QOS_EFILTERCOUNT,      11021, "wrong number of filters") \
	X(WSA_QOS_EOBJLENGTH,        11022, "object length is invalid") \
	X(WSA_QOS_EFLOWCOUNT,        11023, "wrong number of flow descriptors") \
	X(WSA_QOS_EUNKNOWNPSOBJ,     11024, "unknown provider-specific object") \
	X(WSA_QOS_EPOLICYOBJ,        11025, "policy object is invalid") \
	X(WSA_QOS_EFLOWDESC,         11026, "flow descriptor is invalid") \
	X(WSA_QOS_EPSFLOWSPEC,       11027, "provider-specific flowspec is invalid") \
	X(WSA_QOS_EPSFILTERSPEC,     11028, "provider-specific filterspec is invalid") \
	X(WSA_QOS_ESDMODEOBJ,        11029, "shape-discard mode object is invalid") \
	X(WSA_QOS_ESHAPERATEOBJ,     11030, "shaping rate object is invalid") \
	X(WSA_QOS_RESERVED_PETYPE,   11031, "reserved policy element") \
	X(WSA_SECURE_HOST_NOT_FOUND, 11032, "no secure address for the host") \
	X(WSA_IPSEC_NAME_POLICY_ERROR, 11033, "name refused by IPsec policy")

/**
 * WSA_ERRNOS - the code of an errno where the call and the state of the
 * socket say nothing better: X(errno, name)
 * @X: macro applied to each row
 *
 * The exceptions (a listening socket's EISCONN, a datagram's ECONNREFUSED)
 * belong to the call: the module's rules for connect, the library for the
 * rest. An errno missing here is WSAEINVAL, as in Windows' own status table.
 */
#define WSA_ERRNOS(X) \
	X(EPERM,           WSAEACCES) \
	X(EINTR,           WSAEINTR) \
	X(EIO,             WSAENETDOWN) \
	X(ENXIO,           WSAENETDOWN) \
	X(EBADF,           WSAENOTSOCK) \
	X(EAGAIN,          WSAEWOULDBLOCK) \
	X(ENOMEM,          WSAENOBUFS) \
	X(EACCES,          WSAEACCES) \
	X(EFAULT,          WSAEFAULT) \
	X(EBUSY,           WSAEINPROGRESS) \
	X(ENODEV,          WSAENETDOWN) \
	X(EINVAL,          WSAEINVAL) \
	X(ENFILE,          WSAEMFILE) \
	X(EMFILE,          WSAEMFILE) \
	X(EPIPE,           WSAECONNABORTED) \
	X(ENAMETOOLONG,    WSAENAMETOOLONG) \
	X(ENONET,          WSAEHOSTUNREACH) \
	X(EPROTO,          WSAENETDOWN) \
	X(ENOTSOCK,        WSAENOTSOCK) \
	X(EDESTADDRREQ,    WSAEDESTADDRREQ) \
	X(EMSGSIZE,        WSAEMSGSIZE) \
	X(EPROTOTYPE,      WSAEPROTOTYPE) \
	X(ENOPROTOOPT,     WSAENOPROTOOPT) \
	X(EPROTONOSUPPORT, WSAEPROTONOSUPPORT) \
	X(ESOCKTNOSUPPORT, WSAESOCKTNOSUPPORT) \
	X(EOPNOTSUPP,      WSAEOPNOTSUPP) \
	X(EPFNOSUPPORT,    WSAEAFNOSUPPORT) \
	X(EAFNOSUPPORT,    WSAEAFNOSUPPORT) \
	X(EADDRINUSE,      WSAEADDRINUSE) \
	X(EADDRNOTAVAIL,   WSAEADDRNOTAVAIL) \
	X(ENETDOWN,        WSAENETDOWN) \
	X(ENETUNREACH,     WSAENETUNREACH) \
	X(ENETRESET,       WSAENETRESET) \
	X(ECONNABORTED,    WSAECONNABORTED) \
	X(ECONNRESET,      WSAECONNRESET) \
	X(ENOBUFS,         WSAENOBUFS) \
	X(EISCONN,         WSAEISCONN) \
	X(ENOTCONN,        WSAENOTCONN) \
	X(ESHUTDOWN,       WSAESHUTDOWN) \
	X(ETOOMANYREFS,    WSAETOOMANYREFS) \
	X(ETIMEDOUT,       WSAETIMEDOUT) \
	X(ECONNREFUSED,    WSAECONNREFUSED) \
	X(EHOSTDOWN,       WSAEHOSTUNREACH) \
	X(EHOSTUNREACH,    WSAEHOSTUNREACH) \
	X(EALREADY,        WSAEALREADY) \
	X(EINPROGRESS,     WSAEWOULDBLOCK) \
	X(ECANCELED,       WSAEINTR)

/**
 * WSA_REASONS - why a connect did not give 0: X(name, number, code, text)
 * @X: macro applied to each row; numbers are ABI and never reused
 *
 * A reason has one code. WSA_REASON_OTHER has none: WSA_ERRNOS translates.
 */
#define WSA_REASONS(X) \
	X(WSA_REASON_NONE, 0, 0, "none recorded") \
	X(WSA_REASON_STARTED, 1, WSAEWOULDBLOCK, "the attempt started and goes on") \
	X(WSA_REASON_NAME_SHORT, 2, WSAEFAULT, \
	  "namelen is below the minimum of the socket's family") \
	X(WSA_REASON_LISTENING, 3, WSAEINVAL, "the socket listens") \
	X(WSA_REASON_PENDING, 4, WSAEALREADY, "an attempt is pending") \
	X(WSA_REASON_CONNECTED, 5, WSAEISCONN, "the socket is connected") \
	X(WSA_REASON_FAMILY, 6, WSAEAFNOSUPPORT, "the address is of another family") \
	X(WSA_REASON_ADDR_ANY, 7, WSAEADDRNOTAVAIL, "the address is the wildcard") \
	X(WSA_REASON_PORT_ZERO, 8, WSAEADDRNOTAVAIL, "the port is zero") \
	X(WSA_REASON_ADDR_BROADCAST, 9, WSAEADDRNOTAVAIL, \
	  "a stream cannot reach a broadcast address") \
	X(WSA_REASON_ADDR_MULTICAST, 10, WSAEADDRNOTAVAIL, \
	  "a stream cannot reach a multicast address") \
	X(WSA_REASON_SCOPE, 11, WSAEADDRNOTAVAIL, "the scope id names no usable interface") \
	X(WSA_REASON_V6ONLY, 12, WSAENETUNREACH, "IPV6_V6ONLY excludes IPv4-mapped addresses") \
	X(WSA_REASON_SO_BROADCAST, 13, WSAEACCES, "SO_BROADCAST is not enabled") \
	X(WSA_REASON_PORTS_EXHAUSTED, 14, WSAENOBUFS, "no ephemeral port is free") \
	X(WSA_REASON_TUPLE_IN_USE, 15, WSAEADDRINUSE, \
	  "the local port already has a connection to that peer") \
	X(WSA_REASON_SOURCE, 16, WSAEADDRNOTAVAIL, \
	  "the local address cannot reach the destination") \
	X(WSA_REASON_NO_ROUTE, 17, WSAENETUNREACH, "no route to the network") \
	X(WSA_REASON_HOST_UNREACHABLE, 18, WSAEHOSTUNREACH, "the host is unreachable") \
	X(WSA_REASON_NET_DOWN, 19, WSAENETDOWN, "the network is down") \
	X(WSA_REASON_POLICY, 20, WSAEACCES, "a firewall or security policy denies it") \
	X(WSA_REASON_REFUSED, 21, WSAECONNREFUSED, "the peer refused") \
	X(WSA_REASON_TIMED_OUT, 22, WSAETIMEDOUT, "the peer did not answer") \
	X(WSA_REASON_CANCELLED, 23, WSAEINTR, "the attempt was cancelled") \
	X(WSA_REASON_SIGNAL, 24, WSAEINTR, "a signal ended the wait; the attempt goes on") \
	X(WSA_REASON_NO_MEMORY, 25, WSAENOBUFS, "no memory") \
	X(WSA_REASON_OUTCOME_TAKEN, 26, WSAECONNREFUSED, \
	  "another reader took the error; refusal is assumed") \
	X(WSA_REASON_OTHER, 27, 0, "an error without a rule of its own") \
	X(WSA_REASON_PEER_CONGESTED, 28, WSAENOBUFS, "the peer has no room for the call") \
	X(WSA_REASON_NO_TSAP, 29, WSAECONNREFUSED, "nobody answers for the called TSAP") \
	X(WSA_REASON_PEER_PROTOCOL, 30, WSAENETDOWN, \
	  "the peer and this end do not speak the same transport protocol") \
	X(WSA_REASON_NO_CONNECT_DATA, 31, WSAEPROTONOSUPPORT, \
	  "the class that the peer selected carries no connect data") \
	X(WSA_REASON_CALLEE_ROOM, 32, WSAEFAULT, \
	  "the callee's data does not fit into the room for it")

#define WSA_ERRORS_ENUM(name, number, text) name = number,
#define WSA_REASONS_ENUM(name, number, code, text) name = number,
enum { WSA_ERRORS(WSA_ERRORS_ENUM) };
enum wsa_reason { WSA_REASONS(WSA_REASONS_ENUM) };
#undef WSA_ERRORS_ENUM
#undef WSA_REASONS_ENUM

#endif /* _UAPI_LINUX_WSA_ERRORS_H */
