/* Keeping a local copy of a network's public and sealed data that is served elsewhere
 * (serve/serve.h). Nobody is believed: documents are checked against the network note, and of a
 * journal only what stands under a checkpoint that its bot has signed, in a tree that continues
 * the one that is here, is written at all. So it is never ahead of the checkpoints, and up to a
 * minute behind its bot. What a server says that does not hold is named in one line, and stops
 * nothing but the journal that it is of.
 *
 * A round is written whole, as its bot wrote it (journal_commit): whatever dies at whatever moment,
 * the next turn goes on behind the last round that is here. No key that opens anything is here.
 */
#ifndef IRONSIDE_MIRROR_MIRROR_H
#define IRONSIDE_MIRROR_MIRROR_H

#include "mirror/folder.h"

struct mirror;

struct mirror_options {
    const struct mirror_folder *folder; /* the caller's */
    const volatile int *stop;           /* ends what is under way when it is set; NULL: nothing */
    /* A line for people whenever what is wrong with something changes: with "documents" or a bot.
     * `line` is "" when it goes on again. */
    void (*say)(void *context, const char *what, const char *line);
    void *context;
};

/* Opens what is there, and looks the server's name up. Nobody else keeps the same folder:
 * ERR_EXISTS. ERR_NOT_FOUND, ERR_FORMAT, ERR_AUTH, ERR_IO. */
int mirror_open(const struct mirror_options *o, struct mirror **ret, struct diag *d) MUST_USE;
void mirror_close(struct mirror *m);
DEFINE_CLEANUP(struct mirror, mirror_close)

/* Fetches what there is, of everything in turn; whatever stands is tried again after a pause that
 * grows. 1: there was something new; 0: nothing. */
int mirror_turn(struct mirror *m);
/* Is there anything that stands? */
bool mirror_stands(const struct mirror *m);

#endif
