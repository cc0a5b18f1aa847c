/* A round of a journal on its way to another machine: what journal_commit takes, and its number. A
 * file's account is not in it: whose a file counts as is the bot's own business.
 *
 *     len( u64 number | i64 at | u32 policy | root (32) | signature (64)
 *          | u32 lines | each (74)
 *          | u32 batches | each: len(warrant) u32 count, leaves (32 × count), positions (2 ×
 * count), len(sealed) | u32 files | each: sha256 (32) u64 size )
 */
#ifndef IRONSIDE_SERVE_ROUND_H
#define IRONSIDE_SERVE_ROUND_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "journal/journal.h"

/* Of one round; what a bot archives in one is far below it. */
#define SERVE_ROUND_MAX (64U * 1024 * 1024)
#define SERVE_BATCHES_MAX 64U /* of a round: one a warrant */

/* Appends it. ERR_LIMIT: over what the buffer may hold. */
int serve_round_put(struct buf *b, int64_t number, const struct journal_round *r) MUST_USE;
/* The next one; it points into what the cursor reads, and into the arena. ERR_FORMAT: not a round;
 * every count is checked against what remains. */
int serve_round_get(struct cursor *c, struct arena *a, int64_t *ret_number,
                    struct journal_round *ret) MUST_USE;
/* Appends the round of that number as the journal has it. ERR_NOT_FOUND: it has none; ERR_FORMAT,
 * ERR_LIMIT, ERR_IO. */
int serve_round_read(struct journal *j, int64_t number, struct buf *b, struct diag *d) MUST_USE;

#endif
