/* What the parts of drafting share. */
#ifndef IRONSIDE_AUTHORITY_DRAFT_INTERNAL_H
#define IRONSIDE_AUTHORITY_DRAFT_INTERNAL_H

#include "authority/draft.h"

struct draft {
    const struct published *x;
    struct arena arena; /* the words that were added */
    struct policy next; /* its strings are the arena's or those of the policy in force */
    struct policy_revoked revoked[POLICY_REVOKED_MAX];
    int64_t at_unix_ms;
    struct warrant *warrants[POLICY_WARRANTS_MAX]; /* new ones, unsigned */
    struct epochs *epochs[POLICY_WARRANTS_MAX];
    size_t warrant_count;
    char *warnings[DRAFT_WARNINGS_MAX];
    size_t warning_count;
};

void draft_warn(struct draft *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The words in the arena, ascending and each once. ERR_FORMAT: not countries. */
int draft_countries(struct draft *t, const char *const *words, size_t count, const char ***ret,
                    size_t *ret_count, struct diag *d) MUST_USE;
/* What is odd about a warrant that was added. */
void draft_look_at(struct draft *t, const struct warrant *w, const struct epochs *e);

#endif
