/* The part of link that fetches documents from the registrar. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ibot/keeper.h"
#include "ibot/link_internal.h"
#include "wire/certificate.h"
#include "wire/stanza.h"

#define FETCH_MS 5000
#define POLICY_RETRY_MS 1000
#define POLICY_POLL_MS 60000
#define ABSENT_MS 10000

static void send_query(struct link *l, struct fetch *f, const struct registry_query *q)
{
    struct buf *b = component_out(l->component);
    f->deadline_ms = clock_monotonic_ms() + FETCH_MS;
    buf_format(b, "<iq type='get' from='%s' to='%s' id='%s'>", l->o.bot, l->o.net->registrar,
               f->id);
    registry_put_query(b, q);
    buf_put_text(b, "</iq>");
}

static struct fetch *add_fetch(struct link *l, enum fetch_purpose purpose)
{
    struct fetch *f = mem_new(sizeof *f);
    f->purpose = purpose;
    snprintf(f->id, sizeof f->id, "f%" PRIu64, ++l->next_query);
    HASH_ADD_STR(l->fetches, id, f);
    return f;
}

static void drop_fetch(struct link *l, struct fetch *f)
{
    HASH_DEL(l->fetches, f);
    registry_fetch_clear(&f->parts);
    free(f);
}

void link_drop_fetches(struct link *l)
{
    struct fetch *f, *next;
    HASH_ITER (hh, l->fetches, f, next)
        drop_fetch(l, f);
    /* Without its fetch a half-gathered policy would never be whole, and keep its serial out. */
    policy_set_free(l->gathered);
    l->gathered = NULL;
}

static bool under_way(const struct link *l, enum fetch_purpose purpose)
{
    const struct fetch *f, *next;
    HASH_ITER (hh, l->fetches, f, next)
        if (f->purpose == purpose)
            return true;
    return false;
}

void link_want_policy(struct link *l)
{
    l->next_policy_ms = clock_monotonic_ms() + POLICY_POLL_MS;
    if (!component_ready(l->component) || under_way(l, FETCH_POLICY))
        return;
    send_query(l, add_fetch(l, FETCH_POLICY), &(struct registry_query){.what = REGISTRY_POLICY});
}

static void ask_by_hash(struct link *l, enum fetch_purpose purpose,
                        const uint8_t hash[static HASH_BYTES])
{
    struct registry_query q = {.what = REGISTRY_BY_HASH};
    struct fetch *f = add_fetch(l, purpose);
    memcpy(f->hash, hash, HASH_BYTES);
    memcpy(q.hash, hash, HASH_BYTES);
    send_query(l, f, &q);
}

bool link_want_certificate(struct link *l, const struct known *k)
{
    if (!component_ready(l->component) || HASH_COUNT(l->fetches) >= LINK_FETCHES_MAX)
        return false;
    ask_by_hash(l, FETCH_CERTIFICATE, k->hash);
    return true;
}

bool link_certificate_absent(const struct link *l, const uint8_t hash[static HASH_BYTES])
{
    int64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < LINK_ABSENT_MAX; i++)
        if (l->absent[i].until_ms > now && memcmp(l->absent[i].hash, hash, HASH_BYTES) == 0)
            return true;
    return false;
}

static void remember_absent(struct link *l, const uint8_t hash[static HASH_BYTES])
{
    unsigned at = l->next_absent++ % LINK_ABSENT_MAX;
    memcpy(l->absent[at].hash, hash, HASH_BYTES);
    l->absent[at].until_ms = clock_monotonic_ms() + ABSENT_MS;
}

static struct known *find_known(struct link *l, const uint8_t hash[static HASH_BYTES])
{
    struct known *k;
    HASH_FIND(hh, l->known, hash, HASH_BYTES, k);
    return k;
}

static void hand_document(struct link *l, size_t opener, const struct document *doc,
                          enum document_kind kind)
{
    frames_put_document(channel_begin(l->o.openers[opener], FRAME_DOCUMENT), kind, doc->note,
                        doc->note_len);
    l->failed = channel_end(l->o.openers[opener]) < 0 || l->failed;
}

/* The certificate goes to the device's opener, then all that waited for it. */
static void take_certificate(struct link *l, const struct fetch *f)
{
    CLEANUP(certificate_free_cleanup) struct certificate *c = NULL;
    struct known *k = find_known(l, f->hash);
    if (k == NULL || k->account != NULL)
        return;
    if (certificate_open(l->o.net, (const char *)f->parts.note.data, f->parts.note.len, &c,
                         &l->notice) < 0) {
        remember_absent(l, f->hash);
        link_drop_known(l, k, LATER_UNKNOWN_DEVICE, LATER_LONG_S);
        return;
    }
    hand_document(l, keeper_opener_of(k->hash, l->o.opener_count), &c->document,
                  DOCUMENT_CERTIFICATE);
    k->account = mem_string(c->account);
    struct waiting *w = TAKE(k->waiting);
    k->waiting_end = &k->waiting;
    while (w != NULL) {
        struct waiting *next = w->next;
        l->waiting_bytes -= w->len;
        /* Its sender's address could not be checked before. */
        struct envelope e = {0};
        uint64_t tag;
        arena_reset(&l->arena);
        if (frames_get_request(w->body, w->len, &l->arena, &tag, &e) == 0) {
            if (strcmp(e.from, k->account) == 0)
                link_hand_over(l, k->hash, w->body, w->len);
            else
                link_answer_later(l, tag, LATER_UNKNOWN_DEVICE, LATER_LONG_S);
        }
        free(w);
        w = next;
    }
}

/* All that the gathered policy names is there: it goes to every opener. */
static void hand_policy(struct link *l)
{
    const struct policy_set *s = l->gathered;
    for (size_t i = 0; i < l->o.opener_count; i++) {
        hand_document(l, i, &s->policy->document, DOCUMENT_POLICY);
        for (size_t w = 0; w < s->policy->warrant_count; w++) {
            hand_document(l, i, &s->warrants[w]->document, DOCUMENT_WARRANT);
            hand_document(l, i, &s->epochs[w]->document, DOCUMENT_EPOCHS);
        }
    }
    policy_set_free(l->set);
    l->set = TAKE(l->gathered);
    diag_set(&l->notice, 0, "policy %" PRIu32 " is in force: %zu warrant%s", l->set->policy->serial,
             l->set->policy->warrant_count, l->set->policy->warrant_count == 1 ? "" : "s");
}

static void gather(struct link *l)
{
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    if (l->gathered == NULL)
        return;
    if (policy_set_wants(l->gathered, &kind, hash))
        ask_by_hash(l, FETCH_DOCUMENT, hash);
    else
        hand_policy(l);
}

static void take_policy(struct link *l, const struct fetch *f)
{
    struct policy *p = NULL;
    if (policy_open(l->o.net, (const char *)f->parts.note.data, f->parts.note.len, &p, &l->notice) <
        0)
        return;
    uint32_t newest = l->gathered != NULL ? l->gathered->policy->serial
                      : l->set != NULL    ? l->set->policy->serial
                                          : 0;
    if (p->serial <= newest) {
        policy_free(p);
        return;
    }
    policy_set_free(l->gathered);
    l->gathered = policy_set_new(p);
    gather(l);
}

static void take_document(struct link *l, const struct fetch *f)
{
    if (l->gathered == NULL)
        return;
    int r = policy_set_add(l->gathered, l->o.net, f->parts.kind, (const char *)f->parts.note.data,
                           f->parts.note.len, &l->notice);
    if (r == 0) {
        gather(l);
        return;
    }
    /* Not what the policy names: give it up and ask again after a while. */
    policy_set_free(l->gathered);
    l->gathered = NULL;
    l->next_policy_ms = clock_monotonic_ms() + POLICY_RETRY_MS;
}

static void give_up(struct link *l, struct fetch *f, bool absent)
{
    struct known *k = f->purpose == FETCH_CERTIFICATE ? find_known(l, f->hash) : NULL;
    if (k != NULL && absent)
        remember_absent(l, f->hash);
    if (k != NULL)
        link_drop_known(l, k, absent ? LATER_UNKNOWN_DEVICE : LATER_SLOW_DOWN, absent ? 10 : 1);
    if (f->purpose != FETCH_CERTIFICATE) {
        policy_set_free(l->gathered);
        l->gathered = NULL;
        l->next_policy_ms = clock_monotonic_ms() + POLICY_RETRY_MS;
    }
    drop_fetch(l, f);
}

static void take_whole(struct link *l, struct fetch *f)
{
    if (f->purpose == FETCH_POLICY)
        take_policy(l, f);
    else if (f->purpose == FETCH_DOCUMENT)
        take_document(l, f);
    else
        take_certificate(l, f);
    drop_fetch(l, f);
}

/* One more piece: asks for the next, or takes the whole. */
static void take_piece(struct link *l, struct fetch *f, const struct xml_element *x)
{
    struct registry_piece piece;
    arena_reset(&l->arena);
    int r = registry_parse_piece(x, &l->arena, &piece);
    if (r == 0 && f->purpose != FETCH_POLICY && memcmp(piece.hash, f->hash, HASH_BYTES) != 0)
        r = ERR_AUTH;
    if (r == 0)
        r = registry_fetch_add(&f->parts, &piece);
    if (r == 1) {
        take_whole(l, f);
        return;
    }
    if (r < 0) {
        diag_set(&l->notice, r, "the registrar's answer is not the document that was asked for");
        give_up(l, f, false);
        return;
    }
    struct registry_query q = {.what = REGISTRY_BY_HASH, .offset = (uint32_t)f->parts.note.len};
    memcpy(q.hash, f->parts.hash, HASH_BYTES);
    send_query(l, f, &q);
}

bool link_take_answer(struct link *l, const struct xml_element *iq)
{
    struct fetch *f = NULL;
    const char *id = xml_attribute_of(iq, "id"), *from = xml_attribute_of(iq, "from");
    if (id == NULL || from == NULL || strcmp(from, l->o.net->registrar) != 0)
        return false;
    HASH_FIND_STR(l->fetches, id, f);
    if (f == NULL)
        return false;
    if (stanza_is_result(iq) && iq->first != NULL) {
        take_piece(l, f, iq->first);
        return true;
    }
    give_up(l, f, stanza_has_error(iq, "item-not-found"));
    return true;
}

void link_retry_fetches(struct link *l)
{
    int64_t now = clock_monotonic_ms();
    struct fetch *f, *next;
    HASH_ITER (hh, l->fetches, f, next)
        if (f->deadline_ms < now)
            give_up(l, f, false);
}
