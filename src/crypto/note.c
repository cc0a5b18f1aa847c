#include "crypto/note.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/encode.h"
#include "base/memory.h"
#include "crypto/hash.h"

#define SIGNATURE_BYTES (NOTE_KEY_HASH_BYTES + SIGN_BYTES)
#define ED25519 0x01
#define DASH "\xe2\x80\x94 " /* em dash, U+2014, and a space */
#define DASH_LEN (sizeof DASH - 1)

/* The character at `at` of `left` bytes and its length; 0: not UTF-8 (RFC 3629). */
static size_t utf8_next(const uint8_t *at, size_t left, uint32_t *ret)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (len == 0 || len > left || at[0] >= 0xf8)
        return 0;
    uint32_t c = len == 1 ? at[0] : at[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (at[i] & 0x3f);
    }
    if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret = c;
    return len;
}

/* UTF-8 without ASCII control characters other than newline. */
static bool text_valid(const char *text, size_t len)
{
    uint32_t c;
    for (size_t at = 0, n; at < len; at += n) {
        n = utf8_next((const uint8_t *)text + at, len - at, &c);
        if (n == 0 || (c < 0x20 && c != '\n'))
            return false;
    }
    return true;
}

/* White_Space of Unicode. */
static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

bool note_name_valid(const char *name, size_t len)
{
    uint32_t c;
    if (len == 0 || len > NOTE_NAME_MAX)
        return false;
    for (size_t at = 0, n; at < len; at += n) {
        n = utf8_next((const uint8_t *)name + at, len - at, &c);
        if (n == 0 || is_space(c) || c == '+' || c < 0x20 || (c >= 0x7f && c <= 0x9f))
            return false;
    }
    return true;
}

void note_key_hash(const struct note_key *k, uint8_t ret[static NOTE_KEY_HASH_BYTES])
{
    uint8_t hash[HASH_BYTES];
    const struct hash_part parts[] = {
        {k->name, strlen(k->name)}, {"\x0a\x01", 2}, {k->key, sizeof k->key}};
    hash_sha256_parts(parts, 3, hash);
    memcpy(ret, hash, NOTE_KEY_HASH_BYTES);
}

char *note_key_format(const struct note_key *k)
{
    uint8_t hash[NOTE_KEY_HASH_BYTES], typed[1 + SIGN_PUBLIC_BYTES] = {ED25519};
    char hex[2 * sizeof hash + 1], base64[ENCODE_BASE64_LEN(sizeof typed) + 1];
    note_key_hash(k, hash);
    memcpy(typed + 1, k->key, sizeof k->key);
    encode_hex(hash, sizeof hash, hex);
    encode_base64(typed, sizeof typed, base64);
    return mem_format("%s+%s+%s", k->name, hex, base64);
}

int note_key_parse(const char *vkey, char **ret_name, struct note_key *ret)
{
    uint8_t hash[NOTE_KEY_HASH_BYTES], given[NOTE_KEY_HASH_BYTES], typed[1 + SIGN_PUBLIC_BYTES];
    const char *hex = strchr(vkey, '+');
    const char *base64 = hex == NULL ? NULL : strchr(hex + 1, '+');
    if (base64 == NULL || !note_name_valid(vkey, (size_t)(hex - vkey)))
        return ERR_FORMAT;
    if (decode_hex_exact(hex + 1, (size_t)(base64 - hex - 1), given, sizeof given) < 0 ||
        decode_base64_exact(base64 + 1, strlen(base64 + 1), typed, sizeof typed) < 0 ||
        typed[0] != ED25519)
        return ERR_FORMAT;
    CLEANUP_FREE char *name = mem_string_n(vkey, (size_t)(hex - vkey));
    struct note_key k = {.name = name};
    memcpy(k.key, typed + 1, sizeof k.key);
    note_key_hash(&k, hash);
    if (memcmp(hash, given, sizeof hash) != 0)
        return ERR_FORMAT;
    *ret = k;
    *ret_name = TAKE(name);
    return 0;
}

/* One signature line, without its newline. */
static int signature_parse(const char *line, size_t len, struct note_signature *ret)
{
    if (len < DASH_LEN || memcmp(line, DASH, DASH_LEN) != 0)
        return ERR_FORMAT;
    const char *name = line + DASH_LEN, *end = line + len;
    const char *space = memchr(name, ' ', (size_t)(end - name));
    if (space == NULL || !note_name_valid(name, (size_t)(space - name)))
        return ERR_FORMAT;
    const char *blob = space + 1;
    size_t blob_len = (size_t)(end - blob), got;
    CLEANUP_FREE uint8_t *bytes = mem_new(blob_len);
    if (decode_base64(blob, blob_len, bytes, blob_len, &got) < 0 || got <= NOTE_KEY_HASH_BYTES)
        return ERR_FORMAT;
    *ret = (struct note_signature){
        .name = name, .name_len = (size_t)(space - name), .blob = blob, .blob_len = blob_len};
    memcpy(ret->key_hash, bytes, sizeof ret->key_hash);
    return 0;
}

/* The last "\n\n", or NULL. */
static const char *last_empty_line(const char *data, size_t len)
{
    for (size_t i = len; i >= 2; i--) {
        if (data[i - 2] == '\n' && data[i - 1] == '\n')
            return data + i - 2;
    }
    return NULL;
}

int note_parse_draft(const char *data, size_t len, size_t max, struct note *ret)
{
    if (len > max)
        return ERR_LIMIT;
    const char *empty = last_empty_line(data, len);
    if (empty == NULL || !text_valid(data, len))
        return ERR_FORMAT;
    struct note n = {.text = data, .text_len = (size_t)(empty + 1 - data)};
    const char *line = empty + 2, *end = data + len;
    while (line != end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (newline == NULL || n.signature_count == NOTE_SIGNATURES_MAX)
            return ERR_FORMAT;
        int r = signature_parse(line, (size_t)(newline - line), &n.signatures[n.signature_count++]);
        if (r < 0)
            return r;
        line = newline + 1;
    }
    *ret = n;
    return 0;
}

int note_parse(const char *data, size_t len, size_t max, struct note *ret)
{
    struct note n;
    int r = note_parse_draft(data, len, max, &n);
    if (r < 0)
        return r;
    if (n.signature_count == 0)
        return ERR_FORMAT;
    *ret = n;
    return 0;
}

int note_verify(const struct note *n, const struct note_key *k)
{
    uint8_t hash[NOTE_KEY_HASH_BYTES], bytes[SIGNATURE_BYTES];
    size_t name_len = strlen(k->name);
    bool found = false;
    note_key_hash(k, hash);
    for (size_t i = 0; i < n->signature_count; i++) {
        const struct note_signature *s = &n->signatures[i];
        if (s->name_len != name_len || memcmp(s->name, k->name, name_len) != 0 ||
            memcmp(s->key_hash, hash, sizeof hash) != 0)
            continue;
        if (decode_base64_exact(s->blob, s->blob_len, bytes, sizeof bytes) < 0)
            return ERR_AUTH;
        int r = sign_verify(k->key, n->text, n->text_len, bytes + NOTE_KEY_HASH_BYTES);
        if (r < 0)
            return r;
        found = true;
    }
    return found ? 0 : ERR_NOT_FOUND;
}

void note_sign_line(struct buf *out, const char *text, size_t text_len, const struct note_key *k,
                    const uint8_t secret[static SIGN_SECRET_BYTES])
{
    uint8_t bytes[SIGNATURE_BYTES];
    if (text_len == 0 || text[text_len - 1] != '\n' || !text_valid(text, text_len) ||
        !note_name_valid(k->name, strlen(k->name))) {
        buf_fail(out);
        return;
    }
    note_key_hash(k, bytes);
    sign_detached(secret, text, text_len, bytes + NOTE_KEY_HASH_BYTES);
    buf_put_text(out, DASH);
    buf_put_text(out, k->name);
    buf_put_u8(out, ' ');
    encode_base64_buf(out, bytes, sizeof bytes);
    buf_put_u8(out, '\n');
}

void note_sign(struct buf *out, const char *text, size_t text_len, const struct note_key *k,
               const uint8_t secret[static SIGN_SECRET_BYTES])
{
    buf_put(out, text, text_len);
    buf_put_u8(out, '\n');
    note_sign_line(out, text, text_len, k, secret);
}
