/* Where the public log has the documents of a proof. */
#ifndef IRONSIDE_ARCHIVE_PROOF_LOG_H
#define IRONSIDE_ARCHIVE_PROOF_LOG_H

#include "archive/proof.h"

struct proof_logged {
    uint64_t index;
    struct log_entry entry;
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES]; /* to the root under a checkpoint */
    size_t path_count;
};
/* Where a log has that document, under its checkpoint of that size. ERR_NOT_FOUND, without a line:
 * it lacks it, or has it behind the checkpoint; ERR_FORMAT: its tree is damaged; ERR_IO. */
int proof_log_find(struct public_log *log, uint64_t size, enum document_kind kind,
                   const uint8_t hash[static HASH_BYTES], struct proof_logged *ret,
                   struct diag *d) MUST_USE;

/* Fills `p`'s log_checkpoint, logged_certificate and logged_policy for these two hashes; strings
 * lie in the arena. Where `log` is NULL, or lacks one of them, or has no checkpoint yet, they say
 * so. ERR_AUTH, ERR_FORMAT: its checkpoint is not the registrar's, or its tree is damaged;
 * ERR_LIMIT; ERR_IO. */
int proof_log(struct public_log *log, const struct network_note *net,
              const uint8_t certificate[static HASH_BYTES], const uint8_t policy[static HASH_BYTES],
              struct arena *a, struct proof *p, struct diag *d) MUST_USE;

#endif
