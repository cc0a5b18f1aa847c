/* What a message is in the index: its filters, and the words that were meant. */
#include <string.h>

#include "base/utf8.h"
#include "desk/index_internal.h"
#include "query/terms.h"

/* Control characters would be the marks of filters; they separate words, as blanks do. What is not
 * UTF-8 does, too, and is shown as a '?' for each byte, so that places in the text stay as they
 * are. */
static void put_words(struct buf *b, const char *text, size_t len)
{
    uint8_t *at = len == 0 ? NULL : buf_extend(b, len);
    for (size_t i = 0, step; at != NULL && i < len; i += step) {
        uint32_t c = (uint8_t)text[i];
        step = c < 0x80 ? 1 : utf8_next(text + i, len - i, &c);
        memcpy(at + i, text + i, step);
        if (step == 0)
            at[i] = '?';
        else if (c < ' ' || c == 0x7f)
            at[i] = ' ';
        step = step == 0 ? 1 : step;
    }
}

static void put_line(struct buf *b, const char *text)
{
    if (text == NULL)
        return;
    put_words(b, text, strlen(text));
    buf_put_u8(b, '\n');
}

static void put_content(struct buf *b, const struct content *c)
{
    if (content_traits(c->kind)->own_words) {
        put_words(b, c->text, c->text_len);
        return;
    }
    put_line(b, c->name);
    put_line(b, c->question);
    for (unsigned i = 0; i < c->option_count; i++)
        put_line(b, c->options[i]);
}

void said_put(struct buf *b, struct arena *a, const char *body, size_t len)
{
    struct content c;
    arena_reset(a);
    if (content_read(a, body, len, &c) < 0)
        c = (struct content){.text = body, .text_len = len};
    put_content(b, &c);
}

size_t said_handle_len(const char *account)
{
    return strcspn(account, "@");
}

static void put_filter(struct buf *b, enum query_term term, const char *value, size_t len)
{
    query_put_filter(b, term, value, len);
    buf_put(b, "\x01 ", 2);
}

static void put_account(struct buf *b, enum query_term term, const char *account)
{
    put_filter(b, term, account, said_handle_len(account));
}

static void put_text(struct buf *b, enum query_term term, const char *value)
{
    put_filter(b, term, value, strlen(value));
}

static void put_has(struct buf *b, const struct row *r, const struct content *c)
{
    if (c->kind == CONTENT_POSITION || c->kind == CONTENT_LIVE)
        put_text(b, QUERY_HAS, "place");
    if (c->kind != CONTENT_FILE && r->files_len == 0)
        return;
    put_text(b, QUERY_HAS, "file");
    if (c->type != NULL && strncmp(c->type, "image/", 6) == 0)
        put_text(b, QUERY_HAS, "photo");
    if (c->duration_s != 0)
        put_text(b, QUERY_HAS, "voice");
}

void said_filters(struct desk_index *x, const struct row *r, const struct content *c, struct buf *b)
{
    const uint32_t *set;
    const char *lang = names_text(&x->names[NAME_LANG], r->lang);
    put_account(b, QUERY_FROM, names_text(&x->names[NAME_ACCOUNT], r->sender));
    size_t count = row_set(&x->names[NAME_RECIPIENTS], r->recipients, &set);
    for (size_t i = 0; i < count; i++)
        put_account(b, QUERY_TO, names_text(&x->names[NAME_ACCOUNT], set[i]));
    put_text(b, QUERY_IN, names_text(&x->names[NAME_CONVERSATION], r->conversation));
    if (r->country[0] != '\0')
        put_text(b, QUERY_COUNTRY, r->country);
    put_text(b, QUERY_LANG, lang[0] == '\0' ? "unknown" : lang);
    put_text(b, QUERY_KIND, content_kind_text(r->kind));
    put_has(b, r, c);
    count = row_set(&x->names[NAME_WARRANTS], r->warrants, &set);
    for (size_t i = 0; i < count; i++)
        put_text(b, QUERY_WARRANT, names_text(&x->names[NAME_WARRANT], set[i]));
    put_text(b, QUERY_BOT, names_text(&x->names[NAME_BOT], r->bot));
}

void said_document(struct desk_index *x, const struct row *r, struct buf *b)
{
    struct content c;
    arena_reset(&x->said_arena);
    if (content_read(&x->said_arena, r->body, r->body_len, &c) < 0)
        c = (struct content){.text = r->body, .text_len = r->body_len};
    said_filters(x, r, &c, b);
    buf_put_u8(b, ' ');
    put_content(b, &c);
    made_words_put(x, r->id, r->kind, b);
}

/* Every message has one kind, and so every document one of these. */
void said_put_any(struct buf *b)
{
    for (int k = 0; k < CONTENT_KINDS; k++) {
        const char *kind = content_kind_text((enum content_kind)k);
        buf_put_text(b, k == 0 ? "\"" : " OR \"");
        query_put_filter(b, QUERY_KIND, kind, strlen(kind));
        buf_put_u8(b, '"');
    }
}
