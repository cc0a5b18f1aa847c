/* What has waited too long: no receipt comes any more, or nobody would take it. */
#include <string.h>

#include "base/secret.h"
#include "device/device_internal.h"

#define SILENT_MS (30 * INT64_C(86400000)) /* a recipient without a receipt: undelivered */

void device_give_up(struct device *d, const struct outbox_entry *o, const char *account,
                    const char *why)
{
    device_notice(d, account, "message %s was not delivered to %s: %s", o->id, account, why);
    (void)!outbox_set_delivery(d->store, o->number, account, DELIVERY_DROPPED);
    device_unschedule(d, o->number, account);
    device_finish_if_done(d, o->number);
}

bool device_silent_too_long(const struct device *d, const struct outbox_entry *o)
{
    int64_t since = o->has_verdict ? o->verdict.at_unix_ms : o->envelope.at_unix_ms;
    return !clock_is_replay(&d->o.clock) && device_now(d) - since > SILENT_MS;
}

bool device_too_old_to_be_taken(const struct device *d, const struct outbox_entry *o)
{
    return o->envelope.n == 0 && !clock_is_replay(&d->o.clock) &&
           device_now(d) - o->envelope.at_unix_ms > VALUE_AHEAD_MAX_MS - VALUE_AHEAD_MAX_MS / 10;
}

static struct attempt *oldest_for(struct device *d, const char *account)
{
    struct attempt *a, *next, *oldest = NULL;
    HASH_ITER (hh, d->attempts, a, next)
        if (strcmp(a->key.account, account) == 0 &&
            (oldest == NULL || a->key.entry < oldest->key.entry))
            oldest = a;
    return oldest;
}

void device_give_up_silent(struct device *d, const char *account)
{
    struct attempt *a;
    bool silent = true;
    while (silent && (a = oldest_for(d, account)) != NULL) {
        struct outbox_entry o;
        struct arena arena = ARENA_INIT(STANZA_MEMORY);
        silent = outbox_get(d->store, a->key.entry, &arena, &o) == 0 && o.has_envelope &&
                 device_silent_too_long(d, &o);
        if (silent)
            device_give_up(d, &o, account, OVERDUE_SILENT);
        secret_wipe(o.content, sizeof o.content);
        arena_clear(&arena);
    }
}
