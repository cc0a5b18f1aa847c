/* Who may ask the desk: users, roles, passwords (Argon2id), sessions. In tables of the index's
 * vault, where a password lies as Argon2's hash and a session as the hash of its token.
 *
 * Whoever guesses learns nothing of who is a user: names that nobody has are answered in the same
 * words after the same work, and are locked out the same way. Each function writes in the
 * transaction under way, or in one of its own; a sign-in that failed is to be committed, too, since
 * it is counted.
 */
#ifndef IRONSIDE_DESK_USERS_H
#define IRONSIDE_DESK_USERS_H

#include "desk/index.h"
#include "desk/passwords.h"

enum desk_role {
    DESK_REVIEWER,
    DESK_SUPERVISOR,
    DESK_FILTER,
    DESK_AUDITOR,
    DESK_ADMINISTRATOR,
    DESK_DEFENCE,
    DESK_ROLES
};
const char *desk_role_text(enum desk_role r);
enum desk_role desk_role_of(const char *word); /* DESK_ROLES: none */

#define DESK_TOKEN_CHARS 43U /* base64url of 32 bytes */
#define DESK_USER_NAME_MAX 64U
#define DESK_USERS_MAX 10000U
#define DESK_SESSIONS_MAX 8U /* of one user; the oldest goes */
#define DESK_SESSION_IDLE_MS (30LL * 60 * 1000)
#define DESK_SESSION_MAX_MS (12LL * 60 * 60 * 1000)
#define DESK_FAILED_MAX 5U                /* sign-ins that fail in a row lock a user out … */
#define DESK_LOCKED_MS (15LL * 60 * 1000) /* … for so long */

struct desk_user {
    int64_t id;
    const char *name;
    enum desk_role role;
    bool disabled;
    int64_t locked_until_unix_ms;
    int64_t passkeys;
    bool passkey_only; /* there is no way in by password */
};

struct desk_users;
int desk_users_open(struct desk_index *x, struct desk_users **ret, struct diag *d) MUST_USE;
void desk_users_close(struct desk_users *u);

/* A name: 1 to 64 of `a-z`, `0-9`, `.`, `-`, `_`. ERR_EXISTS; ERR_FORMAT: the name; ERR_LIMIT:
 * DESK_USERS_MAX. `hash`: of a password that was checked (passwords.h), as in the next. */
int desk_user_add(struct desk_users *u, const char *name, enum desk_role role, const char *hash,
                  int64_t now_unix_ms, struct diag *d) MUST_USE;
/* These end all of the user's sessions. ERR_NOT_FOUND. */
int desk_user_set_password(struct desk_users *u, const char *name, const char *hash,
                           struct diag *d) MUST_USE;
int desk_user_set_role(struct desk_users *u, const char *name, enum desk_role role,
                       struct diag *d) MUST_USE;
int desk_user_disable(struct desk_users *u, const char *name, bool disabled,
                      struct diag *d) MUST_USE;
bool desk_user_known(struct desk_users *u, const char *name);
/* Who that is, whether disabled or not. ERR_NOT_FOUND. */
int desk_user_named(struct desk_users *u, const char *name, int64_t *ret_id,
                    enum desk_role *ret_role, struct diag *d) MUST_USE;
/* "" of nobody. */
void desk_user_name(struct desk_users *u, int64_t id, char ret[static DESK_USER_NAME_MAX + 1]);
/* All, by name. */
typedef int desk_user_fn(void *context, const struct desk_user *user);
int desk_users_each(struct desk_users *u, desk_user_fn *fn, void *context, struct diag *d) MUST_USE;
#define DESK_SAW_MAX 20U
/* The names of those who have seen the message, by name, but for the user `but`; the first
 * DESK_SAW_MAX. */
typedef int desk_name_fn(void *context, const char *name);
int desk_users_saw(struct desk_users *u, int64_t message, int64_t but, desk_name_fn *fn,
                   void *context, struct diag *d) MUST_USE;

/* The password that the user has now is good for one sign-in. That session may give another one,
 * which is the user's own, as long as it likes; until then nobody signs in by password again. */
int desk_user_password_once(struct desk_users *u, const char *name, struct diag *d) MUST_USE;

struct desk_session {
    int64_t user;
    char name[DESK_USER_NAME_MAX + 1];
    enum desk_role role;
    char csrf[DESK_TOKEN_CHARS + 1];
};
/* How the password is hashed that somebody of that name says is theirs: as the user's is, or as
 * that of nobody, whose salt is another for each start. ERR_LIMIT: locked out, whether there is
 * such a user or not; ERR_IO. */
int desk_user_recipe(struct desk_users *u, const char *name, int64_t now_unix_ms,
                     struct worker_recipe *ret, struct diag *d) MUST_USE;
/* `hash`: of what was said, by that recipe. ERR_AUTH: no such user, wrong password, disabled (the
 * same answer and the same time for each); ERR_LIMIT: locked out meanwhile; ERR_IO. */
int desk_sign_in(struct desk_users *u, const char *name,
                 const char hash[static DESK_PASSWORD_HASH_BYTES], int64_t now_unix_ms,
                 char ret_token[static DESK_TOKEN_CHARS + 1], struct desk_session *ret,
                 struct diag *d) MUST_USE;
/* The same judgement, counted the same way, without a session. */
int desk_user_check(struct desk_users *u, const char *name,
                    const char hash[static DESK_PASSWORD_HASH_BYTES], int64_t now_unix_ms,
                    struct diag *d) MUST_USE;
/* ERR_NOT_FOUND: no such session, or one that has ended, or was used when the clock was ahead of
 * now by more than a minute: it would outlive its end. Moves its idle end, to the minute. The CSRF
 * token follows from the session's and is kept nowhere. */
int desk_session_of(struct desk_users *u, const char *token, int64_t now_unix_ms,
                    struct desk_session *ret) MUST_USE;
/* The same, but its idle end stays: for what is asked without anybody doing something. */
int desk_session_look(struct desk_users *u, const char *token, int64_t now_unix_ms,
                      struct desk_session *ret) MUST_USE;
void desk_sign_out(struct desk_users *u, const char *token);

#endif
