/* Opening and closing a database: sql.h. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "sql/sql.h"
#include "vault/vault.h"

#define BUSY_MS 5000

static int open_plain(struct sql *s, const char *path, const char *place, int flags, struct diag *d)
{
    *s = (struct sql){.owner = SQL_PLAIN, .name = mem_string(path)};
    if (sqlite3_open_v2(place, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return diag_set(d, ERR_IO, "%s: cannot open it: %s", path, sqlite3_errmsg(s->db));
    sqlite3_busy_timeout(s->db, BUSY_MS);
    /* Without spilling: SQLite 3.40 may lose a committed transaction after a crash when it spilled
     * pages and went back to a savepoint. */
    int r = sql_execute(s,
                        "PRAGMA synchronous = FULL; PRAGMA cache_spill = OFF;"
                        "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
                        d);
    int code = sqlite3_errcode(s->db) & 0xff;
    return r < 0 && (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) ? ERR_FORMAT : r;
}

int sql_open(struct sql *s, const char *path, bool writer, struct diag *d)
{
    return open_plain(s, path, path, writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, d);
}

int sql_open_still(struct sql *s, const char *path, struct diag *d)
{
    CLEANUP_BUF struct buf place = BUF_INIT(16384);
    buf_put_text(&place, "file:");
    for (const char *c = path; *c != '\0'; c++)
        if (strchr("%?#", *c) != NULL)
            buf_format(&place, "%%%02X", (unsigned)*c);
        else
            buf_put_u8(&place, (uint8_t)*c);
    buf_put_text(&place, "?immutable=1");
    return open_plain(s, path, buf_text(&place), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, d);
}

int sql_open_vault(struct sql *s, const char *path, const char *kind, const struct vault_key *key,
                   struct diag *d)
{
    *s = (struct sql){.owner = SQL_VAULT};
    int r = vault_open(path, kind, key, &s->db, d);
    if (r == 0)
        s->name = mem_string(path);
    return r;
}

void sql_over(struct sql *s, sqlite3 *db, const char *name)
{
    *s = (struct sql){.db = db, .owner = SQL_ANOTHERS, .name = mem_string(name)};
}

void sql_close(struct sql *s)
{
    for (size_t i = 0; i < s->count; i++)
        sqlite3_finalize(s->kept[i].statement);
    if (s->owner == SQL_VAULT)
        vault_close(s->db);
    else if (s->owner == SQL_PLAIN)
        sqlite3_close(s->db);
    free(s->name);
    *s = (struct sql){0};
}
