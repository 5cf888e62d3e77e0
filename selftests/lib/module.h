/* SPDX-License-Identifier: GPL-2.0 */
/* Loading and unloading wsa.ko from a program. */
#ifndef SELFTESTS_MODULE_H
#define SELFTESTS_MODULE_H

int module_load(const char *parameters);
int module_unload(void);
int module_unload_soon(void);
int module_family(void);

#endif /* SELFTESTS_MODULE_H */
