#include "wire/policy_set.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"

struct policy_set *policy_set_new(struct policy *p)
{
    struct policy_set *s = mem_new(sizeof *s);
    s->policy = p;
    return s;
}

void policy_set_free(struct policy_set *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < POLICY_WARRANTS_MAX; i++) {
        warrant_free(s->warrants[i]);
        epochs_free(s->epochs[i]);
    }
    policy_free(s->policy);
    free(s);
}

bool policy_set_wants(const struct policy_set *s, enum document_kind *ret_kind,
                      uint8_t ret_hash[static HASH_BYTES])
{
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        if (s->warrants[i] != NULL && s->epochs[i] != NULL)
            continue;
        bool warrant = s->warrants[i] == NULL;
        *ret_kind = warrant ? DOCUMENT_WARRANT : DOCUMENT_EPOCHS;
        memcpy(ret_hash, warrant ? s->policy->warrants[i].hash : s->warrants[i]->epochs,
               HASH_BYTES);
        return true;
    }
    return false;
}

static int add_warrant(struct policy_set *s, const struct network_note *net, const char *note,
                       size_t len, struct diag *d)
{
    CLEANUP(warrant_free_cleanup) struct warrant *w = NULL;
    int r = warrant_open(net, note, len, &w, d);
    if (r < 0)
        return r;
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        const struct policy_warrant *named = &s->policy->warrants[i];
        if (s->warrants[i] != NULL || memcmp(named->hash, w->document.hash, HASH_BYTES) != 0)
            continue;
        if (strcmp(named->id, w->id) != 0 || policy_bot(s->policy, w->bot) == NULL)
            return diag_set(d, ERR_AUTH, "warrant %s: its id or its bot is not the policy's",
                            w->id);
        s->warrants[i] = TAKE(w);
        return 0;
    }
    return diag_set(d, ERR_NOT_FOUND, "warrant %s: not named by policy %u", w->id,
                    s->policy->serial);
}

static int add_epochs(struct policy_set *s, const char *note, size_t len, struct diag *d)
{
    struct note view;
    uint8_t hash[HASH_BYTES];
    if (note_parse(note, len, VALUE_EPOCHS_MAX, &view) < 0)
        return diag_set(d, ERR_FORMAT, "epochs: not a signed note");
    hash_sha256(view.text, view.text_len, hash);
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        const struct warrant *w = s->warrants[i];
        if (w != NULL && s->epochs[i] == NULL && memcmp(w->epochs, hash, sizeof hash) == 0)
            return epochs_open(w, policy_bot(s->policy, w->bot)->key, note, len, &s->epochs[i], d);
    }
    return diag_set(d, ERR_NOT_FOUND, "epochs: not named by a warrant of policy %u",
                    s->policy->serial);
}

int policy_set_add(struct policy_set *s, const struct network_note *net, enum document_kind kind,
                   const char *note, size_t len, struct diag *d)
{
    if (kind == DOCUMENT_WARRANT)
        return add_warrant(s, net, note, len, d);
    if (kind == DOCUMENT_EPOCHS)
        return add_epochs(s, note, len, d);
    return diag_set(d, ERR_NOT_FOUND, "policy %u wants no such document", s->policy->serial);
}

static bool lists(const char *const *countries, size_t count, const char *country)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(countries[i], country) == 0)
            return true;
    return false;
}

static bool lists_account(const struct warrant *w, const char *handle)
{
    uint8_t hash[HASH_BYTES];
    warrant_account_hash(w->id, handle, hash);
    for (size_t i = 0; i < w->account_count; i++)
        if (memcmp(w->accounts[i], hash, HASH_BYTES) == 0)
            return true;
    return false;
}

static bool covers(const struct warrant *w, const struct coverage_query *q)
{
    if (strcmp(w->bot, q->bot) != 0 || q->day < w->from_day || q->day > w->until_day)
        return false;
    if (q->country != NULL) {
        if (lists(w->excluded, w->excluded_count, q->country))
            return false;
        if (w->scope == WARRANT_COUNTRIES && !lists(w->countries, w->country_count, q->country))
            return false;
    }
    return w->scope != WARRANT_ACCOUNTS || lists_account(w, q->handle);
}

int policy_set_coverage(const struct policy_set *s, const struct coverage_query *q,
                        struct coverage *ret)
{
    struct coverage c = {0};
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        if (s->warrants[i] == NULL)
            return ERR_NOT_FOUND;
        if (covers(s->warrants[i], q))
            c.index[c.count++] = (uint8_t)i;
    }
    *ret = c;
    return 0;
}

bool policy_set_same_coverage(const struct policy_set *a, const struct coverage_query *qa,
                              const struct policy_set *b, const struct coverage_query *qb)
{
    struct coverage x, y;
    if (policy_set_coverage(a, qa, &x) < 0 || policy_set_coverage(b, qb, &y) < 0 ||
        x.count != y.count)
        return false;
    for (size_t i = 0; i < x.count; i++)
        if (memcmp(a->policy->warrants[x.index[i]].hash, b->policy->warrants[y.index[i]].hash,
                   HASH_BYTES) != 0)
            return false;
    return true;
}

bool policy_set_dated_back(const struct policy_set *s, const struct coverage_query *q,
                           int64_t at_unix_ms, int64_t then_unix_ms, int64_t max_ms)
{
    struct coverage_query then = *q;
    then.day = calendar_day_of(then_unix_ms);
    return then_unix_ms - at_unix_ms > max_ms && !policy_set_same_coverage(s, q, s, &then);
}

bool policy_set_places_matter(const struct policy_set *s)
{
    if (s->policy->bot_count > 1)
        return true;
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        const struct warrant *w = s->warrants[i];
        if (w == NULL || w->excluded_count > 0 || w->scope == WARRANT_COUNTRIES)
            return true;
    }
    return false;
}

/* Whatever the day: a token is held over days on which warrants begin and end. */
bool policy_set_place_matters(const struct policy_set *s, const char *country)
{
    if (policy_demands_place(s->policy) ||
        policy_bot_for(s->policy, country) != policy_default_bot(s->policy))
        return true;
    for (size_t i = 0; i < s->policy->warrant_count; i++) {
        const struct warrant *w = s->warrants[i];
        if (w == NULL || lists(w->excluded, w->excluded_count, country) ||
            (w->scope == WARRANT_COUNTRIES && !lists(w->countries, w->country_count, country)))
            return true;
    }
    return false;
}
