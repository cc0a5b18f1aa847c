/* What the desks of the agencies have stated of their use of the archive, for the disclosure. */
#ifndef IRONSIDE_HOST_DISCLOSURE_USE_H
#define IRONSIDE_HOST_DISCLOSURE_USE_H

#include <jansson.h>

#include "store/store.h"
#include "wire/warrant.h"

/* Days behind a day on which its statement is to be there: it is made when the day is over, and
 * devices follow the log. */
#define DISCLOSURE_USE_DUE_DAYS 2

/* Adds to the agency of the warrant, as json_of_agency has it:
 *  "use":{"day","serial","left_out","users","searches","opened","exported","passed",
 *         "access":{"size","root"}} | null          the newest statement
 *  "silent_since":DAY | null    nothing was heard: behind the day that it is of, or from the
 *                               warrant's first on; null: nothing is due, or it names no desk */
void disclosure_use_add(json_t *agency, struct store *s, const struct warrant *w,
                        const struct warrant_agency *a, int64_t today);

#endif
