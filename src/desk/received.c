#include "desk/received.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "desk/received_internal.h"
#include "desk/validity_internal.h"

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS received_package (number INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL, agency TEXT NOT NULL, network TEXT NOT NULL, network_hash BLOB NOT NULL,"
    " scope TEXT NOT NULL, sha256 BLOB NOT NULL, manifest BLOB NOT NULL UNIQUE,"
    " made INTEGER NOT NULL, received INTEGER NOT NULL, fresh INTEGER NOT NULL,"
    " held INTEGER NOT NULL, other INTEGER NOT NULL, fork INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX IF NOT EXISTS received_package_name"
    " ON received_package (network, agency, name);"
    "CREATE TABLE IF NOT EXISTS received_record (package INTEGER NOT NULL, bot INTEGER NOT NULL,"
    " leaf INTEGER NOT NULL, hash BLOB NOT NULL, warrant INTEGER NOT NULL,"
    " message INTEGER NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (package, bot, leaf))"
    " WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS received_record_message ON received_record (message);"
    "CREATE INDEX IF NOT EXISTS received_record_leaf ON received_record (bot, leaf);";

int received_make(struct desk_index *x, struct diag *d)
{
    return sql_execute(&x->sql, schema, d);
}

static const char *const kinds[] = {
    [DESK_RECEIVED_NEW] = "new",
    [DESK_RECEIVED_HELD] = "held",
    [DESK_RECEIVED_OTHER] = "other",
    [DESK_RECEIVED_FORK] = "fork",
};
_Static_assert(sizeof kinds / sizeof *kinds == DESK_RECEIVED_KINDS, "a word for each");

const char *desk_received_kind_text(enum desk_received_kind kind)
{
    return kinds[kind];
}

void received_clear(struct desk_index *x)
{
    if (x->pending.received != NULL)
        free(x->pending.received->records);
    free(x->pending.received);
    x->pending.received = NULL;
}

/* ---- a package begins ---- */

/* It is here already: with how much of each kind? */
static int find_same(struct desk_index *x, const struct desk_received *p, struct desk_received *ret,
                     struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT received, fresh, held, other, fork FROM received_package"
                     " WHERE manifest = ?1");
    sql_bind_bytes(s, 1, p->manifest, sizeof p->manifest);
    int r = sql_row(s);
    if (r < 0)
        return r == ERR_NOT_FOUND ? 0 : sql_failed(&x->sql, d, "cannot look for a package");
    if (ret != NULL) {
        *ret = *p;
        ret->received_unix_ms = sqlite3_column_int64(s, 0);
        for (int k = 0; k < DESK_RECEIVED_KINDS; k++)
            ret->records[k] = (uint64_t)sqlite3_column_int64(s, 1 + k);
    }
    return diag_set(d, ERR_EXISTS, "package %s of %s is here already", p->name, p->agency);
}

/* A package's name is its agency's, once. */
static int check_name(struct desk_index *x, const struct desk_received *p, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT 1 FROM received_package WHERE network = ?1 AND agency = ?2"
                     " AND name = ?3");
    sql_bind_text(s, 1, p->network);
    sql_bind_text(s, 2, p->agency);
    sql_bind_text(s, 3, p->name);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return 0;
    return r < 0 ? sql_failed(&x->sql, d, "cannot look for a package")
                 : diag_set(d, ERR_AUTH,
                            "another package %s of %s is here: ask %s for this one under a name of "
                            "its own",
                            p->name, p->agency, p->agency);
}

/* Accounts and bots are known by their domain: no two networks may have one. */
static int check_network(struct desk_index *x, const struct desk_received *p, struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT 1 FROM received_package WHERE network = ?1 AND network_hash <> ?2");
    sql_bind_text(s, 1, p->network);
    sql_bind_bytes(s, 2, p->network_hash, HASH_BYTES);
    int r = sql_row(s);
    if (r == ERR_NOT_FOUND)
        return 0;
    return r < 0 ? sql_failed(&x->sql, d, "cannot look for a network")
                 : diag_set(d, ERR_AUTH,
                            "package %s is of another network %s than those that came before",
                            p->name, p->network);
}

/* As the index keeps it. */
static void name_warrant(const struct desk_received *p, const char *id,
                         char ret[static RECEIVED_WARRANT_MAX + 1])
{
    snprintf(ret, RECEIVED_WARRANT_MAX + 1, "%s%s%s", id, p->foreign ? "@" : "",
             p->foreign ? p->network : "");
}

static void take_warrants(struct desk_index *x, const struct desk_received *p,
                          const struct validities *all)
{
    for (size_t i = 0; i < all->count; i++) {
        char name[RECEIVED_WARRANT_MAX + 1];
        name_warrant(p, all->items[i].warrant, name);
        validity_received_take(x, name, &all->items[i], all->policy);
    }
}

static void wait_for(struct desk_index *x, const struct desk_received *p)
{
    struct arena *a = &x->pending.arena;
    struct received_pending *w = mem_new(sizeof *w);
    w->package = *p;
    w->package.name = arena_string(a, p->name);
    w->package.agency = arena_string(a, p->agency);
    w->package.network = arena_string(a, p->network);
    w->package.scope = arena_string(a, p->scope);
    memset(w->package.records, 0, sizeof w->package.records);
    x->pending.received = w;
}

int desk_received_begin(struct desk_index *x, const struct desk_received *p,
                        const struct validities *warrants, struct desk_received *ret_before,
                        struct diag *d)
{
    if (x->broken || x->pending.received != NULL || x->pending.record_count > 0)
        return diag_set(d, ERR_INVALID_STATE, "%s: something else waits to be written",
                        x->sql.name);
    int r = find_same(x, p, ret_before, d);
    if (r == 0)
        r = check_name(x, p, d);
    if (r == 0)
        r = check_network(x, p, d);
    if (r < 0)
        return r;
    wait_for(x, p);
    take_warrants(x, p, warrants);
    return 0;
}

/* ---- its records ---- */

static bool is_of(const char *address, const char *domain, char before)
{
    size_t len = strlen(address), ending = strlen(domain);
    return len > ending && address[len - ending - 1] == before &&
           strcmp(address + len - ending, domain) == 0;
}

static int check_domain(const struct desk_received *p, const char *bot,
                        const struct follower_message *m, struct diag *d)
{
    bool good = is_of(bot, p->network, '.') && is_of(m->from, p->network, '@');
    for (size_t i = 0; i < m->to_count; i++)
        good = good && is_of(m->to[i], p->network, '@');
    return good ? 0
                : diag_set(d, ERR_AUTH,
                           "leaf %llu of %s: its bot or people are not of the network %s",
                           (unsigned long long)m->leaf, bot, p->network);
}

/* Of that leaf the own archive or another package has another record. */
static int is_fork(struct desk_index *x, uint32_t bot, const struct follower_message *m, bool *ret,
                   struct diag *d)
{
    CLEANUP_QUERY sqlite3_stmt *s =
        sql(&x->sql, "SELECT 1 FROM record WHERE bot = ?1 AND leaf = ?2 AND record_leaf <> ?3"
                     " UNION SELECT 1 FROM received_record WHERE bot = ?1 AND leaf = ?2"
                     " AND hash <> ?3");
    sqlite3_bind_int64(s, 1, bot);
    sqlite3_bind_int64(s, 2, (int64_t)m->leaf);
    sql_bind_bytes(s, 3, m->record_leaf, HASH_BYTES);
    int r = sql_row(s);
    if (r < 0 && r != ERR_NOT_FOUND)
        return sql_failed(&x->sql, d, "cannot look for a record");
    *ret = r == 0;
    return 0;
}

static void add_record(struct received_pending *w, const struct received_record *r)
{
    if (w->count == w->capacity) {
        w->capacity = w->capacity * 2 + 64;
        w->records = mem_resize(w->records, w->capacity, sizeof *w->records);
    }
    w->records[w->count++] = *r;
    w->package.records[r->kind]++;
}

int desk_received_add(struct desk_index *x, const char *bot, const struct follower_message *m,
                      struct diag *d)
{
    struct received_pending *w = x->pending.received;
    char warrant[RECEIVED_WARRANT_MAX + 1];
    struct follower_message named = *m;
    struct intake_row *row;
    size_t before = x->pending.row_count;
    bool fork = false;
    int r = check_domain(&w->package, bot, m, d);
    name_warrant(&w->package, m->warrant, warrant);
    named.warrant = warrant;
    if (r == 0)
        r = intake_make(x, bot, &named, &row, d);
    if (r < 0)
        return r;
    struct received_record record = {.bot = row->row.bot, .leaf = m->leaf};
    memcpy(record.hash, m->record_leaf, HASH_BYTES);
    r = is_fork(x, record.bot, m, &fork, d);
    int other = r < 0 ? r : intake_find_or_add(x, row, &named, &record.message, d);
    if (other < 0)
        return other;
    record.warrant = names_add(&x->names[NAME_WARRANT], warrant, strlen(warrant));
    record.kind = other == 1                      ? DESK_RECEIVED_OTHER
                  : fork                          ? DESK_RECEIVED_FORK
                  : x->pending.row_count > before ? DESK_RECEIVED_NEW
                                                  : DESK_RECEIVED_HELD;
    add_record(w, &record);
    return 0;
}

int desk_received_commit(struct desk_index *x, desk_received_fn *work, void *context,
                         struct desk_received *ret, struct diag *d)
{
    struct received_pending *w = x->pending.received;
    struct desk_received counts = w->package;
    w->work = work;
    w->context = context;
    int r = desk_index_commit(x, d);
    if (r < 0)
        return r;
    x->has_received = true;
    validity_follow(x);
    sets_forget(x);
    memcpy(ret->records, counts.records, sizeof counts.records);
    return 0;
}

void desk_received_abandon(struct desk_index *x)
{
    commit_forget(x);
}
