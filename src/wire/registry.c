#include "wire/registry.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"

static void put_hash(struct buf *b, const char *name, const uint8_t hash[static HASH_BYTES])
{
    char text[ENCODE_BASE64_LEN(HASH_BYTES) + 1];
    encode_base64(hash, HASH_BYTES, text);
    xml_put_attribute(b, name, text);
}

bool registry_is_refusal(const struct xml_element *iq)
{
    const struct xml_element *error = xml_child(iq, "error", iq->ns);
    return error != NULL && xml_child(error, "refused", REGISTRY_NS) != NULL;
}

void registry_put_query(struct buf *b, const struct registry_query *q)
{
    static const char *const names[] = {[REGISTRY_BY_HASH] = "document",
                                        [REGISTRY_POLICY] = "policy",
                                        [REGISTRY_CERTIFICATE] = "certificate",
                                        [REGISTRY_ACTIVATE] = "activate",
                                        [REGISTRY_LOG] = "log",
                                        [REGISTRY_SUBMIT] = "submit",
                                        [REGISTRY_PLACE] = "place"};
    _Static_assert(sizeof names / sizeof names[0] == REGISTRY_WHATS, "an element for each query");
    buf_format(b, "<%s xmlns='" REGISTRY_NS "'", names[q->what]);
    switch (q->what) {
    case REGISTRY_BY_HASH:
        put_hash(b, "hash", q->hash);
        buf_format(b, " offset='%" PRIu32 "'/>", q->offset);
        return;
    case REGISTRY_POLICY:
        if (q->serial > 0)
            buf_format(b, " serial='%" PRIu32 "'", q->serial);
        buf_put_text(b, "/>");
        return;
    case REGISTRY_CERTIFICATE:
        xml_put_attribute(b, "account", q->account);
        buf_put_text(b, "/>");
        return;
    case REGISTRY_ACTIVATE:
        buf_put_u8(b, '>');
        xml_put_base64(b, "request", q->request, q->request_len);
        xml_put_base64(b, "mac", q->mac, sizeof q->mac);
        buf_put_text(b, "</activate>");
        return;
    case REGISTRY_LOG:
        buf_format(b, " from='%" PRIu32 "'/>", q->offset);
        return;
    case REGISTRY_SUBMIT:
        xml_put_attribute(b, "kind", document_kind_text(q->kind));
        buf_put_u8(b, '>');
        encode_base64_buf(b, q->request, q->request_len);
        buf_put_text(b, "</submit>");
        return;
    case REGISTRY_PLACE:
        buf_put_text(b, "/>");
        return;
    case REGISTRY_WHATS:
        break;
    }
}

/* An attribute with a number; 0 when it is absent. */
static int parse_number(const struct xml_element *x, const char *name, uint32_t *ret)
{
    const char *text = xml_attribute_of(x, name);
    uint64_t v = 0;
    if (text != NULL && value_parse_u64(text, UINT32_MAX, &v) < 0)
        return ERR_FORMAT;
    *ret = (uint32_t)v;
    return 0;
}

static int parse_hash(const struct xml_element *x, const char *name, uint8_t ret[static HASH_BYTES])
{
    const char *text = xml_attribute_of(x, name);
    return text == NULL ? ERR_FORMAT : decode_base64_exact(text, strlen(text), ret, HASH_BYTES);
}

static int parse_activate(const struct xml_element *x, struct arena *a, struct registry_query *q)
{
    const struct xml_element *request = xml_only_child(x, "request", REGISTRY_NS);
    const struct xml_element *mac = xml_only_child(x, "mac", REGISTRY_NS);
    if (request == NULL || mac == NULL ||
        decode_base64_exact(mac->text, mac->text_len, q->mac, sizeof q->mac) < 0)
        return ERR_FORMAT;
    uint8_t *note = arena_new(a, VALUE_CERTIFICATE_MAX + 1);
    if (note == NULL || decode_base64(request->text, request->text_len, note, VALUE_CERTIFICATE_MAX,
                                      &q->request_len) < 0)
        return ERR_FORMAT;
    q->request = (const char *)note;
    return 0;
}

/* Nothing but text inside, of a kind that is a bot's to say. */
static int parse_submit(const struct xml_element *x, struct arena *a, struct registry_query *q)
{
    const char *kind = xml_attribute_of(x, "kind");
    q->kind = kind == NULL ? 0 : document_kind_of(kind);
    const struct document_traits *t = document_traits(q->kind);
    if (t == NULL || !t->of_bot || x->first != NULL)
        return ERR_FORMAT;
    uint8_t *note = arena_new(a, REGISTRY_SUBMIT_MAX + 1);
    if (note == NULL ||
        decode_base64(x->text, x->text_len, note, REGISTRY_SUBMIT_MAX, &q->request_len) < 0 ||
        q->request_len == 0)
        return ERR_FORMAT;
    q->request = (const char *)note;
    return 0;
}

int registry_parse_query(const struct xml_element *x, struct arena *a, struct registry_query *ret)
{
    struct registry_query q = {0};
    int r = 0;
    if (xml_is(x, "document", REGISTRY_NS)) {
        q.what = REGISTRY_BY_HASH;
        r = parse_hash(x, "hash", q.hash);
        if (r == 0)
            r = parse_number(x, "offset", &q.offset);
    } else if (xml_is(x, "policy", REGISTRY_NS)) {
        q.what = REGISTRY_POLICY;
        r = parse_number(x, "serial", &q.serial);
    } else if (xml_is(x, "certificate", REGISTRY_NS)) {
        q.what = REGISTRY_CERTIFICATE;
        q.account = xml_attribute_of(x, "account");
        if (q.account == NULL || !value_bare_valid(q.account) || strchr(q.account, '@') == NULL)
            r = ERR_FORMAT;
    } else if (xml_is(x, "activate", REGISTRY_NS)) {
        q.what = REGISTRY_ACTIVATE;
        r = parse_activate(x, a, &q);
    } else if (xml_is(x, "log", REGISTRY_NS)) {
        q.what = REGISTRY_LOG;
        r = xml_attribute_of(x, "from") == NULL ? ERR_FORMAT : parse_number(x, "from", &q.offset);
    } else if (xml_is(x, "submit", REGISTRY_NS)) {
        q.what = REGISTRY_SUBMIT;
        r = parse_submit(x, a, &q);
    } else if (xml_is(x, "place", REGISTRY_NS)) {
        q.what = REGISTRY_PLACE;
    } else {
        r = ERR_FORMAT;
    }
    if (r == 0)
        *ret = q;
    return r;
}

void registry_put_submitted(struct buf *b, const uint8_t hash[static HASH_BYTES])
{
    buf_put_text(b, "<submitted xmlns='" REGISTRY_NS "'");
    put_hash(b, "hash", hash);
    buf_put_text(b, "/>");
}

int registry_parse_submitted(const struct xml_element *x, uint8_t ret[static HASH_BYTES])
{
    return xml_is(x, "submitted", REGISTRY_NS) ? parse_hash(x, "hash", ret) : ERR_FORMAT;
}

void registry_put_place(struct buf *b, const char *note, size_t len)
{
    buf_put_text(b, "<place xmlns='" REGISTRY_NS "'>");
    encode_base64_buf(b, (const uint8_t *)note, len);
    buf_put_text(b, "</place>");
}

int registry_parse_place(const struct xml_element *x, struct arena *a, const char **ret_note,
                         size_t *ret_len)
{
    uint8_t *note = arena_new(a, VALUE_PLACE_MAX + 1);
    if (!xml_is(x, "place", REGISTRY_NS) || note == NULL || x->text_len == 0 ||
        decode_base64(x->text, x->text_len, note, VALUE_PLACE_MAX, ret_len) < 0)
        return ERR_FORMAT;
    *ret_note = (const char *)note;
    return 0;
}

void registry_put_piece(struct buf *b, const struct registry_piece *p)
{
    buf_format(b, "<document xmlns='" REGISTRY_NS "' kind='%s'", document_kind_text(p->kind));
    put_hash(b, "hash", p->hash);
    buf_format(b, " size='%" PRIu32 "' offset='%" PRIu32 "'>", p->size, p->offset);
    encode_base64_buf(b, p->data, p->len);
    buf_put_text(b, "</document>");
}

int registry_parse_piece(const struct xml_element *x, struct arena *a, struct registry_piece *ret)
{
    struct registry_piece p = {0};
    const char *kind = xml_attribute_of(x, "kind");
    if (!xml_is(x, "document", REGISTRY_NS) || kind == NULL ||
        (p.kind = document_kind_of(kind)) == 0 || parse_hash(x, "hash", p.hash) < 0 ||
        parse_number(x, "size", &p.size) < 0 || parse_number(x, "offset", &p.offset) < 0)
        return ERR_FORMAT;
    uint8_t *data = arena_new(a, REGISTRY_PIECE_MAX);
    if (data == NULL || decode_base64(x->text, x->text_len, data, REGISTRY_PIECE_MAX, &p.len) < 0 ||
        p.size > VALUE_EPOCHS_MAX || p.offset > p.size || p.len > p.size - p.offset || p.len == 0)
        return ERR_FORMAT;
    p.data = data;
    *ret = p;
    return 0;
}

int registry_fetch_add(struct registry_fetch *f, const struct registry_piece *p)
{
    if (f->note.len == 0) {
        f->kind = p->kind;
        f->size = p->size;
        memcpy(f->hash, p->hash, HASH_BYTES);
        f->note.max = VALUE_EPOCHS_MAX;
    }
    if (p->kind != f->kind || p->size != f->size || p->offset != f->note.len || p->len == 0 ||
        p->size > VALUE_EPOCHS_MAX || p->len > f->size - f->note.len ||
        memcmp(p->hash, f->hash, HASH_BYTES) != 0)
        return ERR_FORMAT;
    buf_put(&f->note, p->data, p->len);
    if (f->note.len < f->size)
        return 0;
    struct note view;
    uint8_t hash[HASH_BYTES];
    if (note_parse((const char *)f->note.data, f->note.len, VALUE_EPOCHS_MAX, &view) < 0)
        return ERR_FORMAT;
    hash_sha256(view.text, view.text_len, hash);
    return memcmp(hash, f->hash, HASH_BYTES) == 0 ? 1 : ERR_AUTH;
}

void registry_fetch_clear(struct registry_fetch *f)
{
    buf_clear(&f->note);
    *f = (struct registry_fetch){0};
}
