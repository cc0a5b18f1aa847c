/* What waited becomes true, in one transaction. */
#include <string.h>

#include "desk/received_internal.h"
#include "desk/validity_internal.h"

static int write_names(struct desk_index *x, struct diag *d)
{
    for (int kind = 0; kind < NAME_KINDS; kind++) {
        for (uint32_t i = x->names_kept[kind] + 1; i <= x->names[kind].count; i++) {
            struct name value = names_of(&x->names[kind], i);
            sqlite3_stmt *s = sql(&x->sql, "INSERT INTO name VALUES (?1, ?2, ?3)");
            sqlite3_bind_int(s, 1, kind);
            sqlite3_bind_int64(s, 2, i);
            sql_bind_bytes(s, 3, value.bytes, value.len);
            if (sql_run(s) < 0)
                return sql_failed(&x->sql, d, "cannot write a name");
        }
    }
    return 0;
}

static int write_records(struct desk_index *x, struct diag *d)
{
    for (size_t i = 0; i < x->pending.record_count; i++) {
        const struct pending_record *p = &x->pending.records[i];
        sqlite3_stmt *s = sql(&x->sql, "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5)");
        sqlite3_bind_int64(s, 1, p->bot);
        sqlite3_bind_int64(s, 2, (int64_t)p->leaf);
        sql_bind_bytes(s, 3, p->record_leaf, HASH_BYTES);
        sqlite3_bind_int64(s, 4, p->warrant);
        sqlite3_bind_int64(s, 5, p->message);
        if (sql_run(s) < 0)
            return sql_failed(&x->sql, d, "cannot write a record");
        struct warrant_count *w = warrant_count_of(x, p->warrant, p->bot);
        w->records++;
        w->changed = true;
        w->first = p->archived < w->first ? p->archived : w->first;
        w->last = p->archived > w->last ? p->archived : w->last;
        x->records++;
        covered_put(x, p->bot, p->leaf, p->message);
        if ((int64_t)p->leaf > *last_leaf_of(x, p->bot))
            *last_leaf_of(x, p->bot) = (int64_t)p->leaf;
    }
    return 0;
}

static int write_counts(struct desk_index *x, struct diag *d)
{
    for (size_t i = 0; i < x->warrant_count_count; i++) {
        struct warrant_count *w = &x->warrant_counts[i];
        if (!w->changed)
            continue;
        sqlite3_stmt *s =
            sql(&x->sql, "INSERT OR REPLACE INTO warrant_count VALUES (?1, ?2, ?3, ?4, ?5)");
        sqlite3_bind_int64(s, 1, w->warrant);
        sqlite3_bind_int64(s, 2, w->bot);
        sqlite3_bind_int64(s, 3, (int64_t)w->records);
        sqlite3_bind_int64(s, 4, w->first);
        sqlite3_bind_int64(s, 5, w->last);
        if (sql_run(s) < 0)
            return sql_failed(&x->sql, d, "cannot write a warrant's count");
        w->changed = false;
    }
    return 0;
}

static int write_progress(struct desk_index *x, struct diag *d)
{
    for (size_t i = 0; i < x->pending.progress_count; i++) {
        const struct desk_progress *p = &x->pending.progress[i];
        sqlite3_stmt *s = sql(&x->sql, "INSERT OR REPLACE INTO progress VALUES (?1, ?2, ?3, ?4)");
        sql_bind_text(s, 1, p->bot);
        sqlite3_bind_int64(s, 2, p->next);
        sqlite3_bind_int64(s, 3, (int64_t)p->size);
        sql_bind_text(s, 4, p->stopped);
        if (sql_run(s) < 0)
            return sql_failed(&x->sql, d, "cannot write how far a journal is");
        int r = covered_write(x, p->bot, p->covered, d);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Into memory; what fails after this reads it again. */
static void publish(struct desk_index *x, const struct intake_row *i)
{
    const struct row *r = &i->row;
    const struct column_row row = {
        .sender = r->sender,
        .recipients = r->recipients,
        .conversation = r->conversation,
        .warrants = r->warrants,
        .at = columns_seconds(r->at),
        .key = i->key,
        .country = columns_letters(r->country),
        .lang = r->lang,
        .kind = (uint8_t)r->kind,
        .flags = (uint8_t)(COLUMN_THERE | (r->wrong[0] != '\0' ? COLUMN_WRONG : 0)),
    };
    columns_put(&x->columns, &row);
    alike_put(&x->alike, i->likeness);
    sight_arrived(x, r->id);
    conversations_take(x, i);
    x->files += r->files_len / ROW_FILE_BYTES;
    x->unverified += (row.flags & COLUMN_WRONG) != 0;
}

static int write_place(struct desk_index *x, const struct intake_row *i, struct diag *d)
{
    const struct place p = {i->row.id, i->lat, i->lon};
    sqlite3_stmt *s = sql(&x->sql, "INSERT INTO place VALUES (?1, ?2, ?3)");
    sqlite3_bind_int64(s, 1, p.message);
    sqlite3_bind_double(s, 2, p.lat);
    sqlite3_bind_double(s, 3, p.lon);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write a position");
    places_put(x, &p);
    return 0;
}

static int write_rows(struct desk_index *x, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; i < x->pending.row_count && r == 0; i++) {
        const struct intake_row *row = x->pending.rows[i];
        r = row_write(x, row, d);
        if (r == 0)
            r = made_want(x, &row->row, d);
        if (r == 0)
            r = shards_put(x, &row->row, d);
        if (r < 0)
            break;
        publish(x, row);
        if (row->has_place)
            r = write_place(x, row, d);
    }
    return r;
}

/* A message that was found under one more warrant. */
static int write_warrants(struct desk_index *x, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; i < x->pending.warrants_count && r == 0; i++) {
        const struct pending_warrants *p = &x->pending.warrants[i];
        sqlite3_stmt *s = sql(&x->sql, "UPDATE message SET warrants = ?2 WHERE id = ?1");
        sqlite3_bind_int64(s, 1, p->message);
        sqlite3_bind_int64(s, 2, p->warrants);
        if (sql_run(s) < 0)
            return sql_failed(&x->sql, d, "cannot write a message's warrants");
        validity_changed(x, p->message, p->warrants);
        r = shards_put_warrant(x, p->message, names_text(&x->names[NAME_WARRANT], p->warrant), d);
    }
    sight_settle(x);
    return r;
}

static int write_all(void *context, struct diag *d)
{
    struct desk_index *x = context;
    int (*const steps[])(struct desk_index *, struct diag *) = {
        write_names, write_records,       write_counts,   write_progress, write_rows,
        about_write, conversations_write, write_warrants, received_write, shards_commit,
    };
    int r = 0;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && r == 0; i++)
        r = steps[i](x, d);
    return r;
}

int desk_index_commit(struct desk_index *x, struct diag *d)
{
    if (x->broken)
        return diag_set(d, ERR_INVALID_STATE, "%s: it has to be opened again", x->sql.name);
    int r = sql_transaction(&x->sql, write_all, x, d);
    pending_clear(x);
    if (r == 0) {
        for (int kind = 0; kind < NAME_KINDS; kind++)
            x->names_kept[kind] = x->names[kind].count;
        return 0;
    }
    commit_forget(x); /* what is in memory is ahead of what is true */
    return r;
}

void commit_forget(struct desk_index *x)
{
    pending_clear(x);
    schema_forget(x);
    x->broken = schema_load(x, NULL) < 0;
}

/* ---- how far the journals are ---- */

int desk_index_progress(struct desk_index *x, const struct desk_progress *p, struct diag *d)
{
    struct pending *pending = &x->pending;
    size_t at = 0;
    while (at < pending->progress_count && strcmp(pending->progress[at].bot, p->bot) != 0)
        at++;
    if (at == sizeof pending->progress / sizeof pending->progress[0])
        return diag_set(d, ERR_LIMIT, "%s: too many journals", x->sql.name);
    if (at == pending->progress_count)
        pending->progress_count++;
    pending->progress[at] = *p;
    pending->progress[at].bot = arena_string(&pending->arena, p->bot);
    return 0;
}

#define PROGRESS                                                                                   \
    "SELECT bot, next, progress.size, stopped, ifnull(covered.size, 0) FROM progress"              \
    " LEFT JOIN covered USING (bot)"

static void take_progress(struct desk_index *x, sqlite3_stmt *s, struct desk_progress *ret)
{
    *ret = (struct desk_progress){.bot = x->progress_bot,
                                  .next = sqlite3_column_int64(s, 1),
                                  .size = (uint64_t)sqlite3_column_int64(s, 2),
                                  .covered = (uint64_t)sqlite3_column_int64(s, 4)};
    snprintf(x->progress_bot, sizeof x->progress_bot, "%s", sql_text(s, 0));
    snprintf(ret->stopped, sizeof ret->stopped, "%s", sql_text(s, 3));
}

int desk_index_progress_of(struct desk_index *x, const char *bot, struct desk_progress *ret,
                           struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s = sql(&x->sql, PROGRESS " WHERE bot = ?1");
    sql_bind_text(s, 1, bot);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "%s: of %s nothing was read yet", x->sql.name, bot);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read how far a journal is");
    take_progress(x, s, ret);
    return 0;
}

int desk_journals(struct desk_index *x, desk_journal_fn *fn, void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, PROGRESS " ORDER BY bot");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d)) {
        struct desk_progress p;
        take_progress(x, s, &p);
        r = fn(context, &p);
    }
    sqlite3_reset(s);
    return r;
}
