/* What the parts of verify share. */
#ifndef IRONSIDE_DESK_VERIFY_INTERNAL_H
#define IRONSIDE_DESK_VERIFY_INTERNAL_H

#include "desk/verify.h"

/* The leaves of one batch that the agency may read. */
struct desk_range {
    uint64_t first;
    uint32_t count;
    uint32_t warrant; /* its place in `warrants` */
    uint64_t start;   /* of its leaves in `messages` */
};

struct desk_verifying {
    const struct desk_verify_options *o;
    struct network_note *net;
    struct library *library;
    struct desk_verify_counts counts;
    /* of the journal at hand: */
    const char *bot;
    struct journal *journal;
    int64_t read; /* the batch that the desk comes to next */
    struct desk_range *ranges;
    size_t range_count, range_room;
    int64_t *messages; /* of each leaf, as the index says; 0: none */
    uint64_t leaves;
    char (*warrants)[VALUE_WARRANT_MAX + 1];
    size_t warrant_count;
    size_t at;       /* the range that is looked at, */
    uint32_t within; /* and the next leaf in it */
    uint64_t last;   /* the leaf of the record before, */
    uint8_t last_hash[MERKLE_BYTES];
    bool any; /* there was one */
    struct diag *d;
};

/* Counts it and hands the line on. */
void desk_verify_found(struct desk_verifying *v, enum desk_finding what, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* The messages of the journal at hand, whose leaves have been compared. */
int desk_verify_opened(struct desk_verifying *v, const char *documents, const char *path) MUST_USE;

#endif
