#include "archive/validity.h"

#include <stdio.h>
#include <string.h>

#include "wire/policy_change.h"

/* 1: the log has it. */
static int is_logged(const struct policy_set *set, struct public_log *log, struct diag *d)
{
    return log == NULL ? 0 : public_log_has(log, DOCUMENT_POLICY, set->policy->document.hash, d);
}

/* `ret` NULL: there is no policy at all. */
static int find_policy(const struct library *l, struct public_log *log,
                       const struct policy_set **ret, bool *ret_logged, struct diag *d)
{
    const struct policy_set *set = library_newest(l);
    int has = 0;
    *ret = set;
    for (; set != NULL && (has = is_logged(set, log, d)) == 0;)
        set = library_before(l, set->policy->serial);
    if (has == 1)
        *ret = set;
    *ret_logged = has == 1;
    return has < 0 ? has : 0;
}

static bool has(const struct validities *s, const char *warrant)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->items[i].warrant, warrant) == 0)
            return true;
    return false;
}

static void add(struct validities *s, const struct warrant *w, const struct policy_set *newest,
                bool named)
{
    struct validity *x = &s->items[s->count++];
    *x = (struct validity){.from_day = w->from_day,
                           .until_day = w->until_day,
                           .named = named,
                           .revoked = policy_warrant_revoked(newest->policy, w->id) != NULL};
    snprintf(x->warrant, sizeof x->warrant, "%s", w->id);
    memcpy(x->hash, w->document.hash, HASH_BYTES);
}

int validities_find(const struct library *l, struct public_log *log,
                    const struct age_identity *identities, size_t count, struct validities *ret,
                    struct diag *d)
{
    const struct policy_set *newest = NULL;
    bool logged = false;
    int r = find_policy(l, log, &newest, &logged, d);
    if (r < 0)
        return r;
    *ret = (struct validities){.policy = newest == NULL ? 0 : newest->policy->serial,
                               .logged = logged};
    for (const struct policy_set *set = newest; set != NULL;
         set = library_before(l, set->policy->serial))
        for (size_t i = 0; i < set->policy->warrant_count; i++) {
            const struct warrant *w = set->warrants[i];
            if (w != NULL && ret->count < VALIDITIES_MAX && !has(ret, w->id) &&
                (identities == NULL || library_names(w, identities, count)))
                add(ret, w, newest, set == newest);
        }
    return 0;
}

static bool same(const struct validity *a, const struct validity *b)
{
    return strcmp(a->warrant, b->warrant) == 0 && memcmp(a->hash, b->hash, HASH_BYTES) == 0 &&
           a->from_day == b->from_day && a->until_day == b->until_day && a->named == b->named &&
           a->revoked == b->revoked;
}

bool validities_same(const struct validities *a, const struct validities *b)
{
    bool is = a->policy == b->policy && a->logged == b->logged && a->count == b->count;
    for (size_t i = 0; is && i < a->count; i++)
        is = same(&a->items[i], &b->items[i]);
    return is;
}
