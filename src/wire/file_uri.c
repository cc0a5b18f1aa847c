#include "wire/file_uri.h"

#include <string.h>

#include "base/encode.h"
#include "base/secret.h"

#define FRAGMENT_LEN (2 * (FILE_URI_IV_BYTES + FILE_URI_KEY_BYTES))

/* "HOST[:PORT]/PATH" up to its end. */
static int parse_place(const char *text, size_t len, struct file_uri *u)
{
    const char *slash = memchr(text, '/', len);
    if (slash == NULL)
        return ERR_FORMAT;
    const char *colon = memchr(text, ':', (size_t)(slash - text));
    size_t host = (size_t)((colon == NULL ? slash : colon) - text);
    size_t path = len - (size_t)(slash - text);
    if (host >= sizeof u->host || path >= sizeof u->path || memchr(text, '\0', len) != NULL)
        return ERR_FORMAT;
    memcpy(u->host, text, host);
    u->host[host] = '\0';
    memcpy(u->path, slash, path);
    u->path[path] = '\0';
    u->port = FILE_URI_PORT;
    if (colon != NULL) {
        char digits[8];
        uint64_t port;
        size_t n = (size_t)(slash - colon) - 1;
        if (n >= sizeof digits)
            return ERR_FORMAT;
        memcpy(digits, colon + 1, n);
        digits[n] = '\0';
        if (value_parse_u64(digits, VALUE_PORT_MAX, &port) < 0 || port == 0 ||
            port == FILE_URI_PORT)
            return ERR_FORMAT; /* there is one way to write the usual port: not at all */
        u->port = (uint16_t)port;
    }
    return value_domain_valid(u->host) && value_path_valid(u->path) ? 0 : ERR_FORMAT;
}

static bool drop_scheme(const char *scheme, const char **text, size_t *len)
{
    size_t n = strlen(scheme);
    if (*len < n || memcmp(*text, scheme, n) != 0)
        return false;
    *text += n;
    *len -= n;
    return true;
}

int file_uri_parse_https(const char *text, size_t len, struct file_uri *ret)
{
    struct file_uri u = {.port = 0};
    if (!drop_scheme("https://", &text, &len) || parse_place(text, len, &u) < 0)
        return ERR_FORMAT;
    *ret = u;
    return 0;
}

int file_uri_parse(const char *text, size_t len, struct file_uri *ret)
{
    struct file_uri u = {.port = 0};
    if (!drop_scheme("aesgcm://", &text, &len) || len <= FRAGMENT_LEN + 1)
        return ERR_FORMAT;
    const char *fragment = text + len - FRAGMENT_LEN;
    int r = fragment[-1] == '#' ? 0 : ERR_FORMAT;
    if (r == 0)
        r = parse_place(text, len - FRAGMENT_LEN - 1, &u);
    if (r == 0)
        r = decode_hex_exact(fragment, 2 * sizeof u.iv, u.iv, sizeof u.iv);
    if (r == 0)
        r = decode_hex_exact(fragment + 2 * sizeof u.iv, 2 * sizeof u.key, u.key, sizeof u.key);
    if (r == 0)
        *ret = u;
    secret_wipe(&u, sizeof u);
    return r;
}

static void put_place(struct buf *b, const char *scheme, const struct file_uri *u)
{
    buf_format(b, "%s%s", scheme, u->host);
    if (u->port != FILE_URI_PORT)
        buf_format(b, ":%u", u->port);
    buf_put_text(b, u->path);
}

void file_uri_put_https(struct buf *b, const struct file_uri *u)
{
    put_place(b, "https://", u);
}

void file_uri_put(struct buf *b, const struct file_uri *u)
{
    char hex[2 * FILE_URI_KEY_BYTES + 1];
    put_place(b, "aesgcm://", u);
    encode_hex(u->iv, sizeof u->iv, hex);
    buf_format(b, "#%s", hex);
    encode_hex(u->key, sizeof u->key, hex);
    buf_put_text(b, hex);
    secret_wipe(hex, sizeof hex);
}
