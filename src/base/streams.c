#include "base/streams.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int lost(struct diag *d, int error)
{
    return diag_set(d, ERR_IO, "standard output cannot be written%s%s: not all was shown",
                    error == 0 ? "" : ": ", error == 0 ? "" : strerror(error));
}

int streams_shown(struct diag *d)
{
    errno = 0;
    if (fflush(stdout) != 0)
        return lost(d, errno);
    return ferror(stdout) ? lost(d, 0) : 0; /* an earlier write, whose reason is gone */
}

int streams_close(struct diag *d)
{
    int r = streams_shown(d);
    if (r < 0)
        return r;
    return close(STDOUT_FILENO) != 0 ? lost(d, errno) : 0;
}
