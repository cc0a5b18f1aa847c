/* What the files of packages share. */
#ifndef IRONSIDE_DESK_PACKAGES_INTERNAL_H
#define IRONSIDE_DESK_PACKAGES_INTERNAL_H

#include "desk/export.h"
#include "desk/packages.h"
#include "desk/passed.h"
#include "query/query.h"

struct choices { /* of one bot, ascending by leaf */
    struct pack_choice *list;
    size_t count, capacity, next;
};

struct packaging {
    const struct desk_package_options *o;
    struct network_note *net;
    struct library *library;
    struct public_log *public_log; /* NULL: there is no copy of it here */
    struct query *query, *redact;  /* NULL: nothing is redacted */
    int64_t *ids;                  /* of the messages that are shown or redacted */
    size_t count;
    int64_t *redacted; /* ascending */
    size_t redacted_count;
    char bots[FOLLOWER_BOTS_MAX][VALUE_DOMAIN_MAX + 1];
    struct choices choices[FOLLOWER_BOTS_MAX];
    enum package_why why;               /* of the messages being looked at */
    const struct desk_partner *partner; /* NULL: to whom it goes is the caller's to know */
    struct desk_passed passed;          /* to a partner: which package this is */
    uint64_t before;                    /* … and how many there were */
    const char *agency;
    struct diag *d;
};

/* packages.c: the way of every package, a step each. */
struct packaging *packages_new(const struct desk_package_options *o, struct diag *d);
void packages_free(struct packaging *p);
/* The network's documents, and under which name the desk signs. */
int packages_open(struct packaging *p) MUST_USE;
int packages_select(struct packaging *p) MUST_USE; /* as packages_choose; ERR_FORMAT: a query */
int packages_write(struct packaging *p, struct pack_counts *ret) MUST_USE;

/* packages_choose.c: the query's messages, as leaves of their bots, in order; of a partner those
 * that were not passed on to it before. ERR_NOT_FOUND: there are none. */
int packages_choose(struct packaging *p) MUST_USE;
/* For pack_options: the next of them. */
int packages_next_choice(void *context, size_t bot, struct pack_choice *ret,
                         struct diag *d) MUST_USE;

#endif
