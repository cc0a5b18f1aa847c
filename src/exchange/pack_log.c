/* Where the public log has the certificates of a package. */
#include <string.h>

#include "base/memory.h"
#include "exchange/log_place.h"
#include "exchange/pack_internal.h"

#define LINES_MAX                                                                                  \
    (512U << 20) /* bytes: certificates with the longest paths that a log may have                 \
                  */

struct placing {
    struct packing *p;
    struct checkpoint checkpoint;
    struct buf lines;
};

/* One that it lacks is counted: the copy may be older than the certificate. */
static int place(void *context, const uint8_t certificate[static HASH_BYTES])
{
    struct placing *x = context;
    struct proof_logged l;
    int r = proof_log_find(x->p->o->public_log, x->checkpoint.size, DOCUMENT_CERTIFICATE,
                           certificate, &l, x->p->d);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : r;
    log_place_put(&x->lines, &l);
    x->p->counts.logged++;
    return buf_failed(&x->lines) ? diag_set(x->p->d, ERR_LIMIT, "it is of too many certificates")
                                 : 0;
}

int pack_log(struct packing *p)
{
    struct placing x = {.p = p, .lines = BUF_INIT(LINES_MAX)};
    CLEANUP_FREE char *note = NULL;
    p->counts.certificates = log_places_count(p->certificates);
    int r =
        p->o->public_log == NULL ? ERR_NOT_FOUND : public_log_newest(p->o->public_log, &note, p->d);
    if (r == ERR_NOT_FOUND)
        return 0;
    if (r == 0)
        r = log_checkpoint_open(p->o->net, note, strlen(note), &x.checkpoint, p->d);
    if (r == 0)
        r = log_places_each(p->certificates, place, &x);
    if (r == 0)
        r = bag_put(p->bag, LOG_PLACE_CHECKPOINT, note, strlen(note), p->d);
    if (r == 0)
        r = bag_put(p->bag, LOG_PLACE_LINES, x.lines.data, x.lines.len, p->d);
    buf_clear(&x.lines);
    return r;
}
