// SPDX-License-Identifier: MIT
/*
 * WSAStartup and WSACleanup.
 *
 * Environment, read by the first WSAStartup:
 *   LIBWSACONNECT_DOOR=family|adopt          how sockets are made
 *   LIBWSACONNECT_COMPAT=documented|windows  which side wins where the reference
 *                                            page and Windows differ
 * With any other value WSAStartup returns WSASYSNOTREADY: a misspelt choice
 * must not silently become the other one.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "wsalib.h"

#define HIGHEST	MAKEWORD(2, 2)

atomic_int wsa_started;
struct wsa_config wsa_config;
atomic_int wsa_legacy;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void forked(void)
{
	callee_fork_end();
	message_fork_child();
	event_forked();
	wsa_sock_forked();
	wait_forked();
}

static void fork_begins(void)
{
	message_fork_begin();
	callee_fork_begin();
}

static void fork_ended(void)
{
	callee_fork_end();
	message_fork_parent();
}

static void watch_forks(void)
{
	pthread_atfork(fork_begins, fork_ended, forked);
}

/* Which of two words the variable's value is; @unset without one, -1 for another. */
static int choice(const char *variable, const char *first, const char *second, int unset)
{
	const char *value = getenv(variable);

	if (!value || !*value)
		return unset;
	if (!strcmp(value, first))
		return 0;
	return strcmp(value, second) ? -1 : 1;
}

static int configure(struct wsa_config *config)
{
	int door = choice("LIBWSACONNECT_DOOR", "family", "adopt", 2);
	int compat = choice("LIBWSACONNECT_COMPAT", "documented", "windows", 0);
	int family = sys_family();

	if (door < 0 || compat < 0 || family < 0)
		return WSASYSNOTREADY;
	if (door == 0 && !family)
		return WSASYSNOTREADY;
	config->family = family;
	config->compat_windows = compat;
	config->adopt_first =
		door == 1 || !family || (door == 2 && sys_labelling_lsm() && sys_device_usable());
	config->adopt_fallback = door == 2;
	return 0;
}

/* 2.2 is the highest there is; 1.0, 1.1, 2.0 and 2.1 are granted as asked (rows 5, 6). */
static WORD negotiate(WORD wanted)
{
	BYTE major = LOBYTE(wanted), minor = HIBYTE(wanted);

	if (major == 1)
		return MAKEWORD(1, minor > 1 ? 1 : minor);
	if (major == 2 && minor < 2)
		return wanted;
	return HIGHEST;
}

/**
 * WSAStartup - begin to use Winsock
 * @version: MAKEWORD(major, minor) the program wants
 * @data: receives the version granted and a description
 *
 * Counted: each success wants a WSACleanup (row 2). Leaves no descriptor open.
 *
 * Without 1.x granted there is no WSACancelBlockingCall and no blocking hook; a
 * program part that asks for 2.x takes them from the process.
 *
 * Return: 0, or a code, which is not the last error (row 9):
 * WSAVERNOTSUPPORTED for major 0 (row 7), WSAEFAULT for a bad pointer (row 8),
 * WSASYSNOTREADY when wsa.ko is not loaded or the environment names no known door,
 * WSAEINPROGRESS in a blocking hook.
 */
int WSAAPI WSAStartup(WORD version, LPWSADATA data)
{
	WSADATA answer;
	int code = 0;

	if (!LOBYTE(version))
		return WSAVERNOTSUPPORTED;
	if (legacy_in_hook())
		return WSAEINPROGRESS;
	memset(&answer, 0, sizeof(answer));
	answer.wVersion = negotiate(version);
	answer.wHighVersion = HIGHEST;
	if (LOBYTE(answer.wVersion) == 1) {
		answer.iMaxSockets = 32767;
		answer.iMaxUdpDg = 65467;
	}
	strcpy(answer.szDescription, "libwsaconnect, Winsock 2.2 on Linux");
	strcpy(answer.szSystemStatus, "Running");

	pthread_once(&once, watch_forks);
	wait_prepare();
	pthread_mutex_lock(&lock);
	if (!atomic_load(&wsa_started))
		code = configure(&wsa_config);
	if (!code && sys_copy_out(data, &answer, sizeof(answer)) < 0)
		code = WSAEFAULT;
	if (!code) {
		int first = !atomic_fetch_add(&wsa_started, 1);

		atomic_store(&wsa_legacy, LOBYTE(answer.wVersion) == 1 && (first || wsa_legacy));
	}
	pthread_mutex_unlock(&lock);
	return code;
}

/**
 * WSACleanup - end one WSAStartup's use
 *
 * The last one closes every socket of the process, inherited ones that were
 * used included; calls that wait for them in other threads end with WSAEINTR
 * (rows 2, 3, 18).
 *
 * Return: 0, or SOCKET_ERROR with WSANOTINITIALISED when the count is 0 (row 4),
 * WSAEINPROGRESS in a blocking hook.
 */
int WSAAPI WSACleanup(void)
{
	int count;

	if (legacy_in_hook())
		return wsa_fail(WSAEINPROGRESS);
	pthread_mutex_lock(&lock);
	count = atomic_load(&wsa_started);
	if (count > 0 && atomic_fetch_sub(&wsa_started, 1) == 1)
		wsa_sock_close_all();
	pthread_mutex_unlock(&lock);
	return count > 0 ? wsa_ok(0) : wsa_fail(WSANOTINITIALISED);
}
