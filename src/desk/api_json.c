#include <sodium.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "crypto/hash.h"
#include "desk/api_internal.h"
#include "wire/value.h"

#define CURSOR_VALUE_BYTES 8U
#define CURSOR_SCOPE_BYTES 8U
#define CURSOR_BYTES (CURSOR_VALUE_BYTES + CURSOR_SCOPE_BYTES)
#define BASE64 sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define REPLACEMENT "\xef\xbf\xbd"

json_t *api_string(const char *text)
{
    size_t len = strlen(text);
    if (value_utf8_valid(text, len))
        return json_stringn_nocheck(text, len);
    CLEANUP_BUF struct buf clean = BUF_INIT(4 * len);
    uint32_t c;
    for (size_t at = 0, n; at < len; at += n) {
        n = utf8_next(text + at, len - at, &c);
        if (n > 0) {
            buf_put(&clean, text + at, n);
        } else {
            buf_put_text(&clean, REPLACEMENT);
            n = 1;
        }
    }
    return json_string(buf_text(&clean));
}

json_t *api_strings(const char *const *list)
{
    json_t *array = json_array();
    for (; *list != NULL; list++)
        json_array_append_new(array, api_string(*list));
    return array;
}

json_t *api_user(const struct api_call *c, int64_t id)
{
    char name[DESK_USER_NAME_MAX + 1];
    desk_user_name(c->api->o.users, id, name);
    return json_string(name);
}

void api_name_users(const struct api_call *c, json_t *list, const char *const *members)
{
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o) for (size_t k = 0; members[k] != NULL; k++) json_object_set_new(
        o, members[k], api_user(c, json_integer_value(json_object_get(o, members[k]))));
}

json_t *api_base64(const void *data, size_t len)
{
    size_t size = sodium_base64_encoded_len(len, BASE64);
    CLEANUP_FREE char *text = mem_new(size);
    return json_string(sodium_bin2base64(text, size, data, len, BASE64));
}

/* Everything of it was checked before it came here; that its tree is signed may come later. */
static const char *verified_word(const struct desk_message *m)
{
    return m->wrong[0] != '\0' ? "wrong" : m->pending ? "pending" : "good";
}

static json_t *received_json(const struct desk_message *m)
{
    json_t *list = json_array();
    char sha256[2 * HASH_BYTES + 1];
    for (size_t i = 0; i < m->received_count; i++) {
        const struct desk_received_by *by = &m->received[i];
        encode_hex(by->sha256, HASH_BYTES, sha256);
        json_array_append_new(list, json_pack("{ss ss ss ss ss ss sI sI ss}", "package",
                                              by->package, "agency", by->agency, "network",
                                              by->network, "sha256", sha256, "warrant", by->warrant,
                                              "bot", by->bot, "leaf", (json_int_t)by->leaf, "at",
                                              (json_int_t)by->received_unix_ms, "kind",
                                              desk_received_kind_text(by->kind)));
    }
    return list;
}

json_t *api_message(const struct desk_message *m, bool with_body)
{
    json_t *o = json_pack(
        "{sI sI sI so so so ss ss ss ss so so ss sI sb so}", "id", (json_int_t)m->id, "at",
        (json_int_t)m->at_unix_ms, "archived", (json_int_t)m->archived_unix_ms, "from",
        api_string(m->from), "to", api_strings(m->to), "conversation", api_string(m->conversation),
        "kind", m->kind, "lang", m->lang, "country", m->country, "bot", m->bot, "warrants",
        api_strings(m->warrants), "wrong", api_string(m->wrong), "verified", verified_word(m),
        "seen", (json_int_t)m->seen_unix_ms, "own", m->own, "received", received_json(m));
    if (o != NULL && with_body)
        json_object_set_new(o, "body", api_string(m->body));
    return o;
}

/* ---- cursors ---- */

static void cursor_bytes_of(const char *scope, int64_t value, uint8_t ret[static CURSOR_BYTES])
{
    uint8_t hash[HASH_BYTES];
    hash_sha256(scope, strlen(scope), hash);
    for (unsigned i = 0; i < CURSOR_VALUE_BYTES; i++)
        ret[i] = (uint8_t)((uint64_t)value >> (8 * (CURSOR_VALUE_BYTES - 1 - i)));
    memcpy(ret + CURSOR_VALUE_BYTES, hash, CURSOR_SCOPE_BYTES);
}

json_t *api_cursor(const char *scope, int64_t value)
{
    uint8_t bytes[CURSOR_BYTES];
    char text[2 * CURSOR_BYTES];
    cursor_bytes_of(scope, value, bytes);
    return json_string(sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, BASE64));
}

void api_put_after(struct api_call *c, size_t count, int64_t limit, const char *scope, int64_t next)
{
    bool full = count == (size_t)limit;
    json_object_set_new(c->answer, "after", full ? api_cursor(scope, next) : json_null());
}

int api_after(struct api_call *c, const char *scope, int64_t otherwise, int64_t *ret)
{
    const char *text = api_text(c, "after", NULL);
    uint8_t bytes[CURSOR_BYTES], again[CURSOR_BYTES];
    uint64_t value = 0;
    size_t len = 0;
    if (text == NULL) {
        *ret = otherwise;
        return 0;
    }
    if (sodium_base642bin(bytes, sizeof bytes, text, strlen(text), NULL, &len, NULL, BASE64) == 0 &&
        len == CURSOR_BYTES) {
        struct cursor read = cursor_over(bytes, len);
        value = cursor_u64(&read);
        cursor_bytes_of(scope, (int64_t)value, again);
        if (memcmp(bytes, again, sizeof bytes) == 0) {
            *ret = (int64_t)value;
            return 0;
        }
    }
    return api_refuse(c, API_CURSOR, "'after' is not of this question: begin anew");
}
