/* A journal beside the public log: does the log have the certificates of those whose messages lie
 * in it, and do both have the same words of the bot?
 */
#ifndef IRONSIDE_ARCHIVE_LOGGED_H
#define IRONSIDE_ARCHIVE_LOGGED_H

#include "journal/journal.h"
#include "public_log/store.h"

/* How many of the journal's chains are under a certificate that the log lacks; `ret_first`: the
 * first one's hash. ERR_IO, ERR_FORMAT. */
int logged_missing(struct journal *j, struct public_log *log, uint64_t *ret_missing,
                   uint8_t ret_first[static HASH_BYTES], struct diag *d) MUST_USE;

/* That every statement and destruction of this bot's key in the log is in the journal, which
 * audit_journal has found to hold what its reports say, and that the log has each report that it is
 * said to have. The bot may be running: of the log it takes one view from before the journal's and
 * one from after it. ERR_AUTH: one is missing, on either side, or the log's is not the bot's;
 * ERR_IO, ERR_FORMAT. */
struct logged_views {
    struct public_log *before, *after;
};
int logged_reports(struct journal *j, const uint8_t bot_key[static SIGN_PUBLIC_BYTES],
                   const char *domain, const struct logged_views *log, struct diag *d) MUST_USE;

#endif
