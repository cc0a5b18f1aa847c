/* The first 4096 bytes of a vault: what it is, and its data key in two slots.
 *
 *      0   16  "ironside vault\n", NUL         a slot:
 *     16    4  version, 1                         0    8  generation, from 1
 *     20   16  kind, padded with NUL              8    4  opened by: 1 passphrase, 2 key
 *     36  988  zero                              12    4  Argon2id passes      (0 for a key)
 *   1024  512  slot 0                            16    4  Argon2id memory, KiB (0 for a key)
 *   1536  512  zero                              20   16  Argon2id salt        (0 for a key)
 *   2048  512  slot 1                            36   24  nonce
 *   2560 1536  zero                              60   48  data key (32) and tag (16)
 *                                               108  372  zero
 *                                               480   32  BLAKE2b of bytes 0 … 35 of the file
 *                                                         and 0 … 479 of the slot
 *
 * The data key is sealed with XChaCha20-Poly1305 under the passphrase's key or the given one,
 * aad = bytes 0 … 35 of the file and 0 … 35 of the slot. Of the slots whose hash is right the
 * one with the higher generation counts. The hash has no key: it tells a damaged header from a
 * wrong passphrase and proves nothing.
 *
 * A new key goes into the other slot; only when that is on the disk is the old one overwritten
 * with zeros. What is left in the other slot by a crash is overwritten at the next opening.
 */
#ifndef IRONSIDE_VAULT_VAULT_HEADER_H
#define IRONSIDE_VAULT_VAULT_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "vault/vault.h"

#define VAULT_HEADER_BYTES 4096
#define VAULT_SLOT_BYTES 512
#define VAULT_SLOTS 2U

struct vault_header {
    uint8_t bytes[VAULT_HEADER_BYTES];
    unsigned slot; /* the one that counts */
};

/* A header without a filled slot. ERR_FORMAT: not a kind. */
int vault_header_init(struct vault_header *h, const char *kind, struct diag *d) MUST_USE;
/* Looks at `h->bytes` as they came from the file `path`, finds the slot that counts and opens it.
 * ERR_FORMAT: not a vault, of another kind or version, damaged; ERR_KEY; ERR_IO: not enough memory
 * for Argon2. */
int vault_header_open(struct vault_header *h, const char *kind, const struct vault_key *key,
                      const char *path, uint8_t ret_data_key[static VAULT_KEY_BYTES],
                      struct diag *d) MUST_USE;
/* Seals the data key into the other slot, under the next generation; that slot counts from then
 * on. ERR_KEY, ERR_IO. */
int vault_header_seal(struct vault_header *h, const struct vault_key *key,
                      const uint8_t data_key[static VAULT_KEY_BYTES], struct diag *d) MUST_USE;

/* Where a slot begins in the file. */
unsigned vault_header_slot_at(unsigned slot);
/* The other slot, which should be empty: is it? */
bool vault_header_other_is_empty(const struct vault_header *h);
/* Empties the other slot. */
void vault_header_clear_other(struct vault_header *h);

#endif
