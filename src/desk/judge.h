/* Does a message match? What can be told from the arrays and the kept sets is; the text is read
 * only where that leaves it open.
 */
#ifndef IRONSIDE_DESK_JUDGE_H
#define IRONSIDE_DESK_JUDGE_H

#include "desk/index_internal.h"
#include "query/compile.h"
#include "query/match.h"

enum judgement { JUDGE_NO, JUDGE_YES, JUDGE_OPEN };

struct judge_term { /* what a term of the query comes to */
    const struct query_node *node;
    struct idset accounts;      /* by number: from, to, with, org */
    struct idset messages;      /* near: */
    struct idset conversations; /* by number: assigned */
    const struct idset *set;    /* tag, case, seen, is, near; NULL: none of these */
    const struct idset *some;   /* assigned: of its messages those that are so by themselves */
    uint32_t number;            /* conversation, country, language, kind */
};
struct judge {
    struct desk_index *x;
    const struct query *query;
    const struct query_plan *plan;
    struct judge_term *terms;
    size_t term_count, set_count;
    bool by_set;    /* candidates come from a set: the full text was not asked */
    struct row row; /* the one being read */
    struct buf filters, said;
};

int judge_init(struct judge *j, struct desk_index *x, const struct query *q,
               const struct query_plan *p, int64_t user, struct diag *d) MUST_USE;
void judge_clear(struct judge *j);

/* Without its text. */
enum judgement judge_quick(struct judge *j, int64_t id);
/* Does it match? Reads the text where it must: 1, 0, or an error. */
int judge_message(struct judge *j, int64_t id, struct diag *d) MUST_USE;
/* The same of a message that nothing has found yet. */
int judge_alone(struct judge *j, int64_t id, struct diag *d) MUST_USE;
/* By the text alone, whatever the plan says: the slow truth. */
int judge_slowly(struct judge *j, int64_t id, struct diag *d) MUST_USE;
/* The smallest set that all that matches is in; NULL: there is none. */
const struct idset *judge_driver(const struct judge *j);

/* For query_compile: accounts of a name that a reviewer gave. */
struct judge_names {
    struct desk_index *x;
    const char **list;
};
const char *const *judge_accounts(void *context, const char *value);

#endif
