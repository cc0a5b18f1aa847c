#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

const char *err_text(int code)
{
    switch (code) {
    case 0:
        return "no error";
    case ERR_IO:
        return "the system refused it";
    case ERR_FORMAT:
        return "malformed";
    case ERR_LIMIT:
        return "over its limit";
    case ERR_AUTH:
        return "not authentic";
    case ERR_KEY:
        return "not a usable key";
    case ERR_NOT_FOUND:
        return "not found";
    case ERR_EXISTS:
        return "there already";
    case ERR_INVALID_STATE:
        return "not possible in this state";
    case ERR_CLOSED:
        return "closed by the other side";
    case ERR_AGAIN:
        return "nothing yet";
    case ERR_TIMEOUT:
        return "timed out";
    default:
        return "unknown error";
    }
}

void diag_clean(char *text)
{
    uint32_t c;
    for (size_t len = strlen(text), n; len > 0; text += n, len -= n) {
        n = utf8_next(text, len, &c);
        enum utf8_kind kind = n == 0 ? UTF8_CONTROL : utf8_kind(c);
        n = n == 0 ? 1 : n;
        if (kind == UTF8_CONTROL || kind == UTF8_LINE_END || kind == UTF8_ORDER)
            memset(text, '?', n);
    }
}

int diag_set(struct diag *d, int code, const char *fmt, ...)
{
    if (d != NULL) {
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(d->text, sizeof d->text, fmt, ap);
        va_end(ap);
        diag_clean(d->text);
    }
    return code;
}

int diag_prefix(struct diag *d, int code, const char *fmt, ...)
{
    if (d != NULL) {
        struct diag old = *d;
        va_list ap;
        va_start(ap, fmt);
        int n = vsnprintf(d->text, sizeof d->text, fmt, ap);
        va_end(ap);
        size_t at = n < 0 ? 0 : (size_t)n;
        if (at < sizeof d->text - 1)
            snprintf(d->text + at, sizeof d->text - at, ": %s", old.text);
        diag_clean(d->text);
    }
    return code;
}
