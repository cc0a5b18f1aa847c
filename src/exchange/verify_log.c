/* Has the public log the certificates of a package's records where it says? */
#include <inttypes.h>
#include <string.h>

#include "base/encode.h"
#include "exchange/verify_internal.h"

int verify_log_checkpoint(struct verifying *v, const char *name, struct diag *d)
{
    (void)name;
    if (v->net == NULL)
        return diag_set(d, ERR_FORMAT, "data/network.note is missing, or comes behind %s", v->path);
    int r = log_checkpoint_open(v->net, buf_text(&v->bytes), v->bytes.len, &v->log, d);
    v->ret->log_size = r == 0 ? v->log.size : 0;
    return r == 0 ? 0 : diag_prefix(d, r, "%s", v->path);
}

int verify_log_line(struct verifying *v, const char *text, size_t len, struct diag *d)
{
    struct proof_logged p;
    char hash[2 * HASH_BYTES + 1];
    if (log_place_get(text, len, &p) < 0)
        return diag_set(d, ERR_FORMAT, "%s: a line is malformed", v->path);
    encode_hex(p.entry.hash, HASH_BYTES, hash);
    if (!log_place_leads(&p, &v->log))
        return diag_set(d, ERR_AUTH,
                        "%s: certificate %s is not entry %" PRIu64 " of the public log", v->path,
                        hash, p.index);
    if (log_places_found(v->certificates, p.entry.hash) < 0)
        return diag_set(d, ERR_AUTH, "%s: certificate %s is of no record, or comes twice", v->path,
                        hash);
    v->ret->logged++;
    return 0;
}
