/* What the device tells its user, and what time it is for it. */
#include <string.h>

#include "device/device_internal.h"

int64_t device_now(const struct device *d)
{
    return clock_now_ms(&d->o.clock);
}

void device_notice(struct device *d, const char *peer, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    diag_clean(text);
    (void)!store_put_notice(d->store, device_now(d), peer, text);
    if (d->o.events.notice != NULL)
        d->o.events.notice(d->o.events.context, peer, text);
}

void device_progress(struct device *d, const char *id, enum device_progress p, const char *detail)
{
    if (d->o.events.progress != NULL)
        d->o.events.progress(d->o.events.context, id, p, detail);
}

void device_store_failed(struct device *d, const struct diag *why)
{
    if (d->o.events.notice != NULL)
        d->o.events.notice(d->o.events.context, "", why->text);
}

bool device_is_news(struct device *d, const uint8_t hash[static HASH_BYTES])
{
    for (size_t i = 0; i < NOTICED_MAX; i++)
        if (memcmp(d->noticed[i], hash, HASH_BYTES) == 0)
            return false;
    memcpy(d->noticed[d->next_noticed++ % NOTICED_MAX], hash, HASH_BYTES);
    return true;
}
