/* Originals of files, for whoever has read their message: the ciphertext beside a bot's journal,
 * checked against the hash that its sender signed and the key that the message names, and opened
 * piece by piece. Between pieces ciphertext alone is held, of few files and for a moment; nothing
 * is written.
 */
#ifndef IRONSIDE_FOLLOWER_ORIGINALS_H
#define IRONSIDE_FOLLOWER_ORIGINALS_H

#include "base/buf.h"
#include "media/sealed.h"

#define ORIGINALS_PIECE_MAX (192U * 1024) /* bytes */

struct originals_file {
    uint8_t sha256[HASH_BYTES]; /* of the ciphertext */
    uint64_t size;
    uint8_t key[SEALED_KEY_BYTES], iv[SEALED_IV_BYTES];
};
struct originals_place { /* of a bot's */
    const char *journal; /* NULL: they came in packages, and no journal says that they are kept */
    const char *files;
};

struct originals;
struct originals *originals_new(void);
void originals_free(struct originals *o);
DEFINE_CLEANUP(struct originals, originals_free)

/* Appends the readable bytes from `offset` on. ERR_NOT_FOUND: the journal names no such file, or it
 * was removed, or is missing; ERR_AUTH: its bytes are not those that were archived, or the key does
 * not open them; ERR_FORMAT: past its end; ERR_LIMIT: longer than a file or a piece may be; ERR_IO.
 */
int originals_read(struct originals *o, const struct originals_place *p,
                   const struct originals_file *f, uint64_t offset, size_t len, struct buf *ret,
                   struct diag *d) MUST_USE;
/* Lets go of what nobody has asked for lately. */
void originals_tidy(struct originals *o);

#endif
