/* The certificate and key of the front's TLS, as PEM texts, looked at before anything is served
 * with them.
 */
#ifndef IRONSIDE_FRONT_TLS_H
#define IRONSIDE_FRONT_TLS_H

#include <stdbool.h>

#include "base/cleanup.h"
#include "base/error.h"

#define FRONT_PEM_MAX 65536U /* bytes of either text */

struct front_tls {
    char *certificate; /* with the chain behind it; NULL: plain HTTP */
    char *key;         /* wiped as it is let go */
    bool ended;        /* its last day is over: browsers refuse it */
};

/* Reads both; `certificate` NULL: there is none, and nothing to read. ERR_NOT_FOUND, ERR_IO;
 * ERR_FORMAT: no certificate or key in PEM, or one under a passphrase; ERR_KEY: the key is not the
 * certificate's. The line names the file. */
int front_tls_read(const char *certificate, const char *key, struct front_tls *ret,
                   struct diag *d) MUST_USE;
void front_tls_clear(struct front_tls *t);
#define CLEANUP_FRONT_TLS CLEANUP(front_tls_clear)

#endif
