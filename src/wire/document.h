/* What all signed documents share: a signed note whose text is lines of "key value" in a fixed
 * order, the first one "ironside KIND VERSION". A document is named by the SHA-256 of its text,
 * without the signature lines. Each kind has a header of its own; all keep their strings in one
 * arena.
 */
#ifndef IRONSIDE_WIRE_DOCUMENT_H
#define IRONSIDE_WIRE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "crypto/hash.h"
#include "crypto/note.h"
#include "crypto/sign.h"

enum document_kind {
    DOCUMENT_NETWORK = 1,
    DOCUMENT_POLICY,
    DOCUMENT_WARRANT,
    DOCUMENT_EPOCHS,
    DOCUMENT_CERTIFICATE,
    DOCUMENT_PLACE,
    DOCUMENT_STATEMENT,
    DOCUMENT_DESTRUCTION,
    DOCUMENT_EXEMPTIONS,
    DOCUMENT_USE,
    DOCUMENT_KINDS /* one more than the last; kinds are kept by their numbers, so new ones go last
                    */
};

/* All that differs by kind alone; what a document says is in the header of its kind. */
struct document_traits {
    const char *word; /* "policy": in its first line, in stanzas and in the log */
    unsigned version; /* of its text */
    bool logged;      /* it stands in the public log */
    bool tagged;      /* … with a tag, by which those of an account or of a desk are found */
    bool hidden;      /* … without its text, which names an account */
    bool of_bot;      /* a bot hands it in to the registrar */
};
/* NULL for what is no kind. */
const struct document_traits *document_traits(enum document_kind kind);
/* Its word, or NULL; 0 for a word that is not a kind's. */
const char *document_kind_text(enum document_kind kind);
enum document_kind document_kind_of(const char *word);

/* The part every kind begins with. */
struct document {
    struct arena arena;
    char *note; /* text and signatures as they came, ended by a NUL */
    size_t note_len;
    size_t text_len; /* of the text within `note` */
    uint8_t hash[HASH_BYTES];
};

/* Reads lines in order. */
struct document_reader {
    struct document *document;
    const char *kind; /* for the diag: "warrant" */
    const char *pos, *end;
    struct diag *diag;
    int failed; /* the first error's code, or 0 */
};

/* Does the text begin as one of this kind does, of whatever version? */
bool document_is(const char *text, size_t len, const char *kind);

/* Copies the note, finds its text and hash, and checks the first line. `n` views the copy. */
int document_begin(struct document_reader *r, struct document *doc, const char *kind,
                   const char *note, size_t len, size_t max, struct note *n,
                   struct diag *d) MUST_USE;
/* The same for a draft, which nobody may have signed yet. */
int document_begin_draft(struct document_reader *r, struct document *doc, const char *kind,
                         const char *note, size_t len, size_t max, struct note *n,
                         struct diag *d) MUST_USE;
/* The value of the next line, which must have this key; "" after a failure. */
const char *document_value(struct document_reader *r, const char *key);
/* The same if the next line has this key, else NULL. */
const char *document_optional(struct document_reader *r, const char *key);
/* Marks the reader as failed: "<kind>: line 'key value': why"; `value` may be "". */
void document_refuse(struct document_reader *r, const char *key, const char *value,
                     const char *why);
/* The same for the whole next line, whatever its key is. */
void document_unexpected(struct document_reader *r, const char *why);
/* Everything was read: 0 or the code of the first failure. */
int document_end(struct document_reader *r) MUST_USE;
void document_clear(struct document *doc);

/* Typed values; each fails the reader when the value has another form. */
uint64_t document_number(struct document_reader *r, const char *key, uint64_t max);
int64_t document_day(struct document_reader *r, const char *key);
int64_t document_instant(struct document_reader *r, const char *key);
void document_hash(struct document_reader *r, const char *key, uint8_t ret[static HASH_BYTES]);
void document_key(struct document_reader *r, const char *key,
                  uint8_t ret[static SIGN_PUBLIC_BYTES]);
/* The line must name this network. */
void document_network(struct document_reader *r, const char *domain);

/* Splits `value` at single spaces into at most `max` words in the arena. Returns their number,
 * or 0 with the reader failed when there are more or an empty one. */
size_t document_words(struct document_reader *r, const char *key, const char *value,
                      const char **ret, size_t max);

/* A signature by this key: 0, or ERR_AUTH with "<kind>: not signed by NAME". Others are ignored. */
int document_verify(const struct note *n, const char *kind, const char *name,
                    const uint8_t key[static SIGN_PUBLIC_BYTES], struct diag *d) MUST_USE;

/* Writing: what the readers above take, appended. */
void document_put_key(struct buf *b, const uint8_t key[static SIGN_PUBLIC_BYTES]);
void document_put_hash(struct buf *b, const uint8_t hash[static HASH_BYTES]);
void document_put_instant(struct buf *b, int64_t at_unix_ms);
/* Each with a blank before it. */
void document_put_words(struct buf *b, const char *const *words, size_t count);

#endif
