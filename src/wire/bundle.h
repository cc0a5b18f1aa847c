/* An activation bundle: what a distributor hands to the person who gets a device. A JSON file; it
 * holds the account's first password and the bundle's secret, so whoever has it can activate.
 *
 *     {"ironside":"bundle 1","account","password","secret","host","port","authority" (PEM),
 *      "network" (note),"policy" (note),"warrants":[notes],"log_key"}
 */
#ifndef IRONSIDE_WIRE_BUNDLE_H
#define IRONSIDE_WIRE_BUNDLE_H

#include "base/buf.h"
#include "wire/log.h"
#include "wire/policy.h"
#include "wire/registry.h"

#define BUNDLE_MAX (1024U * 1024)
#define BUNDLE_PASSWORD_MAX 128U
#define BUNDLE_AUTHORITY_MAX 16384U

struct bundle {
    struct arena arena;
    const char *account;
    const char *password;
    uint8_t secret[REGISTRY_SECRET_BYTES];
    const char *host;
    uint16_t port;
    const char *authority; /* certificate of the network's own authority, PEM */
    const char *network;
    const char *policy;
    const char *warrants[POLICY_WARRANTS_MAX];
    size_t warrant_count;
    uint8_t log_key[LOG_KEY_BYTES]; /* finds an account's certificates in the public log */
};

/* Appends the file. */
void bundle_put(struct buf *b, const struct bundle *u);
/* The documents are only carried, not checked: that is their own readers' part. ERR_FORMAT with the
 * member that is wrong, ERR_LIMIT. */
int bundle_parse(const char *text, size_t len, struct bundle **ret, struct diag *d) MUST_USE;
void bundle_free(struct bundle *u); /* wipes the secrets */
DEFINE_CLEANUP(struct bundle, bundle_free)

#endif
