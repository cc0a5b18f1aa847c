/* C2SP signed notes: a text that ends in a newline, an empty line, signature lines
 * "— NAME base64(key hash (4) | signature)". Ed25519 (type 0x01) signs the text.
 */
#ifndef IRONSIDE_CRYPTO_NOTE_H
#define IRONSIDE_CRYPTO_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "crypto/sign.h"

#define NOTE_NAME_MAX 255U      /* bytes */
#define NOTE_SIGNATURES_MAX 16U /* lines */
#define NOTE_KEY_HASH_BYTES 4

struct note_key { /* a verifier */
    const char *name;
    uint8_t key[SIGN_PUBLIC_BYTES];
};

struct note_signature {
    const char *name; /* not ended by a NUL: `name_len` bytes inside the note */
    size_t name_len;
    uint8_t key_hash[NOTE_KEY_HASH_BYTES];
    const char *blob; /* base64 inside the note: key hash and signature */
    size_t blob_len;
};

struct note {         /* a view into a text that it does not own */
    const char *text; /* with its last newline */
    size_t text_len;
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
    size_t signature_count;
};

/* UTF-8 of 1 to NOTE_NAME_MAX bytes without space (of Unicode either), '+' or control character. */
bool note_name_valid(const char *name, size_t len);
/* SHA-256(name | 0x0A | 0x01 | key)[:4]. */
void note_key_hash(const struct note_key *k, uint8_t ret[static NOTE_KEY_HASH_BYTES]);
/* The vkey form "NAME+HASH+base64(0x01 | key)", owned by the caller. */
char *note_key_format(const struct note_key *k);
/* `ret_name` is owned by the caller and is what ret->name points at. ERR_FORMAT. */
int note_key_parse(const char *vkey, char **ret_name, struct note_key *ret) MUST_USE;

/* ERR_FORMAT: not a note: invalid UTF-8, an ASCII control character other than newline, no
 * empty line before the signatures, no signature line, a malformed one, more than 16. ERR_LIMIT:
 * `len` over `max`. */
int note_parse(const char *data, size_t len, size_t max, struct note *ret) MUST_USE;
/* The same for a note that nobody may have signed yet: no signature line is fine. Text and empty
 * line must be there. */
int note_parse_draft(const char *data, size_t len, size_t max, struct note *ret) MUST_USE;
/* Has `k` signed it? 0; ERR_NOT_FOUND: no line with its name and key hash; ERR_AUTH: there is one
 * that does not match (then the whole note must be refused, as C2SP says). */
int note_verify(const struct note *n, const struct note_key *k) MUST_USE;

/* Appends the signature line for `text` to `out`, which fails if text or name could not be parsed
 * again (the text must end in a newline). */
void note_sign_line(struct buf *out, const char *text, size_t text_len, const struct note_key *k,
                    const uint8_t secret[static SIGN_SECRET_BYTES]);
/* Appends text, empty line and the signature line: a note with one signature. */
void note_sign(struct buf *out, const char *text, size_t text_len, const struct note_key *k,
               const uint8_t secret[static SIGN_SECRET_BYTES]);

#endif
