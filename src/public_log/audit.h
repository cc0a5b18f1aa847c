/* Checking the public log with public data alone: the file and the network note. */
#ifndef IRONSIDE_PUBLIC_LOG_AUDIT_H
#define IRONSIDE_PUBLIC_LOG_AUDIT_H

#include "public_log/store.h"

struct public_log_audit_counts {
    uint64_t entries, checkpoints;
    uint64_t of_kind[DOCUMENT_KINDS]; /* by enum document_kind */
    uint32_t policy;                  /* serial of the newest; 0: none */
};

/* That the entries are the tree's leaves and the tree is what it says it is; that every checkpoint
 * that was ever signed is the registrar's and of this tree, and the newest one of all of it; that
 * no document is there twice, each is the text that its entry names, and is signed by those who
 * may: policies and warrants by the custodians, epochs, statements and destructions by the key that
 * a policy names for the bot, exemptions by the registrar, statements of use by the desk that their
 * warrant names; that policies' serials go up, all that a policy names is there before it, no day
 * of a warrant is destroyed twice, and of each desk every statement follows the one before.
 *
 * Names the first thing wrong: ERR_AUTH, ERR_FORMAT; ERR_IO. The log was opened for reading. */
int public_log_audit(struct public_log *s, const struct network_note *net,
                     struct public_log_audit_counts *ret, struct diag *d) MUST_USE;

#endif
