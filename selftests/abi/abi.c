// SPDX-License-Identifier: GPL-2.0
/*
 * The binary interface, in numbers: what a program was compiled with stays true.
 * Nothing but the interface is included, so it also proves to stand alone.
 */
#include <linux/wsa.h>
#include <linux/wsa_errors.h>
#include <linux/wsa_netlink.h>

#ifdef __cplusplus
#define IS(value, number) static_assert((value) == (number), #value)
#else
#define IS(value, number) _Static_assert((value) == (number), #value)
#endif
#define AT(type, member, offset) IS(__builtin_offsetof(struct type, member), offset)

IS(WSA_ABI, 1);
IS(WSA_FAMILY_DEFAULT, 18);
IS(WSA_PROTO(2, 6), 0x20006);
IS(WSA_PROTO(10, 255), 0xa00ff);
IS(WSA_PROTO_AF(0xa00ff), 10);
IS(WSA_PROTO_IP(0xa00ff), 255);

IS(sizeof(struct wsa_features), 24);
AT(wsa_features, size, 0);
AT(wsa_features, flags, 4);
AT(wsa_features, abi, 8);
AT(wsa_features, family, 12);
AT(wsa_features, features, 16);
IS(WSA_FEATURE_CONNECT, 0x1);
IS(WSA_FEATURE_DGRAM, 0x2);
IS(WSA_FEATURE_CANCEL, 0x4);
IS(WSA_FEATURE_COMPAT, 0x8);
IS(WSA_FEATURE_CHECK, 0x10);
IS(WSA_FEATURE_QOS, 0x40);
IS(sizeof(WSA_FEATURE_CONNECT), 8);

IS(sizeof(enum wsa_compat), 4);
IS(WSA_COMPAT_DOCUMENTED, 0);
IS(WSA_COMPAT_WINDOWS, 1);

IS(sizeof(struct wsa_adopt), 16);
AT(wsa_adopt, size, 0);
AT(wsa_adopt, flags, 4);
AT(wsa_adopt, fd, 8);
AT(wsa_adopt, compat, 12);

IS(sizeof(struct wsa_attempt), 24);
AT(wsa_attempt, size, 0);
AT(wsa_attempt, flags, 4);
AT(wsa_attempt, attempt, 8);
AT(wsa_attempt, error, 12);
AT(wsa_attempt, wsa, 16);
AT(wsa_attempt, reason, 20);

IS(WSA_STATE_IDLE, 0);
IS(WSA_STATE_PENDING, 1);
IS(WSA_STATE_CONNECTED, 2);
IS(WSA_STATE_FAILED, 3);
IS(WSA_STATE_LISTENING, 4);
IS(WSA_STATE_CLOSED, 5);

IS(sizeof(struct wsa_state), 64);
AT(wsa_state, size, 0);
AT(wsa_state, flags, 4);
AT(wsa_state, state, 8);
AT(wsa_state, so_error, 12);
AT(wsa_state, attempt, 16);
AT(wsa_state, peer_len, 20);
AT(wsa_state, compat, 24);
AT(wsa_state, reserved, 28);
AT(wsa_state, peer, 32);
IS(sizeof(((struct wsa_state *)0)->peer), 32);
IS(WSA_STATE_F_BOUND, 0x1);
IS(WSA_STATE_F_SHUT_RD, 0x2);
IS(WSA_STATE_F_SHUT_WR, 0x4);
IS(WSA_STATE_F_SELECTED, 0x8);

IS(sizeof(struct wsa_cancel), 8);
AT(wsa_cancel, size, 0);
AT(wsa_cancel, flags, 4);

IS(sizeof(struct wsa_compat_set), 16);
AT(wsa_compat_set, size, 0);
AT(wsa_compat_set, flags, 4);
AT(wsa_compat_set, compat, 8);
AT(wsa_compat_set, reserved, 12);

IS(sizeof(struct wsa_check), 32);
AT(wsa_check, size, 0);
AT(wsa_check, flags, 4);
AT(wsa_check, name, 8);
AT(wsa_check, namelen, 16);
AT(wsa_check, wsa, 20);
AT(wsa_check, reason, 24);
AT(wsa_check, reserved, 28);

IS(sizeof(struct wsa_event_select), 16);
AT(wsa_event_select, size, 0);
AT(wsa_event_select, flags, 4);
AT(wsa_event_select, eventfd, 8);
AT(wsa_event_select, mask, 12);
IS(WSA_SELECT_F_MESSAGES, 0x1);

IS(sizeof(struct wsa_event_enum), 56);
AT(wsa_event_enum, size, 0);
AT(wsa_event_enum, flags, 4);
AT(wsa_event_enum, eventfd, 8);
AT(wsa_event_enum, events, 12);
AT(wsa_event_enum, error, 16);
IS(WSA_ENUM_F_RESET, 0x1);

IS(WSA_EVENT_READ, 0x1);
IS(WSA_EVENT_WRITE, 0x2);
IS(WSA_EVENT_OOB, 0x4);
IS(WSA_EVENT_ACCEPT, 0x8);
IS(WSA_EVENT_CONNECT, 0x10);
IS(WSA_EVENT_CLOSE, 0x20);
IS(WSA_EVENT_QOS, 0x40);
IS(WSA_EVENT_GROUP_QOS, 0x80);
IS(WSA_EVENT_ROUTING, 0x100);
IS(WSA_EVENT_ADDRESSES, 0x200);
IS(WSA_EVENT_ALL, 0x3ff);

IS(sizeof(struct wsa_flowspec), 32);
AT(wsa_flowspec, token_rate, 0);
AT(wsa_flowspec, token_bucket, 4);
AT(wsa_flowspec, peak_bandwidth, 8);
AT(wsa_flowspec, latency, 12);
AT(wsa_flowspec, delay_variation, 16);
AT(wsa_flowspec, service_type, 20);
AT(wsa_flowspec, max_sdu, 24);
AT(wsa_flowspec, min_policed, 28);

IS(sizeof(struct wsa_qos_set), 120);
AT(wsa_qos_set, size, 0);
AT(wsa_qos_set, flags, 4);
AT(wsa_qos_set, sending, 8);
AT(wsa_qos_set, receiving, 40);
AT(wsa_qos_set, objects, 72);
AT(wsa_qos_set, name, 80);
AT(wsa_qos_set, objects_len, 88);
AT(wsa_qos_set, namelen, 92);
AT(wsa_qos_set, cookie, 96);
AT(wsa_qos_set, wsa, 104);
AT(wsa_qos_set, status, 108);
AT(wsa_qos_set, ifindex, 112);
AT(wsa_qos_set, classid, 116);
IS(WSA_QOS_SET_KEPT, 0x1);
IS(WSA_QOS_SET_UNSTAGE, 0x2);
IS(WSA_QOS_OBJECTS_MAX, 1024);

IS(sizeof(struct wsa_qos_get), 96);
AT(wsa_qos_get, size, 0);
AT(wsa_qos_get, flags, 4);
AT(wsa_qos_get, sending, 8);
AT(wsa_qos_get, receiving, 40);
AT(wsa_qos_get, status, 72);
AT(wsa_qos_get, ifindex, 76);
AT(wsa_qos_get, classid, 80);
AT(wsa_qos_get, dscp, 84);
AT(wsa_qos_get, bound, 88);
IS(WSA_QOS_KEPT, 0x1);
IS(WSA_QOS_ACTIVE, 0x2);
IS(WSA_QOS_STAGED, 0x4);
IS(WSA_QOS_LOST, 0x8);

IS(WSA_POOL_IFINDEX, 2);
IS(WSA_POOL_PARENT, 3);
IS(WSA_POOL_RATE, 4);
IS(WSA_POOL_SHARE, 5);
IS(WSA_POOL_FLOWS_PER_USER, 6);
IS(WSA_POOL_FLOWS, 7);
IS(WSA_POOL_MADE, 8);
IS(WSA_POOL_QDISC, 9);
IS(WSA_POOL_PROMISED, 10);
IS(WSA_POOL_ACTIVE, 11);
IS(WSA_CMD_POOL_ENABLE, 1);
IS(WSA_CMD_POOL_DISABLE, 2);
IS(WSA_CMD_POOL_GET, 3);

IS(WSA_IOC_FEATURES, 0xe700);
IS(WSA_IOC_ADOPT, 0xe701);
IS(WSA_IOC_ATTEMPT, 0xe702);
IS(WSA_IOC_STATE, 0xe703);
IS(WSA_IOC_CANCEL, 0xe704);
IS(WSA_IOC_COMPAT, 0xe705);
IS(WSA_IOC_CHECK, 0xe706);
IS(WSA_IOC_EVENT_SELECT, 0xe707);
IS(WSA_IOC_EVENT_ENUM, 0xe708);
IS(WSA_IOC_QOS_SET, 0xe709);
IS(WSA_IOC_QOS_GET, 0xe70a);

IS(WSA_INVALID_HANDLE, 6);
IS(WSA_NOT_ENOUGH_MEMORY, 8);
IS(WSA_INVALID_PARAMETER, 87);
IS(WSA_WAIT_IO_COMPLETION, 192);
IS(WSA_OPERATION_ABORTED, 995);
IS(WSA_IO_INCOMPLETE, 996);
IS(WSA_IO_PENDING, 997);
IS(WSAEINTR, 10004);
IS(WSAEBADF, 10009);
IS(WSAEACCES, 10013);
IS(WSAEFAULT, 10014);
IS(WSAEINVAL, 10022);
IS(WSAEMFILE, 10024);
IS(WSAEWOULDBLOCK, 10035);
IS(WSAEINPROGRESS, 10036);
IS(WSAEALREADY, 10037);
IS(WSAENOTSOCK, 10038);
IS(WSAEDESTADDRREQ, 10039);
IS(WSAEMSGSIZE, 10040);
IS(WSAEPROTOTYPE, 10041);
IS(WSAENOPROTOOPT, 10042);
IS(WSAEPROTONOSUPPORT, 10043);
IS(WSAESOCKTNOSUPPORT, 10044);
IS(WSAEOPNOTSUPP, 10045);
IS(WSAEPFNOSUPPORT, 10046);
IS(WSAEAFNOSUPPORT, 10047);
IS(WSAEADDRINUSE, 10048);
IS(WSAEADDRNOTAVAIL, 10049);
IS(WSAENETDOWN, 10050);
IS(WSAENETUNREACH, 10051);
IS(WSAENETRESET, 10052);
IS(WSAECONNABORTED, 10053);
IS(WSAECONNRESET, 10054);
IS(WSAENOBUFS, 10055);
IS(WSAEISCONN, 10056);
IS(WSAENOTCONN, 10057);
IS(WSAESHUTDOWN, 10058);
IS(WSAETOOMANYREFS, 10059);
IS(WSAETIMEDOUT, 10060);
IS(WSAECONNREFUSED, 10061);
IS(WSAELOOP, 10062);
IS(WSAENAMETOOLONG, 10063);
IS(WSAEHOSTDOWN, 10064);
IS(WSAEHOSTUNREACH, 10065);
IS(WSAENOTEMPTY, 10066);
IS(WSAEPROCLIM, 10067);
IS(WSAEUSERS, 10068);
IS(WSAEDQUOT, 10069);
IS(WSAESTALE, 10070);
IS(WSAEREMOTE, 10071);
IS(WSASYSNOTREADY, 10091);
IS(WSAVERNOTSUPPORTED, 10092);
IS(WSANOTINITIALISED, 10093);
IS(WSAEDISCON, 10101);
IS(WSAENOMORE, 10102);
IS(WSAECANCELLED, 10103);
IS(WSAEINVALIDPROCTABLE, 10104);
IS(WSAEINVALIDPROVIDER, 10105);
IS(WSAEPROVIDERFAILEDINIT, 10106);
IS(WSASYSCALLFAILURE, 10107);
IS(WSASERVICE_NOT_FOUND, 10108);
IS(WSATYPE_NOT_FOUND, 10109);
IS(WSA_E_NO_MORE, 10110);
IS(WSA_E_CANCELLED, 10111);
IS(WSAEREFUSED, 10112);
IS(WSAHOST_NOT_FOUND, 11001);
IS(WSATRY_AGAIN, 11002);
IS(WSANO_RECOVERY, 11003);
IS(WSANO_DATA, 11004);
IS(WSA_QOS_RECEIVERS, 11005);
IS(WSA_QOS_SENDERS, 11006);
IS(WSA_QOS_NO_SENDERS, 11007);
IS(WSA_QOS_NO_RECEIVERS, 11008);
IS(WSA_QOS_REQUEST_CONFIRMED, 11009);
IS(WSA_QOS_ADMISSION_FAILURE, 11010);
IS(WSA_QOS_POLICY_FAILURE, 11011);
IS(WSA_QOS_BAD_STYLE, 11012);
IS(WSA_QOS_BAD_OBJECT, 11013);
IS(WSA_QOS_TRAFFIC_CTRL_ERROR, 11014);
IS(WSA_QOS_GENERIC_ERROR, 11015);
IS(WSA_QOS_ESERVICETYPE, 11016);
IS(WSA_QOS_EFLOWSPEC, 11017);
IS(WSA_QOS_EPROVSPECBUF, 11018);
IS(WSA_QOS_EFILTERSTYLE, 11019);
IS(WSA_QOS_EFILTERTYPE, 11020);
IS(WSA_QOS_EFILTERCOUNT, 11021);
IS(WSA_QOS_EOBJLENGTH, 11022);
IS(WSA_QOS_EFLOWCOUNT, 11023);
IS(WSA_QOS_EUNKNOWNPSOBJ, 11024);
IS(WSA_QOS_EPOLICYOBJ, 11025);
IS(WSA_QOS_EFLOWDESC, 11026);
IS(WSA_QOS_EPSFLOWSPEC, 11027);
IS(WSA_QOS_EPSFILTERSPEC, 11028);
IS(WSA_QOS_ESDMODEOBJ, 11029);
IS(WSA_QOS_ESHAPERATEOBJ, 11030);
IS(WSA_QOS_RESERVED_PETYPE, 11031);
IS(WSA_SECURE_HOST_NOT_FOUND, 11032);
IS(WSA_IPSEC_NAME_POLICY_ERROR, 11033);

IS(WSA_REASON_NONE, 0);
IS(WSA_REASON_STARTED, 1);
IS(WSA_REASON_NAME_SHORT, 2);
IS(WSA_REASON_LISTENING, 3);
IS(WSA_REASON_PENDING, 4);
IS(WSA_REASON_CONNECTED, 5);
IS(WSA_REASON_FAMILY, 6);
IS(WSA_REASON_ADDR_ANY, 7);
IS(WSA_REASON_PORT_ZERO, 8);
IS(WSA_REASON_ADDR_BROADCAST, 9);
IS(WSA_REASON_ADDR_MULTICAST, 10);
IS(WSA_REASON_SCOPE, 11);
IS(WSA_REASON_V6ONLY, 12);
IS(WSA_REASON_SO_BROADCAST, 13);
IS(WSA_REASON_PORTS_EXHAUSTED, 14);
IS(WSA_REASON_TUPLE_IN_USE, 15);
IS(WSA_REASON_SOURCE, 16);
IS(WSA_REASON_NO_ROUTE, 17);
IS(WSA_REASON_HOST_UNREACHABLE, 18);
IS(WSA_REASON_NET_DOWN, 19);
IS(WSA_REASON_POLICY, 20);
IS(WSA_REASON_REFUSED, 21);
IS(WSA_REASON_TIMED_OUT, 22);
IS(WSA_REASON_CANCELLED, 23);
IS(WSA_REASON_SIGNAL, 24);
IS(WSA_REASON_NO_MEMORY, 25);
IS(WSA_REASON_OUTCOME_TAKEN, 26);
IS(WSA_REASON_OTHER, 27);
