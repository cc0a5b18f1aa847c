/* What the user is told of the public log: that it has forked, shrunk, or names others as them. */
#include "base/buf.h"
#include "base/secret.h"
#include "device/device_internal.h"
#include "store/values.h"

/* The two notes that contradict each other, for whoever is to judge it. The first ones are kept. */
static void keep_evidence(struct device *d, const char *name, const char *note)
{
    size_t len = 0;
    CLEANUP_SECRET char *kept = store_get(d->store, name, NULL);
    CLEANUP_SECRET char *verified = store_get(d->store, VALUE_LOG_CHECKPOINT, &len);
    CLEANUP_BUF struct buf both = BUF_INIT(2 * CHECKPOINT_MAX_BYTES + 2);
    if (kept != NULL)
        return;
    buf_put_text(&both, verified == NULL ? "" : verified);
    buf_put_u8(&both, '\n');
    buf_put_text(&both, note);
    if (!buf_failed(&both))
        (void)!store_put(d->store, name, both.data, both.len);
}

#define EVIDENCE "Both signed checkpoints are kept: 'ironside device log' shows them"

void log_warn_fork(struct device *d, const struct checkpoint *c, const char *note)
{
    keep_evidence(d, VALUE_LOG_FORK, note);
    if (!d->log.said_fork)
        device_notice(d, "",
                      "WARNING: the public log has forked: what this device is shown, of %llu "
                      "entries, does not continue what it has verified, of %llu. The registrar "
                      "keeps two logs, or the server changes its answers. " EVIDENCE,
                      (unsigned long long)c->size, (unsigned long long)d->log.range.size);
    d->log.said_fork = true;
}

void log_warn_shrink(struct device *d, const struct checkpoint *c, const char *note)
{
    keep_evidence(d, VALUE_LOG_SHRINK, note);
    if (!d->log.said_shrink)
        device_notice(d, "",
                      "WARNING: the public log has shrunk: this device has verified %llu entries, "
                      "and is shown %llu. The registrar has taken back what it had logged, or the "
                      "server repeats an old answer. " EVIDENCE,
                      (unsigned long long)d->log.range.size, (unsigned long long)c->size);
    d->log.said_shrink = true;
}

static void warn_ghost(struct device *d, bool certified)
{
    struct device_log *l = &d->log;
    if (l->said_ghost >= l->own)
        return;
    l->said_ghost = l->own;
    device_notice(d, "",
                  "WARNING: a ghost certificate: the public log has %llu certificates of this "
                  "account, and this device's is number %llu%s. If you did not activate another "
                  "device, someone else can write and read in your name: tell your contacts and "
                  "the custodians",
                  (unsigned long long)l->own, (unsigned long long)d->certificate->serial,
                  certified ? "" : ", which is not among them");
}

/* Those of the account must be this device's own and the serials before it. */
void log_warn_own(struct device *d, bool certified)
{
    struct device_log *l = &d->log;
    uint64_t fits = d->certificate->serial - (certified ? 0 : 1);
    bool ended = l->complete == l->asked;
    if (l->own > fits)
        warn_ghost(d, certified);
    if (!ended || l->said_missing || (certified && l->own >= fits))
        return;
    l->said_missing = true;
    device_notice(d, "", "%s",
                  certified ? "WARNING: the public log lacks earlier certificates of this account"
                            : "WARNING: this device's certificate is not in the public log, so "
                              "that others do not accept it: it sends nothing");
}
