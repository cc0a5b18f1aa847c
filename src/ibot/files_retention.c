/* What leaves the store in time: files.h. */
#include <string.h>

#include "ibot/files_internal.h"

#define DAY_MS INT64_C(86400000)

int files_timeout_ms(const struct files *f)
{
    if (f->o.retention_days == 0)
        return f->expected_count > 0 ? FILES_EXPIRE_LOOK_MS : -1;
    int64_t left = f->next_look_ms - clock_monotonic_ms();
    return left < 0 ? 0 : (int)left;
}

/* The journal first: bytes that it calls removed may still be there after a crash, and the next
 * generation sweeps them up; bytes that it calls kept are. */
static int remove_expired(struct files *f, struct diag *d)
{
    struct journal_file_row row;
    int64_t now = clock_now_ms(&f->o.clock), before = now - f->o.retention_days * DAY_MS;
    uint32_t kept = 0; /* expected: a round that names it again may be under way */
    int r;
    while ((r = journal_file_expired(f->o.journal, before, kept, &row)) == 0) {
        struct frames_file file = {.size = row.file.size};
        memcpy(file.sha256, row.file.sha256, HASH_BYTES);
        if (files_is_expected(f, &file)) {
            kept++;
            continue;
        }
        r = journal_file_removed(f->o.journal, file.sha256, now, d);
        if (r < 0)
            return r;
        files_unlink(f, &file);
    }
    return r == ERR_NOT_FOUND
               ? 0
               : diag_set(d, r, "the journal does not tell which files are past their retention");
}

int files_tick(struct files *f, struct diag *d)
{
    int r = files_expire(f, clock_monotonic_ms(), d);
    if (r < 0 || files_timeout_ms(f) != 0)
        return r;
    f->next_look_ms = clock_monotonic_ms() + FILES_RETENTION_LOOK_MS;
    return remove_expired(f, d);
}
