/* Conversations: who takes part, how much, from when until when. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/index_internal.h"

static struct conversation *at(struct desk_index *x, uint32_t number)
{
    struct conversations *c = &x->conversations;
    if (number > c->capacity) {
        c->capacity = number + number / 2 + 64;
        c->items = mem_resize(c->items, c->capacity, sizeof *c->items);
    }
    for (; c->count < number; c->count++)
        c->items[c->count] = (struct conversation){.title = NULL};
    return &c->items[number - 1];
}

void conversations_count(struct desk_index *x, uint32_t number)
{
    at(x, number)->messages++;
}

static void set_members(struct conversation *c, const uint32_t *members, size_t count)
{
    free(c->members);
    c->members = mem_copy(members, count * sizeof *members);
    c->member_count = (uint32_t)count;
    c->changed = true;
}

static void add_member(struct conversation *c, uint32_t account)
{
    uint32_t i = 0;
    while (i < c->member_count && c->members[i] < account)
        i++;
    if (i < c->member_count && c->members[i] == account)
        return;
    c->members = mem_resize(c->members, c->member_count + 1, sizeof *c->members);
    memmove(c->members + i + 1, c->members + i, (c->member_count - i) * sizeof *c->members);
    c->members[i] = account;
    c->member_count++;
    c->changed = true;
}

static void set_text(char **text, const char *to)
{
    free(*text);
    *text = mem_string(to);
}

/* A group's members are what its last change says; before one was seen, all who took part. */
void conversations_take(struct desk_index *x, const struct intake_row *i)
{
    struct conversation *c = at(x, i->row.conversation);
    if (i->group_id != NULL && c->group_id == NULL)
        set_text(&c->group_id, i->group_id);
    if (i->group_title != NULL) {
        if (i->group_serial <= c->serial)
            return;
        c->serial = i->group_serial;
        set_text(&c->title, i->group_title);
        set_members(c, i->members, i->member_count);
        return;
    }
    for (size_t k = 0; c->serial == 0 && k < i->member_count; k++)
        add_member(c, i->members[k]);
}

static int write_one(struct desk_index *x, uint32_t number, struct conversation *c, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "INSERT OR REPLACE INTO conversation VALUES (?1, ?2, ?3, ?4, ?5)");
    sqlite3_bind_int64(s, 1, number);
    sql_bind_text(s, 2, c->group_id);
    sql_bind_text(s, 3, c->title);
    sqlite3_bind_int64(s, 4, c->serial);
    sql_bind_bytes(s, 5, c->members, c->member_count * sizeof *c->members);
    if (sql_run(s) < 0)
        return sql_failed(&x->sql, d, "cannot write a conversation");
    c->changed = false;
    return 0;
}

int conversations_write(struct desk_index *x, struct diag *d)
{
    int r = 0;
    for (size_t i = 0; i < x->pending.row_count && r == 0; i++) {
        uint32_t number = x->pending.rows[i]->row.conversation;
        struct conversation *c = at(x, number);
        if (c->changed)
            r = write_one(x, number, c, d);
    }
    return r;
}

int conversations_load(struct desk_index *x, struct diag *d)
{
    sqlite3_stmt *s =
        sql(&x->sql, "SELECT number, group_id, title, serial, members FROM conversation");
    int r = 0;
    while (sql_walk(&x->sql, s, &r, d)) {
        int64_t number = sqlite3_column_int64(s, 0);
        if (number < 1 || number > x->names[NAME_CONVERSATION].count)
            continue;
        struct conversation *c = at(x, (uint32_t)number);
        if (sqlite3_column_type(s, 1) != SQLITE_NULL)
            set_text(&c->group_id, sql_text(s, 1));
        if (sqlite3_column_type(s, 2) != SQLITE_NULL)
            set_text(&c->title, sql_text(s, 2));
        c->serial = (uint32_t)sqlite3_column_int64(s, 3);
        set_members(c, sqlite3_column_blob(s, 4),
                    (size_t)sqlite3_column_bytes(s, 4) / sizeof(uint32_t));
        c->changed = false;
    }
    return r;
}

void conversations_clear(struct conversations *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        free(c->items[i].title);
        free(c->items[i].group_id);
        free(c->items[i].members);
    }
    free(c->items);
    *c = (struct conversations){0};
}

/* ---- asking ---- */

static bool has_member(const struct conversation *c, const struct idset *accounts)
{
    for (uint32_t i = 0; i < c->member_count; i++)
        if (idset_has(accounts, c->members[i]))
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The second in which it ended, then its number. */
static uint64_t place_of(const struct census_conversation *n, uint32_t number)
{
    return (uint64_t)n->last << 32 | number;
}

/* What a group is called, and who is in it, its messages tell: where some of them are out of sight,
 * only its id is told, and of the people those of whom anything is in sight. */
static const char *title_of(const struct conversation *c, bool whole)
{
    if (whole && c->title != NULL)
        return c->title;
    return c->group_id != NULL ? c->group_id : "";
}

static void list_members(struct desk_index *x, const struct conversation *c, bool whole,
                         const char **ret)
{
    size_t n = 0;
    for (uint32_t i = 0; i < c->member_count; i++)
        if (whole || census_has_person(sight_census(x), c->members[i]))
            ret[n++] = names_text(&x->names[NAME_ACCOUNT], c->members[i]);
    qsort(ret, n, sizeof *ret, by_text);
}

int conversations_tell(struct desk_index *x, uint32_t number, desk_conversation_fn *fn,
                       void *context)
{
    const struct conversation *c = at(x, number);
    const struct census_conversation *n = census_conversation(sight_census(x), number);
    bool whole = n->messages == c->messages;
    CLEANUP_FREE const char **members = mem_array(c->member_count + 1, sizeof *members);
    list_members(x, c, whole, members);
    const struct desk_conversation told = {
        .id = names_text(&x->names[NAME_CONVERSATION], number),
        .group = title_of(c, whole),
        .members = members,
        .messages = n->messages,
        .first_unix_ms = (int64_t)n->first * 1000,
        .last_unix_ms = (int64_t)n->last * 1000,
        .place = place_of(n, number),
    };
    return fn(context, &told);
}

/* The index in `kept`, of the newest `limit`, sorted, that a new one takes; what is over falls off.
 */
static size_t keep_newest(uint64_t *kept, size_t count, size_t limit, uint64_t place)
{
    if (count == limit && place < kept[count - 1])
        return count;
    size_t i = count < limit ? count++ : count - 1;
    for (; i > 0 && place > kept[i - 1]; i--)
        kept[i] = kept[i - 1];
    kept[i] = place;
    return count;
}

/* Those in sight of the person that the account is. */
static int accounts_of(struct desk_index *x, const char *account, struct idset *ret, struct diag *d)
{
    uint32_t number = 0;
    int r = sight_account(x, account, &number, d);
    if (r == 0)
        r = people_fresh(x, d);
    if (r < 0)
        return r;
    idset_add(ret, number);
    for (uint32_t i = 1; i <= x->people.count; i++)
        if (people_are_one(x, i, number) && census_has_person(sight_census(x), i))
            idset_add(ret, i);
    return 0;
}

int desk_conversations(struct desk_index *x, const char *account, uint64_t behind, unsigned limit,
                       desk_conversation_fn *fn, void *context, struct diag *d)
{
    const struct census *census = sight_census(x);
    CLEANUP(idset_clear) struct idset who = {0};
    int r = account == NULL ? 0 : accounts_of(x, account, &who, d);
    if (r < 0 || limit == 0)
        return r;
    CLEANUP_FREE uint64_t *kept = mem_array(limit, sizeof *kept);
    size_t count = 0;
    for (uint32_t i = 1; i <= census->conversation_count; i++) {
        const struct census_conversation *c = census_conversation(census, i);
        if (c->messages > 0 && place_of(c, i) < behind &&
            (account == NULL || has_member(at(x, i), &who)))
            count = keep_newest(kept, count, limit, place_of(c, i));
    }
    for (size_t i = 0; i < count && r == 0; i++)
        r = conversations_tell(x, (uint32_t)kept[i], fn, context);
    return r;
}
