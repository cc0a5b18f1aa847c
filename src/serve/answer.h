/* What a path of a served network is answered with, read from its folder.
 */
#ifndef IRONSIDE_SERVE_ANSWER_H
#define IRONSIDE_SERVE_ANSWER_H

#include "base/buf.h"
#include "serve/path.h"
#include "serve/round.h"

#define SERVE_PAGE_BYTES (1024U * 1024) /* rounds and checkpoints: no further one above it */
#define SERVE_ANSWER_MAX (SERVE_PAGE_BYTES + SERVE_ROUND_MAX)

/* Appends the answer. Rounds are as serve_round_put has them; checkpoints are blocks (u32 length,
 * note). Where there is nothing (more), a list is empty. ERR_NOT_FOUND: no such bot, document,
 * tile; ERR_FORMAT, ERR_LIMIT, ERR_IO: the folder is not as it should be. */
int serve_answer(const char *network, const struct serve_path *p, struct buf *ret,
                 struct diag *d) MUST_USE;
/* An archived file's ciphertext, to read: the caller's descriptor. ERR_NOT_FOUND. */
int serve_file(const char *network, const struct serve_path *p) MUST_USE;

#endif
