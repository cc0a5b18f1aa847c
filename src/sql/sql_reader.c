/* Reading a file that another process writes: sql.h. */
#include "base/file.h"
#include "base/memory.h"
#include "sql/sql.h"

bool sql_has_log(const struct sql *s)
{
    CLEANUP_FREE char *log = mem_format("%s-wal", s->name);
    return file_exists(log);
}

int sql_open_reader(struct sql *s, const char *path, bool *still, struct diag *d)
{
    int r = sql_open(s, path, false, d);
    int code = sqlite3_errcode(s->db) & 0xff;
    *still = r < 0 && (code == SQLITE_READONLY || code == SQLITE_CANTOPEN) && !sql_has_log(s);
    if (!*still)
        return r;
    sql_close(s);
    return sql_open_still(s, path, d);
}
