/* Vaults: SQLite databases that are encrypted at rest, opened by a passphrase or by a key file.
 *
 * A vault is a file of mode 0600, a header and then the database's pages, and beside it, while it
 * is open or after a crash, its write-ahead log ("-wal"). Each page is sealed under the vault's
 * random data key and bound to its place; the header holds that data key, sealed under the
 * passphrase or the key (byte tables: vault_header.h, vault_page.h). Nothing else is ever
 * written: no rollback journal, no shared memory file, no temporary file. This room knows no
 * schema: what vault_open returns is an ordinary sqlite3 handle.
 *
 * Noticed, as errors: a wrong passphrase, a flipped bit, a page moved elsewhere or taken from
 * another vault, a page that is missing.
 *
 * Not noticed: an older version of a page put in its own place again, or of the whole file, or a
 * log removed, cut off or damaged in its middle. The log ends at the first frame that does not
 * open, as a torn write leaves it, so that the transactions from there on are gone without a
 * word. Who must notice compares a count with somebody else's.
 *
 * Not hidden: the file's size, how many pages each transaction changes, and in the log which
 * ones. While it is open SQLite keeps readable pages in ordinary memory.
 */
#ifndef IRONSIDE_VAULT_VAULT_H
#define IRONSIDE_VAULT_VAULT_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"

#define VAULT_KEY_BYTES 32
#define VAULT_KIND_MAX 16U         /* characters */
#define VAULT_PASSPHRASE_MAX 1024U /* bytes */

/* What Argon2id takes to turn a passphrase into a key. Kept in the header. */
struct vault_costs {
    uint32_t passes;     /* 1 to 16 */
    uint32_t memory_kib; /* 8 to 1,048,576 */
};
#define VAULT_COSTS_PERSON ((struct vault_costs){3, 256 * 1024}) /* libsodium's "moderate" */
#define VAULT_COSTS_MINIMAL ((struct vault_costs){1, 8})         /* for tests; protects nothing */

/* What opens a vault: exactly one of the two. Both are the caller's and used during the call
 * only. */
struct vault_key {
    const char *passphrase;   /* not empty; any bytes, not normalised */
    const uint8_t *bytes;     /* VAULT_KEY_BYTES random ones: no Argon2 then */
    struct vault_costs costs; /* of a new passphrase; zero: VAULT_COSTS_PERSON */
};

/* Makes an empty vault. `kind` says what it is for, "device-store": 1 to 16 of `a-z`, `0-9` and
 * `-`. It appears whole or not at all. ERR_EXISTS; ERR_KEY: no usable passphrase or costs;
 * ERR_FORMAT: not a kind; ERR_IO. */
int vault_create(const char *path, const char *kind, const struct vault_key *key,
                 struct diag *d) MUST_USE;

/* Opens it, alone: a second opener, in this process or another, is turned away after a second.
 * Recovers what a crash left in the log. The handle has WAL, synchronous=FULL, foreign keys,
 * secure_delete, an untrusted schema, the defensive flag, extended result codes and temporary
 * tables in memory; it attaches no other file and refuses another journal mode. It does not
 * spill: what a transaction (or VACUUM) changes stays in memory until its commit.
 *
 * The lock is POSIX's: while the vault is open this process may not open and close its file by
 * other means, that would let the lock go.
 *
 * ERR_NOT_FOUND; ERR_KEY: wrong passphrase or key, or the one where the other is needed;
 * ERR_FORMAT: not a vault, of another kind or version, header damaged; ERR_AUTH: a page is not
 * what was written; ERR_INVALID_STATE: in use; ERR_IO. */
int vault_open(const char *path, const char *kind, const struct vault_key *key, sqlite3 **ret,
               struct diag *d) MUST_USE;

/* Wipes the keys. NULL is harmless. The caller's statements and blobs must be finished: one that
 * is not is our own bug and ends the process. Nothing committed depends on this call. */
void vault_close(sqlite3 *db);
DEFINE_CLEANUP(sqlite3, vault_close)
#define CLEANUP_VAULT CLEANUP(vault_close_cleanup)

/* Seals the data key under another passphrase or key. Survives a crash: until it returns, one of
 * the two opens the vault, afterwards the new one. Nothing is encrypted anew: who has the old
 * passphrase and a copy of the old header, or finds one that the disk has kept, has the data key.
 * ERR_KEY, ERR_IO. */
int vault_change_key(sqlite3 *db, const struct vault_key *key, struct diag *d) MUST_USE;

/* Has something been met that is not what was written, or that cannot be read? SQLite tells its
 * caller SQLITE_IOERR_DATA, "disk I/O error"; this has the line for the person, which names the
 * page. It stays: what was read since may lack something. 0 or ERR_AUTH. */
int vault_fault(sqlite3 *db, struct diag *d) MUST_USE;
/* A statement has ended with `rc`, which is SQLite's. Codes that say that what is there cannot be
 * read are noted for vault_fault; those of writing, of constraints and of a full disk are not. */
void vault_note(sqlite3 *db, int rc);

/* A key file: VAULT_KEY_BYTES random bytes, mode 0600. ERR_EXISTS, ERR_IO. */
int vault_key_file_create(const char *path, struct diag *d) MUST_USE;
/* `ret` should lie in secret memory. ERR_NOT_FOUND; ERR_KEY: not such a file, or open to other
 * users; ERR_IO. */
int vault_key_file_read(const char *path, uint8_t ret[static VAULT_KEY_BYTES],
                        struct diag *d) MUST_USE;

#endif
