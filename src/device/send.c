/* What has been signed leaves: the blind copy again and again until the bot's verdict; each
 * recipient's stanza until its receipt, but not while the server has it (repeat.c). */
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "device/left.h"

#define BLIND_PAUSE_MAX_MS 60000
#define DELIVERY_PAUSE_MAX_MS INT64_C(86400000)
#define UNSENT_PAUSE_MS 250 /* the session's queue is full */
#define UNREAD_PAUSE_MS 60000
#define LOAD_PAGE 64 /* entries */

static int schedule_delivery(void *context, const struct outbox_delivery *x)
{
    if (x->state == DELIVERY_WAITING)
        device_schedule(context, x->entry, x->account);
    if (x->state == DELIVERY_WAITING && x->sent != 0)
        device_resume(context, x->entry, x->account, x->sent);
    return 0;
}

/* The last receipt may have been written down just before the device ended. */
static int load_sending(struct device *d, int64_t entry)
{
    int r = outbox_deliveries(d->store, entry, schedule_delivery, d);
    if (r == 0)
        device_finish_if_done(d, entry);
    return r == ERR_FORMAT ? 0 : r; /* one damaged row keeps nobody from the others */
}

int device_load_outbox(struct device *d)
{
    const struct policy *newest = device_newest_policy(d);
    int64_t numbers[LOAD_PAGE], after = 0;
    size_t count = 0;
    int r = outbox_list(d->store, OUTBOX_SIGNED, 0, numbers, 1, &count);
    if (r == 0 && count > 0) {
        d->signed_entry = numbers[0];
        device_schedule(d, numbers[0], "");
        if (newest != NULL) /* the device may have ended as soon as it had this policy */
            device_leave_old_bot(d, newest);
    }
    do {
        if (r == 0)
            r = outbox_list(d->store, OUTBOX_SENDING, after, numbers, LOAD_PAGE, &count);
        for (size_t i = 0; r == 0 && i < count; i++)
            r = load_sending(d, after = numbers[i]);
    } while (r == 0 && count > 0);
    return r;
}

enum sent {
    SENT,         /* or not to be sent any more */
    SENT_NO_ROOM, /* in the session's queue; or there is no session */
    SENT_UNREAD,  /* the store does not give it now */
};

static void put_common(struct buf *b, const struct envelope *e, bool blind)
{
    envelope_put_addresses(b, e, blind);
    omemo_begin_encrypted(b, e->sid);
}

/* What can't be put into a stanza at all won't be mended by another try at once. */
static enum sent put_out(struct device *d, const struct buf *stanza)
{
    if (buf_failed(stanza))
        return SENT;
    return d->o.net.send(d->o.net.context, stanza->data, stanza->len) < 0 ? SENT_NO_ROOM : SENT;
}

static enum sent send_blind_copy(struct device *d, const struct outbox_entry *o)
{
    const struct envelope *e = &o->envelope;
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_STANZA_MAX);
    buf_format(&b, "<message to='%s' id='%s'>", e->bot, e->id);
    put_common(&b, e, true);
    omemo_end_encrypted(&b, e->iv, e->payload, e->payload_len);
    envelope_put_access(&b, e);
    buf_put_text(&b, "</message>");
    return put_out(d, &b);
}

struct sending {
    struct device *d;
    const struct outbox_entry *o;
    const char *account;
    bool found;
    enum sent sent;
    const char *wrong; /* with the recipient's certificate, since the message was signed */
};

static int send_delivery(void *context, const struct outbox_delivery *x)
{
    struct sending *s = context;
    const struct envelope *e = &s->o->envelope;
    if (strcmp(x->account, s->account) != 0 || x->state != DELIVERY_WAITING)
        return 0;
    const struct certificate *c;
    s->found = true;
    if (device_certificate(s->d, x->certificate, &c) == HAVE &&
        (s->wrong = device_certificate_wrong(s->d, c, device_now(s->d))) != NULL)
        return 0;
    CLEANUP_BUF struct buf b = BUF_INIT(VALUE_STANZA_MAX);
    buf_format(&b, "<message to='%s' id='%s'>", x->account, e->id);
    put_common(&b, e, false);
    omemo_put_key(&b, x->device, x->key, x->key_len, x->prekey);
    omemo_end_encrypted(&b, e->iv, e->payload, e->payload_len);
    envelope_put_access(&b, e);
    if (s->o->has_verdict)
        verdict_put_xml(&b, &s->o->verdict);
    buf_put_text(&b, "<request xmlns='urn:xmpp:receipts'/></message>");
    s->sent = put_out(s->d, &b);
    return 0;
}

/* With the present time, under the same id; by now a warrant may cover it. */
static void sign_anew(struct device *d, struct outbox_entry *o)
{
    o->state = OUTBOX_QUEUED;
    if (outbox_update(d->store, o) == 0)
        d->dirty = true;
}

/* What else goes to this account may be for the same certificate. */
static void look_at_others(struct device *d, const char *account)
{
    struct attempt *a, *next;
    HASH_ITER (hh, d->attempts, a, next)
        if (strcmp(a->key.account, account) == 0 && a->next_ms == ATTEMPT_WAITS)
            a->next_ms = 0;
}

static enum sent send_one_delivery(struct device *d, const struct attempt_key *key,
                                   const struct outbox_entry *o)
{
    struct sending s = {.d = d, .o = o, .account = key->account};
    if (outbox_deliveries(d->store, key->entry, send_delivery, &s) < 0 && !s.found)
        return SENT_UNREAD;
    if (s.wrong != NULL) {
        device_give_up(d, o, key->account, s.wrong);
        look_at_others(d, key->account);
    } else if (!s.found) {
        device_unschedule(d, key->entry, key->account);
    }
    return s.sent;
}

static enum sent send_entry(struct device *d, const struct attempt_key *key, struct outbox_entry *o)
{
    enum sent sent = SENT;
    if (!o->has_envelope || (o->state != OUTBOX_SIGNED && o->state != OUTBOX_SENDING)) {
        device_unschedule(d, key->entry, key->account);
    } else if (key->account[0] == '\0') {
        sent = send_blind_copy(d, o);
    } else if (device_silent_too_long(d, o)) {
        device_give_up(d, o, key->account, OVERDUE_SILENT);
    } else if (device_too_old_to_be_taken(d, o)) {
        device_unschedule(d, key->entry, key->account);
        sign_anew(d, o);
    } else {
        sent = send_one_delivery(d, key, o);
    }
    return sent;
}

static enum sent send_attempt(struct device *d, const struct attempt_key *key)
{
    struct outbox_entry o;
    arena_reset(&d->arena);
    int r = outbox_get(d->store, key->entry, &d->arena, &o);
    if (r == ERR_NOT_FOUND)
        device_unschedule(d, key->entry, key->account);
    if (r < 0)
        return r == ERR_NOT_FOUND ? SENT : SENT_UNREAD;
    enum sent sent = send_entry(d, key, &o);
    secret_wipe(o.content, sizeof o.content);
    return sent;
}

/* When it is due again, and the pause after that. */
static void note_sending(struct device *d, struct attempt *a, int64_t now)
{
    bool blind = a->key.account[0] == '\0';
    int64_t max = blind ? BLIND_PAUSE_MAX_MS : DELIVERY_PAUSE_MAX_MS;
    a->next_ms = a->not_before_ms = now + a->pause_ms;
    if (!blind)
        device_sent(d, a);
    a->pause_ms *= blind ? 2 : 4;
    a->pause_ms = a->pause_ms > max ? max : a->pause_ms;
    a->count++;
}

/* What did not leave has not been sent: it is as it was, and due after that pause. */
static void take_back(struct attempt *a, const struct attempt *before, int64_t next_ms)
{
    a->next_ms = next_ms;
    a->not_before_ms = before->not_before_ms;
    a->latest = before->latest;
    a->pause_ms = before->pause_ms;
    a->count = before->count;
}

void device_transmit(struct device *d)
{
    int64_t now = clock_monotonic_ms();
    struct attempt *a, *next;
    HASH_ITER (hh, d->attempts, a, next) {
        if (!d->online || a->next_ms > now)
            continue;
        const struct attempt before = *a; /* it may go while it is sent */
        note_sending(d, a, now);
        enum sent sent = send_attempt(d, &before.key);
        if (sent == SENT_UNREAD)
            take_back(a, &before, now + UNREAD_PAUSE_MS);
        if (sent != SENT_NO_ROOM)
            continue;
        take_back(a, &before, now + UNSENT_PAUSE_MS);
        return; /* nor is there room for what is behind it */
    }
}

int64_t device_transmit_due(const struct device *d)
{
    int64_t due = device_repeat_due(d), now = clock_monotonic_ms();
    const struct attempt *a, *next;
    HASH_ITER (hh, d->attempts, a, next)
        if (a->next_ms != ATTEMPT_WAITS)
            due = device_min_due(due, a->next_ms > now ? a->next_ms - now : 0);
    return due;
}
