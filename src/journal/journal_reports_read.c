/* What those who check a journal read of its reports: the last part of reports.h. */
#include "journal/journal_internal.h"
#include "journal/reports.h"

/* What the column holds; JOURNAL_NO_DAY where that is no number. */
static int64_t number_of(sqlite3_stmt *s, int column)
{
    return sqlite3_column_type(s, column) == SQLITE_INTEGER ? sqlite3_column_int64(s, column)
                                                            : JOURNAL_NO_DAY;
}

/* Ends a walk: what the callback said, or what SQLite did. */
static int walked(struct journal *j, sqlite3_stmt *s, int step, int r, struct diag *d)
{
    sqlite3_reset(s);
    if (r != 0)
        return r;
    return step == SQLITE_DONE ? 0 : journal_failed(j, d, "cannot read its reports");
}

int journal_reports(struct journal *j, journal_report_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = journal_statement(j, S_REPORTS);
    int step, r = 0;
    while (r == 0 && (step = sqlite3_step(s)) == SQLITE_ROW) {
        const char *note = (const char *)sqlite3_column_text(s, 6);
        bool whole = sqlite3_column_bytes(s, 5) == HASH_BYTES;
        const struct journal_report_row row = {.number = number_of(s, 0),
                                               .kind = number_of(s, 1),
                                               .day = number_of(s, 2),
                                               .round = number_of(s, 3),
                                               .batch = number_of(s, 4),
                                               .hash = whole ? sqlite3_column_blob(s, 5) : NULL,
                                               .note = note == NULL ? "" : note,
                                               .sent = number_of(s, 7)};
        r = fn(context, &row);
    }
    return walked(j, s, step, r, d);
}

int journal_destroyed_keys(struct journal *j, journal_destroyed_fn *fn, void *context,
                           struct diag *d)
{
    sqlite3_stmt *s = journal_statement(j, S_DESTROYED);
    int step, r = 0;
    while (r == 0 && (step = sqlite3_step(s)) == SQLITE_ROW) {
        const char *warrant = (const char *)sqlite3_column_text(s, 0);
        r = fn(context, warrant == NULL ? "" : warrant, number_of(s, 1), number_of(s, 2));
    }
    return walked(j, s, step, r, d);
}

int journal_days(struct journal *j, journal_day_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = journal_statement(j, S_DAYS);
    int step, r = 0;
    while (r == 0 && (step = sqlite3_step(s)) == SQLITE_ROW)
        r = fn(context, number_of(s, 0));
    return walked(j, s, step, r, d);
}
