#include "vault/vault_key.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/secret.h"

_Static_assert(VAULT_SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES, "Argon2id's salt");

bool vault_key_costs_valid(struct vault_costs costs)
{
    return costs.passes >= 1 && costs.passes <= 16 && costs.memory_kib >= 8 &&
           costs.memory_kib <= 1024 * 1024;
}

int vault_key_check(const struct vault_key *key, struct diag *d)
{
    if ((key->passphrase == NULL) == (key->bytes == NULL))
        return diag_set(d, ERR_KEY, "a vault needs a passphrase or a key, one of them");
    if (key->passphrase != NULL && key->passphrase[0] == '\0')
        return diag_set(d, ERR_KEY, "the passphrase is empty: choose one of several words");
    if (key->passphrase != NULL && strlen(key->passphrase) > VAULT_PASSPHRASE_MAX)
        return diag_set(d, ERR_KEY, "the passphrase is longer than %u bytes: choose a shorter one",
                        VAULT_PASSPHRASE_MAX);
    return 0;
}

enum vault_opened_by vault_key_opened_by(const struct vault_key *key)
{
    return key->passphrase != NULL ? VAULT_BY_PASSPHRASE : VAULT_BY_KEY;
}

int vault_key_derive(const struct vault_key *key, const uint8_t salt[static VAULT_SALT_BYTES],
                     struct vault_costs costs, uint8_t ret[static VAULT_KEY_BYTES], struct diag *d)
{
    if (key->bytes != NULL) {
        memcpy(ret, key->bytes, VAULT_KEY_BYTES);
        return 0;
    }
    if (crypto_pwhash_argon2id(ret, VAULT_KEY_BYTES, key->passphrase, strlen(key->passphrase), salt,
                               costs.passes, (size_t)costs.memory_kib * 1024,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return diag_set(d, ERR_IO, "the passphrase needs %u MiB of memory: close other programs",
                        (costs.memory_kib + 1023) / 1024);
    return 0;
}

int vault_key_file_create(const char *path, struct diag *d)
{
    CLEANUP_SECRET uint8_t *key = secret_new(VAULT_KEY_BYTES);
    secret_random(key, VAULT_KEY_BYTES);
    return file_create(path, key, VAULT_KEY_BYTES, 0600, d);
}

int vault_key_file_read(const char *path, uint8_t ret[static VAULT_KEY_BYTES], struct diag *d)
{
    CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return diag_set(d, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO,
                        "cannot open the key file %s: %s", path, strerror(errno));
    struct stat st;
    if (fstat(fd, &st) != 0)
        return diag_set(d, ERR_IO, "cannot read the key file %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode) || st.st_size != VAULT_KEY_BYTES)
        return diag_set(d, ERR_KEY, "%s is not a key file of %d bytes: restore it from a copy",
                        path, VAULT_KEY_BYTES);
    if ((st.st_mode & 077) != 0)
        return diag_set(d, ERR_KEY, "the key file %s is open to other users: chmod 600 it", path);
    CLEANUP_SECRET uint8_t *key = secret_new(VAULT_KEY_BYTES);
    if (read(fd, key, VAULT_KEY_BYTES) != VAULT_KEY_BYTES)
        return diag_set(d, ERR_IO, "cannot read the key file %s", path);
    memcpy(ret, key, VAULT_KEY_BYTES);
    return 0;
}
