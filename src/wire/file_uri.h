/* An aesgcm: URI (XEP-0454): where a file's ciphertext lies on the upload host, and in its fragment
 * the IV and key that open it.
 *
 *     aesgcm://HOST[:PORT]/PATH#IV KEY     24 and 64 hexadecimal digits, nothing between them
 *
 * The server never sees the fragment: it stands inside the encrypted text alone.
 */
#ifndef IRONSIDE_WIRE_FILE_URI_H
#define IRONSIDE_WIRE_FILE_URI_H

#include "wire/value.h"

#define FILE_URI_IV_BYTES 12
#define FILE_URI_KEY_BYTES 32
#define FILE_URI_MAX (VALUE_DOMAIN_MAX + VALUE_PATH_MAX + 128U)
#define FILE_URI_PORT 443 /* where none is named */

struct file_uri {
    char host[VALUE_DOMAIN_MAX + 1];
    uint16_t port;
    char path[VALUE_PATH_MAX + 1];
    uint8_t iv[FILE_URI_IV_BYTES];
    uint8_t key[FILE_URI_KEY_BYTES];
};

/* Takes just what file_uri_put writes. ERR_FORMAT. */
int file_uri_parse(const char *text, size_t len, struct file_uri *ret) MUST_USE;
void file_uri_put(struct buf *b, const struct file_uri *u);
/* "https://HOST[:PORT]/PATH", as a slot names it (XEP-0363): host, port and path. ERR_FORMAT. */
int file_uri_parse_https(const char *text, size_t len, struct file_uri *ret) MUST_USE;
void file_uri_put_https(struct buf *b, const struct file_uri *u);

#endif
