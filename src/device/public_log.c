/* The public log (wire/log.h): followed to its end, entry by entry, so that the registrar can't
 * show this device another one than it shows others without its signature under both. What counts
 * here only once it is logged: policies, contacts' certificates, this device's own, and what desks
 * say of their use of the archive. */
#include <string.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "store/uses.h"
#include "store/values.h"
#include "wire/stanza.h"

#define LOG_POLL_MS 3600000
#define PAUSE_FIRST_MS 500
#define PAUSE_MAX_MS 60000

/* ---- what the store keeps: size, own certificates, peaks ---- */

static int read_state(struct device_log *l, const char *value, size_t len)
{
    struct cursor c = cursor_over(value, len);
    l->range.size = cursor_u64(&c);
    l->own = cursor_u64(&c);
    cursor_copy(&c, l->range.peaks, merkle_range_peaks(&l->range) * MERKLE_BYTES);
    return cursor_end(&c);
}

static int put_state(struct device *d, const struct merkle_range *range, uint64_t own)
{
    CLEANUP_BUF struct buf b = BUF_INIT(16 + MERKLE_PATH_MAX * MERKLE_BYTES);
    buf_put_u64(&b, range->size);
    buf_put_u64(&b, own);
    buf_put(&b, range->peaks, merkle_range_peaks(range) * MERKLE_BYTES);
    return store_put(d->store, VALUE_LOG, b.data, b.len);
}

int device_log_open(struct device *d, struct diag *diag)
{
    struct device_log *l = &d->log;
    size_t key_len = 0, len = 0;
    CLEANUP_SECRET char *key = store_get(d->store, VALUE_LOG_KEY, &key_len);
    CLEANUP_SECRET char *state = store_get(d->store, VALUE_LOG, &len);
    if (key == NULL || key_len != LOG_KEY_BYTES)
        return diag_set(diag, ERR_FORMAT, "the store lacks the key of the public log");
    if (state != NULL && read_state(l, state, len) < 0)
        return diag_set(diag, ERR_FORMAT, "the store's view of the public log is damaged");
    l->key = secret_new(LOG_KEY_BYTES);
    memcpy(l->key, key, LOG_KEY_BYTES);
    log_tag(l->key, d->account, l->tag);
    l->pause_ms = PAUSE_FIRST_MS;
    return 0;
}

void device_log_clear(struct device *d)
{
    secret_free(d->log.key);
}

/* ---- what counts ---- */

static bool is_logged(struct device *d, enum document_kind kind,
                      const uint8_t hash[static HASH_BYTES], const char *account)
{
    struct log_entry e = {.kind = kind};
    bool logged = false;
    memcpy(e.hash, hash, HASH_BYTES);
    if (account != NULL)
        log_tag(d->log.key, account, e.tag);
    return store_logged(d->store, &e, &logged) == 0 && logged;
}

enum have device_logged(struct device *d, enum document_kind kind,
                        const uint8_t hash[static HASH_BYTES], const char *account, uint64_t *came)
{
    struct device_log *l = &d->log;
    if (is_logged(d, kind, hash, account))
        return HAVE;
    if (*came == 0)
        *came = l->asked + 1;
    if (l->complete >= *came)
        return HAVE_UNLOGGED;
    l->wanted = *came > l->wanted ? *came : l->wanted;
    return HAVE_NOT_YET;
}

enum have device_own_logged(struct device *d)
{
    struct device_log *l = &d->log;
    if (l->own_logged)
        return HAVE;
    enum have have = device_logged(d, DOCUMENT_CERTIFICATE, d->certificate->document.hash,
                                   d->account, &l->own_came);
    l->own_logged = have == HAVE;
    return have;
}

/* ---- fetching ---- */

static void ask(struct device *d);

static void fail(struct device_log *l)
{
    l->next_ms = 0; /* after the pause */
    l->not_before_ms = clock_monotonic_ms() + l->pause_ms;
    l->pause_ms = clock_next_pause(l->pause_ms, PAUSE_FIRST_MS, PAUSE_MAX_MS);
}

/* What a page of the log has brought, and where that has led. */
struct step {
    struct device *d;
    const struct log_page *page;
    const struct merkle_range *range;
    uint64_t own;
};

static int keep_page(void *context, struct diag *why)
{
    const struct step *x = context;
    const struct log_page *p = x->page;
    struct store *s = x->d->store;
    int r = 0;
    (void)why;
    for (size_t i = 0; r == 0 && i < p->count; i++) {
        const struct log_entry *e = &p->entries[i];
        if (e->kind == DOCUMENT_CERTIFICATE || e->kind == DOCUMENT_POLICY)
            r = store_put_logged(s, e);
        else if (e->kind == DOCUMENT_USE)
            r = store_put_use_logged(s, e);
    }
    if (r == 0)
        r = put_state(x->d, x->range, x->own);
    return r < 0 ? r : store_put(s, VALUE_LOG_CHECKPOINT, p->checkpoint, p->checkpoint_len);
}

/* Entries follow: they and what is known must come to the signed root. */
static int take_entries(struct device *d, const struct log_page *p, const struct checkpoint *c)
{
    struct device_log *l = &d->log;
    struct merkle_range range = l->range;
    uint64_t own = l->own;
    uint8_t leaf[MERKLE_BYTES], root[MERKLE_BYTES];
    for (size_t i = 0; i < p->count; i++) {
        const struct log_entry *e = &p->entries[i];
        log_leaf(e, leaf);
        merkle_range_add(&range, leaf);
        own += e->kind == DOCUMENT_CERTIFICATE && memcmp(e->tag, l->tag, sizeof e->tag) == 0;
    }
    if (c->size != range.size)
        return ERR_FORMAT;
    merkle_range_root(&range, root);
    if (memcmp(root, c->root, sizeof root) != 0) {
        log_warn_fork(d, c, p->checkpoint);
        return ERR_AUTH;
    }
    struct step x = {.d = d, .page = p, .range = &range, .own = own};
    int r = store_transaction(d->store, keep_page, &x, NULL);
    if (r < 0)
        return r;
    l->range = range;
    l->own = own;
    return 0;
}

/* Nothing follows: the log must be as long as it is known to be, and the same. */
static int take_end(struct device *d, const struct log_page *p, const struct checkpoint *c)
{
    uint8_t root[MERKLE_BYTES];
    if (c->size > d->log.range.size)
        return ERR_FORMAT;
    if (c->size < d->log.range.size) {
        log_warn_shrink(d, c, p->checkpoint);
        return ERR_AUTH;
    }
    merkle_range_root(&d->log.range, root);
    if (memcmp(root, c->root, sizeof root) == 0)
        return 0;
    log_warn_fork(d, c, p->checkpoint);
    return ERR_AUTH;
}

static int take_page(struct device *d, const struct xml_element *iq, bool *ret_more)
{
    CLEANUP_ARENA struct arena arena = ARENA_INIT(128U * 1024);
    CLEANUP_FREE struct log_page *p = mem_new(sizeof *p);
    struct checkpoint c;
    struct diag why;
    if (iq->first == NULL || log_parse_page(iq->first, &arena, p) < 0 ||
        p->from != d->log.range.size)
        return ERR_FORMAT;
    int r = log_checkpoint_open(d->net, p->checkpoint, p->checkpoint_len, &c, &why);
    if (r < 0) {
        if (!d->log.said_unsigned)
            device_notice(d, "",
                          "WARNING: the public log is shown without the registrar's "
                          "signature (%s): it is not followed",
                          why.text);
        d->log.said_unsigned = true;
        return r;
    }
    r = p->count > 0 ? take_entries(d, p, &c) : take_end(d, p, &c);
    *ret_more = r == 0 && d->log.range.size < p->size;
    return r;
}

/* What waited for the log goes on. */
static void after_page(struct device *d)
{
    log_warn_own(d, is_logged(d, DOCUMENT_CERTIFICATE, d->certificate->document.hash, d->account));
    d->uses_wait = true;
    d->log.grew = true;
    d->dirty = true;
}

static void on_page(void *context, const struct xml_element *iq)
{
    struct device *d = context;
    struct device_log *l = &d->log;
    bool more = false;
    l->in_flight = false;
    int r = stanza_is_result(iq) ? take_page(d, iq, &more) : ERR_CLOSED;
    if (r < 0) {
        fail(l);
    } else {
        l->pause_ms = PAUSE_FIRST_MS;
        if (more)
            ask(d);
        else
            l->complete = l->asked;
        after_page(d);
    }
    device_wake(d);
}

static void ask(struct device *d)
{
    struct device_log *l = &d->log;
    const struct registry_query q = {.what = REGISTRY_LOG, .offset = (uint32_t)l->range.size};
    CLEANUP_BUF struct buf b = BUF_INIT(256);
    registry_put_query(&b, &q);
    l->next_ms = clock_monotonic_ms() + LOG_POLL_MS;
    l->in_flight = true;
    l->asked++;
    if (d->o.net.query(d->o.net.context, d->net->registrar, "get", buf_text(&b), on_page, d) < 0) {
        l->in_flight = false;
        fail(l);
    }
}

void device_log_refresh(struct device *d)
{
    d->log.next_ms = 0;
    d->log.not_before_ms = 0;
}

static int64_t due_at(const struct device_log *l)
{
    int64_t at = l->wanted > l->complete ? 0 : l->next_ms;
    return at > l->not_before_ms ? at : l->not_before_ms;
}

void device_log_follow(struct device *d)
{
    if (!d->log.in_flight && clock_monotonic_ms() >= due_at(&d->log))
        ask(d);
}

int64_t device_log_due(const struct device *d)
{
    int64_t left = due_at(&d->log) - clock_monotonic_ms();
    return d->log.in_flight ? -1 : left < 0 ? 0 : left;
}
