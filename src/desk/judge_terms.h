#ifndef IRONSIDE_DESK_JUDGE_TERMS_H
#define IRONSIDE_DESK_JUDGE_TERMS_H

#include "desk/judge.h"

/* Fills what the term of t->node comes to. */
int judge_take_term(struct desk_index *x, struct judge_term *t, int64_t user,
                    struct diag *d) MUST_USE;

#endif
