/* The reports' half of the journal: reports.h. */
#include "journal/reports.h"

#include <string.h>

#include "base/memory.h"
#include "journal/journal_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS destroyed (warrant TEXT NOT NULL, day INTEGER NOT NULL,"
    " report INTEGER, PRIMARY KEY (warrant, day)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS report (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " day INTEGER, round INTEGER, batch INTEGER, hash BLOB NOT NULL UNIQUE, note TEXT NOT NULL,"
    " sent INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS ran (day INTEGER PRIMARY KEY);";
_Static_assert(DOCUMENT_STATEMENT == 7, "statements of this file have this number");

int journal_make_reports(struct journal *j, struct diag *d)
{
    return sql_execute(&j->sql, schema, d);
}

/* Keys, and the destruction that names them, which has that number in the table. */
struct destroying {
    struct journal *j;
    const struct journal_destroyed *keys;
    size_t count;
    const uint8_t *hash; /* HASH_BYTES */
    const char *note;
};

static int add_keys(void *context, struct diag *d)
{
    const struct destroying *x = context;
    int r = 0;
    for (size_t i = 0; r == 0 && i < x->count; i++) {
        sqlite3_stmt *s = sql(&x->j->sql, "INSERT OR IGNORE INTO destroyed VALUES (?, ?, NULL)");
        sql_bind_text(s, 1, x->keys[i].warrant);
        sqlite3_bind_int64(s, 2, x->keys[i].day);
        r = sql_run(s);
    }
    return r < 0 ? sql_failed(&x->j->sql, d, "cannot write what was destroyed") : 0;
}

int journal_add_destroyed(struct journal *j, const struct journal_destroyed *keys, size_t count,
                          struct diag *d)
{
    struct destroying x = {.j = j, .keys = keys, .count = count};
    return sql_transaction(&j->sql, add_keys, &x, d);
}

int journal_unpublished(struct journal *j, struct journal_destroyed *ret, size_t max,
                        size_t *ret_count, struct diag *d)
{
    sqlite3_stmt *s = sql(
        &j->sql,
        "SELECT warrant, day FROM destroyed WHERE report IS NULL ORDER BY warrant, day LIMIT ?");
    size_t count = 0;
    int r = 0;
    sqlite3_bind_int64(s, 1, (sqlite3_int64)max);
    while (sql_walk(&j->sql, s, &r, d)) {
        snprintf(ret[count].warrant, sizeof ret[count].warrant, "%s", sql_text(s, 0));
        ret[count++].day = sqlite3_column_int64(s, 1);
    }
    if (r == 0)
        *ret_count = count;
    return r;
}

int journal_count_published(struct journal *j, size_t *ret, struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "SELECT count(report) FROM destroyed");
    if (sql_row(s) < 0)
        return sql_failed(&j->sql, d, "cannot count what was destroyed");
    *ret = (size_t)sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return 0;
}

static int put_report(struct journal *j, enum document_kind kind, const struct journal_tally *t,
                      const uint8_t hash[static HASH_BYTES], const char *note)
{
    sqlite3_stmt *s = sql(&j->sql, "INSERT INTO report (kind, day, round, batch, hash, note, sent) "
                                   "VALUES (?, ?, ?, ?, ?, ?, 0)");
    sqlite3_bind_int64(s, 1, kind);
    if (t != NULL) {
        sqlite3_bind_int64(s, 2, t->day);
        sqlite3_bind_int64(s, 3, t->round);
        sqlite3_bind_int64(s, 4, t->batch);
    }
    sql_bind_bytes(s, 5, hash, HASH_BYTES);
    sql_bind_text(s, 6, note);
    return sql_run(s);
}

static int put_destruction(void *context, struct diag *d)
{
    const struct destroying *x = context;
    int r = put_report(x->j, DOCUMENT_DESTRUCTION, NULL, x->hash, x->note);
    int64_t number = sqlite3_last_insert_rowid(x->j->sql.db);
    for (size_t i = 0; r == 0 && i < x->count; i++) {
        sqlite3_stmt *s =
            sql(&x->j->sql, "UPDATE destroyed SET report = ? WHERE warrant = ? AND day = ?");
        sqlite3_bind_int64(s, 1, number);
        sql_bind_text(s, 2, x->keys[i].warrant);
        sqlite3_bind_int64(s, 3, x->keys[i].day);
        r = sql_run(s);
    }
    return r < 0 ? sql_failed(&x->j->sql, d, "cannot write a destruction") : 0;
}

int journal_put_destruction(struct journal *j, const struct journal_destroyed *keys, size_t count,
                            const uint8_t hash[static HASH_BYTES], const char *note, struct diag *d)
{
    struct destroying x = {.j = j, .keys = keys, .count = count, .hash = hash, .note = note};
    return sql_transaction(&j->sql, put_destruction, &x, d);
}

struct stating {
    struct journal *j;
    const struct journal_tally *tally;
    const uint8_t *hash; /* HASH_BYTES */
    const char *note;
};

static int put_statement(void *context, struct diag *d)
{
    const struct stating *x = context;
    if (journal_add_day(x->j, x->tally->day, d) < 0 ||
        put_report(x->j, DOCUMENT_STATEMENT, x->tally, x->hash, x->note) < 0)
        return sql_failed(&x->j->sql, d, "cannot write a statement");
    return 0;
}

int journal_put_statement(struct journal *j, const struct journal_tally *t,
                          const uint8_t hash[static HASH_BYTES], const char *note, struct diag *d)
{
    struct stating x = {.j = j, .tally = t, .hash = hash, .note = note};
    return sql_transaction(&j->sql, put_statement, &x, d);
}

int journal_add_day(struct journal *j, int64_t day, struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "INSERT OR IGNORE INTO ran SELECT ?1 WHERE NOT EXISTS"
                                   " (SELECT 1 FROM report WHERE kind = 7 AND day > ?1)");
    sqlite3_bind_int64(s, 1, day);
    return sql_run(s) < 0 ? sql_failed(&j->sql, d, "cannot write a day") : 0;
}

int journal_next_report(struct journal *j, enum document_kind *ret_kind,
                        uint8_t ret_hash[static HASH_BYTES], char **ret_note)
{
    sqlite3_stmt *s =
        sql(&j->sql, "SELECT kind, hash, note FROM report WHERE sent = 0 ORDER BY number LIMIT 1");
    int r = sql_row(s);
    if (r == 0) {
        const char *note = (const char *)sqlite3_column_text(s, 2);
        const void *hash = sql_blob(s, 1, HASH_BYTES);
        bool whole = note != NULL && hash != NULL;
        r = whole ? 0 : ERR_FORMAT;
        if (whole) {
            *ret_kind = (enum document_kind)sqlite3_column_int(s, 0);
            memcpy(ret_hash, hash, HASH_BYTES);
            *ret_note = mem_string(note);
        }
    }
    sqlite3_reset(s);
    return r;
}

int journal_report_sent(struct journal *j, const uint8_t hash[static HASH_BYTES], bool taken,
                        struct diag *d)
{
    sqlite3_stmt *s = sql(&j->sql, "UPDATE report SET sent = ? WHERE hash = ? AND sent = 0");
    sqlite3_bind_int64(s, 1, taken ? JOURNAL_TAKEN : JOURNAL_REFUSED);
    sql_bind_bytes(s, 2, hash, HASH_BYTES);
    return sql_run(s) < 0 ? sql_failed(&j->sql, d, "cannot write a report's state") : 0;
}
