/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of ISO transport, and plain TCP peers that speak it octet by octet. */
#ifndef SELFTESTS_ISO_H
#define SELFTESTS_ISO_H

#include "sockets.h"

/**
 * struct kind - what kind of ISO socket a case is about
 * @af: AF_INET or AF_INET6
 * @type: SOCK_SEQPACKET or SOCK_STREAM
 */
struct kind {
	int af;
	int type;
};

#define KINDS(fixture) \
	FIXTURE_VARIANT(fixture) { struct kind kind; }; \
	FIXTURE_VARIANT_ADD(fixture, record_v4) { .kind = { AF_INET, SOCK_SEQPACKET } }; \
	FIXTURE_VARIANT_ADD(fixture, record_v6) { .kind = { AF_INET6, SOCK_SEQPACKET } }; \
	FIXTURE_VARIANT_ADD(fixture, stream_v4) { .kind = { AF_INET, SOCK_STREAM } }

int iso_open(const struct kind *kind);
int iso_listener(const struct kind *kind, struct name *at);
struct wsa_iso_set iso_words(const char *own, const char *peer, const char *data);
int iso_set(int fd, const char *own, const char *peer, const char *data);
struct wsa_iso_get iso_get(int fd);
int iso_look(int fd, struct wsa_iso_look *look);
int iso_answer(int fd, unsigned int id, unsigned int flags, const char *data);
int iso_bye(int fd, const char *data);
void iso_timeout(int seconds);

int tcp_listener(const struct kind *kind, struct name *at);
int tcp_call(const struct kind *kind, const struct name *at);
int accept_soon(int fd);
bool give(int fd, const void *octets, size_t len);
bool take(int fd, void *octets, size_t len);
bool took(int fd, const void *octets, size_t len);
bool over(int fd);

/* Octets, written out. */
#define OCTETS(...) (const unsigned char[]){ __VA_ARGS__ }, sizeof((unsigned char[]){ __VA_ARGS__ })

#endif /* SELFTESTS_ISO_H */
