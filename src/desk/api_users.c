/* Sessions, passwords, users. */
#include <string.h>

#include "desk/api_internal.h"
#include "desk/bounded.h"

/* Whether they are bound to sets, and how many of these are approved. */
static int put_session(struct api_call *c)
{
    const struct desk_session *s = &c->session;
    struct desk_bound bound;
    int r = desk_bound_of(c->api->o.index, s->user, &bound, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->answer = json_pack("{ss ss ss sb sI}", "user", s->name, "role", desk_role_text(s->role),
                          "csrf", s->csrf, "bound", s->role == DESK_DEFENCE || bound.sets > 0,
                          "sets", (json_int_t)bound.approved);
    return 0;
}

/* A name that nobody has is not written down: it may be a password. */
void api_say_whose(struct api_call *c, const char *name)
{
    bool known = desk_user_known(c->api->o.users, name);
    api_what(c, "%s%s from %s", known ? "as " : "as nobody who is known", known ? name : "",
             c->q->peer);
}

int api_refuse_sign_in(struct api_call *c, int r)
{
    if (r == ERR_AUTH)
        return api_refuse(c, API_SIGN_IN, "%s", c->d.text);
    return r == ERR_LIMIT ? api_refuse(c, API_LOCKED, "%s", c->d.text) : api_fail(c, r);
}

/* It costs a tenth of a second of a processor, and comes from anybody. */
int api_take_turn(struct api_call *c, struct api_bucket *b)
{
    if (api_bucket_take(b, c->api->o.monotonic_ms()))
        return 0;
    return api_refuse(c, API_TOO_MANY, "too many sign-ins at once: try again in a moment");
}

static int put_recipes(struct api_call *c, const struct api_secret *s, struct desk_hash_ask *ask)
{
    int r = desk_user_recipe(c->api->o.users, s->name, c->now, &ask->recipes[0], &c->d);
    ask->passwords[0] = api_text(c, s->field, "");
    ask->count = 1;
    if (r < 0)
        return api_refuse_sign_in(c, r);
    if (s->fresh == NULL)
        return 0;
    r = desk_password_check(s->name, api_text(c, s->fresh, ""), &c->d);
    desk_password_recipe(&ask->recipes[1]);
    ask->passwords[1] = api_text(c, s->fresh, "");
    ask->count = 2;
    return r < 0 ? api_fail(c, r) : 0;
}

int api_hash(struct api_call *c, const struct api_secret *s, const char **ret)
{
    struct desk_hash_ask ask;
    int r = c->told != NULL ? 0 : api_take_turn(c, &c->api->sign_ins);
    if (r == 0)
        r = put_recipes(c, s, &ask);
    if (r == 0)
        r = api_request_hashes(c, &ask, ret);
    api_wipe(c, s->field);
    if (s->fresh != NULL)
        api_wipe(c, s->fresh);
    return r;
}

int api_signed_in(struct api_call *c)
{
    c->has_session = true;
    c->set_session = c->api->token;
    c->status = API_CREATED;
    return put_session(c);
}

int api_sign_in(struct api_call *c)
{
    const char *name = api_text(c, "name", "");
    c->has_session = false; /* whosever the cookie was */
    api_say_whose(c, name);
    const char *hash;
    int r = api_hash(c, &(struct api_secret){name, "password", NULL}, &hash);
    if (r < 0)
        return r;
    r = desk_sign_in(c->api->o.users, name, hash, c->now, c->api->token, &c->session, &c->d);
    if (r < 0)
        return api_refuse_sign_in(c, r);
    return api_signed_in(c);
}

int api_sign_out(struct api_call *c)
{
    desk_sign_out(c->api->o.users, c->q->session);
    c->set_session = "-";
    return 0;
}

int api_who(struct api_call *c)
{
    return put_session(c);
}

/* ---- the own password ---- */

int api_check_own_password(struct api_call *c, const char *hash)
{
    int r = desk_user_check(c->api->o.users, c->session.name, hash, c->now, &c->d);
    return r < 0 ? api_refuse_sign_in(c, r) : 0;
}

int api_password_check(struct api_call *c)
{
    const char *hashes;
    int r = api_hash(c, &(struct api_secret){c->session.name, "old", "new"}, &hashes);
    if (r < 0)
        return r;
    c->work = (void *)(uintptr_t)(hashes + DESK_PASSWORD_HASH_BYTES);
    return api_check_own_password(c, hashes);
}

int api_password_set(struct api_call *c)
{
    api_what(c, "own password");
    int r = desk_user_set_password(c->api->o.users, c->session.name, c->work, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->set_session = "-"; /* all of the user's have ended */
    return 0;
}

/* ---- an administrator's ---- */

struct listing {
    struct api_call *call;
    json_t *list;
};

static int take_user(void *context, const struct desk_user *u)
{
    const struct listing *l = context;
    struct desk_bound bound;
    int r = desk_bound_of(l->call->api->o.index, u->id, &bound, &l->call->d);
    if (r < 0)
        return r;
    return json_array_append_new(
        l->list, json_pack("{ss ss sb sI sI sb sI}", "name", u->name, "role",
                           desk_role_text(u->role), "disabled", u->disabled, "locked_until",
                           (json_int_t)u->locked_until_unix_ms, "passkeys", (json_int_t)u->passkeys,
                           "password", !u->passkey_only, "sets", (json_int_t)bound.sets));
}

int api_users_list(struct api_call *c)
{
    struct listing l = {c, json_array()};
    c->answer = json_pack("{so}", "users", l.list);
    api_what(c, "users");
    int r = desk_users_each(c->api->o.users, take_user, &l, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

static bool is_given(const struct api_call *c, const char *name)
{
    return json_object_get(c->form, name) != NULL;
}

/* The password that a user is to have, where one is given. */
int api_users_hash(struct api_call *c)
{
    const char *name = c->argument_count > 0 ? c->arguments[0] : api_text(c, "name", "");
    struct desk_hash_ask ask = {.passwords = {api_text(c, "password", "")}, .count = 1};
    const char *hash;
    if (!is_given(c, "password"))
        return 0;
    int r = desk_password_check(name, ask.passwords[0], &c->d);
    desk_password_recipe(&ask.recipes[0]);
    r = r < 0 ? api_fail(c, r) : api_request_hashes(c, &ask, &hash);
    api_wipe(c, "password");
    if (r == 0)
        c->work = (void *)(uintptr_t)hash;
    return r;
}

int api_users_add(struct api_call *c)
{
    const char *name = api_text(c, "name", ""), *role = api_text(c, "role", "");
    c->status = API_CREATED;
    api_what(c, "user %s is added: %s", name, role);
    int r = desk_user_add(c->api->o.users, name, desk_role_of(role), c->work, c->now, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

static int change(struct api_call *c, const char *name)
{
    struct desk_users *u = c->api->o.users;
    int r = 0;
    if (is_given(c, "role"))
        r = desk_user_set_role(u, name, desk_role_of(api_text(c, "role", "")), &c->d);
    if (r == 0 && is_given(c, "disabled"))
        r = desk_user_disable(u, name, api_flag(c, "disabled", false), &c->d);
    if (r == 0 && is_given(c, "password"))
        r = desk_user_set_password(u, name, c->work, &c->d);
    return r;
}

int api_users_change(struct api_call *c)
{
    const char *name = c->arguments[0];
    api_what(c, "user %s:", name);
    if (is_given(c, "role"))
        api_what(c, " role %s", api_text(c, "role", ""));
    if (is_given(c, "disabled"))
        api_what(c, " %s", api_flag(c, "disabled", false) ? "disabled" : "not disabled");
    if (is_given(c, "password"))
        api_what(c, " password");
    if (json_object_size(c->form) == 0)
        return api_refuse(c, API_MALFORMED, "say what is to change: role, password, disabled");
    if (strcmp(name, c->session.name) == 0)
        return api_refuse(c, API_STATE, "nobody changes themselves: ask another administrator");
    int r = change(c, name);
    return r < 0 ? api_fail(c, r) : 0;
}
