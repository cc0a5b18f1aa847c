/* The bundle on the server: published again whenever it has changed. */
#include "device/bundle.h"

#include <inttypes.h>
#include <string.h>

#include "device/device_internal.h"
#include "wire/stanza.h"

#define BUNDLE_PAUSE_MS 3000

struct writing {
    struct omemo *o;
    struct buf *b;
    uint64_t version;
};

static int maintain_and_put(void *context, struct diag *why)
{
    struct writing *w = context;
    (void)why;
    int r = omemo_maintain(w->o, clock_system_ms(), OMEMO_GRACE_MS);
    return r < 0 ? r : omemo_put_bundle(w->o, w->b, &w->version);
}

int bundle_write(struct store *s, struct omemo *o, struct buf *b, uint64_t *ret_version)
{
    struct writing w = {.o = o, .b = b};
    int r = store_transaction(s, maintain_and_put, &w, NULL);
    if (r == 0)
        *ret_version = w.version;
    return r;
}

static void end_publishing(struct device *d)
{
    d->publishing = false;
    device_wake(d);
}

static int mark_published(void *context, struct diag *why)
{
    const struct device *d = context;
    (void)why;
    return omemo_mark_published(d->omemo, d->published_version);
}

static void on_bundle(void *context, const struct xml_element *iq)
{
    struct device *d = context;
    if (stanza_is_result(iq) && store_transaction(d->store, mark_published, d, NULL) == 0)
        d->bundle_unsure = false;
    end_publishing(d);
}

/* One after the other: ejabberd may refuse two first nodes of an account at once. */
static void on_device_list(void *context, const struct xml_element *iq)
{
    struct device *d = context;
    char node[64];
    CLEANUP_BUF struct buf bundle = BUF_INIT(VALUE_STANZA_MAX);
    snprintf(node, sizeof node, OMEMO_BUNDLE_NODE "%" PRIu32, omemo_device_id(d->omemo));
    if (!stanza_is_result(iq) ||
        bundle_write(d->store, d->omemo, &bundle, &d->published_version) < 0 ||
        d->o.net.publish(d->o.net.context, node, buf_text(&bundle), on_bundle, d) < 0)
        end_publishing(d);
}

static bool bundle_due(struct device *d)
{
    bool changed = false;
    return d->bundle_unsure || omemo_bundle_changed(d->omemo, &changed) < 0 || changed;
}

static void publish_bundle(struct device *d)
{
    CLEANUP_BUF struct buf list = BUF_INIT(1024);
    d->next_bundle_ms = clock_monotonic_ms() + BUNDLE_PAUSE_MS;
    omemo_put_device_list(&list, omemo_device_id(d->omemo));
    d->publishing = d->o.net.publish(d->o.net.context, OMEMO_DEVICES_NODE, buf_text(&list),
                                     on_device_list, d) == 0;
}

void device_keep_bundle(struct device *d)
{
    if (!d->publishing && clock_monotonic_ms() >= d->next_bundle_ms && bundle_due(d))
        publish_bundle(d);
}

int64_t device_bundle_due(const struct device *d)
{
    int64_t now = clock_monotonic_ms();
    return !d->publishing && d->next_bundle_ms > now ? d->next_bundle_ms - now : -1;
}
