/* A package's lines, its places in the public log, and what its desk says of it. */
#include "exchange/log_place.h"
#include "exchange/package_line.h"
#include "fuzz.h"

static void line(const uint8_t *data, size_t len)
{
    CLEANUP_ARENA struct arena a = ARENA_INIT(FUZZ_BYTES_MAX);
    CLEANUP_BUF struct buf once = BUF_INIT(FUZZ_BYTES_MAX), again = BUF_INIT(FUZZ_BYTES_MAX);
    struct package_line l, m;
    if (package_line_get((const char *)data, len, &a, &l) < 0)
        return;
    FUZZ_MUST(l.leaf <= INT64_MAX && (l.kind == PACKAGE_LINE_WITHHELD) == (l.text == NULL));
    package_line_put(&once, &l);
    FUZZ_MUST(!buf_failed(&once) && once.len > 0);
    FUZZ_MUST(package_line_get((const char *)once.data, once.len - 1, &a, &m) == 0);
    package_line_put(&again, &m);
    FUZZ_MUST(fuzz_same(&once, &again));
}

static void place(const uint8_t *data, size_t len)
{
    CLEANUP_BUF struct buf again = BUF_INIT(FUZZ_BYTES_MAX);
    const struct checkpoint c = {.size = 1};
    struct proof_logged p;
    if (log_place_get((const char *)data, len, &p) < 0)
        return;
    FUZZ_MUST(!log_place_leads(&p, &c)); /* nobody finds a leaf whose hash is zeros */
    log_place_put(&again, &p);
    FUZZ_MUST(again.len == len + 1);
}

/* It has no warrant that the documents know, so it is never taken; but never does it crash. */
static void note(const uint8_t *data, size_t len)
{
    static char domain[] = "chat.example";
    const struct network_note net = {.domain = domain};
    CLEANUP(library_free_cleanup) struct library *l = NULL;
    struct package *p = NULL;
    struct diag d = {""};
    FUZZ_MUST(library_new(&net, NULL, 0, &l, &d) == 0);
    FUZZ_MUST(package_open(&net, l, (const char *)data, len, &p, &d) < 0);
    FUZZ_MUST(d.text[0] != '\0' && p == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    line(data, len);
    place(data, len);
    note(data, len);
    return 0;
}
