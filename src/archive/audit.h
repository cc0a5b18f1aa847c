/* Checking a journal without a key: that the tree holds what the rounds and batches say, that every
 * root and checkpoint is the bot's, and that no chain has a gap. What needs a key (each record) is
 * reader.h's.
 */
#ifndef IRONSIDE_ARCHIVE_AUDIT_H
#define IRONSIDE_ARCHIVE_AUDIT_H

#include "journal/journal.h"

struct audit_counts {
    uint64_t leaves, rounds, batches, records, lines, archived, refused, conflicts, chains;
    uint64_t checkpoints;
    uint64_t files; /* leaves of files */
    uint64_t sealed_bytes;
};

/* Names the first thing wrong: ERR_AUTH, ERR_FORMAT. `bot_key` is the one that a policy names. Take
 * a snapshot first. */
int audit_journal(struct journal *j, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                  struct audit_counts *ret, struct diag *d) MUST_USE;

#endif
