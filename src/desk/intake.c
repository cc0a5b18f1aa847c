/* What waits for the commit: records that are new, and the messages that they bring. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/received_internal.h"

#define KEY_BYTES 20U

static void put_numbers(uint8_t ret[static KEY_BYTES], uint64_t a, uint64_t b, uint32_t c)
{
    memcpy(ret, &a, 8);
    memcpy(ret + 8, &b, 8);
    memcpy(ret + 16, &c, 4);
}

/* ---- records ---- */

static int differs(struct desk_index *x, const char *bot, uint64_t leaf, struct diag *d)
{
    return diag_set(d, ERR_AUTH, "%s: record %llu of %s is there already, and is another",
                    x->sql.name, (unsigned long long)leaf, bot);
}

/* 1: it is there already, the same. */
static int find_record(struct desk_index *x, uint32_t bot, const struct follower_message *m,
                       struct diag *d)
{
    uint8_t key[KEY_BYTES];
    put_numbers(key, m->leaf, 0, bot);
    uint32_t waits = names_find(&x->pending.by_record, key, sizeof key);
    const char *name = names_text(&x->names[NAME_BOT], bot);
    if (waits != 0)
        return memcmp(x->pending.records[waits - 1].record_leaf, m->record_leaf, HASH_BYTES) == 0
                   ? 1
                   : differs(x, name, m->leaf, d);
    if ((int64_t)m->leaf > *last_leaf_of(x, bot))
        return 0;
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT record_leaf, warrant FROM record WHERE bot = ?1 AND leaf = ?2");
    sqlite3_bind_int64(s, 1, bot);
    sqlite3_bind_int64(s, 2, (int64_t)m->leaf);
    int r = sql_row(s);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : sql_failed(&x->sql, d, "cannot read a record");
    const void *there = sql_blob(s, 0, HASH_BYTES);
    return there != NULL && memcmp(there, m->record_leaf, HASH_BYTES) == 0
               ? 1
               : differs(x, name, m->leaf, d);
}

static void add_record(struct desk_index *x, uint32_t bot, const struct follower_message *m,
                       int64_t message)
{
    struct pending *p = &x->pending;
    uint8_t key[KEY_BYTES];
    put_numbers(key, m->leaf, 0, bot);
    (void)names_add(&p->by_record, key, sizeof key);
    if (p->record_count == p->record_capacity) {
        p->record_capacity = p->record_capacity * 2 + 64;
        p->records = mem_resize(p->records, p->record_capacity, sizeof *p->records);
    }
    struct pending_record *r = &p->records[p->record_count++];
    *r = (struct pending_record){
        .bot = bot, .leaf = m->leaf, .message = message, .archived = m->archived_unix_ms};
    r->warrant = names_add(&x->names[NAME_WARRANT], m->warrant, strlen(m->warrant));
    memcpy(r->record_leaf, m->record_leaf, HASH_BYTES);
}

/* ---- messages ---- */

/* The set with one more. */
static uint32_t with_warrant(struct desk_index *x, uint32_t set, uint32_t warrant)
{
    const uint32_t *there;
    size_t count = row_set(&x->names[NAME_WARRANTS], set, &there), at = 0;
    while (at < count && there[at] < warrant)
        at++;
    if (at < count && there[at] == warrant)
        return set;
    CLEANUP_FREE uint32_t *all = mem_array(count + 1, sizeof *all);
    if (count > 0) {
        memcpy(all, there, at * sizeof *all);
        memcpy(all + at + 1, there + at, (count - at) * sizeof *all);
    }
    all[at] = warrant;
    return names_add(&x->names[NAME_WARRANTS], all, (count + 1) * sizeof *all);
}

static int other_message(struct desk_index *x, const struct follower_message *m, struct diag *d)
{
    return diag_set(d, ERR_AUTH,
                    "%s: message %llu of a device of %s came under warrant %s, and is another than"
                    " under the one before",
                    x->sql.name, (unsigned long long)m->n, m->from, m->warrant);
}

/* Was the same said? When it was archived and whether it verifies may be told anew. */
static bool same(struct desk_index *x, const struct intake_row *i, const struct row *there)
{
    struct row now = i->row;
    uint8_t digest[HASH_BYTES];
    now.id = there->id;
    now.archived = there->archived;
    now.wrong = there->wrong;
    row_digest(x, &now, digest);
    return memcmp(digest, there->digest, HASH_BYTES) == 0;
}

/* A message that stands in the tables has one more warrant; 1: it is another. */
static int warrant_of_old(struct desk_index *x, int64_t id, const struct intake_row *i,
                          const struct follower_message *m, struct diag *d)
{
    struct pending *p = &x->pending;
    struct row there;
    int r = row_read(x, id, &there, d);
    if (r < 0)
        return r;
    if (!same(x, i, &there))
        return 1;
    uint32_t at = names_find(&p->by_warrants, &id, sizeof id);
    uint32_t warrant = names_add(&x->names[NAME_WARRANT], m->warrant, strlen(m->warrant));
    uint32_t before = there.warrants;
    for (size_t k = 0; at != 0 && k < p->warrants_count; k++)
        if (p->warrants[k].message == id)
            before = p->warrants[k].warrants;
    uint32_t after = with_warrant(x, before, warrant);
    if (after == before)
        return 0;
    (void)names_add(&p->by_warrants, &id, sizeof id);
    if (p->warrants_count == p->warrants_capacity) {
        p->warrants_capacity = p->warrants_capacity * 2 + 64;
        p->warrants = mem_resize(p->warrants, p->warrants_capacity, sizeof *p->warrants);
    }
    p->warrants[p->warrants_count++] = (struct pending_warrants){id, warrant, after};
    return 0;
}

/* The id of the message in the tables; ERR_NOT_FOUND. */
static int find_old(struct desk_index *x, const struct row *r, int64_t *ret, struct diag *d)
{
    if (r->certificate > x->names_kept[NAME_CERTIFICATE])
        return ERR_NOT_FOUND;
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT id FROM message WHERE certificate = ?1 AND bot = ?2 AND n = ?3");
    sqlite3_bind_int64(s, 1, r->certificate);
    sqlite3_bind_int64(s, 2, r->bot);
    sqlite3_bind_int64(s, 3, (int64_t)r->n);
    int found = sql_row(s);
    if (found < 0)
        return found == ERR_NOT_FOUND ? found : sql_failed(&x->sql, d, "cannot look for a message");
    *ret = sqlite3_column_int64(s, 0);
    return 0;
}

static void add_row(struct desk_index *x, struct intake_row *i, const char *warrant)
{
    struct pending *p = &x->pending;
    if (p->row_count == p->row_capacity) {
        p->row_capacity = p->row_capacity * 2 + 64;
        p->rows = mem_resize(p->rows, p->row_capacity, sizeof(void *));
    }
    i->row.id = index_last_id(x) + 1 + (int64_t)p->row_count;
    i->row.warrants =
        with_warrant(x, 0, names_add(&x->names[NAME_WARRANT], warrant, strlen(warrant)));
    row_digest(x, &i->row, i->row.digest);
    p->rows[p->row_count++] = i;
}

int intake_find_or_add(struct desk_index *x, struct intake_row *i, const struct follower_message *m,
                       int64_t *ret_id, struct diag *d)
{
    struct pending *p = &x->pending;
    uint8_t key[KEY_BYTES];
    put_numbers(key, i->row.n, i->row.certificate, i->row.bot);
    uint32_t waits = names_find(&p->by_message, key, sizeof key);
    if (waits != 0) {
        struct row *there = &p->rows[waits - 1]->row;
        *ret_id = there->id;
        if (!same(x, i, there))
            return 1;
        uint32_t warrant = names_add(&x->names[NAME_WARRANT], m->warrant, strlen(m->warrant));
        there->warrants = with_warrant(x, there->warrants, warrant);
        return 0;
    }
    int r = find_old(x, &i->row, ret_id, d);
    if (r == 0)
        return warrant_of_old(x, *ret_id, i, m, d);
    if (r != ERR_NOT_FOUND)
        return r;
    (void)names_add(&p->by_message, key, sizeof key);
    add_row(x, i, m->warrant);
    *ret_id = i->row.id;
    return 0;
}

int desk_index_add(struct desk_index *x, const char *bot, const struct follower_message *m,
                   struct diag *d)
{
    struct intake_row *i = NULL;
    int64_t id = 0;
    if (x->broken)
        return diag_set(d, ERR_INVALID_STATE, "%s: it has to be opened again", x->sql.name);
    int r = find_record(x, names_add(&x->names[NAME_BOT], bot, strlen(bot)), m, d);
    if (r != 0)
        return r < 0 ? r : 0;
    r = intake_make(x, bot, m, &i, d);
    if (r == 0)
        r = intake_find_or_add(x, i, m, &id, d);
    if (r == 1)
        return other_message(x, m, d);
    if (r == 0)
        add_record(x, i->row.bot, m, id);
    return r;
}

size_t desk_index_waiting(const struct desk_index *x)
{
    return x->pending.record_count;
}

int64_t desk_index_last(const struct desk_index *x)
{
    return index_last_id(x);
}

size_t desk_index_came_after(const struct desk_index *x, int64_t id)
{
    size_t count = 0;
    for (int64_t i = id + 1; i <= index_last_id(x); i++)
        count += sight_has_common(x, i);
    return count;
}

void pending_clear(struct desk_index *x)
{
    struct pending *p = &x->pending;
    names_clear(&p->by_message);
    names_clear(&p->by_record);
    names_clear(&p->by_warrants);
    free(p->rows);
    free(p->records);
    free(p->warrants);
    received_clear(x);
    size_t max = p->arena.max;
    arena_clear(&p->arena);
    *p = (struct pending){.arena = {.max = max}};
}
