/* Tampering with a document, line by line and signature by signature. */
#ifndef IRONSIDE_TESTS_WIRE_TAMPER_H
#define IRONSIDE_TESTS_WIRE_TAMPER_H

#include "test.h"

struct tamper {
    const char *kind; /* as the lines that refuse it begin: "warrant" */
    const char *text; /* a valid one */
    /* Opens the note, and frees what came of it. */
    int (*open)(void *context, const char *note, size_t len, struct diag *d);
    /* Signs a text as this kind of document is. */
    char *(*sign)(void *context, const char *text);
    void *context;
    size_t max; /* bytes of a note */
};

/* What is said when a line is removed, doubled, or swapped with the next; NULL: it is taken. */
struct tamper_line {
    const char *removed, *doubled, *swapped;
};
/* Does all that, with one row for each line of the text; and further, at each line: puts one that
 * nobody knows before it, an empty one, a space behind it, and ends the text there. */
void tamper_lines(const struct tamper *t, const struct tamper_line *says, size_t count);

/* Signs the text with the first `old` replaced by `new`; NULL: it is taken. */
struct tamper_value {
    const char *old, *new, *says;
};
void tamper_values(const struct tamper *t, const struct tamper_value *cases, size_t count);

/* Any byte of the text changed after it was signed, and every way to be no note at all. */
void tamper_bytes(const struct tamper *t);

/* Signed by one key: by none, another, with another name, for another text, and with others. */
void tamper_signature(const struct tamper *t, const struct fixture_signer *signer);
/* Signed by k of n custodians of the fixture (which has 3 and needs 2): fewer, the same twice, a
 * wrong key, unknown signers, for another text. */
void tamper_quorum(const struct tamper *t, const struct fixture *f);

/* Fails unless `b`, which it empties, is the document's text: whatever is taken must be written as
 * it was read. */
void assert_written(const struct document *d, struct buf *b);

/* Opens the text as it is signed by its signers; `says` NULL: it must be taken. */
void tamper_check(const struct tamper *t, const char *text, const char *says);

#endif
