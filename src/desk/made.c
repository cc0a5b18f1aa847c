#include "desk/made.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/index_internal.h"
#include "worker/dhash.h"

static const char tables[] =
    "CREATE TABLE IF NOT EXISTS made (message INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " wrong TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,"
    " likeness INTEGER NOT NULL, words TEXT NOT NULL, milliseconds INTEGER NOT NULL,"
    " thumbnail BLOB, wave BLOB);"
    "CREATE TABLE IF NOT EXISTS to_make (message INTEGER PRIMARY KEY);"
    "CREATE TABLE IF NOT EXISTS make_again (message INTEGER PRIMARY KEY, tries INTEGER NOT NULL,"
    " due INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS judge_again (message INTEGER PRIMARY KEY);";

/* An index from before there were these: every file it has is wanted. */
static const char fill[] =
    "INSERT OR IGNORE INTO to_make SELECT id FROM message WHERE kind = %d"
    " AND NOT EXISTS (SELECT 1 FROM made) AND NOT EXISTS (SELECT 1 FROM to_make);";

/* ---- photos in memory ---- */

static void put_photo(struct desk_index *x, int64_t message, uint64_t likeness)
{
    if (x->photo_count == x->photo_capacity) {
        x->photo_capacity = x->photo_capacity * 2 + 64;
        x->photos = mem_resize(x->photos, x->photo_capacity, sizeof *x->photos);
    }
    x->photos[x->photo_count++] = (struct photo){message, likeness};
}

int made_open(struct desk_index *x, struct diag *d)
{
    CLEANUP_FREE char *filling = mem_format(fill, (int)CONTENT_FILE);
    int r = sql_execute(&x->sql, tables, d);
    return r == 0 ? sql_execute(&x->sql, filling, d) : r;
}

int made_load(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT message, likeness FROM made WHERE thumbnail IS NOT NULL");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d))
        put_photo(x, sqlite3_column_int64(s, 0), (uint64_t)sqlite3_column_int64(s, 1));
    sqlite3_reset(s);
    return r;
}

void made_forget(struct desk_index *x)
{
    free(x->photos);
    x->photos = NULL;
    x->photo_count = x->photo_capacity = 0;
}

/* ---- what is wanted ---- */

int made_want(struct desk_index *x, const struct row *r, struct diag *d)
{
    if (r->kind != CONTENT_FILE)
        return 0;
    sqlite3_stmt *s = sql(&x->sql, "INSERT OR IGNORE INTO to_make VALUES (?1)");
    sqlite3_bind_int64(s, 1, r->id);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what is to be made") : 0;
}

int desk_made_wanted(struct desk_index *x, int64_t now_unix_ms, int64_t *ret, size_t max,
                     size_t *ret_count, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT message FROM to_make UNION"
                                   " SELECT message FROM make_again WHERE due <= ?2"
                                   " ORDER BY message DESC LIMIT ?1");
    sqlite3_bind_int64(s, 2, now_unix_ms);
    size_t count = 0;
    int r = 0;
    sqlite3_bind_int64(s, 1, (int64_t)max);
    while (sql_walk(&x->sql, s, &r, d) && count < max)
        ret[count++] = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    *ret_count = count;
    return r;
}

/* ---- writing ---- */

struct writing {
    struct desk_index *x;
    const struct desk_made *m;
    bool again; /* it is to be tried again */
};

static int write_row(struct desk_index *x, const struct desk_made *m, struct diag *d)
{
    const struct worker_made *w = &m->made;
    sqlite3_stmt *s = sql(&x->sql, "INSERT OR REPLACE INTO made"
                                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    sqlite3_bind_int64(s, 1, m->message);
    sqlite3_bind_int64(s, 2, m->at_unix_ms);
    sql_bind_text(s, 3, m->wrong);
    sqlite3_bind_int64(s, 4, w->width);
    sqlite3_bind_int64(s, 5, w->height);
    sqlite3_bind_int64(s, 6, (int64_t)w->likeness);
    sql_bind_text(s, 7, w->words == NULL ? "" : w->words);
    sqlite3_bind_int64(s, 8, w->milliseconds);
    sql_bind_bytes(s, 9, w->thumbnail_len == 0 ? NULL : w->thumbnail, w->thumbnail_len);
    sql_bind_bytes(s, 10, w->wave_len == 0 ? NULL : w->wave, w->wave_len);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write what was made of a file");
    s = sql(&x->sql, "DELETE FROM to_make WHERE message = ?1");
    sqlite3_bind_int64(s, 1, m->message);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what was made of a file") : 0;
}

static int forget_tries(struct desk_index *x, int64_t message, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "DELETE FROM make_again WHERE message = ?1");
    sqlite3_bind_int64(s, 1, message);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write when a file is tried again") : 0;
}

/* After the last try it is left as it is. */
static int write_try(struct desk_index *x, const struct desk_made *m, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO make_again VALUES (?1, 1, ?2 + ?3)"
                                   " ON CONFLICT (message) DO UPDATE SET"
                                   " due = ?2 + (?3 << tries), tries = tries + 1");
    sqlite3_bind_int64(s, 1, m->message);
    sqlite3_bind_int64(s, 2, m->at_unix_ms);
    sqlite3_bind_int64(s, 3, DESK_MADE_AGAIN_MS);
    int r = sql_run(s);
    if (r == 0) {
        s = sql(&x->sql, "DELETE FROM make_again WHERE message = ?1 AND tries >= ?2");
        sqlite3_bind_int64(s, 1, m->message);
        sqlite3_bind_int64(s, 2, DESK_MADE_TRIES);
        r = sql_run(s);
    }
    return r < 0 ? sql_failed(&x->sql, d, "cannot write when a file is tried again") : 0;
}

/* Rules are held against them, too: threats_judge.c. */
static int want_judging(struct desk_index *x, int64_t message, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT OR IGNORE INTO judge_again VALUES (?1)");
    sqlite3_bind_int64(s, 1, message);
    return sql_run(s) < 0 ? sql_failed(&x->sql, d, "cannot write what is to be judged again") : 0;
}

static int write_made(void *context, struct diag *d)
{
    const struct writing *w = context;
    struct row row;
    bool words = w->m->made.words != NULL && w->m->made.words[0] != '\0';
    int r = row_read(w->x, w->m->message, &row, d);
    if (r == 0 && words)
        r = shards_take_out(w->x, &row, d); /* as it was indexed */
    if (r == 0)
        r = write_row(w->x, w->m, d);
    if (r == 0)
        r = w->again ? write_try(w->x, w->m, d) : forget_tries(w->x, w->m->message, d);
    if (r == 0 && words)
        r = row_read(w->x, w->m->message, &row, d);
    if (r == 0 && words)
        r = shards_put_again(w->x, &row, d);
    return r == 0 && words ? want_judging(w->x, w->m->message, d) : r;
}

int desk_made_write(struct desk_index *x, const struct desk_made *m, struct diag *d)
{
    struct writing w = {.x = x, .m = m};
    int r = sql_transaction(&x->sql, write_made, &w, d);
    if (r == 0 && m->made.thumbnail_len > 0)
        put_photo(x, m->message, m->made.likeness);
    return r;
}

int desk_made_later(struct desk_index *x, const struct desk_made *m, struct diag *d)
{
    struct writing w = {.x = x, .m = m, .again = true};
    return sql_transaction(&x->sql, write_made, &w, d);
}

/* ---- reading ---- */

static const void *bytes_of(sqlite3_stmt *s, int column, size_t *ret_len)
{
    *ret_len = (size_t)sqlite3_column_bytes(s, column);
    return sqlite3_column_blob(s, column);
}

int desk_made_of(struct desk_index *x, int64_t message, desk_made_fn *fn, void *context,
                 struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT at, wrong, width, height, likeness, words, milliseconds, thumbnail,"
                     " wave FROM made WHERE message = ?1");
    sqlite3_bind_int64(s, 1, message);
    int r = sight_has(x, message) ? sql_row(s) : ERR_NOT_FOUND;
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "nothing was made of a file of message %lld yet", (long long)message);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read what was made of a file");
    struct desk_made m = {.message = message,
                          .at_unix_ms = sqlite3_column_int64(s, 0),
                          .wrong = sql_text(s, 1),
                          .made = {.width = (uint32_t)sqlite3_column_int64(s, 2),
                                   .height = (uint32_t)sqlite3_column_int64(s, 3),
                                   .likeness = (uint64_t)sqlite3_column_int64(s, 4),
                                   .words = sql_text(s, 5),
                                   .milliseconds = (uint32_t)sqlite3_column_int64(s, 6)}};
    m.made.thumbnail = bytes_of(s, 7, &m.made.thumbnail_len);
    m.made.wave = bytes_of(s, 8, &m.made.wave_len);
    return fn(context, &m);
}

/* ---- likeness ---- */

static const struct photo *photo_of(const struct desk_index *x, int64_t message)
{
    for (size_t i = x->photo_count; i-- > 0;)
        if (x->photos[i].message == message)
            return &x->photos[i];
    return NULL;
}

static int by_distance(const void *a, const void *b)
{
    const struct desk_alike_photo *x = a, *y = b;
    if (x->distance != y->distance)
        return x->distance < y->distance ? -1 : 1;
    return x->message > y->message ? -1 : x->message < y->message;
}

/* Into a full list only what is nearer than its last. */
static void keep(struct desk_alike_photo *list, size_t *count, const struct desk_alike_photo *one)
{
    if (*count == DESK_ALIKE_MAX && by_distance(one, &list[DESK_ALIKE_MAX - 1]) > 0)
        return;
    size_t at = *count < DESK_ALIKE_MAX ? (*count)++ : DESK_ALIKE_MAX - 1;
    while (at > 0 && by_distance(one, &list[at - 1]) < 0) {
        list[at] = list[at - 1];
        at--;
    }
    list[at] = *one;
}

int desk_made_alike(struct desk_index *x, int64_t message, unsigned distance,
                    struct desk_alike_photo ret[static DESK_ALIKE_MAX], size_t *ret_count,
                    struct diag *d)
{
    const struct photo *p = photo_of(x, message);
    size_t count = 0;
    if (p == NULL || !sight_has(x, message))
        return diag_set(d, ERR_NOT_FOUND, "message %lld has no photo that was read",
                        (long long)message);
    uint64_t likeness = p->likeness;
    for (size_t i = 0; i < x->photo_count; i++) {
        const struct desk_alike_photo one = {x->photos[i].message,
                                             dhash_distance(likeness, x->photos[i].likeness)};
        if (one.distance <= distance && one.message != message && sight_has(x, one.message))
            keep(ret, &count, &one);
    }
    *ret_count = count;
    return 0;
}
