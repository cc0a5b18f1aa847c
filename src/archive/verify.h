/* All that `ironside archive verify` asks of an archive, in one order: the journal by itself, the
 * files beside it, the public log, the checkpoints that others hold, and with an agency's key each
 * message that it opens.
 */
#ifndef IRONSIDE_ARCHIVE_VERIFY_H
#define IRONSIDE_ARCHIVE_VERIFY_H

#include "archive/audit.h"
#include "archive/logged.h"
#include "archive/reader.h"
#include "archive/stored.h"

struct verify_held {
    const char *name; /* for the line */
    const char *note;
};

struct verify_options {
    struct audit_options audit;
    const char *files;       /* the bot's folder of files */
    struct logged_views log; /* the network's */
    const struct verify_held *held;
    size_t held_count;
    /* With a key: each message is handed to `fn`. `reader.journal` and `.library` are set from
     * `audit`; identity_count 0: without one. */
    struct reader_options reader;
    reader_fn *fn;
    void *context;
};

struct verify_counts {
    struct audit_counts audit;
    struct stored_counts stored;
    struct reader_counts reader;
};

/* Names the first thing wrong, but messages are left to `fn`. The errors of its parts, and what
 * `fn` returns. */
int verify_archive(const struct verify_options *o, struct verify_counts *ret,
                   struct diag *d) MUST_USE;

#endif
