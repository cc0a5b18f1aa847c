/* Checking a package with nothing but its bytes, and the network's note where one is trusted: that
 * it is whole, that the desk of a warrant's agency has signed it, that each bot's lines make the
 * tree that the bot has signed, and of each record who signed it, that the bot archived it in that
 * place, and that its key was sealed to its warrant's key of the day.
 */
#ifndef IRONSIDE_EXCHANGE_VERIFY_H
#define IRONSIDE_EXCHANGE_VERIFY_H

#include "archive/validity.h"
#include "exchange/package.h"
#include "exchange/package_files.h"
#include "exchange/stamp.h"
#include "wire/record.h"

struct verify_message {
    const char *bot;
    uint64_t leaf;
    const struct record *record;
    const char *body; /* ended by a NUL */
    size_t body_len;
    const char *country;      /* "" none */
    uint8_t hash[HASH_BYTES]; /* of its leaf */
};
struct package_verify_options {
    const char *path;                      /* the file, or the folder that it was unpacked to */
    const struct age_identity *identities; /* in secret memory; a folder needs none */
    size_t identity_count;
    const char *network;     /* the trusted copy of the network's note; NULL: the package's own */
    const char *authorities; /* trusted for time stamps, PEM: it must have one then; NULL */
    /* Each record once it is checked, though what follows may show the package to be none. */
    int (*message)(void *context, const struct verify_message *m);
    /* The ciphertext of each file, piece by piece; NULL, 0: it is whole, and has that hash. What it
     * returns below 0 is handed on. May be NULL. */
    package_files_fn *sealed;
    void *context;
};
struct package_verified {
    struct package *package; /* the caller's */
    char network[VALUE_DOMAIN_MAX + 1];
    uint8_t network_hash[HASH_BYTES]; /* of its note: what is compared where none is trusted */
    uint64_t records, members;
    uint64_t files, files_missing; /* that records send: in the package, and not in it */
    uint64_t certificates, logged; /* of its records, and those of them in the public log */
    uint64_t log_size;             /* entries; 0: the package has nothing of the public log */
    bool stamped;
    struct stamp stamp;
    struct validities *warrants; /* the caller's: how all of its network stand by its documents */
};
/* ERR_AUTH, ERR_FORMAT and all that bag_read returns: the line names the member or the leaf that is
 * wrong. */
int package_verify(const struct package_verify_options *o, struct package_verified *ret,
                   struct diag *d) MUST_USE;
void package_verified_clear(struct package_verified *v);
#define CLEANUP_VERIFIED CLEANUP(package_verified_clear)

#endif
