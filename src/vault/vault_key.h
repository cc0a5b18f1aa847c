/* From what the person has to the 32 bytes that seal the data key. */
#ifndef IRONSIDE_VAULT_VAULT_KEY_H
#define IRONSIDE_VAULT_VAULT_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "vault/vault.h"

#define VAULT_SALT_BYTES 16

enum vault_opened_by {
    VAULT_BY_PASSPHRASE = 1,
    VAULT_BY_KEY = 2,
};

/* Within the bounds that vault.h names? A header's costs are anybody's until its tag is checked,
 * and the upper bound keeps a forged one from taking all memory. */
bool vault_key_costs_valid(struct vault_costs costs);

/* Exactly one of the two is there, and a passphrase is not empty and not too long. ERR_KEY. */
int vault_key_check(const struct vault_key *key, struct diag *d) MUST_USE;
enum vault_opened_by vault_key_opened_by(const struct vault_key *key);

/* The passphrase through Argon2id (`salt` and `costs`), or the key's bytes as they are. `ret`
 * should lie in secret memory. ERR_IO: not enough memory. */
int vault_key_derive(const struct vault_key *key, const uint8_t salt[static VAULT_SALT_BYTES],
                     struct vault_costs costs, uint8_t ret[static VAULT_KEY_BYTES],
                     struct diag *d) MUST_USE;

#endif
