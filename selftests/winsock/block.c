// SPDX-License-Identifier: GPL-2.0
#include "block.h"

#include <err.h>
#include <stdlib.h>

#define MUCH (8 << 20)

const char *const block_names[BLOCK_KINDS] = {
	"connect", "accept", "recv", "recv MSG_WAITALL", "recvfrom", "WSARecv", "send",
};

void block_make(struct block *block, const struct sort *sort, enum block_kind kind)
{
	struct place at;

	block->sort = sort;
	block->kind = kind;
	block->peer = INVALID_SOCKET;
	switch (kind) {
	case BLOCK_CONNECT:
		block->s = make(sort, SOCK_STREAM);
		block->at = place_silent(sort, 5000);
		break;
	case BLOCK_ACCEPT:
		block->s = make_listener(sort, &block->at);
		break;
	case BLOCK_RECVFROM:
		block->s = make_bound(sort, SOCK_DGRAM, &block->at);
		block->peer = make_bound(sort, SOCK_DGRAM, &at);
		break;
	default:
		block->s = make_pair(sort, &block->peer);
	}
}

int block_call(struct attempt *attempt)
{
	struct block *block = (struct block *)attempt->s;
	struct place from = { .len = sizeof(from.octets) };
	char octets[8] = {};
	WSABUF buffer = { .buf = octets, .len = 1 };
	DWORD count = 0, flags = 0;
	SOCKET accepted;
	char *much;
	int ret;

	switch (block->kind) {
	case BLOCK_CONNECT:
		return connect_at(block->s, &block->at);
	case BLOCK_ACCEPT:
		accepted = accept(block->s, &from.sa, &from.len);
		if (accepted == INVALID_SOCKET)
			return SOCKET_ERROR;
		return closesocket(accepted);
	case BLOCK_RECV:
		ret = recv(block->s, octets, 1, 0);
		return ret == 1 && octets[0] == 'x' ? 0 : ret;
	case BLOCK_WAITALL:
		ret = recv(block->s, octets, 4, MSG_WAITALL);
		if (ret == 4 && !memcmp(octets, "xyxy", 4))
			return 0;
		return ret > 0 ? BLOCK_PARTLY : ret;
	case BLOCK_RECVFROM:
		ret = recvfrom(block->s, octets, 1, 0, &from.sa, &from.len);
		return ret == 1 && octets[0] == 'x' ? 0 : ret;
	case BLOCK_WSARECV:
		ret = WSARecv(block->s, &buffer, 1, &count, &flags, NULL, NULL);
		return ret || (count == 1 && octets[0] == 'x') ? ret : BLOCK_PARTLY;
	default:
		much = calloc(1, MUCH);
		if (!much)
			err(1, "calloc");
		ret = send(block->s, much, MUCH, 0);
		free(much);
		if (ret == MUCH)
			return 0;
		return ret > 0 ? BLOCK_PARTLY : ret;
	}
}

void block_begin(struct attempt *attempt, struct block *block)
{
	attempt_begin(attempt, block_call, (SOCKET)block, NULL);
}

static bool drain(SOCKET s, int octets)
{
	static char room[65536];
	int ret;

	for (; octets; octets -= ret) {
		ret = recv(s, room, sizeof(room), 0);
		if (ret <= 0)
			return false;
	}
	return true;
}

bool block_finish(struct block *block)
{
	SOCKET s;

	switch (block->kind) {
	case BLOCK_CONNECT:
		s = make(block->sort, SOCK_STREAM);
		host_answer(block->sort->af == AF_INET6 && !block->sort->dual);
		return !bind(s, &block->at.sa, block->at.len) && !listen(s, 5);
	case BLOCK_ACCEPT:
		s = make(block->sort, SOCK_STREAM);
		return !connect_at(s, &block->at);
	case BLOCK_RECVFROM:
		return sendto(block->peer, "x", 1, 0, &block->at.sa, block->at.len) == 1;
	case BLOCK_WAITALL:
		/* in two parts, or it would not have to wait in between */
		if (send(block->peer, "xy", 2, 0) != 2)
			return false;
		host_pause(50);
		return send(block->peer, "xy", 2, 0) == 2;
	case BLOCK_SEND:
		return drain(block->peer, MUCH);
	default:
		return send(block->peer, "x", 1, 0) == 1;
	}
}
