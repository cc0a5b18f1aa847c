#include <inttypes.h>
#include <string.h>

#include "forms/page_internal.h"

#define COLOURS 6U /* p0 to p5 of the style */
#define TIME_OF_DAY 11U

void page_put(struct buf *b, const char *text)
{
    static const char marked[] = "&<>\"'";
    static const char *const written[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    while (*text != '\0') {
        size_t len = strcspn(text, marked);
        buf_put(b, text, len);
        text += len;
        if (*text != '\0')
            buf_put_text(b, written[strchr(marked, *text++) - marked]);
    }
}

/* "<TAG>text</TAG>", in the text's own direction; nothing for "". */
static void put_block(struct buf *b, const char *open, const char *text, const char *close)
{
    if (text[0] == '\0')
        return;
    buf_put_text(b, open);
    page_put(b, text);
    buf_put_text(b, close);
}

static void put_top(struct buf *b, const struct view_message *m)
{
    put_block(b, "<div class=top><b><bdi>", m->from->text, "</bdi></b>");
    buf_format(b, "<time datetime=\"%s\">%.8s UTC</time>", m->at, m->at + TIME_OF_DAY);
    buf_format(b, "<a class=bates href=\"#%s\">%s</a></div>\n", m->bates, m->bates);
}

static void put_doing(struct buf *b, const struct view_message *m)
{
    if (m->head[0] == '\0')
        return;
    buf_put_text(b, "<p class=doing dir=auto>");
    if (m->about != NULL)
        buf_format(b, "<a href=\"#%s\">", m->about->bates);
    page_put(b, m->head);
    buf_put_text(b, m->about != NULL ? "</a></p>\n" : "</p>\n");
}

/* Paths are of letters that need no escape (forms/check.h). */
static void put_file(struct buf *b, const struct view_file *f)
{
    if (f == NULL || f->path == NULL)
        return;
    buf_format(b, "<p class=text><a href=\"%s\">%s</a></p>\n<p class=place>SHA-256 %s</p>\n",
               f->path, f->path, f->sha256);
}

static void put_item(struct buf *b, const char *what, const char *value)
{
    if (value[0] == '\0')
        return;
    buf_format(b, " · %s<bdi>", what);
    page_put(b, value);
    buf_put_text(b, "</bdi>");
}

static void put_place(struct buf *b, const struct view_message *m)
{
    buf_put_text(b, "<p class=place>to ");
    for (size_t i = 0; i < m->to_count; i++) {
        buf_put_text(b, i == 0 ? "<bdi>" : ", <bdi>");
        page_put(b, m->to[i]->text);
        buf_put_text(b, "</bdi>");
    }
    if (m->timer_s != 0)
        buf_format(b, " · disappears after %" PRIu32 " s", m->timer_s);
    put_item(b, "country ", m->country);
    put_item(b, "archived ", m->archived);
    put_item(b, "bot ", m->bot);
    buf_format(b, " · leaf %" PRIu64, m->leaf);
    put_item(b, "warrant ", m->warrant);
    if (m->wrong[0] == '\0')
        buf_put_text(b, " · <i>verified</i>");
    buf_put_text(b, "</p>\n");
}

void page_put_message(struct buf *b, const struct view_message *m)
{
    buf_format(b, "<article id=\"%s\" class=p%zu>\n", m->bates, m->from->number % COLOURS);
    put_top(b, m);
    if (m->redacted != NULL)
        put_block(b, "<p class=box dir=auto>redacted: ", m->redacted[0] == '\0' ? "—" : m->redacted,
                  "</p>\n");
    put_doing(b, m);
    put_block(b, "<blockquote dir=auto>", m->quote, "</blockquote>\n");
    put_block(b, "<p class=text dir=auto>", m->text, "</p>\n");
    put_file(b, m->file);
    put_block(b, "<p class=wrong dir=auto>not verified: ", m->wrong, "</p>\n");
    put_place(b, m);
    buf_put_text(b, "</article>\n");
}
