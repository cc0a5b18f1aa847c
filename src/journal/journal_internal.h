/* What journal's own files share. */
#ifndef IRONSIDE_JOURNAL_JOURNAL_INTERNAL_H
#define IRONSIDE_JOURNAL_JOURNAL_INTERNAL_H

#include "journal/journal.h"
#include "journal/tree.h"
#include "sql/sql.h"

struct journal {
    struct sql sql;
    struct tree *tree;
    char *bot;
    uint8_t key[SIGN_PUBLIC_BYTES];
    uint32_t policy;
    bool writer;
    bool still;         /* opened as a file that nobody writes */
    int64_t last_round; /* known; 0: none */
};

/* Writes a value of the journal itself, over the one that it has. ERR_IO. */
int journal_put_meta(struct journal *j, const char *name, const void *value, size_t len) MUST_USE;
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

#endif
