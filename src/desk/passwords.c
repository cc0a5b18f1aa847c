#include "desk/passwords.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"

/* Some hundred milliseconds of a core, and memory that a process of the desk has. */
#define PASSES 3U
#define KIB (64U * 1024)
#define BASE64 sodium_base64_VARIANT_ORIGINAL_NO_PADDING
#define SALT_CHARS 22U
#define HASH_CHARS 43U
_Static_assert(DESK_PASSWORD_HASH_BYTES == crypto_pwhash_STRBYTES, "libsodium's form");

int desk_password_check(const char *name, const char *password, struct diag *d)
{
    size_t len = strlen(password);
    if (len < DESK_PASSWORD_MIN)
        return diag_set(d, ERR_FORMAT, "a password has at least %u bytes", DESK_PASSWORD_MIN);
    if (len > DESK_PASSWORD_MAX)
        return diag_set(d, ERR_FORMAT, "a password has at most %u bytes", DESK_PASSWORD_MAX);
    if (strcasecmp(name, password) == 0)
        return diag_set(d, ERR_FORMAT, "a password is not the user's name");
    return 0;
}

void desk_password_recipe(struct worker_recipe *ret)
{
    *ret = (struct worker_recipe){.passes = PASSES, .kib = KIB};
    secret_random(ret->salt, sizeof ret->salt);
}

static bool take(const char **at, const char *literal)
{
    size_t len = strlen(literal);
    if (strncmp(*at, literal, len) != 0)
        return false;
    *at += len;
    return true;
}

static bool take_number(const char **at, unsigned *ret)
{
    char *end;
    unsigned long v = strtoul(*at, &end, 10);
    if (!isdigit((unsigned char)**at) || v > UINT32_MAX)
        return false;
    *ret = (unsigned)v;
    *at = end;
    return true;
}

int desk_password_recipe_of(const char *hash, struct worker_recipe *ret)
{
    struct worker_recipe r;
    size_t len = 0;
    const char *at = hash;
    if (!take(&at, "$argon2id$v=19$m=") || !take_number(&at, &r.kib) || !take(&at, ",t=") ||
        !take_number(&at, &r.passes) || !take(&at, ",p=1$") ||
        strnlen(at, SALT_CHARS) < SALT_CHARS ||
        sodium_base642bin(r.salt, sizeof r.salt, at, SALT_CHARS, NULL, &len, NULL, BASE64) != 0 ||
        len != sizeof r.salt || at[SALT_CHARS] != '$')
        return ERR_FORMAT;
    *ret = r;
    return 0;
}

void desk_password_put(const struct worker_recipe *r, const uint8_t hash[static WORKER_HASH_BYTES],
                       char ret[static DESK_PASSWORD_HASH_BYTES])
{
    char salt[SALT_CHARS + 1], text[HASH_CHARS + 1];
    sodium_bin2base64(salt, sizeof salt, r->salt, sizeof r->salt, BASE64);
    sodium_bin2base64(text, sizeof text, hash, WORKER_HASH_BYTES, BASE64);
    memset(ret, 0, DESK_PASSWORD_HASH_BYTES);
    snprintf(ret, DESK_PASSWORD_HASH_BYTES, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s", r->kib, r->passes,
             salt, text);
    secret_wipe(text, sizeof text);
}

bool desk_password_equal(const char a[static DESK_PASSWORD_HASH_BYTES],
                         const char b[static DESK_PASSWORD_HASH_BYTES])
{
    return secret_equal(a, b, DESK_PASSWORD_HASH_BYTES);
}

int desk_password_hash(const struct worker_recipe *r, const char *password,
                       char ret[static DESK_PASSWORD_HASH_BYTES], struct diag *d)
{
    const struct worker_hash job = {
        .recipe = *r, .password = password, .password_len = strlen(password)};
    uint8_t hash[WORKER_HASH_BYTES];
    if (worker_hash_make(&job, hash) < 0)
        return diag_set(d, ERR_IO, "there is no memory to hash a password");
    desk_password_put(r, hash, ret);
    secret_wipe(hash, sizeof hash);
    return 0;
}
