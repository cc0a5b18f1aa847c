#include "logged.h"

#include <string.h>

#include "base/secret.h"

static void put(struct device *d, enum document_kind kind, const struct document *x,
                const char *account)
{
    struct log_entry e = {.kind = kind};
    memcpy(e.hash, x->hash, HASH_BYTES);
    if (account != NULL)
        log_tag(d->log.key, account, e.tag);
    assert_int_equal(store_put_logged(d->store, &e), 0);
}

void logged_open(struct device *d, const struct tokens *t)
{
    d->log.key = secret_new(LOG_KEY_BYTES);
    d->log.in_flight = true;
    d->newest_asked = true;
    put(d, DOCUMENT_POLICY, &t->rules->policy->document, NULL);
    put(d, DOCUMENT_CERTIFICATE, &t->anna->certificate->document, t->anna->account);
    put(d, DOCUMENT_CERTIFICATE, &t->ben->certificate->document, t->ben->account);
}
