/* Does the public log have the certificates of those whose messages lie in a journal? */
#ifndef IRONSIDE_ARCHIVE_LOGGED_H
#define IRONSIDE_ARCHIVE_LOGGED_H

#include "journal/journal.h"
#include "network/log_store.h"

/* How many of the journal's chains are under a certificate that the log lacks; `ret_first`: the
 * first one's hash. ERR_IO, ERR_FORMAT. */
int logged_missing(struct journal *j, struct log_store *log, uint64_t *ret_missing,
                   uint8_t ret_first[static HASH_BYTES], struct diag *d) MUST_USE;

#endif
