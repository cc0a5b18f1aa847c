#include "cli/line.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/utf8.h"
#include "cli/terminal.h"

/* UAX #9: what stands between them is ordered by itself, in the direction of its first letter. */
#define ISOLATE 0x2068U
#define ISOLATE_END 0x2069U
#define ISOLATE_TEXT "\xe2\x81\xa8"
#define ISOLATE_END_TEXT "\xe2\x81\xa9"
#define REPLACEMENT_TEXT "\xef\xbf\xbd"
#define BAR "\xe2\x94\x82 "     /* U+2502 */
#define GOES_ON "\xe2\x94\x86 " /* U+2506 */
#define MARK_INDENT 2U          /* of both marks */
#define ROOM_MIN 4U             /* columns for text, on the narrowest terminal */

void line_clear(struct line *l)
{
    buf_clear(&l->text);
}

void line_put(struct line *l, const char *fmt, ...)
{
    va_list ap;
    char *text = NULL;
    va_start(ap, fmt);
    if (vasprintf(&text, fmt, ap) < 0)
        abort();
    va_end(ap);
    buf_put_text(&l->text, text);
    free(text);
}

/* Bytes of the character at `text`, of a CRLF as of one end. */
static size_t next(const char *text, size_t len, uint32_t *ret)
{
    size_t n = utf8_next(text, len, ret);
    if (n == 0)
        *ret = UTF8_REPLACEMENT;
    if (*ret == '\r' && len > 1 && text[1] == '\n') {
        *ret = '\n';
        return 2;
    }
    return n == 0 ? 1 : n;
}

static bool has_leftward(const char *text, size_t len)
{
    uint32_t c;
    for (size_t i = 0; i < len; i += next(text + i, len - i, &c))
        if (utf8_next(text + i, len - i, &c) > 0 && utf8_kind(c) == UTF8_LEFTWARD)
            return true;
    return false;
}

void line_foreign_n(struct line *l, const char *text, size_t len)
{
    bool isolated = has_leftward(text, len);
    uint32_t c;
    if (isolated)
        buf_put_text(&l->text, ISOLATE_TEXT);
    for (size_t i = 0, n; i < len; i += n) {
        n = next(text + i, len - i, &c);
        enum utf8_kind kind = utf8_kind(c);
        if (c == '\t')
            buf_put_u8(&l->text, ' ');
        else if (c == UTF8_REPLACEMENT || (kind != UTF8_PLAIN && kind != UTF8_LEFTWARD))
            buf_put_text(&l->text, REPLACEMENT_TEXT);
        else
            buf_put(&l->text, text + i, n);
    }
    if (isolated)
        buf_put_text(&l->text, ISOLATE_END_TEXT);
}

void line_foreign(struct line *l, const char *text)
{
    if (text != NULL)
        line_foreign_n(l, text, strlen(text));
}

void line_time(struct line *l, const char *instant)
{
    int64_t at;
    char shown[CALENDAR_SHOWN_LEN + 1];
    if (instant == NULL || calendar_parse(instant, &at) < 0) {
        line_foreign(l, instant);
        return;
    }
    calendar_show(at, shown);
    buf_put_text(&l->text, shown);
}

void line_prose(struct line *l, const char *text)
{
    CLEANUP_BUF struct buf b = BUF_INIT(LINE_MAX_BYTES);
    size_t left = strlen(text);
    while (left > 0) {
        char instant[CALENDAR_INSTANT_LEN + 1], shown[CALENDAR_SHOWN_LEN + 1];
        int64_t at;
        snprintf(instant, sizeof instant, "%s", text);
        if (calendar_parse(instant, &at) < 0) {
            buf_put_u8(&b, (uint8_t)*text++);
            left--;
            continue;
        }
        calendar_show(at, shown);
        buf_put_text(&b, shown);
        text += CALENDAR_INSTANT_LEN;
        left -= CALENDAR_INSTANT_LEN;
    }
    line_foreign(l, buf_text(&b));
}

/* ---- on the stream ---- */

/* A line on its way: what stands before its first part, and before those that follow. */
struct output {
    FILE *stream;
    struct terminal terminal;
    bool broken; /* at the terminal's width */
    bool isolated;
};

/* What an ASCII terminal is shown; NULL: a '?' for each column. */
static const char *in_ascii(uint32_t c)
{
    switch (c) {
    case 0x2192: /* → */
        return "->";
    case 0x2026: /* … */
        return "...";
    case 0x2502: /* BAR */
        return "|";
    case 0x2506: /* GOES_ON */
        return ":";
    default:
        return NULL;
    }
}

static unsigned columns(const struct output *o, uint32_t before, uint32_t c)
{
    if (c == ISOLATE || c == ISOLATE_END)
        return 0;
    unsigned count = utf8_columns(before, c);
    if (c < 0x80)
        return count;
    if (!o->terminal.utf8 && in_ascii(c) != NULL)
        return (unsigned)strlen(in_ascii(c));
    return o->terminal.wide && o->terminal.utf8 && count == 1 ? 2 : count;
}

static void put_character(struct output *o, const char *text, size_t n, uint32_t before, uint32_t c)
{
    if (c < 0x80 || o->terminal.utf8)
        fwrite(text, 1, n, o->stream);
    else if (in_ascii(c) != NULL)
        fputs(in_ascii(c), o->stream);
    else
        for (unsigned i = columns(o, before, c); i > 0; i--)
            putc('?', o->stream);
    o->isolated = c == ISOLATE || (o->isolated && c != ISOLATE_END);
}

/* Whole characters only: the line is UTF-8. Returns the columns. */
static size_t put(struct output *o, const char *text, size_t len)
{
    size_t width = 0;
    uint32_t before = 0, c = 0;
    for (size_t i = 0, n; i < len; i += n, before = c) {
        n = next(text + i, len - i, &c);
        width += columns(o, before, c);
        put_character(o, text + i, n, before, c);
    }
    return width;
}

/* Bytes of `text` that stand in this part of the line; `*ret_taken` with the spaces behind them
 * that stand nowhere. That is a character at least. */
static size_t part(const struct output *o, const char *text, size_t len, size_t room,
                   size_t *ret_taken)
{
    size_t width = 0, words = 0, i = 0, n; /* bytes of whole words */
    uint32_t before = 0, c = 0;
    bool word = false; /* has there been one? */
    for (; i < len; i += n, before = c) {
        n = next(text + i, len - i, &c);
        width += columns(o, before, c);
        if (width > room && i > 0 && c != ' ')
            break;
        if (c == ' ' && word && before != ' ')
            words = i;
        word = word || c != ' ';
    }
    *ret_taken = i;
    if (i == len && width <= room)
        return i;
    size_t end = i < len && words > 0 ? words : i;
    *ret_taken = end;
    while (*ret_taken < len && text[*ret_taken] == ' ')
        ++*ret_taken;
    while (end > 0 && text[end - 1] == ' ')
        end--;
    return end;
}

/* Columns that are left; the indentation gives way on a terminal that is too narrow. */
static size_t put_start(struct output *o, size_t indent, const char *mark)
{
    size_t most = o->terminal.columns - MARK_INDENT - ROOM_MIN;
    indent = indent < most ? indent : most;
    fprintf(o->stream, "%*s", (int)indent, "");
    indent += put(o, mark, strlen(mark));
    return o->terminal.columns - indent;
}

/* Ends a part; what was isolated in it is in the next one. Columns that the next one has. */
static size_t go_on(struct output *o, size_t indent)
{
    bool isolated = o->isolated;
    if (isolated)
        put(o, ISOLATE_END_TEXT, strlen(ISOLATE_END_TEXT));
    putc('\n', o->stream);
    size_t room = put_start(o, indent < MARK_INDENT ? MARK_INDENT : indent, GOES_ON);
    if (isolated)
        put(o, ISOLATE_TEXT, strlen(ISOLATE_TEXT));
    return room;
}

static void put_line(struct output *o, const struct buf *line, size_t indent, const char *mark)
{
    static const char too_long[] = "(too long to be shown)";
    const char *text = buf_failed(line) ? too_long : (const char *)line->data;
    size_t len = buf_failed(line) ? strlen(too_long) : line->len;
    size_t room = put_start(o, indent, mark), taken;
    if (!o->broken)
        room = SIZE_MAX;
    while (len > 0) {
        put(o, text, part(o, text, len, room, &taken));
        text += taken;
        len -= taken;
        if (len > 0)
            room = go_on(o, indent);
    }
    putc('\n', o->stream);
}

static struct output output_to(FILE *stream)
{
    struct output o = {.stream = stream, .terminal = terminal_of(stream)};
    /* A log keeps one line a fault. */
    o.broken = stream != stderr || o.terminal.is_one;
    return o;
}

void line_end_on(FILE *stream, struct line *l, size_t indent)
{
    struct output o = output_to(stream);
    put_line(&o, &l->text, indent, "");
    buf_clear(&l->text);
}

void line_end(struct line *l, size_t indent)
{
    line_end_on(stdout, l, indent);
}

/* Bytes of the text's first line; `*ret_taken` with its end. */
static size_t first_line(const char *text, size_t len, size_t *ret_taken)
{
    uint32_t c;
    for (size_t i = 0, n; i < len; i += n) {
        n = next(text + i, len - i, &c);
        if (utf8_kind(c) == UTF8_LINE_END) {
            *ret_taken = i + n;
            return i;
        }
    }
    *ret_taken = len;
    return len;
}

void line_block(const char *text, size_t len)
{
    struct output o = output_to(stdout);
    size_t taken;
    do {
        CLEANUP_LINE struct line l = LINE_INIT;
        line_foreign_n(&l, text, first_line(text, len, &taken));
        put_line(&o, &l.text, MARK_INDENT, BAR);
        text += taken;
        len -= taken;
    } while (len > 0);
}
