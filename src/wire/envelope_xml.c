/* The XML half of envelope.h. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "wire/envelope.h"

void envelope_put_access(struct buf *b, const struct envelope *e)
{
    char at[CALENDAR_INSTANT_LEN + 1], cert[ENCODE_BASE64_LEN(HASH_BYTES) + 1];
    calendar_format(e->at_unix_ms, at);
    encode_base64(e->certificate, sizeof e->certificate, cert);
    buf_format(b, "<access xmlns='" ENVELOPE_NS "' cert='%s' bot='%s' policy='%" PRIu32 "'", cert,
               e->bot, e->policy);
    if (e->n > 0)
        buf_format(b, " n='%" PRIu64 "'", e->n);
    buf_format(b, " at='%s'>", at);
    if (e->n > 0) {
        xml_put_base64(b, "enc", e->enc, sizeof e->enc);
        for (size_t i = 0; i < e->wrap_count; i++) {
            buf_format(b, "<wrap w='%s'>", e->wraps[i].warrant);
            encode_base64_buf(b, e->wraps[i].wrap, ENVELOPE_WRAP_BYTES);
            buf_put_text(b, "</wrap>");
        }
        xml_put_base64(b, "prev", e->prev, sizeof e->prev);
    }
    xml_put_base64(b, "sig", e->signature, sizeof e->signature);
    for (size_t i = 0; i < e->file_count; i++) {
        char hash[ENCODE_BASE64_LEN(HASH_BYTES) + 1];
        encode_base64(e->files[i].sha256, HASH_BYTES, hash);
        buf_format(b, "<file sha256='%s' size='%" PRIu64 "'", hash, e->files[i].size);
        xml_put_attribute(b, "path", e->files[i].path);
        buf_put_text(b, "/>");
    }
    if (e->place != NULL)
        xml_put_base64(b, "place", e->place, strlen(e->place));
    buf_put_text(b, "</access>");
}

void envelope_put_addresses(struct buf *b, const struct envelope *e, bool blind)
{
    buf_put_text(b, "<addresses xmlns='" ENVELOPE_ADDRESS_NS "'>");
    for (size_t i = 0; i < e->to_count; i++)
        buf_format(b, "<address type='to' jid='%s'/>", e->to[i]);
    if (blind)
        buf_format(b, "<address type='bcc' jid='%s'/>", e->bot);
    buf_put_text(b, "</addresses>");
}

/* What the reading functions share. */
struct reader {
    struct arena *arena;
    struct envelope *e;
    struct diag *d;
};

static int refuse(const struct reader *r, const char *part, const char *why)
{
    return diag_set(r->d, ERR_FORMAT, "%s: %s", part, why);
}

/* The value of one attribute of ours; counts those that are there. */
static const char *take_attribute(const struct xml_element *x, const char *name, size_t *taken)
{
    const char *v = xml_attribute_of(x, name);
    *taken += v != NULL;
    return v;
}

/* No attributes but those `taken` and a namespace? */
static bool all_taken(const struct xml_element *x, size_t taken)
{
    (void)take_attribute(x, "xmlns", &taken);
    return taken == x->attribute_count;
}

/* Exactly `len` bytes of base64 in the element's text. */
static int read_bytes(const struct reader *r, const struct xml_element *x, uint8_t *ret, size_t len)
{
    if (decode_base64_exact(x->text, x->text_len, ret, len) < 0 || x->first != NULL)
        return diag_set(r->d, ERR_FORMAT, "%s: not %zu bytes in base64", x->name, len);
    return 0;
}

static int read_address(const struct reader *r, const struct xml_element *x, const char **bcc)
{
    struct envelope *e = r->e;
    const char *type = xml_attribute_of(x, "type"), *jid = xml_attribute_of(x, "jid");
    if (type == NULL || jid == NULL)
        return refuse(r, "addresses", "an address without type or jid");
    if (strcmp(type, "bcc") == 0 && *bcc == NULL) {
        *bcc = jid;
        return 0;
    }
    if (strcmp(type, "to") != 0)
        return refuse(r, "addresses", "neither 'to' nor the bot's 'bcc'");
    if (e->to_count == VALUE_RECIPIENTS_MAX)
        return diag_set(r->d, ERR_LIMIT, "addresses: more than %u recipients",
                        VALUE_RECIPIENTS_MAX);
    if (!envelope_recipient_valid(e->from, jid))
        return refuse(r, "addresses", "not another account of this network");
    if (e->to_count > 0 && strcmp(e->to[e->to_count - 1], jid) >= 0)
        return refuse(r, "addresses", "not sorted, or one twice");
    e->to[e->to_count++] = jid;
    return 0;
}

static int read_addresses(const struct reader *r, const struct xml_element *stanza, bool blind)
{
    const struct xml_element *list = xml_only_child(stanza, "addresses", ENVELOPE_ADDRESS_NS);
    const char *bcc = NULL;
    if (list == NULL)
        return refuse(r, "addresses", "missing or twice");
    for (const struct xml_element *x = list->first; x != NULL; x = x->next) {
        if (!xml_is(x, "address", ENVELOPE_ADDRESS_NS))
            return refuse(r, "addresses", "holds something else");
        int e = read_address(r, x, &bcc);
        if (e < 0)
            return e;
    }
    if (r->e->to_count == 0)
        return refuse(r, "addresses", "no recipient");
    if (blind && (bcc == NULL || strcmp(bcc, r->e->bot) != 0))
        return refuse(r, "addresses", "no bcc to the bot that the access element names");
    if (!blind && bcc != NULL)
        return refuse(r, "addresses", "a bcc in a message to a recipient");
    return 0;
}

static int read_payload(const struct reader *r, const struct xml_element *x)
{
    if (x->first != NULL)
        return refuse(r, "payload", "holds elements");
    uint8_t *bytes = arena_new(r->arena, x->text_len / 4 * 3 + 3);
    if (bytes == NULL)
        return diag_set(r->d, ERR_LIMIT, "payload: too large");
    int e = decode_base64(x->text, x->text_len, bytes, VALUE_BODY_MAX, &r->e->payload_len);
    if (e == ERR_LIMIT)
        return diag_set(r->d, e, "payload: more than %u bytes", VALUE_BODY_MAX);
    if (e < 0)
        return refuse(r, "payload", "not base64");
    r->e->payload = bytes;
    return 0;
}

static int read_encrypted(const struct reader *r, const struct xml_element *stanza, bool blind)
{
    const struct xml_element *enc = xml_only_child(stanza, "encrypted", ENVELOPE_OMEMO_NS);
    const struct xml_element *header =
        enc == NULL ? NULL : xml_only_child(enc, "header", ENVELOPE_OMEMO_NS);
    const struct xml_element *payload =
        enc == NULL ? NULL : xml_only_child(enc, "payload", ENVELOPE_OMEMO_NS);
    const struct xml_element *iv =
        header == NULL ? NULL : xml_only_child(header, "iv", ENVELOPE_OMEMO_NS);
    if (iv == NULL || payload == NULL)
        return refuse(r, "encrypted", "header, iv or payload missing or twice");
    if (blind && xml_child(header, "key", ENVELOPE_OMEMO_NS) != NULL)
        return refuse(r, "encrypted", "a recipient's key in a blind copy");
    const char *sid = xml_attribute_of(header, "sid");
    uint64_t device = 0;
    if (sid == NULL || value_parse_u64(sid, INT32_MAX, &device) < 0 || device == 0)
        return refuse(r, "encrypted", "no sid");
    r->e->sid = (uint32_t)device;
    int e = read_bytes(r, iv, r->e->iv, sizeof r->e->iv);
    return e < 0 ? e : read_payload(r, payload);
}

static int read_access_attributes(const struct reader *r, const struct xml_element *x, bool blind)
{
    struct envelope *e = r->e;
    size_t taken = 0;
    uint64_t policy = 0;
    const char *cert = take_attribute(x, "cert", &taken), *bot = take_attribute(x, "bot", &taken);
    const char *serial = take_attribute(x, "policy", &taken), *n = take_attribute(x, "n", &taken);
    const char *at = take_attribute(x, "at", &taken);
    if (cert == NULL || bot == NULL || serial == NULL || at == NULL || !all_taken(x, taken))
        return refuse(r, "access", "cert, bot, policy or at missing, or an unknown attribute");
    if (decode_base64_exact(cert, strlen(cert), e->certificate, sizeof e->certificate) < 0)
        return refuse(r, "access", "cert is not a SHA-256 in base64");
    if (!value_domain_valid(bot))
        return refuse(r, "access", "bot is not a component's address");
    if (value_parse_u64(serial, UINT32_MAX, &policy) < 0 || policy == 0)
        return refuse(r, "access", "policy is not a serial");
    if (n != NULL && (value_parse_u64(n, INT64_MAX, &e->n) < 0 || e->n == 0))
        return refuse(r, "access", "n is not a counter from 1");
    if (blind && n == NULL)
        return refuse(r, "access", "a blind copy without a seal");
    if (calendar_parse(at, &e->at_unix_ms) < 0)
        return refuse(r, "access", "at is not YYYY-MM-DDTHH:MM:SS.mmmZ");
    e->bot = bot;
    e->policy = (uint32_t)policy;
    return 0;
}

static int read_wrap(const struct reader *r, const struct xml_element *x)
{
    struct envelope *e = r->e;
    size_t taken = 0;
    const char *id = take_attribute(x, "w", &taken);
    if (e->wrap_count == VALUE_WRAPS_MAX)
        return diag_set(r->d, ERR_LIMIT, "access: more than %u seals", VALUE_WRAPS_MAX);
    if (id == NULL || !value_warrant_valid(id) || !all_taken(x, taken))
        return refuse(r, "wrap", "no warrant id, or an unknown attribute");
    if (e->wrap_count > 0 && strcmp(e->wraps[e->wrap_count - 1].warrant, id) >= 0)
        return refuse(r, "wrap", "not ordered by id, or one twice");
    e->wraps[e->wrap_count].warrant = id;
    return read_bytes(r, x, e->wraps[e->wrap_count++].wrap, ENVELOPE_WRAP_BYTES);
}

static int read_file(const struct reader *r, const struct xml_element *x)
{
    struct envelope *e = r->e;
    size_t taken = 0;
    const char *hash = take_attribute(x, "sha256", &taken);
    const char *size = take_attribute(x, "size", &taken);
    const char *path = take_attribute(x, "path", &taken);
    if (e->file_count == VALUE_FILES_MAX)
        return diag_set(r->d, ERR_LIMIT, "access: more than %u files", VALUE_FILES_MAX);
    struct envelope_file *f = &e->files[e->file_count];
    if (hash == NULL || decode_base64_exact(hash, strlen(hash), f->sha256, HASH_BYTES) < 0 ||
        size == NULL || value_parse_u64(size, VALUE_FILE_BYTES_MAX, &f->size) < 0 || path == NULL ||
        !value_path_valid(path) || !all_taken(x, taken) || x->first != NULL || x->text_len > 0)
        return refuse(r, "file", "not just sha256, size and path in their forms");
    f->path = path;
    e->file_count++;
    return 0;
}

static int read_place(const struct reader *r, const struct xml_element *x)
{
    size_t len = 0;
    char *text = arena_new(r->arena, VALUE_PLACE_MAX + 1);
    if (text == NULL ||
        decode_base64(x->text, x->text_len, (uint8_t *)text, VALUE_PLACE_MAX, &len) < 0 ||
        len == 0 || memchr(text, '\0', len) != NULL || !value_utf8_valid(text, len))
        return refuse(r, "place", "not a token in base64");
    r->e->place = text;
    return 0;
}

/* Is it this child of the access element, without attributes? */
static bool is_plain(const struct xml_element *c, const char *name)
{
    return c != NULL && xml_is(c, name, ENVELOPE_NS) && all_taken(c, 0);
}

static int unexpected(const struct reader *r, const char *name, const struct xml_element *c)
{
    return diag_set(r->d, ERR_FORMAT, "access: a plain '%s' is expected, not %s", name,
                    c == NULL ? "its end" : c->name);
}

/* enc wrap+ prev; leaves the next child in `*at`. */
static int read_seals(const struct reader *r, const struct xml_element **at)
{
    struct envelope *e = r->e;
    const struct xml_element *c = *at;
    if (!is_plain(c, "enc"))
        return unexpected(r, "enc", c);
    int code = read_bytes(r, c, e->enc, sizeof e->enc);
    for (c = c->next; code == 0 && c != NULL && xml_is(c, "wrap", ENVELOPE_NS); c = c->next)
        code = read_wrap(r, c);
    if (code < 0)
        return code;
    if (e->wrap_count == 0 || !is_plain(c, "prev"))
        return unexpected(r, e->wrap_count == 0 ? "wrap" : "prev", c);
    *at = c->next;
    return read_bytes(r, c, e->prev, sizeof e->prev);
}

/* The children in their order: enc wrap+ prev (all or none, as n) sig file* place? */
static int read_access_children(const struct reader *r, const struct xml_element *x)
{
    const struct xml_element *c = x->first;
    int code = r->e->n > 0 ? read_seals(r, &c) : 0;
    if (code < 0)
        return code;
    if (!is_plain(c, "sig"))
        return unexpected(r, "sig", c);
    code = read_bytes(r, c, r->e->signature, sizeof r->e->signature);
    for (c = c->next; code == 0 && c != NULL && xml_is(c, "file", ENVELOPE_NS); c = c->next)
        code = read_file(r, c);
    if (code == 0 && is_plain(c, "place")) {
        code = read_place(r, c);
        c = c->next;
    }
    if (code == 0 && c != NULL)
        return refuse(r, "access", "an element that is not expected");
    return code;
}

int envelope_parse(const struct xml_element *stanza, bool blind, struct arena *a,
                   struct envelope *ret, struct diag *d)
{
    struct envelope e = {0};
    struct reader r = {.arena = a, .e = &e, .d = d};
    const char *from = xml_attribute_of(stanza, "from"), *id = xml_attribute_of(stanza, "id");
    char bare[VALUE_JID_MAX + 1];
    if (from == NULL || value_bare_of(from, bare) < 0 || !value_bare_valid(bare) ||
        (e.from = arena_string(a, bare)) == NULL)
        return refuse(&r, "message", "no valid 'from'");
    if (id == NULL || !value_id_valid(id))
        return refuse(&r, "message", "no valid 'id'");
    e.id = id;
    const struct xml_element *access = xml_only_child(stanza, "access", ENVELOPE_NS);
    if (access == NULL)
        return refuse(&r, "access", "missing or twice");
    int code = read_access_attributes(&r, access, blind);
    if (code == 0)
        code = read_access_children(&r, access);
    if (code == 0)
        code = read_addresses(&r, stanza, blind);
    if (code == 0)
        code = read_encrypted(&r, stanza, blind);
    if (code == 0)
        *ret = e;
    return code;
}
