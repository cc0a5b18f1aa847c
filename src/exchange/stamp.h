/* Time stamps (RFC 3161): an authority's signed word that it has seen the hash of some bytes at an
 * instant. A package has one over its package.note, the authority's whole answer in DER with its
 * certificates inside, so that it can be checked for as long as there is the package: the time that
 * certificates are held against is the stamp's own.
 */
#ifndef IRONSIDE_EXCHANGE_STAMP_H
#define IRONSIDE_EXCHANGE_STAMP_H

#include <stdbool.h>

#include "base/buf.h"

#define STAMP_MEMBER "package.tsr" /* a tag file */
#define STAMP_BYTES_MAX 65536U     /* of an answer */
#define STAMP_REQUEST_MAX 256U
#define STAMP_NAME_MAX 256U
#define STAMP_AUTHORITIES_MAX (1U << 20) /* bytes of PEM */

/* Who asks an authority: appends its answer to a request, both in DER. ERR_*, with a line. */
struct stamp_asker {
    int (*ask)(void *context, const struct buf *request, struct buf *ret, struct diag *d);
    void *context;
};

struct stamp {
    int64_t at_unix_ms;
    char authority[STAMP_NAME_MAX + 1]; /* its certificate's subject, in ASCII */
    bool compared; /* its certificate leads to a trusted one; else it is the authority's own word */
};
struct stamp_reply {
    const void *bytes;
    size_t len;
    const void *of; /* what it is to be a stamp of */
    size_t of_len;
    const char *authorities; /* trusted certificates, PEM; NULL: none are */
};

/* Appends a request for a stamp of the bytes by their SHA-512, with a nonce, that wants the
 * certificates. */
void stamp_request(struct buf *b, const void *of, size_t len);
/* Is it the answer to just this request, by its nonce? ERR_AUTH. What else it must be says
 * stamp_check. */
int stamp_answers(const struct buf *request, const struct buf *reply, struct diag *d) MUST_USE;
/* ERR_FORMAT: not an answer, or one that refuses, or the trusted certificates are none; ERR_AUTH:
 * a stamp of something else, not signed by its authority, or by one that is not trusted, or whose
 * certificate was not in force, or is not for time stamps alone. */
int stamp_check(const struct stamp_reply *r, struct stamp *ret, struct diag *d) MUST_USE;

#endif
