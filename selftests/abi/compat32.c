// SPDX-License-Identifier: GPL-2.0
/* The same cases in a 32-bit program on a 64-bit kernel. */
#include "ioctl.c"
