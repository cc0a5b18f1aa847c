/* A record: one line, and only as record_put writes it. */
#include "fuzz.h"
#include "wire/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX);
    struct record r;
    struct diag d = {""};
    if (record_parse((const char *)data, len, &a, &r, &d) < 0) {
        FUZZ_MUST(d.text[0] != '\0');
        return 0;
    }
    record_put(&again, &r);
    FUZZ_MUST(!buf_failed(&again) && again.len == len + 1);
    FUZZ_MUST(memcmp(again.data, data, len) == 0 && again.data[len] == '\n');
    FUZZ_MUST(envelope_valid(&r.envelope));
    return 0;
}
