/* The server and the registrar: what devices send, ask for and publish. Nothing is answered while a
 * device is still in its call, as with a real server. */
#include <string.h>

#include "base/memory.h"
#include "world.h"

#define STANZAS_NS "urn:ietf:params:xml:ns:xmpp-stanzas"

static struct post *add_post(struct party *p)
{
    struct post *x = mem_new(sizeof *x);
    x->lost = p->dead;
    x->from = p;
    *p->w->last = x;
    p->w->last = &x->next;
    return x;
}

static int net_send(void *context, const void *stanza, size_t len)
{
    struct party *p = context;
    if (p->w->full)
        return ERR_LIMIT;
    struct post *x = add_post(p);
    x->is_stanza = true;
    x->text = mem_string_n(stanza, len);
    return 0;
}

static int net_query(void *context, const char *to, const char *type, const char *payload,
                     device_answer *answer, void *answer_context)
{
    struct post *x = add_post(context);
    (void)type;
    x->to = mem_string(to);
    x->text = mem_string(payload);
    x->answer = answer;
    x->answer_context = answer_context;
    return 0;
}

static int net_publish(void *context, const char *node, const char *payload, device_answer *answer,
                       void *answer_context)
{
    struct post *x = add_post(context);
    x->is_publication = true;
    x->node = mem_string(node);
    x->text = mem_string(payload);
    x->answer = answer;
    x->answer_context = answer_context;
    return 0;
}

static int net_fetch(void *context, const char *account, const char *node, device_answer *answer,
                     void *answer_context)
{
    struct post *x = add_post(context);
    x->to = mem_string(account);
    x->node = mem_string(node);
    x->answer = answer;
    x->answer_context = answer_context;
    return 0;
}

static const struct xml_element *net_item(const struct xml_element *iq, const char *node)
{
    (void)node;
    return iq->first;
}

const struct device_net world_net = {.send = net_send,
                                     .query = net_query,
                                     .publish = net_publish,
                                     .fetch = net_fetch,
                                     .item = net_item};

struct party *world_party(struct world *w, const char *bare)
{
    for (size_t i = 0; i < WORLD_PARTIES; i++)
        if (strcmp(w->parties[i].account, bare) == 0)
            return &w->parties[i];
    return NULL;
}

bool world_hold(struct world *w, struct party *to, const char *stanza)
{
    (void)to;
    free(w->tapped);
    w->tapped = mem_string(stanza);
    return true;
}

/* The stanza as the server passes it on, with the sender that it vouches for. */
static char *stamped(const struct post *x)
{
    return mem_format("<message xmlns='jabber:client' from='%s/device'%s", x->from->account,
                      x->text + strlen("<message"));
}

static void count_stanza(struct party *p, const struct xml_element *x)
{
    const struct xml_element *encrypted = xml_child(x, "encrypted", ENVELOPE_OMEMO_NS);
    if (xml_child(x, "received", "urn:xmpp:receipts") != NULL)
        p->receipts++;
    else if (xml_child(x, "access", ENVELOPE_NS) != NULL)
        p->deliveries++;
    else if (encrypted != NULL)
        p->session_messages++;
}

static void hand_over(struct world *w, struct post *post)
{
    CLEANUP_FREE char *text = stamped(post);
    struct arena arena = ARENA_INIT(4U << 20);
    struct xml_element *x;
    FIXTURE_MUST(xml_parse(&arena, text, strlen(text), &x) == 0);
    const char *to = xml_attribute_of(x, "to");
    struct party *p = world_party(w, to);
    if (p == NULL) {
        CLEANUP_BUF struct buf answer = BUF_INIT(65536);
        post->from->blind_copies++;
        if (w->other_bot == NULL || !w->other_bot(w, text, &answer))
            world_bot_take(w, x, &answer);
        if (answer.len > 0 && !post->from->dead) {
            struct xml_element *y;
            FIXTURE_MUST(xml_parse(&arena, buf_text(&answer), answer.len, &y) == 0);
            device_stanza(post->from->device, y);
        }
    } else {
        count_stanza(post->from, x);
        if ((w->tap == NULL || !w->tap(w, p, text)) && p->device != NULL && !p->dead)
            device_stanza(p->device, x);
    }
    arena_clear(&arena);
}

static void answer_place(const struct party *p, struct buf *b)
{
    if (p->country == NULL)
        return;
    CLEANUP_FREE char *token = world_place(p, p->country, world_now());
    registry_put_place(b, token, strlen(token));
}

static void answer_registrar(struct world *w, const struct party *asks, const struct xml_element *x,
                             struct buf *b)
{
    struct registry_query q;
    struct arena arena = ARENA_INIT(65536);
    size_t found = WORLD_DOCUMENTS;
    FIXTURE_MUST(registry_parse_query(x, &arena, &q) == 0);
    if (q.what == REGISTRY_LOG) {
        log_book_put_page(&w->log, q.offset, b);
        arena_clear(&arena);
        return;
    }
    if (q.what == REGISTRY_PLACE) {
        answer_place(asks, b);
        arena_clear(&arena);
        return;
    }
    w->asked_registrar++;
    for (size_t i = 0; i < w->document_count; i++) {
        bool policy = w->documents[i].kind == DOCUMENT_POLICY;
        if (policy && w->hidden_from != 0 && w->documents[i].serial >= w->hidden_from)
            continue;
        const char *account = w->documents[i].account;
        if ((q.what == REGISTRY_BY_HASH && memcmp(q.hash, w->documents[i].hash, HASH_BYTES) == 0) ||
            (q.what == REGISTRY_POLICY && policy &&
             (q.serial == 0 || q.serial == w->documents[i].serial)) ||
            (q.what == REGISTRY_CERTIFICATE && account != NULL && strcmp(account, q.account) == 0))
            found = i; /* the newest */
    }
    if (found < w->document_count) {
        size_t len = strlen(w->documents[found].note), left = len - q.offset;
        struct registry_piece p = {.kind = w->documents[found].kind,
                                   .size = (uint32_t)len,
                                   .offset = q.offset,
                                   .data = (const uint8_t *)w->documents[found].note + q.offset,
                                   .len = left > REGISTRY_PIECE_MAX ? REGISTRY_PIECE_MAX : left};
        memcpy(p.hash, w->documents[found].hash, HASH_BYTES);
        registry_put_piece(b, &p);
    }
    arena_clear(&arena);
}

/* The payload of the answer; nothing: item-not-found. */
static void answer_query(struct world *w, const struct post *post, struct buf *b)
{
    if (post->node != NULL) {
        for (size_t i = 0; i < w->node_count; i++)
            if (strcmp(w->nodes[i].account, post->to) == 0 &&
                strcmp(w->nodes[i].node, post->node) == 0)
                buf_put_text(b, w->nodes[i].payload);
        return;
    }
    struct arena arena = ARENA_INIT(1U << 20);
    struct xml_element *x;
    FIXTURE_MUST(xml_parse(&arena, post->text, strlen(post->text), &x) == 0);
    if (strcmp(post->to, w->f->network->registrar) == 0) {
        answer_registrar(w, post->from, x, b);
    } else if (strcmp(post->to, w->f->domain) == 0) {
        FIXTURE_MUST(xml_is(x, "ping", "urn:xmpp:ping"));
        buf_put_text(b, "<pong xmlns='x'/>"); /* an empty payload would be "there is none" */
    } else {
        w->bot.asked_proof++;
        if (w->bot.proof != NULL)
            buf_put_text(b, w->bot.proof);
    }
    arena_clear(&arena);
}

static void keep_node(struct world *w, const struct post *post)
{
    size_t i = 0;
    while (i < w->node_count && (strcmp(w->nodes[i].account, post->from->account) != 0 ||
                                 strcmp(w->nodes[i].node, post->node) != 0))
        i++;
    if (i == w->node_count) {
        FIXTURE_MUST(w->node_count++ < WORLD_NODES);
        w->nodes[i].account = mem_string(post->from->account);
        w->nodes[i].node = mem_string(post->node);
    }
    free(w->nodes[i].payload);
    w->nodes[i].payload = mem_string(post->text);
}

static void answer_post(struct world *w, const struct post *post)
{
    CLEANUP_BUF struct buf payload = BUF_INIT(1U << 20), iq = BUF_INIT(1U << 20);
    struct arena arena = ARENA_INIT(4U << 20);
    struct xml_element *x;
    if (post->is_publication)
        keep_node(w, post);
    else
        answer_query(w, post, &payload);
    bool none = payload.len == 0 && !post->is_publication;
    buf_format(&iq, "<iq xmlns='jabber:client' type='%s'>", none ? "error" : "result");
    if (none)
        buf_put_text(&iq, "<error><item-not-found xmlns='" STANZAS_NS "'/></error>");
    buf_put(&iq, payload.data == NULL ? (const uint8_t *)"" : payload.data, payload.len);
    buf_put_text(&iq, "</iq>");
    FIXTURE_MUST(xml_parse(&arena, buf_text(&iq), iq.len, &x) == 0);
    bool lost = post->to != NULL &&
                ((w->registrar_down && strcmp(post->to, w->f->network->registrar) == 0) ||
                 (w->mute && strcmp(post->to, w->f->domain) == 0));
    if (!post->from->dead) {
        post->answer(post->answer_context, lost ? NULL : x);
        if (device_due_ms(post->from->device) <= clock_monotonic_ms())
            (void)device_tick(post->from->device);
    }
    arena_clear(&arena);
}

void world_run(struct world *w)
{
    while (w->first != NULL) {
        struct post *x = w->first;
        w->first = x->next;
        if (w->first == NULL)
            w->last = &w->first;
        if (x->lost)
            ; /* it was never sent, and is never answered */
        else if (x->is_stanza)
            hand_over(w, x);
        else
            answer_post(w, x);
        free(x->to);
        free(x->text);
        free(x->node);
        free(x);
    }
}
