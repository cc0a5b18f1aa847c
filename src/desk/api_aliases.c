/* Accounts that are one person: merged, split, named, and what was done. */
#include "desk/aliases.h"
#include "desk/api_internal.h"

/* ---- showing ---- */

static int take_person(void *context, const struct desk_person *p)
{
    return json_array_append_new(context, api_person_json(p));
}

static int take_change(void *context, const struct desk_alias_change *a)
{
    return json_array_append_new(
        context, json_pack("{sI ss sI sI so sI sb s[]}", "id", (json_int_t)a->number, "kind",
                           desk_alias_text(a->kind), "user", (json_int_t)a->user, "at",
                           (json_int_t)a->at_unix_ms, "reason", api_string(a->reason), "undoes",
                           (json_int_t)a->undoes, "undoable", a->can_be_undone, "accounts"));
}

static int take_account(void *context, const struct desk_alias_account *a)
{
    return json_array_append_new(context, json_pack("{so so so}", "account", api_string(a->account),
                                                    "before", api_string(a->before), "after",
                                                    api_string(a->after)));
}

static int add_accounts(struct api_call *c, json_t *changes)
{
    size_t i;
    json_t *o;
    int r = 0;
    json_array_foreach(changes, i, o) if (r == 0) r =
        desk_alias_accounts(c->api->o.index, json_integer_value(json_object_get(o, "id")),
                            take_account, json_object_get(o, "accounts"), &c->d);
    return r;
}

int api_accounts(struct api_call *c)
{
    static const char *const users[] = {"user", NULL};
    struct desk_index *x = c->api->o.index;
    json_t *accounts = json_array(), *like = json_array(), *changes = json_array();
    c->answer = json_pack("{so so so}", "accounts", accounts, "like", like, "changes", changes);
    api_what(c, "accounts of the person %s", c->arguments[0]);
    int r = desk_aliases(x, c->arguments[0], take_person, accounts, &c->d);
    if (r == 0)
        r = desk_aliases_like(x, c->arguments[0], take_person, like, &c->d);
    if (r == 0)
        r = desk_alias_changes(x, c->arguments[0], take_change, changes, &c->d);
    if (r == 0)
        r = add_accounts(c, changes);
    if (r < 0)
        return api_fail(c, r);
    api_name_users(c, changes, users);
    return 0;
}

/* ---- changing ---- */

static int changed(struct api_call *c, int r, int64_t change)
{
    if (r < 0)
        return api_fail(c, r);
    api_what(c, " (change %lld)", (long long)change);
    c->answer = json_pack("{sI}", "id", (json_int_t)change);
    return 0;
}

int api_merge(struct api_call *c)
{
    struct desk_by by = api_by(c);
    const struct desk_merge m = {c->arguments[0], api_text(c, "with", ""), api_text(c, "name", ""),
                                 api_text(c, "reason", "")};
    int64_t change = 0;
    api_what(c, "merged: %s with %s", m.account, m.with);
    if (m.name[0] != '\0')
        api_what(c, " as %s", m.name);
    api_what(c, ": %s", m.reason);
    return changed(c, desk_aliases_merge(c->api->o.index, &m, &by, &change, &c->d), change);
}

int api_split(struct api_call *c)
{
    struct desk_by by = api_by(c);
    const char *reason = api_text(c, "reason", "");
    int64_t change = 0;
    api_what(c, "split off: %s: %s", c->arguments[0], reason);
    return changed(
        c, desk_aliases_split(c->api->o.index, c->arguments[0], reason, &by, &change, &c->d),
        change);
}

int api_merge_undo(struct api_call *c)
{
    struct desk_by by = api_by(c);
    const char *reason = api_text(c, "reason", "");
    int64_t number, change = 0;
    int r = api_id(c, 0, &number);
    if (r < 0)
        return r;
    api_what(c, "change %lld of who is one person is undone: %s", (long long)number, reason);
    return changed(c, desk_aliases_undo(c->api->o.index, number, reason, &by, &change, &c->d),
                   change);
}

int api_name(struct api_call *c)
{
    struct desk_by by = api_by(c);
    const char *name = api_text(c, "name", "");
    bool whole = api_flag(c, "whole", false);
    api_what(c, "name of %s%s: %s", whole ? "the person " : "", c->arguments[0], name);
    int r = whole ? desk_aliases_name(c->api->o.index, c->arguments[0], name, &by, &c->d)
                  : desk_set_name(c->api->o.index, c->arguments[0], name, &by, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}
