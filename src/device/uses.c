/* Statements of use: what the desks of the agencies say of the archive. Of each desk that a warrant
 * of the policy in force names, the newest that the verified log has is fetched by its hash. */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "device/device_internal.h"
#include "device/wants.h"
#include "store/uses.h"
#include "wire/document_peek.h"
#include "wire/use.h"

static void tag_of(const char *warrant, const char *agency, uint8_t ret[static LOG_TAG_BYTES])
{
    char desk[USE_DESK_MAX + 1];
    use_desk(warrant, agency, desk);
    use_tag(desk, ret);
}

/* False while one of the warrant's was asked for. */
static bool want_of(struct device *d, const struct warrant *w)
{
    bool all = true;
    for (size_t i = 0; i < w->agency_count; i++) {
        CLEANUP_STORE_USE struct store_use x = {.note = NULL};
        uint8_t tag[LOG_TAG_BYTES];
        tag_of(w->id, w->agencies[i].name, tag);
        if (w->agencies[i].has_desk && store_use(d->store, tag, &x) == 0 && !x.held)
            all = device_want_hash(d, x.logged) != HAVE_NOT_YET && all;
    }
    return all;
}

void device_want_uses(struct device *d)
{
    const struct policy_set *set = NULL;
    bool waits = false;
    if (!d->uses_wait)
        return;
    if (store_uses_wait(d->store, &waits) == 0 && !waits)
        d->uses_wait = false;
    if (!waits || d->newest == 0 || device_rules(d, d->newest, &set) != HAVE)
        return;
    bool all = true;
    for (size_t i = 0; i < set->policy->warrant_count; i++)
        all = want_of(d, set->warrants[i]) && all;
    d->uses_wait = !all;
}

/* The warrant of the policy in force that the note is of; NULL: none. */
static const struct warrant *warrant_of(struct device *d, const char *note, size_t len)
{
    const struct policy_set *set = NULL;
    CLEANUP_FREE char *id = document_peek(note, len, "warrant");
    if (d->newest == 0 || device_rules(d, d->newest, &set) != HAVE)
        return NULL;
    for (size_t i = 0; i < set->policy->warrant_count; i++)
        if (strcmp(set->warrants[i]->id, id) == 0)
            return set->warrants[i];
    return NULL;
}

/* It must be a later one than the one that is held. */
static int check(const struct warrant *w, const struct use *x, const struct store_use *row,
                 struct diag *why)
{
    CLEANUP(use_free_cleanup) struct use *before = NULL;
    if (row->note == NULL || use_open(w, row->note, strlen(row->note), &before, NULL) < 0)
        return 0;
    return memcmp(before->document.hash, x->document.hash, HASH_BYTES) == 0
               ? 0
               : use_is_later(before, x, why);
}

static int take(struct device *d, const struct warrant *w, const char *note, size_t len,
                struct diag *why)
{
    CLEANUP(use_free_cleanup) struct use *x = NULL;
    CLEANUP_STORE_USE struct store_use row = {.note = NULL};
    uint8_t tag[LOG_TAG_BYTES];
    int r = use_open(w, note, len, &x, why);
    if (r < 0)
        return r;
    tag_of(x->warrant, x->agency, tag);
    r = store_use(d->store, tag, &row);
    if (r == 0 && memcmp(row.logged, x->document.hash, HASH_BYTES) != 0)
        return 0; /* the log has a newer one by now, which is asked for next */
    if (r == 0)
        r = check(w, x, &row, why);
    return r < 0 ? r : store_put_use(d->store, tag, x->document.note);
}

int device_take_use(struct device *d, const uint8_t hash[static HASH_BYTES], const char *note,
                    size_t len)
{
    struct diag why = {""};
    const struct warrant *w = warrant_of(d, note, len);
    if (w == NULL)
        return 0;
    int r = take(d, w, note, len, &why);
    if ((r == ERR_AUTH || r == ERR_FORMAT || r == ERR_INVALID_STATE) && device_is_news(d, hash))
        device_notice(d, "",
                      "WARNING: the public log has a statement of use of warrant %s that is not to "
                      "be believed: %s",
                      w->id, why.text);
    return r;
}
