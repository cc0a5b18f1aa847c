/* What comes back for what was sent: the bot's verdicts and delays, bounces, receipts. */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/conversation.h"
#include "device/files_internal.h"
#include "device/left.h"
#include "device/places.h"
#include "store/values.h"

#define BOUNCE_PAUSE_MS 250
#define BOUNCE_PAUSE_MAX_MS 10000
#define LATER_PAUSE_MAX_S 60
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
        .count = v->count, .at_unix_ms = v->at_unix_ms, .kept_unix_ms = clock_system_ms()};
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
    if (r < 0)
        return r;
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
                   : "the bot does not take this message's day: set this device's clock";
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
    case VERDICT_REASONS:
        break;
    }
    return "the bot refused it";
}

/* The bot has another message in the place of this one. It may be one that was left there: then the
 * chain goes on from that, and this one is signed anew. Else this device is not what it was. */
static int take_conflict(struct device *d, const struct outbox_entry *e, const char **stop)
{
    struct left x;
    int r = left_take(d->store, e->bot_key, e->envelope.n, &x);
    if (r == ERR_NOT_FOUND)
        return store_put_text(d->store, VALUE_STOPPED, "conflict");
    *stop = NULL;
    return r < 0 ? r : store_put_chain(d->store, x.bot_key, x.n, x.digest);
}

static int take_refused(struct device *d, struct outbox_entry *e, const char **ret_stop)
{
    enum verdict_reason reason = e->verdict.line.reason;
    const char *stop = refusal_stops(d, e, reason);
    int r = 0;
    if (verdict_line_consumes(&e->verdict.line))
        r = store_put_chain(d->store, e->bot_key, e->envelope.n, e->digest);
    else
        r = take_conflict(d, e, &stop);
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
        device_doubt_newest(d);
    if (v->line.reason == VERDICT_CONFLICT && stop != NULL)
        d->stopped = true;
    if (stop != NULL)
        device_notice(d, "", "message %s was refused (%s): %s", e->id,
                      verdict_reason_text(v->line.reason), stop);
    device_progress(d, e->id, stop != NULL ? DEVICE_STOPPED : DEVICE_WAITING,
                    stop != NULL ? stop : verdict_reason_text(v->line.reason));
}

struct judged {
    struct device *d;
    struct outbox_entry *e;
    const struct verdict *v;
    const char *warrants;
    const uint8_t *root;
    const char *stop;
};

static int keep_verdict(void *context, struct diag *why)
{
    struct judged *j = context;
    struct outbox_entry *e = j->e;
    int r = j->v->line.state == VERDICT_ARCHIVED ? take_archived(j->d, e, j->warrants)
                                                 : take_refused(j->d, e, &j->stop);
    if (r == 0)
        r = keep_round(j->d, e, j->v, j->root);
    if (r < 0 && store_fault(j->d->store, why) == 0)
        diag_set(why, r, "a verdict cannot be written into the store");
    return r;
}

static void take_verdict(struct device *d, struct outbox_entry *e, const struct verdict *v)
{
    uint8_t root[MERKLE_BYTES];
    struct diag why;
    char warrants[VALUE_WRAPS_MAX * (VALUE_WARRANT_MAX + 1)];
    struct judged j = {.d = d, .e = e, .v = v, .warrants = warrants, .root = root};
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
    if (store_transaction(d->store, keep_verdict, &j, &why) < 0) {
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
        after_refused(d, e, v, j.stop);
    d->dirty = true;
}

struct leaving {
    struct store *s;
    const struct outbox_entry *e;
};

static int put_left(void *context, struct diag *why)
{
    const struct leaving *l = context;
    struct left x = {.n = l->e->envelope.n};
    memcpy(x.bot_key, l->e->bot_key, sizeof x.bot_key);
    memcpy(x.digest, l->e->digest, sizeof x.digest);
    int r = left_put(l->s, &x);
    if (r == 0)
        r = outbox_update(l->s, l->e);
    if (r < 0 && store_fault(l->s, why) == 0)
        diag_set(why, r, "a message that goes to another bot cannot be written into the store");
    return r;
}

/* Back to the queue: the bot's key is not to be used any more. Whether the bot has the message is
 * not known. */
static void leave_bot(struct device *d, struct outbox_entry *e)
{
    struct leaving l = {.s = d->store, .e = e};
    struct diag why;
    e->state = OUTBOX_QUEUED;
    if (store_transaction(d->store, put_left, &l, &why) < 0) {
        device_store_failed(d, &why);
        return;
    }
    d->signed_entry = 0;
    device_unschedule(d, e->number, "");
}

void device_leave_old_bot(struct device *d, const struct policy *p)
{
    struct outbox_entry e;
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    if (d->signed_entry != 0 && outbox_get(d->store, d->signed_entry, &arena, &e) == 0) {
        const struct policy_bot *bot = policy_bot(p, e.envelope.bot);
        if (bot == NULL || memcmp(bot->key, e.bot_key, sizeof e.bot_key) != 0)
            leave_bot(d, &e);
        secret_wipe(e.content, sizeof e.content);
    }
    arena_clear(&arena);
}

/* What a bot in order does not say of a device in order; NULL: it passes by itself. */
static const char *later_lasts(enum later_reason reason)
{
    switch (reason) {
    case LATER_MALFORMED:
        return "it is malformed";
    case LATER_TOO_LARGE:
        return "it is too large";
    case LATER_BAD_SIGNATURE:
        return "its signature is bad";
    case LATER_GAP:
        return "it lacks the messages before it";
    case LATER_SLOW_DOWN:
    case LATER_CLOSED:
    case LATER_UNKNOWN_DEVICE:
    case LATER_FILE:
    case LATER_REASONS:
        break;
    }
    return NULL;
}

/* Said once for a message and reason while the device runs. */
static void say_lasting(struct device *d, const struct outbox_entry *e, struct attempt *a,
                        enum later_reason reason)
{
    char text[128];
    if (a->told == reason)
        return;
    a->told = reason;
    snprintf(text, sizeof text, "the bot says that %s", later_lasts(reason));
    (void)!outbox_set_reason(d->store, e->number, text);
    device_notice(d, "",
                  "message %s waits: the bot, or the server in its name, says that %s. It is sent "
                  "again unchanged, and nothing goes before it. If this lasts, ask who runs the "
                  "network: a new bot key, or a new activation of this device, ends it",
                  e->id, later_lasts(reason));
}

/* Unsigned: the server could have said so, and kept a verdict. Signing another message in the place
 * of this one would then be a conflict, and the end of this device. So the same bytes come again,
 * whatever was said: a bot that has them answers with its verdict. */
static void take_later(struct device *d, const struct outbox_entry *e, const struct later *l)
{
    uint32_t seconds = l->seconds < 1                   ? 1
                       : l->seconds > LATER_PAUSE_MAX_S ? LATER_PAUSE_MAX_S
                                                        : l->seconds;
    int64_t next_ms = clock_monotonic_ms() + (int64_t)seconds * CLOCK_SECOND_MS;
    bool lasts = later_lasts(l->reason) != NULL;
    struct attempt *a = device_attempt(d, e->number, "");
    if (a == NULL)
        return;
    if (!lasts || a->next_ms < next_ms) /* what lasts: after the pause that grows */
        a->next_ms = next_ms;
    if (lasts)
        say_lasting(d, e, a, l->reason);
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
    if (!blind)
        device_sent_back(d, a);
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
    const struct attempt *a = device_attempt(d, e.number, from);
    if (!addressed || a == NULL ||
        outbox_set_delivery(d->store, e.number, from, DELIVERY_RECEIVED) < 0)
        return; /* not asked for, or the receipt has come before */
    device_answered(d, a);
    device_unschedule(d, e.number, from);
    device_progress(d, e.id, DEVICE_DELIVERED, from);
    device_finish_if_done(d, e.number);
}
