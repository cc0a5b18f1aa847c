/* Keys for recipients' devices. Where one has another device or another session, the keys of what
 * still waits for its receipt are made anew; all that the signature covers stays. */
#include <inttypes.h>
#include <string.h>

#include "base/secret.h"
#include "device/device_internal.h"
#include "device/keys.h"
#include "device/wants.h"

#define PAGE 64 /* entries that are looked up at once */

int device_encrypt_key(struct device *d, const struct outbox_entry *e, const struct certificate *c,
                       struct diag *diag)
{
    bool prekey;
    CLEANUP_BUF struct buf key = BUF_INIT(OMEMO_KEY_MAX);
    int r = omemo_encrypt_key(d->omemo, c->account, c->omemo_device, c->omemo_identity, e->content,
                              &key, &prekey, diag);
    if (r < 0)
        return r;
    struct outbox_delivery x = {.entry = e->number,
                                .account = c->account,
                                .device = c->omemo_device,
                                .key = key.data,
                                .key_len = key.len,
                                .prekey = prekey,
                                .state = DELIVERY_WAITING};
    memcpy(x.certificate, c->document.hash, HASH_BYTES);
    return outbox_put_delivery(d->store, &x);
}

struct rekey {
    int64_t after; /* this entry */
    int64_t entries[PAGE];
    size_t count;
};

static int note_entry(void *context, const struct outbox_delivery *x)
{
    struct rekey *k = context;
    if (x->entry > k->after && k->count < PAGE)
        k->entries[k->count++] = x->entry;
    return 0;
}

struct rekeying {
    struct device *d;
    struct outbox_entry *e;
    const struct certificate *c;
};

static int encrypt_anew(void *context, struct diag *why)
{
    const struct rekeying *k = context;
    return device_encrypt_key(k->d, k->e, k->c, why);
}

static void rekey_entry(struct device *d, int64_t number, const struct certificate *c)
{
    struct outbox_entry e = {0};
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    struct rekeying k = {.d = d, .e = &e, .c = c};
    int r = outbox_get(d->store, number, &arena, &e);
    if (r == 0)
        r = store_transaction(d->store, encrypt_anew, &k, NULL);
    if (r == 0 && e.state == OUTBOX_SENDING)
        device_schedule(d, e.number, c->account);
    secret_wipe(e.content, sizeof e.content);
    arena_clear(&arena);
}

void device_rekey(struct device *d, const struct certificate *c)
{
    struct rekey k = {.after = 0};
    if (!omemo_has_session(d->omemo, c->account, c->omemo_device, c->omemo_identity)) {
        (void)device_want_bundle(d, c, true);
        return;
    }
    do {
        k.count = 0;
        if (outbox_deliveries_to(d->store, c->account, note_entry, &k) < 0)
            return;
        for (size_t i = 0; i < k.count; i++)
            rekey_entry(d, k.entries[i], c);
        k.after = k.count > 0 ? k.entries[k.count - 1] : k.after;
    } while (k.count == PAGE);
}

struct moving_on {
    struct device *d;
    const struct certificate *c;
    const uint8_t *content;
    struct buf *key;
    bool prekey;
};

static int make_key(void *context, struct diag *why)
{
    struct moving_on *m = context;
    return omemo_encrypt_key(m->d->omemo, m->c->account, m->c->omemo_device, m->c->omemo_identity,
                             m->content, m->key, &m->prekey, why);
}

void device_send_session_message(struct device *d, const struct certificate *c)
{
    uint8_t content[PAYLOAD_CONTENT_BYTES], iv[PAYLOAD_IV_BYTES];
    CLEANUP_BUF struct buf key = BUF_INIT(OMEMO_KEY_MAX), b = BUF_INIT(8192);
    struct moving_on m = {.d = d, .c = c, .content = content, .key = &key};
    secret_random(content, sizeof content);
    secret_random(iv, sizeof iv);
    if (store_transaction(d->store, make_key, &m, NULL) < 0)
        return;
    buf_format(&b, "<message to='%s' id='s%lld'>", c->account, (long long)clock_monotonic_ms());
    omemo_begin_encrypted(&b, d->certificate->omemo_device);
    omemo_put_key(&b, c->omemo_device, key.data, key.len, m.prekey);
    omemo_end_encrypted(&b, iv, NULL, 0);
    buf_put_text(&b, "</message>");
    if (!buf_failed(&b))
        (void)!d->o.net.send(d->o.net.context, b.data, b.len);
}

void device_learn_contact(struct device *d, const struct certificate *c, bool newest)
{
    struct store_contact row = {.serial = 0}, fresh = {.serial = c->serial};
    bool known = store_contact(d->store, c->account, &row) == 0;
    if (known && c->serial < row.serial)
        return; /* an older certificate, in an older message */
    if (known && c->serial == row.serial &&
        memcmp(c->document.hash, row.certificate, HASH_BYTES) != 0) {
        device_notice(d, c->account,
                      "a second certificate with serial %" PRIu64 " for %s was refused: the "
                      "registrar must not issue one",
                      c->serial, c->account);
        return;
    }
    snprintf(fresh.account, sizeof fresh.account, "%s", c->account);
    memcpy(fresh.certificate, c->document.hash, HASH_BYTES);
    /* Boot time: a check must not look fresh or stale because a clock was set. */
    fresh.checked_unix_ms = newest  ? clock_boot_seconds() * CLOCK_SECOND_MS
                            : known ? row.checked_unix_ms
                                    : -CONTACT_FRESH_MS - 1;
    if (store_put_document(d->store, DOCUMENT_CERTIFICATE, c->document.hash, c->document.note) <
            0 ||
        store_put_contact(d->store, &fresh) < 0)
        return;
    if (known && c->serial > row.serial) {
        device_notice(d, c->account,
                      "%s has a new device (certificate %" PRIu64
                      "): compare safety numbers if that surprises you",
                      c->account, c->serial);
        device_rekey(d, c);
    }
    d->dirty = true;
}
