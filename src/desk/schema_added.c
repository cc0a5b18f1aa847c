/* What older vaults lack, made when one is opened. */
#include "desk/index_internal.h"

static const char added[] =
    "CREATE TABLE IF NOT EXISTS assigned_message (user INTEGER NOT NULL, message INTEGER NOT NULL,"
    " by_user INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (user, message)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS assigned (user INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " object TEXT NOT NULL, by_user INTEGER NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (user, kind, object)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS second_sample (number INTEGER PRIMARY KEY, secret BLOB NOT NULL,"
    " percent INTEGER NOT NULL);"
    "INSERT OR IGNORE INTO second_sample VALUES (1, randomblob(16), 5);"
    "CREATE TABLE IF NOT EXISTS second_look (message INTEGER PRIMARY KEY, first INTEGER NOT NULL,"
    " user INTEGER NOT NULL, at INTEGER NOT NULL, agrees INTEGER NOT NULL, reason TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS export (id INTEGER PRIMARY KEY, user INTEGER NOT NULL,"
    " at INTEGER NOT NULL, format TEXT NOT NULL, selection TEXT NOT NULL,"
    " messages INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS export_message (export INTEGER NOT NULL, place INTEGER NOT NULL,"
    " message INTEGER NOT NULL, PRIMARY KEY (export, place)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS record_message ON record (message);"
    "CREATE TABLE IF NOT EXISTS covered (bot TEXT PRIMARY KEY, size INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS case_event (number INTEGER PRIMARY KEY, word TEXT NOT NULL,"
    " at INTEGER NOT NULL, zone TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,"
    " user INTEGER NOT NULL, made INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS case_event_word ON case_event (word, at);"
    "CREATE TABLE IF NOT EXISTS case_member (word TEXT NOT NULL, kind INTEGER NOT NULL,"
    " name TEXT NOT NULL, user INTEGER NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (word, kind, name)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS case_outcome (number INTEGER PRIMARY KEY, word TEXT NOT NULL,"
    " kind INTEGER NOT NULL, amount INTEGER NOT NULL, unit TEXT NOT NULL, country TEXT NOT NULL,"
    " day TEXT NOT NULL, note TEXT NOT NULL, corrects INTEGER NOT NULL, user INTEGER NOT NULL,"
    " made INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS case_outcome_word ON case_outcome (word);"
    "CREATE UNIQUE INDEX IF NOT EXISTS case_outcome_corrects ON case_outcome (corrects)"
    " WHERE corrects <> 0;"
    "CREATE TABLE IF NOT EXISTS alias_change (number INTEGER PRIMARY KEY, kind INTEGER NOT NULL,"
    " user INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, undoes INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS alias_changed (change INTEGER NOT NULL, account INTEGER NOT NULL,"
    " before TEXT NOT NULL, after TEXT NOT NULL, PRIMARY KEY (change, account)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS alias_changed_account ON alias_changed (account, change);";

static bool has_likeness(struct desk_index *x)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT 1 FROM pragma_table_info('message') WHERE name = 'likeness'");
    return sql_row(s) == 0;
}

static int add_tables(void *context, struct diag *d)
{
    struct desk_index *x = context;
    int r = sql_execute(&x->sql, added, d);
    if (r < 0 || has_likeness(x))
        return r;
    r = sql_execute(&x->sql, "ALTER TABLE message ADD COLUMN likeness INTEGER NOT NULL DEFAULT 0",
                    d);
    return r < 0 ? r : row_liken_all(x, d);
}

int schema_add(struct desk_index *x, struct diag *d)
{
    return sql_transaction(&x->sql, add_tables, x, d);
}
