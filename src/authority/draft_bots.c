/* The bots of a drafted policy: draft.h. */
#include <string.h>

#include "authority/draft_internal.h"
#include "base/calendar.h"
#include "base/file.h"
#include "base/memory.h"
#include "wire/policy_change.h"

static struct policy_bot *find_bot(struct draft *t, const char *jid)
{
    for (size_t i = 0; i < t->next.bot_count; i++)
        if (strcmp(t->next.bots[i].jid, jid) == 0)
            return &t->next.bots[i];
    return NULL;
}

/* Another bot with the country, or another default one. */
static int check_bot(const struct draft *t, const struct policy_bot *b, struct diag *d)
{
    for (size_t i = 0; i < t->next.bot_count; i++) {
        const struct policy_bot *o = &t->next.bots[i];
        if (strcmp(o->jid, b->jid) == 0)
            continue;
        if (b->is_default && o->is_default)
            return diag_set(
                d, ERR_EXISTS,
                "bot %s is the default one already: give it countries first, or drop it", o->jid);
        for (size_t k = 0; k < o->country_count; k++)
            for (size_t m = 0; m < b->country_count; m++)
                if (strcmp(o->countries[k], b->countries[m]) == 0)
                    return diag_set(d, ERR_EXISTS, "bot %s has the devices in %s already", o->jid,
                                    o->countries[k]);
    }
    return 0;
}

/* A warrant that stays in force needs its bot, under the key that signed its epochs. */
static int check_warrants(const struct draft *t, const char *jid, struct diag *d)
{
    for (size_t i = 0; t->x->set != NULL && i < t->x->set->policy->warrant_count; i++) {
        const struct warrant *w = t->x->set->warrants[i];
        for (size_t k = 0; k < t->next.warrant_count; k++)
            if (strcmp(w->bot, jid) == 0 && strcmp(w->id, t->next.warrants[k].id) == 0)
                return diag_set(d, ERR_INVALID_STATE,
                                "bot %s has warrant %s: drop that warrant too", jid, w->id);
    }
    return 0;
}

int draft_put_bot(struct draft *t, const char *jid, const uint8_t key[static SIGN_PUBLIC_BYTES],
                  const char *const *countries, size_t count, struct diag *d)
{
    struct policy_bot *there = find_bot(t, jid);
    struct policy_bot b = {.jid = arena_string(&t->arena, jid), .is_default = count == 0};
    int r = draft_countries(t, countries, count, &b.countries, &b.country_count, d);
    if (r == 0)
        r = check_bot(t, &b, d);
    if (r < 0)
        return r;
    if (there == NULL && t->next.bot_count == POLICY_BOTS_MAX)
        return diag_set(d, ERR_LIMIT, "the policy has %u bots already", POLICY_BOTS_MAX);
    if (b.jid == NULL || policy_bot_key_revoked(&t->next, key))
        return diag_set(d, ERR_KEY, "the key of bot %s has been revoked", jid);
    if (there == NULL) {
        there = &t->next.bots[t->next.bot_count++];
    } else if (memcmp(there->key, key, SIGN_PUBLIC_BYTES) != 0) {
        r = check_warrants(t, jid, d);
        if (r < 0)
            return r;
        draft_warn(t, "bot %s gets a new key: what it signed with the old one before stands", jid);
    }
    memcpy(b.key, key, sizeof b.key);
    *there = b;
    return 0;
}

int draft_drop_bot(struct draft *t, const char *jid, struct diag *d)
{
    struct policy_bot *b = find_bot(t, jid);
    if (b == NULL)
        return diag_set(d, ERR_NOT_FOUND, "the policy has no bot %s", jid);
    int r = check_warrants(t, jid, d);
    if (r < 0)
        return r;
    size_t at = (size_t)(b - t->next.bots);
    memmove(b, b + 1, (--t->next.bot_count - at) * sizeof *b);
    t->next.default_without_place = t->next.default_without_place && t->next.bot_count > 1;
    return 0;
}
