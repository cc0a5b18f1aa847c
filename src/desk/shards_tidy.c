/* Shards when nobody waits: merging those that are closed, making those anew that another version
 * of the tokenizer made. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/index_internal.h"

#define MERGE_PAGES 64
#define MERGED_CHANGES 2 /* of a step in which nothing was merged */

/* ---- merging ---- */

struct step {
    struct desk_index *x;
    struct shard *shard;
};

/* -N lets all segments of a table be merged into one, N goes on with that. */
static int merge(void *context, struct diag *d)
{
    struct step *s = context;
    bool first = s->shard->state == SHARD_CLOSED;
    long long n = s->shard->number;
    CLEANUP_FREE char *text = mem_format("INSERT INTO ft%lld (ft%lld, rank) VALUES ('merge', %d)",
                                         n, n, first ? -MERGE_PAGES : MERGE_PAGES);
    int before = sqlite3_total_changes(s->x->sql.db);
    int r = sql_execute(&s->x->sql, text, d);
    if (r < 0)
        return r;
    bool done = sqlite3_total_changes(s->x->sql.db) - before < MERGED_CHANGES && !first;
    enum shard_state state = done ? SHARD_DONE : SHARD_MERGING;
    if (s->shard->state == state)
        return 0;
    s->shard->state = state;
    return shards_write(s->x, s->shard, d);
}

bool desk_index_tidy(struct desk_index *x)
{
    for (size_t i = 0; !x->broken && i < x->shard_count; i++) {
        struct shard *s = &x->shards[i];
        if (s->state != SHARD_CLOSED && s->state != SHARD_MERGING)
            continue;
        struct step step = {x, s};
        enum shard_state before = s->state;
        if (sql_transaction(&x->sql, merge, &step, NULL) == 0)
            return true;
        s->state = before;
        return false; /* it is tried again another time */
    }
    return false;
}

/* ---- making anew ---- */

static int fill(struct desk_index *x, struct shard *s, struct diag *d)
{
    int r = 0;
    for (int64_t id = s->first; id <= s->last && r == 0; id++) {
        struct row row;
        if (id > index_last_id(x) || (x->columns.flags[id - 1] & COLUMN_THERE) == 0)
            continue;
        r = row_read(x, id, &row, d);
        if (r < 0)
            break;
        buf_reset(&x->scratch);
        said_document(x, &row, &x->scratch);
        r = shards_insert(x, s, id, &x->scratch, d);
    }
    return r;
}

static int make_anew(void *context, struct diag *d)
{
    struct step *s = context;
    CLEANUP_FREE char *drop =
        mem_format("DROP TABLE IF EXISTS ft%lld", (long long)s->shard->number);
    shards_finalize(s->shard);
    int r = sql_execute(&s->x->sql, drop, d);
    if (r == 0)
        r = shards_make_table(s->x, s->shard->number, d);
    if (r == 0)
        r = fill(s->x, s->shard, d);
    if (r < 0)
        return r;
    if (s->shard->state != SHARD_OPEN)
        s->shard->state = SHARD_CLOSED;
    return shards_write(s->x, s->shard, d);
}

static int read_shards(struct desk_index *x, struct idset *ret_old, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT number, first, last, month, state, version FROM shard ORDER BY first");
    char version[SHARDS_VERSION_MAX];
    int r = 0;
    shards_version(version);
    while (sql_walk(&x->sql, s, &r, d)) {
        *shards_add(x) = (struct shard){
            .number = sqlite3_column_int64(s, 0),
            .first = sqlite3_column_int64(s, 1),
            .last = sqlite3_column_int64(s, 2),
            .month = sqlite3_column_int(s, 3),
            .state = (enum shard_state)sqlite3_column_int(s, 4),
        };
        if (strcmp(sql_text(s, 5), version) != 0)
            idset_add(ret_old, (int64_t)x->shard_count);
    }
    return r;
}

int shards_load(struct desk_index *x, struct diag *d)
{
    struct idset old = {0};
    int r = read_shards(x, &old, d);
    for (size_t i = 0; i < x->shard_count && r == 0; i++) {
        struct step step = {x, &x->shards[i]};
        if (idset_has(&old, (int64_t)i + 1))
            r = sql_transaction(&x->sql, make_anew, &step, d);
    }
    idset_clear(&old);
    return r;
}
