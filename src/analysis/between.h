/* Betweenness, sampled (Brandes and Pich 2007): shortest paths from so many people chosen by the
 * seed, scaled up to all, in steps that a caller fits between other work. The error is that of the
 * mean over the steps.
 */
#ifndef IRONSIDE_ANALYSIS_BETWEEN_H
#define IRONSIDE_ANALYSIS_BETWEEN_H

#include <stdbool.h>

#include "analysis/analysis.h"

struct between;

/* `sources` people in `steps` parts of about the same size, 2 or more; all people where there are
 * not so many: exact then, its errors 0. ERR_FORMAT. The network is the caller's and must outlive
 * it. */
int between_new(const struct analysis *a, uint32_t sources, unsigned steps, uint32_t seed,
                struct between **ret, struct diag *d) MUST_USE;
void between_free(struct between *b);
DEFINE_CLEANUP(struct between, between_free)
/* The next part; true while there is more. An error ends it: *r is then ERR_IO. */
bool between_step(struct between *b, int *r, struct diag *d);
/* After the last step: for each person the value, and its standard error (1 sigma). */
void between_result(const struct between *b, double *ret_value, double *ret_error);

#endif
