/* From a body to what it says. */
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "wire/content_internal.h"

/* Of a capital hexadecimal digit; -1: it is none. */
static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A value without its escapes. NULL: a character that may not stand, an escape of one that may, or
 * of NUL. */
static char *decode(struct arena *a, const char *value, size_t len)
{
    char *out = arena_string_n(a, value, len);
    size_t n = 0;
    for (size_t i = 0; out != NULL && i < len; i++) {
        if (value[i] != '%') {
            if (!content_plain(value[i]))
                return NULL;
            out[n++] = value[i];
            continue;
        }
        if (len - i < 3)
            return NULL;
        int high = digit(value[i + 1]), low = digit(value[i + 2]);
        if (high < 0 || low < 0)
            return NULL;
        char c = (char)(high << 4 | low);
        if (c == '\0' || content_plain(c))
            return NULL;
        out[n++] = c;
        i += 2;
    }
    if (out != NULL)
        out[n] = '\0';
    return out;
}

static bool read_number(const char *value, uint64_t min, uint64_t max, uint64_t *ret)
{
    return value_parse_u64(value, max, ret) == 0 && *ret >= min;
}

static bool read_note(struct arena *a, const char *value, struct content *c)
{
    size_t len = 0;
    char *note = arena_new(a, CONTENT_NOTE_MAX + 1);
    if (note == NULL ||
        decode_base64(value, strlen(value), (uint8_t *)note, CONTENT_NOTE_MAX, &len) < 0)
        return false;
    note[len] = '\0';
    c->note = note;
    c->note_len = len;
    return len > 0;
}

static bool read_contact(const char *value, struct content *c)
{
    for (c->contact = CONTENT_REQUEST; c->contact < CONTENT_CONTACTS; c->contact++)
        if (strcmp(value, content_contact_text(c->contact)) == 0)
            return true;
    return false;
}

static bool read_value(struct arena *a, enum content_field f, const char *value, struct content *c)
{
    uint64_t n = 0;
    switch (f) {
    case FIELD_FROM:
        c->from = value;
        return value_bare_valid(value) && strchr(value, '@') != NULL;
    case FIELD_ID:
        c->id = value;
        return c->kind == CONTENT_GROUP ? content_group_valid(value) : value_id_valid(value);
    case FIELD_NAME:
        c->name = value;
        return value_line_valid(value, CONTENT_NAME_MAX);
    case FIELD_TYPE:
        c->type = value;
        return value_line_valid(value, CONTENT_TYPE_MAX);
    case FIELD_SIZE:
        return read_number(value, 0, VALUE_FILE_BYTES_MAX, &c->size);
    case FIELD_DURATION:
        if (!read_number(value, 1, CONTENT_DURATION_MAX_S, &n))
            return false;
        c->duration_s = (uint32_t)n;
        return true;
    case FIELD_UNTIL:
        c->has_until = true;
        return calendar_parse(value, &c->until_unix_ms) == 0;
    case FIELD_SERIAL:
        return read_number(value, 1, UINT32_MAX, &c->serial);
    case FIELD_NOTE:
        return read_note(a, value, c);
    case FIELD_DO:
        return read_contact(value, c);
    case FIELD_GROUP:
        c->group = value;
        return content_group_valid(value);
    case FIELD_TIMER:
        if (!read_number(value, 1, CONTENT_TIMER_MAX_S, &n))
            return false;
        c->timer_s = (uint32_t)n;
        return true;
    case FIELDS:
        break;
    }
    return false;
}

/* "name=value" parts, in order. */
static bool read_fields(struct arena *a, const char *pos, const char *end, struct content *c)
{
    const struct content_traits *form = content_traits(c->kind);
    unsigned found = 0;
    for (unsigned f = 0; f < FIELDS && pos < end; f++) {
        const char *name = content_field_name(f);
        size_t len = strlen(name);
        if (((form->required | form->optional) & 1U << f) == 0 || (size_t)(end - pos) <= len ||
            strncmp(pos, name, len) != 0 || pos[len] != '=')
            continue;
        pos += len + 1;
        const char *amp = memchr(pos, '&', (size_t)(end - pos)), *stop = amp == NULL ? end : amp;
        char *value = decode(a, pos, (size_t)(stop - pos));
        if (value == NULL || !read_value(a, f, value, c))
            return false;
        found |= 1U << f;
        if (amp != NULL && amp + 1 == end)
            return false;
        pos = amp == NULL ? end : amp + 1;
    }
    return pos == end && (found & form->required) == form->required;
}

static bool read_line(struct arena *a, const char *line, size_t len, struct content *c)
{
    const char *name = line + strlen(CONTENT_LINE), *end = line + len;
    const char *query = memchr(line, '?', len);
    size_t name_len = (size_t)((query == NULL ? end : query) - name);
    char *kind = arena_string_n(a, name, name_len);
    c->kind = kind == NULL || strlen(kind) != name_len ? CONTENT_KINDS : content_kind_of(kind);
    if (c->kind == CONTENT_KINDS || (query != NULL && query + 1 == end))
        return false;
    return read_fields(a, query == NULL ? end : query + 1, end, c);
}

static bool is_words(const struct content *c, const char *words)
{
    return c->text_len == strlen(words) && memcmp(c->text, words, c->text_len) == 0;
}

static bool read_reply(struct arena *a, struct content *c)
{
    const char *newline = memchr(c->text, '\n', c->text_len);
    if (newline == NULL || newline - c->text < 2 || memcmp(c->text, "> ", 2) != 0 ||
        newline - c->text - 2 > CONTENT_QUOTE_MAX)
        return false;
    c->quote = arena_string_n(a, c->text + 2, (size_t)(newline - c->text) - 2);
    c->text_len -= (size_t)(newline + 1 - c->text);
    c->text = newline + 1;
    return c->quote != NULL;
}

static bool read_file(struct arena *a, struct content *c)
{
    const char *newline = memchr(c->text, '\n', c->text_len);
    size_t first = newline == NULL ? c->text_len : (size_t)(newline - c->text);
    char *url = arena_string_n(a, c->text, first);
    c->url = url;
    if (url == NULL || strlen(url) != first || !content_url_valid(url))
        return false;
    if (newline == NULL)
        return true;
    size_t second = c->text_len - first - 1;
    c->preview = arena_string_n(a, newline + 1, second);
    return c->preview != NULL && strlen(c->preview) == second && content_preview_valid(c->preview);
}

static bool read_vote(struct arena *a, struct content *c)
{
    size_t prefix = strlen(CONTENT_VOTES);
    if (c->text_len < prefix || memcmp(c->text, CONTENT_VOTES, prefix) != 0)
        return false;
    c->text += prefix;
    c->text_len -= prefix;
    char *option = arena_string_n(a, c->text, c->text_len);
    return option != NULL && strlen(option) == c->text_len && content_option_valid(option);
}

/* The words must say what the line says: who has only them is told the same. */
static bool read_words(struct arena *a, struct content *c)
{
    size_t prefix = strlen(CONTENT_CORRECTION);
    switch (c->kind) {
    case CONTENT_EDIT:
        if (c->text_len < prefix || memcmp(c->text, CONTENT_CORRECTION, prefix) != 0)
            return false;
        c->text += prefix;
        c->text_len -= prefix;
        return true;
    case CONTENT_RETRACT:
        return is_words(c, CONTENT_RETRACTS);
    case CONTENT_REPLY:
        return read_reply(a, c);
    case CONTENT_REACT:
        if (is_words(c, CONTENT_NO_REACTION)) {
            c->text_len = 0;
            return true;
        }
        return content_reactions_valid(c->text, c->text_len);
    case CONTENT_READ:
        return is_words(c, CONTENT_READS);
    case CONTENT_POSITION:
    case CONTENT_LIVE:
        return geo_parse(c->text, c->text_len, &c->position) == 0;
    case CONTENT_FILE:
        return read_file(a, c);
    case CONTENT_POLL:
        return content_poll_read(a, c);
    case CONTENT_VOTE:
        return read_vote(a, c);
    case CONTENT_TEXT:
    case CONTENT_GROUP:
    case CONTENT_CONTACT:
    case CONTENT_KINDS:
        break;
    }
    return true;
}

int content_read(struct arena *a, const char *body, size_t len, struct content *ret)
{
    const char *newline = memrchr(body, '\n', len);
    const char *line = newline == NULL ? body + len : newline + 1;
    size_t line_len = (size_t)(body + len - line), head = strlen(CONTENT_LINE);
    struct content c = {.text = body, .text_len = len};
    if (a->max - a->used < CONTENT_ARENA_BYTES)
        return ERR_LIMIT;
    *ret = c;
    if (geo_parse(body, len, &ret->position) == 0)
        ret->kind = CONTENT_POSITION;
    if (newline == NULL || len > VALUE_BODY_MAX || line_len < head ||
        memcmp(line, CONTENT_LINE, head) != 0)
        return 0;
    c.text_len = (size_t)(newline - body);
    if (read_line(a, line, line_len, &c) && read_words(a, &c))
        *ret = c;
    return 0;
}
