/* C2SP tlog-checkpoint: the text of a signed note that commits to a tree.
 *
 *     ORIGIN
 *     SIZE
 *     base64(root)
 *     [extension lines]
 */
#ifndef IRONSIDE_CRYPTO_CHECKPOINT_H
#define IRONSIDE_CRYPTO_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "crypto/merkle.h"
#include "crypto/note.h"

#define CHECKPOINT_MAX_BYTES 8192U /* with its signatures */

struct checkpoint {
    uint64_t size; /* leaves */
    uint8_t root[MERKLE_BYTES];
};

/* Appends the note, signed by `k`, whose name need not be the origin. Extension lines may be ""
 * or end in a newline each. `out` fails if what came out could not be parsed again. */
void checkpoint_sign(struct buf *out, const char *origin, const struct checkpoint *c,
                     const char *extensions, const struct note_key *k,
                     const uint8_t secret[static SIGN_SECRET_BYTES]);
/* Reads the text of a note. ERR_FORMAT: not a checkpoint (leading zeros in the size, a root that is
 * not 32 bytes, too few lines, an empty one); ERR_AUTH: another origin. The signatures are the
 * caller's to check first (note_verify). */
int checkpoint_parse(const char *text, size_t len, const char *origin,
                     struct checkpoint *ret) MUST_USE;

#endif
