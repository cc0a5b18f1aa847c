/* From the outbox's text to a signed message: recipients, keys, seal, signature, chain. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/draft.h"
#include "device/files_internal.h"
#include "device/keys.h"
#include "device/places.h"
#include "wire/seal.h"

#define QUEUE_PAGE 16 /* queued messages that are looked up at once */

static int encrypt_payload(struct draft *f)
{
    struct outbox_entry *e = f->e;
    if (e->has_content)
        return 0;
    uint8_t *payload = arena_new(&f->d->arena, e->body_len + 1);
    if (payload == NULL)
        return ERR_LIMIT;
    payload_encrypt(e->body, e->body_len, e->envelope.iv, payload, e->content);
    e->envelope.payload = payload;
    e->envelope.payload_len = e->body_len;
    e->has_content = true;
    return 0;
}

/* A delivery whose key was made for the recipient's present device is kept as it is, unless an
 * earlier signing dropped it. */
struct keyed {
    const struct certificate *c;
    bool found;
};

static int is_keyed(void *context, const struct outbox_delivery *x)
{
    struct keyed *k = context;
    if (strcmp(x->account, k->c->account) == 0 && x->state != DELIVERY_DROPPED &&
        memcmp(x->certificate, k->c->document.hash, HASH_BYTES) == 0)
        k->found = true;
    return 0;
}

/* Accounts that an earlier signing was for and this one is not. */
static int drop_others(void *context, const struct outbox_delivery *x)
{
    struct draft *f = context;
    for (size_t i = 0; i < f->to_count; i++)
        if (strcmp(f->to[i]->account, x->account) == 0)
            return 0;
    return outbox_set_delivery(f->d->store, x->entry, x->account, DELIVERY_DROPPED);
}

static int encrypt_keys(struct draft *f, struct diag *diag)
{
    int r = outbox_deliveries(f->d->store, f->e->number, drop_others, f);
    for (size_t i = 0; r == 0 && i < f->to_count; i++) {
        struct keyed k = {.c = f->to[i]};
        r = outbox_deliveries(f->d->store, f->e->number, is_keyed, &k);
        if (r == 0 && !k.found)
            r = device_encrypt_key(f->d, f->e, f->to[i], diag);
        f->e->envelope.to[i] = f->to[i]->account;
    }
    f->e->envelope.to_count = f->to_count;
    return r;
}

/* Seal, signature, digest. */
static int seal_and_sign(struct draft *f)
{
    struct outbox_entry *e = f->e;
    uint8_t transcript[HASH_BYTES];
    CLEANUP_BUF struct buf signed_bytes = BUF_INIT(8192);
    if (f->cover.count > 0) {
        int r = store_chain(f->d->store, e->bot_key, &e->envelope.n, e->envelope.prev);
        if (r < 0)
            return r;
        e->envelope.n++;
    }
    envelope_transcript(&e->envelope, e->bot_key, transcript);
    if (f->cover.count > 0) {
        int r = seal_make(&e->envelope, f->rules, &f->cover, transcript, e->content);
        if (r < 0)
            return r;
    }
    envelope_signed_bytes(&e->envelope, transcript, &signed_bytes);
    sign_detached(f->d->signing_secret, signed_bytes.data, signed_bytes.len, e->envelope.signature);
    envelope_digest(&signed_bytes, e->envelope.signature, e->digest);
    e->has_envelope = true;
    return 0;
}

/* The conversation's own line of what was sent. */
static int keep_sent(struct device *d, const struct outbox_entry *e)
{
    struct store_message m = {.id = e->id,
                              .from = d->account,
                              .to = e->to,
                              .at_unix_ms = e->envelope.at_unix_ms,
                              .body = e->body,
                              .body_len = e->body_len,
                              .warrants = ""};
    bool held;
    int r = conversation_keep(d, &m, d->certificate, &held);
    return r == ERR_EXISTS ? 0 : r;
}

static int put_signed(void *context, struct diag *diag)
{
    struct draft *f = context;
    struct device *d = f->d;
    bool covered = f->cover.count > 0;
    int r = encrypt_payload(f);
    if (r == 0)
        r = encrypt_keys(f, diag);
    if (r == 0)
        r = seal_and_sign(f);
    if (r == 0)
        r = outbox_set_unsent(d->store, f->e->number);
    if (r == 0) {
        f->e->state = covered ? OUTBOX_SIGNED : OUTBOX_SENDING;
        f->e->reason = "";
        r = outbox_update(d->store, f->e);
    }
    if (r == 0 && f->file_count > 0)
        r = file_rows_put_attached(d->store, d->account, f->e->id, &f->file);
    if (r == 0 && !covered)
        r = keep_sent(d, f->e);
    return r;
}

/* Everything in one transaction; only then may a byte leave. */
static int write_signed(struct draft *f, struct diag *diag)
{
    int r = store_transaction(f->d->store, put_signed, f, diag);
    conversation_settle(f->d, r == 0);
    return r;
}

static void stop_entry(struct device *d, struct outbox_entry *e, const char *reason)
{
    e->state = OUTBOX_STOPPED;
    e->reason = reason;
    if (outbox_update(d->store, e) == 0)
        device_progress(d, e->id, DEVICE_STOPPED, reason);
}

static void say(struct device *d, const struct outbox_entry *e, enum device_progress how,
                const char *why)
{
    if (strcmp(e->reason, why) == 0)
        return;
    (void)!outbox_set_reason(d->store, e->number, why);
    device_progress(d, e->id, how, why);
}

static void say_waiting(struct device *d, const struct outbox_entry *e, const char *why)
{
    say(d, e, DEVICE_WAITING, why);
}

static void say_left_out(struct draft *f)
{
    for (size_t i = 0; i < f->left_out_count; i++)
        device_notice(f->d, f->left_out[i].account, "%s was left out of message %s: %s",
                      f->left_out[i].account, f->e->id, f->left_out[i].why);
}

/* Returns HAVE when the message was signed; HAVE_NOT_YET: it waits; HAVE_NONE: it is over. */
static enum have sign_entry(struct device *d, struct outbox_entry *e)
{
    struct draft f = {.d = d, .e = e};
    struct diag diag = {""};
    enum have have = d->newest == 0 ? HAVE_NOT_YET : device_rules(d, d->newest, &f.rules);
    if (have != HAVE) {
        say_waiting(d, e, "waiting for the policy");
        return HAVE_NOT_YET;
    }
    if (device_own_logged(d) != HAVE) {
        say_waiting(d, e, "waiting for this device's certificate in the public log");
        return HAVE_NOT_YET;
    }
    const char *wrong = device_certificate_wrong(d, d->certificate, device_now(d));
    if (wrong != NULL) {
        (void)draft_wait_for(&f, "this device cannot send: %s: it needs a new activation", wrong);
        say_waiting(d, e, f.why);
        return HAVE_NOT_YET;
    }
    if (draft_find_place(&f) != HAVE) {
        say_waiting(d, e, f.why);
        return HAVE_NOT_YET;
    }
    if (device_files_ready(d, e, &f.file, &f.file_count) != HAVE)
        return HAVE_NOT_YET; /* its upload says why */
    draft_begin(&f);
    have = draft_find_coverage(&f);
    /* No bot judges what is sent openly: under an older policy recipients would refuse it. */
    if (have == HAVE && !d->newest_asked && (d->doubted || f.cover.count == 0))
        have = draft_wait_for(&f, "waiting for the registrar to name the policy in force");
    if (have == HAVE)
        have = draft_find_recipients(&f);
    if (have == HAVE_NOT_YET) {
        say(d, e, f.rests ? DEVICE_RESTING : DEVICE_WAITING, f.why);
        return HAVE_NOT_YET;
    }
    if (have == HAVE_NONE) {
        say_left_out(&f);
        stop_entry(d, e, "nobody is left to send it to");
        return HAVE_NONE;
    }
    int r = write_signed(&f, &diag);
    if (r < 0) {
        if (diag.text[0] == '\0')
            diag_set(&diag, r, "the message cannot be signed: %s", err_text(r));
        say_waiting(d, e, diag.text);
        return HAVE_NOT_YET;
    }
    say_left_out(&f);
    if (f.cover.count > 0) {
        d->signed_entry = e->number;
        device_schedule(d, e->number, "");
        device_progress(d, e->id, DEVICE_SIGNED, "");
    } else {
        for (size_t i = 0; i < f.to_count; i++)
            device_schedule(d, e->number, f.to[i]->account);
        device_progress(d, e->id, DEVICE_OPEN, "");
    }
    return HAVE;
}

/* In the order in which they were queued; those that wait let later ones pass, however many. */
void device_sign_next(struct device *d)
{
    int64_t numbers[QUEUE_PAGE], after = 0;
    size_t count = QUEUE_PAGE;
    while (!d->stopped && d->signed_entry == 0 && count == QUEUE_PAGE) {
        if (outbox_list(d->store, OUTBOX_QUEUED, after, numbers, QUEUE_PAGE, &count) < 0)
            return;
        for (size_t i = 0; i < count && d->signed_entry == 0; i++) {
            struct outbox_entry e;
            arena_reset(&d->arena);
            if (outbox_get(d->store, numbers[i], &d->arena, &e) == 0)
                (void)sign_entry(d, &e);
            secret_wipe(e.content, sizeof e.content);
            after = numbers[i];
        }
    }
}
