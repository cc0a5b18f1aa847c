/* What is privileged: marked by who finds it, released or kept by the filter role. */
#include <stdlib.h>
#include <string.h>

#include "desk/api_internal.h"
#include "desk/privilege.h"

#define PRIVILEGES_USUAL 50

/* ---- marking ---- */

struct marking {
    struct desk_privilege_ask ask;
    const char *chosen; /* how, for the log */
};

static const struct {
    const char *word;
    enum desk_privileged kind;
} kinds[] = {
    {"message", DESK_PRIVILEGED_MESSAGES}, {"search", DESK_PRIVILEGED_MESSAGES},
    {"person", DESK_PRIVILEGED_PERSON},    {"conversation", DESK_PRIVILEGED_CONVERSATION},
    {"pair", DESK_PRIVILEGED_PAIR},
};

static enum desk_privileged kind_of(const char *word)
{
    size_t i = 0;
    while (strcmp(kinds[i].word, word) != 0) /* one of them: the route's field */
        i++;
    return kinds[i].kind;
}

static int choose_message(struct api_call *c, struct desk_privilege_ask *a)
{
    char *end;
    int64_t *id = arena_new(&c->arena, sizeof *id);
    if (id == NULL)
        return api_fail(c, ERR_LIMIT);
    *id = strtoll(a->what, &end, 10);
    if (*end != '\0' || *id < 1)
        return api_refuse(c, API_MALFORMED, "'what' is the number of a message");
    a->messages = id;
    a->message_count = 1;
    return 0;
}

static int choose_search(struct api_call *c, struct desk_privilege_ask *a)
{
    CLEANUP(query_free_cleanup) struct query *query = NULL;
    int64_t *ids = arena_array(&c->arena, API_COLLECT_MAX + 1, sizeof *ids);
    int r = ids == NULL ? api_fail(c, ERR_LIMIT) : api_query(c, a->what, &query);
    if (r < 0)
        return r;
    a->messages = ids;
    return api_collect(c, query, ids, &a->message_count);
}

int api_privilege_read(struct api_call *c)
{
    const char *kind = api_text(c, "kind", "");
    struct marking *m = arena_new(&c->arena, sizeof *m);
    if (m == NULL)
        return api_fail(c, ERR_LIMIT);
    m->ask = (struct desk_privilege_ask){.kind = kind_of(kind),
                                         .what = api_text(c, "what", ""),
                                         .with = api_text(c, "with", NULL),
                                         .reason = api_text(c, "reason", "")};
    c->work = m;
    api_what(c, "privileged: %s %s", kind, m->ask.what);
    if (m->ask.with != NULL)
        api_what(c, " %s", m->ask.with);
    api_what(c, ": %s", m->ask.reason);
    if (strcmp(kind, "message") == 0)
        return choose_message(c, &m->ask);
    return strcmp(kind, "search") == 0 ? choose_search(c, &m->ask) : 0;
}

int api_privilege_mark(struct api_call *c)
{
    const struct marking *m = c->work;
    struct desk_by by = api_by(c);
    int64_t number = 0;
    uint64_t hidden = 0;
    int r = desk_privilege_mark(c->api->o.index, &m->ask, &by, &number, &hidden, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->status = API_CREATED;
    c->entry.count = hidden;
    api_what(c, " (privilege %lld)", (long long)number);
    c->answer = json_pack("{sI sI}", "id", (json_int_t)number, "messages", (json_int_t)hidden);
    return 0;
}

/* ---- the filter's queue ---- */

struct marks {
    json_t *list;
    int64_t last;
};

static int take_mark(void *context, const struct desk_privilege *p)
{
    struct marks *s = context;
    s->last = p->number;
    return json_array_append_new(
        s->list, json_pack("{sI ss ss so sI sI so sI sI so sI}", "id", (json_int_t)p->number,
                           "kind", desk_privileged_text(p->kind), "state",
                           desk_privilege_state_text(p->state), "what", api_string(p->what), "user",
                           (json_int_t)p->user, "at", (json_int_t)p->at_unix_ms, "reason",
                           api_string(p->reason), "decided_by", (json_int_t)p->decided_by,
                           "decided", (json_int_t)p->decided_unix_ms, "decided_reason",
                           api_string(p->decided_reason), "messages", (json_int_t)p->messages));
}

int api_privileges(struct api_call *c)
{
    const char *word = api_text(c, "state", "waiting");
    int64_t limit = api_number(c, "limit", PRIVILEGES_USUAL), from;
    struct marks s = {.list = json_array()};
    char scope[64];
    c->answer = json_pack("{so}", "marks", s.list);
    snprintf(scope, sizeof scope, "privilege %s", word);
    api_what(c, "what is privileged: %s", word);
    int r = api_after(c, scope, 0, &from);
    if (r < 0)
        return r;
    r = desk_privileges(c->api->o.index, desk_privilege_state_of(word), from, (unsigned)limit,
                        take_mark, &s, &c->d);
    if (r < 0)
        return api_fail(c, r);
    api_name_users(c, s.list, (const char *const[]){"user", "decided_by", NULL});
    api_put_after(c, json_array_size(s.list), limit, scope, s.last + 1);
    return 0;
}

int api_privilege_messages(struct api_call *c)
{
    int64_t id, before, limit = api_number(c, "limit", PRIVILEGES_USUAL);
    struct api_lines lines = {.call = c, .list = json_array()};
    char scope[64];
    c->answer = json_pack("{so}", "messages", lines.list);
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    snprintf(scope, sizeof scope, "privilege messages %lld", (long long)id);
    api_what(c, "messages of privilege %lld", (long long)id);
    r = api_after(c, scope, 0, &before);
    if (r < 0)
        return r;
    r = desk_privilege_messages(c->api->o.index, id, before, (unsigned)limit, c->session.user,
                                api_take_line, &lines, &c->d);
    if (r < 0)
        return api_fail(c, r);
    api_put_after(c, json_array_size(lines.list), limit, scope, lines.last);
    return 0;
}

int api_privilege_decide(struct api_call *c)
{
    const char *decision = api_text(c, "decision", ""), *reason = api_text(c, "reason", "");
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "privilege %lld: %s: %s", (long long)id, decision, reason);
    r = desk_privilege_decide(c->api->o.index, id, strcmp(decision, "release") == 0, reason, &by,
                              &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_privilege_release(struct api_call *c)
{
    const char *reason = api_text(c, "reason", "");
    struct desk_by by = api_by(c);
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "released: message %lld: %s", (long long)id, reason);
    r = desk_privilege_release(c->api->o.index, id, reason, &by, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->entry.count = 1;
    return 0;
}
