/* What stores lack that an earlier version made. */
#include "store/file_rows.h"
#include "store/internal.h"

static int add_column(struct store *s, const char *table, const char *column, const char *add)
{
    sqlite3_stmt *q = NULL;
    int r = ERR_IO;
    if (sqlite3_prepare_v2(s->sql.db, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", -1, &q,
                           NULL) == SQLITE_OK) {
        sql_bind_text(q, 1, table);
        sql_bind_text(q, 2, column);
        r = sql_row(q);
    }
    sqlite3_finalize(q);
    if (r == ERR_NOT_FOUND)
        r = sqlite3_exec(s->sql.db, add, NULL, NULL, NULL) == SQLITE_OK ? 0 : ERR_IO;
    return r;
}

int store_make_later_tables(struct store *s)
{
    int r = add_column(s, "delivery", "sent",
                       "ALTER TABLE delivery ADD COLUMN sent INTEGER NOT NULL DEFAULT 0");
    if (r == 0)
        r = add_column(s, "parked", "account",
                       "ALTER TABLE parked ADD COLUMN account TEXT NOT NULL DEFAULT ''");
    if (r == 0)
        r = add_column(s, "parked", "mark", "ALTER TABLE parked ADD COLUMN mark BLOB");
    if (r == 0 && sqlite3_exec(s->sql.db,
                               "CREATE INDEX IF NOT EXISTS parked_account"
                               " ON parked (account, mark);",
                               NULL, NULL, NULL) != SQLITE_OK)
        r = ERR_IO;
    return r < 0 ? r : file_rows_make(s);
}
