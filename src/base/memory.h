/* Memory that does not fail.
 *
 * Every quantity that a peer controls has a cap before it is allocated, so memory runs out
 * only when the machine does; a half-tested path for that would be worse than ending. These
 * end the process with a line on standard error then. Secrets do not belong here: secret.h.
 */
#ifndef IRONSIDE_BASE_MEMORY_H
#define IRONSIDE_BASE_MEMORY_H

#include <stddef.h>

#include "base/error.h"

#define RETURNS_MEMORY __attribute__((malloc, returns_nonnull, warn_unused_result))

/* `size` zero bytes. */
void *mem_new(size_t size) RETURNS_MEMORY;
/* An array of `count` zeroed elements; an overflowing product ends the process. */
void *mem_array(size_t count, size_t size) RETURNS_MEMORY;
void *mem_resize(void *p, size_t count, size_t size) __attribute__((returns_nonnull)) MUST_USE;
void *mem_copy(const void *data, size_t len) RETURNS_MEMORY;
char *mem_string(const char *s) RETURNS_MEMORY;
/* `len` bytes of `s` and a NUL. */
char *mem_string_n(const char *s, size_t len) RETURNS_MEMORY;
char *mem_format(const char *fmt, ...) RETURNS_MEMORY PRINTF_LIKE(1, 2);

#endif
