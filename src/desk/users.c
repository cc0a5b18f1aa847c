#include "desk/users.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "desk/users_internal.h"

static const char *const roles[] = {
    [DESK_REVIEWER] = "reviewer",
    [DESK_SUPERVISOR] = "supervisor",
    [DESK_FILTER] = "filter",
    [DESK_AUDITOR] = "auditor",
    [DESK_ADMINISTRATOR] = "administrator",
    [DESK_DEFENCE] = "defence",
};
_Static_assert(sizeof roles / sizeof *roles == DESK_ROLES, "a word for each role");

const char *desk_role_text(enum desk_role r)
{
    return (unsigned)r < DESK_ROLES ? roles[r] : "";
}

enum desk_role desk_role_of(const char *word)
{
    int r = 0;
    while (r < DESK_ROLES && strcmp(roles[r], word) != 0)
        r++;
    return (enum desk_role)r;
}

static const char tables[] =
    "CREATE TABLE IF NOT EXISTS desk_user (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " role TEXT NOT NULL, password TEXT NOT NULL, disabled INTEGER NOT NULL DEFAULT 0,"
    " added INTEGER NOT NULL);"
    "CREATE TABLE IF NOT EXISTS desk_session (token BLOB PRIMARY KEY, user INTEGER NOT NULL"
    " REFERENCES desk_user, begun INTEGER NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS desk_session_of_user ON desk_session (user, begun);"
    /* That password, as its hash: another one is not of it. */
    "CREATE TABLE IF NOT EXISTS desk_password_once (user INTEGER PRIMARY KEY REFERENCES desk_user,"
    " password TEXT NOT NULL, used INTEGER NOT NULL);"
    /* By the hash of the name: people type passwords there. */
    "CREATE TABLE IF NOT EXISTS desk_attempt (name BLOB PRIMARY KEY, failed INTEGER NOT NULL,"
    " last INTEGER NOT NULL, locked_until INTEGER NOT NULL) WITHOUT ROWID;";

int users_within(struct desk_users *u, sql_work_fn *work, void *context, struct diag *d)
{
    if (sqlite3_get_autocommit(u->sql->db) == 0)
        return work(context, d);
    return sql_transaction(u->sql, work, context, d);
}

int desk_users_open(struct desk_index *x, struct desk_users **ret, struct diag *d)
{
    struct worker_recipe recipe;
    uint8_t random[WORKER_HASH_BYTES];
    CLEANUP_FREE struct desk_users *u = mem_new(sizeof *u);
    u->sql = desk_index_sql(x);
    int r = sql_execute(u->sql, tables, d);
    if (r == 0)
        r = users_passkeys_open(u, d);
    if (r < 0)
        return r;
    secret_random(random, sizeof random);
    desk_password_recipe(&recipe);
    desk_password_put(&recipe, random, u->nobodys);
    *ret = TAKE(u);
    return 0;
}

void desk_users_close(struct desk_users *u)
{
    if (u != NULL)
        secret_wipe(u, sizeof *u);
    free(u);
}

/* ---- users ---- */

static int check_name(const char *name, struct diag *d)
{
    size_t len = strlen(name);
    if (len > 0 && len <= DESK_USER_NAME_MAX &&
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == len)
        return 0;
    return diag_set(d, ERR_FORMAT, "a user's name is 1 to %u of a-z, 0-9, '.', '-', '_'",
                    DESK_USER_NAME_MAX);
}

static int check_room(struct desk_users *u, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(u->sql, "SELECT count(*) FROM desk_user");
    if (sql_row(q) < 0)
        return sql_failed(u->sql, d, "cannot count the users");
    if (sqlite3_column_int64(q, 0) >= DESK_USERS_MAX)
        return diag_set(d, ERR_LIMIT, "there are %u users already", DESK_USERS_MAX);
    return 0;
}

int desk_user_add(struct desk_users *u, const char *name, enum desk_role role, const char *hash,
                  int64_t now_unix_ms, struct diag *d)
{
    int r = check_name(name, d);
    if (r == 0 && (unsigned)role >= DESK_ROLES)
        r = diag_set(d, ERR_FORMAT, "there is no such role");
    if (r == 0)
        r = check_room(u, d);
    if (r == 0 && desk_user_known(u, name))
        r = diag_set(d, ERR_EXISTS, "there is a user '%s' already", name);
    if (r < 0)
        return r;
    sqlite3_stmt *q = sql(u->sql, "INSERT INTO desk_user (name, role, password, added)"
                                  " VALUES (?, ?, ?, ?)");
    sql_bind_text(q, 1, name);
    sql_bind_text(q, 2, desk_role_text(role));
    sql_bind_text(q, 3, hash);
    sqlite3_bind_int64(q, 4, now_unix_ms);
    return sql_run(q) < 0 ? sql_failed(u->sql, d, "cannot add the user") : 0;
}

bool desk_user_known(struct desk_users *u, const char *name)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(u->sql, "SELECT 1 FROM desk_user WHERE name = ?");
    sql_bind_text(q, 1, name);
    return sql_row(q) == 0;
}

int desk_user_named(struct desk_users *u, const char *name, int64_t *ret_id,
                    enum desk_role *ret_role, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(u->sql, "SELECT id, role FROM desk_user WHERE name = ?");
    sql_bind_text(q, 1, name);
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "there is no user '%s'", name);
    if (r < 0)
        return sql_failed(u->sql, d, "cannot read a user");
    *ret_id = sqlite3_column_int64(q, 0);
    *ret_role = desk_role_of(sql_text(q, 1));
    return 0;
}

void desk_user_name(struct desk_users *u, int64_t id, char ret[static DESK_USER_NAME_MAX + 1])
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(u->sql, "SELECT name FROM desk_user WHERE id = ?");
    sqlite3_bind_int64(q, 1, id);
    snprintf(ret, DESK_USER_NAME_MAX + 1, "%s", sql_row(q) == 0 ? sql_text(q, 0) : "");
}

/* A change of one user: its statement with the name as the second parameter. */
struct change {
    struct desk_users *users;
    sqlite3_stmt *statement;
    const char *name;
};

static int change_and_end_sessions(void *context, struct diag *d)
{
    struct change *c = context;
    struct sql *s = c->users->sql;
    sql_bind_text(c->statement, 2, c->name);
    if (sql_run(c->statement) < 0)
        return sql_failed(s, d, "cannot change the user");
    if (sqlite3_changes(s->db) == 0)
        return diag_set(d, ERR_NOT_FOUND, "there is no user '%s'", c->name);
    sqlite3_stmt *q = sql(s, "DELETE FROM desk_session WHERE user ="
                             " (SELECT id FROM desk_user WHERE name = ?)");
    sql_bind_text(q, 1, c->name);
    return sql_run(q) < 0 ? sql_failed(s, d, "cannot end the user's sessions") : 0;
}

static int change_user(struct desk_users *u, sqlite3_stmt *statement, const char *name,
                       struct diag *d)
{
    struct change c = {u, statement, name};
    return users_within(u, change_and_end_sessions, &c, d);
}

int desk_user_set_password(struct desk_users *u, const char *name, const char *hash, struct diag *d)
{
    sqlite3_stmt *q = sql(u->sql, "UPDATE desk_user SET password = ? WHERE name = ?");
    sql_bind_text(q, 1, hash);
    return change_user(u, q, name, d);
}

int desk_user_password_once(struct desk_users *u, const char *name, struct diag *d)
{
    sqlite3_stmt *q = sql(u->sql, "INSERT OR REPLACE INTO desk_password_once"
                                  " SELECT id, password, 0 FROM desk_user WHERE name = ?");
    sql_bind_text(q, 1, name);
    if (sql_run(q) < 0)
        return sql_failed(u->sql, d, "cannot change the user");
    return sqlite3_changes(u->sql->db) == 0
               ? diag_set(d, ERR_NOT_FOUND, "there is no user '%s'", name)
               : 0;
}

int desk_user_set_role(struct desk_users *u, const char *name, enum desk_role role, struct diag *d)
{
    if ((unsigned)role >= DESK_ROLES)
        return diag_set(d, ERR_FORMAT, "there is no such role");
    sqlite3_stmt *q = sql(u->sql, "UPDATE desk_user SET role = ? WHERE name = ?");
    sql_bind_text(q, 1, desk_role_text(role));
    return change_user(u, q, name, d);
}

int desk_user_disable(struct desk_users *u, const char *name, bool disabled, struct diag *d)
{
    sqlite3_stmt *q = sql(u->sql, "UPDATE desk_user SET disabled = ? WHERE name = ?");
    sqlite3_bind_int(q, 1, disabled);
    return change_user(u, q, name, d);
}

static int64_t locked_until(struct desk_users *u, const char *name)
{
    uint8_t hash[HASH_BYTES];
    hash_sha256(name, strlen(name), hash);
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(u->sql, "SELECT locked_until FROM desk_attempt WHERE name = ?");
    sql_bind_bytes(q, 1, hash, sizeof hash);
    return sql_row(q) == 0 ? sqlite3_column_int64(q, 0) : 0;
}

int desk_users_each(struct desk_users *u, desk_user_fn *fn, void *context, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(u->sql, "SELECT id, name, role, disabled,"
                    " (SELECT count(*) FROM desk_passkey p WHERE p.user = desk_user.id),"
                    " id IN (SELECT user FROM desk_passkey_only) FROM desk_user ORDER BY name");
    int r = 0;
    while (sql_walk(u->sql, q, &r, d)) {
        struct desk_user user = {
            .id = sqlite3_column_int64(q, 0),
            .name = sql_text(q, 1),
            .role = desk_role_of(sql_text(q, 2)),
            .disabled = sqlite3_column_int(q, 3) != 0,
            .passkeys = sqlite3_column_int64(q, 4),
            .passkey_only = sqlite3_column_int(q, 5) != 0,
        };
        user.locked_until_unix_ms = locked_until(u, user.name);
        int stop = fn(context, &user);
        if (stop != 0)
            return stop;
    }
    return r;
}

int desk_users_saw(struct desk_users *u, int64_t message, int64_t but, desk_name_fn *fn,
                   void *context, struct diag *d)
{
    sqlite3_stmt *s = sql(u->sql, "SELECT name FROM desk_user WHERE id <> ?2 AND EXISTS"
                                  " (SELECT 1 FROM seen WHERE user = desk_user.id AND message = ?1)"
                                  " ORDER BY name LIMIT ?3");
    int r = 0;
    sqlite3_bind_int64(s, 1, message);
    sqlite3_bind_int64(s, 2, but);
    sqlite3_bind_int64(s, 3, DESK_SAW_MAX);
    while (sql_walk(u->sql, s, &r, d))
        r = fn(context, sql_text(s, 0));
    sqlite3_reset(s);
    return r;
}
