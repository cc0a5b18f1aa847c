#include "exchange/package_line.h"

#include <jansson.h>
#include <string.h>

#include "base/encode.h"
#include "base/memory.h"

/* ---- writing ---- */

static json_t *base64(const void *data, size_t len)
{
    CLEANUP_FREE char *text = mem_new(ENCODE_BASE64_LEN(len) + 1);
    encode_base64(data, len, text);
    return json_string(text);
}

static json_t *hex(const uint8_t hash[static MERKLE_BYTES])
{
    char text[2 * MERKLE_BYTES + 1];
    encode_hex(hash, MERKLE_BYTES, text);
    return json_string(text);
}

static json_t *verdict_json(const struct verdict *v)
{
    uint8_t line[VERDICT_LINE_BYTES];
    json_t *path = json_array();
    verdict_line_put(&v->line, line);
    for (size_t i = 0; i < v->path_count; i++)
        json_array_append_new(path, hex(v->path[i]));
    return json_pack("{so sI so si si so}", "line", base64(line, sizeof line), "at",
                     (json_int_t)v->at_unix_ms, "path", path, "index", (int)v->index, "count",
                     (int)v->count, "signature", base64(v->signature, SIGN_BYTES));
}

static json_t *line_json(const struct package_line *l)
{
    json_int_t leaf = (json_int_t)l->leaf;
    switch (l->kind) {
    case PACKAGE_LINE_RECORD:
        return json_pack("{sI ss% so so}", "leaf", leaf, "record", l->text, l->text_len, "signed",
                         base64(l->signed_bytes, l->signed_len), "verdict",
                         verdict_json(&l->verdict));
    case PACKAGE_LINE_TEXT:
        return json_pack("{sI ss%}", "leaf", leaf, "text", l->text, l->text_len);
    case PACKAGE_LINE_WITHHELD:
        break;
    }
    return json_pack("{sI si so ss}", "leaf", leaf, "level", (int)l->level, "hash", hex(l->hash),
                     "why", package_why_text(l->why));
}

static int append(const char *data, size_t len, void *context)
{
    buf_put(context, data, len);
    return 0;
}

void package_line_put(struct buf *b, const struct package_line *l)
{
    json_t *o = line_json(l);
    if (o == NULL || json_dump_callback(o, append, b, JSON_COMPACT) < 0)
        buf_fail(b); /* a text that is not UTF-8 */
    buf_put_text(b, "\n");
    json_decref(o);
}

/* ---- reading ---- */

/* Members that were looked at; any other makes a line malformed. */
struct members {
    const json_t *object;
    size_t seen;
    bool wrong;
};

static const json_t *member(struct members *m, const char *name)
{
    const json_t *x = json_object_get(m->object, name);
    m->seen++;
    m->wrong = m->wrong || x == NULL;
    return x;
}

static uint64_t number(struct members *m, const char *name, uint64_t max)
{
    const json_t *x = member(m, name);
    json_int_t v = json_is_integer(x) ? json_integer_value(x) : -1;
    if (v >= 0 && (uint64_t)v <= max)
        return (uint64_t)v;
    m->wrong = true;
    return 0;
}

static const char *text(struct members *m, const char *name)
{
    const json_t *x = member(m, name);
    const char *s = json_string_value(x);
    if (s != NULL && strlen(s) == json_string_length(x))
        return s;
    m->wrong = true;
    return "";
}

static void bytes(struct members *m, const char *name, uint8_t *ret, size_t len)
{
    const char *s = text(m, name);
    if (decode_base64_exact(s, strlen(s), ret, len) < 0)
        m->wrong = true;
}

static bool take_hash(const char *s, uint8_t ret[static MERKLE_BYTES])
{
    return s != NULL && decode_hex_exact(s, strlen(s), ret, MERKLE_BYTES) == 0;
}

static bool is_done(const struct members *m)
{
    return !m->wrong && json_object_size(m->object) == m->seen;
}

static void get_path(struct members *m, struct verdict *v)
{
    const json_t *path = member(m, "path");
    v->path_count = json_array_size(path);
    if (!json_is_array(path) || v->path_count > VERDICT_PATH_MAX) {
        m->wrong = true;
        return;
    }
    for (size_t i = 0; i < v->path_count; i++)
        if (!take_hash(json_string_value(json_array_get(path, i)), v->path[i]))
            m->wrong = true;
}

static bool get_verdict(const json_t *o, struct verdict *v)
{
    struct members m = {.object = o};
    uint8_t line[VERDICT_LINE_BYTES];
    bytes(&m, "line", line, sizeof line);
    v->at_unix_ms = (int64_t)number(&m, "at", INT64_MAX);
    get_path(&m, v);
    v->index = (uint32_t)number(&m, "index", VERDICT_ROUND_MAX);
    v->count = (uint32_t)number(&m, "count", VERDICT_ROUND_MAX);
    bytes(&m, "signature", v->signature, SIGN_BYTES);
    return is_done(&m) && verdict_line_get(line, &v->line) == 0;
}

static int keep(struct arena *a, const char *s, struct package_line *ret)
{
    ret->text_len = strlen(s);
    ret->text = arena_string_n(a, s, ret->text_len);
    return ret->text == NULL ? ERR_LIMIT : 0;
}

static int keep_signed(struct members *m, struct arena *a, struct package_line *ret)
{
    uint8_t signed_bytes[PACKAGE_LINE_SIGNED_MAX];
    const char *s = text(m, "signed");
    if (decode_base64(s, strlen(s), signed_bytes, sizeof signed_bytes, &ret->signed_len) < 0)
        m->wrong = true;
    else
        ret->signed_bytes = arena_copy(a, signed_bytes, ret->signed_len);
    return m->wrong || ret->signed_bytes != NULL ? 0 : ERR_LIMIT;
}

static int get_withheld(struct members *m, struct package_line *ret)
{
    ret->kind = PACKAGE_LINE_WITHHELD;
    ret->level = (unsigned)number(m, "level", PACKAGE_LINE_LEVEL_MAX);
    ret->why = package_why_of(text(m, "why"));
    if (!take_hash(text(m, "hash"), ret->hash) || ret->why == PACKAGE_SHOWN ||
        ret->why == PACKAGE_WHYS)
        m->wrong = true;
    return is_done(m) ? 0 : ERR_FORMAT;
}

static int get_line(const json_t *o, struct arena *a, struct package_line *ret)
{
    struct members m = {.object = o};
    ret->leaf = number(&m, "leaf", INT64_MAX);
    if (json_object_get(o, "level") != NULL)
        return get_withheld(&m, ret);
    bool record = json_object_get(o, "record") != NULL;
    ret->kind = record ? PACKAGE_LINE_RECORD : PACKAGE_LINE_TEXT;
    const char *s = text(&m, record ? "record" : "text");
    int r = record ? keep_signed(&m, a, ret) : 0;
    if (record && !get_verdict(member(&m, "verdict"), &ret->verdict))
        m.wrong = true;
    if (r < 0)
        return r;
    return is_done(&m) ? keep(a, s, ret) : ERR_FORMAT;
}

int package_line_get(const char *data, size_t len, struct arena *a, struct package_line *ret)
{
    *ret = (struct package_line){.kind = PACKAGE_LINE_TEXT};
    json_t *o = json_loadb(data, len, JSON_REJECT_DUPLICATES, NULL);
    int r = json_is_object(o) ? get_line(o, a, ret) : ERR_FORMAT;
    json_decref(o);
    return r;
}
