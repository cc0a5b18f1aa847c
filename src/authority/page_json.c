/* The pages as JSON, for page.h. */
#include "authority/page_internal.h"
#include "wire/json.h"
#include "wire/policy_change.h"

static json_t *hash_json(const uint8_t hash[static HASH_BYTES])
{
    char hex[2 * HASH_BYTES + 1];
    page_hex(hash, hex);
    return json_string(hex);
}

static json_t *signatures_json(const struct network_note *net, const struct document *x)
{
    if (net == NULL)
        return json_null();
    json_t *have = json_array(), *missing = json_array(), *wrong = json_array();
    for (size_t i = 0; i < net->custodian_count; i++) {
        enum page_signature s = page_signature_of(net, x, i);
        json_array_append_new(s == PAGE_SIGNED    ? have
                              : s == PAGE_MISSING ? missing
                                                  : wrong,
                              json_string(net->custodians[i].name));
    }
    bool enough = json_array_size(have) >= net->quorum && json_array_size(wrong) == 0;
    return json_pack("{sI so so so sb}", "needed", (json_int_t)net->quorum, "signed", have,
                     "missing", missing, "false", wrong, "enough", enough);
}

static json_t *accounts_json(const struct warrant *w)
{
    json_t *list = json_array();
    for (size_t i = 0; i < w->account_count; i++)
        json_array_append_new(list, hash_json(w->accounts[i]));
    return list;
}

static const char *scope_word(enum warrant_scope scope)
{
    switch (scope) {
    case WARRANT_ALL:
        return "all";
    case WARRANT_ACCOUNTS:
        return "accounts";
    case WARRANT_COUNTRIES:
        return "countries";
    }
    return "";
}

static json_t *agencies_json(const struct warrant *w)
{
    json_t *list = json_array();
    for (size_t i = 0; i < w->agency_count; i++)
        json_array_append_new(list, json_of_agency(&w->agencies[i]));
    return list;
}

json_t *page_warrant_json(const struct page_context *c, const struct warrant *w)
{
    const struct policy_revoked *x = policy_warrant_revoked(c->policy, w->id);
    json_t *o = json_pack(
        "{ss ss ss so so sI ss so so so ss so so so so}", "id", w->id, "network", w->network,
        "authority", w->authority, "from", json_of_day(w->from_day), "until",
        json_of_day(w->until_day), "days", (json_int_t)w->until_day - w->from_day + 1, "scope",
        scope_word(w->scope), "countries", json_of_words(w->countries, w->country_count),
        "accounts", accounts_json(w), "exclude", json_of_words(w->excluded, w->excluded_count),
        "bot", w->bot, "agencies", agencies_json(w), "text", hash_json(w->document.hash), "revoked",
        x == NULL ? json_null() : json_of_instant(x->since_unix_ms), "signatures",
        signatures_json(c->net, &w->document));
    if (c->account != NULL)
        json_object_set_new(
            o, "account",
            json_pack("{ss sb}", "handle", c->account, "named", page_names(w, c->account)));
    return o;
}

static void add_line(void *context, const char *line)
{
    json_array_append_new(context, json_string(line));
}

static json_t *revoked_json(const struct policy *p)
{
    json_t *list = json_array();
    char id[POLICY_REVOKED_ID_MAX + 1];
    for (size_t i = 0; i < p->revoked_count; i++) {
        policy_revoked_id(&p->revoked[i], id);
        json_array_append_new(
            list, json_pack("{ss ss so}", "what", policy_revoked_word(p->revoked[i].kind), "id", id,
                            "since", json_of_instant(p->revoked[i].since_unix_ms)));
    }
    return list;
}

json_t *page_policy_json(const struct page_context *c, const struct policy *p,
                         const struct policy *before)
{
    json_t *changes = json_array(), *warrants = json_array(), *bots = json_array();
    policy_change_each(before, p, add_line, changes);
    for (size_t i = 0; i < p->warrant_count; i++)
        json_array_append_new(warrants, json_string(p->warrants[i].id));
    for (size_t i = 0; i < p->bot_count; i++)
        json_array_append_new(
            bots,
            json_pack("{ss sb so}", "address", p->bots[i].jid, "default", p->bots[i].is_default,
                      "countries", json_of_words(p->bots[i].countries, p->bots[i].country_count)));
    return json_pack("{sI so so so so so so ss so ss so so}", "serial", (json_int_t)p->serial,
                     "issued", json_of_instant(p->issued_unix_ms), "previous",
                     p->serial == 1 ? json_null() : hash_json(p->previous), "changes", changes,
                     "revoked", revoked_json(p), "warrants", warrants, "bots", bots,
                     "without_warrant", p->stop_without_warrant ? "stop" : "open", "without_place",
                     p->bot_count < 2 ? json_null()
                                      : json_string(policy_demands_place(p) ? "stop" : "default"),
                     "notice", p->notice, "text", hash_json(p->document.hash), "signatures",
                     signatures_json(c->net, &p->document));
}

json_t *page_proposal_json(const struct proposal *p, const char *account)
{
    const struct page_context c = {.net = p->net, .policy = p->policy, .account = account};
    json_t *warrants = json_array();
    for (size_t i = 0; i < p->warrant_count; i++)
        json_array_append_new(warrants, page_warrant_json(&c, p->warrants[i]));
    return json_pack("{ss sb so so so}", "network", p->net->domain, "founding", p->founding,
                     "signatures", signatures_json(p->net, &p->net->document), "policy",
                     p->policy == NULL ? json_null() : page_policy_json(&c, p->policy, p->before),
                     "warrants", warrants);
}
