#include "sql/sql.h"

#include <stdlib.h>
#include <string.h>

#include "vault/vault.h"

sqlite3_stmt *sql(struct sql *s, const char *text)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->kept[i].text != text)
            continue;
        sqlite3_reset(s->kept[i].statement);
        sqlite3_clear_bindings(s->kept[i].statement);
        return s->kept[i].statement;
    }
    if (s->count == SQL_STATEMENTS_MAX)
        abort();
    sqlite3_stmt *made = NULL;
    int rc = sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &made, NULL);
    if (rc != SQLITE_OK) {
        vault_note(s->db, rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc); /* a table is not there */
        return NULL;
    }
    s->kept[s->count].text = text;
    s->kept[s->count++].statement = made;
    return made;
}

void sql_clear(struct sql *s)
{
    for (size_t i = 0; i < s->count; i++)
        sqlite3_finalize(s->kept[i].statement);
    s->count = 0;
}

/* Steps it; what is wrong is noted. */
static int step_of(sqlite3_stmt *statement)
{
    int step = sqlite3_step(statement);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        vault_note(sqlite3_db_handle(statement), step);
    return step;
}

bool sql_next(sqlite3_stmt *statement, int *r)
{
    int step = *r == 0 ? step_of(statement) : SQLITE_DONE;
    if (step == SQLITE_ROW)
        return true;
    if (step != SQLITE_DONE)
        *r = ERR_IO;
    sqlite3_reset(statement);
    return false;
}

int sql_run(sqlite3_stmt *statement)
{
    int step = step_of(statement);
    sqlite3_reset(statement);
    if (step == SQLITE_DONE)
        return 0;
    return (step & 0xff) == SQLITE_CONSTRAINT ? ERR_EXISTS : ERR_IO;
}

int sql_row(sqlite3_stmt *statement)
{
    int step = step_of(statement);
    if (step == SQLITE_ROW)
        return 0;
    sqlite3_reset(statement);
    return step == SQLITE_DONE ? ERR_NOT_FOUND : ERR_IO;
}

void sql_bind_text(sqlite3_stmt *s, int at, const char *text)
{
    sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

void sql_bind_bytes(sqlite3_stmt *s, int at, const void *data, size_t len)
{
    if (data == NULL)
        sqlite3_bind_null(s, at);
    else
        sqlite3_bind_blob64(s, at, data, len, SQLITE_STATIC);
}

const char *sql_text(sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    return text == NULL ? "" : text;
}

int sql_copy(sqlite3_stmt *s, int column, void *ret, size_t len)
{
    const void *blob = sqlite3_column_blob(s, column);
    if (blob == NULL || (size_t)sqlite3_column_bytes(s, column) != len) {
        memset(ret, 0, len);
        return ERR_FORMAT;
    }
    memcpy(ret, blob, len);
    return 0;
}
