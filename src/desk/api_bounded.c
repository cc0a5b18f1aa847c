/* Bounded sets: proposed, approved by another, bound to users. */
#include <string.h>

#include "desk/api_internal.h"
#include "desk/bounded.h"

#define SETS_USUAL 50

/* ---- proposing ---- */

int api_bounded_read(struct api_call *c)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    struct desk_bounded_ask *a = arena_new(&c->arena, sizeof *a);
    int64_t *ids = arena_array(&c->arena, API_COLLECT_MAX + 1, sizeof *ids);
    int r = a == NULL || ids == NULL ? api_fail(c, ERR_LIMIT) : 0;
    if (r == 0)
        r = api_query(c, api_text(c, "query", ""), &query);
    if (r < 0)
        return r;
    *a = (struct desk_bounded_ask){.name = api_text(c, "name", ""),
                                   .reason = api_text(c, "reason", ""),
                                   .word = api_text(c, "case", ""),
                                   .messages = ids};
    c->work = a;
    api_what(c, "set '%s' of case %s: %s: ", a->name, a->word, a->reason);
    query_put(&c->what, query);
    return api_collect(c, query, ids, &a->message_count);
}

int api_bounded_propose(struct api_call *c)
{
    const struct desk_bounded_ask *a = c->work;
    struct desk_by by = api_by(c);
    int64_t number = 0;
    uint64_t conversations = 0;
    int r = desk_bounded_propose(c->api->o.index, a, &by, &number, &conversations, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->status = API_CREATED;
    api_what(c, " (set %lld)", (long long)number);
    c->answer =
        json_pack("{sI sI}", "id", (json_int_t)number, "conversations", (json_int_t)conversations);
    return 0;
}

/* ---- deciding, binding ---- */

int api_bounded_decide(struct api_call *c)
{
    const char *decision = api_text(c, "decision", ""), *reason = api_text(c, "reason", "");
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "set %lld: %s: %s", (long long)id, decision, reason);
    r = desk_bounded_decide(c->api->o.index, id, strcmp(decision, "approve") == 0, reason, &by,
                            &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* Only reviewers and the defence are bound; who was bound before is let go in any role. */
static int find_user(struct api_call *c, const char *name, bool on, int64_t *ret)
{
    enum desk_role role;
    int r = desk_user_named(c->api->o.users, name, ret, &role, &c->d);
    if (r < 0)
        return api_fail(c, r);
    if (on && role != DESK_DEFENCE && role != DESK_REVIEWER)
        return api_refuse(c, API_STATE, "a %s is not bound to sets: reviewers and the defence are",
                          desk_role_text(role));
    return 0;
}

int api_bounded_bind(struct api_call *c)
{
    const char *name = api_text(c, "user", "");
    bool on = api_flag(c, "on", true);
    struct desk_by by = api_by(c);
    int64_t id, user = 0;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "set %lld: %s is %s", (long long)id, name, on ? "bound" : "not bound any more");
    r = find_user(c, name, on, &user);
    if (r < 0)
        return r;
    r = desk_bounded_bind(c->api->o.index, id, user, on, &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- lists ---- */

struct sets {
    json_t *list;
    int64_t last;
};

static int take_set(void *context, const struct desk_bounded *b)
{
    struct sets *s = context;
    s->last = b->number;
    return json_array_append_new(
        s->list,
        json_pack("{sI so so so ss sI sI sI sI so sI sI}", "id", (json_int_t)b->number, "name",
                  api_string(b->name), "case", api_string(b->word), "reason", api_string(b->reason),
                  "state", desk_bounded_state_text(b->state), "user", (json_int_t)b->user, "at",
                  (json_int_t)b->at_unix_ms, "decided_by", (json_int_t)b->decided_by, "decided",
                  (json_int_t)b->decided_unix_ms, "decided_reason", api_string(b->decided_reason),
                  "conversations", (json_int_t)b->conversations, "messages",
                  (json_int_t)b->messages));
}

struct bound {
    struct api_call *call;
    json_t *list;
};

static int take_user(void *context, int64_t user)
{
    struct bound *b = context;
    return json_array_append_new(b->list, api_user(b->call, user));
}

static int put_users(struct api_call *c, json_t *list)
{
    size_t i;
    json_t *o;
    int r = 0;
    json_array_foreach(list, i, o)
    {
        struct bound b = {c, json_array()};
        json_object_set_new(o, "users", b.list);
        r = desk_bounded_users(c->api->o.index, json_integer_value(json_object_get(o, "id")),
                               take_user, &b, &c->d);
        if (r < 0)
            return api_fail(c, r);
    }
    return r;
}

int api_bounded_list(struct api_call *c)
{
    int64_t limit = api_number(c, "limit", SETS_USUAL), before;
    struct sets s = {.list = json_array()};
    c->answer = json_pack("{so}", "sets", s.list);
    api_what(c, "sets");
    int r = api_after(c, "sets", 0, &before);
    if (r < 0)
        return r;
    r = desk_bounded_each(c->api->o.index, before, (unsigned)limit, take_set, &s, &c->d);
    if (r < 0)
        return api_fail(c, r);
    r = put_users(c, s.list);
    api_name_users(c, s.list, (const char *const[]){"user", "decided_by", NULL});
    api_put_after(c, json_array_size(s.list), limit, "sets", s.last);
    return r;
}

int api_bounded_conversations(struct api_call *c)
{
    int64_t id, behind, limit = api_number(c, "limit", SETS_USUAL);
    struct api_conversations s = {.list = json_array()};
    char scope[64];
    c->answer = json_pack("{so}", "conversations", s.list);
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    snprintf(scope, sizeof scope, "conversations of set %lld", (long long)id);
    api_what(c, "%s", scope);
    r = api_after(c, scope, 0, &behind);
    if (r < 0)
        return r;
    r = desk_bounded_conversations(c->api->o.index, id, (uint32_t)behind, (unsigned)limit,
                                   api_take_conversation, &s, &c->d);
    if (r < 0)
        return api_fail(c, r);
    api_put_after(c, json_array_size(s.list), limit, scope, (int64_t)(uint32_t)s.last);
    return 0;
}
