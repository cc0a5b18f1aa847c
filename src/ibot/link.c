#include "ibot/link.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ibot/frames.h"
#include "ibot/frames_inclusion.h"
#include "ibot/keeper.h"
#include "ibot/link_internal.h"
#include "wire/stanza.h"

#define POLICY_POLL_MS 60000

struct link *link_new(const struct link_options *options)
{
    struct link *l = mem_new(sizeof *l);
    l->o = *options;
    l->arena = (struct arena)ARENA_INIT(2 * LINK_STANZA_MEMORY);
    l->next_policy_ms = INT64_MAX;
    l->files = link_files_new(l);
    return l;
}

void link_set_component(struct link *l, struct component *c)
{
    l->component = c;
}

static void forget_pending(struct link *l, struct pending *p)
{
    link_files_forget(l->files, p->tag);
    HASH_DEL(l->pending, p);
    l->pending_count--;
    free(p->to);
    free(p->id);
    free(p);
}

static void free_known(struct link *l, struct known *k)
{
    while (k->waiting != NULL) {
        struct waiting *w = k->waiting;
        k->waiting = w->next;
        l->waiting_bytes -= w->len;
        free(w);
    }
    HASH_DEL(l->known, k);
    free(k->account);
    free(k);
}

void link_free(struct link *l)
{
    if (l == NULL)
        return;
    struct pending *p, *next_p;
    HASH_ITER (hh, l->pending, p, next_p)
        forget_pending(l, p);
    struct known *k, *next_k;
    HASH_ITER (hh, l->known, k, next_k)
        free_known(l, k);
    link_drop_fetches(l);
    link_drop_report(l);
    link_files_free(l->files);
    policy_set_free(l->set);
    arena_clear(&l->arena);
    free(l);
}

struct link_files *link_files(struct link *l)
{
    return l->files;
}

bool link_failed(const struct link *l)
{
    return l->failed;
}

const char *link_take_notice(struct link *l, struct diag *ret)
{
    *ret = l->notice;
    l->notice.text[0] = '\0';
    return ret->text[0] == '\0' ? NULL : ret->text;
}

/* Begins a message to a device; stored for it when it is away, so that it is of type normal. */
static struct buf *begin_message(struct link *l, const char *to, const char *id)
{
    struct buf *b = component_out(l->component);
    buf_format(b, "<message from='%s'", l->o.bot);
    xml_put_attribute(b, "to", to);
    xml_put_attribute(b, "id", id);
    buf_put_u8(b, '>');
    return b;
}

static void send_later(struct link *l, const char *to, const char *id, enum later_reason reason,
                       uint32_t seconds)
{
    struct buf *b = begin_message(l, to, id);
    later_put_xml(b, &(struct later){.reason = reason, .seconds = seconds});
    buf_put_text(b, "</message>");
}

static struct pending *find_pending(struct link *l, uint64_t tag)
{
    struct pending *p;
    HASH_FIND(hh, l->pending, &tag, sizeof tag, p);
    return p;
}

static uint64_t add_pending(struct link *l, const char *to, const char *id, bool iq)
{
    struct pending *p = mem_new(sizeof *p);
    p->tag = ++l->next_tag;
    p->to = mem_string(to);
    p->id = mem_string(id);
    p->iq = iq;
    HASH_ADD(hh, l->pending, tag, sizeof p->tag, p);
    l->pending_count++;
    return p->tag;
}

void link_answer_later(struct link *l, uint64_t tag, enum later_reason reason, uint32_t seconds)
{
    struct pending *p = find_pending(l, tag);
    if (p == NULL)
        return;
    if (component_ready(l->component))
        send_later(l, p->to, p->id, reason, seconds);
    forget_pending(l, p);
}

static struct channel *opener_of(struct link *l, const uint8_t certificate[static HASH_BYTES])
{
    return l->o.openers[keeper_opener_of(certificate, l->o.opener_count)];
}

void link_hand_over(struct link *l, const uint8_t certificate[static HASH_BYTES],
                    const uint8_t *body, size_t len)
{
    struct arena arena = ARENA_INIT(2 * LINK_STANZA_MEMORY);
    struct envelope e;
    uint64_t tag;
    int r = frames_get_request(body, len, &arena, &tag, &e);
    if (r == 0 && e.file_count > 0)
        link_files_take(l->files, body, len, tag, &e);
    else if (r == 0)
        (void)link_send_request(l, certificate, body, len, FRAME_REQUEST);
    arena_clear(&arena);
}

bool link_send_request(struct link *l, const uint8_t certificate[static HASH_BYTES],
                       const uint8_t *body, size_t len, enum frame_type type)
{
    if (channel_send(opener_of(l, certificate), (uint8_t)type, body, len) == 0)
        return true;
    struct cursor tag = cursor_over(body, len);
    link_answer_later(l, cursor_u64(&tag), LATER_SLOW_DOWN, 2);
    return false;
}

/* Takes one from the device's allowance. */
static bool within_rate(struct known *k)
{
    int64_t now = clock_monotonic_ms();
    k->tokens += (double)(now - k->refill_ms) * LINK_RATE_PER_SECOND / CLOCK_SECOND_MS;
    if (k->tokens > LINK_RATE_BURST)
        k->tokens = LINK_RATE_BURST;
    k->refill_ms = now;
    if (k->tokens < 1)
        return false;
    k->tokens -= 1;
    return true;
}

static struct known *add_known(struct link *l, const uint8_t hash[static HASH_BYTES])
{
    struct known *k = mem_new(sizeof *k);
    memcpy(k->hash, hash, HASH_BYTES);
    k->tokens = LINK_RATE_BURST;
    k->refill_ms = clock_monotonic_ms();
    k->waiting_end = &k->waiting;
    HASH_ADD(hh, l->known, hash, HASH_BYTES, k);
    return k;
}

static void wait_for_certificate(struct link *l, struct known *k, const struct buf *body)
{
    struct waiting *w = mem_new(sizeof *w + body->len);
    w->len = body->len;
    memcpy(w->body, body->data, body->len);
    *k->waiting_end = w;
    k->waiting_end = &w->next;
    l->waiting_bytes += w->len;
}

void link_drop_known(struct link *l, struct known *k, enum later_reason reason, uint32_t seconds)
{
    for (const struct waiting *w = k->waiting; w != NULL; w = w->next) {
        struct cursor tag = cursor_over(w->body, w->len);
        link_answer_later(l, cursor_u64(&tag), reason, seconds);
    }
    free_known(l, k);
}

/* The request is well-formed; now its sender. Returns the reason of a `later`, or 0. */
static enum later_reason admit(struct link *l, const struct envelope *e, uint32_t *ret_seconds)
{
    struct known *k;
    *ret_seconds = 1;
    if (l->set == NULL || l->pending_count >= LINK_PENDING_MAX)
        return LATER_SLOW_DOWN;
    HASH_FIND(hh, l->known, e->certificate, HASH_BYTES, k);
    if (k == NULL && link_certificate_absent(l, e->certificate)) {
        *ret_seconds = 10;
        return LATER_UNKNOWN_DEVICE;
    }
    if (k == NULL) {
        k = add_known(l, e->certificate);
        if (!link_want_certificate(l, k)) {
            free_known(l, k);
            return LATER_SLOW_DOWN;
        }
    }
    if (k->account != NULL && strcmp(k->account, e->from) != 0) {
        *ret_seconds = LATER_LONG_S;
        return LATER_UNKNOWN_DEVICE;
    }
    if (!within_rate(k) || (k->account == NULL && l->waiting_bytes > LINK_WAITING_BYTES_MAX))
        return LATER_SLOW_DOWN;
    if (e->policy > l->set->policy->serial) {
        link_want_policy(l);
        return LATER_SLOW_DOWN;
    }
    uint64_t tag = add_pending(l, e->from, e->id, false);
    if (k->account != NULL && e->file_count == 0) {
        struct channel *c = opener_of(l, e->certificate);
        frames_put_request(channel_begin(c, FRAME_REQUEST), tag, e);
        if (channel_end(c) < 0)
            link_answer_later(l, tag, LATER_SLOW_DOWN, 2);
        return 0;
    }
    CLEANUP_BUF struct buf body = BUF_INIT(FRAMES_REQUEST_MAX);
    frames_put_request(&body, tag, e);
    if (k->account != NULL)
        link_files_take(l->files, body.data, body.len, tag, e);
    else
        wait_for_certificate(l, k, &body);
    return 0;
}

static void take_message(struct link *l, const struct xml_element *x)
{
    struct envelope e;
    const char *type = xml_attribute_of(x, "type"), *from = xml_attribute_of(x, "from");
    const char *id = xml_attribute_of(x, "id");
    char bare[VALUE_JID_MAX + 1];
    if (from == NULL || (type != NULL && strcmp(type, "error") == 0))
        return;
    if (strcmp(from, l->o.net->registrar) == 0) {
        if (xml_child(x, "policy", REGISTRY_NS) != NULL)
            link_want_policy(l);
        return;
    }
    if (id == NULL || value_bare_of(from, bare) < 0)
        return; /* nobody that an answer could reach */
    arena_reset(&l->arena);
    uint32_t seconds = 0;
    enum later_reason reason = LATER_TOO_LARGE;
    if (x->source_len <= LINK_STANZA_BYTES) {
        int r = envelope_parse(x, true, &l->arena, &e, NULL);
        reason = r == 0           ? admit(l, &e, &seconds)
                 : r == ERR_LIMIT ? LATER_TOO_LARGE
                                  : LATER_MALFORMED;
    }
    if (reason != 0)
        send_later(l, bare, id, reason, seconds);
}

static void take_query(struct link *l, const struct xml_element *iq)
{
    struct inclusion_query q;
    const char *from = xml_attribute_of(iq, "from"), *id = xml_attribute_of(iq, "id");
    if (component_answer_service(l->component, iq, "automation", "ironside-ibot", "iBot"))
        return;
    if (from == NULL || id == NULL || iq->first == NULL ||
        inclusion_parse_query(iq->first, &q) < 0) {
        component_send_error(l->component, iq, "service-unavailable", "");
        return;
    }
    if (l->pending_count >= LINK_PENDING_MAX) {
        component_send_error(l->component, iq, "resource-constraint", "");
        return;
    }
    uint64_t tag = add_pending(l, from, id, true);
    frames_put_inclusion(channel_begin(l->o.keeper, FRAME_INCLUSION), tag, &q);
    if (channel_end(l->o.keeper) < 0) {
        forget_pending(l, find_pending(l, tag));
        component_send_error(l->component, iq, "resource-constraint", "");
    }
}

static void on_stanza(void *context, const struct xml_element *x)
{
    struct link *l = context;
    const char *type = xml_attribute_of(x, "type");
    if (strcmp(x->name, "message") == 0) {
        take_message(l, x);
    } else if (strcmp(x->name, "iq") == 0 && type != NULL) {
        if (strcmp(type, "get") == 0 || strcmp(type, "set") == 0)
            take_query(l, x);
        else
            (void)(link_take_submitted(l, x) || link_take_answer(l, x));
    }
}

static void on_too_large(void *context, const struct xml_element *start)
{
    struct link *l = context;
    const char *from = xml_attribute_of(start, "from"), *id = xml_attribute_of(start, "id");
    char bare[VALUE_JID_MAX + 1];
    if (strcmp(start->name, "message") == 0 && from != NULL && id != NULL &&
        value_bare_of(from, bare) == 0)
        send_later(l, bare, id, LATER_TOO_LARGE, 0);
}

static void on_ready(void *context)
{
    struct link *l = context;
    diag_set(&l->notice, 0, "connected as %s", l->o.bot);
    link_want_policy(l);
    l->report.next_ms = 0;
    link_try_report(l);
}

static void on_closed(void *context, const char *why)
{
    struct link *l = context;
    diag_set(&l->notice, 0, "the connection ended: %s; trying again", why);
    link_drop_fetches(l);
    struct known *k, *next;
    HASH_ITER (hh, l->known, k, next)
        if (k->account == NULL)
            link_drop_known(l, k, LATER_SLOW_DOWN, 1);
}

const struct component_events link_component_events = {
    .ready = on_ready, .closed = on_closed, .stanza = on_stanza, .too_large = on_too_large};

int link_from_opener(struct link *l, const struct frame *f, struct diag *d)
{
    uint64_t tag;
    struct later later;
    if (f->type != FRAME_LATER || frames_get_later(f->body, f->len, &tag, &later) < 0)
        return diag_set(d, ERR_FORMAT, "opener sent a malformed frame of type %u", f->type);
    const struct pending *p = find_pending(l, tag);
    if (p != NULL && p->iq)
        return diag_set(d, ERR_FORMAT, "opener answered a question that it was not asked");
    link_answer_later(l, tag, later.reason, later.seconds);
    return 0;
}

static void send_verdict(struct link *l, struct pending *p, const struct verdict *v)
{
    struct buf *b = begin_message(l, p->to, p->id);
    verdict_put_xml(b, v);
    buf_put_text(b, "</message>");
}

static void send_inclusion(struct link *l, const struct pending *p, const struct inclusion *i)
{
    struct buf *b = component_out(l->component);
    buf_format(b, "<iq type='%s' from='%s'", i != NULL ? "result" : "error", l->o.bot);
    xml_put_attribute(b, "to", p->to);
    xml_put_attribute(b, "id", p->id);
    buf_put_u8(b, '>');
    if (i != NULL)
        inclusion_put_answer(b, i);
    else
        buf_put_text(b, "<error type='wait'><item-not-found"
                        " xmlns='" STANZAS_NS "'/></error>");
    buf_put_text(b, "</iq>");
}

int link_from_keeper(struct link *l, const struct frame *f, struct diag *d)
{
    uint64_t tag = 0;
    struct verdict v;
    struct inclusion proof;
    bool found = false;
    int r = ERR_FORMAT;
    if (f->type == FRAME_REPORT)
        return link_take_report(l, f, d);
    if (f->type == FRAME_FILE_STATE || f->type == FRAME_FETCH)
        return link_files_from_keeper(l->files, f, d);
    arena_reset(&l->arena);
    if (f->type == FRAME_VERDICT)
        r = frames_get_verdict(f->body, f->len, &tag, &v);
    else if (f->type == FRAME_INCLUDED)
        r = frames_get_included(f->body, f->len, &l->arena, &tag, &found, &proof);
    if (r < 0)
        return diag_set(d, ERR_FORMAT, "keeper sent a malformed frame of type %u", f->type);
    struct pending *p = find_pending(l, tag);
    if (p == NULL)
        return 0;
    if (p->iq != (f->type == FRAME_INCLUDED))
        return diag_set(d, ERR_FORMAT, "keeper gave an answer of another kind than was asked for");
    if (component_ready(l->component)) {
        if (f->type == FRAME_VERDICT)
            send_verdict(l, p, &v);
        else
            send_inclusion(l, p, found ? &proof : NULL);
    }
    forget_pending(l, p);
    return 0;
}

int link_tick(struct link *l)
{
    int64_t now = clock_monotonic_ms();
    if (component_ready(l->component)) {
        link_retry_fetches(l);
        link_try_report(l);
        if (now >= l->next_policy_ms)
            link_want_policy(l);
    }
    int64_t left = l->next_policy_ms - now;
    if (l->fetches != NULL || l->report.note != NULL || left <= 0) /* asked for, or not connected */
        return CLOCK_SECOND_MS;
    return left < POLICY_POLL_MS ? (int)left : POLICY_POLL_MS;
}
