/* How a verb opens a device's store: with the key file beside it, a passphrase from a file, or one
 * that is asked for on the terminal. Never from an argument or the environment.
 */
#ifndef IRONSIDE_CLI_STORE_KEY_H
#define IRONSIDE_CLI_STORE_KEY_H

#include "base/error.h"
#include "vault/vault.h"

struct store_key {
    struct vault_key key;
    char *passphrase; /* in secret memory */
    uint8_t *bytes;   /* in secret memory */
};

/* For a store that is there. ERR_KEY, ERR_NOT_FOUND, ERR_IO. */
int store_key_open(const char *folder, const char *passphrase_file, struct store_key *ret,
                   struct diag *d) MUST_USE;
/* For a new store: asks twice on a terminal; without one, and without a file, makes a key file and
 * says so on standard error. */
int store_key_choose(const char *folder, const char *passphrase_file, struct store_key *ret,
                     struct diag *d) MUST_USE;
void store_key_clear(struct store_key *k);
#define CLEANUP_STORE_KEY CLEANUP(store_key_clear)

#endif
