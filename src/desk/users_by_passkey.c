/* Signing in by passkey. */
#include <string.h>

#include "base/secret.h"
#include "desk/users_internal.h"
#include "desk/users_passkeys.h"

#define ES256 (-7)

/* One that nobody who may sign in has (RFC 6979, A.2.5), so that as much is computed for it. */
static const struct passkey nobodys = {
    .algorithm = ES256,
    .key = {0x60, 0xfe, 0xd4, 0xba, 0x25, 0x5a, 0x9d, 0x31, 0xc9, 0x61, 0xeb, 0x74, 0xc6,
            0x35, 0x6d, 0x68, 0xc0, 0x49, 0xb8, 0x92, 0x3b, 0x61, 0xfa, 0x6c, 0xe6, 0x69,
            0x62, 0x2e, 0x60, 0xf2, 0x9f, 0xb6, 0x79, 0x03, 0xfe, 0x10, 0x08, 0xb8, 0xbc,
            0x99, 0xa4, 0x1a, 0xe9, 0xe9, 0x56, 0x28, 0xbc, 0x64, 0xf2, 0xf1, 0xb2, 0x0c,
            0x2d, 0x7e, 0x9f, 0x51, 0x77, 0xa3, 0xc2, 0x94, 0xd4, 0x46, 0x22, 0x99},
    .key_len = 64,
};

struct entry {
    struct desk_users *users;
    const struct desk_passkey_use *use;
    struct users_attempt attempt;
    struct users_found found;
    int64_t id; /* 0: nobody's */
    struct passkey passkey;
    uint32_t count;
    int64_t now;
    char *token;
    struct desk_session *session;
};

static int copy_key(sqlite3_stmt *q, struct entry *e)
{
    size_t len = (size_t)sqlite3_column_bytes(q, 2);
    if (len > sizeof e->passkey.key || sql_copy(q, 2, e->passkey.key, len) < 0)
        return ERR_FORMAT;
    e->id = sqlite3_column_int64(q, 0);
    e->passkey.algorithm = sqlite3_column_int(q, 1);
    e->passkey.key_len = len;
    e->passkey.count = (uint32_t)sqlite3_column_int64(q, 3);
    return 0;
}

static int find_passkey(struct entry *e, struct diag *d)
{
    struct sql *s = e->users->sql;
    CLEANUP_QUERY sqlite3_stmt *q = sql(s, "SELECT id, algorithm, key, count FROM desk_passkey"
                                           " WHERE user = ? AND credential = ?");
    e->passkey = nobodys;
    sqlite3_bind_int64(q, 1, e->found.id);
    sql_bind_bytes(q, 2, e->use->credential.data, e->use->credential.len);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return 0;
    return r < 0 || copy_key(q, e) < 0 ? sql_failed(s, d, "cannot read the passkey") : 0;
}

/* The same work whoever it is. */
static bool holds(struct entry *e, const struct passkey_site *site, struct diag *why)
{
    if (e->use->challenge == NULL) {
        diag_set(why, 0, "no challenge that was given, or one that has ended");
        return false;
    }
    bool right =
        passkey_check(site, e->use->challenge, &e->passkey, &e->use->use, &e->count, why) == 0;
    if (e->id == 0)
        diag_set(why, 0, "no passkey of that name");
    return right && e->id != 0 && users_may_sign_in(&e->found);
}

static int enter(void *context, struct diag *d)
{
    struct entry *e = context;
    struct sql *s = e->users->sql;
    sqlite3_stmt *q = sql(s, "UPDATE desk_passkey SET count = ?, used = ? WHERE id = ?");
    sqlite3_bind_int64(q, 1, e->count);
    sqlite3_bind_int64(q, 2, e->now);
    sqlite3_bind_int64(q, 3, e->id);
    if (sql_run(q) < 0)
        return sql_failed(s, d, "cannot keep the passkey's count");
    int r = users_attempt_held(&e->attempt, d);
    return r < 0 ? r
                 : users_begin_session(e->users, &e->found, e->use->name, e->now, e->token,
                                       e->session, d);
}

int desk_sign_in_by_passkey(struct desk_users *u, const struct passkey_site *site,
                            const struct desk_passkey_use *use, int64_t now_unix_ms,
                            char ret_token[static DESK_TOKEN_CHARS + 1], struct desk_session *ret,
                            struct diag *why, struct diag *d)
{
    struct entry e = {
        .users = u, .use = use, .now = now_unix_ms, .token = ret_token, .session = ret};
    int r = users_attempt_begin(u, use->name, now_unix_ms, &e.attempt, d);
    if (r == 0)
        r = users_find(u, use->name, &e.found, d);
    secret_wipe(e.found.password, sizeof e.found.password);
    if (r == 0)
        r = find_passkey(&e, d);
    if (r < 0)
        return r;
    if (!holds(&e, site, why))
        return users_attempt_failed(&e.attempt, "name or passkey is wrong", d);
    return users_within(u, enter, &e, d);
}
