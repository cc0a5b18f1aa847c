#include "registrar/stanzas.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "registrar/places.h"
#include "wire/registry.h"

#define WAITING_MAX (16U << 20) /* bytes to be written, from which on queries are turned away */

static const char *condition_of(int code)
{
    switch (code) {
    case ERR_FORMAT:
    case ERR_LIMIT:
    case ERR_KEY:
        return "bad-request";
    case ERR_NOT_FOUND:
        return "item-not-found";
    case ERR_AUTH:
        return "forbidden";
    case ERR_EXISTS:
        return "conflict";
    default:
        return "internal-server-error";
    }
}

/* Asking is `get`, activating and handing in `set`. */
static bool fits(const struct registry_query *q, const char *type)
{
    bool changes = q->what == REGISTRY_ACTIVATE || q->what == REGISTRY_SUBMIT;
    return strcmp(type, changes ? "set" : "get") == 0;
}

/* IQs of other errors are the asker's matter: 0. */
static int refuse(struct component *c, const struct xml_element *iq, int code)
{
    const char *condition = condition_of(code);
    bool ours = strcmp(condition, "internal-server-error") == 0;
    component_send_error(c, iq, condition, ours ? "" : REGISTRY_REFUSED);
    return ours ? code : 0;
}

static int answer_log(struct registrar *r, struct component *c, const struct xml_element *iq,
                      const struct registry_query *q, struct diag *d)
{
    CLEANUP_FREE struct log_page *page = mem_new(sizeof *page);
    int e = registrar_log_page(r, q->offset, page, d);
    if (e < 0)
        return refuse(c, iq, e);
    component_begin_result(c, iq);
    log_put_page(component_out(c), page);
    buf_put_text(component_out(c), "</iq>");
    return 0;
}

static int answer_submit(struct registrar *r, struct component *c, const struct xml_element *iq,
                         const struct registry_query *q, struct diag *d)
{
    uint8_t hash[HASH_BYTES];
    int e = registrar_submit(r, xml_attribute_of(iq, "from"), q, hash, d);
    if (e < 0)
        return refuse(c, iq, e);
    component_begin_result(c, iq);
    registry_put_submitted(component_out(c), hash);
    buf_put_text(component_out(c), "</iq>");
    return 0;
}

static int answer_place(struct registrar *r, struct component *c, const struct xml_element *iq,
                        const char *from, struct diag *d)
{
    CLEANUP_BUF struct buf note = BUF_INIT(VALUE_PLACE_MAX);
    int e = registrar_place(r, from, &note, d);
    if (e < 0)
        return refuse(c, iq, e);
    component_begin_result(c, iq);
    registry_put_place(component_out(c), (const char *)note.data, note.len);
    buf_put_text(component_out(c), "</iq>");
    return 0;
}

static int answer(struct registrar *r, struct component *c, const struct xml_element *iq,
                  const char *from, const char *type, struct diag *d)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(2 * REGISTRAR_STANZA_MAX);
    struct registry_query q;
    struct registry_piece piece;
    if (iq->first == NULL || registry_parse_query(iq->first, &a, &q) < 0 || !fits(&q, type)) {
        component_send_error(c, iq, "bad-request", REGISTRY_REFUSED);
        return 0;
    }
    if (q.what == REGISTRY_LOG)
        return answer_log(r, c, iq, &q, d);
    if (q.what == REGISTRY_SUBMIT)
        return answer_submit(r, c, iq, &q, d);
    if (q.what == REGISTRY_PLACE)
        return answer_place(r, c, iq, from, d);
    int e = registrar_answer(r, from, &q, &piece, d);
    if (e < 0)
        return refuse(c, iq, e);
    component_begin_result(c, iq);
    registry_put_piece(component_out(c), &piece);
    buf_put_text(component_out(c), "</iq>");
    return 0;
}

int registrar_stanza(struct registrar *r, struct component *c, const struct xml_element *stanza,
                     struct diag *d)
{
    const char *type = xml_attribute_of(stanza, "type"), *from = xml_attribute_of(stanza, "from");
    if (component_answer_service(c, stanza, "component", "generic", "Ironside registrar"))
        return 0;
    if (strcmp(stanza->name, "iq") != 0 || type == NULL || from == NULL ||
        (strcmp(type, "get") != 0 && strcmp(type, "set") != 0))
        return 0;
    if (component_out(c)->len > WAITING_MAX) {
        component_send_error(c, stanza, "resource-constraint", "");
        return 0;
    }
    if (stanza->first == NULL || strcmp(stanza->first->ns, REGISTRY_NS) != 0) {
        component_send_error(c, stanza, "service-unavailable", "");
        return 0;
    }
    return answer(r, c, stanza, from, type, d);
}

struct announcement {
    struct component *component;
    const char *from;
    uint32_t serial;
};

/* `store` (XEP-0334): a device that is away gets it when it comes back. */
static void announce_to(void *context, const char *jid)
{
    const struct announcement *x = context;
    struct buf *b = component_out(x->component);
    buf_put_text(b, "<message");
    xml_put_attribute(b, "from", x->from);
    xml_put_attribute(b, "to", jid);
    buf_format(b,
               " id='policy-%" PRIu32 "'><policy xmlns='" REGISTRY_NS "' serial='%" PRIu32
               "'/><store xmlns='urn:xmpp:hints'/></message>",
               x->serial, x->serial);
}

int registrar_announce(struct registrar *r, struct component *c, struct diag *d)
{
    struct announcement x = {c, registrar_network(r)->registrar, registrar_unannounced(r)};
    if (x.serial == 0 || !component_ready(c))
        return 0;
    int e = registrar_audience(r, announce_to, &x, d);
    return e < 0 ? e : registrar_announced(r, d);
}
