#include "desk/engine.h"

#include <string.h>

#include "base/clock.h"
#include "base/encode.h"
#include "base/file.h"
#include "base/memory.h"
#include "desk/users_passkeys.h"

void desk_engine_close(struct desk_engine *e)
{
    access_close(e->log);
    desk_users_close(e->users);
    desk_index_close(e->index);
    *e = (struct desk_engine){NULL, NULL, NULL};
}

/* In secret memory; NULL where a passphrase opens the vault. */
static int read_key(const struct desk_folder *f, const char *passphrase, uint8_t **ret,
                    struct diag *d)
{
    CLEANUP_FREE char *path = desk_folder_file(f, "vault.key");
    *ret = NULL;
    if (passphrase != NULL)
        return 0;
    CLEANUP_SECRET uint8_t *bytes = secret_new(VAULT_KEY_BYTES);
    int r = vault_key_file_read(path, bytes, d);
    if (r == 0)
        *ret = TAKE(bytes);
    return r;
}

static int open_index(const struct desk_folder *f, const char *passphrase, bool create,
                      struct desk_index **ret, struct diag *d)
{
    CLEANUP_FREE char *path = desk_folder_vault(f);
    CLEANUP_SECRET uint8_t *bytes = NULL;
    int r = read_key(f, passphrase, &bytes, d);
    if (r < 0)
        return r;
    struct vault_key key = {.passphrase = passphrase, .bytes = bytes};
    const struct desk_index_options o = {
        .path = path, .key = &key, .now_unix_ms = clock_system_ms()};
    r = desk_index_open(&o, create, ret, d);
    return r == ERR_INVALID_STATE ? diag_set(d, r, "%s: the desk runs: end it first", f->dir) : r;
}

/* ---- the seed ---- */

struct seeding {
    struct sql *sql;
    const uint8_t *seed; /* NULL: random */
};

static int make_seed(void *context, struct diag *d)
{
    const struct seeding *g = context;
    struct sql *s = g->sql;
    uint8_t seed[SIGN_SEED_BYTES];
    int r = sql_execute(s, "CREATE TABLE desk_seed (number INTEGER PRIMARY KEY, seed BLOB)", d);
    if (r < 0)
        return r;
    if (g->seed != NULL)
        memcpy(seed, g->seed, sizeof seed);
    else
        secret_random(seed, sizeof seed);
    sqlite3_stmt *q = sql(s, "INSERT INTO desk_seed VALUES (1, ?)");
    sql_bind_bytes(q, 1, seed, sizeof seed);
    r = sql_run(q);
    secret_wipe(seed, sizeof seed);
    return r < 0 ? sql_failed(s, d, "cannot keep the seed") : 0;
}

/* `ret` should lie in secret memory. */
static int read_seed(struct sql *s, uint8_t ret[static SIGN_SEED_BYTES], struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(s, "SELECT seed FROM desk_seed WHERE number = 1");
    if (sql_row(q) < 0 || sql_copy(q, 0, ret, SIGN_SEED_BYTES) < 0)
        return sql_failed(s, d, "cannot read the seed that signs the access log");
    return 0;
}

static int write_public(const struct desk_folder *f, struct sql *s, struct diag *d)
{
    CLEANUP_FREE char *path = desk_folder_file(f, "access.pub");
    CLEANUP_SECRET uint8_t *seed = secret_new(SIGN_SEED_BYTES);
    CLEANUP_SECRET uint8_t *secret = secret_new(SIGN_SECRET_BYTES);
    uint8_t public[SIGN_PUBLIC_BYTES];
    char text[ENCODE_BASE64_LEN(SIGN_PUBLIC_BYTES) + 1];
    int r = read_seed(s, seed, d);
    if (r < 0)
        return r;
    sign_keypair_from_seed(seed, public, secret);
    encode_base64(public, sizeof public, text);
    CLEANUP_FREE char *line = mem_format("%s %s\n", f->name, text);
    return file_create(path, line, strlen(line), 0644, d);
}

/* ---- all of it ---- */

static int open_rest(const struct desk_folder *f, struct desk_engine *e, struct diag *d)
{
    CLEANUP_SECRET uint8_t *seed = secret_new(SIGN_SEED_BYTES);
    struct sql *s = desk_index_sql(e->index);
    int r = read_seed(s, seed, d);
    if (r == 0)
        r = desk_users_open(e->index, &e->users, d);
    return r < 0 ? r : access_open(s, f->name, seed, &e->log, d);
}

int desk_engine_open(const struct desk_folder *f, const char *passphrase, struct desk_engine *ret,
                     struct diag *d)
{
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    int r = open_index(f, passphrase, false, &e.index, d);
    if (r == 0)
        r = open_rest(f, &e, d);
    if (r < 0)
        return r;
    *ret = e;
    e = (struct desk_engine){NULL, NULL, NULL};
    return 0;
}

int desk_engine_create(const struct desk_folder *f, const char *passphrase, const uint8_t *seed,
                       struct diag *d)
{
    struct seeding g = {.seed = seed};
    CLEANUP_DESK_ENGINE struct desk_engine e = {NULL, NULL, NULL};
    CLEANUP_FREE char *key = desk_folder_file(f, "vault.key");
    int r = passphrase == NULL ? vault_key_file_create(key, d) : 0;
    if (r == 0)
        r = open_index(f, passphrase, true, &e.index, d);
    if (r == 0)
        r = sql_transaction(g.sql = desk_index_sql(e.index), make_seed, &g, d);
    if (r == 0)
        r = open_rest(f, &e, d);
    return r < 0 ? r : write_public(f, desk_index_sql(e.index), d);
}

/* ---- changes at the machine ---- */

struct making_change {
    struct desk_engine *e;
    enum access_action action;
    desk_engine_change_fn *change;
    void *context;
};

/* Who does it is whoever may open the vault: the log can't know more. */
static int log_change(struct desk_engine *e, enum access_action action, int64_t now,
                      struct buf *what, struct diag *d)
{
    const struct access_entry entry = {.at_unix_ms = now,
                                       .action = action,
                                       .user = DESK_AT_THE_MACHINE,
                                       .role = "",
                                       .purpose = "",
                                       .case_id = "",
                                       .warrants = "",
                                       .what = buf_text(what)};
    int r = access_append(e->log, &entry, d);
    return r < 0 ? r : access_sign(e->log, now, d);
}

static int make_change(void *context, struct diag *d)
{
    const struct making_change *m = context;
    CLEANUP_BUF struct buf what = BUF_INIT(ACCESS_TEXT_MAX);
    struct clock live = clock_live();
    int64_t now = clock_now_ms(&live);
    int r = m->change(m->context, now, &what, d);
    return r < 0 ? r : log_change(m->e, m->action, now, &what, d);
}

int desk_engine_change(struct desk_engine *e, enum access_action action,
                       desk_engine_change_fn *change, void *context, struct diag *d)
{
    struct making_change m = {e, action, change, context};
    return sql_transaction(desk_index_sql(e->index), make_change, &m, d);
}

/* ---- users ---- */

struct changing {
    struct desk_engine *e;
    const char *name;
    enum desk_role role; /* DESK_ROLES: a user who is there gets another password */
    bool once;           /* the password is good for one sign-in */
    const char *what;    /* for the log */
    char hash[DESK_PASSWORD_HASH_BYTES];
};

/* So that whoever has the machine gets in where the last administrator's key is lost. */
static int set_password(const struct changing *c, struct diag *d)
{
    int r = desk_user_set_password(c->e->users, c->name, c->hash, d);
    return r < 0 ? r : desk_passkey_only_end(c->e->users, c->name, d);
}

static int change_user(void *context, int64_t now, struct buf *what, struct diag *d)
{
    const struct changing *c = context;
    buf_format(what, "%s", c->what);
    int r = c->role == DESK_ROLES ? set_password(c, d)
                                  : desk_user_add(c->e->users, c->name, c->role, c->hash, now, d);
    return r == 0 && c->once ? desk_user_password_once(c->e->users, c->name, d) : r;
}

static int change(struct changing *c, const char *password, struct diag *d)
{
    struct worker_recipe recipe;
    int r = desk_password_check(c->name, password, d);
    desk_password_recipe(&recipe);
    if (r == 0)
        r = desk_password_hash(&recipe, password, c->hash, d);
    return r < 0 ? r : desk_engine_change(c->e, ACCESS_USER, change_user, c, d);
}

int desk_engine_add_user(struct desk_engine *e, const char *name, enum desk_role role,
                         const char *password, bool once, struct diag *d)
{
    CLEANUP_FREE char *what =
        mem_format("add %s %s%s", name, desk_role_text(role), once ? ", for one sign-in" : "");
    struct changing c = {e, name, role, once, what, ""};
    return change(&c, password, d);
}

int desk_engine_set_password(struct desk_engine *e, const char *name, const char *password,
                             bool once, struct diag *d)
{
    CLEANUP_FREE char *what = mem_format("password %s%s", name, once ? ", for one sign-in" : "");
    struct changing c = {e, name, DESK_ROLES, once, what, ""};
    return change(&c, password, d);
}
