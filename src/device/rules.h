/* Policies, certificates and contacts: what is held, and what is in force. */
#ifndef IRONSIDE_DEVICE_RULES_H
#define IRONSIDE_DEVICE_RULES_H

#include <uthash.h>

#include "device/have.h"
#include "store/store.h"
#include "wire/certificate.h"
#include "wire/policy_set.h"

struct device;

#define SETS_KEPT 6 /* policies that are held ready */
#define CERTIFICATES_KEPT 512
#define REPAIR_PAUSE_MS 60000

struct kept_certificate {
    uint8_t hash[HASH_BYTES];
    struct certificate *certificate;
    bool logged;
    uint64_t came;       /* for device_logged */
    int64_t repaired_ms; /* when its session was last made anew; 0: never */
    UT_hash_handle hh;
};

/* rules.c */
/* The policy with all that it names; asks for what is missing. HAVE_NONE: the registrar has no such
 * policy. */
enum have device_rules(struct device *d, uint32_t serial, const struct policy_set **ret);
/* A policy alone, whether or not what it names is here, until the next one is asked for. NULL: it
 * is not held. */
const struct policy *device_policy(struct device *d, uint32_t serial);
/* The one in force. NULL: there is none yet. */
const struct policy *device_newest_policy(struct device *d);
/* The serial of the policy that was in force at that time, from `named` on: a policy ceases to be
 * when the next one is issued, and ten minutes more. Else the serial of one between that is not
 * held: HAVE_NOT_YET, it was asked for; HAVE_NONE, HAVE_UNLOGGED. */
enum have device_in_force(struct device *d, uint32_t named, int64_t at_unix_ms, uint32_t *ret);
bool device_policy_logged(struct device *d, const struct store_policy *row);
enum have device_certificate(struct device *d, const uint8_t hash[static HASH_BYTES],
                             const struct certificate **ret);
/* The newest certificate of an account; one that was looked at longer ago is asked for again. */
#define CONTACT_FRESH_MS INT64_C(3600000)
enum have device_contact(struct device *d, const char *account, const struct certificate **ret);
/* Is it good for this account at that time, by the newest policy? Else the word that says why. */
const char *device_certificate_wrong(struct device *d, const struct certificate *c,
                                     int64_t at_unix_ms);
/* A warrant or epochs note, with that hash, into a policy that wants it, and into the store.
 * ERR_NOT_FOUND: none wants it. */
int device_take_rule(struct device *d, enum document_kind kind,
                     const uint8_t hash[static HASH_BYTES], const char *note, size_t len);
void device_drop_rules(struct device *d);

/* policy_chain.c */
/* A policy is kept if it is logged and follows the one before it, or is followed by the one behind
 * it; the one with the highest serial is in force. `came` as device_logged has it. ERR_AGAIN: it is
 * not known yet whether it is logged, or one between it and those that are held was asked for;
 * ERR_NOT_FOUND: it is not logged; ERR_AUTH: it does not belong to the chain, and
 * ERR_INVALID_STATE: its time has not come: the user was told. */
int device_take_policy(struct device *d, const char *note, size_t len, uint64_t *came) MUST_USE;
/* Something has been logged: is another policy in force? */
void device_find_newest(struct device *d);
/* The registrar has named the newest policy, and it is held. */
void device_newest_named(struct device *d);
/* The bot goes by a newer policy: the registrar is asked, and nothing is signed before it answers.
 */
void device_doubt_newest(struct device *d);

/* uses.c */
/* Asks for the statements of use that the log has and the store lacks. */
void device_want_uses(struct device *d);
/* One that was asked for by its hash, into the store, unless a newer policy or a newer entry of the
 * log has made it pointless. ERR_AUTH, ERR_FORMAT, ERR_LIMIT: not one of a desk; ERR_INVALID_STATE:
 * an earlier one than the one that is held: the user was told; ERR_IO. */
int device_take_use(struct device *d, const uint8_t hash[static HASH_BYTES], const char *note,
                    size_t len) MUST_USE;

#endif
