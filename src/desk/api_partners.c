/* Partners: who they are, named and changed by supervisors. */
#include <string.h>

#include "base/encode.h"
#include "desk/api_internal.h"
#include "desk/partners.h"
#include "desk/schedule.h"

#define RECEIPT_MINUTES 1440 /* a day, unless it is said */

/* ---- the list ---- */

static json_int_t next_of(const struct desk_partner *p, int64_t now)
{
    CLEANUP(desk_schedule_free_cleanup) struct desk_schedule *s = NULL;
    return desk_schedule_parse(p->times, &s, NULL) < 0 ? 0 : desk_schedule_next(s, now);
}

struct listing {
    json_t *list;
    int64_t now;
};

static int take_partner(void *context, const struct desk_partner *p)
{
    struct listing *l = context;
    char hash[2 * HASH_BYTES + 1], key[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    encode_hex(p->network_hash, HASH_BYTES, hash);
    encode_base64(p->key, sizeof p->key, key);
    return json_array_append_new(
        l->list,
        json_pack("{sI ss ss ss ss ss ss so ss sI ss ss sI sI sI}", "id", (json_int_t)p->number,
                  "name", p->name, "network", p->domain, "network_hash", hash, "agency", p->agency,
                  "key", key, "recipients", p->recipients, "scope", api_string(p->scope), "times",
                  p->times, "next", next_of(p, l->now), "delivery", p->delivery, "approval",
                  desk_approval_text(p->approval), "receipt_minutes",
                  (json_int_t)p->receipt_minutes, "user", (json_int_t)p->by.user, "at",
                  (json_int_t)p->by.at_unix_ms));
}

int api_partners(struct api_call *c)
{
    struct listing l = {json_array(), c->now};
    c->answer = json_pack("{so}", "partners", l.list);
    api_what(c, "partners");
    int r = desk_partners_each(c->api->o.index, take_partner, &l, &c->d);
    if (r < 0)
        return api_fail(c, r);
    api_name_users(c, l.list, (const char *const[]){"user", NULL});
    return 0;
}

/* ---- changing ---- */

struct changed {
    struct api_call *call;
    struct desk_partner partner; /* as it is, then as it is to be; strings in the arena */
};

static int take_as_it_is(void *context, const struct desk_partner *p)
{
    struct changed *g = context;
    return desk_partner_copy(&g->call->arena, p, &g->partner);
}

/* What the form says of it; the rest stays. */
static int read_form(struct api_call *c, struct desk_partner *p)
{
    const char *key = api_text(c, "key", ""), *approval = api_text(c, "approval", "");
    p->name = api_text(c, "name", p->name);
    p->network = api_text(c, "network", p->network);
    p->agency = api_text(c, "agency", p->agency);
    p->recipients = api_text(c, "recipients", p->recipients);
    p->scope = api_text(c, "scope", p->scope);
    p->times = api_text(c, "times", p->times);
    p->delivery = api_text(c, "delivery", p->delivery);
    p->receipt_minutes = api_number(c, "receipt_minutes", p->receipt_minutes);
    p->by = api_by(c);
    if (approval[0] != '\0')
        p->approval = desk_approval_of(approval);
    return key[0] == '\0' || decode_base64_exact(key, strlen(key), p->key, sizeof p->key) == 0
               ? 0
               : api_refuse(c, API_MALFORMED, "the key is not 32 bytes in base64");
}

static int say_changed(void *context, const struct desk_partner *p)
{
    desk_partner_line(p, context);
    return 0;
}

static int say(struct api_call *c, int64_t number, const char *name, const char *what)
{
    api_what(c, "partner %s is %s: ", name, what);
    int r = desk_partner_read(c->api->o.index, number, say_changed, &c->what, &c->d);
    return r < 0 ? api_fail(c, r) : 0;
}

int api_partner_add(struct api_call *c)
{
    struct desk_partner p = {.scope = "",
                             .times = "",
                             .delivery = "",
                             .approval = DESK_APPROVAL_FIRST,
                             .receipt_minutes = RECEIPT_MINUTES};
    int64_t number = 0;
    int r = read_form(c, &p);
    if (r < 0)
        return r;
    r = desk_partner_add(c->api->o.index, &p, &number, &c->d);
    if (r < 0)
        return api_fail(c, r);
    c->status = API_CREATED;
    c->answer = json_pack("{sI}", "id", (json_int_t)number);
    return say(c, number, p.name, "added");
}

int api_partner_change(struct api_call *c)
{
    struct changed g = {.call = c};
    int64_t number;
    int r = api_id(c, 0, &number);
    if (r < 0)
        return r;
    r = desk_partner_read(c->api->o.index, number, take_as_it_is, &g, &c->d);
    if (r < 0)
        return api_fail(c, r);
    r = read_form(c, &g.partner);
    if (r < 0)
        return r;
    r = desk_partner_change(c->api->o.index, &g.partner, &c->d);
    return r < 0 ? api_fail(c, r) : say(c, number, g.partner.name, "changed");
}
