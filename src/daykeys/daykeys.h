/* A bot's day keys: one X25519 pair per warrant and UTC day, each random and of its own. Only the
 * opener holds them open.
 *
 * At rest they lie in one file of slots, each sealed under the host's credential with its day,
 * warrant and time of making as associated data (docs/protocol.md, "Day keys"), so that one can be
 * destroyed in place without touching the others.
 *
 *     header   "ironside day keys 2\0", mode (1), 3 zeros | counted (8) | clock (8) | spent (8)
 *              | day (8) | 8 zeros                                                  = 64 bytes
 *     slot     state (1: offered, 2: in force, 3: destroyed), 7 zeros | made (8) | day (8)
 *              | warrant id (64, zeros behind) | public key (32) | nonce (24)
 *              | sealed secret key (48)                                             = 192 bytes
 *
 * The life of a key: it is offered; a policy that names its warrant puts it in force; it is
 * destroyed when the network's clock enters the third day after its own, or when it was offered for
 * 30 days and no policy came.
 *
 * A clock that was set wrong must not burn keys. So the file counts seconds itself: on a live
 * network those of the machine's running (mode 1), which nobody sets, on a replay network those of
 * the network's clock (mode 2). On a live network one day (of all warrants) may be destroyed in 20
 * hours of them, and offers age by them. Header: what has been counted, the clock at that moment,
 * what had been counted when a day was destroyed last, and which day it was.
 *
 * Several processes may have the file open: each change is made under a lock of its own.
 */
#ifndef IRONSIDE_DAYKEYS_DAYKEYS_H
#define IRONSIDE_DAYKEYS_DAYKEYS_H

#include "crypto/hpke.h"
#include "wire/value.h"

#define DAYKEYS_CREDENTIAL_BYTES 32
#define DAYKEYS_GRACE_DAYS 2
#define DAYKEYS_PAUSE_SECONDS (20 * 3600)  /* between two days that are destroyed */
#define DAYKEYS_OFFER_SECONDS (30 * 86400) /* that no policy names */
#define DAYKEYS_PER_WARRANT_MAX 3660       /* days */

/* Makes an empty file, 0600. ERR_EXISTS, ERR_IO. */
int daykeys_create(const char *path, struct diag *d) MUST_USE;

/* Makes pairs for `count` days from `first_day` on and appends them as offered, durably; gives the
 * public halves. ERR_EXISTS: the warrant has keys already; ERR_AUTH: the credential is not the
 * file's. */
int daykeys_make(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                 const char *warrant, int64_t first_day, size_t count,
                 uint8_t (*ret_public)[HPKE_PUBLIC_BYTES], struct diag *d) MUST_USE;
/* The same with pairs that were made before. */
int daykeys_put(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                const char *warrant, int64_t first_day, const struct hpke_keypair *pairs,
                size_t count, struct diag *d) MUST_USE;

struct daykeys; /* opened */

/* Opens every slot that is not destroyed. The descriptor must stay open as long as the keys are in
 * use; the credential is copied into secret memory. ERR_FORMAT, ERR_AUTH, ERR_IO. */
int daykeys_open(int fd, const uint8_t credential[static DAYKEYS_CREDENTIAL_BYTES],
                 struct daykeys **ret, struct diag *d) MUST_USE;
void daykeys_free(struct daykeys *k); /* wipes */
DEFINE_CLEANUP(struct daykeys, daykeys_free)

/* NULL when there is none, or none any more. What it returns holds until the next call of
 * daykeys_name or daykeys_step. */
struct hpke_recipient *daykeys_find(struct daykeys *k, const char *warrant, int64_t day);

/* Each key of the warrant that is not destroyed, by its day. A negative code of `each` ends it. */
typedef int daykeys_fn(void *context, int64_t day, const struct hpke_keypair *pair);
int daykeys_each(const struct daykeys *k, const char *warrant, daykeys_fn *each,
                 void *context) MUST_USE;

/* A policy names the warrant: its keys are in force from now on, durably. Reads the file anew when
 * it holds none of the warrant. ERR_NOT_FOUND: the file has none; ERR_IO, ERR_AUTH, ERR_FORMAT. */
int daykeys_name(struct daykeys *k, const char *warrant, struct diag *d) MUST_USE;

struct daykeys_time {
    int64_t now_ms;       /* the network's clock */
    int64_t boot_seconds; /* of the machine (base/clock.h); not read on a replay network */
    bool replay;
};
/* Takes note of what other processes have destroyed, counts the time that has passed, and destroys
 * what is due: overwritten on disk, wiped in memory. What a crash left half done is finished.
 * ERR_IO, ERR_AUTH, ERR_FORMAT. */
int daykeys_step(struct daykeys *k, const struct daykeys_time *t, struct diag *d) MUST_USE;

/* The next destroyed key that this has not told yet, all of them after it was opened; false when
 * there is none. `ret_warrant` lives as long as the keys, or until they are read anew. */
bool daykeys_next_destroyed(struct daykeys *k, const char **ret_warrant, int64_t *ret_day);

/* Counts slots without opening any: those that are to be destroyed on `today`, a day of the
 * network's clock, and are not yet; and those that are destroyed. Another process may have the file
 * open. ERR_IO, ERR_FORMAT. */
int daykeys_tally(int fd, int64_t today, size_t *ret_due, size_t *ret_destroyed,
                  struct diag *d) MUST_USE;

#endif
