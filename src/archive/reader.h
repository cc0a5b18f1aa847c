/* Reading a journal with an agency's key: opens the batches of the warrants that name the agency,
 * and checks every record against the journal, the sender's certificate and the warrant's day key.
 * Here, and only here and on devices, text becomes readable.
 */
#ifndef IRONSIDE_ARCHIVE_READER_H
#define IRONSIDE_ARCHIVE_READER_H

#include "archive/library.h"
#include "crypto/age.h"
#include "journal/journal.h"
#include "wire/record.h"

struct reader;

struct reader_options {
    struct journal *journal; /* the caller's, with a snapshot taken */
    const struct network_note *net;
    const struct library *library;
    const struct age_identity *identities; /* each is tried; in secret memory, the caller's */
    size_t identity_count;
};

struct reader_message {
    uint64_t leaf;
    const struct record *record;
    const char *body; /* decrypted; `body_len` bytes and a NUL */
    size_t body_len;
    bool verified;
    const char *wrong;   /* what could not be verified; "" when all was */
    const char *country; /* of its place token; "" when it has none that is the registrar's */
};

/* Called for each message; it and all it points at live until the callback returns. A value other
 * than 0 ends the reading and is handed on. */
typedef int reader_fn(void *context, const struct reader_message *m);

struct reader_counts {
    uint64_t batches; /* that were opened */
    uint64_t foreign; /* of warrants that name none of the identities: passed over */
};

struct reader *reader_new(const struct reader_options *options);
void reader_free(struct reader *r); /* wipes */
DEFINE_CLEANUP(struct reader, reader_free)

/* Reads one batch, as the journal has it, and counts it in `counts`. What `fn` has
 * got of it when a fault is found is the caller's to drop. The errors of reader_run. */
int reader_batch(struct reader *r, const struct journal_batch_row *row, reader_fn *fn,
                 void *context, struct reader_counts *counts, struct diag *d) MUST_USE;
/* Reads all batches from number `from` on in the journal's order. `ret` may be NULL. ERR_AUTH or
 * ERR_FORMAT: a batch that should open does not, or holds lines that are not the journal's leaves;
 * the line names the batch. */
int reader_run(struct reader *r, int64_t from, reader_fn *fn, void *context,
               struct reader_counts *ret, struct diag *d) MUST_USE;

#endif
