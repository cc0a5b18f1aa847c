#include "desk/index.h"

#include <stdlib.h>

#include "base/memory.h"
#include "desk/bounded_internal.h"
#include "desk/privilege_internal.h"
#include "desk/received_internal.h"
#include "desk/sight.h"
#include "desk/validity_internal.h"

#define KIND "desk"
#define CACHE_BYTES (256U * 1024 * 1024)
#define SHARD_MESSAGES 60000U
#define PENDING_BYTES (1024U * 1024 * 1024)
#define DOCUMENT_BYTES (16U * 1024 * 1024)

static void on_rollback(void *context)
{
    struct desk_index *x = context;
    sets_forget(x);
    x->people.stale = true;
    privilege_rolled_back(x);
    bounded_changed(x);
}

static int make(void *context, struct diag *d)
{
    return schema_make(context, d);
}

static int prepare(struct desk_index *x, const struct desk_index_options *o, bool create,
                   struct diag *d)
{
    CLEANUP_FREE char *cache =
        mem_format("PRAGMA cache_size = -%zu; PRAGMA wal_autocheckpoint = 1000;",
                   (o->cache_bytes == 0 ? CACHE_BYTES : o->cache_bytes) / 1024);
    int r = text_new(&x->text, d);
    if (r == 0)
        r = text_register(x->sql.db, d);
    if (r == 0)
        r = sql_execute(&x->sql, cache, d);
    if (r == 0 && create)
        r = sql_transaction(&x->sql, make, x, d);
    if (r == 0)
        r = schema_add(x, d);
    if (r == 0)
        r = privilege_make(x, d);
    if (r == 0)
        r = validity_make(x, d);
    if (r == 0)
        r = bounded_make(x, d);
    if (r == 0)
        r = partners_make(x, d);
    if (r == 0)
        r = passed_make(x, d);
    if (r == 0)
        r = received_make(x, d);
    if (r == 0)
        r = made_open(x, d);
    if (r == 0)
        r = translations_open(x, d);
    desk_sight_common(x);
    sqlite3_rollback_hook(x->sql.db, on_rollback, x);
    return r < 0 ? r : schema_load(x, d);
}

int desk_index_open(const struct desk_index_options *o, bool create, struct desk_index **ret,
                    struct diag *d)
{
    CLEANUP(desk_index_close_cleanup) struct desk_index *x = mem_new(sizeof *x);
    x->shard_messages = o->shard_messages == 0 ? SHARD_MESSAGES : o->shard_messages;
    x->validity.now_unix_ms = o->now_unix_ms;
    x->pending.arena.max = PENDING_BYTES;
    x->scratch.max = DOCUMENT_BYTES;
    x->said_arena.max = 2 * (size_t)CONTENT_ARENA_BYTES;
    int r = create ? vault_create(o->path, KIND, o->key, d) : 0;
    if (r == 0)
        r = sql_open_vault(&x->sql, o->path, KIND, o->key, d);
    if (r == 0)
        r = prepare(x, o, create, d);
    if (r < 0)
        return r;
    *ret = TAKE(x);
    return 0;
}

void desk_index_close(struct desk_index *x)
{
    if (x == NULL)
        return;
    pending_clear(x);
    schema_forget(x);
    if (x->sql.db != NULL)
        sqlite3_rollback_hook(x->sql.db, NULL, NULL);
    sql_close(&x->sql);
    text_free(x->text);
    arena_clear(&x->pending.arena);
    arena_clear(&x->said_arena);
    buf_clear(&x->scratch);
    free(x);
}

struct sql *desk_index_sql(struct desk_index *x)
{
    return &x->sql;
}
