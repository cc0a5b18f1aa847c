#include "wire/envelope.h"

#include <string.h>

#define TRANSCRIPT_MAX (64U * 1024)

static const char transcript_label[] = "ironside transcript 1"; /* with its NUL */
static const char message_label[] = "ironside message 1";
static const char digest_label[] = "ironside digest 1";

static void put_string(struct buf *b, const char *s)
{
    buf_put_block(b, s, strlen(s));
}

bool envelope_recipient_valid(const char *from, const char *jid)
{
    const char *domain = strchr(from, '@');
    return domain != NULL && value_account_valid(jid, domain + 1) && strcmp(jid, from) != 0;
}

static bool lists_valid(const struct envelope *e)
{
    if (e->to_count < 1 || e->to_count > VALUE_RECIPIENTS_MAX || e->file_count > VALUE_FILES_MAX ||
        e->wrap_count > VALUE_WRAPS_MAX)
        return false;
    for (size_t i = 0; i < e->to_count; i++)
        if (!envelope_recipient_valid(e->from, e->to[i]) ||
            (i > 0 && strcmp(e->to[i - 1], e->to[i]) >= 0))
            return false;
    for (size_t i = 0; i < e->file_count; i++)
        if (!value_path_valid(e->files[i].path) || e->files[i].size > VALUE_FILE_BYTES_MAX)
            return false;
    for (size_t i = 0; i < e->wrap_count; i++)
        if (!value_warrant_valid(e->wraps[i].warrant) ||
            (i > 0 && strcmp(e->wraps[i - 1].warrant, e->wraps[i].warrant) >= 0))
            return false;
    return true;
}

bool envelope_valid(const struct envelope *e)
{
    static const uint8_t zeros[HASH_BYTES];
    if (!value_bare_valid(e->from) || !value_id_valid(e->id) || !value_domain_valid(e->bot) ||
        e->policy == 0 || e->n > INT64_MAX || e->sid > INT32_MAX ||
        e->payload_len > VALUE_BODY_MAX || !value_instant_valid(e->at_unix_ms) || !lists_valid(e))
        return false;
    size_t place_len = e->place == NULL ? 1 : strlen(e->place);
    if (place_len < 1 || place_len > VALUE_PLACE_MAX ||
        (e->place != NULL && !value_utf8_valid(e->place, place_len)))
        return false;
    if (e->n > 0)
        return e->wrap_count > 0;
    return e->wrap_count == 0 && memcmp(e->enc, zeros, sizeof e->enc) == 0 &&
           memcmp(e->prev, zeros, sizeof e->prev) == 0;
}

void envelope_transcript(const struct envelope *e, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                         uint8_t ret[static HASH_BYTES])
{
    uint8_t hash[HASH_BYTES];
    CLEANUP_BUF struct buf b = BUF_INIT(TRANSCRIPT_MAX);
    buf_put(&b, transcript_label, sizeof transcript_label);
    buf_put(&b, e->certificate, sizeof e->certificate);
    put_string(&b, e->from);
    buf_put_u32(&b, (uint32_t)e->to_count);
    for (size_t i = 0; i < e->to_count; i++)
        put_string(&b, e->to[i]);
    put_string(&b, e->id);
    buf_put_u64(&b, (uint64_t)e->at_unix_ms);
    put_string(&b, e->bot);
    hash_sha256(bot_key, SIGN_PUBLIC_BYTES, hash);
    buf_put(&b, hash, sizeof hash);
    buf_put_u32(&b, e->policy);
    buf_put_u64(&b, e->n);
    buf_put(&b, e->prev, sizeof e->prev);
    buf_put_block(&b, e->iv, sizeof e->iv);
    hash_sha256(e->payload, e->payload_len, hash);
    buf_put(&b, hash, sizeof hash);
    buf_put_u32(&b, (uint32_t)e->file_count);
    for (size_t i = 0; i < e->file_count; i++) {
        buf_put(&b, e->files[i].sha256, HASH_BYTES);
        buf_put_u64(&b, e->files[i].size);
        put_string(&b, e->files[i].path);
    }
    memset(hash, 0, sizeof hash);
    if (e->place != NULL)
        hash_sha256(e->place, strlen(e->place), hash);
    buf_put(&b, hash, sizeof hash);
    hash_sha256(b.data, b.len, ret);
}

void envelope_signed_bytes(const struct envelope *e, const uint8_t transcript[static HASH_BYTES],
                           struct buf *out)
{
    buf_put(out, message_label, sizeof message_label);
    buf_put(out, transcript, HASH_BYTES);
    buf_put(out, e->enc, sizeof e->enc);
    buf_put_u32(out, (uint32_t)e->wrap_count);
    for (size_t i = 0; i < e->wrap_count; i++) {
        put_string(out, e->wraps[i].warrant);
        buf_put(out, e->wraps[i].wrap, ENVELOPE_WRAP_BYTES);
    }
}

void envelope_digest(const struct buf *signed_bytes, const uint8_t signature[static SIGN_BYTES],
                     uint8_t ret[static HASH_BYTES])
{
    const struct hash_part parts[] = {{digest_label, sizeof digest_label},
                                      {signed_bytes->data, signed_bytes->len},
                                      {signature, SIGN_BYTES}};
    hash_sha256_parts(parts, 3, ret);
}

void envelope_put(struct buf *b, const struct envelope *e)
{
    put_string(b, e->from);
    buf_put_u8(b, (uint8_t)e->to_count);
    for (size_t i = 0; i < e->to_count; i++)
        put_string(b, e->to[i]);
    put_string(b, e->id);
    buf_put_u64(b, (uint64_t)e->at_unix_ms);
    put_string(b, e->bot);
    buf_put_u32(b, e->policy);
    buf_put_u64(b, e->n);
    buf_put(b, e->certificate, sizeof e->certificate);
    buf_put(b, e->prev, sizeof e->prev);
    buf_put_u32(b, e->sid);
    buf_put(b, e->iv, sizeof e->iv);
    buf_put_block(b, e->payload, e->payload_len);
    buf_put_u8(b, (uint8_t)e->file_count);
    for (size_t i = 0; i < e->file_count; i++) {
        buf_put(b, e->files[i].sha256, HASH_BYTES);
        buf_put_u64(b, e->files[i].size);
        put_string(b, e->files[i].path);
    }
    put_string(b, e->place != NULL ? e->place : "");
    buf_put(b, e->enc, sizeof e->enc);
    buf_put_u8(b, (uint8_t)e->wrap_count);
    for (size_t i = 0; i < e->wrap_count; i++) {
        put_string(b, e->wraps[i].warrant);
        buf_put(b, e->wraps[i].wrap, ENVELOPE_WRAP_BYTES);
    }
    buf_put(b, e->signature, sizeof e->signature);
}

/* A string of at most `max` bytes with no NUL inside. */
static const char *get_string(struct cursor *c, struct arena *a, size_t max)
{
    size_t len;
    const uint8_t *at = cursor_block(c, max, &len);
    char *s = at == NULL || memchr(at, '\0', len) != NULL
                  ? NULL
                  : arena_string_n(a, (const char *)at, len);
    if (s == NULL)
        cursor_fail(c);
    return s == NULL ? "" : s;
}

static size_t get_count(struct cursor *c, size_t max)
{
    size_t n = cursor_u8(c);
    if (n > max)
        cursor_fail(c);
    return cursor_failed(c) ? 0 : n;
}

static void get_lists(struct cursor *c, struct arena *a, struct envelope *e)
{
    e->file_count = get_count(c, VALUE_FILES_MAX);
    for (size_t i = 0; i < e->file_count; i++) {
        cursor_copy(c, e->files[i].sha256, HASH_BYTES);
        e->files[i].size = cursor_u64(c);
        e->files[i].path = get_string(c, a, VALUE_PATH_MAX);
    }
    e->place = get_string(c, a, VALUE_PLACE_MAX);
    if (e->place[0] == '\0')
        e->place = NULL;
    cursor_copy(c, e->enc, sizeof e->enc);
    e->wrap_count = get_count(c, VALUE_WRAPS_MAX);
    for (size_t i = 0; i < e->wrap_count; i++) {
        e->wraps[i].warrant = get_string(c, a, VALUE_WARRANT_MAX);
        cursor_copy(c, e->wraps[i].wrap, ENVELOPE_WRAP_BYTES);
    }
}

int envelope_get(struct cursor *c, struct arena *a, struct envelope *ret)
{
    struct envelope got = {0}, *e = &got;
    e->from = get_string(c, a, VALUE_JID_MAX);
    e->to_count = get_count(c, VALUE_RECIPIENTS_MAX);
    for (size_t i = 0; i < e->to_count; i++)
        e->to[i] = get_string(c, a, VALUE_JID_MAX);
    e->id = get_string(c, a, VALUE_ID_MAX);
    e->at_unix_ms = (int64_t)cursor_u64(c);
    e->bot = get_string(c, a, VALUE_JID_MAX);
    e->policy = cursor_u32(c);
    e->n = cursor_u64(c);
    cursor_copy(c, e->certificate, sizeof e->certificate);
    cursor_copy(c, e->prev, sizeof e->prev);
    e->sid = cursor_u32(c);
    cursor_copy(c, e->iv, sizeof e->iv);
    e->payload = cursor_block(c, VALUE_BODY_MAX, &e->payload_len);
    get_lists(c, a, e);
    cursor_copy(c, e->signature, sizeof e->signature);
    if (cursor_failed(c) || !envelope_valid(e))
        return ERR_FORMAT;
    *ret = got;
    return 0;
}
