/* Policies, certificates and contacts: what is held, from the store or from the registrar. */
#include <inttypes.h>
#include <string.h>

#include "base/calendar.h"
#include "base/memory.h"
#include "device/device_internal.h"
#include "device/places.h"
#include "device/wants.h"

void device_drop_rules(struct device *d)
{
    struct kept_certificate *k, *next;
    for (size_t i = 0; i < SETS_KEPT; i++)
        policy_set_free(d->sets[i]);
    HASH_ITER (hh, d->certificates, k, next) {
        HASH_DEL(d->certificates, k);
        certificate_free(k->certificate);
        free(k);
    }
}

bool device_policy_logged(struct device *d, const struct store_policy *row)
{
    struct log_entry entry = {.kind = DOCUMENT_POLICY};
    bool logged = false;
    memcpy(entry.hash, row->hash, HASH_BYTES);
    return store_logged(d->store, &entry, &logged) == 0 && logged;
}

static int load_set(struct device *d, uint32_t serial, struct policy_set **ret)
{
    struct store_policy row;
    struct policy *p = NULL;
    int r = store_policy(d->store, serial, &row);
    if (r < 0)
        return r;
    if (!device_policy_logged(d, &row))
        return ERR_NOT_FOUND; /* the bundle's, which the log lacks */
    CLEANUP_FREE char *note = store_document(d->store, row.hash);
    if (note == NULL)
        return ERR_NOT_FOUND;
    r = policy_open(d->net, note, strlen(note), &p, NULL);
    if (r == 0)
        *ret = policy_set_new(p);
    return r;
}

/* Puts the set in front; the one used longest ago goes. */
static struct policy_set *keep_in_front(struct device *d, struct policy_set *s, size_t from)
{
    if (from == SETS_KEPT) {
        policy_set_free(d->sets[SETS_KEPT - 1]);
        from = SETS_KEPT - 1;
    }
    memmove(&d->sets[1], &d->sets[0], from * sizeof(struct policy_set *));
    d->sets[0] = s;
    return s;
}

static struct policy_set *find_set(struct device *d, uint32_t serial)
{
    for (size_t i = 0; i < SETS_KEPT; i++)
        if (d->sets[i] != NULL && d->sets[i]->policy->serial == serial)
            return i == 0 ? d->sets[0] : keep_in_front(d, d->sets[i], i);
    struct policy_set *s = NULL;
    return load_set(d, serial, &s) < 0 ? NULL : keep_in_front(d, s, SETS_KEPT);
}

const struct policy *device_policy(struct device *d, uint32_t serial)
{
    const struct policy_set *s = serial == 0 ? NULL : find_set(d, serial);
    return s == NULL ? NULL : s->policy;
}

const struct policy *device_newest_policy(struct device *d)
{
    return device_policy(d, d->newest);
}

enum have device_in_force(struct device *d, uint32_t named, int64_t at_unix_ms, uint32_t *ret)
{
    uint32_t serial = named;
    for (; serial < d->newest; serial++) {
        const struct policy *next = device_policy(d, serial + 1);
        if (next == NULL) {
            *ret = serial + 1;
            return device_want_policy(d, serial + 1);
        }
        if (at_unix_ms <= next->issued_unix_ms + VALUE_AHEAD_MAX_MS)
            break;
    }
    *ret = serial;
    return HAVE;
}

/* Adds from the store what the set still wants; asks for the rest. */
static enum have complete_set(struct device *d, struct policy_set *s)
{
    enum document_kind kind;
    uint8_t hash[HASH_BYTES];
    while (policy_set_wants(s, &kind, hash)) {
        CLEANUP_FREE char *note = store_document(d->store, hash);
        if (note == NULL)
            return device_want_hash(d, hash);
        struct diag why;
        if (policy_set_add(s, d->net, kind, note, strlen(note), &why) < 0) {
            device_notice(d, "", "policy %" PRIu32 " can't be used: %s", s->policy->serial,
                          why.text);
            return HAVE_NONE;
        }
    }
    return HAVE;
}

/* Whoever names a document names its text by the hash; its signatures are not in that. Kept without
 * a look at them, a note that someone has stripped of its own would stand in the good one's way. */
int device_take_rule(struct device *d, enum document_kind kind,
                     const uint8_t hash[static HASH_BYTES], const char *note, size_t len)
{
    CLEANUP_FREE char *text = mem_string_n(note, len);
    int r = ERR_NOT_FOUND;
    struct diag why;
    for (size_t i = 0; r == ERR_NOT_FOUND && i < SETS_KEPT; i++)
        if (d->sets[i] != NULL)
            r = policy_set_add(d->sets[i], d->net, kind, note, len, &why);
    if (r < 0 && r != ERR_NOT_FOUND)
        device_notice(d, "", "the registrar gave a document that is not to be trusted: %s",
                      why.text);
    return r < 0 ? r : store_put_document(d->store, kind, hash, text);
}

enum have device_rules(struct device *d, uint32_t serial, const struct policy_set **ret)
{
    struct policy_set *s = find_set(d, serial);
    if (s == NULL)
        return device_want_policy(d, serial);
    enum have have = complete_set(d, s);
    if (have == HAVE)
        *ret = s;
    return have;
}

static struct kept_certificate *keep_certificate(struct device *d, struct certificate *c)
{
    struct kept_certificate *k = d->certificates;
    if (HASH_COUNT(d->certificates) >= CERTIFICATES_KEPT) {
        HASH_DEL(d->certificates, k); /* the one kept longest */
        certificate_free(k->certificate);
    } else {
        k = mem_new(sizeof *k);
    }
    *k = (struct kept_certificate){.certificate = c};
    memcpy(k->hash, c->document.hash, HASH_BYTES);
    HASH_ADD(hh, d->certificates, hash, HASH_BYTES, k);
    return k;
}

static struct kept_certificate *open_certificate(struct device *d, const char *note)
{
    struct certificate *c = NULL;
    return certificate_open(d->net, note, strlen(note), &c, NULL) < 0 ? NULL
                                                                      : keep_certificate(d, c);
}

enum have device_certificate(struct device *d, const uint8_t hash[static HASH_BYTES],
                             const struct certificate **ret)
{
    struct kept_certificate *k;
    HASH_FIND(hh, d->certificates, hash, HASH_BYTES, k);
    if (k == NULL) {
        CLEANUP_FREE char *note = store_document(d->store, hash);
        if (note == NULL)
            return device_want_hash(d, hash);
        k = open_certificate(d, note);
    }
    if (k == NULL)
        return HAVE_NONE;
    if (!k->logged) {
        enum have have =
            device_logged(d, DOCUMENT_CERTIFICATE, hash, k->certificate->account, &k->came);
        if (have != HAVE)
            return have;
        k->logged = true;
    }
    *ret = k->certificate;
    return HAVE;
}

enum have device_contact(struct device *d, const char *account, const struct certificate **ret)
{
    struct store_contact row;
    if (store_contact(d->store, account, &row) < 0)
        return device_want_account(d, account);
    int64_t age = clock_boot_seconds() * CLOCK_SECOND_MS - row.checked_unix_ms;
    if (age < 0 || age > CONTACT_FRESH_MS)
        (void)device_want_account(d, account); /* goes on with what is known */
    return device_certificate(d, row.certificate, ret);
}

const char *device_certificate_wrong(struct device *d, const struct certificate *c,
                                     int64_t at_unix_ms)
{
    const struct policy *newest = device_newest_policy(d);
    int64_t day = calendar_day_of(at_unix_ms);
    if (day < c->from_day || day > c->until_day)
        return "its certificate is not valid on that day";
    if (newest != NULL && policy_certificate_revoked(newest, c->document.hash, at_unix_ms))
        return "its certificate was revoked";
    return NULL;
}
