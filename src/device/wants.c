/* What the device lacks and asks for: one query at a time for each thing, again after growing
 * pauses, and not at all for a while when the answer was that there is none. */
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "device/device_internal.h"
#include "wire/stanza.h"

#define PAUSE_FIRST_MS 500
#define PAUSE_MAX_MS 60000
#define ABSENT_MS 20000

static void ask(struct want *w);

static void drop(struct want *w)
{
    HASH_DEL(w->device->wants, w);
    registry_fetch_clear(&w->parts);
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
    HASH_ADD_STR(d->wants, key, w);
    return w;
}

void device_drop_wants(struct device *d)
{
    struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next)
        drop(w);
}

/* Asks if it is time. HAVE_NONE while the last answer was that there is none. */
static enum have pursue(struct want *w)
{
    int64_t now = clock_monotonic_ms();
    if (w->in_flight)
        return HAVE_NOT_YET;
    if (w->absent && now < w->next_ms)
        return w->unlogged ? HAVE_UNLOGGED : HAVE_NONE;
    if (w->awaits)
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
            drop(w);
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
static void fail(struct want *w)
{
    registry_fetch_clear(&w->parts);
    w->absent = false;
    w->next_ms = clock_monotonic_ms() + w->pause_ms;
    w->pause_ms = clock_next_pause(w->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS);
}

static void is_absent(struct want *w)
{
    w->unlogged = false;
    registry_fetch_clear(&w->parts);
    w->absent = true;
    w->next_ms = clock_monotonic_ms() + ABSENT_MS;
    w->device->dirty = true;
}

/* The log was fetched to its end and lacks it: as if there were none, but the user is told. */
static void is_unlogged(struct want *w)
{
    struct device *d = w->device;
    if (!w->said && w->kind == WANT_POLICY)
        device_notice(d, "",
                      "WARNING: the registrar shows a policy that is not in the public log: "
                      "it does not come into force");
    else if (!w->said)
        device_notice(d, w->account,
                      "WARNING: the registrar shows a certificate of %s that is not in the public "
                      "log: it is not used",
                      w->account);
    w->said = true;
    w->awaits = false;
    w->came = 0; /* to be looked for again */
    is_absent(w);
    w->unlogged = true;
}

/* A policy or an account's certificate that has come counts once it is in the public log. */
static int admit(struct want *w, const char *note)
{
    struct device *d = w->device;
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    if (w->kind == WANT_POLICY)
        return device_take_policy(d, note, strlen(note), &w->came);
    int r = certificate_open(d->net, note, strlen(note), &c, NULL);
    if (r < 0)
        return r;
    enum have have = device_logged(d, DOCUMENT_CERTIFICATE, w->hash, c->account, &w->came);
    if (have != HAVE)
        return have == HAVE_NOT_YET ? ERR_AGAIN : ERR_NOT_FOUND;
    device_learn_contact(d, c, true);
    return 0;
}

static void settle(struct want *w, int code)
{
    w->awaits = code == ERR_AGAIN;
    if (w->kind == WANT_POLICY && w->number == 0 && (code == 0 || code == ERR_NOT_FOUND))
        device_newest_named(w->device); /* one that the log lacks is not in force */
    if (code == ERR_NOT_FOUND) {
        is_unlogged(w);
    } else if (code == ERR_AGAIN) {
        w->absent = false;
        registry_fetch_clear(&w->parts);
    } else if (code < 0) {
        fail(w);
    } else {
        w->device->dirty = true;
        drop(w);
    }
}

void device_admit_wants(struct device *d)
{
    struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next) {
        if (!w->awaits)
            continue;
        CLEANUP_FREE char *note = store_document(d->store, w->hash);
        settle(w, note == NULL ? ERR_IO : admit(w, note));
    }
}

/* The document that came may not be the one that the log was asked about. */
static void note_hash(struct want *w)
{
    if (memcmp(w->hash, w->parts.hash, HASH_BYTES) == 0)
        return;
    memcpy(w->hash, w->parts.hash, HASH_BYTES);
    w->came = 0;
    w->said = false;
}

/* A good policy with another serial is no answer: the question would be asked again at once. */
static bool is_other_policy(const struct want *w, const char *note)
{
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    return w->number != 0 && policy_open(w->device->net, note, strlen(note), &p, NULL) == 0 &&
           p->serial != w->number;
}

static void take_policy(struct want *w, const char *note)
{
    if (is_other_policy(w, note)) {
        fail(w);
        return;
    }
    note_hash(w);
    int r = admit(w, note);
    if (r == ERR_AGAIN && store_put_document(w->device->store, DOCUMENT_POLICY, w->hash, note) < 0)
        r = ERR_IO;
    settle(w, r);
}

/* An account's newest certificate. */
static void take_account(struct want *w, const char *note)
{
    struct device *d = w->device;
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    struct diag why;
    int r = certificate_open(d->net, note, strlen(note), &c, &why);
    if (r == 0 && strcmp(c->account, w->account) != 0)
        r = diag_set(&why, ERR_AUTH, "it is %s's", c->account);
    if (r < 0) {
        device_notice(d, w->account,
                      "the registrar gave a certificate that is not to be trusted: %s", why.text);
        fail(w);
        return;
    }
    note_hash(w);
    r = store_put_document(d->store, DOCUMENT_CERTIFICATE, w->hash, note);
    settle(w, r < 0 ? r : admit(w, note));
}

static void take_hash(struct want *w, const char *note)
{
    struct device *d = w->device;
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    struct diag why;
    int r = memcmp(w->parts.hash, w->hash, HASH_BYTES) == 0 ? 0 : ERR_AUTH;
    if (r == 0 && w->parts.kind == DOCUMENT_CERTIFICATE) {
        r = certificate_open(d->net, note, strlen(note), &c, &why);
        if (r < 0)
            device_notice(d, "", "the registrar gave a certificate that is not to be trusted: %s",
                          why.text);
        else
            r = store_put_document(d->store, DOCUMENT_CERTIFICATE, w->hash, note);
    } else if (r == 0 && w->parts.kind == DOCUMENT_USE) {
        r = device_take_use(d, w->hash, note, strlen(note));
    } else if (r == 0) {
        r = device_take_rule(d, w->parts.kind, w->hash, note, strlen(note));
    }
    settle(w, r == ERR_AGAIN || r == ERR_NOT_FOUND ? ERR_IO : r);
}

/* A whole document is there. The registrar is believed only as far as signatures go: what does not
 * verify is as good as no answer, and is not kept. */
static void take_document(struct want *w)
{
    CLEANUP_FREE char *note = mem_string_n((const char *)w->parts.note.data, w->parts.note.len);
    if (w->kind == WANT_POLICY)
        take_policy(w, note);
    else if (w->kind == WANT_ACCOUNT)
        take_account(w, note);
    else
        take_hash(w, note);
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
        take_document(w);
    else if (r == 0)
        ask(w);
    else
        fail(w);
}

struct starting {
    const struct want *w;
    const struct omemo_bundle *bundle;
    const struct certificate *c;
};

static int start_session(void *context, struct diag *why)
{
    const struct starting *s = context;
    return omemo_start_session(s->w->device->omemo, s->w->account, s->w->number, s->bundle,
                               s->c->omemo_identity, why);
}

/* A contact's bundle: the session is started with the identity that the registrar has certified,
 * or not at all. */
static void take_bundle(struct want *w, const struct xml_element *iq)
{
    struct device *d = w->device;
    struct omemo_bundle bundle;
    struct diag why;
    const struct certificate *c;
    char node[64];
    snprintf(node, sizeof node, OMEMO_BUNDLE_NODE "%" PRIu32, w->number);
    const struct xml_element *item = d->o.net.item(iq, node);
    struct arena arena = ARENA_INIT(STANZA_MEMORY);
    int r = item == NULL ? ERR_NOT_FOUND : omemo_bundle_parse(item, &arena, &bundle, &why);
    if (r == 0 && device_certificate(d, w->hash, &c) != HAVE)
        r = ERR_NOT_FOUND;
    if (r == 0) {
        struct starting s = {.w = w, .bundle = &bundle, .c = c};
        r = store_transaction(d->store, start_session, &s, &why);
    }
    arena_clear(&arena);
    if (r == ERR_AUTH || r == ERR_FORMAT)
        device_notice(d, w->account, "%s: nothing is sent to this device", why.text);
    if (r < 0) {
        fail(w);
        return;
    }
    bool repair = w->repair;
    drop(w);
    d->dirty = true;
    if (repair) {
        device_send_session_message(d, c);
        device_rekey(d, c);
    }
}

static void on_answer(void *context, const struct xml_element *iq)
{
    struct want *w = context;
    struct device *d = w->device; /* the want may be gone when it has been had */
    const char *type = iq == NULL ? NULL : xml_attribute_of(iq, "type");
    w->in_flight = false;
    if (type == NULL) {
        fail(w);
    } else if (!stanza_is_result(iq)) {
        if (stanza_has_error(iq, "item-not-found"))
            is_absent(w);
        else
            fail(w);
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
        fail(w);
    }
}

int64_t device_wants_due(const struct device *d)
{
    int64_t due = -1, now = clock_monotonic_ms();
    const struct want *w, *next;
    HASH_ITER (hh, d->wants, w, next)
        if (!w->in_flight && !w->absent && !w->awaits)
            due = device_min_due(due, w->next_ms > now ? w->next_ms - now : 0);
    return due;
}
