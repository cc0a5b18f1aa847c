/* Between the files of audit.h. */
#ifndef IRONSIDE_PUBLIC_LOG_AUDIT_INTERNAL_H
#define IRONSIDE_PUBLIC_LOG_AUDIT_INTERNAL_H

#include <uthash.h>

#include "crypto/merkle_range.h"
#include "public_log/audit.h"
#include "wire/policy.h"
#include "wire/use.h"

/* An entry that was seen, by kind and hash. */
struct log_known {
    uint8_t key[1 + HASH_BYTES];
    uint64_t index;
    char *note; /* of warrants and epochs */
    UT_hash_handle hh;
};

/* A day key that a destruction names. */
struct log_destroyed {
    char key[VALUE_WARRANT_MAX + 32]; /* "WARRANT DAY" */
    uint64_t index;
    UT_hash_handle hh;
};

/* A desk for one warrant, and its newest statement of use before the entry that is looked at. */
struct log_desk {
    char key[USE_DESK_MAX + 1];
    struct use *last;
    UT_hash_handle hh;
};

struct public_log_audit {
    struct public_log *s;
    const struct network_note *net;
    struct public_log_audit_counts counts;
    struct merkle_range range;
    uint8_t (*roots)[MERKLE_BYTES]; /* after each entry */
    uint64_t newest;                /* size of the newest checkpoint */
    struct log_known *known;
    struct log_destroyed *destroyed;
    struct log_desk *desks;
    struct {
        struct policy *policy;
        uint64_t index;
    } * policies; /* in the log's order */
    size_t policy_count;
    struct diag *d;
};

/* Takes the policy up: its signatures and serial. */
int public_log_audit_policy(struct public_log_audit *a, const struct log_row *row) MUST_USE;
/* All that a document of these says and is signed by, but for what the first walk did. The line
 * does not name the entry. */
int public_log_audit_document(struct public_log_audit *a, const struct log_row *row) MUST_USE;
/* The document of that hash, if its entry is before `index`; or NULL. */
const struct log_known *public_log_audit_find(const struct public_log_audit *a,
                                              enum document_kind kind,
                                              const uint8_t hash[static HASH_BYTES],
                                              uint64_t index);
/* A statement of use: whose it is, that they signed it, and that it follows the one before. */
int public_log_audit_use(struct public_log_audit *a, const struct log_row *row) MUST_USE;

#endif
