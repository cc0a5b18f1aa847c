/* What the parts of a mirror share. */
#ifndef IRONSIDE_MIRROR_INTERNAL_H
#define IRONSIDE_MIRROR_INTERNAL_H

#include "archive/library.h"
#include "journal/journal.h"
#include "mirror/fetch.h"
#include "mirror/mirror.h"
#include "serve/path.h"

#define MIRROR_LINE_MAX 512U

/* One of the things that are kept, and how it stands. */
struct mirror_part {
    char line[MIRROR_LINE_MAX]; /* why it stands; "": it does not */
    int pause_ms;
    int64_t again_ms; /* it is tried again then */
};
struct mirror_bot {
    const char *name; /* the folder's */
    char jid[VALUE_DOMAIN_MAX + 1];
    struct journal *journal; /* NULL: not there yet */
    struct mirror_part part, files;
    uint64_t filed; /* leaves of the journal all of whose files are here */
};
struct mirror {
    struct mirror_options o;
    struct network_note *net;
    struct library *library; /* of the documents that are here */
    struct fetch *fetch;
    int lock_fd;
    struct mirror_part documents;
    struct mirror_bot bots[MIRROR_BOTS_MAX];
    size_t bot_count;
};

/* Each fetches what is new of it: 1 there was something, 0 nothing, or an error with its line. */
int mirror_documents(struct mirror *m, struct diag *d) MUST_USE;
int mirror_journal(struct mirror *m, struct mirror_bot *b, struct diag *d) MUST_USE;
int mirror_files(struct mirror *m, struct mirror_bot *b, struct diag *d) MUST_USE;
/* The library anew, of what is in the folder. The errors of library_open. */
int mirror_shelve(struct mirror *m, struct diag *d) MUST_USE;
/* Appends the answer to a path. */
int mirror_get(struct mirror *m, const struct serve_path *p, struct buf *ret,
               struct diag *d) MUST_USE;

#endif
