#include "wire/log.h"

#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "wire/registry.h"
#include "wire/value.h"

#define ENTRY_BYTES (1U + HASH_BYTES + LOG_TAG_BYTES)

bool log_kind_logged(enum document_kind kind)
{
    const struct document_traits *t = document_traits(kind);
    return t != NULL && t->logged;
}

bool log_kind_tagged(enum document_kind kind)
{
    const struct document_traits *t = document_traits(kind);
    return t != NULL && t->tagged;
}

bool log_kind_hidden(enum document_kind kind)
{
    const struct document_traits *t = document_traits(kind);
    return t != NULL && t->hidden;
}

void log_tag(const uint8_t key[static LOG_KEY_BYTES], const char *account,
             uint8_t ret[static LOG_TAG_BYTES])
{
    static const char context[] = "ironside log account 1"; /* with its NUL */
    const struct hash_part parts[] = {{context, sizeof context}, {account, strlen(account)}};
    hash_hmac(key, LOG_KEY_BYTES, parts, 2, ret);
}

void log_put_text(struct buf *b, const struct log_entry *e)
{
    char hash[2 * HASH_BYTES + 1], tag[2 * LOG_TAG_BYTES + 1] = "-";
    encode_hex(e->hash, sizeof e->hash, hash);
    if (log_kind_tagged(e->kind))
        encode_hex(e->tag, sizeof e->tag, tag);
    buf_format(b, "ironside log 1 %s %s %s", document_kind_text(e->kind), hash, tag);
}

void log_leaf(const struct log_entry *e, uint8_t ret[static MERKLE_BYTES])
{
    CLEANUP_BUF struct buf text = BUF_INIT(256);
    log_put_text(&text, e);
    merkle_leaf(text.data, text.len, ret);
}

void log_origin(const struct network_note *net, char ret[static LOG_ORIGIN_MAX])
{
    snprintf(ret, LOG_ORIGIN_MAX, "%s/log", net->registrar);
}

int log_checkpoint_open(const struct network_note *net, const char *note, size_t len,
                        struct checkpoint *ret, struct diag *d)
{
    char origin[LOG_ORIGIN_MAX];
    struct note view;
    if (note_parse(note, len, CHECKPOINT_MAX_BYTES, &view) < 0)
        return diag_set(d, ERR_FORMAT, "checkpoint: not a signed note");
    int r = document_verify(&view, "checkpoint", net->registrar, net->registrar_key, d);
    if (r < 0)
        return r;
    log_origin(net, origin);
    r = checkpoint_parse(view.text, view.text_len, origin, ret);
    if (r == ERR_AUTH)
        return diag_set(d, r, "checkpoint: not of %s", origin);
    return r < 0 ? diag_set(d, r, "checkpoint: malformed") : 0;
}

void log_put_page(struct buf *b, const struct log_page *p)
{
    CLEANUP_BUF struct buf bytes = BUF_INIT(LOG_PAGE_ENTRIES * ENTRY_BYTES);
    for (size_t i = 0; i < p->count; i++) {
        buf_put_u8(&bytes, (uint8_t)p->entries[i].kind);
        buf_put(&bytes, p->entries[i].hash, HASH_BYTES);
        buf_put(&bytes, p->entries[i].tag, LOG_TAG_BYTES);
    }
    if (buf_failed(&bytes))
        buf_fail(b);
    buf_format(b, "<log xmlns='" REGISTRY_NS "' from='%" PRIu64 "' size='%" PRIu64 "'>", p->from,
               p->size);
    xml_put_base64(b, "entries", bytes.data, bytes.len);
    xml_put_base64(b, "checkpoint", p->checkpoint, p->checkpoint_len);
    buf_put_text(b, "</log>");
}

static int parse_number(const struct xml_element *x, const char *name, uint64_t *ret)
{
    const char *text = xml_attribute_of(x, name);
    return text == NULL ? ERR_FORMAT : value_parse_u64(text, LOG_ENTRIES_MAX, ret);
}

static int parse_entry(const uint8_t bytes[static ENTRY_BYTES], struct log_entry *ret)
{
    static const uint8_t zeros[LOG_TAG_BYTES];
    ret->kind = (enum document_kind)bytes[0];
    memcpy(ret->hash, bytes + 1, HASH_BYTES);
    memcpy(ret->tag, bytes + 1 + HASH_BYTES, LOG_TAG_BYTES);
    bool tagged = memcmp(ret->tag, zeros, sizeof zeros) != 0;
    return !log_kind_logged(ret->kind) || (tagged && !log_kind_tagged(ret->kind)) ? ERR_FORMAT : 0;
}

static int parse_entries(const struct xml_element *x, struct arena *a, struct log_page *p)
{
    size_t len = 0;
    uint8_t *bytes = arena_new(a, LOG_PAGE_ENTRIES * ENTRY_BYTES);
    if (bytes == NULL ||
        decode_base64(x->text, x->text_len, bytes, LOG_PAGE_ENTRIES * ENTRY_BYTES, &len) < 0 ||
        len % ENTRY_BYTES != 0)
        return ERR_FORMAT;
    p->count = len / ENTRY_BYTES;
    uint64_t left = p->size > p->from ? p->size - p->from : 0;
    int r = p->count > left || (p->count == 0 && left > 0) ? ERR_FORMAT : 0;
    for (size_t i = 0; r == 0 && i < p->count; i++)
        r = parse_entry(bytes + i * ENTRY_BYTES, &p->entries[i]);
    return r;
}

static int parse_checkpoint(const struct xml_element *x, struct arena *a, struct log_page *p)
{
    char *note = arena_new(a, CHECKPOINT_MAX_BYTES + 1);
    if (note == NULL || decode_base64(x->text, x->text_len, (uint8_t *)note, CHECKPOINT_MAX_BYTES,
                                      &p->checkpoint_len) < 0)
        return ERR_FORMAT;
    note[p->checkpoint_len] = '\0';
    p->checkpoint = note;
    return p->checkpoint_len == 0 || strlen(note) != p->checkpoint_len ? ERR_FORMAT : 0;
}

int log_parse_page(const struct xml_element *x, struct arena *a, struct log_page *ret)
{
    if (!xml_is(x, "log", REGISTRY_NS) || parse_number(x, "from", &ret->from) < 0 ||
        parse_number(x, "size", &ret->size) < 0)
        return ERR_FORMAT;
    const struct xml_element *entries = xml_only_child(x, "entries", REGISTRY_NS);
    const struct xml_element *checkpoint = xml_only_child(x, "checkpoint", REGISTRY_NS);
    if (entries == NULL || checkpoint == NULL || parse_entries(entries, a, ret) < 0)
        return ERR_FORMAT;
    return parse_checkpoint(checkpoint, a, ret);
}
