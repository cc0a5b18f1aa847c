/* What a served network and its mirrors take from each other: the first byte chooses a path that is
 * asked for, a list of documents, or rounds of a journal. */
#include "base/memory.h"
#include "fuzz.h"
#include "serve/listing.h"
#include "serve/path.h"
#include "serve/round.h"

static void path(const uint8_t *data, size_t len)
{
    CLEANUP_FREE char *text = mem_string_n((const char *)data, len);
    struct serve_path p;
    if (serve_path_parse(text, &p) < 0)
        return;
    CLEANUP_FREE char *again = serve_path_format(&p);
    FUZZ_MUST(strcmp(text, again) == 0 && strstr(text, "..") != text);
    FUZZ_MUST(strchr(p.name, '/') == NULL && strchr(p.bot, '/') == NULL && p.bot[0] != '.');
}

static void listing(const uint8_t *data, size_t len)
{
    CLEANUP_FREE struct serve_listed *list = NULL;
    size_t count = 0;
    if (serve_listing_parse((const char *)data, len, &list, &count) < 0)
        return;
    for (size_t i = 0; i < count; i++)
        FUZZ_MUST(serve_name_valid(list[i].name) && strchr(list[i].name, '/') == NULL);
}

/* What is read is written as the same bytes. */
static void rounds(const uint8_t *data, size_t len)
{
    struct cursor c = cursor_over(data, len);
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    while (cursor_left(&c) > 0) {
        struct journal_round r;
        int64_t number;
        if (serve_round_get(&c, &a, &number, &r) < 0)
            return;
        FUZZ_MUST(serve_round_put(&b, number, &r) == 0);
    }
    FUZZ_MUST(b.len == len && (len == 0 || memcmp(b.data, data, len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static void (*const parts[])(const uint8_t *data, size_t len) = {path, listing, rounds};
    if (len > 0 && data[0] < sizeof parts / sizeof *parts)
        parts[data[0]](data + 1, len - 1);
    return 0;
}
