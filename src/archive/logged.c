#include "archive/logged.h"

#include <string.h>

struct walk {
    struct log_store *log;
    uint64_t missing;
    uint8_t first[HASH_BYTES];
    struct diag *d;
};

static int check_chain(void *context, const struct journal_head *head)
{
    struct walk *w = context;
    int has = log_store_has(w->log, DOCUMENT_CERTIFICATE, head->certificate, w->d);
    if (has != 0)
        return has < 0 ? has : 0;
    if (w->missing++ == 0)
        memcpy(w->first, head->certificate, HASH_BYTES);
    return 0;
}

int logged_missing(struct journal *j, struct log_store *log, uint64_t *ret_missing,
                   uint8_t ret_first[static HASH_BYTES], struct diag *d)
{
    struct walk w = {.log = log, .d = d};
    int r = journal_heads(j, check_chain, &w, d);
    if (r < 0)
        return r;
    *ret_missing = w.missing;
    memcpy(ret_first, w.first, HASH_BYTES);
    return 0;
}
