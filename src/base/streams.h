/* Whether what a program printed has arrived. For programs: libraries print nothing. That a closed
 * standard output is told of, too, is process_begin's doing (base/process.h).
 */
#ifndef IRONSIDE_BASE_STREAMS_H
#define IRONSIDE_BASE_STREAMS_H

#include "base/error.h"

/* Has all that was printed so far been taken? To be asked before something is done because it was
 * shown, and at the end. ERR_IO: a line with the system's reason. */
int streams_shown(struct diag *d) MUST_USE;

/* The same, and closes standard output, since some systems tell only then. Prints nothing after. */
int streams_close(struct diag *d) MUST_USE;

#endif
