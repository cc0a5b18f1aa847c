/* The messages of a replay file (launch/replay_line.h), one after the other. */
#ifndef IRONSIDE_LAUNCH_REPLAY_FILE_H
#define IRONSIDE_LAUNCH_REPLAY_FILE_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "launch/replay_line.h"

struct replay_file;

/* `skip`: a line that no message can be made of is passed over and counted. ERR_NOT_FOUND, ERR_IO.
 */
int replay_file_open(const char *path, bool skip, struct replay_file **ret,
                     struct diag *d) MUST_USE;
void replay_file_free(struct replay_file *f);
DEFINE_CLEANUP(struct replay_file, replay_file_free)
/* The next message, valid until the next call. 1: one; 0: the end; ERR_FORMAT, ERR_LIMIT: the line,
 * by its number, is none (never with `skip`), or the file is cut off; ERR_IO. */
int replay_file_next(struct replay_file *f, struct replay_line *ret, struct diag *d) MUST_USE;
/* Of the last message, from 1. */
uint64_t replay_file_number(const struct replay_file *f);
/* How many lines were passed over; why the first of them was, "" when there is none. */
uint64_t replay_file_skipped(const struct replay_file *f, const char **ret_first);

#endif
