/* What stores lack that an earlier version made. */
#include "store/internal.h"

static int add_column(struct store *s, const char *table, const char *column, const char *add,
                      struct diag *d)
{
    sqlite3_stmt *q = sql(&s->sql, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
    sql_bind_text(q, 1, table);
    sql_bind_text(q, 2, column);
    int r = sql_row(q);
    sqlite3_reset(q);
    if (r == ERR_NOT_FOUND)
        return sql_execute(&s->sql, add, d);
    return r < 0 ? sql_failed(&s->sql, d, "cannot be read") : 0;
}

int store_make_later_tables(struct store *s, struct diag *d)
{
    int r = add_column(s, "delivery", "sent",
                       "ALTER TABLE delivery ADD COLUMN sent INTEGER NOT NULL DEFAULT 0", d);
    if (r == 0)
        r = add_column(s, "parked", "account",
                       "ALTER TABLE parked ADD COLUMN account TEXT NOT NULL DEFAULT ''", d);
    if (r == 0)
        r = add_column(s, "parked", "mark", "ALTER TABLE parked ADD COLUMN mark BLOB", d);
    if (r == 0)
        r = sql_execute(&s->sql,
                        "CREATE INDEX IF NOT EXISTS parked_account ON parked (account, mark);", d);
    if (r == 0)
        r = sql_execute(&s->sql, file_rows_schema, d);
    return r < 0 ? r : sql_execute(&s->sql, uses_schema, d);
}
