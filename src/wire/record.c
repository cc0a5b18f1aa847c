#include "wire/record.h"

#include <inttypes.h>
#include <string.h>

#include <jansson.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "base/secret.h"
#include "crypto/note.h"

static void put_member(struct buf *b, const char *name)
{
    buf_put(b, ",\"", 2);
    buf_put_text(b, name);
    buf_put(b, "\":", 2);
}

static void put_text(struct buf *b, const char *name, const char *value)
{
    put_member(b, name);
    value_put_json(b, value);
}

static void put_bytes(struct buf *b, const char *name, const void *data, size_t len)
{
    put_member(b, name);
    buf_put_u8(b, '"');
    encode_base64_buf(b, data, len);
    buf_put_u8(b, '"');
}

static void put_number(struct buf *b, const char *name, uint64_t v)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, v);
    put_member(b, name);
    buf_put(b, digits, (size_t)len);
}

static void put_wraps(struct buf *b, const struct envelope *e)
{
    put_member(b, "wraps");
    buf_put_u8(b, '[');
    for (size_t i = 0; i < e->wrap_count; i++) {
        buf_put_text(b, i == 0 ? "[" : ",[");
        value_put_json(b, e->wraps[i].warrant);
        buf_put(b, ",\"", 2);
        encode_base64_buf(b, e->wraps[i].wrap, ENVELOPE_WRAP_BYTES);
        buf_put(b, "\"]", 2);
    }
    buf_put_u8(b, ']');
}

static void put_files(struct buf *b, const struct envelope *e)
{
    put_member(b, "files");
    buf_put_u8(b, '[');
    for (size_t i = 0; i < e->file_count; i++) {
        buf_put_text(b, i == 0 ? "[\"" : ",[\"");
        encode_base64_buf(b, e->files[i].sha256, HASH_BYTES);
        buf_format(b, "\",%" PRIu64 ",", e->files[i].size);
        value_put_json(b, e->files[i].path);
        buf_put_u8(b, ']');
    }
    buf_put_u8(b, ']');
}

void record_put(struct buf *b, const struct record *r)
{
    const struct envelope *e = &r->envelope;
    char instant[CALENDAR_INSTANT_LEN + 1];
    buf_put_text(b, "{\"v\":1");
    calendar_format(r->received_at_unix_ms, instant);
    put_text(b, "received_at", instant);
    put_text(b, "from", e->from);
    put_member(b, "to");
    for (size_t i = 0; i < e->to_count; i++) {
        buf_put_u8(b, i == 0 ? '[' : ',');
        value_put_json(b, e->to[i]);
    }
    buf_put_u8(b, ']');
    put_text(b, "id", e->id);
    calendar_format(e->at_unix_ms, instant);
    put_text(b, "at", instant);
    put_text(b, "bot", e->bot);
    put_number(b, "policy", e->policy);
    put_number(b, "n", e->n);
    put_bytes(b, "prev", e->prev, sizeof e->prev);
    put_bytes(b, "iv", e->iv, sizeof e->iv);
    put_bytes(b, "payload", e->payload, e->payload_len);
    put_bytes(b, "key", r->content, sizeof r->content);
    put_bytes(b, "enc", e->enc, sizeof e->enc);
    put_wraps(b, e);
    put_bytes(b, "sig", e->signature, sizeof e->signature);
    put_text(b, "certificate", r->certificate);
    put_files(b, e);
    put_member(b, "place");
    if (e->place != NULL)
        value_put_json(b, e->place);
    else
        buf_put_text(b, "null");
    put_text(b, "warrant", r->warrant);
    buf_put_text(b, "}\n");
}

/* A walk over the members; the first failure sticks. */
struct reader {
    json_t *object;
    struct arena *arena;
    struct diag *d;
    int failed;
};

static void refuse(struct reader *r, const char *name)
{
    if (r->failed == 0)
        r->failed = diag_set(r->d, ERR_FORMAT, "record: '%s' is missing or malformed", name);
}

static const char *copy_string(struct reader *r, const char *name, const json_t *v, size_t max)
{
    const char *s = json_string_value(v);
    char *copy = NULL;
    if (s != NULL && json_string_length(v) <= max && strlen(s) == json_string_length(v))
        copy = arena_string(r->arena, s);
    if (copy == NULL)
        refuse(r, name);
    return copy == NULL ? "" : copy;
}

static const char *get_text(struct reader *r, const char *name, size_t max)
{
    return copy_string(r, name, json_object_get(r->object, name), max);
}

static void decode_value(struct reader *r, const char *name, const json_t *v, uint8_t *ret,
                         size_t len)
{
    const char *s = json_string_value(v);
    if (s == NULL || decode_base64_exact(s, json_string_length(v), ret, len) < 0)
        refuse(r, name);
}

static void get_bytes(struct reader *r, const char *name, uint8_t *ret, size_t len)
{
    decode_value(r, name, json_object_get(r->object, name), ret, len);
}

static int64_t get_instant(struct reader *r, const char *name)
{
    int64_t at = 0;
    const char *s = json_string_value(json_object_get(r->object, name));
    if (s == NULL || calendar_parse(s, &at) < 0)
        refuse(r, name);
    return at;
}

static uint64_t get_number(struct reader *r, const char *name, const json_t *v, int64_t max)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0 || json_integer_value(v) > max)
        refuse(r, name);
    return (uint64_t)json_integer_value(v);
}

static void get_payload(struct reader *r, struct envelope *e)
{
    const json_t *v = json_object_get(r->object, "payload");
    const char *s = json_string_value(v);
    uint8_t *bytes = s == NULL ? NULL : arena_new(r->arena, json_string_length(v) / 4 * 3 + 3);
    if (bytes == NULL ||
        decode_base64(s, json_string_length(v), bytes, VALUE_BODY_MAX, &e->payload_len) < 0)
        refuse(r, "payload");
    e->payload = bytes;
}

static size_t list_size(struct reader *r, const char *name, const json_t *v, size_t max)
{
    if (!json_is_array(v) || json_array_size(v) > max)
        refuse(r, name);
    return r->failed == 0 ? json_array_size(v) : 0;
}

static void get_lists(struct reader *r, struct envelope *e)
{
    const json_t *v = json_object_get(r->object, "to");
    e->to_count = list_size(r, "to", v, VALUE_RECIPIENTS_MAX);
    for (size_t i = 0; i < e->to_count; i++)
        e->to[i] = copy_string(r, "to", json_array_get(v, i), VALUE_JID_MAX);
    v = json_object_get(r->object, "wraps");
    e->wrap_count = list_size(r, "wraps", v, VALUE_WRAPS_MAX);
    for (size_t i = 0; i < e->wrap_count; i++) {
        const json_t *pair = json_array_get(v, i);
        e->wraps[i].warrant = copy_string(r, "wraps", json_array_get(pair, 0), VALUE_WARRANT_MAX);
        decode_value(r, "wraps", json_array_get(pair, 1), e->wraps[i].wrap, ENVELOPE_WRAP_BYTES);
    }
    v = json_object_get(r->object, "files");
    e->file_count = list_size(r, "files", v, VALUE_FILES_MAX);
    for (size_t i = 0; i < e->file_count; i++) {
        const json_t *file = json_array_get(v, i);
        decode_value(r, "files", json_array_get(file, 0), e->files[i].sha256, HASH_BYTES);
        e->files[i].size = get_number(r, "files", json_array_get(file, 1), INT64_MAX);
        e->files[i].path = copy_string(r, "files", json_array_get(file, 2), VALUE_PATH_MAX);
    }
}

/* The note, and the hash of its text, which the record does not repeat. */
static void get_certificate(struct reader *r, struct record *rec)
{
    struct note view;
    rec->certificate = get_text(r, "certificate", VALUE_CERTIFICATE_MAX);
    if (note_parse(rec->certificate, strlen(rec->certificate), VALUE_CERTIFICATE_MAX, &view) < 0)
        refuse(r, "certificate");
    else
        hash_sha256(view.text, view.text_len, rec->envelope.certificate);
}

static void read_members(struct reader *r, struct record *rec)
{
    struct envelope *e = &rec->envelope;
    if (get_number(r, "v", json_object_get(r->object, "v"), 1) != 1)
        refuse(r, "v");
    rec->received_at_unix_ms = get_instant(r, "received_at");
    e->from = get_text(r, "from", VALUE_JID_MAX);
    e->id = get_text(r, "id", VALUE_ID_MAX);
    e->at_unix_ms = get_instant(r, "at");
    e->bot = get_text(r, "bot", VALUE_JID_MAX);
    e->policy = (uint32_t)get_number(r, "policy", json_object_get(r->object, "policy"), UINT32_MAX);
    e->n = get_number(r, "n", json_object_get(r->object, "n"), INT64_MAX);
    get_bytes(r, "prev", e->prev, sizeof e->prev);
    get_bytes(r, "iv", e->iv, sizeof e->iv);
    get_payload(r, e);
    get_bytes(r, "key", rec->content, sizeof rec->content);
    get_bytes(r, "enc", e->enc, sizeof e->enc);
    get_lists(r, e);
    get_bytes(r, "sig", e->signature, sizeof e->signature);
    get_certificate(r, rec);
    if (!json_is_null(json_object_get(r->object, "place")))
        e->place = get_text(r, "place", VALUE_PLACE_MAX);
    rec->warrant = get_text(r, "warrant", VALUE_WARRANT_MAX);
    bool sealed = false;
    for (size_t i = 0; i < e->wrap_count; i++)
        sealed = sealed || strcmp(e->wraps[i].warrant, rec->warrant) == 0;
    if (!sealed)
        refuse(r, "warrant");
}

int record_parse(const char *line, size_t len, struct arena *a, struct record *ret, struct diag *d)
{
    json_error_t error;
    struct record rec = {0};
    struct reader r = {.arena = a, .d = d};
    if (len > RECORD_MAX)
        return diag_set(d, ERR_LIMIT, "record: longer than %u bytes", RECORD_MAX);
    r.object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(r.object))
        r.failed = diag_set(d, ERR_FORMAT, "record: not a JSON object");
    else
        read_members(&r, &rec);
    json_decref(r.object);
    if (r.failed == 0 && !envelope_valid(&rec.envelope))
        r.failed = diag_set(d, ERR_FORMAT, "record: a value is not in its canonical form");
    if (r.failed == 0) {
        /* Written again it must be the same line: order, spaces and unknown members with it. */
        CLEANUP_BUF struct buf again = BUF_INIT_SECRET(2 * RECORD_MAX);
        record_put(&again, &rec);
        if (again.len != len + 1 || memcmp(again.data, line, len) != 0)
            r.failed = diag_set(d, ERR_FORMAT, "record: not as it is written");
    }
    if (r.failed == 0)
        *ret = rec;
    secret_wipe(&rec, sizeof rec);
    return r.failed;
}
