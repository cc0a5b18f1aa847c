/* Checking a journal without a key: that the tree holds what the rounds and batches say, that each
 * archived line has a record, that every root, checkpoint and report is the bot's and says what the
 * journal holds, that nothing is left out and nothing stands beside it. What needs a key (each
 * record) is reader.h's; what others hold of the bot's words is held.h's and logged.h's.
 */
#ifndef IRONSIDE_ARCHIVE_AUDIT_H
#define IRONSIDE_ARCHIVE_AUDIT_H

#include "archive/library.h"
#include "journal/journal.h"

/* A bot signs a checkpoint once a minute while its tree grows, and when it starts and ends: a round
 * that is older than this, and under none, was either never under one or has lost it. */
#define AUDIT_CHECKPOINT_MS 180000

struct audit_options {
    struct journal *journal; /* the caller's, with a snapshot taken */
    const char *domain;      /* the network's */
    const char *bot;         /* the address that the journal should be of */
    const uint8_t *bot_key;  /* SIGN_PUBLIC_BYTES: the one that a policy names */
    /* Every policy and warrant that a batch names must be in it; NULL: not looked up. */
    const struct library *library;
    /* By which rounds are old; 0: a replay network's, whose rounds have times of their own. */
    int64_t now_unix_ms;
};

struct audit_counts {
    uint64_t leaves, rounds, batches, records, lines, archived, refused, conflicts, chains;
    uint64_t checkpoints;
    uint64_t uncovered; /* rounds after the last checkpoint */
    uint64_t reports;   /* statements and destructions */
    uint64_t files;     /* leaves of files */
    uint64_t sealed_bytes;
};

/* That a round's root is that of its lines, and the bot's signature on it its own. ERR_AUTH. */
int audit_round_signed(const char *bot, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                       const struct journal_round_row *row, struct diag *d) MUST_USE;
/* Names the first thing wrong: ERR_AUTH, ERR_FORMAT; ERR_IO. */
int audit_journal(const struct audit_options *o, struct audit_counts *ret, struct diag *d) MUST_USE;

#endif
