/* What comes from other devices. What fails a check is not shown but named in the conversation;
 * what lacks a document waits. */
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/arrival.h"
#include "device/conversation.h"
#include "device/keys.h"
#include "store/file_rows.h"
#include "wire/seal.h"

/* A step of a contact's session. */
struct ratchet {
    struct device *d;
    const struct certificate *c;
    const struct omemo_encrypted *received;
    uint8_t *content;
};

static int receive_key(void *context, struct diag *why)
{
    const struct ratchet *s = context;
    const struct omemo_encrypted *x = s->received;
    return omemo_decrypt_key(s->d->omemo, s->c->account, s->c->omemo_device, s->c->omemo_identity,
                             x->key, x->key_len, x->prekey, clock_system_ms(), s->content, why);
}

/* An OMEMO message without a payload only moves the session on; it is never shown. */
static void take_session_message(struct device *d, const char *from,
                                 const struct omemo_encrypted *x)
{
    const struct certificate *c;
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    if (x->key == NULL || device_contact(d, from, &c) != HAVE || c->omemo_device != x->sid ||
        device_certificate_wrong(d, c, device_now(d)) != NULL)
        return;
    struct ratchet s = {.d = d, .c = c, .content = content, .received = x};
    int r = store_transaction(d->store, receive_key, &s, NULL);
    secret_wipe(content, sizeof content);
    if (r == 0)
        device_rekey(d, c);
}

/* Without an access element: a receipt, a session message, or something that is not shown. */
static void receive_other(struct device *d, const struct xml_element *x, const char *bare)
{
    const struct xml_element *receipt = xml_child(x, "received", RECEIPTS_NS);
    const struct xml_element *encrypted = xml_child(x, "encrypted", ENVELOPE_OMEMO_NS);
    const char *id = receipt == NULL ? NULL : xml_attribute_of(receipt, "id");
    struct omemo_encrypted parsed;
    struct arrival a = {.d = d};
    if (id != NULL)
        device_take_receipt(d, bare, id);
    if (peers_state(d, bare) == PEER_BLOCKED)
        return;
    if (encrypted != NULL &&
        omemo_encrypted_parse(encrypted, omemo_device_id(d->omemo), &d->arena, &parsed, NULL) ==
            0 &&
        parsed.payload == NULL) {
        take_session_message(d, bare, &parsed);
    } else if (encrypted != NULL || xml_child(x, "body", x->ns) != NULL) {
        (void)arrival_refuse(&a,
                             "it has no access element, so that it was not sealed for the archive");
        const char *stanza_id = xml_attribute_of(x, "id");
        arrival_say_refused(&a, bare, stanza_id == NULL ? "" : stanza_id);
    }
}

void device_receive(struct device *d, const struct xml_element *x)
{
    char bare[VALUE_JID_MAX + 1];
    struct arena arena = ARENA_INIT(4 * STANZA_MEMORY);
    if (value_bare_of(xml_attribute_of(x, "from"), bare) < 0 || strcmp(bare, d->account) == 0)
        return;
    if (xml_child(x, "access", ENVELOPE_NS) == NULL)
        receive_other(d, x, bare);
    else if (device_is_held_up(d, bare) || arrival_take(d, x, &arena) == PARK)
        device_park(d, x, bare);
    arena_clear(&arena);
}
