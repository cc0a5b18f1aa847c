/* The files' half of audit.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "archive/audit_internal.h"
#include "base/calendar.h"
#include "base/encode.h"
#include "base/memory.h"
#include "journal/files.h"

static int by_time(const void *a, const void *b)
{
    const struct audit_time *x = a, *y = b;
    if (x->at_unix_ms != y->at_unix_ms)
        return x->at_unix_ms < y->at_unix_ms ? -1 : 1;
    return (x->round > y->round) - (x->round < y->round);
}

/* Was there a round at that time, and was it this one or a later one? */
static bool named_then(const struct audit *a, const struct journal_file_row *row)
{
    size_t low = 0, high = (size_t)a->counts.rounds;
    const struct audit_time want = {row->named_unix_ms, row->round};
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_time(&a->times[middle], &want) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < a->counts.rounds && a->times[low].at_unix_ms == row->named_unix_ms;
}

static int check_row(void *context, const struct journal_file_row *row)
{
    struct audit *a = context;
    char hex[2 * HASH_BYTES + 1];
    a->file_rows++;
    encode_hex(row->file.sha256, HASH_BYTES, hex);
    if (!named_then(a, row))
        return diag_set(a->d, ERR_AUTH,
                        "file %s: no round from %lld on is of the time at which it"
                        " was named",
                        hex, (long long)row->round);
    if (row->removed_unix_ms != 0 && row->removed_unix_ms < row->named_unix_ms + CALENDAR_DAY_MS)
        return diag_set(a->d, ERR_AUTH, "file %s: removed before any retention ends", hex);
    return 0;
}

int audit_files(struct audit *a)
{
    if (a->counts.rounds > 0)
        qsort(a->times, (size_t)a->counts.rounds, sizeof *a->times, by_time);
    int r = journal_files(a->j, 0, check_row, a, a->d);
    if (r == 0 && a->file_rows != a->counts.files)
        r = diag_set(a->d, ERR_AUTH,
                     "the table 'file' has %" PRIu64 " rows, the rounds account for %" PRIu64,
                     a->file_rows, a->counts.files);
    return r;
}
