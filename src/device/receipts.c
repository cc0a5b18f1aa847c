/* Receipts (XEP-0184): sent for what is shown, and taken for what was sent. */
#include <string.h>

#include "base/encode.h"
#include "base/secret.h"
#include "device/arrival.h"

void device_send_receipt(struct device *d, const char *to, const char *id)
{
    CLEANUP_BUF struct buf b = BUF_INIT(2048);
    char own[33];
    uint8_t bytes[16];
    secret_random(bytes, sizeof bytes);
    encode_hex(bytes, sizeof bytes, own);
    buf_format(&b, "<message to='%s' id='%s'><received xmlns='" RECEIPTS_NS "'", to, own);
    xml_put_attribute(&b, "id", id);
    buf_put_text(&b, "/></message>");
    if (!buf_failed(&b))
        (void)!d->o.net.send(d->o.net.context, b.data, b.len);
}

void device_take_receipt(struct device *d, const char *from, const char *id)
{
    struct outbox_entry e;
    if (outbox_find(d->store, id, &d->arena, &e) < 0)
        return;
    secret_wipe(e.content, sizeof e.content);
    if (e.state != OUTBOX_SENDING || !e.has_envelope)
        return;
    bool addressed = false;
    for (size_t i = 0; i < e.envelope.to_count; i++)
        addressed = addressed || strcmp(e.envelope.to[i], from) == 0;
    const struct attempt *a = device_attempt(d, e.number, from);
    if (!addressed || a == NULL ||
        outbox_set_delivery(d->store, e.number, from, DELIVERY_RECEIVED) < 0)
        return; /* not asked for, or the receipt has come before */
    device_answered(d, a);
    device_unschedule(d, e.number, from);
    device_progress(d, e.id, DEVICE_DELIVERED, from);
    device_finish_if_done(d, e.number);
}
