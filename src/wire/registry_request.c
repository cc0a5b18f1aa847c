/* The activation half of registry.h. */
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "wire/registry.h"

void registry_request_format(struct buf *b, const char *domain, const struct registry_request *q)
{
    buf_format(b, "ironside request 1\nnetwork %s\naccount %s\nkey ", domain, q->account);
    encode_base64_buf(b, q->key, sizeof q->key);
    buf_format(b, "\nomemo %" PRIu32 " ", q->omemo_device);
    encode_base64_buf(b, q->omemo_identity, sizeof q->omemo_identity);
    buf_put_u8(b, '\n');
}

void registry_request_free(struct registry_request *q)
{
    if (q == NULL)
        return;
    document_clear(&q->document);
    free(q);
}

static int read_text(struct document_reader *r, struct registry_request *q, const char *domain)
{
    document_network(r, domain);
    q->account = document_value(r, "account");
    if (!value_account_valid(q->account, domain))
        document_refuse(r, "account", q->account, "not handle@domain of this network");
    document_key(r, "key", q->key);
    certificate_read_omemo(r, &q->omemo_device, q->omemo_identity);
    return document_end(r);
}

int registry_request_open(const char *domain, const char *note, size_t len,
                          struct registry_request **ret, struct diag *d)
{
    CLEANUP(registry_request_free_cleanup) struct registry_request *q = mem_new(sizeof *q);
    struct document_reader r;
    struct note view;
    int e = document_begin(&r, &q->document, "request", note, len, VALUE_CERTIFICATE_MAX, &view, d);
    if (e == 0)
        e = read_text(&r, q, domain);
    if (e == 0)
        e = document_verify(&view, "request", q->account, q->key, d);
    if (e == 0)
        *ret = TAKE(q);
    return e;
}

void registry_request_mac(const uint8_t secret[static REGISTRY_SECRET_BYTES], const char *note,
                          size_t len, uint8_t ret[static HASH_BYTES])
{
    struct hash_part part = {note, len};
    hash_hmac(secret, REGISTRY_SECRET_BYTES, &part, 1, ret);
}
