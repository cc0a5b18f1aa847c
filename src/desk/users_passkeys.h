/* Passkeys of the desk's users: instead of a password, or, where a user wants it so, as the only
 * way in. What users.h says of those who guess holds here, too: a name that nobody has, or that has
 * no passkeys, is asked for credentials that look like others and stay the same. It does not hide
 * from who asks again and again that the passkeys of a name have changed, nor more than two of
 * them.
 */
#ifndef IRONSIDE_DESK_USERS_PASSKEYS_H
#define IRONSIDE_DESK_USERS_PASSKEYS_H

#include "crypto/hash.h"
#include "desk/users.h"
#include "passkey/passkey.h"

#define DESK_PASSKEYS_MAX 16U /* of one user */
#define DESK_PASSKEY_NAME_MAX 64U
#define DESK_HANDLE_BYTES HASH_BYTES

struct desk_passkey {
    int64_t id;
    const char *name;
    const uint8_t *credential;
    size_t credential_len;
    uint32_t count;
    int64_t made_unix_ms, used_unix_ms; /* used 0: never */
};

/* As what authenticators know the user: tells nothing of the name, and stays. */
void desk_passkey_handle(const struct desk_users *u, int64_t user,
                         uint8_t ret[static DESK_HANDLE_BYTES]);
/* ERR_EXISTS: that credential is there already; ERR_INVALID_STATE: DESK_PASSKEYS_MAX. */
int desk_passkey_add(struct desk_users *u, int64_t user, const char *name, const struct passkey *p,
                     int64_t now_unix_ms, struct diag *d) MUST_USE;
/* The user's, in the order in which they were made. */
typedef int desk_passkey_fn(void *context, const struct desk_passkey *p);
int desk_passkeys_each(struct desk_users *u, int64_t user, desk_passkey_fn *fn, void *context,
                       struct diag *d) MUST_USE;
/* ERR_NOT_FOUND: the user has no such one; ERR_INVALID_STATE: it is the only way in. */
int desk_passkey_remove(struct desk_users *u, int64_t user, int64_t id, struct diag *d) MUST_USE;
/* An administrator's: all of them and the user's sessions; the password is a way in again.
 * ERR_NOT_FOUND: the user. */
int desk_passkeys_remove_all(struct desk_users *u, const char *name, struct diag *d) MUST_USE;
/* Is there no way in by password? ERR_INVALID_STATE: the user has no passkey. */
int desk_passkey_only_set(struct desk_users *u, int64_t user, bool only, struct diag *d) MUST_USE;
/* The password is a way in again, if it was not: for whoever has the machine. */
int desk_passkey_only_end(struct desk_users *u, const char *name, struct diag *d) MUST_USE;
bool desk_passkey_only(struct desk_users *u, int64_t user);

/* The credentials that a browser is to look for when that name signs in, at least one: the user's,
 * or ones that nobody has. Of each only `credential` is set. */
int desk_passkeys_of_name(struct desk_users *u, const char *name, desk_passkey_fn *fn,
                          void *context, struct diag *d) MUST_USE;

struct desk_passkey_use {
    const char *name;
    struct passkey_part credential;
    struct passkey_use use;
    const uint8_t *challenge; /* NULL: there was none */
};
/* As desk_sign_in; ERR_AUTH also: no passkey of that name, not its signature, or not for this
 * challenge and site: the same answer after the same work, and counted with wrong passwords. `why`
 * says which it was, for the log alone. */
int desk_sign_in_by_passkey(struct desk_users *u, const struct passkey_site *site,
                            const struct desk_passkey_use *use, int64_t now_unix_ms,
                            char ret_token[static DESK_TOKEN_CHARS + 1], struct desk_session *ret,
                            struct diag *why, struct diag *d) MUST_USE;

#endif
