#include <sodium.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/hash.h"
#include "desk/users_internal.h"

#define TOKEN_BYTES 32U
#define USED_STEP_MS (60LL * 1000) /* the idle end is moved no more often */
#define AHEAD_MS (60LL * 1000)     /* so far a clock may go back and end no session */

static void put_token(const uint8_t bytes[static TOKEN_BYTES],
                      char ret[static DESK_TOKEN_CHARS + 1])
{
    sodium_bin2base64(ret, DESK_TOKEN_CHARS + 1, bytes, TOKEN_BYTES,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void hash_text(const char *text, uint8_t ret[static HASH_BYTES])
{
    hash_sha256(text, strlen(text), ret);
}

static void csrf_of(const char *token, char ret[static DESK_TOKEN_CHARS + 1])
{
    static const char use[] = "ironside-desk-csrf";
    uint8_t mac[HASH_BYTES];
    struct hash_part part = {use, sizeof use};
    hash_hmac(token, strlen(token), &part, 1, mac);
    put_token(mac, ret);
}

/* ---- a name and a password ---- */

int users_find(struct desk_users *u, const char *name, struct users_found *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(u->sql, "SELECT id, role, disabled, password,"
                    " id IN (SELECT user FROM desk_passkey_only),"
                    " EXISTS (SELECT 1 FROM desk_password_once o WHERE o.user = desk_user.id"
                    " AND o.password = desk_user.password AND o.used = 1)"
                    " FROM desk_user WHERE name = ?");
    *ret = (struct users_found){0};
    memcpy(ret->password, u->nobodys, sizeof ret->password);
    sql_bind_text(q, 1, name);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return 0;
    if (r < 0)
        return sql_failed(u->sql, d, "cannot read the user");
    ret->id = sqlite3_column_int64(q, 0);
    ret->role = desk_role_of(sql_text(q, 1));
    ret->disabled = sqlite3_column_int(q, 2) != 0;
    memset(ret->password, 0, sizeof ret->password);
    snprintf(ret->password, sizeof ret->password, "%s", sql_text(q, 3));
    ret->passkey_only = sqlite3_column_int(q, 4) != 0;
    ret->used_up = sqlite3_column_int(q, 5) != 0;
    return 0;
}

bool users_may_sign_in(const struct users_found *f)
{
    return f->id != 0 && !f->disabled && f->role != DESK_ROLES;
}

/* The same work whoever it is. */
static bool holds(const struct users_found *f, const char hash[static DESK_PASSWORD_HASH_BYTES])
{
    bool right = desk_password_equal(f->password, hash);
    return right && users_may_sign_in(f);
}

enum purpose { TO_SIGN_IN, TO_CHANGE_IT };

static int check(struct desk_users *u, const char *name, const char *hash, enum purpose why,
                 int64_t now, struct users_found *ret, struct diag *d)
{
    struct users_attempt a;
    int r = users_attempt_begin(u, name, now, &a, d);
    if (r == 0)
        r = users_find(u, name, ret, d);
    if (r < 0)
        return r;
    if (holds(ret, hash) && !((ret->passkey_only || ret->used_up) && why == TO_SIGN_IN))
        return users_attempt_held(&a, d);
    return users_attempt_failed(&a, "name or password is wrong", d);
}

int desk_user_recipe(struct desk_users *u, const char *name, int64_t now_unix_ms,
                     struct worker_recipe *ret, struct diag *d)
{
    struct users_attempt a;
    struct users_found f;
    int r = users_attempt_begin(u, name, now_unix_ms, &a, d);
    if (r == 0)
        r = users_find(u, name, &f, d);
    if (r < 0)
        return r;
    r = desk_password_recipe_of(f.password, ret);
    secret_wipe(&f, sizeof f);
    return r < 0 ? diag_set(d, ERR_IO, "the user's password is not as it was written") : 0;
}

int desk_user_check(struct desk_users *u, const char *name,
                    const char hash[static DESK_PASSWORD_HASH_BYTES], int64_t now_unix_ms,
                    struct diag *d)
{
    struct users_found f;
    int r = check(u, name, hash, TO_CHANGE_IT, now_unix_ms, &f, d);
    secret_wipe(&f, sizeof f);
    return r;
}

/* ---- sessions ---- */

struct beginning {
    struct desk_users *users;
    int64_t user, now;
    uint8_t hash[HASH_BYTES];
};

/* Ended ones, and of this user's the oldest, so that there is room for one more. */
static int trim_sessions(const struct beginning *b)
{
    struct sql *s = b->users->sql;
    sqlite3_stmt *ended = sql(s, "DELETE FROM desk_session WHERE used <= ?1 OR begun <= ?2"
                                 " OR used > ?3");
    sqlite3_bind_int64(ended, 1, b->now - DESK_SESSION_IDLE_MS);
    sqlite3_bind_int64(ended, 2, b->now - DESK_SESSION_MAX_MS);
    sqlite3_bind_int64(ended, 3, b->now + AHEAD_MS);
    if (sql_run(ended) < 0)
        return ERR_IO;
    sqlite3_stmt *older =
        sql(s, "DELETE FROM desk_session WHERE token IN (SELECT token FROM"
               " desk_session WHERE user = ? ORDER BY begun DESC LIMIT -1 OFFSET ?)");
    sqlite3_bind_int64(older, 1, b->user);
    sqlite3_bind_int64(older, 2, DESK_SESSIONS_MAX - 1);
    return sql_run(older);
}

static int begin_session(void *context, struct diag *d)
{
    const struct beginning *b = context;
    struct sql *s = b->users->sql;
    if (trim_sessions(b) < 0)
        return sql_failed(s, d, "cannot end old sessions");
    sqlite3_stmt *q = sql(s, "INSERT INTO desk_session (token, user, begun, used)"
                             " VALUES (?, ?, ?, ?)");
    sql_bind_bytes(q, 1, b->hash, sizeof b->hash);
    sqlite3_bind_int64(q, 2, b->user);
    sqlite3_bind_int64(q, 3, b->now);
    sqlite3_bind_int64(q, 4, b->now);
    return sql_run(q) < 0 ? sql_failed(s, d, "cannot begin a session") : 0;
}

int users_begin_session(struct desk_users *u, const struct users_found *f, const char *name,
                        int64_t now, char ret_token[static DESK_TOKEN_CHARS + 1],
                        struct desk_session *ret, struct diag *d)
{
    uint8_t random[TOKEN_BYTES];
    char token[DESK_TOKEN_CHARS + 1];
    struct beginning b = {.users = u, .user = f->id, .now = now};
    secret_random(random, sizeof random);
    put_token(random, token);
    hash_text(token, b.hash);
    int r = users_within(u, begin_session, &b, d);
    if (r < 0)
        return r;
    *ret = (struct desk_session){.user = f->id, .role = f->role};
    snprintf(ret->name, sizeof ret->name, "%s", name);
    csrf_of(token, ret->csrf);
    memcpy(ret_token, token, sizeof token);
    secret_wipe(token, sizeof token);
    secret_wipe(random, sizeof random);
    return 0;
}

/* Where it was good for one. */
static int use_password(struct desk_users *u, int64_t user, struct diag *d)
{
    sqlite3_stmt *q = sql(u->sql, "UPDATE desk_password_once SET used = 1 WHERE user = ?");
    sqlite3_bind_int64(q, 1, user);
    return sql_run(q) < 0 ? sql_failed(u->sql, d, "cannot note that a password was used") : 0;
}

int desk_sign_in(struct desk_users *u, const char *name,
                 const char hash[static DESK_PASSWORD_HASH_BYTES], int64_t now_unix_ms,
                 char ret_token[static DESK_TOKEN_CHARS + 1], struct desk_session *ret,
                 struct diag *d)
{
    struct users_found f;
    int r = check(u, name, hash, TO_SIGN_IN, now_unix_ms, &f, d);
    if (r == 0)
        r = use_password(u, f.id, d);
    if (r == 0)
        r = users_begin_session(u, &f, name, now_unix_ms, ret_token, ret, d);
    secret_wipe(&f, sizeof f);
    return r;
}

static void move_idle_end(struct desk_users *u, const uint8_t hash[static HASH_BYTES], int64_t now)
{
    sqlite3_stmt *q = sql(u->sql, "UPDATE desk_session SET used = ? WHERE token = ?");
    sqlite3_bind_int64(q, 1, now);
    sql_bind_bytes(q, 2, hash, HASH_BYTES);
    (void)!sql_run(q); /* then it ends sooner */
}

static int session_of(struct desk_users *u, const char *token, int64_t now_unix_ms, bool use,
                      struct desk_session *ret)
{
    uint8_t hash[HASH_BYTES];
    if (strlen(token) != DESK_TOKEN_CHARS)
        return ERR_NOT_FOUND;
    hash_text(token, hash);
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(u->sql, "SELECT u.id, u.name, u.role, s.used FROM desk_session s JOIN desk_user u"
                    " ON u.id = s.user WHERE s.token = ?1 AND s.used > ?2 AND s.begun > ?3"
                    " AND s.used <= ?4 AND u.disabled = 0");
    sql_bind_bytes(q, 1, hash, sizeof hash);
    sqlite3_bind_int64(q, 2, now_unix_ms - DESK_SESSION_IDLE_MS);
    sqlite3_bind_int64(q, 3, now_unix_ms - DESK_SESSION_MAX_MS);
    sqlite3_bind_int64(q, 4, now_unix_ms + AHEAD_MS);
    int r = sql_row(q);
    if (r < 0)
        return r;
    struct desk_session s = {.user = sqlite3_column_int64(q, 0),
                             .role = desk_role_of(sql_text(q, 2))};
    snprintf(s.name, sizeof s.name, "%s", sql_text(q, 1));
    csrf_of(token, s.csrf);
    int64_t used = sqlite3_column_int64(q, 3);
    sqlite3_reset(q);
    if (use && now_unix_ms - used >= USED_STEP_MS)
        move_idle_end(u, hash, now_unix_ms);
    *ret = s;
    return s.role == DESK_ROLES ? ERR_NOT_FOUND : 0;
}

int desk_session_of(struct desk_users *u, const char *token, int64_t now_unix_ms,
                    struct desk_session *ret)
{
    return session_of(u, token, now_unix_ms, true, ret);
}

int desk_session_look(struct desk_users *u, const char *token, int64_t now_unix_ms,
                      struct desk_session *ret)
{
    return session_of(u, token, now_unix_ms, false, ret);
}

void desk_sign_out(struct desk_users *u, const char *token)
{
    uint8_t hash[HASH_BYTES];
    hash_text(token, hash);
    sqlite3_stmt *q = sql(u->sql, "DELETE FROM desk_session WHERE token = ?");
    sql_bind_bytes(q, 1, hash, sizeof hash);
    (void)!sql_run(q); /* then it ends when it is idle */
}
