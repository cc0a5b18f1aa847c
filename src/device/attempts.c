/* What is under way: each stanza that waits for an answer, and when it is due again. */
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "device/files_internal.h"

#define BLIND_PAUSE_MS 2000
#define DELIVERY_PAUSE_MS 3000

struct attempt *device_attempt(const struct device *d, int64_t entry, const char *account)
{
    struct attempt *a;
    struct attempt_key key;
    memset(&key, 0, sizeof key);
    key.entry = entry;
    snprintf(key.account, sizeof key.account, "%s", account);
    HASH_FIND(hh, d->attempts, &key, sizeof key, a);
    return a;
}

/* Due at once. */
void device_schedule(struct device *d, int64_t entry, const char *account)
{
    struct attempt *a = device_attempt(d, entry, account);
    if (a == NULL) {
        a = mem_new(sizeof *a);
        a->key.entry = entry;
        snprintf(a->key.account, sizeof a->key.account, "%s", account);
        HASH_ADD(hh, d->attempts, key, sizeof a->key, a);
    }
    a->next_ms = a->not_before_ms = 0;
    a->first = a->latest = 0;
    a->count = 0;
    a->pause_ms = account[0] == '\0' ? BLIND_PAUSE_MS : DELIVERY_PAUSE_MS;
}

void device_unschedule(struct device *d, int64_t entry, const char *account)
{
    struct attempt *a = device_attempt(d, entry, account);
    if (a == NULL)
        return;
    HASH_DEL(d->attempts, a);
    free(a);
}

/* A new session: what the old one carried may be lost, unless the server has said that it is there.
 */
void device_reschedule_all(struct device *d)
{
    struct attempt *a, *next;
    HASH_ITER (hh, d->attempts, a, next) {
        a->next_ms = a->first == 0 ? 0 : ATTEMPT_WAITS;
        a->latest = a->first == 0 ? 0 : a->latest;
        a->pause_ms = a->key.account[0] == '\0' ? BLIND_PAUSE_MS : DELIVERY_PAUSE_MS;
    }
}

static int still_waiting(void *context, const struct outbox_delivery *x)
{
    (void)context;
    return x->state == DELIVERY_WAITING ? ERR_AGAIN : 0;
}

static bool every_delivery_done(struct device *d, int64_t entry)
{
    return outbox_deliveries(d->store, entry, still_waiting, NULL) == 0;
}

struct finishing {
    struct store *s;
    int64_t entry;
};

static int finish_entry(void *context, struct diag *why)
{
    const struct finishing *f = context;
    (void)why;
    return outbox_finish(f->s, f->entry);
}

void device_finish_if_done(struct device *d, int64_t entry)
{
    struct outbox_entry e;
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    if (every_delivery_done(d, entry) && outbox_get(d->store, entry, &arena, &e) == 0 &&
        e.state == OUTBOX_SENDING) {
        struct finishing f = {.s = d->store, .entry = entry};
        if (store_transaction(d->store, finish_entry, &f, NULL) == 0)
            device_progress(d, e.id, DEVICE_DONE, "");
        device_files_sweep(d);
        secret_wipe(e.content, sizeof e.content);
    }
    arena_clear(&arena);
}
