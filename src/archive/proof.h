/* What proves one archived message to somebody who has nothing but these bytes: its record, where
 * that stands in a tree that the bot has signed, the bot's verdict on it, and the documents that
 * say whose keys these are. docs/protocol.md, "Proof", says how it is checked by hand.
 */
#ifndef IRONSIDE_ARCHIVE_PROOF_H
#define IRONSIDE_ARCHIVE_PROOF_H

#include "archive/reader.h"
#include "public_log/store.h"

#define PROOF_SIGNED_MAX 8192U        /* bytes that a device signs */
#define PROOF_BYTES_MAX (320U * 1024) /* as a frame's body; four notes, a record, paths */

struct proof_options {
    struct journal *journal;       /* the caller's, with a snapshot taken */
    struct public_log *public_log; /* NULL: there is no copy of it here */
    const struct network_note *net;
    const struct library *library;
    const struct age_identity *identities; /* each is tried; in secret memory, the caller's */
    size_t identity_count;
};
/* A device's certificate and the number in its chain name a message; a warrant one of its records.
 */
struct proof_of {
    uint8_t certificate[HASH_BYTES];
    uint64_t n;
    const char *warrant;
};

struct proof_leaf {
    uint64_t index;
    const char *text; /* its hash is that of this */
    uint8_t path[MERKLE_PATH_MAX][MERKLE_BYTES];
    size_t path_count;
};
struct proof {
    const char *bot;
    const char *wrong;        /* what could not be verified of the message; "" nothing */
    const char *checkpoint;   /* signed note; "" none covers it yet: no leaf has a path then */
    struct proof_leaf record; /* its text is the record's line */
    struct proof_leaf batch, round;
    struct verdict verdict;
    const uint8_t *signed_bytes; /* S, which the device has signed; the record has the signature */
    size_t signed_len;
    const char *certificate, *warrant, *policy, *note; /* signed notes; the last the network's */
    /* Where the public log has the certificate and the policy, and the registrar's checkpoint over
     * both. "" there is no copy of the log, or it lacks one of them: neither has a text then. */
    const char *log_checkpoint;
    struct proof_leaf logged_certificate, logged_policy;
};

/* Finds it, and checks again all that the proof is to show. Strings lie in the arena, which should
 * hold PROOF_BYTES_MAX. ERR_NOT_FOUND: no such record; ERR_AUTH, ERR_FORMAT: the journal does not
 * hold what its bot has signed; ERR_KEY: not for these identities; ERR_LIMIT; ERR_IO. */
int proof_find(const struct proof_options *o, const struct proof_of *of, struct arena *a,
               struct proof *ret, struct diag *d) MUST_USE;

/* As a frame's body, and back; strings lie in the arena. ERR_FORMAT. */
void proof_put(struct buf *b, const struct proof *p);
int proof_get(struct cursor *c, struct arena *a, struct proof *ret) MUST_USE;

#endif
