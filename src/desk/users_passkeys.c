#include "desk/users_passkeys.h"

#include <string.h>

#include "base/secret.h"
#include "desk/users_internal.h"

#define FAKES_MAX 2U

static const char tables[] =
    "CREATE TABLE IF NOT EXISTS desk_passkey (id INTEGER PRIMARY KEY, user INTEGER NOT NULL"
    " REFERENCES desk_user, credential BLOB NOT NULL UNIQUE, algorithm INTEGER NOT NULL,"
    " key BLOB NOT NULL, count INTEGER NOT NULL, name TEXT NOT NULL, made INTEGER NOT NULL,"
    " used INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX IF NOT EXISTS desk_passkey_of_user ON desk_passkey (user);"
    "CREATE TABLE IF NOT EXISTS desk_passkey_only (user INTEGER PRIMARY KEY REFERENCES desk_user);"
    "CREATE TABLE IF NOT EXISTS desk_passkey_secret (number INTEGER PRIMARY KEY,"
    " secret BLOB NOT NULL);";

int users_passkeys_open(struct desk_users *u, struct diag *d)
{
    int r = sql_execute(u->sql, tables, d);
    if (r < 0)
        return r;
    secret_random(u->passkey_secret, sizeof u->passkey_secret);
    sqlite3_stmt *first = sql(u->sql, "INSERT OR IGNORE INTO desk_passkey_secret VALUES (1, ?)");
    sql_bind_bytes(first, 1, u->passkey_secret, sizeof u->passkey_secret);
    if (sql_run(first) < 0)
        return sql_failed(u->sql, d, "cannot keep the secret of passkeys");
    CLEANUP_QUERY sqlite3_stmt *q = sql(u->sql, "SELECT secret FROM desk_passkey_secret");
    if (sql_row(q) < 0 || sql_copy(q, 0, u->passkey_secret, sizeof u->passkey_secret) < 0)
        return sql_failed(u->sql, d, "cannot read the secret of passkeys");
    return 0;
}

/* ---- what follows from the secret ---- */

static void derive(const struct desk_users *u, const char *use, uint8_t number, const void *of,
                   size_t len, uint8_t ret[static HASH_BYTES])
{
    const struct hash_part parts[] = {{use, strlen(use) + 1}, {&number, 1}, {of, len}};
    hash_hmac(u->passkey_secret, sizeof u->passkey_secret, parts, 3, ret);
}

void desk_passkey_handle(const struct desk_users *u, int64_t user,
                         uint8_t ret[static DESK_HANDLE_BYTES])
{
    derive(u, "handle", 0, &user, sizeof user, ret);
}

/* As long as those that are sold make them. */
struct fakes {
    size_t count, len[FAKES_MAX];
    uint8_t credentials[FAKES_MAX][2 * HASH_BYTES];
};

static void make_fakes(const struct desk_users *u, const char *name, struct fakes *ret)
{
    static const uint8_t lengths[] = {16, 20, 32, 64};
    uint8_t shape[HASH_BYTES];
    size_t len = strlen(name);
    derive(u, "shape", 0, name, len, shape);
    ret->count = 1U + shape[0] % FAKES_MAX;
    for (uint8_t i = 0; i < FAKES_MAX; i++) {
        ret->len[i] = lengths[shape[1 + i] % sizeof lengths];
        derive(u, "credential", i, name, len, ret->credentials[i]);
        derive(u, "its end", i, name, len, ret->credentials[i] + HASH_BYTES);
    }
}

/* ---- a user's ---- */

static int count_of(struct desk_users *u, int64_t user, int64_t *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(u->sql, "SELECT count(*) FROM desk_passkey WHERE user = ?");
    sqlite3_bind_int64(q, 1, user);
    if (sql_row(q) < 0)
        return sql_failed(u->sql, d, "cannot count the passkeys");
    *ret = sqlite3_column_int64(q, 0);
    return 0;
}

int desk_passkey_add(struct desk_users *u, int64_t user, const char *name, const struct passkey *p,
                     int64_t now_unix_ms, struct diag *d)
{
    int64_t count;
    int r = count_of(u, user, &count, d);
    if (r == 0 && count >= DESK_PASSKEYS_MAX)
        r = diag_set(d, ERR_INVALID_STATE, "you have %u passkeys: remove one first",
                     DESK_PASSKEYS_MAX);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(u->sql, "INSERT INTO desk_passkey (user, credential, algorithm, key,"
                                  " count, name, made) VALUES (?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(q, 1, user);
    sql_bind_bytes(q, 2, p->id, p->id_len);
    sqlite3_bind_int(q, 3, p->algorithm);
    sql_bind_bytes(q, 4, p->key, p->key_len);
    sqlite3_bind_int64(q, 5, p->count);
    sql_bind_text(q, 6, name);
    sqlite3_bind_int64(q, 7, now_unix_ms);
    r = sql_run(q);
    if (r == ERR_EXISTS)
        return diag_set(d, r, "that passkey is there already");
    return r < 0 ? sql_failed(u->sql, d, "cannot keep the passkey") : 0;
}

int desk_passkeys_each(struct desk_users *u, int64_t user, desk_passkey_fn *fn, void *context,
                       struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(u->sql, "SELECT id, name, credential, count, made, used FROM desk_passkey"
                    " WHERE user = ? ORDER BY id");
    int r = 0;
    sqlite3_bind_int64(q, 1, user);
    while (sql_walk(u->sql, q, &r, d)) {
        const struct desk_passkey p = {
            .id = sqlite3_column_int64(q, 0),
            .name = sql_text(q, 1),
            .credential = sqlite3_column_blob(q, 2),
            .credential_len = (size_t)sqlite3_column_bytes(q, 2),
            .count = (uint32_t)sqlite3_column_int64(q, 3),
            .made_unix_ms = sqlite3_column_int64(q, 4),
            .used_unix_ms = sqlite3_column_int64(q, 5),
        };
        int stop = fn(context, &p);
        if (stop != 0)
            return stop;
    }
    return r;
}

int desk_passkey_remove(struct desk_users *u, int64_t user, int64_t id, struct diag *d)
{
    int64_t count;
    int r = count_of(u, user, &count, d);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(u->sql, "DELETE FROM desk_passkey WHERE id = ?1 AND user = ?2 AND"
                                  " (?3 > 1 OR ?2 NOT IN (SELECT user FROM desk_passkey_only))");
    sqlite3_bind_int64(q, 1, id);
    sqlite3_bind_int64(q, 2, user);
    sqlite3_bind_int64(q, 3, count);
    if (sql_run(q) < 0)
        return sql_failed(u->sql, d, "cannot remove the passkey");
    if (sqlite3_changes(u->sql->db) != 0)
        return 0;
    if (count == 1 && desk_passkey_only(u, user))
        return diag_set(d, ERR_INVALID_STATE,
                        "your last passkey is the only way in: let the"
                        " password in first");
    return diag_set(d, ERR_NOT_FOUND, "you have no such passkey");
}

struct removal {
    struct desk_users *users;
    const char *name;
};

static int remove_all(void *context, struct diag *d)
{
    static const char *const steps[] = {
        "DELETE FROM desk_passkey WHERE user = (SELECT id FROM desk_user WHERE name = ?)",
        "DELETE FROM desk_passkey_only WHERE user = (SELECT id FROM desk_user WHERE name = ?)",
        "DELETE FROM desk_session WHERE user = (SELECT id FROM desk_user WHERE name = ?)",
    };
    const struct removal *m = context;
    struct sql *s = m->users->sql;
    if (!desk_user_known(m->users, m->name))
        return diag_set(d, ERR_NOT_FOUND, "there is no user '%s'", m->name);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        sqlite3_stmt *q = sql(s, steps[i]);
        sql_bind_text(q, 1, m->name);
        if (sql_run(q) < 0)
            return sql_failed(s, d, "cannot remove the user's passkeys");
    }
    return 0;
}

int desk_passkeys_remove_all(struct desk_users *u, const char *name, struct diag *d)
{
    struct removal m = {u, name};
    return users_within(u, remove_all, &m, d);
}

int desk_passkey_only_set(struct desk_users *u, int64_t user, bool only, struct diag *d)
{
    int64_t count;
    int r = count_of(u, user, &count, d);
    if (r == 0 && only && count == 0)
        r = diag_set(d, ERR_INVALID_STATE, "you have no passkey: there would be no way in");
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(u->sql, only ? "INSERT OR IGNORE INTO desk_passkey_only VALUES (?)"
                                       : "DELETE FROM desk_passkey_only WHERE user = ?");
    sqlite3_bind_int64(q, 1, user);
    return sql_run(q) < 0 ? sql_failed(u->sql, d, "cannot write the way in") : 0;
}

int desk_passkey_only_end(struct desk_users *u, const char *name, struct diag *d)
{
    sqlite3_stmt *q = sql(u->sql, "DELETE FROM desk_passkey_only WHERE user ="
                                  " (SELECT id FROM desk_user WHERE name = ?)");
    sql_bind_text(q, 1, name);
    return sql_run(q) < 0 ? sql_failed(u->sql, d, "cannot write the way in") : 0;
}

bool desk_passkey_only(struct desk_users *u, int64_t user)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(u->sql, "SELECT 1 FROM desk_passkey_only WHERE user = ?");
    sqlite3_bind_int64(q, 1, user);
    return sql_row(q) == 0;
}

int desk_passkeys_of_name(struct desk_users *u, const char *name, desk_passkey_fn *fn,
                          void *context, struct diag *d)
{
    struct fakes fakes;
    struct users_found f;
    int64_t count = 0;
    make_fakes(u, name, &fakes);
    int r = users_find(u, name, &f, d);
    secret_wipe(f.password, sizeof f.password);
    if (r == 0)
        r = count_of(u, f.id, &count, d);
    if (r == 0 && count > 0)
        return desk_passkeys_each(u, f.id, fn, context, d);
    for (size_t i = 0; r == 0 && i < fakes.count; i++)
        r = fn(context, &(struct desk_passkey){.credential = fakes.credentials[i],
                                               .credential_len = fakes.len[i]});
    return r;
}
