/* SPDX-License-Identifier: GPL-2.0 */
/* A socket and a call that blocks on it, of each kind there is. */
#ifndef SELFTESTS_BLOCK_H
#define SELFTESTS_BLOCK_H

#include "case.h"

enum block_kind {
	BLOCK_CONNECT, BLOCK_ACCEPT, BLOCK_RECV, BLOCK_WAITALL, BLOCK_RECVFROM, BLOCK_WSARECV,
	BLOCK_SEND, BLOCK_KINDS,
};

/* What a call returns that gave less than it was asked for. */
enum { BLOCK_PARTLY = 77 };

/**
 * struct block - a call that blocks
 * @sort: how its sockets are made
 * @kind: which call
 * @s: the socket
 * @peer: who can end the wait; of a connect and an accept, nobody yet
 * @at: where a connect goes, or a listener is
 */
struct block {
	const struct sort *sort;
	enum block_kind kind;
	SOCKET s;
	SOCKET peer;
	struct place at;
};

extern const char *const block_names[BLOCK_KINDS];

void block_make(struct block *block, const struct sort *sort, enum block_kind kind);

/* For an attempt whose socket is the struct block; 0 when the call gave all it was to give. */
int block_call(struct attempt *attempt);
void block_begin(struct attempt *attempt, struct block *block);

/* Gives the call what it waits for. */
bool block_finish(struct block *block);

#endif /* SELFTESTS_BLOCK_H */
