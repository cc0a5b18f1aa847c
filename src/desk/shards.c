/* The full text: a table for each part of the messages, in the order of their ids. */
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "desk/index_internal.h"
#include "query/terms.h"

/* A page of FTS5 must fit a page of the vault, of which 4,056 bytes are usable. */
#define MAKE                                                                                       \
    "CREATE VIRTUAL TABLE ft%lld USING fts5"                                                       \
    "(body, content='', columnsize=0, detail=full, tokenize='desk');"                              \
    "INSERT INTO ft%lld (ft%lld, rank) VALUES ('pgsz', 4000);"                                     \
    "INSERT INTO ft%lld (ft%lld, rank) VALUES ('automerge', 8);"
#define SHARDS_MANY 100
#define MONTH_PART 10 /* with a tenth of its messages a shard may end with its month */

static int month_of(int64_t unix_ms)
{
    char day[CALENDAR_DAY_LEN + 1];
    calendar_format_day(calendar_day_of(unix_ms), day);
    return (int)strtol(day, NULL, 10) * 12 + (int)strtol(day + 5, NULL, 10) - 1;
}

sqlite3_stmt *shards_query(struct desk_index *x, size_t shard, bool oldest)
{
    struct shard *s = &x->shards[shard];
    sqlite3_stmt **kept = oldest ? &s->oldest : &s->newest;
    if (*kept == NULL) {
        CLEANUP_FREE char *text =
            mem_format("SELECT rowid FROM ft%lld WHERE ft%lld MATCH ?1"
                       " AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid%s",
                       (long long)s->number, (long long)s->number, oldest ? "" : " DESC");
        *kept = sql_make(&x->sql, text);
    }
    sqlite3_reset(*kept);
    return *kept;
}

void shards_finalize(struct shard *s)
{
    sql_drop(s->insert);
    sql_drop(s->newest);
    sql_drop(s->oldest);
    s->insert = s->newest = s->oldest = NULL;
}

void shards_forget(struct desk_index *x)
{
    for (size_t i = 0; i < x->shard_count; i++)
        shards_finalize(&x->shards[i]);
    free(x->shards);
    x->shards = NULL;
    x->shard_count = 0;
}

struct shard *shards_add(struct desk_index *x)
{
    size_t n = x->shard_count++;
    x->shards = mem_resize(x->shards, n + 1, sizeof *x->shards);
    x->shards[n] = (struct shard){0};
    return &x->shards[n];
}

int shards_make_table(struct desk_index *x, int64_t number, struct diag *d)
{
    long long n = number;
    CLEANUP_FREE char *text = mem_format(MAKE, n, n, n, n, n);
    return sql_execute(&x->sql, text, d);
}

/* Of what made a shard: the tokenizer, and said_document. */
void shards_version(char ret[static SHARDS_VERSION_MAX])
{
    snprintf(ret, SHARDS_VERSION_MAX, "%s; document " SAID_VERSION, text_version());
}

int shards_write(struct desk_index *x, const struct shard *s, struct diag *d)
{
    char version[SHARDS_VERSION_MAX];
    shards_version(version);
    sqlite3_stmt *q = sql(&x->sql, "INSERT OR REPLACE INTO shard VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    sqlite3_bind_int64(q, 1, s->number);
    sqlite3_bind_int64(q, 2, s->first);
    sqlite3_bind_int64(q, 3, s->last);
    sqlite3_bind_int(q, 4, s->month);
    sqlite3_bind_int(q, 5, (int)s->state);
    sql_bind_text(q, 6, version);
    return sql_run(q) < 0 ? sql_failed(&x->sql, d, "cannot write a shard") : 0;
}

/* Messages that a shard may have. What is rare asks all shards, what begins with two letters one:
 * the more there are, the larger. */
static int64_t most_of(const struct desk_index *x, int64_t id)
{
    return id / SHARDS_MANY > x->shard_messages ? id / SHARDS_MANY : x->shard_messages;
}

/* Ends the open one where its time has come. */
static int open_shard(struct desk_index *x, const struct row *r, struct diag *d)
{
    struct shard *s = x->shard_count == 0 ? NULL : &x->shards[x->shard_count - 1];
    int month = month_of(r->archived);
    if (s != NULL && s->state == SHARD_OPEN) {
        int64_t count = s->last - s->first + 1;
        if (count < most_of(x, r->id) &&
            (month == s->month || count < x->shard_messages / MONTH_PART))
            return 0;
        s->state = SHARD_CLOSED;
        int written = shards_write(x, s, d);
        if (written < 0)
            return written;
    }
    int64_t number = s == NULL ? 1 : s->number + 1;
    int made = shards_make_table(x, number, d);
    s = shards_add(x);
    *s = (struct shard){.number = number, .first = r->id, .last = r->id - 1, .month = month};
    return made;
}

int shards_insert(struct desk_index *x, struct shard *s, int64_t id, const struct buf *document,
                  struct diag *d)
{
    if (s->insert == NULL) {
        CLEANUP_FREE char *text =
            mem_format("INSERT INTO ft%lld (rowid, body) VALUES (?1, ?2)", (long long)s->number);
        s->insert = sql_make(&x->sql, text);
    }
    sqlite3_reset(s->insert);
    sqlite3_bind_int64(s->insert, 1, id);
    sqlite3_bind_text64(s->insert, 2, (const char *)document->data, document->len, SQLITE_STATIC,
                        SQLITE_UTF8);
    return sql_run(s->insert) < 0 ? sql_failed(&x->sql, d, "cannot index a message") : 0;
}

int shards_put(struct desk_index *x, const struct row *r, struct diag *d)
{
    int opened = open_shard(x, r, d);
    if (opened < 0)
        return opened;
    struct shard *s = &x->shards[x->shard_count - 1];
    buf_reset(&x->scratch);
    said_document(x, r, &x->scratch);
    s->last = r->id;
    return shards_insert(x, s, r->id, &x->scratch, d);
}

size_t shards_find(const struct desk_index *x, int64_t id)
{
    size_t i = 0;
    while (i < x->shard_count && (id < x->shards[i].first || id > x->shards[i].last))
        i++;
    return i;
}

/* NULL, with the line: in none. */
static struct shard *shard_of(struct desk_index *x, int64_t id, struct diag *d)
{
    size_t at = shards_find(x, id);
    if (at < x->shard_count)
        return &x->shards[at];
    diag_set(d, ERR_AUTH, "%s: message %lld is in no shard", x->sql.name, (long long)id);
    return NULL;
}

/* A contentless table takes further tokens of a row that it has: they stand in another segment. */
int shards_put_warrant(struct desk_index *x, int64_t id, const char *warrant, struct diag *d)
{
    struct shard *s = shard_of(x, id, d);
    if (s == NULL)
        return ERR_AUTH;
    buf_reset(&x->scratch);
    query_put_filter(&x->scratch, QUERY_WARRANT, warrant, strlen(warrant));
    buf_put(&x->scratch, "\x01  ", 3);
    return shards_insert(x, s, id, &x->scratch, d);
}

/* A contentless table has to be told what it holds. */
int shards_take_out(struct desk_index *x, const struct row *r, struct diag *d)
{
    struct shard *s = shard_of(x, r->id, d);
    if (s == NULL)
        return ERR_AUTH;
    CLEANUP_FREE char *text =
        mem_format("INSERT INTO ft%lld (ft%lld, rowid, body) VALUES ('delete', ?1, ?2)",
                   (long long)s->number, (long long)s->number);
    sqlite3_stmt *q = sql_make(&x->sql, text);
    buf_reset(&x->scratch);
    said_document(x, r, &x->scratch);
    sqlite3_bind_int64(q, 1, r->id);
    sqlite3_bind_text64(q, 2, (const char *)x->scratch.data, x->scratch.len, SQLITE_STATIC,
                        SQLITE_UTF8);
    int ran = sql_run(q);
    sql_drop(q);
    return ran < 0 ? sql_failed(&x->sql, d, "cannot index a message anew") : 0;
}

int shards_put_again(struct desk_index *x, const struct row *r, struct diag *d)
{
    struct shard *s = shard_of(x, r->id, d);
    if (s == NULL)
        return ERR_AUTH;
    buf_reset(&x->scratch);
    said_document(x, r, &x->scratch);
    return shards_insert(x, s, r->id, &x->scratch, d);
}

int shards_commit(struct desk_index *x, struct diag *d)
{
    if (x->pending.row_count == 0)
        return 0;
    return shards_write(x, &x->shards[x->shard_count - 1], d);
}
