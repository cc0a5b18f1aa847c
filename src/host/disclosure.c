#include "host/disclosure.h"

#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "host/disclosure_use.h"
#include "store/values.h"
#include "wire/certificate.h"
#include "wire/json.h"
#include "wire/policy_change.h"

static const char *scope_text(enum warrant_scope s)
{
    return s == WARRANT_ALL ? "all" : s == WARRANT_ACCOUNTS ? "accounts" : "countries";
}

/* Is the account of the warrant's scope, wherever it is? */
static bool names_account(const struct warrant *w, const char *account)
{
    char handle[VALUE_HANDLE_MAX + 1];
    uint8_t hash[HASH_BYTES];
    if (w->scope != WARRANT_ACCOUNTS)
        return true;
    value_handle_of(account, handle);
    warrant_account_hash(w->id, handle, hash);
    for (size_t i = 0; i < w->account_count; i++)
        if (memcmp(w->accounts[i], hash, HASH_BYTES) == 0)
            return true;
    return false;
}

static json_t *warrant_json(const struct warrant *w, const char *account, int64_t today)
{
    json_t *agencies = json_array();
    for (size_t i = 0; i < w->agency_count; i++)
        json_array_append_new(agencies, json_of_agency(&w->agencies[i]));
    return json_pack(
        "{ss ss ss so so ss so si so so sb sb}", "id", w->id, "authority", w->authority, "bot",
        w->bot, "from", json_of_day(w->from_day), "until", json_of_day(w->until_day), "scope",
        scope_text(w->scope), "countries", json_of_words(w->countries, w->country_count),
        "accounts", (int)w->account_count, "exclude", json_of_words(w->excluded, w->excluded_count),
        "agencies", agencies, "in_force", today >= w->from_day && today <= w->until_day,
        "names_you", names_account(w, account));
}

static void add_reader(json_t *readers, const char *name)
{
    size_t i;
    json_t *known;
    json_array_foreach(readers, i, known) if (strcmp(json_string_value(known), name) == 0) return;
    json_array_append_new(readers, json_string(name));
}

static json_t *readers_json(const struct policy_set *set, const char *account, int64_t today)
{
    char handle[VALUE_HANDLE_MAX + 1];
    struct coverage cover;
    json_t *readers = json_array();
    value_handle_of(account, handle);
    struct coverage_query q = {
        .handle = handle, .bot = policy_default_bot(set->policy)->jid, .day = today};
    if (policy_set_coverage(set, &q, &cover) < 0)
        return readers;
    for (size_t i = 0; i < cover.count; i++) {
        const struct warrant *w = set->warrants[cover.index[i]];
        for (size_t k = 0; k < w->agency_count; k++)
            add_reader(readers, w->agencies[k].name);
    }
    return readers;
}

static json_t *policy_json(const struct policy *p)
{
    return json_pack("{sI so ss ss so}", "serial", (json_int_t)p->serial, "issued",
                     json_of_instant(p->issued_unix_ms), "notice", p->notice, "without_warrant",
                     p->stop_without_warrant ? "stop" : "open", "without_place",
                     p->bot_count < 2 ? json_null()
                                      : json_string(policy_demands_place(p) ? "stop" : "default"));
}

json_t *disclosure_of(const struct network_note *net, const struct policy_set *set,
                      const char *account, int64_t now_unix_ms)
{
    int64_t today = calendar_day_of(now_unix_ms);
    json_t *bots = json_array(), *warrants = json_array();
    for (size_t i = 0; i < set->policy->bot_count; i++) {
        const struct policy_bot *b = &set->policy->bots[i];
        json_array_append_new(bots, json_pack("{ss sb so}", "address", b->jid, "default",
                                              b->is_default, "countries",
                                              json_of_words(b->countries, b->country_count)));
    }
    for (size_t i = 0; i < set->policy->warrant_count; i++)
        if (set->warrants[i] != NULL)
            json_array_append_new(warrants, warrant_json(set->warrants[i], account, today));
    return json_pack("{ss ss ss so so so so}", "account", account, "network", net->domain, "kind",
                     net->replay ? "replay" : "live", "policy", policy_json(set->policy), "bots",
                     bots, "warrants", warrants, "readers", readers_json(set, account, today));
}

/* The policies that a store has seen, one after the other, with what each changed. */
struct history {
    struct store *s;
    struct network_note *net;
    struct policy_set *newest;
    json_t *list;
    struct diag *d;
};

static void add_line(void *context, const char *line)
{
    json_array_append_new(context, json_string(line));
}

static json_t *changes_json(const struct policy *old, const struct policy *fresh)
{
    json_t *changes = json_array();
    policy_change_each(old, fresh, add_line, changes);
    return changes;
}

static int add_policy(void *context, const struct store_policy *row)
{
    struct history *h = context;
    struct policy *p = NULL;
    CLEANUP_FREE char *note = store_document(h->s, row->hash);
    if (note == NULL)
        return diag_set(h->d, ERR_FORMAT, "the store lacks the text of policy %" PRIu32,
                        row->serial);
    int r = policy_open(h->net, note, strlen(note), &p, h->d);
    if (r < 0)
        return r;
    json_array_append_new(h->list,
                          json_pack("{sI so so so}", "serial", (json_int_t)p->serial, "issued",
                                    json_of_instant(p->issued_unix_ms), "seen",
                                    json_of_instant(row->seen_unix_ms), "changes",
                                    changes_json(h->newest == NULL ? NULL : h->newest->policy, p)));
    policy_set_free(h->newest);
    h->newest = policy_set_new(p);
    return 0;
}

static void add_warrants(struct history *h)
{
    struct policy_set *set = h->newest;
    for (size_t i = 0; i < set->policy->warrant_count; i++) {
        CLEANUP_FREE char *note = store_document(h->s, set->policy->warrants[i].hash);
        if (note != NULL)
            (void)!policy_set_add(set, h->net, DOCUMENT_WARRANT, note, strlen(note), NULL);
    }
}

/* In the order of warrant_json: warrants that the store lacks are left out. */
static void add_uses(struct history *h, json_t *disclosure, int64_t today)
{
    size_t at = 0;
    const struct policy_set *set = h->newest;
    json_t *warrants = json_object_get(disclosure, "warrants");
    for (size_t i = 0; i < set->policy->warrant_count; i++) {
        const struct warrant *w = set->warrants[i];
        if (w == NULL)
            continue;
        json_t *agencies = json_object_get(json_array_get(warrants, at++), "agencies");
        for (size_t k = 0; k < w->agency_count; k++)
            disclosure_use_add(json_array_get(agencies, k), h->s, w, &w->agencies[k], today);
    }
}

int disclosure_from_store(struct store *s, int64_t now_unix_ms, json_t **ret, struct diag *d)
{
    struct history h = {.s = s, .list = json_array(), .d = d};
    CLEANUP_SECRET char *account = store_get(s, VALUE_ACCOUNT, NULL);
    CLEANUP_SECRET char *network = store_get(s, VALUE_NETWORK, NULL);
    int r = account == NULL || network == NULL
                ? diag_set(d, ERR_FORMAT, "the store lacks its account or network")
                : network_note_open(network, strlen(network), &h.net, d);
    if (r == 0)
        r = store_policies(s, add_policy, &h);
    if (r == 0 && h.newest == NULL)
        r = diag_set(d, ERR_NOT_FOUND, "the store holds no policy yet");
    if (r == 0) {
        add_warrants(&h);
        *ret = disclosure_of(h.net, h.newest, account, now_unix_ms);
        add_uses(&h, *ret, calendar_day_of(now_unix_ms));
        json_object_set(*ret, "history", h.list);
    }
    json_decref(h.list);
    policy_set_free(h.newest);
    network_note_free(h.net);
    return r;
}
