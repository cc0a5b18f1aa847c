/* Key files of the network's own parts. All are text, 0600, and refused when other users may read
 * them.
 *
 *     ironside signing key 1
 *     name custodian-1
 *     seed BASE64              the Ed25519 seed, 32 bytes
 *
 * A component's secret is a line of 64 hexadecimal digits.
 */
#ifndef IRONSIDE_NETWORK_KEYS_H
#define IRONSIDE_NETWORK_KEYS_H

#include "base/secret.h"
#include "crypto/note.h"

#define KEYS_SECRET_LEN 64

/* Wholly in secret memory: let go by secret_free. */
struct signing_key {
    char name[NOTE_NAME_MAX + 1]; /* of its signatures */
    uint8_t public[SIGN_PUBLIC_BYTES];
    uint8_t secret[SIGN_SECRET_BYTES];
};

/* Makes a fresh key's file; `ret` may be NULL. ERR_EXISTS; ERR_FORMAT: not a note key's name;
 * ERR_IO. */
int keys_signing_create(const char *path, const char *name, struct signing_key **ret,
                        struct diag *d) MUST_USE;
/* ERR_NOT_FOUND; ERR_KEY: open to other users; ERR_FORMAT; ERR_IO. */
int keys_signing_read(const char *path, struct signing_key **ret, struct diag *d) MUST_USE;
/* Its public half; the name is the key's own. */
struct note_key keys_verifier(const struct signing_key *k);

/* A fresh component's secret. ERR_EXISTS, ERR_IO. */
int keys_secret_create(const char *path, struct diag *d) MUST_USE;
/* The digits, in secret memory. Errors as keys_signing_read. */
int keys_secret_read(const char *path, char **ret, struct diag *d) MUST_USE;

#endif
