/* A package becomes true, with the messages that came in it. */
#include <stdlib.h>
#include <string.h>

#include "desk/received_internal.h"
#include "desk/validity_internal.h"
#include "exchange/package.h"

static int write_package(struct desk_index *x, int64_t *ret_number, struct diag *d)
{
    const struct desk_received *p = &x->pending.received->package;
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT INTO received_package VALUES"
                     " (NULL, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
    sql_bind_text(s, 1, p->name);
    sql_bind_text(s, 2, p->agency);
    sql_bind_text(s, 3, p->network);
    sql_bind_bytes(s, 4, p->network_hash, HASH_BYTES);
    sql_bind_text(s, 5, p->scope);
    sql_bind_bytes(s, 6, p->sha256, HASH_BYTES);
    sql_bind_bytes(s, 7, p->manifest, sizeof p->manifest);
    sqlite3_bind_int64(s, 8, p->made_unix_ms);
    sqlite3_bind_int64(s, 9, p->received_unix_ms);
    for (int k = 0; k < DESK_RECEIVED_KINDS; k++)
        sqlite3_bind_int64(s, 10 + k, (int64_t)p->records[k]);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write a package");
    *ret_number = sqlite3_last_insert_rowid(x->sql.db);
    return 0;
}

static int write_record(struct desk_index *x, int64_t package, const struct received_record *r,
                        struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT INTO received_record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    sqlite3_bind_int64(s, 1, package);
    sqlite3_bind_int64(s, 2, r->bot);
    sqlite3_bind_int64(s, 3, (int64_t)r->leaf);
    sql_bind_bytes(s, 4, r->hash, HASH_BYTES);
    sqlite3_bind_int64(s, 5, r->warrant);
    sqlite3_bind_int64(s, 6, r->message);
    sqlite3_bind_int(s, 7, (int)r->kind);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what came in a package") : 0;
}

static bool is_among(const char *warrant, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], warrant) == 0)
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Of its records, by blanks, in order. */
static void put_warrants(const struct desk_index *x, struct buf *b)
{
    const struct received_pending *w = x->pending.received;
    const char *all[PACKAGE_WARRANTS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < w->count && count < PACKAGE_WARRANTS_MAX; i++) {
        const char *warrant = names_text(&x->names[NAME_WARRANT], w->records[i].warrant);
        if (!is_among(warrant, all, count))
            all[count++] = warrant;
    }
    qsort(all, count, sizeof *all, by_text);
    for (size_t i = 0; i < count; i++)
        buf_format(b, "%s%s", i == 0 ? "" : " ", all[i]);
}

int received_write(struct desk_index *x, struct diag *d)
{
    const struct received_pending *w = x->pending.received;
    CLEANUP_BUF struct buf warrants = BUF_INIT(PACKAGE_WARRANTS_MAX * (RECEIVED_WARRANT_MAX + 1));
    int64_t number = 0;
    if (w == NULL)
        return 0;
    int r = write_package(x, &number, d);
    for (size_t i = 0; r == 0 && i < w->count; i++)
        r = write_record(x, number, &w->records[i], d);
    if (r == 0)
        r = validity_received_write(x, d);
    put_warrants(x, &warrants);
    return r == 0 ? w->work(w->context, &w->package, buf_text(&warrants), d) : r;
}
