/* Questions and answers between front and index. The first byte says which; what is taken is
 * written as it was. */
#include "front/question.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0 || data[0] > 1)
        return 0;
    CLEANUP_ARENA struct arena a = ARENA_INIT(4 * FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf again = BUF_INIT(ANSWER_BODY_MAX + FUZZ_BYTES_MAX);
    struct cursor c = cursor_over(data + 1, len - 1);
    struct question q;
    struct answer x;
    int r = data[0] == 0 ? question_get(&c, &a, &q) : answer_get(&c, &a, &x);
    if (r < 0)
        return 0;
    r = data[0] == 0 ? question_put(&again, &q) : answer_put(&again, &x);
    FUZZ_MUST(r == 0 && again.len == len - 1 && memcmp(again.data, data + 1, again.len) == 0);
    return 0;
}
