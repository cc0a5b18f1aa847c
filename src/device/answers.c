/* What comes back for what was sent: the bot's verdicts and delays, bounces, receipts. */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/conversation.h"
#include "device/files_internal.h"
#include "device/places.h"
#include "device/values.h"

#define BOUNCE_PAUSE_MS 250
#define BOUNCE_PAUSE_MAX_MS 10000
#define WRONG_DAYS_MAX 2

static int still_waiting(void *context, const struct outbox_delivery *x)
{
    (void)context;
    return x->state == DELIVERY_WAITING ? ERR_AGAIN : 0;
}

static bool every_delivery_done(struct device *d, int64_t entry)
{
    return outbox_deliveries(d->store, entry, still_waiting, NULL) == 0;
}

void device_finish_if_done(struct device *d, int64_t entry)
{
    struct outbox_entry e;
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    struct diag why;
    if (every_delivery_done(d, entry) && outbox_get(d->store, entry, &arena, &e) == 0 &&
        e.state == OUTBOX_SENDING) {
        int r = store_begin(d->store, &why);
        if (r == 0)
            r = outbox_finish(d->store, entry);
        if (r == 0)
            r = store_commit(d->store, &why);
        if (r < 0)
            store_rollback(d->store);
        else
            device_progress(d, e.id, DEVICE_DONE, "");
        device_files_sweep(d);
        secret_wipe(e.content, sizeof e.content);
    }
    arena_clear(&arena);
}

static void warrants_of(const struct envelope *e, char *ret, size_t size)
{
    size_t at = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < e->wrap_count && at < size; i++)
        at += (size_t)snprintf(ret + at, size - at, "%s%s", i > 0 ? " " : "", e->wraps[i].warrant);
}

static int keep_round(struct device *d, const struct outbox_entry *e, const struct verdict *v,
                      const uint8_t root[static MERKLE_BYTES])
{
    struct store_round round = {
        .count = v->count, .at_unix_ms = v->at_unix_ms, .kept_unix_ms = device_wall_ms()};
    memcpy(round.bot_key, e->bot_key, sizeof round.bot_key);
    memcpy(round.root, root, MERKLE_BYTES);
    return store_put_round(d->store, &round);
}

/* Archived: the chain moves on and the message goes to its recipients, verdict attached. */
static int take_archived(struct device *d, struct outbox_entry *e, const char *warrants)
{
    struct store_message m = {.id = e->id,
                              .from = d->account,
                              .to = e->to,
                              .at_unix_ms = e->envelope.at_unix_ms,
                              .body = e->body,
                              .body_len = e->body_len,
                              .archived = true,
                              .warrants = warrants,
                              .verdict_unix_ms = e->verdict.at_unix_ms};
    e->state = OUTBOX_SENDING;
    e->reason = "";
    e->wrong_days = 0;
    bool held;
    int r = store_put_chain(d->store, e->bot_key, e->envelope.n, e->digest);
    if (r == 0)
        r = outbox_update(d->store, e);
    if (r == 0)
        r = conversation_keep(d, &m, d->certificate, &held);
    return r == ERR_EXISTS ? 0 : r;
}

/* What the user has to do about a refusal that signing anew won't mend; NULL: sign it anew. */
static const char *refusal_stops(struct device *d, struct outbox_entry *e,
                                 enum verdict_reason reason)
{
    e->wrong_days = reason == VERDICT_WRONG_DAY ? e->wrong_days + 1 : 0;
    switch (reason) {
    case VERDICT_OLD_POLICY:
        return NULL; /* the newest one is fetched first */
    case VERDICT_NO_FILE:
        return NULL; /* its file is uploaded again */
    case VERDICT_WRONG_DAY:
        return e->wrong_days < WRONG_DAYS_MAX
                   ? NULL
                   : "the bot has no key for this message's day: set this device's clock";
    case VERDICT_BAD_PLACE:
        return device_places_refused(d) ? NULL : "the bot refused this device's place token";
    case VERDICT_NOT_COVERED:
        return "the bot says that other warrants cover the message: this device is at fault";
    case VERDICT_BAD_SEAL:
        return "the bot could not open the seal: this device is at fault";
    case VERDICT_CONFLICT:
        return "the bot knows another message in this one's place: this device was restored from "
               "an old copy and needs a new activation";
    case VERDICT_NO_REASON:
        break;
    }
    return "the bot refused it";
}

static int take_refused(struct device *d, struct outbox_entry *e, const char **ret_stop)
{
    enum verdict_reason reason = e->verdict.line.reason;
    const char *stop = refusal_stops(d, e, reason);
    int r = 0;
    if (verdict_line_consumes(&e->verdict.line))
        r = store_put_chain(d->store, e->bot_key, e->envelope.n, e->digest);
    else
        r = store_put_text(d->store, VALUE_STOPPED, "conflict");
    e->has_verdict = false; /* it was for bytes that will not be sent again */
    e->state = stop != NULL ? OUTBOX_STOPPED : OUTBOX_QUEUED;
    e->reason = stop != NULL ? stop : "";
    *ret_stop = stop;
    if (r == 0 && reason == VERDICT_NO_FILE)
        r = device_files_again(d, e);
    return r < 0 ? r : outbox_update(d->store, e);
}

static void after_archived(struct device *d, const struct outbox_entry *e, const char *warrants)
{
    device_places_accepted(d);
    for (size_t i = 0; i < e->envelope.to_count; i++)
        device_schedule(d, e->number, e->envelope.to[i]);
    device_progress(d, e->id, DEVICE_ARCHIVED, warrants);
    device_finish_if_done(d, e->number);
}

static void after_refused(struct device *d, const struct outbox_entry *e, const struct verdict *v,
                          const char *stop)
{
    if (v->line.reason == VERDICT_OLD_POLICY)
        d->next_policy_ms = 0;
    if (v->line.reason == VERDICT_CONFLICT)
        d->stopped = true;
    if (stop != NULL)
        device_notice(d, "", "message %s was refused (%s): %s", e->id,
                      verdict_reason_text(v->line.reason), stop);
    device_progress(d, e->id, stop != NULL ? DEVICE_STOPPED : DEVICE_WAITING,
                    stop != NULL ? stop : verdict_reason_text(v->line.reason));
}

static void take_verdict(struct device *d, struct outbox_entry *e, const struct verdict *v)
{
    uint8_t root[MERKLE_BYTES];
    struct diag why;
    char warrants[VALUE_WRAPS_MAX * (VALUE_WARRANT_MAX + 1)];
    const char *stop = NULL;
    bool archived = v->line.state == VERDICT_ARCHIVED;
    if (memcmp(v->line.digest, e->digest, HASH_BYTES) != 0 || v->line.n != e->envelope.n)
        return; /* an answer to something else */
    if (verdict_verify(v, e->envelope.bot, e->bot_key, root) < 0) {
        device_notice(d, "", "a verdict that the bot did not sign was ignored");
        return;
    }
    e->verdict = *v;
    e->has_verdict = true;
    warrants_of(&e->envelope, warrants, sizeof warrants);
    int r = store_begin(d->store, &why);
    if (r == 0)
        r = archived ? take_archived(d, e, warrants) : take_refused(d, e, &stop);
    if (r == 0)
        r = keep_round(d, e, v, root);
    if (r == 0)
        r = store_commit(d->store, &why);
    if (r < 0) {
        conversation_settle(d, false);
        device_store_failed(d, &why); /* the bot's stored verdict comes again */
        return;
    }
    conversation_settle(d, true);
    d->signed_entry = 0;
    device_unschedule(d, e->number, "");
    if (archived)
        after_archived(d, e, warrants);
    else
        after_refused(d, e, v, stop);
    d->dirty = true;
}

/* Back to the queue: the bot's key is not to be used any more. */
static bool queue_again(struct device *d, struct outbox_entry *e, bool lost)
{
    struct diag why;
    int r = store_begin(d->store, &why);
    e->state = OUTBOX_QUEUED;
    if (r == 0 && lost)
        r = store_put(d->store, VALUE_LOST_BOT, e->bot_key, sizeof e->bot_key);
    if (r == 0)
        r = outbox_update(d->store, e);
    if (r == 0)
        r = store_commit(d->store, &why);
    if (r < 0) {
        store_rollback(d->store);
        return false;
    }
    d->signed_entry = 0;
    device_unschedule(d, e->number, "");
    return true;
}

void device_leave_old_bot(struct device *d, const struct policy *p)
{
    struct outbox_entry e;
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    if (d->signed_entry != 0 && outbox_get(d->store, d->signed_entry, &arena, &e) == 0) {
        const struct policy_bot *bot = policy_bot(p, e.envelope.bot);
        if (bot == NULL || memcmp(bot->key, e.bot_key, sizeof e.bot_key) != 0)
            (void)queue_again(d, &e, false);
        secret_wipe(e.content, sizeof e.content);
    }
    arena_clear(&arena);
}

static void wait_for_new_bot(struct device *d, struct outbox_entry *e)
{
    if (!queue_again(d, e, true))
        return;
    device_notice(d, "",
                  "the bot has lost records: it does not know this device's last archived "
                  "message. Nothing is sent until a policy names a new bot key");
}

static void stop_signed(struct device *d, struct outbox_entry *e, const char *reason)
{
    e->state = OUTBOX_STOPPED;
    e->reason = reason;
    if (outbox_update(d->store, e) < 0)
        return;
    d->signed_entry = 0;
    device_unschedule(d, e->number, "");
    device_notice(d, "", "message %s can't be archived: %s", e->id, reason);
    device_progress(d, e->id, DEVICE_STOPPED, reason);
}

static void take_later(struct device *d, struct outbox_entry *e, const struct later *l)
{
    switch (l->reason) {
    case LATER_MALFORMED:
    case LATER_TOO_LARGE:
    case LATER_BAD_SIGNATURE:
        /* Unsigned: whoever can write to us could say so. It stops one message, loses nothing. */
        stop_signed(d, e,
                    l->reason == LATER_MALFORMED   ? "the bot says that it is malformed"
                    : l->reason == LATER_TOO_LARGE ? "the bot says that it is too large"
                                                   : "the bot says that its signature is bad");
        return;
    case LATER_GAP:
        wait_for_new_bot(d, e);
        return;
    case LATER_SLOW_DOWN:
    case LATER_CLOSED:
    case LATER_UNKNOWN_DEVICE:
    case LATER_FILE:
        break;
    }
    uint32_t seconds = l->seconds < 1 ? 1 : l->seconds > 60 ? 60 : l->seconds;
    struct attempt *a = device_attempt(d, e->number, "");
    if (a != NULL)
        a->next_ms = clock_monotonic_ms() + (int64_t)seconds * 1000;
    device_progress(d, e->id, DEVICE_WAITING, later_reason_text(l->reason));
}

/* Only answers to what is before the bot now count; all else is ignored. */
void device_take_bot_message(struct device *d, const struct xml_element *x)
{
    const char *id = xml_attribute_of(x, "id"), *from = xml_attribute_of(x, "from");
    const struct xml_element *answer = x->first;
    struct outbox_entry e;
    struct verdict v;
    struct later l;
    if (id == NULL || answer == NULL || d->signed_entry == 0 ||
        outbox_get(d->store, d->signed_entry, &d->arena, &e) < 0 || strcmp(e.id, id) != 0 ||
        strcmp(e.envelope.bot, from) != 0)
        return;
    if (verdict_parse(answer, e.envelope.certificate, &v, NULL) == 0)
        take_verdict(d, &e, &v);
    else if (later_parse(answer, &l) == 0)
        take_later(d, &e, &l);
    secret_wipe(e.content, sizeof e.content);
}

/* An error stanza: whatever it says, try again after a pause. */
void device_take_bounce(struct device *d, const struct xml_element *x)
{
    const char *id = xml_attribute_of(x, "id"), *from = xml_attribute_of(x, "from");
    char bare[VALUE_JID_MAX + 1];
    struct outbox_entry e;
    if (id == NULL || value_bare_of(from, bare) < 0 || outbox_find(d->store, id, &d->arena, &e) < 0)
        return;
    bool blind = e.state == OUTBOX_SIGNED && e.has_envelope && strcmp(e.envelope.bot, bare) == 0;
    secret_wipe(e.content, sizeof e.content);
    struct attempt *a = device_attempt(d, e.number, blind ? "" : bare);
    if (a == NULL)
        return;
    int64_t pause = BOUNCE_PAUSE_MS;
    for (unsigned i = 1; i < a->count && pause < BOUNCE_PAUSE_MAX_MS; i++)
        pause *= 2;
    a->next_ms = clock_monotonic_ms() + pause;
    if (blind)
        device_progress(d, id, DEVICE_WAITING, "the bot is away");
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
    if (!addressed || device_attempt(d, e.number, from) == NULL ||
        outbox_set_delivery(d->store, e.number, from, DELIVERY_RECEIVED) < 0)
        return; /* not asked for, or the receipt has come before */
    device_unschedule(d, e.number, from);
    device_progress(d, e.id, DEVICE_DELIVERED, from);
    device_finish_if_done(d, e.number);
}
