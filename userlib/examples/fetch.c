// SPDX-License-Identifier: MIT
/* fetch ADDRESS PORT - print the page at http://ADDRESS:PORT/ */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	static const char ask[] = "GET / HTTP/1.0\r\n\r\n";
	struct sockaddr_in to = { .sin_family = AF_INET };
	char page[4096];
	WSADATA data;
	SOCKET s;
	int n;

	if (argc != 3 || WSAStartup(MAKEWORD(2, 2), &data))
		return 2;
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	to.sin_port = htons(atoi(argv[2]));
	s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
	if (WSAConnect(s, (struct sockaddr *)&to, sizeof(to), NULL, NULL, NULL, NULL)) {
		fprintf(stderr, "WSAConnect: error %d\n", WSAGetLastError());
		return 1;
	}
	send(s, ask, sizeof(ask) - 1, 0);
	while ((n = recv(s, page, sizeof(page), 0)) > 0)
		fwrite(page, 1, n, stdout);
	closesocket(s);
	WSACleanup();
	return n != 0;
}
