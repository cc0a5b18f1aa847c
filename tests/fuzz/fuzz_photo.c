/* Removing a photo's metadata, and its preview. What comes out is clean already, and nothing of it
 * is outside of what went in but our own few bytes. */
#include "fuzz.h"
#include "media/preview.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct media_source s = media_source_memory(&data, len);
    struct photo_plan plan, again;
    struct diag d = {""};
    CLEANUP_BUF struct buf out = BUF_INIT(2 * FUZZ_BYTES_MAX), preview = BUF_INIT(FUZZ_BYTES_MAX);
    if (photo_plan(&s, &plan, &d) < 0) {
        FUZZ_MUST(d.text[0] != '\0');
        return 0;
    }
    FUZZ_MUST(plan.orientation >= 1 && plan.orientation <= 8);
    FUZZ_MUST(plan.size <= len + PHOTO_LITERAL_MAX);
    uint8_t *to = buf_extend(&out, (size_t)plan.size);
    if (to == NULL || plan.size == 0)
        return 0;
    FUZZ_MUST(photo_read(&plan, &s, 0, to, (size_t)plan.size) == 0);
    const uint8_t *clean = to;
    struct media_source t = media_source_memory(&clean, (size_t)plan.size);
    FUZZ_MUST(photo_plan(&t, &again, &d) == 0);
    FUZZ_MUST(again.size == plan.size && again.orientation == plan.orientation);
    if (preview_make(&plan, &s, &preview) == 0)
        FUZZ_MUST(preview.len > 0 && preview.len <= PREVIEW_BYTES_MAX);
    return 0;
}
