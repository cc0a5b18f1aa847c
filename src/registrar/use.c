/* Statements of use, for core.h: agencies hand them in, checked, stored and logged. */
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "registrar/internal.h"
#include "wire/document_peek.h"
#include "wire/use.h"

/* The newest policy that names the warrant, and what it names. */
struct naming {
    struct policy *policy;
    int64_t next_unix_ms; /* when the one behind it was issued */
    struct warrant *warrant;
};

static void naming_clear(struct naming *n)
{
    policy_free(n->policy);
    warrant_free(n->warrant);
}

static int read_policy(struct registrar *r, uint32_t serial, struct policy **ret, struct diag *d)
{
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    int e = registrar_store_policy(r->store, serial, &x, d);
    return e < 0 ? e : policy_open(r->network, x.note, x.note_len, ret, d);
}

static int read_warrant(struct registrar *r, const uint8_t hash[static HASH_BYTES],
                        struct warrant **ret, struct diag *d)
{
    CLEANUP_DOCUMENT struct registrar_document x = {0};
    int e = registrar_store_document(r->store, hash, &x, d);
    return e < 0 ? e : warrant_open(r->network, x.note, x.note_len, ret, d);
}

static const struct policy_warrant *named_by(const struct policy *p, const char *id)
{
    for (size_t i = 0; i < p->warrant_count; i++)
        if (strcmp(p->warrants[i].id, id) == 0)
            return &p->warrants[i];
    return NULL;
}

static int find_warrant(struct registrar *r, const char *id, struct naming *ret, struct diag *d)
{
    const struct policy *newest = registrar_policy(r);
    ret->next_unix_ms = INT64_MAX;
    for (uint32_t serial = newest == NULL ? 0 : newest->serial; serial > 0; serial--) {
        CLEANUP(policy_free_cleanup) struct policy *p = NULL;
        int e = read_policy(r, serial, &p, d);
        if (e < 0)
            return e;
        const struct policy_warrant *w = named_by(p, id);
        if (w != NULL) {
            e = read_warrant(r, w->hash, &ret->warrant, d);
            ret->policy = TAKE(p);
            return e;
        }
        ret->next_unix_ms = p->issued_unix_ms;
    }
    return diag_set(d, ERR_AUTH, "use: no policy names warrant '%s'", id);
}

static int check_time(struct registrar *r, const struct naming *n, const struct use *x,
                      struct diag *d)
{
    char day[CALENDAR_DAY_LEN + 1];
    calendar_format_day(x->day, day);
    if (x->day >= calendar_day_of(registrar_now_ms(r)))
        return diag_set(d, ERR_INVALID_STATE, "use: %s is not over yet (UTC)", day);
    if (!use_in_force(n->policy, n->next_unix_ms, n->warrant, x->day))
        return diag_set(d, ERR_INVALID_STATE,
                        "use: on %s warrant %s had not been in force for more than %d days", day,
                        x->warrant, USE_DAYS_AFTER);
    return 0;
}

/* It must come next after what the desk has stated. */
static int check_order(struct registrar *r, const struct warrant *w, const struct use *x,
                       const char *desk, struct diag *d)
{
    CLEANUP_DOCUMENT struct registrar_document held = {0};
    CLEANUP(use_free_cleanup) struct use *before = NULL;
    int e = registrar_store_use(r->store, desk, &held, d);
    if (e == 0)
        e = use_open(w, held.note, held.note_len, &before, d);
    return e < 0 && e != ERR_NOT_FOUND ? e : use_follows(before, x, d);
}

struct keeping {
    struct registrar *r;
    const struct registrar_document *x;
};

static int store_it(void *context, struct diag *d)
{
    const struct keeping *k = context;
    int e = registrar_store_put_document(k->r->store, k->x, d);
    return e < 0 ? e : registrar_log_remember(k->r, d);
}

/* Unless it is there: then its answer was lost, and it must be in the log when it is said to be. */
static int keep(struct registrar *r, const struct naming *n, const struct use *x, struct diag *d)
{
    char desk[USE_DESK_MAX + 1];
    CLEANUP_DOCUMENT struct registrar_document held = {0};
    use_desk(x->warrant, x->agency, desk);
    struct registrar_document y = {.kind = DOCUMENT_USE,
                                   .handle = desk,
                                   .serial = x->serial,
                                   .note = x->document.note,
                                   .note_len = x->document.note_len};
    struct keeping k = {.r = r, .x = &y};
    memcpy(y.hash, x->document.hash, HASH_BYTES);
    int e = registrar_store_document(r->store, y.hash, &held, d);
    if (e == ERR_NOT_FOUND)
        e = check_time(r, n, x, d);
    else if (e == 0)
        return registrar_log_append(r, &y, 1, d);
    if (e == 0)
        e = check_order(r, n->warrant, x, desk, d);
    if (e == 0)
        e = registrar_store_transaction(r->store, store_it, &k, d);
    return e < 0 ? e : registrar_log_append(r, &y, 1, d);
}

int registrar_submit_use(struct registrar *r, const char *note, size_t len, struct use **ret,
                         struct diag *d)
{
    CLEANUP(naming_clear) struct naming n = {.policy = NULL};
    CLEANUP(use_free_cleanup) struct use *x = NULL;
    if (!document_is(note, len, "use"))
        return diag_set(d, ERR_FORMAT, "use: not a statement of use");
    CLEANUP_FREE char *id = document_peek(note, len, "warrant");
    int e = find_warrant(r, id, &n, d);
    if (e == 0)
        e = use_open(n.warrant, note, len, &x, d);
    if (e == 0)
        e = keep(r, &n, x, d);
    if (e == 0)
        *ret = TAKE(x);
    return e;
}
