/* What those who check a journal read of its reports: the last part of reports.h. */
#include "journal/journal_internal.h"
#include "journal/reports.h"

/* What the column holds; JOURNAL_NO_DAY where that is no number. */
static int64_t number_of(sqlite3_stmt *s, int column)
{
    return sqlite3_column_type(s, column) == SQLITE_INTEGER ? sqlite3_column_int64(s, column)
                                                            : JOURNAL_NO_DAY;
}

int journal_reports(struct journal *j, journal_report_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT number, kind, day, round, batch, hash, note, sent"
                                   " FROM report ORDER BY number");
    int r = 0;
    while (sql_walk(&j->sql, s, &r, d)) {
        const struct journal_report_row row = {.number = number_of(s, 0),
                                               .kind = number_of(s, 1),
                                               .day = number_of(s, 2),
                                               .round = number_of(s, 3),
                                               .batch = number_of(s, 4),
                                               .hash = sql_blob(s, 5, HASH_BYTES),
                                               .note = sql_text(s, 6),
                                               .sent = number_of(s, 7)};
        r = fn(context, &row);
    }
    return r;
}

int journal_destroyed_keys(struct journal *j, journal_destroyed_fn *fn, void *context,
                           struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT warrant, day, report FROM destroyed");
    int r = 0;
    while (sql_walk(&j->sql, s, &r, d))
        r = fn(context, sql_text(s, 0), number_of(s, 1), number_of(s, 2));
    return r;
}

int journal_days(struct journal *j, journal_day_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT day FROM ran ORDER BY day");
    int r = 0;
    while (sql_walk(&j->sql, s, &r, d))
        r = fn(context, number_of(s, 0));
    return r;
}
