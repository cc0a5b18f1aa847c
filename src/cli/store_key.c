#include "cli/store_key.h"

#include <stdio.h>

#include "base/file.h"
#include "base/secret.h"
#include "cli/ask.h"
#include "store/store.h"

void store_key_clear(struct store_key *k)
{
    secret_free(k->passphrase);
    secret_free(k->bytes);
    *k = (struct store_key){.passphrase = NULL};
}

static int read_passphrase_file(const char *path, struct store_key *k, struct diag *d)
{
    int r = ask_file(path, "passphrase", &k->passphrase, d);
    k->key.passphrase = k->passphrase;
    return r;
}

static int read_key_file(const char *path, struct store_key *k, struct diag *d)
{
    k->bytes = secret_new(VAULT_KEY_BYTES);
    k->key.bytes = k->bytes;
    return vault_key_file_read(path, k->bytes, d);
}

int store_key_open(const char *folder, const char *passphrase_file, struct store_key *ret,
                   struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, STORE_KEY_FILE);
    CLEANUP_FREE char *store = file_join(folder, STORE_FILE);
    if (passphrase_file != NULL)
        return read_passphrase_file(passphrase_file, ret, d);
    if (file_exists(path))
        return read_key_file(path, ret, d);
    if (!file_exists(store))
        return diag_set(d, ERR_NOT_FOUND,
                        "%s: no device lives there: activate one with 'ironside device activate "
                        "BUNDLE --store %s'",
                        folder, folder);
    if (!ask_possible())
        return diag_set(d, ERR_KEY,
                        "%s is opened by a passphrase: name a file that holds it with "
                        "--passphrase-file",
                        folder);
    ret->passphrase = ask_once("Passphrase of this device: ");
    ret->key.passphrase = ret->passphrase;
    return ret->passphrase == NULL ? diag_set(d, ERR_KEY, "no passphrase was given") : 0;
}

int store_key_choose(const char *folder, const char *passphrase_file, struct store_key *ret,
                     struct diag *d)
{
    CLEANUP_FREE char *path = file_join(folder, STORE_KEY_FILE);
    if (passphrase_file != NULL)
        return read_passphrase_file(passphrase_file, ret, d);
    if (ask_possible()) {
        int r = ask_twice("Choose a passphrase for this device (empty: a key file instead): ",
                          &ret->passphrase, d);
        ret->key.passphrase = ret->passphrase;
        if (r != ERR_NOT_FOUND)
            return r;
    }
    int r = file_make_folder(folder, 0700, d);
    if (r == 0 && !file_exists(path))
        r = vault_key_file_create(path, d);
    if (r == 0)
        fprintf(stderr, "The store's key lies in %s: who has that folder can read it.\n", path);
    return r < 0 ? r : read_key_file(path, ret, d);
}
