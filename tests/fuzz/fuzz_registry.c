/* Questions to the registrar, and the pieces that it answers with. */
#include "fuzz.h"
#include "wire/log.h"
#include "wire/registry.h"

static void check_query(const struct xml_element *x)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf first = BUF_INIT(FUZZ_BYTES_MAX), second = BUF_INIT(FUZZ_BYTES_MAX);
    struct xml_element *y;
    struct registry_query q, again;
    if (registry_parse_query(x, &a, &q) < 0)
        return;
    registry_put_query(&first, &q);
    FUZZ_MUST(!buf_failed(&first));
    FUZZ_MUST(xml_parse(&a, (const char *)first.data, first.len, &y) == 0);
    FUZZ_MUST(registry_parse_query(y, &a, &again) == 0);
    registry_put_query(&second, &again);
    FUZZ_MUST(fuzz_same(&first, &second));
    if (q.what == REGISTRY_ACTIVATE) {
        struct registry_request *request = NULL;
        (void)!registry_request_open("chat.example", q.request, q.request_len, &request, NULL);
        registry_request_free(request);
    }
}

static void check_piece(const struct xml_element *x)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf first = BUF_INIT(FUZZ_BYTES_MAX), second = BUF_INIT(FUZZ_BYTES_MAX);
    CLEANUP(registry_fetch_clear) struct registry_fetch f = {0};
    struct xml_element *y;
    struct registry_piece p, again;
    if (registry_parse_piece(x, &a, &p) < 0)
        return;
    registry_put_piece(&first, &p);
    FUZZ_MUST(!buf_failed(&first));
    FUZZ_MUST(xml_parse(&a, (const char *)first.data, first.len, &y) == 0);
    FUZZ_MUST(registry_parse_piece(y, &a, &again) == 0);
    registry_put_piece(&second, &again);
    FUZZ_MUST(fuzz_same(&first, &second));
    int r = registry_fetch_add(&f, &p);
    FUZZ_MUST(r <= 1 && f.note.len <= f.size);
    FUZZ_MUST(registry_fetch_add(&f, &p) < 0); /* never the same place twice */
}

static void check_page(const struct xml_element *x)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf first = BUF_INIT(FUZZ_BYTES_MAX), second = BUF_INIT(FUZZ_BYTES_MAX);
    static struct log_page p, again;
    struct xml_element *y;
    if (log_parse_page(x, &a, &p) < 0)
        return;
    FUZZ_MUST(p.count <= LOG_PAGE_ENTRIES && (p.count == 0 || p.from + p.count <= p.size));
    log_put_page(&first, &p);
    FUZZ_MUST(!buf_failed(&first));
    FUZZ_MUST(xml_parse(&a, (const char *)first.data, first.len, &y) == 0);
    FUZZ_MUST(log_parse_page(y, &a, &again) == 0);
    log_put_page(&second, &again);
    FUZZ_MUST(fuzz_same(&first, &second));
}

static void check_place(const struct xml_element *x)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf b = BUF_INIT(FUZZ_BYTES_MAX);
    struct xml_element *y;
    const char *note, *again;
    size_t len, again_len;
    if (registry_parse_place(x, &a, &note, &len) < 0)
        return;
    registry_put_place(&b, note, len);
    FUZZ_MUST(!buf_failed(&b) && xml_parse(&a, (const char *)b.data, b.len, &y) == 0);
    FUZZ_MUST(registry_parse_place(y, &a, &again, &again_len) == 0);
    FUZZ_MUST(again_len == len && memcmp(again, note, len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    struct xml_element *x;
    if (xml_parse(&a, (const char *)data, len, &x) < 0)
        return 0;
    check_query(x);
    check_piece(x);
    check_page(x);
    check_place(x);
    return 0;
}
