/* Recovery of day keys, optional: they are sealed to an age identity that is made for it and thrown
 * away; its secret is split among holders (custodians) so that any `needed` of them put it together
 * again and fewer know nothing of it (Shamir's scheme over GF(256), libgfshare). Each share is
 * sealed to its holder's age recipient.
 *
 *     sealed keys    age( "ironside recovery 1" / network / warrant / from DAY / key BASE64 … )
 *     share          age( "ironside share 1" / network / warrant / holder / share N of M / needed K
 *                         / recipient age1… / secret BASE64 / check SHA-256 of the lines before )
 *
 * What was sealed for recovery can be opened by these holders for good: also keys that the bot has
 * destroyed since.
 */
#ifndef IRONSIDE_DAYKEYS_RECOVERY_H
#define IRONSIDE_DAYKEYS_RECOVERY_H

#include "base/buf.h"
#include "crypto/age.h"
#include "daykeys/daykeys.h"

#define RECOVERY_HOLDERS_MAX 16U
#define RECOVERY_NAME_MAX 48U       /* of a holder */
#define RECOVERY_SHARE_MAX 2048U    /* bytes of a share, opened */
#define RECOVERY_SEALED_MAX 524288U /* bytes of the sealed keys */

struct recovery_holder {
    const char *name;
    struct age_recipient recipient;
};

struct recovery_plan {
    const char *domain, *warrant;
    size_t needed; /* 2 to `count` */
    const struct recovery_holder *holders;
    size_t count;
};
/* Can it be done? ERR_FORMAT, with a line. */
int recovery_check(const struct recovery_plan *p, struct diag *d) MUST_USE;
/* Seals the warrant's keys, and one share for each holder (into `ret_shares`, in their order).
 * ERR_FORMAT: not a plan; ERR_NOT_FOUND: no keys of the warrant; ERR_LIMIT, ERR_KEY. */
int recovery_make(const struct recovery_plan *p, const struct daykeys *keys, struct buf *ret_sealed,
                  struct buf *ret_shares, struct diag *d) MUST_USE;

/* Opens a holder's share with one of the holder's identities: appends its text. ERR_NOT_FOUND: it
 * is another's; ERR_AUTH, ERR_FORMAT. */
int recovery_open_share(const void *file, size_t len, const struct age_identity *identities,
                        size_t identity_count, struct buf *ret_text, struct diag *d) MUST_USE;

/* Puts opened shares together to the identity. ERR_INVALID_STATE: fewer than are needed;
 * ERR_FORMAT: one is not a share, or is damaged; ERR_AUTH: not of the same recovery, or together
 * not what they say they are. `ret` should lie in secret memory. */
int recovery_join(const char *domain, const char *warrant, const char *const *shares, size_t count,
                  struct age_identity *ret, struct diag *d) MUST_USE;

struct recovery_keys {
    int64_t first_day;
    struct hpke_keypair *pairs; /* secret memory */
    size_t count;
};
void recovery_keys_clear(struct recovery_keys *k);
#define CLEANUP_RECOVERY_KEYS CLEANUP(recovery_keys_clear)
/* ERR_AUTH: changed, or another identity's; ERR_FORMAT: not the keys of this warrant. */
int recovery_open(const char *domain, const char *warrant, const void *sealed, size_t len,
                  const struct age_identity *identity, struct recovery_keys *ret,
                  struct diag *d) MUST_USE;

#endif
