/* What bots hand in, for core.h: statements and destructions, checked, stored and logged.
 */
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "registrar/internal.h"
#include "wire/destruction.h"
#include "wire/document_peek.h"
#include "wire/statement.h"
#include "wire/warrant.h"

/* Takes the document into the store within the caller's transaction. */
static int store(struct registrar *r, const struct registrar_document *x, struct diag *d)
{
    int e = registrar_store_put_document(r->store, x, d);
    return e < 0 ? e : registrar_log_remember(r, d);
}

static int check_statement(struct registrar *r, const struct policy_bot *bot,
                           const struct registry_query *q, struct registrar_document *x,
                           struct diag *d)
{
    CLEANUP(statement_free_cleanup) struct statement *s = NULL;
    int e =
        statement_open(r->network->domain, bot->jid, bot->key, q->request, q->request_len, &s, d);
    if (e < 0)
        return e;
    memcpy(x->hash, s->document.hash, HASH_BYTES);
    if (s->day < 0)
        return diag_set(d, ERR_FORMAT, "a statement of a day before 1970");
    x->serial = (uint64_t)s->day;
    return 0;
}

/* ---- destructions ---- */

/* Whose day keys these are, as far as offers tell. */
struct ownership {
    const struct policy_bot *bot;
    const struct destruction *x;
};

static bool names(const struct destruction *x, const struct registrar_document *offer)
{
    for (size_t i = 0; i < x->count; i++) {
        if (i > 0 && strcmp(x->keys[i - 1].warrant, x->keys[i].warrant) == 0)
            continue;
        if (document_peek_is(offer->note, offer->note_len, "warrant", x->keys[i].warrant))
            return true;
    }
    return false;
}

/* An offer of another bot with a warrant that is named: these keys are not the asker's. */
static int check_offer(void *context, const struct registrar_document *offer)
{
    const struct ownership *o = context;
    return offer->kind == DOCUMENT_EPOCHS && names(o->x, offer) &&
                   !document_peek_is(offer->note, offer->note_len, "bot", o->bot->jid)
               ? ERR_AUTH
               : 0;
}

static int check_destruction(struct registrar *r, const struct policy_bot *bot,
                             const struct registry_query *q, struct registrar_document *x,
                             struct destruction **ret, struct diag *d)
{
    CLEANUP(destruction_free_cleanup) struct destruction *y = NULL;
    int e =
        destruction_open(r->network->domain, bot->jid, bot->key, q->request, q->request_len, &y, d);
    if (e < 0)
        return e;
    memcpy(x->hash, y->document.hash, HASH_BYTES);
    const struct ownership o = {.bot = bot, .x = y};
    e = registrar_store_documents(r->store, check_offer, (void *)(uintptr_t)&o, d);
    if (e == ERR_AUTH)
        return diag_set(d, e, "destruction: %s names day keys of another bot", bot->jid);
    if (e == 0)
        *ret = TAKE(y);
    return e;
}

static int store_keys(struct registrar *r, const struct destruction *x, struct diag *d)
{
    int e = 0;
    for (size_t i = 0; e == 0 && i < x->count; i++)
        e = registrar_store_put_destroyed(r->store, x->keys[i].warrant, x->keys[i].day, d);
    return e == ERR_EXISTS ? diag_set(d, e, "destruction: one of its keys was destroyed before")
                           : e;
}

/* ---- both ---- */

struct keeping {
    struct registrar *r;
    const struct registrar_document *x;
    const struct destruction *keys; /* NULL: none */
};

static int store_report(void *context, struct diag *d)
{
    const struct keeping *k = context;
    int e = store(k->r, k->x, d);
    if (e == ERR_EXISTS)
        diag_set(d, e, "a statement of %s for this day is there already", k->x->handle);
    return e < 0 || k->keys == NULL ? e : store_keys(k->r, k->keys, d);
}

static int check(struct registrar *r, const struct policy_bot *bot, const struct registry_query *q,
                 struct registrar_document *x, struct destruction **ret, struct diag *d)
{
    switch (q->kind) {
    case DOCUMENT_STATEMENT:
        return check_statement(r, bot, q, x, d);
    case DOCUMENT_DESTRUCTION:
        return check_destruction(r, bot, q, x, ret, d);
    case DOCUMENT_NETWORK:
    case DOCUMENT_POLICY:
    case DOCUMENT_WARRANT:
    case DOCUMENT_EPOCHS:
    case DOCUMENT_CERTIFICATE:
    case DOCUMENT_PLACE:
    case DOCUMENT_EXEMPTIONS:
    case DOCUMENT_USE:
    case DOCUMENT_KINDS:
        break;
    }
    return diag_set(d, ERR_FORMAT, "a document of a kind that no bot hands in");
}

static int keep(struct registrar *r, const struct registrar_document *x,
                const struct destruction *keys, struct diag *d)
{
    struct keeping k = {.r = r, .x = x, .keys = keys};
    int e = registrar_store_transaction(r->store, store_report, &k, d);
    return e < 0 ? e : registrar_log_append(r, x, 1, d);
}

int registrar_submit(struct registrar *r, const char *from, const struct registry_query *q,
                     uint8_t ret_hash[static HASH_BYTES], struct diag *d)
{
    CLEANUP_DOCUMENT struct registrar_document held = {0};
    CLEANUP(destruction_free_cleanup) struct destruction *keys = NULL;
    const struct policy *p = registrar_policy(r);
    const struct policy_bot *bot = p == NULL ? NULL : policy_bot(p, from);
    if (bot == NULL)
        return diag_set(d, ERR_AUTH, "%s is not a bot of the policy in force", from);
    struct registrar_document x = {.kind = q->kind,
                                   .handle = bot->jid,
                                   .note = (char *)(uintptr_t)q->request,
                                   .note_len = q->request_len};
    int e = check(r, bot, q, &x, &keys, d);
    if (e < 0)
        return e;
    /* The same again, whose answer was lost: it must be in the log when it is said to be. */
    e = registrar_store_document(r->store, x.hash, &held, d);
    if (e == 0)
        e = registrar_log_append(r, &x, 1, d);
    else if (e == ERR_NOT_FOUND)
        e = keep(r, &x, keys, d);
    if (e == 0)
        memcpy(ret_hash, x.hash, HASH_BYTES);
    return e;
}
