#include "access/access_internal.h"

static bool is_number(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_INTEGER;
}

int access_entry_read(sqlite3_stmt *row, struct access_entry *ret)
{
    struct access_entry e = {
        .number = (uint64_t)sqlite3_column_int64(row, 0),
        .at_unix_ms = sqlite3_column_int64(row, 1),
        .action = access_action_of(sql_text(row, 2)),
        .user = sql_text(row, 3),
        .role = sql_text(row, 4),
        .purpose = sql_text(row, 5),
        .case_id = sql_text(row, 6),
        .warrants = sql_text(row, 7),
        .count = (uint64_t)sqlite3_column_int64(row, 8),
        .hidden = sqlite3_column_int64(row, 9) != 0,
        .what = sql_text(row, 10),
    };
    if (e.action == ACCESS_ACTIONS || !is_number(row, 1) || !is_number(row, 8) ||
        !is_number(row, 9) || sqlite3_column_int64(row, 9) != e.hidden)
        return ERR_FORMAT;
    *ret = e;
    return 0;
}

/* One statement for each way to narrow and each order, so that each walks an index. */
#define ENTRIES "SELECT " ACCESS_COLUMNS " FROM access_entry WHERE "
#define UP "number >= ?1 ORDER BY number LIMIT ?2"
#define DOWN "number <= ?1 ORDER BY number DESC LIMIT ?2"

static sqlite3_stmt *statement_of(struct sql *s, const struct access_question *q)
{
    bool of_action = q->action != ACCESS_ACTIONS;
    if (q->user != NULL && of_action)
        return q->newest_first ? sql(s, ENTRIES "user = ?3 AND action = ?4 AND " DOWN)
                               : sql(s, ENTRIES "user = ?3 AND action = ?4 AND " UP);
    if (q->user != NULL)
        return q->newest_first ? sql(s, ENTRIES "user = ?3 AND " DOWN)
                               : sql(s, ENTRIES "user = ?3 AND " UP);
    if (of_action)
        return q->newest_first ? sql(s, ENTRIES "action = ?4 AND " DOWN)
                               : sql(s, ENTRIES "action = ?4 AND " UP);
    return q->newest_first ? sql(s, ENTRIES DOWN) : sql(s, ENTRIES UP);
}

static sqlite3_int64 bounded(uint64_t n)
{
    return n > INT64_MAX ? INT64_MAX : (sqlite3_int64)n;
}

int access_each(struct access_log *l, const struct access_question *q, access_fn *fn, void *context,
                struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = statement_of(l->sql, q);
    struct access_entry e;
    int r = 0;
    sqlite3_bind_int64(s, 1, bounded(q->from));
    sqlite3_bind_int64(s, 2, bounded(q->limit));
    if (q->user != NULL)
        sql_bind_text(s, 3, q->user);
    if (q->action != ACCESS_ACTIONS)
        sql_bind_text(s, 4, access_action_text(q->action));
    while (sql_walk(l->sql, s, &r, d)) {
        if (access_entry_read(s, &e) < 0)
            return diag_set(d, ERR_AUTH, "entry %lld of the access log is not one",
                            (long long)sqlite3_column_int64(s, 0));
        int stop = fn(context, &e);
        if (stop != 0)
            return stop;
    }
    return r;
}
