/* What is assigned to whom. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk/api_internal.h"
#include "desk/assign.h"

int api_reviewer(struct api_call *c, const char *name, int64_t *ret)
{
    enum desk_role role;
    int r = desk_user_named(c->api->o.users, name, ret, &role, &c->d);
    if (r < 0)
        return api_fail(c, r);
    if (role != DESK_REVIEWER && role != DESK_SUPERVISOR)
        return api_refuse(c, API_STATE, "%s is a %s and reviews nothing", name,
                          desk_role_text(role));
    return 0;
}

static int assign_search(struct api_call *c, int64_t search, int64_t user, bool on)
{
    struct desk_by by = api_by(c);
    char object[DESK_NUMBER_BYTES];
    int r = on ? api_saved_check(c, search) : 0;
    if (r < 0)
        return r;
    snprintf(object, sizeof object, "%lld", (long long)search);
    r = desk_assign(c->api->o.index, DESK_ASSIGN_SEARCH, object, user, on, &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

static int assign_message(struct api_call *c, int64_t message, int64_t user, bool on)
{
    struct desk_by by = api_by(c);
    c->entry.count = 1;
    int r = desk_assign_message(c->api->o.index, message, user, on, &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_assign(struct api_call *c)
{
    const char *object = api_text(c, "object", ""), *whom = api_text(c, "user", "");
    enum desk_assign_kind kind = desk_assign_kind_of(api_text(c, "kind", ""));
    bool on = api_flag(c, "on", true);
    struct desk_by by = api_by(c);
    int64_t user, number = 0;
    int r = api_reviewer(c, whom, &user);
    if (r == 0 && (kind == DESK_ASSIGN_MESSAGE || kind == DESK_ASSIGN_SEARCH))
        r = api_number_of(c, object, &number);
    if (r < 0)
        return r;
    api_what(c, "%s %s is assigned to %s%s", desk_assign_kind_text(kind), object, whom,
             on ? "" : " no more");
    if (kind == DESK_ASSIGN_SEARCH)
        return assign_search(c, number, user, on);
    if (kind == DESK_ASSIGN_MESSAGE)
        return assign_message(c, number, user, on);
    r = desk_assign(c->api->o.index, kind, object, user, on, &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- read back ---- */

struct listing {
    struct api_call *call;
    json_t *list;
};

static int take(void *context, const struct desk_assignment *a)
{
    struct listing *l = context;
    return json_array_append_new(
        l->list, json_pack("{ss so so sI}", "kind", desk_assign_kind_text(a->kind), "object",
                           api_string(a->object), "by", api_user(l->call, a->by_user), "at",
                           (json_int_t)a->at_unix_ms));
}

/* Under which name and with which words a search was saved. */
static int name_searches(struct api_call *c, json_t *list)
{
    size_t i;
    json_t *one;
    int r = 0;
    json_array_foreach(list, i, one)
    {
        struct api_saved saved = {.name = "", .query = ""};
        const char *object = json_string_value(json_object_get(one, "object"));
        if (strcmp(json_string_value(json_object_get(one, "kind")), "search") == 0)
            r = api_saved_read(c, strtoll(object, NULL, 10), &saved);
        if (r < 0)
            return r;
        json_object_set_new(one, "name", api_string(saved.name));
        json_object_set_new(one, "query", api_string(saved.query));
    }
    return 0;
}

int api_assignments(struct api_call *c)
{
    const char *whom = api_text(c, "user", c->session.name);
    struct listing l = {c, json_array()};
    uint64_t messages = 0;
    int64_t user;
    c->answer = json_pack("{so}", "assignments", l.list);
    api_what(c, "what is assigned to %s", whom);
    int r = api_reviewer(c, whom, &user);
    if (r < 0)
        return r;
    r = desk_assignments(c->api->o.index, user, take, &l, &c->d);
    if (r == 0)
        r = desk_assigned_messages(c->api->o.index, user, &messages, &c->d);
    if (r < 0)
        return api_fail(c, r);
    json_object_set_new(c->answer, "messages", json_integer((json_int_t)messages));
    return name_searches(c, l.list);
}

/* ---- who reviews ---- */

static int take_reviewer(void *context, const struct desk_user *u)
{
    if (!u->disabled && (u->role == DESK_REVIEWER || u->role == DESK_SUPERVISOR))
        json_array_append_new(context, json_pack("{so ss}", "name", api_string(u->name), "role",
                                                 desk_role_text(u->role)));
    return 0;
}

int api_reviewers(struct api_call *c)
{
    json_t *list = json_array();
    c->answer = json_pack("{so}", "reviewers", list);
    int r = desk_users_each(c->api->o.users, take_reviewer, list, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}
