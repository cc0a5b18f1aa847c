/* Messages from anna to bert as a changed device, a hostile server or a hostile bot could make
 * them. Each is honest but for what one function spoils, at one of the stages of its making;
 * whatever comes later (seals, signature, verdict) is honestly made over the spoilt part.
 */
#ifndef IRONSIDE_TESTS_DEVICE_LETTER_H
#define IRONSIDE_TESTS_DEVICE_LETTER_H

#include "world.h"

enum stage {
    LETTER_FIELDS,  /* the envelope's fields are there, and the text is encrypted */
    LETTER_SEALED,  /* enc and wraps are there */
    LETTER_SIGNED,  /* signature and digest are there */
    LETTER_LINE,    /* the verdict's line is there */
    LETTER_VERDICT, /* the round is signed */
    LETTER_TEXT,    /* the stanza is written: `text` */
};

struct letter {
    struct world *w;
    struct party *from, *to;
    struct party *ratchet; /* whose session encrypts the key; `from` */
    struct envelope e;
    char id[32], body[64];
    const char *recipients[1];
    uint8_t cipher[64];
    uint8_t content[PAYLOAD_CONTENT_BYTES];
    uint8_t sealed_content[PAYLOAD_CONTENT_BYTES];    /* what the seal is made of */
    uint8_t encrypted_content[PAYLOAD_CONTENT_BYTES]; /* what the recipient's key holds */
    const struct policy_set *rules;
    const char *country; /* that its seal goes by; NULL: none */
    struct coverage cover;
    uint8_t signing_secret[SIGN_SECRET_BYTES];
    uint8_t digest[HASH_BYTES];
    struct fixture_bot bot; /* that signs the verdict */
    struct verdict_line line;
    int64_t verdict_ms;
    struct verdict verdict;
    bool has_verdict, drop_key;
    uint32_t sid, rid;
    char *text;
};

typedef void letter_spoil(struct letter *l, enum stage stage);
/* Makes it; the stanza is in `text`, the caller's. `spoil` may be NULL. */
void letter_write(struct letter *l, struct world *w, letter_spoil *spoil, const char *id);
/* Replaces the first `old` in its text. */
void letter_replace(struct letter *l, const char *old, const char *new);
/* Anna and bert have written to each other, so that there are sessions. */
void letter_acquaint(struct world *w);

/* Hands it to bert and frees its text: it must be shown and acknowledged, or else he must be told a
 * line with `says` in it. */
void letter_take(struct world *w, struct letter *l, bool shown, const char *says);

struct letter_row {
    const char *name; /* and id of the message */
    letter_spoil *spoil;
    const char *says; /* part of the line that bert is told */
    bool decrypted;   /* found out after decryption: the ratchet's step is kept */
};
/* Each is refused with its line, and changes nothing; a good one behind it is shown. */
void letter_refused(struct world *w, const struct letter_row *rows, size_t count);

#endif
