/* Lines of a program for the person who runs it, on standard error, each with the program's
 * name. For programs only: libraries return a `struct diag`. Never a secret, never a message.
 */
#ifndef IRONSIDE_BASE_LOG_H
#define IRONSIDE_BASE_LOG_H

#include "base/error.h"

/* The name to put in front: "ironside-ibot keeper". Kept by pointer. */
void log_open(const char *program);
void log_line(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
