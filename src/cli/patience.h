/* Whoever waits is told for what: a line on standard error once it takes longer than a moment. */
#ifndef IRONSIDE_CLI_PATIENCE_H
#define IRONSIDE_CLI_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct patience {
    int64_t until_ms; /* clock_monotonic_ms */
    bool quiet;       /* it was said, or is not to be */
};

/* Begins now. `quiet`: for programs. */
struct patience patience_begin(bool quiet);
/* "waiting for WHAT (WHY)" when it is time, once; `why` may be empty. */
void patience_tell(struct patience *p, const char *what, const char *why);

#endif
