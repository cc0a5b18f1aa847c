#include "desk/export.h"

#include <stdlib.h>
#include <string.h>

#include "desk/search_internal.h"

#define WARRANTS_BYTES 65536U

int desk_export_select(struct desk_index *x, const struct query *q, int64_t user, int64_t *ids,
                       size_t max, size_t *ret_count, struct diag *d)
{
    const struct search_ask a = {.query = q, .user = user, .oldest = true, .max = max};
    return search_collect(x, &a, ids, ret_count, d);
}

/* ---- by warrants ---- */

static int warrants_of(struct desk_index *x, int64_t message, uint32_t *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, "SELECT warrants FROM message WHERE id = ?1");
    sqlite3_bind_int64(s, 1, message);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no message %lld", (long long)message);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read a message's warrants");
    *ret = (uint32_t)sqlite3_column_int64(s, 0);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *text_of(const struct desk_index *x, uint32_t set, struct arena *a)
{
    CLEANUP_BUF struct buf b = BUF_INIT(WARRANTS_BYTES);
    const uint32_t *numbers;
    size_t count = row_set(&x->names[NAME_WARRANTS], set, &numbers);
    const char **list = arena_array(a, count + 1, sizeof *list);
    if (list == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i] = names_text(&x->names[NAME_WARRANT], numbers[i]);
    qsort(list, count, sizeof *list, by_text);
    for (size_t i = 0; i < count; i++)
        buf_format(&b, "%s%s", i == 0 ? "" : " ", list[i]);
    return buf_failed(&b) ? NULL : arena_string(a, buf_text(&b));
}

static int by_warrants(const void *a, const void *b)
{
    const struct desk_export_part *x = a, *y = b;
    return strcmp(x->warrants, y->warrants);
}

int desk_export_parts(struct desk_index *x, const int64_t *ids, size_t count, struct arena *a,
                      struct desk_export_part **ret, size_t *ret_count, struct diag *d)
{
    uint32_t sets = x->names[NAME_WARRANTS].count, set = 0;
    uint64_t *counts = arena_array(a, sets + 1U, sizeof *counts);
    struct desk_export_part *parts = arena_array(a, sets + 1U, sizeof *parts);
    size_t n = 0;
    if (counts == NULL || parts == NULL)
        return diag_set(d, ERR_LIMIT, "too many warrants");
    for (size_t i = 0; i < count; i++) {
        int r = warrants_of(x, ids[i], &set, d);
        if (r < 0)
            return r;
        counts[set <= sets ? set : 0]++;
    }
    for (uint32_t i = 0; i <= sets; i++) {
        const char *text = counts[i] == 0 ? "" : text_of(x, i, a);
        if (text == NULL)
            return diag_set(d, ERR_LIMIT, "too many warrants");
        if (counts[i] != 0)
            parts[n++] = (struct desk_export_part){text, counts[i]};
    }
    qsort(parts, n, sizeof *parts, by_warrants);
    *ret = parts;
    *ret_count = n;
    return 0;
}

/* ---- kept ---- */

static int write_messages(struct desk_index *x, const struct desk_export *e, const int64_t *ids,
                          struct diag *d)
{
    for (uint64_t i = 0; i < e->messages; i++) {
        sqlite3_stmt *s = sql(&x->sql, "INSERT INTO export_message VALUES (?1, ?2, ?3)");
        sqlite3_bind_int64(s, 1, e->id);
        sqlite3_bind_int64(s, 2, (int64_t)i + 1);
        sqlite3_bind_int64(s, 3, ids[i]);
        if (sql_run(s) < 0)
            return sql_failed(&x->sql, d, "cannot freeze the export");
    }
    return 0;
}

int desk_export_make(struct desk_index *x, struct desk_export *e, const int64_t *ids,
                     struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO export (user, at, format, selection, messages)"
                                   " VALUES (?1, ?2, ?3, ?4, ?5)");
    sqlite3_bind_int64(s, 1, e->user);
    sqlite3_bind_int64(s, 2, e->at_unix_ms);
    sql_bind_text(s, 3, e->format);
    sql_bind_text(s, 4, e->selection);
    sqlite3_bind_int64(s, 5, (int64_t)e->messages);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write the export down");
    e->id = sqlite3_last_insert_rowid(x->sql.db);
    return write_messages(x, e, ids, d);
}

static struct desk_export export_at(sqlite3_stmt *s)
{
    return (struct desk_export){
        .id = sqlite3_column_int64(s, 0),
        .user = sqlite3_column_int64(s, 1),
        .at_unix_ms = sqlite3_column_int64(s, 2),
        .format = sql_text(s, 3),
        .selection = sql_text(s, 4),
        .messages = (uint64_t)sqlite3_column_int64(s, 5),
    };
}

int desk_export_of(struct desk_index *x, int64_t id, struct desk_export *ret, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT id, user, at, format, selection, messages FROM export"
                                   " WHERE id = ?1");
    sqlite3_bind_int64(s, 1, id);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no export %lld", (long long)id);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read the export");
    *ret = export_at(s);
    return 0;
}

int desk_exports(struct desk_index *x, int64_t user, unsigned limit, desk_export_fn *fn,
                 void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT id, user, at, format, selection, messages FROM export"
                                   " WHERE user = ?1 ORDER BY id DESC LIMIT ?2");
    int r = 0;
    sqlite3_bind_int64(s, 1, user);
    sqlite3_bind_int64(s, 2, limit);
    while (sql_walk(&x->sql, s, &r, d)) {
        const struct desk_export e = export_at(s);
        r = fn(context, &e);
    }
    sqlite3_reset(s);
    return r;
}

int desk_export_page(struct desk_index *x, const struct desk_export *e, uint64_t from, int64_t *ids,
                     size_t max, size_t *ret_count, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT message FROM export_message WHERE export = ?1"
                                   " AND place > ?2 AND place <= ?3 ORDER BY place");
    uint64_t left = from < e->messages ? e->messages - from : 0;
    size_t wanted = left < max ? (size_t)left : max, count = 0;
    int r = 0;
    sqlite3_bind_int64(s, 1, e->id);
    sqlite3_bind_int64(s, 2, (int64_t)from);
    sqlite3_bind_int64(s, 3, (int64_t)(from + wanted));
    while (sql_walk(&x->sql, s, &r, d) && count < wanted)
        ids[count++] = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    if (r == 0 && count != wanted)
        return diag_set(d, ERR_AUTH, "export %lld is not whole: of %llu messages some are missing",
                        (long long)e->id, (unsigned long long)e->messages);
    *ret_count = count;
    return r;
}

/* ---- leaves ---- */

int desk_leaves(struct desk_index *x, int64_t message, desk_leaf_fn *fn, void *context,
                struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT bot, leaf, warrant FROM record WHERE message = ?1"
                                   " ORDER BY bot, leaf");
    int r = 0;
    sqlite3_bind_int64(s, 1, message);
    while (sql_walk(&x->sql, s, &r, d)) {
        const struct desk_leaf l = {
            .bot = names_text(&x->names[NAME_BOT], (uint32_t)sqlite3_column_int64(s, 0)),
            .leaf = (uint64_t)sqlite3_column_int64(s, 1),
            .warrant = names_text(&x->names[NAME_WARRANT], (uint32_t)sqlite3_column_int64(s, 2)),
        };
        r = fn(context, &l);
    }
    sqlite3_reset(s);
    return r;
}
