/* Messages as they are shown. */
#include <string.h>

#include "desk/message_internal.h"
#include "desk/received_internal.h"

#define TELL_BYTES (1U << 20)

static int64_t seen_at(struct desk_index *x, int64_t id, int64_t user)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT at FROM seen WHERE user = ?1 AND message = ?2");
    sqlite3_bind_int64(s, 1, user);
    sqlite3_bind_int64(s, 2, id);
    return sql_row(s) == 0 ? sqlite3_column_int64(s, 0) : 0;
}

/* The texts of a set's numbers, NULL behind the last. */
static const char *const *texts(struct arena *a, const struct names *sets, uint32_t set,
                                const struct names *of)
{
    const uint32_t *numbers;
    size_t count = row_set(sets, set, &numbers);
    const char **list = arena_array(a, count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++)
        list[i] = names_text(of, numbers[i]);
    return list;
}

static bool fill(struct desk_index *x, const struct row *r, int64_t user, struct arena *a,
                 struct desk_message *ret)
{
    *ret = (struct desk_message){
        .id = r->id,
        .at_unix_ms = r->at,
        .archived_unix_ms = r->archived,
        .from = names_text(&x->names[NAME_ACCOUNT], r->sender),
        .to = texts(a, &x->names[NAME_RECIPIENTS], r->recipients, &x->names[NAME_ACCOUNT]),
        .conversation = names_text(&x->names[NAME_CONVERSATION], r->conversation),
        .kind = content_kind_text(r->kind),
        .lang = names_text(&x->names[NAME_LANG], r->lang),
        .country = arena_string(a, r->country),
        .bot = names_text(&x->names[NAME_BOT], r->bot),
        .certificate = (const uint8_t *)names_of(&x->names[NAME_CERTIFICATE], r->certificate).bytes,
        .n = r->n,
        .warrants = texts(a, &x->names[NAME_WARRANTS], r->warrants, &x->names[NAME_WARRANT]),
        .body = arena_string_n(a, r->body, r->body_len),
        .body_len = r->body_len,
        .wrong = arena_string(a, r->wrong),
        .pending = idset_has(&x->uncovered, r->id),
        .seen_unix_ms = seen_at(x, r->id, user),
        .own = received_is_own(x, r->id),
    };
    return ret->to != NULL && ret->warrants != NULL && ret->body != NULL && ret->wrong != NULL;
}

int message_tell(struct desk_index *x, int64_t id, int64_t user, desk_message_fn *fn, void *context,
                 struct diag *d)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(TELL_BYTES);
    struct desk_message m;
    struct row row;
    if (!sight_has(x, id))
        return diag_set(d, ERR_NOT_FOUND, "there is no message %lld", (long long)id);
    int r = row_read(x, id, &row, d);
    if (r < 0)
        return r;
    if (!fill(x, &row, user, &a, &m))
        return diag_set(d, ERR_LIMIT, "message %lld is too long to be shown", (long long)id);
    r = desk_received_of(x, id, &a, &m.received, &m.received_count, d);
    return r < 0 ? r : fn(context, &m);
}

int desk_message(struct desk_index *x, int64_t id, int64_t user, desk_message_fn *fn, void *context,
                 struct diag *d)
{
    return message_tell(x, id, user, fn, context, d);
}

/* ---- alike ---- */

uint32_t message_count_alike(const struct desk_index *x, const struct alike_group *g)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->count; i++)
        count += sight_has(x, g->ids[i]);
    return count;
}

int desk_alike(struct desk_index *x, const struct desk_likes *l, desk_message_fn *fn, void *context,
               uint64_t *ret_count, struct diag *d)
{
    const struct alike_group *g = alike_of(&x->alike, l->id);
    unsigned left = l->limit;
    int r = sight_check_message(x, l->id, d);
    if (r < 0)
        return r;
    *ret_count = g == NULL ? 1 : message_count_alike(x, g);
    if (g == NULL)
        return l->before == 0 || l->id < l->before ? message_tell(x, l->id, l->user, fn, context, d)
                                                   : 0;
    for (uint32_t i = g->count; i > 0 && left > 0 && r == 0; i--) {
        if ((l->before != 0 && g->ids[i - 1] >= l->before) || !sight_has(x, g->ids[i - 1]))
            continue;
        r = message_tell(x, g->ids[i - 1], l->user, fn, context, d);
        left--;
    }
    return r;
}

/* ---- conversations ---- */

#define THREAD_MAX 10000U

/* When the message was sent behind which it goes on. */
static int find_place(struct desk_index *x, const struct desk_thread *t, uint32_t number,
                      int64_t *ret_at, int64_t *ret_id, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT at FROM message WHERE id = ?1 AND conversation = ?2");
    sqlite3_bind_int64(s, 1, t->after_id);
    sqlite3_bind_int64(s, 2, number);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "message %lld is not of this conversation", (long long)t->after_id);
    if (r < 0)
        return sql_failed(&x->sql, d, "cannot read a message");
    *ret_at = sqlite3_column_int64(s, 0);
    *ret_id = t->after_id;
    return 0;
}

static int find_thread(struct desk_index *x, const struct desk_thread *t, uint32_t number,
                       struct arena *a, int64_t **ret, size_t *ret_count, struct diag *d)
{
    unsigned limit = t->limit < THREAD_MAX ? t->limit : THREAD_MAX;
    int64_t *ids = arena_array(a, limit + 1, sizeof *ids);
    size_t count = 0;
    int r = 0;
    int64_t from = t->from_unix_ms, behind = t->backwards ? INT64_MAX : 0;
    if (t->after_id != 0)
        r = find_place(x, t, number, &from, &behind, d);
    if (r < 0)
        return r;
    sqlite3_stmt *s =
        sql(&x->sql, t->backwards ? "SELECT id FROM message WHERE conversation = ?1"
                                    " AND (at, id) < (?2, ?3) ORDER BY at DESC, id DESC"
                                  : "SELECT id FROM message WHERE conversation = ?1"
                                    " AND (at, id) > (?2, ?3) ORDER BY at, id");
    sqlite3_bind_int64(s, 1, number);
    sqlite3_bind_int64(s, 2, from);
    sqlite3_bind_int64(s, 3, behind);
    while (count < limit && sql_walk(&x->sql, s, &r, d)) {
        ids[count] = sqlite3_column_int64(s, 0);
        count += sight_has(x, ids[count]);
    }
    sqlite3_reset(s);
    *ret = ids;
    *ret_count = count;
    return r;
}

/* 0, or ERR_NOT_FOUND: then the conversation is as if it were not there. */
static int any_in_sight(struct desk_index *x, uint32_t number, struct diag *d)
{
    sqlite3_stmt *s = sql(&x->sql, "SELECT id FROM message WHERE conversation = ?1");
    bool any = false;
    int r = 0;
    sqlite3_bind_int64(s, 1, number);
    while (!any && sql_walk(&x->sql, s, &r, d))
        any = sight_has(x, sqlite3_column_int64(s, 0));
    sqlite3_reset(s);
    return r < 0 ? r : any ? 0 : ERR_NOT_FOUND;
}

int desk_thread(struct desk_index *x, const struct desk_thread *t, desk_message_fn *fn,
                void *context, struct diag *d)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(TELL_BYTES);
    uint32_t number =
        names_find(&x->names[NAME_CONVERSATION], t->conversation, strlen(t->conversation));
    int64_t *ids = NULL;
    size_t count = 0;
    int r = number == 0 ? ERR_NOT_FOUND : find_thread(x, t, number, &a, &ids, &count, d);
    if (r == 0 && count == 0)
        r = any_in_sight(x, number, d);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no conversation %s", t->conversation);
    for (size_t i = 0; i < count && r == 0; i++)
        r = message_tell(x, ids[i], t->user, fn, context, d);
    return r;
}
