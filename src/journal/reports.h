/* What a bot has to tell the public, kept in its journal until the registrar has it: which day keys
 * were destroyed, the days to be stated, and the signed statements and destructions.
 *
 * A round is counted in one statement: that of its day, or, when a clock went back and its day was
 * stated already, the next one.
 *
 * What writes here is for a journal that was opened for writing.
 */
#ifndef IRONSIDE_JOURNAL_REPORTS_H
#define IRONSIDE_JOURNAL_REPORTS_H

#include "journal/journal.h"
#include "wire/destruction.h"
#include "wire/statement.h"

#define JOURNAL_NO_DAY INT64_MIN

struct journal_destroyed {
    char warrant[VALUE_WARRANT_MAX + 1];
    int64_t day;
};

/* Takes note of keys that were destroyed; those that are known already are left. ERR_IO. */
int journal_add_destroyed(struct journal *j, const struct journal_destroyed *keys, size_t count,
                          struct diag *d) MUST_USE;
/* At most `max` keys that stand in no destruction yet, ascending by warrant, then day. ERR_IO. */
int journal_unpublished(struct journal *j, struct journal_destroyed *ret, size_t max,
                        size_t *ret_count, struct diag *d) MUST_USE;

/* How many keys stand in a destruction. ERR_IO. */
int journal_count_published(struct journal *j, size_t *ret, struct diag *d) MUST_USE;

/* Keeps a signed destruction of those keys, as one that waits for the registrar. ERR_IO. */
int journal_put_destruction(struct journal *j, const struct journal_destroyed *keys, size_t count,
                            const uint8_t hash[static HASH_BYTES], const char *note,
                            struct diag *d) MUST_USE;

/* The bot ran on this day: it is to be stated even when nothing was judged on it. A day before one
 * that is stated already (a clock went back) is left. ERR_IO. */
int journal_add_day(struct journal *j, int64_t day, struct diag *d) MUST_USE;

/* What the next statement says. */
struct journal_tally {
    int64_t day;   /* JOURNAL_NO_DAY: nothing is to be stated */
    int64_t round; /* the last one that is counted; 0: none at all yet */
    int64_t batch;
    uint64_t size; /* of the tree after that round */
    struct {
        char warrant[VALUE_WARRANT_MAX + 1];
        uint64_t count;
    } archived[STATEMENT_WARRANTS_MAX];
    size_t archived_count;
    uint64_t refused[VERDICT_REASONS]; /* by enum verdict_reason */
};
/* Counts for the first day before `before` that was not stated. ERR_IO, ERR_FORMAT (a row is
 * damaged), ERR_LIMIT: more warrants than a statement holds. */
int journal_tally(struct journal *j, int64_t before, struct journal_tally *ret,
                  struct diag *d) MUST_USE;
/* Keeps the statement that was signed of it, and that there was such a day. ERR_IO. */
int journal_put_statement(struct journal *j, const struct journal_tally *t,
                          const uint8_t hash[static HASH_BYTES], const char *note,
                          struct diag *d) MUST_USE;

/* The oldest report that waits for the registrar; the note is the caller's. ERR_NOT_FOUND, ERR_IO,
 * ERR_FORMAT. */
int journal_next_report(struct journal *j, enum document_kind *ret_kind,
                        uint8_t ret_hash[static HASH_BYTES], char **ret_note) MUST_USE;
/* The registrar has it, or has refused it for good. ERR_IO. */
int journal_report_sent(struct journal *j, const uint8_t hash[static HASH_BYTES], bool taken,
                        struct diag *d) MUST_USE;

enum journal_sent { JOURNAL_WAITING, JOURNAL_TAKEN, JOURNAL_REFUSED };
/* As it is stored: any of it may be wrong. */
struct journal_report_row {
    int64_t number;
    int64_t kind;              /* of enum document_kind */
    int64_t day, round, batch; /* that a statement counts; JOURNAL_NO_DAY: no value */
    const uint8_t *hash;       /* of the note's text; NULL: not HASH_BYTES */
    const char *note;
    int64_t sent; /* of enum journal_sent */
};
typedef int journal_report_fn(void *context, const struct journal_report_row *row);
/* All, in the order in which they were made. A callback that does not return 0 ends the walk, here
 * and below. ERR_IO. */
int journal_reports(struct journal *j, journal_report_fn *fn, void *context,
                    struct diag *d) MUST_USE;

/* Day keys that are no more; `report`: the number of the one that says so, JOURNAL_NO_DAY: none
 * yet. ERR_IO. */
typedef int journal_destroyed_fn(void *context, const char *warrant, int64_t day, int64_t report);
int journal_destroyed_keys(struct journal *j, journal_destroyed_fn *fn, void *context,
                           struct diag *d) MUST_USE;
/* The days on which the bot ran, and all that are stated, ascending. ERR_IO. */
typedef int journal_day_fn(void *context, int64_t day);
int journal_days(struct journal *j, journal_day_fn *fn, void *context, struct diag *d) MUST_USE;

#endif
