/* A recipient has another device or another session: the keys of what still waits for its receipt
 * are made anew. All that the signature covers stays. */
#include "base/secret.h"
#include "device/device_internal.h"

struct rekey {
    struct device *d;
    const struct certificate *c;
    int64_t entries[64];
    size_t count;
};

static int note_entry(void *context, const struct outbox_delivery *x)
{
    struct rekey *k = context;
    if (k->count < sizeof k->entries / sizeof k->entries[0])
        k->entries[k->count++] = x->entry;
    return 0;
}

void device_rekey(struct device *d, const struct certificate *c)
{
    struct rekey k = {.d = d, .c = c};
    struct diag diag;
    if (!omemo_has_session(d->omemo, c->account, c->omemo_device, c->omemo_identity)) {
        (void)device_want_bundle(d, c, true);
        return;
    }
    if (outbox_deliveries_to(d->store, c->account, note_entry, &k) < 0)
        return;
    for (size_t i = 0; i < k.count; i++) {
        struct outbox_entry e;
        struct arena arena = ARENA_INIT(STANZA_MEMORY);
        int r = outbox_get(d->store, k.entries[i], &arena, &e);
        if (r == 0)
            r = store_begin(d->store, &diag);
        if (r == 0) {
            r = device_encrypt_key(d, &e, c, &diag);
            r = r == 0 ? store_commit(d->store, &diag) : r;
            if (r < 0)
                store_rollback(d->store);
        }
        if (r == 0 && e.state == OUTBOX_SENDING)
            device_schedule(d, e.number, c->account);
        secret_wipe(e.content, sizeof e.content);
        arena_clear(&arena);
    }
}
