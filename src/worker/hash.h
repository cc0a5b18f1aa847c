/* A password that is hashed (Argon2id, RFC 9106): the form of a job and of what came of it. What
 * the hash should be is not of it: whoever asked compares, so that nobody on the way can say that a
 * password is right.
 */
#ifndef IRONSIDE_WORKER_HASH_H
#define IRONSIDE_WORKER_HASH_H

#include "worker/job.h"

#define WORKER_SALT_BYTES 16U
#define WORKER_HASH_BYTES 32U
#define WORKER_PASSWORD_MAX 1024U /* bytes */
#define WORKER_PASSES_MAX 8U
#define WORKER_KIB_MAX (256U * 1024)
#define WORKER_HASHES_AT_ONCE 2U

struct worker_recipe {
    uint8_t salt[WORKER_SALT_BYTES];
    uint32_t passes, kib; /* how much is computed, with how much memory */
};
struct worker_hash {
    uint64_t number;
    struct worker_recipe recipe;
    const char *password; /* not ended by a NUL */
    size_t password_len;
};
struct worker_hashed {
    uint64_t number;
    enum worker_outcome outcome;     /* WORKER_DONE, WORKER_CRASHED, WORKER_SLOW, WORKER_NONSENSE */
    uint8_t hash[WORKER_HASH_BYTES]; /* zeros but of WORKER_DONE */
};

/* As a frame's body and back; the password lies in the frame. ERR_FORMAT. */
void worker_hash_put(struct buf *b, const struct worker_hash *h);
int worker_hash_get(struct cursor *c, struct worker_hash *ret) MUST_USE;
void worker_hashed_put(struct buf *b, const struct worker_hashed *h);
int worker_hashed_get(struct cursor *c, struct worker_hashed *ret) MUST_USE;

/* Takes a tenth of a second. ERR_IO: there is no memory for it. */
int worker_hash_make(const struct worker_hash *h, uint8_t ret[static WORKER_HASH_BYTES]) MUST_USE;

#endif
