/* Passkeys: a user's own, an administrator's word over them, and signing in with one. */
#include <string.h>

#include "base/memory.h"
#include "desk/api_internal.h"

static int check_site(struct api_call *c)
{
    if (c->api->o.site.id != NULL)
        return 0;
    return api_refuse(c, API_STATE, "this desk takes no passkeys: its desk.json names no 'site'");
}

static json_t *give_challenge(struct api_call *c, const struct desk_challenge_for *to)
{
    uint8_t bytes[PASSKEY_CHALLENGE_BYTES];
    desk_challenges_give(&c->api->challenges, to, c->now, bytes);
    return api_base64(bytes, sizeof bytes);
}

/* The one that the client data is for, if it was given to them; it is gone then. */
static bool take_challenge(struct api_call *c, const struct desk_challenge_for *from,
                           struct passkey_part client_data,
                           uint8_t ret[static PASSKEY_CHALLENGE_BYTES])
{
    return passkey_challenge(client_data, ret) == 0 &&
           desk_challenges_take(&c->api->challenges, from, ret, c->now) == 0;
}

static int take_credential(void *context, const struct desk_passkey *p)
{
    return json_array_append_new(context, api_base64(p->credential, p->credential_len));
}

/* ---- the own ---- */

/* For a session, not for its user: who has another's cannot use what the user began. */
static struct desk_challenge_for this_session(const struct api_call *c)
{
    return (struct desk_challenge_for){DESK_CHALLENGE_CREATE, c->q->session};
}

int api_passkey_challenge(struct api_call *c)
{
    const struct desk_challenge_for to = this_session(c);
    uint8_t handle[DESK_HANDLE_BYTES];
    api_what(c, "a passkey is begun");
    int r = check_site(c);
    if (r < 0)
        return r;
    desk_passkey_handle(c->api->o.users, c->session.user, handle);
    json_t *exclude = json_array();
    c->answer = json_pack("{so ss so ss so s[iii]}", "challenge", give_challenge(c, &to), "rp",
                          c->api->o.site.id, "handle", api_base64(handle, sizeof handle), "user",
                          c->session.name, "exclude", exclude, "algorithms", -7, -8, -257);
    r = desk_passkeys_each(c->api->o.users, c->session.user, take_credential, exclude, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_passkey_check(struct api_call *c)
{
    const struct desk_challenge_for from = this_session(c);
    uint8_t challenge[PASSKEY_CHALLENGE_BYTES];
    struct passkey_part client_data, attestation;
    struct passkey *p = arena_new(&c->arena, sizeof *p);
    const char *hash;
    int r = check_site(c);
    if (r == 0)
        r = api_bytes(c, "client_data", &client_data);
    if (r == 0)
        r = api_bytes(c, "attestation", &attestation);
    if (r < 0 || p == NULL)
        return r < 0 ? r : api_fail(c, ERR_LIMIT);
    /* All of it is asked again when the hash is there: a challenge is used up once. */
    r = api_hash(c, &(struct api_secret){c->session.name, "password", NULL}, &hash);
    if (r < 0)
        return r;
    if (!take_challenge(c, &from, client_data, challenge))
        return api_refuse(c, API_STATE, "the challenge is used up or too old: begin anew");
    r = passkey_create(&c->api->o.site, challenge, client_data, attestation, p, &c->d);
    if (r < 0)
        return api_refuse(c, API_MALFORMED, "%s", c->d.text);
    c->work = p;
    return api_check_own_password(c, hash);
}

int api_passkey_add(struct api_call *c)
{
    const char *name = api_text(c, "name", "");
    api_what(c, "own passkey '%s' is added", name);
    int r = desk_passkey_add(c->api->o.users, c->session.user, name, c->work, c->now, &c->d);
    c->status = API_CREATED;
    return r < 0 ? api_fail(c, r) : 0;
}

static int take_passkey(void *context, const struct desk_passkey *p)
{
    return json_array_append_new(context,
                                 json_pack("{sI so sI sI}", "id", (json_int_t)p->id, "name",
                                           api_string(p->name), "made", (json_int_t)p->made_unix_ms,
                                           "used", (json_int_t)p->used_unix_ms));
}

int api_passkeys_list(struct api_call *c)
{
    struct desk_users *u = c->api->o.users;
    json_t *list = json_array();
    c->answer =
        json_pack("{so sb}", "passkeys", list, "password", !desk_passkey_only(u, c->session.user));
    api_what(c, "own passkeys");
    int r = desk_passkeys_each(u, c->session.user, take_passkey, list, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_passkey_remove(struct api_call *c)
{
    int64_t id;
    int r = api_id(c, 0, &id);
    if (r < 0)
        return r;
    api_what(c, "own passkey %lld is removed", (long long)id);
    r = desk_passkey_remove(c->api->o.users, c->session.user, id, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_password_switch(struct api_call *c)
{
    bool off = api_flag(c, "off", false);
    api_what(c, "own password is %s way in", off ? "no" : "a");
    int r = desk_passkey_only_set(c->api->o.users, c->session.user, off, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- an administrator's ---- */

int api_passkeys_remove_all(struct api_call *c)
{
    const char *name = c->arguments[0];
    api_what(c, "user %s: passkeys are removed", name);
    if (strcmp(name, c->session.name) == 0)
        return api_refuse(c, API_STATE, "nobody changes themselves: ask another administrator");
    int r = desk_passkeys_remove_all(c->api->o.users, name, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

/* ---- signing in ---- */

static int begin_sign_in(struct api_call *c, struct api_bucket *b, const char *says)
{
    c->has_session = false; /* whosever the cookie was */
    api_what(c, "%s, ", says);
    api_say_whose(c, api_text(c, "name", ""));
    int r = check_site(c);
    return r < 0 ? r : api_take_turn(c, b);
}

int api_sign_in_challenge(struct api_call *c)
{
    const char *name = api_text(c, "name", "");
    const struct desk_challenge_for to = {DESK_CHALLENGE_SIGN_IN, name};
    int r = begin_sign_in(c, &c->api->challenged, "a passkey is asked for");
    if (r < 0)
        return r;
    json_t *credentials = json_array();
    c->answer = json_pack("{so ss so}", "challenge", give_challenge(c, &to), "rp",
                          c->api->o.site.id, "credentials", credentials);
    r = desk_passkeys_of_name(c->api->o.users, name, take_credential, credentials, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

static int take_use(struct api_call *c, struct desk_passkey_use *ret)
{
    int r = api_bytes(c, "credential", &ret->credential);
    if (r == 0)
        r = api_bytes(c, "client_data", &ret->use.client_data);
    if (r == 0)
        r = api_bytes(c, "authenticator_data", &ret->use.authenticator_data);
    return r < 0 ? r : api_bytes(c, "signature", &ret->use.signature);
}

int api_sign_in_passkey(struct api_call *c)
{
    const char *name = api_text(c, "name", "");
    const struct desk_challenge_for from = {DESK_CHALLENGE_SIGN_IN, name};
    struct desk_passkey_use use = {.name = name};
    uint8_t challenge[PASSKEY_CHALLENGE_BYTES];
    struct diag why = {""};
    int r = begin_sign_in(c, &c->api->sign_ins, "by passkey");
    if (r == 0)
        r = take_use(c, &use);
    if (r < 0)
        return r;
    if (take_challenge(c, &from, use.use.client_data, challenge))
        use.challenge = challenge;
    r = desk_sign_in_by_passkey(c->api->o.users, &c->api->o.site, &use, c->now, c->api->token,
                                &c->session, &why, &c->d);
    if (r == ERR_AUTH)
        api_what(c, ": %s", why.text);
    if (r < 0)
        return api_refuse_sign_in(c, r);
    return api_signed_in(c);
}
