/* What the verbs of a desk share: its folder and its vault, opened while the desk itself is
 * stopped.
 */
#ifndef IRONSIDE_CLI_DESK_H
#define IRONSIDE_CLI_DESK_H

#include "cli/verb.h"
#include "desk/engine.h"

struct desk_opened {
    struct desk_folder folder;
    char *passphrase; /* in secret memory; NULL: a key file opens it */
    struct desk_engine engine;
};

/* The folder, and the passphrase of its vault where it has no key file: from the file, or asked
 * for. VERB_OK or VERB_FAILED; clear it in any case. */
int desk_look(const struct verb *v, const char *dir, const char *passphrase_file,
              struct desk_opened *ret);
/* The same, and its vault opened. */
int desk_open(const struct verb *v, const char *dir, const char *passphrase_file,
              struct desk_opened *ret);
void desk_clear(struct desk_opened *x);
#define CLEANUP_DESK CLEANUP(desk_clear)

#define DESK_PASSPHRASE_MORE                                                                       \
    "  --passphrase-file FILE  holds the vault's passphrase (else it is asked for)\n"

#endif
