#include "wire/value.h"

#include <string.h>

#include "base/calendar.h"
#include "base/utf8.h"

static bool lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool letter_or_digit(char c)
{
    return lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool handle_of_length(const char *s, size_t len)
{
    if (len < 1 || len > VALUE_HANDLE_MAX || !lower_or_digit(s[0]))
        return false;
    for (size_t i = 1; i < len; i++)
        if (!lower_or_digit(s[i]) && s[i] != '.' && s[i] != '_' && s[i] != '-')
            return false;
    return true;
}

bool value_handle_valid(const char *s)
{
    return handle_of_length(s, strlen(s));
}

bool value_domain_valid(const char *s)
{
    size_t len = strlen(s), label = 0;
    if (len < 1 || len > VALUE_DOMAIN_MAX)
        return false;
    for (size_t i = 0; i <= len; i++) {
        if (s[i] == '.' || s[i] == '\0') {
            if (label < 1 || label > 63 || s[i - 1] == '-')
                return false;
            label = 0;
        } else if (lower_or_digit(s[i]) || (s[i] == '-' && label > 0)) {
            label++;
        } else {
            return false;
        }
    }
    return true;
}

bool value_account_valid(const char *jid, const char *domain)
{
    const char *at = strchr(jid, '@');
    return at != NULL && handle_of_length(jid, (size_t)(at - jid)) && strcmp(at + 1, domain) == 0;
}

bool value_bare_valid(const char *jid)
{
    const char *at = strchr(jid, '@');
    if (at == NULL)
        return value_domain_valid(jid);
    return handle_of_length(jid, (size_t)(at - jid)) && value_domain_valid(at + 1);
}

bool value_id_valid(const char *s)
{
    size_t len = strlen(s);
    if (len < 1 || len > VALUE_ID_MAX)
        return false;
    for (; *s != '\0'; s++)
        if (*s < 0x20 || *s > 0x7e || strchr("\"\\<>&'", *s) != NULL)
            return false;
    return true;
}

bool value_warrant_valid(const char *s)
{
    size_t len = strlen(s);
    if (len < 1 || len > VALUE_WARRANT_MAX || !letter_or_digit(s[0]))
        return false;
    for (; *s != '\0'; s++)
        if (!letter_or_digit(*s) && *s != '.' && *s != '_' && *s != '-')
            return false;
    return true;
}

bool value_country_valid(const char *s)
{
    return strlen(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z';
}

bool value_line_valid(const char *s, size_t max)
{
    size_t len = strlen(s);
    if (len < 1 || len > max || !value_utf8_valid(s, len))
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        bool c1 = c == 0xc2 && (unsigned char)s[i + 1] < 0xa0; /* U+0080 to U+009F */
        if (c < 0x20 || c == 0x7f || c1)
            return false;
    }
    return true;
}

/* A percent sign and two capital digits, for a character that must be escaped. */
static bool escape_valid(const char *s)
{
    static const char digits[] = "0123456789ABCDEF";
    const char *high = s[1] == '\0' ? NULL : strchr(digits, s[1]);
    const char *low = high == NULL || s[2] == '\0' ? NULL : strchr(digits, s[2]);
    if (low == NULL)
        return false;
    unsigned c = (unsigned)(high - digits) * 16 + (unsigned)(low - digits);
    return c >= 0x20 && c != 0x7f &&
           (c > 0x7f || (!letter_or_digit((char)c) && strchr("/._~-", (int)c) == NULL));
}

/* Up to the next '/' or the end: not empty, and not one that a URI reader would fold away. */
static bool segment_valid(const char *s)
{
    size_t len = strcspn(s, "/");
    return len > 0 && !(len == 1 && s[0] == '.') && !(len == 2 && s[0] == '.' && s[1] == '.');
}

bool value_path_valid(const char *s)
{
    size_t len = strlen(s);
    if (len < 2 || len > VALUE_PATH_MAX || s[0] != '/')
        return false;
    for (; *s != '\0'; s++) {
        if (*s == '/'   ? !segment_valid(s + 1)
            : *s == '%' ? !escape_valid(s)
                        : !letter_or_digit(*s) && strchr("._~-!$()*+,;=:@", *s) == NULL)
            return false;
    }
    return true;
}

#define EACH_BYTE(b) (UINT64_C(0x0101010101010101) * (b))

/* Is a byte of the eight below `n` (at most 0x80), or has one its high bit set? */
static bool any_below_or_high(uint64_t eight, uint64_t n)
{
    return (((eight - EACH_BYTE(n)) | eight) & EACH_BYTE(0x80)) != 0;
}

bool value_utf8_valid(const char *s, size_t len)
{
    for (size_t i = 0; i < len;) {
        uint64_t eight;
        if (len - i >= sizeof eight) {
            memcpy(&eight, s + i, sizeof eight);
            if ((eight & EACH_BYTE(0x80)) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        uint32_t character;
        size_t n = utf8_next(s + i, len - i, &character);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

bool value_instant_valid(int64_t at_unix_ms)
{
    char text[CALENDAR_INSTANT_LEN + 1];
    int64_t again;
    calendar_format(at_unix_ms, text);
    return calendar_parse(text, &again) == 0 && again == at_unix_ms;
}

void value_handle_of(const char *jid, char ret[static VALUE_HANDLE_MAX + 1])
{
    const char *at = strchr(jid, '@');
    size_t len = at == NULL ? 0 : (size_t)(at - jid);
    if (len > VALUE_HANDLE_MAX)
        len = 0;
    memcpy(ret, jid, len);
    ret[len] = '\0';
}

int value_bare_of(const char *jid, char ret[static VALUE_JID_MAX + 1])
{
    const char *slash = strchr(jid, '/');
    size_t len = slash == NULL ? strlen(jid) : (size_t)(slash - jid);
    if (len > VALUE_JID_MAX)
        return ERR_LIMIT;
    memcpy(ret, jid, len);
    ret[len] = '\0';
    return 0;
}

/* Eight ASCII characters that JSON takes as they are? */
static bool eight_plain(const char *s)
{
    uint64_t eight;
    memcpy(&eight, s, sizeof eight);
    return !any_below_or_high(eight, 0x20) && !any_below_or_high(eight ^ EACH_BYTE('"'), 1) &&
           !any_below_or_high(eight ^ EACH_BYTE('\\'), 1);
}

void value_put_json(struct buf *b, const char *s)
{
    const char *end = s + strlen(s);
    if (!value_utf8_valid(s, (size_t)(end - s))) {
        buf_fail(b);
        return;
    }
    buf_put_u8(b, '"');
    const char *from = s;
    for (; s < end; s++) {
        while (end - s > 8 && eight_plain(s))
            s += 8;
        unsigned char c = (unsigned char)*s;
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(b, from, (size_t)(s - from));
        from = s + 1;
        if (c == '\n')
            buf_put(b, "\\n", 2);
        else if (c == '"' || c == '\\')
            buf_put(b, c == '"' ? "\\\"" : "\\\\", 2);
        else
            buf_format(b, "\\u%04x", c);
    }
    buf_put(b, from, (size_t)(s - from));
    buf_put_u8(b, '"');
}

int value_parse_u64(const char *s, uint64_t max, uint64_t *ret)
{
    uint64_t v = 0;
    if (*s == '\0' || (s[0] == '0' && s[1] != '\0'))
        return ERR_FORMAT;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9')
            return ERR_FORMAT;
        uint64_t digit = (uint64_t)(*s - '0');
        if (v > (max - digit) / 10 || digit > max)
            return ERR_FORMAT;
        v = v * 10 + digit;
    }
    *ret = v;
    return 0;
}
