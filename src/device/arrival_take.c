/* A message that is in order is decrypted, kept, shown and acknowledged; what fails a check is
 * named in the conversation. */
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/arrival.h"
#include "device/conversation.h"
#include "device/keys.h"
#include "device/wants.h"
#include "store/file_rows.h"
#include "wire/seal.h"

#define SAID_MAX 40 /* lines about a sender in 24 hours, after which refusals are not named */
#define SAID_MS INT64_C(86400000)

/* Our key out of the header, decrypted by the session with the certified identity. */
static int decrypt_content(struct arrival *a, uint8_t ret[static PAYLOAD_CONTENT_BYTES],
                           struct diag *why)
{
    struct omemo_encrypted x;
    const struct xml_element *encrypted = xml_only_child(a->stanza, "encrypted", ENVELOPE_OMEMO_NS);
    int r = omemo_encrypted_parse(encrypted, omemo_device_id(a->d->omemo), a->arena, &x, why);
    if (r == 0 && x.key == NULL)
        r = diag_set(why, ERR_NOT_FOUND, "it has no key for this device");
    if (r < 0)
        return r;
    return omemo_decrypt_key(a->d->omemo, a->e.from, a->sender->omemo_device,
                             a->sender->omemo_identity, x.key, x.key_len, x.prekey,
                             clock_system_ms(), ret, why);
}

/* The conversation's line; its strings lie in the arrival's arena. */
static int keep_message(struct arrival *a, const uint8_t *body)
{
    CLEANUP_BUF struct buf to = BUF_INIT(VALUE_RECIPIENTS_MAX * (VALUE_JID_MAX + 2U));
    CLEANUP_BUF struct buf warrants = BUF_INIT(VALUE_WRAPS_MAX * (VALUE_WARRANT_MAX + 2U));
    for (size_t i = 0; i < a->e.to_count; i++)
        buf_format(&to, "%s%s", i > 0 ? " " : "", a->e.to[i]);
    for (size_t i = 0; i < a->e.wrap_count; i++)
        buf_format(&warrants, "%s%s", i > 0 ? " " : "", a->e.wraps[i].warrant);
    a->m = (struct store_message){.incoming = true,
                                  .id = a->e.id,
                                  .from = a->e.from,
                                  .to = arena_string(a->arena, buf_text(&to)),
                                  .at_unix_ms = a->e.at_unix_ms,
                                  .body = (const char *)body,
                                  .body_len = a->e.payload_len,
                                  .archived = a->cover.count > 0,
                                  .warrants = arena_string(a->arena, buf_text(&warrants)),
                                  .verdict_unix_ms = a->has_verdict ? a->verdict.at_unix_ms : 0};
    if (a->m.to == NULL || a->m.warrants == NULL)
        return ERR_LIMIT;
    int r = conversation_keep(a->d, &a->m, a->sender, &a->held);
    if (r == 0 && a->e.file_count > 0)
        r = file_rows_put_attached(a->d->store, a->e.from, a->e.id, &a->e.files[0]);
    a->known_id = r == ERR_EXISTS;
    return a->known_id ? 0 : r;
}

/* The last checks need the message's key. Whatever they give, the ratchet's step is kept with it.
 */
struct opening {
    struct arrival *a;
    uint8_t *body;
    enum fate fate;
};

static int open_message(void *context, struct diag *why)
{
    struct opening *o = context;
    struct arrival *a = o->a;
    uint8_t *body = o->body, content[PAYLOAD_CONTENT_BYTES];
    int r = decrypt_content(a, content, why);
    if (r < 0)
        return r;
    enum fate fate = SHOW;
    if (payload_decrypt(content, a->e.iv, a->e.payload, a->e.payload_len, body) < 0)
        fate = arrival_refuse(a, "its text is not under its key");
    else if (a->cover.count > 0 &&
             seal_check(&a->e, a->rules, &a->cover, a->transcript, content) < 0)
        fate = arrival_refuse(a, "its seal for the archive is not under its key");
    else if (!value_utf8_valid((const char *)body, a->e.payload_len))
        fate = arrival_refuse(a, "its text is not UTF-8");
    else if (!file_content_matches((const char *)body, a->e.payload_len, &a->e, a->d->net->upload))
        fate = arrival_refuse(a, "its text and its signed part name different files");
    secret_wipe(content, sizeof content);
    r = store_put_seen(a->d->store, a->digest, fate == SHOW ? STORE_SHOWN : STORE_REFUSED);
    if (r == 0 && fate == SHOW)
        r = keep_message(a, body);
    o->fate = fate;
    return r;
}

/* Once for each message and reason: a sender goes on sending what is not acknowledged. And not
 * more of a sender than so many lines a day: anyone can send what is refused. */
void arrival_say_refused(struct arrival *a, const char *from, const char *id)
{
    struct device *d = a->d;
    size_t said = store_count_notices(d->store, device_now(d) - SAID_MS, from);
    if (said > SAID_MAX)
        return;
    uint8_t hash[HASH_BYTES];
    const struct hash_part parts[] = {
        {from, strlen(from)}, {id, strlen(id)}, {a->why, strlen(a->why)}};
    hash_sha256_parts(parts, 3, hash);
    if (!device_is_news(d, hash))
        return;
    if (said < SAID_MAX)
        device_notice(d, from, "a message from %s was not shown: %s", from, a->why);
    else
        device_notice(d, from,
                      "more messages from %s were not shown: further ones of today are not named",
                      from);
}

/* The session does not understand it: a new one, after which the sender makes its key anew. */
static void repair_session(struct arrival *a, int code)
{
    struct device *d = a->d;
    int64_t now = clock_monotonic_ms();
    struct kept_certificate *k;
    HASH_FIND(hh, d->certificates, a->e.certificate, HASH_BYTES, k);
    if ((code != ERR_NOT_FOUND && code != ERR_FORMAT) || k == NULL ||
        (k->repaired_ms != 0 && now - k->repaired_ms < REPAIR_PAUSE_MS))
        return;
    k->repaired_ms = now;
    (void)device_want_bundle(d, a->sender, true);
}

/* Ratchet, digest and text in one transaction, before the receipt. */
static enum fate take_message(struct arrival *a)
{
    struct device *d = a->d;
    struct diag why = {""};
    CLEANUP_SECRET uint8_t *body = secret_new(a->e.payload_len + 1);
    struct opening o = {.a = a, .body = body, .fate = IGNORE};
    int r = store_transaction(d->store, open_message, &o, &why);
    if (r < 0) {
        conversation_settle(d, false);
        repair_session(a, r);
        return arrival_refuse(a, "it could not be decrypted (%s)",
                              why.text[0] == '\0' ? err_text(r) : why.text);
    }
    if (o.fate != SHOW)
        return o.fate;
    device_send_receipt(d, a->e.from, a->e.id);
    if (!a->known_id && !a->held && d->o.events.message != NULL)
        d->o.events.message(d->o.events.context, &a->m);
    conversation_settle(d, true);
    device_learn_contact(d, a->sender, false);
    return SHOW;
}

enum fate arrival_take(struct device *d, const struct xml_element *x, struct arena *arena)
{
    struct arrival a = {.d = d, .stanza = x, .arena = arena};
    const char *from = xml_attribute_of(x, "from"), *id = xml_attribute_of(x, "id");
    char bare[VALUE_JID_MAX + 1];
    if (value_bare_of(from, bare) < 0 || peers_state(d, bare) == PEER_BLOCKED)
        return IGNORE;
    enum fate fate = arrival_judge(&a);
    if (fate == SHOW && peers_differ(d, a.sender)) {
        device_learn_contact(d, a.sender, false); /* whose new keys there are to compare */
        fate = arrival_refuse(&a, "its sender's keys are not those that you have compared");
    }
    if (fate == SHOW && peers_enough(d, a.e.from))
        fate = IGNORE; /* it comes again */
    if (fate == SHOW)
        fate = take_message(&a);
    if (fate == REFUSE)
        arrival_say_refused(&a, bare, id == NULL ? "" : id);
    return fate;
}
