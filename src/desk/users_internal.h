/* What the files of users share. */
#ifndef IRONSIDE_DESK_USERS_INTERNAL_H
#define IRONSIDE_DESK_USERS_INTERNAL_H

#include "crypto/hash.h"
#include "desk/users.h"

#define USERS_ATTEMPTS_MAX 10000U /* names whose failures are remembered */

struct desk_users {
    struct sql *sql;                        /* the index's */
    char nobodys[DESK_PASSWORD_HASH_BYTES]; /* that no password has, for names that nobody has */
    uint8_t passkey_secret[HASH_BYTES];     /* from which handles and fake credentials follow */
};

/* In the transaction under way, or one of its own. */
int users_within(struct desk_users *u, sql_work_fn *work, void *context, struct diag *d) MUST_USE;

/* users_attempts.c: a sign-in under way, by name. ERR_LIMIT: locked out. */
struct users_attempt {
    struct desk_users *users;
    uint8_t name[HASH_BYTES];
    int64_t now, locked_until;
    int failed;
};
int users_attempt_begin(struct desk_users *u, const char *name, int64_t now,
                        struct users_attempt *ret, struct diag *d) MUST_USE;
/* Failures before it are forgotten. */
int users_attempt_held(const struct users_attempt *a, struct diag *d) MUST_USE;
/* Is counted: ERR_AUTH with that line; ERR_IO. */
int users_attempt_failed(struct users_attempt *a, const char *says, struct diag *d) MUST_USE;

/* users_sessions.c. Whoever has the name; where nobody has, id 0 and a password that nobody knows.
 */
struct users_found {
    int64_t id;
    enum desk_role role;
    bool disabled, passkey_only;
    bool used_up; /* the password was good for one sign-in, and that has been */
    char password[DESK_PASSWORD_HASH_BYTES];
};
int users_find(struct desk_users *u, const char *name, struct users_found *ret,
               struct diag *d) MUST_USE;
bool users_may_sign_in(const struct users_found *f);
int users_begin_session(struct desk_users *u, const struct users_found *f, const char *name,
                        int64_t now, char ret_token[static DESK_TOKEN_CHARS + 1],
                        struct desk_session *ret, struct diag *d) MUST_USE;

/* users_passkeys.c: its tables, and u->passkey_secret. */
int users_passkeys_open(struct desk_users *u, struct diag *d) MUST_USE;

#endif
