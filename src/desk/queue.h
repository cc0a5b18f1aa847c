/* Queues: what of a query's messages is to be seen next, and how many are left. */
#ifndef IRONSIDE_DESK_QUEUE_H
#define IRONSIDE_DESK_QUEUE_H

#include "desk/search.h"

struct desk_queue {
    const struct query *query; /* what is left of the queue: `unseen:me` is of it */
    int64_t user;              /* who asks */
    int64_t after_id;          /* beyond this message in the order; 0: from the beginning */
    bool newest;               /* the newest first, else the oldest */
    bool by_conversation;      /* one entry for each conversation: its first message */
    int budget_ms;             /* bounds the counting, once the next is found */
};
struct desk_queue_state {
    int64_t next;  /* a message; 0: nothing is left beyond after_id */
    uint64_t left; /* messages or conversations, also those before after_id */
    bool exact;    /* else at least so many */
};
/* Those of desk_count_hits. */
int desk_queue_look(struct desk_index *x, const struct desk_queue *q, struct desk_queue_state *ret,
                    struct diag *d) MUST_USE;

#endif
