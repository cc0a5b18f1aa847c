#include "cli/patience.h"

#include <stdio.h>

#include "base/clock.h"

#define MOMENT_MS 2000

struct patience patience_begin(bool quiet)
{
    return (struct patience){.until_ms = clock_monotonic_ms() + MOMENT_MS, .quiet = quiet};
}

void patience_tell(struct patience *p, const char *what, const char *why)
{
    if (p->quiet || clock_monotonic_ms() < p->until_ms)
        return;
    p->quiet = true;
    fprintf(stderr, "waiting for %s%s%s%s\n", what, why[0] == '\0' ? "" : " (", why,
            why[0] == '\0' ? "" : ")");
}
