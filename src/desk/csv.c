#include "desk/csv.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

/* What begins a formula, also in full width, as some programs fold it; a control character may be
 * dropped by whoever reads it. */
static bool begins_formula(uint32_t c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == 0xff1d || c == 0xff0b ||
           c == 0xff0d || c == 0xff20 || (c > 0 && c < ' ');
}

/* Behind blanks, too. */
static bool may_be_formula(const char *text)
{
    uint32_t c = 0;
    text += strspn(text, " ");
    return utf8_next(text, strlen(text), &c) > 0 && (begins_formula(c) || c == 0xa0 || c == 0x3000);
}

void csv_put(struct buf *b, bool first, const char *text)
{
    buf_put_text(b, first ? "\"" : ",\"");
    if (may_be_formula(text))
        buf_put_u8(b, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_put_u8(b, '"');
        buf_put_u8(b, (uint8_t)*text);
    }
    buf_put_u8(b, '"');
}

void csv_put_number(struct buf *b, bool first, int64_t n)
{
    buf_format(b, "%s%" PRId64, first ? "" : ",", n);
}

void csv_end(struct buf *b)
{
    buf_put_text(b, "\r\n");
}

/* ---- reading ---- */

static size_t end_of_line(const char *text, size_t len, size_t at)
{
    while (at < len && text[at] != '\n')
        at++;
    return at;
}

/* Behind the cell that begins with a quote at `at`; it ends in its line of text, so that one open
 * quote does not swallow the lines behind it. */
static int read_quoted(const char *text, size_t len, size_t *at, struct buf *ret)
{
    for (size_t i = *at + 1; i < len && text[i] != '\n'; i++) {
        if (text[i] == '"' && i + 1 < len && text[i + 1] == '"')
            i++;
        else if (text[i] == '"') {
            *at = i + 1;
            return 0;
        }
        buf_put_u8(ret, (uint8_t)text[i]);
    }
    return ERR_FORMAT;
}

static bool ends_cell(const char *text, size_t len, size_t at)
{
    return at == len || text[at] == ',' || text[at] == ';' || text[at] == '\t' ||
           text[at] == '\r' || text[at] == '\n';
}

/* Further cells of the line, which may have lines of text of their own. */
static size_t behind_line(const char *text, size_t len, size_t at)
{
    bool quoted = false;
    for (; at < len && (quoted || text[at] != '\n'); at++)
        quoted = quoted != (text[at] == '"');
    return at < len ? at + 1 : len;
}

int csv_first(const char *text, size_t len, size_t *at, struct buf *ret, size_t *ret_offset)
{
    size_t start = *at, i = start, end = end_of_line(text, len, *at);
    bool quoted = i < len && text[i] == '"';
    int r = quoted ? read_quoted(text, len, &i, ret) : 0;
    for (; !quoted && !ends_cell(text, len, i); i++)
        buf_put_u8(ret, (uint8_t)text[i]);
    if (r < 0 || !ends_cell(text, len, i)) {
        *ret_offset = r < 0 ? start : i;
        *at = end < len ? end + 1 : len;
        return ERR_FORMAT;
    }
    *at = behind_line(text, len, i);
    return 0;
}
