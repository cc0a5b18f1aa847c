/* What came in packages of other agencies (exchange/): each message with where it is from. It is a
 * message of the index like any other, under the warrant of who sent it; what came before, from the
 * own archives or in another package, is kept once, with all that it came by.
 *
 * A package is taken in as a whole, in one transaction, or not at all. Its records count with none
 * of the own archives: completeness is about these.
 */
#ifndef IRONSIDE_DESK_RECEIVED_H
#define IRONSIDE_DESK_RECEIVED_H

#include "archive/validity.h"
#include "crypto/hash512.h"
#include "desk/index.h"

/* Of a record that came in a package. */
enum desk_received_kind {
    DESK_RECEIVED_NEW,
    DESK_RECEIVED_HELD,  /* its message was there, the same */
    DESK_RECEIVED_OTHER, /* its message was there, and says something else: it is not taken in */
    DESK_RECEIVED_FORK,  /* its bot's tree was known to have another record at that leaf */
    DESK_RECEIVED_KINDS
};
const char *desk_received_kind_text(enum desk_received_kind kind); /* "new" */

struct desk_received {
    const char *name, *agency, *network; /* its domain */
    const char *scope;
    uint8_t network_hash[HASH_BYTES];
    uint8_t sha256[HASH_BYTES]; /* of the age file */
    uint8_t manifest[HASH512_BYTES];
    int64_t made_unix_ms, received_unix_ms;
    bool foreign; /* of another network: its warrants are kept as ID@DOMAIN */
    uint64_t records[DESK_RECEIVED_KINDS];
};

/* The next package; nothing may wait for a commit. `warrants` are those that its documents tell of.
 * ERR_EXISTS: it is here already, and `ret_before` (may be NULL) has its counts; ERR_AUTH: one of
 * that name is, and is another, or its network is not the one that was known by that name;
 * ERR_INVALID_STATE. */
int desk_received_begin(struct desk_index *x, const struct desk_received *p,
                        const struct validities *warrants, struct desk_received *ret_before,
                        struct diag *d) MUST_USE;
/* A record of it. ERR_AUTH: bot or people are not of its network. */
int desk_received_add(struct desk_index *x, const char *bot, const struct follower_message *m,
                      struct diag *d) MUST_USE;
/* Writes the package, and with it what `work` writes, which is given the warrants of its records
 * by blanks. The errors of desk_index_commit, and of `work`. */
typedef int desk_received_fn(void *context, const struct desk_received *p, const char *warrants,
                             struct diag *d);
int desk_received_commit(struct desk_index *x, desk_received_fn *work, void *context,
                         struct desk_received *ret, struct diag *d) MUST_USE;
/* Nothing of it came. */
void desk_received_abandon(struct desk_index *x);

/* By what a message came, oldest first; none: by the own archives alone. */
#define DESK_RECEIVED_SHOWN_MAX 16U
struct desk_received_by {
    const char *package, *agency, *network, *warrant;
    uint8_t sha256[HASH_BYTES];
    const char *bot;
    uint64_t leaf;
    int64_t received_unix_ms;
    enum desk_received_kind kind;
};
/* The first ones, in the arena. ERR_LIMIT: it has no room for them. */
int desk_received_of(struct desk_index *x, int64_t message, struct arena *a,
                     const struct desk_received_by **ret, size_t *ret_count,
                     struct diag *d) MUST_USE;

#endif
