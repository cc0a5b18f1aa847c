/* What a worker says it has made of a file, and frames to and from workers and translators. The
 * first byte says which; what is taken is written as it was. */
#include "fuzz.h"
#include "worker/job.h"
#include "worker/translation.h"

enum { JOB = WORKER_KINDS, RESULT, TRANSLATION, TRANSLATED_TEXT };

static int take(unsigned which, struct cursor *c, struct arena *a, struct buf *again)
{
    struct worker_made m;
    struct worker_job j;
    struct worker_result x;
    int r = ERR_FORMAT;
    if (which < WORKER_KINDS && (r = worker_made_get(c, a, (enum worker_kind)which, &m)) == 0)
        worker_made_put(again, &m);
    if (which == JOB && (r = worker_job_get(c, &j)) == 0)
        worker_job_put(again, &j);
    if (which == RESULT && (r = worker_result_get(c, &x)) == 0)
        worker_result_put(again, &x);
    return r;
}

static int take_translation(unsigned which, struct cursor *c, struct arena *a, struct buf *again)
{
    struct translation_job j;
    struct translation_result x;
    int r = ERR_FORMAT;
    if (which == TRANSLATION && (r = translation_job_get(c, a, &j)) == 0)
        translation_job_put(again, &j);
    if (which == TRANSLATED_TEXT && (r = translation_result_get(c, a, &x)) == 0)
        translation_result_put(again, &x);
    return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    CLEANUP_ARENA struct arena a = ARENA_INIT(4 * FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX);
    struct cursor c = cursor_over(data + 1, len - 1);
    int r = data[0] < TRANSLATION ? take(data[0], &c, &a, &again)
                                  : take_translation(data[0], &c, &a, &again);
    if (r < 0)
        return 0;
    FUZZ_MUST(again.len == len - 1 && memcmp(again.data, data + 1, again.len) == 0);
    return 0;
}
