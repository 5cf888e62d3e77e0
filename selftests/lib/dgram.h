/* SPDX-License-Identifier: GPL-2.0 */
/* Datagrams that say something, and who heard them. */
#ifndef SELFTESTS_DGRAM_H
#define SELFTESTS_DGRAM_H

#include <string.h>

#include "sockets.h"

int dgram_bound(const struct sort *sort, struct name *here);
void dgram_settle(void);		/* what this processor has sent is there */
bool say(int from, const struct name *to, const char *text);
const char *heard(int fd, int flags);

#define EXPECT_HEARD(text, fd) EXPECT_STREQ(text, heard(fd, 0))
#define EXPECT_SILENT(fd) EXPECT_STREQ("(nothing)", heard(fd, 0))

#endif /* SELFTESTS_DGRAM_H */
