/* What journal's own files share. */
#ifndef IRONSIDE_JOURNAL_JOURNAL_INTERNAL_H
#define IRONSIDE_JOURNAL_JOURNAL_INTERNAL_H

#include "journal/journal.h"
#include "journal/tree.h"

enum journal_statement {
    S_BEGIN,
    S_COMMIT,
    S_ROLLBACK,
    S_META,
    S_PUT_META,
    S_CHAIN,
    S_NEW_CHAIN,
    S_MOVE_CHAIN,
    S_HEADS,
    S_PUT_LINE,
    S_PUT_BATCH,
    S_PUT_ROUND,
    S_LAST_ROUND,
    S_VERDICT,
    S_HOLDS,
    S_COUNT_ROUNDS,
    S_COUNT_BATCHES,
    S_COUNT_LINES,
    S_COUNT_CHAINS,
    S_COUNT_TILES,
    S_ROUND_LEAF,
    S_PUT_CHECKPOINT,
    S_CHECKPOINT,
    S_CHECKPOINTS,
    S_BATCHES,
    S_ROUNDS,
    S_ADD_DESTROYED,
    S_UNPUBLISHED,
    S_COUNT_PUBLISHED,
    S_PUBLISHED,
    S_PUT_REPORT,
    S_NEXT_REPORT,
    S_REPORT_SENT,
    S_LAST_STATED,
    S_ADD_DAY,
    S_NEXT_DAY,
    S_TALLY,
    S_REPORTS,
    S_DESTROYED,
    S_DAYS,
    JOURNAL_STATEMENTS
};

struct journal {
    char *path;
    sqlite3 *db;
    sqlite3_stmt *statements[JOURNAL_STATEMENTS]; /* prepared when first used */
    struct tree *tree;
    char *bot;
    uint8_t key[SIGN_PUBLIC_BYTES];
    uint32_t policy;
    bool writer;
    int64_t last_round; /* known; 0: none */
};

sqlite3_stmt *journal_statement(struct journal *j, enum journal_statement which);
/* Steps a statement that returns no row, and resets it. */
int journal_run(struct journal *j, enum journal_statement which) MUST_USE;
/* The number of the newest round (0: there is none) and the tree's size after it. ERR_IO. */
int journal_last_round(struct journal *j, int64_t *ret_number, uint64_t *ret_size) MUST_USE;
/* Sets last_round. ERR_IO; ERR_FORMAT: the tree does not end with that round's leaf. */
int journal_find_end(struct journal *j, struct diag *d) MUST_USE;
/* Makes the tables of reports in a journal that has none. */
int journal_make_reports(struct journal *j, struct diag *d) MUST_USE;
/* The table of files, in a journal that has none. */
int journal_make_files(struct journal *j, struct diag *d) MUST_USE;
/* In a round's transaction: a leaf, when the file is named for the first time. */
int journal_put_file(struct journal *j, int64_t round, int64_t at_unix_ms,
                     const struct journal_file *f) MUST_USE;
/* "PATH: what: why SQLite refused", ERR_IO. */
int journal_failed(struct journal *j, struct diag *d, const char *what);

#endif
