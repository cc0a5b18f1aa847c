/* An activation bundle. */
#include "fuzz.h"
#include "wire/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    CLEANUP_BUF struct buf first = BUF_INIT_SECRET(8 * FUZZ_BYTES_MAX),
                           second = BUF_INIT_SECRET(8 * FUZZ_BYTES_MAX);
    CLEANUP(bundle_free_cleanup) struct bundle *u = NULL, *again = NULL;
    struct diag d = {""};
    if (bundle_parse((const char *)data, len, &u, &d) < 0) {
        FUZZ_MUST(d.text[0] != '\0');
        return 0;
    }
    bundle_put(&first, u);
    FUZZ_MUST(!buf_failed(&first));
    if (first.len > BUNDLE_MAX)
        return 0; /* escapes make it longer than what was read */
    FUZZ_MUST(bundle_parse((const char *)first.data, first.len, &again, &d) == 0);
    bundle_put(&second, again);
    FUZZ_MUST(fuzz_same(&first, &second));
    return 0;
}
