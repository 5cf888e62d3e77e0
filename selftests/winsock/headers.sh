#!/bin/bash
# headers: the staged headers compile in programs as they are, in C and C++, in any order; nothing
# is run. Prints TAP.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
root=$top/build/userlib-root/usr/local
inc=$root/include/wsaconnect
[ -f "$inc/winsock2.h" ] || { echo "headers: $inc is missing: run 'make userlib' first" >&2; exit 1; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0 failed=0

# compile NAME COMPILER... <SOURCE: must compile without a warning.
compile() {
	local name=$1
	shift
	n=$((n + 1))
	cat >"$tmp/source"
	if "$@" -Wall -Wextra -Werror -I"$inc" -c -o "$tmp/object" "$tmp/source" >"$tmp/log" 2>&1; then
		echo "ok $n $name"
	else
		failed=1
		echo "not ok $n $name"
		sed 's/^/# /' "$tmp/log" | head -20
	fi
}

# refuse NAME PATTERN COMPILER... <SOURCE: must not compile, and the message says why.
refuse() {
	local name=$1 pattern=$2
	shift 2
	n=$((n + 1))
	cat >"$tmp/source"
	if ! "$@" -I"$inc" -c -o "$tmp/object" "$tmp/source" >"$tmp/log" 2>&1 && grep -q "$pattern" "$tmp/log"; then
		echo "ok $n $name"
	else
		failed=1
		echo "not ok $n $name"
		sed 's/^/# /' "$tmp/log" | head -20
	fi
}

# What every order has to leave right: widths, layouts, and a call of each kind.
body='
#define SAME(what, size) typedef char size_of_##what[sizeof(what) == (size) ? 1 : -1]
SAME(ULONG, 4); SAME(LONG, 4); SAME(DWORD, 4); SAME(u_long, 4); SAME(WORD, 2); SAME(BYTE, 1);
SAME(WCHAR, 2); SAME(BOOL, 4); SAME(USHORT, 2); SAME(SOCKET, sizeof(void *)); SAME(FLOWSPEC, 32);
SAME(SOCKADDR_IN, 16); SAME(SOCKADDR_IN6, 28); SAME(SOCKADDR_STORAGE, 128); SAME(LINGER, 4);
SAME(WSAPOLLFD, 2 * sizeof(void *));
SAME(WSANETWORKEVENTS, 44); SAME(MSG, 4 * sizeof(void *));
SAME(WSABUF, 2 * sizeof(void *)); SAME(WSAPROTOCOL_INFOA, 372); SAME(WSAPROTOCOL_INFOW, 628);
int use(const struct sockaddr *, int);
int use(const struct sockaddr *name, int len)
{
	WSADATA data;
	SOCKET s;
	u_long on = 1;
	struct timeval tv = { 1, 2 };
	fd_set set;
	struct pollfd fds[2];

	if (WSAStartup(MAKEWORD(2, 2), &data) || LOBYTE(data.wVersion) != 2)
		return 1;
	s = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
	if (s == INVALID_SOCKET || ioctlsocket(s, FIONBIO, &on) == SOCKET_ERROR)
		return WSAGetLastError();
	FD_ZERO(&set);
	FD_SET(s, &set);
	fds[0].fd = s;
	fds[0].events = POLLIN | POLLOUT;
	if (select(0, &set, 0, &set, &tv) == SOCKET_ERROR || WSAPoll(fds, 1, 0) == SOCKET_ERROR)
		return fds[0].revents & (POLLERR | POLLHUP | POLLNVAL);
	if (bind(s, name, len) || connect(s, name, len) || send(s, "x", 1, 0) != 1)
		return FD_ISSET(s, &set) && tv.tv_sec ? htons(1) : 0;
	if (WSAConnect(s, name, len, 0, 0, 0, 0) && WSAGetLastError() == WSAEWOULDBLOCK)
		return 2;
	return closesocket(s) || WSACleanup();
}'

winsock='#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <winsock.h>
#include <wsamessage.h>
#include <wsaconnect.h>'
reversed='#include <wsaconnect.h>
#include <wsamessage.h>
#include <wsaapc.h>
#include <winsock.h>
#include <mswsock.h>
#include <ws2tcpip.h>
#include <winsock2.h>'
libc='#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <signal.h>
#include <pthread.h>
#include <sys/time.h>
#include <sys/wait.h>'
harmless='#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <netdb.h>'

for std in c90 gnu90 c11 gnu17; do
	compile "${std}__alone" gcc -std=$std -pedantic -x c <<<"$winsock$body"
	compile "${std}__reversed" gcc -std=$std -pedantic -x c <<<"$reversed$body"
	compile "${std}__libc_first" gcc -std=$std -pedantic -x c <<<"$libc
$winsock$body"
	compile "${std}__libc_last" gcc -std=$std -pedantic -x c <<<"$winsock
$libc$body"
	compile "${std}__between" gcc -std=$std -pedantic -x c <<<"#include <stdlib.h>
#include <winsock2.h>
#include <unistd.h>
#include <ws2tcpip.h>
#include <wsamessage.h>
$harmless
#include <stdio.h>$body"
done
numbers='
typedef char numbers[POLLIN == 0x300 && POLLOUT == 0x10 && POLLERR == 1 && POLLHUP == 2 && POLLNVAL == 4 ? 1 : -1];'
compile gnu11__poll_first gcc -std=gnu11 -x c <<<"#include <poll.h>
static int plain(struct pollfd *fds) { return poll(fds, POLLIN == 1, 0); }
int (*keep)(struct pollfd *) = plain;
$winsock$numbers$body"
compile gnu11__poll_last gcc -std=gnu11 -x c <<<"$winsock
#include <poll.h>$numbers$body"
compile gnu11__own_set_size gcc -std=gnu11 -x c <<<"#define FD_SETSIZE 4096
$winsock
typedef char set_size[sizeof(fd_set) == (4096 + 1) * sizeof(SOCKET) ? 1 : -1];$body"
compile gnu11__own_set_size_after_libc gcc -std=gnu11 -x c <<<"$libc
#undef FD_SETSIZE
#define FD_SETSIZE 256
$winsock
typedef char set_size[sizeof(fd_set) == (256 + 1) * sizeof(SOCKET) ? 1 : -1];$body"
compile gnu11__all_warnings gcc -std=gnu11 -O2 -D_GNU_SOURCE -Wshadow -Wundef -Wstrict-prototypes -x c <<<"$libc
$winsock
$harmless$body"
compile gnu11__ilp32 gcc -m32 -std=gnu11 -fsyntax-only -x c <<<"$winsock$body"

methods='
struct peer {
	int connect(int a) { return a; }
	int send(int a) { return a; }
	int select(int a) { return a; }
	int bind(int a) { return a; }
	int accept(int a) { return a; }
	int listen = 0;
	int socket = 0;
};
static int add(int a, int b) { return a + b; }
int methods();
int methods()
{
	peer p;
	auto one = std::bind(add, 1, std::placeholders::_1);
	std::mutex mutex;
	std::lock_guard<std::mutex> guard(mutex);
	std::thread thread([] {});
	thread.join();
	return p.connect(1) + p.send(2) + p.select(3) + p.bind(4) + p.accept(5) + one(6) + p.listen + p.socket;
}'
cxx='#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <iostream>'
for std in c++11 c++17 gnu++20; do
	compile "${std}__cxx_first" g++ -std=$std -x c++ <<<"$cxx
$libc
$winsock$body$methods"
	compile "${std}__cxx_last" g++ -std=$std -x c++ <<<"$winsock
$cxx
$libc$body$methods"
	compile "${std}__methods_before" g++ -std=$std -x c++ <<<"$cxx$methods
$winsock$body"
done

for header in sys/socket.h netinet/in.h arpa/inet.h netdb.h; do
	refuse "explained__${header//[.\/]/_}_first" "include <winsock2.h> before" gcc -x c <<<"#include <$header>
#include <winsock2.h>"
done
refuse width__check_bites "size_of_" gcc -x c <<<"$winsock
#undef u_long
#define u_long unsigned long$body"

# The examples, warnings and all, down to a program.
for example in "$top"/userlib/examples/*.c; do
	n=$((n + 1))
	name=example__$(basename "$example" .c)
	if gcc -std=gnu11 -Wall -Wextra -Werror -I"$inc" -o "$tmp/program" "$example" -L"$root/lib" -lwsaconnect -pthread \
		>"$tmp/log" 2>&1; then
		echo "ok $n $name"
	else
		failed=1
		echo "not ok $n $name"
		sed 's/^/# /' "$tmp/log" | head -20
	fi
done

echo "1..$n"
exit $failed
