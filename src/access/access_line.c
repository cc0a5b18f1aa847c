#include <inttypes.h>
#include <string.h>

#include "access/access.h"
#include "base/utf8.h"

#define DELETE 0x7f

static const char *const actions[] = {
    [ACCESS_SIGN_IN] = "sign-in",   [ACCESS_SIGN_OUT] = "sign-out", [ACCESS_REFUSED] = "refused",
    [ACCESS_SEARCH] = "search",     [ACCESS_COUNT] = "count",       [ACCESS_VIEW] = "view",
    [ACCESS_EXPORT] = "export",     [ACCESS_MARK] = "mark",         [ACCESS_USER] = "user",
    [ACCESS_READ_LOG] = "read-log", [ACCESS_PASS] = "pass",         [ACCESS_RECEIVE] = "receive",
};
_Static_assert(sizeof actions / sizeof *actions == ACCESS_ACTIONS, "a word for each action");

const char *access_action_text(enum access_action a)
{
    return (unsigned)a < ACCESS_ACTIONS ? actions[a] : "";
}

enum access_action access_action_of(const char *word)
{
    int a = 0;
    while (a < ACCESS_ACTIONS && strcmp(actions[a], word) != 0)
        a++;
    return (enum access_action)a;
}

static void put_character(struct buf *b, const char *text, size_t len, uint32_t c)
{
    if (c == '\\')
        buf_put_text(b, "\\\\");
    else if (c < ' ' || c == DELETE)
        buf_format(b, "\\x%02x", (unsigned)c);
    else
        buf_put(b, text, len);
}

static void put_field(struct buf *b, const char *text)
{
    size_t len = strnlen(text, ACCESS_TEXT_MAX + 1);
    uint32_t c;
    buf_put_u8(b, '\t');
    if (len > ACCESS_TEXT_MAX)
        buf_fail(b);
    for (size_t at = 0, n; at < len && !buf_failed(b); at += n) {
        n = utf8_next(text + at, len - at, &c);
        if (n == 0)
            buf_fail(b);
        else
            put_character(b, text + at, n, c);
    }
}

void access_line(struct buf *b, const struct access_entry *e)
{
    buf_format(b, "ironside-access-1\t%" PRIu64 "\t%" PRId64, e->number, e->at_unix_ms);
    put_field(b, access_action_text(e->action));
    put_field(b, e->user);
    put_field(b, e->role);
    put_field(b, e->purpose);
    put_field(b, e->case_id);
    put_field(b, e->warrants);
    buf_format(b, "\t%" PRIu64 "\t%d", e->count, e->hidden ? 1 : 0);
    put_field(b, e->what);
}
