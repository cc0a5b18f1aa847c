/* What the table of verify_test.c is tried on: an archive that a whole bot has written over three
 * days, under two warrants, with a file, refusals, statements, destructions and checkpoints, and a
 * public log that has what the bot handed in. It is made once; each case changes a copy.
 */
#ifndef IRONSIDE_TESTS_ARCHIVE_VERIFY_WORLD_H
#define IRONSIDE_TESTS_ARCHIVE_VERIFY_WORLD_H

#include "../ibot/table.h"
#include "archive/verify.h"

#define WORLD_SAID_MAX 512

struct world {
    struct scene *s;
    char *documents, *files, *master, *copy, *log;
    struct library *library;
    char *checkpoint; /* the bot's newest */
    int64_t now_unix_ms;
    char said[WORLD_SAID_MAX]; /* what the last verification named; "": nothing */
};

struct world *world_new(void);
void world_free(struct world *w);
/* The copy is what the bot wrote. */
void world_restore(struct world *w);
/* Runs SQL on the copy with a connection of its own; false: SQLite refuses it. */
bool world_sql(const struct world *w, const char *sql);
/* Verifies the copy as `ironside archive verify` does, with the key of an agency of the first
 * warrant or without one, and beside a checkpoint that is held elsewhere (NULL: none). Returns 0,
 * or the code of what it names in `said`: ERR_AUTH where that is a message. */
int world_verify(struct world *w, bool with_key, const char *held);
/* A checkpoint of this size and root, signed by the bot; the caller's. */
char *world_checkpoint(const struct world *w, uint64_t size,
                       const uint8_t root[static MERKLE_BYTES]);
/* The public log anew, with so many of the bot's reports. */
void world_log(struct world *w, size_t reports);
/* How many it has handed in. */
size_t world_reports(const struct world *w);

#endif
