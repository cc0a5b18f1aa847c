/* What the files of the index share of packages. */
#ifndef IRONSIDE_DESK_RECEIVED_INTERNAL_H
#define IRONSIDE_DESK_RECEIVED_INTERNAL_H

#include "desk/index_internal.h"
#include "desk/received.h"

#define RECEIVED_WARRANT_MAX (VALUE_WARRANT_MAX + 1 + VALUE_DOMAIN_MAX) /* ID@DOMAIN */

struct received_record {
    uint32_t bot, warrant;
    uint64_t leaf;
    uint8_t hash[HASH_BYTES];
    int64_t message;
    enum desk_received_kind kind;
};
/* A package that waits for the commit; its strings lie in the pending arena. */
struct received_pending {
    struct desk_received package;
    struct received_record *records;
    size_t count, capacity;
    desk_received_fn *work;
    void *context;
};

/* intake.c: the message of that row: one that is there gets the record's warrant, else it is added.
 * 1: the one that is there says something else, and nothing was done. */
int intake_find_or_add(struct desk_index *x, struct intake_row *i, const struct follower_message *m,
                       int64_t *ret_id, struct diag *d) MUST_USE;

int received_make(struct desk_index *x, struct diag *d) MUST_USE; /* its tables */
int received_load(struct desk_index *x, struct diag *d) MUST_USE;
bool received_is_own(struct desk_index *x, int64_t message); /* has it a record of the archives? */
int received_write(struct desk_index *x, struct diag *d) MUST_USE;
void received_clear(struct desk_index *x); /* what waits */
/* Beside the messages: are all there that came? `warrants` gets a sum over those of each. */
int received_check(struct desk_index *x, uint64_t *warrants, struct diag *d) MUST_USE;

#endif
