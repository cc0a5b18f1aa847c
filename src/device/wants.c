/* What the device lacks and asks for: one query at a time for each thing, again after growing
 * pauses, and not at all for a while when the answer was that there is none. */
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "device/device_internal.h"
#include "device/wants.h"
#include "wire/stanza.h"

#define PAUSE_FIRST_MS 500
#define PAUSE_MAX_MS 60000
#define ABSENT_MS 20000

static void ask(struct want *w);

void want_forget(struct want *w)
{
    registry_fetch_clear(&w->parts);
    buf_clear(&w->bundle);
}

void want_drop(struct want *w)
{
    HASH_DEL(w->device->wants, w);
    want_forget(w);
    free(w);
}

/* Others name what is to be had, so there is a cap. NULL: as many as may be are there. */
static struct want *want_of(struct device *d, enum want_kind kind, const char *parameter)
{
    struct want *w;
    char key[sizeof w->key];
    snprintf(key, sizeof key, "%c:%s", (char)kind, parameter);
    HASH_FIND_STR(d->wants, key, w);
    if (w != NULL || HASH_COUNT(d->wants) >= WANTS_MAX)
        return w;
    w = mem_new(sizeof *w);
    memcpy(w->key, key, sizeof key);
    w->device = d;
    w->kind = kind;
    w->pause_ms = PAUSE_FIRST_MS;
    w->bundle = (struct buf)BUF_INIT(STANZA_MEMORY);
    HASH_ADD_STR(d->wants, key, w);
    return w;
}

void device_drop_wants(struct device *d)
{
    struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next)
        want_drop(w);
}

/* Asks if it is time. HAVE_NONE while the last answer was that there is none. */
static enum have pursue(struct want *w)
{
    int64_t now = clock_monotonic_ms();
    if (w->in_flight)
        return HAVE_NOT_YET;
    if (w->absent && now < w->next_ms)
        return w->unlogged ? HAVE_UNLOGGED : HAVE_NONE;
    if (w->awaits || w->arrived)
        return HAVE_NOT_YET;
    if (w->device->online && now >= w->next_ms)
        ask(w);
    return HAVE_NOT_YET;
}

/* Of those that turned out not to exist the oldest go, so that half of the places stay free. */
static void make_room(struct device *d)
{
    struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next)
        if (w->absent && HASH_COUNT(d->wants) > WANTS_MAX / 2)
            want_drop(w);
}

/* What waits for an answer is not looked at meanwhile, so nobody else would ask again. */
void device_ask_again(struct device *d)
{
    struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next)
        if (!w->absent)
            (void)pursue(w);
    make_room(d);
}

enum have device_want_policy(struct device *d, uint32_t serial)
{
    char number[16];
    snprintf(number, sizeof number, "%" PRIu32, serial);
    struct want *w = want_of(d, WANT_POLICY, number);
    if (w == NULL)
        return HAVE_NOT_YET;
    w->number = serial;
    return pursue(w);
}

enum have device_want_hash(struct device *d, const uint8_t hash[static HASH_BYTES])
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(hash, HASH_BYTES, hex);
    struct want *w = want_of(d, WANT_HASH, hex);
    if (w == NULL)
        return HAVE_NOT_YET;
    memcpy(w->hash, hash, HASH_BYTES);
    return pursue(w);
}

enum have device_want_account(struct device *d, const char *account)
{
    struct want *w = want_of(d, WANT_ACCOUNT, account);
    if (w == NULL)
        return HAVE_NOT_YET;
    snprintf(w->account, sizeof w->account, "%s", account);
    return pursue(w);
}

enum have device_want_bundle(struct device *d, const struct certificate *c, bool repair)
{
    struct want *w = want_of(d, WANT_BUNDLE, c->account);
    if (w == NULL)
        return HAVE_NOT_YET;
    snprintf(w->account, sizeof w->account, "%s", c->account);
    w->number = c->omemo_device;
    memcpy(w->hash, c->document.hash, HASH_BYTES);
    w->repair = w->repair || repair;
    return pursue(w);
}

/* It could not be had now: again later. */
void want_fail(struct want *w)
{
    want_forget(w);
    w->absent = false;
    w->next_ms = clock_monotonic_ms() + w->pause_ms;
    w->pause_ms = clock_next_pause(w->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS);
}

void want_absent(struct want *w)
{
    w->unlogged = false;
    want_forget(w);
    w->absent = true;
    w->next_ms = clock_monotonic_ms() + ABSENT_MS;
    w->device->dirty = true;
}

/* It is whole: admit.c takes it. */
static void arrived(struct want *w)
{
    w->arrived = true;
    w->device->dirty = true;
}

static void take_piece(struct want *w, const struct xml_element *iq)
{
    struct registry_piece piece;
    struct arena arena = ARENA_INIT(4 * REGISTRY_PIECE_MAX);
    int r = iq->first == NULL ? ERR_FORMAT : registry_parse_piece(iq->first, &arena, &piece);
    if (r == 0)
        r = registry_fetch_add(&w->parts, &piece);
    arena_clear(&arena);
    if (r == 1)
        arrived(w);
    else if (r == 0)
        ask(w);
    else
        want_fail(w);
}

static void take_bundle(struct want *w, const struct xml_element *iq)
{
    char node[64];
    snprintf(node, sizeof node, OMEMO_BUNDLE_NODE "%" PRIu32, w->number);
    const struct xml_element *item = w->device->o.net.item(iq, node);
    if (item != NULL)
        xml_put_element(&w->bundle, item);
    if (item == NULL || buf_failed(&w->bundle))
        want_fail(w);
    else
        arrived(w);
}

static void on_answer(void *context, const struct xml_element *iq)
{
    struct want *w = context;
    struct device *d = w->device; /* the want may be gone when it has been had */
    const char *type = iq == NULL ? NULL : xml_attribute_of(iq, "type");
    w->in_flight = false;
    if (type == NULL) {
        want_fail(w);
    } else if (!stanza_is_result(iq)) {
        if (stanza_has_error(iq, "item-not-found"))
            want_absent(w);
        else
            want_fail(w);
    } else if (w->kind == WANT_BUNDLE) {
        take_bundle(w, iq);
    } else {
        take_piece(w, iq);
    }
    device_wake(d);
}

static void ask(struct want *w)
{
    struct device *d = w->device;
    int r;
    w->absent = false;
    w->in_flight = true;
    if (w->kind == WANT_BUNDLE) {
        char node[64];
        snprintf(node, sizeof node, OMEMO_BUNDLE_NODE "%" PRIu32, w->number);
        r = d->o.net.fetch(d->o.net.context, w->account, node, on_answer, w);
    } else {
        struct registry_query q = {.what = REGISTRY_BY_HASH};
        CLEANUP_BUF struct buf payload = BUF_INIT(2048);
        if (w->parts.note.len > 0) {
            memcpy(q.hash, w->parts.hash, HASH_BYTES);
            q.offset = (uint32_t)w->parts.note.len;
        } else if (w->kind == WANT_POLICY) {
            q.what = REGISTRY_POLICY;
            q.serial = w->number;
        } else if (w->kind == WANT_ACCOUNT) {
            q.what = REGISTRY_CERTIFICATE;
            q.account = w->account;
        } else {
            memcpy(q.hash, w->hash, HASH_BYTES);
        }
        registry_put_query(&payload, &q);
        r = d->o.net.query(d->o.net.context, d->net->registrar, "get", buf_text(&payload),
                           on_answer, w);
    }
    if (r < 0) {
        w->in_flight = false;
        want_fail(w);
    }
}

int64_t device_wants_due(const struct device *d)
{
    int64_t due = -1, now = clock_monotonic_ms();
    const struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next)
        if (!w->in_flight && !w->absent && !w->awaits && !w->arrived)
            due = device_min_due(due, w->next_ms > now ? w->next_ms - now : 0);
    return due;
}
