/* From what is to be said to a body. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/encode.h"
#include "wire/content_internal.h"

static void put_value(struct buf *b, const char *value)
{
    for (const char *c = value; *c != '\0'; c++)
        if (content_plain(*c))
            buf_put_u8(b, (uint8_t)*c);
        else
            buf_format(b, "%%%02X", (unsigned)(unsigned char)*c);
}

static void put_note(struct buf *b, const struct content *c)
{
    CLEANUP_BUF struct buf text = BUF_INIT(2 * CONTENT_NOTE_MAX);
    encode_base64_buf(&text, c->note, c->note_len);
    put_value(b, buf_text(&text));
}

static void put_field(struct buf *b, enum content_field f, const struct content *c)
{
    char instant[CALENDAR_INSTANT_LEN + 1];
    const char *const texts[FIELDS] = {
        [FIELD_FROM] = c->from,
        [FIELD_ID] = c->id,
        [FIELD_NAME] = c->name,
        [FIELD_TYPE] = c->type,
        [FIELD_DO] = content_contact_text(c->contact),
        [FIELD_GROUP] = c->group,
    };
    buf_format(b, "%s=", content_field_name(f));
    if (f == FIELD_UNTIL) {
        calendar_format(c->until_unix_ms, instant);
        put_value(b, instant);
    } else if (f == FIELD_NOTE) {
        put_note(b, c);
    } else if (f == FIELD_SIZE || f == FIELD_SERIAL) {
        buf_format(b, "%" PRIu64, f == FIELD_SIZE ? c->size : c->serial);
    } else if (f == FIELD_DURATION || f == FIELD_TIMER) {
        buf_format(b, "%" PRIu32, f == FIELD_DURATION ? c->duration_s : c->timer_s);
    } else {
        put_value(b, texts[f] == NULL ? "" : texts[f]);
    }
}

static bool has_field(enum content_field f, const struct content *c)
{
    switch (f) {
    case FIELD_DURATION:
        return c->duration_s != 0;
    case FIELD_UNTIL:
        return c->has_until;
    case FIELD_GROUP:
        return c->group != NULL;
    case FIELD_TIMER:
        return c->timer_s != 0;
    case FIELD_FROM:
    case FIELD_ID:
    case FIELD_NAME:
    case FIELD_TYPE:
    case FIELD_SIZE:
    case FIELD_SERIAL:
    case FIELD_NOTE:
    case FIELD_DO:
    case FIELDS:
        break;
    }
    return true;
}

/* The user's own last line may look like a technical one, of a kind that comes later, too. */
static bool looks_technical(const struct content *c)
{
    const char *newline = c->text_len == 0 ? NULL : memrchr(c->text, '\n', c->text_len);
    const char *line = newline == NULL ? c->text : newline + 1;
    size_t head = strlen(CONTENT_LINE);
    return c->kind == CONTENT_TEXT && c->text_len >= head &&
           c->text_len - (size_t)(line - c->text) >= head && memcmp(line, CONTENT_LINE, head) == 0;
}

static bool stands_alone(const struct content *c)
{
    return (c->kind == CONTENT_TEXT || c->kind == CONTENT_POSITION) && c->group == NULL &&
           c->timer_s == 0 && !c->has_until && !looks_technical(c);
}

static void put_line(struct buf *b, const struct content *c)
{
    const struct content_traits *form = content_traits(c->kind);
    char between = '?';
    buf_format(b, "\n" CONTENT_LINE "%s", form->name);
    for (unsigned f = 0; f < FIELDS; f++) {
        unsigned bit = 1U << f;
        if ((form->required & bit) == 0 && ((form->optional & bit) == 0 || !has_field(f, c)))
            continue;
        buf_put_u8(b, (uint8_t)between);
        put_field(b, f, c);
        between = '&';
    }
}

static void put_words(struct buf *b, const struct content *c)
{
    switch (c->kind) {
    case CONTENT_EDIT:
        buf_put_text(b, CONTENT_CORRECTION);
        break;
    case CONTENT_RETRACT:
        buf_put_text(b, CONTENT_RETRACTS);
        return;
    case CONTENT_REPLY:
        buf_format(b, "> %s\n", c->quote == NULL ? "" : c->quote);
        break;
    case CONTENT_REACT:
        if (c->text_len == 0)
            buf_put_text(b, CONTENT_NO_REACTION);
        break;
    case CONTENT_READ:
        buf_put_text(b, CONTENT_READS);
        return;
    case CONTENT_POSITION:
    case CONTENT_LIVE:
        geo_put(b, &c->position);
        return;
    case CONTENT_FILE:
        buf_put_text(b, c->url == NULL ? "" : c->url);
        if (c->preview != NULL)
            buf_format(b, "\n%s", c->preview);
        return;
    case CONTENT_POLL:
        content_poll_put(b, c);
        return;
    case CONTENT_VOTE:
        buf_put_text(b, CONTENT_VOTES);
        break;
    case CONTENT_TEXT:
    case CONTENT_GROUP:
    case CONTENT_CONTACT:
    case CONTENT_KINDS:
        break;
    }
    buf_put(b, c->text, c->text_len);
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Does it read as what was to be said? Whatever has no form of its own fails here. */
static bool reads_back(const struct buf *b, const struct content *c)
{
    const char *body = b->len == 0 ? "" : (const char *)b->data;
    size_t len = b->len;
    struct arena arena = ARENA_INIT(4 * VALUE_BODY_MAX);
    struct content back;
    bool same = content_read(&arena, body, len, &back) == 0 && back.kind == c->kind &&
                back.has_until == c->has_until && back.until_unix_ms == c->until_unix_ms &&
                back.timer_s == c->timer_s && back.duration_s == c->duration_s &&
                same_text(back.group, c->group) && same_text(back.from, c->from) &&
                same_text(back.id, c->id) && same_text(back.preview, c->preview) &&
                content_poll_same(&back, c);
    if (same && content_traits(c->kind)->own_words)
        same = back.text_len == c->text_len &&
               (c->text_len == 0 || memcmp(back.text, c->text, c->text_len) == 0);
    arena_clear(&arena);
    return same;
}

int content_write(struct buf *b, const struct content *c, struct diag *d)
{
    CLEANUP_BUF struct buf body = BUF_INIT_SECRET(VALUE_BODY_MAX);
    int r = c->kind == CONTENT_POLL ? content_poll_check(c, d) : 0;
    if (r < 0)
        return r;
    put_words(&body, c);
    if (!stands_alone(c) || (!buf_failed(&body) && !reads_back(&body, c)))
        put_line(&body, c);
    if (buf_failed(&body))
        return diag_set(
            d, ERR_LIMIT,
            "the message is longer than %u bytes with what belongs to it: shorten it, or "
            "send it as a file",
            VALUE_BODY_MAX);
    if (!reads_back(&body, c))
        return diag_set(d, ERR_FORMAT, "this cannot be said as %s: a part of it is not in its form",
                        content_kind_text(c->kind));
    buf_put(b, body.data, body.len);
    return buf_failed(b) ? ERR_LIMIT : 0;
}
