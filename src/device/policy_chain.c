/* Policies as they come. They are a chain, of which a device holds an unbroken part: from the one
 * that its bundle had, or an older one that a message named, to the one in force. So it knows of
 * each but the newest when it ceased to be in force. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "device/device_internal.h"
#include "device/left.h"
#include "device/places.h"
#include "device/wants.h"

static void say_new_policy(struct device *d, const struct policy *p)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    calendar_format(p->issued_unix_ms, at);
    device_notice(d, "", "policy %" PRIu32 " of %s is in force: see 'ironside device policy'",
                  p->serial, at);
}

void device_find_newest(struct device *d)
{
    uint32_t first = 0, newest = 0;
    if (store_policy_range(d->store, &first, &newest) < 0 || newest <= d->newest)
        return;
    const struct policy *p = device_policy(d, newest);
    if (p == NULL)
        return;
    bool later = d->newest != 0;
    d->newest = newest;
    device_leave_old_bot(d, p);
    device_places_begin(d, true);
    if (later)
        say_new_policy(d, p);
}

void device_newest_named(struct device *d)
{
    d->newest_asked = true;
    d->doubted = false;
}

void device_doubt_newest(struct device *d)
{
    d->next_policy_ms = 0;
    d->newest_asked = false;
    d->doubted = true;
}

/* Says it once for each policy and reason, since it is asked for again and again. */
static int refuse(struct device *d, const struct policy *p, int code, const struct diag *line)
{
    uint8_t hash[HASH_BYTES];
    const struct hash_part parts[] = {{p->document.hash, HASH_BYTES},
                                      {line->text, strlen(line->text)}};
    hash_sha256_parts(parts, 2, hash);
    if (device_is_news(d, hash))
        device_notice(d, "", "%s", line->text);
    return code;
}

static int check_time(struct device *d, const struct policy *p)
{
    char at[CALENDAR_INSTANT_LEN + 1];
    struct diag line;
    if (clock_is_replay(&d->o.clock) || !policy_is_ahead(p, device_now(d)))
        return 0;
    calendar_format(p->issued_unix_ms, at);
    int r = diag_set(&line, ERR_INVALID_STATE,
                     "a policy was refused: policy %" PRIu32 " is issued at %s, which by this "
                     "device's clock is still to come",
                     p->serial, at);
    return refuse(d, p, r, &line);
}

/* The next one on the way from what is held to what has come. */
static uint32_t on_the_way(uint32_t serial, uint32_t first, uint32_t newest)
{
    return serial > newest ? newest + 1 : serial < first ? first - 1 : serial + 1;
}

static int check_pair(struct device *d, const struct policy *p, const struct policy *before,
                      const struct policy *behind)
{
    struct diag line;
    if (before == NULL || behind == NULL || policy_follows(before, behind, &line) == 0)
        return 0;
    return refuse(d, p, diag_prefix(&line, ERR_AUTH, "WARNING: a policy was refused"), &line);
}

/* Beside which of those that are held does it belong? The first one that counts has no neighbour.
 */
static int check_chain(struct device *d, const struct policy *p)
{
    uint32_t first = 0, newest = 0;
    if (store_policy_range(d->store, &first, &newest) < 0)
        return ERR_IO;
    const struct policy *before = device_policy(d, p->serial - 1);
    int r = check_pair(d, p, before, p);
    bool beside = newest == 0 || before != NULL;
    const struct policy *behind = p->serial < newest ? device_policy(d, p->serial + 1) : NULL;
    if (r == 0)
        r = check_pair(d, p, p, behind);
    if (r == 0 && p->serial > newest && beside)
        r = check_time(d, p);
    if (r < 0 || beside || behind != NULL)
        return r;
    (void)device_want_policy(d, on_the_way(p->serial, first, newest));
    return ERR_AGAIN;
}

struct keeping {
    struct device *d;
    const struct policy *p;
    bool other; /* the bundle's of that serial, which the log lacks, makes room */
};

static int put_policy(void *context, struct diag *why)
{
    const struct keeping *k = context;
    const struct policy *p = k->p;
    struct store *s = k->d->store;
    struct store_policy row = {.serial = p->serial, .seen_unix_ms = device_now(k->d)};
    memcpy(row.hash, p->document.hash, HASH_BYTES);
    (void)why;
    int r = store_put_document(s, DOCUMENT_POLICY, p->document.hash, p->document.note);
    if (r == 0 && k->other)
        r = store_drop_policy(s, p->serial);
    return r < 0 ? r : store_put_policy(s, &row);
}

static int keep(struct device *d, const struct policy *p, bool other)
{
    struct keeping k = {.d = d, .p = p, .other = other};
    return store_transaction(d->store, put_policy, &k, NULL);
}

int device_take_policy(struct device *d, const char *note, size_t len, uint64_t *came)
{
    CLEANUP(policy_free_cleanup) struct policy *p = NULL;
    struct diag why;
    struct store_policy known;
    int r = policy_open(d->net, note, len, &p, &why);
    if (r < 0) {
        device_notice(d, "", "a policy was refused: %s", why.text);
        return r;
    }
    bool seen = store_policy(d->store, p->serial, &known) == 0;
    bool other = seen && memcmp(known.hash, p->document.hash, HASH_BYTES) != 0;
    bool counts = seen && device_policy_logged(d, &known);
    if (other && counts) {
        r = diag_set(&why, ERR_AUTH, "a second policy with serial %" PRIu32 " was refused",
                     p->serial);
        return refuse(d, p, r, &why);
    }
    if (counts)
        return 0;
    enum have logged = device_logged(d, DOCUMENT_POLICY, p->document.hash, NULL, came);
    if (logged != HAVE)
        return logged == HAVE_NOT_YET ? ERR_AGAIN : ERR_NOT_FOUND;
    r = check_chain(d, p);
    if (r == 0)
        r = keep(d, p, other);
    if (r == 0)
        device_find_newest(d);
    return r;
}
