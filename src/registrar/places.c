#include "registrar/places.h"

#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "registrar/exempt.h"
#include "registrar/internal.h"

#define RENEWAL_MS INT64_C(3600000)
#define WATCH_LIVE_MS 60000
#define WATCH_REPLAY_MS 500 /* its driver may wait for the documents */
#define PAUSE_MS 10000      /* after a failure */

int registrar_places_open(struct registrar *r, struct diag *d)
{
    CLEANUP_FREE char *path = settings_places(r->dir, &r->settings);
    r->places.day = INT64_MIN;
    int e = registrar_exempt_prepare(r->store, d);
    return e < 0 || path == NULL ? e : country_map_open(path, &r->places.map, d);
}

void registrar_places_close(struct registrar *r)
{
    country_map_free(r->places.map);
    r->places.map = NULL;
}

/* ---- tokens ---- */

static int check_asker(struct registrar *r, const char *from,
                       char ret_handle[static VALUE_HANDLE_MAX + 1], const char **ret_resource,
                       struct diag *d)
{
    char bare[VALUE_JID_MAX + 1];
    const char *slash = strchr(from, '/');
    if (slash == NULL || slash[1] == '\0' || value_bare_of(from, bare) < 0 ||
        !value_account_valid(bare, r->network->domain))
        return diag_set(d, ERR_AUTH, "not a session of an account of this network");
    value_handle_of(bare, ret_handle);
    *ret_resource = slash + 1;
    return 0;
}

static int find_country(struct registrar *r, const char *handle, const char *resource,
                        char ret[static VALUE_COUNTRY_BYTES], struct diag *d)
{
    CLEANUP_FREE char *address = NULL;
    if (r->places.map == NULL || r->policies == NULL)
        return diag_set(d, ERR_NOT_FOUND, "nothing here tells countries");
    if (!policy_set_places_matter(r->policies))
        return diag_set(d, ERR_NOT_FOUND, "the policy is the same everywhere");
    int e = r->server.session_address(r->server.context, handle, resource, &address, d);
    if (e < 0)
        return e;
    if (country_map_find(r->places.map, address, ret) < 0)
        return diag_set(d, ERR_NOT_FOUND, "the country of %s is not known", address);
    return policy_set_place_matters(r->policies, ret)
               ? 0
               : diag_set(d, ERR_NOT_FOUND, "the policy makes no difference in %s", ret);
}

void registrar_place_life(bool replay, int64_t now, int64_t *ret_issued, int64_t *ret_until)
{
    int64_t end = (calendar_day_of(now) + 1) * CALENDAR_DAY_MS - 1;
    *ret_issued = replay ? now : now - VALUE_AHEAD_MAX_MS;
    if (replay)
        *ret_until = end > now ? end : now + 1;
    else if (end - now < RENEWAL_MS || end - *ret_issued > PLACE_LIFE_MAX_MS)
        *ret_until = *ret_issued + PLACE_LIFE_MAX_MS;
    else
        *ret_until = end;
}

struct holding {
    struct registrar *r;
    const struct place *p;
    const char *handle;
    int64_t now;
};

static int count_holder(void *context, struct diag *d)
{
    const struct holding *h = context;
    int64_t first = calendar_day_of(h->now), last = calendar_day_of(h->p->until_unix_ms);
    int e = 0;
    for (int64_t day = first; e == 0 && day <= (h->r->network->replay ? first : last); day++)
        e = registrar_exempt_add(h->r->store, day, h->p->country, h->handle, d);
    return e;
}

static void sign(const struct registrar *r, const struct buf *text, struct buf *note)
{
    struct note_key k = keys_verifier(r->key);
    note_sign(note, (const char *)text->data, text->len, &k, r->key->secret);
}

int registrar_place(struct registrar *r, const char *from, struct buf *ret, struct diag *d)
{
    CLEANUP_DOCUMENT struct registrar_document certificate = {0};
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_PLACE_MAX);
    char handle[VALUE_HANDLE_MAX + 1], country[VALUE_COUNTRY_BYTES];
    const char *resource = NULL;
    int e = check_asker(r, from, handle, &resource, d);
    if (e == 0)
        e = find_country(r, handle, resource, country, d);
    if (e == 0)
        e = registrar_store_certificate(r->store, handle, &certificate, d);
    if (e < 0)
        return e;
    int64_t now = clock_now_ms(&r->clock);
    struct place p = {.country = country};
    registrar_place_life(r->network->replay, now, &p.issued_unix_ms, &p.until_unix_ms);
    memcpy(p.certificate, certificate.hash, HASH_BYTES);
    /* Counted before it is given out: none goes uncounted. */
    struct holding h = {.r = r, .p = &p, .handle = handle, .now = now};
    e = registrar_store_transaction(r->store, count_holder, &h, d);
    if (e < 0)
        return e;
    place_format(&text, r->network->domain, &p);
    sign(r, &text, ret);
    return buf_failed(&text) || buf_failed(ret)
               ? diag_set(d, ERR_LIMIT, "a place token for %s is too long", handle)
               : 0;
}

/* ---- the days' counts ---- */

struct publishing {
    struct registrar *r;
    const struct registrar_document *x;
    int64_t day;
};

static int put_published(void *context, struct diag *d)
{
    const struct publishing *p = context;
    struct registrar_store *s = p->r->store;
    CLEANUP_DOCUMENT struct registrar_document held = {0};
    int e = registrar_store_document(s, p->x->hash, &held, d);
    if (e == ERR_NOT_FOUND)
        e = registrar_store_put_document(s, p->x, d);
    if (e == 0)
        e = registrar_exempt_forget(s, p->day, d);
    return e < 0 ? e : registrar_log_remember(p->r, d);
}

/* Stores the document and forgets who was counted, as one; then logs it. */
static int publish(struct registrar *r, const struct registrar_document *x, int64_t day,
                   struct diag *d)
{
    struct publishing p = {.r = r, .x = x, .day = day};
    int e = registrar_store_transaction(r->store, put_published, &p, d);
    return e < 0 ? e : registrar_log_append(r, x, 1, d);
}

static int publish_day(struct registrar *r, const struct exemptions *x, struct diag *d)
{
    CLEANUP_BUF struct buf text = BUF_INIT(VALUE_NOTE_MAX);
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_NOTE_MAX);
    exemptions_format(&text, r->network->domain, x);
    sign(r, &text, &note);
    if (buf_failed(&text) || buf_failed(&note))
        return diag_set(d, ERR_LIMIT, "the exempt devices' document is too long");
    CLEANUP_FREE char *copy = mem_string_n((const char *)note.data, note.len);
    struct registrar_document y = {.kind = DOCUMENT_EXEMPTIONS,
                                   .serial = (uint64_t)x->day,
                                   .note = copy,
                                   .note_len = note.len};
    hash_sha256(text.data, text.len, y.hash);
    return publish(r, &y, x->day, d);
}

/* A live network says of each day on which places mattered how many were exempt, none too. */
static int begin_day(struct registrar *r, int64_t today, struct diag *d)
{
    bool counts = !r->network->replay && r->places.map != NULL && r->policies != NULL &&
                  policy_set_places_matter(r->policies);
    return counts ? registrar_exempt_begin(r->store, today, d) : 0;
}

int registrar_places_tick(struct registrar *r, struct diag *d)
{
    CLEANUP(exemptions_free_cleanup) struct exemptions *x = NULL;
    int64_t today = calendar_day_of(clock_now_ms(&r->clock));
    if (today == r->places.day || clock_monotonic_ms() < r->places.next_ms)
        return 0;
    x = mem_new(sizeof *x);
    int e = begin_day(r, today, d);
    while (e == 0 && (e = registrar_exempt_next(r->store, today, x, d)) == 0)
        e = publish_day(r, x, d);
    if (e == ERR_NOT_FOUND)
        r->places.day = today;
    else
        r->places.next_ms = clock_monotonic_ms() + PAUSE_MS;
    return e == ERR_NOT_FOUND ? 0 : e;
}

int registrar_places_timeout_ms(const struct registrar *r)
{
    if (r->places.map == NULL)
        return -1;
    return r->network->replay ? WATCH_REPLAY_MS : WATCH_LIVE_MS;
}

struct reading {
    struct registrar *r;
    int (*each)(void *context, const struct exemptions *x);
    void *context;
    struct diag *d;
};

static int read_document(void *context, const char *note, size_t len)
{
    const struct reading *y = context;
    CLEANUP(exemptions_free_cleanup) struct exemptions *x = NULL;
    int e = exemptions_open(y->r->network, note, len, &x, y->d);
    return e < 0 ? e : y->each(y->context, x);
}

int registrar_exemptions(struct registrar *r,
                         int (*each)(void *context, const struct exemptions *x), void *context,
                         struct diag *d)
{
    struct reading y = {r, each, context, d};
    return registrar_exempt_documents(r->store, read_document, &y, d);
}
