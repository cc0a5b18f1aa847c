/* IQs: questions of ours and their answers, and those that others ask (RFC 6120 section 8.2.3). */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/secret.h"
#include "wire/stanza.h"
#include "xmpp/client_internal.h"

#define DISCO_NS "http://jabber.org/protocol/disco#info"
#define PING_NS "urn:xmpp:ping"
#define LATE_TIMES 10
#define LATE_QUIET_MS 1000

struct client_pending {
    struct client_pending *next;
    char *id;
    char *to; /* NULL: one's own account */
    int64_t deadline_ms, at_most_ms;
    client_answer answer;
    void *context;
};

static void free_pending(struct client_pending *p)
{
    free(p->id);
    free(p->to);
    free(p);
}

int client_query(struct client *c, const char *to, const char *type, const char *payload,
                 int timeout_ms, client_answer answer, void *context)
{
    CLEANUP_BUF struct buf iq = BUF_INIT_SECRET(CLIENT_STANZA_MAX); /* it may hold a password */
    if (c->pending_count == CLIENT_QUERIES_MAX)
        return ERR_LIMIT;
    CLEANUP_FREE char *id = mem_format("%s-%" PRIu64, c->id_prefix, c->id_count++);
    buf_format(&iq, "<iq type='%s' id='%s'", type, id);
    if (to != NULL)
        xml_put_attribute(&iq, "to", to);
    buf_put_u8(&iq, '>');
    buf_put_text(&iq, payload);
    buf_put_text(&iq, "</iq>");
    int r = buf_failed(&iq) ? ERR_LIMIT : client_send(c, iq.data, iq.len);
    if (r < 0)
        return r;
    struct client_pending *p = mem_new(sizeof *p);
    p->id = TAKE(id);
    p->to = to == NULL ? NULL : mem_string(to);
    p->deadline_ms = clock_monotonic_ms() + timeout_ms;
    p->at_most_ms = p->deadline_ms + (LATE_TIMES - 1) * (int64_t)timeout_ms;
    p->answer = answer;
    p->context = context;
    p->next = c->pending;
    c->pending = p;
    c->pending_count++;
    return 0;
}

/* The account's own answers come without `from`, or from its bare JID. */
static bool from_whom_was_asked(const struct client *c, const char *to, const char *from)
{
    if (from == NULL)
        from = c->account;
    return strcmp(from, to == NULL ? c->account : to) == 0;
}

static void take_answer(struct client *c, const struct xml_element *iq, const char *id)
{
    for (struct client_pending **at = &c->pending; *at != NULL; at = &(*at)->next) {
        struct client_pending *p = *at;
        if (strcmp(p->id, id) != 0 || !from_whom_was_asked(c, p->to, xml_attribute_of(iq, "from")))
            continue;
        *at = p->next;
        c->pending_count--;
        p->answer(p->context, iq);
        free_pending(p);
        return;
    }
}

static void put_reply(struct buf *b, const struct xml_element *iq, const char *type)
{
    const char *from = xml_attribute_of(iq, "from"), *id = xml_attribute_of(iq, "id");
    buf_format(b, "<iq type='%s'", type);
    if (from != NULL)
        xml_put_attribute(b, "to", from);
    xml_put_attribute(b, "id", id == NULL ? "" : id);
    buf_put_u8(b, '>');
}

/* The account's server, which knows that we are here. */
static bool from_server(const struct client *c, const struct xml_element *iq)
{
    const char *from = xml_attribute_of(iq, "from");
    return from == NULL || strcmp(from, c->account) == 0 ||
           strcmp(from, strchr(c->account, '@') + 1) == 0;
}

/* Others get the answer that a server gives in the place of somebody who is away (RFC 6121
 * section 8.5.3.2.3). */
static void answer_request(struct client *c, const struct xml_element *iq, bool get)
{
    CLEANUP_BUF struct buf b = BUF_INIT(4096);
    get = get && from_server(c, iq);
    if (get && xml_child(iq, "ping", PING_NS) != NULL) {
        put_reply(&b, iq, "result");
    } else if (get && xml_child(iq, "query", DISCO_NS) != NULL) {
        put_reply(&b, iq, "result");
        buf_put_text(&b, "<query xmlns='" DISCO_NS "'><identity category='client' type='pc'/>"
                         "<feature var='" DISCO_NS "'/><feature var='" PING_NS "'/></query>");
    } else {
        put_reply(&b, iq, "error");
        buf_put_text(&b,
                     "<error type='cancel'><service-unavailable xmlns='" STANZAS_NS "'/></error>");
    }
    buf_put_text(&b, "</iq>");
    if (!buf_failed(&b))
        client_session_send(c->session, b.data, b.len); /* a full queue: no answer */
}

void client_queries_receive(struct client *c, const struct xml_element *iq)
{
    const char *type = xml_attribute_of(iq, "type"), *id = xml_attribute_of(iq, "id");
    if (type == NULL)
        return;
    if (strcmp(type, "get") == 0 || strcmp(type, "set") == 0)
        answer_request(c, iq, strcmp(type, "get") == 0);
    else if (id != NULL)
        take_answer(c, iq, id);
}

/* The answer may be behind a backlog that is being read. */
static bool is_due(const struct client *c, struct client_pending *p, int64_t now_ms)
{
    if (p->deadline_ms > now_ms)
        return false;
    if (p->at_most_ms <= now_ms || c->last_stanza_ms + LATE_QUIET_MS <= now_ms)
        return true;
    p->deadline_ms = c->last_stanza_ms + LATE_QUIET_MS;
    return false;
}

/* Callbacks may ask again, so all that are due are taken out before the first is called. */
void client_queries_expire(struct client *c, int64_t now_ms)
{
    struct client_pending *due = NULL;
    for (struct client_pending **at = &c->pending; *at != NULL;) {
        struct client_pending *p = *at;
        if (!is_due(c, p, now_ms)) {
            at = &p->next;
            continue;
        }
        *at = p->next;
        c->pending_count--;
        p->next = due;
        due = p;
    }
    while (due != NULL) {
        struct client_pending *p = due;
        due = p->next;
        p->answer(p->context, NULL);
        free_pending(p);
    }
}

int64_t client_queries_next(const struct client *c)
{
    int64_t next = INT64_MAX;
    for (const struct client_pending *p = c->pending; p != NULL; p = p->next)
        next = p->deadline_ms < next ? p->deadline_ms : next;
    return next;
}

bool client_is_passing(const struct xml_element *iq)
{
    const struct xml_element *error = iq == NULL ? NULL : xml_child(iq, "error", iq->ns);
    const char *type = error == NULL ? NULL : xml_attribute_of(error, "type");
    return type != NULL && strcmp(type, "wait") == 0;
}
