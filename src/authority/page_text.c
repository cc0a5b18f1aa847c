#include "authority/page_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static void put_spaces(struct buf *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_put_u8(b, ' ');
}

/* Appends the words of `text` from column `at` on, broken before the last column, further lines
 * indented by `indent`, and a newline. A word that fits into no line stands in one of its own. */
static void page_wrap(struct buf *b, size_t at, size_t indent, const char *text)
{
    bool first = true; /* in its line */
    while (*text != '\0') {
        size_t len = strcspn(text, " "), width = utf8_text_columns(text, len);
        if (len > 0) {
            if (!first && at + 1 + width > PAGE_COLUMNS) {
                buf_put_u8(b, '\n');
                put_spaces(b, indent);
                at = indent;
                first = true;
            }
            if (!first) {
                buf_put_u8(b, ' ');
                at++;
            }
            buf_put(b, text, len);
            at += width;
            first = false;
        }
        text += len + (text[len] == ' ');
    }
    buf_put_u8(b, '\n');
}

/* The formatted words, owned by the caller. */
__attribute__((format(printf, 1, 0))) static char *format(const char *fmt, va_list ap)
{
    char *text = NULL;
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    return text;
}

void page_title(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    CLEANUP_FREE char *text = format(fmt, ap);
    va_end(ap);
    size_t width = utf8_text_columns(text, strlen(text));
    put_spaces(b, width < PAGE_COLUMNS ? (PAGE_COLUMNS - width) / 2 : 0);
    buf_put_text(b, text);
    buf_put_u8(b, '\n');
}

void page_field(struct buf *b, const char *label, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    CLEANUP_FREE char *text = format(fmt, ap);
    va_end(ap);
    buf_format(b, "%-*s", (int)PAGE_LABEL, label);
    page_wrap(b, PAGE_LABEL, PAGE_LABEL, text);
}

void page_text(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    CLEANUP_FREE char *text = format(fmt, ap);
    va_end(ap);
    page_wrap(b, 0, 0, text);
}

void page_item(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    CLEANUP_FREE char *text = format(fmt, ap);
    va_end(ap);
    buf_put_text(b, "  - ");
    page_wrap(b, 4, 4, text);
}

void page_rule(struct buf *b, char c)
{
    for (size_t i = 0; i < PAGE_COLUMNS; i++)
        buf_put_u8(b, (uint8_t)c);
    buf_put_u8(b, '\n');
}
