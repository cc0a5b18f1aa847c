/* A network's serve/ folder (0700): how it is served, and to whom.
 *
 *     serve.json         {"address":"127.0.0.1","port":8460,"agencies":{"north":"HEX"}}
 *     tls.key, tls.pem   its TLS key (0600) and certificate (serve/tls.h)
 *
 * An agency is known by the SHA-256 of its TLS key, which its mirror shows.
 */
#ifndef IRONSIDE_SERVE_SETTINGS_H
#define IRONSIDE_SERVE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "wire/value.h"

#define SERVE_FOLDER "serve"
#define SERVE_AGENCIES_MAX 64U
#define SERVE_ADDRESS_MAX 63U
#define SERVE_DEFAULT_PORT 8460

struct serve_agency {
    char name[VALUE_WARRANT_MAX + 1];
    uint8_t key[HASH_BYTES];
};
struct serve_settings {
    char address[SERVE_ADDRESS_MAX + 1];
    uint16_t port; /* 0: any */
    struct serve_agency agencies[SERVE_AGENCIES_MAX];
    size_t agency_count;
};

/* Reads DIR/serve/serve.json. ERR_NOT_FOUND, ERR_FORMAT, ERR_IO. */
int serve_settings_read(const char *dir, struct serve_settings *ret, struct diag *d) MUST_USE;
/* Makes DIR/serve with it and a fresh key. ERR_EXISTS, ERR_FORMAT: they could not be read again;
 * ERR_IO. */
int serve_settings_create(const char *dir, const struct serve_settings *s, struct diag *d) MUST_USE;
/* That file in DIR/serve; the caller's. */
char *serve_settings_file(const char *dir, const char *name);
/* The agency of that key; NULL: none. */
const struct serve_agency *serve_settings_agency(const struct serve_settings *s,
                                                 const uint8_t key[static HASH_BYTES]);

#endif
