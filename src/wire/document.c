#include "wire/document.h"

#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "wire/value.h"

#define SHOWN_MAX 80 /* characters of a line that a diag repeats */

/* Of the kind's text; of what is none of enum document_kind, as a group's, 1. */
static unsigned version_of(const char *kind)
{
    const struct document_traits *t = document_traits(document_kind_of(kind));
    return t == NULL ? 1 : t->version;
}

bool document_is(const char *text, size_t len, const char *kind)
{
    char first[64];
    int n = snprintf(first, sizeof first, "ironside %s ", kind);
    return len > (size_t)n && memcmp(text, first, (size_t)n) == 0;
}

typedef int (*note_parser)(const char *data, size_t len, size_t max, struct note *ret);

static int begin(note_parser parse, struct document_reader *r, struct document *doc,
                 const char *kind, const char *note, size_t len, size_t max, struct note *n,
                 struct diag *d)
{
    *doc = (struct document){.arena = ARENA_INIT(4 * max + 65536)};
    if (len > max)
        return diag_set(d, ERR_LIMIT, "%s: larger than %zu bytes", kind, max);
    doc->note = mem_string_n(note, len);
    doc->note_len = len;
    if (parse(doc->note, len, max, n) < 0) {
        document_clear(doc);
        return diag_set(d, ERR_FORMAT, "%s: not a signed note", kind);
    }
    doc->text_len = n->text_len;
    hash_sha256(n->text, n->text_len, doc->hash);
    *r = (struct document_reader){
        .document = doc, .kind = kind, .pos = n->text, .end = n->text + n->text_len, .diag = d};
    char first[64];
    snprintf(first, sizeof first, "%s %u", kind, version_of(kind));
    const char *value = document_value(r, "ironside");
    if (r->failed == 0 && strcmp(value, first) != 0)
        document_refuse(r, "ironside", value, "not this kind of document, or another version");
    return 0;
}

int document_begin(struct document_reader *r, struct document *doc, const char *kind,
                   const char *note, size_t len, size_t max, struct note *n, struct diag *d)
{
    return begin(note_parse, r, doc, kind, note, len, max, n, d);
}

int document_begin_draft(struct document_reader *r, struct document *doc, const char *kind,
                         const char *note, size_t len, size_t max, struct note *n, struct diag *d)
{
    return begin(note_parse_draft, r, doc, kind, note, len, max, n, d);
}

void document_clear(struct document *doc)
{
    arena_clear(&doc->arena);
    free(doc->note);
    doc->note = NULL;
}

void document_refuse(struct document_reader *r, const char *key, const char *value, const char *why)
{
    if (r->failed != 0)
        return;
    r->failed = diag_set(r->diag, ERR_FORMAT, "%s: line '%s%s%.*s': %s", r->kind, key,
                         value[0] == '\0' ? "" : " ", SHOWN_MAX, value, why);
}

/* The line at the reader's place as "key value"; false at the end of the text. */
static bool peek(const struct document_reader *r, const char *key, const char **value,
                 const char **newline)
{
    size_t key_len = strlen(key);
    const char *nl = memchr(r->pos, '\n', (size_t)(r->end - r->pos));
    if (nl == NULL || (size_t)(nl - r->pos) <= key_len + 1 || memcmp(r->pos, key, key_len) != 0 ||
        r->pos[key_len] != ' ')
        return false;
    *value = r->pos + key_len + 1;
    *newline = nl;
    return true;
}

const char *document_optional(struct document_reader *r, const char *key)
{
    const char *value, *newline;
    if (r->failed != 0 || !peek(r, key, &value, &newline))
        return NULL;
    char *copy = arena_string_n(&r->document->arena, value, (size_t)(newline - value));
    if (copy == NULL) {
        r->failed = diag_set(r->diag, ERR_LIMIT, "%s: too large", r->kind);
        return NULL;
    }
    r->pos = newline + 1;
    return copy;
}

void document_unexpected(struct document_reader *r, const char *why)
{
    const char *nl = memchr(r->pos, '\n', (size_t)(r->end - r->pos));
    int len = nl == NULL ? 0 : (int)(nl - r->pos < SHOWN_MAX ? nl - r->pos : SHOWN_MAX);
    if (r->failed == 0)
        r->failed = diag_set(r->diag, ERR_FORMAT, "%s: line '%.*s': %s", r->kind, len, r->pos, why);
}

const char *document_value(struct document_reader *r, const char *key)
{
    const char *value = document_optional(r, key);
    if (value != NULL)
        return value;
    char expected[64];
    snprintf(expected, sizeof expected, "'%s' is expected here", key);
    if (r->failed == 0 && r->pos == r->end)
        r->failed =
            diag_set(r->diag, ERR_FORMAT, "%s: the line '%s' is missing at the end", r->kind, key);
    else
        document_unexpected(r, expected);
    return "";
}

int document_end(struct document_reader *r)
{
    if (r->pos != r->end)
        document_unexpected(r, "not expected here");
    return r->failed;
}

uint64_t document_number(struct document_reader *r, const char *key, uint64_t max)
{
    const char *value = document_value(r, key);
    uint64_t v = 0;
    if (r->failed == 0 && value_parse_u64(value, max, &v) < 0)
        document_refuse(r, key, value, "not a number in its range");
    return v;
}

int64_t document_day(struct document_reader *r, const char *key)
{
    const char *value = document_value(r, key);
    int64_t v = 0;
    if (r->failed == 0 && calendar_parse_day(value, &v) < 0)
        document_refuse(r, key, value, "not a day as YYYY-MM-DD");
    return v;
}

int64_t document_instant(struct document_reader *r, const char *key)
{
    const char *value = document_value(r, key);
    int64_t v = 0;
    if (r->failed == 0 && calendar_parse(value, &v) < 0)
        document_refuse(r, key, value, "not an instant as YYYY-MM-DDTHH:MM:SS.mmmZ");
    return v;
}

void document_hash(struct document_reader *r, const char *key, uint8_t ret[static HASH_BYTES])
{
    const char *value = document_value(r, key);
    if (r->failed == 0 && decode_hex_exact(value, strlen(value), ret, HASH_BYTES) < 0)
        document_refuse(r, key, value, "not a SHA-256 in hexadecimal");
}

void document_key(struct document_reader *r, const char *key, uint8_t ret[static SIGN_PUBLIC_BYTES])
{
    const char *value = document_value(r, key);
    if (r->failed == 0 && decode_base64_exact(value, strlen(value), ret, SIGN_PUBLIC_BYTES) < 0)
        document_refuse(r, key, value, "not a key of 32 bytes in base64");
}

void document_network(struct document_reader *r, const char *domain)
{
    const char *value = document_value(r, "network");
    if (r->failed == 0 && strcmp(value, domain) != 0)
        document_refuse(r, "network", value, "belongs to another network");
}

size_t document_words(struct document_reader *r, const char *key, const char *value,
                      const char **ret, size_t max)
{
    size_t count = 0;
    for (const char *at = value;; at++) {
        const char *space = strchrnul(at, ' ');
        if (space == at || count == max) {
            document_refuse(r, key, value, count == max ? "too many words" : "an empty word");
            return 0;
        }
        char *word = arena_string_n(&r->document->arena, at, (size_t)(space - at));
        if (word == NULL) {
            document_refuse(r, key, value, "too large");
            return 0;
        }
        ret[count++] = word;
        at = space;
        if (*space == '\0')
            return count;
    }
}

int document_verify(const struct note *n, const char *kind, const char *name,
                    const uint8_t key[static SIGN_PUBLIC_BYTES], struct diag *d)
{
    struct note_key k = {.name = name};
    memcpy(k.key, key, sizeof k.key);
    int r = note_verify(n, &k);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, ERR_AUTH, "%s: not signed by %s", kind, name);
    if (r < 0)
        return diag_set(d, ERR_AUTH, "%s: the signature of %s does not match its text", kind, name);
    return 0;
}

/* ---- writing ---- */

void document_put_key(struct buf *b, const uint8_t key[static SIGN_PUBLIC_BYTES])
{
    encode_base64_buf(b, key, SIGN_PUBLIC_BYTES);
}

void document_put_hash(struct buf *b, const uint8_t hash[static HASH_BYTES])
{
    char hex[2 * HASH_BYTES + 1];
    encode_hex(hash, HASH_BYTES, hex);
    buf_put_text(b, hex);
}

void document_put_instant(struct buf *b, int64_t at_unix_ms)
{
    char text[CALENDAR_INSTANT_LEN + 1];
    calendar_format(at_unix_ms, text);
    buf_put_text(b, text);
}

void document_put_words(struct buf *b, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_format(b, " %s", words[i]);
}
