#include "base/error.h"

#include <stdio.h>
#include <string.h>

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
    for (unsigned char *c = (unsigned char *)text; *c != '\0'; c++) {
        if (*c < 0x20 || *c == 0x7f) {
            *c = '?';
        } else if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f) { /* U+0080 to U+009F */
            *c++ = '?';
            *c = '?';
        }
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
