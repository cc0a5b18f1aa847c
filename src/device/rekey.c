/* A recipient has another device or another session: the keys of what still waits for its receipt
 * are made anew. All that the signature covers stays. */
#include "base/secret.h"
#include "device/device_internal.h"

#define PAGE 64 /* entries that are looked up at once */

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
