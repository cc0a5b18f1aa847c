/* The bot's verdict of what is before it: archived, and it goes to its recipients; refused, and it
 * is signed anew, or stops. */
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/conversation.h"
#include "device/files_internal.h"
#include "device/left.h"
#include "device/places.h"
#include "store/values.h"

#define WRONG_DAYS_MAX 2

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

void device_take_verdict(struct device *d, struct outbox_entry *e, const struct verdict *v)
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
