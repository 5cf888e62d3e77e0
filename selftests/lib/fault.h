/* SPDX-License-Identifier: GPL-2.0 */
/* The nth allocation or copy of this thread's next calls fails, on the debug kernel. */
#ifndef SELFTESTS_FAULT_H
#define SELFTESTS_FAULT_H

#include <stdbool.h>

void fault_everything(void);	/* also allocations that may wait; once, before the first */
void fault_nth(int n);		/* 0 for none */
bool fault_hit(void);		/* did it fail something? none fails from here on */

#endif /* SELFTESTS_FAULT_H */
