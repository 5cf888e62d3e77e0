// SPDX-License-Identifier: MIT
/* connect and WSAConnect: arguments, non-blocking attempts, waiting. */
#include "calls.h"

void test_connect_arguments(void)
{
	struct sockaddr_in in = at("127.0.0.1", closed_port());
	struct sockaddr_in6 in6;
	char data[4] = "abc";
	WSABUF caller = { 3, data }, none = { 0, data }, callee = { 4, data };
	SOCKET s = stream(), l, a, b;
	int port;
	QOS qos;
	char why[100];

	memset(&qos, 0, sizeof(qos));
	memset(&in6, 0, sizeof(in6));
	FAILS(WSAConnect(s, NULL, 16, NULL, NULL, NULL, NULL), WSAEFAULT,
	      "WSAConnect__null row 19");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, 15, NULL, NULL, NULL, NULL), WSAEFAULT,
	      "WSAConnect__short row 20");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, 0, NULL, NULL, NULL, NULL), WSAEFAULT,
	      "WSAConnect__zero row 21");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, -1, NULL, NULL, NULL, NULL), WSAEFAULT,
	      "WSAConnect__negative row 24");
	FAILS(WSAConnect(s, (struct sockaddr *)16, 16, NULL, NULL, NULL, NULL), WSAEFAULT,
	      "WSAConnect__unreadable row 25");
	FAILS(WSAConnect(s, (struct sockaddr *)16, 16, NULL, NULL, NULL, &qos), WSAEFAULT,
	      "WSAConnect__unreadable_and_gqos row 25");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), NULL, NULL, NULL, &qos), WSAEINVAL,
	      "WSAConnect__gqos row 31");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, 15, NULL, NULL, NULL, &qos), WSAEFAULT,
	      "WSAConnect__short_and_gqos row 32");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), NULL, NULL, (LPQOS)16, NULL),
	      WSAEFAULT, "WSAConnect__bad_sqos row 34");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), NULL, (LPWSABUF)16, NULL, NULL),
	      WSAEFAULT, "WSAConnect__bad_callee");
	qos.ProviderSpecific.buf = (char *)16;
	qos.ProviderSpecific.len = 8;
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), NULL, NULL, &qos, NULL), WSAEFAULT,
	      "WSAConnect__bad_provider row 34");
	qos.ProviderSpecific.buf = data;
	qos.ProviderSpecific.len = 4;
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), NULL, NULL, &qos, NULL), WSAEFAULT,
	      "WSAConnect__short_provider row 35");
	qos.ProviderSpecific.len = 0;
	qos.SendingFlowspec.ServiceType = SERVICETYPE_GUARANTEED;
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), NULL, NULL, &qos, NULL),
	      WSAEOPNOTSUPP, "WSAConnect__guaranteed rows 36 37");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), &caller, NULL, &qos, NULL),
	      WSAEPROTONOSUPPORT, "WSAConnect__caller_before_flow");
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), &caller, NULL, NULL, NULL),
	      WSAEPROTONOSUPPORT, "WSAConnect__caller row 40");
	in = at("0.0.0.0", 80);
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), &caller, NULL, NULL, NULL),
	      WSAEADDRNOTAVAIL, "WSAConnect__address_before_caller");
	FAILS(connect_to(s, "0.0.0.0", 80), WSAEADDRNOTAVAIL, "connect__any row 113");
	OK(wsaconnect_last_reason(why, sizeof(why)) == WSA_REASON_ADDR_ANY, "last_reason__any");
	printf("# %s\n", why);
	FAILS(connect_to(s, "127.0.0.1", 0), WSAEADDRNOTAVAIL, "connect__port_zero row 116");
	FAILS(connect_to(s, "255.255.255.255", 80), WSAEADDRNOTAVAIL, "connect__broadcast row 119");
	FAILS(connect_to(s, "224.0.0.1", 80), WSAEADDRNOTAVAIL, "connect__multicast row 120");
	in6.sin6_family = AF_INET6;
	FAILS(connect(s, (struct sockaddr *)&in6, sizeof(in6)), WSAEAFNOSUPPORT,
	      "connect__v6_on_v4 row 28");
	FAILS(getsockname(s, (struct sockaddr *)&in, &port), WSAEINVAL,
	      "connect__still_unbound row 47");

	l = listener(&port);
	in = at("127.0.0.1", port);
	FAILS(WSAConnect(l, (struct sockaddr *)&in, sizeof(in), &caller, NULL, NULL, NULL),
	      WSAEINVAL, "WSAConnect__listening row 57");
	FAILS(shutdown(l, SD_BOTH), WSAENOTCONN, "shutdown__listening row 103");
	callee.len = 4;
	memset(&qos, 0, sizeof(qos));
	qos.SendingFlowspec.ServiceType = SERVICETYPE_BESTEFFORT;
	WORKS(WSAConnect(s, (struct sockaddr *)&in, 128, &none, &callee, &qos, NULL),
	      "WSAConnect__best_effort rows 23 42 44");
	OK(callee.len == 0, "WSAConnect__callee_empty row 44");
	callee.len = 4;
	FAILS(WSAConnect(s, (struct sockaddr *)&in, sizeof(in), &caller, &callee, NULL, NULL),
	      WSAEISCONN, "WSAConnect__connected_before_caller row 94");
	OK(callee.len == 4, "WSAConnect__failure_leaves_callee");
	in.sin_family = AF_UNSPEC;
	FAILS(connect(s, (struct sockaddr *)&in, sizeof(in)), WSAEISCONN,
	      "connect__unspec_connected row 29");
	OK(option(s, SOL_SOCKET, SO_CONNECT_TIME) <= 1, "SO_CONNECT_TIME__connected row 231");
	FAILS(listen(s, 1), WSAEISCONN, "listen__connected");
	closesocket(s);
	closesocket(l);

	s = stream();
	OK(option(s, SOL_SOCKET, SO_CONNECT_TIME) == 0xffffffff,
	   "SO_CONNECT_TIME__unconnected row 230");
	FAILS(connect(s, (struct sockaddr *)&in, sizeof(in)), WSAEAFNOSUPPORT,
	      "connect__unspec row 30");
	FAILS(send(s, "x", 1, 0), WSAENOTCONN, "send__never_connected row 104");
	FAILS(recv(s, data, 1, 0), WSAENOTCONN, "recv__never_connected row 105");
	FAILS(shutdown(s, SD_SEND), WSAENOTCONN, "shutdown__unconnected row 102");
	FAILS(connect_to(s, "127.0.0.1", closed_port()), WSAECONNREFUSED,
	      "connect__refused row 71");
	OK(option(s, SOL_SOCKET, SO_ERROR) == 0, "SO_ERROR__blocking row 88");
	FAILS(connect_to(s, "198.51.100.1", 80), WSAENETUNREACH, "connect__no_route row 79");
	l = listener(&port);
	WORKS(connect_to(s, "127.0.0.1", port), "connect__retry row 83");
	closesocket(s);
	closesocket(l);
	pair(&a, &b);
	FAILS(connect_to(b, "127.0.0.1", 9), WSAEISCONN, "connect__accepted row 94");
	closesocket(a);
	closesocket(b);
}

static int settle(SOCKET s)	/* wait for a non-blocking attempt, by its effect */
{
	int i;

	for (i = 0; i < 200; i++) {
		struct sockaddr_in peer;
		int len = sizeof(peer);

		if (option(s, SOL_SOCKET, SO_ERROR))
			return -1;
		if (option(s, SOL_SOCKET, SO_CONNECT_TIME) != 0xffffffff &&
		    !getpeername(s, (struct sockaddr *)&peer, &len))
			return 0;
		usleep(10000);
	}
	return 1;
}

void test_nonblocking(void)
{
	int port, refused = closed_port(), len;
	SOCKET l = listener(&port), s = stream();
	struct sockaddr_in peer;
	char octet;

	nonblocking(s, 1);
	FAILS(connect_to(s, "127.0.0.1", port), WSAEWOULDBLOCK, "nonblocking__started row 49");
	OK(settle(s) == 0, "nonblocking__succeeds row 187");
	FAILS(connect_to(s, "127.0.0.1", port), WSAEISCONN, "nonblocking__again row 112");
	WORKS(send(s, "x", 1, 0), "nonblocking__send");
	FAILS(recv(s, &octet, 1, 0), WSAEWOULDBLOCK, "nonblocking__recv_empty");
	closesocket(s);

	s = stream();
	nonblocking(s, 1);
	FAILS(connect_to(s, "127.0.0.1", refused), WSAEWOULDBLOCK, "refused__started row 50");
	OK(settle(s) == -1, "refused__outcome row 74");
	OK(option(s, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED, "SO_ERROR__sticky row 85");
	OK(option(s, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED, "SO_ERROR__sticky_twice row 85");
	FAILS(recv(s, &octet, 1, 0), WSAENOTCONN, "refused__recv");
	FAILS(connect_to(s, "127.0.0.1", port), WSAEWOULDBLOCK, "refused__new_attempt row 84");
	for (len = 0; len < 100 && option(s, SOL_SOCKET, SO_ERROR); len++)
		usleep(10000);
	OK(settle(s) == 0 && option(s, SOL_SOCKET, SO_ERROR) == 0, "SO_ERROR__cleared row 87");
	closesocket(s);

	s = bound(stream());
	nonblocking(s, 1);
	connect_to(s, "127.0.0.1", refused);
	settle(s);
	WORKS(listen(s, 1), "refused__listen row 92");
	OK(option(s, SOL_SOCKET, SO_ERROR) == WSAECONNREFUSED, "refused__listen_so_error row 92");
	closesocket(s);

	/* 192.0.2.1 behind a dummy interface never answers */
	if (!system("ip link add calls1 type dummy && ip link set calls1 up") &&
	    !system("ip addr add 192.0.2.2/24 dev calls1") &&
	    !system("ip neigh replace 192.0.2.1 lladdr 02:00:00:00:00:01 dev calls1")) {
		s = stream();
		nonblocking(s, 1);
		FAILS(connect_to(s, "192.0.2.1", 9), WSAEWOULDBLOCK, "pending__started row 130");
		FAILS(connect_to(s, "192.0.2.1", 9), WSAEALREADY, "pending__again row 51");
		FAILS(connect_to(s, "127.0.0.1", port), WSAEALREADY, "pending__elsewhere row 52");
		OK(port_of(s) > 0, "pending__getsockname row 59");
		len = sizeof(peer);
		WORKS(getpeername(s, (struct sockaddr *)&peer, &len),
		      "pending__getpeername row 60");
		OK(ntohs(peer.sin_port) == 9, "pending__peer row 60");
		FAILS(recv(s, &octet, 1, 0), WSAENOTCONN, "pending__recv row 62");
		FAILS(send(s, "x", 1, 0), WSAENOTCONN, "pending__send row 63");
		FAILS(shutdown(s, SD_BOTH), WSAENOTCONN, "pending__shutdown row 64");
		FAILS(listen(s, 1), WSAEINVAL, "pending__listen row 65");
		peer = at("127.0.0.1", 0);
		FAILS(bind(s, (struct sockaddr *)&peer, sizeof(peer)), WSAEINVAL,
		      "pending__bind row 66");
		WORKS(closesocket(s), "pending__closesocket row 67");
	}
	closesocket(l);
}

static void on_signal(int number)
{
	(void)number;
}

struct job {
	SOCKET s;
	pthread_t victim;
	int delay_ms, times;
};

static void *closer(void *arg)
{
	struct job *job = arg;

	usleep(job->delay_ms * 1000);
	closesocket(job->s);
	return NULL;
}

static void *signaller(void *arg)
{
	struct job *job = arg;
	int i;

	for (i = 0; i < job->times; i++) {
		usleep(job->delay_ms * 1000);
		pthread_kill(job->victim, SIGUSR1);
	}
	return NULL;
}

static void *sender(void *arg)
{
	struct job *job = arg;

	usleep(job->delay_ms * 1000);
	send(job->s, "late", 4, 0);
	return NULL;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void test_waiting(void)
{
	struct sigaction action;
	struct job job, send_job;
	pthread_t thread, other;
	DWORD ms;
	SOCKET a, b, s;
	char buf[16];
	long start;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	sigaction(SIGUSR1, &action, NULL);

	s = stream();
	ms = 100;
	setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, (char *)&ms, sizeof(ms));
	job.s = s;
	job.delay_ms = 700;
	pthread_create(&thread, NULL, closer, &job);
	start = now_ms();
	FAILS(connect_to(s, "192.0.2.1", 9), WSAEINTR, "connect__closed_by_thread row 68");
	OK(now_ms() - start >= 600, "connect__not_ended_by_SO_SNDTIMEO row 70");
	OK(wsaconnect_last_reason(NULL, 0) == WSA_REASON_CANCELLED, "last_reason__cancelled");
	pthread_join(thread, NULL);

	s = stream();
	job.s = s;
	job.victim = pthread_self();
	job.delay_ms = 50;
	job.times = 5;
	send_job.s = s;
	send_job.delay_ms = 600;
	pthread_create(&thread, NULL, signaller, &job);
	pthread_create(&other, NULL, closer, &send_job);
	start = now_ms();
	FAILS(connect_to(s, "192.0.2.1", 9), WSAEINTR, "connect__signals_do_not_end_it row 69");
	OK(now_ms() - start >= 500, "connect__waited_through_signals row 69");
	pthread_join(thread, NULL);
	pthread_join(other, NULL);

	pair(&a, &b);
	job.s = a;
	send_job.s = b;
	send_job.delay_ms = 400;
	pthread_create(&thread, NULL, signaller, &job);
	pthread_create(&other, NULL, sender, &send_job);
	OK(recv(a, buf, sizeof(buf), 0) == 4, "recv__signals_do_not_end_it");
	pthread_join(thread, NULL);
	pthread_join(other, NULL);
	ms = 200;
	setsockopt(a, SOL_SOCKET, SO_RCVTIMEO, (char *)&ms, sizeof(ms));
	OK(option(a, SOL_SOCKET, SO_RCVTIMEO) == 200, "SO_RCVTIMEO__reads_back");
	FAILS(recv(a, buf, sizeof(buf), 0), WSAETIMEDOUT, "recv__time_limit");
	pthread_create(&thread, NULL, signaller, &job);
	start = now_ms();
	FAILS(recv(a, buf, sizeof(buf), 0), WSAETIMEDOUT, "recv__time_limit_with_signals");
	start = now_ms() - start;
	OK(start >= 190 && start < 600, "recv__time_limit_not_prolonged");
	pthread_join(thread, NULL);
	closesocket(a);
	closesocket(b);
}
