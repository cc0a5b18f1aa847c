/* The lines of a file, plain or zstd (by its name's ending), one after the other. */
#ifndef IRONSIDE_LAUNCH_LINES_H
#define IRONSIDE_LAUNCH_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

struct lines;

/* ERR_NOT_FOUND, ERR_IO. `max` bounds a line, in bytes. */
int lines_open(const char *path, size_t max, struct lines **ret, struct diag *d) MUST_USE;
void lines_close(struct lines *l);
DEFINE_CLEANUP(struct lines, lines_close)
/* The next line without its newline, valid until the next call. 1: a line; 0: the end; ERR_LIMIT: a
 * line over the bound, and the next call gives the one behind it; ERR_FORMAT: not zstd, or cut off;
 * ERR_IO. */
int lines_next(struct lines *l, const char **ret, size_t *ret_len, struct diag *d) MUST_USE;
uint64_t lines_number(const struct lines *l); /* of the last line, from 1 */

#endif
