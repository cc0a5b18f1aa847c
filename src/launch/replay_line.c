#include "launch/replay_line.h"

#include <string.h>

#include "base/calendar.h"
#include "wire/content.h"

const char *replay_line_text(struct arena *a, const json_t *v, size_t max)
{
    const char *s = json_string_value(v);
    if (s == NULL || s[0] == '\0' || json_string_length(v) > max ||
        strlen(s) != json_string_length(v))
        return NULL;
    return arena_string(a, s);
}

bool replay_line_lists(const char *const *list, size_t count, const char *address)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found = found || strcmp(list[i], address) == 0;
    return found;
}

static int read_recipients(const json_t *o, struct arena *a, struct replay_line *l, struct diag *d)
{
    const json_t *to = json_object_get(o, "to");
    for (size_t i = 0; i < json_array_size(to); i++) {
        const char *address = replay_line_text(a, json_array_get(to, i), REPLAY_ADDRESS_MAX);
        if (address == NULL)
            return diag_set(d, ERR_FORMAT, "'to' holds something that is not an address");
        if (strcmp(address, l->from) == 0 || replay_line_lists(l->to, l->to_count, address))
            continue;
        if (l->to_count == VALUE_RECIPIENTS_MAX)
            return diag_set(d, ERR_LIMIT, "more than %u recipients", VALUE_RECIPIENTS_MAX);
        l->to[l->to_count++] = address;
    }
    return l->to_count == 0 ? diag_set(d, ERR_FORMAT, "'to' names nobody else") : 0;
}

static int read_kind(const json_t *o, struct replay_line *l, struct diag *d)
{
    const json_t *kind = json_object_get(o, "kind");
    const char *word = json_string_value(kind);
    if (kind == NULL)
        return 0;
    l->kind = word == NULL ? CONTENT_KINDS : content_kind_of(word);
    return l->kind == CONTENT_CONTACT || l->kind == CONTENT_KINDS
               ? diag_set(d, ERR_FORMAT, "'kind' is not one that is replayed, such as edit")
               : 0;
}

static int check_form(struct replay_line *l, struct diag *d)
{
    struct arena arena = ARENA_INIT(2 * CONTENT_ARENA_BYTES);
    struct content c;
    int r = content_read(&arena, l->body, l->body_len, &c);
    if (r == 0 && c.kind != l->kind)
        r = diag_set(d, ERR_FORMAT, "'body' does not have the form of kind %s",
                     content_kind_text(l->kind));
    arena_clear(&arena);
    l->content = r == 0;
    return r;
}

static int read_body(const json_t *o, struct arena *a, struct replay_line *l, struct diag *d)
{
    const json_t *body = json_object_get(o, "body");
    if (!json_is_string(body))
        return diag_set(d, ERR_FORMAT, "'body' is not a text");
    if (strlen(json_string_value(body)) != json_string_length(body))
        return diag_set(d, ERR_FORMAT, "'body' holds U+0000, which no message can hold");
    l->body_len = json_string_length(body);
    if (l->body_len > VALUE_BODY_MAX)
        return diag_set(d, ERR_LIMIT, "'body' is longer than %u bytes", VALUE_BODY_MAX);
    l->body = arena_string_n(a, json_string_value(body), l->body_len);
    if (l->body == NULL)
        return diag_set(d, ERR_LIMIT, "the line is too large");
    return json_object_get(o, "kind") == NULL ? 0 : check_form(l, d);
}

static int read_members(const json_t *o, struct arena *a, struct replay_line *l, struct diag *d)
{
    l->id = replay_line_text(a, json_object_get(o, "id"), VALUE_ID_MAX);
    if (l->id == NULL || !value_id_valid(l->id))
        return diag_set(d, ERR_FORMAT,
                        "'id' is not 1 to %u printable ASCII characters without \" \\ < > & '",
                        VALUE_ID_MAX);
    const char *ts = json_string_value(json_object_get(o, "ts"));
    if (ts == NULL || calendar_parse_loose(ts, &l->at_unix_ms) < 0)
        return diag_set(d, ERR_FORMAT, "'ts' is not a UTC time as 2001-05-03T14:00:00Z");
    l->from = replay_line_text(a, json_object_get(o, "from"), REPLAY_ADDRESS_MAX);
    if (l->from == NULL)
        return diag_set(d, ERR_FORMAT, "'from' is not an address");
    const json_t *country = json_object_get(o, "country");
    l->country = replay_line_text(a, country, 2);
    if (country != NULL && (l->country == NULL || !value_country_valid(l->country)))
        return diag_set(d, ERR_FORMAT, "'country' is not a country code such as NL");
    int r = read_kind(o, l, d);
    if (r == 0)
        r = read_recipients(o, a, l, d);
    if (r < 0)
        return r;
    return l->kind == CONTENT_FILE || l->kind == CONTENT_GROUP ? replay_line_made(o, a, l, d)
                                                               : read_body(o, a, l, d);
}

const char *replay_line_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

void replay_line_shown(const struct replay_line *l, uint8_t ret[static HASH_BYTES])
{
    struct arena arena = ARENA_INIT(2 * CONTENT_ARENA_BYTES);
    const char *made = l->kind == CONTENT_FILE    ? replay_line_name(l->file)
                       : l->kind == CONTENT_GROUP ? l->group
                                                  : NULL;
    struct content c;
    if (made != NULL)
        c = (struct content){.text = made, .text_len = strlen(made)};
    else if (!l->content || content_read(&arena, l->body, l->body_len, &c) < 0 ||
             c.kind != CONTENT_TEXT)
        c = (struct content){.text = l->body, .text_len = l->body_len};
    hash_sha256(c.text, c.text_len, ret);
    arena_clear(&arena);
}

int replay_line_parse(const char *text, size_t len, struct arena *a, struct replay_line *ret,
                      struct diag *d)
{
    struct replay_line l = {0};
    json_error_t error;
    if (len > REPLAY_LINE_MAX)
        return diag_set(d, ERR_LIMIT, "longer than %u bytes", REPLAY_LINE_MAX);
    json_t *o = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    int r = json_is_object(o) ? read_members(o, a, &l, d)
            : o != NULL       ? diag_set(d, ERR_FORMAT, "not a JSON object")
                              : diag_set(d, ERR_FORMAT, "cannot be read: %s", error.text);
    json_decref(o);
    if (r == 0)
        *ret = l;
    return r;
}
