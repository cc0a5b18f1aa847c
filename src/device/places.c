#include "device/places.h"

#include <string.h>

#include "base/memory.h"
#include "device/device_internal.h"
#include "wire/stanza.h"

#define RENEWAL_MS INT64_C(3600000) /* before the token's end */
#define SPREAD_MS 10000             /* times the first byte of the certificate's hash */
#define PAUSE_FIRST_MS 500
#define PAUSE_MAX_MS 60000

static void drop_token(struct device *d)
{
    place_free(d->place);
    d->place = NULL;
}

void device_places_begin(struct device *d, bool keep)
{
    struct device_places *p = &d->places;
    p->answered = false;
    p->waiting_since_ms = 0;
    p->next_ms = 0;
    p->pause_ms = PAUSE_FIRST_MS;
    p->session++;
    if (!keep)
        drop_token(d);
}

static int take_token(struct device *d, const struct xml_element *iq, struct diag *why)
{
    CLEANUP(place_free_cleanup) struct place *p = NULL;
    struct arena arena = ARENA_INIT(4 * VALUE_PLACE_MAX);
    const char *note;
    size_t len;
    int r = iq->first == NULL ? ERR_FORMAT : registry_parse_place(iq->first, &arena, &note, &len);
    if (r < 0)
        diag_set(why, r, "not a place token");
    if (r == 0)
        r = place_open(d->net, note, len, &p, why);
    if (r == 0 && !place_valid_for(p, d->certificate->document.hash, device_now(d)))
        r = diag_set(why, ERR_AUTH, "another device's, or not in force by this device's clock");
    arena_clear(&arena);
    if (r < 0)
        return r;
    drop_token(d);
    d->place = TAKE(p);
    return 0;
}

/* It could not be had now: again later. */
static void fail(struct device_places *p)
{
    p->next_ms = clock_monotonic_ms() + p->pause_ms;
    p->pause_ms = clock_next_pause(p->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS);
}

static void on_answer(void *context, const struct xml_element *iq)
{
    struct device *d = context;
    struct device_places *p = &d->places;
    const char *type = iq == NULL ? NULL : xml_attribute_of(iq, "type");
    struct diag why = {""};
    p->in_flight = false;
    if (p->asked_in != p->session)
        type = NULL; /* it is about a session, or by a policy, that is past */
    if (type == NULL) {
        fail(p);
    } else if (!stanza_is_result(iq)) {
        p->answered = stanza_has_error(iq, "item-not-found");
        if (p->answered) {
            drop_token(d);
            p->next_ms = clock_monotonic_ms() + PAUSE_MAX_MS; /* where one is demanded */
        } else {
            fail(p);
        }
    } else if (take_token(d, iq, &why) == 0) {
        p->answered = true;
    } else {
        device_notice(d, "", "the registrar gave a place token that is not to be used: %s",
                      why.text);
        fail(p);
    }
    if (p->asked_in != p->session)
        p->next_ms = 0;
    if (p->answered)
        p->pause_ms = PAUSE_FIRST_MS;
    d->dirty = true;
    device_wake(d);
}

static void ask(struct device *d)
{
    struct device_places *p = &d->places;
    const struct registry_query q = {.what = REGISTRY_PLACE};
    CLEANUP_BUF struct buf payload = BUF_INIT(256);
    if (p->in_flight || !d->online || clock_monotonic_ms() < p->next_ms)
        return;
    registry_put_query(&payload, &q);
    p->in_flight = true;
    p->asked_in = p->session;
    if (d->o.net.query(d->o.net.context, d->net->registrar, "get", buf_text(&payload), on_answer,
                       d) < 0) {
        p->in_flight = false;
        fail(p);
    }
}

const struct place *device_places_token(const struct device *d)
{
    bool valid =
        d->place != NULL && place_valid_for(d->place, d->certificate->document.hash, device_now(d));
    return valid ? d->place : NULL;
}

/* Devices do not all ask in the same moment. */
static int64_t renewal_at(const struct device *d)
{
    return d->place->until_unix_ms - RENEWAL_MS +
           (int64_t)d->certificate->document.hash[0] * SPREAD_MS;
}

/* The token has ended, or soon will. A replay's clock stands still while messages are under way: a
 * token ends between them, and is asked for with the next message. */
static void look_at_end(struct device *d)
{
    if (d->place == NULL || !d->places.answered)
        return;
    if (device_places_token(d) == NULL)
        device_places_begin(d, false);
    else if (!clock_is_replay(&d->o.clock) && device_now(d) >= renewal_at(d))
        ask(d);
}

/* The registrar knew no country, and without a token nothing goes: it may know more by and by. */
static bool lacks_token(const struct device *d)
{
    return d->places.answered && d->places.demanded && d->place == NULL;
}

void device_places_upkeep(struct device *d)
{
    const struct policy_set *rules;
    look_at_end(d);
    /* A replay's device asks with its message, so that who is counted does not depend on how fast
     * the replay runs. */
    if (clock_is_replay(&d->o.clock))
        return;
    if ((d->places.answered && !lacks_token(d)) || d->newest == 0 ||
        device_rules(d, d->newest, &rules) != HAVE || !policy_set_places_matter(rules))
        return;
    d->places.demanded = policy_demands_place(rules->policy);
    ask(d);
}

int64_t device_places_due(const struct device *d)
{
    const struct device_places *p = &d->places;
    int64_t now = clock_monotonic_ms(), due = -1;
    if (p->in_flight)
        return -1;
    if (p->answered && d->place != NULL && !clock_is_replay(&d->o.clock)) {
        int64_t left = renewal_at(d) - device_now(d), pause = p->next_ms - now;
        due = left < pause ? pause : left;
        return due < 0 ? 0 : due;
    }
    if ((!p->answered || lacks_token(d)) && p->next_ms > now)
        due = p->next_ms - now;
    if (p->waiting_since_ms != 0 && p->waiting_since_ms + PLACES_WAIT_MS > now)
        due = device_min_due(due, p->waiting_since_ms + PLACES_WAIT_MS - now);
    return due;
}

enum have device_places_known(struct device *d, const struct policy_set *rules)
{
    struct device_places *p = &d->places;
    if (!policy_set_places_matter(rules))
        return HAVE;
    look_at_end(d);
    if (p->answered)
        return HAVE;
    int64_t now = clock_monotonic_ms();
    if (p->waiting_since_ms == 0)
        p->waiting_since_ms = now;
    ask(d);
    bool waited = now - p->waiting_since_ms >= PLACES_WAIT_MS;
    return waited && !policy_demands_place(rules->policy) ? HAVE : HAVE_NOT_YET;
}

bool device_places_refused(struct device *d)
{
    device_places_begin(d, false);
    return ++d->places.refused < 2;
}

void device_places_accepted(struct device *d)
{
    d->places.refused = 0;
}
