#include "access/access.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "access/access_internal.h"
#include "base/memory.h"
#include "base/secret.h"

/* An entry's number is its leaf's. */
static const char tables[] =
    "CREATE TABLE IF NOT EXISTS access_entry (number INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " action TEXT NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL, purpose TEXT NOT NULL,"
    " case_id TEXT NOT NULL, warrants TEXT NOT NULL, count INTEGER NOT NULL,"
    " hidden INTEGER NOT NULL, what TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS access_of_user ON access_entry (user, number);"
    "CREATE INDEX IF NOT EXISTS access_of_action ON access_entry (action, number);"
    "CREATE TABLE IF NOT EXISTS access_checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL);";

static int make_tables(void *context, struct diag *d)
{
    struct sql *s = context;
    int r = sql_execute(s, tables, d);
    if (r < 0)
        return r;
    r = sql_row(sql(s, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'tile'"));
    if (r == ERR_NOT_FOUND)
        return tree_create(s->db, d);
    return r < 0 ? sql_failed(s, d, "cannot open the access log") : 0;
}

static void take_key(struct access_log *l, const char *name,
                     const uint8_t seed[static SIGN_SEED_BYTES])
{
    l->name = mem_string(name);
    l->secret = secret_new(SIGN_SECRET_BYTES);
    l->key.name = l->name;
    sign_keypair_from_seed(seed, l->key.key, l->secret);
    l->vkey = note_key_format(&l->key);
}

int access_open(struct sql *s, const char *name, const uint8_t seed[static SIGN_SEED_BYTES],
                struct access_log **ret, struct diag *d)
{
    if (!note_name_valid(name, strlen(name)))
        return diag_set(d, ERR_FORMAT, "'%s' cannot be an access log's name", name);
    CLEANUP(access_close_cleanup) struct access_log *l = mem_new(sizeof *l);
    l->sql = s;
    take_key(l, name, seed);
    int r = sql_transaction(s, make_tables, s, d);
    if (r == 0)
        r = tree_open(s->db, &l->tree, d);
    if (r < 0)
        return diag_prefix(d, r, "the access log");
    *ret = TAKE(l);
    return 0;
}

void access_close(struct access_log *l)
{
    if (l == NULL)
        return;
    tree_free(l->tree);
    secret_free(l->secret);
    free(l->vkey);
    free(l->name);
    free(l);
}

const char *access_vkey(const struct access_log *l)
{
    return l->vkey;
}

static int stored_size(const struct access_log *l, uint64_t *ret)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(l->sql, "SELECT coalesce(max(number) + 1, 0) FROM access_entry");
    int r = sql_row(q);
    if (r == 0)
        *ret = (uint64_t)sqlite3_column_int64(q, 0);
    return r;
}

uint64_t access_size(const struct access_log *l)
{
    uint64_t size = 0;
    return stored_size(l, &size) < 0 ? 0 : size;
}

/* A caller's transaction that was rolled back has left the tree in memory ahead of the stored one.
 */
static int follow_database(struct access_log *l, struct diag *d)
{
    uint64_t size = 0;
    if (stored_size(l, &size) < 0)
        return sql_failed(l->sql, d, "cannot read the access log");
    if (size == tree_size(l->tree))
        return 0;
    int r = tree_load(l->tree, d);
    if (r == 0 && tree_size(l->tree) != size)
        r = diag_set(d, ERR_AUTH, "the access log has %" PRIu64 " entries, its tree %" PRIu64, size,
                     tree_size(l->tree));
    return r;
}

/* `work` in the transaction under way, or one of its own. */
static int within(struct access_log *l, sql_work_fn *work, void *context, struct diag *d)
{
    if (sqlite3_get_autocommit(l->sql->db) == 0)
        return work(context, d);
    return sql_transaction(l->sql, work, context, d);
}

struct appending {
    struct access_log *log;
    struct access_entry entry;
};

static int insert(struct sql *s, const struct access_entry *e)
{
    sqlite3_stmt *q = sql(s, "INSERT INTO access_entry (" ACCESS_COLUMNS ") VALUES"
                             " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)e->number);
    sqlite3_bind_int64(q, 2, e->at_unix_ms);
    sql_bind_text(q, 3, access_action_text(e->action));
    sql_bind_text(q, 4, e->user);
    sql_bind_text(q, 5, e->role);
    sql_bind_text(q, 6, e->purpose);
    sql_bind_text(q, 7, e->case_id);
    sql_bind_text(q, 8, e->warrants);
    sqlite3_bind_int64(q, 9, (sqlite3_int64)e->count);
    sqlite3_bind_int(q, 10, e->hidden);
    sql_bind_text(q, 11, e->what);
    return sql_run(q);
}

static int append(void *context, struct diag *d)
{
    struct appending *a = context;
    struct access_log *l = a->log;
    CLEANUP_BUF struct buf line = BUF_INIT(16U * ACCESS_TEXT_MAX);
    uint8_t leaf[MERKLE_BYTES];
    int r = follow_database(l, d);
    if (r < 0)
        return r;
    a->entry.number = tree_size(l->tree);
    access_line(&line, &a->entry);
    if (buf_failed(&line))
        return diag_set(d, ERR_LIMIT, "an entry of the access log is too long, or is not UTF-8");
    merkle_leaf(line.data, line.len, leaf);
    if (insert(l->sql, &a->entry) < 0)
        return sql_failed(l->sql, d, "cannot write the access log");
    if (tree_append(l->tree, leaf, &a->entry.number) < 0)
        return diag_set(d, ERR_IO, "cannot append to the access log's tree");
    return tree_store(l->tree, d);
}

int access_append(struct access_log *l, const struct access_entry *e, struct diag *d)
{
    struct appending a = {l, *e};
    return within(l, append, &a, d);
}

/* ---- checkpoints ---- */

struct signing {
    struct access_log *log;
    int64_t now;
};

static bool has_checkpoint(struct sql *s, uint64_t size)
{
    CLEANUP_QUERY sqlite3_stmt *q = sql(s, "SELECT 1 FROM access_checkpoint WHERE size = ?");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)size);
    return sql_row(q) == 0;
}

static int insert_checkpoint(struct access_log *l, const struct checkpoint *c, int64_t now,
                             struct diag *d)
{
    char extension[64];
    CLEANUP_BUF struct buf note = BUF_INIT(CHECKPOINT_MAX_BYTES);
    snprintf(extension, sizeof extension, "at %" PRId64 "\n", now);
    checkpoint_sign(&note, l->name, c, extension, &l->key, l->secret);
    if (buf_failed(&note))
        return diag_set(d, ERR_LIMIT, "the access log's name makes its checkpoint too long");
    sqlite3_stmt *q = sql(l->sql, "INSERT INTO access_checkpoint (size, note) VALUES (?, ?)");
    sqlite3_bind_int64(q, 1, (sqlite3_int64)c->size);
    sql_bind_text(q, 2, buf_text(&note));
    return sql_run(q) < 0 ? sql_failed(l->sql, d, "cannot write a checkpoint") : 0;
}

static int sign_size(void *context, struct diag *d)
{
    struct signing *s = context;
    struct access_log *l = s->log;
    int r = follow_database(l, d);
    if (r < 0)
        return r;
    struct checkpoint c = {.size = tree_size(l->tree)};
    if (c.size == 0 || has_checkpoint(l->sql, c.size))
        return 0;
    r = merkle_root_of(tree_fetch, l->tree, c.size, c.root);
    if (r < 0)
        return diag_set(d, r, "cannot compute the root of the access log");
    return insert_checkpoint(l, &c, s->now, d);
}

int access_sign(struct access_log *l, int64_t now_unix_ms, struct diag *d)
{
    struct signing s = {l, now_unix_ms};
    return within(l, sign_size, &s, d);
}

int access_checkpoint(struct access_log *l, struct buf *ret, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *q =
        sql(l->sql, "SELECT note FROM access_checkpoint ORDER BY size DESC LIMIT 1");
    int r = sql_row(q);
    if (r == ERR_NOT_FOUND)
        return diag_set(d, r, "the access log has no checkpoint yet");
    if (r < 0)
        return sql_failed(l->sql, d, "cannot read the checkpoint");
    buf_put_text(ret, sql_text(q, 0));
    return buf_failed(ret) ? diag_set(d, ERR_LIMIT, "the checkpoint is too long") : 0;
}
