/* What the registrar answers, and who hears of a new policy: core.h. */
#include <string.h>

#include "registrar/internal.h"

static int find_certificate(struct registrar *r, const char *account,
                            struct registrar_document *ret, struct diag *d)
{
    char handle[VALUE_HANDLE_MAX + 1];
    if (!value_account_valid(account, r->network->domain))
        return diag_set(d, ERR_NOT_FOUND, "no account of this network");
    value_handle_of(account, handle);
    return registrar_store_certificate(r->store, handle, ret, d);
}

static int find(struct registrar *r, const char *from, const struct registry_query *q,
                struct registrar_document *ret, struct diag *d)
{
    switch (q->what) {
    case REGISTRY_BY_HASH:
        return registrar_store_document(r->store, q->hash, ret, d);
    case REGISTRY_POLICY:
        return registrar_store_policy(r->store, q->serial, ret, d);
    case REGISTRY_CERTIFICATE:
        return find_certificate(r, q->account, ret, d);
    case REGISTRY_ACTIVATE:
        return registrar_activate(r, from, q, ret, d);
    case REGISTRY_LOG:
    case REGISTRY_SUBMIT:
    case REGISTRY_PLACE:
    case REGISTRY_WHATS:
        break; /* have answers of their own */
    }
    return diag_set(d, ERR_FORMAT, "an unknown query");
}

int registrar_answer(struct registrar *r, const char *from, const struct registry_query *q,
                     struct registry_piece *ret, struct diag *d)
{
    struct registrar_document x;
    int e = find(r, from, q, &x, d);
    if (e < 0)
        return e;
    registrar_document_clear(&r->answer);
    r->answer = x;
    uint32_t offset = q->what == REGISTRY_BY_HASH ? q->offset : 0;
    if (offset >= x.note_len)
        return diag_set(d, ERR_NOT_FOUND, "the document ends before this offset");
    size_t left = x.note_len - offset;
    *ret = (struct registry_piece){.kind = x.kind,
                                   .size = (uint32_t)x.note_len,
                                   .offset = offset,
                                   .data = (const uint8_t *)x.note + offset,
                                   .len = left < REGISTRY_PIECE_MAX ? left : REGISTRY_PIECE_MAX};
    memcpy(ret->hash, x.hash, HASH_BYTES);
    return 0;
}

uint32_t registrar_unannounced(const struct registrar *r)
{
    const struct policy *p = registrar_policy(r);
    return p != NULL && p->serial > r->announced ? p->serial : 0;
}

struct audience {
    const char *domain;
    void (*each)(void *context, const char *jid);
    void *context;
};

static int tell_account(void *context, const struct registrar_account *x)
{
    const struct audience *a = context;
    char jid[VALUE_JID_MAX + 1];
    if (!x->activated)
        return 0;
    snprintf(jid, sizeof jid, "%s@%s", x->handle, a->domain);
    a->each(a->context, jid);
    return 0;
}

int registrar_audience(struct registrar *r, void (*each)(void *context, const char *jid),
                       void *context, struct diag *d)
{
    struct audience a = {r->network->domain, each, context};
    const struct policy *p = registrar_policy(r);
    for (size_t i = 0; p != NULL && i < p->bot_count; i++)
        each(context, p->bots[i].jid);
    return registrar_store_accounts(r->store, "", UINT32_MAX, tell_account, &a, d);
}

int registrar_announced(struct registrar *r, struct diag *d)
{
    uint32_t serial = registrar_unannounced(r);
    int e = serial == 0 ? 0 : registrar_store_set_announced(r->store, serial, d);
    if (e == 0 && serial != 0)
        r->announced = serial;
    return e;
}
