/* The request for a certificate, and the certificate that comes. */
#include <string.h>

#include "base/secret.h"
#include "host/activate_internal.h"
#include "store/values.h"

/* Our request for a certificate: the same bytes each time. */
int activate_request(struct activation *a, struct buf *note, uint8_t ret_key[static 32])
{
    size_t len = 0;
    CLEANUP_SECRET char *seed = store_get(a->s, VALUE_SIGNING_SEED, &len);
    CLEANUP_SECRET uint8_t *secret = secret_new(SIGN_SECRET_BYTES);
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_CERTIFICATE_MAX);
    struct registry_request q = {.account = a->account, .omemo_device = omemo_device_id(a->omemo)};
    if (len != SIGN_SEED_BYTES)
        return ERR_FORMAT;
    sign_keypair_from_seed((const uint8_t *)seed, q.key, secret);
    memcpy(ret_key, q.key, sizeof q.key);
    memcpy(q.omemo_identity, omemo_identity(a->omemo), sizeof q.omemo_identity);
    registry_request_format(&text, a->net->domain, &q);
    struct note_key k = {.name = a->account};
    memcpy(k.key, q.key, sizeof k.key);
    note_sign(note, (const char *)text.data, text.len, &k, secret);
    return buf_failed(note) ? ERR_LIMIT : 0;
}

struct certified {
    struct store *s;
    const struct certificate *c;
};

static int put_certificate(void *context, struct diag *d)
{
    const struct certified *x = context;
    const struct document *note = &x->c->document;
    (void)d;
    int r = store_put_document(x->s, DOCUMENT_CERTIFICATE, note->hash, note->note);
    if (r == 0)
        r = store_put_text(x->s, VALUE_CERTIFICATE, note->note);
    if (r == 0)
        r = store_drop(x->s, VALUE_SECRET);
    return r < 0 ? r : store_put_text(x->s, VALUE_STATE, STATE_ACTIVE);
}

/* The certificate must hold just the keys that we asked it for. */
int activate_take_certificate(struct activation *a, const struct registry_piece *p)
{
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    CLEANUP_BUF struct buf note = BUF_INIT(2 * VALUE_CERTIFICATE_MAX);
    uint8_t key[SIGN_PUBLIC_BYTES];
    int r = certificate_open(a->net, (const char *)p->data, p->len, &c, a->d);
    if (r == 0)
        r = activate_request(a, &note, key);
    if (r < 0)
        return r;
    if (strcmp(c->account, a->account) != 0 || memcmp(c->key, key, sizeof key) != 0 ||
        c->omemo_device != omemo_device_id(a->omemo) ||
        memcmp(c->omemo_identity, omemo_identity(a->omemo), OMEMO_IDENTITY_BYTES) != 0)
        return diag_set(a->d, ERR_KEY,
                        "the registrar certified other keys than this device's: "
                        "do not use it, and tell the distributor");
    struct certified x = {.s = a->s, .c = c};
    return store_transaction(a->s, put_certificate, &x, a->d);
}
