/* How the warrants stand by what is public now, and how far the clock has come. */
#include <string.h>

#include "base/memory.h"
#include "follower/follower_internal.h"

static bool is_old(const struct follower *f)
{
    return f->validity.now == NULL ||
           memcmp(&f->validity.shelved, &f->shelved, sizeof f->shelved) != 0 ||
           (f->log != NULL && follower_stamp_changed(&f->validity.seen, f->log));
}

static int find(const struct follower *f, struct public_log *log, struct validities *ret,
                struct diag *d)
{
    return validities_find(f->library, log, f->o.identities, f->o.identity_count, ret, d);
}

/* What cannot be read of the log is as if there were none: its owner could take it away, too. */
static int find_all(const struct follower *f, struct validities *ret, struct diag *d)
{
    CLEANUP(public_log_close_cleanup) struct public_log *log = NULL;
    int r = f->log == NULL ? ERR_NOT_FOUND : public_log_open(f->log, false, &log, d);
    if (r == 0)
        r = find(f, log, ret, d);
    return r == 0 ? 0 : find(f, NULL, ret, NULL);
}

int follower_validities(struct follower *f, const struct validities **ret, struct diag *d)
{
    d->text[0] = '\0';
    int r = follower_shelve(f, d);
    if (r < 0)
        return r;
    *ret = f->validity.now;
    if (!is_old(f))
        return 0;
    CLEANUP_FREE struct validities *now = mem_new(sizeof *now);
    f->validity.shelved = f->shelved;
    if (f->log != NULL)
        f->validity.seen = follower_stamp(f->log);
    r = find_all(f, now, d);
    if (r < 0)
        return r;
    bool news = f->validity.now == NULL || !validities_same(now, f->validity.now);
    free(f->validity.now);
    *ret = f->validity.now = TAKE(now);
    return news;
}

int64_t follower_clock(const struct follower *f)
{
    int64_t clock_ms = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->journals[i].clock_ms > clock_ms)
            clock_ms = f->journals[i].clock_ms;
    return clock_ms;
}
