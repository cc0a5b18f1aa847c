/* age v1 files (C2SP age) for X25519 recipients: binary form, no armor, no scrypt.
 *
 * Reading skips recipient stanzas of other kinds, so a file that also has another recipient
 * opens with its X25519 identity (but for a passphrase, which age wants alone in a file).
 */
#ifndef IRONSIDE_CRYPTO_AGE_H
#define IRONSIDE_CRYPTO_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define AGE_KEY_BYTES 32
#define AGE_RECIPIENT_LEN 62        /* "age1…", Bech32 */
#define AGE_IDENTITY_LEN 74         /* "AGE-SECRET-KEY-1…", Bech32 */
#define AGE_HEADER_MAX_BYTES 65536U /* of a file that is read */
#define AGE_RECIPIENTS_MAX 64U
#define AGE_IDENTITIES_MAX 64U

struct age_recipient {
    uint8_t key[AGE_KEY_BYTES]; /* X25519 public */
};
struct age_identity { /* keep it in secret memory */
    uint8_t secret[AGE_KEY_BYTES];
    uint8_t public[AGE_KEY_BYTES];
};

/* All that one person has: each may open what the others don't. Keep them in secret memory. */
struct age_identities {
    struct age_identity list[AGE_IDENTITIES_MAX];
    size_t count;
};

void age_identity_generate(struct age_identity *ret);
struct age_recipient age_identity_recipient(const struct age_identity *id);

/* Bech32 (BIP 173) in the case that age asks for: recipients lower, identities upper. ERR_FORMAT;
 * ERR_KEY: a recipient of low order. Not in constant time. */
int age_recipient_parse(const char *text, struct age_recipient *ret) MUST_USE;
int age_identity_parse(const char *text, struct age_identity *ret) MUST_USE;
void age_recipient_format(const struct age_recipient *r, char ret[static AGE_RECIPIENT_LEN + 1]);
void age_identity_format(const struct age_identity *id, char ret[static AGE_IDENTITY_LEN + 1]);
/* Every identity in the text of an identity file as age-keygen writes it (comments, blank lines),
 * with what editors add: a byte order mark at its start, CR before LF. `ret` may be written to on
 * failure. ERR_FORMAT: a line is no identity; ERR_NOT_FOUND: there is none; ERR_LIMIT: more than
 * AGE_IDENTITIES_MAX. */
int age_identities_parse(const char *text, struct age_identities *ret) MUST_USE;

/* Appends the whole file for `len` bytes of plaintext. ERR_LIMIT: no recipient, too many, or the
 * buffer's maximum; ERR_KEY: a recipient of low order. What was appended is taken back on
 * failure. */
int age_encrypt(const struct age_recipient *recipients, size_t count, const void *plaintext,
                size_t len, struct buf *out) MUST_USE;

/* Appends the plaintext of a whole file. ERR_FORMAT: not an age v1 file, a share of low order, or a
 * payload of a length that none has; ERR_NOT_FOUND: no stanza is for one of the identities;
 * ERR_AUTH: header or payload was changed, cut or lengthened; ERR_LIMIT: the buffer's maximum, or
 * more than AGE_RECIPIENTS_MAX X25519 stanzas. What was appended is taken back on failure. */
int age_decrypt(const struct age_identity *identities, size_t count, const void *file, size_t len,
                struct buf *out) MUST_USE;

/* Writing in pieces, with constant memory, for files of any length. */
struct age_writer;
/* Appends the header to `out`. Errors as age_encrypt's. */
int age_writer_new(const struct age_recipient *recipients, size_t count, struct buf *out,
                   struct age_writer **ret) MUST_USE;
/* Appends the chunks that became whole. ERR_LIMIT: the buffer's maximum; the file is lost then, and
 * only age_writer_free may follow. */
int age_writer_add(struct age_writer *w, const void *data, size_t len, struct buf *out) MUST_USE;
/* Appends the last chunk and frees the writer, also on failure. */
int age_writer_end(struct age_writer *w, struct buf *out) MUST_USE;
void age_writer_free(struct age_writer *w);

/* Reading in pieces, likewise. Each chunk is authentic when it is handed on, but whether the file
 * is whole shows at its end alone. */
struct age_reader;
/* `head`: the file's first AGE_HEAD_BYTES, or all of it where it is shorter. Gives how many of
 * these are the header's; what follows goes to age_reader_add. Errors as age_decrypt's. */
#define AGE_HEAD_BYTES (AGE_HEADER_MAX_BYTES + 16U)
int age_reader_new(const struct age_identity *identities, size_t count, const void *head,
                   size_t len, size_t *ret_used, struct age_reader **ret) MUST_USE;
/* Appends the plaintext of the chunks that became whole. ERR_AUTH, ERR_FORMAT, ERR_LIMIT: only
 * age_reader_free may follow. */
int age_reader_add(struct age_reader *r, const void *data, size_t len, struct buf *out) MUST_USE;
/* Appends the last chunk and frees the reader, also on failure. ERR_AUTH: the file was cut. */
int age_reader_end(struct age_reader *r, struct buf *out) MUST_USE;
void age_reader_free(struct age_reader *r);
DEFINE_CLEANUP(struct age_reader, age_reader_free)

#endif
