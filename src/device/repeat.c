/* What the server has is not sent again while it has it: it would be stored once more. The server
 * does not say who is away, nor what it had no room for, and may lose what it has. So:
 *
 *     An answer to a question says that it has what was sent before the question.
 *     A receipt says that what was sent before the message that it is for has come or is lost.
 *     As long as nothing is said, one message of each addressee is repeated, after growing pauses.
 *
 * All sendings of deliveries are numbered in one row, over all sessions. */
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "device/device_internal.h"

#define CONFIRM_PAUSE_MS 500 /* most often the receipts are faster, and nothing is to be asked */
#define CONFIRM_AGAIN_MS 2000
#define REPEAT_PAUSE_MS 3000
#define REPEAT_PAUSE_MAX_MS 3600000
/* After a receipt that may be for an earlier sending: others may be right behind it. */
#define LOST_QUIET_MS 1000
#define LOST_AT_MOST_MS 30000
/* An open message is signed anew at its repetition: a further one for the server to store. */
#define SIGN_ANEW_MS (6 * INT64_C(3600000))

static bool is_for(const struct attempt *a, const char *account)
{
    return strcmp(a->key.account, account) == 0;
}

static uint64_t latest_of(const struct attempt *a)
{
    return a->latest > a->first ? a->latest : a->first;
}

/* Made where it is not there. */
static struct addressee *addressee_of(struct device *d, const char *account)
{
    struct addressee *x;
    HASH_FIND_STR(d->addressees, account, x);
    if (x != NULL)
        return x;
    x = mem_new(sizeof *x);
    snprintf(x->account, sizeof x->account, "%s", account);
    x->pause_ms = REPEAT_PAUSE_MS;
    x->next_ms = clock_monotonic_ms() + x->pause_ms;
    HASH_ADD_STR(d->addressees, account, x);
    return x;
}

static void drop_addressee(struct device *d, struct addressee *x)
{
    HASH_DEL(d->addressees, x);
    free(x);
}

void device_drop_addressees(struct device *d)
{
    struct addressee *x, *next;
    HASH_ITER (hh, d->addressees, x, next)
        drop_addressee(d, x);
}

void device_sent(struct device *d, struct attempt *a)
{
    int64_t next_ms = clock_monotonic_ms() + CONFIRM_PAUSE_MS;
    if (d->sendings == d->confirm.confirmed && d->confirm.next_ms < next_ms)
        d->confirm.next_ms = next_ms;
    a->latest = ++d->sendings;
    a->next_ms = ATTEMPT_WAITS;
}

void device_resume(struct device *d, int64_t entry, const char *account, uint64_t first)
{
    struct attempt *a = device_attempt(d, entry, account);
    if (a == NULL)
        return;
    a->first = first;
    a->next_ms = ATTEMPT_WAITS;
    addressee_of(d, account)->next_ms = 0;
}

/* What was sent before that, and waits, is due after its own pause. */
static void mark_lost(struct device *d, const char *account, uint64_t before)
{
    int64_t now = clock_monotonic_ms();
    struct attempt *a, *next;
    HASH_ITER (hh, d->attempts, a, next)
        if (a->next_ms == ATTEMPT_WAITS && is_for(a, account) && latest_of(a) < before)
            a->next_ms = a->not_before_ms > now ? a->not_before_ms : now;
}

/* Which sending the receipt is for is known only where there was one. */
void device_answered(struct device *d, const struct attempt *a)
{
    int64_t now = clock_monotonic_ms();
    struct addressee *x;
    HASH_FIND_STR(d->addressees, a->key.account, x);
    if (x == NULL)
        return;
    if (a->first != 0)
        mark_lost(d, x->account, a->first);
    x->pause_ms = REPEAT_PAUSE_MS;
    x->next_ms = now + x->pause_ms;
    if (a->latest > a->first && a->latest > x->lost_before) {
        x->lost_at_most_ms = x->lost_before == 0 ? now + LOST_AT_MOST_MS : x->lost_at_most_ms;
        x->lost_before = a->latest;
    }
    x->lost_ms = device_min_due(now + LOST_QUIET_MS, x->lost_at_most_ms);
}

void device_sent_back(struct device *d, struct attempt *a)
{
    if (a->first != 0)
        (void)!outbox_set_sent(d->store, a->key.entry, a->key.account, 0);
    a->first = a->latest = 0;
}

void device_repeat_soon(struct device *d)
{
    struct addressee *x, *next;
    HASH_ITER (hh, d->addressees, x, next) {
        x->next_ms = 0;
        x->pause_ms = REPEAT_PAUSE_MS;
        x->lost_before = 0;
    }
}

/* The last one, whose receipt says most, or any of them, so that one which its addressee does not
 * take keeps none back. */
static struct attempt *one_that_waits(struct device *d, const char *account)
{
    struct attempt *a, *next, *last = NULL, *any = NULL;
    uint32_t count = 0, random;
    HASH_ITER (hh, d->attempts, a, next) {
        if (a->next_ms != ATTEMPT_WAITS || a->first == 0 || !is_for(a, account))
            continue;
        if (last == NULL || a->first > last->first)
            last = a;
        secret_random(&random, sizeof random);
        if (random % ++count == 0)
            any = a;
    }
    secret_random(&random, sizeof random);
    return random % 2 == 0 ? last : any;
}

static bool anything_for(const struct device *d, const char *account)
{
    const struct attempt *a, *next;
    HASH_ITER (hh, d->attempts, a, next)
        if (is_for(a, account))
            return true;
    return false;
}

static bool signed_anew_of_late(struct device *d, const struct attempt *a)
{
    struct outbox_entry o;
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    bool yes = outbox_get(d->store, a->key.entry, &arena, &o) == 0 && o.has_envelope &&
               device_too_old_to_be_taken(d, &o) &&
               device_now(d) - o.envelope.at_unix_ms < SIGN_ANEW_MS;
    secret_wipe(o.content, sizeof o.content);
    arena_clear(&arena);
    return yes;
}

static void repeat_one(struct device *d, struct addressee *x, int64_t now)
{
    x->next_ms = now + x->pause_ms;
    x->pause_ms *= 4;
    x->pause_ms = x->pause_ms > REPEAT_PAUSE_MAX_MS ? REPEAT_PAUSE_MAX_MS : x->pause_ms;
    device_give_up_silent(d, x->account);
    struct attempt *a = one_that_waits(d, x->account);
    if (a != NULL && !signed_anew_of_late(d, a))
        a->next_ms = now;
    else if (a == NULL && !anything_for(d, x->account))
        drop_addressee(d, x);
}

/* Of this the answer says for the first time that the server has it. */
static bool is_confirmed(const struct device *d, const struct attempt *a)
{
    return a->latest != 0 && a->latest <= d->confirm.asked && a->first == 0;
}

static bool anything_confirmed(const struct device *d)
{
    const struct attempt *a, *next;
    HASH_ITER (hh, d->attempts, a, next)
        if (is_confirmed(d, a))
            return true;
    return false;
}

/* Everything that was sent before the question is at the server now. */
static int keep_confirmed(void *context, struct diag *why)
{
    struct device *d = context;
    struct attempt *a, *next;
    int r = 0;
    (void)why;
    HASH_ITER (hh, d->attempts, a, next) {
        if (!is_confirmed(d, a))
            continue;
        a->first = a->latest;
        addressee_of(d, a->key.account);
        if (r == 0)
            r = outbox_set_sent(d->store, a->key.entry, a->key.account, a->first);
    }
    return r;
}

static void on_confirmed(void *context, const struct xml_element *iq)
{
    struct device *d = context;
    d->confirm.in_flight = false;
    d->confirm.next_ms = clock_monotonic_ms() + (iq == NULL ? CONFIRM_AGAIN_MS : CONFIRM_PAUSE_MS);
    if (iq == NULL) /* the session ended; or the server is slow, and is asked again */
        return;
    d->confirm.confirmed = d->confirm.asked;
    if (!anything_confirmed(d))
        return;
    /* What cannot be kept is sent once more after the next start. */
    (void)!store_transaction(d->store, keep_confirmed, d, NULL);
    device_wake(d);
}

void device_confirm(struct device *d)
{
    struct device_confirm *c = &d->confirm;
    if (!d->online || c->in_flight || d->sendings == c->confirmed ||
        clock_monotonic_ms() < c->next_ms)
        return;
    c->asked = d->sendings;
    if (!anything_confirmed(d)) {
        c->confirmed = c->asked;
        return;
    }
    c->in_flight = true;
    if (d->o.net.query(d->o.net.context, d->net->domain, "get", "<ping xmlns='urn:xmpp:ping'/>",
                       on_confirmed, d) < 0)
        on_confirmed(d, NULL);
}

void device_repeat(struct device *d)
{
    int64_t now = clock_monotonic_ms();
    struct addressee *x, *next;
    HASH_ITER (hh, d->addressees, x, next) {
        if (x->lost_before != 0 && now >= x->lost_ms) {
            mark_lost(d, x->account, x->lost_before);
            x->lost_before = 0;
        }
        if (now >= x->next_ms)
            repeat_one(d, x, now);
    }
}

int64_t device_repeat_due(const struct device *d)
{
    int64_t due = -1, now = clock_monotonic_ms();
    const struct addressee *x, *next;
    HASH_ITER (hh, d->addressees, x, next) {
        int64_t at = x->lost_before != 0 && x->lost_ms < x->next_ms ? x->lost_ms : x->next_ms;
        due = device_min_due(due, at > now ? at - now : 0);
    }
    const struct device_confirm *c = &d->confirm;
    if (!c->in_flight && d->sendings != c->confirmed)
        due = device_min_due(due, c->next_ms > now ? c->next_ms - now : 0);
    return due;
}
