// SPDX-License-Identifier: MIT
/*
 * calls - the library's calls, in one process over loopback, wsa.ko loaded
 *
 * TAP on stdout. Every case names the rows of the matrix it stands for.
 */
#include "calls.h"

int count, bad;

void ok_at(int good, const char *name, int line)
{
	count++;
	if (good) {
		printf("ok %d %s\n", count, name);
		return;
	}
	bad++;
	printf("not ok %d %s\n# line %d, last error %d\n", count, name, line, WSAGetLastError());
}

static void test_startup(void)
{
	WSADATA data;

	FAILS(socket(AF_INET, SOCK_STREAM, 0), WSANOTINITIALISED, "socket__before_startup row 1");
	FAILS(WSACleanup(), WSANOTINITIALISED, "WSACleanup__count_zero row 4");
	OK(WSAStartup(MAKEWORD(0, 1), &data) == WSAVERNOTSUPPORTED, "WSAStartup__major_zero row 7");
	OK(WSAStartup(MAKEWORD(2, 2), NULL) == WSAEFAULT, "WSAStartup__null row 8");
	OK(WSAStartup(MAKEWORD(2, 2), (LPWSADATA)16) == WSAEFAULT, "WSAStartup__bad_pointer row 8");
	FAILS(WSACleanup(), WSANOTINITIALISED, "WSAStartup__failure_does_not_count rows 7 8");
	OK(WSAStartup(MAKEWORD(9, 9), &data) == 0 && data.wVersion == 0x0202,
	   "WSAStartup__higher row 6");
	OK(WSAStartup(MAKEWORD(2, 2), &data) == 0 && data.wHighVersion == 0x0202,
	   "WSAStartup__2_2 row 5");
	WORKS(WSACleanup(), "WSACleanup__counted row 2");
}

static void test_socket(void)
{
	WSAPROTOCOL_INFOA info;
	int len = sizeof(info);
	SOCKET s;

	FAILS(socket(0, 0, 0), WSAEINVAL, "socket__nothing");
	FAILS(socket(77, SOCK_STREAM, 0), WSAEAFNOSUPPORT, "socket__bad_family");
	FAILS(socket(AF_INET, 77, 0), WSAESOCKTNOSUPPORT, "socket__bad_type");
	FAILS(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), WSAEPROTONOSUPPORT,
	      "socket__bad_protocol");
	FAILS(WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0x4000), WSAEINVAL,
	      "WSASocket__bad_flag");
	s = WSASocketA(AF_UNSPEC, 0, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
	OK(option(s, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM, "WSASocket__type_from_protocol");
	WORKS(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &len),
	      "SO_PROTOCOL_INFO__get row 237");
	OK(info.iProtocol == IPPROTO_UDP && info.dwServiceFlags1 == 0x20609,
	   "SO_PROTOCOL_INFO__values row 237");
	closesocket(s);
	s = WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0,
		       WSA_FLAG_NO_HANDLE_INHERIT);
	OK(option(s, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM, "WSASocket__from_protocol_info");
	WORKS(closesocket(s), "closesocket__works");
	FAILS(closesocket(s), WSAENOTSOCK, "closesocket__twice row 13");
	FAILS(connect_to(INVALID_SOCKET, "127.0.0.1", 1), WSAENOTSOCK,
	      "connect__invalid_socket row 13");
	FAILS(connect_to(1, "127.0.0.1", 1), WSAENOTSOCK, "connect__file row 14");
	s = socket(AF_INET6, SOCK_STREAM, 0);
	OK(option(s, IPPROTO_IPV6, IPV6_V6ONLY) == 1, "IPV6_V6ONLY__default row 124");
	closesocket(s);
}

static void test_bind(void)
{
	struct sockaddr_in in = at("127.0.0.1", 0);
	struct sockaddr_in6 in6;
	SOCKET s = stream(), t = stream(), v6 = socket(AF_INET6, SOCK_STREAM, 0);
	int on = 1, len = sizeof(in), port;

	FAILS(getsockname(s, (struct sockaddr *)&in, &len), WSAEINVAL,
	      "getsockname__fresh row 132");
	OK(in.sin_family == AF_INET && len == sizeof(in), "getsockname__untouched row 132");
	FAILS(getpeername(s, NULL, NULL), WSAENOTCONN, "getpeername__fresh_null row 133");
	FAILS(listen(s, 1), WSAEINVAL, "listen__unbound");
	FAILS(bind(s, NULL, 16), WSAEFAULT, "bind__null row 19");
	FAILS(bind(s, (struct sockaddr *)&in, 15), WSAEFAULT, "bind__short row 20");
	FAILS(bind(v6, (struct sockaddr *)&in, 16), WSAEFAULT, "bind__short_v6 row 22");
	in.sin_family = 0xdead;
	FAILS(bind(s, (struct sockaddr *)&in, sizeof(in)), WSAEAFNOSUPPORT, "bind__family row 26");
	in = at("192.0.2.1", 0);
	FAILS(bind(s, (struct sockaddr *)&in, sizeof(in)), WSAEADDRNOTAVAIL,
	      "bind__not_local row 141");
	in = at("127.0.0.1", 0);
	WORKS(bind(s, (struct sockaddr *)&in, sizeof(in)), "bind__works");
	FAILS(bind(s, (struct sockaddr *)&in, sizeof(in)), WSAEINVAL, "bind__twice row 139");
	port = port_of(s);
	in = at("127.0.0.1", port);
	FAILS(bind(t, (struct sockaddr *)&in, sizeof(in)), WSAEADDRINUSE, "bind__taken row 142");
	setsockopt(t, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof(on));
	FAILS(bind(t, (struct sockaddr *)&in, sizeof(in)), WSAEACCES, "bind__taken_reuse row 143");
	FAILS(setsockopt(t, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof(on)), WSAEINVAL,
	      "exclusive__after_reuse");
	len = 15;
	FAILS(getsockname(s, (struct sockaddr *)&in, &len), WSAEFAULT,
	      "getsockname__short row 135");
	OK(len == 15, "getsockname__len_untouched row 135");
	memset(&in6, 0, sizeof(in6));
	in6.sin6_family = AF_INET6;
	inet_pton(AF_INET6, "fe80::1234", &in6.sin6_addr);
	FAILS(bind(v6, (struct sockaddr *)&in6, sizeof(in6)), WSAEADDRNOTAVAIL,
	      "bind__link_local_not_ours row 128");
	in6.sin6_scope_id = 999;
	FAILS(bind(v6, (struct sockaddr *)&in6, sizeof(in6)), WSAEADDRNOTAVAIL,
	      "bind__bogus_scope row 128");
	in6.sin6_scope_id = 0;
	if (!system("ip link add calls0 type dummy && ip link set calls0 up") &&
	    !system("ip addr add fe80::77/64 dev calls0 nodad")) {
		inet_pton(AF_INET6, "fe80::77", &in6.sin6_addr);
		WORKS(bind(v6, (struct sockaddr *)&in6, sizeof(in6)),
		      "bind__link_local_scope_0 row 127");
	}
	closesocket(s);
	closesocket(t);
	closesocket(v6);
}

static void test_time_wait(void)
{
	int port;
	SOCKET l = listener(&port), c = stream(), a, again;
	struct sockaddr_in in = at("127.0.0.1", port);
	char octet;

	connect_to(c, "127.0.0.1", port);
	a = accept(l, NULL, NULL);
	closesocket(a);		/* the listener's side closes first: its end rests */
	recv(c, &octet, 1, 0);
	closesocket(c);
	closesocket(l);
	again = stream();
	WORKS(bind(again, (struct sockaddr *)&in, sizeof(in)), "bind__over_time_wait row 149");
	WORKS(listen(again, 5), "listen__over_time_wait row 149");
	l = stream();
	FAILS(bind(l, (struct sockaddr *)&in, sizeof(in)), WSAEADDRINUSE,
	      "bind__taken_by_listener row 142");
	closesocket(again);
	closesocket(l);
}

static void test_names(void)
{
	ADDRINFOA hints, *info;
	struct in_addr a;
	char text[64];
	WCHAR wide[32];
	SOCKET s;
	int i;

	OK(inet_addr("127.0.0.1") == htonl(INADDR_LOOPBACK) && inet_addr("bogus") == INADDR_NONE,
	   "inet_addr__values");
	a.s_addr = inet_addr("10.1.2.3");
	OK(!strcmp(inet_ntoa(a), "10.1.2.3"), "inet_ntoa__value");
	FAILS(inet_pton(77, "x", &a), WSAEAFNOSUPPORT, "inet_pton__family");
	WSASetLastError(0);
	OK(!inet_ntop(AF_INET, &a, text, 3) && WSAGetLastError() == WSA_INVALID_PARAMETER,
	   "inet_ntop__small");
	OK(InetNtopW(AF_INET, &a, wide, 32) && wide[0] == '1' && wide[8] == 0 &&
	   InetPtonW(AF_INET, wide, &a) == 1,
	   "InetNtopW__and_back");
	WORKS(gethostname(text, sizeof(text)), "gethostname__works");
	FAILS(gethostname(text, 1), WSAEFAULT, "gethostname__small");
	OK(getaddrinfo(NULL, NULL, NULL, &info) == WSAHOST_NOT_FOUND, "getaddrinfo__nothing");
	OK(getaddrinfo("127.0.0.1", "80", NULL, &info) == 0 && !info->ai_next &&
	   info->ai_addrlen == 16,
	   "getaddrinfo__no_hints");
	s = socket(info->ai_family, info->ai_socktype, info->ai_protocol);
	OK(s != INVALID_SOCKET, "getaddrinfo__fits_socket");
	closesocket(s);
	freeaddrinfo(info);
	memset(&hints, 0, sizeof(hints));
	hints.ai_flags = AI_NUMERICHOST;
	OK(getaddrinfo("no.such", "80", &hints, &info) == WSAHOST_NOT_FOUND,
	   "getaddrinfo__not_numeric");
	hints.ai_family = 77;
	OK(getaddrinfo("1.2.3.4", "80", &hints, &info) == WSAEAFNOSUPPORT, "getaddrinfo__family");
	for (i = 0; i < 2; i++)
		OK(!strcmp(wsaconnect_error_name(i ? 10061 : 11001),
			   i ? "WSAECONNREFUSED" : "WSAHOST_NOT_FOUND"),
		   "error_name__known");
	OK(!wsaconnect_error_name(4711), "error_name__unknown");
}

static char *self_path;

/* A socket that came over exec is one of ours as soon as it is used. */
static int child(SOCKET s)
{
	WSADATA data;
	char octet;

	if (WSAStartup(MAKEWORD(2, 2), &data))
		return 1;
	if (send(s, "c", 1, 0) != 1 || recv(s, &octet, 1, 0) != 1 || octet != 'p')
		return 2;
	if (shutdown(s, SD_SEND) || option(s, SOL_SOCKET, SO_TYPE) != SOCK_STREAM)
		return 3;
	return closesocket(s) || WSACleanup() ? 4 : 0;
}

static void test_inherited(void)
{
	SOCKET a, b;
	char command[300], octet = 0;
	FILE *run;

	pair(&a, &b);
	snprintf(command, sizeof(command), "%s child %d", self_path, (int)b);
	run = popen(command, "r");
	OK(recv(a, &octet, 1, 0) == 1 && octet == 'c', "inherited__sends");
	WORKS(send(a, "p", 1, 0), "inherited__receives");
	OK(recv(a, &octet, 1, 0) == 0, "inherited__shutdown");
	OK(pclose(run) == 0, "inherited__exits");
	/* the other process shut the connection down, this one is told by the kernel */
	FAILS(send(b, "x", 1, 0), WSAESHUTDOWN, "inherited__shared_shutdown");
	closesocket(a);
	closesocket(b);
}

static void test_cleanup(void)
{
	SOCKET s = stream(), i;
	WSADATA data;

	for (i = 0; i < 3000 && s < 900; i++)
		s = stream();
	WORKS(WSACleanup(), "WSACleanup__last row 3");
	FAILS(send(s, "x", 1, 0), WSANOTINITIALISED, "send__after_cleanup row 1");
	OK(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup__again");
	FAILS(send(s, "x", 1, 0), WSAENOTSOCK, "send__closed_by_cleanup row 3");
	WSACleanup();
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return child((SOCKET)atoi(argv[2]));
	self_path = argv[0];
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_DFL);
	alarm(60);
	if (system("ip link set lo up"))
		return 99;
	test_startup();
	test_socket();
	test_bind();
	test_time_wait();
	test_connect_arguments();
	test_nonblocking();
	test_waiting();
	test_stream();
	test_dgram();
	test_names();
	test_inherited();
	test_cleanup();
	printf("1..%d\n", count);
	return bad != 0;
}
