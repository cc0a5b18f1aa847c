/* Passwords: their hashes as libsodium writes them (crypto_pwhash_str, Argon2id), how one is to be
 * made, and which passwords are taken. A hash is made elsewhere (hashing.h) but where nobody waits.
 */
#ifndef IRONSIDE_DESK_PASSWORDS_H
#define IRONSIDE_DESK_PASSWORDS_H

#include "worker/hash.h"

#define DESK_PASSWORD_MIN 12U /* bytes */
#define DESK_PASSWORD_MAX WORKER_PASSWORD_MAX
#define DESK_PASSWORD_HASH_BYTES 128U /* "$argon2id$…" and zeros behind it */

/* ERR_FORMAT: too short, too long, or the user's name. */
int desk_password_check(const char *name, const char *password, struct diag *d) MUST_USE;
/* For a password that is new. */
void desk_password_recipe(struct worker_recipe *ret);
/* By which one was made. ERR_FORMAT. */
int desk_password_recipe_of(const char *hash, struct worker_recipe *ret) MUST_USE;
/* Both in their form. */
void desk_password_put(const struct worker_recipe *r, const uint8_t hash[static WORKER_HASH_BYTES],
                       char ret[static DESK_PASSWORD_HASH_BYTES]);
/* Are two hashes the same? In time that depends on nothing. */
bool desk_password_equal(const char a[static DESK_PASSWORD_HASH_BYTES],
                         const char b[static DESK_PASSWORD_HASH_BYTES]);
/* Makes one here, which takes a tenth of a second. ERR_IO: there is no memory. */
int desk_password_hash(const struct worker_recipe *r, const char *password,
                       char ret[static DESK_PASSWORD_HASH_BYTES], struct diag *d) MUST_USE;

#endif
