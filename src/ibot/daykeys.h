/* A bot's day keys: one X25519 pair per warrant and UTC day, each random and of its own. Only the
 * opener holds them open.
 *
 * At rest they lie in one file of slots, each sealed under the host's credential with its day and
 * warrant as associated data (docs/protocol.md, "Day keys"), so that one can be destroyed in place
 * without touching the others.
 *
 *     header   "ironside day keys 1\0", zeros to 64 bytes
 *     slot     state (1: live, 2: destroyed), 7 zeros | day (8) | warrant id (64, zeros behind)
 *              | public key (32) | nonce (24) | sealed secret key (48) | 8 zeros    = 192 bytes
 */
#ifndef IRONSIDE_IBOT_DAYKEYS_H
#define IRONSIDE_IBOT_DAYKEYS_H

#include "crypto/hpke.h"
#include "wire/value.h"

#define DAYKEYS_CREDENTIAL_BYTES 32

/* Makes an empty file, 0600. ERR_EXISTS, ERR_IO. */
int daykeys_create(const char *path, struct diag *d) MUST_USE;

/* Makes pairs for `count` days from `first_day` on and appends them, durably; gives the public
 * halves. ERR_EXISTS: the warrant has keys already; ERR_AUTH: the credential is not the file's. */
int daykeys_make(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                 const char *warrant, int64_t first_day, size_t count,
                 uint8_t (*ret_public)[HPKE_PUBLIC_BYTES], struct diag *d) MUST_USE;

struct daykeys; /* opened */

/* Opens every live slot. ERR_FORMAT, ERR_AUTH, ERR_IO. */
int daykeys_open(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                 struct daykeys **ret, struct diag *d) MUST_USE;
void daykeys_free(struct daykeys *k); /* wipes */
DEFINE_CLEANUP(struct daykeys, daykeys_free)

/* NULL when there is none, or none any more. */
struct hpke_recipient *daykeys_find(struct daykeys *k, const char *warrant, int64_t day);

#endif
