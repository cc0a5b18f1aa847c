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
